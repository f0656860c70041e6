"""What a record is worth: every check of a case against what its turns left, without running anything again.

A check returns why it does not hold, in one line, or nothing. A broken infrastructure is no wrong answer.

What is not covered: the sense of words. `Answers` looks for the words given; an answer is put together by rule, so
its numbers are those of its tables and values, which the other checks read.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from evals.case import (
    Answers,
    Asks,
    Case,
    CaseError,
    ChangesNothing,
    Check,
    DatasetIs,
    Either,
    Fails,
    MetricIs,
    SaysMissing,
    TableIs,
    ToolsAre,
    ValueIs,
)
from evals.cells import cell, close, in_words
from evals.datasets import why_not_the_dataset
from evals.equality import difference
from evals.record import Record, Verdict
from evals.seen import Lost, Seen, short
from evals.table import Table, table_of
from tools.words import listed


def score(case: Case, record: Record) -> Verdict:
    """The verdict on one attempt: passed where every check of every turn holds.

    Raises CaseError for a check that can't be read (rows of different length).
    """
    if record.infrastructure:
        return _broken(record, record.infrastructure)
    reasons: list[str] = []
    turns: list[bool] = []
    try:
        for at, turn in enumerate(case.turns):
            failed = _turn(case, record, at, turn.checks)
            turns.append(not failed)
            reasons += [f"turn {at + 1}: {reason}" if len(case.turns) > 1 else reason for reason in failed]
    except Lost as error:
        return _broken(record, str(error))
    return Verdict(case=record.case, repeat=record.repeat, passed=all(turns), reasons=reasons, turns=turns)


def _broken(record: Record, why: str) -> Verdict:
    return Verdict(case=record.case, repeat=record.repeat, passed=False, infrastructure=True, reasons=[why])


def _turn(case: Case, record: Record, at: int, checks: Sequence[Check]) -> list[str]:
    """Why the checks of a turn do not hold."""
    if at >= len(record.turns):
        return ["was not reached"]
    seen = Seen(case, record, at)
    try:
        return [reason for check in checks if (reason := why_not(check, seen))]
    except ValueError as error:
        raise CaseError(f"Case {case.id}: {error}") from error


def why_not(check: Check, seen: Seen) -> str:
    """Why a check does not hold for a turn; empty where it does."""
    match check:
        case TableIs():
            return _table(check, seen)
        case ValueIs():
            return _value(check, seen)
        case DatasetIs():
            return why_not_the_dataset(check, seen)
        case MetricIs():
            return _metric(check, seen)
        case ToolsAre():
            return _tools(check, seen)
        case ChangesNothing():
            return _unchanged(seen)
        case SaysMissing():
            return "" if seen.missing else f"an answer that the data lacks this expected; {seen.ending}"
        case Asks():
            return "" if seen.questions else f"a question expected; {seen.ending}"
        case Answers():
            return _answers(check, seen)
        case Fails():
            return _fails(check, seen)
        case Either():
            return _either(check, seen)


# --- results -------------------------------------------------------------------------------------------------------


def _table(check: TableIs, seen: Seen) -> str:
    if seen.answer is None:
        return f"a table expected; {seen.ending}"
    reasons = []
    for rows in check.accepted:
        expected = table_of(rows)
        if seen.table is None:
            if _is_one_value(expected) and _among_values(rows[0][0], seen, check.tolerance):
                return ""
            reasons.append(f"a table of {expected.row_count:,} rows expected; {seen.ending}")
        elif reason := difference(
            expected,
            seen.table,
            ordered=check.ordered,
            extra_columns=check.extra_columns,
            tolerance=check.tolerance,
        ):
            reasons.append(f"table: {reason}")
        else:
            return ""
    more = f" (nor is it one of {len(reasons) - 1} other accepted tables)" if len(reasons) > 1 else ""
    return f"{reasons[0]}{more}" if reasons else "no table is accepted: the case lists none"


def _is_one_value(table: Table) -> bool:
    return table.row_count == 1 and len(table.columns) == 1


def _value(check: ValueIs, seen: Seen) -> str:
    if seen.answer is None:
        return f"{_shown(check.equals)} expected; {seen.ending}"
    table = seen.table
    row = table.row(0) if table is not None and table.row_count == 1 else ()
    if any(close(cell(check.equals), value, check.tolerance) for value in row):
        return ""
    if _among_values(check.equals, seen, check.tolerance):
        return ""
    return f"{_shown(check.equals)} expected; {f'got {in_words(row)}' if row else seen.ending}"


def _among_values(expected: Any, seen: Seen, tolerance: float) -> bool:
    return any(close(cell(expected), cell(value), tolerance) for value in seen.values.values())


def _shown(value: Any) -> str:
    return in_words([cell(value)])[1:-1]


# --- models and tools ----------------------------------------------------------------------------------------------


def _metric(check: MetricIs, seen: Seen) -> str:
    if not seen.models:
        return f"a model expected; {seen.ending}"
    metrics = seen.models[-1].done.get("metrics", {})
    if check.name not in metrics:
        names = [name for name in metrics if not name.startswith("baseline_")]
        return f"the model has no {check.name}; it has {listed(names, 12) or 'no metrics'}"
    got = metrics[check.name]
    if check.at_least is not None and not got >= check.at_least:
        return f"{check.name} of {check.at_least:g} or more expected, {got:.4g} got"
    if check.at_most is not None and not got <= check.at_most:
        return f"{check.name} of {check.at_most:g} or less expected, {got:.4g} got"
    return ""


def _tools(check: ToolsAre, seen: Seen) -> str:
    called = [call.tool for call in seen.calls]
    ran = f"ran: {listed(called) or 'nothing'}"
    if lacking := [name for name in check.called if name not in called]:
        return f"{listed(lacking)} expected; {ran}"
    if check.any_of and not set(check.any_of) & set(called):
        return f"one of {listed(check.any_of)} expected; {ran}"
    if unwanted := [name for name in check.not_called if name in called]:
        return f"{listed(unwanted)} should not run; {ran}"
    for tool, wanted in check.arguments.items():
        given = [call.arguments for call in seen.calls if call.tool == tool]
        if not any(_has(arguments, wanted) for arguments in given):
            return f"{tool} with {_arguments(wanted)} expected; {_arguments(given[-1]) if given else ran}"
    return ""


def _has(arguments: Mapping[str, Any], wanted: Mapping[str, Any]) -> bool:
    return all(name in arguments and _same(arguments[name], value) for name, value in wanted.items())


def _same(got: Any, wanted: Any) -> bool:
    """Text without regard to case, lists as sets, objects by the names that are wanted."""
    if isinstance(wanted, Mapping):
        return isinstance(got, Mapping) and _has(got, wanted)
    if isinstance(wanted, list):
        return (
            isinstance(got, list)
            and all(any(_same(one, other) for one in got) for other in wanted)
            and all(any(_same(one, other) for other in wanted) for one in got)
        )
    if isinstance(wanted, str):
        return isinstance(got, str) and got.strip().casefold() == wanted.strip().casefold()
    return bool(got == wanted)


def _arguments(arguments: Mapping[str, Any]) -> str:
    return short(", ".join(f"{name}={value!r}" for name, value in arguments.items()) or "no arguments")


def _unchanged(seen: Seen) -> str:
    if changed := list(seen.changed()):
        return f"nothing should change; {listed(changed)}"
    made = [str(made.get("name")) for call in seen.models for made in call.done["artefacts"]]
    return f"no model should be built; {listed(made)} was" if made else ""


# --- words ---------------------------------------------------------------------------------------------------------


def _answers(check: Answers, seen: Seen) -> str:
    if seen.answer is None:
        return f"an answer expected; {seen.ending}"
    if seen.missing:
        return f"an answer expected; it says that the data lacks {seen.missing}"
    said = _said(seen.answer)
    if lacking := [words for words in check.contains if _plain(words) not in said]:
        return f"{listed(lacking)} expected in the answer; {seen.ending}"
    if check.any_of and not any(_plain(words) in said for words in check.any_of):
        return f"one of {listed(check.any_of)} expected in the answer; {seen.ending}"
    if unwanted := [words for words in check.lacks if _plain(words) in said]:
        return f"{listed(unwanted)} should not be in the answer; {seen.ending}"
    return ""


def _said(answer: Mapping[str, Any]) -> str:
    """All that the person reads, the text and the table below it; a text that was put into another language in both."""
    table = answer.get("table") or {"columns": [], "rows": []}
    cells = [str(value) for row in [table["columns"], *table["rows"]] for value in row]
    return _plain(" ".join([str(answer["text"]), str(answer.get("english", "")), *cells]))


def _plain(text: str) -> str:
    return " ".join(text.split()).casefold()


def _fails(check: Fails, seen: Seen) -> str:
    text, english = (str(seen.end.get(name, "")) for name in ("text", "english"))
    if seen.end.get("event") != "failed" or seen.broke:
        return f"a refusal with an error expected; {seen.ending}"
    if "\n" in text.strip():
        return f"an error in one line expected; {seen.ending}"
    if lacking := [words for words in check.contains if _plain(words) not in _plain(f"{text} {english}")]:
        return f"{listed(lacking)} expected in the error; {seen.ending}"
    return ""


def _either(check: Either, seen: Seen) -> str:
    reasons = []
    for option in check.of:
        failed = [reason for part in option if (reason := why_not(part, seen))]
        if not failed:
            return ""
        reasons.append(failed[0])
    return f"none of these held: {' | '.join(reasons)}" if reasons else "no outcome is accepted: the case lists none"
