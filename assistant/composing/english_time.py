"""English phrases of time: what is done, open or late, and for how long somebody is there."""

import re
from collections.abc import Callable

from assistant.composing.columns import CALLED
from assistant.composing.marks import Mark
from assistant.composing.moments import (
    ends,
    happened,
    lateness,
    moment_of,
    reference,
    tells_end,
)
from assistant.composing.parts import C, Parts
from assistant.composing.phrases import AGG, AGGREGATES, IS, MONTH, UNIT, meaning
from assistant.context import ColumnFact
from assistant.words import split_words
from tools.words import identifier

_TIME_AHEAD = rf"(?:(?:(?:in|during|since|before|after|on|over|from|until|within|between) )(?:(?:the|more than|less than|under|over) )*(?:⟦y|⟦n\d+⟧ (?:minute|hour|day|week|month)|(?:last|this|past|previous|current) (?:⟦n|{UNIT})|(?:{MONTH})\b|q ⟦n|h ⟦n)|(?:per|by|each|every) (?:{UNIT})\b)"


def done_when(parts: Parts) -> None:
    """A value before a time is the moment that is called so: settled in 2025, where there are a status and a settled_date."""

    def moment(match: re.Match[str]) -> str:
        mark = parts.marks[int(match[1])]
        said = {str(value).strip().casefold() for value in mark.values}
        own = [c for c in happened(parts.table) if split_words(c.name)[0] in said]
        if len(own) != 1 or mark.table != parts.table.name:
            return match[0]
        parts.marks.append(Mark("c", parts.table.name, own[0]))
        return f"⟦c{len(parts.marks) - 1}⟧"

    parts.text = parts.said = re.sub(rf"⟦v(\d+)⟧(?= {_TIME_AHEAD})", moment, parts.text)


def tenures(parts: Parts) -> None:
    """`how long have members been with us on average`: from when a row began to when it ended, else to the last day there is."""

    def since(match: re.Match[str]) -> bool:
        moment, both = parts.moment(), ends(parts.table)
        if not moment or parts.measures or parts.span:
            return False
        until = f"least(current_date, (SELECT max({moment})::date FROM {identifier(parts.table.name)}))"
        if both is not None:
            moment, end = (reference(parts.table.name, column) for column in both)
            until = f"coalesce({end}::date, current_date)"
        call = "median" if match["median"] else "avg"
        parts.measures[f"{call}(date_diff('day', {moment}::date, {until}))"] = f"{CALLED[call]}_days"
        if both is None:
            parts.told[f"max({moment})::date"] = "last_day"
        return True

    parts.take(
        r"\bhow long (?:have|has|are) (?:our |the |all )*⟦t\d+⟧ (?:been )?(?:with us|here|around|on board|on the books|members|customers|subscribed|active|employed)(?: for)?(?P<median> median)?(?: on average)?",
        since,
    )


def late(parts: Parts) -> None:
    """`late`, `overdue`, `on time`, `average delay`, where a column tells when something was due."""
    if (found := lateness(parts.table)) is None:
        return
    days, is_late = found

    def delay(match: re.Match[str]) -> None:
        call = meaning(match["agg"] or "", AGGREGATES) or "avg"
        parts.measures[f"{call}({days})"] = f"{CALLED[call]}_delay_days"

    parts.take(r"\blate (?:rate|share)\b", lambda m: parts.measures.update({f"avg(({is_late})::int)": "late_rate"}))
    parts.take(rf"\b(?:(?P<agg>{AGG}) )?(?:delay|lateness)(?: in days)?\b", delay)
    parts.take(
        rf"\b(?:not (?:⟦c\d+⟧ )?on time|(?:{IS} )*(?:⟦c\d+⟧ |arrived |arrive |arrives |came |come )?(?:too )?(?:late|delayed|overdue))\b",
        lambda m: parts.where(is_late, m.end()),
    )
    parts.take(r"\b(?:⟦c\d+⟧ )?on time\b", lambda m: parts.where(f"NOT ({is_late})", m.end()))


def open_ones(parts: Parts) -> None:
    """`still open`, `not closed yet`: the end is empty."""
    if (both := ends(parts.table)) is None:
        return
    end = reference(parts.table.name, both[1])

    def of(wanted: ColumnFact) -> Callable[[re.Match[str]], bool]:
        def act(match: re.Match[str]) -> bool:
            if parts.fact(match[1]) is not wanted:
                return False
            parts.where(f"{end} IS NULL", match.start())
            return True

        return act

    parts.take(rf"\bstill {C}", of(both[0]))
    parts.take(
        rf"\b(?:have not|has not|haven't|hasn't|are not|is not|not|never|aren't|isn't)(?: been| yet)* {C}(?: yet)?",
        of(both[1]),
    )
    word = split_words(both[1].name)[0]
    parts.take(
        rf"\b(?:un{word}|unresolved|unfinished|outstanding)\b", lambda m: parts.where(f"{end} IS NULL", m.start())
    )


def finished(parts: Parts) -> None:
    """`how many tickets were closed`, `which agent closes the most`: the end is there; each row began."""
    both, begun = ends(parts.table), moment_of(parts.table, [])
    if both is None:  # of two moments `open` may mean the one and `opened` the other
        parts.take(
            rf"\b(?:are|were|is|was|been|get|got|we|they|you) {C}(?=\W*$)",
            lambda m: begun is not None and parts.fact(m[1]) is begun and bool(parts.measures),
        )
    elif (
        tells_end(both[1])
        and any(reference(parts.table.name, both[1]) in key for key in parts.keys)
        and not any(one.time for one in parts.conditions)
    ):
        parts.when(f"{reference(parts.table.name, both[1])} IS NOT NULL", len(parts.said))
    if both is not None and not parts.timed and not parts.span and (parts.measures or parts.share >= 0 or parts.keys):
        end = reference(parts.table.name, both[1])
        parts.take(
            rf"(?<!by )(?<!per )(?<!each ){C}(?! dates?)",
            lambda m: False if parts.fact(m[1]) is not both[1] else parts.where(f"{end} IS NOT NULL", m.start()),
        )
