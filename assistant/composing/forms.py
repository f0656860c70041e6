"""Whether words say a name or a value, in other forms also: drop-outs of dropped_out, rejection of rejected, unpaid of paid, US of a country.

What is not covered: verbs that change within, and values of several words.
"""

import re
from collections.abc import Sequence

from assistant.composing.columns import flag_values, sides
from assistant.context import ColumnFact, Table
from assistant.words import COMMON, alike, split_words
from tools.relations import singular

Place = tuple[str, ColumnFact]
"""A column with the name of its table."""
_OPPOSITE = {"fail": "pass", "failed": "passed", "fails": "passes", "failure": "pass", "failures": "pass"}
"""Words that say no of what a column of yes and no is called."""
_ENDS = "e|s|es|ing|ion|ions|ation|ations|al|als|ement|ements|ment|ments|ure|ures|y|ies"
"""How other forms of a participle end."""
_HANGUL = re.compile(r"[가-힣]+")
_PARTICIPLE = re.compile(r"([a-z]{3,}?)(?:(?<=([^aeiou]))\2)?ed")


def is_form(word: str, value: str) -> bool:
    """Whether a word is another form of a participle: rejection and rejects, of rejected."""
    base = _PARTICIPLE.fullmatch(value)
    return base is not None and re.fullmatch(rf"{base[1]}(?:{base[2]})?(?:{_ENDS})", word) is not None


def deed(tables: Sequence[Table], words: Sequence[str], at: int) -> tuple[Place, int] | None:
    """The one column of yes and no that is called by a verb of two words that stand here, and how many words they are."""
    found = dict[str, tuple[Place, int]]()
    for table in tables:
        for column in table.columns:
            named = split_words(column.name)
            if len(named) == 2 and named[0].isascii() and sides(column) and (length := _said(words, at, *named)):
                found[f"{table.name}.{column.name}"] = (table.name, column), length
    return next(iter(found.values())) if len(found) == 1 else None


def _said(words: Sequence[str], at: int, first: str, last: str) -> int:
    """How many words tell a verb of two: drop - outs, dropouts; 0 for none."""
    if len(first) > 3 and re.fullmatch(rf"{re.escape(first[:4])}\w{{0,3}}?{re.escape(last)}s?", words[at]):
        return 1
    length = 3 if words[at + 1 : at + 2] == ["-"] else 2
    told = words[at : at + length]
    fits = len(told) == length and alike(told[0], first) and told[-1].removesuffix("s") == last.removesuffix("s")
    return length if fits else 0


def opposite(tables: Sequence[Table], word: str) -> str:
    """What a word denies that a column of yes and no is called: paid, of unpaid; empty for none."""
    plain = _OPPOSITE.get(word) or (word[2:] if word.startswith("un") else "")
    flags = [c for table in tables for c in table.columns if plain and flag_values(c) is not None]
    return (
        plain if any(plain == part or alike(plain, part) for flag in flags for part in split_words(flag.name)) else ""
    )


def codes(tables: Sequence[Table]) -> dict[str, Place]:
    """Values in capitals that are words of asking in small letters: US, IT; none that several columns have."""
    found = dict[str, list[Place]]()
    for table in tables:
        for column in table.columns:
            for value in column.values if column.type == "text" and flag_values(column) is None else ():
                if len(str(value)) > 1 and str(value).isupper() and str(value).casefold() in COMMON:
                    found.setdefault(str(value), []).append((table.name, column))
    return {code: places[0] for code, places in found.items() if len(places) == 1}


def begins(words: Sequence[str], at: int, spelt: Sequence[str]) -> str | None:
    """What is left of the last word where words begin at a place with those of a name, but for the plural; None where they don't."""
    if words[at][0] != spelt[0][0]:
        return None  # most names, at once
    part = words[at : at + len(spelt)]
    if len(part) < len(spelt) or not all(map(_same, part[:-1], spelt[:-1])):
        return None
    last, wanted = part[-1], spelt[-1]
    if _same(last, wanted) or (len(spelt) > 1 and last == f"{wanted}s"):
        return ""
    telling = len(wanted) > 1 or len(spelt) > 1 or _alone(wanted, last)
    return last[len(wanted) :] if _HANGUL.fullmatch(last) and telling and last.startswith(wanted) else None


def _same(word: str, wanted: str) -> bool:
    return word == wanted or (len(wanted) > 2 and word[:2] == wanted[:2] and singular(word) == singular(wanted))


def _alone(name: str, word: str) -> bool:
    """Whether a word is a name of one syllable with a particle: 반별로 and 층은, but not 반드시, and not 수는, which counts."""
    particle = "별로?(?:는|도)?|마다" + (
        "" if name in "수일월년주분시건개명점원값회" else "|은|는|이|가|을|를|의|에서|도|만|와|과|랑|이랑|이나|나|하고"
    )
    return re.fullmatch(rf"{re.escape(name)}(?:{particle})", word) is not None
