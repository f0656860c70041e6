"""What a forecast comes to: its rows with the items' own columns, what it says in words, and the same for programs."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import floor, log10
from statistics import median
from typing import Any, Self

import pyarrow as pa

from automl.amounts import written
from automl.card import Card
from automl.forecasting.predict import Change, ForecastMade
from automl.forecasting.series import ITEM, TARGET, TIME
from tools.forecasting.shape import label_of
from tools.forecasting.words import date, facts
from tools.modelling.words import number
from tools.tool import ToolError
from tools.words import identifier, listed, plain
from tools.workspace import Workspace

SHOWN, MOST_DIGITS = 100, 6
"""The rows of a forecast that are shown, and the decimals they have at most."""
_EXPECTED = re.compile(r"forecast(?:_before)?|difference|p\d+(?:_\d+)?")
"""The columns of a forecast that hold what is expected."""


@dataclass(frozen=True)
class Made:
    """A forecast as frames: the history it started from and what it says, and what had to be assumed."""

    history: Any
    table: Any
    told: ForecastMade
    changes: list[Change]
    note: str

    @property
    def steps(self) -> int:
        """How many steps ahead it reaches."""
        return int(self.table.groupby(ITEM).size().max())

    def of(self, series: Sequence[str]) -> Self:
        """The same of some of its series."""
        parts = {"history": self.history, "table": self.table}
        return replace(self, **{name: frame[frame[ITEM].isin(series)] for name, frame in parts.items()})


def forecast_rows(workspace: Workspace, card: Card, made: Made) -> pa.Table:
    """The forecast as rows: what tells the series apart, the time, the forecast, its bands and what was known ahead."""
    found, table = facts(card), made.table
    step = found.series.step
    moment = f"f.{identifier(TIME)}"
    months = {"month": 0, "quarter": 2, "year": 11}
    if step.last_day:
        moment = f"last_day({moment} + INTERVAL '{months[step.unit]} months')"
    time = f"CAST({moment} AS {'TIMESTAMP' if step.unit in ('minute', 'hour') else 'DATE'}) AS {identifier(found.time)}"
    cells = [*_item_cells(workspace, card), time, "f.point AS forecast"]
    shown = [level for level in found.series.quantiles if f"{level:g}" != found.series.point]
    cells += [f"f.{identifier(f'{level:g}')} AS p{f'{100 * level:g}'.replace('.', '_')}" for level in shown]
    if "before" in table:
        cells += ["f.before AS forecast_before", "f.point - f.before AS difference"]
    cells += [f"f.{identifier(name)}" for name in found.series.known]
    with workspace.cursor() as cursor:
        cursor.register("forecast_rows", pa.Table.from_pandas(table, preserve_index=False))
        try:
            order = f"f.{identifier(ITEM)}, f.{identifier(TIME)}"
            rows: pa.Table = cursor.execute(
                f"SELECT {', '.join(cells)} FROM forecast_rows f {_item_join(workspace, card)} ORDER BY {order}"
            ).to_arrow_table()
        finally:
            cursor.unregister("forecast_rows")
    return rows


def first_rows(rows: pa.Table, most: int = SHOWN) -> list[list[Any]]:
    """The first rows of a forecast as they are shown: expected numbers to a hundredth or so of how wide the bands are."""
    own = {
        place
        for place, column in enumerate(rows.schema)
        if _EXPECTED.fullmatch(column.name) and pa.types.is_floating(column.type)
    }
    first = [list(row.values()) for row in rows.slice(0, most).to_pylist()]
    digits = _digits([[row[place] for place in own if rows.column_names[place] != "difference"] for row in first])
    return [
        [round(cell, digits) if place in own and cell is not None else plain(cell) for place, cell in enumerate(row)]
        for row in first
    ]


def _digits(cells: list[list[float]]) -> int:
    """The decimals that say something: of the usual width of a band, else of the usual number, three digits."""
    filled = [[cell for cell in row if cell is not None] for row in cells]
    widths = [max(row) - min(row) for row in filled if row]
    scale = median(widths or [0]) or median([abs(row[0]) for row in filled if row] or [0])
    return min(max(2 - floor(log10(scale)), 0), MOST_DIGITS) if scale > 0 else MOST_DIGITS


def _item_source(workspace: Workspace, card: Card) -> str:
    """The version that knows the items' own columns; empty where the series has none or the version is gone."""
    if not facts(card).items:
        return ""
    try:
        return identifier(workspace.version(card.dataset).ref)
    except ToolError:
        return ""


def _item_cells(workspace: Workspace, card: Card) -> list[str]:
    found = facts(card)
    if _item_source(workspace, card):
        return [f"i.{identifier(name)}" for name in found.items]
    return [f"f.{identifier(ITEM)} AS {identifier('_'.join(found.items))}"] if found.items else []


def _item_join(workspace: Workspace, card: Card) -> str:
    source = _item_source(workspace, card)
    if not source:
        return ""
    names = ", ".join(identifier(name) for name in facts(card).items)
    label = label_of(facts(card).items)
    return f"LEFT JOIN (SELECT DISTINCT {label} AS label, {names} FROM {source}) i ON i.label = f.{identifier(ITEM)}"


def told(card: Card, made: Made) -> str:
    """What the forecast says, in words and numbers."""
    found, table = facts(card), made.table
    step, series = found.series.step, int(table[ITEM].nunique())
    begun = table.groupby(ITEM)[TIME].min()
    early = [str(name) for name in begun.index[begun < begun.max()]]
    first, last = (date(str(moment), step) for moment in (begun.max(), table[TIME].max()))
    span = first if first == last else f"{first} to {last}"
    many = f" for {series:,} series" if series > 1 else f" for {begun.index[0]}" if begun.index[0] else ""
    said = [f"Forecast of {card.target} with '{card.name}' for the next {step.words(made.steps)} ({span}){many}."]
    points = table["point"]
    if series == 1:
        high, low = table.loc[points.idxmax()], table.loc[points.idxmin()]
        at = "at" if step.unit in ("minute", "hour") else "on"
        spread = (
            f" on average, the most {at} {date(str(high[TIME]), step)} ({number(float(high['point']))}), the least {at}"
            f" {date(str(low[TIME]), step)} ({number(float(low['point']))})"
        )
        same = float(high["point"]) - float(low["point"]) <= 1e-9 * abs(float(high["point"]))
        said.append(
            f"It expects {number(float(points.mean()))}{'' if len(table) == 1 else ' each time' if same else spread}."
        )
    else:
        ahead = table[table[TIME] >= begun.max()]
        totals = ahead.groupby(ITEM)["point"].sum().sort_values(ascending=False)
        shown = [f"{name} {number(float(value))}" for name, value in totals.head(3).items()]
        said.append(f"In all it expects {number(float(totals.sum()))}; the largest are {listed(shown)}.")
    if early:
        own = "ends before the others and is" if len(early) == 1 else "end before the others and are"
        said.append(f"{listed(early, 3)} {own} forecast from {'its' if len(early) == 1 else 'their'} own end.")
    if "before" in table:
        said.append(_change_words(card, made))
    levels = found.series.quantiles
    if len(levels) > 1:
        share = f"{100 * (levels[-1] - levels[0]):g}"
        said.append(
            f"The band from p{100 * levels[0]:g} to p{100 * levels[-1]:g} should hold {share} % of what will come."
        )
    if found.series.amounts and (table["low"] == 0).any() and made.history[TARGET].min() >= 0:
        said.append(f"Nothing is forecast below zero, as {card.target} never was.")
    given_now = {one.column for one in made.changes if one.kind == "set"}
    if guessed := [name for name in made.told.guessed if name not in given_now]:
        back = "a season" if found.season > 1 else "a step"
        part = f" (for {made.told.given:,} of {len(table):,} steps it was)" if made.told.given else ""
        said.append(f"The future of {listed(guessed)} was not given in full{part}: taken as it was {back} before.")
    if made.told.strangers and not found.only:
        said.append(f"Not among the series, so left out: {listed(made.told.strangers, 3)}.")
    return " ".join(filter(None, [*said, made.note]))


def _change_words(card: Card, made: Made) -> str:
    """What the change comes to."""
    new, old = float(made.table["point"].sum()), float(made.table["before"].sum())
    asked = listed([f"{one.column} {_asked(one)}" for one in made.changes])
    if abs(new - old) <= 1e-9 * max(abs(old), 1):
        return f"With {asked} nothing changes: the model that won sees no effect of it."
    change = 100 * (new - old) / abs(old) if old else 0.0
    share = f", {change:+.1f} %" if abs(change) >= 0.1 else f", {change:+.1g} %" if old else ""
    return f"With {asked} it comes to {number(new)} in all in place of {number(old)} ({_more(new - old)}{share})."


def _more(value: float) -> str:
    return f"{'+' if value >= 0 else '-'}{number(abs(value))}"


def _asked(one: Change) -> str:
    if one.kind == "multiply":
        return f"{100 * (float(one.value) - 1):+.3g} %"
    if one.kind == "add":
        return _more(float(one.value))
    return f"at {written(one.value)}" if isinstance(one.value, float) else f"at {one.value}"


def values(card: Card, made: Made) -> dict[str, Any]:
    """What programs and answers read from a forecast."""
    table = made.table
    return {
        "model": card.name,
        "target": card.target,
        "horizon": made.steps,
        "series": int(table[ITEM].nunique()),
        "total": round(float(table["point"].sum()), 6),
        "mean": round(float(table["point"].mean()), 6),
        **({"total_before": round(float(table["before"].sum()), 6)} if "before" in table else {}),
        "first": str(table[TIME].min()),
        "last": str(table[TIME].max()),
        "history_end": made.told.end,
        "guessed": made.told.guessed,
    }
