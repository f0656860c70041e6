"""Transforms of whole series over time: checks of their moments, one length for all, features of each series."""

from collections.abc import Mapping, Sequence
from typing import Literal

from tools.tool import ColumnName, ToolError
from tools.transform import Column, Derived, Input, transform
from tools.transforms.parts import moment_of
from tools.transforms.resample import SECONDS, Unit, values_of
from tools.transforms.sql import names, new_names, numbered, taken_names, text_of
from tools.words import counted, free_name, identifier, listed

# --- checks ------------------------------------------------------------------------------------------------------


@transform(
    group="time series",
    title="Check the moments of {column}",
    rows="reshape",
    asked_by=r"\b(?:validat|check|verif)\w*\b[^.]*\b(?:timestamps?|time column|time series|dates|moments)\b|\b(?:duplicate|repeated|unsorted|out of order) (?:timestamps|dates|times)|(?:시간(?! ?순)|날짜|타임스탬프|시계열)[^.]*(?:검증|점검|확인|검사)",
)
def validate_timestamps(
    table: Input,
    column: ColumnName,
    group_by: list[ColumnName] | None = None,
    action: Literal["flag", "remove"] = "flag",
    name: str = "time_check",
) -> Derived:
    """Check the moments of a time series: empty, unreadable, repeated and out of order ones, and its gaps.

    Args:
        column: the column of dates.
        group_by: the columns that tell the series apart.
        action: flag adds a column that says ok or what is wrong; remove takes out empty, unreadable and repeated ones.
        name: what the new column is called.
    """
    source, groups = table.column(column), table.pick(group_by or [])
    moment = moment_of(table, source)
    called = new_names(table, [name], Column("", ""))[0]
    taken = taken_names(table) | {called.casefold()}
    place, at = free_name("__row", taken), free_name("__at", taken)
    keys = f"{names(groups)}, " if groups else ""
    within = f"PARTITION BY {names(groups)} " if groups else ""
    latest = f"max({at}) OVER ({within}ORDER BY {place} ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)"
    state = (
        f"CASE WHEN nullif(trim({text_of(source)}), '') IS NULL THEN 'empty' WHEN {at} IS NULL THEN 'unreadable'"
        f" WHEN row_number() OVER (PARTITION BY {keys}{at} ORDER BY {place}) > 1 THEN 'repeated'"
        f" WHEN {at} < {latest} THEN 'out of order' ELSE 'ok' END"
    )
    rows = f"SELECT *, {moment} AS {at} FROM ({numbered(table.name, place)})"
    checked = f"SELECT * EXCLUDE ({at}), {state} AS {identifier(called)} FROM ({rows})"
    counts = {
        str(what): int(count)
        for what, count in table.learn_rows(
            "states", f"SELECT {identifier(called)}, count(*) FROM ({checked}) GROUP BY 1 ORDER BY 1"
        )
    }
    wrong = {what: count for what, count in counts.items() if what != "ok"}
    said = listed([f"{count:,} {what}" for what, count in wrong.items()])
    text = f"Checked {counted(sum(counts.values()), 'row')} of {source.name}: {said or 'all fine'}.{_gaps(table, moment, groups)}"
    if action == "flag":
        sql = f"SELECT * EXCLUDE ({place}) FROM ({checked}) ORDER BY {place}"
        return Derived(sql, f"{text} See {called}.", materialise=True)
    gone = sum(count for what, count in wrong.items() if what != "out of order")
    sql = (
        f"SELECT * EXCLUDE ({place}, {identifier(called)}) FROM ({checked})"
        f" WHERE {identifier(called)} IN ('ok', 'out of order') ORDER BY {place}"
    )
    return Derived(sql, f"{text} Removed {counted(gone, 'row')}.", materialise=True, changes=gone > 0)


def _gaps(table: Input, moment: str, groups: Sequence[Column]) -> str:
    """The usual step of the series, and how many are longer."""
    within = f"PARTITION BY {names(groups)} " if groups else ""
    keys = f"{names(groups)}, " if groups else ""
    moments = f"SELECT DISTINCT {keys}epoch({moment}) AS t FROM {table.name} WHERE {moment} IS NOT NULL"
    steps = f"SELECT t - lag(t) OVER ({within}ORDER BY t) AS step FROM ({moments})"
    # mode() would pick any of several equally frequent steps; the shortest is the same each time.
    counts = f"SELECT step, count(*) AS n FROM ({steps}) WHERE step IS NOT NULL GROUP BY step"
    usual = f"SELECT first(step ORDER BY n DESC, step) AS usual FROM ({counts})"
    found = table.learn_rows(
        "gaps",
        f"SELECT any_value(usual), count(*) FILTER (step > 1.5 * usual) FROM ({steps}), ({usual}) WHERE step IS NOT NULL",
    )
    step, gaps = found[0]
    if not step:
        return ""
    return f" The usual step is {_in_words(float(step))}; {counted(gaps, 'gap')} {'is' if gaps == 1 else 'are'} longer."


def _in_words(seconds: float) -> str:
    units: tuple[Unit, ...] = ("week", "day", "hour", "minute")
    for unit in units:
        if seconds % SECONDS[unit] == 0:
            return counted(int(seconds // SECONDS[unit]), unit)
    return f"{seconds:g} seconds"


# --- one length --------------------------------------------------------------------------------------------------


@transform(
    group="time series",
    title="Give every series one length",
    rows="reshape",
    asked_by=r"\b(?:equal|same|one|fixed) length\b|\bpad (?:the |all |each )?(?:time )?series|길이(?:를|가)? ?(?:같|맞|통일)",
)
def equalize_series(
    table: Input,
    time: ColumnName,
    group_by: list[ColumnName],
    to: Literal["shortest", "longest"] = "longest",
    length: int | None = None,
    keep: Literal["start", "end"] = "end",
    fill: Literal["zero", "forward", "none"] = "zero",
) -> Derived:
    """Give every series the same number of rows: longer ones are cut, shorter ones get rows behind their last one.

    Args:
        time: the column of dates.
        group_by: the columns that tell the series apart.
        to: the length of the shortest or of the longest series.
        length: a number of rows instead.
        keep: which part of a series that is cut stays.
        fill: what numbers of new rows are: zero, the last value, or empty.
    """
    source, groups = table.column(time), table.pick(group_by)
    if not groups:
        raise ToolError("One length needs several series. Name the columns that tell them apart.")
    moment = moment_of(table, source)
    size = "min" if to == "shortest" else "max"
    shortest, longest, wanted = table.learn_rows(
        "lengths",
        f"SELECT min(n), max(n), {size}(n) FROM (SELECT count(*) AS n FROM {table.name} GROUP BY {names(groups)})",
    )[0]
    count = length if length is not None else int(wanted or 0)
    if not 1 <= count <= 1_000_000:
        raise ToolError(f"Series of {count:,} rows can't be made. Give a length from 1 to 1,000,000.")
    sql = _equalized(table, source, groups, moment, count, keep, fill)
    text = f"Gave each series of {listed([group.name for group in groups])} {counted(count, 'row')}; they had {shortest:,} to {longest:,}."
    return Derived(sql, text, materialise=True, changes=not shortest == longest == count)


def _equalized(
    table: Input, time: Column, groups: Sequence[Column], moment: str, count: int, keep: str, fill: str
) -> str:
    taken = taken_names(table)
    place, at, nth, size, last, more = (
        free_name(f"__{name}", taken) for name in ("row", "at", "nth", "size", "last", "more")
    )
    keys = names(groups)
    whole = f"OVER (PARTITION BY {keys})"
    rows = f"SELECT *, {moment} AS {at} FROM ({numbered(table.name, place)})"
    placed = (
        f"SELECT *, row_number() OVER (PARTITION BY {keys} ORDER BY {at} NULLS FIRST, {place}) AS {nth},"
        f" count(*) {whole} AS {size}, (epoch_us(max({at}) {whole}) - epoch_us(min({at}) {whole})) // greatest(count(*) {whole} - 1, 1) AS {last}"
        f" FROM ({rows})"
    )
    kept = f"{nth} <= {count}" if keep == "start" else f"{nth} > {size} - {count}"
    new = f"unnest(CASE WHEN {nth} = {size} AND {size} < {count} THEN range(0, {count} - {size} + 1) ELSE [0] END)"
    grown = f"SELECT *, {new} AS {more} FROM ({placed}) WHERE {kept}"
    cells = [
        f"CAST(CAST({at} AS TIMESTAMP) + to_microseconds({last} * {more}) AS {_type(time)}) AS {identifier(time.name)}"
    ]
    for column in table.columns:
        if column in (time, *groups) or fill == "forward":
            continue
        empty = "0" if fill == "zero" and column.is_number else "NULL"
        name = identifier(column.name)
        cells.append(f"CASE WHEN {more} > 0 THEN {empty} ELSE {name} END AS {name}")
    hidden = ", ".join((place, at, nth, size, last, more))
    order = ", ".join(f"{identifier(group.name)} NULLS LAST" for group in groups)
    return f"SELECT * EXCLUDE ({hidden}) REPLACE ({', '.join(cells)}) FROM ({grown}) ORDER BY {order}, {nth}, {more}"


def _type(time: Column) -> str:
    return time.type if time.is_time else "TIMESTAMP"


# --- features ----------------------------------------------------------------------------------------------------

Feature = Literal[
    "count", "mean", "sd", "min", "max", "median", "sum", "first", "last", "range", "slope", "autocorrelation",
    "mean_change", "mean_absolute_change", "peaks", "share_above_mean",
]  # fmt: skip
_FEATURES: Mapping[Feature, str] = {
    "count": "count({v})",
    "mean": "avg({v})",
    "sd": "stddev_samp({v})",
    "min": "min({v})",
    "max": "max({v})",
    "median": "median({v})",
    "sum": "sum({v})",
    "first": "arg_min({v}, {at})",
    "last": "arg_max({v}, {at})",
    "range": "max({v}) - min({v})",
    "slope": "regr_slope({v}, (epoch({at}) - {start}) / 86400)",
    "autocorrelation": "corr({v}, {before})",
    "mean_change": "avg({v} - {before})",
    "mean_absolute_change": "avg(abs({v} - {before}))",
    "peaks": "count(*) FILTER ({v} > {before} AND {v} > {after})",
    "share_above_mean": "avg(CAST({v} > {mean} AS INTEGER))",
}
_USUAL: tuple[Feature, ...] = ("count", "mean", "sd", "min", "max", "slope", "autocorrelation")


@transform(
    group="time series",
    title="Features of each series",
    rows="reshape",
    asked_by=r"\b(?:time series|series)\b[^.]*\bfeatures?\b|\bfeatures? (?:of|from) (?:each|every|the) (?:time )?series|\bautocorrelation|시계열[^.]*(?:특성|특징|피처)",
)
def series_features(
    table: Input,
    time: ColumnName,
    group_by: list[ColumnName],
    columns: list[ColumnName] | None = None,
    features: list[Feature] | None = None,
) -> Derived:
    """Make one row for each time series with its features: mean, deviation, trend, autocorrelation, peaks.

    Args:
        time: the column of dates.
        group_by: the columns that tell the series apart.
        columns: the columns of values; all number columns if left out.
        features: which ones; slope is the change in a day, autocorrelation that of a value with the one before.
    """
    source, groups = table.column(time), table.pick(group_by)
    values = values_of(table, source, groups, columns, "mean")
    wanted = list(dict.fromkeys(features or _USUAL))
    moment = moment_of(table, source)
    taken = taken_names(table)
    at, start = free_name("__at", taken), free_name("__start", taken)
    window = f"{f'PARTITION BY {names(groups)} ' if groups else ''}ORDER BY {at}"
    whole = f"PARTITION BY {names(groups)}" if groups else ""
    inner = [f"{moment} AS {at}", f"min(epoch({at})) OVER ({whole}) AS {start}"]
    made = [identifier(group.name) for group in groups]
    used = {group.name.casefold() for group in groups}
    for value in values:
        v = identifier(value.name)
        before, after, mean = (
            identifier(free_name(f"__{value.name}_{kind}", taken)) for kind in ("before", "after", "mean")
        )
        inner += [f"lag({v}) OVER ({window}) AS {before}", f"lead({v}) OVER ({window}) AS {after}", f"avg({v}) OVER ({whole}) AS {mean}"]  # fmt: skip
        for feature in wanted:
            cell = _FEATURES[feature].format(v=v, before=before, after=after, mean=mean, at=at, start=start)
            made.append(f"{cell} AS {identifier(free_name(f'{value.name}_{feature}', used))}")
    by = f" GROUP BY {names(groups)} ORDER BY {', '.join(f'{identifier(g.name)} NULLS LAST' for g in groups)}" if groups else ""  # fmt: skip
    sql = f"SELECT {', '.join(made)} FROM (SELECT *, {', '.join(inner)} FROM {table.name}){by}"
    each = f"each {' and '.join(group.name for group in groups)}" if groups else "the series"
    return Derived(sql, f"Computed {listed(list(map(str, wanted)), 16)} of {listed([v.name for v in values])} for {each}.", materialise=True)  # fmt: skip
