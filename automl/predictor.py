"""A saved model: a folder with the predictor, its card and (put there by the tools) the recipe that prepares its rows.

Loading takes a second, so a process keeps the models it used last, with their parts in memory.
"""

import threading
import warnings
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from automl.card import FILE, Card, read_card
from automl.decide import decide
from automl.final import FOLDER as FINAL
from automl.frames import labels
from automl.impact import Impact, impact_of
from automl.tabular import FeatureKind, feature_kind
from automl.versions import library_versions
from automl.waiting import set_waiting

if TYPE_CHECKING:
    import pandas as pd

PREDICTOR = "predictor"
KEPT = 3
"""How many models a process keeps loaded."""
_CHECKED = ("python", "autogluon.tabular", "scikit-learn")


class ModelError(Exception):
    """A saved model can't be used as asked: one line that says why and what to do."""


@dataclass(frozen=True)
class Predictions:
    """One prediction per row, in the order of the rows."""

    values: "pd.Series[Any]"
    """Class names, or numbers."""
    probabilities: "pd.DataFrame | None"
    """One column per class in the order of the card; None for a number."""
    own: "pd.DataFrame | None" = None
    """The same before the card's calibration."""


class SavedModel:
    """A loaded model. `load_model` makes it."""

    def __init__(self, folder: Path, card: Card, predictor: Any, final: str = "") -> None:
        """`final` is the name of the one candidate of a predictor that learned from all rows."""
        self.folder = folder
        self.card = card
        self._predictor = predictor
        self._final = final

    def predict(self, frame: "pd.DataFrame", candidate: str | None = None) -> Predictions:
        """Predict the rows of a frame from `as_frame`; columns the model does not know are ignored.

        Another `candidate` than the card's best answers as it was fitted; the best one as the card decides.
        Raises ModelError where a column is missing or holds text in place of numbers.
        """
        import pandas as pd

        rows = pd.DataFrame(
            {name: self._column(frame, name, kind) for name, kind in self.card.model_columns.items()},
            index=frame.index,
            copy=False,
        )
        model, problem = candidate or self.card.best, self.card.problem
        chosen = {"model": self._final or model} if self.card.modality == "table" else {}
        if problem.kind == "regression":
            return Predictions(self._predictor.predict(rows, **chosen).astype("float64"), None)
        own = self._predictor.predict_proba(rows, **chosen).reindex(columns=problem.classes, fill_value=0.0)
        return self.decided(own.astype("float64"), model)

    def predict_readable(self, frame: "pd.DataFrame") -> Predictions:
        """The same, but a picture that can't be read gets no answer in place of an error for all rows."""
        import pandas as pd

        if self.card.modality != "image":
            return self.predict(frame)
        from automl.pictures import PictureError

        try:
            return self.predict(frame)
        except PictureError:
            rows, classes = frame[self._predictor.readable(frame)], self.card.problem.classes
            none = Predictions(pd.Series(dtype=object), pd.DataFrame(columns=classes, dtype="float64"))
            said = self.predict(rows) if len(rows) else none
            assert said.probabilities is not None
            return Predictions(said.values.reindex(frame.index), said.probabilities.reindex(frame.index))

    def decided(self, own: "pd.DataFrame", candidate: str) -> Predictions:
        """The answers that a candidate's own probabilities give, as the card decides."""
        decision = self.card.decision
        kept = decision if decision and decision.candidate == candidate else None
        return Predictions(*decide(kept, self.card.problem, own), own)

    def read_text(self, text: str) -> tuple[str, dict[str, float], list[tuple[str, float]]]:
        """What a text model takes a text for, the probability of each class, the likeliest first, and what each word says."""
        answer, told = self._one(text)
        return answer, told, self._predictor.highlights(text, answer)

    def _one(self, cell: str) -> tuple[str, dict[str, float]]:
        """The answer for one text or path, and the probability of each class, the likeliest first."""
        import pandas as pd

        said = self.predict(pd.DataFrame({self._predictor.column: [cell]}, dtype=object))
        assert said.probabilities is not None
        shares = said.probabilities.iloc[0].sort_values(ascending=False)
        return str(said.values.iloc[0]), {str(name): round(float(share), 6) for name, share in shares.items()}

    def impact(self, rows: "pd.DataFrame", candidate: str, seed: int = 0) -> Impact:
        """Which columns a candidate leans on, on rows that hold the target too."""
        problem = self.card.problem
        known = rows[[*self.card.model_columns, problem.target]].copy()
        if problem.kind != "regression":
            known[problem.target] = labels(known[problem.target])
        return impact_of(self._predictor, candidate, known, seed)

    def look_at(self, picture: Path, heat_map: Path) -> tuple[str, dict[str, float]]:
        """What a picture model takes a picture for and the probability of each class, the likeliest first; draws why.

        Raises ModelError where the picture can't be read.
        """
        from automl.image_model import draw_heat

        answer, told = self._one(str(picture.resolve()))
        draw_heat(picture, self._predictor.heat(picture, answer), heat_map)
        return answer, told

    def _column(self, frame: "pd.DataFrame", name: str, kind: FeatureKind) -> "pd.Series[Any]":
        import pandas as pd

        if name not in frame:
            raise ModelError(f"The model needs the column '{name}', which the data lacks.")
        column = frame[name]
        given = feature_kind(column)
        if given == kind:
            return column
        if kind == "text":
            return labels(column) if given == "number" else column.astype(str).where(column.notna(), None)
        if kind == "date":
            return pd.to_datetime(column, errors="coerce") if given == "text" else column.astype("datetime64[ns]")
        numbers = pd.to_numeric(column, errors="coerce") if given == "text" else column.astype("int64") * float("nan")
        wrong = column[column.notna() & numbers.isna()]
        if len(wrong):
            raise ModelError(f"The column '{name}' must hold numbers, but holds '{wrong.iloc[0]}'.")
        return numbers.astype("float64")


_loaded: dict[tuple[str, int, str], SavedModel] = {}
_lock = threading.Lock()


def predicts_with(card: Card) -> tuple[str, str]:
    """The folder and the candidate that new rows are predicted with: fitted on all rows where there is such a one."""
    own = card.built.final if card.best == card.built.measured else ""
    return (FINAL, own) if own else (PREDICTOR, card.best)


def load_model(folder: Path, *, final: bool = False) -> SavedModel:
    """The model in a folder, ready to predict; loaded once per process.

    It never saw the holdout rows, so that it may be measured on them; `final` is the one that learned from them too,
    where there is one, and predicts what is new. Raises ModelError where it was made with other versions of the libraries.
    """
    card = read_card(folder).model_copy(update={"name": folder.name})  # renaming is a move of the folder
    place, name = predicts_with(card) if final else (PREDICTOR, card.best)
    own = name if place == FINAL else ""
    key = (str(folder.resolve()), (folder / FILE).stat().st_mtime_ns, own)
    with _lock:
        if key not in _loaded:
            check_versions(card)
            while len(_loaded) >= KEPT:
                del _loaded[next(iter(_loaded))]
            predictor = _load(folder / place, card, name)
            _loaded[key] = SavedModel(folder, card, predictor, own)
        return _loaded[key]


def check_versions(card: Card) -> None:
    """Raises ModelError where the card names other versions than those installed; a pickle would fail obscurely."""
    if card.forecast:
        raise ModelError(f"'{card.name}' forecasts what comes next, it predicts no rows. Use forecast.")
    here = library_versions()
    checked = [name for name in _CHECKED if card.modality == "table" or name in card.versions]
    other = [f"{name} {card.versions.get(name)}" for name in checked if card.versions.get(name) != here[name]]
    if other:
        installed = ", ".join(f"{name} {here[name]}" for name in checked)
        raise ModelError(
            f"The model '{card.name}' was made with {', '.join(other)}, but this is {installed}. Build it again."
        )


def _load(folder: Path, card: Card, candidate: str) -> Any:
    if card.modality == "text":
        from automl.text_model import load_text_model

        return load_text_model(folder)
    if card.modality == "image":
        from automl.image_model import load_image_model

        return load_image_model(folder, folder.parents[2] / "files")
    set_waiting()
    from autogluon.tabular import TabularPredictor

    # AutoGluon silences these around single calls, which two threads that predict at once undo for one another.
    warnings.filterwarnings("ignore", category=FutureWarning, module=r"autogluon\.")
    warnings.filterwarnings("ignore", "invalid value encountered in cast", RuntimeWarning)
    predictor = TabularPredictor.load(str(folder), verbosity=0, check_packages=False)
    predictor.persist(models=[candidate])
    return predictor
