"""What a chart shows, aggregated by DuckDB: a few hundred numbers at most leave the data, however many rows there are."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from tools.charting.axis import Axis, Source, stepped
from tools.query import value_in_words
from tools.tool import ToolError
from tools.transform import Column
from tools.transforms.yes_no import as_number
from tools.words import identifier, listed, literal, plain

Basic = Literal["histogram", "bar", "line", "area", "scatter", "box", "heatmap", "pie"]
Kind = Basic | Literal["violin", "missing", "correlation", "forecast"]
Measure = Literal["count", "sum", "mean", "median", "min", "max"]
MEASURES: dict[str, str] = {
    "count": "count",
    "sum": "sum",
    "mean": "avg",
    "median": "median",
    "min": "min",
    "max": "max",
}
SHARE = "share of "
"""How the mean of yes and no is called, which is told in percent."""
IN_WORDS = {"sum": "total", "mean": "average", "median": "median", "min": "lowest", "max": "highest"}
TOP = 12
SLICES = 7
COLOURS = 7
"""Groups that are shown by name; the rest together are one more, called other."""
NUMBERS = 30
"""A number column with at most so many different values may stand for groups."""
BINS = 20
POINTS = 2000
PANELS = 8
"""Groups that get a panel of their own; the rest together have one more."""


@dataclass(frozen=True)
class Picture:
    """The numbers of one chart: rows of `fields`, each field with its title and its kind of scale."""

    kind: Kind
    sql: str
    rows: list[dict[str, Any]]
    titles: dict[str, str]
    """field -> what its axis or legend says, in the order of the columns."""
    text: str
    """What is seen, with numbers."""
    scales: dict[str, str] = field(default_factory=dict)
    """field -> quantitative, temporal, ordinal or nominal."""
    orders: dict[str, list[str]] = field(default_factory=dict)
    """field -> its groups in the order they are shown."""
    ours: dict[str, list[str]] = field(default_factory=dict)
    """field -> its groups where they are Easel's own words, such as weekdays, and none of the data."""


# --- columns as groups -------------------------------------------------------------------------------------------


def number(column: Column) -> str:
    """The column as a finite DOUBLE."""
    name = identifier(column.name)
    if column.type == "BOOLEAN":
        return f"CAST(CAST({name} AS INTEGER) AS DOUBLE)"
    if column.type in ("DOUBLE", "FLOAT"):
        return f"CASE WHEN isfinite({name}) THEN {name} END"
    return f"CAST({name} AS DOUBLE)"


def grouped(source: Source, column: Column, kind: Kind, *, top: int = TOP, rank: str = "count(*)") -> Axis:
    """A column as groups: texts by rank with the rest as other, few numbers as they are, times by a fitting step."""
    if column.is_time and not column.type.startswith("TIME WITH") and column.type != "TIME":
        return stepped(source, column)
    name = identifier(column.name)
    if column.is_number:
        values = _distinct(source, name, NUMBERS + 1)
        if len(values) > NUMBERS:
            raise ToolError(unfit(column, kind, f"has more than {NUMBERS} different numbers"))
        return Axis(column, f"coalesce(CAST({name} AS VARCHAR), 'empty')", "ordinal", [value_of(v) for v in values])
    label = _label(column)
    ranked = source.ask(f"SELECT {label} AS label FROM {source.name} GROUP BY ALL ORDER BY {rank} DESC, label")
    names = [row[0] for row in ranked]
    if len(names) <= top + 1:
        return Axis(column, label, "nominal", names)
    kept, rest = names[:top], f"other ({len(names) - top:,} values)"
    inside = ", ".join(literal(value) for value in kept)
    return Axis(
        column,
        f"CASE WHEN {label} IN ({inside}) THEN {label} ELSE {literal(rest)} END",
        "nominal",
        [*kept, rest],
        rest=rest,
    )


def value_of(value: Any) -> str:
    return "empty" if value is None else str(value)


def _label(column: Column) -> str:
    name = identifier(column.name)
    if column.type == "BOOLEAN":
        return f"CASE {name} WHEN true THEN 'yes' WHEN false THEN 'no' ELSE 'empty' END"
    return f"coalesce(CAST({name} AS VARCHAR), 'empty')"


def _distinct(source: Source, name: str, limit: int) -> list[Any]:
    found = source.ask(f"SELECT DISTINCT {name} AS v FROM {source.name} ORDER BY v NULLS LAST LIMIT {limit}")
    return [row[0] for row in found]


def banded(source: Source, column: Column, bins: int = BINS) -> tuple[float, float]:
    """The start and width of round bins over a number column."""
    value = number(column)
    low, high = source.ask(f"SELECT min({value}), max({value}) FROM {source.name}")[0]
    if low is None:
        raise ToolError(f"{column.name} holds no numbers, so there is nothing to draw.")
    span = high - low
    if not math.isfinite(span):
        raise ToolError(f"The numbers of {column.name} lie too far apart to draw ({low:.3g} to {high:.3g}).")
    width = round_width(span / bins)
    if "INT" in column.type:
        width = max(1.0, math.ceil(width))
    return math.floor(low / width) * width, width


def round_width(raw: float) -> float:
    """The next 1, 2, 2.5 or 5 times a power of ten; 1 where the range is nothing."""
    if raw <= 0:
        return 1.0
    power = 10.0 ** math.floor(math.log10(raw))
    return float(next(step * power for step in (1, 2, 2.5, 5, 10) if step * power >= raw * 0.999999))


# --- measures ----------------------------------------------------------------------------------------------------


def measured(
    kind: Kind, y: Column | None, measure: Measure | None, default: Measure = "sum", *, source: Source | None = None
) -> tuple[str, str, Measure]:
    """The aggregate as SQL, what it is called, and which it is. Raises ToolError where the column can't be measured so.

    The mean of a text column of yes and no is the share of yes, where a source is given to look at.
    """
    chosen: Measure = measure or (default if y and (y.is_number or y.type == "BOOLEAN") else "count")
    if y is None:
        if chosen != "count":
            raise ToolError(f"'{chosen}' needs a number column to measure. Name it as y, or use the measure count.")
        return "count(*)", "number of rows", "count"
    if chosen == "count":
        return f"count({identifier(y.name)})", f"number of {y.name}", "count"
    if chosen == "mean" and source and y.is_text and (yes := as_number(source.ask, source.name, y.name)):
        return f"avg({yes})", f"{SHARE}{y.name}", chosen
    if not y.is_number and y.type != "BOOLEAN":
        raise ToolError(
            f"{y.name} holds {kind_of(y)}, so it has no {chosen}. Use the measure count, or name a number column as y."
        )
    if kind in ("pie", "area") and chosen not in ("sum", "count"):
        raise ToolError(
            f"The parts of {kind_name(kind)} add up, and a {chosen} does not. Use sum or count, or draw bars."
        )
    called = f"{SHARE}{y.name}" if chosen == "mean" and y.type == "BOOLEAN" else f"{IN_WORDS[chosen]} {y.name}"
    return f"{MEASURES[chosen]}({number(y)})", called, chosen


def kind_of(column: Column) -> str:
    if column.is_number:
        return "numbers"
    if column.is_time:
        return "dates"
    return {"BOOLEAN": "yes/no values"}.get(column.type, "text" if column.is_text else column.type)


def kind_name(kind: str) -> str:
    return {
        "histogram": "a histogram",
        "area": "an area chart",
        "scatter": "a scatter chart",
        "heatmap": "a heat map",
        "missing": "a map of missing values",
        "correlation": "a correlation matrix",
    }.get(kind, f"a {kind} chart")


def unfit(column: Column, kind: Kind, why: str) -> str:
    """One line: what the column holds, and which kinds of chart fit it."""
    if column.is_number:
        fits = "histogram, box, scatter (with a second number column), x of a line, y of bar or line"
    elif column.is_time:
        fits = "line, area, bar"
    else:
        fits = "bar, pie, heatmap, x of a box"
    return f"{column.name} {why}, which {kind_name(kind)} can't show there. For {column.name} these fit: {fits}."


@dataclass(frozen=True)
class Split:
    """What cuts a chart's numbers further: groups in colours, and groups in panels of their own."""

    axes: dict[str, Axis]

    @property
    def names(self) -> list[str]:
        return list(self.axes)

    @property
    def sql(self) -> str:
        """`, "region" AS color`, to stand behind the other expressions of a SELECT."""
        return "".join(f", {axis.sql} AS {name}" for name, axis in self.axes.items())

    @property
    def titles(self) -> dict[str, str]:
        return {name: axis.column.name for name, axis in self.axes.items()}

    @property
    def words(self) -> str:
        """`, split by country, one panel per region`."""
        said = {"color": ", split by ", "facet": ", one panel per "}
        return "".join(said[name] + axis.title for name, axis in self.axes.items())


def split(source: Source, kind: Kind, color: Column | None, facet: Column | None) -> Split:
    """The groups of the colour and of the panels, where there are any."""
    axes = {"color": grouped(source, color, kind, top=COLOURS)} if color else {}
    return Split(axes | ({"facet": grouped(source, facet, kind, top=PANELS)} if facet else {}))


def records(names: Sequence[str], rows: Sequence[Sequence[Any]]) -> list[dict[str, Any]]:
    return [dict(zip(names, [plain(cell) for cell in row], strict=True)) for row in rows]


def named(axis: Axis, value: Any) -> str:
    """A group in a sentence: `Germany`, but `products 3`, because a bare number would read as an amount."""
    return f"{axis.column.name} {value}" if axis.scale == "ordinal" and value != "empty" else str(value)


def ranking(pairs: Sequence[tuple[str, Any]], rest: str = "") -> str:
    """`France 5,014 is the highest of 3 groups, then Germany 2,509 and Spain 2,477`; `rest` is told last."""
    others = [value for label, value in pairs if rest and label == rest and value is not None]
    known = [(label, value) for label, value in pairs if value is not None and not (rest and label == rest)]
    if not known:
        return "every group is empty"
    ordered = sorted(known, key=lambda pair: -pair[1])
    head = f"{ordered[0][0]} {value_in_words(ordered[0][1])}"
    if len(ordered) == 1:
        return f"{head} is the only group"
    following = [f"{label} {value_in_words(value)}" for label, value in ordered[1:4]]
    tail = f"; the lowest is {ordered[-1][0]} {value_in_words(ordered[-1][1])}" if len(ordered) > 4 else ""
    last = f"; {rest} {value_in_words(others[0])}" if others else ""
    return f"{head} is the highest of {len(ordered)} groups, then {listed(following)}{tail}{last}"
