"""A column that a request names and the data lack, where a plan took another one in its place: nothing is changed then."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from assistant.context import Situation
from assistant.unmatched import doubtful
from assistant.words import alike, split_words

_TAKES = {"drop_columns": "columns", "sort_rows": "columns", "rename_column": "column"}
"""The tools that are asked for by a column's name, and the argument that holds it."""
_NOWHERE = r"없는|(?:존재하지|있지도|있지) ?(?:않는|않은)"
"""How Korean calls a column that is not there."""
_NAMED = (
    r"(?:please |can you |could you |now |then )*(?:drop|remove|delete|exclude|discard|get rid of|rename) (?:the |my )?(?:(?:column|field|variable) )?(?P<name>[^\W\d]+(?: [^\W\d]+)??)(?: (?:column|field|variable))?(?: (?:to|as|into) \S+)?(?: please)?",
    r"(?:please |can you |could you |now |then )*(?:sort|order)(?: (?:it|them|the|rows|data|table|by|everything))* by (?:the )?(?P<name>[^\W\d]+(?: [^\W\d]+)??)(?: (?:column|field))?(?: (?:asc|desc)\w*)?",
    rf"(?P<name>{_NOWHERE}|[^\W\d]+?) ?(?:열|컬럼|칼럼|필드|항목)(?:을|를|은|는)? ?(?:지워|삭제|제거|없애|빼)\S*(?: ?\S+)?",
    r"(?P<name>[^\W\d]+?)(?:으로|로| 기준으로| 순으로| 순서로) ?(?:오름차순으로 |내림차순으로 )?정렬\S*(?: ?\S+)?",
    r"(?P<name>[^\W\d]+?)(?: ?(?:열|컬럼|칼럼))?(?:을|를|의 이름을| 이름을) \S+(?:으로|로) (?:이름(?:을)? ?)?(?:바꿔|변경)\S*(?: ?\S+)?",
)
_TOLD_OTHERWISE = re.compile(
    r"\b(?:useless|un\w+|irrelevant|redundant|empty|constant|unique|identifiers?|ids?|nois\w+|personal|sensitive|private|texts?|strings?|numeric\w*|numbers?|numerical"
    r"|categor\w+|dates?|times?|bool\w*|nulls?|missing|blanks?|duplicat\w*|correlated|first|second|third|last|other|others|all|any|same|extra|rest|leak\w*|columns?|rows?|fields?|outliers?"
    r"|it|this|that|them|these|those|which|not|one|two|three|new|old\w*|added|made|most|least|more|less|\w+est|descending|ascending|alphabet\w*|size|length|random\w*|names?|values?|relevan\w*|importan\w*|predictions?|results?)\b"
    r"|필요|쓸모|불필요|의미|관련|빈|비어|중복|같은|모든|전체|나머지|첫|마지막|두|세|숫자|문자|텍스트|날짜|시간|식별자|개인|민감|상관|결측|이상|새|방금|위|아래|높은|낮은|큰|작은|많은|적은|비싼|싼|최신|최근|오래|이름|가나다|오름|내림|무작위|영향|중요|예측|해당|그|이|저",
    re.IGNORECASE,
)
"""Words that tell a column by what it is, and not by its name."""


def unnamed(situation: Situation, request: str, steps: Sequence[Mapping[str, Any]]) -> str:
    """The name that nothing in the data is like, of the one step's column; empty where the step took what is named."""
    if len(steps) != 1 or (holder := _TAKES.get(str(steps[0]["tool"]))) is None:
        return ""
    bare = " ".join(request.split()).strip(" .!?")
    matches = (re.fullmatch(pattern, bare, re.IGNORECASE) for pattern in _NAMED)
    name = next((found["name"] for found in matches if found), "")
    if not name or _TOLD_OTHERWISE.search(name):
        return ""
    given = steps[0]["arguments"].get(holder) or []
    taken = [given] if isinstance(given, str) else [str(one) for one in given]
    if re.fullmatch(_NOWHERE, name):
        return "그런 열" if taken else ""
    words, unlike = split_words(name), set(doubtful(situation, name))
    near = any(alike(word, part) for word in words for column in taken for part in split_words(column))
    return name if taken and not near and all(word in unlike for word in words) else ""
