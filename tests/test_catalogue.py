"""The catalogue holds every operator that tools for preparing data have, and requests in two languages call for them."""

from typing import Any

import pytest

from tools import catalogue, check_arguments, tools_asked_for

OPERATORS: list[tuple[str, str, dict[str, Any]]] = [
    *((f"{how} join", "join_datasets", {"other": "b", "on": ["k"], "how": how}) for how in ("inner", "left", "right", "full", "semi", "anti")),
    ("cross join", "cross_join", {"other": "b"}),
    ("several tables with their source, without duplicates", "concatenate_datasets", {"other": "b", "more": ["c"], "distinct": True, "source": "from"}),
    *((f"filter {test}", "filter_by_rules", {"rules": [{"column": "x", "comparison": test, "values": [1]}]}) for test in ("=", "!=", ">=", "<=", ">", "<", "in", "between", "contains")),
    ("filter is empty, or", "filter_by_rules", {"rules": [{"column": "x", "comparison": "is empty"}], "match": "any"}),
    ("filter by a condition", "filter_rows", {"condition": "x > 1 AND y IS NULL OR z"}),
    ("sort", "sort_rows", {"columns": ["a", "b"], "largest_first": ["b"]}),
    ("shuffle", "shuffle_rows", {"seed": 3}),
    ("first n", "take_rows", {"count": 5}),
    ("random sample", "sample_rows", {"share": 0.1, "seed": 3}),
    ("stratified sample", "sample_rows", {"count": 5, "stratify_by": "x", "per_group": True}),
    ("drop", "drop_columns", {"columns": ["a"]}),
    ("duplicate a column", "copy_column", {"column": "a"}),
    ("rename", "rename_columns", {"renames": [{"column": "a", "name": "b"}], "style": "snake_case"}),
    ("move", "move_columns", {"columns": ["a"], "to": "after", "column": "b"}),
    ("formula", "add_formula", {"name": "c", "formula": "a + b"}),
    ("change type", "change_type", {"columns": ["a"], "type": "integer"}),
    ("parse dates", "change_type", {"columns": ["a"], "type": "date", "format": "day_first"}),
    ("parse numbers", "change_type", {"columns": ["a"], "type": "decimal", "decimal": ","}),
    ("split", "split_column", {"column": "a", "names": ["b", "c"]}),
    ("merge", "merge_columns", {"columns": ["a", "b"], "name": "c"}),
    ("flatten JSON", "flatten_columns", {"columns": ["a"], "lists": "columns"}),
    ("explode lists", "explode_list", {"column": "a"}),
    *((f"duplicates, keep {keep}", "drop_duplicates", {"columns": ["k"], "keep": keep}) for keep in ("first", "last", "most_complete", "none")),
    ("duplicates, keep the newest", "drop_duplicates", {"columns": ["k"], "keep": "largest", "by": "day"}),
    *((action, "clean_text", {"columns": ["a"], "action": action}) for action in ("upper", "lower", "title", "trim", "remove_punctuation")),
    *((action, "edit_text", {"columns": ["a"], "action": action, "text": "0", "length": 5}) for action in ("pad_left", "pad_right")),
    *((action, "edit_text", {"columns": ["a"], "action": action, "text": "x", "by": "y"}) for action in ("prefix", "suffix", "replace")),
    ("regex extract", "extract_text", {"column": "a", "pattern": r"\d+"}),
    ("between delimiters", "extract_text", {"column": "a", "after": "(", "before": ")"}),
    ("by position", "extract_text", {"column": "a", "start": 2, "length": 3}),
    *((f"validate {test}", "validate_text", {"column": "a", "test": test, "value": "x", "low": 1}) for test in
      ("length", "starts", "ends", "alphanumeric", "letters", "digits", "spaces", "title", "lower", "upper", "numeric", "decimal")),
    ("date parts", "extract_date_part", {"column": "d", "parts": ["year", "weekday", "day_of_year"]}),
    ("cyclic", "add_cycle", {"column": "d", "cycle": "month"}),
    ("differences", "date_difference", {"start": "d", "end": "e", "unit": "months"}),
    ("truncate", "truncate_date", {"column": "d", "unit": "quarter"}),
    ("time zone", "convert_time_zone", {"columns": ["d"], "to": "Asia/Seoul"}),
    ("holidays", "add_holidays", {"column": "d", "country": "KR"}),
    ("group a series", "aggregate", {"group_by": ["k"], "measures": [{"function": "list", "column": "v"}]}),
    *((f"resample {function}", "resample_series", {"time": "d", "unit": "week", "function": function}) for function in ("mean", "median", "min", "max", "sum")),
    *((f"fill gaps {fill}", "resample_series", {"time": "d", "unit": "day", "fill": fill}) for fill in ("forward", "linear", "zero")),
    ("lag", "add_window", {"function": "lag", "column": "v", "order_by": ["d"]}),
    ("rolling", "add_window", {"function": "rolling_mean", "column": "v", "size": 7}),
    ("validate timestamps", "validate_timestamps", {"column": "d"}),
    ("equal length", "equalize_series", {"time": "d", "group_by": ["k"]}),
    ("features of a series", "series_features", {"time": "d", "group_by": ["k"]}),
    ("pivot", "pivot_table", {"rows": ["a"], "columns": "b"}),
    ("unpivot", "unpivot_columns", {"keep": ["a"]}),
    ("transpose", "transpose", {}),
    ("aggregate", "aggregate", {"group_by": ["a"], "measures": [{"function": "p90", "column": "v"}]}),
    ("window over a group", "add_window", {"function": "share", "column": "v", "group_by": ["k"]}),
    ("running total", "add_window", {"function": "running_sum", "column": "v"}),
    ("rank", "add_window", {"function": "rank", "column": "v"}),
    *((f"{how} split", "split_rows", {"how": how, "column": "k"}) for how in ("random", "stratified", "ordered", "by_key")),
    ("one guarded SELECT", "transform_with_sql", {"sql": "SELECT 1"}),
]  # fmt: skip


@pytest.mark.parametrize(("tool", "arguments"), [pytest.param(*rest, id=name) for name, *rest in OPERATORS])
def test_every_operator_is_a_tool_or_an_option_of_one(tool: str, arguments: dict[str, Any]) -> None:
    entry = catalogue()[tool]
    checked = check_arguments(entry, {"dataset": "a", **arguments})
    assert entry.effect == "derive"
    assert {name for name in arguments if name not in checked} == set()


REQUESTS: list[tuple[str, str]] = [
    ("cross_join", "Make all combinations of shops and days"),
    ("cross_join", "두 표를 교차 조인해줘"),
    ("paste_columns", "Put beta side by side with alpha"),
    ("paste_columns", "두 표를 옆으로 붙여줘"),
    ("concatenate_datasets", "Append january, february and march into one table"),
    ("concatenate_datasets", "1월, 2월, 3월 파일을 합쳐줘"),
    ("concatenate_datasets", "Stack them with a source column"),
    ("filter_by_rules", "Keep rows where any of these conditions holds: city is Oslo, age over 30"),
    ("filter_by_rules", "다음 조건을 모두 만족하는 행만 남겨줘"),
    ("sort_rows", "Sort by city ascending and by price descending"),
    ("sort_rows", "도시는 오름차순, 가격은 내림차순으로 정렬해줘"),
    ("drop_duplicates", "Remove duplicate customers but keep the newest"),
    ("drop_duplicates", "중복 고객은 가장 최근 것만 남겨줘"),
    ("take_rows", "Take the last 10 rows"),
    ("take_rows", "마지막 10행만 가져와"),
    ("take_rows", "Keep every third row"),
    ("take_rows", "Remove the first 2 rows"),
    ("rename_columns", "Make all column names snake_case"),
    ("rename_columns", "컬럼 이름을 모두 소문자로 바꿔줘"),
    ("change_type", "The dates are day first, make day a date"),
    ("flatten_columns", "Flatten the json in payload"),
    ("flatten_columns", "중첩된 컬럼을 펼쳐줘"),
    ("explode_list", "One row per tag please"),
    ("convert_time_zone", "Convert created_at from UTC to Seoul time"),
    ("convert_time_zone", "시간을 한국 시간대로 바꿔줘"),
    ("add_holidays", "Mark public holidays of Korea"),
    ("add_holidays", "공휴일 여부 컬럼을 추가해줘"),
    ("resample_series", "Resample the sales to weekly totals"),
    ("resample_series", "빠진 날짜를 채워줘"),
    ("resample_series", "Fill the missing dates with zero"),
    ("validate_timestamps", "Check the timestamps for problems"),
    ("validate_timestamps", "시계열 날짜를 검증해줘"),
    ("equalize_series", "Give all series the same length"),
    ("equalize_series", "시계열 길이를 같게 맞춰줘"),
    ("series_features", "Compute time series features for each sensor"),
    ("series_features", "시계열 특성을 뽑아줘"),
    ("add_window", "Add a column with the share of the total by shop"),
]


@pytest.mark.parametrize(("tool", "request_"), REQUESTS)
def test_requests_call_for_tools(tool: str, request_: str) -> None:
    assert tool in [found.name for found in tools_asked_for(request_)]


@pytest.mark.parametrize(
    "request_",
    [
        "How many customers are there in each city?",
        "What is the average age?",
        "Drop the column age",
        "Show the first 5 rows",
        "Who are the last customers?",
        "Join orders and customers on id",
        "지역별 평균 나이는?",
    ],
)
def test_plain_requests_call_for_nothing_more(request_: str) -> None:
    new = {"cross_join", "paste_columns", "filter_by_rules", "rename_columns", "flatten_columns", "convert_time_zone",
           "add_holidays", "resample_series", "validate_timestamps", "equalize_series", "series_features", "take_rows",
           "concatenate_datasets", "drop_duplicates", "sort_rows", "aggregate", "change_type"}  # fmt: skip
    assert new & {found.name for found in tools_asked_for(request_)} == set()
