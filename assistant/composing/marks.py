"""What the words of a request stand for: columns, values, tables, numbers and years, each put as a mark into the text.

`average price in Oslo` becomes `average ⟦c0⟧ in ⟦v1⟧`. What is not covered: values of columns with many.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from assistant.composing.columns import flag_values, in_years, is_gender, sides
from assistant.composing.forms import begins, codes, deed, is_form, opposite
from assistant.composing.nouns import GENERIC, UNTOLD, label, row_nouns, short_names
from assistant.context import ColumnFact, Table
from assistant.glossary import korean_for
from assistant.words import COMMON, alike, is_calendar, split_words, stem
from tools.number_words import KOREAN, SEVERAL

_WORD = re.compile(r"[가-힣]+|[^\W\d_가-힣]+(?:'[a-z]+)?|\d+(?:,\d+)*(?:\.\d+)?|[^\s\w]")
_OWNED = re.compile(
    r"(?<=\w)(?<!\bwhat)(?<!\bit)(?<!\bthat)(?<!\bthere)(?<!\bwho)(?<!\bhow)(?<!\bwhere)['’]s\b", re.IGNORECASE
)
"""The end of whose something is."""
_NUMBER = re.compile(r"\d[\d,]*(?:\.\d+)?")
_YEAR = re.compile(r"(?:19|20)\d\d")
_SCALES = {
    "k": 1e3,
    "thousand": 1e3,
    "million": 1e6,
    "billion": 1e9,
    "천": 1e3,
    "만": 1e4,
    "백만": 1e6,
    "천만": 1e7,
    "억": 1e8,
}
_AMOUNTS = {"백": 1e2, "천": 1e3, "만": 1e4, "십만": 1e5, "백만": 1e6, "천만": 1e7, "억": 1e8}
"""Amounts without a number before: 만원."""
_SMALL = frozenset(
    "중상하등수일월년주이그저한두세네첫몇각총또더덜안못잘다전후내외간별당율률만도은는을를의에로와과나랑개명건번회원점분시"
)
"""Words and particles of one syllable, which are no values."""
_GENDERS = {
    "m": ("men", "man", "males", "male", "boys", "남자", "남성"),
    "f": ("women", "woman", "females", "female", "girls", "여자", "여성"),
    "남": ("남자", "남성"),
    "여": ("여자", "여성"),
}
"""How people are called, by the first letter of a value."""
_HANGUL = re.compile(r"[가-힣]+")
_LIMITS = frozenset(["than", "within", "least", "most", "under", "over"])
_SPANS = frozenset(["minute", "hour", "day", "week"])
_GROUPING = re.compile(r"\b(?:(?:by|per|each|every|which)|(?:top|bottom) \d+|(?:by|per) \w+(?: \w+)? (?:and|,))$")
"""Words before what rows are grouped by."""


@dataclass(frozen=True)
class Mark:
    """What stands at one place: `kind` is c column, v value, t table, n number, y year, x what can't be told apart."""

    kind: str
    table: str = ""
    column: ColumnFact | None = None
    values: tuple[Any, ...] = ()
    """All spellings of a value."""
    number: float = 0.0


_Found = tuple[Mark, int, str]
"""A mark, how many words it covers, and what is left of the last of them."""


@dataclass(frozen=True)
class Lexicon:
    """The names and values of a few tables, as words."""

    tables: tuple[Table, ...]

    def marked(self, request: str) -> tuple[str, list[Mark]]:
        """The request in small letters with a mark for everything that is known, the longest first; and the marks."""
        spoken = _words(request)
        words, marks, told, at = [word.casefold() for word in spoken], list[Mark](), list[str](), 0
        capitals = codes(self.tables) if not request.isupper() else {}
        while at < len(words):
            found = self._at(words, at)
            if found is None and (place := capitals.get(spoken[at])):
                found = Mark("v", *place, (spoken[at],)), 1, ""
            if found is None and (plain := opposite(self.tables, words[at])):
                told.append("not")
                words[at] = plain
                continue
            if found is None:
                told.append(words[at])
                at += 1
                continue
            mark, length, rest = found
            told.append(f"⟦{mark.kind}{len(marks)}⟧")
            marks.append(mark)
            at += length
            if len(rest) > 1:
                at -= 1
                words[at] = rest
            elif rest:
                told.append(rest)
        return " ".join(told), marks

    def _at(self, words: Sequence[str], at: int) -> _Found | None:
        """What stands at a place: the longest name, else a number, else a part of a name."""
        named = [
            (mark, len(spelt), rest, len("".join(spelt)))
            for spelt, mark in self._names
            if (rest := begins(words, at, spelt)) is not None
        ]
        if named:
            mark, length, rest, _ = max(named, key=lambda found: found[3])
            grouped = _GROUPING.search(" ".join(words[max(at - 4, 0) : at]))
            foreign = length > 1 and any(map(_HANGUL.search, words))
            if mark.kind == "x" and mark.column and (grouped or foreign):
                mark = replace(mark, kind="c")  # by kind is no word of asking, and neither is 노쇼 of no_show
            if mark.kind == "t" and (dated := self._dated(words, at, length)):
                return dated
            part = self._part(words[at]) if mark.kind == "t" else None
            if part and part[0].column and _tells_more(part[0].column):
                return part  # 강의 is 강의명 rather than a row of courses
            after = self._at(words, at + length) if mark.kind == "t" and not rest and at + length < len(words) else None
            years = after is not None and after[0].column is not None and in_years(after[0].column)
            if after and after[0].kind == "c" and after[0].table == mark.table and len(self.tables) > 1 and not years:
                return after[0], length + after[1], after[2]  # the carrier's country
            return mark, length, rest
        return next(_numbers(words, at), None) or self._deed(words, at) or self._part(words[at])

    def _dated(self, words: Sequence[str], at: int, length: int) -> _Found | None:
        """The one column of dates that is called like its rows, as the booking date of bookings."""
        columns = [(table.name, column) for table in self.tables for column in table.columns if column.is_time]
        like = [place for place in columns if stem(stem(words[at])) == stem(split_words(place[1].name)[0])]
        dated = words[at + length : at + length + 1] in (["date"], ["dates"]) and len(like) == 1
        return (Mark("c", *like[0]), length + 1, "") if dated else None

    @cached_property
    def _names(self) -> list[tuple[tuple[str, ...], Mark]]:
        """Each name and each value as words; values that stand in several columns, and names that are words of asking, as x."""
        names = [*self._values()]
        for table in self.tables:
            for column in table.columns:
                spelt = tuple(_WORD.findall(" ".join(split_words(column.name))))
                plain = len(spelt) == 1 and spelt[0] in COMMON
                names.append((spelt, Mark("x" if plain else "c", table.name, column)))
                if len(spelt) > 1 and not _HANGUL.search(column.name):
                    hyphened = tuple(part for word in spelt for part in (word, "-"))[:-1]
                    names.append((hyphened, Mark("c", table.name, column)))  # no-show of no_show
            noun = Mark("t", table.name, label(table))
            nouns = (*korean_for(table.name), *row_nouns(table))
            names += [(tuple(split_words(table.name)), noun), *(((word,), noun) for word in nouns)]
        return [(spelt, mark) for spelt, mark in names if spelt]

    def _values(self) -> Iterator[tuple[tuple[str, ...], Mark]]:
        places: dict[tuple[str, ...], dict[tuple[str, ColumnFact], list[Any]]] = {}
        for table in self.tables:
            for column in table.columns:
                for value in column.values if column.type == "text" and flag_values(column) is None else ():
                    for spelt in _spellings(column, str(value).casefold()):
                        places.setdefault(spelt, {}).setdefault((table.name, column), []).append(value)
        for spelt, found in places.items():
            [(table_name, column), values], *more = found.items()
            yield spelt, Mark("x") if more else Mark("v", table_name, column, tuple(values))

    def _part(self, word: str) -> _Found | None:
        """The one column that has a telling word in its name beside others."""
        if word in COMMON or is_calendar(word) or word in GENERIC or len(word) < 2:
            return None
        for holding in (self._bare, self._telling, self._flags, self._ending, self._done):
            if len(found := [(mark, rest) for mark, rest in holding(word)]) == 1:
                return found[0][0], 1, found[0][1]
        return None

    def _bare(self, word: str) -> Iterator[tuple[Mark, str]]:
        """Columns that are called so but for words such as id, name, date; labels before their keys."""
        found = [(mark, rest) for mark, rest in self._telling(word, every=True)]
        labels = [one for one in found if one[0].column and "id" not in split_words(one[0].column.name)]
        yield from labels or found

    def _flags(self, word: str) -> Iterator[tuple[Mark, str]]:
        """Columns of yes and no, and of moments, that a word is a form of: cancellation of cancelled, arrive of arrival_date."""
        for table in self.tables:
            for column in table.columns:
                forms = any(alike(word, part) for part in split_words(column.name) if part not in GENERIC)
                if (
                    forms
                    and not _HANGUL.fullmatch(word)
                    and (sides(column) is not None or (column.is_time and len(word) > 4))
                ):
                    yield Mark("c", table.name, column), ""

    def _done(self, word: str) -> Iterator[tuple[Mark, str]]:
        """Values that a word is another form of."""
        yield from (
            (mark, "")
            for spelt, mark in self._names
            if mark.kind == "v" and len(spelt) == 1 and is_form(word, spelt[0])
        )

    def _deed(self, words: Sequence[str], at: int) -> _Found | None:
        """A column of yes and no that is called by a verb of two words."""
        if (found := deed(self.tables, words, at)) is None:
            return None
        return Mark("c", *found[0]), found[1], ""

    def _ending(self, word: str) -> Iterator[tuple[Mark, str]]:
        """Columns that a Korean word is the end of, behind what they are of: 요금 of 주차요금."""
        for table in self.tables:
            for column in table.columns:
                if column.is_time or sides(column) is not None or not re.fullmatch("[가-힣]{4,}", column.name):
                    continue
                ends = (column.name[at:] for at in range(2, len(column.name) - 1))
                if end := next((end for end in ends if word.startswith(end) and not UNTOLD.fullmatch(end)), ""):
                    yield Mark("c", table.name, column), word[len(end) :]

    def _telling(self, word: str, *, every: bool = False) -> Iterator[tuple[Mark, str]]:
        for table in self.tables:
            for column in table.columns:
                if _HANGUL.fullmatch(word):
                    if name := next((name for name in short_names(column.name) if word.startswith(name)), ""):
                        yield Mark("c", table.name, column), word[len(name) :]
                    continue
                named = split_words(column.name)
                named = named[: named.index("per")] if "per" in named[1:] else named  # a rate per night is no night
                parts = [part for part in named if part not in GENERIC]
                same = [stem(word) == stem(part) for part in parts]
                if len(word) > 2 and (any(same) and (all(same) or not every)):
                    yield Mark("c", table.name, column), ""


def _words(text: str) -> list[str]:
    """The words, numbers and signs of a text; what somebody owns is told without its 's."""
    return _WORD.findall(_OWNED.sub("", text))


def _tells_more(column: ColumnFact) -> bool:
    """Whether a Korean column tells what its rows are of or come to, and is no key and no moment."""
    return not column.is_time and re.match(r"[가-힣]+(?<!번호)(?<!코드)$", column.name) is not None


def _spellings(column: ColumnFact, value: str) -> Iterator[tuple[str, ...]]:
    """A value as requests may have it, in words; none of single letters, numbers and words that only ask."""
    spelt = tuple(_words(value))
    if len("".join(spelt)) > 1 and not all(word in COMMON or _NUMBER.fullmatch(word) for word in spelt):
        yield spelt
    elif len(value) == 1 and _HANGUL.fullmatch(value) and value not in _SMALL:
        yield (value,)
    if is_gender(column):
        for said in _GENDERS.get(value[:1], ()):
            yield (said,)


def _numbers(words: Sequence[str], at: int) -> Iterator[_Found]:
    word, after = words[at], words[at + 1] if at + 1 < len(words) else ""
    if word in "$€£₩" and _NUMBER.fullmatch(after):
        yield from ((mark, length + 1, rest) for mark, length, rest in _numbers(words, at + 1))
        return
    if _YEAR.fullmatch(word) and not after.startswith(("원", "명", "건", "개")):
        yield Mark("y", number=float(word)), 1, ""
    elif _NUMBER.fullmatch(word):
        number = float(word.replace(",", ""))
        scale = next(
            (
                scale
                for scale in sorted(_SCALES, key=len, reverse=True)
                if after == scale or (_HANGUL.match(scale) and after.startswith(scale))
            ),
            "",
        )
        yield Mark("n", number=number * _SCALES.get(scale, 1.0)), 1 + bool(scale), after[len(scale) :] if scale else ""
    elif amount := re.fullmatch(r"(십만|백만|천만|만|천|백|억)원(.*)", word):
        yield Mark("n", number=_AMOUNTS[amount[1]]), 1, f"원{amount[2]}"
    elif word in ("a", "an") and at and words[at - 1] in _LIMITS and after in _SPANS:
        yield Mark("n", number=1.0), 1, ""  # longer than a week
    elif word in SEVERAL:
        yield Mark("n", number=float(SEVERAL[word])), 1, ""
    elif word in KOREAN and len(word) == 1 and after[:1] in ("번", "개", "명", "건", "달"):
        yield Mark("n", number=float(KOREAN[word])), 1, ""
