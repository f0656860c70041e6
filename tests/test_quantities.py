"""Numbers with units stuck to them are read and brought to one unit; endings that repeat are split off."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import tools.transforms.endings
import tools.transforms.quantities  # noqa: F401  # they put their tools into the catalogue
from tests.small_project import Row, add, do, recipe_of, replay, rows_of
from tools.tool import ToolError
from tools.workspace import Workspace


@pytest.fixture
def workspace(tmp_path: Path) -> Iterator[Workspace]:
    with Workspace(tmp_path) as opened:
        yield opened


def _column(workspace: Workspace, texts: list[str | None]) -> None:
    rows = ", ".join("(NULL)" if text is None else "('" + text.replace("'", "''") + "')" for text in texts)
    add(workspace, "t", f"SELECT * FROM (VALUES {rows}) t(size)")


@pytest.mark.parametrize(
    ("texts", "rows", "text"),
    [
        (["12 kg", "3.5kg", "500 g", "2 lbs", None], [(12.0,), (3.5,), (0.5,), (0.90718474,), (None,)], "size: read 4 numbers in kg, converted from g and lbs."),
        (["5'6", "6'", "5 ft 9 in", "6'3\"", "4' 0\""], [(5.5,), (6.0,), (5.75,), (6.25,), (4.0,)], "size: read 5 numbers in foot."),
        (["2h 30min", "45 min", "1 hr", "10 min"], [(150.0,), (45.0,), (60.0,), (10.0,)], "size: read 4 numbers in minute, converted from h and hr."),
        (["1,200 USD", "$300", "USD 15.50", "7 usd"], [(1200.0,), (300.0,), (15.5,), (7.0,)], "size: read 4 numbers in usd."),
        (["$1.2M", "$900k", "$3M"], [(1.2,), (0.9,), (3.0,)], "size: read 3 numbers in $m, converted from $k."),
        (["20 °C", "68F", "21C", "5 C"], [(20.0,), (20.0,), (21.0,), (5.0,)], "size: read 4 numbers in degC, converted from f."),
        (["1.500,5 kg", "2,25 kg", "3 kg"], [(1500.5,), (2.25,), (3.0,)], "size: read 3 numbers in kg."),
        (["3명", "12명", "1명"], [(3.0,), (12.0,), (1.0,)], "size: read 3 numbers in 명."),
        (["1 kg", "2 kg", "3 kg", "4 kg", "heavy"], [(1.0,), (2.0,), (3.0,), (4.0,), (None,)], "size: read 4 numbers in kg; 1 cell became empty, for example 'heavy'."),
    ],
)  # fmt: skip
def test_numbers_come_in_the_usual_unit(
    workspace: Workspace, texts: list[str | None], rows: list[Row], text: str
) -> None:
    _column(workspace, texts)
    outcome = do(workspace, "parse_quantities", dataset="t")
    assert rows_of(workspace, "t") == [pytest.approx(row) for row in rows]
    assert outcome.text == text


def test_what_can_not_be_converted_keeps_its_unit_beside_it(workspace: Workspace) -> None:
    _column(workspace, ["5 usd", "7 usd", "€20"])
    outcome = do(workspace, "parse_quantities", dataset="t", columns=["size"])
    assert rows_of(workspace, "t") == [(5.0, "usd"), (7.0, "usd"), (20.0, "€")]
    assert outcome.text == (
        "size: read 3 numbers in usd; € can't be brought to usd, so those numbers stayed. size_unit holds the unit that was written."
    )


def test_the_sql_is_exact_and_replays_with_the_factors_that_were_learned(workspace: Workspace) -> None:
    _column(workspace, ["1 kg", "3 kg", "500 g"])
    outcome = do(workspace, "parse_quantities", dataset="t", unit="kg")
    form = r"'^\s*([^\s\d.,+\-][^\d,]*?)?\s*([-+]?\d[\d.,]*)\s*([^\s\d.,+\-][^\d,]*?)?\s*(?:([-+]?\d[\d.,]*)\s*([^\s\d.,+\-][^\d,]*?)?)?\s*$'"
    unit = f"coalesce(nullif(lower(trim(regexp_extract(\"size\", {form}, 1) || regexp_extract(\"size\", {form}, 3), ' .()/')), ''), '')"
    number = f"TRY_CAST(replace(regexp_extract(\"size\", {form}, 2), ',', '') AS DOUBLE)"
    assert outcome.sql == (
        f'SELECT * REPLACE (round(CASE {unit} WHEN \'g\' THEN {number} * 0.001 ELSE {number} END, 9) AS "size") FROM "t@1"'
    )
    assert replay(recipe_of(workspace, str(outcome.dataset)), "SELECT unnest(['250 g', '4kg', 'x']) AS size") == [
        (0.25,),
        (4.0,),
        (None,),
    ]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"columns": ["sise"]}, "No column 'sise'. Nearest: size. Columns: size."),
        (
            {"columns": ["size"], "unit": "litre"},
            "size is in kg, which can't be brought to 'litre'. Name a unit of the same kind.",
        ),
    ],
)
def test_what_does_not_fit_is_said_in_one_line(workspace: Workspace, arguments: dict[str, Any], message: str) -> None:
    _column(workspace, ["1 kg", "2 kg"])
    with pytest.raises(ToolError) as error:
        do(workspace, "parse_quantities", dataset="t", **arguments)
    assert str(error.value) == message


def test_columns_without_units_are_left_as_they_are(workspace: Workspace) -> None:
    add(workspace, "t", "SELECT unnest(['12', '13']) AS n, unnest(['red', 'blue']) AS colour")
    outcome = do(workspace, "parse_quantities", dataset="t")
    assert (outcome.text, outcome.dataset) == ("No column holds numbers with units.", "t@1")
    outcome = do(workspace, "parse_quantities", dataset="t", columns=["colour"])
    assert (
        outcome.text
        == "No column holds numbers with units. Skipped colour (only 0 of 2 texts are a number with a unit)."
    )


# --- endings -----------------------------------------------------------------------------------------------------


def test_city_and_state_part_whatever_stands_between(workspace: Workspace) -> None:
    _column(workspace, ["San Jose, CA", "Fresno CA", "PortlandOR", "Salem (OR)", "New York", None])
    outcome = do(workspace, "split_ending", dataset="t", column="size", names=["city", "state"], keep=False)
    assert rows_of(workspace, "t") == [
        ("San Jose", "CA"), ("Fresno", "CA"), ("Portland", "OR"), ("Salem", "OR"), ("New York", None), (None, None),
    ]  # fmt: skip
    assert outcome.text == (
        "Split size into city and state by its 2 endings: CA and OR. 1 text ended in none of them and went to city whole."
    )
    assert str(outcome.sql).startswith(
        'SELECT * EXCLUDE ("size"), CASE WHEN CASE WHEN CASE WHEN regexp_matches("size", '
    )
    recipe = recipe_of(workspace, str(outcome.dataset))
    assert replay(recipe, "SELECT 'Bend, OR' AS size UNION ALL SELECT 'Miami FL'") == [
        ("Bend", "OR"),
        ("Miami FL", None),
    ]


def test_texts_without_endings_and_wrong_names_are_told(workspace: Workspace) -> None:
    _column(workspace, ["alpha one", "beta two", "gamma three"])
    with pytest.raises(ToolError) as error:
        do(workspace, "split_ending", dataset="t", column="size", names=["a", "b"])
    assert str(error.value) == (
        "size has no endings that repeat: 0 of 3 texts end in one. split_column splits at a separator."
    )
    with pytest.raises(
        ToolError, match=r"^This makes two columns: got 1 name\. Name what stands before and the ending\.$"
    ):
        do(workspace, "split_ending", dataset="t", column="size", names=["a"])
