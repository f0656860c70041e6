"""Numbers spelt with words keep their zeros."""

from collections.abc import Iterator
from decimal import Decimal

import pytest

from tests.small_project import add
from tools.mend import mend_sql
from tools.mending.magnitudes import in_digits, spelt
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


@pytest.mark.parametrize(
    ("request_", "numbers"),
    [
        ("만족도 1점짜리 5개만 보여줘", set()),
        ("억울한 고객 3명", set()),
        ("단가 만원 이상", {10000}),
        ("만 명 넘는 도시", {10000}),
        ("3만원 이하", {30000}),
    ],
)
def test_a_magnitude_without_a_number_counts_something(request_: str, numbers: set[int]) -> None:
    assert spelt(request_) == numbers


@pytest.mark.parametrize(
    ("request_", "in_digits_"),
    [
        ("손해 20만원, 쿠폰은 1만원", "손해 200000원, 쿠폰은 10000원"),
        ("만족도 1점", "만족도 1점"),
        ("1억 5천만 원", "150000000 원"),
        ("the 5th of May", "the 5th of May"),
    ],
)
def test_korean_numbers_are_told_in_digits(request_: str, in_digits_: str) -> None:
    assert in_digits(request_) == in_digits_
