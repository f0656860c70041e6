"""The page in Korean: Easel's words are put over, data stay, and what is made once is told to the script."""

import html
import re
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from assistant.app import chat, panels
from assistant.app.board import Board
from assistant.app.fields import Field, fields
from assistant.app.page import SIDEBAR, SWITCH, TABS, TALK, asset, words
from assistant.app.state import State, reduce
from assistant.app.view import View
from assistant.event_log import EventLog, LoggedEvent
from assistant.events import Answer, Asked
from assistant.runs import Runs
from assistant.settings import read_settings
from tests import gallery
from tests.small_project import add
from tools import catalogue
from tools.korean import markup, markup_in_korean
from tools.modelling.models import model_cards
from tools.report import quality_report
from tools.tool import Job
from tools.workspace import Workspace

MODELS = ("customers_churned", "messages_topic", "steel_class", "sales_forecast")


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workspace]:
    folder = tmp_path_factory.mktemp("korean") / "project"
    gallery.make(folder)
    with Workspace(folder) as workspace:
        yield workspace


def seen(workspace: Workspace, model: str) -> dict[str, str]:
    """All that the page shows of a project with a model of every kind."""
    state = State()
    for logged in EventLog(workspace.runs / "events.jsonl").since():
        state = reduce(state, logged)
    return panels.regions(workspace, View(model=model), state)


@pytest.mark.parametrize("model", MODELS)
def test_names_of_data_stay_wherever_they_stand_alone(
    project: Workspace, model: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = {"tickets", "monthly_fee", "note", "plan", "price", "store", "customers", "customers@1", *gallery.CLASSES}
    names |= {card.name for card in model_cards(project)} | {"서울 강남점", "Busan", "Pro", "card", "was", "chart.png"}
    monkeypatch.setattr(markup, "in_korean", lambda said: "NAME" if said in names else said)
    put_over = {name: re.findall(".{60}NAME", markup_in_korean(part)) for name, part in seen(project, model).items()}
    assert {name: found for name, found in put_over.items() if found} == {}


@pytest.mark.parametrize(
    ("page", "told"),
    [
        ('<option value="Plan">Plan</option>', '<option value="Plan">계획</option>'),
        ('<option translate="no">Plan</option><b>Plan</b>', '<option translate="no">Plan</option><b>계획</b>'),
        ('<span title="Plan" translate="no">Plan</span>', '<span title="Plan" translate="no">Plan</span>'),
        ('<td title="Plan">Plan</td><td translate="yes">Plan</td>', '<td title="Plan">Plan</td><td translate="yes">계획</td>'),
        ('<td translate="yes"><form><button>Plan</button></form></td>', '<td translate="yes"><form><button>계획</button></form></td>'),
        ('<pre aria-label="Code"><code>Plan</code></pre>', '<pre aria-label="코드"><code>Plan</code></pre>'),
        ('<textarea placeholder="one value a line">Plan</textarea>', '<textarea placeholder="한 줄에 값 하나">Plan</textarea>'),
        ("<span>5,000 → 4,982 rows · 0.5 s</span>", "<span>5,000행 → 4,982행 · 0.5초</span>"),
        ("<span>60 rows · &lt; 0.1 s</span>", "<span>60행 · 0.1초 미만</span>"),
        ("<td translate=\"yes\">3 min 20 s</td>", "<td translate=\"yes\">3분 20초</td>"),
        ("<p>From orders.csv: 60 rows, 4 columns.</p>", "<p>orders.csv에서 시작: 60행, 4개 열.</p>"),
        ("<option>Plan: predicts Model</option>", "<option>Plan: Model 예측</option>"),
        ('<select id="a" name="build"><option>standard</option></select>', '<select id="a" name="build"><option>표준 학습</option></select>'),
        ('<select name="rules.0.comparison"><option>in</option></select>', '<select name="rules.0.comparison"><option>목록에 있음</option></select>'),
        ('<select name="first"><option>a@1: Load a.csv</option></select>', '<select name="first"><option>a@1: a.csv 불러오기</option></select>'),
        ("<option>standard</option><option>t test</option>", "<option>표준화</option><option>t 검정</option>"),
        ("<th>from</th><th>before</th><th>F1 to</th>", "<th>하한</th><th>변경 전</th><th>F1 상한</th>"),
        ('<th>Balanced accuracy from</th><th translate="no">from</th>', '<th>균형 정확도 하한</th><th translate="no">from</th>'),
        ("<button>Predict churned</button>", "<button>churned 예측</button>"),
        ("<button>Predict every row</button>", "<button>모든 행 예측</button>"),
        ("<h2>From which probability on it says yes</h2>", "<h2>yes(이)라고 답하는 확률 기준</h2>"),
        (
            "<p>On 200 rows it had never seen, it is off by 5.1 on average; always guessing the average fee is off by 9.</p>",
            "<p>처음 보는 200행에서 평균 5.1만큼 빗나갑니다. 언제나 fee 평균으로 답하면 9만큼 빗나갑니다.</p>",
        ),
    ],
)  # fmt: skip
def test_words_are_put_over_and_data_are_not(page: str, told: str) -> None:
    assert markup_in_korean(page) == told


def turn(*events: Any) -> str:
    state = State()
    for number, event in enumerate(events, 1):
        state = reduce(state, LoggedEvent(seq=number, run="made", time="", event=event))
    return chat.turn_html(state.turns[0], last=True)


def test_a_turn_is_in_the_language_that_it_was_asked_in_and_its_answer_is_not_put_over_again() -> None:
    shown = turn(Asked(text="Plan?", tongue="ko"), Answer(text="**Plan**", suggestions=["Undo that"]))
    assert '<div class="said" translate="no"><p>Plan?</p></div>' in shown
    assert '<p translate="no"><strong>Plan</strong></p>' in shown
    assert "결과" not in turn(Asked(text="계획?", tongue="en"), Answer(text="Plan"))


NAMES = {"csv", "parquet", "xlsx", "json", "sql", "python", "mlflow", "lightgbm", "catboost", "xgboost", "platt"}
MEASURES = {
    "auc",
    "f1",
    "mae",
    "mape",
    "mse",
    "r2",
    "rmse",
    "MASE",
    "WAPE",
    "RMSE",
    "MAPE",
    "WQL",
    "p10",
    "p25",
    "p75",
    "p90",
}


def test_every_form_of_a_tool_is_in_korean() -> None:
    """Its label, its hint and each word to choose, but for names, measures and signs."""

    def said(field: Field) -> set[str]:
        options = {one.replace("_", " ") if field.kind == "choice" else one for one in field.options}
        return {field.label, field.help, *options}.union(*map(said, field.inside))

    tools = catalogue().values()
    texts = {text for tool in tools for field in fields(tool) for text in said(field)}
    texts |= {tool.name.replace("_", " ").capitalize() for tool in tools} | {tool.group.capitalize() for tool in tools}
    texts |= {
        re.sub(r"\s+", " ", part)
        for tool in tools
        for part in tool.doc.split("\n\n")
        if not re.search("Use it|`", part)
    }
    english = {text for text in texts if not re.search("[가-힣]", markup_in_korean(f"<p>{html.escape(text)}</p>"))}
    assert {one for one in english if re.search("[A-Za-z]", one)} == NAMES | MEASURES


@pytest.fixture
def board(tmp_path: Path) -> Iterator[Board]:
    known = read_settings({"EASEL_CACHE": str(tmp_path), "EASEL_HOME": str(tmp_path)})
    with Workspace(tmp_path / "project") as workspace:
        yield Board(Runs(workspace, known, model="script:none"), threading.Event(), words)


@pytest.mark.parametrize(
    ("language", "told", "error"),
    [
        ("ko-KR", True, "이 프로젝트에 'a.csv' 파일이 없습니다. 다시 추가하세요."),
        ("en-US", False, "No file 'a.csv' in this project. Add it again."),
        ("", False, "No file 'a.csv' in this project. Add it again."),
    ],
)
def test_a_page_is_in_the_language_of_its_browser(board: Board, language: str, told: bool, error: str) -> None:
    news = board.call({"do": "news", "language": language})
    assert ("words" in news, "아직 데이터가 없습니다" in news["regions"]["data"]) == (told, told)
    assert board.call({"do": "load", "names": ["a.csv"], "language": language}) == {"error": error}


def test_all_that_the_page_says_by_itself_is_told_to_it_in_korean() -> None:
    parts = SIDEBAR + TALK + SWITCH
    texts = {text.strip() for text in re.findall(r">([^<]*[A-Za-z][^<]*)<", parts)} - {"Easel"}
    labels = set(re.findall(r'(?:aria-label|placeholder)="([^"]+)"', parts))
    script = set(re.findall(r"told\([^']*'([^']+)'", asset("page.js")))
    assert (texts | labels | script | set(TABS)) - set(words()) == set()


def test_the_page_of_a_quality_report_is_in_korean_but_for_names(tmp_path: Path) -> None:
    sql = 'SELECT i AS "Mean", i % 7 * 1.5 AS "Skew", [\'Warnings\', \'Columns\'][1 + i % 2] AS "Holes" FROM range(80) t(i)'
    with Workspace(tmp_path / "project") as workspace:
        add(workspace, "Trend", sql)
        outcome = quality_report(Job(workspace, tongue="ko"), "Trend", target="Holes")
    page = Path(outcome.artefacts[0].path).read_text(encoding="utf-8")
    bare = re.sub(r"<(style|td|code)\b.*?</\1>", "", page, flags=re.DOTALL)
    texts = {text.strip() for text in re.findall(r">([^<]+)<", bare)}
    names = {"Trend", "Mean", "Skew", "Holes", "Warnings", "Columns", "AUC", "F1", "VIF"}
    assert {text for text in texts if re.search("[A-Za-z]{2}", text) and not re.search("[가-힣]", text)} <= names
    assert {"Trend", "Mean", "Skew", "Warnings", "Columns"} <= texts
    assert '<html lang="ko">' in page
    assert '<h2 id="h-warnings">경고</h2>' in page
