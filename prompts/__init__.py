"""The words a model reads: templates with `$names`, and worked examples, as files whose versions are git's."""

from collections.abc import Iterator
from functools import cache
from pathlib import Path
from string import Template
from typing import Any

OWN = Path(__file__).parent
FOLDER = OWN


def use(folder: Path) -> None:
    """Read every prompt and example from another folder of this form: for comparing versions of the words."""
    global FOLDER
    FOLDER = folder


def load(name: str, **values: str) -> str:
    """The prompt `name`.md with every `$place` filled. Raises KeyError for a place left open, ValueError for a value too many."""
    template = Template((FOLDER / f"{name}.md").read_text(encoding="utf-8"))
    extra = set(values) - set(template.get_identifiers())
    if extra:
        raise ValueError(f"prompt {name} has no place for {', '.join(sorted(extra))}")
    return template.substitute(values).strip()


def examples() -> tuple[dict[str, Any], ...]:
    """All worked examples, in the order of the files: `data` and `turns`, each with `request` and `steps`."""
    return _examples(FOLDER)


@cache
def _examples(folder: Path) -> tuple[dict[str, Any], ...]:
    return tuple(_read(sorted((folder / "examples").glob("*.yaml"))))


def _read(paths: list[Path]) -> Iterator[dict[str, Any]]:
    import yaml

    for path in paths:
        for entry in yaml.safe_load(path.read_text(encoding="utf-8")):
            if set(entry) != {"data", "turns"} or any(set(turn) != {"request", "steps"} for turn in entry["turns"]):
                raise ValueError(f"{path.name}: an example has data and turns, each with request and steps.")
            yield entry
