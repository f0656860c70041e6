"""Forecasts and predictions again and again: `forecast next month's sales every Monday` is a schedule of it, not one forecast."""

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from assistant.amending.forecasts import as_asked
from assistant.amending.foreseen import outcome_of, spoken_of
from assistant.amending.judged import speaks_of
from assistant.amending.some_series import series_said
from assistant.amending.step import mended, table_behind, table_meant, table_of
from assistant.context import ModelFact, Situation, Table
from assistant.named import columns_named, stands
from tools.forecasting.words import ASKED
from tools.number_words import ENGLISH, KOREAN, either
from tools.scheduling.when import BOOKED, When, find_when

if TYPE_CHECKING:
    from assistant.plan import Step

_DAY = r"(?:mon|tues|wednes|thurs|fri|satur|sun)day"
_EACH = r"(?<!\bfor )(?<!\bof )(?<!\bin )\b(?:every|each)"
_NOT_OF = r"(?! (?:of|in|next|this|until|over|for the)\b)"
_RECURS = re.compile(
    rf"{_EACH} (?:{_DAY}|morning|afternoon|evening|night|weekday)\b{_NOT_OF}|\bon {_DAY}s\b|\b(?:daily|{_EACH} (?:day|week|month)) (?:at|on)\b"
    rf"|{_EACH} (?:\d+|{either(ENGLISH)}) ?(?:minutes?|hours?|days?|weeks?)\b{_NOT_OF}|^\W*(?:please |from now on,? )?(?:every|each) (?:day|week|month)\b{_NOT_OF}"
    rf"|\bnext\b[^.]*{_EACH} (?:day|week|month)\b{_NOT_OF}"
    r"|\b(?:again|anew|re-?(?:run|do|fresh|new|peat)|redo|update|automatically|regularly)\b[^.]*\b(?:(?:every|each) (?:day|week|month|hour)|daily|weekly|monthly|hourly)\b"
    r"|\b(?:every|each) (?:day|week|month|hour)\b[^.]*\b(?:again|anew|automatically)\b|\bschedule (?:an?|the|it|this|that|my|our)\b|\bon a schedule\b|\bcron\b"
    r"|\b(?:when(?:ever)?|each time|every time|as soon as)\b[^.]*\b(?:data(?: ?set)?|files?|rows|table)\b[^.]*\b(?:chang\w*|updat\w*|arriv\w*|comes?)\b|\b(?:when(?:ever)?|each time|every time|as soon as)\b[^.]*\bnew (?:data|rows)\b"
    rf"|매주 ?[월화수목금토일](?:요일)?|[월화수목금토일]요일마다|매일 ?(?:아침|저녁|밤|오전|오후|새벽|자정|정오|\d{{1,2}} ?시)|매(?:월|달) ?(?:\d{{1,2}} ?일|말일|첫)"
    rf"|(?:\d+|{either(KOREAN)}) ?(?:분|시간|일|주)마다|정기적|주기적|자동으로|스케줄|{BOOKED}|매(?:일|주|달|월)(?:마다)?,? (?:다음|내달|내년|향후|앞으로)"
    r"|(?:데이터|파일|자료|행)\S* ?[^.]{0,10}(?:바뀌|바뀔|변경|업데이트|갱신|들어오|추가)\S*(?: ?때마다| ?때| ?마다|면)",
    re.IGNORECASE,
)
"""It recurs, and is no step of the series: every Monday, but not the daily sales, each week of the quarter."""
_SAME = re.compile(
    r"\b(?:do|run|repeat|redo|make|refresh|schedule) (?:that|this|it|the (?:same|last))\b|(?:그|이|같은|방금(?: 한)?) ?예측",
    re.IGNORECASE,
)
"""The forecast that was made already."""
_SCORES = re.compile(
    r"\b(?:re-?)?(?:scor|predict|classif|estimat|rat|flag|foretell)(?:e|es|ed|ing|y|s)?\b(?! (?:of|card|board))|\brisk\b|예측|점수|스코어|분류|추정|위험", re.IGNORECASE
)  # fmt: skip
_LOOKS = ("query_data", "describe_data", "preview_data", "check_quality", "quality_report")
_ASKED = re.compile(ASKED, re.IGNORECASE)


def recurring(steps: Sequence["Step"], situation: Situation, request: str) -> list["Step"]:
    """A forecast that shall recur is scheduled; one for which no model is there yet has it built first."""
    when = find_when(request) if _RECURS.search(request) else None
    if when is None:
        return list(steps)
    made: list[Step] = []
    if _SAME.search(request) and _model(situation, request):
        steps = [step for step in steps if step.tool != "train_forecast"] or [mended(steps[0], "", "forecast", {})]
    for step in steps:
        scheduled = any(one.tool == "schedule_predictions" for one in made)
        built = next((str(one.arguments["dataset"]) for one in made if one.tool == "train_forecast"), "")
        if (step.tool == "forecast" and not step.arguments.get("changes")) or (
            step.tool == "schedule_predictions" and (built or _ASKED.search(request))
        ):
            made += [] if scheduled else _with_model(step, situation, request, when, built=built)
        else:
            made.append(step)
    return [_from_series(step, situation) if step.tool == "schedule_predictions" else step for step in made]


def _from_series(step: "Step", situation: Situation) -> "Step":
    """A forecast's schedule over its own series, where the dataset lacks them: the rows that were forecast last."""
    named = step.arguments.get("model")
    model = next((one for one in situation.models if one.name == named or not named), None)
    given = table_of(step, situation)
    if model is None or not model.ahead or given is None or model.target in [one.name for one in given.columns]:
        return step
    series = table_behind(model, situation)
    arguments = {name: value for name, value in step.arguments.items() if name != "dataset"}
    arguments |= {"dataset": series.name} if series else {}
    return mended(step, "the forecast reads the series that it learned from.", step.tool, arguments)


def scored_again(steps: Sequence["Step"], situation: Situation, request: str) -> list["Step"]:
    """`every morning at 6 score the newest orders` needs a model first: it is built of what the request speaks of, then scheduled."""
    when = find_when(request) if _RECURS.search(request) and _SCORES.search(request) else None
    if when is None or not steps or _ASKED.search(request) or situation.models:
        return list(steps)
    if any(step.tool not in (*_LOOKS, "schedule_predictions", "predict_dataset", "train_model") for step in steps):
        return list(steps)
    table, made = table_meant(steps[0], situation), [step for step in steps if step.tool == "train_model"]
    if table is None:
        return list(steps)
    arguments: dict[str, Any] = {"when": when.words(), "dataset": table.name}
    kept = next((step.arguments for step in steps if step.tool == "schedule_predictions"), {})
    arguments |= {name: kept[name] for name in ("format", "path", "refresh", "name") if name in kept}
    schedule = mended(steps[0], "it is to be predicted again and again.", "schedule_predictions", arguments)
    target = _foretold(table, request)
    if not made and target:
        made = [mended(steps[0], f"{target} of new rows is told by a model, which is built first.", "train_model", {"dataset": table.name, "target": target})]  # fmt: skip
    return [*made[:1], schedule]


def _foretold(table: Table, request: str) -> str:
    """What is to be predicted: a yes or no that the request speaks of, else the one number that it names."""
    found = outcome_of(table, request)
    numbers = [column for column in table.columns if column.is_number and len(column.values) != 2]
    found = found or spoken_of(numbers, request)
    classes = [column for column in table.columns if column.type == "text" and column.values]
    found = found or spoken_of(classes, request)
    return found.name if found else ""


def _scheduled(step: "Step", situation: Situation, request: str, when: When, *, built: str) -> "Step":
    """The forecast as a schedule; of the model that is built before it, or of the one that is spoken of."""
    options = ("horizon", "dataset", "model", "format", "path", "refresh", "name")
    arguments: dict[str, Any] = {name: value for name, value in step.arguments.items() if name in options}
    if built:
        arguments = {name: value for name, value in arguments.items() if name not in ("model", "horizon")}
        arguments["dataset"] = built
    elif found := _model(situation, request):
        arguments |= {"model": found.name}
    arguments = {"when": when.words()} | arguments
    if (step.tool, step.arguments) == ("schedule_predictions", arguments):
        return step
    return mended(step, "the forecast is to be made again and again.", "schedule_predictions", arguments)


def _with_model(step: "Step", situation: Situation, request: str, when: When, *, built: str) -> list["Step"]:
    """The schedule with its forecast model, which is built before it where there is none, or only of some of the series."""
    found, table = _model(situation, request), table_meant(step, situation)
    only = step.arguments.get("only") or series_said(request, table)
    if built or (not only and (found or step.tool == "forecast")):
        return [_scheduled(step, situation, request, when, built=built)]
    dates = [column for column in table.columns if column.is_time] if table else []
    numbers = [column for column in table.columns if column.is_number] if table else []
    named = [column for column in (columns_named(request, table) if table else []) if column in numbers]
    named = named or [column for column in numbers if found and column.name == found.target]
    if table is None or len(dates) != 1 or len(named) != 1:
        return [step]
    arguments = {"dataset": table.name, "target": named[0].name} | ({"only": only} if only else {})
    build = mended(step, "a forecast needs a model of the series.", "train_forecast", arguments)
    return [as_asked(build, situation, request), _scheduled(step, situation, request, when, built=table.name)]


def _model(situation: Situation, request: str) -> ModelFact | None:
    """The newest forecast, or the newest one that the request names or whose target it speaks of."""
    ahead = [model for model in situation.models if model.ahead]
    said = [one for one in ahead if stands(one.name, request) or speaks_of(one.target, request)]
    return next(iter(said or ahead), None)
