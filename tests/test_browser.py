"""The page in a real browser: the whole way of a person, and what must hold on every way."""

import csv
import http.client
import json
import os
import random
import re
import socket
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Playwright, Route, expect, sync_playwright

from assistant.app import serve, served
from assistant.runs import Runs
from assistant.settings import SettingsError, read_settings
from tests import gallery
from tools.workspace import Workspace

pytestmark = pytest.mark.browser

ROOT = Path(__file__).parent.parent
AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"
CHROMIUM = "/usr/bin/chromium"
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
PHONE = {"width": 390, "height": 844}
TRAINING = 180_000
TABS = ("Data", "Quality", "Chart", "Model", "Predict", "Steps")
TOO_WIDE = """() => [...document.querySelectorAll('#easel *')].filter((one) => one.offsetParent && !one.closest('.away')
    && !one.parentElement.closest('.scroll, pre, .checks') && one.getBoundingClientRect().right > innerWidth + 1)
    .map((one) => one.outerHTML.slice(0, 120))"""
"""What reaches beyond the right edge of the page and is not in a frame of its own that scrolls."""
Open = Callable[..., str]


# --- the data, made here -----------------------------------------------------------------------------------------


def customers(path: Path, rows: int, *, target: bool) -> Path:
    """Customers whose leaving depends on their tickets and their fee, with a few gaps and one nasty cell."""
    made = random.Random(7)
    with path.open("w", newline="", encoding="utf-8") as file:
        out = csv.writer(file)
        out.writerow(["customer_id", "region", "plan", "monthly_fee", "tickets"] + (["churned"] if target else []))
        for number in range(rows):
            tickets, fee = made.randint(0, 6), round(made.uniform(5, 60), 2)
            left = "yes" if tickets * 9 + fee * 0.4 + made.gauss(0, 9) > 44 else "no"
            region = (
                '<img src=x onerror="document.title=1">' if number == 3 else made.choice(["North", "South", "서울"])
            )
            shown = "" if number % 29 == 5 else fee
            out.writerow(
                [10_000 + number, region, made.choice(["Basic", "Pro"]), shown, tickets] + ([left] if target else [])
            )
    return path


@pytest.fixture
def files(tmp_path: Path) -> dict[str, Path]:
    return {
        "customers": customers(tmp_path / "customers.csv", 420, target=True),
        "new": customers(tmp_path / "new.csv", 37, target=False),
    }


# --- the app and the browser -------------------------------------------------------------------------------------


@pytest.fixture
def open_app(tmp_path: Path) -> Iterator[Open]:
    """Serves a project whose language model gives these replies; gives the address."""
    from contextlib import ExitStack

    with ExitStack() as stack:

        def opened(*replies: Any, model: str = "", **settings: str) -> str:
            script = tmp_path / "replies.jsonl"
            script.write_text("".join(json.dumps(reply) + "\n" for reply in replies), encoding="utf-8")
            known = read_settings({"EASEL_CACHE": str(tmp_path), "EASEL_HOME": str(tmp_path), **settings})
            workspace = stack.enter_context(Workspace(tmp_path / "project"))
            runs = Runs(workspace, known, model=model or f"script:{script}")
            address = stack.enter_context(served(runs))
            stack.callback(runs.join)
            stack.callback(runs.stop)
            return address

        yield opened


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        yield _launched(playwright)


def _launched(playwright: Playwright) -> Browser:
    return playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)


@pytest.fixture
def desk(chromium: Browser) -> Iterator[BrowserContext]:
    """A browser profile that may reach this machine only; what else it asks for, and every error, fails the test."""
    context = chromium.new_context(viewport={"width": 1440, "height": 900}, accept_downloads=True)
    outside: list[str] = []
    errors: list[str] = []

    def guard(route: Route) -> None:
        if urlsplit(route.request.url).hostname in ("127.0.0.1", None):
            route.continue_()
        else:
            outside.append(route.request.url)
            route.abort()

    context.route("**/*", guard)
    context.on("console", lambda message: errors.append(message.text) if message.type == "error" else None)
    context.on("weberror", lambda error: errors.append(str(error.error)))
    yield context
    context.close()
    assert outside == []
    assert errors == []


def visit(desk: BrowserContext, address: str) -> Page:
    page = desk.new_page()
    page.goto(address)
    expect(page.locator("[data-testid=empty], [data-testid=turn]").first).to_be_visible(timeout=20_000)
    return page


def idle(page: Page, timeout: float = 30_000) -> None:
    page.wait_for_function("() => document.body.dataset.busy === '0'", timeout=timeout)


def add(page: Page, path: Path) -> None:
    """Press Add data and choose a file, as a person does."""
    with page.expect_file_chooser() as chooser:
        page.get_by_role("button", name="Add data").first.click()
    before = page.get_by_test_id("turn").count()
    chooser.value.set_files(path)
    expect(page.get_by_test_id("turn")).to_have_count(before + 1, timeout=20_000)
    idle(page)


def ask(page: Page, words: str, timeout: float = 30_000) -> str:
    """Type a request, approve the plan if it asks, and read the answer."""
    before = page.get_by_test_id("turn").count()
    page.get_by_label("Your request").fill(words)
    page.get_by_label("Your request").press("Enter")
    turn = page.get_by_test_id("turn").nth(before)
    expect(turn).to_contain_text(words)
    ending = turn.locator("[data-testid=answer], [data-testid=failure]")
    question = turn.get_by_test_id("question")
    expect(ending.or_(question)).to_be_visible(timeout=timeout)
    if question.is_visible():
        question.get_by_role("button", name="Run").click()
    expect(ending).to_be_visible(timeout=timeout)
    idle(page)
    expect(turn.get_by_test_id("failure")).to_have_count(0)
    return ending.inner_text()


def check_access(page: Page, where: str) -> None:
    """No violation of WCAG A or AA that axe can find."""
    page.wait_for_timeout(250)  # a tab's indicator fades; colours are measured when it stands still
    page.evaluate(AXE.read_text(encoding="utf-8"))
    found = page.evaluate("tags => axe.run(document, {runOnly: tags})", WCAG)["violations"]
    told = [(where, one["id"], [node["html"][:200] for node in one["nodes"][:3]]) for one in found]
    assert told == []


def tab(page: Page, name: str) -> None:
    page.get_by_role("tab", name=name, exact=True).click()


# --- the whole way of a person -----------------------------------------------------------------------------------

REPLIES: list[dict[str, Any]] = [
    {"steps": [{"tool": "describe_data"}]},
    {
        "steps": [
            {
                "tool": "query_data",
                "sql": "SELECT plan, count(*) AS left_us FROM customers WHERE churned = 'yes' GROUP BY plan",
            }
        ]
    },
    {
        "steps": [
            {"tool": "fix_issues", "target": "churned"},
            {"tool": "train_model", "target": "churned", "build": "quick"},
        ]
    },
    {
        "steps": [
            {"tool": "predict_row", "values": [{"column": "tickets", "value": 6}, {"column": "plan", "value": "Pro"}]}
        ]
    },
    {"steps": [{"tool": "predict_dataset", "dataset": "new"}]},
    {"steps": [{"tool": "drop_columns", "dataset": "customers", "columns": ["region"]}]},
    {"steps": [{"tool": "undo"}]},
    {"steps": [{"tool": "write_script", "dataset": "customers"}]},
]


def test_a_person_goes_from_a_file_to_predictions(
    open_app: Open, desk: BrowserContext, files: dict[str, Path], tmp_path: Path
) -> None:
    page = visit(desk, open_app(*REPLIES))
    check_access(page, "empty")
    add(page, files["customers"])
    expect(page.locator("#lists")).to_contain_text("420 × 6")
    expect(page.get_by_test_id("turn").last).to_contain_text("customers: 420 rows and 6 columns")

    assert "420" in ask(page, "What is in this data?")
    with files["customers"].open(encoding="utf-8") as file:
        left = [row["plan"] for row in csv.DictReader(file) if row["churned"] == "yes"]
    answer = ask(page, "How many customers left us, by plan?")
    assert str(left.count("Pro")) in answer
    assert str(left.count("Basic")) in answer
    page.get_by_test_id("turn").last.get_by_text("Details and SQL").click()
    expect(page.get_by_test_id("turn").last.locator("pre")).to_contain_text("SELECT plan, count(*) AS left_us")

    answer = ask(page, "Clean it up and predict churned with a quick build", TRAINING)
    assert "AUC" in answer
    expect(page.get_by_role("tab", name="Model")).to_have_attribute("aria-selected", "true")
    expect(page.get_by_test_id("headline")).to_contain_text("rows it had never seen; always guessing “no” is right on")
    expect(page.locator("#lists")).to_contain_text("AUC 0.")
    check_access(page, "model")
    if os.environ.get("EASEL_SCREENSHOT"):
        (ROOT / "docs").mkdir(exist_ok=True)
        page.wait_for_timeout(500)
        page.screenshot(path=ROOT / "docs" / "screenshot.png")

    said = page.locator("#log").text_content()
    page.reload()
    expect(page.get_by_test_id("turn")).to_have_count(4, timeout=20_000)
    assert page.locator("#log").text_content() == said
    expect(page.locator("#lists")).to_contain_text("AUC 0.")

    assert "churned = yes" in ask(page, "What if a Pro customer has 6 tickets?")
    tab(page, "Predict")
    expect(page.get_by_test_id("row-result")).to_contain_text("churned = yes")

    add(page, files["new"])
    ask(page, "Predict every row of new.csv", TRAINING)
    with page.expect_download() as download:
        page.get_by_test_id("turn").last.get_by_role("link", name=re.compile("Download")).click()
    saved = tmp_path / "predictions.csv"
    download.value.save_as(saved)
    with saved.open(encoding="utf-8-sig") as file:
        rows = list(csv.DictReader(file))
    assert [row["customer_id"] for row in rows] == [str(10_000 + number) for number in range(37)]
    assert {row["prediction"] for row in rows} == {"yes", "no"}
    assert all(0 <= float(row["probability"]) <= 1 for row in rows)

    ask(page, "Drop the region of customers")
    page.locator("#lists").get_by_role("button", name=re.compile(r"^customers \d")).click()
    expect(page.locator("#data thead").first).not_to_contain_text("region")
    assert "Took back" in ask(page, "Undo that")
    expect(page.locator("#data thead").first).to_contain_text("region")
    assert str(tmp_path) not in ask(page, "Give me the script")
    with page.expect_download() as download:
        page.get_by_test_id("turn").last.get_by_role("link", name=re.compile(r"Download .*\.sql")).click()
    assert "SELECT" in Path(download.value.path()).read_text(encoding="utf-8")

    assert str(tmp_path) not in page.content()
    assert page.title() == "Easel"
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        page.reload()
        expect(page.get_by_test_id("turn")).to_have_count(10, timeout=20_000)
        for name in TABS:
            tab(page, name)
            check_access(page, f"{name}, {scheme}")
    page.set_viewport_size(PHONE)
    page.reload()
    expect(page.get_by_test_id("turn")).to_have_count(10, timeout=20_000)
    check_access(page, "chat on a phone")
    page.get_by_role("button", name="Workspace").click()
    for name in TABS:
        tab(page, name)
        check_access(page, f"{name} on a phone")
        assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]


# --- without the chat --------------------------------------------------------------------------------------------


def test_everything_works_by_clicks_where_there_is_no_language_model(
    open_app: Open, desk: BrowserContext, files: dict[str, Path], tmp_path: Path
) -> None:
    page = visit(desk, open_app(model="local", EASEL_CACHE=str(tmp_path / "none")))
    expect(page.locator("#banner")).to_contain_text("python -m assistant.local_model")
    add(page, files["customers"])

    tab(page, "Steps")
    page.get_by_label("Step", exact=True).select_option("drop_columns")
    form = page.get_by_test_id("form-drop_columns")
    form.get_by_label("region").check()
    form.get_by_role("button", name="Run this step").click()
    expect(page.locator("#lists")).to_contain_text("420 × 5")
    expect(page.locator("#lists")).to_contain_text("1. Remove the columns region")

    tab(page, "Chart")
    form = page.get_by_test_id("form-make_chart")
    form.get_by_label("Kind").select_option("bar")
    form.get_by_label("X", exact=True).select_option("plan")
    form.get_by_role("button", name="Draw the chart").click()
    picture = page.locator("#chart figure img")
    expect(picture).to_be_visible(timeout=30_000)
    idle(page)
    assert picture.evaluate("async image => { await image.decode(); return image.naturalWidth; }") > 100
    with page.expect_download() as download:
        page.locator("#chart").get_by_role("link", name="Download PNG").click()
    assert Path(download.value.path()).read_bytes().startswith(b"\x89PNG")

    tab(page, "Data")
    page.get_by_label("Version").select_option("customers@1")
    expect(page.locator("#data thead").first).to_contain_text("region")
    expect(page.locator("#data img")).to_have_count(0)
    page.get_by_role("button", name="Next").click()
    expect(page.locator("#data")).to_contain_text("Rows 51 to 100 of 420")

    page.get_by_label("Your request").fill("What is in this data?")
    page.get_by_label("Send").click()
    expect(page.get_by_test_id("failure")).to_contain_text("python -m assistant.local_model")


def test_the_recipe_is_changed_compared_and_taken_along_by_clicks(
    open_app: Open, desk: BrowserContext, files: dict[str, Path]
) -> None:
    steps = [
        {"tool": "fill_missing", "columns": ["monthly_fee"], "method": "median"},
        {"tool": "filter_rows", "condition": "tickets > 0"},
    ]
    page = visit(desk, open_app({"steps": steps}))
    add(page, files["customers"])
    ask(page, "Fill monthly_fee by its median and then keep those with tickets", 90_000)
    tab(page, "Steps")
    recipe = page.get_by_test_id("recipe")
    expect(recipe.locator("> li")).to_have_count(2)
    page.get_by_label("Turn off step 2").click()
    expect(page.locator("#lists")).to_contain_text("(off)", timeout=60_000)
    expect(page.locator("#lists")).to_contain_text("420 × 6")
    idle(page, 60_000)

    first = page.get_by_test_id("recipe-1")
    first.get_by_text("Edit").click()
    assert first.get_by_role("group", name="Columns").get_by_label("monthly_fee").is_checked()
    first.get_by_label("Method").select_option("mean")
    first.get_by_role("button", name="Run again from here").click()
    expect(first).to_contain_text("(mean)", timeout=60_000)
    idle(page, 60_000)
    expect(page.get_by_label("Move step 1 up")).to_be_disabled()

    form = page.get_by_test_id("form-compare_versions").last
    form.get_by_label("Compare", exact=True).select_option("1")
    form.get_by_role("button", name="Compare").click()
    expect(page.get_by_test_id("compared")).to_contain_text("Rows were matched by the row of", timeout=60_000)
    idle(page, 60_000)
    page.get_by_label("Write the steps as Notebook").click()
    with page.expect_download(timeout=60_000) as download:
        page.locator("#steps").get_by_role("link", name="Download customers.ipynb").click(timeout=60_000)
    assert json.loads(Path(download.value.path()).read_text(encoding="utf-8"))["nbformat"] == 4
    idle(page, 60_000)
    first.get_by_text("Edit").click()
    check_access(page, "recipe")
    page.set_viewport_size(PHONE)
    page.get_by_role("button", name="Workspace").click()
    check_access(page, "recipe on a phone")
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]


def test_every_panel_of_every_kind_of_model_is_in_reach_on_a_desk_and_on_a_phone(
    open_app: Open, desk: BrowserContext, tmp_path: Path
) -> None:
    gallery.make(tmp_path / "project")
    page = visit(desk, open_app())
    for width, height in ((1280, 800), (1024, 768), (360, 740), (390, 844)):
        page.set_viewport_size({"width": width, "height": height})
        page.reload()
        if width < 768:
            page.get_by_role("button", name="Workspace").click()
        for name in (*TABS, *TABS):
            expect(page.get_by_role("tab")).to_have_text([*TABS])
            tab(page, name)
            expect(page.get_by_role("tab", name=name, exact=True)).to_be_in_viewport(ratio=1)
        if width in (360, 1024):
            continue
        for model in ("customers_churned", "messages_topic", "steel_class", "sales_forecast"):
            page.locator("#lists").get_by_role("button", name=re.compile(rf"^{model} ")).click()
            expect(page.locator("#model select[data-view=model]")).to_have_value(model)
            expect(page.locator("#model").get_by_role("button", name="Write the report (HTML, PDF)")).to_have_count(1)
            for name in ("Model", "Predict"):
                tab(page, name)
                page.locator(f"#{name.lower()} details:not([open]) > summary").evaluate_all(
                    "all => all.forEach(one => one.click())"
                )
                check_access(page, f"{name} of {model} at {width}")
                assert page.evaluate(TOO_WIDE) == []


def test_a_wrong_form_says_what_is_wrong_beside_its_button(
    open_app: Open, desk: BrowserContext, files: dict[str, Path]
) -> None:
    page = visit(desk, open_app())
    add(page, files["customers"])
    tab(page, "Steps")
    page.get_by_label("Step", exact=True).select_option("drop_columns")
    form = page.get_by_test_id("form-drop_columns")
    form.get_by_role("button", name="Run this step").click()
    expect(form.locator("[data-error]")).to_contain_text("drop_columns: 'columns'")

    page.get_by_label("Step", exact=True).select_option("filter_rows")
    form = page.get_by_test_id("form-filter_rows")
    form.get_by_label("Condition").fill("nope > 1")
    form.get_by_role("button", name="Run this step").click()
    expect(form.locator("[data-error]")).to_contain_text("nope", timeout=30_000)
    expect(form.get_by_role("button", name="Run this step")).to_be_enabled()


def test_the_forms_are_of_the_dataset_in_view_whatever_was_typed_before(
    open_app: Open, desk: BrowserContext, files: dict[str, Path]
) -> None:
    page = visit(desk, open_app())
    add(page, files["customers"])
    tab(page, "Steps")
    page.get_by_label("Step", exact=True).select_option("drop_columns")
    form = page.get_by_test_id("form-drop_columns")
    form.get_by_label("region").check()
    form.get_by_role("button", name="Run this step").click()
    expect(page.locator("#lists")).to_contain_text("420 × 5", timeout=30_000)
    idle(page)
    add(page, files["new"])
    tab(page, "Steps")
    expect(form.get_by_label("Dataset")).to_have_value("new")
    page.locator("#lists").get_by_role("button", name=re.compile(r"^customers \d")).click()
    tab(page, "Steps")
    expect(form.get_by_label("Dataset")).to_have_value("customers")
    expect(form.get_by_label("churned")).to_be_visible()
    page.get_by_label("Undo the last request of the chat").click()
    expect(page.locator("#lists")).not_to_contain_text("37 × 5", timeout=30_000)
    idle(page)
    page.get_by_label("Undo the last request of the chat").click()
    expect(page.locator("#lists")).to_contain_text("420 × 6", timeout=30_000)
    idle(page)
    tab(page, "Data")
    page.get_by_role("button", name="Delete this dataset").click()
    expect(page.locator("#lists section").first).to_contain_text("None yet", timeout=30_000)
    idle(page)
    page.get_by_role("button", name="Undo that").click()
    expect(page.locator("#lists")).to_contain_text("420 × 6", timeout=30_000)


# --- steering ----------------------------------------------------------------------------------------------------

TRAIN = {"steps": [{"tool": "train_model", "target": "churned", "build": "quick", "leaks": "leave_out"}]}
COUNT = {"steps": [{"tool": "query_data", "sql": "SELECT count(*) AS n FROM customers"}]}


def test_a_form_offers_the_columns_of_the_dataset_that_is_chosen_in_it(
    open_app: Open, desk: BrowserContext, files: dict[str, Path]
) -> None:
    page = visit(desk, open_app())
    add(page, files["customers"])
    add(page, files["new"])
    tab(page, "Model")
    form = page.get_by_test_id("form-train_model")
    expect(form.get_by_label("Dataset")).to_have_value("new")
    target = form.get_by_label("Target", exact=True)
    expect(target.locator("option")).to_have_count(6)
    form.get_by_label("Dataset").select_option("customers")
    expect(target.locator("option")).to_have_count(7)
    target.select_option("churned")
    form.get_by_label("Dataset").select_option("new")
    expect(target.locator("option")).to_have_count(6)
    expect(target).to_have_value("")


def test_a_run_is_stopped_and_the_next_one_works(open_app: Open, desk: BrowserContext, files: dict[str, Path]) -> None:
    page = visit(desk, open_app(TRAIN, COUNT))
    add(page, files["customers"])
    page.get_by_label("Your request").fill("Build a quick model of churned")
    page.get_by_label("Send").click()
    expect(page.get_by_test_id("step-running")).to_be_visible(timeout=20_000)
    expect(page.get_by_label("Your request")).to_be_disabled()
    page.get_by_role("button", name="Stop").click()
    expect(page.get_by_test_id("failure")).to_contain_text("Stopped", timeout=30_000)
    expect(page.locator("#lists section").nth(1)).to_contain_text("None yet")
    assert "420" in ask(page, "How many rows?")


def test_two_tabs_see_the_same_and_a_closed_one_stops_nothing(
    open_app: Open, desk: BrowserContext, files: dict[str, Path]
) -> None:
    address = open_app(TRAIN)
    first = visit(desk, address)
    add(first, files["customers"])
    second = visit(desk, address)
    expect(second.get_by_test_id("turn")).to_have_count(1)
    first.get_by_label("Your request").fill("Build a quick model of churned")
    first.get_by_label("Send").click()
    expect(second.get_by_test_id("step-running")).to_be_visible(timeout=20_000)
    first.close()
    expect(second.get_by_test_id("answer")).to_have_count(2, timeout=TRAINING)
    expect(second.locator("#lists")).to_contain_text("AUC 0.")


def test_a_plan_waits_for_run_or_cancel(open_app: Open, desk: BrowserContext, files: dict[str, Path]) -> None:
    page = visit(desk, open_app(COUNT, COUNT, EASEL_ASK_ALWAYS="1"))
    add(page, files["customers"])
    for number, button in enumerate(("Cancel", "Run")):
        page.get_by_label("Your request").fill("How many rows?")
        page.get_by_label("Your request").press("Enter")
        turn = page.get_by_test_id("turn").nth(number + 1)
        expect(turn.get_by_test_id("step-waiting")).to_be_visible(timeout=20_000)
        page.reload()
        turn.get_by_test_id("question").get_by_role("button", name=button).click()
        expect(turn.locator("[data-testid=answer], [data-testid=failure]")).to_be_visible()
        idle(page)
    expect(page.get_by_test_id("failure")).to_contain_text("Cancelled")
    expect(page.get_by_test_id("answer").last).to_contain_text("420")


def test_a_file_can_be_dropped_anywhere(open_app: Open, desk: BrowserContext) -> None:
    page = visit(desk, open_app())
    page.evaluate(
        """() => {
            const files = new DataTransfer();
            files.items.add(new File(['지역,값\\n서울,1\\n부산,2\\n'], '매출 2024.csv', {type: 'text/csv'}));
            for (const kind of ['dragenter', 'dragover', 'drop'])
              document.querySelector('#work').dispatchEvent(new DragEvent(kind, {dataTransfer: files, bubbles: true, cancelable: true}));
        }"""
    )
    expect(page.locator("#lists")).to_contain_text("2 × 2", timeout=20_000)
    expect(page.locator("#data")).to_contain_text("부산")


def test_the_keyboard_alone_reaches_everything(open_app: Open, desk: BrowserContext, files: dict[str, Path]) -> None:
    page = visit(desk, open_app(COUNT))
    add(page, files["customers"])
    page.get_by_label("Your request").focus()
    page.keyboard.type("How many rows?")
    page.keyboard.press("Enter")
    expect(page.get_by_test_id("answer").last).to_contain_text("420", timeout=20_000)
    page.evaluate("document.activeElement.blur()")
    seen = set()
    for _ in range(120):  # once around, wherever the first press sets out
        page.keyboard.press("Tab")
        seen.add(page.evaluate("document.activeElement.id || document.activeElement.innerText?.trim().split('\\n')[0]"))
        style = page.evaluate(
            "getComputedStyle(document.activeElement).outlineStyle + getComputedStyle(document.activeElement).outlineWidth"
        )
        assert style == "solid3px" or page.evaluate("document.activeElement === document.body")
    assert {"add", "ask", "send", "Data", "pick-dataset", "pick-version", "Next"} <= seen


# --- the server --------------------------------------------------------------------------------------------------


def _get(
    address: str, path: str, *, method: str = "GET", body: str | None = None, **headers: str
) -> tuple[int, dict[str, str], str]:
    connection = http.client.HTTPConnection(urlsplit(address).netloc, timeout=20)
    connection.request(method, path, body, headers)
    response = connection.getresponse()
    told = (
        response.status,
        {key.lower(): value for key, value in response.getheaders()},
        response.read().decode("utf-8", "replace"),
    )
    connection.close()
    return told


def test_files_outside_the_project_cannot_be_reached(open_app: Open, tmp_path: Path) -> None:
    address = open_app()
    (tmp_path / "secret.txt").write_text("secret")
    (tmp_path / "project" / "files" / "ours.csv").write_text("a\n1\n")
    assert _get(address, "/easel/files/ours.csv")[0] == 200
    for path in ("..%2F..%2Fsecret.txt", "%2e%2e/secret.txt", "..%2Fproject.duckdb", "%2Fetc%2Fpasswd"):
        status, _, text = _get(address, f"/easel/files/{path}")
        assert status == 404
        assert "secret" not in text
    for path in (f"/gradio_api/file={tmp_path}/secret.txt", f"/gradio_api/file={tmp_path}/project/files/ours.csv"):
        assert _get(address, path)[0] == 404


def test_other_sites_can_neither_upload_nor_ask(open_app: Open, tmp_path: Path) -> None:
    address = open_app()
    assert _get(address, "/easel/files/x.csv", method="PUT", body="a\n1\n")[0] == 403
    assert _get(address, "/", Host="evil.example")[0] == 421
    assert (
        _get(address, "/gradio_api/component_server", method="POST", body="{}", Origin="http://evil.example")[0] == 403
    )
    assert _get(address, "/gradio_api/upload", method="POST", body="x")[0] == 404
    assert list((tmp_path / "project" / "files").iterdir()) == []
    headers = _get(address, "/")[1]
    assert "default-src 'self'" in headers["content-security-policy"]
    assert headers["x-content-type-options"] == "nosniff"


def test_an_upload_gets_a_free_name(open_app: Open, tmp_path: Path) -> None:
    address = open_app()
    for name in ("x.csv", "x_2.csv"):
        status, _, text = _get(address, "/easel/files/x.csv", method="PUT", body="a\n1\n", **{"X-Easel": "1"})
        assert (status, json.loads(text)) == (200, {"name": name})
    assert sorted(path.name for path in (tmp_path / "project" / "files").iterdir()) == ["x.csv", "x_2.csv"]


def test_a_taken_port_is_said_in_one_line(tmp_path: Path) -> None:
    known = read_settings({"EASEL_CACHE": str(tmp_path), "EASEL_HOME": str(tmp_path)})
    with socket.socket() as taken, Workspace(tmp_path / "project") as workspace:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(SettingsError, match=rf"^Port {port} is taken.*easel --port {port + 1}`\.$"):
            serve(Runs(workspace, known), port=port, open_browser=False)
