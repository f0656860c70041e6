"""Texts as columns of what they mean."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import tools.transforms.sentences  # noqa: F401  # puts its tool into the catalogue
from automl.encoder import load_encoder
from tests.small_project import add, do, recipe_of, replay, rows_of
from tests.tiny_encoder import tiny_encoder
from tools.guard import GuardError, check_select
from tools.matching import used_columns
from tools.script import history_script, recipe_script
from tools.tool import ToolError
from tools.workspace import Workspace

TEXTS = ["parcel late", "refund money please", "my password is locked", "the order is late today", "money twice"]


@pytest.fixture(scope="module")
def encoder(tmp_path_factory: pytest.TempPathFactory) -> str:
    return tiny_encoder(tmp_path_factory.mktemp("encoder"), width=4)


@pytest.fixture
def workspace(tmp_path: Path) -> Iterator[Workspace]:
    with Workspace(tmp_path) as opened:
        rows = ", ".join(f"({place}, '{text}')" for place, text in enumerate(TEXTS))
        add(opened, "t", f"SELECT * FROM (VALUES {rows}, (5, NULL)) AS t(id, note)")
        yield opened


def test_the_sql_calls_the_encoder_once_a_text(workspace: Workspace, encoder: str) -> None:
    outcome = do(workspace, "embed_text", dataset="t", columns=["note", "id"], encoder=encoder)
    assert outcome.sql == (
        'SELECT * EXCLUDE ("vector note", "note"),\n'
        '  "vector note"[1] AS "note_1",\n'
        '  "vector note"[2] AS "note_2",\n'
        '  "vector note"[3] AS "note_3",\n'
        '  "vector note"[4] AS "note_4"\n'
        "FROM (SELECT *,\n"
        f'  sentence_embedding("note", \'{encoder}\') AS "vector note"\n'
        'FROM "t@1")'
    )
    assert outcome.text == (
        "Texts were read by meaning. note became 4 columns: note_1, note_2, note_3 and 1 more. Skipped id (holds no text)."
    )
    made = rows_of(workspace, "t")
    assert np.array([row[1:] for row in made[:5]]) == pytest.approx(load_encoder(encoder).embed(TEXTS), abs=1e-5)
    assert made[5] == (5, None, None, None, None)
    assert workspace.version("t").depth == 0  # kept, not worked out at each look


def test_components_are_those_of_scikit_learn_and_hold_for_other_rows(workspace: Workspace, encoder: str) -> None:
    from sklearn.decomposition import PCA

    outcome = do(workspace, "embed_text", dataset="t", columns=["note"], count=2, keep=True, encoder=encoder)
    assert outcome.sql is not None
    assert outcome.sql.count("list_inner_product(") == 2
    assert workspace.version("t").names == ["id", "note", "note_1", "note_2"]
    loaded = load_encoder(encoder)
    fitted = PCA(2).fit(loaded.embed(TEXTS))
    other = ["refund late", "hello account"]
    rows = replay(recipe_of(workspace, "t"), f"SELECT 1 AS id, unnest({other!r}) AS note")
    got = np.array([row[2:] for row in rows])
    assert np.abs(got) == pytest.approx(np.abs(fitted.transform(loaded.embed(other))), abs=1e-4)


def test_a_model_knows_which_column_the_numbers_come_from(workspace: Workspace, encoder: str) -> None:
    do(workspace, "embed_text", dataset="t", columns=["note"], encoder=encoder)
    assert used_columns(recipe_of(workspace, "t"), ["note_2"]) == ["note"]


def test_scripts_say_what_they_need(workspace: Workspace, encoder: str) -> None:
    from tools.script import Kept

    do(workspace, "embed_text", dataset="t", columns=["note"], encoder=encoder)
    versions = workspace.versions("t")
    kept = {"t@1": Kept("t.parquet", {})}
    needs = "Calls sentence_embedding(text, encoder), which Easel adds to DuckDB: pip install 'easel-assistant[full]'."
    assert f"-- {needs}" in recipe_script(recipe_of(workspace, "t"))
    assert f"-- {needs}" in history_script(versions, kept, "sql")
    assert "add_functions(connection)" in history_script(versions, kept, "python")
    assert "add_functions(connection)" in history_script(versions, kept, "notebook")
    assert "add_functions" not in history_script(versions[:1], kept, "python")


def test_sql_from_outside_may_not_call_the_encoder() -> None:
    with pytest.raises(GuardError, match="sentence_embedding"):
        check_select("SELECT sentence_embedding('a', '')", tables=[])


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"columns": []}, "No columns were named. Name at least one column of text."),
        ({"columns": ["note"], "count": 5}, "From 1 to 4 numbers were expected, got 5. Give count 20, for example."),
        ({"columns": ["note"], "encoder": "/nowhere"}, "No encoder can be read from '/nowhere'."),
    ],
)
def test_what_does_not_fit_is_said_in_one_line(
    workspace: Workspace, encoder: str, arguments: dict[str, Any], message: str
) -> None:
    with pytest.raises(ToolError) as error:
        do(workspace, "embed_text", dataset="t", **{"encoder": encoder, **arguments})
    assert str(error.value).startswith(message)


def test_no_text_makes_no_version(workspace: Workspace, encoder: str) -> None:
    outcome = do(workspace, "embed_text", dataset="t", columns=["id"], encoder=encoder)
    assert (outcome.text, outcome.dataset) == ("No text to turn into columns. Skipped id (holds no text).", "t@1")


def test_without_the_encoders_libraries_one_line_says_what_to_install(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    import sys

    monkeypatch.setitem(sys.modules, "torch", None)
    with pytest.raises(ToolError, match=r"^Reading texts by meaning needs the full installation: pip install"):
        do(workspace, "embed_text", dataset="t", columns=["note"], encoder="/not/loaded/yet")
