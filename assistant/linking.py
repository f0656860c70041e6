"""Does the data hold what a question asks for? A second, narrow look before a query is trusted.

A small model writes a query for any question, with some column in place of the one that is not there. Asked the narrow
question alone (thing by thing, which column, or none), it answers well. The rules here keep that from costing answers:
only words that match nothing in the data are doubted, and only what the question itself names can be missing.
"""

import json
import re
from collections.abc import Callable, Collection, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import yaml

import prompts
from assistant.context import Messages, Situation, Table, outline
from assistant.glossary import unmeant
from assistant.models import Planner
from assistant.retrieval import relevant, told_whole
from assistant.unmatched import doubtful, in_another_language, speaks_of
from assistant.words import alike, is_common, split_words, stem
from tools.words import listed

COUNTS = re.compile(
    r"how many|number|count|amount of|most|least|frequen|share|rate|percent|ratio|몇|수|건|많|적|비율|비중",
    re.IGNORECASE,
)
NAMELESS = re.compile(r"(?:(?:table|sheet|data|dataset|file|df|export|csv|untitled)[\d_]*\s?)+", re.IGNORECASE)
"""Names of tables that say nothing about their rows."""
ROW, NONE = "row", "none"


def lacking(
    planner: Planner,
    situation: Situation,
    request: str,
    cancelled: Callable[[], bool],
    target: str = "",
    held: Callable[[str], bool] = lambda word: False,
) -> str:
    """What the request names and no column holds, or nothing. Asks the model only where a word matches no name.

    With a `target` to predict, something that is linked to that column settles it. Words that are `held` stand in a
    value of the data.
    """
    if in_another_language(situation, request):
        return _nowhere(planner, situation, request, cancelled, unmeant(request, situation, held))
    if not doubtful(situation, request):
        return ""
    things = _linked(planner, situation, request, cancelled)
    if target and any(column == target for _, column in things):
        return ""
    if NAMELESS.fullmatch(" ".join(table.name for table in situation.tables)):
        things = [(thing, column) for thing, column in things if not _counted(thing, request)]
    found = [thing for thing, column in things if column != NONE]
    said = [thing for thing, column in things if column == NONE and speaks_of(thing, request)]
    return listed([thing for thing in said if _is_missing(thing, found, situation, held)])


def _nowhere(
    planner: Planner, situation: Situation, request: str, cancelled: Callable[[], bool], words: Mapping[str, str]
) -> str:
    """The Korean words that a model finds in no column either, asked for them in English: of names in English it knows more."""
    asked = request
    for word, english in words.items():
        asked = asked.replace(word, english)
    things = _linked(planner, situation, asked, cancelled) if words else []
    missed = [thing.casefold() for thing, column in things if column == NONE]
    return listed([word for word, english in words.items() if any(english in thing for thing in missed)])


def uses_only_named(situation: Situation, request: str, sqls: Sequence[str], holds: Callable[[str, str], bool]) -> bool:
    """Whether queries read only columns that the request itself names: then none stands in for another.

    A column compared with a text that stands in the request, and that it `holds`, counts as named, and so does a count
    of rows where the request asks how many. A table's own name in a column's (`mountain_height` of mountain) names it
    not, and a result that is called like something unknown stands for that.
    """
    said, unlike = split_words(request), set(doubtful(situation, request))
    names = {name.casefold(): name for name in situation.column_names}
    own = {stem(word) for table in situation.tables for word in split_words(table.name)}
    for sql in sqls:
        if re.search(r"count\(\s*(?:\*|1)\s*\)", sql, re.IGNORECASE) and not COUNTS.search(request):
            return False
        named = [(column, text) for column, text in compared(sql) if text.casefold() in request.casefold()]
        held = {column.casefold() for column, text in named if holds(column, text)}
        bare = re.sub(r"'(?:[^']|'')*'", "''", sql).casefold()
        words = {word.strip('"') for word in re.findall(r'"[^"]+"|\w+', bare)} & set(names)
        called = re.findall(r"\bas\s+(\"[^\"]+\"|\w+)", bare)
        if any(word in unlike for name in called for word in split_words(name)):
            return False
        if not words or not all(word in held or _is_named(word, said, own) for word in words):
            return False
    return bool(sqls)


def computed(sqls: Sequence[str]) -> set[str]:
    """The words that queries call what they compute from several columns: no column need hold `price * quantity`."""
    from sqlglot import exp, parse_one
    from sqlglot.errors import SqlglotError

    found = set[str]()
    for sql in sqls:
        try:
            tree = parse_one(sql, read="duckdb")
        except (SqlglotError, RecursionError):
            continue
        for alias in tree.find_all(exp.Alias):
            sums = alias.this.find_all(exp.Mul, exp.Sub, exp.Add)
            if any(len({column.name for column in part.find_all(exp.Column)}) > 1 for part in sums):
                found.update(split_words(alias.alias))
    return found


def compared(sql: str) -> list[tuple[str, str]]:
    """The columns of a query that are compared with a text, each with that text."""
    found = re.findall(r"""("[^"]+"|\w+)\s*(?:=|I?LIKE)\s*'((?:[^']|'')+)'""", sql, re.IGNORECASE)
    texts = [(column.strip('"'), text.strip("%").replace("''", "'")) for column, text in found]
    return [(column, text) for column, text in texts if text]


def unsaid(sql: str, said: str) -> list[str]:
    """The conditions of a query whose column and text are both nowhere in what was said; none where these can't be compared."""
    from sqlglot import exp, parse_one
    from sqlglot.errors import SqlglotError

    from tools.mending.invented import may_be_meant, words

    if not sql or re.search("[가-힣]", said):
        return []
    try:
        tree = parse_one(sql, read="duckdb")
    except (SqlglotError, RecursionError):
        return []
    tests = (test for where in tree.find_all(exp.Where) for test in where.find_all(exp.EQ, exp.Like, exp.ILike))
    told = [
        test.sql("duckdb")
        for test in tests
        if isinstance(test.this, exp.Column)
        and isinstance(text := test.expression, exp.Literal)
        and text.is_string
        and not re.match(r"%?\d{4}", text.name)
        and not may_be_meant(text.name.strip("%"), words(said))
        and not _is_named(test.this.name, split_words(said), ())
    ]
    return list(dict.fromkeys(told))


def _is_named(name: str, said: Sequence[str], own: Collection[str]) -> bool:
    parts = split_words(name)
    telling = [part for part in parts if stem(part) not in own and not is_common(part)] or parts
    return any(alike(word, part) for word in said for part in telling)


def _counted(thing: str, request: str) -> bool:
    """Whether a request asks which things there are or how many: where a table's name tells nothing, its rows may be that."""
    asked = rf"(?:how many|number of|which|what|who|list|name)\s+(?:(?:is|are|was|were|all|the|of|\w+)\s+){{0,2}}{re.escape(thing.casefold())}"
    return re.search(asked, request.casefold()) is not None


def _linked(
    planner: Planner, situation: Situation, request: str, cancelled: Callable[[], bool]
) -> list[tuple[str, str]]:
    form = _form([*situation.column_names, ROW, NONE])
    planner.read_prefix(prefix())
    try:
        reply, _ = planner.plan(_talk(relevant(situation, request), request), form, cancelled)
    except ValueError:
        return []
    return [(str(entry.get("thing", "")), str(entry.get("column", ""))) for entry in _entries(reply)]


def _talk(tables: Sequence[Table], request: str) -> Messages:
    return [*prefix(), {"role": "user", "content": f"{outline(tables)}\nQuestion: {request}"}]


def ahead(situation: Situation) -> Messages:
    """What of the check's prompt is known before the request."""
    return _talk(situation.tables, "") if situation.tables and told_whole(situation) else prefix()


def _form(columns: list[str]) -> dict[str, Any]:
    pair = {
        "type": "object",
        "properties": {"thing": {"type": "string", "maxLength": 40}, "column": {"enum": columns}},
        "required": ["thing", "column"],
        "additionalProperties": False,
    }
    things = {"type": "array", "minItems": 1, "maxItems": 5, "items": pair}
    return {"type": "object", "properties": {"things": things}, "required": ["things"], "additionalProperties": False}


def _entries(reply: dict[str, Any]) -> list[dict[str, Any]]:
    things = reply.get("things")
    return [entry for entry in things if isinstance(entry, dict)] if isinstance(things, list) else []


def prefix() -> list[dict[str, str]]:
    """The check's words and worked examples, as earlier turns."""
    return _prefix(Path(prompts.FOLDER))


@cache
def _prefix(folder: Path) -> list[dict[str, str]]:
    talk = [{"role": "system", "content": prompts.load("linker")}]
    for example in yaml.safe_load((folder / "linker.yaml").read_text(encoding="utf-8")):
        things = [{"thing": thing, "column": column} for thing, column in example["things"].items()]
        talk.append({"role": "user", "content": f"{example['context'].strip()}\nQuestion: {example['request']}"})
        talk.append({"role": "assistant", "content": json.dumps({"things": things}, ensure_ascii=False)})
    return talk


def _is_missing(thing: str, found: list[str], situation: Situation, held: Callable[[str], bool]) -> bool:
    """Whether a thing said to be nowhere really is: unlike any name, and not a part of what was found."""
    words = [word for word in split_words(thing) if not is_common(word) and word != NONE]
    if not words or any(word in split_words(other) for word in words for other in found):
        return False
    return not all(held(word) for word in doubtful(situation, thing))
