"""What if, for all rows: a column changed in every row, and how the predictions shift."""

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from typing import Any

from automl.amounts import written
from automl.card import Card, Feature
from automl.predictor import Predictions
from tools.dataset import Version
from tools.forecasting.changes import MOVE, number_change
from tools.matching import read_as
from tools.modelling.models import find_row_model
from tools.modelling.prepare import BATCH_ROWS, Preparer, batch_size, open_model, prepare, remaining
from tools.modelling.row import GivenValue, given_row
from tools.modelling.seen import needs_columns
from tools.modelling.words import number, percent
from tools.recipe import Recipe, called_at_first
from tools.tool import DatasetName, Job, ModelName, Outcome, Stopped, TableData, ToolError, tool
from tools.transform import column_of
from tools.words import counted, identifier, listed, literal

_ALL = r"every(?:one|body)?|all|each|모두|모든|전부|전체|다들"
_MOVE = r"\d\s?(?:%|percent|퍼센트|프로)"


@tool(
    effect="read",
    group="model",
    title="Predict what if, for every row",
    asked_by=rf"\b(?:if|suppose|assum\w+)\b[^.?]*(?:\b(?:{_ALL})\b|{_MOVE})|(?:모두|모든|전부|전체|{_MOVE})[^.?]*면",
)
def what_if_all(
    job: Job, changes: list[GivenValue], dataset: DatasetName | None = None, model: ModelName | None = None
) -> Outcome:
    """Change a column in every row and see how the predictions shift: prices up by 20 %, or all on a yearly contract.

    Args:
        changes: Each column with its new value, or its change: "+20 %", "-5", "x2", or "+3 %p" for percentage points.
        dataset: Whose rows; those the model was built on when left out.
        model: The model; the newest one when left out.
    """
    if not changes:
        raise ToolError(
            'What shall change? Give at least one column with its new value, or its change, such as "+20 %".'
        )
    card = find_row_model(job.workspace, model)
    needs_columns(card)
    version = job.workspace.version(dataset or card.dataset)
    if not version.row_count:
        raise ToolError(f"{version.dataset} holds no rows to predict.")
    saved, recipe = open_model(job.workspace, card.name, final=True)
    supposed = [_supposed(card, recipe, version, one) for one in changes]
    replaced = ", ".join(f"{one.sql} AS {identifier(one.column)}" for one in supposed)
    source = identifier(version.ref)
    steps = remaining(job.workspace, recipe, version)
    totals = []
    for part, sql in enumerate((f"SELECT * FROM {source}", f"SELECT * REPLACE ({replaced}) FROM {source}")):
        schema, batches = job.workspace.batches(sql, size=BATCH_ROWS)
        with prepare(saved, steps, schema) as preparer:
            totals.append(_total(job, preparer, batches, batch_size(card, len(schema)), version.row_count, part))
    notes = [note for one in supposed for note in (*one.notes, *_outside(job, version, one))]
    return _outcome(card, version, supposed, totals[0], totals[1], notes)


@dataclass(frozen=True)
class Supposed:
    """A column of a dataset with what it shall hold in every row."""

    column: str
    sql: str
    words: str
    feature: Feature
    notes: list[str] = field(default_factory=list)


def _supposed(card: Card, recipe: Recipe, version: Version, given: GivenValue) -> Supposed:
    """The change in SQL and in words. Raises ToolError for a column or value that the model does not know."""
    name = given.column.strip()
    first = [one.name for one in version.columns if called_at_first(recipe, one.name).casefold() == name.casefold()]
    column = column_of(version.columns, first[0] if first else name)
    feature = card.feature(column.name) or card.feature(called_at_first(recipe, column.name))
    used = [one.name for one in card.features if one.used]
    if column.name.casefold() == card.target.casefold():
        raise ToolError(f"{card.target} is what the model predicts: change another column, such as {listed(used, 4)}.")
    if feature is None or not feature.used:
        raise ToolError(
            f"'{card.name}' does not look at {column.name}, so changing it changes no prediction. It looks at: {listed(used)}."
        )
    if feature.kind != "number" and isinstance(given.value, str) and MOVE.fullmatch(given.value):
        raise ToolError(
            f"{column.name} is text to '{card.name}', which can't be moved by {given.value}. Change its type to a number, then build the model again."
        )
    if feature.kind != "number":
        checked = given_row(card, recipe, [GivenValue(column=feature.name, value=given.value)])
        value = checked.given[feature.name]
        shown = "(empty)" if value is None else str(value)
        return Supposed(column.name, literal(value), f"{column.name} is {shown}", feature, checked.notes)
    change = number_change(column.name, given.value, feature)
    read = read_as(column, "DOUBLE", recipe.day_first)
    size = float(change.value)
    sql = {"set": f"{size!r}", "add": f"({read} + {size!r})", "multiply": f"({read} * {size!r})"}[change.kind]
    sign = "+" if size >= 0 else ""
    words = {
        "set": f"is {written(size)}",
        "add": f"changes by {sign}{written(size)}",
        "multiply": f"changes by {100 * (size - 1):+.4g} %",
    }
    return Supposed(column.name, sql, f"{column.name} {words[change.kind]}", feature)


def _outside(job: Job, version: Version, one: Supposed) -> list[str]:
    """In how many rows the new number lies beyond those of the training rows, where a model can tell little."""
    low, high = one.feature.low, one.feature.high
    if not isinstance(low, int | float) or not isinstance(high, int | float):
        return []
    count = job.workspace.rows(
        f"SELECT count(*) FILTER ({one.sql} NOT BETWEEN {float(low)!r} AND {float(high)!r}) FROM {identifier(version.ref)}"
    )[0][0]
    return (
        [
            f"In {counted(count, 'row')} {one.column} then lies outside what the model has seen ({low:g} to {high:g}),"
            " where its answers are least sure."
        ]
        if count
        else []
    )


@dataclass
class Total:
    """The predictions of all rows, added up."""

    rows: int = 0
    counts: Counter[str] = field(default_factory=Counter)
    sums: defaultdict[str, float] = field(default_factory=lambda: defaultdict(float))
    """Of the probabilities by class, or of the numbers by nothing."""

    def add(self, said: Predictions) -> None:
        """Count one batch."""
        self.rows += len(said.values)
        if said.probabilities is None:
            self.sums[""] += float(said.values.sum())
            return
        self.counts.update(said.values.astype(str).value_counts().to_dict())
        for name, value in said.probabilities.sum().items():
            self.sums[str(name)] += float(value)

    def mean(self, name: str = "") -> float:
        """The average probability of a class, or the average number."""
        return self.sums[name] / self.rows


def _total(job: Job, preparer: Preparer, batches: Any, size: int, rows: int, part: int) -> Total:
    import pyarrow as pa

    total = Total()
    for batch in batches:
        for start in range(0, batch.num_rows, size):
            if job.cancelled():
                raise Stopped("The what-if was stopped.")
            total.add(preparer.predict(pa.Table.from_batches([batch.slice(start, size)])))
            job.progress((part + total.rows / rows) / 2, f"Predicted {total.rows:,} of {rows:,} rows, {_PARTS[part]}")
    return total


_PARTS = ("as they are", "as supposed")


def _outcome(
    card: Card, version: Version, supposed: list[Supposed], before: Total, after: Total, notes: list[str]
) -> Outcome:
    change = f"If {listed([one.words for one in supposed])} in all {counted(before.rows, 'row')} of {version.dataset}"
    if card.problem.kind == "regression":
        rows = [[f"{card.target}, {word}", *pair, pair[1] - pair[0]] for word, pair in _numbers(before, after)]
        means = [number(one.mean()) for one in (before, after)]
        sums = [number(one.sums[""]) for one in (before, after)]
        told = f"the predicted {card.target} goes from {means[0]} to {means[1]} on average, in sum from {sums[0]} to {sums[1]}"
        metrics = {"before": before.mean(), "after": after.mean(), "difference": after.mean() - before.mean()}
    else:
        classes = [card.problem.positive] if card.problem.positive else card.problem.classes
        rows = [row for name in classes for row in _class_rows(name, before, after)]
        told, metrics = _classes_told(card, before, after)
    text = f"{change}, {told}. This tells how the model answers, not what causes what. {' '.join(notes)}".strip()
    return Outcome(
        text=text,
        table=TableData(columns=["", "before", "after", "difference"], rows=rows, row_count=len(rows), words=[""]),
        metrics={name: round(value, 6) for name, value in metrics.items()},
        values={
            "model": card.name,
            "target": card.target,
            "rows": before.rows,
            "changes": [one.words for one in supposed],
        },
    )


def _numbers(before: Total, after: Total) -> list[tuple[str, list[float]]]:
    return [
        ("average", [round(one.mean(), 6) for one in (before, after)]),
        ("sum", [round(one.sums[""], 6) for one in (before, after)]),
    ]


def _class_rows(name: str, before: Total, after: Total) -> list[list[Any]]:
    shares = [round(one.mean(name), 6) for one in (before, after)]
    counts = [one.counts[name] for one in (before, after)]
    return [
        [f"rows predicted {name}", *counts, counts[1] - counts[0]],
        [f"average probability of {name}", *shares, round(shares[1] - shares[0], 6)],
    ]


def _classes_told(card: Card, before: Total, after: Total) -> tuple[str, dict[str, float]]:
    """Of two classes the positive one, of more the one whose share moves most."""
    classes = card.problem.classes
    told = card.problem.positive or max(classes, key=lambda name: abs(after.mean(name) - before.mean(name)))
    shares = [before.mean(told), after.mean(told)]
    more = before.rows * (shares[1] - shares[0])
    about = (
        f"about {abs(more):,.0f} {'more' if more > 0 else 'fewer'} of them"
        if abs(more) >= 0.5
        else "hardly any row more or less"
    )
    return (
        f"the average probability that {card.target} is {told} goes from {percent(shares[0])} to {percent(shares[1])},"
        f" {about}; it is predicted for {counted(before.counts[told], 'row')} before and {after.counts[told]:,} after",
        {"before": shares[0], "after": shares[1], "difference": shares[1] - shares[0]},
    )
