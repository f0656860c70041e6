"""The columns of a table that tell when its rows began, ended and were due, by their names, and times as SQL."""

import re
from collections.abc import Sequence

from assistant.context import ColumnFact, Table
from assistant.words import split_words, stem
from tools.words import identifier

SECONDS = {"minute": 60, "hour": 3600, "day": 86400, "week": 604800}
_STARTS = "open start begin order ship shipp request creat purchas book hire join submit report admit admitt submitt receiv place issu depart sign enter born list log regist check arriv call appli apply"
_ENDS = "clos end finish deliver complet resolv return discharg fix solv settl leav left paid sold cancel exit out done land drop decid"
_DUES = "due promis deadlin expect estimat schedul plan plann target"
_START, _END, _DUE = (frozenset(words.split()) for words in (_STARTS, _ENDS, _DUES))
"""Stems of names of moments: when something began, when it ended, when it was due."""
_KOREAN = {
    _START: re.compile(
        "접수|등록|신청|주문|시작|입고|출발|가입|대여|입원|개설|발생|요청|예약|문의|구매|계약|생성|입사|입장|입차|입실|체크인"
    ),
    _END: re.compile("완료|종료|마감|반납|퇴원|도착|해결|해지|출고|퇴사|탈퇴|퇴장|출차|퇴실|체크아웃|반환"),
    _DUE: re.compile("예정|기한|만기|희망|목표"),
}
"""The same within Korean names."""
_TRIP = ("arriv", "depart")
_BEGUN = re.compile("시작|개시")
_ROW = re.compile(r"(?:일자|일시|날짜|일|시각|시간)$")


def _root(word: str) -> str:
    return stem(stem(word))


def happened(table: Table) -> list[ColumnFact]:
    """The columns of dates and moments but for those that tell when something was due."""
    return [column for column in table.columns if column.is_time and not _has(column, _DUE)]


def moment_of(table: Table, named: Sequence[ColumnFact]) -> ColumnFact | None:
    """The column that tells when a row happened: the only one, the one that is named, the one called like the table, or the start."""
    own, words = happened(table), {_root(word) for word in split_words(table.name)}
    like = [
        c for c in own if words & {_root(word) for word in split_words(c.name)} or _ROW.sub("", c.name) in table.name
    ]
    both = ends(table)
    for one in (own, [column for column in own if column in named], like):
        if len(one) == 1:
            return one[0]
    return both[0] if both else None


def ends(table: Table) -> tuple[ColumnFact, ColumnFact] | None:
    """The two columns that a row's time lies between; None where they are not clear."""
    own = happened(table)
    if len(trip := trips(table)) == 2:
        return trip[0], trip[1]
    starts = [column for column in own if _has(column, _START) and not _has(column, _END)]
    stops = [column for column in own if _has(column, _END)]
    if len(own) == len(starts) == 2 and len(begun := [c for c in own if _BEGUN.search(c.name)]) == 1:
        starts, stops = [column for column in own if column not in begun], begun  # asked for, then begun
    if len(own) == 2 and len(starts) + len(stops) == 1:
        [other] = [column for column in own if column not in (*starts, *stops)]
        starts, stops = (starts, [other]) if starts else ([other], stops)
    return (starts[0], stops[0]) if len(starts) == len(stops) == 1 else None


def tells_end(column: ColumnFact) -> bool:
    """Whether a moment is when something ended, by its name: it is empty where that is to come."""
    return _has(column, _END)


def trips(table: Table) -> list[ColumnFact]:
    """The arrival and the departure of a stay or the departure and the arrival of a trip, in the order of the table; empty for neither."""
    found = [c for c in happened(table) if any(word.startswith(_TRIP) for word in split_words(c.name))]
    return found if len(found) == 2 and len({_initial(column) for column in found}) == 2 else []


def are_stays(table: Table) -> bool:
    """Whether rows are stays: somebody arrives before they depart."""
    trip = trips(table)
    return bool(trip) and any(word.startswith("arriv") for word in split_words(trip[0].name))


def _initial(column: ColumnFact) -> str:
    return next(word[0] for word in split_words(column.name) if word.startswith(_TRIP))


def between(table: Table, unit: str = "", both: tuple[ColumnFact, ColumnFact] | None = None) -> tuple[str, str] | None:
    """The time from start to end, or from one moment to another, as a number, and its unit: days of dates, hours of moments unless told."""
    if (both := both or ends(table)) is None:
        return None
    start, end = (reference(table.name, column) for column in both)
    dates = "date" in {column.type for column in both}
    unit = unit or ("day" if dates else "hour")
    if dates and unit in ("day", "week"):
        return f"date_diff('day', {start}, {end})" + (" / 7" if unit == "week" else ""), unit
    return f"epoch({end} - {start}) / {SECONDS[unit]}", unit


def lateness(table: Table) -> tuple[str, str] | None:
    """How many days later than promised, and the condition that it is later, where one column tells when it was due."""
    both = ends(table)
    due = [c for c in table.columns if _has(c, _DUE) and (c.is_time or c.type == "int")]
    if both is None or len(due) != 1:
        return None
    start, end, by = (reference(table.name, column) for column in (*both, due[0]))
    days = f"date_diff('day', {by}, {end})" if due[0].is_time else f"date_diff('day', {start}, {end}) - {by}"
    return days, f"{end} > {by}" if due[0].is_time else f"{days} > 0"


def nearby(table: str, moment: str, unit: str, *, before: bool) -> str:
    """The condition that a moment lies in this month, or the one `before`, or in the last that has rows where that is earlier."""
    back = f" - INTERVAL 1 {unit.upper()}" if before else ""
    own, wanted = f"date_trunc('{unit}', {moment})::date", f"(date_trunc('{unit}', current_date){back})::date"
    return f"{own} = least({wanted}, (SELECT date_trunc('{unit}', max({moment}))::date FROM {identifier(table)}))"


def lately(table: str, moment: str, number: int, unit: str) -> str:
    """The condition that a moment lies in the last few days, counted from today, or from the last row where that is earlier."""
    end = f"least(current_date, (SELECT max({moment})::date FROM {identifier(table)}))"
    return f"{moment}::date > {end} - INTERVAL {number} {unit.upper()} AND {moment}::date <= current_date"


def last_two(table: str, moment: str, unit: str) -> str:
    """The condition that a moment lies in this year or the one before, counted as in `nearby`."""
    own, now = f"date_trunc('{unit}', {moment})::date", f"date_trunc('{unit}', current_date)::date"
    latest = f"least({now}, (SELECT date_trunc('{unit}', max({moment}))::date FROM {identifier(table)}))"
    return f"{own} >= ({latest} - INTERVAL 1 {unit.upper()})::date AND {own} <= {now}"


def on_weekends(moment: str) -> str:
    """The condition that a moment lies on a Saturday or Sunday."""
    return f"dayofweek({moment}) IN (0, 6)"


def reference(table: str, column: ColumnFact) -> str:
    """A column as SQL names it, with its table."""
    return f"{identifier(table)}.{identifier(column.name)}"


def _has(column: ColumnFact, words: frozenset[str]) -> bool:
    korean = _KOREAN[words].search(column.name) is not None
    return korean or any(stem(word) in words for word in split_words(column.name))
