"""When something recurs, read from words: a time of day, weekdays, days of the month, a span, a cron line, or a change.

English and Korean, by rule; whatever else the words say is passed over, so that a whole request can be read. Times are
those of this machine. What is not covered: "every second Tuesday", holidays, and several times in one day but as cron.
"""

import re
from collections.abc import Callable
from datetime import UTC, datetime, tzinfo
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict

from tools.number_words import ENGLISH, KOREAN, either, number_said
from tools.tool import ToolError

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_NAMES = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_KOREAN_DAYS = "월화수목금토일"
_UNITS = {"second": 1.0, "minute": 60.0, "hour": 3600.0, "day": 86_400.0, "week": 604_800.0}
_KOREAN_UNITS = {"초": "second", "분": "minute", "시간": "hour", "일": "day", "주": "week"}
_EACH = {"a": 1, "an": 1, "other": 2}
EXAMPLES = "every day at 07:00, every Monday at 9, every 15 minutes, 매일 아침 7시, 0 7 * * *, when the file changes"
BOOKED = (
    r"(?:예측|작업|실행|업데이트|하도록|되도록|하게) ?예약|예약(?:된|한)? ?(?:예측|작업|실행)|예약(?:을|를)? ?(?:해 ?(?:줘|주|둬|놔)|걸어)"
    r"|예약(?:을|를|은)? ?(?=(?:(?:취소|삭제|중지|중단|재개)(?:해)?|지워|멈춰) ?(?:줘|주))"
)
"""예약 of predictions; the bookings of a hotel are rows."""
_CRON = re.compile(
    r"(?<!\S)((?:[\d*/,\-]+ ){2}[\d*/,\-]+ (?:[\d*/,\-]+|[a-zA-Z,\-]{3,}) (?:[\d*/,\-]+|[a-zA-Z,\-]{3,}))(?!\S)"
)
_CHANGE = re.compile(
    r"\b(?:when(?:ever)?|each time|every time|as soon as|if|on)\b[^.]*\b(?:chang\w*|updat\w*|arriv\w*|modif\w*|new (?:data|rows|files?))\b"
    r"|\bon change\b|(?:바뀌|바뀔|변경|업데이트|갱신|들어오|도착|추가)\S*(?: ?때| ?마다|면|될)|새 ?(?:파일|데이터)\S* ?(?:마다|때)",
    re.IGNORECASE,
)
_SPAN = re.compile(
    rf"\bevery (\d+|{either((*_EACH, *ENGLISH))})? ?(second|minute|hour|day|week|min|sec)s?\b"
    rf"|(\d+|{either(KOREAN)}) ?(초|분|시간|일|주)(?:에 한 번|마다|간격)|\b(hourly)\b|(매시간|매 시간|시간마다|매분)",
    re.IGNORECASE,
)
_HOURS = re.compile(
    r"\bevery (\d+) ?hours?(?:,? and)? ?(\d+) ?min|(\d+) ?시간 ?(\d+) ?분(?:에 한 번|마다|간격)", re.IGNORECASE
)
"""Hours with minutes: 1시간 30분마다."""
_CLOCK = (
    re.compile(r"\b(\d{1,2}):(\d{2}) ?([ap])?\.?m?\b\.?", re.IGNORECASE),
    re.compile(r"\b(\d{1,2}) ?([ap])\.?m\b\.?", re.IGNORECASE),
    re.compile(r"\bat (\d{1,2})(?: ?o'?clock)?\b(?!:| ?%)", re.IGNORECASE),
)
_KOREAN_CLOCK = re.compile(r"(오전|아침|새벽|오후|저녁|밤|낮)? ?(\d{1,2}) ?시(?!간) ?(?:(\d{1,2}) ?분|(반))?")
_PARTS = {
    r"\bmidnight\b|자정": (0, 0),
    r"\bnoon\b|정오": (12, 0),
    r"\bmorning|아침|오전": (7, 0),
    r"\bafternoon|오후": (15, 0),
    r"\b(?:evening|night)|저녁|밤": (19, 0),
}
_USUAL = (7, 0)
SMALL_HOURS = 5
"""Up to here an hour at night is one after midnight."""
_WEEKDAY = r"(?:mon|tues|wednes|thurs|fri|satur|sun)day"
_UNKNOWN = re.compile(
    rf"\b(?:every |each )?(?:other|first|second|third|fourth|last|1st|2nd|3rd|4th) {_WEEKDAY}"
    r"|\b(?:bi-?weekly|fortnight\w*)\b|격주|(?:첫|두|둘|세|셋|네|넷|마지막) ?(?:번째|째)? ?주? ?[월화수목금토일]요일"
    r"|\b(?:minutes?|mins?|hours?|hourly)\b.*\b(?:between|from) \d|\d ?시(?:부터|에서).*마다"
    r"|\bat \d{1,2}(?::\d{2})?(?: ?[ap]\.?m\.?)?(?:,| and| &) (?:at )?\d{1,2}(?::\d{2}| ?[ap]\.?m|\b(?! [a-z]))"
    r"|\d ?시(?:와|과|,| 및|하고)? ?(?:오전|오후|저녁|밤|아침)? ?\d{1,2} ?시",
    re.IGNORECASE,
)
"""Rhythms that would be read as simpler ones: every second Tuesday, between 9 and 17, several times a day."""


class When(BaseModel):
    """Either a cron line, a span in seconds, or a change of what is read."""

    model_config = ConfigDict(frozen=True)
    kind: Literal["cron", "every", "change"]
    cron: str = ""
    """Five fields; days of the week by their names."""
    seconds: float = 0.0

    def trigger(self, start: datetime, zone: tzinfo | None) -> Any:
        """APScheduler's trigger, which counts a span from `start`; None for a change."""
        from apscheduler.triggers.cron import CronTrigger
        from apscheduler.triggers.interval import IntervalTrigger

        if self.kind == "cron":
            return CronTrigger.from_crontab(self.cron, timezone=zone)
        if self.kind == "every":
            return IntervalTrigger(seconds=self.seconds, start_date=start, timezone=zone)
        return None

    def times(self, after: datetime, until: datetime, start: datetime, most: int = 10_000) -> list[datetime]:
        """The moments it falls due after one and up to another, at most so many."""
        trigger, found = self.trigger(start, until.tzinfo), list[datetime]()
        due = trigger.get_next_fire_time(None, after) if trigger else None
        while due is not None and due <= until and len(found) < most:
            if due > after and not self._again(due):  # the moment it starts from is no new one
                found.append(due)
            due = trigger.get_next_fire_time(due, due)
        return found

    def _again(self, due: datetime) -> bool:
        """Whether a time of day comes a second time, as clocks are put back."""
        return self.kind == "cron" and bool(due.fold) and self.cron.split()[1].isdigit()

    def words(self) -> str:
        """`every day at 07:00`."""
        if self.kind == "change":
            return "whenever it changes"
        if self.kind == "every":
            return f"every {_span_words(self.seconds)}"
        minute, hour, day, month, weekday = self.cron.split()
        if not (minute.isdigit() and hour.isdigit() and month == "*"):
            return f"by the cron line {self.cron}"
        at = f"at {int(hour):02d}:{int(minute):02d}"
        if day == "*" and weekday == "*":
            return f"every day {at}"
        if day == "*":
            return f"{_weekday_words(weekday)} {at}"
        missing = f" (not in months without a day {day})" if day.isdigit() and int(day) > 28 else ""
        return f"on the last day of every month {at}" if day == "last" else f"on day {day} of every month {at}{missing}"


def read_when(text: str) -> When:
    """When the words say. Raises ToolError where they say no time."""
    found = find_when(text)
    if found is None and (_UNKNOWN.search(text) or _mixed(text.casefold())):
        raise ToolError(
            f"'{text}' is more than one rhythm can say. Make one schedule for each time, or write a cron line, such as"
            " 0 7,19 * * * for 7 and 19 o'clock, 0 9 8-14 * tue for the second Tuesday, */30 9-17 * * * for every half hour by day."
        )
    if found is None:
        raise ToolError(f"'{text}' says no time that recurs. Say for example: {EXAMPLES}.")
    return found


def find_when(text: str) -> When | None:
    """When the words say; None where they say no time."""
    words = " ".join(text.split())
    if _UNKNOWN.search(words) and not _CRON.search(words):
        return None
    readers: tuple[Callable[[str], When | None], ...] = (_cron, _change, _day, _span)
    return next((found for read in readers if (found := read(words))), None)


def _cron(words: str) -> When | None:
    match = _CRON.search(words)
    if match is None:
        return None
    *fields, weekday = match[1].split()
    named = re.sub(r"\d+", lambda one: DAYS[(int(one[0]) - 1) % 7], weekday) if "/" not in weekday else weekday
    return _checked(" ".join([*fields, named.lower()]))


def _checked(cron: str) -> When:
    from apscheduler.triggers.cron import CronTrigger

    try:
        comes = CronTrigger.from_crontab(cron, timezone=UTC).get_next_fire_time(None, datetime(2024, 1, 1, tzinfo=UTC))
    except ValueError as error:
        raise ToolError(
            f"'{cron}' is no cron line: {error}. Write minute hour day month weekday, such as 0 7 * * *."
        ) from error
    if comes is None:
        raise ToolError(f"'{cron}' never comes: no month has such a day. Write minute hour day month weekday.")
    return When(kind="cron", cron=cron)


def _change(words: str) -> When | None:
    return When(kind="change") if _CHANGE.search(words) else None


def _day(words: str) -> When | None:
    """Days of the week, of the month, or every day; at a time."""
    hour, minute = _time(words) or _USUAL
    said = words.casefold()
    if _often(said):
        return None
    if day := _month_day(said):
        return _checked(f"{minute} {hour} {day} * *")
    if weekdays := _weekdays(said):
        return _checked(f"{minute} {hour} * * {weekdays}")
    daily = r"\b(?:every|each) (?:single )?(?:day|morning|afternoon|evening|night)\b|\b(?:daily|nightly)\b|매일|날마다|하루에 한 번|하루 ?한 ?번"
    if re.search(daily, said):
        return _checked(f"{minute} {hour} * * *")
    return None


def _month_day(said: str) -> str:
    monthly = re.search(r"\b(?:every|each|of the|of every|of each) month\b|\bmonthly\b|매월|매달|다달이", said)
    if not monthly:
        return ""
    if re.search(r"\blast day\b|\bend of\b|말일|월말", said):
        return "last"
    number = re.search(r"\b(\d{1,2})(?:st|nd|rd|th)\b|\bday (\d{1,2})\b|(\d{1,2}) ?일", said)
    day = int(next(filter(None, number.groups()))) if number else 1
    if not 1 <= day <= 31:
        raise ToolError(f"A month has no day {day}.")
    return str(day)


def _weekdays(said: str) -> str:
    if re.search(r"\b(?:week|work|business|working) ?days?\b|평일|주중", said):
        return "mon-fri"
    if re.search(r"\bweekends?\b|주말", said):
        return "sat,sun"
    english = [
        day for day, name in zip(DAYS, _NAMES, strict=True) if re.search(rf"\b{name.lower()}s?\b|\b{day}s?\b", said)
    ]
    korean = [day for day, sign in zip(DAYS, _KOREAN_DAYS, strict=True) if f"{sign}요일" in said]
    if pair := re.search(rf"매주 ?([{_KOREAN_DAYS}](?: ?[,·/] ?[{_KOREAN_DAYS}])+)", said):
        korean = [day for day, sign in zip(DAYS, _KOREAN_DAYS, strict=True) if sign in pair[1]]
    named = english or korean
    if not named and re.search(r"\b(?:weekly|(?:every|each|once a) week)\b|매주|주 1회|일주일에 한 번", said):
        return "mon"
    return ",".join(named)


def _time(words: str) -> tuple[int, int] | None:
    """The hour and minute that the words say; a part of the day where they name no hour."""
    if match := _CLOCK[0].search(words):
        return _hour(int(match[1]), int(match[2]), {"a": "am", "p": "pm"}.get((match[3] or "").lower(), ""))
    if match := _CLOCK[1].search(words):
        return _hour(int(match[1]), 0, f"{match[2].lower()}m")
    if match := _CLOCK[2].search(words):
        late = re.search(r"\b(?:evening|afternoon|(night))\b", words, re.IGNORECASE)
        return _hour(int(match[1]), 0, _half(int(match[1]), night=late[1] is not None) if late else "")
    if match := _KOREAN_CLOCK.search(words):
        part = {"오전": "am", "아침": "", "새벽": "am"}.get(match[1] or "", "pm" if match[1] else "")
        if match[1] in ("밤", "저녁"):
            part = _half(int(match[2]), night=match[1] == "밤")
        return _hour(int(match[2]), 30 if match[4] else int(match[3] or 0), part)
    return next((at for part, at in _PARTS.items() if re.search(part, words, re.IGNORECASE)), None)


def _half(hour: int, *, night: bool) -> str:
    """The half of the day of an hour that is late: twelve at night is midnight, two at night is before dawn."""
    return "am" if hour == 12 or (night and hour <= SMALL_HOURS) else "pm"


def _hour(hour: int, minute: int, half: str) -> tuple[int, int]:
    if half == "pm" and hour < 12:
        hour += 12
    if half == "am" and hour == 12:
        hour = 0
    if hour > 23 or minute > 59:
        raise ToolError(f"{hour}:{minute:02d} is no time of day. Give one from 00:00 to 23:59, such as 07:00.")
    return hour, minute


def _often(said: str) -> bool:
    """Whether a span is said that is not simply every day, week or month."""
    match = _SPAN.search(said)
    plain = match is not None and match[1] in (None, "1", "one") and match[2] in ("day", "week")
    return _HOURS.search(said) is not None or (match is not None and not plain)


def _mixed(said: str) -> bool:
    """Whether both a span and certain days are said: every 5 minutes on weekdays."""
    return _often(said) and bool(_month_day(said) or _weekdays(said))


def _span(words: str) -> When | None:
    match = _SPAN.search(words)
    if match is None or _mixed(words.casefold()):
        return None
    if long := _HOURS.search(words):
        hours, minutes = (int(number) for number in long.groups() if number)
        return When(kind="every", seconds=3600.0 * hours + 60.0 * minutes)
    english, unit, korean, korean_unit, hourly, korean_one = match.groups()
    if hourly or korean_one:
        return When(kind="every", seconds=60.0 if korean_one == "매분" else 3600.0)
    number = int(number_said(english or korean or "1", _EACH))
    name = (
        _KOREAN_UNITS[korean_unit]
        if korean_unit
        else {"min": "minute", "sec": "second"}.get(unit.lower(), unit.lower())
    )
    if number < 1:
        raise ToolError(f"'{match[0]}' is no span. Say for example: every 15 minutes.")
    return When(kind="every", seconds=number * _UNITS[name])


def _span_words(seconds: float) -> str:
    for name, size in reversed(_UNITS.items()):
        if seconds >= size and seconds % size == 0:
            count = int(seconds // size)
            return name if count == 1 else f"{count} {name}s"
    return f"{seconds:g} seconds"


def _weekday_words(weekday: str) -> str:
    if weekday == "mon-fri":
        return "on weekdays"
    names = dict(zip(DAYS, _NAMES, strict=True))
    return "every " + " and ".join(names.get(day, day) for day in weekday.split(","))
