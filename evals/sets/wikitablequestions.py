"""WikiTableQuestions (Pasupat and Liang 2015, https://arxiv.org/abs/1508.00305): questions on tables as Wikipedia has them.

The table is loaded as its CSV lies there. The official evaluator compares lists of values after normalising both sides;
here the target is written out in each form that an honest answer may have: as given, as the table's own cells that are
the same after normalising, as a number without separators, as an ISO date. One value may stand beside others in its row (ValueIs), a list
must be the one column of the result.

What is not covered: what the official evaluator would also accept: numbers and dates that only its CoreNLP tags tell
("three", "2h 5m"), and a list whose items stand in several of these forms at once.
"""

import csv
import re
import unicodedata
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from evals.case import Case, Check, Data, Either, TableIs, Turn, ValueIs
from evals.sets.files import read_text
from evals.sets.forms import as_date

_QUOTES = (
    {ord(mark): "'" for mark in "‘’´`"} | {ord(mark): '"' for mark in "“”"} | {ord(mark): "-" for mark in "‐‑‒–—−"}
)
_TAIL = re.compile(r"(?<=.)(\[[^\]]*\]|[•♦†‡*#+]|(?<= )\([^)]*\))$")
_SEPARATED = re.compile(r"-?\d{1,3}(,\d{3})+(\.\d+)?")


def wikitablequestions(folder: Path) -> list[Case]:
    """One case for each question of `data/training-before300.tsv`."""
    lines = read_text(folder / "data" / "training-before300.tsv").splitlines()
    names = lines[0].split("\t")
    return [_case(dict(zip(names, line.split("\t"), strict=True)), folder) for line in lines[1:]]


def normalised(text: str) -> str:
    """The text without accents, footnotes, remarks in brackets at its end, outer quotes, final full stop; small letters."""
    plain = "".join(c for c in unicodedata.normalize("NFKD", text) if unicodedata.category(c) != "Mn")
    plain, before = plain.translate(_QUOTES).strip(), ""
    while plain != before:
        before = plain
        plain = _TAIL.sub("", plain).strip()
        plain = re.sub(r'^"([^"]*)"$', r"\1", plain).strip()
    return " ".join(plain.removesuffix(".").lower().split())


def _case(row: dict[str, str], folder: Path) -> Case:
    table = folder / row["context"]
    name = f"table_{table.parent.name.removesuffix('-csv')}_{table.stem}"
    targets = [_unescaped(part) for part in row["targetValue"].split("|")]
    return Case(
        id=row["id"],
        data=[Data(path=str(table.resolve()), name=name)],
        turns=[Turn(say=_unescaped(row["utterance"]), checks=[_check(targets, table)])],
        tags=["query", "one value" if len(targets) == 1 else "list"],
        cluster=name,
        gold="; ".join(targets),
    )


def _unescaped(text: str) -> str:
    return re.sub(r"\\([np\\])", lambda match: {"n": "\n", "p": "|", "\\": "\\"}[match[1]], text)


def _check(targets: list[str], table: Path) -> Check:
    forms = [list(dict.fromkeys(_forms(target, table))) for target in targets]
    if len(targets) == 1:
        values = [ValueIs(equals=form) for form in forms[0]]
        return values[0] if len(values) == 1 else Either(of=[[value] for value in values])
    accepted = [[[form[min(place, len(form) - 1)]] for form in forms] for place in range(max(map(len, forms)))]
    return TableIs(accepted=[list(rows) for rows in accepted])


def _forms(target: str, table: Path) -> Iterator[Any]:
    """The target in the forms that an answer may have."""
    yield target
    wanted = normalised(target)
    for row in _rows(table):
        yield from (cell for cell in row if normalised(cell) == wanted)
    if _SEPARATED.fullmatch(target):
        yield float(target.replace(",", ""))
    if (date := as_date(target)) is not None:
        yield date


def _rows(table: Path) -> list[list[str]]:
    with table.open(encoding="utf-8", newline="") as stream:
        return list(csv.reader(stream, escapechar="\\", doublequote=False))
