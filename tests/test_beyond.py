"""What no tool does is said at once; requests that only sound like it are planned."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from assistant.beyond import beyond
from assistant.context import ModelFact, Situation, look
from tests.small_project import add
from tools.workspace import Workspace

DONORS = "SELECT i AS donor_id, 20 + i AS age, ['North', 'Wales'][1 + i % 2] AS region, 1.5 * i AS last_gift FROM range(40) t(i)"


@pytest.fixture(scope="module")
def donors(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Situation]:
    with Workspace(tmp_path_factory.mktemp("donors") / "project") as workspace:
        add(workspace, "donors", DONORS)
        yield look(workspace)


@pytest.mark.parametrize(
    "request_",
    [
        "group our customers into segments",
        "Can we cluster the donors into a few groups?",
        "run k-means with 4 clusters",
        "find customer segments",
        "segment our donors into personas",
        "생두를 몇 개 그룹으로 군집화해줘",
        "비슷한 고객끼리 묶어줘",
        "고객을 몇 개 그룹으로 나눠줘",
    ],
)
def test_clustering_is_said_to_be_missing_with_what_there_is_instead(request_: str, donors: Situation) -> None:
    assert beyond(request_, donors) == (
        "Easel does not find groups of similar rows by itself: it has no clustering. What it does: groups by a rule, such as:"
        " put last_gift into 4 groups; groups that the data have, side by side, such as: average last_gift by region; a model"
        " of one column, with its likeliest rows first, where you can say what is to be predicted."
    )


@pytest.mark.parametrize(
    "request_",
    [
        "group donors by region",
        "put age into 4 groups",
        "divide donors into groups by age",
        "split the rows into train and test groups",
        "assign donors randomly into two groups",
        "sort donors into groups of equal size",
        "how good is it by segment?",
        "group the rows by region and sum last_gift",
        "고객을 지역별로 나눠줘",
        "age를 4개 그룹으로 나눠줘",
        "which group gives most?",
    ],
)
def test_groups_by_a_rule_are_planned(request_: str, donors: Situation) -> None:
    assert beyond(request_, donors) == ""


def test_a_column_of_clusters_is_a_column(tmp_path: Path) -> None:
    with Workspace(tmp_path / "project") as workspace:
        add(workspace, "donors", f"SELECT *, donor_id % 3 AS cluster FROM ({DONORS})")
        assert beyond("average gift by cluster", look(workspace)) == ""


@pytest.mark.parametrize(
    "request_",
    [
        "어떤 모델이 있어?",
        "모델 목록 보여줘",
        "지금까지 만든 모델은 뭐가 있어?",
        "이 모델 얼마나 믿을 수 있어?",
        "which models are there?",
        "how good is it?",
    ],
)
def test_without_a_model_that_is_said(request_: str, donors: Situation) -> None:
    assert beyond(request_, donors) == (
        "There is no model in this project yet. Say what is to be predicted, such as: predict last_gift."
    )


@pytest.mark.parametrize(
    "request_",
    [
        "모델별 평균 나이",
        "모델 만들어줘",
        "age 예측 모델 만들어줘",
        "show me the models of 2024",
        "어떤 모델이 제일 정확할까?",
    ],
)
def test_other_words_of_models_are_planned(request_: str, donors: Situation) -> None:
    assert beyond(request_, donors) == ""


def test_models_that_are_there_or_are_values_are_looked_at(donors: Situation, tmp_path: Path) -> None:
    built = replace(donors, models=(ModelFact("gifts", "last_gift", ()),))
    assert beyond("어떤 모델이 있어?", built) == ""
    with Workspace(tmp_path / "project") as workspace:
        add(workspace, "cars", "SELECT ['K5', 'Ray'][1 + i % 2] AS 모델명, i AS price FROM range(9) t(i)")
        assert beyond("어떤 모델이 있어?", look(workspace)) == ""
