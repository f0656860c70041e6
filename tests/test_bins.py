"""Numbers put into groups."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import tools.transforms.bins  # noqa: F401  # puts its tool into the catalogue
from tests.small_project import add, do, recipe_of, replay, rows_of
from tools.tool import ToolError
from tools.workspace import Workspace

AGES = [18, 20, 29, 35, 41, 64, 80, None]


@pytest.fixture
def workspace(tmp_path: Path) -> Iterator[Workspace]:
    with Workspace(tmp_path) as opened:
        cells = ", ".join("NULL" if age is None else str(age) for age in AGES)
        add(opened, "people", f"SELECT unnest([{cells}]) AS age, 0.5 AS share, 'x' AS name")
        yield opened


@pytest.mark.parametrize(
    ("arguments", "cell", "text"),
    [
        (
            {"bins": 4},
            "CASE WHEN \"age\" < 34 THEN '18-33' WHEN \"age\" < 49 THEN '34-48' WHEN \"age\" < 65 THEN '49-64'"
            " WHEN \"age\" IS NOT NULL THEN '65-80' END AS \"age_bin\"",
            "Put age into 4 groups as age_bin: 18-33, 34-48, 49-64 and 65-80.",
        ),
        (
            {"bins": 2, "how": "count", "labels": ["young", "old"], "name": "group"},
            "CASE WHEN \"age\" < 35 THEN 'young' WHEN \"age\" IS NOT NULL THEN 'old' END AS \"group\"",
            "Put age into 2 groups as group: young and old.",
        ),
        (
            {"edges": [65, 18]},
            "CASE WHEN \"age\" < 18 THEN 'under 18' WHEN \"age\" < 65 THEN '18-64'"
            " WHEN \"age\" IS NOT NULL THEN '65 and over' END AS \"age_bin\"",
            "Put age into 3 groups as age_bin: under 18, 18-64 and 65 and over.",
        ),
        (
            {"edges": [20, 30, 40], "labels": ["20대", "30대"], "name": "연령대"},
            "CASE WHEN \"age\" NOT BETWEEN 20 AND 40 THEN NULL WHEN \"age\" < 30 THEN '20대'"
            " WHEN \"age\" IS NOT NULL THEN '30대' END AS \"연령대\"",
            "Put age into 2 groups as 연령대: 20대 and 30대.",
        ),
    ],
)  # fmt: skip
def test_the_sql_and_the_text_are_exact(workspace: Workspace, arguments: dict[str, Any], cell: str, text: str) -> None:
    outcome = do(workspace, "bin_column", dataset="people", column="Age", **arguments)
    assert (outcome.sql, outcome.text) == (f'SELECT *, {cell} FROM "people@1"', text)


def test_decades_begin_at_tens(workspace: Workspace) -> None:
    do(workspace, "bin_column", dataset="people", column="age", step=10)
    decades = ["10-19", "20-29", "20-29", "30-39", "40-49", "60-69", "80-89", None]
    assert [(row[0], row[-1]) for row in rows_of(workspace, "people")] == list(zip(AGES, decades, strict=True))


@pytest.mark.parametrize(
    ("cells", "arguments", "groups"),
    [
        ("0.0, 0.5, 1.0", {"bins": 2}, ["0 to 0.5", "0.5 to 1", "0.5 to 1"]),
        ("-4, 0, 5", {"bins": 3}, ["-4 to -2", "-1 to 1", "2-5"]),
        ("1, 2, 3, 4, 5, 6", {"bins": 3, "how": "count"}, ["1-2", "1-2", "3-4", "3-4", "5-6", "5-6"]),
        ("1, 1, 1, 5, 9", {"bins": 3, "how": "count"}, ["1-3", "1-3", "1-3", "4-9", "4-9"]),
    ],
)
def test_labels_tell_the_groups(tmp_path: Path, cells: str, arguments: dict[str, Any], groups: list[str]) -> None:
    with Workspace(tmp_path) as workspace:
        add(workspace, "t", f"SELECT unnest([{cells}]) AS x")
        do(workspace, "bin_column", dataset="t", column="x", **arguments)
        assert [row[1] for row in rows_of(workspace, "t")] == groups


def test_numbers_that_are_the_same_stay_together(tmp_path: Path) -> None:
    with Workspace(tmp_path) as workspace:
        add(workspace, "t", "SELECT unnest([1, 1, 1, 5, 9]) AS x, unnest([1, 1, 1, 1, 9]) AS y")
        outcome = do(workspace, "bin_column", dataset="t", column="x", bins=3, how="count")
        assert outcome.text == (
            "Put x into 2 groups as x_bin: 1-3 and 4-9. 3 were asked for, but too many numbers are the same."
        )
        with pytest.raises(ToolError) as error:
            do(workspace, "bin_column", dataset="t", column="y", bins=3, how="count")
        assert str(error.value) == "Most numbers of y are the same, so groups can't hold as many rows. Use how width."


def test_other_rows_fall_into_the_groups_that_were_learned(workspace: Workspace) -> None:
    recipe = recipe_of(workspace, str(do(workspace, "bin_column", dataset="people", column="age", bins=2).dataset))
    rows = replay(recipe, "SELECT unnest([1, 48, 49, 120, NULL]) AS age, 0.5 AS share, 'x' AS name")
    assert [row[-1] for row in rows] == ["18-48", "18-48", "49-80", "49-80", None]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (
            {"column": "name", "bins": 3},
            "name holds no numbers. Choose a number column, or change its type first.",
        ),
        (
            {"column": "age"},
            "Give one of bins (how many groups), step (their width) or edges (where they meet).",
        ),
        (
            {"column": "share", "bins": 3},
            "share has no two different numbers, so it can't be grouped. Choose another column.",
        ),
        ({"column": "age", "bins": 1}, "Can't make 1 groups. Give bins from 2 to 100."),
        ({"column": "age", "step": -1}, "Groups can't be -1 wide. Give a step above 0."),
        ({"column": "age", "step": 0.1}, "age would fall into 621 groups. Give a step above 0.1."),
        (
            {"column": "age", "bins": 3, "labels": ["a", "b"]},
            "There are 3 groups and 2 labels. Give one for each.",
        ),
        (
            {"column": "age", "bins": 3, "name": "share"},
            "There already is a column 'share'. Choose another name or remove that column first.",
        ),
    ],
)
def test_what_does_not_fit_is_said_in_one_line(workspace: Workspace, arguments: dict[str, Any], message: str) -> None:
    with pytest.raises(ToolError) as error:
        do(workspace, "bin_column", dataset="people", **arguments)
    assert str(error.value) == message


COUNTED = "SELECT unnest(['a', 'a', 'a', 'b', 'b', 'c', 'd', NULL]) AS kind"


@pytest.mark.parametrize(
    ("arguments", "kinds", "text"),
    [
        (
            {"top": 2},
            ["a", "a", "a", "b", "b", "Other", "Other", None],
            "kind: 2 rare values (2 rows) became Other; 2 values stayed.",
        ),
        (
            {"below": 0.3, "other": "rest"},
            ["a", "a", "a", "rest", "rest", "rest", "rest", None],
            "kind: 3 rare values (4 rows) became rest; 1 value stayed.",
        ),
    ],
)
def test_rare_values_become_one(tmp_path: Path, arguments: dict[str, Any], kinds: list[str | None], text: str) -> None:
    with Workspace(tmp_path) as workspace:
        add(workspace, "t", COUNTED)
        assert do(workspace, "group_rare", dataset="t", column="kind", **arguments).text == text
        assert [row[0] for row in rows_of(workspace, "t")] == kinds
        new = replay(recipe_of(workspace, "t@2"), "SELECT unnest(['c', 'a', 'new']) AS kind")
        assert [row[0] for row in new] == [arguments.get("other", "Other"), "a", arguments.get("other", "Other")]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"column": "kind", "top": 0}, "A top from 1, a share between 0 and 1 and a name were expected"),
        ({"column": "n"}, "n holds no text (INTEGER). Name a column of categories, or bin numbers instead."),
    ],
)
def test_what_has_no_rare_values(tmp_path: Path, arguments: dict[str, Any], message: str) -> None:
    with Workspace(tmp_path) as workspace:
        add(workspace, "t", "SELECT 'a' AS kind, 1 AS n")
        with pytest.raises(ToolError) as error:
            do(workspace, "group_rare", dataset="t", **arguments)
        assert str(error.value).startswith(message)


def test_several_columns_are_put_into_groups_at_once(workspace: Workspace) -> None:
    add(
        workspace,
        "trips",
        "SELECT * FROM (VALUES (1, 10.0, 'a'), (4, 20.0, 'b'), (NULL, 40.0, 'a')) AS t(km, fee, kind)",
    )
    outcome = do(workspace, "bin_column", dataset="trips", column="km", bins=2, also=["Fee", "km"])
    assert outcome.text == (
        "Put km into 2 groups as km_bin: 1-2 and 3-4. Put fee into 2 groups as fee_bin: 10 to 25 and 25 to 40."
    )
    assert rows_of(workspace, "trips") == [
        (1, 10.0, "a", "1-2", "10 to 25"),
        (4, 20.0, "b", "3-4", "10 to 25"),
        (None, 40.0, "a", None, "25 to 40"),
    ]
    recipe = recipe_of(workspace, str(outcome.dataset))
    assert replay(recipe, "SELECT 9 AS km, -1.0 AS fee, 'z' AS kind") == [(9, -1.0, "z", "3-4", "10 to 25")]
    with pytest.raises(ToolError, match="One name was given for several columns"):
        do(workspace, "bin_column", dataset="trips", column="km", bins=2, also=["fee"], name="both")


def test_rare_values_of_several_columns_become_other(workspace: Workspace) -> None:
    add(workspace, "pets", "SELECT unnest(['cat', 'cat', 'owl']) AS pet, unnest(['x', 'y', 'y']) AS home, 1 AS n")
    outcome = do(workspace, "group_rare", dataset="pets", column="pet", also=["home"], top=1)
    assert outcome.text == (
        "pet: 1 rare value (1 row) became Other; 1 value stayed. home: 1 rare value (1 row) became Other; 1 value stayed."
    )
    assert rows_of(workspace, "pets") == [("cat", "Other", 1), ("cat", "y", 1), ("Other", "y", 1)]
    with pytest.raises(ToolError) as error:
        do(workspace, "group_rare", dataset="pets", column="pet", also=["n"])
    assert str(error.value) == "n holds no text (INTEGER). Name a column of categories, or bin numbers instead."
