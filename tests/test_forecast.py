import json
import re
import runpy
import tempfile
import zipfile
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.csv
import pytest

from automl.forecasting.series import ITEM
from tests.outside import alone, ask_mlflow
from tests.trained import add, customers, step, watched
from tools import call, catalogue, tools_asked_for
from tools.batch import predict_file
from tools.exporting.forecast import preparation
from tools.forecast import forecast
from tools.forecasting.made import first_rows
from tools.modelling.models import find_model, folder_of, model_cards
from tools.modelling.row import GivenValue
from tools.recipe import load
from tools.tool import Job, Outcome, Stopped, ToolError
from tools.words import identifier
from tools.workspace import Workspace

MONTHS = 48


def sales(months: int = MONTHS, start: str = "2020-01-01", blank: int = 0) -> pa.Table:
    """Two shops with a season, a trend and a price that matters; the last `blank` months have a price only."""
    random = np.random.default_rng(3)
    moments = pd.date_range(start, periods=months, freq="MS")
    rows: dict[str, list[Any]] = {"month": [], "shop": [], "city": [], "price": [], "amount": []}
    for shop, city, base in (("Nord", "Oslo", 100.0), ("Vest", "Bergen", 260.0)):
        price = random.integers(8, 13, months).astype(float)
        season = 30 * np.sin(2 * np.pi * np.arange(months) / 12)
        amount = base + season + 0.5 * np.arange(months) - 6 * price + random.normal(0, 2, months)
        rows["month"] += [moment.date() for moment in moments]
        rows["shop"] += [shop] * months
        rows["city"] += [city] * months
        rows["price"] += list(price)
        rows["amount"] += [round(float(value), 2) for value in amount[: months - blank]] + [None] * blank
    return pa.table(rows)


@cache
def built() -> tuple[Job, Outcome]:
    """A project with one forecast, whose dataset went through one step."""
    workspace = Workspace(Path(tempfile.mkdtemp(prefix="easel-tests-")))
    job = Job(workspace)
    add(workspace, "sales", sales())
    step(job, "rename_column", dataset="sales", column="amount", name="Sold")
    arguments = {"target": "sold", "horizon": 6, "known_columns": ["price"], "build": "quick", "quantiles": [5, 95]}
    return job, call(job, "train_forecast", {"dataset": "sales"} | arguments)


def test_a_forecast_is_told_with_its_error_beside_the_seasonal_naive_and_how_the_data_was_read() -> None:
    job, outcome = built()
    card = find_model(job.workspace, "sales_sold_forecast")
    got, naive = card.scores.metrics, card.baseline.metrics
    assert card.forecast is not None
    assert got["mase"] < naive["mase"]
    assert not card.forecast.naive_won
    assert outcome.text.startswith(
        f"Built the forecast 'sales_sold_forecast' in {card.seconds:.0f} s from 2 series (shop), 96 observations"
        " (2020-01-01 to 2023-12-01) of sales. It forecasts Sold for the next 6 months.\nOn 2 back-test windows of 6"
        " months, each forecast from what came before it, it is off by "
    )
    assert f"MASE {got['mase']:.2f} against {naive['mase']:.2f}, lower is better." in outcome.text
    assert "One series for each shop: with it, every date comes once." in outcome.text
    assert "Known ahead: price." in outcome.text
    assert outcome.values["items"] == ["shop"]
    assert (card.modality, card.forecast.series.statics, card.forecast.series.quantiles) == (
        "forecast",
        ["city"],
        [0.05, 0.5, 0.95],
    )
    assert [part.name for part in card.forecast.parts] == ["Nord", "Vest"]
    assert [part.name for part in card.forecast.steps] == ["1", "2", "3", "4", "5", "6"]
    assert sorted(path.name for path in (job.workspace.models / card.name).iterdir()) == [
        "card.json",
        "history.parquet",
        "predictor",
        "recipe.json",
    ]


def test_a_forecast_is_a_dataset_a_file_and_a_chart_with_its_band() -> None:
    job, _ = built()
    outcome = forecast(job, horizon=3)
    assert outcome.dataset is not None
    assert outcome.table is not None
    assert outcome.table.columns == ["shop", "month", "forecast", "p5", "p95", "price"]
    rows = job.workspace.rows(f'SELECT shop, month, p5 < forecast AND forecast < p95, price FROM "{outcome.dataset}"')
    assert [row[:3] for row in rows] == [
        (shop, date(2024, month, 1), True) for shop in ("Nord", "Vest") for month in (1, 2, 3)
    ]
    seen = job.workspace.rows(
        "SELECT price FROM \"sales@1\" WHERE month < DATE '2023-04-01' AND month >= DATE '2023-01-01'"
    )
    assert [row[3] for row in rows] == [price for (price,) in seen]
    assert "The future of price was not given in full: taken as it was a season before." in outcome.text
    assert "The band from p5 to p95 should hold 90 % of what will come." in outcome.text
    files = {Path(one.path).suffix: Path(one.path) for one in outcome.artefacts if one.path}
    assert list(pd.read_csv(files[".csv"])) == outcome.table.columns
    spec = json.loads(files[".json"].read_text())
    assert [layer["mark"]["type"] for layer in spec["spec"]["layer"]] == ["area", "line"]
    assert job.workspace.datasets()[0].dataset == "sales"  # the next request is about the data
    call(job, "undo", {})
    assert [head.dataset for head in job.workspace.datasets()] == ["sales"]


@pytest.mark.parametrize(
    ("low", "forecast", "high", "shown"),
    [
        (31.7088, 48.7211, 65.7312, [31.7, 48.7, 65.7]),
        (1203.4, 2210.123, 4100.9, [1203.0, 2210.0, 4101.0]),
        (0.01234, 0.023456, 0.04111, [0.0123, 0.0235, 0.0411]),
        (5.0, 5.0, 5.0, [5.0, 5.0, 5.0]),
        (12.3456, 12.3456, 12.3456, [12.3, 12.3, 12.3]),
        (0.0, 0.0, 0.0, [0.0, 0.0, 0.0]),
        (None, 48.7211, 65.7312, [None, 48.7, 65.7]),
    ],
)
def test_a_forecast_is_shown_as_exactly_as_its_band_is_wide(
    low: float | None, forecast: float, high: float, shown: list[float | None]
) -> None:
    rows = pa.table({"shop": ["A"], "day": [date(2026, 1, 1)], "forecast": [forecast], "p10": [low], "p90": [high], "price": [9.8765]})  # fmt: skip
    assert first_rows(rows) == [["A", "2026-01-01", shown[1], shown[0], shown[2], 9.8765]]


def test_what_if_shows_old_and_new_side_by_side() -> None:
    job, _ = built()
    outcome = forecast(job, changes=[GivenValue(column="Price", value="+10 %")])
    assert outcome.table is not None
    assert outcome.table.columns == ["shop", "month", "forecast", "p5", "p95", "forecast_before", "difference", "price"]
    table = pd.DataFrame(outcome.table.rows, columns=outcome.table.columns)
    assert (table["difference"] < 0).all()  # a higher price sells less
    assert f"With price +10 % it comes to {outcome.values['total']:,.0f} in all in place of" in outcome.text
    with pytest.raises(ToolError) as error:
        forecast(job, changes=[GivenValue(column="city", value="Narvik")])
    assert str(error.value) == (
        "'city' can't be changed: the forecast does not look at its future. It knows price ahead. Build it again with"
        " known_columns=city."
    )


def test_newer_rows_and_prices_to_come_are_forecast_from_without_a_new_build(tmp_path: Path) -> None:
    job, _ = built()
    pyarrow.csv.write_csv(sales(MONTHS + 6, blank=4), tmp_path / "newer.csv")
    out = tmp_path / "out.csv"
    outcome = predict_file(job.workspace, "sales_sold_forecast", tmp_path / "newer.csv", out)
    made = pd.read_csv(out)
    assert made["month"].tolist() == [f"2024-{month:02}-01" for month in range(3, 9)] * 2
    prices = sales(MONTHS + 6).to_pandas()["price"]
    assert made["price"].tolist()[:4] == prices[MONTHS + 2 : MONTHS + 6].tolist()
    assert outcome.text.endswith("Wrote out.csv.")
    only_prices = sales(MONTHS + 6).slice(MONTHS, 6).drop_columns(["amount", "city"])
    pyarrow.csv.write_csv(only_prices, tmp_path / "prices.csv")
    predict_file(job.workspace, "sales_sold_forecast", tmp_path / "prices.csv", tmp_path / "second.parquet")
    second = pd.read_parquet(tmp_path / "second.parquet")
    assert [str(day)[:7] for day in second["month"]] == [f"2024-{month:02}" for month in range(1, 7)] * 2
    assert second["price"].tolist()[:6] == prices[MONTHS : MONTHS + 6].tolist()


def test_values_to_come_that_the_forecast_can_not_use_are_told() -> None:
    job, _ = built()
    ahead = sales(MONTHS + 6).slice(MONTHS, 6).to_pandas().drop(columns="amount")

    def future(**changed: Any) -> str:
        add(job.workspace, "to_come", pa.Table.from_pandas(ahead.assign(**changed), preserve_index=False))
        try:
            return forecast(job, future="to_come").text
        except ToolError as error:
            return str(error)

    assert future(month=date(2020, 5, 1)) == (
        "The values to come hold none of the steps that are forecast, 2024-01-01 to 2024-06-01, of the same shop. Give rows"
        " for those."
    )
    assert future(price="cheap") == (
        "price of to_come holds 'cheap', but the forecast learned it as a number. Make it one first: change_type."
    )
    told = future(shop=["Nord"] * 3 + ["Elsewhere"] * 3)
    assert (
        "The future of price was not given in full (for 3 of 12 steps it was): taken as it was a season before." in told
    )
    assert "Not among the series, so left out: Elsewhere." in told
    ahead = ahead[:0]
    assert future() == "to_come has no rows, so it tells nothing of what is to come."


def test_the_newest_rows_alone_go_on_from_the_history_that_it_was_built_on() -> None:
    job, _ = built()
    add(job.workspace, "march", sales(MONTHS + 1).slice(MONTHS, 1))
    outcome = forecast(job, dataset="march")
    assert "Before 2024-01-01 it takes the history it was built on." in outcome.text
    assert (outcome.values["series"], outcome.values["first"][:7]) == (1, "2024-02")
    assert 50 < outcome.values["mean"] < 150  # one row alone would not tell
    words = sales(MONTHS + 1).slice(MONTHS, 1).to_pandas().assign(month="the first")
    add(job.workspace, "words", pa.Table.from_pandas(words, preserve_index=False))
    with pytest.raises(
        ToolError, match=r"^No cell of month in the new rows can be read as its date\. Make it one first"
    ):
        forecast(job, dataset="words")
    step(job, "rename_column", dataset="march", column="amount", name="Sold")
    with pytest.raises(ToolError, match=r"^The new data has no column 'amount', which the forecast needs\."):
        forecast(job, dataset="march")


def test_a_newer_version_of_its_own_dataset_is_taken_by_itself_and_another_one_by_name() -> None:
    job, _ = built()
    add(job.workspace, "later", sales(2, start="2024-01-01"))
    step(job, "rename_column", dataset="later", column="amount", name="Sold")
    step(job, "concatenate_datasets", dataset="sales", other="later")
    outcome = forecast(job)
    assert "Forecast from sales@3." in outcome.text
    assert outcome.values["first"][:7] == "2024-03"
    job.workspace.set_head("sales@2")
    assert forecast(job).values["first"][:7] == "2024-01"
    add(job.workspace, "stranger", pa.table({"month": [date(2024, 1, 1)], "amount": [1.0]}))
    with pytest.raises(ToolError, match=r"The new data has no columns 'shop' and 'price', which the forecast needs"):
        forecast(job, dataset="stranger")


def test_every_tool_of_models_answers_for_a_forecast_or_says_what_to_do_instead() -> None:
    job, _ = built()
    told = call(job, "evaluate_model", {})
    assert told.table is not None
    assert told.table.columns == [
        "part", "mase", "mase seasonal naive", "mae", "mae seasonal naive", "wape", "wape seasonal naive",
    ]  # fmt: skip
    assert [row[0] for row in told.table.rows] == [
        "all",
        "from 2023-01-01",
        "from 2023-07-01",
        "Nord",
        "Vest",
    ]
    assert "6 months ahead by" in told.text
    assert "forecasts Sold for the next 6 months from its own past, price." in call(job, "explain_model", {}).text
    facts = call(job, "model_card", {}).table
    assert facts is not None
    assert ["bands", "p5, p50 and p95"] in facts.rows
    listing = call(job, "list_models", {}).table
    assert listing is not None
    assert listing.rows[0][1:3] == ["Sold", "forecast"]
    for name, arguments in (
        ("predict_row", {"values": [{"column": "price", "value": 9}]}),
        ("predict_dataset", {"dataset": "sales"}),
    ):
        with pytest.raises(ToolError) as error:
            call(job, name, arguments)
        assert str(error.value) == (
            "'sales_sold_forecast' forecasts what comes next, it predicts no rows. Use forecast, with changes for what-if."
        )
    with pytest.raises(ToolError) as error:
        forecast(job, horizon=7)
    assert str(error.value) == (
        "'sales_sold_forecast' was built for 6 months ahead, not 7. Ask for at most 6, or build it again with horizon=7."
    )


def test_the_page_shows_its_scores_beside_the_seasonal_naive_its_series_and_a_form_for_what_if() -> None:
    from assistant.app import forms, panels
    from assistant.app.state import State
    from assistant.app.view import View

    job, _ = built()
    shown = panels.regions(job.workspace, View(model="sales_sold_forecast"), State())
    for text in (
        "MASE of the seasonal naive",
        "Nord",
        "Step ahead",
        "exponential smoothing (ETS) with the known columns",
    ):
        assert text in shown["model"]
    form, again = shown["predict"].split("Again and again")
    assert 'data-tool="schedule_predictions"' in again
    assert re.findall(
        r'<option value="(\w*)"[^>]*>', form.split('name="changes.0.column"')[1].split("</select>")[0]
    ) == [
        "",
        "price",
    ]
    assert "required" not in form
    typed = {"model": ["sales_sold_forecast"], "changes.0.column": ["price"], "changes.0.value": ["+5 %"]}
    assert forms.arguments(catalogue()["forecast"], typed) == {
        "model": "sales_sold_forecast",
        "changes": [{"column": "price", "value": "+5 %"}],
    }
    assert re.search(r"sales_sold_forecast</span><span[^>]*>MASE 0\.\d\d", shown["lists"])


def test_where_nothing_beats_the_seasonal_naive_it_is_used_and_said(tmp_path: Path) -> None:
    with Workspace(tmp_path) as workspace:
        random = np.random.default_rng(0)
        shape = random.normal(0, 10, 12)
        moments = [moment.date() for moment in pd.date_range("2020-01-01", periods=60, freq="MS")]
        add(
            workspace,
            "steady",
            pa.table(
                {"month": moments, "amount": [round(50 + shape[n % 12] + 0.001 * (n // 12), 3) for n in range(60)]}
            ),
        )
        outcome = call(
            Job(workspace), "train_forecast", {"dataset": "steady", "target": "amount", "build": "quick", "horizon": 6}
        )
        [card] = model_cards(workspace)
        assert card.forecast is not None
        assert card.forecast.naive_won == (card.best == "SeasonalNaive")
        if card.forecast.naive_won:
            assert (
                "nothing beat the seasonal naive, so it is used: it repeats the same month a year before"
                in outcome.text
            )
        assert card.scores.metrics["mase"] <= card.baseline.metrics["mase"]


def test_the_report_of_a_forecast_is_one_html_file_and_one_pdf() -> None:
    job, _ = built()
    outcome = call(job, "model_report", {})
    told = [
        "Summary",
        "What it expects",
        "The forecast in numbers",
        "Back-test",
        "Methods compared",
        "What it is made of",
        "Model card",
    ]
    assert outcome.values["parts"] == told
    html, pdf = (Path(one.path) for one in outcome.artefacts)
    page = html.read_text(encoding="utf-8")
    assert all(f"<h2>{part}</h2>" in page for part in told)
    assert "<h1>sales_sold_forecast: Sold for the next 6 months</h1>" in page
    assert page.count("<svg") == 1
    assert not re.search(r"AutoETS|DynamicOptimizedTheta|RecursiveTabular|_FULL|nan|__item", page)
    ahead = forecast(job).table
    assert ahead is not None
    assert page.count("<td>Nord</td>") >= 6
    assert all(f"{row[2]:,.4g}" in page for row in ahead.rows)
    assert pdf.read_bytes().startswith(b"%PDF-1.")


def test_a_band_of_what_was_never_below_zero_ends_at_zero_and_says_so(tmp_path: Path) -> None:
    with Workspace(tmp_path) as workspace:
        random = np.random.default_rng(1)
        sold = np.where(random.random(90) < 0.8, 0, random.poisson(4, 90)).tolist()
        days = [day.date() for day in pd.date_range("2024-01-01", periods=90)]
        kept = [place for place in range(90) if place != 50]
        rows = pa.table({"day": [days[n] for n in kept], "units": [sold[n] for n in kept]})
        add(workspace, "parts", rows)
        job = Job(workspace)
        made = call(job, "train_forecast", {"dataset": "parts", "target": "units", "build": "quick", "horizon": 5})
        assert "1 day without a value was filled on a line between its neighbours." in made.text
        outcome = forecast(job)
        assert outcome.table is not None
        assert min(row[2] for row in outcome.table.rows) == 0
        assert "Nothing is forecast below zero, as units never was." in outcome.text


@pytest.mark.parametrize("until", ["Loading", "Trying the seasonal naive"])
def test_a_build_that_is_stopped_at_once_keeps_nothing(tmp_path: Path, until: str) -> None:
    with Workspace(tmp_path) as workspace:
        add(workspace, "sales", sales())
        job, later = watched(workspace, until)
        with pytest.raises(Stopped, match="nothing was kept"):
            call(job, "train_forecast", {"dataset": "sales", "target": "amount", "build": "quick"})
        assert (list(workspace.models.iterdir()), later) == ([], [])


def test_a_stopped_build_keeps_the_best_of_the_models_tried_by_then(tmp_path: Path) -> None:
    with Workspace(tmp_path) as workspace:
        add(workspace, "sales", sales())
        job, later = watched(workspace, "Trying gradient boosting (all steps at once)")
        arguments = {"dataset": "sales", "target": "amount", "horizon": 6, "build": "standard"}
        made = call(job, "train_forecast", arguments)
        assert "It ended early (you stopped it): it is the best of what was finished by then." in made.text
        assert "Learning from all observations" in later
        tried = [one.model for one in find_model(workspace, None).leaderboard]
        assert "SeasonalNaive" in tried
        assert "AutoETS" not in tried
        outcome = forecast(Job(workspace))
        assert outcome.table is not None
        assert len(outcome.table.rows) == 12


def test_without_a_forecast_the_tool_says_to_build_one_and_a_model_of_rows_is_refused(tmp_path: Path) -> None:
    with Workspace(tmp_path) as workspace:
        add(workspace, "customers", customers(60))
        with pytest.raises(ToolError, match=r"no forecast yet\. Build one first: train_forecast"):
            forecast(Job(workspace))


@pytest.mark.parametrize(
    ("request_", "asked"),
    [
        ("forecast the next 12 months of sales", True),
        ("predict revenue for the next quarter", True),
        ("다음 3개월 매출 예측", True),
        ("앞으로 6개월의 수요를 예측해 줘", True),
        ("what if the price rises by 10 %?", True),
        ("Predict who will leave", False),
        ("이탈할 고객을 예측하는 모델을 만들어 줘", False),
    ],
)
def test_the_planner_is_told_of_forecasts_where_a_request_asks_for_the_future(request_: str, asked: bool) -> None:
    assert ("forecast" in [one.name for one in tools_asked_for(request_)]) == asked


def test_an_export_trains_the_forecast_again_with_the_same_score_and_forecasts_without_easel(tmp_path: Path) -> None:
    job, _ = built()
    outcome = call(job, "export_model", {"model": "sales_sold_forecast"})
    with zipfile.ZipFile(outcome.artefacts[0].path) as archive:
        archive.extractall(tmp_path)
    folder = tmp_path / "sales_sold_forecast_export"
    scores = json.loads(alone(folder, "train.py").splitlines()[-1])
    assert scores["now"] == pytest.approx(scores["then"], rel=0.05)
    prices = sales(MONTHS + 6).slice(MONTHS, 6).select(["month", "shop", "price"])
    pyarrow.csv.write_csv(prices, folder / "future.csv")
    alone(folder, "forecast.py", "made.csv", "future.csv")
    made = pd.read_csv(folder / "made.csv")
    again = forecast(job).table
    assert again is not None
    assert made["series"].tolist() == [row[0] for row in again.rows]
    assert made["forecast"].tolist()[6:] == pytest.approx([row[2] for row in again.rows][6:], rel=0.01)
    assert [cell["cell_type"] for cell in json.loads((folder / "train.ipynb").read_text())["cells"]].count("code") >= 4


def test_mlflow_forecasts_as_easel_does_from_newer_rows_too_and_with_what_is_known_of_the_future(
    tmp_path: Path,
) -> None:
    job, _ = built()
    outcome = call(job, "export_model", {"model": "sales_sold_forecast", "format": "mlflow"})
    with zipfile.ZipFile(outcome.artefacts[0].path) as archive:
        archive.extractall(tmp_path)
    prices = sales(MONTHS + 6).slice(MONTHS, 6).select(["month", "shop", "price"]).to_pandas().assign(price=50.0)
    made = forecast(job)
    assert made.dataset is not None
    with job.workspace.cursor() as cursor:
        wanted = cursor.execute(f"SELECT shop, forecast, p5, p95 FROM {identifier(made.dataset)}").fetchall()
    said = {}
    newer = sales(MONTHS + 6, blank=4).to_pandas().rename(columns={"month": "Month"})
    for name, rows in {"nothing": prices.iloc[:0], "dear": prices, "newer": newer}.items():
        given, out = tmp_path / f"{name}.parquet", tmp_path / f"{name}_out.parquet"
        rows.to_parquet(given)
        ask_mlflow(tmp_path / "sales_sold_forecast_mlflow", given, out)
        said[name] = pd.read_parquet(out)
    assert said["nothing"]["series"].tolist() == [row[0] for row in wanted]
    for name, place in {"forecast": 1, "0.05": 2, "0.95": 3}.items():
        assert said["nothing"][name].tolist() == pytest.approx([row[place] for row in wanted], rel=1e-4)
    shop = prices["shop"].iloc[0]
    dear, cheap = (table.loc[table["series"] == shop, "forecast"].mean() for table in (said["dear"], said["nothing"]))
    assert dear < cheap
    predict_file(job.workspace, "sales_sold_forecast", tmp_path / "newer.parquet", tmp_path / "theirs.parquet")
    theirs = pd.read_parquet(tmp_path / "theirs.parquet")
    assert said["newer"]["month"].tolist() == pd.to_datetime(theirs["month"]).tolist()
    assert said["newer"]["series"].tolist() == theirs["shop"].tolist()
    assert said["newer"]["forecast"].tolist() == pytest.approx(theirs["forecast"].tolist(), rel=1e-4)


def test_some_of_several_series_are_forecast_alone_from_newer_rows_and_in_the_export_too(tmp_path: Path) -> None:
    with Workspace(tmp_path / "project") as workspace:
        job = Job(workspace)
        add(workspace, "sales", sales())
        asked = {"dataset": "sales", "target": "amount", "horizon": 3, "build": "quick"}
        built = call(job, "train_forecast", asked | {"only": ["bergen"]})
        assert "from 48 months (2020-01-01 to 2023-12-01) of sales." in built.text
        assert "Of city only Bergen is read, as was asked." in built.text
        made = call(job, "forecast", {})
        assert made.text.startswith(
            "Forecast of amount with 'sales_amount_forecast' for the next 3 months (2024-01-01 to 2024-03-01) for Vest."
        )
        add(workspace, "newer", sales(months=50))
        later = call(job, "forecast", {"dataset": "newer"})
        assert later.table is not None
        assert [row[:2] for row in later.table.rows] == [["Vest", f"2024-0{month}-01"] for month in (3, 4, 5)]
        card = find_model(workspace, "sales_amount_forecast")
        assert card.forecast is not None
        assert (card.forecast.items, card.forecast.only) == (["shop"], ["bergen"])
        assert workspace.version("sales").ref == "sales@1"  # the dataset stays whole
        recipe = load(folder_of(workspace, card))
        (tmp_path / "prepare.py").write_text(preparation(card, recipe)["prepare.py"][1])
        prepare = runpy.run_path(str(tmp_path / "prepare.py"))["prepare"]
        rows = sales().to_pandas().astype({"month": str})
        assert set(prepare(rows, "past")[ITEM]) == {"Vest"}


def test_of_a_forecast_some_series_are_shown_without_a_new_build() -> None:
    job, _ = built()
    outcome = forecast(job, only=["nord"])
    assert outcome.table is not None
    assert {row[0] for row in outcome.table.rows} == {"Nord"}
    assert outcome.values["series"] == 1
    (spec,) = [Path(one.path) for one in outcome.artefacts if one.kind == "chart" and one.path]
    assert "Vest" not in spec.read_text()
    with pytest.raises(ToolError, match=re.escape("No series 'Sør'. There are: Nord and Vest.")):
        forecast(job, only=["Sør"])
