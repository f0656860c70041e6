"""The report of a forecast: what it expects, how it did on back-test windows, which methods were compared, its card."""

import tempfile
from pathlib import Path

from automl.card import Card
from automl.names import plain_name, title
from tools.charts import drawing_of
from tools.evaluate import model_card
from tools.forecast import make_forecast
from tools.forecasting import inputs
from tools.forecasting.evaluation import errs, evaluated, explained
from tools.forecasting.made import Made, first_rows, forecast_rows, told
from tools.forecasting.picture import picture
from tools.forecasting.words import facts, headline, horizon_words, made_of, read_words
from tools.reporting.parts import Part
from tools.reporting.scores import scored
from tools.tool import Job, TableData

MOST_ROWS = 60
"""So many steps of the forecast stand in a report; all of them are in the file that `forecast` writes."""


def forecast_parts(job: Job, card: Card) -> list[Part]:
    """The parts of the report in the order a reader wants them. Raises ToolError where the forecast can't be made."""
    made = _made(job, card)
    summary = [f"This model forecasts {horizon_words(card)}.", headline(card), made_of(card), read_words(card)]
    how = "Every window was forecast from what came before it. MASE below 1 is nearer than repeating a season before was in the history."
    windows = evaluated(card).table
    return [
        Part("Summary", summary),
        *_ahead(job, card, made),
        Part("Back-test", [*filter(None, [errs(card)]), how], windows and scored(windows)),
        _compared(card),
        Part("What it is made of", [], explained(card).table),
        Part("Model card", [], model_card(job, card.name).table),
    ]


def _made(job: Job, card: Card) -> Made:
    """The forecast from the newest rows of the model's dataset."""
    with tempfile.TemporaryDirectory(prefix="easel-") as name, job.workspace.cursor() as cursor:
        work = Path(name)
        given = inputs.of_project(job.workspace, card, cursor, None, work, job.cancelled)
        return make_forecast(job, card, given, [], None, work)


def _ahead(job: Job, card: Card, made: Made) -> list[Part]:
    """What it expects, as a chart and its first rows."""
    words, step = told(card, made), facts(card).series.step
    drawn, name = picture(card, made.history, made.table, words), f"{card.target}: the next {step.words(made.steps)}"
    chart = drawing_of(drawn, name)
    rows = forecast_rows(job.workspace, card, made)
    table = TableData(columns=rows.column_names, rows=first_rows(rows, MOST_ROWS), row_count=rows.num_rows)
    cut = f"The first {MOST_ROWS} of {rows.num_rows:,} rows; a forecast writes all of them into a file."
    shown = Part("The forecast in numbers", [cut] if rows.num_rows > MOST_ROWS else [], table)
    return [Part("What it expects", [], charts=[chart]), shown]


def _compared(card: Card) -> Part:
    """The methods that were tried, each with its error on the same windows."""
    rows = [[title(plain_name(one.model)), -one.score, one.seconds] for one in card.leaderboard]
    words = f"All were measured on the same back-test windows; of {card.metric} less is better."
    table = TableData(columns=["method", card.metric.lower(), "seconds to fit"], rows=rows)
    return Part("Methods compared", [words], scored(table))
