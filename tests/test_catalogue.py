"""Every operator of preparation that Easel promises, each with the tool and the arguments that do it.

The list is written out: an operator that is lost, or whose arguments no longer do it, fails here by its name.
"""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.small_project import add
from tools import call, catalogue, tools_asked_for
from tools.tool import Job
from tools.workspace import Workspace

Operator = tuple[str, str, dict[str, Any]]

DATA = """SELECT i AS id, CASE WHEN i = 4 THEN NULL ELSE (i * 7 % 23 + 20 + CASE WHEN i = 30 THEN 900 ELSE 0 END)::DOUBLE END AS price,
  (i * i % 11)::INT AS amount, ['north', 'south', 'south'][1 + i % 3] AS region, CASE WHEN i % 5 = 0 THEN 'yes' ELSE 'no' END AS paid,
  CASE WHEN i = 7 THEN 'N/A' ELSE 'Good Product ' || i || ', fast' END AS note, DATE '2024-01-01' + (i * 3)::INT AS day,
  '$' || (1000 + i) || '.50' AS cost, '{"a": ' || i || '}' AS extra, [i, i + 1] AS tags,
  CASE WHEN i = 5 THEN 'rare' ELSE 'usual' END AS kind, CASE WHEN i % 9 = 0 THEN 'new york' ELSE 'New York' END AS city,
  TIMESTAMP '2024-01-01 08:30:00' + to_hours(i::INT) AS moment,
  CASE i WHEN 1 THEN 'Maria Lindqvist Andersen' WHEN 2 THEN 'Maria Lindqvst Andersen' ELSE md5(i::VARCHAR) END AS person FROM range(40) AS t(i)"""
SHOPS = "SELECT unnest(['north', 'west', 'east']) AS region, unnest(['Ann', 'Bob', 'Eve']) AS manager"

OPERATORS: dict[str, list[Operator]] = {
    "join": [
        (how, "join_datasets", {"other": "shops", "on": ["region"], "how": how})
        for how in ("inner", "left", "right", "full", "semi", "anti")
    ]
    + [
        ("cross", "cross_join", {"other": "shops"}),
        ("fuzzy", "fuzzy_join", {"other": "shops", "on": ["region"]}),
    ],
    "concatenate": [
        ("rows of several tables", "concatenate_datasets", {"other": "again"}),
        ("de-dup", "concatenate_datasets", {"other": "again", "distinct": True}),
        ("source column", "concatenate_datasets", {"other": "again", "source": "from_"}),
    ],
    "filter, sort, sample": [
        *(
            (test, "filter_rows", {"condition": condition})
            for test, condition in (
                ("=", "paid = 'yes'"),
                ("!=", "paid <> 'yes'"),
                (">= and <=", "price >= 25 AND price <= 40"),
                ("> or <", "price > 40 OR price < 25"),
                ("in", "region IN ('north')"),
                ("between", "amount BETWEEN 2 AND 5"),
                ("contains", "note LIKE '%1%'"),
                ("is empty", "price IS NULL"),
            )
        ),
        (
            "by rules that are picked",
            "filter_by_rules",
            {
                "rules": [
                    {"column": "amount", "comparison": ">", "values": [3]},
                    {"column": "price", "comparison": "is empty"},
                ],
                "match": "any",
            },
        ),
        ("sort", "sort_rows", {"columns": ["price"], "descending": True}),
        ("shuffle", "shuffle_rows", {"seed": 3}),
        ("first n", "take_rows", {"count": 5}),
        ("random sample", "sample_rows", {"count": 5, "seed": 1}),
        ("stratified sample", "sample_rows", {"share": 0.5, "stratify_by": "region"}),
    ],
    "manage columns": [
        ("drop", "drop_columns", {"columns": ["note"]}),
        ("duplicate", "copy_column", {"column": "price", "name": "price_2"}),
        ("rename", "rename_column", {"column": "price", "name": "cost_2"}),
        ("move", "move_columns", {"columns": ["price"], "to": "first"}),
        ("formula", "add_formula", {"name": "total", "formula": "price * amount"}),
        ("change type, parse numbers", "change_type", {"columns": ["cost"], "type": "decimal"}),
        ("split", "split_column", {"column": "note", "names": ["what", "how"], "separator": ","}),
        ("merge", "merge_columns", {"columns": ["region", "paid"], "name": "both"}),
        ("flatten JSON", "flatten_columns", {"columns": ["extra"]}),
        ("explode lists", "explode_list", {"column": "tags"}),
    ],
    "missing": [
        *(
            (f"fill {how}", "fill_missing", {"columns": ["price"], "method": how})
            for how in ("mean", "median", "mode", "model", "neighbours")
        ),
        ("fill constant", "fill_missing", {"columns": ["price"], "method": "constant", "value": 0}),
        ("fill group-wise", "fill_missing", {"columns": ["price"], "group_by": ["region"]}),
        *(
            (f"fill {how}", "fill_along", {"columns": ["price"], "method": how})
            for how in ("forward", "backward", "interpolate")
        ),
        ("drop rows", "drop_missing", {}),
        ("drop columns above a share", "drop_sparse_columns", {"above": 0.01}),
        ("indicator column", "flag_missing", {"columns": ["price"]}),
        ("null words become empty", "treat_as_missing", {}),
    ],
    "duplicates": [
        *(
            (f"on chosen columns, keep {keep}", "drop_duplicates", {"columns": ["region", "kind"], "keep": keep})
            for keep in ("first", "last", "most_complete", "none")
        ),
        (
            "on chosen columns, keep the newest",
            "drop_duplicates",
            {"columns": ["region"], "keep": "largest", "by": "day"},
        ),
        ("fuzzy, marked", "mark_near_duplicates", {"columns": ["person"]}),
        ("fuzzy, dropped", "drop_near_duplicates", {"columns": ["person"]}),
    ],
    "outliers": [
        *(
            (
                f"{rule}, {way}{', per group' if groups else ''}",
                tool,
                {"columns": ["price"], "rule": rule, **how, **numbers, **groups},
            )
            for rule, numbers in (
                ("robust_sd", {}),
                ("sd", {}),
                ("quantile", {"lower": 0.1, "upper": 0.9}),
                ("min_max", {"lower": 21, "upper": 50}),
                ("iqr", {}),
            )
            for way, tool, how in (
                ("clip", "handle_outliers", {"method": "clip"}),
                ("blank", "handle_outliers", {"method": "blank"}),
                ("remove", "remove_outliers", {}),
            )
            for groups in ({}, {"group_by": ["region"]})
        ),
        ("replace rare categories", "group_rare", {"column": "kind", "below": 0.1}),
    ],
    "text columns": [
        *((how, "clean_text", {"columns": ["note"], "action": how}) for how in ("upper", "lower", "title")),
        ("remove symbols", "clean_text", {"columns": ["note"], "action": "remove_punctuation"}),
        ("prefix", "edit_text", {"columns": ["note"], "action": "prefix", "text": "a"}),
        ("suffix", "edit_text", {"columns": ["note"], "action": "suffix", "text": "a"}),
        ("pad", "edit_text", {"columns": ["region"], "action": "pad_left", "text": " ", "length": 9}),
        ("find/replace", "edit_text", {"columns": ["note"], "action": "replace", "text": "Good", "by": "Fine"}),
        ("regex extract", "extract_text", {"column": "note", "pattern": r"\d+"}),
        ("between delimiters", "extract_text", {"column": "note", "after": "Product", "before": ","}),
        ("by position", "extract_text", {"column": "note", "start": 1, "length": 4}),
        *(
            (f"validate {test}", "validate_text", {"column": "note", "test": test, **more})
            for test, more in (
                ("length", {"low": 3}),
                ("starts", {"value": "Good"}),
                ("ends", {"value": "fast"}),
                ("alphanumeric", {}),
                ("letters", {}),
                ("digits", {}),
                ("spaces", {}),
                ("title", {}),
                ("lower", {}),
                ("upper", {}),
                ("numeric", {}),
                ("decimal", {}),
            )
        ),
    ],
    "unify": [("spellings of one value", "unify_spellings", {"columns": ["city"]})],
    "featurize text": [
        ("character statistics", "measure_text", {"column": "note", "measures": ["characters", "words", "digits"]}),
        ("count vectors", "vectorize_text", {"columns": ["note"], "method": "count", "words": 5}),
        ("tf-idf vectors", "vectorize_text", {"columns": ["note"], "method": "tfidf", "words": 5}),
        ("sentence embeddings", "embed_text", {"columns": ["note"], "count": 3}),
    ],
    "dates": [
        ("extract parts", "extract_date_part", {"column": "day", "parts": ["year", "month", "weekday"]}),
        ("cyclic features", "add_cycle", {"column": "day", "cycle": "month"}),
        ("differences", "date_difference", {"start": "day", "until": "2025-01-01", "unit": "days"}),
        ("truncate", "truncate_date", {"column": "day", "unit": "month"}),
        ("time zone", "convert_time_zone", {"columns": ["moment"], "to": "Asia/Seoul"}),
        ("holidays", "add_holidays", {"column": "day", "country": "KR"}),
    ],
    "encode, scale": [
        *(
            (how, "encode_categories", {"columns": ["region"], "method": how})
            for how in ("ordinal", "one_hot", "similarity")
        ),
        ("target", "encode_categories", {"columns": ["region"], "method": "target", "target": "paid"}),
        ("binning by width", "bin_column", {"column": "amount", "bins": 3}),
        ("binning by count", "bin_column", {"column": "amount", "bins": 3, "how": "count"}),
        ("binning by edges", "bin_column", {"column": "amount", "edges": [3, 6]}),
        *(
            (how, "scale_columns", {"columns": ["id", "price"], "method": how})
            for how in ("standard", "robust", "minmax", "maxabs", "log", "yeo_johnson")
        ),
        ("box_cox", "scale_columns", {"columns": ["price"], "method": "box_cox"}),
    ],
    "reduce, balance": [
        ("PCA by count", "reduce_columns", {"columns": ["id", "price", "amount"], "count": 2}),
        ("PCA by variance", "reduce_columns", {"columns": ["id", "price", "amount"], "variance": 0.5}),
        *((f"random {how}", "balance_classes", {"column": "paid", "method": how}) for how in ("over", "under")),
        ("SMOTE", "balance_classes", {"column": "paid", "method": "smote"}),
    ],
    "time series": [
        ("group", "aggregate", {"group_by": ["region"], "measures": [{"function": "list", "column": "price"}]}),
        *(
            (
                f"resample, {function}",
                "resample_series",
                {"time": "day", "unit": "week", "columns": ["price"], "function": function},
            )
            for function in ("mean", "median", "min", "max", "sum")
        ),
        *(
            (
                f"fill gaps, {fill}",
                "resample_series",
                {"time": "day", "unit": "day", "columns": ["price"], "fill": fill},
            )
            for fill in ("forward", "linear", "zero")
        ),
        ("validate timestamps", "validate_timestamps", {"column": "day"}),
        ("equal length", "equalize_series", {"time": "day", "group_by": ["region"]}),
        ("features", "series_features", {"time": "day", "group_by": ["region"], "columns": ["price"]}),
        ("lag", "add_window", {"function": "lag", "column": "price", "order_by": ["day"]}),
        ("rolling", "add_window", {"function": "rolling_mean", "column": "price", "order_by": ["day"], "size": 3}),
    ],
    "reshape": [
        ("pivot", "pivot_table", {"rows": ["region"], "columns": "paid", "value": "amount", "function": "sum"}),
        ("unpivot", "unpivot_columns", {"columns": ["price", "amount"]}),
        ("transpose", "transpose", {}),
        ("aggregate", "aggregate", {"group_by": ["region"], "measures": [{"function": "sum", "column": "amount"}]}),
        ("running total", "add_window", {"function": "running_sum", "column": "amount", "order_by": ["day"]}),
        ("rank", "add_window", {"function": "rank", "column": "amount"}),
    ],
    "split": [
        ("random", "split_rows", {}),
        ("ordered", "split_rows", {"how": "ordered", "column": "day"}),
        ("stratified", "split_rows", {"how": "stratified", "column": "paid"}),
        ("by key", "split_rows", {"how": "by_key", "column": "region"}),
    ],
    "custom": [("one guarded SELECT", "transform_with_sql", {"sql": "SELECT id, price FROM sales"})],
}
CASES = [(group, *operator) for group, operators in OPERATORS.items() for operator in operators]


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workspace]:
    with Workspace(Path(tmp_path_factory.mktemp("catalogue"))) as opened:
        add(opened, "sales", DATA)
        add(opened, "again", DATA)
        add(opened, "shops", SHOPS)
        yield opened


@pytest.mark.parametrize(
    ("group", "operator", "tool", "arguments"), CASES, ids=[f"{case[0]}: {case[1]}" for case in CASES]
)
def test_each_operator_makes_a_new_version(
    workspace: Workspace, group: str, operator: str, tool: str, arguments: dict[str, Any]
) -> None:
    workspace.set_head("sales@1")
    assert catalogue()[tool].group, f"{group}: {operator}"
    outcome = call(Job(workspace), tool, {"dataset": "sales", **arguments})
    assert outcome.dataset not in (None, "sales@1")
    assert outcome.sql
    assert workspace.rows(f'SELECT count(*) FROM "{outcome.dataset}"')[0][0] > 0


PROOFS = {
    "SQL letter by letter": r"sql\b[^\n]*==|== sql\b|\boutcome\.sql\n|\boutcome\.sql,",
    "a replay on other rows": r"\breplay\w*\(",
    "a case of wrong input": r"raises\(\s*ToolError|raises\(ToolError",
}


@pytest.mark.parametrize("tool", [tool.name for tool in catalogue().values() if tool.is_transform])
def test_each_transform_has_its_sql_a_replay_and_wrong_input_in_a_test_of_its_own(tool: str) -> None:
    """Looks for the kinds of proof in the files that name the tool; what they prove is theirs to say."""
    others = {"test_catalogue.py", "test_plan.py", "test_steps.py", "test_kill_steps.py", "test_browser.py"}
    files = [path for path in Path(__file__).parent.glob("test_*.py") if path.name not in others]
    own = [
        text
        for path in files
        if f'"{tool}"' in (text := path.read_text(encoding="utf-8")) and "amending" not in path.name
    ]
    assert [what for what, pattern in PROOFS.items() if not any(re.search(pattern, text) for text in own)] == []


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
    ("fill_missing", "Fill the missing prices with the median of each region"),
    ("fill_missing", "가격의 결측치를 지역별 평균으로 채워줘"),
    ("fill_missing", "Impute the missing prices with a model"),
    ("fill_missing", "Fill the missing prices from the 5 nearest neighbours"),
    ("fill_missing", "가격의 결측치를 비슷한 행의 값으로 채워줘"),
    ("handle_outliers", "Clip the outliers of price within each region"),
    ("remove_outliers", "강건한 표준편차로 이상치를 제거해줘"),
    ("encode_categories", "Target encode region by paid"),
    ("encode_categories", "지역을 타깃 인코딩해줘"),
    ("scale_columns", "Apply a Box-Cox transform to price"),
    ("scale_columns", "가격을 로그 변환해줘"),
    ("vectorize_text", "Make TF-IDF features of note"),
    ("vectorize_text", "리뷰를 단어 벡터로 바꿔줘"),
    ("embed_text", "Add sentence embeddings of the note column"),
    ("embed_text", "리뷰를 문장 임베딩으로 바꿔줘"),
    ("reduce_columns", "Run a PCA on the numbers and keep 95 % of the variance"),
    ("reduce_columns", "주성분 분석으로 차원을 줄여줘"),
    ("balance_classes", "The classes are imbalanced, use SMOTE"),
    ("balance_classes", "클래스 불균형을 오버샘플링으로 맞춰줘"),
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
