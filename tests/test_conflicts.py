"""Columns that a key determines are made to agree: by a majority, or by the sources that are trusted."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import tools.transforms.conflicts  # noqa: F401  # puts its tool into the catalogue
from tests.small_project import Row, add, do, recipe_of, replay, rows_of
from tools.tool import ToolError
from tools.workspace import Workspace


@pytest.fixture
def workspace(tmp_path: Path) -> Iterator[Workspace]:
    with Workspace(tmp_path) as opened:
        add(
            opened,
            "shops",
            "SELECT * FROM (VALUES (1, '02134', 'Boston'), (2, '02134', 'Bostn'), (3, '02134', 'Boston'), (4, '02134', NULL),"
            " (5, '73301', 'Austin'), (6, '73301', 'Dallas'), (7, '98101', NULL), (8, NULL, 'Reno')) t(id, zip, city)",
        )
        add(
            opened,
            "prices",
            "SELECT * FROM (VALUES ('blog', 'A1', 10, DATE '2024-01-02'), ('forum', 'A1', 10, DATE '2024-01-02'), ('maker', 'A1', 12, DATE '2024-01-05'),"
            " ('blog', 'B2', 7, NULL), ('forum', 'B2', 7, NULL), ('blog', 'B2', 8, NULL)) t(source, item, price, since)",
        )
        yield opened


def test_the_majority_changes_and_fills_cells_and_ties_stay(workspace: Workspace) -> None:
    outcome = do(workspace, "repair_conflicts", dataset="shops", key=["zip"], columns=["city"])
    assert outcome.sql == (
        'SELECT t.* EXCLUDE (__place) REPLACE (coalesce(a.said0, t."city") AS "city") FROM (SELECT *, row_number() OVER () AS __place FROM "shops@1") t'
        " LEFT JOIN (VALUES\n  ('02134', 'Boston')\n) a(k0, said0) ON t.\"zip\" = a.k0 ORDER BY __place"
    )
    assert outcome.text == (
        "For each zip, by what most rows say: changed city (1) and filled city (1). For example 02134: Bostn became Boston."
        " Left as it was, for no value has a majority: city (1 group)."
    )
    rows: list[Row] = [
        (1, "02134", "Boston"), (2, "02134", "Boston"), (3, "02134", "Boston"), (4, "02134", "Boston"),
        (5, "73301", "Austin"), (6, "73301", "Dallas"), (7, "98101", None), (8, None, "Reno"),
    ]  # fmt: skip
    assert rows_of(workspace, "shops") == rows


def test_empty_cells_stay_empty_where_asked(workspace: Workspace) -> None:
    do(workspace, "repair_conflicts", dataset="shops", key=["zip"], columns=["city"], fill_empty=False)
    assert [row[2] for row in rows_of(workspace, "shops")][:4] == ["Boston", "Boston", "Boston", None]


def test_trusted_sources_decide_where_they_speak(workspace: Workspace) -> None:
    import datetime

    outcome = do(
        workspace, "repair_conflicts", dataset="prices", key=["item"], columns=["price", "since"], source="source", trusted=["Maker"]
    )  # fmt: skip
    assert (
        outcome.text
        == "For each item, by what Maker say: changed price (3) and since (2). For example A1: 10 became 12."
    )
    day = datetime.date(2024, 1, 5)
    assert rows_of(workspace, "prices") == [
        ("blog", "A1", 12, day), ("forum", "A1", 12, day), ("maker", "A1", 12, day),
        ("blog", "B2", 7, None), ("forum", "B2", 7, None), ("blog", "B2", 7, None),
    ]  # fmt: skip


def test_what_was_agreed_is_frozen_for_other_rows(workspace: Workspace) -> None:
    ref = str(do(workspace, "repair_conflicts", dataset="shops", key=["zip"], columns=["city"]).dataset)
    assert replay(recipe_of(workspace, ref), "SELECT 9 AS id, '02134' AS zip, 'Quincy' AS city UNION ALL SELECT 10, '73301', 'Waco'") == [
        (9, "02134", "Boston"), (10, "73301", "Waco"),
    ]  # fmt: skip


def test_columns_that_a_key_determines_are_found_and_doubtful_keys_told(workspace: Workspace) -> None:
    add(
        workspace,
        "big",
        "SELECT i % 40 AS branch, CASE WHEN i = 77 THEN 'Nowhere' ELSE 'Town ' || (i % 40) END AS town, i % 7 AS weekday FROM range(400) r(i)"
        " UNION ALL SELECT 99, 'Village ' || i, i % 7 FROM range(12) r(i)",
    )
    outcome = do(workspace, "repair_conflicts", dataset="big", key=["branch"])
    assert outcome.text == (
        "For each branch, by what most rows say: changed town (1). For example 37: Nowhere became Town 37."
        " Left as it was, for no value has a majority: town (1 group). branch 99 stands beside 12 different values of town: it may be wrong itself."
        " Skipped weekday (differs for one key too often)."
    )


def test_nothing_to_repair_makes_no_version(workspace: Workspace) -> None:
    add(workspace, "fine", "SELECT i % 3 AS k, 'v' || (i % 3) AS v FROM range(9) r(i)")
    outcome = do(workspace, "repair_conflicts", dataset="fine", key=["k"])
    assert outcome.text == "Nothing to repair: for one k, all rows say the same or no majority."
    assert outcome.dataset == "fine@1"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"key": []}, "No key was named. Name the columns that determine the others, such as zip."),
        ({"key": ["item"], "source": "source"}, "source and trusted go together: the column of the sources, and those of its values to believe."),
        ({"key": ["item"], "source": "source", "trusted": ["shop"]}, "No row of source says shop. It has: blog, forum and maker."),
        ({"key": ["itm"]}, "No column 'itm'. Nearest: item. Columns: source, item, price, since."),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_said_in_one_line(workspace: Workspace, arguments: dict[str, Any], message: str) -> None:
    with pytest.raises(ToolError) as error:
        do(workspace, "repair_conflicts", dataset="prices", **({"columns": ["price"]} | arguments))
    assert str(error.value) == message
