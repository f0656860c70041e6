"""Models that read texts, as the request says it: by their words, their meaning, by fine-tuning, in what time; texts that are to sort themselves."""

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from assistant.amending.builds import seconds_said
from assistant.amending.step import mended, table_meant
from assistant.context import ColumnFact, Situation
from assistant.named import columns_named, texts

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
_TOLD = re.compile(
    r"\bwords?\b|\btf-?idf|\bmeanings?\b|\bsemantic|\bembed|\bsentences?\b|\btun(?:e|ed|ing)\b|단어|의미|임베딩|튜닝|조정",
    re.IGNORECASE,
)
"""Words of a way in other turns of phrase: then the way that a model of language chose is left."""

_BY_ITSELF = re.compile(
    r"\bautomatic(?:ally)?\b|\bby (?:it|them)sel(?:f|ves)\b|\bon (?:its|their) own\b|자동(?:으로|적으로)?|저절로|알아서",
    re.IGNORECASE,
)
_SORTS = re.compile(
    r"\b(?:sort|rout|classif|categori[sz]|assign|tag|label|triag|distribut|forward)\w*|분류|배정|배분|라우팅|태그|나눠",
    re.IGNORECASE,
)
_WORDS = 4
"""So many words a sample of a free text has on average at least."""


def sorting(steps: Sequence["Step"], situation: Situation, request: str) -> list["Step"]:
    """`sort incoming tickets automatically` is a model that reads the texts, where the table holds them beside their classes."""
    step = steps[0] if len(steps) == 1 else None
    if step is not None and step.tool == "train_model":
        return [_of_its_text(step, situation, request)]
    if step is None or step.tool.startswith(("train_", "predict_", "schedule_")) or situation.models:
        return list(steps)
    if not _BY_ITSELF.search(request) or not _SORTS.search(request):
        return list(steps)
    table = table_meant(step, situation)
    prose = [column for column in table.columns if is_prose(column)] if table else []
    classes = [column for column in table.columns if column.type == "text" and len(column.values) > 1] if table else []
    named = columns_named(request, table) if table else []
    target = [column for column in classes if column in named] or classes
    if table is None or len(prose) != 1 or len(target) != 1 or any(one not in prose + target for one in named):
        return list(steps)
    arguments = {"dataset": table.name, "text": prose[0].name, "target": target[0].name}
    return [
        mended(step, f"a model that reads {prose[0].name} can tell {target[0].name}.", "train_text_model", arguments)
    ]


_APART = re.compile(
    r"\b(?:without|ignor\w*|exclud\w*|except|(?<!or )not|leave|leaving|also|other|all|every)\b|제외|빼|말고|없이|무시",
    re.IGNORECASE,
)


def _of_its_text(step: "Step", situation: Situation, request: str) -> "Step":
    """`a model that sorts the notes to the right desk` reads the notes, where these are the table's one free text."""
    table = table_meant(step, situation)
    prose = [column for column in table.columns if is_prose(column)] if table else []
    target = [column for column in table.columns if column.name == step.arguments.get("target")] if table else []
    named = columns_named(request, table) if table else []
    sorts = _SORTS.search(request) and not _APART.search(request)
    if table is None or not sorts or len(prose) != 1 or prose[0] not in named or len(target) != 1:
        return step
    if any(one not in prose + target for one in named) or target[0].type != "text" or len(target[0].values) < 2:
        return step
    arguments = {"dataset": table.name, "text": prose[0].name, "target": target[0].name}
    return mended(step, f"a model that reads {prose[0].name} can tell {target[0].name}.", "train_text_model", arguments)


def is_prose(column: ColumnFact) -> bool:
    """Whether the samples of a column read as free text."""
    samples = [str(one) for one in texts(column)]
    return column.type == "text" and bool(samples) and sum(len(one.split()) for one in samples) >= _WORDS * len(samples)


def read(steps: Sequence["Step"], situation: Situation, request: str) -> list["Step"]:
    """Models of texts that read them in the way that is named, else in all ways, in the time that is given.

    A way that was chosen in a build before stays.
    """
    ways = [way for way, words in _WAYS.items() if words.search(request)]
    seconds = seconds_said(request)
    said: dict[str, object] = {"seconds": seconds} if seconds else {}
    chosen = _TOLD.search(request) or any(
        one["tool"] == "train_text_model" for turn in situation.turns for one in turn.steps
    )
    if ways or not chosen:
        said["method"] = ways[0] if len(ways) == 1 else "auto"
    return [
        _read(step, said, "as the request says" if ways or seconds else "which the request leaves open")
        for step in steps
    ]


def _read(step: "Step", said: dict[str, object], why: str) -> "Step":
    given = {"method": "auto"} | step.arguments
    if step.tool != "train_text_model" or said.items() <= given.items():
        return step
    return mended(step, f"how the texts are read, {why}.", step.tool, step.arguments | said)
