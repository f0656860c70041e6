"""What no tool does, told before anything is planned, with what there is instead: a small model would make up a plan."""

import re

from assistant.context import Situation, Table
from assistant.named import columns_named, stands

_CLUSTERS = re.compile(
    r"\b(?:cluster(?:s|ed|ing)?|k-?means|dbscan)\b|군집(?:화|분석)?|클러스터(?:링)?|비슷한 \S+ ?끼리 ?(?:묶|나눠|나누|모아)",
    re.IGNORECASE,
)
_SEGMENTS = re.compile(
    r"\b(?:segment|group|divide|split|sort|put)\w* (?:up )?(?:(?:our|my|the|these|those|all|of|similar) )*(?P<what>[a-z]+s)(?: up)? (?:in)?to (?:(?:a few|some|several|natural|meaningful|similar|different|homogeneous|\d+) )*(?:segments?|groups?|personas?|types|profiles)\b"
    r"|\b(?:find|discover|identify|build|create|make) (?:me )?(?:(?:some|the|natural|similar|distinct|a few|\d+) )*(?:customer |user |client )?(?:segments|personas)\b"
    r"|\S+(?:을|를) (?:몇 ?개(?:의)? |비슷한 |\d+개(?:의)? )?(?:그룹|세그먼트|유형|집단)(?:으로|로) (?:나눠|나누|분류|묶)|세그먼트(?:를|로)? ?(?:만들|나눠|나누|찾)",
    re.IGNORECASE,
)
_BY = re.compile(
    r"\b(?:by|based on|according to|per|with respect to|using|train\w*|test\w*|equal|random\w*|control|treatment|a/b)\b|별로|기준|따라|무작위|학습|테스트|같은 크기",
    re.IGNORECASE,
)
"""Groups by a rule or for an experiment, which there are tools for."""
_OF_MODELS = re.compile(
    r"(?:(?:please |can you )?(?:list|show)(?: me)? (?:all )?(?:my |our |the )?models|(?:which|what) models (?:are there|do (?:i|we|you) have|exist|have (?:i|we|you) (?:built|trained|made))(?: (?:so far|yet|now))?"
    r"|how (?:good|accurate|reliable|precise) is (?:it|(?:the|this|that|my|our) (?:model|prediction)s?)"
    r"|(?:지금 |현재 |여기 |지금까지 )?(?:(?:어떤|무슨) 모델(?:이|들이|을|들을)?|(?:학습한|만든|만들어 ?진|있는) 모델(?:이|은|들은)?|모델(?:이|은|은요)? (?:뭐가|뭐|어떤 게|무엇이|몇 ?개(?:나)?)) ?(?:있|만들|학습|뭐|몇)\S*(?: \S+)?"
    r"|모델(?:들)? ?(?:목록|리스트)?(?:을|를|이|들을)? ?(?:좀 )?(?:보여|알려|뽑아)\S*(?: \S+)?"
    r"|(?:(?:이|그|내|지금) ?)?(?:모델|예측)(?:은|이|의 성능은|의 정확도는|의 정확도가)? ?(?:얼마나|어느 ?정도|몇 ?(?:%|퍼센트))(?:나|로)? ?(?:잘 )?(?:정확|좋|믿을|맞|신뢰|돼|되|야)\S*(?: \S+){0,2})",
    re.IGNORECASE,
)
"""What is asked of models alone: which there are, how good they are."""


def beyond(request: str, situation: Situation) -> str:
    """What is said of a request that no tool can do; empty where one may."""
    names = [name for table in situation.tables for name in (table.name, *(column.name for column in table.columns))]
    told = " ".join(names).casefold().replace("모델", "model")
    if re.search(r"cluster|segment|persona|군집|세그먼트", told) or any(
        stands(f"cluster {n}", request) for n in range(10)
    ):
        return ""
    if not situation.models and _OF_MODELS.fullmatch(" ".join(request.split()).strip(" .?!~")) and "model" not in told:
        return _no_model(next(iter(situation.tables), None))
    groups = _SEGMENTS.search(request) and not _BY.search(request)
    if _CLUSTERS.search(request) or (groups and not any(columns_named(request, one) for one in situation.tables)):
        return _no_clusters(next(iter(situation.tables), None))
    return ""


def _no_model(table: Table | None) -> str:
    said = f", such as: predict {table.columns[-1].name}" if table else ""
    return f"There is no model in this project yet. Say what is to be predicted{said}."


def _no_clusters(table: Table | None) -> str:
    numbers = [one.name for one in table.columns if one.is_number and len(one.values) != 2] if table else []
    groups = [one.name for one in table.columns if one.type == "text" and one.values] if table else []
    instead = [f"groups by a rule, such as: put {numbers[-1]} into 4 groups"] if numbers else []
    instead += (
        [f"groups that the data have, side by side, such as: average {numbers[-1]} by {groups[0]}"]
        if numbers and groups
        else []
    )
    instead += ["a model of one column, with its likeliest rows first, where you can say what is to be predicted"]
    return f"Easel does not find groups of similar rows by itself: it has no clustering. What it does: {'; '.join(instead)}."
