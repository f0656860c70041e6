"""Defog's sql-eval (https://github.com/defog-ai/sql-eval): questions with every accepted answer, and some without any.

As its own scorer does, the order of rows counts only where the question is one about order; here moreover only where
the gold query's sort keys have no ties. Questions that depend on today's date are left out.

Further columns beside an accepted set of columns pass, as its scorer lets a subset pass.
"""

import csv
import io
import re
from itertools import groupby
from pathlib import Path
from typing import Any

from evals.case import Case, ChangesNothing, Data, SaysMissing, TableIs, Turn
from evals.sets.files import read_lines, read_text, tables_in
from evals.sets.order import Tables, opened

_ABOUT_ORDER = re.compile(r"\b(order|sort|arrang)(ed|ing|e)?\b", re.IGNORECASE)


def sql_eval(folder: Path) -> list[Case]:
    """The questions that can be answered; the tag `answerable` lets false refusals among them be counted."""
    rows = [row for row in read_lines(folder / "questions_with_gold.jsonl") if not row["time_relative"]]
    cases = []
    for database, group in groupby(rows, key=lambda row: str(row["db"])):
        data = tables_in(folder / "csv" / database)
        with opened(data) as tables:
            cases += [_case(row, data, tables) for row in group]
    return cases


def unanswerable(folder: Path) -> list[Case]:
    """The questions that the data can't answer. The instruction that dictates a query to answer with is left out."""
    rows = csv.DictReader(io.StringIO(read_text(folder / "idk.csv"), newline=""))
    return [
        Case(
            id=f"idk-{number:03}",
            data=tables_in(folder / "csv" / row["db_name"]),
            turns=[Turn(say=row["question"].strip(), checks=[SaysMissing(), ChangesNothing()])],
            tags=["unanswerable", row["query_category"]],
            cluster=row["db_name"],
        )
        for number, row in enumerate(rows)
    ]


def _case(row: dict[str, Any], data: list[Data], tables: Tables) -> Case:
    accepted = row["accepted"]
    about_order = row["category"] == "order_by" or _ABOUT_ORDER.search(row["question"]) is not None
    several = all(len(answer["rows"]) > 1 for answer in accepted)
    ordered = about_order and several and all(tables.one_order(answer["sql"], "postgres") for answer in accepted)
    check = TableIs(accepted=[answer["rows"] for answer in accepted], ordered=ordered, extra_columns=True)
    say = " ".join(f"{row['question']} {row['instructions']}".split())
    tags = ["query", "answerable", row["category"]] + ["ordered"] * ordered
    turns = [Turn(say=say, checks=[check])]
    return Case(
        id=f"sql-eval-{row['id']}", data=data, turns=turns, tags=tags, cluster=row["db"], gold=accepted[0]["sql"]
    )
