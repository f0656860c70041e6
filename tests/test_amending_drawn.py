"""Charts, parts of dates, decades of ages and groups that have more: plans mended to what English and Korean requests say."""

from typing import Any

import pytest

from assistant.composing.charts import CHART
from assistant.context import Turn, look
from assistant.plan import read_plan
from tests.small_project import add
from tools import call, catalogue
from tools.tool import Job
from tools.workspace import Workspace

KOREAN = """SELECT * FROM (VALUES
  (DATE '2025-01-03', '강남', '카드', 10, 3, '예', 23), (DATE '2025-01-20', '홍대', '현금', 30, 1, '아니오', 31),
  (DATE '2025-02-05', '강남', '카드', 20, 5, '예', 37), (DATE '2025-02-09', '홍대', '카드', 900, 0, '아니오', 64)
) AS t(주문일, 지점, 결제, 매출액, 상담횟수, 이탈, 나이)"""
ENGLISH = """SELECT * FROM (VALUES
  (DATE '2025-01-03', 'north', 'night', 10, 3, 'yes', 23), (DATE '2025-01-20', 'south', 'day', 30, 1, 'no', 31),
  (DATE '2025-02-05', 'north', 'night', 20, 5, 'yes', 37), (DATE '2025-02-09', 'south', 'night', 900, 0, 'no', 64)
) AS t(ordered_on, branch, shift, amount, calls, churned, age)"""


@pytest.fixture(scope="module")
def korean(tmp_path_factory: pytest.TempPathFactory) -> Any:
    with Workspace(tmp_path_factory.mktemp("ko") / "project") as opened:
        add(opened, "매출", KOREAN)
        yield opened


@pytest.fixture(scope="module")
def english(tmp_path_factory: pytest.TempPathFactory) -> Any:
    with Workspace(tmp_path_factory.mktemp("en") / "project") as opened:
        add(opened, "sales", ENGLISH)
        yield opened


def mended(workspace: Workspace, request: str, tool: str, given: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    dataset = workspace.datasets()[0].dataset
    raw = {"tool": tool, **({} if tool == "query_data" else {"dataset": dataset}), **given}
    [step] = read_plan({"steps": [raw]}, catalogue(), look(workspace), request).steps
    return step.tool, {name: value for name, value in step.arguments.items() if name != "dataset"}


LINE = {"kind": "line", "x": "주문일", "y": "매출액", "color": "지점", "measure": "sum"}
LINE_EN = {"kind": "line", "x": "ordered_on", "y": "amount", "color": "branch", "measure": "sum"}


@pytest.mark.parametrize(
    ("request_", "given", "expected"),
    [
        ("월별 매출액 추이 그래프로 그려줘", LINE,
         {"kind": "line", "x": "주문일", "y": "매출액", "measure": "sum", "step": "month"}),
        ("지점별 평균 매출액 막대그래프", {"kind": "bar", "x": "지점", "y": "매출액"},
         {"kind": "bar", "x": "지점", "y": "매출액", "measure": "mean"}),
        ("지점별 매출액 상자그림", {"kind": "bar", "x": "지점", "y": "매출액", "measure": "sum"},
         {"kind": "box", "x": "지점", "y": "매출액"}),
        ("지점별로 나눠서 주별 매출액 그래프", LINE, {**LINE, "step": "week"}),
        ("강남이랑 홍대 매출액 일별 그래프", LINE, {**LINE, "step": "day", "condition": "\"지점\" IN ('강남', '홍대')"}),
        ("매출액 추이 그래프, 색은 지점", LINE, LINE),
        ("지점별 매출액 비중 원그래프로", {"kind": "bar", "x": "지점", "y": "매출액", "color": "주문일", "measure": "sum"},
         {"kind": "pie", "x": "지점", "y": "매출액", "measure": "sum"}),
        ("지점별 매출액 막대로", {"kind": "pie", "x": "지점", "y": "매출액", "measure": "sum"},
         {"kind": "bar", "x": "지점", "y": "매출액", "measure": "sum"}),
        ("지점별 매출액 박스플롯 그려줘", {"kind": "box", "x": "결제", "y": "상담횟수"},
         {"kind": "box", "x": "지점", "y": "매출액"}),
        ("지점별 매출액과 나이 막대그래프", {"kind": "bar", "x": "지점", "y": "나이"}, {"kind": "bar", "x": "지점", "y": "나이"}),
        ("결제별 막대그래프", {"kind": "bar", "x": "지점"}, {"kind": "bar", "x": "결제", "measure": "count"}),
        ("매출액 히스토그램", {"kind": "histogram", "x": "매출액"}, {"kind": "histogram", "x": "매출액"}),
        ("매출액이랑 나이 산점도, 막대그래프 말고", {"kind": "scatter", "x": "나이", "y": "매출액"},
         {"kind": "scatter", "x": "나이", "y": "매출액"}),
    ],
)  # fmt: skip
def test_korean_charts_are_drawn_as_they_are_asked_for(
    korean: Workspace, request_: str, given: dict[str, Any], expected: dict[str, Any]
) -> None:
    assert mended(korean, request_, "make_chart", given) == ("make_chart", expected)


@pytest.mark.parametrize(
    ("request_", "given", "expected"),
    [
        ("plot the monthly amount", LINE_EN,
         {"kind": "line", "x": "ordered_on", "y": "amount", "measure": "sum", "step": "month"}),
        ("plot the amount over time by branch", LINE_EN, LINE_EN),
        ("draw the amount over time, colour it by who sold it", LINE_EN, LINE_EN),
        ("amount of each branch as a pie chart", {"kind": "bar", "x": "branch", "y": "amount"},
         {"kind": "pie", "x": "branch", "y": "amount", "measure": "sum"}),
        ("a box plot of amount by branch", {"kind": "bar", "x": "branch", "y": "amount"},
         {"kind": "box", "x": "branch", "y": "amount"}),
        ("a bar chart of the average amount per branch", {"kind": "bar", "x": "branch", "y": "amount", "measure": "sum"},
         {"kind": "bar", "x": "branch", "y": "amount", "measure": "mean"}),
        ("a box plot of calls by branch", {"kind": "box", "x": "shift", "y": "age"},
         {"kind": "box", "x": "branch", "y": "calls"}),
        ("매장별 금액 박스플롯", {"kind": "box", "x": "branch", "y": "amount"}, {"kind": "box", "x": "branch", "y": "amount"}),
        ("매장별로 나눠서 일별 금액 그래프", LINE_EN, {**LINE_EN, "step": "day"}),
        ("시간별로 금액 그래프", LINE_EN,
         {"kind": "line", "x": "ordered_on", "y": "amount", "measure": "sum", "step": "hour"}),
        ("매장별로 나눠서 일별 금액 그래프", {**LINE_EN, "kind": "bar"}, {**LINE_EN, "step": "day"}),
        ("일별 금액 막대그래프, 매장별로", {**LINE_EN, "kind": "bar"}, {**LINE_EN, "kind": "bar", "step": "day"}),
        ("bars of the daily amount by branch", {**LINE_EN, "kind": "bar"}, {**LINE_EN, "kind": "bar", "step": "day"}),
        ("금액 추이 그래프", LINE_EN, {"kind": "line", "x": "ordered_on", "y": "amount", "measure": "sum"}),
        ("매장별 금액 막대그래프", {"kind": "bar", "x": "branch", "y": "amount", "color": "shift"},
         {"kind": "bar", "x": "branch", "y": "amount"}),
    ],
)  # fmt: skip
def test_charts_of_english_names_are_drawn_as_they_are_asked_for(
    english: Workspace, request_: str, given: dict[str, Any], expected: dict[str, Any]
) -> None:
    assert mended(english, request_, "make_chart", given) == ("make_chart", expected)


BARS = {"kind": "bar", "x": "shift", "y": "calls"}
SCATTER = {"kind": "scatter", "x": "age", "y": "calls"}


@pytest.mark.parametrize(
    ("request_", "tool", "given", "expected"),
    [
        ("bar chart of amount by branch for the night shift", "make_chart", BARS,
         {"kind": "bar", "x": "branch", "y": "amount", "measure": "sum", "condition": "shift = 'night'"}),
        ("plot the average age by branch and shift", "make_chart", BARS,
         {"kind": "bar", "x": "branch", "y": "age", "measure": "mean", "color": "shift"}),
        ("line chart of amount per month excluding south", "query_data", {"sql": "SELECT 1"},
         {"kind": "line", "x": "ordered_on", "y": "amount", "measure": "sum", "step": "month", "condition": "branch <> 'south'"}),
        ("pie chart of branch for ages over 30", "make_chart", BARS,
         {"kind": "pie", "x": "branch", "measure": "count", "condition": "age > 30"}),
        ("number of sales by shift in February as a chart", "make_chart", BARS,
         {"kind": "bar", "x": "shift", "measure": "count", "condition": "MONTH(ordered_on) = 2"}),
        ("bar chart of amount by branch this year", "make_chart", BARS,
         {"kind": "bar", "x": "branch", "y": "amount", "measure": "sum",
          "condition": "CAST(DATE_TRUNC('YEAR', ordered_on) AS DATE) = CAST((DATE_TRUNC('YEAR', CURRENT_DATE)) AS DATE)"}),
        ("histogram of amount this year", "make_chart", {"kind": "histogram", "x": "amount"},
         {"kind": "histogram", "x": "amount",
          "condition": "CAST(DATE_TRUNC('YEAR', ordered_on) AS DATE) = CAST((DATE_TRUNC('YEAR', CURRENT_DATE)) AS DATE)"}),
        ("histogram of amount", "make_chart", {"kind": "histogram", "x": "amount", "y": "amount", "measure": "median"},
         {"kind": "histogram", "x": "amount"}),
        ("scatter of calls against amount", "make_chart", {"kind": "scatter", "x": "amount", "y": "calls", "measure": "sum"},
         {"kind": "scatter", "x": "amount", "y": "calls"}),
        ("histogram of amount where the shift is night", "make_chart", {"kind": "histogram", "x": "amount"},
         {"kind": "histogram", "x": "amount", "condition": "shift = 'night'"}),
        ("histogram of amount in the night", "make_chart", {"kind": "histogram", "x": "amount", "color": "shift"},
         {"kind": "histogram", "x": "amount", "condition": "shift = 'night'"}),
        ("histogram of amount coloured by shift in the night", "make_chart", {"kind": "histogram", "x": "amount", "color": "shift"},
         {"kind": "histogram", "x": "amount", "color": "shift", "condition": "shift = 'night'"}),
        ("scatter of calls against amount for north or south", "make_chart", {"kind": "scatter", "x": "amount", "y": "calls"},
         {"kind": "scatter", "x": "amount", "y": "calls", "condition": "branch IN ('north', 'south')"}),
        # left as they are
        ("histogram of amount for each branch", "make_chart", {"kind": "histogram", "x": "amount"},
         {"kind": "histogram", "x": "amount"}),
        ("chart of complaints by shift", "make_chart", BARS, BARS),
        ("bar chart of calls by shift for customers on Mars", "make_chart", BARS, BARS),
        ("how many sales per branch?", "query_data", {"sql": "SELECT 1"}, {"sql": "SELECT 1"}),
    ],
)  # fmt: skip
def test_charts_keep_their_conditions_and_groups(
    english: Workspace, request_: str, tool: str, given: dict[str, Any], expected: dict[str, Any]
) -> None:
    assert mended(english, request_, tool, given)[1] == expected


@pytest.mark.parametrize(
    ("before", "request_", "expected"),
    [
        ({"tool": "query_data", "sql": "SELECT branch, avg(age) AS mean FROM sales WHERE shift = 'day' GROUP BY 1"}, "as a bar chart",
         {"kind": "bar", "x": "branch", "y": "age", "measure": "mean", "condition": "shift = 'day'"}),
        ({"tool": "query_data", "sql": "SELECT date_trunc('month', ordered_on) AS m, count(*) AS n FROM sales GROUP BY ALL"}, "plot that", None),
        ({"tool": "query_data", "sql": "SELECT date_trunc('month', ordered_on) AS m, count(*) AS n FROM sales GROUP BY m"}, "plot that",
         {"kind": "line", "x": "ordered_on", "measure": "count", "step": "month"}),
        ({"tool": "make_chart", "dataset": "sales", **BARS, "condition": "age > 30"}, "show it as a pie chart",
         {**BARS, "kind": "pie", "condition": "age > 30"}),
        ({"tool": "query_data", "sql": "SELECT count(*) AS n FROM sales"}, "as a bar chart", None),
        ({"tool": "query_data", "sql": "SELECT branch, sum(amount) / sum(calls) AS r FROM sales GROUP BY 1"}, "as a bar chart", None),
        ({"tool": "fill_missing", "dataset": "sales"}, "as a bar chart", None),
    ],
)  # fmt: skip
def test_a_chart_of_what_was_asked_before(
    english: Workspace, before: dict[str, Any], request_: str, expected: dict[str, Any] | None
) -> None:
    situation = look(english, (Turn("?", (before,)),))
    [step] = read_plan({"steps": [{"tool": "make_chart", **SCATTER}]}, catalogue(), situation, request_).steps
    drawn = {name: value for name, value in step.arguments.items() if name != "dataset"}
    assert drawn == (expected or SCATTER)


BARS_KO = {"kind": "bar", "x": "결제", "y": "상담횟수"}


@pytest.mark.parametrize(
    ("request_", "tool", "given", "expected"),
    [
        ("카드 결제만 지점별 매출액 막대그래프로 그려줘", "make_chart", BARS_KO,
         {"kind": "bar", "x": "지점", "y": "매출액", "measure": "sum", "condition": '"결제" = \'카드\''}),
        ("지점별 결제별 평균 나이 막대 그래프", "make_chart", BARS_KO,
         {"kind": "bar", "x": "지점", "y": "나이", "measure": "mean", "color": "결제"}),
        ("홍대 빼고 월별 매출액 합계를 꺾은선 그래프로", "query_data", {"sql": "SELECT 1"},
         {"kind": "line", "x": "주문일", "y": "매출액", "measure": "sum", "step": "month", "condition": '"지점" <> \'홍대\''}),
        ("나이가 30 넘는 건의 지점별 건수를 원그래프로 보여주세요", "make_chart", BARS_KO,
         {"kind": "pie", "x": "지점", "measure": "count", "condition": '"나이" > 30'}),
        ("지점별 매출액 비중을 파이 차트로", "make_chart", BARS_KO, {"kind": "pie", "x": "지점", "y": "매출액", "measure": "sum"}),
        ("2월 결제별 건수 차트", "make_chart", BARS_KO,
         {"kind": "bar", "x": "결제", "measure": "count", "condition": 'MONTH("주문일") = 2'}),
        ("강남 지점 매출액 히스토그램", "make_chart", {"kind": "histogram", "x": "매출액"},
         {"kind": "histogram", "x": "매출액", "condition": '"지점" = \'강남\''}),
        ("나이가 30 넘는 고객의 매출액 히스토그램", "make_chart", {"kind": "histogram", "x": "매출액"},
         {"kind": "histogram", "x": "매출액", "condition": '"나이" > 30'}),
        ("지점별 이탈율을 막대그래프로", "make_chart", BARS_KO, {"kind": "bar", "x": "지점", "y": "이탈", "measure": "mean"}),
        # left as they are
        ("매출액 히스토그램", "make_chart", {"kind": "histogram", "x": "매출액"}, {"kind": "histogram", "x": "매출액"}),
        ("불만별 막대그래프", "make_chart", BARS_KO, BARS_KO),
        ("화성 지점의 결제별 상담횟수 막대그래프", "make_chart", BARS_KO, BARS_KO),
        ("지점별 건수는 몇 건이야?", "query_data", {"sql": "SELECT 1"}, {"sql": "SELECT 1"}),
    ],
)  # fmt: skip
def test_korean_charts_keep_their_conditions_and_groups(
    korean: Workspace, request_: str, tool: str, given: dict[str, Any], expected: dict[str, Any]
) -> None:
    assert mended(korean, request_, tool, given)[1] == expected


@pytest.mark.parametrize(
    ("before", "request_", "expected"),
    [
        ({"tool": "query_data", "sql": "SELECT 지점, avg(나이) AS m FROM 매출 WHERE 결제 = '카드' GROUP BY 1"}, "막대그래프로 보여줘",
         {"kind": "bar", "x": "지점", "y": "나이", "measure": "mean", "condition": "결제 = '카드'"}),
        ({"tool": "query_data", "sql": "SELECT 지점, count(*) AS n FROM 매출 GROUP BY 1"}, "월별로 나눠서 그래프로 그려줘",
         {"kind": "line", "x": "주문일", "measure": "count", "step": "month", "color": "지점"}),
        ({"tool": "query_data", "sql": "SELECT 지점, count(*) AS n FROM 매출 GROUP BY 1"}, "카드만 그래프로 보여줘",
         {"kind": "bar", "x": "지점", "measure": "count", "condition": "\"결제\" = '카드'"}),
        ({"tool": "query_data", "sql": "SELECT 지점, avg((이탈 = '예')::int) AS r FROM 매출 WHERE 나이 > 30 GROUP BY 1"}, "그래프로 그려줘",
         {"kind": "bar", "x": "지점", "y": "이탈", "measure": "mean", "condition": "나이 > 30"}),
        ({"tool": "query_data", "sql": "SELECT 지점, avg((결제 = '카드')::int) AS r FROM 매출 GROUP BY 1"}, "그래프로 그려줘", None),
        ({"tool": "make_chart", "dataset": "매출", **BARS_KO, "measure": "mean"}, "이걸 원그래프로 바꿔줘", None),
        ({"tool": "make_chart", "dataset": "매출", **BARS_KO}, "이걸 원그래프로 바꿔줘", {**BARS_KO, "kind": "pie"}),
        ({"tool": "query_data", "sql": "SELECT count(*) AS n FROM 매출"}, "그래프로 그려줘", None),
        ({"tool": "query_data", "sql": "SELECT 지점, count(*) AS n FROM 매출 GROUP BY 1"}, "불만별로 그래프로 그려줘", None),
    ],
)  # fmt: skip
def test_a_korean_chart_of_what_was_asked_before(
    korean: Workspace, before: dict[str, Any], request_: str, expected: dict[str, Any] | None
) -> None:
    situation = look(korean, (Turn("?", (before,)),))
    other = {"kind": "scatter", "x": "나이", "y": "상담횟수"}
    [step] = read_plan({"steps": [{"tool": "make_chart", **other}]}, catalogue(), situation, request_).steps
    drawn = {name: value for name, value in step.arguments.items() if name != "dataset"}
    assert drawn == (expected or other)


@pytest.mark.parametrize(
    ("request_", "given", "kept"),
    [
        ("빈 값이 어디에 있는지 그려줘", {"columns": ["나이"]}, {}),
        ("나이의 빈 값 지도를 그려줘", {"columns": ["나이", "결제"]}, {"columns": ["나이"]}),
        ("결측치 지도", {}, {}),
    ],
)
def test_a_map_of_empty_cells_is_of_every_column(
    korean: Workspace, request_: str, given: dict[str, Any], kept: dict[str, Any]
) -> None:
    assert mended(korean, request_, "map_missing", given) == ("map_missing", kept)


def test_a_chart_by_the_month_has_a_point_for_each_month(korean: Workspace) -> None:
    tool, given = mended(korean, "월별 매출액 그래프", "make_chart", LINE)
    made = call(Job(korean), tool, {"dataset": "매출", **given}).table
    assert made is not None
    assert made.rows == [["2025-01", 40.0], ["2025-02", 920.0]]


COUNT = {"sql": "SELECT count(*) FROM 매출 WHERE 이탈 = '예' AND 상담횟수 > (SELECT avg(상담횟수) FROM 매출)"}
COUNT_EN = {"sql": "SELECT count(*) FROM sales WHERE churned = 'yes' AND calls > 2"}


@pytest.mark.parametrize(
    ("request_", "rows"),
    [
        ("이탈한 사람들은 상담횟수가 더 많아?", [["예", 2, 4.0], ["아니오", 2, 0.5]]),
        ("이탈 고객이 나이가 더 적어?", [["아니오", 2, 47.5], ["예", 2, 30.0]]),
        ("카드가 현금보다 매출액이 더 높나요", [["카드", 3, 310.0], ["현금", 1, 30.0]]),
        ("상담횟수가 많은 고객이 더 이탈해?", [["예", 2, 4.0], ["아니오", 2, 0.5]]),
        ("강남이 이탈을 더 많이 해?", [["강남", 2, 1.0], ["홍대", 2, 0.0]]),
    ],
)
def test_whether_a_group_has_more_is_told_for_each_group_in_korean(
    korean: Workspace, request_: str, rows: list[Any]
) -> None:
    tool, given = mended(korean, request_, "query_data", COUNT)
    made = call(Job(korean), tool, given).table
    assert made is not None
    assert made.rows == rows


@pytest.mark.parametrize(
    ("request_", "sql", "changed"),
    [
        ("상담횟수가 많은 고객이 더 이탈해?", "SELECT 결제, count(*) FROM 매출 GROUP BY 결제", True),
        ("상담횟수가 많은 고객이 더 이탈해?", "SELECT 이탈, avg(상담횟수) FROM 매출 GROUP BY 이탈", False),
        ("지점별로 이탈한 사람이 상담횟수가 더 많아?", "SELECT 지점, avg(상담횟수) FROM 매출 GROUP BY 지점", False),
    ],
)
def test_groups_that_nobody_named_are_not_kept(korean: Workspace, request_: str, sql: str, changed: bool) -> None:
    assert (mended(korean, request_, "query_data", {"sql": sql})[1] != {"sql": sql}) is changed


@pytest.mark.parametrize(
    ("request_", "rows"),
    [
        ("do customers who left have more calls?", [["yes", 2, 4.0], ["no", 2, 0.5]]),
        ("is the amount higher in the night shift?", [["night", 3, 310.0], ["day", 1, 30.0]]),
        ("do people of the north branch leave more often?", [["north", 2, 1.0], ["south", 2, 0.0]]),
    ],
)
def test_whether_a_group_has_more_is_told_for_each_group(english: Workspace, request_: str, rows: list[Any]) -> None:
    tool, given = mended(english, request_, "query_data", COUNT_EN)
    made = call(Job(english), tool, given).table
    assert made is not None
    assert made.rows == rows


@pytest.mark.parametrize(
    ("request_", "sql", "rows"),
    [
        ("야간조가 이탈을 더 많이 해?", "SELECT shift, count(*) FROM sales WHERE shift = 'night' GROUP BY shift",
         [["night", 3, 2 / 3], ["day", 1, 0.0]]),
        ("북쪽 매장이 금액이 더 커?", "SELECT branch, sum(amount) FROM sales WHERE branch = 'north' GROUP BY branch",
         [["south", 2, 465.0], ["north", 2, 15.0]]),
        ("전화를 많이 하면 이탈을 더 많이 해?", "SELECT count(*) FROM sales WHERE calls > 2",
         [["yes", 2, 4.0], ["no", 2, 0.5]]),
    ],
)  # fmt: skip
def test_groups_that_the_query_has_chosen_are_compared_with_the_others(
    english: Workspace, request_: str, sql: str, rows: list[Any]
) -> None:
    tool, given = mended(english, request_, "query_data", {"sql": sql})
    made = call(Job(english), tool, given).table
    assert made is not None
    assert made.rows == rows


@pytest.mark.parametrize(
    ("request_", "columns"),
    [
        ("나이가 많을수록 매출액이 더 높아?", ["매출액", "나이"]),
        ("상담횟수가 늘면 매출액이 더 늘어나나 더 많아?", ["매출액", "상담횟수"]),
    ],
)
def test_whether_a_number_rises_with_another_is_a_correlation(
    korean: Workspace, request_: str, columns: list[str]
) -> None:
    sql = "SELECT 나이, 매출액 FROM 매출 ORDER BY 나이"
    assert mended(korean, request_, "query_data", {"sql": sql}) == ("correlate", {"columns": columns})


def test_whether_a_number_is_higher_with_another_is_a_correlation_too(english: Workspace) -> None:
    sql = "SELECT age, amount FROM sales"
    made = mended(english, "is the amount higher with more calls?", "query_data", {"sql": sql})
    assert made == ("correlate", {"columns": ["amount", "calls"]})
    same = mended(english, "are amount and calls stored more than once?", "query_data", {"sql": sql})
    assert same == ("query_data", {"sql": sql})


def test_groups_that_are_all_told_stay(english: Workspace) -> None:
    sql = "SELECT shift, avg(amount) FROM sales GROUP BY shift"
    assert mended(english, "야간조가 금액이 더 커?", "query_data", {"sql": sql}) == ("query_data", {"sql": sql})


@pytest.mark.parametrize(
    "request_",
    [
        "how many customers who left have more calls than average?",
        "which shift has more calls?",
        "have any customers more than 2 calls?",
        "count the rows with churned yes",
        "did amount grow more?",
    ],
)
def test_other_questions_keep_their_query(english: Workspace, request_: str) -> None:
    assert mended(english, request_, "query_data", COUNT_EN) == ("query_data", COUNT_EN)


@pytest.mark.parametrize(
    "request_", ["상담횟수가 2번보다 더 많은 이탈 고객은 몇 명이야?", "이탈 고객 중 상담이 더 많은 사람 보여줘"]
)
def test_other_korean_questions_keep_their_query(korean: Workspace, request_: str) -> None:
    assert mended(korean, request_, "query_data", COUNT) == ("query_data", COUNT)


@pytest.mark.parametrize(
    ("request_", "given", "expected"),
    [
        ("주문일에서 월만 뽑아서 새 컬럼 만들어줘", "date_trunc('month', 주문일)",
         ("extract_date_part", {"column": "주문일", "parts": ["month"]})),
        ("주문일의 요일을 추출해줘", "date_trunc('day', 주문일)",
         ("extract_date_part", {"column": "주문일", "parts": ["weekday"]})),
        ("주문일을 월 단위로 바꿔서 컬럼 추가", "date_trunc('month', 주문일)",
         ("add_formula", {"name": "새것", "formula": "date_trunc('month', 주문일)"})),
        ("나이대 컬럼 만들어줘", "CASE WHEN 나이 < 20 THEN '20대' ELSE '60대 이상' END",
         ("add_formula", {"name": "나이대", "formula": "CAST(FLOOR(나이 / 10) * 10 AS INT) || '대'"})),
        ("나이대 컬럼 만들어줘 20세 미만, 40세 미만, 그 이상으로", "CASE WHEN 나이 < 20 THEN 'a' ELSE 'b' END",
         ("add_formula", {"name": "나이대", "formula": "CASE WHEN 나이 < 20 THEN 'a' ELSE 'b' END"})),
        ("나이대 말고 등급 컬럼", "CASE WHEN 매출액 < 20 THEN 'a' ELSE 'b' END",
         ("add_formula", {"name": "새것", "formula": "CASE WHEN 매출액 < 20 THEN 'a' ELSE 'b' END"})),
    ],
)  # fmt: skip
def test_parts_of_dates_and_decades_are_what_their_words_say(
    korean: Workspace, request_: str, given: str, expected: tuple[str, dict[str, Any]]
) -> None:
    assert mended(korean, request_, "add_formula", {"name": "새것", "formula": given}) == expected


@pytest.mark.parametrize(
    ("request_", "sql", "says_bounds"),
    [
        ("매출액 이상치 있어? 있으면 보여줘", "SELECT * FROM 매출 WHERE 매출액 > (SELECT max(매출액) FROM 매출)", True),
        ("매출액 이상치 보여줘", "SELECT * FROM 매출 ORDER BY 매출액 DESC", True),
        ("100 넘는 매출액 이상치 보여줘", "SELECT * FROM 매출 WHERE 매출액 > 100", False),
        ("매출액 큰 순서로 보여줘", "SELECT * FROM 매출 ORDER BY 매출액 DESC", False),
    ],
)
def test_outliers_that_a_query_looks_for_are_those_of_the_rule(
    korean: Workspace, request_: str, sql: str, *, says_bounds: bool
) -> None:
    _, given = mended(korean, request_, "query_data", {"sql": sql})
    assert ("quantile" in given["sql"].casefold()) is says_bounds


def test_keys_are_counted_in_charts(tmp_path_factory: pytest.TempPathFactory) -> None:
    with Workspace(tmp_path_factory.mktemp("keys") / "project") as workspace:
        add(workspace, "loans", "SELECT 7 AS application_id, DATE '2025-01-03' AS applied_on, 10 AS amount")
        given = {"kind": "histogram", "x": "applied_on", "y": "application_id"}
        counted = {"kind": "bar", "x": "applied_on", "step": "month", "measure": "count"}
        assert mended(workspace, "월별 신청건수 그래프", "make_chart", given) == ("make_chart", counted)
        assert mended(workspace, "monthly applications", "make_chart", given) == ("make_chart", counted)
        amounts = {"kind": "bar", "x": "applied_on", "y": "amount"}
        assert mended(workspace, "chart of the amount", "make_chart", amounts) == ("make_chart", amounts)


@pytest.mark.parametrize(
    ("text", "rest"),
    [
        ("as a bar chart", " "),
        ("sales by month as a line graph", "sales by month  "),
        ("a pie chart of the bars per street", "  of the bars per street"),
        ("which bar sells most", "which bar sells most"),
        ("the production line", "the production line"),
    ],
)
def test_a_kind_of_chart_is_nothing_that_data_hold(text: str, rest: str) -> None:
    assert CHART.sub(" ", text) == rest


@pytest.mark.parametrize(
    ("request_", "tool", "given", "made"),
    [
        ("나이를 10살 단위로 나눠줘", "change_type", {"columns": ["나이"], "type": "integer"}, ("bin_column", {"column": "나이", "step": 10.0})),
        ("매출액을 5만원 단위로 끊어줘", "bin_column", {"column": "매출액", "bins": 5}, ("bin_column", {"column": "매출액", "step": 50000.0})),
        ("나이 20 간격으로 묶어줘", "bin_column", {"column": "나이", "step": 20}, ("bin_column", {"column": "나이", "step": 20})),
        ("매출액을 4개 그룹으로 나눠줘", "bin_column", {"column": "매출액", "bins": 4}, ("bin_column", {"column": "매출액", "bins": 4})),
        ("매출액을 7일 단위로 묶어줘", "describe_data", {}, ("describe_data", {})),
        ("매출액을 천 원 단위로 반올림해줘", "add_formula", {"name": "r", "formula": "round(매출액, -3)"}, ("add_formula", {"name": "r", "formula": "round(매출액, -3)"})),
    ],
)  # fmt: skip
def test_groups_are_as_wide_as_is_said(
    korean: Workspace, request_: str, tool: str, given: dict[str, Any], made: tuple[str, dict[str, Any]]
) -> None:
    assert mended(korean, request_, tool, given) == made


def test_bands_of_a_width_in_english(english: Workspace) -> None:
    bands = ("bin_column", {"column": "age", "step": 10.0})
    assert mended(english, "put the age into 10-year bands", "bin_column", {"column": "age", "bins": 10}) == bands
    assert mended(english, "split age in steps of 10", "describe_data", {}) == bands
    groups = {"column": "age", "bins": 10}
    assert mended(english, "put the age into 10 groups", "bin_column", groups) == ("bin_column", groups)


def test_a_column_that_is_renamed_is_grouped_by_its_new_name(korean: Workspace) -> None:
    raw = {"tool": "rename_column", "dataset": "매출", "column": "나이", "name": "age"}
    request = "나이 대신 age로 이름을 바꾸고 10살 단위로 나눠줘"
    steps = read_plan({"steps": [raw]}, catalogue(), look(korean), request).steps
    assert [(step.tool, step.arguments) for step in steps] == [
        ("rename_column", {"dataset": "매출", "column": "나이", "name": "age"}),
        ("bin_column", {"dataset": "매출", "column": "age", "step": 10.0}),
    ]


@pytest.mark.parametrize(
    ("request_", "given", "made"),
    [
        ("나이 빈칸은 지점별 중앙값으로 채워줘", {"columns": ["나이"], "method": "median"},
         {"columns": ["나이"], "method": "median", "group_by": ["지점"]}),
        ("결측치를 결제마다 평균으로 채워줘", {"method": "mean"}, {"method": "mean", "group_by": ["결제"]}),
        ("나이 빈칸은 중앙값으로 채워줘", {"columns": ["나이"], "method": "median"}, {"columns": ["나이"], "method": "median"}),
        ("나이 빈칸을 0으로 채우고 지점별로 보여줘", {"columns": ["나이"], "method": "constant", "value": 0},
         {"columns": ["나이"], "method": "constant", "value": 0}),
    ],
)  # fmt: skip
def test_empty_cells_are_filled_with_the_value_of_their_group(
    korean: Workspace, request_: str, given: dict[str, Any], made: dict[str, Any]
) -> None:
    assert mended(korean, request_, "fill_missing", given) == ("fill_missing", made)


@pytest.mark.parametrize(
    ("request_", "sql", "rows"),
    [
        ("상담을 자주 하면 더 많이 팔려?", "SELECT 지점, sum(매출액) AS s FROM 매출 WHERE 상담횟수 > 2 GROUP BY 지점",
         [[False, 2, 465.0], [True, 2, 15.0]]),
        ("do we sell more when they call?", "SELECT avg(매출액) FROM 매출 WHERE 상담횟수 > 0", [[False, 1, 900.0], [True, 3, 20.0]]),
    ],
)  # fmt: skip
def test_rows_of_a_condition_are_compared_with_the_others(
    korean: Workspace, request_: str, sql: str, rows: list[Any]
) -> None:
    tool, given = mended(korean, request_, "query_data", {"sql": sql})
    made = call(Job(korean), tool, given).table
    assert made is not None
    assert made.rows == rows


@pytest.mark.parametrize(
    ("request_", "sql"),
    [
        ("상담을 자주 하는 사람은 얼마나 사?", "SELECT sum(매출액) FROM 매출 WHERE 상담횟수 > 2"),
        (
            "지점별로 상담을 자주 하면 더 많이 팔려?",
            "SELECT 지점, sum(매출액) FROM 매출 WHERE 상담횟수 > 2 GROUP BY 지점",
        ),
        ("상담을 자주 하면 더 많이 팔려?", "SELECT count(*) FROM 매출 WHERE 상담횟수 > 2"),
        ("비싸면 더 많이 팔려?", "SELECT avg(매출액) FROM 매출 WHERE 매출액 > 2"),
        ("자주 오면 더 이탈해?", "SELECT avg(매출액) FROM 매출 WHERE 상담횟수 > 2"),  # not of the sales
    ],
)
def test_other_conditions_stay_conditions(korean: Workspace, request_: str, sql: str) -> None:
    assert mended(korean, request_, "query_data", {"sql": sql})[1] == {"sql": sql}


def test_a_column_with_another_name_is_called_so_by_later_steps(korean: Workspace) -> None:
    raw = [
        {"tool": "rename_column", "dataset": "매출", "column": "나이", "name": "연령"},
        {"tool": "sort_rows", "dataset": "매출", "columns": ["나이", "지점"]},
    ]
    steps = read_plan(
        {"steps": raw}, catalogue(), look(korean), "나이 이름을 연령으로 바꾸고 나이랑 지점으로 정렬해줘"
    ).steps
    assert [step.arguments.get("columns") for step in steps] == [None, ["연령", "지점"]]


@pytest.mark.parametrize(
    ("request_", "sql", "rows"),
    [
        ("주말에 더 많이 팔려?", "SELECT sum(매출액) FROM 매출 WHERE dayofweek(주문일) IN (0, 6)", [["주말", 1, 900.0], ["평일", 3, 20.0]]),
        ("주말에 매출액이 더 높아?", "SELECT 1", [["주말", 1, 900.0], ["평일", 3, 20.0]]),
        ("주말에 주문이 더 많아?", "SELECT count(*) FROM 매출", [["주말", 1, 1.0], ["평일", 3, 1.0]]),
        ("평일보다 주말에 상담횟수가 더 적어?", "SELECT 1", [["평일", 3, 3.0], ["주말", 1, 0.0]]),
    ],
)  # fmt: skip
def test_weekends_are_compared_with_the_other_days(korean: Workspace, request_: str, sql: str, rows: list[Any]) -> None:
    tool, given = mended(korean, request_, "query_data", {"sql": sql})
    made = call(Job(korean), tool, given).table
    assert made is not None
    assert made.rows == rows


def test_weekends_in_english(english: Workspace) -> None:
    tool, given = mended(english, "is the amount higher on weekends?", "query_data", {"sql": "SELECT 1"})
    made = call(Job(english), tool, given).table
    assert made is not None
    assert (made.columns, made.rows) == (
        ["days_of", "rows", "average_amount"],
        [["weekend", 1, 900.0], ["other days", 3, 20.0]],
    )


@pytest.mark.parametrize(
    "request_",
    ["주말에 매출액이 얼마야?", "주말 매출 합계 알려줘", "주말에 강남 지점이 더 많이 팔려?", "월요일에 더 많이 팔려?"],
)
def test_other_questions_of_weekends_stay(korean: Workspace, request_: str) -> None:
    sql = {"sql": "SELECT 지점, sum(매출액) FROM 매출 WHERE 나이 > 3 AND 매출액 > 1 GROUP BY 지점"}
    assert mended(korean, request_, "query_data", sql)[1] == sql


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"kind": "bar", "x": "branch", "y": "churned"},
         {"kind": "bar", "x": "branch", "measure": "count", "condition": "churned = 'yes'"}),
        ({"kind": "pie", "x": "branch", "y": "churned", "measure": "count"},
         {"kind": "pie", "x": "branch", "measure": "count", "condition": "churned = 'yes'"}),
        ({"kind": "bar", "x": "branch", "y": "amount"}, {"kind": "bar", "x": "branch", "y": "amount"}),
        ({"kind": "bar", "x": "branch", "y": "shift"}, {"kind": "bar", "x": "branch", "y": "shift"}),
        ({"kind": "bar", "x": "churned"}, {"kind": "bar", "x": "churned"}),
    ],
)  # fmt: skip
def test_a_count_of_yes_and_no_counts_the_yes(english: Any, given: dict[str, Any], expected: dict[str, Any]) -> None:
    assert mended(english, "as a chart please", "make_chart", given)[1] == expected


def test_a_korean_count_of_yes_and_no_counts_the_yes(korean: Any) -> None:
    given = {"kind": "bar", "x": "지점", "y": "이탈"}
    told = {"kind": "bar", "x": "지점", "measure": "count", "condition": "이탈 = '예'"}
    assert mended(korean, "그래프로 보여줘", "make_chart", given)[1] == told
