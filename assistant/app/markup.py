"""The only place where values become HTML: everything that is not markup of ours is escaped here.

Braces, dollars and backticks are escaped too, so that no template language that may ever see the page reads them.
"""

import math
import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any
from urllib.parse import quote

from tools.reporting.scores import SAID, Figure, with_shares
from tools.tool import TableData
from tools.words import escaped

MOST_DECIMALS = 4
MOST_PLAIN = 1e15
"""Larger numbers are written with an exponent: sums of money are not."""
UNLIKE = 100
"""Numbers so many times another do not share its decimals: shares beside counts, very small probabilities."""
_ZEROS = re.compile(r"^(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d*[1-9])0+$")
"""Zeros behind the parts of a second of a moment."""


class Markup(str):
    """Text that is HTML already."""

    __slots__ = ()


def text(value: object) -> Markup:
    """A value as HTML: escaped, unless it is markup of ours."""
    if isinstance(value, Markup):
        return value
    return Markup(escaped(str(value)))


def tag(element: str, /, *children: object, **attributes: object) -> Markup:
    """An element. `class_`, `for_`; `data_x` becomes data-x; True is a bare attribute; None and False leave it out."""
    written = ""
    for key, value in attributes.items():
        if value is None or value is False:
            continue
        key = key.rstrip("_").replace("_", "-")
        written += f" {key}" if value is True else f' {key}="{text(value)}"'
    inner = "".join(text(child) for child in children if child is not None)
    end = "" if element in ("input", "img", "br") else f"</{element}>"
    return Markup(f"<{element}{written}>{inner}{end}")


def join(parts: Iterable[object]) -> Markup:
    """Several pieces as one."""
    return Markup("".join(text(part) for part in parts))


def choices(options: Iterable[tuple[str, str]], chosen: object = None, *, ours: bool = True) -> Markup:
    """The <option>s of (value, label) pairs; `ours`: the labels are words of Easel's, not names or values."""
    stays = None if ours else "no"
    return join(
        tag("option", label, value=value, selected=value == chosen, translate=stays) for value, label in options
    )


def number(value: float) -> str:
    """1,234 and 0.8125: whole numbers with separators, others with at most four significant decimals."""
    if isinstance(value, int) or float(value).is_integer():
        return f"{int(value):,}"
    return f"{value:,.2f}" if abs(value) >= 100 else f"{value:.4g}"


def seconds(value: float) -> str:
    """< 0.1 s, 0.5 s, 42 s, 3 min 20 s."""
    if value < 0.05:
        return "< 0.1 s"
    if value < 9.95:
        return f"{value:.1f} s"
    return f"{value:.0f} s" if value < 90 else f"{int(value // 60)} min {int(value % 60)} s"


def cell(
    value: Any, *, nil: str = "empty", digits: int | None = None, right: bool | None = None, ours: bool = False
) -> Markup:
    """A table cell: missing ones are marked, long ones are cut, numbers have the decimals of their column.

    Where the column does not say whether its cells stand `right`, numbers do.
    """
    side = "num" if right or (right is None and _numeric([value])) else None
    if value is None:
        return tag("td", tag("span", nil, class_="nil"), class_=side, translate="yes" if nil.isalpha() else None)
    if isinstance(value, bool):
        return tag("td", "yes" if value else "no", translate="yes")
    if isinstance(value, float):
        shortest = f"{value:.0f}" if 1e6 <= abs(value) < MOST_PLAIN else f"{value:.6g}"
        return tag("td", shortest if digits is None else f"{value:.{digits}f}", class_=side)
    if isinstance(value, int):
        return tag("td", str(value), class_=side)
    shown = _ZEROS.sub(r"\1", str(value))
    most = 200 if ours else 80
    title = shown[:600] if len(shown) > most else None
    stays = "yes" if ours else None
    return tag(
        "td", shown if len(shown) <= most else shown[: most - 1] + "…", title=title, class_=side, translate=stays
    )


def table(
    data: TableData, *, caption: str, limit: int = 20, nil: str = "–", ours: bool = True, names: Collection[str] = ()
) -> Markup:
    """A result table, its first rows, and how many more there are; `ours`: its columns are named by Easel, but for `names`."""
    told = with_shares(data).rows[:limit]
    numeric = [_numeric(row[i] for row in told) for i in range(len(data.columns))]
    head = tag(
        "tr",
        *(
            tag("th", n, scope="col", class_="num" if numeric[i] else None, translate="no" if n in names else None)
            for i, n in enumerate(data.columns)
        ),
        translate=None if ours else "no",
    )
    digits = [_decimals(row[i] for row in told) for i in range(len(data.columns))]
    body = join(
        tag(
            "tr",
            *(
                cell(value, nil=nil, digits=digits[i], right=numeric[i], ours=ours and data.columns[i] in SAID)
                for i, value in enumerate(row)
            ),
        )
        for row in told
    )
    total = data.row_count if data.row_count is not None else len(data.rows)
    shown = min(limit, len(data.rows))
    more = tag("p", f"First {shown:,} of {total:,} rows", class_="hint") if total > shown else None
    return join([grid(head, [body], caption), more or ""])


def grid(head: Markup, rows: Sequence[Markup], caption: str, *, look: str = "", testid: str | None = None) -> Markup:
    """A table of head and rows in its own frame, which scrolls where it is too wide; `look` is a class beside."""
    inside = tag("table", tag("thead", head), tag("tbody", *rows))
    return tag(
        "div",
        inside,
        class_=f"scroll {look}".strip(),
        tabindex=0,
        role="region",
        aria_label=caption,
        data_testid=testid,
    )


def _numeric(values: Iterable[Any]) -> bool:
    filled = [value for value in values if value is not None]
    return bool(filled) and all(
        isinstance(value, int | float | Figure) and not isinstance(value, bool) for value in filled
    )


def _decimals(values: Iterable[Any]) -> int | None:
    """How many decimals six figures leave the largest number of a column; nothing where its numbers are too unlike."""
    found = [value for value in values if isinstance(value, float) and math.isfinite(value)]
    sizes = [abs(value) for value in found if value]
    if not sizes or max(sizes) >= MOST_PLAIN or max(sizes) >= UNLIKE * min(sizes):
        return None
    before = len(str(int(max(sizes))))
    needed = max(len(f"{value:.{max(6 - before, 0)}f}".rstrip("0").partition(".")[2]) for value in found)
    return min(needed, MOST_DECIMALS)


def figures(pairs: Sequence[tuple[str, str]]) -> Markup:
    """The big numbers on top of a panel: (value, what it is)."""
    return tag("dl", *(tag("div", tag("dt", name), tag("dd", value)) for value, name in pairs), class_="figures")


def bars(values: Mapping[str, float], *, caption: str, share: bool = False, whole: float = 0.0) -> Markup:
    """Horizontal bars, as a list that a screen reader reads as names and numbers."""
    most = whole or max((abs(value) for value in values.values()), default=0) or 1
    rows = [
        bar(name, max(0.0, value) / most, f"{value:.1%}" if share else number(value)) for name, value in values.items()
    ]
    return tag("ul", *rows, class_="bars", aria_label=caption)


def bar(name: str, part: float, told: str, *, down: bool = False) -> Markup:
    """One bar of a list: its name, its part of the whole length (0-1) and its number."""
    length = tag("span", style=f"width:{part:.1%}", class_="fill down" if down else "fill")
    return tag(
        "li",
        tag("span", name, class_="name", title=name, translate="no"),
        tag("span", length, class_="track", aria_hidden="true"),
        tag("span", told, class_="num"),
    )


def file_address(name: str, *, download: bool = False) -> str:
    """Where the page finds a file of the project."""
    return f"easel/files/{quote(name, safe='')}" + ("?download=1" if download else "")


_CODE = re.compile(r"`([^`\n]+)`")
_BOLD = re.compile(r"\*\*([^*\n]+)\*\*")
_FENCE = re.compile(r"```(\w*)\n(.*?)```", re.DOTALL)


def press(tool: str, words: str, label: str, *, prefix: str, off: bool = False, **values: object) -> Markup:
    """A tool behind one press; what is wrong shows under it."""
    hidden = {name: str(value) for name, value in values.items()}
    return tag(
        "form",
        *(tag("input", type="hidden", name=name, value=value) for name, value in hidden.items()),
        tag("button", words, type="submit", aria_label=label, title=label, data_stuck=off or None, disabled=off),
        tag("p", class_="error", role="alert", data_error=True),
        data_form="act",
        data_tool=tool,
        data_prefix=f"{prefix}-{'-'.join(hidden.values())}",
    )


def prose(value: str) -> Markup:
    """Text of the assistant: paragraphs, lists, **bold**, `code` and fenced code; no links, no images, no HTML.

    It is in the language of its request already.
    """
    parts: list[Markup] = []
    at = 0
    for fence in _FENCE.finditer(value):
        parts += [*_paragraphs(value[at : fence.start()]), code(fence[2].rstrip())]
        at = fence.end()
    return join([*parts, *_paragraphs(value[at:])])


def _paragraphs(value: str) -> list[Markup]:
    out = []
    for block in re.split(r"\n\s*\n", value.strip()):
        lines = [line.strip() for line in block.splitlines() if line.strip()]
        if lines and all(line.startswith(("- ", "* ")) for line in lines):
            out.append(tag("ul", *(tag("li", inline(line[2:])) for line in lines), translate="no"))
        elif lines:
            out.append(tag("p", Markup("<br>".join(inline(line) for line in lines)), translate="no"))
    return out


def inline(value: str) -> Markup:
    parts: list[Markup] = []
    for i, piece in enumerate(_CODE.split(value)):
        if i % 2:
            parts.append(tag("code", piece))
        else:
            parts += [tag("strong", bit) if j % 2 else text(bit) for j, bit in enumerate(_BOLD.split(piece))]
    return join(parts)


def code(value: str, *, caption: str = "Code") -> Markup:
    """SQL or a script, wrapped rather than cut."""
    return tag("pre", tag("code", value), tabindex=0, aria_label=caption, role="region")
