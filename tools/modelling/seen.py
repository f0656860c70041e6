"""A model of the project with its predictions of the rows that measure it, ready to be looked at."""

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from automl.card import Card
from automl.names import title
from tools.modelling.models import find_row_model, folder_of, revise
from tools.modelling.prepare import open_model
from tools.tool import Job, ToolError
from tools.words import unknown
from tools.workspace import Workspace

if TYPE_CHECKING:
    from automl.evaluation import Evaluation
    from automl.held import Held
    from automl.predictor import SavedModel


SHOWN_COLUMNS = 8
SECOND = r"(?:the )?(?:second|2nd|next)[- ]best(?: (?:one|model|candidate))?|(?:the )?runner-?up|두 ?번째로? ?좋은(?: ?(?:모델|후보|거|것))?|2등(?: ?(?:모델|후보))?"
"""The candidate that comes after the best of a leaderboard."""


@dataclass(frozen=True)
class Seen:
    """A loaded model, one of its candidates and what it says of the holdout rows."""

    model: "SavedModel"
    candidate: str
    held: "Held"

    @property
    def card(self) -> Card:
        return self.model.card


def see(workspace: Workspace, name: str | None, candidate: str | None = None) -> Seen:
    """The model of that name, or the newest one. Raises ToolError where it forecasts or can't be loaded."""
    from automl.held import held
    from automl.predictor import ModelError

    card = find_row_model(workspace, name)
    chosen = find_candidate(card, candidate) if candidate else card.best
    model, _ = open_model(workspace, card.name)
    try:
        return Seen(model, chosen, held(model, chosen))
    except FileNotFoundError as error:
        raise ToolError(f"The rows that measured '{card.name}' are gone. Build the model again.") from error
    except ModelError as error:
        raise ToolError(str(error)) from error


def evaluation_of(workspace: Workspace, card: Card) -> "Evaluation":
    """The points of a model's charts, counted anew where a model of an older Easel has none."""
    from automl.evaluation import evaluate, read_evaluation

    found = read_evaluation(workspace.models / card.name, card.revision)
    if found is None:
        held = see(workspace, card.name).held
        found = evaluate(card.problem, held.actual, held.predicted, held.probabilities)
    return found


def values_shown(seen: Seen) -> list[str]:
    """The columns with the most impact, of which a row's values are shown."""
    known = [one for one in seen.card.impact if one in seen.held.rows]
    rest = [one for one in seen.card.model_columns if one not in known]
    return [*known, *rest][:SHOWN_COLUMNS]


def cell(value: Any) -> Any:
    """A value of a frame as an answer shows it."""
    if value is None or value != value:
        return None
    if hasattr(value, "date"):
        return str(value.date())
    return value if isinstance(value, str | bool) else float(value)


def revised(job: Job, seen: Seen, changed: str, did: str, **update: object) -> Card:
    """The next revision of the card for what is seen now: scores and charts are those of its answers.

    `did` says to undo what was done. The card is written last, in one rename: it alone says what counts.
    """
    from automl.evaluation import evaluate, write_evaluation
    from automl.held import measure

    held, card = seen.held, seen.card
    scores = measure(card, held, seed=job.seed)
    found = evaluate(card.problem, held.actual, held.predicted, held.probabilities)
    write_evaluation(found, folder_of(job.workspace, card), card.revision + 1)
    return revise(job, card, changed, did, scores=scores, **update)


def needs_columns(card: Card) -> None:
    """Raises ToolError for a model that reads one column, of texts or of pictures: no other cell moves its answer."""
    instead = {"text": "which words of a text speak for its answer, highlight_words shows"}
    instead |= {"image": "which parts of a picture speak for its answer, predict_image draws"}
    if card.modality in instead:
        raise ToolError(
            f"'{card.name}' reads {card.modality}s, not columns whose values can be varied: {instead[card.modality]}."
        )


def find_candidate(card: Card, name: str) -> str:
    """The candidate of that name or of a part of it, one that is kept. Raises ToolError where none or several are meant."""
    found = _candidate(card, name)
    if card.modality != "table" and found != card.best:
        raise ToolError(
            f"Of '{card.name}' the best way alone is kept, {card.best}; {found} was tried and left. Build it again with"
            " that method to have it."
        )
    return found


def _candidate(card: Card, name: str) -> str:
    """By its plain name or AutoGluon's own, else by a part of either."""
    called = {one.model: title(card.called(one.model)) for one in card.leaderboard}
    wanted = name.strip().casefold()
    if wanted in ("best", "default"):
        return card.best
    if re.fullmatch(SECOND, wanted) and len(card.leaderboard) > 1:
        return next(one.model for one in card.leaderboard if one.model != card.leaderboard[0].model)
    said = _said(name)
    exact = [one for one in called if one.casefold() == wanted] or [one for one in called if _said(called[one]) == said]
    part = wanted.replace(" ", "")
    near = exact or [one for one in called if said and (part in one.casefold() or set(said) <= set(_said(called[one])))]
    if len(near) != 1:
        raise ToolError(unknown("candidate", name, list(called.values())))
    return near[0]


def _said(name: str) -> list[str]:
    """The words of a name that count: `the best mix` is of `Mix of the best`."""
    return [word for word in re.findall(r"\w+", name.casefold()) if word not in ("the", "a", "an", "of")]


def two_classes(card: Card, what: str) -> str:
    """The positive class. Raises ToolError where the model does not tell two classes apart."""
    if card.problem.kind != "binary" or card.problem.positive is None:
        kinds = {"multiclass": "several classes", "regression": "a number"}
        raise ToolError(f"{what} needs a model of two classes; '{card.name}' predicts {kinds[card.problem.kind]}.")
    return card.problem.positive
