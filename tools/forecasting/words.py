"""What is said about a forecast: its errors beside the seasonal naive's, in plain words."""

from calendar import monthrange

from automl.card import Card
from automl.forecasting.fit import ForecastFacts
from automl.forecasting.series import Step
from automl.names import plain_name
from tools.modelling.words import number, percent
from tools.words import listed, sentence

_BEFORE = {
    "minute": "the same minute a day before", "hour": "the same hour a day before", "day": "the same day a week before",
    "weekday": "the same weekday a week before", "week": "the same week a year before", "month": "the same month a year before",
    "quarter": "the same quarter a year before",
}  # fmt: skip
_LENGTHS = {"month": 1, "quarter": 3, "year": 12}
ASKED = (
    r"\bforecast|\bpredict\w*\b[^.]*\b(?:next|coming|following|future)\b[^.]*\b(?:\d+|days?|weeks?|months?|quarters?|years?|hours?)\b|\bnext \d+ (?:hours?|days?|weeks?|months?|quarters?|years?)\b|\btime[- ]series\b[^.]*\b(?:model|predict)|\bproject\w* (?:the )?\w+ (?:forward|into)|\bdemand\b[^.]*\b(?:next|plan)"
    r"|(?:다음|향후|앞으로|이후|내년|다음 ?달|다음 ?주)[^.]*(?:예측|전망|예상)|(?:예측|전망|예상)[^.]*(?:다음|향후|앞으로|내년|다음 ?달|개월|분기)|수요 ?예측|시계열 ?(?:예측|모델)|매출 ?(?:예측|전망)"
)
"""Requests for which the planner is told of forecasts."""
WHAT_IF = r"\bwhat[ -]if\b|\bwhat would happen\b|\b(?:if|suppose)\b[^.]*\b(?:rises?|falls?|goes|went|were|drops?|increases?|decreases?|raise|lower|cut)|만약|어떻게 (?:될|되)|(?:오르|올리|내리|인상|인하|바뀌|늘리|줄이|하)\S{0,2} ?(?:면|으면)"
"""Requests that suppose something."""
ONLY = r"\b(?:only|just|alone|solely)\b|만(?![가-힣])"
"""Requests that may be about some of several series."""
METRICS = {
    "mase": "MASE", "wape": "WAPE", "mape": "MAPE", "wql": "wQL", "mae": "MAE", "rmse": "RMSE",
}  # fmt: skip


def facts(card: Card) -> ForecastFacts:
    """What a forecast's card tells of it."""
    assert card.forecast is not None
    return card.forecast


def date(moment: str, step: Step) -> str:
    """A moment as short as its step lets it be; of months that their last day dates, that one."""
    if step.unit in ("minute", "hour"):
        return moment[:16]
    if not step.last_day:
        return moment[:10]
    year, month = int(moment[:4]), int(moment[5:7]) + _LENGTHS.get(step.unit, 1) - 1
    year, month = year + (month - 1) // 12, (month - 1) % 12 + 1
    return f"{year:04}-{month:02}-{monthrange(year, month)[1]:02}"


def naive_words(found: ForecastFacts) -> str:
    """What the seasonal naive says: `the same month a year before`."""
    step = found.series.step
    if found.season == 1 or step.unit not in _BEFORE:
        return "the value before"
    return "the same time a day before" if step.count > 1 else _BEFORE[step.unit]


def series_words(found: ForecastFacts) -> str:
    """`1 series of 144 months`, `304 series`."""
    if found.count == 1:
        return found.series.step.words(found.observations)
    return f"{found.count:,} series ({', '.join(found.items)}), {found.observations:,} observations"


def horizon_words(card: Card) -> str:
    """`Passengers for the next 12 months`."""
    found = facts(card)
    return f"{card.target} for the next {found.series.step.words(found.series.horizon)}"


def tested_words(found: ForecastFacts) -> str:
    """`On the last 3 times 12 months, each forecast from what came before,`."""
    step, windows = found.series.step, len(found.windows)
    return (
        f"On the last {step.words(found.series.horizon)}, which it had not seen,"
        if windows == 1
        else f"On {windows} back-test windows of {step.counted(found.series.horizon)}, each forecast from what came before it,"
    )


def headline(card: Card) -> str:
    """How far it is off on what it had not seen, and how far the seasonal naive is, in plain words."""
    found, got, base = facts(card), card.scores.metrics, card.baseline.metrics
    naive = naive_words(found)
    if found.naive_won:
        return (
            f"{tested_words(found)} nothing beat the seasonal naive, so it is used: it repeats {naive} and is off by"
            f" {number(got['mae'])} on average{_share(got)}{_mase(got)}."
        )
    return (
        f"{tested_words(found)} it is off by {number(got['mae'])} on average{_share(got)}; repeating {naive} (the seasonal"
        f" naive) is off by {number(base['mae'])}{_share(base)}{_against(got, base)}.{_parts(found)}"
    )


def _share(metrics: dict[str, float]) -> str:
    return f" ({percent(metrics['wape'])} of the total)" if "wape" in metrics else ""


def _mase(got: dict[str, float]) -> str:
    return f", MASE {got['mase']:.2f}" if "mase" in got else ""


def _against(got: dict[str, float], base: dict[str, float]) -> str:
    if "mase" not in got or "mase" not in base:
        return ""
    worse = " By that measure it is no better" if got["mase"] >= base["mase"] else ""
    return f". MASE {got['mase']:.2f} against {base['mase']:.2f}, lower is better" + (f".{worse}" if worse else "")


def _parts(found: ForecastFacts) -> str:
    if not found.parts:
        return ""
    better = sum(part.scores["mae"] < part.naive["mae"] for part in found.parts)
    return f" It is better than the seasonal naive for {better:,} of {len(found.parts):,} series."


def made_of(card: Card) -> str:
    """`It is exponential smoothing (ETS).`, or the mix with its shares."""
    weights = facts(card).weights
    if len(weights) == 1:
        return f"The model is {plain_name(next(iter(weights)))}."
    shares = sorted(weights.items(), key=lambda pair: -pair[1])
    return f"The model is a mix: {listed([f'{plain_name(name)} {share:.0%}'.replace('%', ' %') for name, share in shares])}."


def read_words(card: Card) -> str:
    """How the data was read as series."""
    found = facts(card)
    said = [f"{sentence(reason)}." for reason in found.reasons]
    ahead = found.series.known
    if ahead:
        said.append(f"Known ahead: {listed(ahead)}.")
    if found.series.holidays:
        said.append(f"It knows the public holidays of {found.series.holidays}.")
    return " ".join([*said, *found.notes])
