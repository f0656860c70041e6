"""Korean phrases of which is first: `건수가 가장 많은 지역은`, `제일 많이 나가는 날`, `상위 3개 지역`, `많은 순으로`."""

import re

from assistant.composing.columns import aggregate_name, called, sides
from assistant.composing.korean_words import AGG, AGGREGATES, ASKS, COUNTER, LESS, MORE, MOSTLY, OP, P, sign_of
from assistant.composing.moments import reference
from assistant.composing.parts import Parts
from assistant.composing.phrases import meaning

_PARTS = {
    "날짜": "day",
    "날": "day",
    "일자": "day",
    "요일": "weekday",
    "달": "month",
    "월": "month",
    "주": "week",
    "분기": "quarter",
    "연도": "year",
    "해": "year",
    "시간대": "hour",
    "시간": "hour",
}
_PART = rf"(?P<part>{'|'.join(_PARTS)})(?= |$|은|는|이|가|에|의|을|를)(?:은|는|이|가|에|의|을|를)?(?: ?(?:언제|며칠|무엇|뭐)(?:{ASKS})(?= |$))?"
_KEY = r"⟦[ct](?P<c>\d+)⟧"
_MOST = rf"{MOSTLY} (?P<most>{MORE}|{LESS})"
_SOLD = r"(?:팔린|팔리는|팔렸던|나간|나가는|판매된|판매되는|팔았던|팔은|판매한)"
_CAME = r"(?:온|오는|왔던|찾은|찾는|들어온|들어오는|몰린|몰리는|발생한|생긴|붐빈|붐비는|한|된|하는|되는|있는|있었던|이용한|이용하는)"
_SALES = re.compile(r"수량|판매량|판매 ?수|quantity|qty|units", re.IGNORECASE)


def tops(parts: Parts) -> None:
    """Every phrase of which is first, those of a part of the calendar before."""
    for phrase in (_busiest, _whichever, _which, _sorted):
        phrase(parts)


def sized(parts: Parts) -> None:
    """`방문이 100건 넘는 기사`: groups of a size."""

    def having(match: re.Match[str]) -> bool:
        if not is_other(parts, match["c"]):
            return False
        parts.having = f"count(*) {sign_of(match['op'])} {parts.number(match['n'])}"
        parts.count()
        return parts.group(match["c"])

    parts.take(
        rf"⟦t\d+⟧{P}(?: ?(?:건수|횟수|수)(?:가|이)?)? ⟦n(?P<n>\d+)⟧ ?(?:건|개|명|회|번)? ?(?:을 |를 |이 |가 )?(?P<op>{OP})(?: ?인)? {_KEY}{P}",
        having,
    )


def measured(parts: Parts) -> None:
    """`평균 요금이 3만원 넘는 도시`, `환불율이 30% 넘는 매장`: groups whose measure is so large."""

    def having(match: re.Match[str]) -> bool:
        given, before = match.groupdict(), dict(parts.measures)
        if not is_other(parts, match["c"]):
            return False
        done = (
            parts.aggregate(meaning(given["agg"], AGGREGATES), given["of"])
            if given.get("agg")
            else parts.rate(given["of"])
        )
        new = [sql for sql in parts.measures if sql not in before]
        if not done or len(new) != 1:
            return False
        number = parts.marks[int(match["n"])].number / (1 if given.get("agg") else 100)
        parts.having = f"{new[0]} {sign_of(match['op'])} {number:.15g}"
        return parts.group(match["c"])

    def yes(match: re.Match[str]) -> bool:
        asked = is_other(parts, match["c"]) and sides(parts.fact(match["flag"])) is not None
        if asked:
            _ = parts.flag(match["flag"], match.start(), no=False)
            parts.count()
        return asked and _first(parts, match)

    parts.take(rf"⟦c(?P<flag>\d+)⟧ ?(?:이 |가 )?{_MOST} {_KEY}{P}", yes)
    limit = rf"⟦n(?P<n>\d+)⟧(?: ?(?:{COUNTER}|퍼센트|프로))? ?(?:을 |를 |이 |가 )?(?P<op>{OP})(?: ?인)? {_KEY}{P}"
    parts.take(rf"(?<!\S)(?P<agg>{AGG}) ⟦c(?P<of>\d+)⟧{P} {limit}", having)
    parts.take(rf"⟦c(?P<of>\d+)⟧{P} (?P<agg>{AGG})(?:이|가|은|는)? {limit}", having)
    parts.take(
        rf"⟦c(?P<of>\d+)⟧ ?(?:비율|율|률)(?:이|가|은|는)? ⟦n(?P<n>\d+)⟧ ?(?:%|퍼센트|프로) ?(?:을 |를 |이 |가 )?(?P<op>{OP})(?: ?인)? {_KEY}{P}",
        having,
    )


def is_other(parts: Parts, number: str) -> bool:
    """Whether a mark is a column, or the label of another table than that whose rows are counted."""
    mark = parts.marks[int(number)]
    return mark.column is not None and mark.table != (parts.table.name if mark.kind == "t" else "")


def _measure(parts: Parts, words: str) -> None:
    """What is most where it is not said: what was sold, else the rows."""
    sold = [c for c in parts.table.columns if c.is_number and _SALES.search(c.name)]
    if len(sold) == 1 and re.search(rf"{_SOLD}|팔렸|팔려|팔리|나갔|나가", words):
        column = reference(parts.table.name, sold[0])
        parts.measures[f"sum({column})"] = aggregate_name("sum", called(sold[0]))
    else:
        parts.count()


def _first(parts: Parts, match: "re.Match[str]") -> bool:
    """The first group by a part of the calendar or a column, of what is measured, else of what words say."""
    given = match.groupdict()
    if given.get("c") and not is_other(parts, given["c"]):
        return False
    if not parts.measures and parts.share < 0:
        _measure(parts, match[0])
    parts.order = "ASC" if re.fullmatch(rf"{LESS}|안|한산한|한가한|조용한", given["most"] or "") else "DESC"
    parts.limit = parts.limit or 1
    if given.get("c"):
        return parts.ask_for(given["c"])
    found = parts.period(_PARTS[given["part"]])
    parts.subject = list(parts.keys)[-1] if found else ""
    return found


def _busiest(parts: Parts) -> None:
    """`방문이 가장 많은 날`, `제일 많이 나가는 요일`, `가장 바쁜 시간대`, `제일 많이 팔린 꽃`."""
    if not parts.moment():
        return
    rows = r"(?:⟦t\d+⟧(?: 이| 가| 은| 는)? )?"
    verb = rf"(?:⟦t\d+⟧ )?(?:{_SOLD}|{_CAME})? *"
    parts.take(rf"{rows}(?:이 |가 )?{MOSTLY} (?P<most>많이|잘|적게|안) +{verb}{_PART}", lambda m: _first(parts, m))
    parts.take(rf"{rows}(?:이 |가 )?{_MOST} +{_PART}", lambda m: _first(parts, m))
    parts.take(
        rf"{rows}(?:이 |가 )?{MOSTLY} (?:바쁜|붐비는|(?P<most>한산한|한가한|조용한)) {_PART}",
        lambda m: _first(parts, m),
    )


def _whichever(parts: Parts) -> None:
    """`어느 달에 방문이 가장 많아`, `어느 지점이 제일 많이 팔았어`."""
    asked = re.search(rf"(?<!\S)(?:어느|어떤|무슨) (?:{_KEY}|{_PART}){P}", parts.text)
    said = re.search(rf"(?:⟦t\d+⟧(?: 이| 가)? )?{MOSTLY} (?P<most>많|높|크|적|낮|작)(?:아|아요|았어|았나|지|나요|나|은가|을까|습니까|니|이)?(?: (?:{_SOLD[3:-1]}|팔렸어|팔렸나|팔려|팔리|나갔어|나가|나갔나|왔어|와|있어)\S*)? *[?.]?\s*$", parts.text)  # fmt: skip
    if asked is None or said is None or asked.end() > said.start() + 1:
        return
    if asked["part"] and not parts.moment():
        return
    if not parts.measures and parts.share < 0:
        _measure(parts, said[0])
    parts.order, parts.limit = ("ASC" if said["most"] in ("적", "낮", "작") else "DESC"), 1
    done = (
        (is_other(parts, asked["c"]) and parts.ask_for(asked["c"]))
        if asked["c"]
        else parts.period(_PARTS[asked["part"]])
    )
    if done:
        parts.text = parts.text.replace(said[0], " ").replace(asked[0], " ")


def _which(parts: Parts) -> None:
    """`건수가 가장 많은 지역은`, `평균 가격이 제일 높은 상품`, `상위 3개 지역`."""

    def group(match: re.Match[str]) -> bool:
        return bool(parts.measures or parts.share >= 0) and _first(parts, match)

    def people(match: re.Match[str]) -> bool:
        if not is_other(parts, match["c"]):
            return False
        parts.count()
        return group(match)

    def top(match: re.Match[str]) -> bool:
        parts.limit, parts.order = parts.whole(match["n"]), "ASC" if match[0].startswith("하위") else "DESC"
        return match["c"] is None or (is_other(parts, match["c"]) and parts.ask_for(match["c"]))

    parts.take(
        r"(?<!\S)(?P<end>상위|하위) ⟦n(?P<n>\d+)⟧ (?P<part>일|주|개월|달)(?= |$)",
        lambda m: not parts.keys and bool(parts.measures) and _top_periods(parts, m),
    )
    parts.take(rf"(?<!\S)(?:상위|하위|top) ⟦n(?P<n>\d+)⟧(?: 개| 곳| 명)?(?: 의)?(?: {_KEY})?", top)

    parts.take(rf"⟦t\d+⟧ (?:이 |가 )?{_MOST} {_KEY}{P}(?: ⟦n(?P<n>\d+)⟧ (?:개|곳|명))?", lambda m: _few(parts, m) and people(m))  # fmt: skip
    parts.take(
        rf"(?:⟦t\d+⟧ )?{MOSTLY} (?P<most>많이|잘|적게|안) (?:{_SOLD}|{_CAME}) {_KEY}{P}", lambda m: _first(parts, m)
    )
    parts.take(rf"(?:이 |가 |은 |는 )?{_MOST} {_KEY}{P}(?: ⟦n(?P<n>\d+)⟧ (?:개|곳|명))?", lambda m: _few(parts, m) and group(m))  # fmt: skip
    parts.take(rf"(?<!\S)(?:한 |된 )?(?:사람|고객|건|경우|것)(?:이|가|들이) {_MOST} {_KEY}{P}", people)
    parts.take(
        rf"{_KEY}{P} (?:어디|누구|무엇|뭐)\S*",
        lambda m: bool(parts.order) and is_other(parts, m["c"]) and parts.ask_for(m["c"]),
    )


def _top_periods(parts: Parts, match: "re.Match[str]") -> bool:
    """The first few days or months of what is measured: `매출 상위 5일`."""
    parts.limit, parts.order = parts.whole(match["n"]), "ASC" if match["end"] == "하위" else "DESC"
    return parts.period({"일": "day", "주": "week"}.get(match["part"], "month"))


def _few(parts: Parts, match: "re.Match[str]") -> bool:
    """How many of the first are asked for: `가장 많은 지점 3곳`."""
    if match["n"]:
        parts.limit = parts.whole(match["n"])
    return True


def _sorted(parts: Parts) -> None:
    """`많은 순으로`, `순위`."""
    if not parts.measures or parts.order:
        return
    if parts.drop(rf"(?<!\S)(?:{MORE}) ?순(?:으로|서대로|서)?(?= |$)|(?<!\S)순위(?:를|는)?(?= |$)|내림차순(?:으로)?"):
        parts.order = "DESC"
    elif parts.drop(rf"(?<!\S)(?:{LESS}) ?순(?:으로|서대로|서)?(?= |$)|오름차순(?:으로)?"):
        parts.order = "ASC"
