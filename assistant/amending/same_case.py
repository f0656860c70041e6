"""One case, changed or set anew by a short request: `what if it was natural instead?`, `습도가 60이면?`, `how high to reach 86?`

The case is that of the turn before; after other looks at a model it is a typical row.
"""

import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from assistant.amending.among import value_said
from assistant.amending.cases import case_named
from assistant.amending.predicted import case_values
from assistant.amending.shifts import TO
from assistant.amending.step import OF_CASE, mended
from assistant.context import ColumnFact, ModelFact, Situation
from assistant.named import stands
from assistant.words import alike, is_common, split_words
from tools.mending.magnitudes import in_digits
from tools.number_words import ENGLISH, KOREAN, either, number_said
from tools.transforms.yes_no import says

if TYPE_CHECKING:
    from assistant.plan import Step

_SUPPOSES = re.compile(
    r"^\W*(?:(?:and|but|so|ok|okay|now|then|hm+)\W+)*(?:what |how (?:about|likely|much|high|sure) )?(?:happens |would happen |changes )?(?:if|suppose|supposing)\b"
    r"|^\W*(?:(?:and|but|so)\W+)*what if\b|^(?![^?]*\b(?:how|which|when|why|who)\b)[^?]*\bif (?:it|he|she|they|this|that)\b[^?]*\?"
    r"|(?:이|라|하|되|다|였|었|았|가|으|한|있|없|니|오|크|지|면)?(?<![반측화표방])(?:으?면|으?라면|다면|이면)(?:\s*(?:요|은|는))?(?:\s*(?:어때|어떨까|어떻게\s?(?:돼|될까|되나|되지|바뀌어|바뀔까|달라져|달라질까)\S*|결과(?:가|는)?(?: \S+)?|얼마(?:야|지|일까|나 돼|예요)?|뭐가 달라져|달라져|달라질까|바뀌어|바뀔까|(?:예측|점수|가격|확률)\S*(?: \S+)?))?\W*$",
    re.IGNORECASE,
)
"""All that is asked is what would be if."""
_ROW = re.compile(r"\brow (?:no\.? ?|number )?\d|\d\s?(?:번째 ?)?행", re.IGNORECASE)
_MOST_WORDS = 14
_MOVES = re.compile(
    r"%|percent|퍼센트|\b(?:more|fewer|less|extra|another|doubl\w*|halv\w*|tripl\w*)\b|\bby \d|오르|올리|올라|늘|줄|내리|내려|낮추|높이|두 ?배|절반|씩|\b(?:all|every\w*|each)\b|모두|모든|전부|전체|다들",
    re.IGNORECASE,
)
"""A number is moved, or it is of all rows: another rule's."""
_OF_MODEL = (
    *OF_CASE, "evaluate_model", "explain_model", "predict_dataset", "error_by_segment", "measure_bias", "choose_threshold", "train_model", "what_if_all", "compare_candidates", "show_mistakes",
    "set_default_candidate", "model_card", "draw_effect",
)  # fmt: skip
_READS = (
    *OF_CASE, "query_data", "describe_data", "preview_data", "make_chart", "check_quality", "quality_report", "evaluate_model", "explain_model", "predict_dataset", "what_if_all", "forecast",
    "error_by_segment", "filter_rows", "correlate", "compare_groups", "add_formula", "replace_values", "limit_values", "fill_missing", "set_values",
)  # fmt: skip
_GOES_ON = re.compile(
    r"^\W*(?:(?:and|but|ok|okay|so|now|then|also|hm+)\W+)*(?:also |still |just )?(?:with(?:out)?|if|how about|what about|make (?:it|that)|change (?:it|that|the)|same (?:one|case|but|with)|let it)\b"
    r"|^\W*(?:and|but|now|also)\b|\binstead\W*$|\b(?:as well|too)\W*$",
    re.IGNORECASE,
)
"""How a short request changes the case of before, where a prediction is planned for it."""
_WITH = re.compile(
    r"\W*(?:(?:and|but|or|now|ok|okay)\W+)*(?:with|at|if|what if|what about with|how about with)\b(?:\W+[\w.,%'-]+){1,7}\W*$",
    re.IGNORECASE,
)
"""So short and so begun it changes the case of before, whatever was planned for it."""
_GIVEN = ("values", "changes")
_A_ROW = re.compile(r"\brow\b|\b(?:first|second|third|last|\d+(?:st|nd|rd|th))\b|#\d", re.IGNORECASE)
_NONE = re.compile(r"\b(?:no|none|without|zero|never|not any|nothing)\b|\w+less\b", re.IGNORECASE)
_REACH = re.compile(
    r"\b(?:have|has|need|needs|must|should|got)\b[^?]*\b(?:to (?:reach|get(?: to)?|hit|become|score|make|cost|come to|end up at)|for (?:it to be|a score of|a price of))\s(?:\w+ ){0,2}?(?P<n>\d[\d,]*(?:\.\d+)?)"
    r"|(?P<k>\d[\d,]*(?:\.\d+)?)\s?(?:점|원|만원|%)?\S{0,3}?\s?(?:되려면|나오려면|받으려면|넘으려면|맞추려면|만들려면)",
    re.IGNORECASE,
)
_AGE = re.compile(r"(?:^|_)age$|나이|연령", re.IGNORECASE)
_SO_OLD = re.compile(
    r"\b(?:he|she|they|i) (?:was|were|is|are|am) \d{1,3}\W*$|\d ?(?:살|세)(?:라면|이면|이라면)", re.IGNORECASE
)
_COUNTS = {"once": 1, "twice": 2, "thrice": 3}


def same_case(steps: Sequence["Step"], situation: Situation, request: str) -> list["Step"]:
    """A short what-if changes the case of the turn before, or sets one value of a typical row where there is none."""
    step, model = (steps[0] if len(steps) == 1 else None), next(iter(situation.models), None)
    if model is not None and (another := _another_text(steps, model, situation, request)):
        return [another]
    if step is None or model is None or model.ahead or step.tool not in _READS:
        return list(steps)
    last = situation.turns[-1].steps[-1] if situation.turns and situation.turns[-1].steps else {}
    if last.get("tool") not in _OF_MODEL and step.tool not in (*OF_CASE, "forecast"):
        return list(steps)
    if step.tool == "forecast" and any(one.ahead for one in situation.models):
        return list(steps)
    base = case_of(last)
    if reads_text(model):
        changes = step.arguments.get("changes") if step.tool == "what_if" else None
        return (
            [mended(step, "another text is another case.", "predict_row", {"values": changes})] if changes else [step]
        )
    if not base and (bare := _unsaid_left_out(step, model, situation, request)) != step:
        step, steps = bare, [bare]
    if reached := _REACH.search(request):
        aim = {"wanted": (reached["n"] or reached["k"]).replace(",", "")} | base
        return [mended(step, "what would have to change is asked.", "find_change", aim)]
    goes_on = base and (_GOES_ON.search(request) if step.tool in OF_CASE else _WITH.match(request) and _said(model, request))  # fmt: skip
    if not (_SUPPOSES.search(request) or goes_on) or len(request.split()) > _MOST_WORDS or _is_moved(request):
        return _no_forecast(step, model)
    if _ROW.search(request) or case_named(model, situation, request):
        return list(steps)
    changes, plans = _said(model, request), _planned(step, model, base)
    told = {pair["column"] for pair in changes}
    changes = [*changes, *(one for one in plans if one["column"] not in told and stands(str(one["value"]), request))] if changes else plans  # fmt: skip
    if not changes:
        return list(steps)
    tool, arguments = ("what_if", {"changes": changes} | base) if base else ("predict_row", {"values": changes})
    if (step.tool, step.arguments) == (tool, arguments):
        return list(steps)
    why = "the case of before, changed." if base else "one value is given, the others are typical."
    return [mended(step, why, tool, arguments)]


def _is_moved(request: str) -> bool:
    """Whether a number is moved by something, or the request is of all rows."""
    return _MOVES.search(TO.sub(" ", request)) is not None


_ANOTHER = re.compile(
    r"\W*(?:(?:and|or|now|ok|okay|then)\W+)*(?:(?:what|how) about )?(?:this|that|the next|another|one more)(?: one| \w+)?\s*[:–—-]\s*(?P<text>\S.{5,})",
    re.IGNORECASE | re.DOTALL,
)


def _another_text(steps: Sequence["Step"], model: ModelFact, situation: Situation, request: str) -> "Step | None":
    """`and this: the bins are full` right after a text was predicted is one more of them, whatever a plan makes of its words."""
    last = situation.turns[-1].steps[-1] if situation.turns and situation.turns[-1].steps else {}
    found = (
        _ANOTHER.fullmatch(request) if reads_text(model) and last.get("tool") in (*OF_CASE, "highlight_words") else None
    )
    if found is None or not steps:
        return None
    values = [{"column": model.features[0].name, "value": found["text"].strip(" '\"“”")}]
    return mended(steps[0], "another text is another case.", "predict_row", {"values": values})


def reads_text(model: ModelFact) -> bool:
    """Whether a model reads one column of free text alone."""
    return len(model.features) == 1 and model.features[0].type == "text" and not model.features[0].values


def _no_forecast(step: "Step", model: ModelFact) -> list["Step"]:
    """What would happen with such a row is a prediction of it, where no model looks ahead in time."""
    values = _planned(step, model, {}) if step.tool == "forecast" else []
    if not values:
        return [step]
    return [mended(step, f"one case is described, which {model.name} predicts.", "predict_row", {"values": values})]


def case_of(last: Mapping[str, Any]) -> dict[str, Any]:
    """The case of the turn before, as the arguments that name or describe it: what was supposed of it then holds on."""
    if last.get("tool") not in OF_CASE:
        return {}
    case = {name: last[name] for name in ("values", "dataset", "row", "model") if last.get(name)}
    given = {pair["column"]: pair for pair in [*last.get("values", []), *last.get("changes", [])]}
    return case | ({"values": list(given.values())} if given else {})


def _unsaid_left_out(step: "Step", model: ModelFact, situation: Situation, request: str) -> "Step":
    """One case without the values and the row that a small model made up: what is not given is typical."""
    one = step.tool in ("predict_row", "explain_row", "what_if") and not re.search("[가-힣]", request)
    if not one or case_named(model, situation, request):
        return step
    features = {feature.name: feature for feature in model.features}

    def said_of(pair: Mapping[str, Any]) -> bool:
        feature = features.get(pair["column"])
        return feature is None or _given(feature, pair["value"], request)

    given = {name: [pair for pair in step.arguments.get(name) or [] if isinstance(pair, dict)] for name in _GIVEN}
    kept = {name: [pair for pair in pairs if said_of(pair)] for name, pairs in given.items()}
    rest = {name: value for name, value in step.arguments.items() if name not in (*_GIVEN, "dataset", "row")}
    if "row" in step.arguments:
        if _A_ROW.search(request):
            rest |= {name: step.arguments[name] for name in ("dataset", "row") if name in step.arguments}
        elif kept == given and step.tool != "what_if":
            return step
    elif kept == given and not (step.tool == "what_if" and not given["values"]):
        return step
    if step.tool == "explain_row" and not kept["values"] and "row" not in rest:
        return mended(step, "no case is described, so what drives the model is told.", "explain_model", {})
    said = kept["values"] + kept["changes"]
    if step.tool == "what_if" and "row" not in rest and not kept["values"] and said:
        return mended(step, "one case is described, the rest is typical.", "predict_row", rest | {"values": said})
    made = rest | {name: pairs for name, pairs in kept.items() if pairs}
    if not said or made == step.arguments:
        return step
    return mended(step, "values that nobody gave are left out.", step.tool, made)


def _given(feature: ColumnFact, value: Any, request: str) -> bool:
    """Whether a request may give a column this value: it says the value, or all words of the column."""
    words, parts = split_words(request), split_words(feature.name)
    telling = [part for part in parts if not is_common(part)] or parts
    if all(any(alike(word, part) for word in words) for part in telling):
        return True
    if isinstance(value, bool) or (isinstance(value, str) and says(value) is not None):
        return any(alike(word, part) for word in words for part in telling)
    if isinstance(value, int | float):
        said = [number.replace(",", "").rstrip(".") for number in re.findall(r"\d[\d,]*(?:\.\d+)?", request)]
        spelt = [float(ENGLISH[word]) for word in words if word in ENGLISH]
        if value == 0 and _NONE.search(request):
            return True
        return (
            any(float(number) == value for number in said)
            or value in spelt
            or value in {_COUNTS.get(one) for one in words}
        )
    return any(len(part) < 3 or any(alike(word, part) for word in words) for part in split_words(str(value)))


def _planned(step: "Step", model: ModelFact, base: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The values that the plan has and the case of before has not."""
    names, held = {feature.name for feature in model.features}, base.get("values", [])
    given = [*(step.arguments.get("changes") or []), *(step.arguments.get("values") or [])]
    new = [pair for pair in given if isinstance(pair, dict) and pair.get("column") in names and pair not in held]
    return [pair for number, pair in enumerate(new) if pair not in new[:number]]


def _said(model: ModelFact, request: str) -> list[dict[str, Any]]:
    """The values that the request gives columns of the model, by their names or by a word of them."""
    given = {pair["column"]: pair for pair in case_values(model.features, request)}
    whole = [pair for one in model.features if (pair := given.get(one.name) or value_said(one, request))]
    return whole or _counted(model, in_digits(request))


def _counted(model: ModelFact, request: str) -> list[dict[str, Any]]:
    """The one number that is said, for the one number column that shares a word with the request: reopened only once."""
    found = re.findall(
        rf"(?<![\w.])(-?\d[\d,]*(?:\.\d+)?)(?![\d])|\b(once|twice|thrice|{either(ENGLISH)})\b|({either(KOREAN)}) ?(?:번|회|개|명)", request, re.IGNORECASE
    )  # fmt: skip
    numbers = [next(filter(None, one)) for one in found]
    measures = [feature for feature in model.features if feature.is_number]
    ages = [one.name for one in measures if _AGE.search(one.name)] if _SO_OLD.search(request) else []
    columns = _sharing(measures, request) or ages
    if len(numbers) != 1 or len(columns) != 1:
        return []
    value = float(_COUNTS.get(numbers[0].lower(), 0) or number_said(numbers[0].replace(",", "")))
    return [{"column": columns[0], "value": int(value) if value.is_integer() else value}]


def _sharing(numbers: Sequence[ColumnFact], request: str) -> list[str]:
    words = [word for word in split_words(request) if not is_common(word) and not word.isdigit()]
    scores = {
        one.name: sum(any(alike(word, part) for word in words) for part in split_words(one.name)) for one in numbers
    }
    best = max(scores.values(), default=0)
    return [name for name, score in scores.items() if score and score == best]
