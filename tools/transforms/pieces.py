"""Transforms that split one column into several, as texts, dates, names and structs are, merge several into one, or copy one.

What is not covered: texts that are to be split in another way from row to row.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from tools.relations import plain_name
from tools.tool import ColumnName, ToolError
from tools.transform import Column, Derived, Input, transform
from tools.transforms import parse
from tools.transforms.full_names import HANGUL, HANGUL_NAME, family_place, given_first, korean_names
from tools.transforms.parts import Part, moment_of, part_of
from tools.transforms.sql import names as quoted_names
from tools.transforms.sql import new_names, text_of, with_columns
from tools.words import counted, identifier, listed, literal

_SEPARATORS = (" - ", ";", "|", "\t", "\n", ",", "/", ": ", "~", " ", "_", "@", ":", "-", ".")
"""What may stand between parts; of two that split the values equally well, the first is meant."""
_BLANK = r"[\s\p{Z}]+"
_CALLED = {
    " ": "the space", ",": "the comma", ";": "the semicolon", "|": "the bar", "\t": "the tab", "/": "the slash",
    "-": "the hyphen", " - ": "the hyphen", "\n": "the line break", ":": "the colon", ": ": "the colon",
    "_": "the underscore", ".": "the full stop",
}  # fmt: skip
_IN_WORDS = {
    "space": " ", "blank": " ", "whitespace": " ", "공백": " ", "띄어쓰기": " ", "comma": ",", "쉼표": ",", "콤마": ",",
    "semicolon": ";", "slash": "/", "슬래시": "/", "hyphen": "-", "dash": "-", "하이픈": "-", "colon": ":", "콜론": ":",
    "pipe": "|", "tab": "\t", "underscore": "_", "dot": ".",
}  # fmt: skip
_DATE_WORDS: dict[str, Part] = {
    "year": "year", "연도": "year", "년도": "year", "년": "year", "quarter": "quarter", "분기": "quarter", "month": "month",
    "월": "month", "week": "week", "day": "day", "일": "day", "weekday": "weekday", "요일": "weekday", "hour": "hour",
    "시": "hour", "minute": "minute", "분": "minute", "date": "date", "날짜": "date", "time": "time", "시간": "time",
}  # fmt: skip


@transform(
    group="columns",
    title="Split {column} into {names}",
    rows="same",
    more={
        "pattern": r"\bregex|regular expression|\bpattern|\beither\b[^.]*\bor\b|정규식|패턴",
        "at": r"\b(?:position|character|digit)s?\b|\bfixed[- ]width|\bafter the \w+ (?:character|letter|digit)|(?:글자|자리|번째)",
    },
)
def split_column(
    table: Input,
    column: ColumnName,
    names: list[str],
    separator: str | None = None,
    keep: bool = True,
    pattern: str | None = None,
    at: list[int] | None = None,
) -> Derived:
    """Split a column into several, such as full_name into first_name and last_name. The last one takes what is left.

    Args:
        column: the column to split.
        names: names of the new columns, in the order of the parts.
        separator: what stands between the parts; leave it out to find it in the data.
        keep: false removes the column that was split.
        pattern: a regular expression of what stands between the parts, such as [,;].
        at: after how many characters each part but the last ends, such as 2 and 5.
    """
    source = table.column(column)
    if pattern or at:
        return _cut(table, source, names, pattern, at or [], keep=keep)
    if source.type.startswith("STRUCT("):
        fields = _fields(source, names)
        cells = dict(zip(new_names(table, names, source), fields.values(), strict=True))
        text = f"Took {listed(list(fields))} out of {source.name}."
        return Derived(with_columns(table, source, cells, keep=keep), text)
    if len(names) < 2:
        raise ToolError(f"Splitting needs two new columns or more: got {listed(names) or 'none'}. Name each part.")
    called = new_names(table, names, source)
    if not separator and (parts := _date_parts(table, source, called)):
        moment = moment_of(table, source)
        cells = {name: part_of(part, moment) for name, part in zip(called, parts, strict=True)}
        text = f"Split the dates of {source.name} into {listed(called)}."
        return Derived(with_columns(table, source, cells, keep=keep), text)
    found = _looked(table, source, len(called), _given(separator))
    if found.syllables and family_place(called) is not None:
        return korean_names(table, source, called, keep=keep)
    if not found.separator:
        raise ToolError(_no_separator(table, source, separator))
    swapped = len(called) == 2 and given_first(called) and (found.separator == "," or found.korean)
    cells = dict(zip(called[::-1] if swapped else called, _pieces(source, found.separator, len(called)), strict=True))
    text = f"Split {source.name} at {_shown(found.separator)} into {listed(called)}.{_note(found, cells, source)}"
    if swapped:
        text += f" The family name stands first, so it went to {called[1]}."
    return Derived(with_columns(table, source, {name: cells[name] for name in called}, keep=keep), text)


@transform(
    group="columns",
    title="Merge {columns} into {name}",
    rows="same",
    asked_by=r"(?:이어서?|합쳐서?|결합해)\s[^.]*(?:컬럼|칼럼|열)|\b(?:merge|combine|concat\w*|join) (?:the )?(?:(?!and\b)\S+ (?:and|with|,) \S+ )?columns?\b(?! (?:on|where|equal))|\binto (?:one|a single|a new|1) column|\b(?:merge|combine|concat\w*)\b[^.]*\bcolumns into\b|(?:컬럼|칼럼|열)\S* ?(?:을|를)? ?(?:합쳐|합치|이어 ?붙|결합)|(?:합쳐|이어 ?붙)[^.]*(?:새 |한 )(?:컬럼|칼럼|열)",
)
def merge_columns(
    table: Input, columns: list[ColumnName], name: str, separator: str = " ", keep: bool = True
) -> Derived:
    """Merge the text of several columns into one new column; empty cells leave no separator behind.

    Args:
        columns: the columns, in the order of their parts.
        name: what the new column is called.
        separator: what stands between the parts.
        keep: false removes the columns that were merged.
    """
    parts = table.pick(columns)
    if len(parts) < 2:
        raise ToolError(
            f"Merging needs two columns or more: got {listed([c.name for c in parts]) or 'none'}. Name each part."
        )
    called = new_names(table, [name], parts[0] if not keep else Column("", ""))[0]
    cells = ", ".join(f"nullif(CAST({identifier(part.name)} AS VARCHAR), '')" for part in parts)
    cell = f"nullif(concat_ws({literal(separator)}, {cells}), '')"
    text = f"Merged {listed([part.name for part in parts])} into {called}."
    if keep:
        return Derived(with_columns(table, Column("", ""), {called: cell}), text)
    sql = f"SELECT * EXCLUDE ({quoted_names(parts)}), {cell} AS {identifier(called)} FROM {table.name}"
    return Derived(sql, text)


@transform(
    group="columns",
    title="Copy {column} as {name}",
    rows="same",
    asked_by=r"\b(?:copy|duplicate|clone) (?:of )?(?:the )?(?:\w+ )?column\b|\bcolumn\b[^.]*\b(?:copy|duplicate)\b|(?:컬럼|칼럼|열)\S* ?(?:을|를)? ?복사|복사본",
)
def copy_column(table: Input, column: ColumnName, name: str | None = None) -> Derived:
    """Copy a column under another name.

    Args:
        column: the column to copy.
        name: what the copy is called; column_copy if left out.
    """
    source = table.column(column)
    called = new_names(table, [name or f"{source.name}_copy"], Column("", ""))[0]
    return Derived(
        with_columns(table, Column("", ""), {called: identifier(source.name)}), f"Copied {source.name} as {called}."
    )


def _cut(
    table: Input, source: Column, names: Sequence[str], pattern: str | None, at: Sequence[int], *, keep: bool
) -> Derived:
    """A column split by a pattern or at places. Raises ToolError where they don't fit."""
    called, cell = new_names(table, names, source), text_of(source)
    if at:
        if pattern or list(at) != sorted(set(at)) or at[0] < 1 or len(called) != len(at) + 1:
            raise ToolError(
                f"{len(called)} parts need {len(called) - 1} growing places and no pattern: got {list(at)} and {pattern}."
            )
        pieces = [
            f"substr({cell}, {start + 1}{f', {end - start}' if end else ''})"
            for start, end in zip([0, *at], [*at, None], strict=True)
        ]
        told = f"after {listed([str(place) for place in at])} characters"
    else:
        import duckdb

        parts = f"string_split_regex(trim({cell}), {literal(pattern)})"
        last = f"array_to_string({parts}[{len(called)}:], ' ')"
        pieces = [*(f"{parts}[{place}]" for place in range(1, len(called))), last]
        try:
            table.learn("pattern", f"SELECT len(string_split_regex('', {literal(pattern)}))")
        except duckdb.Error as error:
            raise ToolError(f"The pattern {pattern} can't be read: {str(error).splitlines()[0]}.") from error
        told = f"at what fits {pattern}"
    cells = {name: f"nullif(trim({piece}), '')" for name, piece in zip(called, pieces, strict=True)}
    return Derived(with_columns(table, source, cells, keep=keep), f"Split {source.name} {told} into {listed(called)}.")


def _fields(source: Column, names: Sequence[str]) -> dict[str, str]:
    """Fields of a struct, as it calls them -> expressions. Raises ToolError where it has none of a name."""
    import duckdb

    there = {plain_name(name): name for name, _ in duckdb.sqltype(source.type).children}
    lacking = [name for name in names if plain_name(name) not in there]
    if lacking or not names:
        raise ToolError(
            f"{source.name} has no field {listed(lacking) or 'without a name'}. Its fields: {listed(list(there.values()))}."
        )
    fields = [there[plain_name(name)] for name in names]
    return {name: f"struct_extract({identifier(source.name)}, {literal(name)})" for name in fields}


# --- separators --------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Found:
    """The separator of a column, empty where it has none, and how many values it splits."""

    separator: str
    filled: int
    split: int
    """Values that hold the separator."""
    longer: int
    """Values of more parts than are wanted."""
    korean: bool
    """Whether most values are written as Korean names are."""
    syllables: bool
    """Whether most of them are without anything between the family name and the given name."""


def _given(separator: str | None) -> str | None:
    """A separator as it stands in the data, for models and people write `comma` too."""
    if not separator:
        return None
    return _IN_WORDS.get(separator.strip().casefold(), " " if not separator.strip(" ") else separator)


def _looked(table: Input, column: Column, count: int, given: str | None) -> _Found:
    """The separator that most values hold, and of these the one that gives most of them as many parts as wanted."""
    tried = (*dict.fromkeys((given, given.strip(" ") or given)),) if given else _SEPARATORS
    cell = f"trim({text_of(column)})"
    counts = [f"count(*) FILTER (WHERE len(p{place}) {test} {wanted})" for place in range(len(tried))
              for test, wanted in ((">=", 2), ("=", count), (">", count))]  # fmt: skip
    parts = [
        f"list_filter({_list(cell, mark)}, lambda part: trim(part) <> '') AS p{place}"
        for place, mark in enumerate(tried)
    ]
    sql = (
        f"SELECT count(*), count(*) FILTER (WHERE regexp_full_match(cell, '{HANGUL_NAME}')),"
        f" count(*) FILTER (WHERE regexp_full_match(cell, '{HANGUL}')), {', '.join(counts)}"
        f" FROM (SELECT {cell} AS cell, {', '.join(parts)} FROM {table.name} WHERE {cell} <> '')"
    )
    filled, korean, syllables, *numbers = table.learn_rows(f"separator:{column.name}", sql)[0]
    held = {mark: tuple(numbers[3 * place : 3 * place + 3]) for place, mark in enumerate(tried)}
    enough = [mark for mark in tried if (held[mark][0] if given else 2 * held[mark][0] - filled) > 0]
    best = max(enough, key=lambda mark: (held[mark][1], held[mark][0]), default="")
    split, _, longer = held.get(best, (0, 0, 0))
    return _Found(best, filled, split, longer, 2 * korean > filled, not best and 2 * syllables > filled)


def _list(cell: str, separator: str) -> str:
    """A cell's parts as a list."""
    if separator == " ":
        return f"string_split_regex({cell}, {literal(_BLANK)})"
    return f"string_split({cell}, {literal(separator)})"


def _pieces(column: Column, separator: str, count: int) -> list[str]:
    """The expression of each part; the last one takes the rest, and a part that is not there is empty."""
    parts = _list(f"trim({text_of(column)})", separator)
    firsts = [f"nullif(trim({parts}[{place}]), '')" for place in range(1, count)]
    return [*firsts, f"nullif(trim(array_to_string({parts}[{count}:], {literal(separator)})), '')"]


def _note(found: _Found, cells: dict[str, str], source: Column) -> str:
    """What was not split as most values were."""
    first, *_, last = cells
    whole, note = found.filled - found.split, ""
    if whole:
        note += f" {counted(whole, 'value')} of {source.name} without it went whole into {first}."
    if found.longer:
        note += f" {counted(found.longer, 'value')} had more parts; {last} holds the rest."
    return note


def _no_separator(table: Input, column: Column, given: str | None) -> str:
    examples = table.relation.rows(
        f"SELECT DISTINCT {text_of(column)} FROM {table.name} WHERE {identifier(column.name)} IS NOT NULL ORDER BY 1 LIMIT 3"
    )
    quoted = listed([f"'{row[0]:.40}'" for row in examples])
    values = f"for example {quoted}" if quoted else "which is empty"
    if given:
        return f"No value of {column.name} holds '{given}', {values}. Name what stands between the parts."
    return f"No separator stands in most values of {column.name}, {values}. Name what stands between the parts."


def _shown(separator: str) -> str:
    return _CALLED.get(separator, f"'{separator}'")


# --- dates ---------------------------------------------------------------------------------------------------


def _date_parts(table: Input, column: Column, names: Sequence[str]) -> list[Part]:
    """The parts of dates that the new columns are named after; none where some are not, or the column holds no dates."""
    words = [re.split(r"[_\s]", name.casefold())[-1] for name in names]
    if not all(word in _DATE_WORDS for word in words):
        return []
    if not column.is_time:
        if not column.is_text or not parse.date_formats(table, column):
            return []
        read = parse.moment(table, column, "TIMESTAMP")
        filled, dates = table.learn_rows(
            f"dates:{column.name}", f"SELECT count({text_of(column)}), count({read}) FROM {table.name}"
        )[0]
        if 2 * dates <= filled:
            return []
    return [_DATE_WORDS[word] for word in words]
