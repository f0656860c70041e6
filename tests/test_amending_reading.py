"""How texts are read, as requests say it."""

from pathlib import Path

import pytest

from assistant.context import look
from assistant.plan import read_plan
from tests.small_project import add
from tools import catalogue
from tools.workspace import Workspace


@pytest.mark.parametrize(
    ("request_", "given", "method"),
    [
        ("predict topic from the text, by meaning only", "auto", "meaning"),
        ("text 문장의 의미만 보고 topic을 예측하는 모델", "auto", "meaning"),
        ("a text model for topic with TF-IDF", "meaning", "words"),
        ("단어만 보고 topic을 맞히는 텍스트 모델", "auto", "words"),
        ("fine-tune an encoder that tells topic", "auto", "fine_tune"),
        ("미세조정으로 topic 텍스트 모델 학습", "auto", "fine_tune"),
        ("compare words and meaning for topic", "words", "auto"),
        ("predict topic from the text", "words", "auto"),
        ("Train a thorough model that reads text and predicts topic", "words", "auto"),
        ("text를 읽고 topic을 예측하는 모델을 만들어줘", "meaning", "auto"),
        ("predict the meaning of topic", "auto", "auto"),
        ("text를 단어 방식(words)으로만 읽고 topic을 예측하는 모델을 빨리 학습해줘", "words", "words"),
    ],
)
def test_texts_are_read_in_the_way_that_is_named(request_: str, given: str, method: str, tmp_path: Path) -> None:
    with Workspace(tmp_path / "project") as workspace:
        add(workspace, "mail", "SELECT 'a text ' || i AS text, i % 2 AS topic FROM range(9) t(i)")
        raw = {"tool": "train_text_model", "dataset": "mail", "text": "text", "target": "topic", "method": given}
        (step,) = read_plan({"steps": [raw]}, catalogue(), look(workspace), request_).steps
    assert step.arguments.get("method", "auto") == method


@pytest.mark.parametrize(
    ("request_", "seconds"),
    [
        ("train a model that reads text and tells topic within 2 minutes", 120),
        ("text를 읽고 topic을 예측하는 모델을 3분 안에 만들어줘", 180),
        ("predict topic from the text", None),
        ("predict topic from the texts of the last 30 minutes", None),
    ],
)
def test_texts_are_read_in_the_time_that_is_given(request_: str, seconds: float | None, tmp_path: Path) -> None:
    with Workspace(tmp_path / "project") as workspace:
        add(workspace, "mail", "SELECT 'a text ' || i AS text, i % 2 AS topic FROM range(9) t(i)")
        raw = {"tool": "train_text_model", "dataset": "mail", "text": "text", "target": "topic"}
        (step,) = read_plan({"steps": [raw]}, catalogue(), look(workspace), request_).steps
    assert step.arguments.get("seconds") == seconds


TICKETS = (
    "SELECT i AS ticket_no, 'the reset email number ' || i || ' never comes' AS message, ['account', 'billing'][1 + i % 2] AS desk,"
    " 'T' || i AS code FROM range(40) t(i)"
)


@pytest.mark.parametrize(
    ("request_", "tool"),
    [
        ("Sort incoming tickets automatically", "train_text_model"),
        ("I want messages to be routed to the right desk automatically", "train_text_model"),
        ("문의를 자동으로 분류해줘", "train_text_model"),
        ("들어오는 문의가 알아서 담당 부서로 배정되게 하고 싶어", "train_text_model"),
        ("Sort tickets by number", "sort_rows"),
        ("Sort the rows by ticket_no automatically", "sort_rows"),
    ],
)
def test_texts_that_are_to_sort_themselves_need_a_model_that_reads_them(
    request_: str, tool: str, tmp_path: Path
) -> None:
    with Workspace(tmp_path / "project") as workspace:
        add(workspace, "tickets", TICKETS)
        raw = {"tool": "sort_rows", "dataset": "tickets", "columns": ["ticket_no"]}
        steps = read_plan({"steps": [raw]}, catalogue(), look(workspace), request_).steps
    assert steps[0].tool == tool
    if tool == "train_text_model":
        assert steps[0].arguments == {"dataset": "tickets", "text": "message", "target": "desk"}
