"""Both ends of a ranking, where a request names both."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.small_project import add
from tools.guard import run_select
from tools.mend import mend_question
from tools.workspace import Workspace


@pytest.fixture
def workspace(tmp_path: Path) -> Iterator[Workspace]:
    with Workspace(tmp_path) as opened:
        rows = "('Peru', 1.5), ('Chad', 3.1), ('Fiji', -0.2), ('Oman', NULL), ('Cuba', 0.1)"
        add(opened, "countries", f"SELECT * FROM (VALUES {rows}) AS t(country, growth)")
        yield opened


ONE = "SELECT country, growth FROM countries ORDER BY growth DESC LIMIT 1"


@pytest.mark.parametrize(
    ("request_", "sql", "rows"),
    [
        ("Identify the countries with the highest and lowest growth", ONE, [["Chad", 3.1], ["Fiji", -0.2]]),
        ("the lowest and the highest growth of a country?", ONE, [["Fiji", -0.2], ["Chad", 3.1]]),
        ("성장률이 가장 높은 나라와 가장 낮은 나라는?", ONE, [["Chad", 3.1], ["Fiji", -0.2]]),
        (
            "countries with the highest growth and the lowest growth",
            f"(SELECT * FROM ({ONE})) UNION ALL (SELECT * FROM ({ONE}))",
            [["Chad", 3.1], ["Fiji", -0.2]],
        ),
        ("the country with the highest growth", ONE, [["Chad", 3.1]]),
        ("the most growth at least 1", ONE, [["Chad", 3.1]]),
    ],
)
def test_both_ends_are_shown_where_both_are_named(
    workspace: Workspace, request_: str, sql: str, rows: list[list[object]]
) -> None:
    found, _ = run_select(workspace, mend_question(workspace, sql, request_).sql)
    assert [[cell if isinstance(cell, str) else float(cell) for cell in row] for row in found.rows] == rows
