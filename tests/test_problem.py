from datetime import date
from decimal import Decimal

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from automl.builds import estimate_seconds, plan_build
from automl.frames import as_frame, labels
from automl.problem import Problem, ProblemError, detect, positive_class

ROWS = 400


def table(**columns: list[object]) -> pd.DataFrame:
    return as_frame(pa.table(columns))


def people(**more: list[object]) -> pd.DataFrame:
    random = np.random.default_rng(1)
    return table(age=random.integers(18, 90, ROWS).tolist(), height=random.normal(170, 9, ROWS).tolist(), **more)


def cycle(*values: object) -> list[object]:
    return [values[row * 7919 % 1000 % len(values)] for row in range(ROWS)]


@pytest.mark.parametrize(
    ("name", "values", "kind", "label_type"),
    [
        ("left", cycle("yes", "no"), "binary", "text"),
        ("left", cycle(0, 1), "binary", "integer"),
        ("left", cycle(True, False), "binary", "boolean"),
        ("left", cycle(1.5, 2.5), "binary", "text"),
        ("species", cycle("cat", "dog", "cow"), "multiclass", "text"),
        ("pclass", cycle(1, 2, 3), "regression", "number"),
        ("ticket_class", cycle(1, 2, 3), "multiclass", "integer"),
        ("target", cycle(0, 1, 2), "multiclass", "integer"),
        ("target", cycle(3, 5, 9), "regression", "number"),
        ("days_to_ship", [1 + row % 12 for row in range(ROWS)], "regression", "number"),
        ("stars", cycle(1, 2, 3, 4, 5), "regression", "number"),
        ("price", [row * 1.5 for row in range(ROWS)], "regression", "number"),
    ],
)
def test_what_is_predicted_follows_from_the_values_and_their_meaning(
    name: str, values: list[object], kind: str, label_type: str
) -> None:
    found = detect(people(**{name: values}), name)
    assert (found.kind, found.label_type) == (kind, label_type)


def test_the_reason_says_why_whole_numbers_are_amounts_or_codes() -> None:
    days = detect(people(days=[1 + row % 12 for row in range(ROWS)]), "days")
    codes = detect(people(customer_type=cycle(1, 2, 3)), "customer_type")
    assert days.reason == "it holds whole numbers from 1 to 12 whose order and distance mean something"
    assert codes.reason == "its 3 whole numbers look like codes of classes, not amounts"


def test_a_person_may_ask_for_classes_or_a_number() -> None:
    frame = people(stars=cycle(1, 2, 3), city=cycle("a", "b", "c"))
    assert detect(frame, "stars", wanted="classes").kind == "multiclass"
    assert detect(frame, "stars", wanted="number").kind == "regression"
    with pytest.raises(ProblemError, match="'city' holds text, so it can't be predicted as a number"):
        detect(frame, "city", wanted="number")


@pytest.mark.parametrize(
    ("counts", "positive"),
    [
        ({"no": 900, "yes": 100}, "yes"),
        ({"Yes": 900, "No": 100}, "Yes"),
        ({"0": 100, "1": 900}, "1"),
        ({"false": 1, "true": 2}, "true"),
        ({"<=50K": 100, ">50K": 900}, ">50K"),
        ({"failed": 900, "not failed": 100}, "failed"),
        ({"CH": 653, "MM": 417}, "MM"),
        ({"1": 653, "2": 417}, "2"),
        ({"a": 5, "b": 5}, "b"),
        ({"normal": 5, "attack": 50}, "attack"),
    ],
)
def test_the_positive_class_is_the_one_a_person_asks_about(counts: dict[str, int], positive: str) -> None:
    assert positive_class(counts) == positive


@pytest.mark.parametrize(
    ("name", "values", "message"),
    [
        ("gone", None, "There is no column 'gone' to predict."),
        ("t", [None] * ROWS, "'t' is empty in every row, so there is nothing to learn. Choose another column."),
        ("t", [" "] * ROWS, "'t' is empty in every row, so there is nothing to learn. Choose another column."),
        ("t", ["x"] * ROWS, "'t' has one value only (x), so there is nothing to tell apart. Choose another column."),
        ("t", ["x", "y"] * 10 + [None] * (ROWS - 20), "Only 20 rows have a 't'. A model needs at least 40."),
        (
            "t",
            ["x"] * (ROWS - 2) + ["y"] * 2,
            "'t' has too few rows per class (2 different values; y: 2…). At least two classes need 10 rows each.",
        ),
        (
            "t",
            [f"{row}.50 $" for row in range(ROWS)],
            "'t' holds numbers written as text ('0.50 $'). Change its type to number first.",
        ),
        (
            "t",
            ["x", "y"] * 60 + [f"z{row}" for row in range(ROWS - 120)],
            "'t' has 282 different values and most rows hold a rare one. Group its values first.",
        ),
    ],
)
def test_data_that_poses_no_problem_is_refused_in_one_line(name: str, values: list[object], message: str) -> None:
    frame = people() if values is None else people(**{name: values})
    with pytest.raises(ProblemError) as error:
        detect(frame, name)
    assert str(error.value) == message


def test_too_many_classes_are_refused() -> None:
    frame = as_frame(pa.table({"t": [f"c{row % 120}" for row in range(2400)], "x": list(range(2400))}))
    with pytest.raises(ProblemError, match="'t' has 120 different values; a model can tell at most 100 classes apart"):
        detect(frame, "t")


def test_rare_classes_are_left_out_and_counted() -> None:
    found = detect(people(kind=["a", "b"] * 198 + ["c"] * 4), "kind")
    assert (found.kind, found.classes, found.dropped_classes) == ("binary", ["a", "b"], {"c": 4})


def excluded(**columns: list[object]) -> dict[str, str]:
    frame = people(left=cycle("yes", "no"), **columns)
    return detect(frame, "left").excluded


@pytest.mark.parametrize(
    ("name", "values", "reason"),
    [
        ("n", list(range(ROWS)), "a running number"),
        ("n", [10_000 - row for row in range(ROWS)], "a running number"),
        (
            "client",
            [700_000 + row * 13 for row in range(ROWS)],
            "a number that is different in every row, so it only names the row",
        ),
        (
            "order_id",
            [row * row * 100_003 + 7 for row in range(ROWS, 0, -1)],
            "a number that is different in every row, so it only names the row",
        ),
        (
            "code",
            [f"M{row}" for row in range(ROWS)],
            "a text that is different in nearly every row, so it only names the row",
        ),
        (
            "surname",
            [f"s{row % 130}" for row in range(ROWS)],
            "130 different values in 400 rows: too few rows of each to learn from",
        ),
        ("CustomerId", [row % 90 for row in range(ROWS)], "a number that names a case (90 different ones in 400 rows)"),
        (
            "note",
            [f"the customer said {row} nice things" for row in range(ROWS)],
            "free text, which this kind of model does not read",
        ),
        ("empty", [None] * ROWS, "it is empty"),
        ("same", ["x"] * ROWS, "it is always x"),
        ("zero", [0.0] * ROWS, "it is always 0"),
        ("gone", cycle(1, 0), "a copy of left in other words"),
    ],
)
def test_columns_that_can_teach_nothing_are_left_out_with_the_reason(
    name: str, values: list[object], reason: str
) -> None:
    assert excluded(**{name: values}) == {name: reason}


def test_measurements_stay_even_where_nearly_every_row_differs() -> None:
    random = np.random.default_rng(2)
    salary = np.round(random.uniform(10, 200_000, ROWS), 2).tolist()
    income = np.round(random.lognormal(11, 1, ROWS)).astype(int).tolist()
    assert excluded(salary=salary, income=income, city=[f"c{row % 40}" for row in range(ROWS)]) == {}


def test_a_flag_that_is_sometimes_empty_stays() -> None:
    assert excluded(flag=cycle("x", None, None)) == {}


def test_a_copy_in_another_unit_is_left_out_and_a_near_copy_is_warned_about() -> None:
    random = np.random.default_rng(3)
    price = random.normal(100, 20, ROWS)
    frame = people(
        price=price.tolist(), cents=(price * -100 + 5).tolist(), near=(price + random.normal(0, 0.1, ROWS)).tolist()
    )
    found = detect(frame, "price")
    assert found.excluded == {"cents": "a copy of price in another unit or sign"}
    assert [warning.split(" (")[0] for warning in found.warnings] == ["'near' alone tells 'price' almost perfectly"]


def test_a_number_that_parts_the_classes_is_warned_about() -> None:
    left = cycle("yes", "no")
    days = [float(row + (1000 if answer == "yes" else 0)) + 0.5 for row, answer in enumerate(left)]
    found = detect(people(left=left, days=days), "left")
    assert found.excluded == {}
    assert found.warnings == [
        "'days' alone tells 'left' almost perfectly (100.0%). If it becomes known only together with 'left', leave it out,"
        " or the model will look better than it is."
    ]


def test_a_table_with_identifiers_only_is_refused() -> None:
    frame = table(id=list(range(ROWS)), left=cycle("yes", "no"))
    with pytest.raises(ProblemError, match=r"No column is left to predict 'left' from \(id: a running number\)\."):
        detect(frame, "left")


def test_rows_have_the_same_dtypes_whether_or_not_a_batch_holds_empty_cells() -> None:
    schema = pa.schema(
        [("i", pa.int64()), ("d", pa.decimal128(9, 2)), ("b", pa.bool_()), ("t", pa.date32()), ("s", pa.string())]
    )
    values = {"i": 1, "d": Decimal("1.50"), "b": True, "t": date(1970, 1, 1), "s": "x"}
    full = pa.Table.from_pylist([values], schema=schema)
    empty = pa.Table.from_pylist([dict.fromkeys(values)], schema=schema)
    assert [str(kind) for kind in as_frame(full).dtypes] == ["float64", "float64", "object", "datetime64[ns]", "object"]
    assert as_frame(full).dtypes.equals(as_frame(empty).dtypes)
    assert as_frame(full).iloc[0].tolist() == [1.0, 1.5, "true", pd.Timestamp("1970-01-01"), "x"]


def test_class_names_of_numbers_have_no_decimals_and_blanks_are_empty() -> None:
    assert labels(pd.Series([1.0, 0.0, float("nan"), 2.5])).tolist()[:2] == ["1", "0"]
    assert labels(pd.Series([1.0, 2.5]))[1] == "2.5"
    assert labels(pd.Series(["a", " ", None], dtype=object)).tolist() == ["a", None, None]


def test_a_problem_survives_its_json() -> None:
    found = detect(people(left=cycle("yes", "no")), "left")
    assert Problem.model_validate_json(found.model_dump_json()) == found


def test_auto_takes_folds_for_few_rows_or_a_rare_class_and_one_split_for_many() -> None:
    assert plan_build("auto", 800, 10).name == "standard"
    assert plan_build("auto", 8_000, 10, rarest=2_000).name == "quick"
    assert plan_build("auto", 8_000, 10, rarest=80).name == "standard"
    assert plan_build("auto", 1_000_000, 10, rarest=80).name == "quick"
    assert plan_build("quick", 100, 10, seconds=3).seconds == 3


def test_the_estimate_grows_with_the_data_and_the_build() -> None:
    small, large = estimate_seconds(1_000, 10, "quick"), estimate_seconds(5_000_000, 30, "quick")
    assert small < 15 < large
    assert estimate_seconds(10_000, 10, "standard") > estimate_seconds(10_000, 10, "quick")
