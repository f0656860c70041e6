"""Predict every row: of a dataset into a file of the project, of a file into another file, in memory that stays flat."""

from collections.abc import Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Annotated, Any

import pyarrow as pa
from pydantic import Field

from automl.card import Card
from tools.connect import export_rows
from tools.dataset import StepRecord, Version
from tools.modelling.models import find_model, find_row_model
from tools.modelling.prediction_file import (
    ALL,
    Format,
    Wanted,
    check_excel,
    give_name,
    predict_stream,
    sweep,
    unnamed,
)
from tools.modelling.prepare import BATCH_ROWS, Preparer, open_model, prepare, remaining
from tools.modelling.tally import Tally
from tools.sources.read import open_file
from tools.sources.write import put
from tools.tool import Artefact, ColumnName, DatasetName, Job, ModelName, Outcome, Stopped, TableData, ToolError, tool
from tools.words import counted, identifier, listed
from tools.workspace import Workspace

_FORMAT = r"excel|xlsx?\b|spreadsheet|parquet|엑셀|스프레드시트|파케이"
_ONLY = r"\b(?:only|just|keep(?:ing)?|without the other|nothing but)\b|(?<!\d[명개건곳분대행])만\b|만 (?:남기|포함|넣)|열만|컬럼만"
_EVERY = (
    r"(?:every|each|all)(?: the)? (?:class|categor|probabilit)|모든 (?:클래스|확률|범주)|(?:클래스|범주)(?:별|마다)"
)
TOP = (
    r"\b(?:most|more|highly) (?:likely|probable)\b|\bat (?:the )?(?:most|highest|greatest|high) risk\b|\bmost at risk\b|\brisk(?:iest|y)\b"
    r"|\b(?:highest|greatest|largest|biggest) (?:\w+ )?(?:risk|probabilit\w+|chances?|likelihood)\b"
    r"|\b(?:who|whom|which|what)\b[^.?]*\b(?:call|contact|phone|visit|approach|write to|reach|talk to|check|inspect|look at|look after|handle)\b[^.?]*\bfirst\b"
    r"|(?:가장|제일)\s?위험|위험한 (?!이유|원인|정도)\S+|(?:위험|가능성|확률)\S*\s(?:가장 |제일 )?(?:높은|큰)|고위험|(?:것 같은|우려되는|의심되는) \S+|(?:누구|어떤|어느)[^.?]*(?:먼저|우선)[^.?]*(?:연락|전화|방문|점검|확인|관리)"
    r"|\b(?:who|which \w+) (?:will|(?:is|are) (?:likely|going) to)\b|(?:누가|누구|어떤 \S+|어느 \S+)[^.?]*(?:것 같|[할될날칠갈]까\b|[할될날칠갈]지\b)"
)
"""Words for the rows that are likeliest to be what a model looks for."""
MOST_SHOWN = 1_000
_SAVE = r"\b(?:as|into|in) an? (?:new )?(?:dataset|table)\b|\bnew (?:dataset|table)\b|새(?:로운)? ?(?:데이터|테이블|표)|(?:데이터셋|테이블|표)(?:으)?로"


@tool(
    effect="read",
    group="model",
    title="Predict every row of {dataset}",
    more={"format": _FORMAT, "columns": _ONLY, "every_class": _EVERY, "save_as": _SAVE, "top": TOP},
)
def predict_dataset(
    job: Job,
    dataset: DatasetName,
    model: ModelName | None = None,
    format: Format = "csv",
    columns: list[ColumnName] | None = None,
    every_class: bool = False,
    save_as: str | None = None,
    top: Annotated[int, Field(ge=1, le=MOST_SHOWN)] | None = None,
) -> Outcome:
    """Predict every row of a dataset and write a CSV file with all its columns, the prediction and its probability.

    Args:
        dataset: The dataset whose rows to predict.
        model: The model; the newest one when left out.
        format: csv, parquet or xlsx (Excel).
        columns: Only these columns stand beside the prediction; all when left out.
        every_class: Whether each class gets a column with its probability.
        save_as: A name, where the rows with their predictions shall also be a new dataset, to chart or filter.
        top: How many rows the answer shows, those with the highest probability or number first.
    """
    version = job.workspace.version(dataset)
    if format == "xlsx":
        check_excel(version.row_count)
    card, wanted = find_row_model(job.workspace, model), Wanted(columns, every_class, top)
    if save_as is not None:
        return _saved(job, version, card, format, wanted, save_as)
    with predicted(job, version, card, format, wanted) as (made, done):
        file = put(made, job.workspace.files, _stem(version), format)
    return replace(done, file=file).outcome(f"of {version.dataset}")


@dataclass(frozen=True)
class Done:
    """A batch of predictions in its file."""

    card: Card
    tally: Tally
    notes: list[str]
    file: Path

    def outcome(self, what: str) -> Outcome:
        """What is said of it; `what` tells whose rows they were."""
        tally, card = self.tally, self.card
        kept = tally.columns[: -len(tally.added)]
        beside = "every input column" if tally.whole else listed(kept) or "no other column"
        said = [
            f"Predicted {card.target} for {tally.told()} {what} with the model '{card.name}': {tally.words()}.",
            f"Wrote {self.file.name}, with {beside} and {listed(tally.added)}.",
            tally.shown(),
            *self.notes,
        ]
        rows = tally.rows if tally.top is None else len(tally.preview)
        return Outcome(
            text=" ".join(filter(None, said)),
            table=TableData(columns=tally.columns, rows=tally.preview, row_count=rows),
            values={"model": card.name, "target": card.target, "rows": tally.rows, "file": self.file.name}
            | tally.values()
            | {"columns": tally.columns},
            artefacts=[Artefact(kind="file", name=self.file.name, path=str(self.file))],
        )


@contextmanager
def predicted(
    job: Job, version: Version, card: Card, format: Format, wanted: Wanted = ALL
) -> Iterator[tuple[Path, Done]]:
    """The predictions of a version's rows, finished but without a name yet, in the project's files."""
    workspace = job.workspace
    sweep(workspace.files)
    schema, batches = workspace.batches(f"SELECT * FROM {identifier(version.ref)}", size=BATCH_ROWS)
    with _ready(workspace, card, schema, version) as preparer:
        tally = Tally(card, whole=wanted.columns is None, top=wanted.top)
        stream = predict_stream(preparer, schema, batches, tally, wanted)
        with unnamed(workspace.files, (stream[0], _watched(job, stream[1], version.row_count)), format) as made:
            yield made, Done(card, tally, preparer.said(), made)


def _stem(version: Version) -> str:
    return f"{version.dataset}_predictions"


def predict_file(
    workspace: Workspace, model_name: str | None, data: Path, out: Path, wanted: Wanted = ALL, job: Job | None = None
) -> Outcome:
    """Predict every row of a file into another file (.csv, .parquet or .xlsx), which must not exist yet."""
    if out.exists():
        raise ToolError(f"{out} exists already. Give another --out, or remove it first.")
    if not out.parent.is_dir():
        raise ToolError(f"There is no folder {out.parent} to write {out.name} into. Make it first.")
    format = _format_of(out)
    card = find_model(workspace, model_name)
    if card.forecast:
        from tools.forecast import forecast_file

        return forecast_file(job or Job(workspace), card, data, out)
    with file_predicted(job or Job(workspace), card, data, out.parent, format, wanted) as (made, done):
        give_name(made, out)
    return replace(done, file=out).outcome(f"of {data.name}")


def _format_of(out: Path) -> Format:
    formats: dict[str, Format] = {".csv": "csv", ".parquet": "parquet", ".xlsx": "xlsx"}
    if out.suffix.lower() not in formats:
        raise ToolError(
            f"Predictions are written as .csv, .parquet or .xlsx, not '{out.suffix or out.name}'. Rename {out.name}."
        )
    return formats[out.suffix.lower()]


@contextmanager
def file_predicted(
    job: Job, card: Card, data: Path, folder: Path, format: Format, wanted: Wanted = ALL
) -> Iterator[tuple[Path, Done]]:
    """The predictions of a file's rows, finished but without a name yet, in a folder."""
    if folder == job.workspace.files:
        sweep(folder)
    with open_file(data) as opened:
        if opened.source["assumed"].get("no_rows"):
            raise ToolError(f"{data.name} holds no rows to predict, only column names.")
        assumed = opened.source["assumed"]
        left = opened.source["rejected"] + assumed.get("lines_below_the_table", 0)
        empty = assumed.get("empty_rows", 0) + assumed.get("blank_lines", 0)
        with _ready(job.workspace, card, opened.schema) as preparer:
            tally = Tally(card, whole=wanted.columns is None, top=wanted.top)
            stream = predict_stream(preparer, opened.schema, opened.batches, tally, wanted)
            with unnamed(folder, (stream[0], _watched(job, stream[1], 0)), format) as made:
                yield made, Done(card, tally, [*preparer.said(), *_left_out(data, left, empty)], made)


def _left_out(data: Path, left: int, empty: int) -> list[str]:
    """Why a file has more lines than rows that were predicted."""
    lines = [f"{left:,} lines of {data.name} are no rows of its table and got no prediction."] if left else []
    rows = [f"{counted(empty, 'row')} of {data.name} without any value got no prediction."] if empty else []
    return [*lines, *rows]


def _ready(workspace: Workspace, card: Card, schema: pa.Schema, version: Version | None = None) -> Preparer:
    """What predicts rows of that schema; a version of this project skips the steps that it has been through."""
    saved, recipe = open_model(workspace, card.name, final=True)
    return prepare(saved, remaining(workspace, recipe, version) if version else recipe, schema)


def _watched(job: Job, tables: Generator[pa.Table, None, None], total: int) -> Generator[pa.Table, None, None]:
    """The tables, with progress told and a stop obeyed between them."""
    done = 0
    try:
        for table in tables:
            if job.cancelled():
                raise Stopped("The predictions were stopped; no file was kept.")
            yield table
            done += table.num_rows
            of = f" of {total:,}" if total else ""
            job.progress(min(done / total, 1.0) if total else 0.5, f"Predicted {done:,}{of} rows")
    except pa.ArrowException as error:  # a stop interrupts what is being read
        if job.cancelled():
            raise Stopped("The predictions were stopped; no file was kept.") from error
        raise
    finally:
        tables.close()


def _saved(job: Job, version: Version, card: Card, format: Format, wanted: Wanted, name: str) -> Outcome:
    """The predictions as a new dataset, and as the file that is made from it."""
    import pyarrow.parquet

    workspace = job.workspace
    arguments = {"dataset": version.ref, "model": card.name, "save_as": name}
    text = f"Predictions of {version.ref} by the model '{card.name}'."
    step = StepRecord(tool="predict_dataset", arguments=arguments, text=text, run=job.run)
    with predicted(job, version, card, "parquet", wanted) as (rows, done):
        open_rows: Any = pyarrow.parquet.ParquetFile
        file = open_rows(rows)
        batches = pa.RecordBatchReader.from_batches(file.schema_arrow, file.iter_batches())
        made = workspace.add_dataset(workspace.free_name(name), batches, step)
    exported = export_rows(workspace, f"FROM {identifier(made.ref)}", _stem(version), format, made.row_count)
    told = replace(done, file=exported).outcome(f"of {version.dataset}")
    return told.model_copy(
        update={
            "text": f"{told.text} The rows are also the dataset {made.dataset}.",
            "dataset": made.ref,
            "rows": (0, made.row_count),
            "artefacts": [Artefact(kind="dataset", name=made.ref), *told.artefacts],
        }
    )
