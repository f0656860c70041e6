import tempfile
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute
import pytest

from automl.paired import pair
from automl.predictor import Predictions
from automl.problem import Problem
from automl.settings import Settings
from tests.trained import add, customers
from tools import call
from tools.modelling.models import find_model, model_cards
from tools.modelling.prepare import open_model
from tools.modelling.split import MEASURED, ROWS
from tools.tool import Job, ToolError
from tools.train import train
from tools.workspace import Workspace


@cache
def job() -> Job:
    """Two versions of one model: on 300 rows with a useless column less, then on 150 more rows."""
    workspace = Workspace(Path(tempfile.mkdtemp(prefix="easel-tests-")))
    made = Job(workspace)
    add(workspace, "people", customers(300).drop_columns(["Plan", "Revenue"]))
    train(made, workspace.version("people"), "Left", Settings(build="quick", seconds=3), ["City"])
    later = pa.concat_tables([customers(300), customers(150, seed=6)]).drop_columns(["Plan", "Revenue"])
    later = later.set_column(0, "RowNumber", pa.array(range(1, 451)))
    add(workspace, "more", later)
    workspace.remove_dataset("people")
    workspace.add_dataset("people", later.to_reader(), workspace.version("more").step)
    train(made, workspace.version("people"), "Left", Settings(build="quick", seconds=3), [])
    return made


def test_a_model_built_again_is_the_next_version_and_what_changed_is_told() -> None:
    outcome = call(job(), "model_versions", {"model": "people_left"})
    assert outcome.values == {"family": "people_left", "models": ["people_left", "people_left_2"]}
    assert outcome.table is not None
    assert [row[:6] for row in outcome.table.rows] == [
        [1, "people_left", "people@1", 240, 3, "quick"],
        [2, "people_left_2", "people@2", 360, 4, "quick"],
    ]
    assert outcome.table.rows[0][6] == "auc"
    assert outcome.table.rows[0][8] <= outcome.table.rows[0][7] <= outcome.table.rows[0][9]
    start = "people_left has 2 versions. people_left_2 against people_left: people@1 -> people@2, 240 -> 360 rows, with City, "
    assert outcome.text.startswith(start)


def test_the_rows_behind_a_model_lie_beside_it_as_they_came() -> None:
    table = pa.parquet.read_table(job().workspace.models / "people_left" / ROWS)
    assert (table.num_rows, sum(table[MEASURED].to_pylist())) == (300, 60)
    assert table["RowNumber"].to_pylist() == list(range(1, 301))
    assert table["Spend"].to_pylist() == customers(300)["Spend"].to_pylist()


def test_two_models_are_compared_on_rows_that_neither_was_built_on() -> None:
    outcome = call(job(), "compare_models", {"models": ["people_left", "people_left_2"]})
    models = job().workspace.models
    mine, other = (pa.parquet.read_table(models / name / ROWS).to_pylist() for name in ("people_left", "people_left_2"))
    known = ("Age", "Spend", "Active", "City", "Left")
    taught = {tuple(row[name] for name in known) for row in mine if not row[MEASURED]}
    taught_other = {tuple(row[name] for name in known) for row in other if not row[MEASURED]}
    held = [{tuple(row[name] for name in known) for row in rows if row[MEASURED]} for rows in (mine, other)]
    assert outcome.values["rows"] == max(len(held[0] - taught_other), len(held[1] - taught))
    assert " rows that neither model was built on: 'people_left' is right for " in outcome.text
    assert outcome.table is not None
    assert {row[0] for row in outcome.table.rows} >= {"auc", "accuracy", "log_loss"}


def test_two_models_are_compared_on_a_dataset_of_ones_choice() -> None:
    add(
        job().workspace,
        "third",
        customers(200, seed=9).rename_columns(["RowNumber", "age", "SPEND", "Active", "City", "left", "p", "r"]),
    )
    asked = {"models": ["people_left", "people_left_2"], "dataset": "third"}
    outcome = call(job(), "compare_models", asked)
    assert outcome.values["rows"] == 200
    assert outcome.text.startswith("On 200 rows of third@1: ")
    assert outcome.metrics["people_left_auc"] > 0.8
    with pytest.raises(ToolError, match=r"^'people_left' is one model\. Name another one beside it: people_left_2\.$"):
        call(job(), "compare_models", {"models": ["people_left", "People_Left"]})


def test_rows_that_taught_both_models_are_said_to_flatter_both() -> None:
    asked = {"models": ["people_left", "people_left_2"], "dataset": "people"}
    assert (
        " rows of people@2 (some of them taught both, so both look better than on new rows; without a dataset only unseen"
        " ones count): "
    ) in call(job(), "compare_models", asked).text


def test_models_are_compared_on_answers_of_one_class_which_nothing_ranks() -> None:
    rows = customers(200, seed=8).drop_columns(["Plan", "Revenue"])
    add(job().workspace, "leavers", rows.filter(pa.compute.equal(rows["Left"], "yes")))
    asked = {"models": ["people_left", "people_left_2"], "dataset": "leavers"}
    assert call(job(), "compare_models", asked).values["metric"] == "accuracy"


def test_models_that_know_other_classes_are_compared_on_those_that_both_know(tmp_path: Path) -> None:
    with Workspace(tmp_path) as workspace:
        made = Job(workspace)
        table = customers(300).select(["Age", "Spend", "City", "Plan"])
        other = pa.array(["iron" if plan == "gold" else plan for plan in table["Plan"].to_pylist()])
        add(workspace, "first", table)
        add(workspace, "second", table.drop_columns(["Plan"]).append_column("Plan", other))
        for name in ("first", "second"):
            asked = {"dataset": name, "target": "Plan", "build": "quick", "algorithms": ["linear"], "leaks": "keep"}
            call(made, "train_model", asked)
        outcome = call(made, "compare_models", {"models": ["first_plan", "second_plan"], "dataset": "second"})
    assert outcome.values["rows"] == sum(plan != "gold" for plan in table["Plan"].to_pylist())
    assert " rows of second@1 (some of them taught 'second_plan', which favours it): " in outcome.text


@pytest.mark.parametrize("name", [" ", "--", "…"])
def test_a_model_is_not_called_by_a_name_without_a_letter(name: str) -> None:
    with pytest.raises(ToolError, match="A model's name needs a letter or a digit"):
        call(job(), "rename_model", {"model": "people_left", "name": name})


def test_a_difference_is_told_from_chance() -> None:
    random = np.random.default_rng(1)
    truth = random.random(400) < 0.5
    problem = Problem(target="y", kind="binary", reason="", classes=["no", "yes"], positive="yes", label_type="text")
    actual = pd.Series(np.where(truth, "yes", "no"))

    def model(noise: float) -> Predictions:
        yes = 1 / (1 + np.exp(-(4 * truth - 2 + random.normal(0, noise, 400))))
        return Predictions(pd.Series(np.where(yes > 0.5, "yes", "no")), pd.DataFrame({"no": 1 - yes, "yes": yes}))

    good, alike, bad = model(1), model(1), model(9)
    clear = pair(problem, actual, bad, good)
    assert clear.sure("auc")
    assert clear.differences["auc"][0] > 0.1
    assert clear.second["auc"] - clear.first["auc"] == pytest.approx(sum(clear.differences["auc"]) / 2, abs=0.03)
    assert not pair(problem, actual, good, alike).sure("auc")
    assert pair(problem, actual, good, good).differences["auc"] == (0.0, 0.0)


def test_a_model_gets_another_name_is_deleted_and_comes_back() -> None:
    workspace = job().workspace
    named = Job(workspace, run="one")
    call(named, "rename_model", {"model": "people_left", "name": "First try"})
    assert {card.name for card in model_cards(workspace)} == {"first_try", "people_left_2"}
    assert open_model(workspace, "first_try")[0].card.target == "Left"
    gone = call(Job(workspace, run="two"), "delete_model", {"model": "first_try"})
    assert gone.text == "Deleted the model 'first_try'; undo brings it back. Models left: people_left_2."
    with pytest.raises(ToolError, match="No model 'first_try'"):
        find_model(workspace, "first_try")
    undone = call(Job(workspace), "undo", {})
    assert undone.text.startswith(
        "Took back the last request (deleted the model first_try). The model 'first_try' is there again."
    )
    with pytest.raises(
        ToolError, match=r"There is a model 'people_left_2' already\. Choose another name for 'first_try'."
    ):
        call(Job(workspace), "rename_model", {"model": "first_try", "name": "people_left_2"})
    assert "renamed the model people_left to first_try" in call(Job(workspace), "undo", {}).text
    assert {card.name for card in model_cards(workspace)} == {"people_left", "people_left_2"}
    assert [card.lineage.version for card in model_cards(workspace)] == [2, 1]


def test_the_page_shows_versions_the_last_comparison_and_what_can_be_done_with_a_model() -> None:
    from assistant.app import things
    from assistant.app.markup import Markup
    from assistant.events import StepDone

    cards = model_cards(job().workspace)
    outcome = call(job(), "compare_models", {"models": ["people_left", "people_left_2"]})
    done = StepDone(id=1, seconds=0.1, text=outcome.text, table=outcome.table, values=outcome.values)
    html = things.care(cards, cards[0], [done], lambda tool, prefix, button: Markup(f"[{tool}]"))
    assert "2. people_left_2 (shown)" in html
    assert "1. people_left</span>" in html
    assert "people@1 -&gt; people@2, 240 -&gt; 360 rows, with City" in html
    assert 'data-testid="compared"' in html
    assert '<input type="hidden" name="format" value="mlflow">' in html
    assert "[compare_models]" in html
    assert "[rename_model]" in html
    assert 'data-tool="delete_model"' in html
    alone = things.care(cards[:1], cards[0], [], lambda tool, prefix, button: Markup(f"[{tool}]"))
    assert "Versions" not in alone
    assert "[compare_models]" not in alone


@pytest.mark.parametrize(
    ("request_", "tool"),
    [
        ("which model is better, the old or the new one?", "compare_models"),
        ("compare the two models", "compare_models"),
        ("두 모델을 비교해줘", "compare_models"),
        ("rename the model to spring", "rename_model"),
        ("모델 이름을 봄으로 바꿔줘", "rename_model"),
        ("delete the old model", "delete_model"),
        ("예전 모델은 삭제해줘", "delete_model"),
        ("show me the versions of the churn model", "model_versions"),
        ("모델 버전 보여줘", "model_versions"),
    ],
)
def test_the_planner_is_told_of_them_by_what_is_asked(request_: str, tool: str) -> None:
    from tools import tools_asked_for

    assert tool in [one.name for one in tools_asked_for(request_)]
