"""English phrases of questions, each read into a part of the query: groups, measures, order; the rest is called from here.

What is not covered: groups beside other groups, and conditions of which only some are joined by `or`.
"""

import re

from assistant.composing.columns import adds_up, called, can_group, is_age, is_harm, is_rating, sides
from assistant.composing.either import either
from assistant.composing.english_clock import clock, has_times
from assistant.composing.english_contrasts import compared, contrasts, differs
from assistant.composing.english_counts import counts, having
from assistant.composing.english_dates import periods
from assistant.composing.english_often import often, ordered, rankings
from assistant.composing.english_pace import best, growth, paces, tops_of_time
from assistant.composing.english_ratios import differences, ratios, shares
from assistant.composing.english_rows import against_average, empty, flags, numbers, superlatives, values
from assistant.composing.english_spans import spans
from assistant.composing.english_time import done_when, finished, late, open_ones, tenures
from assistant.composing.moments import ends, moment_of
from assistant.composing.pace import measure_span
from assistant.composing.parts import C, N, Parts
from assistant.composing.phrases import AGG, AGGREGATES, ART, IS, LEAST, MOST, OP, PARTS, ROWS, UNIT, meaning
from assistant.words import split_words
from tools.words import identifier

_ADVERBS = {
    "monthly": "month",
    "yearly": "year",
    "annual": "year",
    "quarterly": "quarter",
    "weekly": "week",
    "daily": "day",
    "hourly": "hour",
    "half - yearly": "half",
}
_AT = "(?:on|in|at|for|during|from) "
_RANKS = "top|bottom|best|compare|biggest|largest"
"""Words at the start of a request in which `by` is no group but what is compared."""
_SEVERAL = r"(?P<what>⟦c\d+⟧(?:(?: (?:,|and|, and)| {3,}) ⟦c\d+⟧)*)"
_LENGTHS = frozenset(["minutes", "mins", "min", "hours", "hrs", "h", "seconds", "secs", "days", "weeks", "duration"])


def read(parts: Parts) -> None:
    """Read every phrase, in an order in which none hides another."""
    _tidied(parts)
    done_when(parts)
    for phrase in (contrasts, growth, best, tops_of_time, tenures, spans, late, periods, clock, paces, ratios, rankings, having, shares, compared, differences, _groups, open_ones, against_average, numbers, differs, counts, _aggregates, _sorted, superlatives, often, _which, _tops, empty, values, flags, finished, either):  # fmt: skip
        phrase(parts)


def _tidied(parts: Parts) -> None:
    """Have a column once that two words beside each other name, as shipping cost does; `time` behind minutes, `date` behind a date and `in kg` say nothing."""

    def once(match: re.Match[str]) -> str:
        one, other = (parts.marks[int(number)] for number in (match[1], match[3]))
        same = (one.table, one.column) == (other.table, other.column)
        return f"⟦c{match[1]}⟧{match[2]}" if same else match[0]

    def told(match: re.Match[str]) -> str:
        fact, words = parts.fact(match[1]), set(split_words(parts.fact(match[1]).name))
        idle = fact.is_time if match[2].startswith("date") else fact.is_number and bool(_LENGTHS & words)
        if match[2] in ("value", "amount"):
            idle = match[2] in words
        if match[2].startswith("in "):
            idle = not fact.is_time and match[2][3:] in words  # scrap in kg
        return f"⟦c{match[1]}⟧" if idle else match[0]

    def done(match: re.Match[str]) -> str:
        fact = parts.fact(match[2])  # how many batches did we produce
        begun = fact.is_time and fact is moment_of(parts.table, []) and ends(parts.table) is None
        return match[1] if begun or (fact.is_number and not sides(fact)) else match[0]

    def lately(match: re.Match[str]) -> str:
        return f"⟦c{match[1]}⟧" if parts.number(match[2]) in split_words(parts.fact(match[1]).name) else match[0]

    tidy = parts.text
    for between in (
        "",
        r" (?:by|of|from|to)(?: an?| the)?",
        rf" (?:{IS} )*(?:(?:{OP}) )?⟦n\d+⟧",
    ):  # shipping cost; waiting over 20 minutes
        tidy = re.sub(rf"⟦c(\d+)⟧({between}) ⟦c(\d+)⟧", once, tidy)
    tidy = re.sub(r"⟦c(\d+)⟧ (?:in|over|during|within) (?:the )?(?:last|past) ⟦n(\d+)⟧ [a-z]+", lately, tidy)
    tidy = re.sub(r"⟦c(\d+)⟧ (times?|dates?|value|amount|in [a-z]+)\b", told, tidy)
    tidy = re.sub(r"(\b(?:how many|number of) ⟦t\d+⟧ (?:did|do|have) (?:we|they|you) )⟦c(\d+)⟧", done, tidy)
    tidy = re.sub(rf"(\b(?:which|what) ⟦[ct]\d+⟧ )⟦c(\d+)⟧(?= (?:the )?(?:{MOST}|{LEAST})\b)", done, tidy)
    parts.text = parts.said = re.sub(r"\b(?:still|currently) (?=⟦v)", "", tidy)


def _groups(parts: Parts) -> None:
    """`by region and month`, `for each plan`, `per carrier`, `monthly`, `on which weekday`."""

    def group(match: re.Match[str]) -> bool:
        found = re.findall(rf"⟦[ct](\d+)⟧|\b({UNIT})\b", match["what"])
        if any(number and not _is_key(parts, number) for number, _ in found) or any(
            unit and not _has_part(parts, unit) for _, unit in found
        ):
            return False
        for number, unit in found:
            _ = parts.group(number) if number else parts.period(PARTS.get(unit, unit))
        return True

    def banded(match: re.Match[str]) -> bool:
        fact, width = parts.fact(match["c"]), parts.number(match["n"] or match["m"]) if match["n"] or match["m"] else ""
        if not fact.is_number or not (width or is_age(fact)):
            return False
        column, width = parts.column(match["c"]), width or "10"
        parts.keys[f"(floor({column} / {width}) * {width})::int"] = f"{called(fact)}_from"
        parts.in_order = identifier(f"{called(fact)}_from")
        return True

    n, m = r"(?P<n>\d+)", r"(?P<m>\d+)"
    parts.take(
        rf"\b(?:per|by|for each|in each|in|each|across) (?:⟦n{m}⟧ (?:- )?(?:years? )?)?⟦c(?P<c>\d+)⟧ (?:groups?|bands?|brackets?|buckets?|ranges?|classes|bins)(?: of ⟦n{n}⟧(?: [a-z]+(?=\W*$))?)?",
        banded,
    )
    one = rf"(?:⟦c\d+⟧(?: s)?|⟦t\d+⟧|(?:{UNIT})s?\b)"
    several = rf"(?P<what>{one}(?:(?: ,| and| , and) (?:by |per )?{one})*)"
    parts.take(
        rf"(?:\b(?:broken down|grouped|split|shown|came|come|happened|placed|made|received)(?: in)? )?\b(?:per|by|for each|for every|in each|on each|from each|of each|each|every|across) (?:the )?(?:number of )?{several}(?: of the year)?",
        group,
    )
    parts.take(rf"\b({'|'.join(_ADVERBS)})\b", lambda m: parts.period(_ADVERBS[m[1]]))

    def first(match: re.Match[str]) -> bool:
        if not _has_part(parts, match[1]):
            return False
        parts.limit = 1
        found = parts.period(PARTS.get(match[1], match[1]))
        parts.subject = list(parts.keys)[-1] if found else ""
        return found

    parts.take(rf"^\W*(?:on |in |at |during )?(?:which|what) ({UNIT})\b", first)


def _has_part(parts: Parts, unit: str) -> bool:
    """Whether a column tells a part of the calendar: the hour only one with times."""
    return has_times(parts) if PARTS.get(unit, unit) == "hour" else bool(parts.moment())


def _is_key(parts: Parts, number: str) -> bool:
    """Whether rows are grouped by what is marked: a column, or the label of another table."""
    mark = parts.marks[int(number)]
    if re.match(rf"\W*(?:(?:show|give) (?:me )?)?(?:the )?(?:{_RANKS})\b", parts.said) and mark.column is not None:
        behind = re.search(rf"\bby (?:the )?⟦c{number}⟧", parts.said)
        if behind and (adds_up(mark.column) or is_rating(mark.column)):
            return False
    return (
        mark.column is not None
        and mark.table != (parts.table.name if mark.kind == "t" else "")
        and can_group(mark.column)
    )


def _aggregates(parts: Parts) -> None:
    """`average price`, `total of cost`, `min and max age`, `median hours to close`, `how much did we refund`."""
    if parts.span and not parts.order:
        told = [call for call, words in AGGREGATES.items() if parts.drop(rf"\b(?:on )?(?:{words})\b")]
        measure_span(parts, told)
        return
    _called_for(parts)
    ranks = re.match(rf"\W*(?:the )?(?:{_RANKS})\b", parts.said) is not None
    asks = re.match(rf"\W*(?:{_AT})?(?:which|what|compare|top) ", parts.said) is not None
    if parts.keys and not parts.measures and not asks and not re.match(r"\W*best ", parts.said):
        parts.take(
            rf"\b(?P<most>{MOST}|{LEAST}) {C}",
            lambda m: parts.aggregate("max" if re.fullmatch(MOST, m["most"]) else "min", m[2]),
        )
    if parts.measures or re.search(r"\bbetween\b", parts.text):
        return
    if parts.keys or asks or ranks or re.match(r"\W*(?:the |our )?⟦c\d+⟧ \S", parts.said):
        _ranked(parts)
        _bare(parts, ranks)


def _called_for(parts: Parts) -> None:
    """Columns with the word of what is wanted of them: average, total, how much."""

    def of_columns(match: re.Match[str]) -> bool:
        calls = [meaning(said, AGGREGATES) for said in re.findall(rf"\b({AGG})\b", match["agg"])]
        columns = re.findall(r"⟦c(\d+)⟧", match["what"])
        counted = "sum" in calls and re.search(r"\b(?:number|amount) of\b", match[0])
        if counted and not all(adds_up(parts.fact(number)) for number in columns):
            return False  # the total number of airlines is how many they are
        return parts.aggregates(calls, columns)

    parts.take(
        rf"\bhow long (?:(?:do|does|did|is|are|was|were|have|has|the|our|an?|to) )*(?:⟦[ct]\d+⟧ (?:(?:have|had|usually|typically|to) )*)?{C}(?: on average)?",
        lambda m: bool(_LENGTHS & set(split_words(parts.fact(m[1]).name))) and parts.aggregate("avg", m[1]),
    )
    parts.take(
        rf"(?:\b(?:average|mean) )?(?:\b(?:number|amount) of )?{C} per ⟦t(\d+)⟧",
        lambda m: parts.marks[int(m[2])].table == parts.table.name and parts.aggregate("avg", m[1]),
    )
    parts.take(
        rf"\b(?P<agg>(?:{AGG})(?: (?:,|and|, and) (?:the )?(?:{AGG}))*) (?:(?:the )?(?:number|amount) of )?{ART}{_SEVERAL}",
        of_columns,
    )
    parts.take(rf"{C} on average", lambda m: parts.aggregate("avg", m[1]))
    parts.take(rf"(?:\b(?:how many|number of|amount of) )?{C} in total", lambda m: parts.aggregate("sum", m[1]))
    parts.take(rf"\bhow much {ART}{C}", lambda m: parts.aggregate("sum", m[1]))


def _ranked(parts: Parts) -> None:
    """`highest total sales`, `longest waiting minutes`, `best rating`, `most revenue`, of groups."""
    parts.take(rf"\b({MOST}|{LEAST}) total {C}", lambda m: parts.aggregate("sum", m[2]) and ordered(parts, m[1]))
    parts.take(rf"\b(?:the )?(longest|shortest)(?: average)? {C}", lambda m: _lengths(parts, m[2], m[1]))
    parts.take(
        rf"\b(?:the )?(best|worst)(?: average)? {C}",
        lambda m: parts.rated(m[2]) and ordered(parts, "most" if m[1] == "best" else "least"),
    )
    parts.take(rf"\b({MOST}|{LEAST}) {C}", lambda m: (parts.add_up(m[2]) or parts.rated(m[2])) and ordered(parts, m[1]))


def _bare(parts: Parts, ranks: bool) -> None:
    """Columns without a word of what is wanted of them: amounts are added up, ratings averaged."""

    def ranked_by(match: re.Match[str]) -> bool:
        if not ranks or ("best" in parts.said and is_harm(parts.fact(match[1]))):
            return False
        return parts.add_up(match[1]) or parts.rated(match[1])

    parts.take(rf"\bby {C}", ranked_by)
    parts.take(
        rf"(?<!per )(?<!by ){_SEVERAL}(?=\s+(?:by|in|for|from|of|with|at|on|during|where|when|excluding|without|except) |\s*,|\s*\??$)",
        lambda m: all(map(parts.add_up, re.findall(r"⟦c(\d+)⟧", m["what"]))),
    )
    if parts.keys and not parts.measures:  # the review score by hotel
        parts.take(rf"^\W*(?:(?:the|our) )*{C}(?=\W*$|\s{{3,}}|\s+(?:in|for|at|on) )", lambda m: parts.rated(m[1]))


def _lengths(parts: Parts, number: str, most: str) -> bool:
    """Average a column of minutes or hours, the longest or the shortest first."""
    if not _LENGTHS & set(split_words(parts.fact(number).name)) or not parts.aggregate("avg", number):
        return False
    parts.order = "DESC" if most == "longest" else "ASC"
    return True


def _which(parts: Parts) -> None:
    """`which agent has the highest average price`: groups, the first of them."""

    def group(match: re.Match[str]) -> bool:
        parts.limit = 0 if parts.having or parts.often else 1
        return _is_key(parts, match[1]) and parts.ask_for(match[1])

    if not parts.measures and parts.share < 0:
        return
    parts.take(r"^\W*(?:in |at |for |on |from )?(?:which|what|whose) (?:is the )?⟦[ct](\d+)⟧", group)
    if not parts.order:
        parts.take(rf"\b({MOST}|{LEAST})\b", lambda m: ordered(parts, m[1]))


def _tops(parts: Parts) -> None:
    """`top 5 agents by number of tickets`, `the 5 longest`, `the 3 cities with the most tickets`, `top 10 by cost`."""

    def top(match: re.Match[str]) -> None:
        parts.limit = parts.whole(match[1])
        parts.order = "ASC" if match[0].startswith("bottom") else "DESC"

    def groups(match: re.Match[str]) -> bool:
        return bool(parts.measures or parts.share >= 0) and _is_key(parts, match[1]) and parts.ask_for(match[1])

    def by(match: re.Match[str]) -> bool:
        if parts.measures or not parts.fact(match[1]).is_number:
            return False
        parts.sorted_by = parts.column(match[1])
        return True

    parts.take(rf"\b(?:top|bottom) {N}", top)
    parts.take(
        rf"^\W*(?:the )?(?:top|best) {C}",
        lambda m: (parts.measures or parts.share >= 0) and parts.ask_for(m[1]) and _first(parts),
    )
    if parts.order:
        parts.take(rf"\b(?:the|me) {N}|^\W*{N}", lambda m: setattr(parts, "limit", parts.whole(m[1] or m[2])))
    if parts.limit and not parts.subject and not parts.measures and parts.share < 0:
        parts.take(rf"\bby (?:the )?{ROWS}", lambda m: parts.count())
        if re.search(
            r"(?:top|bottom) ⟦n\d+⟧ ⟦[ct]\d+⟧ (?:of|among|for) (?:(?:the|all|our) )*(?:⟦[vc]\d+⟧ )*⟦t\d+⟧", parts.said
        ):
            parts.count()
    if parts.limit and not parts.subject:
        parts.take(r"(?<=[^⟦])⟦[ct](\d+)⟧(?= (?:by|with|for|in|on)?\s)", groups)
        parts.take(rf"\bby {ART}{C}", by)


def _first(parts: Parts) -> bool:
    parts.order, parts.limit = "DESC", 1
    return True


def _sorted(parts: Parts) -> None:
    """`sorted from highest to lowest`, `highest first`."""
    down = r"\b(?:sorted|ordered|ranked)?\s*(?:from )?(?:highest|largest|most|high|biggest) (?:to (?:lowest|smallest|least|low)|first)|\b(?:sorted |in )?descending(?: order)?"
    if parts.measures and not parts.order and parts.drop(down):
        parts.order = "DESC"
