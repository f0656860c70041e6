"""What the checks of one turn may look at: how it ended, which steps ran, its result and the datasets it left."""

import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from evals.case import Case
from evals.keep import keep_dataset
from evals.record import Record, TurnRecord
from evals.table import Table, read_table, table_of
from evals.trial import TIMEOUT
from tools.connect import load
from tools.tool import ToolError
from tools.words import snake_case
from tools.workspace import Workspace

DEFECT = "A defect of Easel's own"
"""How `assistant.runs` begins the end of a turn that broke on a mistake of ours."""
CHOICES = (["Run", "Cancel"], ["Retry", "Skip", "Stop"])
"""Options of questions that are no questions about the request: approvals and failed steps."""


class Lost(Exception):
    """A file of the record that is gone: the attempt can't be scored, and must be made again."""


@dataclass(frozen=True)
class Call:
    """A step that was done, with the outcome's event."""

    tool: str
    arguments: dict[str, Any]
    effect: str
    done: dict[str, Any]


@dataclass(frozen=True)
class Seen:
    """One turn of a record, after those before it."""

    case: Case
    record: Record
    at: int

    @property
    def turn(self) -> TurnRecord:
        return self.record.turns[self.at]

    # --- how it ended --------------------------------------------------------------------------------------------

    @cached_property
    def end(self) -> dict[str, Any]:
        """The last event that ends a turn or waits for the person; empty where there is none."""
        kinds = ("answer", "failed", "question")
        return next((event for event in reversed(self.turn.events) if event["event"] in kinds), {})

    @property
    def answer(self) -> dict[str, Any] | None:
        return self.end if self.end.get("event") == "answer" else None

    @property
    def ending(self) -> str:
        """`failed: No column 'x'`: how the turn ended, for a reason; of an answer its first words."""
        if not self.end:
            return "the turn has no end"
        kind = {"answer": "answered", "failed": "failed", "question": "asked"}[self.end["event"]]
        return f"{kind}: {short(str(self.end.get('text', '')))}"

    @property
    def missing(self) -> str:
        """What the answer says that the data does not hold."""
        return str((self.answer or {}).get("values", {}).get("missing", ""))

    @property
    def broke(self) -> bool:
        """Whether the end is no judgement of the request: out of time, killed, or a mistake of our own."""
        return bool(self.end.get("interrupted")) or str(self.end.get("text", "")).startswith((f"{TIMEOUT}:", DEFECT))

    @cached_property
    def questions(self) -> list[str]:
        """What the person was asked about her request."""
        asked = [event for event in self.turn.events if event["event"] == "question"]
        return [str(event["text"]) for event in asked if list(event.get("options", [])) not in CHOICES]

    # --- what ran ------------------------------------------------------------------------------------------------

    @cached_property
    def calls(self) -> list[Call]:
        """The steps that were done, in order; a later plan's steps replace those of an earlier one."""
        cards: dict[int, dict[str, Any]] = {}
        done = []
        for event in self.turn.events:
            if event["event"] == "plan":
                cards |= {step["id"]: step for step in event["steps"]}
            elif event["event"] == "step_done":
                card = cards.get(event["id"], {})
                done.append(Call(card.get("tool", ""), card.get("arguments", {}), card.get("effect", ""), event))
        return done

    @cached_property
    def models(self) -> list[Call]:
        """The steps that made a model."""
        return [
            call for call in self.calls if any(made.get("kind") == "model" for made in call.done.get("artefacts", []))
        ]

    # --- what came out -------------------------------------------------------------------------------------------

    @cached_property
    def table(self) -> Table | None:
        """The answer's table, whole: what the last step showed, or the dataset it made where it showed nothing."""
        for call in reversed(self.calls):
            if call.done.get("table") is not None:
                return self._result(call.done["table"])
            if call.done.get("dataset") in self.turn.tables:
                return self._kept(self.turn.tables[call.done["dataset"]])
        shown = (self.answer or {}).get("table")
        return self._result(shown) if self.turn.result or shown else None

    def _result(self, shown: dict[str, Any] | None) -> Table:
        if self.turn.result:
            return self._kept(self.turn.result)
        rows = (shown or {}).get("rows", [])
        if (shown or {}).get("row_count") not in (None, len(rows)):
            raise Lost("The record holds the first rows of its result only. Run the case again.")
        return table_of(rows, (shown or {}).get("columns", []))

    def _kept(self, name: str) -> Table:
        return read_table(self.file(name))

    def file(self, name: str) -> Path:
        """A file of the record. Raises Lost."""
        path = self.record.folder / name
        if not path.is_file():
            raise Lost(f"The record's file {path.name} is gone. Run the case again.")
        return path

    @property
    def values(self) -> dict[str, Any]:
        """Single values of the answer. The count of rows of a one-row table says nothing, and is left out."""
        found = dict((self.answer or {}).get("values", {}))
        found.pop("missing", None)
        if found.get("row_count") == 1:
            found.pop("row_count")
        return {name: value for name, value in found.items() if isinstance(value, bool | int | float | str | None)}

    # --- datasets ------------------------------------------------------------------------------------------------

    def head(self, name: str) -> str:
        """The version of a dataset after the turn, `orders@2`; of the newest where no name is given; empty for none."""
        if not name:
            return next(iter(self.turn.heads.values()), "")
        known = {dataset.casefold(): ref for dataset, ref in self.turn.heads.items()}
        return known.get(name.casefold(), "")

    def dataset(self, ref: str, folder: Path) -> Path | None:
        """The Parquet file of a version: as a turn so far left it, or the case's own file, loaded anew into `folder`.

        None for a version that neither holds. Raises Lost where a file is gone.
        """
        for turn in reversed(self.record.turns[: self.at + 1]):
            if ref in turn.tables:
                return self.file(turn.tables[ref])
        original = self._original(ref)
        return None if original is None else load_original(original, folder)

    def _original(self, ref: str) -> Path | None:
        """The case's file behind a version that was there before the first turn."""
        if ref not in self.record.turns[0].before.values():
            return None
        names = {snake_case(data.name or Path(data.path).stem): Path(data.path) for data in self.case.data}
        return names.get(ref.partition("@")[0], next(iter(names.values())) if len(names) == 1 else None)

    def changed(self) -> Iterator[str]:
        """`orders@1 -> orders@2`: each dataset that this turn made, changed or took away."""
        for name in {**self.turn.before, **self.turn.heads}:
            before, after = self.turn.before.get(name, "nothing"), self.turn.heads.get(name, "nothing")
            if before != after:
                yield f"{before} -> {after}"


def short(text: str, limit: int = 120) -> str:
    """The text in one line, cut short."""
    words = " ".join(text.split())
    return words if len(words) <= limit else f"{words[: limit - 1]}…"


def load_original(path: Path, folder: Path) -> Path:
    """A case's data file as the assistant loads it, as Parquet in `folder`. Raises Lost."""
    try:
        with tempfile.TemporaryDirectory() as project, Workspace(Path(project)) as workspace:
            return folder / keep_dataset(workspace, load(workspace, path).ref, folder, "original")
    except ToolError as error:
        raise Lost(f"The case's data can't be read: {error}") from error
