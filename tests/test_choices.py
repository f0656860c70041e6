"""What a person chose about a model, and undo, which takes it back letter by letter."""

import shutil
from pathlib import Path
from typing import Any

import pytest

from automl.card import FILE, read_card, write_card
from automl.evaluation import read_evaluation
from automl.names import plain_name
from tests.trained import project
from tools import call
from tools.tool import Job
from tools.workspace import Workspace

LEFT = "customers_left"
THRESHOLD = ("choose_threshold", {"model": LEFT, "value": 0.05, "keep": True})
COSTS = ("choose_threshold", {"model": LEFT, "false_alarm_cost": 1, "miss_cost": 20, "keep": True})
CALIBRATION = ("calibrate_model", {"model": LEFT, "method": "platt"})
CANDIDATE = ("set_default_candidate", {"model": LEFT, "candidate": "OTHER"})
AS_BUILT = f"'{LEFT}' predicts with FIRST again and answers with the likelier class, probabilities as fitted."
BY_COSTS = (
    f"'{LEFT}' predicts with FIRST again and answers by its threshold (the cheapest where a false alarm costs 1 and a miss"
    " 20), probabilities as fitted."
)
CALIBRATED = f"'{LEFT}' predicts with FIRST again and answers with the likelier class, probabilities calibrated."
Choice = tuple[str, dict[str, Any]]


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a trained model, of which the first candidate that is no mix is the default."""
    with Workspace(tmp_path_factory.mktemp("trained")) as made:
        shutil.copytree(project().workspace.models / LEFT, made.models / LEFT)
        if read_card(made.models / LEFT).best != candidates()["FIRST"]:
            call(Job(made), "set_default_candidate", {"model": LEFT, "candidate": candidates()["FIRST"]})
        return made.models / LEFT


@pytest.fixture
def workspace(trained: Path, tmp_path: Path):  # type: ignore[no-untyped-def]
    """A project with a copy of that model."""
    with Workspace(tmp_path) as made:
        shutil.copytree(trained, made.models / LEFT)
        yield made


def candidates() -> dict[str, str]:
    """Two candidates of the model; which ones a build has the time for, the machine's load decides."""
    board = read_card(project().workspace.models / LEFT).leaderboard
    return dict(zip(("FIRST", "OTHER"), [one.model for one in board if "Weighted" not in one.model], strict=False))


def told(text: str) -> str:
    """With the names of these two as people read them."""
    for place, name in candidates().items():
        text = text.replace(place, plain_name(name))
    return text


def choose(workspace: Workspace, run: str, choice: Choice) -> None:
    arguments = {
        key: candidates().get(value, value) if key == "candidate" else value for key, value in choice[1].items()
    }
    call(Job(workspace, run=run), choice[0], arguments)


def stored(workspace: Workspace, name: str = LEFT) -> tuple[str, object]:
    """A model's card letter by letter, and the points of its charts."""
    folder = workspace.models / name
    return (folder / FILE).read_text(), read_evaluation(folder, read_card(folder).revision)


@pytest.mark.parametrize(
    ("first", "second", "did", "back"),
    [
        (THRESHOLD, None, "kept the threshold 0.05 for customers_left", AS_BUILT),
        (COSTS, THRESHOLD, "kept the threshold 0.05 for customers_left", BY_COSTS),
        (CALIBRATION, None, "calibrated customers_left", AS_BUILT),
        (CANDIDATE, None, "made OTHER the default of customers_left", AS_BUILT),
        (COSTS, CANDIDATE, "made OTHER the default of customers_left", BY_COSTS),
        (CALIBRATION, COSTS, None, CALIBRATED),
        (THRESHOLD, ("choose_threshold", {"model": LEFT, "aim": "default"}), "took back the threshold of customers_left", None),
        (CALIBRATION, ("calibrate_model", {"model": LEFT, "method": "none"}), "took back the calibration of customers_left", CALIBRATED),
    ],
)  # fmt: skip
def test_a_choice_is_taken_back_letter_by_letter_and_the_one_before_it_next(
    workspace: Workspace, first: Choice, second: Choice | None, did: str | None, back: str | None
) -> None:
    were = []
    for number, choice in enumerate(filter(None, (first, second))):
        were.append(stored(workspace))
        choose(workspace, f"r{number}", choice)
    undone = call(Job(workspace, run="u0"), "undo", {})
    assert stored(workspace) == were[-1]
    assert did is None or undone.text.startswith(told(f"Took back the last request ({did}). "))
    assert back is None or undone.text.endswith(told(back))
    assert "\n" not in undone.text
    assert [one.name for one in undone.artefacts] == [LEFT]
    if second:
        assert call(Job(workspace, run="u1"), "undo", {}).text.endswith(told(AS_BUILT))
        assert stored(workspace) == were[0]


def test_a_choice_after_an_undo_counts_on_from_what_was_restored(workspace: Workspace) -> None:
    before = stored(workspace)
    for _ in range(2):
        call(Job(workspace, run="a"), *THRESHOLD)
        chosen = stored(workspace)
        call(Job(workspace, run="b"), "undo", {})
        assert stored(workspace) == before
    call(Job(workspace, run="c"), *THRESHOLD)
    assert stored(workspace) == chosen


def test_a_choice_of_a_model_that_was_renamed_or_deleted_since_comes_back_with_it(workspace: Workspace) -> None:
    before = stored(workspace)
    call(Job(workspace, run="a"), *THRESHOLD)
    chosen = stored(workspace)
    call(Job(workspace, run="b"), "rename_model", {"model": LEFT, "name": "churn"})
    call(Job(workspace, run="c"), "delete_model", {"model": "churn"})
    said = [call(Job(workspace), "undo", {}).text for _ in range(2)]
    assert said == [
        "Took back the last request (deleted the model churn). The model 'churn' is there again.",
        "Took back the last request (renamed the model customers_left to churn). The model 'customers_left' is there again.",
    ]
    assert stored(workspace) == chosen
    assert call(Job(workspace), "undo", {}).text.endswith(told(AS_BUILT))
    assert stored(workspace) == before


def test_a_choice_whose_model_is_gone_or_is_another_one_says_so_in_one_line_and_undo_goes_on(
    workspace: Workspace,
) -> None:
    lost = "This can't be taken back, as what it made was removed or changed by other means since: kept the threshold 0.05 for customers_left."
    folder, copy = workspace.models / LEFT, workspace.path / "copy"
    shutil.copytree(folder, copy)

    def built_again(folder: Path) -> None:
        folder.mkdir()
        write_card(read_card(copy).model_copy(update={"created": "2030-01-01"}), folder)

    for change in (lambda _: None, built_again):
        call(Job(workspace, run="a"), *THRESHOLD)
        shutil.rmtree(folder)
        change(folder)
        assert call(Job(workspace), "undo", {}).text == lost
        shutil.copytree(copy, folder, dirs_exist_ok=True)
    assert "kept the threshold" not in call(Job(workspace), "undo", {}).text
