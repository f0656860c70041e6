"""What is asked besides a build: its leaderboard, what matters in it; and builds that read a text because the request says so."""

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from assistant.amending.reading import is_prose
from assistant.amending.step import mended, table_of
from assistant.context import Situation
from assistant.named import columns_named

if TYPE_CHECKING:
    from assistant.plan import Step

_LOOKS = (
    ("compare_candidates", r"\bleader ?board\b|\bcompare (?:the |all )?(?:candidates|algorithms)\b|\bwhich (?:algorithm|candidate) (?:is|was|does|did)\b|리더 ?보드|(?:후보|알고리즘)\S* ?비교"),
    ("explain_model", r"\b(?:what|which \w+) (?:really |mostly )?(?:matters?|counts?|drives? it|are (?:the )?most important)\b|\b(?:feature|variable) importances?\b|\bmost important (?:columns|features|variables|factors)\b|(?:변수|특성|컬럼) ?중요도|중요한 ?(?:변수|컬럼|요인)"),
)  # fmt: skip
_FROM_TEXT = re.compile(
    r"\b(?:from|by|based on|using|read\w*|given)\b[^.?]{0,12}\b(?:text|wording|what (?:people|they|customers) (?:write|wrote|say|said))\b|\bfrom (?:the|their|its|an?) \w+ text\b|텍스트(?:만)?(?:로|를|으로)|글(?:만)?(?:로|을) ?(?:보고|읽고)|(?:리뷰|후기|내용|글|본문)(?:만)? ?(?:을|를)? ?(?:읽고|보고)",
    re.IGNORECASE,
)


def with_build(steps: Sequence["Step"], situation: Situation, request: str) -> list["Step"]:
    """A build of one text column where the request says so, and after a build the looks that are asked for with it."""
    made = [_read(step, situation, request) for step in steps]
    built = [step for step in made if step.tool == "train_model" and step.arguments.get("build") != "preview"]
    if not built:
        return made
    wanted = [tool for tool, words in _LOOKS if re.search(words, request, re.IGNORECASE)]
    there = {step.tool for step in made}
    return made + [mended(built[-1], "asked for with the build.", tool, {}) for tool in wanted if tool not in there]


def _read(step: "Step", situation: Situation, request: str) -> "Step":
    """`tell from the review text whether it is returned` reads that text."""
    table = table_of(step, situation) if step.tool == "train_model" and _FROM_TEXT.search(request) else None
    if table is None:
        return step
    target = next((column for column in table.columns if column.name == step.arguments.get("target")), None)
    said = [column for column in columns_named(request, table) if column.type == "text" and column is not target]
    named = said if len(said) == 1 else [column for column in table.columns if is_prose(column)]
    if len(named) != 1 or target is None or not (target.type == "text" or len(target.values) > 1):
        return step
    arguments = {"dataset": table.name, "text": named[0].name, "target": target.name}
    return mended(step, f"it is to be told from {named[0].name}.", "train_text_model", arguments)
