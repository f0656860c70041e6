"""Korean as people type it, brought to standard forms."""

import pytest

from assistant.colloquial import standard


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("젤 많이 팔린 상품이 뭐야", "제일 많이 팔린 상품이 뭐야"),
        ("젤많이 팔린거", "제일 많이 팔린거"),
        ("가장많은 지점", "가장 많은 지점"),
        ("누가 이탈할거 같아?", "누가 이탈할 것 같아?"),
        ("이탈할꺼같은 고객", "이탈할 것 같은 고객"),
        ("고장난거 같은 설비", "고장난 것 같은 설비"),
        ("담달 매출 예측", "다음 달 매출 예측"),
        ("담 주까지 얼마나 와?", "다음 주까지 얼마나 와?"),
        ("행 갯수 알려줘", "행 개수 알려줘"),
        ("정확도 몇퍼야?", "정확도 몇퍼센트야?"),
        ("상위 10퍼 지워줘", "상위 10퍼센트 지워줘"),
        ("모델 만들어죠", "모델 만들어줘"),
    ],
)
def test_hurried_forms_become_standard_ones(typed: str, meant: str) -> None:
    assert standard(typed) == meant


@pytest.mark.parametrize(
    "request_",
    [
        "젤 네일 매출 보여줘",
        "제품명에 '젤 많은' 이 들어간 행",
        "이거 같은데 저거 같은 값 찾아줘",
        "담당자별 매출",
        "담주머니 판매량",
        "퍼포먼스 10퍼즐",
        "제일제당 매출",
        "가장 많은 지점",
        "which branch sold the most?",
    ],
)
def test_what_is_standard_or_quoted_stays(request_: str) -> None:
    assert standard(request_) == request_
