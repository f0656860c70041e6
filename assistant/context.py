"""What the planner is told about the project: tables, columns, a few values, models, and the last turns.

Fixed words come first and what changes comes last, so that a model which caches its prompt reads only the change.
Cells reach the model quoted, cut short and as data; never more than the distinct values of short text columns.
"""

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import prompts
from assistant.dialect import written
from assistant.words import is_calendar, split_words
from tools.dataset import Version
from tools.relations import Relation, identifier_if_needed
from tools.tool import Tool
from tools.workspace import Workspace

if TYPE_CHECKING:
    from automl.card import Feature

Messages = list[dict[str, str]]
MAX_COLUMNS = 60
"""Columns told per table; those named in the request come first."""
MAX_TABLES = 40
"""Tables known; those that the request speaks of are told (assistant/retrieval.py)."""


EARLIER = 400
"""Characters told of an earlier plan."""
NEW = "9999"
"""Later than any time."""
SHOWN_VALUES = 6
"""Values told of a column that has few."""


@dataclass(frozen=True)
class ColumnFact:
    """A column as the planner sees it: `values` are all its values where they are few."""

    name: str
    type: str
    values: tuple[Any, ...] = ()
    samples: tuple[Any, ...] = ()
    """A few of the first values of a text column that has many."""
    apart: float = 0.0
    """Of a table's first column, the share of the rows that it tells apart."""

    @property
    def is_number(self) -> bool:
        return self.type in ("int", "decimal")

    @property
    def is_time(self) -> bool:
        """Whether it holds dates or moments."""
        return self.type in ("date", "timestamp")


@dataclass(frozen=True)
class Table:
    """A dataset's head."""

    version: Version
    columns: tuple[ColumnFact, ...]

    @property
    def name(self) -> str:
        return self.version.dataset


@dataclass(frozen=True)
class ModelFact:
    """A trained model: what it predicts and the columns a what-if may set."""

    name: str
    target: str
    features: tuple[ColumnFact, ...]
    ahead: bool = False
    """It forecasts series; it predicts no rows."""
    dataset: str = ""
    """The dataset it was built on, as its card has it; empty where that is not known."""


@dataclass(frozen=True)
class Turn:
    """An earlier request and what was done about it, as a plan's steps."""

    request: str
    steps: tuple[Mapping[str, Any], ...]


@dataclass(frozen=True)
class Attention:
    """What the person's mind is on: when each dataset was last worked on, and which are only an input to something."""

    worked: Mapping[str, str] = field(default_factory=dict)
    aside: frozenset[str] = frozenset()
    last: str = ""
    """When the last step was done that did more than load a file, as ISO time."""

    def recency(self, head: Version) -> tuple[str, int, int]:
        """When the dataset was last in mind, as ISO time, then its columns and rows; no time for those aside.

        Datasets that came in since the last work came together: of those the one with the most columns is the matter, then the longest.
        """
        if head.dataset in self.aside:
            return "", 0, 0
        size = (len(head.columns), head.row_count)
        if head.parent is None and head.dataset not in self.worked and head.created > self.last:
            return NEW, *size
        return max(head.created, self.worked.get(head.dataset, "")), *size


@dataclass(frozen=True)
class Situation:
    """The data, models and talk at hand when a request comes in; the dataset worked on last is the first."""

    tables: tuple[Table, ...]
    models: tuple[ModelFact, ...] = ()
    turns: tuple[Turn, ...] = ()
    joins: tuple[Relation, ...] = ()
    """Which columns of which tables belong together."""

    def table(self, name: str) -> Table | None:
        """The table of that name, whatever its case."""
        return next((table for table in self.tables if table.name.casefold() == name.casefold()), None)

    @property
    def column_names(self) -> list[str]:
        """Every column of every table, each once."""
        return list(dict.fromkeys(column.name for table in self.tables for column in table.columns))

    @property
    def time_columns(self) -> list[str]:
        """The columns of dates and moments, and those of text or whole numbers that are called after the calendar."""
        columns = (column for table in self.tables for column in table.columns)
        return list(dict.fromkeys(column.name for column in columns if _tells_time(column)))


def _tells_time(column: ColumnFact) -> bool:
    return column.is_time or (column.type in ("int", "text") and any(map(is_calendar, split_words(column.name))))


def look(workspace: Workspace, turns: Sequence[Turn] = (), attention: Attention | None = None) -> Situation:
    """The situation of a project now."""
    from tools.modelling.models import model_cards
    from tools.profile import column_hints
    from tools.relations import relations

    heads = sorted(workspace.datasets(), key=(attention or Attention()).recency, reverse=True)
    tables = tuple(
        Table(
            v,
            tuple(ColumnFact(h.name, h.type, tuple(h.values), h.samples, h.apart) for h in column_hints(workspace, v)),
        )
        for v in heads[:MAX_TABLES]
    )
    models = tuple(
        ModelFact(
            card.name,
            card.target,
            tuple(_feature(feature) for feature in card.features if feature.used),
            card.forecast is not None,
            card.dataset.partition("@")[0],
        )
        for card in model_cards(workspace)
    )
    return Situation(tables, models, tuple(turns[-3:]), relations(workspace))


def _feature(feature: "Feature") -> ColumnFact:
    return ColumnFact(feature.name, "decimal" if feature.kind == "number" else "text", tuple(feature.categories))


def messages(
    situation: Situation, request: str, tools: Iterable[Tool], *, calls: bool = False, extra: Iterable[Tool] = ()
) -> Messages:
    """The whole prompt: rules and tools, worked examples as earlier turns, then this project and this request.

    Tools that this request calls for, the `extra` ones, are told beside it, so that what stands before stays the same.
    """
    from assistant.retrieval import relevant

    told = describe(situation, request, relevant(situation, request))
    lines = "".join(f"{tool_line(tool, request)}\n" for tool in extra)
    return [*prefix(tools, calls=calls), *_talk(situation, told, request, calls=calls, lines=lines)]


def _talk(situation: Situation, told: str, request: str, *, calls: bool, lines: str = "") -> Messages:
    """The data, the last turns and the request, the data in the first of them and more lines before the request."""
    talk = []
    for turn in situation.turns:
        talk.append({"role": "user", "content": f"{told}Request: {turn.request}"})
        talk.append({"role": "assistant", "content": _plan(turn.steps, calls=calls)[:EARLIER]})
        told = ""
    return [*talk, {"role": "user", "content": f"{told}{lines}Request: {request}"}]


def _plan(steps: Sequence[Mapping[str, Any]], *, calls: bool) -> str:
    return written(steps) if calls else json.dumps({"steps": steps}, ensure_ascii=False, default=str)


def ahead(situation: Situation, tools: Iterable[Tool], *, calls: bool = False) -> list[dict[str, str]]:
    """What of the prompt is known before the request: all but it, or the fixed part where it chooses the tables."""
    from assistant.retrieval import told_whole

    fixed = prefix(tools, calls=calls)
    if not situation.tables or not told_whole(situation):
        return fixed
    return [*fixed, *_talk(situation, describe(situation, ""), "", calls=calls)]


def prefix(tools: Iterable[Tool], *, calls: bool = False) -> list[dict[str, str]]:
    """The part that never changes between requests; with `calls`, plans are in the short form of assistant/dialect.py."""
    lines = "\n".join(tool_line(tool) for tool in tools)
    form = prompts.load("calls" if calls else "json")
    talk = [{"role": "system", "content": prompts.load("planner", tools=lines, form=form)}]
    for example in prompts.examples():
        for number, turn in enumerate(example["turns"]):
            data = example["data"].strip() + "\n" if number == 0 else ""
            talk.append({"role": "user", "content": f"{data}Request: {turn['request']}"})
            talk.append({"role": "assistant", "content": _plan(turn["steps"], calls=calls)})
    return talk


def tool_line(tool: Tool, request: str = "") -> str:
    """`fill_missing(columns, method): Fill the missing values of some columns.`, with all that a request calls for."""
    told = [name for name in tool.arguments.model_fields if tool.tells(name, request)]
    names = [name for name in told if name not in ("dataset", "model")]
    return f"- {tool.name}({', '.join(names)}): {first_sentence(tool.doc)}"


def first_sentence(text: str) -> str:
    """The first sentence of a docstring, on one line."""
    flat = " ".join(text.split())
    match = re.match(r".+?[.!?](?= [A-Z]|$)", flat)
    return match[0] if match else flat


def describe(situation: Situation, request: str, tables: Sequence[Table] | None = None) -> str:
    """Tables, their joins and models in the form that the worked examples have, a line each."""
    shown = situation.tables if tables is None else tables
    names = {table.name for table in shown}
    lines = [line for table in shown for line in _table_lines(table, request)]
    joins = [str(join) for join in situation.joins if join.table in names and join.other in names]
    lines += [f"-- Joins: {'; '.join(joins)}"] if joins else []
    lines += [f"-- Model {model.name} predicts {model.target}" for model in situation.models]
    return "".join(f"{line}\n" for line in lines)


def _table_lines(table: Table, request: str) -> list[str]:
    words = request.casefold()
    columns = sorted(table.columns, key=lambda column: column.name.casefold() not in words)
    told = table.columns if len(columns) <= MAX_COLUMNS else tuple(columns[:MAX_COLUMNS])
    more = [f"  -- and {len(columns) - len(told)} more columns"] if len(told) < len(columns) else []
    types = dict(table.version.schema_)
    lines = [_column(column, types, comma=column is not told[-1]) for column in told]
    return [f"CREATE TABLE {identifier_if_needed(table.name)} (", *lines, *more, ");"]


def outline(tables: Iterable[Table]) -> str:
    """The same in two lines a table: `Table flats: 880 rows` and `city text (Oslo, Lima), rooms int`."""
    lines = []
    for table in tables:
        columns = [
            f"{identifier_if_needed(column.name)} {column.type}"
            + (f" ({', '.join(' '.join(str(value).split())[:30] for value in column.values)})" if column.values else "")
            for column in table.columns[:MAX_COLUMNS]
        ]
        lines += [f"Table {identifier_if_needed(table.name)}: {table.version.row_count:,} rows", ", ".join(columns)]
    return "\n".join(lines)


SQL_TYPES = {
    "text": "TEXT",
    "int": "INT",
    "decimal": "DOUBLE",
    "date": "DATE",
    "timestamp": "TIMESTAMP",
    "time": "TIME",
    "boolean": "BOOLEAN",
}


def _column(column: ColumnFact, types: Mapping[str, str], *, comma: bool) -> str:
    type_ = SQL_TYPES.get(column.type) or types.get(column.name, column.type)[:60]
    values = column.values if len(column.values) <= SHOWN_VALUES else column.values[: SHOWN_VALUES - 1]
    more = ", ..." if len(values) < len(column.values) or column.samples else ""
    shown = ", ".join(_value(value) for value in values or column.samples)
    return f"  {identifier_if_needed(column.name)} {type_}{',' if comma else ''}{f' -- {shown}{more}' if shown else ''}"


def _value(value: Any) -> str:
    """A cell: short, on one line, texts in quotes."""
    if not isinstance(value, str):
        return str(value)
    flat = " ".join(value.split())[:24].replace("'", "''")
    return f"'{flat}'"
