"""A correlation matrix over all rows, from the same one pass that the quality report makes."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Literal

from tools.charting.data import Picture
from tools.dataset import Version
from tools.profile import profile
from tools.profiling.measure import kind_of
from tools.reporting.build import at_hand, sample_of
from tools.reporting.stream import look
from tools.tool import Job, ToolError
from tools.transform import Column
from tools.words import identifier, listed

if TYPE_CHECKING:
    from automl.relations import Relations

Method = Literal["pearson", "spearman", "mutual_information"]
WORDS = {
    "pearson": "correlation (Pearson)",
    "spearman": "rank correlation (Spearman)",
    "mutual_information": "mutual information",
}


def correlation(job: Job, version: Version, named: Sequence[Column] | None, method: Method) -> Picture:
    """How much each pair of columns moves together. Raises ToolError where fewer than two columns can be compared.

    Columns that are named take part even where they only number the rows.
    """
    columns = named or version.columns
    found = _relations(job, version, columns, all_numbers=named is not None)
    shared = method == "mutual_information"
    names = () if found is None else found.columns if shared else found.numbers
    if found is None or len(names) < 2:
        what = "columns whose values repeat" if shared else "number columns that vary"
        raise ToolError(
            f"{len(names)} of {listed([c.name for c in columns], 6)} can be compared; two {what} are needed."
        )
    matrix = found.information if shared else found.pearson if method == "pearson" else found.spearman
    cells = [[None if value != value else round(float(value), 4) for value in row] for row in matrix]
    rows = [
        {"x": one, "y": other, "color": 1.0 if one == other and shared else cells[down][across]}
        for down, other in enumerate(names)
        for across, one in enumerate(names)
    ]
    pairs = [
        (names[across], names[down], value)
        for down in range(len(names))
        for across in range(down)
        if (value := cells[down][across]) is not None
    ]
    strongest = sorted(pairs, key=lambda pair: -abs(pair[2]))[:3]
    said = listed([f"{one} and {other} {value:.2f}" for one, other, value in strongest]) or "no pair has enough rows"
    text = f"Drew a matrix of the {WORDS[method]} of {len(names)} columns over {version.row_count:,} rows. Strongest: {said}."
    sql = f"SELECT {', '.join(map(identifier, names))} FROM {identifier(version.ref)}"
    titles = {"x": "column", "y": "and", "color": WORDS[method]}
    orders = {"x": list(names), "y": list(names)}
    return Picture("correlation", sql, rows, titles, text, {"color": "quantitative"}, orders)


def _relations(job: Job, version: Version, columns: Sequence[Column], *, all_numbers: bool) -> "Relations | None":
    known = profile(job.workspace, version)
    profiles = [known.column(column.name) for column in columns]
    if all_numbers:
        kinds = [kind_of(column) for column in columns]
        profiles = [one.model_copy(update={"kind": kind}) for one, kind in zip(profiles, kinds, strict=True)]
    with job.workspace.cursor() as cursor:
        table = at_hand(cursor, version, "related")
        sample = sample_of(cursor, table, version.row_count)
        return look(job, cursor, table, columns, profiles, {}, sample, version.row_count, odd_rows=False).relations
