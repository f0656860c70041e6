"""When two result tables are the same."""

import random
import time
from pathlib import Path
from typing import Any

import pytest

from evals.equality import difference
from evals.table import read_table, table_of
from tools.engine import trusted

Rows = list[list[Any]]
SALES: Rows = [["Chile", 3, 1.5], ["Japan", 2, 0.25], ["Norway", 3, 9.0]]


def _difference(expected: Rows, got: Rows, **options: Any) -> str:
    return difference(table_of(expected), table_of(got), **options)


@pytest.mark.parametrize(
    ("expected", "got", "options"),
    [
        (SALES, SALES, {}),
        (SALES, SALES[::-1], {}),
        (SALES, [[row[2], row[0], row[1]] for row in SALES], {}),
        (SALES, [[row[1], row[0], row[2]] for row in SALES], {"ordered": True}),
        (SALES, [["x", *row[::-1]] for row in SALES], {"extra_columns": True}),
        ([["Chile"], ["Norway"]], [["Chile", 3], ["Norway", 3]], {"extra_columns": True}),
        ([["Chile", 3], ["Norway", 3]], [["Norway", 3.0], ["Chile", "3"]], {}),
        ([[1, 1], [2, 2]], [[2, 2], [1, 1]], {}),
        ([[1, 2], [2, 1]], [[2, 1], [1, 2]], {}),
        ([["a"], ["a"], ["b"]], [["b"], ["a"], ["a"]], {}),
        ([[True, None]], [[None, 1]], {}),
        ([["2024-01-05"]], [["2024-01-05 00:00:00"]], {}),
        ([["b", 0.33333], ["a", 0.66667]], [["a", 2 / 3], ["b", 1 / 3]], {}),
        ([[0.5, 1.00001, 7], [0.5, 0.99999, 8]], [[0.5, 1, 8], [0.5, 1, 7]], {}),
        ([], [], {}),
    ],
)
def test_the_same_table(expected: Rows, got: Rows, options: dict[str, Any]) -> None:
    assert _difference(expected, got, **options) == ""


@pytest.mark.parametrize(
    ("expected", "got", "options", "why"),
    [
        (SALES, SALES[:1], {}, "3 rows expected, 1 got: (Chile, 3, 1.5)"),
        ([["a"]], [["a"], ["a"]], {}, "1 row expected, 2 got: (a) …"),
        ([], [["a"]], {}, "0 rows expected, 1 got: (a)"),
        ([["a"]], [], {}, "1 row expected, 0 got"),
        ([["a"]], [["a", 1]], {}, "1 column expected, 2 got: 1, 2"),
        ([["a", 1]], [["a"]], {"extra_columns": True}, "2 columns expected, 1 got: 1"),
        (
            [["Chile", 3], ["Japan", 2]],
            [["Chile", 3], ["Japan", 4]],
            {},
            "row (Japan, 2) missing, row (Japan, 4) in its place",
        ),
        (
            [["Chile", 3], ["Japan", 2]],
            [[2, "Chile"], [3, "Japan"]],
            {},
            "row (Chile, 3) missing, row (Chile, 2) in its place",
        ),
        ([["a"], ["a"], ["b"]], [["a"], ["b"], ["b"]], {}, "row (a) missing, row (b) in its place"),
        ([["a"]], [["A"]], {}, "row (a) missing, row (A) in its place"),
        ([[None]], [[0]], {}, "row (NULL) missing, row (0) in its place"),
        ([[100001]], [[100002]], {}, "row (100001) missing, row (100002) in its place"),
        ([["b", 2], ["a", 1]], [["a", 1], ["b", 2]], {"ordered": True}, "the rows are right, their order is not: (b, 2) comes first"),
        ([["b", 2], ["a", 1]], [["a", 2], ["b", 2]], {"ordered": True}, "row (a, 1) missing, row (a, 2) in its place"),
        ([["x", 1, 1]], [["x", 1, 2]], {}, "row (x, 1, 1) missing, row (x, 1, 2) in its place"),
        ([["x", 1, 1]], [["x", 1, 2, 3]], {"extra_columns": True}, "row (x, 1, 1) missing, row (x, 1, 2) in its place"),
    ],
)  # fmt: skip
def test_another_table_and_why(expected: Rows, got: Rows, options: dict[str, Any], why: str) -> None:
    assert _difference(expected, got, **options) == why


def test_columns_that_match_one_by_one_do_not_make_rows_that_match() -> None:
    """Every column holds the same values as before, and two rows have swapped one of them."""
    rows: Rows = [[place, place % 2, place % 3] for place in range(12)]
    swapped = [list(row) for row in rows]
    swapped[4][1], swapped[7][1] = swapped[7][1], swapped[4][1]
    assert _difference(rows, rows[::-1]) == ""
    assert _difference(rows, swapped) == "row (4, 0, 1) missing, row (4, 1, 1) in its place"


def test_sixty_shuffled_columns_find_their_place_quickly() -> None:
    """Coin flips, each column with as many heads: only all rows together tell which column is which."""
    draw = random.Random(3)
    columns = [draw.sample([0, 1] * 100, 200) for _ in range(60)]
    rows: Rows = [list(row) for row in zip(*columns, strict=True)]
    order = draw.sample(range(60), 60)
    shuffled: Rows = [[row[place] for place in order] for row in draw.sample(rows, 200)]
    started = time.process_time()
    assert _difference(rows, shuffled) == ""
    other = next(row for row in shuffled if row[0] != shuffled[0][0])
    other[0], shuffled[0][0] = shuffled[0][0], other[0]
    assert _difference(rows, shuffled).startswith("row (")
    shuffled[0][0] = 1 - shuffled[0][0]
    assert _difference(rows, shuffled).startswith("row (")
    assert time.process_time() - started < 3


def test_columns_that_can_not_be_told_apart_end_the_search() -> None:
    """Fractions that differ by less than the tolerance, in other rows: nothing but trying every choice is left."""
    draw = random.Random(5)
    columns = [draw.sample([0.5, 1.5] * 50, 100) for _ in range(40)]
    rows: Rows = [list(row) for row in zip(*columns, strict=True)]
    near: Rows = [[value + draw.random() * 1e-5 for value in row] for row in rows]
    other = next(place for place in range(100) if rows[place][0] != rows[0][0])
    near[0][0], near[other][0] = near[other][0], near[0][0]
    started = time.process_time()
    assert _difference(rows, near) == "40 columns are too alike to be told apart"
    assert time.process_time() - started < 10


def test_many_rows_of_rounded_numbers_match_within_the_tolerance() -> None:
    draw = random.Random(4)
    rows: Rows = [[draw.random() * 100, draw.random() * 100, draw.choice("abc")] for _ in range(5_000)]
    rounded: Rows = [[letter, round(one, 3), round(other, 3)] for one, other, letter in draw.sample(rows, 5_000)]
    assert _difference(rounded, rows, tolerance=1e-3) == ""
    rounded[7][1] += 1
    assert "missing, row" in _difference(rounded, rows, tolerance=1e-3)


def test_rows_of_different_length_are_a_mistake_of_the_case() -> None:
    with pytest.raises(ValueError, match="rows of 1 and of 2 cells"):
        table_of([[1], [1, 2]])


def test_a_file_of_duckdb_equals_the_same_rows_as_text(tmp_path: Path) -> None:
    file = tmp_path / "a=b.parquet"
    with trusted() as connection:
        connection.execute(
            "COPY (SELECT 7::HUGEINT AS big, 1.50::DECIMAL(9, 2) AS price, DATE '2024-01-05' AS day,"
            " TIMESTAMP '2024-01-05 07:30:00' AS moment, INTERVAL 3 DAY AS stay, [1, 2] AS list,"
            " {'a': 1, 'b': 'x'} AS struct, MAP {'k': 2} AS map, 'x'::ENUM ('x', 'y') AS level, NULL AS nothing)"
            f" TO '{file}' (FORMAT parquet)"
        )
    expected: Rows = [
        [7, 1.5, "2024-01-05", "2024-01-05T07:30", "3 days, 0:00:00", [1, 2], {"b": "x", "a": 1}, {"k": 2}, "x", None]
    ]
    got = read_table(file)
    assert [column.name for column in got.columns][:2] == ["big", "price"]
    assert difference(table_of(expected), got, ordered=True) == ""
