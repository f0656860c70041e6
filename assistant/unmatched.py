"""Words of a request that match nothing in the data, by rule: only they can be missing; and what is like them after all."""

import re
from collections.abc import Collection
from itertools import pairwise

from assistant.context import Situation
from assistant.named import without_results
from assistant.words import CALENDAR, alike, is_calendar, is_common, is_foreign, split_words, stem, stems
from tools.relations import plain_name

_SIZE = re.compile(r"\bsizes? of (?:each|every)\b", re.IGNORECASE)
"""The size of groups is the number of their rows."""
_THIS = re.compile(r"\b(?:in|of|on|for|at|during) this (?!year|month|week|quarter|day)\w+", re.IGNORECASE)
"""`in this competition` is what the table is about."""
ASKS_FOR = {
    "height": "tall taller tallest",
    "weight": "heavy heavier heaviest light lighter lightest",
    "age": "young younger youngest",
    "length": "long longer longest short shorter shortest",
    "duration": "long longer longest short shorter shortest",
    "width": "wide wider widest",
    "depth": "deep deeper deepest",
    "speed": "fast faster fastest slow slower slowest",
    "temperature": "hot hotter hottest warm warmer warmest cold colder coldest",
    "price": "expensive cheap cheaper cheapest cost costs worth value",
    "cost": "expensive cheap cheaper cheapest price prices worth",
    "venue": "city town country place location stadium",
    "location": "city town country place venue",
    "hometown": "city town",
    "country": "nation nations nationality",
    "nation": "country countries nationality",
    "nationality": "country countries nation",
    "rank": "position place places",
    "position": "rank ranked place",
    "team": "club clubs side squad",
    "club": "team teams",
    "competition": "tournament event race championship",
    "tournament": "competition event championship",
    "event": "competition race",
    "athlete": "player competitor competitors",
    "player": "athlete athletes",
    "rider": "cyclist cyclists",
    "cyclist": "rider riders competitor",
    "film": "movie movies",
    "movie": "film films",
    "attendance": "crowd spectators",
    "salary": "pay wage wages earn earns",
    "customer": "client clients buyer buyers",
    "client": "customer customers",
    "employee": "worker workers staff",
    "product": "item items",
    "item": "product products",
    "supplier": "vendor vendors",
    "직원": "사원",
    "고객": "손님",
    "상품": "제품 품목",
    "제품": "상품 품목",
}
"""A column's name by the words that ask for it: for more or less of a measure, or for the same thing."""


_KIN = (
    "price cost rent rental fee fare charge tariff 가격 값 비용 요금 임대료 월세 단가 회비",
    "revenue sale turnover taking income earning proceed 매출 매출액 수입 수익 판매액",
    "salary pay wage 급여 연봉 월급 임금",
    "customer client member subscriber user buyer guest 고객 회원 손님 이용자 구매자",
    "city town place location site district region area 도시 지역 지점 구역 동네",
    "employee worker staff 직원 사원 근로자",
    "product item article goods 상품 제품 품목",
    "rating score grade satisfaction 평점 점수 만족도",
    "quantity unit piece volume 수량 개수 물량",
    "supplier vendor 공급업체 거래처",
)
"""Words that tell much the same: who asks for one may mean another."""


def akin(what: str, names: Collection[str]) -> list[str]:
    """The names that tell much the same as what is said to be missing: rent for a price."""
    said = set(stems(what))
    groups = [group for words in _KIN if said & (group := {stem(word) for word in words.split()})]
    return [name for name in names if any(group & set(stems(name)) for group in groups)]


def doubtful(situation: Situation, request: str) -> list[str]:
    """The words of a request that match no table, column or value; words that only ask are left out."""
    told, _ = without_results(_THIS.sub(" ", _SIZE.sub(" ", request)))
    words = [word for word in split_words(told) if not is_common(word) and not word.isdigit()]
    known = _known(situation)
    joined = {one + other for one, other in pairwise(split_words(request))}
    whole = {stem(pair) for pair in joined} & {stem(name) for name in known}  # high schoolers, Highschooler
    return [
        word
        for word in words
        if not any(alike(word, name) or _ends_in(name, word) for name in known)
        and not any(pair.startswith(word) or pair.endswith(stem(word)) for pair in whole)
    ]


def _ends_in(name: str, word: str) -> bool:
    """Whether a name is a compound of a word: hometown of towns."""
    end = stem(word)
    return len(end) >= 4 and len(name) > len(end) and stem(name).endswith(end)


def speaks_of(thing: str, request: str) -> bool:
    """Whether a request has a word of a thing, as far as the two can be compared."""
    words, said = split_words(thing), split_words(request)
    korean = [any(re.search("[가-힣]", word) for word in some) for some in (words, said)]
    return korean[0] != korean[1] or any(alike(word, other) for word in words for other in said)


def _known(situation: Situation) -> set[str]:
    names = [table.name for table in situation.tables]
    for table in situation.tables:
        if any(column.is_time or _is_calendar(column.name) for column in table.columns):
            names += CALENDAR
        for column in table.columns:
            names += [column.name, *(str(value) for value in column.values if isinstance(value, str))]
    known = {word for name in names for word in split_words(name)}
    return known | {word for measure, words in ASKS_FOR.items() if measure in known for word in words.split()}


def _is_calendar(name: str) -> bool:
    """Whether a column is called like a part of the calendar: it may hold dates as text."""
    return any(map(is_calendar, split_words(name)))


def speaks_of_else(situation: Situation, request: str) -> bool:
    """Whether most of what a request names, three words or more, matches nothing in the data."""
    telling = {word for word in split_words(request) if not is_common(word) and not word.isdigit()}
    unlike = set(doubtful(situation, request))
    return len(unlike) > 2 and len(unlike) * 2 > len(telling) and not in_another_language(situation, request)


def like(what: str, names: Collection[str]) -> list[str]:
    """The names that are what is said to be missing spelt another way; else those that have every word of it in some form.

    Lost has `losses`, and a thing's name may stand in a column that is called like the thing.
    """
    if same := [name for name in names if plain_name(name) == plain_name(what)]:
        return same
    telling = [word for word in split_words(what) if word not in ("name", "names")]
    return [
        name for name in names if telling and all(any(alike(w, part) for part in split_words(name)) for w in telling)
    ]


def in_another_language(situation: Situation, request: str) -> bool:
    """Whether a Korean request is about names without a Korean word, or one is neither in Korean nor in English.

    Then unlike words prove nothing.
    """
    if is_foreign(request):
        return True
    names = " ".join([*situation.column_names, *(table.name for table in situation.tables)])
    return re.search("[가-힣]", request) is not None and re.search("[가-힣]", names) is None
