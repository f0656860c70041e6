"""Models, forecasts and predictions of some rows only: `build it again only on the orders since 2025` keeps these rows first.

What is kept for a plan's own steps alone is whole again after them. What is not covered: rows that a column of another
table tells, and conditions that no rule reads word for word.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import takewhile
from typing import TYPE_CHECKING, Any

from assistant.amending.among import conditions
from assistant.amending.step import join_needed, mended, table_of
from assistant.composing.charts import condition_said
from assistant.context import Situation, Table
from assistant.named import stands
from assistant.words import alike, is_common, split_words
from tools.relations import Relation, identifier_if_needed
from tools.words import literal

if TYPE_CHECKING:
    from assistant.plan import Step

_TAKES = ("train_model", "train_text_model", "train_forecast", "predict_dataset")
_KEEPS = ("filter_rows", "filter_by_rules")
_LOOKS_BACK, _OF_MODELS = "history", "model"
"""Groups of tools: those that tell what was done, so that it is to stay, and those whose changes are none of the data."""
_ONLY = re.compile(r"\b(?:only|just|solely|nothing but)\b(?P<rows>[^.;?!]*)", re.IGNORECASE)
_ON = re.compile(
    r"\b(?:on|with|using|from|for|of)\s+(?:the |our |all |those |these )*(?P<thing>\w+)\s+(?P<rows>(?:since|from|after|before|until|in|of|with|without|where|that|which|who|whose|over|under|above|below)\b[^.;,?!]*)",
    re.IGNORECASE,
)
_MANY = re.compile(
    r"^\W*(?:(?:now|then|please|ok|okay|and|also|can you|could you)\W+)*(?:predict|make predictions for|get predictions for|run (?:it|the model) on|apply (?:it|the model) to)\s+(?:it for |for )?(?:only |just )?(?P<rows>[^.;?!]+)",
    re.IGNORECASE,
)
_FILTERS = re.compile(r"\b(?:keep|kept|filter\w*|remov\w*|drop\w*|delet\w*|restrict\w*|limit\w*|get rid of|throw|from now on|henceforth)\b|남기|남겨|걸러|필터|삭제|제거|빼(?!고)|앞으로", re.IGNORECASE)  # fmt: skip
"""Words for rows that shall be gone for good."""
_DIVIDES = re.compile(
    r"\b(?:test\w*|hold\w*|validat\w*|split\w*|folds?|columns?|features?|top)\b",
    re.IGNORECASE,
)
"""How rows are divided, how long it may take and what is read: none of it is a condition on rows."""
_TIMES = ("minutes", "seconds", "hours", "minute", "second", "hour")
_LEARNS = re.compile(
    r"\b(?:using|trained|train|learn\w*|built|based|history)\b[^.;]*?(?=\b(?:only|just|solely|data|rows|records|since|from|after|before|until)\b)",
    re.IGNORECASE,
)
"""Words for what a forecast is made from: other times that its request names are those to come."""
_AHEAD = re.compile(r"\b(?:(?:for|over|in|of) )?(?:the )?(?:next|coming|following|upcoming)\b[^,.;]*?(?:\d \w+|(?=,|$|[.;])|\b(?:day|week|month|quarter|year)s?\b)", re.IGNORECASE)  # fmt: skip
_LASTS = re.compile(rf"\b(?:{'|'.join(_TIMES)})\b", re.IGNORECASE)
_IDLE = re.compile(r"\b(?:on|for|with|from|using|the|those|these|our|all|of|in|data|rows?|records?|entries|cases|ones|it|them|again|only|just)\b", re.IGNORECASE)  # fmt: skip
_BESIDE = re.compile(r"\bcolumns?\b|\bbeside\b|\bnext to\b|\bshow(?:ing)? only\b", re.IGNORECASE)


def on_some_rows(steps: Sequence["Step"], situation: Situation, request: str) -> list["Step"]:
    """The rows that a build or a prediction is asked for alone are kept before it, where no step of the plan does so.

    What a plan keeps of itself, which nobody asked to keep for good, is whole again at its end.
    """
    if first := [*takewhile(lambda step: step.tool in _KEEPS, steps)]:
        return list(steps) if _FILTERS.search(request) else _for_these(first, steps[len(first) :], situation)
    if len(steps) == 1 and (many := _of_many(steps[0], situation, request)):
        return [*many, *_all_again(many[0], many[1:], situation)]
    step = steps[0] if steps and steps[0].tool in _TAKES else None
    table = table_of(step, situation) if step else None
    if step is None or table is None or re.search("[가-힣]", request):
        return list(steps)
    if step.tool == "train_forecast":
        past = _AHEAD.sub(" ", request)
        request = past[found.start() :] if (found := _LEARNS.search(past)) else ""
    apart = {str(step.arguments.get("target", ""))} | {model.target for model in situation.models}
    condition = next(filter(None, (_condition(part, table, situation, apart) for part in _parts(step, table, request))), "")  # fmt: skip
    if step.tool == "train_forecast":
        condition = _without(condition, step.arguments.get("only") or [])
    if not condition:
        return list(steps)
    arguments = dict(step.arguments)
    if not _BESIDE.search(request):
        arguments.pop("columns", None)
    if step.tool == "train_model" and all(stands(name, condition) for name in arguments.get("only") or []):
        arguments.pop("only", None)  # the column of the condition is not all that the model shall read
    kept = {"dataset": table.name, "condition": condition, "action": "keep"}
    why = "the request wants these rows alone."
    made = [mended(step, why, "filter_rows", kept), step.model_copy(update={"arguments": arguments}), *steps[1:]]
    return [*made, *_all_again(made[0], made[1:], situation)]


def _of_many(step: "Step", situation: Situation, request: str) -> list["Step"]:
    """`predict the Premium members in Oslo`: the rows that these are, each predicted, where every word of it is understood."""
    model = next(iter(situation.models), None)
    table = situation.table(model.dataset) if model is not None and not model.ahead else None
    found = _MANY.search(request) if step.tool in ("predict_row", "predict_dataset") and table is not None else None
    if found is None or table is None or not _plural(found["rows"], table):
        return []
    if not (condition := condition_said(situation, table.name, f"of {found['rows'].strip()}")):
        return []
    why = "each of these rows is to be predicted."
    kept = {"dataset": table.name, "condition": condition, "action": "keep"}
    given = {
        name: value
        for name, value in step.arguments.items()
        if name in ("model", "format", "every_class", "save_as", "top")
    }
    return [
        mended(step, why, "filter_rows", kept),
        mended(step, why, "predict_dataset", {"dataset": table.name} | given),
    ]


def _plural(said: str, table: Table) -> bool:
    """Whether several rows of a table are spoken of: by its name, or by that of its key."""
    things = {*split_words(table.name), *(word for column in table.columns[:1] for word in split_words(column.name))}
    return any(
        word.endswith("s") and alike(word, thing)
        for word in split_words(said)
        for thing in [*things, "rows", "records", "cases"]
        if not is_common(word) and thing not in ("id", "no", "nr", "number", "code")
    )


def _for_these(first: Sequence["Step"], later: Sequence["Step"], situation: Situation) -> list["Step"]:
    """What a plan does with the rows that it keeps first: charts draw these alone, and after others all rows are there again."""
    condition = str(first[0].arguments.get("condition", ""))
    keeps = len(first) == 1 and condition and first[0].arguments.get("action", "keep") == "keep"
    dataset = first[0].arguments.get("dataset")
    alike = [step.tool == "make_chart" and step.arguments.get("dataset") == dataset for step in later]
    if keeps and later and all(alike) and not any("condition" in step.arguments for step in later):
        why = "only these rows are to be drawn."
        return [mended(step, why, step.tool, step.arguments | {"condition": condition}) for step in later]
    return [*first, *later, *(_all_again(first[0], later, situation) if later else [])]


def _all_again(kept: "Step", later: Sequence["Step"], situation: Situation) -> list["Step"]:
    """The step that gives the dataset all its rows back after those that were for some alone; none where one changes it."""
    from tools import catalogue

    table, used = table_of(kept, situation), [catalogue()[step.tool] for step in later]
    changes = any((one.effect == "derive" and one.group != _OF_MODELS) or one.group == _LOOKS_BACK for one in used)
    if table is None or changes:
        return []
    builds = all(step.tool in (*_TAKES, "forecast") for step in later)
    why = f"only {'this build or prediction was' if builds else 'these steps were'} to be of these rows."
    return [mended(kept, why, "restore_version", {"version": table.version.ref})]


def _without(condition: str, only: Sequence[str]) -> str:
    """A condition without its parts that name series, which the forecast itself takes."""
    from sqlglot import exp, parse_one

    tree = parse_one(condition, read="duckdb") if only and condition else None
    if tree is None:
        return condition
    told = [one.sql("duckdb") for one in (tree.flatten() if isinstance(tree, exp.And) else [tree])]
    return " AND ".join(one for one in told if not any(literal(name) in one for name in only))


def _parts(step: "Step", table: Table, request: str) -> Iterator[str]:
    """The parts of a request that say of which rows: behind `only`, or behind the thing that a row is."""
    lasts = {word for column in table.columns for word in split_words(column.name)}.isdisjoint(_TIMES)
    if _DIVIDES.search(request) or (lasts and _LASTS.search(request)):
        return
    named = [*split_words(table.name), *split_words(str(step.arguments.get("target", "")))]
    things = [*(word for word in named if not is_common(word)), "rows", "records", "data", "cases"]
    yield from (found["rows"] for found in _ONLY.finditer(request))
    for found in _ON.finditer(request):
        if any(alike(found["thing"].casefold(), word) for word in things):
            yield found["rows"]


def _condition(part: str, table: Table, situation: Situation, apart: set[str]) -> str:
    """The condition that a part says, as SQL: what is read word for word at its end, and values and limits before."""
    if whole := condition_said(situation, table.name, f"of {part.strip()}"):
        return whole
    said = condition_said(situation, table.name, part)
    columns = [column for column in table.columns if column.name not in apart and not stands(column.name, said)]
    others = [_sql(one) for one in conditions(columns, _IDLE.sub(" ", part))]
    return " AND ".join([*others, *([said] if said else [])])


def _sql(condition: dict[str, Any]) -> str:
    value = condition["value"]
    told = literal(value) if isinstance(value, str) else str(value)
    return f"{identifier_if_needed(condition['column'])} {condition.get('comparison', '=')} {told}"


_IT_AGAIN = re.compile(
    r"\b(?:build|train|fit|make|run|do|try) (?:it|that|this|the (?:same )?model|the same)(?: one)?\b(?=[^.;]*\b(?:again|anew|once more|this time|now)\b)|\b(?:re-?build|re-?train|repeat)\w* (?:it|that|this|the (?:same )?model)\b|\b(?:same|as) (?:settings|options) ?(?:as before)?\b",
    re.IGNORECASE,
)
_AFRESH = re.compile(
    r"\b(?:from scratch|default\w*|without (?:the|any|those) (?:settings|options)|all columns)\b", re.IGNORECASE
)
_SETTINGS = ("ignore", "only", "keep", "leaks", "metric", "folds", "split", "split_column", "holdout", "balance", "algorithms", "predict_as")  # fmt: skip


def built_as_before(steps: Sequence["Step"], situation: Situation, request: str) -> list["Step"]:
    """`build it again only on …` keeps the settings that the last build of this target was given."""
    if not _IT_AGAIN.search(request) or _AFRESH.search(request):
        return list(steps)
    before = [one for turn in situation.turns for one in turn.steps if one["tool"] == "train_model"]
    return [_as_before(step, before[-1]) if before and step.tool == "train_model" else step for step in steps]


def left_out_before(situation: Situation, request: str) -> list[str]:
    """The columns that the last build left out, where that is asked for again."""
    if not _IT_AGAIN.search(request) or _AFRESH.search(request):
        return []
    before = [one for turn in situation.turns for one in turn.steps if one["tool"] == "train_model"]
    return list(before[-1].get("ignore") or []) if before else []


def _as_before(step: "Step", before: Mapping[str, Any]) -> "Step":
    if before.get("target") != step.arguments.get("target"):
        return step
    kept = {name: before[name] for name in _SETTINGS if before.get(name) is not None}
    left_out = list(dict.fromkeys([*kept.get("ignore", []), *(step.arguments.get("ignore") or [])]))
    made = kept | step.arguments | ({"ignore": left_out} if left_out else {})
    if made == step.arguments:
        return step
    return mended(step, "the settings are those of the build before.", step.tool, made)


def joined_before(steps: Sequence["Step"], situation: Situation, request: str) -> list["Step"]:
    """A file is predicted with the columns of the table that a key joins to it, where the model reads these and it lacks them."""
    made: list[Step] = []
    for step in steps:
        joins = _lacking(step, situation) if step.tool == "predict_dataset" else []
        made += [*join_needed(step, joins, made, "the model reads columns of"), step]
    return made


def _lacking(step: "Step", situation: Situation) -> list[Relation]:
    """How a file is joined to the tables that hold all columns which the model reads and it lacks."""
    table, named = table_of(step, situation), step.arguments.get("model")
    model = next((one for one in situation.models if not one.ahead and named in (None, one.name)), None)
    if table is None or model is None:
        return []
    lacks = {feature.name for feature in model.features} - {column.name for column in table.columns}
    held = {one.name: {column.name for column in one.columns} for one in situation.tables}
    return [one for one in situation.joins if lacks and one.table == table.name and lacks <= held.get(one.other, set())]
