"""English phrases of time: how long something took, what is open or late."""

import re
from collections.abc import Callable

from assistant.composing.columns import CALLED
from assistant.composing.moments import between, ends, lateness, reference
from assistant.composing.nouns import GENERIC
from assistant.composing.parts import C, Parts
from assistant.composing.phrases import AGG, AGGREGATES, ART, IS, OP, ROWS, meaning, op_of
from assistant.context import ColumnFact
from assistant.words import alike, split_words
from tools.words import identifier

_TIME_OF = "resolution|handling|processing|delivery|turnaround|response|lead|completion|closing|cycle|repair|service|throughput|shipping"
_FILLER = r"(?:(?:does|do|did|it|we|is|are|take|takes|took|taken|us|them|to|for|until|a|an|the|our|each|usually|typically|normally|be|get|gets|this|on|average) |⟦t\d+⟧ )*"


def spans(parts: Parts) -> None:
    """How long something takes: `how long … to close`, `took over 2 days`, `within 24 hours`, `the longest`."""
    if (both := ends(parts.table)) is None:
        return

    def is_end(number: str | None) -> bool:
        return not number or parts.fact(number) is both[1]

    def limited(match: re.Match[str]) -> bool:
        found = between(parts.table, match["unit"])
        if not is_end(match["end"]) or found is None:
            return False
        parts.where(f"{found[0]} {op_of(match['op'])} {parts.number(match['n'])}", match.start())
        return True

    def asked(match: re.Match[str]) -> bool:
        given = match.groupdict()
        found = between(parts.table, given.get("unit") or "")
        if not is_end(given.get("end")) or found is None or parts.span:
            return False
        parts.span, parts.unit = found
        if most := given.get("most"):
            parts.order = "ASC" if most in ("shortest", "fastest", "quickest") else "DESC"
        return True

    def called(said: str, end: ColumnFact) -> bool:
        if mark := re.fullmatch(r"⟦c(\d+)⟧", said):
            return parts.fact(mark[1]) is end
        return any(alike(said, word) for word in split_words(end.name) if word not in GENERIC)

    unit, end = r"(?P<unit>minute|hour|day|week)s?\b", r"⟦c(?P<end>\d+)⟧"
    parts.take(
        rf"\b(?:(?:that|which|who) )?(?:took|take|takes|taking|lasted|needed|needs) (?:us )?(?P<op>{OP}) ⟦n(?P<n>\d+)⟧ {unit}(?: to {end})?",
        limited,
    )
    parts.take(rf"(?P<op>longer than|shorter than) ⟦n(?P<n>\d+)⟧ {unit}(?P<end>)", limited)
    parts.take(rf"{end} (?P<op>within|in under|in less than|after more than) ⟦n(?P<n>\d+)⟧ {unit}", limited)
    parts.take(rf"\bhow (?:long|many {unit}) (?={_FILLER}(?:⟦c|take)){_FILLER}{end}?", asked)
    parts.take(rf"\bhow long (?:does|do|did) {_FILLER}(?:take|last)\b", asked)
    parts.take(rf"\b(?:number of )?{unit} (?:needed |it takes |it took )?to {ART}{end}", asked)
    for phrase in (
        rf"\btime (?:it takes |needed |taken )?to {ART}{end}",
        rf"\b(?:{_TIME_OF}) times?\b",
        r"\bdurations?\b",
        rf"{end} times?\b",
    ):
        parts.take(phrase, asked)
    parts.take(
        rf"(?:\b(?:average|mean) )?(?:\b(?:number of|time in|the) )*{unit} between (?:the )?(?P<one>⟦c\d+⟧|[a-z]+)(?: date)? and (?:the )?(?P<other>⟦c\d+⟧|[a-z]+)(?: date)?",
        lambda m: called(m["one"], both[0]) and called(m["other"], both[1]) and asked(m),
    )
    parts.take(
        r"\b(?P<most>longest|slowest|shortest|fastest|quickest) (?P<what>[a-z]+)(?= |$)",
        lambda m: any(called(m["what"], end) for end in both) and asked(m),
    )
    parts.take(
        rf"\b(?P<most>longest|slowest|shortest|fastest|quickest)(?: (?:running|lasting|open))?(?: to {end})?(?= {ROWS}|$| \?)",
        asked,
    )


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
