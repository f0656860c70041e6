"""Tell how good a model is and what drives it, from what was measured on rows that training never saw."""

from automl.card import Card
from automl.metrics import Scores
from automl.names import title
from tools.forecasting.evaluation import evaluated, explained, forecast_facts
from tools.modelling.among import Condition, among
from tools.modelling.facts import card_facts
from tools.modelling.models import find_model
from tools.modelling.reading_words import explained_image, explained_text
from tools.modelling.seen import see
from tools.modelling.weights import spare, weight
from tools.modelling.words import card_values, drivers, headline, kind_words, left_out, metrics_of, notes
from tools.moment import told_at
from tools.recipe import load
from tools.tool import ColumnName, Job, ModelName, Outcome, TableData, ToolError, tool

MOST_CLASSES = 12
"""So many classes a matrix of actual and predicted ones shows; more are told one a line."""


@tool(
    effect="read",
    group="model",
    title="Tell how good the model is",
    more={
        "candidate": r"candidate|catboost|lightgbm|xgboost|linear model|mix of the best|leader ?board|후보|리더 ?보드",
        "only": r"\b(?:how (?:good|well|accurate|reliable|precise|far off|sure)|accuracy|precision|recall)\b[^.?]*\b(?:for|on|among|with|when|where)\b|(?:만|이상|이하|미만|초과|경우)[^.?]*(?:정확|성능|오차|맞|틀리)",
    },
)
def evaluate_model(
    job: Job, model: ModelName | None = None, candidate: str | None = None, only: list[Condition] | None = None
) -> Outcome:
    """Tell how good a model is: its scores on rows it never saw, against the simplest guess, and where it errs.

    Args:
        model: The model; the newest one when left out.
        candidate: One of its candidates, such as CatBoost; the default one when left out.
        only: Conditions on the rows that it is judged on, such as {"column": "tier", "value": "pro"}; all rows when left out.
    """
    card = find_model(job.workspace, model)
    if card.forecast:
        if only:
            raise ToolError(
                f"'{card.name}' forecasts series; only narrows the rows of a model that predicts rows. Leave it out."
            )
        return evaluated(card)
    if only:
        return among(see(job.workspace, card.name, candidate), only, job.seed)
    if candidate is not None:
        card = _of_candidate(job, card, candidate)
    if card.problem.kind == "regression":
        table = _numbers_table(card)
    else:
        table = (_classes_table if len(card.scores.classes) > MOST_CLASSES else _confusion_table)(card.scores)
    which = f"Its candidate '{title(card.called())}': " if candidate is not None else ""
    return Outcome(
        text=f"The model '{card.name}' predicts {kind_words(card)}. {which}{headline(card)}{_mix_ups(card.scores.confusion, card.scores.classes)}",
        table=table,
        metrics=metrics_of(card),
        values=card_values(card)
        | {"confusion": card.scores.confusion, "intervals": card.scores.intervals, "candidate": card.best},
    )


def _of_candidate(job: Job, card: Card, candidate: str) -> Card:
    """The card as it would be with another candidate as its default; nothing is kept."""
    from automl.held import measure

    seen = see(job.workspace, card.name, candidate)
    scores = measure(card, seen.held, seed=job.seed)
    decision = card.decision if seen.candidate == card.best else None
    return card.model_copy(update={"best": seen.candidate, "scores": scores, "decision": decision})


def _confusion_table(scores: Scores) -> TableData:
    """How many rows of each class were predicted as which one, and the share that was found."""
    rows = [
        [name, *counts, _share(counts[place], sum(counts))]
        for place, (name, counts) in enumerate(zip(scores.classes, scores.confusion, strict=True))
    ]
    return TableData(
        columns=["actual", *[f"predicted {name}" for name in scores.classes], "found"], rows=rows, words=["found"]
    )


def _classes_table(scores: Scores) -> TableData:
    """A line for each of many classes, those that are found least first: a matrix of them nobody can read."""
    named = [sum(column) for column in zip(*scores.confusion, strict=True)]
    rows: list[list[object]] = []
    for place in sorted(range(len(scores.classes)), key=lambda place: _found(scores.confusion[place], place)):
        counts = scores.confusion[place]
        times, other = max((count, scores.classes[at]) for at, count in enumerate(counts) if at != place)
        right = _share(counts[place], named[place])
        rows.append(
            [
                scores.classes[place],
                sum(counts),
                _share(counts[place], sum(counts)),
                right,
                *([other, times] if times else [None, None]),
            ]
        )
    columns = ["actual", "rows", "found", "right where predicted", "mostly taken for", "times"]
    return TableData(columns=columns, rows=rows, row_count=len(rows), words=["found"])


def _found(counts: list[int], place: int) -> float:
    """The share of a class that was found, to sort by: a class without any row comes last."""
    return counts[place] / sum(counts) if sum(counts) else 2.0


def _share(part: int, whole: int) -> str | None:
    """A share in percent; none of nothing."""
    return f"{part / whole:.0%}" if whole else None


def _numbers_table(card: Card) -> TableData:
    got, base, sure = card.scores.metrics, card.baseline.metrics, card.scores.intervals
    if not sure:
        rows = [[name, got[name], base[name]] for name in got]
        return TableData(columns=["metric", "model", "always the average"], rows=rows, words=["metric"])
    rows = [[name, got[name], *sure.get(name, (None, None)), base.get(name)] for name in got]
    return TableData(columns=["metric", "model", "from", "to", "always the average"], rows=rows, words=["metric"])


def _mix_ups(confusion: list[list[int]], classes: list[str]) -> str:
    """The commonest mistake, in words."""
    wrong = [
        (count, actual, predicted)
        for actual, counts in zip(classes, confusion, strict=True)
        for predicted, count in zip(classes, counts, strict=True)
        if actual != predicted and count
    ]
    if not wrong:
        return " It made no mistake on them." if confusion else ""
    count, actual, predicted = max(wrong)
    many = "row that is" if count == 1 else "rows that are"
    was = "was" if count == 1 else "were"
    return f" Its commonest mistake: {count:,} {many} '{actual}' {was} taken for '{predicted}'."


@tool(
    effect="read",
    group="model",
    title="Tell what drives the model",
    more={
        "column": r"^(?!.*(?:\bwhat\b|\bwhich\b|\bmost\b|\bwhy\b|무엇|뭐|뭣|뭘|어떤|어느|가장|제일|왜)).*(?:\b(?:is|are|does|do|how)\b[^?]*\b(?:important|matters?|influence|impact|affect|effect|count|contribute|relevant)\b|중요|영향)"
    },
)
def explain_model(job: Job, model: ModelName | None = None, column: ColumnName | None = None) -> Outcome:
    """Tell which columns drive a model's predictions, as shares of their total impact. Use it for "why" and "what matters".

    Args:
        model: The model; the newest one when left out.
        column: The one column that is asked about, which is told first.
    """
    card = find_model(job.workspace, model)
    if card.text is not None:
        return explained_text(card)
    if card.forecast:
        return explained(card)
    if card.image is not None:
        return explained_image(card)
    sure = {name: [round(100 * end, 1) for end in ends] for name, ends in card.impact_intervals.items()}
    rows = [[name, round(100 * share, 1), *sure.get(name, [None, None])] for name, share in card.impact.items()]
    how = "Impact is how much worse the model gets on unseen rows when that column's values are shuffled."
    return Outcome(
        text=" ".join(
            filter(
                None,
                [
                    weight(card, load(job.workspace.models / card.name), column) if column else "",
                    f"The model '{card.name}' predicts {kind_words(card)}.",
                    drivers(card),
                    how,
                    spare(card),
                    left_out(card),
                ],
            )
        ),
        table=TableData(
            columns=["column", "impact %", "from", "to"], rows=rows, row_count=len(rows), words=["impact %"]
        ),
        values={
            "model": card.name,
            "target": card.target,
            "impact": card.impact,
            "impact_intervals": card.impact_intervals,
            "excluded": card.unused,
        },
    )


@tool(
    effect="read",
    group="model",
    title="Show the card of the model",
    asked_by=r"model (?:card|sheet|facts)|모델\s?(?:카드|설명서|명세서?)",
)
def model_card(job: Job, model: ModelName | None = None) -> Outcome:
    """Show a model's card: what it predicts, on which data and columns it was built, when, and how good it is.

    Args:
        model: The model; the newest one when left out.
    """
    card = find_model(job.workspace, model)
    facts: list[list[object]] = [
        ["predicts", kind_words(card)],
        ["because", card.problem.reason],
        ["trained on", card.dataset],
        ["rows", f"{card.trained_rows:,} to learn from, {card.holdout_rows:,} to measure"],
        ["build", f"{card.build}, {card.seconds:.0f} s"],
        ["predicts with", title(card.called())],
        ["revision", f"{card.revision}: {card.changed}" if card.changed else "1, as it was built"],
        ["made", told_at(card.created)],
        ["made with", ", ".join(f"{name} {number}" for name, number in card.versions.items())],
        *[[name, value] for name, value in card.scores.metrics.items()],
        *(forecast_facts(card) if card.forecast else card_facts(card)),
    ]
    said = [
        f"The model '{card.name}' predicts {kind_words(card)}.",
        headline(card),
        drivers(card),
        left_out(card),
        notes(card),
    ]
    return Outcome(
        text=" ".join(filter(None, said)),
        table=TableData(columns=["fact", "value"], rows=facts, row_count=len(facts), words=["fact"]),
        metrics=metrics_of(card),
        values=card_values(card) | {"leaderboard": [one.model_dump() for one in card.leaderboard]},
    )
