"""Which findings are made, which steps are proposed in which order, and what they do to the data."""

import pytest

import tools
from tools.dataset import StepRecord, Version
from tools.engine import trusted
from tools.profiling.fixes import find_issues, suggest_fixes
from tools.profiling.issues import Fix
from tools.quality import check_quality, fix_issues
from tools.tool import Job, ToolError
from tools.workspace import Workspace


@pytest.fixture
def workspace(tmp_path):
    with Workspace(tmp_path / "project") as opened:
        yield opened


def add(workspace: Workspace, sql: str, name: str = "t") -> Version:
    with trusted() as connection:
        reader = connection.execute(sql).to_arrow_reader(1000)
        return workspace.add_dataset(name, reader, StepRecord(tool="load_file", arguments={}))


CLEAN = (
    "SELECT ['Paris', 'Oslo'][i % 2 + 1] AS city, 20.5 + (i * 7) % 60 AS age, i % 3 = 0 AS left_us FROM range(200) r(i)"
)
MESSY = """
SELECT i + 1 AS row_number, 'K' || (i * 977) AS customer_id,
  CASE WHEN i % 10 = 0 THEN NULL ELSE 20 + i % 50 END AS age,
  CASE WHEN i % 25 = 0 THEN '?' ELSE (i * 3 + 0.5)::VARCHAR END AS income,
  '$' || (1000 + i % 90) AS fee,
  [' Paris', 'paris', 'Paris', 'Oslo'][i % 4 + 1] AS city,
  'EU' AS region, NULL::VARCHAR AS remark,
  CASE WHEN i % 7 = 0 THEN NULL ELSE ['no', 'yes'][(i % 3 = 0)::INTEGER + 1] END AS churned
FROM range(400) r(i)
"""


def shown(fixes: list[Fix]) -> list[tuple[str, dict[str, object]]]:
    return [(fix.tool, {name: value for name, value in fix.arguments.items() if name != "dataset"}) for fix in fixes]


def test_a_clean_table_has_no_findings_and_needs_no_steps(workspace):
    version = add(workspace, CLEAN.replace("range(200)", "range(120)"))
    assert [issue.problem for issue in find_issues(workspace, version)] == ["rows"]
    version = add(workspace, "SELECT *, random() AS noise FROM (" + CLEAN + ")", "clean")
    assert find_issues(workspace, version, "left_us") == []
    assert suggest_fixes(workspace, version, "left_us", True) == []
    assert (
        check_quality(Job(workspace), "clean").text == "clean looks clean: nothing to mend in 200 rows and 4 columns."
    )
    assert fix_issues(Job(workspace), "clean").text == "clean needs no fixing: no step would improve its 200 rows."


def test_steps_for_training_are_few_and_in_the_order_in_which_they_must_run(workspace):
    fixes = suggest_fixes(workspace, add(workspace, MESSY, "clients"), "churned", True)
    assert shown(fixes) == [
        ("treat_as_missing", {"columns": ["income"], "values": ["?"]}),
        ("change_type", {"columns": ["fee"], "type": "decimal"}),
        ("clean_text", {"columns": ["city"], "action": "trim"}),
        ("clean_text", {"columns": ["city"], "action": "title"}),
        ("drop_columns", {"columns": ["row_number", "customer_id", "region", "remark"]}),
        ("fill_missing", {"columns": ["age", "income"], "method": "auto"}),
    ]
    assert [fix.why for fix in fixes] == [
        "16 cells say '?' where nothing is known: income (16). All else is numbers in income.",
        "The texts of fee are numbers.",
        "100 texts begin or end with blanks.",
        "The same values are written in different letter cases in city.",
        "row_number: a running number: different in every row; customer_id: an identifier: different in every row;"
        " region: every row has the same value; remark: every cell is empty.",
        "56 cells are empty: age (40, 10 %) and income (16, 4 %); numbers get the median.",
    ]
    assert {fix.arguments["dataset"] for fix in fixes} == {"clients"}


def test_cleaning_without_a_model_keeps_what_identifies_a_row(workspace):
    fixes = suggest_fixes(workspace, add(workspace, MESSY), None, False)
    assert [fix.arguments["columns"] for fix in fixes if fix.tool == "drop_columns"] == [["region", "remark"]]
    # churned is no target here, so it is filled like any other column.
    assert [fix.arguments["columns"] for fix in fixes if fix.tool == "fill_missing"] == [["age", "income", "churned"]]


def test_the_steps_run_as_proposed_and_leave_nothing_to_propose(workspace):
    add(workspace, MESSY, "clients")
    outcome = fix_issues(Job(workspace, run="r1"), "clients", "churned")
    assert (outcome.dataset, outcome.rows, outcome.columns) == ("clients@7", (400, 400), (9, 5))
    assert outcome.text.startswith("Fixed clients in 6 steps. Made 16 cells empty: income (16). income now holds")
    assert [version.step.tool for version in workspace.versions("clients")][1:] == [
        "treat_as_missing", "change_type", "clean_text", "clean_text", "drop_columns", "fill_missing",
    ]  # fmt: skip
    assert {version.step.run for version in workspace.versions("clients")[1:]} == {"r1"}
    head = workspace.version("clients")
    assert head.schema_ == [
        ("age", "BIGINT"),
        ("income", "DOUBLE"),
        ("fee", "DOUBLE"),
        ("city", "VARCHAR"),
        ("churned", "VARCHAR"),
    ]
    assert workspace.rows('SELECT count(age), count(income), count(churned) FROM "clients@7"') == [(400, 400, 342)]
    assert sorted(workspace.rows('SELECT DISTINCT city FROM "clients@7"')) == [("Oslo",), ("Paris",)]
    assert suggest_fixes(workspace, head, "churned", True) == []


def test_the_target_is_read_properly_but_never_filled_clipped_or_dropped(workspace):
    sql = (
        "SELECT (i % 90) + random() AS area, CASE WHEN i % 20 = 0 THEN 'N/A' ELSE (100 + i % 7)::VARCHAR END AS price,"
        " CASE WHEN i = 5 THEN 1e9 ELSE 100 + i % 40 END AS tax FROM range(500) r(i)"
    )
    version = add(workspace, sql)
    assert shown(suggest_fixes(workspace, version, "price", True)) == [
        ("treat_as_missing", {"columns": ["price"], "values": ["n/a"]}),
        ("handle_outliers", {"columns": ["tax"], "method": "clip", "rule": "iqr"}),
    ]
    assert [fix.tool for fix in suggest_fixes(workspace, version, "TAX", True)] == [
        "treat_as_missing", "fill_missing",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("sql", "expected"),
    [
        # Skewed but continuous: the largest incomes are real.
        ("SELECT exp(i / 40.0) AS income FROM range(400) r(i)", []),
        # A slip of typing: one age of 455.
        ("SELECT CASE WHEN i = 3 THEN 455 ELSE 20 + i % 50 END AS age, i * 1.5 AS x FROM range(400) r(i)", ["handle_outliers"]),
        # Names of countries: NA is Namibia.
        ("SELECT ['FR', 'DE', 'NA', 'US', 'KR', 'JP', 'CN'][i % 7 + 1] AS country, i * 1.5 AS x FROM range(400) r(i)", []),
        # None is a category among others.
        ("SELECT ['none', 'brick', 'stone'][i % 3 + 1] AS wall, i * 1.5 AS x FROM range(400) r(i)", []),
        # Codes keep their zeros.
        ("SELECT lpad((i % 60)::VARCHAR, 5, '0') AS zip, i * 1.5 AS x FROM range(400) r(i)", []),
        # Day or month first can't be told, so nothing is guessed.
        ("SELECT (i % 12 + 1) || '/' || (i % 11 + 1) || '/2024' AS day, i * 1.5 AS x FROM range(400) r(i)", []),
        ("SELECT (i % 28 + 1) || '/' || (i % 11 + 1) || '/2024' AS day, i * 1.5 AS x FROM range(400) r(i)", ["change_type"]),
        # A date that is missing is not made up.
        ("SELECT CASE WHEN i % 9 > 0 THEN DATE '2024-01-01' + i::INTEGER END AS day, i * 1.5 AS x FROM range(400) r(i)", []),
        # Few columns with few values repeat by nature.
        ("SELECT i % 2 AS a, i % 3 AS b FROM range(400) r(i)", []),
        ("SELECT i % 390 + 0.5 AS a, i % 390 AS b FROM range(400) r(i)", ["drop_duplicates"]),
        # Mostly empty: dropped before training, as filling would invent it.
        ("SELECT CASE WHEN i % 5 = 0 THEN i * 0.5 END AS a, i * 1.5 AS x FROM range(400) r(i)", ["drop_columns"]),
        # Many empty cells of a category become a category of their own.
        ("SELECT CASE WHEN i % 5 < 3 THEN ['a', 'b'][i % 2 + 1] END AS a, i * 1.5 AS x FROM range(400) r(i)", ["fill_missing"]),
        # Sentences are kept, names are not.
        ("SELECT 'the room number ' || (i * 7) || ' was fine' AS review, i * 1.5 AS x FROM range(400) r(i)", []),
        ("SELECT 'name' || (i // 2) AS surname, i * 1.5 AS x FROM range(400) r(i)", ["drop_columns"]),
        ("SELECT 1 AS a WHERE false", []),
    ],
)  # fmt: skip
def test_only_what_can_be_defended_is_proposed_for_training(workspace, sql, expected):
    assert [fix.tool for fix in suggest_fixes(workspace, add(workspace, sql), None, True)] == expected


def test_many_empty_cells_of_a_category_are_filled_with_the_word_unknown(workspace):
    sql = "SELECT CASE WHEN i % 5 < 3 THEN ['a', 'b'][i % 2 + 1] END AS a, i * 1.5 AS x FROM range(400) r(i)"
    assert suggest_fixes(workspace, add(workspace, sql), None, True) == [
        Fix(
            "fill_missing",
            {"dataset": "t", "columns": ["a"], "method": "constant", "value": "unknown"},
            "160 cells are empty: a (160, 40 %), too many to guess.",
        )
    ]


def test_every_proposed_step_is_a_tool_with_these_arguments(workspace):
    catalogue = tools.catalogue()
    for fix in suggest_fixes(workspace, add(workspace, MESSY), "churned", True):
        assert catalogue[fix.tool].effect == "derive"
        assert tools.check_arguments(catalogue[fix.tool], fix.arguments)["dataset"] == "t"


@pytest.mark.parametrize(
    ("sql", "found"),
    [
        ("SELECT 'x' AS y, i AS a FROM range(50) r(i)", ("high", "the target has one value only")),
        ("SELECT 'k' || i AS y, i % 7 AS a FROM range(50) r(i)", ("high", "the target is an identifier: different in every row")),
        ("SELECT (i < 20)::INTEGER AS y, i % 9 + 0.5 AS a FROM range(1000) r(i)", ("medium", "only 2 % of the rows are 1")),
        ("SELECT CASE WHEN i < 4 THEN 'b' ELSE 'a' END AS y, i % 9 AS a FROM range(100) r(i)", ("medium", "its rarest value, b, has 4 rows")),
        ("SELECT CASE WHEN i % 2 = 0 THEN 'a' WHEN i % 5 > 0 THEN 'b' END AS y, i % 9 AS a FROM range(100) r(i)", ("medium", "10 rows have no value to learn from")),
    ],
)  # fmt: skip
def test_what_stands_in_the_way_of_predicting_a_column_is_found(workspace, sql, found):
    issues = find_issues(workspace, add(workspace, sql), "y")
    assert found in [(issue.severity, issue.what) for issue in issues if issue.problem in ("target", "useless", "rare")]


def test_findings_come_gravest_first_and_carry_the_step_that_mends_them(workspace):
    issues = find_issues(workspace, add(workspace, MESSY), "churned")
    assert [(issue.severity, issue.column, issue.what, issue.fix.tool if issue.fix else None) for issue in issues] == [
        ("high", "income", "numbers are stored as text", "treat_as_missing"),
        ("high", "fee", "numbers are stored as text", "change_type"),
        ("high", "remark", "every cell is empty", "drop_columns"),
        ("medium", "region", "every row has the same value, EU", "drop_columns"),
        ("medium", "churned", "58 rows have no value to learn from", None),
        ("medium", "age", "40 cells (10 %) are empty", "fill_missing"),
        ("medium", "income", "16 cells say '?' instead of being empty", "treat_as_missing"),
        ("medium", "city", "2 values are spelled in several ways, such as ' Paris' and 'paris'", "clean_text"),
        ("low", "row_number", "a running number: different in every row", "drop_columns"),
        ("low", "customer_id", "an identifier: different in every row", "drop_columns"),
        ("low", "city", "100 texts begin or end with blanks", "clean_text"),
    ]


@pytest.mark.parametrize(
    ("values", "mended"),
    [
        ("'Basic', 'basic', 'Pro '", {"blanks": ("clean_text", {"action": "trim"}), "spelling": ("clean_text", {"action": "title"})}),
        ("'iPad', 'ipad', 'Pro '", {"blanks": ("clean_text", {"action": "trim"}), "spelling": ("unify_spellings", {"typos": False})}),
        ("'basic', 'pro '", {"blanks": ("clean_text", {"action": "trim"})}),
    ],
)  # fmt: skip
def test_blanks_and_letter_cases_are_each_mended_by_the_step_that_mends_them(workspace, values, mended):
    count = values.count(",") + 1
    version = add(workspace, f"SELECT i * 1.37 AS x, [{values}][i % {count} + 1] AS plan FROM range(60) r(i)")
    found = {one.problem: one.fix for one in find_issues(workspace, version) if one.column == "plan"}
    assert {problem: fix and (fix.tool, fix.arguments) for problem, fix in found.items()} == {
        problem: (tool, {"dataset": version.dataset, "columns": ["plan"], **arguments})
        for problem, (tool, arguments) in mended.items()
    }
    for fix in found.values():
        assert fix is not None
        tools.call(Job(workspace), fix.tool, fix.arguments)
    assert [one for one in find_issues(workspace, workspace.version(version.dataset)) if one.column == "plan"] == []


def test_the_report_is_one_paragraph_and_a_table(workspace):
    add(workspace, MESSY, "clients")
    outcome = check_quality(Job(workspace), "clients", "churned")
    assert outcome.text == (
        "clients has 11 findings (3 high, 5 medium and 3 low) in 400 rows and 9 columns:"
        " numbers or dates are stored as text in income and fee;"
        " a model can learn nothing from remark, region, row_number and customer_id;"
        " churned: 58 rows have no value to learn from; age: 40 cells (10 %) are empty;"
        " income: 16 cells say '?' instead of being empty;"
        " city: 2 values are spelled in several ways, such as ' Paris' and 'paris';"
        " city: 100 texts begin or end with blanks. 6 steps can mend most of it."
    )
    assert outcome.table is not None
    assert outcome.table.columns == ["severity", "column", "finding", "why it matters", "count", "mended by"]
    assert outcome.table.rows[1] == [
        "high", "fee", "numbers are stored as text", "As text they can't be added, averaged or compared.", 400, "change_type",
    ]  # fmt: skip
    assert workspace.version("clients").number == 1


def test_a_target_that_is_no_column_is_refused_with_the_nearest(workspace):
    add(workspace, CLEAN)
    with pytest.raises(ToolError, match=r"^No column 'left'\. Nearest: left_us\. Columns: city, age, left_us\.$"):
        check_quality(Job(workspace), "t", "left")
