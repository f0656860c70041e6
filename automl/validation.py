"""What each candidate says of rows it was not fitted on: out-of-fold predictions, or those of the validation part.

A threshold or a calibration is learned on these, so that the holdout rows stay what measures it.
"""

from pathlib import Path
from typing import TYPE_CHECKING, Any

from automl.problem import Problem

if TYPE_CHECKING:
    import pandas as pd

FILE = "validation.parquet"
MEASURED = "measured.parquet"
"""What a model of texts or pictures said of the rows that measure it: its file need not be read again for each look."""
ACTUAL, PLACE = "__actual", "__place"
"""The true answer of a row, and its place among the rows that taught."""
MOST_ROWS = 50_000
MOST_CELLS = 10_000_000


def save_validation(predictor: Any, problem: Problem, folder: Path, seed: int = 0) -> None:
    """Write the predictions of every candidate beside the predictor, a column per candidate and class."""
    import pandas as pd

    columns: dict[str, Any] = {}
    for candidate in predictor.model_names():
        actual, table = _predictions(predictor, problem, candidate)
        if actual is None:
            continue
        if ACTUAL in columns and len(actual) != len(columns[ACTUAL]):
            continue  # measured on other rows than the rest
        columns |= {ACTUAL: actual.to_numpy(), PLACE: actual.index.to_numpy()}
        columns |= {_column(candidate, name): table[name].to_numpy("float32") for name in table}
    if ACTUAL not in columns:
        return
    frame = pd.DataFrame(columns)
    rows = min(MOST_ROWS, max(MOST_CELLS // len(columns), 1))
    if len(frame) > rows:
        frame = frame.sample(rows, random_state=seed)
    frame.to_parquet(folder / FILE, index=False)


def keep_validation(
    folder: Path, problem: Problem, candidate: str, actual: "pd.Series[Any]", table: "pd.DataFrame", file: str = FILE
) -> None:
    """Write what one candidate that is not AutoGluon's said of the rows that chose or measured it: a share per class."""
    import pandas as pd

    columns = {_column(candidate, name): table[name].to_numpy(float) for name in _shown(problem)}
    pd.DataFrame({ACTUAL: actual.to_numpy(), **columns}).to_parquet(folder / file, index=False)


def load_validation(
    folder: Path, problem: Problem, candidate: str, file: str = FILE
) -> "tuple[pd.Series[Any], pd.DataFrame | pd.Series[Any]] | None":
    """The true answers and what a candidate said: probabilities of each class, or numbers. None where none were kept."""
    import pandas as pd
    import pyarrow.parquet

    path, parquet = folder / file, pyarrow.parquet
    if not path.is_file():
        return None
    names = set(parquet.read_schema(path).names)  # type: ignore[no-untyped-call]
    shown = _shown(problem)
    wanted = [_column(candidate, name) for name in shown]
    if not names.issuperset([ACTUAL, *wanted]):
        return None
    frame = pd.read_parquet(path, columns=[ACTUAL, *wanted]).rename(columns=dict(zip(wanted, shown, strict=True)))
    actual = frame.pop(ACTUAL)
    if problem.kind == "regression":
        return actual, frame[shown[0]].astype("float64")
    table = frame.astype("float64")
    if problem.kind == "binary":
        other = next(name for name in problem.classes if name != problem.positive)
        table[other] = 1 - table[shown[0]]
    return actual, table[problem.classes]


def _column(candidate: str, name: str) -> str:
    return f"{candidate}\t{name}"


def _shown(problem: Problem) -> list[str]:
    """The columns a candidate's predictions need: one number, the positive class, or every class."""
    if problem.kind == "regression":
        return [problem.target]
    return [problem.positive] if problem.kind == "binary" and problem.positive else problem.classes


def places(folder: Path) -> "pd.Series[Any] | None":
    """The places, among the rows that taught, of those that `load_validation` tells of; None for an older model."""
    import pandas as pd
    import pyarrow.parquet

    path, parquet = folder / FILE, pyarrow.parquet
    known = path.is_file() and PLACE in parquet.read_schema(path).names  # type: ignore[no-untyped-call]
    return pd.read_parquet(path, columns=[PLACE])[PLACE] if known else None


def _predictions(predictor: Any, problem: Problem, candidate: str) -> "tuple[Any, pd.DataFrame]":
    """The answers and the predictions of one candidate; no answers where it kept none."""
    import pandas as pd

    classes = problem.kind != "regression"
    parents = {full: parent for parent, full in predictor.model_refit_map().items()}
    model = parents.get(candidate, candidate)
    try:
        if predictor._trainer.bagged_mode:  # no public name tells it
            rows, answers = None, predictor.load_data_internal(data="train", return_X=False, return_y=True)[1]
            said = predictor.predict_proba_oof(model) if classes else predictor.predict_oof(model)
        else:
            rows, answers = predictor.load_data_internal(data="val", return_X=True, return_y=True)
            ask = predictor.predict_proba if classes else predictor.predict
            said = ask(rows, model=model, transform_features=False)
    except (AssertionError, FileNotFoundError, ValueError):  # a candidate that was fitted without rows set aside
        return None, pd.DataFrame()
    actual = predictor.transform_labels(answers, inverse=True)
    table = said[_shown(problem)] if classes else said.to_frame(problem.target)
    known = table.notna().all(axis=1)
    return actual[known.to_numpy()], table[known]
