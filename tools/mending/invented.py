"""Filters that nobody asked for: a small model copies a sample value of the prompt into its WHERE.

What is not covered: values of columns that have few (a synonym of one may well be meant), and requests in another
script than the data (their words can't be compared).
"""

import re
import unicodedata
from typing import TYPE_CHECKING

from tools.mending.data import Data
from tools.mending.names import Names
from tools.mending.types import typed

if TYPE_CHECKING:
    from sqlglot import exp

SHORT = 3
"""Letters of a text that may be an abbreviation."""


def drop_invented(tree: "exp.Expr", names: Names, data: Data, request: str) -> list[str]:
    """Take conditions on told samples that share no word with the request out of each AND, in place."""
    from sqlglot import exp

    said = _words(request)
    changes = []
    for column, _, place in typed(tree, names, data):
        test = column.parent
        if not isinstance(test, exp.EQ | exp.Like | exp.ILike) or test.this is not column or place not in data.samples:
            continue
        text = test.expression
        if isinstance(text, exp.Literal) and text.is_string and _is_invented(text.name, data.samples[place], said):
            if isinstance(test.parent, exp.And):
                other = test.parent.right if test.parent.left is test else test.parent.left
                test.parent.replace(other.copy())
            elif isinstance(test.parent, exp.Where):
                test.parent.pop()
            else:
                continue
            changes.append(f"Nobody asked for {test.sql('duckdb')}: it was left out.")
    return changes


def _is_invented(text: str, samples: tuple[str, ...], said: set[str]) -> bool:
    bare = text.strip("%").strip()
    words = _words(bare)
    if len(bare) <= SHORT or not words or _plain(bare) not in {_plain(sample) for sample in samples}:
        return False
    if {_script(word) for word in words} - {_script(word) for word in said} - {""}:
        return False
    initials = "".join(word[0] for word in re.findall(r"[^\W_]+", _plain(bare)))
    return initials not in said and not any(word[:4] == other[:4] for word in words for other in said)


def _words(text: str) -> set[str]:
    return set(re.findall(r"[^\W_]+", _plain(text)))


def _plain(text: str) -> str:
    """A text in small letters without accents."""
    decomposed = unicodedata.normalize("NFD", text.casefold())
    return unicodedata.normalize("NFC", "".join(sign for sign in decomposed if not unicodedata.combining(sign)))


def _script(word: str) -> str:
    """LATIN, HANGUL …; none for digits."""
    return "" if word.isdigit() else unicodedata.name(word[0], "").partition(" ")[0]
