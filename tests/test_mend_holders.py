"""Columns that are not there beside texts that are, rows beside each other, differences, first and last places."""

from collections.abc import Iterator

import pytest

from tests.small_project import add
from tools.mend import Mended, mend_sql
from tools.workspace import Workspace


@pytest.fixture(scope="module")
def games(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workspace]:
    with Workspace(tmp_path_factory.mktemp("games") / "project") as workspace:
        rows = "(1, 'Turkey', 'Oslo, Norway', 9), (2, 'Sweden', 'Rome, Italy', 7), (3, 'Spain', 'Oslo, Norway', 9)"
        add(workspace, "nations", f"SELECT * FROM (VALUES {rows}) AS t(rank, nation, venue, begun)")
        yield workspace


BY_RANK = "SELECT nation FROM nations ORDER BY rank"


@pytest.mark.parametrize(
    ("request_", "sql", "mended", "change"),
    [
        (
            "what is the rank of turkey?",
            "SELECT rank FROM nations WHERE label = 'Turkey'",
            "SELECT rank FROM nations WHERE nation = 'Turkey'",
            "'Turkey' stands in nation; there is no label.",
        ),
        (
            "how many were in Oslo?",
            "SELECT COUNT(*) FROM nations WHERE city = 'Oslo'",
            "SELECT COUNT(*) FROM nations WHERE venue = 'Oslo, Norway'",
            "'Oslo' stands in venue; there is no city.",
        ),
        (
            "who ranked right after turkey?",
            "SELECT nation FROM nations WHERE rank = (SELECT rank FROM nations WHERE nation = 'Turkey' + 1)",
            "SELECT nation FROM nations WHERE rank = (SELECT rank FROM nations WHERE nation = 'Turkey') + 1",
            "1 is added to what the inner query finds, not to 'Turkey'.",
        ),
        (
            "the top ranked nation of the race",
            f"{BY_RANK} DESC LIMIT 1",
            f"{BY_RANK} ASC LIMIT 1",
            "The first places stand first, as the request says.",
        ),
        (
            "순위가 가장 낮은 나라",
            f"{BY_RANK} LIMIT 1",
            f"{BY_RANK} DESC LIMIT 1",
            "The last places stand first, as the request says.",
        ),
        (
            "what is the last nation on this list?",
            "SELECT nation FROM nations ORDER BY nation DESC LIMIT 1",
            "SELECT nation FROM nations QUALIFY ROW_NUMBER() OVER () = COUNT(*) OVER ()",
            "The last row is the one that stands last in the table.",
        ),
        (
            "which nation stands before sweden?",
            "SELECT nation FROM nations WHERE nation < 'sweden'",
            "SELECT nation FROM nations QUALIFY LEAD(nation) OVER () = 'Sweden'",
            "The row above Sweden is shown, as the request says.",
        ),
        (
            "difference in years between turkey and spain",
            "SELECT begun - begun FROM nations WHERE nation = 'Turkey' INTERSECT SELECT begun - begun FROM nations WHERE nation = 'Spain'",
            "SELECT ABS((SELECT begun FROM nations WHERE nation = 'Turkey') - (SELECT begun FROM nations WHERE nation = 'Spain')) AS difference",
            "begun less itself is nothing: begun is shown.",
        ),
        (
            "the ratio of turkey's height to that of spain",
            "SELECT begun / begun FROM nations WHERE nation = 'Turkey' INTERSECT SELECT begun / begun FROM nations WHERE nation = 'Spain'",
            "SELECT CAST((SELECT begun FROM nations WHERE nation = 'Turkey') AS DOUBLE) / NULLIF((SELECT begun FROM nations WHERE nation = 'Spain'), 0) AS ratio",
            "The ratio of the two is shown.",
        ),
        (
            "which nations have the largest height?",
            "SELECT nation FROM nations ORDER BY begun DESC LIMIT 1",
            "SELECT nation FROM nations QUALIFY RANK() OVER (ORDER BY begun DESC) = 1",
            "All that share the first place are shown.",
        ),
        (
            "the nations of at most 80 m in height",
            "SELECT nation FROM nations WHERE begun <= 80",
            "SELECT nation FROM nations WHERE begun <= 80",
            None,
        ),
    ],
)
def test_what_is_looked_for_is_found_where_it_stands(
    games: Workspace, request_: str, sql: str, mended: str, change: str | None
) -> None:
    made = mend_sql(games, sql, request_)
    assert made.sql == mended
    assert next(iter(made.changes), None) == change


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT nation FROM nations WHERE colour = 'Green'",
        "SELECT nation FROM nations WHERE colour > 'Turkey'",
        "SELECT nation FROM nations WHERE nation > 'Spain'",
        "SELECT begun - rank FROM nations",
        f"{BY_RANK} ASC LIMIT 1",
    ],
)
def test_other_texts_and_places_stay(games: Workspace, sql: str) -> None:
    assert mend_sql(games, sql, "which nation ranked the highest?") == Mended(sql)


@pytest.mark.parametrize(
    ("sql", "mended"),
    [
        (
            "SELECT band, AVG(begun = 9) AS share FROM (SELECT CASE WHEN rank < 2 THEN 'top' ELSE 'rest' END AS band FROM nations) GROUP BY band",
            "SELECT band, AVG(CAST((begun = 9) AS INT)) AS share FROM (SELECT CASE WHEN rank < 2 THEN 'top' ELSE 'rest' END AS band, begun FROM nations) GROUP BY band",
        ),
        (
            "SELECT nation FROM (SELECT rank + 1 AS place FROM nations) WHERE place < 3",
            "SELECT nation FROM (SELECT rank + 1 AS place, nation FROM nations) WHERE place < 3",
        ),
    ],
)
def test_an_inner_query_hands_on_what_the_outer_one_reads(games: Workspace, sql: str, mended: str) -> None:
    assert mend_sql(games, sql).sql == mended


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT venue FROM (SELECT nation, COUNT(*) AS n FROM nations GROUP BY nation)",
        "SELECT venue FROM (SELECT DISTINCT nation FROM nations)",
        "SELECT place FROM (SELECT rank AS place FROM nations)",
        "SELECT * FROM (SELECT rank FROM nations) WHERE rank < 2",
    ],
)
def test_inner_queries_of_other_rows_stay(games: Workspace, sql: str) -> None:
    assert "hands" not in " ".join(mend_sql(games, sql).changes)
