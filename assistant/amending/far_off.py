"""Rows that are far from what is expected of rows like them: `which homes are overpriced?` is told by a model that did not learn from them."""

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from assistant.amending.cases import key_of
from assistant.amending.predicted import how_many
from assistant.amending.step import mended, table_meant
from assistant.context import ColumnFact, Situation, Table
from assistant.named import columns_named
from assistant.words import alike, split_words

if TYPE_CHECKING:
    from assistant.plan import Step

_SHOULD = r"(?:(?:it|they|he|she|we) (?:\w+ )?(?:should|ought)|expected|predicted|you(?:'d| would) expect|one would expect|usual for|normal for|(?:it|they) (?:is|are) worth|(?:the )?market)"
_ABOVE = re.compile(
    rf"\bover[- ]?(?:priced|valued|paid|charged)\b|\btoo (?:expensive|dear|pricey)\b|\b(?:more|higher|better|dearer|longer|larger|bigger)(?: \w+){{0,3}} than {_SHOULD}|\babove (?:the )?(?:market|expect|fair)\w*|\b(?:out|over)[- ]?perform\w*"
    r"|시세보다 ?(?:훨씬 |더 |많이 )?(?:비[싸싼]|높)|고평가|(?:예상|기대|예측)\S{0,2}보다 ?(?:훨씬 |더 |많이 )?(?:비[싸싼]|높|많|잘|좋)|너무 비[싸싼]|바가지",
    re.IGNORECASE,
)
_BELOW = re.compile(
    rf"\bunder[- ]?(?:priced|valued|paid|charged)\b|\btoo cheap\b|\bbargains?\b|\b(?:less|lower|worse|cheaper|fewer|shorter|smaller)(?: \w+){{0,3}} than {_SHOULD}|\bbelow (?:the )?(?:market|expect|fair)\w*|\bunder[- ]?perform\w*"
    r"|시세보다 ?(?:훨씬 |더 |많이 )?(?:[싸싼]|저렴|낮)|저평가|(?:예상|기대|예측)\S{0,2}보다 ?(?:훨씬 |더 |많이 )?(?:[싸싼]|저렴|낮|적|못)|너무 [싸싼]",
    re.IGNORECASE,
)
_MEASURES = (
    (r"paid|earn|salar|wage|연봉|급여|월급", r"salary|wage|pay(?![a-z])|income|earning|compensation|연봉|급여|월급|임금|보수"),
    (r"rent|월세|임대", r"rent|월세|임대료|보증금"),
    (r"pric|charg|cost|expens|cheap|dear|valued|market|bargain|fair|시세|비[싸싼]|[싸싼]|저렴|평가|바가지", r"price|rent|cost|value|fee(?!d)|premium|가격|시세|월세|매매가|임대료|전세|요금"),
    (r"\blong|\bshort|오래", r"length|duration|(?<![a-z])(?:days|hours|minutes)(?![a-z])|(?<![a-z])time(?![a-z])|기간|일수|소요"),
    (r"perform|better|worse|잘|못", r"revenue|sales|profit|turnover|score|매출|이익|실적|점수"),
)  # fmt: skip
"""What a request speaks of, and the names of the columns that hold it; the first line that fits counts."""
_EXPECTED = re.compile(r"expected|predicted|forecast|estimat|(?<![a-z])fair|market|target|budget|plan(?:ned)?(?![a-z])|시세|예상|예측|추정|목표|공시", re.IGNORECASE)  # fmt: skip
"""A column of such a name is what the rows are compared with; no model is needed."""
_TELLS = (
    "query_data", "describe_data", "preview_data", "make_chart", "draw_violins", "check_quality", "quality_report", "correlate", "compare_groups", "filter_rows",
    "filter_by_rules", "sort_rows", "take_rows", "remove_outliers", "handle_outliers", "transform_with_sql", "add_formula", "aggregate", "train_model", "evaluate_model",
    "explain_model", "show_mistakes", "error_by_segment", "measure_bias", "predict_dataset", "predict_row", "compare_versions", "group_rare", "bin_column", "add_window",
)  # fmt: skip
_NOT = re.compile(
    r"\b(?:average|mean|median|models?|forecasts?|predictions?|errors?)\b|\b(?:is|was|am) (?:my|this|that|it|i|he|she)\b|\b(?:my|this) \w+\b|평균|중앙값|모델|내 (?:집|차)|이 (?:집|차)(?![가-힣])",
    re.IGNORECASE,
)
"""It is of averages, of a model itself, or of the one case at hand."""
_THE = re.compile(r"\b(?:is|was) the (?P<thing>\w+(?: \w+){0,3})", re.IGNORECASE)
"""One thing at hand, `is the house overpriced`, unless it is the measure itself: `is the interest rate higher than it should be`."""
_WHICH = re.compile(r"\bwhich (\w+)|(?:어느|어떤) (\S+?)(?:이|가|은|는|의|에서)?(?:\s|$)", re.IGNORECASE)
_SAID = {"overpriced", "underpriced", "overpaid", "underpaid", "bargain", "overvalued", "undervalued"}


def far_off(steps: Sequence["Step"], situation: Situation, request: str) -> list["Step"]:
    """Rows far above or below what is expected, ranked by a model of the number, which is built where there is none yet."""
    above, below = _ABOVE.search(request), _BELOW.search(request)
    table = table_meant(steps[0], situation) if steps and (above or below) else None
    if table is None or _NOT.search(request) or any(step.tool not in _TELLS for step in steps):
        return list(steps)
    target = _measure(table, request)
    if target is None or key_of(table, {target.name}, request) or _of_one(table, target, request):
        return list(steps)
    if group := _group(table, request):
        ignoring = _build(steps, table, target)
        ignoring = mended(ignoring, f"what is to be expected is told without {group}.", "train_model", ignoring.arguments | {"ignore": [group]})  # fmt: skip
        return [ignoring, mended(steps[0], f"the groups of {group} beside it.", "measure_bias", {"column": group})]
    known = [model for model in situation.models if model.target == target.name and not model.ahead]
    arguments: dict[str, Any] = {"kind": "all" if above and below else "too_low" if above else "too_high", "every_row": True}  # fmt: skip
    arguments |= {"model": known[0].name} if known and known[0] is not situation.models[0] else {}
    arguments |= {"count": min(how_many(request), 200)} if re.search(r"\d", request) else {}
    show = mended(
        steps[0],
        f"what {target.name} is to be expected is told by a model that did not learn from the row.",
        "show_mistakes",
        arguments,
    )
    return [show] if known else [_build(steps, table, target), show]


def _of_one(table: Table, target: ColumnFact, request: str) -> bool:
    """Whether it is asked of the one thing at hand, not of the measure as a whole."""
    found = _THE.search(request)
    return (
        found is not None and target not in columns_named(found["thing"], table) and not _shares(target, found["thing"])
    )


def _shares(target: ColumnFact, thing: str) -> bool:
    return any(alike(word, part) for word in split_words(thing) for part in split_words(target.name) if len(part) > 3)


def _build(steps: Sequence["Step"], table: Table, target: ColumnFact) -> "Step":
    """The build of the model, as the plan has it or the plain one."""
    own = [step for step in steps if step.tool == "train_model" and step.arguments.get("target") == target.name]
    why = f"what {target.name} is to be expected is told by a model."
    return own[0] if own else mended(steps[0], why, "train_model", {"dataset": table.name, "target": target.name})


def _group(table: Table, request: str) -> str | None:
    """The column of few values whose groups are asked for: `which wards keep patients longer than expected?`."""
    said = _WHICH.findall(request)
    words = [word for found in said for word in found if word]
    groups = [column for column in table.columns if column.type == "text" and column.values]
    return next(
        (column.name for word in words for column in groups if alike(word.casefold(), column.name.casefold())), None
    )


def _measure(table: Table, request: str) -> ColumnFact | None:
    """The number that is meant, by its name or by what is said of it; None where a column holds what is expected."""
    if any(_EXPECTED.search(column.name) or _SAID & set(split_words(column.name)) for column in table.columns):
        return None
    numbers = [column for column in table.columns if column.is_number and len(column.values) != 2]
    family = next((names for said, names in _MEASURES if re.search(said, request, re.IGNORECASE)), "(?!)")
    held = [column for column in numbers if re.search(family, column.name, re.IGNORECASE)]
    if len(held) != 1:
        held = [column for column in columns_named(request, table) if column in (held or numbers)]
    return held[0] if len(held) == 1 else None
