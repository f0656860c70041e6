"""Models of texts and of pictures, looked at with the tools that judge models of tables: the same words, the same files."""

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from assistant.app import evaluation, model
from automl.card import read_card
from automl.evaluation import read_evaluation
from automl.held import held
from automl.predictor import load_model
from automl.text_model import TextModel
from tests.tiny_encoder import messages
from tests.trained import add
from tools import call
from tools.tool import Job, Outcome, ToolError
from tools.workspace import Workspace

LOCKED = [{"column": "message", "value": "my password, the account is locked"}]


def tickets() -> pa.Table:
    """Messages that are urgent where they are about logging in, one in seven at random; those by phone are told wrong."""
    given, random = messages(420), np.random.default_rng(1)
    login = np.array([topic == "login" for topic in given["topic"].to_pylist()])
    by_phone = random.random(420) < 0.3
    wrong = random.random(420) < np.where(by_phone, 0.45, 0.02)
    table = given.drop_columns(["topic"]).append_column("urgent", pa.array(np.where(login != wrong, "yes", "no")))
    return table.append_column("channel", pa.array(np.where(by_phone, "phone", "mail")))


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workspace]:
    with Workspace(tmp_path_factory.mktemp("project")) as workspace:
        add(workspace, "tickets", tickets())
        do(workspace, "train_text_model", dataset="tickets", text="message", target="urgent", method="words")
        yield workspace


@pytest.fixture
def workspace(built: Workspace) -> Iterator[Workspace]:
    """The project; its model is as it was built again afterwards."""
    folder, kept = built.models / "tickets_urgent", built.path / "kept"
    shutil.copytree(folder, kept)
    yield built
    shutil.rmtree(folder)
    kept.rename(folder)


def do(workspace: Workspace, tool: str, **arguments: object) -> Outcome:
    return call(Job(workspace), tool, arguments)


def test_errors_are_told_by_a_column_that_lies_beside_the_texts(workspace: Workspace) -> None:
    outcome = do(workspace, "error_by_segment", column="channel")
    assert outcome.values["worse"] == ["phone"]
    assert "Worse than the rest by more than chance: phone (" in outcome.text
    assert sum(row[1] for row in outcome.table.rows if outcome.table) == 84  # type: ignore[union-attr]
    with pytest.raises(ToolError, match=r"^Hardly a value of message occurs often enough to be a group of rows\."):
        do(workspace, "error_by_segment", column="message")
    bias = do(workspace, "measure_bias", column="channel")
    assert bias.text.startswith("'tickets_urgent' predicts urgent = yes for ")


def test_mistakes_of_a_text_model_are_shown_with_their_texts(workspace: Workspace) -> None:
    outcome = do(workspace, "show_mistakes", kind="misses")
    assert outcome.table is not None
    assert outcome.table.columns == ["actual urgent", "predicted", "confidence", "message"]
    assert {(row[0], row[1]) for row in outcome.table.rows} == {("yes", "no")}
    assert len(outcome.table.rows) == outcome.values["mistakes"] > 0


def test_a_threshold_is_chosen_kept_and_followed_wherever_the_text_model_answers(workspace: Workspace) -> None:
    before = do(workspace, "highlight_words", text="hello")
    assert before.values["prediction"] == "no"
    chosen = do(workspace, "choose_threshold", false_alarm_cost=1, miss_cost=50, keep=True)
    assert "learned on the validation part of the training rows" in chosen.text
    assert chosen.metrics["misses"] <= 2
    card = read_card(workspace.models / "tickets_urgent")
    assert card.decision is not None
    assert card.scores.metrics["recall"] == pytest.approx(chosen.metrics["recall"], abs=1e-6)
    least = card.decision.threshold or 0.0
    table = do(workspace, "predict_dataset", dataset="tickets", format="parquet")
    rows = pa.parquet.read_table(table.artefacts[0].path).to_pylist()
    assert all((row["prediction"] == "yes") == (row["probability"] >= least) for row in rows)
    uncertain = next(row for row in rows if least <= row["probability"] < 0.5)
    one = [{"column": "message", "value": uncertain["message"]}]
    for answer in (
        do(workspace, "predict_row", values=one),
        do(workspace, "highlight_words", text=uncertain["message"]),
        do(workspace, "explain_row", values=one),
    ):
        assert answer.values["prediction"] == "yes"
        assert "The answer follows the threshold that was kept: the cheapest where " in answer.text


def test_probabilities_of_a_text_model_are_calibrated_on_rows_that_chose_it(workspace: Workspace) -> None:
    own = do(workspace, "predict_row", values=LOCKED).values["probabilities"]["yes"]
    outcome = do(workspace, "calibrate_model", method="platt")
    assert outcome.values["kept"]
    assert outcome.values["after"]["log loss"] < outcome.values["before"]["log loss"]
    row, marked = do(workspace, "predict_row", values=LOCKED), do(workspace, "highlight_words", text=LOCKED[0]["value"])
    assert row.values["probabilities"] == marked.values["probabilities"]
    assert row.values["probabilities"]["yes"] != own


def test_what_was_said_of_the_measuring_rows_is_kept_and_not_read_anew(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    saved = load_model(workspace.models / "tickets_urgent")
    fresh = saved.predict(held(saved).rows)
    monkeypatch.delattr(TextModel, "predict_proba")
    do(workspace, "calibrate_model", method="platt")  # the card changes, so nothing that is remembered holds
    do(workspace, "calibrate_model", method="none")
    seen = held(load_model(workspace.models / "tickets_urgent"))
    assert seen.predicted.tolist() == fresh.values.tolist()
    assert seen.probabilities is not None
    assert fresh.probabilities is not None
    assert np.allclose(seen.probabilities, fresh.probabilities)


@pytest.mark.parametrize("kind", ["roc", "precision_recall", "threshold", "calibration", "confusion"])
def test_charts_of_a_text_model_are_drawn(workspace: Workspace, kind: str) -> None:
    outcome = do(workspace, "draw_model_chart", kind=kind)
    assert {Path(one.path).suffix for one in outcome.artefacts} == {".json", ".png", ".svg", ".html"}
    assert outcome.values["charts"] == ["roc", "precision_recall", "calibration", "confusion", "threshold"]


@pytest.mark.parametrize(
    ("tool", "arguments", "message"),
    [
        ("draw_model_chart", {"kind": "impact"}, r"^'tickets_urgent' has no impact chart, as it reads texts alone\. "),
        ("what_if", {"changes": LOCKED}, r"^'tickets_urgent' reads texts, not columns .* highlight_words shows\.$"),
        ("draw_effect", {"column": "message"}, r"highlight_words shows\.$"),
        ("set_default_candidate", {"candidate": "meaning"}, r"^No candidate 'meaning'\. Candidates: Words\.$"),
    ],
)
def test_what_a_text_model_can_not_do_says_what_to_take_instead(
    workspace: Workspace, tool: str, arguments: dict[str, object], message: str
) -> None:
    with pytest.raises(ToolError, match=message):
        do(workspace, tool, **arguments)


def test_the_reasons_of_a_row_of_a_dataset_are_the_words_of_its_text(workspace: Workspace) -> None:
    outcome = do(workspace, "explain_row", dataset="tickets", row=3)
    text = workspace.rows("SELECT message FROM tickets LIMIT 1 OFFSET 2")[0][0]
    assert outcome.table is not None
    assert " ".join(row[0] for row in outcome.table.rows) == text


def test_the_report_of_a_text_model_has_its_words_examples_and_groups(workspace: Workspace) -> None:
    outcome = do(workspace, "model_report")
    assert outcome.values["parts"] == [
        "Summary", "Data", "Leaderboard", "Evaluation", "Errors by channel", "Examples gone wrong", "Explanation",
        "What spoke for single answers", "Model card",
    ]  # fmt: skip
    page = Path(outcome.artefacts[0].path).read_text(encoding="utf-8")
    assert page.count("<svg") == 6
    assert '<th scope="col">words that speak for it</th>' in page
    assert not re.search(r"impact", page, re.IGNORECASE)
    assert Path(outcome.artefacts[1].path).read_bytes().startswith(b"%PDF-1.")


def test_the_panel_shows_how_a_text_model_was_judged_and_offers_reasons(workspace: Workspace) -> None:
    folder = workspace.models / "tickets_urgent"
    card = read_card(folder)
    parts = evaluation.sections(card, read_evaluation(folder, card.revision), [])
    assert [title for title, _ in parts] == [
        "Report", "How it ranks and how sure it may be", "From which probability on it says yes", "Errors by group",
    ]  # fmt: skip
    html = model.panel([card], card, parts) + model.row_form(card, {})
    assert '<option value="channel" translate="no">' in html
    assert 'data-tool="explain_row"' in html
    assert 'data-tool="find_change"' not in html


def test_two_versions_of_a_text_model_are_compared_on_rows_that_neither_learned(workspace: Workspace) -> None:
    add(workspace, "later", tickets())
    do(workspace, "train_text_model", dataset="later", text="message", target="urgent", method="words")
    do(workspace, "choose_threshold", model="later_urgent", value=0.01, keep=True)
    outcome = do(workspace, "compare_models", models=["tickets_urgent", "later_urgent"])
    assert outcome.table is not None
    accuracy = next(row for row in outcome.table.rows if row[0] == "accuracy")
    assert accuracy[1] > accuracy[2]  # whose threshold flags nearly every row


def test_a_renamed_model_is_told_by_its_new_name(workspace: Workspace) -> None:
    do(workspace, "rename_model", model="tickets_urgent", name="alarm")
    try:
        assert "that 'alarm' never saw" in do(workspace, "error_by_segment", model="alarm", column="channel").text
    finally:
        do(workspace, "rename_model", model="alarm", name="tickets_urgent")
