"""Categories as the mean of a target, which no row learns from its own answer."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import tools.transforms.encode  # noqa: F401  # puts its tool into the catalogue
from tests.small_project import add, do, recipe_of, replay, rows_of
from tools.tool import ToolError
from tools.workspace import Workspace

SALES = """SELECT i AS id, CASE WHEN i % 5 = 4 THEN NULL WHEN i % 2 = 0 THEN 'Oslo' ELSE 'Bergen' END AS city,
  (i * i % 17)::DOUBLE AS price, i % 3 = 0 AS ok, ['low', 'mid', 'high'][1 + i % 3] AS grade, DATE '2020-01-01' AS day
  FROM range(12) AS t(i)"""


@pytest.fixture
def workspace(tmp_path: Path) -> Iterator[Workspace]:
    with Workspace(tmp_path) as opened:
        add(opened, "sales", SALES)
        yield opened


def test_the_sql_of_the_rows_it_learns_from_and_of_others_is_exact(workspace: Workspace) -> None:
    outcome = do(workspace, "encode_categories", dataset="sales", columns=["city", "day"], method="target", target="ok")
    assert outcome.sql == (
        "SELECT * EXCLUDE (row, fold, answer, others) FROM (SELECT * REPLACE ("
        '(coalesce(sum(answer) OVER (PARTITION BY "city"), 0) - coalesce(sum(answer) OVER (PARTITION BY "city", fold), 0)'
        ' + 10 * others) / (count(answer) OVER (PARTITION BY "city")'
        ' - count(answer) OVER (PARTITION BY "city", fold) + 10) AS "city")'
        " FROM (SELECT *, coalesce((sum(answer) OVER () - coalesce(sum(answer) OVER (PARTITION BY fold), 0))"
        " / nullif(count(answer) OVER () - count(answer) OVER (PARTITION BY fold), 0), 0.3333333333333333) AS others"
        ' FROM (SELECT *, hash(row) % 5 AS fold, "ok"::INT AS answer FROM'
        ' (SELECT *, row_number() OVER () AS row FROM "sales@1")))) ORDER BY row'
    )
    assert workspace.version("sales").step.elsewhere == (
        'SELECT * REPLACE (CAST(CASE WHEN "city" IS NULL THEN 0.3611111111111111 ELSE CASE "city"'
        " WHEN 'Bergen' THEN 0.28888888888888886 WHEN 'Oslo' THEN 0.3555555555555555 ELSE 0.3333333333333333 END END AS"
        ' DOUBLE) AS "city") FROM "sales@1"'
    )
    assert outcome.text == (
        "Encoded city (2 values) as the mean of ok, each row by the rows of the other 4 fifths; new rows by all of them."
        " Skipped day (holds dates or times; extract their parts first)."
    )


def test_changing_a_row_s_own_answer_does_not_change_its_code(tmp_path: Path) -> None:
    codes = []
    for own in (0, 1):
        with Workspace(tmp_path / str(own)) as workspace:
            add(
                workspace,
                "t",
                f"SELECT range AS id, range % 2 AS c, CASE WHEN range = 7 THEN {own} ELSE range % 3 END AS y FROM range(100)",
            )
            do(workspace, "encode_categories", dataset="t", columns=["c"], method="target", target="y", keep=True)
            codes.append({row[0]: row[3] for row in rows_of(workspace, "t")})
    assert codes[0][7] == codes[1][7]
    assert max(abs(codes[0][row] - codes[1][row]) for row in range(1, 100, 2)) > 1 / 60


def test_a_category_of_its_own_for_each_row_tells_the_answer_nothing(tmp_path: Path) -> None:
    with Workspace(tmp_path) as workspace:
        add(workspace, "t", "SELECT range AS id, range % 2 AS y FROM range(200)")
        do(workspace, "encode_categories", dataset="t", columns=["id"], method="target", target="y")
        assert workspace.rows("SELECT count(DISTINCT id), min(id) > 0.4 AND max(id) < 0.6 FROM t") == [(5, True)]


def test_holdout_and_new_rows_get_the_learned_means_and_need_no_target(workspace: Workspace) -> None:
    do(workspace, "encode_categories", dataset="sales", columns=["city"], method="target", target="price")
    recipe = recipe_of(workspace, "sales")
    new = "SELECT 1 AS id, unnest(['Oslo', NULL, 'Rome']) AS city, NULL::DOUBLE AS price, true AS ok, '' AS grade, NULL::DATE AS day"
    mean = workspace.rows('SELECT avg(price) FROM "sales@1"')[0][0]
    learned = dict(
        workspace.rows(f'SELECT city, (sum(price) + 10 * {mean!r}) / (count(price) + 10) FROM "sales@1" GROUP BY 1')
    )
    expected = pytest.approx([learned["Oslo"], learned[None], mean])
    assert [row[1] for row in replay(recipe, new)] == expected
    assert [row[1] for row in replay(recipe, new, "holdout")] == expected


def test_several_classes_give_a_column_each(workspace: Workspace) -> None:
    outcome = do(workspace, "encode_categories", dataset="sales", columns=["city"], method="target", target="grade")
    assert workspace.version("sales").names == [
        "id",
        "price",
        "ok",
        "grade",
        "day",
        "city_high",
        "city_low",
        "city_mid",
    ]
    assert outcome.text.startswith(
        "Encoded city (2 values) as the share of grade high, grade low and grade mid, each row by"
    )
    assert [sum(row[5:]) for row in rows_of(workspace, "sales")] == pytest.approx([1.0] * 12)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"method": "target"}, "Method target needs the column to predict. Name it as target."),
        ({"target": "ok"}, "A target goes with method target, got method one_hot. Leave target out."),
        (
            {"method": "target", "target": "City"},
            "city can't be encoded by itself. Name other columns, or another target.",
        ),
        (
            {"method": "target", "target": "day"},
            "day is DATE. A target of numbers, true and false or a few classes was expected.",
        ),
    ],
)
def test_what_does_not_fit_is_said_in_one_line(workspace: Workspace, arguments: dict[str, Any], message: str) -> None:
    with pytest.raises(ToolError) as error:
        do(workspace, "encode_categories", dataset="sales", columns=["city"], **arguments)
    assert str(error.value) == message
