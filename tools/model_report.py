"""The report of a model: everything a person asks of it before she relies on it, as one HTML file and as PDF."""

from collections.abc import Callable
from typing import Any

from automl.card import Card, Feature
from tools.candidates import IN_FILES, compare_candidates
from tools.charting.column import draw_effect_of, draw_target
from tools.charting.drawing import Drawing
from tools.charting.model import draw, kinds
from tools.evaluate import model_card
from tools.free_files import free_files
from tools.korean import phrase_in_korean
from tools.modelling.around import around
from tools.modelling.effect import effect
from tools.modelling.models import find_model
from tools.modelling.reading_words import chosen_words, compared, explained_text
from tools.modelling.seen import Seen, evaluation_of, see
from tools.modelling.words import drivers, headline, kind_words, left_out, notes
from tools.reporting.parts import Part, Picture
from tools.segments import error_by_segment, show_mistakes
from tools.tool import Artefact, Job, ModelName, Outcome, TableData, ToolError, tool
from tools.words import counted

MOST_EFFECTS, MOST_SEGMENTS, MISTAKES = 3, 3, 8
MOST_FEATURES = 60
MOST_WORDS = 8
NO_FONT = (
    "This machine has no Korean font to put into the PDF: its Hangul shows only where the reader's viewer brings one."
    " The HTML file shows it everywhere; with Noto Sans CJK or Nanum Gothic installed, a new PDF does too."
)


@tool(
    effect="read",
    group="model",
    title="Write the report of the model",
    asked_by=r"\bmodel(?:'s|s)? report|\breport (?:of|on|for|about) (?:the |my |this )?(?:\w+ )?model|\b(?:pdf|printable)\b|모델[^.]*(?:보고서|리포트)|(?:보고서|리포트)[^.]*모델|pdf로",
)
def model_report(job: Job, model: ModelName | None = None) -> Outcome:
    """Write the report of a model as one HTML file and as PDF: its data, leaderboard, scores with intervals, charts, explanation and card.

    Args:
        model: The model; the newest one when left out.
    """
    from tools.forecasting.report import forecast_parts
    from tools.reporting.korean import in_tongue
    from tools.reporting.letters import installed
    from tools.reporting.model_page import report_page
    from tools.reporting.model_pdf import beyond_latin, report_pdf

    card = find_model(job.workspace, model)
    parts = forecast_parts(job, card) if card.forecast else collect(job, card)
    job.progress(0.85, "Writing the report")
    what = kind_words(card)
    title = f"{card.name}: {what}"
    paths = free_files(job.workspace.files, f"{card.name}_report", (".html", ".pdf"))
    told = in_tongue(job.tongue, parts, card.column_names)
    heading = f"{card.name}: {phrase_in_korean(what)}" if job.tongue == "ko" else title
    fonts = list(installed())
    paths[0].write_text(report_page(heading, told, job.tongue), encoding="utf-8")
    printed = (heading, told) if fonts else (title, parts)  # Hangul that no font brings would not be read
    paths[1].write_bytes(report_pdf(*printed, fonts))
    said = f"Wrote the report of '{card.name}' as {paths[0].name} and {paths[1].name}: {', '.join(part.title[0].lower() + part.title[1:] for part in parts)}."
    if not fonts and beyond_latin(title, parts):
        said += f" {NO_FONT}"
    return Outcome(
        text=said,
        values={"model": card.name, "parts": [part.title for part in parts]},
        artefacts=[Artefact(kind="file", name=path.name, path=str(path)) for path in paths],
    )


def collect(job: Job, card: Card) -> list[Part]:
    """The parts of the report in the order a reader wants them."""
    makers: list[tuple[str, Callable[[Job, Card], list[Part]]]] = [
        ("Summing up", _summary),
        ("Looking at the data", _data),
        ("Comparing the candidates", _leaderboard),
        ("Evaluating", _evaluation),
        ("Looking where it errs", _errors),
        ("Explaining", _explanation),
        ("Adding the card", _card),
    ]
    parts: list[Part] = []
    for place, (words, make) in enumerate(makers):
        job.progress(0.85 * place / len(makers), words)
        parts += make(job, card)
    return parts


def _summary(job: Job, card: Card) -> list[Part]:
    words = [headline(card), drivers(card), compared(card), chosen_words(card), left_out(card), notes(card)]
    return [Part("Summary", [f"This model predicts {kind_words(card)}.", *filter(None, words)])]


def _data(job: Job, card: Card) -> list[Part]:
    rows = f"{card.trained_rows:,} rows of {card.dataset} to learn from, {card.holdout_rows:,} rows set aside to measure it."
    found = see(job.workspace, card.name).held.actual
    shown = card.features[:MOST_FEATURES]
    table = TableData(
        columns=["column", "kind", "typical", "from", "to", "used"],
        rows=[
            [one.name, one.kind, one.typical, *span(one), "yes" if one.used else card.unused.get(one.name, "no")]
            for one in shown
        ],
        row_count=len(card.features),
    )
    return [Part("Data", [rows], table, [draw_target(card, found)])]


def span(one: Feature) -> list[Any]:
    """From where to where the values of a column reach, or how many different ones it holds."""
    if one.low is not None:
        return [one.low, one.high]
    if one.kind != "text":
        return [None, None]
    held = counted(len(one.categories), "value") if one.categories else "many values"
    return [held if one.typical is not None else "no value", None]


def _leaderboard(job: Job, card: Card) -> list[Part]:
    outcome = compare_candidates(job, card.name)
    board = outcome.table
    if board is not None and board.columns[-1] == IN_FILES:  # of use beside the files only, and the page is narrow
        board = TableData(columns=board.columns[:-1], rows=[row[:-1] for row in board.rows], row_count=board.row_count)
    return [Part("Leaderboard", [outcome.text], board)]


def _evaluation(job: Job, card: Card) -> list[Part]:
    got, base, sure = card.scores.metrics, card.baseline.metrics, card.scores.intervals
    rows = [[name, value, *sure.get(name, (None, None)), base.get(name)] for name, value in got.items()]
    table = TableData(columns=["measure", "model", "from", "to", "simplest guess"], rows=rows, row_count=len(rows))
    found = evaluation_of(job.workspace, card)
    charts = [draw(card, found, kind) for kind in kinds(card) if kind != "impact"]
    how = "Scores are on rows that training never saw; from and to hold the true score with 95 % certainty (bootstrap over these rows)."
    misses = [[name.replace("_q", ", percentile "), value] for name, value in found.misses.items()]
    more = [Part("Size of the errors", [], TableData(columns=["kind", "value"], rows=misses))] if misses else []
    return [Part("Evaluation", [how], table, charts), *more]


def _errors(job: Job, card: Card) -> list[Part]:
    seen = see(job.workspace, card.name)
    names = _groupings(seen) if card.modality != "table" else [one for one in card.impact if one in seen.held.rows]
    parts: list[Part] = []
    for name in names:
        if len(parts) == MOST_SEGMENTS:
            break
        try:
            outcome = error_by_segment(job, name, card.name)
        except ToolError:  # few rows measured the model, and no value of the column holds enough of them
            continue
        parts.append(Part(f"Errors by {name}", [outcome.text], outcome.table))
    wrong = show_mistakes(job, card.name, count=MISTAKES)
    return [*parts, Part("Examples gone wrong", [wrong.text], wrong.table)]


def _groupings(seen: Seen) -> list[str]:
    """The columns beside the texts or pictures whose values tell groups of rows apart; identifiers tell rows apart."""
    from automl.columns import identifies
    from automl.segments import grouped

    rows = seen.held.rows
    beside = [name for name in seen.card.problem.excluded if name in rows and not identifies(rows[name], name)]
    return [name for name in beside if grouped(rows[name]).nunique() > 1]


def _explanation(job: Job, card: Card) -> list[Part]:
    if card.text is not None:
        told = explained_text(card)
        lines = [
            [one.text, one.actual, one.predicted, *_sides(one.words)] for one in [*card.text.wrong, *card.text.right]
        ]
        columns = ["text", f"actual {card.target}", "predicted", "words for it", "words against it"]
        examples = TableData(columns=columns, rows=lines, row_count=len(lines))
        return [Part("Explanation", [told.text], told.table), Part("What spoke for single answers", [], examples)]
    if card.image is not None:
        pictures = [
            Picture(one.picture, f"{one.path}: {one.actual}, taken for {one.predicted} ({one.probability:.0%})")
            for one in [*card.image.wrong, *card.image.right]
            if one.picture
        ]
        how = "Red parts of a picture spoke for its answer, blue ones against it."
        return [Part("Explanation", [chosen_words(card), how], pictures=pictures)]
    how = "Impact is how much worse the model gets on unseen rows when that column's values are shuffled."
    charts: list[Drawing] = []
    if card.impact:
        charts.append(draw(card, evaluation_of(job.workspace, card), "impact"))
    words = [drivers(card), how]
    try:
        with around(job.workspace, card.name) as one:
            named = sorted(one.names, key=lambda name: -card.impact.get(name, 0.0))[:MOST_EFFECTS]
            charts += [draw_effect_of(effect(one, name)) for name in named]
    except ToolError as error:  # a model of an older Easel, or columns without a value in the rows that were kept
        words.append(str(error))
    return [Part("Explanation", words, None, charts)]


def _sides(words: list[tuple[str, float]]) -> tuple[str, str]:
    """The words that speak most for an answer, and those against it."""
    ranked = sorted(words, key=lambda one: -abs(one[1]))[:MOST_WORDS]
    return tuple(
        ", ".join(word for word, weight in ranked if (weight > 0) is good and weight) for good in (True, False)
    )  # type: ignore[return-value]


def _card(job: Job, card: Card) -> list[Part]:
    outcome = model_card(job, card.name)
    return [Part("Model card", [], outcome.table)]
