"""What a threshold and a calibration share: the rows they learn on, the decision in force, the revision that keeps it."""

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from automl.card import Card
from automl.decide import Decision
from tools.modelling.seen import Seen, revised
from tools.tool import Job

if TYPE_CHECKING:
    import pandas as pd

Learned = tuple["pd.Series[Any]", "pd.DataFrame"]


def learning_rows(seen: Seen) -> tuple[Learned, str, slice]:
    """Answers and the candidate's own probabilities to learn on, which rows those are in words, and those that measure.

    A model without out-of-fold predictions learns on every second holdout row; only the others measure it then.
    """
    import pandas as pd

    from automl.validation import load_validation

    found = load_validation(seen.model.folder, seen.card.problem, seen.candidate)
    if found is not None:
        assert isinstance(found[1], pd.DataFrame)
        kind = (
            "out-of-fold predictions"
            if "_BAG_" in seen.candidate or len(found[0]) > seen.card.trained_rows / 2
            else ("the validation part of the training rows")
        )
        return (found[0], found[1]), f"learned on {kind}, {len(found[0]):,} rows", slice(None)
    assert seen.held.own is not None
    half = slice(None, None, 2)
    where = "learned on every second row of the holdout, as no others were kept, and measured on the rest"
    return (seen.held.actual[half], seen.held.own[half]), where, slice(1, None, 2)


def decision_of(card: Card) -> Decision:
    """The decision that a person kept, else that of the candidate as it was fitted."""
    return card.decision or Decision(candidate=card.best)


def keep_decision(job: Job, seen: Seen, decision: Decision, words: str, did: str) -> Card:
    """The card's next revision, with the scores its answers have from now on."""
    from automl.decide import decide

    assert seen.held.own is not None
    said, shown = decide(decision, seen.card.problem, seen.held.own)
    kept = decision if decision.threshold is not None or decision.curves else None
    now = replace(seen, held=replace(seen.held, predicted=said, probabilities=shown))
    return revised(job, now, words, did, decision=kept)
