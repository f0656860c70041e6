"""A chart as one HTML file: the drawing, what it shows in words and its numbers, with nothing fetched from anywhere.

Each mark of the drawing carries its numbers as a label (WAI-ARIA), which a few lines of script show under the pointer.
"""

import base64
import hashlib
import html
from typing import Any

from tools.korean import in_korean
from tools.tool import TableData

STYLE = """
:root { color-scheme: light dark; --ink: #1c2430; --paper: #fff; --soft: #5b6675; --line: #dde3ea }
@media (prefers-color-scheme: dark) { :root { --ink: #e8edf4; --paper: #151a21; --soft: #a5b0bf; --line: #323b47 } }
body { margin: 0 auto; max-width: 60rem; padding: 1.5rem 1rem 3rem; font: 16px/1.5 system-ui, 'Noto Sans KR', sans-serif;
  color: var(--ink); background: var(--paper) }
h1 { font-size: 1.35rem; margin: 0 0 .25rem } p { color: var(--soft); margin: .25rem 0 1rem }
figure { margin: 0; background: #fff; border: 1px solid var(--line); border-radius: 10px; padding: .5rem; overflow: hidden }
figure svg { display: block; width: 100%; height: auto; max-height: 80vh }
details { margin-top: 1rem } summary { cursor: pointer }
.scroll { overflow: auto; max-height: 26rem; border: 1px solid var(--line); border-radius: 8px; margin-top: .5rem }
table { border-collapse: collapse; font-size: .875rem; min-width: 100% }
th, td { padding: .25rem .6rem; border-bottom: 1px solid var(--line); text-align: left; white-space: nowrap }
td.num { text-align: right; font-variant-numeric: tabular-nums }
#tip { position: fixed; pointer-events: none; background: #1c2430; color: #fff; font-size: .8rem; padding: .3rem .5rem;
  border-radius: 6px; max-width: 18rem; white-space: pre-line; z-index: 1 }
#tip:empty { display: none }
"""
SCRIPT = """
const tip = document.getElementById('tip');
document.querySelector('figure').addEventListener('pointermove', (event) => {
  const mark = event.target.closest('[role="graphics-symbol"][aria-label]');
  tip.textContent = mark ? mark.getAttribute('aria-label').replaceAll('; ', '\\n') : '';
  tip.style.left = Math.min(event.clientX + 14, innerWidth - tip.offsetWidth - 8) + 'px';
  tip.style.top = Math.max(8, event.clientY - tip.offsetHeight - 10) + 'px';
});
document.querySelector('figure').addEventListener('pointerleave', () => { tip.textContent = ''; });
"""


def chart_page(svg: str, title: str, text: str, table: TableData, tongue: str = "en") -> str:
    """The whole file. Everything that came from data is escaped; the drawing's own text is by its renderer."""
    numbers = in_korean("The numbers") if tongue == "ko" else "The numbers"
    script = base64.b64encode(hashlib.sha256(SCRIPT.encode()).digest()).decode()
    policy = f"default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-{script}'; base-uri 'none'; form-action 'none'"
    head = "".join(f'<th scope="col">{html.escape(name)}</th>' for name in table.columns)
    body = "".join(f"<tr>{''.join(map(_cell, row))}</tr>" for row in table.rows)
    more = "" if table.row_count in (None, len(table.rows)) else f" ({len(table.rows):,} / {table.row_count:,})"
    return (
        f'<!doctype html>\n<html lang="{tongue}">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">\n'
        f'<meta name="viewport" content="width=device-width, initial-scale=1">\n<title>{html.escape(title)}</title>\n'
        f"<style>{STYLE}</style>\n</head>\n<body>\n<main>\n<h1>{html.escape(title)}</h1>\n<p>{html.escape(text)}</p>\n"
        f'<figure role="group" aria-label="{html.escape(title)}">\n{svg}\n</figure>\n'
        f"<details><summary>{numbers}{more}</summary>\n"
        f'<div class="scroll" tabindex="0" role="region" aria-label="{numbers}"><table><thead><tr>{head}</tr></thead>'
        f"<tbody>{body}</tbody></table></div>\n</details>\n</main>\n"
        f'<div id="tip" aria-hidden="true"></div>\n<script>{SCRIPT}</script>\n</body>\n</html>\n'
    )


def _cell(value: Any) -> str:
    if isinstance(value, int | float) and not isinstance(value, bool):
        return f'<td class="num">{value:,.6g}</td>' if isinstance(value, float) else f'<td class="num">{value:,}</td>'
    return f"<td>{html.escape('' if value is None else str(value))}</td>"
