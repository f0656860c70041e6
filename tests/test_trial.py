"""Which new cells of a large table may fail, and so are all computed before the step is recorded."""

from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from tests.small_project import add
from tools.dataset import StepRecord, Version
from tools.trial import LARGE, projection
from tools.workspace import Workspace

EXTREMES = """SELECT * FROM (VALUES
  (NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL),
  (127, 2147483647, 9223372036854775807, 99999999.99, 1.7e308, '', true, DATE '5874897-12-31', TIMESTAMP 'infinity'),
  (-128, -2147483648, -9223372036854775808, -99999999.99, -1.7e308, 'x(', false, DATE '-infinity', TIMESTAMP '1677-09-22'),
  (0, 0, 0, 0, 'nan', '12', true, DATE '2024-02-29', TIMESTAMP '2024-02-29 23:59:59')
) AS t(tiny, i, big, d, f, s, b, day, moment)"""
TYPED = f"""SELECT tiny::TINYINT AS tiny, i::INTEGER AS i, big::BIGINT AS big, d::DECIMAL(10, 2) AS d, f::DOUBLE AS f,
  s::VARCHAR AS s, b::BOOLEAN AS b, day::DATE AS day, moment::TIMESTAMP AS moment FROM ({EXTREMES})"""


@pytest.fixture
def workspace(tmp_path: Path) -> Iterator[Workspace]:
    with Workspace(tmp_path) as opened:
        add(opened, "t", TYPED)
        yield opened


def large(workspace: Workspace) -> Version:
    """The version as if it had many rows."""
    return workspace.version("t").model_copy(update={"row_count": LARGE})


@pytest.mark.parametrize(
    "cell",
    [
        "f * i * (1 - f)",
        "-f / i",
        "f / 0",
        "round(f * 10, 2) + abs(f)",
        "(CAST(big AS DOUBLE) - 2463.3) / 0.0001",
        "coalesce(f, 94.16)",
        "coalesce(tiny, 300)",
        "CASE WHEN f IS NOT NULL THEN least(greatest(f, -1.5), 2.5) END",
        "CASE i WHEN 1 THEN 'one' WHEN 2 THEN NULL ELSE s END",
        "CASE WHEN b AND NOT (i > 3) THEN 1 ELSE tiny END",
        "year(moment)",
        "quarter(day)",
        "CAST(b AS INTEGER)",
        "CAST(d AS VARCHAR) || s",
        "TRY_CAST(s AS INTEGER)",
        "upper(trim(regexp_replace(s, '[0-9]+', '', 'g')))",
        "nullif(s, 'x') IN ('a', 'b')",
        "(i > 1) IS TRUE",
        "f BETWEEN 1 AND i",
        "NULL",
    ],
)
def test_cells_that_cannot_fail_are_known(workspace: Workspace, cell: str) -> None:
    sql = f'SELECT *, {cell} AS new FROM "t@1"'
    with workspace.cursor() as cursor:
        found = projection(cursor, sql, large(workspace))
    assert found is not None
    assert (found.computed, found.can_fail) == (("new",), False)
    assert len(workspace.rows(sql)) == 4


@pytest.mark.parametrize(
    "cell",
    [
        "i + 1",
        "-big",
        "abs(tiny)",
        "d * d * d * d",
        "CAST(s AS INTEGER)",
        "CAST(f AS INTEGER)",
        "CAST(big AS INTEGER)",
        "s > i",
        "CASE WHEN s THEN 1 END",
        "CASE i WHEN s THEN 1 END",
        "if(b, s::INTEGER, 1)",
        "coalesce(s, '1') IN (1, 2)",
        "s IS TRUE",
        "regexp_replace('x', s, 'y')",
        "sqrt(f)",
        "ln(f)",
        "CAST(day AS TIMESTAMP)",
        "f + CAST(s AS DOUBLE)",
    ],
)
def test_cells_that_fail_on_some_row_are_computed_first(workspace: Workspace, cell: str) -> None:
    sql = f'SELECT *, {cell} AS new FROM "t@1"'
    with workspace.cursor() as cursor:
        found = projection(cursor, sql, large(workspace))
    assert found is not None
    assert found.can_fail
    with pytest.raises(duckdb.Error):
        workspace.rows(sql)


@pytest.mark.parametrize("cell", ["if(b, f, 1)", "weekday(day)", "length(s)", "least(d, 10000000000.5)"])
def test_a_cell_that_is_not_known_is_computed_first(workspace: Workspace, cell: str) -> None:
    with workspace.cursor() as cursor:
        found = projection(cursor, f'SELECT *, {cell} AS new FROM "t@1"', large(workspace))
    assert found is not None
    assert found.can_fail


@pytest.mark.parametrize(
    "sql",
    [
        'SELECT * FROM "t@1" ORDER BY i',
        'SELECT i FROM "t@1"',
        'SELECT *, row_number() OVER () AS new FROM "t@1"',
        'SELECT *, unnest([1, 2]) AS new FROM "t@1"',
        'SELECT *, (SELECT max(i) FROM "t@1") AS new FROM "t@1"',
    ],
)
def test_a_select_that_may_order_join_or_group_is_no_projection(workspace: Workspace, sql: str) -> None:
    with workspace.cursor() as cursor:
        assert projection(cursor, sql, large(workspace)) is None


def test_a_cell_late_in_a_large_table_that_cannot_be_computed_leaves_nothing_behind(tmp_path: Path) -> None:
    step = StepRecord(tool="test", arguments={})
    with Workspace(tmp_path) as workspace:
        texts = f"SELECT CASE WHEN i = {LARGE} - 1 THEN 'x' ELSE '1' END AS s, i::INTEGER AS i FROM range({LARGE}) t(i)"
        first = workspace.add_query("t", texts, step)
        for cell in ("CAST(s AS INTEGER)", f"2147483647 - {LARGE} + 2 + i"):
            with pytest.raises(duckdb.Error):
                workspace.derive(first, f'SELECT *, {cell} AS n FROM "t@1"', step)
        assert workspace.versions("t") == [first]
        second = workspace.derive(first, 'SELECT *, i / 2 AS half FROM "t@1" WHERE i % 2 = 0', step)
        assert (second.row_count, second.depth) == (LARGE // 2, 1)
