"""Forecasts that are made anew on a schedule or when their dataset changes."""

import shutil
import tempfile
from collections.abc import Iterator
from datetime import date, timedelta
from functools import cache
from pathlib import Path

import pyarrow as pa
import pyarrow.csv
import pytest

from assistant.app import panels
from assistant.app.state import State
from assistant.app.view import View
from tests.test_schedule import MONDAY, Clock
from tests.trained import project
from tools import call
from tools.connect import reload
from tools.scheduling.store import runs, schedules
from tools.scheduling.work import run_schedule, told
from tools.scheduling.worker import Worker
from tools.tool import Job, ToolError
from tools.workspace import Workspace

NAME = "loaves_sold_forecast"


def loaves(weeks: int) -> pa.Table:
    """Loaves sold in each week from 2024 on, a few more every time."""
    days = [date(2024, 1, 1) + timedelta(weeks=week) for week in range(weeks)]
    return pa.table({"week": days, "sold": [100 + 2 * week + 15 * (week % 4 == 0) for week in range(weeks)]})


@cache
def built() -> Path:
    """A closed project with sixty weeks from a file and a forecast of four more."""
    folder = Path(tempfile.mkdtemp(prefix="easel-tests-")) / "project"
    with Workspace(folder) as workspace:
        pyarrow.csv.write_csv(loaves(60), workspace.files / "loaves.csv")
        call(Job(workspace), "load_file", {"path": "loaves.csv"})
        call(Job(workspace), "train_forecast", {"dataset": "loaves", "target": "sold", "horizon": 4, "build": "quick"})
    return folder


@pytest.fixture
def workspace(tmp_path: Path) -> Iterator[Workspace]:
    shutil.copytree(built(), tmp_path / "project")
    with Workspace(tmp_path / "project") as made:
        yield made


def longer(workspace: Workspace, weeks: int) -> None:
    """The newest version of the dataset with more weeks, as a person brings it up to date."""
    (workspace.files / "loaves.csv").unlink(missing_ok=True)
    pyarrow.csv.write_csv(loaves(weeks), workspace.files / "loaves.csv")
    workspace.set_head(reload(workspace, workspace.files / "loaves.csv", workspace.version("loaves@1")).ref)


def weeks_of(workspace: Workspace, file: str) -> list[str]:
    return [str(day) for day in pyarrow.csv.read_csv(workspace.files / file)["week"].to_pylist()]


def test_a_forecast_is_made_anew_every_monday_from_the_newest_rows(workspace: Workspace) -> None:
    made = call(Job(workspace), "schedule_predictions", {"when": "every Monday at 7", "name": "weekly"})
    assert made.text.startswith(
        f"'weekly' forecasts the next 4 weeks of sold from the newest rows of loaves every Monday at 07:00 with the model '{NAME}'"
        " and writes a new csv file each time. The next time is "
    )
    (schedule,) = schedules(workspace)
    first = run_schedule(Job(workspace), schedule, MONDAY, "time")
    assert (first.state, first.error, first.rows) == ("done", "", 4)
    assert first.files == ["loaves_forecast_2026-01-05_0600.csv"]
    assert weeks_of(workspace, first.files[0]) == ["2025-02-24", "2025-03-03", "2025-03-10", "2025-03-17"]
    longer(workspace, 62)
    second = run_schedule(Job(workspace), schedule, MONDAY + timedelta(weeks=1), "time")
    assert weeks_of(workspace, second.files[0]) == ["2025-03-10", "2025-03-17", "2025-03-24", "2025-03-31"]
    assert told(second).startswith("weekly: forecast 4 rows into loaves_forecast_2026-01-12_0600.csv in ")
    assert f" (time). Forecast of sold with '{NAME}' for the next 4 weeks (2025-03-10 to 2025-03-31)." in told(second)
    listing = call(Job(workspace), "list_schedules", {})
    assert listing.text.startswith("1 schedule: weekly. Latest runs: weekly: forecast 4 rows into")
    assert [version.dataset for version in workspace.datasets()] == ["loaves"]


def test_a_forecast_is_made_when_its_dataset_changes_and_once(workspace: Workspace) -> None:
    call(Job(workspace), "schedule_predictions", {"when": "when the data changes", "horizon": 2, "format": "parquet"})
    worker = Worker(workspace, now=Clock())
    assert worker.once() == []
    longer(workspace, 61)
    (run,) = worker.once()
    assert (run.state, run.why, run.rows, run.files) == (
        "done",
        "change",
        2,
        ["loaves_forecast_2026-01-05_0600.parquet"],
    )
    assert worker.once() == []


def test_its_file_is_read_anew_before_each_forecast(workspace: Workspace) -> None:
    asked = {"when": "every day at 07:00", "refresh": True, "model": NAME}
    assert " Before that it reads loaves.csv anew " in call(Job(workspace), "schedule_predictions", asked).text
    (workspace.files / "loaves.csv").unlink()
    pyarrow.csv.write_csv(loaves(64), workspace.files / "loaves.csv")
    run = run_schedule(Job(workspace), schedules(workspace)[0], MONDAY, "time")
    assert (run.state, run.error) == ("done", "")
    assert weeks_of(workspace, run.files[0])[0] == "2025-03-24"
    assert workspace.version("loaves").row_count == 64


def test_newer_rows_may_come_as_files(workspace: Workspace, tmp_path: Path) -> None:
    inbox = tmp_path / "inbox"
    inbox.mkdir()
    call(Job(workspace), "schedule_predictions", {"when": "매주 월요일 9시", "path": f"{inbox}/*.csv", "model": NAME})
    pyarrow.csv.write_csv(loaves(63).slice(60), inbox / "march.csv")
    run = run_schedule(Job(workspace), schedules(workspace)[0], MONDAY, "by hand")
    assert (run.error, run.files) == ("", ["march_forecast_2026-01-05_0600.csv"])
    assert weeks_of(workspace, run.files[0])[0] == "2025-03-17"


def test_rows_that_no_longer_fit_are_told_and_no_old_forecast_is_written(workspace: Workspace) -> None:
    call(Job(workspace), "schedule_predictions", {"when": "daily"})
    call(Job(workspace), "rename_column", {"dataset": "loaves", "column": "week", "name": "day"})
    call(Job(workspace), "drop_columns", {"dataset": "loaves", "columns": ["day"]})
    run = run_schedule(Job(workspace), schedules(workspace)[0], MONDAY, "time")
    assert (run.state, run.files) == ("failed", [])
    assert run.error.startswith("The new data has no column 'week', which the forecast needs")


def test_what_can_not_be_forecast_is_refused_when_the_schedule_is_made(workspace: Workspace) -> None:
    shutil.copytree(project().workspace.models / "customers_left", workspace.models / "customers_left")
    for asked, message in (
        ({"horizon": 5}, f"'{NAME}' was built for 4 weeks ahead, not 5. Ask for at most 4"),
        ({"horizon": 5, "model": "customers_left"}, "A horizon is of forecasts, and 'customers_left' predicts rows."),
        ({"dataset": "loaves", "model": "customers_left"}, "The new data has no columns 'Age', "),
    ):
        with pytest.raises(ToolError) as error:
            call(Job(workspace), "schedule_predictions", {"when": "daily", "model": NAME} | asked)
        assert str(error.value).startswith(message)
    made = call(Job(workspace), "schedule_predictions", {"when": "daily", "dataset": "loaves"})
    assert f"with the model '{NAME}'" in made.text  # the only one that reads these rows
    with pytest.raises(ToolError, match=r"^The new data has no columns 'Age', "):
        call(Job(workspace), "change_schedule", {"action": "switch", "model": "customers_left"})
    assert call(Job(workspace), "change_schedule", {"action": "switch"}).values["model"] == NAME


def test_the_page_shows_the_schedules_of_a_forecast_with_their_last_run(workspace: Workspace) -> None:
    call(Job(workspace), "schedule_predictions", {"when": "every Monday at 7", "name": "weekly"})
    ran = call(Job(workspace), "change_schedule", {"action": "run"})
    assert ran.values["files"] == runs(workspace)[0].files
    shown = panels.regions(workspace, View(model=NAME), State())["predict"]
    assert '<span translate="no">loaves</span> every Monday at 07:00' in shown
    assert "Last: forecast 4 rows into loaves_forecast_" in shown
    assert 'name="horizon"' in shown
