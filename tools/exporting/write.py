"""Templates filled in, a script as a notebook, and a folder as one file."""

import shutil
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tools.script import notebook

HERE = Path(__file__).parent
Files = dict[str, tuple[str, str]]
"""A file's name -> what it is, and its text."""
_STORED = (".parquet", ".pkl", ".joblib", ".safetensors")


def rendered(template: str, **values: Any) -> str:
    """A template with its places filled; values are source text, so nothing is escaped."""
    import jinja2

    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(HERE),
        autoescape=False,
        trim_blocks=True,
        keep_trailing_newline=True,
        undefined=jinja2.StrictUndefined,
    )
    return environment.get_template(template).render(**values)


def as_notebook(script: str) -> str:
    """A script whose cells begin with `# %%` as a Jupyter notebook; cells of comments are its text."""
    cells = []
    for part in script.split("# %%")[1:]:
        head, _, body = part.partition("\n")
        if head.strip() == "[markdown]":
            cells.append(("markdown", "\n".join(line.removeprefix("# ") for line in body.strip().splitlines())))
        else:
            cells.append(("code", body.strip()))
    return notebook(cells)


def requirements(versions: Mapping[str, str], extras: Mapping[str, str]) -> str:
    """One pinned requirement a line: the libraries that the model was made with, as they are named by pip."""
    from importlib.metadata import version

    pinned = {name: number for name, number in versions.items() if name != "python"}
    named = {extras.get(name, name): number for name, number in pinned.items()}
    named |= {name: version(name) for name in ("duckdb", "pandas", "pyarrow")}
    return "".join(f"{name}=={number}\n" for name, number in sorted(named.items()))


def fill(folder: Path, source: Path, predictor: str, texts: Mapping[str, str]) -> None:
    """Put the texts into the folder, and from the model's own one its predictor, card and recipe."""
    for name, text in texts.items():
        (folder / name).write_text(text, encoding="utf-8")
    shutil.copytree(source / predictor, folder / "predictor")
    for name in ("card.json", "recipe.json"):
        shutil.copyfile(source / name, folder / name)


def pack(folder: Path, target: Path) -> None:
    """The folder as a ZIP file, which holds it under its own name."""
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in sorted(folder.rglob("*")):
            if path.is_file():
                kind = zipfile.ZIP_STORED if path.suffix in _STORED else zipfile.ZIP_DEFLATED
                archive.write(path, Path(folder.name) / path.relative_to(folder), kind)
