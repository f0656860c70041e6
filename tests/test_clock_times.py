"""Clock times that are written in many ways become one form."""

from pathlib import Path

import pytest

import tools.transforms.clock_times  # noqa: F401  # puts its tool into the catalogue
from tests.small_project import add, do, recipe_of, replay, rows_of
from tools.tool import ToolError
from tools.workspace import Workspace


def _values(texts: list[str | None]) -> str:
    return ", ".join("(NULL)" if text is None else f"('{text}')" for text in texts)


@pytest.mark.parametrize(
    ("texts", "written"),
    [
        (["7:10 a.m.", "4:52 p.m. (about)", "9:35pSat", "3/14/19 12:01 a.m.", "15:05", "late", None], ["7:10 a.m.", "4:52 p.m.", "9:35 p.m.", "12:01 a.m.", "3:05 p.m.", "late", None]),
        (["09:30", "21:15", "8:05", "8:05 PM", "2024-03-01T23:59:10", "오후 3:20"], ["09:30", "21:15", "08:05", "20:05", "23:59", "15:20"]),
        (["9:30 AM", "12:00 PM", "12:10 am", "13:45", "7:00 Apr 3"], ["9:30 AM", "12:00 PM", "12:10 AM", "1:45 PM", "7:00 AM"]),
        (["9:30am", "1:15pm", "1:15 P.M.", "99:99"], ["9:30am", "1:15pm", "1:15pm", "99:99"]),
    ],
)  # fmt: skip
def test_times_take_the_columns_usual_form(tmp_path: Path, texts: list[str | None], written: list[str | None]) -> None:
    with Workspace(tmp_path) as workspace:
        add(workspace, "t", f"SELECT * FROM (VALUES {_values(texts)}) t(told)")
        do(workspace, "unify_times", dataset="t", columns=["told"])
        assert [row[0] for row in rows_of(workspace, "t")] == written


def test_the_text_the_sql_and_a_replay_are_exact(tmp_path: Path) -> None:
    with Workspace(tmp_path) as workspace:
        add(workspace, "t", "SELECT * FROM (VALUES ('07:10', 'x'), ('09:00', 'y'), ('9:05 pm', 'z')) t(told, note)")
        outcome = do(workspace, "unify_times", dataset="t")
        assert outcome.text == "Wrote the clock times alike in told (1 cell, 9:05 pm became 21:05)."
        form = r"'(?i)(오전|오후)?\s*(\d{1,2}):(\d{2})(?::\d{2})?(?:([ap])|\s*([ap])\.?\s?m\b)?'"
        parts = {number: f'regexp_extract("told", {form}, {number})' for number in range(1, 6)}
        hour, half = f"CAST({parts[2]} AS INTEGER)", f"lower({parts[4]} || {parts[5]})"
        of_day = (
            f"CASE WHEN ({half} = 'p' OR {parts[1]} = '오후') THEN {hour} % 12 + 12"
            f" WHEN ({half} = 'a' OR {parts[1]} = '오전') THEN {hour} % 12 ELSE {hour} END"
        )
        is_time = f"coalesce(TRY_CAST({parts[2]} AS INTEGER) <= 23 AND TRY_CAST({parts[3]} AS INTEGER) <= 59, false)"
        assert outcome.sql == (
            f"SELECT * REPLACE (CASE WHEN {is_time} THEN lpad(CAST({of_day} AS VARCHAR), 2, '0') || ':' || {parts[3]} ELSE \"told\" END"
            ' AS "told") FROM "t@1"'
        )
        assert replay(recipe_of(workspace, str(outcome.dataset)), "SELECT '1:00 a.m.' AS told, 'w' AS note") == [
            ("01:00", "w")
        ]


def test_what_holds_no_times_is_said(tmp_path: Path) -> None:
    with Workspace(tmp_path) as workspace:
        add(workspace, "t", "SELECT 1 AS n, 'red' AS colour")
        assert do(workspace, "unify_times", dataset="t", columns=["n", "colour"]).text == (
            "No column of clock times was found. Skipped n (holds no text); colour (holds no clock times)."
        )
        with pytest.raises(ToolError, match=r"^No column 'tme'\. Columns: n, colour\.$"):
            do(workspace, "unify_times", dataset="t", columns=["tme"])
