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
from tools.reporting.scores import Figure, told
from tools.tool import TableData
from tools.words import is_number

KOREAN = "HYSMyeongJo-Medium"
WIDTH = 500.0
"""Points between the margins of an A4 page."""
CHART = 300.0
PICTURES = 4
"""So many pictures stand beside each other."""
MOST_COLUMNS, MOST_ROWS = 14, 60
Setting = Callable[[str], str]
_BEYOND = re.compile(r"[^\x00-\xff\u2013\u2014\u2018-\u201e\u2020-\u2026\u20ac]+")


def report_pdf(title: str, parts: list[Part], fonts: Iterable[Path] | None = None) -> bytes:
    """The whole file; `fonts` are those that may be carried along, the Korean ones of this machine unless told."""
    from reportlab.lib.pagesizes import A4
    from reportlab.platypus import KeepTogether, Paragraph, SimpleDocTemplate, Spacer

    text_of = _setting(title, parts, installed() if fonts is None else fonts)
    styles = _styles()
    story: list[Any] = [Paragraph(text_of(title), styles["Title"])]
    for part in parts:
        words = [Paragraph(text_of(line), styles["BodyText"]) for line in part.words if line]
        story.append(KeepTogether([Paragraph(text_of(part.title), styles["Heading2"]), *words[:2]]))
        story += words[2:]
        if part.table is not None and part.table.rows:
            story += [Spacer(1, 4), _table(part.table, styles, text_of)]
        for drawing in part.charts:
            story.append(KeepTogether(_chart(drawing, styles, text_of)))
        if part.pictures:
            story.append(_pictures(part.pictures, styles, text_of))
        story.append(Spacer(1, 8))
    out = io.BytesIO()
    SimpleDocTemplate(
        out, pagesize=A4, title=title, leftMargin=47, rightMargin=47, topMargin=48, bottomMargin=48
    ).build(story, onFirstPage=_number, onLaterPages=_number)
    return out.getvalue()


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
    cells = [[Paragraph(f"<b>{text_of(shown(name))}</b>", styles["Cell"]) for name in columns]]
    cells += [
        [
            Paragraph(text_of(shown(one)), styles["Right" if is_number(one) or isinstance(one, Figure) else "Cell"])
            for one in row
        ]
        for row in rows
    ]
    look = [
        ("LINEBELOW", (0, 0), (-1, -1), 0.25, colors.HexColor("#c8d0da")),
        ("BACKGROUND", (0, 0), (-1, 0), colors.HexColor("#eef2f6")),
        ("VALIGN", (0, 0), (-1, -1), "TOP"),
        ("LEFTPADDING", (0, 0), (-1, -1), 3),
        ("RIGHTPADDING", (0, 0), (-1, -1), 3),
    ]
    return Table(cells, colWidths=_widths(columns, rows), style=TableStyle(look), repeatRows=1)


def _widths(columns: list[str], rows: list[list[Any]]) -> list[float]:
    """The page's width shared out by how long the cells of each column are; no word of a bold head is broken."""
    long = [
        min(
            max(
                [1.2 * max(map(len, str(name).split()), default=1), *(len(shown(row[place])) for row in rows)],
                default=1,
            ),
            60,
        )
        + 3
        for place, name in enumerate(columns)
    ]
    return [WIDTH * one / sum(long) for one in long]


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
