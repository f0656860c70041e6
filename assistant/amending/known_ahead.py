"""What is known of the future of a series: columns that are said to be planned, a dataset of values to come, the number that is counted."""

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from assistant.amending.step import mended, table_behind, table_of
from assistant.amending.supposed import READS, supposition
from assistant.context import ColumnFact, Situation, Table
from assistant.named import clauses, columns_named, others_named, stands
from assistant.words import all_said, is_common, split_words

if TYPE_CHECKING:
    from assistant.plan import Step

_KNOWN = re.compile(
    r"\bknown (?:in advance|ahead|beforehand|for the future)\b|\bknow\w* (?:it |them )?(?:in advance|ahead|beforehand)\b|\b(?:planned|plan|scheduled|decided|fixed)\b[^.;]{0,20}\b(?:ahead|advance|beforehand|already)\b|\balready (?:planned|known|scheduled|decided|fixed)\b|미리 (?:아|알|정해)|이미 (?:아|알|정해)|사전에 (?:아|알|정해)",
    re.IGNORECASE,
)


def known_ahead(request: str, table: Table | None) -> list[str]:
    """The columns that stand in the clause that says they are known ahead: `promo는 미리 아는 값이야`, `promo and market days are known`."""
    if table is None:
        return []
    said = [clause for clause in clauses(request) if _KNOWN.search(clause)]
    said += [
        before for found in _KNOWN.finditer(request) if (before := re.split(r"[,;.:]", request[: found.start()])[-1])
    ]
    return list(
        dict.fromkeys(name for clause in said for name in others_named(clause, table, "") + _telling(clause, table))
    )


def _telling(clause: str, table: Table) -> list[str]:
    """The columns of which a clause says all words that tell something: promo of on_promo."""
    words = [form for word in split_words(clause) for form in (word, word.removesuffix("s"))]
    telling = {one.name: [part for part in split_words(one.name) if not is_common(part)] for one in table.columns}
    return [name for name, parts in telling.items() if parts and all_said(parts, words)]


def supposed_ahead(steps: Sequence["Step"], situation: Situation, request: str) -> list["Step"]:
    """`what if we had a promo every day?` of a column that the last forecast does not know ahead: it is built anew with that known."""
    model, step = next(iter(situation.models), None), steps[0] if len(steps) == 1 else None
    table = table_behind(model, situation) if model and model.ahead else None
    if model is None or step is None or table is None or step.tool not in (*READS, "forecast"):
        return list(steps)
    built = [one for turn in situation.turns for one in turn.steps if one["tool"] == "train_forecast"]
    before = {name: value for name, value in built[-1].items() if name != "tool"} if built else {}
    before = {"dataset": table.name, "target": model.target} | before
    apart = {model.target, *before.get("item", []), *(feature.name for feature in model.features)}
    free = [column for column in table.columns if not column.is_time and column.name not in apart]
    change = supposition(step, free, request)
    if not change:
        return list(steps)
    why = f"{change['column']} is to be known ahead, so that it can be supposed."
    known = [*before.get("known_columns", []), change["column"]]
    numbers = [one for one in columns_named(request, table) if one.is_number and len(one.values) != 2]
    asked = [one.name for one in numbers if one.name != change["column"]]
    if len(asked) == 1:  # of another number than the last forecast
        before |= {"target": asked[0]}
    return [
        mended(step, why, "train_forecast", before | {"known_columns": known}),
        mended(step, "the change is the request's.", "forecast", {"changes": [change]}),
    ]


def with_future(step: "Step", situation: Situation, request: str) -> tuple["Step", dict[str, Any]]:
    """The build with the columns as known that another named dataset tells of the days to come, and what the forecast reads."""
    table = table_of(step, situation)
    target = str(step.arguments.get("target", ""))
    times = {column.name for column in table.columns if column.is_time} if table else set()
    for other in situation.tables:
        names = {column.name for column in other.columns}
        if table is None or other is table or target in names or not times & names or not _names(other.name, request):
            continue
        keys = {*times, *step.arguments.get("item", [])}
        known = [column.name for column in table.columns if column.name in names - keys and column.type != "text"]
        if known:
            arguments = step.arguments | {"known_columns": known}
            told = mended(step, f"{other.name} tells what is to come of these.", step.tool, arguments)
            return (told if arguments != step.arguments else step), {"future": other.name}
    return step, {}


def _names(dataset: str, request: str) -> bool:
    return stands(dataset, request) or stands(dataset.replace("_", " "), request)


def stemmed(request: str, numbers: Sequence[ColumnFact]) -> list[ColumnFact]:
    """Number columns whose name is the same word in another form: `how many bikes will be hired` speaks of hires."""
    words = {_stem(word) for word in split_words(request)}
    return [column for column in numbers if len(column.values) != 2 and _stem(column.name) in words]


def _stem(word: str) -> str:
    return re.sub(r"(?:ings?|ed|es|ers?|als?|s|e)$", "", word.casefold()) if len(word) > 4 else word.casefold()
