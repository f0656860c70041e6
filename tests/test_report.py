"""The quality report as a tool: facts, warnings with steps that run, and its two files."""

import html
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.small_project import add
from tools import call, tools_asked_for
from tools.report import kept
from tools.reporting.facts import Report
from tools.tool import Job, Outcome, Stopped, ToolError
from tools.workspace import Workspace

PEOPLE = """
    SELECT i AS id, 20 + (i * 7) % 50 AS age, CASE WHEN i = 77 THEN 90000.0 ELSE 100 + (i * 13) % 40 END AS spend,
      (100 + (i * 13) % 40) * 2.5 + (i % 3) * 0.01 AS copied, CASE WHEN i % 8 = 0 THEN NULL ELSE (i * 11) % 9 END AS visits,
      ['north', 'south', 'east'][1 + i % 3] AS region, 'K-' || (1000 + (i * 37) % 500) AS code,
      DATE '2024-01-01' + (i % 120)::INT AS joined, ['f', 'm', 'm', 'm'][1 + i % 4] AS sex,
      CASE WHEN ((i * 7) % 50 > 25) <> (i % 10 = 0) AND i % 4 > 0 THEN 'yes' ELSE 'no' END AS leaves,
      CASE WHEN ((i * 7) % 50 > 25) <> (i % 10 = 0) AND i % 4 > 0 THEN 3.5 + i % 2 ELSE i % 2 END AS closed
    FROM range(960) t(i)
"""


@pytest.fixture(scope="module")
def job(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Job]:
    with Workspace(tmp_path_factory.mktemp("report") / "project") as workspace:
        add(workspace, "people", PEOPLE)
        add(
            workspace,
            "others",
            f"SELECT * EXCLUDE (visits) REPLACE (age + 30 AS age, 'west' AS region) FROM ({PEOPLE}) LIMIT 300",
        )
        add(workspace, "none", "SELECT 1 AS a WHERE false")
        yield Job(workspace)


def write(job: Job, **more: Any) -> Outcome:
    return call(job, "quality_report", {"dataset": "people", **more})


@pytest.fixture(scope="module")
def outcome(job: Job) -> Outcome:
    return write(job, target="leaves", facet="sex", by="region", compare_with="others")


@pytest.fixture(scope="module")
def report(outcome: Outcome) -> Report:
    return Report.model_validate_json(Path(outcome.artefacts[1].path).read_text(encoding="utf-8"))


def test_columns_are_measured_over_all_rows(job: Job, report: Report) -> None:
    spend = report.column("spend")
    exact = job.workspace.rows(
        "SELECT skewness(spend) * (count(*) - 2) / sqrt(count(*) * (count(*) - 1.0)), median(spend),"
        ' quantile_cont(spend, 0.05), quantile_cont(spend, 0.95) FROM "people@1"'
    )[0]
    assert spend.skew == pytest.approx(exact[0], rel=1e-3)
    clipped = f'SELECT stddev_pop(least(greatest(spend, {exact[2]}), {exact[3]})) FROM "people@1"'
    assert spend.robust_sd == pytest.approx(job.workspace.rows(clipped)[0][0])
    assert (spend.low_outliers, spend.high_outliers) == (0, 1)
    assert sum(spend.histogram) == 959
    assert sum(report.column("age").histogram) == 960
    assert report.column("region").rare == [("east", 320), ("north", 320), ("south", 320)]
    assert [(one.form, one.share) for one in report.column("code").patterns] == [("A-9999", 1.0)]
    assert report.column("visits").profile.missing == 120


def test_the_target_has_its_balance_a_quick_model_and_the_power_of_each_column(report: Report) -> None:
    assert report.target is not None
    assert report.target.kind == "binary"
    assert sum(count for _, count in report.target.classes) == 960
    assert report.quick is not None
    assert sum(map(sum, report.quick.scores.confusion)) == report.quick.tested_rows == 192
    assert report.column("closed").power == pytest.approx(1, abs=0.01)
    assert report.column("leaves").power is None


def findings(report: Report, about: str) -> list[tuple[str | None, str, str | None]]:
    return [(one.column, one.what, one.mend and one.mend.tool) for one in report.findings if one.about == about]


def test_a_leak_twins_and_skew_are_warned_of_with_the_step_that_mends_them(report: Report) -> None:
    assert ("closed", "it alone tells leaves almost perfectly (prediction power 1.00)", "drop_columns") in findings(
        report, "leak"
    )
    assert [(column, tool) for column, _, tool in findings(report, "skew")] == [("spend", "scale_columns")]
    assert report.odd is not None
    assert (report.odd.scored, len(report.odd.rows)) == (960, 10)


def test_bias_and_shift_are_told(report: Report) -> None:
    assert report.bias is not None
    assert (report.bias.group, report.bias.others, report.bias.outcome) == ("f", "m", "leaves yes")
    assert (report.bias.group_rows, report.bias.measures["CI"]) == (240, 0.5)
    assert report.shift is not None
    assert report.shift.only_here == ["visits"]
    assert report.shift.told_apart == pytest.approx(1, abs=0.01)
    shifted = {one.column: one for one in report.shift.columns}
    assert shifted["region"].new_values == 300
    assert shifted["age"].psi > 0.25
    assert "id" not in shifted


ORDERS = """
    SELECT DATE '2023-01-01' + i::INT AS day, 2023 + i // 365 AS year, 5000 + 3 * i AS counter, 30 + i / 10.0 AS sold,
      {price} AS price, ['a', 'b', 'c'][1 + i % 3] AS shop
    FROM range({rows}) t(i)
"""


def against(job: Job, here: str, there: str, price: str = "10 + (i * 7) % 5", **more: Any) -> tuple[Report, list[str]]:
    """The report of some days of orders against others, and what it says of the shift."""
    made = ORDERS.format(price=price, rows=700)
    for name, part in (("earlier", here), ("later", there)):
        add(job.workspace, name, f"SELECT * FROM ({made}) WHERE {part}")
    outcome = call(job, "quality_report", {"dataset": "earlier", "compare_with": "later", **more})
    report = Report.model_validate_json(Path(outcome.artefacts[1].path).read_text(encoding="utf-8"))
    return report, [f"{one.column}: {one.what}" for one in report.findings if one.about == "shift"]


def test_what_only_grows_is_no_shift_where_the_other_rows_are_later_and_that_is_said(job: Job) -> None:
    report, said = against(job, "day < '2024-08-01'", "day >= '2024-08-01'")
    assert said == ["None: by day, all rows of later come after those of earlier"]
    assert report.shift is not None
    assert (report.shift.side, report.shift.grows) == ("after", ["day", "year", "counter", "sold"])
    assert report.shift.told_apart is not None
    assert report.shift.told_apart < 0.65
    (finding,) = [one for one in report.findings if one.about == "shift"]
    assert (finding.severity, finding.mend) == ("low", None)
    assert finding.why.startswith(
        "That day, as year, counter and sold, which go along with it, differs is expected of a split or a batch in time and no"
        " shift. Yet a model that reads what only grows meets values there"
    )


@pytest.mark.parametrize(
    ("here", "there", "price", "more", "said"),
    [
        # What changes besides is a shift still, and so is a target that grows.
        ("day < '2024-08-01'", "day >= '2024-08-01'", "10 + (i * 7) % 5 + 40 * (i > 577)::INT", {}, ["None: by day", "None: rows of", "price: its values"]),
        ("day < '2024-08-01'", "day >= '2024-08-01'", "1", {"target": "sold"}, ["None: by day", "None: rows of", "sold: its values"]),
        ("day >= '2024-08-01'", "day < '2024-08-01'", "1", {}, ["None: by day, all rows of later come before those"]),
        # Rows of the same time are no later ones.
        ("i % 2 = 0", "i % 2 = 1", "1", {}, []),
        ("i % 5 < 3 AND i < 500", "i % 5 = 3", "1", {}, ["counter: its values", "day: its values", "sold: its values", "year: its values"]),
    ],
)  # fmt: skip
def test_a_shift_is_told_from_what_only_grows(
    job: Job, here: str, there: str, price: str, more: dict[str, Any], said: list[str]
) -> None:
    here, there = (re.sub(r"\bi\b", "((counter - 5000) // 3)", part) for part in (here, there))
    _, found = against(job, here, there, price, **more)
    assert len(found) == len(said)
    assert all(any(one.startswith(start) for one in found) for start in said), found


def test_years_alone_tell_that_rows_are_later(job: Job) -> None:
    for name, years in (("old", "2015 + i % 6"), ("new", "2021 + i % 2")):
        add(job.workspace, name, f"SELECT {years} AS year, (i * 7) % 13 AS size FROM range(400) t(i)")
    outcome = call(job, "quality_report", {"dataset": "old", "compare_with": "new"})
    report = Report.model_validate_json(Path(outcome.artefacts[1].path).read_text(encoding="utf-8"))
    assert [one.what for one in report.findings if one.about == "shift"] == [
        "by year, all rows of new come after those of old"
    ]


def test_the_time_column_is_found_and_looked_along(report: Report) -> None:
    assert report.time == "joined"
    assert [one.unit for one in report.series] == ["day"] * 4
    assert (report.series[0].start, report.series[0].end, report.series[0].missing_steps) == (
        "2024-01-01",
        "2024-04-29",
        0,
    )


@pytest.mark.parametrize(("each", "severity", "mended"), [(1, "medium", "resample_series"), (3, "low", None)])
def test_a_table_of_cases_is_not_made_one_row_a_step(
    tmp_path: Path, each: int, severity: str, mended: str | None
) -> None:
    days = f"SELECT DATE '2024-01-01' + (i // {each})::INTEGER AS joined, i % 7 + i / 10 AS fee FROM range({90 * each}) t(i)"
    with Workspace(tmp_path / "cases") as opened:
        add(opened, "cases", f"{days} WHERE i // {each} NOT IN (7, 40)")
        call(Job(opened), "quality_report", {"dataset": "cases"})
        found = kept(opened, opened.version("cases"))
    assert found is not None
    holes = [one for one in found.findings if one.about == "time" and one.what.startswith("2 days between")]
    assert [(one.severity, one.mend and one.mend.tool) for one in holes] == [(severity, mended)]
    assert ("a forecast puts them together itself" in holes[0].unmended) == (mended is None)


def test_every_step_that_the_report_names_runs(job: Job, report: Report) -> None:
    steps = {json.dumps(one.mend.model_dump()): one.mend for one in report.findings if one.mend}
    assert len(steps) >= 4
    for step in steps.values():
        made = call(job, step.tool, step.arguments | {"dataset": "people@1"})
        assert made.dataset != "people@1"
    call(job, "restore_version", {"version": "people@1"})


def test_each_warning_names_the_step_that_mends_it_or_says_why_none_does(outcome: Outcome, report: Report) -> None:
    assert [one.what for one in report.findings if bool(one.mend) == bool(one.unmended)] == []
    assert [(column, tool) for column, _, tool in findings(report, "bias")] == [("sex", None)]
    assert (None, "visits is missing in others", "drop_columns") in findings(report, "shift")
    page = html.unescape(Path(outcome.artefacts[0].path).read_text(encoding="utf-8"))
    assert [one.unmended for one in report.findings if one.unmended not in page] == []


def test_a_name_of_rows_needs_no_mending(job: Job) -> None:
    add(job.workspace, "calls", "SELECT 'V' || i AS visit, i % 7 AS minutes FROM range(300) t(i)")
    made = call(job, "quality_report", {"dataset": "calls"})
    report = Report.model_validate_json(Path(made.artefacts[1].path).read_text(encoding="utf-8"))
    told = [(one.what, one.mend, one.unmended) for one in report.findings if one.column == "visit"]
    kept = "Nothing is to be mended: keep it to find and read rows by; a model can do without it."
    assert told == [("an identifier: different in every row", None, kept)]


def test_few_rows_of_a_group_are_balanced_by_the_step_that_is_named(job: Job) -> None:
    add(
        job.workspace,
        "hires",
        "SELECT i % 13 AS score, CASE WHEN i % 20 = 0 THEN 'f' ELSE 'm' END AS sex, (hash(i) % 2)::INT AS hired"
        " FROM range(400) AS t(i)",
    )
    made = call(job, "quality_report", {"dataset": "hires", "target": "hired", "facet": "sex"})
    report = Report.model_validate_json(Path(made.artefacts[1].path).read_text(encoding="utf-8"))
    (few,) = [one for one in report.findings if one.what.startswith("only 5")]
    assert few.mend is not None
    assert few.mend.sentence == "Balance the classes of sex (over)"
    assert call(job, few.mend.tool, few.mend.arguments).text == (
        "Balanced sex by repeating rows: m 380 and f 20 became m 380 and f 380. Rows: 400 -> 760."
    )


def test_the_text_tells_the_gravest_and_how_good_a_quick_model_is(outcome: Outcome, report: Report) -> None:
    assert outcome.text.startswith("Quality report of people, all 960 rows and 11 columns: ")
    assert "closed: it alone tells leaves almost perfectly (prediction power 1.00)" in outcome.text
    assert "A quick model of leaves reaches AUC " in outcome.text
    assert outcome.values["findings"] == len(report.findings)


def test_the_page_is_one_file_that_fetches_nothing_and_runs_nothing(outcome: Outcome, report: Report) -> None:
    page = Path(outcome.artefacts[0].path).read_text(encoding="utf-8")
    assert [Path(one.path).suffix for one in outcome.artefacts] == [".html", ".json"]
    assert "<script" not in page
    assert not re.search(r"(src|href)=[\"'](?!#)", page)
    assert "url(" not in page
    for part in ("warnings", "target", "columns", "relations", "odd", "bias", "time", "shift"):
        assert f'<section id="{part}"' in page
    for one in report.findings:
        assert one.mend is None or one.mend.sentence in page.replace("&#34;", '"')


def test_cells_and_names_are_escaped(job: Job) -> None:
    add(job.workspace, "evil", "SELECT '<b>x</b>' || i % 3 AS \"<i>n</i>\", i AS v FROM range(60) t(i)")
    made = call(job, "quality_report", {"dataset": "evil", "target": "<i>n</i>"})
    page = Path(made.artefacts[0].path).read_text(encoding="utf-8")
    assert "<b>x" not in page
    assert "<i>n" not in page


def test_the_last_report_of_a_version_is_kept(job: Job, outcome: Outcome) -> None:
    version = job.workspace.version("people@1")
    found = kept(job.workspace, version)
    assert found is not None
    assert found.files == [one.name for one in outcome.artefacts]
    assert kept(job.workspace, job.workspace.version("none")) is None


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT 1 AS a",
        "SELECT NULL::DOUBLE AS a, NULL AS b FROM range(80)",
        "SELECT 'x' AS a, [1, 2] AS l, {'k': 1} AS s, 'ab'::BLOB AS b FROM range(80)",
        "SELECT CASE WHEN i % 2 = 0 THEN 'nan'::DOUBLE ELSE 1e100 * i END AS huge, i % 2 = 0 AS odd FROM range(80) t(i)",
        "SELECT i AS a, TIMESTAMP '2024-01-01' + INTERVAL (i) HOUR AS t, TIME '10:00' AS c FROM range(100) t(i)",
        "SELECT DATE '0001-01-01' + i::INT AS d, 170141183460469231731687303715884105727::HUGEINT AS h FROM range(60) t(i)",
    ],
)
def test_any_table_has_a_report(job: Job, sql: str) -> None:
    name = job.workspace.free_name("odd")
    add(job.workspace, name, sql)
    made = call(job, "quality_report", {"dataset": name})
    assert made.text.startswith(f"Quality report of {name}, all ")


def test_a_target_that_cannot_be_predicted_says_why_and_the_rest_is_told(job: Job) -> None:
    made = write(job, target="code")
    report = kept(job.workspace, job.workspace.version("people@1"))
    assert report is not None
    assert report.target is not None
    assert report.target.problem
    assert report.quick is None
    assert made.values["high"] >= 1


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"target": "leavs"}, "No column 'leavs'. Nearest: leaves."),
        ({"facet": "sex"}, "Bias is measured of an outcome: name the target column beside the facet sex."),
        ({"facet_value": "f"}, "'f' is the value of which column? Name it as facet."),
        ({"target": "sex", "facet": "sex"}, "sex can't be facet and target at once. Name another facet."),
        ({"time": "region"}, "region holds no dates (VARCHAR). Change its type to a date first, or name another."),
        ({"compare_with": "people"}, "people can't be compared with itself. Name another dataset or version."),
        ({"dataset": "none"}, "none has no rows, so there is nothing to report."),
    ],
)
def test_what_does_not_fit_is_said_in_one_line(job: Job, arguments: dict[str, str], message: str) -> None:
    with pytest.raises(ToolError, match=f"^{re.escape(message)}"):
        write(job, **arguments)


def test_a_report_is_stopped_and_leaves_nothing(job: Job) -> None:
    before = sorted(job.workspace.files.iterdir())
    with pytest.raises(Stopped):
        call(Job(job.workspace, cancelled=lambda: True), "quality_report", {"dataset": "people"})
    assert sorted(job.workspace.files.iterdir()) == before


@pytest.mark.parametrize(
    "request_",
    [
        "Write a data quality report of customers",
        "Is there any leakage for churn?",
        "Is the loan data biased against women?",
        "Do the train and test data drift apart? Check the data drift",
        "품질 보고서를 만들어줘",
        "데이터에 편향이 있는지 확인해줘",
    ],
)
def test_the_planner_is_told_of_it_when_asked(request_: str) -> None:
    assert "quality_report" in [entry.name for entry in tools_asked_for(request_)]


@pytest.mark.parametrize("request_", ["Check the quality", "Write a report of sales by month", "데이터 정리해줘"])
def test_other_requests_leave_the_prompt_as_it_is(request_: str) -> None:
    assert "quality_report" not in [entry.name for entry in tools_asked_for(request_)]
