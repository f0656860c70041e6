"""A person is answered in the language of her request, or in the one that is set; programs find the English beside it."""

from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pytest

from assistant.answer import NEXT
from assistant.events import Answer, Event, Failed, PlanShown, Question
from assistant.plan import Step
from assistant.runs import Runs
from assistant.settings import SettingsError, read_settings
from assistant.tongue import tongue_of
from tests.small_project import scripted
from tools import catalogue
from tools.connect import load
from tools.korean import in_korean, is_korean
from tools.workspace import Workspace

MISSING = {"steps": [{"tool": "say_missing", "what": "포인트"}]}
DROP = {"steps": [{"tool": "drop_columns", "columns": ["amount"]}]}
Open = Callable[..., Runs]


@pytest.fixture
def open_runs(tmp_path: Path) -> Iterator[Open]:
    """Runs over a small project whose language model gives these replies."""
    file = tmp_path / "orders.csv"
    file.write_text("order_id,country,amount\n1,Norway,3\n2,Chile,4\n3,Japan,5\n", encoding="utf-8")
    with Workspace(tmp_path / "project") as workspace:
        load(workspace, file)
        yield partial(scripted, workspace, tmp_path)


def _turn(runs: Runs, text: str) -> list[Event]:
    return list(runs.follow(runs.ask(text)))


@pytest.mark.parametrize(
    ("request_", "language", "tongue"),
    [
        ("주문이 몇 건이야?", "auto", "ko"),
        ("How many orders?", "auto", "en"),
        ("주문이 몇 건이야?", "en", "en"),
        ("How many orders?", "ko", "ko"),
    ],
)
def test_the_language_is_that_of_the_request_unless_it_is_set(
    request_: str, language: str, tongue: str, tmp_path: Path
) -> None:
    settings = read_settings({"EASEL_CACHE": str(tmp_path), "EASEL_HOME": str(tmp_path), "EASEL_LANGUAGE": language})
    assert tongue_of(request_, settings) == tongue


def test_a_language_that_is_not_there_is_refused() -> None:
    with pytest.raises(SettingsError) as refused:
        read_settings({"EASEL_LANGUAGE": "de"})
    assert str(refused.value) == "EASEL_LANGUAGE='de' is not one of auto, en, ko. Try EASEL_LANGUAGE=ko."


def test_a_korean_request_is_answered_in_korean_with_the_english_beside_it(open_runs: Open) -> None:
    answer = _turn(open_runs(MISSING), "포인트가 제일 많은 주문은?")[-1]
    assert isinstance(answer, Answer)
    assert answer.text == "데이터에 포인트가 없습니다. 있는 열: order_id, country, amount."
    assert answer.english == ("The data does not hold 포인트. It has these columns: order_id, country and amount.")
    assert answer.values == {"missing": "포인트"}


def test_an_english_request_is_answered_in_english(open_runs: Open) -> None:
    answer = _turn(open_runs(MISSING), "Which order has the most 포인트?")[-1]
    assert isinstance(answer, Answer)
    assert (answer.text, answer.english) == (
        "The data does not hold 포인트. It has these columns: order_id, country and amount.",
        "",
    )


def test_plan_question_and_suggestions_are_korean_and_the_options_stay(open_runs: Open) -> None:
    runs = open_runs(DROP, settings={"EASEL_ASK_ALWAYS": "1"})
    events = _turn(runs, "amount 열을 지워줘")
    plan, question = events[-2], events[-1]
    assert isinstance(plan, PlanShown)
    assert isinstance(question, Question)
    assert plan.steps[0].title == "열 삭제하기: amount"
    assert (question.text, question.options) == ("이 계획을 실행할까요?", ["Run", "Cancel"])
    runs.reply("Run")
    runs.join()
    answer = runs.since()[-1].event
    assert isinstance(answer, Answer)
    assert answer.suggestions == ["되돌려줘", "지금까지 어떤 단계를 했어?"]


def test_a_cancelled_turn_ends_in_korean(open_runs: Open) -> None:
    runs = open_runs(DROP, settings={"EASEL_ASK_ALWAYS": "1"})
    _turn(runs, "amount 열을 지워줘")
    runs.reply("Cancel")
    runs.join()
    ended = runs.since()[-1].event
    assert isinstance(ended, Failed)
    assert (ended.text, ended.english) == ("취소했습니다. 아무것도 실행하지 않았습니다.", "Cancelled: nothing was run.")


def test_a_click_is_titled_in_the_language_of_its_page(open_runs: Open) -> None:
    runs = open_runs()
    for tongue, title in (("ko", "되돌려줘"), ("en", "Undo that")):
        run = runs.act([Step(tool="list_steps", arguments={"dataset": "orders"})], "Undo that", tongue=tongue)
        asked = next(iter(runs.follow(run)))
        assert (asked.event, getattr(asked, "text", "")) == ("asked", title)
        runs.join()
    assert [runs.tongue_of_page(language) for language in ("ko-KR", "en-US", "")] == ["ko", "en", "en"]


def test_a_tool_that_is_run_by_its_name_tells_in_the_language_that_is_set(open_runs: Open) -> None:
    runs = open_runs(settings={"EASEL_LANGUAGE": "ko"})
    list(
        runs.follow(
            runs.act([Step(tool="drop_columns", arguments={"dataset": "orders", "columns": ["amount"]})], "Drop amount")
        )
    )
    answer = runs.since()[-1].event
    assert isinstance(answer, Answer)
    assert answer.text == "열 1개를 삭제했습니다: amount."


@pytest.mark.parametrize(("tool", "suggestion"), [(tool, one) for tool, ones in NEXT.items() for one in ones])
def test_what_people_usually_ask_next_is_there_in_korean(tool: str, suggestion: str) -> None:
    assert tool in catalogue()
    assert is_korean(in_korean(suggestion))
