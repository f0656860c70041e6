"""Models that read free text: by words, by meaning, by both, fine-tuned; what they highlight; what is saved."""

import time
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow.parquet
import pytest

from automl.encoder import EncoderError, load_encoder
from automl.frames import as_frame
from automl.heads import log_loss, shares, temper
from automl.problem import OnlyReading, ProblemError, detect
from automl.text import TextResult, fit
from automl.text_model import load_text_model
from automl.text_trials import Bench, Method, TextSpec
from tests.tiny_encoder import TOPICS, messages, tiny_encoder


@pytest.fixture(scope="module")
def encoder(tmp_path_factory: pytest.TempPathFactory) -> str:
    return tiny_encoder(tmp_path_factory.mktemp("encoder"))


def fitted(folder: Path, method: Method, encoder: str = "", **more: object) -> TextResult:
    table = messages()
    pyarrow.parquet.write_table(table.slice(0, 240), folder / "train.parquet")
    pyarrow.parquet.write_table(table.slice(240), folder / "holdout.parquet")
    spec = TextSpec.model_validate(
        {
            "problem": detect(as_frame(table.select(["message", "topic"])), "topic", reads="message"),
            "column": "message",
            "train": folder / "train.parquet",
            "holdout": folder / "holdout.parquet",
            "folder": folder / "predictor",
            "method": method,
            "encoder": encoder,
            "seconds": 60,
            **more,
        }
    )
    return fit(spec, lambda fraction, text: None)


def test_auto_compares_words_meaning_and_both_and_keeps_the_best(tmp_path: Path, encoder: str) -> None:
    result = fitted(tmp_path, "auto", encoder)
    tried = {trial.method: trial.accuracy for trial in result.text.trials}
    assert set(tried) == {"words", "meaning", "words and meaning"}
    assert result.text.trials[0].accuracy == max(tried.values())
    assert result.best == result.text.trials[0].method
    assert result.text.chosen_on == 36
    assert result.scores.metrics["accuracy"] > 0.8 > 0.5 > result.baseline.metrics["accuracy"]
    assert (result.trained_rows, result.holdout_rows) == (240, 60)
    assert {
        name: set(words) & set(TOPICS[name]) != set() for name, words in result.text.top_words.items()
    } == dict.fromkeys(TOPICS, True) or result.best == "meaning"


def test_a_saved_model_gives_the_same_probabilities_and_they_sum_to_one(tmp_path: Path, encoder: str) -> None:
    result = fitted(tmp_path, "auto", encoder)
    model = load_text_model(tmp_path / "predictor")
    frame = as_frame(messages().slice(240))
    table = model.predict_proba(frame)
    assert table.sum(axis=1).to_numpy() == pytest.approx(np.ones(60))
    assert (table.idxmax(axis=1) == frame["topic"]).mean() == pytest.approx(result.scores.metrics["accuracy"])


def test_the_highlights_of_a_model_of_words_add_up_to_its_score(tmp_path: Path) -> None:
    fitted(tmp_path, "words")
    model = load_text_model(tmp_path / "predictor")
    text = "Hello my parcel is late, please help with the parcel!"
    words = model.highlights(text, "delivery")
    scores = model.scores([text])[0]
    place = model.classes.index("delivery")
    bias = model.parts[0].head.bias
    expected = scores[place] - scores.mean() - model.weights[0] * (bias[place] - bias.mean())
    assert [word for word, _ in words] == text.split()
    assert sum(value for _, value in words) == pytest.approx(expected, abs=0.01)
    assert max(words, key=lambda one: one[1])[0] in ("parcel", "late,", "parcel!")


def test_the_highlights_of_an_encoder_are_what_the_score_loses_without_the_word(tmp_path: Path, encoder: str) -> None:
    fitted(tmp_path, "meaning", encoder)
    model = load_text_model(tmp_path / "predictor")
    words = dict(model.highlights("refund money please", "refund"))
    place = model.classes.index("refund")
    whole, without = model.scores(["refund money please", " money please"])
    lost = (whole[place] - whole.mean()) - (without[place] - without.mean())
    assert words["refund"] == pytest.approx(lost, abs=1e-3)


def test_fine_tuning_starts_from_the_head_changes_the_encoder_and_is_kept_with_the_model(
    tmp_path: Path, encoder: str
) -> None:
    result = fitted(tmp_path, "fine_tune", encoder, compile=False)
    assert result.best == "fine-tuned"
    assert result.text.compiled is not None
    assert result.text.compiled.words == "Compiling was not used: you asked for none."
    kept = tmp_path / "predictor" / "encoder"
    assert (kept / "model.safetensors").is_file()
    new, old = load_encoder(str(kept)), load_encoder(encoder)
    assert np.abs(new.embed(["parcel late"]) - old.embed(["parcel late"])).max() > 1e-4
    assert result.scores.metrics["accuracy"] > 0.6


def test_an_encoder_gives_one_vector_of_length_one_a_text_whatever_stands_beside_it(encoder: str) -> None:
    loaded = load_encoder(encoder)
    texts = ["parcel late", "", "my password is locked and the code was still not there today please help"]
    together = loaded.embed(texts)
    alone = np.vstack([loaded.embed([text]) for text in texts])
    assert together.shape == (3, 32)
    assert together == pytest.approx(alone, abs=1e-5)
    assert np.linalg.norm(together, axis=1) == pytest.approx(np.ones(3), abs=1e-5)


def test_an_encoder_that_is_not_there_is_said_in_one_line(tmp_path: Path) -> None:
    with pytest.raises(EncoderError, match=rf"^No encoder can be read from '{tmp_path}'\. Give a folder with"):
        load_encoder(str(tmp_path))


def test_tempered_scores_surprise_less(tmp_path: Path) -> None:
    random = np.random.default_rng(0)
    codes = random.integers(0, 3, 200)
    scores = 9 * np.eye(3)[np.where(random.random(200) < 0.7, codes, (codes + 1) % 3)]
    (weight,) = temper([scores], codes)
    assert log_loss(weight * scores, codes) < log_loss(scores, codes)
    assert shares(weight * scores).max(axis=1) == pytest.approx((scores.argmax(axis=1) == codes).mean(), abs=0.01)


def test_a_table_of_nothing_but_text_names_the_column_to_read() -> None:
    frame = as_frame(messages())
    with pytest.raises(OnlyReading) as error:
        detect(frame, "topic")
    assert (error.value.column, error.value.what) == ("message", "text")
    assert (
        str(error.value) == "Only 'message' is left to predict 'topic' from, and it is free text. Use train_text_model."
    )


def test_a_text_that_is_a_copy_of_the_target_is_refused() -> None:
    frame = as_frame(messages())
    frame["message"] = "about " + frame["topic"] + " as it was written down there"
    with pytest.raises(ProblemError, match="a copy of topic in other words"):
        detect(frame[["message", "topic"]], "topic", reads="message")


def test_short_texts_that_tell_the_class_and_many_classes_are_read() -> None:
    faces = [["😀", "😀😀", "👍"], ["😡", "😡😡", "👎"]]
    frame = pd.DataFrame(
        [(faces[n % 2][n % 3], "up" if n % 2 == 0 else "down") for n in range(120)], columns=["text", "mood"]
    )
    assert detect(frame, "mood", reads="text").classes == ["up", "down"]
    many = pd.DataFrame(
        {"text": [f"please do {n % 150} at {n}" for n in range(1800)], "intent": [f"i{n % 150}" for n in range(1800)]}
    )
    assert len(detect(many, "intent", reads="text").classes) == 150
    with pytest.raises(ProblemError, match="a model can tell at most 100 classes apart"):
        detect(many.assign(text="x"), "intent")


def test_reading_that_takes_longer_than_the_build_is_given_up_and_words_are_kept(
    tmp_path: Path, encoder: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("automl.text_trials._seconds_to_embed", lambda encoder, texts: -1e9)
    monkeypatch.setattr("automl.encoder.BATCH", 8)
    result = fitted(tmp_path, "auto", encoder, seconds=0.05)
    assert [trial.method for trial in result.text.trials] == ["words"]
    assert result.text.skipped[0].startswith("meaning: reading 240 texts took longer than foreseen")


@pytest.mark.parametrize(("seconds", "words"), [(0.001, "no time"), (1000.4, "1000 s")])
def test_the_time_that_a_build_has_left_is_never_less_than_none(tmp_path: Path, seconds: float, words: str) -> None:
    problem = detect(as_frame(messages().select(["message", "topic"])), "topic", reads="message")
    spec = TextSpec(
        problem=problem, column="message", train=tmp_path, holdout=tmp_path, folder=tmp_path, seconds=seconds
    )
    empty = np.array([], int)
    bench = Bench(spec, lambda share, said: None, time.monotonic() - 0.01, [], [], empty, empty)
    assert bench.left_words == words
