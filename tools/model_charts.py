"""Draws charts of a model, each as a declarative Vega-Lite file beside a PNG, an SVG and an HTML file of it."""

from automl.card import Card
from tools.charting.column import draw_effect_of
from tools.charting.drawing import Drawing
from tools.charting.model import ChartKind, draw, kinds
from tools.charts import chart_table, keep_chart
from tools.modelling.around import around
from tools.modelling.models import find_row_model
from tools.modelling.seen import evaluation_of
from tools.tool import ColumnName, Job, ModelName, Outcome, tool


@tool(
    effect="read",
    group="model",
    title="Draw the {kind} chart of the model",
    asked_by=r"\broc\b|precision[- ](?:and |/)?recall (?:curve|chart|plot)|\bpr curve|calibration (?:curve|chart|plot)|reliability (?:curve|diagram)|confusion|residuals?\b|predicted (?:against|vs\.?|versus) actual|(?:draw|plot|chart|show)[^.]*\b(?:impact|importance|threshold)|roc ?곡선|혼동 ?행렬|잔차|보정 ?곡선|(?:영향|중요도|임계)[^.]*(?:그려|그래프|차트|그림)",
)
def draw_model_chart(job: Job, kind: ChartKind, model: ModelName | None = None) -> Outcome:
    """Draw a chart of a model: its ROC or precision-recall curve, calibration, confusion matrix, residuals, impact or thresholds.

    Args:
        kind: roc, precision_recall and threshold for two classes; calibration and confusion for classes; actual and residuals for numbers; impact for all.
        model: The model; the newest one when left out.
    """
    card = find_row_model(job.workspace, model)
    drawing = draw(card, evaluation_of(job.workspace, card), kind)
    return drawn(
        job,
        card,
        drawing,
        f"{card.name}_{kind}",
        {"model": card.name, "kind": kind, "charts": list(kinds(card))},
    )


@tool(
    effect="read",
    group="model",
    title="Draw how {column} moves the prediction",
    asked_by=r"partial dependence|\bpdp\b|\beffect of\b|\bhow (?:does|do)\b[^.]*\b(?:affect|influence|move|change)\b|부분 ?의존|(?:미치는|주는) 영향|(?:변하면|커지면|늘면)[^.]*(?:예측|어떻게)",
)
def draw_effect(job: Job, column: ColumnName, model: ModelName | None = None, outcome: str | None = None) -> Outcome:
    """Draw how a model's prediction moves with one column, all others as they are (partial dependence).

    Args:
        column: The column to vary over the values that training saw.
        model: The model; the newest one when left out.
        outcome: The class whose probability to draw; the positive or the commonest one when left out.
    """
    from tools.modelling.effect import effect

    with around(job.workspace, model) as one:
        found = effect(one, column, outcome)
    values = {"model": found.model, "column": found.column, "lowest": found.lowest, "highest": found.highest}
    return drawn(job, one.card, draw_effect_of(found), f"{found.model}_effect_{found.column}", values)


def drawn(job: Job, card: Card, drawing: Drawing, wanted: str, values: dict[str, object]) -> Outcome:
    """The chart's files and its numbers as an outcome."""
    kept = keep_chart(job, wanted, drawing, card.column_names)
    return Outcome(text=drawing.text, table=chart_table(drawing), values=values, artefacts=kept)
