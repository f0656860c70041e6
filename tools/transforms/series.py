"""Transforms of series over time: an even step, checks of their moments, one length for all, features of each series.

What is not covered: seasonal parts (a forecast model finds these), and steps of less than a second.
"""

from collections.abc import Mapping, Sequence
from typing import Literal

from tools.tool import Column, ColumnName, Derived, Input, ToolError, identifier, listed, transform
from tools.transforms.parts import moment_of
from tools.transforms.sql import counted, free_name, is_integer, names, new_names, numbered, taken_names, text_of

Unit = Literal["second", "minute", "hour", "day", "week", "month", "quarter", "year"]
Function = Literal["mean", "median", "min", "max", "sum", "count", "first", "last"]
Fill = Literal["none", "forward", "linear", "zero"]
MOST_STEPS = 20_000_000
_SECONDS: dict[Unit, int] = {
    "second": 1, "minute": 60, "hour": 3600, "day": 86_400, "week": 604_800, "month": 2_629_746, "quarter": 7_889_238,
    "year": 31_556_952,
}  # fmt: skip
_CLOCK: tuple[Unit, ...] = ("second", "minute", "hour")


@transform(
    group="time series",
    title="Resample by {step} {unit}",
    rows="reshape",
    asked_by=r"\b(?:re|up|down)-?sampl\w*\b|\bfrequency\b[^.]*\b(?:to|into)\b|\b(?:to|into) (?:an? )?\w+ frequency\b|\b(?:fill|missing|add)\w*\b[^.]*\b(?:dates|days|months|weeks|hours|timestamps|periods)\b|\b(?:to|into) (?:an? )?(?:hourly|daily|weekly|monthly|quarterly|yearly|even|regular) (?:series|data|values|totals|averages|steps?|frequency)|\b(?:time|date) gaps?\b|\bgaps? in (?:the )?(?:time|dates?|series)"
    r"|리샘플|재표본|(?:빠진|누락된|없는|비어 있는) ?(?:날짜|날|일자|시간|월)|(?:일|주|월|분기|연|시간)별 (?:시계열|데이터)로",
)
def resample_series(
    table: Input,
    time: ColumnName,
    unit: Unit,
    step: int = 1,
    columns: list[ColumnName] | None = None,
    function: Function = "mean",
    fill: Fill = "none",
    group_by: list[ColumnName] | None = None,
) -> Derived:
    """Resample a time series to an even step, such as hours to days or months to days, and fill the gaps in it.

    Args:
        time: the column of dates.
        unit: the unit of the new step.
        step: how many units a step has.
        columns: the columns of values; all number columns if left out.
        function: what a step takes of the values that fall into it.
        fill: what steps without a value get: nothing, the value before, the line between two values, or zero.
        group_by: the columns that tell the series apart.
    """
    source, groups = table.column(time), table.pick(group_by or [])
    values = _values(table, source, groups, columns, function)
    if not 1 <= step <= 100_000:
        raise ToolError(f"A step of {step} {unit}s can't be. Give a step from 1.")
    moment = moment_of(table, source)
    interval = f"INTERVAL '{step * (3 if unit == 'quarter' else 1)} {'month' if unit == 'quarter' else unit}'"
    _check_steps(table, moment, groups, step * _SECONDS[unit])
    sql = _resampled(source, groups, values, function, fill, moment, interval, unit, table)
    steps, empty = table.learn_rows(
        "steps", f"SELECT count(*), count(*) FILTER ({identifier('__seen')} IS NULL) FROM ({sql})"
    )[0]
    kept = {column.name for column in (source, *groups, *values)}
    lost = [column.name for column in table.columns if column.name not in kept]
    filled = {"none": "stay empty", "forward": "got the value before", "linear": "lie on the line between two", "zero": "are zero"}  # fmt: skip
    every = f"{step} {unit}s" if step > 1 else f"{'an' if unit == 'hour' else 'a'} {unit}"
    text = f"Made {counted(steps, 'step')} of {every} each, with the {function} of {listed([v.name for v in values])}"
    text += f" for each {' and '.join(group.name for group in groups)}." if groups else "."
    text += f" {counted(empty, 'step')} had no rows and {filled[fill]}." if empty else ""
    text += f" Left out {listed(lost)}." if lost else ""
    return Derived(f"SELECT * EXCLUDE (__seen) FROM ({sql})", text, materialise=True)


def _values(
    table: Input, time: Column, groups: Sequence[Column], asked: Sequence[str] | None, function: str
) -> list[Column]:
    """The columns of values. Raises ToolError where one can't be measured so."""
    rest = [column for column in table.columns if column not in (time, *groups)]
    values = table.pick(asked) if asked else [column for column in rest if column.is_number]
    if not values:
        raise ToolError("No column of values was named, and no other column holds numbers. Name the columns of values.")
    if mixed := [column.name for column in values if column in (time, *groups)]:
        raise ToolError(f"{listed(mixed)} can't be a value and tell the series or its time at once.")
    texts = [column.name for column in values if not column.is_number]
    if texts and function in ("mean", "median", "sum"):
        raise ToolError(f"{listed(texts)} holds no numbers, so it has no {function}. Use first, last, min or max.")
    return values


def _check_steps(table: Input, moment: str, groups: Sequence[Column], seconds: int) -> None:
    """Raises ToolError where the new series would be too long, or there is none."""
    by = f" GROUP BY {names(groups)}" if groups else ""
    span = f"SELECT epoch(max({moment})) - epoch(min({moment})) AS span FROM {table.name}{by}"
    count = table.learn("span", f"SELECT sum(span // {seconds} + 1) FROM ({span})")
    if count is None:
        raise ToolError("No row has a date that can be read, so there is no series.")
    if count > MOST_STEPS:
        raise ToolError(f"That would make about {int(count):,} steps, more than {MOST_STEPS:,}. Take a longer step.")


def _resampled(
    time: Column, groups: Sequence[Column], values: Sequence[Column], function: Function, fill: Fill, moment: str,
    interval: str, unit: Unit, table: Input,
) -> str:  # fmt: skip
    """The SELECT of the new series, in the order of the table's columns; `__seen` is empty where a step had no rows."""
    at, keys = identifier(time.name), names(groups)
    comma = f"{keys}, " if groups else ""
    cells = ", ".join(f"{_measured(value, function, moment)} AS {identifier(value.name)}" for value in values)
    kind = "TIMESTAMP" if unit in _CLOCK else "DATE"
    seen = (
        f"SELECT {comma}time_bucket({interval}, CAST({moment} AS TIMESTAMP)) AS {at}, {cells}, true AS __seen"
        f" FROM {table.name} WHERE {moment} IS NOT NULL GROUP BY ALL"
    )
    ends = f"generate_series(min({at}), max({at}), {interval})"
    steps = f"SELECT {comma}unnest({ends}) AS {at} FROM seen{f' GROUP BY {keys}' if groups else ''}"
    equal = " AND ".join(
        f"steps.{identifier(key.name)} IS NOT DISTINCT FROM seen.{identifier(key.name)}" for key in (*groups, time)
    )
    window = f"{f'PARTITION BY {names(groups)} ' if groups else ''}ORDER BY {at}"
    filled = {value.name: _filled(f"{identifier(value.name)}", fill, window, at, value) for value in values}
    shown = [
        f"CAST({at} AS {kind}) AS {at}" if column == time else filled.get(column.name, identifier(column.name))
        for column in table.columns
        if column in (time, *groups, *values)
    ]
    joined = f"SELECT steps.*, seen.* EXCLUDE ({comma}{at}) FROM steps LEFT JOIN seen ON {equal}"
    order = ", ".join(f"{identifier(key.name)} NULLS LAST" for key in (*groups, time))
    return (
        f"WITH seen AS ({seen}), steps AS ({steps}) SELECT {', '.join(shown)}, __seen FROM ({joined}) ORDER BY {order}"
    )


def _measured(value: Column, function: Function, moment: str) -> str:
    """What a step takes of the values that fall into it."""
    name = identifier(value.name)
    match function:
        case "first" | "last":
            return f"arg_{'min' if function == 'first' else 'max'}({name}, {moment})"
        case "mean":
            return f"avg({name})"
        case "sum" if is_integer(value):
            return f"CAST(sum({name}) AS BIGINT)"
    return f"{function}({name})"


def _filled(name: str, fill: Fill, window: str, at: str, value: Column) -> str:
    """A value with what an empty step gets."""
    before = f"last_value({name} IGNORE NULLS) OVER ({window})"
    match fill:
        case "forward":
            return f"{before} AS {name}"
        case "zero" if value.is_number:
            return f"coalesce({name}, 0) AS {name}"
        case "linear" if value.is_number:
            ahead = f"OVER ({window} ROWS BETWEEN CURRENT ROW AND UNBOUNDED FOLLOWING)"
            known = f"CASE WHEN {name} IS NOT NULL THEN epoch({at}) END"
            low, high = (
                f"last_value({known} IGNORE NULLS) OVER ({window})",
                f"first_value({known} IGNORE NULLS) {ahead}",
            )
            next_ = f"first_value({name} IGNORE NULLS) {ahead}"
            line = f"{before} + ({next_} - {before}) * (epoch({at}) - {low}) / ({high} - {low})"
            return f"CASE WHEN {name} IS NOT NULL THEN {name} ELSE {line} END AS {name}"
    return name


# --- checks ------------------------------------------------------------------------------------------------------


@transform(
    group="time series",
    title="Check the moments of {column}",
    rows="reshape",
    asked_by=r"\b(?:validat|check|verif)\w*\b[^.]*\b(?:timestamps?|time column|time series|dates|moments)\b|\b(?:duplicate|repeated|unsorted|out of order) (?:timestamps|dates|times)|(?:시간|날짜|타임스탬프|시계열)[^.]*(?:검증|점검|확인|검사)",
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
    rows = f"SELECT *, {moment} AS {at} FROM ({numbered(table, place)})"
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
    usual = f"SELECT mode(step) AS usual FROM ({steps}) WHERE step IS NOT NULL"
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
        if seconds % _SECONDS[unit] == 0:
            return counted(int(seconds // _SECONDS[unit]), unit)
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
    rows = f"SELECT *, {moment} AS {at} FROM ({numbered(table, place)})"
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
    values = _values(table, source, groups, columns, "mean")
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
