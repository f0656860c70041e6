"""What a profile counts, how it is told, and that it is computed once."""

from collections import OrderedDict

import pytest

from tools.dataset import StepRecord, Version
from tools.describe import describe_data, preview_data
from tools.engine import trusted
from tools.profile import ColumnHint, column_hints, profile, short_type
from tools.tool import Job
from tools.words import identifier, share
from tools.workspace import Workspace


@pytest.fixture
def workspace(tmp_path):
    with Workspace(tmp_path / "project") as opened:
        yield opened


def add(workspace: Workspace, sql: str, name: str = "t") -> Version:
    with trusted() as connection:
        reader = connection.execute(sql).to_arrow_reader(1000)
        return workspace.add_dataset(name, reader, StepRecord(tool="load_file", arguments={}))


def column(workspace: Workspace, cells: str, type_: str):
    """The profile of one column with these cells, as a SQL list."""
    return profile(workspace, add(workspace, f"SELECT unnest({cells})::{type_} AS c")).columns[0]


def test_numbers_are_counted_over_all_rows(workspace):
    found = column(
        workspace, "[1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, -100, NULL]", "INTEGER"
    )
    assert (found.kind, found.filled, found.missing, found.distinct) == ("number", 21, 1, 21)
    assert (found.min, found.max, found.median, found.q1, found.q3) == (-100, 20, 10, 5, 15)
    assert (found.outliers, found.far, found.negative) == (1, 1, 1)
    assert found.examples == [1, 2, 3]


@pytest.mark.parametrize(
    ("name", "cells", "reason"),
    [
        ("row", "range(1, 31)", "a running number: different in every row"),
        ("row", "[i FOR i IN range(1, 31) IF i % 15 <> 0]", "a running number: different in every row"),
        ("customer_id", "[i * 977 FOR i IN range(30)]", "an identifier: different in every row"),
        ("CustomerId", "[i * 977 FOR i IN range(30)]", "an identifier: different in every row"),
        ("code", "['K' || (i * 977) FOR i IN range(30)]", "an identifier: different in every row"),
        ("population", "[i * i * 977 FOR i IN range(30)]", None),
        ("salary", "[i * 977.5 FOR i IN range(30)]", None),
        ("paid", "[i % 3 FOR i IN range(30)]", None),
        ("order_id", "[i % 10 FOR i IN range(30)]", None),
        ("review", "['a rather long sentence about room number ' || i FOR i IN range(30)]", None),
    ],
)
def test_identifiers_are_told_from_measurements(workspace, name, cells, reason):
    found = profile(workspace, add(workspace, f"SELECT unnest({cells}) AS {name}")).columns[0]
    assert (found.identifier, found.kind == "id") == (reason, reason is not None)


def test_texts_are_looked_at_for_what_they_hide(workspace):
    cells = "['?', 'N/A', '?', ' 1,200', '$3.50', '12', '7 %', '(5)']"
    found = column(workspace, cells, "VARCHAR")
    assert (found.null_words, found.spaced, found.numeric_text, found.whole_text) == ({"?": 2, "N/A": 1}, 1, 1.0, False)


@pytest.mark.parametrize(
    ("cells", "share_of_numbers", "share_of_dates", "order"),
    [
        ("['1', '2', 'x', 'y']", 0.5, 0, ""),
        ("['007', '012']", 0, 0, ""),
        ("['31/01/2024', '01/02/2024']", 0, 1, "clear"),
        ("['03/04/2024', '01/02/2024']", 0, 1, "ambiguous"),
        ("['2024-01-31', 'Jan 5, 2024']", 0, 1, "clear"),
        ("['7:10 a.m.', '744-9007']", 0, 0, ""),
    ],
)
def test_texts_that_read_as_numbers_or_dates_are_recognised(workspace, cells, share_of_numbers, share_of_dates, order):
    found = column(workspace, cells, "VARCHAR")
    assert (found.numeric_text, found.date_text, found.date_order) == (share_of_numbers, share_of_dates, order)


def test_spellings_of_one_value_are_grouped_under_the_most_frequent(workspace):
    found = column(workspace, "['Seoul', 'Seoul', 'seoul', 'SEOUL ', 'Busan']", "VARCHAR")
    assert found.variants == {"Seoul": ["SEOUL ", "seoul"]}
    assert found.top == [("Seoul", 2), ("Busan", 1), ("SEOUL ", 1), ("seoul", 1)]


def test_columns_of_any_name_are_counted_apart(workspace):
    version = add(
        workspace,
        "SELECT 'a' || i % 2 AS letter, ' n/a' AS nothing, i AS v, -i AS n, i AS word, i AS cell FROM range(30) t(i)",
    )
    found = {one.name: one for one in profile(workspace, version).columns}
    assert found["letter"].top == [("a0", 15), ("a1", 15)]
    assert found["nothing"].null_words == {"n/a": 30}
    assert column_hints(workspace, version)[0] == ColumnHint("letter", "text", ["a0", "a1"])


def test_every_type_of_column_has_a_profile(workspace):
    version = add(
        workspace,
        "SELECT true AS b, DATE '2024-01-31' AS d, TIMESTAMP '2024-01-31 10:00' AS t, {'x': 1} AS s, [1, 2] AS l,"
        " NULL::VARCHAR AS e, 'nan'::DOUBLE AS n, TIME '10:00:00' AS c, 1.5::DECIMAL(4, 2) AS m, NULL::INTEGER AS i",
    )
    found = profile(workspace, version)
    assert [c.kind for c in found.columns] == [
        "boolean", "date", "date", "nested", "nested", "text", "number", "date", "number", "number",
    ]  # fmt: skip
    assert [c.missing for c in found.columns] == [0, 0, 0, 0, 0, 1, 0, 0, 0, 1]
    assert [short_type(c.type) for c in found.columns] == [
        "boolean", "date", "timestamp", "struct", "list", "text", "decimal", "time", "decimal", "int",
    ]  # fmt: skip


def test_repeated_rows_are_counted_unless_a_key_rules_them_out(workspace):
    assert profile(workspace, add(workspace, "SELECT unnest([1, 1, 1, 2]) AS a, 'x' AS b", "r")).duplicates == 2
    assert profile(workspace, add(workspace, "SELECT unnest([1, 2, 3, NULL]) AS a, 'x' AS b", "s")).duplicates == 0


def test_a_profile_is_computed_once_and_outlives_the_process(workspace, monkeypatch):
    version = add(workspace, "SELECT i AS a FROM range(5) r(i)")
    first = profile(workspace, version)
    assert profile(workspace, version) is first
    monkeypatch.setattr("tools.profile._kept", OrderedDict())
    again = profile(workspace, version)
    assert again == first
    assert again is not first


def test_a_profile_of_another_project_with_the_same_names_is_not_taken(tmp_path):
    counts = []
    for rows in (3, 4):
        with Workspace(tmp_path / f"p{rows}") as workspace:
            counts.append(profile(workspace, add(workspace, f"SELECT i AS a FROM range({rows}) r(i)")).rows)
    assert counts == [3, 4]


def test_a_version_that_is_a_view_is_profiled_as_it_stands(workspace):
    version = add(workspace, "SELECT i AS a FROM range(10) r(i)")
    step = StepRecord(tool="filter_rows", arguments={})
    newer = workspace.derive(version, f"SELECT * FROM {identifier(version.ref)} WHERE a < 4", step)
    assert newer.depth == 1
    assert [profile(workspace, v).rows for v in (version, newer)] == [10, 4]


def test_hints_give_short_types_and_the_values_of_columns_that_have_few(workspace):
    version = add(
        workspace,
        "SELECT i AS id, 'City ' || (i % 11) AS city, ['Paris', 'Oslo', 'Paris'][i % 3 + 1] AS town,"
        " (i % 2)::INTEGER AS left_us, i / 3 AS share, repeat('x', 40) AS long, DATE '2024-01-01' AS day, true AS ok"
        " FROM range(33) r(i)",
    )
    assert column_hints(workspace, version) == [
        ColumnHint("id", "int", [], (), 1.0),
        ColumnHint("city", "text", [], ("City 0", "City 1")),
        ColumnHint("town", "text", ["Paris", "Oslo"]),
        ColumnHint("left_us", "int", [0, 1]),
        ColumnHint("share", "decimal", []),
        ColumnHint("long", "text", ["x" * 30]),
        ColumnHint("day", "date", []),
        ColumnHint("ok", "boolean", []),
    ]


@pytest.mark.parametrize(("repeated", "apart"), [(0, 1.0), (5, 0.95), (70, 0.0)])
def test_hints_tell_how_many_rows_the_first_column_tells_apart(workspace, repeated, apart):
    version = add(workspace, f"SELECT greatest(i, {repeated}) AS order_id, i AS other FROM range(100) r(i)")
    assert [hint.apart for hint in column_hints(workspace, version)] == [apart, 0.0]


def test_a_dataset_is_described_in_words_and_a_table(workspace):
    add(
        workspace,
        "SELECT i + 1 AS customer_id, CASE WHEN i % 4 = 0 THEN NULL ELSE 30 + i % 20 END AS age,"
        " CASE WHEN i < 3 THEN '?' ELSE 'Paris' END AS city FROM range(100) r(i)",
        "clients",
    )
    outcome = describe_data(Job(workspace), "clients")
    assert outcome.text == (
        "clients has 100 rows and 3 columns: 1 number, 1 text and 1 identifier. Each row has its own customer_id."
        " 25 cells are empty: age (25, 25 %). No row is a duplicate."
        " Some texts seem to mean empty: city ('?' 3 times)."
    )
    assert outcome.table is not None
    assert outcome.table.columns == ["column", "type", "missing", "distinct", "min", "max", "mean", "examples"]
    assert outcome.table.rows == [
        ["customer_id", "int", 0, 100, 1, 100, 50.5, "1, 2, 3"],
        ["age", "int", 25, 15, 31, 49, 40, "31, 32, 33"],
        ["city", "text", 0, 2, None, None, None, "Paris, ?"],
    ]
    assert outcome.values == {"rows": 100, "columns": 3, "missing": 25, "duplicates": 0}


def test_an_empty_dataset_is_described_without_numbers(workspace):
    add(workspace, "SELECT 1 AS a, 'x' AS b WHERE false", "none")
    assert describe_data(Job(workspace), "none").text == "none has no rows and 2 columns: a and b."


def test_a_preview_shows_the_first_rows_and_says_of_how_many(workspace):
    add(workspace, "SELECT i AS a FROM range(30) r(i)", "t")
    some, all_ = preview_data(Job(workspace), "t", 2), preview_data(Job(workspace), "t", 1000)
    assert (some.text, some.table.rows) == ("The first 2 of 30 rows of t.", [[0], [1]])
    assert all_.text == "All 30 rows of t."


@pytest.mark.parametrize(
    ("part", "whole", "said"),
    [(1, 2, "50 %"), (1, 500, "0.2 %"), (1, 5000, "under 0.1 %"), (0, 10, "0 %"), (2, 100, "2 %"), (1, 3, "33 %"), (0, 0, "0 %")],
)  # fmt: skip
def test_a_share_reads_as_people_write_it(part, whole, said):
    assert share(part, whole) == said


def test_a_table_of_a_thousand_columns_fits_into_little_memory(tmp_path):
    cells = ", ".join(f"i * {place}.5 AS c{place}, 't' || i % 3 AS t{place}" for place in range(500))
    with Workspace(tmp_path / "wide", memory_gb=0.5) as narrow:
        found = profile(narrow, add(narrow, f"SELECT {cells} FROM range(60) t(i)"))
    assert len(found.columns) == 1000
    assert [(one.name, one.filled, one.distinct) for one in found.columns[-2:]] == [("c499", 60, 60), ("t499", 60, 3)]
