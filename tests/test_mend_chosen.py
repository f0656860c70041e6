"""Columns that a request names by a rule."""

from collections.abc import Iterator

import pytest

from tests.small_project import add
from tools.mend import mend_sql
from tools.workspace import Workspace


@pytest.fixture(scope="module")
def pcs(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workspace]:
    with Workspace(tmp_path_factory.mktemp("pcs") / "project") as workspace:
        add(
            workspace,
            "pcs",
            "SELECT 'm1' AS model, 1 AS ram, 2 AS hd, 3.5 AS price, 'x' AS \"first name\", 'y' AS last_name",
        )
        yield workspace


@pytest.mark.parametrize(
    ("request_", "sql", "mended"),
    [
        (
            "select all columns from pcs except for ram and hd",
            "SELECT * FROM pcs WHERE ram IS NOT NULL AND hd IS NOT NULL",
            "SELECT * EXCLUDE (ram, hd) FROM pcs",
        ),
        ("everything but the first name", "SELECT * FROM pcs", 'SELECT * EXCLUDE ("first name") FROM pcs'),
        (
            "show all columns but price of those with ram 1",
            "SELECT * FROM pcs WHERE ram = 1",
            "SELECT * EXCLUDE (price) FROM pcs WHERE ram = 1",
        ),
        ("ram 빼고 나머지 컬럼 보여줘", "SELECT * FROM pcs", "SELECT * EXCLUDE (ram) FROM pcs"),
        (
            "select all columns ending with 'name'",
            "SELECT last_name FROM pcs",
            'SELECT "first name", last_name FROM pcs',
        ),
        (
            "length of each column that ends with name",
            "SELECT LENGTH(last_name) FROM pcs",
            "SELECT LENGTH(last_name) FROM pcs",
        ),
        (
            "the column names that start with h",
            "SELECT column_name FROM pcs WHERE column_name LIKE 'h%'",
            "SELECT hd FROM pcs",
        ),
        ("columns that start with h", "SELECT * FROM pcs", "SELECT hd FROM pcs"),
        ("show all pcs except those without ram", "SELECT * FROM pcs WHERE ram > 0", "SELECT * FROM pcs WHERE ram > 0"),
        ("all columns of pcs", "SELECT * FROM pcs", "SELECT * FROM pcs"),
    ],
)
def test_columns_are_chosen_as_the_request_says(pcs: Workspace, request_: str, sql: str, mended: str) -> None:
    assert mend_sql(pcs, sql, request_).sql == mended
