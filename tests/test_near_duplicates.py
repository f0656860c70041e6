"""Misspelt copies of records: found, marked, removed, and found in other rows by the same recipe."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import tools.transforms.near_duplicates  # noqa: F401  # puts its tools into the catalogue
from tests.small_project import add, do, recipe_of, replay, rows_of
from tools.tool import ToolError
from tools.workspace import Workspace

SNAPSHOTS = Path(__file__).parent / "snapshots"
PEOPLE = """SELECT * FROM (VALUES
  (1, 'Katherine', 'Johnson', '12 Elm Street', 'Boston', '617-555-0141'),
  (2, 'Rajesh', 'Kumar', '7 Lake View', 'Denver', '303-555-0199'),
  (3, 'Kathrine', 'Jonson', '12 Elm Street', 'Boston', NULL),
  (4, 'Maria', 'Gonzalez', '88 Pine Avenue', 'Austin', '512-555-0170'),
  (5, 'Kumar', 'Rajesh', '7 Lake View', 'Denver', '303-555-0919'),
  (6, 'Wei', 'Zhang', '301 Oak Court', 'Seattle', '206-555-0123'),
  (7, 'Olga', 'Petrova', '5 River Road', 'Chicago', '312-555-0155'),
  (8, 'KATHERINE', 'Johnson ', '12 Elm Street', 'Boston', '617-555-0141')
) AS t(id, first_name, last_name, address, city, phone)"""
COMPARED = ["first_name", "last_name", "address", "city", "phone"]


@pytest.fixture
def workspace(tmp_path: Path) -> Iterator[Workspace]:
    with Workspace(tmp_path) as opened:
        add(opened, "people", PEOPLE)
        yield opened


def test_misspelt_swapped_and_differently_cased_rows_belong_together(workspace: Workspace) -> None:
    outcome = do(workspace, "mark_near_duplicates", dataset="people", columns=COMPARED)
    assert [(row[0], row[-1]) for row in rows_of(workspace, "people")] == [
        (1, 1), (2, 2), (3, 1), (4, 3), (5, 2), (6, 4), (7, 5), (8, 1),
    ]  # fmt: skip
    assert outcome.values == {"groups": 2, "rows": 5}
    assert outcome.text.startswith(
        "Added duplicate_group: 5 rows belong to 2 groups of near duplicates; compared by first_name, last_name, address, city and phone, at least 60% alike."
    )
    assert (
        "'Katherine, Johnson, 12 Elm Street, Boston, 617-555-0141' and 'Kathrine, Jonson, 12 Elm Street, Boston'"
        in outcome.text
    )


@pytest.mark.parametrize("source", [PEOPLE, f"SELECT * FROM ({PEOPLE}) WHERE id IN (2, 4, 6)"])
@pytest.mark.parametrize("tool", ["mark_near_duplicates", "drop_near_duplicates"])
def test_the_search_runs_once_and_the_shown_sql_gives_the_same_rows(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch, tool: str, source: str
) -> None:
    add(workspace, "some", source)
    searched: list[str] = []
    ask = workspace.rows

    def watched(sql: str, given: Any = None) -> list[tuple[Any, ...]]:
        searched.append(sql)
        return ask(sql, given)

    monkeypatch.setattr(workspace, "rows", watched)
    sql = do(workspace, tool, dataset="some", columns=COMPARED).sql or 'FROM "some@1"'
    assert sum("jaro_similarity" in one and "RECURSIVE" in one for one in searched) == 1
    assert ask(sql) == rows_of(workspace, "some")


@pytest.mark.parametrize(
    ("keep", "left"), [("fullest", [1, 2, 4, 6, 7]), ("first", [1, 2, 4, 6, 7]), ("last", [4, 5, 6, 7, 8])]
)
def test_one_of_each_group_stays(workspace: Workspace, keep: str, left: list[int]) -> None:
    outcome = do(workspace, "drop_near_duplicates", dataset="people", columns=COMPARED, keep=keep)
    assert [row[0] for row in rows_of(workspace, "people")] == left
    assert outcome.text.startswith("Removed 3 near duplicates in 2 groups and kept the ")
    assert outcome.text.endswith(" Rows: 8 -> 5.")


def test_the_fullest_row_stays_wherever_it_stands(workspace: Workspace) -> None:
    add(workspace, "other", f"SELECT * FROM ({PEOPLE}) WHERE id <> 1 ORDER BY id")
    do(workspace, "drop_near_duplicates", dataset="other", columns=COMPARED)
    assert [row[0] for row in rows_of(workspace, "other")] == [2, 4, 6, 7, 8]


def test_the_sql_is_exact(workspace: Workspace) -> None:
    """Write anew with EASEL_SNAPSHOTS=1."""
    sql = do(workspace, "drop_near_duplicates", dataset="people", columns=["last_name", "city"]).sql
    path = SNAPSHOTS / "drop_near_duplicates.sql"
    if os.environ.get("EASEL_SNAPSHOTS"):
        path.write_text(f"{sql}\n", encoding="utf-8")
    assert f"{sql}\n" == path.read_text(encoding="utf-8")


def test_the_recipe_finds_the_near_duplicates_of_other_rows(workspace: Workspace) -> None:
    ref = str(do(workspace, "mark_near_duplicates", dataset="people", columns=COMPARED).dataset)
    others = """SELECT * FROM (VALUES
      (1, 'Ingrid', 'Svensson', '4 Harbour Lane', 'Portland', '503-555-0111'),
      (2, 'Tomas', 'Novak', '19 Hill Street', 'Tucson', '520-555-0144'),
      (3, 'Ingird', 'Svenson', '4 Harbour Lane', 'Portland', '503-555-0111')
    ) AS t(id, first_name, last_name, address, city, phone)"""
    assert [row[-1] for row in replay(recipe_of(workspace, ref), others)] == [1, 2, 1]


def test_predicting_loses_no_row_to_near_duplicates(workspace: Workspace) -> None:
    ref = str(do(workspace, "drop_near_duplicates", dataset="people", columns=COMPARED).dataset)
    assert len(replay(recipe_of(workspace, ref), PEOPLE)) == 8
    assert len(replay(recipe_of(workspace, ref), PEOPLE, "train")) == 5


def test_rows_that_merely_share_a_city_and_a_street_stay(workspace: Workspace) -> None:
    add(
        workspace,
        "neighbours",
        "SELECT ['Anna', 'Bernd', 'Chloe', 'David', 'Edwin'][i + 1] AS name, ['Maier', 'Schulz', 'Okafor', 'Li', 'Haddad'][i + 1]"
        " AS family, 'Ulm' AS city, '12 Main Street' AS address, ['31', '72', '55', '18', '90'][i + 1] AS age FROM range(5) r(i)",
    )
    outcome = do(workspace, "drop_near_duplicates", dataset="neighbours")
    assert outcome.text.startswith("No near duplicates found")
    assert outcome.dataset == "neighbours@1"


@pytest.mark.parametrize(
    ("tool", "arguments", "message"),
    [
        ("drop_near_duplicates", {"columns": ["nme"]}, "No column 'nme'. Nearest: phone, last_name. Columns: id, first_name, last_name, address, city, phone."),
        ("drop_near_duplicates", {"alike": 80}, "alike is 80. Give a number above 0 and up to 1, such as 0.8; 1 means equal words."),
        ("mark_near_duplicates", {"name": "City"}, "There already is a column 'City'. Choose another name for the groups."),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_said_in_one_line(
    workspace: Workspace, tool: str, arguments: dict[str, Any], message: str
) -> None:
    with pytest.raises(ToolError) as error:
        do(workspace, tool, dataset="people", **arguments)
    assert str(error.value) == message
