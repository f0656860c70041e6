"""Numbers spelt with words keep their zeros."""

from collections.abc import Iterator
from decimal import Decimal

import pytest

from tests.small_project import add
from tools.mend import mend_sql
from tools.mending.magnitudes import spelt
from tools.workspace import Workspace


@pytest.fixture(scope="module")
def towns(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workspace]:
    with Workspace(tmp_path_factory.mktemp("towns") / "project") as workspace:
        add(workspace, "towns", "SELECT * FROM (VALUES ('A', 90000), ('B', 900000)) AS t(town, people)")
        yield workspace


@pytest.mark.parametrize(
    ("request_", "numbers"),
    [
        ("fewer than a hundred thousand people", [100_000]),
        ("between 2 million and 3.5 million", [2_000_000, 3_500_000]),
        ("more than 50k", [50_000]),
        ("three thousand and five hundred", [3_000, 500]),
        ("매출이 3만원 이상", [30_000]),
        ("1억 5천만 원 넘는 집", [150_000_000]),
        ("십만 명보다 많은", [100_000]),
        ("5천원 미만", [5_000]),
        ("in 2024, 12 months, 3만큼", []),
    ],
)
def test_numbers_are_read_as_they_are_spelt(request_: str, numbers: list[int]) -> None:
    assert spelt(request_) == {Decimal(number) for number in numbers}


@pytest.mark.parametrize(
    ("request_", "sql", "mended"),
    [
        (
            "Which towns have fewer than a hundred thousand people?",
            "SELECT town FROM towns WHERE people < 1000000",
            "SELECT town FROM towns WHERE people < 100000",
        ),
        (
            "인구가 10만 명 미만인 곳",
            "SELECT town FROM towns WHERE people < 10000",
            "SELECT town FROM towns WHERE people < 100000",
        ),
        (
            "인구가 10만 명 미만인 곳",
            "SELECT town FROM towns WHERE people < 100000",
            "SELECT town FROM towns WHERE people < 100000",
        ),
        (
            "towns over 1000 of 1 million",
            "SELECT town FROM towns WHERE people > 2000",
            "SELECT town FROM towns WHERE people > 2000",
        ),
    ],
)
def test_a_number_that_lost_a_zero_gets_it_back(towns: Workspace, request_: str, sql: str, mended: str) -> None:
    assert mend_sql(towns, sql, request_).sql == mended
