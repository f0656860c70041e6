"""Text models through the tools: built, told, judged, used on one text and on a table, explained."""

import json
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pyarrow as pa
import pytest

from assistant.app import model
from automl import text_trials
from automl.card import read_card, write_card
from automl.enough import SKIPPED
from automl.fine_tune import MOST_PASSES
from automl.frames import as_frame
from automl.problem import detect
from automl.text_trials import Method, TextSpec, set_up, try_ways
from tests.tiny_encoder import messages, tiny_encoder
from tests.trained import add, watched
from tools import call, tools_asked_for
from tools.modelling.reading import check_reading
from tools.tool import Job, Outcome, Stopped, ToolError
from tools.train import train_model
from tools.train_text import highlight_words, train_text_model
from tools.workspace import Workspace


def do(workspace: Workspace, tool: str, **arguments: object) -> Outcome:
    return call(Job(workspace), tool, arguments)


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workspace]:
    """A project with messages and one model that reads them by words."""
    with Workspace(tmp_path_factory.mktemp("project")) as made:
        add(made, "tickets", messages())
        outcome = train_text_model(Job(made), "tickets", "Message", "TOPIC", method="words", build="quick")
        assert outcome.values["model"] == "tickets_topic"
        yield made


def test_a_text_model_tells_what_it_read_how_it_went_and_which_words_count(workspace: Workspace) -> None:
    card = read_card(workspace.models / "tickets_topic")
    assert (card.modality, card.best, card.metric) == ("text", "words", "accuracy")
    assert card.model_columns == {"message": "text"}
    assert card.unused == {"number": "the model reads message only"}
    assert set(card.versions) == {"python", "scikit-learn", "numpy"}
    assert card.text is not None
    assert len(card.text.wrong) + len(card.text.right) >= 4
    assert all(one.actual != one.predicted for one in card.text.wrong)
    panel = str(model.panel([card], card))
    assert "Words that speak for each class" in panel
    assert '<mark class="for-3" title="speaks for it">' in panel
    assert panel.count('class="verdict wrong"') == len(card.text.wrong)
    told = do(workspace, "evaluate_model", model="tickets_topic")
    assert "it names the right one of 3 classes for " in told.text
    assert told.metrics["accuracy"] > 0.8
    explained = do(workspace, "explain_model", model="tickets_topic")
    assert "Words that speak for a class: " in explained.text
    assert explained.values["top_words"] == card.text.top_words


def test_one_text_is_predicted_and_its_words_are_highlighted(workspace: Workspace) -> None:
    row = do(workspace, "predict_row", values=[{"column": "message", "value": "my password, the account is locked"}])
    assert row.values["prediction"] == "login"
    marked = highlight_words(Job(workspace), "my password, the account is locked")
    assert marked.values["prediction"] == "login"
    assert marked.table is not None
    assert [word for word, _ in marked.table.rows] == ["my", "password,", "the", "account", "is", "locked"]
    assert max(marked.table.rows, key=lambda one: one[1])[0] in ("password,", "account", "locked")
    assert "For login speak: " in marked.text


def test_every_row_of_another_table_is_predicted_whatever_else_it_holds(workspace: Workspace) -> None:
    texts = ["Where is my parcel?", None, "money back please", ""]
    add(workspace, "new", pa.table({"Message": texts, "extra": [1, 2, 3, 4]}))
    outcome = do(workspace, "predict_dataset", dataset="new", model="tickets_topic")
    assert outcome.values["rows"] == 4
    rows = outcome.table.rows if outcome.table else []
    assert [row[2] for row in rows][0::2] == ["delivery", "refund"]
    assert all(0 < row[3] <= 1 for row in rows)


def test_a_table_of_nothing_but_text_becomes_a_text_model_and_says_so(workspace: Workspace) -> None:
    add(workspace, "plain", messages(120).select(["message", "topic"]))
    outcome = train_model(Job(workspace), "plain", "topic", "quick")
    assert outcome.text.startswith(
        "All that is left to predict topic from is free text (message), so the model reads text. Built the model"
    )
    assert read_card(workspace.models / "plain_topic").modality == "text"


def test_a_foreign_encoder_is_kept_with_the_model(workspace: Workspace, tmp_path: Path) -> None:
    encoder = tiny_encoder(tmp_path / "encoder")
    outcome = train_text_model(Job(workspace), "tickets", "message", "topic", method="meaning", encoder=encoder)
    folder = workspace.models / outcome.values["model"]
    assert (folder / "predictor" / "encoder" / "model.safetensors").is_file()
    assert "It goes by meaning (a sentence encoder): " in outcome.text
    assert set(read_card(folder).versions) == {"python", "scikit-learn", "numpy", "torch", "transformers"}
    (tmp_path / "encoder" / "model.safetensors").unlink()
    assert highlight_words(Job(workspace), "refund my money", outcome.values["model"]).values["prediction"] == "refund"


@pytest.mark.parametrize(
    ("until", "method"), [("Tried words:", "auto"), ("Tried words and meaning", "auto"), ("Fine-tuning", "fine_tune")]
)
def test_a_stopped_training_keeps_the_best_of_what_was_tried(
    workspace: Workspace, tmp_path: Path, until: str, method: Method
) -> None:
    job, later = watched(workspace, until)
    outcome = train_text_model(
        job, "tickets", "message", "topic", method=method, build="thorough", encoder=tiny_encoder(tmp_path / "encoder")
    )
    assert "It ended early (you stopped it): it is the best of what was finished by then." in outcome.text
    assert later[-1] == "Measuring the model on rows it never saw"
    card = read_card(workspace.models / outcome.values["model"])
    assert card.built.stopped == "you stopped it"
    assert card.text is not None
    assert card.text.passes < MOST_PASSES
    assert highlight_words(Job(workspace), "refund my money", card.name).values["prediction"] == "refund"


@pytest.mark.parametrize(
    ("known", "tried", "skipped"),
    [
        (1, ["words"], [SKIPPED]),
        (2, ["words"], [SKIPPED]),
        (3, ["words", "meaning", "words and meaning"], [SKIPPED]),
        (9, ["words", "meaning", "words and meaning", "fine-tuned", "words and fine-tuned"], []),
    ],
)
def test_what_is_not_tried_any_more_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, known: int, tried: list[str], skipped: list[str]
) -> None:
    asked = iter(range(1, 10_000))
    monkeypatch.setattr(text_trials, "enough", lambda: next(asked) >= known)
    table = messages(120)
    texts, names = table["message"].to_pylist(), table["topic"].to_pylist()
    problem = detect(as_frame(table.select(["message", "topic"])), "topic", reads="message")
    spec = TextSpec(
        problem=problem, column="message", train=tmp_path, holdout=tmp_path, folder=tmp_path, seconds=60, tune=True,
        encoder=tiny_encoder(tmp_path / "encoder"),
    )  # fmt: skip
    bench = set_up(spec, lambda fraction, text: None, time.monotonic(), texts, names)
    try_ways(bench)
    assert ([one.method for one in bench.trials], bench.skipped) == (tried, skipped)


def test_a_time_is_given_to_the_ways(workspace: Workspace, tmp_path: Path) -> None:
    with pytest.raises(ToolError, match=r"^seconds is 1, but must be 5 or more\."):
        train_text_model(Job(workspace), "tickets", "message", "topic", seconds=1)
    with pytest.raises(ToolError, match=r"^seconds is 1, but must be 5 or more\."):
        call(Job(workspace), "train_forecast", {"dataset": "tickets", "target": "number", "seconds": 1})


def test_a_second_stop_drops_it(workspace: Workspace) -> None:
    job, later = watched(workspace, "Tried words:")
    before = sorted(workspace.models.iterdir())
    with pytest.raises(Stopped, match="nothing was kept"):
        train_text_model(replace(job, dropped=lambda: bool(later)), "tickets", "message", "topic", method="words")
    assert sorted(workspace.models.iterdir()) == before


def test_a_model_made_with_another_version_says_so_in_one_line(workspace: Workspace) -> None:
    folder = workspace.models / "tickets_topic"
    card = read_card(folder)
    other = card.model_copy(update={"versions": card.versions | {"scikit-learn": "0.1"}})
    try:
        write_card(other, folder)
        with pytest.raises(ToolError, match=r"^The model 'tickets_topic' was made with scikit-learn 0\.1, but this is"):
            highlight_words(Job(workspace), "hello", "tickets_topic")
    finally:
        write_card(card, folder)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"text": "number", "target": "topic"}, "'number' holds no text. Name the column with the text"),
        ({"text": "topic", "target": "topic"}, "'topic' can't be both the text and what is predicted."),
        ({"text": "message", "target": "number"}, "'number' is a number (it holds whole numbers from 0 to 299"),
        ({"text": "massage", "target": "topic"}, "No column 'massage'. Nearest: message."),
        ({"text": "message", "target": "topic", "method": "meaning", "encoder": "/nowhere"}, "No encoder can be read"),
    ],
)
def test_what_does_not_fit_is_said_in_one_line(workspace: Workspace, arguments: dict[str, str], message: str) -> None:
    with pytest.raises(ToolError) as error:
        do(workspace, "train_text_model", dataset="tickets", build="quick", **arguments)
    assert message in str(error.value)
    assert "\n" not in str(error.value)


def test_an_old_card_without_a_text_loads(workspace: Workspace, tmp_path: Path) -> None:
    card = json.loads((workspace.models / "tickets_topic" / "card.json").read_text())
    del card["text"], card["modality"]
    (tmp_path / "card.json").write_text(json.dumps(card))
    assert (read_card(tmp_path).modality, read_card(tmp_path).text) == ("table", None)


@pytest.mark.parametrize(
    ("tool", "request_"),
    [
        ("train_text_model", "Build a model that sorts our support tickets by topic"),
        ("train_text_model", "classify the reviews into positive and negative"),
        ("train_text_model", "fine-tune an encoder on the messages"),
        ("train_text_model", "고객 문의를 분류하는 모델을 만들어줘"),
        ("train_text_model", "리뷰 감성 분석 모델 학습"),
        ("highlight_words", "Which words matter for this review?"),
        ("highlight_words", "이 문장에서 어떤 단어가 중요했어?"),
    ],
)
def test_requests_call_for_the_tools(tool: str, request_: str) -> None:
    assert tool in [found.name for found in tools_asked_for(request_)]


def test_stars_are_classes_to_a_model_of_text(workspace: Workspace) -> None:
    table = messages(120).append_column("stars", pa.array([1 + row % 5 for row in range(120)]))
    version = add(workspace, "rated", table)
    problem = check_reading(workspace, version, "message", "stars", 0, "text")
    assert (problem.kind, problem.label_type, set(problem.classes)) == ("multiclass", "integer", set("12345"))
    assert problem.reason == "a model that reads text predicts classes, and it has 5 different numbers"
