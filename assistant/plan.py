"""A plan: typed steps of the catalogue, the JSON schema a model fills, and the checks no schema can say."""

from typing import Any

from pydantic import BaseModel, ConfigDict


class Step(BaseModel):
    """One call of a tool, with the reason a person reads."""

    model_config = ConfigDict(frozen=True)
    tool: str
    arguments: dict[str, Any] = {}
    why: str = ""
