"""Classes made equally frequent, for training only."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import tools.transforms.balance
import tools.transforms.encode  # noqa: F401  # both put their tools into the catalogue
from tests.small_project import add, do, recipe_of, replay, rows_of
from tools.modelling.split import HELD, TRAIN, split_rows
from tools.tool import ToolError
from tools.workspace import Workspace

LOANS = """SELECT i AS id, CASE WHEN i = 11 THEN NULL WHEN i % 6 = 4 THEN 'late' WHEN i % 6 = 5 THEN 'lost' ELSE 'paid' END AS state,
  CASE WHEN i % 6 = 4 THEN 100 ELSE 0 END + i::DOUBLE AS amount, (i % 5)::INT AS rate, 'x' AS note FROM range(24) AS t(i)"""

SMOTE = """WITH members AS MATERIALIZED (
  SELECT *, [coalesce(("id"::DOUBLE - 11.5) / 6.922186552431729, 0), coalesce(("amount"::DOUBLE - 28.166666666666668) / 38.55911767086425, 0), coalesce(("rate"::DOUBLE - 1.9166666666666667) / 1.3819269959814167, 0)]::DOUBLE[3] AS point FROM (SELECT *, row_number() OVER (PARTITION BY CASE WHEN trim("state") <> '' THEN "state" END ORDER BY hash(row, 0), row) AS turn, count(*) FILTER (trim("state") <> '') OVER (PARTITION BY CASE WHEN trim("state") <> '' THEN "state" END) AS size FROM (SELECT *, row_number() OVER () AS row FROM "loans@1"))
), near AS (
  SELECT one.row, min_by(other.row, array_distance(one.point, other.point), 5) AS near
  FROM members one JOIN members other
  ON one."state" = other."state" AND one.row <> other.row AND other.turn <= 50
  WHERE one.size > 0 AND CASE WHEN one.size > 0 THEN greatest(16 - one.size, 0) // one.size + (one.turn <= greatest(16 - one.size, 0) % one.size)::INT ELSE 0 END > 0 GROUP BY ALL
), drawn AS (
  SELECT row, copy, near[1 + (hash(row, copy, 0) % len(near))::INT] AS near,
    hash(row, copy, 0, 1) % 1000003 / 1000003.0::DOUBLE AS drawn
  FROM (SELECT row, unnest(range(1, 1 + CASE WHEN size > 0 THEN greatest(16 - size, 0) // size + (turn <= greatest(16 - size, 0) % size)::INT ELSE 0 END)) AS copy FROM members)
  LEFT JOIN near USING (row)
)
SELECT * EXCLUDE (row, turn, size, point, copy) FROM (
  SELECT *, 0 AS copy FROM members
  UNION ALL
  SELECT one.* REPLACE (coalesce(CAST(round(one."id"::DOUBLE + drawn.drawn * (other."id"::DOUBLE - one."id"::DOUBLE)) AS BIGINT), one."id") AS "id", coalesce(CAST(one."amount"::DOUBLE + drawn.drawn * (other."amount"::DOUBLE - one."amount"::DOUBLE) AS DOUBLE), one."amount") AS "amount", coalesce(CAST(round(one."rate"::DOUBLE + drawn.drawn * (other."rate"::DOUBLE - one."rate"::DOUBLE)) AS INTEGER), one."rate") AS "rate"), drawn.copy FROM drawn JOIN members one USING (row)
  LEFT JOIN members other ON other.row = drawn.near
) ORDER BY copy > 0, row, copy"""


@pytest.fixture
def workspace(tmp_path: Path) -> Iterator[Workspace]:
    with Workspace(tmp_path) as opened:
        add(opened, "loans", LOANS)
        yield opened


def _classes(workspace: Workspace) -> dict[str, int]:
    return dict(workspace.rows("SELECT state, count(*) FROM loans GROUP BY 1"))


def test_rows_left_out_are_the_same_each_time_and_the_sql_is_exact(workspace: Workspace) -> None:
    outcome = do(workspace, "balance_classes", dataset="loans", column="state", method="under")
    assert outcome.sql == (
        "SELECT * EXCLUDE (row, turn, size) FROM (SELECT *, row_number() OVER (PARTITION BY CASE WHEN trim(\"state\") <> ''"
        ' THEN "state" END ORDER BY hash(row, 0), row) AS turn, count(*) FILTER (trim("state") <> \'\') OVER (PARTITION BY'
        ' CASE WHEN trim("state") <> \'\' THEN "state" END) AS size FROM (SELECT *, row_number() OVER () AS row FROM'
        ' "loans@1")) WHERE turn <= 3 OR size = 0 ORDER BY row'
    )
    assert outcome.text == (
        "Balanced state by leaving rows out: paid 16, late 4 and lost 3 became paid 3, late 3 and lost 3. Rows: 24 -> 10."
    )
    assert _classes(workspace) == {"paid": 3, "late": 3, "lost": 3, None: 1}
    ids = [row[0] for row in rows_of(workspace, "loans")]
    assert ids == sorted(ids)


def test_repeated_rows_stand_below_the_others(workspace: Workspace) -> None:
    outcome = do(workspace, "balance_classes", dataset="loans", column="state", share=0.5)
    assert outcome.text == (
        "Balanced state by repeating rows: paid 16, late 4 and lost 3 became paid 16, late 8 and lost 8. Rows: 24 -> 33."
    )
    assert outcome.sql == (
        "SELECT * EXCLUDE (row, turn, size, copy) FROM (SELECT *, unnest(range(1 + CASE WHEN size > 0 THEN greatest(8 - size, 0)"
        " // size + (turn <= greatest(8 - size, 0) % size)::INT ELSE 0 END)) AS copy FROM (SELECT *, row_number() OVER"
        ' (PARTITION BY CASE WHEN trim("state") <> \'\' THEN "state" END ORDER BY hash(row, 0), row) AS turn, count(*) FILTER'
        ' (trim("state") <> \'\') OVER (PARTITION BY CASE WHEN trim("state") <> \'\' THEN "state" END) AS size FROM'
        ' (SELECT *, row_number() OVER () AS row FROM "loans@1"))) ORDER BY copy > 0, row, copy'
    )
    rows = rows_of(workspace, "loans")
    assert rows[:24] == rows_of(workspace, "loans@1")
    assert {row[1] for row in rows[24:]} == {"late", "lost"}
    assert _classes(workspace) == {"paid": 16, "late": 8, "lost": 8, None: 1}


def test_new_rows_lie_between_rows_of_their_class(workspace: Workspace) -> None:
    outcome = do(workspace, "balance_classes", dataset="loans", column="state", method="smote")
    assert outcome.sql == SMOTE
    assert workspace.version("loans").schema_ == workspace.version("loans@1").schema_
    rows = rows_of(workspace, "loans")
    assert rows[:24] == rows_of(workspace, "loans@1")
    assert _classes(workspace) == {"paid": 16, "late": 16, "lost": 16, None: 1}
    late = [row[2] for row in rows[24:] if row[1] == "late"]
    assert all(104 <= amount <= 122 for amount in late)
    assert len(set(late) - {row[2] for row in rows[:24]}) > 6


@pytest.mark.parametrize("method", ["over", "under", "smote"])
def test_only_training_rows_are_balanced(tmp_path: Path, method: str) -> None:
    with Workspace(tmp_path) as workspace:
        add(
            workspace,
            "t",
            "SELECT i AS id, i % 37 AS x, CASE WHEN i % 10 = 0 THEN 'yes' ELSE 'no' END AS y FROM range(400) AS t(i)",
        )
        do(workspace, "balance_classes", dataset="t", column="y", method=method)
        recipe = recipe_of(workspace, "t")
        with split_rows(workspace, recipe, "y", classes=True, seed=0) as split:
            count = "SELECT y, count(*), count(DISTINCT id) FROM ({}) GROUP BY 1 ORDER BY 1"
            train, held = (
                split.cursor.execute(count.format(split.prepared(part))).fetchall() for part in (TRAIN, HELD)
            )
            shared = f"SELECT count(*) FROM {TRAIN} JOIN {HELD} USING (id)"
            assert split.cursor.execute(shared).fetchall() == [(0,)]
        assert held == [("no", 72, 72), ("yes", 8, 8)]
        assert [row[1] for row in train] == ([32, 32] if method == "under" else [288, 288])
        assert len(replay(recipe, "SELECT unnest([1, 2]) AS id, 3 AS x, 'no' AS y")) == 2


def test_classes_that_are_alike_make_no_version(workspace: Workspace) -> None:
    outcome = do(workspace, "balance_classes", dataset="loans", column="state", share=0.1)
    assert (outcome.text, outcome.dataset) == ("state is balanced already: paid 16, late 4 and lost 3.", "loans@1")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"column": "note"}, "note has one class. Two classes or more are needed."),
        ({"column": "state", "share": 0}, "A share from 0 to 1 and a seed from 0 were expected, got 0 and 0."),
        ({"column": "stat"}, "No column 'stat'. Nearest: state, rate. Columns: id, state, amount, rate, note."),
    ],
)
def test_what_does_not_fit_is_said_in_one_line(workspace: Workspace, arguments: dict[str, Any], message: str) -> None:
    with pytest.raises(ToolError) as error:
        do(workspace, "balance_classes", dataset="loans", **arguments)
    assert str(error.value) == message


def test_a_target_code_before_it_is_learned_from_training_rows_only(tmp_path: Path) -> None:
    with Workspace(tmp_path) as workspace:
        add(workspace, "t", "SELECT i AS id, 'c' || (i % 7) AS c, i % 3 = 0 AS y FROM range(200) AS t(i)")
        do(workspace, "encode_categories", dataset="t", columns=["c"], method="target", target="y")
        with split_rows(workspace, recipe_of(workspace, "t"), "y", classes=True, seed=0) as split:
            learned = split.cursor.execute(f"SELECT avg(y::INT) FROM {TRAIN}").fetchall()[0][0]
            codes = split.cursor.execute(f"SELECT count(DISTINCT c) FROM ({split.prepared(HELD)})").fetchall()
            folds = split.cursor.execute(f"SELECT count(DISTINCT c) FROM ({split.prepared(TRAIN)})").fetchall()
            assert split.recipe.steps[0].learned["mean"] == [[learned]]
        assert codes == [(7,)]
        assert folds[0][0] > 7
