import pytest

from assistant.said import is_said, most_steps, only_asks


@pytest.mark.parametrize(
    "request_",
    [
        "whats in this file?",
        "What is in this data?",
        "what's in here?",
        "what do we have here?",
        "what is in telecom?",
        "what columns are there?",
        "which columns does it have?",
        "list the columns",
        "what kind of data is this?",
        "what is this data about?",
        "what does the data look like?",
        "Summarize this table",
        "describe the data",
        "describe the age column",
        "summary statistics of price",
        "give me an overview",
        "take a quick look at it",
        "tell me about this dataset",
        "show me the structure of the data",
        "help me get familiar with the data",
        "profile the table",
        "what are the data types?",
        "show me the data",
        "이 데이터에 뭐가 들어 있어?",
        "데이터 요약해줘",
        "이 데이터 설명해줘",
        "어떤 데이터야?",
        "어떤 컬럼이 있어?",
        "데이터 구조 보여줘",
        "기초 통계 보여줘",
        "나이 컬럼 설명해줘",
        "데이터 한번 살펴봐줘",
        "무슨 정보가 들어있어?",
        "이 파일 뭐야?",
        "데이터 정보 알려줘",
    ],
)
def test_a_look_at_the_whole_is_described(request_: str) -> None:
    assert is_said("describe_data", request_)


@pytest.mark.parametrize(
    "request_",
    [
        "What are the names of all the courses offered by the department? Use the course table for all information.",
        "what is the largest city in rhode island",
        "what state is dallas in",
        "what rivers are in states that border texas",
        "Keep row if value in column A is over 4",
        "Merge only the data that has the same id",
        "Which flights serve meals? Give me the flight id and meal description.",
        "find the average weight for each pet type",
        "What is the number of observations in the dataset?",
        "summarise sales by month",
        "show statistics of price per region",
        "월별 매출이 어떻게 되는지 요약해줘",
        "지점별 매출 정보를 알려줘",
        "30대 고객은 몇 명이야?",
        "중복된 데이터 삭제해줘",
    ],
)
def test_particular_rows_numbers_and_groups_are_not_described(request_: str) -> None:
    assert not is_said("describe_data", request_)


@pytest.mark.parametrize(
    ("request_", "question"),
    [
        ("How many rows?", True),
        ("해지한 회원 수 알려줘", True),
        ("show the ten oldest", True),
        ("fill the gaps", False),
        ("can you drop the age column?", False),
        ("30대만 남겨줘", False),
        ("취소한 사람을 얼마나 놓쳐?", True),
        ("주문 취소율이 얼마야?", True),
        ("방금 한 거 취소해줘, 알겠지?", False),
    ],
)
def test_a_question_has_no_word_of_a_change(request_: str, question: bool) -> None:
    assert only_asks(request_) is question


def test_a_request_of_one_clause_means_one_step() -> None:
    assert [most_steps("drop age"), most_steps("drop age and sort by left"), most_steps("정리하고 예측해줘")] == [
        1,
        2,
        2,
    ]
