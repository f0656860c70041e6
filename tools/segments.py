"""Where a model errs: by group of a column, row by row, and whom its answers favour."""

from typing import Any, Literal

from automl.segments import LEVEL, OTHERS, Group, Treated
from tools.modelling.far_off import farthest
from tools.modelling.seen import Seen, cell, see, values_shown
from tools.modelling.words import number, percent
from tools.tool import ColumnName, Job, ModelName, Outcome, TableData, ToolError, tool
from tools.words import listed, meant


@tool(
    effect="read",
    group="model",
    title="Compare the model's errors by {column}",
    asked_by=r"\bsegments?\b|\b(?:worse|better|less accurate|weaker) (?:for|with|among)\b|\b(?:errors?|accura\w+|mistakes?)\b[^.]*\b(?:by|per|for each|in each|across)\b|\b(?:which|what) (?:\w+ )?(?:groups?|customers|regions?|rows)\b[^.]*\b(?:wrong|worse|worst|badly|errs?)\b|\b(?:works?|does|perform\w*|good)\b[^.]*\b(?:worse|badly|equally well|as well)\b[^.]*\b(?:for|in|by|across)\b|세그먼트|(?:집단|그룹|구간|지역|도시|별로?)[^.]*(?:오차|오류|정확도|틀리)|(?:오차|오류|정확도)[^.]*별",
)
def error_by_segment(job: Job, column: ColumnName, model: ModelName | None = None) -> Outcome:
    """Tell how good a model is in each group of a column, and which groups are worse by more than chance.

    Args:
        column: The column whose groups to compare; numbers and dates are cut into quarters.
        model: The model; the newest one when left out.
    """
    from automl.segments import errors

    seen = see(job.workspace, model)
    name = _column(seen, column)
    groups = errors(seen.held, name)
    if [one.name for one in groups] == [OTHERS]:
        raise ToolError(f"Hardly a value of {name} occurs often enough to be a group of rows. Name another column.")
    classes = seen.held.probabilities is not None
    what = "wrong" if classes else "off on average"
    whole = float(seen.held.wrong.mean())
    rows: list[list[Any]] = [
        [one.name, one.rows, one.error, *one.interval, one.chance, "yes" if one.worse else ""] for one in groups
    ]
    worse = [f"{one.name} ({_error(one, classes)}, {one.rows:,} rows)" for one in groups if one.worse]
    verdict = (
        f"Worse than the rest by more than chance: {listed(worse)}."
        if worse
        else f"No group of {name} is worse than the rest by more than chance."
    )
    overall = f"{percent(whole)} are wrong" if classes else f"it is off by {number(whole)} on average"
    return Outcome(
        text=f"Over {len(seen.held.rows):,} rows that '{seen.card.name}' never saw, {overall}. {verdict}",
        table=TableData(
            columns=[name, "rows", what, "from", "to", "chance", "worse"],
            rows=rows,
            row_count=len(rows),
            shares=[what, "from", "to", "chance"] if classes else ["chance"],
        ),
        values={
            "model": seen.card.name,
            "column": name,
            "worse": [one.name for one in groups if one.worse],
            "groups": {one.name: one.error for one in groups},
        },
    )


def _error(group: Group, classes: bool) -> str:
    return f"{percent(group.error)} wrong" if classes else f"off by {number(group.error)}"


def _column(seen: Seen, name: str) -> str:
    known = [str(one) for one in seen.held.rows.columns if not str(one).startswith("__")]
    return meant("column", name, known)


@tool(
    effect="read",
    group="model",
    title="Show the model's mistakes",
    more={
        "every_row": r"\b(?:over|under)(?:priced|paid|valued|charged)\b|\b(?:than|below|above|beyond)\b[^.?]*\b(?:expect|should|predict)|시세|(?:예상|예측|기대)\S*보다|[고저]평가"
    },
    asked_by=r"\bmistakes?\b|\bwrong (?:predictions?|rows?|cases?|examples?)\b|\b(?:worst|largest|biggest) (?:errors?|misses?|predictions?)\b|gone wrong|got wrong|틀린|잘못 (?:예측|맞)|오답|가장 크게 빗나|큰 오차",
)
def show_mistakes(
    job: Job,
    model: ModelName | None = None,
    kind: Literal["all", "false_alarms", "misses", "too_high", "too_low"] = "all",
    count: int = 10,
    every_row: bool = False,
) -> Outcome:
    """Show examples that a model got wrong, with their values: its most confident mistakes, or its largest errors.

    Args:
        model: The model; the newest one when left out.
        kind: false_alarms and misses for two classes, too_high and too_low for numbers.
        count: How many rows to show.
        every_row: Of a number: look at the rows that taught it too, each as models see it that did not learn from it, such as overpriced homes.
    """
    seen = see(job.workspace, model)
    if not 1 <= count <= 200:
        raise ToolError(f"count is how many rows to show, 1 to 200, but got {count}.")
    if every_row:
        return farthest(job.workspace, seen, kind, count)
    card, held = seen.card, seen.held
    numbers = held.probabilities is None
    wanted = held.wrong > 0
    positive = card.problem.positive
    if kind in ("false_alarms", "misses"):
        if positive is None:
            raise ToolError(f"{kind} are those of two classes; '{card.name}' predicts other things. Leave kind out.")
        wanted &= (held.predicted == positive) if kind == "false_alarms" else (held.actual == positive)
    if kind in ("too_high", "too_low"):
        if not numbers:
            raise ToolError(f"{kind} is for numbers; '{card.name}' predicts classes. Leave kind out.")
        wanted &= (held.predicted > held.actual) if kind == "too_high" else (held.predicted < held.actual)
    if held.probabilities is None:
        size = held.wrong
    else:  # how sure it was of the class it named
        size = held.probabilities.max(axis=1) if positive is None else _sure(seen)
    order = size[wanted].sort_values(ascending=False, kind="stable").index[:count]
    values = values_shown(seen)
    rows = [
        [
            cell(held.actual[at]),
            cell(held.predicted[at]),
            round(float(size[at]), 4),
            *[cell(held.rows.at[at, one]) for one in values],
        ]
        for at in order
    ]
    what = "off by" if numbers else "confidence"
    return Outcome(
        text=_mistake_words(seen, kind, int(wanted.sum()), len(rows)),
        table=TableData(
            columns=[f"actual {card.target}", "predicted", what, *values],
            rows=rows,
            row_count=int(wanted.sum()),
            shares=[] if numbers else [what],
        ),
        values={"model": card.name, "mistakes": int(wanted.sum()), "rows_looked_at": len(held.rows)},
    )


def _sure(seen: Seen) -> Any:
    table, said = seen.held.probabilities, seen.held.predicted
    assert table is not None
    return table.max(axis=1).where(table.idxmax(axis=1) == said, table.min(axis=1))


def _mistake_words(seen: Seen, kind: str, found: int, shown: int) -> str:
    rows, card = len(seen.held.rows), seen.card
    if not found:
        return f"'{card.name}' made no such mistake on {rows:,} rows it never saw."
    if seen.held.probabilities is None:
        half = float(seen.held.wrong.median())
        return (
            f"The {'largest error' if shown == 1 else f'{shown} largest errors'} of '{card.name}' on {rows:,} rows it never saw; half of all rows are off by less than"
            f" {number(half)}."
        )
    if found == 1:
        word = {"false_alarms": "false alarm", "misses": "miss"}.get(kind, "mistake")
        return f"'{card.name}' made 1 {word} on {rows:,} rows it never saw; this is it."
    words = {"false_alarms": "false alarms", "misses": "misses"}.get(kind, "mistakes")
    which = "these are all of them" if shown == found else f"these are the {shown} it was surest of"
    return f"'{card.name}' made {found:,} {words} on {rows:,} rows it never saw; {which}."


@tool(
    effect="read",
    group="model",
    title="Measure the bias of the model's answers by {column}",
    asked_by=r"\b(?:bias(?:ed)?|fair(?:ness|ly)?|unfair|discriminat\w+|disparate)\b|편향|공정|차별|불공평",
)
def measure_bias(job: Job, column: ColumnName, model: ModelName | None = None, outcome: str | None = None) -> Outcome:
    """Measure whether a model's answers favour groups of a column: how often each gets the outcome, its recall and precision.

    Args:
        column: The column whose groups to compare, such as gender or age.
        model: The model; the newest one when left out.
        outcome: The class to look at; the positive one, or the commonest, when left out.
    """
    from automl.segments import treatment

    seen = see(job.workspace, model)
    card, name = seen.card, _column(seen, column)
    if card.problem.kind == "regression":
        return _number_bias(seen, name)
    wanted = _outcome(seen, outcome)
    groups = treatment(seen.held, name, wanted)
    if len(groups) < 2:
        raise ToolError(f"{name} has one group only among the rows that measure the model. Name another column.")
    rows = [
        [one.name, one.rows, one.selected, one.differences.get("selected"), *one.intervals.get("selected", (None, None)),
         one.ratio, one.found, one.differences.get("found"), one.right, one.differences.get("right")]
        for one in groups
    ]  # fmt: skip
    columns = [
        name, "rows", f"predicted {wanted}", "less the others", "from", "to", "ratio", "recall", "recall less the others",
        "precision", "precision less the others",
    ]  # fmt: skip
    return Outcome(
        text=_bias_words(seen, name, wanted, groups),
        table=TableData(
            columns=columns,
            rows=rows,
            row_count=len(rows),
            shares=[one for one in columns[2:] if one != "ratio"],
        ),
        values={
            "model": card.name,
            "column": name,
            "outcome": wanted,
            "selected": {one.name: one.selected for one in groups},
            "ratio": {one.name: one.ratio for one in groups},
            "recall": {one.name: one.found for one in groups},
            "precision": {one.name: one.right for one in groups},
        },
    )


def _outcome(seen: Seen, outcome: str | None) -> str:
    known = seen.card.problem.classes
    if outcome is None:
        return seen.card.problem.positive or known[0]
    return meant("class", outcome, known)


def _bias_words(seen: Seen, column: str, outcome: str, groups: list[Treated]) -> str:
    least, most = groups[0], groups[-1]
    said = [
        f"'{seen.card.name}' predicts {seen.card.target} = {outcome} for {percent(least.selected)} of {column} {least.name}"
        f" ({least.rows:,} rows) and for {percent(most.selected)} of {column} {most.name} ({most.rows:,} rows)."
    ]
    apart = [one for one in groups if _apart(one, "selected")]
    if apart:
        shown = [f"{one.name} ({_signed(one.differences['selected'])})" for one in apart]
        said.append(f"Different from the others by more than chance: {listed(shown)}.")
    else:
        said.append("No group is predicted it more or less often by more than chance.")
    missed = [f"{one.name} ({percent(one.found or 0)} found)" for one in groups if _apart(one, "found", below=True)]
    if missed:
        said.append(f"Of those that really are {outcome}, it finds fewer in {listed(missed)}.")
    low = [one.name for one in groups if one.ratio is not None and one.ratio < 0.8]
    if low:
        said.append(f"Below four fifths of the others' rate: {listed(low)}.")
    return " ".join([*said, "A difference may have good reasons; whether it is fair is for people to judge."])


def _apart(group: Treated, measure: str, *, below: bool = False) -> bool:
    difference = group.differences.get(measure, 0.0)
    return group.chances[measure] < LEVEL and (difference < 0 or not below)


def _signed(share: float) -> str:
    return f"{100 * share:+.1f} points"


def _number_bias(seen: Seen, column: str) -> Outcome:
    """Of a number: what each group is predicted on average, and whether it is set too high or too low."""
    from automl.segments import grouped, mean_interval

    names, error = grouped(seen.held.rows[column]), (seen.held.predicted - seen.held.actual).to_numpy(float)
    rows: list[list[Any]] = []
    for name, count in names.value_counts().items():
        inside = (names == name).to_numpy()
        own = error[inside]
        sure = mean_interval(own)
        mean = float(seen.held.predicted[inside].mean())
        rows.append([str(name), int(count), round(mean, 6), round(float(own.mean()), 6), *sure])
    off = [
        f"{row[0]} ({'too high' if row[3] > 0 else 'too low'} by {number(abs(row[3]))})"
        for row in rows
        if row[4] > 0 or row[5] < 0
    ]
    verdict = (
        f"Systematically off: {listed(off)}."
        if off
        else f"No group of {column} is set too high or too low by more than chance."
    )
    return Outcome(
        text=f"'{seen.card.name}' on {len(seen.held.rows):,} rows it never saw, by {column}. {verdict}",
        table=TableData(
            columns=[column, "rows", "predicted on average", "too high by", "from", "to"],
            rows=rows,
            row_count=len(rows),
        ),
        values={"model": seen.card.name, "column": column, "off": [row[0] for row in rows if row[4] > 0 or row[5] < 0]},
    )
