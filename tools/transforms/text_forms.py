"""Whether texts have a form: digits only, a given start, a length, a pattern that they fit."""

from collections.abc import Mapping
from typing import Literal

from tools.tool import ColumnName, ToolError
from tools.transform import Derived, Input, transform
from tools.transforms.sql import new_names, text_of, with_columns
from tools.transforms.texts import matched
from tools.words import counted, identifier, literal

Test = Literal[
    "length", "starts", "ends", "contains", "pattern", "alphanumeric", "letters", "digits", "spaces", "title", "lower",
    "upper", "numeric", "decimal",
]  # fmt: skip


@transform(
    group="text",
    title="Test the text of {column} ({test})",
    rows="same",
    asked_by=r"\bvalidat\w*|\b(?:says?|tells?|shows?|saying|telling|showing) (?:whether|if) [^.]*\b(?:starts?|begins?|ends?) (?:with|in)\b|\b(?:in)?valid (?:email|e-mail|phone|code|format|values?|id|number)|\bcheck (?:whether|if|that) (?:the |each |all )?\w+ (?:is|are|starts?|ends?|contains?|has|have)\b|유효(?:한|성)|형식에 맞",
)
def validate_text(
    table: Input,
    column: ColumnName,
    test: Test,
    value: str | None = None,
    low: int | None = None,
    high: int | None = None,
    name: str | None = None,
) -> Derived:
    """Add a column of true and false: whether the text of a column has a form, such as digits only or a given start.

    Args:
        column: the column of text.
        test: the form; length needs low or high, starts, ends, contains and pattern need a value.
        value: what it starts or ends with, what it contains, or the regular expression that it fits as a whole.
        low: the least length.
        high: the greatest length.
        name: what the new column is called; column_valid if left out.
    """
    source = table.column(column)
    cell = text_of(source)
    if test in ("starts", "ends", "contains", "pattern") and not value:
        raise ToolError(f"Test {test} needs a value. Give it, for example value A.")
    if test == "length" and low is None and high is None:
        raise ToolError("Test length needs low, high or both. Give them, for example low 5.")
    if test == "pattern" and value is not None:
        matched(table, "''", value)
    called = new_names(table, [name or f"{source.name}_valid"], source)[0]
    condition = _test(cell, test, value or "", low, high)
    good, filled = table.learn_rows(
        "valid", f"SELECT count(*) FILTER (WHERE {condition}), count({identifier(source.name)}) FROM {table.name}"
    )[0]
    text = f"Tested {source.name} ({test}): {counted(good, 'value')} of {filled:,} passed, see {called}."
    return Derived(with_columns(table, source, {called: condition}), text)


_FORMS: Mapping[str, str] = {
    "alphanumeric": r"[\p{L}\p{N}]+",
    "letters": r"\p{L}+",
    "digits": r"\p{Nd}+",
    "spaces": r"[\s\p{Z}]+",
    "numeric": r"[+-]?(\p{Nd}+(\.\p{Nd}*)?|\.\p{Nd}+)([eE][+-]?\p{Nd}+)?",
    "decimal": r"[+-]?\p{Nd}*\.\p{Nd}+",
}


def _test(cell: str, test: Test, value: str, low: int | None, high: int | None) -> str:
    """A condition on the text; empty where the cell is."""
    match test:
        case "length":
            return f"length({cell}) BETWEEN {low or 0} AND {high if high is not None else 2**31 - 1}"
        case "starts" | "ends":
            return f"{test}_with({cell}, {literal(value)})"
        case "contains":
            return f"contains({cell}, {literal(value)})"
        case "pattern":
            return f"regexp_full_match({cell}, {literal(value)})"
        case "lower" | "upper":
            return f"({test}({cell}) = {cell} AND lower({cell}) <> upper({cell}))"
        case "title":
            word = r"([^\p{L}\s\p{Z}]*\p{Lu}[^\p{Lu}\s\p{Z}]*|[^\p{L}\s\p{Z}]+)"
            words = rf"[\s\p{{Z}}]*{word}([\s\p{{Z}}]+{word})*[\s\p{{Z}}]*"
            return f"(regexp_full_match({cell}, {literal(words)}) AND regexp_matches({cell}, '\\p{{Lu}}'))"
    return f"regexp_full_match({cell}, {literal(_FORMS[test])})"
