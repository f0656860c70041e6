"""Correlations and tests of groups, against figures worked out by hand or printed in textbooks."""

import re
from collections.abc import Iterator
from typing import Any

import pytest

from tests.small_project import add, do
from tools import catalogue
from tools.tool import ToolError
from tools.workspace import Workspace

catalogue()
SLEEP = "VALUES (1, 0.7), (1, -1.6), (1, -0.2), (1, -1.2), (1, -0.1), (1, 3.4), (1, 3.7), (1, 0.8), (1, 0.0), (1, 2.0), (2, 1.9), (2, 0.8), (2, 1.1), (2, 0.1), (2, -0.1), (2, 4.4), (2, 5.5), (2, 1.6), (2, 4.6), (2, 3.4)"
"""Student's sleep data (Biometrika, 1908), whose tests every textbook prints."""


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workspace]:
    with Workspace(tmp_path_factory.mktemp("statistics") / "project") as workspace:
        add(workspace, "sleep", f"SELECT 'drug ' || d AS drug, extra FROM ({SLEEP}) AS t(d, extra)")
        add(
            workspace,
            "marks",
            "SELECT * FROM (VALUES (1, 2.0, 9, 'a'), (2, 4.0, 7, 'a'), (3, 6.0, 8, 'a'), (4, 8.0, 1, 'b'), (5, NULL, 3, 'b'),"
            " (6, 12.0, 2, 'b'), (7, 13.0, 0, 'b')) AS t(hours, score, errors, class)",
        )
        add(
            workspace,
            "people",
            "SELECT sex, vote FROM (VALUES ('m', 'yes', 20), ('m', 'no', 30), ('f', 'yes', 30), ('f', 'no', 20)) AS t(sex, vote, n), range(n)",
        )
        yield workspace


def test_two_columns_have_one_correlation_over_the_rows_with_both(project: Workspace) -> None:
    outcome = do(project, "correlate", dataset="marks", columns=["hours", "score"])
    assert outcome.values == {
        "correlation": pytest.approx(50.5 / (26.8333333 * 95.5) ** 0.5),
        "p_value": pytest.approx(8.7e-06, rel=0.01),
        "rows": 6,
    }
    assert outcome.table is not None
    assert outcome.table.rows == [[outcome.values["correlation"]]]
    assert outcome.sql == 'SELECT corr("hours", "score") AS correlation FROM "marks"'
    assert project.rows(outcome.sql) == [(pytest.approx(outcome.values["correlation"]),)]


def test_more_columns_make_a_matrix_and_text_columns_stay_out(project: Workspace) -> None:
    outcome = do(project, "correlate", dataset="marks", method="spearman")
    assert outcome.table is not None
    assert outcome.table.columns == ["column", "hours", "score", "errors"]
    assert [row[0] for row in outcome.table.rows] == ["hours", "score", "errors"]
    assert outcome.table.rows[0][1:] == [1.0, pytest.approx(1.0), pytest.approx(1 - 6 * 104 / (7 * 48))]
    assert outcome.table.rows[2][1] == outcome.table.rows[0][3]
    assert "hours and score 1.00" in outcome.text


def test_two_columns_are_correlated_within_groups(project: Workspace) -> None:
    outcome = do(project, "correlate", dataset="marks", columns=["hours", "score"], group_by="class")
    assert outcome.table is not None
    assert outcome.table.rows == [["a", pytest.approx(1.0)], ["b", pytest.approx(0.98974, abs=1e-5)]]


@pytest.mark.parametrize(
    ("test", "statistic", "chance"),
    [
        ("auto", -1.8608, 0.0794),
        ("t_test", -1.8608, 0.0794),
        ("anova", 3.4626, 0.07919),
        ("mann_whitney", 25.5, 0.0693),
    ],
)
def test_two_groups_of_numbers(project: Workspace, test: str, statistic: float, chance: float) -> None:
    outcome = do(project, "compare_groups", dataset="sleep", column="extra", by="drug", test=test)
    assert outcome.values["statistic"] == pytest.approx(statistic, abs=1e-3)
    assert outcome.values["p_value"] == pytest.approx(chance, abs=1e-3)
    assert outcome.text.startswith("The groups may well differ by chance alone (")


def test_means_are_told_for_numbers_whichever_column_is_named_first(project: Workspace) -> None:
    outcome = do(project, "compare_groups", dataset="sleep", column="drug", by="extra")
    assert "The mean extra by drug: drug 1 0.75 (10 rows) and drug 2 2.33 (10 rows)." in outcome.text
    assert outcome.values["p_value_equal_variances"] == pytest.approx(0.07919, abs=1e-4)


def test_categories_are_compared_by_chi_squared(project: Workspace) -> None:
    outcome = do(project, "compare_groups", dataset="people", column="vote", by="sex")
    assert outcome.values == {
        "statistic": pytest.approx(3.24),  # with Yates's correction: 100 * (100 * 5 - 50)^2 ... / 50^4
        "p_value": pytest.approx(0.07186, abs=1e-4),
        "degrees_of_freedom": 1,
    }


@pytest.mark.parametrize(
    ("tool", "arguments", "says"),
    [
        ("correlate", {"dataset": "marks", "columns": ["hours", "class"]}, "class of marks holds no numbers"),
        ("correlate", {"dataset": "marks", "columns": ["hours"]}, "1 number columns of marks; 2 to 60 are needed"),
        ("correlate", {"dataset": "marks", "columns": ["hour", "score"]}, "'hour'"),
        ("compare_groups", {"dataset": "marks", "column": "score", "by": "score"}, "can't be compared by itself"),
        ("compare_groups", {"dataset": "marks", "column": "score", "by": "hours"}, "0 groups of two rows or more"),
        (
            "compare_groups",
            {"dataset": "marks", "column": "class", "by": "class", "test": "anova"},
            "can't be compared by itself",
        ),
        (
            "compare_groups",
            {"dataset": "people", "column": "vote", "by": "sex", "test": "t_test"},
            "vote holds no numbers. Use test=chi_squared",
        ),
    ],
)
def test_wrong_input_is_told_in_one_line(project: Workspace, tool: str, arguments: dict[str, Any], says: str) -> None:
    with pytest.raises(ToolError, match=re.escape(says)) as raised:
        do(project, tool, **arguments)
    assert "\n" not in str(raised.value)
