"""What a column is by its name and values: a yes or no, an amount, what is added up, what rows are grouped by."""

import re
from collections.abc import Sequence
from typing import Any

from assistant.context import ColumnFact
from assistant.words import split_words, stem
from tools.mending.data import YES
from tools.words import literal

NO = ("no", "n", "false", "f", "0", "off", "아니오", "아니요", "무", "없음", "x")
_GOOD, _BAD = ("ok", "pass", "passed", "accepted", "io"), ("nok", "not ok", "fail", "failed", "rejected", "nio")
"""What columns of tests say for yes and no, where they are called after what passes."""
_PASSES = frozenset(["pass", "ok", "accept", "approv", "conform"])
_NONE = re.compile(r"none|nothing|ok|no [a-z]+|없음|정상|양호")
"""The value that says that there is none of the kinds that the others are."""
_SUMS = "amount sal revenu profit cost expens quantity qty unit spend spent charg refund turnov incom payment taking proceed donation earning budget payout download impression energy consumption production output loss visit visitor customer passenger attende sold click order guest defect complaint incident scrap waste downtime reply 매출 매출액 수익 이익 비용 금액 수량 판매량 판매액 지출 결제금액 구매금액 매출금액 방문객 방문객수 방문자 방문자수 승객수 이용객 이용객수"
_MARKS = "satisfaction rat score grade rating review 만족도 평점 점수"
_COUNTS = re.compile(
    "(?:상자|박스|판매|주문|구매|방문|생산|입고|출고|출하|승객|관객|조회|클릭|참가자|이용자|이용객)[가-힣]{0,2}(?:수|량)$"
)
"""Ends of Korean names of numbers of things."""
_HARMS = frozenset(
    [
        "cost",
        "expens",
        "loss",
        "refund",
        "charg",
        "defect",
        "complaint",
        "incident",
        "scrap",
        "waste",
        "downtime",
        "error",
        "delay",
    ]
)
"""Stems of names of what is worse the more there is of it."""
_RELATIVE = frozenset(
    [
        "rate",
        "ratio",
        "pct",
        "percent",
        "percentage",
        "share",
        "margin",
        "average",
        "avg",
        "mean",
        "index",
        "per",
        "price",
    ]
)
"""Words of names whose numbers tell one thing by another."""
_ADDED, _RATED = frozenset(_SUMS.split()), frozenset(_MARKS.split())
"""Stems of names whose values are added up, and of those that are averaged, where nothing else is said."""

CALLED = {"avg": "average", "median": "median", "sum": "total", "max": "highest", "min": "lowest"}
_KOREAN = {"avg": "평균", "median": "중앙값", "sum": "총", "max": "최고", "min": "최저"}
"""What each aggregate is called, and beside a Korean name."""


def flag_values(column: ColumnFact) -> tuple[Any, Any] | None:
    """What a column of two values says for yes and for no; None for any other column."""
    if column.type == "boolean":
        return True, False
    known = {str(value).strip().casefold(): value for value in column.values}
    tests = bool(_PASSES & {stem(word) for word in split_words(column.name)})
    yes = [value for text, value in known.items() if text in YES or (tests and text in _GOOD)]
    no = [value for text, value in known.items() if text in NO or (tests and text in _BAD)]
    return (yes[0], no[0]) if len(known) == 2 and len(yes) == len(no) == 1 else None


def sides(column: ColumnFact) -> tuple[tuple[Any, ...], tuple[Any, ...]] | None:
    """The values that say yes and those that say no: of two, or kinds of something beside one for none of it."""
    if two := flag_values(column):
        return two[:1], two[1:]
    none = [value for value in column.values if _NONE.fullmatch(str(value).strip().casefold())]
    others = tuple(value for value in column.values if value not in none)
    return (others, tuple(none)) if column.type == "text" and len(none) == 1 and len(others) > 1 else None


def is_gender(column: ColumnFact) -> bool:
    """Whether a column tells whether people are men or women, by its name."""
    return bool({"sex", "gender", "성별"} & set(split_words(column.name)))


def is_age(fact: ColumnFact) -> bool:
    """Whether a column tells how old people are."""
    words = {"age", "나이", "연령"} & set(split_words(fact.name))
    return fact.is_number and (bool(words) or re.search("[가-힣]{2}(?:나이|연령)$", fact.name) is not None)


def is_rating(fact: ColumnFact) -> bool:
    """Whether a column has ratings or scores, which are averaged."""
    return any({word, stem(word)} & _RATED for word in split_words(fact.name))


def adds_up(fact: ColumnFact) -> bool:
    """Whether a column is naturally added up: a number, and no key."""
    words = split_words(fact.name)
    counts = _COUNTS.search(fact.name) is not None
    told = fact.is_number and not is_key(fact) and not is_rating(fact) and not _RELATIVE & set(words)
    return told and (counts or any({word, stem(word)} & _ADDED for word in words))


def is_harm(fact: ColumnFact) -> bool:
    """Whether a column tells of something that is worse the more there is of it, by its name."""
    return any({word, stem(word)} & _HARMS for word in split_words(fact.name))


def is_key(fact: ColumnFact) -> bool:
    """Whether a column tells rows apart, by its name."""
    telling = {"id", "no", "nr", "number", "code"} & set(split_words(fact.name))
    return bool(telling) or re.search("(?:번호|코드|아이디)$", fact.name) is not None


def in_years(fact: ColumnFact) -> bool:
    """Whether a column has years as whole numbers."""
    return fact.type == "int" and "year" in split_words(fact.name)


def can_group(fact: ColumnFact) -> bool:
    """Whether rows may be grouped by a column: no moment, no decimals, and no amounts of many different values."""
    return not fact.is_time and fact.type != "decimal" and not (adds_up(fact) and not fact.values)


def called(fact: ColumnFact) -> str:
    """What a column is called in a result's name."""
    return re.sub(r"\W+", "_", fact.name.casefold()).strip("_")


def things(fact: ColumnFact) -> str:
    """What the different values of a column are called: students of student_id, material_lots of material_lot."""
    name = called(fact)
    if not name.isascii():
        return name
    name = re.sub(r"_(?:id|no|nr|number|code|name)$", "", name)
    return name if name.endswith("s") else re.sub(r"(?<=[^aeiou])y$", "ie", name) + "s"


def is_amount(fact: ColumnFact) -> bool:
    """Whether texts of a column are amounts, such as £12."""
    known = fact.samples or fact.values
    return bool(known) and not is_key(fact) and all(re.search(r"\d", str(value)) for value in known)


def among(column: str, values: Sequence[object], *, no: bool = False) -> str:
    """The condition that a column has one of some values, or none of them."""
    told = ", ".join(literal(value) for value in values)
    if len(values) == 1:
        return f"{column} {'<>' if no else '='} {told}"
    return f"{column} {'NOT ' if no else ''}IN ({told})"


def aggregate_name(call: str, name: str) -> str:
    """What an aggregate of a column is called, in Korean beside a Korean name."""
    return f"{(_KOREAN if re.match('[가-힣]', name) else CALLED)[call]}_{name}".casefold()


def number_name(name: str) -> str:
    """What a number of something is called."""
    return f"{name}_수" if re.match("[가-힣]", name) else f"number_of_{name}"
