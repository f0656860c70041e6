"""The transform that gives each category one spelling: `Bachelor's`, `bachelors` and `Bachelors Degree` become one.

Spellings are one where they differ in case, accents, blanks, punctuation, order or plural, in a word that says nothing
(a legal form, an article), or by a slip in a rare value beside a frequent one.
What is not covered: abbreviations, synonyms, other languages; replace_values maps those.
"""

import re
import unicodedata
from collections.abc import Mapping, Sequence

from tools.tool import ColumnName
from tools.transform import Column, Derived, Input, transform
from tools.transforms.sql import replaced, skipped, untouched
from tools.words import counted, identifier, listed, literal

MOST_VALUES = 20_000
MOST_CHANGES = 2_000
FEW_VALUES, CATEGORIES = 50, 0.1
"""Up to so many different values, or so many for each row, a column holds categories; names of people are more."""
OFTEN = 5
"""A slip is so many times rarer than what was meant."""
SURE_LENGTH, LONG_LENGTH = 5, 12
"""Shorter words than this differ by one letter and mean different things; longer ones may have two slips."""
_SAYS_NOTHING = {
    "the", "of", "and", "inc", "incorporated", "ltd", "limited", "llc", "corp", "corporation", "co", "company", "gmbh", "ag",
    "plc", "sa", "degree", "dept", "department", "주식회사", "주", "유한회사",
}  # fmt: skip
_ESCAPED, _SINGLE = r"(\p{L})''(\p{L})", r"\1'\2"


@transform(
    group="clean",
    title="Unify the spellings of {columns}",
    rows="same",
    asked_by=r"spelling|\bspel[lt]|misspel|\btypos?\b|variants? of|unify|same (?:categor|value)\w* (?:written|spelled)|written (?:differently|in (?:several|different) ways)|inconsistent (?:categor|label|value|name)|standardi[sz]e (?:the )?(?:categor|label|value|name)|철자|표기|오타|맞춤법|통일",
)
def unify_spellings(table: Input, columns: list[ColumnName] | None = None, typos: bool = True) -> Derived:
    """Give each category one spelling, its most frequent one: case, punctuation, plurals, empty words such as Inc, and slips of typing. Shows the mapping.

    Args:
        columns: the text columns; leave it out for all text columns.
        typos: false leaves slips of typing and unifies only what differs in case, punctuation, plurals and empty words.
    """
    asked = table.pick(columns) if columns else list(table.columns)
    texts = [column for column in asked if column.is_text]
    reasons = {column.name: "holds no text" for column in asked if column not in texts and columns}
    cells: dict[str, str] = {}
    mapped: dict[str, dict[str, str]] = {}
    said: list[str] = []
    for column in texts:
        changes = spellings(table, column, typos=typos)
        if changes is None:
            reasons[column.name] = f"has more than {MOST_VALUES:,} different values"
            continue
        if (escaped := _escaped(table, column)) or changes:
            cells[column.name] = _respelled(table, column, changes)
            mapped[column.name] = dict(changes)
            said.append(_told(column, changes, escaped))
    if not cells:
        where = listed([column.name for column in texts]) or "any column"
        return untouched(table, f"Every value of {where} has one spelling.{skipped(reasons)}")
    text = f"Unified spellings. {' '.join(said)}{skipped(reasons)}"
    return Derived(replaced(table, cells), text, values={"spellings": mapped})


def spellings(table: Input, column: Column, *, typos: bool) -> list[tuple[str, str]] | None:
    """The spellings of a column that change, each with what it becomes; learned once. None where there are too many values."""
    key = f"spellings:{column.name}"
    if key not in table.learned:
        cell, values = _unescaped(table, column), f"values:{column.name}"
        counts = table.learn_rows(
            values,
            f"SELECT {cell}, count(*) FROM {table.name} WHERE trim({cell}) <> '' GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT {MOST_VALUES + 1}",
        )
        del table.learned[values]  # the mapping is all that a replay needs
        few = len(counts) <= MOST_VALUES
        found = unified([(str(value), int(count)) for value, count in counts], typos=typos) if few else {}
        table.learned[key] = [[old, new] for old, new in found.items()][:MOST_CHANGES] if few else None
    learned = table.learned[key]
    return None if learned is None else [(str(old), str(new)) for old, new in learned]


def unified(counts: Sequence[tuple[str, int]], *, typos: bool) -> dict[str, str]:
    """Each spelling that changes and what it becomes. `counts` has every value with its rows, the most frequent first.

    In columns of many values, such as names, only case, accents and punctuation count: there, Brook and Brooks are two.
    """
    cells = sum(count for _, count in counts)
    categories = len(counts) <= max(FEW_VALUES, CATEGORIES * cells)
    keys = {value: _bare(_plain(value)) if categories else _plain(value) for value, _ in counts}
    spaced = dict[str, tuple[str, ...]]()
    keys = {value: spaced.setdefault(_unspaced(value), key) for value, key in keys.items()}
    rows: dict[tuple[str, ...], int] = {}
    usual: dict[tuple[str, ...], str] = {}
    for value, count in sorted(counts, key=lambda pair: (-pair[1], _odd(pair[0]), pair[0])):
        rows[keys[value]] = rows.get(keys[value], 0) + count
        usual.setdefault(keys[value], value)
    meant = _slips(rows) if typos and categories else {}
    become = {value: usual[meant.get(key, key)] for value, key in keys.items()}
    return {value: new for value, new in become.items() if new != value and (categories or not _meant_so(value, new))}


def _meant_so(value: str, other: str) -> bool:
    """Whether a value differs by its capitals only and has one inside a word, as DeAndre has."""
    return value.casefold() == other.casefold() and re.search(r"[^\W\d_A-Z][A-Z]", value) is not None


def _odd(value: str) -> int:
    """How many characters are neither letters, digits nor blanks."""
    return sum(not (letter.isalnum() or letter.isspace()) for letter in value)


_KEPT = re.compile(r"(?<=\w)[+#%-]+$|(?<=\d)[.,:/](?=\d)|^-(?=\d)|[+#](?=\s)|[<>≤≥]=?")


def _plain(value: str) -> tuple[str, ...]:
    """A value's words without case, accents, apostrophes and punctuation; signs that tell values apart (A-, C++, 1.5, >50) stay."""
    text = "".join(c for c in unicodedata.normalize("NFKD", value.strip().casefold()) if not unicodedata.combining(c))
    text = unicodedata.normalize("NFC", re.sub(r"(?<=\w)['’`´]+(?=\w)", "", text))
    text = re.sub(
        r"\b(?:[^\W\d_]{1,2}\.){2,}|\b(?:[^\W\d_]{1,2}\.)+[^\W\d_]{1,2}\b",
        lambda match: match[0].replace(".", ""),
        text,
    )
    marked = _KEPT.sub(lambda match: "".join(f"\0{ord(letter):x}\1" for letter in match[0]), text)
    words = re.sub(r"[^\w\0\1]+|_", " ", marked).split()
    return tuple(words) or (text,)


def _unspaced(value: str) -> str:
    """A value in Hangul without its blanks, whose place is often a matter of taste: 간편 결제 is 간편결제."""
    return re.sub(r"(?<=[가-힣])\s+(?=[가-힣])", "", value.strip()) if re.search("[가-힣]", value) else value


def _singular(word: str) -> str:
    return word[:-1] if len(word) > 4 and word.endswith("s") and not word.endswith(("ss", "us", "is")) else word


def _bare(words: tuple[str, ...]) -> tuple[str, ...]:
    """The words that tell a value, in the singular and in one order; all of them where none would be left."""
    told = [word for word in words if word not in _SAYS_NOTHING]
    return tuple(sorted({_singular(word) for word in told or words}))


def _slips(rows: Mapping[tuple[str, ...], int]) -> dict[tuple[str, ...], tuple[str, ...]]:
    """Rare values that are a slip of typing away from one frequent value, and that one."""
    found = {}
    for key, count in rows.items():
        near = [other for other in rows if rows[other] >= OFTEN * count and _one_slip(key, other)]
        if len(near) == 1:
            found[key] = near[0]
    return found


def _one_slip(one: tuple[str, ...], two: tuple[str, ...]) -> bool:
    """Whether all words are the same but one, which differs by a letter (two in a long one) and begins alike."""
    from rapidfuzz.distance import OSA

    differ = set(one) ^ set(two)
    if len(differ) != 2 or len(one) != len(two):
        return False
    a, b = sorted(differ)
    length = max(len(a), len(b))
    if length < SURE_LENGTH or a[0] != b[0] or not (a.isalpha() and b.isalpha()):
        return False
    allowed = 2 if length >= LONG_LENGTH else 1
    return OSA.distance(a, b, score_cutoff=allowed) <= allowed


# --- SQL and words -----------------------------------------------------------------------------------------------


def _unescaped(table: Input, column: Column) -> str:
    """The cell with single apostrophes inside words, where some are doubled as a database's export leaves them."""
    cell = identifier(column.name)
    return f"regexp_replace({cell}, {literal(_ESCAPED)}, {literal(_SINGLE)}, 'g')" if _escaped(table, column) else cell


def _escaped(table: Input, column: Column) -> int:
    test = f"regexp_matches({identifier(column.name)}, {literal(_ESCAPED)})"
    return int(table.learn(f"escaped:{column.name}", f"SELECT count(*) FROM {table.name} WHERE {test}"))


def _respelled(table: Input, column: Column, changes: Sequence[tuple[str, str]]) -> str:
    cell = _unescaped(table, column)
    if not changes:
        return cell
    cases = " ".join(f"WHEN {literal(old)} THEN {literal(new)}" for old, new in changes)
    return f"CASE {cell} {cases} ELSE {cell} END"


def _told(column: Column, changes: Sequence[tuple[str, str]], escaped: int) -> str:
    by_new: dict[str, list[str]] = {}
    for old, new in changes:
        by_new.setdefault(new, []).append(old)
    parts = [
        f"{listed([f'{old!r:.42}' for old in group], 5)} became {new!r:.42}" for new, group in list(by_new.items())[:8]
    ]
    more = f" and {len(by_new) - 8:,} more" if len(by_new) > 8 else ""
    doubled = f"{counted(escaped, 'cell')} had doubled apostrophes" if escaped else ""
    return f"{column.name}: {'; '.join([*parts, *[doubled] * bool(doubled)])}{more}."
