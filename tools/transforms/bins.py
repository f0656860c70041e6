"""The transform that puts numbers into groups: of equal width, of equal count, or between edges that are named.

A group holds its lower edge and not its upper one. Edges are learned from the rows; numbers beyond them, which come up
later, go to the first or the last group. What is not covered: groups of dates, groups that tell a target apart best.
"""

import math
from collections.abc import Sequence
from typing import Literal, NamedTuple

from tools.number_words import SEVERAL, either
from tools.tool import ColumnName, ToolError
from tools.transform import Column, Derived, Input, transform
from tools.transforms.sql import is_integer, new_names, replaced, with_columns
from tools.words import counted, identifier, listed, literal

MOST = 100


class Groups(NamedTuple):
    """The cuts between groups, and the lowest and highest number of all where they are known."""

    cuts: list[float]
    low: float | None
    high: float | None


@transform(
    group="encode",
    title="Put {column} into groups",
    rows="same",
    asked_by=r"\bbin(?:s|ned|ning)?\b|bucket|\bbands?\b|decade|(?:into|in) (?:\w+ ){0,2}(?:groups|ranges|intervals|classes)|구간|등급|\d+대",
)
def bin_column(
    table: Input,
    column: ColumnName,
    bins: int | None = None,
    how: Literal["width", "count"] = "width",
    step: float | None = None,
    edges: list[float] | None = None,
    labels: list[str] | None = None,
    name: str | None = None,
    also: list[ColumnName] | None = None,
) -> Derived:
    """Put a number column into groups, such as ages into 4 groups or decades, as a new column of labels.

    Args:
        column: the number column.
        bins: how many groups.
        how: width makes the groups equally wide, count gives each about as many rows.
        step: the width of each group, such as 10 for decades, in place of bins.
        edges: the numbers at which the groups meet, in place of bins.
        labels: names of the groups, from the lowest; leave it out for labels such as 20-29.
        name: name of the new column; leave it out for column_bin.
        also: further number columns to put into groups in the same way, each as its own new column.
    """
    sources = table.pick([column, *(also or [])])
    if any(not source.is_number for source in sources):
        other = next(source.name for source in sources if not source.is_number)
        raise ToolError(f"{other} holds no numbers. Choose a number column, or change its type first.")
    if sum(given is not None for given in (bins, step, edges)) != 1:
        raise ToolError("Give one of bins (how many groups), step (their width) or edges (where they meet).")
    if name and len(sources) > 1:
        raise ToolError("One name was given for several columns. Leave name out: each is called column_bin.")
    wanted = [name or f"{source.name}_bin" for source in sources]
    cells, said = {}, []
    for source, called in zip(sources, new_names(table, wanted, sources[0]), strict=True):
        groups = _of_edges(edges, labels) if edges is not None else _learned(table, source, bins, how, step)
        if groups is None:
            raise ToolError(
                f"{source.name} has no two different numbers, so it can't be grouped. Choose another column."
            )
        if not groups.cuts and bins is not None:
            raise ToolError(
                f"Most numbers of {source.name} are the same, so groups can't hold as many rows. Use how width."
            )
        texts = _labels(groups, labels, whole=is_integer(source))
        said.append(f"Put {source.name} into {counted(len(texts), 'group')} as {called}: {listed(texts)}.")
        if bins is not None and len(texts) < bins:
            said.append(f"{bins} were asked for, but too many numbers are the same.")
        cells[called] = _cell(source, groups, texts, edges)
    return Derived(with_columns(table, sources[0], cells), " ".join(said))


# --- edges -------------------------------------------------------------------------------------------------------


def _of_edges(edges: Sequence[float], labels: Sequence[str] | None) -> Groups:
    """The groups between edges; with one label less than edges, the first and last edge are bounds."""
    cuts = sorted(set(edges))
    if not cuts or not all(map(math.isfinite, cuts)):
        raise ToolError("Edges must be one number or more. Name where the groups meet, for example 18 and 65.")
    if labels is not None and len(labels) == len(cuts) - 1:
        return Groups(cuts[1:-1], cuts[0], cuts[-1])
    return Groups(cuts, None, None)


def _learned(table: Input, column: Column, bins: int | None, how: str, step: float | None) -> Groups | None:
    """The groups of a count or a width; None where the column holds fewer than two numbers."""
    if bins is not None and not 2 <= bins <= MOST:
        raise ToolError(f"Can't make {bins} groups. Give bins from 2 to {MOST}.")
    if step is not None and not (math.isfinite(step) and step > 0):
        raise ToolError(f"Groups can't be {step:g} wide. Give a step above 0.")
    cell = f"CAST({identifier(column.name)} AS DOUBLE)"
    shares = [place / bins for place in range(1, bins)] if bins else [0.5]
    low, high, quantiles = table.learn_rows(
        f"edges:{column.name}",
        f"SELECT min({cell}), max({cell}), quantile_cont({cell}, {shares!r}) FROM {table.name} WHERE isfinite({cell})",
    )[0]
    if low is None or low == high:
        return None
    if step is not None:
        return _stepped(column, low, high, step)
    cuts = quantiles if how == "count" else [low + (high - low) * share for share in shares]
    near = [_rounded(cut, high - low, whole=is_integer(column)) for cut in cuts]
    return Groups([cut for cut in dict.fromkeys(near) if low < cut <= high], low, high)


def _stepped(column: Column, low: float, high: float, step: float) -> Groups:
    """Groups of one width, which begin at its multiples."""
    first, count = math.floor(low / step), math.floor(high / step) - math.floor(low / step)
    if count >= MOST:
        raise ToolError(f"{column.name} would fall into {count + 1:,} groups. Give a step above {step:g}.")
    cuts = [round((first + place) * step, 10) for place in range(1, count + 1)]
    return Groups(
        cuts,
        round(first * step, 10),
        round((first + count + 1) * step, 10) - (1 if step == int(step) and is_integer(column) else 0),
    )


def _rounded(cut: float, width: float, *, whole: bool) -> float:
    """A cut that a label can tell: a whole number, or about four digits of the column's width."""
    return math.ceil(cut) if whole else round(cut, max(0, 3 - math.floor(math.log10(width))))


# --- labels ------------------------------------------------------------------------------------------------------


def _labels(groups: Groups, labels: Sequence[str] | None, *, whole: bool) -> list[str]:
    """What the groups are called. Raises ToolError where the labels that were given are too few or too many."""
    count = len(groups.cuts) + 1
    if labels is not None:
        if len(labels) != count:
            raise ToolError(
                f"There are {counted(count, 'group')} and {counted(len(labels), 'label')}. Give one for each."
            )
        return list(labels)
    lows, highs = [groups.low, *groups.cuts], [*groups.cuts, groups.high]
    whole = whole and all(float(cut).is_integer() for cut in groups.cuts)
    return [
        _label(low, high, whole=whole, last=place == count - 1)
        for place, (low, high) in enumerate(zip(lows, highs, strict=True))
    ]


def _label(low: float | None, high: float | None, *, whole: bool, last: bool) -> str:
    """`20-29`, `0.5 to 1`, `under 18`, `65 and over`."""
    if low is None:
        return f"under {_plain(high)}"
    if high is None:
        return f"{_plain(low)} and over"
    if not whole:
        return f"{_plain(low)} to {_plain(high)}"
    top = high if last else high - 1
    if top == low:
        return _plain(low)
    return f"{_plain(low)}{'-' if low >= 0 else ' to '}{_plain(top)}"


def _plain(number: float | None) -> str:
    return "" if number is None else str(int(number)) if float(number).is_integer() else repr(number)


def _cell(column: Column, groups: Groups, texts: Sequence[str], edges: Sequence[float] | None) -> str:
    """The expression of a number's group; where the person gave both ends, numbers beyond them have none."""
    name = identifier(column.name)
    bounded = edges is not None and groups.low is not None
    outside = [f"WHEN {name} NOT BETWEEN {_plain(groups.low)} AND {_plain(groups.high)} THEN NULL"] if bounded else []
    cases = [f"WHEN {name} < {_plain(cut)} THEN {literal(text)}" for cut, text in zip(groups.cuts, texts, strict=False)]
    return f"CASE {' '.join([*outside, *cases, f'WHEN {name} IS NOT NULL THEN {literal(texts[-1])}'])} END"


@transform(
    group="encode",
    title="Put rare values of {column} together",
    rows="same",
    asked_by=rf"\brare\b|\b(?:all|every|everything)\b[^.]* but (?:the )?(?:top |\d+|{either(SEVERAL)})[^.]*\bother\b"
    r"|\bas other\b|나머지[^.]{0,16}기타|\binfrequent|\b(?:small|seldom|uncommon) (?:categor|groups?|values?|classes)|\btop (?:\d+|\w+) categor[^.]*\bother|드문|희귀|기타(?:로|로\s)",
)
def group_rare(
    table: Input,
    column: ColumnName,
    top: int | None = None,
    below: float = 0.01,
    other: str = "Other",
    also: list[ColumnName] | None = None,
) -> Derived:
    """Put rare categories of a column together as one: all but the most frequent ones, or those below a share of the rows.

    Args:
        column: the column of categories.
        top: how many of the most frequent values stay.
        below: the share of the rows below which a value is rare, where top is left out.
        other: what they are called.
        also: further columns of categories to treat in the same way.
    """
    share = below / 100 if 1 <= below <= 100 else below
    if (top is not None and top < 1) or not 0 < share < 1 or not other.strip():
        raise ToolError(
            f"A top from 1, a share between 0 and 1 and a name were expected: got {top}, {below:g} and '{other}'."
        )
    sources = table.pick([column, *(also or [])])
    if wrong := [source for source in sources if not source.is_text]:
        raise ToolError(
            f"{wrong[0].name} holds no text ({wrong[0].type}). Name a column of categories, or bin numbers instead."
        )
    cells, said, number = {}, [], 0
    for source in sources:
        kept, rare = _kept_and_rare(table, source, top, share)
        name, inside = identifier(source.name), ", ".join(literal(value) for value in kept) or "NULL"
        cells[source.name] = (
            f"CASE WHEN {name} IS NULL OR {name} IN ({inside}) THEN {name} ELSE {literal(other.strip())} END"
        )
        number += len(rare)
        rows = counted(sum(rare), "row")
        said.append(
            f"{source.name}: {counted(len(rare), 'rare value')} ({rows}) became {other.strip()}; {counted(len(kept), 'value')} stayed."
            if rare
            else f"No value of {source.name} is rare; nothing to change."
        )
    return Derived(replaced(table, cells), " ".join(said), changes=bool(number))


def _kept_and_rare(table: Input, source: Column, top: int | None, share: float) -> tuple[list[str], list[int]]:
    """The values of a column that stay, and how many rows each of the others has."""
    name = identifier(source.name)
    counts = table.learn_rows(
        f"counts:{source.name}",
        f"SELECT {name}, count(*), sum(count(*)) OVER () FROM {table.name} WHERE {name} IS NOT NULL GROUP BY 1 ORDER BY 2 DESC, 1",
    )
    stays = [place < top if top is not None else row[1] >= share * row[2] for place, row in enumerate(counts)]
    kept = [row[0] for row, stay in zip(counts, stays, strict=True) if stay]
    return kept, [int(row[1]) for row, stay in zip(counts, stays, strict=True) if not stay]
