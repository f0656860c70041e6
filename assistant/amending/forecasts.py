"""Forecasts as the request says them: how far ahead, in which step, with which bands and holidays; and then the forecast itself."""

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from assistant.amending.known_ahead import known_ahead, stemmed, with_future
from assistant.amending.some_series import series_said
from assistant.amending.step import mended, table_behind, table_of, table_read
from assistant.context import Situation, Table
from assistant.group_words import PER
from assistant.named import columns_named, stands
from assistant.words import alike, is_common, split_words
from tools.number_words import ENGLISH, KOREAN, either, number_said

if TYPE_CHECKING:
    from assistant.plan import Step

_N = rf"(?P<n>\d+|{either(ENGLISH)})"
_NEXT = re.compile(
    rf"\b(?:next|coming|following|upcoming)(?: {_N})? (?P<unit>hour|day|week|month|quarter|year)s?\b|\b(?P<ahead>\d+|half an?|an?|{either(ENGLISH)})[- ](?P<of>hour|day|week|month|quarter|year)s? (?:ahead|out|forward|into the future|in advance)\b"
    rf"|(?:(?:다음|향후|앞으로|이후)(?:의)?\s?|(?<!지난 )(?<!최근 )(?<!\d)(?=(?:\d+|{either(KOREAN)})\s?(?:개)?(?:일|주|월|달|분기|년)\s?치))(?P<korean>\d+|{either(KOREAN)})?\s?(?:개)?(?P<einheit>시간|일|주|월|달|분기|년|해)(?:간|치|동안)?|(?P<tomorrow>내년|내달)",
    re.IGNORECASE,
)
_UNITS = {
    "시간": "hour",
    "일": "day",
    "주": "week",
    "월": "month",
    "달": "month",
    "분기": "quarter",
    "년": "year",
    "해": "year",
}
_STEPS = (
    ("hour", r"\bhourly\b|시간별|시간 ?단위"), ("day", r"\bdaily\b|\bper day\b|일별|일 ?단위|매일"), ("week", r"\bweekly\b|\bper week\b|주별|주간|주 ?단위"),
    ("month", r"\bmonthly\b|\bper month\b|월별|월간|월 ?단위"), ("quarter", r"\bquarterly\b|분기별"), ("year", r"\byearly\b|\bannual\w*|연도별|연간|연 ?단위"),
)  # fmt: skip
_WILL = re.compile(
    r"\bwill\b|\bgoing to\b|\bexpect\w*|\bforecast|\bpredict|\bproject(?:ed|ion)|예측|예상|전망|(?:팔릴|될|할|늘|줄|오를|나올|나갈|들어올|필요할)\S*(?:까|지)|[올갈쓸벌날볼릴을]까(?![가-힣])",
    re.IGNORECASE,
)
_IN_DAYS = {"hour": 1 / 24, "day": 1, "week": 7, "month": 365.25 / 12, "quarter": 365.25 / 4, "year": 365.25}
_BANDS = re.compile(r"\b(\d{2})\s?(?:%|percent) (?:confidence |prediction )?(?:bands?|intervals?)|(\d{2})\s?(?:%|퍼센트) ?(?:신뢰|예측)? ?(?:구간|밴드)", re.IGNORECASE)  # fmt: skip
_PERCENTILES = re.compile(r"\bp(\d{1,2})\b", re.IGNORECASE)
_COUNTRIES = {
    "KR": r"\bkorea|한국|국내|대한민국", "US": r"\b(?:us|usa|american|united states)\b|미국", "DE": r"\bgerman|독일", "JP": r"\bjapan|일본",
    "GB": r"\b(?:uk|british|england|united kingdom)\b|영국", "FR": r"\bfrench|\bfrance|프랑스", "CN": r"\bchin|중국", "NO": r"\bnorw|노르웨이",
}  # fmt: skip
_BOUNDS = re.compile(
    r"(\d{1,2})\s?(?:%|percent|th)? (?:and|to|or|&) (?:the )?(\d{1,2})\s?(?:%|percent|th)?[\s-]?(?:bounds?|quantiles?|percentiles?|limits?|bands?)"
    r"|(\d{1,2})\s?(?:%|퍼센트)?\s?(?:과|와|,|에서|~|-)\s?(\d{1,2})\s?(?:%|퍼센트)?\s?(?:분위|상한|하한|범위|구간|경계)",
    re.IGNORECASE,
)
_MANY = re.compile(r"\bhow (?:many|much)\b|얼마|몇|\bforecast", re.IGNORECASE)
_ADJUSTS = ("evaluate_model", "add_holidays", "query_data", "describe_data", "make_chart", "predict_dataset", "forecast", "train_model", "train_forecast")  # fmt: skip
_HOLIDAYS = re.compile(r"\bholidays?\b|휴일|공휴일|명절", re.IGNORECASE)
_ONLY_BUILD = re.compile(r"\b(?:build|train|fit|make) (?:a|the|another) (?:\w+ )?(?:forecast(?:ing)?|time[- ]series) model\b(?!.*\band\b)|모델(?:만|을)? ?(?:학습|만들)", re.IGNORECASE)  # fmt: skip


def forecasted(steps: Sequence["Step"], situation: Situation, request: str) -> list["Step"]:
    """Builds of forecasts as the request says them, each followed by the forecast; a future that is asked for is one."""
    made: list[Step] = []
    if any(step.tool == "train_forecast" for step in steps):  # holidays are the forecast's own affair
        steps = [step for step in steps if step.tool != "add_holidays"]
    for place, step in enumerate(steps):
        step = _ahead_of_rows(step, situation, request, alone=len(steps) == 1)
        step = _future(step, situation, request, alone=len(steps) == 1)
        if step.tool != "train_forecast":
            made.append(step)
            continue
        asked, future = with_future(as_asked(step, situation, request), situation, request)
        made.append(asked)
        follows = any(one.tool == "forecast" for one in steps[place + 1 :])
        if not follows and not _ONLY_BUILD.search(request):
            made.append(mended(step, "the forecast itself is asked for.", "forecast", future))
    return made


_TO_COME = re.compile(r"\b(?:will|going to|expected to)\b(?! (?:you|we see)\b)", re.IGNORECASE)
_SUPPOSES = re.compile(r"\b(?:if|suppose|supposing|assum\w+)\b", re.IGNORECASE)


def _ahead_of_rows(step: "Step", situation: Situation, request: str, *, alone: bool) -> "Step":
    """Predictions of rows, where every model there is looks ahead, are its forecast; so is `when will lilies sell most?`"""
    if not situation.models or not all(model.ahead for model in situation.models):
        return step
    to_come = alone and step.tool == "query_data" and _TO_COME.search(request) and not _SUPPOSES.search(request)
    if not (step.tool == "predict_dataset" or (to_come and _is_foretold(situation, request))):
        return step
    kept = {name: value for name, value in step.arguments.items() if name == "model"}
    return mended(step, "the model looks ahead in time.", "forecast", kept)


def _is_foretold(situation: Situation, request: str) -> bool:
    """Whether a request names what the newest model forecasts, or one of its series."""
    model, words = situation.models[0], split_words(request)
    named = any(alike(word, part) for word in words for part in split_words(model.target) if not is_common(part))
    return named or bool(series_said(request, table_behind(model, situation), [model.target]))


def _future(step: "Step", situation: Situation, request: str, *, alone: bool) -> "Step":
    """A model of rows, where the next months of a series are asked for, is a forecast; so is a type made ready for one."""
    table = table_of(step, situation)
    foretold = any(model.ahead for model in situation.models)
    if step.tool == "query_data" and alone and not foretold and _WILL.search(request):
        table = table_read(step, situation)
    if table is None or not _NEXT.search(request):
        return step
    numbers = [column for column in table.columns if column.is_number]
    counted = [column for column in columns_named(request, table) if column in numbers and len(column.values) != 2]
    counted = (counted or stemmed(request, numbers)) if _MANY.search(request) else []
    if step.tool == "query_data":
        targets = [column for column in numbers if stands(column.name, str(step.arguments.get("sql", "")))]
        if len(targets) > 1:  # what is sold is counted, its price is not
            targets = [column for column in targets if column.type == "int"]
        targets = counted if len(counted) == 1 else targets
    elif step.tool == "train_model":
        own = step.arguments.get("target")
        targets = [column for column in numbers if column.name == own and len(column.values) != 2]
        targets = counted if len(counted) == 1 and _WILL.search(request) else targets
    elif alone and (step.tool == "change_type" or (step.tool in _NO_FUTURE and _FORETELLS.search(request))):
        targets = [column for column in columns_named(request, table) if column in numbers]
        targets = targets or [column for column in numbers if column.name == step.arguments.get("target")]
    else:
        return step
    times = [column for column in table.columns if column.is_time]
    if len(targets) != 1 or len(times) != 1:
        return step
    target = targets[0]
    arguments = {"dataset": table.name, "target": target.name}
    return mended(step, "the future of a series is asked for.", "train_forecast", arguments)


_NO_FUTURE = ("fix_issues", "transform_with_sql", "resample_series", "describe_data", "aggregate")
_FORETELLS = re.compile(r"\bforecast|\bpredict|예측|전망", re.IGNORECASE)


def as_asked(step: "Step", situation: Situation, request: str) -> "Step":
    """The build of a forecast as far ahead, in the steps and with the bands that the request says."""
    said: dict[str, Any] = {}
    table = table_of(step, situation)
    times = [column.name for column in table.columns if column.is_time] if table else []
    if found := _NEXT.search(request):
        number, unit = _ahead(found)
        step_unit = next((name for name, words in _STEPS if re.search(words, request, re.IGNORECASE)), unit)
        if step_unit == unit == "year" and times:
            step_unit = "month"  # the next year of dated rows is told month by month
        if _IN_DAYS[step_unit] <= _IN_DAYS[unit]:
            said = {"horizon": max(1, round(number * _IN_DAYS[unit] / _IN_DAYS[step_unit])), "frequency": step_unit}
    if found := _BANDS.search(request):
        outside = (100 - int(found[1] or found[2])) / 2
        said["quantiles"] = [outside, 100 - outside]
    elif found := _BOUNDS.search(request):
        said["quantiles"] = sorted(float(one) for one in found.groups() if one)
    elif percentiles := [float(number) for number in _PERCENTILES.findall(request) if 0 < int(number) < 100]:
        said["quantiles"] = sorted(set(percentiles))
    if _HOLIDAYS.search(request):
        country = [code for code, words in _COUNTRIES.items() if re.search(words, request, re.IGNORECASE)]
        if not country and re.search("[가-힣]", request):  # who asks in Korean of no other country means her own
            country = ["KR"]
        said |= {"holidays": country[0]} if len(country) == 1 else {}
    known = step.arguments.get("known_columns", []) or known_ahead(request, table)
    named = [column.name for column in columns_named(request, table)] if table else []
    named += known_ahead(request, table)
    said |= _series(request, table, str(step.arguments.get("target", "")), times)
    given = {name: value for name, value in step.arguments.items() if name != "known_columns"}
    if not re.fullmatch("[A-Za-z]{2}", str(given.get("holidays", "KR"))):
        del given["holidays"]  # a dataset or a column of holidays is no country
    apart = [
        name for name in given.pop("item", []) if name in named and name not in (step.arguments.get("target"), *times)
    ]
    given |= {"item": apart} if apart else {}
    if kept := [
        name
        for name in dict.fromkeys(known)
        if name in named and name not in (step.arguments.get("target"), *times, *said.get("item", []))
    ]:
        given["known_columns"] = kept
    if given == step.arguments and said.items() <= given.items():
        return step
    return mended(step, "how far ahead and in which steps, as the request says.", step.tool, given | said)


def made_anew(steps: Sequence["Step"], situation: Situation, request: str) -> list["Step"]:
    """`include US holidays`, `with 5 % and 95 % bounds`: the last forecast built once more, with that besides."""
    model = next(iter(situation.models), None)
    built = [one for turn in situation.turns for one in turn.steps if one["tool"] == "train_forecast"]
    if model is None or not model.ahead or not built or not steps or steps[0].tool not in _ADJUSTS:
        return list(steps)
    before = {name: value for name, value in built[-1].items() if name != "tool"}
    own = {"dataset": before["dataset"], "target": before["target"]}
    other = steps[0].tool.startswith("train_") and not own.items() <= steps[0].arguments.items()
    asked = as_asked(steps[0].model_copy(update={"tool": "train_forecast", "arguments": own}), situation, request)
    if other or not {"holidays", "quantiles"} & asked.arguments.keys():
        return list(steps)
    anew = mended(steps[0], "the forecast as it was, with that besides.", "train_forecast", before | asked.arguments)
    return [anew, mended(steps[0], "the forecast itself is asked for.", "forecast", {})]


_PER = re.compile(
    rf"(?:{PER}|\bfor all|\beach|\bevery) (?:the )?((?:[\w']+ ?){{1,3}})|(\S+?)별(?:로|\s)",
    re.IGNORECASE,
)


def _series(request: str, table: Table | None, target: str, times: Sequence[str]) -> dict[str, Any]:
    """The columns that tell series apart: `per channel`, `지점별로`."""
    if table is None:
        return {}
    said = [one or other for one, other in _PER.findall(request)]
    words = [part for one in said for part in (one.split()[:1] or [one])]
    items = [
        column.name for word in words for column in columns_named(word, table) if column.name not in (target, *times)
    ]
    return {"item": list(dict.fromkeys(items))} if items else {}


def _ahead(found: "re.Match[str]") -> tuple[float, str]:
    """The number and the unit of how far ahead."""
    if found["tomorrow"]:
        return 1, "year" if found["tomorrow"] == "내년" else "month"
    unit = found["unit"] or found["of"] or _UNITS[found["einheit"]]
    number = found["n"] or found["ahead"] or found["korean"] or "1"
    return number_said(number, {"a": 1, "an": 1, "half a": 0.5, "half an": 0.5}), unit.casefold()
