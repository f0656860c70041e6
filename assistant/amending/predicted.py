"""Predictions as the request says them: of which file, kept under which name, and of the one case that it describes."""

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from assistant.amending.shifts import EVERY_ROW
from assistant.amending.step import mended, table_of
from assistant.context import ColumnFact, ModelFact, Situation, Table
from assistant.named import columns_named, stands
from assistant.words import is_calendar, is_common, is_foreign, split_words
from tools.batch import MOST_SHOWN, TOP
from tools.mending.magnitudes import in_digits
from tools.number_words import SEVERAL, either, number_said

if TYPE_CHECKING:
    from assistant.plan import Step

_FORMATS = (("xlsx", r"\bexcel\b|\bxlsx?\b|\bspreadsheets?\b|엑셀|스프레드시트"), ("parquet", r"\bparquet\b|파케이"))
_SAVED = re.compile(
    r"\b(?:data ?set|table)\b[^.;]{0,12}?\b(?:called|named|as)\s+['\"]?(?P<called>[^\W\d]\w*)|\b(?:save|keep|store|put)\b[^.;]{0,40}?\b(?:as|in|into) (?:the |a |an )?(?:new )?(?:data ?set|table) ['\"]?(?!called\b|named\b)(?P<kept>[^\W\d]\w*)"
    r"|['\"]?(?P<korean>[^\W\d]\w*?)['\"]?\s?(?:이?라는|란)\s?(?:이름의\s?)?(?:새 )?(?:데이터셋|데이터|테이블|표)",
    re.IGNORECASE,
)
_THAT = re.compile(
    r"\b(?:that|this|it|them|these|those|results?|predictions?|scores?|list)\b|그거|그걸|이거|이걸|결과|예측|목록|명단",
    re.IGNORECASE,
)
_EVERY_CLASS = re.compile(
    r"\b(?:probabilit\w+|chances?) (?:of|for) (?:each|every|all)\b|\b(?:each|every|all) class\w*|(?:각|모든) ?클래스|클래스별 ?확률",
    re.IGNORECASE,
)
_SUPPOSES = re.compile(
    r"\b(?:what|how much|how many|how likely)\b[^?]{0,40}\b(?:would|will|does|do|is|are|be|can|should|could)\b|\bwould\b|\bwhat if\b|\bpredict (?:for|one|this)\b|\bestimate\b"
    r"|[할일될갈날칠질올살줄늘]까|얼마|예상|예측",
    re.IGNORECASE,
)
_OF_ROWS = re.compile(rf"{EVERY_ROW}|\bhow many\b|몇 ?(?:명|건|개|곳)", re.IGNORECASE)
_TOP = re.compile(TOP, re.IGNORECASE)
_N = rf"(\d{{1,4}}|{either(SEVERAL)})"
_FIRST = re.compile(
    rf"\b(?:top|first|best|worst|the|which) {_N}\b(?! ?%)|\b{_N} (?:[^\W\d]+ ){{0,3}}?(?:most|riskiest|highest|at risk|with the)\b|(\d{{1,4}})\s?(?:명|개|건|곳|행|분)(?!\w*%)",
    re.IGNORECASE,
)
LISTS = re.compile(
    r"\b(?:who|whom|which|what|list|show|give|find|top|tell)\b|뽑아|보여|알려|찾아|누구|누가|어떤|어느|목록|추려|골라|\d\s?(?:명|개|건|곳)",
    re.IGNORECASE,
)
WHOM = re.compile(
    r"\bwhom\b|\b(?:who|which (?:\w+s|people)) (?:should|do|shall|must|can) (?:we|i)\b|누구(?:에게|한테|를|부터)|어(?:떤|느) [가-힣]+(?:에게|한테|부터)",
    re.IGNORECASE,
)
"""Rows that something is to be done about."""
_THING = re.compile(
    r"\b(?:which|what|by|per)\s(\w+)|(?:어느|어떤)\s(\S+?)(?:이|가|은|는|의|에서)?\s|(\S+)별", re.IGNORECASE
)
_BARE_TOP = re.compile(
    rf"^\W*(?:(?:and|now|ok|okay|please|then|just|can you|could you)\W+)*(?:show|list|give|tell|who are|what are|which are)?(?: me| us)?(?: the| only)* ?(?:top|first) (?:\d{{1,4}}|{either(SEVERAL)})(?: of (?:them|those|these)| only| please| ones| people| rows| customers)*\W*$"
    r"|^\W*(?:그럼 |그중 )?(?:상위|톱|top) ?\d{1,4} ?(?:명|개|건|곳)?(?:만|을|를)? ?(?:보여|알려|뽑아|추려)?\S*(?: ?줘\S*)?\W*$",
    re.IGNORECASE,
)
_BUILDS = re.compile(r"\b(?:model|train|build|again|anew|new)\b|모델|학습|만들|다시|새로", re.IGNORECASE)
_WRITES = ("predict_dataset", "schedule_predictions")
_READS = ("predict_row", "query_data", "make_chart", "describe_data", "preview_data", "explain_model", "evaluate_model")
_IS_AREA = re.compile(r"(?:^|_)(?:m2|sqm|area)(?:_|$)|면적", re.IGNORECASE)
_AREA = re.compile(
    r"(\d[\d,]*(?:\.\d+)?)\s?(?:m2\b|m²|㎡|sqm\b|square met(?:er|re)s?|제곱 ?미터|평방 ?미터)", re.IGNORECASE
)
_IS_YEAR = re.compile(r"(?:^|_)(?:year|built)(?:_|$)|(?:연도|년도|연식)$", re.IGNORECASE)
_YEAR = re.compile(r"(?<!\d)((?:19|20)\d\d)\s?년|\b(?:built|made|from|in) (?:in )?((?:19|20)\d\d)\b", re.IGNORECASE)
_IS_AGE = re.compile(r"(?:^|_)age$|나이|연령", re.IGNORECASE)
_AGE = re.compile(r"(?<!\d)(\d{1,3})[- ]?(?:years?[- ]olds?\b|y/?o\b|살|세(?![가-힣]))", re.IGNORECASE)
_IS_AMOUNT = re.compile(r"(?:^|_)amount$|금액$", re.IGNORECASE)
_BORROWED = re.compile(
    r"\b(?:borrow\w*|ask\w* for|appl\w* for|(?:loan|claim|order) (?:of|for|over)) (?:a |an )?(?:loan of )?(\d[\d,]*)(?!\S)|(?<!\d)(\d[\d,]*)(?:원)?(?:을|를)? ?(?:빌리|빌린|대출받|청구하)",
    re.IGNORECASE,
)
_UNIT = re.compile(r"_(month|week|day|hour)s?$", re.IGNORECASE)
_UNITS_KO = {"month": "(?:개월|달)", "week": "주", "day": "일", "hour": "시간"}
_NUMBER = r"-?\d+(?:,\d{3})*(?:\.\d+)?"


def batched(steps: Sequence["Step"], situation: Situation, request: str) -> list["Step"]:
    """Predictions of a dataset, now or again and again, in the format and under the name that the request says."""
    return [_batched(step, request) if step.tool in _WRITES else step for step in steps]


def _batched(step: "Step", request: str) -> "Step":
    said = _format_said(request)
    if step.tool == "schedule_predictions":
        called = str(step.arguments.get("name", ""))
        if called and not stands(called, request):
            rest = {name: value for name, value in step.arguments.items() if name != "name"}
            step = step.model_copy(update={"arguments": rest})
        return mended(step, "written as the request says.", step.tool, step.arguments | said) if said.items() - step.arguments.items() else step  # fmt: skip
    if found := _SAVED.search(request):
        said["save_as"] = found["called"] or found["kept"] or found["korean"]
    if _EVERY_CLASS.search(request):
        said["every_class"] = True
    if _TOP.search(request) or WHOM.search(request) or _BARE_TOP.search(request):
        said["top"] = how_many(request)
    options = ("format", "save_as", "every_class", "top")
    made = {name: value for name, value in step.arguments.items() if name not in options} | said
    if made == step.arguments:
        return step
    return mended(step, "written as the request says.", step.tool, made) if said else step.model_copy(update={"arguments": made})  # fmt: skip


def _format_said(request: str) -> dict[str, Any]:
    """The format of a file as an argument, where the request says one."""
    said = next((name for name, words in _FORMATS if re.search(words, request, re.IGNORECASE)), "")
    return {"format": said} if said else {}


def exported(steps: Sequence["Step"], situation: Situation, request: str) -> list["Step"]:
    """A file in the format that is said; `export that` after predictions or a forecast means these."""
    return [
        _exported(_of_forecast(step, situation, request), situation, request) if step.tool in _EXPORTS else step
        for step in steps
    ]


_EXPORTS = ("export_data", "forecast", "query_data", "describe_data")
_TO_FILE = re.compile(r"\b(?:export|save|download)\b|저장|내보내|다운로드|내려 ?받|파일로", re.IGNORECASE)


def _of_forecast(step: "Step", situation: Situation, request: str) -> "Step":
    """The dataset that the last forecast made, where its result is to be a file."""
    model = next(iter(situation.models), None)
    made = [one for one in situation.tables if "forecast" in [column.name for column in one.columns]]
    named = any(stands(table.name, request) for table in situation.tables)
    foretold = [one for turn in situation.turns for one in turn.steps if one["tool"] in ("forecast", "train_forecast")]
    if not (model and model.ahead and made and foretold and _THAT.search(request) and not named):
        return step
    if step.tool != "export_data" and not (_TO_FILE.search(request) and (_format_said(request) or "파일" in request)):
        return step
    return mended(step, "it is the forecast that is asked for.", "export_data", {"dataset": made[0].name})


def _exported(step: "Step", situation: Situation, request: str) -> "Step":
    if step.tool != "export_data":
        return step
    form = _format_said(request)
    done = situation.turns[-1].steps if situation.turns else ()
    last = next((one for one in reversed(done) if one["tool"] != "make_chart"), None)
    named = any(stands(table.name, request) for table in situation.tables)
    if last and last["tool"] == "predict_dataset" and _THAT.search(request) and not named:
        before = {name: value for name, value in last.items() if name != "tool"}
        return mended(step, "it is the predictions that are asked for.", "predict_dataset", before | form)
    if not form.items() - step.arguments.items():
        return step
    return mended(step, "the format is the request's.", step.tool, step.arguments | form)


def ranked(steps: Sequence["Step"], situation: Situation, request: str) -> list["Step"]:
    """`which customers are most at risk?` is a prediction of them all, the likeliest first, where a model predicts rows."""
    model, step = next(iter(situation.models), None), steps[0] if len(steps) == 1 else None
    if model is None or model.ahead or step is None or step.tool not in (*_READS, "error_by_segment", "show_mistakes"):
        return list(steps)
    named = next((one for one in situation.tables if stands(one.name, request)), None)
    table = named or table_of(step, situation) or next(iter(situation.tables), None)
    asked = (_TOP.search(request) and LISTS.search(request)) or _goes_on(situation, request)
    if table is None or not asked or _of_groups(request, table, model):
        return list(steps)
    why = "the likeliest come first, as the model sees them."
    return [mended(step, why, "predict_dataset", {"dataset": table.name, "top": how_many(request)})]


def _goes_on(situation: Situation, request: str) -> bool:
    """`show me the top 20` right after a build or a prediction of rows is of its predictions."""
    last = situation.turns[-1].steps if situation.turns else ()
    return (
        bool(last) and last[-1]["tool"] in ("train_model", "predict_dataset") and _BARE_TOP.search(request) is not None
    )


def _of_groups(request: str, table: Table, model: ModelFact) -> bool:
    """Whether it is asked of groups of rows, such as regions, and not of rows."""
    read = {feature.name for feature in model.features}
    found = _THING.search(request)
    thing = next(filter(None, found.groups()), "") if found else ""
    return any(column.name in read for column in columns_named(thing, table))


def how_many(request: str) -> int:
    """How many rows are asked for; ten where that is not said."""
    found = _FIRST.search(request)
    said = number_said(next(filter(None, found.groups()))) if found else 10
    return min(max(int(said), 1), MOST_SHOWN)


def imagined(steps: Sequence["Step"], situation: Situation, request: str) -> list["Step"]:
    """`what would a home with area_m2 120 and 3 bedrooms cost?` is a prediction, where a model has those columns."""
    model = next(iter(situation.models), None)
    if model is None or model.ahead or len(steps) != 1 or not _SUPPOSES.search(request):
        return list(steps)
    again = steps[0].tool == "train_model" and steps[0].arguments.get("target") == model.target
    one = steps[0].tool == "what_if_all" and not _OF_ROWS.search(request)
    if steps[0].tool not in _READS and not one and not (again and not _BUILDS.search(request)):
        return list(steps)
    values = case_values(model.features, request)
    if len([pair for pair in values if not isinstance(pair["value"], str)]) < 2:
        return list(steps)
    given = {pair["column"]: pair for pair in steps[0].arguments.get("values", []) if isinstance(pair, dict)}
    given = {name: pair for name, pair in given.items() if _is_said(pair.get("value"), request)}
    arguments: dict[str, Any] = {"values": list((given | {pair["column"]: pair for pair in values}).values())}
    if steps[0].arguments == arguments:
        return list(steps)
    return [mended(steps[0], f"one case is described, which {model.name} predicts.", "predict_row", arguments)]


def case_values(features: Sequence[ColumnFact], request: str) -> list[dict[str, Any]]:
    """The columns with the values that a request gives them; 300 words is of message_words where no other number has words."""
    said = in_digits(request)
    found = {feature.name: pair for feature in features if (pair := described(feature, said))}
    numbers = [feature.name for feature in features if feature.is_number]
    for name in numbers:
        for word in () if name in found else _telling(name):
            own = [one for one in numbers if word in _telling(one)]
            number = re.search(
                rf"(?<![\w.])({_NUMBER})[\s-]+{re.escape(word.removesuffix('s'))}s?(?!\w)", said, re.IGNORECASE
            )
            if number and own == [name]:
                value = float(number[1].replace(",", ""))
                found[name] = {"column": name, "value": int(value) if value.is_integer() else value}
    return [found[feature.name] for feature in features if feature.name in found]


def _telling(name: str) -> list[str]:
    """The words of a name of several that tell what it counts."""
    parts = split_words(name)
    return [one for one in parts if len(parts) > 1 and len(one) > 3 and not is_common(one) and not is_calendar(one)]


def described(feature: ColumnFact, request: str) -> dict[str, Any] | None:
    """A column with the value that a request gives it."""
    name = re.escape(feature.name).replace("_", "[ _]")
    if feature.is_number:
        one = name.removesuffix("s")
        behind = rf"(?<!\w){name}(?:이|가|은|는)?\W{{0,3}}(?:of |is |= ?|: ?)?({_NUMBER})(?![\d.])"
        before = (
            rf"(?<![\w.])({_NUMBER})\s?{one}"  # 10층
            if re.fullmatch("[가-힣]+", feature.name)
            else rf"(?<![\w.])({_NUMBER})[\s-]+{one}s?(?!\w)"
        )
        found = re.search(behind, request, re.IGNORECASE) or re.search(before, request, re.IGNORECASE)
        if found is None and _IS_YEAR.search(feature.name):
            found = _YEAR.search(request)
        if found is None and _IS_AGE.search(feature.name):
            found = _AGE.search(request)
        if found is None and _IS_AMOUNT.search(feature.name):
            found = _BORROWED.search(request)
        if found is None and (unit := _UNIT.search(feature.name)):
            korean = rf"(?<![\w.])({_NUMBER}) ?{_UNITS_KO[unit[1].casefold()]}(?![가-힣]*(?:마다|간격|단위|전|뒤|후))"
            found = re.search(rf"(?<![\w.])({_NUMBER})[- ]?{unit[1]}s?\b|{korean}", request, re.IGNORECASE)
        found = found or _after_a_word(feature, request) or _so_often(feature, request)
        if found is None and _IS_AREA.search(feature.name):
            found = _AREA.search(request)
        if found is None:
            return None
        number = float(next(filter(None, found.groups())).replace(",", ""))
        return {"column": feature.name, "value": int(number) if number.is_integer() else number}
    least = {True: 3, False: 2}  # two Hangul syllables are a word
    named = [str(one) for one in feature.values if len(str(one)) >= least[str(one).isascii()] and stands(str(one), request)]  # fmt: skip
    return {"column": feature.name, "value": named[0]} if len(named) == 1 else None


def _after_a_word(feature: ColumnFact, request: str) -> re.Match[str] | None:
    """The number behind a telling word of a name of several: built in 1995 for year_built."""
    parts = split_words(feature.name)
    telling = [re.escape(part) for part in parts if len(part) > 2 and not is_common(part) and not is_calendar(part)]
    if len(parts) < 2 or not telling:
        return None
    return re.search(
        rf"(?<!\w)(?:{'|'.join(telling)}) (?:in|of|is|was|at|=) ?({_NUMBER})(?![\d.%])", request, re.IGNORECASE
    )


def _so_often(feature: ColumnFact, request: str) -> re.Match[str] | None:
    """`상담을 3번`, `과목을 두 개` as digits, of 상담횟수 and 과목수."""
    counted = re.fullmatch(r"(?P<what>[가-힣]{2,}?) ?(?:횟수|회수|건수|개수|수)", feature.name)
    return counted and re.search(
        rf"{re.escape(counted['what'])}(?:을|를|이|가|은|는)? ?({_NUMBER}) ?(?:번|회|건|개|명|차례|과목)", request
    )


def _is_said(value: object, request: str) -> bool:
    """Whether a text may be meant: it stands in the request, or that is written in another language than the value."""
    return isinstance(value, str) and (
        stands(value, request) or (value.isascii() and (is_foreign(request) or not request.isascii()))
    )
