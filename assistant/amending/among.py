"""Some rows alone: `how good is it for loans of more than 36 months?` judges the model on the rows that meet a condition."""

import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from assistant.amending.cases import KEY_WORDS
from assistant.amending.step import mended, table_behind
from assistant.context import ColumnFact, ModelFact, Situation
from assistant.followups import follows
from assistant.named import stands
from assistant.words import alike, all_said, is_common, split_words
from tools.mending.magnitudes import in_digits
from tools.number_words import NUMBERS
from tools.transforms.yes_no import says

if TYPE_CHECKING:
    from assistant.plan import Step

_JUDGES = re.compile(
    r"\bhow (?:good|well|bad|badly|accurate|accurately|reliable|reliably|precise|far off|sure|trustworthy|often (?:is|was) (?:it|the model) (?:right|wrong))\b"
    r"|\b(?:accura\w+|performs?|performance|reliab\w+|precision|recall|f1|auc|rmse|mae|scores?)\b|\b(?:does|do|is|are|work|works) (?:it|the model|this)\b[^?]*\b(?:worse|better|well|good|badly|right|wrong)\b"
    r"|\b(?:works?|good) (?:as )?(?:well|worse|better)?\b[^?]*\b(?:for|with|on|among)\b|\btrust\b|\bholds? up\b|\bany good\b|\b(?:model|it|predictions?)\b[^?]*\berrors?\b|\berrors? (?:of|for|on|among)\b"
    r"|정확|성능|얼마나 (?:잘 )?(?:맞|틀)|잘 맞|맞는지|맞아\?|틀려|틀리|오차|정밀도|재현율|믿을|신뢰",
    re.IGNORECASE,
)
"""It is asked how good the model is."""
_EACH = re.compile(
    r"\b(?:by|per|each|every|across|which|between|compared?|versus|vs)\b|별|마다|어느|어떤|각각|비교|차이",
    re.IGNORECASE,
)
"""Groups beside one another, not one of them alone."""
_JUDGED = ("evaluate_model", "error_by_segment", "explain_model", "predict_dataset", "predict_row", "show_mistakes", "measure_bias", "what_if", "what_if_all", "find_change")  # fmt: skip
_OF_DATA = ("query_data", "describe_data", "preview_data", "make_chart", "filter_rows", "check_quality")
_NUMBER = r"(?P<n>-?\d[\d,]*(?:\.\d+)?)"
_MONEY = r"(?:[$€£₩] ?)?"
_LIMITS = (
    (">=", rf"(?:\bat least|\bfrom|\bminimum of|>=|≥) ?{_MONEY}{_NUMBER}"),
    (">=", rf"{_NUMBER} ?(?:or (?:more|older|longer|above|higher|over)|and (?:over|above|older|up)|\+)"),
    ("<=", rf"(?:\bat most|\bup to|\bno more than|\bmaximum of|<=|≤) ?{_MONEY}{_NUMBER}"),
    ("<=", rf"{_NUMBER} ?(?:or (?:less|fewer|younger|shorter|below|lower|under)|and (?:under|below|younger))"),
    (">", rf"(?:(?:\bmore|\bgreater|\bhigher|\blarger|\bolder|\blonger|\bbigger|\bdearer) than|\bover|\babove|\bexceeding|\bbeyond|>) ?{_MONEY}{_NUMBER}"),
    ("<", rf"(?:(?:\bless|\bfewer|\blower|\bsmaller|\byounger|\bshorter|\bcheaper) than|\bunder|\bbelow|<) ?{_MONEY}{_NUMBER}"),
    (">=", rf"{_NUMBER} ?[가-힣%a-zA-Z]{{0,4}} ?(?:이상|부터|이후)"),
    ("<=", rf"{_NUMBER} ?[가-힣%a-zA-Z]{{0,4}} ?(?:이하|까지|이전)"),
    (">", rf"{_NUMBER} ?[가-힣%a-zA-Z]{{0,4}}? ?(?:초과|(?:을|를|이|가)? ?(?:넘|초과)|보다 ?(?:큰|많|높|긴|오래|나이 ?많))"),
    ("<", rf"{_NUMBER} ?[가-힣%a-zA-Z]{{0,4}}? ?(?:미만|(?:이|가)? ?(?:안|못) ?(?:되|넘)|보다 ?(?:작|적|낮|짧|어린|젊))"),
)  # fmt: skip
"""How a limit is said; the first that fits a place counts."""
_UNITS = (
    (r"(?:^|_)age$|나이|연령", r"\b(?:older|younger|aged?|years? old|olds?)\b|\d ?(?:살|세)(?![가-힣]*기)"),
    (r"연식|연도$|년도$|(?:^|_)year(?:_|$)", r"(?:19|20)\d\d ?년"),
    (r"_months?$|개월", r"\d ?(?:months?\b|개월)"),
    (r"_weeks?$|(?<![가-힣])주수", r"\d ?(?:weeks?\b|주(?![가-힣]))"),
    (r"_days?$|일수|소요일", r"\d ?(?:days?\b|일(?![가-힣]))"),
    (r"_(?:hours?|h)$|시간", r"\d ?(?:hours?\b|h\b|시간)"),
    (r"_min(?:ute)?s?$|(?<![가-힣])분$", r"\d ?(?:min(?:ute)?s?\b|분(?![가-힣]))"),
    (r"_km$|주행거리|거리", r"\d ?(?:km\b|킬로|키로)"),
    (r"_kg$|무게|중량|몸무게", r"\d ?(?:kg\b|kilos?\b|킬로그램)"),
    (r"(?:_(?:m2|sqm)|^area)$|면적", r"\d ?(?:m2|m²|㎡|sqm)"),
    (r"_m$|altitude|elevation|height|고도|해발", r"\d ?(?:m|met(?:er|re)s?|미터)\b"),
)  # fmt: skip
"""A column by its name, and the words beside a number that speak of it."""
_PEOPLE = re.compile(r"\b(?:over|under|above|below) \d{2}s?\W*$|\b(?:over|under)[- ]\d{2}s?\b", re.IGNORECASE)
"""`donors over 60` are that old."""
_COUNTS = {"once": 1, "twice": 2, "thrice": 3} | {
    word: int(number) for word, number in NUMBERS.items() if word.isascii()
}
_TIMES = re.compile(rf"(?<=\bthan )(?:{'|'.join(_COUNTS)})\b|(?<=\bleast )(?:{'|'.join(_COUNTS)})\b|(?<=\bmost )(?:{'|'.join(_COUNTS)})\b", re.IGNORECASE)  # fmt: skip
"""A number in words, behind what makes it a limit."""
_THERE = {"있음": True, "없음": False, "유": True, "무": False, "있다": True, "없다": False}
_WITHOUT = re.compile(
    r"\b(?:without|no|not|non|never|un)\b|없|아닌|아니|(?:^|\s)[안못](?:\s|$)|미(?:가입|구독|사용)", re.IGNORECASE
)


def among(steps: Sequence["Step"], situation: Situation, request: str) -> list["Step"]:
    """A model is judged on the rows that the request speaks of, where it names a group or a limit; else on all rows."""
    step, model = (steps[0] if len(steps) == 1 else None), next(iter(situation.models), None)
    if step is None or model is None or step.tool not in (*_JUDGED, *_OF_DATA):
        return list(steps)
    if model.ahead:
        return _bare(steps)  # its series are no rows of a model
    if not _asked(step, situation, request):
        return _bare(steps)
    columns = [one for one in _columns(model, situation) if one.name != model.target or _whole(one.name, request)]
    only = conditions(columns, request)
    if not only or (_EACH.search(request) and not all("comparison" in one for one in only)):
        return _bare(steps)
    kept = {name: step.arguments[name] for name in ("model", "candidate") if name in step.arguments and step.tool == "evaluate_model"}  # fmt: skip
    arguments = kept | {"only": only}
    if (step.tool, step.arguments) == ("evaluate_model", arguments):
        return list(steps)
    return [mended(step, "it is asked of these rows alone, those that it never saw.", "evaluate_model", arguments)]


def _bare(steps: Sequence["Step"]) -> list["Step"]:
    """The steps without conditions that nobody gave."""
    return [
        step.model_copy(update={"arguments": {name: value for name, value in step.arguments.items() if name != "only"}})
        if step.tool == "evaluate_model" and "only" in step.arguments
        else step
        for step in steps
    ]


def _asked(step: "Step", situation: Situation, request: str) -> bool:
    """Whether it is asked how good the model is: in words, or by a short request right after such a question."""
    if _JUDGES.search(request):
        named = any(_JUDGES.search(name.replace("_", " ")) for name in situation.column_names)
        return not named or step.tool in ("evaluate_model", "error_by_segment")
    last = situation.turns[-1].steps if situation.turns else ()
    return bool(last) and last[-1]["tool"] in ("evaluate_model", "error_by_segment") and follows(request)


def _columns(model: ModelFact, situation: Situation) -> Sequence[ColumnFact]:
    """The columns of the table that holds what the model predicts, else those that it reads."""
    table = table_behind(model, situation)
    return table.columns if table else model.features


def _whole(name: str, request: str) -> bool:
    """Whether every word of a name is said: faults of another kind are not those of repeat_fault."""
    return all_said(split_words(name), split_words(request))


def conditions(columns: Sequence[ColumnFact], request: str) -> list[dict[str, Any]]:
    """What the request says of rows: a value that stands in it, a yes or a no, and limits of numbers."""
    said = _TIMES.sub(lambda found: str(_COUNTS[found[0].lower()]), in_digits(request))
    numbers = [column for column in columns if column.is_number and not KEY_WORDS & set(split_words(column.name))]
    limits = list(filter(None, (_limited(column, numbers, said) for column in numbers)))
    values = [one for column in columns if (one := value_said(column, request))]
    return [*values, *limits]


def value_said(column: ColumnFact, request: str) -> dict[str, Any] | None:
    """The one value of a column that the request names, whole or by each of its words."""
    texts = [value for value in column.values if isinstance(value, str)]
    truths = {_yes(str(value)): value for value in column.values}
    if len(column.values) == 2 and set(truths) == {True, False}:
        return _truth(column, truths, request)
    named = [value for value in texts if len(value) > 1 and (stands(value, request) or _spoken(value, request))]
    whole = [value for value in named if stands(value, request)]
    exact = [value for value in whole if re.search(rf"(?<!\w){re.escape(value)}(?!\w)", request)]
    found = exact if len(whole) > 1 and len(exact) == 1 else whole or named
    return {"column": column.name, "value": found[0]} if len(found) == 1 else None


def _yes(value: str) -> bool | None:
    """Whether a value says yes or no, also that there is one or none: 있음, 무."""
    return _THERE.get(value.strip(), says(value))


def _spoken(value: str, request: str) -> bool:
    words, parts = split_words(request), split_words(value)
    return all(len(part) > 3 and any(alike(word, part) for word in words) for part in parts)


def _truth(column: ColumnFact, truths: Mapping[bool | None, Any], request: str) -> dict[str, Any] | None:
    """Yes for a column that is named, no where the words before or after it deny it."""
    words = split_words(request)
    parts = [part for part in split_words(column.name) if not is_common(part)]
    at = [n for n, word in enumerate(words) if parts and alike(word, parts[0])]
    if not at or not all_said(parts, words):
        return None
    around = " ".join(words[max(0, at[0] - 2) : at[0] + len(parts) + 2])
    return {"column": column.name, "value": truths[_WITHOUT.search(around) is None]}


def _limited(column: ColumnFact, numbers: Sequence[ColumnFact], request: str) -> dict[str, Any] | None:
    """The limit that the request gives this number column, by its name, its unit or a word of it."""
    for comparison, pattern in _LIMITS:
        for found in re.finditer(pattern, request, re.IGNORECASE):
            if _meant(found, numbers, request) == column.name:
                number = float(found["n"].replace(",", ""))
                value = int(number) if number.is_integer() else number
                return {"column": column.name, "comparison": comparison, "value": value}
    return None


def _meant(found: "re.Match[str]", numbers: Sequence[ColumnFact], request: str) -> str:
    """The number column that a limit is of; empty where several may be meant or none."""
    near = request[max(0, found.start() - 30) : found.end() + 25]
    units = [column.name for column in numbers for name, unit in _UNITS if re.search(name, column.name, re.IGNORECASE) and re.search(unit, near, re.IGNORECASE)]  # fmt: skip
    named = _named(near, numbers)
    both = [name for name in named if name in units]
    chosen = both or named or units
    if not chosen and _PEOPLE.search(request):
        chosen = [column.name for column in numbers if re.search(_UNITS[0][0], column.name, re.IGNORECASE)]
    return chosen[0] if len(set(chosen)) == 1 else ""


def _named(near: str, numbers: Sequence[ColumnFact]) -> list[str]:
    """The columns that the words around a limit share most with: `more than 200 words` is of message_words."""
    words = [word for word in split_words(near) if not is_common(word) and not word.isdigit()]
    scores = {
        column.name: sum(any(alike(word, part) for word in words) for part in split_words(column.name))
        for column in numbers
    }
    best = max(scores.values(), default=0)
    return [name for name, score in scores.items() if score and score == best]
