"""Plans mended to what questions about columns, groups that are compared and series ask for."""

from pathlib import Path
from typing import Any

import pytest

from assistant.context import look
from assistant.drafts import _may_lack, _truly_missing
from assistant.plan import Plan, read_plan
from tests.small_project import add
from tools import call, catalogue, tools_asked_for
from tools.tool import Job, ToolError
from tools.workspace import Workspace

TABLE = """SELECT * FROM (VALUES
  ('EU', 10, 'a', 2021.0, 'Mar', 3.0, DATE '2024-01-05'), ('EU', 20, 'a', 2021.0, 'Feb', 30.0, DATE '2024-01-20'),
  ('AS', 5, NULL, NULL, NULL, NULL, DATE '2024-03-01')
) AS t(continent, wine, job, made_year, made_month, made_day, seen)"""
DESCRIBE = ("describe_data", {})
QUERY = ("query_data", {"sql": "SELECT continent, avg(wine) FROM drinks GROUP BY continent"})


@pytest.fixture
def workspace(tmp_path: Path) -> Any:
    with Workspace(tmp_path / "project") as opened:
        add(opened, "drinks", TABLE)
        yield opened


def steps(workspace: Workspace, request: str, *given: tuple[str, dict[str, Any]]) -> list[tuple[str, dict[str, Any]]]:
    raw = [{"tool": tool, **({} if tool == "query_data" else {"dataset": "drinks"}), **rest} for tool, rest in given]
    plan = read_plan({"steps": raw}, catalogue(), look(workspace), request)
    return [(step.tool, step.arguments) for step in plan.steps]


def table_of(workspace: Workspace, request: str, given: tuple[str, dict[str, Any]]) -> list[list[Any]]:
    [(tool, arguments)] = steps(workspace, request, given)
    made = call(Job(workspace), tool, arguments).table
    assert made is not None
    return made.rows


@pytest.mark.parametrize(
    ("request_", "given", "rows"),
    [
        ("The names of all the columns", DESCRIBE,
         [["continent"], ["wine"], ["job"], ["made_year"], ["made_month"], ["made_day"], ["seen"]]),
        ("컬럼 이름 알려줘", DESCRIBE,
         [["continent"], ["wine"], ["job"], ["made_year"], ["made_month"], ["made_day"], ["seen"]]),
        ("Summarize only the job column", DESCRIBE,
         [["count", "2"], ["unique", "1"], ["top", "a"], ["freq", "2"]]),
        ("For each continent show the statistics for wine", QUERY,
         [["AS", 1, 5.0, None, 5, 5.0, 5.0, 5.0, 5],
          ["EU", 2, 15.0, 7.0710678118654755, 10, 12.5, 15.0, 17.5, 20]]),
        ("continent별 wine 기술통계 보여줘", QUERY,
         [["AS", 1, 5.0, None, 5, 5.0, 5.0, 5.0, 5],
          ["EU", 2, 15.0, 7.0710678118654755, 10, 12.5, 15.0, 17.5, 20]]),
        ("general statistics grouped by job", QUERY,
         [["a", 2, 15.0, 7.0710678118654755, 10, 12.5, 15.0, 17.5, 20, 2, 2021.0, 0.0, 2021.0, 2021.0, 2021.0, 2021.0,
           2021.0, 2, 16.5, 19.091883092036785, 3.0, 9.75, 16.5, 23.25, 30.0]]),
        ("For each continent show the statistics for wine consumption", QUERY,
         [["AS", 1, 5.0, None, 5, 5.0, 5.0, 5.0, 5],
          ["EU", 2, 15.0, 7.0710678118654755, 10, 12.5, 15.0, 17.5, 20]]),
        ("summary statistics of wine", DESCRIBE,
         [["count", 3.0], ["mean", 11.666666666666666], ["std", 7.637626158259733], ["min", 5.0], ["25%", 7.5],
          ["50%", 10.0], ["75%", 15.0], ["max", 20.0]]),
        ("describe the data with the describe method", DESCRIBE,
         [["count", 3.0, 2.0, 2.0], ["mean", 11.666666666666666, 2021.0, 16.5], ["std", 7.637626158259733, 0.0,
          19.091883092036785], ["min", 5.0, 2021.0, 3.0], ["25%", 7.5, 2021.0, 9.75], ["50%", 10.0, 2021.0, 16.5],
          ["75%", 15.0, 2021.0, 23.25], ["max", 20.0, 2021.0, 30.0]]),
        ("how many non-missing values are there in each column, in total?", QUERY,
         [["continent", 3], ["wine", 3], ["job", 2], ["made_year", 2], ["made_month", 2], ["made_day", 2], ["seen", 3]]),
    ],
)  # fmt: skip
def test_summaries_hold_what_is_asked_for(
    workspace: Workspace, request_: str, given: tuple[str, dict[str, Any]], rows: list[list[Any]]
) -> None:
    assert table_of(workspace, request_, given) == rows


@pytest.mark.parametrize(
    ("request_", "given"),
    [
        ("summarize my data", DESCRIBE),
        ("what is in this data?", DESCRIBE),
        ("the mean wine for each continent", QUERY),
        ("what are the mean and max statistics of wine?", QUERY),
    ],
)
def test_other_questions_stay_as_they_were(
    workspace: Workspace, request_: str, given: tuple[str, dict[str, Any]]
) -> None:
    assert [tool for tool, _ in steps(workspace, request_, given)] == [given[0]]


@pytest.mark.parametrize(
    ("request_", "methods"),
    [
        ("For numerical columns, fill with the mean. For categorical columns, fill with the mode.", ["mean", "mode"]),
        ("impute the median for number columns and the most frequent value for text columns", ["median", "mode"]),
        ("숫자형 컬럼은 중앙값으로, 범주형 컬럼은 최빈값으로 결측치 채워줘", ["median", "mode"]),
    ],
)
def test_numbers_and_categories_are_filled_in_ways_of_their_own(
    workspace: Workspace, request_: str, methods: list[str]
) -> None:
    made = steps(workspace, request_, ("fill_missing", {"method": "mean"}))
    assert made == [("fill_missing", {"dataset": "drinks", "method": method}) for method in methods]


@pytest.mark.parametrize(
    "request_",
    [
        "Fill the value of NaN with the number 10 in wine and 100 in made_day",
        "wine은 10, made_day는 100으로 빈칸을 채워줘",
    ],
)
def test_each_column_is_filled_with_the_number_beside_it(workspace: Workspace, request_: str) -> None:
    given = ("fill_missing", {"columns": ["wine", "made_day"], "method": "constant", "value": 10})
    assert steps(workspace, request_, given) == [
        ("fill_missing", {"dataset": "drinks", "method": "constant", "columns": ["wine"], "value": 10}),
        ("fill_missing", {"dataset": "drinks", "method": "constant", "columns": ["made_day"], "value": 100}),
    ]


def test_nothing_is_substituted_by_filling(workspace: Workspace) -> None:
    given = ("replace_values", {"column": "wine", "old": "NaN", "new": 1.0})
    assert steps(workspace, "now lets substitute the NaN values to 1.0", given) == [
        ("fill_missing", {"dataset": "drinks", "method": "constant", "value": 1})
    ]


@pytest.mark.parametrize(
    ("request_", "given", "tool", "columns"),
    [
        ("Slice the data from 'wine' until the 'made_year' column", ("query_data", {"sql": "SELECT * FROM drinks"}),
         "keep_columns", ["wine", "job", "made_year"]),
        ("drop the columns from job to made_month", ("drop_columns", {"columns": ["job"]}), "drop_columns",
         ["job", "made_year", "made_month"]),
        ("job 컬럼부터 made_day까지 남겨줘", ("keep_columns", {"columns": ["job"]}), "keep_columns",
         ["job", "made_year", "made_month", "made_day"]),
        ("keep the column job", ("keep_columns", {"columns": ["job"]}), "keep_columns", ["job"]),
    ],
)  # fmt: skip
def test_columns_between_two_that_are_named_are_meant(
    workspace: Workspace, request_: str, given: tuple[str, dict[str, Any]], tool: str, columns: list[str]
) -> None:
    assert steps(workspace, request_, given) == [(tool, {"dataset": "drinks", "columns": columns})]


def test_a_date_is_put_together_from_its_parts(workspace: Workspace) -> None:
    given = ("add_formula", {"name": "made", "formula": "made_year * 365"})
    [(tool, arguments)] = steps(
        workspace, 'Create a "made" column by combining "made_year", "made_month" and "made_day"', given
    )
    call(Job(workspace), tool, arguments)
    made = workspace.rows('SELECT made::VARCHAR FROM "drinks"')
    assert made == [("2021-03-03",), (None,), (None,)]  # there is no 30th of February


@pytest.mark.parametrize(
    "request_",
    [
        "test whether the difference in wine between continents is significant",
        "conduct a t-test to compare the wine across each continent",
    ],
)
def test_the_groups_that_a_request_names_are_compared(workspace: Workspace, request_: str) -> None:
    given = ("compare_groups", {"column": "job", "by": "wine", "test": "t_test"})
    assert steps(workspace, request_, given) == [
        ("compare_groups", {"dataset": "drinks", "column": "wine", "by": "continent", "test": "t_test"})
    ]


def test_a_series_gets_the_step_that_is_named(workspace: Workspace) -> None:
    given = ("change_type", {"columns": ["seen"], "type": "date"})
    [(tool, arguments)] = steps(workspace, "Change the frequency to monthly and sum the values", given)
    assert (tool, arguments) == (
        "resample_series",
        {"dataset": "drinks", "time": "seen", "unit": "month", "function": "sum", "fill": "zero"},
    )
    call(Job(workspace), tool, arguments)
    assert workspace.rows('SELECT seen::VARCHAR, wine FROM "drinks" ORDER BY 1') == [
        ("2024-01-01", 30), ("2024-02-01", 0), ("2024-03-01", 5),
    ]  # fmt: skip


def test_every_name_loses_the_ending_that_is_named(workspace: Workspace) -> None:
    add(workspace, "songs", 'SELECT 1 AS "dance_%", 2 AS "valence_%", 3 AS plays')
    raw = {"tool": "rename_column", "dataset": "songs", "column": "dance_%", "name": "dance"}
    request = 'Rename the columns to remove the "_%" suffix'
    plan = read_plan({"steps": [raw]}, catalogue(), look(workspace), request)
    renames = [{"column": "dance_%", "name": "dance"}, {"column": "valence_%", "name": "valence"}]
    assert [(step.tool, step.arguments) for step in plan.steps] == [
        ("rename_columns", {"dataset": "songs", "renames": renames})
    ]


def test_one_number_for_each_category_needs_no_target(workspace: Workspace) -> None:
    given = ("encode_categories", {"columns": ["job"], "method": "one_hot", "target": "job"})
    assert steps(workspace, "each job should be assigned a unique number", given) == [
        ("encode_categories", {"dataset": "drinks", "columns": ["job"], "method": "ordinal"})
    ]


@pytest.mark.parametrize(
    ("request_", "called"),
    [
        ("cross-tabulation with the count for each combination of size and place", ["pivot_table"]),
        ("For each combination of job and continent, calculate the mean wine", []),
        ("make all combinations of sizes and colours", ["cross_join"]),
        ("a function called majority that tells whether wine is above 17", []),
        ("make the city of each zip agree, by majority", ["repair_conflicts"]),
    ],
)
def test_further_tools_are_offered_for_their_own_words(request_: str, called: list[str]) -> None:
    assert [tool.name for tool in tools_asked_for(request_)] == called


def test_what_a_column_has_all_the_words_of_is_not_missing(workspace: Workspace) -> None:
    for named in ("continent_name", "Conti-Nent"):
        with pytest.raises(ToolError) as error:
            _truly_missing(Plan(missing=named), look(workspace), "show continent names")
        assert str(error.value) == f"The data may well hold {named}: look at continent."
    for missing in ("wines of Europe", "price"):
        assert _truly_missing(Plan(missing=missing), look(workspace), f"show {missing}").missing == missing


def test_what_need_be_no_column_is_not_said_to_be_missing_again(workspace: Workspace) -> None:
    request = "list the continents' names with the highest wine"
    with pytest.raises(ToolError) as error:
        _truly_missing(Plan(missing="name"), look(workspace), request)
    said: Any = {"replies": [{"role": "assistant", "content": ""}, {"role": "user", "content": str(error.value)}]}
    assert str(error.value) == "name need be no column of its own: it is asked of the columns there are. Use them."
    assert not _may_lack(said)


@pytest.mark.parametrize(
    ("request_", "given", "made"),
    [
        ("주 단위로 합쳐줘", "aggregate", ("resample_series", {"time": "seen", "unit": "week", "function": "sum", "fill": "zero"})),
        ("월 단위로 바꿔줘", "truncate_date", ("resample_series", {"time": "seen", "unit": "month"})),
        ("roll it up into months", "aggregate", ("resample_series", {"time": "seen", "unit": "month"})),
        ("7일 단위로 묶어줘", "aggregate", ("resample_series", {"time": "seen", "unit": "day", "step": 7})),
        ("격주로 합쳐줘", "aggregate", ("resample_series", {"time": "seen", "unit": "week", "step": 2, "function": "sum", "fill": "zero"})),
        ("두 달 간격으로 묶어줘", "aggregate", ("resample_series", {"time": "seen", "unit": "month", "step": 2})),
        ("3개월 단위로 바꿔줘", "truncate_date", ("resample_series", {"time": "seen", "unit": "month", "step": 3})),
        ("일주일 단위로 묶어줘", "resample_series", ("resample_series", {"time": "seen", "unit": "day"})),
        ("2주 단위로 묶어줘", "resample_series", ("resample_series", {"time": "seen", "unit": "week", "step": 2})),
        ("resample to every two weeks", "aggregate", ("resample_series", {"time": "seen", "unit": "week", "step": 2})),
        ("격주로 예측해줘", "aggregate", ("query_data", None)),
        ("7일 단위로 묶어서 보여줘", "aggregate", ("query_data", None)),
        ("continent별로 합쳐줘", "aggregate", ("aggregate", None)),
        ("sum wine by month", "aggregate", ("query_data", None)),
        ("만원 단위로 바꿔줘", "truncate_date", ("truncate_date", None)),
    ],
)  # fmt: skip
def test_a_series_gets_the_step_that_is_named_in_korean_too(
    workspace: Workspace, request_: str, given: str, made: tuple[str, dict[str, Any] | None]
) -> None:
    arguments = {
        "aggregate": {"group_by": ["seen"], "measures": [{"function": "sum", "column": "wine"}]},
        "truncate_date": {"column": "seen", "unit": "month"},
        "resample_series": {"time": "seen", "unit": "day"},
    }[given]
    [(tool, args)] = steps(workspace, request_, (given, arguments))
    assert (tool, args if made[1] is not None else None) == (made[0], made[1] and {"dataset": "drinks", **made[1]})


@pytest.mark.parametrize(
    ("request_", "columns"),
    [
        ("중복된 행 지워주시고 wine 없는건 빼주세요", ["wine"]),
        ("remove the duplicates and drop rows without a job", ["job"]),
        ("중복 제거하고 job이 비어있는 행은 삭제해줘", ["job"]),
        ("중복 지우고 wine 없는 컬럼은 빼줘", None),
        ("remove the duplicates and show wine", None),
        ("중복 제거하고 wine 빈칸은 채워줘", None),
    ],
)
def test_rows_without_a_value_go_where_that_is_the_second_wish(
    workspace: Workspace, request_: str, columns: list[str] | None
) -> None:
    made = steps(workspace, request_, ("drop_duplicates", {}))
    more = [("drop_missing", {"dataset": "drinks", "columns": columns})] if columns else []
    assert made == [("drop_duplicates", {"dataset": "drinks"}), *more]


@pytest.mark.parametrize(
    ("request_", "tool"),
    [
        ("처음이랑 지금 뭐가 달라졌는지 비교해줘", "compare_versions"),
        ("what has changed since the import?", "compare_versions"),
        ("작년이랑 올해 매출 비교해줘", None),
        ("what changed?", None),
    ],
)
def test_versions_are_compared_in_other_words_too(request_: str, tool: str | None) -> None:
    offered = [one.name for one in tools_asked_for(request_) if one.name == "compare_versions"]
    assert offered == ([tool] if tool else [])
