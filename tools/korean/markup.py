"""A page's HTML with Easel's own words in Korean: text and labels, but nothing below `translate="no"`, which is data."""

import html
import re

from tools.korean.sentences import in_korean, known_phrase
from tools.words import escaped

_TAG = re.compile(r"(<[^>]*>)")
_NAME = re.compile(r"</?([a-z][a-z0-9]*)", re.IGNORECASE)
_LABEL = re.compile(r'\b(aria-label|placeholder|title|alt|label|data-caption)="([^"]*)"')
_STAYS = 'translate="no"'
_VOID = {"input", "img", "br", "hr", "meta", "link", "path", "rect", "circle", "line"}
_DATA = {"code", "pre", "script", "style", "textarea", "td"}
"""Elements whose text is not Easel's own, unless they say `translate="yes"`; their labels are, but for those of cells."""
_PICKER = re.compile(r'<select\b[^>]* name="(?:[^"]*\.)?(\w+)"')


def markup_in_korean(markup: str) -> str:
    """The same elements with Easel's own words in Korean."""
    out, still, picker = list[str](), list[str](), ""
    """`still`: the open elements since the first that holds data; empty where words are Easel's."""
    for piece in _TAG.split(markup):
        if not piece.startswith("<"):
            out.append(_told(piece, picker) if piece.strip() and not still else piece)
            continue
        kind = found[1].lower() if (found := _NAME.match(piece)) else ""
        data = _is_data(kind, piece)
        stays = still or (data and (kind == "td" or _STAYS in piece))
        out.append(piece if stays else _LABEL.sub(lambda label: f'{label[1]}="{_told(label[2])}"', piece))
        if kind in ("select", "th"):
            picker = _place(kind, piece)
        if still and piece.startswith("</"):
            still.pop()
        elif (still or data) and not piece.startswith("</") and kind not in _VOID and not piece.endswith("/>"):
            still.append(kind)
    return "".join(out)


def _is_data(kind: str, piece: str) -> bool:
    return _STAYS in piece or (kind in _DATA and 'translate="yes"' not in piece)


def _place(kind: str, piece: str) -> str:
    """What the words behind a piece are of: a heading of a table, or the options of a field."""
    if piece.startswith("</"):
        return ""
    return "heading" if kind == "th" else found[1] if (found := _PICKER.match(piece)) else ""


def _told(text: str, place: str = "") -> str:
    bare = text.strip()
    korean = words_in_korean(html.unescape(bare), place)
    return text.replace(bare, escaped(korean))


def _within(said: str) -> str:
    """What stands within sentences, as it begins a cell: `Theta method` is `the Theta method` there."""
    small = said[0].lower() + said[1:]
    forms = (small, f"the {small}", f"the {said}")
    return next(filter(None, map(known_phrase, forms)), "")


def words_in_korean(said: str, place: str = "") -> str:
    """Words in Korean; an option of a field or a heading may mean something else than elsewhere: `build = standard`."""
    korean = " · ".join(map(in_korean, said.split(" · ")))
    if place and f"{place} =" not in (meant := in_korean(f"{place} = {said}")):
        return meant
    if korean == said and said[:1].isupper() and (called := _within(said)):
        return called
    if korean == said and " " in said:  # options are written as words: `t test` is `t_test`
        korean = in_korean(said.replace(" ", "_"))
        return said if korean == said.replace(" ", "_") else korean
    return korean
