"""A run as people compare it: each attempt with its case and its verdict, scored now from what the run kept."""

from collections.abc import Iterable, Sequence
from pathlib import Path

from pydantic import BaseModel, ConfigDict

from evals.case import Case, CaseError
from evals.checks import score
from evals.record import Column, Record, RunFile, Verdict
from evals.run import read_run


class Attempt(BaseModel):
    """One attempt at one case, scored."""

    model_config = ConfigDict(frozen=True)
    case: Case
    record: Record
    verdict: Verdict

    @property
    def column(self) -> Column:
        return Column(model=self.record.model, prompt=self.record.prompt, subject=self.record.subject)

    @property
    def counts(self) -> bool:
        """Whether it says anything about who answered: not where the infrastructure broke."""
        return not self.verdict.infrastructure

    @property
    def tokens(self) -> int:
        return sum(turn.tokens_read + turn.tokens_written for turn in self.record.turns)

    @property
    def seconds(self) -> float:
        return sum(turn.seconds for turn in self.record.turns)


class Scored(BaseModel):
    """A run with all its attempts."""

    model_config = ConfigDict(frozen=True)
    folder: Path
    run: RunFile
    attempts: tuple[Attempt, ...]

    @property
    def columns(self) -> list[Column]:
        """Those that have attempts, in the order in which the run asked for them."""
        present = list(dict.fromkeys(_words(attempt.column) for attempt in self.attempts))
        asked = [column for column in self.run.columns if _words(column) in present]
        further = [Column.model_validate(dict(zip(Column.model_fields, words, strict=True))) for words in present]
        return [*asked, *(column for column in further if column not in asked)]

    def of(self, column: Column) -> list[Attempt]:
        return [attempt for attempt in self.attempts if attempt.column == column]


def read(folder: Path) -> Scored:
    """A run's folder, scored. Raises CaseError where a record belongs to no case of the run."""
    run, cases, records = read_run(folder)
    return Scored(folder=folder, run=run, attempts=tuple(attempts(cases, records, suites=run.suites)))


def attempts(cases: Iterable[Case], records: Iterable[Record], *, suites: Sequence[str] = ()) -> list[Attempt]:
    """Each record with its case and its verdict. A case that doesn't know its suite is of the only one there is."""
    only = suites[0] if len(suites) == 1 else ""
    known = {case.id: case if case.suite else case.model_copy(update={"suite": only}) for case in cases}
    made = []
    for record in records:
        if record.case not in known:
            raise CaseError(f"A record of the case {record.case}, which is not among the run's cases.")
        case = known[record.case]
        made.append(Attempt(case=case, record=record, verdict=score(case, record)))
    return made


def label(column: Column) -> str:
    """`local/current`, or `local/raw` for the bare model: how a column is named on the command line."""
    further = "/raw" if column.subject == "raw" and column.prompt != "raw" else ""
    return f"{column.model}/{column.prompt}{further}"


def _words(column: Column) -> tuple[str, str, str]:
    return column.model, column.prompt, column.subject
