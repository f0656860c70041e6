"""Texts as columns of words."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import tools.transforms.vectors  # noqa: F401  # puts its tool into the catalogue
from tests.small_project import add, do, recipe_of, replay, rows_of
from tools.tool import ToolError
from tools.workspace import Workspace


@pytest.fixture
def workspace(tmp_path: Path) -> Iterator[Workspace]:
    with Workspace(tmp_path) as opened:
        cells = "(1, 'Good phone, good price'), (2, 'The phone is bad'), (3, '배송 빠름 good'), (4, NULL), (5, '!')"
        add(opened, "t", f"SELECT * FROM (VALUES {cells}) AS t(id, note)")
        yield opened


def test_words_are_counted_by_the_sql_that_is_shown(workspace: Workspace) -> None:
    outcome = do(workspace, "vectorize_text", dataset="t", columns=["note", "id"], method="count", words=3)
    assert outcome.sql == (
        'SELECT * EXCLUDE (words, "note"),\n'
        "  coalesce(words['good'], 0) AS \"note_good\",\n"
        "  coalesce(words['phone'], 0) AS \"note_phone\",\n"
        "  coalesce(words['bad'], 0) AS \"note_bad\"\n"
        "FROM (SELECT *, list_aggregate(regexp_extract_all(lower(\"note\"), '[\\p{L}\\p{N}]+'), 'histogram') AS words"
        ' FROM "t@1")'
    )
    assert outcome.text == (
        "The most frequent words were counted. note became 3 columns: note_good, note_phone and note_bad."
        " Skipped id (holds no text)."
    )
    assert rows_of(workspace, "t") == [(1, 2, 1, 0), (2, 0, 1, 1), (3, 1, 0, 0), (4, 0, 0, 0), (5, 0, 0, 0)]


def test_the_weights_are_those_of_scikit_learn_and_hold_for_other_rows(workspace: Workspace) -> None:
    from sklearn.feature_extraction.text import TfidfVectorizer

    do(workspace, "vectorize_text", dataset="t", columns=["note"], words=4, keep=True)
    assert workspace.version("t").names == ["id", "note", "note_good", "note_phone", "note_bad", "note_price"]
    fitted = TfidfVectorizer(vocabulary=["good", "phone", "bad", "price"])
    fitted.fit(["Good phone, good price", "The phone is bad", "배송 빠름 good", "", "!"])
    new = ["A good, bad, GOOD phone", "never seen"]
    expected = fitted.transform(new).toarray()
    rows = replay(recipe_of(workspace, "t"), f"SELECT 1 AS id, unnest({new!r}) AS note")
    assert [row[2:] for row in rows] == [pytest.approx(tuple(row), abs=1e-8) for row in expected]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"columns": ["note"], "words": 0}, "From 1 to 500 words were expected, got 0. Give words 50, for example."),
        ({"columns": []}, "No columns were named. Name at least one column of text."),
    ],
)
def test_what_does_not_fit_is_said_in_one_line(workspace: Workspace, arguments: dict[str, Any], message: str) -> None:
    with pytest.raises(ToolError) as error:
        do(workspace, "vectorize_text", dataset="t", **arguments)
    assert str(error.value) == message


def test_no_words_make_no_version(workspace: Workspace) -> None:
    outcome = do(workspace, "vectorize_text", dataset="t", columns=["id"])
    assert (outcome.text, outcome.dataset) == ("No text to turn into columns. Skipped id (holds no text).", "t@1")
