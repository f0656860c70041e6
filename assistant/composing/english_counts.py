"""English phrases of counting: rows, different values, values beside each other, what is so most often."""

import re

from assistant.composing.columns import adds_up, among, is_key, sides
from assistant.composing.english_often import ordered
from assistant.composing.parts import C, Parts
from assistant.composing.phrases import ART, LEAST, MOST, OP, ROWS, UNIT, op_of
from assistant.words import alike, split_words


def counts(parts: Parts) -> None:
    """`how many tickets`, `number of tickets`, `the most tickets`, `how many different cities`."""

    def count(match: re.Match[str]) -> bool:
        if any(parts.marks[int(number)].table != parts.table.name for number in re.findall(r"⟦t(\d+)⟧", match[0])):
            return False
        if most := re.search(rf"\b({MOST}|{LEAST})\b", match[0]):
            ordered(parts, most[1])
        parts.count()
        return True

    parts.take(rf"\b(?:the )?(?:(?:{MOST}|{LEAST}) number of|most|fewest) {ART} *{ROWS}", count)
    if re.match(rf"\W*(?:in |at |on |during )?(?:which|what) (?:⟦[ct]|(?:{UNIT})\b)", parts.said):
        parts.take(r"\b(?:the )?(?:most|fewest)(?= (?:(?:not )?⟦[vc]\d+⟧ )+⟦t\d+⟧)", count)
        parts.take(
            rf"\b(?:the )?(?P<most>{MOST}|{LEAST}|fewest) (?:number of )?⟦[cv](\d+)⟧(?! ⟦)",
            lambda m: _flagged(parts, m),
        )
    parts.take(
        rf"\b(?:how many|number of|count of|count|amount of) {ART}(?:new )? *{ROWS}(?: (?:are|were|is|was) there)?|⟦t\d+⟧ counts?\b",
        count,
    )
    parts.take(
        rf"\b(?:how many|number of|count of) (?:distinct |different |unique ){ART}{C}", lambda m: parts.distinct(m[1])
    )
    if keyed := re.search(rf"\b(?:how many|number of) {ART}(?:⟦v\d+⟧ )*⟦c(?P<c>\d+)⟧", parts.text):
        _keyed(parts, keyed)
    parts.take(
        rf"\bhow many {C}(?= (?:(?:are|were) there|do we have|are in|exist)|\s*\?|$)", lambda m: _things(parts, m[1])
    )
    parts.take(rf"\bhow many {C}", lambda m: parts.fact(m[1]).is_number and parts.add_up(m[1]))
    parts.take(
        r"\b(?:how many|number of) (?P<what>(?:⟦v\d+⟧ ?(?:,|and|or|, and) ?)+⟦v\d+⟧)",
        lambda m: _counted_apart(parts, m["what"]),
    )
    parts.take(
        rf"(?<!average )(?<!mean )(?<!median )(?<!maximum )(?<!minimum )(?:\btotal )?\bnumber of {C}(?! (?:in total|per ⟦t))",
        lambda m: (sides(parts.fact(m[1])) is not None or adds_up(parts.fact(m[1]))) and parts.distinct(m[1]),
    )
    parts.take(r"\bhead ?counts?\b", lambda m: parts.count())
    parts.take(r"\bhow many\b(?= (?:not )?(?:⟦v|⟦c))", lambda m: parts.count())
    if parts.keys and not parts.measures and parts.share < 0:
        parts.take(
            r"^\W*(?:the |all )*⟦v(\d+)⟧(?=\s{3,}|\W*$)(?!\s+(?:not )?⟦)",
            lambda m: _valued(parts, m[1], m.start(1)),
        )
        parts.take(
            r"^\W*(?:the |all )*(not )?⟦c(\d+)⟧(?=\s{3,}|\s*(?:in|for|at|from|during|on|with) |\W*$)(?!\s+(?:not )?⟦)",
            lambda m: sides(parts.fact(m[2])) is not None and _told(parts, m[2], m.start(2), no=bool(m[1])),
        )


def _keyed(parts: Parts, match: re.Match[str]) -> None:
    """Count each thing once that rows have a key of: students of enrolments by their student_id."""
    per = re.search(r"\b(?:on average|per|average|each|every|an?)\b", parts.said)
    if is_key(parts.fact(match["c"])) and not per and parts.distinct(match["c"]):
        parts.drop(rf"\b(?:how many|number of)(?= .*⟦c{match['c']}⟧)")
        parts.drop(f"⟦c{match['c']}⟧")


def _told(parts: Parts, number: str, at: int, *, no: bool) -> bool:
    """Count the rows where a column of yes and no says so."""
    parts.count()
    return parts.flag(number, at, no=no)


def _valued(parts: Parts, number: str, at: int) -> None:
    """Count the rows of a value: rejections by region."""
    column = parts.column(number)
    parts.where(among(column, parts.marks[int(number)].values), at, column)
    parts.count()


def _flagged(parts: Parts, match: re.Match[str]) -> bool:
    """Count the rows where a column of yes and no says yes, the most or the fewest first: the most complaints upheld."""
    if parts.marks[int(match[2])].kind == "v":
        _valued(parts, match[2], match.start(2))
        return ordered(parts, match["most"])
    if is_key(parts.fact(match[2])):
        return parts.distinct(match[2]) and ordered(parts, match["most"])
    if sides(parts.fact(match[2])) is None or not parts.flag(match[2], match.start(2), no=False):
        return False
    parts.count()
    return ordered(parts, match["most"])


def _counted_apart(parts: Parts, said: str) -> bool:
    """Count each of several values of a column: flats, houses and studios."""
    numbers = re.findall(r"⟦v(\d+)⟧", said)
    if len({parts.column(number) for number in numbers}) > 1 or re.search(r"\bor\b", said):
        return False
    parts.count()
    told = [value for number in numbers for value in parts.marks[int(number)].values]
    parts.where(among(parts.column(numbers[0]), told), 0, parts.column(numbers[0]))
    return parts.group(numbers[0])


def _things(parts: Parts, number: str) -> bool:
    """Count what a column is called: the rows where these are called so too, as notes of guest_notes, else its values."""
    fact = parts.fact(number)
    if fact.type == "text" and not fact.values and alike(fact.name, split_words(parts.table.name)[-1]):
        parts.count()
        return True
    return parts.distinct(number)


def having(parts: Parts) -> None:
    """`only those with at least 300 tickets`: groups of a size."""

    def having(match: re.Match[str]) -> bool:
        if parts.share >= 0:
            return False
        parts.having = f"count(*) {op_of(match['op'])} {parts.number(match['n'])}"
        return True

    lead = (
        r"(?:\b(?:but|and|only|just|for|those|the ones|ones|who|that|which|having|have|has|with|there are|where) |, )+"
    )
    parts.take(rf"{lead}(?P<op>{OP}) ⟦n(?P<n>\d+)⟧ {ROWS}", having)
    if parts.having and parts.take(
        r"^\W*(?:(?:which|what|list|show(?: me)?|all|the) )*⟦c(\d+)⟧\W*$", lambda m: parts.ask_for(m[1])
    ):
        parts.count()
