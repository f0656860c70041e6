"""Parts of texts, edits, measures and tests of their form: tables of values and what becomes of them."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.small_project import add, do, recipe_of, replay, rows_of
from tools import catalogue
from tools.tool import ToolError
from tools.words import literal
from tools.workspace import Workspace

catalogue()


@pytest.fixture
def workspace(tmp_path: Path) -> Iterator[Workspace]:
    with Workspace(tmp_path) as opened:
        yield opened


def _cells(workspace: Workspace, tool: str, values: list[str | None], **arguments: Any) -> tuple[list[Any], str]:
    """What one tool makes of a column `x`: the cells of the last column, and the text."""
    add(workspace, "t", f"SELECT unnest([{', '.join(map(literal, values))}]::VARCHAR[]) AS x")
    outcome = do(workspace, tool, dataset="t", **arguments)
    return [row[-1] for row in rows_of(workspace, str(outcome.dataset))], outcome.text


@pytest.mark.parametrize(
    ("values", "arguments", "parts"),
    [
        (["A-12", "B-7", "none"], {"pattern": r"\d+"}, ["12", "7", None]),
        (["size: L (new)", "size: XL"], {"pattern": r"size: (\w+)"}, ["L", "XL"]),
        (["a (one) b", "(two)", "three"], {"after": "(", "before": ")"}, ["one", "two", None]),
        (["ann@x.io", "bo@y.org", None], {"after": "@"}, ["x.io", "y.org", None]),
        (["ann@x.io", "bo"], {"before": "@"}, ["ann", None]),
        (["KR-2024", "US-2025"], {"start": 1, "length": 2}, ["KR", "US"]),
        (["KR-2024", "US-2025"], {"start": -4}, ["2024", "2025"]),
        (["서울시 강남구", "부산시"], {"after": " "}, ["강남구", None]),
    ],
)
def test_a_part_is_taken_out(
    workspace: Workspace, values: list[str | None], arguments: dict[str, Any], parts: list[str | None]
) -> None:
    assert _cells(workspace, "extract_text", values, column="x", **arguments)[0] == parts


def test_the_sql_of_a_part_and_its_replay_on_other_rows(workspace: Workspace) -> None:
    add(workspace, "t", "SELECT unnest(['A-12', 'B']) AS x")
    outcome = do(workspace, "extract_text", dataset="t", column="x", pattern="[0-9]+", name="number")
    assert outcome.sql == """SELECT *, nullif(regexp_extract("x", '[0-9]+', 0), '') AS "number" FROM "t@1\""""
    assert outcome.text == "Took what fits [0-9]+ out of x into number. 1 value without it stayed empty."
    assert replay(recipe_of(workspace, "t@2"), "SELECT unnest(['9', NULL, 'x']) AS x") == [
        ("9", "9"),
        (None, None),
        ("x", None),
    ]


@pytest.mark.parametrize(
    ("arguments", "made"),
    [
        ({"action": "prefix", "text": "KR-"}, ["KR-7", "KR-12", None]),
        ({"action": "suffix", "text": " kg"}, ["7 kg", "12 kg", None]),
        ({"action": "pad_left", "text": "0", "length": 2}, ["07", "12", None]),
        ({"action": "pad_right", "text": ".", "length": 3}, ["7..", "12.", None]),
        ({"action": "replace", "text": "1", "by": "one"}, ["7", "one2", None]),
        ({"action": "replace_pattern", "text": "[0-9]$", "by": "x"}, ["x", "1x", None]),
    ],
)
def test_texts_are_edited(workspace: Workspace, arguments: dict[str, Any], made: list[str | None]) -> None:
    assert _cells(workspace, "edit_text", ["7", "12", None], columns=["x"], **arguments)[0] == made


def test_an_edit_tells_how_many_cells_it_changed_and_replays(workspace: Workspace) -> None:
    _, text = _cells(workspace, "edit_text", ["7", "12"], columns=["x"], action="pad_left", text="0", length=2)
    assert text == "Padded to 2 characters: x (1 cell)."
    assert replay(recipe_of(workspace, "t@2"), "SELECT '5' AS x") == [("05",)]


def test_what_texts_hold_is_counted(workspace: Workspace) -> None:
    add(workspace, "t", "SELECT unnest(['Ab 1\n두 개!', '', NULL]) AS x")
    measures = ["characters", "words", "digits", "letters", "capitals", "spaces", "symbols", "lines"]
    outcome = do(workspace, "measure_text", dataset="t", column="x", measures=measures)
    assert workspace.version("t").names == ["x", *(f"x_{measure}" for measure in measures)]
    assert [row[1:] for row in rows_of(workspace, "t")] == [
        (9, 4, 1, 4, 1, 3, 1, 2), (0, 0, 0, 0, 0, 0, 0, 0), (None,) * 8,
    ]  # fmt: skip
    assert outcome.text == "Counted in x: characters, words, digits, letters, capitals, spaces, symbols and lines."


@pytest.mark.parametrize(
    ("test", "more", "good"),
    [
        ("length", {"low": 2, "high": 3}, ["ab1", "12", "Ab", "AB", "1.5"]),
        ("starts", {"value": "A"}, ["Ab", "AB"]),
        ("ends", {"value": "1"}, ["ab1"]),
        ("contains", {"value": "b"}, ["ab1", "Ab"]),
        ("pattern", {"value": "[a-z]+[0-9]"}, ["ab1"]),
        ("alphanumeric", {}, ["ab1", "12", "Ab", "AB"]),
        ("letters", {}, ["Ab", "AB"]),
        ("digits", {}, ["12"]),
        ("spaces", {}, [" "]),
        ("title", {}, ["Ab"]),
        ("lower", {}, ["ab1"]),
        ("upper", {}, ["AB"]),
        ("numeric", {}, ["12", "1.5"]),
        ("decimal", {}, ["1.5"]),
    ],
)
def test_the_form_of_texts_is_tested(workspace: Workspace, test: str, more: dict[str, Any], good: list[str]) -> None:
    values = ["ab1", "12", "Ab", "AB", " ", "1.5", None]
    cells, text = _cells(workspace, "validate_text", values, column="x", test=test, **more)
    assert [value for value, cell in zip(values, cells, strict=True) if cell] == good
    assert cells[-1] is None
    assert text == f"Tested x ({test}): {len(good)} value{'s' if len(good) != 1 else ''} of 6 passed, see x_valid."


@pytest.mark.parametrize(
    ("tool", "arguments", "message"),
    [
        ("extract_text", {"column": "x"}, "Give one way to find the part"),
        ("extract_text", {"column": "x", "pattern": "a", "after": "b"}, "Give one way to find the part"),
        ("extract_text", {"column": "x", "pattern": "(a"}, "The pattern (a can't be read: "),
        ("extract_text", {"column": "x", "pattern": "zzz"}, "No value of x has what fits zzz."),
        ("extract_text", {"column": "x", "start": 0}, "Places count from 1"),
        (
            "edit_text",
            {"columns": ["x"], "action": "pad_left", "text": "ab", "length": 5},
            "Padding needs one character",
        ),
        ("edit_text", {"columns": [], "action": "prefix", "text": "a"}, "Name at least one column"),
        ("measure_text", {"column": "x", "measures": []}, "No measures were named."),
        ("validate_text", {"column": "x", "test": "starts"}, "Test starts needs a value."),
        ("validate_text", {"column": "x", "test": "length"}, "Test length needs low, high or both."),
        ("validate_text", {"column": "y", "test": "digits"}, "No column 'y'."),
    ],
)
def test_wrong_input_is_said_in_one_line(
    workspace: Workspace, tool: str, arguments: dict[str, Any], message: str
) -> None:
    add(workspace, "t", "SELECT 'a' AS x")
    with pytest.raises(ToolError) as error:
        do(workspace, tool, dataset="t", **arguments)
    assert str(error.value).startswith(message)
    assert "\n" not in str(error.value)
    assert workspace.version("t").ref == "t@1"


@pytest.mark.parametrize(
    ("arguments", "cells"),
    [
        ({"action": "strip", "text": "*-"}, ["A*b", "Ab", None]),
        ({"action": "strip_left", "text": "*"}, ["A*b-", "Ab", None]),
        ({"action": "strip_right", "text": "-"}, ["**A*b", "Ab", None]),
        ({"action": "replace", "text": "a*B", "by": r"\1", "any_case": True}, [r"**\1-", "Ab", None]),
        ({"action": "replace_pattern", "text": "[a]", "by": "x", "any_case": True}, ["**x*b-", "xb", None]),
    ],
)
def test_characters_are_cut_and_case_may_be_passed_over(
    workspace: Workspace, arguments: dict[str, Any], cells: list[str | None]
) -> None:
    assert _cells(workspace, "edit_text", ["**A*b-", "Ab", None], columns=["x"], **arguments)[0] == cells


@pytest.mark.parametrize(
    ("arguments", "cell", "others"),
    [
        ({"action": "strip", "text": "*-"}, """trim("x", '*-')""", ["a*bq", "aB", None]),
        ({"action": "strip_left", "text": "*"}, """ltrim("x", '*')""", ["-a*bq*-", "aB", None]),
        ({"action": "strip_right", "text": "]^-"}, """rtrim("x", ']^-')""", ["-a*bq*", "aB", None]),
        ({"action": "replace", "text": "A*b", "by": "", "any_case": True}, r"""regexp_replace("x", 'A\*b', '', 'gi')""", ["-q*-", "aB", None]),
    ],
)  # fmt: skip
def test_the_sql_of_cuts_and_its_replay_on_other_rows(
    workspace: Workspace, arguments: dict[str, Any], cell: str, others: list[str | None]
) -> None:
    add(workspace, "t", "SELECT unnest(['**A*b-', NULL]) AS x")
    outcome = do(workspace, "edit_text", dataset="t", columns=["x"], **arguments)
    assert outcome.sql == f'SELECT * REPLACE ({cell} AS "x") FROM "t@1"'
    other = "SELECT unnest(['-a*bq*-', 'aB', NULL]) AS x"
    assert replay(recipe_of(workspace, "t@2"), other) == [(cell,) for cell in others]


FORMS: list[tuple[str, dict[str, Any], list[str], list[str]]] = [
    ("length", {"low": 2, "high": 3}, ["ab", "가나다"], ["a", "abcd", ""]),
    ("starts", {"value": "A-"}, ["A-1"], ["a-1", "BA-"]),
    ("ends", {"value": ".kr"}, ["x.kr"], [".kr2", "kr"]),
    ("alphanumeric", {}, ["a1", "é", "가1"], ["a 1", "a-1", ""]),
    ("letters", {}, ["abc", "가나"], ["a1", ""]),
    ("digits", {}, ["007"], ["1.5", "-1", ""]),
    ("spaces", {}, [" ", "\t "], ["", " a"]),
    ("title", {}, ["Ann Lee", "A1 B2"], ["ann Lee", "ANN", ""]),
    ("lower", {}, ["abc", "a1"], ["aBc", "1"]),
    ("upper", {}, ["ABC", "A1"], ["AbC", "1"]),
    ("numeric", {}, ["12", "-1.5", ".5", "1e6"], ["1,5", "x", "1.2.3"]),
    ("decimal", {}, ["1.5", "-.5"], ["15", "1.", "a.5"]),
]
"""The twelve tests of a text's form."""


@pytest.mark.parametrize(("test", "arguments", "good", "bad"), FORMS)
def test_each_form_is_told_from_others(
    workspace: Workspace, test: str, arguments: dict[str, Any], good: list[str], bad: list[str]
) -> None:
    cells, _ = _cells(workspace, "validate_text", [*good, *bad, None], column="x", test=test, **arguments)
    assert cells == [True] * len(good) + [False] * len(bad) + [None]
