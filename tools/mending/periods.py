"""Which parts of a year a request names: months, quarters and halves, in English and Korean.

What is not covered: weeks, seasons, and days of a month; a request that names a day names no month here.
"""

import re
from dataclasses import dataclass

from tools.number_words import ORDINALS

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_ENDS = ("uary", "ruary", "ch", "il", "", "e", "y", "ust", "tember", "ober", "ember", "ember")
_NAMES = "|".join(f"{start}(?:{end})?" if end else start for start, end in zip(_MONTHS, _ENDS, strict=True))
_ALSO_WORDS = r"(?<!\w)(?:in|of|for|during|since|and|than|vs|versus|to|last|this)\s+(may|march)\b|(?-i:\b(May|March)\b)"
"""`may` and `march` are words too: months where they stand like one."""
_MONTH = re.compile(
    rf"(?<!\d)(1[0-2]|[1-9])\s?월|{_ALSO_WORDS}"
    rf"|\b(?!(?:may|march)\b)({_NAMES}|sept)\b",
    re.IGNORECASE,
)
_DAY = re.compile(
    rf"\b(?:{_NAMES}|sept)\s+\d{{1,2}}(?:st|nd|rd|th)?\b|\b\d{{1,2}}(?:st|nd|rd|th)?\s+(?:of\s+)?(?:{_NAMES}|sept)\b"
    r"|\d{1,2}\s?월\s?\d{1,2}\s?일",
    re.IGNORECASE,
)
_ORDER = ORDINALS[:4]
_QUARTER = re.compile(
    r"\bq([1-4])\b|([1-4])\s?분기|\b([1-4])(?:st|nd|rd|th)\s+quarter|\bquarter\s+([1-4])\b"
    rf"|\b({'|'.join(_ORDER)})\s+quarter",
    re.IGNORECASE,
)
_HALF = re.compile(r"(상반기|\bfirst half of the year|\bh1\b)|(하반기|\bsecond half of the year|\bh2\b)", re.IGNORECASE)
_YEAR = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)|(?<!\d)\d\d\s?년|['’]\d\d\b")
_RELATIVE = re.compile(
    r"\b(?:this|last|past|previous|prior|current|next|same|recent|latest|each|every|ago|today|yesterday|now|fiscal|financial)\b"
    r"|올해|작년|내년|재작년|지난|이번|최근|다음|전년|전월|동기|오늘|어제|현재|회계",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Period:
    """Months of a year, the first and the last of them."""

    first: int
    last: int

    @property
    def quarter(self) -> int:
        """The quarter that these months are, or 0."""
        return self.last // 3 if self.last % 3 == 0 and self.last - self.first == 2 else 0

    def meets(self, other: "Period") -> bool:
        """Whether the two have a month in common."""
        return self.first <= other.last and other.first <= self.last


def quarter_said(request: str) -> int:
    """The one quarter that a request names and no month beside it, in whatever year; else 0."""
    said = {next(filter(None, match.groups())).casefold() for match in _QUARTER.finditer(request)}
    if len(said) != 1 or _MONTH.search(_DAY.sub(" ", request)):
        return 0
    [one] = said
    return _ORDER.index(one) + 1 if one in _ORDER else int(one)


def periods(request: str) -> list[Period]:
    """The parts of a year that a request names, in its order; nothing where it names a year or speaks of the present."""
    if _YEAR.search(request) or _RELATIVE.search(request):
        return []
    request = _DAY.sub(" ", request)
    found = [(m.start(), _month(next(filter(None, m.groups())))) for m in _MONTH.finditer(request)]
    for match in _QUARTER.finditer(request):
        said = next(filter(None, match.groups())).casefold()
        quarter = _ORDER.index(said) + 1 if said in _ORDER else int(said)
        found.append((match.start(), Period(3 * quarter - 2, 3 * quarter)))
    found += [(m.start(), Period(1, 6) if m[1] else Period(7, 12)) for m in _HALF.finditer(request)]
    return list(dict.fromkeys(period for _, period in sorted(found, key=lambda one: one[0])))


def _month(said: str) -> Period:
    month = int(said) if said.isdigit() else _MONTHS.index(said[:3].casefold()) + 1
    return Period(month, month)
