"""Keys that a model made up for what the request calls by name."""

from collections.abc import Iterator

import pytest

from tests.small_project import add
from tools.guard import run_select
from tools.mend import mend_sql
from tools.workspace import Workspace


@pytest.fixture(scope="module")
def clinic(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workspace]:
    with Workspace(tmp_path_factory.mktemp("clinic") / "project") as workspace:
        add(
            workspace,
            "doctors",
            "SELECT 'D' || i AS doctor_id, 'Dr ' || chr(65 + i::INT) || 'lin' AS doctor_name FROM range(10, 20) t(i)",
        )
        add(
            workspace,
            "visits",
            "SELECT i AS visit_id, 'D' || (10 + i % 10) AS doctor_id, i % 3 AS part FROM range(95) t(i)",
        )
        yield workspace


@pytest.mark.parametrize(
    ("request_", "key", "rows"),
    [
        ("how many visits does Dr Klin have?", "D12", 10),
        ("how many visits did dr slin have", "D12", 9),
        ("how many visits does D12 have?", "D12", 10),
        ("how many visits does Dr Nobody have?", "D12", 10),
    ],
)
def test_a_name_is_its_own_key(clinic: Workspace, request_: str, key: str, rows: int) -> None:
    mended = mend_sql(clinic, f"SELECT count(*) FROM visits WHERE doctor_id = '{key}'", request_)
    assert [list(row) for row in run_select(clinic, mended.sql, limit=9)[0].rows] == [[rows]]
    assert (f"nobody named '{key}'" in " ".join(mended.changes)) == ("lin" in request_)


def test_rows_are_counted_where_another_table_tells_whose_they_are(clinic: Workspace) -> None:
    sql = "SELECT count(*) FROM visits WHERE doctor_name = 'Dr Klin'"
    mended = mend_sql(clinic, sql, "how many visits does Dr Klin have?")
    assert [list(row) for row in run_select(clinic, mended.sql, limit=9)[0].rows] == [[10]]
