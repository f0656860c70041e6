"""How empty cells are filled, as the request says it: a method, or a constant.

What is not covered: fills that differ by column, and the value of the row before.
"""

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from assistant.amending.step import has_sql, mended, table_of
from assistant.as_said import REMOVES
from assistant.context import Situation
from assistant.group_words import grouped_by
from assistant.named import clauses, columns_named, stands
from tools.words import listed

if TYPE_CHECKING:
    from assistant.plan import Step

EMPTY = re.compile(
    r"\bmissing|\bempty|\bblank|\bnulls?\b|\bnan|\bn/a\b|\bgaps?\b|\bfill|\bimput|\bunfilled|빈|비어|결측|공백|누락|채[워우]|메[워우꿔]|없는",
    re.IGNORECASE,
)
NOTHING = ("", "null", "nan", "none", "na", "n/a", "missing", "empty", "빈값", "결측")
FILLS = re.compile(r"\bfill|\bimput|채[워우]|메[워우꿔]", re.IGNORECASE)
METHODS = {
    "median": r"\bmedian|중앙값|중간값|중위수",
    "mean": r"\b(?:with|by|using|use|to|the|its|their|column) (?:the |its |their |column )?(?:means?|averages?)\b|평균",
    "neighbours": r"\bneighbou?rs?\b|\bk-?nn\b|(?:similar|alike) (?:rows?|records?)|최근접 ?이웃|이웃|(?:비슷|유사)한 (?:행|사례|데이터)",
    "mode": r"\bmode\b|most (?:common|frequent)|최빈|가장 (?:많은|흔한|자주)|제일 (?:많은|흔한)",
}
_WITH = re.compile(
    r"(?:fill|replac|substitut|imput|set|put|mak|chang|turn|treat|mark)\w*\b.*?\b(?:with|by|using|to|as|into)\s+(?:an? |the )?"
    r"(?:value |word |text |constant |number |string )?(?:of )?"
    r"(?:'([^']*)'|\"([^\"]*)\"|“([^”]*)”|(-?\d[\d,]*(?:\.\d+)?)(?!\w)|(zeros?|[^\W\d]\w*)\s*(?:please|pls|and|then|[.,;!?])*\s*$)",
    re.IGNORECASE,
)
_WITH_KO = re.compile(
    r"(?:'([^']*)'|\"([^\"]*)\"|“([^”]*)”|(?<!\S)(-?\d[\d,]*(?:\.\d+)?)|(?:^\s*|[은는을를이가도면다두칸값셀곳]\s)([^\W\d]\w*?))\s?(?:이?라고|으로|로)\s*(?:다 |모두 |전부 |좀 )?"
    r"(?:채[워우]|메[워우꿔]|대체|바꿔|바꾸|처리|넣|입력|표시|치환)"
)
_EVERY = re.compile(
    r"\b(?:of|for|in|by) (?:the|each|every|its|their|that|respective) (?:respective )?columns?\b|\b(?:each|every|all|all the) columns?\b"
    r"|\bcolumn(?:'s)? (?:mean|median|mode|average)|(?:각|모든|해당|전체)\s?(?:컬럼|칼럼|열|변수)",
    re.IGNORECASE,
)
"""Words of every column in turn."""
_AT_LARGE = re.compile(r"\b(?:missing|empty|null) (?:values?|cells?)\b|빈 ?값|결측", re.IGNORECASE)
"""Empty cells, wherever they are."""
_POINTS = re.compile(r"\b(?:it|its|this|that|there|them|these|those)\b|그 |이 (?:열|컬럼|칼럼)|거기|여기|\b(?:numbers?|numeric\w*|texts?|categor\w+|columns?)\b|숫자|문자|범주|열|컬럼|칼럼", re.IGNORECASE)  # fmt: skip
"""Words for a column of before, or for columns of a kind."""
NO_VALUE = re.compile(
    r"median|means?|mode|average|auto\w*|something|whatever|anything|it|them|this|that|values?|data|sensible|appropriate|null|"
    r"nan|none|missing|empty|blank|previous|next|forward|backward|interpolat\w*|text|numbers?|integers?|dates?|rows?|column|nothing"
    r"|평균|중앙값|중간값|중위수|최빈값|값|적당한|적절한|알아서|자동|숫자|글자|문자|결측|결측치|널|이전값|이전|앞값|다음값|빈값|따",
    re.IGNORECASE,
)


def filled(steps: Sequence["Step"], situation: Situation, request: str) -> list["Step"]:
    """The method and value that the request names, where a plan fills empty cells with others."""
    if (
        steps
        and all(step.tool == "fill_missing" for step in steps)
        and (own := _own_values(steps[0], situation, request))
    ):
        return own
    if not any(step.tool == "fill_missing" for step in steps):
        steps = [_not_replaced(step, situation, request) for step in steps]
    steps = [_everywhere(step, situation, request) for step in steps]
    fills = [step for step in steps if step.tool == "fill_missing"]
    if not fills and steps and all(step.tool == "train_model" for step in steps):
        return [*_before(steps[0], situation, request), *steps]
    if fills and len(fills) == len(steps) and (each := _of_each_kind(request)):
        why = "number columns and the others are filled in ways of their own, as the request says."
        tables = dict.fromkeys(step.arguments.get("dataset") for step in fills)
        return [mended(fills[0], why, "fill_missing", {"dataset": table} | how) for table in tables for how in each]
    said = [how for clause in clauses(request) if EMPTY.search(clause) and (how := _filling(clause))]
    if len(fills) != 1 or len(said) != 1 or has_sql(steps):
        return list(steps)
    step, how = fills[0], said[0]
    given = {name: step.arguments[name] for name in ("method", "value") if name in step.arguments}
    if how == given or (how["method"] == given.get("method", "auto") != "constant"):
        return list(steps)
    if given.get("method") == "constant" and stands(str(given.get("value", "")), request):
        return list(steps)
    plain = {name: value for name, value in step.arguments.items() if name not in ("method", "value")}
    what = how.get("value", f"the {how['method']}")
    made = mended(step, f"empty cells are filled with {what}, as the request says.", "fill_missing", plain | how)
    return [made if one is step else one for one in steps]


def filled_by_group(steps: Sequence["Step"], situation: Situation, request: str) -> list["Step"]:
    """`나이는 도시별 중앙값으로 채워줘`: each group's own value, where a plan takes that of all rows."""
    return [_by_group(step, situation, request) if step.tool == "fill_missing" else step for step in steps]


def _by_group(step: "Step", situation: Situation, request: str) -> "Step":
    table, method = table_of(step, situation), step.arguments.get("method", "auto")
    if table is None or "group_by" in step.arguments or method not in ("auto", "mean", "median", "mode"):
        return step
    groups = [column.name for column in columns_named(request, table) if grouped_by(column.name, request)]
    columns = [name for name in step.arguments.get("columns", []) if name not in groups]
    if not groups or (not columns and "columns" in step.arguments):
        return step
    arguments = step.arguments | ({"columns": columns} if columns else {}) | {"group_by": groups}
    why = f"each {listed(groups)} is filled with its own value, as the request says."
    return mended(step, why, "fill_missing", arguments)


_NO_CELL = re.compile(
    r"\b(?:missing|empty|blank|nulls?)\b|\bwithout (?:an? |any )?|(?:없는|비어 ?있는|빈|누락된|누락|결측)(?![가-힣]*(?:채|메))",
    re.IGNORECASE,
)
_COLUMN = re.compile(r"\bcolumns?\b|컬럼|칼럼|(?<![가-힣])열(?![가-힣])", re.IGNORECASE)


def left_out(steps: Sequence["Step"], situation: Situation, request: str) -> list["Step"]:
    """`remove duplicates and drop rows without an amount`: the second wish, where a plan has only the first."""
    table = table_of(steps[0], situation) if len(steps) == 1 and steps[0].tool in _CHANGES else None
    if table is None:
        return list(steps)
    for clause in clauses(request)[1:]:
        columns = [column.name for column in columns_named(clause, table)]
        if columns and REMOVES.search(clause) and _NO_CELL.search(clause) and not _COLUMN.search(clause):
            arguments = {"dataset": table.name, "columns": columns}
            return [*steps, mended(steps[0], f"rows without {listed(columns)} go too.", "drop_missing", arguments)]
    return list(steps)


_CHANGES = (
    "drop_duplicates", "fill_missing", "clean_text", "rename_column", "change_type", "drop_columns", "remove_outliers",
    "handle_outliers", "unify_spellings", "replace_values",
)  # fmt: skip
"""Steps that leave rows with empty cells where they are."""


def _own_values(step: "Step", situation: Situation, request: str) -> list["Step"]:
    """`fill with 10 in alcohol and 100 in magnesium`: each named column with the number that stands beside it."""
    table = table_of(step, situation)
    found: dict[str, float] = {}
    for column in columns_named(request, table) if table else []:
        name = re.escape(column.name)
        beside = re.search(
            rf"(?<![\w.])(-?\d+(?:\.\d+)?) (?:in|for|into) (?:the )?['\"]?{name}(?!\w)|(?<!\w){name}['\"]? (?:with|by|to|as) (-?\d+(?:\.\d+)?)(?![\w])"
            rf"|(?<!\w){name}\s?(?:컬럼|열)?(?:은|는|을|를|에는?)\s?(-?\d+(?:\.\d+)?)(?![\d.])",
            request,
            re.IGNORECASE,
        )
        if beside is not None:
            number = float(next(part for part in beside.groups() if part))
            found[column.name] = int(number) if number.is_integer() else number
    if table is None or len(found) < 2 or len(set(found.values())) < 2:
        return []
    why = "each column is filled with the value that stands beside it."
    given = {"dataset": step.arguments["dataset"], "method": "constant"}
    return [
        mended(step, why, "fill_missing", given | {"columns": [name], "value": value}) for name, value in found.items()
    ]


def _of_each_kind(request: str) -> list[dict[str, Any]]:
    """The ways of number columns and of all others, where the request tells one for each kind."""
    kinds = [(found.start(), "number" if found["numbers"] else "other") for found in _KINDS.finditer(request)]
    ways = [
        (found.start(), method)
        for method, words in METHODS.items()
        for found in re.finditer(words, request, re.IGNORECASE)
    ]
    ways.sort()
    if {kind for _, kind in kinds} != {"number", "other"} or len(kinds) != 2 or len(ways) != 2:
        return []
    if [place for place, _ in sorted([*kinds, *ways])] not in (
        [kinds[0][0], ways[0][0], kinds[1][0], ways[1][0]],
        [ways[0][0], kinds[0][0], ways[1][0], kinds[1][0]],
    ):
        return []
    told = dict(zip((kind for _, kind in kinds), (way for _, way in ways), strict=True))
    return [{"method": told["number"]}, {"method": "mode"}] if told["other"] == "mode" else []


_KINDS = re.compile(
    r"(?P<numbers>\b(?:numeric(?:al)?|number|continuous|quantitative) (?:columns?|features?|variables?|values?|fields?|data|ones)"
    r"|\bnumericals?\b|(?:숫자형?|수치형?|연속형) ?(?:컬럼|칼럼|열|변수|데이터)?)"
    r"|(?P<others>\b(?:categor\w*|text|string|nominal|qualitative|object|non-?numeric\w*|other) (?:columns?|features?|variables?|values?|fields?|data|ones)"
    r"|\bcategoricals?\b|(?:범주형?|문자형?|텍스트|카테고리) ?(?:컬럼|칼럼|열|변수|데이터)?)",
    re.IGNORECASE,
)
"""Words of number columns, and of all others."""


def _everywhere(step: "Step", situation: Situation, request: str) -> "Step":
    """A filling of one column that the request does not name, nor any other, is one of every column."""
    table, columns = table_of(step, situation), step.arguments.get("columns", [])
    if step.tool != "fill_missing" or table is None or len(columns) != 1:
        return step
    by_method = _filling(request).get("method", "constant") != "constant"
    at_large = by_method and _AT_LARGE.search(request) and not _POINTS.search(request)
    if not at_large and not _EVERY.search(request):
        return step
    if columns_named(request, table):
        return step
    arguments = {name: value for name, value in step.arguments.items() if name != "columns"}
    return mended(step, "the request names no column, so every one is filled.", "fill_missing", arguments)


def _not_replaced(step: "Step", situation: Situation, request: str) -> "Step":
    """A replacement of nothing, and words for no value where some are to be filled, is a filling of empty cells."""
    table = table_of(step, situation)
    nothing = step.tool == "replace_values" and str(step.arguments.get("old", "")).strip().casefold() in NOTHING
    nothing = nothing or (step.tool == "treat_as_missing" and FILLS.search(request) is not None)
    how = _filling(request) if nothing and EMPTY.search(request) else {}
    if not how or table is None:
        return step
    columns = [column.name for column in columns_named(request, table)]
    arguments = {"dataset": step.arguments["dataset"]} | ({"columns": columns} if columns else {}) | how
    return mended(step, "empty cells are filled, there is no value to replace.", "fill_missing", arguments)


def _before(train: "Step", situation: Situation, request: str) -> list["Step"]:
    """The filling of named columns that the request wants before a model is built, and a plan leaves out."""
    table = table_of(train, situation)
    for clause in clauses(request) if table else ():
        columns = [column.name for column in columns_named(clause, table)] if table else []
        if columns and FILLS.search(clause) and (how := _filling(clause)):
            arguments = {"dataset": train.arguments["dataset"], "columns": columns} | how
            why = f"the request wants empty cells of {listed(columns)} filled first."
            return [mended(train, why, "fill_missing", arguments)]
    return []


def _filling(clause: str) -> dict[str, Any]:
    """What a clause says to fill with: a method, or a constant."""
    methods = [method for method, words in METHODS.items() if re.search(words, clause, re.IGNORECASE)]
    if methods:
        return {"method": methods[0]} if len(methods) == 1 else {}
    found = _WITH_KO.search(clause) or _WITH.search(clause)
    if found is None:
        return {}
    quoted = next((group for group in found.groups()[:3] if group is not None), None)
    number, word = found[4], found[5]
    if quoted is not None:
        return {"method": "constant", "value": quoted} if quoted else {}
    if number or re.fullmatch(r"zeros?", word, re.IGNORECASE):
        value = float((number or "0").replace(",", ""))
        return {"method": "constant", "value": int(value) if value.is_integer() else value}
    return {} if NO_VALUE.fullmatch(word) else {"method": "constant", "value": word}
