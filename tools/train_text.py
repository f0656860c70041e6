"""Build models that read free text: which class a message, a review or a ticket belongs to."""

from typing import Literal

from automl.card import Card
from automl.text import TextResult
from automl.text_trials import Method, TextSpec
from tools.dataset import Version
from tools.modelling.models import find_reader, outcome_of
from tools.modelling.prepare import open_model
from tools.modelling.reading import build_reader, check_reading
from tools.modelling.reading_words import compared, marked, taken_for, text_headline
from tools.modelling.settings import MORE, settings_of
from tools.modelling.words import because, card_values, ended_early, headline, kind_words, notes
from tools.tool import ColumnName, DatasetName, Job, ModelName, Outcome, TableData, ToolError, tool
from tools.words import meant

Build = Literal["quick", "standard", "thorough"]
SECONDS: dict[Build, float] = {"quick": 60.0, "standard": 240.0, "thorough": 1200.0}


@tool(
    effect="train",
    group="model",
    title="Build a model that reads {text} and predicts {target}",
    asked_by=r"\b(?:text|messages?|comments?|reviews?|e-?mails?|tickets?|complaints?|questions?|sentences?|posts?|tweets?|documents?|feedback)\b[\s\S]*\b(?:model|classif|categor|predict|train|label|intent|topic|sentiment|spam|sort)"
    r"|\b(?:model|classif\w*|categori\w*|predict|train|label)\b[\s\S]*\b(?:text|messages?|comments?|reviews?|e-?mails?|tickets?|complaints?|questions?|sentences?|posts?|tweets?|documents?|feedback)\b"
    r"|\bfine.?tun|\bintents?\b|\bsentiment|\bspam\b"
    r"|(?:텍스트|문장|메시지|댓글|리뷰|후기|이메일|메일|문의|민원|글)[\s\S]*(?:모델|분류|예측|학습|의도|주제|감성|스팸)|(?:감성|의도|스팸|텍스트|문서) ?분(?:류|석)|미세 ?조정|파인 ?튜닝",
    more={"seconds": MORE["seconds"]},
)
def train_text_model(
    job: Job,
    dataset: DatasetName,
    text: ColumnName,
    target: ColumnName,
    method: Method = "auto",
    encoder: str = "",
    build: Build = "standard",
    compile: Literal["auto", "on", "off"] = "auto",
    debug: bool = False,
    seconds: float | None = None,
) -> Outcome:
    """Build a model that reads a column of free text and predicts a class: topic, intent, sentiment, spam.

    Args:
        dataset: The dataset to learn from.
        text: The column with the text.
        target: The column with the classes to predict.
        method: auto compares the ways and keeps the best; words weighs words (TF-IDF); meaning reads whole sentences with an encoder; fine_tune changes the encoder itself, which takes long.
        encoder: A folder or a Hugging Face name of a text encoder; left out, one that comes with Easel.
        build: quick takes about a minute; standard some minutes; thorough up to twenty, and may fine-tune.
        compile: For fine-tuning: auto measures whether compiled steps are faster here; on and off decide it.
        debug: For fine-tuning: also tell what the compiler made of the model.
        seconds: The time that trying the ways may take; the build's own when left out.
    """
    version = job.workspace.version(dataset)
    wanted = {"auto": "auto", "on": True, "off": False}[compile]
    settings = {"method": method, "encoder": encoder.strip(), "compile": wanted, "debug": debug}
    read, goal = (meant("column", name, version.names) for name in (text, target))
    card = train_text(job, version, read, goal, build, settings, seconds=settings_of({"seconds": seconds}).seconds)
    values = card_values(card) | {"text": card.text.model_dump(mode="json") if card.text else {}}
    return outcome_of(job.workspace, card, _told(card), values)


def train_text(
    job: Job,
    version: Version,
    text: str,
    target: str,
    build: Build,
    settings: dict[str, object],
    *,
    seconds: float | None = None,
) -> Card:
    """Check, split, fit and keep a text model. Raises ToolError where it can't be learned, Stopped where it was stopped."""
    job.progress(0.0, f"Checking {version.dataset}")
    limit = seconds or SECONDS[build]
    own = {"seconds": limit, "tune": build == "thorough", **settings}
    return build_reader(
        job,
        version,
        check_reading(job.workspace, version, text, target, job.seed, "text"),
        text,
        build,
        "automl.text:fit",
        lambda shared: TextSpec.model_validate({**shared, **own}),
        TextResult,
        120 + 4 * limit,
        lambda result: {"modality": "text", "text": result.text},
    )


def _told(card: Card) -> str:
    made = (
        f"Built the model '{card.name}' in {card.seconds:.0f} s from {card.trained_rows:,} texts of"
        f" {card.dataset.split('@')[0]}. It reads {card.text.column if card.text else 'text'} and predicts"
        f" {kind_words(card)}: {because(card)}."
    )
    return "\n".join(
        filter(None, [made + ended_early(card), headline(card), compared(card), text_headline(card), notes(card)])
    )


@tool(
    effect="read",
    group="model",
    title="Highlight the words that speak for the prediction",
    asked_by=r"\bhighlight|\bwhich words\b|\bwords? (?:that )?(?:speak|matter|count|decide)|\bwhy (?:is|was|does|did) (?:this|the|that) (?:text|message|review|comment|e-?mail|ticket)"
    r"|강조|어떤 단어|단어(?:가|들이) (?:중요|영향)|왜 .*(?:문장|리뷰|메시지|글|댓글)",
)
def highlight_words(job: Job, text: str, model: ModelName | None = None) -> Outcome:
    """Predict one text with a text model and show which of its words speak for the answer, and which against it.

    Args:
        text: The text to read.
        model: The model; the newest text model when left out.
    """
    card = find_reader(job.workspace, model, "text")
    if not text.strip():
        raise ToolError("There is no text to read. Give the text.")
    saved, _ = open_model(job.workspace, card.name)
    answer, shares, words = saved.read_text(text)
    rows = [[word, weight] for word, weight in words]
    return Outcome(
        text=f"{taken_for(card, 'it', answer, shares)} {marked(words, answer)}",
        table=TableData(columns=["word", f"speaks for {answer}"], rows=rows, row_count=len(rows)),
        metrics={"probability": shares[answer]},
        values={"model": card.name, "prediction": answer, "probabilities": shares, "words": rows},
    )
