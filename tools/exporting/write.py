"""Templates filled in, a script as a notebook, scripts as one file, and a folder as one file."""

import ast
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tools.script import notebook

HERE = Path(__file__).parent
TRAINING = ("train.py", "tune.py")
"""Scripts that train, which MLflow has no use for."""
Files = dict[str, tuple[str, str]]
"""A file's name -> what it is, and its text."""
_STORED = (".parquet", ".pkl", ".joblib", ".safetensors", ".png", ".jpg", ".jpeg", ".webp")
_PIP = {"autogluon.tabular": "autogluon.tabular[catboost,lightgbm]"}


@dataclass(frozen=True)
class Export:
    """A model of one kind as files, for a folder or for MLflow."""

    files: Files
    """Its scripts; the last one predicts, with `load` and a function of its own name, and train.py trains."""
    predictor: Path
    versions: Mapping[str, str]
    """The libraries it needs."""
    told: Mapping[str, Any]
    """What the folder's README says of it: words, headline, interval, facts."""
    copy_data: Callable[[Path], None]
    """Writes what train.py reads into a folder."""
    data: str
    """What that is, in words."""
    command: str
    """How the last script is called."""
    answers: str
    """What MLflow's `predict` gives for which rows."""
    artefacts: Mapping[str, Path]
    """What `load` is given besides the predictor, by its arguments' names."""
    carried: Mapping[str, Callable[[Path], None]]
    """Folders that its scripts find beside them, and who writes each."""
    note: str = ""
    """What is to be said of it besides."""

    @property
    def requirements(self) -> str:
        """One pinned requirement a line."""
        return requirements(self.versions)


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


def in_one(files: Mapping[str, str]) -> str:
    """Scripts that import each other as one file: without those imports, their docstrings and what runs them alone."""
    own = {Path(name).stem for name in files}
    parts = []
    for name, text in files.items():
        lines: list[str] = text.splitlines()
        for node in ast.parse(text).body:
            if _needless(node, own):
                lines[node.lineno - 1 : node.end_lineno] = [""] * ((node.end_lineno or node.lineno) - node.lineno + 1)
        parts.append(f"# --- {name} {'-' * (110 - len(name))}\n\n" + "\n".join(lines).strip() + "\n")
    return "\n\n".join(parts)


def _needless(node: ast.stmt, own: set[str]) -> bool:
    docstring = isinstance(node, ast.Expr) and node.lineno == 1
    local = isinstance(node, ast.ImportFrom) and node.module in own
    main = isinstance(node, ast.If) and "__main__" in ast.unparse(node.test)
    return docstring or local or main


def requirements(versions: Mapping[str, str]) -> str:
    """One pinned requirement a line: the libraries that the model was made with, as they are named by pip."""
    from importlib.metadata import version

    pinned = {name: number for name, number in versions.items() if name != "python"}
    named = {_PIP.get(name, name): number for name, number in pinned.items()}
    named |= {name: version(name) for name in ("duckdb", "pandas", "pyarrow", "python-calamine")}
    public = {name: number.partition("+")[0] for name, number in named.items()}  # 2.13.0+cpu lies in no public index
    return "".join(f"{name}=={number}\n" for name, number in sorted(public.items()))


def pack(folder: Path, target: Path) -> None:
    """The folder as a ZIP file, which holds it under its own name."""
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in sorted(folder.rglob("*")):
            if path.is_file():
                kind = zipfile.ZIP_STORED if path.suffix in _STORED else zipfile.ZIP_DEFLATED
                archive.write(path, Path(folder.name) / path.relative_to(folder), kind)
