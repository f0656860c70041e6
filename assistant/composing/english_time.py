"""English phrases of time: how long something took, what is open or late."""

import re
from collections.abc import Callable

from assistant.composing.columns import CALLED
from assistant.composing.marks import Mark
from assistant.composing.moments import (
    are_stays,
    between,
    ends,
    happened,
    lateness,
    moment_of,
    reference,
    tells_end,
    trips,
)
from assistant.composing.nouns import GENERIC
from assistant.composing.parts import C, Parts
from assistant.composing.phrases import AGG, AGGREGATES, ART, IS, MONTH, OP, ROWS, UNIT, meaning, op_of
from assistant.context import ColumnFact
from assistant.words import alike, split_words, stem
from tools.words import identifier

_TIME_OF = "resolution|handling|processing|delivery|turnaround|response|lead|completion|closing|cycle|repair|service|settlement|approval|throughput|shipping"
_TIME_AHEAD = rf"(?:(?:(?:in|during|since|before|after|on|over|from|until|within|between) )(?:(?:the|more than|less than|under|over) )*(?:⟦y|⟦n\d+⟧ (?:minute|hour|day|week|month)|(?:last|this|past|previous|current) (?:⟦n|{UNIT})|(?:{MONTH})\b|q ⟦n|h ⟦n)|(?:per|by|each|every) (?:{UNIT})\b)"
_UNIT_OF = {"night": "day"}
_PEOPLE = "customers?|clients?|people|patients?|users?|guests?|visitors?|they|we"
Ends = tuple[ColumnFact, ColumnFact]
"""A moment and a later one."""
_FILLER = r"(?:(?:does|do|did|it|we|is|are|take|takes|took|taken|us|them|to|for|until|a|an|the|our|each|usually|typically|normally|be|get|gets|this|on|average) |⟦t\d+⟧ )*"


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


def spans(parts: Parts) -> None:
    """How long something takes: `how long … to close`, `time to first response`, `took over 2 days`, `within 24 hours`, `the longest`."""
    named = [mark.column for mark in parts.marks if mark.column and mark.column.is_time]
    if (both := ends(parts.table)) is None and len(named) < 2:
        return

    def until(number: str | None) -> Ends | None:
        """From the start to the end, or to the moment that is named; None for one that is no end."""
        if both is None or number is None:
            return both
        fact = parts.fact(number)
        return (both[0], fact) if fact.is_time and fact in happened(parts.table) and fact is not both[0] else None

    def moment(said: str) -> ColumnFact | None:
        """The one moment that is named, or that a word is a form of."""
        mark = re.fullmatch(r"⟦[ct](\d+)⟧", said)
        if mark and said[1] == "c":
            return parts.fact(mark[1]) if parts.fact(mark[1]).is_time else None
        words = split_words(parts.table.name) if mark else [said]
        like = [c for c in happened(parts.table) if any(_alike(word, c) for word in words)]
        return like[0] if len(like) == 1 else None

    def limited(match: re.Match[str]) -> bool:
        given = match.groupdict()
        pair = until(given.get("end"))
        if given.get("from"):
            start = moment(given["from"])
            pair = (start, parts.fact(given["end"])) if start and parts.fact(given["end"]).is_time else None
        found = between(parts.table, _UNIT_OF.get(given["unit"], given["unit"]), pair) if pair else None
        if found is None or (given["unit"] == "night" and not are_stays(parts.table)):
            return False
        parts.where(f"{found[0]} {op_of(given['op'])} {parts.number(given['n'])}", match.start())
        return True

    def asked(match: re.Match[str], pair: Ends | None = None) -> bool:
        given = match.groupdict()
        pair = pair or until(given.get("end"))
        if pair is None or parts.span or (found := between(parts.table, given.get("unit") or "", pair)) is None:
            return False
        parts.span, parts.unit = found
        if most := given.get("most"):
            parts.order = "ASC" if most in ("shortest", "fastest", "quickest") else "DESC"
        return True

    def apart(match: re.Match[str]) -> bool:
        one, other = moment(match["one"]), moment(match["other"])
        return one is not None and other is not None and one is not other and asked(match, (one, other))

    unit, end, told = (
        r"(?P<unit>minute|hour|day|week)s?\b",
        r"⟦c(?P<end>\d+)⟧",
        r"(?: in (?P<unit>minute|hour|day|week)s)?",
    )
    a, b = (rf"(?:the )?(?P<{name}>⟦[ct]\d+⟧|[a-z]+)(?: date)?" for name in ("one", "other"))
    for form in (rf"between {a} and {b}", rf"from {a} (?:to|until) {b}"):
        parts.take(
            rf"\b(?:{unit}|time|long|lag|gap)(?: (?:is there|are there|is it|does it take|it takes|passes|pass|on average))* {form}",
            apart,
        )
    if both is None:
        return
    parts.take(
        rf"{end} (?P<op>within|in under|in less than|after more than|more than|less than) ⟦n(?P<n>\d+)⟧ {unit} (?:of|after|from) (?:the )?(?P<from>⟦[ct]\d+⟧|[a-z]+)",
        limited,
    )
    parts.take(
        rf"\b(?:(?:that|which|who) )?(?:took|take|takes|taking|lasted|needed|needs) (?:us )?(?P<op>{OP}) ⟦n(?P<n>\d+)⟧ {unit}(?: to {end})?",
        limited,
    )
    parts.take(rf"(?:\bwith (?:an? )?)?{end} times? (?:of )?(?P<op>{OP}) ⟦n(?P<n>\d+)⟧ {unit}", limited)
    parts.take(rf"(?P<op>longer than|shorter than) ⟦n(?P<n>\d+)⟧ {unit}", limited)
    parts.take(
        rf"(?:\b(?:(?:that|who|which) )?(?:of|for|with|lasted|lasting|stayed|staying) )?(?P<op>{OP}) ⟦n(?P<n>\d+)⟧ (?P<unit>night)s?\b",
        limited,
    )
    parts.take(rf"{end} (?P<op>within|in under|in less than|after more than) ⟦n(?P<n>\d+)⟧ {unit}", limited)
    parts.take(
        rf"\bhow long (?:do|does|did) (?:the |our )*(?:⟦[ct]\d+⟧|{_PEOPLE}) (?:(?:have|had|usually|typically|to) )*wait (?:for|until) {ART}{end}",
        asked,
    )
    parts.take(rf"\bhow (?:long|many {unit}) (?={_FILLER}(?:⟦c|take)){_FILLER}{end}?", asked)
    parts.take(rf"\bhow long (?:does|do|did) {_FILLER}(?:take|last)\b", asked)
    parts.take(rf"\b(?:number of )?{unit} (?:needed |it takes |it took )?to {ART}{end}", asked)
    if are_stays(parts.table):
        nights = r"(?:nights? (?:sold|spent|stayed|booked)|nights?)\b"
        stayed = rf"\bhow (?:long|many nights) (?:do|does|did) (?:the |our )*(?:⟦[ct]\d+⟧|{_PEOPLE}) (?:stay\b|⟦t\d+⟧)"
        for phrase in (
            stayed,
            r"\b(?:length|duration) of (?:the |their |our )?(?:stays?\b|⟦t\d+⟧)",
            rf"\b(?:number of )?{nights}",
        ):
            if not any("night" in split_words(column.name)[:1] for column in parts.table.columns):
                parts.take(phrase, asked)
    parts.take(
        rf"(?<!\S)(?P<what>[a-z]+) times?\b{told}",
        lambda m: (one := moment(m["what"])) is not None and one is not both[0] and asked(m, (both[0], one)),
    )
    for phrase in (
        rf"\btime (?:it takes |needed |taken )?to {ART}{end}{told}",
        *([] if trips(parts.table) else [rf"\b(?:{_TIME_OF}) times?\b{told}"]),
        rf"\bdurations?\b{told}",
        rf"{end} times?\b{told}",
    ):
        parts.take(phrase, asked)
    parts.take(
        r"\b(?P<most>longest|slowest|shortest|fastest|quickest) (?P<what>[a-z]+|⟦c\d+⟧)(?= |$)",
        lambda m: moment(m["what"]) in both and asked(m),
    )
    parts.take(
        rf"\b(?P<most>longest|slowest|shortest|fastest|quickest)(?: (?:running|lasting|open))?(?: to {end})?(?= {ROWS}|$| \?)",
        asked,
    )


def _alike(word: str, column: ColumnFact) -> bool:
    """Whether a word is another form of one in the name of a moment: arrival of arrived_on."""
    own = [name for name in split_words(column.name) if name not in GENERIC]
    return len(word) > 2 and any(alike(word, name) or stem(stem(word)) == stem(name) for name in own)


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
