"""Probabilities that come true: learned on predictions of rows the model was not fitted on, measured on the holdout rows, kept as a new revision."""

from typing import Literal

from automl.decide import Curve
from tools.modelling.deciding import decision_of, keep_decision, learning_rows
from tools.modelling.models import outcome_of
from tools.modelling.seen import Seen, see
from tools.modelling.words import percent
from tools.tool import Job, ModelName, Outcome, TableData, ToolError, tool


@tool(
    effect="derive",
    group="model",
    title="Calibrate the probabilities of the model",
    asked_by=r"calibrat|\bprobabilit(?:y|ies)\b[^.]*\b(?:right|true|trust|honest|reliable|correct)|보정|교정|캘리브|확률[^.]*(?:믿|정확|맞)",
)
def calibrate_model(
    job: Job, model: ModelName | None = None, method: Literal["auto", "isotonic", "platt", "none"] = "auto"
) -> Outcome:
    """Set a model's probabilities right where they are off, so that of rows with 70 % about 70 % come true.

    Args:
        model: The model; the newest one when left out.
        method: auto picks the better one and leaves probabilities alone that are right already; none takes a calibration back.
    """
    from automl.decide import learn_curves

    seen = see(job.workspace, model)
    card = seen.card
    if card.problem.kind == "regression":
        raise ToolError(f"'{card.name}' predicts a number, so it has no probabilities to set right.")
    (actual, table), where, rest = learning_rows(seen)
    curves: dict[str, Curve] = {}
    if method != "none":
        curves = learn_curves(card.problem, actual, table, None if method == "auto" else method, job.seed)
    old = decision_of(card)
    before, after = _quality(seen, {}, rest), _quality(seen, curves, rest)
    rows = [[name, before[name], after[name]] for name in before]
    table_ = TableData(
        columns=["on the holdout", "as fitted", "calibrated"], rows=rows, row_count=len(rows), words=["on the holdout"]
    )
    values = {"model": card.name, "learned_on": where, "before": before, "after": after}
    if curves == old.curves:
        right = f"its probabilities are off by {percent(before['calibration error'])} on average"
        why = (
            f"'{card.name}' is calibrated so already"
            if curves
            else f"no calibration would improve '{card.name}', {right}"
        )
        if method == "none":
            why = f"the probabilities of '{card.name}' are as fitted"
        text = f"Nothing was changed: {why}."
        return Outcome(text=text, table=table_, values=values | {"kept": False})
    way = next((one.method for one in curves.values()), "")
    words = f"calibrated ({way}), {where}" if curves else "the calibration was taken back"
    did = "calibrated" if curves else "took back the calibration of"
    new = keep_decision(job, seen, old.model_copy(update={"curves": curves}), words, did)
    told = (
        f"The probabilities of '{card.name}' are {words}. On rows it never saw they are off by"
        f" {percent(after['calibration error'])} on average, {percent(before['calibration error'])} as fitted; Brier score"
        f" {after['brier']:.4f}, {before['brier']:.4f} as fitted."
        if curves
        else f"Probabilities of '{card.name}' are as fitted again."
    )
    kept = {"kept": True, "method": way, "revision": new.revision}
    return outcome_of(job.workspace, new, told, values | kept, table_)


def _quality(seen: Seen, curves: dict[str, Curve], rest: slice) -> dict[str, float]:
    """How far probabilities are off on the holdout: over all classes, of the class predicted where there are several."""
    from automl.curves import calibration
    from automl.decide import calibrated, log_loss_of

    held, problem = seen.held, seen.card.problem
    assert held.own is not None
    table, actual = calibrated(curves, problem, held.own[rest]), held.actual[rest]
    if problem.positive:
        facts = calibration((actual == problem.positive).to_numpy(float), table[problem.positive].to_numpy())
    else:
        facts = calibration((actual == table.idxmax(axis=1)).to_numpy(float), table.max(axis=1).to_numpy())
    loss = log_loss_of(problem, actual, table)
    return {"brier": facts.brier, "calibration error": facts.error, "log loss": round(loss, 6)}
