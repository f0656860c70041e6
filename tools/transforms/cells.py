"""Transforms of cells: their text cleaned, one value put in place of another."""

from typing import Literal

from tools.tool import ColumnName, Scalar, ToolError
from tools.transform import Column, Derived, Input, transform
from tools.transforms.sql import is_integer, number_of, replaced, skipped, text_of, typed, untouched
from tools.words import counted, identifier, listed, literal

Action = Literal[
    "trim",
    "lower",
    "upper",
    "title",
    "collapse_spaces",
    "remove_punctuation",
    "remove_digits",
    "keep_digits",
    "capitalize",
    "swap_case",
    "remove_spaces",
    "keep_letters",
    "remove_accents",
]
_RARE: dict[Action, str] = {
    "capitalize": r"\bcapitali[sz]e\b|\bfirst letter|첫 글자",
    "swap_case": r"\bswap\w* (?:the )?case|대소문자\S* (?:서로 )?바꿔",
    "remove_spaces": r"\b(?:remov|delet|strip)\w* (?:all |the |any |every )*(?:white)?spaces?\b|공백\S* (?:모두|전부|다)? ?(?:제거|삭제|없애)",
    "keep_letters": r"\b(?:only|keep) (?:the )?letters|글자만|문자만",
    "remove_accents": r"accents?\b|diacritic|umlaut|악센트",
}
"""Actions that the planner is told of where a request has such words."""
_CLEAN: dict[Action, str] = {
    "trim": r"regexp_replace({cell}, '^[\s\p{{Z}}]+|[\s\p{{Z}}]+$', '', 'g')",
    "lower": "lower({cell})",
    "upper": "upper({cell})",
    "title": r"array_to_string(list_transform(regexp_extract_all(lower({cell}), '[\p{{L}}''’]+|[^\p{{L}}''’]+'),"
    " lambda word: upper(word[1]) || word[2:]), '')",
    "collapse_spaces": r"trim(regexp_replace({cell}, '[\s\p{{Z}}]+', ' ', 'g'))",
    # A cell of which nothing is left holds no value any more.
    "remove_punctuation": r"nullif(trim(regexp_replace({cell}, '[\p{{P}}\p{{S}}]', '', 'g')), '')",
    "remove_digits": r"nullif(trim(regexp_replace({cell}, '\p{{Nd}}', '', 'g')), '')",
    "keep_digits": r"nullif(regexp_replace({cell}, '\P{{Nd}}', '', 'g'), '')",
    "capitalize": "upper(left({cell}, 1)) || lower(substr({cell}, 2))",
    "swap_case": r"array_to_string(list_transform(regexp_extract_all({cell}, '(?s).'),"
    " lambda letter: CASE WHEN letter = upper(letter) THEN lower(letter) ELSE upper(letter) END), '')",
    "remove_spaces": r"nullif(regexp_replace({cell}, '[\s\p{{Z}}]', '', 'g'), '')",
    "keep_letters": r"nullif(regexp_replace({cell}, '\P{{L}}', '', 'g'), '')",
    "remove_accents": "strip_accents({cell})",
}
_DONE: dict[Action, str] = {
    "trim": "Trimmed spaces of",
    "lower": "Lower case for",
    "upper": "Upper case for",
    "title": "Title case for",
    "collapse_spaces": "Made single spaces in",
    "remove_punctuation": "Removed the punctuation of",
    "remove_digits": "Removed the digits of",
    "keep_digits": "Kept only the digits of",
    "capitalize": "Capital first letters for",
    "swap_case": "Swapped the case of",
    "remove_spaces": "Removed the spaces of",
    "keep_letters": "Kept only the letters of",
    "remove_accents": "Removed the accents of",
}


@transform(
    group="columns",
    title="Clean the text of {columns} ({action})",
    rows="same",
    more={f"action={action}": pattern for action, pattern in _RARE.items()},
)
def clean_text(
    table: Input,
    columns: list[ColumnName],
    action: Action = "trim",
) -> Derived:
    """Clean the text in columns: trim or collapse spaces, change its case, remove punctuation or digits.

    Args:
        columns: names of the text columns.
        action: trim cuts spaces at both ends; collapse_spaces also makes several in a row one; keep_digits removes
            all but digits.
    """
    asked = table.pick(columns)
    reasons = {column.name: "holds no text" for column in asked if not column.is_text}
    cells = {column.name: _CLEAN[action].format(cell=text_of(column)) for column in asked if column.is_text}
    if not cells:
        return untouched(table, f"Nothing to clean.{skipped(reasons)}")
    counts = ", ".join(_changes(identifier(name), clean) for name, clean in cells.items())
    row = table.learn_rows(action, f"SELECT {counts} FROM {table.name}")[0]
    notes = [_changed(name, *row[3 * place : 3 * place + 3]) for place, name in enumerate(cells)]
    if not any(notes):
        text = f"Nothing to clean: the text of {listed(list(cells))} already is as asked.{skipped(reasons)}"
        return Derived(replaced(table, cells), text, changes=False)
    return Derived(replaced(table, cells), f"{_DONE[action]} {listed(list(cells))}.{''.join(notes)}{skipped(reasons)}")


def _changes(cell: str, clean: str) -> str:
    return f"count(*) FILTER (WHERE {clean} IS DISTINCT FROM {cell}), count(DISTINCT {cell}), count(DISTINCT {clean})"


def _changed(name: str, changed: int, before: int, after: int) -> str:
    """` City: 12 values changed, 9 different values are now 7.`, or nothing where none changed."""
    fewer = f", {before:,} different values are now {after:,}" if after < before else ""
    return f" {name}: {counted(changed, 'value')} changed{fewer}." if changed else ""


@transform(group="columns", title="Replace {old} with {new} in {column}", rows="same")
def replace_values(table: Input, column: ColumnName, old: Scalar, new: Scalar | None = None) -> Derived:
    """Replace one value of a column by another wherever the whole cell equals it.

    Args:
        column: the column to change.
        old: the value to look for.
        new: the value to put instead; leave it out to make the cells empty.
    """
    where = table.column(column)
    name, before = identifier(where.name), fitting(where, old)
    after = "NULL" if new is None else fitting(where, new)
    sql = replaced(table, {where.name: f"CASE WHEN {name} = {before} THEN {after} ELSE {name} END"})
    count = table.learn(f"found:{where.name}", f"SELECT count(*) FROM {table.name} WHERE {name} = {before}")
    if not count:
        common = table.learn_rows(
            f"common:{where.name}",
            f"SELECT {text_of(where)} FROM {table.name} WHERE {name} IS NOT NULL GROUP BY 1 ORDER BY count(*) DESC, 1 LIMIT 5",
        )
        known = listed([f"'{row[0]:.40}'" for row in common])
        return Derived(
            sql, f"No cell of {where.name} equals '{old}'. Its most frequent values: {known}.", changes=False
        )
    became = "made empty" if new is None else f"replaced by '{new}'"
    return Derived(sql, f"{where.name}: {counted(count, 'cell')} with '{old}' {became}.")


def fitting(column: Column, value: Scalar) -> str:
    """A value as a literal of the column's kind. Raises ToolError where it is none."""
    if column.is_text:
        return literal(str(value))
    if column.is_number and not isinstance(value, bool):
        number = number_of(value)
        if number is None:
            raise ToolError(
                f"{column.name} holds numbers and '{value}' is none. Give a number, or change the column to text first."
            )
        if not is_integer(column):
            return typed(number, column)
        return repr(int(number)) if number.is_integer() else f"CAST({number!r} AS DOUBLE)"
    return literal(value) if isinstance(value, bool) else f"CAST({literal(str(value))} AS {column.type})"
