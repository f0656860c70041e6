"""Charts of how values are spread, per group: boxes and violins, and where cells are empty."""

import math
from collections.abc import Sequence
from typing import Any

from tools.charting.axis import Axis, Source
from tools.charting.data import (
    Kind,
    Picture,
    grouped,
    kind_of,
    named,
    number,
    ranking,
    records,
    split,
    unfit,
)
from tools.charting.kinds import in_panel, orders
from tools.query import value_in_words
from tools.tool import ToolError
from tools.transform import Column
from tools.words import counted, identifier, listed

STEPS = 64
"""Heights at which a violin's width is known."""
REACH = 3.0
"""A violin ends this many widths of the middle half beyond it: one slip of typing would flatten it otherwise."""
BANDS = 60
"""Rows are put together into so many bands of a map of missing values."""
MOST_COLUMNS = 60


def box(source: Source, x: Column, y: Column | None, color: Column | None, facet: Column | None = None) -> Picture:
    """The middle half, the median and the usual range of a number column, per group where there is one."""
    group, value = _by_group("box", x, y, color)
    axis = grouped(source, group, "box") if group else None
    parts = split(source, "box", None, facet)
    label, cell, keys = axis.sql if axis else "'all rows'", number(value), ", ".join(["x", *parts.names])
    sql = (
        f"WITH given AS (SELECT {label} AS x{parts.sql}, {cell} AS v FROM {source.name} WHERE {cell} IS NOT NULL),\n"
        f"quarters AS (SELECT {keys}, quantile_cont(v, [0.25, 0.5, 0.75]) AS q FROM given GROUP BY {keys})\n"
        f"SELECT {keys}, q[1] AS q1, q[2] AS middle, q[3] AS q3,\n"
        "  min(v) FILTER (v >= q[1] - 1.5 * (q[3] - q[1])) AS low, max(v) FILTER (v <= q[3] + 1.5 * (q[3] - q[1])) AS high,\n"
        "  count(*) AS n, count(*) FILTER (v < q[1] - 1.5 * (q[3] - q[1]) OR v > q[3] + 1.5 * (q[3] - q[1])) AS outside\n"
        f"FROM given JOIN quarters USING ({keys}) GROUP BY ALL ORDER BY {keys}"
    )
    rows = records(["x", *parts.names, "q1", "middle", "q3", "low", "high", "n", "outside"], source.ask(sql))
    if not rows:
        raise ToolError(f"{value.name} holds no numbers, so there is nothing to draw.")
    text = _box_text(value.name, axis, rows, parts.words)
    titles = (
        {"x": axis.title if axis else ""}
        | parts.titles
        | {"q1": "lower quarter", "middle": "median", "q3": "upper quarter"}
    )
    titles |= {"low": "usual lowest", "high": "usual highest", "n": "rows", "outside": "outside", "value": value.name}
    return Picture("box", sql, rows, titles, text, {"x": "nominal"}, orders(x=axis, **parts.axes))


def _by_group(kind: Kind, x: Column, y: Column | None, color: Column | None) -> tuple[Column | None, Column]:
    """Which column makes the groups and which one is measured, in whatever places they are named."""
    group, value = (color, x) if y is None else (x, y)
    if y is not None and x.is_number and not y.is_number:
        group, value = y, x
    if not value.is_number:
        raise ToolError(unfit(value, kind, f"holds {kind_of(value)}"))
    return group, value


def _box_text(name: str, axis: Axis | None, rows: list[dict[str, Any]], words: str) -> str:
    outside = sum(row["outside"] for row in rows)
    if axis and len(rows) > 1:
        seen = "by the median, " + ranking(
            [(named(axis, row["x"]) + in_panel(row), row["middle"]) for row in rows], axis.rest
        )
    elif len(rows) > 1:
        seen = "by the median, " + ranking([(str(row["facet"]), row["middle"]) for row in rows])
    else:
        low, middle, high = (value_in_words(rows[0][part]) for part in ("q1", "middle", "q3"))
        seen = f"the median is {middle}, half lie between {low} and {high}"
    by = f" by {axis.title}" if axis else ""
    strays = "1 value lies" if outside == 1 else f"{outside:,} values lie" if outside else "No values lie"
    return f"Drew a box chart of {name}{by}{words}: {seen}. {strays} outside the usual range."


def violin(source: Source, x: Column, y: Column | None, color: Column | None, facet: Column | None = None) -> Picture:
    """How dense the values lie, per group: counts in narrow bins, smoothed by a Gaussian kernel.

    The kernel's width is Silverman's rule of thumb, 0.9 min(sd, IQR / 1.34) n^(-1/5) (Density Estimation, 1986, 3.31).
    """
    group, value = _by_group("violin", x, y, color)
    axis = grouped(source, group, "violin") if group else None
    parts = split(source, "violin", None, facet)
    cell, label = number(value), axis.sql if axis else "'all rows'"
    q1, q3, least, most = source.ask(
        f"SELECT quantile_cont(v, 0.25), quantile_cont(v, 0.75), min(v), max(v) FROM (SELECT {cell} AS v FROM {source.name})"
    )[0]
    if least is None:
        raise ToolError(f"{value.name} holds no numbers, so there is nothing to draw.")
    low, high = _ends(q1, q3, least, most)
    step = (high - low) / STEPS
    sql = (
        f"WITH given AS (SELECT {label} AS x{parts.sql}, {cell} AS v FROM {source.name} WHERE {cell} IS NOT NULL)\n"
        f"SELECT {', '.join(['x', *parts.names])}, count(*) AS n, avg(v) AS mean, coalesce(stddev_samp(v), 0) AS sd,\n"
        "  quantile_cont(v, [0.25, 0.5, 0.75]) AS q,\n"
        f"  histogram(least({STEPS - 1}, floor((v - {low!r}) / {step!r}))) FILTER (v BETWEEN {low!r} AND {high!r}) AS bins\n"
        "FROM given GROUP BY ALL ORDER BY ALL"
    )
    keys = ["x", *parts.names]
    shapes = [dict(zip([*keys, "n", "mean", "sd", "q", "bins"], row, strict=True)) for row in source.ask(sql)]
    order = axis.order if axis and axis.order is not None else list(dict.fromkeys(str(one["x"]) for one in shapes))
    rows = [row for one in shapes for row in _outline(one, keys, order.index(str(one["x"])), low, step)]
    outside = sum(one["n"] - sum((one["bins"] or {}).values()) for one in shapes)
    titles = {"x": axis.title if axis else ""} | parts.titles | {"value": value.name, "density": "share of rows here"}
    titles |= {"middle": "median", "n": "rows"}
    text = _violin_text(value.name, axis, shapes, outside, parts.words)
    placed = {"x": order} | orders(**parts.axes)
    return Picture("violin", sql, rows, titles, text, {"value": "quantitative"}, placed)


def _ends(q1: float, q3: float, least: float, most: float) -> tuple[float, float]:
    reach = REACH * (q3 - q1)
    low, high = (max(least, q1 - reach), min(most, q3 + reach)) if reach else (least, most)
    return (low, high) if high > low else (low - 0.5, low + 0.5)


def _outline(one: dict[str, Any], keys: Sequence[str], place: int, low: float, step: float) -> list[dict[str, Any]]:
    """The half width of a violin at every height, its widest place 0.42."""
    import numpy as np

    counts = np.zeros(STEPS)
    for at, count in (one["bins"] or {}).items():
        counts[int(at)] += count
    q1, middle, q3 = one["q"]
    spread = min(filter(None, [one["sd"], (q3 - q1) / 1.34]), default=0.0)
    width = max(0.9 * spread * one["n"] ** -0.2, step / 2) / step
    reach = max(1, math.ceil(3 * width))
    kernel = np.exp(-0.5 * (np.arange(-reach, reach + 1) / width) ** 2)
    # What the kernel would spread beyond the ends is thrown back, or every violin would thin out there.
    smooth = np.convolve(np.pad(counts, reach, mode="symmetric"), kernel / kernel.sum(), mode="valid")
    top = smooth.max() or 1.0
    facts = {key: one[key] for key in keys} | {"n": one["n"], "middle": middle, "q1": q1, "q3": q3, "place": place}
    return [
        facts
        | {
            "value": low + (at + 0.5) * step,
            "left": round(place - 0.42 * float(share) / top, 4),
            "right": round(place + 0.42 * float(share) / top, 4),
            "density": float(share) / one["n"],
        }
        for at, share in enumerate(smooth)
        if share > 0.002 * top
    ]


def _violin_text(name: str, axis: Axis | None, shapes: list[dict[str, Any]], outside: int, words: str) -> str:
    if axis and len(shapes) > 1 and not words:
        seen = "by the median, " + ranking([(named(axis, one["x"]), one["q"][1]) for one in shapes], axis.rest)
    else:
        first = shapes[0]["q"]
        seen = f"the median is {value_in_words(first[1])}, half lie between {value_in_words(first[0])} and {value_in_words(first[2])}"
        seen = seen if not words else f"{counted(len(shapes), 'shape')}"
    left = f" {counted(outside, 'value')} far outside {'is' if outside == 1 else 'are'} not shown." if outside else ""
    return f"Drew a violin chart of {name}{f' by {axis.title}' if axis else ''}{words}: {seen}.{left}"


def missing(source: Source, columns: Sequence[Column], rows: int) -> Picture:
    """Where cells are empty: rows in their order, put together into bands, against columns."""
    if not rows:
        raise ToolError("The dataset has no rows, so there is nothing to draw.")
    if len(columns) > MOST_COLUMNS:
        columns = _emptiest(source, columns)
    width = math.ceil(rows / BANDS)
    cells = ",\n  ".join(f"count(*) - count(c{place}) AS c{place}" for place in range(len(columns)))
    picked = ", ".join(f"{identifier(column.name)} AS c{place}" for place, column in enumerate(columns))
    sql = (
        f"SELECT (row_number - 1) // {width} AS band, count(*) AS n,\n  {cells}\n"
        f"FROM (SELECT {picked}, row_number() OVER () AS row_number FROM {source.name}) GROUP BY band ORDER BY band"
    )
    cells_shown: list[dict[str, Any]] = []
    totals = dict.fromkeys((column.name for column in columns), 0)
    for band, count, *empty in source.ask(sql):
        first, last = band * width + 1, band * width + count
        for column, none in zip(columns, empty, strict=True):
            totals[column.name] += none
            cells_shown.append(
                {"x": column.name, "y": first, "y2": last + 1, "last": last, "color": none / count, "n": none}
            )
    titles = {"x": "column", "y": "row", "last": "to row", "color": "share of cells that are empty", "n": "empty cells"}
    scales = {"x": "nominal", "y": "quantitative", "last": "quantitative", "color": "quantitative", "n": "quantitative"}
    text = _missing_text(totals, rows)
    return Picture("missing", sql, cells_shown, titles, text, scales, {"x": [column.name for column in columns]})


def _emptiest(source: Source, columns: Sequence[Column]) -> list[Column]:
    counts = source.ask(f"SELECT {', '.join(f'count({identifier(c.name)})' for c in columns)} FROM {source.name}")[0]
    kept = sorted(range(len(columns)), key=lambda place: counts[place])[:MOST_COLUMNS]
    return [columns[place] for place in sorted(kept)]


def _missing_text(totals: dict[str, int], rows: int) -> str:
    gaps = sorted(((name, count) for name, count in totals.items() if count), key=lambda pair: -pair[1])
    head = f"Drew a map of missing values of {counted(len(totals), 'column')} over {counted(rows, 'row')}"
    if not gaps:
        return f"{head}: no cell is empty."
    cells = sum(totals.values())
    worst = listed([f"{name} {count:,} ({count / rows:.1%})" for name, count in gaps], 6)
    return f"{head}: {counted(cells, 'cell')} {'is' if cells == 1 else 'are'} empty, in {worst}."
