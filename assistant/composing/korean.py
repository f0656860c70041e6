"""Korean phrases of questions, each read into a part of the query; marks stand apart from the particles after them.

What is not covered: groups beside other groups, conditions on several columns joined by `또는`, words of time that depend
on today.
"""

import re

from assistant.composing.columns import can_group, is_gender
from assistant.composing.korean_dates import periods
from assistant.composing.moments import between, ends
from assistant.composing.parts import C, Parts
from assistant.composing.phrases import meaning

_P = r"(?: (?:은|는|이|가|을|를|의|에|에서|으로|로|도|만|들|들의|들은|들이))*"
_UNITS = {
    "월": "month",
    "달": "month",
    "연도": "year",
    "년도": "year",
    "연": "year",
    "년": "year",
    "분기": "quarter",
    "주": "week",
    "요일": "weekday",
    "일": "day",
    "일자": "day",
    "날짜": "day",
    "시간대": "hour",
    "시간": "hour",
}
_EVERY = {"매월": "month", "매달": "month", "매년": "year", "매주": "week", "매일": "day", "매분기": "quarter"}
AGGREGATES = {
    "avg": "평균",
    "median": "중앙값|중위값|중간값",
    "sum": "총합계|총합|총액|합계|총|합",
    "max": "최댓값|최대값|최대|최고",
    "min": "최솟값|최소값|최소|최저",
}
AGG = "|".join(AGGREGATES.values())
OPS_KOREAN = {
    ">=": "이상",
    "<=": "이하|이내",
    ">": "초과|넘는|넘게|보다 큰|보다 높은|보다 많은|보다 긴|보다 비싼|보다 오래",
    "<": "미만|안 되는|안되는|보다 작은|보다 낮은|보다 적은|보다 짧은|보다 싼",
}
OP_KOREAN = "|".join(OPS_KOREAN.values())
COUNTER = "일|원|점|세|살|명|개|건|회|번|평|년|층|kg|㎡|만원"
_ROW = "건|개|명|번|곳|대|회"
_ASKS = r"(?:이야|이나|인가요|인지|야|이에요|예요|이지|입니까|일까|이니)?"
_MOST = "(?:가장|제일)"
MORE, LESS = "많은|높은|큰|긴|비싼|많이|높|많", "적은|낮은|작은|짧은|싼|적게|낮|적"


def read(parts: Parts) -> None:
    """Read every phrase, in an order in which none hides another."""
    for phrase in (_spans, periods, _shares, _compared, _groups, _numbers, _counts, _aggregates, _empty, _values, _flags, _which, _sorted):  # fmt: skip
        phrase(parts)


def _spans(parts: Parts) -> None:
    """`처리까지 걸린 시간`, `평균 소요 기간`, `며칠 걸려`, `3일 넘게 걸린`."""
    if (both := ends(parts.table)) is None:
        return
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
        rf"⟦n(?P<n>\d+)⟧ (?P<unit>시간|일|주|분) ?(?:(?P<op>안에|이내에?)|(?P<more>{OP_KOREAN}) ?(?:걸린|걸려서|걸리는|소요된|소요되는))",
        limited,
    )
    parts.take(
        rf"{end}(?:(?:걸린|걸리는|소요된|소요되는) (?:시간|기간|일수)|(?:처리|소요|배송|대기|해결|완료) ?(?:시간|기간|일수)|(?:며칠|몇 ?일|몇 ?시간|얼마나) ?(?:이나 )?걸(?:려|리|렸|린)\S*){_P}",
        asked,
    )


def sign_of(words: str) -> str:
    return "<=" if words.startswith(("안에", "이내")) else meaning(words, OPS_KOREAN)


def _groups(parts: Parts) -> None:
    """`지역별`, `지역과 상품별로`, `월별`, `매달`, `지역마다`, and 성별, which is a name that ends like one."""

    def group(match: re.Match[str]) -> bool:
        numbers = re.findall(r"⟦c(\d+)⟧", match[0])
        return all(can_group(parts.fact(n)) for n in numbers) and all(map(parts.group, numbers))

    parts.take(rf"(?:{C} ?(?:와|과|랑|이랑|,|하고|별|및) ?)*{C} ?(?:별로는|별로|별|마다|당)(?: 의)?", group)
    parts.take(
        rf"(?<!\S){C} (?=(?:평균|중앙값|총|합계|인원|건수|비율|최고|최대)|⟦[ct])",
        lambda m: is_gender(parts.fact(m[1])) and parts.group(m[1]),
    )
    parts.take(
        rf"(?<!\S)({'|'.join(sorted(_UNITS, key=len, reverse=True))})(?: ?별로는| ?별로| ?별|마다)",
        lambda m: parts.period(_UNITS[m[1]]),
    )
    parts.take(rf"(?<!\S)({'|'.join(_EVERY)})(?= |$)", lambda m: parts.period(_EVERY[m[1]]))


def _counts(parts: Parts) -> None:
    """`건수`, `몇 건이야`, `고객 수`, `몇 명`."""
    parts.take(
        rf"(?:⟦t\d+⟧{_P} )?(?:판매 |주문 |등록 )?(?:건수|횟수|인원수|인원|명수|개수){_P}(?: ?(?:야|이야))?",
        lambda m: parts.count(),
    )
    parts.take(
        rf"(?:⟦t\d+⟧{_P} )?(?:은 |는 )?(?:총 )?몇 ?(?:{_ROW}){_P} ?{_ASKS}(?= |$)(?: ?(?:있|되|돼)\S*)?",
        lambda m: parts.count(),
    )
    parts.take(r"⟦t\d+⟧ 수(?:는|가|를|은|와|랑|의)?(?= |$)", lambda m: parts.count())
    parts.take(rf"{C} 수(?:는|가|를|은|와|랑|의)?(?= |$)", lambda m: parts.distinct(m[1]))


def _aggregates(parts: Parts) -> None:
    """`평균 가격`, `가격의 합계`, `총 매출`, `처리 시간의 중앙값`."""

    if parts.span:
        told = [
            call for call, words in AGGREGATES.items() if parts.drop(rf"(?<!\S)(?:{words}){_P}(?= |$|은|는|을|를|이)")
        ]
        parts.measure_span(told)
        return
    several = rf"{C}(?: ?(?:와|과|랑|이랑|,|하고) ?⟦c\d+⟧)*"
    for pattern in (
        rf"(?<!\S)(?P<agg>{AGG}) {several}",
        rf"{several}{_P} ?(?P<agg>{AGG})(?:은|는|을|를|이|가|값)?(?= |$)",
    ):
        parts.take(pattern, lambda m: parts.aggregates([meaning(m["agg"], AGGREGATES)], re.findall(r"⟦c(\d+)⟧", m[0])))
    if not parts.measures and (parts.keys or re.search(rf"{_MOST}|[상하]위", parts.text)):
        parts.take(
            rf"{several}(?= (?:이|가|을|를|은|는)? ?{_MOST})|{several}(?: 을| 를| 은| 는)?(?: 추이\S*| 추세\S*| 흐름\S*)?(?= (?:보여|알려|비교|순위|상위|하위)|\s*[?.]?\s*$)",
            lambda m: all(map(parts.add_up, re.findall(r"⟦c(\d+)⟧", m[0]))),
        )


def _which(parts: Parts) -> None:
    """`건수가 가장 많은 지역은`, `평균 가격이 제일 높은 상품`, `상위 3개 지역`."""

    def group(match: re.Match[str]) -> bool:
        if not (parts.measures or parts.share >= 0):
            return False
        parts.order = "DESC" if re.fullmatch(MORE, match["most"]) else "ASC"
        parts.limit = parts.limit or 1
        return parts.ask_for(match["c"])

    def people(match: re.Match[str]) -> bool:
        parts.count()
        return group(match)

    most, key = rf"(?:가장|제일) (?P<most>{MORE}|{LESS})", r"⟦c(?P<c>\d+)⟧"

    def top(match: re.Match[str]) -> bool:
        parts.limit, parts.order = parts.whole(match["n"]), "ASC" if match[0].startswith("하위") else "DESC"
        return match["c"] is None or parts.ask_for(match["c"])

    parts.take(rf"(?<!\S)(?:상위|하위|top) ⟦n(?P<n>\d+)⟧(?: 개| 곳| 명)?(?: 의)?(?: {key})?", top)
    parts.take(rf"⟦t\d+⟧ (?:이 |가 )?{most} {key}{_P}", people)
    parts.take(rf"(?:이 |가 |은 |는 )?{most} {key}{_P}", group)
    parts.take(rf"(?<!\S)(?:한 |된 )?(?:사람|고객|건|경우|것)(?:이|가|들이) {most} {key}{_P}", people)
    parts.take(rf"{key}{_P} (?:어디|누구|무엇|뭐)\S*", lambda m: bool(parts.order) and parts.ask_for(m["c"]))


def _sorted(parts: Parts) -> None:
    """`많은 순으로`, `순위`."""
    if not parts.measures or parts.order:
        return
    if parts.drop(rf"(?<!\S)(?:{MORE}) ?순(?:으로|서대로|서)?(?= |$)|(?<!\S)순위(?:를|는)?(?= |$)|내림차순(?:으로)?"):
        parts.order = "DESC"
    elif parts.drop(rf"(?<!\S)(?:{LESS}) ?순(?:으로|서대로|서)?(?= |$)|오름차순(?:으로)?"):
        parts.order = "ASC"


def _shares(parts: Parts) -> None:
    """`비율`, `몇 퍼센트`, `환불율`."""
    parts.take(rf"{C} ?(?:비율|률|율)(?:은|는|을|를|이|가)?(?= |$)", lambda m: parts.rate(m[1]))
    parts.take(
        r"(?<!\S)(?:비율|비중)(?:은|는|을|를|이|가)?(?= |$)|몇 ?(?:퍼센트|프로|%)\S*",
        lambda m: setattr(parts, "share", m.start()),
    )


def _compared(parts: Parts) -> None:
    """`카드와 현금 비교`."""
    parts.compares = parts.drop(r"(?<!\S)비교(?:해|하면|해서)?\S*|(?<!\S)차이(?:가|는|를)?(?= |$)")


def _numbers(parts: Parts) -> None:
    """`가격이 1000원 이상`, `방이 3개 넘는`, `나이가 20~30`."""

    def test(match: re.Match[str]) -> bool:
        if not parts.fact(match["c"]).is_number:
            return False
        parts.where(f"{parts.column(match['c'])} {sign_of(match['op'])} {parts.number(match['n'])}", match.start())
        return True

    parts.take(
        rf"(?<!⟧ )(?<!⟧ 이 )(?<!⟧ 가 )⟦n(?P<n>\d+)⟧ ?(?:세|살) ?(?P<op>{OP_KOREAN})(?: 인|인)?",
        lambda m: parts.aged(sign_of(m["op"]), m["n"], m.start()),
    )
    parts.take(
        rf"⟦c(?P<c>\d+)⟧{_P} ⟦n(?P<n>\d+)⟧(?: ?(?:{COUNTER}))? ?(?:을 |를 |이 |가 )?(?P<op>{OP_KOREAN})(?: 인|인)?",
        test,
    )


def _empty(parts: Parts) -> None:
    """`만족도가 비어 있는`, `빈 만족도`."""

    def empty(match: re.Match[str]) -> bool:
        unsaid = "없는" in match[0]  # 할인이 없는 may be one of zero
        return parts.lacking(match[1] or match[2], match.start(), unsaid=unsaid)

    parts.take(
        rf"{C}(?: 이| 가)? (?:비어 ?있는|비어있는|빈|없는|누락된|결측인|빠진)(?: 것| 건| 행)?(?:은|이|는)?|(?<!\S)(?:빈|누락된) {C}",
        empty,
    )


def _flags(parts: Parts) -> None:
    """`환불한`, `환불하지 않은`, `안 팔린`, `환불한 건 빼고`."""

    def flag(match: re.Match[str]) -> bool:
        no = bool(match["no"]) != bool(match["but"])
        return parts.flag(match["c"], match.start("c"), no=no)

    parts.take(
        r"(?P<yes>안 )?⟦c(?P<c>\d+)⟧(?P<no> (?:하지|되지) 않은| 안 한| 안 된| 안한| 안된| 이 아닌)?(?: (?:한|된|했던|됐던|함|됨|당한|린|인))?(?: (?:사람|고객|건|것|경우|사람들|거)(?= |$))?(?P<but> ?(?:을 |를 |은 |는 )?(?:빼고|제외하고|제외한|제외|말고))?",
        lambda m: flag(m) if not m["yes"] else parts.flag(m["c"], m.start("c"), no=not m["but"]),
    )


def _values(parts: Parts) -> None:
    """`서울`, `카드 결제`, `서울 빼고`, `카드와 현금`; the name of their column may stand beside."""
    no = r"(?P<no> ?(?:을 |를 |은 |는 )?(?:빼고|제외하고|제외한|제외|말고|아닌))?"
    pattern = rf"(?:⟦c\d+⟧ (?:이 |가 |은 |는 )?)?⟦v(?P<v>\d+)⟧(?: (?:인|로|으로))?{no}(?: ⟦c\d+⟧)?"
    parts.take_values(pattern, rf"⟦v(?P<v>\d+)⟧{no}", grouped=parts.compares or bool(parts.measures))
