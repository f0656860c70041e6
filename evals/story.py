"""What happened in an attempt, turn by turn, in the words of its events: for people to read in the report."""

import json
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict

from evals.attempts import Attempt
from evals.case import Turn
from evals.expected import ROWS, Expected, Table, expected
from evals.record import TurnRecord
from tools.words import counted

QUIET = ("status", "step_progress", "asked")
"""Events that tell nothing once a turn is over."""


class _Told(BaseModel):
    model_config = ConfigDict(frozen=True)


class Step(_Told):
    """One line of a plan, and what came of it."""

    id: int
    tool: str = ""
    arguments: dict[str, Any] = {}
    why: str = ""
    mark: str = "not run"
    """`done`, `failed`, `started` or `not run`."""
    text: str = ""
    """What the step said, or its error."""
    seconds: float | None = None
    sql: str = ""


class TurnStory(_Told):
    """One turn: said, planned, done, expected, got."""

    said: str
    reply: str = ""
    ran: bool
    """False where an earlier turn ended the attempt."""
    passed: bool | None
    plan: list[Step] = []
    end: str = ""
    """`answer`, `failed` or `question`: how the turn ended."""
    words: str = ""
    """The answer, the error or the question."""
    values: dict[str, Any] = {}
    expected: Expected
    got: list[Table] = []
    cost: str = ""
    events: list[str] = []
    """The events as JSON, without those that only show progress."""


def tell(attempt: Attempt) -> list[TurnStory]:
    """Every turn of the case, those that never ran as well."""
    records = attempt.record.turns
    passed = attempt.verdict.turns
    return [
        _turn(
            turn,
            records[i] if i < len(records) else None,
            folder=attempt.record.folder,
            passed=passed[i] if i < len(passed) else None,
        )
        for i, turn in enumerate(attempt.case.turns)
    ]


def _turn(turn: Turn, record: TurnRecord | None, *, folder: Path, passed: bool | None) -> TurnStory:
    asked = expected(turn.checks)
    if record is None:
        return TurnStory(said=turn.say, reply=turn.reply, ran=False, passed=passed, expected=asked)
    last: dict[str, Any] = next(
        (e for e in reversed(record.events) if e.get("event") in ("answer", "failed", "question")), {}
    )
    return TurnStory(
        said=turn.say,
        reply=turn.reply,
        ran=True,
        passed=passed,
        plan=steps(record.events),
        end=last.get("event", ""),
        words=last.get("text", ""),
        values=last.get("values") or {},
        expected=asked,
        got=list(_got(record, last, folder)),
        cost=_cost(record),
        events=[json.dumps(e, ensure_ascii=False) for e in record.events if e.get("event") not in QUIET],
    )


# --- what was done -------------------------------------------------------------------------------------------------


def steps(events: Iterable[dict[str, Any]]) -> list[Step]:
    """The steps as planned, in order, with their outcomes. A later plan replaces those that did not run."""
    found: list[Step] = []
    for event in events:
        if event.get("event") == "plan":
            found = _planned([step for step in found if step.mark in ("done", "failed")], event["steps"])
        elif event.get("event") in ("step_started", "step_done", "step_failed"):
            at = next((i for i in reversed(range(len(found))) if found[i].id == event["id"]), None)
            if at is None:
                found.append(Step(id=event["id"]))
            found[at if at is not None else -1] = _after(found[at if at is not None else -1], event)
    return found


def _planned(ran: list[Step], plan: Sequence[dict[str, Any]]) -> list[Step]:
    """What ran already, failed steps as a trace, and the plan's steps; one it repeats keeps its outcome."""
    done = [(step.id, step.tool, step.arguments) for step in ran if step.mark == "done"]
    planned = [
        Step(id=step["id"], tool=step["tool"], arguments=step.get("arguments", {}), why=step.get("why", ""))
        for step in plan
    ]
    return ran + [step for step in planned if (step.id, step.tool, step.arguments) not in done]


def _after(step: Step, event: dict[str, Any]) -> Step:
    match event["event"]:
        case "step_started":
            return step.model_copy(update={"mark": "started"})
        case "step_failed":
            return step.model_copy(update={"mark": "failed", "text": event.get("error", "")})
    told = {"text": event.get("text", ""), "seconds": event.get("seconds"), "sql": event.get("sql") or ""}
    return step.model_copy(update={"mark": "done"} | told)


def _cost(record: TurnRecord) -> str:
    """`2 steps · plan 1.2 s · 3.4 s · 3,100 tokens read, 55 written · 2 model calls`."""
    done = sum(event.get("event") == "step_done" for event in record.events)
    parts = [counted(done, "step")]
    if record.plan_seconds is not None:
        parts.append(f"first plan {record.plan_seconds:.1f} s")
    parts.append(f"{record.seconds:.1f} s in all")
    if record.tokens_read or record.tokens_written:
        parts.append(f"{record.tokens_read:,} tokens read, {record.tokens_written:,} written")
    if record.model_calls:
        parts.append(counted(record.model_calls, "model call"))
    return " · ".join(parts)


# --- what was got --------------------------------------------------------------------------------------------------


def _got(record: TurnRecord, end: dict[str, Any], folder: Path) -> Iterable[Table]:
    """The last result, and each dataset that the turn made."""
    shown = end.get("table")
    if record.result:
        yield parquet_head(folder / record.result, title="Result")
    elif shown:
        rows = shown["rows"]
        count = shown.get("row_count") or len(rows)
        yield Table(title="Result", columns=shown["columns"], rows=rows[:ROWS], row_count=count)
    for version, file in record.tables.items():
        yield parquet_head(folder / file, title=f"Dataset {version}")


def parquet_head(path: Path, *, title: str) -> Table:
    """The first rows of a Parquet file, read without the others; an empty table that says so where it is gone."""
    from pyarrow.parquet import ParquetFile

    from tools.words import plain

    if not path.is_file():
        return Table(title=f"{title}: the file {path.name} is gone", rows=[], row_count=0)
    with ParquetFile(path) as file:  # type: ignore[no-untyped-call]
        names = file.schema_arrow.names
        batch = next(file.iter_batches(batch_size=ROWS), None)
        cells = [column.to_pylist() for column in batch.columns] if batch is not None else []
        rows = [[plain(cell) for cell in row] for row in zip(*cells, strict=True)]
        return Table(title=title, columns=names, rows=rows, row_count=file.metadata.num_rows)
