import numpy as np
import pandas as pd
import pytest

from automl.held import Held
from automl.segments import EMPTY, OTHERS, errors, grouped, treatment
from tests.trained import project
from tools import call
from tools.tool import ToolError


def held(rows: pd.DataFrame, actual: list[str], predicted: list[str]) -> Held:
    table = pd.DataFrame({"no": [0.5] * len(actual), "yes": [0.5] * len(actual)})
    return Held(rows, pd.Series(actual), pd.Series(predicted), table, table)


def test_numbers_are_cut_at_quartiles_and_rare_values_stand_together() -> None:
    numbers = grouped(pd.Series([float(n) for n in range(100)]))
    assert numbers.value_counts().tolist() == [25, 25, 25, 25]
    assert set(numbers) == {"0 to 24.75", "24.75 to 49.5", "49.5 to 74.25", "74.25 to 99"}
    incomes = grouped(pd.Series([float(30_000 + 100 * n) for n in range(100)]))
    assert set(incomes) == {"30,000 to 32,475", "32,475 to 34,950", "34,950 to 37,425", "37,425 to 39,900"}
    texts = grouped(pd.Series(["a"] * 20 + ["b"] * 12 + ["c"] * 3 + [None] * 15))
    assert texts.value_counts().to_dict() == {"a": 20, EMPTY: 15, "b": 12, OTHERS: 3}


def test_a_group_that_is_worse_by_more_than_chance_is_named_and_no_other() -> None:
    random = np.random.default_rng(1)
    city = pd.DataFrame({"city": random.choice(["a", "b", "c", "d"], 800)})
    wrong = random.random(800) < np.where(city["city"] == "c", 0.4, 0.1)
    found = errors(held(city, ["yes"] * 800, ["no" if one else "yes" for one in wrong]), "city")
    assert [one.name for one in found if one.worse] == ["c"]
    assert found[0].name == "c"
    assert found[0].interval[0] <= found[0].error <= found[0].interval[1]


def test_groups_that_differ_by_chance_only_are_seldom_called_worse() -> None:
    random = np.random.default_rng(2)
    called = 0
    for _ in range(40):
        city = pd.DataFrame({"city": random.choice(["a", "b", "c", "d"], 300)})
        wrong = random.random(300) < 0.2
        called += any(
            one.worse for one in errors(held(city, ["yes"] * 300, ["no" if one else "yes" for one in wrong]), "city")
        )
    assert called <= 6


def test_groups_that_are_treated_alike_are_seldom_said_to_differ() -> None:
    random = np.random.default_rng(4)
    called = 0
    for _ in range(40):
        city = pd.DataFrame({"city": random.choice(["a", "b", "c", "d", "e"], 300)})
        predicted = random.choice(["yes", "no"], 300).tolist()
        actual = random.choice(["yes", "no"], 300).tolist()
        called += any(one.chances["selected"] < 0.05 for one in treatment(held(city, actual, predicted), "city", "yes"))
    assert called <= 5


def test_treatment_tells_rates_of_each_group_less_those_of_the_others() -> None:
    rows = pd.DataFrame({"sex": ["f"] * 40 + ["m"] * 60})
    actual = ["yes"] * 20 + ["no"] * 20 + ["yes"] * 30 + ["no"] * 30
    predicted = ["yes"] * 10 + ["no"] * 30 + ["yes"] * 36 + ["no"] * 24
    first, second = treatment(held(rows, actual, predicted), "sex", "yes")
    assert (first.name, first.rows, first.selected, first.found, first.right) == ("f", 40, 0.25, 0.5, 1.0)
    assert (second.selected, second.found, second.right) == (0.6, 1.0, 0.833333)
    assert first.differences == {"selected": -0.35, "found": -0.5, "right": 0.166667}
    assert first.ratio == pytest.approx(0.25 / 0.6, abs=1e-6)
    assert first.chances["selected"] == second.chances["selected"] < 0.01
    low, high = first.intervals["selected"]
    assert low < -0.35 < high < 0


def test_errors_by_group_of_a_model_are_told_with_its_rows() -> None:
    outcome = call(project(), "error_by_segment", {"model": "customers_left", "column": "city"})
    assert outcome.text.startswith("Over 80 rows that 'customers_left' never saw, ")
    assert outcome.table is not None
    assert outcome.table.columns == ["City", "rows", "wrong", "from", "to", "chance", "worse"]
    assert sum(row[1] for row in outcome.table.rows) == 80
    numbers = call(project(), "error_by_segment", {"model": "customers_revenue", "column": "Spend"})
    assert numbers.values["worse"] == [EMPTY]
    with pytest.raises(ToolError, match=r"No column 'Citty'\. Nearest: City"):
        call(project(), "error_by_segment", {"model": "customers_left", "column": "Citty"})


def test_mistakes_are_shown_the_surest_first_with_their_values() -> None:
    job = project()
    outcome = call(job, "show_mistakes", {"model": "customers_left", "count": 3})
    assert outcome.table is not None
    assert outcome.table.columns[:3] == ["actual Left", "predicted", "confidence"]
    assert set(outcome.table.columns[3:]) == {"Years", "Spend", "Active", "City"}
    sure = [row[2] for row in outcome.table.rows]
    assert sure == sorted(sure, reverse=True)
    assert all(row[0] != row[1] for row in outcome.table.rows)
    good = call(job, "evaluate_model", {"model": "customers_left"})
    assert outcome.values["mistakes"] == round((1 - good.metrics["accuracy"]) * 80)
    low = call(job, "show_mistakes", {"model": "customers_revenue", "kind": "too_low", "count": 5})
    assert low.table is not None
    assert all(row[1] < row[0] and row[2] == pytest.approx(row[0] - row[1], abs=0.001) for row in low.table.rows)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"model": "customers_plan", "kind": "misses"}, "misses are those of two classes; 'customers_plan' predicts other things. Leave kind out."),
        ({"model": "customers_left", "kind": "too_low"}, "too_low is for numbers; 'customers_left' predicts classes. Leave kind out."),
        ({"model": "customers_left", "count": 0}, "count is how many rows to show, 1 to 200, but got 0."),
    ],
)  # fmt: skip
def test_kinds_of_mistakes_that_a_model_can_not_make_are_refused(arguments: dict[str, object], message: str) -> None:
    with pytest.raises(ToolError) as error:
        call(project(), "show_mistakes", arguments)
    assert str(error.value) == message


def test_bias_is_told_in_plain_words_for_classes_and_numbers() -> None:
    outcome = call(project(), "measure_bias", {"model": "customers_left", "column": "Years"})
    assert outcome.text.startswith("'customers_left' predicts Left = yes for ")
    assert outcome.text.endswith("A difference may have good reasons; whether it is fair is for people to judge.")
    shares = list(outcome.values["selected"].values())
    assert shares == sorted(shares)
    youngest = next(iter(outcome.values["selected"]))
    assert f"Different from the others by more than chance: {youngest} (-" in outcome.text
    plan = call(project(), "measure_bias", {"model": "customers_plan", "column": "Active", "outcome": "GOLD"})
    assert plan.values["outcome"] == "gold"
    number = call(project(), "measure_bias", {"model": "customers_revenue", "column": "City"})
    assert number.table is not None
    assert number.table.columns == ["City", "rows", "predicted on average", "too high by", "from", "to"]


@pytest.mark.parametrize(
    ("model", "kinds"),
    [
        ("customers_left", ["roc", "precision_recall", "calibration", "confusion", "threshold", "impact"]),
        ("customers_plan", ["confusion", "calibration", "impact"]),
        ("customers_revenue", ["actual", "residuals", "impact"]),
    ],
)
def test_each_kind_of_problem_has_its_charts(model: str, kinds: list[str]) -> None:
    for kind in kinds:
        outcome = call(project(), "draw_model_chart", {"model": model, "kind": kind})
        assert [one.kind for one in outcome.artefacts] == ["chart", "file", "file", "file"]
        assert outcome.values["charts"] == kinds
        assert outcome.table is not None
        assert outcome.table.rows
    wrong = "roc" if model != "customers_left" else "residuals"
    with pytest.raises(ToolError, match=f"'{model}' has no {wrong} chart"):
        call(project(), "draw_model_chart", {"model": model, "kind": wrong})
