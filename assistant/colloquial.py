"""Korean as people type it in a hurry, brought to the forms that every rule knows: 젤 많은, 할거 같아, 담주, 갯수, 몇퍼.

What stands in quotes is left as it is: it may be a value of the data. What is not covered: other slips of typing.
"""

import re

from assistant.named import QUOTED

_DEGREES = (
    "많|높|크|큰|비싸|비싼|싸|싼|좋|잘|오래|자주|적|낮|작|짧|긴|길|나쁜|나쁘|못|안|위험|중요|최근|먼저|늦|빠|인기|젊|심"
)
_OPEN = "".join(chr(code) for code in range(ord("가"), ord("힣") + 1) if (code - ord("가")) % 28 in (4, 8))
"""Syllables that end in ㄴ or ㄹ, as verbs do before a noun: 할 것 같아, but 이거 같은데."""
_FORMS = (
    (rf"(?<![가-힣])젤\s?(?={_DEGREES})", "제일 "),
    (r"(?<![가-힣])(제일|가장)(?=(?:많|높|큰|비싼|좋은|오래|자주|적|낮은|작은|위험))", r"\1 "),
    (rf"(?<=[{_OPEN}])\s?[거꺼]\s?같(?=[가-힣])", " 것 같"),
    (r"(?<![가-힣])담\s?(?=[주달](?:에|은|의|까지|부터|쯤|\s|$))", "다음 "),
    (r"(?<![가-힣])요번(?=\s?[주달년])", "이번"),
    (r"갯수", "개수"),
    (r"(몇|\d)\s?퍼(?![가-힣]|센)|(몇|\d)\s?퍼(?=야|지|나|냐|예요|에요|정도)", r"\1\2퍼센트"),
    (r"됬", "됐"),
    (r"(?<=[해어려눠춰])죠(?=[\s,.!~]|$)", "줘"),
    (r"(?<![가-힣])쫌(?![가-힣])", "좀"),
)


def standard(request: str) -> str:
    """A request in standard spelling, what it quotes left out."""
    parts, at = [], 0
    for quoted in QUOTED.finditer(request):
        parts += [_standard(request[at : quoted.start()]), quoted[0]]
        at = quoted.end()
    return "".join([*parts, _standard(request[at:])])


def _standard(text: str) -> str:
    for pattern, form in _FORMS:
        text = re.sub(pattern, form, text)
    return text
