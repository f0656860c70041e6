"""Some of several series: `forecast just the Mall` is a forecast of that series alone, `only the Mall` after it a look at that."""

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from assistant.amending.step import mended
from assistant.context import Situation, Table
from assistant.named import stands
from assistant.words import split_words, stem
from tools.forecasting.words import WHAT_IF

if TYPE_CHECKING:
    from assistant.plan import Step

_HOLIDAYS = re.compile(
    r"(?:\w+ )?(?:public )?\bholidays?\b(?: (?:of|in|for|from) (?:the )?\w+)?|\S+\s?공?휴일", re.IGNORECASE
)
_BUT = re.compile(
    r"\b(?:except|excluding|without|but not|leave out|leaving out|other than|apart from|not)(?: for)?\b|제외|빼고|말고",
    re.IGNORECASE,
)
_FILTERS = ("filter_rows", "filter_by_rules")
_ASKS_FILTER = re.compile(r"\bfilter\w*\b|\b(?:keep|remove|drop|delete) (?:only )?(?:the )?(?:rows|records)\b|필터|행(?:만|을)", re.IGNORECASE)  # fmt: skip
_PLAIN = re.compile(
    r"\b(?:i|me|us|you|we|can|could|would|want|need|like|show|see|give|plot|draw|display|look|at|now|then|ok(?:ay)?|and|or|&|please|just|only|alone|the|a|an|of|for|in|with|to|by"
    r"|how|what|about|that|those|this|these|same|again|instead|forecasts?|predictions?|values?|numbers?|charts?|graph|series|part|on(?: its| their)? own|s)\b"
    r"|만|도|은|는|을|를|이랑|랑|하고|과|와|의|그래프|차트|예측|값|결과|보여 ?(?:줘|주세요|줄래)?|볼래|따로|다시|그럼|이제|그냥|줘|주세요|\W",
    re.IGNORECASE,
)
"""Words that ask for no more than a look."""
_LOOKS = ("only", "just", "alone", "about", "own", "instead", "show", "see", "plot", "draw", "만", "따로", "보여")


def series_said(request: str, table: Table | None, apart: Sequence[str] = ()) -> list[str]:
    """The values of columns of words, but of those set `apart`, that a request for a forecast names; or all others than those."""
    if table is None or re.search(WHAT_IF, request, re.IGNORECASE):
        return []
    text = _HOLIDAYS.sub(" ", request)
    for column in table.columns:
        values = [] if column.name in apart else [str(one) for one in column.values if column.type == "text"]
        found = [one for one in values if _names(one, column.name, text, table)]
        if found and len(found) < len(values):
            but = _BUT.search(text)
            left = [one for one in values if one not in found]
            found.sort(key=lambda one: text.casefold().find(one.casefold()))
            return left if but and _beside(but, found, text) else found
    return []


def _names(value: str, column: str, text: str, table: Table) -> bool:
    """Whether a value stands in a text; what is very short only beside its column's name or `only`."""
    if any(value.casefold() in other.name.casefold().split("_") for other in table.columns):
        return False
    if len(value) > 2 or (len(value) == 2 and not value.isascii()):
        return stands(value, text) or (
            value.isascii() and len(value) > 3 and stem(value.casefold()) in map(stem, split_words(text))
        )
    near = rf"(?:\b(?:only|just)|{re.escape(column.replace('_', ' '))})(?: the)? {re.escape(value)}\b"
    if not value.isascii():
        near = rf"(?<!\w){re.escape(value)}(?:만|하고|이?랑|[과와의은는])?(?![가-힣])"
    return re.search(near, text, re.IGNORECASE) is not None


def _beside(but: "re.Match[str]", found: Sequence[str], text: str) -> bool:
    """Whether `except` or `without` is said of the values: `all but not the Mall`, `몰 제외하고`."""
    behind, before = text[but.end() :].casefold(), text[: but.start()].casefold()
    named = [one.casefold() for one in found]
    if re.search("[가-힣]", but[0]):
        return any(re.search(rf"{re.escape(one)}\S{{0,3}}\s*$", before) for one in named)
    return any(re.match(rf"\s*(?:the |for |\w+ )?{re.escape(one)}", behind) for one in named)


def of_some(steps: Sequence["Step"], situation: Situation, request: str) -> list["Step"]:
    """Forecasts of the series that a request names; after a forecast a few words are enough."""
    if followed := _looked_at(steps, situation, request):
        return followed
    made: list[Step] = []
    for step in steps:
        built = any(one.tool == "train_forecast" for one in made)
        table = situation.table(str(step.arguments.get("dataset") or _before(situation).get("dataset", "")))
        if step.tool == "train_forecast":
            only = series_said(request, table, _apart(step.arguments))
            made = [one for one in made if not (only and _filters(one, only, request))]
            made.append(_with(step, only, request, table))
        elif step.tool == "forecast" and not built and not step.arguments.get("changes"):
            only = series_said(request, table, [str(_before(situation).get("target", ""))])
            made += _made(step, situation, only) if only else [_with(step, [], request, table)]
        else:
            made.append(step)
    return made


_IFS = re.compile(rf"{WHAT_IF}|\b(?:if|suppose)\b", re.IGNORECASE)


def of_those_supposed(steps: Sequence["Step"], situation: Situation, request: str) -> list["Step"]:
    """`what if roses cost 2 instead?` is told of the roses, where one series is named of what is supposed."""
    made, built = [], next((one.arguments for one in steps if one.tool == "train_forecast"), _before(situation))
    table = situation.table(str(built.get("dataset", "")))
    for step in steps:
        changed = [pair.get("column", "") for pair in step.arguments.get("changes") or [] if isinstance(pair, dict)]
        others = [one.name for one in table.columns if one.name not in built.get("item", [one.name])] if table else []
        apart = [*_apart(dict(built)), *changed, *others]
        only = series_said(_IFS.sub(" ", request), table, apart) if changed else []
        made.append(_with(step, only, request, table) if step.tool == "forecast" and only else step)
    return made


def _apart(arguments: dict[str, Any]) -> list[str]:
    return [str(arguments.get("target", "")), *arguments.get("known_columns", [])]


def _with(step: "Step", only: list[str], request: str, table: Table | None) -> "Step":
    """The step of these series; of what the model wrote itself, only what stands in the request and is no column's name."""
    own = step.arguments.get("only")
    columns = {column.name for column in table.columns} if table else set()
    only = only or [one for one in own or [] if stands(str(one), request) and one not in columns]
    if own == (only or None):
        return step
    arguments = {name: value for name, value in step.arguments.items() if name != "only"}
    why = "some of the series, as the request says." if only else "no series is named, so all of them are read."
    return mended(step, why, step.tool, arguments | ({"only": only} if only else {}))


def _filters(step: "Step", only: Sequence[str], request: str) -> bool:
    """Whether a step only takes the rows of the series before a build that does so itself: the dataset stays whole."""
    said = str(step.arguments)
    return step.tool in _FILTERS and any(one in said for one in only) and not _ASKS_FILTER.search(request)


def _before(situation: Situation) -> dict[str, Any]:
    """How the last forecast was built in this talk."""
    built = [one for turn in situation.turns for one in turn.steps if one["tool"] == "train_forecast"]
    return {name: value for name, value in built[-1].items() if name != "tool"} if built else {}


def _looked_at(steps: Sequence["Step"], situation: Situation, request: str) -> list["Step"]:
    """`just show me the Mall` after a forecast: that series, without a new build where the model has it."""
    last = [one["tool"] for one in situation.turns[-1].steps] if situation.turns else []
    before = _before(situation)
    table = situation.table(str(before.get("dataset", "")))
    if not steps or not table or not {"forecast", "train_forecast"} & set(last):
        return []
    only = series_said(request, table, _apart(before))
    rest = request.casefold()
    for word in sorted([*only, *(column.name for column in table.columns)], key=len, reverse=True):
        rest = rest.replace(word.casefold().replace("_", " "), " ")
    if not only or _PLAIN.sub("", rest) or not any(word in request.casefold() for word in _LOOKS):
        return []
    return _made(steps[0], situation, only)


def _made(step: "Step", situation: Situation, only: list[str]) -> list["Step"]:
    """The forecast of these series, built for them where the last one was of others alone."""
    before = _before(situation)
    if before.get("only") and not set(only) <= set(before["only"]):
        anew = mended(step, "the forecast as it was, of other series.", "train_forecast", before | {"only": only})
        return [anew, mended(step, "the forecast itself is asked for.", "forecast", {})]
    given = step.arguments if step.tool == "forecast" else {}
    return [mended(step, "some of the series, as the request says.", "forecast", given | {"only": only})]
