"""Transforms for records that are there twice, misspelt: remove all but one, or mark which belong together."""

from collections.abc import Sequence
from typing import Any, Literal

from tools.tool import ColumnName, ToolError
from tools.transform import FOUND, Column, Derived, Found, Input, transform
from tools.transforms.alike import Likeness, close_pairs, likeness, records
from tools.transforms.sql import numbered, taken_names
from tools.words import counted, free_name, identifier, listed

Keep = Literal["fullest", "first", "last"]
_ASKED = r"fuzzy|near.?(?:identical |exact )?dup|(?:similar|misspel\w*|misspelt|almost (?:the )?same|approximate\w*) (?:rows|records|entr|dup)|same (?:person|customer|compan)\w*[^.]*(?:twice|duplic|several times|merge)|dedup\w* .*(?:misspel|typo|similar|spelling)|duplicat\w* .*(?:misspel|typo|similar|spelling|written differently)|record linkage|entity resolution|유사 ?중복|비슷한 (?:행|레코드|중복)|오타.*중복|중복.*오타|같은 (?:사람|고객|회사)[^.]*(?:중복|합쳐|묶)"
_KEPT: dict[Keep, str] = {"fullest": "the one with the fewest empty cells", "first": "the first", "last": "the last"}


@transform(group="rows", title="Remove near duplicates ({columns})", rows="population", asked_by=_ASKED)
def drop_near_duplicates(
    table: Input, columns: list[ColumnName] | None = None, alike: float | None = None, keep: Keep = "fullest"
) -> Derived:
    """Remove rows that are misspelt copies of another row (fuzzy duplicates), and keep one of each.

    Args:
        columns: the columns to compare; leave it out for all columns. Leave out columns that only number the rows.
        alike: how alike two rows must be, 0 to 1; leave it out to learn it from the data.
        keep: which one stays: fullest (fewest empty cells), first or last.
    """
    compared, learned = _compared(table, columns, alike)
    groups, rows, examples, members = _search(table, compared, learned)
    taken = taken_names(table)
    place, group = free_name("__place", taken), free_name("__group", taken)
    filled = " + ".join(f"({identifier(column.name)} IS NOT NULL)::INTEGER" for column in table.columns)
    order = {"fullest": f"{filled} DESC, {place}", "first": place, "last": f"{place} DESC"}[keep]
    rest = (
        f"SELECT * EXCLUDE ({place}, {group}) FROM grouped\n"
        f"QUALIFY row_number() OVER (PARTITION BY {group} ORDER BY {order}) = 1 ORDER BY {place}"
    )
    sql = f"{_grouped(table, compared, learned, place, group)}\n{rest}"
    if not rows:
        return Derived(sql, _none(compared, learned), changes=False)
    text = f"Removed {counted(rows - groups, 'near duplicate')} in {counted(groups, 'group')} and kept {_KEPT[keep]}; {_how(compared, learned)}{examples}"
    found = _found(table, members, place, group, rest)
    return Derived(sql, text, materialise=True, values={"groups": groups, "removed": rows - groups}, found=found)


@transform(group="rows", title="Mark near duplicates ({columns})", rows="same", asked_by=_ASKED)
def mark_near_duplicates(
    table: Input, columns: list[ColumnName] | None = None, alike: float | None = None, name: str = "duplicate_group"
) -> Derived:
    """Add a column with a number for each group of rows that are misspelt copies of each other (a cluster id). Removes nothing.

    Args:
        columns: the columns to compare; leave it out for all columns. Leave out columns that only number the rows.
        alike: how alike two rows must be, 0 to 1; leave it out to learn it from the data.
        name: what the new column is called.
    """
    compared, learned = _compared(table, columns, alike)
    taken = taken_names(table)
    if name.strip().casefold() in taken or not name.strip():
        raise ToolError(f"There already is a column '{name}'. Choose another name for the groups.")
    groups, rows, examples, members = _search(table, compared, learned)
    place, group = free_name("__place", taken), free_name("__group", taken)
    number = f"dense_rank() OVER (ORDER BY {group})"
    rest = f"SELECT * EXCLUDE ({place}, {group}), {number} AS {identifier(name.strip())} FROM grouped ORDER BY {place}"
    sql = f"{_grouped(table, compared, learned, place, group)}\n{rest}"
    said = (
        f"{counted(rows, 'row')} belong to {counted(groups, 'group')} of near duplicates"
        if rows
        else "No near duplicates were found"
    )
    text = f"Added {name.strip()}: {said}; {_how(compared, learned)}{examples}"
    found = _found(table, members, place, group, rest)
    return Derived(sql, text, materialise=True, values={"groups": groups, "rows": rows}, found=found)


def _compared(table: Input, names: list[ColumnName] | None, alike: float | None) -> tuple[list[Column], Likeness]:
    asked = table.pick(names) if names else list(table.columns)
    columns = [
        column
        for column in asked
        if not column.type.endswith("]") and not column.type.startswith(("STRUCT", "MAP", "BLOB"))
    ]
    if not columns:
        raise ToolError("Near duplicates are looked for in columns of text, numbers or dates. Name at least one.")
    return columns, likeness(table, columns, alike)


def _close(table: Input, columns: Sequence[Column], learned: Likeness) -> str:
    return f"WITH RECURSIVE {records('records', table.name, columns)},\n{close_pairs(learned)},\n{_LINKED}"


_LINKED = """linked AS MATERIALIZED (SELECT one AS x, two AS y FROM close UNION ALL SELECT two, one FROM close),
member(place, root) USING KEY (place) AS (
  SELECT DISTINCT x, x FROM linked
  UNION
  (SELECT DISTINCT ON (m.place) m.place, n.root FROM recurring.member m JOIN linked ON x = m.place JOIN member n ON n.place = y
   WHERE n.root < m.root ORDER BY m.place, n.root)
)"""


def _grouped(table: Input, columns: Sequence[Column], learned: Likeness, place: str, group: str) -> str:
    """CTEs that end in `grouped`: the table's rows, each with its place and the first place of its group."""
    return (
        f"{_close(table, columns, learned)},\n"
        f"grouped AS (SELECT t.*, coalesce(root, same) AS {group} FROM ({numbered(table.name, place)}) t"
        f" JOIN records r ON r.place = t.{place} LEFT JOIN member m ON m.place = r.same)"
    )


Members = list[tuple[int, int]]
"""The place of each row that has near duplicates, with the first place of its group."""


def _search(table: Input, columns: Sequence[Column], learned: Likeness) -> tuple[int, int, str, Members | None]:
    """How many groups of two rows or more there are, how many rows they have, the two least alike as written, and the
    rows themselves where they were looked for just now."""
    looked: list[Members] = []

    def look() -> list[tuple[Any, ...]]:
        rows = table.relation.rows(_searched(table, columns, learned))
        members = [(place, root) for place, root, *_, nr in rows if not nr]
        looked.append(members)
        examples = sorted((row for row in rows if row[-1]), key=lambda row: row[-1])
        return [(len({root for _, root in members}), len(members), None, None, 0), *examples]

    rows = table.learn_value("groups", look)
    examples = [f"'{one:.60}' and '{two:.60}'" for _, _, one, two, _ in rows[1:]]
    told = f" The least alike: {'; '.join(examples)}." if examples else ""
    return rows[0][0], rows[0][1], told, looked[0] if looked else None


def _searched(table: Input, columns: Sequence[Column], learned: Likeness) -> str:
    """The SELECT of the rows in groups of two or more, each with its group, and of the two least alike, numbered."""
    written = f"concat_ws(', ', {', '.join(f'CAST({identifier(column.name)} AS VARCHAR)' for column in columns)})"
    lines = f"(SELECT row_number() OVER () AS place, {written} AS written FROM {table.name})"
    return (
        f"{_close(table, columns, learned)},\n"
        "groups AS (SELECT r.place, coalesce(root, same) AS root FROM records r LEFT JOIN member m ON m.place = r.same\n"
        "  QUALIFY count(*) OVER (PARTITION BY coalesce(root, same)) > 1),\n"
        "least AS (SELECT one, two, row_number() OVER (ORDER BY score, one, two) AS nr FROM close QUALIFY nr <= 2)\n"
        "SELECT place, root, NULL, NULL, 0 AS nr FROM groups UNION ALL"
        f" SELECT NULL, NULL, x.written, y.written, nr FROM least JOIN {lines} x ON x.place = one JOIN {lines} y ON y.place = two"
    )


def _found(table: Input, members: Members | None, place: str, group: str, rest: str) -> Found | None:
    """The same rows as the whole SELECT makes, by the groups that were found."""
    if members is None:
        return None
    grouped = f"SELECT t.*, coalesce(root, t.{place}) AS {group} FROM ({numbered(table.name, place)}) t LEFT JOIN {FOUND} f ON f.place = t.{place}"
    return Found(
        f"WITH grouped AS ({grouped})\n{rest}",
        {"place": [place for place, _ in members], "root": [root for _, root in members]},
    )


def _how(columns: Sequence[Column], learned: Likeness) -> str:
    named = listed([column.name for column in columns], 6)
    return f"compared by {named}, at least {learned.threshold:.0%} alike."


def _none(columns: Sequence[Column], learned: Likeness) -> str:
    return f"No near duplicates found: no two rows are {learned.threshold:.0%} alike or more (compared by {listed([c.name for c in columns], 6)})."
