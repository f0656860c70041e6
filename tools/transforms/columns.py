"""Transforms of whole columns: which ones there are, and what they are called."""

import re
from collections.abc import Mapping
from typing import Literal

from pydantic import BaseModel, ConfigDict

from tools.tool import ColumnName, ToolError
from tools.transform import Derived, Input, transform
from tools.transforms.sql import names, untouched
from tools.words import counted, identifier, listed


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
