"""What the data can't hold: who will leave, what a case is worth, whether it has a season. A model or an analysis tells it.

A small model answers such questions from the rows of the past, which look like an answer and are none.
"""

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from assistant.amending.cases import KEY_WORDS, WHY, key_of
from assistant.amending.predicted import LISTS, case_values, described, how_many
from assistant.amending.step import mended, table_meant, table_of
from assistant.context import ColumnFact, Situation, Table
from assistant.unmatched import ASKS_FOR
from assistant.words import alike, is_common, split_words
from tools.mending.magnitudes import in_digits
from tools.transforms.yes_no import says

if TYPE_CHECKING:
    from assistant.plan import Step

_READS = (
    "query_data", "describe_data", "preview_data", "check_quality", "quality_report", "filter_rows", "sort_rows",
    "make_chart", "correlate", "transform_with_sql",
)  # fmt: skip
_LIKELY = re.compile(
    r"\blikel(?:y|iest)\b|\b(?:looks?|seems?) (?:very |most )?(?:fishy|suspicious|dodgy|risky)\b|수상한|확률(?:은|이|을)? ?(?:얼마|몇|어떻|어느|알려|\?|$)|\bprobab(?:ly|le)\b|\bat risk\b|\brisk(?:y|iest)? (?:of|to|customers?|loans?)\b|\bchances? (?:that|are)\b|\babout to\b|\bmight\b"
    r"|\bin advance\b|\bahead of time\b|\bbefore (?:it|they|he|she|the|an?|any|our|my)\b[^.?]*\b(?:happens?|leaves?|breaks?|fails?|quits?|defaults?|churns?|cancels?|goes?|stops?)\b"
    r"|것 같(?:은|아|습)|(?:가능성|확률|위험)(?:이|은|도)? ?(?:높|큰|크|있)|우려|미리 (?:알|파악|예측|찾)|조짐|고위험",
    re.IGNORECASE,
)
_SOON = re.compile(
    r"\bwill (?:(?:probably|likely|soon|next|still|not) )?\w+|\bgoing to\b|\bsoon\b|\bnext (?:week|month|quarter|year)\b|곧|앞으로|조만간|[가-힣]*[할될날칠질둘올갈살]까\b|[가-힣]?(?:할|날|될|칠|질|떠날|올) (?:것|거|사람|고객|회원|기계|건)",
    re.IGNORECASE,
)
_TOLD = re.compile(r"(?<![a-z])(?:probabilit|likelihood|risk|chance|score)|확률|가능성|위험|점수", re.IGNORECASE)
_BUILDS = re.compile(r"\bmodel|\btrain|\bbuild|모델|학습|만들", re.IGNORECASE)
_EVENTS = tuple(
    re.compile(words, re.IGNORECASE)
    for words in (
        r"leav(?:e|es|ing)\b|(?<![a-z])left|quit|churn|cancel|unsubscri|attrit|resign|exit|terminat|이탈|해지|떠나|떠날|탈퇴|퇴사|그만|취소|해약",
        r"fail|break|broke|malfunction|defect|(?<![a-z])d(?:ies?|ied|eath)(?![a-z])|고장|망가|불량|결함",
        r"default|bankrupt|go(?:es)? (?:bad|bust)|delinquen|부도|연체|파산|상환",
        r"buy|bought|purchas|convert|conversion|(?<!un)subscri|sold|구매|구입|전환|가입",
        r"respon[ds]|repl(?:y|ie)|accept|응답|반응|회신|수락",
        r"return|refund|반품|환불",
        r"(?<![a-z])late(?![a-z])|delay|overdue|지연|연착|지각",
        r"fraud|scam|fishy|suspicious|dodgy|사기|부정|수상",
        r"accident|crash|incident|claim|사고|청구",
        r"surviv|생존",
        r"relaps|readmi|재발|재입원",
        r"no[_ -]?show|노쇼|불참",
    )
)
"""What happens to a row or does not, in the words of a request and in a column's name: each line is one thing."""
_PLAIN = re.compile(r"^(?:target|label|outcome|class|y|result|flag|정답|결과|타깃|라벨)$", re.IGNORECASE)
"""Names of columns that hold whatever happens."""
_CASE = re.compile(r"\b(?:an?|one|this|my)\b|짜리|인 (?:집|차|사람|고객|경우)", re.IGNORECASE)
_ONE = re.compile(
    r"\b(?:an?|one|someone|somebody)\b|\b(?:is|was) (?:my|this|that)\b|(?:살|세|인|짜리|하는|는)\s", re.IGNORECASE
)
_WORTH = re.compile(
    r"\bhow long (?:will|would|does|should|might)\b|\b(?:estimat\w*|predict\w*|guess|worth|value of|price of|cost of|would|should|could|go for|fetch|can (?:i|we|you) (?:ask|charge|get|expect|sell|rent|demand)|(?:fair|right|reasonable|market) (?:price|rent|value|salary|fee))\b|얼마(?:일까|쯤|정도|에 팔|나 할|나 될)|예상|추정",
    re.IGNORECASE,
)
_ALL_ROWS = re.compile(
    r"\b(?:average|mean|median|total|sum|how many|most|least|highest|lowest|cheapest|maximum|minimum|each|every|all|per)\b|평균|합계|총|몇|모든|가장|별로",
    re.IGNORECASE,
)
_SEASON = re.compile(
    r"\bseason(?:s|al|ally|ality)?\b|계절(?:성|적|을|이|에)|주기(?:성|적)|성수기|비수기|\b(?:yearly|weekly|monthly|annual) (?:pattern|cycle|rhythm)s?\b",
    re.IGNORECASE,
)
DRAWN = re.compile(r"chart|plot|graph|draw|차트|그래프|그려|forecast|예측|전망|model|모델", re.IGNORECASE)


def foreseen(steps: Sequence["Step"], situation: Situation, request: str) -> list["Step"]:
    """`which machines will fail soon?` is foretold by a model, which is built where there is none yet."""
    found = asked(steps, situation)
    if found is None:
        return _shown(steps, situation, request)
    step, table = found
    if not (_LIKELY.search(request) or _SOON.search(request)) or any(
        _TOLD.search(column.name) for column in table.columns
    ):
        return list(steps)
    case = _case(table, request)
    target = outcome_of(table, request, with_measure=bool(case))
    if target is None:
        return list(steps)
    why = f"{target.name} of rows to come is foretold by a model, not by the rows at hand."
    train = mended(step, why, "train_model", {"dataset": table.name, "target": target.name})
    if case:
        return [train, mended(step, "it is asked of one case.", "predict_row", {"values": case})]
    if key := key_of(table, {target.name}, request):
        tool = "explain_row" if WHY.search(request) else "predict_row"
        return [train, mended(step, "it is asked of one case.", tool, {"values": [key]})]
    return [train, _likeliest(step, table, request)] if LISTS.search(request) else [train]


def _shown(steps: Sequence["Step"], situation: Situation, request: str) -> list["Step"]:
    """A model that is built for a list of rows is used for it at once."""
    step = steps[0] if len(steps) == 1 and steps[0].tool == "train_model" else None
    table = table_of(step, situation) if step else None
    if (
        step is None
        or table is None
        or _BUILDS.search(request)
        or not (LISTS.search(request) and _LIKELY.search(request))
    ):
        return list(steps)
    case = _case(table, request)
    target = outcome_of(table, request, with_measure=bool(case))
    if target is None or target.name != step.arguments.get("target"):
        return list(steps)
    if case:
        return [step, mended(step, "it is asked of one case.", "predict_row", {"values": case})]
    return [step, _likeliest(step, table, request)]


def _case(table: Table, request: str) -> list[dict[str, Any]]:
    """The values of a case that a request describes by two numbers or more: a 30 year old with income 40000."""
    if not _ONE.search(request):
        return []
    request = in_digits(request)
    values = [pair for column in table.columns if not _yes_and_no(column) and (pair := described(column, request))]
    return values if sum(not isinstance(pair["value"], str) for pair in values) > 1 else []


def _likeliest(step: "Step", table: Table, request: str) -> "Step":
    why = "the likeliest come first, as the model sees them."
    return mended(step, why, "predict_dataset", {"dataset": table.name, "top": how_many(request)})


def valued(steps: Sequence["Step"], situation: Situation, request: str) -> list["Step"]:
    """`estimate the price of a home with 3 bedrooms` needs a model of prices, and no made-up formula."""
    found = asked(steps, situation, (*_READS, "add_formula"))
    told = _WORTH.search(request) and _CASE.search(request) and not _ALL_ROWS.search(request)
    if found is None or not told:
        return list(steps)
    step, table = found
    target = _measure(table, request)
    if target is None:
        return list(steps)
    train = mended(step, f"{target.name} of another case is told by a model.", "train_model", {"dataset": table.name, "target": target.name})  # fmt: skip
    values = case_values([column for column in table.columns if column is not target], request)
    if not values:
        return [train] if step.tool == "add_formula" else list(steps)
    return [train, mended(step, "this case is asked for.", "predict_row", {"values": values})]


def _measure(table: Table, request: str) -> ColumnFact | None:
    """The number column that the request names, in its own word or in one that asks for it: worth of a price."""
    numbers, words = [column for column in table.columns if column.is_number], set(split_words(request)) - {"to", "of"}
    given = {pair["column"] for pair in case_values(numbers, request)}
    asked = [
        column
        for column in numbers
        if any(words & {part, *ASKS_FOR.get(part, "").split()} for part in split_words(column.name))
        and column.name not in given
    ]
    return asked[0] if len(asked) == 1 else None


def seasonal(steps: Sequence["Step"], situation: Situation, request: str) -> list["Step"]:
    """`is there a season in our sales?` is measured by the report of the dataset, along its dates."""
    step = steps[0] if len(steps) == 1 else None
    if step is None or step.tool not in _READS or not _SEASON.search(request) or DRAWN.search(request):
        return list(steps)
    table = table_meant(step, situation)
    dates = [column.name for column in table.columns if column.is_time] if table else []
    if table is None or not dates or any(_SEASON.search(column.name.replace("_", " ")) for column in table.columns):
        return list(steps)
    arguments = {"dataset": table.name, "time": dates[0]}
    if (step.tool, step.arguments) == ("quality_report", arguments):
        return list(steps)
    return [mended(step, "season and trend are measured along the dates.", "quality_report", arguments)]


def asked(steps: Sequence["Step"], situation: Situation, tools: Sequence[str] = _READS) -> tuple["Step", Table] | None:
    """The one step, of these tools, that works on a table, where no model predicts its rows."""
    step = steps[0] if len(steps) == 1 else None
    if step is None or step.tool not in tools or any(not model.ahead for model in situation.models):
        return None
    table = table_meant(step, situation)
    return (step, table) if table else None


def speaks_of_outcome(situation: Situation, request: str, dataset: str, target: str) -> bool:
    """Whether a request speaks of a dataset's column of yes and no, if only in a word for the same thing."""
    table = situation.table(dataset)
    found = outcome_of(table, request) if table else None
    return found is not None and found.name == target


def outcome_of(table: Table, request: str, *, with_measure: bool = False) -> ColumnFact | None:
    """The column of yes and no that the request speaks of, by its name or by another word for what happens.

    A word for what happens counts only where no measure is spoken of, unless a measure is to be compared by it.
    """
    outcomes = [column for column in table.columns if _yes_and_no(column)]
    if spoken := spoken_of(outcomes, request):
        return spoken
    said = {place for place, words in enumerate(_EVENTS) if words.search(request)}
    like = [
        column
        for column in outcomes
        if any(_EVENTS[place].search(column.name) for place in said) or (_PLAIN.search(column.name) and said)
    ]
    return like[0] if len(like) == 1 and (with_measure or not _asks_else(table, request)) else None


def _yes_and_no(column: ColumnFact) -> bool:
    return column.type == "boolean" or (
        len(column.values) == 2 and {says(str(value)) for value in column.values} == {True, False}
    )


def spoken_of(columns: Sequence[ColumnFact], request: str) -> ColumnFact | None:
    words = [word for word in split_words(request) if (not is_common(word) and len(word) > 2) or not word.isascii()]
    said = [
        column
        for column in columns
        if any(alike(word, part) for word in words for part in split_words(column.name) if len(part) > 1)
    ]
    return said[0] if len(said) == 1 else None


def _asks_else(table: Table, request: str) -> bool:
    """Whether a measure, a date or a text is spoken of: then it is asked of that one. A key is called like the thing."""
    others = [column for column in table.columns if not column.values and not _is_key(column.name)]
    return spoken_of(others, request) is not None


def _is_key(name: str) -> bool:
    return bool(KEY_WORDS & set(split_words(name))) or name.endswith(("번호", "아이디", "코드"))
