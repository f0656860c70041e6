"""The catalogue: everything the assistant may do to data and models, and the one way to call it."""

import difflib
from collections.abc import Mapping
from functools import cache
from importlib import import_module
from typing import Any

from pydantic import ValidationError

from tools.tool import REGISTRY, Job, Outcome, Stopped, Tool, ToolError
from tools.words import unknown

MODULES = (
    "tools.connect",
    "tools.describe",
    "tools.query",
    "tools.statistics",
    "tools.growth",
    "tools.transforms.columns",
    "tools.transforms.types",
    "tools.transforms.cells",
    "tools.transforms.pieces",
    "tools.transforms.texts",
    "tools.transforms.text_forms",
    "tools.transforms.parts",
    "tools.transforms.moments",
    "tools.transforms.calendars",
    "tools.transforms.order",
    "tools.transforms.rows",
    "tools.transforms.rules",
    "tools.transforms.near_duplicates",
    "tools.transforms.sampling",
    "tools.transforms.missing",
    "tools.transforms.null_words",
    "tools.transforms.gaps",
    "tools.transforms.spellings",
    "tools.transforms.conflicts",
    "tools.transforms.clock_times",
    "tools.transforms.quantities",
    "tools.transforms.endings",
    "tools.transforms.outliers",
    "tools.transforms.limits",
    "tools.transforms.encode",
    "tools.transforms.bins",
    "tools.transforms.scale",
    "tools.transforms.vectors",
    "tools.transforms.sentences",
    "tools.transforms.reduce",
    "tools.transforms.balance",
    "tools.transforms.combine",
    "tools.transforms.stack",
    "tools.transforms.groups",
    "tools.transforms.fuzzy_join",
    "tools.transforms.reshape",
    "tools.transforms.nested",
    "tools.transforms.windows",
    "tools.transforms.resample",
    "tools.transforms.series",
    "tools.transforms.custom",
    "tools.quality",
    "tools.report",
    "tools.charts",
    "tools.train",
    "tools.train_text",
    "tools.pictures",
    "tools.train_image",
    "tools.evaluate",
    "tools.candidates",
    "tools.threshold",
    "tools.calibrate",
    "tools.segments",
    "tools.model_charts",
    "tools.explain",
    "tools.model_report",
    "tools.predict",
    "tools.batch",
    "tools.suppose",
    "tools.versions",
    "tools.train_forecast",
    "tools.forecast",
    "tools.export",
    "tools.schedule",
    "tools.history",
    "tools.steps",
    "tools.apply",
    "tools.compare",
)
MOST_ASKED_FOR = 6


@cache
def catalogue() -> Mapping[str, Tool]:
    """Every tool by name, in the order of the modules and of their lines, whichever was imported first."""
    for module in MODULES:
        import_module(module)
    return {
        name: entry for module in MODULES for name, entry in REGISTRY.items() if entry.function.__module__ == module
    }


def core_tools() -> list[Tool]:
    """The tools that the planner always sees."""
    return [entry for entry in catalogue().values() if not entry.asked_by]


def tools_asked_for(request: str) -> list[Tool]:
    """The tools that a request calls for by its words, beyond the core or for more than the core is told to do.

    At most so many: each costs the planner time.
    """
    return [tool for tool in catalogue().values() if tool.is_asked_for(request)][:MOST_ASKED_FOR]


def check_arguments(tool: Tool, arguments: Mapping[str, Any]) -> dict[str, Any]:
    """The arguments with their defaults, or a ToolError that names what is wrong in one line."""
    try:
        parsed = tool.arguments.model_validate(dict(arguments))
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        where = ".".join(str(part) for part in first["loc"]) or "arguments"
        known = list(tool.arguments.model_fields)
        near = difflib.get_close_matches(where, known, n=1)
        hint = f" Did you mean '{near[0]}'?" if first["type"] == "extra_forbidden" and near else ""
        raise ToolError(
            f"{tool.name}: '{where}': {first['msg'].lower()} (got {first.get('input')!r:.80}).{hint} Arguments: {', '.join(known)}."
        ) from error
    return {name: getattr(parsed, name) for name in tool.arguments.model_fields}


def call(job: Job, name: str, arguments: Mapping[str, Any]) -> Outcome:
    """Run a tool. Chat, clicks, command line and evals all come through here.

    Raises ToolError for what the person or the model can mend, Stopped where she stopped it; anything else is a defect
    of ours.
    """
    import duckdb

    from tools.derive import run_transform

    tools = catalogue()
    if name not in tools:
        raise ToolError(unknown("tool", name, list(tools)))
    tool = tools[name]
    checked = check_arguments(tool, arguments)
    try:
        outcome: Outcome = run_transform(job, tool, checked) if tool.is_transform else tool.function(job, **checked)
    except (ToolError, duckdb.InterruptException) as error:
        if job.cancelled():
            raise Stopped("Stopped.") from error
        raise
    return outcome
