from typing import Any

import pytest

from assistant.context import Situation, Turn
from assistant.followups import Carried, asks, carried, follows

LEFT = "SELECT count(*) AS n FROM people WHERE left_us = 'yes'"
WOMEN = "SELECT count(*) AS n FROM people WHERE gender = 'female'"
BY_KIND = "SELECT kind, sum(pieces * price) AS revenue FROM orders JOIN items USING (item) GROUP BY kind"


def _after(sql: str, request: str = "how many customers left?") -> list[Turn]:
    return [Turn(request, ({"tool": "query_data", "sql": sql},))]


@pytest.mark.parametrize(
    ("request_", "short"),
    [
        ("and for women only?", True),
        ("same for men", True),
        ("the same thing for men please", True),
        ("what about Oslo?", True),
        ("and in september?", True),
        ("only for the returned orders", True),
        ("of those, how many are women?", True),
        ("그중에 여성은?", True),
        ("그 중 여성은 몇 명이야?", True),
        ("남성은?", True),
        ("B라인은?", True),
        ("그럼 부산은?", True),
        ("4월만 보면?", True),
        ("도시별로 나눠서 보여줘", True),
        ("break that down by city", True),
        ("and per region?", True),
        ("지점별로 매출 보여줘", False),
        ("sales by month", False),
        ("in which state is it", False),
        ("how many women are there?", False),
        ("and which region has the most customers?", False),
        ("and is it any good?", False),
        ("what about the total?", False),
        ("and how many customers are there overall?", False),
        ("그럼 전체 회원은 몇 명이야?", False),
        ("평균 월 지출은 얼마야?", False),
        ("월요금이 비어 있는 회원은 삭제해줘", False),
        ("only the customers who ordered more than twice in the last year and paid by card", False),
    ],
)
def test_a_follow_up_names_another_case_and_nothing_else(request_: str, short: bool) -> None:
    assert follows(request_) is short


@pytest.mark.parametrize(
    ("before", "now", "request_", "sql", "change"),
    [
        (
            LEFT,
            WOMEN,
            "and for women only?",
            "SELECT COUNT(*) AS n FROM people WHERE gender = 'female' AND left_us = 'yes'",
            "Still only where left_us = 'yes', as asked before.",
        ),
        (
            f"{LEFT} AND gender = 'female'",
            "SELECT COUNT(id) FROM people AS p WHERE p.gender = 'male'",
            "남성은?",
            "SELECT COUNT(id) FROM people AS p WHERE p.gender = 'male' AND left_us = 'yes'",
            "Still only where left_us = 'yes', as asked before.",
        ),
        (
            "SELECT count(*) FILTER (WHERE left_us = 'yes') FROM people",
            WOMEN,
            "and for women only?",
            "SELECT COUNT(*) AS n FROM people WHERE gender = 'female' AND left_us = 'yes'",
            "Still only where left_us = 'yes', as asked before.",
        ),
        (
            LEFT,
            "SELECT region, count(*) FROM people GROUP BY region",
            "same for the regions",
            "SELECT region, COUNT(*) FROM people WHERE left_us = 'yes' GROUP BY region",
            "Still only where left_us = 'yes', as asked before.",
        ),
        (
            "SELECT count(*) FROM people WHERE age > 30",
            "SELECT count(*) FROM people WHERE age < 50",
            "of those, under 50?",
            "SELECT COUNT(*) FROM people WHERE age < 50 AND age > 30",
            "Still only where age > 30, as asked before.",
        ),
        (
            "SELECT count(*) FROM orders WHERE status = 'returned'",
            "SELECT b.city, count(*) FROM orders o JOIN buyers b ON o.buyer = b.buyer GROUP BY b.city",
            "도시별로 나눠서 보여줘",
            "SELECT b.city, COUNT(*) FROM orders AS o JOIN buyers AS b ON o.buyer = b.buyer"
            " WHERE o.status = 'returned' GROUP BY b.city",
            "Still only where o.status = 'returned', as asked before.",
        ),
        (
            BY_KIND,
            "SELECT * FROM orders WHERE status = 'returned'",
            "only for the returned orders",
            "SELECT kind, SUM(pieces * price) AS revenue FROM orders JOIN items USING (item)"
            " WHERE orders.status = 'returned' GROUP BY kind",
            "What was asked before is kept, for the case named now.",
        ),
        (
            "SELECT branch, sum(amount) AS s FROM sales GROUP BY branch ORDER BY s DESC",
            "SELECT day, branch, sum(amount) AS s FROM sales WHERE month(day) = 4 GROUP BY branch, day",
            "4월만 보면?",
            "SELECT branch, SUM(amount) AS s FROM sales WHERE MONTH(day) = 4 GROUP BY branch ORDER BY s DESC",
            "What was asked before is kept, for the case named now.",
        ),
        (
            "SELECT shop, sum(paid) FROM sales GROUP BY shop",
            "SELECT sum(paid) FROM sales WHERE month(day) = 4",
            "4월만 보면?",
            "SELECT shop, SUM(paid) FROM sales WHERE MONTH(day) = 4 GROUP BY shop",
            "What was asked before is kept, for the case named now.",
        ),
        (
            "SELECT count(*) FILTER (WHERE gender = 'female' AND left_us = 'yes') FROM people",
            "SELECT * FROM people WHERE gender = 'male'",
            "same for men",
            "SELECT COUNT(*) FROM people WHERE left_us = 'yes' AND gender = 'male'",
            "What was asked before is kept, for the case named now.",
        ),
    ],
)
def test_a_follow_up_keeps_what_it_does_not_speak_of(
    before: str, now: str, request_: str, sql: str, change: str
) -> None:
    assert carried(now, request_, _after(before)) == Carried(sql, change)


@pytest.mark.parametrize(
    ("before", "now", "request_"),
    [
        (LEFT, WOMEN, "how many women are there?"),
        (LEFT, "SELECT count(*) FROM people", "and how many customers are there in total?"),
        (LEFT, f"{LEFT} AND gender = 'female'", "and for women only?"),
        (LEFT, "SELECT avg(age) FROM people", "나이는?"),
        (LEFT, "SELECT count(*) FROM shops WHERE city = 'Oslo'", "and for Oslo?"),
        (LEFT, "SELECT count(*) FROM people WHERE left_us = 'no'", "and the others?"),
        ("SELECT month(day), sum(x) FROM s WHERE month(day) = 8 GROUP BY 1", "SELECT sum(x) FROM s WHERE month(day) = 9", "and in september?"),
        ("SELECT shop, sum(paid) FROM s GROUP BY shop", "SELECT sum(paid) FROM s WHERE shop = 'Oslo'", "and for Oslo?"),
        (f"{LEFT} UNION ALL {LEFT}", WOMEN, "and for women only?"),
        ("SELECT count(*) FROM people a JOIN people b ON a.id = b.boss WHERE a.age > 3", WOMEN, "and for women only?"),
        ("not sql at all (", WOMEN, "and for women only?"),
        ("", WOMEN, "and for women only?"),
    ],
)  # fmt: skip
def test_a_question_that_stands_by_itself_or_speaks_of_other_things_stays(before: str, now: str, request_: str) -> None:
    assert carried(now, request_, _after(before)) == Carried(now)


def test_nothing_is_carried_over_a_change_of_the_data() -> None:
    steps: tuple[dict[str, Any], ...] = (
        {"tool": "drop_columns", "columns": ["age"]},
        {"tool": "query_data", "sql": LEFT},
    )
    assert carried(WOMEN, "and for women only?", [Turn("drop age, then count", steps)]) == Carried(WOMEN)
    assert carried(WOMEN, "and for women only?", []) == Carried(WOMEN)


@pytest.mark.parametrize(
    ("tool", "request_", "question"),
    [
        ("query_data", "same for men", True),
        ("query_data", "only for the returned orders", True),
        ("make_chart", "and for Oslo", True),
        ("query_data", "and keep only the ones for cars", False),
        ("filter_rows", "only the ones for cars", False),
        ("train_model", "and for the new customers", False),
        ("query_data", "clean it up", False),
        ("query_data", "도시별로 나눠서 보여줘", True),
        ("query_data", "split that by city", True),
        ("filter_rows", "split that by city", False),
        ("filter_rows", "how many are left?", True),
    ],
)
def test_a_short_follow_up_of_a_question_is_a_question(tool: str, request_: str, question: bool) -> None:
    assert asks(request_, Situation((), turns=(Turn("before", ({"tool": tool},)),))) is question
