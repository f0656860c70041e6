import http.server
import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

import prompts
from assistant.settings import Settings, SettingsError, read_settings
from evals import versions as dependencies
from evals.cache import Cache
from evals.case import Answers, Asks, Case, CaseError, Data, DatasetIs, Fails, TableIs, Turn
from evals.column import Cut, Limits
from evals.raw import SYSTEM, read_sql
from evals.record import Column, Record, RunFile
from evals.run import load, read_run, run
from evals.words import WordsError, versions

ORDERS = "order_id,country,amount\n1,Norway,30\n2,Chile,\n3,Norway,50\n4,Japan,20\n"
COUNT = {"steps": [{"tool": "query_data", "sql": "SELECT count(*) AS orders FROM orders"}]}
FILL = {"steps": [{"tool": "fill_missing", "columns": ["amount"], "method": "median"}]}
Run = Callable[..., list[tuple[Record, bool]]]


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return read_settings({"EASEL_CACHE": str(tmp_path / "cache"), "EASEL_HOME": str(tmp_path / "home")})


@pytest.fixture
def orders(tmp_path: Path) -> Data:
    path = tmp_path / "orders.csv"
    path.write_text(ORDERS, encoding="utf-8")
    return Data(path=str(path))


@pytest.fixture
def script(tmp_path: Path) -> Callable[..., str]:
    """A model SPEC that gives these replies in each attempt."""

    def written(*replies: Any) -> str:
        path = tmp_path / "replies.jsonl"
        path.write_text("".join(json.dumps(reply) + "\n" for reply in replies), encoding="utf-8")
        return f"script:{path}"

    return written


@pytest.fixture
def runs(tmp_path: Path, settings: Settings) -> Run:
    """Runs cases in some columns into tmp_path/run with one cache, and gives what came."""

    def done(cases: Sequence[Case], *columns: Column, repeats: int = 1, **more: Any) -> list[tuple[Record, bool]]:
        file = RunFile(name="run", created="", suites=["own"], columns=list(columns), repeats=repeats)
        cache = Cache(tmp_path / "records")
        return list(run(file, cases, **({"out": tmp_path / "run", "cache": cache, "settings": settings} | more)))

    return done


def _case(name: str, *turns: Turn | str, data: Sequence[Data] = ()) -> Case:
    said = [turn if isinstance(turn, Turn) else Turn(say=turn, checks=[Answers()]) for turn in turns]
    return Case(id=name, turns=said, data=list(data))


def _kinds(record: Record, turn: int = 0) -> list[str]:
    return [event["event"] for event in record.turns[turn].events]


def _rows(record: Record, file: str) -> list[dict[str, Any]]:
    table = pq.ParquetFile(record.folder / file).read()
    rows: list[dict[str, Any]] = table.to_pylist()
    return rows


# --- what a record holds -------------------------------------------------------------------------------------------


def test_a_record_holds_events_result_and_the_datasets_that_each_turn_made(
    runs: Run, orders: Data, script: Callable[..., str]
) -> None:
    case = _case("fill-and-count", "Fill the amounts", "How many orders are there?", data=[orders])
    [(record, known)] = runs([case], Column(model=script(FILL, COUNT), prompt="current"))
    assert (known, record.infrastructure, record.repeat) == (False, "", 0)
    first, second = record.turns
    assert _kinds(record) == ["plan", "step_started", "step_done", "answer"]
    assert (first.before, first.heads, first.result) == ({"orders": "orders@1"}, {"orders": "orders@2"}, "")
    assert [row["amount"] for row in _rows(record, first.tables["orders@2"])] == [30, 30, 50, 20]
    assert (second.before, second.heads, second.tables) == ({"orders": "orders@2"}, {"orders": "orders@2"}, {})
    assert _rows(record, second.result) == [{"orders": 4}]
    assert [turn.model_calls for turn in record.turns] == [1, 1]
    for turn in record.turns:
        assert turn.plan_seconds is not None
        assert 0 < turn.plan_seconds <= turn.seconds
    assert set(record.versions) == {
        "form", "weights", "engine", "settings", "prompt", "schema", "code", "case", "data",
    }  # fmt: skip


def test_all_rows_of_a_result_are_kept_in_order_and_equal_names_are_told_apart(
    runs: Run, tmp_path: Path, script: Callable[..., str]
) -> None:
    path = tmp_path / "numbers.csv"
    path.write_text("n\n" + "".join(f"{number}\n" for number in range(2500)), encoding="utf-8")
    plan = {"steps": [{"tool": "query_data", "sql": "SELECT n, -n AS n FROM numbers ORDER BY numbers.n DESC"}]}
    column = Column(model=script(plan), prompt="current")
    [(record, _)] = runs([_case("long", "List the numbers backwards", data=[Data(path=str(path))])], column)
    assert len(record.turns[0].events[-1]["table"]["rows"]) < 2500
    rows = _rows(record, record.turns[0].result)
    assert rows[0] == {"n": 2499, "n_2": -2499}
    assert [row["n"] for row in rows] == list(range(2499, -1, -1))


def test_a_dataset_is_called_by_its_name_or_its_file(runs: Run, orders: Data, script: Callable[..., str]) -> None:
    named = orders.model_copy(update={"name": "sales"})
    count = {"steps": [{"tool": "query_data", "sql": "SELECT count(*) AS n FROM sales"}]}
    [(record, _)] = runs([_case("named", "How many sales?", data=[named])], Column(model=script(count), prompt="x"))
    assert record.turns[0].heads == {"sales": "sales@1"}
    assert _rows(record, record.turns[0].result) == [{"n": 4}]


ASK = {"steps": [{"tool": "ask_user", "question": "Which amount?", "options": ["a", "b"]}]}


def test_a_question_ends_the_turn_and_the_talk_goes_on(runs: Run, orders: Data, script: Callable[..., str]) -> None:
    turns = [Turn(say="Fix it", checks=[Asks()]), Turn(say="How many orders are there?", checks=[Answers()])]
    [(record, _)] = runs([_case("asks", *turns, data=[orders])], Column(model=script(ASK, COUNT), prompt="current"))
    assert _kinds(record, 0) == ["question"]
    assert _kinds(record, 1) == ["plan", "step_started", "step_done", "answer"]


def test_a_question_is_replied_to_where_the_case_says_what(runs: Run, orders: Data, script: Callable[..., str]) -> None:
    turn = Turn(say="Fix it", reply="count them", checks=[Answers()])
    [(record, _)] = runs([_case("replies", turn, data=[orders])], Column(model=script(ASK, COUNT), prompt="current"))
    assert _kinds(record) == ["question", "plan", "step_started", "step_done", "answer"]
    assert record.turns[0].model_calls == 2


def test_data_that_cannot_be_loaded_are_a_wrong_answer_and_data_that_are_not_there_an_error(
    runs: Run, tmp_path: Path, script: Callable[..., str]
) -> None:
    column = Column(model=script(COUNT), prompt="current")
    (tmp_path / "empty.csv").write_text("", encoding="utf-8")
    [(record, _)] = runs([_case("empty", "Count", data=[Data(path=str(tmp_path / "empty.csv"))])], column)
    assert record.infrastructure == ""
    assert [event["event"] for event in record.turns[0].events] == ["failed"]
    assert "empty" in record.turns[0].events[0]["text"]
    with pytest.raises(CaseError, match=r"^Case gone: no file .*gone\.csv\. Mend the path"):
        runs([_case("gone", "Count", data=[Data(path=str(tmp_path / "gone.csv"))])], column)


# --- the cache -----------------------------------------------------------------------------------------------------


def test_what_was_run_once_is_not_run_again(runs: Run, orders: Data, script: Callable[..., str]) -> None:
    column = Column(model=script(COUNT), prompt="current")
    case = _case("count", "How many orders are there?", data=[orders])
    first = runs([case], column, repeats=2)
    assert [(record.repeat, known) for record, known in first] == [(0, False), (1, False)]
    again = runs([case], column, repeats=3)
    assert [(record.repeat, known) for record, known in again] == [(0, True), (1, True), (2, False)]
    assert [record.key for record, _ in again[:2]] == [record.key for record, _ in first]


def test_checks_may_be_mended_without_a_new_run_but_not_words_or_data(
    runs: Run, orders: Data, script: Callable[..., str]
) -> None:
    column = Column(model=script(COUNT), prompt="current")
    said: list[str] = []

    def known(checks: list[Any], say: str = "How many orders are there?") -> bool:
        [(_, found)] = runs([_case("count", Turn(say=say, checks=checks), data=[orders])], column, say=said.append)
        return found

    assert known([Answers()]) is False
    assert known([TableIs(accepted=[[[4]]])]) is True
    assert said == []
    assert known([Answers()], "Count the orders") is False
    Path(orders.path).write_text(ORDERS + "5,Japan,1\n", encoding="utf-8")
    assert known([Answers()], "Count the orders") is False
    assert [line.partition("changed: ")[2] for line in said] == ["case", "data"]


def test_what_the_infrastructure_broke_is_never_cached(runs: Run, orders: Data, script: Callable[..., str]) -> None:
    cases = [_case("two", "How many orders are there?", "And now?", data=[orders])]
    [(record, _)] = runs(cases, Column(model=script(COUNT), prompt="current"))
    assert record.infrastructure == "The script holds 1 replies; this is request 2."
    [(again, known)] = runs(cases, Column(model=script(COUNT), prompt="current"))
    assert (again.key, known) == (record.key, False)


def test_a_run_reads_back_as_it_was_made_broken_attempts_too(
    runs: Run, orders: Data, script: Callable[..., str], tmp_path: Path
) -> None:
    cases = [_case("one", "How many orders are there?", data=[orders]), _case("two", "Count", "Count", data=[orders])]
    column = Column(model=script(COUNT), prompt="current")
    made = [record for record, _ in runs(cases, column)]
    file, read_cases, records = read_run(tmp_path / "run")
    assert (file.columns, file.records, read_cases) == ([column], [record.key for record in made], cases)
    assert [record.model_copy(update={"folder": Path()}) for record in records] == [
        record.model_copy(update={"folder": Path()}) for record in made
    ]
    assert _rows(records[0], records[0].turns[0].result) == [{"orders": 4}]
    assert bool(records[1].infrastructure)


def test_no_run_in_a_folder_is_said_in_one_line(tmp_path: Path) -> None:
    with pytest.raises(CaseError, match=r"^No run in .*: No such file or directory\. Make one with"):
        read_run(tmp_path)


# --- versions of the prompts ---------------------------------------------------------------------------------------


def test_other_words_are_another_key_and_reach_the_model(
    runs: Run, orders: Data, endpoint: "Stub", tmp_path: Path
) -> None:
    planner = tmp_path / "planner.md"
    ours = (prompts.OWN / "planner.md").read_text(encoding="utf-8")
    planner.write_text("Mind the gap.\n" + ours, encoding="utf-8")
    words = versions(["current", f"gap={planner}"], tmp_path / "copies")
    columns = [Column(model=endpoint.spec, prompt=name) for name in words]
    endpoint.replies = [json.dumps(COUNT)] * 2
    case = _case("count", "How many orders are there?", data=[orders])
    (one, _), (two, _) = runs([case], *columns, words=words)
    assert one.key != two.key
    assert {part for part in one.versions if one.versions[part] != two.versions[part]} == {"prompt"}
    told = [asked["messages"][0]["content"] for asked in endpoint.asked]
    assert [text.startswith("Mind the gap.") for text in told] == [False, True]
    assert prompts.FOLDER == prompts.OWN


def test_the_prompts_of_a_revision_come_out_of_git(tmp_path: Path) -> None:
    root = prompts.OWN.parent
    if not (root / ".git").exists():
        pytest.skip("not a git checkout")
    found = versions(["before=git:HEAD"], tmp_path)
    command = ["git", "show", "HEAD:prompts/planner.md"]
    kept = subprocess.run(command, cwd=root, capture_output=True, text=True, check=True).stdout
    assert (found["before"] / "planner.md").read_text(encoding="utf-8") == kept


@pytest.mark.parametrize(
    ("given", "message"),
    [
        (["mine"], "No version of the prompts 'mine'. Write current, NAME=PATH or NAME=git:REVISION."),
        (["a=none/here"], "none/here is no folder of prompts: it lacks planner.md, linker.md, linker.yaml."),
        (["a=git:no-such-revision"], "The prompts of git:no-such-revision can't be had: "),
        (["current", "current"], "Two versions of the prompts are called current. Give each its own name."),
    ],
)
def test_prompts_that_cannot_be_had_are_said_in_one_line(given: list[str], message: str, tmp_path: Path) -> None:
    with pytest.raises(WordsError) as caught:
        versions(given, tmp_path)
    assert str(caught.value).startswith(message)
    assert "\n" not in str(caught.value)


def test_prompts_with_places_that_the_code_does_not_fill_are_refused(tmp_path: Path) -> None:
    (tmp_path / "old.md").write_text("Plan with $instruments.", encoding="utf-8")
    with pytest.raises(
        WordsError, match="The prompts 'old' do not fit this code: prompt planner has no place for form, tools"
    ):
        versions([f"old={tmp_path / 'old.md'}"], tmp_path / "copies")


# --- any OpenAI-compatible server ----------------------------------------------------------------------------------


class Stub(http.server.ThreadingHTTPServer):
    """An OpenAI-compatible server that streams recorded replies in order and keeps what it was asked.

    It answers 500 once they have run out, waits so long before each, and repeats the role in each piece as some do.
    Requests after the first `free` ones are held until `go` is set.
    """

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Answering)
        self.replies: list[str] = []
        self.asked: list[dict[str, Any]] = []
        self.seconds = 0.0
        self.free, self.go = 1000, threading.Event()
        self.busy, self.most_busy = 0, 0
        self.counting = threading.Lock()
        self.spec = f"http://127.0.0.1:{self.server_port}/v1#recorded"


class _Answering(http.server.BaseHTTPRequestHandler):
    server: Stub

    def do_POST(self) -> None:
        stub = self.server
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        with stub.counting:
            stub.asked.append(body)
            held = len(stub.asked) > stub.free
            reply = stub.replies[len(stub.asked) - 1] if len(stub.asked) <= len(stub.replies) else None
            stub.busy += 1
            stub.most_busy = max(stub.most_busy, stub.busy)
        time.sleep(stub.seconds)
        if held:
            stub.go.wait(60)
        with stub.counting:
            stub.busy -= 1
        if reply is None:
            self.send_error(500)
            return
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.end_headers()
        half = len(reply) // 2
        for piece in (reply[:half], reply[half:]):
            self._send([{"index": 0, "delta": {"role": "assistant", "content": piece}, "finish_reason": None}], None)
        self._send([{"index": 0, "delta": {}, "finish_reason": "stop"}], None)
        if body.get("stream_options", {}).get("include_usage"):
            self._send([], {"prompt_tokens": 900, "completion_tokens": 100, "total_tokens": 1000})
        self.wfile.write(b"data: [DONE]\n\n")

    def _send(self, choices: list[dict[str, Any]], usage: dict[str, int] | None) -> None:
        chunk = {"id": "1", "object": "chat.completion.chunk", "created": 1, "model": "recorded"}
        self.wfile.write(f"data: {json.dumps(chunk | {'choices': choices, 'usage': usage})}\n\n".encode())

    def log_message(self, format: str, *args: Any) -> None:
        return


@pytest.fixture
def endpoint() -> Iterator[Stub]:
    with Stub() as stub:
        threading.Thread(target=stub.serve_forever, daemon=True).start()
        yield stub
        stub.shutdown()


def test_the_whole_harness_runs_on_any_openai_compatible_server(runs: Run, orders: Data, endpoint: Stub) -> None:
    endpoint.replies = [json.dumps(FILL), json.dumps(COUNT)]
    case = _case("talk", "Fill the amounts", "How many orders are there?", data=[orders])
    [(record, _)] = runs([case], Column(model=endpoint.spec, prompt="current"))
    assert [turn.events[-1]["event"] for turn in record.turns] == ["answer", "answer"]
    assert _rows(record, record.turns[1].result) == [{"orders": 4}]
    assert [(t.model_calls, t.tokens_read, t.tokens_written) for t in record.turns] == [(1, 900, 100)] * 2
    form = endpoint.asked[0]["response_format"]["json_schema"]["schema"]
    assert {"steps"} == set(form["properties"])


def test_a_server_that_fails_is_no_wrong_answer_and_ends_the_run_when_it_stays_so(
    runs: Run, orders: Data, endpoint: Stub
) -> None:
    cases = [_case(f"case-{number}", "How many orders are there?", data=[orders]) for number in range(9)]
    with pytest.raises(Cut, match=r"^5 attempts in a row broke: The language model does not answer: "):
        runs(cases, Column(model=endpoint.spec, prompt="current"), parallel=1)
    assert len(endpoint.asked) == 10  # the client tries each request twice


def test_remote_attempts_are_made_several_at_once(runs: Run, orders: Data, endpoint: Stub) -> None:
    endpoint.replies, endpoint.seconds = [json.dumps(COUNT)] * 6, 0.5
    cases = [_case(f"case-{number}", "How many orders are there?", data=[orders]) for number in range(6)]
    records = [record for record, _ in runs(cases, Column(model=endpoint.spec, prompt="current"), parallel=3)]
    assert endpoint.most_busy == 3
    assert {record.case for record in records} == {case.id for case in cases}
    assert all(_rows(record, record.turns[0].result) == [{"orders": 4}] for record in records)


# --- limits --------------------------------------------------------------------------------------------------------


def test_a_run_stops_at_its_tokens_and_goes_on_where_it_stopped(
    runs: Run, orders: Data, endpoint: Stub, tmp_path: Path
) -> None:
    endpoint.replies = [json.dumps(COUNT)] * 3
    cases = [_case(f"case-{number}", "How many orders are there?", data=[orders]) for number in range(3)]
    column = Column(model=endpoint.spec, prompt="current")
    with pytest.raises(Cut, match=r"^2,000 tokens are used of 1,500"):
        runs(cases, column, parallel=1, limits=Limits(tokens=1500))
    assert [record.case for record in read_run(tmp_path / "run")[2]] == ["case-0", "case-1"]
    again = runs(cases, column, parallel=1, limits=Limits(tokens=1500))
    assert [(record.case, known) for record, known in again] == [
        ("case-0", True), ("case-1", True), ("case-2", False),
    ]  # fmt: skip


def test_a_case_over_its_time_is_a_wrong_answer_that_more_time_tries_again(
    runs: Run, orders: Data, endpoint: Stub
) -> None:
    endpoint.replies, endpoint.seconds = [json.dumps(COUNT)] * 3, 1.5
    case = _case("slow", "How many orders are there?", "And now?", data=[orders])
    column = Column(model=endpoint.spec, prompt="current")
    [(record, _)] = runs([case], column, limits=Limits(case_seconds=0.5))
    assert record.infrastructure == ""
    assert [turn.events[-1]["text"] for turn in record.turns] == ["timeout: stopped after 0.5 s."]
    [(same, known)] = runs([case], column, limits=Limits(case_seconds=0.5))
    assert (same.key, known) == (record.key, True)
    [(longer, known)] = runs([case], column, limits=Limits(case_seconds=60))
    assert (longer.key, known) == (record.key, False)
    assert [turn.events[-1]["event"] for turn in longer.turns] == ["answer", "answer"]


# --- the bare model ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("reply", "sql"),
    [
        ("Sure:\n```sql\nSELECT 1;\n```\nDone; SELECT more", "SELECT 1"),
        ("```\nWITH a AS (SELECT 1) SELECT * FROM a\n```", "WITH a AS (SELECT 1) SELECT * FROM a"),
        ("The answer: SELECT 2", "SELECT 2"),
        ("with a as (select 1) select * from a;", "with a as (select 1) select * from a"),
        ("```sql\nSELECT 3 FROM cut_off", "SELECT 3 FROM cut_off"),
        ("There is no such column.", ""),
    ],
)
def test_the_sql_of_a_reply_is_read(reply: str, sql: str) -> None:
    assert read_sql(reply) == sql


def test_the_bare_model_gets_the_schema_and_the_talk_and_one_shot(runs: Run, orders: Data, endpoint: Stub) -> None:
    endpoint.replies = ["```sql\nSELECT count(*) AS n FROM orders\n```", "SELECT max(amount) AS top FROM orders"]
    case = _case("talk", "How many orders?", "And the highest amount?", data=[orders])
    [(record, _)] = runs([case], Column(model=endpoint.spec, prompt="raw", subject="raw"))
    assert _kinds(record) == ["plan", "step_started", "step_done", "answer"]
    assert [_rows(record, turn.result) for turn in record.turns] == [[{"n": 4}], [{"top": 50}]]
    schema = "CREATE TABLE orders (\n  order_id BIGINT,\n  country VARCHAR,\n  amount BIGINT\n);"
    assert endpoint.asked[1]["messages"] == [
        {"role": "system", "content": f"{SYSTEM}\n\n{schema}"},
        {"role": "user", "content": "How many orders?"},
        {"role": "assistant", "content": "```sql\nSELECT count(*) AS n FROM orders\n```"},
        {"role": "user", "content": "And the highest amount?"},
    ]
    assert "response_format" not in endpoint.asked[1]
    assert endpoint.asked[1]["max_completion_tokens"] == 300


def test_the_bare_models_table_is_the_next_state_of_a_dataset_that_is_to_change(
    runs: Run, orders: Data, script: Callable[..., str]
) -> None:
    turns = [
        Turn(say="Keep Norway", checks=[DatasetIs(row_count=2)]),
        Turn(say="A table of countries", checks=[DatasetIs(name="countries", row_count=1)]),
    ]
    model = script("SELECT * FROM orders WHERE country = 'Norway'", "SELECT DISTINCT country FROM orders")
    [(record, _)] = runs([_case("keep", *turns, data=[orders])], Column(model=model, prompt="raw", subject="raw"))
    first, second = record.turns
    assert first.heads == {"orders": "orders@2"}
    assert [row["order_id"] for row in _rows(record, first.result)] == [1, 3]
    assert _rows(record, first.tables["orders@2"]) == _rows(record, first.result)
    assert second.heads == {"countries": "countries@1", "orders": "orders@2"}
    assert _rows(record, second.tables["countries@1"]) == [{"country": "Norway"}]


def test_sql_of_the_bare_model_that_does_not_run_fails_and_words_are_an_answer(
    runs: Run, orders: Data, script: Callable[..., str]
) -> None:
    turns = [Turn(say="Sum the price", checks=[Fails()]), Turn(say="Why?", checks=[Answers()])]
    model = script("SELECT sum(price) FROM orders", "There is no such column.")
    [(record, _)] = runs([_case("wrong", *turns, data=[orders])], Column(model=model, prompt="raw", subject="raw"))
    assert _kinds(record) == ["plan", "step_started", "step_failed", "failed"]
    assert 'Referenced column "price" not found' in record.turns[0].events[-1]["text"]
    assert record.turns[1].events == [
        {
            "event": "answer",
            "text": "There is no such column.",
            "english": "",
            "table": None,
            "values": {},
            "suggestions": [],
        }
    ]


# --- suites --------------------------------------------------------------------------------------------------------


def test_a_suite_is_loaded_by_its_file_and_knows_itself(tmp_path: Path, orders: Data) -> None:
    case = {"id": "one", "data": [{"path": "orders.csv"}], "turns": [{"say": "Hi", "checks": [{"kind": "answers"}]}]}
    (tmp_path / "mine.jsonl").write_text(json.dumps(case) + "\n", encoding="utf-8")
    [loaded] = load(str(tmp_path / "mine.jsonl"))
    assert (loaded.suite, loaded.data[0].path) == ("mine", orders.path)


def test_an_unknown_suite_is_said_with_those_there_are() -> None:
    with pytest.raises(CaseError, match=r"^No suite 'none'\. There are: .*spider.*; or any \.yaml or \.jsonl file\.$"):
        load("none")


def test_two_cases_of_one_name_and_a_model_that_is_not_there_are_errors(
    runs: Run, orders: Data, script: Callable[..., str]
) -> None:
    cases = [_case("same", "One", data=[orders]), _case("same", "Two", data=[orders])]
    with pytest.raises(CaseError, match="Two cases are called same"):
        runs(cases, Column(model=script(COUNT), prompt="current"))
    with pytest.raises(SettingsError, match=r"run `python -m assistant.local_model`"):
        runs(cases[:1], Column(model="local", prompt="current"))


# --- the command line ----------------------------------------------------------------------------------------------


def _suite(folder: Path, size: int) -> Path:
    (folder / "orders.csv").write_text(ORDERS, encoding="utf-8")
    checks = [{"kind": "table", "accepted": [[[4]]]}]
    lines = [
        {
            "id": f"case-{number}",
            "tags": ["odd" if number % 2 else "even"],
            "data": [{"path": "orders.csv"}],
            "turns": [{"say": "How many orders are there?", "checks": checks}],
        }
        for number in range(size)
    ]
    path = folder / "mine.jsonl"
    path.write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
    return path


def _evals(folder: Path, *arguments: object) -> subprocess.Popen[str]:
    environment = {**os.environ, "EASEL_CACHE": str(folder / "cache"), "EASEL_HOME": str(folder / "home")}
    command = [sys.executable, "-u", "-m", "evals", *map(str, arguments)]
    # A shell starts what runs in its background deaf to SIGINT, and a child inherits that.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    return subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=prompts.OWN.parent, env=environment
    )


@pytest.fixture
def evals(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Callable[..., Any]:
    """The command in this process, with a cache of its own: its exit code, what it printed, its errors."""
    from evals.__main__ import main

    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("EASEL_CACHE", str(tmp_path / "cache"))

    def called(*arguments: object) -> tuple[int, str, str]:
        code = main([str(argument) for argument in arguments])
        said = capsys.readouterr()
        return code, said.out, said.err

    return called


@pytest.mark.parametrize(("how", "code"), [(signal.SIGKILL, -9), (signal.SIGINT, 1)])
def test_a_killed_or_stopped_run_goes_on_where_it_stopped(
    how: signal.Signals, code: int, tmp_path: Path, endpoint: Stub, evals: Callable[..., Any]
) -> None:
    endpoint.replies, endpoint.free = [json.dumps(COUNT)] * 20, 2
    suite, out = _suite(tmp_path, 4), tmp_path / "out"
    command = ["run", suite, "--model", endpoint.spec, "--out", out, "--parallel", "1"]
    with _evals(tmp_path, *command) as first:
        assert first.stdout is not None
        seen = 0
        while seen < 2 and (line := first.stdout.readline()):
            seen += "passed" in line
        first.send_signal(how)
        endpoint.go.set()
        _, errors = first.communicate(timeout=100)
    assert first.returncode == code
    assert (how == signal.SIGINT) == ("evals: stopped. The same command goes on there." in errors)
    asked = len(endpoint.asked)
    assert asked < 4
    again, said, _ = evals(*command)
    assert again == 0
    kept = [line for line in said.splitlines() if "  kept" in line]
    assert len(kept) >= 2
    assert len(endpoint.asked) <= asked + 4 - len(kept)
    assert "4/4     100.0%" in said
    assert [record.case for record in read_run(out)[2]] == [f"case-{number}" for number in range(4)]


def test_a_run_prints_each_case_and_a_table_and_is_scored_again_by_mended_checks(
    tmp_path: Path, script: Callable[..., str], evals: Callable[..., Any]
) -> None:
    suite, out = _suite(tmp_path, 4), tmp_path / "out"
    lines = suite.read_text(encoding="utf-8").splitlines()
    suite.write_text("\n".join([lines[0].replace("[[[4]]]", "[[[5]]]"), *lines[1:]]) + "\n", encoding="utf-8")
    model = script(COUNT)
    code, said, errors = evals("run", suite, "--model", model, "--only", "even", "--out", out)
    assert (code, errors) == (0, "")
    first, *cases = said.splitlines()[:3]
    assert first == f"2 cases x 1 columns x 1 -> {out}"
    assert cases[0].startswith(f"1/2 FAILED  case-0  {model}/current  ")
    assert cases[1].startswith(f"2/2 passed  case-2  {model}/current  ")
    assert "1/2     50.0%" in said
    suite.write_text("\n".join(lines) + "\n", encoding="utf-8")
    for arguments, passed in ((("score", out), "1/2"), (("score", out, "--fresh"), "2/2"), (("score", out), "2/2")):
        code, said, errors = evals(*arguments)
        assert (code, errors) == (0, "")
        assert passed in said.splitlines()[-1]


def test_a_worse_column_is_exit_1_and_a_report_is_written(
    tmp_path: Path, script: Callable[..., str], evals: Callable[..., Any]
) -> None:
    suite, good, bad = _suite(tmp_path, 12), tmp_path / "good", tmp_path / "bad"
    wrong = {"steps": [{"tool": "query_data", "sql": "SELECT 5 AS orders FROM orders LIMIT 1"}]}
    assert evals("run", suite, "--model", script(COUNT), "--out", good)[0] == 0
    assert evals("run", suite, "--model", script(wrong), "--out", bad)[0] == 0
    code, said, _ = evals("compare", good, bad)
    assert (code, "passed 12 -> 0 of 12 pairs: worse" in said) == (1, True)
    assert evals("compare", bad, good)[0] == 0
    assert evals("report", good, bad, "--html", tmp_path / "r.html", "--json", tmp_path / "r.json")[0] == 0
    assert "case-11" in (tmp_path / "r.html").read_text(encoding="utf-8")
    assert len(json.loads((tmp_path / "r.json").read_text(encoding="utf-8"))["columns"]) == 2


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["run", "none"], "evals: No suite 'none'."),
        (["run", "mine.jsonl", "--only", "blue"], "evals: No case is called or tagged blue. Tags: even, odd."),
        (["run", "mine.jsonl", "--model", "local:9b"], "evals: No embedded model 'local:9b'."),
        (["run", "mine.jsonl", "--prompt", "old"], "evals: No version of the prompts 'old'."),
        (["score", "nowhere"], "evals: No run in nowhere: No such file or directory."),
    ],
)
def test_wrong_input_is_one_line_and_exit_2(
    arguments: list[str], message: str, tmp_path: Path, evals: Callable[..., Any]
) -> None:
    _suite(tmp_path, 2)
    code, _, said = evals(*arguments)
    assert (code, said.startswith(message), said.count("\n")) == (2, True, 1), said


def test_a_sample_is_the_same_for_the_same_seed_whatever_the_order() -> None:
    from evals.__main__ import sampled

    cases = [_case(f"case-{number:02}", "Hi") for number in range(40)]
    one, other = sampled(cases, 5, 1), sampled(cases[::-1], 5, 1)
    assert {case.id for case in one} == {case.id for case in other}
    assert [case.id for case in one] == sorted(case.id for case in one)
    assert {case.id for case in one} != {case.id for case in sampled(cases, 5, 2)}
    assert sampled(cases, None, 1) == cases


def test_an_answer_depends_on_the_rules_too_and_not_on_the_page(monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[Path] = []

    def tree(path: Path) -> str:
        read.append(path)
        return path.name

    monkeypatch.setattr(dependencies, "_tree", tree)
    dependencies._assistant()
    folders = {path.relative_to(Path(dependencies.__file__).parent.parent).parts[:2] for path in read}
    assert {
        ("assistant", "amending"),
        ("assistant", "composing"),
        ("assistant", "agent.py"),
        ("tools", "mending"),
    } <= folders
    assert not folders & {("assistant", "app"), ("assistant", "__main__.py")}
