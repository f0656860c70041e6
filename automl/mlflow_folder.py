"""A model in MLflow's format: a folder that `mlflow.pyfunc.load_model` reads, with one file of code and what it loads."""

import logging
import os
import tempfile
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from automl.predictor import ModelError


def save_mlflow(
    folder: Path, code: str, artefacts: Mapping[str, Path], requirements: str, facts: Mapping[str, str]
) -> None:
    """Write the folder, which must not exist yet. `code` ends with `set_model`; `facts` are kept as its metadata.

    Raises ModelError where MLflow is not installed.
    """
    with warnings.catch_warnings():
        # MLflow warns of its own type hints when it is imported.
        warnings.simplefilter("ignore")
        try:
            import mlflow.pyfunc
        except ModuleNotFoundError as error:
            raise ModelError("MLflow's format needs MLflow: pip install 'easel-assistant[full]'.") from error
        with tempfile.TemporaryDirectory(prefix="easel-") as work, _quiet():
            model = Path(work) / "easel_model.py"
            model.write_text(code, encoding="utf-8")
            mlflow.pyfunc.save_model(
                path=str(folder),
                python_model=str(model),
                artifacts={name: str(path) for name, path in artefacts.items()},
                pip_requirements=requirements.split(),
                metadata=dict(facts),
            )


@contextmanager
def _quiet() -> Iterator[None]:
    """MLflow logs that no signature is given, and draws bars: rows of any column order and case are welcome here."""
    os.environ.setdefault("MLFLOW_ENABLE_ARTIFACTS_PROGRESS_BAR", "false")
    logger = logging.getLogger("mlflow")
    level = logger.level
    logger.setLevel(logging.ERROR)
    try:
        yield
    finally:
        logger.setLevel(level)
