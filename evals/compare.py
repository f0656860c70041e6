"""Two columns on the same cases: is one better, and in what? Pairs only, and only where nothing else differs.

What is not covered: three or more columns at once (compare them with one baseline, and mind that twenty comparisons
find one "significant" difference by chance).
"""

import re
from collections.abc import Collection, Iterator, Sequence
from pathlib import Path
from statistics import median
from typing import Literal, NamedTuple

from pydantic import BaseModel, ConfigDict

from evals.attempts import Attempt, Scored, label, read
from evals.checks import score
from evals.record import Column
from evals.stats import paired

Varies = Literal["prompt", "model", "code", "subject"]
PARTS: dict[Varies, tuple[str, ...]] = {
    "prompt": ("prompt",),
    "model": ("model", "weights", "engine"),
    "code": ("code", "schema"),
    "subject": ("subject", "prompt", "schema", "code", "case"),
}
"""What may differ with a declared variable: parts of `Record.versions`, and who answered."""


class CompareError(Exception):
    """Two sides that can't be compared: one line that names what differs, or which columns there are."""


class Side(NamedTuple):
    """One column of one run."""

    run: Scored
    column: Column

    @property
    def name(self) -> str:
        return f"{self.run.run.name}: {label(self.column)}"


class Comparison(BaseModel):
    """The second side against the first, on the cases and repeats that both have."""

    model_config = ConfigDict(frozen=True)
    before: str
    after: str
    pairs: int
    passed_before: int
    passed_after: int
    improved: list[str]
    """Ids of cases of which more repeats pass than before."""
    regressed: list[str]
    difference: float
    """Of the pass rates, after minus before, -1 to 1."""
    interval: tuple[float, float]
    """95 %, of the difference; data sets are resampled, not single cases."""
    p: float
    """Exact McNemar test, two-sided."""
    conclusion: Literal["better", "worse", "inconclusive", "same"]
    """`same`: no pair differs; which says little where the pairs are few."""
    tokens_ratio: float | None
    """All tokens after / before; null where one side counted none."""
    seconds_ratio: float | None
    """Median seconds of an attempt, after / before."""
    infrastructure: int
    """Pairs left out because the infrastructure broke on a side."""
    unpaired: int
    """Attempts that the other side doesn't have."""
    differs: list[str]
    """Parts of the versions that differ between the sides."""

    @property
    def exit_code(self) -> int:
        """1 for a significant regression, for CI."""
        return 1 if self.conclusion == "worse" else 0


def compare(before: Side, after: Side, *, varies: Collection[Varies] | None = None) -> Comparison:
    """Pair the two sides by case and repeat, both scored with the newer cases.

    `varies` declares what may differ; None allows everything (a report shows it instead). Raises CompareError where
    more than that differs, where a case is not said in the same words, or where no pair is left.
    """
    shared, unpaired = _pairs(before, after)
    counted = [(old, new) for old, new in shared if old.counts and new.counts]
    if not counted:
        raise CompareError(f"{before.name} and {after.name} have no attempt in common that counts: nothing to compare.")
    differs = _differences(counted)
    if varies is not None:
        _refuse_undeclared(differs, varies)
    outcomes = [(old.verdict.passed, new.verdict.passed) for old, new in counted]
    found = paired([old for old, _ in outcomes], [new for _, new in outcomes], [new.case.group for _, new in counted])
    change, same_run = _changes(counted), before.run.folder == after.run.folder
    return Comparison(
        before=label(before.column) if same_run else before.name,
        after=label(after.column) if same_run else after.name,
        pairs=len(counted),
        passed_before=sum(old for old, _ in outcomes),
        passed_after=sum(new for _, new in outcomes),
        improved=[case for case, by in change.items() if by > 0],
        regressed=[case for case, by in change.items() if by < 0],
        difference=found.difference,
        interval=(found.interval.low, found.interval.high),
        p=found.p,
        conclusion="same" if all(old == new for old, new in outcomes) else found.conclusion,
        tokens_ratio=_ratio(sum(old.tokens for old, _ in counted), sum(new.tokens for _, new in counted)),
        seconds_ratio=_ratio(median(old.seconds for old, _ in counted), median(new.seconds for _, new in counted)),
        infrastructure=len(shared) - len(counted),
        unpaired=unpaired,
        differs=list(differs),
    )


def _pairs(before: Side, after: Side) -> tuple[list[tuple[Attempt, Attempt]], int]:
    """Attempts at the same case and repeat, and how many have no partner."""
    old = {(a.case.id, a.record.repeat): a for a in before.run.of(before.column)}
    new = {(a.case.id, a.record.repeat): a for a in after.run.of(after.column)}
    shared = [(_rescored(old[key], new[key]), new[key]) for key in new if key in old]
    return shared, len(old) + len(new) - 2 * len(shared)


def _rescored(old: Attempt, new: Attempt) -> Attempt:
    """The old attempt under the new case's checks: an answer must not win because a check was mended since."""
    said = [[(turn.say, turn.reply) for turn in attempt.case.turns] for attempt in (old, new)]
    if said[0] != said[1]:
        raise CompareError(f"The case {new.case.id} is not said in the same words in the two runs: run one side again.")
    if old.case == new.case:
        return old
    return old.model_copy(update={"case": new.case, "verdict": score(new.case, old.record)})


def _differences(pairs: Sequence[tuple[Attempt, Attempt]]) -> dict[str, str]:
    """Each part of the versions that differs in some pair -> `old -> new in case …`, the first one found."""
    found: dict[str, str] = {}
    for old, new in pairs:
        one, two = _versions(old), _versions(new)
        for part in sorted(one.keys() | two.keys()):
            if part not in found and one.get(part) != two.get(part):
                found[part] = f"{short(one.get(part, 'none'))} -> {short(two.get(part, 'none'))} in case {new.case.id}"
    return found


def _versions(attempt: Attempt) -> dict[str, str]:
    return {"model": attempt.record.model, "subject": attempt.record.subject} | attempt.record.versions


def short(version: str) -> str:
    """A version for people: long hashes cut to 12 digits, the whole to 80 characters."""
    cut = re.sub(r"\b([0-9a-f]{12})[0-9a-f]{20,}\b", r"\1…", version)
    return cut if len(cut) <= 80 else cut[:79] + "…"


def _refuse_undeclared(differs: dict[str, str], varies: Collection[Varies]) -> None:
    allowed = {part for variable in varies for part in PARTS[variable]}
    further = [f"{part} ({how})" for part, how in differs.items() if part not in allowed]
    if further:
        declared = " and ".join(varies) or "nothing"
        raise CompareError(
            f"Declared to vary: {declared}; but these differ too: {'; '.join(further)}. "
            "Declare it with --varies, or run one side again."
        )


def _changes(pairs: Sequence[tuple[Attempt, Attempt]]) -> dict[str, int]:
    """Case -> repeats that pass now, less those that passed before."""
    changes: dict[str, int] = {}
    for old, new in pairs:
        changes[new.case.id] = changes.get(new.case.id, 0) + new.verdict.passed - old.verdict.passed
    return changes


def _ratio(before: float, after: float) -> float | None:
    return after / before if before > 0 and after > 0 else None


# --- the command line ----------------------------------------------------------------------------------------------


def select(words: Sequence[str]) -> tuple[Side, Side]:
    """The two sides that words of the command line name: `BEFORE AFTER`, or `RUN COLUMN COLUMN`.

    Two folders: each one's only column, or the one that a COLUMN behind them picks in both. One folder: its two
    columns. A COLUMN is a prompt, a model, `model/prompt` or `raw` for the bare model, whatever names one alone.
    """
    folders = [Path(word) for word in words if (Path(word) / "run.json").is_file()]
    columns = [word for word in words if Path(word) not in folders]
    if not folders or len(folders) > 2 or len(words) > 4:
        raise CompareError(f"Two runs, or one run and two of its columns, not: {' '.join(words) or 'nothing'}.")
    runs = [read(folder) for folder in folders]
    if len(runs) == 1:
        names = columns or [label(column) for column in runs[0].columns]
        if len(names) != 2:
            raise CompareError(f"Name two columns of {runs[0].run.name}. {_known(runs[0])}")
        return _side(runs[0], names[0]), _side(runs[0], names[1])
    names = columns or [""]
    return _side(runs[0], names[0]), _side(runs[1], names[-1])


def _side(run: Scored, word: str) -> Side:
    fitting = [column for column in run.columns if not word or word in _names(column)]
    exact = [column for column in fitting if label(column) == word]
    if len(exact or fitting) != 1:
        what = f"'{word}' names {len(fitting)} columns" if word else f"{len(fitting)} columns"
        raise CompareError(f"{what} of {run.run.name}, one is needed. {_known(run)}")
    return Side(run, (exact or fitting)[0])


def _names(column: Column) -> tuple[str, ...]:
    return label(column), column.model, column.prompt, column.subject


def _known(run: Scored) -> str:
    return f"Columns: {', '.join(label(column) for column in run.columns)}."


def lines(found: Comparison) -> Iterator[str]:
    """What the command line prints."""
    low, high = found.interval
    yield f"{found.before}  ->  {found.after}"
    yield f"passed {found.passed_before} -> {found.passed_after} of {found.pairs} pairs: {found.conclusion}"
    yield f"difference {found.difference:+.1%} (95 %: {low:+.1%} to {high:+.1%}), exact McNemar p = {found.p:.3g}"
    for name, ratio in (("tokens", found.tokens_ratio), ("seconds", found.seconds_ratio)):
        if ratio is not None:
            yield f"{name} x {ratio:.2f}"
    if found.infrastructure or found.unpaired:
        yield f"left out: {found.infrastructure} pairs for broken infrastructure, {found.unpaired} without a partner"
    for name, cases in (("improved", found.improved), ("regressed", found.regressed)):
        if cases:
            yield f"{name} ({len(cases)}): {', '.join(cases)}"
