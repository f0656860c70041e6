"""The Data panel: a page of rows, which version they belong to, and what is in every column."""

from dataclasses import dataclass
from weakref import WeakKeyDictionary

from assistant.app.lists import step_words
from assistant.app.markup import MOST_PLAIN, Markup, choices, figures, grid, join, number, press, table, tag
from tools.dataset import Version
from tools.tool import TableData
from tools.words import identifier, plain, type_words
from tools.workspace import Workspace

ROWS = 50
COLUMNS = 100
"""What a browser scrolls through without stuttering."""
CELLS = 20_000_000
"""Column figures of larger tables are made when asked for."""
EXACT_CELLS = 2_000_000
"""Different values of larger tables are estimated."""


@dataclass(frozen=True)
class ColumnFigures:
    """One line of the column profile."""

    name: str
    type: str
    exact: bool
    missing: int
    distinct: int
    low: str
    high: str


def panel(workspace: Workspace, version: Version | None, offset: int, profile: str) -> Markup:
    """The panel for one version."""
    if version is None:
        return tag("p", "No data yet. Press “Add data”, or drop a file anywhere on this page.", class_="hint")
    offset = max(0, min(offset, (version.row_count - 1) // ROWS * ROWS))
    page = workspace.page(version.ref, limit=ROWS, offset=offset)
    small = version.row_count * len(version.columns) <= CELLS
    columns = column_figures(workspace, version) if small or profile == version.ref else None
    pairs = [(f"{version.row_count:,}", "Rows"), (f"{len(version.columns):,}", "Columns")]
    if columns is not None:
        pairs.append((f"{sum(c.missing for c in columns):,}", "Empty cells"))
    shown = page.columns[:COLUMNS]
    data = TableData(columns=shown, rows=[row[: len(shown)] for row in page.rows])
    rest = len(page.columns) - len(shown)
    return join(
        [
            _pickers(workspace, version),
            figures(pairs),
            tag("h2", "Rows"),
            table(data, caption=f"Rows of {version.ref}", limit=ROWS, nil="empty", ours=False),
            tag("p", f"And {rest:,} more columns: see the list below.", class_="hint") if rest else "",
            _pager(version, offset),
            tag("h2", "Columns"),
            _profile(columns) if columns is not None else _ask_profile(version),
            tag("div", _delete(version.dataset), class_="buttons"),
        ]
    )


def _pickers(workspace: Workspace, version: Version) -> Markup:
    names = [(head.dataset, head.dataset) for head in workspace.datasets()]
    if version.dataset not in dict(names):
        names.insert(0, (version.dataset, version.dataset))
    heads = {head.dataset: head.number for head in workspace.datasets()}
    current = heads.get(version.dataset)
    every = reversed(workspace.versions(version.dataset))
    versions = [(v.dataset if v.number == current else v.ref, _label(v, current)) for v in every]
    return tag(
        "div",
        _pick("dataset", "Dataset", names, version.dataset, ours=False),
        _pick("version", "Version", versions, version.dataset if version.number == current else version.ref),
        class_="pickers",
    )


def _label(version: Version, head: int | None) -> str:
    return f"{version.number}{' (current)' if version.number == head else ''}: {step_words(version)}"[:80]


def _pick(name: str, label: str, options: list[tuple[str, str]], chosen: str, *, ours: bool = True) -> Markup:
    select = tag("select", choices(options, chosen, ours=ours), id=f"pick-{name}", data_view="dataset")
    return tag("div", tag("label", label, for_=f"pick-{name}"), select, class_="field")


def _pager(version: Version, offset: int) -> Markup | None:
    if version.row_count <= ROWS:
        return None
    last = min(offset + ROWS, version.row_count)
    return tag(
        "div",
        tag("button", "Previous", type="button", data_do="page", data_text=offset - ROWS, disabled=offset == 0),
        tag("span", f"Rows {offset + 1:,} to {last:,} of {version.row_count:,}", role="status"),
        tag(
            "button", "Next", type="button", data_do="page", data_text=offset + ROWS, disabled=last >= version.row_count
        ),
        class_="pager",
    )


_known: WeakKeyDictionary[Workspace, dict[str, list[ColumnFigures]]] = WeakKeyDictionary()


def column_figures(workspace: Workspace, version: Version) -> list[ColumnFigures]:
    """Missing and distinct values and the range of every column; counted once, for versions never change."""
    known = _known.setdefault(workspace, {})
    if version.ref not in known:
        known[version.ref] = _counted(workspace, version)
    return known[version.ref]


def _counted(workspace: Workspace, version: Version) -> list[ColumnFigures]:
    if not version.columns:
        return []
    exact = version.row_count * len(version.columns) <= EXACT_CELLS
    parts = []
    for column in version.columns:
        name = identifier(column.name)
        ordered = not column.type.endswith("]") and not column.type.startswith(
            ("STRUCT", "MAP", "JSON", "UNION", "BLOB")
        )
        ends = f"min({name})::VARCHAR, max({name})::VARCHAR" if ordered else "NULL, NULL"
        parts.append(
            f"count(*) - count({name}), {f'count(DISTINCT {name})' if exact else f'approx_count_distinct({name})'}, {ends}"
        )
    row = workspace.rows(f"SELECT {', '.join(parts)} FROM {identifier(version.ref)}")[0]
    return [
        ColumnFigures(
            c.name,
            c.type,
            exact,
            row[4 * i],
            row[4 * i + 1],
            *(str(plain(v)) if v is not None else "" for v in row[4 * i + 2 : 4 * i + 4]),
        )
        for i, c in enumerate(version.columns)
    ]


def _delete(dataset: str) -> Markup:
    words = "Delete this dataset"
    return press("delete_dataset", words, f"{words}, {dataset}; undo brings it back", prefix="data", dataset=dataset)


def _profile(columns: list[ColumnFigures]) -> Markup:
    head = tag(
        "tr", *(tag("th", name, scope="col") for name in ("Column", "Kind", "Empty", "Different values", "From", "To"))
    )
    rows = [
        tag(
            "tr",
            tag("th", c.name, scope="row", translate="no"),
            tag("td", type_words(c.type), translate="yes"),
            tag("td", number(c.missing), class_="num"),
            tag("td", ("" if c.exact else "≈ ") + f"{c.distinct:,}", class_="num"),
            *(
                tag("td", end[:40], title=end[:300] if len(end) > 40 else None)
                for end in (_end(c, c.low), _end(c, c.high))
            ),
        )
        for c in columns
    ]
    return grid(head, rows, "Column profile", look="short")


def _end(column: ColumnFigures, value: str) -> str:
    """The least or the greatest value; a number with the figures that people read."""
    if not value or column.type not in ("DOUBLE", "FLOAT"):
        return value
    figure = float(value)
    return f"{figure:.2f}".rstrip("0").rstrip(".") if 1000 <= abs(figure) < MOST_PLAIN else f"{figure:.6g}"


def _ask_profile(version: Version) -> Markup:
    return tag("button", "Look through every column", type="button", data_do="profile", data_text=version.ref)
