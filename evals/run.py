"""A run: every case in every column, as often as asked, each attempt once and for all; and a run read back.

A run is a folder: `run.json`, `cases.jsonl`, `records/<key>/`. What the cache holds already is taken from there, so
a run that was cut short goes on where it stopped when the same command is given again.

What is not covered: several machines at once, and a remote model that changes behind its name.
"""

import json
import os
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from pydantic import ValidationError

import prompts
from assistant.settings import Settings
from evals.cache import Cache, read_record
from evals.case import Case, CaseError, read_suite
from evals.column import Limits, Making, Spent, tasks
from evals.record import Record, RunFile

SUITES = Path(__file__).parent / "suites"
NO_LIMITS = Limits()


# --- cases ---------------------------------------------------------------------------------------------------------


def load(name: str, sets: Path | None = None) -> list[Case]:
    """The cases of a suite: a file, the name of one of ours, or the name of an adapter. Raises CaseError.

    `sets` is where the published data sets lie, if not beside the checkout.
    """
    own = {file.stem: file for file in own_suites()}
    path = Path(name) if Path(name).is_file() else own.get(name)
    if path is not None:
        return [case.model_copy(update={"suite": path.stem}) for case in read_suite(path)]
    from evals.sets import HOME, adapters

    known = adapters(sets or HOME)
    if name not in known:
        raise CaseError(f"No suite '{name}'. There are: {', '.join([*own, *known])}; or any .yaml or .jsonl file.")
    return [case.model_copy(update={"suite": name}) for case in known[name]()]


def own_suites() -> list[Path]:
    """The files of our own suites."""
    return sorted(path for end in ("yaml", "jsonl") for path in SUITES.glob(f"*.{end}"))


def _check_ids(cases: Sequence[Case]) -> None:
    seen: dict[str, Case] = {}
    for case in cases:
        if case.id in seen:
            raise CaseError(f"Two cases are called {case.id}: in {seen[case.id].suite} and in {case.suite}.")
        seen[case.id] = case


# --- running -------------------------------------------------------------------------------------------------------


@dataclass
class _Folder:
    """The run's folder, written as it goes: the list of its records at most once a second, and at the end."""

    path: Path
    file: RunFile
    keys: list[str] = field(default_factory=list)
    written: float = 0.0

    def add(self, record: Record) -> None:
        self.keys.append(record.key)
        if time.monotonic() - self.written > 1:
            self.write()

    def write(self) -> None:
        fresh = self.path / "run.json.new"
        fresh.write_text(
            self.file.model_copy(update={"records": self.keys}).model_dump_json(indent=1), encoding="utf-8"
        )
        os.replace(fresh, self.path / "run.json")
        self.written = time.monotonic()


def run(
    file: RunFile,
    cases: Sequence[Case],
    *,
    out: Path,
    cache: Cache,
    settings: Settings,
    words: Mapping[str, Path] | None = None,
    limits: Limits = NO_LIMITS,
    parallel: int = 0,
    say: Callable[[str], None] = lambda line: None,
) -> Iterator[tuple[Record, bool]]:
    """Each record as it comes, and whether the cache had it; the run's folder `out` is written along the way.

    `file` holds the columns and the number of repeats; `words` where the prompts of each version lie; `parallel` how
    many attempts are made at once (0: 4 for a remote model, 1 for one on this machine). Columns come one after
    another, for they share the processor and the prompts in use. Raises CaseError for data that are not there,
    SettingsError for a model that can't be had, Cut where a limit ended the run.
    """
    _check_ids(cases)
    out.mkdir(parents=True, exist_ok=True)
    write_cases(out, cases)
    folder, spent = _Folder(out, file), Spent()
    folder.write()
    try:
        for column in file.columns:
            prompts.use((words or {}).get(column.prompt, prompts.OWN))
            making = Making(column, out, cache, settings, limits, spent, say)
            for record, known in making.records(tasks(cases, column, file.repeats, settings), parallel):
                folder.add(record)
                yield record, known
    finally:
        prompts.use(prompts.OWN)
        folder.write()


def write_cases(out: Path, cases: Sequence[Case]) -> None:
    """The cases of a run beside it, so that it can be scored and read without its suites."""
    lines = "".join(case.model_dump_json() + "\n" for case in cases)
    (out / "cases.jsonl").write_text(lines, encoding="utf-8")


# --- reading back --------------------------------------------------------------------------------------------------


def read_run(folder: Path) -> tuple[RunFile, list[Case], list[Record]]:
    """A run, its cases and its records in the order in which they came. Raises CaseError where it is none."""
    try:
        file = RunFile.model_validate_json((folder / "run.json").read_text(encoding="utf-8"))
        lines = (folder / "cases.jsonl").read_text(encoding="utf-8").splitlines()
    except OSError as error:
        raise CaseError(f"No run in {folder}: {error.strerror}. Make one with `python -m evals run`.") from error
    except ValidationError as error:
        raise CaseError(f"{folder / 'run.json'} is no run: {error.errors()[0]['msg']}.") from error
    cases = [Case.model_validate(json.loads(line)) for line in lines if line.strip()]
    found = [read_record(folder / "records" / key) for key in file.records]
    return file, cases, [record for record in found if record is not None]
