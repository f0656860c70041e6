"""Shares of a part: "of the members with 5 or more calls, what share cancelled?" counts those members, not all rows.

A small model counts who called and cancelled, and divides by everyone. Which condition is the base is told by where its
words stand: before 중 in Korean, after `of`, `among` or `for` in English. And a share of revenue is no share of rows.

What is not covered: bases that no word of a condition tells ("of the women" for sex = 'F'), and shares of shares.
"""

import re
from typing import TYPE_CHECKING

from tools.mending.data import YES, Data
from tools.mending.joins import stem
from tools.mending.names import Names, scopes, sources
from tools.mending.written import as_column
from tools.number_words import NUMBERS
from tools.relations import plain_name, singular

if TYPE_CHECKING:
    from sqlglot import exp
    from sqlglot.optimizer.scope import Scope

_SHARE = r"share|percentage|percent|per cent|proportion|fraction|portion|%"
_ASKS_SHARE = re.compile(rf"(?:{_SHARE}|\brate\b|\bratio\b|비율|비중|퍼센트|프로|율)", re.IGNORECASE)
_BEFORE_KO = re.compile(r"(?:\s중(?:에서는|에서|에는|에)?|(?<=\w)중에서?|\s?가운데(?:서)?)(?=[\s,])")
_OF_FIRST = re.compile(
    r"^\W*(?:out of|of|among|for|within|from)\s+(.+?)(?:,|\s(?=what\b|how\b|which\b))", re.IGNORECASE
)
_AMONG = re.compile(r"\b(?:among|amongst|(?<=rate )(?:for|of|in))\s+([^,?]+)", re.IGNORECASE)
_SHARE_OF = re.compile(rf"(?:{_SHARE})\s+of\s+(?:the |our |all |those |these )*([^?]+)", re.IGNORECASE)
_VERBS = frozenset("are is was were have has had did do does will would also".split())  # noqa: SIM905
_AMOUNT = re.compile(
    rf"(?:{_SHARE})\s+of\s+(?:(?:the|our|all|total|overall)\s+)*(\w+)"
    r"|(\w+)\s중(?:에서?)?\s[^?]*(?:비중|비율|퍼센트)|(\w+)(?:의|에서)?\s?비중",
    re.IGNORECASE,
)
_AMOUNTS = ("INT", "BIGINT", "DOUBLE", "FLOAT", "DECIMAL", "SMALLINT", "HUGEINT", "TINYINT", "UINTEGER", "UBIGINT")
_SAYS_NOTHING = frozenset((*YES, "no", "n", "false", "f", "0", "아니오", "없음", "무"))


def mend_parts(tree: "exp.Expr", names: Names, data: Data, request: str) -> list[str]:
    """Divide by the rows or by the amount that the request asks a share of; in place. Returns what was changed."""
    from sqlglot import exp

    if not _ASKS_SHARE.search(request):
        return []
    changes = []
    for scope in scopes(tree):
        select = scope.expression
        found = _share(select)
        if found is None or not isinstance(select, exp.Select):
            continue
        share, condition = found
        split = _split(request) if isinstance(condition, exp.And) else None
        if (amount := _amount(request, scope, names, data)) is not None:
            changes.append(_of_amount(share, condition, amount))
        elif split is not None and (base := _base(list(condition.flatten()), *split)):
            changes.append(_of_part(select, condition, base))
    return changes


# --- what the statement counts ---


def _share(select: "exp.Expr") -> "tuple[exp.Expr, exp.Expr] | None":
    """The one share of rows that a SELECT shows, and the condition that it counts; None where it shows more."""
    from sqlglot import exp

    if not isinstance(select, exp.Select) or select.args.get("from_") is None or select.args.get("having"):
        return None
    calls = [call for shown in select.expressions for call in shown.find_all(exp.AggFunc)]
    if any(shown.find(exp.Window, exp.Query) for shown in select.expressions) or not 0 < len(calls) < 3:
        return None
    if len(calls) == 1:
        condition = _condition(calls[0].this) if isinstance(calls[0], exp.Avg) else None
        return (calls[0], condition) if condition is not None else None
    division = calls[0].find_ancestor(exp.Div)
    if division is None or not _is_all(_inner(division.expression)):
        return None
    part = next((call for call in calls if not _is_all(call)), None)
    if part is None or part not in list(division.this.find_all(exp.AggFunc)):
        return None
    holder = part.parent if isinstance(part.parent, exp.Filter) else part
    condition = _counted(holder)
    return (division, condition) if condition is not None else None


def _is_all(node: "exp.Expr") -> bool:
    from sqlglot import exp

    return isinstance(node, exp.Count) and isinstance(node.this, exp.Star) and not isinstance(node.parent, exp.Filter)


def _inner(node: "exp.Expr") -> "exp.Expr":
    from sqlglot import exp

    while isinstance(node, exp.Cast | exp.Paren | exp.Nullif):
        node = node.this
    return node


def _counted(node: "exp.Expr") -> "exp.Expr | None":
    """The condition of rows that are counted: of a FILTER, a CASE of 1, or a sum of true and false."""
    from sqlglot import exp

    if isinstance(node, exp.Filter):
        return (
            node.expression.this if isinstance(node.this, exp.Count) and isinstance(node.this.this, exp.Star) else None
        )
    if isinstance(node, exp.Sum) or (isinstance(node, exp.Count) and isinstance(node.this, exp.Case)):
        return _condition(node.this)
    return None


def _condition(node: "exp.Expr") -> "exp.Expr | None":
    from sqlglot import exp

    node = _inner(node)
    if isinstance(node, exp.Case):
        ifs, rest = node.args["ifs"], node.args.get("default")
        plain = len(ifs) == 1 and node.this is None and ifs[0].args["true"].sql() in ("1", "1.0", "100", "100.0")
        return ifs[0].this if plain and (rest is None or rest.sql() in ("0", "0.0", "NULL")) else None
    return node if isinstance(node, exp.Predicate | exp.Connector) else None


# --- which part the request means ---


def _split(request: str) -> tuple[str, str] | None:
    """What stands in the base of a share, and what stands elsewhere; None where that is not clear."""
    text = request.casefold()
    if found := _BEFORE_KO.search(text):
        return (text[: found.start()], text[found.end() :]) if _ASKS_SHARE.search(text[found.end() :]) else None
    for pattern in (_OF_FIRST, _AMONG):
        if found := pattern.search(text):
            return found[1], text[: found.start()] + " " + text[found.end() :]
    if (found := _SHARE_OF.search(text)) and (end := _verb(found[1])):
        return found[1][:end], text[: found.start()] + " " + found[1][end:]
    return None


def _verb(text: str) -> int:
    """Where the verb of a clause begins: not the one after `who`, nor a participle before its noun; 0: none is seen."""
    relative = False
    for place, word in enumerate(re.finditer(r"[\w'-]+|,", text)):
        said = word[0]
        if said in ("who", "that", "which", "whose"):
            relative = True
        elif said in _VERBS or said == "," or (len(said) > 4 and said.endswith("ed") and place):
            if not relative or said == ",":
                return word.start()
            relative = False
    return 0


def _base(parts: "list[exp.Expr]", base: str, rest: str) -> "list[exp.Expr]":
    """The conditions that the base names and the rest does not; nothing where any other one is not the rest's."""
    named = [(part, _is_named(part, base), _is_named(part, rest)) for part in parts]
    first = [part for part, here, there in named if here and not there]
    others = [(here, there) for part, here, there in named if part not in first]
    clear = others and not any(here for here, _ in others) and (len(others) == 1 or all(there for _, there in others))
    return first if clear else []


def _is_named(part: "exp.Expr", text: str) -> bool:
    """Whether a text speaks of a condition: of its value or, where that says nothing by itself, of its column."""
    from sqlglot import exp

    values = [value.name.casefold().strip() for value in part.find_all(exp.Literal)]
    numbers = [value for value in values if re.fullmatch(r"\d+(\.\d+)?", value) and value not in ("0", "1")]
    texts = [value for value in values if value not in _SAYS_NOTHING and not re.fullmatch(r"[\d.]+", value)]
    words = set(re.findall(r"[^\W\d_]+|\d+(?:\.\d+)?", text.replace(",", "")))
    if (words | {str(NUMBERS[word]) for word in words & NUMBERS.keys()}) & set(numbers):
        return True
    if any(_speaks(word, words) for value in texts for word in re.findall(r"[^\W\d_]+", value)):
        return True
    columns = {column.name for column in part.find_all(exp.Column)}
    own = [word for name in columns for word in re.findall(r"[A-Z]?[^\W\d_A-Z]+|[A-Z]+", name)]
    return any(_speaks(word.casefold(), words) for word in own)


def _speaks(word: str, words: set[str]) -> bool:
    """Whether one of the words is a form of another word: `calls` of call, `해지한` of 해지여부."""
    if not re.match(r"[가-힣]", word):
        return len(word) > 2 and any(stem(said) == stem(word) for said in words)
    if len(word) == 1:
        return any(said in (word, f"{word}성", f"{word}자") for said in words)
    return any(said.startswith(word[:2]) for said in words)


def _amount(request: str, scope: "Scope", names: Names, data: Data) -> "exp.Column | None":
    """The numbers that a share of is asked for, where one column alone is called like that and no table is."""

    said = [next(filter(None, found)) for found in _AMOUNT.findall(request)]
    read = sources(scope, names)
    if not said or any(singular(table) == singular(said[0]) for table in names.tables):
        return None
    found = [(s, c) for s in read if s.table for c in s.columns or () if _is_called(c, said[0])]
    if len(found) != 1 or not data.type_of(found[0][0].table, found[0][1]).startswith(_AMOUNTS):
        return None
    source, name = found[0]
    return as_column(name, source.alias if len(read) > 1 else None)


def _is_called(column: str, word: str) -> bool:
    name, said = plain_name(column), plain_name(word)
    if re.match(r"[가-힣]", name):
        return len(said) > 1 and name.startswith(said) and len(name) - len(said) < 2
    return singular(name) == singular(said)


# --- the share as it was meant ---


def _of_part(select: "exp.Select", condition: "exp.Expr", base: "list[exp.Expr]") -> str:
    from sqlglot import exp

    told = " and ".join(part.sql("duckdb") for part in base)
    left = [part.copy() for part in condition.flatten() if part not in base]
    select.where(*[part.copy() for part in base], copy=False)
    condition.replace(exp.and_(*left))
    return f"The share is one of the rows where {told}."


def _of_amount(share: "exp.Expr", condition: "exp.Expr", amount: "exp.Column") -> str:
    from sqlglot import exp

    part = exp.Filter(this=exp.Sum(this=amount.copy()), expression=exp.Where(this=condition.copy()))
    whole = exp.Sum(this=amount.copy())
    if isinstance(share, exp.Avg):
        share.replace(exp.Div(this=part, expression=whole))
    else:
        call = next(share.this.find_all(exp.AggFunc))
        (call.parent if isinstance(call.parent, exp.Filter) else call).replace(part)
        next(share.expression.find_all(exp.AggFunc)).replace(whole)
    return f"The share is one of {amount.name}, not of rows."
