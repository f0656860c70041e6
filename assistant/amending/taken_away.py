"""Rows that a request wants gone, where a plan keeps just them, or denies twice: not cancelled, removed."""

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from assistant.amending.step import mended
from assistant.context import Situation
from assistant.named import stands

if TYPE_CHECKING:
    from assistant.plan import Step

_REMOVES = re.compile(
    r"\b(?:remov|drop|delet|discard|get rid|throw (?:out|away)|eliminat|exclud)\w*|제거|삭제|빼|지워|지우|없애|제외",
    re.IGNORECASE,
)
_DENIES = re.compile(
    r"\bnot\b|n't\b|\bno\b|\bnon|\b(?:except|but|other|others|without|unless|only|rest|keep|besides|apart|un(?!der|til|it)\w+)\b|!=|<>"
    r"|말고|아닌|아니|않|외(?:에|의|는)|이외|제외한|제외하고|빼고|뺀|나머지|만 |만$|남기|남겨|미(?:완료|납|결|배송)|안 |못",
    re.IGNORECASE,
)
"""Words that deny, besides the one that removes: all but these rows are meant then."""
_UNLIKE = re.compile(r"""\s*("[^"]+"|\w+)\s*(?:!=|<>)\s*('(?:[^']|'')+')\s*""")
_LIKE = re.compile(r"""\s*(?:"[^"]+"|\w+)\s*=\s*('(?:[^']|'')+')\s*""")
_LIMIT = re.compile(r"""\s*(?:"[^"]+"|\w+)\s*(?P<sign>[<>]=?)\s*(?P<n>-?\d+(?:\.\d+)?)\s*""")
_OVER = re.compile(
    r"\b(?:more|greater|larger|higher|longer|bigger|older|later) than\b|\b(?:over|above|exceed\w*|beyond|at least|or more)\b|>|초과|이상|넘|보다 ?(?:큰|많|높|긴|오래)",
    re.IGNORECASE,
)
_UNDER = re.compile(
    r"\b(?:less|fewer|smaller|lower|shorter|younger|earlier) than\b|\b(?:under|below|at most|or less|or fewer)\b|<|미만|이하|보다 ?(?:작|적|낮|짧|어린)",
    re.IGNORECASE,
)
_FILLED = re.compile(r"""\s*("[^"]+"|\w+)\s+IS\s+NOT\s+NULL\s*""", re.IGNORECASE)
_EMPTY = re.compile(r"\b(?:empty|missing|blank|nulls?)\b|빈|비어|결측|누락", re.IGNORECASE)


def taken_away(steps: Sequence["Step"], situation: Situation, request: str) -> list["Step"]:
    """The rows with a value that is said, or with none, where those without it would be removed."""
    if len(_REMOVES.findall(request)) != 1 or _DENIES.search(request):
        return list(steps)
    return [_turned(step, request) if step.tool == "filter_rows" else step for step in steps]


def _turned(step: "Step", request: str) -> "Step":
    condition, why = str(step.arguments.get("condition", "")), "the rows that are named are removed, not all others."
    if step.arguments.get("action", "keep") != "remove":
        kept = _LIKE.fullmatch(condition)
        if rest := _rest(condition, request):
            return mended(step, why, step.tool, {**step.arguments, "condition": rest, "action": "remove"})
        if not (kept and _is_said(kept[1], request)) and not _is_beyond(condition, request):
            return step
        return mended(step, why, step.tool, {**step.arguments, "action": "remove"})
    if (unlike := _UNLIKE.fullmatch(condition)) and _is_said(unlike[2], request):
        turned = f"{unlike[1]} = {unlike[2]}"
    elif (filled := _FILLED.fullmatch(condition)) and _EMPTY.search(request):
        turned = f"{filled[1]} IS NULL"
    else:
        return step
    return mended(step, why, step.tool, {**step.arguments, "condition": turned})


def _rest(condition: str, request: str) -> str:
    """The limit that the request says, where a condition keeps what lies on its other side: rows without a number stay so."""
    found = _LIMIT.fullmatch(condition)
    turned = condition.replace(found["sign"], _OTHER[found["sign"]], 1) if found else ""
    return turned if turned and _is_beyond(turned, request) else ""


_OTHER = {">": "<=", ">=": "<", "<": ">=", "<=": ">"}


def _is_beyond(condition: str, request: str) -> bool:
    """Whether a condition is the limit that the request says, in its direction: more than 1000 minutes."""
    found = _LIMIT.fullmatch(condition)
    if found is None or not stands(found["n"].removesuffix(".0"), request.replace(",", "")):
        return False
    over, under = _OVER.search(request), _UNDER.search(request)
    return bool(over) != bool(under) and bool(over) == found["sign"].startswith(">")


def _is_said(literal: str, request: str) -> bool:
    return stands(literal[1:-1].replace("''", "'"), request)
