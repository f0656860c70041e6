import json
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pyarrow as pa
import pyarrow.csv
import pytest

from assistant.app.board import Board
from assistant.runs import Runs
from assistant.settings import read_settings
from tests.tiny_encoder import messages
from tests.trained import add, customers, project
from tools import call, tools_asked_for
from tools.batch import predict_file
from tools.moment import told_at
from tools.scheduling.store import Run, Schedule, keep, log, runs, schedules
from tools.scheduling.when import When, find_when, read_when
from tools.scheduling.work import missed, run_schedule, told
from tools.scheduling.worker import Worker
from tools.tool import Job, ToolError
from tools.workspace import Workspace

SEOUL = ZoneInfo("Asia/Seoul")
MONDAY = datetime(2026, 1, 5, 6, 0, tzinfo=SEOUL)


@pytest.mark.parametrize(
    ("words", "cron", "told_as"),
    [
        ("every day at 07:00", "0 7 * * *", "every day at 07:00"),
        ("predict them every evening at 8", "0 20 * * *", "every day at 20:00"),
        ("daily at 6:30 pm", "30 18 * * *", "every day at 18:30"),
        ("every morning", "0 7 * * *", "every day at 07:00"),
        ("매일 아침 7시에 예측해줘", "0 7 * * *", "every day at 07:00"),
        ("매일 오후 3시 30분", "30 15 * * *", "every day at 15:30"),
        ("매일 밤 11시 반", "30 23 * * *", "every day at 23:30"),
        ("매일 자정", "0 0 * * *", "every day at 00:00"),
        ("매일 밤 12시", "0 0 * * *", "every day at 00:00"),
        ("매일 낮 12시", "0 12 * * *", "every day at 12:00"),
        ("every day at 12 at night", "0 0 * * *", "every day at 00:00"),
        ("every night at 2", "0 2 * * *", "every day at 02:00"),
        ("every night at 10", "0 22 * * *", "every day at 22:00"),
        ("every afternoon at 2", "0 14 * * *", "every day at 14:00"),
        ("매일 밤 2시", "0 2 * * *", "every day at 02:00"),
        ("매일 밤 11시", "0 23 * * *", "every day at 23:00"),
        ("every month on the 31st", "0 7 31 * *", "on day 31 of every month at 07:00 (not in months without a day 31)"),
        ("every Monday and Thursday at 9", "0 9 * * mon,thu", "every Monday and Thursday at 09:00"),
        ("매주 월요일 9시", "0 9 * * mon", "every Monday at 09:00"),
        ("평일 오전 8시", "0 8 * * mon-fri", "on weekdays at 08:00"),
        ("every month on the 15th at noon", "0 12 15 * *", "on day 15 of every month at 12:00"),
        ("매달 말일 6시", "0 6 last * *", "on the last day of every month at 06:00"),
        ("30 6 * * 1-5", "30 6 * * mon-fri", "on weekdays at 06:30"),
        ("0 9 * * 0", "0 9 * * sun", "every Sunday at 09:00"),
        ("*/10 8-18 * * *", "*/10 8-18 * * *", "by the cron line */10 8-18 * * *"),
    ],
)
def test_times_are_read_from_words_in_two_languages(words: str, cron: str, told_as: str) -> None:
    when = read_when(words)
    assert when == When(kind="cron", cron=cron)
    assert when.words() == told_as
    assert when.times(MONDAY, MONDAY + timedelta(days=40), MONDAY) != []


@pytest.mark.parametrize(
    ("words", "seconds", "told_as"),
    [
        ("every 15 minutes", 900, "every 15 minutes"),
        ("hourly", 3600, "every hour"),
        ("every two hours", 7200, "every 2 hours"),
        ("30초마다", 30, "every 30 seconds"),
        ("한 시간마다", 3600, "every hour"),
        ("2시간마다 예측", 7200, "every 2 hours"),
        ("1시간 30분마다", 5400, "every 90 minutes"),
        ("every 2 hours and 15 minutes", 8100, "every 135 minutes"),
        ("매일 2시간마다", 7200, "every 2 hours"),
    ],
)
def test_spans_are_read_from_words(words: str, seconds: float, told_as: str) -> None:
    assert read_when(words) == When(kind="every", seconds=seconds)
    assert read_when(words).words() == told_as


@pytest.mark.parametrize(
    "words", ["when the dataset changes", "whenever the file is updated", "파일이 바뀌면", "데이터가 업데이트될 때마다"]
)
def test_changes_are_read_from_words(words: str) -> None:
    assert read_when(words) == When(kind="change")


MORE = " is more than one rhythm can say. Make one schedule for each time, or write a cron line, such as 0 7,19 * * *"


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ("tomorrow", "'tomorrow' says no time that recurs. Say for example: every day at 07:00, "),
        ("every day at 25:10", "25:10 is no time of day. Give one from 00:00 to 23:59, such as 07:00."),
        ("99 7 * * *", "'99 7 * * *' is no cron line: "),
        ("매월 40일", "A month has no day 40."),
        ("0 9 31 2 *", "'0 9 31 2 *' never comes: no month has such a day."),
        ("every second Tuesday at 9", f"'every second Tuesday at 9'{MORE}"),
        ("격주 월요일", f"'격주 월요일'{MORE}"),
        ("매월 둘째 주 화요일", f"'매월 둘째 주 화요일'{MORE}"),
        ("every day at 7 and 19", f"'every day at 7 and 19'{MORE}"),
        ("every day at 7am and 7pm", f"'every day at 7am and 7pm'{MORE}"),
        ("매일 오전 9시와 오후 6시", f"'매일 오전 9시와 오후 6시'{MORE}"),
        ("every 5 minutes on weekdays", f"'every 5 minutes on weekdays'{MORE}"),
        ("every 2 weeks on Monday", f"'every 2 weeks on Monday'{MORE}"),
        ("every 30 min between 9 and 17", f"'every 30 min between 9 and 17'{MORE}"),
    ],
)
def test_what_is_no_time_is_refused_in_one_line(words: str, message: str) -> None:
    with pytest.raises(ToolError) as error:
        read_when(words)
    assert str(error.value).startswith(message)
    assert find_when("tomorrow") is None


def test_a_time_of_day_comes_once_on_the_day_that_clocks_are_put_back_and_every_hour_counts_both() -> None:
    zone = ZoneInfo("America/New_York")
    noon = datetime(2026, 10, 31, 12, tzinfo=zone)
    daily = read_when("every day at 01:30").times(noon, noon + timedelta(days=2), noon)
    assert [str(one) for one in daily] == ["2026-11-01 01:30:00-04:00", "2026-11-02 01:30:00-05:00"]
    hourly = read_when("30 * * * *").times(noon + timedelta(hours=12), noon + timedelta(hours=14), noon)
    assert [str(one) for one in hourly] == [
        "2026-11-01 00:30:00-04:00",
        "2026-11-01 01:30:00-04:00",
        "2026-11-01 01:30:00-05:00",
    ]


def test_a_time_of_day_stays_that_time_when_summer_time_begins() -> None:
    zone = ZoneInfo("Europe/Berlin")
    friday = datetime(2026, 3, 27, 12, tzinfo=zone)
    due = When(kind="cron", cron="0 7 * * *").times(friday, friday + timedelta(days=3), friday)
    assert [f"{one:%a %H:%M %z}" for one in due] == ["Sat 07:00 +0100", "Sun 07:00 +0200", "Mon 07:00 +0200"]


@pytest.fixture
def workspace(tmp_path: Path) -> Iterator[Workspace]:
    """A project with the shared model and a dataset of new customers."""
    with Workspace(tmp_path / "project") as made:
        shutil.copytree(project().workspace.models / "customers_left", made.models / "customers_left")
        add(made, "new", customers(30, seed=2))
        yield made


def scheduled(workspace: Workspace, when: str | When, **more: Any) -> Schedule:
    made = Schedule.model_validate(
        {
            "name": "test",
            "model": "customers_left",
            "dataset": "new",
            "created": MONDAY,
            "when": read_when(when) if isinstance(when, str) else when,
        }
        | more
    )
    keep(workspace, made)
    return made


class Clock:
    """A clock that a test sets."""

    def __init__(self) -> None:
        self.at = MONDAY

    def __call__(self) -> datetime:
        return self.at


def test_a_schedule_runs_when_it_is_due_and_not_before(workspace: Workspace) -> None:
    clock = Clock()
    worker = Worker(workspace, now=clock)
    scheduled(workspace, "every day at 07:00")
    assert worker.once() == []
    clock.at = MONDAY.replace(hour=7)
    (run,) = worker.once()
    assert (run.state, run.rows, run.why, run.files) == ("done", 30, "time", ["new_predictions_2026-01-05_0700.csv"])
    rows = pyarrow.csv.read_csv(workspace.files / run.files[0])
    assert rows.column_names[-2:] == ["prediction", "probability"]
    assert worker.once() == []
    clock.at += timedelta(days=1)
    assert worker.once()[0].files == ["new_predictions_2026-01-06_0700.csv"]
    assert told(run).startswith("test: predicted 30 rows into new_predictions_2026-01-05_0700.csv in ")


def test_missed_times_are_made_up_for_by_one_run_which_says_so(workspace: Workspace) -> None:
    clock = Clock()
    schedule = scheduled(workspace, "every day at 07:00")
    clock.at = MONDAY + timedelta(days=3, hours=5)
    assert [f"{due:%d %H}" for due in missed(workspace, schedule, clock.at)] == ["05 07", "06 07", "07 07", "08 07"]
    (run,) = Worker(workspace, now=clock).once()
    assert run.why == "time; makes up for 3 that were missed"
    assert missed(workspace, schedule, clock.at) == []


def test_a_run_that_fails_is_kept_with_its_error_and_stops_no_other(workspace: Workspace) -> None:
    clock = Clock()
    scheduled(workspace, "every hour", name="broken", model="gone")
    scheduled(workspace, "every hour", name="whole")
    clock.at += timedelta(hours=1)
    worker = Worker(workspace, now=clock)
    broken, whole = worker.once()
    assert (broken.state, broken.error, broken.files) == ("failed", "No model 'gone'. Models: customers_left.", [])
    assert whole.state == "done"
    clock.at += timedelta(hours=1)
    assert [run.state for run in worker.once()] == ["failed", "done"]
    assert [(run.schedule, run.state) for run in runs(workspace)] == [("whole", "done"), ("broken", "failed")] * 2


def test_output_never_overwrites(workspace: Workspace) -> None:
    (workspace.files / "new_predictions_2026-01-05_0700.csv").write_text("mine")
    clock = Clock()
    scheduled(workspace, "every day at 07:00")
    clock.at += timedelta(hours=1)
    assert Worker(workspace, now=clock).once()[0].files == ["new_predictions_2026-01-05_0700_2.csv"]
    assert (workspace.files / "new_predictions_2026-01-05_0700.csv").read_text() == "mine"


def test_a_changed_dataset_is_predicted_once(workspace: Workspace) -> None:
    clock = Clock()
    worker = Worker(workspace, now=clock)
    scheduled(workspace, "when the dataset changes", baseline={"new": "new@1"})
    assert worker.once() == []
    call(Job(workspace), "take_rows", {"dataset": "new", "count": 10})
    assert [(run.rows, run.why, run.seen) for run in worker.once()] == [(10, "change", {"new": "new@2"})]
    assert worker.once() == []


def test_new_and_changed_files_of_a_folder_are_predicted_each_once(workspace: Workspace, tmp_path: Path) -> None:
    inbox = tmp_path / "inbox"
    inbox.mkdir()
    clock = Clock()
    worker = Worker(workspace, now=clock)
    scheduled(workspace, "when the file changes", dataset="", path=f"{inbox}/*.csv")

    def put(name: str, count: int, age: float) -> None:
        pyarrow.csv.write_csv(customers(count).drop_columns(["Left"]), inbox / name)
        os.utime(inbox / name, (clock.at.timestamp() - age,) * 2)

    put("a.csv", 20, age=60)
    put("b.csv", 25, age=60)
    put("half.csv", 5, age=0)
    (run,) = worker.once()
    assert (run.rows, run.files) == (45, ["a_predictions_2026-01-05_0600.csv", "b_predictions_2026-01-05_0600.csv"])
    assert worker.once() == []
    clock.at += timedelta(minutes=1)
    (inbox / "b.csv").write_text("no,table,of\nthis,model,1\n")
    os.utime(inbox / "b.csv", (clock.at.timestamp() - 30,) * 2)
    (run,) = worker.once()
    assert (run.state, run.rows, run.files) == ("failed", 5, ["half_predictions_2026-01-05_0601.csv"])
    assert run.error.startswith("b.csv: The new data has no columns 'Age', ")
    assert worker.once() == []


def test_a_run_that_a_kill_cut_off_is_told_and_made_up_for(workspace: Workspace) -> None:
    clock = Clock()
    scheduled(workspace, "every hour")
    clock.at += timedelta(hours=1)
    cut = Run(id="x", schedule="test", started=clock.at, due=clock.at, state="running", process="another")
    log(workspace, cut)
    with (workspace.path / "schedules" / "runs.jsonl").open("a") as file:
        file.write('{"id":"torn')
    (workspace.files / ".another-1.partial").write_bytes(b"half")
    assert [(run.state, run.error) for run in runs(workspace)] == [
        ("interrupted", "Easel was closed while this ran; it runs again at the next chance.")
    ]
    assert [run.state for run in Worker(workspace, now=clock).once()] == ["done"]
    assert [run.state for run in runs(workspace, "test")] == ["done", "interrupted"]
    assert [file.suffix for file in workspace.files.iterdir()] == [".csv"]


def test_a_stopped_run_is_no_failure_and_leaves_no_file(workspace: Workspace) -> None:
    from tools.tool import Stopped

    schedule = scheduled(workspace, "every hour")
    with pytest.raises(Stopped):
        run_schedule(Job(workspace, cancelled=lambda: True), schedule, MONDAY, "time")
    assert [run.state for run in runs(workspace)] == ["interrupted"]
    assert list(workspace.files.iterdir()) == []


def test_schedules_run_by_themselves_in_a_thread_while_the_worker_is_open(workspace: Workspace) -> None:
    from tools.scheduling.worker import local_now

    seen: list[Run] = []
    with Worker(workspace, look_seconds=0.1, on_run=seen.append):
        scheduled(workspace, When(kind="every", seconds=0.3), created=local_now())
        until = time.monotonic() + 60
        while len(seen) < 2 and time.monotonic() < until:
            time.sleep(0.05)
    assert [run.state for run in seen[:2]] == ["done", "done"]
    count = len(runs(workspace))
    time.sleep(0.5)
    assert len(runs(workspace)) == count


def test_schedules_are_made_listed_paused_run_and_deleted_by_tools(workspace: Workspace) -> None:
    job = Job(workspace)
    made = call(job, "schedule_predictions", {"dataset": "new", "when": "매일 아침 7시", "format": "xlsx"})
    assert made.text.startswith(
        "'new_left' predicts Left for new every day at 07:00 with the model 'customers_left' and writes a new xlsx"
    )
    assert made.values["next"].endswith(" 07:00")
    ran = call(job, "change_schedule", {"action": "run"})
    assert ran.values["rows"] == 30
    assert ran.values["files"][0].endswith(".xlsx")
    assert [artefact.name for artefact in ran.artefacts] == ran.values["files"]
    listing = call(job, "list_schedules", {})
    assert listing.table is not None
    assert listing.table.rows[0][:5] == ["new_left", "new", "every day at 07:00", "customers_left", "on"]
    assert [row[2:5] for row in listing.values["runs"]] == [["done", "by hand", 30]]
    assert call(job, "change_schedule", {"action": "pause", "schedule": "NEW_LEFT"}).text == "'new_left' is paused."
    assert schedules(workspace)[0].paused
    assert call(job, "change_schedule", {"action": "resume"}).text.startswith(
        "'new_left' runs again every day at 07:00. "
    )
    retimed = call(job, "change_schedule", {"action": "retime", "when": "every 15 minutes"})
    assert retimed.text.startswith("'new_left' has another time every 15 minutes. The next time is ")
    assert call(job, "change_schedule", {"action": "delete"}).text == (
        "Deleted the schedule 'new_left'; its files stay, and undo brings it back."
    )
    with pytest.raises(ToolError, match=r"^There is no schedule yet\. Make one first"):
        call(job, "change_schedule", {"action": "run"})
    assert (workspace.files / ran.values["files"][0]).is_file()


def test_what_was_done_to_schedules_is_taken_back_one_by_one(workspace: Workspace) -> None:
    call(Job(workspace, run="one"), "schedule_predictions", {"dataset": "new", "when": "매일 아침 7시"})
    (made,) = schedules(workspace)
    call(Job(workspace, run="two"), "change_schedule", {"action": "pause"})
    call(Job(workspace, run="three"), "change_schedule", {"action": "delete"})
    said = []
    for left in ([(made.name, True)], [(made.name, False)], []):
        said.append(call(Job(workspace), "undo", {}).text)
        assert [(one.name, one.paused) for one in schedules(workspace)] == left
    assert said == [
        f"Took back the last request ({what} the schedule new_left)." for what in ("deleted", "paused", "made")
    ]
    assert workspace.version("new").number == 1


def test_the_page_shows_schedules_with_their_switches_and_what_has_run(workspace: Workspace) -> None:
    from assistant.app import things
    from assistant.app.markup import Markup, file_address

    def form(tool: str, prefix: str, button: str) -> Markup:
        return Markup(f"[{tool}]")

    assert "No schedule yet." in things.again(workspace, form)
    clock = Clock()
    scheduled(workspace, "every day at 07:00")
    clock.at += timedelta(hours=1)
    (run,) = Worker(workspace, now=clock).once()
    html = things.again(workspace, form)
    assert '<span translate="no">new</span> every day at 07:00</span>' in html
    assert file_address(run.files[0], download=True) in html
    assert [f'value="{action}"' in html for action in ("run", "pause", "delete", "resume")] == [True, True, True, False]
    assert "[schedule_predictions]" in html
    assert f"<td>{told_at(run.started)}</td>" in html
    keep(workspace, schedules(workspace)[0].model_copy(update={"paused": True}))
    assert "every day at 07:00 (paused)" in things.again(workspace, form)


def test_an_open_page_shows_a_run_as_soon_as_it_has_ended(workspace: Workspace, tmp_path: Path) -> None:
    (tmp_path / "replies.jsonl").write_text("")
    settings = read_settings({"EASEL_CACHE": str(tmp_path), "EASEL_HOME": str(tmp_path)})
    board = Board(Runs(workspace, settings, model=f"script:{tmp_path / 'replies.jsonl'}"), threading.Event())
    scheduled(workspace, "every day at 07:00")
    first = board.call({"do": "news"})
    clock = Clock()
    clock.at += timedelta(hours=1)
    Worker(workspace, now=clock).once()
    began = time.monotonic()
    news = board.call({"do": "news", "board": first["board"], "after": first["seq"], "ran": first["ran"]})
    assert time.monotonic() - began < 10
    assert "Last: " in news["regions"]["predict"]
    assert news["ran"] != first["ran"]


def test_a_schedule_follows_its_model_through_a_new_name_and_says_that_it_was_deleted(workspace: Workspace) -> None:
    job, clock = Job(workspace), Clock()
    call(job, "schedule_predictions", {"dataset": "new", "when": "every hour", "name": "hourly"})
    keep(workspace, schedules(workspace)[0].model_copy(update={"created": MONDAY}))
    worker = Worker(workspace, now=clock)

    def after_an_hour() -> Run:
        clock.at += timedelta(hours=1)
        return worker.once()[0]

    renamed = call(job, "rename_model", {"model": "customers_left", "name": "churn"})
    assert renamed.text == "The model 'customers_left' is called 'churn' now. Its schedules go on with it: hourly."
    assert (after_an_hour().state, runs(workspace)[0].rows) == ("done", 30)
    listing = call(job, "list_schedules", {})
    assert [row[3] for row in listing.table.rows if listing.table] == ["churn"]  # type: ignore[union-attr]
    gone = call(job, "delete_model", {"model": "churn"})
    assert gone.text.endswith(
        " Schedules that predict with it fail until it is back or another model is given: hourly."
    )
    assert after_an_hour().error.startswith(
        "The model 'customers_left' was deleted. Undo brings it back; or give 'hourly'"
    )
    shutil.copytree(project().workspace.models / "customers_plan", workspace.models / "customers_plan")
    switched = call(job, "change_schedule", {"action": "switch", "model": "customers_plan"})
    assert switched.text == "'hourly' predicts with the model 'customers_plan' from now on."
    assert after_an_hour().state == "done"


def test_raw_rows_that_take_a_datasets_place_go_through_the_recipe_of_the_model(workspace: Workspace) -> None:
    clock = Clock()
    worker = Worker(workspace, now=clock)
    scheduled(workspace, "when the dataset changes", baseline={"new": "new@1"})
    workspace.remove_dataset("new")
    fresh = customers(45, seed=8).drop_columns(["Left"])
    add(workspace, "new", fresh)
    (run,) = worker.once()
    assert (run.state, run.rows, run.seen) == ("done", 45, {"new": "new@2"})
    pyarrow.csv.write_csv(fresh, workspace.files / "fresh.csv")
    predict_file(workspace, "customers_left", workspace.files / "fresh.csv", workspace.files / "out.csv")
    told, same = (
        pyarrow.csv.read_csv(workspace.files / name)["probability"].to_pylist() for name in (run.files[0], "out.csv")
    )
    assert told == pytest.approx(same)


def refreshed(workspace: Workspace, table: pa.Table) -> None:
    """The file of a dataset with other rows in it."""
    pyarrow.csv.write_csv(table, workspace.files / "customers.csv")
    os.utime(workspace.files / "customers.csv", (MONDAY.timestamp(),) * 2)


@pytest.fixture
def loaded(workspace: Workspace) -> Workspace:
    """A dataset loaded from a file and prepared as the model's was."""
    refreshed(workspace, customers(60, seed=2))
    job = Job(workspace)
    call(job, "load_file", {"path": "customers.csv"})
    call(job, "drop_columns", {"dataset": "customers", "columns": ["Plan", "Revenue"]})
    call(job, "fill_missing", {"dataset": "customers", "columns": ["Spend"], "method": "median"})
    call(job, "rename_column", {"dataset": "customers", "column": "Age", "name": "Years"})
    return workspace


def test_a_file_is_read_anew_and_its_steps_are_done_again_before_the_prediction(loaded: Workspace) -> None:
    made = call(
        Job(loaded),
        "schedule_predictions",
        {"dataset": "customers", "when": "when the file changes", "refresh": True, "name": "fresh"},
    )
    assert (
        " Before that it reads customers.csv anew and does the steps of customers@4 again; what they learned stays."
        in (made.text)
    )
    median = loaded.version("customers").step.learned or loaded.version("customers@3").step.learned
    clock = Clock()
    worker = Worker(loaded, now=clock)
    assert worker.once() == []
    later = customers(80, seed=9)
    pyarrow.csv.write_csv(later, loaded.files / "customers.csv")
    os.utime(loaded.files / "customers.csv", (MONDAY.timestamp() - 60,) * 2)
    (run,) = worker.once()
    assert (run.state, run.error, run.rows) == ("done", "", 80)
    head = loaded.version("customers")
    assert (head.ref, head.row_count, head.names) == ("customers@8", 80, loaded.version("customers@4").names)
    assert (loaded.version("customers@7").step.learned or head.step.learned) == median
    predict_file(loaded, "customers_left", loaded.files / "customers.csv", loaded.files / "out.csv")
    told_, same = (
        pyarrow.csv.read_csv(loaded.files / name)["probability"].to_pylist() for name in (run.files[0], "out.csv")
    )
    assert told_ == pytest.approx(same)
    assert worker.once() == []
    undone = call(Job(loaded), "undo", {})
    assert loaded.version("customers").ref == "customers@4", undone.text


def test_a_file_that_no_longer_fits_its_steps_leaves_the_dataset_as_it_was(loaded: Workspace) -> None:
    call(Job(loaded), "schedule_predictions", {"dataset": "customers", "when": "every hour", "refresh": True})
    refreshed(loaded, customers(50, seed=4).drop_columns(["Spend"]))
    ran = run_schedule(Job(loaded), schedules(loaded)[0], MONDAY, "time")
    assert ran.state == "failed"
    assert "'Spend'" in ran.error
    assert loaded.version("customers").ref == "customers@4"
    (loaded.files / "customers.csv").unlink()
    ran = run_schedule(Job(loaded), schedules(loaded)[0], MONDAY, "time")
    assert (
        ran.error == "There is no customers.csv any more. Bring it back, or delete the schedule and make another one."
    )


def test_rows_that_a_step_groups_are_grouped_anew_before_the_model_reads_them(tmp_path: Path) -> None:
    with Workspace(tmp_path / "project") as workspace:
        job = Job(workspace)

        def file(count: int) -> None:
            once = messages(count)
            pyarrow.csv.write_csv(pa.concat_tables([once, once]), workspace.files / "tickets.csv")

        file(120)
        call(job, "load_file", {"path": "tickets.csv"})
        sql = "SELECT message, max(topic) AS topic, count(*) AS times FROM tickets GROUP BY message"
        call(job, "transform_with_sql", {"dataset": "tickets", "sql": sql})
        call(job, "train_text_model", {"dataset": "tickets", "text": "message", "target": "topic", "method": "words"})
        call(job, "schedule_predictions", {"dataset": "tickets", "when": "매일 7시", "refresh": True})
        file(150)
        ran = run_schedule(job, schedules(workspace)[0], MONDAY, "time")
        assert (ran.state, ran.error) == ("done", "")
        head = workspace.version("tickets")
        assert (head.ref, head.row_count) == ("tickets@4", len(set(messages(150)["message"].to_pylist())))
        assert ran.rows == head.row_count
        assert pyarrow.csv.read_csv(workspace.files / ran.files[0])["times"].to_pylist() == [2] * ran.rows


def test_a_paused_schedule_does_not_run_and_is_not_made_up_for(workspace: Workspace) -> None:
    clock = Clock()
    scheduled(workspace, "every hour", paused=True)
    clock.at += timedelta(hours=5)
    assert Worker(workspace, now=clock).once() == []


def test_a_dataset_that_the_model_can_not_read_is_refused_at_once_and_not_taken_unasked(workspace: Workspace) -> None:
    add(workspace, "shops", pa.table({"City": ["Oslo", "Bergen"], "m2": [50, 70]}))
    with pytest.raises(
        ToolError, match=r"^The new data has no columns 'Age', 'Spend' and 'Active', which the model needs"
    ):
        call(Job(workspace), "schedule_predictions", {"when": "daily", "dataset": "shops"})
    assert schedules(workspace) == []
    made = call(Job(workspace), "schedule_predictions", {"when": "daily"})
    assert made.text.startswith("'new_left' predicts Left for new every day")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"when": "soon", "dataset": "new"}, "'soon' says no time that recurs."),
        (
            {"when": "daily", "path": "none.csv"},
            "There is no file none.csv to predict. Name one that is there, or a pattern",
        ),
        ({"when": "daily", "dataset": "nwe"}, "No dataset 'nwe'. Nearest: new."),
        ({"when": "daily", "model": "x"}, "No model 'x'."),
    ],
)
def test_a_schedule_that_can_not_work_is_refused(workspace: Workspace, arguments: dict[str, str], message: str) -> None:
    with pytest.raises(ToolError) as error:
        call(Job(workspace), "schedule_predictions", arguments)
    assert str(error.value).startswith(message)
    assert schedules(workspace) == []


@pytest.mark.parametrize(
    ("request_", "tool"),
    [
        ("predict the new customers every day at 7", "schedule_predictions"),
        ("매일 아침 7시에 new 데이터를 예측해줘", "schedule_predictions"),
        ("predict inbox/*.csv whenever a file arrives", "schedule_predictions"),
        ("파일이 바뀌면 다시 예측해줘", "schedule_predictions"),
        ("what schedules are there?", "list_schedules"),
        ("예약된 예측 보여줘", "list_schedules"),
        ("pause the schedule", "change_schedule"),
        ("예약을 취소해줘", "change_schedule"),
        ("매주 다시 예측하도록 예약해줘", "schedule_predictions"),
        ("평일 오전 8시마다 orders를 예측해줘", "schedule_predictions"),
        ("아침 여덟 시마다 예측해줘", "schedule_predictions"),
    ],
)
def test_the_planner_is_told_of_them_by_what_is_asked(request_: str, tool: str) -> None:
    assert tool in [one.name for one in tools_asked_for(request_)]


@pytest.mark.parametrize(
    "request_",
    [
        "전화로 예약한 손님은 몇 명이야?",
        "예약을 취소한 고객의 평균 나이",
        "지점마다 매출을 알려줘",
        "도시마다 매출을 알려줘",
        "예약 취소율이 일정 수준 이상인 지점",
    ],
)
def test_bookings_are_no_schedules(request_: str) -> None:
    assert not {"schedule_predictions", "list_schedules", "change_schedule"} & {
        one.name for one in tools_asked_for(request_)
    }


def test_the_worker_runs_alone_refuses_an_open_project_and_survives_a_kill(workspace: Workspace) -> None:
    from tools.scheduling.worker import local_now

    def easel(*arguments: str) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [sys.executable, "-m", "assistant", "worker", "--project", str(workspace.path), *arguments],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    scheduled(workspace, When(kind="every", seconds=1), created=local_now())
    refused = easel()
    assert refused.wait(60) == 1
    assert refused.communicate()[1].startswith(
        f"easel: The project in {workspace.path} is open in another Easel process. "
    )
    workspace.close()
    worker = easel()
    assert worker.stdout is not None
    assert worker.stdout.readline().startswith("Easel runs 1 schedule of ")
    assert worker.stdout.readline().startswith("test: predicted 30 rows into new_predictions_")
    worker.send_signal(signal.SIGKILL)
    worker.communicate()
    lines = (workspace.path / "schedules" / "runs.jsonl").read_text().splitlines()
    assert json.loads(lines[1])["state"] == "done"
    again = easel("--once")
    out, err = again.communicate(timeout=120)
    assert (again.returncode, err) == (0, "")
    assert out.startswith("test: predicted 30 rows into ")


def test_the_time_is_the_one_that_the_request_says() -> None:
    from assistant.as_said import as_said
    from assistant.context import Situation

    given = {"when": "every Monday at 9", "dataset": "new"}
    made = as_said("schedule_predictions", given, Situation(()), "매일 아침 7시 반에 new를 예측해줘")
    assert made == {"when": "every day at 07:30", "dataset": "new"}
    assert as_said("schedule_predictions", given, Situation(()), "predict new regularly") == given
