"""Columns that a request names by a rule: all but some of them, or those whose names begin or end in some way."""

import re
from typing import TYPE_CHECKING

from tools.mending.names import Names, scopes, sources
from tools.mending.written import as_column

if TYPE_CHECKING:
    from sqlglot import exp

_ALL_BUT = re.compile(
    r"\b(?:all|every|the other|other) (?:\w+ )?columns?\b.*?\b(?:except|but|excluding|without|other than|besides|apart from)\b(?P<names>.*)"
    r"|\beverything (?:except|but|excluding|besides|apart from)\b(?P<rest>.*)"
    r"|(?P<korean>.*?)(?:만|을|를|은|는)?\s*(?:빼고|제외하고|제외한|뺀)\s*(?:나머지|모든|전체|다른)\s*(?:컬럼|칼럼|열)",
    re.IGNORECASE | re.DOTALL,
)
_GOES_ON = re.compile(
    r"\b(?:of|from|where|with|for|in|whose|that|who|which|when|sorted|ordered|order)\b", re.IGNORECASE
)
_NAMED_LIKE = re.compile(
    r"\bcolumns?\b(?: names?)?[^.'\"]*?\b(?P<how>start|begin|end|contain)\w*(?: with| in| on)?\s+(?:the word |the text )?['\"]?(?P<text>\w+)",
    re.IGNORECASE,
)


def mend_chosen(tree: "exp.Expr", names: Names, request: str) -> list[str]:
    """Mend what one SELECT over one table shows, in place. Returns what was changed, one sentence each."""
    from sqlglot import exp

    read = sources(scopes(tree)[-1], names) if isinstance(tree, exp.Select) else []
    if not isinstance(tree, exp.Select) or len(read) != 1 or not read[0].columns or tree.args.get("group"):
        return []
    columns = list(read[0].columns)
    if (but := _ALL_BUT.search(request)) and tree.is_star:
        named = next(filter(None, but.groups())).strip().removeprefix("for ")
        return _without(tree, _said(_GOES_ON.split(named)[0], columns))
    if like := _NAMED_LIKE.search(request):
        return _only(tree, [name for name in columns if _is_like(name, like["how"], like["text"])], columns)
    return []


def _without(select: "exp.Select", left_out: list[str]) -> list[str]:
    """`SELECT * EXCLUDE (…)`, without the conditions that stood for it."""
    from sqlglot import exp

    star = select.expressions[0]
    if not left_out or not isinstance(star, exp.Star) or star.args.get("except_"):
        return []
    star.set("except_", [as_column(name).this for name in left_out])
    where = select.args.get("where")
    folded = {name.casefold() for name in left_out}
    if where is not None and all(column.name.casefold() in folded for column in where.find_all(exp.Column)):
        where.pop()
    return [f"All columns but {', '.join(left_out)} are shown."]


def _only(select: "exp.Select", wanted: list[str], columns: list[str]) -> list[str]:
    """These columns, without a condition on `column_name` or the like, which stood for the choice."""
    from sqlglot import exp

    plain = all(isinstance(shown, exp.Column | exp.Star) for shown in select.expressions)
    if not wanted or not plain or [shown.name for shown in select.expressions] == wanted:
        return []
    select.set("expressions", [as_column(name) for name in wanted])
    where, known = select.args.get("where"), {name.casefold() for name in columns}
    if where is not None and not any(column.name.casefold() in known for column in where.find_all(exp.Column)):
        where.pop()
    return [f"The columns called so are {', '.join(wanted)}."]


def _said(text: str, columns: list[str]) -> list[str]:
    """The columns that a text names."""
    words = _spaced(text)
    return [name for name in columns if re.search(rf"(?<![^\W_]){re.escape(_spaced(name))}(?![a-z0-9])", words)]


def _spaced(text: str) -> str:
    """A text in small letters, with one blank for each gap or underscore."""
    return re.sub(r"[\s_]+", " ", text.casefold())


def _is_like(name: str, how: str, text: str) -> bool:
    folded, wanted = name.casefold(), text.casefold()
    if how.casefold() == "contain":
        return wanted in folded
    return folded.endswith(wanted) if how.casefold() == "end" else folded.startswith(wanted)
