"""What AutoGluon does at every fit without need here: it took half of the time of a small build.

It loads MLflow to warn of its logging, loads torch to count GPUs that it is not given and to tell both in a log that
nobody reads, and reads what packages are installed whenever it saves.
"""

from functools import cache
from typing import Any


def make_lean(predictors: Any, *, gpus: bool = False) -> None:
    """Leave that out in this process; `predictors` is the module of AutoGluon's predictor, `gpus` has them counted."""
    from autogluon.common.utils import utils
    from autogluon.common.utils.resource_utils import ResourceManager

    predictors.warn_if_mlflow_autologging_is_enabled = predictors.get_ag_system_info = lambda *_, **__: ""
    utils.get_package_versions = cache(utils.get_package_versions)
    if not gpus:
        ResourceManager.get_gpu_count = ResourceManager.get_gpu_count_torch = staticmethod(lambda *_, **__: 0)
