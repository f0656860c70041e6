"""What is typed after `easel`: its commands with their options, and a tool's arguments as NAME=VALUE."""

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    Commands = argparse._SubParsersAction[argparse.ArgumentParser]


def parser() -> argparse.ArgumentParser:
    """The options of the chat, and the commands; `command` tells which one was typed."""
    made = argparse.ArgumentParser(
        prog="easel", description="An assistant that does machine learning with a business analyst."
    )
    made.add_argument("--project", type=Path, metavar="DIR", help="the project to open (default: your own, kept)")
    made.add_argument("--data", action="append", default=[], metavar="FILE", help="a file to load: FILE or name=FILE")
    _add_model(made)
    made.add_argument("--port", type=int, default=7860, help="port of the page (default: 7860)")
    made.add_argument("--no-browser", action="store_true", help="do not open a browser window")
    commands = made.add_subparsers(title="commands", metavar="", dest="command")
    made.set_defaults(command="chat")
    for add in (_add_ask, _add_sql, _add_run, _add_predict, _add_worker, _add_tools, _add_doctor):
        add(commands)
    return made


def _add_ask(commands: "Commands") -> None:
    command = commands.add_parser("ask", help="work on a request in plain words")
    command.add_argument("text", nargs="+", metavar="TEXT", help="requests, the turns of one conversation")
    _add_data(command)
    _add_model(command)
    command.add_argument("--yes", action="store_true", help="approve every plan beforehand")
    command.add_argument("--json", action="store_true", help="print one event a line")


def _add_sql(commands: "Commands") -> None:
    command = commands.add_parser("sql", help="run one guarded SELECT")
    command.add_argument("sql", metavar="SELECT")
    _add_data(command)
    command.add_argument("--json", action="store_true", help="print one JSON object")
    command.add_argument("--limit", type=_count, default=1000, help="most rows to print (default: 1000, 0 = all)")


def _add_run(commands: "Commands") -> None:
    command = commands.add_parser("run", help="run one tool without a language model")
    command.add_argument("tool", metavar="TOOL", help="its name, as `easel tools` lists them")
    command.add_argument(
        "arguments",
        nargs="*",
        metavar="NAME=VALUE",
        help="values are plain text or JSON, several with commas: columns=age,fee",
    )
    _add_data(command)
    command.add_argument("--json", action="store_true", help="print one event a line")


def _add_predict(commands: "Commands") -> None:
    command = commands.add_parser("predict", help="predict every row of a file with a trained model")
    command.add_argument("--project", type=Path, required=True, metavar="DIR")
    command.add_argument("--model-name", metavar="NAME", help="which model (default: the only one)")
    command.add_argument("--data", type=Path, required=True, metavar="FILE")
    command.add_argument("--out", type=Path, required=True, metavar="FILE", help="a new .csv, .parquet or .xlsx file")
    command.add_argument(
        "--columns", type=lambda text: text.split(","), metavar="A,B", help="only these stand beside the prediction"
    )
    command.add_argument("--every-class", action="store_true", help="a column with the probability of each class")


def _add_worker(commands: "Commands") -> None:
    command = commands.add_parser("worker", help="run the schedules of a project, without a browser")
    command.add_argument("--project", type=Path, required=True, metavar="DIR")
    command.add_argument("--once", action="store_true", help="run what is due now, and end")


def _add_tools(commands: "Commands") -> None:
    command = commands.add_parser("tools", help="what the assistant can do, with argument schemas")
    command.add_argument("--json", action="store_true")


def _add_doctor(commands: "Commands") -> None:
    command = commands.add_parser("doctor", help="what works on this machine, and what mends what does not")
    command.add_argument("--json", action="store_true")


def _add_model(command: argparse.ArgumentParser) -> None:
    command.add_argument("--model", default="", metavar="SPEC", help="the language model (default: local)")


def _add_data(command: argparse.ArgumentParser) -> None:
    command.add_argument("--data", action="append", default=[], metavar="FILE", help="FILE or name=FILE")
    command.add_argument("--project", type=Path, metavar="DIR", help="keep everything in this folder")


def _count(text: str) -> int:
    value = int(text)
    if value < 0:
        raise argparse.ArgumentTypeError(f"{value} rows can't be printed; 0 means all")
    return value


def tool_arguments(given: Sequence[str], schema: dict[str, Any]) -> dict[str, Any]:
    """`step=2 columns=age,floor` as a tool's schema wants them. Raises ToolError where one has no name."""
    return _listed(dict(_argument(one, schema) for one in given), schema)


def _listed(arguments: dict[str, Any], schema: dict[str, Any]) -> dict[str, Any]:
    """One value, or several with commas between them, as the list that an argument wants: `columns=age,floor`."""
    made = dict(arguments)
    for name, value in arguments.items():
        types = _types(name, schema)
        if not isinstance(value, list) and value is not None and "array" in types and "string" not in types:
            made[name] = [part.strip() for part in value.split(",")] if isinstance(value, str) else [value]
    return made


def _types(name: str, schema: dict[str, Any]) -> set[str]:
    """The JSON types that an argument takes."""
    entry = schema.get("properties", {}).get(name, {})
    return {kind["type"] for kind in (entry, *entry.get("anyOf", [])) if "type" in kind}


def _argument(given: str, schema: dict[str, Any]) -> tuple[str, Any]:
    """`step=2` as a name and a value: JSON where it is some and no text is wanted. Raises ToolError without a name."""
    import json

    from tools.tool import ToolError

    name, equals, value = given.partition("=")
    if not equals or not name.isidentifier():
        raise ToolError(f"'{given}' is no argument. Write NAME=VALUE, for example step=2.")
    try:
        read = json.loads(value)
    except json.JSONDecodeError:
        return name, value
    worded = _types(name, schema) - {"null"} == {"string"}
    return name, value if worded and isinstance(read, int | float) else read
