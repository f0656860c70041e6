"""Terms are explained, in English and Korean, where a request asks what one means, and nowhere else."""

from dataclasses import replace

import pytest

from assistant.context import Situation, look
from assistant.terms import terms, told_at_once
from tests.small_project import add
from tools.korean import in_korean
from tools.workspace import Workspace

F1 = "F1 is one number for precision and recall, their harmonic mean, from 0 to 1. It is high only where both are."
PRECISION = "Precision is how many of the rows that a model calls yes really are. With a precision of 80 %, 20 of 100 alarms are false."
RECALL = "Recall is how many of the rows that really are yes a model finds. With a recall of 80 %, it misses 20 of 100."


@pytest.fixture(scope="module")
def situation(tmp_path_factory: pytest.TempPathFactory) -> Situation:
    with Workspace(tmp_path_factory.mktemp("project")) as workspace:
        add(
            workspace,
            "homes",
            "SELECT i AS id, 'city' || (i % 3) AS city, 1.5 * i AS price, i % 2 = 0 AS mode FROM range(40) t(i)",
        )
        return look(workspace)


@pytest.mark.parametrize(
    ("request_", "names"),
    [
        ("What does F1 mean?", ["f1"]),
        ("what is accuracy?", ["accuracy"]),
        ("What's overfitting", ["overfitting"]),
        ("what does AUC stand for", ["auc"]),
        ("so what is a confusion matrix exactly?", ["confusion matrix"]),
        ("Explain recall", ["recall"]),
        ("can you explain what precision is?", ["precision"]),
        ("define outlier", ["outlier"]),
        ("What are outliers?", ["outlier"]),
        ("what does the threshold mean?", ["threshold"]),
        ("What is the difference between precision and recall?", ["precision", "recall"]),
        ("MAE vs RMSE", ["mae", "rmse"]),
        ("how is MAE different from RMSE?", ["mae", "rmse"]),
        ("what is the meaning of R2", ["r2"]),
        ("I don't know what a baseline is", ["baseline"]),
        ("what is meant by data leakage?", ["leak"]),
        ("F1이 무슨 뜻이야?", ["f1"]),
        ("정확도가 뭐야?", ["accuracy"]),
        ("재현율이 뭔가요?", ["recall"]),
        ("정밀도와 재현율의 차이가 뭐야?", ["precision", "recall"]),
        ("RMSE랑 MAE 차이", ["rmse", "mae"]),
        ("정밀도와의 차이는?", ["precision"]),
        ("how does it differ from precision?", ["precision"]),
        ("결측값이 뭐야?", ["missing value"]),
        ("과적합이 무슨 말이야?", ["overfitting"]),
        ("이상치 뜻 알려줘", ["outlier"]),
        ("임계값이라는 게 뭐야", ["threshold"]),
        ("교차검증이 무엇인지 설명해줘", ["cross-validation"]),
        ("기준선이란 무엇인가요?", ["baseline"]),
        ("RMSE 설명해줘", ["rmse"]),
    ],
)
def test_a_term_is_explained(request_: str, names: list[str], situation: Situation) -> None:
    assert told_at_once(request_, situation) == "\n".join(terms()[name].means for name in names)


@pytest.mark.parametrize(
    "request_",
    [
        "What is the accuracy?",
        "what are the outliers?",
        "explain the model",
        "what is the median price?",
        "what is the average price by city?",
        "what is price?",
        "what is mode?",  # a column of the data
        "what drives it?",
        "What is in this data?",
        "difference between city0 and city1",
        "show me the duplicates",
        "what is the most expensive home?",
        "help me clean this",
        "정확도를 알려줘",
        "평균을 알려줘",
        "중복을 알려줘",
        "모델 설명해줘",
        "이상치가 몇 개야?",
        "price가 뭐야?",
        "가장 비싼 집이 뭐야?",
        "해지의 원인이 뭐야?",
        "도시별 평균 가격의 차이가 뭐야?",
        "안녕한 고객 수",
    ],
)
def test_other_requests_are_left_to_the_plan(request_: str, situation: Situation) -> None:
    assert told_at_once(request_, situation) == ""


def test_a_greeting_and_a_wish_for_help_tell_what_could_be_said(situation: Situation) -> None:
    examples = "'what is in this data', 'average price by city', 'check the quality' and 'predict mode'."
    assert told_at_once("Hello!", situation) == f"Hello. Say what you want to know or do. For example: {examples}"
    able = told_at_once("what can you do?", situation)
    assert able.endswith(f"Every step shows its SQL and can be undone. For example: {examples}")
    assert in_korean(told_at_once("뭘 할 수 있어?", situation)) == (
        "Easel은 데이터를 살펴보고, 데이터에 대한 질문에 답하고, 문제를 고치고, 예측 모델을 학습해 얼마나 좋은지 알려 주며,"
        " 시계열과 새 행을 예측합니다. 모든 단계는 SQL을 보여 주고 되돌릴 수 있습니다."
        " 예: '이 데이터에 뭐가 있어', 'city별 price 평균', '품질을 점검해줘', 'mode을(를) 예측해줘'."
    )
    for lost in ("뭐부터 하면 좋을까?", "어디서부터 시작해야 돼?", "where do I start?"):
        assert told_at_once(lost, situation) == able
    assert told_at_once("뭐부터 고쳐야 돼?", situation) == ""
    bare = replace(situation, tables=())
    assert told_at_once("안녕하세요", bare) == (
        "Hello. Say what you want to know or do. Add a file first, such as a CSV or an Excel sheet."
    )
    assert [told_at_once(thanks, bare) for thanks in ("thanks!", "고마워", "thank you very much")] == [
        "You're welcome."
    ] * 3


@pytest.mark.parametrize("name", sorted(terms()))
def test_every_term_is_explained_by_each_of_its_names_and_in_korean(name: str, situation: Situation) -> None:
    empty = replace(situation, tables=())
    means = terms()[name].means
    assert told_at_once(f"what does {name} mean?", empty) == means
    assert told_at_once(f"{name}의 뜻이 뭐야?", empty) == means
    told = in_korean(means)
    assert told != means
    assert not [word for word in (" the ", " is ", " of ", " and ") if word in f" {told} "]


def test_what_is_explained_is_said_to_a_person() -> None:
    assert (terms()["f1 score"].means, terms()["정밀도"].means, terms()["sensitivity"].means) == (F1, PRECISION, RECALL)
