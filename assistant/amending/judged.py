"""What is asked of a model, not of the data: wrong in which rows, right how often, beside the others; the model handed over or taken back."""

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from assistant.amending.groups import by_group
from assistant.amending.step import mended
from assistant.context import ModelFact, Situation
from assistant.named import stands
from assistant.words import alike, all_said, split_words
from tools.tool import REGISTRY

if TYPE_CHECKING:
    from assistant.plan import Step

_ASKS = ("query_data", "describe_data", "predict_row", "make_chart")
_RIGHT = re.compile(
    r"\b(?:you|it|model)\b[^.?]*\b(?:flag|warn|alarm|predict|call|point)\w*\b[^.]*\b(?:really|actually|in fact|truly|correct\w*|right|turn out)\b"
    r"|(?:예측|표시|경고|지목|의심)\S*[^.?]*(?:실제로|진짜|정말|맞는|맞을|맞힌|맞았)",
    re.IGNORECASE,
)
_HOW_GOOD = re.compile(
    r"\bhow (?:far off|accurate|reliable|good|wrong|precise|trustworthy|sure)\b[^?]{0,12}\b(?:is|are|was|were) (?:it|that|they|this|the (?:model|forecast|prediction|estimate)s?|you|your)\b"
    r"|(?:얼마나|어느 ?정도|몇 ?(?:%|퍼센트|프로|명|건|개)(?:나|를|을|이나)?) ?(?:정확|틀리|틀려|잘 ?맞|믿을|놓치|놓쳐|놓친|놓칠|(?:찾아|잡아|맞혀|맞춰)(?:내| ?낼)?(?![가-힣]*\s?(?:줘|주세요)))",
    re.IGNORECASE,
)
_CLASSES = re.compile(
    r"\bwhich (?:class|classes|label|labels|category|outcome)\b[^?]*\b(?:struggl\w*|hard\w*|worst|wrong|confus\w*|mix\w*|bad\w*|miss\w*|trouble|weak\w*|difficult)\b"
    r"|어(?:떤|느) ?(?:클래스|범주|등급|라벨)\S*[^?]*(?:못|틀리|틀려|어려|헷갈|혼동|약)",
    re.IGNORECASE,
)
_MISTAKES = re.compile(
    r"\b(?:show|list|give|see|examples?|find)\b[^.?]*\b(?:where|which|that|when)\b[^.?]*\b(?:it|the model|you)\b[^.?]{0,20}\b(?:wrong|mistaken|errs?|erred|missed|failed|misclassif\w*|confused)\b"
    r"|\b(?:show|list|give|see)\b[^.?]{0,20}\b(?:its|the model'?s|your) (?:\w+ )?(?:mistakes|errors)\b(?! by\b)",
    re.IGNORECASE,
)
_GROUPED = re.compile(r"\b(?:most|more|least) often\b|\b(?:by|per|each|groups?)\b", re.IGNORECASE)
_MODEL = re.compile(r"\bmodels?\b|모델", re.IGNORECASE)
_MORE_THAN_MODEL = re.compile(
    r"\b(?:step|request|change|everything|all|data|threshold|candidate|calibrat)|단계|요청|전부|데이터|임계|후보|보정",
    re.IGNORECASE,
)
_HANDED = re.compile(
    r"\b(?:folders?|notebooks?|bundle|zip|mlflow|python (?:code|script))\b|\b(?:hand|give|send|pass|share)\b[^.?]*\b(?:data scientists?|developers?|engineers?|colleagues?|it department)\b"
    r"|폴더|노트북|파이썬|(?:데이터 ?(?:과학자|사이언티스트|분석가)|개발자|엔지니어|동료)\S* [^.?]*(?:넘|주|줄|전달|공유|보내)",
    re.IGNORECASE,
)
_HANDS = ("query_data", "describe_data", "preview_data", "make_chart", "export_data", "evaluate_model", "explain_model")  # fmt: skip
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
        _of_model(by_group(step, situation, request), situation, request)
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


def _confused(target: str, request: str) -> bool:
    """Whether it is asked which values of the target are taken for others: `which desk does it confuse most?`"""
    found = re.search(
        r"\b(?:which|what) (?P<what>[\w ]{2,40}?) (?:does|do|is|are|did) (?:it|the model|you)\b[^?]*\b(?:confus|mix)",
        request,
        re.IGNORECASE,
    )
    words = split_words(found["what"]) if found else []
    return bool(words) and all_said(split_words(target), words)


def _of_model(step: "Step", situation: Situation, request: str) -> "Step":
    newest = situation.models[0]
    if (
        step.tool in (*_ASKS, "error_by_segment", "evaluate_model")
        and not newest.ahead
        and _MISTAKES.search(request)
        and not _GROUPED.search(request)
    ):
        return mended(step, "the rows that it gets wrong are asked for.", "show_mistakes", {})
    if step.tool == "undo" and _MODEL.search(request) and not _MORE_THAN_MODEL.search(request):
        return mended(step, "a model is taken back, the data stay.", "delete_model", {"model": newest.name})
    handed = step.tool in _HANDS and _HANDED.search(request)
    if (step.tool == "write_script" or handed) and _MODEL.search(request) and not _PREPARES.search(request):
        return mended(step, "the code of a model is in its export.", "export_model", {})
    if step.tool in (*_ASKS, "compare_periods", "compare_groups", "quality_report", "filter_rows") and _HOW_GOOD.search(
        request
    ):
        return mended(step, "how good the model is was measured on rows it never saw.", "evaluate_model", {})
    if newest.ahead:
        return step
    classes = _CLASSES.search(request) or _confused(newest.target, request)
    if step.tool in (*_ASKS, "explain_model", "show_mistakes", "error_by_segment") and classes:
        return mended(step, "how often each class is found, and what it is taken for.", "evaluate_model", {})
    if step.tool in _ASKS and _RIGHT.search(request):
        return mended(step, "how often the model is right is measured on rows it never saw.", "evaluate_model", {})
    if (
        step.tool == "error_by_segment"
        and step.arguments.get("column") == newest.target
        and not stands(newest.target, request)
    ):
        return mended(step, "the rows that it gets wrong are asked for.", "show_mistakes", {})
    return step
