"""What if: a column that a forecast knows ahead, or that a model reads in every row, moved as the request says."""

import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from assistant.amending.cases import case_named
from assistant.amending.predicted import described
from assistant.amending.shifts import set_to, shift_said
from assistant.amending.step import mended, table_of
from assistant.composing.columns import is_amount
from assistant.context import ColumnFact, ModelFact, Situation
from assistant.named import columns_named, stands
from assistant.words import alike, is_common, split_words
from tools.tool import REGISTRY
from tools.transforms.yes_no import says

if TYPE_CHECKING:
    from assistant.plan import Step

_ENDED = re.compile(
    r"\b(?:abolish|stop|quit|end|ban|scrap|without|no (?:more|longer)|nobody|no one|get rid of)\w*|없애|없으면|없다면|없이|끊|안 하|하지 않|그만|금지|폐지",
    re.IGNORECASE,
)
"""What is so in some rows is so in none: without overtime."""
_IF = re.compile(
    r"\b(?:if|suppose|supposing|assum\w+)\b|만약|(?<![반측화표])면(?=[\s,?.]|$)|(?:경우|때)(?=[\s,?.]|에)",
    re.IGNORECASE,
)
_ASKS = re.compile(
    r"\bwhat[- ]if\b|\bhow (?:many|much|would|will|does|do)\b|\bwhat (?:would|will|happens|is|does)\b|\b(?:would|will|does)\b|얼마|몇|어떻게|[가-힣]까\b|[가-힣]지\?|변화|영향|\?\s*$",
    re.IGNORECASE,
)
_ALL = re.compile(
    r"\b(?:every(?:one|body|thing)?|all|each)\b(?! (?:columns?|features?))|모두|모든|전부|전체|다들", re.IGNORECASE
)
_ONE = re.compile(
    r"\brow (?:no\.? ?|number )?\d|\d\s?(?:번째 ?)?행|\b(?:this|that|the same|her|his|him|she|he)\b|[이그저] (?:고객|사람|회원|행|건)",
    re.IGNORECASE,
)
_ENDS = re.compile(
    r"[,;?!]|(?<!\d)\.|\.(?!\d)|면(?=[\s,])|\b(?:how|what (?:would|will|happens)|does|will|would|then)\b", re.IGNORECASE
)
READS = (
    "what_if", "what_if_all", "predict_row", "predict_dataset", "explain_model", "explain_row", "evaluate_model",
    "train_model", "make_chart", "query_data", "describe_data", "add_formula", "forecast", "find_change",
    "check_quality", "preview_data", "compare_groups", "correlate", "error_by_segment",
)  # fmt: skip


def supposed_of_all(steps: Sequence["Step"], situation: Situation, request: str) -> list["Step"]:
    """`how many more would leave if prices rose by 20 %?` is a what-if of every row, where a model reads the price."""
    model = next(iter(situation.models), None) or _to_be_built(steps, situation)
    told = _IF.search(request) and _ASKS.search(request) and not _ONE.search(request)
    if model is None or model.ahead or not told or not steps:
        return list(steps)
    if any(one.tool not in READS for one in steps) and not (len(steps) == 1 and request.rstrip().endswith("?")):
        return list(steps)  # what is asked changes no data
    if case_named(model, situation, request):
        return list(steps)
    changes = (
        _moves(model, steps[0], situation, request) or _ended(model, request) or _everyone(model, steps[0], request)
    )
    if not changes:
        return list(steps)
    given = steps[0].arguments.get("dataset") if steps[0].tool == "what_if_all" else None
    arguments: dict[str, Any] = {"changes": changes} | ({"dataset": given} if given and stands(given, request) else {})
    if [(one.tool, one.arguments) for one in steps] == [("what_if_all", arguments)]:
        return list(steps)
    why = f"the model of {model.target} predicts every row, before and after."
    built = [] if situation.models else [steps[0]]
    return [*built, mended(steps[0], why, "what_if_all", arguments)]


def _to_be_built(steps: Sequence["Step"], situation: Situation) -> ModelFact | None:
    """The model that the only step builds, with the columns it may look at."""
    table = table_of(steps[0], situation) if len(steps) == 1 and steps[0].tool == "train_model" else None
    target = str(steps[0].arguments.get("target", "")) if table else ""
    if table is None or target not in [column.name for column in table.columns]:
        return None
    return ModelFact("", target, tuple(column for column in table.columns if column.name != target))


def _moves(model: ModelFact, step: "Step", situation: Situation, request: str) -> list[dict[str, Any]]:
    """The number that the request moves by a share, an amount or a factor, with that change."""
    numbers = [feature for feature in model.features if feature.is_number or is_amount(feature)]
    names = {feature.name for feature in numbers}
    for part in _ENDS.split(request):
        named = names & {column.name for table in situation.tables for column in columns_named(part, table)}
        column = (list(named) if len(named) == 1 else []) or nearly(part, numbers) or _planned(step, numbers)
        if column and (value := shift_said(part, column[0]) or set_to(part, request)):
            return [{"column": column[0], "value": value}]
    return []


def _ended(model: ModelFact, request: str) -> list[dict[str, Any]]:
    """`without overtime` and `야근을 없애면` set a column of yes and no to no, in the part of the request that supposes it."""
    for part in _ENDS.split(request):
        for feature in model.features if _ENDED.search(part) else ():
            off = [value for value in feature.values if says(str(value)) is False]
            if len(feature.values) == 2 and len(off) == 1 and _is_named(feature.name, part):
                return [{"column": feature.name, "value": off[0]}]
    return []


def _is_named(name: str, part: str) -> bool:
    words = split_words(part)
    return stands(name, part) or all(any(alike(word, own) for word in words) for own in split_words(name))


def nearly(part: str, numbers: Sequence[ColumnFact]) -> list[str]:
    """The column that shares the most words with what is said: `support tickets` of support_calls."""
    words = [word for word in split_words(part) if not is_common(word)]
    scores = {
        feature.name: sum(
            max((1 + (word == own) for word in words if alike(word, own)), default=0)
            for own in split_words(feature.name)
        )
        for feature in numbers
    }
    best = [name for name, score in scores.items() if score and score == max(scores.values())]
    return best if len(best) == 1 else []


def _planned(step: "Step", numbers: Sequence[ColumnFact]) -> list[str]:
    """The one number that the planned what-if changes: a column said in another language than it is written in."""
    names = [feature.name for feature in numbers]
    given = [pair for pair in step.arguments.get("changes") or [] if isinstance(pair, dict)]
    return [pair["column"] for pair in given if pair.get("column") in names] if len(given) == 1 else []


def _everyone(model: ModelFact, step: "Step", request: str) -> list[dict[str, Any]]:
    """What all rows shall hold: the values that the request gives columns of the model, else those of its what-if."""
    if not _ALL.search(request):
        return []
    said = [pair for feature in model.features if (pair := described(feature, request) or _spoken(feature, request))]
    planned = step.arguments.get("changes") or [] if step.tool in ("what_if", "what_if_all") else []
    names = {feature.name for feature in model.features}
    return said or [pair for pair in planned if isinstance(pair, dict) and pair.get("column") in names]


def _spoken(feature: ColumnFact, request: str) -> dict[str, Any] | None:
    """A category whose every word the request says in some form: `two year contract` of `two years`."""
    words = split_words(request)
    said = [
        value
        for value in feature.values
        if isinstance(value, str)
        and (parts := split_words(value))
        and all(len(one) > 2 and any(alike(word, one) for word in words) for one in parts)
    ]
    return {"column": feature.name, "value": said[0]} if len(said) == 1 else None


def supposed(steps: Sequence["Step"], situation: Situation, request: str) -> list["Step"]:
    """A what-if of the newest model, where that is a forecast, with the change as the request says it."""
    return [_own_rows(_supposed(step, situation, request), request) for step in steps]


def _own_rows(step: "Step", request: str) -> "Step":
    """A forecast goes on from the rows of its own dataset, unless the request names others."""
    dataset = str(step.arguments.get("dataset", ""))
    if step.tool != "forecast" or not dataset or stands(dataset, request):
        return step
    rest = {name: value for name, value in step.arguments.items() if name != "dataset"}
    return step.model_copy(update={"arguments": rest})


def _supposed(step: "Step", situation: Situation, request: str) -> "Step":
    named = next((one for one in situation.models if one.name == step.arguments.get("model")), None)
    model = named or next(iter(situation.models), None)
    if step.tool not in ("predict_row", "what_if", "what_if_all", "forecast") or model is None or not model.ahead:
        return step
    changes = step.arguments.get("changes") or step.arguments.get("values") or []
    if (column := _changed(model, request) or _only_one(model, changes, request)) and (
        moved := shift_said(request, column)
    ):
        changes = [{"column": column, "value": moved}]
    takes = REGISTRY["forecast"].arguments.model_fields.keys() - {"changes"}
    given = {name: value for name, value in step.arguments.items() if name in takes}
    given |= ({"changes": changes} | _known_before(given, situation)) if changes else {}
    if step.tool == "forecast" and given == step.arguments:
        return step
    why = "the change is the request's." if step.tool == "forecast" else f"{model.name} looks ahead in time."
    return mended(step, why, "forecast", given)


def _only_one(model: ModelFact, changes: Sequence[Any], request: str) -> str:
    """The column that a supposition is about in other words, as the plan has it: 5 degrees colder is of temperature."""
    names = {pair.get("column") for pair in changes if isinstance(pair, dict)}
    known = [feature.name for feature in model.features if feature.name in names]
    return known[0] if len(names) == len(known) == 1 and _IF.search(request) else ""


def _known_before(given: Mapping[str, Any], situation: Situation) -> dict[str, Any]:
    """The dataset of what is to come that the forecast before looked at, where none is given."""
    before = [one for turn in situation.turns for one in turn.steps if one["tool"] in ("train_forecast", "forecast")]
    future = before[-1].get("future") if before else None
    return {"future": future} if future and "future" not in given and situation.table(str(future)) else {}


def _changed(model: ModelFact, request: str) -> str:
    """The column that a share belongs to: the one that is named, or the only one where something is supposed."""
    names = [feature.name for feature in model.features]
    named = [name for name in names if stands(name, request)]
    return named[0] if named else names[0] if len(names) == 1 and _IF.search(request) else ""


_OF_PAST = re.compile(
    r"[었았였했](?:어|나|니|지|는지|습|던)|평균|더 (?:많|적|높|낮|커|큰|작)\S*\W*$|\b(?:did|averages?|mean)\b",
    re.IGNORECASE,
)
"""Asked of the rows that are there."""


def supposition(step: "Step", columns: Sequence[ColumnFact], request: str) -> dict[str, Any]:
    """What a request supposes of one of these columns, as a change; empty where it supposes nothing of one alone."""
    if not _IF.search(request) or not (_ASKS.search(request) or request.rstrip().endswith("면")):
        return {}
    planned = [pair for pair in step.arguments.get("changes") or [] if isinstance(pair, dict)]
    if not planned and _OF_PAST.search(request):
        return {}
    for part in _ENDS.split(request):
        named = [column for column in columns if _is_named(column.name, part)]
        if len(named) != 1:
            continue
        own = [pair["value"] for pair in planned if pair.get("column") == named[0].name]
        value = (shift_said(part, named[0].name) if named[0].is_number else "") or _switched(named[0], part)
        if value != "" or own:
            return {"column": named[0].name, "value": value if value != "" else own[0]}
    return _said_of(planned, columns, request)


def _said_of(planned: Sequence[dict[str, Any]], columns: Sequence[ColumnFact], request: str) -> dict[str, Any]:
    """The one planned change of a number that the request says, of a column that it calls by another word: cost of price."""
    names = {column.name for column in columns if column.is_number}
    numbers = {float(one.replace(",", "")) for one in re.findall(r"\d[\d,]*(?:\.\d+)?", request)}
    value = planned[0].get("value") if len(planned) == 1 and planned[0].get("column") in names else None
    told = isinstance(value, int | float) and not isinstance(value, bool) and float(value) in numbers
    return {"column": planned[0]["column"], "value": value} if told else {}


def _switched(column: ColumnFact, part: str) -> Any:
    """Yes for a column of yes and no that is supposed of every step, no where it ends; empty for others."""
    values = {says(str(value)): value for value in column.values}
    return values[not _ENDED.search(part)] if values.keys() == {True, False} and len(column.values) == 2 else ""
