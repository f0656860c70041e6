"""GeoQuery's questions on US geography, from the text2sql collection (Finegan-Dollak et al. 2018, P18-1033).

The gold is compared as a set of values, in any order: none of the questions asks for an order.
"""

from pathlib import Path

from evals.case import Case, TableIs, Turn
from evals.sets.files import read_lines, tables_in


def text2sql(folder: Path) -> list[Case]:
    """One case for each question; the set's own split is a tag."""
    return [
        Case(
            id=row["id"],
            data=tables_in(folder / "csv" / row["db"]),
            turns=[Turn(say=row["question"], checks=[TableIs(accepted=[row["gold_rows"]])])],
            tags=["query", row["split"]],
            cluster=row["db"],
            gold=row["gold_sql"],
        )
        for row in read_lines(folder / "questions_with_gold.jsonl")
    ]
