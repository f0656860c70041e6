"""The transform that reads numbers with units, `12 kg`, `5'11`, `1,200 USD` or `2h 30min`, and brings them to one unit.

The unit of each spelling and its factor are learned with Pint and frozen into the recipe.
What is not covered: exchange rates, numbers in words, ranges.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from tools.tool import ColumnName, ToolError
from tools.transform import Column, Derived, Input, transform
from tools.transforms.parse import decimal_mark
from tools.transforms.sql import skipped, taken_names, text_of, untouched
from tools.words import counted, free_name, identifier, listed, literal

_NUMBER = r"[-+]?\d[\d.,]*"
_UNIT = r"[^\s\d.,+\-][^\d,]*?"
_FORM = rf"^\s*({_UNIT})?\s*({_NUMBER})\s*({_UNIT})?\s*(?:({_NUMBER})\s*({_UNIT})?)?\s*$"
_PINT = {
    "'": "foot", "\u2032": "foot", "ft": "foot", "feet": "foot", "\"": "inch", "\u2033": "inch", "''": "inch", "in": "inch", "lbs": "pound", "lb": "pound",
    "h": "hour", "hr": "hour", "hrs": "hour", "min": "minute", "mins": "minute", "m": "meter", "s": "second", "sec": "second", "secs": "second", "t": "metric_ton",
    "c": "degC", "\u00b0c": "degC", "f": "degF", "\u00b0f": "degF", "l": "liter", "g": "gram", "gr": "gram", "cc": "milliliter", "kb": "kilobyte", "mb": "megabyte",
    "gb": "gigabyte", "tb": "terabyte", "yr": "year", "yrs": "year", "mo": "month", "mos": "month", "sqft": "foot**2", "sq ft": "foot**2", "sqm": "meter**2",
    "m2": "meter**2", "m\u00b2": "meter**2", "kph": "kilometer/hour", "km/h": "kilometer/hour", "mph": "mile/hour", "\uc2dc\uac04": "hour", "\ubd84": "minute", "\ucd08": "second",
}  # fmt: skip
"""What Pint does not know or reads as something else: `c` is no speed of light on a thermometer's list."""
_NEXT = {"foot": "inch", "hour": "minute", "minute": "second", "pound": "ounce"}
"""What a second number without a unit counts in: 5'11 is five feet and eleven inches."""
_MULTIPLES = {
    "k": 1e3,
    "m": 1e6,
    "mn": 1e6,
    "mio": 1e6,
    "b": 1e9,
    "bn": 1e9,
    "\ucc9c": 1e3,
    "\ub9cc": 1e4,
    "\uc5b5": 1e8,
}
_CURRENCIES = {
    "$": "usd",
    "us$": "usd",
    "\u20ac": "eur",
    "\u00a3": "gbp",
    "\u00a5": "jpy",
    "\u20a9": "krw",
    "\uc6d0": "krw",
    "\u20b9": "inr",
}
_CODES = ("usd", "eur", "gbp", "jpy", "krw", "inr", "cny", "chf", "aud", "cad")
SHARE = 0.8
"""A column is one of quantities where at least this share of its texts are."""


@dataclass(frozen=True)
class Units:
    """What each unit of a column is in the usual one: `value * factor + shift`; and those that can't be brought to it."""

    usual: str
    factors: dict[str, tuple[float, float]]
    second: dict[str, float]
    """The factors of a second number, by its unit; an empty one stands for none."""
    foreign: tuple[str, ...]


@transform(
    group="clean",
    title="Read the numbers and units of {columns}",
    rows="same",
    asked_by=r"\bunits? (?:stuck|of measure|in|from|out of)\b|\b(?:strip|remove|convert|parse|read|mixed|different|various|same|one|common|with) (?:the )?(?:their )?units?\b|\b(?:convert|parse|turn|bring)\b[^.]*\b(?:kg|kilos?|lbs?|pounds|oz|ounces|cm|km|miles|feet|inches|usd|eur|celsius|fahrenheit|minutes|hours)\b|단위\S* ?(?:통일|변환|제거|떼|맞)|(?:킬로그램|센티미터|파운드|온스|인치)\S* ?(?:변환|통일|바꿔)",
)
def parse_quantities(
    table: Input, columns: list[ColumnName] | None = None, unit: str | None = None, keep_unit: bool = False
) -> Derived:
    """Turn text with units into numbers in one unit: 12 kg, 12.0 oz, 5'11, 2h 30min, 1,200 USD. Weights, lengths, times and the like are converted.

    Args:
        columns: the text columns; leave it out for all that hold numbers with units.
        unit: the unit to bring them to, such as kg; leave it out for the most frequent one.
        keep_unit: true adds a column with the unit each number was written in.
    """
    asked = [column for column in (table.pick(columns) if columns else table.columns) if column.is_text]
    reasons = {one.name: "holds no text" for one in (table.pick(columns) if columns else []) if one not in asked}
    taken = taken_names(table)
    cells: dict[str, str] = {}
    added: list[str] = []
    said: list[str] = []
    for column in asked:
        filled, fits, seen = _seen(table, column)
        if not filled or fits < SHARE * filled or (not columns and not any(one or two for one, two, _ in seen)):
            if columns:
                reasons[column.name] = f"only {fits:,} of {counted(filled, 'text')} are a number with a unit"
            continue
        units = _units(table, column, seen, unit)
        cell = _read(table, column, units)
        cells[column.name] = cell
        said.append(_told(table, column, units, cell))
        if keep_unit or units.foreign:
            name = free_name(f"{column.name}_unit", taken)
            added.append(f"{_unit_of(column)} AS {identifier(name)}")
            said[-1] += f" {name} holds the unit that was written."
    if not cells:
        return untouched(table, f"No column holds numbers with units.{skipped(reasons)}")
    replaced = ", ".join(f"{cell} AS {identifier(name)}" for name, cell in cells.items())
    sql = f"SELECT {', '.join([f'* REPLACE ({replaced})', *added])} FROM {table.name}"
    return Derived(sql, " ".join(said) + skipped(reasons))


def _part(column: Column, group: int) -> str:
    return f"regexp_extract({text_of(column)}, {literal(_FORM)}, {group})"


def _unit_of(column: Column) -> str:
    """The unit of a cell in small letters, whether it stands before or after the number; NULL where there is none."""
    return f"nullif(lower(trim({_part(column, 1)} || {_part(column, 3)}, ' .()/')), '')"


def _seen(table: Input, column: Column) -> tuple[int, int, list[tuple[str, str, int]]]:
    """The texts of a column, how many are quantities, and their units (of the first and the second number) with counts."""
    cell = text_of(column)
    second = f"CASE WHEN {_part(column, 4)} = '' THEN '' ELSE lower(trim({_part(column, 5)}, ' .')) || '+' END"
    rows = table.learn_rows(
        f"units:{column.name}",
        f"SELECT coalesce({_unit_of(column)}, '') AS one, {second} AS two, regexp_matches({cell}, {literal(_FORM)}) AS fits, count(*)"
        f" FROM {table.name} WHERE trim({cell}) <> '' GROUP BY ALL ORDER BY 4 DESC, 1, 2 LIMIT 1000",
    )
    fits = [(one, two, count) for one, two, fit, count in rows if fit]
    return sum(row[3] for row in rows), sum(count for *_, count in fits), fits


# --- units -------------------------------------------------------------------------------------------------------


def _units(table: Input, column: Column, seen: Sequence[tuple[str, str, int]], unit: str | None) -> Units:
    """What every unit that occurs is in the usual one; learned once."""
    key = f"factors:{column.name}"
    if key not in table.learned:
        counts: dict[str, int] = {}
        for one, _, count in seen:
            counts[one] = counts.get(one, 0) + count
        named = [one for one in counts if one]
        usual = (unit or (max(named, key=lambda one: counts[one]) if named else "")).strip().casefold()
        factors = {one: found for one in counts if (found := _factor(one, usual)) is not None}
        if unit and not any(one in factors for one in named):
            raise ToolError(
                f"{column.name} is in {listed(named, 4) or 'no unit'}, which can't be brought to '{unit}'. Name a unit of the same kind."
            )
        second = {two: found[0] for one, two, _ in seen if two and (found := _second(one, two[:-1], usual)) is not None}
        foreign = [one for one in counts if one not in factors]
        table.learned[key] = [
            usual,
            [[one, *found] for one, found in factors.items()],
            list(map(list, second.items())),
            foreign,
        ]
    usual, factors, second, foreign = table.learned[key]
    return Units(usual, {one: (a, b) for one, a, b in factors}, dict(second), tuple(foreign))


def _factor(one: str, usual: str) -> tuple[float, float] | None:
    """`value * factor + shift` brings a unit to the usual one; None where they are of different kinds."""
    if not one or one == usual:
        return (1.0, 0.0)
    if money := _money(usual):
        own = _money(one) or ((money[0], _MULTIPLES[one]) if one in _MULTIPLES else None)
        return (own[1] / money[1], 0.0) if own and own[0] == money[0] else None
    import pint

    quantity = pint.get_application_registry().Quantity  # type: ignore[no-untyped-call]
    try:
        low, high = (float(quantity(value, _name(one)).to(_name(usual)).magnitude) for value in (0.0, 1.0))
    except (pint.PintError, AttributeError, AssertionError, ValueError, TypeError, ZeroDivisionError, SyntaxError):
        return None  # Pint reads any text as a formula of units, and fails in as many ways
    return (float(f"{high - low:.15g}"), float(f"{low:.15g}"))


def _money(unit: str) -> tuple[str, float] | None:
    """A unit of money as its currency and how many of it one stands for: `$m` is a million dollars."""
    for written, code in sorted(
        {**_CURRENCIES, **{code: code for code in _CODES}}.items(), key=lambda pair: -len(pair[0])
    ):
        rest = unit.removeprefix(written).strip() if unit.startswith(written) else unit.removesuffix(written).strip()
        if rest != unit and (not rest or rest in _MULTIPLES):
            return (code, _MULTIPLES.get(rest, 1.0))
    return None


def _second(one: str, two: str, usual: str) -> tuple[float, float] | None:
    return _factor(two or _NEXT.get(_name(one), "?"), usual)


def _name(unit: str) -> str:
    """A unit as Pint calls it."""
    return _PINT.get(unit) or re.sub(r"\s+", "_", unit.strip())


# --- SQL and words -----------------------------------------------------------------------------------------------


def _read(table: Input, column: Column, units: Units) -> str:
    """The expression of a cell as a number in the usual unit; NULL where it is none."""
    unit, first, second = f"coalesce({_unit_of(column)}, '')", _number(table, column, 2), _number(table, column, 4)
    plain = [one for one, found in units.factors.items() if found == (1.0, 0.0)]
    cases = [
        f"WHEN {literal(one)} THEN {first} * {factor!r}" + (f" + {shift!r}" if shift else "")
        for one, (factor, shift) in units.factors.items()
        if one not in plain
    ]
    value = f"CASE {unit} {' '.join(cases)} ELSE {first} END" if cases else first
    if cases:
        value = f"round({value}, 9)"
    if units.second:
        spelt = f"lower(trim({_part(column, 5)}, ' .')) || '+'"
        added = " ".join(f"WHEN {literal(two)} THEN {second} * {factor!r}" for two, factor in units.second.items())
        value = f"{value} + CASE WHEN {_part(column, 4)} = '' THEN 0 ELSE CASE {spelt} {added} END END"
    return value


def _number(table: Input, column: Column, group: int) -> str:
    text = _part(column, group)
    if decimal_mark(table, column, _part(column, 2)) == ",":
        return f"TRY_CAST(replace(replace({text}, '.', ''), ',', '.') AS DOUBLE)"
    return f"TRY_CAST(replace({text}, ',', '') AS DOUBLE)"


def _told(table: Input, column: Column, units: Units, cell: str) -> str:
    read, lost, example = table.learn_rows(
        f"read:{column.name}",
        f"SELECT count({cell}), count(*) FILTER (WHERE trim({text_of(column)}) <> '' AND {cell} IS NULL),"
        f" min({text_of(column)}) FILTER (WHERE trim({text_of(column)}) <> '' AND {cell} IS NULL) FROM {table.name}",
    )[0]
    others = [one for one, found in units.factors.items() if found != (1.0, 0.0)]
    said = f"{column.name}: read {counted(read, 'number')}" + (
        f" in {_PINT.get(units.usual, units.usual)}" if units.usual else ""
    )
    said += f", converted from {listed(others, 6)}" if others else ""
    said += f"; {counted(lost, 'cell')} became empty, for example '{example:.40}'" if lost else ""
    said += (
        f"; {listed(list(units.foreign), 4)} can't be brought to {units.usual}, so those numbers stayed"
        if units.foreign
        else ""
    )
    return said + "."
