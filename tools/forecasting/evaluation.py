"""How good a forecast is, in tables: every measure, window, step ahead and series beside the seasonal naive."""

from typing import Any

from automl.card import Card
from automl.forecasting.scores import Part
from automl.names import plain_name, title
from tools.forecasting.words import date, facts, headline, horizon_words, made_of, read_words
from tools.modelling.words import metrics_of, number
from tools.tool import Outcome, TableData
from tools.words import listed

MOST_PARTS = 50


def evaluated(card: Card) -> Outcome:
    """The scores in all and per window, then the series where it errs most, and what changes with the distance."""
    found = facts(card)
    return Outcome(
        text=" ".join(filter(None, [f"'{card.name}' forecasts {horizon_words(card)}.", headline(card), errs(card), made_of(card)])),
        table=_table(card),
        metrics=metrics_of(card),
        values={
            "model": card.name,
            "target": card.target,
            "problem": "forecast",
            "naive_won": found.naive_won,
            "windows": [_plain(part) for part in found.windows],
            "steps": [_plain(part) for part in found.steps],
            "items": [_plain(part) for part in found.parts],
            "leaderboard": [one.model_dump() for one in card.leaderboard],
        },
    )  # fmt: skip


def _plain(part: Part) -> dict[str, Any]:
    return {"name": part.name, "scores": part.scores, "seasonal_naive": part.naive, "rows": part.rows}


def _table(card: Card) -> TableData:
    """One line for all, each window and each series, in the build's metric and the plainest ones."""
    found = facts(card)
    names = list(dict.fromkeys([card.metric.lower(), "mae", "wape"]))
    parts = [("all", Part(name="", scores=card.scores.metrics, naive=card.baseline.metrics, rows=found.measured))]
    parts += [(f"from {date(part.name, found.series.step)}", part) for part in found.windows if len(found.windows) > 1]
    parts += [(part.name, part) for part in found.parts[:MOST_PARTS]]
    columns = ["part", *[f"{name} {whose}".strip() for name in names for whose in ("", "seasonal naive")]]
    rows = [
        [label, *[table.get(name) for name in names for table in (part.scores, part.naive)]] for label, part in parts
    ]
    return TableData(
        columns=columns,
        rows=rows,
        row_count=1 + len(found.windows) * (len(found.windows) > 1) + len(found.parts),
        words=["part"],
    )


def errs(card: Card) -> str:
    """Where it errs more: further ahead, and on which series."""
    return " ".join(filter(None, [_distance(card), _worst(card)]))


def _distance(card: Card) -> str:
    """Whether it errs more the further ahead it looks."""
    steps = facts(card).steps
    if len(steps) < 2:
        return ""
    unit = facts(card).series.step
    return (
        f"One {unit.words()} ahead it is off by {number(steps[0].scores['mae'])},"
        f" {unit.counted(len(steps))} ahead by {number(steps[-1].scores['mae'])}."
    )


def _worst(card: Card) -> str:
    """The series it errs most on, as a share of their size."""
    parts = [part for part in facts(card).parts if "wape" in part.scores]
    if len(parts) < 2:
        return ""
    worst = sorted(parts, key=lambda part: -part.scores["wape"])[:3]
    named = [f"{part.name} ({100 * part.scores['wape']:.0f} % off)" for part in worst]
    return f"It errs most on {listed(named)}."


def explained(card: Card) -> Outcome:
    """What a forecast is made of, and what it looks at; a series has no columns whose impact could be measured."""
    found = facts(card)
    looks = [*found.series.known, *([f"the holidays of {found.series.holidays}"] if found.series.holidays else [])]
    said = [
        f"'{card.name}' forecasts {horizon_words(card)} from its own past{f', {listed(looks)}' if looks else ''}.",
        made_of(card),
        read_words(card),
        "To see what a column known ahead does, ask what if it were another: forecast with changes."
        if found.series.known
        else "",
    ]
    rows = [[title(plain_name(name)), round(100 * share, 1)] for name, share in found.weights.items()]
    return Outcome(
        text=" ".join(filter(None, said)),
        table=TableData(columns=["method", "share %"], rows=rows, row_count=len(rows), words=["method"]),
        values={
            "model": card.name,
            "target": card.target,
            "models": found.weights,
            "known_columns": found.series.known,
        },
    )


def forecast_facts(card: Card) -> list[list[object]]:
    """The lines of a forecast's card that others don't have."""
    found = facts(card)
    step = found.series.step
    return [
        ["version", f"{card.lineage.version} of {card.family}"],
        ["series", found.count],
        ["step", step.words()],
        ["from", date(found.start, step)],
        ["to", date(found.end, step)],
        ["ahead", step.words(found.series.horizon)],
        ["bands", listed([f"p{100 * level:g}" for level in found.series.quantiles], 99)],
        ["known ahead", listed(found.series.known) or "nothing"],
        ["holidays", found.series.holidays or "none"],
        ["back-test", f"{len(found.windows)} windows of {step.words(found.series.horizon)}"],
    ]
