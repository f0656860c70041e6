"""The one case that a request names by its key: why C0005 will leave, what if order 1042 were sent by air.

A small model knows no cell of the data, so it fills in the first row, or makes values up.
"""

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from assistant.amending.step import mended
from assistant.context import ColumnFact, ModelFact, Situation, Table
from assistant.named import stands
from assistant.words import split_words
from tools.transforms.yes_no import says

if TYPE_CHECKING:
    from assistant.plan import Step

_CASES = ("predict_row", "explain_row", "what_if", "find_change")
_OTHERS = (
    "query_data",
    "predict_dataset",
    "explain_model",
    "evaluate_model",
    "make_chart",
    "describe_data",
    "preview_data",
)
WHY = re.compile(r"\bwhy\b|\bexplain\b|\breasons?\b|왜|이유|근거", re.IGNORECASE)
_STAY = re.compile(
    r"\b(?:keep|retain|save|stop|prevent|win back|hold on to)\b|막으|막을|붙잡|잡으려|유지하려", re.IGNORECASE
)
_KEEP = re.compile(
    rf"{_STAY.pattern}|\b(?:what|how)\b[^.?]*\b(?:change|differ\w*|flip)|바꿔야|바뀌어야|달라져야",
    re.IGNORECASE,
)
_FORETELLS = re.compile(
    r"\b(?:predict\w*|probab\w*|likel\w+|chances?|risk\w*|will|would|going to)\b|예측|확률|가능성|위험|것 같|까\W*$",
    re.IGNORECASE,
)
KEY_WORDS = frozenset({"id", "no", "nr", "number", "num", "code", "key", "번호", "아이디", "코드"})


_CALLED = re.compile(r"(?<![\d.,])(\d{3,})번(?! ?(?:째|만에|더|이나|씩|정도|넘|이상|이하))")
"""`기부자 5100번`: nothing happens so many times."""


def singled_out(steps: Sequence["Step"], situation: Situation, request: str) -> list["Step"]:
    """The case whose key the request names, in place of the first row or of values that nobody gave."""
    model = next(iter(situation.models), None)
    step = steps[0] if len(steps) == 1 else None
    if model is None or model.ahead or step is None or step.tool not in (*_CASES, *_OTHERS):
        return list(steps)
    found = case_named(model, situation, request) or _compared_key(step, situation, request)
    if found is None or (
        step.tool in _OTHERS and not (WHY.search(request) or _KEEP.search(request) or _FORETELLS.search(request))
    ):
        return list(steps)
    table, key = found
    said = [
        pair
        for pair in step.arguments.get("values", [])
        if isinstance(pair, dict)
        and pair.get("column") != key["column"]
        and str(pair.get("value")) != str(key["value"])
        and stands(str(pair.get("value")), request)
    ]
    tool = _tool(step.tool, request)
    rest: dict[str, Any] = {
        name: step.arguments[name] for name in ("model", "changes") if name in step.arguments and tool == step.tool
    }
    if tool == "find_change" and _STAY.search(request) and (stays := _no_of(table, model.target)):
        rest["wanted"] = stays
    made = rest | {"values": [key, *said], "dataset": table.name}
    return (
        list(steps)
        if (tool, made) == (step.tool, step.arguments)
        else [mended(step, f"{key['value']} is one case, named by its {key['column']}.", tool, made)]
    )


_EQUALS = re.compile(r"\bWHERE\s+\"?(?P<column>\w+)\"?\s*=\s*'?(?P<value>[\w-]+)'?\s*;?\s*$", re.IGNORECASE)


def _compared_key(step: "Step", situation: Situation, request: str) -> tuple[Table, dict[str, Any]] | None:
    """The key that a query compares with what stands in the request: its name may be in another language."""
    found = _EQUALS.search(str(step.arguments.get("sql", ""))) if step.tool == "query_data" else None
    if found is None or not stands(found["value"], request) or not KEY_WORDS & set(split_words(found["column"])):
        return None
    for table in situation.tables:
        for column in table.columns:
            if column.name == found["column"]:
                value = int(found["value"]) if column.type == "int" else found["value"]
                return table, {"column": column.name, "value": value}
    return None


def case_named(model: ModelFact, situation: Situation, request: str) -> tuple[Table, dict[str, Any]] | None:
    """The table and the key, as a column with its value, of the one case that a request names."""
    read = {feature.name for feature in model.features} | {model.target}
    known = [column for table in situation.tables if table.name == model.dataset for column in table.columns]
    given = {_as_others_are(one, request) for one in known if one.name in read and one.type == "text"}
    found = ((table, key) for table in situation.tables if (key := key_of(table, read, request)))
    return next((one for one in found if one[1]["value"] not in given), None)  # L036 of a lift that it reads is no key


def _no_of(table: Table, target: str) -> str:
    """The value of a yes-or-no target that says no: what is to be kept from happening."""
    values = [str(value) for column in table.columns if column.name == target for value in column.values]
    noes = [value for value in values if says(value) is False]
    return noes[0] if len(values) == 2 and len(noes) == 1 else ""


def _tool(tool: str, request: str) -> str:
    if tool in ("what_if", "find_change"):
        return tool
    if WHY.search(request):
        return "explain_row"
    return "find_change" if _KEEP.search(request) else "predict_row" if tool in _OTHERS else tool


def key_of(table: Table, read: set[str], request: str) -> dict[str, Any] | None:
    """A column that the model does not read and that looks like a key, with the value that the request gives it."""
    for column in table.columns:
        if column.name in read:
            continue
        text = _as_others_are(column, request) if column.type == "text" else _numbered(column, request)
        if text:
            return {"column": column.name, "value": int(text) if column.type == "int" else text}
    return None


def _as_others_are(column: ColumnFact, request: str) -> str:
    """A word that is built like the samples of a text column, all of which have digits: C0005 beside C0001."""
    samples = [str(one) for one in column.samples]
    shapes = {re.sub(r"\d+", r"\\d+", re.escape(one)) for one in samples}
    if (
        len(samples) < 2
        or len(set(samples)) < len(samples)
        or len(shapes) != 1
        or not all(re.search(r"\d", one) for one in samples)
    ):
        return ""
    shape = shapes.pop()
    if not re.search(r"[^\W\d_]", samples[0]):
        return _numbered(column, request)
    found = re.search(rf"(?<![A-Za-z0-9]){shape}(?![A-Za-z0-9])", request, re.IGNORECASE)
    return found[0] if found else ""


def _numbered(column: ColumnFact, request: str) -> str:
    """The number behind the thing that a column of keys is called after: customer 1042 of customer_id."""
    words = split_words(re.sub(r"(?<=[가-힣])(?:번호|아이디|코드)$", " id", column.name))
    things = [word for word in words if word not in KEY_WORDS]
    if not things or len(things) == len(words) or column.type not in ("int", "text"):
        return ""
    thing = r"[\s_]?".join(map(re.escape, things))
    found = re.search(
        rf"(?<!\w){thing}[\s_]*(?:id|no\.?|nr\.?|number|#|번호|아이디)?\s*[:=#]?\s*(\d+)(?![\d.%]|\s?(?:명|개|건|곳|분|여 ?명)(?![가-힣]*번))",
        request,
        re.IGNORECASE,
    )
    said = found or (_CALLED.search(request) if column.type == "int" else None)
    return said[1] if said else ""
