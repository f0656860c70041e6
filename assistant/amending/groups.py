"""By which groups a model is judged: fair to whom, wrong most often where."""

import re
from collections.abc import Collection
from typing import TYPE_CHECKING

from assistant.amending.step import mended
from assistant.context import Situation
from assistant.named import columns_named, stands

if TYPE_CHECKING:
    from assistant.plan import Step

_FAIR = re.compile(
    r"\bbias|\bfair|\bunfair|\bdiscriminat|\b(?:treat|handle|penali[sz]e|favou?r|disadvantage)\w*\b|\b(?:harder|easier|tougher|stricter) on\b"
    r"|편향|공정|차별|불공평|불리|불이익|유리(?:하|해|한)|(?:다르게|나쁘게) (?:대|취급|판단)",
    re.IGNORECASE,
)
_WRONG = re.compile(
    r"\b(?:wrong|errs?|mistak\w*|errors?|miss(?:es)?|off|unreliable|inaccurate|worst|least (?:accurate|reliable))\b|틀리|틀려|틀린|틀렸|빗나|오류|오차|[못안] ?맞|부정확",
    re.IGNORECASE,
)
_DATA = re.compile(r"\b(?:data|dataset|rows|report|table)\b|데이터|보고서|리포트", re.IGNORECASE)
_OF_MODEL = re.compile(
    r"\b(?:models?|predict\w*|it|you)\b|모델|예측|틀리|틀려|틀린|틀렸|빗나|[못안] ?맞", re.IGNORECASE
)
_GROUPS = (
    (
        re.compile(r"(?:^|_)age(?:_|$)|나이|연령", re.IGNORECASE),
        re.compile(r"\b(?:older|younger|elderly|seniors?|old|young) \w+|나이|고령|젊은|노인|연령", re.IGNORECASE),
    ),
    (
        re.compile(r"(?:^|_)(?:gender|sex)(?:_|$)|성별|^성$", re.IGNORECASE),
        re.compile(r"\b(?:wom[ae]n|m[ae]n|females?|males?|gender|sex)\b|여자|여성|남자|남성|남녀|성별", re.IGNORECASE),
    ),
)
"""How a column of groups is called, and how requests speak of its groups."""
_ANSWERS = ("explain_model", "evaluate_model", "predict_dataset", "predict_row", "show_mistakes", "query_data", "describe_data", "make_chart")  # fmt: skip
_OF_DATA = ("query_data", "describe_data", "make_chart")
_BY_GROUP = ("measure_bias", "error_by_segment")


def by_group(step: "Step", situation: Situation, request: str) -> "Step":
    """The groups that a request names, where it asks how a model does for each of them; a model is at hand."""
    asked = step.tool if step.tool in _BY_GROUP else _asked(step, situation, request)
    if not asked:
        return step
    targets = {model.target for model in situation.models}
    columns = _columns(situation, targets, request)
    if len(columns) != 1:
        return step if asked != step.tool else _without_target(step, targets)
    kept = ["model"] if asked != step.tool else [name for name in step.arguments if name not in ("column", "outcome")]
    made = {name: step.arguments[name] for name in kept if name in step.arguments}
    outcome = str(step.arguments.get("outcome", ""))
    if outcome and outcome not in targets and stands(outcome, request):
        made["outcome"] = outcome
    made["column"] = columns[0]
    if (asked, made) == (step.tool, step.arguments):
        return step
    return mended(step, f"the groups are those of {columns[0]}.", asked, made)


def _asked(step: "Step", situation: Situation, request: str) -> str:
    """The tool that compares groups, where another was planned for `which club does it get wrong most often?`"""
    if step.tool not in (*_ANSWERS, "quality_report") or situation.models[0].ahead or _DATA.search(request):
        return ""
    if _FAIR.search(request):
        return "measure_bias"
    if step.tool in _OF_DATA and not _OF_MODEL.search(request):
        return ""
    errs = any(_WRONG.search(name.replace("_", " ")) for name in situation.column_names)
    return "error_by_segment" if _WRONG.search(request) and not errs and step.tool in _ANSWERS else ""


def _columns(situation: Situation, targets: Collection[str], request: str) -> list[str]:
    """The columns that a request names, or of whose groups it speaks: age of older people, gender of women."""
    named = {column.name: column for table in situation.tables for column in columns_named(request, table)}
    columns = [name for name in named if name not in targets]
    if columns:
        return columns
    spoken = [called for called, groups in _GROUPS if groups.search(request)]
    names = dict.fromkeys([*situation.column_names, *(feature.name for feature in situation.models[0].features)])
    return [name for name in names if any(called.search(name) for called in spoken)]


def _without_target(step: "Step", targets: Collection[str]) -> "Step":
    """A step whose outcome is no class but the target's own name tells every class."""
    if step.arguments.get("outcome") not in targets:
        return step
    return step.model_copy(update={"arguments": {n: v for n, v in step.arguments.items() if n != "outcome"}})
