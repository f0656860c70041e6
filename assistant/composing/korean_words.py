"""Korean words of comparing, summing and ranking that several readers of phrases share, as patterns."""

from assistant.composing.phrases import meaning

P = r"(?: (?:은|는|이|가|을|를|의|에|에서|으로|로|도|만|들|들의|들은|들이))*"
"""Particles after a mark."""
AGGREGATES = {
    "avg": "평균",
    "median": "중앙값|중위값|중간값",
    "sum": "총합계|총합|총액|합계|총|합",
    "max": "최댓값|최대값|최대|최고",
    "min": "최솟값|최소값|최소|최저",
}
AGG = "|".join(AGGREGATES.values())
OPS = {
    ">=": "이상",
    "<=": "이하|이내",
    ">": "초과|넘는|넘은|넘게|보다 큰|보다 높은|보다 많은|보다 긴|보다 비싼|보다 오래",
    "<": "미만|안 되는|안되는|보다 작은|보다 낮은|보다 적은|보다 짧은|보다 싼",
}
OP = "|".join(OPS.values())
COUNTER = "일|원|점|세|살|명|개|건|회|번|평|년|층|분|시간|kg|km|㎡|%|만원"
ASKS = r"(?:이야|이나|인가요|인지|야|이에요|예요|이지|입니까|일까|이니|인가)?"
MOSTLY = "(?:가장|제일)"
MORE = "많은|높은|큰|긴|비싼|많이|많았던|높았던|컸던|높|많"
LESS = "적은|낮은|작은|짧은|싼|적게|적었던|낮았던|작았던|낮|적"
OR = r"(?:이나|나|또는|혹은|아니면|이거나|거나)"
AND = rf"(?:과|와|이랑|랑|하고|,|및|{OR})"
NAMES = {
    "day": "날짜",
    "week": "주",
    "month": "월",
    "quarter": "분기",
    "year": "연도",
    "weekday": "요일",
    "hour": "시",
    "half": "반기",
    "part_of_week": "주말_평일",
    "from_day": "시작일",
    "first_day": "첫날",
    "last_day": "마지막날",
    "share": "비율",
}
"""What Korean results call the parts of the calendar and a share."""
BUT = r"(?:을 |를 |은 |는 |이 |가 )?(?:빼고|제외하고|제외한|제외|말고|아닌)"
"""Words after what is left out."""


def sign_of(words: str) -> str:
    """The sign of a comparison in words; empty for others."""
    return "<=" if words.startswith(("안에", "이내")) else meaning(words, OPS)
