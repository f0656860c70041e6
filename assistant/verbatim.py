"""What a request holds verbatim: the files it names, a SELECT as it stands, SQL that changes tables."""

import re
from pathlib import Path

from tools.tool import ToolError
from tools.workspace import Workspace

_FILE = re.compile(r"[^\s'\"“”‘’,;()]+\.(?:csv|tsv|txt|parquet|json|jsonl|ndjson|xlsx|xls|gz)(?![\w])", re.IGNORECASE)
_SELECT = re.compile(r"\s*(?:SELECT\b.+\bFROM\b|WITH\s+\w+\s+AS\s*\()", re.IGNORECASE | re.DOTALL)
"""A SELECT as a person types it."""
_CHANGES_TABLES = re.compile(
    r"\b(?i:drop|truncate|alter)\s+(?i:table|view|schema|database)\b|\bDELETE\s+FROM\b|\bINSERT\s+INTO\b|\bUPDATE\s+\w+\s+SET\b"
)


def files_to_load(workspace: Workspace, request: str) -> list[str]:
    """Data files that a request names and that are no dataset yet; a file to write need not be there."""
    loaded = {
        str(version.step.source.get("path", "")).rsplit("/", 1)[-1].casefold()
        for head in workspace.datasets()
        for version in workspace.versions(head.dataset)[:1]
    }
    wanted = [name.rstrip(".") for name in _FILE.findall(request)]
    fresh = [name for name in dict.fromkeys(wanted) if Path(name).name.casefold() not in loaded]
    writes = re.search(r"export|save|write|download|내보내|저장", request, re.IGNORECASE) is not None
    return [name for name in fresh if not writes or (workspace.files / name).is_file() or Path(name).is_file()]


def only_loads(request: str) -> bool:
    """Whether a request asks for nothing but to load the files it names."""
    words = re.findall(r"\w+", _FILE.sub(" ", request).casefold())
    return len(words) <= 5 and bool(
        {"load", "open", "import", "add", "read", "use", "불러와", "열어", "추가"} & set(words) or not words
    )


def changes_tables(request: str) -> bool:
    """Whether a request has SQL in it that would change or remove tables."""
    return _CHANGES_TABLES.search(request) is not None


def select(workspace: Workspace, request: str) -> str:
    """A request that is one SELECT, which runs as it stands, behind the guard like any other; empty for words."""
    from tools.guard import explain

    sql = request.strip().rstrip(";")
    if not _SELECT.match(sql):
        return ""
    try:
        explain(workspace, sql)
    except ToolError:
        return ""  # "select all rows from Oslo" is no SQL
    return sql
