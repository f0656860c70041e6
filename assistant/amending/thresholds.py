"""Thresholds as the request says them: what a miss costs beside a false alarm, a share to flag, a least precision or recall."""

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from assistant.amending.predicted import WHOM, how_many
from assistant.amending.step import mended, table_of
from assistant.context import Situation
from tools.mending.magnitudes import in_digits
from tools.number_words import SEVERAL, TIMES, either, number_said

if TYPE_CHECKING:
    from assistant.plan import Step

_MISS = (
    r"(?:miss(?:ed|ing|es)?(?: [^\W\d]+){0,3}|false negatives?|\blos(?:ing|e|t)(?: [^\W\d]+){1,3}"
    r"|놓치(?:는|면|게)?[^\d]{0,12}|미탐\S*|(?:고객|회원|손님)\S* (?:잃|떠나|놓)[^\d]{0,12})"
)
_ALARM = (
    r"(?:false (?:alarm|positive)s?|(?:needless|wrong|unnecessary) [^\W\d]+|(?:wrongly|needlessly) [^\W\d]+(?: [^\W\d]+)?"
    r"|\b(?:an?|each|one|every|the|to) (?:[^\W\d]+ )?(?:call|visit|letter|offer|coupon|voucher|discount|e-?mail|mailing|inspection|check(?:-?up)?|contact|gift|repair|review|audit)\b"
    r"|오탐\S*|헛경보\S*|(?:잘못|괜히|쓸데없이|불필요하게|필요 ?없이|엉뚱한 \S+) ?(?:경고|예측|연락|전화|방문|점검|안내|발송|보내|판단|[가-힣]{1,4}(?:하|주|내))[^\d]{0,12}|(?:전화|연락|쿠폰|방문|점검|할인|상담|문자|선물|사은품|혜택)(?:\S* (?:한|하는|주는|보내는)[^\d]{0,12}|(?:을|를)? ?(?:하|보내|주|걸|나가)(?:면|는 ?데)[^\d]{0,8}|(?:은|는|이|가)?(?= ?\d)| ?(?:비용|값)\S{0,2}))"
)
_N = rf"(?P<{{}}>\d[\d,]*(?:\.\d+)?|\b(?:{either((*TIMES, *SEVERAL))}))"
_TIMES = (
    ("miss_cost", re.compile(rf"{_MISS}[^.;\d]{{0,30}}?{_N.format('n')}(?: ?times|x|배)?[^.;]{{0,40}}?{_ALARM}", re.IGNORECASE)),
    ("false_alarm_cost", re.compile(rf"{_ALARM}[^.;\d]{{0,30}}?{_N.format('n')}(?: ?times|x|배| as)[^.;]{{0,40}}?{_MISS}", re.IGNORECASE)),
)  # fmt: skip
_TIMES_KO = re.compile(
    rf"(?P<dear>{_MISS}|{_ALARM})[^.;\d]{{0,30}}?(?P<other>{_MISS}|{_ALARM})[^.;\d]{{0,8}}?(?P<n>\d+(?:\.\d+)?)\s?배"
)
_COST = (
    ("miss_cost", re.compile(rf"{_MISS}[^.;\d]{{0,24}}?(?:costs?|비용|손실|은|는|이|가)?[^.;\d]{{0,12}}?{_N.format('n')}", re.IGNORECASE)),
    ("false_alarm_cost", re.compile(rf"{_ALARM}[^.;\d]{{0,24}}?(?:costs?|비용|손실|은|는|이|가)?[^.;\d]{{0,12}}?{_N.format('n')}", re.IGNORECASE)),
)  # fmt: skip
_TIMES_SAID = re.compile(r"\btimes\b|\btwice\b|\d\s?x\b|배", re.IGNORECASE)
_LEAST = re.compile(
    r"\b(?P<name>recall|precision)\b[^.;\d]{0,24}?(?P<n>\d{1,3})\s?(?:%|percent)|(?P<m>\d{1,3})\s?(?:%|percent)\s(?:of )?(?P<before>recall|precision)"
    r"|\b(?:find|catch)\w* (?:at least )?(?P<found>\d{1,3})\s?(?:%|percent) of|(?P<korean>재현율|정밀도)\S?\s?(?P<k>\d{1,3})\s?(?:%|퍼센트|프로)",
    re.IGNORECASE,
)
_FLAGS = re.compile(r"\bflag\w* (?:only )?(?:the )?(?:top |riskiest )?(\d{1,2})\s?(?:%|percent)|\b(?:top|riskiest) (\d{1,2})\s?(?:%|percent)|상위 ?(\d{1,2})\s?(?:%|퍼센트|프로)", re.IGNORECASE)  # fmt: skip
_FEW_MISSES = re.compile(
    r"\b(?:not|never|don'?t|avoid) (?:want to )?miss(?:ing)?\b|\bmiss\w* (?:as few|no(?:ne| one)?|hardly any)\b|\b(?:catch|find) (?:nearly |almost )?(?:all|every\w*|as many)\b"
    r"|놓치(?:지 ?(?:않|마|말)|면 ?안|는 ?(?:거|것|게|건)\S* ?(?:보다|더|최소|없|싫))|빠짐 ?없이|안 ?놓치",
    re.IGNORECASE,
)
_FEW_ALARMS = re.compile(
    r"\b(?:few(?:er|est)?|no|avoid|less) (?:false|needless|wrong) (?:alarms?|positives?)\b|(?:헛경보|오탐|오경보)\S* ?(?:적|줄|최소|없|싫|안)",
    re.IGNORECASE,
)
_MOST = 0.9
"""The share that `nearly all` means where no figure is given."""
_VALUE = re.compile(r"\b(?:threshold|cut-?off)\b[^.;\d]{0,16}?(0?\.\d+|\d{1,2} ?%)|(?:임계값?|문턱값?|컷오프)\S{0,2}\s?(0?\.\d+|\d{1,2} ?%)", re.IGNORECASE)  # fmt: skip
_KEEP = re.compile(
    r"\b(?:use|keep|set|apply|from now on|make it|save)\b|적용|사용|설정|유지|저장|바꿔|앞으로", re.IGNORECASE
)
_BACK = re.compile(r"\b(?:default|original|back|reset|undo)\b|기본|원래|되돌", re.IGNORECASE)


def thresholded(steps: Sequence["Step"], situation: Situation, request: str) -> list["Step"]:
    """The aim or the costs of a threshold that the request names; where both costs are, a threshold is meant."""
    if not situation.models and steps and steps[0].tool == "train_model":
        return _after_build(steps, request)
    aim = _aim(request) if situation.models else {}
    meant = {"miss_cost", "false_alarm_cost"} <= aim.keys() or (
        aim.keys() & {"wanted", "value"} and _ASKED.search(request)
    )
    if meant and len(steps) == 1 and steps[0].tool in _READS:
        chosen = _said(mended(steps[0], "", "choose_threshold", {}), request)
        return [chosen] if not WHOM.search(request) else _acted_on(chosen, steps[0], situation, request)
    return [_said(step, request) if step.tool == "choose_threshold" else step for step in steps]


def _after_build(steps: Sequence["Step"], request: str) -> list["Step"]:
    """Where the request names both costs, the threshold that they lead to stands right after the build."""
    if not {"miss_cost", "false_alarm_cost"} <= _aim(request).keys():
        return list(steps)
    predicted = [step for step in steps[1:] if step.tool.startswith("predict_")]
    return [steps[0], _said(mended(steps[0], "", "choose_threshold", {}), request), *predicted]


def _acted_on(chosen: "Step", step: "Step", situation: Situation, request: str) -> list["Step"]:
    """The threshold kept, and the rows that it flags: `whom should we call?`"""
    table = table_of(step, situation) or next(iter(situation.tables), None)
    if table is None:
        return [chosen]
    kept = chosen.model_copy(update={"arguments": chosen.arguments | {"keep": True}})
    given = {"dataset": table.name, "top": how_many(request)}
    return [kept, mended(step, "the likeliest come first, with that threshold.", "predict_dataset", given)]


_ASKED = re.compile(r"\bthresholds?\b|\bcut-?offs?\b|임계|문턱|컷오프", re.IGNORECASE)
_READS = (
    "what_if",
    "what_if_all",
    "explain_model",
    "query_data",
    "describe_data",
    "evaluate_model",
    "preview_data",
    "error_by_segment",
    "show_mistakes",
    "predict_row",
    "predict_dataset",
)


def _said(step: "Step", request: str) -> "Step":
    said = _aim(request)
    if not said:
        return _without_figures(step, request)
    if said.get("aim") != "default" and _KEEP.search(request):
        said["keep"] = True
    model = {"model": step.arguments["model"]} if "model" in step.arguments else {}
    made = model | said
    return step if made == step.arguments else mended(step, "the aim is the request's.", step.tool, made)


def _without_figures(step: "Step", request: str) -> "Step":
    """A step without the costs and shares that nobody gave."""
    if re.search(r"\d", request) or not _FIGURES & step.arguments.keys():
        return step
    rest = {name: value for name, value in step.arguments.items() if name not in _FIGURES}
    return step.model_copy(update={"arguments": rest if rest.get("aim") not in _NEED_FIGURE else _without_aim(rest)})


def _without_aim(given: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in given.items() if name != "aim"}


_FIGURES = {"false_alarm_cost", "miss_cost", "wanted", "value"}
_NEED_FIGURE = ("cost", "share", "precision", "recall")


def _aim(request: str) -> dict[str, Any]:
    """What a threshold shall reach, as the request says it."""
    request = in_digits(request)
    if found := _VALUE.search(request):
        said = found[1] or found[2]
        return {"value": float(said.rstrip("% ")) / (100 if "%" in said else 1)}
    if found := _TIMES_KO.search(request):
        miss = re.match(_MISS, found["dear"], re.IGNORECASE) is not None
        return _times("miss_cost" if miss else "false_alarm_cost", found["n"])
    if _TIMES_SAID.search(request):
        for dear, pattern in _TIMES:
            if found := pattern.search(request):
                return _times(dear, found["n"])
    costs = {name: number_said(found["n"], TIMES) for name, pattern in _COST if (found := pattern.search(request))}
    if len(costs) == 2:
        return costs
    if found := _LEAST.search(request):
        name = (found["name"] or found["before"] or {"재현율": "recall", "정밀도": "precision"}.get(found["korean"] or "", "recall")).casefold()  # fmt: skip
        return {"aim": name, "wanted": int(found["n"] or found["m"] or found["found"] or found["k"]) / 100}
    if found := _FLAGS.search(request):
        return {"aim": "share", "wanted": int(next(filter(None, found.groups()))) / 100}
    few = [aim for aim, words in (("recall", _FEW_MISSES), ("precision", _FEW_ALARMS)) if words.search(request)]
    if len(few) == 1:
        return {"aim": few[0], "wanted": _MOST}
    return {"aim": "default"} if _BACK.search(request) else {}


def _times(dear: str, number: str) -> dict[str, float]:
    """The costs of the two mistakes, where one is so many times as dear as the other."""
    return {"miss_cost": 1.0, "false_alarm_cost": 1.0} | {dear: number_said(number, TIMES)}
