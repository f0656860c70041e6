"""Builds the report: the profile, one pass over all rows, a bounded sample for models, then what was asked besides."""

import time as clock
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from tools import engine
from tools.dataset import Version
from tools.profile import profile
from tools.profiling.facts import ColumnProfile, Profile
from tools.profiling.fixes import find_issues
from tools.reporting import bias, facts, findings, series, shift
from tools.reporting.columns import Bounds, bounds, patterns, rarest
from tools.reporting.stream import Found, look
from tools.tool import Job, Stopped, ToolError
from tools.transform import Column
from tools.words import identifier, plain

if TYPE_CHECKING:
    import duckdb
    import pandas as pd

    from automl.power import QuickModel
    from automl.problem import Problem

SAMPLE_ROWS = 20_000
SERIES = 4
"""Number columns that are looked at along time."""
ODD_COLUMNS = 12
CLASSES = 30
LEAST_APART = 40
"""Rows that two tables need for a model to tell them apart."""


@dataclass(frozen=True)
class Asked:
    """What the report is to look at besides the columns."""

    target: Column | None = None
    time: Column | None = None
    facet: Column | None = None
    facet_value: str | None = None
    by: Column | None = None
    other: Version | None = None


@dataclass(frozen=True)
class Sight:
    """The table in sight: its rows lie in one place, so that several queries don't compute a view anew."""

    job: Job
    cursor: "duckdb.DuckDBPyConnection"
    table: str
    version: Version
    asked: Asked
    profile: Profile

    def ask(self, sql: str) -> list[tuple[Any, ...]]:
        """All rows of a statement. Raises Stopped where the person stopped the work."""
        if self.job.cancelled():
            raise Stopped("Stopped.")
        return engine.fetch(self.cursor, sql)


@dataclass(frozen=True)
class Told:
    """What is known of the target."""

    target: facts.TargetFacts | None = None
    problem: "Problem | None" = None
    quick: "QuickModel | None" = None
    powers: Mapping[str, float] = field(default_factory=dict)
    lasso: Mapping[str, float] = field(default_factory=dict)


def build(job: Job, version: Version, asked: Asked) -> facts.Report:
    """Look at everything. Raises ToolError where the dataset has no rows, Stopped where the person stopped it."""
    if not version.row_count:
        raise ToolError(f"{version.dataset} has no rows, so there is nothing to report.")
    started = clock.monotonic()
    job.progress(0.05, "Measuring every column")
    measured = profile(job.workspace, version)
    issues = find_issues(job.workspace, version, asked.target.name if asked.target else None)
    with job.workspace.cursor() as cursor:
        table = at_hand(cursor, version, "reported")
        report = _report(Sight(job, cursor, table, version, asked, measured))
    report = report.model_copy(update={"findings": list(findings.from_issues(issues))})
    seconds = round(clock.monotonic() - started, 2)
    return report.model_copy(update={"findings": findings.of_report(report), "seconds": seconds})


def at_hand(cursor: "duckdb.DuckDBPyConnection", version: Version, name: str) -> str:
    """The version's table; a copy for this cursor where it is a view."""
    if not version.depth:
        return identifier(version.ref)
    cursor.execute(f"CREATE TEMP TABLE {name} AS FROM {identifier(version.ref)}")
    return f"temp.{name}"


def _report(sight: Sight) -> facts.Report:
    """All parts but the findings."""
    cursor, table, columns, found = sight.cursor, sight.table, sight.version.columns, sight.profile
    sight.job.progress(0.3, "Looking at values and their forms")
    limits = bounds(cursor, table, columns, found.columns, found.rows)
    sample = sample_of(cursor, table, found.rows)
    rare = rarest(cursor, table, columns, found.columns)
    sight.job.progress(0.4, "Going over all rows")
    passed = look(sight.job, cursor, table, columns, found.columns, limits, sample, found.rows)
    sight.job.progress(0.78, "Trying a quick model")
    told = _predicted(sight, sample, passed)
    sight.job.progress(0.9, "Looking along time and across groups")
    when, along = _along(sight)
    return facts.Report(
        dataset=sight.version.dataset,
        ref=sight.version.ref,
        created=datetime.now(UTC).isoformat(timespec="seconds"),
        rows=found.rows,
        duplicates=found.duplicates,
        sample_rows=len(sample),
        columns=[_column(one, limits, passed, rare, sample, told.powers) for one in found.columns],
        findings=[],
        target=told.target,
        quick=told.quick,
        relations=_relations(passed, told.lasso),
        odd=_odd(sight, passed),
        bias=_bias(sight, told),
        series=along,
        time=when,
        shift=_shift(sight, sample),
    )


def sample_of(cursor: "duckdb.DuckDBPyConnection", table: str, rows: int) -> "pd.DataFrame":
    """About SAMPLE_ROWS rows, the same ones each time: those whose number has a hash that fits."""
    from automl.frames import as_frame

    each = max(1, rows // SAMPLE_ROWS)
    return as_frame(cursor.execute(f"SELECT * FROM {table} WHERE hash(rowid) % {each} = 0").to_arrow_table())


def _column(
    one: ColumnProfile,
    limits: Mapping[str, Bounds],
    passed: Found,
    rare: Mapping[str, list[tuple[object, int]]],
    sample: "pd.DataFrame",
    powers: Mapping[str, float],
) -> facts.ColumnFacts:
    spread = passed.spreads.get(one.name)
    drawn = spread if spread and spread.bars is not None and one.kind in ("number", "date") else None
    skew = spread.skew if spread and one.kind == "number" else None
    return facts.ColumnFacts(
        profile=one,
        skew=None if skew is None else round(skew, 4),
        robust_sd=limits[one.name].robust_sd if one.name in limits else None,
        low_outliers=spread.below if spread else 0,
        high_outliers=spread.above if spread else 0,
        histogram=[int(bar) for bar in drawn.bars] if drawn else [],
        edges=(drawn.low, float(f"{drawn.high:.12g}")) if drawn else None,
        rare=rare.get(one.name, []),
        patterns=patterns(sample[one.name].dropna()) if one.type.startswith(("VARCHAR", "ENUM")) else [],
        power=round(powers[one.name], 4) if one.name in powers else None,
    )


def _predicted(sight: Sight, sample: "pd.DataFrame", passed: Found) -> Told:
    """Quick model, prediction power and lasso, where there is a target that can be predicted."""
    from automl.power import lasso, powers, quick_model
    from automl.problem import ProblemError, detect

    if sight.asked.target is None:
        return Told()
    name, seed = sight.asked.target.name, sight.job.seed
    empty = sight.profile.column(name).missing + sum(sight.profile.column(name).null_words.values())
    try:
        problem = detect(sample, name)
    except ProblemError as error:
        return Told(facts.TargetFacts(name=name, kind="unknown", reason="", bad_rows=empty, problem=str(error)))
    classes = _classes(sight, name) if problem.kind != "regression" else []
    target = facts.TargetFacts(name=name, kind=problem.kind, reason=problem.reason, classes=classes, bad_rows=empty)
    others = [column.name for column in sight.profile.columns if column.name != name]
    related = passed.relations.numbers if passed.relations else ()
    numbers = [one for one in related if one != name and sample[one].dtype.kind == "f"]
    return Told(
        target=target,
        problem=problem,
        quick=quick_model(sample, problem, seed=seed),
        powers=powers(sample, problem, others, seed=seed),
        lasso=lasso(sample, problem, numbers, seed=seed) if len(numbers) > 1 else {},
    )


def _classes(sight: Sight, name: str) -> list[tuple[str, int]]:
    cell = f"{identifier(name)}::VARCHAR"
    found = sight.ask(
        f"SELECT {cell}, count(*) FROM {sight.table} WHERE {cell} IS NOT NULL"
        f" GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT {CLASSES}"
    )
    return [(str(value), count) for value, count in found]


def _relations(passed: Found, lasso: Mapping[str, float]) -> facts.RelationFacts | None:
    found = passed.relations
    if found is None or len(found.columns) < 2:
        return None
    return facts.RelationFacts(
        numbers=list(found.numbers),
        pearson=_cells(found.pearson),
        spearman=_cells(found.spearman),
        columns=list(found.columns),
        information=_cells(found.information),
        vif={name: round(value, 2) for name, value in found.vif.items()},
        components=[round(one, 4) for one in found.components],
        lasso=dict(lasso),
    )


def _cells(matrix: Any) -> list[list[float | None]]:
    return [[round(float(cell), 4) if cell == cell else None for cell in row] for row in matrix]


def _odd(sight: Sight, passed: Found) -> facts.OddRows | None:
    from automl.anomalies import ODD

    if not passed.oddest:
        return None
    columns = sight.version.names[:ODD_COLUMNS]
    picked = ", ".join(identifier(name) for name in columns)
    places = ", ".join(str(one.place) for one in passed.oddest)
    found = {
        row[0]: row[1:] for row in sight.ask(f"SELECT rowid, {picked} FROM {sight.table} WHERE rowid IN ({places})")
    }
    rows = [[one.place + 1, round(one.score, 3), *map(plain, found[one.place])] for one in passed.oddest]
    return facts.OddRows(scored=passed.scored, odd=passed.odd, threshold=ODD, columns=columns, rows=rows)


def _bias(sight: Sight, told: Told) -> facts.BiasFacts | None:
    asked = sight.asked
    if asked.facet is None or asked.target is None:
        return None
    positive = told.problem.positive if told.problem else None
    return bias.bias(sight.ask, sight.table, asked.facet, asked.facet_value, asked.target, positive, asked.by)


def _along(sight: Sight) -> tuple[str | None, list[facts.SeriesFacts]]:
    """The numbers along the time column that was named, or along the first that makes an even series."""
    asked, columns = sight.asked, sight.version.columns
    given = [asked.time] if asked.time else [c for c in columns if c.type.startswith(("DATE", "TIMESTAMP"))]
    measured = [one.name for one in sight.profile.columns if one.kind == "number" and one.distinct > 2]
    numbers = sorted((c for c in columns if c.name in measured), key=lambda column: column != asked.target)
    for time in given:
        step = series.step_of(sight.ask, sight.table, time)
        if step is not None:
            return time.name, series.series(sight.ask, sight.table, time, step, numbers[:SERIES])
    if asked.time:
        raise ToolError(
            f"{asked.time.name} makes no even series: it needs at least {series.LEAST_STEPS} minutes, hours, days, weeks,"
            " months or years with few holes. Aggregate it first, or name another column."
        )
    return None, []


def _shift(sight: Sight, sample: "pd.DataFrame") -> facts.ShiftFacts | None:
    from automl.power import told_apart

    other = sight.asked.other
    if other is None:
        return None
    theirs = {column.name: column for column in other.columns}
    table = at_hand(sight.cursor, other, "compared")
    told = {one.name for one in sight.profile.columns if one.kind not in ("id", "nested")}
    shared = [name for name in sight.version.names if name in theirs and name in told]
    lines = [column for column in sight.version.columns if column.name in shared]
    time, side = shift.in_time(sight.ask, sight.table, table, lines, theirs)
    grows = shift.rising(sample, time, [one for one in lines if one != sight.asked.target]) if time else []
    apart = None
    if shared and min(other.row_count, len(sample)) >= LEAST_APART:
        rows = sample_of(sight.cursor, table, other.row_count)
        alike = [name for name in shared if name not in grows and rows[name].dtype == sample[name].dtype]
        apart = told_apart(sample[alike], rows[alike], seed=sight.job.seed) if alike else None
    return facts.ShiftFacts(
        other=other.dataset if other.dataset != sight.version.dataset else other.ref,
        other_rows=other.row_count,
        told_apart=None if apart is None else round(apart, 4),
        columns=shift.shifts(
            sight.ask, sight.table, table, [c for c in sight.version.columns if c.name in told], theirs
        ),
        only_here=[name for name in sight.version.names if name not in theirs],
        only_there=[name for name in theirs if name not in sight.version.names],
        side=side,
        grows=grows,
    )
