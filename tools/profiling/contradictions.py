"""Findings that take more than one cell to see: spellings of one category, and columns that contradict each other.

Neither is mended by itself, for a rare spelling or an exception may be right: each names the step that would.
What is not covered: keys of several columns, contradictions of numbers that are measured.
"""

from collections.abc import Iterator

from tools.dataset import Version
from tools.profiling.facts import ColumnProfile, Profile
from tools.profiling.issues import Fix, Issue
from tools.transform import Column
from tools.transforms.conflicts import agreement
from tools.transforms.spellings import unified
from tools.words import counted, identifier, literal
from tools.workspace import Workspace

MOST_KEYS, MOST_DETERMINED = 12, 20
CATEGORIES = 500
ROWS = 100_000
"""Of more rows, a part of the keys is looked at, with all their rows."""
SURE = 0.97
"""From this share of agreeing cells on, those that differ are contradictions and not the rule."""
ENOUGH = 20
TELLS = 10
"""Knowing the key must make so many times fewer cells wrong than guessing the most frequent value does."""


def contradictions(workspace: Workspace, version: Version, found: Profile) -> Iterator[Issue]:
    """The findings of a version, from its rows."""
    for column in found.columns:
        if column.kind == "text" and 1 < column.distinct <= CATEGORIES:
            yield from _spellings(workspace, version, column)
    yield from _conflicts(workspace, version, found)


def _spellings(workspace: Workspace, version: Version, column: ColumnProfile) -> Iterator[Issue]:
    cell = identifier(column.name)
    sql = (
        f"SELECT {cell}, count(*) FROM {identifier(version.ref)} WHERE trim({cell}) <> '' GROUP BY 1 ORDER BY 2 DESC, 1"
    )
    counts = [(str(value), int(count)) for value, count in workspace.rows(sql)]
    folded = {" ".join(value.split()).casefold() for value, _ in counts}
    changes = {
        old: new for old, new in unified(counts, typos=True).items() if old.strip().casefold() != new.strip().casefold()
    }
    if not changes or len(folded) < 2:
        return
    cells = sum(count for value, count in counts if value in changes)
    old, new = next(iter(changes.items()))
    what = f"{counted(cells, 'cell')} {'has' if cells == 1 else 'have'} another spelling of a value, such as '{old:.40}' for '{new:.40}'"
    why = "One category is counted as several; look at the mapping before it is made."
    fix = Fix("unify_spellings", {"dataset": version.dataset, "columns": [column.name]}, why)
    yield Issue("medium", "spelling", column.name, what, why, cells, fix)


def _conflicts(workspace: Workspace, version: Version, found: Profile) -> Iterator[Issue]:
    """For each column that another one nearly determines, the cells that differ; by the key that determines it best."""
    keys = [column for column in found.columns if _is_key(column, found.rows)][:MOST_KEYS]
    best: dict[str, tuple[float, str, int]] = {}
    for key in keys:
        others = [c for c in found.columns if c.name != key.name and _may_depend(c) and c.distinct <= key.distinct][
            :MOST_DETERMINED
        ]
        if not others:
            continue
        columns = [Column(column.name, column.type) for column in others]
        row = workspace.rows(agreement(_looked(version, key), [Column(key.name, key.type)], columns))[0]
        for place, column in enumerate(others):
            cells, agree, usual = row[3 * place : 3 * place + 3]
            off = cells - agree
            guess = 1 - usual / max(column.filled, 1)
            if cells >= ENOUGH and 0 < off <= (1 - SURE) * cells and off * TELLS <= guess * cells:
                best[column.name] = max(best.get(column.name, (0.0, "", 0)), (agree / cells, key.name, off))
    for name, (_, key_name, off) in best.items():
        differ = f"{counted(off, 'cell')} {'differs' if off == 1 else 'differ'}"
        what = f"{differ} from what other rows of the same {key_name} say"
        why = f"{key_name} nearly always determines {name}; where rows contradict each other, some are wrong."
        arguments = {"dataset": version.dataset, "key": [key_name], "columns": [name], "fill_empty": False}
        yield Issue("medium", "conflict", name, what, why, off, Fix("repair_conflicts", arguments, why))


def _is_key(column: ColumnProfile, rows: int) -> bool:
    """Whether a column could determine others: it repeats, and is no measurement."""
    return 2 < column.distinct <= rows / 2 and (column.kind in ("text", "id", "date") or "INT" in column.type)


def _may_depend(column: ColumnProfile) -> bool:
    return column.distinct > 1 and (column.kind in ("text", "boolean", "date", "id") or "INT" in column.type)


def _looked(version: Version, key: ColumnProfile) -> str:
    """The table as it stands after FROM, or all rows of a part of the keys."""
    table = identifier(version.ref)
    parts = version.row_count // ROWS
    return table if parts < 2 else f"(SELECT * FROM {table} WHERE hash({identifier(key.name)}) % {literal(parts)} = 0)"
