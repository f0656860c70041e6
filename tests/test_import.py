"""Finding the table in a file as it comes, correcting what was found, and keeping aside what is no part of it."""

import csv
import gzip
import io
import json
import zipfile
from datetime import date, datetime
from pathlib import Path

import pytest
import xlsxwriter

from tools.connect import load_file
from tools.sources.place import find_place, foot
from tools.sources.read import open_file
from tools.sources.told import Told
from tools.tool import Job, ToolError
from tools.workspace import Workspace


@pytest.fixture
def workspace(tmp_path):
    with Workspace(tmp_path / "project") as opened:
        yield opened


def table(path: Path, told: Told = Told()):  # noqa: B008  (frozen)
    """Names and rows of a file."""
    with open_file(path, told) as opened:
        read = opened.batches.read_all()
        return read.column_names, [tuple(row.values()) for row in read.to_pylist()]


def rows(text: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(text)))


@pytest.mark.parametrize(
    ("text", "above", "names"),
    [
        ("a,b\n1,2\n3,4\n", 0, ("a", "b")),
        ("1,2\n3,4\n", 0, None),
        ("Report\n\n1,2\n3,4\n", 2, None),
        ("Sales of 2024,,\n,,\nday,shop,sum\n1,A,10\n2,B,20\n", 2, ("day", "shop", "sum")),
        ("Author,Kim\ncm,%T\n4000,98.7\n3999,98.8\n3998,98.9\n", 0, ("Author", "Kim")),
        ("Author,Kim,Seoul\ncm,%T\n4000,98.7\n3999,98.8\n3998,98.9\n", 1, ("cm", "%T")),
        ("north,,south,\nx,y,x,y\n1,2,3,4\n5,6,7,8\n", 0, ("north x", "north y", "south x", "south y")),
        (
            "day,town,travel,,,sum\n,,,,,\n,,air,rail,taxi,\n1.2.24,Ulm,,12,3,15\n2.2.24,Köln,,13,,13\n3.2.24,Bonn,7,,,7\n",
            0,
            ("day", "town", "travel air", "travel rail", "travel taxi", "sum"),
        ),
        (
            "unit,staff,,,\n,junior,,senior,\n,men,women,men,women\nA,1,2,3,4\nB,5,6,7,8\n",
            0,
            ("unit", "staff junior men", "staff junior women", "staff senior men", "staff senior women"),
        ),
        ("country,2019,2020\nFR,1,2\nDE,3,4\n", 0, ("country", "2019", "2020")),
        (",a,b\n0,1,2\n1,3,4\n", 0, ("", "a", "b")),
        ("id,age\na,unknown\nb,5\nc,6\nd,7\ne,8\n", 0, ("id", "age")),
        ("name,town\nAnn,Ulm\nBob,Bonn\n", 0, ("name", "town")),
        ("name\nAnn\nBob\n", 0, ("name",)),
        ("name,town\n", 0, ("name", "town")),
    ],
)
def test_the_place_of_the_table_among_its_rows(text, above, names):
    place = find_place(rows(text))
    assert (place.above, place.names) == (above, names)


@pytest.mark.parametrize(
    ("text", "size"),
    [
        ("1,2,3\n4,5,6\n", 0),
        ("1,2,3\n4,5,6\n,,\nSource: the office,,\n", 2),
        ("1,2,3\n4,5,6\nSource: the office,,\n", 1),
        ("1,2\n4,5\nend of report\n", 1),
        ("1,2,3\n4,5,6\nKim,,\n", 0),
        ("1,2,3\nLee,,\n4,5,6\nKim,,\n", 0),
        ("1,2,3\n4,5,6\nTotal,9,9\n", 0),
        ("a\nb\nc\n", 0),
    ],
)
def test_notes_below_the_table_are_told_from_its_rows(text, size):
    assert foot(rows(text), 3 if ",," in text or text.startswith("1,2,3") else 2 if "," in text else 1) == size


def test_notes_below_the_table_are_kept_aside_and_counted(workspace):
    (workspace.files / "sales.csv").write_text("day,shop,sum\n1,A,10\n2,B,20\n\nSource: the office\nAll in euro\n")
    done = load_file(Job(workspace), "sales.csv")
    assert done.text == (
        "sales: 2 rows and 3 columns from sales.csv (comma, UTF-8)."
        " 2 rows of notes below the table were kept aside in sales_aside.csv."
    )
    assert [one.name for one in done.artefacts] == ["sales@1", "sales_aside.csv"]
    assert (workspace.files / "sales_aside.csv").read_text() == (
        "line,why,text\n,note below the table,Source: the office\n,note below the table,All in euro\n"
    )


def test_a_quotation_mark_that_nothing_closes_is_a_letter_or_its_row_is_kept_aside(workspace):
    (workspace.files / "a.csv").write_text('a,b\n1,"x\n2,y\n"4\n3,z\n')
    done = load_file(Job(workspace), "a.csv")
    assert done.table.rows == [[1, '"x'], [2, "y"], [3, "z"]]
    assert done.text == (
        "a: 3 rows and 2 columns from a.csv (comma, UTF-8). In 1 row a quotation mark that nothing closes was read as a"
        " letter. 1 row that could not be read was kept aside in a_aside.csv."
    )
    assert (workspace.files / "a_aside.csv").read_text() == (
        'line,why,text\n4,a quotation mark opens there and is never closed,"""4"\n'
    )


def test_a_stray_quotation_mark_swallows_no_rows(tmp_path):
    content = "id,size,note\n" + "".join(f'{n},"{n} inch,x\n' if n % 50 == 7 else f"{n},{n},y\n" for n in range(200))
    path = tmp_path / "a.csv"
    path.write_text(content)
    found = table(path)[1]
    assert (len(found), found[7], found[8], found[57]) == (
        200,
        (7, '"7 inch', "x"),
        (8, "8", "y"),
        (57, '"57 inch', "x"),
    )


def test_lines_of_another_encoding_are_read_as_that_and_counted(workspace):
    lines = [b"id,city", *(f"{n},Köln und Ülm".encode() for n in range(20)), "20,Zürich".encode("cp1252")]
    (workspace.files / "a.csv").write_bytes(b"\n".join(lines) + b"\n")
    done = load_file(Job(workspace), "a.csv")
    assert workspace.page("a", limit=50).rows[-1] == [20, "Zürich"]
    assert "1 line was in another encoding than the rest, and read as that." in done.text


def test_lines_that_fit_no_encoding_are_kept_aside(workspace):
    good = "".join(f"{n},서울특별시 강남구에 사는 고객\n" for n in range(9000)).encode("cp949")
    (workspace.files / "a.csv").write_bytes(b"id,city\n" + good + b"9000,\x81\xff\n9001,x\n")
    done = load_file(Job(workspace), "a.csv")
    assert (done.rows, done.text) == (
        (0, 9001),
        "a: 9,001 rows and 2 columns from a.csv (comma, Korean (CP949))."
        " 1 row that could not be read was kept aside in a_aside.csv.",
    )


def test_control_characters_become_the_windows_characters_they_stand_for(tmp_path):
    path = tmp_path / "a.csv"
    path.write_bytes("id,note\n1,\x91quoted\x92 \x96 x\n".encode())
    assert table(path)[1] == [(1, "‘quoted’ – x")]


def test_a_table_of_names_only_is_loaded_without_rows(workspace):
    (workspace.files / "a.csv").write_text("a,b\n")
    done = load_file(Job(workspace), "a.csv")
    assert (done.rows, done.columns) == ((0, 0), (0, 2))
    assert done.text == "a: 0 rows and 2 columns from a.csv (comma, UTF-8). It holds no rows, only column names."


@pytest.mark.parametrize(
    ("content", "arguments", "names", "found"),
    [
        ("a;b,c\n1;2,3\n", {"delimiter": "semicolon"}, ["a", "b,c"], [[1, 2.3]]),
        ("a;b,c\n1;2,3\n", {"delimiter": ","}, ["a;b", "c"], [["1;2", 3]]),
        ("a\tb\n1\t2\n", {"delimiter": "tab"}, ["a", "b"], [[1, 2]]),
        ("a,b\n1,2\n", {"header_rows": 0}, ["column_1", "column_2"], [["a", "b"], ["1", "2"]]),
        ("1,2\n3,4\n", {"header_rows": 1}, ["1", "2"], [[3, 4]]),
        ("a,b\nc,d\n1,2\n", {"header_rows": 2}, ["a c", "b d"], [[1, 2]]),
        ("x,y\nz,w\na,b\n1,2\n", {"skip_rows": 2}, ["a", "b"], [[1, 2]]),
        ("x,y\nz,w\na,b\n1,2\n", {"skip_rows": 3, "header_rows": 0}, ["column_1", "column_2"], [[1, 2]]),
        ("a,b\n1,2\n3,4\nend,5\n", {"skip_end": 1}, ["a", "b"], [[1, 2], [3, 4]]),
        ("a,b\n1,2\nend of report\n", {"skip_end": 0}, ["a", "b"], [["1", 2], ["end of report", None]]),
        ("a,b\n'x,2',3\n", {"quote": "'"}, ["a", "b"], [["x,2", 3]]),
        ('a,b\n"1",2\n', {"quote": "none"}, ["a", "b"], [['"1"', 2]]),
        ("a,b\n007,2024-01-31\n", {"all_text": True}, ["a", "b"], [["007", "2024-01-31"]]),
    ],
)
def test_what_was_found_can_be_corrected(workspace, content, arguments, names, found):
    (workspace.files / "a.csv").write_text(content)
    done = load_file(Job(workspace), "a.csv", **arguments)
    assert (done.table.columns, done.table.rows) == (names, found)


def test_a_correction_is_the_next_version_of_the_same_dataset(workspace):
    (workspace.files / "a.csv").write_text("x,y\n1,2\n")
    job = Job(workspace)
    assert load_file(job, "a.csv").dataset == "a@1"
    assert load_file(job, "a.csv", header_rows=0).dataset == "a@2"
    assert load_file(job, "a.csv", header_rows=0).text.startswith("a is loaded already from the same content")
    assert load_file(job, "a.csv").dataset == "a@2"
    assert load_file(job, "a.csv", all_text=True).dataset == "a@3"
    assert load_file(job, "a.csv", header_rows=0).dataset == "a@2"
    assert [version.ref for version in workspace.datasets()] == ["a@2"]
    assert workspace.version("a@2").step.arguments == {"path": "a.csv", "name": "a", "header_rows": 0}


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"delimiter": "::"}, "delimiter is one character, not '::'."),
        ({"skip_rows": -1}, "skip_rows is 0 or more, not -1."),
        ({"encoding": "klingon"}, "No encoding 'klingon'. Known are utf-8, utf-16, cp949, shift_jis, euc_jp, gb18030, big5, cp1252, latin-1."),
    ],
)  # fmt: skip
def test_a_correction_that_cannot_be_is_refused(workspace, arguments, message):
    (workspace.files / "a.csv").write_text("x,y\n1,2\n")
    with pytest.raises(ToolError) as refused:
        load_file(Job(workspace), "a.csv", **arguments)
    assert str(refused.value) == message


def test_a_told_encoding_is_taken_as_it_is(workspace):
    (workspace.files / "a.csv").write_bytes("id,city\n1,부산\n".encode("cp949"))
    done = load_file(Job(workspace), "a.csv", encoding="cp949")
    assert (done.table.rows, done.text) == ([[1, "부산"]], "a: 1 row and 2 columns from a.csv (comma, Korean (CP949)).")


def make_workbook(path: Path, sheets: dict[str, list[list[object]]]) -> Path:
    with xlsxwriter.Workbook(str(path)) as book:
        for name, cells in sheets.items():
            sheet = book.add_worksheet(name)
            for place, row in enumerate(cells):
                sheet.write_row(place, 0, row)
    return path


def test_a_sheet_is_chosen_by_its_name_and_its_names_may_have_several_rows(workspace):
    sheets = {
        "first": [["a"], [1]],
        "second": [
            ["north", None, "south", None],
            ["x", "y", "x", "y"],
            [1, 2, 3, 4],
            [5, 6, 7, 8],
            [],
            ["Source: us"],
        ],
    }
    make_workbook(workspace.files / "book.xlsx", sheets)
    done = load_file(Job(workspace), "book.xlsx", sheet="Second")
    assert (done.table.columns, done.table.rows) == (
        ["north x", "north y", "south x", "south y"],
        [[1, 2, 3, 4], [5, 6, 7, 8]],
    )
    assert done.text == (
        "book: 2 rows and 4 columns from book.xlsx (sheet 'second', 2 rows of names). Other sheets were not read: first."
        " 1 row of notes below the table was kept aside in book_aside.csv."
    )
    with pytest.raises(ToolError, match=r"^No sheet 'third'. Sheets: first, second.$"):
        load_file(Job(workspace), "book.xlsx", sheet="third")


def test_the_table_in_an_archive_is_read(workspace):
    with zipfile.ZipFile(workspace.files / "month.zip", "w") as archive:
        archive.writestr("__MACOSX/._a.csv", "junk")
        archive.writestr("in/a.csv", "a,b\n1,2\n")
        archive.writestr("in/readme.md", "read me")
        archive.writestr("b.json", json.dumps([{"c": 3}]))
    with pytest.raises(ToolError, match=r"several tables\. Give one of them as sheet: in/a\.csv and b\.json\.$"):
        load_file(Job(workspace), "month.zip")
    done = load_file(Job(workspace), "month.zip", sheet="a.csv")
    assert (done.dataset, done.table.rows) == ("month@1", [[1, 2]])
    assert done.text == (
        "month: 1 row and 2 columns from month.zip (comma, UTF-8). It was a.csv in the archive."
        " Other files in the archive were not read: b.json."
    )


def test_a_compressed_table_with_notes_is_found_as_well(tmp_path):
    path = tmp_path / "a.csv.gz"
    path.write_bytes(gzip.compress("Report\n\na;b\n1;2,5\n3;4,5\n".encode("utf-16")))
    assert table(path) == (["a", "b"], [(1, 2.5), (3, 4.5)])


@pytest.mark.parametrize(
    ("cells", "values"),
    [
        (["1,234,567", "12"], [1_234_567, 12]),
        (["1,234.50", "1,000.00"], [1234.5, 1000.0]),
        (["1,234", "5,678"], ["1,234", "5,678"]),
        (["1.234,5", "2,25"], [1234.5, 2.25]),
        (["1 234,50", "12"], [1234.5, 12.0]),
        (["1\u202f234", "12"], [1234.0, 12.0]),
        (["1'234.50", "12"], [1234.5, 12.0]),
        (["010 123 456", "555 123 456"], ["010 123 456", "555 123 456"]),
        (["1/31/2024 2:30 PM", "2/1/2024 11:00 am"], [datetime(2024, 1, 31, 14, 30), datetime(2024, 2, 1, 11)]),
        (["31/01/24", "01/02/24"], [date(2024, 1, 31), date(2024, 2, 1)]),
        (["31.01.24", "01.02.24"], [date(2024, 1, 31), date(2024, 2, 1)]),
        (["1.2.24", "2.10.11"], ["1.2.24", "2.10.11"]),
        (["31-Jan-24"], [date(2024, 1, 31)]),
        (["Wednesday, January 31, 2024"], [date(2024, 1, 31)]),
        (["2024년 1월 5일", "2024년 12월 31일"], [date(2024, 1, 5), date(2024, 12, 31)]),
        (["2024. 1. 5.", "2024. 12. 31."], [date(2024, 1, 5), date(2024, 12, 31)]),
        (["31-Jan-2024 10:30"], [datetime(2024, 1, 31, 10, 30)]),
    ],
)
def test_numbers_and_dates_are_read_in_the_writing_of_several_countries(tmp_path, cells, values):
    path = tmp_path / "a.csv"
    path.write_text("key;value\n" + "".join(f"k{place};{cell}\n" for place, cell in enumerate(cells)))
    assert [row[1] for row in table(path)[1]] == values


@pytest.mark.parametrize(
    ("cells", "told", "values"),
    [
        (["1,234", "5,678"], Told(decimal="."), [1234, 5678]),
        (["1,234", "5,678"], Told(decimal=","), [1.234, 5.678]),
        (["1.234", "5.678"], Told(decimal=","), [1234.0, 5678.0]),
        (["01/02/2024"], Told(day_first=True), [date(2024, 2, 1)]),
        (["01/02/2024"], Told(day_first=False), [date(2024, 1, 2)]),
    ],
)
def test_a_doubt_about_commas_and_dates_is_settled_by_the_person(tmp_path, cells, told, values):
    path = tmp_path / "a.csv"
    path.write_text("key;value\n" + "".join(f"k{place};{cell}\n" for place, cell in enumerate(cells)))
    assert [row[1] for row in table(path, told)[1]] == values


def test_commas_inside_quoted_numbers_of_a_comma_file_stand_between_thousands(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text('id,sum\na,"1,234"\nb,"12"\n')
    assert table(path)[1] == [("a", 1234), ("b", 12)]


def test_broken_lines_among_records_are_kept_aside(workspace):
    (workspace.files / "a.jsonl").write_text('{"a": 1}\n{"a": }\n{"a": 2}\n')
    done = load_file(Job(workspace), "a.jsonl")
    assert (done.table.rows, done.text) == (
        [[1], [2]],
        "a: 2 rows and 1 column from a.jsonl (UTF-8). 1 row that could not be read was kept aside in a_aside.csv.",
    )
    assert (workspace.files / "a_aside.csv").read_text() == (
        'line,why,text\n2,no JSON: Expecting value: line 1 column 7 (char 6),"{""a"": }"\n'
    )
