"""A run's folder written by hand: cases, records and their Parquet files, without any model."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from evals.case import Answers, Case, Check, Data, TableIs, Turn
from evals.record import Column, Record, RunFile, TurnRecord

LOCAL = Column(model="local", prompt="current")
VERSIONS = {"weights": "w1", "prompt": "p1", "schema": "s1", "code": "c1", "data": "d1"}


def ask(
    name: str, say: str = "How many?", *, checks: Sequence[Check] = (), data: str = "orders.csv", **more: Any
) -> Case:
    """A case of one turn; without checks it asks for any answer."""
    checks = list(checks) or [Answers()]
    return Case(id=name, data=[Data(path=f"/data/{data}")], turns=[Turn(say=say, checks=checks)], **more)


def counted(*rows: list[Any]) -> TableIs:
    return TableIs(accepted=[list(rows)])


def answered(text: str = "12 orders.", **more: Any) -> TurnRecord:
    """A turn of one query step that was answered."""
    events: list[dict[str, Any]] = [
        {"event": "asked", "text": "How many?"},
        {"event": "plan", "steps": [{"id": 1, "tool": "query_data", "arguments": {"sql": "SELECT 12"}, "why": ""}]},
        {"event": "step_started", "id": 1},
        {"event": "step_done", "id": 1, "seconds": 0.25, "text": text, "sql": "SELECT 12"},
        {"event": "answer", "text": text} | {key: more.pop(key) for key in ("table", "values") if key in more},
    ]
    given = {"seconds": 3.0, "plan_seconds": 2.0, "tokens_read": 900, "tokens_written": 100, "model_calls": 2}
    return TurnRecord(events=events, **(given | more))


def failed(text: str = "No table 'sale'.", **more: Any) -> TurnRecord:
    return TurnRecord(events=[{"event": "failed", "text": text}], **({"seconds": 1.0} | more))


def record(case: str, turn: TurnRecord | None, column: Column = LOCAL, repeat: int = 0, **more: Any) -> Record:
    """An attempt of one turn; without a turn the infrastructure broke."""
    given: dict[str, Any] = {"versions": VERSIONS, "key": f"{case}-{column.model}-{column.prompt}-{repeat}"}
    broken = "" if turn else "the server is gone"
    turns = [turn] if turn else []
    return Record(case=case, repeat=repeat, **column.model_dump(), turns=turns, infrastructure=broken, **(given | more))


def write_run(folder: Path, cases: Sequence[Case], records: Sequence[Record], **more: Any) -> Path:
    """The folder, in the form that `evals.run.read_run` reads."""
    folder.mkdir(parents=True, exist_ok=True)
    columns = [Column.model_validate(dict(c)) for c in dict.fromkeys(_column(r) for r in records)]
    given: dict[str, Any] = {"created": "2026-11-22 10:00", "suites": ["own"], "columns": columns}
    run = RunFile(name=folder.name, records=[r.key for r in records], **(given | more))
    (folder / "run.json").write_text(run.model_dump_json(), encoding="utf-8")
    lines = [case.model_dump_json() for case in cases]
    (folder / "cases.jsonl").write_text("".join(line + "\n" for line in lines), encoding="utf-8")
    for one in records:
        place = folder / "records" / one.key
        place.mkdir(parents=True, exist_ok=True)
        (place / "record.json").write_text(one.model_dump_json(exclude={"folder"}), encoding="utf-8")
    return folder


def _column(one: Record) -> tuple[tuple[str, Any], ...]:
    return ("model", one.model), ("prompt", one.prompt), ("subject", one.subject)


def write_table(path: Path, columns: dict[str, list[Any]]) -> str:
    """A Parquet file, by the name that a record calls it."""
    import pyarrow as pa
    from pyarrow.parquet import write_table as write

    path.parent.mkdir(parents=True, exist_ok=True)
    write(pa.table(columns), path)  # type: ignore[no-untyped-call]
    return path.name


def as_json(path: Path) -> Any:
    return json.loads(path.read_text(encoding="utf-8"))
