"""One column split into several, as tables of values and what becomes of them."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import tools.transforms.pieces  # noqa: F401  # puts its tool into the catalogue
from tests.small_project import Row, add, do, recipe_of, replay, rows_of
from tools.tool import ToolError
from tools.words import literal
from tools.workspace import Workspace

PEOPLE = """SELECT * FROM (VALUES (1, 'Ann Lee', 'Oslo, Norway'), (2, 'Bo  van Dyk', 'Lima,Peru'), (3, 'Cher', NULL))
AS people(id, full_name, place)"""
NAMES = ["first_name", "last_name"]


@pytest.fixture
def workspace(tmp_path: Path) -> Iterator[Workspace]:
    with Workspace(tmp_path) as opened:
        add(opened, "people", PEOPLE)
        yield opened


def test_a_column_is_split_at_the_separator_that_most_values_hold(workspace: Workspace) -> None:
    outcome = do(workspace, "split_column", dataset="people", column="Full_Name", names=NAMES)
    words = "string_split_regex(trim(\"full_name\"), '[\\s\\p{Z}]+')"
    assert outcome.sql == (
        f"SELECT *, nullif(trim({words}[1]), '') AS \"first_name\","
        f" nullif(trim(array_to_string({words}[2:], ' ')), '') AS \"last_name\" FROM \"people@1\""
    )
    assert outcome.text == (
        "Split full_name at the space into first_name and last_name."
        " 1 value of full_name without it went whole into first_name. 1 value had more parts; last_name holds the rest."
    )
    assert [row[3:] for row in rows_of(workspace, "people")] == [("Ann", "Lee"), ("Bo", "van Dyk"), ("Cher", None)]


def test_a_split_replays_on_other_rows(workspace: Workspace) -> None:
    outcome = do(workspace, "split_column", dataset="people", column="place", names=["city", "country"], keep=False)
    assert outcome.text == "Split place at the comma into city and country."
    recipe = recipe_of(workspace, str(outcome.dataset))
    other = "SELECT 9 AS id, 'x y' AS full_name, unnest(['Bonn, Germany', 'Rome', 'a, b, c']) AS place"
    assert replay(recipe, other) == [(9, "x y", "Bonn", "Germany"), (9, "x y", "Rome", None), (9, "x y", "a", "b, c")]


def split(tmp_path: Path, cells: list[str | None], names: list[str], **more: Any) -> tuple[list[Row], str]:
    """What becomes of a one-column dataset: the new columns' rows and the text."""
    with Workspace(tmp_path) as workspace:
        add(workspace, "t", f"SELECT unnest([{', '.join(map(literal, cells))}]) AS x")
        outcome = do(workspace, "split_column", dataset="t", column="x", names=names, **more)
        return [row[1:] for row in rows_of(workspace, str(outcome.dataset))], outcome.text


@pytest.mark.parametrize(
    ("cells", "names", "rows"),
    [
        (["New York, NY", "Boston, MA"], ["city", "state"], [("New York", "NY"), ("Boston", "MA")]),
        (["a;b c", "d;e", "f;"], ["p", "q"], [("a", "b c"), ("d", "e"), ("f", None)]),
        (["Desk|oak|2", "Lamp|tin|1"], ["what", "of", "n"], [("Desk", "oak", "2"), ("Lamp", "tin", "1")]),
        (["AB-12", "C-3"], ["letters", "code"], [("AB", "12"), ("C", "3")]),
        (["Seoul - Busan", "Jeonju - Pohang"], ["from", "to"], [("Seoul", "Busan"), ("Jeonju", "Pohang")]),
        (["120/80", "110/70", None], ["systolic", "diastolic"], [("120", "80"), ("110", "70"), (None, None)]),
        (["ann@x.org", "bo@y.com"], ["user", "domain"], [("ann", "x.org"), ("bo", "y.com")]),
        (["Anna Weber-Lind", "Bo Ruiz"], ["first", "last"], [("Anna", "Weber-Lind"), ("Bo", "Ruiz")]),
        (["서울 강남구 역삼동", "부산 중구 남포동"], ["시도", "구", "동"], [("서울", "강남구", "역삼동"), ("부산", "중구", "남포동")]),
    ],
)  # fmt: skip
def test_the_separator_is_found_in_the_values(
    tmp_path: Path, cells: list[str | None], names: list[str], rows: list[Row]
) -> None:
    assert split(tmp_path, cells, names)[0] == rows


@pytest.mark.parametrize(
    ("separator", "rows"),
    [("-", [("a b", "c")]), ("hyphen", [("a b", "c")]), (" ", [("a", "b-c")]), ("공백", [("a", "b-c")]), ("b-", [("a", "c")])],
)  # fmt: skip
def test_the_separator_may_be_given(tmp_path: Path, separator: str, rows: list[Row]) -> None:
    assert split(tmp_path, ["a b-c"], ["p", "q"], separator=separator)[0] == rows


@pytest.mark.parametrize(
    ("cells", "names", "rows", "text"),
    [
        (
            ["Braund, Mr. Owen", "Heikkinen, Laina"],
            ["first_name", "last_name"],
            [("Mr. Owen", "Braund"), ("Laina", "Heikkinen")],
            "Split x at the comma into first_name and last_name. The family name stands first, so it went to last_name.",
        ),
        (
            ["김 철수", "이 영희"],
            ["first_name", "last_name"],
            [("철수", "김"), ("영희", "이")],
            "Split x at the space into first_name and last_name. The family name stands first, so it went to last_name.",
        ),
        (
            ["김철수", "남궁민수", "제갈량", "허준", "Ann"],
            ["성", "이름"],
            [("김", "철수"), ("남궁", "민수"), ("제갈", "량"), ("허", "준"), (None, "Ann")],
            "Split x into 성 and 이름: the first syllable is the family name, the first two of a long name.",
        ),
        (
            ["김철수", "이영희"],
            ["first_name", "last_name"],
            [("철수", "김"), ("영희", "이")],
            "Split x into first_name and last_name: the first syllable is the family name, the first two of a long name.",
        ),
    ],
)
def test_family_names_that_stand_first_are_told_from_given_names(
    tmp_path: Path, cells: list[str | None], names: list[str], rows: list[Row], text: str
) -> None:
    assert split(tmp_path, cells, names) == (rows, text)


@pytest.mark.parametrize("cells", [["2024-03-05", "2023-12-31"], ["3/5/2024", "12/31/2023"]])
def test_dates_are_split_by_what_the_new_columns_are_called(tmp_path: Path, cells: list[str | None]) -> None:
    rows, text = split(tmp_path, cells, ["order_year", "order_month", "일"])
    assert (rows, text) == ([(2024, 3, 5), (2023, 12, 31)], "Split the dates of x into order_year, order_month and 일.")


def test_a_new_column_may_take_the_name_of_the_split_one(tmp_path: Path) -> None:
    with Workspace(tmp_path) as workspace:
        add(workspace, "t", "SELECT 'Ann Lee' AS name, 1 AS n")
        outcome = do(workspace, "split_column", dataset="t", column="name", names=["Name", "surname"])
        assert rows_of(workspace, str(outcome.dataset)) == [("Ann", 1, "Lee")]
        assert workspace.version("t").names == ["name", "n", "surname"]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (
            {"column": "nam", "names": NAMES},
            "No column 'nam'. Nearest: full_name. Columns: id, full_name, place.",
        ),
        (
            {"column": "full_name", "names": ["first"]},
            "Splitting needs two new columns or more: got first. Name each part.",
        ),
        (
            {"column": "full_name", "names": ["first", "PLACE"]},
            "There already is a column 'PLACE'. Choose another name or remove that column first.",
        ),
        (
            {"column": "full_name", "names": ["first", " "]},
            "The name of a new column is empty. Give each one of at least one character.",
        ),
        (
            {"column": "place", "names": NAMES, "separator": "|"},
            "No value of place holds '|', for example 'Lima,Peru' and 'Oslo, Norway'. Name what stands between the parts.",
        ),
        (
            {"column": "id", "names": ["a", "b"]},
            "No separator stands in most values of id, for example '1', '2' and '3'. Name what stands between the parts.",
        ),
    ],
)
def test_what_can_not_be_split_is_said_in_one_line(
    workspace: Workspace, arguments: dict[str, Any], message: str
) -> None:
    with pytest.raises(ToolError) as error:
        do(workspace, "split_column", dataset="people", **arguments)
    assert str(error.value) == message
    assert workspace.version("people").ref == "people@1"


def test_a_struct_is_split_into_its_fields(workspace: Workspace) -> None:
    add(workspace, "staff", "SELECT {'Id': 7, 'first name': 'Ann', 'home': {'city': 'Oslo'}} AS person, 1 AS n")
    outcome = do(workspace, "split_column", dataset="staff", column="person", names=["id", "first_name"], keep=False)
    assert (outcome.text, rows_of(workspace, "staff")) == ("Took Id and first name out of person.", [(1, 7, "Ann")])


def test_a_field_that_a_struct_lacks_is_said_with_those_it_has(workspace: Workspace) -> None:
    add(workspace, "staff", "SELECT {'id': 7, 'name': 'Ann'} AS person")
    with pytest.raises(ToolError) as error:
        do(workspace, "split_column", dataset="staff", column="person", names=["id", "age"])
    assert str(error.value) == "person has no field age. Its fields: id and name."


@pytest.mark.parametrize(
    ("arguments", "names", "rows"),
    [
        (
            {"columns": ["full_name", "place"], "name": "who", "separator": " / "},
            ["id", "full_name", "place", "who"],
            ["Ann Lee / Oslo, Norway", "Bo  van Dyk / Lima,Peru", "Cher"],
        ),
        (
            {"columns": ["place", "id"], "name": "place", "keep": False},
            ["full_name", "place"],
            ["Oslo, Norway 1", "Lima,Peru 2", "3"],
        ),
    ],
)
def test_columns_are_merged(workspace: Workspace, arguments: dict[str, Any], names: list[str], rows: list[str]) -> None:
    do(workspace, "merge_columns", dataset="people", **arguments)
    assert workspace.version("people").names == names
    assert [row[-1] for row in rows_of(workspace, "people")] == rows


def test_a_merged_and_a_copied_column_replay_on_other_rows(workspace: Workspace) -> None:
    do(workspace, "merge_columns", dataset="people", columns=["id", "full_name"], name="key", separator="-")
    outcome = do(workspace, "copy_column", dataset="people", column="Place")
    assert outcome.text == "Copied place as place_copy."
    other = "SELECT 9 AS id, NULL::VARCHAR AS full_name, 'x' AS place"
    assert replay(recipe_of(workspace, "people@3"), other) == [(9, None, "x", "9", "x")]


@pytest.mark.parametrize(
    ("tool", "arguments", "message"),
    [
        ("merge_columns", {"columns": ["id"], "name": "x"}, "Merging needs two columns or more: got id."),
        ("merge_columns", {"columns": ["id", "place"], "name": "ID"}, "There already is a column 'ID'."),
        ("copy_column", {"column": "id", "name": "place"}, "There already is a column 'place'."),
    ],
)
def test_what_can_not_be_merged_or_copied(
    workspace: Workspace, tool: str, arguments: dict[str, Any], message: str
) -> None:
    with pytest.raises(ToolError) as error:
        do(workspace, tool, dataset="people", **arguments)
    assert str(error.value).startswith(message)


@pytest.mark.parametrize(
    ("cells", "names", "more", "rows"),
    [
        (["a,b;c", "d; e", None], ["p", "q", "r"], {"pattern": "[,;]"}, [("a", "b", "c"), ("d", "e", None), (None,) * 3]),
        (["KR20240105", "US2023"], ["country", "year", "rest"], {"at": [2, 6]}, [("KR", "2024", "0105"), ("US", "2023", None)]),
    ],
)  # fmt: skip
def test_a_column_is_cut_by_a_pattern_or_at_places(
    tmp_path: Path, cells: list[str | None], names: list[str], more: dict[str, Any], rows: list[Row]
) -> None:
    assert split(tmp_path, cells, names, **more)[0] == rows


CUT = "string_split_regex(trim(\"x\"), '[,;]')"


@pytest.mark.parametrize(
    ("more", "sql", "others"),
    [
        (
            {"pattern": "[,;]"},
            f"nullif(trim({CUT}[1]), '') AS \"p\", nullif(trim({CUT}[2]), '') AS \"q\","
            f" nullif(trim(array_to_string({CUT}[3:], ' ')), '') AS \"r\"",
            [("1", "2", "3 4"), (None, "x", None), (None, None, None)],
        ),
        (
            {"at": [2, 6]},
            'nullif(trim(substr("x", 1, 2)), \'\') AS "p", nullif(trim(substr("x", 3, 4)), \'\') AS "q",'
            ' nullif(trim(substr("x", 7)), \'\') AS "r"',
            [("1;", "2,3;", "4"), (",x", None, None), (None, None, None)],
        ),
    ],
)
def test_the_sql_of_patterns_and_places_and_its_replay_on_other_rows(
    workspace: Workspace, more: dict[str, Any], sql: str, others: list[Row]
) -> None:
    add(workspace, "t", "SELECT unnest(['KR,2024;0105', 'U;S,2']) AS x")
    outcome = do(workspace, "split_column", dataset="t", column="x", names=["p", "q", "r"], **more)
    assert outcome.sql == f'SELECT *, {sql} FROM "t@1"'
    rows = replay(recipe_of(workspace, "t@2"), "SELECT unnest(['1;2,3;4', ',x', NULL]) AS x")
    assert [row[1:] for row in rows] == others


@pytest.mark.parametrize(
    ("more", "message"),
    [
        ({"at": [2, 5]}, "2 parts need 1 growing places and no pattern: got [2, 5] and None."),
        ({"pattern": "["}, "The pattern [ can't be read:"),
    ],
)
def test_places_and_patterns_that_do_not_fit_are_said(tmp_path: Path, more: dict[str, Any], message: str) -> None:
    with pytest.raises(ToolError) as error:
        split(tmp_path, ["ab"], ["p", "q"], **more)
    assert str(error.value).startswith(message)
