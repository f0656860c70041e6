"""Repairs that a request tells one by one, `make n/a empty, drop the double rows and correct the misspelt towns`: each is a step.

A small model plans one of several. What is not covered: parts that no pattern reads, for which the plan's own steps stay.
"""

import re
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from assistant.amending.step import has_sql, mended, table_of
from assistant.amending.texts import CLEANS, NOT_TRIM
from assistant.context import ColumnFact, Situation, Table
from assistant.named import columns_named, stands, texts
from assistant.said import MAX_STEPS

if TYPE_CHECKING:
    from assistant.plan import Step

_VERBS = (
    "drop|remove|delete|get rid|throw|de-?dup\\w*|strip|take|treat|count|read|regard|consider|make|turn|convert|change|bring|put|set|fix|correct|repair"
    "|mend|unify|standardi[sz]e|harmoni[sz]e|merge|trim|clean|fill|impute|replace|keep|parse|cast|normali[sz]e|mark|blank|build|train|predict|add|round|cap|clip|rename"
)
_JOINTS = re.compile(
    rf"\s*[;:]\s*|(?:\s*,\s*|\.\s+|\s+)(?:and |then |also |finally |and then |next )?(?=(?:{_VERBS})\b)", re.IGNORECASE
)
"""Where a part with a verb of its own begins."""
_ITEMS = re.compile(r"\s*(?:,|;|\band\b|\.\s)\s*(?:and\b\s*|then\b\s*)?", re.IGNORECASE)
_ORDERS = re.compile(rf"(?:^|[.,;:]\s*|\b(?:and|then|please|you|to|also) )(?:{_VERBS})\b", re.IGNORECASE)
_ASKS = re.compile(r"\?\s*$|^\W*(?:how|what|which|who|where|when|why|is|are|does|do|did|has|have)\b", re.IGNORECASE)
_EMPTY = r"(?:empty|missing|blanks?|nulls?|no values?|not (?:known|given|there))"
_NULL_WORDS = (
    rf"\b(?:treat|count|read|regard|consider|take|handle|mark|set|turn|make|interpret|convert|change|replace)\b(?P<values>.+?)\s(?:as |to |into |with |by |be |count as )?(?:an? |being )?{_EMPTY}\b",
    rf"(?P<values>[^,;]+?)\s(?:means?|is|are|stands? for|counts?)(?: as)? (?:really |just )?{_EMPTY}\b",
)
_NO_VALUE = re.compile(r"^(?:that|which|it|them|they|those|these|cells?|rows?|everything|all|sure)$", re.IGNORECASE)
_FILLER = re.compile(
    r"^\W*(?:(?:the|all|any|every|each|words?|cells?|values?|texts?|entries|entry|that|which|say|says|saying|like|such as|with|a|an|both|literal|of|marked)\s+)+",
    re.IGNORECASE,
)
_FORMS = r"(?:form|format|notation|style|writing|shape)"
_DATES = re.compile(
    rf"\b(?:date|day|time)\w*\b.*\b(?:one|a?like|same|single|proper|real|standard|uniform|consistent|common|right|iso|unified)\b.*\b{_FORMS}s?\b|\bmixed\b.*\bdates?\b"
    rf"|\bdates?\W{{1,2}}{_FORMS}s?\b|\b(?:in)?to (?:real |proper |true )?dates?\b|\b(?:real|proper|true|as) dates?\b|\b(?:one|same|single|uniform|standard) (?:date )?{_FORMS}\b",
    re.IGNORECASE,
)
_MONEY = r"(?:euros?|dollars?|pounds?|yen|won|currenc\w+|money|percent\w*)"
_NUMBERS = re.compile(
    rf"\b{_MONEY}[- ]?(?:signs?|symbols?|marks?|codes?)\b|[€$£₩%](?: ?(?:signs?|symbols?|marks?)\b|(?=\s|$))|\b(?:in)?to (?:a |an |plain |real |proper )*(?:numbers?|numeric|decimals?)\b"
    r"|\b(?:as|be) (?:a )?numbers?\b|\b(?:real|proper|plain) numbers?\b|\b(?:make|turn) (?:\w+ ){1,4}?(?:a |plain )?numbers?\b|\bnumeric\b",
    re.IGNORECASE,
)
_SPELLINGS = re.compile(r"\bmis-?spel\w+|\bspel(?:l|t)\w*|\btypos?\b|\bslips? of (?:typing|the pen)", re.IGNORECASE)
_DUPLICATES = re.compile(
    r"\bduplicat\w*|\bde-?dup\w*|\bdoubled?s?(?: up)?\b(?= (?:rows?|lines?|entr\w+|records?|ones)|\W*$)|\b(?:repeated|identical) (?:rows?|lines?|entr\w+|records?)"
    r"|\b(?:rows?|lines?|entr\w+|records?)\b.*\b(?:twice|double|more than once)\b",
    re.IGNORECASE,
)
_CHOSEN = re.compile(r"\b(?:keep|same|by|on|based|per|only|except|but|latest|newest|near\w*|similar|first|last|mark|flag|column)\b", re.IGNORECASE)  # fmt: skip
_WAYS = (
    ("median", r"\bmedians?\b"),
    ("mean", r"\b(?:mean|average)s?\b"),
    ("mode", r"\bmost (?:frequent|common)|\bmode\b"),
)
_GROUPED = re.compile(r"\b(?:by|per|each|every|within|group\w*|own)\b", re.IGNORECASE)
_DROPS = re.compile(
    r"\b(?:drop|remove|delete|get rid of|throw (?:out|away)|leave out|take out)\b(?P<rest>.*)", re.IGNORECASE
)
_DATE = re.compile(r"\s*(?:\d{1,4}[-/. ]+[^\W_]{1,9}\.?[-/., ]+\d{1,4}|[^\W\d_]{3,9}\.? \d{1,2},? \d{4})\s*")
_SIGN = re.compile(r"\s*[€$£₩]|.*\d\s?[€$£₩%]\s*$")
ORDER = (
    "clean_text", "treat_as_missing", "change_type", "unify_spellings", "drop_duplicates", "drop_columns", "fill_missing",
)  # fmt: skip
"""Cells are read rightly before rows are compared, and gaps are filled last."""

Repair = tuple[str, dict[str, Any]]
Reader = Callable[[str, Table, list[ColumnFact]], "Repair | None"]


def one_by_one(steps: Sequence["Step"], situation: Situation, request: str) -> list["Step"]:
    """Every repair that the request tells, in place of the plan's own where it tells two or more."""
    table = _table(steps, situation, request)
    if table is None or has_sql(steps) or _ASKS.search(request) or not _ORDERS.search(request):
        return list(steps)
    made, rest = _told(request, table)
    planned = {step.tool for step in steps}
    if len(made) + bool(rest) < 2:
        return list(steps)
    if len(made) == 1 and planned & {made[0][0], *_LOOSE[:2]}:
        return list(steps)
    tools = {tool for tool, _ in made}
    others = [step for step in steps if step.tool not in (*tools, *(_LOOSE if len(made) > 1 else ()))] if rest else []
    repairs = [_step(steps, tool, {"dataset": table.name} | arguments) for tool, arguments in made]
    behind = len(made) == 1 and _repair(_parts(request, table)[-1], table, []) is not None
    return [*others, *repairs] if behind else [*repairs, *others][:MAX_STEPS]


_LOOSE = ("fix_issues", "check_quality", "clean_text", "describe_data", "quality_report", "replace_values", "preview_data")  # fmt: skip
"""Steps that stand for repairs which no part is left for."""


def _step(steps: Sequence["Step"], tool: str, arguments: dict[str, Any]) -> "Step":
    same = next((step for step in steps if (step.tool, step.arguments) == (tool, arguments)), None)
    return same or mended(steps[0], "the request tells this repair.", tool, arguments)


def _table(steps: Sequence["Step"], situation: Situation, request: str) -> Table | None:
    """The table that is named, else the one whose columns the request names most, else the plan's."""
    named = [table for table in situation.tables if stands(table.name, request)]
    if not steps or len(named) == 1:
        return named[0] if steps else None
    planned = table_of(steps[0], situation)
    return max(
        situation.tables, key=lambda table: (len(columns_named(request, table)), table is planned), default=planned
    )


def _told(request: str, table: Table) -> tuple[list[Repair], list[str]]:
    """The repairs that parts of the request tell, in the order in which they must run, and the parts that tell none."""
    found: dict[str, list[dict[str, Any]]] = {}
    rest, before = [], list[ColumnFact]()
    for part in _parts(request, table):
        repair = _repair(part, table, before)
        before = columns_named(part, table) or before
        if repair is None:
            rest.append(part)
        elif repair[1] not in found.setdefault(repair[0], []):
            found[repair[0]].append(repair[1])
    return [(tool, one) for tool in ORDER for one in found.get(tool, ())], rest


def _parts(request: str, table: Table) -> list[str]:
    """The parts of a request: those with a verb each, and the items of a list that are a repair each."""
    parts = [part for part in _JOINTS.split(request) if part and part.strip(" .,!")]
    made = []
    for part in parts:
        items = [item for item in _ITEMS.split(part) if item.strip(" .,!")]
        each = [_repair(item, table, []) for item in items]
        made += items if len(items) > 1 and all(each) and len({str(one) for one in each}) > 1 else [part]
    return made


def _repair(part: str, table: Table, before: list[ColumnFact]) -> Repair | None:
    """The repair that a part tells, with the columns it names, or those of the part before for `it`."""
    named = columns_named(part, table) or (before if re.search(r"\b(?:it|them|those)\b", part, re.IGNORECASE) else [])
    return next((repair for read in _READERS if (repair := read(part, table, named))), None)


def _null_words(part: str, table: Table, named: list[ColumnFact]) -> Repair | None:
    found = next((one for pattern in _NULL_WORDS if (one := re.search(pattern, part, re.IGNORECASE))), None)
    said = re.split(r"\s(?:in|of|from) ", found["values"])[0] if found else ""
    words = [_FILLER.sub("", f"{word} ").strip(" '\"“”‘’`") for word in re.split(r"\s*,\s*|\s+(?:and|or)\s+", said)]
    words = [word for word in words if word]
    odd = [word for word in words if len(word.split()) > 3 or _NO_VALUE.match(word) or columns_named(word, table)]
    if not words or odd:
        return None
    return "treat_as_missing", ({"columns": [one.name for one in named]} if named else {}) | {"values": words}


def _dates(part: str, table: Table, named: list[ColumnFact]) -> Repair | None:
    names = [one.name for one in named or table.columns if one.type == "text" and _holds_dates(one)]
    said = _DATES.search(part) or (named and re.search(rf"\b{_FORMS}s?\b", part, re.IGNORECASE))
    return ("change_type", {"columns": names, "type": "date"}) if said and names else None


def _holds_dates(column: ColumnFact) -> bool:
    """Whether most of the values that are known of a column are written as dates, in whatever form."""
    known = [str(value) for value in texts(column)]
    return sum(_DATE.fullmatch(value) is not None for value in known) * 2 > len(known)


def _numbers(part: str, table: Table, named: list[ColumnFact]) -> Repair | None:
    if not _NUMBERS.search(part):
        return None
    columns = named or [one for one in table.columns if any(_SIGN.match(str(value)) for value in texts(one))]
    names = [one.name for one in columns if one.type == "text"]
    return ("change_type", {"columns": names, "type": "decimal"}) if names else None


def _spellings(part: str, table: Table, named: list[ColumnFact]) -> Repair | None:
    if not _SPELLINGS.search(part):
        return None
    names = [one.name for one in named or table.columns if one.type == "text" and (named or one.values)]
    return ("unify_spellings", {"columns": names}) if names else None


def _blanks(part: str, table: Table, named: list[ColumnFact]) -> Repair | None:
    if not re.search(CLEANS["trim"], part, re.IGNORECASE) or NOT_TRIM.search(part):
        return None
    names = [one.name for one in named or table.columns if one.type == "text"]
    return ("clean_text", {"columns": names, "action": "trim"}) if names else None


def _duplicates(part: str, table: Table, named: list[ColumnFact]) -> Repair | None:
    chosen = _CHOSEN.search(part) or named
    return ("drop_duplicates", {}) if _DUPLICATES.search(part) and not chosen else None


def _fills(part: str, table: Table, named: list[ColumnFact]) -> Repair | None:
    way = next((name for name, words in _WAYS if re.search(words, part, re.IGNORECASE)), "")
    if not way or not named or not re.search(r"\b(?:fill|imput)\w*", part, re.IGNORECASE) or _GROUPED.search(part):
        return None
    return "fill_missing", {"columns": [one.name for one in named], "method": way}


def _drops(part: str, table: Table, named: list[ColumnFact]) -> Repair | None:
    found = _DROPS.search(part)
    rest = (found["rest"] if found else "").casefold().replace("_", " ")
    for column in named:
        rest = rest.replace(column.name.casefold().replace("_", " "), " ")
    bare = re.fullmatch(r"(?:\s|,|\.|!|the|column|columns|field|and|both|altogether|too|please)*", rest)
    return ("drop_columns", {"columns": [one.name for one in named]}) if found and named and bare else None


_READERS: tuple[Reader, ...] = (_null_words, _spellings, _duplicates, _fills, _drops, _dates, _numbers, _blanks)
