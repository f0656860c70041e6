from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import tools.transforms.outliers  # noqa: F401  # puts its tools into the catalogue
from tests.small_project import Row, add, do, recipe_of, replay, rows_of
from tools.tool import ToolError
from tools.workspace import Workspace

SHOPS = """SELECT * FROM (VALUES
  (101, 10, 1.0, 0, 0), (102, 12, 2.0, 1, 0), (103, 14, 3.0, 0, 0), (104, 16, 4.0, 1, 0), (105, 18, 5.0, 0, 5),
  (106, 900, NULL, 1, 0)
) AS t(shop_id, sales, area, open, gap)"""


@pytest.fixture
def workspace(tmp_path: Path) -> Iterator[Workspace]:
    with Workspace(tmp_path) as opened:
        add(opened, "shops", f"SELECT * REPLACE (area::DOUBLE AS area), 'x' AS name FROM ({SHOPS})")
        yield opened


# Quartiles of sales: 12.5 and 17.5, so the usual range is 5 to 25; of area: 2 and 4, so -1 to 7.
GOLDEN: list[tuple[str, dict[str, Any], str, str]] = [
    (
        "handle_outliers",
        {"columns": ["sales"]},
        'SELECT * REPLACE (CASE WHEN "sales" IS NOT NULL THEN least(greatest("sales", 5), 25) END AS "sales")'
        ' FROM "shops@1"',
        "Clipped 1 outlier to the usual range: sales (1 outside 5 to 25).",
    ),
    (
        "handle_outliers",
        {"method": "blank"},
        """SELECT * REPLACE (
  CASE WHEN "sales" < 5 OR "sales" > 25 THEN NULL ELSE "sales" END AS "sales",
  CASE WHEN "area" < -1.0 OR "area" > 7.0 THEN NULL ELSE "area" END AS "area"
) FROM "shops@1\"""",
        "Made 1 outlier empty: sales (1 outside 5 to 25)."
        " Skipped shop_id (looks like an identifier); open and gap (has at most two different values).",
    ),
    (
        "remove_outliers",
        {"columns": ["sales", "area", "name"]},
        'SELECT * FROM "shops@1" WHERE ("sales" BETWEEN 5 AND 25) IS NOT FALSE AND ("area" BETWEEN -1.0 AND 7.0) IS NOT FALSE',
        "Removed 1 row with outliers: sales (1 outside 5 to 25). Skipped name (holds no numbers). Rows: 6 -> 5.",
    ),
]


CLIPPED = 'SELECT * REPLACE (CASE WHEN "sales" IS NOT NULL THEN least(greatest("sales", {}), {}) END AS "sales") FROM "shops@1"'
# The median of sales is 15, and the median distance from it 3: the robust deviation is 3 * 1.4826.
GOLDEN += [
    ("handle_outliers", {"columns": ["sales"]} | arguments, sql, text)
    for arguments, sql, text in (
        (
            {"rule": "robust_sd"},
            CLIPPED.format(-7, 37),
            "Clipped 1 outlier to the usual range: sales (1 outside -7 to 37).",
        ),
        (
            {"rule": "sd", "reach": 1},
            CLIPPED.format(-200, 523),
            "Clipped 1 outlier to the usual range: sales (1 outside -200 to 523).",
        ),
        (
            {"rule": "quantile", "lower": 20, "upper": 80},
            CLIPPED.format(12, 18),
            "Clipped 2 outliers to the usual range: sales (2 outside 12 to 18).",
        ),
        (
            {"rule": "min_max", "upper": 100.5, "method": "blank"},
            'SELECT * REPLACE (CASE WHEN "sales" > 100 THEN NULL ELSE "sales" END AS "sales") FROM "shops@1"',
            "Made 1 outlier empty: sales (1 above 100).",
        ),
        (
            {"rule": "min_max", "lower": 11, "upper": 15},
            CLIPPED.format(11, 15),
            "Clipped 4 outliers to the usual range: sales (4 outside 11 to 15).",
        ),
    )
]


@pytest.mark.parametrize(("tool", "arguments", "sql", "text"), GOLDEN)
def test_the_sql_and_the_text_of_a_step_are_exact(
    workspace: Workspace, tool: str, arguments: dict[str, Any], sql: str, text: str
) -> None:
    outcome = do(workspace, tool, dataset="shops", **arguments)
    assert (outcome.sql, outcome.text) == (sql, text)


def test_clipping_keeps_rows_types_and_empty_cells(workspace: Workspace) -> None:
    before = workspace.version("shops").schema_
    do(workspace, "handle_outliers", dataset="shops")
    assert workspace.version("shops").schema_ == before
    assert workspace.rows("SELECT sales, area FROM shops WHERE shop_id > 104") == [(18, 5.0), (25, None)]


@pytest.mark.parametrize(
    ("tool", "arguments", "purpose", "rows"),
    [
        ("handle_outliers", {"columns": ["sales"]}, "predict", [(5, None), (25, -50.0)]),
        ("handle_outliers", {"columns": ["sales"], "method": "blank"}, "predict", [(None, None), (None, -50.0)]),
        ("remove_outliers", {"columns": ["area"]}, "train", [(-3, None)]),
        ("remove_outliers", {"columns": ["area"]}, "holdout", [(-3, None), (99, -50.0)]),
        ("remove_outliers", {"columns": ["sales"]}, "predict", [(-3, None), (99, -50.0)]),
    ],
)
def test_a_step_replays_on_other_rows_with_the_bounds_it_learned(
    workspace: Workspace, tool: str, arguments: dict[str, Any], purpose: Any, rows: list[Row]
) -> None:
    add(workspace, "wide", f"SELECT * FROM ({SHOPS}) UNION ALL SELECT 107, 11, 1000, 0, 0")
    source = "wide" if "area" in arguments["columns"] else "shops"
    recipe = recipe_of(workspace, str(do(workspace, tool, dataset=source, **arguments).dataset))
    name = ", 'x' AS name" if source == "shops" else ""
    other = (
        f"SELECT *{name} FROM (VALUES (1, -3, NULL, 0, 0), (2, 99, -50.0, 1, 0)) AS t(shop_id, sales, area, open, gap)"
    )
    assert [(row[1], row[2] if row[2] is None else float(row[2])) for row in replay(recipe, other, purpose)] == rows


def test_three_standard_deviations_are_the_other_rule(tmp_path: Path) -> None:
    with Workspace(tmp_path) as workspace:
        add(workspace, "t", "SELECT CASE WHEN range = 0 THEN 1000.0::DOUBLE ELSE range % 5 END AS x FROM range(100)")
        outcome = do(workspace, "remove_outliers", dataset="t", rule="sd")
        assert outcome.text == "Removed 1 row with outliers: x (1 outside -287.42 to 311.42). Rows: 100 -> 99."
        assert max(rows_of(workspace, "t")) == (4.0,)


@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        ({"columns": ["area"]}, "No outliers found in area."),
        (
            {"columns": ["gap", "name"]},
            "No column to look for outliers in. Skipped name (holds no numbers); gap (half of its values or more are"
            " the same, so quartiles tell nothing; rule sd may).",
        ),
    ],
)
@pytest.mark.parametrize("tool", ["handle_outliers", "remove_outliers"])
def test_nothing_to_do_is_a_result_and_makes_no_version(
    workspace: Workspace, tool: str, arguments: dict[str, Any], text: str
) -> None:
    outcome = do(workspace, tool, dataset="shops", **arguments)
    assert (outcome.text, outcome.dataset, outcome.sql) == (text, "shops@1", None)


def test_grades_identifiers_and_constants_are_no_measurements(tmp_path: Path) -> None:
    with Workspace(tmp_path) as workspace:
        add(
            workspace,
            "t",
            "SELECT 5000 + range AS line, range * 7919 AS CustomerId, range % 5 AS stars, 3 AS one,"
            " CASE WHEN range = 99 THEN 100_000 ELSE range * 10 END AS price FROM range(100)",
        )
        outcome = do(workspace, "handle_outliers", dataset="t")
        assert outcome.text == (
            "Clipped 1 outlier to the usual range: price (1 outside -495 to 1,485). Skipped line and CustomerId"
            " (looks like an identifier); stars (has few different values); one (has at most two different values)."
        )


def test_the_outliers_of_a_thousand_columns_are_found_in_little_memory(tmp_path: Path) -> None:
    cells = ", ".join(f"CASE i WHEN 0 THEN 1e6 ELSE i + {place}.5 END AS c{place}" for place in range(1000))
    with Workspace(tmp_path, memory_gb=0.5) as opened:
        add(opened, "wide", f"SELECT {cells} FROM range(60) t(i)")
        outcome = do(opened, "handle_outliers", dataset="wide", method="blank")
        assert outcome.text.startswith("Made 1,000 outliers empty")
        assert opened.rows('SELECT c0, c999 FROM "wide@2" LIMIT 2') == [(None, None), (1.5, 1000.5)]


PAY = """SELECT * FROM (VALUES ('a', 'n', 10), ('a', 'n', 11), ('a', 'n', 12), ('a', 'n', 13), ('a', 'n', 99),
  ('b', 'n', 1000), ('b', 'n', 1010), ('b', 'n', 1020), ('b', 'n', 1030), ('b', 'n', 5), (NULL, 'n', 7)) AS t(team, site, pay)"""


@pytest.mark.parametrize(
    ("tool", "arguments", "sql", "text"),
    [
        (
            "handle_outliers",
            {"group_by": ["team"]},
            'SELECT * REPLACE (CASE WHEN "pay" IS NOT NULL THEN least(greatest("pay",'
            " CASE \"team\" WHEN 'a' THEN 8 WHEN 'b' THEN 970 ELSE -1481 END),"
            ' CASE "team" WHEN \'a\' THEN 16 WHEN \'b\' THEN 1050 ELSE 2496 END) END AS "pay") FROM "pay@1"',
            "Clipped 2 outliers to the usual range: pay (2 outside what is usual in its team).",
        ),
        (
            "remove_outliers",
            {"group_by": ["team", "site"], "rule": "robust_sd"},
            'SELECT * FROM "pay@1" WHERE ("pay" BETWEEN CASE WHEN "team" = \'a\' AND "site" = \'n\' THEN 5'
            " WHEN \"team\" = 'b' AND \"site\" = 'n' THEN 936 ELSE -46 END AND"
            " CASE WHEN \"team\" = 'a' AND \"site\" = 'n' THEN 19 WHEN \"team\" = 'b' AND \"site\" = 'n' THEN 1084"
            " ELSE 72 END) IS NOT FALSE",
            "Removed 2 rows with outliers: pay (2 outside what is usual in its team and site). Rows: 11 -> 9.",
        ),
    ],
)
def test_groups_have_bounds_of_their_own(
    tmp_path: Path, tool: str, arguments: dict[str, Any], sql: str, text: str
) -> None:
    with Workspace(tmp_path) as workspace:
        add(workspace, "pay", PAY)
        outcome = do(workspace, tool, dataset="pay", columns=["pay"], **arguments)
        assert (outcome.sql, outcome.text) == (sql, text)
        other = "SELECT * FROM (VALUES ('a', 'n', 500), ('b', 'n', 500), ('new', 'n', 500)) AS t(team, site, pay)"
        left = {"handle_outliers": [16, 970, 500], "remove_outliers": []}[tool]
        assert [row[2] for row in replay(recipe_of(workspace, str(outcome.dataset)), other, "train")] == left


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"rule": "sd", "upper": 1}, "Rule sd has no lower and upper. Give reach, or use rule quantile or min_max."),
        ({"rule": "sd", "reach": 0}, "A reach above 0 was expected, got 0. Leave it out for 3."),
        (
            {"rule": "quantile", "reach": 2},
            "Rule quantile has no reach. Give lower and upper, or use rule iqr, sd or robust_sd.",
        ),
        (
            {"rule": "quantile", "lower": 0.5, "upper": 0.4},
            "Two shares from 0 to 1 were expected, got 0.5 and 0.4, such as 0.01 and 0.99.",
        ),
        ({"rule": "min_max"}, "Rule min_max needs a limit. Give lower, upper or both, for example lower 0."),
        ({"rule": "min_max", "lower": 5, "upper": 1}, "The lower limit 5 is above the upper one 1. Swap them."),
        ({"group_by": ["city"]}, "No column 'city'. Columns: shop_id, sales, area, open, gap, name."),
    ],
)
@pytest.mark.parametrize("tool", ["handle_outliers", "remove_outliers"])
def test_numbers_that_do_not_go_with_the_rule_are_said_in_one_line(
    workspace: Workspace, tool: str, arguments: dict[str, Any], message: str
) -> None:
    with pytest.raises(ToolError) as error:
        do(workspace, tool, dataset="shops", **arguments)
    assert str(error.value) == message


@pytest.mark.parametrize(
    ("request_", "told"),
    [
        ("Clip the outliers of pay", "handle_outliers(columns, method, rule)"),
        ("Clip the outliers of pay within each team", "handle_outliers(columns, method, rule, group_by)"),
        ("팀별로 이상치를 잘라줘", "handle_outliers(columns, method, rule, group_by)"),
        (
            "Remove outliers of pay that are more than 4 standard deviations away",
            "remove_outliers(columns, rule, reach)",
        ),
        ("Winsorize pay at the 5th percentile", "handle_outliers(columns, method, rule, lower, upper)"),
    ],
)
def test_the_planner_is_told_of_more_where_the_request_calls_for_it(request_: str, told: str) -> None:
    from assistant.context import tool_line
    from tools import catalogue

    assert f"- {told}: " in tool_line(catalogue()[told.split("(")[0]], request_)
