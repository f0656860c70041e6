"""What is asked of a model, not of the data: fair to which groups, wrong in which segments or rows, right how often; the model taken back."""

import re
from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING

from assistant.amending.step import mended
from assistant.context import ModelFact, Situation
from assistant.named import columns_named, stands
from assistant.words import alike, split_words
from tools.tool import REGISTRY

if TYPE_CHECKING:
    from assistant.plan import Step

_FAIR = re.compile(r"\bbias|\bfair|\bunfair|\bdiscriminat|편향|공정|차별|불공평|불리|불이익", re.IGNORECASE)
_SEXES = re.compile(r"\b(?:wom[ae]n|m[ae]n|females?|males?|gender|sex)\b|여자|여성|남자|남성|남녀|성별", re.IGNORECASE)
_SEX = re.compile(r"^(?:gender|sex|성별|성)$", re.IGNORECASE)
"""A column that is called in one language and asked of in another."""
_DATA = re.compile(r"\b(?:data|dataset|rows|report|table)\b|데이터|보고서|리포트", re.IGNORECASE)
_BY_GROUP = ("measure_bias", "error_by_segment")
_NOT_OF_GROUPS = ("quality_report", "explain_model", "evaluate_model", "query_data")
"""What tells of no groups, where fairness is asked for."""
_ASKS = ("query_data", "describe_data", "predict_row")
_RIGHT = re.compile(
    r"\b(?:you|it|model)\b[^.?]*\b(?:flag|warn|alarm|predict|call|point)\w*\b[^.]*\b(?:really|actually|in fact|truly|correct\w*|right|turn out)\b"
    r"|(?:예측|표시|경고|지목|의심)\S*[^.?]*(?:실제로|진짜|정말|맞는|맞을|맞힌|맞았)",
    re.IGNORECASE,
)
_ERRS = re.compile(
    r"\b(?:wrong|errs?|errors?|mistakes?|worst|inaccurate|off)\b|틀려|틀리|틀린|틀렸|빗나|오차|오류|못 ?맞|부정확|안 ?맞",
    re.IGNORECASE,
)
_MODEL = re.compile(r"\bmodels?\b|모델", re.IGNORECASE)
_MORE_THAN_MODEL = re.compile(
    r"\b(?:step|request|change|everything|all|data|threshold|candidate|calibrat)|단계|요청|전부|데이터|임계|후보|보정",
    re.IGNORECASE,
)
_ERRS = re.compile(
    r"\b(?:wrong|errs?|errors?|mistakes?|worst|inaccurate|off)\b|틀려|틀리|틀린|틀렸|빗나|오차|오류|못 ?맞|부정확|안 ?맞",
    re.IGNORECASE,
)
_PREPARES = re.compile(r"\b(?:steps?|recipe|prepar\w*|clean\w*|sql)\b|단계|과정|전처리|레시피|정제", re.IGNORECASE)


_COMPARES = re.compile(
    r"\bcompar\w*\b[^.?]*\bmodels\b|\bmodels\b[^.?]*\b(?:compar\w*|side by side)|\bwhich (?:one )?of (?:my |the |all |these )*models\b[^.?]*\bbe(?:st|tter)\b"
    r"|(?:모든|모델들|전체|두|세|네|내) ?모델[^.]*비교|모델들[^.]*비교|비교[^.]*(?:모든 ?모델|모델들)",
    re.IGNORECASE,
)
_COMPARED = re.compile(r"\bcompar|\bbetter\b|\bversus\b|\bvs\b|비교|나은|낫", re.IGNORECASE)
_OF_ONE = re.compile(
    r"candidate|leader ?board|algorithm|baseline|threshold|후보|리더 ?보드|알고리즘|기준선|임계", re.IGNORECASE
)
_ALL = re.compile(r"\b(?:all|every|each)\b|모든|전부|전체", re.IGNORECASE)
_TELLS_MODELS = (
    "list_models",
    "compare_candidates",
    "evaluate_model",
    "model_versions",
    "model_card",
    "compare_models",
)


def judged(steps: Sequence["Step"], situation: Situation, request: str) -> list["Step"]:
    """The column of the groups that the request names; where a model exists, fairness is asked of it and not of the data."""
    if not situation.models:
        return list(steps)
    made = [
        _of_model(_judged(step, situation, request), situation, request)
        for step in _side_by_side(steps, situation, request)
    ]
    return [_by_target(step, situation.models, request) for step in made] if len(situation.models) > 1 else made


def _side_by_side(steps: Sequence["Step"], situation: Situation, request: str) -> list["Step"]:
    """`compare all my models` is one comparison on the same rows, of those that are named or of all."""
    named = [model.name for model in situation.models if stands(model.name, request)]
    asked = _COMPARES.search(request) or (len(named) > 1 and _COMPARED.search(request))
    if (
        len(situation.models) < 2
        or not asked
        or _OF_ONE.search(request)
        or not steps
        or any(step.tool not in _TELLS_MODELS for step in steps)
    ):
        return list(steps)
    kept = next((step.arguments for step in steps if step.tool == "compare_models"), {})
    arguments = {name: value for name, value in kept.items() if name != "models" or not _ALL.search(request)}
    if len(named) > 1:
        arguments["models"] = named
    if [(step.tool, step.arguments) for step in steps] == [("compare_models", arguments)]:
        return list(steps)
    return [mended(steps[0], "models are compared on the same rows.", "compare_models", arguments)]


def _by_target(step: "Step", models: Sequence[ModelFact], request: str) -> "Step":
    """The newest of the models that the request names, or whose target it speaks of, in place of another one."""
    if "model" not in REGISTRY[step.tool].arguments.model_fields or (step.tool == "forecast") != models[0].ahead:
        return step
    chosen = step.arguments.get("model", models[0].name)
    if step.tool == "schedule_predictions" and any(one.ahead for one in models if one.name == chosen):
        return step  # a forecast that shall recur
    of_the_kind = [one for one in models if one.ahead == models[0].ahead]
    said = [one for one in of_the_kind if stands(one.name, request) or speaks_of(one.target, request)]
    if not said or chosen in [one.name for one in said]:
        return step
    why = f"{said[0].target} is what {said[0].name} predicts."
    return mended(step, why, step.tool, step.arguments | {"model": said[0].name})


def speaks_of(target: str, request: str) -> bool:
    """Whether a request says a part of a target's name."""
    parts, words = split_words(target), split_words(request)
    return any(
        alike(word, part) or (len(word) > 1 and part.startswith(word) and not word.isascii())
        for word in words
        for part in parts
    )


def _of_model(step: "Step", situation: Situation, request: str) -> "Step":
    newest = situation.models[0]
    if step.tool == "undo" and _MODEL.search(request) and not _MORE_THAN_MODEL.search(request):
        return mended(step, "a model is taken back, the data stay.", "delete_model", {"model": newest.name})
    if step.tool == "write_script" and _MODEL.search(request) and not _PREPARES.search(request):
        return mended(step, "the code of a model is in its export.", "export_model", {})
    if newest.ahead:
        return step
    if step.tool in _ASKS and _RIGHT.search(request):
        return mended(step, "how often the model is right is measured on rows it never saw.", "evaluate_model", {})
    if step.tool == "query_data" and _ERRS.search(request) and (column := _segment(newest, situation, request)):
        return mended(step, f"where the model errs is asked for each {column}.", "error_by_segment", {"column": column})
    if (
        step.tool == "error_by_segment"
        and step.arguments.get("column") == newest.target
        and not stands(newest.target, request)
    ):
        return mended(step, "the rows that it gets wrong are asked for.", "show_mistakes", {})
    return step


def _segment(model: ModelFact, situation: Situation, request: str) -> str:
    """The one column of the model by which a request asks for errors; nothing where the data have a column of errors."""
    read = {feature.name for feature in model.features}
    if any(_ERRS.search(name.replace("_", " ")) for name in situation.column_names):
        return ""
    named = {column.name for table in situation.tables for column in columns_named(request, table)} & read
    return named.pop() if len(named) == 1 else ""


def _without_target(step: "Step", targets: Collection[str]) -> "Step":
    """A step whose outcome is no class but the target's own name tells every class."""
    if step.arguments.get("outcome") not in targets:
        return step
    return step.model_copy(update={"arguments": {n: v for n, v in step.arguments.items() if n != "outcome"}})


def _judged(step: "Step", situation: Situation, request: str) -> "Step":
    fair = step.tool in _NOT_OF_GROUPS and _FAIR.search(request) and not _DATA.search(request)
    if step.tool not in _BY_GROUP and not fair:
        return step
    targets = {model.target for model in situation.models}
    named = {column.name: column for table in situation.tables for column in columns_named(request, table)}
    columns = [name for name in named if name not in targets]
    if not columns and _SEXES.search(request):
        columns = list({name for name in situation.column_names if _SEX.match(name)})
    if len(columns) != 1:
        return step if fair else _without_target(step, targets)
    given = {} if fair else {name: value for name, value in step.arguments.items() if name not in ("column", "outcome")}
    outcome = str(step.arguments.get("outcome", ""))
    if outcome and outcome not in targets and stands(outcome, request):
        given["outcome"] = outcome
    made = given | {"column": columns[0]}
    tool = "measure_bias" if fair else step.tool
    return (
        step
        if (tool, made) == (step.tool, step.arguments)
        else mended(step, f"the groups are those of {columns[0]}.", tool, made)
    )
