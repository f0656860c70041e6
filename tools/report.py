"""The quality report: everything that can be told of a dataset before a model is built, over all of its rows.

What is not covered: images and long texts, series with an item column each.
"""

import json
from collections.abc import Sequence
from pathlib import Path

from tools.dataset import Version
from tools.free_files import free_files
from tools.reporting import facts
from tools.reporting.build import Asked, build
from tools.reporting.series import told
from tools.tool import Artefact, ColumnName, DatasetName, Job, Outcome, TableData, ToolError, tool
from tools.transform import column_of
from tools.words import counted, listed
from tools.workspace import Workspace


@tool(
    effect="read",
    group="data",
    title="Write the quality report of {dataset}",
    asked_by=r"\b(?:quality|data|insights?|bias|profil\w*|shift|drift) (?:and \w+ )?report|\bdata insights|\bleak(?:s|age|ing)?\b|prediction power|multicollinear|\bvif\b|\b(?:bias(?:ed)?|fairness|unfair)\b|\banomal(?:y|ies|ous) rows?|isolation forest|\b(?:data|train\w*|test|distribution)[- ](?:and[- ]test[- ])?(?:shift|drift)|품질 ?(?:보고서|리포트)|데이터 ?(?:보고서|리포트|인사이트)|누수|편향|공정성|다중 ?공선성|이상 ?행|드리프트|예측력",
)
def quality_report(
    job: Job,
    dataset: DatasetName,
    target: ColumnName | None = None,
    compare_with: DatasetName | None = None,
    time: ColumnName | None = None,
    facet: ColumnName | None = None,
    facet_value: str | None = None,
    by: ColumnName | None = None,
) -> Outcome:
    """Write a quality report of a dataset over all rows, as a page and as JSON: warnings with the step that mends each, every column, outliers, anomalous rows, correlations, leaks, bias, time, shift.

    Args:
        dataset: the dataset to report on.
        target: the column to predict: adds its balance, a quick model and the prediction power of each column.
        compare_with: another dataset, such as the test rows: adds how far the two differ.
        time: a date column; the first that fits if left out. Adds season, trend and odd moments.
        facet: a column such as gender or age: adds measures of bias of the target between its groups.
        facet_value: the group of the facet to look at; the rarest if left out.
        by: a column whose groups are compared within, for conditional bias.
    """
    version = job.workspace.version(dataset)
    asked = _asked(job.workspace, version, target, compare_with, time, facet, facet_value, by)
    report = build(job, version, asked)
    job.progress(0.95, "Writing the report")
    paths = _save(job.workspace, report, job.tongue)
    rows = [
        [one.severity, one.column, one.what, one.why, one.count, one.mend.sentence if one.mend else one.unmended]
        for one in report.findings
    ]
    return Outcome(
        text=in_words(report, along=asked.time is not None),
        dataset=version.ref,
        table=TableData(
            columns=["severity", "column", "finding", "why it matters", "count", "mended by"],
            rows=rows,
            words=["severity", "finding", "why it matters", "mended by"],
        ),
        values={"findings": len(rows)} | {name: report.count(name) for name in ("high", "medium", "low")},
        metrics=report.quick.scores.metrics if report.quick else {},
        artefacts=[Artefact(kind="file", name=path.name, path=str(path)) for path in paths],
    )


def _asked(
    workspace: Workspace,
    version: Version,
    target: str | None,
    compare_with: str | None,
    time: str | None,
    facet: str | None,
    facet_value: str | None,
    by: str | None,
) -> Asked:
    found = {
        name: column_of(version.columns, given) if given else None
        for name, given in {"target": target, "time": time, "facet": facet, "by": by}.items()
    }
    if found["facet"] and not found["target"]:
        raise ToolError(
            f"Bias is measured of an outcome: name the target column beside the facet {found['facet'].name}."
        )
    if facet_value is not None and not found["facet"]:
        raise ToolError(f"'{facet_value}' is the value of which column? Name it as facet.")
    if found["facet"] and found["facet"] == found["target"]:
        raise ToolError(f"{found['facet'].name} can't be facet and target at once. Name another facet.")
    when = found["time"]
    if when and not when.type.startswith(("DATE", "TIMESTAMP")):
        raise ToolError(f"{when.name} holds no dates ({when.type}). Change its type to a date first, or name another.")
    other = workspace.version(compare_with) if compare_with else None
    if other and other.ref == version.ref:
        raise ToolError(f"{version.dataset} can't be compared with itself. Name another dataset or version.")
    return Asked(found["target"], when, found["facet"], facet_value, found["by"], other)


# --- telling -----------------------------------------------------------------------------------------------------


def in_words(report: facts.Report, *, along: bool = False) -> str:
    """The report in a few sentences; `along` tells season and trend too, where they were asked for."""
    counts = [f"{report.count(name)} {name}" for name in ("high", "medium", "low") if report.count(name)]
    size = f"{counted(report.rows, 'row')} and {counted(len(report.columns), 'column')}"
    parts = [f"Quality report of {report.dataset}, all {size}: {_warnings(len(report.findings), counts)}."]
    grave = [f"{one.column}: {one.what}" if one.column else one.what for one in report.findings[:3]]
    if grave:
        parts.append(f"First of all: {'; '.join(grave)}.")
    if report.quick is not None:
        name = {"regression": "r2", "binary": "auc"}.get(report.quick.kind, "accuracy")
        if (mine := report.quick.scores.metrics.get(name)) is not None:
            words = {"r2": "R²", "auc": "AUC", "accuracy": "accuracy"}[name]
            tested = f"{counted(report.quick.tested_rows, 'row')} it had not seen"
            parts.append(
                f"A quick model of {report.target.name if report.target else ''} reaches {words} {mine:.2f} on {tested}."
            )
    if along and report.series:
        parts.append(f"Along {report.time}, by {report.series[0].unit}: {' '.join(map(told, report.series[:3]))}")
    mended = len({json.dumps(one.mend.model_dump(), default=str) for one in report.findings if one.mend})
    if mended:
        parts.append(f"{counted(mended, 'step')} would mend most of it.")
    return " ".join(parts)


def _warnings(count: int, counts: Sequence[str]) -> str:
    return f"{counted(count, 'warning')} ({listed(counts)})" if count else "nothing to warn of"


# --- keeping -----------------------------------------------------------------------------------------------------


def kept(workspace: Workspace, version: Version) -> facts.Report | None:
    """The last report that was written of a version; None where there is none, or one of an older Easel."""
    try:
        return facts.Report.model_validate_json(_kept_at(workspace, version.ref).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None


def _kept_at(workspace: Workspace, ref: str) -> Path:
    return workspace.path / "reports" / f"{ref}.json"


def _save(workspace: Workspace, report: facts.Report, tongue: str) -> list[Path]:
    """The report as HTML and JSON under a name that no file has yet, and once more where the app finds it."""
    from tools.reporting.page import report_page

    paths = free_files(workspace.files, f"{report.dataset}_quality", (".html", ".json"))
    report = report.model_copy(update={"files": [path.name for path in paths]})
    text = report.model_dump_json(indent=1)
    here = _kept_at(workspace, report.ref)
    here.parent.mkdir(exist_ok=True)
    unfinished = here.with_suffix(".part")
    unfinished.write_text(text, encoding="utf-8")
    unfinished.replace(here)
    for path, content in zip(paths, (report_page(report, tongue), text), strict=True):
        path.write_text(content, encoding="utf-8")
    return paths
