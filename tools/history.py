"""Looking back: the steps of a dataset, undo, return to a version, and the steps as an SQL script."""

from collections.abc import Sequence
from typing import Literal

from automl.card import Card
from tools.kept import keep_table, write_new
from tools.modelling.models import artefact, model_cards, revised_by
from tools.modelling.words import answers_again
from tools.moves import Move
from tools.rerun import sizes, steps_of
from tools.scheduling.store import schedules
from tools.script import SUFFIXES, Format, history_script, lineage
from tools.tool import Artefact, DatasetName, Job, Outcome, TableData, tool
from tools.words import counted, listed
from tools.workspace import TRASH, Workspace

_LOADS = ("load_file", "load_images")
"""Steps that bring data: a forecast is a dataset without a parent too, and is taken back."""


@tool(effect="derive", group="history", title="Undo the last {scope}")
def undo(job: Job, scope: Literal["request", "step"] = "request") -> Outcome:
    """Take back the last request, or only its last step. Saying undo again goes one further back.

    Args:
        scope: request takes back everything the last request did, step only its last step.
    """
    workspace = job.workspace
    if given := _given(workspace, workspace.last_moves(scope)):
        return Outcome(text=_nothing_since(given) + _models_stay(workspace), values={"undone": [], "datasets": []})
    undone = workspace.take_back(scope)
    if not undone:
        return Outcome(text="There is nothing to undo: no step has been done yet." + _models_stay(workspace))
    words = [_did(workspace, move) for move in undone if not move.gone]
    cards = _answering(workspace, undone)
    net = _net(undone)
    parts = [f"Took back the last {scope} ({listed(words)})."] if words else []
    parts += [f"The model '{move.was}' is there again." for move in undone if move.model and not move.gone]
    parts += [answers_again(card) for card in cards]
    parts += [_not_taken_back(_did(workspace, move)) for move in undone if move.gone]
    if not net:
        models = [artefact(workspace, card) for card in cards]
        return Outcome(text=" ".join(parts), values={"undone": words, "datasets": []}, artefacts=models)
    parts += [_returned(workspace, dataset, before, after) for dataset, (before, after) in net.items()]
    dataset, (before, after) = next(iter(net.items()))
    rows = (_rows(workspace, dataset, after), _rows(workspace, dataset, before))
    return Outcome(
        text=" ".join(parts) + _models_stay(workspace),
        dataset=f"{dataset}@{before}" if before else None,
        rows=rows,
        values={"undone": words, "datasets": list(net)},
    )


def _given(workspace: Workspace, last: Sequence[Move]) -> list[str]:
    """The datasets that came before any request, where only that could be taken back: they are no request's doing."""
    loads = [move.dataset for move in last if move.dataset and move.before is None and move.after and not move.run]
    heads = [workspace.version(name) for name in loads]
    fresh = [head.dataset for head in heads if head.parent is None and head.step.tool in _LOADS]
    return fresh if len(fresh) == len(last) else []


def _nothing_since(given: Sequence[str]) -> str:
    was = "was" if len(given) == 1 else "were"
    remove = f"To remove the data, say: delete the dataset {given[0]}."
    return f"There is nothing to take back: nothing was changed since {listed(given)} {was} loaded. {remove}"


def _net(undone: Sequence[Move]) -> dict[str, tuple[int | None, int | None]]:
    """Per dataset, where it points now and where it pointed before the undo."""
    net: dict[str, tuple[int | None, int | None]] = {}
    for move in undone:
        if not move.dataset:
            continue
        first = net.get(move.dataset, (move.before, None))[0]
        net[move.dataset] = (first, move.after)
    return net


def _answering(workspace: Workspace, undone: Sequence[Move]) -> list[Card]:
    """The models that answer otherwise again."""
    changed = {name for move in undone if not move.gone and (name := revised_by(move))}
    return [card for card in model_cards(workspace) if card.name in changed] if changed else []


def _not_taken_back(did: str) -> str:
    return f"This can't be taken back, as what it made was removed or changed by other means since: {did}."


def _did(workspace: Workspace, move: Move) -> str:
    """What a move was, in words."""
    if move.what:
        return move.what
    if move.model:
        gone = move.model.startswith(TRASH)
        return f"deleted the model {move.was}" if gone else f"renamed the model {move.was} to {move.model}"
    if move.after is None:
        return f"removed {move.dataset}"
    version = workspace.version(f"{move.dataset}@{move.after}")
    loaded_anew = version.parent is None and version.number > (move.before or 0)
    if move.before is not None and version.parent != f"{move.dataset}@{move.before}" and not loaded_anew:
        if move.run and version.step.run == move.run:
            return f"changed the steps of {move.dataset}"
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
    return f"{dataset} is {now.ref} again: {sizes(then, now)}."


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
    change = sizes(current, wanted) if current else counted(wanted.row_count, "row")
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
    base, made = steps_of(job.workspace, version)
    first = len(history) - len(made)
    rows = []
    for place, one in enumerate(history):
        number = place - first + 1 if place >= first else None
        before = history[place - 1].row_count if place else None
        name = f"{one.step.tool} (off)" if one.step.off else one.step.tool
        rows.append([number, one.ref, name, before, one.row_count, one.step.text, one.step.sql])
    done = counted(len(made), "step") if made else "no step yet"
    off = len([one for one in made if one.step.off])
    said = f"{done}{f' ({off} switched off)' if off else ''} since {base.ref}"
    return Outcome(
        text=f"{version.ref}: {said} ({base.row_count:,} -> {version.row_count:,} rows).",
        dataset=version.ref,
        table=TableData(
            columns=["no.", "version", "step", "rows before", "rows after", "what it did", "sql"],
            rows=rows,
            row_count=len(rows),
            words=["step", "what it did"],
        ),
        values={"steps": len(made)},
    )


@tool(
    effect="read",
    group="history",
    title="Write the steps of {dataset} as a script ({format})",
    more={
        "format": r"python|pandas (?:script|code)|(?:script|code)\b[^.]*pandas|notebook|jupyter|ipynb|파이썬|판다스|노트북|주피터"
    },
)
def write_script(job: Job, dataset: DatasetName, format: Format = "sql") -> Outcome:
    """Write everything that was done to a dataset into one SQL file that runs in DuckDB. Or into a Python script or notebook.

    The tables that were imported are written beside it, so that it gives the same table anywhere.

    Args:
        dataset: the dataset whose steps are written.
        format: sql, python (DuckDB and pandas) or notebook (Jupyter).
    """
    workspace = job.workspace
    version = workspace.version(dataset)
    versions = lineage(workspace, version)
    kept = {one.ref: keep_table(workspace, one) for one in versions if not one.step.sql}
    text = history_script(versions, kept, format)
    path = write_new(workspace.files, version.dataset, SUFFIXES[format], text)
    made = len(versions) - len(kept)
    files = [path, *(workspace.files / one.file for one in kept.values())]
    beside = f", which reads {listed([file.name for file in files[1:]])} beside it" if kept else ""
    return Outcome(
        text=f"Wrote the {counted(made, 'step')} of {version.ref} to {path.name}{beside}.",
        dataset=version.ref,
        sql=text if format == "sql" else None,
        values={"script": text},
        artefacts=[Artefact(kind="file", name=file.name, path=str(file)) for file in files],
    )


@tool(
    effect="derive",
    group="history",
    title="Delete the dataset {dataset}",
    asked_by=r"\b(?:delete|remove|drop|discard|throw away|get rid of) (?:the |my |this )?(?:whole |entire )?(?:\w+ )?(?:data ?set|table)\b(?!['’])"
    r"|(?:데이터 ?셋|데이터 ?세트|테이블)(?:을|를)? ?(?:통째로 |전부 |아예 )?(?:삭제|지워|없애|제거)",
)
def delete_dataset(job: Job, dataset: DatasetName) -> Outcome:
    """Delete a whole dataset from the project, with all its rows and versions. Undo brings it back.

    Args:
        dataset: the dataset to delete.
    """
    workspace = job.workspace
    gone = workspace.version(dataset).dataset
    used = [one.name for one in schedules(workspace) if one.dataset == gone]
    workspace.remove_dataset(gone, run=job.run)
    left = [one.dataset for one in workspace.datasets()]
    waits = f" Schedules that predict it fail until it is back: {listed(used)}." if used else ""
    return Outcome(
        text=f"Deleted the dataset {gone}; undo brings it back. Datasets left: {listed(left) or 'none'}.{waits}",
        values={"deleted": gone, "left": left, "schedules": used},
    )
