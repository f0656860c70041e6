"""What a model wrote: cut off where it goes round in a loop, read as JSON."""

import json
import re
from typing import Any

_LONGEST = 160
_LOOP = re.compile(rf"(.{{12,{_LONGEST}}}?)\1\1", re.DOTALL)
_OPEN_END = re.compile(r"(?:\s*(?:\bAND|\bOR|\bUNION|\bALL|\bJOIN|[,+*/(\-]))+\s*$", re.IGNORECASE)
LOOKED_AT = 40
"""Letters of a reply after which it is looked at again."""


def unlooped(text: str, since: int = 0) -> str | None:
    """What a reply says before it says the same a third time in a row, looked for from a place on; None where it does not.

    A small model does not find its way out of that. A word at the end that only joins is left off, brackets are closed.
    """
    loop = _LOOP.search(text, max(0, since - 3 * _LONGEST))
    if loop is None:
        return None
    kept = _OPEN_END.sub("", text[: loop.start() + len(loop[1])])
    return kept + ")" * (kept.count("(") - kept.count(")"))


def read_json(text: str) -> dict[str, Any]:
    """The first JSON object of a reply, fenced or bare. Raises ValueError where there is none."""
    found = re.search(r"\{", text)
    if found:
        try:
            value, _ = json.JSONDecoder().raw_decode(text[found.start() :])
        except json.JSONDecodeError as error:
            raise ValueError(f"the reply is not whole JSON: {error}") from error
        if isinstance(value, dict):
            return value
    raise ValueError(f"the reply holds no JSON object: {text[:80]!r}")
