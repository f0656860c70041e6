"""Looking back: the steps of a dataset, undo, return to a version, and the steps as an SQL script."""

from collections.abc import Sequence
from pathlib import Path
from typing import Literal

from tools.moves import Move
from tools.script import history_script, lineage
from tools.tool import Artefact, DatasetName, Job, Outcome, TableData, ToolError, listed, tool
from tools.transforms.sql import counted
from tools.workspace import Version, Workspace


@tool(effect="derive", group="history", title="Undo the last {scope}")
def undo(job: Job, scope: Literal["request", "step"] = "request") -> Outcome:
    """Take back the last request, or only its last step. Saying undo again goes one further back.

    Args:
        scope: request takes back everything the last request did, step only its last step.
    """
    workspace = job.workspace
    undone = workspace.take_back(scope)
    if not undone:
        return Outcome(text="There is nothing to undo: no step has been done yet." + _models_stay(workspace))
    words = [_did(workspace, move) for move in undone]
    net = _net(undone)
    parts = [f"Took back the last {scope} ({listed(words)})."]
    parts += [_returned(workspace, dataset, before, after) for dataset, (before, after) in net.items()]
    dataset, (before, after) = next(iter(net.items()))
    rows = (_rows(workspace, dataset, after), _rows(workspace, dataset, before))
    return Outcome(
        text=" ".join(parts) + _models_stay(workspace),
        dataset=f"{dataset}@{before}" if before else None,
        rows=rows,
        values={"undone": words, "datasets": list(net)},
    )


def _net(undone: Sequence[Move]) -> dict[str, tuple[int | None, int | None]]:
    """Per dataset, where it points now and where it pointed before the undo."""
    net: dict[str, tuple[int | None, int | None]] = {}
    for move in undone:
        first = net.get(move.dataset, (move.before, None))[0]
        net[move.dataset] = (first, move.after)
    return net


def _did(workspace: Workspace, move: Move) -> str:
    """What a move was, in words."""
    if move.after is None:
        return f"removed {move.dataset}"
    version = workspace.version(f"{move.dataset}@{move.after}")
    loaded_anew = version.parent is None and version.number > (move.before or 0)
    if move.before is not None and version.parent != f"{move.dataset}@{move.before}" and not loaded_anew:
        return f"returned to {version.ref}"
    return f"{version.step.tool.replace('_', ' ')} on {move.dataset}"


def _returned(workspace: Workspace, dataset: str, before: int | None, after: int | None) -> str:
    if before is None and after is None:
        return f"{dataset} stays out of the project."
    if before is None:
        return f"{dataset} is no longer in the project; restore {dataset}@{after} to have it again."
    now = workspace.version(f"{dataset}@{before}")
    if after is None:
        return f"{dataset} is in the project again with {counted(now.row_count, 'row')} ({now.ref})."
    then = workspace.version(f"{dataset}@{after}")
    return f"{dataset} is {now.ref} again: {_change(then, now)}."


def _change(then: Version, now: Version) -> str:
    """`880 -> 891 rows, 11 -> 12 columns`, or how many there are where nothing changed."""

    def one(before: int, after: int, noun: str) -> str:
        return counted(after, noun) if before == after else f"{before:,} -> {counted(after, noun)}"

    return f"{one(then.row_count, now.row_count, 'row')}, {one(len(then.names), len(now.names), 'column')}"


def _rows(workspace: Workspace, dataset: str, number: int | None) -> int:
    return workspace.version(f"{dataset}@{number}").row_count if number else 0


def _models_stay(workspace: Workspace) -> str:
    models = sorted(folder.name for folder in workspace.models.iterdir() if folder.is_dir() and folder.name[0] != ".")
    return f" Trained models stay as they are: {listed(models)}." if models else ""


@tool(effect="derive", group="history", title="Go back to {version}")
def restore_version(job: Job, version: str) -> Outcome:
    """Make an earlier or later version of a dataset the current one. Nothing is lost: undo goes back again.

    Args:
        version: the version to return to, a dataset's name and a number such as sales@2.
    """
    workspace = job.workspace
    wanted = workspace.version(version)
    current = next((head for head in workspace.datasets() if head.dataset == wanted.dataset), None)
    if current == wanted:
        others = [one.ref for one in workspace.versions(wanted.dataset) if one != wanted]
        text = f"{wanted.ref} already is the current version of {wanted.dataset}."
        return Outcome(text=text + (f" There also is {listed(others)}." if others else ""), dataset=wanted.ref)
    workspace.set_head(wanted.ref, run=job.run)
    before = current.row_count if current else 0
    change = _change(current, wanted) if current else counted(wanted.row_count, "row")
    return Outcome(
        text=f"{wanted.dataset} is {wanted.ref} again: {change}.",
        dataset=wanted.ref,
        rows=(before, wanted.row_count),
        columns=(len(current.names) if current else 0, len(wanted.names)),
    )


@tool(effect="read", group="history", title="Show the steps of {dataset}")
def list_steps(job: Job, dataset: DatasetName) -> Outcome:
    """Show what was done to a dataset, step by step, with the rows before and after and the SQL.

    Args:
        dataset: the dataset to look back on.
    """
    version = job.workspace.version(dataset)
    history = job.workspace.history(version)
    rows = []
    parent: Version | None = None
    for one in history:
        before = parent.row_count if parent else None
        rows.append([one.ref, one.step.tool, before, one.row_count, one.step.text, one.step.sql])
        parent = one
    steps = len(history) - 1
    done = counted(steps, "step") if steps else "no step yet"
    return Outcome(
        text=f"{version.ref}: {done} since {history[0].ref} ({history[0].row_count:,} -> {version.row_count:,} rows).",
        dataset=version.ref,
        table=TableData(
            columns=["version", "step", "rows before", "rows after", "what it did", "sql"],
            rows=rows,
            row_count=len(rows),
        ),
        values={"steps": steps},
    )


@tool(effect="read", group="history", title="Write the steps of {dataset} as an SQL script")
def write_script(job: Job, dataset: DatasetName) -> Outcome:
    """Write everything that was done to a dataset into one SQL file that runs in DuckDB.

    Args:
        dataset: the dataset whose steps are written.
    """
    version = job.workspace.version(dataset)
    versions = lineage(job.workspace, version)
    text = history_script(versions)
    path = _write_new(job.workspace.files, version.dataset, text)
    made = len([one for one in versions if one.step.sql])
    return Outcome(
        text=f"Wrote the {counted(made, 'SQL step')} of {version.ref} to {path.name}.",
        dataset=version.ref,
        sql=text,
        values={"script": text},
        artefacts=[Artefact(kind="file", name=path.name, path=str(path))],
    )


def _write_new(folder: Path, stem: str, text: str) -> Path:
    """Write to `<stem>.sql`, or to the first free `<stem>_2.sql`: a script is never overwritten."""
    for number in range(1, 10_000):
        path = folder / (f"{stem}.sql" if number == 1 else f"{stem}_{number}.sql")
        try:
            with path.open("x", encoding="utf-8") as file:
                file.write(text)
        except FileExistsError:
            continue
        return path
    raise ToolError(f"There are too many scripts called {stem} in {folder}. Remove some.")
