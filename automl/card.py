"""A trained model's card: what a person, a form and a prediction need to know about it, in one JSON file."""

from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict

from automl.decide import Decision
from automl.forecasting.fit import ForecastFacts
from automl.image import ImageFacts
from automl.intervals import Interval
from automl.metrics import Scores
from automl.names import plain_name
from automl.problem import Problem
from automl.settings import Settings
from automl.tabular import Candidate, FeatureKind
from automl.text import TextFacts

FILE = "card.json"


class Feature(BaseModel):
    """One column that a prediction is asked with, as it looked in the training rows."""

    model_config = ConfigDict(frozen=True)
    name: str
    kind: Literal["number", "text", "date", "truth"]
    typical: str | float | bool | None = None
    """Taken where nothing is given: the median of a number or date, the commonest of the rest."""
    low: str | float | None = None
    high: str | float | None = None
    whole: bool = False
    """A number that was whole in every row."""
    categories: list[str] = []
    """The values of a text with few of them, the commonest first."""
    used: bool = True
    """False where the model does not look at it."""
    read_as: str | None = None
    """The SQL type in which the recipe reads a text column whose cells come in other forms; a value is given so."""
    as_came: list[str] = []
    """The texts of such a column before the recipe, where they are few."""


class Lineage(BaseModel):
    """Which version of which model this is: a model built again on newer data is the next version of its family."""

    model_config = ConfigDict(frozen=True)
    family: str = ""
    """The name its first version had; empty for a model from before versions were told."""
    version: int = 1


class BuildFacts(BaseModel):
    """How a model was built: what was asked for, what it was thought to cost and what it did."""

    model_config = ConfigDict(frozen=True)
    settings: Settings = Settings()
    thought_seconds: int = 0
    thought_mb: int = 0
    seconds: float = 0.0
    """From the start of the child process to its end."""
    peak_mb: float = 0.0
    """The most memory that it held."""
    stopped: str = ""
    """Why it ended before it was done; what was finished by then is the model."""
    final: str = ""
    """What predicts while `measured` is the default: that candidate, fitted once more on all rows."""
    measured: str = ""
    run: str = ""
    """The request that it was built for."""


class Card(BaseModel):
    """Everything about a trained model besides the predictor itself."""

    model_config = ConfigDict(frozen=True)
    name: str
    created: str
    dataset: str
    """The version it was trained on, `churn@3`."""
    modality: Literal["table", "forecast", "text", "image"] = "table"
    """What the model reads: rows of columns, series, free text or pictures."""
    problem: Problem
    build: Literal["quick", "standard", "thorough"]
    seconds: float
    metric: str
    best: str
    scores: Scores
    baseline: Scores
    impact: dict[str, float]
    impact_intervals: dict[str, Interval] = {}
    leaderboard: list[Candidate]
    features: list[Feature]
    """The raw input columns of the recipe."""
    model_columns: dict[str, FeatureKind]
    """The columns the predictor itself reads, after the recipe."""
    trained_rows: int
    holdout_rows: int
    empty_target_rows: int = 0
    sampled_out_rows: int = 0
    """Training rows left out because memory would not hold them."""
    versions: dict[str, str]
    text: TextFacts | None = None
    """What else is known of a model that reads text."""
    forecast: ForecastFacts | None = None
    """Set where the modality is forecast."""
    image: ImageFacts | None = None
    """What else is known of a model that looks at pictures."""
    lineage: Lineage = Lineage()
    built: BuildFacts = BuildFacts()
    decision: Decision | None = None
    """The threshold and the calibration that a person kept; None where answers are taken as the candidate gives them."""
    revision: int = 1
    changed: str = ""
    """What the last revision of this card changed, in words."""

    @property
    def family(self) -> str:
        """What all versions of this model have in common."""
        return self.lineage.family or self.name

    def called(self, candidate: str | None = None) -> str:
        """A candidate, the default one when left out, as a person says it."""
        return plain_name(candidate or self.best, [one.model for one in self.leaderboard])

    @property
    def target(self) -> str:
        return self.problem.target

    @property
    def unused(self) -> dict[str, str]:
        """Every given column that the model does not look at, with the reason."""
        removed = [one.name for one in self.features if not one.used and one.name not in self.problem.excluded]
        return self.problem.excluded | dict.fromkeys(removed, "removed before the model was built")

    @property
    def column_names(self) -> set[str]:
        """Every column the model knows of: given, made by its recipe, or predicted."""
        return {self.target, *self.model_columns, *(one.name for one in self.features)}

    def feature(self, name: str) -> Feature | None:
        """The feature of that name, whatever its case."""
        return next((one for one in self.features if one.name.casefold() == name.casefold()), None)


def write_card(card: Card, folder: Path) -> None:
    """Put the card into a model's folder."""
    (folder / FILE).write_text(card.model_dump_json(indent=1), encoding="utf-8")


def read_card(folder: Path) -> Card:
    """The card of a model's folder."""
    return Card.model_validate_json((folder / FILE).read_text(encoding="utf-8"))
