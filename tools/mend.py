"""Mends by rule what language models get wrong in SQL: names, aliases, joins, groups, spellings of values.

A small model knows what it wants long before it gets every name right: `T2.height` where T1 has it, `pet_type` for
PetType, a column of a table it forgot to join, 'chicago' for 'Chicago'. Each rule changes the statement only where what
it says can't be meant, and says what it changed. The result passes the guard like any other SQL.

What is not covered: recursive CTEs, PIVOT, and statements that sqlglot can't read; they come back as they are.
"""

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import duckdb

from tools.guard import explain, run_select
from tools.mending.buckets import mend_buckets
from tools.mending.chosen import mend_chosen
from tools.mending.clauses import (
    drop_beyond_all,
    mend_aggregates,
    mend_differences,
    mend_nulls,
    mend_quoted,
    mend_ranges,
    mend_steps_on,
    reckoned_across,
)
from tools.mending.data import Data
from tools.mending.dates import mend_dates, mend_quarters
from tools.mending.durations import mend_durations
from tools.mending.elapsed import mend_elapsed
from tools.mending.ends import mend_ends
from tools.mending.forms import from_elsewhere, mend_forms, mend_functions
from tools.mending.groups import grouped_apart, mend_groups, mend_versus, show_groups
from tools.mending.handed import hand_on
from tools.mending.holders import mend_holders
from tools.mending.instead import read_instead
from tools.mending.invented import drop_invented, mend_unsaid
from tools.mending.joins import drop_unasked_joins, mend_joins, words_of
from tools.mending.keys import mend_keys
from tools.mending.labels import mend_labels
from tools.mending.magnitudes import mend_magnitudes
from tools.mending.measures import mend_measures, mend_ratios
from tools.mending.misnamed import mend_columns, mend_tables
from tools.mending.names import Names
from tools.mending.neighbours import mend_neighbours
from tools.mending.partial_dates import mend_partial_dates
from tools.mending.parts import mend_parts
from tools.mending.percents import mend_percents, speaks_of_percent
from tools.mending.rates import mend_rates
from tools.mending.reading import quoted_names, read_statement
from tools.mending.rejoin import rejoin
from tools.mending.relax import relax
from tools.mending.shares import mend_counts, mend_shares
from tools.mending.things import mend_things
from tools.mending.tops import mend_tops
from tools.mending.types import mend_days, mend_numbers, mend_texts, mend_years
from tools.mending.ungrouped import drop_empty_groups
from tools.mending.values import mend_values
from tools.mending.within import mend_within
from tools.relations import identifier_if_needed, relations
from tools.tool import ToolError
from tools.workspace import Workspace

if TYPE_CHECKING:
    from sqlglot import exp


_TEXTS = re.compile(r"('(?:[^']|'')*')")
MOST_ROWS = 2_000_000
"""Rows of a project beyond which a query is not tried before it is shown."""
LOOK_SECONDS = 5
SHORT_TEXT = 60
"""Letters of a text that names something; longer ones tell of anything."""


@dataclass(frozen=True)
class Mended:
    """A statement after mending, and what was changed, one sentence each."""

    sql: str
    changes: list[str] = field(default_factory=list)


def mend_sql(workspace: Workspace, sql: str, request: str = "") -> Mended:
    """The statement with what can be mended by rule; unchanged where nothing is wrong or it can't be read.

    A statement that runs keeps its names and groups, and never becomes one that does not run.
    """
    error = _error(workspace, sql)
    if error:
        heads = workspace.datasets()
        sql = quoted_names(sql, [name for head in heads for name in (head.dataset, *head.names)])
        error = _error(workspace, sql)
    mended = _mended(workspace, sql, request, runs=not error)
    after = error if mended.sql == sql else _error(workspace, mended.sql)
    if "unction" in after or "arser" in after:
        told = from_elsewhere(mended.sql, lambda text: not _error(workspace, text))
        if told != mended.sql:
            return Mended(told, [*mended.changes, "Functions and names are written as DuckDB reads them."])
    return Mended(sql) if after and not error else mended


def mend_question(workspace: Workspace, sql: str, request: str) -> Mended:
    """The query for a question, mended, and without conditions that nobody asked for where it finds nothing with them."""
    mended = mend_sql(workspace, sql, request)
    if sum(head.row_count for head in workspace.datasets()) > MOST_ROWS:
        return mended
    relaxed, left_out = relax(mended.sql, request, lambda text: _finds(workspace, text))
    return Mended(relaxed, [*mended.changes, *left_out])


def told_in_percent(workspace: Workspace, sql: str, request: str) -> str:
    """A query that compares fractions with what is said in percent, and tells them so; else as it is."""
    from sqlglot.errors import SqlglotError

    if not speaks_of_percent(request):
        return sql
    try:
        tree, _ = read_statement(sql)
        if tree is None:
            return sql
        data = Data(workspace)
        changes = mend_percents(
            tree, Names(data.tables, relations(workspace), words_of(request), request), data, request
        )
        return tree.sql("duckdb") if changes else sql
    except (SqlglotError, RecursionError, duckdb.Error):
        return sql


def _finds(workspace: Workspace, sql: str) -> bool:
    """Whether a query has any row with anything in it; one that does not run finds nothing."""
    try:
        found, _ = run_select(workspace, sql, limit=1, seconds=LOOK_SECONDS)
    except ToolError:
        return False
    return any(cell not in (None, 0) for row in found.rows for cell in row)


def mend_condition(workspace: Workspace, dataset: str, condition: str, request: str = "") -> Mended:
    """A condition on the rows of one dataset, mended as the WHERE of a query; as it is where more would change."""
    mended = _inside(workspace, f"SELECT * FROM {identifier_if_needed(dataset)} WHERE ", condition, "", request)
    return _unqualified(mended, dataset)


def mend_formula(workspace: Workspace, dataset: str, formula: str, request: str = "") -> Mended:
    """A formula over the columns of one dataset, mended as what a query shows; as it is where more would change."""
    mended = _inside(workspace, "SELECT ", formula, f" AS formula FROM {identifier_if_needed(dataset)}", request)
    return _unqualified(mended, dataset)


def _unqualified(mended: Mended, dataset: str) -> Mended:
    """The expression without the name of its only table, which a step does not know."""
    parts = _TEXTS.split(mended.sql)
    own = rf"(?<![\w.\"]){re.escape(identifier_if_needed(dataset))}\.(?=[\w\"])"
    for place in range(0, len(parts), 2):
        parts[place] = re.sub(own, "", parts[place], flags=re.IGNORECASE)
    bare = "".join(parts)
    return mended if bare == mended.sql else Mended(bare, mended.changes or ["The columns are those of the dataset."])


def _inside(workspace: Workspace, before: str, part: str, after: str, request: str) -> Mended:
    """A part of a query, mended with what stands around it, which must stay."""
    mended = mend_sql(workspace, f"{before}{part}{after}", request)
    if not (mended.sql.startswith(before) and mended.sql.endswith(after)):
        return Mended(part)
    inside = mended.sql[len(before) : len(mended.sql) - len(after)]
    quoted = ["Names of several words stand in quotes."] if inside != part else []
    return Mended(inside, mended.changes or quoted)


def _error(workspace: Workspace, sql: str) -> str:
    """What keeps a statement from running, or nothing."""
    try:
        explain(workspace, sql)
    except ToolError as error:
        return str(error)
    return ""


def _mended(workspace: Workspace, sql: str, request: str, *, runs: bool) -> Mended:
    from sqlglot.errors import SqlglotError

    try:
        tree, changes = read_statement(sql)
        if tree is None:
            return Mended(sql)
        before = tree.sql("duckdb")
        changes += [*mend_differences(tree), *drop_beyond_all(tree)]
        tree, across = reckoned_across(tree, request)
        tree, apart = grouped_apart(tree)
        changes += [*across, *apart]
        changes += _changes(tree, workspace, request, runs=runs)
        after = tree.sql("duckdb")
    except (SqlglotError, RecursionError, duckdb.Error):
        return Mended(sql)
    return Mended(after, list(dict.fromkeys(changes))) if after != before or (changes and not runs) else Mended(sql)


def _changes(tree: "exp.Query", workspace: Workspace, request: str, *, runs: bool) -> list[str]:
    """Apply the rules, in place: those of names, groups and types only where the statement does not run."""
    data, joins = Data(workspace), relations(workspace)
    said, changes = words_of(request), mend_functions(tree)
    names = Names(data.tables, joins, said, request)
    if not runs:
        changes += [
            *hand_on(tree, data),
            *mend_steps_on(tree),
            *mend_quoted(tree, names, data),
            *mend_tables(tree, names),
        ]
        changes += [*read_instead(tree, names), *mend_columns(tree, names), *mend_holders(tree, names, data)]
    changes += [*mend_joins(tree, names), *rejoin(tree, names, request)]
    if request:
        changes += drop_unasked_joins(tree, names, request)
        changes += mend_keys(tree, names, data, request)
        changes += [*drop_invented(tree, names, data, request), *mend_unsaid(tree, names, data, request)]
        changes += mend_versus(tree, request)
    changes += [*mend_labels(tree, names, request), *mend_counts(tree, names, data)]
    changes += [*mend_chosen(tree, names, request), *mend_buckets(tree, names, data, request)]
    changes += [*mend_ratios(tree, names, data), *mend_rates(tree, request)]
    if not runs:
        changes += [*mend_aggregates(tree, names), *mend_groups(tree, said), *mend_shares(tree, names, data)]
        changes += mend_texts(tree, names, data)
    changes += [*mend_quarters(tree, request), *mend_numbers(tree, names, data)]
    changes += [*mend_dates(tree, names, data, request), *mend_measures(tree, names, data, request)]
    changes += [*mend_partial_dates(tree, names, data), *mend_durations(tree, names, data)]
    changes += mend_days(tree, names, data, request)
    changes += [
        *mend_magnitudes(tree, request),
        *mend_ranges(tree, request),
        *mend_nulls(tree),
        *mend_years(tree, names, data),
        *mend_values(tree, names, data, said),
    ]
    changes += mend_percents(tree, names, data, request)
    changes += [*mend_parts(tree, names, data, request), *mend_neighbours(tree, names, data, request)]
    changes += [*mend_within(tree, names, data, request), *mend_tops(tree, names, data, request)]
    changes += [*mend_ends(tree, request), *mend_elapsed(tree, request)]
    changes += [
        *mend_things(tree, names, data, request),
        *(show_groups(tree) if request else []),
        *drop_empty_groups(tree, names, data, request),
    ]
    return [*changes, *mend_forms(tree, names, data)]


def is_value(workspace: Workspace, word: str) -> bool:
    """Whether a word stands in a text of at most sixty letters in any dataset, but for case and accents."""
    data = Data(workspace)
    places = [(table, name) for table, names in data.tables.items() for name in names if data.is_text(table, name)]
    return any(len(text) <= SHORT_TEXT for place in places for text in data.holding(*place, word))


def holds(workspace: Workspace, column: str, text: str) -> bool:
    """Whether any dataset's column of that name holds a text as whole words, but for case and accents."""
    data = Data(workspace)
    places = [
        (table, name) for table, names in data.tables.items() for name in names if name.casefold() == column.casefold()
    ]
    return any(data.spelt(*place, text) or data.holding(*place, text) for place in places if data.is_text(*place))
