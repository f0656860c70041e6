"""The transform that puts many number columns into a few: principal components, whose loadings are written into the SQL.

Columns are brought to mean 0 and deviation 1 first, and an empty cell counts as the mean. Up to sixty columns are learned
from all rows, more from 20,000 rows. What is not covered: categories (encode them first), components of curves.
"""

from collections.abc import Sequence
from itertools import combinations_with_replacement
from typing import Any

from tools.tool import ColumnName, ToolError
from tools.transform import Column, Derived, Input, transform
from tools.transforms.sql import names, skipped, taken_names, untouched
from tools.words import counted, free_name, identifier, listed

_AT_ONCE = 400
_MOST_PAIRED = 60
_MOST_ROWS = 20_000


@transform(
    group="encode",
    title="Reduce {columns} to a few columns",
    rows="same",
    asked_by=r"\bpca\b|principal component|dimension(?:ality)? reduc|reduc\w* (?:the )?(?:dimension|number of (?:columns|features|variables))|주성분|차원 ?(?:축소|을 줄)",
)
def reduce_columns(
    table: Input,
    columns: list[ColumnName] | None = None,
    count: int | None = None,
    variance: float = 0.95,
    keep: bool = False,
    name: str = "pc",
) -> Derived:
    """Put many number columns into a few that hold most of what they tell: principal components (PCA).

    Args:
        columns: the number columns; leave it out for all of them.
        count: how many components to make.
        variance: where count is left out, the share of the variance that they hold together, from 0 to 1.
        keep: true keeps the columns beside the components.
        name: what the components are called, with a number behind it.
    """
    share = variance / 100 if 1 < variance <= 100 else variance
    if not 0 < share <= 1 or (count is not None and count < 1):
        raise ToolError(f"A share from 0 to 1 or a count from 1 was expected, got {variance:g} and {count}.")
    asked = [column for column in (table.pick(columns) if columns else table.columns) if column not in table.hidden]
    reasons = {column.name: "holds no numbers" for column in asked if not column.is_number} if columns else {}
    numbers = [column for column in asked if column.is_number]
    centred, flat = _centred(table, numbers)
    reasons |= {column.name: "has fewer than two different values" for column in flat}
    if len(centred) < 2:
        return untouched(table, f"Two number columns or more are needed to reduce.{skipped(reasons)}")
    if count is not None and count > len(centred):
        raise ToolError(
            f"{counted(len(centred), 'column')} can't make {count} components. Give a count of {len(centred)} or less."
        )
    loadings, shares = table.learn_value("components", lambda: _components(table, list(centred.values()), count, share))
    taken = taken_names(table)
    cells = free_name("cells", taken)
    made = [free_name(f"{name}{number + 1}", taken) for number in range(len(loadings))]
    parts = ",\n  ".join(
        f"list_inner_product({cells}, {_list(loading)}) AS {identifier(called)}"
        for called, loading in zip(made, loadings, strict=True)
    )
    gone = "" if keep else f", {names(list(centred))}"
    listed_cells = ",\n  ".join(centred.values())
    sql = (
        f"SELECT * EXCLUDE ({cells}{gone}),\n  {parts}\n"
        f"FROM (SELECT *, [\n  {listed_cells}\n] AS {cells} FROM {table.name})"
    )
    hold = "holds" if len(made) == 1 else "hold"
    each = listed([f"{called} {part:.0%}" for called, part in zip(made, shares, strict=True)])
    text = f"Put {counted(len(centred), 'column')} into {len(made)}, which {hold} {sum(shares):.0%} of the variance: {each}."
    return Derived(sql, text + skipped(reasons))


def _list(loading: Sequence[float]) -> str:
    return f"[{', '.join(f'{weight:.9g}' for weight in loading)}]::DOUBLE[]"


def _centred(table: Input, numbers: Sequence[Column]) -> tuple[dict[Column, str], list[Column]]:
    """Each column's cells at mean 0 and deviation 1, and the columns that have no deviation."""
    cells: dict[Column, str] = {}
    for place in range(0, len(numbers), _AT_ONCE // 4):
        part = numbers[place : place + _AT_ONCE // 4]
        facts = ", ".join(
            f"avg({cell}) FILTER (isfinite({cell})), stddev_pop({cell}) FILTER (isfinite({cell}))"
            for cell in map(_cell, part)
        )
        row = table.learn_rows(f"spread:{place}", f"SELECT {facts} FROM {table.name}")[0]
        for number, column in enumerate(part):
            mean, deviation = row[2 * number], row[2 * number + 1]
            if mean is not None and deviation:
                cells[column] = f"coalesce(({_cell(column)} - {mean!r}) / {deviation!r}, 0)"
    return cells, [column for column in numbers if column not in cells]


def _cell(column: Column) -> str:
    return f"CAST({identifier(column.name)} AS DOUBLE)"


def _components(
    table: Input, cells: Sequence[str], count: int | None, share: float
) -> tuple[list[list[float]], list[float]]:
    from automl.formula import components

    return components(_covariance(table, cells), count, share)


def _covariance(table: Input, cells: Sequence[str]) -> list[list[float]]:
    """The covariance of each pair of columns."""
    if len(cells) > _MOST_PAIRED:
        import numpy as np

        rows = table.relation.rows(
            f"SELECT {', '.join(cells)} FROM {table.name} ORDER BY hash({', '.join(cells)}) LIMIT {_MOST_ROWS}"
        )
        found: list[list[float]] = np.cov(np.asarray(rows, dtype=float), rowvar=False, bias=True).tolist()
        return found
    pairs = list(combinations_with_replacement(range(len(cells)), 2))
    source = f"(SELECT {', '.join(f'{cell} AS c{place}' for place, cell in enumerate(cells))} FROM {table.name})"
    values: list[Any] = []
    for place in range(0, len(pairs), _AT_ONCE):
        aggregates = ", ".join(f"covar_pop(c{one}, c{two})" for one, two in pairs[place : place + _AT_ONCE])
        values += table.relation.rows(f"SELECT {aggregates} FROM {source}")[0]
    matrix = [[0.0] * len(cells) for _ in cells]
    for (one, two), value in zip(pairs, values, strict=True):
        matrix[one][two] = matrix[two][one] = float(value)
    return matrix
