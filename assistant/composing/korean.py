"""Korean phrases of questions, each read into a part of the query; marks stand apart from the particles after them.

What is not covered: groups beside other groups, quotients (per kg), how often something is so.
"""

import re

from assistant.composing.columns import among, is_age, is_rating
from assistant.composing.korean_dates import periods
from assistant.composing.korean_groups import groups
from assistant.composing.korean_pace import alone, gathered, growth, in_korean, paces, sold
from assistant.composing.korean_rows import (
    against_average,
    elapsed,
    empty,
    flags,
    is_row,
    numbers,
    open_ones,
    ranked,
    values,
)
from assistant.composing.korean_tops import measured, sized, tops
from assistant.composing.korean_words import AGG, AGGREGATES, AND, ASKS, MOSTLY, NAMES, OP, P, sign_of
from assistant.composing.moments import between, ends
from assistant.composing.pace import measure_span
from assistant.composing.parts import C, Parts
from assistant.composing.phrases import meaning
from tools.words import identifier

_ROW = "건|개|명|번|곳|대|회"
_LASTS = re.compile("소요|(?:시간|기간|일수|분)$")
_KINDS = "명|개|곳|가지|종류|종|군데"


def read(parts: Parts) -> None:
    """Read every phrase, in an order in which none hides another."""
    parts.take(
        rf"(?<!\S)[월연일] (?={C})",
        lambda m: re.search("month|year|annual|dai", parts.fact(m[1]).name, re.IGNORECASE) is not None,
    )
    gathered(parts)
    for phrase in (elapsed, _spans, growth, periods, measured, sold, _shares, _compared, groups, sized, against_average, numbers, ranked, open_ones, paces, _counts, _aggregates, empty, values, flags, tops, alone, _people):  # fmt: skip
        phrase(parts)
    _named(parts)


def _named(parts: Parts) -> None:
    """Call the parts of the calendar in Korean, and tell weekdays so."""
    days = str([f"{day}요일" for day in "일월화수목금토"])
    told = {re.sub(r"^dayname\((.*)\)$", rf"{days}[dayofweek(\1) + 1]", sql): name for sql, name in parts.keys.items()}
    told = {sql.replace("'weekend'", "'주말'").replace("'weekday'", "'평일'"): name for sql, name in told.items()}
    parts.keys = {sql: NAMES.get(name, name) for sql, name in told.items()}
    parts.measures = {sql: in_korean(name) for sql, name in parts.measures.items()}
    parts.told = {sql: NAMES.get(name, name) for sql, name in parts.told.items()}
    if parts.in_order.strip('"') in NAMES:
        parts.in_order = identifier(NAMES[parts.in_order.strip('"')])
    if parts.subject not in parts.keys and parts.subject:
        parts.subject = list(parts.keys)[-1]


def _spans(parts: Parts) -> None:
    """`처리까지 걸린 시간`, `평균 소요 기간`, `며칠 걸려`, `3일 넘게 걸린`."""
    if (both := ends(parts.table)) is None:
        return
    if any(column.is_number and _LASTS.search(column.name) for column in parts.table.columns):
        return  # a column tells how long it took
    unit_of = {"시간": "hour", "일": "day", "주": "week", "분": "minute"}

    def limited(match: re.Match[str]) -> bool:
        found = between(parts.table, unit_of[match["unit"]])
        if found is None:
            return False
        parts.where(f"{found[0]} {sign_of(match['op'] or match['more'])} {parts.number(match['n'])}", match.start())
        return True

    def asked(match: re.Match[str]) -> bool:
        number = match.groupdict().get("end")
        if number and parts.fact(number) is not both[1]:
            return False
        unit = "hour" if "시간" in match[0] or "얼마나" in match[0] else "day"
        found = between(parts.table, "" if "얼마나" in match[0] else unit)
        parts.span, parts.unit = found or ("", "")
        return found is not None

    end = r"(?:⟦c(?P<end>\d+)⟧(?: 되기| 하기|되는 데|하는 데| 완료)?(?: ?까지| 하는 데| 되는 데| 데)? ?)?"
    parts.take(
        rf"⟦n(?P<n>\d+)⟧ (?P<unit>시간|일|주|분) ?(?:(?P<op>안에|이내에?)|(?P<more>{OP}) ?(?:걸린|걸려서|걸리는|소요된|소요되는|기다린|대기한|⟦t\d+⟧ ?(?:한|된)))",
        limited,
    )
    parts.take(
        rf"{end}(?:(?:걸린|걸리는|소요된|소요되는) (?:시간|기간|일수)|(?:처리|소요|배송|대기|해결|완료|⟦t\d+⟧) ?(?:시간|기간|일수)|(?:평균 )?(?:며칠|몇 ?일|몇 ?시간|얼마나) ?(?:이나 )?걸(?:려|리|렸|린)\S*){P}",
        asked,
    )


def _people(parts: Parts) -> None:
    """`여성 고객의 평균 요금`, `차는 몇 대야`: who a row is of says nothing beside what they are, but where they are counted."""
    counted = any(sql.startswith("count(") for sql in parts.measures)
    particle = "(?:의|들의|들은|들|은|는|이|가)?(?= |$)"
    whose = re.compile(r"(?:⟦v\d+⟧|⟧ 대|⟧ 세|⟧ 살|이상|이하)(?:인|의)? $")
    parts.take(
        rf"(?<!\S)(?:고객|손님|회원|이용자|사용자|구매자|예약자|환자){particle}",
        lambda m: (
            (not counted or parts.said.startswith("⟦t", m.end() + 1))
            and whose.search(parts.said[: m.start()]) is not None
        ),
    )
    if not counted:
        parts.take(rf"{C} ?{particle}", lambda m: is_row(parts, m[1]))
    if not counted or re.search("몇 ?대|대수", parts.said):
        parts.drop(rf"(?<!\S)(?:차|차량){particle}")


def _counts(parts: Parts) -> None:
    """`건수`, `몇 건이야`, `고객 수`, `몇 명`."""
    counted = rf"(?:은|는|이|가)? ?(?:총 |모두 )?몇 ?(?:{_KINDS}){P} ?{ASKS}(?= |$)(?: ?(?:있|되|돼)\S*)?"
    parts.take(rf"(?:서로 다른 |고유한? )?{C} {counted}", lambda m: _told(parts, m[1]) and parts.distinct(m[1]))
    parts.take(rf"(?<!\S)몇 ?(?:가지|종류)(?: ?의)? {C}{P}", lambda m: _told(parts, m[1]) and parts.distinct(m[1]))
    parts.take(rf"{C} (?:종류|가짓수)(?: ?수)?{P}(?= |$)", lambda m: _told(parts, m[1]) and parts.distinct(m[1]))
    parts.take(
        rf"{C}{P} ?(?:총 )?(?:몇 ?(?:건|회|번){P} ?{ASKS}(?= |$)|(?:자 ?수|건수|횟수){P})",
        lambda m: _by_moment(parts, m[1]),
    )
    parts.take(
        rf"(?:⟦t\d+⟧{P} )?(?:판매 |주문 |등록 )?(?:건수|횟수|인원수|인원|명수|개수|대수){P}(?: ?(?:야|이야))?",
        lambda m: parts.count(),
    )
    parts.take(
        rf"(?:⟦t\d+⟧{P} )?(?:은 |는 )?(?:총 )?몇 ?(?:{_ROW}){P} ?{ASKS}(?= |$)(?: ?(?:있|되|돼)\S*)?",
        lambda m: parts.count(),
    )
    parts.take(r"⟦t\d+⟧ 수(?:는|가|를|은|와|랑|의)?(?= |$)", lambda m: parts.count())
    parts.take(rf"(?<!평균 ){C} 수(?:는|가|를|은|와|랑|의)?(?= |$)", lambda m: parts.distinct(m[1]))


def _by_moment(parts: Parts, number: str) -> bool:
    """Count rows by the moment they are called after: 배송은 몇 건 of a shipping date."""
    found = parts.fact(number).is_time and parts.column(number) == parts.moment()
    if found:
        parts.count()
    return found


def _told(parts: Parts, number: str) -> bool:
    """Whether the different values of a column are counted: texts and keys, no measures."""
    fact = parts.fact(number)
    return not fact.is_number or re.search(r"(?:번호|코드|id)$", fact.name, re.IGNORECASE) is not None


def _aggregates(parts: Parts) -> None:
    """`평균 가격`, `가격의 합계`, `총 매출`, `처리 시간의 중앙값`."""

    if parts.span:
        told = [
            call for call, words in AGGREGATES.items() if parts.drop(rf"(?<!\S)(?:{words}){P}(?= |$|은|는|을|를|이)")
        ]
        measure_span(parts, told)
        return
    parts.take(
        rf"(?:⟦t\d+⟧ ?(?:(?:한|⟦n\d+⟧) )?(?:건 ?)?|(?<!\S)(?:(?:한|⟦n\d+⟧) )?건 ?)당 (?:평균 )?{C}",
        lambda m: parts.aggregate("avg", m[1]),
    )
    calls = rf"(?P<calls>(?:{AGG})(?: ?{AND} (?:{AGG}))+)(?:은|는|을|를|이|가)?(?= |$)"
    parts.take(
        rf"{C}{P} ?{calls}",
        lambda m: parts.aggregates([meaning(one, AGGREGATES) for one in re.findall(AGG, m["calls"])], [m[1]]),
    )
    several = rf"{C}(?: ?(?:와|과|랑|이랑|,|하고) ?⟦c\d+⟧)*"
    for pattern in (
        rf"(?<!\S)(?P<agg>{AGG}) {several}(?: 수(?:는|가|를|은)?(?= |$))?",
        rf"{several}{P} ?(?P<agg>{AGG})(?:은|는|을|를|이|가|값)?(?= |$)",
    ):
        parts.take(pattern, lambda m: parts.aggregates([meaning(m["agg"], AGGREGATES)], re.findall(r"⟦c(\d+)⟧", m[0])))
    grouped = parts.keys or parts.compares or re.search(rf"{MOSTLY}|[상하]위", parts.text)
    if grouped and not parts.measures.keys() - {parts.rows}:
        parts.take(
            rf"{several}(?= (?:이|가|을|를|은|는)? ?{MOSTLY})|{several}(?: 을| 를| 은| 는)?(?: 추이\S*| 추세\S*| 흐름\S*)?(?= (?:보여|알려|비교|순위|상위|하위|묶|집계|합산|정리|계산)|\s*[?.]?\s*$)",
            lambda m: all(parts.add_up(n) or parts.rated(n) for n in re.findall(r"⟦c(\d+)⟧", m[0])),
        )


def _shares(parts: Parts) -> None:
    """`비율`, `몇 퍼센트`, `환불율`, `전체 요금에서 트럭이 차지하는 비중`."""

    def within(match: re.Match[str]) -> bool:
        mark, column = parts.marks[int(match["v"])], parts.column(match["c"])
        fact = parts.fact(match["c"])
        if not fact.is_number or is_rating(fact) or is_age(fact) or parts.column(match["v"]) == column:
            return False
        only = f"sum({column}) FILTER (WHERE {among(parts.column(match['v']), mark.values)})"
        parts.measures[f"{only} / sum({column})"] = "share"
        return True

    parts.take(
        r"⟦v(?P<v>\d+)⟧(?: 의)? ⟦c(?P<c>\d+)⟧ ?(?:이|가|은|는)? (?:전체 )?(?:⟦c(?P=c)⟧ ?|전체 ?)?(?:에서|중에서|중에|중|의)? ?차지하는 (?:비중|비율)(?:은|는|이)?(?= |$)",
        within,
    )
    parts.take(
        r"(?:전체 )?⟦c(?P<c>\d+)⟧ ?(?:에서|중에서|중에|중|의) ⟦v(?P<v>\d+)⟧ ?(?:이|가) 차지하는 (?:비중|비율)(?:은|는|이)?(?= |$)",
        within,
    )
    parts.take(rf"{C} ?(?:비율|률|율)(?:은|는|을|를|이|가)?(?= |$)", lambda m: parts.rate(m[1]))
    parts.take(r"⟦v(\d+)⟧ ?[률율](?:은|는|을|를|이|가|의)?(?= |$)", lambda m: parts.rate_of(m[1], "비율"))
    if not parts.measures and re.search("별(?:로)?(?:는|도)?(?= |$)|마다", parts.said) is None:
        parts.take(rf"^\W*{C} ?(?:비율|비중|분포)(?:은|는|을|를|이|가)?(?= |$)", lambda m: _spread(parts, m))
    parts.take(
        r"(?<!\S)(?:비율|비중)(?:은|는|을|를|이|가)?(?= |$)|몇 ?(?:퍼센트|프로|%)\S*",
        lambda m: setattr(parts, "share", m.start()),
    )


def _spread(parts: Parts, match: "re.Match[str]") -> bool:
    """`성별 비율은?`: the share of each value of a column that has few."""
    fact = parts.fact(match[1])
    if fact.type != "text" or not fact.values:
        return False
    parts.share = match.start()
    return parts.group(match[1])


def _compared(parts: Parts) -> None:
    """`카드와 현금 비교`."""
    parts.compares = parts.drop(r"(?<!\S)비교(?:해|하면|해서)?\S*|(?<!\S)차이(?:가|는|를)?(?= |$)")
