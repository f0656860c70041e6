"""A model judged on some of the rows that it never saw, beside the others."""

import pytest

from tests.trained import project
from tools import call
from tools.modelling.seen import see
from tools.modelling.words import number, percent
from tools.tool import ToolError

OSLO = [{"column": "City", "value": "oslo"}]


def test_two_classes_are_judged_on_the_rows_that_meet_a_condition() -> None:
    held = see(project().workspace, "customers_left").held
    inside = held.rows["City"] == "Oslo"
    outcome = call(project(), "evaluate_model", {"model": "customers_left", "only": OSLO})
    rows, right = int(inside.sum()), 1 - float(held.wrong[inside].mean())
    assert outcome.text.startswith(
        f"On {rows} rows that 'customers_left' never saw, with City = oslo, it is right for {percent(right)} ("
    )
    assert (
        f" On the {len(inside) - rows} other rows it is right for {percent(1 - float(held.wrong[~inside].mean()))}: "
        in outcome.text
    )
    assert outcome.table is not None
    assert outcome.table.columns == ["metric", "City = oslo", "all other rows"]
    assert [row[0] for row in outcome.table.rows] == ["rows", "accuracy", "precision", "recall", "auc"]
    assert outcome.table.rows[1][1] == round(right, 6)
    assert outcome.values["rows"] == rows
    assert outcome.values["others"] == len(inside) - rows


def test_a_number_is_judged_within_limits() -> None:
    held = see(project().workspace, "customers_revenue").held
    only = [{"column": "Age", "comparison": ">", "value": 40}, {"column": "Age", "comparison": "<=", "value": 60}]
    outcome = call(project(), "evaluate_model", {"model": "customers_revenue", "only": only})
    inside = (held.rows["Age"] > 40) & (held.rows["Age"] <= 60)
    assert outcome.text.startswith(
        f"On {int(inside.sum())} rows that 'customers_revenue' never saw, with Age > 40 and Age <= 60, it is off by {number(float(held.wrong[inside].mean()))} on average ("
    )
    assert outcome.metrics["mae"] == pytest.approx(float(held.wrong[inside].mean()), abs=1e-6)


def test_an_empty_cell_meets_no_condition() -> None:
    held = see(project().workspace, "customers_revenue").held
    differs = [{"column": "Spend", "comparison": "!=", "value": -1}]
    outcome = call(project(), "evaluate_model", {"model": "customers_revenue", "only": differs})
    assert outcome.values["rows"] == int(held.rows["Spend"].notna().sum()) < len(held.rows)


@pytest.mark.parametrize(
    ("only", "error"),
    [
        ({"column": "City", "value": "Rome"}, "rows that measure 'customers_left' none has City = Rome. City has Bergen, Narvik and Oslo."),
        ({"column": "City", "comparison": ">", "value": "Oslo"}, "City has no order, so '>' can't be asked of it. Use = or !=."),
        ({"column": "Years", "comparison": ">", "value": "old"}, "Years holds numbers, and 'old' is none. Give a number."),
        ({"column": "Town", "value": "Oslo"}, "No column 'Town'."),
    ],
)  # fmt: skip
def test_a_condition_that_does_not_fit_is_told(only: dict[str, object], error: str) -> None:
    with pytest.raises(ToolError) as raised:
        call(project(), "evaluate_model", {"model": "customers_left", "only": [only]})
    assert error in str(raised.value)
