"""The Model and Predict panels of a forecast: its error beside the seasonal naive, its chart, each window and series."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from assistant.app import chat
from assistant.app.markup import Markup, figures, grid, join, seconds, tag
from automl.names import plain_name, title
from tools.forecasting.words import METRICS, date, facts, headline, horizon_words, made_of, read_words
from tools.reporting.scores import shown

if TYPE_CHECKING:
    from assistant.events import StepDone
    from automl.card import Card
    from automl.forecasting.scores import Part

MOST_PARTS = 30
HINTS = {
    "mase": "its error as a multiple of the seasonal naive's within the history; lower is better",
    "wape": "what it is off by in all, as a share of the total",
    "mape": "what it is off by on average, as a share of each value",
    "wql": "the same for its bands, weighted",
    "mae": "how far it is off on average",
    "rmse": "the same, large misses counting more",
}


def score(card: "Card") -> str:
    """`MASE 0.64`, for the sidebar."""
    name = next((name for name in METRICS if name in card.scores.metrics), "")
    return f"{METRICS[name]} {shown(name, card.scores.metrics[name])}" if name else ""


def known(card: "Card") -> tuple[str, ...]:
    """The columns whose future can be changed."""
    return tuple(facts(card).series.known)


def panel(card: "Card", made: "StepDone | None", report: Markup) -> Markup:
    """The card of a forecast, with the last forecast it made and its report."""
    found = facts(card)
    got, naive = card.scores.metrics, card.baseline.metrics
    main = [(shown(name, got[name]), METRICS[name]) for name in ("mase", "mae", "wape") if name in got]
    against = [(shown("mase", naive["mase"]), "MASE of the seasonal naive")] if "mase" in naive else []
    return join(
        [
            tag("p", headline(card), class_="headline", data_testid="headline"),
            figures([*main, *against]),
            _section(f"{card.target} ahead", last(made)),
            _section("Score against the seasonal naive", _scores(card)),
            _section("Back-test windows", _parts(card, found.windows, "Window from")) if len(found.windows) > 1 else "",
            _section("Each series", _parts(card, _worst(found.parts), "Series")) if found.parts else "",
            _section("The further ahead", _parts(card, found.steps, "Step ahead")) if len(found.steps) > 1 else "",
            _section("Report", report),
            _section("Methods that were compared", _board(card)),
            _section("About this forecast", _about(card)),
        ]
    )


def last(made: "StepDone | None") -> Markup:
    """The last forecast: its chart, what it says and its files."""
    if made is None:
        return tag("p", "No forecast was made yet. Make one under Predict, or ask for it in the chat.", class_="hint")
    return join([chat.figure(made), tag("p", made.text), chat.downloads(made.artefacts)])


def _section(title: str, body: Markup) -> Markup:
    return join([tag("h2", title), body])


def _grid(columns: Sequence[str], rows: Sequence[Markup], caption: str) -> Markup:
    head = tag(
        "tr", tag("th", columns[0], scope="col"), *(tag("th", name, scope="col", class_="num") for name in columns[1:])
    )
    return grid(head, rows, caption, look="facts")


def _line(name: object, *cells: str) -> Markup:
    return tag("tr", tag("th", name, scope="row"), *(tag("td", cell, class_="num") for cell in cells))


def _scores(card: "Card") -> Markup:
    naive = card.baseline.metrics
    rows = [
        _line(
            join([METRICS[name], tag("span", HINTS[name], class_="hint")]),
            shown(name, value),
            shown(name, naive[name]) if name in naive else "–",
        )
        for name, value in card.scores.metrics.items()
    ]
    return _grid(("Measure", "This forecast", "Seasonal naive"), rows, "Scores")


def _worst(parts: Sequence["Part"]) -> list["Part"]:
    """The series it errs most on, as a share of their size, first."""
    return sorted(parts, key=lambda part: -part.scores.get("wape", 0.0))


def _parts(card: "Card", parts: Sequence["Part"], caption: str) -> Markup:
    """A line for each part, in the build's metric and as a share."""
    step = facts(card).series.step
    names = [name for name in dict.fromkeys([card.metric.lower(), "mae"]) if name in METRICS]
    columns = [caption, *(f"{whose}{METRICS[name]}" for name in names for whose in ("", "Seasonal naive: "))]
    rows = [
        _line(
            date(part.name, step) if caption.startswith("Window") else tag("span", part.name, translate="no"),
            *(shown(name, one[name]) if name in one else "–" for name in names for one in (part.scores, part.naive)),
        )
        for part in parts[:MOST_PARTS]
    ]
    more = len(parts) - len(rows)
    rest = tag("p", f"And {more:,} more, which are off by less.", class_="hint") if more > 0 else ""
    return join([_grid(columns, rows, caption), rest])


def _board(card: "Card") -> Markup:
    metric = card.metric.lower()
    rows = [
        _line(title(plain_name(one.model)), shown(metric, abs(one.score)), seconds(one.seconds))
        for one in card.leaderboard
    ]
    return _grid(("Method", METRICS.get(metric, metric), "Time to learn"), rows, "Methods")


def _about(card: "Card") -> Markup:
    found = facts(card)
    told = [
        f"Forecasts {horizon_words(card)}.",
        made_of(card),
        f"Learned from {found.observations:,} observations of {card.dataset.replace('@', ', version ')} in {seconds(card.seconds)} ({card.build} build).",
        read_words(card),
        *(f"Not used: {name} ({reason})." for name, reason in card.unused.items()),
    ]
    return tag("ul", *(tag("li", line) for line in told if line), class_="plain")
