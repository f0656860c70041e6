"""Texts that a recipe reads as something else: a person sees and gives them as they are read, wherever a model is asked."""

from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from automl.card import Card
from tests.small_project import do
from tools import catalogue
from tools.dataset import StepRecord
from tools.modelling.as_read import as_read
from tools.modelling.models import find_model
from tools.modelling.split import TRAIN, TRAIN_AS_READ, split_rows
from tools.recipe import model_recipe
from tools.tool import Job
from tools.workspace import Workspace

catalogue()
CLEAN = (
    ("treat_as_missing", {"columns": ["km"]}),
    ("change_type", {"columns": ["day"], "type": "date"}),
    ("unify_spellings", {"columns": ["region"]}),
)


def visits(rows: int = 240) -> pa.Table:
    """Visits whose lateness depends on the way; the way has n/a in it, the days two forms, the regions two spellings."""
    random = np.random.default_rng(3)
    km = random.uniform(1, 40, rows).round(1)
    days = [f"2026-{1 + at % 12:02d}-{13 + at % 9:02d}" for at in range(rows)]
    return pa.table(
        {
            "day": [f"{one[8:]}/{one[5:7]}/{one[:4]}" if at % 19 == 0 else one for at, one in enumerate(days)],
            "km": ["n/a" if at % 23 == 0 else str(one) for at, one in enumerate(km)],
            "region": ["north" if at % 17 == 0 else ["North", "South"][at % 2] for at in range(rows)],
            "parts": random.integers(0, 9, rows),
            "late": [
                "yes" if one + noise > 22 else "no" for one, noise in zip(km, random.normal(0, 3, rows), strict=True)
            ],
        }
    )


def project(folder: Path, *steps: tuple[str, dict[str, object]]) -> Workspace:
    workspace = Workspace(folder / "project")
    workspace.add_dataset("visits", visits().to_reader(), StepRecord(tool="load_file", arguments={}))
    for tool, arguments in steps:
        do(workspace, tool, dataset="visits", **arguments)
    return workspace


@pytest.mark.parametrize(
    ("steps", "read"),
    [
        ((), {}),
        (CLEAN, {"day": "DATE", "km": "DOUBLE", "region": "VARCHAR"}),
        (CLEAN[:1], {"km": "DOUBLE"}),
        ((("clean_text", {"columns": ["region"], "action": "upper"}),), {"region": "VARCHAR"}),
        ((*CLEAN[:1], ("scale_columns", {"columns": ["km"], "method": "minmax"})), {}),
        ((*CLEAN[:1], ("fill_missing", {"columns": ["km"], "method": "median"})), {"km": "DOUBLE"}),
        ((*CLEAN[:1], ("flag_missing", {"columns": ["km"]}), ("fill_missing", {"columns": ["km"]})), {}),
        ((("encode_categories", {"columns": ["region"], "method": "count"}),), {}),
        ((*CLEAN[:1], ("drop_columns", {"columns": ["km"]})), {}),
        ((*CLEAN[:1], ("rename_column", {"column": "km", "name": "way"})), {}),
    ],
)
def test_a_column_is_seen_as_it_is_read_where_reading_it_again_changes_nothing(
    steps: tuple[tuple[str, dict[str, object]], ...], read: dict[str, str], tmp_path: Path
) -> None:
    with project(tmp_path, *steps) as workspace:
        recipe = model_recipe(workspace, workspace.version("visits"))
        with split_rows(workspace, recipe, "late", classes=True, seed=0) as split:
            assert dict(split.read) == read
            raw, seen = (
                split.cursor.execute(f"SELECT count(*) FROM {name}").fetchall() for name in (TRAIN, TRAIN_AS_READ)
            )
            assert raw == seen
            assert as_read(split.cursor, split.recipe.model_copy(update={"steps": ()}), TRAIN, "late") == {}


@pytest.fixture(scope="module")
def cleaned(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    workspace = project(tmp_path_factory.mktemp("read"), *CLEAN)
    do(workspace, "train_model", dataset="visits", target="late", build="quick")
    return workspace


def card_of(workspace: Workspace) -> Card:
    return find_model(workspace, None)


def test_the_card_tells_columns_as_a_person_gives_them(cleaned: Workspace) -> None:
    features = {one.name: one for one in card_of(cleaned).features}
    assert [(name, features[name].kind, features[name].read_as) for name in ("day", "km", "region", "parts")] == [
        ("day", "date", "DATE"),
        ("km", "number", "DOUBLE"),
        ("region", "text", "VARCHAR"),
        ("parts", "number", None),
    ]
    assert features["region"].categories == ["North", "South"]
    assert sorted(features["region"].as_came) == ["North", "South", "north"]
    assert isinstance(features["km"].typical, float)
    assert 1 <= float(features["km"].low or 0) < float(features["km"].high or 0) <= 40
    assert str(features["day"].low) == "2026-01-13"


def test_a_row_is_predicted_from_values_as_they_are_read(cleaned: Workspace) -> None:
    far = do(cleaned, "predict_row", values=[{"column": "km", "value": 39}, {"column": "day", "value": "2026-03-14"}])
    near = do(cleaned, "predict_row", values=[{"column": "km", "value": 2.5}, {"column": "region", "value": "south"}])
    assert (far.values["prediction"], near.values["prediction"]) == ("yes", "no")
    assert "read as" not in far.text + near.text
    assert do(cleaned, "predict_row", values=[{"column": "km", "value": "n/a"}]).values["given"]["km"] is None


@pytest.mark.parametrize("row", [1, 2])
def test_a_row_of_the_data_is_read_as_the_recipe_reads_it(cleaned: Workspace, row: int) -> None:
    """The first row has a day as 13/01/2026 and n/a."""
    given = do(cleaned, "predict_row", values=[], dataset="visits", row=row)
    told = {name: given.values["given"].get(name) for name in ("day", "region")}
    assert told == [{"day": "2026-01-13", "region": "North"}, {"day": "2026-02-14", "region": "South"}][row - 1]


def test_what_a_number_among_texts_does_is_drawn_along_its_line(cleaned: Workspace) -> None:
    drawn = do(cleaned, "draw_effect", column="km")
    assert "With km = n/a" not in drawn.text
    change = do(cleaned, "find_change", values=[{"column": "km", "value": 3}], only=["km"])
    assert "km" in change.text


def test_new_rows_are_told_of_only_where_nothing_like_them_was_there(cleaned: Workspace, tmp_path: Path) -> None:
    job = Job(workspace=cleaned)
    table = visits(6).set_column(2, "region", pa.array(["North", "north", "South", "North", "South", "Middle"]))
    cleaned.add_dataset("new_visits", table.to_reader(), StepRecord(tool="load_file", arguments={}))
    told = do(job.workspace, "predict_dataset", dataset="new_visits").text
    assert "'region' holds 1 cell that did not occur in the training rows, such as 'Middle'." in told
