"""Kept replies: asked once, given again with the seconds they took, and nothing read ahead in vain."""

import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from assistant.models import Planner
from assistant.settings import Settings, read_settings
from evals import replies
from evals.replies import Replies, remembering
from tools.tool import Stopped

BEGINNING = [{"role": "system", "content": "Plan."}]
TALK = [*BEGINNING, {"role": "user", "content": "How many orders?"}]
SCHEMA: dict[str, Any] = {"type": "object"}


class Slow:
    """A model server that says what it is asked, and takes its time."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    def read_prefix(self, messages: list[dict[str, str]]) -> None:
        self.asked.append(f"prefix: {messages[-1]['content']}")
        time.sleep(0.2)

    def read_ahead(self, messages: list[dict[str, str]]) -> None:
        self.asked.append(f"ahead: {messages[-1]['content']}")

    def stream(
        self, messages: list[dict[str, str]], schema: object, most: int, *, grammar: str = ""
    ) -> Iterator[tuple[str, dict[str, int]]]:
        self.asked.append(messages[-1]["content"])
        time.sleep(0.1)
        yield '{"said": ', {}
        yield f'"{messages[-1]["content"]}"}}', {"prompt_tokens": 7, "completion_tokens": 3}


@pytest.fixture
def slow(monkeypatch: pytest.MonkeyPatch) -> Slow:
    model = Slow()
    monkeypatch.setattr(replies, "server", lambda settings, size: model)
    return model


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    weights = tmp_path / "weights.gguf"
    weights.write_bytes(b"any")
    return read_settings({"EASEL_WEIGHTS": str(weights)})


@pytest.fixture
def opener(slow: Slow, tmp_path: Path) -> Callable[[str, Settings], Planner]:
    return remembering(Replies(tmp_path / "replies.sqlite"))


@pytest.fixture
def planner(opener: Callable[[str, Settings], Planner], settings: Settings) -> Callable[[], Planner]:
    return lambda: opener("local", settings)


def test_the_same_prompt_is_asked_once_and_costs_the_same_time_again(
    slow: Slow, planner: Callable[[], Planner]
) -> None:
    first, second = planner(), planner()
    assert first.plan(TALK, SCHEMA)[0] == second.plan(TALK, SCHEMA)[0] == {"said": "How many orders?"}
    assert slow.asked == ["How many orders?"]
    assert (second.spent.read, second.spent.written) == (first.spent.read, first.spent.written) == (7, 3)
    assert first.spent.unwaited == pytest.approx(0, abs=0.05)
    assert second.spent.unwaited >= 0.1


@pytest.mark.parametrize(
    ("talk", "schema"),
    [
        ([*BEGINNING, {"role": "user", "content": "How many rows?"}], SCHEMA),
        ([{"role": "system", "content": "Plan well."}, TALK[-1]], SCHEMA),
        (TALK, {"type": "object", "required": ["said"]}),
    ],
)
def test_another_word_or_another_form_is_asked_anew(
    slow: Slow, planner: Callable[[], Planner], talk: list[dict[str, str]], schema: dict[str, Any]
) -> None:
    planner().plan(TALK, SCHEMA)
    planner().plan(talk, schema)
    assert slow.asked == ["How many orders?", talk[-1]["content"]]


def test_what_is_read_ahead_waits_for_a_missing_reply_and_its_time_does_not_count(
    slow: Slow, planner: Callable[[], Planner]
) -> None:
    planner().plan(TALK, SCHEMA)
    again = planner()
    again.read_prefix(BEGINNING)
    again.read_ahead([*BEGINNING, {"role": "user", "content": "old"}])
    again.read_ahead([*BEGINNING, {"role": "user", "content": "new"}])
    again.plan(TALK, SCHEMA)
    assert slow.asked == ["How many orders?"]
    waited = again.spent.unwaited
    again.complete(TALK, 9)
    assert slow.asked[1:] == ["prefix: Plan.", "ahead: new", "How many orders?"]
    assert again.spent.unwaited - waited < -0.19


def test_a_reply_that_was_cut_off_is_not_kept(slow: Slow, planner: Callable[[], Planner]) -> None:
    with pytest.raises(Stopped):
        planner().plan(TALK, SCHEMA, lambda: True)
    planner().plan(TALK, SCHEMA)
    planner().plan(TALK, SCHEMA)
    assert slow.asked == ["How many orders?"] * 2


def test_other_models_are_opened_as_ever(
    opener: Callable[[str, Settings], Planner], settings: Settings, tmp_path: Path
) -> None:
    script = tmp_path / "replies.jsonl"
    script.write_text('{"steps": []}\n', encoding="utf-8")
    assert not opener(f"script:{script}", settings).small
