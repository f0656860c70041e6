"""Transforms of text: a part taken out, something added or replaced, its measures.

Patterns are RE2's, as DuckDB reads them (https://github.com/google/re2/wiki/Syntax): no look-around, no back references.

What is not covered: languages, spelling, and text in other scripts' digits.
"""

import re
from collections.abc import Mapping
from typing import Literal

from tools.tool import ColumnName, ToolError
from tools.transform import Derived, Input, transform
from tools.transforms.sql import new_names, replaced, skipped, text_of, with_columns
from tools.words import counted, identifier, listed, literal

Edit = Literal[
    "prefix", "suffix", "pad_left", "pad_right", "replace", "replace_pattern", "strip", "strip_left", "strip_right",
]  # fmt: skip
Measure = Literal["characters", "words", "digits", "letters", "capitals", "spaces", "symbols", "lines"]
LONGEST = 10_000


@transform(
    group="text",
    title="Extract a part of {column}",
    rows="same",
    asked_by=r"\bextract\w*\b(?! (?:only )?(?:the )?(?:columns?|\S+ columns?|year|quarter|month|week|weekday|day|hour|minute|date|time)s?\b)|\bregex|regular expression|정규식|추출",
)
def extract_text(
    table: Input,
    column: ColumnName,
    pattern: str | None = None,
    after: str | None = None,
    before: str | None = None,
    start: int | None = None,
    length: int | None = None,
    name: str | None = None,
) -> Derived:
    """Take a part out of the text of a column, as a new column: by a pattern, between two delimiters, or by its place.

    Args:
        column: the column of text.
        pattern: a regular expression; its first group is taken, or all of it where it has none.
        after: the part begins after this text.
        before: the part ends before this text.
        start: the place of its first character, from 1; -3 counts from the end.
        length: how many characters.
        name: what the new column is called; column_part if left out.
    """
    source, text = table.column(column), text_of(table.column(column))
    ways = [pattern is not None, after is not None or before is not None, start is not None or length is not None]
    if sum(ways) != 1:
        raise ToolError("Give one way to find the part: a pattern, after and before, or start and length.")
    if pattern is not None:
        part, told = matched(table, text, pattern), f"what fits {pattern}"
    elif ways[1]:
        part, told = _between(text, after, before), _told(after, before)
    else:
        part, told = (
            _placed(text, start, length),
            f"{counted(length, 'character') if length else 'the rest'} from place {start or 1}",
        )
    called = new_names(table, [name or f"{source.name}_part"], source)[0]
    cell = f"nullif({part}, '')"
    found, filled = table.learn_rows(
        "found", f"SELECT count({cell}), count({identifier(source.name)}) FROM {table.name}"
    )[0]
    if filled and not found and not table.frozen:
        raise ToolError(f"No value of {source.name} has {told}. Look at its values and give another way.")
    rest = f" {counted(filled - found, 'value')} without it stayed empty." if filled > found else ""
    return Derived(
        with_columns(table, source, {called: cell}), f"Took {told} out of {source.name} into {called}.{rest}"
    )


def matched(table: Input, text: str, pattern: str) -> str:
    """The first match of a pattern. Raises ToolError where it is none."""
    import duckdb

    quoted = literal(pattern)
    try:
        table.learn("pattern fits nothing", f"SELECT regexp_matches('', {quoted})")
    except duckdb.Error as error:
        raise ToolError(f"The pattern {pattern} can't be read: {str(error).splitlines()[0]}.") from error
    try:
        groups = re.compile(pattern).groups
    except re.error:
        groups = 0
    return f"regexp_extract({text}, {quoted}, {1 if groups else 0})"


def _between(text: str, after: str | None, before: str | None) -> str:
    part = text
    if after:
        at = f"instr({text}, {literal(after)})"
        part = f"CASE WHEN {at} > 0 THEN substr({text}, {at} + {len(after)}) END"
    if before:
        end = f"instr({part}, {literal(before)})"
        part = f"CASE WHEN {end} > 0 THEN substr({part}, 1, {end} - 1) END"
    return f"trim({part})"


def _told(after: str | None, before: str | None) -> str:
    ends = [f"after '{after}'" if after else "", f"before '{before}'" if before else ""]
    return f"what stands {' and '.join(filter(None, ends))}"


def _placed(text: str, start: int | None, length: int | None) -> str:
    if start == 0 or (length is not None and not 0 < length <= LONGEST):
        raise ToolError(
            f"Places count from 1 and lengths from 1 to {LONGEST:,}: got start {start} and length {length}."
        )
    return f"substr({text}, {start or 1}{f', {length}' if length is not None else ''})"


@transform(
    group="text",
    title="Edit the text of {columns} ({action})",
    rows="same",
    asked_by=r"\bprefix|\bsuffix|\bpad(?:ded|ding)?\b|zero-?fill|leading zero|접두|접미|(?:앞|뒤)에 \S{1,12} ?(?:붙|추가)|0을 채|0으로 채워서",
)
def edit_text(
    table: Input,
    columns: list[ColumnName],
    action: Edit,
    text: str,
    by: str = "",
    length: int | None = None,
    any_case: bool = False,
) -> Derived:
    """Edit the text of columns: add something before or after it, pad it to a length, replace a part of it.

    Args:
        columns: the columns of text.
        action: prefix and suffix add text, pad_left and pad_right fill up to a length with it, replace takes every
            occurrence of it, replace_pattern every match of a regular expression; strip cuts any of its characters
            at both ends, strip_left and strip_right at one.
        text: what is added, filled with, or looked for.
        by: what takes the place of the text looked for; nothing if left out.
        length: of padded text, in characters.
        any_case: true looks for capital and small letters alike.
    """
    picked = table.pick(columns)
    if not picked or not text:
        raise ToolError("Name at least one column and the text, for example columns code, text 0.")
    padded = action in ("pad_left", "pad_right")
    if padded and (len(text) != 1 or length is None or not 0 < length <= LONGEST):
        raise ToolError(f"Padding needs one character and a length from 1 to {LONGEST:,}: got '{text}' and {length}.")
    if action == "replace_pattern":
        matched(table, "''", text)
    cells = {column.name: _edited(text_of(column), action, text, by, length, any_case=any_case) for column in picked}
    counts = ", ".join(
        f"count(*) FILTER (WHERE {cells[column.name]} IS DISTINCT FROM {text_of(column)})" for column in picked
    )
    changed = dict(zip(cells, table.learn_rows("changed", f"SELECT {counts} FROM {table.name}")[0], strict=True))
    said = [f"{name} ({counted(count, 'cell')})" for name, count in changed.items() if count]
    idle = {name: "nothing to change" for name, count in changed.items() if not count}
    what = {
        "prefix": f"Put '{text}' before", "suffix": f"Put '{text}' after", "pad_left": f"Padded to {length} characters",
        "pad_right": f"Padded to {length} characters", "replace": f"Replaced '{text}' by '{by}' in",
        "replace_pattern": f"Replaced what fits {text} by '{by}' in", "strip": f"Cut '{text}' at both ends of",
        "strip_left": f"Cut '{text}' at the start of", "strip_right": f"Cut '{text}' at the end of",
    }[action]  # fmt: skip
    if not said:
        return Derived(replaced(table, cells), f"Nothing to change.{skipped(idle)}", changes=False)
    return Derived(replaced(table, cells), f"{what}{':' if padded else ''} {listed(said)}.{skipped(idle)}")


def _edited(cell: str, action: Edit, text: str, by: str, length: int | None, *, any_case: bool) -> str:
    quoted = literal(text)
    if any_case and action in ("replace", "replace_pattern"):
        # What is put instead is text, not a pattern, where one looks for text.
        pattern, new = (text, by) if action == "replace_pattern" else (re.escape(text), by.replace("\\", "\\\\"))
        return f"regexp_replace({cell}, {literal(pattern)}, {literal(new)}, 'gi')"
    match action:
        case "prefix":
            return f"{quoted} || {cell}"
        case "suffix":
            return f"{cell} || {quoted}"
        case "pad_left" | "pad_right":
            side = "lpad" if action == "pad_left" else "rpad"
            return f"CASE WHEN length({cell}) < {length} THEN {side}({cell}, {length}, {quoted}) ELSE {cell} END"
        case "strip" | "strip_left" | "strip_right":
            call = {"strip": "trim", "strip_left": "ltrim", "strip_right": "rtrim"}[action]
            return f"{call}({cell}, {quoted})"
        case "replace":
            return f"replace({cell}, {quoted}, {literal(by)})"
    return f"regexp_replace({cell}, {quoted}, {literal(by)}, 'g')"


_MEASURES: Mapping[Measure, str] = {
    "characters": "length({cell})",
    "words": r"len(regexp_extract_all({cell}, '[^\s\p{{Z}}]+'))",
    "digits": r"len(regexp_extract_all({cell}, '\p{{Nd}}'))",
    "letters": r"len(regexp_extract_all({cell}, '\p{{L}}'))",
    "capitals": r"len(regexp_extract_all({cell}, '\p{{Lu}}'))",
    "spaces": r"len(regexp_extract_all({cell}, '[\s\p{{Z}}]'))",
    "symbols": r"len(regexp_extract_all({cell}, '[^\p{{L}}\p{{N}}\s\p{{Z}}]'))",
    "lines": r"CASE WHEN {cell} = '' THEN 0 ELSE len(regexp_extract_all({cell}, '\n')) + 1 END",
}


@transform(
    group="text",
    title="Measure the text of {column}",
    rows="same",
    asked_by=r"(?:number of|count(?:ing)? (?:of )?(?:the )?|how many) (?:characters|words|letters|capitals)|\b(?:character|word|letter) counts?\b|글자\s?수|단어\s?수",
)
def measure_text(table: Input, column: ColumnName, measures: list[Measure], name: str | None = None) -> Derived:
    """Add columns that count something in the text of a column: its characters, words, digits, capitals.

    Args:
        column: the column of text.
        measures: what is counted; each becomes a column.
        name: what the new column is called, where one thing is counted; column_measure if left out.
    """
    source, wanted = table.column(column), list(dict.fromkeys(measures))
    if name is not None and len(wanted) > 1:
        raise ToolError(f"One name is given for {len(wanted)} measures. Leave the name out, or name one measure.")
    if not wanted:
        raise ToolError("No measures were named. Name at least one, for example words.")
    called = new_names(table, [name] if name else [f"{source.name}_{measure}" for measure in wanted], source)
    cells = {
        name: f"CAST({_MEASURES[measure].format(cell=text_of(source))} AS INTEGER)"
        for name, measure in zip(called, wanted, strict=True)
    }
    return Derived(with_columns(table, source, cells), f"Counted in {source.name}: {listed([str(m) for m in wanted])}.")
