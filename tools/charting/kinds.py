"""One function per kind of chart: the SELECT that aggregates it and the sentence that tells what is seen."""

from dataclasses import replace
from typing import Any

from tools.charting.axis import Axis, Source
from tools.charting.data import (
    COLOURS,
    NUMBERS,
    POINTS,
    SHARE,
    SLICES,
    Kind,
    Measure,
    Picture,
    Split,
    banded,
    grouped,
    kind_name,
    kind_of,
    measured,
    named,
    number,
    ranking,
    records,
    split,
    unfit,
)
from tools.query import Share, value_in_words
from tools.tool import ToolError
from tools.transform import Column
from tools.words import identifier


def histogram(source: Source, x: Column, color: Column | None, facet: Column | None = None) -> Picture:
    """Counts of a number column in about twenty round bins."""
    if not x.is_number:
        raise ToolError(unfit(x, "histogram", f"holds {kind_of(x)}"))
    low, width = banded(source, x)
    value = number(x)
    parts = split(source, "histogram", color, facet)
    sql = (
        f"SELECT {low!r} + floor(({value} - {low!r}) / {width!r}) * {width!r} AS x{parts.sql}, count(*) AS y"
        f" FROM {source.name} WHERE {value} IS NOT NULL GROUP BY ALL ORDER BY ALL"
    )
    found = source.ask(sql)
    rows = [row | {"x2": row["x"] + width} for row in records(["x", *parts.names, "y"], found)]
    facts = source.ask(
        f"SELECT min({value}), max({value}), median({value}), count({value}), count(*) - count({value}) FROM {source.name}"
    )[0]
    text = _histogram_text(x.name, rows, facts, parts.words)
    titles = {"x": x.name, "x2": f"{x.name} (to)"} | parts.titles | {"y": "number of rows"}
    scales = {"x": "quantitative", "y": "quantitative"}
    return Picture("histogram", sql, rows, titles, text, scales, orders(**parts.axes))


def _histogram_text(name: str, rows: list[dict[str, Any]], facts: tuple[Any, ...], words: str) -> str:
    low, high, middle, count, empty = facts
    totals: dict[tuple[float, float], int] = {}
    for row in rows:
        totals[row["x"], row["x2"]] = totals.get((row["x"], row["x2"]), 0) + row["y"]
    (start, end), most = max(totals.items(), key=lambda pair: pair[1])
    return (
        f"Drew a histogram of {name} over {count:,} rows{words}: from {value_in_words(low)} to {value_in_words(high)}, half of"
        f" them at or below {value_in_words(middle)}. The fullest bin, {value_in_words(start)} to {value_in_words(end)},"
        f" holds {most:,} rows." + (f" {empty:,} empty cells are left out." if empty else "")
    )


def bar(
    source: Source,
    x: Column,
    y: Column | None,
    color: Column | None,
    measure: Measure | None,
    facet: Column | None = None,
) -> Picture:
    """One bar per group, and parts or neighbours of it per colour."""
    aggregate, called, chosen = measured("bar", y, measure, source=source)
    axis = grouped(source, x, "bar", rank=aggregate if chosen in ("count", "sum") else "count(*)")
    return _groups(source, "bar", axis, split(source, "bar", color, facet), aggregate, called)


def line(
    source: Source,
    kind: Kind,
    x: Column,
    y: Column | None,
    color: Column | None,
    measure: Measure | None,
    facet: Column | None = None,
) -> Picture:
    """A measure along time or numbers, one line or area per colour."""
    aggregate, called, _ = measured(kind, y, measure, source=source)
    if x.is_number:
        low, width = banded(source, x, 50)
        name = identifier(x.name)
        few = len(source.ask(f"SELECT DISTINCT {name} FROM {source.name} LIMIT 101")) <= 100
        value = number(x)
        axis = Axis(
            x, value if few else f"{low!r} + floor(({value} - {low!r}) / {width!r}) * {width!r}", "quantitative"
        )
    elif x.is_time:
        axis = grouped(source, x, kind)
    else:
        raise ToolError(unfit(x, kind, f"holds {kind_of(x)}"))
    return _groups(source, kind, axis, split(source, kind, color, facet), aggregate, called)


def pie(source: Source, x: Column, y: Column | None, measure: Measure | None, facet: Column | None = None) -> Picture:
    """Shares of a whole: a few groups and the rest as other."""
    aggregate, called, _ = measured("pie", y, measure)
    axis = grouped(source, x, "pie", top=SLICES, rank=aggregate)
    picture = _groups(source, "pie", axis, split(source, "pie", None, facet), aggregate, called)
    totals: dict[Any, float] = {}
    for row in picture.rows:
        totals[row.get("facet")] = totals.get(row.get("facet"), 0) + (row["y"] or 0)
    if min(totals.values()) <= 0 or any((row["y"] or 0) < 0 for row in picture.rows):
        raise ToolError(
            f"{called} is negative or nothing for some groups of {x.name}, so it has no shares. Draw a bar chart."
        )
    rows = [row | {"share": (row["y"] or 0) / totals[row.get("facet")]} for row in picture.rows]
    largest = max((row for row in rows if row["x"] != axis.rest), key=lambda row: row["share"])
    whole = f"{facet.name} {largest['facet']}" if facet else "the whole"
    text = f"{picture.text} {named(axis, largest['x'])} has {largest['share']:.1%} of {whole}."
    return replace(picture, rows=rows, titles={**picture.titles, "share": "share"}, text=text)


def _groups(source: Source, kind: Kind, axis: Axis, parts: Split, aggregate: str, called: str) -> Picture:
    known = f" WHERE {identifier(axis.column.name)} IS NOT NULL" if axis.order is None or axis.ours else ""
    sql = f"SELECT {axis.sql} AS x{parts.sql}, {aggregate} AS y FROM {source.name}{known} GROUP BY ALL ORDER BY ALL"
    rows = records(["x", *parts.names, "y"], source.ask(sql))
    if not rows:
        raise ToolError(f"{axis.column.name} is empty in every row, so there is nothing to draw.")
    totals = source.ask(f"SELECT {axis.sql} AS x, {aggregate} AS y FROM {source.name}{known} GROUP BY ALL ORDER BY ALL")
    if called.startswith(SHARE):
        totals = [(x, y if y is None else Share(y)) for x, y in totals]
    place = {name: rank for rank, name in enumerate(axis.order or [])}
    rows.sort(key=lambda row: place.get(row["x"], 0))
    seen = (
        _along(totals) if axis.order is None else ranking([(named(axis, row[0]), row[1]) for row in totals], axis.rest)
    )
    text = f"Drew {kind_name(kind)} of the {called} by {axis.title}{parts.words}: {seen}."
    titles = {"x": axis.title} | parts.titles | {"y": called}
    scales, ours = {"x": axis.scale, "y": "quantitative"}, {"x": axis.order or []} if axis.ours else {}
    return Picture(kind, sql, rows, titles, text, scales, orders(x=axis, **parts.axes), ours)


def _along(points: list[tuple[Any, ...]]) -> str:
    """`2023-01 to 2024-12, lowest 120 at 2023-02, highest 900 at 2024-11`."""
    known = [(x, y) for x, y in points if y is not None]
    if not known:
        return "every value is empty"
    (low_x, low), (high_x, high) = min(known, key=lambda p: p[1]), max(known, key=lambda p: p[1])
    told = f"from {value_in_words(known[0][0], 'id')} to {value_in_words(known[-1][0], 'id')}"
    return (
        f"{told}, lowest {value_in_words(low)} at {value_in_words(low_x, 'id')},"
        f" highest {value_in_words(high)} at {value_in_words(high_x, 'id')}"
    )


def orders(**axes: Axis | None) -> dict[str, list[str]]:
    """The order of the groups along each axis that has one."""
    return {name: axis.order for name, axis in axes.items() if axis and axis.order is not None}


def scatter(source: Source, x: Column, y: Column | None, color: Column | None, facet: Column | None = None) -> Picture:
    """Points of two number or time columns, at most two thousand, always the same ones."""
    if y is None:
        raise ToolError("A scatter chart needs two columns. Name the second one as y.")
    for column in (x, y):
        if not (column.is_number or column.is_time):
            raise ToolError(unfit(column, "scatter", f"holds {kind_of(column)}"))
    axes = {"color": _point_colour(source, color)} if color else {}
    parts = Split(axes | split(source, "scatter", None, facet).axes)
    cells = [identifier(c.name) if c.is_time else number(c) for c in (x, y)]
    names = ["x", "y", *parts.names]
    inner = f"SELECT {cells[0]} AS x, {cells[1]} AS y{parts.sql}, row_number() OVER () AS place FROM {source.name}"
    sql = (
        f"SELECT {', '.join(names)} FROM ({inner}) WHERE x IS NOT NULL AND y IS NOT NULL"
        f" ORDER BY hash(place), place LIMIT {POINTS}"
    )
    rows = records(names, source.ask(sql))
    if not rows:
        raise ToolError(f"No row has both {x.name} and {y.name}, so there is nothing to draw.")
    titles = {"x": x.name, "y": y.name} | parts.titles
    scales = {name: "temporal" if c.is_time else "quantitative" for name, c in (("x", x), ("y", y))}
    scales |= {name: axis.scale for name, axis in axes.items()}
    text = _scatter_text(source, x, y, len(rows), parts.words)
    return Picture("scatter", sql, rows, titles, text, scales, orders(**parts.axes))


def _point_colour(source: Source, color: Column) -> Axis:
    if color.is_number and len(source.ask(f"SELECT DISTINCT {identifier(color.name)} FROM {source.name} LIMIT 9")) > 8:
        return Axis(color, number(color), "quantitative")
    return grouped(source, color, "scatter", top=COLOURS)


def _scatter_text(source: Source, x: Column, y: Column, shown: int, groups: str) -> str:
    total = source.ask(
        f"SELECT count(*) FROM {source.name} WHERE {identifier(x.name)} IS NOT NULL AND {identifier(y.name)} IS NOT NULL"
    )[0][0]
    points = f"{shown:,} points" if shown >= total else f"{shown:,} of {total:,} points"
    text = f"Drew a scatter chart of {y.name} against {x.name} with {points}{groups}."
    if x.is_time or y.is_time:
        return text
    related = source.ask(f"SELECT corr({number(y)}, {number(x)}) FROM {source.name}")[0][0]
    if related is None or related != related:
        return text
    size = abs(related)
    words = "hardly" if size < 0.1 else "weakly" if size < 0.3 else "moderately" if size < 0.6 else "strongly"
    ways = "" if size < 0.1 else ", rising together" if related > 0 else ", one falling as the other rises"
    return f"{text} They move {words} together (correlation {related:.2f} over all rows{ways})."


def in_panel(row: dict[str, Any]) -> str:
    """Which panel a row is drawn in, where there are several."""
    return f" in {row['facet']}" if "facet" in row else ""


def heatmap(
    source: Source,
    x: Column,
    y: Column | None,
    color: Column | None,
    measure: Measure | None,
    facet: Column | None = None,
) -> Picture:
    """Two columns crossed; the colour of a cell counts its rows or measures the column given as colour."""
    if y is None:
        raise ToolError("A heat map crosses two columns. Name the second one as y, and a column to measure as color.")
    aggregate, called, _ = measured("heatmap", color, measure, "mean")
    across, down, parts = _band(source, x), _band(source, y), split(source, "heatmap", None, facet)
    sql = (
        f"SELECT {across.sql} AS x, {down.sql} AS y{parts.sql}, {aggregate} AS color"
        f" FROM {source.name} GROUP BY ALL ORDER BY ALL"
    )
    found = records(["x", "y", *parts.names, "color"], source.ask(sql))
    rows = [row for row in found if row["x"] is not None and row["y"] is not None]
    if not rows:
        raise ToolError(f"No row has both {x.name} and {y.name}, so there is nothing to draw.")
    seen = ranking(
        [(f"{value_in_words(row['x'])} × {value_in_words(row['y'])}{in_panel(row)}", row["color"]) for row in rows]
    )
    text = f"Drew a heat map of the {called} by {across.title} and {down.title}{parts.words}: {seen}."
    titles = {"x": across.title, "y": down.title} | parts.titles | {"color": called}
    scales = {"x": across.scale, "y": down.scale}
    return Picture("heatmap", sql, rows, titles, text, scales, orders(x=across, y=down, **parts.axes))


def _band(source: Source, column: Column) -> Axis:
    """A number column with many values as ten round bins, anything else as groups."""
    name = identifier(column.name)
    if (
        not column.is_number
        or len(source.ask(f"SELECT DISTINCT {name} FROM {source.name} LIMIT {NUMBERS + 1}")) <= NUMBERS
    ):
        return grouped(source, column, "heatmap")
    low, width = banded(source, column, 10)
    return Axis(
        column,
        f"{low!r} + floor(({number(column)} - {low!r}) / {width!r}) * {width!r}",
        "ordinal",
        unit=f"from, steps of {width:g}",
    )
