"""Reads a statement as language models write it: in a fence, with TOP or back quotes, LIMIT before ORDER BY."""

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sqlglot import exp

_FENCE = re.compile(r"\s*```\w*\s*\n?(.*?)```\s*", re.DOTALL)
_QUERY = re.compile(r"[\s(]*(SELECT|WITH|FROM|VALUES)\b", re.IGNORECASE)
_COMPARED = re.compile(r"\s*(SELECT\b.+?)\s*([<>]=?|=)\s*\(?\s*(SELECT\b.+?)\)?[\s;]*", re.IGNORECASE | re.DOTALL)
_LIMIT_FIRST = re.compile(r"\bLIMIT\s+\d+\s+ORDER\s+BY\b", re.IGNORECASE)
_SET = re.compile(r"\b((?:UNION|INTERSECT|EXCEPT)(?:\s+ALL)?)\b(?![^()]*\))", re.IGNORECASE)
"""Set operators outside of brackets."""
_ORDERED = re.compile(r"\b(?:ORDER\s+BY|LIMIT)\b", re.IGNORECASE)
_ELSEWHERE = (
    ("mysql", re.compile(r"`"), "Names stand in double quotes."),
    ("tsql", re.compile(r"\bTOP\b", re.IGNORECASE), "TOP is written LIMIT."),
)
"""The dialect, what tells it, and what the person is told."""


_QUOTED = re.compile(r"('(?:[^']|'')*'|\"(?:[^\"]|\"\")*\")")


def quoted_names(sql: str, names: Iterable[str]) -> str:
    """The text with names that are no plain words in double quotes: `avg(Unit Price)` becomes `avg("Unit Price")`."""
    odd = sorted({name for name in names if not re.fullmatch(r"[^\W\d]\w*", name)}, key=len, reverse=True)
    if not odd:
        return sql
    pattern = re.compile("|".join(rf"(?<!\w){re.escape(name)}(?!\w)" for name in odd), re.IGNORECASE)
    written = {name.casefold(): '"' + name.replace('"', '""') + '"' for name in odd}
    parts = _QUOTED.split(sql)
    for place in range(0, len(parts), 2):
        parts[place] = pattern.sub(lambda found: written[found[0].casefold()], parts[place])
    return "".join(parts)


def read_statement(sql: str) -> tuple["exp.Query | None", list[str]]:
    """The one query that a text holds, and what had to be changed to read it; None where it is anything else."""
    fenced = _FENCE.fullmatch(sql)
    text = fenced[1].strip() if fenced else sql
    if not _QUERY.match(text):
        return None, []
    changes = ["The fence around the SQL was taken off."] if fenced else []
    if _LIMIT_FIRST.search(text):
        changes.append("LIMIT stands after ORDER BY.")
    parts = _SET.split(text)
    if any(_ORDERED.search(part) for part in parts[:-1:2]) and (tree := _query(_bracketed(parts), "duckdb")):
        return tree, [*changes, "Each part of a set operation is ordered and cut on its own."]
    if (tree := _query(text, "duckdb")) is not None:
        return tree, [
            *changes,
            *(["Each part of a set operation is ordered and cut on its own."] if _share_out(tree) else []),
        ]
    for dialect, sign, change in _ELSEWHERE:
        if sign.search(text) and (tree := _query(text, dialect)) is not None:
            return _query(tree.sql("duckdb"), "duckdb"), [*changes, change]
    if (two := _COMPARED.fullmatch(text)) and all(_query(part, "duckdb") is not None for part in two.group(1, 3)):
        whole = _query(f"SELECT ({two[1]}) {two[2]} ({two[3]}) AS answer", "duckdb")
        return whole, [*changes, "The two queries are compared in one."]
    return None, []


def _share_out(tree: "exp.Query") -> bool:
    """Give the last part of a set operation the order and limit behind it, in place, where the part before has its own."""
    from sqlglot import exp

    if not isinstance(tree, exp.SetOperation) or not tree.args.get("limit") or not tree.args.get("order"):
        return False
    first, last = tree.this, tree.expression
    if not isinstance(first, exp.Subquery) or not first.this.args.get("limit") or not isinstance(last, exp.Select):
        return False
    for part in ("order", "limit"):
        last.set(part, tree.args[part].pop())
    tree.set("expression", exp.select("*").from_(last.subquery("part")))
    return True


def _bracketed(parts: list[str]) -> str:
    """Queries joined by UNION, INTERSECT or EXCEPT, those with an order or a limit of their own in brackets."""
    wraps = [number for number in range(0, len(parts), 2) if _ORDERED.search(parts[number])]
    return " ".join(
        f"(SELECT * FROM ({part.strip().rstrip(';')}))" if number in wraps else part
        for number, part in enumerate(parts)
    )


def _query(text: str, dialect: str) -> "exp.Query | None":
    from sqlglot import exp, parse
    from sqlglot.errors import SqlglotError

    try:
        found = [statement for statement in parse(text, read=dialect) if statement is not None]
    except (SqlglotError, RecursionError):
        return None
    query = found[0] if len(found) == 1 else None
    return query if isinstance(query, exp.Query) and not query.find(exp.Pivot) else None
