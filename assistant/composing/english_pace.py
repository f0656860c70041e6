"""English phrases of pace: how many there are a day on average, and growth from one period to the next.

What is not covered: paces of days that do not follow each other, such as weekends, and of parts of the day.
"""

import re

from assistant.composing.columns import adds_up, aggregate_name, among, is_harm, number_name, sides
from assistant.composing.moments import last_two
from assistant.composing.nouns import row_name
from assistant.composing.pace import grown, paced, rows_or_sum
from assistant.composing.parts import C, Parts
from assistant.composing.phrases import AGG, AGGREGATES, ROWS, meaning

_UNITS = "day|week|month|quarter|year"
_EVERY = {"daily": "day", "weekly": "week", "monthly": "month", "quarterly": "quarter", "yearly": "year", "annual": "year"}  # fmt: skip
_PER = rf"(?:per|a|each|every) (?P<unit>{_UNITS})\b"
_GET = r"(?: (?:do|did|does|are|were|is|was|have|had|we|they|you|there|get|got|made|make|come|came|in|happen|happened|start|started|⟦c\d+⟧))*"
_MOVES = "go up|gone up|going up|up|rise|risen|rising|increase|increased|increasing|grow|grown|growing|improve|improved|go down|gone down|going down|down|fall|fallen|falling|drop|dropped|decrease|decreased|decline|declined|shrink|shrunk|change|changed|higher|lower"
_ON = r"(?: ,)? on average"


def paces(parts: Parts) -> None:
    """`rides per day on average`, `average number of orders per month`, `average daily sales`: rows or sums by the periods they span."""
    if parts.keys or parts.measures or not parts.moment():
        return

    def steady(match: "re.Match[str]") -> bool:
        others = re.findall(r"⟦c(\d+)⟧", match[0])
        return all(parts.fact(number).is_time for number in others) and paced(parts, None, _unit(match))

    rows = rf"(?:\b(?:how many|number of|the) )*(?:new )?{ROWS}"
    for phrase in (
        rf"{rows}{_GET} {_PER}{_ON}",
        rf"\bon average(?: ,)? {rows}{_GET} {_PER}",
        rf"\b(?:average|mean) (?:number of )?(?:new )?{ROWS}{_GET} {_PER}",
        rf"\b(?:average|mean) (?P<every>{'|'.join(_EVERY)}) (?:number of )?(?:new )?{ROWS}",
    ):
        parts.take(phrase, steady)
    parts.take(
        rf"\b(?:average|mean) (?:number of )?{ROWS}{_GET} (?:per|by|each|on each) (?:weekday|day of (?:the )?week)\b",
        lambda m: _by_weekday(parts),
    )
    for phrase in (
        rf"(?:\b(?:how much|how many|total) )?{C} {_PER}{_ON}",
        rf"\b(?:average|mean) (?P<every>{'|'.join(_EVERY)}) {C}",
    ):
        parts.take(
            phrase, lambda m: paced(parts, next(part for part in m.groups() if part and part.isdigit()), _unit(m))
        )


def _by_weekday(parts: Parts) -> bool:
    """Measure the rows of each day of the week by how many such days there are."""
    moment = parts.moment()
    parts.measures[f"{parts.rows} / count(DISTINCT {moment}::date)"] = f"{number_name(row_name(parts.table))}_per_day"
    return parts.period("weekday")


def best(parts: Parts) -> None:
    """`our best month for sales`, `which month was the worst for revenue`: the part of the calendar with most of a sum."""

    def first(match: "re.Match[str]") -> bool:
        number, total = match["c"], bool(match["total"])
        found = rows_or_sum(parts, number, total=total)
        if found is None or parts.keys or parts.measures or not parts.moment():
            return False
        parts.measures[found[0]] = aggregate_name("sum", found[1])
        good = match["how"] in ("best", "strongest")
        parts.order, parts.limit = ("ASC" if good == is_harm(parts.fact(number)) else "DESC"), 1
        return parts.period(match["unit"])

    how, of = r"(?P<how>best|strongest|worst|weakest)", r"(?:for|by|in|in terms of) (?P<total>total )?⟦c(?P<c>\d+)⟧"
    parts.take(rf"\b{how} (?P<unit>{_UNITS}) {of}", first)
    parts.take(rf"^\W*(?:which|what) (?P<unit>{_UNITS}) (?:is|was|had) (?:the |our )?{how} {of}", first)


def tops_of_time(parts: Parts) -> None:
    """`top 3 days by number of rides`: the first few parts of the calendar."""

    def first(match: "re.Match[str]") -> bool:
        if parts.keys or not parts.moment():
            return False
        parts.limit, parts.order = parts.whole(match["n"]), "ASC" if match["end"] == "bottom" else "DESC"
        return parts.period(match["unit"])

    parts.take(rf"\b(?P<end>top|bottom) ⟦n(?P<n>\d+)⟧ (?P<unit>{_UNITS})s (?=by|in|for|with)", first)


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
    _moved(parts, what)


def _moved(parts: Parts, what: str) -> None:
    """`did orders go up in 2025 compared to 2024?`, `has the cancellation rate fallen since last year?`: each beside the one before."""
    measure = rf"(?:(?:the |our )*(?P<agg>{AGG}) (?:of )?⟦c(?P<a>\d+)⟧|(?:the |our )*⟦c(?P<f>\d+)⟧ rates?|(?:number of )?(?P<of>(?:⟦v\d+⟧ )+){ROWS}|{what})(?P<at> (?:at|in|for|of|from|on) (?:the )?⟦v\d+⟧)?"
    lead = r"^\W*(?:(?:by )?how (?:much )?)?(?:did|do|does|has|have|is|are|was|were) (?:the |our )*"
    to = r"(?: ,)? (?:compared (?:to|with)|versus|vs|over|against|relative to|than|to|from|since|on) (?:in )?"
    years = rf"(?:(?:in|from|between) )?⟦y(?P<y>\d+)⟧(?:{to}|(?: and) )⟦y(?P<z>\d+)⟧"
    near = rf"(?:(?:in |during )?this (?P<this>{_UNITS})(?:{to}))?(?:(?:since|compared (?:to|with)|versus|vs|over|from|on) )?(?:the )?(?:last|previous) (?P<near>{_UNITS})"
    parts.take(
        rf"{lead}{measure} (?:{_MOVES})(?: or (?:{_MOVES}))? (?:{years}|in ⟦y(?P<one>\d+)⟧|{near})(?=\W*$)",
        lambda m: _beside_before(parts, m),
    )


def _beside_before(parts: Parts, match: "re.Match[str]") -> bool:
    """Measure what moved in a year or another period, and in the one before."""
    given, moment = match.groupdict(), parts.moment()
    unit = given.get("near") or "year"
    if not moment or parts.keys or parts.measures or given.get("this") not in (None, given.get("near")):
        return False
    if (number := given.get("c")) and parts.fact(number).is_time:
        told = grown(parts, None, unit)
    elif flag := given.get("f"):
        told = parts.rate(flag)
    elif agg := given.get("agg"):
        told = parts.aggregate(meaning(agg, AGGREGATES), given["a"])
    elif (number := given.get("c")) and sides(parts.fact(number)) is not None:
        told = parts.flag(number, match.start(), no=False) and grown(parts, None, unit)
    elif (number := given.get("c")) and not adds_up(parts.fact(number)) and not given.get("total"):
        told = parts.aggregate("avg", number)
    else:
        told = grown(parts, given.get("c"), unit, total=bool(given.get("total")))
    values = re.findall(r"⟦v(\d+)⟧", (given.get("of") or "") + (given.get("at") or ""))
    if not told or len({parts.column(number) for number in values}) < len(values):
        return False
    for number in values:
        parts.where(among(parts.column(number), parts.marks[int(number)].values), match.start(), parts.column(number))
    if not parts.keys:
        _ = parts.period(unit)
    if given.get("near"):
        parts.when(last_two(parts.table.name, moment, unit), match.start())
    else:
        years = [parts.whole(given[name]) for name in ("y", "z", "one") if given.get(name)]
        years = [years[0] - 1, *years] if len(years) == 1 else years
        parts.when(f"year({moment}) IN ({', '.join(map(str, years))})", match.start())
    return True


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
