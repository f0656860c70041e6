"""Words for a measure or a group that the data call otherwise: 매출 where one column is 결제금액, revenue where one is amount.

A word stands in for a column only where nothing here is called so and one column alone is what it may mean; the answer
tells it. What is not covered: revenue that is a quantity times a price, and words for values.
"""

import re
from collections.abc import Iterator

from assistant.composing.columns import is_amount, is_key
from assistant.context import ColumnFact, Situation
from assistant.named import QUOTED, UNITS
from assistant.words import split_words, stem

_MEASURES = (
    (
        "매출|매출액|매출 금액|판매액|판매 금액|revenues?|turnover|takings|total sales|sales amount",
        "매출 매출액 매출금액 판매액 판매금액 판매총액|revenue|sales|sales amount|turnover|takings",
        "결제금액 결제액 주문금액 구매금액 구매액 거래금액 거래액 이용금액 청구금액 총금액 총액 합계금액 합계"
        "|payment amount|amount paid|paid amount|payment|order amount|order total|order value|purchase amount|total amount|total price|total paid|price paid",
        "금액 수강료 이용료 이용요금 요금|amount|total|fare|fee",
    ),
    ("판매량|판매 수량|팔린 수량|units sold|sales volume", "판매량 판매수량 판매수|units sold|units", "수량 개수|quantity|qty"),
    ("평점|별점|rating|ratings", "평점 별점 리뷰점수 평가점수|rating|stars", "만족도 만족도점수 점수|score|review score|satisfaction"),
    ("급여|월급|연봉|임금|salary|salaries|wages?", "급여 월급 연봉 임금 기본급|salary|wage|base salary|pay|annual salary|monthly salary"),
)  # fmt: skip
"""Words for a measure, then the names of the columns it may mean, the likeliest first."""
_GROUPS = (
    ("매장|점포|가게|지점|영업점|stores?|shops?|branch|branches|outlets?", "매장 지점 점포 가게 영업점 매장명 지점명|store|shop|branch|outlet"),
    ("상품|제품|품목|products?|items?|articles?", "상품 제품 품목 상품명 제품명 품목명 메뉴 메뉴명|product|product name|item|item name|article"),
    ("카테고리|분류|category|categories", "카테고리 분류 상품군 상품분류 제품군|category|product category"),
    ("결제 수단|결제 방법|결제 방식|지불 수단|지불 방법|payment methods?|payment types?", "결제수단 결제방법 결제방식 지불수단 지불방법|payment method|payment type|payment"),
    ("부서|소속|departments?|divisions?", "부서 부서명 소속 소속부서 팀|department|dept|division|team"),
)  # fmt: skip
"""The same of what rows are grouped by."""
_GROUPED = r"(?=(?:별로는|별로|별|마다|당|은|는|이|가|을|를|의|에서)(?![가-힣])|\W*$)"
"""What follows a Korean word for a group: 매장 주문 is no order of any shop."""
_AFTER = r"(?=(?:별로는|별로|별|마다|은|는|이|가|을|를|의|에|에서|도|만|과|와|랑|이랑|하고|으로|로|보다|대비|액)?(?![가-힣]))"
_SUMMED = re.compile(r"revenues\?|turnover|takings")
"""English words that are of a sum, whatever the column is called."""
_TOLD = re.compile(
    r"\b(?:average|mean|median|total|sum|sum of|max|min|maximum|minimum|daily|weekly|monthly|per|between)(?: (?:the|our))? $",
    re.IGNORECASE,
)
"""Words before them that say how they are summed up."""
_MAKES = re.compile(
    r"만들|추가|생성|붙여|라고|바꿔|변경|=|\b(?:add|create|make|call|called|name|rename|new|define)\b", re.IGNORECASE
)
"""A request that gives names of its own."""


def stood_in(request: str, situation: Situation) -> tuple[str, dict[str, str]]:
    """A request with the names of the columns that its words stand in for, and those words with what they were taken for."""
    taken = dict[str, str]()
    if _MAKES.search(request):
        return request, taken
    known = _known(situation)
    for said, name, ends in _candidates(situation):
        before, after = (r"(?<![가-힣])", ends) if re.match("[가-힣]", said) else (r"\b", r"\b")
        quoted = [found.span() for found in QUOTED.finditer(request)]
        for found in reversed(list(re.finditer(f"{before}{said.replace(' ', ' ?')}{after}", request, re.IGNORECASE))):
            if not _is_known(found[0], known) and not any(low <= found.start() < high for low, high in quoted):
                taken[found[0]] = name
                told = (
                    f"total {name}" if _SUMMED.fullmatch(said) and not _TOLD.search(request[: found.start()]) else name
                )
                request = request[: found.start()] + told + request[found.end() :]
    return request, taken


def _known(situation: Situation) -> tuple[str, set[str]]:
    """All names and values here as one text without blanks, and the stems of their words."""
    texts = [table.name for table in situation.tables]
    for table in situation.tables:
        for column in table.columns:
            texts += [column.name, *(value for value in column.values if isinstance(value, str))]
    told = "\n".join("".join(text.split()).casefold() for text in texts)
    return told, {stem(word) for text in texts for word in split_words(text)}


def _is_known(said: str, known: tuple[str, set[str]]) -> bool:
    if re.match("[가-힣]", said):
        return "".join(said.split()) in known[0]
    return all(stem(word) in known[1] for word in split_words(said))


def _candidates(situation: Situation) -> Iterator[tuple[str, str, str]]:
    """Patterns of words with the one column of this data that they may mean and what must follow, the longest words first."""
    columns = [column for table in situation.tables for column in table.columns]
    found = list[tuple[str, str, str]]()
    for kinds, fits, ends in ((_MEASURES, _is_measure, _AFTER), (_GROUPS, _is_group, _GROUPED)):
        fitting = [column for column in columns if fits(column)]
        for said, *tiers in kinds:
            if name := _one(tiers, fitting):
                found += [(word, name, ends) for word in said.split("|")]
    yield from sorted(found, key=lambda one: -len(one[0]))


def _one(tiers: list[str], columns: list[ColumnFact]) -> str:
    """The one column of the first kind of names that any has; empty where several have it."""
    for tier in tiers:
        names = {word for part in tier.split("|") for word in (part.split() if re.match("[가-힣]", part) else [part])}
        if fitting := [column.name for column in columns if _bare(column.name) in names]:
            return fitting[0] if len(fitting) == 1 else ""
    return ""


def _bare(name: str) -> str:
    """A name without its unit and, in Korean, its blanks: 결제금액 of 결제 금액(원), amount of amount_usd."""
    told = re.sub(r"\s*[(\[].*?[)\]]\s*$", "", name)
    words = [word for word in split_words(told) if word not in UNITS]
    return "".join(words) if re.match("[가-힣]", told) else " ".join(words)


def _is_measure(column: ColumnFact) -> bool:
    return not is_key(column) and (column.is_number or (column.type == "text" and is_amount(column)))


def _is_group(column: ColumnFact) -> bool:
    return column.type == "text"
