"""Each category gets one spelling, and what means something else keeps its own."""

from pathlib import Path

import pytest

from tests.small_project import add, do, recipe_of, replay, rows_of
from tools.tool import ToolError
from tools.transforms.spellings import unified
from tools.workspace import Workspace

VALUES = "SELECT unnest(['Bachelor''s', 'Bachelor''s', 'bachelors', 'Bachelors Degree', 'PhD', 'PhD', 'Ph.D.', NULL]) AS degree, 5 AS n"


@pytest.mark.parametrize(
    ("counts", "become"),
    [
        ({"Bachelor's": 9, "Bachelors": 4, "Bachelors Degree": 2, "Master's": 5, "masters degree": 1}, {"Bachelors": "Bachelor's", "Bachelors Degree": "Bachelor's", "masters degree": "Master's"}),
        ({"Contoso": 8, "CONTOSO": 2, "Contoso, Inc.": 3, "The Contoso Company": 1}, {"CONTOSO": "Contoso", "Contoso, Inc.": "Contoso", "The Contoso Company": "Contoso"}),
        ({"São Paulo": 7, "Sao Paulo": 2, "sao-paulo": 1}, {"Sao Paulo": "São Paulo", "sao-paulo": "São Paulo"}),
        ({"U.S.A.": 2, "USA": 9}, {"U.S.A.": "USA"}),
        ({"TX": 9, "TX-*": 2, "tx ": 1}, {"TX-*": "TX", "tx ": "TX"}),
        ({"서울": 5, "서울 ": 1, "부산": 4}, {"서울 ": "서울"}),
        ({"California": 90, "Californa": 2, "Colorado": 40}, {"Californa": "California"}),
        ({"A": 9, "A-": 5, "A+": 3, "C": 4, "C++": 3, "C#": 2}, {}),
        ({"<=50K": 90, ">50K": 30, ">= 5": 4, "5": 3, "≥5": 2}, {}),
        ({"North Carolina": 90, "South Carolina": 2}, {}),
        ({"Australia": 90, "Austria": 2}, {}),
        ({"small": 90, "extra small": 4, "large": 80, "extra large": 3}, {}),
        ({"Type 1": 90, "Type 2": 2, "1.5": 4, "15": 80}, {}),
        ({"female": 90, "male": 2}, {}),
        ({"typical": 90, "atypical": 2}, {}),
        ({"-": 3, "?": 2}, {}),
    ],
)  # fmt: skip
def test_spellings_of_one_value_become_its_most_frequent_one(counts: dict[str, int], become: dict[str, str]) -> None:
    assert unified(list(counts.items()), typos=True) == become


def test_in_columns_of_names_only_case_and_punctuation_count() -> None:
    names = [(f"Person {chr(65 + i // 26)}{chr(65 + i % 26)}", 1) for i in range(400)]
    given = [
        *names,
        ("Brook", 3),
        ("Brooks", 1),
        ("SMITH", 1),
        ("Smith", 4),
        ("Deandre", 3),
        ("DeAndre", 2),
        ("Oslo-*", 1),
        ("Oslo", 2),
    ]
    assert unified(given, typos=True) == {"SMITH": "Smith", "Oslo-*": "Oslo"}


def test_the_mapping_is_shown_and_written_into_the_sql(tmp_path: Path) -> None:
    with Workspace(tmp_path) as workspace:
        add(workspace, "t", VALUES)
        outcome = do(workspace, "unify_spellings", dataset="t")
        assert outcome.text == (
            "Unified spellings. degree: 'Bachelors Degree' and 'bachelors' became \"Bachelor's\"; 'Ph.D.' became 'PhD'."
        )
        assert outcome.sql == (
            "SELECT * REPLACE (CASE \"degree\" WHEN 'Bachelors Degree' THEN 'Bachelor''s' WHEN 'Ph.D.' THEN 'PhD' WHEN 'bachelors' THEN 'Bachelor''s'"
            ' ELSE "degree" END AS "degree") FROM "t@1"'
        )
        assert outcome.values["spellings"] == {
            "degree": {"Bachelors Degree": "Bachelor's", "Ph.D.": "PhD", "bachelors": "Bachelor's"}
        }
        assert [row[0] for row in rows_of(workspace, "t")] == ["Bachelor's"] * 4 + ["PhD"] * 3 + [None]
        found = replay(
            recipe_of(workspace, str(outcome.dataset)), "SELECT unnest(['bachelors', 'PhDs']) AS degree, 1 AS n"
        )
        assert found == [("Bachelor's", 1), ("PhDs", 1)]


def test_doubled_apostrophes_are_single(tmp_path: Path) -> None:
    with Workspace(tmp_path) as workspace:
        add(workspace, "t", "SELECT unnest(['O''''Neill', 'D''Arcy']) AS name")
        outcome = do(workspace, "unify_spellings", dataset="t", columns=["name"])
        assert outcome.text == "Unified spellings. name: 1 cell had doubled apostrophes."
        assert rows_of(workspace, "t") == [("O'Neill",), ("D'Arcy",)]


def test_slips_stay_where_asked_and_nothing_to_do_makes_no_version(tmp_path: Path) -> None:
    with Workspace(tmp_path) as workspace:
        add(
            workspace,
            "t",
            "SELECT CASE WHEN i = 0 THEN 'Califronia' ELSE 'California' END AS state, i FROM range(20) r(i)",
        )
        outcome = do(workspace, "unify_spellings", dataset="t", columns=["state", "i"], typos=False)
        assert (outcome.text, outcome.dataset) == (
            "Every value of state has one spelling. Skipped i (holds no text).",
            "t@1",
        )
        assert (
            do(workspace, "unify_spellings", dataset="t").text
            == "Unified spellings. state: 'Califronia' became 'California'."
        )
        with pytest.raises(ToolError, match=r"^No column 'stat'\. Nearest: state\. Columns: state, i\.$"):
            do(workspace, "unify_spellings", dataset="t", columns=["stat"])


def test_hangul_values_that_differ_by_blanks_alone_are_one() -> None:
    counts = [("간편결제", 9), ("카드", 8), ("카 드", 2), ("간편 결제", 1), ("현금", 1)]
    assert unified(counts, typos=True) == {"카 드": "카드", "간편 결제": "간편결제"}


def test_words_of_other_scripts_keep_their_blanks() -> None:
    counts = [("in door", 9), ("indoor", 2), ("서울 강남구", 5), ("서울 강동구", 1)]
    assert unified(counts, typos=True) == {}
