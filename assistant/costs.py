"""What a build will about cost, told before it starts, where its table is there already."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from assistant.events import PlannedStep
from tools.workspace import Workspace

if TYPE_CHECKING:
    from automl.builds import Estimate


def with_cost(workspace: Workspace, card: PlannedStep) -> PlannedStep:
    """The card of a training with what it will about cost."""
    cost = cost_of(workspace, card.tool, card.arguments)
    return card if cost is None else card.model_copy(update={"why": f"{card.why} It takes {cost}.".strip()})


def cost_of(workspace: Workspace, tool: str, arguments: Mapping[str, Any]) -> "Estimate | None":
    """What a training of a table that is there already will about cost; None for other steps."""
    if tool not in ("train_model", "train_forecast"):
        return None
    dataset = str(arguments.get("dataset", "")).partition("@")[0]
    version = next((head for head in workspace.datasets() if head.dataset == dataset), None)
    if version is None:
        return None
    if tool == "train_forecast":
        from automl.forecasting.models import estimate_forecast

        return estimate_forecast(version.row_count, str(arguments.get("build", "standard")))
    from automl.builds import estimate
    from automl.settings import Settings as BuildSettings

    told = {name: arguments[name] for name in ("build", "algorithms", "folds", "seconds") if arguments.get(name)}
    return estimate(BuildSettings.model_validate(told), version.row_count, len(version.columns))
