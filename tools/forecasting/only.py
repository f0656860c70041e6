"""Some of several series: which rows are those that were named, by what tells series apart or by another column of words."""

from collections.abc import Sequence, Set
from typing import TYPE_CHECKING

from automl.card import Card
from automl.forecasting.series import ITEM
from tools.forecasting.shape import JOINED, Shape
from tools.forecasting.words import facts
from tools.tool import ToolError
from tools.words import identifier, listed, literal
from tools.workspace import Workspace

if TYPE_CHECKING:
    import pandas as pd


def narrowed(workspace: Workspace, shape: Shape, target: str, names: Sequence[str], *, found: bool) -> None:
    """Make a shape read the rows of the named series alone; where no column was `found` to tell them apart, theirs does.

    Raises ToolError where no row is of a name.
    """
    taken = {target, shape.time.name, *shape.parts, *(column.name for column in shape.items)}
    others = [column for column in shape.version.columns if column.is_text and column.name not in taken]
    columns = [column.name for column in (*shape.items, *others)]
    wanted = ", ".join(literal(name.strip().casefold()) for name in names)
    held = [
        {row[0] for row in workspace.rows(f"SELECT DISTINCT {cell} FROM {shape.source} WHERE lower({cell}) IN ({wanted})")}
        for cell in map(_text, columns)
    ]  # fmt: skip
    known = [str(row[0]) for row in workspace.rows(f"SELECT DISTINCT {shape.label} FROM {shape.source} ORDER BY 1")]
    chosen = {columns[place]: values for place, values in _places(held, names, known).items()}
    shape.only = " AND ".join(
        f"{_text(name)} IN ({', '.join(map(literal, values))})" for name, values in chosen.items()
    )
    if found and not shape.items:
        shape.items = tuple(column for column in others if len(chosen.get(column.name, [])) > 1)
    named = [value for values in chosen.values() for value in values]
    shape.reasons.append(f"of {listed(list(chosen))} only {listed(named)} is read, as was asked")


def _text(name: str) -> str:
    return f"CAST({identifier(name)} AS VARCHAR)"


def series_of(card: Card, history: "pd.DataFrame", names: Sequence[str]) -> list[str]:
    """The names of the series of a forecast that are meant. Raises ToolError where one is not among them."""
    each = history.drop_duplicates(ITEM)
    columns = [
        *each[ITEM].str.split(JOINED, expand=True, regex=False).items(),
        *((name, each[name].astype(str)) for name in facts(card).series.statics),
    ]
    cells = [column for _, column in columns]
    for place, values in _places([set(column.dropna()) for column in cells], names, list(each[ITEM])).items():
        each = each[cells[place].loc[each.index].isin(values)]
    return list(each[ITEM])


def _places(held: Sequence[Set[str]], names: Sequence[str], known: Sequence[str]) -> dict[int, list[str]]:
    """The values that are named by the place of the first column that holds them."""
    found: dict[int, list[str]] = {}
    for name in names:
        wanted = name.strip().casefold()
        place = next((at for at, values in enumerate(held) if any(one.casefold() == wanted for one in values)), None)
        if place is None:
            raise ToolError(f"No series '{name}'. There are: {listed(list(known), 30)}.")
        found.setdefault(place, []).extend(sorted(one for one in held[place] if one.casefold() == wanted))
    return found
