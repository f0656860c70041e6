"""Which records of one or two tables mean the same though they are written differently, as SQL that plain DuckDB runs.

Records that share rare words are compared; how alike two are is the mean of their columns' likeness, each column
weighted by the entropy of its values. Weights and threshold are learned; the comparison itself replays on other rows.
What is not covered: nicknames, initials, translations, sounds.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from tools.tool import ToolError
from tools.transform import Column, Input
from tools.words import identifier, literal

EACH = 50
"""So many records each one may be compared with, on average: the words that fewest records share are used first."""
FEW_WORDS = 4
"""Records of so few words are also looked up with one letter left out: a typing error may hit their only rare word."""
EVIDENCE = 3
"""Bits of agreement beyond those that tell one record of the table from all others."""
LEAST, MOST = 0.6, 0.85
"""What the threshold is kept between: the fewer the columns tell, the more alike two records must be."""
SAMPLE = 4_000
"""So many pairs of records that have nothing to do with each other show how alike cells of a column are by chance."""
CHANCE = 0.95
LONG, TOO_LONG = 32, 128
"""Texts up to LONG letters are compared by Jaro's measure, up to TOO_LONG by their letters; all of them by their words."""
EMPTY = 0.3
"""What a column counts that is empty on one side: little is known then, but not nothing."""
MOVED = 0.9
"""How alike a cell is to one that stands in another column of the other record."""


@dataclass(frozen=True)
class Likeness:
    """What is learned: how much each column tells, how alike its cells are by chance, and how alike records must be."""

    weights: tuple[float, ...]
    chance: tuple[float, ...]
    threshold: float
    short: bool
    """Whether the records have few words."""


def folded(column: Column) -> str:
    """A cell as its words: small letters and digits without accents, one blank between them; NULL where there are none."""
    cell = f"CAST({identifier(column.name)} AS VARCHAR)"
    if column.is_number:
        cell = f"regexp_replace({cell}, '\\.0+$', '')"
    words = f"regexp_replace(lower(strip_accents({cell})), '[^\\p{{L}}\\p{{N}}]+', ' ', 'g')"
    return f"nullif(trim({words}), '')"


def likeness(table: Input, columns: Sequence[Column], alike: float | None, most: float = MOST) -> Likeness:
    """The weights and the threshold, learned from the table's rows; `alike` is a threshold that was asked for."""
    if alike is not None and not 0 < alike <= 1:
        raise ToolError(f"alike is {alike:g}. Give a number above 0 and up to 1, such as 0.8; 1 means equal words.")
    rows, per_record, *bits = table.learn_rows("weights", _weights(table, columns))[0]
    chance = table.learn_rows("chance", _chance(table, columns))[0]
    # A column of one value tells nothing today; new rows may hold others.
    weights = tuple(round(max(float(value), 0.1), 3) for value in bits)
    needed = (math.log2(max(rows, 2)) + EVIDENCE) / sum(weights)
    return Likeness(
        weights=weights,
        chance=tuple(round(min(float(value or 0), 0.9), 3) for value in chance),
        threshold=alike if alike is not None else round(min(max(needed, LEAST), most), 2),
        short=per_record <= FEW_WORDS,
    )


def _weights(table: Input, columns: Sequence[Column]) -> str:
    """The SELECT of the rows, the words in each, and the entropy of every column in bits."""
    entropies = ", ".join(f"coalesce(entropy(cells[{i}]), 0)" for i in range(1, len(columns) + 1))
    cells = f"SELECT {_cells(columns)} AS cells FROM {table.name}"
    return f"SELECT count(*), coalesce(avg(len({_WORDS})), 0), {entropies} FROM ({cells})"


def _chance(table: Input, columns: Sequence[Column]) -> str:
    """The SELECT of how alike two different cells are that stand in rows picked at random, for every column."""
    by_chance = ", ".join(
        f"quantile_cont(near[{i}], {CHANCE}) FILTER (WHERE x[{i}] <> y[{i}])" for i in range(1, len(columns) + 1)
    )
    cells = f"SELECT {_cells(columns)} AS cells, row_number() OVER () AS place FROM {table.name}"
    shuffled = f"SELECT cells, row_number() OVER (ORDER BY hash(place)) AS nr FROM ({cells}) QUALIFY nr <= {SAMPLE}"
    mates = "SELECT a.cells AS x, b.cells AS y FROM shuffled a JOIN shuffled b ON b.nr = a.nr + 1"
    near = f"SELECT x, y, [{_NEAR} FOR i IN range(1, {len(columns) + 1})] AS near FROM ({mates})"
    return f"WITH shuffled AS MATERIALIZED ({shuffled}) SELECT {by_chance} FROM ({near})"


def _cells(columns: Sequence[Column]) -> str:
    return f"[{', '.join(map(folded, columns))}]"


_WORDS = "string_split(array_to_string(cells, ' '), ' ')"
_LONGER = "greatest(length(x[i]), length(y[i]))"
_LETTERS = (
    f"CASE WHEN {_LONGER} <= {LONG} THEN jaro_similarity(x[i], y[i])"
    f" WHEN {_LONGER} <= {TOO_LONG} THEN 1 - levenshtein(x[i], y[i]) / {_LONGER} ELSE 0 END"
)
_COMMON = "len(list_intersect(string_split(x[i], ' '), string_split(y[i], ' '))) / greatest(len(string_split(x[i], ' ')), len(string_split(y[i], ' ')))"
_SHARED = f"CASE WHEN contains(x[i], ' ') OR contains(y[i], ' ') THEN {_COMMON} ELSE 0 END"
"""The words of two cells that are one word each, and another one, share nothing: no need to split them."""
_NEAR = f"greatest({_LETTERS}, {_SHARED})"
"""How alike two different cells are: by their letters or by the words they share, whichever is more."""


def records(name: str, table: str, columns: Sequence[Column]) -> str:
    """A CTE of the folded records: `place` numbers the rows, `same` is the first row that is written just so."""
    numbered = f"SELECT row_number() OVER () AS place, {_cells(columns)} AS cells FROM {table}"
    return f"{name} AS MATERIALIZED (SELECT *, min(place) OVER (PARTITION BY cells) AS same FROM ({numbered}))"


def keys(name: str, source: str, *, short: bool) -> str:
    """A CTE of what each record can be found by: its words, neighbouring words as one, and whole cells as one word."""
    found = [
        "[w FOR w IN words IF length(w) > 1]",
        "[words[i] || words[i + 1] FOR i IN range(1, len(words))]",
        "[replace(cell, ' ', '') FOR cell IN cells IF cell IS NOT NULL]",
    ]
    if short:
        found.append(
            "flatten([[w[:i - 1] || w[i + 1:] FOR i IN range(1, length(w) + 1)] FOR w IN words IF length(w) > 2])"
        )
    each = ",\n  ".join(found)
    split = f"SELECT *, {_WORDS} AS words FROM {source} WHERE place = same"
    return f"{name} AS MATERIALIZED (SELECT DISTINCT place, unnest(list_concat({each})) AS key FROM ({split}))"


def scored(pairs: str, learned: Likeness, one: str = "records", two: str = "records") -> str:
    """The SELECT that compares the records of some pairs: `one`, `two` and their `score`, 0 to 1."""
    each = f"FOR i IN range(1, {len(learned.weights) + 1})]"
    unalike = f"greatest(0, ({_NEAR} - chance[i]) / (1 - chance[i]))"
    cell = f"CASE WHEN x[i] = y[i] THEN 1 WHEN x[i] IS NULL OR y[i] IS NULL THEN 0 WHEN list_contains(y, x[i]) THEN {MOVED} ELSE {unalike} END"
    told = f"CASE WHEN x[i] IS NULL OR y[i] IS NULL THEN {EMPTY} ELSE 1 END"
    return (
        f"SELECT one, two, list_sum([weights[i] * {cell} {each})\n  / list_sum([weights[i] * {told} {each}) AS score\n"
        f"  FROM (SELECT one, two, a.cells AS x, b.cells AS y, {list(learned.weights)}::DOUBLE[] AS weights,"
        f" {list(learned.chance)}::DOUBLE[] AS chance\n"
        f"  FROM {pairs} JOIN {one} a ON a.place = one JOIN {two} b ON b.place = two)"
    )


def close_pairs(learned: Likeness) -> str:
    """CTEs that end in `close`: pairs `one`, `two` of CTE `records` that are alike enough, with their `score`."""
    return f"""{keys("keys", "records", short=learned.short)},
shared AS ({_shared("SELECT key, count(*) AS n, n * (n - 1) / 2 AS work FROM keys GROUP BY key HAVING n > 1", "records")}),
pairs AS (SELECT x.place AS one, y.place AS two FROM keys x JOIN shared USING (key) JOIN keys y USING (key) WHERE x.place < y.place
  GROUP BY ALL HAVING sum(bits) >= log2((SELECT count(*) FROM records)) - 1),
close AS MATERIALIZED (SELECT * FROM ({scored("pairs", learned)}) WHERE score >= {literal(learned.threshold)})"""


def best_matches(learned: Likeness) -> str:
    """CTEs that end in `best`: for a record of CTE `records` the one of CTE `others` that is most alike, if enough."""
    both = "SELECT key, 1 AS ours FROM keys UNION ALL SELECT key, 0 FROM other_keys"
    work = f"SELECT key, greatest(sum(ours), sum(1 - ours)) AS n, sum(ours) * sum(1 - ours) AS work FROM ({both}) GROUP BY key HAVING work > 0"
    return f"""{keys("keys", "records", short=learned.short)},
{keys("other_keys", "others", short=learned.short)},
shared AS ({_shared(work, "others")}),
pairs AS (SELECT x.place AS one, y.place AS two FROM keys x JOIN shared USING (key) JOIN other_keys y USING (key)
  GROUP BY ALL HAVING sum(bits) >= log2((SELECT count(*) FROM others)) - 1),
best AS MATERIALIZED (SELECT * FROM ({scored("pairs", learned, "records", "others")}) WHERE score >= {literal(learned.threshold)}
  QUALIFY row_number() OVER (PARTITION BY one ORDER BY score DESC, two) = 1)"""


def _shared(work: str, among: str) -> str:
    """The keys that are looked at, with the bits that each tells: those of the least work first, as many as may be."""
    rows = f"(SELECT count(*) FROM {among})"
    return (
        f"SELECT key, log2({rows} / n) AS bits FROM ({work})\n"
        f"  QUALIFY sum(work) OVER (ORDER BY n, key) <= {EACH} * greatest({rows}, 1000)"
    )
