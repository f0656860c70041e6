"""Raw rows of files, read by a recipe and by the script of an export: the same cells, as people write them."""

import datetime
import runpy
from functools import cache
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.parquet
import pytest

from tools import call
from tools.engine import trusted
from tools.exporting.table import RELATION, prepared_by
from tools.matching import match_columns
from tools.recipe import Recipe, model_recipe, select
from tools.tool import Job
from tools.transform import Column
from tools.workspace import Workspace

ORDERS = "joined,amount,visits,paid,zip,country\n{},1.5,3,true,01234,NA\n{},2.5,4,false,90210,KR\n"
WRITTEN = {
    "day first": ("25/12/2023", "03/04/2024"),
    "month first": ("12/25/2023", "03/04/2024"),
    "": ("2023-12-25",) * 2,
}


@cache
def orders(order: str) -> Recipe:
    """The recipe of a file whose dates tell the order of day and month, or are written with the year first."""
    folder = Path(mkdtemp(prefix="easel-tests-"))
    (folder / "orders.csv").write_text(ORDERS.format(*WRITTEN[order]))
    with Workspace(folder / "project") as workspace:
        call(Job(workspace), "load_file", {"path": str(folder / "orders.csv")})
        return model_recipe(workspace, workspace.version("orders"))


def script(recipe: Recipe) -> dict[str, Any]:
    """The script of an export that prepares raw rows, run."""
    file = Path(mkdtemp(prefix="easel-tests-")) / "prepare.py"
    steps = [("predict", "rows to predict", select(recipe, RELATION, "predict"))]
    file.write_text(prepared_by("orders", recipe, steps, [])["prepare.py"][1])
    return runpy.run_path(str(file))


@pytest.mark.parametrize(
    ("order", "column", "cell", "read"),
    [
        ("day first", "joined", "03/04/2024", datetime.date(2024, 4, 3)),
        ("month first", "joined", "03/04/2024", datetime.date(2024, 3, 4)),
        ("", "joined", "03/04/2024", None),
        ("day first", "joined", "3.4.24", datetime.date(2024, 4, 3)),
        ("day first", "joined", "2024-04-03", datetime.date(2024, 4, 3)),
        ("", "joined", "2024년 4월 3일", datetime.date(2024, 4, 3)),
        ("", "joined", "3 Apr 2024", datetime.date(2024, 4, 3)),
        ("", "joined", "2024.04.03", datetime.date(2024, 4, 3)),
        ("", "joined", "soon", None),
        ("", "amount", "$1,234.50", 1234.5),
        ("", "amount", "(5)", -5.0),
        ("", "visits", "1,200", 1200),
        ("", "paid", "예", True),
        ("", "paid", "No", False),
        ("", "paid", "maybe", None),
        ("", "zip", "01234", "01234"),
        ("", "country", "NA", "NA"),
        ("", "country", "", None),
    ],
)
def test_cells_are_read_as_people_write_them_by_the_recipe_and_by_the_export(
    order: str, column: str, cell: str, read: object, tmp_path: Path
) -> None:
    recipe = orders(order)
    with trusted() as connection:
        # An empty cell of a .csv file is no value.
        given = connection.from_df(pd.DataFrame({column: pd.Series([cell or None], dtype="string")}))
        columns, _ = match_columns(recipe, [Column(column, "VARCHAR")], [column])
        table = given.project(columns).project(f'"{column}"')
        assert table.fetchall() == [(read,)]
    pd.DataFrame({column: [cell], "other": [1]}).to_csv(tmp_path / "new.csv", index=False)
    (made,) = script(recipe)["prepare"](tmp_path / "new.csv")[column]
    if isinstance(read, bool):
        read = str(read).lower()
    assert (None if pd.isna(made) else made) == (pd.Timestamp(read) if isinstance(read, datetime.date) else read)


def test_maps_lists_and_lengths_of_time_in_parquet_are_read_by_the_export_as_they_were_built_on(tmp_path: Path) -> None:
    table = pa.table(
        {
            "scores": pa.array([[("a", 1.5)], [("b", 2.0)]], pa.map_(pa.string(), pa.float64())),
            "tags": [["x", "y"], ["z"]],
            "took": pa.array([3_600_000_000, 60_000_000], pa.duration("us")),
        }
    )
    pyarrow.parquet.write_table(table, tmp_path / "trips.parquet")
    with Workspace(tmp_path / "project") as workspace:
        call(Job(workspace), "load_file", {"path": str(tmp_path / "trips.parquet")})
        recipe = model_recipe(workspace, workspace.version("trips"))
    made = script(recipe)["prepare"](tmp_path / "trips.parquet")
    assert made.to_dict("list") == {
        "scores": ["{a=1.5}", "{b=2.0}"],
        "tags": ["[x, y]", "[z]"],
        "took": [3_600_000_000.0, 60_000_000.0],
    }
    of_frame = script(recipe)["prepare"](pd.read_parquet(tmp_path / "trips.parquet").drop(columns="took"))
    assert of_frame.drop(columns="took").equals(made.drop(columns="took"))
