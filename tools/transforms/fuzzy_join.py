"""The transform that joins two datasets whose keys are spelt differently."""

from typing import Literal

from tools.tool import ColumnName, DatasetName
from tools.transform import Derived, Input, transform
from tools.transforms.alike import best_matches, likeness, records
from tools.transforms.combine import Other, other_dataset, paired_keys
from tools.transforms.sql import numbered
from tools.words import counted, free_name, identifier, listed

How = Literal["left", "inner"]
MOST = 0.75
"""The highest threshold that is learned: the best of a list may be less alike than two rows that are called copies."""


@transform(
    group="combine",
    title="Match with {other} on {on}, whatever the spelling ({how})",
    rows="reshape",
    asked_by=r"fuzzy|(?:match|join|merge|link)\w*\b[^.]*\b(?:misspel|misspelt|typo|similar|spel[lt]|approximate|inexact|almost|differently|closest|best match)|(?:misspel|typo|similar|spel[lt] differently|approximate)\w*[^.]*\b(?:match|join|merge|link)|record linkage|퍼지|(?:비슷한|유사한|오타)[^.]*(?:조인|매칭|연결|결합|맞춰)|(?:조인|매칭|연결|결합)[^.]*(?:비슷|유사|오타|철자)",
)
def fuzzy_join(
    table: Input,
    other: DatasetName,
    on: list[ColumnName],
    other_on: list[ColumnName] | None = None,
    alike: float | None = None,
    how: How = "left",
) -> Derived:
    """Add the columns of the best matching row of another dataset, where names are misspelt or written differently (fuzzy join). Adds a score from 0 to 1.

    Args:
        other: the dataset to match with.
        on: the columns of this dataset to compare.
        other_on: the columns of the other dataset, when they are called differently.
        alike: how alike two rows must be, 0 to 1; leave it out to learn it from the data.
        how: left keeps all rows of this dataset, inner only those with a match.
    """
    right = other_dataset(table, other)
    keys, other_keys = paired_keys(table, right, on, other_on)
    learned = likeness(table, keys, alike, MOST)
    taken = {column.name.casefold() for column in (*table.columns, *right.columns)}
    place, score = free_name("__place", taken), free_name("score", taken)
    added, renamed = _added(table, right, taken)
    matched = f"{records('records', table.name, keys)},\n{records('others', right.table, other_keys)},\n{best_matches(learned)}"
    own = ", ".join(f"a.{identifier(column.name)}" for column in table.columns)
    sql = (
        f"WITH {matched}\nSELECT {', '.join([own, *added])}, round(score, 3) AS {identifier(score)}\n"
        f"  FROM ({numbered(table.name, place)}) a JOIN records r ON r.place = a.{place} {how.upper()} JOIN best ON one = r.same\n"
        f"  LEFT JOIN ({numbered(right.table, place)}) b ON b.{place} = two ORDER BY a.{place}"
    )
    rows, found, equal = table.learn_rows(
        "matched",
        f"WITH {matched}\nSELECT count(*), count(score), count(*) FILTER (WHERE score = 1) FROM records LEFT JOIN best ON one = same",
    )[0]
    named = listed([key.name for key in keys])
    text = f"Matched with {right.name} on {named}: {found:,} of {counted(rows, 'row')} found a match that is at least {learned.threshold:.0%} alike, {found - equal:,} of them under another spelling; {score} tells how alike."
    if not found and not table.frozen:
        text += " Check that the columns hold the same kind of values, or lower alike."
    if renamed:
        text += f" Columns of the same name became {listed(renamed)}."
    return Derived(sql, text, materialise=True, values={"matched": found, "other_spelling": found - equal})


def _added(table: Input, right: Other, taken: set[str]) -> tuple[list[str], list[str]]:
    """The other dataset's columns for the SELECT list, and the new names of those that clash."""
    own = {column.name.casefold() for column in table.columns}
    added, renamed = [], []
    for column in right.columns:
        name = column.name
        if name.casefold() in own:
            name = free_name(f"{name}_{right.name}", taken)
            renamed.append(name)
        added.append(f"b.{identifier(column.name)} AS {identifier(name)}")
    return added, renamed
