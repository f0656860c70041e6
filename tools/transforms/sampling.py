"""Transforms that choose or mark rows at random, the same ones each time: samples, an order, parts for training and test.

Rows are drawn by a hash of their place and a seed, so that the same seed gives the same rows.

What is not covered: weights, and synthetic rows.
"""

from collections.abc import Sequence
from typing import Literal

from tools.tool import ColumnName, ToolError
from tools.transform import Column, Derived, Input, transform
from tools.transforms.sql import names, new_names, numbered, taken_names
from tools.words import counted, free_name, identifier

MOST_SEED = 2**31


@transform(
    group="rows",
    title="Take a sample of the rows",
    rows="population",
    asked_by=r"\bstratif\w*|\bsampl\w*\b[^.]*(?:%|percent|per (?:group|class|category)|each|proportion)|(?:%|percent)[^.]*\bsampl|층화|표본|샘플\w*[^.]*(?:%|퍼센트|별|마다)",
)
def sample_rows(
    table: Input,
    share: float | None = None,
    count: int | None = None,
    stratify_by: ColumnName | None = None,
    per_group: bool = False,
    seed: int = 0,
) -> Derived:
    """Take a random sample, a share or a number of rows, also stratified: of each group its part, or as many of each.

    Args:
        share: the share of the rows, from 0 to 1.
        count: how many rows, instead of a share.
        stratify_by: the column whose values keep their proportions.
        per_group: true takes count rows of each value.
        seed: another number gives another sample.
    """
    if (share is None) == (count is None):
        raise ToolError("Give a share of the rows or a count, one of the two, for example share 0.1.")
    part = share / 100 if share is not None and 1 < share <= 100 else share
    if (part is not None and not 0 < part <= 1) or (count is not None and count < 1) or not 0 <= seed < MOST_SEED:
        raise ToolError(
            f"A share from 0 to 1, a count from 1 and a seed from 0 were expected: got {share}, {count} and {seed}."
        )
    if per_group and (stratify_by is None or count is None):
        raise ToolError("As many rows of each group need a count and the column of the groups in stratify_by.")
    by = table.column(stratify_by) if stratify_by is not None else None
    rows = int(table.learn("rows", f"SELECT count(*) FROM {table.name}"))
    if by is None:
        wanted = min(rows, count if count is not None else round((part or 0) * rows))
        sql = _drawn(table, [], f"{wanted}", seed)
        told = f"a random sample of {counted(wanted, 'row')}"
    else:
        ratio = part if part is not None else min(1.0, (count or 0) / max(rows, 1))
        most = f"{count}" if per_group else f"greatest(1, round({ratio!r} * {{size}}))"
        sql = _drawn(table, [by], most, seed)
        told = (
            f"{counted(count or 0, 'row')} of each {by.name}"
            if per_group
            else f"{ratio:.4g} of the rows of each {by.name}"
        )
    return Derived(sql, f"Took {told}, at random.", materialise=True)


def _drawn(table: Input, groups: Sequence[Column], most: str, seed: int) -> str:
    """The rows drawn first of each group, in the order in which they stood."""
    taken = taken_names(table)
    place, turn, size = (free_name(wanted, taken) for wanted in ("row", "turn", "size"))
    within = f"PARTITION BY {names(groups)} " if groups else ""
    rows_numbered = numbered(table.name, place)
    drawn = (
        f"SELECT *, row_number() OVER ({within}ORDER BY hash({place}, {seed}), {place}) AS {turn},"
        f" count(*) OVER ({within.strip()}) AS {size} FROM ({rows_numbered})"
    )
    return f"SELECT * EXCLUDE ({place}, {turn}, {size}) FROM ({drawn}) WHERE {turn} <= {most.format(size=size)} ORDER BY {place}"


@transform(
    group="rows",
    title="Shuffle the rows",
    rows="population",
    asked_by=r"\bshuffl|\brandom order|\brandomi[sz]e the (?:order|rows)|섞|무작위 순서",
)
def shuffle_rows(table: Input, seed: int = 0) -> Derived:
    """Put the rows in a random order, the same one each time for a seed.

    Args:
        seed: another number gives another order.
    """
    place = free_name("row", taken_names(table))
    rows_numbered = numbered(table.name, place)
    sql = f"SELECT * EXCLUDE ({place}) FROM ({rows_numbered}) ORDER BY hash({place}, {int(seed)}), {place}"
    return Derived(sql, "Put the rows in a random order.", materialise=True)


@transform(
    group="rows",
    title="Mark rows for training and test",
    rows="reshape",
    asked_by=r"\b(?:train\w*|test|validation|hold-?out)\b[^.]*\b(?:split|set|part)s?\b|\bsplit\b[^.]*\b(?:train|test|validation|hold-?out|\d+ ?[/:] ?\d+)|(?:학습|훈련)[^.]*(?:테스트|검증|평가)[^.]*(?:나눠|나누|분할|분리)",
)
def split_rows(
    table: Input,
    test: float = 0.2,
    how: Literal["random", "stratified", "ordered", "by_key"] = "random",
    column: ColumnName | None = None,
    name: str = "part",
    seed: int = 0,
) -> Derived:
    """Add a column that says train or test for each row: at random, stratified, the last rows as test, or whole keys together.

    Args:
        test: the share of the rows for test, between 0 and 1.
        how: random; stratified keeps the proportions of a column; ordered takes the last rows, by a column if one is
            named; by_key keeps all rows of a key, such as a customer, on one side.
        column: the column of the strata, the order or the key.
        name: what the new column is called.
        seed: another number gives another split.
    """
    share = test / 100 if 1 < test < 100 else test
    if not 0 < share < 1:
        raise ToolError(f"A share between 0 and 1 was expected, got {test:g}. Give 0.2 for a fifth of the rows.")
    if how in ("stratified", "by_key") and column is None:
        raise ToolError(f"A {how.replace('_', ' ')} split needs a column. Name it.")
    by = table.column(column) if column is not None else None
    called = new_names(table, [name], Column("", ""))[0]
    taken = taken_names(table) | {called.casefold()}
    place, turn, size = (free_name(wanted, taken) for wanted in ("row", "turn", "size"))
    rows_numbered = numbered(table.name, place)
    key = identifier(by.name) if by else ""
    if how == "by_key":
        order, within, unit = f"hash({key}::VARCHAR, {int(seed)}), {key}", "", "dense_rank()"
        sizes = f"(SELECT count(DISTINCT {key}) + max(({key} IS NULL)::INT) FROM {table.name})"
    elif how == "ordered":
        order, within, unit, sizes = f"{f'{key} DESC NULLS LAST, ' if by else ''}{place} DESC", "", "row_number()", ""
    else:
        within = f"PARTITION BY {key} " if how == "stratified" else ""
        order, unit, sizes = f"hash({place}, {int(seed)}), {place}", "row_number()", ""
    size_cell = sizes or f"count(*) OVER ({within.strip()})"
    drawn = f"SELECT *, {unit} OVER ({within}ORDER BY {order}) AS {turn}, {size_cell} AS {size} FROM ({rows_numbered})"
    cell = f"CASE WHEN {turn} <= round({share!r} * {size}) THEN 'test' ELSE 'train' END"
    sql = f"SELECT * EXCLUDE ({place}, {turn}, {size}), {cell} AS {identifier(called)} FROM ({drawn}) ORDER BY {place}"
    [(tests, rows)] = table.learn_rows(
        "tests", f"SELECT count(*) FILTER ({identifier(called)} = 'test'), count(*) FROM ({sql})"
    )
    beside = f" by {by.name}" if by else ""
    text = f"Marked {counted(tests, 'row')} of {rows:,} as test and the others as train ({how.replace('_', ' ')}{beside}), see {called}."
    return Derived(sql, text, materialise=True)
