"""English phrases of how long something takes: `how long … to close`, `took over 2 days`, `within 24 hours`, `the longest`."""

import re

from assistant.composing.moments import are_stays, between, ends, happened, trips
from assistant.composing.nouns import GENERIC
from assistant.composing.parts import Parts
from assistant.composing.phrases import ART, OP, ROWS, op_of
from assistant.context import ColumnFact, Table
from assistant.words import alike, split_words, stem

_TIME_OF = "resolution|handling|processing|delivery|turnaround|response|lead|completion|closing|cycle|repair|service|settlement|approval|throughput|shipping"
_UNIT_OF = {"night": "day"}
_PEOPLE = "customers?|clients?|people|patients?|users?|guests?|visitors?|they|we"
_FILLER = r"(?:(?:does|do|did|it|we|is|are|take|takes|took|taken|us|them|to|for|until|a|an|the|our|each|usually|typically|normally|be|get|gets|this|on|average) |⟦t\d+⟧ )*"
_UNIT = r"(?P<unit>minute|hour|day|week)s?\b"
_END = r"⟦c(?P<end>\d+)⟧"
_TOLD = r"(?: in (?P<unit>minute|hour|day|week)s)?"
_MOST = "longest|slowest|shortest|fastest|quickest"
_N = r"⟦n(?P<n>\d+)⟧"
_LIMITS = (
    rf"{_END} (?P<op>within|in under|in less than|after more than|more than|less than) {_N} {_UNIT} (?:of|after|from) (?:the )?(?P<from>⟦[ct]\d+⟧|[a-z]+)",
    rf"\b(?:(?:that|which|who) )?(?:took|take|takes|taking|lasted|needed|needs) (?:us )?(?P<op>{OP}) {_N} {_UNIT}(?: to {_END})?",
    rf"(?:\bwith (?:an? )?)?{_END} times? (?:of )?(?P<op>{OP}) {_N} {_UNIT}",
    rf"(?P<op>longer than|shorter than) {_N} {_UNIT}",
    rf"(?:\b(?:(?:that|who|which) )?(?:of|for|with|lasted|lasting|stayed|staying) )?(?P<op>{OP}) {_N} (?P<unit>night)s?\b",
    rf"{_END} (?P<op>within|in under|in less than|after more than) {_N} {_UNIT}",
)
"""`closed within 2 days of opening`, `took over 3 hours`, `stays of more than 5 nights`."""
_LENGTHS = (
    rf"\bhow long (?:do|does|did) (?:the |our )*(?:⟦[ct]\d+⟧|{_PEOPLE}) (?:(?:have|had|usually|typically|to) )*wait (?:for|until) {ART}{_END}",
    rf"\bhow (?:long|many {_UNIT}) (?={_FILLER}(?:⟦c|take)){_FILLER}{_END}?",
    rf"\bhow long (?:does|do|did) {_FILLER}(?:take|last)\b",
    rf"\b(?:number of )?{_UNIT} (?:needed |it takes |it took )?to {ART}{_END}",
)
"""`how long do patients wait for the doctor`, `how many days to close`, `how long does it take`."""
_STAYS = (
    rf"\bhow (?:long|many nights) (?:do|does|did) (?:the |our )*(?:⟦[ct]\d+⟧|{_PEOPLE}) (?:stay\b|⟦t\d+⟧)",
    r"\b(?:length|duration) of (?:the |their |our )?(?:stays?\b|⟦t\d+⟧)",
    r"\b(?:number of )?(?:nights? (?:sold|spent|stayed|booked)|nights?)\b",
)
"""`how long do guests stay`, `nights sold`."""
_MADE = ("made", "placed", "done")
Ends = tuple[ColumnFact, ColumnFact]
"""A moment and a later one."""


def spans(parts: Parts) -> None:
    """Read them where the table tells a start and an end, or where two moments are named."""
    named = [mark.column for mark in parts.marks if mark.column and mark.column.is_time]
    both = ends(parts.table)
    _ahead(_Spans(parts, both))
    if both is None and len(named) < 2:
        return
    _apart(_Spans(parts, both))
    if both is None:
        return
    read = _Started(parts, both)
    for phrase in _LIMITS:
        parts.take(phrase, read.limited)
    for phrase in (*_LENGTHS, *(_STAYS if _has_stays(parts.table) else ())):
        parts.take(phrase, read.asked)
    _told_times(read)
    _longest(read)


class _Spans:
    """What a phrase is read into: a span that is asked for, or a condition on one."""

    def __init__(self, parts: Parts, both: Ends | None) -> None:
        self.parts, self.both = parts, both

    def until(self, number: str | None) -> Ends | None:
        """From the start to the end, or to the moment that is named; None for one that is no end."""
        if self.both is None or number is None:
            return self.both
        fact, start = self.parts.fact(number), self.both[0]
        return (start, fact) if fact.is_time and fact in happened(self.parts.table) and fact is not start else None

    def moment(self, said: str) -> ColumnFact | None:
        """The one moment that is named, or that a word is a form of."""
        words = [said]
        if mark := re.fullmatch(r"⟦[ct](\d+)⟧", said):
            if said[1] == "c" and self.parts.fact(mark[1]).is_time:
                return self.parts.fact(mark[1])
            words = split_words(self.parts.fact(mark[1]).name if said[1] == "c" else self.parts.table.name)
        like = [c for c in happened(self.parts.table) if any(_alike(word, c) for word in words)]
        return like[0] if len(like) == 1 else None

    def advance(self, said: str) -> Ends | None:
        """From when a row was made, said by a form of its moment or not at all, to the stay or the trip, or to the one other moment."""
        times, trip = [column for column in self.parts.table.columns if column.is_time], trips(self.parts.table)
        start = self.moment(said) if said and said not in _MADE else None
        if start is None:
            made = [column for column in times if column not in trip]
            start = made[0] if trip and len(made) == 1 and (not said or said in _MADE) else None
        later = trip[:1] if start not in trip and trip else [column for column in times if column is not start]
        return (start, later[0]) if start is not None and len(later) == 1 else None

    def limited(self, match: re.Match[str], pair: Ends | None = None) -> bool:
        """A condition: the span compared with a number of units."""
        given = match.groupdict()
        pair = pair or self.until(given.get("end"))
        if given.get("from"):
            start, end = self.moment(given["from"]), self.parts.fact(given["end"])
            pair = (start, end) if start and end.is_time else None
        found = between(self.parts.table, _UNIT_OF.get(given["unit"], given["unit"]), pair) if pair else None
        if found is None or (given["unit"] == "night" and not are_stays(self.parts.table)):
            return False
        self.parts.where(f"{found[0]} {op_of(given['op'])} {self.parts.number(given['n'])}", match.start())
        return True

    def asked(self, match: re.Match[str], pair: Ends | None = None) -> bool:
        """The span is what is asked for, the longest or the shortest first where that is said."""
        given = match.groupdict()
        pair = pair or self.until(given.get("end"))
        if pair is None or self.parts.span:
            return False
        if (found := between(self.parts.table, given.get("unit") or "", pair)) is None:
            return False
        self.parts.span, self.parts.unit = found
        if most := given.get("most"):
            self.parts.order = "ASC" if most in ("shortest", "fastest", "quickest") else "DESC"
        return True


class _Started(_Spans):
    """The same over a table that tells a start and an end."""

    def __init__(self, parts: Parts, both: Ends) -> None:
        super().__init__(parts, both)
        self.start, self.end = both


def _ahead(read: _Spans) -> None:
    """`how far in advance do people book`, `how long before arrival`, `lead time`, `booked more than 30 days ahead`."""

    def ahead(match: re.Match[str]) -> bool:
        pair = read.advance(match.groupdict().get("what") or "")
        if pair and (number := match.groupdict().get("end")):
            pair = (pair[0], read.parts.fact(number)) if read.parts.fact(number).is_time else None
        if pair is None or pair[0] is pair[1]:
            return False
        return read.limited(match, pair) if match.groupdict().get("op") else read.asked(match, pair)

    advance = r"(?:in advance|ahead(?: of time)?|beforehand)"
    who = rf"(?:(?:do|does|did|are|is|were|was|the|our|my|they|we|usually|typically|normally|on average|{_PEOPLE}) )*"
    made = rf"(?:⟦[ct]\d+⟧ )?(?:(?:usually|typically|normally|generally) )?(?P<what>{'|'.join(_MADE)}|⟦[ct]\d+⟧|[a-z]+)(?= |$)"
    for phrase in (
        rf"\bhow (?:far|long|early|many {_UNIT}) {advance} {who}{made}",
        rf"\bhow (?:far|long|early|many {_UNIT}) (?:before|ahead of) {ART}{_END} {who}{made}",
        rf"(?:\b(?:that|which|who) )?(?:\b{who})(?:{made} )?(?P<op>{OP}) ⟦n(?P<n>\d+)⟧ {_UNIT} (?:{advance}|before {ART}{_END})",
    ):
        read.parts.take(phrase, ahead)
    if trips(read.parts.table):
        read.parts.take(rf"(?:\bbooking |⟦t\d+⟧ )?\blead times?\b{_TOLD}", ahead)


def _apart(read: _Spans) -> None:
    """`days between booking and arrival`, `time from order to delivery`."""

    def apart(match: re.Match[str]) -> bool:
        one, other = read.moment(match["one"]), read.moment(match["other"])
        return one is not None and other is not None and one is not other and read.asked(match, (one, other))

    a, b = (rf"(?:the )?(?P<{name}>⟦[ct]\d+⟧|[a-z]+)(?: date)?" for name in ("one", "other"))
    for form in (rf"between {a} and {b}", rf"from {a} (?:to|until) {b}"):
        read.parts.take(
            rf"\b(?:{_UNIT}|time|long|lag|gap)(?: (?:is there|are there|is it|does it take|it takes|passes|pass|on average))* {form}",
            apart,
        )


def _has_stays(table: Table) -> bool:
    """Whether rows are stays whose nights no column tells."""
    return are_stays(table) and not any("night" in split_words(column.name)[:1] for column in table.columns)


def _told_times(read: _Started) -> None:
    """`response time`, `time to close in hours`, `duration`."""

    def to_moment(match: re.Match[str]) -> bool:
        moment = read.moment(match["what"])
        return moment is not None and moment is not read.start and read.asked(match, (read.start, moment))

    read.parts.take(rf"(?<!\S)(?P<what>[a-z]+) times?\b{_TOLD}", to_moment)
    for phrase in (
        rf"\btime (?:it takes |needed |taken )?to {ART}{_END}{_TOLD}",
        *([] if trips(read.parts.table) else [rf"\b(?:{_TIME_OF}) times?\b{_TOLD}"]),
        rf"\bdurations?\b{_TOLD}",
        rf"{_END} times?\b{_TOLD}",
    ):
        read.parts.take(phrase, read.asked)


def _longest(read: _Started) -> None:
    """`the longest stay`, `the slowest to close`."""
    read.parts.take(
        rf"\b(?P<most>{_MOST}) (?P<what>[a-z]+|⟦c\d+⟧)(?= |$)",
        lambda m: read.moment(m["what"]) in (read.start, read.end) and read.asked(m),
    )
    read.parts.take(rf"\b(?P<most>{_MOST})(?: (?:running|lasting|open))?(?: to {_END})?(?= {ROWS}|$| \?)", read.asked)


def _alike(word: str, column: ColumnFact) -> bool:
    """Whether a word is another form of one in the name of a moment: arrival of arrived_on."""
    own = [name for name in split_words(column.name) if name not in GENERIC]
    return len(word) > 2 and any(alike(word, name) or stem(stem(word)) == stem(name) for name in own)
