"""What a plan card says of a tool that is called."""

from collections.abc import Mapping
from typing import Any

from tools.tool import Tool
from tools.words import listed, sentence

LEFT_OUT = {
    "model": "the newest model",
    "new": "an empty cell",
    "name": "a new column",
    "lower": "any",
    "upper": "any",
    "dataset": "files",
    "schedule": "",
    "models": "all models",
}
"""What a title says of an argument that was left out; of others, that everything that needs it is meant."""


def title_of(tool: Tool, arguments: Mapping[str, Any]) -> str:
    """What a plan card says: the tool's title with its `{argument}` places filled."""

    class Filled(dict[str, str]):
        def __missing__(self, key: str) -> str:
            default = tool.arguments.model_fields[key].default if key in tool.arguments.model_fields else None
            return _shown(default) or LEFT_OUT.get(key, f"every {key.rstrip('s')} that needs it")

    title = tool.title.format_map(
        Filled({name: _shown(value) for name, value in arguments.items() if value is not None})
    ).strip()
    return sentence(title)


def _shown(value: Any) -> str:
    if isinstance(value, list):
        return listed([_shown(item) for item in value], 4)
    if isinstance(value, dict):
        return " ".join(str(item) for item in value.values())
    return str(value) if isinstance(value, str | int | float) else ""
