import runpy
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pytest

from automl.card import Feature, read_card
from automl.forecasting.fit import ForecastFacts
from automl.forecasting.scores import errors, metrics_of
from automl.forecasting.series import ITEM, TARGET, TIME, Step, completed, continued, even, following, holiday_flags
from tests.trained import add, project
from tools.exporting.forecast import preparation
from tools.forecasting.changes import number_change
from tools.forecasting.inputs import of_rows
from tools.forecasting.prepare import Asked, Prepared, prepare_series
from tools.recipe import model_recipe
from tools.tool import ToolError
from tools.workspace import Workspace


@pytest.fixture
def workspace(tmp_path: Path):
    with Workspace(tmp_path) as made:
        yield made


def read(workspace: Workspace, columns: dict[str, list[Any]], **asked: Any) -> Prepared:
    return prepare_series(workspace, add(workspace, "sales", pa.table(columns)), Asked("amount", **asked))


def dates(freq: str, count: int, start: str = "2020-01-01") -> list[Any]:
    return [moment.to_pydatetime() for moment in pd.date_range(start, periods=count, freq=freq)]


def days(freq: str, count: int, start: str = "2020-01-01") -> list[date]:
    return [moment.date() for moment in dates(freq, count, start)]


@pytest.mark.parametrize(
    ("moments", "step", "horizon"),
    [
        (days("MS", 48), Step(unit="month"), 12),
        (days("ME", 48), Step(unit="month", last_day=True), 12),
        (days("QS", 30), Step(unit="quarter"), 4),
        (days("YS", 20), Step(unit="year"), 3),
        (days("D", 60), Step(unit="day"), 14),
        (days("B", 60), Step(unit="weekday"), 10),
        (days("W-SUN", 60), Step(unit="week", weekday=6), 8),
        (days("W-MON", 30), Step(unit="week"), 8),
        (dates("h", 100), Step(unit="hour"), 24),
        (dates("15min", 400), Step(unit="minute", count=15), 60),
        (days("MS", 14), Step(unit="month"), 4),
    ],
)
def test_the_step_and_how_far_ahead_are_found_in_the_dates(
    workspace: Workspace, moments: list[Any], step: Step, horizon: int
) -> None:
    ready = read(workspace, {"when": moments, "amount": [float(n % 7) for n in range(len(moments))]})
    assert (ready.spec.step, ready.spec.horizon, ready.shape.time.name) == (step, horizon, "when")


def test_the_columns_that_tell_series_apart_are_found_and_those_that_never_change_within_one(
    workspace: Workspace,
) -> None:
    rows = [(day, shop, kind) for day in days("MS", 30) for shop in ("a", "b") for kind in ("x", "y")]
    ready = read(
        workspace,
        {
            "month": [row[0] for row in rows],
            "shop": [row[1] for row in rows],
            "kind": [row[2] for row in rows],
            "city": ["Oslo" if row[1] == "a" else "Bergen" for row in rows],
            "staff": list(range(len(rows))),
            "amount": [float(n) for n in range(len(rows))],
        },
    )
    assert [column.name for column in ready.shape.items] == ["shop", "kind"]
    assert ready.spec.statics == ["city"]
    assert ready.excluded == {"staff": "it is not known ahead, as far as was said"}
    assert ready.reasons[:3] == [
        "the time is month: it holds dates",
        "one series for each shop and kind: with them, every date comes once",
        "one step is a month: 116 of 116 dates follow the one before after a month",
    ]


def test_single_sales_are_added_up_and_half_a_month_at_the_end_is_left_out(workspace: Workspace) -> None:
    start = date(2022, 1, 1)
    moments = [start + timedelta(days=n) for n in range(365 + 180) for _ in range(2)]  # to 29 June 2023
    moments += [date(2023, 7, n) for n in range(1, 12)]
    ready = read(
        workspace,
        {"day": moments, "amount": [1.0 + (n % 2) for n in range(len(moments))]},
        frequency="month",
        horizon=3,
    )
    rows = workspace.rows(f"SELECT * FROM ({ready.reading.past(ready.shape.source, ready.where)})")
    assert [(row[1].strftime("%Y-%m"), row[2]) for row in rows[:2] + rows[-2:]] == [
        ("2022-01", 93.0),
        ("2022-02", 84.0),
        ("2023-05", 93.0),
        ("2023-06", 87.0),
    ]
    assert ready.notes == ["The last month was left out: its rows end on 2023-07-11."]
    assert "several values of amount in a month are added up" in ready.reasons


def test_levels_are_averaged_where_they_are_put_together(workspace: Workspace) -> None:
    moments = days("D", 365 * 2)
    table = pa.table({"day": moments, "temperature": [float(day.month) for day in moments]})
    version = add(workspace, "weather", table)
    ready = prepare_series(workspace, version, Asked("temperature", frequency="month", horizon=3))
    assert ready.reading.combine == "mean"
    assert workspace.rows(f"SELECT max({TARGET}) FROM ({ready.reading.past(ready.shape.source)})") == [(12.0,)]


def test_months_of_counted_years_and_dates_kept_as_text_are_read(workspace: Workspace) -> None:
    counted = [f"{1 + n // 12}-{1 + n % 12:02}" for n in range(36)]
    ready = read(workspace, {"Month": counted, "amount": [float(n) for n in range(36)]}, horizon=6)
    assert ready.spec.step == Step(unit="month")
    assert "the years of Month are counted from 1: shown as 2001, 2002 and so on" in ready.reasons
    texts = [f"{1960 + n // 12}-{1 + n % 12:02}" for n in range(36)]
    version = add(workspace, "texts", pa.table({"Month": texts, "amount": [float(n) for n in range(36)]}))
    assert prepare_series(workspace, version, Asked("amount", horizon=6)).spec.step == Step(unit="month")


def test_a_year_and_a_month_beside_it_are_one_time(workspace: Workspace) -> None:
    rows = [(2015 + n // 12, 1 + n % 12, make) for n in range(36) for make in ("Audi", "Seat")]
    ready = read(
        workspace,
        {
            "Year": [row[0] for row in rows],
            "Month": [row[1] for row in rows],
            "Make": [row[2] for row in rows],
            "amount": list(range(len(rows))),
        },
        horizon=6,
    )
    assert (ready.spec.step, [column.name for column in ready.shape.items]) == (Step(unit="month"), ["Make"])
    assert "the time is Year, with Month beside it" in ready.reasons
    assert "Month" not in ready.excluded


@pytest.mark.parametrize(
    ("columns", "asked", "message"),
    [
        (
            {"when": days("MS", 20), "amount": list(range(20))},
            {"horizon": 12},
            "To forecast 12 months ahead at least 37 observations are needed, but the longest series has 20: forecast at"
            " most 6 months ahead, or choose a shorter step.",
        ),
        (
            {"when": days("MS", 40), "amount": ["many"] * 40},
            {},
            "amount holds no numbers (VARCHAR), and a forecast is of a number over time. Choose a number column, or make it"
            " one: change_type.",
        ),
        (
            {"place": ["x"] * 40, "amount": list(range(40))},
            {},
            "sales has no column of dates, so there is nothing to forecast along. Name a column of dates, or change its type"
            " to date first.",
        ),
        (
            {"when": days("MS", 40), "amount": list(range(40))},
            {"frequency": "day"},
            "The data has one value for a month, so it can't be forecast by day. Use frequency month or a longer one.",
        ),
        (
            {"when": [date(2000, 1, 1) + timedelta(days=n**3) for n in range(20)], "amount": list(range(20))},
            {},
            "The dates are irregular: no step from an hour to a year has rows in most of its places. Give frequency, such as"
            " month, or make the series even first: resample_series.",
        ),
        (
            {"when": days("MS", 40), "amount": list(range(40))},
            {"quantiles": [0, 50]},
            "A band at 0 can't be. Give quantiles in percent, from 1 to 99.",
        ),
        (
            {"when": days("MS", 40), "amount": list(range(40))},
            {"holidays": "Atlantis"},
            "No country 'Atlantis'. Nearest: TLS, ATA and ALA. Give its two letters, such as KR, US or DE.",
        ),
        (
            {"when": days("MS", 40), "amount": pa.array([None] * 40, pa.int64())},
            {},
            "amount is empty in every row, so there is nothing to continue. Choose another column.",
        ),
    ],
)  # fmt: skip
def test_what_can_not_be_forecast_is_told_in_one_line(
    workspace: Workspace, columns: dict[str, list[Any]], asked: dict[str, Any], message: str
) -> None:
    with pytest.raises(ToolError) as error:
        read(workspace, columns, **asked)
    assert str(error.value) == message


def test_a_reach_in_other_steps_than_the_data_is_told_in_those_of_the_data(workspace: Workspace) -> None:
    quarters = {"when": days("QS", 30), "amount": list(range(30))}
    ready = read(workspace, quarters, horizon=12, frequency="month")
    assert (ready.spec.step.unit, ready.spec.horizon) == ("quarter", 4)
    assert "the data has one value for a quarter, so 12 months are 4 quarters of it" in ready.reasons
    months = add(workspace, "months", pa.table({"when": days("MS", 60), "amount": list(range(60))}))
    ready = prepare_series(workspace, months, Asked("amount", horizon=1, frequency="year"))
    assert (ready.spec.step.unit, ready.spec.horizon) == ("month", 12)  # five years are too few to learn from
    weekdays = add(workspace, "weekdays", pa.table({"when": days("B", 90), "amount": list(range(90))}))
    assert prepare_series(workspace, weekdays, Asked("amount", horizon=5, frequency="day")).spec.step.unit == "weekday"


def test_gaps_are_filled_within_a_series_only() -> None:
    frame = pd.DataFrame(
        {ITEM: "a", TIME: pd.to_datetime(["2024-01-01", "2024-04-01", "2024-05-01"]), TARGET: [1.0, 4.0, None], "price": [9.0, 8.0, 7.0]}
    )  # fmt: skip
    for gaps, expected in (("line", [1, 2, 3, 4]), ("forward", [1, 1, 1, 4]), ("zero", [1, 0, 0, 4])):
        whole, filled = even(frame, Step(unit="month"), gaps, ["price"])
        assert (whole[TARGET].tolist(), whole["price"].tolist(), filled) == (expected, [9, 9, 9, 8], 2)
    ahead = following(whole, Step(unit="month"), 2)
    assert [str(moment)[:10] for moment in ahead[TIME]] == ["2024-05-01", "2024-06-01"]


def test_what_was_not_sold_lately_is_none_up_to_the_end_of_all_series() -> None:
    moments = pd.to_datetime(["2024-01-01", "2024-01-04", "2024-01-02", "2024-01-05"])
    frame = pd.DataFrame({ITEM: ["a", "a", "b", "b"], TIME: moments, TARGET: [1.0, 4.0, 2.0, None]})
    for gaps, expected in (("zero", [1, 0, 0, 4, 2, 0, 0]), ("line", [1, 2, 3, 4, 2])):
        assert even(frame, Step(unit="day"), gaps, [])[0][TARGET].tolist() == expected


def test_newer_rows_go_behind_the_history_that_was_kept() -> None:
    moments = pd.date_range("2024-01-01", periods=4)
    kept = pd.DataFrame({ITEM: ["a"] * 4 + ["b"] * 4, TIME: [*moments, *moments], TARGET: range(8), "__holiday": 0.0})
    newer = pd.DataFrame({ITEM: "a", TIME: moments[3:], TARGET: [9.0]})
    assert continued(newer, kept).values.tolist() == [
        *[["a", moment, n] for n, moment in enumerate(moments[:3])],
        ["a", moments[3], 9.0],
    ]
    whole = pd.DataFrame({ITEM: "a", TIME: moments, TARGET: [9.0] * 4})
    assert continued(whole, kept).equals(whole)


def test_what_is_not_known_of_the_future_is_taken_as_it_was_a_season_before() -> None:
    moments = pd.date_range("2023-01-01", periods=12, freq="MS")
    history = pd.DataFrame({ITEM: "a", TIME: moments, TARGET: 1.0, "promo": range(12)})
    future = following(history, Step(unit="month"), 3).assign(promo=[None, 50, None])
    whole, guessed = completed(future, history, ["promo"], 12)
    assert (whole["promo"].tolist(), guessed) == ([0, 50, 2], ["promo"])


def test_holidays_are_counted_in_each_step() -> None:
    months = pd.Series(pd.date_range("2024-01-01", periods=12, freq="MS"))
    assert holiday_flags(months, Step(unit="month"), "US").tolist() == [2, 1, 0, 0, 1, 1, 1, 0, 1, 1, 2, 1]
    days_ = pd.Series(pd.to_datetime(["2024-07-03", "2024-07-04"]))
    assert holiday_flags(days_, Step(unit="day"), "US").tolist() == [0, 1]


def test_scores_are_what_their_formulas_say() -> None:
    from automl.forecasting.spec import SeriesSpec

    spec = SeriesSpec(step=Step(unit="month"), horizon=2, quantiles=[0.1, 0.5], metric="MASE", gaps="line")
    moments = pd.date_range("2024-01-01", periods=6, freq="MS")
    frame = pd.DataFrame({ITEM: "a", TIME: moments, TARGET: [1.0, 3.0, 2.0, 4.0, 10.0, 20.0]})
    index = pd.MultiIndex.from_product([["a"], moments[4:]], names=["item_id", "timestamp"])
    made = pd.DataFrame({"mean": [8.0, 24.0], "0.1": [7.0, 21.0], "0.5": [8.0, 24.0]}, index=index)
    table = errors(frame, [made], spec, season=1)
    assert table["scale"].tolist() == [pytest.approx(5 / 3)] * 2  # steps of 2, 1 and 2 before
    assert metrics_of(table) == {
        "mase": 1.8,
        "wape": 0.2,
        "mape": 0.2,
        "wql": pytest.approx((2 * (0.1 * 3 + 0.9 * 1) + (2 + 4)) / 2 / 30),
        "mae": 3.0,
        "rmse": pytest.approx(10**0.5),
    }


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("+10 %", ("multiply", 1.1)),
        ("-5%", ("multiply", 0.95)),
        ("10퍼센트", ("multiply", 1.1)),
        ("x2", ("multiply", 2.0)),
        ("+3", ("add", 3.0)),
        ("-2.5", ("add", -2.5)),
        ("=7", ("set", 7.0)),
        ("7", ("set", 7.0)),
        ("1,200", ("set", 1200.0)),
        ("1,5", ("set", 1.5)),
        ("₩12,500", ("set", 12500.0)),
        ("+3 €", ("add", 3.0)),
        (7, ("set", 7.0)),
    ],
)
def test_a_change_is_read_as_people_write_it(value: Any, expected: tuple[str, float]) -> None:
    change = number_change("price", value)
    assert (change.kind, change.value) == (expected[0], pytest.approx(expected[1]))


@pytest.mark.parametrize(("high", "points"), [(1.0, 0.1), (0.4, 0.1), (35.0, 10.0), (None, 10.0)])
def test_percentage_points_are_hundredths_of_a_share(high: float | None, points: float) -> None:
    low = None if high is None else 0.0
    change = number_change("discount", "+10 %p", Feature(name="discount", kind="number", low=low, high=high))
    assert (change.kind, change.value) == ("add", pytest.approx(points))


def test_half_a_month_at_the_end_of_newer_rows_is_left_out_too(workspace: Workspace, tmp_path: Path) -> None:
    moments = days("D", 365 * 2)
    sold = add(workspace, "sales", pa.table({"day": moments, "amount": [1 + n % 3 for n in range(len(moments))]}))
    ready = prepare_series(workspace, sold, Asked("amount", frequency="month", horizon=3))
    facts_ = {"series": ready.spec, "time": "day", "items": [], "combine": "sum", "learned": ready.shape.learned}
    told = {
        "count": 1,
        "observations": 24,
        "measured": 6,
        "filled": 0,
        "start": "",
        "end": "2021-12-01 00:00:00",
        "season": 12,
    }
    more = {"naive_won": False, "weights": {}, "windows": [], "steps": []}
    found = ForecastFacts.model_validate(facts_ | told | more)
    card = read_card(project().workspace.models / "customers_revenue")
    card = card.model_copy(
        update={"name": "sales_forecast", "dataset": sold.ref, "forecast": found, "modality": "forecast"}
    )
    card = card.model_copy(update={"problem": card.problem.model_copy(update={"target": "amount"})})
    kept = workspace.models / card.name / "history.parquet"
    kept.parent.mkdir()
    pd.DataFrame({ITEM: [""], TIME: [pd.Timestamp("2020-01-01")], TARGET: [61.0]}).to_parquet(kept)
    newer = days("D", 365 * 2 + 70)  # to 11 March
    later = add(workspace, "later", pa.table({"day": newer, "amount": [1 + n % 3 for n in range(len(newer))]}))
    recipe = model_recipe(workspace, sold)
    with workspace.cursor() as cursor:
        inputs = of_rows(workspace, card, recipe, cursor, f'"{later.ref}"', later.columns, tmp_path, lambda: False)
    history = pd.read_parquet(inputs.history)
    assert str(history[TIME].max()) == "2022-02-01 00:00:00"
    assert inputs.note == "The last month was left out: its rows end on 2022-03-10."
    (tmp_path / "prepare.py").write_text(preparation(card, recipe)["prepare.py"][1])
    prepare = runpy.run_path(str(tmp_path / "prepare.py"))["prepare"]
    exported = prepare(
        pd.DataFrame({"Day": [str(day) for day in newer], "amount": [1 + n % 3 for n in range(len(newer))]})
    )
    assert exported[[TIME, TARGET]].values.tolist() == history[[TIME, TARGET]].values.tolist()
    with pytest.raises(ValueError, match=r"^The rows have no amount, which the model needs\. Columns: day\.$"):
        prepare(pd.DataFrame({"day": newer}))
