"""Rows far from what a model expects, none of them judged by a model that learned from it."""

from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from tests.trained import add, project
from tools import call
from tools.tool import Job, ToolError
from tools.workspace import Workspace

ODD = (7, 60, 111, 222, 290)


def homes(count: int = 300) -> pa.Table:
    """Homes whose price is their size, their rooms and a little chance; five of them cost half as much again."""
    random = np.random.default_rng(4)
    area, rooms = random.uniform(30, 150, count).round(1), random.integers(1, 6, count)
    price = 3000 * area + 20000 * rooms + random.normal(0, 6000, count)
    price[list(ODD)] *= 1.5
    names = [f"H{number:03}" for number in range(count)]
    return pa.table({"home": names, "area": area, "rooms": rooms, "price": price.round()})


@pytest.mark.parametrize(
    ("folds", "judged", "said"),
    [
        (
            3,
            300,
            "60 rows kept aside to measure it and 240 rows judged by models that were fitted on others: no row is",
        ),
        (0, 108, "The other 192 rows taught every model there is, so nothing is said of them."),
    ],
)
def test_every_row_is_judged_that_a_model_did_not_learn_from(
    folds: int, judged: int, said: str, tmp_path: Path
) -> None:
    with Workspace(tmp_path / "project") as workspace:
        job = Job(workspace)
        add(workspace, "homes", homes())
        call(job, "drop_missing", {"dataset": "homes"})
        call(job, "train_model", {"dataset": "homes", "target": "price", "build": "quick", "algorithms": ["linear"], "folds": folds})  # fmt: skip
        shown = call(job, "show_mistakes", {"kind": "too_low", "every_row": True, "count": 5})
        assert shown.table is not None
        assert shown.table.columns[:6] == ["home", "actual price", "expected", "difference", "usual from", "usual to"]
        assert said in shown.text
        assert shown.values["rows_looked_at"] == judged
        found = {str(row[0]) for row in shown.table.rows}
        odd = {f"H{number:03}" for number in ODD}
        assert found == odd if folds else len(found & odd) < 5
        for _, actual, expected, difference, low, high, *_ in shown.table.rows:
            assert low < expected < high
            assert actual - expected == pytest.approx(difference, rel=1e-4)
        prices = dict(zip(homes()["home"].to_pylist(), homes()["price"].to_pylist(), strict=True))
        assert all(prices[str(row[0])] == row[1] for row in shown.table.rows)
        cheap = call(job, "show_mistakes", {"kind": "too_high", "every_row": True})
        assert cheap.table is not None
        assert all(row[3] < 0 for row in cheap.table.rows)


def test_it_is_asked_of_numbers_only() -> None:
    with pytest.raises(ToolError) as error:
        call(project(), "show_mistakes", {"model": "customers_left", "every_row": True})
    assert str(error.value) == (
        "every_row is for a model of a number, with kind all, too_high or too_low; 'customers_left' predicts classes and got kind=all."
    )
