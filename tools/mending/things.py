"""Things that are asked for, each once and by their names: courses that were taken, the number of students who took one.

A join to many rows repeats what it finds, and a count over them counts rows. What is not covered: things that no table
of the project holds, and counts in subqueries.
"""

import re
from typing import TYPE_CHECKING

from tools.mending.data import Data
from tools.mending.groups import aggregates
from tools.mending.joins import plain_joins
from tools.mending.names import Names, Source, scopes, sources
from tools.mending.tops import asks_for_one
from tools.mending.written import as_column
from tools.relations import plain_name, singular

if TYPE_CHECKING:
    from sqlglot import exp

_WHICH = re.compile(
    r"^\W*(?:which|what)\s+(?:(?!is\b|are\b|was\b|were\b)\w+\s+){0,2}?(?P<thing>\w+s|people)\b", re.IGNORECASE
)
_ONE = re.compile(r"^\W*(?:which|what)\s+(?P<thing>\w+)\s+(?:has|have|had|is|was|took|takes)\b", re.IGNORECASE)
_HOW_MANY = re.compile(
    r"\b(?:number of|how many)\s+(?:\w+\s+){0,2}?(?P<thing>\w+s|people)\s+(?:who|that|which|have|has|had|are|were|was|did|do|took|take|with|in)\b",
    re.IGNORECASE,
)
_MANY = re.compile(
    r"\b(?:number of|how many)\s+(?:(?:different|distinct|unique|total|such|of the|the|\w+)\s+){0,2}?(?P<thing>\w+s)\b"
    r"|(?<![가-힣])(?P<korean>[가-힣]+?)(?:\s?건)?(?:\s?수|\s?개수|이\s?몇|은\s?몇|는\s?몇|가\s?몇)(?![가-힣]*율)",
    re.IGNORECASE,
)
_MEAN_PER = re.compile(
    r"\b(?:average|mean|avg)\b[^.;?]*?\bper (?P<thing>\w+)\b|(?P<korean>[가-힣]+?)\s?당\s?평균", re.IGNORECASE
)
_HOW_MANY_PERIODS = re.compile(
    r"\b(?:number of|how many) (?:different |distinct |unique |calendar )?(?P<unit>year|quarter|month|week|day)s"
    r" (?:are|is|in|of|does|do|have|has|we|there|the data)\b(?! old)|몇\s?(?P<korean>년|분기|개월|달|주|일)\s?(?:치|분|간)?(?:의)? ?(?:데이터|자료|이야|있)",
    re.IGNORECASE,
)
_UNITS = {"년": "year", "분기": "quarter", "개월": "month", "달": "month", "주": "week", "일": "day"}
_KEYS = ("{}id", "{}key", "{}번호", "{}아이디")
"""How the column is called that tells things apart, without separators."""
_NAMES_ONLY = re.compile(
    r"\b(?:list(?: out)?|identify|give|show|find|return|what are|which are|tell)(?: me)?(?: all)?(?: of)?(?: the)? names of\b|\bname them\b"
    r"|^\W*what(?:'s| is) the (?:most|least) (?:common|frequent|popular) (?!number|share|percent)\w+",
    re.IGNORECASE,
)
_MEASURED = re.compile(
    r"\b(?:how many|how much|and (?:the|their|its)|with (?:their|its)|number|counts?|along|respective\w*|together|values?)\b",
    re.IGNORECASE,
)
"""Words of a measure that is to be shown beside the names."""
_ROWS = re.compile(
    r"\b(?:each|every|all|per|times|respective\w*|along with|together with|including|duplicat\w*|list of)\b",
    re.IGNORECASE,
)


def mend_things(tree: "exp.Expr", names: Names, data: Data, request: str) -> list[str]:
    """Mend repeated, miscounted and nameless things in place. Returns what was changed, one sentence each."""
    from sqlglot import exp

    if not isinstance(tree, exp.Select) or tree.args.get("from_") is None or tree.find(exp.Window):
        return []
    read = [source for source in sources(scopes(tree)[-1], names) if source.table]
    return [
        *_once(tree, read, names, data, request),
        *(
            _counted(tree, read, names, request)
            or _by_key(tree, read, data, request)
            or _periods(tree, read, data, request)
        ),
        *_named(tree, read, request),
        *_only_names(tree, request),
    ]


def _once(select: "exp.Select", read: list[Source], names: Names, data: Data, request: str) -> list[str]:
    """`SELECT course.name … JOIN student_record`: a course that five students took is one course.

    Names that two courses share stay as they are: they would become one.
    """
    from sqlglot import exp

    if not _WHICH.search(request) or _ROWS.search(request) or not plain_joins(select):
        return []
    if any(select.args.get(part) for part in ("distinct", "group", "limit", "order")) or len(select.expressions) > 2:
        return []
    columns = [shown.unalias() for shown in select.expressions]
    owners = [_owner(column, read) for column in columns if isinstance(column, exp.Column)]
    owner = owners[0] if owners else None
    if owner is None or len(owners) < len(columns) or any(other is not owner for other in owners):
        return []
    others = [source.table for source in read if source is not owner]
    many = any(join.other == owner.table and join.table in others for join in names.joins)
    shown = [name for column in columns if (name := owner.column(column.name))]
    if not many or not data.tells_rows_apart(owner.table, shown):
        return []
    select.set("distinct", exp.Distinct())
    return ["Each one is shown once."]


def _counted(select: "exp.Select", read: list[Source], names: Names, request: str) -> list[str]:
    """`count(*) FROM student_record` for the number of students who have one: students are counted, not their records."""
    from sqlglot import exp

    said = _HOW_MANY.search(request)
    counts = list(select.find_all(exp.Count))
    if said is None or len(counts) != 1 or not isinstance(counts[0].this, exp.Star) or select.find(exp.Distinct):
        return []
    if len(list(select.find_all(exp.Select))) > 1 or len(_HOW_MANY.findall(request)) > 1:
        return []
    thing = singular(said["thing"])
    tables = [table for table in names.tables if singular(table) == thing]
    if len(tables) != 1 or (len(read) == 1 and read[0].table == tables[0]):
        return []
    ends = [
        (source, join.column)
        for source in read
        for join in names.joins
        if join.other == tables[0] and join.table == source.table
    ]
    if len({source.table for source, _ in ends}) != 1 or len(ends) != 1:
        return []
    source, column = ends[0]
    key = as_column(column, source.alias if len(read) > 1 else None)
    counts[0].set("this", exp.Distinct(expressions=[key]))
    return [f"{tables[0]} are counted by {column}, each once, not the rows."]


def _by_key(select: "exp.Select", read: list[Source], data: Data, request: str) -> list[str]:
    """`count(*)` for the number of orders over a table of their lines counts each order_id once; so does a mean per order."""
    from sqlglot import exp

    if len(read) != 1 or len(list(select.find_all(exp.Select))) > 1 or select.find(exp.Distinct):
        return []
    counts = [call for call in select.find_all(exp.Count) if isinstance(call.this, exp.Star)]
    if (
        len(counts) == 1
        and not select.find(exp.Having)
        and (key := _key_of(_MANY.findall(request), select, read[0], data))
    ):
        counts[0].set("this", exp.Distinct(expressions=[as_column(key)]))
        return [f"Rows share their {key}: each {key} is counted once."]
    shown = select.expressions[0].unalias() if len(select.expressions) == 1 else None
    per = [pair for pair in _MEAN_PER.findall(request) if not select.args.get("group")]
    if isinstance(shown, exp.Avg) and (key := _key_of(per, select, read[0], data)):
        count = exp.Count(this=exp.Distinct(expressions=[as_column(key)]))
        shown.replace(exp.Div(this=exp.Sum(this=shown.this.copy()), expression=count))
        return [f"Rows share their {key}: the mean is that of each {key}."]
    return []


def _periods(select: "exp.Select", read: list[Source], data: Data, request: str) -> list[str]:
    """`count(*)` for the number of months counts those in which any row lies, where a table has one date."""
    from sqlglot import exp, parse_one

    said = _HOW_MANY_PERIODS.search(request)
    if said is None or len(read) != 1 or select.args.get("group") or len(select.expressions) != 1:
        return []
    source, count = read[0], select.expressions[0].unalias()
    dates = [
        name for name in source.columns or () if data.type_of(source.table, name).startswith(("DATE", "TIMESTAMP"))
    ]
    if len(dates) != 1 or not isinstance(count, exp.Count) or count.find(exp.Distinct):
        return []
    unit = (said["unit"] or _UNITS[said["korean"]]).casefold()
    name = as_column(dates[0]).sql("duckdb")
    count.replace(parse_one(f"COUNT(DISTINCT DATE_TRUNC('{unit}', {name}))", read="duckdb"))
    where = select.args.get("where")
    if where is not None and any(
        column.name.casefold() == dates[0].casefold() for column in where.find_all(exp.Column)
    ):
        where.pop()
    return [f"The {unit}s of {dates[0]} are counted, not the rows."]


def _key_of(things: list[tuple[str, str]], select: "exp.Select", source: Source, data: Data) -> str:
    """The one column that tells the things apart that a request counts, where several rows share its values."""
    from sqlglot import exp

    plain = {plain_name(column): column for column in source.columns or ()}
    said = {singular(one or other) for one, other in things} - {singular(source.table)}  # whose rows are the things
    found = {plain[form.format(thing)] for thing in said for form in _KEYS if form.format(thing) in plain}
    used = {column.name.casefold() for column in select.find_all(exp.Column)}
    key = next(iter(found)) if len(found) == 1 else ""
    return key if key and key.casefold() not in used and not data.tells_rows_apart(source.table, [key]) else ""


def _named(select: "exp.Select", read: list[Source], request: str) -> list[str]:
    """`SELECT duration … ORDER BY duration LIMIT 1` for "which flight is the longest" shows the flight too."""
    from sqlglot import exp

    said, order = _ONE.search(request), select.args.get("order")
    if said is None or order is None or len(select.expressions) != 1 or len(read) != 1 or select.args.get("group"):
        return []
    shown, key = select.expressions[0], order.expressions[0].this
    same = key == shown.unalias() or (
        isinstance(key, exp.Column) and key.name.casefold() == shown.alias.casefold() != ""
    )
    thing = singular(said["thing"])
    if not same or aggregates(shown) or not asks_for_one(request) or singular(read[0].table) != thing:
        return []
    label = next(
        (
            found
            for name in ("name", f"{thing}_name", "title", f"{thing}_id", "id", "code")
            if (found := read[0].column(name))
        ),
        None,
    )
    if label is None:
        return []
    select.set("expressions", [as_column(label), shown])
    return [f"The {label} of what is asked for is shown too."]


def _only_names(select: "exp.Select", request: str) -> list[str]:
    """`SELECT country, count(*) … ORDER BY 2 LIMIT 10` for the names of ten countries shows their names alone."""
    from sqlglot import exp

    order = select.args.get("order")
    if not _NAMES_ONLY.search(request) or _MEASURED.search(_NAMES_ONLY.sub(" ", request)) or order is None:
        return []
    labels = [shown for shown in select.expressions if isinstance(shown.unalias(), exp.Column)]
    others = [shown for shown in select.expressions if shown not in labels]
    if not select.args.get("limit") or len(labels) != 1 or len(others) != 1 or not aggregates(others[0]):
        return []
    [key] = order.expressions if len(order.expressions) == 1 else [None]
    measure, written = others[0].unalias(), key.this if key is not None else None
    same = written == measure or (
        isinstance(written, exp.Column) and written.name.casefold() == others[0].alias.casefold()
    )
    if isinstance(written, exp.Literal) and written.name.isdigit():
        same = select.expressions[int(written.name) - 1] is others[0] if int(written.name) <= 2 else False
    if key is None or not same:
        return []
    key.set("this", measure.copy())
    select.set("expressions", labels)
    return ["The names alone are asked for."]


def _owner(column: "exp.Expr", read: list[Source]) -> Source | None:
    """The table that a column is taken from."""
    alias = getattr(column, "table", "").casefold()
    return next((s for s in read if (s.alias.casefold() == alias if alias else s.column(column.name))), None)
