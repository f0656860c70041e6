"""How many rows of a ranking a request wants, and from which end: `top 3`, "which city has the most", 가장 많은.

What is not covered: rankings within groups, best and worst, oldest and newest (their direction is a matter of meaning),
and several rankings in one request.
"""

import re
from typing import TYPE_CHECKING

from tools.mending.data import Data
from tools.mending.groups import aggregates
from tools.mending.joins import stem
from tools.mending.names import Names, scopes, sources
from tools.mending.types import typed
from tools.mending.written import as_column
from tools.number_words import SEVERAL, either, number_said

if TYPE_CHECKING:
    from sqlglot import exp

_N = rf"\d{{1,4}}|{either(SEVERAL)}"
_END = r"(?:most(?! of)|highest|largest|biggest|greatest|longest|lowest|smallest|fewest|least|shortest|cheapest)"
_DOES = r"has|had|is|was|got|made|sold|bought|spent|paid|won|lost|\w+s|\w+ed"
_TOP = re.compile(
    rf"\b(?:top|bottom|first)[ -]+({_N})\b(?!\s*(?:%|percent|per cent))|\bthe\s+({_N})\s+(?:\w+\s+){{0,2}}?(?:with the\s+)?{_END}\b"
    r"|(?:상위|하위)\s?(\d{1,4})(?![\d.]*\s?(?:%|퍼센트|프로|분위))"
    r"|(?:가장|제일)\s[^?]*?(?<!\d)(\d{1,4})\s?(?:개|명|곳|가지|건|군데)(?!\s?(?:이상|이하|미만|초과|넘|월|당))",
    re.IGNORECASE,
)
_ONE = re.compile(
    rf"^\W*(?:which|what)\s+(?!(?:is|are|was|were|has|have|do|does|did)\b)(?:\w+\s+){{0,2}}?(\w+)\s+"
    rf"(?:{_DOES})\s+(?:the\s+|our\s+)?{_END}\b"
    rf"|^\W*who\s+(?:{_DOES})\s+(?:the\s+)?{_END}\b",
    re.IGNORECASE,
)
_ONE_KO = re.compile(
    r"(?:가장|제일)\s[^?]*(?<!들)(?:은|는|이|가)\s*(?:누구|어디|뭐|무엇|뭔)|(?:어느|어떤|무슨)\s[^?]*(?:가장|제일)\s(?:많|적|높|낮|크|작|큰)"
)
_EACH = re.compile(r"\b(?:each|every|per|respective\w*)\b|별(?:로)?(?=\s|$)|마다|각각|각\s", re.IGNORECASE)
_MORE = re.compile(
    r"\b(?:list|rank|ranking|sorted|order(?:ed)? by|and (?:the|which|who))\b|순서|순위|순으로|목록", re.IGNORECASE
)
_HIGH = re.compile(
    r"\b(?:the (?:highest|largest|biggest|greatest)|most expensive|(?<!at )(?:the )?most(?: \w+)? \w*s\b|most often)\b"
    r"|(?:가장|제일)\s(?:많|높|큰|크|비싼|비싸)|상위",
    re.IGNORECASE,
)
_LOW = re.compile(
    r"\b(?:the (?:lowest|smallest|fewest)|cheapest|least expensive|(?<!at )the least(?: \w+)? \w*s\b|least often)\b"
    r"|(?:가장|제일)\s(?:적|낮|작|싼|저렴)|하위",
    re.IGNORECASE,
)
EITHER = re.compile(
    r"\b(?:not|no|never|best|worst|rank\w*|position|place|recent\w*|latest|earliest|oldest|newest|youngest|at most|at least"
    r"|bottom|difference|closest|most of)\b|n't\b|안\s|않|못|순위|등수|랭킹|등급|최근|최신|오래",
    re.IGNORECASE,
)
"""Words that may turn a direction round."""
_BEST = re.compile(r"\bbest\b|(?:가장|제일) (?:좋|우수|훌륭)", re.IGNORECASE)
_WORST = re.compile(r"\bworst\b|(?:가장|제일) (?:안 좋|나쁜|나쁘|심한|심각|못)|최악", re.IGNORECASE)
_BAD = re.compile(
    r"\b(?:wait|delay|errors?|churn|cancel|defect|complain|returned|returns|cost|debt|loss|death|mortality|crime|accident|unemploy"
    r"|late|downtime|fail|injur|absen|overdue|default)|대기|지연|오류|이탈|해지|취소|불량|불만|반품|비용|손실|사고|사망|실업|연체|결석",
    re.IGNORECASE,
)
"""Names of amounts of which less is better."""
_GOOD = re.compile(
    r"\b(?:sales|revenue|profit|score|rating|satisf|margin|income|accuracy|earn|win|won|points?|grade point|gpa)|매출|수익|이익|점수|평점|만족|소득|승",
    re.IGNORECASE,
)
NUMBERS = ("INT", "BIGINT", "DOUBLE", "DECIMAL", "FLOAT", "HUGEINT", "SMALLINT")
"""How DuckDB's types of amounts begin."""
RANK = re.compile(r"rank|position|place|grade|level|priority|순위|등급|등수|diff|error|gap", re.IGNORECASE)
"""Names of numbers of which less is better, and that add up to nothing."""


def mend_tops(tree: "exp.Expr", names: Names, data: Data, request: str) -> list[str]:
    """Give a ranking its direction and its end; in place. Returns what was changed, one sentence each."""
    from sqlglot import exp

    order = tree.args.get("order") if isinstance(tree, exp.Select) else None
    if order is None or tree.find(exp.Window, exp.Qualify):
        return []
    grouped = _grouped(tree, order, names, data, request)
    return [
        *grouped,
        *_direction(tree, order, names, data, request),
        *(_equals(tree, request) or _limit(tree, request)),
    ]


def _grouped(select: "exp.Expr", order: "exp.Expr", names: Names, data: Data, request: str) -> list[str]:
    """`SELECT sum(sold) FROM t ORDER BY sum(sold) DESC LIMIT 1` ranks nothing: by the one text column that is named."""
    from sqlglot import exp

    if not isinstance(select, exp.Select) or select.args.get("group") or select.args.get("limit") is None:
        return []
    if (
        len(order.expressions) != 1
        or not all(map(aggregates, select.expressions))
        or not aggregates(behind(select, order.expressions[0].this))
    ):
        return []
    measured = {column.name.casefold() for part in select.expressions for column in part.find_all(exp.Column)}
    read = sources(scopes(select)[-1], names)
    keys = [
        as_column(name, source.alias if len(read) > 1 else None)
        for source in read
        for name in (source.columns or () if source.table else ())
        if name.casefold() not in measured and data.is_text(source.table, name) and _is_written(name, request)
    ]
    if len(keys) != 1:
        return []
    select.group_by(keys[0].copy(), copy=False)
    select.set("expressions", [keys[0], *select.expressions])
    return [f"The ranking is over the groups of {keys[0].name}."]


def _is_written(name: str, request: str) -> bool:
    """Whether a request has a column's name, with spaces for underscores or without."""
    words = r"[ _]".join(map(re.escape, re.split(r"[ _]+", name)))
    return re.search(rf"(?<!\w){words}(?!\w)", request, re.IGNORECASE) is not None


_SEVERAL = re.compile(
    rf"^\W*(?:which|what)\s+(?:\w+\s+)?(?:\w+(?<!s)s|people|men|women|children)\s+(?:have|had|are|were|share|shared)\s+(?:the\s+)?{_END}\b",
    re.IGNORECASE,
)
"""A question after all that share the first place."""


def _equals(select: "exp.Expr", request: str) -> list[str]:
    """`which schools have the most titles` asks for every school with that number, in place of one of them."""
    from sqlglot import exp

    limit, order = select.args.get("limit"), select.args.get("order")
    plain = not select.args.get("group") and not any(map(aggregates, select.expressions))
    if not _SEVERAL.search(request) or limit is None or limit.expression.name != "1" or not plain:
        return []
    if order is None or len(order.expressions) != 1 or _said(request):
        return []
    rank = exp.Window(this=exp.Anonymous(this="RANK"), order=order.copy())
    select.set("qualify", exp.Qualify(this=exp.EQ(this=rank, expression=exp.Literal.number(1))))
    select.set("order", None)
    select.set("limit", None)
    return ["All that share the first place are shown."]


def _limit(select: "exp.Expr", request: str) -> list[str]:
    from sqlglot import exp

    group = select.args.get("group")
    if select.find(exp.Limit, exp.Fetch, exp.Offset) or (group and len(group.expressions) > 1):
        return []
    if re.search(r"\b(?:each|every)\b|마다|각각", request, re.IGNORECASE):
        return []
    said = _said(request)
    if len(said) == 1 and (wanted := said.pop()) > 0:
        select.set("limit", exp.Limit(expression=exp.Literal.number(wanted)))
        return [f"The first {wanted} rows are shown, as many as the request says."]
    if not said and asks_for_one(request):
        select.set("limit", exp.Limit(expression=exp.Literal.number(1)))
        return ["The first row is shown: the request asks for one."]
    return []


def _said(request: str) -> set[int]:
    """The numbers of rows that a request speaks of: 3 for `top three`."""
    found = {next(filter(None, groups)).casefold() for groups in _TOP.findall(request)}
    return {int(number_said(word)) for word in found}


def ranked_rows(request: str) -> int:
    """How many rows a request wants of a ranking: `top 3`, or one for `the cheapest car`; 0 where it ranks nothing."""
    said = _said(request)
    if said:
        return said.pop() if len(said) == 1 else 0
    return (
        1 if len(re.findall(rf"\bthe {_END}\b|\bbest[- ]selling\b|(?:가장|제일)\s", request, re.IGNORECASE)) == 1 else 0
    )


def asks_for_one(request: str) -> bool:
    """Whether a request asks which one thing has the most or the least of something."""
    if (
        _EACH.search(request)
        or _MORE.search(request)
        or len(re.findall(rf"\b{_END}\b|가장|제일", request, re.IGNORECASE)) > 1
    ):
        return False
    found = _ONE.search(request)
    if found is None:
        return _ONE_KO.search(request) is not None
    noun = (found[1] or "").casefold()
    return not noun.endswith("s") or noun.endswith("ss")


def _direction(select: "exp.Expr", order: "exp.Expr", names: Names, data: Data, request: str) -> list[str]:
    """`ORDER BY count(*) LIMIT 1` for the most is turned round, and the other way for the least."""
    if select.args.get("limit") is None or len(order.expressions) != 1:
        return []
    return turned(select, order.expressions[0], names, data, request)


def turned(select: "exp.Expr", key: "exp.Expr", names: Names, data: Data, request: str) -> list[str]:
    """Turn a key of ORDER BY to the end that the request names, in place. Returns what was changed."""
    if (first := _of_ranks(select, key, request)) is not None:
        if bool(key.args.get("desc")) != first:
            return []
        key.set("desc", not first)
        key.set("nulls_first", None)
        return [f"The {'first' if first else 'last'} places stand first, as the request says."]
    judged = _judged(select, key, request)
    high, low = _HIGH.search(request) is not None, _LOW.search(request) is not None
    if judged is not None:
        high = judged
    elif high == low or EITHER.search(request):
        return []
    if bool(key.args.get("desc")) == high or (judged is not None and not aggregates(behind(select, key.this))):
        return []
    if judged is None and not _is_measure(select, key.this, names, data, request):
        return []
    key.set("desc", high)
    key.set("nulls_first", None)
    return [f"The {'highest' if high else 'lowest'} stand first, as the request says."]


_RANKED_HIGH = re.compile(
    r"\b(?:top|highest|best|first)[- ](?:\w+ )?(?:rank\w*|plac\w*|position\w*|finish\w*)\b|\b(?:rank\w*|plac\w*|finish\w*) (?:the |in the )?(?:most|highest|best|first|top)\b"
    r"|(?:가장|제일)\s(?:높은|좋은)\s(?:순위|등수)|순위가\s(?:가장|제일)\s높",
    re.IGNORECASE,
)
_RANKED_LOW = re.compile(
    r"\b(?:lowest|worst|bottom|last)[- ](?:\w+ )?(?:rank\w*|plac\w*|position\w*|finish\w*)\b|\b(?:rank\w*|plac\w*|finish\w*) (?:the |in the )?(?:least|lowest|worst|last|bottom)\b"
    r"|(?:가장|제일)\s(?:낮은|나쁜)\s(?:순위|등수)|순위가\s(?:가장|제일)\s낮",
    re.IGNORECASE,
)
_PLACES = re.compile(r"\b(?:rank|ranking|position|place|pos)\b|순위|등수", re.IGNORECASE)


def _of_ranks(select: "exp.Expr", key: "exp.Expr", request: str) -> bool | None:
    """Whether the best places are wanted of a ranking by a column of places, of which one is the best; None: neither."""
    from sqlglot import exp

    column = behind(select, key.this)
    high, low = _RANKED_HIGH.search(request) is not None, _RANKED_LOW.search(request) is not None
    places = isinstance(column, exp.Column) and _PLACES.search(column.name.replace("_", " "))
    return high if places and high != low else None


def _judged(select: "exp.Expr", key: "exp.Expr", request: str) -> bool | None:
    """Whether the best or worst of an amount is its highest: the worst wait is the longest, the worst sales the least."""
    best, worst = _BEST.search(request) is not None, _WORST.search(request) is not None
    told = f"{key.this.sql()} {behind(select, key.this).sql()}".replace("_", " ")
    bad, good = _BAD.search(told) is not None, _GOOD.search(told) is not None
    return best == good if best != worst and bad != good else None


def behind(select: "exp.Expr", key: "exp.Expr") -> "exp.Expr":
    """What a key's alias stands for, or the key."""
    from sqlglot import exp

    shown = {part.alias.casefold(): part.unalias() for part in select.expressions if part.alias}
    return shown.get(key.name.casefold(), key) if isinstance(key, exp.Column) and not key.table else key


def _is_measure(select: "exp.Expr", key: "exp.Expr", names: Names, data: Data, request: str) -> bool:
    """Whether a ranking goes by an amount: a count, a sum or average, or a column of numbers; not by what is better when less.

    A plain column must be named: "the first five of the largest city" are ordered by something else.
    """
    from sqlglot import exp

    key = behind(select, key)
    if RANK.search(key.sql()):
        return False
    if aggregates(key):
        return isinstance(key, exp.Count | exp.Sum | exp.Avg)
    words = re.findall(r"[^\W\d_]{2,}", request.casefold())
    told = [part for part in re.findall(r"[A-Z]?[^\W\d_A-Z]+|[A-Z]+", key.name) if len(part) > 1]
    if not any(
        stem(word) == stem(part.casefold()) or (part >= "가" and word.startswith(part[:2]))
        for word in words
        for part in told
    ):
        return False
    kind = next((kind for column, kind, _ in typed(select, names, data) if column is key), "")
    return kind.startswith(NUMBERS)
