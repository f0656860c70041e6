"""Does the import find the table in files as they come, with nothing told?

    python -m benchmarks.import_tables FOLDER [--worst N] [--file NAME] [--strict]

FOLDER holds `csv` (the files), `clean` (the table of each, as a regular CSV) and `parameters` (JSON; `header_lines` is
used), as the survey files of Pollock do: Vitagliano et al., "Pollock: A Data Loading Benchmark" (VLDB 2023). Header,
records and cells are compared as multisets, as that benchmark does: precision is the share of what was found that is
right, recall the share of the table that was found. Cells are compared as they stand in the file (no types), numbers
as numbers, letters without case, blanks at the ends ignored. DuckDB's own reader runs beside it.

Stricter than Pollock: a header where the table has none scores 0. Fairer than Pollock: a column that has neither a name
nor a value (a delimiter at the end of each line) is no part of any table, and a name that had to be numbered because it
stands twice, or is missing, counts as it stands in the file. `--strict` takes both back.
"""

import argparse
import csv
import json
import re
import sys
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb

from tools.sources.read import open_file
from tools.sources.told import Told
from tools.tool import ToolError
from tools.words import literal

NUMBERED = re.compile(r"^column \d+$| \(column \d+\)$")
"""What `renamed` says of a column without a name, and adds to one that has it twice."""
MEASURES = ("header", "records", "cells")
Score = dict[str, tuple[float, float, float]]
"""Precision, recall and F1 of each measure."""


@dataclass(frozen=True)
class Table:
    """A table as texts; no header means that its columns have no names."""

    header: tuple[str, ...]
    rows: list[tuple[str, ...]]


def as_imported(path: Path, *, strict: bool) -> Table:
    """The table that Easel finds."""
    try:
        with open_file(path, Told(all_text=True)) as opened:
            table = opened.batches.read_all()
            assumed = opened.source["assumed"]
    except ToolError as error:
        if "it is empty" not in str(error):
            raise
        return Table((), [])
    named, called = assumed["header"], {new: old for old, new in assumed.get("renamed", {}).items()}
    names = [NUMBERED.sub("", called.get(name, name)) for name in table.column_names]
    columns = [column.to_pylist() for column in table.columns]
    rows = [tuple(map(plain, row)) for row in zip(*columns, strict=True)]
    return Table(tuple(map(plain, table.column_names if strict else names)) if named else (), rows)


def by_duckdb(path: Path, *, strict: bool) -> Table:
    """The table that DuckDB's own reader finds."""
    with duckdb.connect() as connection:
        source = literal(str(path))
        named = connection.execute(f"SELECT HasHeader FROM sniff_csv({source})").fetchall()[0][0]
        found = connection.execute(f"FROM read_csv({source}, all_varchar = true)")
        names = [column[0] for column in found.description]
        if not strict:
            names = [re.sub(r"^column\d+$", "", name) for name in names]
            names = [base if (base := re.sub(r"_\d+$", "", name)) in names else name for name in names]
        return Table(tuple(map(plain, names)) if named else (), [tuple(map(plain, row)) for row in found.fetchall()])


def as_expected(folder: Path, name: str) -> Table:
    """The table that the file holds."""
    told = json.loads((folder / "parameters" / f"{name}_parameters.json").read_text("utf-8"))
    with (folder / "clean" / name).open(encoding="utf-8", newline="") as stream:
        rows = [tuple(map(plain, row)) for row in csv.reader(stream)]
    named = told["header_lines"] != "0" and bool(rows)
    # Where the table has no names, some of the clean files say col_0, col_1 and so on.
    made = bool(rows) and all(cell == f"col_{place}" for place, cell in enumerate(rows[0]))
    return Table(rows[0] if named else (), rows[int(named or made) :])


def plain(cell: object) -> str:
    """A cell for comparison."""
    text = "" if cell is None else " ".join(str(cell).split()).lower()
    try:
        return str(float(text))
    except ValueError:
        return text


def squared(table: Table) -> Table:
    """The table with rows of one width, without the columns that have neither name nor value."""
    width = max(map(len, [table.header, *table.rows]), default=0)
    header = (table.header + ("",) * width)[:width]
    rows = [(row + ("",) * width)[:width] for row in table.rows]
    kept = [place for place in range(width) if header[place] or any(row[place] for row in rows)]
    return Table(
        tuple(header[place] for place in kept) if table.header else (),
        [tuple(row[place] for place in kept) for row in rows],
    )


def score(found: Table, expected: Table) -> Score:
    """How much of each is in the other."""
    cells = [[cell for row in table.rows for cell in row] for table in (found, expected)]
    records = [["".join(cell or "null" for cell in row) for row in table.rows] for table in (found, expected)]
    pairs = ((found.header, expected.header), records, cells)
    return {
        measure: _measure(Counter(got), Counter(gold)) for measure, (got, gold) in zip(MEASURES, pairs, strict=True)
    }


def _measure(found: Counter[str], expected: Counter[str]) -> tuple[float, float, float]:
    if not found and not expected:
        return 1.0, 1.0, 1.0
    both = (found & expected).total()
    precision, recall = both / max(found.total(), 1), both / max(expected.total(), 1)
    return precision, recall, 2 * precision * recall / max(precision + recall, 1e-9)


def run(
    reader: Callable[..., Table], folder: Path, names: Sequence[str], *, strict: bool
) -> tuple[dict[str, Score], dict[str, str]]:
    """The scores of every file, and the errors of those that could not be read (they score 0)."""
    scores: dict[str, Score] = {}
    errors: dict[str, str] = {}
    for name in names:
        try:
            found, expected = reader(folder / "csv" / name, strict=strict), as_expected(folder, name)
            scores[name] = score(found, expected) if strict else score(squared(found), squared(expected))
        except Exception as error:  # noqa: BLE001  (whatever it is, it is the file's result)
            errors[name] = f"{type(error).__name__}: {str(error).splitlines()[0][:150]}"
            scores[name] = dict.fromkeys(MEASURES, (0.0, 0.0, 0.0))
    return scores, errors


def main() -> None:
    """Print the averages of both readers, what failed, and the worst files."""
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=Path)
    parser.add_argument("--worst", type=int, default=10)
    parser.add_argument("--file", default="")
    parser.add_argument("--strict", action="store_true")
    options = parser.parse_args()
    csv.field_size_limit(50_000_000)
    names = sorted(path.name for path in (options.folder / "csv").iterdir() if options.file in path.name)
    say = sys.stdout.write
    say(f"{len(names)} files\n{'':8}{'':10}{'precision':>10}{'recall':>10}{'F1':>10}{'unread':>8}\n")
    for title, reader in (("Easel", as_imported), ("DuckDB", by_duckdb)):
        scores, errors = run(reader, options.folder, names, strict=options.strict)
        for measure in MEASURES:
            means = [sum(score[measure][place] for score in scores.values()) / len(names) for place in range(3)]
            say(f"{title:8}{measure:10}" + "".join(f"{mean:10.4f}" for mean in means) + f"{len(errors):8}\n")
        if title == "Easel":
            ours, failed = scores, errors
    worst = sorted(names, key=lambda name: sum(ours[name][measure][2] for measure in MEASURES))[: options.worst]
    say("\nWorst for Easel (F1 of header, records, cells)\n")
    for name in worst:
        marks = "  ".join(f"{ours[name][measure][2]:.3f}" for measure in MEASURES)
        say(f"{marks}  {name}  {failed.get(name, '')}\n")


if __name__ == "__main__":
    main()
