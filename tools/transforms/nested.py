"""Transforms of cells that hold more than one value, as structs, maps, lists and JSON text do: their fields as columns,
their items as rows.

What is not covered: more than a thousand new columns.
"""

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from tools.tool import ColumnName, ToolError
from tools.transform import Column, Derived, Input, transform
from tools.transforms.sql import new_names, numbered, taken_names, text_of
from tools.words import counted, free_name, identifier, listed, literal

MOST_COLUMNS = 1000
MOST_ITEMS = 50
_NESTED = re.compile(r"\]$|^STRUCT\(|^MAP\(")
_JSON_TYPES = {"NULL": "VARCHAR", "JSON": "VARCHAR", "UBIGINT": "BIGINT", "HUGEINT": "DOUBLE", "UHUGEINT": "DOUBLE"}
"""Types that DuckDB finds in JSON, as the columns get them: mixed ones stay text."""
Lists = Literal["keep", "columns"]


@transform(
    group="columns",
    title="Flatten {columns}",
    rows="same",
    asked_by=r"\bflatten|\bunnest|\bjson\b|\bnested\b|\bstructs?\b|\bdict(?:ionar(?:y|ies))?s?\b|평탄화|펼쳐|중첩|제이슨",
)
def flatten_columns(
    table: Input,
    columns: list[ColumnName],
    depth: int | None = None,
    lists: Lists = "keep",
    with_prefix: bool = True,
    keep: bool = False,
) -> Derived:
    """Flatten nested columns: each field of a struct, a map or JSON text becomes a column of its own, also those inside.

    Args:
        columns: the columns of structs, maps, lists or JSON text.
        depth: how many levels are opened; all of them if left out.
        lists: keep leaves lists as they are; columns makes a column of each of their items, at most 50.
        with_prefix: true calls a new column by its way, such as customer_address_city; false by its field, city.
        keep: true leaves the nested columns there too.
    """
    picked = table.pick(columns)
    if not picked or (depth is not None and depth < 1):
        raise ToolError(
            f"Flattening needs at least one column and a depth from 1: got {listed(columns) or 'none'} and {depth}."
        )
    taken = taken_names(table) - (set() if keep else {column.name.casefold() for column in picked})
    read, cells = dict[str, str](), dict[str, str]()
    said = []
    for column in picked:
        base, type_ = identifier(column.name), column.type
        if not _NESTED.search(column.type):
            text, type_ = json_read(table, column)
            base = identifier(free_name(f"__{column.name}", taken | {name.casefold() for name in read}))
            read[base] = text
        opened = _Opened(table, base, read.get(base, base), lists, depth or MOST_COLUMNS)
        made = [
            (free_name(_called(path, whole=with_prefix), taken), cell)
            for path, cell in opened.leaves((column.name,), base, type_, 0)
        ]
        cells |= dict(made)
        said.append(f"{column.name} into {listed([name for name, _ in made])}")
    if len(cells) > MOST_COLUMNS:
        raise ToolError(f"That would make {len(cells):,} columns, more than {MOST_COLUMNS:,}. Give a depth of 1.")
    gone = [*read, *([] if keep else [identifier(column.name) for column in picked])]
    inner = "".join(f", {text} AS {name}" for name, text in read.items())
    source = f"(SELECT *{inner} FROM {table.name})" if inner else table.name
    star = f"* EXCLUDE ({', '.join(gone)})" if gone else "*"
    shown = ", ".join([star, *(f"{cell} AS {identifier(name)}" for name, cell in cells.items())])
    return Derived(f"SELECT {shown} FROM {source}", f"Flattened {'; '.join(said)}.", materialise=bool(read))


def _called(path: Sequence[str], *, whole: bool) -> str:
    """A value's name: its whole way, or its field, with the list's name before the place of an item."""
    place = next((place for place in range(len(path) - 1, 0, -1) if not path[place].isdecimal()), 0)
    return "_".join(path if whole else path[place:])


def _is(type_: str, kind: Literal["STRUCT", "MAP"]) -> bool:
    return type_.startswith(f"{kind}(") and type_.endswith(")")


@dataclass(frozen=True)
class _Opened:
    """How far a column is opened, and where what its rows hold is learned."""

    table: Input
    base: str
    """The whole column where it is opened."""
    source: str
    """The same as an expression over the table."""
    lists: Lists
    depth: int

    def leaves(self, path: tuple[str, ...], cell: str, type_: str, level: int) -> Iterator[tuple[tuple[str, ...], str]]:
        """The ways to the values inside a cell, each with its expression; the cell itself where it is not opened."""
        import duckdb

        if level < self.depth and _is(type_, "STRUCT"):
            for name, inner in duckdb.sqltype(type_).children:
                field = f"struct_extract({cell}, {literal(name)})"
                yield from self.leaves((*path, name), field, str(inner), level + 1)
        elif level < self.depth and _is(type_, "MAP"):
            key_type, value_type = (str(part) for _, part in duckdb.sqltype(type_).children)
            for (key,) in self._learned(path, cell, "map_keys({cell})"):
                quoted = f"CAST({literal(key)} AS {key_type})"
                yield from self.leaves((*path, str(key)), f"({cell})[{quoted}]", value_type, level + 1)
        elif level < self.depth and type_.endswith("]") and self.lists == "columns":
            item = type_[: type_.rindex("[")]
            longest = max(
                (int(place) for (place,) in self._learned(path, cell, "range(1, len({cell}) + 1)")), default=0
            )
            if longest > MOST_ITEMS:
                raise ToolError(
                    f"{'_'.join(path)} has lists of up to {longest:,} items, more than {MOST_ITEMS}. Use explode_list."
                )
            for place in range(1, longest + 1):
                yield from self.leaves((*path, str(place)), f"({cell})[{place}]", item, level + 1)
        else:
            yield path, cell

    def _learned(self, path: Sequence[str], cell: str, items: str) -> list[list[Any]]:
        """The different items that the rows' cells hold."""
        base = cell.replace(self.base, self.source, 1)
        sql = f"SELECT DISTINCT unnest({items.format(cell=base)}) AS item FROM {self.table.name} ORDER BY 1 LIMIT {MOST_COLUMNS + 1}"
        return self.table.learn_rows(f"inside:{'.'.join(path)}", sql)


def json_read(table: Input, column: Column) -> tuple[str, str]:
    """An expression that reads JSON text as one type, learned from all rows, and that type.

    Raises ToolError where the column holds none.
    """
    cell = f"TRY_CAST({text_of(column)} AS JSON)"
    nests = f"json_type({cell}) IN ('OBJECT', 'ARRAY')"
    valid, filled, form = 0, 0, None
    if column.is_text or column.type == "JSON":
        valid, filled, form = table.learn_rows(
            f"json:{column.name}",
            f"SELECT count(*) FILTER ({nests}), count({identifier(column.name)}),"
            f" CAST(json_group_structure(CASE WHEN {nests} THEN {cell} END) AS VARCHAR) FROM {table.name}",
        )[0]
    if form is None or 2 * valid <= filled:
        example = table.relation.rows(
            f"SELECT {text_of(column)} FROM {table.name} WHERE {identifier(column.name)} IS NOT NULL LIMIT 1"
        )
        shown = f", for example '{example[0][0]:.40}'" if example else ""
        raise ToolError(f"{column.name} holds neither nested values nor JSON text{shown}. Name a column that does.")
    structure = _typed(json.loads(form))
    if isinstance(structure, str):
        raise ToolError(
            f"{column.name} holds objects in some rows and lists in others. Filter the rows of one kind first."
        )
    text = f"from_json({cell}, {literal(json.dumps(structure, ensure_ascii=False))})"
    return text, _type_of(structure)


def _typed(structure: Any) -> Any:
    """A structure with the types that columns get."""
    if isinstance(structure, dict):
        return {name: _typed(inner) for name, inner in structure.items()} or "VARCHAR"
    if isinstance(structure, list):
        return [_typed(inner) for inner in structure]
    return _JSON_TYPES.get(structure, structure)


def _type_of(structure: Any) -> str:
    """DuckDB's name of a structure's type."""
    if isinstance(structure, dict):
        return f"STRUCT({', '.join(f'{identifier(name)} {_type_of(inner)}' for name, inner in structure.items())})"
    return f"{_type_of(structure[0])}[]" if isinstance(structure, list) else str(structure)


# --- a row for each item -----------------------------------------------------------------------------------------


@transform(
    group="reshape",
    title="A row for each item of {column}",
    rows="reshape",
    asked_by=r"\bexplod|\bunnest|\bone row (?:per|for each|for every) (?:item|element|value|tag|entry)|\b(?:each|every) (?:item|element|tag) (?:in|on|gets|as) (?:its|a|an)? ?(?:own )?row|(?:항목|값|태그)마다 (?:한 )?행|행으로 (?:펼|풀)",
)
def explode_list(
    table: Input,
    column: ColumnName,
    separator: str | None = None,
    also: list[ColumnName] | None = None,
    number: str | None = None,
) -> Derived:
    """Make a row for each item of a list, or of a text with separators, with the other cells repeated.

    Args:
        column: the column of lists, maps, JSON lists, or of text.
        separator: what stands between the items of a text, such as a comma.
        also: further columns whose items go along, the first with the first, the second with the second.
        number: the name of a new column that counts the items of each row from 1.
    """
    sources = table.pick([column, *(also or [])])
    items = {source.name: _items(table, source, separator) for source in sources}
    longest = f"greatest(1, {', '.join(f'coalesce(len({cell}), 0)' for cell in items.values())})"
    rows, made = table.learn_rows("items", f"SELECT count(*), sum({longest}) FROM {table.name}")[0]
    taken = taken_names(table)
    called = new_names(table, [number], Column("", ""))[0] if number is not None else ""
    place, at = free_name("row", taken | {called.casefold()}), free_name("nth", taken | {called.casefold()})
    cells = ", ".join(f"unnest({_some(cell)}) AS {identifier(name)}" for name, cell in items.items())
    count = (
        f"generate_subscripts({_some(items[sources[0].name])}, 1)"
        if len(items) == 1
        else f"unnest(range(1, {longest} + 1))"
    )
    spread = f"SELECT * REPLACE ({cells}), {count} AS {at} FROM ({numbered(table.name, place)})"
    numbers = f", {at} AS {identifier(called)}" if called else ""
    sql = f"SELECT * EXCLUDE ({place}, {at}){numbers} FROM ({spread}) ORDER BY {place}, {at}"
    text = f"Made {counted(int(made or 0), 'row')} of {rows:,}: one for each item of {listed([source.name for source in sources])}."
    return Derived(sql, text, materialise=True)


def _some(items: str) -> str:
    """The items, or one empty cell where there are none, so that no row is lost."""
    return f"CASE WHEN len({items}) > 0 THEN {items} ELSE [NULL] END"


def _items(table: Input, source: Column, separator: str | None) -> str:
    """A cell's items as a list. Raises ToolError where it has none."""
    name = identifier(source.name)
    if source.type.endswith("]"):
        return name
    if _is(source.type, "MAP"):
        return f"map_entries({name})"
    if separator and source.is_text:
        return f"list_transform(string_split({name}, {literal(separator)}), lambda item: trim(item))"
    if source.is_text or source.type == "JSON":
        try:
            text, type_ = json_read(table, source)
        except ToolError as error:
            raise ToolError(
                f"{source.name} holds text. Name what stands between its items in separator, such as a comma."
            ) from error
        if type_.endswith("]"):
            return text
    raise ToolError(f"{source.name} holds neither lists nor text ({source.type}). Name a column that does.")
