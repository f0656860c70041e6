"""The query that a request asks for, made by rule where every one of its words is understood; nothing where one is not.

A small model reads the gist and slips over details: it forgets the average, or takes the opening for the closing. Where
rules understand all of a request, what they say is more certain. What is not covered: see english.py; a request is read
over one table, or over two that a key joins.
"""

import re
from collections.abc import Iterator, Sequence

from assistant.composing import english, korean
from assistant.composing.korean_words import NAMES
from assistant.composing.marks import Lexicon
from assistant.composing.parts import C, Condition, Parts
from assistant.context import Situation, Table
from assistant.words import stem
from tools.relations import Relation, identifier_if_needed
from tools.words import identifier

_ENGLISH = (
    "a an the of in on at for to from by with and is are was were be been do does did has have had get gets got we you me i there our "
    "among what which who whose how much many show list give tell find display please can could would all any each every that as out so "
    "took take takes what's make handle handled used bought sold work works made placed carry carries carried carrying bring brings brought earn earns generate generates generated users people happen happens happened include includes included including cause causes caused produce produces produced cost costs teach teaches taught offer offers offered serve serves served attract attracts account accounts send sends sent either only just ones one use uses come comes goes go occur occurs occurred overall data table record records row rows , . ? ! : ; '"
)
_KOREAN = (
    "보여줘 보여주세요 알려줘 알려주세요 알려 구해줘 구해주세요 계산해줘 뽑아줘 찾아줘 줘 좀 얼마야 얼마 얼마나 얼마인가요 얼마예요 어때 어떻게 돼 되나 되나요 돼요 인가요 이야 야 뭐야 "
    "은 는 이 가 을 를 의 에 에서 으로 로 도 들 들의 들은 인 한 된 중 중에 중에서 사람 사람들 건 것 거 데이터 전체 있어 있나 있나요 있는지 있는 대해 각 각각 그리고 와 과 랑 이랑 하고 만 목록 리스트 묶어줘 묶어서 집계해줘 집계해 합산해줘 나눠서 나눠줘 추이 추세 하는 일하는 건의 건은 건만 것의 것은 것만"
)
_IDLE, _IDLE_KOREAN = frozenset(_ENGLISH.split()), frozenset(_KOREAN.split())
"""Words that ask for nothing by themselves."""
_LISTS_KOREAN = re.compile(r"보여|목록|리스트|알려|찾아|뽑아|⟦t\d+⟧(?: (?:만|은|들|들만))?\W*$")
_HANGUL = re.compile("[가-힣]")
_LISTS = re.compile(
    r"^\W*(?:(?:show|list|give|display|find)(?: me)?(?: all| the)* (?:⟦n\d+⟧ )?(?:\w+ )?(?:⟦[vcn]\d+⟧ )*⟦t|(?:which|what) ⟦t|⟦t\d+⟧ |(?:all |the )*(?:⟦v\d+⟧ )*⟦t)"
)
_POLITE = re.compile(
    r"^(?:(?:and|but|so|ok|okay|now|then|well|hey|hi|hello|please|pls|also)\b[\s,]*)*"
    r"(?:(?:can|could|would|will) you (?:please |quickly )?(?:tell|show|give) (?:me|us) |(?:please )?(?:tell|show|give) (?:me|us) (?=how\b|which\b|what\b)"
    r"|(?:i|we)(?:'d| would)? (?:want|like|need) to (?:know|see) |do (?:you|we) know |any idea )?|[\s,.!]*\b(?:please|pls|thanks|thank you)\W*$",
    re.IGNORECASE,
)
"""What is said around a question."""
_OF_THESE = re.compile(r"(?<!\S)중(?:에서|에)?(?= )")
_AMONG = re.compile(r"\b(?:in|among|within|during)\b")
_LAST = re.compile(r"⟦c\d+⟧\W*$")
_VERB = re.compile(
    r"\b(?:is|are|was|were|has|have|had|got|get|gets|took|take|takes|been|include|includes|included|arrived|arrive|came|come|comes|goes|go)\b"
)


def composed(situation: Situation, request: str) -> str:
    """The query for a request whose every word is understood in one way; empty for any other."""
    request = _POLITE.sub("", request.strip())
    if re.search(r"[.?!]\s+\S|[\"`“;]", request):
        return ""
    alone = len(situation.tables) == 1
    made = [
        one
        for tables, join in _readings(situation)
        if (one := _over(tables, join, request, situation.joins, alone=alone))
    ]
    least = min((tables for tables, _ in made), default=0)
    sqls = list(dict.fromkeys(sql for tables, sql in made if tables == least))
    return sqls[0] if len(sqls) == 1 else ""


def _readings(situation: Situation) -> Iterator[tuple[tuple[Table, ...], str]]:
    """Single tables, and pairs that a key joins, the one that refers first, with how they are joined."""
    for table in situation.tables:
        yield (table,), ""
    for join in situation.joins:
        one, other = situation.table(join.table), situation.table(join.other)
        if one and other and one is not other:
            on = f"{identifier(join.table)}.{identifier(join.column)} = {identifier(join.other)}.{identifier(join.key)}"
            yield (one, other), f" JOIN {identifier_if_needed(join.other)} ON {on}"


def joined_with(situation: Situation, table: Table) -> list[tuple[Table, str]]:
    """The tables that a key joins to one, with how."""
    return [
        (tables[1] if tables[0] is table else tables[0], join if tables[0] is table else _turned(join, tables))
        for tables, join in _readings(situation)
        if len(tables) == 2 and table in tables
    ]


def _turned(join: str, tables: tuple[Table, ...]) -> str:
    """The same join from the table that is referred to."""
    return join.replace(
        f" JOIN {identifier_if_needed(tables[1].name)} ", f" JOIN {identifier_if_needed(tables[0].name)} ", 1
    )


def _over(
    tables: tuple[Table, ...], join: str, request: str, relations: Sequence[Relation], *, alone: bool
) -> tuple[int, str] | None:
    """The query over some tables that all are spoken of, with how far-fetched it is; None where a word is not understood.

    Keys of other tables are groups only where no table has their names.
    """
    text, marks = Lexicon(tables).marked(request)
    named = {mark.table for mark in marks if mark.table}
    if named != {table.name for table in tables} and not alone and (named or len(tables) > 1):
        return None
    parts = Parts(tables[0], text, marks)
    (korean if _HANGUL.search(request) else english).read(parts)
    parts.take(r"\b(?:of|for|on) (?:the |all )*⟦t(\d+)⟧", lambda m: _is_narrowed(parts, marks[int(m[1])].table))
    if _HANGUL.search(request):
        parts.take(r"⟦t(\d+)⟧(?: (?:의|에서|이|은|만))?(?= |$)", lambda m: _is_narrowed(parts, marks[int(m[1])].table))
    if parts.timed:
        if parts.keys and not parts.measures and parts.share < 0 and not parts.order:
            parts.take(rf"^\W*(?:(?:how many|number of|the) )*{C}", lambda m: _counted(parts, m[1]))
        parts.take(C, lambda m: _is_moment(parts, m[1]))
    parts.take(C, lambda m: _is_moment(parts, m[1]) and re.search(r"⟦t\d+⟧ $", parts.said[: m.start()]) is not None)
    if parts.keys and not parts.measures and parts.share < 0:
        parts.take(r"^\W*⟦t\d+⟧", lambda m: parts.count())
    sql = "" if left_over(parts) or parts.unclear else _written(parts, join)
    for table in tables:
        sql = re.sub(
            rf"{re.escape(identifier(table.name))}\.", "" if not join else f"{identifier_if_needed(table.name)}.", sql
        )
    keys = [f"{identifier(one.table)}.{identifier(one.column)}" for one in relations]
    by_key = any(key in parts.keys or f"count(DISTINCT {key})" in parts.measures for key in keys)
    return (
        (len(tables) + 2 * by_key, re.sub(r'"([a-z][a-z0-9_]*)"', lambda name: identifier_if_needed(name[1]), sql))
        if sql
        else None
    )


def _counted(parts: Parts, number: str) -> bool:
    """Count rows by the moment they are called after: joins per month."""
    if told := _is_moment(parts, number):
        parts.count()
    return told


def _is_narrowed(parts: Parts, table: str) -> bool:
    """Whether a condition is on another table, whose name then says only of what: `revenue of ships built after 2000`."""
    return table != parts.table.name and any(f"{identifier(table)}." in one.sql for one in parts.conditions)


def _is_moment(parts: Parts, number: str) -> bool:
    return parts.fact(number).is_time and parts.column(number) == parts.moment()


def left_over(parts: Parts) -> list[str]:
    """The words that no phrase took and that ask for something."""
    own = re.sub(
        r"⟦t(\d+)⟧", lambda found: " " if parts.marks[int(found[1])].table == parts.table.name else found[0], parts.text
    )
    asked = " ".join(one.column for one in parts.conditions)
    return [
        word
        for word in own.split()
        if word not in _IDLE and not {word, stem(word)} & _IDLE_KOREAN and not _says_of_what(word, asked)
    ]


def _says_of_what(word: str, columns: str) -> bool:
    """Whether a Korean word only says of what a value is: 현금 결제, where that is a 결제수단."""
    return len(word) > 1 and _HANGUL.match(word) is not None and f'"{stem(word)}' in columns


def _written(parts: Parts, join: str) -> str:
    """The query of the parts; empty where they make none."""
    if parts.share >= 0 and not _divide(parts):
        return ""
    if _HANGUL.search(parts.said):
        parts.measures = {sql: NAMES.get(name, name) for sql, name in parts.measures.items()}
    source = f"{identifier_if_needed(parts.table.name)}{join}"
    where = " AND ".join(dict.fromkeys(condition.sql for condition in parts.conditions))
    where = f" WHERE {where}" if where else ""
    if not parts.measures:
        return "" if parts.percent else _listing(parts, source, where)
    if (parts.order or parts.having or parts.limit > 0) and not parts.keys:
        return ""
    if parts.limit and not parts.order:
        return ""
    if parts.compares and not parts.keys and len(parts.measures) < 2:
        return ""
    when = {} if any(key.startswith("date_trunc") for key in parts.keys) else parts.told
    shown = ", ".join(_called(sql, name) for sql, name in {**when, **parts.keys, **parts.measures}.items())
    group = f" GROUP BY {', '.join(parts.keys)}" if parts.keys else ""
    having = f" HAVING {parts.having}" if parts.having else ""
    if parts.limit and len(parts.keys) > 1:
        within = ", ".join(key for key in parts.keys if key != parts.subject)
        first = f"row_number() OVER (PARTITION BY {within} ORDER BY {next(iter(parts.measures))} {parts.order}) <= {parts.limit}"
        return f"SELECT {shown} FROM {source}{where}{group}{having} QUALIFY {first}" if parts.subject else ""
    return f"SELECT {shown} FROM {source}{where}{group}{having}{_order(parts)}"


def _called(sql: str, name: str) -> str:
    """What is shown with what it is called, where that is not its own name."""
    return sql if sql.endswith(f".{identifier(name)}") else f"{sql} AS {identifier(name)}"


def _order(parts: Parts) -> str:
    first = identifier(next(iter(parts.measures.values())))
    if parts.order:
        most = f" LIMIT {parts.limit}" if parts.limit else ""
        return f" ORDER BY {first} {parts.order}{most}"
    return f" ORDER BY {parts.in_order}" if parts.in_order else ""


def _listing(parts: Parts, source: str, where: str) -> str:
    """Whole rows that meet the conditions, the longest or highest first where that is asked for."""
    lists = (
        _LISTS.search(parts.said) or _LISTS_KOREAN.search(parts.said) or parts.limit > 0 or (parts.span and parts.order)
    )
    if parts.keys or parts.having or not lists or not (where or parts.order):
        return ""
    if not parts.order:
        return "" if parts.span else f"SELECT * FROM {source}{where}"
    most = f"LIMIT {parts.limit or 1}"
    if parts.span:
        name = identifier(f"{parts.unit}s")
        return f"SELECT *, {parts.span} AS {name} FROM {source}{where} ORDER BY {name} {parts.order} NULLS LAST {most}"
    if parts.sorted_by:
        return f"SELECT * FROM {source}{where} ORDER BY {parts.sorted_by} {parts.order} NULLS LAST {most}"
    return ""


def _divide(parts: Parts) -> bool:
    """Make the measure the share of the rows that are asked about, else the share of each group in all of them."""
    if tested := _asked_about(parts):
        parts.conditions = [one for one in parts.conditions if one not in tested]
        test, summed = " AND ".join(one.sql for one in tested), list(parts.measures)
        if len(summed) == 1 and summed[0].startswith("sum("):
            parts.measures = {f"sum({summed[0][4:-1]}) FILTER (WHERE {test}) / {summed[0]}": "share"}
            return True
        open_too = f"coalesce({test}, false)" if re.search(r"\b(?:date_diff|epoch)\(", test) else test
        parts.measures = {f"avg(({open_too})::int)": "share"}
        return not summed or summed == [parts.rows]
    if not parts.keys or parts.having or any(not one.time and one.column not in parts.keys for one in parts.conditions):
        return False
    [whole, *more] = list(parts.measures) or [parts.rows]
    parts.measures = {f"{whole} / sum({whole}) OVER ()": "share"}
    return not more and whole.startswith(("count(", "sum("))


def _asked_about(parts: Parts) -> list[Condition]:
    """The conditions whose share is asked for: those after the verb or 중, or before `among`; else the only one."""
    loose = [one for one in parts.conditions if one.column not in parts.keys]
    if verb := _VERB.search(parts.said, parts.share + 1) or _OF_THESE.search(parts.said):
        return [one for one in loose if one.at > verb.start()]
    if (last := _LAST.search(parts.said)) and len(loose) > 1 and any(one.at >= last.start() for one in loose):
        return [one for one in loose if one.at >= last.start()]  # what share of members at Harbour cancelled
    first = min((one.at for one in loose), default=0)
    if among := _AMONG.search(parts.said, first):
        return [one for one in loose if one.at < among.start()]
    return loose if len(loose) == 1 and not (parts.keys and loose[0].time) else []
