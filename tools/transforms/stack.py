"""The transform that puts the rows of other datasets below this one's, matched by the names of the columns."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from tools.tool import DatasetName, ToolError
from tools.transform import Column, Derived, Input, transform
from tools.transforms.combine import Other, kind_of, other_dataset, own_name
from tools.transforms.sql import new_names
from tools.words import counted, free_name, identifier, listed, literal

How = Literal["all", "common"]
_SEVERAL = r"\b(?:append|concat\w*|stack|union|combine|put together|merge)\b[^.]*(?:,|\band\b)[^.]*\band\b|(?:,|와|과|하고|랑) ?[^.]*(?:,|와|과|하고|랑)[^.]*(?:합쳐|합치|이어 ?붙)|\ball (?:the )?(?:files|tables|datasets|months|years)\b"
_DISTINCT = r"\b(?:without|no|remov\w*|drop\w*|ignor\w*)\b[^.]*\bduplicat|\bdedup|\bdistinct\b|\bunion\b(?! all)|중복[^.]*(?:없|제거|빼)"
_SOURCE = r"\b(?:column|field)\b[^.]*\b(?:source|origin|which (?:file|table|dataset)|where (?:it|they|each))|\bsource (?:column|table|file)|출처|어느 (?:파일|표|테이블|데이터)"


@dataclass(frozen=True)
class _Field:
    """A column of the result: its name, and what the datasets call it, each in its place."""

    name: str
    columns: tuple[Column | None, ...]

    @property
    def everywhere(self) -> bool:
        return None not in self.columns

    @property
    def mixed(self) -> bool:
        """Whether its types can't stand below each other, so that it becomes text."""
        return len({kind_of(column) for column in self.columns if column is not None}) > 1


@transform(
    group="combine",
    title="Add the rows of {other}",
    rows="reshape",
    more={"more": _SEVERAL, "distinct": _DISTINCT, "source": _SOURCE},
)
def concatenate_datasets(
    table: Input,
    other: DatasetName,
    how: How = "all",
    more: list[DatasetName] | None = None,
    distinct: bool = False,
    source: str | None = None,
) -> Derived:
    """Add the rows of another dataset below this one. Columns are matched by name, whatever the case.

    Args:
        other: the dataset whose rows are added; the dataset itself adds each of its rows once more.
        how: all keeps every column of both, with empty cells where one has none; common keeps the columns both have.
        more: further datasets whose rows are added below.
        distinct: true keeps one of rows that are equal.
        source: the name of a new column that says from which dataset a row is.
    """
    own = own_name(table)
    here = Other(name=own, table=table.name, columns=table.columns)
    asked = [name.partition("@")[0].casefold() for name in (other, *(more or []))]
    parts = [here, *(here if own and name == own.casefold() else other_dataset(table, name) for name in asked)]
    fields = _fields(parts)
    common = [field for field in fields if field.everywhere]
    shown = fields if how == "all" else common
    called = new_names(table, [source], Column("", ""))[0] if source is not None else ""
    for place, part in enumerate(parts[1:], start=1):
        if not any(field.columns[0] and field.columns[place] for field in fields):
            raise ToolError(
                f"{part.name} has no column in common. Here: {listed([column.name for column in table.columns])}. There: {listed([column.name for column in part.columns])}."
            )
    if not shown:
        raise ToolError(f"No column is in all of {listed([part.name for part in parts])}. Use how all.")
    alike = all(part == here for part in parts) and not called
    selects = (
        [f"SELECT * FROM {table.name}"] * len(parts)
        if alike
        else [_select(part, place, shown, called) for place, part in enumerate(parts)]
    )
    sql = (" UNION ALL " if alike else " UNION ALL BY NAME ").join(selects)
    text = _told(table, parts, fields, how) + (f" {called} says from which dataset a row is." if called else "")
    if distinct:
        before = table.learn("rows", f"SELECT count(*) FROM ({sql})")
        sql = _distinct(sql, shown, called)
        gone = before - table.learn("distinct", f"SELECT count(*) FROM ({sql})")
        text += f" Removed {counted(gone, 'duplicate row')}."
    return Derived(sql, text, materialise=True)


def _fields(parts: Sequence[Other]) -> list[_Field]:
    """The columns of all datasets in the order in which they first appear, matched by name whatever the case."""
    names: dict[str, str] = {}
    for part in parts:
        for column in part.columns:
            names.setdefault(column.name.casefold(), column.name)
    own = [{column.name.casefold(): column for column in part.columns} for part in parts]
    return [_Field(name, tuple(columns.get(folded) for columns in own)) for folded, name in names.items()]


def _select(part: Other, place: int, fields: Sequence[_Field], source: str) -> str:
    """The rows of one dataset under the names of the result."""
    cells = [_cell(column, field) for field in fields if (column := field.columns[place]) is not None]
    cells += [f"{literal(part.name)} AS {identifier(source)}"] if source else []
    return f"SELECT {', '.join(cells)} FROM {part.table}"


def _cell(column: Column, field: _Field) -> str:
    """A column under the name of the result, as text where the types can't be joined."""
    quoted, name = identifier(column.name), identifier(field.name)
    if field.mixed and not column.is_text:
        nested = column.type.endswith("]") or column.type.startswith(("STRUCT", "MAP"))
        return f"CAST({f'to_json({quoted})' if nested else quoted} AS VARCHAR) AS {name}"
    return quoted if quoted == name else f"{quoted} AS {name}"


def _distinct(sql: str, fields: Sequence[_Field], source: str) -> str:
    """One of rows that are equal, the first, wherever it is from."""
    order = free_name("__order", {field.name.casefold() for field in fields} | {source.casefold()})
    keys = ", ".join(identifier(field.name) for field in fields)
    return (
        f"SELECT * EXCLUDE ({order}) FROM (SELECT *, row_number() OVER () AS {order} FROM ({sql}))"
        f" QUALIFY row_number() OVER (PARTITION BY {keys} ORDER BY {order}) = 1 ORDER BY {order}"
    )


def _told(table: Input, parts: Sequence[Other], fields: Sequence[_Field], how: How) -> str:
    """How many rows were added, of what, and what became of columns that not all have."""
    here, *added = parts
    counts = ", ".join(f"(SELECT count(*) FROM {part.table})" for part in added)
    rows = table.learn_rows("added", f"SELECT {counts}")[0]
    if added == [here]:
        return f"Added all {counted(rows[0], 'row')} of {here.name} once more."
    several = len(added) > 1
    said = listed([f"{counted(count, 'row')} of {part.name}" for part, count in zip(added, rows, strict=True)])
    common = [field.name for field in fields if field.everywhere]
    text = f"Added {said}; {counted(len(common), 'column')} matched by name{' in all' if several else ''}."
    if lonely := [field.name for field in fields if not field.everywhere]:
        verb = "are empty where a row had none" if how == "all" else "were left out"
        text += f" Only {'some of them' if several else 'one of the two'} {'have' if several else 'has'} {listed(lonely)}; these cells {verb}."
    shown = fields if how == "all" else [field for field in fields if field.everywhere]
    if text_now := [field.name for field in shown if field.mixed]:
        text += f" {listed(text_now)} became text, for {'they' if several else 'the two'} hold different types."
    return text
