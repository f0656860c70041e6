"""A project with a model of every kind and what was done with each, written by hand: what the page shows, without a fit."""

import base64
import io
import json
from pathlib import Path
from typing import Any

from PIL import Image

from assistant.events import Answer, Asked, Event, StepDone
from automl.card import Card, Feature, write_card
from automl.curves import Bin, Calibration
from automl.decide import Decision
from automl.evaluation import Evaluation, write_evaluation
from automl.forecasting.fit import ForecastFacts
from automl.forecasting.scores import Part
from automl.forecasting.series import Step
from automl.forecasting.spec import SeriesSpec
from automl.image import ImageExample, ImageFacts
from automl.metrics import Scores
from automl.problem import Problem
from automl.reading import Trial
from automl.tabular import Candidate
from automl.text import TextExample, TextFacts
from tests.small_project import add
from tools.recipe import model_recipe, save
from tools.schedule import schedule_predictions
from tools.tool import Artefact, Job, TableData
from tools.workspace import Workspace

CLASSES = ["card_was_swallowed_by_the_machine", "해외 결제가 거절되었습니다", "top_up_by_bank_transfer"]
TRIALS = [Trial(method="words", accuracy=0.9, log_loss=0.3, seconds=0.4)]
CANDIDATES = [
    Candidate(model="WeightedEnsemble_L2", score=0.86, seconds=12),
    Candidate(model="CatBoost", score=0.85, seconds=9.4),
]


def make(folder: Path) -> None:
    """Write the project."""
    with Workspace(folder) as workspace:
        sql = "SELECT i AS number, i % 7 AS tickets, 20.5 + i AS monthly_fee, 'a rather long text ' || i AS note FROM range(60) t(i)"
        add(workspace, "customers", sql)
        for card in (_forecast(), _pictures(), _texts(), _table("customers_again"), _table("customers_churned")):
            (workspace.models / card.name).mkdir()
            write_card(card, workspace.models / card.name)
            if card.modality == "table":
                write_evaluation(_evaluation(), workspace.models / card.name)
                save(model_recipe(workspace, workspace.version("customers")), workspace.models / card.name)
        schedule_predictions(Job(workspace), "매주 월요일 9시", dataset="customers", model="customers_churned")
        _picture().save(workspace.files / "chart.png")
        lines = [
            json.dumps(
                {"seq": n, "run": "made", "time": "", "event": event.model_dump(mode="json")}, ensure_ascii=False
            )
            for n, event in enumerate(_events(), 1)
        ]
        (workspace.runs / "events.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")


def _card(name: str, target: str, classes: list[str], **more: Any) -> Card:
    """A card with scores for these classes; `more` says what is special."""
    counts = [[40 if i == j else 3 for j in range(len(classes))] for i in range(len(classes))]
    metrics = {"accuracy": 0.861, "balanced_accuracy": 0.842, "log_loss": 0.338}
    positive = classes[1] if len(classes) == 2 else None
    if positive:
        metrics |= {"auc": 0.86, "precision": 0.738, "recall": 0.491}
    usual: dict[str, Any] = {
        "name": name,
        "created": "2026-01-01T00:00:00+00:00",
        "dataset": "customers@1",
        "problem": Problem(
            target=target,
            kind="binary" if positive else "multiclass",
            reason="it has few different values",
            classes=classes,
            positive=positive,
            excluded={"number": "a number that only names the row"},
        ),
        "build": "quick",
        "seconds": 46.0,
        "metric": "roc_auc" if positive else "accuracy",
        "best": "WeightedEnsemble_L2",
        "scores": Scores(
            metrics=metrics,
            classes=classes,
            confusion=counts,
            intervals={key: (value - 0.02, value + 0.02) for key, value in metrics.items()},
        ),
        "baseline": Scores(metrics=dict.fromkeys(metrics, 0.5)),
        "impact": {"tickets": 0.7, "monthly_fee_in_the_last_month": 0.3},
        "leaderboard": CANDIDATES,
        "features": [
            Feature(name="tickets", kind="number", typical=2.0, low=0.0, high=6.0, whole=True),
            Feature(name="plan", kind="text", typical="Pro", categories=["Pro", "Basic"]),
        ],
        "model_columns": {"tickets": "number", "plan": "text"},
        "trained_rows": 8000,
        "holdout_rows": 2000,
        "versions": {},
    }
    return Card(**usual | more)


def _table(name: str) -> Card:
    return _card(
        name, "churned", ["no", "yes"], decision=Decision(candidate="CatBoost", threshold=0.41, why="the cheapest")
    )


def _evaluation() -> Evaluation:
    line = [(0.0, 0.0), (0.2, 0.7), (1.0, 1.0)]
    return Evaluation(
        roc=line,
        precision_recall=line,
        calibration=Calibration(brier=0.1, error=0.01, bins=[Bin(said=0.5, true=0.5, low=0.4, high=0.6, rows=20)]),
        thresholds=[
            {"threshold": at, "hits": 400 - 300 * at, "alarms": 200 - 190 * at, "misses": 7 + 300 * at}
            for at in (0.0, 0.5, 1.0)
        ],
        positives=407,
    )


def _texts() -> Card:
    words = [("My", 0.0), ("card", 0.9), ("was", -0.3), ("삼켜졌어요", 0.5), ("machine", -0.8)]
    shown = {"text": " ".join(word for word, _ in words), "probability": 0.62, "words": words, "predicted": CLASSES[0]}
    facts = TextFacts(
        column="message",
        trials=TRIALS,
        chosen_on=101,
        top_words={name: ["card", "machine"] for name in CLASSES},
        wrong=[TextExample(actual=CLASSES[1], **shown)],
        right=[TextExample(actual=CLASSES[0], **shown)],
    )
    return _card("messages_topic", "topic", CLASSES, modality="text", text=facts, best="words")


def _pictures() -> Card:
    out = io.BytesIO()
    _picture().save(out, "JPEG")
    seen = {
        "path": "steel/a/1.jpg",
        "predicted": "a",
        "probability": 0.55,
        "picture": base64.b64encode(out.getvalue()).decode(),
    }
    facts = ImageFacts(
        column="path", trials=TRIALS, right=[ImageExample(actual="a", **seen)], wrong=[ImageExample(actual="b", **seen)]
    )
    return _card("steel_class", "class", ["a", "b", "c"], modality="image", image=facts)


def _picture() -> Image.Image:
    return Image.new("RGB", (48, 48), (120, 60, 60))


def _forecast() -> Card:
    scores = {"mase": 0.88, "wape": 0.1, "mae": 563.79}
    parts = [Part(name=f"1971-{n:02}-01", scores=scores, naive=scores, rows=12) for n in (1, 2)]
    facts = ForecastFacts(
        observations=105,
        measured=24,
        filled=0,
        start="1964-01-01",
        end="1972-09-01",
        season=12,
        naive_won=False,
        weights={"AutoETS": 1.0},
        windows=parts,
        steps=[part.model_copy(update={"name": str(n)}) for n, part in enumerate(parts, 1)],
        series=SeriesSpec(
            step=Step(unit="month"), horizon=12, quantiles=[0.1, 0.9], metric="MASE", gaps="line", known=["price"]
        ),
        time="month",
        items=["store"],
        combine="sum",
        count=2,
        parts=[
            part.model_copy(update={"name": name}) for name, part in zip(("서울 강남점", "Busan"), parts, strict=True)
        ],
    )
    return _card(
        "sales_forecast",
        "sales",
        [],
        modality="forecast",
        forecast=facts,
        metric="MASE",
        scores=Scores(metrics=scores),
        baseline=Scores(metrics=scores),
    )


def _events() -> list[Event]:
    """One turn with an outcome for every place of the panels that shows one."""
    groups = TableData(
        columns=["plan", "rows", "wrong", "from", "to", "worse"], rows=[["Pro", 900, 0.21, 0.18, 0.23, "yes"]]
    )
    ways = TableData(
        columns=["change", "the model then says"], rows=[["tickets is 5 instead of 2", "churned = yes (61 %)"]]
    )
    two = TableData(columns=["measure", "customers_churned", "customers_again"], rows=[["AUC", 0.86, 0.85]])
    shares = {"no": 0.6, "yes": 0.4}
    mine = {"model": "customers_churned"}
    found: list[tuple[str, TableData | None, dict[str, Any], list[Artefact]]] = [
        ("The report", None, mine | {"parts": ["Summary"]}, [Artefact(kind="file", name=f"report.{kind}", path=f"report.{kind}") for kind in ("html", "pdf")]),
        ("Of Pro 21 % are wrong.", groups, mine | {"groups": []}, []),
        ("Its mistakes", groups, mine | {"mistakes": []}, []),
        ("Two models", two, mine | {"conclusive": True}, []),
        ("A batch", None, mine | {"rows": 60}, [Artefact(kind="file", name="predictions.csv", path="predictions.csv")]),
        ("It says no.", ways, mine | {"given": {}, "probabilities": shares, "ways": []}, []),
        ("It says no, since", None, mine | {"given": {}, "probabilities": shares, "reasons": {"tickets": 0.2, "plan": -0.1}, "outcome": "yes"}, []),
        ("A text", None, {"model": "messages_topic", "probabilities": dict.fromkeys(CLASSES, 0.3), "words": [["card", 0.9], ["was", -0.4]]}, []),
        ("A picture", None, {"model": "steel_class", "probabilities": {"a": 0.6, "b": 0.4}}, [Artefact(kind="chart", name="chart.png", path="chart.png")]),
        ("Sales ahead", None, {"model": "sales_forecast", "history_end": "1972-09-01"}, [Artefact(kind="chart", name="chart.png", path="chart.png")]),
    ]  # fmt: skip
    steps = [
        StepDone(id=n, seconds=0.2, text=text, table=table, values=values, artefacts=made)
        for n, (text, table, values, made) in enumerate(found, 1)
    ]
    return [Asked(text="Everything, please"), *steps, Answer(text="Done.")]
