"""Numbers beyond a threshold that the request names: kept within limits, where a plan replaces one value by another."""

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from assistant.amending.step import has_sql, mended, table_of
from assistant.context import Situation, Table
from assistant.named import columns_named
from tools.relations import identifier_if_needed

if TYPE_CHECKING:
    from assistant.plan import Step

_NUMBER = r"['\"]?(?P<{0}>-?\d+(?:\.\d+)?|zero)['\"]?"
_LESS = r"(?:less|smaller|lower|below|under|fewer)(?: than)?(?: or equal to)?|<=?"
_MORE = r"(?:great|larg|high|bigg|more|above|over|exceed)\w*(?: than)?(?: or equal to)?|>=?"
_WORDS = re.compile(
    rf"(?:(?P<less>{_LESS})|(?P<more>{_MORE}))\s*(?:the )?(?:value )?(?:of )?{_NUMBER.format('number')}"
    r"|(?P<negative>\bnegative|음수)|(?P<positive>\bpositive|양수)"
    rf"|{_NUMBER.format('korean')}\s?(?:(?P<under>보다 ?(?:작|적|낮)|미만|이하)|(?P<over>보다 ?(?:크|큰|많|높)|초과|이상|[을를]? ?넘))",
    re.IGNORECASE,
)
_BECOMES = re.compile(
    rf"(?:\b(?:with|to|by|as|into|be|equal to|then)\b|(?<![<>!])=)\s*(?:\w+\s*=\s*)?(?:the )?(?:value )?(?:of )?{_NUMBER.format('number')}"
    rf"|{_NUMBER.format('korean')}\s?(?:으로|로)",
    re.IGNORECASE,
)


def limited(steps: Sequence["Step"], situation: Situation, request: str) -> list["Step"]:
    """`values below 5 become 5`: limits, and a rule where they become something else."""
    if len(steps) != 1 or has_sql(steps) or steps[0].tool not in ("replace_values", "limit_values"):
        return list(steps)
    step, table, found = steps[0], table_of(steps[0], situation), list(_WORDS.finditer(request))
    if table is None or len(found) != 1:
        return list(steps)
    below, threshold = _threshold(found[0])
    rest = request[: found[0].start()] + " " + request[found[0].end() :]
    becomes = [_value(match) for match in _BECOMES.finditer(rest)]
    value = becomes[-1] if becomes else threshold
    columns = [column.name for column in columns_named(request, table) if column.is_number]
    if value == threshold:
        arguments: dict[str, Any] = {"dataset": step.arguments["dataset"], "lower" if below else "upper": threshold}
        return _instead(step, "limit_values", arguments | ({"columns": columns} if columns else {}))
    return _instead(
        step, "transform_with_sql", _rule(step, table, columns, f"{'<' if below else '>'} {threshold:.15g}", value)
    )


def _instead(step: "Step", tool: str, arguments: dict[str, Any]) -> list["Step"]:
    same = step.tool == tool and all(step.arguments.get(name) == value for name, value in arguments.items())
    if not arguments or (same and set(step.arguments) == set(arguments)):
        return [step]
    return [mended(step, "numbers beyond a limit are meant, as the request says.", tool, arguments)]


def _threshold(found: re.Match[str]) -> tuple[bool, float]:
    """Whether numbers below are meant, and below or above what."""
    below = bool(found["less"] or found["negative"] or found["under"])
    return below, _value(found) if found["number"] or found["korean"] else 0.0


def _value(found: re.Match[str]) -> float:
    said = found["number"] or found["korean"]
    return 0.0 if said.casefold() == "zero" else float(said)


def _rule(step: "Step", table: Table, columns: list[str], test: str, value: float) -> dict[str, Any]:
    """The SELECT that gives the numbers of one named column that meet a test another value; nothing without a column."""
    if len(columns) != 1:
        return {}
    name = identifier_if_needed(columns[0])
    case = f"CASE WHEN {name} {test} THEN {value:.15g} ELSE {name} END"
    sql = f"SELECT * REPLACE ({case} AS {name}) FROM {identifier_if_needed(table.name)}"
    return {"dataset": step.arguments["dataset"], "sql": sql}
