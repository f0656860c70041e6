"""Draws a chart: aggregated in DuckDB, kept as a declarative Vega-Lite file beside a PNG, an SVG and an HTML file of it.

What is not covered: maps of places, charts of datasets that no key joins (charting/joined.py).
"""

import json
from collections.abc import Callable, Collection
from dataclasses import replace
from typing import Any, Literal

import duckdb

from tools.charting import kinds, spread
from tools.charting.axis import Source, TimeStep
from tools.charting.conditions import shown
from tools.charting.data import SHARE, Basic, Measure, Picture
from tools.charting.drawing import Drawing
from tools.charting.joined import Rows, rows_of
from tools.charting.matrix import Method, correlation
from tools.charting.texts import read_texts
from tools.engine import deadline, fetch, first_line
from tools.free_files import free_files
from tools.tool import Artefact, ColumnName, DatasetName, Formula, Job, Outcome, TableData, ToolError, tool
from tools.transform import Column, column_of
from tools.words import sentence, snake_case

SECONDS = 60
_SUFFIXES = (".vl.json", ".png", ".svg", ".html")


@tool(effect="read", group="chart", title="Draw a {kind} chart", more={"step": r"(?!)", "condition": r"(?!)"})
def make_chart(
    job: Job,
    dataset: DatasetName,
    kind: Literal["histogram", "bar", "line", "area", "scatter", "box", "heatmap", "pie"],
    x: ColumnName,
    y: ColumnName | None = None,
    color: ColumnName | None = None,
    measure: Literal["count", "sum", "mean", "median", "min", "max"] | None = None,
    step: TimeStep | None = None,
    condition: Formula | None = None,
) -> Outcome:
    """Draw a chart of one dataset: histogram, bar, line, area, scatter, box, heatmap or pie.

    Args:
        dataset: The dataset to draw.
        kind: histogram of one number; bar or pie of groups; line or area over dates; scatter or heatmap of two columns; box of numbers by group.
        x: The column along the bottom, or the groups.
        y: The number column to measure. Leave it out to count rows.
        color: A column whose groups get their own colours.
        measure: How y is summed up for each group.
        step: How long each step of dates is, or by which part of the calendar they are laid over each other; the finest that fits if left out.
        condition: A SQL condition on the rows that are drawn, for example "City" = 'Paris'; all rows if left out.
    """
    version = job.workspace.version(dataset)
    rows = rows_of(job.workspace, version, [x, y, color], condition or "")
    chosen = rows.of(x, y, color)
    wanted = f"{version.dataset}_{kind}_{x}" + (f"_{y}" if y else "")
    draw = lambda source: _draw(replace(source, step=step or ""), kind, chosen, measure)  # noqa: E731
    return _drawn(job, rows, wanted, draw, condition or "")


@tool(
    effect="read",
    group="chart",
    title="Draw a {kind} chart for each {facet}",
    asked_by=r"\bfacet|(?:마다|별로?)[^.]*나란히|나란히[^.]*(?:차트|그래프|히스토그램)|small multiples|\btrellis|\bpanels?\b|\bseparate(?:ly)?\b[^.]*\b(?:chart|plot|graph|histogram)|(?:chart|plot|graph|histogram)s?\b[^.]*\bseparate|\b(?:one|own) (?:histogram|chart|plot|graph) (?:for each|per|for every)\b|패싯|(?:그래프|차트|히스토그램)[^.]*(?:따로|각각)|(?:따로|각각)[^.]*(?:그래프|차트|히스토그램)",
)
def draw_panels(
    job: Job,
    dataset: DatasetName,
    kind: Basic,
    facet: ColumnName,
    x: ColumnName,
    y: ColumnName | None = None,
    color: ColumnName | None = None,
    measure: Measure | None = None,
) -> Outcome:
    """Draw the same chart once for each group of a column, side by side (small multiples, facets).

    Args:
        dataset: The dataset to draw.
        kind: histogram of one number; bar or pie of groups; line or area over dates; scatter or heatmap of two columns; box of numbers by group.
        facet: The column whose groups get a panel each: the largest eight, and one for the others.
        x: The column along the bottom, or the groups.
        y: The number column to measure. Leave it out to count rows.
        color: A column whose groups get their own colours.
        measure: How y is summed up for each group.
    """
    version = job.workspace.version(dataset)
    rows = rows_of(job.workspace, version, [x, y, color, facet])
    chosen, panel = rows.of(x, y, color), column_of(rows.columns, facet)
    wanted = f"{version.dataset}_{kind}_{x}_by_{facet}"
    return _drawn(job, rows, wanted, lambda source: _draw(source, kind, chosen, measure, panel))


@tool(effect="read", group="chart", title="Draw violins of {column}", asked_by=r"violin|바이올린")
def draw_violins(
    job: Job,
    dataset: DatasetName,
    column: ColumnName,
    by: ColumnName | None = None,
    facet: ColumnName | None = None,
) -> Outcome:
    """Draw a violin chart: how densely the numbers of a column lie, as a shape for each group.

    Args:
        dataset: The dataset to draw.
        column: The number column.
        by: A column whose groups get a violin each.
        facet: A column whose groups get a panel each.
    """
    version = job.workspace.version(dataset)
    rows = rows_of(job.workspace, version, [column, by, facet])
    value, group, panel = rows.of(column, by, facet)
    assert value is not None
    wanted = f"{version.dataset}_violin_{column}" + (f"_{by}" if by else "")
    return _drawn(job, rows, wanted, lambda source: spread.violin(source, value, None, group, panel))


@tool(
    effect="read",
    group="chart",
    title="Draw where cells of {dataset} are empty",
    asked_by=r"\b(?:map|chart|plot|matrix|heat ?map|pattern|picture|show where|draw where)\b[^.]*\b(?:missing|empty|null|nan)s?\b|\b(?:missing|empty|null|nan)\b[^.]*\b(?:map|chart|plot|matrix|heat ?map|pattern)\b|missingno|(?:결측|빈 ?[값칸셀]|누락|비어 ?있)[^.]*(?:지도|그림|그려|그래프|차트|히트맵|패턴|어디)",
)
def map_missing(job: Job, dataset: DatasetName, columns: list[ColumnName] | None = None) -> Outcome:
    """Draw a map of missing values: where in each column, from the first row to the last, cells are empty.

    Args:
        dataset: The dataset to draw.
        columns: The columns to show; all of them if left out, of very many the emptiest.
    """
    version = job.workspace.version(dataset)
    shown = [column_of(version.columns, name) for name in columns] if columns else list(version.columns)
    wanted, rows = f"{version.dataset}_missing", rows_of(job.workspace, version, [])
    return _drawn(job, rows, wanted, lambda source: spread.missing(source, shown, version.row_count))


@tool(
    effect="read",
    group="chart",
    title="Draw the correlation matrix of {dataset}",
    asked_by=r"\b(?:correlation|mutual information|relationship)s?\b[^.]*\b(?:matrix|heat ?map|chart|plot|map|picture|draw)|\b(?:draw|plot|show|chart|heat ?map)\b[^.]*\bcorrelations?\b|상관[^.]*(?:행렬|히트맵|그려|그래프|차트|그림)",
)
def draw_correlations(
    job: Job,
    dataset: DatasetName,
    columns: list[ColumnName] | None = None,
    method: Method = "pearson",
) -> Outcome:
    """Draw a correlation matrix: how much each pair of columns moves together, over all rows.

    Args:
        dataset: The dataset to draw.
        columns: The columns to compare; all that can be if left out.
        method: pearson for straight lines, spearman for ranks, mutual_information for any relation, also of texts.
    """
    version = job.workspace.version(dataset)
    shown = [column_of(version.columns, name) for name in columns] if columns else None
    wanted, rows = f"{version.dataset}_correlations", rows_of(job.workspace, version, [])
    return _drawn(job, rows, wanted, lambda source: correlation(job, version, shown, method))


def _drawn(job: Job, given: Rows, wanted: str, draw: Callable[[Source], Picture], condition: str = "") -> Outcome:
    """Count, draw and keep a chart of the rows that meet a condition; of all rows where there is none."""
    job.progress(0.1, "Counting for the chart")
    rows = given.where(condition).sql
    with job.workspace.cursor() as cursor, deadline(cursor, SECONDS):
        try:
            if condition and not fetch(cursor, f"SELECT 1 FROM {rows} LIMIT 1"):
                raise ToolError(f"No row meets {shown(condition)}, so there is nothing to draw. Change the condition.")
            picture = draw(Source(rows, lambda sql: fetch(cursor, sql)))
        except duckdb.InterruptException:
            raise
        except (duckdb.ConversionException, duckdb.OutOfRangeException, duckdb.BinderException) as error:
            raise ToolError(f"The chart can't be counted. {first_line(error)}") from error
    job.progress(0.5, "Drawing")
    title = _title(picture.kind, picture) + (f", where {shown(condition)}" if condition else "")
    drawing = drawing_of(picture, title)
    only = f"Only rows where {shown(condition)} are drawn." if condition else ""
    return Outcome(
        text=" ".join(filter(None, [picture.text, *given.told, only])),
        sql=picture.sql,
        table=chart_table(drawing),
        values={"points": len(picture.rows)},
        artefacts=keep_chart(job, wanted, drawing, [column.name for column in given.columns]),
    )


def _draw(
    source: Source, kind: str, chosen: list[Column | None], measure: Measure | None, facet: Column | None = None
) -> Picture:
    source, chosen, said = read_texts(source, kind, chosen, measure)
    picture = _pictured(source, kind, chosen, measure, facet)
    return replace(picture, text=" ".join([picture.text, *said]))


def _pictured(
    source: Source, kind: str, chosen: list[Column | None], measure: Measure | None, facet: Column | None
) -> Picture:
    x, y, color = chosen
    assert x is not None
    if kind == "histogram":
        if y is not None or measure not in (None, "count"):
            raise ToolError(
                f"A histogram counts rows of one column. Leave y and measure out, or draw bars of {x.name}."
            )
        return kinds.histogram(source, x, color, facet)
    if kind == "bar":
        return kinds.bar(source, x, y, color, measure, facet)
    if kind in ("line", "area"):
        return kinds.line(source, "line" if kind == "line" else "area", x, y, color, measure, facet)
    if kind == "pie":
        return kinds.pie(source, x, y, measure, facet)
    if kind == "heatmap":
        return kinds.heatmap(source, x, y, color, measure, facet)
    if kind == "scatter":
        return kinds.scatter(source, x, y, color, facet)
    return spread.box(source, x, y, color, facet)


def _title(kind: str, picture: Picture) -> str:
    """`Total sales by month`, `Age`, `Balance against Age`: what the chart is of."""
    titles = picture.titles
    if "facet" in titles:
        inner = replace(picture, titles={name: title for name, title in titles.items() if name != "facet"})
        return f"{_title(kind, inner)}, for each {titles['facet']}"
    if kind == "correlation":
        return sentence(titles["color"])
    if kind == "missing":
        return "Where cells are empty"
    if kind == "violin":
        return f"Spread of {titles['value']}" + (f" by {titles['x']}" if titles["x"] else "")
    if kind == "histogram":
        return f"Number of rows by {titles['x']}"
    if kind == "box":
        return f"Range of {titles['value']}" + (f" by {titles['x']}" if titles["x"] else "")
    if kind == "scatter":
        return f"{titles['y']} against {titles['x']}"
    called = titles["color"] if kind == "heatmap" else titles["y"]
    by = f"{titles['x']} and {titles['y']}" if kind == "heatmap" else titles["x"]
    return f"{sentence(called)} by {by}"


def drawing_of(picture: Picture, title: str) -> Drawing:
    """A picture's numbers as a chart."""
    from tools.charting.spec import to_spec

    rows = [[row.get(name) for name in picture.titles if name in row] for row in picture.rows]
    names = [title or name for name, title in picture.titles.items() if name in picture.rows[0]]
    return Drawing(to_spec(picture, title), title, picture.text, names, rows)


def chart_table(drawing: Drawing) -> TableData:
    """The numbers of a chart, of many the first ones."""
    shares = [name for name in drawing.columns[-1:] if name.startswith(SHARE) and all(map(_may_be_share, drawing.rows))]
    return TableData(columns=drawing.columns, rows=drawing.rows[:1000], row_count=len(drawing.rows), shares=shares)


def _may_be_share(row: list[Any]) -> bool:
    return row[-1] is None or (isinstance(row[-1], float) and 0 <= row[-1] <= 1)


def keep_chart(job: Job, wanted: str, drawing: Drawing, names: Collection[str]) -> list[Artefact]:
    """A chart as Vega-Lite, PNG, SVG and HTML under a name that no file has yet, in the person's language.

    `names` are those of the data's columns, which stay as they are.
    """
    import vl_convert

    from tools.charting.page import chart_page
    from tools.korean.charts import drawing_in_korean

    if job.tongue == "ko":
        drawing = drawing_in_korean(drawing, names)
    written = json.dumps(drawing.spec, ensure_ascii=False, indent=1)
    offline: dict[str, Any] = {"allowed_base_urls": []}
    png = vl_convert.vegalite_to_png(written, scale=2, **offline)
    svg = vl_convert.vegalite_to_svg(written, **offline)
    page = chart_page(svg, drawing.title, drawing.text, chart_table(drawing), job.tongue)
    paths = free_files(job.workspace.files, snake_case(wanted)[:60], _SUFFIXES)
    for path, content in zip(paths, (written.encode(), png, svg.encode(), page.encode()), strict=True):
        path.write_bytes(content)
    chart, *files = [Artefact(kind="file", name=one.name, path=str(one)) for one in paths]
    return [chart.model_copy(update={"kind": "chart"}), *files]
