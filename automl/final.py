"""The model that predicts: the best candidate fitted once more, on the rows that measured it too.

What is measured never saw the holdout rows; what predicts has learned from every row there is. The rounds, weights and
settings are those of the measured candidate, so its scores hold for it, as a slightly cautious estimate.
"""

import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas as pd

FOLDER = "final"


def fit_final(predictor: Any, best: str, holdout: "pd.DataFrame", folder: Path) -> str:
    """Fit the candidate on the training and the holdout rows in a folder of its own; its name there.

    The predictor must still hold its training rows. Nothing is written, and the name is empty, where the library can't
    fit the candidate again.
    """
    parents = {full: parent for parent, full in predictor.model_refit_map().items()}
    parent = parents.get(best, best)
    try:
        copy = predictor.clone(path=str(folder), return_clone=True)
        if parents:
            copy.delete_models(models_to_delete=list(parents), dry_run=False)
        made: str = copy.refit_full(model=parent, train_data_extra=holdout, set_best_to_refit_full=True)[parent]
        copy.delete_models(models_to_keep=[made], dry_run=False)
        copy.save_space()
    except (AssertionError, RuntimeError, ValueError):  # how AutoGluon says that a kind of model can't be
        import traceback

        traceback.print_exc()
        shutil.rmtree(folder, ignore_errors=True)
        return ""
    return made
