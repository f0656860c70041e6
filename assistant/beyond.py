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


def beyond(request: str, situation: Situation) -> str:
    """What is said of a request that no tool can do; empty where one may."""
    names = [name for table in situation.tables for name in (table.name, *(column.name for column in table.columns))]
    held = any(re.search(r"cluster|segment|persona|군집|세그먼트", name, re.IGNORECASE) for name in names)
    if held or any(stands(f"cluster {n}", request) for n in range(10)):
        return ""
    groups = _SEGMENTS.search(request) and not _BY.search(request)
    if _CLUSTERS.search(request) or (groups and not any(columns_named(request, one) for one in situation.tables)):
        return _no_clusters(next(iter(situation.tables), None))
    return ""


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
