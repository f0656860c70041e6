"""The candidates of a fit as a person says them."""

PLAIN_NAMES = {
    "LightGBM": "gradient boosting (LightGBM)",
    "CatBoost": "gradient boosting (CatBoost)",
    "LinearModel": "a linear model",
    "XGBoost": "gradient boosting (XGBoost)",
    "RandomForest": "a random forest",
    "ExtraTrees": "a forest of extra random trees",
    "KNeighbors": "the nearest neighbours",
    "NeuralNet": "a neural network",
    "WeightedEnsemble": "the best mix of them",
}


def plain_name(model: str) -> str:
    """`LightGBM_BAG_L1` as a person says it."""
    for start, words in PLAIN_NAMES.items():
        if model.startswith(start):
            return words
    return model


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
