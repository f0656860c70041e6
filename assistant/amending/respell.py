"""Values whose new spelling the request names, `서울시는 서울로 통일`, where a plan of changes to texts leaves them out.

What is not covered: values of columns with so many that not all are known.
"""

import json
import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from assistant.amending.step import columns_of, has_sql, mended, table_of
from assistant.context import ColumnFact, Situation, Table
from assistant.named import columns_named, texts

if TYPE_CHECKING:
    from assistant.plan import Step

_NEW = r"(?:'([^']+)'|\"([^\"]+)\"|“([^”]+)”|‘([^’]+)’|([^\s,.;]+?(?-i:(?: [A-Z][^\s,.;]*)*)))"
_END = r"(?=\s*(?:$|[,.;!]|\b(?:and|in|for|of|on|at|then|please|pls|everywhere|so|too)\b))"
_KO_VERB = r"(?:통일|바꿔|바꾸|변경|고쳐|고치|수정|변환|치환|대체|정정)"
NO_NEW = re.compile(
    r"lower\w*|upper\w*|title\w*|small|capital\w*|text|numbers?|integers?|dates?|decimals?|null|missing|empty|blank|nothing|an?|the"
    r"|소문자|대문자|숫자|정수|문자|글자|날짜|결측|결측치|빈값|다른|적당한",
    re.IGNORECASE,
)


def respelt(steps: Sequence["Step"], situation: Situation, request: str) -> list["Step"]:
    """`서울시는 서울로 통일`: values whose new spelling the request names, where a plan of changes leaves them out."""
    own = [step for step in steps if step.tool in ("clean_text", "replace_values", "change_type", "drop_duplicates")]
    table = table_of(own[0], situation) if own else None
    if table is None or has_sql(steps):
        return list(steps)
    made = list(steps)
    named = columns_named(request, table)
    for column, old, new in _respellings(table, named, columns_of(own), request):
        if not any(_mentions(step, old) for step in made):
            arguments = {"dataset": own[0].arguments["dataset"], "column": column.name, "old": old, "new": new}
            why = f"the request says that {old} becomes {new}."
            trims = [place for place, one in enumerate(made) if one.tool in ("clean_text", "replace_values")]
            made.insert(trims[0] + 1 if trims else len(made), mended(own[0], why, "replace_values", arguments))
    return made


def _mentions(step: "Step", text: str) -> bool:
    values = {name: value for name, value in step.arguments.items() if name not in ("dataset", "column", "columns")}
    return text.casefold() in json.dumps(values, ensure_ascii=False, default=str).casefold()


def _respellings(
    table: Table, named: list[ColumnFact], planned: list[str], request: str
) -> list[tuple[ColumnFact, str, str]]:
    """Columns, their values, and what these are to become."""
    found: dict[str, tuple[str, list[ColumnFact]]] = {}
    for column in table.columns:
        for value in {str(value).strip() for value in texts(column)} if column.type == "text" else ():
            if value and (new := _new_for(value, request)) and new != value:
                found.setdefault(value, (new, []))[1].append(column)
    pairs = []
    for old, (new, columns) in found.items():
        likely = [column for column in columns if column in named or column.name in planned] or columns
        if len(likely) == 1:
            pairs.append((likely[0], old, new))
    return pairs


def _new_for(value: str, request: str) -> str:
    """What the request says that a value is to become, or nothing."""
    this = rf"(?<!\w)['\"“‘]?{re.escape(value)}['\"”’]?"
    patterns = (
        rf"\b(?:chang|replac|turn|renam|convert|correct|fix|merg|recod|spell|writ)\w*\s+(?:\w+ ){{0,2}}?{this}\s+(?:to|with|into|by|as)\s+{_NEW}{_END}",
        rf"{this}\s+(?:is|are) (?:just )?(?:a |an )?(?:typo|misspelling|mistake|misspelt|another \w+|short) (?:for|of)\s+{_NEW}{_END}",
        rf"{this}\s+should (?:be|read)\s+{_NEW}{_END}",
        rf"{this}\s*(?:->|→|=>)\s*{_NEW}{_END}",
        rf"{this}\s?(?:은|는|을|를|도)\s+(?:모두 |전부 |다 )?{_NEW}(?:으로|로)\s*(?:모두 |전부 |다 )?{_KO_VERB}",
    )
    for pattern in patterns:
        if match := re.search(pattern, request, re.IGNORECASE):
            new = next(group for group in match.groups() if group)
            return "" if NO_NEW.fullmatch(new) else new
    return ""
