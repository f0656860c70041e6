"""Korean phrases of when: years, halves, quarters, months, days, weekdays, and times that depend on today.

What is not covered: holidays, 재작년, and two times that are measured against each other (작년 대비 올해), which is growth.
"""

import re
from datetime import date, timedelta

from assistant.composing.korean_words import AND
from assistant.composing.moments import last_two, on_weekends
from assistant.composing.parts import Parts
from tools.words import identifier

_Y, _M, _D = (rf"⟦{kind}(?P<{name}>\d+)⟧ {word}" for kind, name, word in (("y", "y", "년도?"), ("n", "m", "월"), ("n", "d", "일")))  # fmt: skip
_IN = r"(?: ?(?:에는|에만|에|의|은|는|도|만|중에서|중에|중|동안|간|분|달))*(?= |$)"
"""What may follow a time."""
_BOUND = r"(?P<op>부터|이후(?:로|에|의)?|이전(?:에|의)?|전(?:에|의)?|까지(?:의)?)(?:만|는|은|도)?(?= |$)"
_AND = rf"(?: ?{AND})"
_WEEKDAYS = "일월화수목금토"
_NEAR = {
    "올해|금년|이번 ?해": ("year", False),
    "작년|지난 ?해": ("year", True),
    "이번 ?달|이달|금월": ("month", False),
    "지난 ?달|저번 ?달": ("month", True),
    "이번 ?주|금주": ("week", False),
    "지난 ?주|저번 ?주": ("week", True),
    "이번 ?분기": ("quarter", False),
    "지난 ?분기|저번 ?분기": ("quarter", True),
}
_UNITS = {"일": "day", "주": "week", "주일": "week", "개월": "month", "달": "month", "년": "year"}


def periods(parts: Parts) -> None:
    """Every phrase of when, the longest first."""
    if moment := parts.moment():
        for phrase in (_days, _ranges, _lately, _near, _bounded, _parts_of_years, _weekdays):
            phrase(parts, moment)


def _days(parts: Parts, moment: str) -> None:
    """`2025년 3월 5일`, `2025-03-05 이후`."""

    def act(match: re.Match[str]) -> bool:
        try:
            day = date(*(parts.whole(match[name]) for name in "ymd"))
        except ValueError:
            return False
        _since(parts, moment, match["op"] or "", (day, day + timedelta(days=1)), match.start())
        return True

    for form in (rf"{_Y} {_M} {_D}", r"⟦y(?P<y>\d+)⟧ - ⟦n(?P<m>\d+)⟧ - ⟦n(?P<d>\d+)⟧"):
        parts.take(rf"{form}(?: ?{_BOUND}|{_IN})", act)


def _since(parts: Parts, moment: str, word: str, span: tuple[date, date], at: int) -> None:
    """Take the rows since, before or in a span of days; 이후 has the span in it, 이전 has not."""
    first, last = f"{moment} >= DATE '{span[0]}'", f"{moment} < DATE '{span[1]}'"
    if word.startswith(("부터", "이후")):
        parts.when(first, at)
    elif word.startswith("까지"):
        parts.when(last, at)
    elif word:
        parts.when(f"{moment} < DATE '{span[0]}'", at)
    else:
        parts.when(f"{first} AND {last}", at)


def _ranges(parts: Parts, moment: str) -> None:
    """`3월부터 5월까지`, `2024년 11월부터 2025년 2월까지`, `2023년에서 2025년까지`, `3월과 4월`."""

    def months(match: re.Match[str]) -> bool:
        first, last = parts.whole(match["m"]), parts.whole(match["m2"])
        if match["y2"]:
            start, end = _month(parts, match["y"], first), _month(parts, match["y2"], last)
            if start is None or end is None or end < start:
                return False
            parts.when(f"{moment} >= DATE '{start}' AND {moment} < DATE '{_next(end)}'", match.start())
            return True
        if not 1 <= first < last <= 12:
            return False
        parts.when(f"month({moment}) BETWEEN {first} AND {last}", match.start())
        return match["y"] is None or _of_year(parts, moment, match)

    def years(match: re.Match[str]) -> None:
        parts.when(f"year({moment}) BETWEEN {parts.number(match['y'])} AND {parts.number(match['y2'])}", match.start())

    def several(match: re.Match[str]) -> None:
        unit = "quarter" if "분기" in match[0] else "month"
        found = re.findall(r"⟦n(\d+)⟧", match[0])
        parts.when(f"{unit}({moment}) IN ({', '.join(map(parts.number, found))})", match.start())
        if re.search("비교|차이", parts.said):
            parts.keys[f"{unit}({moment})"], parts.in_order = unit, unit

    to = r"(?: ?(?:부터|에서|~|-))"
    parts.take(rf"(?:{_Y} )?⟦n(?P<m>\d+)⟧(?: 월)?{to} (?:⟦y(?P<y2>\d+)⟧ 년 )?⟦n(?P<m2>\d+)⟧ 월 ?(?:까지|사이)?{_IN}", months)  # fmt: skip
    parts.take(rf"⟦y(?P<y>\d+)⟧(?: 년)?{to} ⟦y(?P<y2>\d+)⟧ 년 ?(?:까지|사이)?{_IN}", years)
    for word in ("월", "분기"):
        parts.take(rf"⟦n\d+⟧(?: {word})?(?:{_AND} ⟦n\d+⟧(?: {word})?)*{_AND} ⟦n\d+⟧ {word}{_IN}", several)


def _of_year(parts: Parts, moment: str, match: "re.Match[str]") -> bool:
    parts.when(f"year({moment}) = {parts.number(match['y'])}", match.start())
    return True


def _month(parts: Parts, year: str | None, month: int) -> date | None:
    """The first day of a month; None where there is none."""
    return date(parts.whole(year), month, 1) if year and 1 <= month <= 12 else None


def _next(start: date) -> date:
    return (start.replace(day=1) + timedelta(days=32)).replace(day=1)


def _lately(parts: Parts, moment: str) -> None:
    """`최근 30일`, `최근 3개월 동안`, `지난 2주간`, `최근 일주일`."""
    lead = r"(?<!\S)(?:최근|지난)"
    parts.take(
        rf"{lead} ⟦n(?P<n>\d+)⟧ (?P<unit>주일|일|주|개월|달|년){_IN}",
        lambda m: parts.lately(parts.whole(m["n"]), _UNITS[m["unit"]], m.start()),
    )
    parts.take(rf"{lead} 일주일{_IN}", lambda m: parts.lately(7, "day", m.start()))


def _near(parts: Parts, moment: str) -> None:
    """`올해`, `지난달`, `올해와 작년`: counted from today, or from the last row where that is earlier."""
    words = "|".join(_NEAR)
    said = [(unit, before) for told, (unit, before) in _NEAR.items() if re.search(rf"(?<!\S)(?:{told})", parts.text)]
    if re.search(r"(?:대비|보다|비해)(?= |$)|(?<!\S)이후|⟧ 년 이전", parts.said) and len(said) > 1:
        return

    def one(match: re.Match[str]) -> None:
        unit, before = next(near for told, near in _NEAR.items() if re.fullmatch(told, match[1]))
        parts.nearby(unit, match.start(), before=before)

    def both(match: re.Match[str]) -> bool:
        parts.when(last_two(parts.table.name, moment, said[0][0]), match.start())
        return parts.period(said[0][0])

    if len(said) == 2 and said[0][0] == said[1][0]:
        parts.take(rf"(?<!\S)(?:{words}){_AND} (?:{words}){_IN}|(?<!\S)(?:{words}) vs (?:{words}){_IN}", both)
    elif len(said) == 1:
        parts.take(rf"(?<!\S)({words}){_IN}", one)


def _bounded(parts: Parts, moment: str) -> None:
    """`2024년 이후`, `2025년 3월부터`, `2023년까지`."""

    def act(match: re.Match[str]) -> bool:
        month = match.groupdict().get("m")
        start = _month(parts, match["y"], parts.whole(month) if month else 1)
        if start is None:
            return False
        end = _next(start) if month else start.replace(year=start.year + 1)
        _since(parts, moment, match["op"], (start, end), match.start())
        return True

    for form in (rf"{_Y} {_M}", _Y):
        parts.take(rf"{form} ?{_BOUND}", act)


def _parts_of_years(parts: Parts, moment: str) -> None:
    """`2025년`, `3월`, `1분기`, `상반기`."""

    def part(unit: str, most: int, match: re.Match[str]) -> bool:
        if not 1 <= parts.whole(match[1]) <= most:
            return False
        parts.when(f"{unit}({moment}) = {parts.number(match[1])}", match.start())
        return True

    def half(match: re.Match[str]) -> None:
        months = "BETWEEN 1 AND 6" if match[1] == "상" else "BETWEEN 7 AND 12"
        parts.when(f"month({moment}) {months}", match.start())

    def halves(match: re.Match[str]) -> None:
        parts.keys[f"CASE WHEN month({moment}) <= 6 THEN '상반기' ELSE '하반기' END"] = "half"
        parts.in_order, parts.timed = "half", True

    def years(match: re.Match[str]) -> None:
        parts.when(f"year({moment}) IN ({parts.number(match[1])}, {parts.number(match[2])})", match.start())
        if not re.search(r"⟧ 년?(?:이나|나| 또는| 혹은) ⟦", match[0]):
            _ = parts.period("year")

    parts.take(rf"⟦y(\d+)⟧(?: 년도?)?(?:{_AND}| vs| 대) ⟦y(\d+)⟧ 년도?{_IN}", years)
    parts.take(rf"⟦y(\d+)⟧(?: 년도?)?{_IN}", lambda m: part("year", 9999, m))
    parts.take(rf"⟦n(\d+)⟧ 월{_IN}", lambda m: part("month", 12, m))
    parts.take(rf"⟦n(\d+)⟧ 분기{_IN}", lambda m: part("quarter", 4, m))
    parts.take(rf"(?<!\S)(?:상반기|하반기)(?:{_AND}| vs| 대) (?:하반기|상반기){_IN}", halves)
    parts.take(rf"(?<!\S)([상하])반기{_IN}", half)


def _weekdays(parts: Parts, moment: str) -> None:
    """`월요일에`, `토요일과 일요일`, `주말`, `평일`, `주말과 평일`, `오전`."""

    def days(match: re.Match[str]) -> None:
        found = sorted({_WEEKDAYS.index(day) for day in re.findall(r"(\S)요일", match[0])})
        told = f"= {found[0]}" if len(found) == 1 else f"IN ({', '.join(map(str, found))})"
        parts.when(f"dayofweek({moment}) {told}", match.start())
        if len(found) > 1 and re.search("비교|차이", parts.said):
            _ = parts.period("weekday")

    one = rf"[{_WEEKDAYS}]요일"
    parts.take(rf"(?<!\S){one}(?:{_AND} {one})*{_IN}", days)
    parts.take(
        rf"(?<!\S)(?:주말|평일)(?:{_AND}| vs| 대)? (?:평일|주말){_IN}|(?<!\S)주말 ?/ ?평일{_IN}",
        lambda m: parts.weekends(),
    )
    parts.take(rf"(?<!\S)주말{_IN}", lambda m: parts.when(on_weekends(moment), m.start()))
    parts.take(rf"(?<!\S)평일{_IN}", lambda m: parts.when(f"NOT ({on_weekends(moment)})", m.start()))
    if any(
        column.type == "timestamp" and moment.endswith(f".{identifier(column.name)}") for column in parts.table.columns
    ):
        parts.take(
            rf"(?<!\S)(오전|오후){_IN}",
            lambda m: parts.when(f"hour({moment}) {'<' if m[1] == '오전' else '>='} 12", m.start()),
        )
