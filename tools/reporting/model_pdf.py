"""The report of a model as PDF. Hangul and other characters beyond Latin are carried along in a font of this machine.

Where the machine has none, or the font lacks a letter, Adobe's Korean CID font is named and not embedded: many viewers
bring it or one like it, the others show boxes.
"""

import base64
import html
import io
import json
import re
import zlib
from collections.abc import Callable, Iterable, Iterator
from itertools import groupby
from pathlib import Path
from typing import Any

from tools.charting.drawing import Drawing
from tools.reporting.letters import cut_font, installed
from tools.reporting.parts import Part, Picture, shown
from tools.reporting.scores import of_numbers, told
from tools.tool import TableData

KOREAN = "HYSMyeongJo-Medium"
WIDTH = 489.0
"""Points between the margins of an A4 page, inside the frame of its text."""
CHART = 300.0
BEGUN = 160.0
"""Points left on a page that a title with its words and the first rows of a table need."""
PICTURES = 4
"""So many pictures stand beside each other."""
MOST_COLUMNS, MOST_ROWS = 14, 60
SIZES = (7.5, 6.5, 5.5)
"""Letters of a table, the largest that fits."""
PADDING, LONGEST = 3, 220.0
"""Points beside a cell, and so many of a longer text are reckoned with."""
Setting = Callable[[str], str]
_BEYOND = re.compile(r"[^\x00-\xff\u2013\u2014\u2018-\u201e\u2020-\u2026\u20ac]+")


def report_pdf(title: str, parts: list[Part], fonts: Iterable[Path] | None = None) -> bytes:
    """The whole file; `fonts` are those that may be carried along, the Korean ones of this machine unless told."""
    from reportlab.lib.pagesizes import A4
    from reportlab.platypus import Paragraph, SimpleDocTemplate

    text_of = _setting(title, parts, installed() if fonts is None else fonts)
    styles = _styles()
    story: list[Any] = [Paragraph(text_of(title), styles["Title"])]
    for part in parts:
        story += _section(part, styles, text_of)
    out = io.BytesIO()
    SimpleDocTemplate(
        out, pagesize=A4, title=title, leftMargin=47, rightMargin=47, topMargin=48, bottomMargin=48
    ).build(story, onFirstPage=_number, onLaterPages=_number)
    return out.getvalue()


def _section(part: Part, styles: Any, text_of: Setting) -> list[Any]:
    """A part's title and words, its table, charts and pictures; no title stands at the foot of a page alone."""
    from reportlab.platypus import CondPageBreak, KeepTogether, Paragraph, Spacer

    words = [Paragraph(text_of(line), styles["BodyText"]) for line in part.words if line]
    story: list[Any] = [Paragraph(text_of(part.title), styles["Heading2"]), *words]
    charts = [_chart(drawing, styles, text_of) for drawing in part.charts]
    if part.table is not None and part.table.rows:
        story = [CondPageBreak(BEGUN), *story, Spacer(1, 4), _table(part.table, styles, text_of), Spacer(1, 8)]
    elif charts:
        story = [KeepTogether([*story, *charts.pop(0)])]
    story += [KeepTogether(one) for one in charts]
    if part.pictures:
        story.append(_pictures(part.pictures, styles, text_of))
    return [*story, Spacer(1, 8)]


def _styles() -> Any:
    from reportlab.lib.styles import ParagraphStyle, getSampleStyleSheet

    styles = getSampleStyleSheet()
    styles["Title"].alignment = 0
    styles["Title"].fontSize = 17
    styles.add(ParagraphStyle("Cell", parent=styles["BodyText"], fontSize=7.5, leading=9, spaceBefore=0))
    styles.add(ParagraphStyle("Right", parent=styles["Cell"], alignment=2))
    styles.add(ParagraphStyle("Caption", parent=styles["BodyText"], fontSize=8, textColor="#444444"))
    return styles


def _chart(drawing: Drawing, styles: Any, text_of: Setting) -> list[Any]:
    """The chart as a picture with its words below."""
    import vl_convert
    from reportlab.lib.utils import ImageReader
    from reportlab.platypus import Image, Paragraph

    png = vl_convert.vegalite_to_png(json.dumps(drawing.spec), scale=2, allowed_base_urls=[])
    wide, high = ImageReader(io.BytesIO(png)).getSize()
    width = min(WIDTH, CHART * wide / high)
    return [
        Image(io.BytesIO(png), width=width, height=width * high / wide),
        Paragraph(text_of(drawing.text), styles["Caption"]),
    ]


def _pictures(pictures: list[Picture], styles: Any, text_of: Setting) -> Any:
    """The pictures in rows, each with its words below."""
    from reportlab.platypus import Image, Paragraph, Table

    side = WIDTH / PICTURES - 12
    cells: list[Any] = [
        [
            Image(io.BytesIO(base64.b64decode(one.jpeg)), width=side, height=side),
            Paragraph(text_of(one.words), styles["Cell"]),
        ]
        for one in pictures
    ]
    cells += [""] * (-len(cells) % PICTURES)
    rows = [cells[start : start + PICTURES] for start in range(0, len(cells), PICTURES)]
    return Table(rows, colWidths=[WIDTH / PICTURES] * PICTURES)


def _table(table: TableData, styles: Any, text_of: Setting) -> Any:
    from reportlab.lib import colors
    from reportlab.platypus import Paragraph, Table, TableStyle

    table = told(table)
    columns, rows = table.columns[:MOST_COLUMNS], [row[:MOST_COLUMNS] for row in table.rows[:MOST_ROWS]]
    texts = [[shown(one) for one in row] for row in (columns, *rows)]
    size, widths = fitted(texts)
    sides = ["Right" if of_numbers(table, place) else "Cell" for place in range(len(columns))]
    sized = {side: styles[side].clone(side, fontSize=size, leading=1.2 * size) for side in set(sides)}
    cells = [
        [
            Paragraph(text_of(one) if place else f"<b>{text_of(one)}</b>", sized[side])
            for one, side in zip(row, sides, strict=True)
        ]
        for place, row in enumerate(texts)
    ]
    look = [
        ("LINEBELOW", (0, 0), (-1, -1), 0.25, colors.HexColor("#c8d0da")),
        ("BACKGROUND", (0, 0), (-1, 0), colors.HexColor("#eef2f6")),
        ("VALIGN", (0, 0), (-1, -1), "TOP"),
        ("LEFTPADDING", (0, 0), (-1, -1), PADDING),
        ("RIGHTPADDING", (0, 0), (-1, -1), PADDING),
    ]
    return Table(cells, colWidths=widths, style=TableStyle(look), repeatRows=1)


def fitted(texts: list[list[str]]) -> tuple[float, list[float]]:
    """The size of letters in which no word of a table is broken, as large as may be, and how wide its columns are then."""
    for size in SIZES:
        words, lines = _lengths(texts, size, str.split), _lengths(texts, size, lambda text: [text])
        if sum(words) <= WIDTH:
            break
    else:
        return size, [WIDTH * one / sum(words) for one in words]
    if sum(lines) <= WIDTH:
        return size, [WIDTH * one / sum(lines) for one in lines]
    more = [line - word for word, line in zip(words, lines, strict=True)]
    left = (WIDTH - sum(words)) / sum(more)
    return size, [word + left * one for word, one in zip(words, more, strict=True)]


def _lengths(texts: list[list[str]], size: float, parts: Callable[[str], list[str]]) -> list[float]:
    """How long the longest part of each column is, in points with the space around it; the head is bold."""
    from reportlab.pdfbase.pdfmetrics import stringWidth

    fonts = ["Helvetica-Bold", *["Helvetica"] * (len(texts) - 1)]
    return [
        max(
            min(stringWidth(one, font, size), LONGEST)
            for font, text in zip(fonts, column, strict=True)
            for one in parts(text) or [""]
        )
        + 2 * PADDING
        + 1
        for column in zip(*texts, strict=True)
    ]


def _number(canvas: Any, document: Any) -> None:
    canvas.saveState()
    canvas.setFont("Helvetica", 8)
    canvas.drawRightString(document.pagesize[0] - 47, 28, f"{document.page}")
    canvas.restoreState()


# --- letters beyond Latin ----------------------------------------------------------------------------------------


def beyond_latin(title: str, parts: list[Part]) -> set[str]:
    """The letters of a report that Helvetica lacks."""
    return {one for text in _texts(title, parts) for found in _BEYOND.findall(text) for one in found}


def _setting(title: str, parts: list[Part], fonts: Iterable[Path]) -> Setting:
    """How texts of this report become reportlab's markup: what Helvetica lacks is set in the font that has it."""
    letters = beyond_latin(title, parts)
    embedded, had = _embedded(letters, fonts) if letters else (KOREAN, set())

    def run(found: re.Match[str]) -> str:
        pieces = groupby(found[0], key=lambda letter: embedded if letter in had else KOREAN)
        return "".join(f'<font name="{font}">{"".join(piece)}</font>' for font, piece in pieces)

    return lambda value: _BEYOND.sub(run, html.escape(value, quote=False))


def _embedded(letters: set[str], fonts: Iterable[Path]) -> tuple[str, set[str]]:
    """The name of the font that was made known to reportlab, and which letters it has."""
    from reportlab.pdfbase import pdfmetrics
    from reportlab.pdfbase.cidfonts import UnicodeCIDFont
    from reportlab.pdfbase.ttfonts import TTFont

    pdfmetrics.registerFont(UnicodeCIDFont(KOREAN))
    name = f"Easel-{zlib.crc32(''.join(sorted(letters)).encode()):08x}"  # reportlab keeps a font by its name
    made = cut_font(letters, name, fonts)
    if made is None:
        return KOREAN, set()
    pdfmetrics.registerFont(TTFont(name, io.BytesIO(made[0])))
    pdfmetrics.registerFontFamily(name)
    return name, made[1]


def _texts(title: str, parts: list[Part]) -> Iterator[str]:
    """Every text that stands in the report."""
    yield title
    for part in parts:
        yield from (part.title, *part.words, *(one.text for one in part.charts), *(one.words for one in part.pictures))
        if part.table is not None:
            yield from (str(cell) for line in (part.table.columns, *part.table.rows) for cell in line)
