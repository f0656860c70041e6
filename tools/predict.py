"""Predict one row with a model, from the values that are known."""

from typing import Any

from automl.amounts import written
from automl.card import Card
from automl.intervals import rounded
from tools.modelling.case import given_case
from tools.modelling.models import find_row_model
from tools.modelling.prepare import open_model, prepare
from tools.modelling.row import Given, GivenValue
from tools.modelling.words import number, percent, threshold_words
from tools.tool import DatasetName, Job, ModelName, Outcome, TableData, tool
from tools.words import listed

__all__ = ["GivenValue", "predict_row"]

SHOWN_TYPICAL = 6
MOST_LETTERS = 60
"""So much of a text is told of a value that was assumed."""


@tool(effect="read", group="model", title="Predict one row", more=dict.fromkeys(("dataset", "row"), r"(?!)"))
def predict_row(
    job: Job,
    values: list[GivenValue],
    model: ModelName | None = None,
    dataset: DatasetName | None = None,
    row: int | None = None,
) -> Outcome:
    """Predict one case from the values that are known. Columns that are not given are taken as typical. Use it for one customer, one order, "what if".

    Args:
        values: The known values, each with its column.
        model: The model; the newest one when left out.
        dataset: The dataset whose row is meant, by a key among the values or by its number; that of the model when left out.
        row: Which row of the dataset, from 1; the values change it.
    """
    card = find_row_model(job.workspace, model)
    saved, recipe = open_model(job.workspace, card.name, final=True)
    given = given_case(job.workspace, card, recipe, values, dataset, row)
    with prepare(saved, recipe, given.row.schema) as preparer:
        predicted = preparer.predict(given.row)
        given.notes.extend(preparer.misfits())
    value = predicted.values.iloc[0]
    said = [_row_words(card, value, predicted.probabilities), *given.notes, _typical_words(card, given)]
    table, shares = None, {}
    if predicted.probabilities is not None:
        shares = {str(name): round(float(share), 6) for name, share in predicted.probabilities.iloc[0].items()}
        ordered = sorted(shares.items(), key=lambda pair: -pair[1])
        table = TableData(
            columns=[card.target, "probability"], rows=[list(pair) for pair in ordered], shares=["probability"]
        )
    prediction = str(value) if shares else rounded(float(value))
    metrics = {"probability": _main_share(card, shares)} if shares else {"prediction": float(prediction)}
    return Outcome(
        text=" ".join(filter(None, said)),
        table=table,
        metrics=metrics,
        values={
            "model": card.name,
            "target": card.target,
            "prediction": prediction,
            "probabilities": shares,
            "given": given.given,
            "typical": given.typical,
        },
    )


def _main_share(card: Card, shares: dict[str, float]) -> float:
    return shares[card.problem.positive] if card.problem.positive else max(shares.values())


def _row_words(card: Card, value: Any, probabilities: Any) -> str:
    if probabilities is None:
        return (
            f"The model '{card.name}' predicts {card.target} = {number(float(value))}; on rows it never saw it is off by"
            f" {number(card.scores.metrics['mae'])} on average."
        )
    shares = probabilities.iloc[0].sort_values(ascending=False)
    others = [f"{name} {percent(float(share))}" for name, share in shares.drop(value).iloc[:3].items()]
    return (
        f"The model '{card.name}' predicts {card.target} = {value} with a probability of {percent(float(shares[value]))}"
        f" ({listed(others)}).{threshold_words(card)}"
    )


def _typical_words(card: Card, given: Given) -> str:
    """What was assumed, the columns with most impact first."""
    names = sorted(given.typical, key=lambda name: -card.impact.get(name, 0.0))
    shown = [f"{name} {_value_words(given.typical[name])}" for name in names]
    return f"Not given, so taken as typical: {listed(shown, SHOWN_TYPICAL)}." if shown else ""


def _value_words(value: Any) -> str:
    if value is None:
        return "empty"
    text = written(value) if isinstance(value, float) else str(value)
    return text if len(text) <= MOST_LETTERS else text[: MOST_LETTERS - 1] + "…"
