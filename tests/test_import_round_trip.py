"""Any table of texts, written as CSV in any dialect and encoding, comes back the same: no cell is lost or changed."""

import csv
import io
import tempfile
from pathlib import Path

from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from tools.sources.read import open_file
from tools.sources.told import Told

LETTERS = "abcXYZ019 .,;|\t'\"-/:éß한글漢字\n"
ENCODINGS = ("utf-8", "utf-8-sig", "utf-16")
CELL = st.text(LETTERS, max_size=12).map(lambda cell: cell.strip())
NAMES = ("id", "first name", "city, state", 'the "note"', "이름", "größe")


@st.composite
def tables(draw: st.DrawFn) -> list[list[str]]:
    """A header of words and rows of any texts, no row without any value."""
    width = draw(st.integers(2, len(NAMES)))
    filled = st.lists(CELL, min_size=width, max_size=width).filter(any)
    return [list(NAMES[:width]), *draw(st.lists(filled, min_size=1, max_size=12))]


def as_text(rows: list[list[str]], delimiter: str, quoting: int, line_end: str) -> str:
    out = io.StringIO()
    csv.writer(out, delimiter=delimiter, quoting=quoting, lineterminator=line_end).writerows(rows)
    return out.getvalue()


def read(content: bytes, told: Told) -> list[list[str]]:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "data.csv"
        path.write_bytes(content)
        with open_file(path, told) as opened:
            table = opened.batches.read_all()
            assert opened.source["rejected"] == 0
        rows = zip(*(column.to_pylist() for column in table.columns), strict=True)
        return [table.column_names, *([cell or "" for cell in row] for row in rows)]


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    tables(),
    st.sampled_from([",", ";", "\t", "|"]),
    st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]),
    st.sampled_from(["\n", "\r\n"]),
    st.sampled_from(ENCODINGS),
)
def test_a_table_comes_back_as_it_was_written_where_its_form_is_told(
    rows: list[list[str]], delimiter: str, quoting: int, line_end: str, encoding: str
) -> None:
    content = as_text(rows, delimiter, quoting, line_end).encode(encoding)
    told = Told(
        delimiter=delimiter, quote='"', encoding=encoding, header_rows=1, skip_rows=0, skip_end=0, all_text=True
    )
    assert read(content, told) == rows


WORDS = st.sampled_from(
    ["", "Seoul", "New York", "a, b", "x; y", 'say "hi"', "two\nlines", "O'Neill", "한국어", "Ünal", "n/a", "-"]
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.lists(
        st.tuples(st.integers(0, 9999).map(str), WORDS, WORDS, st.floats(0, 999).map("{:.2f}".format)),
        min_size=4,
        max_size=40,
    ),
    st.sampled_from([",", ";", "\t", "|"]),
    st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]),
    st.sampled_from(["\n", "\r\n"]),
    st.sampled_from([*ENCODINGS, "cp949"]),
    st.sampled_from([(), (["Report of the office"], [])]),
)
def test_a_usual_table_comes_back_with_nothing_told(
    body: list[tuple[str, ...]],
    delimiter: str,
    quoting: int,
    line_end: str,
    encoding: str,
    above: tuple[list[str], ...],
) -> None:
    rows = [["id", "city", "remark", "sum"], *map(list, body)]
    text = as_text([*above, *rows], delimiter, quoting, line_end)
    assume(encoding != "cp949" or ("한국어" in text and "Ü" not in text))
    assert read(text.encode(encoding), Told(all_text=True)) == rows
