"""Charts and tables of reports for a person who asked in Korean: Easel's words in them are Korean, the data's are as they are."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.small_project import add
from tools import call
from tools.charting.drawing import Drawing, axis, finished, line
from tools.korean import in_korean
from tools.korean.charts import drawing_in_korean
from tools.korean.results import table_in_korean
from tools.reporting.korean import in_tongue
from tools.reporting.parts import Part
from tools.tool import Job, Outcome, TableData
from tools.workspace import Workspace

SHOP = """
    SELECT ['Germany', 'France'][1 + i % 2] AS country, DATE '2023-01-02' + (7 * (i % 40))::INT AS day, 20 + i % 10 AS age,
      (i % 50) * 2.5 AS total, CASE WHEN i % 5 > 0 THEN i END AS late
    FROM range(400) t(i)
"""


@pytest.fixture(scope="module")
def job(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Job]:
    with Workspace(tmp_path_factory.mktemp("charts") / "project") as workspace:
        add(workspace, "shop", SHOP)
        yield Job(workspace, tongue="ko")


def titles(part: Any) -> list[str]:
    """Every title in a specification, each once, in its order."""
    if isinstance(part, list):
        return list(dict.fromkeys(title for one in part for title in titles(one)))
    if not isinstance(part, dict):
        return []
    own = part.get("title")
    own = own.get("text") if isinstance(own, dict) else own
    found = [title for name, one in part.items() if name not in ("title", "datasets") for title in titles(one)]
    return list(dict.fromkeys([*([own] if isinstance(own, str) else []), *found]))


def spec(outcome: Outcome) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(Path(outcome.artefacts[0].path).read_text(encoding="utf-8"))
    return found


@pytest.mark.parametrize(
    ("tool", "arguments", "expected"),
    [
        ("make_chart", {"kind": "histogram", "x": "age"}, ["age별 행 수", "age(까지)", "age", "행 수"]),
        (
            "make_chart",
            {"kind": "bar", "x": "country", "y": "total"},
            ["country별 total 합계", "country", "total 합계"],
        ),
        (
            "make_chart",
            {"kind": "line", "x": "day", "y": "total", "measure": "mean", "step": "week"},
            ["day (주)별 total 평균", "day (주)", "total 평균"],
        ),
        ("make_chart", {"kind": "scatter", "x": "age", "y": "total"}, ["age에 따른 total", "age", "total"]),
        ("make_chart", {"kind": "pie", "x": "country"}, ["country별 행 수", "country", "행 수", "비중"]),
        (
            "make_chart",
            {"kind": "box", "x": "country", "y": "age"},
            [
                "country별 age 범위",
                "country",
                "age",
                "통상 최솟값",
                "하위 4분의 1",
                "중앙값",
                "상위 4분의 1",
                "통상 최댓값",
                "행 수",
                "범위 밖",
            ],
        ),
        (
            "make_chart",
            {"kind": "heatmap", "x": "country", "y": "age"},
            ["country, age별 행 수", "행 수", "country", "age"],
        ),
        ("map_missing", {}, ["빈 값의 위치", "빈 셀의 비율", "열", "행", "끝 행", "빈 셀"]),
        ("draw_correlations", {}, ["상관관계(피어슨)", "상관관계(피어슨)", "열", "상대 열"]),
        (
            "draw_panels",
            {"kind": "bar", "x": "age", "facet": "country"},
            ["age별 행 수(country별)", "age", "행 수"],
        ),
    ],
)
def test_titles_are_korean_and_names_stay(job: Job, tool: str, arguments: dict[str, Any], expected: list[str]) -> None:
    outcome = call(job, tool, {"dataset": "shop", **arguments})
    found = titles(spec(outcome))
    assert set(found) == set(expected)
    assert found[0] == expected[0]
    assert outcome.text.startswith("Drew "), "programs read what a tool says in English"


def test_the_page_of_a_chart_is_korean(job: Job) -> None:
    outcome = call(job, "make_chart", {"dataset": "shop", "kind": "bar", "x": "country"})
    page = Path(outcome.artefacts[-1].path).read_text(encoding="utf-8")
    assert '<html lang="ko">' in page
    assert "<h1>country별 행 수</h1>\n<p>country별 행 수 막대 차트를 그렸습니다" in page
    assert "<summary>수치</summary>" in page
    assert '<th scope="col">country</th><th scope="col">행 수</th>' in page
    assert spec(outcome)["description"].startswith("country별 행 수 막대 차트를 그렸습니다: 2개 집단 중 ")


def test_lines_that_easel_names_are_korean_and_groups_of_that_name_stay() -> None:
    x, y = axis("x", "threshold", share=True), axis("y", "share", share=True)
    rows = [{"x": 0.5, "y": 0.2, "what": "precision", "city": "recall"}]
    lines = line(rows, x, y)
    lines["encoding"]["color"] = {"field": "what", "sort": ["precision"], "scale": {"domain": ["precision"]}}
    lines["encoding"]["detail"] = {"field": "city", "sort": ["recall"]}
    made = finished([lines], "Threshold", "x", usermeta={"words": {"what": ["precision"]}})
    told = drawing_in_korean(
        Drawing(made, "Threshold", "x", ["threshold", "part"], [[0.5, "precision"], [0.6, "a"]]), []
    )
    layer = told.spec["layer"][0]
    assert layer["data"]["values"] == [{"x": 0.5, "y": 0.2, "what": "정밀도", "city": "recall"}]
    assert layer["encoding"]["color"] == {"field": "what", "sort": ["정밀도"], "scale": {"domain": ["정밀도"]}}
    assert layer["encoding"]["detail"] == {"field": "city", "sort": ["recall"]}
    assert (told.title, told.columns, told.rows) == ("임계값", ["임계값", "구분"], [[0.5, "정밀도"], [0.6, "a"]])
    assert made["layer"][0]["encoding"]["color"]["sort"] == ["precision"], "the English one is left alone"


@pytest.mark.parametrize(
    ("title", "told"),
    [
        ("ROC curve", "ROC 곡선"),
        ("Predicted against actual", "예측값과 실제값"),
        ("predicted price", "price 예측값"),
        ("How age moves the probability of yes", "age에 따른 yes일 확률"),
        ("sales: the next 12 months", "sales: 앞으로 12개월"),
        ("history", "과거"),
        ("time to failure", "time to failure"),
        ("total rent", "total rent"),
        ("ROC curve, where age > 30", "ROC 곡선 (age > 30)"),
    ],
)
def test_a_title(title: str, told: str) -> None:
    drawing = drawing_in_korean(Drawing({"title": title}, title, "x", [title], []), {"total rent"})
    assert (drawing.spec["title"], drawing.title, drawing.columns) == (told, told, [told])


def test_months_on_an_axis_are_korean(job: Job) -> None:
    outcome = call(job, "make_chart", {"dataset": "shop", "kind": "line", "x": "day", "y": "total", "step": "month"})
    svg = Path(outcome.artefacts[2].path).read_text(encoding="utf-8")
    assert ">3월</text>" in svg
    assert "March" not in svg
    assert outcome.table is not None
    assert in_korean(outcome.text).startswith(
        "day (월)별 total 합계 선 차트를 그렸습니다: 2023-01부터 2023-10까지이며 "
    )
    assert table_in_korean(outcome.table).columns == ["day (월)", "total 합계"]


def test_the_tables_of_a_forecast_s_report_are_korean_and_its_series_stay() -> None:
    facts = [
        ["predicts", "sales for the next 6 months"],
        ["because", "its future over month is asked for"],
        ["series", 3],
        ["from", "2021-01-01"],
        ["ahead", "6 months"],
        ["known ahead", "nothing"],
        ["back-test", "3 windows of 6 months"],
    ]
    parts = [["all", 0.8], ["from 2024-01-01", 0.7], ["month", 0.5], ["total", 0.9]]
    methods = [["Theta method", 1.0], ["Exponential smoothing (ETS)", 0.8], ["Gradient boosting (step by step)", 0.9]]
    given = [
        Part("Model card", [], TableData(columns=["fact", "value"], rows=facts)),
        Part("Back-test", [], TableData(columns=["part", "MASE seasonal naive"], rows=parts)),
        Part("Methods compared", [], TableData(columns=["method", "seconds to fit"], rows=methods)),
    ]
    told = [part.table for part in in_tongue("ko", given, {"sales", "month"}) if part.table]
    assert told[0].rows == [
        ["예측 대상", "앞으로 6개월의 sales"],
        ["이유", "month에 따른 앞날을 물음"],
        ["시계열 수", 3],
        ["시작", "2021-01-01"],
        ["예측 기간", "6개월"],
        ["미리 아는 열", "없음"],
        ["백테스트", "6개월짜리 3개 구간"],
    ]
    assert told[1].rows == [["전체", 0.8], ["2024-01-01부터", 0.7], ["month", 0.5], ["total", 0.9]]
    assert told[1].columns == ["구간", "계절 기준선 MASE"]
    assert [row[0] for row in told[2].rows] == ["세타 방법", "지수 평활(ETS)", "그래디언트 부스팅(한 단계씩)"]


def test_the_tables_of_a_report_keep_their_values() -> None:
    card = [["values of plan", "PT, Basic and 3 more"], ["values of age", "18 to 65, typically 40"], ["rows", "9"]]
    card.append(["candidates", "Linear model, Mix of the best and LightGBM"])
    board = [["Linear model", None, 0.7], ["Mix of the best", "yes", 0.8]]
    given = [
        Part("Model card", [], TableData(columns=["fact", "value"], rows=card)),
        Part("Leaderboard", [], TableData(columns=["candidate", "default", "score"], rows=board)),
    ]
    told = [part.table for part in in_tongue("ko", given, {"plan", "age"}) if part.table]
    assert told[0].rows == [
        ["plan 값", "PT, Basic 외 3개"],
        ["age 값", "18에서 65, 대표값 40"],
        ["행", "9"],
        ["후보", "선형 모델, 가장 좋은 것들의 혼합, LightGBM"],
    ]
    assert told[1].rows == [["선형 모델", None, 0.7], ["가장 좋은 것들의 혼합", "예", 0.8]]
    misses = [["error, percentile 5", -9.1], ["off, percentile 90", 8.2]]
    size = Part(
        "Size of the errors",
        ["age runs from 0 to 20, 11 in the middle."],
        TableData(columns=["kind", "value"], rows=misses),
    )
    size = in_tongue("ko", [size], {"age"})[0]
    assert size.words == ["age은(는) 0에서 20까지이고 중앙값은 11입니다."]
    assert size.table is not None
    assert size.table.rows == [["오차, 백분위 5", -9.1], ["빗나간 정도, 백분위 90", 8.2]]
    said = "'m' made 53 mistakes on 180 rows it never saw; these are the 8 it was surest of."
    assert (
        in_korean(said) == "'m'이(가) 처음 보는 180행에서 낸 틀린 예측은 53건입니다. 가장 확신했던 8행을 보여 줍니다."
    )


def test_weekdays_are_told_in_korean(job: Job) -> None:
    made = call(job, "make_chart", {"dataset": "shop", "kind": "bar", "x": "day", "step": "weekday"})
    assert made.table is not None
    told = table_in_korean(made.table)
    assert (told.columns, told.rows) == (["day (요일)", "행 수"], [["월요일", 400]])
    assert in_korean(made.text) == "day (요일)별 행 수 막대 차트를 그렸습니다: 집단은 월요일 400 하나뿐입니다."
    drawn = spec(made)
    assert [row["x"] for row in drawn["data"]["values"]] == ["월요일"]
