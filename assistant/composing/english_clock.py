"""English phrases of days of the week and times of day: `on Mondays`, `before 8am`, `between 5pm and 7pm`, `after 18:30`.

What is not covered: times of columns that hold days alone, and parts of the day such as the morning.
"""

import re

from assistant.composing.moments import moment_of
from assistant.composing.parts import Parts

_DAYS = ("sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday")
_DAY = "|".join(f"{day}s?|{day[:3]}" for day in _DAYS)
_START = "starts?|starting|started|begins?|beginning|began|happen|happened|happens"
_TIME = r"⟦n(?P<h{0}>\d+)⟧(?: : ⟦n(?P<m{0}>\d+)⟧)?(?: ?(?P<half{0}>am|pm|a ?\. ?m ?\.|p ?\. ?m ?\.|o ' ?clock|h)\b)?"


def clock(parts: Parts) -> None:
    """Read the days of the week and the times of day that a request names."""
    if not parts.moment():
        return
    parts.take(
        rf"\b(?:on )?(?P<one>{_DAY}) (?:vs|versus|compared (?:to|with)|than) (?:on )?(?P<other>{_DAY})\b",
        lambda m: _on_days(parts, m),
    )
    parts.take(
        rf"\b(?:on|during|every|each) (?P<days>(?:{_DAY})\b(?:(?: ,| and| or| , and| &)+ (?:{_DAY})\b)*)",
        lambda m: _on_days(parts, m),
    )
    if not has_times(parts):
        return
    first, last = _TIME.format(1), _TIME.format(2)
    parts.take(
        rf"\b(?:(?:{_START}) )?(?:between|from) {first} (?:and|to|until|till|-) {last}", lambda m: _between(parts, m)
    )
    parts.take(rf"\b(?:(?:{_START}) )?(?P<op>before|after|since|from|until|till) {first}", lambda m: _bounded(parts, m))


def has_times(parts: Parts) -> bool:
    """Whether the moment of a row tells its time of day."""
    moment = moment_of(parts.table, [mark.column for mark in parts.marks if mark.column])
    return moment is not None and moment.type != "date"


def _on_days(parts: Parts, match: "re.Match[str]") -> None:
    """Take the rows of some days of the week; of two that are set against each other, a group each."""
    numbers = [_number(word) for word in re.findall(rf"\b(?:{_DAY})\b", match[0])]
    test = f"= {numbers[0]}" if len(numbers) == 1 else f"IN ({', '.join(map(str, numbers))})"
    parts.when(f"dayofweek({parts.moment()}) {test}", match.start())
    if "one" in match.groupdict():
        _ = parts.period("weekday")


def _number(word: str) -> int:
    return next(number for number, day in enumerate(_DAYS) if day.startswith(word.rstrip("s")[:3]))


def _clock(parts: Parts, match: "re.Match[str]", at: int, half: str = "") -> str:
    """A time of day as SQL; empty for what is none. Without am or pm it needs minutes or the other's `half`."""
    given = match.groupdict()
    hour, minute = parts.whole(given[f"h{at}"]), parts.whole(given[f"m{at}"]) if given[f"m{at}"] else 0
    said = (given[f"half{at}"] or half or "").replace(" ", "").replace(".", "")
    if said in ("am", "pm"):
        if not 1 <= hour <= 12:
            return ""
        hour = hour % 12 + 12 * (said == "pm")
    elif not said and not given[f"m{at}"]:
        return ""
    return f"TIME '{hour:02d}:{minute:02d}:00'" if hour < 24 and minute < 60 else ""


def _between(parts: Parts, match: "re.Match[str]") -> bool:
    first, last = _clock(parts, match, 1, half=match["half2"] or ""), _clock(parts, match, 2)
    if not first or not last or first >= last:
        return False
    own = f"{parts.moment()}::time"
    parts.when(f"{own} >= {first} AND {own} < {last}", match.start())
    return True


def _bounded(parts: Parts, match: "re.Match[str]") -> bool:
    if not (told := _clock(parts, match, 1)):
        return False
    sign = "<" if match["op"] in ("before", "until", "till") else ">="
    parts.when(f"{parts.moment()}::time {sign} {told}", match.start())
    return True
