"""One pass over all rows as Arrow batches: relations, histograms, outliers, skew and anomalous rows together."""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from automl.anomalies import LEAST_ROWS, OddRow
from tools.charting.data import number
from tools.profiling.facts import ColumnProfile
from tools.profiling.measure import kind_of
from tools.reporting.columns import Bounds
from tools.tool import Job, Stopped
from tools.transform import Column
from tools.words import identifier

if TYPE_CHECKING:
    import duckdb
    import numpy as np
    import pandas as pd
    import pyarrow as pa

    from automl.relations import Relations, Scale

    Array = np.ndarray[Any, Any]

BATCH = 50_000
BARS = 24
MOST_NUMBERS, MOST_TEXTS = 40, 20
KNOWN = 0.5
"""A text column takes part where its most frequent values make up this share of the sample."""


@dataclass
class Spread:
    """Counts of one number column over all rows."""

    low: float
    high: float
    bounds: Bounds | None
    centre: float
    width: float
    bins: int = BARS
    bars: Any = None
    below: int = 0
    above: int = 0
    moments: list[float] = field(default_factory=lambda: [0.0, 0.0, 0.0, 0.0])
    """Σ1, Σz, Σz², Σz³ of z = (x - centre) / width."""

    def add(self, cells: "Array") -> None:
        """Filled cells of a batch."""
        import numpy as np

        if self.bounds is not None:
            self.below += int((cells < self.bounds.low).sum())
            self.above += int((cells > self.bounds.high).sum())
        counts, _ = np.histogram(cells, bins=self.bins, range=(self.low, self.high))
        self.bars = counts if self.bars is None else self.bars + counts
        with np.errstate(over="ignore", invalid="ignore"):
            z = (cells - self.centre) / self.width
            square = z * z
            for place, part in enumerate((float(len(z)), z.sum(), square.sum(), (square * z).sum())):
                self.moments[place] += float(part)

    @property
    def skew(self) -> float | None:
        """g1 = m3 / m2^1.5 (Joanes and Gill, 1998); None where the column does not vary or overflows."""
        count, first, second, third = self.moments
        if count < 3:
            return None
        mean = first / count
        m2 = second / count - mean**2
        m3 = third / count - 3 * mean * second / count + 2 * mean**3
        return m3 / m2**1.5 if 1e-12 < m2 < 1e100 else None


@dataclass(frozen=True)
class Found:
    """What the pass found."""

    relations: "Relations | None"
    spreads: dict[str, Spread]
    oddest: list[OddRow]
    odd: int
    scored: int


def look(
    job: Job,
    cursor: "duckdb.DuckDBPyConnection",
    table: str,
    columns: Sequence[Column],
    profiles: Sequence[ColumnProfile],
    bounds: Mapping[str, Bounds],
    sample: "pd.DataFrame",
    rows: int,
    *,
    odd_rows: bool = True,
) -> Found:
    """Go over the table once. `sample` holds its columns as `automl.frames.as_frame` makes them."""
    from automl.anomalies import Forest
    from automl.relations import Tally

    numbers = _numbers(columns, profiles, sample)
    texts = _texts(columns, profiles, sample)
    if not numbers and not texts:
        return Found(None, {}, [], 0, 0)
    tally = Tally([scale for _, scale in numbers], [scale for _, scale in texts])
    spreads = {scale.name: _spread(scale, profiles, bounds) for _, scale in numbers}
    rarity = [_rarity(scale, sample[scale.name]) for _, scale in texts]
    forest = None
    if odd_rows and rows >= LEAST_ROWS:
        given = _sampled(sample, [scale for _, scale in numbers], [scale for _, scale in texts], rarity)
        forest = Forest(given, threads=2, seed=job.seed)
    asked = [_cell(column) + f" AS c{place}" for place, (column, _) in enumerate([*numbers, *texts])]
    done = 0
    for batch in _batches(cursor, f"SELECT {', '.join(asked)} FROM {table}"):
        if job.cancelled():
            raise Stopped("Stopped.")
        cells, codes = _read(batch, len(numbers), [scale for _, scale in texts])
        tally.add(cells, codes)
        for place, spread in enumerate(spreads.values()):
            filled = cells[:, place]
            spread.add(filled[filled == filled])
        if forest is not None:
            forest.add(_with_rarity(cells, codes, rarity))
        done += len(cells)
        job.progress(0.4 + 0.35 * done / max(rows, 1), f"Looked at {done:,} of {rows:,} rows")
    odd = (forest.oddest(), forest.odd) if forest is not None else ([], 0)
    return Found(tally.result(), spreads, *odd, scored=done if forest is not None else 0)


def _batches(cursor: "duckdb.DuckDBPyConnection", sql: str) -> Iterator["pa.RecordBatch"]:
    yield from cursor.execute(sql).to_arrow_reader(BATCH)


def _cell(column: Column) -> str:
    if column.is_time:
        return f"epoch({identifier(column.name)})::DOUBLE"
    return number(column) if column.is_number or column.type == "BOOLEAN" else f"{identifier(column.name)}::VARCHAR"


def _numbers(
    columns: Sequence[Column], profiles: Sequence[ColumnProfile], sample: "pd.DataFrame"
) -> list[tuple[Column, "Scale"]]:
    """Measurements, yes/no and dates that vary, as many as fit."""
    from automl.relations import number_scale

    found: list[tuple[Column, Scale]] = []
    for column, profile in zip(columns, profiles, strict=True):
        dated = column.is_time and column.type.startswith(("DATE", "TIMESTAMP"))
        if (profile.kind in ("number", "boolean") or dated) and profile.distinct > 1 and len(found) < MOST_NUMBERS:
            cells = _as_numbers(sample[column.name])
            if (cells == cells).any():
                found.append((column, number_scale(column.name, cells)))
    return found


def _as_numbers(cells: "pd.Series[Any]") -> "Array":
    """Cells of a frame as `_cell` reads them in SQL."""
    from automl.power import coded

    if cells.dtype == object:  # yes/no
        cells = cells.map({"true": 1.0, "false": 0.0}).astype(float)
    return coded(cells)


def _texts(
    columns: Sequence[Column], profiles: Sequence[ColumnProfile], sample: "pd.DataFrame"
) -> list[tuple[Column, "Scale"]]:
    from automl.relations import LEVELS, Scale

    found: list[tuple[Column, Scale]] = []
    for column, profile in zip(columns, profiles, strict=True):
        if kind_of(column) != "text" or profile.kind != "text" or profile.distinct < 2 or len(found) >= MOST_TEXTS:
            continue
        counts = sample[column.name].value_counts()
        levels = counts.index[:LEVELS]
        if len(levels) > 1 and counts.iloc[:LEVELS].sum() >= KNOWN * counts.sum():
            found.append((column, Scale(column.name, levels=tuple(map(str, levels)))))
    return found


def _spread(scale: "Scale", profiles: Sequence[ColumnProfile], bounds: Mapping[str, Bounds]) -> Spread:
    profile = next(one for one in profiles if one.name == scale.name)
    limits = bounds.get(scale.name)
    ends = scale.cuts[0], scale.cuts[-1]
    if profile.kind == "number" and isinstance(profile.min, int | float) and isinstance(profile.max, int | float):
        ends = profile.min, profile.max
    low, high = float(ends[0]), float(ends[1])
    if limits is not None:
        low, high = max(low, limits.low), min(high, limits.high)
    if profile.kind == "number" and "INT" in profile.type and high - low < 1e15:
        # A bar holds as many whole numbers as any other, or the picture would look like a comb.
        low = math.ceil(low)
        width = max(1, math.ceil((math.floor(high) - low + 1) / BARS))
        bins = max(1, math.ceil((math.floor(high) - low + 1) / width))
        return Spread(low, low + bins * width - 1e-9, limits, scale.centre, scale.width, bins)
    if not low < high:
        low, high = low - 0.5, low + 0.5
    return Spread(low, high, limits, scale.centre, scale.width)


def _rarity(scale: "Scale", cells: "pd.Series[Any]") -> "Array":
    """-log of each value's share, which is what makes a category unlike the others; the last place is all other values."""
    import numpy as np

    shares = cells.value_counts(normalize=True)
    known = np.array([shares[level] for level in scale.levels])
    rest = max(1 - known.sum(), 1 / (len(cells) + 1))
    return np.append(-np.log(np.append(known, rest)), 0.0)


def _sampled(
    sample: "pd.DataFrame", numbers: Sequence["Scale"], texts: Sequence["Scale"], rarity: Sequence["Array"]
) -> "Array":
    import numpy as np

    cells = [_as_numbers(sample[scale.name]) for scale in numbers]
    for scale, rare in zip(texts, rarity, strict=True):
        places = {level: place for place, level in enumerate(scale.levels)}
        codes = sample[scale.name].map(places).fillna(len(places)).astype(int)
        cells.append(np.where(sample[scale.name].isna(), 0.0, rare[codes]))
    return np.column_stack(cells)


def _with_rarity(cells: "Array", codes: "Array", rarity: Sequence["Array"]) -> "Array":
    import numpy as np

    return np.column_stack([cells, *(rare[codes[:, place]] for place, rare in enumerate(rarity))])


def _read(batch: "pa.RecordBatch", numbers: int, texts: Sequence["Scale"]) -> tuple["Array", "Array"]:
    """Number cells with NaN for empty ones, and the codes of texts."""
    import numpy as np
    import pyarrow as pa
    import pyarrow.compute

    pc: Any = pyarrow.compute
    cells = np.empty((batch.num_rows, numbers), dtype=np.float64, order="F")
    for place in range(numbers):
        cells[:, place] = batch.column(place).to_numpy(zero_copy_only=False)
    codes = np.empty((batch.num_rows, len(texts)), dtype=np.int64)
    for place, scale in enumerate(texts):
        given = batch.column(numbers + place)
        found = pc.index_in(given, value_set=pa.array(scale.levels, given.type))
        known = pc.fill_null(found, len(scale.levels)).to_numpy(zero_copy_only=False)
        codes[:, place] = np.where(pc.is_null(given).to_numpy(zero_copy_only=False), -1, known)
    return cells, codes
