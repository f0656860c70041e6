"""The report of a model as PDF. Hangul and other characters beyond Latin are set in a font that every reader knows.

The font is Adobe's Korean CID font, named in the file and not embedded: viewers bring it, or one like it.
"""

import html
import io
import json
import re
from typing import Any

from tools.charting.model import Drawing
from tools.reporting.parts import Part, is_number, shown
from tools.tool import TableData

KOREAN = "HYSMyeongJo-Medium"
WIDTH = 500.0
"""Points between the margins of an A4 page."""
CHART = 300.0
MOST_COLUMNS, MOST_ROWS = 14, 60
_BEYOND = re.compile(r"[^\x00-\xff\u2013\u2014\u2018-\u201e\u2020-\u2026\u20ac]+")


def report_pdf(title: str, parts: list[Part]) -> bytes:
    """The whole file."""
    from reportlab.lib.pagesizes import A4
    from reportlab.pdfbase import pdfmetrics
    from reportlab.pdfbase.cidfonts import UnicodeCIDFont
    from reportlab.platypus import KeepTogether, Paragraph, SimpleDocTemplate, Spacer

    pdfmetrics.registerFont(UnicodeCIDFont(KOREAN))
    styles = _styles()
    story: list[Any] = [Paragraph(_text(title), styles["Title"])]
    for part in parts:
        words = [Paragraph(_text(line), styles["BodyText"]) for line in part.words if line]
        story.append(KeepTogether([Paragraph(_text(part.title), styles["Heading2"]), *words[:2]]))
        story += words[2:]
        if part.table is not None and part.table.rows:
            story += [Spacer(1, 4), _table(part.table, styles)]
        for drawing in part.charts:
            story.append(KeepTogether(_chart(drawing, styles)))
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


def _chart(drawing: Drawing, styles: Any) -> list[Any]:
    """The chart as a picture with its words below."""
    import vl_convert
    from reportlab.lib.utils import ImageReader
    from reportlab.platypus import Image, Paragraph

    png = vl_convert.vegalite_to_png(json.dumps(drawing.spec), scale=2, allowed_base_urls=[])
    wide, high = ImageReader(io.BytesIO(png)).getSize()
    width = min(WIDTH, CHART * wide / high)
    return [
        Image(io.BytesIO(png), width=width, height=width * high / wide),
        Paragraph(_text(drawing.text), styles["Caption"]),
    ]


def _table(table: TableData, styles: Any) -> Any:
    from reportlab.lib import colors
    from reportlab.platypus import Paragraph, Table, TableStyle

    columns, rows = table.columns[:MOST_COLUMNS], [row[:MOST_COLUMNS] for row in table.rows[:MOST_ROWS]]
    cells = [[Paragraph(f"<b>{_text(str(name))}</b>", styles["Cell"]) for name in columns]]
    cells += [
        [Paragraph(_text(shown(one)), styles["Right" if is_number(one) else "Cell"]) for one in row] for row in rows
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
    """The page's width shared out by how long the cells of each column are."""
    long = [
        min(max([len(str(name)) * 0.8, *(len(shown(row[place])) for row in rows)], default=1), 60) + 3
        for place, name in enumerate(columns)
    ]
    return [WIDTH * one / sum(long) for one in long]


def _number(canvas: Any, document: Any) -> None:
    canvas.saveState()
    canvas.setFont("Helvetica", 8)
    canvas.drawRightString(document.pagesize[0] - 47, 28, f"{document.page}")
    canvas.restoreState()


def _text(value: str) -> str:
    """Text as reportlab's markup, characters that Helvetica lacks in the Korean font."""
    return _BEYOND.sub(lambda found: f'<font name="{KOREAN}">{found[0]}</font>', html.escape(value, quote=False))
