"""Predict with a model: one row from given values, every row of a dataset, every row of a file."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa

from automl.card import Card
from tools.modelling.models import find_model
from tools.modelling.prediction_file import Tally, predict_stream, sweep, write_stream
from tools.modelling.prepare import BATCH, open_model, prepare, remaining
from tools.modelling.row import Given, GivenValue, given_row
from tools.modelling.words import number, percent
from tools.tool import (
    Artefact,
    DatasetName,
    Job,
    ModelName,
    Outcome,
    Stopped,
    TableData,
    ToolError,
    identifier,
    listed,
    tool,
)
from tools.workspace import Workspace, free_file

SHOWN_TYPICAL = 6


@tool(effect="read", group="model", title="Predict one row")
def predict_row(job: Job, values: list[GivenValue], model: ModelName | None = None) -> Outcome:
    """Predict one case from the values that are known. Columns that are not given are taken as typical. Use it for one customer, one order, "what if".

    Args:
        values: The known values, each with its column.
        model: The model; the newest one when left out.
    """
    card = find_model(job.workspace, model)
    saved, recipe = open_model(job.workspace, card.name)
    given = given_row(card, recipe, values)
    with prepare(saved, recipe, given.row.schema) as preparer:
        known = len(preparer.notes)
        predicted = preparer.predict(given.row)
        given.notes.extend(preparer.notes[known:])
    value = predicted.values.iloc[0]
    said = [_row_words(card, value, predicted.probabilities), *given.notes, _typical_words(card, given)]
    table, shares = None, {}
    if predicted.probabilities is not None:
        shares = {str(name): round(float(share), 6) for name, share in predicted.probabilities.iloc[0].items()}
        ordered = sorted(shares.items(), key=lambda pair: -pair[1])
        table = TableData(columns=[card.target, "probability"], rows=[list(pair) for pair in ordered])
    prediction = str(value) if shares else round(float(value), 6)
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
    others = [f"{name} {percent(float(share))}" for name, share in shares.iloc[1:4].items()]
    return (
        f"The model '{card.name}' predicts {card.target} = {value} with a probability of {percent(float(shares.iloc[0]))}"
        f" ({listed(others)})."
    )


def _typical_words(card: Card, given: Given) -> str:
    """What was assumed, the columns with most impact first."""
    names = sorted(given.typical, key=lambda name: -card.impact.get(name, 0.0))
    shown = [f"{name} {_value_words(given.typical[name])}" for name in names]
    return f"Not given, so taken as typical: {listed(shown, SHOWN_TYPICAL)}." if shown else ""


def _value_words(value: Any) -> str:
    if value is None:
        return "empty"
    return f"{value:g}" if isinstance(value, float) else str(value)


@tool(effect="read", group="model", title="Predict every row of {dataset}")
def predict_dataset(job: Job, dataset: DatasetName, model: ModelName | None = None) -> Outcome:
    """Predict every row of a dataset and write a CSV file with all its columns, the prediction and its probability.

    Args:
        dataset: The dataset whose rows to predict.
        model: The model; the newest one when left out.
    """
    workspace = job.workspace
    version = workspace.version(dataset)
    card = find_model(workspace, model)
    saved, recipe = open_model(workspace, card.name)
    schema, batches = workspace.batches(f"SELECT * FROM {identifier(version.ref)}", size=BATCH)
    sweep(workspace.files)
    out = free_file(workspace.files, f"{version.dataset}_predictions", ".csv")
    with prepare(saved, remaining(workspace, recipe, version), schema) as preparer:
        tally = Tally(card)
        write_stream(out, predict_stream(preparer, schema, _watched(job, batches, version.row_count), tally))
    return _batch_outcome(card, tally, preparer.notes, out, f"of {version.dataset}")


def predict_file(workspace: Workspace, model_name: str | None, data: Path, out: Path) -> Outcome:
    """Predict every row of a file into another file (.csv or .parquet), which must not exist yet."""
    from tools.connect import open_file

    if out.exists():
        raise ToolError(f"{out} exists already. Give another --out, or remove it first.")
    if out.suffix.lower() not in (".csv", ".parquet"):
        raise ToolError(
            f"Predictions are written as .csv or .parquet, not '{out.suffix or out.name}'. Rename {out.name}."
        )
    if not out.parent.is_dir():
        raise ToolError(f"There is no folder {out.parent} to write {out.name} into. Make it first.")
    card = find_model(workspace, model_name)
    saved, recipe = open_model(workspace, card.name)
    with open_file(data) as opened:
        if opened.source["assumed"].get("no_rows"):
            raise ToolError(f"{data.name} holds no rows to predict, only column names.")
        left = opened.source["rejected"] + opened.source["assumed"].get("lines_below_the_table", 0)
        with prepare(saved, recipe, opened.schema) as preparer:
            tally = Tally(card)
            write_stream(out, predict_stream(preparer, opened.schema, opened.batches, tally))
    notes = [f"{left:,} lines of {data.name} are no rows of its table and got no prediction."] if left else []
    return _batch_outcome(card, tally, [*preparer.notes, *notes], out, f"of {data.name}")


def _watched(job: Job, batches: Iterable[pa.RecordBatch], total: int) -> Iterator[pa.RecordBatch]:
    """The batches, with progress told and a stop obeyed between them."""
    done = 0
    for batch in batches:
        if job.cancelled():
            raise Stopped("The predictions were stopped; no file was kept.")
        yield batch
        done += batch.num_rows
        job.progress(done / max(total, 1), f"Predicted {done:,} of {total:,} rows")


def _batch_outcome(card: Card, tally: Tally, notes: list[str], out: Path, what: str) -> Outcome:
    text = f"Predicted {card.target} for {tally.rows:,} rows {what} with the model '{card.name}': {tally.words()}."
    said = [text, f"Wrote {out.name}, with every input column and {listed(tally.added)}.", *notes]
    return Outcome(
        text=" ".join(said),
        table=TableData(columns=tally.columns, rows=tally.preview, row_count=tally.rows),
        values={
            "model": card.name,
            "target": card.target,
            "rows": tally.rows,
            **tally.values(),
            "columns": tally.columns,
        },
        artefacts=[Artefact(kind="file", name=out.name, path=str(out))],
    )


__all__ = ["GivenValue", "predict_dataset", "predict_file", "predict_row"]
