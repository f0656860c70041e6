"""DSEval (Zhang et al. 2024, https://arxiv.org/abs/2402.17168): talk about business tables, each turn a case of its own.

A turn starts from the tables that the gold code of the earlier turns left, under the names of its variables, so that one
wrong answer does not spoil the rest of the session. The gold runs here (see `evals.sets.dseval_gold`) for all its rows.
An index counts as columns or not at all: both are accepted, and the order of rows counts only where the question sorts
and a column of the result rises or falls strictly.

What is not covered (see `left_out`): reading files, making tables from Python values, models, random numbers, what is
only about pandas (types of columns, the index), several tables at once, results of more than 100,000 cells, and gold
that gives something else with today's libraries than it gave its makers.
"""

import hashlib
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from itertools import groupby
from pathlib import Path
from typing import Any

from evals.case import Case, CaseError, Check, Data, DatasetIs, TableIs, Turn, ValueIs
from evals.sets.dseval_gold import Done, Value
from evals.sets.files import made, read_lines

SECONDS = 180
"""For the gold of one session."""
_SORTS = re.compile(r"\bsort|\bordered by|\bascending|\bdescending|\bfrom the most\b", re.IGNORECASE)
_PANDAS = re.compile(
    r"\b(data ?type|dtype|type of (the|each) column|indexed|multi-?index)|\bset the .* index\b", re.IGNORECASE
)
_PLACES = re.compile(
    r"\d(st|nd|rd|th)? (column|cell)|columns? \d|third cell|names? of (all )?the columns|number of columns",
    re.IGNORECASE,
)
_MODEL = re.compile(r"\bsklearn\.(?!preprocessing)")
_CHANCE = re.compile(r"\brandom\b|train_test_split|RandomState")


def dseval(folder: Path, home: Path) -> list[Case]:
    """The turns that can be asked and scored here, in the set's order; tables are kept under `home`."""
    cases = []
    for session, group in groupby(
        read_lines(folder / "questions_with_gold.jsonl"), key=lambda row: str(row["session"])
    ):
        ran, tables = run_gold(folder, session, home)
        cases += [_case(row, ran[row["turn"]], tables) for row in group if not left_out(row, ran.get(row["turn"]))]
    return cases


def run_gold(folder: Path, session: str, home: Path) -> tuple[dict[int, Done], Path]:
    """What each turn of a session left, by its number, and the folder with the tables."""
    script = folder / f"{session}.py"
    inputs = folder / Path(session).parent / "_inputs"
    own = inputs / Path(session).name

    def make(fresh: Path) -> None:
        with tempfile.TemporaryDirectory(prefix="easel-gold-") as place:
            (Path(place) / "inputs").symlink_to((own if own.is_dir() else inputs).resolve(), target_is_directory=True)
            _run([str(script.resolve()), str(fresh)], Path(place))

    code = (Path(__file__).parent / "dseval_gold.py").read_bytes() + script.read_bytes()
    tables = made(home, f"dseval-{Path(session).name}", hashlib.sha256(code).hexdigest(), make)
    lines = (tables / "turns.jsonl").read_text(encoding="utf-8").splitlines()
    ran = [Done.model_validate_json(line) for line in lines]
    return {done.turn: done for done in ran}, tables


def _run(arguments: list[str], place: Path) -> None:
    """Run the gold in a process of its own. Raises CaseError where it is stopped or breaks outside a turn."""
    root = str(Path(__file__).resolve().parents[2])
    command = [sys.executable, "-m", "evals.sets.dseval_gold", *arguments]
    environment = {**os.environ, "PYTHONPATH": root, "MPLBACKEND": "Agg"}
    try:
        done = subprocess.run(command, cwd=place, env=environment, capture_output=True, timeout=SECONDS, check=False)
    except subprocess.TimeoutExpired as error:
        raise CaseError(
            f"The gold of {arguments[0]} ran longer than {SECONDS} s. Try again on an idle machine."
        ) from error
    if done.returncode:
        last = done.stderr.decode(errors="replace").strip().splitlines()[-1:] or [f"exit code {done.returncode}"]
        raise CaseError(f"The gold of {arguments[0]} broke outside its turns: {last[0]}")


def left_out(row: Mapping[str, Any], done: Done | None) -> str:
    """Why this turn becomes no case; empty where it does."""
    question, gold = row["question"], row["gold_code"]
    if done is None or done.error:
        return "its gold does not run here"
    if "inputs/" in question or "raw_data" in question:
        return "reads a file or makes a table"
    if not done.before:
        return "no table yet"
    if _CHANCE.search(gold):
        return "random numbers"
    if done.needs or _MODEL.search(gold):
        return "needs a model, or a mapping of an earlier turn"
    if _PANDAS.search(question):
        return "about types or the index of pandas"
    if done.indexed and _PLACES.search(question):
        return "counts columns where the index is one here"
    return _unscored(row, done)


def _unscored(row: Mapping[str, Any], done: Done) -> str:
    values = _expected(row, done)
    if len(values) != 1:
        return "several tables" if values else "nothing to compare"
    name, value = next(iter(values.items()))
    if value.kind == "large":
        return "more than 100,000 cells"
    if value.kind == "other" or not value.rows:
        return "neither table, list nor value"
    if value.change == "index":
        return "only the index or the places of columns change"
    gold = row["gold_variables"][name] if name else row["gold_result"]
    same = (
        value.rows == [[gold["value"]]]
        if gold["kind"] == "scalar"
        else len(value.rows) == gold.get("rows", len(value.rows))
    )
    return "" if same or _close(value.rows, gold) else "its gold gives something else here"


def _close(rows: list[list[Any]], gold: Mapping[str, Any]) -> bool:
    got, wanted = rows[0][0], gold.get("value")
    return isinstance(got, int | float) and isinstance(wanted, int | float) and abs(got - wanted) <= 1e-6 * abs(wanted)


def _expected(row: Mapping[str, Any], done: Done) -> dict[str, Value]:
    """What is compared: the result under the name "", or else the tables that the question names."""
    if row.get("gold_result") and done.result is not None:
        return {"": done.result}
    return {name: done.changed[name] for name in row.get("gold_variables", {}) if name in done.changed}


def _case(row: Mapping[str, Any], done: Done, tables: Path) -> Case:
    name, value = next(iter(_expected(row, done).items()))
    check = _check(row, value)
    return Case(
        id=row["id"],
        data=[Data(path=str(tables / file), name=variable) for variable, file in done.before.items()],
        turns=[Turn(say=row["question"].strip(), checks=[check])],
        tags=["state" if name else "query", check.kind, row["session"].partition("/")[0]],
        cluster=row["session"],
        gold=row["gold_code"].strip(),
    )


def _check(row: Mapping[str, Any], value: Value) -> Check:
    if value.kind == "scalar":
        return ValueIs(equals=value.rows[0][0])
    if value.change == "names":
        return DatasetIs(columns=value.columns, rows=value.rows)
    free = "ignore_order': True" in repr(row["validator"]) or not _SORTS.search(row["question"])
    accepted = [value.rows] + [value.indexed] * (value.indexed is not None)
    if value.kind == "list" and len(value.rows[0]) == 1:
        accepted.append([[cell for [cell] in value.rows]])
    return TableIs(accepted=[rows for rows in accepted if rows is not None], ordered=not free and value.one_order)
