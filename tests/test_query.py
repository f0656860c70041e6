"""Answers: the numbers of a result, said in words by rule."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from tools import call
from tools.beyond_all import beyond_all
from tools.dataset import StepRecord
from tools.korean.results import result_in_korean, table_in_korean
from tools.query import in_words, number_in_words, query_data, shares_in, value_in_words
from tools.tool import Job, Outcome, TableData, ToolError
from tools.workspace import Workspace

ROWS = {
    "country": ["Germany", "France", "Germany", "Spain", None],
    "gender": ["Female", "Male", "Female", "Male", "Male"],
    "left": [1, 0, 1, 0, 1],
    "balance": [1200.5, 0.25, None, 99999.123456, 3.0],
}


@pytest.fixture
def job(tmp_path: Path) -> Iterator[Job]:
    with Workspace(tmp_path / "project") as workspace:
        workspace.add_dataset("bank", pa.table(ROWS).to_reader(), StepRecord(tool="test", arguments={}))
        yield Job(workspace)


@pytest.mark.parametrize(
    ("sql", "text", "values"),
    [
        ("SELECT count(*) * 2037 / 5 AS left_customers FROM bank", "Left customers is 2,037.", {"left_customers": 2037.0, "row_count": 1}),
        ("SELECT count(*) FROM bank", "Number of rows is 5.", {"count_star()": 5, "row_count": 1}),
        ("SELECT avg(balance) FROM bank", "Average balance is 25,300.7184.", {"avg(balance)": 25300.718364, "row_count": 1}),
        ("SELECT max(country) FROM bank", "Highest country is Spain.", {"max(country)": "Spain", "row_count": 1}),
        ("SELECT max(balance) AS top FROM bank WHERE false", "Top is empty.", {"top": None, "row_count": 1}),
        ("SELECT true AS is_big", "Is big is yes.", {"is_big": True, "row_count": 1}),
        (
            'SELECT count(*) AS customers, sum("left") AS gone, avg("left") AS share FROM bank',
            "Customers 5, gone 3 and share 60 %.",
            {"customers": 5, "gone": 3, "share": 0.6, "row_count": 1},
        ),
        (
            'SELECT country, sum("left") AS gone FROM bank WHERE country IS NOT NULL GROUP BY ALL ORDER BY gone DESC, country',
            "Country and gone: Germany 2, France 0 and Spain 0.",
            {"row_count": 3},
        ),
        (
            "SELECT country, gender, count(*) AS n FROM bank GROUP BY ALL ORDER BY ALL",
            "Country, gender and n: (France, Male) 1, (Germany, Female) 2, (Spain, Male) 1 and (empty, Male) 1.",
            {"row_count": 4},
        ),
        ("SELECT 2023 + i AS year, i * 1500 AS sales FROM range(2) t(i)", "Year and sales: 2023 0 and 2024 1,500.", {"row_count": 2}),
        ("SELECT country FROM bank ORDER BY 1 LIMIT 2", "2 rows of country: France and Germany.", {"row_count": 2}),
        ("SELECT i FROM range(1204) t(i)", "1,204 rows of i. The first are 0, 1, 2, 3, 4, 5, 6 and 7.", {"row_count": 1204}),
        (
            "SELECT i AS customer_id, i * 1000 AS amount FROM range(1204) t(i)",
            "1,204 rows. The first are: customer id 0, amount 0; customer id 1, amount 1,000; customer id 2, amount 2,000.",
            {"row_count": 1204},
        ),
        (
            "SELECT country, gender FROM bank ORDER BY ALL LIMIT 2",
            "2 rows. They are: country France, gender Male; country Germany, gender Female.",
            {"row_count": 2},
        ),
        ("SELECT * FROM bank WHERE balance > 1e9", "No rows match.\nNo balance is above 1,000,000,000: the highest is 99,999.12346.", {"row_count": 0}),
        (
            "SELECT country, avg((gender = 'Female')::int) AS female_rate FROM bank GROUP BY 1 ORDER BY 2 DESC LIMIT 1",
            "Germany: female rate 100 %.",
            {"country": "Germany", "female_rate": 1.0, "row_count": 1},
        ),
        ("SELECT country, max(balance) AS top FROM bank GROUP BY 1 ORDER BY 2 LIMIT 1", "France: top 0.25.", {"country": "France", "top": 0.25, "row_count": 1}),
        ("SELECT 7 AS row_count", "Row count is 7.", {"row_count": 7}),
        ("SELECT 2000 AS year", "Year is 2000.", {"year": 2000, "row_count": 1}),
    ],
)  # fmt: skip
def test_an_answer_says_the_numbers_of_its_table(job: Job, sql: str, text: str, values: dict[str, Any]) -> None:
    outcome = query_data(job, sql)
    assert outcome.text == text
    assert outcome.values == pytest.approx(values)
    assert outcome.sql == sql


@pytest.mark.parametrize(
    ("condition", "why"),
    [
        ("balance >= 50000 * 1", ""),
        ("balance >= 200000", "No balance is 200,000 or more: the highest is 99,999.12346."),
        ("balance < 0.25", "No balance is below 0.25: the lowest is 0.25."),
        ("balance <= -3 AND country = 'Spain'", ""),  # a sign is no plain number
        ("(balance <= 0.1) AND country = 'Spain'", "No balance is 0.1 or less: the lowest is 0.25."),
        ("b.left = 7", "No left is 7: they go from 0 to 1."),
        ("balance BETWEEN 100000 AND 200000", "No balance is 100,000 or more: the highest is 99,999.12346."),
        ("balance > 200000 OR country = 'Italy'", ""),
        ("NOT balance < 200000", ""),
        ("country = 'Italy'", ""),
        ("country > 5", ""),
        ("balance > 1000 AND country = 'France'", ""),
    ],
)
def test_a_condition_beyond_all_values_is_told(job: Job, condition: str, why: str) -> None:
    assert beyond_all(job.workspace, f"SELECT count(*) FROM bank b WHERE {condition}") == why


def test_only_a_result_of_nothing_is_explained(job: Job) -> None:
    asked = "SELECT count(*) AS n FROM bank WHERE balance >= 50000"
    assert query_data(job, asked).text == "N is 1."
    assert query_data(job, asked.replace("50000", "5000000")).text == (
        "N is 0.\nNo balance is 5,000,000 or more: the highest is 99,999.12346."
    )


def test_an_answer_carries_its_table_and_the_sql_as_it_ran(job: Job) -> None:
    outcome = call(job, "query_data", {"sql": 'SELECT country, "left" FROM bank ORDER BY balance LIMIT 2; -- two'})
    assert outcome == Outcome(
        text="Country and left: France 0 and empty 1.",
        sql='SELECT country, "left" FROM bank ORDER BY balance LIMIT 2',
        table=TableData(columns=["country", "left"], rows=[["France", 0], [None, 1]], row_count=2),
        values={"row_count": 2},
    )


def test_a_long_result_shows_its_first_thousand_rows_and_counts_all(job: Job) -> None:
    outcome = query_data(job, "FROM range(123456)")
    assert outcome.table is not None
    assert (len(outcome.table.rows), outcome.table.row_count) == (1000, 123456)


@pytest.mark.parametrize(
    ("columns", "rows", "text"),
    [
        (["city", "rows", "rent"], [["Paris", 107, 20.5], ["Rome", 93, 18]], "Paris: rows 107, rent 20.5; Rome: rows 93, rent 18."),
        (["year", "orders", "growth"], [[2024, 250, None], [2025, 199, -0.204]], "2024: orders 250, growth empty; 2025: orders 199, growth -0.204."),
        (["rainy", "rows", "visits"], [[True, 9, 2.5], [False, 1200, 3]], "rainy yes: rows 9, visits 2.5; rainy no: rows 1,200, visits 3."),
        (["city", "year", "rent"], [["Paris", 2024, 20.5], ["Rome", 2025, 18]], "City, year and rent: (Paris, 2024) 20.5 and (Rome, 2025) 18."),
        (["city", "rooms", "rent"], [["Paris", 1, 20], ["Paris", 2, 18]], "City, rooms and rent: (Paris, 1) 20 and (Paris, 2) 18."),
        (["city", "kind", "rent"], [["Paris", "flat", 20], ["Rome", "flat", 18]], "City, kind and rent: (Paris, flat) 20 and (Rome, flat) 18."),
        (["age", "rows", "rent"], [[30, 5, 20], [31, 6, 18]], "Age, rows and rent: (30, 5) 20 and (31, 6) 18."),
    ],
)  # fmt: skip
def test_a_group_with_two_measures_tells_which_is_which(columns: list[str], rows: list[list[Any]], text: str) -> None:
    assert in_words(TableData(columns=columns, rows=rows, row_count=len(rows))) == text


def test_a_wide_row_is_cut_and_says_so() -> None:
    wide = TableData(columns=[f"c{i}" for i in range(10)], rows=[list(range(10))], row_count=1)
    assert in_words(wide) == "C0 0, c1 1, c2 2, c3 3, c4 4, c5 5, c6 6, c7 7 and 2 more columns."
    many = TableData(columns=wide.columns, rows=wide.rows * 2, row_count=2)
    row = "c0 0, c1 1, c2 2, c3 3, c4 4, c5 5, c6 6, c7 7"
    assert in_words(many) == f"2 rows. They are: {row}; {row}; and 2 more columns."


def test_a_write_is_refused_with_the_guards_words(job: Job) -> None:
    with pytest.raises(ToolError, match="DROP is refused"):
        query_data(job, "DROP VIEW bank")


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (2037.0, "2,037"),
        (0.2037, "0.2037"),
        (1 / 3, "0.3333"),
        (1234567.891, "1,234,567.891"),
        (-0.5, "-0.5"),
        (0.00012345, "0.0001234"),
        (0.0, "0"),
        (1e20, "1e+20"),
        (100.0, "100"),
        (0.99999, "1"),
    ],
)
def test_numbers_are_written_for_people(number: float, text: str) -> None:
    assert number_in_words(number) == text


@pytest.mark.parametrize(
    ("cell", "name", "text"),
    [
        (None, "", "empty"),
        (False, "", "no"),
        (12345, "amount", "12,345"),
        (12345, "customer_id", "12345"),
        (2024, "Year", "2024"),
        ("two\n lines", "", "two lines"),
        ("x" * 80, "", "x" * 59 + "…"),
        (["a", 1], "", "['a', 1]"),
    ],
)
def test_cells_are_written_for_people(cell: Any, name: str, text: str) -> None:
    assert value_in_words(cell, name) == text


@pytest.mark.parametrize(
    ("measure", "cells", "shown", "text"),
    [
        ("avg((left = 'yes')::int) AS left_rate", [0.2, 0.4003], True, "a 20 % and b 40 %"),
        ("avg(CASE WHEN age > 60 THEN 1 ELSE 0 END) AS old", [0.25, 0.0004], True, "a 25 % and b 0.04 %"),
        ("avg(no_show) AS no_show_rate", [0.125, 1.0], True, "a 12.5 % and b 100 %"),
        ("avg(no_show) AS 노쇼율", [0.125, 1.0], True, "a 12.5 % and b 100 %"),
        ("round(count(*) FILTER (WHERE left) / count(*), 3) AS x", [0.123, 0.5], True, "a 12.3 % and b 50 %"),
        ("sum(CASE WHEN left THEN 1 ELSE 0 END) * 1.0 / count(*) AS x", [0.123, 0.5], True, "a 12.3 % and b 50 %"),
        ("count(*) / sum(count(*)) OVER () AS share", [0.75, 0.25], True, "a 75 % and b 25 %"),
        ("count(*) / lag(count(*)) OVER (ORDER BY g) - 1 AS growth", [-0.312, 1.5], True, "a -31.2 % and b 150 %"),
        ("avg(exchange_rate) AS average_exchange_rate", [0.92, 0.93], False, "a 0.92 and b 0.93"),
        ("avg(no_show) AS average_no_show", [0.125, 1.0], False, "a 0.125 and b 1"),
        ("avg(rooms) AS room_rate", [0.5, 2.5], False, "a 0.5 and b 2.5"),
        ("100.0 * count(*) FILTER (WHERE left) / count(*) AS percent", [0.5, 40.0], False, "a 0.5 and b 40"),
        ("count(*) / count(DISTINCT day) AS rides_a_day", [0.5, 0.25], False, "a 0.5 and b 0.25"),
        ("sum(price) / sum(weight) AS price_a_kilo", [0.5, 0.25], False, "a 0.5 and b 0.25"),
    ],
)
def test_shares_of_one_are_told_in_percent(measure: str, cells: list[float], shown: bool, text: str) -> None:
    name = measure.rpartition(" AS ")[2]
    table = TableData(columns=["g", name], rows=[["a", cells[0]], ["b", cells[1]]], row_count=2)
    found = shares_in(table, f"SELECT g, {measure} FROM t GROUP BY g")
    assert found == ([name] if shown else [])
    told = table.model_copy(update={"shares": found})
    assert in_words(told) == f"G and {name.replace('_', ' ')}: {text}."
    assert result_in_korean(told) == f"g별 {name.replace('_', ' ')}: {text.replace(' and', ',')}"
    assert told.rows == [["a", cells[0]], ["b", cells[1]]]


def test_shares_stay_shares_where_their_column_has_a_korean_name() -> None:
    table = TableData(columns=["g", "share of left"], rows=[["a", 0.5]], shares=["share of left"])
    assert table_in_korean(table) == TableData(columns=["g", "left 비율"], rows=[["a", 0.5]], shares=["left 비율"])
