"""New columns as the request has them: what they are called, Korean decades (30대), one way to make groups."""

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from assistant.amending.step import columns_of, idle, mended, table_of
from assistant.context import Situation, Table
from assistant.named import items
from tools.relations import identifier_if_needed
from tools.words import literal

if TYPE_CHECKING:
    from assistant.plan import Step

_CALLED = re.compile(
    r"['\"]?([^\W\d]\w*?)['\"]?\s*(?:이라는|라는|이란|란)?\s*(?:컬럼|칼럼|열)(?:을|를|으로|로)?\s*(?:하나|새로)?\s*(?:만들|추가|생성|넣)"
    r"|\b(?:called|named)\s+['\"“‘]([^\W\d][^'\"”’\n]*)['\"”’]"
    r"|\b(?:called|named)\s+['\"]?([^\W\d]\w*)"
    r"|\b(?:new |a )?column ([a-z]+_\w+) (?:with|that|of|for|which|containing|saying|telling)\b|\bas ([a-z]+(?:_[a-z0-9]+)+)\b",
    re.IGNORECASE,
)
NAMED = ("bin_column", "add_formula", "add_window", "merge_columns", "copy_column", "validate_text", "date_difference",
         "extract_text", "split_rows", "measure_text")  # fmt: skip
"""Tools that make one new column by a name."""
_NO_NAME = ("새", "새로운", "하나의", "다른", "그", "이", "별도", "파생", "정수", "숫자", "a", "the", "new")
_CONVERB = re.compile(r"[가-힣]*(?:[해워꿔눠려쳐빼써내와]|[아어])서|[가-힣]{2,}[하되]고")
"""바꿔서, 나눠서: what was done before the column is made, and no name of it."""
_DECADES = re.compile(r"\d0대|연령대|나이대")


def added(steps: Sequence["Step"], situation: Situation, request: str) -> list["Step"]:
    """The steps, with the one new column of theirs called as the request calls it, and grouped in the way it says."""
    return [
        _renamed(_one_way(step, request), table, request) if (table := table_of(step, situation)) else step
        for step in steps
    ]


def renamed(steps: Sequence["Step"], situation: Situation, request: str) -> list["Step"]:
    """`A는 B로, C는 D로 이름을 바꿔줘`, `rename A to B and C to D`: the names that the request spells out, all of them."""
    table = table_of(steps[0], situation) if steps else None
    if table is None:
        return list(steps)
    pairs = {column.name: new for column in table.columns if (new := _new_name(column.name, request))}
    names_only = all(step.tool == "rename_column" for step in steps)
    if not pairs or not (names_only or (len(pairs) == 1 and _ONE_NAME.fullmatch(request))):
        return list(steps)
    if names_only and pairs == {step.arguments.get("column"): step.arguments.get("name") for step in steps}:
        return list(steps)
    why = "the names are those that the request spells out."
    if len(pairs) == 1:
        [(old, new)] = pairs.items()
        return [mended(steps[0], why, "rename_column", {"dataset": table.name, "column": old, "name": new})]
    renames = [{"column": old, "name": new} for old, new in pairs.items()]
    return [mended(steps[0], why, "rename_columns", {"dataset": table.name, "renames": renames})]


_HOLD = ("column", "columns", "group_by", "by", "x", "y", "target")
"""Arguments that name columns."""


def called_anew(steps: Sequence["Step"], situation: Situation, request: str) -> list["Step"]:
    """After a column has another name, later steps call it so."""
    made, names = list["Step"](), dict[Any, Any]()
    for step in steps:
        given = {
            name: [names.get(one, one) for one in value] if isinstance(value, list) else names.get(value, value)
            for name, value in step.arguments.items()
            if name in _HOLD and names and (isinstance(value, str) or all(isinstance(one, str) for one in value))
        }
        made.append(step.model_copy(update={"arguments": step.arguments | given}) if given else step)
        if step.tool == "rename_column":
            names[step.arguments.get("column")] = step.arguments.get("name")
    return made


_ONE_NAME = re.compile(
    r"\s*(?:please |can you |could you |now )*rename (?:(?! and | then |[.;,]).)+[.!?]?\s*"
    r"|[^.;,]*?(?:이름|[열럼]명)(?:을|를)? \S+(?:으로|로) (?:바꿔|고쳐|(?:변경|수정)해)(?:\s?(?:줘|주세요|줄래|달라)\S*)?[.!?]?\s*",
    re.IGNORECASE,
)
"""A request that does nothing but give one column another name."""


def reordered(steps: Sequence["Step"], situation: Situation, request: str) -> list["Step"]:
    """`the order of the columns as name, type, hp`: several columns called what they are called are put in that order."""
    table = table_of(steps[0], situation) if len(steps) > 1 else None
    if table is None or not all(map(idle, steps)):
        return list(steps)
    arguments = {"dataset": table.name, "columns": columns_of(steps), "to": "first"}
    return [mended(steps[0], "the columns stand in the order that the request names.", "move_columns", arguments)]


_PAIR = re.compile(
    r"^[ \t]*(?:[-*•]|\d+[.)])?[ \t]*['\"]?(?P<old>[^\n:=>]+?)['\"]?[ \t]*(?::|=|->|=>|→|\bis(?: in| at| from| a| an)?\b|(?:은|는)[ \t])[ \t]*['\"]?(?P<new>[^\n]+?)['\"]?[.,;]?[ \t]*$",
    re.IGNORECASE | re.MULTILINE,
)


_ARROWS = re.compile(r"['\"]?([\w./+-]+)['\"]?\s*(?:->|=>|→)\s*['\"]?([\w./+-]+)['\"]?")


def mapped(steps: Sequence["Step"], situation: Situation, request: str) -> list["Step"]:
    """A new column whose value the request lists for each value of another one, a line each: `- Oslo: north`."""
    said = [next(filter(None, groups)) for groups in _CALLED.findall(request)]
    pairs = {found["old"].strip(): found["new"].strip() for found in _PAIR.finditer(items(request))}
    pairs |= dict(_ARROWS.findall(request)) if len(pairs) < 2 else {}
    table = table_of(steps[0], situation) if len(steps) == 1 else None
    if table is None or len(pairs) < 2 or not said:
        return list(steps)
    for column in table.columns:
        known = {str(value).casefold(): str(value) for value in (*column.values, *column.samples)}
        fits = {known[old.casefold()]: new for old, new in pairs.items() if old.casefold() in known}
        if column.type == "text" and len(fits) >= 2 and said[0] not in {one.name for one in table.columns}:
            cases = " ".join(f"WHEN {literal(old)} THEN {literal(new)}" for old, new in fits.items())
            formula = f"CASE {identifier_if_needed(column.name)} {cases} END"
            arguments = {"dataset": table.name, "name": said[0], "formula": formula}
            why = f"{said[0]} is told for each {column.name}, as the request lists."
            return [mended(steps[0], why, "add_formula", arguments)]
    return list(steps)


_PART = re.compile(
    r"\b(?:remov|drop|strip|delet|without|get rid of|trim)\w*\b[^.;'\"“]{0,30}(?:['\"“](?P<quoted>[^'\"”]+)['\"”]|(?P<bare>[\w%]+))\s*(?P<end>suffix|prefix|ending|postfix)",
    re.IGNORECASE,
)


def shortened(steps: Sequence["Step"], situation: Situation, request: str) -> list["Step"]:
    """`remove the "_%" suffix from the column names`: every column whose name ends so loses it."""
    found = _PART.search(request)
    table = table_of(steps[0], situation) if steps else None
    if found is None or table is None or any(not step.tool.startswith("rename_column") for step in steps):
        return list(steps)
    part = found["quoted"] or found["bare"]
    cut = str.removeprefix if found["end"].casefold() == "prefix" else str.removesuffix
    renames = [
        {"column": column.name, "name": cut(column.name, part)}
        for column in table.columns
        if cut(column.name, part) not in ("", column.name)
    ]
    if not renames:
        return list(steps)
    why = f"{len(renames)} names have the {found['end'].casefold()} {part}."
    return [mended(steps[0], why, "rename_columns", {"dataset": table.name, "renames": renames})]


def _new_name(name: str, request: str) -> str:
    """What a request calls a column anew; empty where it does not."""
    quote = "['\"“”‘’]?"
    found = re.search(
        rf"(?<!\w){quote}{re.escape(name)}{quote}(?:(?:\s?(?:컬럼|칼럼|열))?(?:의?\s?(?:이름|명))?(?:을|를|은|는)\s+{quote}(?P<ko>[^\s'\",.]+?){quote}(?:으로|로)(?=[\s,.]|$)"
        rf"|(?:\s+columns?)?\s+(?:to|as|into|->|=>)\s+(?:['\"“‘](?P<quoted>[^'\"”’\n]+)['\"”’]|{quote}(?P<en>[^\W\d]\w*){quote}))",
        request,
        re.IGNORECASE,
    )
    new = (found["ko"] or found["quoted"] or found["en"]) if found else ""
    return "" if new.casefold() in _NO_NEW else new


_NO_NEW = ("a", "an", "the", "something", "snake", "lower", "upper", "title", "be", "have", "다른", "새", "이름", "대문자",
           "소문자", "영어", "한글")  # fmt: skip
"""Words that stand where a name would, and are none."""


def _renamed(step: "Step", table: Table, request: str) -> "Step":
    own = {column.name.casefold() for column in table.columns}
    said = [next(filter(None, groups)) for groups in _CALLED.findall(request)]
    names = [name for name in said if not _no_name(name) and name.casefold() not in own]
    name = names[0] if len(names) == 1 else ""
    if step.tool == "bin_column" and _DECADES.search(request):
        return _decades(step, name or str(step.arguments.get("name") or "연령대"))
    given: dict[str, Any] = {}
    if step.tool in NAMED and name:
        given = {"name": name}
    if step.tool == "extract_date_part" and name and len(step.arguments.get("parts", [])) == 1:
        given = {"names": [name]}
    if not given or given.items() <= step.arguments.items():
        return step
    return mended(step, f"the new column is called {name}.", step.tool, step.arguments | given)


def _no_name(word: str) -> bool:
    return word in _NO_NAME or _CONVERB.fullmatch(word) is not None


def _one_way(step: "Step", request: str) -> "Step":
    """Groups are made by edges, by their number or by a step: of several, the one whose numbers the request says."""
    ways = [way for way in ("edges", "bins", "step") if step.arguments.get(way) is not None]
    written = {float(number.replace(",", "")) for number in re.findall(r"\d[\d,]*(?:\.\d+)?", request)}
    if step.tool == "bin_column" and ways == ["edges"]:
        return _written_edges(step, written)
    if step.tool != "bin_column" or len(ways) < 2:
        return step
    said = [way for way in ways if set(map(float, _numbers(step.arguments[way]))) <= written]
    way = (said or ways)[0]
    drop = {*ways, "labels"} - {way} if way == "step" else set(ways) - {way}
    return step.model_copy(update={"arguments": {n: v for n, v in step.arguments.items() if n not in drop}})


def _written_edges(step: "Step", written: set[float]) -> "Step":
    """Groups by the edges that the request says, where the plan's are too many or too few for its labels."""
    edges, labels = _numbers(step.arguments["edges"]), step.arguments.get("labels") or []
    said = [edge for edge in edges if float(edge) in written]
    if not labels or len(edges) == len(labels) - 1 or len(said) != len(labels) - 1:
        return step
    return mended(step, "the edges are those that the request says.", step.tool, step.arguments | {"edges": said})


def _numbers(value: Any) -> list[float]:
    return value if isinstance(value, list) else [value]


def _decades(step: "Step", name: str) -> "Step":
    """34 is one of 30대."""
    column = identifier_if_needed(step.arguments["column"])
    formula = f"CAST(CAST(floor({column} / 10) * 10 AS INTEGER) AS VARCHAR) || '대'"
    arguments = {"dataset": step.arguments["dataset"], "name": name, "formula": formula}
    return mended(step, f"{step.arguments['column']} is told in decades.", "add_formula", arguments)
