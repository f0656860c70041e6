"""The settings of a build as a person gives them: checked against the data, and when the planner is told of them."""

from importlib.util import find_spec
from typing import Any

from pydantic import ValidationError

from automl.settings import Algorithm, Settings
from tools.dataset import Version
from tools.modelling.parts import filled
from tools.tool import ToolError
from tools.transform import Column, column_of
from tools.words import counted, identifier, listed
from tools.workspace import Workspace

LEAST_HOLDOUT, MOST_HOLDOUT = 0.05, 0.5
MOST_FOLDS = 20
LEAST_SECONDS, LEAST_MEMORY_GB = 5, 0.5
NEEDS: dict[Algorithm, tuple[str, str]] = {
    "xgboost": ("xgboost", "xgboost"),
    "neural_network": ("torch", "torch"),
}
"""Algorithms of libraries that may be absent: the module, and the package that brings it."""

_BUILDS = r"^(?=.*(?:\b(?:build|train|retrain|fit|learn|predict|model)|모델|학습|훈련|예측)).*"
_SECONDS = r"\b\d+ ?(?:s|secs?|seconds?|m|mins?|minutes?|hours?)\b|\btime (?:limit|budget)|\d+ ?(?:초|분|시간)|제한 ?시간|시간 ?제한"
_SPLIT = r"\bsplit\b|\bheld? ?out|\bhold-?out|\btest (?:set|rows|share)|\bover time\b|\bby (?:time|date|group)|\bstratif|\blatest\b|\bmost recent|\bsame \w+ (?:in|on) both|분할|나눠|나누|최근|검증|테스트|시간 ?순|계층|그룹"
MORE = {
    "build=preview": _BUILDS + r"(?:\bpreview|\bfirst (?:look|impression)|\brough|미리|대략|대충)",
    "build=thorough": _BUILDS
    + r"(?:\bthorough|\bbest possible|\bas good as|\btake your time|\bmost accurate|\bhours?\b|철저|꼼꼼|최고|정밀하게)",
    "metric": _BUILDS
    + r"(?:\boptimi[sz]|\bmaximi[sz]|\bminimi[sz]|\bmetric|\bobjective|\bauc\b|\bf1\b|\blog ?loss|\brecall\b|\bprecision\b|\brmse\b|\bmape\b|\bmae\b|\bmse\b|\br2\b|\bbalanced accuracy|\bfor accuracy|지표|최적화|재현율|정밀도|정확도|기준)",
    "algorithms": _BUILDS
    + r"(?:\balgorithm|\blightgbm|\bcatboost|\bxgboost|\bgradient boost|\blinear\b|\blogistic|\bforest|\bextra trees|\bneural|\bnearest|\bknn\b|알고리즘|선형|로지스틱|랜덤 ?포레스트|부스팅|신경망|이웃)",
    "folds": _BUILDS + r"(?:\bfolds?\b|\bcross[- ]?valid|\bk-?fold|폴드|겹|교차 ?검증)",
    "split": _BUILDS + f"(?:{_SPLIT})",
    "split_column": _BUILDS + f"(?:{_SPLIT})",
    "holdout": _BUILDS + f"(?:{_SPLIT}|%|퍼센트)",
    "seconds": _BUILDS + f"(?:{_SECONDS})",
    "memory_gb": _BUILDS + r"(?:\bmemory|\bram\b|\bgb\b|\bgigabytes?|메모리|기가)",
    "seed": _BUILDS + r"(?:\bseed|시드)",
    "balance": _BUILDS + r"(?:\bbalanc|\bimbalanc|\bclass weights?|\bweigh|\brare class|불균형|균형|가중치|희귀)",
    "only": _BUILDS
    + r"(?:\bonly\b|\bjust\b|\bnothing (?:but|else)|\bfrom \w+(?:,| and)|만(?:으로| ?사용|을? ?써)|만 )",
    "keep": _BUILDS + r"(?:\bkeep|\beven though|\bstill use|\balso use|\binclude|\bid\b|유지|포함|남겨)",
    "leaks": _BUILDS + r"(?:\bleak|\bsuspicious|\bgives? (?:it|the answer) away|누수|유출)",
}
"""The arguments of train_model that the planner hears of only where a request speaks of them."""


def settings_of(given: dict[str, Any]) -> Settings:
    """Settings from arguments that were given. Raises ToolError with what is out of bounds, and the bounds."""
    told = {name: value for name, value in given.items() if value is not None}
    try:
        made = Settings.model_validate(told)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        raise ToolError(f"{first['loc'][0]}: {first['msg'].lower()} (got {first['input']!r}).") from error
    for name, low, high in (
        ("holdout", LEAST_HOLDOUT, MOST_HOLDOUT),
        ("folds", 0, MOST_FOLDS),
        ("seconds", LEAST_SECONDS, None),
        ("memory_gb", LEAST_MEMORY_GB, None),
    ):
        value = getattr(made, name)
        if value is not None and (value < low or (high is not None and value > high)):
            bounds = f"from {low} to {high}" if high is not None else f"{low} or more"
            raise ToolError(f"{name} is {value:g}, but must be {bounds}.")
    if made.folds == 1:
        raise ToolError("folds is 1, but one fold leaves no rows to choose by. Take 2 or more, or 0 for none.")
    _installed(made)
    return made


def _installed(settings: Settings) -> None:
    for one in settings.algorithms:
        module, package = NEEDS.get(one, ("", ""))
        if module and find_spec(module) is None:
            raise ToolError(f"'{one}' needs {package}, which is not installed: pip install 'easel-assistant[full]'.")


def with_split(
    settings: Settings, workspace: Workspace, version: Version, *, classes: bool, target: str = ""
) -> Settings:
    """The settings with their split settled: which rule, and over which column. Raises ToolError where it can't be."""
    rule = settings.split
    if rule == "auto":
        rule = "stratified" if classes else "random"
        if settings.split_column:
            rule = "time" if column_of(version.columns, settings.split_column).is_time else "group"
    if rule not in ("time", "group"):
        return settings.model_copy(update={"split": rule, "split_column": None})
    column = _time_column(settings, version) if rule == "time" else _key_column(settings, version)
    if column == target:
        raise ToolError(
            f"'{column}' is what the model predicts, so its rows can't be split by it. Name another column."
        )
    values = workspace.rows(f"SELECT count(DISTINCT {identifier(column)}) FROM {identifier(version.ref)}")[0][0]
    least = 2 if rule == "time" else 3
    if values < least:
        raise ToolError(
            f"'{column}' has {counted(values, 'different value')}, so the rows can't be split by it. It needs {least} or more."
        )
    return settings.model_copy(update={"split": rule, "split_column": column})


def undated(workspace: Workspace, version: Version, settings: Settings, target: str) -> list[str]:
    """A warning where rows that a settled split by time needs have no date: they count as the earliest."""
    if settings.split != "time":
        return []
    column = identifier(str(settings.split_column))
    wanted = f"SELECT count(*) FROM {identifier(version.ref)} WHERE {column} IS NULL AND {filled(identifier(target))}"
    rows = workspace.rows(wanted)[0][0]
    if not rows:
        return []
    have = "has" if rows == 1 else "have"
    return [
        f"{counted(rows, 'row')} {have} no {settings.split_column}: taken as the earliest, to teach and not to measure. Fill"
        " or remove what has none first if that is wrong."
    ]


def _time_column(settings: Settings, version: Version) -> str:
    if settings.split_column:
        column = column_of(version.columns, settings.split_column)
        if not (column.is_time or column.is_number):
            raise ToolError(
                f"'{column.name}' holds text, so its rows have no order in time. Change its type to date first."
            )
        return column.name
    dates = [column.name for column in version.columns if _is_date(column)]
    if len(dates) == 1:
        return dates[0]
    found = f"Its date columns: {listed(dates)}." if dates else "It has no date column."
    raise ToolError(f"A split by time needs split_column, the column that tells when. {found}")


def _is_date(column: Column) -> bool:
    return column.is_time and column.type != "TIME"


def _key_column(settings: Settings, version: Version) -> str:
    if not settings.split_column:
        raise ToolError(
            "A split by group needs split_column: the column whose equal values must stay together, such as a customer."
        )
    return column_of(version.columns, settings.split_column).name
