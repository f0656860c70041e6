"""A join as the request and the data have it: its two tables, their keys, and which rows without a match stay."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from assistant.context import Situation, Table
from assistant.named import stands
from assistant.words import split_words
from tools.words import nearest

_INNER = re.compile(
    r"\binner\b|\bmatch|\bonly\b.*\b(?:same|both|common)\b|\b(?:join|merge|combine)\b[^.]*?\b(?:and|with)\b[^.]*?(?:\bon\b|\bby\b|\balong\b|\bwhere\b|\busing\b|\bequal|=|\bsame\b|\bkeys?\b)"
    r"|\b(?:join|merge|combine)\b[^.]*?(?:\bequals?\b|=)",
    re.IGNORECASE,
)
"""Two tables joined as equals: rows of both, as SQL's JOIN gives them."""
_OUTER = re.compile(
    r"\b(?:(?:left|right)(?![ _]on\b| keys?\b| columns?\b)|outer|full|add|attach|append|bring|look ?up|onto|into|every|each|all|keep\w*|even)\b",
    re.IGNORECASE,
)
"""Words that keep the rows without a match."""
_FULL = re.compile(
    r"\b(?:full|outer)\b|\ball (?:the )?(?:values|rows|records|data) (?:in|of|from) (?:both\b|[\w.'\"]+ and\b)|from both sides",
    re.IGNORECASE,
)
"""Words that keep the rows of both tables without a match."""
_ID = re.compile(r"(?:^|[_\W])(?:id|code|key|no|number)$|[a-z]I[dD]$|번호$|코드$|아이디$", re.ASCII | re.IGNORECASE)
"""How names of keys end."""


def joined(arguments: Mapping[str, Any], situation: Situation, request: str) -> dict[str, Any]:
    """What of a join's arguments is otherwise than a model gave them."""
    return _sides(arguments, situation, request) | ({} if "how" in arguments else _how(request))


def _how(request: str) -> dict[str, str]:
    if _FULL.search(request):
        return {"how": "full"}
    return {"how": "inner"} if _INNER.search(request) and not _OUTER.search(request) else {}


def _sides(arguments: Mapping[str, Any], situation: Situation, request: str) -> dict[str, Any]:
    """The sides and keys of a join as the request and the data have them, where the ones given can't be."""
    other = situation.table(str(arguments["other"]))
    table = situation.table(str(arguments["dataset"]))
    if other is None or table is None:
        return {}
    if table is other:  # a table joined to itself is none: the one that refers to it is meant
        refers = [join.table for join in situation.joins if join.other == other.name]
        named = [t.name for t in situation.tables if t is not other and t.name.casefold() in request.casefold()]
        table = situation.table([*named, *refers, table.name][0]) or table
    keys, theirs = arguments.get("on", []), arguments.get("other_on") or arguments.get("on", [])
    if swapped := _other_with(theirs, table, other, situation, request):
        return {"dataset": table.name, "other": swapped, "on": keys, "other_on": theirs}
    names, others = ([column.name for column in side.columns] for side in (table, other))
    shared = [name for name in names if name in others and re.search(rf"(?<!\w){re.escape(name)}(?!\w)", request)]
    if not shared and len(ids := [name for name in names if name in others and _ID.search(name)]) == 1:
        shared = ids
    if shared and set(keys) != set(shared) and not any(key in request for key in (*keys, *theirs)):
        return {"dataset": table.name, "on": shared, "other_on": shared}
    if set(keys) <= set(names) and set(theirs) <= set(others):
        return {"dataset": table.name}
    places = {name: request.find(name) for name in dict.fromkeys([*names, *others]) if name in request}
    said = sorted(places, key=lambda name: places[name])
    left, right = [name for name in said if name in names], [name for name in said if name in others]
    if left and len(left) == len(right):
        return {"dataset": table.name, "on": left, "other_on": right}
    here, there = [_nearest(key, names) for key in keys], [_nearest(key, others) for key in theirs]
    if all(here) and all(there):
        return {"dataset": table.name, "on": here, "other_on": there}
    known = [join for join in situation.joins if {join.table, join.other} == {table.name, other.name}]
    if len(known) == 1:
        [join] = known
        pair = (join.column, join.key) if join.table == table.name else (join.key, join.column)
        return {"dataset": table.name, "on": [pair[0]], "other_on": [pair[1]]}
    here, there = [_alike_key(key, names) for key in keys], [_alike_key(key, others) for key in theirs]
    if all(here) and all(there):
        return {"dataset": table.name, "on": here, "other_on": there}
    return {"dataset": table.name}


def _other_with(keys: Sequence[str], table: Table, other: Table, situation: Situation, request: str) -> str:
    """The one table that has the keys which the other one lacks, and that the request names; else nothing."""
    if set(keys) & {column.name for column in other.columns}:
        return ""
    found = [
        one.name
        for one in situation.tables
        if one is not table and set(keys) <= {column.name for column in one.columns} and stands(one.name, request)
    ]
    return found[0] if len(found) == 1 else ""


def _nearest(name: str, names: Sequence[str]) -> str:
    """The name itself, or the one most like it: Type1 for Type2."""
    return name if name in names else next(iter(nearest(name, names, cutoff=0.7)), "")


def _alike_key(name: str, names: Sequence[str]) -> str:
    """The one other name that ends in the same word: right_key for left_key."""
    ends = [other for other in names if split_words(other)[-1:] == split_words(name)[-1:]]
    return ends[0] if len(ends) == 1 else ""
