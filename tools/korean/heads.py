"""What stands in the heads and first cells of Easel's own tables, in Korean: a word alone means another thing in a form."""

import re

from tools.korean.particles import with_particles

_HEADS = {
    "on the holdout": "홀드아웃에서", "before": "전", "after": "후", "difference": "차이", "with this threshold": "이 임계값으로",
    "as fitted": "학습한 그대로", "calibrated": "보정 후", "column": "열", "impact %": "영향 %", "from": "부터", "to": "까지",
    "metric": "지표", "model": "모델", "always the average": "항상 평균", "actual": "실제", "found": "찾아낸 비율", "rows": "행 수",
    "right where predicted": "예측이 맞은 비율", "mostly taken for": "주로 헷갈리는 것", "times": "횟수", "part": "부분", "all": "전체",
    "forecast": "시계열 예측", "seasonal naive": "계절 단순 예측", "precision": "정밀도", "recall": "재현율", "flagged": "골라낸 비율",
    "alarms": "오탐", "misses": "놓침", "cost": "비용", "accuracy": "정확도", "balanced accuracy": "균형 정확도", "fact": "항목", "value": "값",
    "method": "방법", "share %": "비중 %", "predicts": "예측 대상", "problem": "문제", "trained on": "학습 데이터", "score": "점수",
    "created": "만든 때", "binary": "예/아니요", "multiclass": "여러 클래스", "regression": "숫자", "because": "이유", "build": "학습 방식",
    "predicts with": "예측에 쓰는 것", "revision": "개정", "made": "만든 때", "made with": "만든 도구",
}  # fmt: skip
_MADE = (
    (r"predicted (.+)", r"\1으로/로 예측"),
    (r"rows predicted (.+)", r"\1으로/로 예측된 행"),
    (r"average probability of (.+)", r"\1일 평균 확률"),
    (r"(.+), mean", r"\1, 평균"),
    (r"(.+), sum", r"\1, 합계"),
    (r"(\w+) seasonal naive", r"\1 계절 단순 예측"),
    (r"from (\d{4}\S*)", r"\1부터"),
)


def head_in_korean(text: str) -> str:
    """The head or cell in Korean; empty where it is not known."""
    if found := _HEADS.get(text):
        return found
    made = ((re.fullmatch(pattern, text), korean) for pattern, korean in _MADE)
    return next((with_particles(found.expand(korean)) for found, korean in made if found), "")
