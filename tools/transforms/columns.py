"""Transforms of whole columns: which ones there are, what they are called, what type and spelling their cells have."""

import math
import re
from collections.abc import Mapping
from typing import Literal

from pydantic import BaseModel, ConfigDict

from tools.tool import ColumnName, Scalar, ToolError
from tools.transform import Column, Derived, Input, transform
from tools.transforms import parse
from tools.transforms.sql import is_integer, names, replaced, skipped, text_of, typed, untouched
from tools.words import counted, identifier, listed, literal

ColumnType = Literal["integer", "decimal", "text", "date", "timestamp", "boolean"]
_FORMATS = r"%[YymdbBHMS]|\b(?:day|month)[- ]first|\bepoch|unix (?:time|timestamp)|excel (?:date|serial|day)|\b(?:dd|mm|yyyy)[-/. ]|\b(?:date|time)s? formats?\b|\bformat (?:is|was|of)\b|\bformatted as\b|날짜 ?형식|에포크|유닉스"
_DECIMALS = r"decimal (?:comma|mark|point|separator)|comma (?:as|is) (?:the )?decimal|european|소수점"
_SQL_TYPES = {
    "integer": "BIGINT",
    "decimal": "DOUBLE",
    "text": "VARCHAR",
    "date": "DATE",
    "timestamp": "TIMESTAMP",
    "boolean": "BOOLEAN",
}


@transform(group="columns", title="Remove the columns {columns}", rows="same")
def drop_columns(table: Input, columns: list[ColumnName]) -> Derived:
    """Remove columns from the dataset. Use it for columns that are not needed, such as ids or names.

    Args:
        columns: names of the columns to remove.
    """
    gone = table.pick(columns)
    if not gone:
        raise ToolError("No columns were named. Name at least one column to remove.")
    if len(gone) == len(table.columns):
        raise ToolError(f"Removing {listed(columns)} would leave no column. Keep at least one.")
    text = f"Removed {counted(len(gone), 'column')}: {listed([column.name for column in gone])}."
    return Derived(f"SELECT * EXCLUDE ({names(gone)}) FROM {table.name}", text)


@transform(group="columns", title="Keep only the columns {columns}", rows="same")
def keep_columns(table: Input, columns: list[ColumnName]) -> Derived:
    """Keep only these columns and remove all others. The columns stay in the order of the dataset.

    Args:
        columns: names of the columns to keep.
    """
    kept = table.pick(columns)
    if not kept:
        raise ToolError("No columns were named. Name at least one column to keep.")
    gone = [column for column in table.columns if column not in kept]
    if not gone:
        return untouched(table, f"Nothing to remove: the dataset has only these {counted(len(kept), 'column')}.")
    text = f"Kept {listed([column.name for column in kept])}; removed {counted(len(gone), 'other column')}."
    return Derived(f"SELECT * EXCLUDE ({names(gone)}) FROM {table.name}", text)


@transform(group="columns", title="Rename {column} to {name}", rows="same")
def rename_column(table: Input, column: ColumnName, name: str) -> Derived:
    """Give one column a new name.

    Args:
        column: the column to rename.
        name: its new name.
    """
    old, name = table.column(column), name.strip()
    if not name:
        raise ToolError("The new name is empty. Give the column a name of at least one character.")
    if name == old.name:
        return untouched(table, f"Nothing to rename: the column is already called {name}.")
    if any(other.name.casefold() == name.casefold() for other in table.columns if other is not old):
        raise ToolError(f"There already is a column '{name}'. Choose another name or remove that column first.")
    sql = f"SELECT * RENAME ({identifier(old.name)} AS {identifier(name)}) FROM {table.name}"
    return Derived(sql, f"Renamed {old.name} to {name}.")


class Renaming(BaseModel):
    """A column and its new name."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    column: ColumnName
    name: str


Style = Literal["as_is", "snake_case", "lower", "upper", "title", "spaces"]


@transform(
    group="columns",
    title="Rename several columns",
    rows="same",
    asked_by=r"\b(?:column|header|field|variable)(?:s|'s)?(?: names?)? (?:to |in |into |as )?(?:all )?(?:snake|lower|upper|title|camel)[- _]?case"
    r"|\b(?:snake|lower|upper|title)[- _]?case\b[^.]*\b(?:column|header|field)|\bclean\w*\b[^.]*\b(?:column|header) names?|\brename (?:all|every|each|the) (?:the )?columns\b|\b(?:prefix|suffix)\b[^.]*\b(?:columns|column names|headers)|\bcolumn names\b[^.]*\b(?:replac|remov|add|spaces?|underscores?)"
    r"|(?:컬럼|칼럼|열) ?이름(?:들|을|를)?[^.]*(?:소문자|대문자|스네이크|접두|접미|밑줄|공백|정리)|모든 (?:컬럼|칼럼|열)[^.]*이름",
)
def rename_columns(
    table: Input,
    renames: list[Renaming] | None = None,
    columns: list[ColumnName] | None = None,
    style: Style = "as_is",
    prefix: str = "",
    suffix: str = "",
    find: str = "",
    replace: str = "",
) -> Derived:
    """Rename several columns at once: each to a name of its own, or all by a rule, such as snake_case or a prefix.

    Args:
        renames: pairs of a column and its new name.
        columns: the columns that the rules are for; all of them if left out.
        style: how names are written, such as snake_case (Unit Price becomes unit_price); spaces makes _ and - spaces.
        prefix: put before each name.
        suffix: put after each name.
        find: a part of the names that is replaced.
        replace: what it is replaced by; nothing if left out.
    """
    wanted = {column.name: column.name for column in table.columns}
    ruled = style != "as_is" or any((prefix, suffix, find))
    for column in (table.pick(columns) if columns else table.columns) if ruled else ():
        wanted[column.name] = (
            prefix + styled(column.name.replace(find, replace) if find else column.name, style) + suffix
        )
    for pair in renames or []:
        wanted[table.column(pair.column).name] = pair.name.strip()
    if not ruled and not renames:
        raise ToolError("No new names were given. Give pairs of a column and its name, or a rule such as snake_case.")
    return _renamed(table, wanted)


def _renamed(table: Input, wanted: Mapping[str, str]) -> Derived:
    """The columns under their new names. Raises ToolError where one is empty or stands for two columns."""
    seen: dict[str, str] = {}
    for old, new in wanted.items():
        if not new:
            raise ToolError(f"{old} would have no name. Give each column a name of at least one character.")
        if (twin := seen.setdefault(new.casefold(), old)) != old:
            raise ToolError(f"{twin} and {old} would both be called '{new}'. Give each column a name of its own.")
    changed = {old: new for old, new in wanted.items() if old != new}
    if not changed:
        return untouched(table, "Nothing to rename: the columns are already called so.")
    pairs = ", ".join(f"{identifier(old)} AS {identifier(new)}" for old, new in changed.items())
    said = listed([f"{old} to {new}" for old, new in changed.items()])
    return Derived(f"SELECT * RENAME ({pairs}) FROM {table.name}", f"Renamed {said}.")


def styled(name: str, style: Style) -> str:
    """A name written in a style; letters of any script stay."""
    match style:
        case "snake_case":
            parted = re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "_", name)
            return re.sub(r"_+", "_", re.sub(r"\W+", "_", parted)).strip("_").lower() or name
        case "lower" | "upper" | "title":
            return str(getattr(name, style)())
        case "spaces":
            return re.sub(r"[\s_-]+", " ", name).strip() or name
    return name


# --- types -------------------------------------------------------------------------------------------------------


@transform(
    group="columns",
    title="Change the type of {columns} to {type}",
    rows="same",
    more={"format": _FORMATS, "decimal": _DECIMALS},
)
def change_type(
    table: Input,
    columns: list[ColumnName],
    type: ColumnType,
    format: str | None = None,
    decimal: Literal[".", ","] | None = None,
) -> Derived:
    """Change the type of columns, for example text to numbers or dates. Reads forms such as $1,234.50, 12 %, (5), yes/no.

    Args:
        columns: names of the columns to change.
        type: the new type.
        format: how dates are written, such as %d.%m.%Y, day_first, month_first, epoch (seconds), epoch_ms or excel (days);
            for text, how dates become it. Found in the data if left out.
        decimal: the decimal mark of numbers; found in the data if left out.
    """
    if format is not None and type not in ("date", "timestamp", "text"):
        raise ToolError(f"A format is for dates: got {format} for {type}. Leave it out.")
    cells: dict[str, str] = {}
    reasons: dict[str, str] = {}
    notes: list[str] = []
    picked = table.pick(columns)
    for column in picked:
        if reason := _unfit(column, type, format):
            reasons[column.name] = reason
            continue
        try:
            cell = _read(table, column, type, format, decimal)
            notes.append(_yes_no(table, column, type) + parse.note(table, column, type, cell))
        except ToolError:
            if len(picked) == 1:
                raise
            reasons[column.name] = f"none of its values can be read as {type}"
            continue
        cells[column.name] = cell
    if not cells:
        return untouched(table, f"Nothing to change.{skipped(reasons)}")
    text = f"Changed {listed(list(cells))} to {type}.{''.join(notes)}{skipped(reasons)}"
    return Derived(replaced(table, cells), text)


def _unfit(column: Column, type_: ColumnType, format_: str | None) -> str:
    """Why a column is left as it is; empty where it can be changed."""
    if format_ is not None and type_ == "text" and not column.is_time:
        return "holds no dates"
    now = column.type
    whole, decimal = is_integer(column), column.is_number and not is_integer(column)
    same = {
        "integer": whole,
        "decimal": decimal,
        "text": now == "VARCHAR",
        "date": now == "DATE",
        "timestamp": now.startswith("TIMESTAMP"),
        "boolean": now == "BOOLEAN",
    }
    if same[type_]:
        return f"already {type_}"
    if column.is_time and type_ in ("integer", "decimal", "boolean"):
        return f"holds dates or times, which are not {type_}"
    if now.startswith("TIME") and not now.startswith("TIMESTAMP") and type_ != "text":
        return "holds times of day without a date"
    return ""


def _read(table: Input, column: Column, type_: ColumnType, format_: str | None, decimal: str | None) -> str:
    """The expression that reads a column's cells as another type; NULL where a cell can't be read."""
    name, wanted = identifier(column.name), _SQL_TYPES[type_]
    if type_ == "text":
        return f"strftime({name}, {literal(format_)})" if format_ else f"CAST({name} AS VARCHAR)"
    if type_ in ("date", "timestamp"):
        if format_ and not column.is_time:
            return parse.moment_as(table, column, wanted, format_)
        return f"CAST({name} AS {wanted})" if column.is_time else parse.moment(table, column, wanted)
    if type_ == "boolean":
        return parse.truth(table, column)
    if parse.yes_no(table, column):
        return f"CAST({parse.truth(table, column)} AS {wanted})"
    return f"TRY_CAST({name} AS {wanted})" if not column.is_text else parse.number(table, column, wanted, decimal)


def _yes_no(table: Input, column: Column, type_: ColumnType) -> str:
    """What yes and no became, where a column's texts say nothing else."""
    found = parse.yes_no(table, column) if type_ in ("integer", "decimal", "boolean") else None
    if not found:
        return ""
    return f" {column.name}: {found.told(*(('true', 'false') if type_ == 'boolean' else ('1', '0')))}."


# --- cells -------------------------------------------------------------------------------------------------------

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
        try:
            number = float(value)
            finite = math.isfinite(number)
        except (ValueError, OverflowError):
            finite = False
        if not finite:
            raise ToolError(
                f"{column.name} holds numbers and '{value}' is none. Give a number, or change the column to text first."
            )
        if not is_integer(column):
            return typed(number, column)
        return repr(int(number)) if number.is_integer() else f"CAST({number!r} AS DOUBLE)"
    return literal(value) if isinstance(value, bool) else f"CAST({literal(str(value))} AS {column.type})"
