"""The report of a model as one self-contained HTML file: no script, nothing fetched, charts drawn inside."""

import html
import json
from pathlib import Path

from tools.charting.drawing import Drawing
from tools.reporting.parts import Part, Picture, shown
from tools.reporting.scores import of_numbers, told
from tools.tool import TableData

POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'"
MOST_BESIDE = 9
"""A chart of more columns, such as the matrix of many classes, stands beside no other: it would be too small to read."""
MORE = """
main { max-width: 60rem; margin: 0 auto; padding: 1.5rem 1rem 3rem }
figure { margin: 1rem 0; background: #fff; border: 1px solid #dde3ea; border-radius: 10px; padding: .5rem; overflow-x: auto }
figure svg { display: block; max-width: 100%; height: auto } figcaption { color: #444; font-size: .875rem; padding: .25rem .5rem }
.charts { display: grid; grid-template-columns: repeat(auto-fit, minmax(20rem, 1fr)); gap: 1rem }
td { white-space: normal; overflow-wrap: break-word; max-width: 40rem } td.num { white-space: nowrap }
.charts .wide { grid-column: 1 / -1 }
.pictures { display: flex; flex-wrap: wrap; gap: 1rem } .pictures figcaption { max-width: 12rem }
.scroll { overflow-x: auto } td.num { text-align: right; font-variant-numeric: tabular-nums }
@media print { section { break-inside: avoid-page } }
"""


def report_page(title: str, parts: list[Part], tongue: str = "en") -> str:
    """The whole file; everything that came from data is escaped."""
    style = (Path(__file__).parent / "page.css").read_text(encoding="utf-8") + MORE
    links = "".join(f'<a href="#part-{place}">{_text(part.title)}</a>' for place, part in enumerate(parts))
    body = "".join(_part(place, part) for place, part in enumerate(parts))
    return (
        f'<!doctype html><html lang="{tongue}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">'
        f'<meta http-equiv="Content-Security-Policy" content="{POLICY}"><title>{_text(title)}</title><style>{style}</style>'
        f'</head><body><main><h1>{_text(title)}</h1><nav aria-label="Parts">{links}</nav>{body}</main></body></html>'
    )


def _part(place: int, part: Part) -> str:
    words = "".join(f"<p>{_text(line)}</p>" for line in part.words if line)
    charts = f'<div class="charts">{"".join(map(_figure, part.charts))}</div>' if part.charts else ""
    table = _table(part.table, part.title) if part.table else ""
    pictures = f'<div class="pictures">{"".join(map(_picture, part.pictures))}</div>' if part.pictures else ""
    return f'<section id="part-{place}"><h2>{_text(part.title)}</h2>{words}{table}{charts}{pictures}</section>'


def _picture(one: Picture) -> str:
    words = _text(one.words)
    return (
        f'<figure><img src="data:image/jpeg;base64,{one.jpeg}" alt="{words}"><figcaption>{words}</figcaption></figure>'
    )


def _figure(drawing: Drawing) -> str:
    import vl_convert

    svg = vl_convert.vegalite_to_svg(json.dumps(drawing.spec), allowed_base_urls=[])
    wide = ' class="wide"' if len(drawing.columns) > MOST_BESIDE else ""
    return f"<figure{wide}>{svg}<figcaption>{_text(drawing.text)}</figcaption></figure>"


def _table(table: TableData, caption: str) -> str:
    table = told(table)
    kinds = [' class="num"' if of_numbers(table, place) else "" for place in range(len(table.columns))]
    head = "".join(f'<th scope="col"{kind}>{_text(name)}</th>' for name, kind in zip(table.columns, kinds, strict=True))
    lines = [
        [f"<td{kind}>{_text(shown(one))}</td>" for one, kind in zip(row, kinds, strict=True)] for row in table.rows
    ]
    rows = "".join(f"<tr>{''.join(cells)}</tr>" for cells in lines)
    return f'<div class="scroll" tabindex="0" role="region" aria-label="{_text(caption)}"><table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table></div>'


def _text(value: str) -> str:
    return html.escape(value, quote=True)
