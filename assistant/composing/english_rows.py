"""English phrases of conditions on rows: numbers, ages, the average, empty cells, yes and no, values."""

import re
from itertools import pairwise

from assistant.composing.columns import adds_up, among, flag_values, in_years, is_age, is_key, is_rating
from assistant.composing.moments import reference
from assistant.composing.parts import C, Parts
from assistant.composing.phrases import IS, OP, meaning, op_of
from assistant.context import ColumnFact
from assistant.words import split_words
from tools.words import identifier

_AFTER = {
    "or more": ">=",
    "or higher": ">=",
    "or above": ">=",
    "and above": ">=",
    "or less": "<=",
    "or fewer": "<=",
    "or below": "<=",
    "or lower": "<=",
}
_MORE = "|".join(_AFTER)

_PRICES = "price cost rent fee fare salary wage"
_MONEY = "euros?|dollars?|pounds?|won|eur|usd|gbp"
_UNITS = {
    "minutes?|mins?": "min mins minute minutes",
    "seconds?|secs?": "s sec secs second seconds",
    "hours?|hrs?": "h hr hrs hour hours",
    "days?": "day days",
    "weeks?": "week weeks",
    "months?": "month months tenure",
    "years?": "year years age",
    "kg|kilos?|kilograms?": "kg weight",
    "km|kilomet(?:er|re)s?": "km distance mileage",
    "met(?:er|re)s?": "m metres meters",
    "kwh": "kwh",
    "m ⟦n\\d+⟧|m ?²|m2|sqm|square met(?:er|re)s?": "m2 sqm area",
    "points?": "points score",
    "times?": "times count visits",
}
"""Units as people say them, and the words of the columns that are told in them."""
_ALONE = ("kg", "km", "kwh", "minutes", "seconds", "hours", "sqm")
"""Units that tell of which column a number is: over 10 kg."""
_OLDEST = 120
_PERCENT = "%|percent|per cent"
UNIT = "|".join((_MONEY, _PERCENT, *_UNITS))
NOT = "not|non(?: -)?"

_ADJECTIVES = {
    "oldest": ("age", "DESC"), "youngest": ("age", "ASC"), "heaviest": ("weight", "DESC"), "lightest": ("weight", "ASC"),
    "tallest": ("height", "DESC"), "hottest": ("temperature", "DESC"), "coldest": ("temperature", "ASC"),
    "most expensive": ("price cost rent fee fare", "DESC"), "priciest": ("price cost rent fee fare", "DESC"),
    "cheapest": ("price cost rent fee fare", "ASC"), "least expensive": ("price cost rent fee fare", "ASC"),
    "most profitable": ("profit", "DESC"), "least profitable": ("profit", "ASC"),
}  # fmt: skip
"""Superlatives, the measures they may speak of, and which end they mean."""


def superlatives(parts: Parts) -> None:
    """`the 5 cheapest flats`, `oldest member`, `the newest orders`: whole rows from one end."""

    def ranked(match: re.Match[str]) -> bool:
        words, order = _ADJECTIVES[match["how"]]
        measure = number_called(parts, words)
        return bool(measure) and parts.rank(measure, order, match["n"] or match["m"])

    def timed(match: re.Match[str]) -> bool:
        order = "ASC" if match["how"] in ("earliest", "first") else "DESC"
        return bool(parts.moment()) and parts.rank(parts.moment(), order, match["n"] or match["m"])

    n, m = r"(?:(?:\b(?:top|first) )?⟦n(?P<n>\d+)⟧ )?", r"(?: ⟦n(?P<m>\d+)⟧)?"
    for words, act in (("|".join(_ADJECTIVES), ranked), ("newest|latest|most recent|earliest", timed)):
        parts.take(
            rf"{n}\b(?P<how>{words}){m}(?= (?:⟦[vc]\d+⟧ )*⟦t| (?:⟦v\d+⟧ ?)+(?:(?:in|at|from|on|with|of) |\W*$))", act
        )
    parts.take(r"^\W*(?:(?:show|give) (?:me )?)?(?:the )?(?P<how>first|last)(?P<n>)(?P<m>)(?= ⟦t)", timed)


def number_called(parts: Parts, words: str) -> str:
    """The one column of numbers that has one of some words in its name; empty for none or several."""
    fact = number_of(parts, words)
    return reference(parts.table.name, fact) if fact else ""


def number_of(parts: Parts, words: str) -> ColumnFact | None:
    """The same as what is known of it."""
    named = [c for c in parts.table.columns if c.is_number and set(words.split()) & set(split_words(c.name))]
    return named[0] if len(named) == 1 and not is_key(named[0]) else None


def against_average(parts: Parts) -> None:
    """`agents whose satisfaction is below the overall average`, `tickets with a cost above average`."""

    def test(match: re.Match[str]) -> bool:
        if not parts.fact(match["c"]).is_number or parts.measures:
            return False
        column, sign = parts.column(match["c"]), op_of(match["op"])
        mean = f"(SELECT avg({column}) FROM {identifier(parts.table.name)})"
        if match["who"].startswith("⟦t"):
            parts.where(f"{column} {sign} {mean}", match.start())
            parts.limit = -1
            return True
        parts.having = f"avg({column}) {sign} {mean}"
        return parts.group(match["who"][2:-1]) and parts.aggregate("avg", match["c"])

    parts.take(
        rf"(?:\b(?:are there|which|what|list|show|any) )*(?P<who>⟦[ct]\d+⟧) (?:{IS} )*(?:average )?⟦c(?P<c>\d+)⟧ (?:{IS} )*(?P<op>{OP}) (?:the )?(?:overall )?average",
        test,
    )


def numbers(parts: Parts) -> None:
    """`weight over 500`, `more than 3 rooms`, `age between 20 and 30`."""

    def test(match: re.Match[str]) -> bool:
        given = match.groupdict()
        if not parts.fact(given["c"]).is_number or not _told_in(parts.fact(given["c"]), given.get("unit")):
            return False
        column, number = parts.column(given["c"]), parts.number(given["n"])
        sign = op_of(given["op"]) if given.get("op") else _AFTER.get(given.get("after") or "", "=")
        told = f"{column} {sign} {number}"
        if given.get("high"):
            told = f"{column} BETWEEN {number} AND {parts.number(given['high'])}"
        elif given.get("other"):
            told = f"{column} IN ({number}, {parts.number(given['other'])})"
        elif given.get("op2"):
            told = f"({told} OR {column} {op_of(given['op2'])} {parts.number(given['n2'])})"
        parts.where(told, match.start("c"))
        return True

    c, n, lead = r"⟦c(?P<c>\d+)⟧", rf"⟦n(?P<n>\d+)⟧(?: (?P<unit>{UNIT}))?(?= |$)", rf"(?:\b{IS} )*"
    parts.take(
        rf"(?<!top )(?<!first )(?<!last )⟦n(?P<n>\d+)⟧ (?:- )?{c}(?= ⟦[tv]\d+⟧)",
        lambda m: not adds_up(parts.fact(m["c"])) and test(m),
    )
    parts.take(r"⟦n(?P<n>\d+)⟧ (?:- )?stars? ⟦c(?P<c>\d+)⟧", lambda m: is_rating(parts.fact(m["c"])) and test(m))
    parts.take(rf"{lead}{c} (?:{IS} )*between {n} and ⟦n(?P<high>\d+)⟧(?: (?:{UNIT}))?(?= |$)", test)
    parts.take(rf"{lead}{c} (?:{IS} )*(?P<op>{OP}) {n} or (?P<op2>{OP}) ⟦n(?P<n2>\d+)⟧(?: (?:{UNIT}))?(?= |$)", test)
    parts.take(rf"{lead}{c} (?:{IS} )*(?P<op>{OP}) {n}", test)
    parts.take(rf"{lead}{c} (?:{IS} )*{n} (?P<after>{_MORE})", test)
    parts.take(rf"{lead}(?P<op>{OP}) {n} (?:in |of )?{c}", test)
    parts.take(rf"{lead}{n} (?P<after>{_MORE}) {c}", test)
    parts.take(rf"{lead}{c} (?:is |of |= |equals )+{n} or ⟦n(?P<other>\d+)⟧(?= |$)", test)
    parts.take(rf"{lead}{c} (?:is |of |= |equals )+{n}", test)
    parts.take(rf"\b(?:is |was |of )?{n} {c} (?P<after>{_MORE})", test)

    parts.take(rf"\bwith {n} {c}", test)
    measured(parts)

    def priced(match: re.Match[str]) -> bool:
        if price := number_called(parts, "price cost rent fee fare"):
            parts.where(f"{price} {op_of(match['op'])} {parts.number(match['n'])}", match.start())
        return bool(price)

    parts.take(
        rf"(?:\b(?:that|which|who) )?\b(?:cost|costs|costing|priced)(?: at)? (?P<op>{OP}) ⟦n(?P<n>\d+)⟧(?: (?:{_MONEY}))?(?= |$)",
        priced,
    )

    def of_years(match: re.Match[str]) -> bool:
        if not in_years(parts.fact(match["c"])):
            return False
        sign = {"after": ">", "before": "<", "since": ">=", "until": "<="}.get(match["when"], "=")
        parts.where(f"{parts.column(match['c'])} {sign} {parts.number(match['y'])}", match.start())
        return True

    parts.take(rf"{lead}{c} (?P<when>after|before|since|until|in) ⟦y(?P<y>\d+)⟧", of_years)
    parts.take(
        rf"{lead}(?P<op>over|under|above|below|older than|younger than|at least) {n}(?: years? old| years of age)?(?= (?:were|was|are|is|have|has|who|with|in|by|per|or|and)\b|\s*\??$)",
        lambda m: _is_old(parts, m) and parts.aged(op_of(m["op"]), m["n"], m.start()),
    )


def _is_old(parts: Parts, match: re.Match[str]) -> bool:
    """Whether a bare number may be an age: one of years, or of the rows themselves, and not of what they name beside."""
    whose = [c for c in parts.table.columns if is_age(c) and len(split_words(c.name)) == 1]
    return parts.whole(match["n"]) <= _OLDEST and ("year" in match[0] or bool(whose))


def measured(parts: Parts) -> None:
    """`over 10 kg`, `between 500 and 1000 km`: the one column that is told in such a unit."""

    def test(match: re.Match[str]) -> bool:
        given = match.groupdict()
        unit = next(unit for unit in _UNITS if re.fullmatch(unit, given["unit"]))
        column = number_called(parts, _UNITS[unit])
        if not column or not any(re.fullmatch(unit, alone) for alone in _ALONE):
            return False
        number, sign = parts.number(given["n"]), _AFTER.get(given.get("after") or "", "")
        told = f"{column} {sign or op_of(given.get('op') or '=')} {number}"
        if given.get("high"):
            told = f"{column} BETWEEN {number} AND {parts.number(given['high'])}"
        parts.where(told, match.start())
        return True

    n, unit = r"⟦n(?P<n>\d+)⟧", rf"(?P<unit>{'|'.join(_UNITS)})(?= |$)"
    lead = rf"(?:\b(?:{IS}|weighing|measuring|going|that|which) )*"
    parts.take(rf"{lead}between {n}(?: (?:{UNIT}))? and ⟦n(?P<high>\d+)⟧ {unit}", test)
    parts.take(rf"{lead}(?P<op>{OP}) {n} {unit}", test)
    parts.take(rf"{lead}{n} {unit} (?P<after>{_MORE})", test)


def _told_in(fact: ColumnFact, unit: str | None) -> bool:
    """Whether the numbers of a column may be told in a unit: money always, percent but for amounts and whole numbers, else by its name."""
    if not unit or re.fullmatch(_MONEY, unit):
        return True
    if re.fullmatch(_PERCENT, unit):
        return fact.type == "decimal" and not adds_up(fact) and not {*_PRICES.split()} & set(split_words(fact.name))
    return bool(
        set(meaning(unit, {names: said for said, names in _UNITS.items()}).split()) & set(split_words(fact.name))
    )


def empty(parts: Parts) -> None:
    """`missing satisfaction`, `without a refund`, `where the city is empty`."""

    def lacking(match: re.Match[str]) -> bool:
        unsaid = not re.match(r"missing|where|whose|the|⟦", match[0])  # no discount may be one of zero
        return parts.lacking(match[1] or match[2], match.start(), unsaid=unsaid)

    parts.take(
        rf"\b(?:missing|without|with no|have no|has no|no) (?:an? |any )?{C}|(?:where |whose )?(?:the )?{C} is (?:missing|empty|blank|null|not known|unknown)",
        lacking,
    )


def flags(parts: Parts) -> None:
    """`reopened` of a column of yes and no: the rows with yes; `not reopened`: those with no; both: a group of each."""
    parts.take(
        rf"\bwith (?:and|or|vs|versus) without (?:an? |the )?{C}",
        lambda m: flag_values(parts.fact(m[1])) is not None and parts.group(m[1]),
    )
    parts.take(
        rf"\bwith (?:an? |the )?{C}(?:\s+and)?\s+(?:those |the ones |⟦t\d+⟧ )?without(?: one| it| any)?(?=\W*$|\s{{3,}})",
        lambda m: flag_values(parts.fact(m[1])) is not None and parts.group(m[1]),
    )
    parts.take(
        rf"(?P<no>\b(?:{NOT}|never|isn't|aren't|wasn't|weren't|without)(?: been)? )?⟦c(?P<c>\d+)⟧",
        lambda m: parts.flag(m["c"], m.start("c"), no=bool(m["no"])),
    )


def _unjoined(parts: Parts) -> None:
    """Two values of a column that nothing joins are unclear: stalls that `paid` a `deposit`."""
    marks = list(re.finditer(r"⟦v(\d+)⟧", parts.said))
    for one, other in pairwise(marks):
        alike = parts.marks[int(one[1])].column is parts.marks[int(other[1])].column
        between = parts.said[one.end() : other.start()]
        if alike and not re.search(r"\b(?:and|or|nor|vs|versus|to|with|than|against|by|per|from)\b|[,/&-]", between):
            parts.unclear = True


def _letters(parts: Parts) -> None:
    """Values of one letter behind their column: `energy class A or B`, `grade C`."""

    def act(match: re.Match[str]) -> bool:
        fact = parts.fact(match["c"])
        known = {str(value).strip().casefold(): value for value in fact.values if len(str(value).strip()) == 1}
        said = re.findall(r"\b[a-z]\b", match["said"])
        if (
            fact.type != "text"
            or not set(said) <= known.keys()
            or (said == ["a"] and re.match(r" ⟦", parts.text[match.end() :]))
        ):
            return False
        column = parts.column(match["c"])
        parts.where(among(column, [known[letter] for letter in said]), match.start("c"), column)
        return True

    parts.take(r"⟦c(?P<c>\d+)⟧ (?:is |are |of |= )*(?P<said>[a-z](?:(?: ,| or| and| , or)+ [a-z])*)(?= |$)", act)


def _left_out(parts: Parts, match: "re.Match[str]") -> bool:
    """Leave out all of several values: excluding coffee and burgers; values of two columns are unclear."""
    numbers = [match["v"], *re.findall(r"⟦v(\d+)⟧", match["more"])]
    if len({parts.column(number) for number in numbers}) > 1:
        parts.unclear = True
        return False
    told = [value for number in numbers for value in parts.marks[int(number)].values]
    parts.where(among(parts.column(match["v"]), told, no=True), match.start("v"), parts.column(match["v"]))
    return True


def values(parts: Parts) -> None:
    """`in Leeds`, `urgent tickets`, `email vs phone`, `except Hull`; the name of their column may stand beside."""
    _unjoined(parts)
    _letters(parts)
    parts.drop(r"\b(?:paid|booked|ordered|sent|shipped|made|bought) (?:by|with|via|through|using)(?= (?:the |a )?⟦v)")
    said = r"\b(?:not|except|excluding|without|other than|outside|but not|leaving out|apart from|neither)(?: for| in| at| the| from)* "
    parts.take(
        rf"{said}(?:⟦c\d+⟧ )?⟦v(?P<v>\d+)⟧(?P<more>(?:(?: ,)?(?: and| or| nor| ,)(?: in| at| the| for| from)* ⟦v\d+⟧)+)(?: ⟦c\d+⟧)?",
        lambda m: _left_out(parts, m),
    )
    no = rf"(?P<no>{said})?"
    pattern = rf"{no}(?:(?:\b(?:when|where|whose|if) (?:the )?)?⟦c\d+⟧ (?:is |are |was |were |of |= )*)?⟦v(?P<v>\d+)⟧(?: ⟦c\d+⟧)?"
    parts.take_values(pattern, rf"{no}⟦v(?P<v>\d+)⟧", grouped=parts.compares)
