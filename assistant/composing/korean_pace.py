"""Korean phrases of pace, growth and sales: `하루 평균 주문 건수`, `전월 대비 매출 증감률`, `몇 잔 팔렸어`, `4잔 이상 주문한`.

What is not covered: paces of weekends and of parts of the day, and growth of groups.
"""

import re

from assistant.composing.columns import adds_up, aggregate_name, called, is_rating
from assistant.composing.korean_words import ASKS, OP, P, sign_of
from assistant.composing.moments import last_two, reference
from assistant.composing.pace import grown, paced
from assistant.composing.parts import C, Parts
from assistant.context import ColumnFact

_PERIODS = {"하루|일|매일": "day", "일주일|한 ?주|주|매주": "week", "한 ?달|월|매월|매달": "month", "분기|매분기": "quarter", "일 ?년|한 ?해|연|년|매년": "year"}  # fmt: skip
_PACES = {"day": "하루_평균", "week": "주_평균", "month": "월_평균", "quarter": "분기_평균", "year": "연_평균"}
_BEFORE = {"전일|어제|전날": "day", "전주": "week", "전월|전달": "month", "전분기": "quarter", "전년|전년도": "year"}
_TWO = {"(?:작년|지난해) 대비 (?:올해|금년)": "year", "(?:지난 ?달|저번 ?달) 대비 (?:이번 ?달|이달)": "month", "(?:지난 ?주|저번 ?주) 대비 이번 ?주": "week"}  # fmt: skip
_EVERY = {"일별": "day", "주별": "week", "월별": "month", "분기별": "quarter", "연도별|연별|년도별": "year"}
_RATE = r"(?:증감률|증감율|증가율|증가률|성장률|성장율|변화율|변동률|증감|증가|변화)"
_ROWS = rf"(?:⟦t\d+⟧{P} )?(?:건수|횟수|주문 ?수)(?:은|는|이|가|을|를|의|도)?|⟦t\d+⟧ 수(?:은|는|이|가|을|를|의|도)?"
_WHAT = rf"(?:⟦c(?P<c>\d+)⟧|(?P<rows>{_ROWS}))"
_COUNTERS = "개|잔|장|권|병|그릇|켤레|벌|마리|송이|박스|상자|캔|팩|매|자루|통|판|알|봉지|줄|묶음|세트"
_QUANTITY = re.compile(r"(?:수량|판매량|판매수|개수)$|(?:^|_)(?:quantity|qty|units)(?:_|$)", re.IGNORECASE)
_SOLD = r"(?:팔렸|팔려|팔린|팔리|나갔|나간|나가|판매됐|판매되|판매된|판매했|주문됐|주문했|주문된)\S*"
_BOUGHT = r"(?:⟦t\d+⟧ ?(?:한|된)|주문한|구매한|구입한|산|사간|주문된|판매된|팔린|담은|시킨)"


def in_korean(name: str) -> str:
    """What a pace or a growth is called in Korean; other names as they are."""
    found = re.fullmatch(r"(?P<what>.+)_per_(?P<unit>day|week|month|quarter|year)", name)
    return f"{_PACES[found['unit']]}_{found['what']}" if found else "증감률" if name == "growth" else name


def gathered(parts: Parts) -> None:
    """`주말 매출과 평일 매출`, `강남점 매출과 홍대점 매출`: what is said of both is said once, `주말과 평일 매출`."""

    def once(match: re.Match[str]) -> str:
        same = parts.marks[int(match["one"])] == parts.marks[int(match["two"])]
        return f"{match['first']} {match['and']} {match['second']} ⟦c{match['two']}⟧" if same else match[0]

    side = r"(?:⟦[vny]\d+⟧(?: 월| 년| 분기)?|주말|평일|올해|작년)"
    text = rf"(?P<first>{side})(?: 의)? ⟦c(?P<one>\d+)⟧ ?(?P<and>와|과|랑|이랑|하고|vs|대) (?P<second>{side})(?: 의)? ⟦c(?P<two>\d+)⟧"
    parts.text = parts.said = re.sub(text, once, parts.text)


def paces(parts: Parts) -> None:
    """`하루 평균 매출`, `월평균 주문 건수`, `하루에 평균 몇 건`: rows or sums by the periods they span."""
    if not parts.moment() or parts.measures or any("date_trunc" in key for key in parts.keys):
        return
    for words, unit in _PERIODS.items():
        lead = rf"(?<!\S)(?:{words})(?: ?에)?(?: 평균| ?평균)(?:적으로| 으로)?"
        for phrase in (rf"{lead} {_WHAT}{P}(?= |$)", rf"(?:⟦c(?P<c>\d+)⟧|(?P<rows>{_ROWS})){P} {lead}{P}(?= |$)"):
            parts.take(phrase, lambda m, unit=unit: paced(parts, m["c"], unit))  # type: ignore[misc]
        parts.take(
            rf"(?:⟦t\d+⟧{P} )?{lead} 몇 ?(?:건|개|명|번|회)(?: ?(?:의|이나|정도))?(?: ⟦t\d+⟧)?{P}(?: (?:들어|오|와|있|발생|접수|되|하)\S*)?(?:{ASKS})(?= |$)",
            lambda m, unit=unit: paced(parts, None, unit),  # type: ignore[misc]
        )


def growth(parts: Parts) -> None:
    """`전월 대비 매출 증감률`, `월별 주문 건수 증가율`, `작년 대비 올해 매출`: each period beside the one before."""
    if not parts.moment():
        return
    for words, unit in _BEFORE.items():
        parts.take(
            rf"(?<!\S)(?:{words}) ?(?:대비|보다|에 비해){P} {_WHAT}{P}(?: {_RATE}{P})?(?= |$)",
            lambda m, unit=unit: grown(parts, m["c"], unit),  # type: ignore[misc]
        )
        parts.take(
            rf"{_WHAT}{P} (?:의 )?(?:{words}) ?대비 {_RATE}{P}(?= |$)",
            lambda m, unit=unit: grown(parts, m["c"], unit),  # type: ignore[misc]
        )
    for words, unit in _EVERY.items():
        parts.take(
            rf"(?<!\S)(?:{words}) {_WHAT}{P} {_RATE}{P}(?= |$)",
            lambda m, unit=unit: grown(parts, m["c"], unit),  # type: ignore[misc]
        )
    for words, unit in _TWO.items():
        parts.take(
            rf"(?<!\S)(?:{words}) {_WHAT}{P}(?: {_RATE}{P})?(?= |$)",
            lambda m, unit=unit: _two(parts, m, unit),  # type: ignore[misc]
        )


def _two(parts: Parts, match: "re.Match[str]", unit: str) -> bool:
    """Measure the last two periods and how much the later exceeds the one before."""
    if not grown(parts, match["c"], unit):
        return False
    parts.when(last_two(parts.table.name, parts.moment(), unit), match.start())
    return True


def sold(parts: Parts) -> None:
    """`몇 잔 팔렸어`, `얼마나 팔렸어`, `4잔 이상 주문한`: of the one column that tells how many were sold."""
    found = [column for column in parts.table.columns if column.is_number and _QUANTITY.search(column.name)]
    if len(found) != 1:
        return
    quantity = reference(parts.table.name, found[0])

    def summed(match: re.Match[str]) -> None:
        parts.measures[f"sum({quantity})"] = aggregate_name("sum", called(found[0]))

    parts.take(
        rf"⟦n(?P<n>\d+)⟧ ?(?:{_COUNTERS}) ?(?:을 |를 |이 |가 )?(?P<op>{OP})(?: ?을)? {_BOUGHT}(?= |$)",
        lambda m: parts.where(f"{quantity} {sign_of(m['op'])} {parts.number(m['n'])}", m.start()),
    )
    parts.take(
        rf"(?<!\S)(?:총 |모두 |전부 )?(?:몇 ?(?:{_COUNTERS})|얼마나)(?: ?이나)?{P} (?:많이 )?{_SOLD}(?= |$)", summed
    )


def alone(parts: Parts) -> None:
    """`3월 매출은 얼마야?`, `강남점 만족도는?`: one column of the rows that are meant, added up or averaged by what it is."""
    if parts.measures or parts.keys or parts.order or parts.share >= 0 or parts.span:
        return
    parts.take(
        rf"{C} ?(?:은|는|이|가)?(?: (?:얼마|어떻게|어때|어떤)\S*)?(?: ?(?:이야|야|인가요|인지|돼|되나요|알려줘|보여줘))?\W*$",
        lambda m: _by_kind(parts, m[1], parts.fact(m[1])),
    )


def _by_kind(parts: Parts, number: str, fact: ColumnFact) -> bool:
    if not any(condition.sql for condition in parts.conditions):
        return False  # of all rows it is rather what the column holds that is asked for
    if adds_up(fact):
        return parts.aggregate("sum", number)
    return is_rating(fact) and parts.aggregate("avg", number)
