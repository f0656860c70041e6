"""GeoQuery's questions on US geography, from the text2sql collection (Finegan-Dollak et al. 2018, P18-1033).

The gold is compared as a set of values: none of the questions asks for an order, and where the gold repeats values, they
may also come once each.

What is not covered: questions whose gold query gives other rows here than the set's own. It was run over elevations kept
as text, so that "979" stands above "6194"; `same_here` finds those.
"""

from pathlib import Path
from typing import Any

from evals.case import Case, TableIs, Turn
from evals.sets.files import read_lines, tables_in
from evals.sets.order import Tables, opened


def text2sql(folder: Path) -> list[Case]:
    """One case for each question; the set's own split is a tag."""
    rows = read_lines(folder / "questions_with_gold.jsonl")
    cases = []
    for database in dict.fromkeys(row["db"] for row in rows):
        with opened(tables_in(folder / "csv" / database)) as tables:
            cases += [_case(row, folder) for row in rows if row["db"] == database and same_here(row, tables)]
    return cases


def same_here(row: dict[str, Any], tables: Tables) -> bool:
    """Whether the gold query gives the gold rows over typed tables, or can't be run here to tell."""
    found = tables.rows(row["gold_sql"], "mysql")
    return found is None or _sorted(found) == _sorted(row["gold_rows"])


def _sorted(rows: list[list[Any]]) -> list[list[str]]:
    return sorted([_text(cell) for cell in row] for row in rows)


def _text(cell: Any) -> str:
    """A number by its value, whether it was kept as text or not."""
    try:
        return f"{float(cell):.6g}"
    except (TypeError, ValueError):
        return str(cell)


def _case(row: dict[str, Any], folder: Path) -> Case:
    rows = row["gold_rows"]
    once = [list(cells) for cells in dict.fromkeys(tuple(cells) for cells in rows)]
    check = TableIs(accepted=[rows] + [once] * (len(once) < len(rows)))
    return Case(
        id=row["id"],
        data=tables_in(folder / "csv" / row["db"]),
        turns=[Turn(say=row["question"], checks=[check])],
        tags=["query", row["split"]],
        cluster=row["db"],
        gold=row["gold_sql"],
    )
