"""How a model is built, as the request says it: its goal, algorithms, time, memory, weights, columns, and how rows are split.

What a small model fills in unasked is left out; what the words say is taken from them.
"""

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

import tools
from assistant.amending.ignored import ignored
from assistant.amending.splits import READERS, SAID, Reader
from assistant.amending.step import mended, table_behind, table_of
from assistant.context import ModelFact, Situation, Table
from assistant.named import columns_named, others_named
from assistant.words import part_said
from tools.number_words import ENGLISH, either, number_said
from tools.words import listed

if TYPE_CHECKING:
    from assistant.plan import Step

_A = {"a": 1, "an": 1, "half an": 0.5}
_N = rf"(\d+(?:\.\d+)?|{either((*_A, *ENGLISH))})"
_AIMS = re.compile(
    r"optimi[sz]\w*|maximi[sz]\w*|minimi[sz]\w*|\bmetric|\bobjective|\bgoal|\b(?:highest|lowest|best) (?:possible )?(?=\w)|\bjudge[d]? by|\bmeasured by|\bmatters?\b|\bcares? about|\b(?:is|are) (?:more |most |very )?important"
    r"|최적화|최대화|최소화|지표|기준|중요|높이|높게|낮추|낮게|높은|낮은",
    re.IGNORECASE,
)
_METRICS = {
    "balanced_accuracy": r"balanced[ _]accuracy|균형 ?정확도",
    "log_loss": r"log[- _]?loss|로그 ?(?:손실|로스)",
    "accuracy": r"\baccuracy\b|정확도",
    "auc": r"\b(?:roc[- ]?)?auc\b",
    "f1": r"\bf-?1\b",
    "precision": r"\bprecision\b|정밀도",
    "recall": r"\brecall\b|재현율|sensitivity",
    "mape": r"\bmape\b|mean absolute percent|평균 ?절대 ?(?:백분율|비율) ?오차",
    "mae": r"\bmae\b|mean absolute error|평균 ?절대 ?오차",
    "rmse": r"\brmse\b|root mean squared",
    "mse": r"\bmse\b|mean squared error|평균 ?제곱 ?오차",
    "r2": r"\br2\b|r²|r-?squared|결정 ?계수",
}
_CATCHES = (
    ("recall", r"\b(?:catch|find|spot)\w* as many\b[^.]* as possible|\bmiss\w* (?:as few|no(?:ne| one)?)\b|놓치지 ?않"),
    ("precision", r"\bas few false (?:alarms|positives)|\bfew(?:est)? false (?:alarms|positives)|(?:오탐|헛경보)\S* (?:최소|줄|적)"),
)  # fmt: skip
_ALGORITHMS = {
    "lightgbm": r"light ?gbm|\blgbm\b|gradient[- ]boost\w*|부스팅",
    "catboost": r"cat ?boost|gradient[- ]boost\w*|부스팅",
    "xgboost": r"xg ?boost",
    "linear": r"\blinear (?:models?|regression)|\blogistic|선형|로지스틱",
    "random_forest": r"random forests?|랜덤 ?포레스트",
    "extra_trees": r"extra[- ]?trees",
    "nearest_neighbours": r"nearest neighbou?rs?|\bknn\b|최근접|이웃 ?모델",
    "neural_network": r"neural net\w*|신경망|딥러닝",
}
_KINDS = {
    "classes": r"\bclassif\w*|\b(?:as|into|in) (?:\w+ )?(?:class(?:es)?|categor(?:y|ies)|labels?)\b|분류|클래스로|범주",
    "number": r"\bregress\w*|\bas (?:an? )?(?:numbers?|amounts?)\b|회귀|숫자로|수치로",
}
"""What a target is predicted as, where the request says it: else its values tell."""
_NOT = re.compile(
    r"\b(?:without|except|not|no|other than|don'?t)\b|제외|빼고|말고|없이|(?:쓰|넣|사용하)지 ?(?:마|말)|안 ?쓰",
    re.IGNORECASE,
)
_TIME = re.compile(
    rf"\b(?:in|within|at most|up to|no more than|max(?:imum)?|under|less than|for|limit\w*(?: it)?(?: to)?|budget (?:of|is)|take|spend|have(?: got)?|give (?:it|you|yourself))\s+(?:about |at most |up to |only |a maximum of )*{_N}\s?-?(s|secs?|seconds?|m|mins?|minutes?|hours?)\b"
    r"|(\d+)\s?(초|분|시간)\s?(?:정도 ?)?(?:안에|안으로|이내|동안|까지|만|내로|제한|줄|드릴|있|걸려도|써도)",
    re.IGNORECASE,
)
_UNIT = {"s": 1, "초": 1, "m": 60, "분": 60, "h": 3600, "시": 3600}
_MEMORY = re.compile(r"(\d+(?:\.\d+)?)\s?(?:gb|gib|gigabytes?|gigs?|기가(?:바이트)?)\b", re.IGNORECASE)
_SEED = re.compile(r"\bseed\W{0,4}(?:of |is |to )?(\d+)|시드\S*\s?(\d+)", re.IGNORECASE)
_BALANCE = re.compile(
    r"\bbalanc\w*(?! accuracy)(?: the| of| out)? (?:class|label|weight|target|outcome)|\bclass[- ]?weight|\bimbalanc|(?:rare|minority|small)\w* (?:class|case|group)\w* (?:count|weigh|matter)|\bevery class (?:alike|equally|the same)"
    r"|클래스\S* ?(?:균형|가중)|불균형|희귀 ?클래스",
    re.IGNORECASE,
)
_ONLY = re.compile(
    r"\b(?:us(?:e|es|ing)|from|with|on|learn\w*|look\w*|consider\w*)\b(?: at| from| on)? (?:only|just|nothing (?:but|else than)|solely)\b(?P<after>[^.;]*)"
    r"|\b(?:only|just|solely) (?:us(?:e|ing)|from|with|on|look\w* at|consider\w*)\b(?P<before>[^.;]*)|\bbased (?:only |solely |just )on\b(?P<based>[^.;]*)|\bfrom (?P<alone>[^.;]+?) (?:alone|only)\b"
    r"|(?P<korean>[^.;]+?)만(?:을|으로)? ?(?:사용|써서|쓰|가지고|보고|이용|활용|으로)",
    re.IGNORECASE,
)
_THOROUGH = re.compile(r"\bthorough|\bbest possible|\bas (?:good|accurate) as\b[^.]*\b(?:possible|can)|\b(?:take your|plenty of|lots of|enough) time\b|\b(?:no hurry|as long as it takes|time (?:is no|does ?n.t) )|\bmost accurate|철저|꼼꼼|최고 ?(?:성능|품질)|(?:제일|가장|최대한) (?:정확(?!도)|정밀|좋은 모델)|시간[은이]? ?(?:걸려도|많|충분|넉넉|상관)|오래 걸려도", re.IGNORECASE)  # fmt: skip
_NOT_THOROUGH = re.compile(r"\b(?:not|no need|needn'?t|without)\b[^.;,]{0,20}\bthorough|\bthorough\w*\b[^.;,]{0,15}(?:\bnot|n't) (?:needed|necessary|required)", re.IGNORECASE)  # fmt: skip
_PREVIEW = re.compile(r"\bpreview|\brough\w* (?:idea|score|estimate|model)|\bfirst impression|미리 ?보|대략|대충", re.IGNORECASE)  # fmt: skip


_KEEP = re.compile(
    r"\b(?:keep|include|retain|still use|also use|do use)\b(?P<after>[^.;]*)|(?P<korean>[^.;,]+?)(?:은|는|도|을|를)? ?(?:그대로 )?(?:유지|포함|사용해도)",
    re.IGNORECASE,
)
_LEAKS = re.compile(
    r"\b(?:leave|take|drop|throw|kick)\w* (?:out |away )?(?:\w+ ){0,4}?(?:leaks?|leak(?:ing|y) columns?|suspicious columns?|what gives \w+ away)\b|누수\S*[^.]{0,10}(?:빼|제외|제거)",
    re.IGNORECASE,
)
_TOGETHER = re.compile(r"\b(?:keep|leave)\b[^.;,]*\btogether\b|[^.;,]*함께 ?(?:두|묶)", re.IGNORECASE)
"""Rows that stay together are a split by group, and no columns that are kept."""
_WORDS = re.compile(
    r"\b(?:tests?|testing|hold-?out|folds?|cross[- ]?valid\w*|valid\w*|class(?:es)?|imbalance\w*|split\w*|algorithms?|metrics?|seed|rows)\b|테스트\S*|검증\S*|클래스\S*|불균형\S*|폴드\S*|겹|시간순\S*|알고리즘\S*|시드\S*|고려\S*|학습\S*|만들\S*|남[겨기]\S*(?: ?두고)?|떼어\S*|교차\S*|기준\S*|지표\S*|빠르\S*|빨리|사용\S*",
    re.IGNORECASE,
)


_PARTICLES = re.compile(r"(?<!\S)(?:을|를|은|는|이|가|으로|로|의|에|와|과)(?!\S)")


def without_settings(request: str) -> str:
    """The request without its words of how to build: no column need hold a test, a fold or a class."""
    rest = request
    for pattern in (_TIME, _MEMORY, _SEED, _BALANCE, *SAID, _AIMS, _WORDS):
        rest = pattern.sub(" ", rest)
    for words in (*_METRICS.values(), *_ALGORITHMS.values(), *(words for _, words in _CATCHES)):
        rest = re.sub(words, " ", rest, flags=re.IGNORECASE)
    return _PARTICLES.sub(" ", rest)


_AGAIN = re.compile(
    r"\b(?:again|re-?train|re-?build|anew|instead|once more|another)\b|다시|새로|바꿔|말고|한 ?번 ?더", re.IGNORECASE
)
_MODEL = re.compile(r"\bmodels?\b|\bre-?train|\btrain\b|모델|학습|훈련", re.IGNORECASE)
_PREDICTS = re.compile(
    r"\b(?:predict|train|fit|classify|build a(?:\w| )* model)\b(?![^.]{0,12}\bcolumn)|예측|학습(?!용|데이터)|모델",
    re.IGNORECASE,
)
_MAKES = re.compile(
    r"\b(?:train|build|make|fit|try|do|run|retrain|rebuild)\b|학습|만들|훈련|해 ?(?:줘|봐|주)|돌려", re.IGNORECASE
)


def rebuilt(steps: Sequence["Step"], situation: Situation, request: str) -> list["Step"]:
    """`랜덤포레스트로 다시 만들어줘` builds the newest model's target anew, where a plan does something else."""
    model = next(iter(situation.models), None)
    if model is None or model.ahead or len(steps) != 1 or steps[0].tool.startswith("train_"):
        return list(steps)
    table = table_behind(model, situation)
    if table is None or not _AGAIN.search(request) or not _MAKES.search(request):
        return list(steps)
    without = _left_out(request, table, model, situation)
    if not (_algorithms(request, table, model.target) or _metric(request, table, model.target) or without):
        return list(steps)
    arguments = {"dataset": table.name, "target": model.target} | ({"ignore": without} if without else {})
    return [mended(steps[0], f"{model.target} is to be predicted by a model built anew.", "train_model", arguments)]


def split_for(steps: Sequence["Step"], situation: Situation, request: str) -> list["Step"]:
    """`predict churn, the newest 20 % are the test` divides the rows of a build; it marks none."""
    step = steps[0] if len(steps) == 1 and steps[0].tool == "split_rows" and _PREDICTS.search(request) else None
    table = table_of(step, situation) if step else None
    if step is None or table is None:
        return list(steps)
    marked = str(step.arguments.get("column", ""))
    named = [one.name for one in columns_named(request, table) if not one.is_time and one.name != marked]
    if len(named) != 1:
        return list(steps)
    arguments = {"dataset": table.name, "target": named[0]}
    return [mended(step, "the rows are divided for the model that is asked for.", "train_model", arguments)]


def _left_out(request: str, table: Table, model: ModelFact, situation: Situation) -> list[str]:
    """The columns of the newest model that the request leaves out: `나이 빼고 다시`, where the talk is of models."""
    last = situation.turns[-1].steps[-1:] if situation.turns else ()
    groups = {tool.group for step in last if (tool := tools.catalogue().get(str(step.get("tool"))))}
    of_model = _MODEL.search(request) or groups == {"model"}
    features = {feature.name for feature in model.features}
    named = [name for name in others_named(request, table, model.target) if name in features]
    return named if of_model and _NOT.search(request) and len(named) < len(features) else []


def built(steps: Sequence["Step"], situation: Situation, request: str) -> list["Step"]:
    """Builds with the settings that the request names, and no other ones."""
    return [_built(step, situation, request) if step.tool == "train_model" else step for step in steps]


def _built(step: "Step", situation: Situation, request: str) -> "Step":
    table = table_of(step, situation)
    if table is None:
        return step
    target = str(step.arguments.get("target", ""))
    said = {name: value for name, read in _READERS.items() if (value := read(request, table, target)) is not None}
    if "split" in said and said["split"] not in ("time", "group"):
        said.pop("split_column", None)
    made = {name: value for name, value in step.arguments.items() if name not in _READERS or name == "leaks"} | said
    if left := [name for name in ignored(request, table, target) if name not in made.get("ignore", [])]:
        made["ignore"] = said["ignore"] = [*made.get("ignore", []), *left]
    if "only" in said:
        made.pop("ignore", None)
    if made == step.arguments:
        return step
    told = [name for name, value in said.items() if step.arguments.get(name) != value]
    if not told:  # what nobody asked for is left out without a word
        return step.model_copy(update={"arguments": made})
    return mended(step, f"{listed(told)} as the request says.", step.tool, made)


# --- one setting each --------------------------------------------------------------------------------------------


def _build(request: str, table: Table, target: str) -> str | None:
    if _PREVIEW.search(request):
        return "preview"
    if _THOROUGH.search(request) and not _NOT_THOROUGH.search(request):
        return "thorough"
    quick = re.search(r"\bquick|\bfast\b|빠르|빨리|빠른", request, re.IGNORECASE)
    standard = re.search(r"\bstandard (?:build|model)|\bstandard\b(?! dev)|표준 ?(?:빌드|모델)", request, re.IGNORECASE)
    return "quick" if quick else "standard" if standard else None


def _metric(request: str, table: Table, target: str) -> str | None:
    if caught := next((name for name, words in _CATCHES if re.search(words, request, re.IGNORECASE)), None):
        return caught
    if not _AIMS.search(request):
        return None
    return next((name for name, words in _METRICS.items() if re.search(words, request, re.IGNORECASE)), None)


def _algorithms(request: str, table: Table, target: str) -> list[str] | None:
    found = [name for name, words in _ALGORITHMS.items() if re.search(words, request, re.IGNORECASE)]
    return found if found and not _NOT.search(request) else None


def seconds_said(request: str) -> float | None:
    """The time that a training may take, as the request says it: `within 2 minutes`, `10분 안에`."""
    found = _TIME.search(request)
    if found is None:
        return None
    amount, unit = (found[1], found[2]) if found[1] else (found[3], found[4])
    return number_said(amount, _A) * _UNIT[unit[0].casefold()]


def _memory(request: str, table: Table, target: str) -> float | None:
    found = _MEMORY.search(request)
    return float(found[1]) if found else None


def _seed(request: str, table: Table, target: str) -> int | None:
    found = _SEED.search(request)
    return int(found[1] or found[2]) if found else None


def _balance(request: str, table: Table, target: str) -> bool | None:
    return True if _BALANCE.search(request) else None


def _only(request: str, table: Table, target: str) -> list[str] | None:
    return others_named(part_said(_ONLY, request), table, target) or None


def _keep(request: str, table: Table, target: str) -> list[str] | None:
    named = others_named(part_said(_KEEP, _TOGETHER.sub(" ", request)), table, target)
    return named if named and len(named) < len(table.columns) - 1 else None


def _leaks(request: str, table: Table, target: str) -> str | None:
    return "leave_out" if _LEAKS.search(request) else None


def _predict_as(request: str, table: Table, target: str) -> str | None:
    return next((kind for kind, words in _KINDS.items() if re.search(words, request, re.IGNORECASE)), None)


_READERS: dict[str, Reader] = {
    "build": _build,
    "metric": _metric,
    "algorithms": _algorithms,
    **READERS,
    "seconds": lambda request, table, target: seconds_said(request),
    "memory_gb": _memory,
    "seed": _seed,
    "balance": _balance,
    "only": _only,
    "keep": _keep,
    "leaks": _leaks,
    "predict_as": _predict_as,
}
