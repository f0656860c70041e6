"""`… and add revenue = quantity * unit_price`: a column that the request spells out, where a plan leaves it out."""

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from assistant.amending.step import mended, table_of
from assistant.context import Situation
from assistant.said import only_asks
from tools.relations import identifier_if_needed

if TYPE_CHECKING:
    from assistant.plan import Step

_EQUATION = re.compile(r"(?<![\w=<>!])([^\W\d]\w*)\s*=\s*((?:[\w.]+|[-+*/()])(?:\s*(?:[\w.]+|[-+*/()]))*)")
_TERM = re.compile(r"[\w.]+|[-+*/()]")


def computed(steps: Sequence["Step"], situation: Situation, request: str) -> list["Step"]:
    """The steps, and the formulas of new columns that the request writes down and none of them has."""
    made = list(steps)
    changes = [step for step in steps if step.tool not in ("query_data", "make_chart") and table_of(step, situation)]
    if not changes or only_asks(request):
        return made
    columns = {name.casefold() for name in situation.column_names}
    for name, right in _EQUATION.findall(request):
        formula = _formula(right, columns)
        known = name.casefold() in columns or any(name in str(step.arguments) for step in steps)
        if formula and not known:
            arguments = {"dataset": changes[-1].arguments["dataset"], "name": name, "formula": formula}
            made.append(mended(changes[-1], f"the request says {name} = {formula}.", "add_formula", arguments))
    return made


def selected(steps: Sequence["Step"], situation: Situation, request: str) -> list["Step"]:
    """A formula that looks at other rows or tables is written as a SELECT: no formula of one row can say it."""
    return [_selected(step, situation) for step in steps]


def _selected(step: "Step", situation: Situation) -> "Step":
    table, formula = table_of(step, situation), str(step.arguments.get("formula", ""))
    if step.tool != "add_formula" or table is None or not re.search(r"\bSELECT\b", formula, re.IGNORECASE):
        return step
    name, read = identifier_if_needed(str(step.arguments.get("name", "value"))), identifier_if_needed(table.name)
    sql = f"SELECT *, {formula} AS {name} FROM {read}"
    return mended(step, "the formula looks at other rows.", "transform_with_sql", {"dataset": table.name, "sql": sql})


def _formula(text: str, columns: set[str]) -> str:
    """The arithmetic over columns that a text begins with; nothing where it is none."""
    terms: list[str] = []
    for term in _TERM.findall(text):
        word = re.match(r"\w", term) is not None
        follows = bool(terms) and re.match(r"[\w)]", terms[-1]) is not None
        if word and (follows or not (term.casefold() in columns or re.fullmatch(r"\d+(?:\.\d+)?", term))):
            break
        terms.append(term)
    while terms and re.fullmatch(r"[-+*/(]", terms[-1]):
        terms.pop()
    formula = " ".join(terms)
    whole = formula.count("(") == formula.count(")") and re.search(r"\w [-+*/] [\w(]", formula)
    return formula if whole and any(term.casefold() in columns for term in terms) else ""
