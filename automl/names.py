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
