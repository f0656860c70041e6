"""How long ago something was is counted back from today; calendar years and months stay."""

import pytest
from sqlglot import parse_one

from tools.mending.elapsed import mend_elapsed

CUT = "SELECT * FROM members WHERE joined < DATE_TRUNC('year', CURRENT_DATE) - INTERVAL '1 YEAR'"
PLAIN = "SELECT * FROM members WHERE joined < CURRENT_DATE - INTERVAL '1' YEAR"


def mended(sql: str, request: str) -> str:
    tree = parse_one(sql, read="duckdb")
    mend_elapsed(tree, request)
    return tree.sql("duckdb")


@pytest.mark.parametrize(
    "request_",
    [
        "가입한 지 1년 넘은 고객만 남겨줘",
        "가입한 지 일 년 이상 된 회원은 1년 이상 몇 명이야?",
        "1년 전에 가입한 사람",
        "who joined more than a year ago?",
        "members of over 1 year",
    ],
)
def test_elapsed_time_is_counted_back_from_today(request_: str) -> None:
    assert mended(CUT, request_) == PLAIN


@pytest.mark.parametrize(
    "request_",
    [
        "작년 이전에 가입한 지 1년 넘은 고객",
        "재작년에 가입한 고객",
        "who joined before last year?",
        "지난달보다 1년 전에",
    ],
)
def test_the_calendar_stays(request_: str) -> None:
    assert mended(CUT, request_) == mended(CUT, "")


def test_other_cuts_stay() -> None:
    sql = "SELECT DATE_TRUNC('month', joined), COUNT(*) FROM members WHERE joined > DATE_TRUNC('year', CURRENT_DATE) GROUP BY ALL"
    assert mended(sql, "가입한 지 1년 넘은 회원 월별로") == parse_one(sql, read="duckdb").sql("duckdb")
