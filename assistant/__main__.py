"""The `easel` command: the chat, one request, one query, a batch of predictions, the catalogue, a check-up.

Exit codes: 0 answered, 1 failed, 2 wrong usage, 3 stopped to ask. What a person can mend is one line on standard error.
Heavy imports sit inside the commands, so that `easel --help` answers at once.
"""

import argparse
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from assistant.events import Event
    from assistant.runs import Runs
    from assistant.settings import Settings
    from tools.tool import TableData
    from tools.workspace import Workspace

ANSWERED, FAILED, USAGE, ASKED = 0, 1, 2, 3


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; the exit code tells how it went."""
    options = _parser().parse_args(arguments)
    from assistant.settings import SettingsError, read_settings
    from tools.tool import ToolError

    try:
        return int(options.run(options, read_settings()))
    except (ToolError, SettingsError) as error:
        print(f"easel: {error}", file=sys.stderr)
        return FAILED
    except KeyboardInterrupt:
        print("easel: stopped.", file=sys.stderr)
        return FAILED
    except BrokenPipeError:
        sys.stderr.close()
        return FAILED


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="easel", description="An assistant that does machine learning with a business analyst."
    )
    parser.add_argument("--project", type=Path, metavar="DIR", help="the project to open (default: your own, kept)")
    parser.add_argument("--data", action="append", default=[], metavar="FILE", help="a file to load: FILE or name=FILE")
    parser.add_argument("--model", default="", metavar="SPEC", help="the language model (default: local)")
    parser.add_argument("--port", type=int, default=7860, help="port of the page (default: 7860)")
    parser.add_argument("--no-browser", action="store_true", help="do not open a browser window")
    parser.set_defaults(run=_chat)
    commands = parser.add_subparsers(title="commands", metavar="")

    ask = commands.add_parser("ask", help="work on a request in plain words")
    ask.add_argument("text", nargs="+", metavar="TEXT", help="requests, the turns of one conversation")
    _add_data(ask, needed=False)
    ask.add_argument("--model", default="", metavar="SPEC", help="the language model (default: local)")
    ask.add_argument("--yes", action="store_true", help="approve every plan beforehand")
    ask.add_argument("--json", action="store_true", help="print one event a line")
    ask.set_defaults(run=_ask)

    sql = commands.add_parser("sql", help="run one guarded SELECT")
    sql.add_argument("sql", metavar="SELECT")
    _add_data(sql, needed=False)
    sql.add_argument("--json", action="store_true", help="print one JSON object")
    sql.add_argument("--limit", type=_count, default=1000, help="most rows to print (default: 1000, 0 = all)")
    sql.set_defaults(run=_sql)

    run = commands.add_parser("run", help="run one tool without a language model")
    run.add_argument("tool", metavar="TOOL", help="its name, as `easel tools` lists them")
    run.add_argument(
        "arguments",
        nargs="*",
        metavar="NAME=VALUE",
        help="values are plain text or JSON, several with commas: columns=age,fee",
    )
    _add_data(run, needed=False)
    run.add_argument("--json", action="store_true", help="print one event a line")
    run.set_defaults(run=_run)

    predict = commands.add_parser("predict", help="predict every row of a file with a trained model")
    predict.add_argument("--project", type=Path, required=True, metavar="DIR")
    predict.add_argument("--model-name", metavar="NAME", help="which model (default: the only one)")
    predict.add_argument("--data", type=Path, required=True, metavar="FILE")
    predict.add_argument("--out", type=Path, required=True, metavar="FILE", help="a new .csv, .parquet or .xlsx file")
    predict.add_argument(
        "--columns", type=lambda text: text.split(","), metavar="A,B", help="only these stand beside the prediction"
    )
    predict.add_argument("--every-class", action="store_true", help="a column with the probability of each class")
    predict.set_defaults(run=_predict)

    worker = commands.add_parser("worker", help="run the schedules of a project, without a browser")
    worker.add_argument("--project", type=Path, required=True, metavar="DIR")
    worker.add_argument("--once", action="store_true", help="run what is due now, and end")
    worker.set_defaults(run=_worker)

    listing = commands.add_parser("tools", help="what the assistant can do, with argument schemas")
    listing.add_argument("--json", action="store_true")
    listing.set_defaults(run=_tools)

    doctor = commands.add_parser("doctor", help="what works on this machine, and what mends what does not")
    doctor.add_argument("--json", action="store_true")
    doctor.set_defaults(run=_doctor)
    return parser


def _add_data(command: argparse.ArgumentParser, *, needed: bool) -> None:
    command.add_argument(
        "--data", action="append", default=[], required=needed, metavar="FILE", help="FILE or name=FILE"
    )
    command.add_argument("--project", type=Path, metavar="DIR", help="keep everything in this folder")


def _count(text: str) -> int:
    value = int(text)
    if value < 0:
        raise argparse.ArgumentTypeError(f"{value} rows can't be printed; 0 means all")
    return value


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
            print(event.model_dump_json() if json else _said(event), flush=True, end="\n" if json else "")
    except KeyboardInterrupt:
        runs.stop()
        runs.join()
        raise
    if end is not None and end.event == "failed":
        print(f"easel: {end.text}", file=sys.stderr)
        return FAILED
    return ASKED if end is not None and end.event == "question" else ANSWERED


def _said(event: "Event") -> str:
    """An event in plain words for a terminal; empty where there is nothing to say."""
    from tools.script import at_a_glance

    match event.event:
        case "plan":
            lines = [f"{step.id}. {step.title}" + (f" - {step.why}" if step.why else "") for step in event.steps]
            return "Plan\n" + "\n".join(f"  {line}" for line in lines) + "\n"
        case "step_done":
            rows = f" {event.rows[0]:,} -> {event.rows[1]:,} rows," if event.rows else ""
            sql = "".join(f"\n      {line}" for line in at_a_glance(event.sql).splitlines()) if event.sql else ""
            return f"  {event.id}. done,{rows} {event.seconds:.1f} s{sql}\n"
        case "step_failed":
            return f"  {event.id}. failed: {event.error}\n"
        case "question":
            return f"\n{event.text}" + (f" ({' / '.join(event.options)})" if event.options else "") + "\n"
        case "answer":
            return f"\n{event.text}\n" + (f"\n{_table(event.table)}\n" if event.table else "")
    return ""


def _table(table: "TableData", most: int = 30) -> str:
    """A small table in columns of plain text."""
    cells = [[_cell(value) for value in row] for row in [table.columns, *table.rows[:most]]]
    widths = [max(len(row[number]) for row in cells) for number in range(len(table.columns))]
    lines = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in cells]
    count = table.row_count if table.row_count is not None else len(table.rows)
    return "\n".join(lines) + (f"\n… {count:,} rows in all" if count > min(most, len(table.rows)) else "")


def _cell(value: Any) -> str:
    text = "" if value is None else f"{value:.6g}" if isinstance(value, float) else str(value)
    return text if len(text) <= 60 else text[:59] + "…"


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
        print(_table(table, most=len(table.rows)))
    return ANSWERED


def _run(options: argparse.Namespace, settings: "Settings") -> int:
    from assistant.plan import Step
    from assistant.runs import Runs
    from tools import catalogue, check_arguments
    from tools.tool import ToolError, title_of, unknown

    tools = catalogue()
    if options.tool not in tools:
        raise ToolError(unknown("tool", options.tool, list(tools)))
    tool = tools[options.tool]
    arguments = _listed(dict(_argument(given) for given in options.arguments), tool.arguments.model_json_schema())
    with _workspace(options.project, settings) as workspace:
        _load(workspace, options.data)
        heads = workspace.datasets()
        if "dataset" in tool.arguments.model_fields and "dataset" not in arguments and len(heads) == 1:
            arguments["dataset"] = heads[0].dataset
        check_arguments(tool, arguments)
        runs = Runs(workspace, settings, approved=True, interactive=False)
        started = runs.act([Step(tool=tool.name, arguments=arguments)], title_of(tool, arguments))
        return _followed(runs, started, json=options.json)


def _listed(arguments: dict[str, Any], schema: dict[str, Any]) -> dict[str, Any]:
    """One value, or several with commas between them, as the list that an argument wants: `columns=age,floor`."""
    made = dict(arguments)
    for name, value in arguments.items():
        entry = schema.get("properties", {}).get(name, {})
        kinds = [entry, *entry.get("anyOf", [])]
        types = {kind.get("type") for kind in kinds}
        if not isinstance(value, list) and value is not None and "array" in types and "string" not in types:
            made[name] = [part.strip() for part in value.split(",")] if isinstance(value, str) else [value]
    return made


def _argument(given: str) -> tuple[str, Any]:
    """`step=2` as a name and a value: JSON where it is some, else text. Raises ToolError where there is no name."""
    import json

    from tools.tool import ToolError

    name, equals, value = given.partition("=")
    if not equals or not name.isidentifier():
        raise ToolError(f"'{given}' is no argument. Write NAME=VALUE, for example step=2.")
    try:
        return name, json.loads(value)
    except json.JSONDecodeError:
        return name, value


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

    _known_project(options.project)
    with _workspace(options.project, settings) as workspace:
        if options.once:
            made = Worker(workspace).once()
            print("\n".join(map(told, made)) or "Nothing is due.")
            return FAILED if any(run.state == "failed" for run in made) else ANSWERED
        print(
            f"Easel runs {len(schedules(workspace))} schedules of {options.project} (stop it with Ctrl+C)", flush=True
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


if __name__ == "__main__":
    sys.exit(main())
