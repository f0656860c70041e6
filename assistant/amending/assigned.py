"""A value that the request sets in a whole column or in named rows: `set price to 5`, `set the first 3 rows to NaN`.

What is not covered: values under a condition (those are the model's SQL), and several columns at once.
"""

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from assistant.amending.positions import rows_at
from assistant.amending.step import mended, table_read
from assistant.context import Situation, Table
from assistant.named import columns_named, stands
from tools.number_words import ORDINALS, either
from tools.relations import identifier_if_needed
from tools.words import literal

if TYPE_CHECKING:
    from assistant.plan import Step

_VALUE = r"(?:(?P<number{0}>-?\d+(?:\.\d+)?)(?!\.?\d|[a-z_])|'(?P<single{0}>[^']*)'|\"(?P<double{0}>[^\"]*)\"|(?P<null{0}>nan|nulls?|none|na|empty|missing|blank|결측|결측치|빈\s?값)(?![a-z_]))"
_SETS = re.compile(
    rf"\b(?:set|assign|make)\b[^.;]*?(?:(?:(?<!\s\d )(?<!\s\d\d )\bto\b|\bas\b|=)\s+|(?=\b(?:nan|null|empty|missing|blank)\W*$))(?:be |an? |the )?(?:constant |value )?(?:of )?{_VALUE.format(1)}"
    rf"|(?<!\S){_VALUE.format(2)}(?:으로|로)\s?(?:모두 |전부 |다 )?(?:설정|지정|통일|세팅)",
    re.IGNORECASE,
)
_PLAIN = re.compile(
    r"\b(?:please|now|lets?|let's|us|set|assign|make|from|through|until|last|first|the|an?|in|of|to|as|all|every|each|whole|entire|columns?|fields?|values?|constant|rows?|cells?|and"
    rf"|data|data ?frames?|datasets?|tables?|df|(?:\d+(?:st|nd|rd|th))|{either(ORDINALS)})\b"
    r"|컬럼|칼럼|열|값|행|모두|전부|전체|데이터|설정|지정|통일|세팅|번째|에서|으로|로|을|를|의|은|는|에|해|줘|주세요|좀|다|\d+",
    re.IGNORECASE,
)
"""Words that stand in such a request beside names; any other word may be a condition."""
_KINDS = (
    "change_type",
    "replace_values",
    "fill_missing",
    "limit_values",
    "add_formula",
    "filter_rows",
    "query_data",
    "transform_with_sql",
)


def assigned(steps: Sequence["Step"], situation: Situation, request: str) -> list["Step"]:
    """One step that replaces, fills or casts, where the request sets a value: that of the column, in the rows it names."""
    found = _SETS.search(request)
    if len(steps) != 1 or steps[0].tool not in _KINDS or found is None:
        return list(steps)
    table, kind = table_read(steps[0], situation), found.lastgroup or ""
    rest = f"{request[: found.start(kind)]} {request[found.end(kind) :]}"
    named = [column.name for column in columns_named(rest, table)] if table else []
    where = rows_at(rest)
    empties = kind.startswith("null")
    if (
        table is None
        or len(named) > 1
        or (not named and not (where and empties))
        or not _says_no_more(rest, named, table)
    ):
        return list(steps)
    value = found[kind] if kind.startswith("number") else "NULL" if empties else literal(found[kind])
    columns = named or [column.name for column in table.columns]
    sql = f"SELECT * REPLACE ({', '.join(_cell(name, value, where) for name in columns)}) FROM {identifier_if_needed(table.name)}"
    place = "the named rows" if where else "every row"
    why = f"{columns[0] if named else 'every column'} is set to {value} in {place}, as the request says."
    return [mended(steps[0], why, "transform_with_sql", {"dataset": table.name, "sql": sql})]


def _cell(name: str, value: str, where: str) -> str:
    """A column with the value in it, in the rows of a condition or in all."""
    name = identifier_if_needed(name)
    return f"CASE WHEN {where} THEN {value} ELSE {name} END AS {name}" if where else f"{value} AS {name}"


def _says_no_more(rest: str, columns: Sequence[str], table: Table) -> bool:
    """Whether a request has no word but those of setting a column of a table."""
    for name in (*columns, table.name):
        if stands(name, rest):
            rest = re.sub(rf"(?<![^\W_]){re.escape(name)}(?![a-z0-9])", " ", rest, flags=re.IGNORECASE)
    return re.search(r"\w", _PLAIN.sub(" ", rest.replace("_", " "))) is None
