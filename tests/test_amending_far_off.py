"""Rows far from what is expected of rows like them: which requests ask for those, and which do not."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from assistant.context import ModelFact, Situation, look
from assistant.plan import read_plan
from tests.small_project import add
from tools import catalogue
from tools.workspace import Workspace

ABOVE, BELOW = {"kind": "too_low", "every_row": True}, {"kind": "too_high", "every_row": True}
HOMES = (
    "SELECT 'H' || (1000 + i) AS home, 100 + i % 90 AS price, 40 + i % 70 AS area, i % 5 AS rooms FROM range(200) t(i)"
)
TABLES = {
    "homes": HOMES,
    "flats": "SELECT i AS flat, 400.5 + i % 90 AS monthly_rent, 40.5 + i % 70 AS area FROM range(200) t(i)",
    "집": "SELECT 'H' || (1000 + i) AS 집번호, 100 + i % 90 AS 매매가, 40 + i % 70 AS 면적 FROM range(200) t(i)",
    "staff": "SELECT 'E' || (100 + i) AS employee, 2000 + i % 90 AS salary, i % 30 AS years, 'it' AS team FROM range(200) t(i)",
    "stores": "SELECT 'S' || (100 + i) AS store, 2000 + i % 90 AS revenue, i % 30 AS staff FROM range(200) t(i)",
    "stays": "SELECT i AS stay, ['surgery', 'heart', 'bones'][1 + i % 3] AS ward, i % 11 AS length_of_stay, 20 + i % 60 AS age FROM range(200) t(i)",
    "loans": "SELECT 'A' || (100 + i) AS loan, 3 + i % 9 AS interest_rate, i % 3 AS times_extended, i % 11 AS days_to_decide FROM range(200) t(i)",
    "listed": f"SELECT *, price + i % 3 AS market_value FROM ({HOMES.replace('AS rooms', 'AS rooms, i')})",
    "marked": f"SELECT *, i % 2 = 0 AS overpriced FROM ({HOMES.replace('AS rooms', 'AS rooms, i')})",
}


def planned(tmp_path: Path, table: str, request: str, *models: ModelFact) -> list[tuple[str, dict[str, Any]]]:
    with Workspace(tmp_path / "project") as workspace:
        add(workspace, table, TABLES[table])
        situation: Situation = replace(look(workspace), models=models)
    raw = {"tool": "query_data", "sql": f'SELECT * FROM "{table}"'}
    return [(one.tool, one.arguments) for one in read_plan({"steps": [raw]}, catalogue(), situation, request).steps]


@pytest.mark.parametrize(
    ("table", "request_", "target", "shown"),
    [
        ("homes", "Which homes are overpriced?", "price", ABOVE),
        ("homes", "which homes are too expensive for what they are?", "price", ABOVE),
        ("homes", "show me the 5 best bargains", "price", BELOW | {"count": 5}),
        ("homes", "Which homes cost less than they should?", "price", BELOW),
        ("homes", "is the price higher than it should be?", "price", ABOVE),
        ("loans", "is the interest rate higher than it should be", "interest_rate", ABOVE),
        ("loans", "which loans took longer than they should have?", "days_to_decide", ABOVE),
        ("homes", "find the over- and underpriced and the overpriced homes", "price", ABOVE | {"kind": "all"}),
        ("flats", "which flats rent for more than they should?", "monthly_rent", ABOVE),
        ("flats", "which flats are below market?", "monthly_rent", BELOW),
        ("집", "어느 집이 시세보다 비싸?", "매매가", ABOVE),
        ("집", "시세보다 싼 집 찾아줘", "매매가", BELOW),
        ("집", "저평가된 집 알려줘", "매매가", BELOW),
        ("staff", "find underpaid employees", "salary", BELOW),
        ("staff", "Who earns more than expected?", "salary", ABOVE),
        ("stores", "which stores do worse than expected?", "revenue", BELOW),
        ("stores", "which stores outperform?", "revenue", ABOVE),
    ],
)
def test_rows_far_from_what_is_expected_are_ranked_by_a_model_of_the_number(
    table: str, request_: str, target: str, shown: dict[str, Any], tmp_path: Path
) -> None:
    build = ("train_model", {"dataset": table, "target": target})
    assert planned(tmp_path, table, request_) == [build, ("show_mistakes", shown)]
    other, own = ModelFact("other_left", "left", ()), ModelFact("own", target, ())
    assert planned(tmp_path, table, request_, own) == [("show_mistakes", shown)]
    assert planned(tmp_path, table, request_, other, own) == [("show_mistakes", shown | {"model": "own"})]


@pytest.mark.parametrize(
    ("table", "request_"),
    [
        ("homes", "which homes cost more than average?"),
        ("homes", "Which homes cost more than 150?"),
        ("homes", "which homes are the most expensive?"),
        ("homes", "Is home H1004 overpriced?"),
        ("homes", "is my home overpriced?"),
        ("homes", "is the home overpriced?"),
        ("homes", "do larger homes cost more than small ones?"),
        ("listed", "which homes cost more than their market value?"),
        ("marked", "how many homes are overpriced?"),
        ("집", "평균보다 비싼 집은?"),
        ("집", "제일 비싼 집은?"),
        ("staff", "does the model do worse than expected?"),
        ("staff", "who earns more than 2050?"),
    ],
)
def test_what_the_rows_themselves_tell_needs_no_model(table: str, request_: str, tmp_path: Path) -> None:
    assert "show_mistakes" not in [tool for tool, _ in planned(tmp_path, table, request_)]


@pytest.mark.parametrize(
    ("request_", "group"),
    [
        ("Which wards keep patients longer than expected?", True),
        ("Which stays took longer than expected?", False),
    ],
)
def test_groups_beyond_what_is_expected_are_measured_by_a_model_that_does_not_know_them(
    request_: str, group: bool, tmp_path: Path
) -> None:
    build = {"dataset": "stays", "target": "length_of_stay"}
    expected = (
        [("train_model", build | {"ignore": ["ward"]}), ("measure_bias", {"column": "ward"})]
        if group
        else [("train_model", build), ("show_mistakes", ABOVE)]
    )
    assert planned(tmp_path, "stays", request_) == expected
