"""What an answer depends on, in readable parts, and the key that they hash to.

Comments and the layout of the code do not count: the syntax trees of its files are hashed. What a remote server runs
behind a name is not known here; clear the cache when it changes there.
"""

import ast
import hashlib
import json
from collections.abc import Iterable, Mapping
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any

import assistant
import automl
import tools
from assistant import context, linking
from assistant.settings import Settings
from assistant.weights import WEIGHTS, weights_path
from evals import raw
from evals.case import Case, CaseError
from evals.record import Column

FORM = "1"
"""Raised when records are written in another way, so that older ones are made anew."""
NOT_ANSWERING = ("__main__.py", "typed.py", "printed.py", "doctor.py")
"""Files of the assistant that no answer depends on; nor on the page under app/."""
RAW_TOOLS = (
    "query",
    "guard",
    "guarding",
    "engine",
    "workspace",
    "dataset",
    "stored",
    "connect",
    "sources",
    "derive",
    "tool",
    "transform",
    "words",
)
"""Files and folders of the tools that the bare model's answers depend on, with transforms/custom.py."""


def of_column(column: Column, settings: Settings) -> dict[str, str]:
    """The parts that all attempts of a column share. Its prompt version must be the one in use (`prompts.use`).

    Raises SettingsError where the model can't be had.
    """
    return {
        "form": FORM,
        "weights": _weights(column.model, settings),
        "engine": _engine(column.model),
        "settings": f"query {settings.query_seconds:g} s, train {settings.train_seconds} s, ask {settings.ask_always}",
        **(_assistant() if column.subject == "assistant" else _raw()),
    }


def of_case(case: Case, column: Column) -> dict[str, str]:
    """The parts of a case: what is said, and its data. Checks are no part of them, so they can be mended afterwards."""
    said: list[Any] = [[turn.say, turn.reply] for turn in case.turns]
    if column.subject == "raw":
        said = [[*words, raw.dataset_wanted(turn.checks)] for words, turn in zip(said, case.turns, strict=True)]
    data = [[item.name, Path(item.path).name, _of_file(case, item.path)] for item in case.data]
    return {"case": _hash(said), "data": _hash(data)}


def key(column: Column, case: Case, repeat: int, parts: Mapping[str, str]) -> str:
    """The name of a record: 32 hexadecimal digits of the sha256 of all that its answer depends on."""
    return _hash([case.id, column.subject, column.model, repeat, dict(parts)], 32)


def _of_file(case: Case, path: str) -> str:
    if not Path(path).is_file():
        raise CaseError(f"Case {case.id}: no file {path}. Mend the path, or fetch the data.")
    return file_hash(Path(path))


def _assistant() -> dict[str, str]:
    core = tools.core_tools()
    schemas = {name: tool.arguments.model_json_schema() for name, tool in tools.catalogue().items()}
    folder = _folder(assistant)
    own = [
        path for path in folder.rglob("*.py") if path.name not in NOT_ANSWERING and folder / "app" not in path.parents
    ]
    return {
        "prompt": _hash([context.prefix(core), linking.prefix()]),
        "schema": _hash([[name, schema] for name, schema in schemas.items()]),
        "code": _code(assistant=own, tools=_folder(tools).rglob("*.py"), automl=_folder(automl).rglob("*.py")),
    }


def _raw() -> dict[str, str]:
    own = [_folder(assistant) / "models.py", _folder(assistant) / "local_model.py"]
    return {
        "prompt": _hash(raw.SYSTEM),
        "schema": "none",
        "code": _code(assistant=own, tools=_raw_tools(), raw=[Path(raw.__file__)]),
    }


def _raw_tools() -> list[Path]:
    folder = _folder(tools)
    custom = folder / "transforms" / "custom.py"
    own = [path for path in folder.rglob("*.py") if path.relative_to(folder).parts[0].removesuffix(".py") in RAW_TOOLS]
    return [custom, *own]


def _folder(package: Any) -> Path:
    return Path(package.__file__).parent


def _code(**floors: Iterable[Path]) -> str:
    """`assistant:1f… tools:9c…`: a hash for each floor."""
    return " ".join(f"{name}:{_hash([_tree(path) for path in sorted(paths)])}" for name, paths in floors.items())


@cache
def _tree(path: Path) -> str:
    return path.name + ast.dump(ast.parse(path.read_text(encoding="utf-8")))


def _weights(spec: str, settings: Settings) -> str:
    """Which weights answer, as far as that can be known here."""
    kind, _, name = spec.partition(":")
    if kind == "local":
        size = name or "1.5b"
        path = weights_path(settings, size)
        official = settings.weights is None  # checked against its hash when it was fetched
        return f"{path.name} sha256:{WEIGHTS[size].sha256 if official else file_hash(path)}"
    if kind == "script" and Path(name).is_file():
        return f"script sha256:{file_hash(Path(name))}"
    return spec


def _engine(spec: str) -> str:
    kind = spec.partition(":")[0]
    client = {"local": "xllamacpp", "hf": "transformers"}.get(kind, "langchain-core")
    return ", ".join(f"{name} {version(name)}" for name in (client, "duckdb", "autogluon.tabular"))


def file_hash(path: Path) -> str:
    """The sha256 of a file, worked out again only where its size or time changed."""
    facts = path.stat()
    return _file_hash(path, facts.st_size, facts.st_mtime_ns)


@cache
def _file_hash(path: Path, size: int, time: int) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _hash(value: Any, digits: int = 16) -> str:
    text = json.dumps(value, ensure_ascii=False, sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()[:digits]
