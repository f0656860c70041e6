"""Short follow-ups of a question: `and for women only?`, `그중에 여성은?`, `same for men`.

A small model answers them with a statement of their own and forgets the conditions it had a moment ago. What they leave
unsaid is carried over from the statement before: the conditions over other columns, and what was counted per what.

What is not covered: limits and orders (`and the top 3?`), statements with set operations, and tables read twice.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from assistant.context import Situation, Turn
from assistant.said import CHANGE, COMMAND, only_asks
from assistant.spelling import as_grouped

if TYPE_CHECKING:
    from sqlglot import exp

MOST_WORDS = 8
"""A longer request says what it means."""
MOST_WORDS_KO = 3
"""Words of a Korean request that follows on by its last particle alone: `남성은?`"""
OF_THOSE = re.compile(
    r"^\W*(?:(?:and|but|so|ok|okay)\W+)*(?:out )?(?:(?:of|among) (?:those|these|them|that|which)|(?:from|in|within) (?:those|these|them))\b"
    r"|^\W*(?:그\s?중|이\s?중|거기서|거기에서|여기서)",
    re.IGNORECASE,
)
"""Words that narrow what was just asked, whatever is asked of it."""
ON = re.compile(
    r"^\W*(?:(?:ok|okay|so|now)\W+)*(?:and|but|what about|how about|(?:the )?same\b.{0,12}\bfor|only|just)\b"
    r"|^\W*(?:그럼|그러면|그리고|그렇다면)\s",
    re.IGNORECASE,
)
BY = re.compile(
    r"^\W*(?:(?:and|now|ok|okay|then|please|can you)\W+)*(?:(?:the )?same |(?:break|split|show|group) (?:it|that|this|them|those)(?: down| up| out)? )?"
    r"(?:by|per|for each) (?:the )?\w+(?: (?:and|by|per) \w+| please| instead| too)*\W*$"
    r"|^\W*(?:(?:그럼|그러면|그걸|이걸|그거|이거|그것을|이것을|다시) )*\S+별로?(?:는|도)?"
    r"(?: (?:나눠서?|나누면|나누어서?|쪼개서?|쪼개면|따로|다시|좀|구분해서?|보면|보여\s?(?:줘|주세요)\S*|알려\s?(?:줘|주세요)\S*|봐\s?줘))*\W*$",
    re.IGNORECASE,
)
"""The same once more for each of something: `도시별로 나눠서 보여줘`, `break that down by city`."""
BARE_KO = re.compile(r"[가-힣\w%)](?:은|는|도|만)(?:\s*(?:요|보면|보면요))?\s*\?*\s*$")
"""A Korean request that only names another case."""
ASKS_ANEW = re.compile(
    r"\b(?:how (?:many|much|often|long)|what(?! about)|which|who|whose|when|where|why|average|mean|median|total|sum|number"
    r"|count|list|show|all|every|everyone|everybody|everything|overall|altogether|entire|whole|most|least|best|worst"
    r"|highest|lowest|top|first|last|is|are|was|were|does|did)\b"
    r"|몇|얼마|누구|누가|어디|어느|무엇|뭐|언제|왜|전체|전부|모든|모두|총|합계|평균|제일|가장|비율|어때|알려|보여|구해",
    re.IGNORECASE,
)
"""Words of a question that stands by itself."""
WHOLE = re.compile(
    r"\b(?:all|overall|altogether|everyone|everybody|total|entire|whole)\b|전체|전부|모든|모두|총", re.IGNORECASE
)


@dataclass(frozen=True)
class Carried:
    """A statement with what its request left unsaid, and one sentence about it; empty where nothing changed."""

    sql: str
    change: str = ""


def follows(request: str) -> bool:
    """Whether a request leaves to the one before it what it asks for: it names another case and nothing else."""
    words = len(request.split())
    if OF_THOSE.search(request) and words <= MOST_WORDS:
        return WHOLE.search(request) is None
    if BY.search(request):
        return words <= MOST_WORDS
    named = ON.search(request)
    rest = request[named.end() :] if named else request
    if ASKS_ANEW.search(rest):
        return False
    return words <= MOST_WORDS if named else words <= MOST_WORDS_KO and BARE_KO.search(request) is not None


def asks(request: str, situation: Situation) -> bool:
    """Whether a request is a question: by its words, or as a short follow-up of one."""
    if only_asks(request):
        return True
    if not situation.turns or not follows(request):
        return False
    if not BY.search(request) and (CHANGE.search(request) or COMMAND.search(request)):
        return False
    return _only_read(situation.turns[-1])


def _only_read(turn: Turn) -> bool:
    from tools import catalogue

    tools = catalogue()
    return all(step["tool"] in tools and tools[step["tool"]].effect == "read" for step in turn.steps)


def carried(sql: str, request: str, turns: Sequence[Turn]) -> Carried:
    """A follow-up's statement with the conditions and groups of the statement before that it left unsaid."""
    from sqlglot.errors import SqlglotError

    earlier = str(turns[-1].steps[-1].get("sql", "")) if turns and turns[-1].steps else ""
    if not earlier or not follows(request) or not _only_read(turns[-1]):
        return Carried(sql)
    try:
        before, now = plain_select(earlier), plain_select(sql)
        if before is None or now is None:
            return Carried(sql)
        made = _carried(before, now, narrows=OF_THOSE.search(request) is not None)
    except (SqlglotError, RecursionError):
        return Carried(sql)
    return made or Carried(sql)


def plain_select(sql: str) -> "exp.Select | None":
    """One plain SELECT over tables, each read once."""
    from sqlglot import exp, parse_one

    tree = parse_one(as_grouped(sql).strip().rstrip(";"), read="duckdb")
    if not isinstance(tree, exp.Select) or tree.args.get("with_"):
        return None
    read = [table.name.casefold() for table in tables_of(tree).values()]
    plain = all(isinstance(node, exp.Table) for node in _from(tree))
    return tree if plain and read and len(read) == len(set(read)) else None


def _from(tree: "exp.Select") -> list["exp.Expr"]:
    start = tree.args.get("from_")
    return [*([start.this] if start else []), *(join.this for join in tree.args.get("joins") or [])]


def tables_of(tree: "exp.Select") -> "dict[str, exp.Table]":
    """The tables a SELECT reads, by the names its columns call them."""
    from sqlglot import exp

    return {node.alias_or_name.casefold(): node for node in _from(tree) if isinstance(node, exp.Table)}


def _carried(before: "exp.Select", now: "exp.Select", *, narrows: bool) -> Carried | None:
    old, new = ({table.name.casefold() for table in tables_of(tree).values()} for tree in (before, now))
    same = measures_of(now) <= measures_of(before) and bool(measures_of(now))
    if not narrows and new <= old and _lost(before, now, same=same):
        return Carried(_narrowed(before, now).sql("duckdb"), "What was asked before is kept, for the case named now.")
    if not same or not (new == old or (len(old) == 1 and old < new)):
        return None
    kept = _unsaid(before, now, narrows=narrows)
    if not kept:
        return None
    _add(now, kept, tables_of(before))
    told = " and ".join(condition.sql("duckdb") for condition in kept)
    return Carried(now.sql("duckdb"), f"Still only where {told}, as asked before.")


def _narrowed(before: "exp.Select", now: "exp.Select") -> "exp.Select":
    """The statement before for the case that the new one names."""
    from sqlglot import exp

    kept, made = _unsaid(before, now, narrows=False), before.copy()
    made.set("where", None)
    for entry in made.expressions if len(made.expressions) == 1 else ():
        for counted in list(entry.find_all(exp.Filter)):
            counted.replace(counted.this)
    _add(made, kept, tables_of(before))
    _add(made, conditions_of(now.copy()), tables_of(now))
    return made


def _lost(before: "exp.Select", now: "exp.Select", *, same: bool) -> bool:
    """Whether the new statement has a condition, but no longer counts what was counted, or not per what it was."""
    from sqlglot import exp

    groups, more = groups_of(before), [key for key in groups_of(now) if key not in groups_of(before)]
    told = {name for condition in conditions_of(now) for name in columns_of(condition)}
    if (
        same
        and more
        and len(groups_of(now)) == len(groups) + len(more)
        and all(columns_of(key) <= told for key in more)
    ):
        return True  # groups by what only narrows it: `4월만 보면?` by day
    if now.args.get("group") or not conditions_of(now) or now.args.get("having"):
        return False
    if any(columns_of(key) & columns_of(condition) for key in groups for condition in conditions_of(now)):
        return False  # one of the groups is named: its own number is meant
    counts = before.find(exp.AggFunc) is not None
    return counts and (now.find(exp.AggFunc) is None or (same and bool(groups)))


def measures_of(tree: "exp.Select") -> set[str]:
    """What a SELECT gives, but for the columns it groups by; how rows are counted does not matter."""
    from sqlglot import exp

    keys, found = groups_of(tree), set()
    for entry in tree.expressions:
        value = entry.unalias()
        if value in keys:
            continue
        value = value.this if isinstance(value, exp.Filter) else value
        found.add("count" if isinstance(value, exp.Count) else _bare(value).sql("duckdb").casefold())
    return found


def groups_of(tree: "exp.Select") -> list["exp.Expr"]:
    """What a SELECT groups by, with positions and given names read as what they stand for."""
    groups = tree.args.get("group")
    given = {str(number): entry.unalias() for number, entry in enumerate(tree.expressions, 1)}
    given |= {entry.alias.casefold(): entry.unalias() for entry in tree.expressions if entry.alias}
    return [given.get(key.name.casefold(), key) for key in (groups.expressions if groups else ())]


def _bare(value: "exp.Expr") -> "exp.Expr":
    """A copy without the names of tables."""
    from sqlglot import exp

    copied = value.copy()
    for column in copied.find_all(exp.Column):
        column.set("table", None)
    return copied


def conditions_of(tree: "exp.Select") -> list["exp.Expr"]:
    """The conditions that a row must meet: those of WHERE, and of FILTER where one thing alone is counted."""
    from sqlglot import exp

    filters = [value for entry in tree.expressions if isinstance(value := entry.unalias(), exp.Filter)]
    held = [tree.args.get("where"), *(one.expression for one in filters if len(tree.expressions) == 1)]
    return [part for holder in held if holder is not None for part in _parts(holder.this)]


def _parts(condition: "exp.Expr") -> Iterable["exp.Expr"]:
    from sqlglot import exp

    plain = condition.unnest()
    return plain.flatten() if isinstance(plain, exp.And) else [plain]


def columns_of(node: "exp.Expr") -> set[str]:
    from sqlglot import exp

    return {column.name.casefold() for column in node.find_all(exp.Column)}


def _unsaid(before: "exp.Select", now: "exp.Select", *, narrows: bool) -> list["exp.Expr"]:
    """The earlier conditions that the new statement does not speak of."""
    from sqlglot import exp

    said = conditions_of(now)
    touched = set().union(*map(columns_of, [*groups_of(now), *said]))
    known = {_bare(condition).sql("duckdb").casefold() for condition in said}
    return [
        condition.copy()
        for condition in conditions_of(before)
        if _bare(condition).sql("duckdb").casefold() not in known
        and condition.find(exp.Exists) is None
        and (not columns_of(condition) & touched or (narrows and bounds(condition, said)))
    ]


def bounds(condition: "exp.Expr", said: Sequence["exp.Expr"]) -> bool:
    """Whether a condition is one end of a range whose other end is said now: over 30, and of those under 50."""
    from sqlglot import exp

    low, high = (exp.GT, exp.GTE), (exp.LT, exp.LTE)
    other = high if isinstance(condition, low) else low if isinstance(condition, high) else ()
    near = [one for one in said if columns_of(one) & columns_of(condition)]
    return bool(other) and all(isinstance(one, other) for one in near)


def _add(tree: "exp.Select", conditions: Sequence["exp.Expr"], named: "Mapping[str, exp.Table]") -> None:
    """Add conditions to a SELECT in place; their columns get the names its tables have there."""
    from sqlglot import exp

    aliases = {table.name.casefold(): alias for alias, table in tables_of(tree).items()}
    only = next(iter(named.values())).name.casefold() if len({t.name.casefold() for t in named.values()}) == 1 else ""
    for condition in conditions:
        for column in condition.find_all(exp.Column):
            table = named[column.table.casefold()].name.casefold() if column.table.casefold() in named else only
            if column.table and table in aliases:
                column.set("table", exp.to_identifier(aliases[table] if len(aliases) > 1 else ""))
            elif len(aliases) > 1 and table in aliases:
                column.set("table", exp.to_identifier(aliases[table]))
        tree.where(condition, copy=False)
