"""Numbers that a request spells with words: a hundred thousand, 2.5 million, 3만, 1억 5천만. A small model loses a zero.

What is not covered: numbers wholly in words (twenty-five), and requests of several such numbers that differ by zeros alone.
"""

import re
from decimal import Decimal
from typing import TYPE_CHECKING

from tools.number_words import ENGLISH, either

if TYPE_CHECKING:
    from sqlglot import exp

_ENGLISH = {"hundred": 2, "thousand": 3, "million": 6, "billion": 9, "k": 3, "m": 6, "bn": 9}
_SPELT = re.compile(
    rf"(?<![\w.])(?P<number>\d[\d,]*(?:\.\d+)?|an?|{either(ENGLISH)})(?: |(?<=\d))(?P<first>hundred|thousand|million|billion|k|m|bn)\b(?: (?P<second>thousand|million|billion)\b)?",
    re.IGNORECASE,
)
_METRES = re.compile(
    r"^m (?:in |of )?(?:height|length|width|depth|altitude|elevation|distance|tall|high|long|wide|deep|away|above|below|apart)\b"
)
"""`80 m in height` are metres."""
_KOREAN = {"십": 1, "백": 2, "천": 3}
_LARGE = {"만": 4, "억": 8, "조": 12}
_SPELT_KO = re.compile(
    r"(?<![\w.])(?:(?:\d[\d,]*(?:\.\d+)?)?\s?[십백천]?\s?[만억조](?!큼)\s?)+(?:\d[\d,]*\s?[십백천]?)?|(?<![\w.])\d[\d,]*(?:\.\d+)?\s?[백천](?=\s?(?:원|명|개|건|달러|이|을|보다|넘|미만|이상|이하|초과))"
)
_COUNTED = re.compile(r"\s?(?:원|명|개|건|달러|대|번|회|점|시간|킬로|km|이상|이하|넘|미만|초과)", re.IGNORECASE)
_PART = re.compile(r"(?P<number>\d[\d,]*(?:\.\d+)?)?\s?(?P<small>[십백천])?\s?(?P<large>[만억조])?")


def mend_magnitudes(tree: "exp.Expr", request: str) -> list[str]:
    """Numbers that are compared get the zeros that the request gives them, in place. Returns what was changed."""
    from sqlglot import exp

    said = spelt(request)
    if not said:
        return []
    plain = {
        Decimal(number.replace(",", "")) for number in re.findall(r"\d[\d,]*(?:\.\d+)?", request) if number.strip(",")
    }
    compared = (exp.EQ, exp.NEQ, exp.GT, exp.GTE, exp.LT, exp.LTE, exp.Between)
    literals = [node for node in tree.find_all(exp.Literal) if not node.is_string and isinstance(node.parent, compared)]
    written = {Decimal(node.name) for node in literals}
    changes = []
    for node in literals:
        value = Decimal(node.name)
        near = [number for number in said - written if _zeros_apart(value, number)]
        if value in said or len(near) != 1 or (value in plain and value > 1000):
            continue
        node.replace(exp.Literal.number(f"{near[0].normalize():f}"))
        changes.append(f"{near[0]:,f} is meant, not {value:,f}.".replace(".000000", ""))
    return changes


def spelt(request: str) -> set[Decimal]:
    """The numbers that a request spells with words of magnitude."""
    found = set()
    for match in _SPELT.finditer(request):
        if _METRES.search(request[match.start("first") :]) and match["first"] == "m":
            continue
        number = match["number"].casefold().replace(",", "")
        base = Decimal(ENGLISH.get(number, 1)) if not number[0].isdigit() else Decimal(number)
        zeros = _ENGLISH[match["first"].casefold()] + (_ENGLISH[match["second"].casefold()] if match["second"] else 0)
        found.add(base.scaleb(zeros))
    for match in _SPELT_KO.finditer(request):
        bare = not re.search(r"\d", match[0])
        if bare and not _COUNTED.match(request[match.end() :]):
            continue  # 만족도 begins with 만, and is no number
        if total := _total(match[0]):
            found.add(total)
    return found


def in_digits(request: str) -> str:
    """A request with its Korean numbers of magnitude in digits: 20만원 is 200000원."""
    return _SPELT_KO.sub(_digits, request)


def _digits(found: "re.Match[str]") -> str:
    total = _total(found[0])
    blank = " " if found[0] != found[0].rstrip() else ""
    return f"{total:f}{blank}" if total and re.search(r"\d", found[0]) else found[0]


def _total(spelt_number: str) -> Decimal:
    """The number of one Korean spelling: 1억 5천만."""
    return sum((_part(part) for part in _PART.finditer(spelt_number) if part[0].strip()), Decimal(0))


def _part(part: "re.Match[str]") -> Decimal:
    base = Decimal((part["number"] or "1").replace(",", ""))
    return base.scaleb(_KOREAN.get(part["small"] or "", 0) + _LARGE.get(part["large"] or "", 0))


def _zeros_apart(one: Decimal, other: Decimal) -> bool:
    """Whether two numbers differ by zeros at their ends alone."""
    if not one or not other or one == other:
        return False
    return one.normalize().as_tuple().digits == other.normalize().as_tuple().digits
