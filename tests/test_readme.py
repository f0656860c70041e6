import re
import subprocess
from dataclasses import fields
from pathlib import Path

from assistant.context import first_sentence
from assistant.settings import Settings
from tools import catalogue

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")


def test_the_table_of_tools_is_the_catalogue() -> None:
    rows = [f"| `{tool.name}` | {tool.effect} | {first_sentence(tool.doc)} |" for tool in catalogue().values()]
    assert re.findall(r"^\| `\w+` \| (?:read|derive|train|external) \|.*$", README, re.MULTILINE) == rows


def test_the_table_of_settings_is_the_settings() -> None:
    source = (ROOT / "assistant" / "settings.py").read_text(encoding="utf-8")
    told = dict(re.findall(r'"""(EASEL_\w+): (.+?)"""', source))
    assert len(told) == len(fields(Settings))
    rows = dict(re.findall(r"^\| `(EASEL_\w+)` \| (.+?) \|", README, re.MULTILINE))
    assert rows == told


def test_every_file_stands_on_the_map() -> None:
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout.split()
    floors = ("assistant/", "tools/", "automl/", "prompts/", "evals/", "benchmarks/")
    files = [path for path in listed if path.startswith(floors) and not path.endswith(("__init__.py", ".csv"))]
    map_ = README.split("## Map", 1)[1].split("## Tools", 1)[0]
    assert [path for path in files if Path(path).name not in map_] == []
    named = set(re.findall(r"\b[\w]+\.(?:py|md|yaml|js|css)\b", map_)) - {"LOG.md", "evals.md"}
    assert named - {Path(path).name for path in files} == {"__init__.py"} & named


def test_the_commands_shown_are_commands_there_are() -> None:
    from assistant.typed import parser

    shown = re.findall(r"^easel (.+)$", README, re.MULTILINE)
    assert len(shown) >= 8
    import shlex

    for line in shown:
        parser().parse_args(shlex.split(line))
