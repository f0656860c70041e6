"""Findings that take several cells to see, each with the step that would mend it."""

from pathlib import Path

from tests.small_project import add
from tools.profile import profile
from tools.profiling.contradictions import contradictions
from tools.profiling.fixes import find_issues, suggest_fixes
from tools.workspace import Workspace

SALES = """
SELECT 'S' || (i % 25) AS shop, CASE WHEN i = 30 THEN 'Bern' ELSE ['Basel', 'Bern', 'Genf', 'Chur', 'Thun'][i % 5 + 1] END AS town,
  CASE WHEN i = 7 THEN 'Wholesale Inc' WHEN i = 12 THEN 'retial trade' ELSE ['wholesale', 'retail trade'][(hash(i) % 2)::INTEGER + 1] END AS channel,
  (hash(i, 1) % 1000) / 7 AS amount, (hash(i, 2) % 9)::INTEGER AS items FROM range(250) r(i)
"""


def test_rare_spellings_and_cells_that_contradict_their_key_are_found(tmp_path: Path) -> None:
    with Workspace(tmp_path) as workspace:
        version = add(workspace, "sales", SALES)
        issues = list(contradictions(workspace, version, profile(workspace, version)))
        assert [(one.column, one.what, one.count) for one in issues] == [
            ("channel", "2 cells have another spelling of a value, such as 'Wholesale Inc' for 'wholesale'", 2),
            ("town", "1 cell differs from what other rows of the same shop say", 1),
        ]
        assert [(one.fix.tool, one.fix.arguments) for one in issues if one.fix] == [
            ("unify_spellings", {"dataset": "sales", "columns": ["channel"]}),
            ("repair_conflicts", {"dataset": "sales", "key": ["shop"], "columns": ["town"], "fill_empty": False}),
        ]
        assert {one.problem for one in find_issues(workspace, version)} >= {"spelling", "conflict"}
        assert not {"unify_spellings", "repair_conflicts"} & {
            fix.tool for fix in suggest_fixes(workspace, version, None, False)
        }


def test_columns_that_have_nothing_to_do_with_each_other_do_not_contradict(tmp_path: Path) -> None:
    with Workspace(tmp_path) as workspace:
        sql = "SELECT 'S' || (hash(i) % 25) AS shop, ['a', 'b', 'c'][(hash(i, 1) % 3)::INTEGER + 1] AS kind, hash(i, 2) % 4 AS n FROM range(400) r(i)"
        version = add(workspace, "t", sql)
        assert list(contradictions(workspace, version, profile(workspace, version))) == []
