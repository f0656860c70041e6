"""One row, looked into: why the model says so, what it would say if, and what would have to change."""

from collections.abc import Sequence
from typing import Any

from automl.amounts import amount, written
from automl.change import Way, smallest_changes
from automl.intervals import rounded
from tools.forecasting.changes import MOVE, number_change
from tools.modelling.around import Around, around, cell_read
from tools.modelling.goal import goal, movable
from tools.modelling.models import find_row_model
from tools.modelling.row import GivenValue, given_row
from tools.modelling.words import number, percent
from tools.tool import ColumnName, DatasetName, Job, ModelName, Outcome, TableData, ToolError, tool
from tools.train_image import predict_image
from tools.train_text import highlight_words
from tools.words import listed

SHOWN = 4


@tool(
    effect="read",
    group="model",
    title="Explain one prediction",
    asked_by=r"\bwhy\b[^.]*\b(?:predict|model|customer|row|he|she|they|this|that|it)\b|\b(?:explain|reasons?)\b[^.]*\b(?:prediction|row|customer|case|one)|\bshap(?:ley)?\b|왜[^.]*(?:예측|판단|나왔|이탈|행)|(?:예측|판단)[^.]*(?:이유|근거|왜)|(?:이유|근거)[^.]*(?:설명|예측)",
)
def explain_row(
    job: Job,
    values: list[GivenValue] | None = None,
    dataset: DatasetName | None = None,
    row: int | None = None,
    model: ModelName | None = None,
) -> Outcome:
    """Predict one case and tell why: what each of its values adds to the prediction or takes from it.

    Args:
        values: The known values, each with its column; the rest is typical, or that of the row.
        dataset: A dataset to take an existing row from.
        row: Which row of the dataset, from 1.
        model: The model; the newest one when left out.
    """
    from automl.reasons import reasons

    card = find_row_model(job.workspace, model)
    if card.modality != "table":
        cell = cell_read(job.workspace, card, values or [], dataset, row)
        return highlight_words(job, cell, card.name) if card.text else predict_image(job, cell, card.name)
    with around(job.workspace, model, values or [], dataset, row) as one:
        said = one.changed([{}])
        outcome = _outcome(one, said)
        found = reasons(one.names, one.background, lambda codes: one.scores(one.predict(codes), outcome), job.seed)
        rows = [[name, one.cell(name), part if outcome else float(f"{part:.4g}")] for name, part in found.parts.items()]
        words = _reason_words(one, found.parts, outcome)
        what = f"probability of {outcome}" if outcome else f"predicted {one.card.target}"
        now = float(one.scores(said, outcome)[0])
        return Outcome(
            text=" ".join(
                [
                    _said(one, said),
                    f"On average the {what} is {_amount(found.start, outcome)}; here it is {_amount(now, outcome)}.",
                    words,
                    *one.given.notes,
                    _typical(one),
                ]
            ).strip(),
            table=TableData(
                columns=["column", "value", f"adds to the {what}"],
                rows=rows,
                row_count=len(rows),
                shares=[f"adds to the {what}"] if outcome else [],
            ),
            metrics={"average": found.start, "explained": found.prediction},
            values=_values(one, said) | {"reasons": found.parts, "average": found.start, "outcome": outcome},
        )


@tool(
    effect="read",
    group="model",
    title="Predict what if",
    asked_by=r"what[- ]if|\b(?:instead of|changed? (?:to|from)|were to|had been)\b|만약|(?:바꾸면|바뀌면|이라면|였다면|올리면|내리면|늘리면|줄이면)",
)
def what_if(
    job: Job,
    changes: list[GivenValue],
    values: list[GivenValue] | None = None,
    dataset: DatasetName | None = None,
    row: int | None = None,
    model: ModelName | None = None,
) -> Outcome:
    """Change values of one case and see its prediction before and after, side by side.

    Args:
        changes: The values to change, each with its column.
        values: The case as it is; columns not given are typical, or those of the row.
        dataset: A dataset to take an existing row from.
        row: Which row of the dataset, from 1.
        model: The model; the newest one when left out.
    """
    if not changes:
        raise ToolError("What shall change? Give at least one column and its new value.")
    with around(job.workspace, model, values or [], dataset, row) as one:
        checked = given_row(one.card, one.preparer.recipe, [_moved(one, change) for change in changes])
        new, cells = checked.given, checked.row.to_pylist()[0]
        if not new:
            raise ToolError(f"What shall change? {one.card.target} is what the model predicts: give another column.")
        said = one.changed([{}, {name: cells[name] for name in new}])
        outcome = _outcome(one, said)
        before, after = (float(score) for score in one.scores(said, outcome))
        answers = [_answer(one, said, place) for place in (0, 1)]
        rows = [[name, one.cell(name), value] for name, value in new.items()]
        rows.append([f"predicted {one.card.target}", *answers])
        if outcome:
            rows.append([f"probability of {outcome}", round(before, 6), round(after, 6)])
        what = f"the probability of {outcome} goes" if outcome else f"the predicted {one.card.target} goes"
        change = listed([f"{name} {_shown(one.cell(name))} becomes {_shown(value)}" for name, value in new.items()])
        same = "The answer stays" if outcome and answers[0] == answers[1] else "The answer becomes"
        verdict = f" {same} {answers[1]}." if outcome else ""
        return Outcome(
            text=f"If {change}, {what} from {_amount(before, outcome)} to {_amount(after, outcome)}.{verdict} {' '.join([*checked.notes, *one.given.notes, _typical(one)])}".strip(),
            table=TableData(columns=["", "before", "after"], rows=rows, row_count=len(rows)),
            metrics={"before": rounded(before), "after": rounded(after), "difference": rounded(after - before)},
            values={"model": one.card.name, "before": answers[0], "prediction": answers[1], "changes": new},
        )


@tool(
    effect="read",
    group="model",
    title="Find what would have to change",
    asked_by=r"what (?:would|must|should|needs?|has|do)\b[^.]*\bchange|\b(?:what|how)\b[^.]*\b(?:need|change|do)\b[^.]*\b(?:so that|to (?:get|keep|reach|stay|flip|become|make))|counterfactual|\bflip\b|무엇(?:을|이)[^.]*(?:바꿔야|바뀌어야|달라져야)|(?:어떻게|뭘|무얼)[^.]*(?:바꾸|하면|해야)[^.]*(?:될|되|남|유지|바뀌)|반사실",
)
def find_change(
    job: Job,
    wanted: str | None = None,
    values: list[GivenValue] | None = None,
    dataset: DatasetName | None = None,
    row: int | None = None,
    keep: list[ColumnName] | None = None,
    only: list[ColumnName] | None = None,
    model: ModelName | None = None,
) -> Outcome:
    """Find the smallest changes of one or two values after which the model answers otherwise, within what training saw.

    Args:
        wanted: The class, or the number to reach; the other class when left out.
        values: The case as it is; columns not given are typical, or those of the row.
        dataset: A dataset to take an existing row from.
        row: Which row of the dataset, from 1.
        keep: Columns that can't be changed, such as age.
        only: The only columns that may change.
        model: The model; the newest one when left out.
    """
    with around(job.workspace, model, values or [], dataset, row) as one:
        said = one.changed([{}])
        aim = goal(one, said, wanted)
        if aim.reached(one, said)[0]:
            return Outcome(
                text=f"{_said(one, said)} That is {aim.words} already: nothing has to change.",
                values=_values(one, said) | {"ways": []},
            )
        levers = [one.lever(name) for name in movable(one, keep or [], only)]

        def ask(changes: Sequence[Any]) -> tuple[list[bool], list[float]]:
            answers = one.changed(changes)
            return aim.reached(one, answers), aim.nearness(one, answers)

        ways = smallest_changes(levers, ask)
        after = one.changed([way.change for way in ways]) if ways else said
        rows = [[_change_words(one, way), _told(one, after, place)] for place, way in enumerate(ways)]
        told = [row[0] for row in rows[:3]]
        found = (
            f"For {aim.words} it would be enough that {'; or that '.join(told)}."
            if told
            else f"No change of one or two columns within what training saw leads to {aim.words}."
        )
        fixed = f" Kept as they are: {listed(keep)}." if keep else ""
        return Outcome(
            text=f"{_said(one, said)} {found}{fixed} This tells how the model answers, not what causes what. {' '.join([*one.given.notes, _typical(one)])}".strip(),
            table=TableData(columns=["change", "the model then says"], rows=rows, row_count=len(rows)),
            values=_values(one, said) | {"ways": [way.change for way in ways], "wanted": aim.words},
        )


# --- words -------------------------------------------------------------------------------------------------------


def _moved(one: Around, change: GivenValue) -> GivenValue:
    """A change such as `+5`, `-10 %` or `x2` as the number that it leads to from what the case holds."""
    if not isinstance(change.value, str) or not MOVE.fullmatch(change.value):
        return change
    feature = one.card.feature(one.named(change.column))
    now = amount(str(one.cell(feature.name))) if feature is not None and feature.kind == "number" else None
    if feature is None or now is None:
        return change
    move = number_change(feature.name, change.value, feature)
    size = float(move.value)
    value = now + size if move.kind == "add" else now * size
    return GivenValue(column=feature.name, value=round(value) if feature.whole else value)


def _outcome(one: Around, said: Any) -> str | None:
    """The class whose probability is told: the positive one of two, else the one that is predicted."""
    if one.card.problem.kind == "regression":
        return None
    return one.card.problem.positive or str(said.values.iloc[0])


def _answer(one: Around, said: Any, place: int) -> Any:
    value = said.values.iloc[place]
    return rounded(float(value)) if one.card.problem.kind == "regression" else str(value)


def _told(one: Around, said: Any, place: int) -> str:
    value = said.values.iloc[place]
    if said.probabilities is None:
        return f"{one.card.target} = {number(float(value))}"
    return f"{one.card.target} = {value} ({percent(float(said.probabilities.iloc[place][value]))})"


def _said(one: Around, said: Any) -> str:
    return f"The model '{one.card.name}' predicts {_told(one, said, 0)}."


def _amount(value: float, outcome: str | None) -> str:
    return percent(value) if outcome else number(value)


def _shown(value: Any) -> str:
    if value is None:
        return "(empty)"
    return written(value) if isinstance(value, int | float) and not isinstance(value, bool) else str(value)


def _reason_words(one: Around, parts: dict[str, float], outcome: str | None) -> str:
    """`Up: Age 63 (+31 points). Down: Active true (-12 points).`"""
    least = 0.005 if outcome else 0.01 * max((abs(part) for part in parts.values()), default=0.0)
    said = []
    for word, sign in (("Raising it", 1), ("Lowering it", -1)):
        shown = [
            f"{name} {_shown(one.cell(name))} ({_signed(part, outcome)})"
            for name, part in parts.items()
            if sign * part > least
        ]
        if shown:
            said.append(f"{word}: {listed(shown, SHOWN)}.")
    return " ".join(said) or "No single value moves it much."


def _signed(part: float, outcome: str | None) -> str:
    return f"{100 * part:+.1f} points" if outcome else f"{'+' if part > 0 else '-'}{number(abs(part))}"


def _change_words(one: Around, way: Way) -> str:
    return " and ".join(
        f"{name} is {_shown(value)} instead of {_shown(one.cell(name))}" for name, value in way.change.items()
    )


def _typical(one: Around) -> str:
    names = sorted(one.given.typical, key=lambda name: -one.card.impact.get(name, 0.0))
    shown = [f"{name} {_shown(one.given.typical[name])}" for name in names]
    return f"Not given, so taken as typical: {listed(shown, 6)}." if shown else ""


def _values(one: Around, said: Any) -> dict[str, Any]:
    shares = (
        {}
        if said.probabilities is None
        else {str(k): round(float(v), 6) for k, v in said.probabilities.iloc[0].items()}
    )
    return {
        "model": one.card.name,
        "target": one.card.target,
        "prediction": _answer(one, said, 0),
        "probabilities": shares,
        "given": one.given.given,
        "typical": one.given.typical,
    }
