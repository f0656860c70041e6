"""`easel doctor`: what works on this machine, and the command that mends what does not."""

import os
import shutil
import socket
import sys
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec

from pydantic import BaseModel, ConfigDict

from assistant.models import mends
from assistant.settings import Settings

LIBRARIES = ("duckdb", "gradio", "langchain", "langgraph", "autogluon.tabular", "xllamacpp", "transformers")
FREE_GB = 3


class Check(BaseModel):
    """One thing looked at."""

    model_config = ConfigDict(frozen=True)
    name: str
    ok: bool
    finding: str
    mend: str = ""


def examine(settings: Settings) -> list[Check]:
    """Everything Easel needs, looked at without changing anything."""
    return [
        _python(),
        *map(_library, LIBRARIES),
        _model(settings),
        _transformers(),
        _disk(settings),
        _memory(),
        _port(),
    ]


def _python() -> Check:
    good = (3, 11) <= sys.version_info[:2] < (3, 14)
    return Check(name="Python", ok=good, finding=sys.version.split()[0], mend="" if good else "install Python 3.11")


def _library(name: str) -> Check:
    try:
        return Check(name=name, ok=True, finding=version(name))
    except PackageNotFoundError:
        return Check(name=name, ok=False, finding="not installed", mend="pip install easel-assistant")


def _model(settings: Settings) -> Check:
    trouble = mends(settings.model, settings)
    finding = trouble or f"{settings.model} is ready"
    return Check(
        name="language model",
        ok=not trouble,
        finding=finding,
        mend="python -m assistant.local_model" if trouble else "",
    )


def _transformers() -> Check:
    there = find_spec("torch") is not None
    return Check(
        name="hf: models",
        ok=True,
        finding="torch is here" if there else "not installed (only needed for hf: models)",
        mend="" if there else "pip install 'easel-assistant[hf]'",
    )


def _disk(settings: Settings) -> Check:
    folder = next(path for path in (settings.home, *settings.home.parents) if path.exists())
    free = shutil.disk_usage(folder).free / 1e9
    good = free >= FREE_GB
    return Check(
        name="disk", ok=good, finding=f"{free:.0f} GB free", mend="" if good else "free some space, or set EASEL_HOME"
    )


def _memory() -> Check:
    import psutil

    free = psutil.virtual_memory().available / 1e9
    mend = "" if free >= FREE_GB else "close other programs, or use EASEL_MODEL=local:0.5b"
    return Check(name="memory", ok=free >= FREE_GB, finding=f"{free:.0f} GB free, {os.cpu_count()} cores", mend=mend)


def _port() -> Check:
    with socket.socket() as probe:
        taken = probe.connect_ex(("127.0.0.1", 7860)) == 0
    finding = "7860 is in use (by Easel or another program)" if taken else "7860 is free"
    return Check(name="port", ok=True, finding=finding, mend="easel --port 7861" if taken else "")
