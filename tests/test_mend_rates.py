"""Rates computed as odds, ratios of single rows in groups, days for weekdays."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.small_project import add
from tools.mend import mend_condition, mend_formula, mend_sql
from tools.workspace import Workspace


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workspace]:
    with Workspace(tmp_path_factory.mktemp("shop") / "project") as workspace:
        add(
            workspace,
            "ads",
            "SELECT 'a' AS ad, 10 AS shown, 2 AS sold, unnest([0, 1]) AS kept, DATE '2024-01-01' AS day",
        )
        yield workspace


ODDS = "SELECT COUNT(*) FILTER(WHERE kept = 1) / COUNT(*) FILTER(WHERE kept = 0) AS r FROM ads"
SHARE = "SELECT COUNT(*) FILTER(WHERE kept = 1) / COUNT(*) AS r FROM ads"
DAYS = "SELECT DATE_TRUNC('DAY', day) AS d, COUNT(*) AS n FROM ads GROUP BY d"
WEEKDAYS = "SELECT DAYNAME(day) AS d, COUNT(*) AS n FROM ads GROUP BY d"


@pytest.mark.parametrize(
    ("request_", "sql", "mended"),
    [
        ("What is the keep rate?", ODDS, SHARE),
        ("유지율은?", ODDS, SHARE),
        ("ratio of kept to lost", ODDS, ODDS),
        (
            "conversion per ad",
            "SELECT ad, sold / shown AS r FROM ads GROUP BY ad",
            "SELECT ad, SUM(sold) / SUM(shown) AS r FROM ads GROUP BY ad",
        ),
        (
            "conversion per ad",
            "SELECT ad, sold / shown AS r FROM ads GROUP BY ad, sold / shown ORDER BY r DESC",
            "SELECT ad, SUM(sold) / SUM(shown) AS r FROM ads GROUP BY ad ORDER BY r DESC",
        ),
        ("each ad's rate", "SELECT ad, sold / shown AS r FROM ads", "SELECT ad, sold / shown AS r FROM ads"),
        (
            "ratio of shown to sold by ad",
            "SELECT ad, SUM(shown) AS shown, SUM(sold) AS total_sold FROM ads GROUP BY ad",
            "SELECT ad, SUM(shown) AS shown, SUM(sold) AS total_sold, CAST(SUM(shown) AS DOUBLE) / NULLIF(SUM(sold), 0) AS ratio"
            " FROM ads GROUP BY ad",
        ),
        (
            "shown and sold by ad",
            "SELECT ad, SUM(shown) AS shown, SUM(sold) AS sold FROM ads GROUP BY ad",
            "SELECT ad, SUM(shown) AS shown, SUM(sold) AS sold FROM ads GROUP BY ad",
        ),
        ("Which day of the week is the busiest?", DAYS, WEEKDAYS),
        ("요일별 건수", DAYS, WEEKDAYS),
        ("rows per day", DAYS, DAYS),
        (
            "keep rate of each ad",
            "SELECT ad, COUNT(*) FILTER(WHERE kept = 1) AS keep_rate FROM ads GROUP BY ad ORDER BY keep_rate DESC",
            "SELECT ad, COUNT(*) FILTER(WHERE kept = 1) / COUNT(*) AS keep_rate FROM ads GROUP BY ad ORDER BY keep_rate DESC",
        ),
        (
            "광고별 유지율이 어떻게 달라?",
            "SELECT ad, SUM(CASE WHEN kept = 1 THEN 1 ELSE 0 END) AS 유지율 FROM ads GROUP BY ad",
            "SELECT ad, SUM(CASE WHEN kept = 1 THEN 1 ELSE 0 END) / COUNT(*) AS 유지율 FROM ads GROUP BY ad",
        ),
        (
            "how many were kept of each ad, and the rate",
            "SELECT ad, COUNT(*) FILTER(WHERE kept = 1) AS kept_rows FROM ads GROUP BY ad",
            "SELECT ad, COUNT(*) FILTER(WHERE kept = 1) AS kept_rows FROM ads GROUP BY ad",
        ),
        (
            "the best rate",
            "SELECT ad, SUM(CASE WHEN kept = 1 THEN sold ELSE 0 END) AS rate FROM ads GROUP BY ad",
            "SELECT ad, SUM(CASE WHEN kept = 1 THEN sold ELSE 0 END) AS rate FROM ads GROUP BY ad",
        ),
        (
            "the five ads that are shown most",
            "SELECT * FROM ads WHERE shown > (SELECT MAX(shown) FROM ads) ORDER BY shown DESC LIMIT 5",
            "SELECT * FROM ads WHERE TRUE ORDER BY shown DESC LIMIT 5",
        ),
        (
            "ads shown more than the most that was sold",
            "SELECT * FROM ads WHERE shown > (SELECT MAX(sold) FROM ads)",
            "SELECT * FROM ads WHERE shown > (SELECT MAX(sold) FROM ads)",
        ),
        (
            "How many were kept, by ad?",
            "SELECT ad, COUNT(*) AS kept FROM ads GROUP BY ad ORDER BY kept DESC",
            "SELECT ad, COUNT(*) FILTER(WHERE kept = 1) AS kept FROM ads GROUP BY ad ORDER BY kept DESC",
        ),
        (
            "How many were kept, by ad?",
            "SELECT ad, COUNT(*) AS kept FROM ads WHERE kept = 1 GROUP BY ad",
            "SELECT ad, COUNT(*) AS kept FROM ads WHERE kept = 1 GROUP BY ad",
        ),
        (
            "How many were shown, by ad?",
            "SELECT ad, COUNT(*) AS shown FROM ads GROUP BY ad",
            "SELECT ad, COUNT(*) AS shown FROM ads GROUP BY ad",
        ),
    ],
)
def test_a_rate_is_what_the_request_calls_it(shop: Workspace, request_: str, sql: str, mended: str) -> None:
    assert mend_sql(shop, sql, request_).sql == mended


SOLD = "SELECT shown, COUNT(*) AS n, COUNT(*) * 100.0 / (SELECT COUNT(*) FROM ads WHERE ad = 'a') AS p FROM ads WHERE ad = 'a' GROUP BY shown"
WITHIN = (
    "SELECT shown, COUNT(*) FILTER(WHERE ad = 'a') AS n, COUNT(*) FILTER(WHERE ad = 'a') * 100.0 / COUNT(*) AS p FROM ads"
    " GROUP BY shown"
)


@pytest.mark.parametrize(
    ("request_", "sql", "mended"),
    [
        ("count and percentage of a per shown", SOLD, WITHIN),
        ("percentage of a per shown", SOLD, WITHIN.replace(" COUNT(*) FILTER(WHERE ad = 'a') AS n,", "")),
        ("shown별 a의 비율과 건수", SOLD, WITHIN),
        ("how does a spread over shown, in percent", SOLD, SOLD),
        ("percentage of a per ad", SOLD.replace("shown", "ad"), SOLD.replace("shown", "ad")),
    ],
)
def test_a_share_per_group_is_that_within_the_group(shop: Workspace, request_: str, sql: str, mended: str) -> None:
    assert mend_sql(shop, sql, request_).sql == mended


def test_the_difference_of_a_column_and_itself_is_the_column(shop: Workspace) -> None:
    sql = "SELECT ad, ads.shown - ads.shown AS rise, shown - sold AS rest FROM ads ORDER BY rise DESC"
    made = mend_sql(shop, sql, "the rise of shown by ad")
    assert made.sql == "SELECT ad, ads.shown AS rise, shown - sold AS rest FROM ads ORDER BY rise DESC"
    assert made.changes == ["ads.shown less itself is nothing: ads.shown is shown."]


def test_names_of_several_words_in_a_formula_are_quoted(tmp_path: Path) -> None:
    with Workspace(tmp_path / "project") as workspace:
        add(workspace, "eco", 'SELECT 3.0 AS "GDP growth (annual %)"')
        made = mend_formula(workspace, "eco", "CASE WHEN GDP growth (annual %) > 5 THEN 'High' ELSE 'Low' END")
    assert made.sql == "CASE WHEN \"GDP growth (annual %)\" > 5 THEN 'High' ELSE 'Low' END"
    assert made.changes == ["Names of several words stand in quotes."]


@pytest.mark.parametrize(
    ("condition", "mended"),
    [("ad = 'A'", "ad = 'a'"), ("shown > 3", "shown > 3"), ("nothing = 3", "nothing = 3"), ("(", "(")],
)
def test_a_condition_is_mended_as_a_query_is(shop: Workspace, condition: str, mended: str) -> None:
    assert mend_condition(shop, "ads", condition, "keep A").sql == mended


@pytest.mark.parametrize(
    ("formula", "mended"),
    [
        ("shown + (ad = 'a' OR ad = 'b')", "shown + CAST((ad = 'a' OR ad = 'b') AS INT)"),
        ("shown * 2", "shown * 2"),
        ("avg(shown)", "avg(shown)"),
    ],
)
def test_a_formula_is_mended_as_a_query_is(shop: Workspace, formula: str, mended: str) -> None:
    assert mend_formula(shop, "ads", formula, "add 1 where it is a").sql == mended
