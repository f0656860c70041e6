"""Filters that nobody asked for: a small model copies a value of the prompt into its WHERE.

What is not covered: values of columns that have few, where the request has a word left that they may be a synonym of,
and requests in another script than the data (their words can't be compared).
"""

import re
import unicodedata
from typing import TYPE_CHECKING, TypeGuard

from tools.mending.data import Data, without_accents
from tools.mending.joins import explained
from tools.mending.names import Names, scopes, sources
from tools.mending.types import typed
from tools.mending.written import as_identifier
from tools.number_words import ORDINALS

if TYPE_CHECKING:
    from sqlglot import exp

_IGNORED = re.compile(r"\bignor\w*|\bregardless\b|\bdisregard\w*|무시|상관\s?없이|관계\s?없이", re.IGNORECASE)
"""Words of something that is not to count: no row is left out for it."""
_EXAMPLE = re.compile(r"\((?:e\.?g\.?|for example|such as|예:?|예를 들어|예컨대)[^)]*\)", re.IGNORECASE)
_NAMED = re.compile(r"[A-Z][\w'’-]{2,}(?: [A-Z][\w'’-]+)*|(?<=['\"])[^'\"]{3,}(?=['\"])")
"""What a request names: words with a capital, and what stands in quotes."""
SHORT = 3
"""Letters of a text that may be an abbreviation."""


def drop_invented(tree: "exp.Expr", names: Names, data: Data, request: str) -> list[str]:
    """Take conditions that share no word with the request out of each AND, in place.

    Those on told samples, and on listed values where the request has no word left that they could stand for.
    """
    from sqlglot import exp

    said = words(request)
    changes = []
    for column, _, place in typed(tree, names, data):
        side = column.parent if isinstance(column.parent, exp.Lower | exp.Upper) else column
        test = side.parent
        if _is_nought(test) and "0" not in said and _IGNORED.search(request) and left_out(test):
            changes.append(f"{test.sql('duckdb')} leaves rows out; the request says to ignore it.")
            continue
        if not isinstance(test, exp.EQ | exp.Like | exp.ILike) or test.this is not side:
            continue
        text = test.expression
        if isinstance(text, exp.Literal) and _is_advice(text.name, request) and left_out(test):
            changes.append(f"{test.sql('duckdb')} is advice on how to look, not what to look for: it was left out.")
            continue
        if not isinstance(text, exp.Literal) or not text.is_string or may_be_meant(text.name.strip("%").strip(), said):
            continue
        listed = text.name in data.told.get(place, ()) and _explains_itself(tree, test, names, request)
        if (listed or _is_sample(text.name, data.samples.get(place, ()))) and left_out(test):
            changes.append(f"Nobody asked for {test.sql('duckdb')}: it was left out.")
    return changes


def _is_advice(text: str, request: str) -> bool:
    """Whether a text stands in the request only as an example (`codes (eg JFK)`), or is SQL's word for a way to compare."""
    wanted = text.strip("% ").casefold()
    rest = _EXAMPLE.sub(" ", request).casefold()
    named = wanted in request.casefold() and wanted not in rest
    return bool(wanted) and (named or wanted in ("like", "ilike"))


def _is_nought(test: "exp.Expr | None") -> TypeGuard["exp.EQ"]:
    """Whether a condition is `column = 0`."""
    from sqlglot import exp

    return isinstance(test, exp.EQ) and isinstance(test.expression, exp.Literal) and test.expression.name == "0"


def _is_sample(text: str, samples: tuple[str, ...]) -> bool:
    return without_accents(text.strip("%").strip()) in {without_accents(sample) for sample in samples}


def _explains_itself(tree: "exp.Expr", test: "exp.Expr", names: Names, request: str) -> bool:
    """Whether the names that are read and the statement's texts say all of the request without this condition."""
    from sqlglot import exp

    for scope in scopes(tree):
        select = scope.expression
        if isinstance(select, exp.Select) and select is test.find_ancestor(exp.Select):
            return explained(request, select, sources(scope, names))
    return False


def left_out(test: "exp.Expr") -> bool:
    """Whether a condition could be taken out of an AND, or was all of a WHERE; in place."""
    from sqlglot import exp

    both = test.parent
    if isinstance(both, exp.And):
        both.replace(both.right if both.left is test else both.left)
    elif isinstance(both, exp.Where):
        both.pop()
    return isinstance(both, exp.And | exp.Where)


def words(text: str) -> set[str]:
    """The words of a text in small letters without accents."""
    return set(re.findall(r"[^\W_]+", without_accents(text)))


def _script(word: str) -> str:
    """LATIN, HANGUL …; none for digits."""
    return "" if word.isdigit() else unicodedata.name(word[0], "").partition(" ")[0]


def mend_unsaid(tree: "exp.Expr", names: Names, data: Data, request: str) -> list[str]:
    """`company = '2nd'` for "the regiment Nighthawks": the value that is said, in the one column of the table with it."""
    from sqlglot import exp

    said = words(request)
    written = {without_accents(literal.name) for literal in tree.find_all(exp.Literal) if literal.is_string}
    phrases = [
        phrase for phrase in _NAMED.findall(request[1:]) if not any(without_accents(phrase) in text for text in written)
    ]
    changes: list[str] = []
    for column, _, (table, name) in typed(tree, names, data) if phrases else ():
        test = column.parent
        text = test.expression if isinstance(test, exp.EQ) and test.this is column else None
        if not isinstance(text, exp.Literal) or not text.is_string or _may_be_said(text.name, said):
            continue
        found = [
            (other, values[0])
            for phrase in phrases
            for other in data.tables[table]
            if other != name and (values := data.spelt(table, other, phrase))
        ]
        if len(found) == 1:
            [(other, value)] = found
            changes.append(f"{other} is '{value}', as the request says, and not {name} '{text.name}'.")
            column.set("this", as_identifier(other))
            text.set("this", value)
            phrases = [phrase for phrase in phrases if without_accents(phrase) != without_accents(value)]
    return changes


_ORDINAL = re.compile(r"(\d+)(?:st|nd|rd|th)", re.IGNORECASE)


def _may_be_said(text: str, said: set[str]) -> bool:
    """Whether a text may be meant; a short one that is an ordinal, only where the request has that number."""
    found = _ORDINAL.fullmatch(text)
    if found is None:
        return may_be_meant(text, said)
    number = int(found[1])
    word = ORDINALS[number - 1] if 0 < number <= len(ORDINALS) else ""
    return not said.isdisjoint({text.casefold(), found[1], word, str(number) + "번째"})


def may_be_meant(text: str, said: set[str]) -> bool:
    """Whether a text is short, shares a word's beginning with the request, or can't be compared with it."""
    parts = words(text)
    initials = "".join(word[0] for word in re.findall(r"[^\W_]+", without_accents(text)))
    foreign = {_script(word) for word in parts} - {_script(word) for word in said} - {""}
    alike = any(word[:4] == other[:4] for word in parts for other in said)
    return len(text) <= SHORT or not parts or initials in said or bool(foreign) or alike
