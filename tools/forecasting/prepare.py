"""Everything that is found and checked before a forecast is fitted: how the data is read, how far ahead, which bands."""

from dataclasses import dataclass
from typing import Literal

from automl.forecasting.fit import too_short
from automl.forecasting.series import TARGET, Gaps, Metric, Step, farthest, least_points
from automl.forecasting.spec import SeriesSpec
from tools.dataset import Version
from tools.forecasting.only import narrowed
from tools.forecasting.rows import Combine, Reading, constant_columns, lengths, partial_ends
from tools.forecasting.shape import DAYS, Shape, closed_days, find_shape, may_fall_below_zero, mean_words
from tools.forecasting.step import HORIZONS, Frequency, bucket, find_step, fitting, in_steps, of_frequency
from tools.tool import ToolError
from tools.transform import Column, column_of
from tools.transforms.calendars import country_code
from tools.words import counted, identifier, listed
from tools.workspace import Workspace

EVENTS, EVEN = 0.1, 0.9
"""Rows are events where so many steps have several or fewer follow evenly; a few more in an even series are copies."""
SLIP, LEAST_SLIPS = 3.0, 20
"""A date is a slip where it lies so many times the span of all others away from them, in at least so many rows."""


@dataclass(frozen=True)
class Asked:
    """What was asked of a forecast."""

    target: str
    horizon: int | None = None
    time: str | None = None
    item: list[str] | None = None
    frequency: Frequency | None = None
    known: list[str] | tuple[str, ...] = ()
    holidays: str | None = None
    quantiles: list[float] | None = None
    metric: Metric = "MASE"
    combine: Literal["auto", "sum", "mean", "last"] = "auto"
    gaps: Literal["auto", "line", "forward", "zero"] = "auto"
    only: list[str] | None = None


@dataclass(frozen=True)
class Prepared:
    """How a dataset is read for a forecast, checked."""

    shape: Shape
    reading: Reading
    spec: SeriesSpec
    where: str
    excluded: dict[str, str]
    reasons: list[str]
    notes: list[str]
    observations: int


def prepare_series(workspace: Workspace, version: Version, asked: Asked) -> Prepared:
    """Everything that is found and checked before a fit. Raises ToolError, in one line that says what to do."""
    target = column_of(version.columns, asked.target)
    if not target.is_number:
        raise ToolError(
            f"{target.name} holds no numbers ({target.type}), and a forecast is of a number over time. Choose a number"
            " column, or make it one: change_type."
        )
    _check_values(workspace, version, target)
    known = _known(workspace, version, asked, target)
    shape = find_shape(workspace, version, target.name, asked.time, asked.item)
    if asked.only:
        narrowed(workspace, shape, target.name, asked.only, found=asked.item is None)
    taken = {target.name, shape.time.name, *shape.parts, *(column.name for column in shape.items)}
    if mixed := [column.name for column in known if column.name in taken]:
        raise ToolError(f"{listed(mixed)} is the target, the time or tells series apart; it can't be known ahead too.")
    _check_slips(workspace, shape, target)
    course = _course(workspace, shape, target, asked)
    step = course.step
    together = _together(workspace, shape, target, asked, course)
    others = [column for column in version.columns if column.name not in taken and column not in known]
    items = tuple(column.name for column in shape.items)
    statics = constant_columns(workspace.rows, others, items, shape.source)
    reading = Reading(shape.moment, items, target.name, step, together.combine, tuple(known), tuple(statics))
    where, notes = partial_ends(workspace.rows, reading, shape.source)
    _check_series(workspace, reading.past(shape.source, where), target)
    found = lengths(workspace.rows, reading.past(shape.source, where))
    horizon, why = _horizon(course.horizon, step, found)
    excluded = {
        column.name: "it is not known ahead, as far as was said" for column in others if column.name not in statics
    }
    spec = SeriesSpec(
        step=step,
        horizon=horizon,
        quantiles=_quantiles(asked.quantiles),
        metric=asked.metric,
        gaps=together.gaps,
        closed=together.closed,
        known=[column.name for column in known],
        statics=statics,
        amounts=not may_fall_below_zero(target.name),
        holidays=country_code(asked.holidays) if asked.holidays else "",
    )
    notes += [*_clock(workspace, shape, step), *_lost(workspace, shape, events=together.events)]
    return Prepared(
        shape,
        reading,
        spec,
        where,
        excluded,
        [*shape.reasons, *course.reasons, *together.reasons, *why],
        notes,
        sum(count for _, count, _, _ in found),
    )


def _check_values(workspace: Workspace, version: Version, target: Column) -> None:
    if workspace.rows(f"SELECT count({identifier(target.name)}) FROM {identifier(version.ref)}")[0][0] == 0:
        raise ToolError(f"{target.name} is empty in every row, so there is nothing to continue. Choose another column.")


def _check_series(workspace: Workspace, series: str, target: Column) -> None:
    """Raises ToolError where the series, put together, are one value; a count of ones a day is not."""
    low, high = workspace.rows(f"SELECT min({identifier(TARGET)}), max({identifier(TARGET)}) FROM ({series})")[0]
    if low is not None and low == high:
        raise ToolError(
            f"{target.name} is {low:.15g} at every step, so there is nothing to forecast. Choose another column."
        )


def _check_slips(workspace: Workspace, shape: Shape, target: Column) -> None:
    """Raises ToolError where a few rows lie so far from all others that their date must be a slip."""
    moments = (
        f"(SELECT CAST({shape.moment} AS TIMESTAMP) AS m, count(*) AS n FROM {shape.source} WHERE {shape.moment} IS NOT NULL"
        f" AND {identifier(target.name)} IS NOT NULL GROUP BY 1)"
    )
    found = workspace.rows(
        "SELECT before, m, early, every - early FROM (SELECT m, lag(m) OVER w AS before, epoch(m) - epoch(lag(m) OVER w) AS gap,"
        " sum(n) OVER (ORDER BY m ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS early, sum(n) OVER () AS every,"
        " epoch(lag(m) OVER w) - epoch(first(m) OVER (ORDER BY m)) AS left_span,"
        f" epoch(max(m) OVER ()) - epoch(m) AS right_span FROM {moments} WINDOW w AS (ORDER BY m))"
        f" WHERE gap > {SLIP} * greatest(left_span, right_span) AND least(early, every - early) <= greatest(1, 0.01 * every)"
        f" AND every >= {LEAST_SLIPS} LIMIT 1"
    )
    for before, after, early, late in found:
        odd, rest, few = (before, after, early) if early < late else (after, before, late)
        raise ToolError(
            f"{shape.time.name} is {str(odd)[:10]} in {counted(int(few), 'row')}, far from all others"
            f" ({'from' if odd == before else 'up to'} {str(rest)[:10]}). Correct or remove {'it' if few == 1 else 'them'} first: filter_rows."
        )


def _known(workspace: Workspace, version: Version, asked: Asked, target: Column) -> list[Column]:
    known = [column_of(version.columns, name) for name in dict.fromkeys(asked.known)]
    if bad := [column.name for column in known if column.is_time]:
        raise ToolError(f"{listed(bad)} holds dates, which a forecast knows anyway. Leave it out of known_columns.")
    if known:
        counts = ", ".join(f"count({identifier(column.name)})" for column in known)
        filled = workspace.rows(f"SELECT {counts} FROM {identifier(version.ref)}")[0]
        if empty := [column.name for column, count in zip(known, filled, strict=True) if not count]:
            raise ToolError(f"{listed(empty)} is empty in every row. Leave it out of known_columns.")
    return known


@dataclass(frozen=True)
class _Course:
    """The step that is taken, the horizon in it, and why; which share of the moments keeps to it by themselves."""

    step: Step
    horizon: int | None
    reasons: list[str]
    regular: float


def _course(workspace: Workspace, shape: Shape, target: Column, asked: Asked) -> _Course:
    moments = (
        f"(SELECT DISTINCT {shape.label} AS item, CAST({shape.moment} AS TIMESTAMP) AS m FROM {shape.source}"
        f" WHERE {shape.moment} IS NOT NULL AND {identifier(target.name)} IS NOT NULL)"
    )
    try:
        found, reason, regular = find_step(workspace.rows, moments)
    except ToolError:
        if asked.frequency is None:
            raise
        return _Course(of_frequency(asked.frequency), asked.horizon, [], 0.0)
    own = f"one step is {found.one}: {reason}"
    if asked.frequency is None:
        return _Course(found, asked.horizon, [own], regular)
    wanted = of_frequency(asked.frequency)
    if (wanted.unit, wanted.count) == (found.unit, found.count) or (wanted.unit, found.unit) == ("day", "weekday"):
        return _Course(found, asked.horizon, [], regular)
    step, horizon, why = fitting(wanted, found, asked.horizon)
    if horizon is not None and step == wanted and _longest(workspace, moments, wanted) < least_points(horizon):
        steps = in_steps(horizon, wanted, found)
        if _longest(workspace, moments, found) >= least_points(steps):
            why = f"too few {wanted.unit}s to learn from, so {wanted.counted(horizon)} ahead are {found.counted(steps)}"
            return _Course(found, steps, [own, why], regular)
    return _Course(step, horizon, [why] if why else [], regular if step == found else 0.0)


def _longest(workspace: Workspace, moments: str, step: Step) -> int:
    """How many steps the longest series has values for."""
    places = f"SELECT count(DISTINCT {bucket(step, 'm')}) AS places FROM {moments} GROUP BY item"
    return int(workspace.rows(f"SELECT coalesce(max(places), 0) FROM ({places})")[0][0])


@dataclass(frozen=True)
class _Together:
    """How the values of a step are put together and gaps filled, the days on which nothing happens, and why; whether rows are events."""

    combine: Combine
    gaps: Gaps
    closed: list[int]
    reasons: list[str]
    events: bool


def _together(workspace: Workspace, shape: Shape, target: Column, asked: Asked, course: _Course) -> _Together:
    """What a step takes of several values, and what its gaps get."""
    several, steps = workspace.rows(
        f"SELECT count(*) FILTER (WHERE n > 1), count(*) FROM (SELECT count(*) AS n FROM {shape.source}"
        f" WHERE {shape.moment} IS NOT NULL AND {identifier(target.name)} IS NOT NULL"
        f" GROUP BY {shape.label}, {bucket(course.step, shape.moment)})"
    )[0]
    combine: Combine = asked.combine if asked.combine != "auto" else "mean" if mean_words(target.name) else "sum"
    reasons = []
    if several:
        words = {"sum": "added up", "mean": "averaged", "last": "the last one taken"}[combine]
        few = f" (in {several:,} of {steps:,})" if 2 * several < steps else ""
        reasons.append(f"several values of {target.name} in {course.step.one} are {words}{few}")
    often = course.regular < 1 and (several >= EVENTS * steps or course.regular < EVEN)
    events = several > 0 and often and combine == "sum"
    daily = asked.gaps == "auto" and combine == "sum" and course.step.unit == "day"
    if closed := closed_days(workspace, shape, target) if daily else []:
        names = " or ".join(DAYS[day] for day in closed)
        reasons.append(f"no row falls on a {names}, so days without a row count as zero")
    found: Gaps = "zero" if events or closed else "line"
    return _Together(combine, found if asked.gaps == "auto" else asked.gaps, closed, reasons, events)


def _horizon(asked: int | None, step: Step, found: list[tuple[str, int, str, str]]) -> tuple[int, list[str]]:
    """How far ahead, checked against the longest series."""
    if not found or not found[0][1]:
        raise ToolError("No series has a value to learn from. Look at the target column and the time column.")
    longest = found[0][1]
    if asked is not None:
        if not 1 <= asked <= 1000:
            raise ToolError(f"A horizon of {asked} can't be. Give the number of steps ahead, from 1 to 1000.")
        if longest < least_points(asked):
            raise ToolError(too_short(longest, step, asked))
        return asked, []
    usual = HORIZONS["hour"] if step.count >= 60 else HORIZONS[step.unit]
    horizon = min(usual, max(farthest(longest), 1))
    if longest < least_points(horizon):
        raise ToolError(too_short(longest, step, horizon))
    return horizon, [f"it looks {step.counted(horizon)} ahead, since nothing else was said"]


def _quantiles(asked: list[float] | None) -> list[float]:
    """Shares from percents, the middle always among them."""
    shares = {0.5} | {round(one / 100 if one >= 1 else one, 4) for one in asked or [10, 90]}
    if bad := [one for one in asked or [] if not 0.01 <= (one / 100 if one >= 1 else one) <= 0.99]:
        raise ToolError(f"A band at {bad[0]:g} can't be. Give quantiles in percent, from 1 to 99.")
    return sorted(shares)


def _lost(workspace: Workspace, shape: Shape, *, events: bool) -> list[str]:
    """Rows that have no time, and those that are there twice; rows that are events may well be alike."""
    names = ", ".join(identifier(name) for name in shape.version.names)
    count, lost, copies = workspace.rows(
        f"SELECT count(*), count(*) FILTER (WHERE {shape.moment} IS NULL), count(*) - (SELECT count(*) FROM (SELECT DISTINCT {names} FROM {shape.source}))"
        f" FROM {shape.source}"
    )[0]
    said = [f"{counted(lost, 'row')} without a {shape.time.name} {'was' if lost == 1 else 'were'} left out."]
    twice = f"{counted(copies, 'row')} {'is an exact copy' if copies == 1 else 'are exact copies'} of another one and counted too: drop_duplicates takes copies out."
    return [*(said if lost else []), *([twice] if copies and not events and 3 * copies <= count else [])]


def _clock(workspace: Workspace, shape: Shape, step: Step) -> list[str]:
    """What to say where days seem to begin at another hour: midnight in Seoul is 15:00 of the day before in UTC."""
    if step.unit in ("minute", "hour") or not shape.time.type.startswith("TIMESTAMP"):
        return []
    hours = workspace.rows(
        f"SELECT DISTINCT strftime(CAST({shape.moment} AS TIMESTAMP), '%H:%M') AS hour FROM {shape.source}"
        f" WHERE {shape.moment} IS NOT NULL ORDER BY hour LIMIT 3"
    )
    if len(hours) > 2 or hours[0][0] == "00:00":
        return []
    at = " or ".join(hour for (hour,) in hours)
    return [
        f"All times of {shape.time.name} are at {at}; where that is midnight in your time zone, convert_time_zone first, or"
        f" dates come a day early."
    ]
