"""A chart with Easel's own words in Korean: its titles, what it says, the names of its lines; what is of the data stays."""

import re
from collections.abc import Collection
from dataclasses import replace
from typing import Any

from tools.charting.drawing import Drawing
from tools.korean.markup import words_in_korean
from tools.korean.sentences import in_korean, phrase_in_korean, stepped

_MEASURED = re.compile(r"(?:number of|average|total|median|lowest|highest|predicted|actual|probability of) .+")
"""What a chart calls its measures, which stand within sentences too."""

_MONTHS = [f"{month}월" for month in range(1, 13)]
_TIME = {
    "dateTime": "%Y/%m/%d %a %X",
    "date": "%Y/%m/%d",
    "time": "%H:%M:%S",
    "periods": ["오전", "오후"],
    "days": [f"{day}요일" for day in "일월화수목금토"],
    "shortDays": list("일월화수목금토"),
    "months": _MONTHS,
    "shortMonths": _MONTHS,
}
"""How dates on an axis are written (Vega's `config.locale.time`)."""


def drawing_in_korean(drawing: Drawing, names: Collection[str]) -> Drawing:
    """The chart in Korean; `names` are those of the data's columns."""
    fields: dict[str, list[str]] = drawing.spec.get("usermeta", {}).get("words", {})
    ours = {word for words in fields.values() for word in words}
    return replace(
        drawing,
        spec=_told(drawing.spec, names, fields)
        | {"config": drawing.spec.get("config", {}) | {"locale": {"time": _TIME}}},
        title=_title(drawing.title, names),
        text=in_korean(drawing.text),
        columns=[_title(name, names) for name in drawing.columns],
        rows=[[_word(cell, ours) for cell in row] for row in drawing.rows],
    )


def _told(spec: Any, names: Collection[str], fields: dict[str, list[str]]) -> Any:
    """A part of a specification; `fields` are those whose values are Easel's words, with the words."""
    if isinstance(spec, list):
        return [_told(one, names, fields) for one in spec]
    if not isinstance(spec, dict):
        return spec
    told = {name: _told(one, names, fields) for name, one in spec.items() if name not in ("values", "datasets")}
    if rows := spec.get("values"):
        told["values"] = [_row(one, fields) for one in rows]
    if "datasets" in spec:
        told["datasets"] = {name: [_row(one, fields) for one in rows] for name, rows in spec["datasets"].items()}
    match spec.get("title"):
        case str(title):
            told["title"] = _title(title, names)
        case {"text": str(title)}:
            told["title"]["text"] = _title(title, names)
    if isinstance(said := spec.get("description"), str):
        told["description"] = in_korean(said)
    if ours := fields.get(str(spec.get("field"))):
        told |= _groups(told, ours)
    return told


def _groups(channel: dict[str, Any], ours: Collection[str]) -> dict[str, Any]:
    """The order and the domain of a channel whose values are Easel's words."""
    told = {"sort": [_word(one, ours) for one in channel["sort"]]} if isinstance(channel.get("sort"), list) else {}
    if "domain" in channel.get("scale", {}):
        told["scale"] = channel["scale"] | {"domain": [_word(one, ours) for one in channel["scale"]["domain"]]}
    return told


def _row(row: Any, fields: dict[str, list[str]]) -> Any:
    if not isinstance(row, dict):
        return row
    return row | {name: _word(row[name], ours) for name, ours in fields.items() if name in row}


def _word(cell: Any, ours: Collection[str]) -> Any:
    return _called(cell) if isinstance(cell, str) and cell in ours else cell


def _title(title: str, names: Collection[str]) -> str:
    """A title or what an axis says, unless it is a column's name."""
    if title in names:
        return title
    if ", where " in title:
        inner, _, condition = title.partition(", where ")
        return f"{_title(inner, names)} ({condition})"
    if ", for each " in title:
        inner, _, facet = title.rpartition(", for each ")
        return f"{_title(inner, names)}({facet}별)"
    return _called(stepped(title))


def _called(title: str) -> str:
    """A whole title, or a single word, which means something else elsewhere."""
    if " " in title and (told := in_korean(title)) != title:
        return told
    for place in ("chart", "heading"):
        if (told := words_in_korean(title, place)) != title:
            return told
    return phrase_in_korean(title) if _MEASURED.fullmatch(title) else title
