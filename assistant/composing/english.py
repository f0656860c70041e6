"""English phrases of questions, each read into a part of the query: groups, measures, conditions, order.

What is not covered: groups beside other groups, conditions on several columns joined by `or`, words of time that depend
on today.
"""

import re
from collections.abc import Callable

from assistant.composing.marks import flag_values
from assistant.composing.parts import C, N, Parts, among, reference
from assistant.context import ColumnFact
from assistant.words import split_words

_OPS = {
    ">": "more than|over|above|greater than|exceeding|exceeds|exceed|higher than|longer than|older than|larger than|bigger than|heavier than",
    ">=": "at least|no less than|a minimum of",
    "<": "less than|under|below|fewer than|lower than|shorter than|younger than|smaller than|cheaper than|lighter than",
    "<=": "at most|up to|no more than|a maximum of|within",
    "=": "exactly|equal to|equals|=",
}
_OP = "|".join(_OPS.values())
_AFTER = {"or more": ">=", "or higher": ">=", "or above": ">=", "and above": ">=", "or less": "<=", "or fewer": "<=", "or below": "<=", "or lower": "<="}
_MORE = "|".join(_AFTER)
_AGGREGATES = {"avg": "average|mean|avg", "median": "median", "sum": "total|sum of|sum", "max": "maximum|max", "min": "minimum|min"}
_AGG = "|".join(_AGGREGATES.values())
_PARTS = {"day of the week": "weekday", "day of week": "weekday", "hour of the day": "hour", "hour of day": "hour"}
_UNIT = "month|year|quarter|week|day of the week|day of week|weekday|hour of the day|hour of day|day|hour"
_ADVERBS = {"monthly": "month", "yearly": "year", "annual": "year", "quarterly": "quarter", "weekly": "week", "daily": "day", "hourly": "hour"}
_MONTHS = "january february march april may june july august september october november december".split()
_ORDINALS = ("first", "second", "third", "fourth")
_MOST, _LEAST = "most|highest|largest|biggest|greatest", "fewest|lowest|least|smallest"
_ART = r"(?:(?:the|an|a|our|their|its|each|all|any|of|different|us|we|did|do|does) )*"
_IS = r"(?:is|are|was|were|has|have|had|with|of|that|which|whose|who|a|an|the|being|costing|having|where)"
_TIME_OF = "resolution|handling|processing|delivery|turnaround|response|lead|completion|closing|cycle|repair|service|throughput|shipping"
_FILLER = r"(?:(?:does|do|did|it|we|is|are|take|takes|took|taken|us|them|to|for|until|a|an|the|our|each|usually|typically|normally|be|get|gets|this|on|average) |⟦t\d+⟧ )*"
_ROWS = r"(?:⟦t\d+⟧|rows|records|entries)"


def read(parts: Parts) -> None:
    """Read every phrase, in an order in which none hides another."""
    for phrase in (_spans, _late, _periods, _having, _shares, _compared, _groups, _open, _against_average, _numbers, _counts, _aggregates, _which, _tops, _sorted, _empty, _flags, _values):  # fmt: skip
        phrase(parts)


# --- time --------------------------------------------------------------------------------------------------------


def _spans(parts: Parts) -> None:
    """How long something takes: `how long … to close`, `took over 2 days`, `within 24 hours`, `the longest`."""
    if (ends := parts.ends()) is None:
        return

    def is_end(number: str | None) -> bool:
        return number is None or parts.fact(number) is ends[1]

    def limited(match: re.Match[str]) -> bool:
        between = parts.between(match["unit"])
        if not is_end(match["end"]) or between is None:
            return False
        parts.where(f"{between[0]} {_op(match['op'])} {parts.number(match['n'])}", match.start())
        return True

    def asked(match: re.Match[str]) -> bool:
        given = match.groupdict()
        between = parts.between(given.get("unit") or "")
        if not is_end(given.get("end")) or between is None or parts.span:
            return False
        parts.span, parts.unit = between
        if most := given.get("most"):
            parts.order = "ASC" if most in ("shortest", "fastest", "quickest") else "DESC"
        return True

    unit, end = r"(?P<unit>minute|hour|day|week)s?\b", r"⟦c(?P<end>\d+)⟧"
    parts.take(rf"\b(?:(?:that|which|who) )?(?:took|take|takes|taking|lasted|needed|needs) (?:us )?(?P<op>{_OP}) ⟦n(?P<n>\d+)⟧ {unit}(?: to {end})?", limited)
    parts.take(rf"{end} (?P<op>within|in under|in less than|after more than) ⟦n(?P<n>\d+)⟧ {unit}", limited)
    parts.take(rf"\bhow (?:long|many {unit}) (?={_FILLER}(?:⟦c|take)){_FILLER}{end}?", asked)
    parts.take(rf"\bhow long (?:does|do|did) {_FILLER}(?:take|last)\b", asked)
    parts.take(rf"\b(?:number of )?{unit} (?:needed |it takes |it took )?to {_ART}{end}", asked)
    for phrase in (rf"\btime (?:it takes |needed |taken )?to {_ART}{end}", rf"\b(?:{_TIME_OF}) times?\b", rf"{end} times?\b"):
        parts.take(phrase, asked)
    parts.take(rf"\b(?P<most>longest|slowest|shortest|fastest|quickest)(?: (?:running|lasting|open))?(?: to {end})?(?= {_ROWS}|$| \?)", asked)


def _op(words: str) -> str:
    """The sign of a comparison in words."""
    words = words.replace("in under", "under").replace("in less", "less").replace("after more", "more")
    return next(op for op, said in _OPS.items() if re.fullmatch(said, words))


def _late(parts: Parts) -> None:
    """`late`, `overdue`, `on time`, `average delay`, where a column tells when something was due."""
    if (late := parts.late()) is None:
        return
    days, is_late = late

    def delay(match: re.Match[str]) -> None:
        call = next((c for c, words in _AGGREGATES.items() if re.fullmatch(words, match["agg"] or "")), "avg")
        parts.measures[f"{call}({days})"] = f"{call}_delay_days"

    parts.take(rf"\b(?:(?P<agg>{_AGG}) )?(?:delay|lateness)(?: in days)?\b", delay)
    parts.take(rf"\b(?:not (?:⟦c\d+⟧ )?on time|(?:{_IS} )*(?:⟦c\d+⟧ |arrived |arrive |arrives |came |come )?(?:too )?(?:late|delayed|overdue))\b", lambda m: parts.where(is_late, m.end()))
    parts.take(r"\b(?:⟦c\d+⟧ )?on time\b", lambda m: parts.where(f"NOT ({is_late})", m.end()))


def _open(parts: Parts) -> None:
    """`still open`, `not closed yet`: the end is empty."""
    if (ends := parts.ends()) is None:
        return
    end = reference(parts.table.name, ends[1])

    def of(wanted: ColumnFact) -> Callable[[re.Match[str]], bool]:
        def act(match: re.Match[str]) -> bool:
            if parts.fact(match[1]) is not wanted:
                return False
            parts.where(f"{end} IS NULL", match.start())
            return True

        return act

    parts.take(rf"\bstill {C}", of(ends[0]))
    parts.take(rf"\b(?:have not|has not|haven't|hasn't|are not|is not|not|never|aren't|isn't)(?: been| yet)* {C}(?: yet)?", of(ends[1]))
    parts.take(r"\b(?:unresolved|unfinished|outstanding)\b", lambda m: parts.where(f"{end} IS NULL", m.start()))


def _periods(parts: Parts) -> None:
    """Years, months and quarters: `in 2025`, `since 2024`, `in March 2025`, `in Q1`."""
    moment = parts.moment()
    if not moment:
        return
    y, lead = r"(?: of)?(?: ⟦y(?P<y>\d+)⟧)?", r"\b(?:in|during|for|of)(?: the)?"

    def part(unit: str, number: int, match: re.Match[str]) -> None:
        parts.where(f"{unit}({moment}) = {number}", match.start())
        if match["y"]:
            parts.where(f"year({moment}) = {parts.number(match['y'])}", match.start())

    def year(match: re.Match[str]) -> None:
        sign = {"since": ">=", "from": ">=", "after": ">", "before": "<", "until": "<="}.get(match["op"], "=")
        parts.where(f"year({moment}) {sign} {parts.number(match['y'])}", match.start())

    months = "|".join(f"{name}|{name[:3]}" for name in _MONTHS)
    parts.take(rf"{lead} (?P<m>{months}){y}", lambda m: part("month", next(n for n, name in enumerate(_MONTHS, 1) if name.startswith(m["m"])), m))
    parts.take(rf"(?:{lead} )?q ⟦n(?P<n>\d+)⟧{y}", lambda m: part("quarter", int(float(parts.number(m["n"]))), m))
    parts.take(rf"{lead} (?P<q>{'|'.join(_ORDINALS)}) quarter{y}", lambda m: part("quarter", _ORDINALS.index(m["q"]) + 1, m))
    parts.take(r"\b(?P<op>in|during|since|from|after|before|until|for|of) (?:the year )?⟦y(?P<y>\d+)⟧(?! (?:and|to|vs|versus|-|or) ⟦y)", year)
    parts.take(r"\b(?:on|at|during) (?:the )?weekends?\b", lambda m: parts.where(f"dayofweek({moment}) IN (0, 6)", m.start()))


# --- groups, counts, measures --------------------------------------------------------------------------------------


def _groups(parts: Parts) -> None:
    """`by region and month`, `for each plan`, `per carrier`, `monthly`, `on which weekday`."""

    def group(match: re.Match[str]) -> bool:
        found = re.findall(rf"⟦[ct](\d+)⟧|\b({_UNIT})\b", match["what"])
        if any(number and not _is_key(parts, number) for number, _ in found) or any(unit and not parts.moment() for _, unit in found):
            return False
        for number, unit in found:
            _ = parts.group(number) if number else parts.period(_PARTS.get(unit, unit))
        return True

    one = rf"(?:⟦c\d+⟧(?: s)?|⟦t\d+⟧|(?:{_UNIT})s?\b)"
    several = rf"(?P<what>{one}(?:(?: ,| and| , and) (?:by |per )?{one})*)"
    parts.take(rf"(?:\b(?:broken down|grouped|split|shown) )?\b(?:per|by|for each|for every|in each|on each|from each|of each|each|every|across) (?:the )?{several}(?: of the year)?", group)
    parts.take(rf"\b({'|'.join(_ADVERBS)})\b", lambda m: parts.period(_ADVERBS[m[1]]))

    def first(match: re.Match[str]) -> bool:
        parts.limit = 1
        return parts.period(_PARTS.get(match[1], match[1]))

    parts.take(rf"^\W*(?:on |in |at |during )?(?:which|what) ({_UNIT})\b", first)


def _is_key(parts: Parts, number: str) -> bool:
    """Whether rows are grouped by what is marked: a column, or the label of another table."""
    mark = parts.marks[int(number)]
    return mark.column is not None and mark.table != (parts.table.name if mark.kind == "t" else "") and not mark.column.is_time and mark.column.type != "decimal"


def _counts(parts: Parts) -> None:
    """`how many tickets`, `number of tickets`, `the most tickets`, `how many different cities`."""

    def count(match: re.Match[str]) -> bool:
        if any(parts.marks[int(number)].table != parts.table.name for number in re.findall(r"⟦t(\d+)⟧", match[0])):
            return False
        if most := re.search(rf"\b({_MOST}|{_LEAST})\b", match[0]):
            _ordered(parts, most[1])
        parts.count()
        return True

    parts.take(rf"\b(?:the )?(?:(?:{_MOST}|{_LEAST}) number of|most|fewest) {_ART}{_ROWS}", count)
    parts.take(rf"\b(?:how many|number of|count of|count|amount of) {_ART}{_ROWS}(?: (?:are|were|is|was) there)?|⟦t\d+⟧ counts?\b", count)
    parts.take(rf"\b(?:how many|number of|count of) (?:distinct |different |unique ){_ART}{C}", lambda m: parts.distinct(m[1]))
    parts.take(rf"\bhow many {C}(?= (?:(?:are|were) there|do we have|are in|exist)|\s*\?|$)", lambda m: parts.distinct(m[1]))
    parts.take(r"\bhead ?counts?\b", lambda m: parts.count())
    parts.take(r"\bhow many\b(?= (?:⟦v|⟦c))", lambda m: parts.count())


def _ordered(parts: Parts, words: str) -> None:
    parts.order = "DESC" if re.fullmatch(_MOST, words) else "ASC"


def _aggregates(parts: Parts) -> None:
    """`average price`, `total of cost`, `min and max age`, `median hours to close`, `how much did we refund`."""

    def name(said: str) -> str:
        return next(call for call, words in _AGGREGATES.items() if re.fullmatch(words, said))

    def of_columns(match: re.Match[str]) -> bool:
        calls = [name(said) for said in re.findall(rf"\b({_AGG})\b", match["agg"])]
        numbers = re.findall(r"⟦c(\d+)⟧", match["what"])
        return all([parts.aggregate(call, number) for call in calls for number in numbers])

    if parts.span and not parts.order:
        told = [call for call, words in _AGGREGATES.items() if parts.take(rf"\b(?:on )?(?:{words})\b", lambda m: None)]
        for call in told or ["avg"]:
            parts.measures[f"{call}({parts.span})"] = f"{call}_{parts.unit}s"
        return
    several = r"(?P<what>⟦c\d+⟧(?: (?:,|and|, and) ⟦c\d+⟧)*)"
    parts.take(rf"\b(?P<agg>(?:{_AGG})(?: (?:,|and|, and) (?:the )?(?:{_AGG}))*) {_ART}{several}", of_columns)
    parts.take(rf"{C} on average|{C} per ⟦t\d+⟧", lambda m: parts.aggregate("avg", m[1] or m[2]))
    parts.take(rf"{C} in total", lambda m: parts.aggregate("sum", m[1]))
    parts.take(rf"\bhow much {_ART}{C}", lambda m: parts.aggregate("sum", m[1]))
    if parts.keys and not parts.measures and not parts.limit:
        parts.take(rf"\b(?P<most>{_MOST}|{_LEAST}) {C}", lambda m: parts.aggregate("max" if re.fullmatch(_MOST, m["most"]) else "min", m[2]))
    if not parts.measures and (parts.keys or re.match(r"\W*(?:which|what|compare|top) ", parts.said)) and not re.search(r"\bbetween\b", parts.text):
        parts.take(rf"\b({_MOST}|{_LEAST}) {C}", lambda m: parts.add_up(m[2]) and _ordered(parts, m[1]))
        parts.take(rf"(?<!per ){several}(?= (?:by|in|for|from|of|with) |\s*\??$)", lambda m: all([parts.add_up(number) for number in re.findall(r"⟦c(\d+)⟧", m["what"])]))


def _which(parts: Parts) -> None:
    """`which agent has the highest average price`: groups, the first of them."""

    def group(match: re.Match[str]) -> bool:
        parts.limit = 0 if parts.having else 1
        return _is_key(parts, match[1]) and parts.group(match[1])

    if not parts.measures and parts.share < 0:
        return
    parts.take(rf"^\W*(?:in |at |for |on |from )?(?:which|what|whose) (?:is the )?⟦[ct](\d+)⟧", group)
    if not parts.order:
        parts.take(rf"\b({_MOST}|{_LEAST})\b", lambda m: _ordered(parts, m[1]))


def _tops(parts: Parts) -> None:
    """`top 5 agents by number of tickets`, `the 5 longest`, `the 3 cities with the most tickets`, `top 10 by cost`."""

    def top(match: re.Match[str]) -> None:
        parts.limit = int(float(parts.number(match[1])))
        parts.order = "ASC" if match[0].startswith(("bottom", "worst")) else "DESC"

    def groups(match: re.Match[str]) -> bool:
        return bool(parts.measures or parts.share >= 0) and parts.group(match[1])

    def by(match: re.Match[str]) -> bool:
        if parts.measures or parts.fact(match[1]).type not in ("int", "decimal"):
            return False
        parts.sorted_by = parts.column(match[1])
        return True

    parts.take(rf"\b(?:top|bottom) {N}", top)
    if parts.order:
        parts.take(rf"\b(?:the|me) {N}|^\W*{N}", lambda m: setattr(parts, "limit", int(float(parts.number(m[1] or m[2])))))
    if parts.limit and not parts.keys:
        parts.take(rf"(?<=[^⟦]){C}(?= (?:by|with|for|in|on)?\s)|(?<=[^⟦]){C}\s*\??$", lambda m: bool(m[1]) and groups(m))
        parts.take(rf"\bby {_ART}{C}", by)


def _sorted(parts: Parts) -> None:
    """`sorted from highest to lowest`, `highest first`."""
    down = r"\b(?:sorted|ordered|ranked)?\s*(?:from )?(?:highest|largest|most|high|biggest) (?:to (?:lowest|smallest|least|low)|first)|\b(?:sorted |in )?descending(?: order)?"
    if parts.measures and not parts.order and parts.take(down, lambda m: None):
        parts.order = "DESC"


def _having(parts: Parts) -> None:
    """`only those with at least 300 tickets`: groups of a size."""

    def having(match: re.Match[str]) -> bool:
        if parts.share >= 0:
            return False
        parts.having = f"count(*) {_op(match['op'])} {parts.number(match['n'])}"
        return True

    lead = r"(?:\b(?:but|and|only|just|for|those|the ones|ones|who|that|which|having|have|has|with|there are|where) |, )+"
    parts.take(rf"{lead}(?P<op>{_OP}) ⟦n(?P<n>\d+)⟧ {_ROWS}", having)


def _shares(parts: Parts) -> None:
    """`what share of x are y`: the part of the rows before the verb that meet what stands after it."""
    parts.take(r"\b(?:what |which |as )?(?:is |are |a )?(?:the )?(?:share|percent|percentage|proportion|fraction)s?(?: of)?\b(?: all| its| their)?", lambda m: setattr(parts, "share", m.start()))
    parts.take(rf"{C} rates?\b", lambda m: parts.rate(m[1]))


def _compared(parts: Parts) -> None:
    """`a compared to b`, `a vs b`."""
    parts.compares = parts.take(r"\b(?:compared (?:to|with)|versus|vs)\b|^\W*compare\b", lambda m: None)


# --- conditions ----------------------------------------------------------------------------------------------------


def _against_average(parts: Parts) -> None:
    """`agents whose satisfaction is below the overall average`, `tickets with a cost above average`."""

    def test(match: re.Match[str]) -> bool:
        if parts.fact(match["c"]).type not in ("int", "decimal") or parts.measures:
            return False
        column, sign = parts.column(match["c"]), _op(match["op"])
        mean = f"(SELECT avg({column}) FROM \"{parts.table.name}\")"
        if match["who"].startswith("⟦t"):
            parts.where(f"{column} {sign} {mean}", match.start())
            parts.limit = -1
            return True
        parts.having = f"avg({column}) {sign} {mean}"
        return parts.group(match["who"][2:-1]) and parts.aggregate("avg", match["c"])

    parts.take(rf"(?:\b(?:are there|which|what|list|show|any) )*(?P<who>⟦[ct]\d+⟧) (?:{_IS} )*(?:average )?⟦c(?P<c>\d+)⟧ (?:{_IS} )*(?P<op>{_OP}) (?:the )?(?:overall )?average", test)


def _numbers(parts: Parts) -> None:
    """`weight over 500`, `more than 3 rooms`, `age between 20 and 30`."""

    def test(match: re.Match[str]) -> bool:
        given = match.groupdict()
        if parts.fact(given["c"]).type not in ("int", "decimal"):
            return False
        number = parts.number(given["n"])
        sign = _op(given["op"]) if given.get("op") else _AFTER.get(given.get("after") or "", "=")
        told = f"BETWEEN {number} AND {parts.number(given['high'])}" if given.get("high") else f"{sign} {number}"
        parts.where(f"{parts.column(given['c'])} {told}", match.start())
        return True

    c, n, lead = r"⟦c(?P<c>\d+)⟧", r"⟦n(?P<n>\d+)⟧", rf"(?:\b{_IS} )*"
    parts.take(rf"{lead}{c} (?:{_IS} )*between {n} and ⟦n(?P<high>\d+)⟧", test)
    parts.take(rf"{lead}{c} (?:{_IS} )*(?P<op>{_OP}) {n}(?! %)", test)
    parts.take(rf"{lead}{c} (?:{_IS} )*{n} (?P<after>{_MORE})", test)
    parts.take(rf"{lead}(?P<op>{_OP}) {n} (?:in )?{c}", test)
    parts.take(rf"{lead}{n} (?P<after>{_MORE}) {c}", test)
    parts.take(rf"{lead}{c} (?:is |of |= |equals )+{n}(?! %)", test)

    def aged(match: re.Match[str]) -> bool:
        age = next((c for c in parts.table.columns if {"age", "나이", "연령"} & set(split_words(c.name))), None)
        if age is None:
            return False
        parts.where(f"{reference(parts.table.name, age)} {_op(match['op'])} {parts.number(match['n'])}", match.start())
        return True

    parts.take(rf"{lead}(?P<op>over|under|above|below|older than|younger than|at least) {n}(?: years? old| years of age)?(?= (?:were|was|are|is|have|has|who|with|in|by|per)\b|\s*\??$)", aged)


def _empty(parts: Parts) -> None:
    """`missing satisfaction`, `without a refund`, `where the city is empty`."""

    def empty(match: re.Match[str]) -> bool:
        number = match[1] or match[2]
        if flagged(parts, number):
            return False
        parts.where(f"{parts.column(number)} IS NULL", match.start())
        return True

    parts.take(rf"\b(?:missing|without|with no|have no|has no|no) (?:an? |any )?{C}|(?:where |whose )?(?:the )?{C} is (?:missing|empty|blank|null|not known|unknown)", empty)


def flagged(parts: Parts, number: str) -> bool:
    """Whether a column holds yes and no."""
    return flag_values(parts.fact(number)) is not None


def _flags(parts: Parts) -> None:
    """`reopened` of a column of yes and no: the rows with yes; `not reopened`: those with no."""
    parts.take(
        r"(?P<no>\b(?:not|never|isn't|aren't|wasn't|weren't|without)(?: been)? )?⟦c(?P<c>\d+)⟧",
        lambda m: of_flag(parts, m["c"], m.start("c"), no=bool(m["no"])),
    )


def of_flag(parts: Parts, number: str, at: int, *, no: bool) -> bool:
    """Take the rows where a column of yes and no says so; False for any other column."""
    both = flag_values(parts.fact(number))
    if both is None:
        return False
    parts.where(among(parts.column(number), [both[no]]), at)
    return True


def _values(parts: Parts) -> None:
    """`in Leeds`, `urgent tickets`, `email vs phone`, `except Hull`; the name of their column may stand beside."""
    found: dict[tuple[str, bool], list[tuple[int, int]]] = {}

    def value(match: re.Match[str]) -> bool:
        mark = parts.marks[int(match["v"])]
        beside = [parts.marks[int(number)].column for number in re.findall(r"⟦c(\d+)⟧", match[0])]
        if any(column is not mark.column for column in beside):
            return False
        found.setdefault((parts.column(match["v"]), bool(match["no"])), []).append((match.start("v"), int(match["v"])))
        return True

    no = r"(?P<no>\b(?:not|except|excluding|other than|outside|but not|leaving out|apart from)(?: for| in| the| from)* )?"
    parts.take(rf"{no}(?:⟦c\d+⟧ (?:is |are |was |of |= )*)?⟦v(?P<v>\d+)⟧(?: ⟦c\d+⟧)?", value)
    for (column, excluded), places in found.items():
        values = [spelling for _, number in places for spelling in parts.marks[number].values]
        if len(places) > 1 and parts.compares and not excluded:
            parts.group(str(places[0][1]))
        parts.where(among(column, values, no=excluded), places[0][0], column)
