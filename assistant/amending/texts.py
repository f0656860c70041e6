"""Wishes about the text of a column, where a plan has one of several: spaces taken off, another case.

A plan completes what it began; it never gets a change that no step speaks of.
"""

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from assistant.amending.step import columns_of, has_sql, mended, table_of, touched
from assistant.context import Situation, Table
from assistant.named import clauses, columns_named

if TYPE_CHECKING:
    from assistant.plan import Step

CLEANS = {
    "trim": r"\btrim|\bstrip\b(?! (?:off |out |away )?(?:(?:the|all|any|every) )?(?:[$€£₩%]|\w+ (?:signs?|symbols?|marks?|codes?)\b))|\bwhite ?space|\b(?:no|extra|leading|trailing|surrounding|stray|remove|without|drop) (?:\w+ )?(?:spaces|blanks)\b"
    r"|spaces? around|공백|여백",
    "lower": r"lower[- ]?case|small letters|(?<!대)소문자",
    "title": r"title[- ]?case|첫\s?(?:글자|문자)\S* 대문자",
    "capitalize": r"\bcapitali[sz]e?(?:d|s|ing)?\b(?! (?:all|every|letters))",
    "upper": r"upper[- ]?case|\ball caps|capital letters|(?<!글자만 )(?<!글자를 )(?<!글자 )대문자",
}
DONE = {
    "trim": "trimmed",
    "lower": "in lower case",
    "upper": "in upper case",
    "title": "in title case",
    "capitalize": "with a capital first",
}
NOT_TRIM = re.compile(
    r"\ball (?:the )?spaces|between|inside|모든 공백|공백을 (?:모두|전부)|사이|중간|채[워우]|메[워우꿔]|결측|빈|fill|empty|missing",
    re.IGNORECASE,
)
TEXT_STEPS = ("clean_text", "change_type", "replace_values")


def cleaned(steps: Sequence["Step"], situation: Situation, request: str) -> list["Step"]:
    """Every wish about a column's text: spaces taken off, and its case, where a plan has one of them or none."""
    texts_of = [step for step in steps if _is_text_step(step, situation)]
    if not texts_of or has_sql(steps):
        return list(steps)
    step, table = texts_of[0], table_of(texts_of[0], situation)
    wishes = _wishes(request, table, columns_of(texts_of)) if table else {}
    if not wishes or table is None:
        return list(steps)
    kept = [one for one in steps if not (one in texts_of and one.tool == "change_type")]
    kept = [_in_case(one, wishes) for one in kept]
    there = {
        (one.arguments.get("action", "trim"), name)
        for one in kept
        if one.tool == "clean_text"
        for name in one.arguments["columns"]
    }
    for action, columns in wishes.items():
        if missing := [name for name in columns if (action, name) not in there]:
            arguments = {"dataset": step.arguments["dataset"], "columns": missing, "action": action}
            made = mended(step, f"the request wants {', '.join(missing)} {DONE[action]} too.", "clean_text", arguments)
            kept.insert(_place(kept, action), made)
    return kept


def _is_text_step(step: "Step", situation: Situation) -> bool:
    """Whether a step works on texts: a change of a text into text does nothing, and stands for something else."""
    table = table_of(step, situation)
    if table is None or step.tool not in TEXT_STEPS:
        return False
    if step.tool != "change_type":
        return True
    return step.arguments.get("type") == "text" and all(column.type == "text" for column in touched(step, table))


def _wishes(request: str, table: Table, otherwise: list[str]) -> dict[str, list[str]]:
    """The text columns that the request wants trimmed and cased, each way in which it wants them."""
    found: dict[str, list[str]] = {}
    for clause in clauses(request):
        named = [column.name for column in columns_named(clause, table) if column.type == "text"]
        for action, words in CLEANS.items():
            if re.search(words, clause, re.IGNORECASE) and not (action == "trim" and NOT_TRIM.search(clause)):
                found.setdefault(action, named or otherwise)
    text = {column.name for column in table.columns if column.type == "text"}
    kept = {action: [name for name in columns if name in text] for action, columns in found.items()}
    return {action: columns for action, columns in kept.items() if columns}


def _in_case(step: "Step", wishes: dict[str, list[str]]) -> "Step":
    """A step that writes in another case than the one asked for, in that one."""
    cases = [action for action in wishes if action != "trim"]
    given = step.arguments.get("action", "trim")
    if step.tool != "clean_text" or given == "trim" or given in wishes or len(cases) != 1:
        return step
    return mended(step, f"the request wants it {DONE[cases[0]]}.", "clean_text", step.arguments | {"action": cases[0]})


def _place(steps: Sequence["Step"], action: str) -> int:
    """Spaces go first; another case comes after the last step on texts."""
    places = [place for place, step in enumerate(steps) if step.tool in ("clean_text", "replace_values")]
    if not places:
        return 0
    return places[0] if action == "trim" else places[-1] + 1
