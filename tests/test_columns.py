import datetime
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import tools.transforms.cells
import tools.transforms.columns
import tools.transforms.types  # noqa: F401  # these three put their tools into the catalogue
from tests.small_project import Row, add, do, recipe_of, replay, rows_of
from tools.tool import ToolError
from tools.words import literal
from tools.workspace import Workspace

SALES = """SELECT * FROM (VALUES
  (1, 'Ann', 'north', '$1,234.50'), (2, 'bob', ' South ', '(5)'), (3, NULL, 'NORTH', 'call us')
) AS sales(id, name, region, price)"""


@pytest.fixture
def workspace(tmp_path: Path) -> Iterator[Workspace]:
    with Workspace(tmp_path) as opened:
        add(opened, "sales", SALES)
        yield opened


GOLDEN: list[tuple[str, dict[str, Any], str, str]] = [
    (
        "drop_columns",
        {"columns": ["ID", "name"]},
        'SELECT * EXCLUDE ("id", "name") FROM "sales@1"',
        "Removed 2 columns: id and name.",
    ),
    (
        "keep_columns",
        {"columns": ["price", "id"]},
        'SELECT * EXCLUDE ("name", "region") FROM "sales@1"',
        "Kept price and id; removed 2 other columns.",
    ),
    (
        "rename_column",
        {"column": "region", "name": 'the "area"'},
        'SELECT * RENAME ("region" AS "the ""area""") FROM "sales@1"',
        'Renamed region to the "area".',
    ),
    (
        "change_type",
        {"columns": ["id"], "type": "text"},
        'SELECT * REPLACE (CAST("id" AS VARCHAR) AS "id") FROM "sales@1"',
        "Changed id to text.",
    ),
    (
        "change_type",
        {"columns": ["price", "id"], "type": "decimal"},
        """SELECT * REPLACE (
  TRY_CAST(replace(regexp_extract(regexp_replace(regexp_replace(replace("price", '−', '-'), \
'(?i)[\\s\\p{Z}\\p{Sc}%''’]|usd|eur|gbp|jpy|krw|cny|inr|chf|원', '', 'g'), '^\\((.+)\\)$|^(.+)-$', '-\\1\\2'), \
'^[+-]?((\\d{1,3}(,\\d{2,3})*,\\d{3}|\\d+)(\\.\\d*)?|\\.\\d+)([eE][+-]?\\d+)?$'), ',', '') AS DOUBLE) AS "price",
  TRY_CAST("id" AS DOUBLE) AS "id"
) FROM "sales@1\"""",
        "Changed price and id to decimal. price: 1 of 3 values could not be read and became empty, for example 'call us'.",
    ),
    (
        "clean_text",
        {"columns": ["region", "id"], "action": "trim"},
        """SELECT * REPLACE (regexp_replace("region", '^[\\s\\p{Z}]+|[\\s\\p{Z}]+$', '', 'g') AS "region") FROM "sales@1\"""",
        "Trimmed spaces of region. region: 1 value changed. Skipped id (holds no text).",
    ),
    (
        "clean_text",
        {"columns": ["region"], "action": "lower"},
        'SELECT * REPLACE (lower("region") AS "region") FROM "sales@1"',
        "Lower case for region. region: 2 values changed, 3 different values are now 2.",
    ),
    (
        "clean_text",
        {"columns": ["price"], "action": "keep_digits"},
        """SELECT * REPLACE (nullif(regexp_replace("price", '\\P{Nd}', '', 'g'), '') AS "price") FROM "sales@1\"""",
        "Kept only the digits of price. price: 3 values changed, 3 different values are now 2.",
    ),
    (
        "replace_values",
        {"column": "name", "old": "bob", "new": "B'ob"},
        """SELECT * REPLACE (CASE WHEN "name" = 'bob' THEN 'B''ob' ELSE "name" END AS "name") FROM "sales@1\"""",
        "name: 1 cell with 'bob' replaced by 'B'ob'.",
    ),
    (
        "replace_values",
        {"column": "id", "old": "3"},
        'SELECT * REPLACE (CASE WHEN "id" = 3 THEN NULL ELSE "id" END AS "id") FROM "sales@1"',
        "id: 1 cell with '3' made empty.",
    ),
]


@pytest.mark.parametrize(("tool", "arguments", "sql", "text"), GOLDEN)
def test_the_sql_and_the_text_of_a_step_are_exact(
    workspace: Workspace, tool: str, arguments: dict[str, Any], sql: str, text: str
) -> None:
    outcome = do(workspace, tool, dataset="Sales", **arguments)
    assert (outcome.sql, outcome.text, outcome.dataset) == (sql, text, "sales@2")
    assert outcome.rows == (3, 3)


REPLAYED: list[tuple[str, dict[str, Any], list[Row]]] = [
    ("drop_columns", {"columns": ["price"]}, [(9, "zoe", "West")]),
    ("keep_columns", {"columns": ["price", "id"]}, [(9, "7 €")]),
    ("rename_column", {"column": "region", "name": "area"}, [(9, "zoe", "West", "7 €")]),
    ("change_type", {"columns": ["price"], "type": "decimal"}, [(9, "zoe", "West", 7.0)]),
    ("clean_text", {"columns": ["name", "region"], "action": "title"}, [(9, "Zoe", "West", "7 €")]),
    ("clean_text", {"columns": ["region"], "action": "upper"}, [(9, "zoe", "WEST", "7 €")]),
    ("clean_text", {"columns": ["price"], "action": "remove_punctuation"}, [(9, "zoe", "West", "7")]),
    ("replace_values", {"column": "id", "old": 3, "new": 30}, [(9, "zoe", "West", "7 €")]),
]


@pytest.mark.parametrize(("tool", "arguments", "rows"), REPLAYED)
def test_a_step_replays_on_other_rows(
    workspace: Workspace, tool: str, arguments: dict[str, Any], rows: list[Row]
) -> None:
    recipe = recipe_of(workspace, str(do(workspace, tool, dataset="sales", **arguments).dataset))
    assert replay(recipe, "SELECT 9 AS id, 'zoe' AS name, 'West' AS region, '7 €' AS price") == rows


def column(tmp_path: Path, cells: list[Any], **arguments: Any) -> tuple[list[Any], str]:
    """A one-column dataset after change_type: its cells and the text."""
    with Workspace(tmp_path) as workspace:
        listed = ", ".join(f"({literal(cell)})" for cell in cells)
        add(workspace, "t", f"SELECT * FROM (VALUES {listed}) AS t(x)")
        outcome = do(workspace, "change_type", dataset="t", columns=["x"], **arguments)
        return [row[0] for row in rows_of(workspace, str(outcome.dataset))], outcome.text


@pytest.mark.parametrize(
    ("cells", "type_", "read"),
    [
        (["$1,234.50", "12 %", "(5)", "-3", "1e3", "−7", "5-", ".5"], "decimal", [1234.5, 12, -5, -3, 1000, -7, -5, 0.5]),
        (["1.234,5", "12,75", "1 234,5 €", "1'000", "3"], "decimal", [1234.5, 12.75, 1234.5, 1000, 3]),
        (["1,234", "2,500"], "decimal", [1234.0, 2500.0]),
        (["1,23,456", "1,2,3", "nan", "inf", "1_000", "5"], "decimal", [123456.0, None, None, None, None, 5.0]),
        (["₩5,000", "USD 3", "3 krw", None, ""], "integer", [5000, 3, 3, None, None]),
        (["9007199254740993"], "integer", [9007199254740993]),
        (["yes", "No", " Y ", "f", "1", "0", "예", "maybe"], "boolean", [True, False, True, False, True, False, True, None]),
        ([1, 0, 7], "boolean", [True, False, None]),
        ([1.5, 2.0], "integer", [2, 2]),
        ([20240131], "date", [datetime.date(2024, 1, 31)]),
    ],
)  # fmt: skip
def test_peoples_forms_are_read(tmp_path: Path, cells: list[Any], type_: str, read: list[Any]) -> None:
    assert column(tmp_path, cells, type=type_)[0] == read


@pytest.mark.parametrize(
    ("action", "cells", "clean"),
    [
        ("collapse_spaces", ["  a \t b\u3000c ", "d"], ["a b c", "d"]),
        ("remove_punctuation", ["(02) 123-45!", "a_b, c", "€ ?"], ["02 12345", "ab c", None]),
        ("remove_digits", ["Room 12b", "7"], ["Room b", None]),
        ("keep_digits", ["010-1234-5678", "call us", "٣ x"], ["01012345678", None, "٣"]),
    ],
)
def test_text_is_cleaned_of_what_is_named(tmp_path: Path, action: str, cells: list[str], clean: list[str]) -> None:
    with Workspace(tmp_path) as workspace:
        add(workspace, "t", f"SELECT unnest([{', '.join(map(literal, cells))}]) AS x")
        outcome = do(workspace, "clean_text", dataset="t", columns=["x"], action=action)
        assert [row[0] for row in rows_of(workspace, str(outcome.dataset))] == clean


@pytest.mark.parametrize(
    ("cells", "type_", "read", "told"),
    [
        (["Yes", "No", None, " yes "], "integer", [1, 0, None, 1], " x: 'Yes' became 1 and 'No' became 0."),
        (["예", "아니오", ""], "integer", [1, 0, None], " x: '예' became 1 and '아니오' became 0."),
        (["true", "false"], "decimal", [1.0, 0.0], " x: 'true' became 1 and 'false' became 0."),
        (["있음", "없음"], "boolean", [True, False], " x: '있음' became true and '없음' became false."),
        (["yes", "cancelled"], "integer", [1, 0], " x: 'yes' became 1 and 'cancelled' became 0."),
        (["o", "x"], "boolean", [True, False], " x: 'o' became true and 'x' became false."),
        (["yes", "none"], "integer", [1, 0], " x: 'yes' became 1 and 'none' became 0."),
        (["yes", "no", "N/A"], "integer", [1, 0, None], " x: 'yes' became 1 and 'no' became 0. x: 1 of 3 values could not be read and became empty, for example 'N/A'."),
        (["yes", "n/a"], "integer", [1, None], " x: 'yes' became 1. x: 1 of 2 values could not be read and became empty, for example 'n/a'."),
        (["1", "2"], "integer", [1, 2], ""),
        (["1", "0"], "integer", [1, 0], ""),
    ],
)  # fmt: skip
def test_yes_and_no_become_one_and_nought(
    tmp_path: Path, cells: list[Any], type_: str, read: list[Any], told: str
) -> None:
    assert column(tmp_path, cells, type=type_) == (read, f"Changed x to {type_}.{told}")


@pytest.mark.parametrize("cells", [["A", "O"], ["yes", "perhaps", "never"], ["t", "c"], ["on", "under"]])
def test_texts_that_are_no_yes_and_no_are_not_numbered(tmp_path: Path, cells: list[str]) -> None:
    with pytest.raises(ToolError, match="can be read as integer"):
        column(tmp_path, cells, type="integer")


def test_a_replay_knows_the_yes_and_no_of_the_training_rows(tmp_path: Path) -> None:
    with Workspace(tmp_path) as workspace:
        add(workspace, "t", "SELECT unnest(['yes', 'cancelled']) AS x")
        recipe = recipe_of(
            workspace, str(do(workspace, "change_type", dataset="t", columns=["x"], type="integer").dataset)
        )
    assert replay(recipe, "SELECT unnest(['Cancelled', 'YES', 'moved', NULL]) AS x") == [(0,), (1,), (None,), (None,)]


D = datetime.date


@pytest.mark.parametrize(
    ("cells", "read"),
    [
        (["2024-01-31", "2024-2-1"], [D(2024, 1, 31), D(2024, 2, 1)]),
        (["01/02/2024", "13/02/2024"], [D(2024, 2, 1), D(2024, 2, 13)]),
        (["01/02/2024", "02/13/2024"], [D(2024, 1, 2), D(2024, 2, 13)]),
        (["31.12.99", "01.02.24"], [D(1999, 12, 31), D(2024, 2, 1)]),
        (["5 Jan 2020", "January 6, 2020", "2020-01-07", "soon"], [D(2020, 1, 5), D(2020, 1, 6), D(2020, 1, 7), None]),
        (["2020년 1월 5일"], [D(2020, 1, 5)]),
        (["1/2/20", "1/2/2020", "1/25/20"], [D(2020, 1, 2), D(2020, 1, 2), D(2020, 1, 25)]),
    ],
)
def test_the_date_formats_are_learned_from_the_rows(tmp_path: Path, cells: list[str], read: list[Any]) -> None:
    assert column(tmp_path, cells, type="date")[0] == read


def test_times_are_read_with_their_dates(tmp_path: Path) -> None:
    cells = ["2020-01-05T10:00:00Z", "2020-01-05 10:00:00.5", "1/6/2020 3:05 PM"]
    moments = [datetime.datetime(2020, 1, 5, 10), datetime.datetime(2020, 1, 5, 10, 0, 0, 500000)]
    assert column(tmp_path, cells, type="timestamp")[0] == [*moments, datetime.datetime(2020, 1, 6, 15, 5)]


def test_a_guess_about_day_and_month_is_said(tmp_path: Path) -> None:
    cells, text = column(tmp_path, ["03/04/2020"], type="date")
    assert cells == [D(2020, 3, 4)]
    assert text == "Changed x to date. x: day and month can't be told apart, so 03/04 was read as March 4."


def test_rounding_is_said(tmp_path: Path) -> None:
    assert column(tmp_path, ["3.7", "4"], type="integer") == (
        [4, 4],
        "Changed x to integer. x: 1 value with decimals was rounded.",
    )


def test_a_replay_reads_numbers_with_the_mark_of_the_training_rows(tmp_path: Path) -> None:
    with Workspace(tmp_path) as workspace:
        add(workspace, "t", "SELECT unnest(['1,5', '2,25']) AS x")
        outcome = do(workspace, "change_type", dataset="t", columns=["x"], type="decimal")
        recipe = recipe_of(workspace, str(outcome.dataset))
    assert replay(recipe, "SELECT unnest(['1,234', '2.500']) AS x") == [(1.234,), (2500.0,)]


@pytest.mark.parametrize(
    ("tool", "arguments", "message"),
    [
        (
            "drop_columns",
            {"columns": ["prize"]},
            "No column 'prize'. Nearest: price. Columns: id, name, region, price.",
        ),
        (
            "drop_columns",
            {"columns": ["id", "name", "region", "price"]},
            "Removing id, name, region and price would leave no column. Keep at least one.",
        ),
        ("drop_columns", {"columns": []}, "No columns were named. Name at least one column to remove."),
        ("keep_columns", {"columns": []}, "No columns were named. Name at least one column to keep."),
        (
            "rename_column",
            {"column": "id", "name": "NAME"},
            "There already is a column 'NAME'. Choose another name or remove that column first.",
        ),
        (
            "rename_column",
            {"column": "id", "name": " "},
            "The new name is empty. Give the column a name of at least one character.",
        ),
        (
            "change_type",
            {"columns": ["region"], "type": "date"},
            "None of the 3 values of region can be read as date, for example ' South ', 'NORTH' and 'north'. Choose another type or column.",
        ),
        (
            "replace_values",
            {"column": "id", "old": 1, "new": "one"},
            "id holds numbers and 'one' is none. Give a number, or change the column to text first.",
        ),
    ],
)
def test_what_does_not_fit_is_said_in_one_line(
    workspace: Workspace, tool: str, arguments: dict[str, Any], message: str
) -> None:
    with pytest.raises(ToolError) as error:
        do(workspace, tool, dataset="sales", **arguments)
    assert str(error.value) == message
    assert workspace.version("sales").ref == "sales@1"


@pytest.mark.parametrize(
    ("tool", "arguments", "text"),
    [
        ("rename_column", {"column": "id", "name": "id"}, "Nothing to rename: the column is already called id."),
        (
            "keep_columns",
            {"columns": ["id", "name", "region", "price"]},
            "Nothing to remove: the dataset has only these 4 columns.",
        ),
        (
            "change_type",
            {"columns": ["id"], "type": "integer"},
            "Nothing to change. Skipped id (already integer).",
        ),
        (
            "clean_text",
            {"columns": ["price"], "action": "trim"},
            "Nothing to clean: the text of price already is as asked.",
        ),
        ("clean_text", {"columns": ["id"]}, "Nothing to clean. Skipped id (holds no text)."),
        (
            "replace_values",
            {"column": "name", "old": "Bob", "new": "x"},
            "No cell of name equals 'Bob'. Its most frequent values: 'Ann' and 'bob'.",
        ),
    ],
)
def test_nothing_to_do_is_a_result_and_makes_no_version(
    workspace: Workspace, tool: str, arguments: dict[str, Any], text: str
) -> None:
    outcome = do(workspace, tool, dataset="sales", **arguments)
    assert (outcome.text, outcome.dataset, outcome.sql) == (text, "sales@1", None)
    assert [version.ref for version in workspace.versions("sales")] == ["sales@1"]


def test_a_whole_number_column_takes_a_decimal(workspace: Workspace) -> None:
    outcome = do(workspace, "replace_values", dataset="sales", column="id", old=2, new=2.5)
    assert workspace.rows(f'SELECT id, typeof(id) FROM "{outcome.dataset}"') == [
        (1.0, "DOUBLE"),
        (2.5, "DOUBLE"),
        (3.0, "DOUBLE"),
    ]


def test_the_name_of_the_hidden_row_number_is_refused(tmp_path: Path) -> None:
    with Workspace(tmp_path) as opened:
        add(opened, "t", "SELECT 1 AS a")
        with pytest.raises(ToolError) as refused:
            do(opened, "rename_column", dataset="t", column="a", name="__ROW")
        assert str(refused.value) == "Easel itself uses the column name __row. Choose another name."
        assert [version.ref for version in opened.versions("t")] == ["t@1"]


@pytest.mark.parametrize(
    "value", ["nul\0 in the \0middle", "\0", "it's \0", float("inf"), float("-inf"), 1.5, None, True]
)
def test_a_literal_is_the_value_and_never_a_name(tmp_path: Path, value: Any) -> None:
    with Workspace(tmp_path) as opened:
        assert opened.rows(f"SELECT {literal(value)} FROM (SELECT 1 AS inf, 2 AS nan)") == [(value,)]
        [(cell,)] = opened.rows(f"SELECT {literal(float('nan'))} FROM (SELECT 1 AS inf, 2 AS nan)")
        assert cell != cell


@pytest.mark.parametrize("value", ["inf", "nan", float("inf"), 10**400])
def test_a_number_without_end_replaces_nothing(tmp_path: Path, value: Any) -> None:
    with Workspace(tmp_path) as opened:
        add(opened, "t", "SELECT 1 AS a, 5 AS inf, 6 AS nan")
        for old, new in ((1, value), (value, 1)):
            with pytest.raises(ToolError, match=r"a holds numbers and '.*' is none"):
                do(opened, "replace_values", dataset="t", column="a", old=old, new=new)


# --- several names at once, given formats --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "names"),
    [
        ({"style": "snake_case"}, ["order_id", "unit_price", "가격_원", "note"]),
        ({"style": "upper", "columns": ["note"]}, ["orderID", "Unit Price", "가격 (원)", "NOTE"]),
        ({"style": "spaces"}, ["orderID", "Unit Price", "가격 (원)", "note"]),
        ({"prefix": "a_", "suffix": "_b", "columns": ["note"]}, ["orderID", "Unit Price", "가격 (원)", "a_note_b"]),
        ({"find": " "}, ["orderID", "UnitPrice", "가격(원)", "note"]),
        (
            {"renames": [{"column": "NOTE", "name": "orderID"}, {"column": "orderID", "name": "note"}]},
            ["note", "Unit Price", "가격 (원)", "orderID"],
        ),
    ],
)
def test_several_columns_are_renamed_at_once(tmp_path: Path, arguments: dict[str, Any], names: list[str]) -> None:
    with Workspace(tmp_path) as opened:
        add(opened, "t", 'SELECT 1 AS "orderID", 2 AS "Unit Price", 3 AS "가격 (원)", 4 AS note')
        outcome = do(opened, "rename_columns", dataset="t", **arguments)
        assert opened.version(str(outcome.dataset)).names == names
        assert rows_of(opened, "t") == [(1, 2, 3, 4)]


def test_new_names_are_exact_and_hold_on_other_rows(tmp_path: Path) -> None:
    with Workspace(tmp_path) as opened:
        add(opened, "t", "SELECT 1 AS a, 2 AS b")
        outcome = do(opened, "rename_columns", dataset="t", renames=[{"column": "a", "name": "x"}], columns=["b"], prefix="p_")  # fmt: skip
        assert outcome.sql == 'SELECT * RENAME ("a" AS "x", "b" AS "p_b") FROM "t@1"'
        assert outcome.text == "Renamed a to x and b to p_b."
        assert replay(recipe_of(opened, "t"), "SELECT 7 AS b, 6 AS a") == [(6, 7)]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({}, "No new names were given. Give pairs of a column and its name, or a rule such as snake_case."),
        ({"renames": [{"column": "a", "name": "B"}]}, "a and b would both be called 'b'. Give each column a name of its own."),
        ({"renames": [{"column": "a", "name": " "}]}, "a would have no name. Give each column a name of at least one character."),
        ({"renames": [{"column": "c", "name": "x"}]}, "No column 'c'. Columns: a, b."),
    ],
)  # fmt: skip
def test_names_that_can_not_be_are_refused(tmp_path: Path, arguments: dict[str, Any], message: str) -> None:
    with Workspace(tmp_path) as opened:
        add(opened, "t", "SELECT 1 AS a, 2 AS b")
        with pytest.raises(ToolError) as error:
            do(opened, "rename_columns", dataset="t", **arguments)
        assert str(error.value) == message


@pytest.mark.parametrize(
    ("cells", "arguments", "made"),
    [
        (["3/4/2024", "5/6/2024"], {"type": "date", "format": "day_first"}, ["2024-04-03", "2024-06-05"]),
        (["3/4/2024", "5/6/2024"], {"type": "date", "format": "month first"}, ["2024-03-04", "2024-05-06"]),
        (["24|03|01", "x"], {"type": "date", "format": "%y|%m|%d"}, ["2024-03-01", None]),
        (["1704067200", "0"], {"type": "timestamp", "format": "epoch"}, ["2024-01-01 00:00:00", "1970-01-01 00:00:00"]),
        (["1704067200500"], {"type": "timestamp", "format": "epoch_ms"}, ["2024-01-01 00:00:00.5"]),
        (["45292", "45292.5"], {"type": "timestamp", "format": "excel"}, ["2024-01-01 00:00:00", "2024-01-01 12:00:00"]),
        (["1.234", "2,5"], {"type": "decimal", "decimal": ","}, ["1234.0", "2.5"]),
        (["1,234", "2,567"], {"type": "decimal", "decimal": "."}, ["1234.0", "2567.0"]),
    ],
)  # fmt: skip
def test_a_form_that_is_given_is_taken(
    tmp_path: Path, cells: list[str], arguments: dict[str, Any], made: list[str | None]
) -> None:
    with Workspace(tmp_path) as opened:
        add(opened, "t", f"SELECT unnest({cells!r}) AS x")
        do(opened, "change_type", dataset="t", columns=["x"], **arguments)
        assert opened.rows("SELECT CAST(x AS VARCHAR) FROM t") == [(cell,) for cell in made]


def test_dates_are_written_in_a_format_and_read_so_on_other_rows(tmp_path: Path) -> None:
    with Workspace(tmp_path) as opened:
        add(opened, "t", "SELECT '01.02.2024' AS x")
        outcome = do(opened, "change_type", dataset="t", columns=["x"], type="date", format="%d.%m.%Y")
        assert (
            outcome.sql == """SELECT * REPLACE (CAST(try_strptime(trim("x"), '%d.%m.%Y') AS DATE) AS "x") FROM "t@1\""""
        )
        outcome = do(opened, "change_type", dataset="t", columns=["x"], type="text", format="%d %b %Y")
        assert outcome.sql == """SELECT * REPLACE (strftime("x", '%d %b %Y') AS "x") FROM "t@2\""""
        assert replay(recipe_of(opened, "t"), "SELECT '24.12.2023' AS x") == [("24 Dec 2023",)]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"type": "date", "format": "dd.mm"}, "'dd.mm' is no format of dates. Write it as %d.%m.%Y, or as day_first, epoch, excel."),
        ({"type": "integer", "format": "%Y"}, "A format is for dates: got %Y for integer. Leave it out."),
    ],
)  # fmt: skip
def test_a_format_that_is_none_is_refused(tmp_path: Path, arguments: dict[str, Any], message: str) -> None:
    with Workspace(tmp_path) as opened:
        add(opened, "t", "SELECT '01.02.2024' AS x")
        with pytest.raises(ToolError) as error:
            do(opened, "change_type", dataset="t", columns=["x"], **arguments)
        assert str(error.value) == message


@pytest.mark.parametrize(
    ("action", "cell", "made"),
    [
        ("capitalize", "hELLO World", "Hello world"),
        ("swap_case", "aBc é1\n", "AbC É1\n"),
        ("remove_spaces", " a b\tc ", "abc"),
        ("keep_letters", "A1-b 가2", "Ab가"),
        ("remove_accents", "Crème Brûlée", "Creme Brulee"),
    ],
)
def test_text_is_cleaned_in_rarer_ways(tmp_path: Path, action: str, cell: str, made: str) -> None:
    with Workspace(tmp_path) as opened:
        add(opened, "t", f"SELECT {literal(cell)} AS x")
        do(opened, "clean_text", dataset="t", columns=["x"], action=action)
        assert rows_of(opened, "t") == [(made,)]


def test_a_column_that_can_not_be_read_is_skipped_where_others_can(tmp_path: Path) -> None:
    with Workspace(tmp_path / "other") as workspace:
        add(workspace, "t", "SELECT '12 %' AS share, 'apples' AS fruit")
        outcome = do(workspace, "change_type", dataset="t", columns=["share", "fruit"], type="decimal")
        assert rows_of(workspace, "t") == [(12.0, "apples")]
        assert "Skipped fruit (none of its values can be read as decimal)." in outcome.text
