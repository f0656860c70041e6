"""A run as one HTML page that a person can read anywhere, and the same as JSON for machines.

What is not covered: charts over time (compare two runs instead), and reports of more than some thousand attempts:
beyond `FULL` of them, those that passed take one line each.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict

from evals.attempts import Attempt, Scored, read
from evals.compare import CompareError, Comparison, Side, compare, short
from evals.entries import FULL, Entry, baseline, column_name, entries
from evals.figures import Figures, Group, Rate, figures, groups
from evals.record import RunFile


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True)


class ColumnFigures(_Part):
    """One column of one run."""

    name: str
    run: str
    model: str
    prompt: str
    subject: str
    figures: Figures
    versions: dict[str, list[str]]
    """Part -> its values over all attempts, sorted; the data have one for each data set."""


class AttemptLine(_Part):
    """One attempt, for machines."""

    case: str
    column: str
    repeat: int
    passed: bool
    infrastructure: str
    reasons: list[str]
    turns: list[bool]
    seconds: float
    tokens_read: int
    tokens_written: int
    key: str
    versions: dict[str, str]


class Report(_Part):
    """Everything machine-readable of a report."""

    runs: list[RunFile]
    columns: list[ColumnFigures]
    by_suite: list[Group]
    by_language: list[Group]
    by_tag: list[Group]
    comparisons: list[Comparison]
    notes: list[str]
    """Why a column could not be held against the baseline."""
    attempts: list[AttemptLine]


def write(folders: Sequence[Path], html: Path, json_path: Path | None = None, against: Path | None = None) -> Report:
    """Write the report of some runs. `against`: a run whose columns are the baseline; without it, the first column.

    Raises CaseError, in one line, where a run can't be read.
    """
    runs = [read(folder) for folder in folders]
    base = read(against) if against else None
    sides = [Side(run, column) for run in runs for column in run.columns]
    found, notes = _comparisons(sides, base)
    report = collect(runs, sides, found, notes)
    html.write_text(page(report, entries(sides, base, found)), encoding="utf-8")
    if json_path:
        json_path.write_text(report.model_dump_json(indent=1) + "\n", encoding="utf-8")
    return report


# --- figures -------------------------------------------------------------------------------------------------------


def collect(
    runs: Sequence[Scored], sides: Sequence[Side], comparisons: Sequence[Comparison], notes: Sequence[str] = ()
) -> Report:
    """The figures of each column, the tables by suite, language and tag, and one line for each attempt."""
    several = len(runs) > 1
    columns = [side.run.of(side.column) for side in sides]
    return Report(
        runs=[run.run for run in runs],
        columns=[_column(side, attempts, several) for side, attempts in zip(sides, columns, strict=True)],
        by_suite=groups(columns, lambda attempt: [attempt.case.suite] if attempt.case.suite else []),
        by_language=groups(columns, lambda attempt: [attempt.case.language]),
        by_tag=groups(columns, lambda attempt: attempt.case.tags),
        comparisons=list(comparisons),
        notes=list(notes),
        attempts=[_line(a, column_name(s, several)) for s, col in zip(sides, columns, strict=True) for a in col],
    )


def _column(side: Side, attempts: Sequence[Attempt], several: bool) -> ColumnFigures:
    versions: dict[str, set[str]] = {}
    for attempt in attempts:
        for part, value in attempt.record.versions.items():
            versions.setdefault(part, set()).add(value)
    return ColumnFigures(
        name=column_name(side, several),
        run=side.run.run.name,
        **side.column.model_dump(),
        figures=figures(attempts),
        versions={part: sorted(values) for part, values in sorted(versions.items())},
    )


def _line(attempt: Attempt, column: str) -> AttemptLine:
    record, verdict = attempt.record, attempt.verdict
    return AttemptLine(
        case=attempt.case.id,
        column=column,
        repeat=record.repeat,
        passed=verdict.passed,
        infrastructure=record.infrastructure,
        reasons=verdict.reasons,
        turns=verdict.turns,
        seconds=attempt.seconds,
        tokens_read=sum(turn.tokens_read for turn in record.turns),
        tokens_written=sum(turn.tokens_written for turn in record.turns),
        key=record.key,
        versions=record.versions,
    )


def _comparisons(sides: Sequence[Side], base: Scored | None) -> tuple[list[Comparison], list[str]]:
    """Each column against its baseline, and why that could not be done for the others."""
    found, notes = [], []
    for side in sides:
        before = baseline(side, sides, base)
        if before is not None:
            try:
                found.append(compare(before, side))
            except CompareError as error:
                notes.append(str(error))
    return found, notes


# --- the page ------------------------------------------------------------------------------------------------------


def page(report: Report, cases: Sequence[Entry]) -> str:
    """The HTML: everything from the data is escaped, and a content policy lets no script run but the page's own."""
    import base64
    import hashlib
    import json

    from jinja2 import Environment, FileSystemLoader, StrictUndefined
    from markupsafe import Markup

    here = Path(__file__).parent
    script = (here / "report.js").read_text(encoding="utf-8")
    environment = Environment(
        loader=FileSystemLoader(here), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    environment.filters |= {"percent": percent, "span": span, "cell": cell, "seconds": _seconds, "short": short}
    environment.filters["json"] = lambda value: json.dumps(value, ensure_ascii=False)
    return environment.get_template("report.html.j2").render(
        report=report,
        cases=cases,
        full=FULL,
        matrix=matrix(report.columns),
        style=Markup((here / "report.css").read_text(encoding="utf-8")),
        script=Markup(script),
        script_hash=base64.b64encode(hashlib.sha256(script.encode()).digest()).decode(),
    )


def matrix(columns: Sequence[ColumnFigures]) -> dict[str, dict[str, Rate]]:
    """Model -> prompt -> pass rate of the assistant; empty unless there are several of both, and one run."""
    found: dict[str, dict[str, Rate]] = {}
    for column in columns:
        if column.subject == "assistant":
            found.setdefault(column.model, {})[column.prompt] = column.figures.passed
    prompts = {prompt for rates in found.values() for prompt in rates}
    return found if len(found) > 1 and len(prompts) > 1 and len({c.run for c in columns}) == 1 else {}


def percent(value: float | None) -> str:
    """`72.5 %`, or a dash for nothing."""
    return "–" if value is None else f"{value:.1%}".replace("%", "\u202f%")


def span(bounds: tuple[float, float] | None) -> str:
    """`66–78 %`."""
    return "" if bounds is None else f"{bounds[0] * 100:.0f}\u2060–\u2060{bounds[1] * 100:.0f}\u202f%"


def cell(value: Any) -> str:
    """A table cell as text, long ones cut."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    shown = f"{value:.10g}" if isinstance(value, float) else str(value)
    return shown if len(shown) <= 160 else shown[:159] + "…"


def _seconds(value: float | None) -> str:
    return "–" if value is None else f"{value:.1f}\u202fs" if value < 100 else f"{value:,.0f}\u202fs"
