"""How a model reads texts, as the request says it: by their words, their meaning, by fine-tuning; all ways where several are named."""

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from assistant.amending.step import mended
from assistant.context import Situation

if TYPE_CHECKING:
    from assistant.plan import Step

_WAYS = {
    "fine_tune": re.compile(r"\bfine[- ]?tun|파인 ?튜닝|미세 ?조정", re.IGNORECASE),
    "meaning": re.compile(
        r"\b(?:by|from|on|with|using|only|compare) (?:\w+ and )?(?:the |its |their )?meanings?\b|\bsentence (?:vector|embedding)s?\b|\bembeddings?\b"
        r"|의미(?:\(meaning\))?(?:로|만|를|와|에|기반)|임베딩",
        re.IGNORECASE,
    ),
    "words": re.compile(
        r"\btf-?idf\b|\bbag of words\b|\bword counts\b|\b(?:by|from|on|with|using|only|compare) (?:the |its |their )?words\b|\bwords (?:only|alone)\b"
        r"|단어(?:로|만|를|와|기반|의? ?빈도)",
        re.IGNORECASE,
    ),
}


def read(steps: Sequence["Step"], situation: Situation, request: str) -> list["Step"]:
    """Models of texts that read them in the way that is named."""
    ways = [way for way, words in _WAYS.items() if words.search(request)]
    return [_read(step, ways) for step in steps]


def _read(step: "Step", ways: Sequence[str]) -> "Step":
    if step.tool != "train_text_model" or not ways:
        return step
    method = ways[0] if len(ways) == 1 else "auto"
    if step.arguments.get("method", "auto") == method:
        return step
    return mended(step, "how the texts are read, as the request says.", step.tool, step.arguments | {"method": method})
