"""Everything that is wrong with a version, and the few steps that mend it, as a careful analyst would approve them."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

from tools.dataset import Version
from tools.profile import profile
from tools.profiling.contradictions import contradictions
from tools.profiling.facts import ColumnProfile, Profile
from tools.profiling.issues import Fix, Issue, Problem, issues_of
from tools.profiling.meaning import (
    MOSTLY_EMPTY,
    date_text,
    fill_method,
    is_constant,
    is_empty,
    missing,
    null_words,
    number_text,
    one_case,
    repeats_are_natural,
    scattered,
    slips,
)
from tools.words import counted, listed, meant, share
from tools.workspace import Workspace

MOST_STEPS = 7
SEVERITIES = ("high", "medium", "low")
FIRST_TO_GO = ("handle_outliers", "clean_text", "change_type")
"""Where there are more steps than a person wants to read, these go first, from the left."""


# --- finding -----------------------------------------------------------------------------------------------------


def find_issues(workspace: Workspace, version: Version, target: str | None = None) -> list[Issue]:
    """Everything that is wrong with a version, the gravest first; those that a step mends carry it.

    Raises ToolError where the target is no column.
    """
    found = profile(workspace, version)
    named = _target_name(found, target)
    fixes = _fixes(found, version.dataset, named, for_training=named is not None)
    issues = [_with_fix(issue, fixes, version.dataset) for issue in issues_of(found, named)]
    issues += contradictions(workspace, version, found)
    return sorted(issues, key=lambda issue: (SEVERITIES.index(issue.severity), -issue.count))


def _with_fix(issue: Issue, fixes: Sequence[Fix], dataset: str) -> Issue:
    """The finding with the step that mends it, which is the one named for its kind and its column."""
    if issue.problem == "rare":
        balance = {"dataset": dataset, "column": issue.column, "method": "over", "share": 0.5}
        return replace(issue, fix=Fix("balance_classes", balance, "Rows of the rare value count for more in training."))
    tools = _MENDED_BY.get(issue.problem, ())
    for fix in fixes:
        columns, trims = fix.arguments.get("columns"), fix.arguments.get("action") == "trim"
        if fix.tool in tools and (columns is None or issue.column in columns) and trims == (issue.problem == "blanks"):
            return replace(issue, fix=fix)
    if issue.problem == "spelling":  # no letter case makes them one
        unify = {"dataset": dataset, "columns": [issue.column], "typos": False}
        return replace(issue, fix=Fix("unify_spellings", unify, issue.why))
    return issue


_MENDED_BY: dict[Problem, tuple[str, ...]] = {
    "rows": ("drop_duplicates",),
    "words": ("treat_as_missing",),
    "empty": ("drop_columns", "fill_missing"),
    "type": ("change_type", "treat_as_missing"),
    "blanks": ("clean_text",),
    "spelling": ("clean_text",),
    "useless": ("drop_columns",),
    "slips": ("handle_outliers",),
}


def _target_name(found: Profile, target: str | None) -> str | None:
    if target is None:
        return None
    return meant("column", target, [column.name for column in found.columns])


# --- mending -----------------------------------------------------------------------------------------------------


def suggest_fixes(workspace: Workspace, version: Version, target: str | None, for_training: bool) -> list[Fix]:
    """The ordered steps that mend a version; none where it needs none.

    The target is read properly (null words, types, blanks) but never filled, clipped or dropped. Columns that only
    identify rows are dropped for training alone.
    """
    found = profile(workspace, version)
    return _fixes(found, version.dataset, _target_name(found, target), for_training=for_training)


def _fixes(found: Profile, dataset: str, target: str | None, *, for_training: bool) -> list[Fix]:
    if not found.rows:
        return []
    steps = [
        Fix(tool, {"dataset": dataset} | arguments, why)
        for tool, arguments, why in _steps(found, target, for_training=for_training)
    ]
    for name in FIRST_TO_GO:
        while len(steps) > MOST_STEPS and any(step.tool == name for step in steps):
            steps.remove(next(step for step in steps if step.tool == name))
    return steps


Step = tuple[str, dict[str, Any], str]


def _steps(found: Profile, target: str | None, *, for_training: bool) -> Iterator[Step]:
    """The steps in the order in which they must run: read cells rightly, then rows, then columns, then gaps."""
    dropped = dict(_dropped(found, target, for_training=for_training))
    kept = [column for column in found.columns if column.name not in dropped]
    inputs = [column for column in kept if column.name != target]
    yield from _null_word_step(kept)
    yield from _type_steps(kept)
    yield from _spelling_steps(kept)
    if found.duplicates and not repeats_are_natural(found) and len(found.columns) > 1:
        verb = "repeats" if found.duplicates == 1 else "repeat"
        yield "drop_duplicates", {}, f"{counted(found.duplicates, 'row')} {verb} another row exactly."
    if dropped:
        reasons = "; ".join(f"{name}: {reason}" for name, reason in dropped.items())
        yield "drop_columns", {"columns": list(dropped)}, f"{reasons}."
    yield from _fill_steps(inputs, found.rows)
    odd = [column for column in inputs if slips(column)]
    if odd:
        named = listed([f"{column.name} ({counted(column.far, 'value')})" for column in odd])
        why = f"Lone values far away from all others: {named}."
        yield "handle_outliers", {"columns": [column.name for column in odd], "method": "clip", "rule": "iqr"}, why


def _dropped(found: Profile, target: str | None, *, for_training: bool) -> Iterator[tuple[str, str]]:
    """The columns that go, and why."""
    rest = [column for column in found.columns if column.name != target]
    for column in rest:
        reason = _drop_reason(column, found.rows, for_training=for_training)
        if reason:
            yield column.name, reason


def _drop_reason(column: ColumnProfile, rows: int, *, for_training: bool) -> str:
    if is_empty(column, rows):
        return "every cell is empty"
    if is_constant(column, rows):
        return "every row has the same value"
    if not for_training:
        return ""
    if missing(column) >= MOSTLY_EMPTY * rows:
        return f"{share(missing(column), rows)} of its cells are empty"
    if column.identifier:
        return column.identifier
    return f"{column.distinct:,} different texts in {rows:,} rows" if scattered(column) else ""


def _null_word_step(columns: Sequence[ColumnProfile]) -> Iterator[Step]:
    found = {column.name: group for column in columns if (group := null_words(column))}
    if found:
        words = list(dict.fromkeys(word.casefold() for group in found.values() for word in group))
        cells = sum(sum(group.values()) for group in found.values())
        named = listed([f"'{word}'" if word else "blank text" for word in words])
        verb = "says" if cells == 1 else "say"
        why = f"{counted(cells, 'cell')} {verb} {named} where nothing is known: {_counted(found)}."
        numbers = [c.name for c in columns if c.name in found and number_text(c) and c.plain_numbers]
        become = f" All else is numbers in {listed(numbers, 6)}." if numbers else ""
        yield "treat_as_missing", {"columns": list(found), "values": words}, why + become


def _counted(found: dict[str, dict[str, int]]) -> str:
    return listed([f"{name} ({sum(group.values()):,})" for name, group in found.items()], 6)


def _type_steps(columns: Sequence[ColumnProfile]) -> Iterator[Step]:
    # Where null words are all that keeps a column from being numbers, taking them out makes it so.
    numbers = [c for c in columns if number_text(c) and not (c.plain_numbers and null_words(c))]
    for whole in (True, False):
        alike = [column for column in numbers if column.whole_text == whole]
        if alike:
            kind = "whole numbers" if whole else "numbers"
            why = f"The texts of {listed([column.name for column in alike])} are {kind}.{_lost(alike, 'numeric_text')}"
            yield "change_type", {"columns": [c.name for c in alike], "type": "integer" if whole else "decimal"}, why
    dates = [column for column in columns if date_text(column) and not number_text(column)]
    if dates:
        clock = any(":" in str(value) for column in dates for value, _ in column.top)
        why = f"The texts of {listed([column.name for column in dates])} are dates.{_lost(dates, 'date_text')}"
        yield "change_type", {"columns": [c.name for c in dates], "type": "timestamp" if clock else "date"}, why


def _lost(columns: Sequence[ColumnProfile], fact: str) -> str:
    """What can't be read and becomes empty."""
    lost = {c.name: round((1 - getattr(c, fact)) * (c.filled - sum(c.null_words.values()))) for c in columns}
    named = [f"{name} ({count:,})" for name, count in lost.items() if count]
    return f" Other words become empty: {listed(named)}." if named else ""


def _spelling_steps(columns: Sequence[ColumnProfile]) -> Iterator[Step]:
    texts = [
        column for column in columns if column.kind == "text" and not number_text(column) and not date_text(column)
    ]
    spaced = [column for column in texts if column.spaced]
    if spaced:
        count = sum(column.spaced for column in spaced)
        why = f"{counted(count, 'text')} {'begins or ends' if count == 1 else 'begin or end'} with blanks."
        yield "clean_text", {"columns": [column.name for column in spaced], "action": "trim"}, why
    for action in ("lower", "upper", "title"):
        cased = [column.name for column in texts if one_case(column) == action]
        if cased:
            why = f"The same values are written in different letter cases in {listed(cased)}."
            yield "clean_text", {"columns": cased, "action": action}, why


def _fill_steps(columns: Sequence[ColumnProfile], rows: int) -> Iterator[Step]:
    typical = [column for column in columns if fill_method(column) == "auto"]
    if typical:
        numbers = any(column.kind == "number" or number_text(column) for column in typical)
        others = any(column.kind != "number" and not number_text(column) for column in typical)
        how = ["numbers get the median"] * numbers + ["texts get the most frequent value"] * others
        why = f"{_gaps(typical, rows)}; {' and '.join(how)}."
        yield "fill_missing", {"columns": [column.name for column in typical], "method": "auto"}, why
    named = [column for column in columns if fill_method(column) == "unknown"]
    if named:
        arguments = {"columns": [column.name for column in named], "method": "constant", "value": "unknown"}
        yield "fill_missing", arguments, f"{_gaps(named, rows)}, too many to guess."


def _gaps(columns: Sequence[ColumnProfile], rows: int) -> str:
    cells = sum(missing(column) for column in columns)
    largest = sorted(columns, key=lambda column: -missing(column))
    named = [f"{column.name} ({missing(column):,}, {share(missing(column), rows)})" for column in largest]
    return f"{counted(cells, 'cell')} {'is' if cells == 1 else 'are'} empty: {listed(named, 6)}"
