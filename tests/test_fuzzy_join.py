"""Two datasets matched on names that are spelt differently."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import tools.transforms.fuzzy_join  # noqa: F401  # puts its tool into the catalogue
from tests.small_project import Row, add, do, replay_history, rows_of
from tools.tool import ToolError
from tools.workspace import Workspace

SNAPSHOTS = Path(__file__).parent / "snapshots"


@pytest.fixture
def workspace(tmp_path: Path) -> Iterator[Workspace]:
    with Workspace(tmp_path) as opened:
        add(
            opened,
            "orders",
            "SELECT * FROM (VALUES (1, 'Contoso Pharmaceuticals'), (2, 'Northwnd Traders'), (3, 'Globex'), (4, NULL), (5, 'Adventure Wroks')) t(id, client)",
        )
        add(
            opened,
            "clients",
            "SELECT * FROM (VALUES ('Adventure Works', 'US', 10), ('Contoso Pharmaceuticals, Inc.', 'CH', 11), ('Fabrikam', 'DE', 12), ('Northwind Traders', 'UK', 13)) t(name, country, id)",
        )
        yield opened


def test_each_row_gets_the_best_match_and_its_score(workspace: Workspace) -> None:
    outcome = do(
        workspace, "fuzzy_join", dataset="orders", other="clients", on=["client"], other_on=["name"], alike=0.6
    )
    rows: list[Row] = [(*row[:5], round(row[5], 1) if row[5] else None) for row in rows_of(workspace, "orders")]
    assert rows == [
        (1, "Contoso Pharmaceuticals", "Contoso Pharmaceuticals, Inc.", "CH", 11, 0.9),
        (2, "Northwnd Traders", "Northwind Traders", "UK", 13, 1.0),
        (3, "Globex", None, None, None, None),
        (4, None, None, None, None, None),
        (5, "Adventure Wroks", "Adventure Works", "US", 10, 0.9),
    ]
    assert workspace.version("orders").names == ["id", "client", "name", "country", "id_clients", "score"]
    assert outcome.text == (
        "Matched with clients on client: 3 of 5 rows found a match that is at least 60% alike, 3 of them under another spelling;"
        " score tells how alike. Columns of the same name became id_clients."
    )


def test_inner_keeps_the_matches_only(workspace: Workspace) -> None:
    do(
        workspace,
        "fuzzy_join",
        dataset="orders",
        other="clients",
        on=["client"],
        other_on=["name"],
        alike=0.6,
        how="inner",
    )
    assert [row[0] for row in rows_of(workspace, "orders")] == [1, 2, 5]


def test_the_sql_is_exact_and_runs_again_on_other_rows(workspace: Workspace) -> None:
    """Write anew with EASEL_SNAPSHOTS=1."""
    outcome = do(
        workspace, "fuzzy_join", dataset="orders", other="clients", on=["client"], other_on=["name"], alike=0.6
    )
    path = SNAPSHOTS / "fuzzy_join.sql"
    if os.environ.get("EASEL_SNAPSHOTS"):
        path.write_text(f"{outcome.sql}\n", encoding="utf-8")
    assert f"{outcome.sql}\n" == path.read_text(encoding="utf-8")
    rows = replay_history(
        workspace,
        "orders",
        {
            "orders@1": "SELECT 7 AS id, 'Fabrikan' AS client UNION ALL SELECT 8, 'Wingtip Toys'",
            "clients@1": "SELECT 'Fabrikam' AS name, 'DE' AS country, 12 AS id",
        },
    )
    assert [row[:5] for row in rows] == [(7, "Fabrikan", "Fabrikam", "DE", 12), (8, "Wingtip Toys", None, None, None)]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"on": ["client"]}, "In clients: No column 'client'. Columns: name, country, id."),
        ({"on": []}, "A join needs as many key columns on both sides: got 0 keys and 0."),
        ({"on": ["client"], "other_on": ["name", "country"]}, "A join needs as many key columns on both sides: got 1 key and 2."),
        ({"on": ["client"], "other_on": ["name"], "alike": 0}, "alike is 0. Give a number above 0 and up to 1, such as 0.8; 1 means equal words."),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_said_in_one_line(workspace: Workspace, arguments: dict[str, Any], message: str) -> None:
    with pytest.raises(ToolError) as error:
        do(workspace, "fuzzy_join", dataset="orders", other="clients", **arguments)
    assert str(error.value) == message
