"""The models of a project: one folder each under `models/`, complete or absent.

A build works in a hidden folder beside them and is renamed when it is done, so that no half-made model is ever seen.
"""

import shutil
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal

from automl.card import FILE, Card, Lineage, read_card, write_card
from tools.modelling.words import metrics_of
from tools.moves import MODELS, Move
from tools.tool import Artefact, Job, Outcome, TableData, ToolError
from tools.words import meant, snake_case
from tools.workspace import TRASH, Workspace

_BUILDING = ".building-"
_PROCESS = uuid.uuid4().hex[:12]
"""Tells this process's builds from those a killed one left; process ids come round again, this does not."""


def model_cards(workspace: Workspace) -> list[Card]:
    """The cards of all models, the newest first."""
    return sorted(_cards(workspace.models), key=lambda card: card.created, reverse=True)


def _cards(folder: Path) -> Iterator[Card]:
    """The cards of the models in a folder, each under the name that its own folder has: renaming is one move."""
    for path in folder.iterdir() if folder.is_dir() else ():
        if not path.name.startswith(".") and (path / FILE).is_file():
            yield read_card(path).model_copy(update={"name": path.name})


def find_model(workspace: Workspace, name: str | None) -> Card:
    """The model of that name, whatever its case, or the newest one. Raises ToolError where there is none."""
    cards = model_cards(workspace)
    if not cards:
        raise ToolError("This project has no model yet. Build one first: train_model(dataset, target).")
    if name is None:
        return cards[0]
    named = {card.name: card for card in cards}
    return named[meant("model", name, list(named))]


def find_row_model(workspace: Workspace, name: str | None) -> Card:
    """The same of models that predict rows; a forecast continues series, which is another tool's work."""
    cards = [card for card in model_cards(workspace) if not card.forecast]
    card = cards[0] if name is None and cards else find_model(workspace, name)
    if card.forecast:
        raise ToolError(
            f"'{card.name}' forecasts what comes next, it predicts no rows. Use forecast, with changes for what-if."
        )
    return card


def find_reader(workspace: Workspace, name: str | None, modality: Literal["text", "image"]) -> Card:
    """The model of that name, or the newest one that reads text or pictures. Raises ToolError where it does not."""
    readers = [card for card in model_cards(workspace) if card.modality == modality]
    card = find_model(workspace, name) if name or not readers else readers[0]
    if card.modality != modality:
        what, tool = {"text": ("text", "train_text_model"), "image": ("pictures", "train_image_model")}[modality]
        raise ToolError(f"The model '{card.name}' does not read {what}. Build one with {tool} first.")
    return card


def folder_of(workspace: Workspace, card: Card) -> Path:
    """Where a model lives."""
    return workspace.models / card.name


def artefact(workspace: Workspace, card: Card) -> Artefact:
    """The model as something that a step made."""
    return Artefact(kind="model", name=card.name, path=str(folder_of(workspace, card)))


def outcome_of(
    workspace: Workspace, card: Card, text: str, values: dict[str, Any], table: TableData | None = None
) -> Outcome:
    """What a step tells that made or changed a model: its words and values, the model's scores, and the model."""
    return Outcome(
        text=text, table=table, metrics=metrics_of(card), values=values, artefacts=[artefact(workspace, card)]
    )


@contextmanager
def building(workspace: Workspace) -> Iterator[Path]:
    """A hidden folder to build in, gone afterwards. What killed processes left is swept away first."""
    sweep(workspace)
    folder = workspace.models / f"{_BUILDING}{_PROCESS}-{uuid.uuid4().hex[:8]}"
    folder.mkdir()
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def sweep(workspace: Workspace) -> None:
    """Remove what builds of other processes left. Only one process has a project open, so those have ended."""
    for path in workspace.models.glob(f"{_BUILDING}*"):
        if not path.name.startswith(f"{_BUILDING}{_PROCESS}-"):
            shutil.rmtree(path, ignore_errors=True)


def revise(job: Job, card: Card, changed: str, did: str, **update: object) -> Card:
    """The next revision of a model's card; the one before stays beside it as `card@1.json`, and undo brings it back."""
    folder = folder_of(job.workspace, card)
    new = card.model_copy(update={**update, "revision": card.revision + 1, "changed": changed})
    shutil.copy(folder / FILE, folder / f"card@{card.revision}.json")
    job.workspace.write(_file(card.name), new.model_dump_json(indent=1), f"{did} {card.name}", run=job.run)
    return new


def _file(name: str) -> str:
    """Where a model's card lies within the project."""
    return f"{MODELS}/{name}/{FILE}"


def revised_by(move: Move) -> str | None:
    """The model whose card a move changed."""
    name = Path(move.file or "").parent.name
    return name if move.file == _file(name) else None


def publish(workspace: Workspace, folder: Path, card: Card) -> Card:
    """Rename a finished folder to its model's name, numbered from its second version on; the card says what it became."""
    family = snake_case(card.name)
    version = 1 + max((one.lineage.version for one in _ever(workspace) if one.family == family), default=0)
    number = version
    while True:
        name = family if number == 1 else f"{family}_{number}"
        number += 1
        if (workspace.models / name).exists():
            continue
        lineage = Lineage(family=family, version=version)
        named = card.model_copy(update={"name": name, "created": datetime.now(UTC).isoformat(), "lineage": lineage})
        write_card(named, folder)
        try:
            folder.rename(workspace.models / name)
        except OSError:
            if not (workspace.models / name).exists():
                raise
            continue  # another training of this process took the name first
        return named


def _ever(workspace: Workspace) -> Iterator[Card]:
    """The cards of all models, deleted ones too."""
    yield from _cards(workspace.models)
    yield from _cards(workspace.models / TRASH)
