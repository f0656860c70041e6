"""English phrases of when: years, halves, quarters, months, days, and times that depend on today.

`last month` is the month before this one, or the last one that the data has where that is earlier; it is shown beside
what is measured. What is not covered: a time bounded by another (`since last month`), holidays.
"""

import re
from datetime import date, timedelta

from assistant.composing.columns import in_years
from assistant.composing.moments import last_two, on_weekends
from assistant.composing.parts import Parts
from assistant.composing.phrases import MONTH, MONTHS

_ORDINALS = ("first", "second", "third", "fourth")
_HALF = r"(?:the )?(?:h ⟦n(?P<n>\d+)⟧|(?P<h>first|second|last) half)"
_YEAR = r"(?: of)?(?: (?:⟦y(?P<y>\d+)⟧|the year|it))?"
_LEAD = r"\b(?:in|during|for|of)(?: the)?"
_SINCE = r"(?P<op>since|from|starting|after|before|until|till|through|up to|on|in|during)"


def periods(parts: Parts) -> None:
    """Years, halves, quarters, months and days: `in 2025`, `since 2024`, `in H1`, `in March or April 2025`, `after 3 May 2025`."""
    if moment := parts.moment():
        for phrase in (_span, _days, _ranges, _halves, _months, _quarters, _years, _relative, _weekends):
            phrase(parts, moment)


def _month(words: str) -> int:
    return next(number for number, name in enumerate(MONTHS, 1) if name.startswith(words[:3]))


def _when(parts: Parts, test: str, year: str | None, moment: str, at: int) -> None:
    """Take the rows of a part of the year, of one year where it is named."""
    parts.when(test, at)
    if year:
        parts.when(f"year({moment}) = {parts.number(year)}", at)


def _days(parts: Parts, moment: str) -> None:
    """`after 3 May 2025`, `since June 1, 2025`, `before 2025-06-01`, `since March 2025`."""

    def act(match: re.Match[str]) -> bool:
        said = match.groupdict()
        month = _month(said["m"]) if said.get("m") else parts.whole(said["mm"]) if said.get("mm") else 0
        try:
            start = date(parts.whole(said["y"]), month, parts.whole(said["d"]) if said.get("d") else 1)
        except ValueError:
            return False
        end = start + timedelta(days=1) if said.get("d") else _next_month(start)
        _bounded(parts, moment, said.get("op") or "on", (start, end), match.start())
        return True

    day, y, m = r"⟦n(?P<d>\d+)⟧(?: st| nd| rd| th)?", r"⟦y(?P<y>\d+)⟧", rf"(?P<m>{MONTH})\b"
    for form in (
        rf"{day} (?:of )?{m} (?:of |, )?{y}",
        rf"{m} (?:the )?{day} (?:of |, )?{y}",
        rf"{y} - ⟦n(?P<mm>\d+)⟧ - ⟦n(?P<d>\d+)⟧",
    ):
        parts.take(rf"\b{_SINCE} (?:the )?{form}", act)
        parts.take(rf"(?<=⟧ ){form}", act)
    parts.take(rf"\b(?P<op>since|after|before|until|till|through|up to) {m} (?:of )?{y}", act)


def _span(parts: Parts, moment: str) -> None:
    """`between 1 March 2026 and 15 April 2026`, `from 1 to 15 March 2026`."""

    def act(match: re.Match[str]) -> bool:
        said = match.groupdict()
        try:
            last = date(parts.whole(said["y2"]), _month(said["m2"]), parts.whole(said["d2"]))
            year = parts.whole(said["y1"]) if said["y1"] else last.year
            first = date(year, _month(said["m1"]) if said["m1"] else last.month, parts.whole(said["d1"]))
        except ValueError:
            return False
        parts.when(f"{moment} >= DATE '{first}' AND {moment} < DATE '{last + timedelta(days=1)}'", match.start())
        return first <= last

    def day(n: int, *, whole: bool) -> str:
        d, y = rf"⟦n(?P<d{n}>\d+)⟧(?: st| nd| rd| th)?", rf"⟦y(?P<y{n}>\d+)⟧"
        return rf"{d} (?:of )?(?P<m{n}>{MONTH}) {y}" if whole else rf"{d}(?: (?:of )?(?P<m{n}>{MONTH})(?: {y})?)?"

    parts.take(rf"\b(?:between|from) {day(1, whole=False)} (?:and|to|until|till|-) {day(2, whole=True)}", act)


def _next_month(start: date) -> date:
    return (start.replace(day=1) + timedelta(days=32)).replace(day=1)


def _bounded(parts: Parts, moment: str, word: str, span: tuple[date, date], at: int) -> None:
    """Take the rows since, before or in a span of days."""
    start, end = span
    first, last = f"{moment} >= DATE '{start}'", f"{moment} < DATE '{end}'"
    if word in ("since", "from", "starting"):
        parts.when(first, at)
    elif word == "after":
        parts.when(f"{moment} >= DATE '{end}'", at)
    elif word == "before":
        parts.when(f"{moment} < DATE '{start}'", at)
    elif word in ("until", "till", "through", "up to"):
        parts.when(last, at)
    else:
        parts.when(f"{first} AND {last}", at)


def _ranges(parts: Parts, moment: str) -> None:
    """`between March and May 2025`, `from 2023 to 2025`."""

    def months(match: re.Match[str]) -> bool:
        first, last = _month(match["m"]), _month(match["to"])
        if first >= last or (match["y1"] and not match["y"]):
            return False
        if match["y1"] and parts.whole(match["y1"]) != parts.whole(match["y"]):
            return False
        _when(parts, f"month({moment}) BETWEEN {first} AND {last}", match["y"], moment, match.start())
        return True

    def years(match: re.Match[str]) -> None:
        parts.when(f"year({moment}) BETWEEN {parts.number(match[1])} AND {parts.number(match[2])}", match.start())

    to = r"(?:and|to|until|till|through|-)"
    parts.take(
        rf"\b(?:between|from) (?P<m>{MONTH})\b(?: ⟦y(?P<y1>\d+)⟧)? {to} (?P<to>{MONTH})\b(?: of)?(?: ⟦y(?P<y>\d+)⟧)?",
        months,
    )
    parts.take(rf"\b(?:between|from) ⟦y(\d+)⟧ {to} ⟦y(\d+)⟧", years)


def _halves(parts: Parts, moment: str) -> None:
    """`in the second half of 2025`, `H1 2025`, `between the first and the second half`."""

    def half(match: re.Match[str]) -> bool:
        number = parts.whole(match["n"]) if match["n"] else 1 if match["h"] == "first" else 2
        if number not in (1, 2):
            return False
        span = "BETWEEN 1 AND 6" if number == 1 else "BETWEEN 7 AND 12"
        _when(parts, f"month({moment}) {span}", match["y"], moment, match.start())
        return True

    def both(match: re.Match[str]) -> None:
        parts.keys[f"CASE WHEN month({moment}) <= 6 THEN 'first half' ELSE 'second half' END"] = "half"
        parts.in_order, parts.timed = "half", True
        if match["y"]:
            parts.when(f"year({moment}) = {parts.number(match['y'])}", match.start())

    parts.take(
        rf"\b(?:(?:between|in|of|for) )?(?:the )?(?:first|h ⟦n\d+⟧)(?: half)? (?:and|vs|versus|or|to|with|against|compared (?:to|with)) (?:in )?(?:the )?(?:second|h ⟦n\d+⟧)(?: half)?{_YEAR}",
        both,
    )
    parts.take(rf"(?:{_LEAD} )?{_HALF}{_YEAR}", half)


def _months(parts: Parts, moment: str) -> None:
    """`in March 2025`, `in January or February`."""

    def act(match: re.Match[str]) -> None:
        numbers = [_month(name) for name in re.findall(rf"\b(?:{MONTH})\b", match["m"])]
        told = f"= {numbers[0]}" if len(numbers) == 1 else f"IN ({', '.join(map(str, numbers))})"
        _when(parts, f"month({moment}) {told}", match["y"], moment, match.start())

    def two(match: re.Match[str]) -> None:
        days = [date(parts.whole(match[y] or match["y2"]), _month(match[m]), 1) for m, y in (("m", "y"), ("m2", "y2"))]
        told = ", ".join(f"DATE '{day}'" for day in days)
        parts.when(f"date_trunc('month', {moment})::date IN ({told})", match.start())
        _ = parts.period("month")

    parts.take(
        rf"\b(?:in|for|between) (?P<m>{MONTH})\b(?:(?: of)? ⟦y(?P<y>\d+)⟧)? (?:and|vs|versus|compared (?:to|with)|against) (?:in )?(?P<m2>{MONTH})\b(?: of)? ⟦y(?P<y2>\d+)⟧",
        two,
    )
    several = rf"(?P<m>(?:{MONTH})\b(?: (?:,|and|or|, and|, or) (?:in )?(?:{MONTH})\b)*)"
    parts.take(rf"{_LEAD} {several}(?: of)?(?: ⟦y(?P<y>\d+)⟧)?", act)


def _quarters(parts: Parts, moment: str) -> None:
    """`in Q1`, `in the first quarter of 2025`."""

    def act(match: re.Match[str]) -> bool:
        number = (
            parts.whole(match["n"]) if match["n"] else 4 if match["q"] == "last" else _ORDINALS.index(match["q"]) + 1
        )
        if number not in (1, 2, 3, 4):
            return False
        _when(parts, f"quarter({moment}) = {number}", match["y"], moment, match.start())
        return True

    parts.take(
        rf"(?:{_LEAD} )?(?:\bq ⟦n(?P<n>\d+)⟧|(?<=the )(?P<q>{'|'.join(_ORDINALS)}|last(?= quarter of)) quarter){_YEAR}",
        act,
    )


def _years(parts: Parts, moment: str) -> None:
    """`in 2025`, `since 2024`, `in 2024 or 2025`, `in 2024 vs 2025`."""

    def year(match: re.Match[str]) -> bool:
        before = re.search(r"⟦c(\d+)⟧ $", parts.said[: match.start()])
        if before and in_years(parts.fact(before[1])):
            return False  # built before 2000
        sign = {"since": ">=", "from": ">=", "after": ">", "before": "<", "until": "<="}.get(match["op"], "=")
        parts.when(f"year({moment}) {sign} {parts.number(match['y'])}", match.start())
        return True

    def two(match: re.Match[str]) -> None:
        parts.when(f"year({moment}) IN ({parts.number(match['y'])}, {parts.number(match['z'])})", match.start())
        if match["how"] not in ("or", "and"):
            parts.period("year")

    def compared(match: re.Match[str]) -> None:
        two(match)
        parts.period("year")

    parts.take(
        r"\b(?:in|during|for|between|of) ⟦y(?P<y>\d+)⟧ (?P<how>and|or|vs|versus|compared (?:to|with)) (?:in )?⟦y(?P<z>\d+)⟧",
        two,
    )
    parts.take(r"^\W*compare ⟦y(?P<y>\d+)⟧ (?P<how>with|to|and|vs|versus|against) ⟦y(?P<z>\d+)⟧", compared)
    parts.take(
        r"\b(?P<op>in|during|since|from|after|before|until|for|of) (?:the year )?⟦y(?P<y>\d+)⟧(?! (?:and|to|vs|versus|-|or) ⟦y)",
        year,
    )


def _relative(parts: Parts, moment: str) -> None:
    """`last month`, `this year`, `in the last 30 days`: counted from today, or from the last row where that is earlier."""
    table = parts.table.name

    def one(match: re.Match[str]) -> bool:
        if re.match(r" of (?:⟦y|the|it)", parts.said[match.end() :]):
            return False  # the last month of 2025
        parts.nearby(match["unit"], match.start(), before=match["which"] not in ("this", "current"))
        return True

    def several(match: re.Match[str]) -> None:
        parts.lately(parts.whole(match["n"]), match["unit"], match.start())

    def day(match: re.Match[str]) -> None:
        parts.nearby("day", match.start(), before=match["which"] == "yesterday")

    def both(match: re.Match[str]) -> None:
        parts.when(last_two(table, moment, match["unit"]), match.start())
        _ = parts.period(match["unit"])

    which, units = "last|this|current|previous|past", "month|year|quarter|week"
    parts.take(
        rf"\b(?:(?:in|for|between) )?(?:the )?(?P<a>{which}) (?P<unit>{units}) (?:vs|versus|compared (?:to|with)|and|against) (?:the )?(?!(?P=a))(?:{which}) (?P=unit)\b",
        both,
    )
    parts.take(r"\b(?P<which>today|yesterday)\b(?!')", day)
    spoken = r"\b(?:last|this|current|previous|past|prior|same|next) (?:month|year|quarter|week)\b"
    if len(re.findall(spoken, parts.said)) == 1 and not re.search(
        rf"\b(?:{_BESIDE}) (?:the )?{spoken[2:]}", parts.said
    ):
        parts.take(
            r"(?:\b(?:in|during|for|over|of|from|within) )?(?:the )?\b(?P<which>last|this|current|previous|past|prior) (?P<unit>month|year|quarter|week)\b",
            one,
        )
    parts.take(
        r"\b(?:(?:in|during|for|over|of|from|within) )?(?:the )?(?:last|past|previous) ⟦n(?P<n>\d+)⟧ (?P<unit>day|week|month|year)s?\b",
        several,
    )


_BESIDE = r"since|before|after|until|till|than|vs|versus|to|with|and|or"
"""Words before a time that bound or compare it."""


def _weekends(parts: Parts, moment: str) -> None:
    """`on weekends`, `weekends compared to weekdays`."""
    both = r"\b(?:on )?(?:weekends?|weekdays?) (?:compared (?:to|with)|versus|vs|and|or|than) (?:on )?(?:weekdays?|weekends?)\b"
    parts.take(both, lambda m: parts.weekends())
    parts.take(
        r"(?<!by )(?<!per )(?<!each )(?:\b(?:on|at|during) )?(?:\b(?:the|an?) )?\bweekends?\b",
        lambda m: parts.when(on_weekends(moment), m.start()),
    )
