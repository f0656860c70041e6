"""The candidates of a fit and the scores it aims at, as a person says them; AutoGluon's own names stay in files and values."""

import re
from collections.abc import Iterable

NAMES = {
    "WeightedEnsemble": "the mix of the best",
    "LightGBM": "LightGBM",
    "CatBoost": "CatBoost",
    "XGBoost": "XGBoost",
    "LinearModel": "the linear model",
    "RandomForest": "the random forest",
    "ExtraTrees": "the extra trees",
    "KNeighbors": "the nearest neighbours",
    "NeuralNet": "the neural network",
}
"""By how AutoGluon's name starts."""
FORECASTS = {
    "SeasonalNaive": "the seasonal naive (as a season before)",
    "AutoETS": "exponential smoothing (ETS)",
    "DynamicOptimizedTheta": "the Theta method",
    "RecursiveTabular": "gradient boosting (step by step)",
    "DirectTabular": "gradient boosting (all steps at once)",
    "AutoARIMA": "ARIMA",
    "Croston": "Croston's method for rare sales",
    "TiDE": "a dense neural network (TiDE)",
    "DeepAR": "a recurrent neural network (DeepAR)",
}
_VARIANTS = {
    "Small": "small steps",
    "Large": "large trees",
    "Deep": "deep trees",
    "XT": "random splits",
    "Wide": "60 % of the columns a split",
    "Lines": "lines in its leaves",
}
_FINER = {"Gini": "Gini", "Entr": "entropy", "Unif": "all alike", "Dist": "by distance"}
_OWN = re.compile(r"([A-Z][A-Za-z]+)((?:_r?\d+|_BAG|_L\d+|_FULL|[\\/]T\d+)*)")


def plain_name(model: str, among: Iterable[str] = ()) -> str:
    """`LightGBMSmall_BAG_L1_FULL` as a person says it in a sentence, told apart from others of its leaderboard.

    A name that is not AutoGluon's, such as a way of reading texts, is plain already.
    """
    others = [other for other in among if other != model]
    for finer in (False, True):
        told = _words(model, finer=finer)
        if told not in [_words(other, finer=finer) for other in others]:
            return told
    return f"{told} ({model})"


def title(name: str) -> str:
    """A plain name as it stands alone, in a table: `the mix of the best` is `Mix of the best` there."""
    bare = re.sub(r"^(?:the|an?) ", "", name)
    return bare[:1].upper() + bare[1:]


def _words(model: str, *, finer: bool = False) -> str:
    own = _OWN.fullmatch(model)
    start = next((one for one in NAMES | FORECASTS if model.startswith(one)), own[1] if own and own[2] else "")
    if own is None or not start:
        return model
    tail, variant = own[2], own[1].removeprefix(start)
    notes = [_VARIANTS.get(variant, "")]
    notes += [f"variant {number}" for number in re.findall(r"_r(\d+)", tail)]
    second = re.search(r"_(\d+)", tail)
    if start not in FORECASTS:
        notes += [second[1]] if second else []
    if finer:
        notes += ["" if variant in _VARIANTS else _FINER.get(variant, variant)]
        notes += ["in folds"] if "_BAG" in tail and "_FULL" not in tail else []
        notes += [f"level {number}" for number in re.findall(r"_L([2-9]|\d\d+)", tail)]
        notes += [f"trial {number}" for number in re.findall(r"T(\d+)", tail)]
    told = ", ".join(filter(None, notes))
    words = (NAMES | FORECASTS).get(start, start) + (f" ({told})" if told else "")
    return f"{words} with the known columns" if second and start in FORECASTS else words


SCORE_NAMES = {
    "roc_auc": "AUC",
    "log_loss": "log loss",
    "root_mean_squared_error": "typical error",
    "mean_absolute_error": "average error",
    "mean_absolute_percentage_error": "average error in parts of one",
    "mean_squared_error": "squared error",
    "r2": "R2",
}


def metric_name(metric: str) -> str:
    """What a build aims at, in words."""
    return SCORE_NAMES.get(metric, metric.replace("_", " "))
