"""Check a dataset for problems, and mend them."""

from collections.abc import Sequence

from tools.dataset import Version
from tools.profiling.fixes import SEVERITIES, find_issues, suggest_fixes
from tools.profiling.issues import Issue, Problem
from tools.tool import ColumnName, DatasetName, Job, Outcome, TableData, tool
from tools.words import counted, listed


@tool(effect="read", group="data", title="Check the quality of {dataset}")
def check_quality(job: Job, dataset: DatasetName, target: ColumnName | None = None) -> Outcome:
    """Check a dataset for problems: empty cells, duplicates, wrong types, spellings, outliers, useless columns. Changes nothing.

    Args:
        dataset: the dataset to check.
        target: the column to predict, if a model is planned.
    """
    version = job.workspace.version(dataset)
    issues = find_issues(job.workspace, version, target)
    rows = [
        [issue.severity, issue.column, issue.what, issue.why, issue.count, issue.fix.tool if issue.fix else None]
        for issue in issues
    ]
    counts = {severity: sum(issue.severity == severity for issue in issues) for severity in SEVERITIES}
    return Outcome(
        text=_report(version, issues, counts),
        dataset=version.ref,
        table=TableData(
            columns=["severity", "column", "finding", "why it matters", "count", "mended by"],
            rows=rows,
            words=["severity", "finding", "why it matters", "mended by"],
        ),
        values={"findings": len(issues), **counts},
    )


def _report(version: Version, issues: Sequence[Issue], counts: dict[str, int]) -> str:
    size = f"{counted(version.row_count, 'row')} and {counted(len(version.columns), 'column')}"
    if not issues:
        return f"{version.dataset} looks clean: nothing to mend in {size}."
    by_severity = listed([f"{count} {severity}" for severity, count in counts.items() if count])
    said = "; ".join(_told([issue for issue in issues if issue.problem == problem]) for problem in _order(issues))
    mended = len({id(issue.fix) for issue in issues if issue.fix})
    steps = f" {counted(mended, 'step')} can mend most of it." if mended else ""
    return f"{version.dataset} has {counted(len(issues), 'finding')} ({by_severity}) in {size}: {said}.{steps}"


def _order(issues: Sequence[Issue]) -> list[Problem]:
    """The problems, the gravest first."""
    return list(dict.fromkeys(issue.problem for issue in issues))


def _told(issues: Sequence[Issue]) -> str:
    """The findings of one problem in a few words."""
    if len(issues) == 1:
        issue = issues[0]
        return f"{issue.column}: {issue.what}" if issue.column else issue.what
    cells = sum(issue.count for issue in issues)
    names = listed(list(dict.fromkeys(issue.column or "" for issue in issues)), 6)
    return {
        "empty": f"{cells:,} cells are empty in {names}",
        "words": f"{cells:,} cells say in words that they are empty in {names}",
        "type": f"numbers or dates are stored as text in {names}",
        "blanks": f"{cells:,} texts begin or end with blanks in {names}",
        "spelling": f"equal values are spelled differently in {names}",
        "useless": f"a model can learn nothing from {names}",
        "slips": f"{cells:,} lone values lie far away from all others in {names}",
        "extremes": f"{cells:,} values lie far from the middle in {names}",
    }.get(issues[0].problem, listed([f"{issue.column}: {issue.what}" for issue in issues]))


@tool(effect="derive", group="data", title="Fix the problems of {dataset}")
def fix_issues(job: Job, dataset: DatasetName, target: ColumnName | None = None) -> Outcome:
    """Fix the problems of a dataset: null words, wrong types, spellings, duplicates, useless columns, empty cells. Use it for "clean my data" or "fix issues".

    Args:
        dataset: the dataset to fix.
        target: the column to predict, if a model is planned; it is never changed by filling.
    """
    import tools

    before = job.workspace.version(dataset)
    fixes = suggest_fixes(job.workspace, before, target, for_training=target is not None)
    ref, said = before.ref, []
    for place, fix in enumerate(fixes):
        if job.cancelled():
            break
        job.progress(place / len(fixes), fix.why)
        outcome = tools.call(job, fix.tool, fix.arguments | {"dataset": ref})
        ref = outcome.dataset or ref
        said.append(outcome.text)
    after = job.workspace.version(ref)
    if not fixes:
        text = f"{before.dataset} needs no fixing: no step would improve its {counted(before.row_count, 'row')}."
    else:
        text = f"Fixed {before.dataset} in {counted(len(said), 'step')}. {' '.join(said)}"
    return Outcome(
        text=text,
        dataset=after.ref,
        rows=(before.row_count, after.row_count),
        columns=(len(before.columns), len(after.columns)),
        values={"steps": len(said)},
    )
