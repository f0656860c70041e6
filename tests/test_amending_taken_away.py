"""Rows that are to be removed, where a plan would remove all others."""

from typing import Any

import pytest

from assistant.context import Situation, look
from assistant.plan import read_plan
from tests.small_project import add
from tools import catalogue
from tools.workspace import Workspace


@pytest.fixture(scope="module")
def situation(tmp_path_factory: pytest.TempPathFactory) -> Situation:
    rows = "SELECT i AS id, CASE i % 3 WHEN 0 THEN '취소' WHEN 1 THEN '완료' ELSE 'open' END AS 상태, NULLIF(i % 4, 0) AS paid FROM range(40) t(i)"
    with Workspace(tmp_path_factory.mktemp("project")) as workspace:
        add(workspace, "orders", rows)
        return look(workspace)


def _condition(situation: Situation, request: str, condition: str, action: str = "remove") -> dict[str, Any]:
    raw = {"tool": "filter_rows", "dataset": "orders", "condition": condition, "action": action}
    [step] = read_plan({"steps": [raw]}, catalogue(), situation, request).steps
    return {name: step.arguments[name] for name in ("condition", "action")}


@pytest.mark.parametrize(
    ("request_", "condition", "meant"),
    [
        ("취소 주문을 제외해줘", "상태 != '취소'", "상태 = '취소'"),
        ("상태가 취소인 행은 빼줘", "상태 <> '취소'", "상태 = '취소'"),
        ("remove the open orders", "상태 != 'open'", "상태 = 'open'"),
        ("paid가 비어 있는 행 삭제해줘", "paid IS NOT NULL", "paid IS NULL"),
        ("drop rows with missing paid", '"paid" is not null', '"paid" IS NULL'),
    ],
)
def test_what_is_named_is_removed(request_: str, condition: str, meant: str, situation: Situation) -> None:
    assert _condition(situation, request_, condition) == {"condition": meant, "action": "remove"}


@pytest.mark.parametrize(
    ("request_", "condition"),
    [
        ("remove everything but the open orders", "상태 != 'open'"),
        ("delete all orders that are not open", "상태 != 'open'"),
        ("취소 빼고 다 지워줘", "상태 != '취소'"),
        ("취소가 아닌 주문을 지워줘", "상태 != '취소'"),
        ("취소된 주문만 남기고 삭제해줘", "상태 != '취소'"),
        ("remove the cancelled orders", "상태 != '취소'"),  # the value is not said
        ("취소 주문을 제외해줘", "상태 = '취소'"),
        ("remove rows that have paid", "paid IS NOT NULL"),
    ],
)
def test_what_is_denied_by_the_request_stays(request_: str, condition: str, situation: Situation) -> None:
    assert _condition(situation, request_, condition) == {"condition": condition, "action": "remove"}


@pytest.mark.parametrize(
    ("request_", "condition", "action"),
    [
        ("취소 주문은 빼줘", "상태 = '취소'", "remove"),
        ("remove the open orders", "상태 = 'open'", "remove"),
        ("취소 주문만 남겨줘", "상태 = '취소'", "keep"),
        ("remove everything but open", "상태 = 'open'", "keep"),
        ("취소 주문은 빼줘", "상태 != '취소'", "keep"),
    ],
)
def test_rows_to_be_removed_are_not_kept(request_: str, condition: str, action: str, situation: Situation) -> None:
    assert _condition(situation, request_, condition, "keep") == {"condition": condition, "action": action}


@pytest.mark.parametrize(
    ("request_", "condition", "action"),
    [
        ("Remove the orders with more than 1,000 paid", "paid > 1000", "remove"),
        ("drop rows where paid is under 2", "paid < 2", "remove"),
        ("paid가 3 이상인 행은 지워줘", "paid >= 3", "remove"),
        ("remove everything but the orders over 3", "paid > 3", "keep"),
        ("keep orders over 3", "paid > 3", "keep"),
        ("remove orders over 3 or under 1", "paid > 3", "keep"),
        ("remove orders over 30", "paid > 3", "keep"),
        ("3 초과 주문만 남기고 삭제해줘", "paid > 3", "keep"),
    ],
)
def test_rows_beyond_a_limit_are_removed_not_kept(
    request_: str, condition: str, action: str, situation: Situation
) -> None:
    assert _condition(situation, request_, condition, "keep") == {"condition": condition, "action": action}


@pytest.mark.parametrize(
    ("request_", "condition", "removed"),
    [
        ("remove the orders over 3", "paid <= 3", "paid > 3"),
        ("Remove orders with fewer than 2 paid", '"paid" >= 2', '"paid" < 2'),
        ("paid가 2 미만인 행은 지워줘", "paid >= 2", "paid < 2"),
    ],
)
def test_rows_without_a_number_are_not_removed_with_those_beyond_a_limit(
    request_: str, condition: str, removed: str, situation: Situation
) -> None:
    assert _condition(situation, request_, condition, "keep") == {"condition": removed, "action": "remove"}
