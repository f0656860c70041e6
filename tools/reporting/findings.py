"""The report's warnings: what the facts mean, why it matters, and which step of the catalogue mends it.

What is wrong with cells is found by `tools.profiling.fixes`, with what mends it; here stands what only the report looks at.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from tools.profiling.fixes import SEVERITIES
from tools.profiling.issues import Issue
from tools.reporting import bias, shift
from tools.reporting.facts import ColumnFacts, Finding, Mend, Report, Severity, ShiftFacts
from tools.title import title_of
from tools.words import counted, listed, share

SKEWED = 3.0
"""Beyond this skewness a column counts as skewed (Data Wrangler's bound)."""
LEAK = 0.97
"""From this prediction power on, a column tells the target by itself."""
TWINS = 0.95
"""From this |r| on, two columns say the same."""
INFLATED = 10.0
"""Variance inflation from which coefficients can't be told apart (Marquardt, 1970)."""
TOLD_APART = 0.7
NAMED = 5
ABOUT = {"rows": "duplicates", "target": "target", "rare": "target", "slips": "outliers", "extremes": "outliers"}

LOOK = "No step knows what is right here: look at the rows, then the steps Filter rows or Replace values do what you decide."
TARGET = "No step changes what is predicted without changing the question: look at its rows, or predict another column."
KEPT = "Nothing is to be mended: keep it to find and read rows by; a model can do without it."
UNMENDED = {"target": TARGET, "useless": KEPT, "rare": "No step makes rows that were not seen: gather more of them."}
"""Why no step mends what `check_quality` found, where it names none."""


def from_issues(issues: Sequence[Issue]) -> Iterator[Finding]:
    """What `check_quality` found, with the steps that mend it."""
    for issue in issues:
        step = {"tool": issue.fix.tool, **issue.fix.arguments} if issue.fix else {}
        about, unmended = ABOUT.get(issue.problem, "cells"), UNMENDED.get(issue.problem, LOOK)
        yield _finding(
            issue.severity, about, issue.column, issue.what, issue.why, issue.count, unmended=unmended, **step
        )


def mend(tool: str, arguments: Mapping[str, Any]) -> Mend:
    """A step with the sentence that asks for it."""
    from tools import catalogue

    return Mend(tool=tool, arguments=dict(arguments), sentence=title_of(catalogue()[tool], arguments))


def of_report(report: Report) -> list[Finding]:
    """Every warning that follows from the report's own facts, the gravest first."""
    told = {finding.column for finding in report.findings if finding.about == "outliers"}
    found = [
        *report.findings,
        *_leaks(report),
        *(one for facts in report.columns for one in _spread(report, facts, told)),
        *_target(report),
        *_twins(report),
        *_odd(report),
        *_bias(report),
        *_series(report),
        *_shift(report),
    ]
    return sorted(found, key=lambda one: (SEVERITIES.index(one.severity), -one.count))


def _finding(
    severity: Severity,
    about: str,
    column: str | None,
    what: str,
    why: str,
    count: int = 0,
    /,
    unmended: str = "",
    **step: Any,
) -> Finding:
    """A warning with its step; where there is none, `unmended` says why."""
    tool = step.pop("tool", None)
    return Finding(
        severity=severity,
        about=about,
        column=column,
        what=what,
        why=why,
        count=count,
        mend=mend(tool, step) if tool else None,
        unmended="" if tool else unmended,
    )


def _dropped(report: Report, *names: str) -> dict[str, Any]:
    """The step that leaves columns out."""
    return {"tool": "drop_columns", "dataset": report.dataset, "columns": list(names)}


def _leaks(report: Report) -> Iterator[Finding]:
    for facts in report.columns:
        if facts.power is None or facts.power < LEAK or report.target is None:
            continue
        name = facts.profile.name
        what = f"it alone tells {report.target.name} almost perfectly (prediction power {facts.power:.2f})"
        why = "It may have been filled in only after the outcome was known; a model would look better than it is."
        yield _finding("high", "leak", name, what, why, report.rows, **_dropped(report, name))


def _spread(report: Report, facts: ColumnFacts, told: set[str | None]) -> Iterator[Finding]:
    profile, target = facts.profile, report.target.name if report.target else None
    outside = facts.low_outliers + facts.high_outliers
    if outside and profile.name not in told:
        what = f"{counted(outside, 'value')} ({share(outside, profile.filled)}) beyond 5 robust standard deviations"
        why = "They pull averages and straight-line models; they may well be real, so look before changing them."
        step: dict[str, Any] = {"tool": "handle_outliers", "columns": [profile.name], "rule": "robust_sd"}
        step = step | {"dataset": report.dataset} if profile.name != target else {"unmended": TARGET}
        yield _finding("low", "outliers", profile.name, what, why, outside, **step)
    if facts.skew is not None and abs(facts.skew) > SKEWED and profile.kind == "number":
        side = "right" if facts.skew > 0 else "left"
        what = f"its values trail far to the {side} (skewness {facts.skew:.1f})"
        why = "A few large values rule the mean and every distance; on a logarithmic scale they would not."
        lowest = profile.min if isinstance(profile.min, int | float) else None
        method = "log" if facts.skew > 0 and lowest is not None and lowest > -1 else "yeo_johnson"
        step = {"tool": "scale_columns", "dataset": report.dataset, "columns": [profile.name], "method": method}
        if profile.name == target:
            step = {"unmended": "It is what is predicted: build with the metric MAE, which large values rule less."}
        yield _finding(
            "medium" if profile.name == target else "low", "skew", profile.name, what, why, profile.filled, **step
        )


def _target(report: Report) -> Iterator[Finding]:
    target = report.target
    if target is None:
        return
    if target.problem:
        why = "Mend this before a model is built."
        what = target.problem.rstrip(".")
        yield _finding("high", "target", target.name, what, why, report.rows, unmended=TARGET)
    quick = report.quick
    if quick is None:
        return
    name = "r2" if quick.kind == "regression" else "balanced_accuracy"
    mine, naive = quick.scores.metrics.get(name, 0.0), quick.naive.metrics.get(name, 0.0)
    if mine <= naive + 0.02:
        what = f"a quick model does no better than guessing ({name.replace('_', ' ')} {mine:.2f} against {naive:.2f})"
        why = "The columns at hand may not hold what decides it: look for more data before building for long."
        unmended = "No step finds what the columns do not hold: join_datasets adds those of another table."
        yield _finding("medium", "target", target.name, what, why, report.rows, unmended=unmended)


def _twins(report: Report) -> Iterator[Finding]:
    relations = report.relations
    if relations is None:
        return
    target = report.target.name if report.target else None
    gone: set[str] = set()
    partners: set[str] = set()
    for place, one in enumerate(relations.numbers):
        for at in range(place):
            other, value = relations.numbers[at], relations.pearson[place][at]
            if value is None or abs(value) < TWINS or target in (one, other) or {one, other} & gone:
                continue
            drop = min((one, other), key=lambda name: (round(report.column(name).power or 0.0, 2), name == other))
            keep = other if drop == one else one
            gone.add(drop)
            partners.add(keep)
            what = f"it moves with {keep} almost exactly (correlation {value:.3f})"
            why = "Two columns that say the same split their weight in a model and tell nothing twice."
            yield _finding("medium", "relations", drop, what, why, report.rows, **_dropped(report, drop))
    yield from _inflated(report, relations.vif, {*gone, *partners, target})


def _inflated(report: Report, vif: Mapping[str, float], explained: set[str | None]) -> Iterator[Finding]:
    """Columns that the others together tell, besides those that are explained already."""
    inflated = {name: value for name, value in vif.items() if value > INFLATED and name not in explained}
    if inflated:
        worst = max(inflated, key=lambda name: inflated[name])
        named = listed(
            [f"{name} ({'over 1,000,000' if value >= 1e6 else f'{value:,.0f}'})" for name, value in inflated.items()],
            NAMED,
        )
        what = f"the other columns together tell it (variance inflation: {named})"
        why = "The weights of a linear model can't be told apart then, and change wildly from sample to sample."
        yield _finding("low", "relations", worst, what, why, report.rows, **_dropped(report, worst))


def _odd(report: Report) -> Iterator[Finding]:
    if report.odd is not None and report.odd.odd:
        count = report.odd.odd
        what = f"{counted(count, 'row')} ({share(count, report.odd.scored)}) {'is' if count == 1 else 'are'} unlike all others"
        why = "Several columns are unusual at once: look whether these are errors, frauds or a different kind of case."
        unmended = (
            "No step removes them unseen, for they may be what matters: look at the oddest ones in the report,"
            " then the step Filter rows takes out those that are errors."
        )
        yield _finding("low", "anomalies", None, what, why, count, unmended=unmended)


def _bias(report: Report) -> Iterator[Finding]:
    facts = report.bias
    if facts is None:
        return
    gap, balance = facts.measures["DPL"], facts.measures["CI"]
    column = facts.facet
    if gap is not None and abs(gap) >= bias.LEVEL:
        lot = "rarer" if gap > 0 else "more frequent"
        what = f"{facts.outcome} is {lot} for {column} {facts.group} than for {facts.others}, by {abs(gap):.1%} of the rows"
        why = "A model learns this difference and repeats it. Ask whether it is right, and whether other columns explain it."
        severity: Severity = "high" if abs(gap) >= 2 * bias.LEVEL else "medium"
        unmended = (
            f"No step mends a difference that is in the data: without {column}, columns that go along with it still tell it."
            " Once a model is built, measure_bias says whether it repeats it."
        )
        yield _finding(severity, "bias", column, what, why, facts.group_rows, unmended=unmended)
    if balance is not None and balance >= bias.RARE_CI:
        part = share(facts.group_rows, facts.group_rows + facts.other_rows)
        what = f"only {part} of the rows have {column} {facts.group}"
        why = "A model has few rows to learn this group from and may serve it worse than others."
        step: dict[str, Any] = {"tool": "balance_classes", "column": column, "method": "over"}
        yield _finding("medium", "bias", column, what, why, facts.group_rows, dataset=report.dataset, **step)


def _series(report: Report) -> Iterator[Finding]:
    if not report.series:
        return
    first = report.series[0]
    if first.missing_steps:
        what = f"{counted(first.missing_steps, first.unit)} between {first.start} and {first.end} {'has' if first.missing_steps == 1 else 'have'} no row"
        why = "A forecast needs every step; holes look like zeros or shift the season."
        step: dict[str, Any] = {"tool": "resample_series", "time": report.time, "unit": first.unit, "fill": "linear"}
        step["dataset"] = report.dataset
        several = report.rows > first.steps - first.missing_steps
        if several:  # cases such as customers, or several series: one row a step would lose them
            step = {
                "unmended": f"Several rows share a {first.unit}: where they are cases, nothing is missing; a forecast puts them together itself."
            }
        yield _finding("low" if several else "medium", "time", report.time, what, why, first.missing_steps, **step)
    for one in report.series:
        if one.found.odd_count:
            what = f"{counted(one.found.odd_count, one.unit)} of {one.column} far from season and trend, such as {one.odd_at[0]}"
            why = "One-off events bend a forecast: check them, and tell them apart from errors."
            unmended = "Only you know which of them were real: the step Filter rows takes out those that were errors."
            yield _finding("low", "time", one.column, what, why, one.found.odd_count, unmended=unmended)


def _shift(report: Report) -> Iterator[Finding]:
    facts = report.shift
    if facts is None:
        return
    if facts.grows:
        yield _in_time(report.dataset, facts)
    if facts.told_apart is not None and facts.told_apart >= TOLD_APART:
        what = (
            f"rows of {report.dataset} and {facts.other} can be told apart (AUC {facts.told_apart:.2f}, 0.50 is alike)"
        )
        why = "What holds for one may not hold for the other: a model's score on one says little about the other."
        unmended = "No step makes other rows alike: mend the columns that shifted below, or learn from rows of both."
        yield _finding("high", "shift", None, what, why, facts.other_rows, unmended=unmended)
    lacking = [name for name in facts.only_here if report.target is None or name != report.target.name]
    if lacking:
        what = f"{listed(lacking, NAMED)} {'is' if len(lacking) == 1 else 'are'} missing in {facts.other}"
        why = "A model that learns from them can't predict there."
        yield _finding("medium", "shift", None, what, why, len(lacking), **_dropped(report, *lacking))
    for one in facts.columns:
        if one.column in facts.grows:
            continue
        if one.psi >= shift.MOVED:
            grave = one.psi >= shift.SHIFTED
            what = f"its values are spread differently in {facts.other} (PSI {one.psi:.2f})"
            why = "The model meets values there in other shares than it learned from."
            step: dict[str, Any] = {
                "unmended": "It moved little, and dropping it would lose what it tells: keep an eye on it."
            }
            if grave and report.target and one.column == report.target.name:
                step = {"unmended": TARGET}
            elif grave:
                step = _dropped(report, one.column)
            yield _finding("medium" if grave else "low", "shift", one.column, what, why, facts.other_rows, **step)
        if one.new_values:
            what = f"{counted(one.new_values, 'row')} of {facts.other} hold values that never occur here"
            why = "A model has learned nothing about them."
            unmended = "No step knows what they mean: unify_spellings there, where they are old values spelt anew; else add rows that have them."
            yield _finding("low", "shift", one.column, what, why, one.new_values, unmended=unmended)


def _in_time(dataset: str, facts: ShiftFacts) -> Finding:
    """That the other rows are later or earlier ones, and what differs for that reason alone."""
    time, *more = facts.grows
    what = f"by {time}, all rows of {facts.other} come {facts.side} those of {dataset}"
    along = f", as {listed(more, NAMED)}, which {'goes' if len(more) == 1 else 'go'} along with it," if more else ""
    why = (
        f"That {time}{along} differs is expected of a split or a batch in time and no shift. Yet a model that reads what only"
        " grows meets values there that it never learned from."
    )
    unmended = "Nothing is wrong with the rows: give a model what comes again, such as month or weekday, in place of what only grows."
    return _finding("low", "shift", None, what, why, facts.other_rows, unmended=unmended)
