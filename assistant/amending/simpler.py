"""Would less do? `could a simpler model do as well?` compares candidates, `with only age and tier?` builds such a model beside it."""

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from assistant.amending.step import mended, table_behind
from assistant.context import ModelFact, Situation, Table
from assistant.named import others_named

if TYPE_CHECKING:
    from assistant.plan import Step

_AS_GOOD = r"as (?:good|well|accurate|reliable|strong)|good enough|enough|suffic\w*|\bdo\b|work|match|compete|keep up|close|worse|lose|nearly|almost|equal"
_SIMPLER = re.compile(
    rf"\b(?:simpler|simple|simplest|plain(?:er)?|basic|less complex|smaller|linear|single tree)\b[^.?!]*\b(?:model|one|regression|tree)\b[^.?!]*(?:{_AS_GOOD})"
    rf"|(?:{_AS_GOOD})[^.?!]*\b(?:with|by|using|of) an? (?:\w+ )?(?:simpler|simple|plain|basic|linear) (?:model|one|regression)"
    r"|\b(?:complex|complicated|fancy|big|heavy|elaborate)\w*\b[^.?!]*\b(?:worth|need|necessary|overkill|justif)|\boverkill\b"
    r"|(?:간단|단순|쉬운|선형)\S* ?(?:모델|모형|회귀|걸|거|것)[^.?!]*(?:되|돼|될|충분|괜찮|비슷|가능|못지|만큼|같)|(?:복잡|거창)\S* ?(?:모델|모형)[^.?!]*(?:필요|꼭|굳이)",
    re.IGNORECASE,
)
_ONLY = re.compile(
    rf"\b(?:only|just|nothing but|alone)\b[^.?!]*(?:{_AS_GOOD})|(?:{_AS_GOOD})[^.?!]*\b(?:only|just|nothing but|alone)\b"
    r"|만(?:으로| ?(?:써|쓰|사용|가지고|있어|넣))\S*[^.?!]*(?:되|돼|될|충분|괜찮|비슷|가능|못지|만큼|같)",
    re.IGNORECASE,
)
_WITHOUT = re.compile(
    rf"\b(?:without|leav\w* out|drop\w*|remov\w*|lack\w*|ignor\w*)\b[^.?!]*(?:{_AS_GOOD})|(?:{_AS_GOOD}|need)[^.?!]*\b(?:without|if (?:we|i|you|it) (?:leave|left|drop|dropped|remove|removed|ignore|ignored|take|took))"
    r"|(?:빼|없|제외|안 ?쓰|안 ?써)\S*[^.?!]*(?:되|돼|될|충분|괜찮|비슷|가능|못지|만큼|같|나빠)",
    re.IGNORECASE,
)
_BESIDE = re.compile(
    r"\bcompar\w*\b[^.?!]*\b(?:with|to|against)\b[^.?!]*\b(?:one|model|it)\b[^.?!]*\b(?P<without>without|that (?:leaves out|ignores)|with only|with just)\b|(?:없는|뺀|제외한) ?(?:모델|것|거)\S*[^.?!]*비교",
    re.IGNORECASE,
)
"""`compare it with a model without the age` builds that model first."""
_NEEDED = re.compile(r"\b(?:do(?:es)? (?:we|it|i|you|the model) (?:really |actually |even )?need)\b|(?:꼭|정말|굳이)[^.?!]*필요", re.IGNORECASE)  # fmt: skip
_EVERY = re.compile(
    r"\bneed\b[^.?!]*\b(?:all|every|each|so many|that many)\b[^.?!]*\b(?:columns?|features?|variables?|inputs?|fields?|predictors?)\b"
    r"|\b(?:which|what|any)\b[^.?!]*\b(?:columns?|features?|variables?|inputs?|fields?|predictors?)\b[^.?!]*\b(?:not need|n't need|useless|unnecessary|superfluous|leave out|do without|add nothing|spare)"
    r"|\b(?:fewer|less) (?:columns|features|variables|inputs)\b[^.?!]*(?:as good|as well|enough|do\b)"
    r"|(?:모든|전부|다|이 많은)[^.?!]*(?:열|컬럼|변수|항목|특성|피처)[^.?!]*필요|(?:열|컬럼|변수|항목|특성|피처)\S* ?(?:다|전부|모두)[^.?!]*필요|(?:필요 ?없|쓸모 ?없|안 ?쓰)\S* ?(?:열|컬럼|변수|특성)",
    re.IGNORECASE,
)
_DATA = re.compile(
    r"\bhow many\b|\b(?:average|count|sum|total)\b|\b(?:above|below|over|under|than) \d|\b(?:rows?|records?|chart|plot|report|table|file|data ?set)\b|\?\s*\S+.*\b(?:then|and) (?:predict|export)|차트|행을|파일|몇",
    re.IGNORECASE,
)
_ASKS = re.compile(r"\?|\b(?:could|would|can|does|do|is|are|how|what|whether|if|check|see|test|try|compare)\b|[까나니요]\s*$|지\s*$|돼|되나|알려|비교", re.IGNORECASE)  # fmt: skip


def simpler(steps: Sequence["Step"], situation: Situation, request: str) -> list["Step"]:
    """A question whether less would do as well, answered by a comparison with what there is."""
    model = next(iter(situation.models), None)
    table = table_behind(model, situation) if model else None
    if not steps or model is None or model.ahead or table is None or _DATA.search(request) or not _ASKS.search(request):
        return list(steps)
    read = {feature.name for feature in model.features}
    named = [name for name in others_named(request, table, model.target) if name in read]
    if _EVERY.search(request):
        return [mended(steps[0], "what each column adds is told by the model.", "explain_model", {})]
    if named and len(named) < len(read) and (settings := _fewer(named, request)):
        build = mended(steps[0], "a model of those columns, to compare.", "train_model", _before(situation, model, table) | settings)  # fmt: skip
        return [build, mended(steps[0], "both on the same rows.", "compare_models", {})]
    if not named and _SIMPLER.search(request):
        return [mended(steps[0], "candidates are compared on the same unseen rows.", "compare_candidates", {})]
    return list(steps)


def _fewer(named: list[str], request: str) -> dict[str, Any]:
    """The setting of a build with these columns alone, or without them."""
    if beside := _BESIDE.search(request):
        return (
            {"only": named} if (beside["without"] or "").casefold() in ("with only", "with just") else {"ignore": named}
        )
    if _WITHOUT.search(request) or (_NEEDED.search(request) and not _ONLY.search(request)):
        return {"ignore": named}
    return {"only": named} if _ONLY.search(request) else {}


def _before(situation: Situation, model: ModelFact, table: Table) -> dict[str, Any]:
    """How the model was built, where this talk tells it, but for its columns."""
    own = {"dataset": table.name, "target": model.target}
    built = [one for turn in situation.turns for one in turn.steps if own.items() <= one.items()]
    last = built[-1] if built and built[-1]["tool"] == "train_model" else own
    return {name: value for name, value in last.items() if name not in ("tool", "only", "ignore", "keep")}
