"""What `undo that` takes back: the last thing that the talk made or changed, a model too."""

import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from assistant.amending.step import mended
from assistant.context import ModelFact, Situation, Turn
from assistant.named import stands, whole

if TYPE_CHECKING:
    from assistant.plan import Step


_SCRAPS = re.compile(
    r"^\W*(?:(?:please|ok|okay|now|then|can you|could you|just)\W+)*(?:scrap|delete|remove|drop|discard|get rid of|throw (?:away|out)|forget|bin) (?:that|this|the|my|the last|the new|the newest|the latest) model(?: again| please| away)*\W*$"
    r"|^\W*(?:(?:그|이|저|방금 만든|마지막|최근) ?)?모델(?:을|은|좀)? ?(?:삭제|지워|없애|버려|폐기)\S*(?: ?줘\S*| ?주세요)?\W*$",
    re.IGNORECASE,
)
"""The newest model is to go, and nothing else."""


_ALL_OVER = re.compile(
    r"^\W*(?:(?:please|ok(?:ay)?|now|then|no|so|well|let'?s|let me|can (?:you|we)|could (?:you|we)|i (?:want|would like|'?d like) to|we should|just)\W+)*"
    r"(?:(?:start|begin)(?: all)? (?:over|again|anew|afresh|from (?:scratch|the (?:start|beginning)|zero))(?: (?:again|please|with|from|on)| the| my| original| raw| first| data\w*| file| table| scratch| beginning)*"
    r"|(?:reset|revert|restore|put back|bring back|undo|take back)(?: me)? (?:everything|all(?: of it| that| changes| the changes| my changes| steps| the steps)?|(?:the |my )?(?:data\w*|tables?|files?))(?: back)?(?: to (?:the |its |their |how it )?(?:originals?|raw|first|start|beginning|came|was|imported|loaded)(?: data| file| version| state| form)?)?"
    r"|(?:go |take me |bring me |get )?back to (?:the )?(?:(?:originals?|raw|untouched|first|imported)(?: data\w*| files?| tables?| versions?)?|start|beginning|square one))"
    r"(?:,? please)?\W*$"
    r"|^\W*(?:(?:자|그럼|이제|그냥)\W+)*(?:(?:맨 ?)?처음부터(?: 다시)?(?: 시작)?(?: ?하자|할래|해 ?줘|해 ?주세요|할게|해)?|(?:전부|모두|다) (?:되돌려|취소해|초기화해) ?(?:줘|주세요)?|(?:데이터(?:를)? )?초기화(?:해 ?줘|하자|해 ?주세요)?|원본(?: 데이터)?(?:으로|로) (?:되돌려|돌려놔|돌아가)\S*(?: ?줘| ?주세요)?)\W*$",
    re.IGNORECASE,
)
"""All that is asked is that the data be as they came."""


def started_over(steps: Sequence["Step"], situation: Situation, request: str) -> list["Step"]:
    """`start over` brings every changed dataset back to how it came, in place of whatever a plan takes away; models stay."""
    bare = request
    for table in situation.tables:
        bare = re.sub(whole(table.name), "the data", bare, flags=re.IGNORECASE)
    if not steps or not _ALL_OVER.search(bare):
        return list(steps)
    named = [table for table in situation.tables if stands(table.name, request)] or situation.tables
    changed = [table.name for table in named if table.version.number > 1]
    why = "the data go back to how they came; models stay."
    if not changed:
        return [mended(steps[0], "nothing was changed yet.", "list_steps", {"dataset": named[0].name})] if named else list(steps)  # fmt: skip
    return [mended(steps[0], why, "restore_version", {"version": f"{name}@1"}) for name in changed]


def taken_back(steps: Sequence["Step"], situation: Situation, request: str) -> list["Step"]:
    """Undo right after a build deletes its model, beside what the same request did to the data; a look is passed over."""
    step, newest = (steps[0] if len(steps) == 1 else None), next(iter(situation.models), None)
    if step is not None and newest is not None and step.tool != "delete_model" and _SCRAPS.search(request):
        return [mended(step, "the newest model is to go, the data stay.", "delete_model", {"model": newest.name})]
    if step is None or step.tool != "undo" or newest is None or _names_data(situation, request):
        return list(steps)
    last = next(filter(None, map(_changes, reversed(situation.turns))), [])
    built = [one for one in last if _effect(one) == "train"]
    if not built or not _made(newest, built[-1]):
        return list(steps)
    gone = mended(step, "the last thing made was this model.", "delete_model", {"model": newest.name})
    data = [one for one in last if _effect(one) == "derive" and one["tool"] != "load_file"]
    return [step, gone] if data and step.arguments.get("scope") != "step" else [gone]


def _names_data(situation: Situation, request: str) -> bool:
    return any(stands(table.name, request) for table in situation.tables)


def _changes(turn: Turn) -> list[Mapping[str, Any]]:
    """The steps of a turn that made or changed something."""
    return [step for step in turn.steps if _effect(step) != "read"]


def _effect(step: Mapping[str, Any]) -> str:
    from tools import catalogue

    tool = catalogue().get(step["tool"])
    return tool.effect if tool else "read"


def _made(model: ModelFact, step: Mapping[str, Any]) -> bool:
    """Whether the newest model is the one of that step, which predicts the same column."""
    return model.target == step.get("target")
