"""What a schedule reads and with which model: said when it is made, not when its first run fails."""

from collections.abc import Sequence
from pathlib import Path

from automl.card import Card
from tools.dataset import Version
from tools.forecast import check_horizon
from tools.forecasting.inputs import check_columns as check_series
from tools.modelling.models import find_model, model_cards
from tools.modelling.prepare import check_columns
from tools.scheduling.refresh import source_of
from tools.scheduling.work import files_of
from tools.tool import ToolError
from tools.workspace import Workspace


def model_for(workspace: Workspace, model: str | None, dataset: str | None) -> Card:
    """The model of that name, or the newest one that reads the dataset; where none does, the newest, to say what is wrong."""
    newest = find_model(workspace, model)
    if model or not dataset:
        return newest
    version = workspace.version(dataset)
    return next((card for card in model_cards(workspace) if not _unread(workspace, card, version)), newest)


def check_reach(card: Card, horizon: int | None) -> None:
    """Raises ToolError where a model does not forecast so many steps ahead."""
    if card.forecast:
        check_horizon(card, horizon)
    elif horizon is not None:
        raise ToolError(
            f"A horizon is of forecasts, and '{card.name}' predicts rows. Leave it out, or name a forecast."
        )


def source(
    workspace: Workspace, card: Card, dataset: str | None, path: str | None, *, refresh: bool
) -> tuple[str, str, str]:
    """The dataset or the files that are predicted, and the version whose steps are done again; what is not so is empty."""
    if path and not refresh:
        if not files_of(workspace, path) and not any(sign in path for sign in "*?["):
            raise ToolError(
                f"There is no file {path} to predict. Name one that is there, or a pattern such as inbox/*.csv."
            )
        return "", path, ""
    own = [workspace.version(card.dataset.split("@")[0])] if card.forecast else workspace.datasets()
    version = fitting(workspace, card, [workspace.version(dataset)] if dataset else own)
    return (version.dataset, source_of(workspace, version, path), version.ref) if refresh else (version.dataset, "", "")


def fitting(workspace: Workspace, card: Card, heads: Sequence[Version]) -> Version:
    """The first of these that has the columns the model needs: said now, not when the first run fails."""
    errors = []
    for head in heads:
        error = _unread(workspace, card, head)
        if error is None:
            return head
        errors.append(error)
    raise errors[0] if errors else ToolError("There is nothing to predict yet: load a file first, or name a path.")


def _unread(workspace: Workspace, card: Card, head: Version) -> ToolError | None:
    """Why the model can't read a dataset; None where it can."""
    try:
        (check_series if card.forecast else check_columns)(workspace, card, head)
    except ToolError as error:
        return error
    return None


def stem(path: str) -> str:
    """What predictions of a file, or of files of a pattern, are called after."""
    return Path(path).stem.replace("*", "") or Path(path).parent.name or "files"
