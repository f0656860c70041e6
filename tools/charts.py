"""Draws a chart: aggregated in DuckDB, kept as a declarative Vega-Lite file beside a PNG and an SVG of it.

What is not covered: violin plots, facets, maps, correlation matrices.
"""

import json
import os
from pathlib import Path
from typing import Any, Literal

import duckdb

from tools.charting import kinds
from tools.charting.data import Measure, Picture, Source
from tools.engine import deadline, fetch, first_line
from tools.tool import (
    Artefact,
    Column,
    ColumnName,
    DatasetName,
    Job,
    Outcome,
    TableData,
    ToolError,
    column_of,
    identifier,
    tool,
)
from tools.workspace import snake_case

SECONDS = 60
_SUFFIXES = (".vl.json", ".png", ".svg")


@tool(effect="read", group="chart", title="Draw a {kind} chart")
def make_chart(
    job: Job,
    dataset: DatasetName,
    kind: Literal["histogram", "bar", "line", "area", "scatter", "box", "heatmap", "pie"],
    x: ColumnName,
    y: ColumnName | None = None,
    color: ColumnName | None = None,
    measure: Literal["count", "sum", "mean", "median", "min", "max"] | None = None,
) -> Outcome:
    """Draw a chart of one dataset: histogram, bar, line, area, scatter, box, heatmap or pie.

    Args:
        dataset: The dataset to draw.
        kind: histogram of one number; bar or pie of groups; line or area over dates; scatter or heatmap of two columns; box of numbers by group.
        x: The column along the bottom, or the groups.
        y: The number column to measure. Leave it out to count rows.
        color: A column whose groups get their own colours.
        measure: How y is summed up for each group.
    """
    version = job.workspace.version(dataset)
    chosen = [column_of(version.columns, name) if name else None for name in (x, y, color)]
    job.progress(0.1, "Counting for the chart")
    with job.workspace.cursor() as cursor, deadline(cursor, SECONDS):
        source = Source(identifier(version.ref), lambda sql: fetch(cursor, sql))
        try:
            picture = _draw(source, kind, chosen, measure)
        except duckdb.InterruptException:
            raise
        except (duckdb.ConversionException, duckdb.OutOfRangeException, duckdb.BinderException) as error:
            raise ToolError(f"The chart can't be counted. {first_line(error)}") from error
    job.progress(0.5, "Drawing")
    title = _title(kind, picture)
    paths = _save(job.workspace.files, f"{version.dataset}_{kind}_{x}" + (f"_{y}" if y else ""), picture, title)
    return Outcome(
        text=picture.text,
        sql=picture.sql,
        table=_table(picture),
        values={"points": len(picture.rows)},
        artefacts=[
            Artefact(kind="chart" if path.suffix == ".json" else "file", name=path.name, path=str(path))
            for path in paths
        ],
    )


def _draw(source: Source, kind: str, chosen: list[Column | None], measure: Measure | None) -> Picture:
    x, y, color = chosen
    assert x is not None
    if kind == "histogram":
        if y is not None or measure not in (None, "count"):
            raise ToolError(
                f"A histogram counts rows of one column. Leave y and measure out, or draw bars of {x.name}."
            )
        return kinds.histogram(source, x, color)
    if kind == "bar":
        return kinds.bar(source, x, y, color, measure)
    if kind in ("line", "area"):
        return kinds.line(source, "line" if kind == "line" else "area", x, y, color, measure)
    if kind == "pie":
        return kinds.pie(source, x, y, measure)
    if kind == "heatmap":
        return kinds.heatmap(source, x, y, color, measure)
    if kind == "scatter":
        return kinds.scatter(source, x, y, color)
    return kinds.box(source, x, y, color)


def _title(kind: str, picture: Picture) -> str:
    """`Total sales by month`, `Age`, `Balance against Age`: what the chart is of."""
    titles = picture.titles
    if kind == "histogram":
        return f"Number of rows by {titles['x']}"
    if kind == "box":
        return f"Range of {titles['value']}" + (f" by {titles['x']}" if titles["x"] else "")
    if kind == "scatter":
        return f"{titles['y']} against {titles['x']}"
    called = titles["color"] if kind == "heatmap" else titles["y"]
    by = f"{titles['x']} and {titles['y']}" if kind == "heatmap" else titles["x"]
    return f"{called[:1].upper()}{called[1:]} by {by}"


def _table(picture: Picture) -> TableData:
    rows = [[row.get(name) for name in picture.titles if name in row] for row in picture.rows]
    names = [title or name for name, title in picture.titles.items() if name in picture.rows[0]]
    return TableData(columns=names, rows=rows[:1000], row_count=len(rows))


def _save(folder: Path, wanted: str, picture: Picture, title: str) -> list[Path]:
    """The chart as Vega-Lite, PNG and SVG under a name that no file has yet."""
    import vl_convert

    from tools.charting.spec import to_spec

    spec = to_spec(picture, title)
    text = json.dumps(spec, ensure_ascii=False, indent=1)
    offline: dict[str, Any] = {"allowed_base_urls": []}
    png = vl_convert.vegalite_to_png(text, scale=2, **offline)
    svg = vl_convert.vegalite_to_svg(text, **offline)
    name = _free(folder, snake_case(wanted)[:60])
    paths = [folder / (name + suffix) for suffix in _SUFFIXES]
    for path, content in zip(paths, (text.encode(), png, svg.encode()), strict=True):
        path.write_bytes(content)
    return paths


def _free(folder: Path, name: str) -> str:
    """The name, or the name with a number, such that none of the three files exists; it is claimed at once."""
    number = 1
    while True:
        tried = name if number == 1 else f"{name}_{number}"
        if not any((folder / (tried + suffix)).exists() for suffix in _SUFFIXES):
            try:
                os.close(os.open(folder / (tried + _SUFFIXES[0]), os.O_CREAT | os.O_EXCL | os.O_WRONLY))
            except FileExistsError:
                continue
            return tried
        number += 1
