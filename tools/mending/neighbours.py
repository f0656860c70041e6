"""Rows that a request finds by their place in the table: the one listed before or after another, the first, the last.

`lag` and `lead` over no order go by the rows as they stand. Where a column of years or dates falls from row to row, what
came before stands below.

What is not covered: neighbours in another order than the table's, and several steps away.
"""

import re
from typing import TYPE_CHECKING

from tools.mending.data import Data, without_accents
from tools.mending.groups import aggregates
from tools.mending.names import Names
from tools.mending.types import typed

if TYPE_CHECKING:
    from sqlglot import exp

_BEFORE = r"before|prior to|preceding|previous (?:to|from|of)|earlier than"
_AFTER = r"next(?: after| from)?|after|following|later than"
_ABOVE, _BELOW = r"above|on top of", r"below|under|beneath|underneath"
_WAY = rf"\b(?:(?P<before>{_BEFORE})|(?P<after>{_AFTER})|(?P<above>{_ABOVE})|(?P<below>{_BELOW}))\s+(?:the\s+)?[\"']?"
_KOREAN = r"[\"']?\s?(?:의\s)?(?:바로\s)?(?:(?P<before>이전|앞|전)|(?P<after>다음|뒤|이후)|(?P<above>위)|(?P<below>아래|밑))(?=에|의|은|는|\s)"
_PLACE = re.compile(r"\bnext\b|\bcomes?\b|\blisted\b|\brows?\b|\bline\b|행|줄", re.IGNORECASE)
"""Words that go by the place and not by the time."""
_DAY = re.compile(r"\d{4}|\d[-/.:]\d")
"""Texts that tell a day or a time: before and after are meant as they are."""
_LIST = r"(?:list|chart|table|sheet|data ?set|file)"
_END = re.compile(
    rf"\b(?P<first>first|top)\b[^?.]*?\b(?:listed|(?:on|in|of) (?:the|this) {_LIST})\b|\b(?P<last>last|bottom)\b[^?.]*?\b(?:listed|(?:on|in|of) (?:the|this) {_LIST})\b"
    rf"|\blisted (?:(?P<first_>first)|(?P<last_>last))\b|(?:표|목록|리스트)(?:의|에서)?\s?(?:(?P<first__>맨 위|첫)|(?P<last__>맨 아래|마지막))",
    re.IGNORECASE,
)


def mend_neighbours(tree: "exp.Expr", names: Names, data: Data, request: str) -> list[str]:
    """Show the row beside the one that is named, or the first or last; in place. Returns what was changed."""
    from sqlglot import exp

    if not isinstance(tree, exp.Select) or not _is_plain(tree):
        return []
    return _beside(tree, names, data, request) or _at_end(tree, request)


def _is_plain(select: "exp.Select") -> bool:
    """Whether a SELECT shows columns of the rows of one dataset."""
    from sqlglot import exp

    read = select.args.get("from_")
    shown = [part.unalias() for part in select.expressions]
    whole = select.find(exp.Join, exp.Subquery, exp.Group, exp.Window, exp.Qualify, exp.Offset) is None
    return (
        read is not None
        and isinstance(read.this, exp.Table)
        and whole
        and all(isinstance(part, exp.Column) for part in shown)
        and not aggregates(select)
    )


def _beside(select: "exp.Select", names: Names, data: Data, request: str) -> list[str]:
    """`WHERE name = 'Oslo'` for a request that says "after Oslo" finds the row after it."""
    from sqlglot import exp

    for column, kind, (table, name) in typed(select, names, data):
        test = column.parent
        sides = (exp.EQ, exp.LT, exp.GT, exp.LTE, exp.GTE) if kind.startswith("VARCHAR") else (exp.EQ,)
        text = test.expression if isinstance(test, sides) and test.this is column else None
        if (
            test is None
            or not isinstance(text, exp.Literal)
            or not text.is_string
            or test.find_ancestor(exp.Or, exp.Not)
        ):
            continue
        way = _way(text.name, request)
        if not isinstance(test, exp.EQ):
            known = [] if _DAY.search(text.name) else data.spelt(table, name, text.name) or []
            way, text = (way, exp.Literal.string(known[0])) if known else ("", text)
        if not way:
            continue
        falls = way in ("before", "after") and not _PLACE.search(request) and _falls(table, data)
        up = (way in ("before", "above")) != falls
        near = f"{'lead' if up else 'lag'}({column.sql('duckdb')}) OVER () = {text.sql('duckdb')}"
        where, order, limit = (select.args.get(part) for part in ("where", "order", "limit"))
        for part in filter(None, (where, order, limit)):
            part.pop()
        select.set("qualify", exp.Qualify(this=exp.condition(near, dialect="duckdb")))
        return [f"The row {'above' if up else 'below'} {text.name} is shown, as the request says."]
    return []


def _way(value: str, request: str) -> str:
    """Which way from a value a request looks: `before`, `after`, `above` or `below`; empty where it does not."""
    said, held = without_accents(request), without_accents(value)
    held = next((part for part in (held, re.split(r"\s[-–(,]\s?|\s\(", held)[0]) if part and part in said), "")
    if not held:
        return ""
    found = re.search(_WAY + re.escape(held) + r"(?!\w)", said) or re.search(re.escape(held) + _KOREAN, said)
    return next((way for way, words in found.groupdict().items() if words), "") if found else ""


def _falls(table: str, data: Data) -> bool:
    """Whether the rows stand from the newest to the oldest."""
    for column in data.tables.get(table, []):
        kind = data.type_of(table, column)
        if kind.startswith(("DATE", "TIMESTAMP")) or re.search(r"\byear\b|연도|년도", column, re.IGNORECASE):
            return data.falls(table, column)
    return False


def _at_end(select: "exp.Select", request: str) -> list[str]:
    """The first row of a list is the first that stands there, whatever its name."""
    from sqlglot import exp

    found = _END.search(request)
    limit = select.args.get("limit")
    if not found or limit is None or limit.expression.name != "1":
        return []
    first = any(words for name, words in found.groupdict().items() if name.startswith("first"))
    for part in filter(None, (select.args.get("order"), None if first else limit)):
        part.pop()
    if not first:
        last = "row_number() OVER () = count(*) OVER ()"
        select.set("qualify", exp.Qualify(this=exp.condition(last, dialect="duckdb")))
    return [
        f"The {'first' if first else 'last'} row is the one that stands {'first' if first else 'last'} in the table."
    ]
