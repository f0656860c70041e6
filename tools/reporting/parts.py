"""What a report is made of, whichever way it is written: a title, words, a table and charts."""

from dataclasses import dataclass, field
from typing import Any

from tools.charting.drawing import Drawing
from tools.tool import TableData


@dataclass(frozen=True)
class Picture:
    """A small JPEG in base64, and what is seen on it."""

    jpeg: str
    words: str


@dataclass(frozen=True)
class Part:
    """One section of a report."""

    title: str
    words: list[str]
    table: TableData | None = None
    charts: list[Drawing] = field(default_factory=list)
    pictures: list[Picture] = field(default_factory=list)


def shown(value: Any) -> str:
    """A cell in a report: numbers short, nothing as a dash, long texts cut; four digits may be a year and stand together."""
    if value is None:
        return "–"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int | float):
        whole = float(value).is_integer() or abs(value) >= 1e4
        if whole and abs(value) < 1e4:
            return f"{value:.0f}"
        return f"{value:,.0f}" if whole and abs(value) < 1e15 else f"{value:.4g}"
    text = str(value)
    return text if len(text) <= 160 else text[:159] + "…"
