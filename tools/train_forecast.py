"""Build a forecast of a number over time, measured on back-test windows beside the seasonal naive."""

from typing import Any, Literal

from automl.card import Card
from automl.forecasting.series import Metric
from tools.forecasting.build import build_forecast
from tools.forecasting.prepare import Asked
from tools.forecasting.step import Frequency
from tools.forecasting.words import ASKED, ONLY, date, facts, headline, horizon_words, made_of, read_words, series_words
from tools.modelling.models import outcome_of
from tools.modelling.settings import settings_of
from tools.modelling.words import ended_early
from tools.tool import ColumnName, DatasetName, Job, Outcome, TableData, tool


@tool(
    effect="train",
    group="forecast",
    title="Build a forecast of {target}",
    asked_by=ASKED,
    more={
        "item": r"\b(?:each|every|per|by|for all|across|total|overall|in all|altogether)\b|별|마다|각|전체|합쳐",
        "time": r"\bover\b|\balong\b|\bdate|\btime\b|날짜|시간|기준",
        "combine": r"\b(?:sum|total|average|mean|last)\b[^.]*\b(?:each|per|every|by)\b|합계|평균|마지막",
        "gaps": r"\bgaps?\b|\bmissing (?:days|months|dates|periods)|빠진|누락",
        "quantiles": r"\bquantiles?|\bpercentiles?|\bp\d{1,2}\b|\bbands?\b|\binterval|\b\d{2} ?%|분위|구간|백분위",
        "holidays": r"holiday|휴일|공휴일|명절",
        "known_columns": r"\bknown|\bcovariate|\bpromo|\bprice|\bplan(?:ned|s)?\b|\busing\b|\bdepend|\bwith\b|미리|알려진|프로모션|행사|가격|함께|고려",
        "only": ONLY,
        "seconds": r"\b(?:time (?:limit|budget)|tak(?:e|ing) (?:at most|no more than|up to)|you have \d+)|제한 ?시간|시간 ?제한",
        "metric": r"\bMASE\b|\bWAPE\b|\bRMSE\b|\bMAPE\b|\bwQL\b|\bmetric|지표",
    },
)
def train_forecast(
    job: Job,
    dataset: DatasetName,
    target: ColumnName,
    horizon: int | None = None,
    time: ColumnName | None = None,
    item: list[ColumnName] | None = None,
    frequency: Frequency | None = None,
    known_columns: list[ColumnName] | None = None,
    holidays: str | None = None,
    quantiles: list[float] | None = None,
    build: Literal["quick", "standard", "thorough"] = "standard",
    metric: Metric = "MASE",
    combine: Literal["auto", "sum", "mean", "last"] = "auto",
    gaps: Literal["auto", "line", "forward", "zero"] = "auto",
    only: list[str] | None = None,
    seconds: float | None = None,
) -> Outcome:
    """Build a forecast of a number over time, such as the sales of the next 12 months. Use it when the future is asked for; `forecast` then makes it.

    Args:
        dataset: The dataset with the history, one row per moment or several.
        target: The number column to forecast.
        horizon: How many steps ahead, in units of frequency: 12 for the next 12 months.
        time: The column of dates; found when left out.
        item: Columns that tell several series apart, such as product or store; found when left out, an empty list adds all up.
        frequency: The step of the series, such as month; found when left out. A longer one puts values together.
        known_columns: Columns whose future values will be known, such as price or promotion.
        holidays: A country by its two letters, such as KR, whose public holidays matter.
        quantiles: The bands besides the middle, in percent from 1 to 99; 10 and 90 when left out.
        build: quick compares three methods; standard takes about a minute; thorough tries neural networks too.
        metric: What the best model is chosen by.
        combine: What a step takes of several values in it; auto adds amounts up and averages levels such as prices.
        gaps: What steps without a value get; auto draws a line, or zero where rows are single events.
        only: The series to forecast where not all are, by their names: only the rows of these are read.
        seconds: The time that comparing the methods may take; the build's own when left out.
    """
    version = job.workspace.version(dataset)
    job.progress(0.0, f"Reading {version.dataset} as series")
    asked = Asked(
        target, horizon, time, item, frequency, known_columns or [], holidays, quantiles, metric, combine, gaps, only
    )
    card = build_forecast(job, version, asked, build, settings_of({"seconds": seconds}).seconds)
    built = (
        f"Built the forecast '{card.name}' in {card.seconds:.0f} s from {_read(card)} of {card.dataset.split('@')[0]}."
        f" It forecasts {horizon_words(card)}.{ended_early(card)}"
    )
    text = "\n".join(filter(None, [built, headline(card), made_of(card), read_words(card)]))
    return outcome_of(job.workspace, card, text, forecast_values(card), scores_table(card))


def _read(card: Card) -> str:
    found = facts(card)
    step = found.series.step
    return f"{series_words(found)} ({date(found.start, step)} to {date(found.end, step)})"


def scores_table(card: Card) -> TableData:
    """Every measure beside the seasonal naive's."""
    rows = [[name, value, card.baseline.metrics.get(name)] for name, value in card.scores.metrics.items()]
    return TableData(columns=["metric", "forecast", "seasonal naive"], rows=rows, row_count=len(rows), words=["metric"])


def forecast_values(card: Card) -> dict[str, Any]:
    """What programs and answers read from a forecast."""
    found = facts(card)
    return {
        "model": card.name,
        "target": card.target,
        "problem": "forecast",
        "dataset": card.dataset,
        "time": found.time,
        "items": found.items,
        "only": found.only,
        "series": found.count,
        "step": found.series.step.words(),
        "horizon": found.series.horizon,
        "quantiles": found.series.quantiles,
        "known_columns": found.series.known,
        "holidays": found.series.holidays,
        "metric": card.metric,
        "naive_won": found.naive_won,
        "models": found.weights,
        "build": card.build,
        "seconds": card.seconds,
        "start": found.start,
        "end": found.end,
        "filled": found.filled,
        "excluded": card.unused,
        "windows": len(found.windows),
    }
