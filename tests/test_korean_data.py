"""What the data tools say, in Korean: titles and reasons of the whole catalogue, outcomes, findings and errors."""

import re
from pathlib import Path
from typing import Any, get_origin

import pytest

from assistant.context import first_sentence
from assistant.events import Answer
from assistant.printed import event_text
from assistant.tongue import in_tongue
from tests.small_project import add, do
from tools import catalogue
from tools.korean import in_korean
from tools.korean.results import table_in_korean, with_result
from tools.query import in_words
from tools.title import title_of
from tools.tool import TableData, Tool, ToolError
from tools.workspace import Workspace

PLAIN = {"path": "표", "when": "매일 09:00", "to": "서울"}
TERMS = {
    "SQL", "SELECT", "CSV", "Excel", "JSON", "Parquet", "UTC", "Asia", "Seoul", "Inc", "PCA", "TF", "IDF", "SMOTE", "ROC",
    "ZIP", "HTML", "PDF", "Easel", "DuckDB", "ANOVA", "San", "Jose", "CA", "Boston", "MA", "PortlandOR", "kg", "oz", "min",
    "USD", "full_name", "first_name", "last_name", "snake_case", "none", "train", "test", "price", "quantity", "pSat", "sql",
    "python", "mlflow", "class",
}  # fmt: skip
"""Names of things and examples that stand in a Korean sentence too."""


def _values(tool: Tool, name: str) -> list[Any]:
    """What may stand in a place of a title: each choice of a Literal, else plain names, one and several."""
    annotation = tool.arguments.model_fields[name].annotation
    choices = re.findall(r"'(\w+)'", "".join(re.findall(r"Literal\[[^]]*\]", str(annotation))))
    if annotation in (int, float):
        return [3]
    if get_origin(annotation) is list or "list[" in str(annotation):
        return [[value] for value in choices] or [["나이"], ["나이", "지역", "금액"]]
    return choices or [PLAIN.get(name, "나이")]


def _titles(tool: Tool) -> set[str]:
    """The titles of a tool: with nothing given that may be left out, and with every value of every place."""
    values = {name: _values(tool, name) for name in re.findall(r"\{(\w+)\}", tool.title)}
    needed = {name: told[0] for name, told in values.items() if tool.arguments.model_fields[name].is_required()}
    first = {name: told[0] for name, told in values.items()}
    each = [first | {name: value} for name, told in values.items() for value in told]
    return {title_of(tool, arguments) for arguments in [needed, *each]}


def _english(korean: str) -> list[str]:
    return [word for word in re.findall(r"[A-Za-z_]{2,}", korean) if word not in TERMS]


@pytest.mark.parametrize("name", list(catalogue()))
def test_a_step_has_a_korean_title(name: str) -> None:
    for title in _titles(catalogue()[name]):
        told = in_korean(title)
        assert re.search("[가-힣]", told.replace("나이", "")), title
        assert _english(told) == [], f"{title!r} became {told!r}"


@pytest.mark.parametrize("name", list(catalogue()))
def test_a_tool_tells_in_korean_what_it_is_for(name: str) -> None:
    told = in_korean(first_sentence(catalogue()[name].doc))
    assert re.search("[가-힣]", told)
    assert _english(told) == []


@pytest.mark.parametrize(
    ("columns", "rows", "told"),
    [
        (["avg(나이)"], [[44.5656]], "나이 평균: 44.5656"),
        (["count_star()"], [[1204]], "행 수: 1,204"),
        (["가장_비싼_상품"], [["노트북"]], "가장 비싼 상품: 노트북"),
        (["활성"], [[True]], "활성: 예"),
        (["고객", "이탈", "비율"], [[10000, 2037, 0.2037]], "고객 10,000, 이탈 2,037, 비율 0.2037"),
        (["지점", "매출"], [["강남", 1234.5], ["홍대", 810]], "지점별 매출: 강남 1,234.5, 홍대 810"),
        (["지점", "연", "sum(매출)"], [["강남", 2024, 5], ["홍대", 2025, 7]], "지점, 연별 매출 합계: (강남, 2024) 5, (홍대, 2025) 7"),
        (["지점", "count_star()", "avg(매출)"], [["강남", 12, 5.5], ["홍대", 9, 7]], "강남: 행 수 12, 매출 평균 5.5; 홍대: 행 수 9, 매출 평균 7"),
        (["지점"], [["강남"], [None]], "지점 2행: 강남, 빈 값"),
        (["n"], [[n] for n in range(1, 11)], "n 10행 중 처음 8개: 1, 2, 3, 4, 5, 6, 7, 8"),
        (["이름", "도시"], [["가", "서울"], ["나", "부산"]], "2행: 이름 가, 도시 서울; 이름 나, 도시 부산"),
        (["이름", "도시"], [["가", "서울"]] * 5, "5행 중 처음 3행: " + "; ".join(["이름 가, 도시 서울"] * 3)),
        ([f"c{n}" for n in range(10)], [list(range(10))], ", ".join(f"c{n} {n}" for n in range(8)) + " 외 2개 열"),
        (["나이"], [], "조건에 맞는 행이 없습니다."),
    ],
)  # fmt: skip
def test_a_result_is_told_in_korean(columns: list[str], rows: list[list[Any]], told: str) -> None:
    table = TableData(columns=columns, rows=rows, row_count=len(rows))
    event = Answer(text=f"{in_words(table)}\nNothing was to be done.", table=table)
    korean = in_tongue(event, "ko")
    assert isinstance(korean, Answer)
    assert (korean.text, korean.english) == (f"{told}\n할 일이 없었습니다.", event.text)
    assert korean.table == table  # as programs read it; whoever shows it puts it over
    assert not any("(" in name for name in table_in_korean(table).columns)
    assert not any("(" in line for line in event_text(korean, "ko").split("\n\n")[-1].splitlines()[:1])
    assert in_tongue(event, "en") == event


SALES = """SELECT * FROM (VALUES (1, DATE '2025-01-03', '강남', '노트북', 1200.0, 'a@x.kr'),
 (2, DATE '2025-01-05', '강남', '마우스', 35.5, NULL), (3, DATE '2025-02-01', '홍대', '노트북', 1150.0, 'b@x.kr'),
 (4, DATE '2025-02-11', '홍대', '키보드', NULL, 'c@x.kr'), (5, DATE '2025-03-07', '부산', '마우스', 30.0, NULL),
 (5, DATE '2025-03-07', '부산', '마우스', 30.0, NULL), (7, DATE '2025-03-20', ' 부산', '모니터', 9000.0, 'd@x.kr'))
 AS t(주문번호, 주문일, 지점, 상품, 금액, 메일)"""
TOLD: list[tuple[str, dict[str, Any], str]] = [
    ("describe_data", {}, "sales에는 7행, 6개 열이 있습니다: 숫자 2개, 텍스트 3개, 날짜 1개. 빈 값이 4개 있습니다: 메일 (3, 43%), 금액 (1, 14%). 다른 행과 똑같은 행이 1개 있습니다."),
    ("preview_data", {"count": 3}, "sales의 7행 중 처음 3행입니다."),
    ("check_quality", {}, "sales(7행, 6개 열)에서 문제 4개(중간 3개, 낮음 1개)를 찾았습니다: 빈 값 4개: 메일, 금액; 1행(14%)이 다른 행과 똑같음; 지점: 텍스트 1개의 앞뒤에 공백이 있음. 4단계로 대부분 고칠 수 있습니다."),
    ("filter_rows", {"condition": "금액 > 100"}, "금액 > 100 조건에 맞는 3행을 남겼습니다. 행 수: 7 → 3."),
    ("sort_rows", {"columns": ["금액"], "descending": True}, "금액 기준 내림차순으로 정렬했습니다."),
    ("drop_duplicates", {}, "중복 행 1개를 제거했습니다(모든 열 기준, 처음 것을 남김). 행 수: 7 → 6."),
    ("fill_missing", {"columns": ["금액"], "method": "median"}, "빈 값 1개를 채웠습니다. 금액: 1개 → 중앙값 592.70."),
    ("fill_missing", {}, "빈 값 4개를 채웠습니다. 금액: 1개 → 중앙값 592.70; 메일: 3개 → 최빈값 a@x.kr."),
    ("drop_missing", {}, "빈 값이 있는 4행을 제거했습니다(가장 많은 열: 메일 3개). 행 수: 7 → 3."),
    ("drop_columns", {"columns": ["메일"]}, "열 1개를 삭제했습니다: 메일."),
    ("rename_column", {"column": "금액", "name": "매출"}, "금액 열의 이름을 매출로 바꾸었습니다."),
    ("change_type", {"columns": ["주문번호"], "type": "text"}, "주문번호의 형식을 텍스트로 바꾸었습니다."),
    ("clean_text", {"columns": ["지점"]}, "앞뒤 공백을 제거했습니다: 지점. 지점: 값 1개가 바뀌었습니다(서로 다른 값 4개 → 3개)."),
    ("replace_values", {'column': '상품', 'old': '마우스', 'new': '무선 마우스'}, "상품: '마우스' 3개를 '무선 마우스'로 바꾸었습니다."),
    ("extract_date_part", {"column": "주문일", "parts": ["year", "month"]}, "주문일에서 주문일_year, 주문일_month 열을 추가했습니다."),
    ("join_datasets", {"other": "stores", "on": ["지점"]}, "지점 기준으로 stores과(와) 조인했습니다(왼쪽 조인). 7행 중 6행의 짝을 찾았습니다."),
    ("aggregate", {"group_by": ["지점"], "measures": [{"function": "sum", "column": "금액"}]}, "지점마다 sum_금액을 구했습니다. 행 수: 7 → 4."),
    ("handle_outliers", {"columns": ["금액"]}, "이상값 1개를 정상 범위의 경곗값으로 바꾸었습니다: 금액(-1,703.00~2,921.80 밖 1개)."),
    ("add_formula", {"name": "세금", "formula": "금액 * 0.1"}, "세금 열을 추가했습니다: 금액 * 0.1."),
    ("encode_categories", {"columns": ["상품"]}, "상품을 숫자로 인코딩했습니다. 상품 → 열 4개: 상품_노트북, 상품_마우스, 상품_모니터, 상품_키보드."),
    ("bin_column", {"column": "금액", "bins": 2}, "금액을 2개 구간으로 묶어 금액_bin 열을 만들었습니다: 30 to 4515, 4515 to 9000."),
    ("split_column", {'column': '메일', 'names': ['아이디', '도메인'], 'separator': '@'}, "메일을 '@' 기준으로 아이디, 도메인으로 나누었습니다."),
    ("take_rows", {"count": 3}, "처음 3행을 가져왔습니다. 행 수: 7 → 3."),
    ("make_chart", {"kind": "bar", "x": "지점", "y": "금액"}, "지점별 금액 합계 막대 차트를 그렸습니다: 4개 집단 중 부산 9,000이 가장 크고 강남 1,235.5, 홍대 1,150, 부산 60 순입니다."),
    ("make_chart", {"kind": "histogram", "x": "금액"}, "6행의 금액 히스토그램을 그렸습니다: 30에서 9,000까지이고 절반은 592.75 이하입니다. 가장 많은 구간은 0에서 500까지로 3행입니다. 빈 값 1개는 뺐습니다."),
    ("correlate", {"columns": ["주문번호", "금액"]}, "주문번호와 금액의 상관계수는 0.6157입니다(pearson, 6행, p값 0.1931)."),
    ("fix_issues", {}, "sales을(를) 4단계로 고쳤습니다. 앞뒤 공백을 제거했습니다: 지점. 지점: 값 1개가 바뀌었습니다(서로 다른 값 4개 → 3개). 중복 행 1개를 제거했습니다(모든 열 기준, 처음 것을 남김). 행 수: 7 → 6. 빈 값 1개를 채웠습니다. 금액: 1개 → 중앙값 1,150. 빈 값 2개를 채웠습니다. 메일: 2개 → unknown."),
    ("drop_columns", {'columns': ['없는열']}, "'없는열' 열이 없습니다. 열: 주문번호, 주문일, 지점, 상품, 금액, 메일."),
    ("filter_rows", {"condition": "금액 > 99999"}, "남는 행이 없습니다. 7행 중 금액 > 99999 조건에 맞는 행은 0행입니다. 조건을 바꾸세요."),
    ("quality_report", {}, "sales의 품질 보고서(전체 7행, 6개 열): 경고 5개(중간 4개, 낮음 1개). 먼저 볼 것: 주문일: 주문번호와 거의 똑같이 움직임(상관계수 0.972); 메일: 빈 값 3개(43%); 1행(14%)이 다른 행과 똑같음. 5단계로 대부분 고칠 수 있습니다."),
    ("add_window", {"function": "running_sum", "column": "금액", "order_by": ["주문일"]}, "running_sum_금액 열을 추가했습니다: 금액의 누적 합계, 주문일 순서로."),
]  # fmt: skip
"""Calls and what they tell, whole."""


@pytest.mark.parametrize(("name", "arguments", "told"), TOLD)
def test_a_call_is_told_in_korean(tmp_path: Path, name: str, arguments: dict[str, Any], told: str) -> None:
    with Workspace(tmp_path) as workspace:
        add(workspace, "sales", SALES)
        add(
            workspace,
            "stores",
            "SELECT * FROM (VALUES ('강남', '서울'), ('홍대', '서울'), ('부산', '부산')) AS s(지점, 도시)",
        )
        try:
            text = do(workspace, name, dataset="sales", **arguments).text
        except ToolError as error:
            text = str(error)
    assert in_korean(text) == told


def test_undo_and_the_steps_are_told_in_korean(tmp_path: Path) -> None:
    with Workspace(tmp_path) as workspace:
        add(workspace, "sales", SALES)
        do(workspace, "drop_duplicates", dataset="sales")
        steps = do(workspace, "list_steps", dataset="sales").text
        undone = do(workspace, "undo").text
        nothing = do(workspace, "undo").text
    assert in_korean(steps) == "sales@2: sales@1부터 1단계입니다(7행 → 6행)."
    assert (
        in_korean(undone)
        == "마지막 요청을 되돌렸습니다(sales: 중복 행 제거). sales은(는) 다시 sales@1입니다: 6행 → 7행, 6개 열."
    )
    assert "되돌릴 것이 없습니다." in in_korean(nothing)


def test_the_words_of_a_tools_table_are_korean_and_its_names_stay(tmp_path: Path) -> None:
    with Workspace(tmp_path) as workspace:
        add(workspace, "sales", "SELECT * FROM (VALUES (1, 'rows'), (2, NULL), (2, NULL)) AS t(step, finding)")
        found = do(workspace, "check_quality", dataset="sales").table
        asked = do(workspace, "query_data", sql="SELECT step, finding FROM sales ORDER BY step LIMIT 1").table
    assert found is not None
    assert asked is not None
    told = table_in_korean(found)
    assert told.columns == ["심각도", "열", "문제", "중요한 이유", "개수", "고치는 단계"]
    assert told.rows[0] == [
        "높음",
        "finding",
        "빈 값 2개(67%)",
        "채우면 열의 대부분을 지어내게 됩니다.",
        2,
        None,
    ]
    assert table_in_korean(asked) == asked
    drawn = TableData(columns=["month", "total 금액", "number of rows", "avg(금액)"], rows=[])
    assert table_in_korean(drawn).columns == ["month", "금액 합계", "행 수", "금액 평균"]


def test_why_a_query_finds_nothing_is_korean_too(tmp_path: Path) -> None:
    with Workspace(tmp_path) as workspace:
        add(workspace, "visits", "SELECT 40 AS fee")
        done = do(workspace, "query_data", sql="SELECT count(*) FROM visits WHERE fee >= 50000")
    assert done.table is not None
    told = with_result(done.text, done.table)
    assert in_korean(told) == "행 수: 0\nfee이(가) 50,000 이상인 행은 없습니다. 가장 큰 값이 40입니다."


def test_a_terminal_says_in_korean_how_many_rows_there_are() -> None:
    table = TableData(columns=["n"], rows=[[n] for n in range(40)], row_count=1200)
    told = event_text(Answer(text="", table=table), "ko")
    assert told.splitlines()[-1] == "… 모두 1,200행"


@pytest.mark.parametrize(
    ("english", "korean"),
    [
        ("Removed 3 columns: month, count and data.", "열 3개를 삭제했습니다: month, count, data."),
        ("Renamed a to date and b to text.", "열 이름을 바꾸었습니다: a → date, b → text."),
        ("Filled 3 empty cells. words: 3 cells with the median 4.", "빈 값 3개를 채웠습니다. words: 3개 → 중앙값 4."),
        ("Each row has its own date (so has text).", "행마다 date 값이 다릅니다(text도 마찬가지)."),
        ("Kept the 2 rows where day is not empty.", "day이(가) 비어 있지 않은 2행을 남겼습니다."),
        ("Removed the 3 rows where note LIKE '%is empty%'.", "note LIKE '%is empty%' 조건에 맞는 3행을 제거했습니다."),
        (
            "Nothing was filled. Skipped city (holds no numbers, so it has no mean; mode would fit); a and b (has no values).",
            "아무것도 채우지 않았습니다. 건너뜀: city(숫자가 아니라 평균이 없음. 최빈값이 맞음); a, b(값이 없음).",
        ),
        ("Mended: price is told in decades.", "바로잡음: price을(를) 10년 단위로 나눕니다."),
        (
            "x.csv can't be loaded: it is broken or cut short. Copy or download it again.",
            "x.csv을(를) 불러올 수 없습니다: 손상되었거나 잘렸습니다. 다시 복사하거나 내려받으세요.",
        ),
        (
            "No column 'prise'. Nearest: price. Columns: price, note.",
            "'prise' 열이 없습니다. 비슷한 이름: price. 열: price, note.",
        ),
    ],
)
def test_names_stay_though_they_are_words_too(english: str, korean: str) -> None:
    assert in_korean(english) == korean


@pytest.mark.parametrize(
    ("columns", "rows", "words", "heads", "cells"),
    [
        (["on the holdout", "before", "with this threshold"], [["recall", 0.2, 0.9]], ["on the holdout"],
         ["홀드아웃에서", "전", "이 임계값으로"], [["재현율", 0.2, 0.9]]),
        (["", "before", "after", "difference"], [["rows predicted 예", 3, 5, 2]], [""],
         ["", "전", "후", "차이"], [["예로 예측된 행", 3, 5, 2]]),
        (["column", "impact %", "from", "to"], [["rows", 3.5, 1, 5]], ["impact %"],
         ["열", "영향 %", "부터", "까지"], [["rows", 3.5, 1, 5]]),  # a column of that name
        (["part", "mase", "mase seasonal naive"], [["all", 1, 2], ["from 2025-09-15", 1, 2], ["north_1", 1, 2]], ["part"],
         ["부분", "mase", "mase 계절 단순 예측"], [["전체", 1, 2], ["2025-09-15부터", 1, 2], ["north_1", 1, 2]]),
        (["before", "after"], [[1, 2]], [], ["before", "after"], [[1, 2]]),  # a query's own names
    ],
)  # fmt: skip
def test_heads_of_own_tables_are_korean_and_names_stay(
    columns: list[str], rows: list[list[Any]], words: list[str], heads: list[str], cells: list[list[Any]]
) -> None:
    told = table_in_korean(TableData(columns=columns, rows=rows, words=words))
    assert (told.columns, told.rows) == (heads, cells)
