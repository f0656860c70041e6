"""Korean phrases of conditions on rows: numbers, the average, time gone by, empty cells, yes and no, values, the first few rows."""

import re

from assistant.composing.columns import adds_up, among, is_age, is_key
from assistant.composing.either import either
from assistant.composing.korean_words import AND, BUT, COUNTER, LESS, MORE, MOSTLY, OP, OR, P, sign_of
from assistant.composing.moments import ends, reference
from assistant.composing.parts import C, Parts
from tools.words import identifier

_COLUMN = r"⟦c(?P<c>\d+)⟧"
_NUMBER = rf"⟦n(?P<n>\d+)⟧(?: ?(?:{COUNTER}))?"
_IS = r"(?: ?(?:인|이고|이면서|이며|짜리))?"
_TOOK = "(?:받은|받는|이용한|이용하는|사용한|사용하는|선택한|신청한|구매한|결제한|주문한|사는|거주하는)"
"""Verbs that say nothing beside a value: 할인을 받은."""
_UNITS = {"일": "DAY", "주": "WEEK", "개월": "MONTH", "달": "MONTH", "년": "YEAR"}


def numbers(parts: Parts) -> None:
    """`가격이 1000원 이상`, `2만원 이상 3만원 미만`, `20에서 30 사이`, `만족도가 5점인`, `30대`."""

    def test(match: re.Match[str]) -> bool:
        given = match.groupdict()
        if not parts.fact(given["c"]).is_number:
            return False
        column, first = parts.column(given["c"]), parts.number(given["n"])
        if given.get("high"):
            parts.where(f"{column} BETWEEN {first} AND {parts.number(given['high'])}", match.start())
            return True
        parts.where(f"{column} {sign_of(given['op']) if given.get('op') else '='} {first}", match.start())
        if given.get("op2"):
            parts.where(f"{column} {sign_of(given['op2'])} {parts.number(given['n2'])}", match.start())
        return True

    on = rf"{_COLUMN}{P} {_NUMBER}"
    parts.take(
        rf"(?<!⟧ )(?<!⟧ 이 )(?<!⟧ 가 )⟦n(?P<n>\d+)⟧ ?(?:세|살) ?(?P<op>{OP}){_IS}",
        lambda m: parts.aged(sign_of(m["op"]), m["n"], m.start()),
    )
    parts.take(r"(?<!⟧ )⟦n(?P<n>\d+)⟧ 대(?= |$|의|인|만|는|은)(?: ?(?:의|인|만|는|은))?", lambda m: _decade(parts, m))
    unit = rf"(?: ?(?:{COUNTER}))?"
    parts.take(rf"{on} ?(?:에서|부터|~|-) ⟦n(?P<high>\d+)⟧{unit} ?(?:사이|까지){_IS}(?: ?의)?", test)
    parts.take(rf"{on} ?~ ⟦n(?P<high>\d+)⟧{unit}{_IS}(?= |$)", test)
    parts.take(rf"{on} ?(?P<op>이상|초과){_IS} ⟦n(?P<n2>\d+)⟧{unit} ?(?P<op2>이하|미만){_IS}", test)
    parts.take(rf"{on} ?(?:을 |를 |이 |가 )?(?P<op>{OP}){_IS}", test)
    parts.take(rf"{_COLUMN}(?: 이| 가)? ⟦n(?P<n>\d+)⟧ ?점(?= |$)", lambda m: parts.share >= 0 and test(m))
    parts.take(rf"{_COLUMN}(?: 이| 가) {_NUMBER} ?(?:인|짜리)(?= |$)", test)
    parts.take(
        rf"{_COLUMN}(?: ?이| ?가| ?을| ?를)? (?:한 ?번도|⟦n\d+⟧ 번도|하나도|전혀) (?:없는|하지 않은|안 한)(?= |$)",
        lambda m: adds_up(parts.fact(m["c"])) and _none(parts, m),
    )


def _none(parts: Parts, match: "re.Match[str]") -> bool:
    """Take the rows where a number of things is zero or not told."""
    parts.where(f"coalesce({parts.column(match['c'])}, 0) = 0", match.start())
    return True


def _decade(parts: Parts, match: "re.Match[str]") -> bool:
    """Take the rows of people in their thirties; False where no column tells an age."""
    first = parts.whole(match["n"])
    if first % 10 or not 10 <= first <= 90:
        return False
    age = next(filter(is_age, parts.table.columns), None)
    if age is not None:
        parts.where(f"{reference(parts.table.name, age)} BETWEEN {first} AND {first + 9}", match.start())
    return age is not None


def against_average(parts: Parts) -> None:
    """`평균보다 요금이 높은 방문`, `요금이 평균 이상인`, `평균 만족도가 전체 평균보다 낮은 기사`."""

    def test(match: re.Match[str]) -> bool:
        if not parts.fact(match["c"]).is_number or parts.measures:
            return False
        sign = sign_of(match["op"]) if match.groupdict().get("op") else ">" if match["more"] else "<"
        column = parts.column(match["c"])
        mean = f"(SELECT avg({column}) FROM {identifier(parts.table.name)})"
        if not match.groupdict().get("key"):
            parts.where(f"{column} {sign} {mean}", match.start())
            return True
        parts.having = f"avg({column}) {sign} {mean}"
        return parts.group(match["key"]) and parts.aggregate("avg", match["c"])

    than, how = r"(?:전체 )?평균 ?(?:보다|에 비해)", rf"(?:(?P<more>{MORE})|(?P<less>{LESS}))(?= |$)"
    parts.take(rf"(?:평균 )?{_COLUMN}(?: 의)?(?: 평균)?(?: ?이| ?가)? {than} {how}(?: ⟦c(?P<key>\d+)⟧{P})?", test)
    parts.take(rf"(?<!\S){than} {_COLUMN}(?: 이| 가)? {how}", test)
    parts.take(rf"{_COLUMN}(?: 이| 가)? (?:전체 )?평균 (?P<op>이상|이하|초과|미만)(?: ?인)?(?P<more>)", test)


def elapsed(parts: Parts) -> None:
    """`구독한 지 2년 넘은`: counted back from today."""

    def act(match: re.Match[str]) -> bool:
        times = [column for column in parts.table.columns if column.is_time]
        if match["verb"] and len(times) != 1:
            return False  # since when
        moment = parts.column(match["c"]) if match["c"] else parts.moment()
        if not moment or (match["c"] and not parts.fact(match["c"]).is_time):
            return False
        short = re.match("안|이내|미만", match["op"])
        sign = ">" if short else "<=" if match["op"].startswith("이상") else "<"
        parts.where(
            f"{moment} {sign} current_date - INTERVAL {parts.number(match['n'])} {_UNITS[match['unit']]}", match.start()
        )
        return True

    parts.take(
        rf"(?:⟦(?:c(?P<c>\d+)|t\d+)⟧ ?(?:한|된|하신|을 한|를 한)?|(?<!\S)(?P<verb>가입|구독|등록|이용|거래|시작)(?:한|하신)) ?지(?:가|는)? ⟦n(?P<n>\d+)⟧ (?P<unit>{'|'.join(_UNITS)}) ?(?:이 |가 |을 |도 )?(?P<op>안 ?된|안 ?되는|이내|미만|넘은|넘는|넘긴|이상|초과|지난){_IS}(?: ?된)?",
        act,
    )


def is_row(parts: Parts, number: str) -> bool:
    """Whether a mark is of the rows themselves: their table, or their key where it comes first."""
    mark = parts.marks[int(number)]
    if mark.kind == "t":
        return mark.table == parts.table.name
    return mark.column is not None and mark.column == parts.table.columns[0] and is_key(mark.column)


def ranked(parts: Parts) -> None:
    """`요금이 가장 비싼 방문 5건`, `요금 상위 5건`, `가장 최근 방문 3건`: whole rows from one end."""

    def highest(match: re.Match[str]) -> bool:
        row = match.groupdict().get("row")
        if not parts.fact(match["c"]).is_number or (row and not is_row(parts, row)):
            return False
        order = "ASC" if match.groupdict().get("less") or "하위" in match[0] else "DESC"
        return parts.rank(parts.column(match["c"]), order, match["n"])

    number = r"⟦n(?P<n>\d+)⟧ (?:건|개|명|행|곳)(?: ?(?:만|을|를))?(?= |$)"
    parts.take(
        rf"{_COLUMN}(?: 이| 가)? {MOSTLY} (?:(?P<more>{MORE})|(?P<less>{LESS})) ⟦[tc](?P<row>\d+)⟧{P}(?: {number})?",
        highest,
    )
    parts.take(rf"{_COLUMN}(?: 이| 가| 을| 를| 기준| 순)? (?:상위|하위) ⟦n(?P<n>\d+)⟧ 건(?: ?만)?(?= |$)", highest)
    parts.take(
        rf"(?:{MOSTLY} )?최근(?: 에)? ⟦t\d+⟧{P} {number}",
        lambda m: bool(parts.moment()) and parts.rank(parts.moment(), "DESC", m["n"]),
    )


def open_ones(parts: Parts) -> None:
    """`반납 안 된`, `아직 해결되지 않은`: the end is empty."""

    def still(match: re.Match[str]) -> bool:
        both = ends(parts.table)
        if both is None or parts.fact(match["c"]) is not both[1]:
            return False
        parts.where(f"{parts.column(match['c'])} IS NULL", match.start())
        return True

    parts.take(
        rf"(?:(?<!\S)아직 )?{_COLUMN}(?: ?이| ?가)? ?(?:안 ?된|안 ?한|(?:하지|되지) ?않은|(?:하지|되지) ?못한)(?= |$)(?: (?:건|것|경우)(?= |$))?",
        still,
    )


def empty(parts: Parts) -> None:
    """`만족도가 비어 있는`, `빈 만족도`."""

    def lacking(match: re.Match[str]) -> bool:
        unsaid = "없는" in match[0]  # 할인이 없는 may be one of zero
        return parts.lacking(match[1] or match[2], match.start(), unsaid=unsaid)

    parts.take(
        rf"{C}(?: 이| 가)? (?:비어 ?있는|비어있는|빈|없는|누락된|결측인|빠진)(?: 것| 건| 행)?(?:은|이|는)?|(?<!\S)(?:빈|누락된) {C}",
        lacking,
    )


def flags(parts: Parts) -> None:
    """`환불한`, `환불하지 않은`, `안 팔린`, `환불한 건 빼고`."""

    parts.take(
        rf"{C}(?: ?이| ?가| ?은| ?는)? (있는|없는)(?: (?:사람|건|것|경우)(?= |$))?",
        lambda m: parts.flag(m[1], m.start(), no=m[2] == "없는"),
    )

    def flag(match: re.Match[str]) -> bool:
        no = bool(match["no"]) != bool(match["but"])
        return parts.flag(match["c"], match.start("c"), no=no)

    parts.take(
        r"(?P<yes>안 )?⟦c(?P<c>\d+)⟧(?P<no> (?:하지|되지) 않은| 안 한| 안 된| 안한| 안된| 이 아닌)?(?: (?:한|된|했던|됐던|함|됨|당한|린|인|했어|했나|했나요|했니|했지|됐어|됐나|됐나요))?(?: (?:사람|고객|건|것|경우|사람들|거)(?= |$))?(?P<but> ?(?:을 |를 |은 |는 )?(?:빼고|제외하고|제외한|제외|말고))?",
        lambda m: flag(m) if not m["yes"] else parts.flag(m["c"], m.start("c"), no=not m["but"]),
    )


def values(parts: Parts) -> None:
    """`서울`, `카드 결제`, `서울 빼고`, `카드와 현금`, `앱이나 전화`; the name of their column may stand beside."""
    parts.take(rf"⟦v(?P<v>\d+)⟧(?P<more>(?: ?{AND} ⟦v\d+⟧)+) ?{BUT}", lambda m: _left_out(parts, m))
    no = rf"(?P<no> ?{BUT})?"
    pattern = rf"(?:⟦c\d+⟧ (?:이 |가 |은 |는 )?)?⟦v(?P<v>\d+)⟧(?: (?:인|로|으로|을|를|에서|에))?{no}(?: ⟦c\d+⟧)?(?: ?{_TOOK}(?= |$))?"
    alike = re.search(rf"⟧ ?{OR} ⟦", parts.text) is None
    grouped = alike and (parts.compares or bool(parts.measures))
    parts.take_values(pattern, rf"⟦v(?P<v>\d+)⟧{no}", grouped=grouped)
    either(parts, rf"(?<!\S){OR}(?=\s)", re.compile(rf"{BUT}|않은|(?<!\S)안 "))


def _left_out(parts: Parts, match: "re.Match[str]") -> bool:
    """Leave out all of several values: 부산과 대구 빼고; values of two columns are unclear."""
    found = [match["v"], *re.findall(r"⟦v(\d+)⟧", match["more"])]
    if len({parts.column(number) for number in found}) > 1:
        parts.unclear = True
        return False
    told = [value for number in found for value in parts.marks[int(number)].values]
    parts.where(among(parts.column(match["v"]), told, no=True), match.start("v"), parts.column(match["v"]))
    return True
