from collections.abc import Iterator
from pathlib import Path

import pytest

import tools.history
import tools.transforms.columns
import tools.transforms.missing
import tools.transforms.rows  # noqa: F401  # these four put their tools into the catalogue
from tests.small_project import add, do, rows_of
from tools import tools_asked_for
from tools.engine import trusted
from tools.tool import ToolError
from tools.words import literal
from tools.workspace import Workspace

ORDERS = "SELECT * FROM (VALUES (1, 'a'), (2, NULL), (2, NULL)) AS t(n, s)"


@pytest.fixture
def workspace(tmp_path: Path) -> Iterator[Workspace]:
    """Two imports, then three requests: r1 on orders, r2 on both, r3 on orders."""
    with Workspace(tmp_path) as opened:
        add(opened, "orders", ORDERS, run="load1")
        add(opened, "shops", "SELECT unnest([1, 2, 3]) AS k", run="load2")
        do(opened, "drop_duplicates", dataset="orders", run="r1")
        do(opened, "filter_rows", dataset="shops", condition="k > 1", run="r2")
        do(opened, "fill_missing", dataset="orders", run="r2")
        do(opened, "rename_column", dataset="orders", column="n", name="m", run="r2")
        do(opened, "drop_columns", dataset="orders", columns=["s"], run="r3")
        yield opened


def heads(workspace: Workspace) -> list[str]:
    return sorted(version.ref for version in workspace.datasets())


def test_each_undo_goes_one_request_further_back(workspace: Workspace) -> None:
    texts, states = [], []
    for number in range(6):
        outcome = do(workspace, "undo", run=f"undo{number}")
        texts.append(outcome.text)
        states.append(heads(workspace))
    assert states == [["orders@4", "shops@2"], ["orders@2", "shops@1"], ["orders@1", "shops@1"], ["orders@1"], [], []]
    assert texts == [
        "Took back the last request (drop columns on orders). orders is orders@4 again: 2 rows, 1 -> 2 columns.",
        "Took back the last request (filter rows on shops, fill missing on orders and rename column on orders)."
        " shops is shops@1 again: 2 -> 3 rows, 1 column. orders is orders@2 again: 2 rows, 2 columns.",
        "Took back the last request (drop duplicates on orders). orders is orders@1 again: 2 -> 3 rows, 2 columns.",
        "Took back the last request (load file on shops). shops is no longer in the project; restore shops@1 to have it again.",
        "Took back the last request (load file on orders). orders is no longer in the project; restore orders@1 to have it again.",
        "There is nothing to undo: no step has been done yet.",
    ]


def test_undo_of_a_step_takes_back_that_step_only(workspace: Workspace) -> None:
    assert do(workspace, "undo", scope="step").dataset == "orders@4"
    outcome = do(workspace, "undo", scope="step")
    assert outcome.text == (
        "Took back the last step (rename column on orders). orders is orders@3 again: 2 rows, 2 columns."
    )
    assert outcome.rows == (2, 2)
    assert do(workspace, "undo").text.startswith(
        "Took back the last request (filter rows on shops and fill missing on orders)."
    )


def test_new_steps_after_an_undo_are_taken_back_first(workspace: Workspace) -> None:
    do(workspace, "undo", run="u1")
    do(workspace, "sort_rows", dataset="shops", columns=["k"], descending=True, run="r4")
    assert heads(workspace) == ["orders@4", "shops@3"]
    do(workspace, "undo", run="u2")
    assert heads(workspace) == ["orders@4", "shops@2"]
    do(workspace, "undo", run="u3")
    assert heads(workspace) == ["orders@2", "shops@1"]


def test_calls_outside_any_request_are_taken_back_one_by_one(workspace: Workspace) -> None:
    do(workspace, "sort_rows", dataset="shops", columns=["k"])
    do(workspace, "sort_rows", dataset="orders", columns=["m"])
    do(workspace, "undo")
    assert heads(workspace) == ["orders@5", "shops@3"]


def test_undo_survives_a_restart(workspace: Workspace) -> None:
    do(workspace, "undo", run="u1")
    workspace.close()
    with Workspace(workspace.path) as again:
        do(again, "undo", run="u2")
        assert heads(again) == ["orders@2", "shops@1"]


def test_data_that_no_request_brought_stays(tmp_path: Path) -> None:
    with Workspace(tmp_path) as workspace:
        add(workspace, "orders", ORDERS)
        do(workspace, "drop_duplicates", dataset="orders", run="r1")
        assert do(workspace, "undo", run="u1").dataset == "orders@1"
        outcome = do(workspace, "undo", run="u2")
        assert outcome.text == (
            "There is nothing to take back: nothing was changed since orders was loaded. To remove the data, say: delete the dataset orders."
        )
        assert (outcome.values, heads(workspace)) == ({"undone": [], "datasets": []}, ["orders@1"])


def test_models_stay_and_undo_says_so(workspace: Workspace) -> None:
    (workspace.models / "churn").mkdir()
    assert do(workspace, "undo").text.endswith(" Trained models stay as they are: churn.")


def test_a_dataset_can_be_imported_again_after_its_import_was_undone(tmp_path: Path) -> None:
    with Workspace(tmp_path) as workspace:
        add(workspace, "t", "SELECT 1 AS a", run="r1")
        do(workspace, "undo")
        assert add(workspace, "t", "SELECT 2 AS b", run="r2").ref == "t@2"
        assert rows_of(workspace, "t") == [(2,)]
        assert rows_of(workspace, "t@1") == [(1,)]


def test_restore_makes_any_version_current_and_undo_goes_back(workspace: Workspace) -> None:
    outcome = do(workspace, "restore_version", version="Orders@1", run="r5")
    assert (outcome.text, outcome.dataset, outcome.rows) == (
        "orders is orders@1 again: 2 -> 3 rows, 1 -> 2 columns.",
        "orders@1",
        (2, 3),
    )
    assert do(workspace, "undo").text == (
        "Took back the last request (returned to orders@1). orders is orders@5 again: 3 -> 2 rows, 2 -> 1 column."
    )


def test_restore_brings_a_removed_dataset_back(tmp_path: Path) -> None:
    with Workspace(tmp_path) as workspace:
        add(workspace, "t", "SELECT 1 AS a", run="r1")
        do(workspace, "undo")
        assert do(workspace, "restore_version", version="t@1").text == "t is t@1 again: 1 row."
        assert rows_of(workspace, "t") == [(1,)]


def test_restore_of_the_current_version_names_the_others(workspace: Workspace) -> None:
    assert do(workspace, "restore_version", version="shops").text == (
        "shops@2 already is the current version of shops. There also is shops@1."
    )
    with pytest.raises(ToolError) as error:
        do(workspace, "restore_version", version="shops@9")
    assert str(error.value) == "No version 'shops@9'. Nearest: shops@2, shops@1. Versions: shops@1, shops@2."


def test_the_steps_are_listed_with_rows_before_and_after(workspace: Workspace) -> None:
    outcome = do(workspace, "list_steps", dataset="Shops")
    assert outcome.text == "shops@2: 1 step since shops@1 (3 -> 2 rows)."
    assert outcome.table is not None
    assert outcome.table.columns == ["no.", "version", "step", "rows before", "rows after", "what it did", "sql"]
    assert outcome.table.rows == [
        [None, "shops@1", "load_file", None, 3, "", ""],
        [1, "shops@2", "filter_rows", 3, 2, "Kept the 2 rows where k > 1.", 'SELECT * FROM "shops@1" WHERE (k > 1) IS TRUE'],
    ]  # fmt: skip


def test_the_script_runs_in_plain_duckdb_on_the_imported_table(workspace: Workspace) -> None:
    outcome = do(workspace, "write_script", dataset="orders")
    path = workspace.files / "orders.sql"
    assert outcome.text == "Wrote the 4 steps of orders@5 to orders.sql, which reads orders@1.parquet beside it."
    script = path.read_text(encoding="utf-8")
    assert outcome.values["script"] == script
    assert script.splitlines()[:7] == [
        "-- orders@5, step by step. Runs in DuckDB, in the folder of the Parquet files it reads.",
        "",
        '-- The table "orders@1" from orders.csv, with the columns "n" INTEGER, "s" VARCHAR.',
        """CREATE OR REPLACE TABLE "orders@1" AS SELECT * FROM read_parquet('orders@1.parquet');""",
        "",
        "-- drop_duplicates: Removed 1 duplicate row (compared by all columns), keeping the first of each.",
        'CREATE OR REPLACE VIEW "orders@2" AS SELECT * EXCLUDE (__order) FROM (SELECT *, row_number() OVER () AS __order'
        ' FROM "orders@1") QUALIFY row_number() OVER (PARTITION BY "n", "s" ORDER BY __order) = 1 ORDER BY __order;',
    ]
    with trusted() as connection:
        here = script.replace("'orders@1.parquet'", literal(str(workspace.files / "orders@1.parquet")))
        assert connection.execute(here).fetchall() == rows_of(workspace, "orders")


def test_a_script_is_never_overwritten(workspace: Workspace) -> None:
    (workspace.files / "orders.sql").write_text("mine")
    outcome = do(workspace, "write_script", dataset="orders")
    assert (workspace.files / "orders.sql").read_text() == "mine"
    assert outcome.artefacts[0].path == str(workspace.files / "orders_2.sql")


def test_a_dataset_is_deleted_and_undo_brings_it_back_after_a_restart(tmp_path: Path) -> None:
    with Workspace(tmp_path) as workspace:
        add(workspace, "orders", ORDERS, run="load")
        add(workspace, "shops", "SELECT 1 AS k", run="load2")
        do(workspace, "drop_duplicates", dataset="orders", run="r1")
        outcome = do(workspace, "delete_dataset", dataset="orders@1", run="r2")
        assert outcome.text == "Deleted the dataset orders; undo brings it back. Datasets left: shops."
        assert heads(workspace) == ["shops@1"]
        assert workspace.last_moved() == "r2"
        with pytest.raises(ToolError, match="No dataset 'orders'"):
            do(workspace, "delete_dataset", dataset="orders")
    with Workspace(tmp_path) as workspace:
        undone = do(workspace, "undo").text
        assert (
            undone
            == "Took back the last request (removed orders). orders is in the project again with 2 rows (orders@2)."
        )
        assert rows_of(workspace, "orders") == [(1, "a"), (2, None)]


@pytest.mark.parametrize(
    ("request_", "is_asked_for"),
    [
        ("Delete the dataset orders", True),
        ("drop the whole shops table", True),
        ("테이블 삭제해 줘", True),
        ("Delete the rows of the table without a date", False),
        ("Drop the table's last column", False),
        ("Remove duplicates from the dataset", False),
        ("데이터셋에서 중복을 삭제해 줘", False),
    ],
)
def test_only_a_request_to_delete_a_whole_dataset_offers_it_to_the_planner(request_: str, is_asked_for: bool) -> None:
    assert ("delete_dataset" in [tool.name for tool in tools_asked_for(request_)]) is is_asked_for
