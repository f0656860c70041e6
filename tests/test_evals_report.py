import json
import re
import shlex
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any, get_args

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from evals import entries, report
from evals.case import (
    Answers,
    Asks,
    Check,
    DatasetIs,
    Either,
    Hints,
    MetricIs,
    SaysMissing,
    TableIs,
    ToolsAre,
    ValueIs,
    read_suite,
)
from evals.expected import expected
from evals.figures import quantile
from evals.record import Column, Record, TurnRecord
from evals.story import Step, steps
from tests.small_run import LOCAL, VERSIONS, answered, as_json, ask, counted, failed, record, write_run, write_table

ROOT = Path(__file__).parent.parent
AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"
WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
NEW = Column(model="local", prompt="new")
NASTY = "<script>document.title = 'ran'</script><img src=x onerror=\"document.title='ran'\">"
TWELVE = {"columns": ["n"], "rows": [[12]]}


def write(folder: Path, *, against: Path | None = None) -> tuple[str, Any]:
    """The report of one run: its HTML and its JSON."""
    html, file = folder / "report.html", folder / "report.json"
    report.write([folder], html, file, against)
    return html.read_text(encoding="utf-8"), as_json(file)


@pytest.fixture
def two_columns(tmp_path: Path) -> Path:
    """Four cases in two columns, twice each: one regression, one failure, one pass, one broken in the new column."""
    cases = [
        ask("pass", tags=["count", "answerable"], suite="own", data="sales.csv"),
        ask("broken", suite="own", data="sales.csv"),
        ask("fail", checks=[counted([13])], language="ko", suite="other", gold="SELECT 13", tags=["answerable"]),
        ask("regress", checks=[counted([12])], suite="other", hints=Hints(steps=1, seconds=5)),
    ]
    right, lacks = answered(table=TWELVE), answered("The data lacks it.", values={"missing": "loyalty"})
    outcomes: dict[tuple[str, Column], TurnRecord | None] = {
        ("pass", LOCAL): answered(seconds=1.0),
        ("broken", LOCAL): answered(),
        ("fail", LOCAL): lacks,
        ("regress", LOCAL): right,
        ("pass", NEW): answered(seconds=9.0),
        ("broken", NEW): None,
        ("fail", NEW): answered(table=TWELVE),
        ("regress", NEW): failed(),
    }
    records = [
        record(case, turn, column, repeat, versions=VERSIONS | {"prompt": column.prompt})
        for (case, column), turn in outcomes.items()
        for repeat in (0, 1)
    ]
    return write_run(tmp_path / "run", cases, records, repeats=2, suites=["own", "other"])


# --- figures -------------------------------------------------------------------------------------------------------


def test_each_column_has_its_figures(two_columns: Path) -> None:
    _, found = write(two_columns)
    current, new = found["columns"]
    assert [column["name"] for column in found["columns"]] == ["local/current", "local/new"]
    figures = current["figures"]
    assert {key: figures["passed"][key] for key in ("passed", "of", "rate")} == {"passed": 6, "of": 8, "rate": 0.75}
    low, high = figures["passed"]["wilson"]
    assert (low, high) == pytest.approx((0.409, 0.929), abs=0.001)
    assert figures["clustered"][0] <= 0.75 <= figures["clustered"][1]
    assert (figures["clusters"], figures["pass_hat"], figures["infrastructure"]) == (2, {"1": 0.75, "2": 0.75}, 0)
    assert (figures["plan_seconds"], figures["turn_seconds"]) == (2.0, 3.0)
    assert (figures["tokens_read"], figures["tokens_written"], figures["model_calls"]) == (7200, 800, 16)
    assert {key: figures["false_refusals"][key] for key in ("passed", "of")} == {"passed": 2, "of": 4}
    assert {key: new["figures"]["passed"][key] for key in ("passed", "of")} == {"passed": 2, "of": 6}
    assert (new["figures"]["infrastructure"], new["figures"]["turn_seconds_p90"]) == (2, 9.0)
    assert new["versions"]["prompt"] == ["new"]


def test_rates_stand_by_suite_language_and_tag(two_columns: Path) -> None:
    _, found = write(two_columns)
    shown = {
        part: {row["name"]: [(rate["passed"], rate["of"]) for rate in row["rates"]] for row in found[f"by_{part}"]}
        for part in ("suite", "language", "tag")
    }
    assert shown == {
        "suite": {"other": [(2, 4), (0, 4)], "own": [(4, 4), (2, 2)]},
        "language": {"en": [(6, 6), (2, 4)], "ko": [(0, 2), (0, 2)]},
        "tag": {"answerable": [(2, 4), (2, 4)], "count": [(2, 2), (2, 2)]},
    }


def test_the_json_has_a_line_for_each_attempt(two_columns: Path) -> None:
    _, found = write(two_columns)
    line = next(line for line in found["attempts"] if line["case"] == "regress" and line["column"] == "local/new")
    assert line.pop("reasons") != []
    assert line == {
        "case": "regress",
        "column": "local/new",
        "repeat": 0,
        "passed": False,
        "infrastructure": "",
        "turns": [False],
        "seconds": 1.0,
        "tokens_read": 0,
        "tokens_written": 0,
        "key": "regress-local-new-0",
        "versions": VERSIONS | {"prompt": "new"},
    }
    assert len(found["attempts"]) == 16


def test_the_first_column_is_the_baseline(two_columns: Path) -> None:
    _, found = write(two_columns)
    (comparison,) = found["comparisons"]
    told = {
        key: comparison[key]
        for key in ("before", "after", "pairs", "regressed", "improved", "differs", "infrastructure")
    }
    assert told == {
        "before": "local/current",
        "after": "local/new",
        "pairs": 6,
        "regressed": ["regress"],
        "improved": [],
        "differs": ["prompt"],
        "infrastructure": 2,
    }


def test_another_run_can_be_the_baseline_and_its_attempt_stands_beside_a_regression(tmp_path: Path) -> None:
    case = ask("a", checks=[counted([12])])
    old = write_run(tmp_path / "old", [case], [record("a", answered("As it was.", table=TWELVE))])
    new = write_run(tmp_path / "new", [case], [record("a", failed())])
    html, found = write(new, against=old)
    assert [(c["before"], c["after"]) for c in found["comparisons"]] == [("old: local/current", "new: local/current")]
    assert "As it was." in html
    assert [(line["column"], line["passed"]) for line in found["attempts"]] == [("local/current", False)]


def test_a_baseline_of_several_columns_stands_once_beside_a_regression(tmp_path: Path) -> None:
    case = ask("a", checks=[counted([12])])
    old = write_run(tmp_path / "old", [case], [record("a", answered("As it was.", table=TWELVE))])
    new = write_run(tmp_path / "new", [case], [record("a", failed(), column) for column in (LOCAL, NEW)])
    html, found = write(new, against=old)
    assert [c["regressed"] for c in found["comparisons"]] == [["a"], ["a"]]
    assert html.count('<span class="fine">the baseline</span>') == 1


def test_a_baseline_without_common_cases_is_a_note_not_the_end(tmp_path: Path) -> None:
    old = write_run(tmp_path / "old", [ask("b")], [record("b", answered())])
    new = write_run(tmp_path / "new", [ask("a")], [record("a", answered())])
    html, found = write(new, against=old)
    assert found["comparisons"] == []
    assert found["notes"][0] in html


def test_a_run_without_records_is_still_a_page(tmp_path: Path) -> None:
    html, found = write(write_run(tmp_path / "run", [ask("a")], []))
    assert found["columns"] == []
    assert "<h1>run</h1>" in html


@pytest.mark.parametrize(
    ("values", "share", "found"),
    [([], 0.5, None), ([4.0], 0.9, 4.0), ([1.0, 2.0, 4.0], 0.5, 2.0), ([4.0, 1.0], 0.5, 2.5), ([0.0, 10.0], 0.9, 9.0)],
)
def test_quantiles_lie_between_the_nearest_two(values: list[float], share: float, found: float | None) -> None:
    assert quantile(values, share) == found


# --- what happened -------------------------------------------------------------------------------------------------


def test_cases_stand_regressions_first_then_failures_then_what_broke(two_columns: Path) -> None:
    html, _ = write(two_columns)
    assert re.findall(r'id="case:(\w+)" data-standing="([\w ]+)"', html) == [
        ("regress", "regressed"),
        ("fail", "failed"),
        ("broken", "broken"),
        ("pass", "passed"),
    ]


def test_a_later_plan_replaces_what_did_not_run() -> None:
    def planned(*steps: tuple[int, str]) -> dict[str, Any]:
        return {"event": "plan", "steps": [{"id": n, "tool": tool, "arguments": {"at": n}} for n, tool in steps]}

    events = [
        planned((1, "clean_text"), (2, "fill_missing"), (3, "train_model")),
        {"event": "step_started", "id": 1},
        {"event": "step_done", "id": 1, "seconds": 0.5, "text": "Cleaned.", "sql": "SELECT 1"},
        {"event": "step_started", "id": 2},
        {"event": "step_failed", "id": 2, "error": "No column 'x'."},
        planned((1, "clean_text"), (2, "drop_columns")),
        {"event": "step_started", "id": 2},
    ]
    assert steps(events) == [
        Step(id=1, tool="clean_text", arguments={"at": 1}, mark="done", text="Cleaned.", seconds=0.5, sql="SELECT 1"),
        Step(id=2, tool="fill_missing", arguments={"at": 2}, mark="failed", text="No column 'x'."),
        Step(id=2, tool="drop_columns", arguments={"at": 2}, mark="started"),
    ]


def test_checks_are_told_in_words() -> None:
    told = expected(
        [
            TableIs(accepted=[[["a", 1]]], ordered=True, extra_columns=True),
            ValueIs(equals=None),
            DatasetIs(name="sales", row_count=1200, no_missing=["fee"], where={"fee < 0": 0}, rows=[[1]]),
            MetricIs(name="roc_auc", at_least=0.8),
            ToolsAre(called=["train_model"], not_called=["undo"], arguments={"train_model": {"label": "churn"}}),
            Either(of=[[Asks()], [SaysMissing(), Answers(contains=["no"], lacks=["yes"])]]),
        ]
    )
    assert told.lines == [
        "the table, rows in this order, further columns allowed",
        "the value null",
        "sales has 1,200 rows",
        "sales has no missing values in fee",
        "0 rows of sales where fee < 0",
        "sales has these rows, in any order",
        "roc_auc ≥ 0.8",
        "calls train_model",
        "does not call undo",
        'train_model with {"label": "churn"}',
        "one of these:",
        "1. a question is asked",
        "2. the answer says that the data does not hold it",
        "2. an answer with “no”, without “yes”",
    ]
    assert [(table.title, table.rows) for table in told.tables] == [
        ("Expected", [["a", 1]]),
        ("Expected in sales", [[1]]),
    ]


def test_a_table_shows_its_first_rows_and_how_many_there_are(tmp_path: Path) -> None:
    folder = tmp_path / "run"
    file = write_table(folder / "records" / "k" / "0-result.parquet", {"n": list(range(500)), "city": ["Ulm"] * 500})
    turn = answered(result=file)
    html, _ = write(write_run(folder, [ask("a", checks=[counted([12])])], [record("a", turn, key="k")]))
    assert '<figcaption>Result <span class="fine">500 rows, first 20</span></figcaption>' in html
    assert html.count('<td class="word">Ulm</td>') == 20


def test_a_run_too_large_is_told_by_its_failures(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(entries, "FULL", 1)
    cases = [ask("good", "Say the good one"), ask("bad", "Say the bad one", checks=[counted([13])])]
    records = [record("good", answered()), record("bad", answered(table=TWELVE))]
    html, _ = write(write_run(tmp_path / "run", cases, records))
    assert html.count('<blockquote class="said">') == 1
    assert '<blockquote class="said">Say the bad one' in html


# --- the page ------------------------------------------------------------------------------------------------------


def nasty_run(folder: Path) -> Path:
    """Markup wherever data, words or a model's answer can carry it."""
    file = write_table(folder / "records" / "k" / "0-result.parquet", {NASTY: [NASTY, "ok"]})
    turn = answered(
        NASTY,
        result=file,
        tables={f"{NASTY}@1": file},
        values={NASTY: NASTY},
        table={"columns": [NASTY], "rows": [[NASTY]]},
    )
    turn = turn.model_copy(
        update={
            "events": [
                {"event": "plan", "steps": [{"id": 2, "tool": NASTY, "arguments": {NASTY: [NASTY], "b": NASTY}}]},
                {"event": "step_failed", "id": 2, "error": NASTY},
                *turn.events,
            ]
        }
    )
    case = ask(
        NASTY,
        NASTY,
        checks=[counted([NASTY]), Answers(contains=[NASTY])],
        data=f"{NASTY}.csv",
        tags=[NASTY, "'\""],
        gold=NASTY,
        suite=NASTY,
    )
    records: list[Record] = [record(NASTY, turn, Column(model=NASTY, prompt=NASTY), key="k", versions={NASTY: NASTY})]
    return write_run(folder, [case], records, suites=[NASTY])


def test_markup_in_data_is_text(tmp_path: Path) -> None:
    seen: list[tuple[str, set[str]]] = []

    class Tags(HTMLParser):
        def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
            seen.append((tag, {name for name, _ in attrs}))

    html, _ = write(nasty_run(tmp_path / "run"))
    Tags().feed(html)
    assert [tag for tag, _ in seen if tag in ("script", "img", "link", "iframe")] == ["script"]
    assert {name for _, names in seen for name in names if name.startswith("on") or name in ("src", "href")} == set()


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        yield playwright.chromium.launch(
            executable_path="/usr/bin/chromium",
            args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"],
        )


@pytest.fixture
def visit(chromium: Browser) -> Iterator[Any]:
    """Opens a report from the disk; a request for anything else, or an error on the page, fails the test."""
    asked: list[str] = []
    errors: list[str] = []
    contexts = []

    def opened(html: Path, **options: Any) -> Page:
        context = chromium.new_context(**options)
        contexts.append(context)
        context.on("request", lambda request: asked.append(request.url))
        context.on("console", lambda message: errors.append(message.text) if message.type == "error" else None)
        context.on("weberror", lambda error: errors.append(str(error.error)))
        page = context.new_page()
        page.goto(html.as_uri())
        return page

    yield opened
    for context in contexts:
        context.close()
    assert [url for url in asked if not url.endswith("report.html")] == []
    assert errors == []


@pytest.mark.browser
def test_nothing_in_the_data_runs_and_nothing_is_fetched(tmp_path: Path, visit: Any) -> None:
    write(nasty_run(tmp_path / "run"))
    page = visit(tmp_path / "run" / "report.html")
    title = page.title()
    page.get_by_role("button", name="Open or close").click()
    page.locator("details").evaluate_all("all => all.forEach(one => one.open = true)")
    assert page.locator("#tag").locator("option").all_inner_texts() == ["all", "'\"", NASTY]
    page.locator("#tag").select_option(NASTY)
    assert page.locator("#count").inner_text() == "1 of 1 cases"
    assert page.locator("img").count() == 0
    assert page.title() == title == "Evaluation: run"
    page.set_viewport_size({"width": 390, "height": 844})
    assert page.evaluate("document.documentElement.scrollWidth") == 390


@pytest.mark.browser
def test_cases_are_filtered_and_a_link_opens_one(two_columns: Path, visit: Any) -> None:
    write(two_columns)
    page = visit(two_columns / "report.html")
    shown = page.locator(".case:visible .id")
    page.locator("#standing").select_option("regressed")
    assert shown.all_inner_texts() == ["regress"]
    page.locator("#standing").select_option("")
    page.locator("#language").select_option("ko")
    assert shown.all_inner_texts() == ["fail"]
    page.locator("#words").fill("nothing of this")
    assert page.locator("#count").inner_text() == "0 of 4 cases"
    page.goto((two_columns / "report.html").as_uri() + "#case:pass")
    assert page.locator("#case\\:pass").get_attribute("open") is not None


@pytest.mark.browser
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1280])
def test_the_page_can_be_read_by_everyone(two_columns: Path, visit: Any, width: int, scheme: str) -> None:
    write(two_columns)
    page = visit(two_columns / "report.html", viewport={"width": width, "height": 844}, color_scheme=scheme)
    page.locator("details").evaluate_all("all => all.forEach(one => one.open = true)")
    assert page.evaluate("document.documentElement.scrollWidth") == width
    page.evaluate(AXE.read_text(encoding="utf-8"))
    found = page.evaluate("tags => axe.run(document, {runOnly: tags})", WCAG)["violations"]
    assert json.dumps([(one["id"], one["nodes"][0]["html"]) for one in found]) == "[]"


# --- the manual ----------------------------------------------------------------------------------------------------

MANUAL = (ROOT / "docs" / "evals.md").read_text(encoding="utf-8")


def test_the_commands_of_the_manual_are_commands_there_are() -> None:
    from evals.__main__ import _parser

    shown = re.findall(r"^python -m evals (.+)$", MANUAL, re.MULTILINE)
    assert {line.split()[0] for line in shown} == {"run", "report", "compare", "score", "list"}
    for line in shown:
        _parser().parse_args(shlex.split(line))


def test_the_case_of_the_manual_is_a_case(tmp_path: Path) -> None:
    (example,) = re.findall(r"```yaml\n(.+?)```", MANUAL, re.DOTALL)
    suite = tmp_path / "suite.yaml"
    suite.write_text(example, encoding="utf-8")
    assert [case.id for case in read_suite(suite)] == ["orders-empty-amounts"]


def test_the_manual_names_every_kind_of_check() -> None:
    kinds = [get_args(kind.model_fields["kind"].annotation)[0] for kind in get_args(get_args(Check)[0])]
    assert re.findall(r"^\| `(\w+)` \|", MANUAL, re.MULTILINE) == kinds
