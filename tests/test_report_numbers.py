"""The report's measures against what well-known libraries, or a hand calculation, say."""

from datetime import datetime, timedelta

import duckdb
import numpy as np
import pandas as pd
import pytest
from scipy import stats
from sklearn.ensemble import IsolationForest

from automl.anomalies import ODD, Forest
from automl.power import coded, powers, told_apart
from automl.problem import detect
from automl.relations import Scale, Tally, number_scale
from automl.seasons import season
from tools.reporting.bias import bias
from tools.reporting.columns import patterns
from tools.reporting.facts import Pattern
from tools.reporting.series import bridged, series, told
from tools.reporting.shift import _line, _psi
from tools.tool import ToolError
from tools.transform import Column

RANDOM = np.random.default_rng(4)
ROWS = 3000


@pytest.fixture(scope="module")
def cells() -> np.ndarray:
    a = RANDOM.normal(size=ROWS)
    b = np.exp(2 * a + RANDOM.normal(size=ROWS))
    c = RANDOM.integers(0, 5, ROWS).astype(float)
    d = a + c + 0.1 * RANDOM.normal(size=ROWS)
    table = np.column_stack([a, b, c, d])
    table[RANDOM.random((ROWS, 4)) < 0.1] = np.nan
    return table


def tallied(cells: np.ndarray) -> Tally:
    scales = [number_scale(name, cells[:, place]) for place, name in enumerate("abcd")]
    levels = Scale("t", levels=("low", "high"))
    tally = Tally(scales, [levels])
    codes = np.where(np.isnan(cells[:, 2]), -1, np.where(cells[:, 2] < 2, 0, 1)).astype(int)[:, None]
    for part in range(0, ROWS, 700):
        tally.add(cells[part : part + 700], codes[part : part + 700])
    return tally


def test_pearson_over_batches_is_pandas_pairwise_pearson(cells: np.ndarray) -> None:
    found = tallied(cells).result()
    expected = pd.DataFrame(cells).corr().to_numpy()
    assert found.pearson == pytest.approx(expected, abs=1e-9)


def test_spearman_of_grouped_ranks_is_spearman_to_a_thousandth(cells: np.ndarray) -> None:
    found = tallied(cells).result().spearman
    expected = pd.DataFrame(cells).corr(method="spearman").to_numpy()
    assert found == pytest.approx(expected, abs=2e-3)


def test_vif_and_components_are_those_of_the_table_filled_with_means(cells: np.ndarray) -> None:
    from statsmodels.stats.outliers_influence import variance_inflation_factor

    filled = pd.DataFrame(cells).fillna(pd.DataFrame(cells).mean())
    design = np.column_stack([np.ones(ROWS), filled])
    expected = [variance_inflation_factor(design, place) for place in range(1, 5)]
    found = tallied(cells).result()
    assert list(found.vif.values()) == pytest.approx(expected, rel=1e-4)
    values = np.linalg.eigvalsh(filled.corr().to_numpy())[::-1]
    assert found.components == pytest.approx(values / values.sum(), abs=1e-9)


def test_mutual_information_is_1_where_one_tells_the_other_and_near_0_by_chance(cells: np.ndarray) -> None:
    found = tallied(cells).result()
    shared = dict(zip(found.columns, found.information[-1], strict=True))
    assert shared["c"] == pytest.approx(1, abs=0.005)
    assert shared["a"] < 0.01


def test_a_constant_column_relates_to_nothing() -> None:
    table = np.column_stack([np.arange(50.0), np.ones(50)])
    tally = Tally([number_scale("a", table[:, 0]), number_scale("b", table[:, 1])], [])
    tally.add(table, np.zeros((50, 0), dtype=int))
    found = tally.result()
    assert np.isnan(found.pearson[0, 1])
    assert found.vif == {}


def test_the_forest_finds_the_row_that_is_unlike_the_others() -> None:
    rows = RANDOM.normal(size=(2000, 4))
    rows[1234] = [9, -9, 9, np.nan]
    forest = Forest(rows)
    for part in range(0, 2000, 500):
        forest.add(rows[part : part + 500])
    best = forest.oddest()[0]
    assert best.place == 1234
    assert best.score > 0.65
    assert 1 <= forest.odd < 20


def test_a_part_of_the_trees_looks_first_and_no_odd_row_is_missed() -> None:
    random = np.random.default_rng(1)
    rows = np.column_stack([random.exponential(size=(20_000, 3)), random.integers(0, 5, (20_000, 2))])
    rows[:40] += 6 * random.normal(size=(40, 5))
    forest = Forest(rows[::10])
    for part in range(0, len(rows), 6000):
        forest.add(rows[part : part + 6000])
    whole = IsolationForest(max_samples=256, random_state=0).fit(rows[::10].astype(np.float32))
    scores = -whole.score_samples(rows.astype(np.float32))
    assert forest.odd == (scores >= ODD).sum() > 20
    assert [one.place for one in forest.oddest()] == np.argsort(-scores, kind="stable")[:10].tolist()


def test_prediction_power_is_1_for_a_copy_and_near_0_for_chance() -> None:
    rows = 2000
    noise, half = RANDOM.normal(size=rows), RANDOM.normal(size=rows)
    outcome = np.where(half + RANDOM.normal(size=rows) > 0, "yes", "no")
    frame = pd.DataFrame({"noise": noise, "half": half, "copy": np.where(outcome == "yes", 1.5, 2.5), "y": outcome})
    frame["y"] = frame["y"].astype(object)
    problem = detect(frame, "y")
    found = powers(frame, problem, ["noise", "half", "copy"])
    assert found["copy"] == pytest.approx(1)
    assert found["noise"] < 0.1
    assert 0.5 < found["half"] < 0.8


def test_texts_are_coded_by_frequency_and_empty_cells_stay_empty() -> None:
    column = pd.Series(["b", "a", "b", None], dtype=object)
    assert coded(column).tolist()[:3] == [0.0, 1.0, 0.0]
    assert np.isnan(coded(column)[3])


def test_two_samples_of_one_table_are_not_told_apart() -> None:
    frame = pd.DataFrame({"x": RANDOM.normal(size=1200), "y": RANDOM.normal(size=1200)})
    assert told_apart(frame[:600], frame[600:]) == pytest.approx(0.5, abs=0.07)
    assert told_apart(frame[:600], frame[600:] + 3) > 0.95


# --- bias --------------------------------------------------------------------------------------------------------

LOANS = [("men", "yes", "x", 60), ("men", "no", "x", 20), ("women", "yes", "x", 10), ("women", "no", "x", 10)]


def measured(rows: list[tuple[str, str, str, int]], group: str | None = None) -> dict[str, float | None]:
    found = bias(
        lambda sql: rows, "t", Column("sex", "VARCHAR"), group, Column("paid", "VARCHAR"), "yes", Column("s", "VARCHAR")
    )
    return found.measures


def test_the_measures_of_bias_are_clarifys() -> None:
    # q_a = 60/80, q_d = 10/20
    assert measured(LOANS) == {
        "CI": 0.6,
        "DPL": 0.25,
        "KL": round(0.75 * np.log(0.75 / 0.5) + 0.25 * np.log(0.25 / 0.5), 4),
        "JS": round(
            float(stats.entropy([0.75, 0.25], [0.625, 0.375]) + stats.entropy([0.5, 0.5], [0.625, 0.375])) / 2, 4
        ),
        "LP": round(float(np.hypot(0.25, 0.25)), 4),
        "TVD": 0.25,
        "KS": 0.25,
        "CDD": round(10 / 30 - 10 / 70, 4),
    }


def test_conditional_disparity_vanishes_where_a_third_column_explains_all() -> None:
    rows = [("men", "yes", "a", 80), ("men", "no", "a", 20), ("women", "yes", "a", 40), ("women", "no", "a", 10)]
    rows += [("men", "yes", "b", 5), ("men", "no", "b", 45), ("women", "yes", "b", 10), ("women", "no", "b", 90)]
    found = measured(rows, "Women")
    assert found["CDD"] == 0.0
    assert found["DPL"] is not None
    assert found["DPL"] > 0.2


def test_a_divergence_that_is_infinite_is_left_open() -> None:
    rows = [("men", "yes", "x", 5), ("men", "no", "x", 5), ("women", "no", "x", 4)]
    assert measured(rows)["KL"] is None


def test_a_group_that_is_not_there_comes_with_those_that_are() -> None:
    with pytest.raises(ToolError, match=r"^sex is never 'womin'\. Its values: men and women\.$"):
        measured(LOANS, "womin")


def test_bias_needs_two_groups() -> None:
    with pytest.raises(
        ToolError, match=r"^sex has 1 different value; bias compares two groups\. Name another facet\.$"
    ):
        measured(LOANS[:2])


# --- forms, time, shift ------------------------------------------------------------------------------------------


def test_forms_of_texts_tell_fixed_lengths_from_any_length() -> None:
    assert patterns(["AB-12", "CD-34", "EF-567"]) == [Pattern(form="AA-9…", share=1.0)]
    assert patterns(["a@b", "cc@d", "서울"]) == [Pattern(form="a…@a", share=0.6667), Pattern(form="가가", share=0.3333)]


def test_a_season_a_trend_and_an_odd_month_are_seen() -> None:
    steps = np.arange(96)
    values = 100 + steps + 20 * np.sin(2 * np.pi * steps / 12) + RANDOM.normal(size=96)
    values[40] += 60
    found = season(values.tolist(), "month")
    assert found is not None
    assert (found.period, found.repeats_every) == (12, "year")
    assert (found.high, found.low) == (3, 9)  # a sine, a quarter and three quarters of the way round
    assert found.season > 0.8
    assert found.trend > 0.9
    assert [place for place, _, _ in found.odd] == [40]


def test_chance_has_no_season_and_a_short_series_nothing() -> None:
    found = season(RANDOM.normal(size=120).tolist(), "day")
    assert found is not None
    assert found.period == 0
    assert season([1.0, 2.0, 3.0], "day") is None


@pytest.mark.parametrize(
    ("first", "unit", "values", "words"),
    [
        (
            datetime(2020, 1, 1),
            "month",
            [100 + 30 * (place % 12 == 11) - 20 * (place % 12 == 1) for place in range(60)],
            "sales repeats every year (season 1.00 of 1): highest in December, lowest in February; it stays about the same.",
        ),
        (
            datetime(2024, 1, 1),
            "day",
            [100 + place + 50 * (place % 7 == 5) - 50 * (place % 7 == 6) for place in range(70)],
            "sales repeats every week (season 1.00 of 1): highest on Saturday, lowest on Sunday; it rises by 47 % from its"
            " first tenth to its last.",
        ),
        (
            datetime(2024, 1, 1),
            "quarter",
            [50 - place for place in range(9)],
            "sales is too short to show a season; it falls by 15 % from its first tenth to its last.",
        ),
    ],
)
def test_season_and_trend_are_told_in_words(first: datetime, unit: str, values: list[float], words: str) -> None:
    step = {"day": timedelta(1)}.get(unit)
    moments = [
        first + place * step if step else first.replace(year=first.year + months // 12, month=1 + months % 12)
        for place in range(len(values))
        for months in [place * (3 if unit == "quarter" else 1)]
    ]
    rows = [(moment, float(value)) for moment, value in zip(moments, values, strict=True)]
    with duckdb.connect() as connection:
        connection.execute("CREATE TABLE t (moment TIMESTAMP, sales DOUBLE)")
        connection.executemany("INSERT INTO t VALUES (?, ?)", rows)
        (found,) = series(
            lambda sql: connection.execute(sql).fetchall(),
            "t",
            Column("moment", "TIMESTAMP"),
            unit,
            [Column("sales", "DOUBLE")],
        )
    assert told(found) == words


def test_holes_are_bridged_by_a_line() -> None:
    assert bridged([None, 1, None, 3, None]) == [1, 1, 2, 3, 3]
    assert bridged([None, None]) is None


def test_the_stability_index_is_siddiqis() -> None:
    assert _psi([0.5, 0.5], [0.4, 0.6]) == pytest.approx(-0.1 * np.log(0.8) + 0.1 * np.log(1.2))
    assert _psi([1.0, 0.0], [1.0, 0.0]) == 0


def test_ks_is_the_largest_gap_of_the_filled_cells() -> None:
    shift = _line("x", [100, 100, 50, 75], [80, 100, 20, 70])
    assert shift.ks == 0.25
    assert shift.missing == (0.0, 0.2)
