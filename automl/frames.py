"""Arrow rows as frames, always in the same dtypes, so that training rows, holdout rows and later batches agree.

Numbers are float64, times of day hours, lengths of time days, truth values the words true and false, dates
datetime64[ns], everything else text. A batch that
happens to hold no empty cell must not get another dtype than one that does: models would read it differently.
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa

FIRST_YEAR, LAST_YEAR = 1678, 2261
"""What datetime64[ns] can hold; dates outside it become empty."""


def as_frame(table: "pa.Table") -> "pd.DataFrame":
    """The rows of an Arrow table as a frame with a fresh index; its columns are not copied into blocks."""
    import pandas as pd

    return pd.DataFrame({name: _series(table.column(name)) for name in table.column_names}, copy=False)


def _series(column: "pa.ChunkedArray") -> "pd.Series[Any]":
    import numpy as np
    import pandas as pd
    import pyarrow as pa
    import pyarrow.compute

    pc: Any = pyarrow.compute  # its functions are made at run time, so type checkers don't know them
    kind = column.type
    if pa.types.is_integer(kind) or pa.types.is_floating(kind) or pa.types.is_decimal(kind):
        numbers = column.cast(pa.float64(), safe=False).to_pandas()
        return numbers.where(np.isfinite(numbers))
    if pa.types.is_time(kind):
        return column.cast(pa.time64("us")).cast(pa.int64()).cast(pa.float64()).to_pandas() / 3.6e9
    if pa.types.is_interval(kind):
        return pd.Series([None if one is None else _days(one) for one in column.to_pylist()], dtype="float64")
    if pa.types.is_date(kind) or pa.types.is_timestamp(kind):
        times = column.cast(pa.timestamp("us"), safe=False)
        year = pc.year(times)
        held = pc.and_(pc.greater_equal(year, FIRST_YEAR), pc.less_equal(year, LAST_YEAR))
        return pc.if_else(held, times, pa.scalar(None, times.type)).to_pandas().astype("datetime64[ns]")
    if pa.types.is_nested(kind) or pa.types.is_binary(kind) or pa.types.is_large_binary(kind):
        return _text([None if value is None else str(value) for value in column.to_pylist()])
    # Arrow makes each different text once, which is many times faster than a list of them.
    return column.cast(pa.string() if pa.types.is_dictionary(kind) else pa.large_string()).to_pandas().astype(object)


def _days(length: "pa.MonthDayNano") -> float:
    """A length of time in days, with years and months as long as DuckDB's `epoch` takes them for."""
    years = int(length.months / 12)
    return float(years * 365.25 + (length.months - 12 * years) * 30 + length.days + length.nanoseconds / 8.64e13)


def _text(values: list[str | None]) -> "pd.Series[Any]":
    import pandas as pd

    return pd.Series(values, dtype=object)


def labels(values: "pd.Series[Any]") -> "pd.Series[Any]":
    """A target column as class names: `1` rather than `1.0`, None where it is empty or blank."""
    if values.dtype.kind in "fiu":
        return values.map(lambda value: f"{value:.15g}", na_action="ignore").astype(object)
    text = values.astype(object).where(values.notna(), None)
    return text.map(lambda value: None if value is None or not str(value).strip() else str(value))
