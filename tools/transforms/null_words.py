"""Words that mean that there is no value, such as N/A, seen as empty cells."""

from typing import NamedTuple

from tools.tool import ColumnName, ToolError
from tools.transform import Column, Derived, Input, transform
from tools.transforms.sql import number_of, replaced, skipped, text_of, untouched
from tools.words import counted, identifier, listed, literal

NULL_WORDS = ("", "?", "-", "--", "n/a", "na", "#n/a", "nan", "null", "none", "nil", "missing", "not available")


@transform(group="missing", title="Treat words such as N/A as empty", rows="same")
def treat_as_missing(table: Input, columns: list[ColumnName] | None = None, values: list[str] | None = None) -> Derived:
    """Make cells empty that say there is no value, such as ?, N/A, -, none or blank text. Text columns that hold only numbers then become numbers.

    Args:
        columns: the columns to look at; leave it out for all of them.
        values: the words or numbers that mean "no value"; leave it out for the usual words.
    """
    words = list(dict.fromkeys(word.strip().casefold() for word in (NULL_WORDS if values is None else values)))
    if not words:
        raise ToolError("The list of values is empty. Name at least one, or leave values out for the usual words.")
    asked = table.pick(columns) if columns else list(table.columns)
    tests = {column: test for column in asked if (test := _is_word(column, words))}
    unfit = "holds no text" if values is None else "can't hold these values"
    looked = skipped({column.name: unfit for column in asked if column not in tests}) if columns else ""
    if not tests:
        return untouched(table, f"No cell was made empty.{looked}")
    found = _words_found(table, tests)
    cells = {column.name: _without_words(column, tests[column], found[column]) for column in tests}
    said = [f"{column.name} ({counts.words:,})" for column, counts in found.items() if counts.words]
    if not said:
        usual = "the usual words for missing values" if values is None else listed([f"'{word}'" for word in values])
        return Derived(replaced(table, cells), f"No cell holds {usual}.{looked}", changes=False)
    total = counted(sum(counts.words for counts in found.values()), "cell")
    numbers = [column.name for column, counts in found.items() if counts.type]
    became = f" {listed(numbers)} now hold{'s' if len(numbers) == 1 else ''} numbers only and became numbers."
    return Derived(replaced(table, cells), f"Made {total} empty: {listed(said)}.{became if numbers else ''}{looked}")


class Found(NamedTuple):
    """The cells of a column that mean "no value", all that are not empty, and those written as numbers."""

    words: int
    filled: int
    whole: int
    decimal: int

    @property
    def type(self) -> str:
        """The number type of what is left; empty where that is not numbers only, or nothing was taken out."""
        left = self.filled - self.words
        if not self.words or not left:
            return ""
        return "BIGINT" if self.whole == left else "DOUBLE" if self.whole + self.decimal == left else ""


# Codes with leading zeros are no numbers; beyond 18 digits a whole number may not fit.
_WHOLE = r"[+-]?(0|[1-9]\d{0,17})"
_DECIMAL = r"[+-]?(0|[1-9]\d*)?\.\d+([eE][+-]?\d+)?"


def _words_found(table: Input, tests: dict[Column, str]) -> dict[Column, Found]:
    """What is in each column, learned in one query."""
    parts: list[str] = []
    for column, test in tests.items():
        cell = f"trim({text_of(column)})"
        written = "0, 0"
        if column.is_text:
            left = f"NOT ({test}) AND regexp_full_match({cell}, "
            written = ", ".join(f"count(*) FILTER (WHERE {left}{literal(form)}))" for form in (_WHOLE, _DECIMAL))
        parts.append(f"count(*) FILTER (WHERE {test}), count({identifier(column.name)}), {written}")
    row = table.learn_rows("words", f"SELECT {', '.join(parts)} FROM {table.name}")[0]
    return {column: Found(*row[4 * place : 4 * place + 4]) for place, column in enumerate(tests)}


def _without_words(column: Column, test: str, found: Found) -> str:
    cell = identifier(column.name)
    left = f"TRY_CAST({cell} AS {found.type})" if found.type else cell
    return f"CASE WHEN {test} THEN NULL ELSE {left} END"


def _is_word(column: Column, words: list[str]) -> str:
    """The test for a cell that means "no value"; empty where the column can't hold such a cell."""
    if column.is_text:
        return f"lower(trim({text_of(column)})) IN ({', '.join(map(literal, words))})"
    numbers = [number for word in words if (number := number_of(word)) is not None]
    if not column.is_number or not numbers:
        return ""
    exact = [int(number) if number.is_integer() else number for number in numbers]
    return f"{identifier(column.name)} IN ({', '.join(map(literal, exact))})"
