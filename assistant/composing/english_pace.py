"""English phrases of pace: how many there are a day on average, and growth from one period to the next.

What is not covered: paces of days that do not follow each other, such as weekends, and of parts of the day.
"""

import re

from assistant.composing.pace import grown, paced
from assistant.composing.parts import C, Parts
from assistant.composing.phrases import ROWS

_UNITS = "day|week|month|quarter|year"
_EVERY = {"daily": "day", "weekly": "week", "monthly": "month", "quarterly": "quarter", "yearly": "year", "annual": "year"}  # fmt: skip
_PER = rf"(?:per|a|each|every) (?P<unit>{_UNITS})\b"
_GET = r"(?: (?:do|did|does|are|were|is|was|have|had|we|they|you|there|get|got|made|make|come|came|in|happen|happened|start|started))*"
_ON = r"(?: ,)? on average"


def paces(parts: Parts) -> None:
    """`rides per day on average`, `average number of orders per month`, `average daily sales`: rows or sums by the periods they span."""
    if parts.keys or parts.measures or not parts.moment():
        return
    rows = rf"(?:\b(?:how many|number of|the) )*(?:new )?{ROWS}"
    for phrase in (
        rf"{rows}{_GET} {_PER}{_ON}",
        rf"\bon average(?: ,)? {rows}{_GET} {_PER}",
        rf"\b(?:average|mean) (?:number of )?(?:new )?{ROWS}{_GET} {_PER}",
        rf"\b(?:average|mean) (?P<every>{'|'.join(_EVERY)}) (?:number of )?(?:new )?{ROWS}",
    ):
        parts.take(phrase, lambda m: paced(parts, None, _unit(m)))
    for phrase in (
        rf"(?:\b(?:how much|how many|total) )?{C} {_PER}{_ON}",
        rf"\b(?:average|mean) (?P<every>{'|'.join(_EVERY)}) {C}",
    ):
        parts.take(
            phrase, lambda m: paced(parts, next(part for part in m.groups() if part and part.isdigit()), _unit(m))
        )


def _unit(match: "re.Match[str]") -> str:
    given = match.groupdict()
    return given.get("unit") or _EVERY[given.get("every") or ""]


def growth(parts: Parts) -> None:
    """`monthly growth of sales`, `growth of orders by quarter`, `growth from 2023 to 2024`: each period beside the one before."""
    what = rf"(?:(?:the )?(?:number of )?(?:new )?(?P<rows>{ROWS})|(?:the )?(?P<total>total )?⟦c(?P<c>\d+)⟧)"
    over = (
        rf"(?:(?:(?P<unit>{_UNITS}) (?:- )?(?:over|on|to|by) (?:- )?(?P=unit)|(?P<every>{'|'.join(_EVERY)})|yoy|mom) )"
    )
    after = rf"(?: (?:by|per|from|each) (?P<by>{_UNITS})(?: to (?P=by))?)"
    years = r"(?: (?:from|between) ⟦y(?P<y>\d+)⟧ (?:to|and) ⟦y(?P<z>\d+)⟧)"
    for phrase in (
        rf"\b{over}?growth(?: rate)? (?:of|in|for) {what}(?:{after}|{years})?",
        rf"\b{over}?{what} growth(?: rate)?(?:{after}|{years})?",
        rf"\b(?:how (?:much )?(?:did|has|have)|did) {what} (?:grow|grown|change|changed|increase|increased|develop){years}",
    ):
        parts.take(phrase, lambda m: _grown(parts, m))


def _grown(parts: Parts, match: "re.Match[str]") -> bool:
    """Measure rows or a sum by period, and by how much of it each exceeds the one before."""
    given, moment = match.groupdict(), parts.moment()
    said = "year" if "yoy" in match[0] or given.get("y") else "month" if "mom" in match[0].split() else ""
    unit = said or given.get("unit") or _EVERY.get(given.get("every") or "", "") or given.get("by")
    if not unit:
        return False
    if given.get("y"):
        parts.when(f"year({moment}) IN ({parts.number(given['y'])}, {parts.number(given['z'])})", match.start())
    return grown(parts, given["c"], unit, total=bool(given["total"]))
