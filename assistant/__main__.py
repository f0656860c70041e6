"""The `easel` command: the chat, one request, one query, a batch of predictions, the catalogue, a check-up.

Exit codes: 0 answered, 1 failed, 2 wrong usage, 3 stopped to ask. What a person can mend is one line on standard error.
Heavy imports sit inside the commands, so that `easel --help` answers at once.
"""

import argparse
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from assistant.printed import event_text, table_text
from assistant.typed import parser, tool_arguments

if TYPE_CHECKING:
    from assistant.events import Event
    from assistant.runs import Runs
    from assistant.settings import Settings
    from tools.workspace import Workspace

ANSWERED, FAILED, USAGE, ASKED = 0, 1, 2, 3


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; the exit code tells how it went."""
    options = parser().parse_args(arguments)
    from assistant.settings import SettingsError, read_settings
    from automl.waiting import set_waiting
    from tools.tool import ToolError

    set_waiting()
    try:
        return _COMMANDS[options.command](options, read_settings())
    except (ToolError, SettingsError) as error:
        print(f"easel: {error}", file=sys.stderr)
        return FAILED
    except KeyboardInterrupt:
        print("easel: stopped.", file=sys.stderr)
        return FAILED
    except BrokenPipeError:
        sys.stderr.close()
        return FAILED


# --- the project -------------------------------------------------------------------------------------------------


@contextmanager
def _workspace(project: Path | None, settings: "Settings") -> Iterator["Workspace"]:
    """The project in that folder, or a temporary one that goes away."""
    from tools.workspace import Workspace

    if project is not None:
        with Workspace(project, memory_gb=settings.memory_gb, threads=settings.threads) as workspace:
            yield workspace
        return
    with (
        tempfile.TemporaryDirectory(prefix="easel-", ignore_cleanup_errors=True) as folder,
        Workspace(Path(folder), memory_gb=settings.memory_gb, threads=settings.threads) as workspace,
    ):
        yield workspace


def _load(workspace: "Workspace", data: Sequence[str]) -> None:
    """Load the files of `--data`; a file that the project holds already is left as it is."""
    from tools.connect import load

    for given in data:
        name, _, file = given.partition("=")
        if file and not Path(given).is_file():
            load(workspace, Path(file), name=name)
        else:
            load(workspace, Path(given))


# --- commands ----------------------------------------------------------------------------------------------------


def _chat(options: argparse.Namespace, settings: "Settings") -> int:
    from assistant.models import wake

    wake(options.model or settings.model, settings)
    from assistant.app.serve import serve
    from assistant.runs import Runs
    from tools.scheduling.worker import Worker

    with _workspace(options.project or settings.home / "default", settings) as workspace:
        runs = Runs(workspace, settings, model=options.model)
        runs.warm()
        _load(workspace, options.data)
        with Worker(workspace):
            serve(runs, port=options.port, open_browser=not options.no_browser)
    return ANSWERED


def _ask(options: argparse.Namespace, settings: "Settings") -> int:
    from assistant.models import wake

    wake(options.model or settings.model, settings)
    from assistant.runs import Runs

    with _workspace(options.project, settings) as workspace:
        runs = Runs(workspace, settings, model=options.model, approved=options.yes, interactive=False)
        runs.warm()
        _load(workspace, options.data)
        code = ANSWERED
        for text in options.text:
            code = _turn(runs, text, json=options.json)
            if code != ANSWERED:
                break
        return code


def _turn(runs: "Runs", text: str, *, json: bool) -> int:
    """One turn, printed as it goes."""
    return _followed(runs, runs.ask(text), json=json)


def _followed(runs: "Runs", run: str, *, json: bool) -> int:
    """A run that was started, printed as it goes."""
    end: Event | None = None
    try:
        for event in runs.follow(run):
            end = event
            if event.event in ("asked", "status"):
                continue
            print(
                event.model_dump_json() if json else event_text(event, runs.tongue),
                flush=True,
                end="\n" if json else "",
            )
    except KeyboardInterrupt:
        runs.stop()
        runs.join()
        raise
    if end is not None and end.event == "failed":
        print(f"easel: {end.text}", file=sys.stderr)
        return FAILED
    return ASKED if end is not None and end.event == "question" else ANSWERED


def _sql(options: argparse.Namespace, settings: "Settings") -> int:
    import json

    from tools.guard import run_select

    with _workspace(options.project, settings) as workspace:
        _load(workspace, options.data)
        table, _ = run_select(workspace, options.sql, limit=options.limit or None, seconds=settings.query_seconds)
    if options.json:
        print(
            json.dumps({"columns": table.columns, "rows": table.rows, "row_count": table.row_count}, ensure_ascii=False)
        )
    else:
        print(table_text(table, most=len(table.rows)))
    return ANSWERED


def _run(options: argparse.Namespace, settings: "Settings") -> int:
    from assistant.plan import Step
    from assistant.runs import Runs
    from tools import catalogue, check_arguments
    from tools.title import title_of
    from tools.tool import ToolError
    from tools.words import unknown

    tools = catalogue()
    if options.tool not in tools:
        raise ToolError(unknown("tool", options.tool, list(tools)))
    tool = tools[options.tool]
    arguments = tool_arguments(options.arguments, tool.arguments.model_json_schema())
    with _workspace(options.project, settings) as workspace:
        _load(workspace, options.data)
        heads = workspace.datasets()
        if "dataset" in tool.arguments.model_fields and "dataset" not in arguments and len(heads) == 1:
            arguments["dataset"] = heads[0].dataset
        check_arguments(tool, arguments)
        runs = Runs(workspace, settings, approved=True, interactive=False)
        started = runs.act([Step(tool=tool.name, arguments=arguments)], title_of(tool, arguments))
        return _followed(runs, started, json=options.json)


def _predict(options: argparse.Namespace, settings: "Settings") -> int:
    from tools.batch import predict_file
    from tools.modelling.prediction_file import Wanted

    _known_project(options.project)
    with _workspace(options.project, settings) as workspace:
        wanted = Wanted(options.columns, options.every_class)
        print(predict_file(workspace, options.model_name, options.data, options.out, wanted).text)
    return ANSWERED


def _worker(options: argparse.Namespace, settings: "Settings") -> int:
    """Run schedules until it is stopped; with `--once`, what is due now."""
    import signal
    import threading

    from tools.scheduling.store import schedules
    from tools.scheduling.work import told
    from tools.scheduling.worker import Worker
    from tools.words import counted

    _known_project(options.project)
    with _workspace(options.project, settings) as workspace:
        if options.once:
            made = Worker(workspace).once()
            print("\n".join(map(told, made)) or "Nothing is due.")
            return FAILED if any(run.state == "failed" for run in made) else ANSWERED
        print(
            f"Easel runs {counted(len(schedules(workspace)), 'schedule')} of {options.project} (stop it with Ctrl+C)",
            flush=True,
        )
        stop = threading.Event()
        signal.signal(signal.SIGTERM, lambda number, frame: stop.set())
        with Worker(workspace, on_run=lambda run: print(told(run), flush=True)):
            try:
                stop.wait()
            except KeyboardInterrupt:
                return ANSWERED  # Ctrl+C is how it is stopped, not a failure
    return ANSWERED


def _known_project(project: Path) -> None:
    from tools.tool import ToolError

    if not (project / "project.duckdb").is_file():
        raise ToolError(f"No project in {project}. Make one with `easel ask … --project {project}`.")


def _tools(options: argparse.Namespace, settings: "Settings") -> int:
    import json

    from assistant.context import first_sentence
    from tools import catalogue

    entries = list(catalogue().values())
    if options.json:
        shown = [
            {
                "name": t.name,
                "group": t.group,
                "effect": t.effect,
                "doc": t.doc,
                "arguments": t.arguments.model_json_schema(),
            }
            for t in entries
        ]
        print(json.dumps(shown, ensure_ascii=False, indent=1))
        return ANSWERED
    width = max(len(tool.name) for tool in entries)
    for tool in entries:
        print(f"{tool.name.ljust(width)}  {tool.effect.ljust(8)}  {first_sentence(tool.doc)}")
    return ANSWERED


def _doctor(options: argparse.Namespace, settings: "Settings") -> int:
    import json

    from assistant.doctor import examine

    checks = examine(settings)
    if options.json:
        print(json.dumps([check.model_dump() for check in checks], ensure_ascii=False, indent=1))
    else:
        for check in checks:
            print(
                f"{'ok  ' if check.ok else 'MEND'}  {check.name}: {check.finding}"
                + (f" -> {check.mend}" if check.mend else "")
            )
    return ANSWERED if all(check.ok for check in checks) else FAILED


_COMMANDS: dict[str, Callable[[argparse.Namespace, "Settings"], int]] = {
    "chat": _chat,
    "ask": _ask,
    "sql": _sql,
    "run": _run,
    "predict": _predict,
    "worker": _worker,
    "tools": _tools,
    "doctor": _doctor,
}


if __name__ == "__main__":
    sys.exit(main())
