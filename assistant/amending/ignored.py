"""The columns that a build shall leave out: by their names, by parts of these, and by their kind (the dates, all ids)."""

import re

from assistant.composing.columns import is_key
from assistant.context import Table
from assistant.named import others_named

_IGNORE = re.compile(
    r"\b(?:do not|don'?t|never) (?:use|look at|include|consider|feed|give it)\b(?P<not>[^.;,]*)|\b(?:without|ignor\w+|exclud\w+|except(?: for)?|leav\w+ out)\b(?P<out>[^.;,]*)"
    r"|\b(?:leave|keep|take) (?P<apart>[^.;,]{1,40}?) (?:out|aside)\b|\b(?P<korean>[^.;,]{1,40}?)(?:은|는|을|를|랑)? ?(?:빼고|빼 ?줘|제외|말고|쓰지 ?(?:말|마)|무시)",
    re.IGNORECASE,
)
_PRONOUN = re.compile(r"\s*(?:it|them|that(?: one)?|this|those|these|그건?|그거|그것)\s*", re.IGNORECASE)
_OF_ROWS = re.compile(
    r"\d|\b(?:rows?|records?|where|missing|empty|outliers?|duplicates?)\b|행|결측|이상치|중복", re.IGNORECASE
)
"""Rows are left out, no column."""
_DATES = re.compile(
    r"\b(?:dates|timestamps|(?:date|time) (?:columns|fields))\b|날짜(?:들| ?(?:열|컬럼))", re.IGNORECASE
)
_IDS = re.compile(
    r"\b(?:ids|keys|identifiers|(?:id|key) (?:columns|fields))\b|(?:아이디|키)(?:들| ?(?:열|컬럼))", re.IGNORECASE
)


def ignored(request: str, table: Table, target: str) -> list[str]:
    """The columns that the request leaves out, those with a part of a name too: the price of price_usd_kg."""
    parts = [part for found in _IGNORE.finditer(request) for part in _spoken(found, request)]
    named = [name for part in parts if not _OF_ROWS.search(part) for name in others_said(part, table, target)]
    return list(dict.fromkeys(named)) if len(set(named)) < len(table.columns) - 1 else []


def _spoken(found: re.Match[str], request: str) -> list[str]:
    """What a part of the request names; a pronoun stands for what its clause named before: age isn't known then, so leave it out."""
    parts = [part for part in found.groups() if part]
    before = re.split(r"[.;]|\b(?:and|but) (?!so\b)", request[: found.start()])[-1].rsplit(",", 2)
    return [" ".join(before[-2:]) if _PRONOUN.fullmatch(part) else part for part in parts]


def others_said(part: str, table: Table, target: str) -> list[str]:
    """The columns besides the target that a part of a request names, or whose kind it names: the dates, all ids."""
    others = [column for column in table.columns if column.name != target]
    dates = [one.name for one in others if one.is_time] if _DATES.search(part) else []
    return (
        others_named(part, table, target)
        + dates
        + ([one.name for one in others if is_key(one)] if _IDS.search(part) else [])
    )
