"""How the texts of a column are written: as numbers, as dates, in several spellings of one value."""

import re
from collections.abc import Sequence
from typing import Any, Literal

from automl.amounts import CURRENCIES, SIGNS
from tools.transforms.null_words import NULL_WORDS

NUMBER_TEXT = re.compile(
    rf"\s*\(?[+-]?\s*([{SIGNS}]|{CURRENCIES})?\s*[+-]?(\d{{1,3}}([,.' ]\d{{3}})+|\d+|(?=[.,]\d))([.,]\d+)?([eE][+-]?\d+)?"
    rf"\s*([{SIGNS}%]|{CURRENCIES})?\)?\s*",
    re.IGNORECASE,
)
PLAIN_NUMBER = re.compile(r"\s*[+-]?((0|[1-9]\d{0,17})|(0|[1-9]\d*)?\.\d+([eE][+-]?\d+)?)\s*")
CODE = re.compile(r"\s*0\d+\s*")
DATE_TEXT = re.compile(
    r"\s*(\d{4}[-/.]\d{1,2}[-/.]\d{1,2}|\d{1,2}[-/.]\d{1,2}[-/.](\d{4}|\d{2})|\d{1,2}[ -][A-Za-z]{3,9}[ -]\d{2,4}"
    r"|[A-Za-z]{3,9} \d{1,2},? \d{4}|\d{4}년 \d{1,2}월 \d{1,2}일)([ T]\d{1,2}:\d{2}.*)?\s*"
)


def text_facts(counted: Sequence[tuple[str, int]], complete: bool) -> dict[str, Any]:
    """Words per cell, what the texts read as, and spellings of one value."""
    told = [(value, count) for value, count in counted if value.strip().casefold() not in NULL_WORDS]
    cells = sum(count for _, count in told)
    facts: dict[str, Any] = {}
    if not cells:
        return facts
    facts["words"] = sum(len(value.split()) * count for value, count in told) / cells
    numbers = [(value, count) for value, count in told if len(value) <= 20 and NUMBER_TEXT.fullmatch(value)]
    # 00123 is a code: as a number it would lose its zeros.
    if numbers and not any(CODE.fullmatch(value) for value, _ in told):
        facts["numeric_text"] = sum(count for _, count in numbers) / cells
        facts["plain_numbers"] = complete and all(PLAIN_NUMBER.fullmatch(value) for value, _ in told)
        facts["whole_text"] = all(re.fullmatch(r"\s*[+-]?\d+\s*", value) for value, _ in numbers)
    dates = [(value, count) for value, count in told if DATE_TEXT.fullmatch(value)]
    if dates:
        facts["date_text"] = sum(count for _, count in dates) / cells
        facts["date_order"] = _date_order([value for value, _ in dates])
    facts["variants"] = _variants(told) if complete else {}
    return facts


def _date_order(values: Sequence[str]) -> Literal["clear", "ambiguous"]:
    """Ambiguous where some dates are like 03/04/2024 and none of those has a number above 12 in them."""
    pairs = [match for value in values if (match := re.match(r"\s*(\d{1,2})[-/](\d{1,2})[-/]\d", value))]
    return "ambiguous" if pairs and all(int(m[1]) <= 12 and int(m[2]) <= 12 for m in pairs) else "clear"


def _variants(told: Sequence[tuple[str, int]]) -> dict[str, list[str]]:
    """Values that are one when case and blanks don't count; `told` has the most frequent first."""
    groups: dict[str, list[str]] = {}
    for value, _ in told:
        groups.setdefault(" ".join(value.split()).casefold(), []).append(value)
    return {spellings[0]: spellings[1:] for spellings in groups.values() if len(spellings) > 1}
