"""Things that requests often ask for, each with the words its column may have, in Korean and English.

A name in another script proves nothing by its letters: only where no word for a thing stands in any name or value is
it missing. What is not covered: things that are not listed here; those are for the second look (assistant/linking.py).
"""

import re
from collections.abc import Callable, Sequence
from functools import cache

from assistant.context import Situation
from assistant.named import QUOTED
from assistant.words import split_words

_KO = r"(?<![가-힣])"
_END = r"(?=$|[^가-힣]|별|율|률|량|수|마다|은|는|이|가|을|를|의|에|도|만|과|와|로|인|좋|높|낮)"
_THINGS = (
    (r"최종 ?학력|학력|education(?: level)?", "학력 학위 학교 교육 전공 졸업 education educ edu degree school academic university college graduat major diploma qualification study"),
    (r"날씨|기상|강수량|강우량|weather|rainfall", "날씨 기상 기온 온도 강수 강우 습도 우천 맑음 흐림 weather rain snow temp climate sunny precipitation humid wind"),
    (r"비 ?(?:오는|온|올) ?(?:날|때)|눈 ?(?:오는|온|올) ?(?:날|때)|rainy days?|snowy days?", "날씨 기상 강수 강우 우천 적설 비 눈 맑음 흐림 weather rain snow sunny precipitation climate"),
    (r"학군|school districts?", "학군 학교 학구 school"),
    (r"직업|직종|occupations?|professions?", "직업 직종 직무 직급 직책 업종 job occupation profession role title position career workclass"),
    (r"연소득|소득|연봉|급여|월급|incomes?|salar(?:y|ies)", "소득 연봉 월급 급여 임금 수입 보수 income salary wage pay earn compensation"),
    (r"종교|religions?", "종교 religion faith church"),
    (r"혈액형|blood types?", "혈액형 혈액 blood"),
    (r"국적|nationalit(?:y|ies)", "국적 국가 나라 nation country citizen origin"),
    (r"결혼 ?여부|혼인 ?여부|혼인 ?상태|기혼|미혼|marital status", "결혼 혼인 기혼 미혼 배우자 marital married marriage spouse single"),
    (r"자녀 ?수|자녀|number of children", "자녀 아이 가족 부양 child kids dependent family household parch"),
    (r"몸무게|체중", "몸무게 체중 무게 weight kg bmi mass"),
    (r"통근 ?(?:거리|시간)|출퇴근 ?(?:거리|시간)", "통근 출퇴근 거리 commut distance travel"),
    (r"배송 ?(?:기간|시간|일수|비용|비|지연)|배달 ?(?:시간|비|지연)|delivery (?:times?|days|fees?|delays?)", "배송 배달 택배 운송 도착 출고 발송 deliver ship arriv courier freight dispatch transit"),
    (r"반품|환불|refunds?", "반품 환불 반환 취소 return refund cancel"),
    (r"재고|inventory|stock levels?", "재고 입고 보유 stock inventory hand warehouse"),
    (r"마진|원가|순이익|영업이익|이익률|profit margins?|profits?", "마진 원가 이익 비용 순익 수익 margin profit cost gain income expense"),
    (r"광고비|마케팅비|advertising (?:spend|costs?)", "광고 마케팅 캠페인 홍보 ad ads advert marketing campaign spend"),
    (r"제조사|제조업체|manufacturers?", "제조 업체 회사 브랜드 메이커 manufactur maker make brand vendor company supplier"),
    (r"공급업체|거래처|납품업체|suppliers?", "공급 거래처 납품 업체 회사 supplier vendor provider company manufactur"),
    (r"작업자|기술자|technicians?", "작업자 기술자 담당 기사 직원 사원 operator worker employee staff technician engineer mechanic name"),
    (r"상담원|상담사|call agents?", "상담원 상담사 담당 직원 사원 agent operator employee staff representative rep name"),
    (r"습도|humidity", "습도 humid moisture"),
    (r"전력 ?(?:소비량|사용량)|전기 ?(?:소비량|사용량|요금)|power consumption|electricity (?:use|usage)", "전력 전기 에너지 power electric energy kwh watt consum usage load"),
    (r"연체|체납", "연체 체납 미납 상환 부도 overdue delinquen late default arrear due unpaid"),
    (r"친구 ?추천|추천인|referrals?", "추천 초대 소개 refer invit recommend source channel"),
    (r"조회수|클릭수|page views?|click counts?", "조회 클릭 방문 view click impression visit traffic hit"),
)  # fmt: skip
"""Each thing as it is asked for, and the words, or their beginnings, of columns and values that may tell it."""
_LOOKED_FOR = re.compile(
    r"라는|이란|단어|포함|들어간|들어가는|들어있는|언급|내용에|\b(?:contain|mention|word|text|say)\w*", re.IGNORECASE
)
"""Words that are looked for in texts, which may hold anything."""
_SUPPLIES = re.compile(r"=|\*|추가|만들|이름|컬럼|\b(?:add|create|column|rename|called|named)\b", re.IGNORECASE)
"""What is made new need not be there yet."""


def absent(situation: Situation, request: str, held: Callable[[str], bool]) -> list[str]:
    """The things that a request asks for and that no name and no values of the data have a word of."""
    said = QUOTED.sub(" ", request)
    if not situation.tables or _LOOKED_FOR.search(said) or _SUPPLIES.search(said):
        return []
    found = [(match[0], words) for pattern, words in _patterns() if (match := pattern.search(said))]
    return [thing for thing, words in found if not _is_told(words, situation) and not held(thing.casefold())]


@cache
def _patterns() -> tuple[tuple["re.Pattern[str]", tuple[str, ...]], ...]:
    def whole(pattern: str) -> "re.Pattern[str]":
        return re.compile(rf"{_KO}(?:{pattern}){_END}|\b(?:{pattern})(?![\w가-힣])", re.IGNORECASE)

    return tuple((whole(pattern), tuple(words.split())) for pattern, words in _THINGS)


def _is_told(words: Sequence[str], situation: Situation) -> bool:
    """Whether a name has one of the words, or a column has two values with one: `rain` and `sun`, not `education` alone."""
    columns = [column for table in situation.tables for column in table.columns]
    names = [*(table.name for table in situation.tables), *(column.name for column in columns)]
    values = ([str(value) for value in (*column.values, *column.samples)] for column in columns)
    return any(_has(name, words) for name in names) or any(sum(_has(one, words) for one in some) > 1 for some in values)


def _has(text: str, words: Sequence[str]) -> bool:
    """Whether a text has a word, or the beginning of one; Korean compounds hold it anywhere."""
    known = split_words(text)
    return any(
        word in name
        if re.search("[가-힣]", word)
        else name.startswith(word) or (len(name) > 2 and word.startswith(name))
        for word in words
        for name in known
    )
