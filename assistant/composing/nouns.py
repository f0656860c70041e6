"""What requests call the rows and columns of a table: 주문 for a row that has a 주문번호, 환불 for 환불여부.

What is not covered: tables whose rows are told apart by several columns or by another than the first.
"""

import re
from functools import cache

from assistant.composing.moments import are_stays
from assistant.context import ColumnFact, Table
from assistant.glossary import korean_for
from assistant.words import split_words, stem

_GENERIC = (
    "id name no number nr at on date time timestamp day amount total value of in the is has was code type kg eur usd m2"
)
GENERIC = frozenset(_GENERIC.split())
"""Words of a name that say how it is told rather than what it tells."""
_ENDING = re.compile(
    r"(?:여부|유무|상태|시작일|개시일|완료일|종료일|일자|일시|시각|날짜|일|명|이름|번호|코드|액|금액|점수|경로|수단|방법|방식|유형|종류|구분)$"
)
"""The same at the end of Korean names."""
UNTOLD = re.compile(rf"{_ENDING.pattern}|(?:기간|시간|시각|연도|횟수|건수|개수|대수|비율|인원)$")
"""Ends that do not tell of what a column is."""
_LABEL = re.compile("[가-힣](?:명|이름)$")
_ROWS_OF = re.compile(r"[_ ]?(?:기록|내역|목록|명단|데이터|정보|이력|현황|대장|리스트|표)$")
"""The same at the end of names of tables."""
_KEY = re.compile(r"(?P<noun>\S{2,}?)[ _]*(?:번호|코드|아이디|id|no|nr|number|code|key|ref|reference)", re.IGNORECASE)
_APART = 0.9
"""A first column that tells apart so many of the rows is their key; the others repeat a row."""
_HANGUL = re.compile(r"[가-힣]+")


@cache
def short_names(name: str) -> tuple[str, ...]:
    """What Korean requests call a column for short: 환불 for 환불여부, 고객 for customer_name; the longest first."""
    told = " ".join(part for part in split_words(name) if part not in GENERIC)
    korean = (*(korean_for(told) if told else ()), *korean_for(name))
    short = [_ENDING.sub("", name.casefold()), *korean, *(_ENDING.sub("", word) for word in korean)]
    return tuple(sorted((one for one in short if len(one) > 1 and _HANGUL.fullmatch(one)), key=len, reverse=True))


def label(table: Table) -> ColumnFact | None:
    """The column that names each row of a table."""
    own = {stem(word) for word in split_words(table.name)}
    named = [
        c
        for c in table.columns
        if c.type == "text"
        and (
            "name" in split_words(c.name)
            or _LABEL.search(c.name)
            or ("title" in split_words(c.name) and own & {stem(word) for word in split_words(c.name)})
        )
    ]
    return named[0] if len(named) == 1 else None


def row_key(table: Table) -> ColumnFact | None:
    """The first column where it is the key of the rows, by its name and its values."""
    first = table.columns[0] if table.columns else None
    return first if first and first.apart >= _APART and _KEY.fullmatch(first.name) else None


def repeated_key(table: Table) -> ColumnFact | None:
    """The key of rows of which a few stand twice: then it is counted instead of them."""
    key = row_key(table)
    return key if key and key.apart < 1 else None


def key_noun(table: Table) -> str:
    """What a row is by the name of its key: 주문 of 주문번호, member of member_id; empty for none."""
    key = row_key(table)
    found = _KEY.fullmatch(key.name.casefold()) if key else None
    noun = found["noun"].strip("_ ") if found else ""
    return "" if noun in GENERIC else noun


def row_name(table: Table) -> str:
    """What rows are called where they are counted: by the table's name without 기록, 내역 and the like, else by their key."""
    own, noun = _ROWS_OF.sub("", table.name) or table.name, key_noun(table)
    told = noun and (_HANGUL.match(noun) is not None) == (_HANGUL.match(own) is not None)
    if not noun or (told and (noun in own or stem(noun) in map(stem, split_words(own)))):
        return own
    return noun if _HANGUL.match(noun) else re.sub(r"(?<=[^aeiou])y$", "ie", noun.replace(" ", "_")) + "s"


def row_nouns(table: Table) -> set[str]:
    """What requests call a row: 방문 of 방문기록, 주문 of 꽃주문, whose rows have a 주문번호, member of gym by its member_id."""
    own = _ROWS_OF.sub("", table.name.casefold()) or table.name.casefold()
    kept = (c.name for c in table.columns if c.is_time or re.search("(?:번호|코드)$", c.name))
    nouns = {own, *(name for column in kept for name in short_names(column) if own.endswith(name))}
    nouns = {name for name in nouns if len(name) > 1 and _HANGUL.fullmatch(name)}
    noun = key_noun(table)
    nouns |= {"stay"} if are_stays(table) else set()
    return nouns | ({noun, *(korean_for(noun) if noun.isascii() else ())} if noun else set())
