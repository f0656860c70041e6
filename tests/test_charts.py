"""Charts: what they count, what they say, and the files they leave."""

import json
import struct
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pytest

from tests.small_project import add
from tools import call
from tools.charting.conditions import shown
from tools.charting.data import round_width
from tools.dataset import StepRecord
from tools.korean import in_korean
from tools.tool import Job, Outcome, ToolError
from tools.workspace import Workspace

SHOP = """
    SELECT i AS id, 20 + i % 40 AS age, CASE WHEN i % 10 = 0 THEN NULL ELSE ['Germany', 'France', 'Spain'][1 + i % 3] END AS country,
      ['서울', '부산'][1 + i % 2] AS 도시, 'town ' || (i % 20) AS town, DATE '2023-01-01' + (i % 700)::INT AS day,
      (i % 50) * 2.5 AS sales, i % 4 = 0 AS churned, (i % 3)::INT AS products, CAST(NULL AS DOUBLE) AS nothing,
      CASE WHEN i % 100 = 0 THEN 'nan'::DOUBLE WHEN i % 100 = 1 THEN 'inf'::DOUBLE ELSE i * 1.0 END AS odd,
      -i AS loss, TIMESTAMP '2024-01-01' + INTERVAL (i) MINUTE AS at
    FROM range(3000) t(i)
"""


@pytest.fixture(scope="module")
def job(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Job]:
    with Workspace(tmp_path_factory.mktemp("charts") / "project") as workspace, duckdb.connect() as connection:
        reader = connection.execute(SHOP).to_arrow_table().to_reader()
        workspace.add_dataset("shop", reader, StepRecord(tool="test", arguments={}))
        yield Job(workspace)


def draw(job: Job, kind: str, x: str, **more: str) -> Outcome:
    return call(job, "make_chart", {"dataset": "shop", "kind": kind, "x": x, **more})


def cells(outcome: Outcome) -> list[list[Any]]:
    assert outcome.table is not None
    return outcome.table.rows


def spec(outcome: Outcome) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(Path(outcome.artefacts[0].path).read_text(encoding="utf-8"))
    return found


# --- what is counted and said ------------------------------------------------------------------------------------


def test_only_rows_that_meet_a_condition_are_drawn(job: Job) -> None:
    outcome = draw(job, "bar", "country", condition="\"age\" < 22 AND country <> 'Spain'")
    assert cells(outcome) == [["France", 25], ["Germany", 25]]
    assert outcome.text.endswith("Only rows where age < 22, country ≠ Spain are drawn.")
    assert spec(outcome)["title"].endswith("where age < 22, country ≠ Spain")
    assert len(cells(draw(job, "scatter", "age", y="sales", condition="town = 'town 3'"))) > 0


@pytest.mark.parametrize(
    ("condition", "said"),
    [
        ("city = 'Lyon'", "city = Lyon"),
        ("lower(\"Home town\") = 'lyon' AND age >= 30", "Home town = lyon, age ≥ 30"),
        ("(plan IN ('basic', 'pro')) AND change BETWEEN -5 AND 5", "plan = basic / pro, change = -5 – 5"),
        ("day >= DATE '2025-01-01' AND day < CAST('2025-04-01' AS DATE)", "day ≥ 2025-01-01, day < 2025-04-01"),
        ("paid = true AND city <> 'Lyon'", "paid = yes, city ≠ Lyon"),
        # What is more than comparisons of columns with values stays as it was written.
        ("age < 20 OR age > 60", "age < 20 OR age > 60"),
        ("month(day) = 3 AND age > 2", "month(day) = 3 AND age > 2"),
        ("NOT city = 'Lyon'", "NOT city = 'Lyon'"),
        ("sales > cost", "sales > cost"),
        ("city IS NULL", "city IS NULL"),
        ("broken = = 2", "broken = = 2"),
    ],
)
def test_a_condition_is_shown_without_the_marks_of_sql(condition: str, said: str) -> None:
    assert shown(condition) == said


@pytest.mark.parametrize(
    ("condition", "message"),
    [
        ("age > 900", "No row meets age > 900, so there is nothing to draw."),
        ("age > (SELECT 1)", "no SELECT"),
        ("nobody = 1", "nobody"),
    ],
)
def test_a_condition_that_nothing_meets_or_that_is_none_is_told(job: Job, condition: str, message: str) -> None:
    with pytest.raises(ToolError, match=message):
        draw(job, "bar", "country", condition=condition)


def test_bars_count_the_rows_of_each_group_with_the_largest_first(job: Job) -> None:
    outcome = draw(job, "bar", "country")
    assert cells(outcome) == [["France", 900], ["Germany", 900], ["Spain", 900], ["empty", 300]]
    assert outcome.text == (
        "Drew a bar chart of the number of rows by country:"
        " France 900 is the highest of 4 groups, then Germany 900, Spain 900 and empty 300."
    )
    assert outcome.sql == (
        "SELECT coalesce(CAST(\"country\" AS VARCHAR), 'empty') AS x, count(*) AS y"
        ' FROM "shop@1" GROUP BY ALL ORDER BY ALL'
    )


@pytest.mark.parametrize(
    ("more", "expected", "called"),
    [
        ({"y": "sales"}, [["부산", 93750.0], ["서울", 90000.0]], "total sales"),
        ({"y": "sales", "measure": "mean"}, [["부산", 62.5], ["서울", 60.0]], "average sales"),
        ({"y": "sales", "measure": "median"}, [["부산", 62.5], ["서울", 60.0]], "median sales"),
        ({"y": "sales", "measure": "max"}, [["부산", 122.5], ["서울", 120.0]], "highest sales"),
        ({"y": "sales", "measure": "min"}, [["부산", 2.5], ["서울", 0.0]], "lowest sales"),
        ({"y": "country", "measure": "count"}, [["부산", 1500], ["서울", 1200]], "number of country"),
        ({"y": "churned", "measure": "mean"}, [["부산", 0.0], ["서울", 0.5]], "share of churned"),
    ],
)
def test_bars_measure_a_column_in_each_group(job: Job, more: dict[str, str], expected: list[Any], called: str) -> None:
    outcome = draw(job, "bar", "도시", **more)
    assert sorted(cells(outcome)) == expected
    assert outcome.table is not None
    assert outcome.table.columns == ["도시", called]


def test_the_mean_of_yes_and_no_is_the_share_of_yes(tmp_path: Path) -> None:
    with Workspace(tmp_path / "project") as workspace:
        add(
            workspace,
            "members",
            "SELECT * FROM (VALUES ('a', '예', 'x'), ('a', '아니오', 'y'), ('b', ' 예', 'z'), ('b', NULL, 'x')) AS t(g, left_us, other)",
        )
        chart = {"dataset": "members", "kind": "bar", "x": "g", "y": "left_us", "measure": "mean"}
        outcome = call(Job(workspace), "make_chart", chart)
        assert sorted(cells(outcome)) == [["a", 0.5], ["b", 1.0]]
        assert (
            outcome.text
            == "Drew a bar chart of the share of left_us by g: b 100 % is the highest of 2 groups, then a 50 %."
        )
        assert (
            in_korean(outcome.text)
            == "g별 left_us 비율 막대 차트를 그렸습니다: 2개 집단 중 b 100%가 가장 크고 a 50% 순입니다."
        )
        assert outcome.table is not None
        assert outcome.table.shares == ["share of left_us"]
        spec = json.loads(Path(outcome.artefacts[0].path).read_text(encoding="utf-8"))
        assert spec["encoding"]["y"]["axis"] == {"format": ".0%"}
        assert spec["title"] == "Share of left_us by g"
        with pytest.raises(ToolError, match="other holds text, so it has no mean"):
            call(Job(workspace), "make_chart", chart | {"y": "other"})


def test_many_groups_become_the_largest_and_one_other(job: Job) -> None:
    outcome = draw(job, "bar", "town", y="sales")
    assert outcome.table is not None
    assert len(cells(outcome)) == 13
    assert cells(outcome)[-1][0] == "other (8 values)"
    assert sum(row[1] for row in cells(outcome)) == 183750.0
    assert "; other (8 values) " in outcome.text
    assert "highest of 12 groups" in outcome.text


def test_other_is_measured_from_its_rows_not_from_its_groups(job: Job) -> None:
    outcome = draw(job, "bar", "town", y="sales", measure="mean")
    other = next(row[1] for row in cells(outcome) if row[0] == "other (8 values)")
    shown = [row[0] for row in cells(outcome) if row[0] != "other (8 values)"]
    inside = ", ".join(f"'{name}'" for name in shown)
    assert other == job.workspace.rows(f'SELECT avg(sales) FROM "shop@1" WHERE town NOT IN ({inside})')[0][0]


def test_numbers_as_groups_stay_in_their_order_and_are_named_with_the_column(job: Job) -> None:
    outcome = draw(job, "bar", "products")
    assert cells(outcome) == [["0", 1000], ["1", 1000], ["2", 1000]]
    assert "products 0 1,000 is the highest of 3 groups, then products 1 1,000 and products 2 1,000" in outcome.text


def test_colours_split_each_bar(job: Job) -> None:
    outcome = draw(job, "bar", "도시", color="churned")
    assert sorted(cells(outcome)) == [["부산", "no", 1500], ["서울", "no", 750], ["서울", "yes", 750]]
    assert outcome.text.startswith("Drew a bar chart of the number of rows by 도시, split by churned:")


def test_a_histogram_counts_round_bins(job: Job) -> None:
    outcome = draw(job, "histogram", "age")
    assert cells(outcome)[:2] == [[20.0, 22.0, 150], [22.0, 24.0, 150]]
    assert sum(row[-1] for row in cells(outcome)) == 3000
    assert outcome.text == (
        "Drew a histogram of age over 3,000 rows: from 20 to 59, half of them at or below 39.5."
        " The fullest bin, 20 to 22, holds 150 rows."
    )


def test_a_histogram_leaves_out_what_is_no_number_and_says_so(job: Job) -> None:
    outcome = draw(job, "histogram", "odd")
    assert sum(row[-1] for row in cells(outcome)) == 2940
    assert outcome.text.endswith(" 60 empty cells are left out.")


def test_a_histogram_of_one_value_has_one_bin(job: Job) -> None:
    job.workspace.add_query("same", "SELECT 5 AS v FROM range(10)", StepRecord(tool="test", arguments={}))
    outcome = call(job, "make_chart", {"dataset": "same", "kind": "histogram", "x": "v"})
    assert cells(outcome) == [[5.0, 6.0, 10]]


def test_a_line_takes_the_step_of_time_that_fits(job: Job) -> None:
    outcome = draw(job, "line", "day", y="sales")
    assert outcome.table is not None
    assert outcome.table.columns == ["day (week)", "total sales"]
    assert cells(outcome)[0] == ["2022-12-26", 0.0]
    assert outcome.text.startswith(
        "Drew a line chart of the total sales by day (week): from 2022-12-26 to 2024-11-25, lowest 0 at 2022-12-26,"
    )
    minutes = draw(job, "line", "at")
    assert minutes.table is not None
    assert minutes.table.columns == ["at (hour)", "number of rows"]
    assert cells(minutes)[0] == ["2024-01-01 00:00", 60]


def test_a_line_along_numbers_measures_each_of_them(job: Job) -> None:
    outcome = draw(job, "line", "age", y="sales", measure="mean")
    assert len(cells(outcome)) == 40
    assert outcome.text.startswith("Drew a line chart of the average sales by age: from 20 to 59, lowest ")


def test_a_line_along_very_many_numbers_takes_round_steps(job: Job) -> None:
    outcome = draw(job, "line", "id", y="sales", measure="max")
    assert [row[0] for row in cells(outcome)][:3] == [0.0, 100.0, 200.0]
    assert len(cells(outcome)) == 30


def test_an_area_stacks_what_adds_up(job: Job) -> None:
    outcome = draw(job, "area", "day", color="도시")
    assert sum(row[-1] for row in cells(outcome)) == 3000
    assert spec(outcome)["encoding"]["y"]["stack"] == "zero"


def test_a_pie_tells_the_largest_share(job: Job) -> None:
    outcome = draw(job, "pie", "churned")
    assert cells(outcome) == [["no", 2250, 0.75], ["yes", 750, 0.25]]
    assert outcome.text.endswith("no 2,250 is the highest of 2 groups, then yes 750. no has 75.0% of the whole.")


def test_a_scatter_takes_the_same_points_each_time_and_tells_the_relation(job: Job) -> None:
    first, second = draw(job, "scatter", "id", y="loss"), draw(job, "scatter", "id", y="loss")
    assert spec(first)["data"]["values"] == spec(second)["data"]["values"]
    assert len(spec(first)["data"]["values"]) == 2000
    assert first.table is not None
    assert (len(first.table.rows), first.table.row_count) == (1000, 2000)
    assert first.text == (
        "Drew a scatter chart of loss against id with 2,000 of 3,000 points."
        " They move strongly together (correlation -1.00 over all rows, one falling as the other rises)."
    )


def test_a_scatter_of_few_rows_shows_every_one(job: Job) -> None:
    job.workspace.add_query(
        "few", "SELECT i AS a, i * 2 AS b FROM range(3) t(i)", StepRecord(tool="test", arguments={})
    )
    outcome = call(job, "make_chart", {"dataset": "few", "kind": "scatter", "x": "a", "y": "b"})
    assert sorted(cells(outcome)) == [[0.0, 0.0], [1.0, 2.0], [2.0, 4.0]]
    assert "with 3 points" in outcome.text


def test_a_box_holds_quarters_usual_range_and_what_lies_outside(job: Job) -> None:
    values = "SELECT unnest([1, 2, 3, 4, 5, 6, 7, 8, 100]) AS v, 'all' AS g"
    job.workspace.add_query("boxed", values, StepRecord(tool="test", arguments={}))
    outcome = call(job, "make_chart", {"dataset": "boxed", "kind": "box", "x": "g", "y": "v"})
    assert outcome.table is not None
    assert outcome.table.columns == [
        "g",
        "lower quarter",
        "median",
        "upper quarter",
        "usual lowest",
        "usual highest",
        "rows",
        "outside",
    ]
    assert cells(outcome) == [["all", 3.0, 5.0, 7.0, 1.0, 8.0, 9, 1]]
    assert outcome.text.endswith("the median is 5, half lie between 3 and 7. 1 value lies outside the usual range.")


@pytest.mark.parametrize(
    "more", [{"x": "도시", "y": "sales"}, {"x": "sales", "y": "도시"}, {"x": "sales", "color": "도시"}]
)
def test_a_box_by_group_may_be_asked_for_in_three_ways(job: Job, more: dict[str, str]) -> None:
    outcome = call(job, "make_chart", {"dataset": "shop", "kind": "box", **more})
    assert sorted((row[0], row[2]) for row in cells(outcome)) == [("부산", 62.5), ("서울", 60.0)]


def test_a_heat_map_crosses_two_columns(job: Job) -> None:
    outcome = draw(job, "heatmap", "도시", y="churned")
    assert sorted(cells(outcome)) == [["부산", "no", 1500], ["서울", "no", 750], ["서울", "yes", 750]]
    measured = draw(job, "heatmap", "age", y="도시", color="sales")
    assert measured.table is not None
    assert measured.table.columns == ["age (from, steps of 5)", "도시", "average sales"]
    assert len(cells(measured)) == 16


# --- what does not fit -------------------------------------------------------------------------------------------

TEXT_FITS = "For country these fit: bar, pie, heatmap, x of a box."


@pytest.mark.parametrize(
    ("kind", "more", "message"),
    [
        ("histogram", {"x": "country"}, f"country holds text, which a histogram can't show there. {TEXT_FITS}"),
        ("line", {"x": "country"}, f"country holds text, which a line chart can't show there. {TEXT_FITS}"),
        (
            "scatter",
            {"x": "age", "y": "country"},
            f"country holds text, which a scatter chart can't show there. {TEXT_FITS}",
        ),
        ("box", {"x": "country"}, f"country holds text, which a box chart can't show there. {TEXT_FITS}"),
        (
            "bar",
            {"x": "age"},
            "age has more than 30 different numbers, which a bar chart can't show there. For age these fit: histogram, box,"
            " scatter (with a second number column), x of a line, y of bar or line.",
        ),
        (
            "bar",
            {"x": "도시", "y": "country", "measure": "mean"},
            "country holds text, so it has no mean. Use the measure count, or name a number column as y.",
        ),
        (
            "bar",
            {"x": "도시", "measure": "sum"},
            "'sum' needs a number column to measure. Name it as y, or use the measure count.",
        ),
        (
            "pie",
            {"x": "도시", "y": "sales", "measure": "mean"},
            "The parts of a pie chart add up, and a mean does not. Use sum or count, or draw bars.",
        ),
        (
            "pie",
            {"x": "도시", "y": "loss"},
            "total loss is negative or nothing for some groups of 도시, so it has no shares. Draw a bar chart.",
        ),
        (
            "histogram",
            {"x": "age", "y": "sales"},
            "A histogram counts rows of one column. Leave y and measure out, or draw bars of age.",
        ),
        ("scatter", {"x": "age"}, "A scatter chart needs two columns. Name the second one as y."),
        (
            "heatmap",
            {"x": "age"},
            "A heat map crosses two columns. Name the second one as y, and a column to measure as color.",
        ),
        ("histogram", {"x": "nothing"}, "nothing holds no numbers, so there is nothing to draw."),
        ("scatter", {"x": "age", "y": "nothing"}, "No row has both age and nothing, so there is nothing to draw."),
        ("box", {"x": "nothing"}, "nothing holds no numbers, so there is nothing to draw."),
    ],
)
def test_a_chart_that_does_not_fit_says_what_does(job: Job, kind: str, more: dict[str, str], message: str) -> None:
    before = sorted(job.workspace.files.iterdir())
    with pytest.raises(ToolError) as refused:
        call(job, "make_chart", {"dataset": "shop", "kind": kind, **more})
    assert str(refused.value) == message
    assert sorted(job.workspace.files.iterdir()) == before


def test_an_unknown_column_comes_with_the_nearest(job: Job) -> None:
    with pytest.raises(ToolError, match=r"^No column 'contry'\. Nearest: country\. Columns: id, age, "):
        draw(job, "bar", "contry")


# --- files -------------------------------------------------------------------------------------------------------

EVERY_KIND = [
    ("histogram", {"x": "age"}),
    ("histogram", {"x": "sales", "color": "도시"}),
    ("bar", {"x": "country"}),
    ("bar", {"x": "도시", "y": "sales", "color": "country", "measure": "mean"}),
    ("bar", {"x": "day", "y": "sales"}),
    ("line", {"x": "day", "y": "sales", "color": "도시"}),
    ("area", {"x": "day"}),
    ("scatter", {"x": "age", "y": "sales", "color": "id"}),
    ("box", {"x": "도시", "y": "sales"}),
    ("heatmap", {"x": "country", "y": "도시"}),
    ("pie", {"x": "town"}),
]


@pytest.mark.parametrize(("kind", "more"), EVERY_KIND, ids=lambda value: str(value))
def test_each_kind_is_kept_as_vega_lite_png_svg_and_html(job: Job, kind: str, more: dict[str, str]) -> None:
    outcome = call(job, "make_chart", {"dataset": "shop", "kind": kind, **more})
    chart, png, svg, page = (Path(artefact.path) for artefact in outcome.artefacts)
    assert [artefact.kind for artefact in outcome.artefacts] == ["chart", "file", "file", "file"]
    assert chart.name.endswith(".vl.json")
    assert (png.suffix, svg.suffix, page.suffix) == (".png", ".svg", ".html")
    assert {path.parent for path in (chart, png, svg, page)} == {job.workspace.files}
    content = png.read_bytes()
    assert content.startswith(b"\x89PNG")
    width, height = struct.unpack(">II", content[16:24])
    assert width > 800
    assert height > 500
    drawn = svg.read_text(encoding="utf-8")
    assert drawn.count("<path") + drawn.count("<rect") > 5
    made = spec(outcome)
    assert made["description"] == outcome.text
    assert made["title"]
    assert made["$schema"].startswith("https://vega.github.io/schema/vega-lite/")
    assert '"url"' not in chart.read_text(encoding="utf-8")
    assert len(made["data"]["values"]) <= 2000
    assert "href" not in drawn.replace("xmlns:xlink", "")


def test_a_chart_names_its_axes_in_hangul_with_fonts_that_have_it(job: Job) -> None:
    outcome = draw(job, "bar", "도시", y="sales")
    made, drawn = spec(outcome), Path(outcome.artefacts[2].path).read_text(encoding="utf-8")
    assert made["title"] == "Total sales by 도시"
    assert "Noto Sans CJK KR" in made["config"]["font"]
    assert "서울" in drawn
    assert "도시" in drawn


def test_colours_are_told_apart_by_colour_blind_people(job: Job) -> None:
    made = spec(draw(job, "bar", "country"))
    assert made["config"]["range"]["category"][:3] == ["#0072B2", "#E69F00", "#009E73"]


def test_no_file_is_ever_written_over(job: Job) -> None:
    job.workspace.add_query("small", "SELECT 'a' AS g", StepRecord(tool="test", arguments={}))
    arguments = {"dataset": "small", "kind": "bar", "x": "g"}
    (job.workspace.files / "small_bar_g_2.png").write_bytes(b"mine")
    first = call(job, "make_chart", arguments)
    kept = {artefact.path: Path(artefact.path).read_bytes() for artefact in first.artefacts}
    again = [call(job, "make_chart", arguments) for _ in range(2)]
    assert [artefact.name for artefact in first.artefacts] == [
        "small_bar_g.vl.json",
        "small_bar_g.png",
        "small_bar_g.svg",
        "small_bar_g.html",
    ]
    assert [outcome.artefacts[0].name for outcome in again] == ["small_bar_g_3.vl.json", "small_bar_g_4.vl.json"]
    assert {path: Path(path).read_bytes() for path in kept} == kept
    assert (job.workspace.files / "small_bar_g_2.png").read_bytes() == b"mine"


def test_a_column_with_a_difficult_name_is_drawn(job: Job) -> None:
    sql = """SELECT 'a' AS "x.y[0] 'q'", 1.5 AS "sum("" )" """
    job.workspace.add_query("odd_names", sql, StepRecord(tool="test", arguments={}))
    outcome = call(
        job, "make_chart", {"dataset": "odd_names", "kind": "bar", "x": "x.y[0] 'q'", "y": 'sum(" )', "measure": "sum"}
    )
    assert cells(outcome) == [["a", 1.5]]
    assert Path(outcome.artefacts[1].path).exists()


@pytest.mark.parametrize(
    ("raw", "width"), [(0, 1.0), (0.3, 0.5), (1.0, 1.0), (1.01, 2.0), (2.1, 2.5), (37, 50.0), (70, 100.0)]
)
def test_bins_have_round_widths(raw: float, width: float) -> None:
    assert round_width(raw) == width


@pytest.mark.parametrize("name", ["back\\", 'back\\"', "two\nlines", 'it\'s "quoted"', "{0} %s", "a.b[0]"])
@pytest.mark.parametrize("kind", ["histogram", "box", "pie"])
def test_a_column_may_have_any_name(job: Job, name: str, kind: str) -> None:
    schema = pa.schema([pa.field(name, pa.int64())])
    table = pa.table([[1, 2, 2, 3] * 5], schema=schema)
    version = job.workspace.add_dataset(
        job.workspace.free_name("odd"), table.to_reader(), StepRecord(tool="test", arguments={})
    )
    outcome = call(job, "make_chart", {"dataset": version.dataset, "kind": kind, "x": name})
    assert [Path(one.path).is_file() for one in outcome.artefacts] == [True] * 4


# --- columns of other tables -------------------------------------------------------------------------------------

BOATS = "SELECT 'B' || i AS boat_id, ['oak', 'steel', 'pine'][1 + i % 3] AS hull, ['Kiel', 'Bremen'][1 + i % 2] AS port, 'c' AS club FROM range(6) t(i)"
SKIPPERS = "SELECT i AS skipper_id, ['old', 'young'][1 + i % 2] AS years, 'c' AS club FROM range(4) t(i)"
TRIPS = """SELECT i AS trip_id, CASE WHEN i % 10 < 9 THEN 'B' || (i % 6) END AS boat_id, i % 4 AS skipper_id, i % 5 AS hours,
    ['Kiel', 'Husum'][1 + i % 2] AS port FROM range(60) t(i)"""


@pytest.fixture(scope="module")
def trips(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Job]:
    """Trips of boats with skippers; six trips are of no known boat."""
    with Workspace(tmp_path_factory.mktemp("trips") / "project") as workspace:
        for name, sql in {"boats": BOATS, "skippers": SKIPPERS, "trips": TRIPS}.items():
            add(workspace, name, sql)
        yield Job(workspace)


@pytest.mark.parametrize("dataset", ["trips", "trips@1", "boats"])
def test_a_chart_joins_the_table_that_a_key_refers_to(trips: Job, dataset: str) -> None:
    given = {"dataset": dataset, "kind": "bar", "x": "hull", "y": "hours", "measure": "mean"}
    outcome = call(trips, "make_chart", given)
    sql = "SELECT coalesce(hull, 'empty') h, avg(hours) a FROM trips LEFT JOIN boats USING (boat_id) GROUP BY h"
    assert sorted(cells(outcome)) == sorted([list(row) for row in trips.workspace.rows(sql)])
    assert "boats is joined by boat_id for hull." in outcome.text
    assert "LEFT JOIN" in str(outcome.sql)
    assert {head.ref for head in trips.workspace.datasets()} == {"boats@1", "skippers@1", "trips@1"}


def test_a_chart_joins_what_its_condition_and_its_colours_speak_of(trips: Job) -> None:
    given = {"dataset": "trips", "kind": "bar", "x": "HULL", "color": "years", "condition": "hull <> 'oak'"}
    outcome = call(trips, "make_chart", given)
    sql = (
        "SELECT hull, years, count(*) FROM trips JOIN boats USING (boat_id) JOIN skippers USING (skipper_id)"
        " WHERE hull <> 'oak' GROUP BY ALL"
    )
    found = {tuple(map(str, row)) for row in cells(outcome)}
    assert {tuple(map(str, row)) for row in trips.workspace.rows(sql)} in (found, {(x, c, n) for x, n, c in found})
    assert "skippers is joined by skipper_id for years." in outcome.text


@pytest.mark.parametrize(
    ("tool", "arguments"),
    [
        ("make_chart", {"kind": "box", "x": "years", "y": "hours"}),
        ("draw_panels", {"kind": "histogram", "x": "hours", "facet": "years"}),
        ("draw_violins", {"column": "hours", "by": "years"}),
        ("make_chart", {"kind": "histogram", "x": "hours", "condition": "years = 'old'"}),
    ],
)
def test_every_kind_of_chart_joins(trips: Job, tool: str, arguments: dict[str, Any]) -> None:
    outcome = call(trips, tool, {"dataset": "trips"} | arguments)
    assert "skippers is joined by skipper_id for years." in outcome.text


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"dataset": "trips", "x": "club"}, r"^club can be joined to trips in several ways: trips.boat_id = boats.boat_id and "),
        ({"dataset": "trips", "x": "sails"}, r"^No column 'sails'"),
        ({"dataset": "boats", "x": "port", "y": "hours"}, r"^No column 'hours'"),
        ({"dataset": "boats", "x": "years"}, r"^No column 'years'"),
    ],
)  # fmt: skip
def test_a_name_that_several_tables_have_is_not_guessed(trips: Job, arguments: dict[str, Any], message: str) -> None:
    with pytest.raises(ToolError, match=message):
        call(trips, "make_chart", {"kind": "bar"} | arguments)
