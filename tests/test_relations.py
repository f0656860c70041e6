"""Joins between tables, found by names and values; found again only where something changed."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.small_project import add, do
from tools import catalogue, engine
from tools.relations import relations
from tools.workspace import Workspace


@pytest.fixture
def empty(tmp_path: Path) -> Iterator[Workspace]:
    with Workspace(tmp_path / "project") as workspace:
        yield workspace


CASES = [
    (
        "a column named after the table",
        {
            "customer": "SELECT range AS id, 'n' || range AS name FROM range(20)",
            "sale": "SELECT range AS sale_id, range % 20 AS customer_id FROM range(50)",
        },
        ["sale.customer_id = customer.id"],
    ),
    (
        "the same name on both sides, the plural of the table, some values missing",
        {
            "flights": "SELECT range AS flight_no, range % 21 AS plane_id FROM range(200)",
            "planes": "SELECT range AS plane_id, range * 3 AS seats FROM range(20)",
        },
        ["flights.plane_id = planes.plane_id"],
    ),
    (
        "a table of four rows, whose values are roughly counted as three",
        {
            "grants": "SELECT range AS grant_no, 'P' || (1 + range % 4) AS programme_id FROM range(40)",
            "programmes": "SELECT 'P' || (1 + range) AS programme_id, range AS size FROM range(4)",
        },
        ["grants.programme_id = programmes.programme_id"],
    ),
    (
        "the column speaks of one table although its values are found in two",
        {
            "battle": "SELECT range AS id FROM range(9)",
            "ship": "SELECT range AS id, range % 9 AS lost_in_battle FROM range(9)",
            "death": "SELECT range + 100 AS id, range % 9 AS caused_by_ship_id FROM range(30)",
        },
        ["death.caused_by_ship_id = ship.id", "ship.lost_in_battle = battle.id"],
    ),
    (
        "values that are not there",
        {
            "customer": "SELECT range AS id FROM range(20)",
            "sale": "SELECT range AS sale_id, range + 500 AS customer_id FROM range(50)",
        },
        [],
    ),
    (
        "a key that is not unique",
        {
            "customer": "SELECT range % 3 AS id FROM range(20)",
            "sale": "SELECT range AS sale_id, range % 3 AS customer_id FROM range(50)",
        },
        [],
    ),
    (
        "plain names that many tables have",
        {
            "a_list": "SELECT range AS id, 'x' || range AS name FROM range(20)",
            "b_list": "SELECT range AS id, 'x' || range AS name FROM range(20)",
        },
        [],
    ),
    ("one table", {"customer": "SELECT range AS id FROM range(20)"}, []),
    ("a table without rows", {"customer": "SELECT range AS id FROM range(0)", "sale": "SELECT 1 AS customer_id"}, []),
    (
        "names with blanks, in other scripts",
        {
            "my shop": 'SELECT range AS "shop no" FROM range(20)',
            "매출": 'SELECT range AS 번호, range % 20 AS "shop no" FROM range(50)',
        },
        ['매출."shop no" = my_shop."shop no"'],
    ),
]


@pytest.mark.parametrize(("tables", "found"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_joins_are_found_by_names_and_values(empty: Workspace, tables: dict[str, str], found: list[str]) -> None:
    for name, sql in tables.items():
        add(empty, name.replace(" ", "_"), sql)
    assert [str(relation) for relation in relations(empty)] == found


def test_they_are_looked_for_again_only_where_a_version_is_new(
    empty: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    add(empty, "customer", "SELECT range AS id FROM range(20)")
    add(empty, "sale", "SELECT range AS sale_id, range % 20 AS customer_id FROM range(50)")
    asked: list[str] = []
    fetch = engine.fetch

    def counted(cursor: object, sql: str, parameters: object = None) -> list[tuple[object, ...]]:
        asked.append(sql)
        return fetch(cursor, sql, parameters)  # type: ignore[arg-type]

    monkeypatch.setattr(engine, "fetch", counted)
    first = relations(empty)
    looks = [sql for sql in asked if "easel." not in sql]
    asked.clear()
    assert looks
    assert relations(empty) == first
    assert [sql for sql in asked if "easel." not in sql] == []
    catalogue()
    do(empty, "filter_rows", dataset="sale", condition="sale_id > 3")
    assert relations(empty) == first
    assert [sql for sql in asked if "sale@2" in sql]
