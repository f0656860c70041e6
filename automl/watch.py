"""AutoGluon's callback as our progress: one step per model, with its name and its score. Imported by the child only."""

from typing import Any

from autogluon.core.callbacks import AbstractCallback

from automl.builds import BuildPlan, Progress, candidates
from automl.names import metric_name, plain_name
from automl.tabular import keep_trainer


class Watch(AbstractCallback):  # type: ignore[misc]
    """Reports before and after every model. AutoGluon pickles its callbacks while it fits; nothing of ours is kept."""

    def __init__(self, report: Progress, plan: BuildPlan, metric: str) -> None:
        super().__init__()
        self.report = report
        self.metric = metric_name(metric)
        models = candidates(plan.settings["hyperparameters"])
        self.expected = (models + (models > 1)) * (2 if "num_bag_folds" in plan.settings else 1)
        self.done = 0
        self.score = ""

    def __reduce__(self) -> tuple[type[object], tuple[()]]:
        return object, ()

    def _before_model_fit(self, trainer: Any, model: Any, **ignored: Any) -> tuple[bool, bool]:
        so_far = f" · {self.score}" if self.score else ""
        self.report(self._fraction(), f"Trying {plain_name(model.name)}{so_far}")
        return False, False

    def _after_model_fit(self, trainer: Any, model_names: list[str], **ignored: Any) -> bool:
        self.done += 1
        keep_trainer(trainer)
        for name in model_names:
            value = trainer.get_models_attribute_dict("val_score", models=[name]).get(name)
            if value is not None:
                # AutoGluon turns errors into negative numbers, so that higher is always better.
                self.score = f"{plain_name(name)}: {self.metric} {abs(float(value)):.3g}"
                self.report(self._fraction(), f"Tried {self.score}")
        return False

    def _fraction(self) -> float:
        return 0.1 + 0.7 * min(self.done / self.expected, 1.0)
