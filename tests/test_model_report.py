import re
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from reportlab.pdfbase.pdfmetrics import stringWidth

from automl.card import Feature
from automl.names import title
from tests.trained import add, customers, project
from tools import call
from tools.charting.column import draw_target
from tools.charting.model import draw
from tools.model_report import model_report, span
from tools.modelling.models import find_model
from tools.modelling.seen import evaluation_of, see
from tools.reporting.model_page import report_page
from tools.reporting.model_pdf import fitted, report_pdf
from tools.reporting.parts import Part, shown
from tools.tool import Job, TableData
from tools.workspace import Workspace

KOREAN = Part(
    "이탈 <b>예측</b>",
    ["고객 100명 중 64명이 떠납니다 & R² ≥ 0.5"],
    TableData(columns=["지역", "행"], rows=[["서울", 12], [None, 0.5]]),
)


@pytest.mark.parametrize("model", ["customers_left", "customers_plan", "customers_revenue"])
def test_the_report_of_each_kind_of_model_is_one_html_file_and_one_pdf(model: str) -> None:
    outcome = call(project(), "model_report", {"model": model})
    parts = outcome.values["parts"]
    assert parts[:4] == ["Summary", "Data", "Leaderboard", "Evaluation"]
    assert parts[-3:] == ["Examples gone wrong", "Explanation", "Model card"]
    html, pdf = (Path(one.path) for one in outcome.artefacts)
    page = html.read_text(encoding="utf-8")
    assert not re.search(r'(?:src|href)="(?!#)', page)
    assert "<script" not in page
    assert not re.search(r"LinearModel|WeightedEnsemble|_BAG_|_FULL", page)
    card = find_model(project().workspace, model)
    assert all(f"<td>{title(card.called(one.model))}</td>" in page for one in card.leaderboard)
    assert page.count("<svg") >= (8 if model == "customers_left" else 5)
    for part in parts:
        assert f"<h2>{part}</h2>" in page
    assert pdf.read_bytes().startswith(b"%PDF-1.")
    assert pdf.stat().st_size > 50_000


def test_the_report_of_a_korean_turn_is_in_korean_but_for_names() -> None:
    outcome = model_report(Job(project().workspace, tongue="ko"), "customers_left")
    assert outcome.values["parts"][:2] == ["Summary", "Data"]
    page = Path(outcome.artefacts[0].path).read_text(encoding="utf-8")
    titles = re.findall(r"<h2>([^<]*)</h2>", page)
    assert [*titles[:4], titles[-1]] == ["요약", "데이터", "리더보드", "평가", "모델 카드"]
    assert '<html lang="ko">' in page
    assert re.search(r"<th[^>]*>열</th><th[^>]*>종류</th><th[^>]*>대표값</th>", page)
    assert re.search(r"<td>City</td><td>텍스트</td>", page)
    assert re.search(r"<p>이 모델은 [^<]*인지를 예측합니다\.</p>", page)


def test_texts_from_data_are_escaped_and_hangul_stands_in_both_files() -> None:
    page = report_page("보고서 <script>", [KOREAN])
    assert "<h1>보고서 &lt;script&gt;</h1>" in page
    assert "이탈 &lt;b&gt;예측&lt;/b&gt;" in page
    assert '<td>서울</td><td class="num">12</td>' in page
    pdf = report_pdf("보고서", [KOREAN], [])
    assert b"HYSMyeongJo-Medium" in pdf
    assert b"UniKS-UCS2-H" in pdf


@pytest.mark.parametrize(
    ("table", "cells"),
    [
        (TableData(columns=["measure", "model"], rows=[["macro_f1", 0.4714]]), ["F1 of all classes", "47.1%"]),
        (TableData(columns=["candidate", "rmse"], rows=[["CatBoost", 49853.1]]), ["CatBoost", "49,853"]),
        (TableData(columns=["candidate", "auc from"], rows=[["CatBoost", 0.628]]), ["CatBoost", "0.628"]),
        (TableData(columns=["metric", "wape seasonal naive"], rows=[["x", 0.1471]]), ["x", "14.7%"]),
        (TableData(columns=["candidate", "auc to"], rows=[["CatBoost", 0.73614]]), ["CatBoost", "0.736"]),
        (TableData(columns=["macro_f1", "recall"], rows=[["macro_f1", 0.5]]), ["macro_f1", "0.5"]),
        (TableData(columns=["City", "wrong"], rows=[["Oslo", 0.5602]], shares=["wrong"]), ["Oslo", "56.0%"]),
        (TableData(columns=["City", "off"], rows=[["Oslo", 41_434.9]]), ["Oslo", "41,435"]),
    ],
)
def test_reports_write_scores_and_amounts_as_people_do(table: TableData, cells: list[str]) -> None:
    page = report_page("x", [Part("x", [], table)])
    assert re.findall(r"<td[^>]*>([^<]*)<", page) == cells


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (2024, "2024"),
        (2024.0, "2024"),
        (-1500, "-1500"),
        (12_345, "12,345"),
        (12_345.6, "12,346"),
        (1234.56, "1235"),
        (0.5, "0.5"),
        (True, "yes"),
        (None, "–"),
        ("x" * 161, "x" * 159 + "…"),
    ],
)
def test_a_cell_of_a_report_is_short_and_a_year_has_no_comma(value: Any, words: str) -> None:
    assert shown(value) == words


NARROW = [
    "actual complaint",
    "predicted",
    "confidence",
    "distance_km",
    "kind",
    "duration_min",
    "visit_date",
    "technician",
]
CELLS = [
    "yes",
    "no",
    "93.0%",
    "0.5",
    "Boiler service",
    "19",
    "2025-04-24",
    "T18",
    "Central",
    "asked for a call back",
    "2024",
]


@pytest.mark.parametrize(
    ("texts", "size"),
    [
        ([["measure", "from", "to"], ["Accuracy", "52.7%", "61.0%"]], 7.5),
        ([[*NARROW, "region", "notes", "customer_since"], CELLS], 7.5),
        ([[f"column_{at:02}" for at in range(11)], ["x"] * 11], 6.5),
        ([[f"column_{at:02}" for at in range(14)], ["x"] * 14], 5.5),
    ],
)
def test_the_letters_of_a_table_are_so_large_that_no_word_is_broken(texts: list[list[str]], size: float) -> None:
    chosen, widths = fitted(texts)
    assert (chosen, round(sum(widths))) == (size, 489)
    assert all(
        stringWidth(word, font, size) + 6 <= wide
        for font, row in zip(("Helvetica-Bold", "Helvetica"), texts, strict=True)
        for wide, text in zip(widths, row, strict=True)
        for word in text.split()
    )


def test_the_target_is_drawn_for_classes_and_numbers() -> None:
    job = project()
    left, revenue = (find_model(job.workspace, name) for name in ("customers_left", "customers_revenue"))
    classes = draw_target(left, see(job.workspace, left.name).held.actual)
    assert sum(row[1] for row in classes.rows) == left.holdout_rows
    numbers = draw_target(revenue, see(job.workspace, revenue.name).held.actual)
    assert sum(row[2] for row in numbers.rows) == revenue.holdout_rows
    drawing = draw(left, evaluation_of(job.workspace, left), "roc")
    assert drawing.spec["layer"][1]["data"]["values"][0] == {"x": 0.0, "y": 0.0, "at": 0}


def test_a_model_that_few_rows_measure_has_its_report_without_errors_by_group(tmp_path: Path) -> None:
    with Workspace(tmp_path) as workspace:
        job = Job(workspace)
        add(workspace, "few", customers(60).select(["Age", "Spend", "Left"]))
        call(job, "train_model", {"dataset": "few", "target": "Left", "build": "quick", "algorithms": ["linear"]})
        parts = call(job, "model_report", {}).values["parts"]
    assert parts == ["Summary", "Data", "Leaderboard", "Evaluation", "Examples gone wrong", "Explanation", "Model card"]


@pytest.mark.parametrize(
    ("column", "told"),
    [
        ({"kind": "text", "typical": "a", "categories": ["a", "b"]}, ["2 values", None]),
        ({"kind": "text", "typical": "a", "categories": ["a"]}, ["1 value", None]),
        ({"kind": "text", "typical": "a"}, ["many values", None]),
        ({"kind": "text"}, ["no value", None]),  # it is empty
        ({"kind": "number", "typical": 2.0, "low": 1.0, "high": 3.0}, [1.0, 3.0]),
        ({"kind": "number"}, [None, None]),
        ({"kind": "truth", "typical": True}, [None, None]),
    ],
)
def test_what_a_column_held_is_told_in_the_report(column: dict[str, Any], told: list[Any]) -> None:
    assert span(Feature(name="x", used=True, **column)) == told


def test_a_table_with_names_longer_than_a_page_is_cut_in_the_pdf() -> None:
    names = [f"column{number}" * 400 for number in range(14)]
    pdf = report_pdf("Report", [Part("Data", [], TableData(columns=names, rows=[["x" * 5_000] * 14]))], [])
    assert pdf.startswith(b"%PDF-")


@pytest.mark.parametrize(("count", "drawn", "wide"), [(25, 20, True), (12, 12, True), (3, 3, False)])
def test_many_classes_of_long_names_that_begin_alike_stay_apart(count: int, drawn: int, wide: bool) -> None:
    names = [f"Student loan repayment difficulties and servicing, stage {place:02}" for place in range(count)]
    card = find_model(project().workspace, "customers_plan")
    matrix = [[10 * (row == column) for column in range(count)] for row in range(count)]
    many = card.model_copy(update={"scores": card.scores.model_copy(update={"classes": names, "confusion": matrix})})
    drawing = draw(many, evaluation_of(project().workspace, card), "confusion")
    page = report_page("Report", [Part("Evaluation", [], None, [drawing])])
    for place in range(drawn):
        assert page.count(f">Student loan…ing, stage {place:02}<") >= 2
    left = f" The first 20 of {count} classes are drawn."
    assert drawing.text.endswith(left) == (count > drawn)
    assert ('<figure class="wide">' in page) == wide


def test_the_classes_that_are_not_drawn_are_counted() -> None:
    card = find_model(project().workspace, "customers_plan")
    shown = draw_target(card, pd.Series([f"class {place % 25}" for place in range(100)]))
    assert shown.text == "class 0 is the commonest Plan: 4 % of the rows. The 20 commonest of 25 are drawn."
    assert draw_target(card, pd.Series(["gold", "gold", "basic"])).text.endswith("Plan: 66.7 % of the rows.")


def test_a_column_of_texts_and_numbers_is_read_from_the_left_and_one_of_numbers_from_the_right() -> None:
    table = TableData(columns=["fact", "value", "rows"], rows=[["made with", "python 3.11", 12], ["auc", 0.91, None]])
    page = report_page("Report", [Part("Card", [], table)])
    assert '<th scope="col">value</th><th scope="col" class="num">rows</th>' in page
    assert '<td>made with</td><td>python 3.11</td><td class="num">12</td>' in page
    assert re.search(r'<td>AUC</td><td>0\.91\d*</td><td class="num">–</td>', page)
