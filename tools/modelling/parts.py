"""Which rows teach a model and which only measure it: at random, alike in every class, the latest, or whole groups."""

import duckdb

from automl.settings import Settings
from tools.dataset import ROW
from tools.recipe import Recipe, select, without
from tools.tool import ToolError
from tools.words import identifier

FOLDS = 5
"""Parts that training rows take turns in, by time or by group, where the settings say no other number."""
BANDS = 10
"""A number is split alike in so many bands of its size, where that is asked for."""


def assign(
    cursor: duckdb.DuckDBPyConnection, recipe: Recipe, target: str, rule: Settings, *, classes: bool, seed: int
) -> tuple[int, int]:
    """Write every row's part into `parts` (outcome, held, fold, lot); the counts of all rows and of those with a target.

    An answer that a step filled in is no answer: a model must neither learn from it nor be measured by it.
    Raises ToolError where one of the parts would be empty.
    """
    row, column = identifier(ROW), identifier(target)
    key = identifier(rule.split_column) if rule.split_column else "NULL"
    rows = f"(SELECT {row}, {column} AS outcome, {key} AS key FROM ({select(recipe, 'all_rows', 'holdout')}))"
    own = select(without(recipe, "fill_missing"), "all_rows", "holdout")
    wanted = (
        f"SELECT *, hash({row}, {int(seed)}) AS draw FROM {rows} WHERE {filled('outcome')}"
        f" AND {row} IN (SELECT {row} FROM ({own}) WHERE {filled(column)})"
    )
    held, fold, source = _rule(rule, wanted, classes=classes, seed=seed)
    cursor.execute(
        f"CREATE TEMP TABLE parts AS SELECT {row}, outcome, {held} AS held, {fold} AS fold,"
        f" row_number() OVER (ORDER BY draw, {row}) AS lot FROM ({source})"
    )
    total = cursor.execute(f"SELECT count(*) FROM {rows}").fetchall()[0][0]
    kept, out = cursor.execute("SELECT count(*), count_if(held) FROM parts").fetchall()[0]
    if kept and out in (0, kept):
        raise ToolError(
            f"Split by '{rule.split_column}', {'all' if out else 'no'} rows would be kept back to measure the model."
            " Choose another column, share or way to split."
        )
    return int(total), int(kept)


def _rule(rule: Settings, wanted: str, *, classes: bool, seed: int) -> tuple[str, str, str]:
    """SQL that tells whether a row is held back, its fold, and the rows with what both need."""
    row, share, folds = identifier(ROW), float(rule.holdout), rule.folds or FOLDS
    if rule.split == "time":
        # Rows of the same time stay together: they all have the place of the last of them.
        source = f"SELECT *, cume_dist() OVER (ORDER BY key NULLS FIRST) AS place FROM ({wanted})"
        return f"place > {1 - share}", f"least({folds - 1}, floor({folds} * place / {1 - share}))::INTEGER", source
    if rule.split == "group":
        source = (
            f"SELECT *, count(*) OVER (ORDER BY hash(key, {int(seed)}), key RANGE UNBOUNDED PRECEDING)"
            f" - count(*) OVER (PARTITION BY key) AS before, count(*) OVER () AS total FROM ({wanted})"
        )
        turn = f"(dense_rank() OVER (ORDER BY hash(key, {int(seed) + 1}), key) % {folds})::INTEGER"
        return f"before < {share} * total", turn, source
    stratum = "0"
    if rule.split == "stratified":
        stratum = "CAST(outcome AS VARCHAR)" if classes else f"ntile({BANDS}) OVER (ORDER BY outcome)"
    source = f"SELECT *, {stratum} AS stratum FROM ({wanted})"
    held = (
        f"row_number() OVER (PARTITION BY stratum ORDER BY draw, {row})"
        f" <= round({share} * count(*) OVER (PARTITION BY stratum))"
    )
    return held, "NULL::INTEGER", source


def filled(column: str) -> str:
    """SQL that is true where a cell holds something: not empty, not blank, not NaN."""
    text = f"CAST({column} AS VARCHAR)"
    return f"{column} IS NOT NULL AND trim({text}) <> '' AND {text} <> 'nan'"
