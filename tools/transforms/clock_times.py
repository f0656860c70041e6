"""The transform that reads clock times out of text, such as `9:35pSat` or `3/14/19 11:05 a.m.`, and writes them all alike."""

from tools.tool import ColumnName
from tools.transform import Derived, Input, transform
from tools.transforms.sql import replaced, skipped, text_of, untouched
from tools.words import counted, listed, literal

_TIME = r"(?i)(오전|오후)?\s*(\d{1,2}):(\d{2})(?::\d{2})?(?:([ap])|\s*([ap])\.?\s?m\b)?"
_HALVES = {
    "h:mm a.m.": (" a.m.", " p.m."),
    "h:mm AM": (" AM", " PM"),
    "h:mm am": (" am", " pm"),
    "h:mmAM": ("AM", "PM"),
    "h:mmam": ("am", "pm"),
}
"""Ways to write a time of the first and the second half of the day; without any, hours count to 24."""
READS = 0.5
"""A column holds clock times where more than this share of its texts does."""


@transform(
    group="clean",
    title="Write the clock times of {columns} alike",
    rows="same",
    asked_by=r"clock|\btimes?\b[^.]*\b(?:format|form|style|alike|same|clean|standard|uniform|consistent)|(?:format|form|style|clean|standardi[sz]e|unify|normali[sz]e)\b[^.]*\btimes?\b|a\.?m\.? (?:and|/) p\.?m|시각|시간[^.]*(?:형식|통일|정리)",
)
def unify_times(table: Input, columns: list[ColumnName] | None = None) -> Derived:
    """Write the clock times in text columns all in the column's usual form, whatever stands around them: `9:35pSat` becomes `9:35 p.m.`. Text without a time stays.

    Args:
        columns: the columns of times; leave it out for all text columns that hold mostly times.
    """
    asked = [column for column in (table.pick(columns) if columns else table.columns) if column.is_text]
    reasons = {
        column.name: "holds no text" for column in (table.pick(columns) if columns else []) if column not in asked
    }
    cells: dict[str, str] = {}
    said: list[str] = []
    for column in asked:
        cell = text_of(column)
        filled, timed, *forms = table.learn_rows(f"times:{column.name}", _counts(table, cell))[0]
        if not timed or (not columns and timed <= READS * filled):
            if columns:
                reasons[column.name] = "holds no clock times"
            continue
        usual = max(zip(forms, [*_HALVES.values(), None], strict=True), key=lambda pair: pair[0])[1]
        written = _written(cell, usual)
        cells[column.name] = written
        changed, example = table.learn_rows(
            f"changed:{column.name}",
            f"SELECT count(*), min({cell} || ' became ' || {written}) FROM {table.name} WHERE {written} <> {cell}",
        )[0]
        if changed:
            said.append(f"{column.name} ({counted(changed, 'cell')}, {example:.60})")
    if not cells:
        return untouched(table, f"No column of clock times was found.{skipped(reasons)}")
    if not said:
        return Derived(
            replaced(table, cells),
            f"The clock times of {listed(list(cells))} are alike already.{skipped(reasons)}",
            changes=False,
        )
    return Derived(replaced(table, cells), f"Wrote the clock times alike in {listed(said)}.{skipped(reasons)}")


def _counts(table: Input, cell: str) -> str:
    """The SELECT of the texts of a column, of those with a time in them, and of those in each form alone."""
    forms = [rf"\d{{1,2}}:\d{{2}}({_escaped(first)}|{_escaped(second)})" for first, second in _HALVES.values()]
    tests = ", ".join(
        f"count(*) FILTER (WHERE regexp_full_match({cell}, {literal(form)}))" for form in [*forms, r"\d{1,2}:\d{2}"]
    )
    return f"SELECT count({cell}), count(*) FILTER (WHERE {_is_time(cell)}), {tests} FROM {table.name} WHERE trim({cell}) <> ''"


def _escaped(text: str) -> str:
    return text.replace(".", r"\.")


def _part(cell: str, group: int) -> str:
    return f"regexp_extract({cell}, {literal(_TIME)}, {group})"


def _is_time(cell: str) -> str:
    """Whether a text has an hour and minutes in it that a clock shows."""
    return (
        f"coalesce(TRY_CAST({_part(cell, 2)} AS INTEGER) <= 23 AND TRY_CAST({_part(cell, 3)} AS INTEGER) <= 59, false)"
    )


def _written(cell: str, halves: tuple[str, str] | None) -> str:
    hour, half = f"CAST({_part(cell, 2)} AS INTEGER)", f"lower({_part(cell, 4)} || {_part(cell, 5)})"
    morning, evening = f"({half} = 'a' OR {_part(cell, 1)} = '오전')", f"({half} = 'p' OR {_part(cell, 1)} = '오후')"
    of_day = f"CASE WHEN {evening} THEN {hour} % 12 + 12 WHEN {morning} THEN {hour} % 12 ELSE {hour} END"
    if halves is None:
        written = f"lpad(CAST({of_day} AS VARCHAR), 2, '0') || ':' || {_part(cell, 3)}"
    else:
        late = f"CASE WHEN {of_day} >= 12 THEN {literal(halves[1])} ELSE {literal(halves[0])} END"
        written = f"CAST(({of_day} + 11) % 12 + 1 AS VARCHAR) || ':' || {_part(cell, 3)} || {late}"
    return f"CASE WHEN {_is_time(cell)} THEN {written} ELSE {cell} END"
