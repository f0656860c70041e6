"""Which versions of which libraries a saved model depends on; its card tells them, and loading checks them."""

import platform
import sys
from importlib.metadata import version


def versions_of(*packages: str) -> dict[str, str]:
    """The version of Python and of some packages, for the card."""
    return {"python": ".".join(platform.python_version_tuple()[:2]), **{name: version(name) for name in packages}}


def library_versions() -> dict[str, str]:
    """The libraries a saved predictor depends on."""
    xgboost = "xgboost" if sys.platform == "darwin" else "xgboost-cpu"
    packages = ("autogluon.tabular", "scikit-learn", "lightgbm", "catboost", xgboost, "pandas", "numpy")
    return versions_of(*packages)


def forecast_versions() -> dict[str, str]:
    """The libraries a saved forecast depends on."""
    packages = ("autogluon.timeseries", "statsforecast", "mlforecast", "scikit-learn", "lightgbm", "pandas", "numpy")
    return versions_of(*packages)
