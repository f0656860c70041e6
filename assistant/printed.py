"""What a terminal shows: events and tables as plain text."""

from typing import TYPE_CHECKING, Any
from unicodedata import combining, east_asian_width

if TYPE_CHECKING:
    from collections.abc import Callable

    from assistant.events import Event
    from tools.tool import TableData


def event_text(event: "Event", tongue: str = "en") -> str:
    """An event in plain words for a terminal; empty where there is nothing to say. Its texts are of that language already."""
    from tools.korean import in_korean
    from tools.korean.results import table_in_korean
    from tools.script import at_a_glance

    told, shown = (in_korean, table_in_korean) if tongue == "ko" else (str, lambda table: table)

    match event.event:
        case "plan":
            lines = [f"{step.id}. {step.title}" + (f" - {step.why}" if step.why else "") for step in event.steps]
            return told("Plan") + "\n" + "\n".join(f"  {line}" for line in lines) + "\n"
        case "step_done":
            rows = f" {event.rows[0]:,} -> {event.rows[1]:,} rows," if event.rows else ""
            done = told(f"done,{rows} {event.seconds:.1f} s")
            sql = "".join(f"\n      {line}" for line in at_a_glance(event.sql).splitlines()) if event.sql else ""
            return f"  {event.id}. {done}{sql}\n"
        case "step_failed":
            return f"  {event.id}. {told('failed')}: {event.error}\n"
        case "question":
            return f"\n{event.text}" + (f" ({' / '.join(event.options)})" if event.options else "") + "\n"
        case "answer":
            return f"\n{event.text}\n" + (f"\n{table_text(shown(event.table), told=told)}\n" if event.table else "")
    return ""


def table_text(table: "TableData", most: int = 30, told: "Callable[[str], str]" = str) -> str:
    """A small table in columns of plain text; `told` puts Easel's own words into a language."""
    shares = [name in table.shares for name in table.columns]
    shown = [
        [_cell(value, share, told) for value, share in zip(row, shares, strict=False)] for row in table.rows[:most]
    ]
    cells = [[_cell(name) for name in table.columns], *shown]
    widths = [max(_width(row[number]) for row in cells) for number in range(len(table.columns))]
    lines = ["  ".join(map(_wide, row, widths)).rstrip() for row in cells]
    count = table.row_count if table.row_count is not None else len(table.rows)
    more = f"\n… {told(f'{count:,} rows in all')}" if count > min(most, len(table.rows)) else ""
    return "\n".join(lines) + more


def _cell(value: Any, share: bool = False, told: "Callable[[str], str]" = str) -> str:
    from automl.amounts import written
    from tools.reporting.scores import in_percent

    if share and isinstance(value, float):
        return in_percent(value)
    if isinstance(value, bool):
        return told("yes" if value else "no")
    text = "" if value is None else written(value) if isinstance(value, float) else str(value)
    return text if len(text) <= 60 else text[:59] + "…"


def _wide(cell: str, width: int) -> str:
    return cell + " " * (width - _width(cell))


def _width(text: str) -> int:
    """The columns of a terminal that a text takes: a Hangul or Chinese letter takes two, a combining mark none."""
    return sum(0 if combining(one) else 2 if east_asian_width(one) in "WF" else 1 for one in text)
