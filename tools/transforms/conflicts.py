"""The transform that makes columns agree that others determine: one city for a zip code, one departure for a flight.

What is said for each key is learned (by a majority, or by the sources that are trusted) and frozen into the recipe.
What is not covered: keys that are wrong themselves (they are told), values that are near and may both be right.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from tools.tool import ColumnName, ToolError
from tools.transform import Column, Derived, Input, transform
from tools.transforms.sql import names, numbered, skipped, taken_names, text_of, typed
from tools.words import counted, free_name, identifier, listed, literal

DETERMINES = 0.9
"""A column is determined by a key where this share of its cells agrees with most rows of the same key."""
MOST_KEYS = 50_000
"""Of more keys than this, only those whose rows differ or have gaps are frozen."""
ONE_IN = 3
"""The value that most rows of a key have decides where more than one in so many has it."""
DOUBTFUL = 10
"""A key with so many different values of a column and no majority is doubted itself."""


@dataclass(frozen=True)
class Verdict:
    """What was decided for a column: cells that change, cells that are filled, keys that no majority decides."""

    changed: int
    filled: int
    undecided: int
    """Keys of which the rows differ."""
    example: str


@transform(
    group="clean",
    title="Make {columns} agree for each {key}",
    rows="same",
    asked_by=r"conflict|contradict|inconsisten|disagree|functional depend|\bagree|\bmajority (?:value|vote|decide|win|rule)|\bby (?:the )?majority|\b(?:to|with) the majority|same \S+ (?:should|must) (?:always )?have|(?:each|every|one) \S+ (?:has|should have|must have) (?:only )?(?:one|the same)|모순|불일치|충돌|일관|다수결|서로 다른 값",
)
def repair_conflicts(
    table: Input,
    key: list[ColumnName],
    columns: list[ColumnName] | None = None,
    source: ColumnName | None = None,
    trusted: list[str] | None = None,
    fill_empty: bool = True,
) -> Derived:
    """Make rows of the same key agree, such as one city for each zip code or one time for each flight: the majority decides, and fills empty cells.

    Args:
        key: the columns that determine the others, such as zip.
        columns: the columns that must agree; leave it out to find those that the key determines.
        source: the column that says where a row comes from, when some sources are trusted more.
        trusted: the sources to believe before all others; their majority decides where they have a value.
        fill_empty: false leaves empty cells empty.
    """
    keys = table.pick(key)
    if not keys:
        raise ToolError("No key was named. Name the columns that determine the others, such as zip.")
    if (source is None) != (not trusted):
        raise ToolError(
            "source and trusted go together: the column of the sources, and those of its values to believe."
        )
    asked = [column for column in (table.pick(columns) if columns else table.columns) if column not in keys]
    if not columns:
        asked, reasons = _determined(table, keys, asked)
    else:
        reasons = {}
    named = listed([column.name for column in keys])
    sql_nothing = f"SELECT * FROM {table.name}"
    if not asked:
        return Derived(sql_nothing, f"{named} determines no other column.{skipped(reasons)}", changes=False)
    votes = [_votes(table, keys, column, _trust(table, source, trusted)) for column in asked]
    many = table.learn("keys", f"SELECT count(*) FROM (SELECT DISTINCT {names(keys)} FROM {table.name})") > MOST_KEYS
    agreed = table.learn_rows("agreed", _agreed(table, keys, asked, votes, only_needed=many))
    decided = [column for place, column in enumerate(asked, len(keys)) if any(row[place] is not None for row in agreed)]
    if not decided:
        return Derived(sql_nothing, f"Nothing to repair: no {named} has a majority.{skipped(reasons)}", changes=False)
    join = _join(table, keys, asked, agreed)
    verdicts = _verdicts(table, keys, asked, join, fill_empty=fill_empty)
    cells = ", ".join(
        f"{_cell(asked, column, fill_empty=fill_empty)} AS {identifier(column.name)}" for column in decided
    )
    sql = f"SELECT t.* EXCLUDE ({join.place}) REPLACE ({cells}) FROM {join.sql} ORDER BY {join.place}"
    text = _told(named, verdicts, trusted) + _doubt(table, keys, asked) + skipped(reasons)
    values = {what: sum(getattr(one, what) for one in verdicts.values()) for what in ("changed", "filled", "undecided")}
    return Derived(sql, text, materialise=True, values=values, changes=bool(values["changed"] or values["filled"]))


# --- which columns a key determines ------------------------------------------------------------------------------


def agreement(table: str, keys: Sequence[Column], columns: Sequence[Column]) -> str:
    """The SELECT of, for each column: its cells in groups of two rows or more of one key, how many agree with most of
    their group, and how many have the column's most frequent value."""
    counts, sums = [], []
    for place, column in enumerate(columns):
        cell = identifier(column.name)
        counts.append(f"histogram({cell}) AS h{place}")
        sums += [f"sum(list_sum(map_values(h{place})))", f"sum(list_max(map_values(h{place})))"]
        sums.append(f"(SELECT max(n) FROM (SELECT count({cell}) AS n FROM {table} GROUP BY {cell}))")
    grouped = (
        f"SELECT {', '.join(counts)} FROM {table} WHERE {_filled(keys)} GROUP BY {names(keys)} HAVING count(*) > 1"
    )
    return f"SELECT {', '.join(f'coalesce({one}, 0)::BIGINT' for one in sums)} FROM ({grouped})"


def _determined(table: Input, keys: list[Column], columns: list[Column]) -> tuple[list[Column], dict[str, str]]:
    """The columns of which nearly all cells agree with their key's others, and why the rest is left as it is."""
    rows, *row = table.learn_rows(
        "determined", f"SELECT (SELECT count(*) FROM {table.name}), t.* FROM ({agreement(table.name, keys, columns)}) t"
    )[0]
    found, loose = [], []
    for place, column in enumerate(columns):
        cells, agree, usual = row[3 * place : 3 * place + 3]
        if cells and agree >= DETERMINES * cells and (rows - usual) * cells > 2 * (cells - agree) * rows:
            found.append(column)
        else:
            loose.append(column)
    return found, {column.name: "differs for one key too often" for column in loose}


# --- what is agreed ----------------------------------------------------------------------------------------------


def _filled(columns: Sequence[Column]) -> str:
    return " AND ".join(f"{identifier(column.name)} IS NOT NULL" for column in columns)


def _trust(table: Input, source: str | None, trusted: list[str] | None) -> str:
    """1 for a row whose source is trusted; else 0."""
    if source is None or not trusted:
        return "0"
    column = table.column(source)
    words = sorted({word.strip().casefold() for word in trusted})
    test = f"lower(trim({text_of(column)})) IN ({', '.join(map(literal, words))})"
    if not table.learn("trusted", f"SELECT count(*) FROM {table.name} WHERE {test}") and not table.frozen:
        few = table.learn_rows(
            "sources", f"SELECT {text_of(column)} FROM {table.name} GROUP BY 1 ORDER BY count(*) DESC, 1 LIMIT 8"
        )
        there = listed([str(row[0]) for row in few])
        raise ToolError(f"No row of {column.name} says {listed(trusted)}. It has: {there}.")
    return f"({test})::INTEGER"


def _votes(table: Input, keys: Sequence[Column], column: Column, trust: str) -> str:
    """Each value that is said for a key, with how often; where a trusted source speaks, only those count."""
    cell = identifier(column.name)
    said = f"SELECT {names(keys)}, {cell} AS said, {trust} AS trust FROM {table.name} WHERE {cell} IS NOT NULL AND {_filled(keys)}"
    heard = f"SELECT * FROM ({said}) QUALIFY trust = max(trust) OVER (PARTITION BY {names(keys)})"
    return f"SELECT {names(keys)}, said, any_value(trust) AS trust, count(*) AS votes FROM ({heard}) GROUP BY {names(keys)}, said"


def _agreed(
    table: Input, keys: Sequence[Column], columns: Sequence[Column], votes: list[str], *, only_needed: bool
) -> str:
    """The SELECT of what is agreed for each key: of every column the value that more rows say than any other."""
    on, parts = names(keys), []
    for place, heard in enumerate(votes):
        ranked = (
            f"SELECT *, sum(votes) OVER by_key AS all_votes, row_number() OVER most_first AS nr, lead(votes, 1, 0) OVER most_first AS next"
            f" FROM ({heard}) WINDOW by_key AS (PARTITION BY {on}), most_first AS (PARTITION BY {on} ORDER BY votes DESC)"
        )
        sure = f"nr = 1 AND (trust = 1 OR votes > 1) AND votes > next AND votes * {ONE_IN} > all_votes"
        parts.append(f"v{place} AS (SELECT {on}, said AS said{place} FROM ({ranked}) WHERE {sure})")
    sides = "v0" + "".join(f" FULL JOIN v{place} USING ({on})" for place in range(1, len(columns)))
    if only_needed:
        needs = " OR ".join(
            f"count(DISTINCT {cell}) > 1 OR count({cell}) < count(*)"
            for cell in map(identifier, [c.name for c in columns])
        )
        sides += f" SEMI JOIN (SELECT {on} FROM {table.name} GROUP BY {on} HAVING {needs}) USING ({on})"
    said = ", ".join(f"said{place}" for place in range(len(columns)))
    return f"WITH {', '.join(parts)} SELECT {on}, {said} FROM {sides} ORDER BY {on}"


# --- the repair --------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Joined:
    """The table `t` beside what is agreed, `a`, as it stands after FROM; `place` numbers the rows."""

    sql: str
    place: str


def _join(table: Input, keys: Sequence[Column], columns: Sequence[Column], agreed: list[list[Any]]) -> Joined:
    place = free_name("__place", taken_names(table))
    both = [*keys, *columns]
    rows = ",\n  ".join(
        f"({', '.join('NULL' if cell is None else typed(cell, column) for cell, column in zip(row, both, strict=True))})"
        for row in agreed
    )
    on = " AND ".join(f"t.{identifier(key.name)} = a.k{number}" for number, key in enumerate(keys))
    called = [*(f"k{number}" for number in range(len(keys))), *(f"said{number}" for number in range(len(columns)))]
    sql = f"({numbered(table.name, place)}) t LEFT JOIN (VALUES\n  {rows}\n) a({', '.join(called)}) ON {on}"
    return Joined(sql, place)


def _cell(columns: list[Column], column: Column, *, fill_empty: bool) -> str:
    cell, said = f"t.{identifier(column.name)}", f"a.said{columns.index(column)}"
    agreed = f"coalesce({said}, {cell})"
    return agreed if fill_empty else f"CASE WHEN {cell} IS NOT NULL THEN {agreed} END"


def _verdicts(
    table: Input, keys: Sequence[Column], columns: Sequence[Column], join: Joined, *, fill_empty: bool
) -> dict[str, Verdict]:
    """What is done to each column."""
    on, parts = ", ".join(f"t.{identifier(key.name)}" for key in keys), []
    for number, column in enumerate(columns):
        cell, said = f"t.{identifier(column.name)}", f"a.said{number}"
        differs = f"{cell} <> {said}"
        example = f"concat_ws(' ', {', '.join(text_of(key).replace(identifier(key.name), f't.{identifier(key.name)}') for key in keys)}) || ': ' || {cell}::VARCHAR || ' became ' || {said}::VARCHAR"
        parts += [
            f"count(*) FILTER (WHERE {differs})",
            f"count(*) FILTER (WHERE {cell} IS NULL AND {said} IS NOT NULL)",
            f"(SELECT count(*) FROM (SELECT {on} FROM {join.sql} GROUP BY {on} HAVING count(DISTINCT {cell}) > 1 AND count({said}) = 0))",
            f"min({example}) FILTER (WHERE {differs})",
        ]
    row = table.learn_rows("verdicts", f"SELECT {', '.join(parts)} FROM {join.sql}")[0]
    found = [row[4 * place : 4 * place + 4] for place in range(len(columns))]
    return {
        column.name: Verdict(changed, filled if fill_empty else 0, undecided, example or "")
        for column, (changed, filled, undecided, example) in zip(columns, found, strict=True)
    }


def _told(named: str, verdicts: dict[str, Verdict], trusted: list[str] | None) -> str:
    changed = [f"{name} ({one.changed:,})" for name, one in verdicts.items() if one.changed]
    filled = [f"{name} ({one.filled:,})" for name, one in verdicts.items() if one.filled]
    undecided = [f"{name} ({counted(one.undecided, 'group')})" for name, one in verdicts.items() if one.undecided]
    if not changed and not filled:
        said = f"Nothing to repair: for one {named}, all rows say the same or no majority."
    else:
        by = f"what {listed(trusted)} say" if trusted else "what most rows say"
        done = " and ".join(
            [f"changed {listed(changed)}"] * bool(changed) + [f"filled {listed(filled)}"] * bool(filled)
        )
        said = f"For each {named}, by {by}: {done}."
    if example := next((one.example for one in verdicts.values() if one.example), ""):
        said += f" For example {example:.120}."
    return said + (f" Left as it was, for no value has a majority: {listed(undecided)}." if undecided else "")


def _doubt(table: Input, keys: Sequence[Column], columns: Sequence[Column]) -> str:
    """Keys that stand beside so many different values that they are likely to be wrong themselves."""
    for column in columns:
        cell = identifier(column.name)
        counts = f"SELECT {names(keys)}, map_values(histogram({cell})) AS n FROM {table.name} WHERE {_filled(keys)} GROUP BY {names(keys)}"
        few = f"len(n) >= {DOUBTFUL} AND list_max(n) * {ONE_IN} <= list_sum(n)"
        rows = table.learn_rows(
            f"doubted:{column.name}",
            f"SELECT {names(keys)}, len(n) FROM ({counts}) WHERE {few} ORDER BY len(n) DESC LIMIT 1",
        )
        if rows:
            *key, values = rows[0]
            named = listed([f"{one.name} {cell}" for one, cell in zip(keys, key, strict=True)])
            return f" {named} stands beside {values:,} different values of {column.name}: it may be wrong itself."
    return ""
