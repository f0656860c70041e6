import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from assistant.__main__ import main
from assistant.typed import tool_arguments

ORDERS = "order_id,country,amount\n1,Norway,30\n2,Chile,\n3,Norway,50\n4,Japan,20\n"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The current folder of a person with one file, and her own home and cache."""
    (tmp_path / "My Orders.csv").write_text(ORDERS, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("EASEL_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("EASEL_CACHE", str(tmp_path / "cache"))
    return tmp_path


def _script(folder: Path, *steps: list[dict[str, Any]]) -> str:
    path = folder / "replies.jsonl"
    path.write_text("".join(json.dumps({"steps": step}) + "\n" for step in steps), encoding="utf-8")
    return f"script:{path}"


def test_help_answers_at_once() -> None:
    command = [sys.executable, "-m", "assistant", "--help"]
    before = os.times()
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    after = os.times()
    # The processor's time: what the machine does meanwhile is not the program's.
    assert sum(after[2:4]) - sum(before[2:4]) < 0.5
    assert "usage: easel" in done.stdout


def test_ask_prints_one_event_a_line(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    query = "SELECT country, count(*) AS orders FROM my_orders GROUP BY country ORDER BY orders DESC, country"
    model = _script(folder, [{"tool": "query_data", "sql": query}])
    assert main(["ask", "How many orders by country?", "--data", "My Orders.csv", "--model", model, "--json"]) == 0
    events = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [event["event"] for event in events] == ["plan", "step_started", "step_done", "answer"]
    plan, started, done, answer = events
    assert (plan["needs_approval"], started["id"]) == (False, 1)
    assert {"id": 1, "tool": "query_data", "arguments": {"sql": query}}.items() <= plan["steps"][0].items()
    assert (done["id"], done["sql"]) == (1, query)
    assert answer["table"]["columns"] == ["country", "orders"]
    assert answer["table"]["rows"] == [["Norway", 2], ["Chile", 1], ["Japan", 1]]
    assert answer["text"].startswith("Country and orders: Norway 2, Chile 1 and Japan 1.")


def test_several_texts_are_turns_of_one_conversation(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    fill = [{"tool": "fill_missing", "columns": ["amount"], "method": "median"}]
    count = [{"tool": "query_data", "sql": "SELECT sum(amount) AS total FROM my_orders"}]
    model = _script(folder, fill, count)
    asked = ["ask", "Fill the amounts with the median", "What is the total?", "--data", "My Orders.csv"]
    assert main([*asked, "--model", model, "--json"]) == 0
    answers = [e for e in map(json.loads, capsys.readouterr().out.splitlines()) if e["event"] == "answer"]
    assert [answer["values"].get("total") for answer in answers] == [None, 130]


def test_ask_in_words_shows_plan_sql_and_answer(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    model = _script(folder, [{"tool": "query_data", "sql": "SELECT count(*) AS orders FROM my_orders"}])
    assert main(["ask", "How many?", "--data", "My Orders.csv", "--model", model]) == 0
    out = capsys.readouterr().out
    assert "1. Answer with SQL" in out
    assert "SELECT count(*) AS orders FROM my_orders" in out
    assert "Orders is 4." in out


def test_a_question_back_exits_with_three(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    model = _script(folder, [{"tool": "ask_user", "question": "Which one?", "options": ["a", "b"]}])
    assert main(["ask", "Do it", "--data", "My Orders.csv", "--model", model, "--json"]) == 3
    last = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert last == {"event": "question", "text": "Which one?", "options": ["a", "b"]}


def test_a_project_is_kept_and_a_file_is_loaded_once(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    drop = [{"tool": "drop_columns", "columns": ["amount"]}]
    asked = ["--data", "orders=My Orders.csv", "--project", "kept"]
    assert main(["ask", "Drop amount", *asked, "--model", _script(folder, drop)]) == 0
    capsys.readouterr()
    assert main(["sql", "FROM orders LIMIT 1", *asked, "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == {
        "columns": ["order_id", "country"],
        "rows": [[1, "Norway"]],
        "row_count": 1,
    }


@pytest.mark.parametrize(
    ("limit", "rows", "count"), [([], 1000, 1500), (["--limit", "2"], 2, 1500), (["--limit", "0"], 1500, 1500)]
)
def test_sql_prints_at_most_so_many_rows(
    limit: list[str], rows: int, count: int, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    query = "SELECT n.range AS n FROM range(1500) n"
    assert main(["sql", query, "--data", "My Orders.csv", "--json", *limit]) == 0
    table = json.loads(capsys.readouterr().out)
    assert (table["columns"], len(table["rows"]), table["row_count"]) == (["n"], rows, count)


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (["sql", "DROP TABLE my_orders", "--data", "My Orders.csv"], 1, "easel: "),
        (["sql", "SELECT nothing FROM my_orders", "--data", "My Orders.csv"], 1, "easel: The SQL did not run."),
        (["sql", "SELECT 1", "--data", "Mine.csv"], 1, "easel: No file"),
        (["ask", "Hello", "--data", "empty.csv"], 1, "easel: "),
        (["ask", "How many?", "--data", "My Orders.csv"], 1, "easel: The language model is not on this machine yet"),
        (
            ["predict", "--project", "none", "--data", "My Orders.csv", "--out", "o.csv"],
            1,
            "easel: No project in none.",
        ),
    ],
)
def test_what_a_person_can_mend_is_one_line(
    arguments: list[str], code: int, message: str, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "empty.csv").touch()
    assert main(arguments) == code
    err = capsys.readouterr().err
    assert err.startswith(message)
    assert err.count("\n") == 1


@pytest.mark.parametrize("arguments", [["sql"], ["ask"], ["nonsense"], ["sql", "SELECT 1", "--limit", "-1"]])
def test_wrong_usage_exits_with_two(arguments: list[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        main(arguments)
    assert caught.value.code == 2


def test_tools_prints_the_catalogue_with_schemas(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["tools", "--json"]) == 0
    entries = {entry["name"]: entry for entry in json.loads(capsys.readouterr().out)}
    assert entries["train_model"]["effect"] == "train"
    assert entries["query_data"]["arguments"]["properties"]["sql"]["type"] == "string"
    assert main(["tools"]) == 0
    assert "query_data" in capsys.readouterr().out


def test_doctor_names_what_is_missing_and_the_command(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["doctor"]) == 1
    lines = capsys.readouterr().out.splitlines()
    assert [line for line in lines if line.startswith("MEND")] == [
        "MEND  language model: The language model is not on this machine yet: run `python -m assistant.local_model` (once)."
        " -> python -m assistant.local_model"
    ]


def test_imports_of_the_command_line_stay_light() -> None:
    code = "import sys, assistant.__main__; print([m for m in ('duckdb', 'gradio', 'langchain', 'pydantic') if m in sys.modules])"
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parent.parent)}
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, env=environment)
    assert done.stdout == "[]\n"


def test_run_runs_a_tool_and_changes_steps_without_a_language_model(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def run(*words: str) -> tuple[int, str, str]:
        code = main(["run", *words, "--project", "shop"])
        told = capsys.readouterr()
        return code, told.out, told.err

    assert run("fill_missing", "columns=amount", "method=median", "--data", "My Orders.csv")[0] == 0
    assert run("filter_rows", "condition=country <> 'Japan'")[0] == 0
    code, out, _ = run("change_step", "step=1", "to=mean")
    assert code == 0
    assert "Changed step 1 (fill_missing): method mean. 2 steps ran again." in out
    code, _, error = run("switch_step", "step=3")
    assert (code, error) == (1, "easel: There is no step 3. Steps: 1. fill_missing; 2. filter_rows.\n")
    assert run("switch_stop", "step=1")[2].startswith("easel: No tool 'switch_stop'. Nearest: switch_step")
    assert run("switch_step", "1")[2] == "easel: '1' is no argument. Write NAME=VALUE, for example step=2.\n"
    assert json.loads(run("list_steps", "--json")[1].splitlines()[-1])["values"]["steps"] == 2


@pytest.mark.parametrize(
    ("typed", "schema", "read"),
    [
        ("wanted=300000", {"type": "string"}, "300000"),
        ("wanted=300000", {"anyOf": [{"type": "string"}, {"type": "null"}]}, "300000"),
        ("wanted=null", {"anyOf": [{"type": "string"}, {"type": "null"}]}, None),
        ('wanted="yes"', {"type": "string"}, "yes"),
        ("wanted=3", {"type": "integer"}, 3),
        ("wanted=3", {"anyOf": [{"type": "string"}, {"type": "number"}]}, 3),
        ("wanted=a,b", {"type": "array"}, ["a", "b"]),
        ("wanted=3", {}, 3),
    ],
)
def test_an_argument_is_read_as_its_tool_wants_it(typed: str, schema: dict[str, Any], read: Any) -> None:
    assert tool_arguments([typed], {"properties": {"wanted": schema}}) == {"wanted": read}
