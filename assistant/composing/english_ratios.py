"""English phrases of one thing per another, of parts of a whole and of how far groups lie apart: cost per kg, shares."""

import re

from assistant.composing.columns import adds_up, among, called, can_group, is_age, sides
from assistant.composing.english_often import ordered
from assistant.composing.english_rows import number_called
from assistant.composing.parts import C, Parts
from assistant.composing.phrases import ART, LEAST, MOST, ROWS
from assistant.words import split_words

_UNITS = {
    "square metre|square meter|square foot|sqm|m ⟦n\\d+⟧|m ?²": "area size m2 sqm sqft",
    "kg|kilo|kilogram|kilogramme": "weight kg",
    "km|kilometre|kilometer|mile": "distance mileage km miles",
}
"""Units, and the words of the columns that are told in them."""
_INCOME = "sales revenue turnover"


def ratios(parts: Parts) -> None:
    """`rent per square metre`, `profit margin`, `how many orders per customer on average`: one divided by the other."""

    def per_unit(match: re.Match[str], words: str) -> bool:
        by = number_called(parts, words)
        unit = re.sub(r" ?⟦n\d+⟧| ?²", "2", match["unit"]).replace(" ", "_")
        return bool(by) and _divided(parts, match["c"], by, f"per_{unit}")

    for unit, words in _UNITS.items():
        parts.take(
            rf"(?:\baverage )?⟦c(?P<c>\d+)⟧ (?:per|a) (?P<unit>{unit})s?(?!\w)",
            lambda match, words=words: per_unit(match, words),  # type: ignore[misc]
        )
    parts.take(r"(?:\baverage )?⟦c(?P<c>\d+)⟧ per ⟦c(?P<by>\d+)⟧", lambda m: _per_amount(parts, m["c"], m["by"]))
    parts.take(rf"{C} margins?\b", lambda m: _margin(parts, m[1]))
    per = rf"\b(?:how many|number of) {ROWS} (?:per|(?:does|do|did) (?:each|an?|every)) {C}"
    parts.take(rf"{per}(?: (?:make|have|place|get)s?)? on average", lambda m: _each(parts, m[1]))
    parts.take(rf"\baverage (?:number of )?{ROWS} per ⟦[ct](\d+)⟧", lambda m: _each(parts, m[1]))
    parts.take(rf"(?:\bnumber of )?{ROWS} per ⟦[ct](\d+)⟧ on average", lambda m: _each(parts, m[1]))


def differences(parts: Parts) -> None:
    """`salary difference between men and women`, `difference in rent between districts`: the average or sum of each."""

    def apart(match: re.Match[str]) -> bool:
        number = match[1] or match[2]
        if not (parts.add_up(number) or parts.aggregate("avg", number)):
            return False
        parts.compares = True
        return True

    what = rf"(?:{C} (?:difference|gap)|\b(?:the )?(?:difference|gap) in (?:the |average )*{C})"
    parts.take(rf"{what} between(?= (?:the )?⟦v)", apart)
    parts.take(rf"{what} between (?:the )?{C}", lambda m: parts.group(m[3]) and apart(m))


def _divided(parts: Parts, number: str, by: str, per: str) -> bool:
    """Measure the average of a column over another, row by row."""
    fact = parts.fact(number)
    if not fact.is_number:
        return False
    parts.measures[f"avg({parts.column(number)} / nullif({by}, 0))"] = f"{called(fact)}_{per}"
    return True


def _per_amount(parts: Parts, number: str, by: str) -> bool:
    """Measure a column over another of decimals, or one sum over the other; other whole numbers are groups."""
    fact, over = parts.fact(by), parts.fact(number)
    if fact.type == "int" and adds_up(fact) and adds_up(over):
        parts.measures[f"sum({parts.column(number)}) / nullif(sum({parts.column(by)}), 0)"] = (
            f"{called(over)}_per_{called(fact)}"
        )
        return True
    return fact.type == "decimal" and not is_age(fact) and _divided(parts, number, parts.column(by), f"per_{fact.name}")


def _margin(parts: Parts, number: str) -> bool:
    """Measure the profit over what came in."""
    income = number_called(parts, _INCOME)
    if not income or "profit" not in split_words(parts.fact(number).name):
        return False
    parts.measures[f"sum({parts.column(number)}) / sum({income})"] = "profit_margin"
    return True


def _each(parts: Parts, number: str) -> bool:
    """Measure how many rows there are for each of something."""
    mark = parts.marks[int(number)]
    if (fact := mark.column) is None or not can_group(fact) or (mark.kind == "t" and mark.table == parts.table.name):
        return False
    parts.measures[f"count(*) / count(DISTINCT {parts.column(number)})"] = f"{parts.table.name}_per_{fact.name}"
    return True


def shares(parts: Parts) -> None:
    """`what share of x are y`: the part of the rows before the verb that meet what stands after it.

    `In percent` says how a number is to be told, which is done once the data are looked at.
    """
    parts.take(
        rf"\b(?:gets?|got|receives?|takes?|accounts? for|makes? up|brings? in|contributes?|generates?) (?:the )?(?P<most>{MOST}|{LEAST})(?: (?:share|percentage|part|portion)s? (?:of|to|in)|(?<=most) to) (?:(?:the|our|all) )*(?P<total>total )?(?:{ROWS}|⟦c(?P<c>\d+)⟧)",
        lambda m: _of_whole(parts, m),
    )
    parts.take(
        rf"\bhow much of {ART}{C}",
        lambda m: _part_of_sum(parts, m),
    )
    parts.take(
        rf"\b(?:what |which )?(?:is |are )?(?:the |a )?(?:share|part|percent|percentage|proportion|fraction)s? of (?:(?:the|our|all) )*(?:total )?{C}",
        lambda m: _part_of_sum(parts, m),
    )
    parts.percent = parts.drop(r"(?:, )?\b(?:in (?:percent|%)|as (?:an? )?(?:percent|percentages?|%))(?= |$)")
    parts.take(
        r"(?<!⟦n\d⟧ )\b(?:what |which |as )?(?:is |are |a )?(?:the )?(?:share|percent|percentage|proportion|fraction)s?(?: of)?\b(?: all| its| their)?",
        lambda m: setattr(parts, "share", m.start()),
    )
    parts.take(r"(?P<no>\bnot )?⟦c(?P<c>\d+)⟧ rates?\b", lambda m: parts.rate(m["c"], no=bool(m["no"])))
    parts.take(r"⟦v(\d+)⟧ rates?\b", lambda m: parts.rate_of(m[1]))


def _part_of_sum(parts: Parts, match: "re.Match[str]") -> bool:
    """Ask for a part of the sum of a column."""
    if not parts.add_up(match[1]) and not ("total" in match[0] and parts.aggregate("sum", match[1])):
        return False
    parts.share = match.start()
    return True


def _of_whole(parts: Parts, match: "re.Match[str]") -> bool:
    """Measure each group's part of all the rows, or of the sum of a column."""
    if match["c"] and (both := sides(parts.fact(match["c"]))) is not None:
        happened = f"sum(({among(parts.column(match['c']), both[0])})::int)"
        parts.measures[f"{happened} / sum({happened}) OVER ()"] = "share"
        return ordered(parts, match["most"])
    if match["c"] and not adds_up(parts.fact(match["c"])) and not (match["total"] and parts.fact(match["c"]).is_number):
        return False
    whole = f"sum({parts.column(match['c'])})" if match["c"] else parts.rows
    parts.measures[f"{whole} / sum({whole}) OVER ()"] = "share"
    return ordered(parts, match["most"])
