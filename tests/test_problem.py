import re
from datetime import date
from decimal import Decimal

import duckdb
import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from automl.builds import estimate, plan_build
from automl.columns import amounts
from automl.copies import copies
from automl.frames import as_frame, labels
from automl.problem import Kind, Problem, ProblemError, detect, positive_class
from automl.settings import Build, Metric, Settings, metric_name
from automl.shift import shift

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
        ({"예": 900, "아니오": 100}, "예"),
        ({"있음": 900, "없음": 100}, "있음"),
        ({"구매": 900, "미구매": 100}, "구매"),
        ({"회원": 900, "비회원": 100}, "회원"),
        ({"유지": 100, "전환": 900}, "유지"),
        ({"미국": 100, "한국": 900}, "미국"),
    ],
)
def test_the_positive_class_is_the_one_a_person_asks_about(counts: dict[str, int], positive: str) -> None:
    assert positive_class(counts) == positive


@pytest.mark.parametrize(
    ("counts", "target", "positive"),
    [
        ({"유지": 100, "이탈": 900}, "이탈여부", "이탈"),
        ({"유지": 900, "이탈": 100}, "이탈여부", "이탈"),
        ({"stay": 100, "churn": 900}, "churn_flag", "churn"),
        ({"good": 900, "bad": 100}, "risk", "bad"),
        ({"a": 900, "b": 100}, "bar", "b"),
    ],
)
def test_a_target_that_is_called_after_a_class_asks_about_it(
    counts: dict[str, int], target: str, positive: str
) -> None:
    assert positive_class(counts, target) == positive


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
            "'t' has too few rows per class (2 different values; y: 2). At least two classes need 10 rows each.",
        ),
        (
            "t",
            [f"{row}.50 $" for row in range(ROWS)],
            "'t' holds numbers written as text ('0.50 $'). Change its type to number first.",
        ),
        (
            "t",
            [f"{1000 + row:,}원" for row in range(ROWS)],
            "'t' holds numbers written as text ('1,000원'). Change its type to number first.",
        ),
        (
            "t",
            ["bought"] * 100 + [None] * (ROWS - 100),
            "'t' has one value only (bought), so there is nothing to tell apart. 300 rows have none: if that means the"
            " other answer, fill them first; else choose another column.",
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
            "seat",  # no power of ten
            [f"E{row}" for row in range(ROWS)],
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
        (
            "power",
            [str(row % 90) if row % 6 else "?" for row in range(ROWS)],
            "numbers written as text ('?' among them); fix_issues or change_type makes it a number that can be used",
        ),
        (
            "paid",
            [f"{1000 + row * 7:,}원" for row in range(ROWS)],
            "numbers written as text ('1,000원' among them); fix_issues or change_type makes it a number that can be used",
        ),
        (
            "share",
            [f"{row % 97}%" for row in range(ROWS)],
            "numbers written as text ('0%' among them); fix_issues or change_type makes it a number that can be used",
        ),
        (
            "attendance",  # of few values, which would be groups
            [f"{50 + row % 40}%" for row in range(ROWS)],
            "numbers written as text ('50%' among them); fix_issues or change_type makes it a number that can be used",
        ),
        (
            "fee",
            [["180,000원", "250,000원", "320,000원"][row % 3] for row in range(ROWS)],
            "numbers written as text ('180,000원' among them); fix_issues or change_type makes it a number that can be used",
        ),
        ("empty", [None] * ROWS, "it is empty"),
        ("same", ["x"] * ROWS, "it is always x"),
        ("zero", [0.0] * ROWS, "it is always 0"),
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


@pytest.mark.parametrize(
    "values", [("A1", "B2", "C3"), ("1-2", "3-4", "5-6"), ("10%", "20%"), ("small", "10%", "20%"), ("1", "2", "3")]
)
def test_groups_that_look_like_amounts_stay_groups(values: tuple[str, ...]) -> None:
    assert excluded(kind=cycle(*values)) == {}


def test_a_flag_that_is_sometimes_empty_stays() -> None:
    assert excluded(flag=cycle("x", None, None)) == {}


def test_columns_that_only_name_rows_are_told_from_those_that_hold_nothing() -> None:
    power = [str(row % 90) if row % 6 else "?" for row in range(ROWS)]
    found = detect(people(left=cycle("yes", "no"), n=list(range(ROWS)), same=["x"] * ROWS, power=power), "left")
    assert (set(found.excluded), found.identifiers) == ({"n", "same", "power"}, ["n"])


def test_copies_of_the_target_are_suspected_and_not_left_out() -> None:
    random = np.random.default_rng(3)
    price = random.normal(100, 20, ROWS)
    frame = people(
        price=price.tolist(), cents=(price * -100 + 5).tolist(), near=(price + random.normal(0, 0.1, ROWS)).tolist()
    )
    found = detect(frame, "price")
    assert found.excluded == {}
    assert {name: reason.split(" (")[0] for name, reason in found.leaks.items()} == {
        "cents": "a copy of price in another unit or sign",
        "near": "it alone tells price almost perfectly",
    }
    assert detect(people(left=cycle("yes", "no"), gone=cycle(1, 0)), "left").leaks == {
        "gone": "a copy of left in other words"
    }


@pytest.mark.parametrize(
    ("texts", "numbers"),
    [
        (["1,200", "$3.50", "12 %", "12,000원", "(5)", "1.234,50 €", "-7", "1e3", "₩900", "−7", "7-", "₹40"], True),
        (["2024.01.02", "010-1234-5678", "1.2.3", "A12", "", "12 kg", "3/4"], False),
    ],
)
def test_amounts_are_told_from_codes_and_dates(texts: list[str], numbers: bool) -> None:
    assert amounts(pd.Series(texts, dtype=object)).tolist() == [numbers] * len(texts)


def test_a_number_of_which_the_classes_are_bands_is_suspected() -> None:
    frame = people()
    bands = np.where(frame["height"] < 165, "small", np.where(frame["height"] < 175, "middle", "tall"))
    assert detect(frame.assign(size=bands), "size").leaks == {"height": "it alone tells size almost perfectly (100.0%)"}
    middle = np.where(bands == "middle", "yes", "no")
    assert list(detect(frame.assign(middle=middle), "middle").leaks) == ["height"]
    mixed = np.where(np.arange(ROWS) % 9 == 0, "small", bands)
    assert detect(frame.assign(size=mixed), "size").leaks == {}
    assert detect(people(left=sorted(map(str, cycle("a", "b"))), flag=cycle(0, 1, 1)), "left").leaks == {}


def test_a_class_that_says_the_answer_is_not_known_is_warned_about() -> None:
    found = detect(people(left=cycle("yes", "no", "?")), "left")
    assert found.warnings == [
        f"{cycle('yes', 'no', '?').count('?')} rows say '?', which was learned as an answer of its own. If it means that the"
        " answer is not known, make it empty first (treat_as_missing) and build again."
    ]
    assert detect(people(damage=cycle("none", "little", "much")), "damage").warnings == []


def test_rows_that_are_copies_are_warned_about_unless_all_values_are_few() -> None:
    frame = people(left=cycle("yes", "no"), n=list(range(ROWS)))
    again = pd.concat([frame, frame.head(60)], ignore_index=True)
    assert copies(frame, detect(frame, "left")) == ""
    assert copies(again, detect(again, "left")) == (
        "60 of 460 rows are copies of another one in all columns that the model reads, so some rows that measure it also"
        " taught it and its score may be too good. If they are the same cases twice, remove them first"
        " (drop_duplicates) and build again."
    )
    few = table(left=cycle("yes", "no"), a=cycle(1, 2, 3), b=cycle("x", "y"))
    assert copies(few, detect(few, "left")) == ""


def test_times_of_day_are_hours_and_lengths_of_time_days_as_the_database_counts_them() -> None:
    with duckdb.connect() as connection:
        rows = connection.execute(
            "SELECT *, epoch(length) / 86400 AS days, epoch(clock) / 3600 AS hours FROM (VALUES (INTERVAL '-13 months',"
            " TIME '09:30:00'), (INTERVAL '40 days 6 hours', TIME '23:59:59.5'), (NULL, NULL)) AS t(length, clock)"
        ).to_arrow_table()
    frame = as_frame(rows)
    assert frame["length"].tolist()[:2] == frame["days"].tolist()[:2] == [-395.25, 40.25]
    assert frame["clock"].tolist()[:2] == frame["hours"].tolist()[:2] == [9.5, pytest.approx(23.999861)]
    assert frame.isna().sum().tolist() == [1, 1, 1, 1]


def test_a_number_that_parts_the_classes_is_suspected() -> None:
    left = cycle("yes", "no")
    days = [float(row + (1000 if answer == "yes" else 0)) + 0.5 for row, answer in enumerate(left)]
    found = detect(people(left=left, days=days), "left")
    assert (found.excluded, found.leaks) == ({}, {"days": "it alone tells left almost perfectly (100.0%)"})


def numbers(seed: int = 4) -> dict[str, np.ndarray]:
    random = np.random.default_rng(seed)
    return {name: np.round(random.uniform(5, 90, ROWS), 1) for name in ("a", "b", "c", "d")}


@pytest.mark.parametrize(
    ("formula", "leaks"),
    [
        (lambda a, b, c, d: a + b, {"a": "a + b = y", "b": "a + b = y"}),
        (lambda a, b, c, d: c - b, {"b": "c - b = y", "c": "c - b = y"}),
        (lambda a, b, c, d: np.round(a * d, 2), {"a": "a * d = y", "d": "a * d = y"}),
        (lambda a, b, c, d: np.round(c / b, 3), {"b": "c / b = y", "c": "c / b = y"}),
        (lambda a, b, c, d: a + b - d, dict.fromkeys("abd", "a + b - d = y")),
        (lambda a, b, c, d: 0.3 * a + 0.7 * b + 2 * c + 5, dict.fromkeys("abc", "a fixed weighting of a, b, c = y")),
        (lambda a, b, c, d: a + b + np.random.default_rng(0).normal(0, 3, ROWS), {}),
        (lambda a, b, c, d: np.where(np.arange(ROWS) % 4 == 0, c, a + b), {}),
        (lambda a, b, c, d: (np.arange(ROWS) % 7).astype(float), {}),
    ],
)
def test_columns_that_give_a_number_together_are_found_with_their_formula(formula, leaks: dict[str, str]) -> None:
    made = numbers()
    frame = table(**{name: cells.tolist() for name, cells in made.items()}, y=formula(**made).tolist())
    assert detect(frame, "y", wanted="number").leaks == leaks


def paid(kind: str) -> pd.DataFrame:
    """Pay in the money it is paid in, and in dollars: at one rate for each money, but of every tenth row."""
    random = np.random.default_rng(8)
    rates = {"EUR": 1.08, "USD": 1.0, "INR": 0.012}
    money = random.choice(list(rates), ROWS, p=[0.05, 0.9, 0.05] if kind == "most" else [0.3, 0.5, 0.2])
    rate = np.array([rates[one] for one in money])
    pay = np.round(random.lognormal(11, 0.4, ROWS) / rate)
    dollars = np.round(pay * rate * np.where(np.arange(ROWS) % 10 == 0, 1.07, 1))
    if kind == "sticky":  # two of five are new
        dollars = np.where(np.arange(ROWS) % 5 < 2, dollars[::-1], pay)
    if kind == "fixed":  # the money alone tells both
        pay, dollars = 1000 * rate, 1300 * rate + random.integers(0, 2, ROWS)
    frame = {"pay": pay, "money": money.tolist(), "age": random.normal(40, 9, ROWS), "dollars": dollars}
    return as_frame(pa.table(frame))


@pytest.mark.parametrize(
    ("kind", "leaks"),
    [
        ("each", {"pay": "pay times a number for each money = dollars in 89 % of the rows"}),
        ("most", {"pay": "pay = dollars in 84 % of the rows"}),
        ("sticky", {}),
        ("fixed", {"money": "it alone tells dollars almost perfectly (100.0%)"}),
    ],
)
def test_an_amount_in_another_currency_is_suspected(kind: str, leaks: dict[str, str]) -> None:
    assert detect(paid(kind), "dollars", wanted="number").leaks == leaks


def visits(kind: str) -> pd.DataFrame:
    random = np.random.default_rng(6)
    days = pd.to_datetime("2023-01-01") + pd.to_timedelta(np.arange(ROWS), unit="D")
    price = random.normal(10, 2, ROWS) + (8 * (np.arange(ROWS) > ROWS // 2) if kind == "rises" else 0)
    made = {"day": days, "year": days.year.astype(float), "price": price, "size": random.normal(0, 1, ROWS)}
    return pd.DataFrame(made | {"left": random.choice(["yes", "no"], ROWS)})


def test_rows_that_change_over_time_are_warned_about_with_what_to_do() -> None:
    frame = visits("rises")
    assert re.fullmatch(
        r"The rows change over time: those after 2023-07-19 can be told from the earlier ones \(AUC 0\.\d\d, most by"
        r" price\)\. To measure on what comes later, build again with the split by time and the split column day\.",
        shift(frame, detect(frame, "left")),
    )


def test_a_year_and_a_counter_are_no_change_over_time() -> None:
    frame = visits("stays").assign(counter=np.arange(ROWS) * 3.5)
    assert shift(frame, detect(frame, "left")) == ""
    assert shift(people(left=cycle("yes", "no")), detect(people(left=cycle("yes", "no")), "left")) == ""


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


def test_the_estimate_grows_with_the_data_and_the_build() -> None:
    small, large = estimate("quick", 1_000, 10), estimate("quick", 5_000_000, 30)
    assert small.seconds < 20 < large.seconds
    assert small.memory_mb < 600 < large.memory_mb
    costs = [estimate(build, 10_000, 10).seconds for build in ("preview", "quick", "standard", "thorough")]
    assert costs == sorted(costs)
    assert estimate("quick", 1_000, 10).seconds < estimate("quick", 1_000, 10, classes=7).seconds
    assert str(estimate("quick", 1_000, 10)) == "about 10 s and 0.6 GB of memory"


@pytest.mark.parametrize(
    ("metric", "kind", "name"),
    [
        ("auto", "binary", "roc_auc"),
        ("auto", "multiclass", "log_loss"),
        ("auto", "regression", "root_mean_squared_error"),
        ("f1", "binary", "f1"),
        ("f1", "multiclass", "f1_macro"),
        ("mape", "regression", "mean_absolute_percentage_error"),
    ],
)
def test_a_metric_is_called_as_the_library_calls_it(metric: Metric, kind: Kind, name: str) -> None:
    assert metric_name(metric, kind) == name


def test_a_metric_of_another_kind_of_problem_is_refused_with_those_that_fit() -> None:
    with pytest.raises(
        ProblemError, match=r"'auc' does not measure .* a number\. Choose one of: mae, mape, mse, r2, rmse\."
    ):
        metric_name("auc", "regression")


@pytest.mark.parametrize("classes", [0, 2, 3])
def test_the_candidate_that_is_fitted_again_with_few_rounds_is_set_as_the_one_that_was_measured(classes: int) -> None:
    """CatBoost chooses by the rounds it is told, and the second fit is told those where the first one stopped."""
    from catboost import CatBoostClassifier, CatBoostRegressor

    rows = pd.DataFrame({"a": range(60), "b": [*"xyz"] * 20})
    target = [(row * 7) % (classes or 60) for row in range(60)]
    settings = plan_build("quick", 60, 2, classes=classes).settings["hyperparameters"]["CAT"]
    made = []
    for rounds in (15, 300):
        kind = CatBoostClassifier if classes else CatBoostRegressor
        model = kind(iterations=rounds, learning_rate=0.05, allow_writing_files=False, verbose=False, **settings)
        made.append(model.fit(rows, target, cat_features=["b"]).get_all_params() | {"iterations": 0})
    assert made[0] == made[1]


def test_settings_become_what_the_library_is_asked_for() -> None:
    asked = Settings(build="standard", algorithms=("xgboost", "linear"), folds=3, seconds=20, memory_gb=2)
    plan = plan_build(asked, 1_000, 10)
    assert (plan.name, plan.seconds, plan.deadline, plan.memory_mb) == ("standard", 16, 50.1, 2_000)
    assert (plan.settings["hyperparameters"], plan.settings["num_bag_folds"]) == ({"XGB": {}, "LR": {}}, 3)
    assert "num_bag_folds" not in plan_build(Settings(build="standard", folds=0), 1_000, 10).settings
    assert "fit_weighted_ensemble" not in plan.settings
    assert {"RF", "XT"} <= plan_build(Settings(build="thorough"), 1_000, 10).settings["hyperparameters"].keys()
    assert "RF" not in plan_build(Settings(build="thorough"), 50_000, 10).settings["hyperparameters"]


@pytest.mark.parametrize(
    ("build", "rows", "classes", "tried"),
    [
        ("standard", 5_000, 2, True),
        ("standard", 5_000, 7, True),
        ("thorough", 5_000, 2, True),
        ("standard", 1_000, 2, False),
        ("standard", 5_000, 0, False),
        ("standard", 50_000, 2, False),
        ("quick", 5_000, 2, False),
    ],
)
def test_lines_in_leaves_are_tried_for_classes_of_tables_with_rows_enough(
    build: Build, rows: int, classes: int, tried: bool
) -> None:
    boosting = plan_build(build, rows, 10, classes=classes).settings["hyperparameters"]["GBM"]
    kinds = boosting if isinstance(boosting, list) else [boosting]
    assert any(one.get("linear_tree") for one in kinds) is tried
