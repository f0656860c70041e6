"""Repairs that a request tells one by one, each of which becomes a step, and requests in which nothing is to be added."""

from typing import Any

import pytest

from assistant.amending.one_by_one import ORDER
from assistant.context import Situation, look
from assistant.plan import read_plan
from tests.small_project import add
from tools import catalogue
from tools.workspace import Workspace

BOATS = """SELECT ['2024-03-01', '4/3/2024', '7 Mar 2024'][1 + i % 3] AS launched_on, '€' || (1000 + i) || '.50' AS hire_price,
    ['12', 'n/a', '7'][1 + i % 3] AS crew_years, ['yacht', 'yatch', 'Dinghy '][1 + i % 3] AS kind, i % 5 AS berths,
    ['yes', 'no'][1 + i % 2] AS damaged FROM range(30) t(i)"""
Steps = list[tuple[str, dict[str, Any]]]
TRIM = ("clean_text", {"columns": ["kind"], "action": "trim"})
DATES = ("change_type", {"columns": ["launched_on"], "type": "date"})
NUMBERS = ("change_type", {"columns": ["hire_price"], "type": "decimal"})
SPELT = ("unify_spellings", {"columns": ["kind"]})
ONCE: tuple[str, dict[str, Any]] = ("drop_duplicates", {})
BUILD = ("train_model", {"target": "damaged"})


@pytest.fixture(scope="module")
def situation(tmp_path_factory: pytest.TempPathFactory) -> Situation:
    with Workspace(tmp_path_factory.mktemp("project")) as workspace:
        add(workspace, "harbours", "SELECT 'Brest' AS harbour, 4 AS piers")
        add(workspace, "boats", BOATS)
        return look(workspace)


def planned(situation: Situation, request: str, *given: tuple[str, dict[str, Any]]) -> Steps:
    raw = [{"tool": tool, "dataset": "boats"} | rest for tool, rest in given]
    plan = read_plan({"steps": raw}, catalogue(), situation, request)
    return [(step.tool, {n: v for n, v in step.arguments.items() if n != "dataset"}) for step in plan.steps]


@pytest.mark.parametrize(
    ("request_", "steps"),
    [
        (
            "Bring the dates in launched_on to one form, strip the euro sign from hire_price and make it a number, treat n/a and unknown as empty, drop the double rows and put the misspelt kinds right",
            [("treat_as_missing", {"values": ["n/a", "unknown"]}), DATES, NUMBERS, SPELT, ONCE],
        ),
        ("Fix the date formats, the currency signs in hire_price, the duplicates and the spelling of kind.", [DATES, NUMBERS, SPELT, ONCE]),
        ("n/a means missing; hire price should be a number; remove double rows please", [("treat_as_missing", {"values": ["n/a"]}), NUMBERS, ONCE]),
        ("Remove duplicate rows, then fill berths with the median", [ONCE, ("fill_missing", {"columns": ["berths"], "method": "median"})]),
        ("Trim the spaces in kind and drop the column launched on", [TRIM, ("drop_columns", {"columns": ["launched_on"]})]),
        ("Treat '-' and 'n/a' in hire_price as missing and convert it to a number", [("treat_as_missing", {"columns": ["hire_price"], "values": ["-", "n/a"]}), NUMBERS]),
        ("Turn hire_price into a proper number and launched_on into real dates", [NUMBERS, DATES]),
        ("Standardise the spelling of kind and the format of launched_on", [DATES, SPELT]),
    ],
)  # fmt: skip
def test_each_repair_that_is_told_is_a_step(request_: str, steps: Steps, situation: Situation) -> None:
    assert planned(situation, request_, ("clean_text", {"columns": ["kind"]})) == steps


def test_what_no_repair_is_stays_as_planned(situation: Situation) -> None:
    request = "Drop the launched_on column, remove the duplicated rows, and build a model for damaged"
    gone = ("drop_columns", {"columns": ["launched_on"]})
    assert [tool for tool, _ in planned(situation, request, gone, BUILD)] == ["drop_duplicates", "drop_columns", "train_model"]  # fmt: skip
    keep = ("filter_rows", {"condition": "berths > 2", "action": "keep"})
    assert planned(situation, "Keep the boats with more than 2 berths and remove duplicates", keep) == [keep, ONCE]


@pytest.mark.parametrize(
    ("request_", "step"),
    [
        ("How many duplicates and typos are there?", ("check_quality", {})),
        ("Is hire_price a number, and are there duplicates?", ("check_quality", {})),
        ("drop duplicates by kind", ("drop_duplicates", {"columns": ["kind"]})),
        ("fix all duplicates, typos and whatever else is wrong", ("fix_issues", {})),
        ("Fill crew_years with the mean of each kind", ("fill_missing", {"columns": ["crew_years"], "method": "mean", "group_by": ["kind"]})),
        ("treat n/a as missing", ("treat_as_missing", {"values": ["n/a"]})),
        ("set missing berths to 0 and sort by kind", ("fill_missing", {"columns": ["berths"], "method": "constant", "value": 0})),
        ("round berths and rename kind to type", ("rename_column", {"column": "kind", "name": "type"})),
    ],
)  # fmt: skip
def test_other_requests_get_no_repair(request_: str, step: tuple[str, dict[str, Any]], situation: Situation) -> None:
    made = planned(situation, request_, step)
    assert not {tool for tool, _ in made} & {*ORDER} - {step[0]}


def test_a_sign_that_is_stripped_is_no_blank(situation: Situation) -> None:
    step = ("change_type", {"columns": ["hire_price"], "type": "text"})
    assert all(tool != "clean_text" for tool, _ in planned(situation, "strip the euro sign from hire_price", step))
