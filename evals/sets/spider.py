"""Spider (Yu et al. 2018, https://aclanthology.org/D18-1425): questions over several tables, in English and in German.

Used are the questions whose gold query gives the same rows in DuckDB as in SQLite, which the gold was written for.

What is not covered: gold that is wrong in the original (its flight tables hold codes with a blank in front, so that
joins over them find nothing) stays in; such cases carry the tag `empty`, as do honest empty results.
"""

from itertools import groupby
from pathlib import Path
from typing import Any

from evals.case import Case, Data, TableIs, Turn
from evals.sets.files import read_lines, tables_in
from evals.sets.forms import with_dates
from evals.sets.order import Tables, opened


def spider(folder: Path) -> list[Case]:
    """The English questions; `folder` is the set's."""
    return _cases(folder, "question")


def spider_de(folder: Path) -> list[Case]:
    """The same questions as far as they were translated, in German."""
    return [case.model_copy(update={"id": f"{case.id}-de", "language": "de"}) for case in _cases(folder, "question_de")]


def _cases(folder: Path, field: str) -> list[Case]:
    rows = [row for row in read_lines(folder / "questions_with_gold.jsonl") if row["duckdb_same"] == "yes"]
    cases = []
    for database, group in groupby([row for row in rows if row.get(field)], key=lambda row: str(row["db_id"])):
        data = tables_in(folder / "csv" / database)
        with opened(data) as tables:
            cases += [_case(row, field, data, tables) for row in group]
    return cases


def _case(row: dict[str, Any], field: str, data: list[Data], tables: Tables) -> Case:
    gold = row["gold_sql_sqlite"]
    ordered = row["ordered"] and len(row["gold_rows"]) > 1 and tables.one_order(gold, "sqlite")
    forms = [row["gold_rows"], with_dates(row["gold_rows"])]
    check = TableIs(accepted=forms[: 1 + (forms[0] != forms[1])], ordered=ordered)
    tags = ["query"] + ["ordered"] * ordered + ["empty"] * (not row["gold_rows"])
    return Case(
        id=row["id"],
        data=data,
        turns=[Turn(say=row[field], checks=[check])],
        tags=tags,
        cluster=row["db_id"],
        gold=gold,
    )
