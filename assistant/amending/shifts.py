"""By how much a request moves a number: `rises by 20 %`, `two more`, `10% 오르면`, and what it sets it to: `90%로 오르면`."""

import re

from tools.mending.magnitudes import in_digits
from tools.number_words import ENGLISH, KOREAN, either, number_said

EVERY_ROW = r"\b(?:all|every\w*|each)\b|모두|모든|전부|전체|다들"
"""Words of a change of all rows, as a pattern."""
_SHARE = re.compile(
    r"(?P<sign>[+\-−])?\s*(?P<n>\d+(?:\.\d+)?)\s*(?:%|percent(?:age)?\b|per cent\b|퍼센트|프로(?!모션))", re.IGNORECASE
)
_DOWN = re.compile(
    r"\b(?:fall|fell|drop|decreas|lower|cut|reduc|down|less|fewer|cheaper|colder|cooler|shorter|younger|declin|minus|discount)|내리|내려|인하|줄|낮|떨어|감소|할인|덜|적게|적어|짧아|느려|젊어|어려지|추워|추우|시원",
    re.IGNORECASE,
)
_UP = re.compile(
    r"\b(?:ris(?:e|es|ing|en)|rose|rais|increas|grow|grew|grown|climb|higher|up\b|more|extra|jump|gain|hik|add|plus|inflat|chang|var(?:y|ied)|mov|shift|by\b|boost|improv|dear|warm|hot|long|old|expensive)"
    r"|오르|올리|올라|올렸|높|늘|증가|인상|커지|커진|더|많|비싸|길어|빨라|따뜻|더워|변|바뀌|바꾸|씩|만큼|상승",
    re.IGNORECASE,
)
TO = re.compile(
    r"\d\s?(?:%|퍼센트|프로)?\s?(?:점|원|만원|명|개|건|회|번|세|살|도|시간|일|층)?(?:으)?로\s?(?:오|올|늘|줄|내|떨|높|낮|바|되|된|변|상승|하락|증가|감소|조정|맞)|\bto (?:[$€£₩] ?)?\d",
    re.IGNORECASE,
)
"""A number is set, and not moved by it: `rises to 90%`, `90%로 오르면`."""
_SET = re.compile(r"\bto (?:[$€£₩] ?)?(\d+(?:\.\d+)?)|(\d+(?:\.\d+)?)\s?(?:%|퍼센트|프로|[가-힣]{0,2})?(?:으)?로\s")
_HOW_MANY = re.compile(r"\bhow many\b|몇 ?(?:명|건|개|곳)|얼마나 많", re.IGNORECASE)
_BY = re.compile(
    r"(?P<sign>[+\-−])\s*(?P<m>\d+(?:\.\d+)?)\b|\bby (?:about |another )?(?:[$€£₩] ?)?(?P<n>\d+(?:\.\d+)?)\b"
    r"|(?<![\d.])(?P<ko>\d+(?:\.\d+)?)\s?[가-힣]{0,3}(?:씩|만큼)?\s(?:더 )?(?=오르|올리|올라|높|늘|증가|커지|내리|내려|낮|줄|감소|떨어|비싸|싸지|많|적어|길|짧아|빨라|느려|젊어|어려지)"
    rf"|\b(?P<more>\d+(?:\.\d+)?|{either(ENGLISH)}) (?:[^\W\d]+ )?(?:more|fewer|less|extra|additional)\b"
    r"|\b(?P<than>\d+(?:\.\d+)?)(?: ?[^\W\d]+)? (?:colder|cooler|warmer|hotter|higher|lower|cheaper|dearer|longer|shorter|older|younger)\b"
    rf"|(?P<korean>\d+(?:\.\d+)?|{either(KOREAN)}) ?(?:번|회|건|개|명|시간|일|년|개월|원|달러|점|통|대|도|㎜|mm|cm|km|kg|리터|킬로)?(?:씩|만)? ?(?:더|덜|늘|줄|추가|많|적)",
    re.IGNORECASE,
)
_POINTS = re.compile(r"(?:%|percent(?:age)?|퍼센트|프로)[- ]?(?:points?|포인트|p\b)", re.IGNORECASE)
_DAY = re.compile(r"(?<![가-힣])하루(?=\s)")
_TIMES = (
    ("x2", r"\bdoubl\w*|두 ?배|2 ?배"),
    ("x3", r"\btripl\w*|세 ?배|3 ?배"),
    ("x0.5", r"\bhalv\w*|\b(?:in|by) half\b|절반|반으로|반값"),
)


def set_to(part: str, request: str) -> float | str:
    """The number that a column is set to in every row, where it is asked how many rows that changes."""
    found = _SET.search(in_digits(part)) if _HOW_MANY.search(request) else None
    return float(next(filter(None, found.groups()))) if found else ""


def shift_said(part: str, column: str) -> str:
    """By how much a column is moved: `+10 %`, `-5`, `x2`; empty where nothing says so."""
    rest = _DAY.sub("1일", re.sub(re.escape(column).replace("_", "[ _]"), " ", in_digits(part), flags=re.IGNORECASE))
    share, amount = _SHARE.search(rest), _BY.search(rest)
    if TO.search(part) or (share and not (share["sign"] or _DOWN.search(rest) or _UP.search(rest))):
        return ""  # attendance is 60%
    if share or amount:
        sign = (share or amount)["sign"]  # type: ignore[index]
        down = sign in ("-", "−") if sign else _DOWN.search(rest) is not None
        unit = " %p" if _POINTS.search(rest) else " %"
        return f"{'-' if down else '+'}{share['n'] + unit if share else _amount(amount)}"
    return next((factor for factor, words in _TIMES if re.search(words, rest, re.IGNORECASE)), "")


def _amount(found: "re.Match[str] | None") -> str:
    """How much: `+3`, `by 5`, `one more`, `두 번 더`."""
    said = next(filter(None, (found[name] for name in ("m", "n", "ko", "more", "than", "korean")))) if found else "0"
    return f"{number_said(said):.15g}"
