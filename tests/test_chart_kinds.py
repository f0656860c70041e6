"""Violins, maps of missing values, panels for each group, and the chart as one HTML file."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.small_project import add
from tools import call, tools_asked_for
from tools.tool import Job, Outcome, ToolError
from tools.workspace import Workspace

SHOP = """
    SELECT ['Germany', 'France', 'Spain'][1 + i % 3] AS country, ['서울', '부산'][1 + i % 2] AS 도시,
      'town ' || (i % 20) AS town, DATE '2023-01-01' + (i % 700)::INT AS day, 20 + i % 40 AS age, (i % 50) * 2.5 AS sales,
      CASE WHEN i < 600 OR i % 4 = 0 THEN NULL ELSE i END AS late, CAST(NULL AS DOUBLE) AS nothing
    FROM range(1200) t(i)
"""


@pytest.fixture(scope="module")
def job(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Job]:
    with Workspace(tmp_path_factory.mktemp("kinds") / "project") as workspace:
        add(workspace, "shop", SHOP)
        add(workspace, "tiny", "SELECT unnest([1, 2, 2, 3, 1000]) AS v, unnest(['a', 'a', 'a', 'b', 'b']) AS g")
        add(workspace, "wide", "SELECT " + ", ".join(f"nullif({n}, {n if n < 3 else -1}) AS c{n}" for n in range(70)))
        add(workspace, "none", "SELECT 1 AS a WHERE false")
        add(workspace, "evil", "SELECT '</script><img src=x onerror=alert(1)>\\' AS g, 1 AS v FROM range(3)")
        yield Job(workspace)


def draw(job: Job, tool: str, dataset: str = "shop", **more: Any) -> Outcome:
    return call(job, tool, {"dataset": dataset, **more})


def cells(outcome: Outcome) -> list[list[Any]]:
    assert outcome.table is not None
    return outcome.table.rows


def spec(outcome: Outcome) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(Path(outcome.artefacts[0].path).read_text(encoding="utf-8"))
    return found


# --- violins -----------------------------------------------------------------------------------------------------


def test_a_violin_counts_in_narrow_bins_and_tells_the_medians(job: Job) -> None:
    outcome = draw(job, "draw_violins", column="sales", by="도시")
    assert outcome.text == (
        "Drew a violin chart of sales by 도시: by the median, 부산 62.5 is the highest of 2 groups, then 서울 60."
    )
    assert outcome.sql == (
        'WITH given AS (SELECT coalesce(CAST("도시" AS VARCHAR), \'empty\') AS x, CAST("sales" AS DOUBLE) AS v'
        ' FROM "shop@1" WHERE CAST("sales" AS DOUBLE) IS NOT NULL)\n'
        "SELECT x, count(*) AS n, avg(v) AS mean, coalesce(stddev_samp(v), 0) AS sd,\n"
        "  quantile_cont(v, [0.25, 0.5, 0.75]) AS q,\n"
        "  histogram(least(63, floor((v - 0.0) / 1.9140625))) FILTER (v BETWEEN 0.0 AND 122.5) AS bins\n"
        "FROM given GROUP BY ALL ORDER BY ALL"
    )


def test_the_density_of_a_violin_adds_up_to_the_rows_of_its_group(job: Job) -> None:
    rows = [
        row
        for row in spec(draw(job, "draw_violins", column="sales", by="도시"))["data"]["values"]
        if row["x"] == "서울"
    ]
    assert sum(row["density"] for row in rows) == pytest.approx(1, abs=1e-6)
    assert max(row["right"] - row["left"] for row in rows) == pytest.approx(0.84)


def test_what_lies_far_outside_does_not_flatten_a_violin_and_is_said(job: Job) -> None:
    outcome = draw(job, "draw_violins", "tiny", column="v")
    assert outcome.text == (
        "Drew a violin chart of v: the median is 2, half lie between 2 and 3. 1 value far outside is not shown."
    )
    assert max(row["value"] for row in spec(outcome)["data"]["values"]) <= 6


def test_violins_may_have_a_panel_for_each_group(job: Job) -> None:
    outcome = draw(job, "draw_violins", column="sales", by="도시", facet="country")
    assert {row["facet"] for row in spec(outcome)["data"]["values"]} == {"Germany", "France", "Spain"}
    assert outcome.text == "Drew a violin chart of sales by 도시, one panel per country: 6 shapes."


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (
            {"column": "country"},
            "country holds text, which a violin chart can't show there. For country these fit: bar, pie, heatmap, x of a box.",
        ),
        ({"column": "nothing"}, "nothing holds no numbers, so there is nothing to draw."),
        (
            {"column": "sales", "by": "age"},
            "age has more than 30 different numbers, which a violin chart can't show there.",
        ),
    ],
)
def test_a_violin_that_does_not_fit_says_why(job: Job, arguments: dict[str, str], message: str) -> None:
    with pytest.raises(ToolError, match=f"^{re.escape(message)}"):
        draw(job, "draw_violins", **arguments)


# --- where cells are empty ---------------------------------------------------------------------------------------


def test_a_map_of_missing_values_shows_bands_of_rows(job: Job) -> None:
    outcome = draw(job, "map_missing", columns=["age", "late"])
    assert outcome.text == (
        "Drew a map of missing values of 2 columns over 1,200 rows: 750 cells are empty, in late 750 (62.5%)."
    )
    assert outcome.sql == (
        "SELECT (row_number - 1) // 20 AS band, count(*) AS n,\n"
        "  count(*) - count(c0) AS c0,\n"
        "  count(*) - count(c1) AS c1\n"
        'FROM (SELECT "age" AS c0, "late" AS c1, row_number() OVER () AS row_number FROM "shop@1")'
        " GROUP BY band ORDER BY band"
    )
    late = [row for row in cells(outcome) if row[0] == "late"]
    assert len(late) == 60
    assert late[0] == ["late", 1, 20, 1.0, 20]
    assert late[-1] == ["late", 1181, 1200, 0.25, 5]


def test_of_very_many_columns_the_map_shows_the_emptiest(job: Job) -> None:
    outcome = draw(job, "map_missing", "wide")
    assert outcome.text == (
        "Drew a map of missing values of 60 columns over 1 row: 3 cells are empty,"
        " in c0 1 (100.0%), c1 1 (100.0%) and c2 1 (100.0%)."
    )


def test_a_map_of_no_rows_says_so(job: Job) -> None:
    with pytest.raises(ToolError, match=r"^The dataset has no rows, so there is nothing to draw\.$"):
        draw(job, "map_missing", "none")


# --- panels ------------------------------------------------------------------------------------------------------

PANELS = [
    ({"kind": "bar", "x": "도시", "y": "sales"}, 6),
    ({"kind": "histogram", "x": "age", "color": "도시"}, None),
    ({"kind": "line", "x": "day"}, None),
    ({"kind": "area", "x": "day", "color": "도시"}, None),
    ({"kind": "scatter", "x": "age", "y": "sales", "color": "도시"}, 1200),
    ({"kind": "box", "x": "sales"}, 3),
    ({"kind": "box", "x": "도시", "y": "sales"}, 6),
    ({"kind": "heatmap", "x": "도시", "y": "age"}, None),
    ({"kind": "pie", "x": "도시"}, 6),
]


@pytest.mark.parametrize(("arguments", "count"), PANELS, ids=lambda value: str(value))
def test_every_kind_of_chart_has_panels(job: Job, arguments: dict[str, str], count: int | None) -> None:
    outcome = draw(job, "draw_panels", facet="country", **arguments)
    made = spec(outcome)
    assert made["facet"] == {"field": "facet", "sort": ["France", "Germany", "Spain"], "title": None, "type": "nominal"}
    assert {row["facet"] for row in made["data"]["values"]} == {"France", "Germany", "Spain"}
    assert count is None or len(made["data"]["values"]) == count
    assert ", one panel per country" in outcome.text
    assert made["title"].endswith(", for each country")


def test_panels_are_counted_in_one_select(job: Job) -> None:
    outcome = draw(job, "draw_panels", kind="bar", x="도시", y="sales", facet="country", measure="mean")
    assert outcome.sql == (
        "SELECT coalesce(CAST(\"도시\" AS VARCHAR), 'empty') AS x, coalesce(CAST(\"country\" AS VARCHAR), 'empty') AS facet,"
        ' avg(CAST("sales" AS DOUBLE)) AS y FROM "shop@1" GROUP BY ALL ORDER BY ALL'
    )


def test_the_parts_of_a_pie_are_shares_of_their_panel(job: Job) -> None:
    outcome = draw(job, "draw_panels", kind="pie", x="도시", facet="country")
    assert {row[-1] for row in cells(outcome)} == {0.5}


def test_the_ninth_panel_holds_all_other_groups(job: Job) -> None:
    outcome = draw(job, "draw_panels", kind="histogram", x="age", facet="town")
    assert len({row["facet"] for row in spec(outcome)["data"]["values"]}) == 9
    assert "other (12 values)" in {row["facet"] for row in spec(outcome)["data"]["values"]}


# --- correlations ------------------------------------------------------------------------------------------------


def test_a_correlation_matrix_is_over_all_rows_and_tells_the_strongest_pairs(job: Job) -> None:
    add(
        job.workspace,
        "line",
        "SELECT i AS a, 3 - 2 * i AS b, i % 7 AS c, 't' || i % 3 AS g, i % 3 AS n FROM range(70) t(i)",
    )
    outcome = draw(job, "draw_correlations", "line", columns=["a", "b", "c", "g"])
    exact = job.workspace.rows('SELECT corr(a, c) FROM "line@1"')[0][0]
    assert [row[2] for row in cells(outcome)] == pytest.approx(
        [1, -1, exact, -1, 1, -exact, exact, -exact, 1], abs=1e-4
    )
    assert outcome.text.startswith(
        "Drew a matrix of the correlation (Pearson) of 3 columns over 70 rows. Strongest: a and b -1.00, "
    )
    assert outcome.sql == 'SELECT "a", "b", "c" FROM "line@1"'
    shared = draw(job, "draw_correlations", "line", columns=["g", "n"], method="mutual_information")
    assert shared.text.endswith("Strongest: n and g 1.00.")


def test_a_correlation_matrix_needs_two_numbers(job: Job) -> None:
    with pytest.raises(
        ToolError, match=r"^1 of sales and 도시 can be compared; two number columns that vary are needed\.$"
    ):
        draw(job, "draw_correlations", columns=["sales", "도시"])


# --- one HTML file -----------------------------------------------------------------------------------------------


def test_the_html_file_holds_drawing_words_and_numbers_and_fetches_nothing(job: Job) -> None:
    outcome = draw(job, "draw_panels", kind="bar", x="도시", y="sales", facet="country")
    page = Path(outcome.artefacts[3].path).read_text(encoding="utf-8")
    assert page.count("<svg") == 1
    assert outcome.text in page
    assert "<td>부산</td><td>France</td>" in page
    assert "default-src 'none'" in page
    assert not re.search(r"(src|href)\s*=\s*[\"'](?!#)", page)


def test_no_cell_can_make_the_html_file_run_a_script(job: Job) -> None:
    outcome = draw(job, "make_chart", "evil", kind="bar", x="g")
    page = Path(outcome.artefacts[3].path).read_text(encoding="utf-8")
    assert "<img" not in page
    assert page.count("</script>") == 1
    assert Path(draw(job, "draw_violins", "evil", column="v", by="g").artefacts[1].path).is_file()


# --- when the planner is told ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("request_", "tool"),
    [
        ("Draw a violin plot of age by country", "draw_violins"),
        ("국가별 매출 바이올린 차트 그려줘", "draw_violins"),
        ("Show a map of missing values", "map_missing"),
        ("Where are the empty cells? Draw a heat map of missing data", "map_missing"),
        ("결측치 지도를 그려줘", "map_missing"),
        ("빈 값이 어디에 있는지 그려줘", "map_missing"),
        ("Draw a correlation heat map", "draw_correlations"),
        ("상관 행렬을 그려줘", "draw_correlations"),
        ("Plot one histogram per region", "draw_panels"),
        ("Facet the scatter chart by country", "draw_panels"),
        ("지역별로 히스토그램을 따로 그려줘", "draw_panels"),
    ],
)
def test_the_planner_is_told_of_a_chart_that_is_asked_for(request_: str, tool: str) -> None:
    assert tool in [entry.name for entry in tools_asked_for(request_)]


@pytest.mark.parametrize(
    "request_",
    [
        "Plot sales by month",
        "Bar chart of sales for each region",
        "월별로 매출 그래프 그려줘",
        "Fill missing values",
        "매출 합계",
        "How many are missing?",
    ],
)
def test_other_requests_leave_the_prompt_as_it_is(request_: str) -> None:
    assert not {"draw_violins", "map_missing", "draw_panels"} & {entry.name for entry in tools_asked_for(request_)}


def test_dates_are_laid_over_each_other_by_weekday_month_and_hour(job: Job) -> None:
    weekdays = draw(job, "make_chart", kind="bar", x="day", step="weekday")
    assert [row[0] for row in cells(weekdays)] == [
        "Monday",
        "Tuesday",
        "Wednesday",
        "Thursday",
        "Friday",
        "Saturday",
        "Sunday",
    ]
    assert sum(row[1] for row in cells(weekdays)) == 1200
    months = draw(job, "make_chart", kind="line", x="day", y="sales", measure="mean", step="month_of_year")
    assert [row[0] for row in cells(months)][:3] == ["January", "February", "March"]
    assert months.table is not None
    assert months.table.columns == ["day (month of year)", "average sales"]
    with pytest.raises(ToolError, match=r"day has no time of day\. Draw it by weekday, day, week"):
        draw(job, "make_chart", kind="bar", x="day", step="hour_of_day")


def test_texts_of_numbers_and_dates_are_read_where_a_chart_needs_them(job: Job) -> None:
    add(
        job.workspace,
        "texts",
        "SELECT ['a', 'b'][1 + i % 2] AS g, printf('%d%%', 50 + i % 4) AS rate, printf('%d,500원', 1 + i % 2) AS fee,"
        " ['low', 'high'][1 + i % 2] AS word, strftime(DATE '2024-01-01' + i::INT, '%d/%m/%Y') AS day FROM range(40) t(i)",
    )
    mean = draw(job, "make_chart", "texts", kind="bar", x="g", y="rate", measure="mean")
    assert cells(mean) == [["a", 51.0], ["b", 52.0]]
    assert mean.text.endswith("The text of rate is read as numbers.")
    total = draw(job, "make_chart", "texts", kind="bar", x="g", y="fee")
    assert cells(total) == [["b", 50000.0], ["a", 30000.0]]
    assert "histogram of fee over 40 rows" in draw(job, "make_chart", "texts", kind="histogram", x="fee").text
    along = draw(job, "make_chart", "texts", kind="line", x="day", y="fee", measure="sum", step="month")
    assert cells(along) == [["2024-01", 61500.0], ["2024-02", 18500.0]]
    counted = draw(job, "make_chart", "texts", kind="bar", x="g", y="rate", measure="count")
    assert cells(counted) == [["a", 20], ["b", 20]]
    assert "read as" not in counted.text
    with pytest.raises(ToolError, match="word holds text, so it has no mean"):
        draw(job, "make_chart", "texts", kind="bar", x="g", y="word", measure="mean")
