from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from assistant.context import ColumnFact, ModelFact, Situation, look
from assistant.drafts import _truly_missing
from assistant.named import without_results
from assistant.plan import Plan, read_plan
from assistant.unmatched import doubtful
from tests.small_project import add
from tools import catalogue
from tools.tool import ToolError
from tools.workspace import Workspace

PEOPLE = """SELECT * FROM (VALUES
    ('P1', 'Ann Lee', ' seoul', 'monthly', 'yes', 30, NULL), ('P2', 'Bob Ray', 'Seoul', 'yearly', 'no', 41, 2),
    ('P3', 'Cy Poe', 'Seoull', 'monthly', 'yes', NULL, 1), ('P4', 'Di Fox', '서울시', 'weekly', 'no', 52, NULL)
) AS t(person_id, name, city, plan, churned, age, floor)"""


@pytest.fixture(scope="module")
def situation(tmp_path_factory: pytest.TempPathFactory) -> Situation:
    """People who left or stayed, and new ones of whom that is not known."""
    with Workspace(tmp_path_factory.mktemp("project")) as workspace:
        add(workspace, "people_new", f"SELECT * EXCLUDE (churned) FROM ({PEOPLE})")
        add(workspace, "people", PEOPLE)
        return look(workspace)


Steps = list[tuple[str, dict[str, Any]]]


def _steps(situation: Situation, request: str, *steps: tuple[str, dict[str, Any]]) -> tuple[Steps, list[str]]:
    """The mended steps of a plan over `people`, and the reasons of those that were mended."""
    raw = [{"tool": tool, "dataset": "people"} | arguments for tool, arguments in steps]
    for step in raw:
        if step["tool"] == "query_data":
            del step["dataset"]
    plan = read_plan({"steps": raw}, catalogue(), situation, request)
    made = [
        (step.tool, {n: v for n, v in step.arguments.items() if (n, v) != ("dataset", "people")}) for step in plan.steps
    ]
    return made, [step.why for step in plan.steps if step.why]


TOTALS = "SELECT plan, count(*) AS n FROM people GROUP BY plan"


@pytest.mark.parametrize(
    ("request_", "tool"),
    [
        ("summarise the people by plan", "query_data"),
        ("break the number of people down per plan", "query_data"),
        ("요금제별 사람 수가 어떻게 되는지 정리해줘", "query_data"),
        ("turn this into one row per plan with the number of people", "transform_with_sql"),
        ("make a table of people per plan", "transform_with_sql"),
        ("요금제별 사람 수를 집계한 표로 만들어줘", "transform_with_sql"),
    ],
)
def test_totals_that_are_asked_for_leave_the_data_alone(request_: str, tool: str, situation: Situation) -> None:
    made, why = _steps(situation, request_, ("transform_with_sql", {"sql": TOTALS}))
    assert made == [(tool, {"sql": TOTALS})]
    assert why == (["Mended: totals are asked for, so the data stay as they are."] if tool == "query_data" else [])


def test_an_aggregation_that_is_asked_for_is_a_query(situation: Situation) -> None:
    measures = [{"function": "mean", "column": "age"}, {"function": "count"}]
    step = ("aggregate", {"group_by": ["plan"], "measures": measures})
    sql = "SELECT plan, avg(age), count(*) FROM people GROUP BY plan ORDER BY plan"
    assert _steps(situation, "break the mean age down by plan", step)[0] == [("query_data", {"sql": sql})]
    assert _steps(situation, "make one row per plan with the mean age", step)[0][0][0] == "aggregate"


@pytest.mark.parametrize(
    ("request_", "type_"),
    [
        ("city is text, make it a proper number", "decimal"),
        ("도시가 글자로 되어 있는데 숫자로 바꿔줘", "decimal"),
        ("change city from a number to text", "text"),
        ("make city text, not a number", "text"),
    ],
)
def test_a_type_is_the_one_that_is_said(request_: str, type_: str, situation: Situation) -> None:
    step = ("change_type", {"columns": ["city"], "type": "text"})
    assert _steps(situation, request_, step)[0] == [("change_type", {"columns": ["city"], "type": type_})]


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT * FROM people WHERE plan IN (SELECT plan FROM people GROUP BY plan)",
        "SELECT *, count(*) OVER (PARTITION BY plan) AS n FROM people",
        "SELECT *, (SELECT max(age) FROM people) AS oldest FROM people",
    ],
)
def test_a_select_that_keeps_the_rows_stays_a_change(sql: str, situation: Situation) -> None:
    assert (
        _steps(situation, "the number of people per plan", ("transform_with_sql", {"sql": sql}))[0][0][0]
        == "transform_with_sql"
    )


RECODE = ("Mended: in churned no becomes 0, yes becomes 1.", "CASE churned WHEN 'no' THEN 0 WHEN 'yes' THEN 1 END")


@pytest.mark.parametrize(
    ("request_", "step"),
    [
        ("turn churned into 1 for yes and 0 for no", ("change_type", {"columns": ["churned"], "type": "integer"})),
        ("churned to 1 for yes and 0 for no", ("rename_column", {"column": "churned", "name": "churned"})),
        ("recode churned: yes -> 1, no -> 0", ("replace_values", {"column": "churned", "old": "yes", "new": 1})),
        ("change yes to 1 and no to 0 in churned", ("replace_values", {"column": "churned", "old": "yes", "new": 1})),
        ("churned의 yes를 1, no를 0으로 바꿔줘", ("change_type", {"columns": ["churned"], "type": "integer"})),
        ("churned는 yes면 1, no면 0으로", ("change_type", {"columns": ["churned"], "type": "decimal"})),
    ],
)
def test_pairs_of_values_are_one_rule(request_: str, step: tuple[str, dict[str, Any]], situation: Situation) -> None:
    made, why = _steps(situation, request_, step)
    assert made == [("transform_with_sql", {"sql": f"SELECT * REPLACE ({RECODE[1]} AS churned) FROM people"})]
    assert why == [RECODE[0]]


def test_values_of_several_columns_are_replaced_in_those_that_hold_them(situation: Situation) -> None:
    said = "Replace 'monthly' with 'M' and 'Seoul' with 'SEL' in 'city' and 'plan'"
    step = ("replace_values", {"column": "plan", "old": "monthly", "new": "M"})
    city = "CASE city WHEN ' seoul' THEN 'SEL' WHEN 'Seoul' THEN 'SEL' ELSE city END AS city"
    plan = "CASE plan WHEN 'monthly' THEN 'M' ELSE plan END AS plan"
    made, whys = _steps(situation, said, step)
    assert made == [("transform_with_sql", {"sql": f"SELECT * REPLACE ({city}, {plan}) FROM people"})]
    assert whys == ["Mended: in city seoul becomes SEL, Seoul becomes SEL; in plan monthly becomes M."]
    assert _steps(situation, "replace monthly with M in plan", step)[0] == [step]


def test_texts_for_some_values_leave_the_others_and_other_columns_keep_their_step(situation: Situation) -> None:
    step = ("change_type", {"columns": ["age", "plan"], "type": "integer"})
    made, _ = _steps(situation, "write plan as short for weekly and long for yearly", step)
    case = "CASE plan WHEN 'weekly' THEN 'short' WHEN 'yearly' THEN 'long' ELSE plan END"
    assert made == [
        ("transform_with_sql", {"sql": f"SELECT * REPLACE ({case} AS plan) FROM people"}),
        ("change_type", {"columns": ["age"], "type": "integer"}),
    ]


@pytest.mark.parametrize(
    ("request_", "steps"),
    [
        ("turn plan into 1 for monthly and 0 for yearly", [("change_type", {"columns": ["plan"], "type": "integer"})]),
        ("make churned a number", [("change_type", {"columns": ["churned"], "type": "integer"})]),
        (
            "replace yes with left and no with stayed",
            [
                ("replace_values", {"column": "churned", "old": "yes", "new": "left"}),
                ("replace_values", {"column": "churned", "old": "no", "new": "stayed"}),
            ],
        ),
        ("replace yes with left in churned", [("replace_values", {"column": "churned", "old": "yes", "new": "left"})]),
    ],
)
def test_a_recoding_that_is_whole_or_not_said_stays(request_: str, steps: Steps, situation: Situation) -> None:
    assert _steps(situation, request_, *steps) == (steps, [])


@pytest.mark.parametrize(
    ("request_", "given", "filled"),
    [
        ("fill the missing floors with 0", {}, {"method": "constant", "value": 0}),
        ("fill empty floors with zeros", {"method": "mode"}, {"method": "constant", "value": 0}),
        ("fill missing city with unknown", {}, {"method": "constant", "value": "unknown"}),
        ("replace empty cells in city with 'not known'", {"method": "mode"}, {"method": "constant", "value": "not known"}),
        ("set blank floors to 1.5", {}, {"method": "constant", "value": 1.5}),
        ("빈 값은 0으로 채워줘", {}, {"method": "constant", "value": 0}),
        ("floor가 비어 있으면 0으로 채워줘", {"method": "median"}, {"method": "constant", "value": 0}),
        ("도시 빈칸을 미정으로 채워줘", {}, {"method": "constant", "value": "미정"}),
        ("impute the ages with the median", {"method": "mean"}, {"method": "median"}),
        ("floor 빈칸은 0으로 채우고 age를 지워줘", {}, {"method": "constant", "value": 0}),
        ("fill floor with unknown and drop age", {}, {"method": "constant", "value": "unknown"}),
        ("나이 빈칸은 평균으로 채워줘", {"method": "median"}, {"method": "mean"}),
        ("fill gaps with the most common value", {}, {"method": "mode"}),
        ("fill the gaps", {"method": "mean"}, {"method": "mean"}),
        ("fill the gaps with something sensible", {}, {}),
        ("fill the gaps with values from people_new", {}, {}),
        ("도시 빈칸을 알 수 없음으로 채워줘", {}, {}),
        ("빈칸을 적당한 값으로 채워줘", {}, {}),
        ("fill age with the mean and floor with the median", {"method": "mean"}, {"method": "mean"}),
        ("fill floor with 0", {"method": "constant", "value": 0}, {"method": "constant", "value": 0}),
    ],
)  # fmt: skip
def test_empty_cells_get_what_the_request_says(
    request_: str, given: dict[str, Any], filled: dict[str, Any], situation: Situation
) -> None:
    made, why = _steps(situation, request_, ("fill_missing", {"columns": ["city"]} | given))
    dropped = [("drop_columns", {"columns": ["age"]})] if request_.endswith("and drop age") else []
    assert made == [("fill_missing", {"columns": ["city"]} | filled), *dropped]
    assert bool(why) is (given != filled)


TRIM = ("clean_text", {"columns": ["city"], "action": "trim"})
LOWER = ("clean_text", {"columns": ["city"], "action": "lower"})
UPPER = ("clean_text", {"columns": ["city"], "action": "upper"})
AS_TEXT = ("change_type", {"columns": ["city"], "type": "text"})
SEOUL = ("replace_values", {"column": "city", "old": "서울시", "new": "서울"})
TYPO = ("replace_values", {"column": "city", "old": "Seoull", "new": "Seoul"})


@pytest.mark.parametrize(
    ("request_", "planned", "meant"),
    [
        ("city 앞뒤 공백 없애고 서울시는 서울로 통일해줘", [TRIM], [TRIM, SEOUL]),
        ("city 앞뒤 공백 없애고 서울시는 서울로 통일해줘", [SEOUL], [TRIM, SEOUL]),
        ("city 값이 대소문자랑 공백이 제각각이야. 공백 없애고 전부 소문자로 통일해줘", [AS_TEXT], [TRIM, LOWER]),
        ("trim the city and make it upper case", [TRIM], [TRIM, UPPER]),
        ("trim the city and make it upper case", [LOWER], [TRIM, UPPER]),
        ("tidy up city: no spaces around it, and Seoull is a typo for Seoul", [TYPO], [TRIM, TYPO]),
        ("tidy up city: no spaces around it, and Seoull is a typo for Seoul", [TRIM], [TRIM, TYPO]),
        ("trim city and change Seoull to Seoul", [TRIM], [TRIM, TYPO]),
        ("make the city lower case", [LOWER], [LOWER]),
        ("Capitalize city. Modify in place.", [AS_TEXT], [("clean_text", {"columns": ["city"], "action": "capitalize"})]),
        ("trim city, then drop age", [TRIM, ("drop_columns", {"columns": ["age"]})], [TRIM, ("drop_columns", {"columns": ["age"]})]),
        ("remove all spaces from the city", [LOWER], [LOWER]),
        ("city 공백은 미정으로 채우고 소문자로 바꿔줘", [LOWER], [LOWER]),
        ("change Seoull to lower case", [LOWER], [LOWER]),
        ("drop age and change Seoull to Seoul", [("drop_columns", {"columns": ["age"]})], [("drop_columns", {"columns": ["age"]})]),
    ],
)  # fmt: skip
def test_wishes_about_texts_are_completed(request_: str, planned: Steps, meant: Steps, situation: Situation) -> None:
    made, why = _steps(situation, request_, *planned)
    assert made == meant
    assert len(why) == len([step for step in meant if step not in planned])
    assert all(reason.startswith("Mended: the request ") for reason in why)


DROP = ("drop_columns", {"columns": ["age", "floor"]})


@pytest.mark.parametrize(
    ("request_", "condition"),
    [
        ("i only need the people on a monthly plan, throw out the rest", "plan = 'monthly'"),
        ("keep monthly and weekly people and drop the others", "plan IN ('monthly', 'weekly')"),
        ("monthly인 사람만 남기고 나머지는 버려줘", "plan = 'monthly'"),
        ("drop age and floor, keep the rest for the monthly people", ""),
        ("drop the columns of monthly people and keep the rest", ""),
        ("i only need what matters, throw out the rest", ""),
        ("drop what monthly people don't need", ""),
    ],
)
def test_rows_are_kept_where_no_column_was_named(request_: str, condition: str, situation: Situation) -> None:
    made, why = _steps(situation, request_, DROP)
    kept = [("filter_rows", {"condition": condition, "action": "keep"})]
    assert made == (kept if condition else [DROP])
    assert why == ([f"Mended: no column to drop is named, but rows to keep: {condition}."] if condition else [])


TRAIN = ("train_model", {"target": "churned"})


@pytest.mark.parametrize(
    ("request_", "filled"),
    [
        ("replace null values with the mean of the column", {"method": "mean"}),
        ("replace null values of age with 0", {"columns": ["age"], "method": "constant", "value": 0}),
    ],
)
def test_nothing_is_not_replaced_but_filled(request_: str, filled: dict[str, Any], situation: Situation) -> None:
    made, _ = _steps(situation, request_, ("replace_values", {"column": "age", "old": "", "new": "mean"}))
    assert made == [("fill_missing", filled)]


@pytest.mark.parametrize(
    ("request_", "step", "made"),
    [
        ("fill the missing values with the median", ("fill_missing", {"columns": ["city"]}), {"method": "median"}),
        ("빈 값을 중앙값으로 채워줘", ("treat_as_missing", {"columns": ["city"]}), {"method": "median"}),
        ("결측치를 평균으로 대체해줘", ("fill_missing", {"columns": ["city"], "method": "mean"}), {"method": "mean"}),
        ("fill the missing ages with the median", ("fill_missing", {"columns": ["age"]}), {"columns": ["age"], "method": "median"}),
        ("fill its missing values with the mean", ("fill_missing", {"columns": ["city"]}), {"columns": ["city"], "method": "mean"}),
        ("숫자 열의 빈 값을 평균으로 채워줘", ("fill_missing", {"columns": ["age"]}), {"columns": ["age"], "method": "mean"}),
    ],
)  # fmt: skip
def test_missing_values_at_large_are_those_of_every_column(
    request_: str, step: tuple[str, dict[str, Any]], made: dict[str, Any], situation: Situation
) -> None:
    [(tool, arguments)] = _steps(situation, request_, step)[0]
    arguments.pop("dataset", None)
    assert (tool, arguments) == ("fill_missing", made)


@pytest.mark.parametrize(
    ("request_", "other"),
    [("concatenate the two tables", "people_new"), ("repeat all rows once more", "people")],
)
def test_rows_of_the_other_dataset_are_appended(request_: str, other: str, situation: Situation) -> None:
    made, _ = _steps(situation, request_, ("concatenate_datasets", {"other": "people"}))
    assert made == [("concatenate_datasets", {"other": other})]


@pytest.mark.parametrize(
    ("request_", "filled"),
    [
        ("age 빈칸을 중앙값으로 채우고 churned 예측 모델을 만들어줘", {"columns": ["age"], "method": "median"}),
        ("fill age with the mean, then predict churned", {"columns": ["age"], "method": "mean"}),
        ("predict churned, age is often empty", None),
    ],
)
def test_what_is_filled_before_a_model_is_not_forgotten(
    request_: str, filled: dict[str, Any] | None, situation: Situation
) -> None:
    train = ("train_model", {"target": "churned"})
    made, _ = _steps(situation, request_, train)
    assert made == ([("fill_missing", filled), train] if filled else [train])


MODEL = ModelFact("people_churned", "churned", (ColumnFact("age", "decimal"), ColumnFact("plan", "text")))


@pytest.mark.parametrize(
    ("request_", "meant"),
    [
        ("train a model on people for churned and use it to predict people_new", [TRAIN, "new"]),
        ("people로 모델 만들어서 people_new 예측해줘", [TRAIN, "new"]),
        ("train a model on people for churned", [TRAIN]),
        ("train a model on people for churned, leave people_new for later", [TRAIN]),
    ],
)
def test_a_model_predicts_the_other_dataset_that_is_named(
    request_: str, meant: list[Any], situation: Situation
) -> None:
    new = ("predict_dataset", {"dataset": "people_new"})
    made, _ = _steps(situation, request_, TRAIN)
    assert made == [new if step == "new" else step for step in meant]


@pytest.mark.parametrize(
    ("request_", "existing"),
    [
        ("이걸로 people_new 사람들도 예측해줘", True),
        ("now use it on people_new", True),
        ("score people_new", True),
        ("train a new model on people_new for age", False),
        ("predict the age of people_new", False),
        ("predict churned", False),
    ],
)
def test_an_existing_model_is_used_where_it_fits(request_: str, existing: bool, situation: Situation) -> None:
    step = ("train_model", {"dataset": "people_new", "target": "age"})
    made, why = _steps(replace(situation, models=(MODEL,)), request_, step)
    used = ("predict_dataset", {"dataset": "people_new", "model": "people_churned"})
    assert made[0] == (used if existing else step) or (not existing and made[0][0] == "train_model")
    assert why == (
        ["Mended: people_churned predicts churned already, so people_new is predicted with it."] if existing else []
    )


def test_a_change_of_the_column_that_a_model_predicts_is_a_prediction(situation: Situation) -> None:
    step = ("change_type", {"dataset": "people_new", "columns": ["churned"], "type": "text"})
    modelled = replace(situation, models=(MODEL,))
    made, _ = _steps(modelled, "now tell for everyone in people_new", step)
    assert made == [("predict_dataset", {"dataset": "people_new", "model": "people_churned"})]
    own = ("change_type", {"columns": ["churned"], "type": "text"})
    assert _steps(modelled, "make churned text", own)[0] == [own]


@pytest.mark.parametrize(
    ("request_", "steps"),
    [
        ("trim the names and add half = age / 2", [("clean_text", {"columns": ["name"], "action": "trim"})]),
        (
            "half = (age + floor) / 2 컬럼 추가하고 이름은 공백 제거",
            [("clean_text", {"columns": ["name"], "action": "trim"})],
        ),
    ],
)
def test_a_formula_that_is_written_down_is_computed(request_: str, steps: Steps, situation: Situation) -> None:
    made, _ = _steps(situation, request_, *steps)
    formula = "age / 2" if "trim" in request_ else "( age + floor ) / 2"
    assert made[-1] == ("add_formula", {"name": "half", "formula": formula})


@pytest.mark.parametrize("request_", ["keep rows where age = 30", "drop floor, then name = plan", "make x = 3 of age"])
def test_what_is_no_formula_adds_no_step(request_: str, situation: Situation) -> None:
    made, _ = _steps(situation, request_, ("drop_columns", {"columns": ["floor"]}))
    assert made == [("drop_columns", {"columns": ["floor"]})]


@pytest.mark.parametrize(
    ("request_", "columns"), [("N/A and - just mean there is no value", None), ("N/A in plan is no value", ["plan"])]
)
def test_words_for_no_value_are_looked_for_everywhere(
    request_: str, columns: list[str] | None, situation: Situation
) -> None:
    step = {"columns": ["plan"], "values": ["N/A", "-"]}
    made, _ = _steps(situation, request_, ("treat_as_missing", step))
    rest = {} if columns is None else {"columns": columns}
    assert made == [("treat_as_missing", {"values": ["N/A", "-"]} | rest)]


@pytest.mark.parametrize(
    ("request_", "step", "meant"),
    [
        (
            "나이로 연령대 컬럼 만들어줘. 34세면 30대 이런 식으로",
            ("bin_column", {"column": "age", "bins": 4, "step": 10.0}),
            (
                "add_formula",
                {"name": "연령대", "formula": "CAST(CAST(floor(age / 10) * 10 AS INTEGER) AS VARCHAR) || '대'"},
            ),
        ),
        (
            "put age into 4 groups called generation",
            ("bin_column", {"column": "age", "bins": 4, "step": 10.0, "labels": ["a", "b", "c", "d"]}),
            ("bin_column", {"column": "age", "bins": 4, "labels": ["a", "b", "c", "d"], "name": "generation"}),
        ),
        (
            "group age in steps of 10",
            ("bin_column", {"column": "age", "bins": 4, "step": 10.0, "labels": ["a"]}),
            ("bin_column", {"column": "age", "step": 10.0}),
        ),
        (
            'create a new column named "Age Group": Low up to 1,000, High above',
            ("bin_column", {"column": "age", "edges": [1000.0, 100000.0], "labels": ["Low", "High"]}),
            ("bin_column", {"column": "age", "edges": [1000.0], "labels": ["Low", "High"], "name": "Age Group"}),
        ),
        (
            "나이 두 배인 값으로 갑절 컬럼을 추가해줘",
            ("add_formula", {"name": "double", "formula": "age * 2"}),
            ("add_formula", {"name": "갑절", "formula": "age * 2"}),
        ),
        (
            "add a new column with twice the age",
            ("add_formula", {"name": "twice", "formula": "age * 2"}),
            ("add_formula", {"name": "twice", "formula": "age * 2"}),
        ),
    ],
)
def test_a_new_column_is_called_and_grouped_as_said(
    request_: str, step: tuple[str, dict[str, Any]], meant: tuple[str, dict[str, Any]], situation: Situation
) -> None:
    made, _ = _steps(situation, request_, step)
    assert made == [meant]


@pytest.mark.parametrize(
    ("request_", "given", "meant"),
    [
        ('if val of "age" <40 then val=40', {"old": 40, "new": 40}, {"columns": ["age"], "lower": 40.0}),
        (
            "in column age, replace elements greater than 50 by 50",
            {"old": 50, "new": 50},
            {"columns": ["age"], "upper": 50.0},
        ),
        ("replace positive values of 'floor' to '0'", {"old": 1, "new": 0}, {"columns": ["floor"], "upper": 0.0}),
        ("if floor>0 update floor=0", {"old": 1, "new": 0}, {"columns": ["floor"], "upper": 0.0}),
        ("age가 20보다 작으면 20으로 바꿔줘", {"old": 20, "new": 20}, {"columns": ["age"], "lower": 20.0}),
        ("음수는 0으로 바꿔줘", {"old": -1, "new": 0}, {"lower": 0.0}),
    ],
)
def test_values_beyond_a_threshold_are_limited(
    request_: str, given: dict[str, Any], meant: dict[str, Any], situation: Situation
) -> None:
    made, _ = _steps(situation, request_, ("replace_values", {"column": "age"} | given))
    assert made == [("limit_values", meant)]


def test_a_limit_on_the_wrong_side_is_turned_and_another_value_is_a_rule(situation: Situation) -> None:
    made, _ = _steps(situation, "cap age at more than 50 to 50", ("limit_values", {"columns": ["age"], "lower": 50.0}))
    assert made == [("limit_values", {"columns": ["age"], "upper": 50.0})]
    made, _ = _steps(
        situation, "set age to 0 if it is less than 18", ("replace_values", {"column": "age", "old": 18, "new": 0})
    )
    sql = "SELECT * REPLACE (CASE WHEN age < 18 THEN 0 ELSE age END AS age) FROM people"
    assert made == [("transform_with_sql", {"sql": sql})]
    made, _ = _steps(
        situation, "set age to 0 if it is less than 1234567", ("replace_values", {"column": "age", "old": 1, "new": 0})
    )
    assert made == [("transform_with_sql", {"sql": sql.replace("18", "1234567")})]


@pytest.mark.parametrize(
    ("request_", "how"),
    [
        ("Join people and people_new on person_id", "inner"),
        ("merge people with people_new where the keys are equal", "inner"),
        ("merge people and people_new where left on 'person_id' and right on 'person_id'", "inner"),
        ("join the tables such that person_id in people is equal to person_id in people_new", "inner"),
        ("add the columns of people_new to every row by person_id", None),
        ("left join people and people_new on person_id", None),
    ],
)
def test_tables_joined_as_equals_keep_their_matches(request_: str, how: str | None, situation: Situation) -> None:
    made, _ = _steps(situation, request_, ("join_datasets", {"other": "people_new", "on": ["person_id"]}))
    assert made == [("join_datasets", {"other": "people_new", "on": ["person_id"]} | ({"how": how} if how else {}))]


@pytest.mark.parametrize(
    ("request_", "call"),
    [
        ("age를 소수 첫째 자리까지 반올림해줘", "round(age, 1)"),
        ("age를 소수 둘째 자리에서 반올림", "round(age, 1)"),
        ("round age to 2 decimals", "round(age, 2)"),
        ("round age to the nearest 10", "round(age, -1)"),
        ("round age", "round(age, 0)"),
    ],
)
def test_numbers_are_rounded_as_said(request_: str, call: str, situation: Situation) -> None:
    made, _ = _steps(situation, request_, ("change_type", {"columns": ["age"], "type": "decimal"}))
    assert made == [("transform_with_sql", {"sql": f"SELECT * REPLACE ({call} AS age) FROM people"})]


@pytest.mark.parametrize(
    ("request_", "step", "sql"),
    [
        ("Select the first 2 columns", ("query_data", {"sql": "SELECT * FROM people LIMIT 2"}), "SELECT person_id, name FROM people"),
        ("Select all columns except the last 5.", ("query_data", {"sql": "SELECT * FROM people"}), "SELECT person_id, name FROM people"),
        ("Show rows 2 to 3 and columns 1 to 2", ("take_rows", {"count": 3}), "SELECT person_id, name FROM people LIMIT 2 OFFSET 1"),
        ("Select every row after the third row", ("take_rows", {"count": 3}), "SELECT * FROM people OFFSET 3"),
        ("앞 2개 열만 보여줘", ("query_data", {"sql": "SELECT * FROM people"}), "SELECT person_id, name FROM people"),
        ("How many columns are there?", ("query_data", {"sql": "SELECT count(*) FROM people"}), "SELECT count(*) AS columns FROM (DESCRIBE people)"),
        (
            "Count the missing values of each column",
            ("query_data", {"sql": "SELECT count(*) FROM people"}),
            "SELECT * FROM (UNPIVOT (SELECT count(*) - count(COLUMNS(*)) FROM people) ON COLUMNS(*) INTO NAME column_name VALUE missing)",
        ),
        (
            "컬럼별 결측 비율",
            ("describe_data", {}),
            "SELECT * FROM (UNPIVOT (SELECT (count(*) - count(COLUMNS(*))) / count(*) FROM people) ON COLUMNS(*) INTO NAME column_name VALUE missing_ratio)",
        ),
        (
            "the number of distinct values per column",
            ("describe_data", {}),
            "SELECT * FROM (UNPIVOT (SELECT count(DISTINCT COLUMNS(*)) FROM people) ON COLUMNS(*) INTO NAME column_name VALUE different)",
        ),
    ],
)  # fmt: skip
def test_places_and_counts_of_columns_are_queries(
    situation: Situation, request_: str, step: tuple[str, dict[str, Any]], sql: str
) -> None:
    steps, whys = _steps(situation, request_, step)
    assert steps == [("query_data", {"sql": sql})]
    assert whys[0].startswith("Mended: ")


@pytest.mark.parametrize(
    ("request_", "step"),
    [
        ("Keep the first 2 columns", ("keep_columns", {"columns": ["person_id", "name"]})),
        ("Show the first 2 people", ("query_data", {"sql": "SELECT * FROM people LIMIT 2"})),
        ("How many columns have missing values?", ("describe_data", {})),
        ("first 2 columns of the yearly ones", ("query_data", {"sql": "SELECT * FROM people WHERE plan = 'yearly'"})),
    ],
)
def test_other_requests_keep_their_step(situation: Situation, request_: str, step: tuple[str, dict[str, Any]]) -> None:
    assert _steps(situation, request_, step)[0] == [step]


QUARTILES = "(SELECT quantile_cont(age, 0.25) FROM people)", "(SELECT quantile_cont(age, 0.75) FROM people)"


@pytest.mark.parametrize(
    ("request_", "looks"),
    [
        ("Detect the outliers in age", True),
        ("age의 이상치를 찾아줘", True),
        ("Find the outliers in age and remove them", False),
        ("age의 이상치를 처리해줘", False),
        ("age에 말도 안 되게 큰 값이 있어. 이상치를 적당한 값으로 눌러줘", False),
    ],
)
def test_outliers_that_are_asked_for_are_shown(situation: Situation, request_: str, *, looks: bool) -> None:
    given = ("handle_outliers", {"columns": ["age"]})
    low, high = QUARTILES
    if looks:
        assert _steps(situation, request_, ("check_quality", {}))[0][0][0] == "query_data"
    sql = f"SELECT * FROM people WHERE age < {low} - 1.5 * ({high} - {low}) OR age > {high} + 1.5 * ({high} - {low})"
    assert _steps(situation, request_, given)[0] == [("query_data", {"sql": sql}) if looks else given]


@pytest.mark.parametrize(
    ("request_", "how", "on"),
    [
        ("Merge only the rows with the same name on both people and people_new", "inner", ["name"]),
        ("Merge all rows in people and people_new", "full", ["person_id"]),
        ("left join people and people_new on plan", None, ["plan"]),
    ],
)
def test_tables_are_joined_by_the_key_that_is_named_or_looks_like_one(
    situation: Situation, request_: str, how: str | None, on: list[str]
) -> None:
    [(tool, made)], _ = _steps(situation, request_, ("join_datasets", {"other": "people_new", "on": ["city"]}))
    assert (tool, made["on"], made.get("how")) == ("join_datasets", on, how)


def test_tables_joined_along_their_rows_are_put_below_each_other(situation: Situation) -> None:
    step = ("join_datasets", {"other": "people_new", "on": ["person_id"]})
    made, _ = _steps(situation, "Join people and people_new along the rows", step)
    assert made == [("concatenate_datasets", {"other": "people_new"})]


def test_a_correlation_has_groups_only_where_they_are_asked_for(situation: Situation) -> None:
    step = ("correlate", {"columns": ["age", "floor"], "group_by": "plan"})
    assert _steps(situation, "correlation of age and floor", step)[0] == [("correlate", {"columns": ["age", "floor"]})]
    assert _steps(situation, "correlation of age and floor for each plan", step)[0] == [step]


def test_what_each_column_holds_is_never_missing(situation: Situation) -> None:
    reply = {"steps": [{"tool": "say_missing", "what": "all"}]}
    plan = read_plan(reply, catalogue(), situation, "Count the missing values of each column")
    assert [step.tool for step in plan.steps] == ["query_data"]
    assert read_plan(reply, catalogue(), situation, "Count the moons").missing == "all"


@pytest.mark.parametrize(
    ("request_", "step", "cell"),
    [
        (
            "Set the column 'floor' of people to a value 5",
            ("change_type", {"columns": ["floor"], "type": "integer"}),
            "5 AS floor",
        ),
        (
            "Set the column 'floor' of dataframe people to a value 5",
            ("change_type", {"columns": ["floor"], "type": "integer"}),
            "5 AS floor",
        ),
        (
            "Lets set the values of the rows 2 to 3 of the column 'floor' to NaN",
            ("query_data", {"sql": "SELECT * FROM people LIMIT 2 OFFSET 1"}),
            "CASE WHEN row_number() OVER () BETWEEN 2 AND 3 THEN NULL ELSE floor END AS floor",
        ),
        ("set plan = 'monthly' in all rows", ("fill_missing", {"columns": ["plan"]}), "'monthly' AS plan"),
        (
            "Set age as 5 in the 3rd row of people",
            ("replace_values", {"column": "age", "old": 5, "new": 3}),
            "CASE WHEN row_number() OVER () IN (3) THEN 5 ELSE age END AS age",
        ),
        (
            "floor 컬럼을 모두 0으로 설정해줘",
            ("replace_values", {"column": "floor", "old": 0, "new": 0}),
            "0 AS floor",
        ),
    ],
)
def test_a_value_that_is_set_is_set_where_the_request_says(
    request_: str, step: tuple[str, dict[str, Any]], cell: str, situation: Situation
) -> None:
    made, why = _steps(situation, request_, step)
    assert made == [("transform_with_sql", {"sql": f"SELECT * REPLACE ({cell}) FROM people"})]
    assert why[0].endswith("as the request says.")


@pytest.mark.parametrize(
    "request_",
    [
        "set the missing floor to 5",
        "set floor to 5 for Ann Lee",
        "set monthly to 'yearly' in plan",
        "set floor of yearly people to 5",
        "floor가 3 이상이면 5로 설정해줘",
    ],
)
def test_a_value_that_is_set_under_a_condition_is_left_to_the_plan(request_: str, situation: Situation) -> None:
    step = ("fill_missing", {"columns": ["floor"], "method": "constant", "value": 5})
    assert _steps(situation, request_, step)[0] == [step]


def test_rows_at_listed_places_are_shown(situation: Situation) -> None:
    step = ("query_data", {"sql": "SELECT * FROM people LIMIT 3"})
    for request_, places in (
        ("show the first and third row", "1, 3"),
        ("put rows 2, 3 and 4 of people in a list", "2, 3, 4"),
        ("2번째 행 보여줘", "2"),
    ):
        sql = f"SELECT * FROM people QUALIFY row_number() OVER () IN ({places})"
        assert _steps(situation, request_, step)[0] == [("query_data", {"sql": sql})]
    assert _steps(situation, "show the first row of each plan", step)[0] == [step]


def test_numbers_that_are_replaced_in_pairs_are_one_rule(situation: Situation) -> None:
    step = ("replace_values", {"column": "age", "old": 30, "new": 31})
    cell = "CASE age WHEN 30 THEN 31 WHEN -41 THEN 0 ELSE age END AS age"
    made, _ = _steps(situation, "in age replace value 30 with 31 and -41 with 0", step)
    assert made == [("transform_with_sql", {"sql": f"SELECT * REPLACE ({cell}) FROM people"})]


def test_columns_to_guess_from_go_with_a_guess(situation: Situation) -> None:
    said = "fill the empty age with the median"
    given = {"columns": ["age"], "method": "median", "using": ["floor"]}
    assert _steps(situation, said, ("fill_missing", given))[0] == [
        ("fill_missing", {"columns": ["age"], "method": "median"})
    ]


def test_a_filling_without_a_named_column_fills_every_one(situation: Situation) -> None:
    step = ("fill_missing", {"columns": ["age"], "method": "mean"})
    assert _steps(situation, "replace null values in people with the mean of the column", step)[0] == [
        ("fill_missing", {"method": "mean"})
    ]
    assert _steps(situation, "fill the empty age with the mean", step)[0] == [step]
    assert _steps(situation, "fill them with the mean", step)[0] == [step]


def test_names_that_end_in_a_number_or_a_letter_are_no_words_of_a_condition(tmp_path: Path) -> None:
    with Workspace(tmp_path / "project") as workspace:
        add(workspace, "df1", "SELECT 1 AS a, 2 AS industry")
        found = look(workspace)
    for said, cell in (("Set industry of df1 to 5", "5 AS industry"), ("Set 'a' as 7 in df1", "7 AS a")):
        made = read_plan(
            {"steps": [{"tool": "change_type", "dataset": "df1", "columns": ["a"], "type": "integer"}]},
            catalogue(), found, said,
        )  # fmt: skip
        assert made.steps[0].arguments["sql"] == f"SELECT * REPLACE ({cell}) FROM df1"


def test_duplicates_in_a_row_are_those_that_go(situation: Situation) -> None:
    step = ("drop_duplicates", {"columns": ["plan"]})
    sql = "SELECT * FROM people QUALIFY row_number() OVER () = 1 OR plan IS DISTINCT FROM lag(plan) OVER ()"
    assert _steps(situation, "remove consecutive duplicates of plan", step)[0] == [("transform_with_sql", {"sql": sql})]
    assert _steps(situation, "remove duplicates of plan", step)[0] == [step]


@pytest.mark.parametrize(
    ("request_", "clause"),
    [
        ("Get the third value from column 'age'", " LIMIT 1 OFFSET 2"),
        ("the last value of age", " QUALIFY row_number() OVER () = count(*) OVER ()"),
        ("age 2번째 값", " LIMIT 1 OFFSET 1"),
    ],
)
def test_one_value_of_a_column_by_its_place(request_: str, clause: str, situation: Situation) -> None:
    step = ("query_data", {"sql": "SELECT age[3] FROM people"})
    assert _steps(situation, request_, step)[0] == [("query_data", {"sql": f"SELECT age FROM people{clause}"})]


@pytest.mark.parametrize(
    ("request_", "tool", "times"),
    [
        ("Concatenate the rows of people thrice", "concatenate_datasets", 3),
        ("append people to itself twice", "repeat_rows", 3),
        ("repeat every row five times", "repeat_rows", 5),
        ("모든 행을 3번 반복해줘", "concatenate_datasets", 3),
    ],
)
def test_copies_are_counted_as_the_request_says(request_: str, tool: str, times: int, situation: Situation) -> None:
    arguments = {"times": 2} if tool == "repeat_rows" else {"other": "people", "how": "all"}
    assert _steps(situation, request_, (tool, arguments))[0] == [("repeat_rows", {"times": times})]


def test_another_dataset_put_below_is_no_copy(situation: Situation) -> None:
    step = ("concatenate_datasets", {"other": "people_new", "how": "all"})
    assert _steps(situation, "put people_new below people three times", step)[0] == [step]


@pytest.mark.parametrize(
    ("request_", "condition", "action"),
    [
        ("filter rows where age is not equal to 30", "age != 30", "keep"),
        ("filter rows where age is not equal to 30", "age = 30", "remove"),
        ("remove rows where age is not 30", "age != 30", "remove"),
    ],
)
def test_rows_that_a_request_says_no_to(request_: str, condition: str, action: str, situation: Situation) -> None:
    made, _ = _steps(situation, request_, ("filter_rows", {"condition": condition, "action": "remove"}))
    assert made == [("filter_rows", {"condition": condition, "action": action})]


def test_keys_that_end_in_the_same_word_belong_together(tmp_path: Path) -> None:
    with Workspace(tmp_path / "project") as workspace:
        add(workspace, "wide", "SELECT 'a' AS right_key, 1 AS value")
        add(workspace, "people", "SELECT 'a' AS left_key, 2 AS value")
        found = look(workspace)
    step = ("join_datasets", {"other": "wide", "on": ["left_key"], "how": "inner"})
    keys = {"other": "wide", "on": ["left_key"], "how": "inner", "other_on": ["right_key"]}
    assert _steps(found, "merge people and wide using inner join", step)[0] == [("join_datasets", keys)]


@pytest.mark.parametrize(
    ("request_", "given", "meant"),
    [
        ("month over month growth of age", {"measure": "count", "group_by": "plan"}, {}),
        (
            "growth of the number of people by plan",
            {"measure": "count", "group_by": "plan"},
            {"measure": "count", "group_by": "plan"},
        ),
        ("요금제별 월별 age 증감률", {"group_by": "plan"}, {"group_by": "plan"}),
        ("월별 age 평균 증감률", {"measure": "mean", "group_by": "plan"}, {"measure": "mean"}),
    ],
)
def test_periods_are_compared_in_groups_and_by_measures_that_are_asked_for(
    request_: str, given: dict[str, Any], meant: dict[str, Any], situation: Situation
) -> None:
    step = {"date": "floor", "value": "age"}
    assert _steps(situation, request_, ("compare_periods", step | given))[0] == [("compare_periods", step | meant)]


@pytest.mark.parametrize(
    ("request_", "given", "meant"),
    [
        (
            "add a running total of age, ordered by floor",
            {"order_by": ["floor"], "group_by": ["floor"], "descending": True},
            {"order_by": ["floor"]},
        ),
        ("add a running total of age within each plan", {"group_by": ["plan"]}, {"group_by": ["plan"]}),
        ("요금제별 age 누적합 컬럼 추가", {"group_by": ["plan"]}, {"group_by": ["plan"], "name": "누적합"}),
        (
            "add a column with the rank of age, highest first",
            {"descending": True},
            {"function": "rank", "descending": True},
        ),
    ],
)
def test_columns_along_the_rows_have_the_groups_and_the_direction_that_are_asked_for(
    request_: str, given: dict[str, Any], meant: dict[str, Any], situation: Situation
) -> None:
    step = {"function": "running_sum", "column": "age"}
    assert _steps(situation, request_, ("add_window", step | given))[0] == [("add_window", step | meant)]


@pytest.mark.parametrize(
    ("request_", "cells"),
    [
        ("Multiply every number of the dataset by 10", "age * 10 AS age, floor * 10 AS floor"),
        ("divide all numeric columns by 2.5", "age / 2.5 AS age, floor / 2.5 AS floor"),
        ("subtract 3 from all the values", "age - 3 AS age, floor - 3 AS floor"),
        ("모든 숫자에 10을 곱해줘", "age * 10 AS age, floor * 10 AS floor"),
    ],
)
def test_every_number_is_changed_alike(request_: str, cells: str, situation: Situation) -> None:
    made, why = _steps(situation, request_, ("fix_issues", {}))
    assert made == [("transform_with_sql", {"sql": f"SELECT * REPLACE ({cells}) FROM people"})]
    assert why == ["Mended: age and floor are changed alike, as the request says."]


def test_a_number_that_is_named_is_changed_alone(situation: Situation) -> None:
    step = ("add_formula", {"name": "age", "formula": "age * 10"})
    assert _steps(situation, "multiply all values of age by 10", step)[0] == [step]


@pytest.mark.parametrize(
    ("request_", "sql"),
    [
        (
            "Return the median per plan for every column",
            "SELECT plan, median(age) AS age, median(floor) AS floor FROM people WHERE plan IS NOT NULL"
            " GROUP BY plan ORDER BY plan",
        ),
        (
            "what is the average of each numeric column?",
            "SELECT * FROM (UNPIVOT (SELECT avg(age)::DOUBLE AS age, avg(floor)::DOUBLE AS floor FROM people)"
            " ON COLUMNS(*) INTO NAME column_name VALUE mean)",
        ),
        (
            "Group the entire dataframe by plan and city",
            "SELECT city, plan, avg(age) AS age, avg(floor) AS floor FROM people WHERE city IS NOT NULL AND plan IS NOT"
            " NULL GROUP BY city, plan ORDER BY city, plan",
        ),
    ],
)
def test_one_statistic_of_all_columns_is_one_query(request_: str, sql: str, situation: Situation) -> None:
    for step in (("keep_columns", {"columns": ["plan", "city"]}), ("query_data", {"sql": "SELECT plan FROM people"})):
        assert _steps(situation, request_, step)[0] == [("query_data", {"sql": sql})]


def test_one_statistic_of_a_named_column_is_left_to_the_plan(situation: Situation) -> None:
    step = ("query_data", {"sql": "SELECT plan, avg(age) FROM people GROUP BY plan"})
    for request_ in (
        "group the data by plan and count the rows",
        "group the people by plan and show the mean age",
        "mean age for each plan",
        "mean of age in all columns",
    ):
        assert _steps(situation, request_, step)[0] == [step]


@pytest.mark.parametrize(
    "request_",
    [
        "rename the columns as below:\n1) id\n2) who\n3) town\n4) tier\n5) left\n6) years\n7) level",
        "rename the columns as below: 1) id 2) who 3) town 4) tier 5) left 6) years 7) level",
        "Rename all columns to id, who, town, tier, left, years and level",
        "assign the columns 'id', 'who', 'town', 'tier', 'left', 'years', 'level'",
    ],
)
def test_as_many_names_as_columns_rename_them_all(request_: str, situation: Situation) -> None:
    sql = 'SELECT person_id AS id, name AS who, city AS town, plan AS tier, churned AS "left", age AS years, floor AS "level" FROM people'
    made, _ = _steps(situation, request_, ("rename_column", {"column": "person_id", "name": "id"}))
    assert [tool for tool, _ in made] == ["transform_with_sql"]
    assert made[0][1]["sql"].replace('"', "") == sql.replace('"', "")


def test_fewer_names_than_columns_rename_what_the_plan_says(situation: Situation) -> None:
    step = ("rename_column", {"column": "age", "name": "years"})
    assert _steps(situation, "rename the columns age to years", step)[0] == [step]


@pytest.mark.parametrize(
    ("request_", "columns"),
    [
        ("Delete the first, fourth and last columns", ["person_id", "plan", "floor"]),
        ("drop the 2nd column", ["name"]),
        ("remove columns 2, 3 and 5", ["name", "city", "churned"]),
        ("1번째와 3번째 열을 삭제해줘", ["person_id", "city"]),
    ],
)
def test_columns_are_dropped_by_their_places(request_: str, columns: list[str], situation: Situation) -> None:
    made, _ = _steps(situation, request_, ("drop_columns", {"columns": ["city", "age"]}))
    assert made == [("drop_columns", {"columns": columns})]


def test_a_column_that_is_named_is_not_taken_by_its_place(situation: Situation) -> None:
    step = ("drop_columns", {"columns": ["age"]})
    assert _steps(situation, "drop age, the second column of numbers", step)[0] == [step]


@pytest.mark.parametrize(
    ("request_", "cells"),
    [
        ("Set the values of the rows 2 to 3 of the column age to NaN", "row_number() OVER () BETWEEN 2 AND 3"),
        ("set age to null in the first 2 rows", "row_number() OVER () <= 2"),
        ("make age of the last 2 rows empty", "row_number() OVER () > count(*) OVER () - 2"),
    ],
)
def test_cells_are_emptied_in_the_rows_that_are_named(request_: str, cells: str, situation: Situation) -> None:
    made, _ = _steps(situation, request_, ("replace_values", {"column": "age", "old": 10, "new": 0}))
    sql = f"SELECT * REPLACE (CASE WHEN {cells} THEN NULL ELSE age END AS age) FROM people"
    assert made == [("transform_with_sql", {"sql": sql})]


def test_whole_rows_are_emptied(situation: Situation) -> None:
    made, why = _steps(
        situation, "Set the first 3 rows as NaN", ("replace_values", {"column": "age", "old": 0, "new": 1})
    )
    assert made[0][1]["sql"].count("CASE WHEN row_number() OVER () <= 3 THEN NULL ELSE") == 7
    assert why == ["Mended: every column is set to NULL in the named rows, as the request says."]


@pytest.mark.parametrize("request_", ["See the first 25 entries", "show me 3 rows", "give me 5 values of city"])
def test_a_count_of_rows_is_no_place(request_: str, situation: Situation) -> None:
    step = ("query_data", {"sql": "SELECT * FROM people LIMIT 25"})
    assert _steps(situation, request_, step)[0] == [step]


@pytest.mark.parametrize(
    ("request_", "descending"),
    [
        ("It seems the rows are from the most recent date. Make the first entry the oldest.", False),
        ("put the youngest age last and the lowest first", False),
        ("the highest age first please", True),
        ("최신순으로 정렬해줘", True),
    ],
)
def test_what_comes_first_decides_the_direction(request_: str, descending: bool, situation: Situation) -> None:
    made, _ = _steps(situation, request_, ("sort_rows", {"columns": ["age"], "descending": not descending}))
    assert made == [("sort_rows", {"columns": ["age"], "descending": descending})]


@pytest.mark.parametrize(
    "request_",
    [
        "mean age by city and plan (put city on the row and plan on the column)",
        "average age for each city, with the plan as columns",
        "도시별 평균 나이를 보여줘. plan을 열로",
    ],
)
def test_a_result_is_laid_out_as_the_request_says(request_: str, situation: Situation) -> None:
    sql = "SELECT city, plan, AVG(age) AS mean_age FROM people GROUP BY city, plan"
    pivot = f"PIVOT ({sql}) ON plan USING first(mean_age) GROUP BY city ORDER BY city"
    made, why = _steps(situation, request_, ("query_data", {"sql": f"{sql} ORDER BY mean_age"}))
    assert made == [("query_data", {"sql": pivot})]
    assert why == ["Mended: plan is laid out in columns, as the request says."]


def test_a_query_over_one_key_is_not_laid_out_anew(situation: Situation) -> None:
    step = ("query_data", {"sql": "SELECT plan, avg(age) FROM people GROUP BY plan"})
    assert _steps(situation, "mean age with the plan as columns", step)[0] == [step]


def test_the_last_rows_are_shown(situation: Situation) -> None:
    sql = "SELECT * FROM people QUALIFY row_number() OVER () > count(*) OVER () - 2"
    for request_ in ("See the last 2 entries", "마지막 2개 행 보여줘"):
        assert _steps(situation, request_, ("preview_data", {"count": 2}))[0] == [("query_data", {"sql": sql})]


def test_the_end_of_a_table_is_shown_without_a_number(situation: Situation) -> None:
    sql = "SELECT * FROM people QUALIFY row_number() OVER () > count(*) OVER () - 5"
    for request_ in ("Show the last elements of the data set.", "see the last few rows", "마지막 부분을 보여줘"):
        assert _steps(situation, request_, ("preview_data", {}))[0] == [("query_data", {"sql": sql})]
    step = ("preview_data", {})
    assert _steps(situation, "show the last rows of each plan", step)[0] == [step]


@pytest.mark.parametrize(
    ("request_", "counted"),
    [
        ("Is there any missing value in the dataframe?", True),
        ("Does the table contain any null values?", True),
        ("결측치가 있어?", True),
        ("Is there any missing value in age?", False),
    ],
)
def test_whether_anything_is_missing_counts_the_empty_cells(request_: str, counted: bool, situation: Situation) -> None:
    step = ("query_data", {"sql": "SELECT age FROM people"})
    each = "UNPIVOT (SELECT count(*) - count(COLUMNS(*)) FROM people) ON COLUMNS(*) INTO NAME column_name VALUE missing"
    sql = f"SELECT sum(missing) AS missing_values FROM (SELECT * FROM ({each}))"
    assert _steps(situation, request_, step)[0] == [("query_data", {"sql": sql}) if counted else step]


@pytest.mark.parametrize(
    ("request_", "step", "tool", "columns"),
    [
        (
            "Filter the columns from the dataframe where type equal to 'int64'",
            "filter_rows",
            "keep_columns",
            ["age", "floor"],
        ),
        ("keep only the numeric columns", "transform_with_sql", "keep_columns", ["age", "floor"]),
        (
            "drop the columns of type object",
            "drop_columns",
            "drop_columns",
            ["person_id", "name", "city", "plan", "churned"],
        ),
    ],
)
def test_columns_are_taken_by_what_they_hold(
    request_: str, step: str, tool: str, columns: list[str], situation: Situation
) -> None:
    given = {
        "filter_rows": {"condition": "dtype = 'int64'"},
        "transform_with_sql": {"sql": "SELECT age FROM people"},
        "drop_columns": {"columns": ["age"]},
    }
    assert _steps(situation, request_, (step, given[step]))[0] == [(tool, {"columns": columns})]
    other = ("keep_columns", {"columns": ["age"]})
    assert _steps(situation, "what is the mean of the numeric columns?", other)[0] == [other]


@pytest.mark.parametrize(
    "request_",
    [
        "number of rows minus number of rows in drop duplicates",
        "length of df - length of df after dropping duplicates",
        "How many duplicate rows are there? Give the number of duplicates",
        "Add number of duplicates in dataframe people",
        "중복된 행의 개수를 알려줘",
    ],
)
def test_copies_of_rows_are_counted(request_: str, situation: Situation) -> None:
    sql = "SELECT count(*) - (SELECT count(*) FROM (SELECT DISTINCT * FROM people)) AS duplicates FROM people"
    step = ("query_data", {"sql": "SELECT count(*) - count(*) FROM people"})
    assert _steps(situation, request_, step)[0] == [("query_data", {"sql": sql})]
    for other in ("drop the duplicates", "number of duplicates by city", "number of rows less than 5"):
        assert _steps(situation, other, step)[0] == [step]


def test_columns_that_keep_their_names_are_put_in_order(situation: Situation) -> None:
    idle = [("rename_column", {"column": name, "name": name}) for name in ("name", "age", "city")]
    made, whys = _steps(situation, "place the order of the columns as name, age, city", *idle)
    assert made == [("move_columns", {"columns": ["name", "age", "city"], "to": "first"})]
    assert whys == ["Mended: the columns stand in the order that the request names."]


@pytest.mark.parametrize(
    ("request_", "given", "kept"),
    [
        ("monthly for each city", ["city"], ["city"]),
        ("monthly for each city", ["joined", "nothing", "city"], ["city"]),
        ("monthly for each city", ["joined"], None),
        ("monthly means", ["city"], None),
    ],
)
def test_a_series_has_the_groups_that_are_asked_for(
    request_: str, given: list[str], kept: list[str] | None, tmp_path: Path
) -> None:
    with Workspace(tmp_path / "project") as workspace:
        add(workspace, "people", "SELECT DATE '2024-01-01' AS joined, 'Oslo' AS city, 3 AS age")
        found = look(workspace)
    base = {"time": "joined", "unit": "month", "columns": ["age"], "function": "mean"}
    [(_, made)], _ = _steps(found, request_, ("resample_series", base | {"group_by": given}))
    assert made == base | ({"group_by": kept} if kept else {})


def test_the_dataset_is_the_one_with_the_columns_in_quotes(tmp_path: Path) -> None:
    with Workspace(tmp_path / "project") as workspace:
        add(workspace, "people", "SELECT 1 AS age, 'x' AS name")
        add(workspace, "lights", 'SELECT 1 AS "Lamps (now)", 2 AS "Lamps (before)"')
        add(workspace, "last", "SELECT 1 AS other")
        found = look(workspace)
    said = 'Drop missing rows, then correlate "Lamps (now)" with "Lamps (before)"'
    assert _steps(found, said, ("drop_missing", {}))[0] == [("drop_missing", {"dataset": "lights"})]
    assert _steps(found, 'drop rows without "age"', ("drop_missing", {}))[0] == [("drop_missing", {})]


def test_names_of_a_result_are_never_missing(situation: Situation) -> None:
    said = 'The range of age per plan. Return a DataFrame with "Plan" as the index and "Lower Bound", "Spread" as the columns.'
    assert without_results(said)[1] == ["Plan", "Lower Bound", "Spread"]
    assert doubtful(situation, said) == ["range"]
    with pytest.raises(ToolError) as error:
        _truly_missing(Plan(missing="lower bound and spread"), situation, said)
    told = "lower bound and spread is what the result is to be called: compute it from the columns there are."
    assert str(error.value) == told
    told = "the lower bound per plan, as the seller's spread"
    assert _truly_missing(Plan(missing="spread"), situation, told) == Plan(missing="spread")


def test_tables_of_the_same_columns_are_put_one_below_the_other_where_no_key_is_named(tmp_path: Path) -> None:
    with Workspace(tmp_path / "other") as workspace:
        add(workspace, "cars1", "SELECT 1 AS id, 'a' AS model, 5 AS price")
        add(workspace, "cars2", "SELECT 2 AS id, 'b' AS model, 7 AS price")
        step = {"tool": "join_datasets", "dataset": "cars1", "other": "cars2", "on": ["model"]}
        for request_, tool in (
            ("Join cars1 and cars2 into a single table called cars", "concatenate_datasets"),
            ("Join cars1 and cars2 on model", "join_datasets"),
        ):
            assert read_plan({"steps": [step]}, catalogue(), look(workspace), request_).steps[0].tool == tool


@pytest.mark.parametrize(
    ("request_", "kept"),
    [
        ("Drop duplicated rows from the dataset", {}),
        ("keep one row per person", {"columns": ["person_id"]}),
        ("사람별로 중복을 제거해줘", {"columns": ["person_id"]}),
    ],
)
def test_duplicates_are_whole_rows_where_no_column_is_spoken_of(
    request_: str, kept: dict[str, Any], situation: Situation
) -> None:
    made, _ = _steps(situation, request_, ("drop_duplicates", {"columns": ["person_id"]}))
    assert made == [("drop_duplicates", kept)]


def test_what_each_column_holds_is_asked_after_a_change(situation: Situation) -> None:
    sql = "SELECT * FROM (UNPIVOT (SELECT count(DISTINCT COLUMNS(*)) FROM people) ON COLUMNS(*) INTO NAME column_name VALUE different)"
    said = "Drop duplicated rows from the dataset. Then count the unique values for each column."
    made, _ = _steps(situation, said, ("drop_duplicates", {}))
    assert made == [("drop_duplicates", {}), ("query_data", {"sql": sql})]


def test_a_formula_that_looks_at_other_rows_is_a_select(situation: Situation) -> None:
    formula = "age > (SELECT avg(age) FROM people)"
    made, why = _steps(
        situation, "add whether someone is older than the average", ("add_formula", {"name": "old", "formula": formula})
    )
    assert made == [("transform_with_sql", {"sql": f"SELECT *, {formula} AS old FROM people"})]
    assert why == ["Mended: the formula looks at other rows."]


@pytest.mark.parametrize(
    ("request_", "kept"),
    [
        ("Encode the plan with numbers, each plan gets a unique number", {"method": "ordinal"}),
        ("one-hot encode the plan", {"method": "one_hot"}),
        (
            "encode plan in the order weekly, monthly, yearly",
            {"method": "ordinal", "order": ["weekly", "monthly", "yearly"]},
        ),
    ],
)
def test_categories_are_encoded_as_the_request_says(request_: str, kept: dict[str, Any], situation: Situation) -> None:
    given = {
        "columns": ["plan"],
        "method": kept["method"] if "order" in kept else "one_hot",
        "order": kept.get("order", ["plan"]),
    }
    made, _ = _steps(situation, request_, ("encode_categories", given))
    assert made == [("encode_categories", {"columns": ["plan"], **kept})]


def test_the_table_that_has_the_key_is_joined(tmp_path: Path) -> None:
    with Workspace(tmp_path / "other") as workspace:
        add(workspace, "details", "SELECT 'NO' AS country, 1 AS size")
        add(workspace, "inflation", "SELECT 'NO' AS country, 2 AS rate")
        add(workspace, "forecast", "SELECT 3 AS rate, 4 AS month")
        step = {"tool": "join_datasets", "dataset": "details", "other": "forecast", "on": ["country"]}
        plan = read_plan({"steps": [step]}, catalogue(), look(workspace), "merge the details with the inflation")
        assert plan.steps[0].arguments["other"] == "inflation"


def test_a_formula_that_calls_a_tool_is_that_call(situation: Situation) -> None:
    for formula, step in (
        ("measure_text(name, 'words')", ("measure_text", {"column": "name", "measures": ["words"], "name": "n"})),
        (
            "validate_text(city, 'starts', 'Se')",
            ("validate_text", {"column": "city", "test": "starts", "value": "Se", "name": "n"}),
        ),
        ("length(name)", ("add_formula", {"formula": "length(name)", "name": "n"})),
    ):
        assert _steps(situation, "add n", ("add_formula", {"name": "n", "formula": formula}))[0] == [step]


@pytest.mark.parametrize(
    ("request_", "given", "made"),
    [
        (
            "add the age of the row before as a column called prev",
            {"function": "rank", "column": "age", "order_by": ["person_id"], "size": 1, "name": "prev"},
            {"function": "lag", "column": "age", "name": "prev"},
        ),
        (
            "도시별로 나이 순위를 매겨서 순위 컬럼을 추가해줘",
            {"function": "running_sum", "column": "age", "group_by": ["city"], "size": 100, "name": "나이 순위"},
            {"function": "rank", "column": "age", "group_by": ["city"], "name": "순위"},
        ),
        (
            "rolling mean of age over 3 rows",
            {"function": "rolling_sum", "column": "age", "size": 7},
            {"function": "rolling_mean", "column": "age", "size": 3},
        ),
        (
            "add the age of the row before as prev_age",
            {"function": "lag", "column": "person_id", "name": "prev_age"},
            {"function": "lag", "column": "age", "name": "prev_age"},
        ),
        (
            "나이는 빼고 floor 순위를 높은 순으로 추가해줘",
            {"function": "rank", "column": "floor"},
            {"function": "rank", "column": "floor", "descending": True},
        ),
        (
            "cumulative age",
            {"function": "running_sum", "column": "age"},
            {"function": "running_sum", "column": "age"},
        ),
    ],
)
def test_a_window_computes_what_the_request_says(
    request_: str, given: dict[str, Any], made: dict[str, Any], situation: Situation
) -> None:
    assert _steps(situation, request_, ("add_window", given))[0] == [("add_window", made)]


def test_columns_are_put_together_with_the_sign_that_is_named(situation: Situation) -> None:
    for request_, sign in (
        ("merge city and plan into one column called place with a dash between them", "-"),
        ("city와 plan을 밑줄로 이어서 place라는 컬럼을 만들어줘", "_"),
    ):
        step = ("add_formula", {"name": "place", "formula": "region || '+' || plan"})
        made = ("merge_columns", {"columns": ["city", "plan"], "name": "place", "separator": sign})
        assert _steps(situation, request_, step)[0] == [made]


def test_a_formula_and_a_condition_need_no_name_of_the_dataset(tmp_path: Path) -> None:
    from tools.mend import mend_condition, mend_formula

    with Workspace(tmp_path / "other") as workspace:
        add(workspace, "leads", """SELECT 'Brandt' AS "Company Name", 5 AS size""")
        assert mend_formula(workspace, "leads", "leads.size * 2 || 'leads.x'").sql == "size * 2 || 'leads.x'"
        assert mend_condition(workspace, "leads", """leads."Company Name" = 'x'""").sql == "\"Company Name\" = 'x'"


@pytest.mark.parametrize(
    ("request_", "given", "made"),
    [
        (
            "fill the empty floors with the last value above",
            {"columns": ["floor"], "method": "backward", "order_by": ["floor"]},
            {"columns": ["floor"], "method": "forward"},
        ),
        (
            "빈 나이를 바로 다음 값으로 채워줘",
            {"columns": ["age"], "method": "forward", "order_by": ["age"]},
            {"columns": ["age"], "method": "backward"},
        ),
        (
            "interpolate age in the order of person_id",
            {"columns": ["age"], "method": "forward", "order_by": ["person_id"]},
            {"columns": ["age"], "method": "interpolate", "order_by": ["person_id"]},
        ),
    ],
)
def test_cells_are_filled_along_the_rows_as_the_request_says(
    request_: str, given: dict[str, Any], made: dict[str, Any], situation: Situation
) -> None:
    assert _steps(situation, request_, ("fill_along", given))[0] == [("fill_along", made)]


def test_a_sample_is_a_share_or_a_number(situation: Situation) -> None:
    given = {"share": 0.5, "count": 0, "stratify_by": "plan", "per_group": True}
    made, _ = _steps(situation, "take a stratified sample of half the rows by plan", ("sample_rows", given))
    assert made == [("sample_rows", {"share": 0.5, "stratify_by": "plan"})]


def test_a_half_join_keeps_the_rows_of_the_table_that_stays(tmp_path: Path) -> None:
    with Workspace(tmp_path / "other") as workspace:
        add(workspace, "orders", "SELECT 1 AS buyer_id, 5 AS amount")
        add(workspace, "buyers", "SELECT 1 AS buyer_id, 'Ann' AS name")
        step = {"tool": "join_datasets", "dataset": "orders", "other": "buyers", "on": ["buyer_id"], "how": "left"}
        for request_, how in (
            ("left anti join: keep the buyers without any order in orders, by buyer_id", "anti"),
            ("keep only the buyers with orders (semi join on buyer_id)", "semi"),
        ):
            plan = read_plan({"steps": [step]}, catalogue(), look(workspace), request_)
            arguments = {"dataset": "buyers", "other": "orders", "on": ["buyer_id"], "how": how}
            assert plan.steps[0].arguments == arguments


def test_outliers_that_are_to_be_clipped_keep_their_rows(situation: Situation) -> None:
    step = ("remove_outliers", {"columns": ["age"], "rule": "iqr"})
    made = ("handle_outliers", {"columns": ["age"], "rule": "iqr", "method": "clip"})
    assert _steps(situation, "age의 이상치를 잘라내지 말고 경계값으로 눌러줘", step)[0] == [made]
    assert _steps(situation, "cap the outliers of age", step)[0] == [made]
    assert _steps(situation, "remove the outliers of age beyond the cap", step)[0] == [step]


@pytest.mark.parametrize(
    ("request_", "pairs"),
    [
        ("age는 나이로, floor는 층으로 컬럼 이름을 바꿔줘", {"age": "나이", "floor": "층"}),
        ("rename age to years and floor to level", {"age": "years", "floor": "level"}),
        ("rename the column age to 'years'", {"age": "years"}),
        (
            "Change column name 'age' to 'Age in Years' and column floor to 'Level'",
            {"age": "Age in Years", "floor": "Level"},
        ),
        ("give age a better name", {"age": "age_years"}),
        ("age 열 이름을 나이로 바꿔줘", {"age": "나이"}),
        ("age 컬럼의 이름을 '나이'로 변경해 주세요", {"age": "나이"}),
        ("age 컬럼명을 나이로 바꿔주세요.", {"age": "나이"}),
    ],
)
def test_columns_get_the_names_that_the_request_spells_out(
    request_: str, pairs: dict[str, str], situation: Situation
) -> None:
    made, _ = _steps(situation, request_, ("rename_column", {"column": "age", "name": "age_years"}))
    if len(pairs) == 1:
        [(old, new)] = pairs.items()
        assert made == [("rename_column", {"column": old, "name": new})]
    else:
        assert made == [("rename_columns", {"renames": [{"column": old, "name": new} for old, new in pairs.items()]})]


@pytest.mark.parametrize(
    ("request_", "new"),
    [
        ("age 열 이름을 등급으로 바꿔줘", "등급"),
        ("age의 이름을 등급으로 바꿔 줘", "등급"),
        ("rename age to class", "class"),
        ("please rename the column age to class.", "class"),
        ("age를 등급으로 바꿔줘", ""),
        ("age 열 이름을 등급으로 바꾸고 세 구간으로 나눠줘", ""),
        ("age 열 이름을 등급으로 바꿔서 세 구간으로 나눠줘", ""),
        ("rename age to class and put it in three groups", ""),
        ("put age in three groups called class", ""),
    ],
)
def test_a_request_for_another_name_alone_makes_nothing_else(request_: str, new: str, situation: Situation) -> None:
    other = ("bin_column", {"column": "age", "name": "등급", "bins": 3})
    made, _ = _steps(situation, request_, other)
    assert [tool for tool, _ in made] == (["rename_column"] if new else ["bin_column"])
    assert made[0][1] == {"column": "age", "name": new} if new else made[0][1]["column"] == "age"


def test_texts_are_measured_by_what_is_named(situation: Situation) -> None:
    given = {"column": "name", "measures": ["characters", "words", "digits"]}
    made, _ = _steps(situation, "add the number of words of name", ("measure_text", given))
    assert made == [("measure_text", {"column": "name", "measures": ["words"]})]


@pytest.mark.parametrize(
    ("request_", "kept"),
    [
        (
            "keep only one row per plan, the one with the highest age",
            {"columns": ["plan"], "keep": "largest", "by": "age"},
        ),
        ("keep one record for each city and plan", {"columns": ["city", "plan"]}),
        ("plan별로 age가 가장 작은 한 행만 남겨줘", {"columns": ["plan"], "keep": "smallest", "by": "age"}),
    ],
)
def test_one_row_of_each_stays_as_the_request_says(request_: str, kept: dict[str, Any], situation: Situation) -> None:
    assert _steps(situation, request_, ("drop_columns", {"columns": ["floor"]}))[0] == [("drop_duplicates", kept)]


@pytest.mark.parametrize(
    "request_",
    [
        "Add another column called tier. The values of tier are as follows:\n- monthly is low\n- yearly is high\n- weekly is in between",
        "Add another column called tier. The values of tier are as follows: - monthly is low - yearly is high - weekly is in between",
        "add a column named tier: monthly -> low yearly -> high weekly -> between",
    ],
)
def test_a_column_is_told_for_each_value_that_is_listed(request_: str, situation: Situation) -> None:
    formula = "CASE plan WHEN 'monthly' THEN 'low' WHEN 'yearly' THEN 'high' WHEN 'weekly' THEN 'between' END"
    for step in (
        ("join_datasets", {"other": "people_new", "on": ["plan"]}),
        ("copy_column", {"column": "plan", "name": "x"}),
    ):
        assert _steps(situation, request_, step)[0] == [("add_formula", {"name": "tier", "formula": formula})]
