import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import duckdb
import pytest

from assistant.drafts import READ
from assistant.events import Answer, Event, Failed, PlanShown, Question, StepDone, StepFailed, StepProgress
from assistant.local_model import LocalServer
from assistant.models import Planner
from assistant.plan import Step
from assistant.runs import INTERRUPTED, Runs
from assistant.settings import read_settings
from tests.small_project import add, scripted
from tools.connect import load
from tools.dataset import StepRecord
from tools.korean.sentences import in_korean
from tools.tool import ToolError
from tools.workspace import Workspace

ROWS = [f"{number},{('Norway', 'Chile', 'Japan')[number % 3]},{number % 7 * 10},{number % 2}" for number in range(60)]
ROWS[5] = "5,Japan,,1"
COUNT = {"steps": [{"tool": "query_data", "sql": "SELECT count(*) AS orders FROM orders"}]}
Open = Callable[..., Runs]


@pytest.fixture
def project(tmp_path: Path) -> Iterator[Workspace]:
    """A project with one dataset of 60 orders, one amount empty."""
    file = tmp_path / "orders.csv"
    file.write_text("order_id,country,amount,paid\n" + "\n".join(ROWS) + "\n", encoding="utf-8")
    with Workspace(tmp_path / "project") as workspace:
        load(workspace, file)
        yield workspace


@pytest.fixture
def open_runs(project: Workspace, tmp_path: Path) -> Open:
    """Runs over that project whose language model gives these replies."""
    return partial(scripted, project, tmp_path)


def _turn(runs: Runs, text: str) -> list[Event]:
    return [event for event in runs.follow(runs.ask(text)) if event.event not in ("status", "step_progress")]


def _kinds(events: list[Event]) -> list[str]:
    return [event.event for event in events]


def test_a_question_is_answered_from_the_outcome(open_runs: Open) -> None:
    events = _turn(open_runs(COUNT), "How many orders are there?")
    assert _kinds(events) == ["asked", "plan", "step_started", "step_done", "answer"]
    answer = events[-1]
    assert isinstance(answer, Answer)
    assert answer.text == "Orders is 60."
    assert answer.table is not None
    assert (answer.table.rows, answer.values["orders"]) == ([[60]], 60)


def test_steps_run_one_by_one_each_with_rows_sql_and_time(open_runs: Open, project: Workspace) -> None:
    plan = [
        {"tool": "fill_missing", "columns": ["amount"], "method": "median"},
        {"tool": "filter_rows", "condition": "paid = 1", "action": "keep"},
    ]
    events = _turn(open_runs({"steps": plan}), "Fill amount and keep the paid ones")
    done = [event for event in events if isinstance(event, StepDone)]
    assert [(event.id, event.dataset, event.rows) for event in done] == [
        (1, "orders@2", (60, 60)),
        (2, "orders@3", (60, 30)),
    ]
    assert all(event.sql and event.seconds >= 0 for event in done)
    assert project.version("orders").row_count == 30


def test_an_error_goes_back_to_the_model_which_mends_its_plan(open_runs: Open) -> None:
    wrong = {"steps": [{"tool": "query_data", "sql": "SELECT sum(amout) AS total FROM orders"}]}
    right = {"steps": [{"tool": "query_data", "sql": "SELECT sum(amount) AS total FROM orders"}]}
    events = _turn(open_runs(wrong, right), "What is the total amount?")
    assert _kinds(events) == ["asked", "plan", "step_started", "step_done", "answer"]
    assert isinstance(events[-1], Answer)
    assert events[-1].values["total"] == sum(number % 7 * 10 for number in range(60) if number != 5)


def test_a_step_that_fails_is_mended_at_most_twice(open_runs: Open) -> None:
    bad = [
        {"steps": [{"tool": "change_type", "columns": ["nothing"], "type": kind}]}
        for kind in ("integer", "decimal", "text")
    ]
    events = _turn(open_runs(*bad, interactive=False), "Make nothing a number")
    assert _kinds(events)[-1] == "failed"
    assert sum(isinstance(event, StepFailed) for event in events) == 3
    assert isinstance(events[-1], Failed)
    assert "'nothing'" in events[-1].text


def test_a_model_that_says_the_same_again_is_not_asked_a_third_time(open_runs: Open) -> None:
    bad = {"steps": [{"tool": "change_type", "columns": ["nothing"], "type": "integer"}]}
    events = _turn(open_runs(bad, bad, interactive=False), "Make nothing a number")
    assert _kinds(events)[-1] == "failed"
    assert sum(isinstance(event, StepFailed) for event in events) == 2


def test_a_column_that_is_nowhere_is_said_to_be_missing(open_runs: Open) -> None:
    bad = {"steps": [{"tool": "query_data", "sql": "SELECT avg(loyalty) AS loyalty FROM orders"}]}
    events = _turn(open_runs(bad, bad, bad), "What is the average loyalty?")
    assert isinstance(events[-1], Answer)
    assert events[-1].text.startswith(
        "The data does not hold loyalty. It has these columns: order_id, country, amount and paid."
    )
    assert events[-1].values == {"missing": "loyalty"}


def test_a_column_that_only_goes_by_another_name_is_not_said_to_be_missing(open_runs: Open) -> None:
    bad = {"steps": [{"tool": "query_data", "sql": "SELECT avg(amount) AS mean FROM orders WHERE payments > 1"}]}
    events = _turn(open_runs(bad, bad, bad), "What is the average amount of payments?")
    assert isinstance(events[-1], Failed)
    assert events[-1].text.startswith("No plan could be made for this:")


def test_a_question_never_becomes_a_change_of_the_data_when_it_is_mended(open_runs: Open, project: Workspace) -> None:
    bad = {"steps": [{"tool": "query_data", "sql": "SELECT avg(loyalty) AS loyalty FROM orders"}]}
    change = {"steps": [{"tool": "fill_missing", "columns": ["amount"]}]}
    events = _turn(open_runs(bad, change, change), "What is the average loyalty?")
    assert isinstance(events[-1], Answer)
    assert events[-1].text.startswith("The data does not hold loyalty.")
    assert project.version("orders").number == 1


def test_what_is_allegedly_missing_is_looked_for_once_more(open_runs: Open) -> None:
    refusal = {"steps": [{"tool": "say_missing", "what": "order ID"}]}
    query = {"steps": [{"tool": "query_data", "sql": "SELECT max(order_id) AS last_order FROM orders"}]}
    events = _turn(open_runs(refusal, query), "What is the highest order id?")
    assert isinstance(events[-1], Answer)
    assert events[-1].values["last_order"] == 59


def test_the_models_question_waits_for_a_reply(open_runs: Open) -> None:
    ask = {"steps": [{"tool": "ask_user", "question": "Which year?", "options": ["2025", "2026"]}]}
    runs = open_runs(ask, COUNT)
    events = _turn(runs, "How many orders?")
    assert events[-1].model_dump() == {"event": "question", "text": "Which year?", "options": ["2025", "2026"]}
    assert runs.busy
    with pytest.raises(ToolError, match="still being worked on"):
        runs.ask("Something else")
    runs.reply("2026")
    runs.join()
    assert runs.since()[-1].event.event == "answer"
    assert not runs.busy


class Small(LocalServer):
    """A small model with given replies, which keeps the grammars that it was held to."""

    def __init__(self, *replies: str) -> None:
        self.replies, self.grammars = list(replies), list[str]()

    def read_prefix(self, messages: Sequence[dict[str, str]]) -> None:
        """Nothing is remembered."""

    def read_ahead(self, messages: Sequence[dict[str, str]]) -> None:
        """Nothing is remembered."""

    def stream(
        self, messages: Sequence[dict[str, str]], schema: dict[str, Any] | None, most: int, *, grammar: str = ""
    ) -> Iterator[tuple[str, dict[str, int]]]:
        self.grammars.append(grammar)
        yield self.replies.pop(0), {}


def test_a_small_model_asks_nothing_about_an_error_of_its_own(project: Workspace, tmp_path: Path) -> None:
    model = Small("SELECT sum(paid || 1) + country FROM orders", "SELECT sum(paid) AS paid FROM orders")
    known = read_settings({"EASEL_CACHE": str(tmp_path), "EASEL_HOME": str(tmp_path)})
    runs = Runs(project, known, model="local", opener=lambda spec, settings: Planner(model))
    answer = _turn(runs, "What do the paid ones come to?")[-1]
    assert isinstance(answer, Answer)
    assert answer.text == "Paid is 30."
    assert ["ask_user" in rules for rules in model.grammars[:2]] == [True, False]


def test_no_schedule_is_made_where_one_is_to_be_deleted(open_runs: Open) -> None:
    delete = {"steps": [{"tool": "change_schedule", "action": "delete"}]}
    make = {"steps": [{"tool": "schedule_predictions", "when": "every day at 07:00", "dataset": "orders"}]}
    events = _turn(open_runs(delete, make), "Delete the schedule")
    assert [event.event for event in events][-1] == "failed"
    assert "question" not in _kinds(events)
    assert isinstance(events[-1], Failed)
    assert events[-1].text.startswith("There is no schedule yet.")


def test_a_setting_makes_every_plan_ask_first(open_runs: Open, project: Workspace) -> None:
    drop = {"steps": [{"tool": "drop_columns", "columns": ["paid"]}]}
    runs = open_runs(drop, drop, settings={"EASEL_ASK_ALWAYS": "1"})
    events = _turn(runs, "Drop paid")
    assert isinstance(events[1], PlanShown)
    assert (events[1].needs_approval, events[-1].event) == (True, "question")
    runs.reply("Cancel")
    runs.join()
    assert _kinds([logged.event for logged in runs.since()]).count("plan") == 1
    assert isinstance(runs.since()[-1].event, Failed)
    assert project.version("orders").number == 1
    _turn(runs, "Drop paid")
    runs.reply("Run")
    runs.join()
    assert project.version("orders").names == ["order_id", "country", "amount"]


def test_a_click_runs_without_a_language_model(open_runs: Open, project: Workspace) -> None:
    runs = open_runs()
    step = Step(tool="sort_rows", arguments={"dataset": "orders", "columns": ["amount"], "descending": True})
    assert list(runs.follow(runs.act([step], "Sort")))[-1].event == "answer"
    assert project.version("orders").number == 2


def test_a_failed_click_ends_so_that_its_form_can_be_mended(open_runs: Open) -> None:
    runs = open_runs()
    step = Step(tool="drop_columns", arguments={"dataset": "orders", "columns": ["nope"]})
    events = list(runs.follow(runs.act([step], "Drop")))
    assert isinstance(events[-1], Failed)
    assert events[-1].text.startswith("No column 'nope'")
    assert not runs.busy


def test_a_failed_step_of_several_offers_to_retry_skip_or_stop(open_runs: Open) -> None:
    runs = open_runs()
    step = Step(tool="drop_columns", arguments={"dataset": "orders", "columns": ["nope"]})
    events = list(runs.follow(runs.act([step, step], "Drop")))
    assert events[-1].model_dump()["options"] == ["Retry", "Skip", "Stop"]
    runs.reply("Stop")
    runs.join()
    assert isinstance(runs.since()[-1].event, Failed)


def test_files_named_in_a_request_are_loaded_first(open_runs: Open, project: Workspace) -> None:
    (project.files / "returns.csv").write_text("order_id,reason\n1,late\n2,broken\n", encoding="utf-8")
    count = {"steps": [{"tool": "query_data", "sql": "SELECT count(*) AS returns FROM returns"}]}
    events = _turn(open_runs(count), "How many rows does returns.csv have?")
    assert [event.steps[0].tool for event in events if isinstance(event, PlanShown)] == ["load_file", "query_data"]
    assert isinstance(events[-1], Answer)
    assert events[-1].values["returns"] == 2


def test_a_file_that_is_not_there_is_said_and_nothing_else_is_predicted(open_runs: Open) -> None:
    events = _turn(open_runs(interactive=False), "Predict every row of nowhere.csv")
    assert isinstance(events[-1], Failed)
    assert events[-1].text.startswith("No file 'nowhere.csv'.")


def test_a_target_that_can_not_be_predicted_is_said_and_no_other_is_taken(open_runs: Open, project: Workspace) -> None:
    keep = {"tool": "filter_rows", "condition": "paid = 1", "action": "keep"}
    plan = {"steps": [keep, {"tool": "train_model", "target": "paid"}]}
    other = {"steps": [{"tool": "train_model", "target": "amount"}]}
    events = _turn(open_runs(plan, other, interactive=False), "Keep the paid ones and predict paid")
    assert isinstance(events[-1], Failed)
    assert "paid" in events[-1].text
    assert "one value" in events[-1].text or "only" in events[-1].text
    assert not list(project.models.iterdir())


def test_undo_takes_back_a_whole_request(open_runs: Open, project: Workspace) -> None:
    steps = [{"tool": "drop_columns", "columns": ["paid"]}, {"tool": "drop_columns", "columns": ["country"]}]
    runs = open_runs({"steps": steps}, {"steps": [{"tool": "undo"}]})
    _turn(runs, "Drop paid and country")
    assert project.version("orders").number == 3
    _turn(runs, "Undo that")
    assert project.version("orders").number == 1


def test_the_planner_is_told_of_earlier_turns(open_runs: Open) -> None:
    runs = open_runs(COUNT, COUNT)
    _turn(runs, "How many orders are there?")
    _turn(runs, "And now?")
    planner = runs._open_planner()
    asked, replied, last = planner._model.seen[-1][-3:]  # type: ignore[attr-defined]
    assert asked.content.endswith("Request: How many orders are there?")
    assert replied.content.startswith('{"steps": [{"tool": "query_data"')
    assert last.content.startswith("Request: And now?")


def test_the_log_replays_after_a_restart(open_runs: Open) -> None:
    runs = open_runs(COUNT)
    _turn(runs, "How many orders are there?")
    again = open_runs()
    assert [logged.event for logged in again.since()] == [logged.event for logged in runs.since()]


@pytest.mark.parametrize(
    ("say", "tool", "text"),
    [
        ("How many orders are there?", "query_data", "Number of orders is 60."),
        (
            "average amount by country as a bar chart",
            "make_chart",
            "Drew a bar chart of the average amount by country: ",
        ),
        ("국가별 평균 amount를 막대그래프로 그려줘", "make_chart", "country별 amount 평균 막대 차트를 그렸습니다: "),
    ],
)
def test_what_is_read_word_for_word_needs_no_language_model(
    project: Workspace, tmp_path: Path, say: str, tool: str, text: str
) -> None:
    runs = Runs(project, read_settings({"EASEL_CACHE": str(tmp_path / "none"), "EASEL_HOME": str(tmp_path)}))
    events = _turn(runs, say)
    assert [step.tool for event in events if isinstance(event, PlanShown) for step in event.steps] == [tool]
    assert [step.why for event in events if isinstance(event, PlanShown) for step in event.steps] in (
        [READ],
        [in_korean(READ)],
    )
    assert isinstance(answer := events[-1], Answer)
    assert answer.text.startswith(text)


def test_without_weights_the_request_says_which_command_mends_it(project: Workspace, tmp_path: Path) -> None:
    runs = Runs(project, read_settings({"EASEL_CACHE": str(tmp_path / "none"), "EASEL_HOME": str(tmp_path)}))
    sentence = "The language model is not on this machine yet: run `python -m assistant.local_model` (once)."
    assert runs.ready() == sentence
    events = _turn(runs, "Fill the gaps of amount and keep the paid ones")
    assert events[-1] == Failed(text=sentence)


def test_sql_in_place_of_words_runs_as_it_stands(open_runs: Open) -> None:
    events = _turn(open_runs(), "SELECT max(amount) AS most FROM orders;")
    assert isinstance(events[-1], Answer)
    assert events[-1].text == "Most is 60."


def test_words_that_begin_like_sql_are_words(open_runs: Open) -> None:
    assert _kinds(_turn(open_runs(COUNT), "select everything from Norway"))[-1] == "answer"


def test_sql_that_changes_tables_is_refused(open_runs: Open, project: Workspace) -> None:
    events = _turn(open_runs(), "run this: DROP TABLE orders; DELETE FROM orders")
    assert isinstance(events[-1], Answer)
    assert events[-1].text.startswith("SQL that changes or removes tables is not run. Say in words what you want")
    assert project.version("orders").number == 1


def test_an_empty_project_asks_for_data(tmp_path: Path) -> None:
    with Workspace(tmp_path / "empty") as workspace:
        runs = Runs(workspace, read_settings({"EASEL_CACHE": str(tmp_path), "EASEL_HOME": str(tmp_path)}))
        events = _turn(runs, "How many orders?")
    assert isinstance(events[-1], Answer)
    assert events[-1].text == "There is no data in this project yet. Add a file, then ask again."


VISITS = "SELECT row_number() OVER () AS id, range % 7 AS size, range % 3 = 0 AS paid FROM range(60)"
PREVIEW = Step(tool="train_model", arguments={"dataset": "visits", "target": "paid", "build": "preview"})


@pytest.mark.parametrize(("reply", "unused"), [("Leave them out", {"id": "a running number"}), ("keep them", {})])
def test_a_step_asks_before_it_uses_a_column_that_only_names_rows(
    open_runs: Open, project: Workspace, reply: str, unused: dict[str, str]
) -> None:
    project.add_query("visits", VISITS, StepRecord(tool="query", arguments={}))
    runs = open_runs()
    asked = list(runs.follow(runs.act([PREVIEW], "Build")))
    assert isinstance(asked[-1], Question)
    assert asked[-1].options == ["Leave them out", "Keep them"]
    assert asked[-1].text.startswith("id only seems to name rows (a running number)")
    runs.reply("what?")
    runs.join()
    assert runs.since()[-1].event == asked[-1]
    runs.reply(reply)
    runs.join()
    done = [logged.event for logged in runs.since() if isinstance(logged.event, StepDone)]
    assert [one.values["excluded"] for one in done] == [unused]
    assert isinstance(runs.since()[-1].event, Answer)


def test_where_nobody_is_there_a_step_does_not_ask(open_runs: Open, project: Workspace) -> None:
    project.add_query("visits", VISITS, StepRecord(tool="query", arguments={}))
    runs = open_runs(interactive=False)
    assert isinstance(list(runs.follow(runs.act([PREVIEW], "Build")))[-1], Answer)


SOME = {"tool": "filter_rows", "dataset": "orders", "condition": "country = 'Chile'"}
ONE_CLASS = {"steps": [SOME, {"tool": "train_model", "dataset": "orders", "target": "country"}]}


def test_rows_that_a_failed_build_was_to_be_of_are_given_back(open_runs: Open, project: Workspace) -> None:
    events = _turn(open_runs(ONE_CLASS, interactive=False), "Predict the country of the orders to Chile")
    assert _kinds(events)[-4:] == ["step_failed", "step_started", "step_done", "failed"]
    assert isinstance(events[-2], StepDone)
    assert (events[-2].id, events[-2].text) == (3, "orders is orders@1 again: 20 -> 60 rows, 4 columns.")
    assert project.version("orders").ref == "orders@1"


@pytest.mark.parametrize("said", ["", "Stop", "Skip"])
def test_rows_are_given_back_however_a_stuck_run_ends(said: str, open_runs: Open, project: Workspace) -> None:
    runs = open_runs(ONE_CLASS)
    assert isinstance(_turn(runs, "Predict the country of the orders to Chile")[-1], Question)
    assert project.version("orders").row_count == 20
    if said:
        runs.reply(said)
    else:
        runs.stop()
    runs.join()
    assert not runs.busy
    assert project.version("orders").row_count == 60
    done = [logged.event.id for logged in runs.since() if isinstance(logged.event, StepDone)]
    assert done == [1, 3]


def test_rows_are_given_back_where_the_plan_was_made_anew(open_runs: Open, project: Workspace) -> None:
    first = {"steps": [SOME, {"tool": "predict_dataset", "dataset": "orders"}]}
    runs = open_runs(first, {"steps": [{"tool": "describe_data", "dataset": "orders"}]})
    events = _turn(runs, "Predict the orders to Chile")
    assert isinstance(events[-1], Answer)
    assert project.version("orders").ref == "orders@1"


def test_rows_are_given_back_where_a_build_that_read_amounts_is_stopped(open_runs: Open, project: Workspace) -> None:
    add(
        project,
        "sales",
        "SELECT i, '$' || (i * 7 % 40) AS price, i % 11 AS age, i % 3 AS shop, hash(i) % 3 = 0 AS sold FROM range(600) t(i)",
    )
    plan = [
        {"tool": "filter_rows", "dataset": "sales", "condition": "shop = 1"},
        {"tool": "train_model", "dataset": "sales", "target": "sold"},
    ]
    runs = open_runs({"steps": plan}, interactive=False)
    for event in runs.follow(runs.ask("A model of sold, of shop 1")):
        if isinstance(event, StepProgress) and event.text.startswith("Loading"):
            assert project.version("sales").number > 2
            runs.stop()
    assert runs.since()[-1].event == Failed(text="Stopped. Steps already done are kept.")
    assert project.version("sales").ref == "sales@1"


@pytest.mark.parametrize(
    "request_", ["Keep only the orders to Chile, then predict their country", "Filter the Chile ones and predict them"]
)
def test_rows_that_are_to_be_kept_stay_kept(request_: str, open_runs: Open, project: Workspace) -> None:
    _turn(open_runs(ONE_CLASS, interactive=False), request_)
    assert project.version("orders").row_count == 20


SLOW = """
import sys
from pathlib import Path
from assistant.plan import Step
from assistant.runs import Runs
from assistant.settings import read_settings
from tools.workspace import Workspace
import tools.transforms.rows

folder = Path(sys.argv[1])
settings = read_settings({"EASEL_CACHE": str(folder), "EASEL_HOME": str(folder)})
workspace = Workspace(folder)
runs = Runs(workspace, settings, model="script:none")
steps = [
    Step(tool="drop_columns", arguments={"dataset": "orders", "columns": ["paid"]}),
    Step(tool="transform_with_sql", arguments={"dataset": "orders", "sql": sys.argv[2]}),
]
for event in runs.follow(runs.act(steps, "Two steps")):
    print(event.model_dump_json(), flush=True)
"""
ENDLESS = "SELECT o.order_id, r.range FROM orders o CROSS JOIN range(20000000000) r ORDER BY hash(r.range)"


def test_a_stop_that_meets_a_read_between_two_steps_is_a_stop(open_runs: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    runs = open_runs(COUNT)

    def interrupted(*given: object) -> None:
        runs.stop()
        raise duckdb.InterruptException("INTERRUPT Error: Interrupted!")

    monkeypatch.setattr("assistant.acting.Acting._outcome_of_killed", interrupted)
    assert _turn(runs, "How many orders?")[-1] == Failed(text="Stopped. Steps already done are kept.")


def test_a_run_killed_in_the_middle_of_a_step_loses_nothing_and_can_go_on(tmp_path: Path) -> None:
    file = tmp_path / "orders.csv"
    file.write_text("order_id,country,amount,paid\n" + "\n".join(ROWS) + "\n", encoding="utf-8")
    folder = tmp_path / "project"
    with Workspace(folder) as workspace:
        load(workspace, file)
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parent.parent)}
    command = [sys.executable, "-c", SLOW, str(folder), ENDLESS]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) as process:
        assert process.stdout is not None
        for line in process.stdout:
            if json.loads(line) == {"event": "step_started", "id": 2}:
                break
        time.sleep(0.5)
        process.send_signal(signal.SIGKILL)
    settings = read_settings({"EASEL_CACHE": str(folder), "EASEL_HOME": str(folder)})
    with Workspace(folder) as workspace:
        assert workspace.version("orders").names == ["order_id", "country", "amount"]
        assert [version.number for version in workspace.versions("orders")] == [1, 2]
        runs = Runs(workspace, settings, model="script:none")
        last = runs.since()[-1]
        assert last.event == Failed(text=INTERRUPTED, interrupted=True)
        runs.resume()
        deadline = time.monotonic() + 30
        while runs.since()[-1].event.event != "step_started" and time.monotonic() < deadline:
            time.sleep(0.05)
        assert runs.since()[-1].event.model_dump() == {"event": "step_started", "id": 2}
        runs.stop()
        runs.join()
        assert runs.since()[-1].event == Failed(text="Stopped. Steps already done are kept.")
        assert workspace.version("orders").number == 2
