"""English phrases of one thing per another and of how far groups lie apart: cost per kg, margins, orders per customer."""

import re

from assistant.composing.columns import adds_up, called, can_group
from assistant.composing.english_rows import number_called
from assistant.composing.parts import C, Parts
from assistant.composing.phrases import ROWS
from assistant.words import split_words

_UNITS = {
    "square metre|square meter|square foot|sqm": "area size m2 sqm sqft",
    "kg|kilo|kilogram|kilogramme": "weight kg",
    "km|kilometre|kilometer|mile": "distance mileage km miles",
}
"""Units, and the words of the columns that are told in them."""
_INCOME = "sales revenue turnover"


def ratios(parts: Parts) -> None:
    """`rent per square metre`, `profit margin`, `how many orders per customer on average`: one divided by the other."""

    def per_unit(match: re.Match[str], words: str) -> bool:
        by = number_called(parts, words)
        return bool(by) and _divided(parts, match["c"], by, f"per_{match['unit'].replace(' ', '_')}")

    for unit, words in _UNITS.items():
        parts.take(
            rf"(?:\baverage )?⟦c(?P<c>\d+)⟧ (?:per|a) (?P<unit>{unit})s?\b",
            lambda match, words=words: per_unit(match, words),  # type: ignore[misc]
        )
    parts.take(r"(?:\baverage )?⟦c(?P<c>\d+)⟧ per ⟦c(?P<by>\d+)⟧", lambda m: _per_amount(parts, m["c"], m["by"]))
    parts.take(rf"{C} margins?\b", lambda m: _margin(parts, m[1]))
    per = rf"\b(?:how many|number of) {ROWS} (?:per|(?:does|do|did) (?:each|an?|every)) {C}"
    parts.take(rf"{per}(?: (?:make|have|place|get)s?)? on average", lambda m: _each(parts, m[1]))
    parts.take(rf"\baverage number of {ROWS} per {C}", lambda m: _each(parts, m[1]))


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
    return fact.type == "decimal" and _divided(parts, number, parts.column(by), f"per_{fact.name}")


def _margin(parts: Parts, number: str) -> bool:
    """Measure the profit over what came in."""
    income = number_called(parts, _INCOME)
    if not income or "profit" not in split_words(parts.fact(number).name):
        return False
    parts.measures[f"sum({parts.column(number)}) / sum({income})"] = "profit_margin"
    return True


def _each(parts: Parts, number: str) -> bool:
    """Measure how many rows there are for each of something."""
    fact = parts.fact(number)
    if not can_group(fact):
        return False
    parts.measures[f"count(*) / count(DISTINCT {parts.column(number)})"] = f"{parts.table.name}_per_{fact.name}"
    return True
