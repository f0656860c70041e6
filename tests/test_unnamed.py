"""A change of a column that the data lack is not done to another one; near names and descriptions are left to the plan."""

from pathlib import Path
from typing import Any

import pytest

from assistant.answer import not_held
from assistant.context import Situation, look
from assistant.unmatched import akin
from assistant.unnamed import unnamed
from tests.small_project import add
from tools.workspace import Workspace

HOMES = "SELECT i AS listing, 'd' || (i % 3) AS district, i % 5 AS rooms, 1.5 * i AS living_area, 2000 + i % 9 AS year_built, 2.5 * i AS 임대료 FROM range(40) t(i)"


@pytest.fixture(scope="module")
def situation(tmp_path_factory: pytest.TempPathFactory) -> Situation:
    with Workspace(tmp_path_factory.mktemp("project")) as workspace:
        add(workspace, "homes", HOMES)
        return look(workspace)


def _step(tool: str, column: str) -> dict[str, Any]:
    held: dict[str, Any] = {"column": column, "name": "x"} if tool == "rename_column" else {"columns": [column]}
    return {"tool": tool, "arguments": {"dataset": "homes", **held}}


@pytest.mark.parametrize(
    ("request_", "tool", "name"),
    [
        ("drop the subway column", "drop_columns", "subway"),
        ("remove parking", "drop_columns", "parking"),
        ("please delete the swimming pool column.", "drop_columns", "swimming pool"),
        ("sort by floor", "sort_rows", "floor"),
        ("sort the rows by floor descending", "sort_rows", "floor"),
        ("rename subway to metro", "rename_column", "subway"),
        ("지하철역 열을 지워줘", "drop_columns", "지하철역"),
        ("층수 컬럼 삭제해줘", "drop_columns", "층수"),
        ("층수로 정렬해줘", "sort_rows", "층수"),
        ("주차장 열을 garage로 바꿔줘", "rename_column", "주차장"),
        ("subway를 metro로 이름 바꿔줘", "rename_column", "subway"),
        ("garage 열을 지워줘", "drop_columns", "garage"),
        ("없는컬럼 삭제해줘", "drop_columns", "그런 열"),
        ("존재하지 않는 열을 지워줘", "drop_columns", "그런 열"),
    ],
)
def test_a_column_that_is_not_there_is_told(request_: str, tool: str, name: str, situation: Situation) -> None:
    assert unnamed(situation, request_, [_step(tool, "listing")]) == name


@pytest.mark.parametrize(
    ("request_", "tool", "column"),
    [
        ("drop the district column", "drop_columns", "district"),
        ("drop districts", "drop_columns", "district"),
        ("remove the year column", "drop_columns", "year_built"),
        ("drop the area", "drop_columns", "living_area"),
        ("drop the useless columns", "drop_columns", "listing"),
        ("remove the identifier", "drop_columns", "listing"),
        ("delete the last column", "drop_columns", "year_built"),
        ("remove noisy columns", "drop_columns", "listing"),
        ("sort by newest", "sort_rows", "year_built"),
        ("sort from the cheapest", "sort_rows", "임대료"),
        ("rename district to area name", "rename_column", "district"),
        ("임대료 열을 지워줘", "drop_columns", "임대료"),
        ("district 열을 지워줘", "drop_columns", "district"),
        ("district를 area로 바꿔줘", "rename_column", "district"),
        ("임대료로 정렬해줘", "sort_rows", "임대료"),
        ("값이 없는 열을 지워줘", "drop_columns", "listing"),
        ("필요없는 열을 지워줘", "drop_columns", "listing"),
        ("비싼순으로 정렬해줘", "sort_rows", "임대료"),
        ("중복 행을 지워줘", "drop_columns", "listing"),
        ("drop rows where rooms is 3", "drop_columns", "rooms"),
    ],
)
def test_what_is_there_or_told_otherwise_is_left_to_the_plan(
    request_: str, tool: str, column: str, situation: Situation
) -> None:
    assert unnamed(situation, request_, [_step(tool, column)]) == ""


def test_other_steps_and_several_are_left_alone(situation: Situation) -> None:
    drop = _step("drop_columns", "listing")
    assert unnamed(situation, "drop the subway column", [drop, drop]) == ""
    assert (
        unnamed(situation, "drop the subway column", [{"tool": "query_data", "arguments": {"sql": "SELECT 1"}}]) == ""
    )


@pytest.mark.parametrize(
    ("what", "near"),
    [
        ("price", ["임대료", "monthly_rent"]),
        ("the prices", ["임대료", "monthly_rent"]),
        ("요금", ["임대료", "monthly_rent"]),
        ("clients", ["customer_name"]),
        ("subway", []),
        ("parking spaces", []),
        ("average", []),
    ],
)
def test_names_that_tell_much_the_same_are_near(what: str, near: list[str]) -> None:
    assert akin(what, ["listing", "rooms", "임대료", "monthly_rent", "customer_name", "year_built"]) == near


def test_what_is_missing_is_told_with_the_column_that_may_be_meant(tmp_path: Path) -> None:
    with Workspace(tmp_path / "project") as workspace:
        add(workspace, "flats", "SELECT 1 AS listing, 2 AS rooms, 900.0 AS rent")
        assert not_held("price", workspace) == (
            "The data does not hold price. Nearest: rent. It has these columns: listing, rooms and rent."
        )
        assert not_held("subway", workspace) == (
            "The data does not hold subway. It has these columns: listing, rooms and rent."
        )
