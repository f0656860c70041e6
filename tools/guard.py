"""What SQL from a model or a person may do: one SELECT over this project's datasets, and nothing else.

The text is read by DuckDB's own parser (its syntax tree as JSON), so the guard and the engine can never read the same
text in two ways. Everything in the tree must be known and allowed: what is not on a list is refused. The project's
connection is hardened as well (tools.engine), and every query runs in a read-only transaction under a deadline.

What is not covered: SQL that is honest but slow or large is only bounded (seconds, memory, rows fetched), and a single
call on one huge value (levenshtein of two long texts, printf with a width of billions) ends only when it is done;
DuckDB's own documentation advises a sandbox of the operating system for SQL from strangers.
"""

import json
import re
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

import duckdb

from tools.engine import HARDENED, deadline, first_line
from tools.guarding.shape import has_window, is_ordered, named_tables, only_expression, varies
from tools.guarding.syntax import TOO_DEEP, Frame, Refused, inspect
from tools.tool import TableData, ToolError
from tools.words import plain

if TYPE_CHECKING:
    from tools.workspace import Workspace

MAX_LENGTH = 50_000
"""Characters of one statement: more is a machine's mistake or an attack on the parser."""
HIDDEN_PIVOT = (
    "PIVOT without a list of values hides a second statement. List them: PIVOT t ON c IN ('a', 'b') USING sum(n)."
)
_FORMS = ("SELECT … FROM formula_input", "SELECT (…) FROM formula_input", "SELECT (\n…\n) FROM formula_input")
_TAIL = re.compile(r"--|/\*|;")
_TAILS = 20
"""How many comments and semicolons at the end are taken off."""


class GuardError(ToolError):
    """SQL that may not run: what was refused, why, and what to do, in one line."""

    def __init__(self, text: str) -> None:
        super().__init__(" ".join(text.split()))


@cache
def _parser() -> duckdb.DuckDBPyConnection:
    """An empty in-memory database that only parses."""
    connection = duckdb.connect(config=HARDENED | {"threads": "1", "memory_limit": "256MB"})
    connection.execute("SET lock_configuration = true")
    return connection


def _without_position(node: dict[str, Any]) -> dict[str, Any]:
    node.pop("query_location", None)
    return node


def _tree(sql: str) -> dict[str, Any]:
    """DuckDB's syntax tree of some SQL without positions: `{"error": …, "statements": [{"node": …}]}`."""
    with _parser().cursor() as cursor:
        found = cursor.execute("SELECT json_serialize_sql(?::VARCHAR)", [sql]).fetchone()
    text: str = found[0] if found else "{}"
    try:
        tree: dict[str, Any] = json.loads(text, object_hook=_without_position)
    except RecursionError as error:
        raise GuardError(TOO_DEEP) from error
    return tree


def _node(sql: str) -> dict[str, Any] | None:
    """The tree of the one SELECT in `sql`, or None where it is anything else."""
    tree = _tree(sql)
    statements = tree.get("statements", [])
    return statements[0]["node"] if not tree.get("error") and len(statements) == 1 else None


def _one_select(sql: str) -> None:
    """Refuse everything that DuckDB doesn't read as exactly one statement of type SELECT."""
    try:
        with _parser().cursor() as cursor:
            statements = cursor.extract_statements(sql)
    except duckdb.ParserException as error:
        raise GuardError(f"DuckDB can't read this SQL. {first_line(error)}. Write one SELECT statement.") from error
    except duckdb.Error as error:
        raise GuardError(_only_select("A command that reads files")) from error
    if not statements:
        raise GuardError("No SQL was given. Write one SELECT statement.")
    if len(statements) > 1:
        kinds = [statement.type.name for statement in statements]
        if "COPY_DATABASE" in kinds:
            raise GuardError(_only_select("COPY DATABASE"))
        if kinds[0] == "CREATE" and not statements[0].query:
            raise GuardError(HIDDEN_PIVOT)
        raise GuardError(f"{len(statements)} statements were given; only one may run. Keep the one SELECT you need.")
    kind = statements[0].type.name
    if kind != "SELECT":
        raise GuardError(_only_select(kind.replace("_", " ")))


def _only_select(what: str) -> str:
    return (
        f"{what} is refused: only a SELECT that reads this project's datasets may run."
        " Write a SELECT, or ask for a step that makes a new version."
    )


def _without_tail(sql: str, node: dict[str, Any]) -> str:
    """The same SELECT without semicolon and comments at its end, so that it stands safely between parentheses."""
    cuts = [match.start() for match in _TAIL.finditer(sql)][-_TAILS:]
    for text in [sql.strip(), *(sql[:cut].strip() for cut in reversed(cuts))]:
        inner = _node(f"SELECT * FROM ({text})")
        if inner and inner["from_table"].get("subquery", {}).get("node") == node and _node(text) == node:
            return text
    raise GuardError("The SQL can't be put between parentheses. Take out the comments at its end.")


def check_select(sql: str, *, tables: Collection[str]) -> str:
    """The SELECT that may run: stripped, no semicolon or comment at its end.

    Raises GuardError where it is not exactly one SELECT, or names a table that is neither in `tables` nor a CTE in
    scope, or calls a function that is not on the allow list.
    """
    if len(sql) > MAX_LENGTH:
        raise GuardError(
            f"The SQL has {len(sql):,} characters; at most {MAX_LENGTH:,} may run. Write a shorter SELECT."
        )
    if "\x00" in sql:
        raise GuardError("The SQL holds a NUL character. Take it out.")
    _one_select(sql)
    node = _node(sql)
    if node is None:
        raise GuardError(_only_select("A command such as PRAGMA"))
    _inspect(node, Frame(tables=tuple(tables)))
    return _without_tail(sql, node)


def _inspect(node: Any, frame: Frame) -> None:
    try:
        inspect(node, frame)
    except Refused as refused:
        raise GuardError(str(refused)) from refused
    except RecursionError as error:
        raise GuardError(TOO_DEEP) from error


@dataclass(frozen=True)
class Reading:
    """What a SELECT or a formula does, as DuckDB reads it."""

    tables: frozenset[str]
    """Names read as tables, CTEs among them, in small letters."""
    varies: bool
    """It samples, draws at random or asks the clock: the same rows can give another result."""
    ordered: bool
    """It sorts or cuts its rows."""
    windows: bool
    """A value depends on other rows."""


def read(sql: str) -> Reading:
    """What a SELECT does; it need not be one that may run. Raises GuardError where it is not exactly one SELECT."""
    _one_select(sql)
    node = _node(sql)
    return Reading(named_tables(node), varies(node), is_ordered(node), has_window(node))


def check_formula(formula: str, columns: Sequence[str]) -> str:
    """One scalar expression over those columns, stripped.

    Raises GuardError for anything else: several expressions, subqueries, other columns, aggregates without OVER.
    The text must mean the same bare, between parentheses and on a line of its own, so it cannot break out of a SELECT.
    """
    text = formula.strip().rstrip(";").rstrip()
    if len(text) > MAX_LENGTH:
        raise GuardError(f"The formula has {len(text):,} characters; at most {MAX_LENGTH:,} may run.")
    if not text or "\x00" in text:
        raise GuardError("The formula is empty. Write one expression, for example: Balance / Salary.")
    expression = only_expression([_node(form.replace("…", text)) for form in _FORMS])
    if expression is None:
        raise GuardError(
            f"'{text[:80]}' is not one formula. Write one expression over the columns, without SELECT, commas outside"
            " a function, names (AS) or comments."
        )
    _inspect(expression, Frame(tables=(), columns=tuple(columns)))
    return text


def run_select(
    workspace: "Workspace", sql: str, *, limit: int | None = 1000, seconds: float = 30
) -> tuple[TableData, str]:
    """The rows of one guarded SELECT over the project's datasets, and the SQL as it ran.

    At most `limit` rows are fetched (None or 0: all); `row_count` counts all of them. Raises ToolError (GuardError where
    it was refused) with DuckDB's own hint where a column or function does not exist.
    """
    with _prepared(workspace, sql, seconds) as (cursor, checked):
        return _fetch(cursor, checked, limit or None), checked


def explain(workspace: "Workspace", sql: str, *, seconds: float = 30) -> None:
    """Check a SELECT as `run_select` does, with the same errors, and bind it to the data without running it."""
    with _prepared(workspace, sql, seconds):
        pass


@contextmanager
def _prepared(workspace: "Workspace", sql: str, seconds: float) -> Iterator[tuple[duckdb.DuckDBPyConnection, str]]:
    """A read-only transaction under a deadline, and the SELECT that may run in it."""
    from tools.guarding.pivot import with_values

    tables = [version.dataset for version in workspace.datasets()]
    with workspace.cursor() as cursor, deadline(cursor, seconds):
        cursor.execute("BEGIN TRANSACTION READ ONLY")
        try:
            checked = with_values(sql, tables=tables, rows=lambda text: cursor.execute(text).fetchall())
            cursor.execute(f"EXPLAIN {checked}").fetchall()
            yield cursor, checked
        except (duckdb.InterruptException, duckdb.FatalException):
            raise
        except duckdb.InternalException as error:
            raise ToolError("DuckDB itself failed on this SQL. Write it in another way.") from error
        except OverflowError as error:  # an interval of more days than Python can count
            raise ToolError("A value of the result is too large to show. Cast it to VARCHAR.") from error
        except duckdb.OutOfMemoryException as error:
            raise ToolError("The query needs more memory than it may use. Filter or aggregate first.") from error
        except duckdb.Error as error:
            raise ToolError(f"The SQL did not run. {first_line(error)}") from error


def _fetch(cursor: duckdb.DuckDBPyConnection, sql: str, limit: int | None) -> TableData:
    """The first rows as JSON values and the count of all; never more than `limit` + 1 rows in memory."""
    cursor.execute(sql)
    columns = [str(column[0]) for column in cursor.description or []]
    fetched = cursor.fetchmany(limit + 1) if limit else cursor.fetchall()
    rows = [[plain(cell) for cell in row] for row in (fetched[:limit] if limit else fetched)]
    count = len(fetched)
    if limit and count > limit:
        counted = cursor.execute(f"SELECT count(*) FROM ({sql})").fetchone()
        count = int(counted[0]) if counted else count
    return TableData(columns=columns, rows=rows, row_count=count)
