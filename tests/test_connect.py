"""Files in and out: what is read, what is said about it, what is refused and in which words."""

import datetime
import gzip
import io
import json
import zipfile
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import xlsxwriter

from tools.connect import export_data, load, load_file
from tools.sources.assumptions import describe_load
from tools.sources.read import open_file
from tools.tool import Job, ToolError
from tools.workspace import Workspace


@pytest.fixture
def workspace(tmp_path):
    with Workspace(tmp_path / "project") as opened:
        yield opened


def read(path: Path):
    """Names, rows and assumptions of a file."""
    with open_file(path) as opened:
        table = opened.batches.read_all()
        return table.column_names, [tuple(row.values()) for row in table.to_pylist()], opened.source["assumed"]


def write(tmp_path: Path, content: str | bytes, name: str = "data.csv") -> Path:
    path = tmp_path / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


@pytest.mark.parametrize(
    ("content", "names", "rows"),
    [
        ("a,b\n1,x\n2,y\n", ["a", "b"], [(1, "x"), (2, "y")]),
        ("a;b\n1,5;x\n2,25;y\n", ["a", "b"], [(1.5, "x"), (2.25, "y")]),
        ("a\tb\r\n1\tx\r\n2\ty\r\n", ["a", "b"], [(1, "x"), (2, "y")]),
        ("a|b|c\n1|x|2.5\n", ["a", "b", "c"], [(1, "x", 2.5)]),
        (
            'id,note\n1,"two\nlines, one cell"\n2,"say ""hi"""\n',
            ["id", "note"],
            [(1, "two\nlines, one cell"), (2, 'say "hi"')],
        ),
        ('id,note\n1,"say \\"hi\\""\n2,plain\n', ["id", "note"], [(1, 'say "hi"'), (2, "plain")]),
        ('id, note\n1, "a, b"\n2, c\n', ["id", "note"], [(1, "a, b"), (2, "c")]),
        (
            "5.1,3.5,setosa\n4.9,3.0,setosa\n",
            ["column_1", "column_2", "column_3"],
            [(5.1, 3.5, "setosa"), (4.9, 3.0, "setosa")],
        ),
        ("# made by a machine\n# second line\nt,v\n1,2\n3,4\n", ["t", "v"], [(1, 2), (3, 4)]),
        ("# time, energy\n1, 2.5\n3, 4.5\n", ["time", "energy"], [(1, 2.5), (3, 4.5)]),
        ("# note\nid,tag\n1,a\n#2,b\n", ["id", "tag"], [("1", "a"), ("#2", "b")]),
        ("Sales report\n\nday,shop,sum\n1,A,10\n2,B,20\n", ["day", "shop", "sum"], [(1, "A", 10), (2, "B", 20)]),
        ("name\nAnn\nBob\n", ["name"], [("Ann",), ("Bob",)]),
        ("country,2019,2020\nFR,1,2\nDE,3,4\n", ["country", "2019", "2020"], [("FR", 1, 2), ("DE", 3, 4)]),
        (
            "10 1.5 3\n20 2.5 4\n30 3.5 5\n",
            ["column_1", "column_2", "column_3"],
            [(10, 1.5, 3), (20, 2.5, 4), (30, 3.5, 5)],
        ),
    ],
)
def test_delimited_text_is_read_as_the_table_it_holds(tmp_path, content, names, rows):
    assert read(write(tmp_path, content))[:2] == (names, rows)


@pytest.mark.parametrize(
    ("encoding", "words", "said"),
    [
        ("utf-8-sig", "서울", "UTF-8"),
        ("utf-16", "서울", "UTF-16"),
        ("cp949", "서울특별시 강남구에 사는 고객", "Korean (CP949)"),
        ("cp949", "2024년 1월", "Korean (CP949)"),
        ("big5", "這是中文的測試資料,台北市的客戶", "Chinese (Big5)"),
        ("euc_jp", "これはテストのデータです。東京都", "Japanese (EUC-JP)"),
        ("cp932", "これはテストのデータです。東京都", "Japanese (Shift-JIS)"),
        ("cp1251", "Привет, Москва", "Cyrillic (Windows-1251)"),
        ("cp1252", "Café Müller – Straße", "Western (Windows-1252)"),
        ("gb18030", "这是中文的测试数据,来自北京市的客户", "Chinese (GB18030)"),
    ],
)
def test_the_encoding_is_found_and_decoded_strictly(tmp_path, encoding, words, said):
    content = f'id;city\n1;"{words}"\n2;x\n'.encode(encoding)
    names, rows, assumed = read(write(tmp_path, content))
    assert (names, rows, assumed["encoding"]) == (["id", "city"], [(1, words), (2, "x")], said)


@pytest.mark.parametrize(
    ("cells", "values"),
    [
        (["1", "2", ""], [1, 2, None]),
        (["1", "2.5"], [1.0, 2.5]),
        (["007", "012"], ["007", "012"]),
        (["1", "NaN"], [1.0, None]),
        (["12345678901234567890", "2"], ["12345678901234567890", "2"]),
        (["true", "False"], [True, False]),
        (["2024-01-31", "2024-02-01"], [datetime.date(2024, 1, 31), datetime.date(2024, 2, 1)]),
        (["2024-01-31", "2024-02-01 10:30"], [datetime.datetime(2024, 1, 31), datetime.datetime(2024, 2, 1, 10, 30)]),
        (["2024-01-31T10:00:00+02:00"], [datetime.datetime(2024, 1, 31, 8)]),
        (["31/01/2024", "01/02/2024"], [datetime.date(2024, 1, 31), datetime.date(2024, 2, 1)]),
        (["01/31/2024", "02/01/2024"], [datetime.date(2024, 1, 31), datetime.date(2024, 2, 1)]),
        (["31.01.2024", "01.02.2024"], [datetime.date(2024, 1, 31), datetime.date(2024, 2, 1)]),
        (["01/02/2024", "03/04/2024"], ["01/02/2024", "03/04/2024"]),
        (["5-Mar-2024"], [datetime.date(2024, 3, 5)]),
        (["yes", "no"], ["yes", "no"]),
        (["$5", "$6"], ["$5", "$6"]),
    ],
)
def test_a_column_gets_a_type_only_where_every_cell_fits_it(tmp_path, cells, values):
    content = "key;value\n" + "".join(f"k{place};{cell}\n" for place, cell in enumerate(cells))
    assert [row[1] for row in read(write(tmp_path, content))[1]] == values


def test_a_late_word_makes_the_column_text_and_loses_no_row(tmp_path, workspace):
    content = "id,price\n" + "".join(f"{row},{row}.5\n" for row in range(5000)) + "5000,unknown\n"
    version = load(workspace, write(tmp_path, content, "sales.csv"))
    assert (version.row_count, version.schema_) == (5001, [("id", "BIGINT"), ("price", "VARCHAR")])
    assert describe_load(version) == (
        "sales: 5,001 rows and 2 columns from sales.csv (comma, UTF-8)."
        " Kept as text: price (1 of 5,001 values is not a number, such as 'unknown')."
    )


def test_a_late_decimal_makes_whole_numbers_decimal(tmp_path):
    content = "id,price\n" + "".join(f"{row},{row}\n" for row in range(5000)) + "5000,0.5\n"
    rows = read(write(tmp_path, content))[1]
    assert (rows[7], rows[-1]) == ((7, 7.0), (5000, 0.5))


def test_ragged_rows_are_padded_and_counted(tmp_path, workspace):
    path = write(tmp_path, "a,b,c\n1,2,3\n4,5\n6,7,8,9\n10,11,12\n")
    version = load(workspace, path)
    assert workspace.page(version.ref).rows == [[1, 2, 3, None], [4, 5, None, None], [6, 7, 8, 9], [10, 11, 12, None]]
    assert version.step.source["assumed"]["ragged_rows"] == 2
    assert (
        "2 rows had more or fewer cells than the header; missing cells are empty, none was dropped."
        in describe_load(version)
    )


def test_repeated_and_empty_names_are_numbered_and_said(tmp_path):
    names, _, assumed = read(write(tmp_path, " a ,A,,b\n1,2,x,4\n"))
    assert names == ["a", "A_2", "column_3", "b"]
    assert assumed["renamed"] == {"A (column 2)": "A_2", "column 3": "column_3"}


def test_rows_without_any_value_are_left_out_and_counted(tmp_path):
    _, rows, assumed = read(write(tmp_path, "a,b\n1,x\n,\n2,y\n,\n"))
    assert (rows, assumed["empty_rows"]) == ([(1, "x"), (2, "y")], 2)


@pytest.mark.parametrize("chunk", [1 << 24, 3])
@pytest.mark.parametrize(
    ("content", "blank"),
    [
        ("a,b\n1,x\n\n2,y\n\n\n3,z\n", 3),
        ("a,b\n\n1,x\n2,y\n\n3,z", 2),
        ("a,b\r\n1,x\r\n\r\n2,y\r\n3,z\r\n\r\n", 1),
        ('a,b\n1,"x"\n\n2,y\n3,z\n', 1),
        ("a,b\n1,x\n   \n2,y\n\n3,z\n", 2),
        ("a,b\n1,x\n2,y\n3,z\n\n\n", 0),
        ('a,b\n1,x\n2,y\n3,"z\n\n"\n', 0),
    ],
)
def test_blank_lines_between_rows_are_counted_and_those_at_the_end_are_not(
    tmp_path, monkeypatch, content, blank, chunk
):
    monkeypatch.setattr("tools.sources.counting.CHUNK", chunk)
    _, rows, assumed = read(write(tmp_path, content))
    assert ([(number, text.strip()) for number, text in rows], assumed.get("blank_lines", 0)) == (
        [(1, "x"), (2, "y"), (3, "z")],
        blank,
    )


def test_blank_lines_and_empty_rows_of_a_sheet_are_said(tmp_path, workspace):
    version = load(workspace, write(tmp_path, "a,b\n1,x\n\n2,y\n"))
    assert "1 blank line between the rows was left out." in describe_load(version)
    sheet = [["a", "b"], [1, "x"], [None, None], [2, "y"]]
    assert "1 row without any value was left out." in describe_load(
        load(workspace, make_workbook(tmp_path / "book.xlsx", {"s": sheet}))
    )


def test_a_delimiter_at_the_end_of_every_line_is_no_column(tmp_path):
    names, rows, assumed = read(write(tmp_path, "a,b,\n1,x,\n2,y,\n"))
    assert (names, rows, assumed["empty_columns"]) == (["a", "b"], [(1, "x"), (2, "y")], 1)
    assert "renamed" not in assumed


def test_gzip_is_read_and_the_name_comes_from_the_inner_file(tmp_path, workspace):
    version = load(workspace, write(tmp_path, gzip.compress(b"a,b\n1,2\n"), "My Orders.csv.gz"))
    assert (version.ref, workspace.page(version.ref).rows) == ("my_orders@1", [[1, 2]])


@pytest.mark.parametrize(
    ("content", "names", "rows"),
    [
        ('[{"a": 1, "b": "x"}, {"a": 2}]', ["a", "b"], [(1, "x"), (2, None)]),
        ('{"a": 1}\n{"a": 2.5}\n', ["a"], [(1.0,), (2.5,)]),
        ('{"a": 1}\n{"a": "x"}\n', ["a"], [("1",), ("x",)]),
        ('{"count": 2, "data": [{"a": 1}, {"a": 2}]}', ["a"], [(1,), (2,)]),
        ('{"a": {"0": 1, "1": 2}, "b": {"0": "x", "1": "y"}}', ["a", "b"], [(1, "x"), (2, "y")]),
        ('[{"a": 1, "at": {"x": 1, "y": 2}}]', ["a", "at"], [(1, {"x": 1, "y": 2})]),
    ],
)
def test_json_is_read_in_the_shapes_people_write(tmp_path, content, names, rows):
    assert read(write(tmp_path, content, "data.json"))[:2] == (names, rows)


def test_parquet_keeps_its_types_and_zones_become_utc(tmp_path):
    noon = datetime.datetime(2024, 1, 1, 12, tzinfo=datetime.UTC)
    table = pa.table({"n": [1, None], "at": pa.array([noon, None], pa.timestamp("us", "UTC"))})
    pq.write_table(table, tmp_path / "data.parquet")
    assert read(tmp_path / "data.parquet")[:2] == (["n", "at"], [(1, noon.replace(tzinfo=None)), (None, None)])


def make_workbook(path: Path, sheets: dict[str, list[list[object]]]) -> Path:
    with xlsxwriter.Workbook(str(path), {"default_date_format": "yyyy-mm-dd"}) as book:
        for name, rows in sheets.items():
            sheet = book.add_worksheet(name)
            for place, row in enumerate(rows):
                sheet.write_row(place, 0, row)
    return path


def test_a_sheet_of_notes_gives_way_to_one_with_a_table(tmp_path, workspace):
    sheets = {
        "About": [["Monthly sales"], ["made by hand"]],
        "Sales": [["n", "x"], [1, 2.5], [2, 3.5]],
        "Old": [["n", "x"]],
    }
    version = load(workspace, make_workbook(tmp_path / "book.xlsx", sheets))
    assert version.names == ["n", "x"]
    assumed = version.step.source["assumed"]
    assert (assumed["sheet"], assumed["other_sheets"]) == ("Sales", ["About", "Old"])


def test_the_first_sheet_with_data_is_read_and_the_others_are_named(tmp_path, workspace):
    day = datetime.date(2024, 1, 31)
    sheets = {
        "empty": [],
        "sales": [["Report 2024"], [], ["id", "day", "sum", "id"], [1, day, 2.5, "x"], [2, day, 3, None]],
        "notes": [["see sales"]],
    }
    version = load(workspace, make_workbook(tmp_path / "book.xlsx", sheets))
    assert version.schema_ == [("id", "BIGINT"), ("day", "DATE"), ("sum", "DOUBLE"), ("id_2", "VARCHAR")]
    assert workspace.page(version.ref).rows == [[1, "2024-01-31", 2.5, "x"], [2, "2024-01-31", 3.0, None]]
    assert describe_load(version) == (
        "book: 2 rows and 4 columns from book.xlsx (sheet 'sales'). Other sheets were not read: notes."
        " 2 rows of notes above the table were skipped. Renamed: id (column 4) to id_2."
    )


def _zip(names: list[str]) -> bytes:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as archive:
        for name in names:
            archive.writestr(name, "a,b\n1,2\n")
    return held.getvalue()


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("none.csv", b"", "none.csv can't be loaded: it is empty."),
        ("blank.csv", b" \n\n", "blank.csv can't be loaded: it is empty."),
        ("logo.csv", b"\x89PNG\r\n\x1a\n\x00\x00", "logo.csv can't be loaded: it is a picture (PNG). Readable are CSV and other delimited text, Excel, JSON and Parquet."),
        ("junk.csv", bytes(range(256)) * 20, "junk.csv can't be loaded: it holds binary data, not a table. Export it as CSV, Excel, JSON or Parquet."),
        ("many.zip", _zip(["a.csv", "b/c.csv"]), "many.zip can't be loaded: the archive holds several tables. Give one of them as sheet: a.csv and b/c.csv."),
        ("none.zip", _zip(["a.exe"]), "none.zip can't be loaded: the archive holds no table. Readable are CSV and other delimited text, Excel, JSON and Parquet."),
        ("broken.json", b'{"a": 1}\n{"a": }\n{"a": }\n', "broken.json can't be loaded: line 2: "),
        ("cut.parquet", b"PAR1\x00\x00\x00\x00abcPAR1"[:-2], "cut.parquet can't be loaded: it is no complete Parquet file ("),
        ("cut.csv.gz", gzip.compress(b"a,b\n" + b"1,2\n" * 5000, mtime=0)[:40], "cut.csv.gz can't be loaded: its compression is broken or cut short. Copy or download it again."),
        ("book.xlsx", b"a,b\n1,2\n", "book.xlsx can't be loaded: its name says Excel, but its content is none. Readable are CSV and other delimited text, Excel, JSON and Parquet."),
        ("nothing.json", b"{}", "nothing.json can't be loaded: it holds no records."),
        ("records.json", b"[]", "records.json can't be loaded: it holds no records."),
        ("locked.xlsx", b"\xd0\xcf\x11\xe0" + b"\x00" * 512 + "EncryptedPackage".encode("utf-16-le"), "locked.xlsx can't be loaded: it is locked with a password. Save it without one and load it again."),
    ],
)  # fmt: skip
def test_a_file_that_cannot_be_read_is_refused_in_one_line_and_leaves_nothing(
    tmp_path, workspace, name, content, message
):
    with pytest.raises(ToolError) as caught:
        load(workspace, write(tmp_path, content, name))
    said = str(caught.value)
    assert said.startswith(message)
    assert "\n" not in said
    assert str(tmp_path) not in said
    assert workspace.datasets() == []


def test_a_missing_file_names_the_nearest_ones_beside_it(tmp_path, workspace):
    write(tmp_path, "a\n1\n", "churn.csv")
    with pytest.raises(ToolError, match=r"^No file 'chrun.csv'. Nearest: churn.csv. Files: churn.csv.$"):
        load(workspace, tmp_path / "chrun.csv")
    with pytest.raises(ToolError, match=r"it is a folder\. It holds churn\.csv"):
        load(workspace, tmp_path)


def test_the_same_content_is_not_loaded_twice_and_other_content_gets_a_free_name(tmp_path, workspace):
    path = write(workspace.files, "a,b\n1,2\n", "orders.csv")
    job = Job(workspace, run="r1")
    assert load_file(job, "orders.csv").text == "orders: 1 row and 2 columns from orders.csv (comma, UTF-8)."
    again = load_file(job, "orders.csv")
    assert again.text == "orders is loaded already from the same content (orders.csv): 1 row and 2 columns."
    path.write_text("a,b\n3,4\n5,6\n")
    assert load_file(job, "orders.csv").dataset == "orders_2@1"
    assert [version.dataset for version in workspace.datasets()] == ["orders_2", "orders"]


def test_a_removed_dataset_comes_back_or_makes_way(tmp_path, workspace):
    path = write(tmp_path, "a,b\n1,2\n", "orders.csv")
    load(workspace, path)
    workspace.remove_dataset("orders")
    assert load(workspace, path).ref == "orders@1"
    workspace.remove_dataset("orders")
    path.write_text("a,b\n3,4\n")
    assert load(workspace, path).ref == "orders_2@1"


@pytest.mark.parametrize("format", ["csv", "parquet", "xlsx", "json"])
def test_an_exported_file_reads_back_as_the_same_rows_and_overwrites_nothing(tmp_path, workspace, format):
    content = 'id,name,day,sum\n1,"=1+1",2024-01-31,2.5\n2,"a ""b"", c",2024-02-01,\n'
    load(workspace, write(tmp_path, content, "orders.csv"))
    first = export_data(Job(workspace), "orders", format)
    second = export_data(Job(workspace), "orders", format)
    assert first.text == f"orders (2 rows, 4 columns) is in orders.{format}."
    assert [second.artefacts[0].name, second.artefacts[0].kind] == [f"orders_2.{format}", "file"]
    names, rows, _ = read(Path(first.artefacts[0].path))
    assert names == ["id", "name", "day", "sum"]
    assert [(*row[:2], str(row[2])[:10], row[3]) for row in rows] == [
        (1, "=1+1", "2024-01-31", 2.5),
        (2, 'a "b", c', "2024-02-01", None),
    ]
    assert sorted(path.name for path in workspace.files.iterdir()) == [f"orders.{format}", f"orders_2.{format}"]


def test_the_source_of_a_version_is_plain_json_without_folders(tmp_path, workspace):
    version = load(workspace, write(tmp_path, "a,b\n1,2\n"))
    assert json.loads(version.model_dump_json())["step"]["source"]["path"] == "data.csv"
    assert str(tmp_path) not in version.model_dump_json()


@pytest.mark.parametrize(
    "content",
    [
        'a,"b\nc",d\r\n1,2,3\r\n4,"5\n6",7\r\n',
        'a,"b\nc",d\n1,2,3\n4,"5\n6",7\n',
        'a,"b\nc",d\r\n1,2,3\n4,"5\n6",7\r\n',
        'a,"b\nc",d\r1,2,3\r4,"5\n6",7\r',
        '\n\na,"b\nc",d\n\n1,2,3\n\n4,"5\n6",7\n\n',
    ],
)
def test_no_kind_of_line_end_inside_or_between_rows_loses_one(tmp_path, content):
    assert read(write(tmp_path, content))[:2] == (["a", "b c", "d"], [(1, "2", 3), (4, "5\n6", 7)])


def test_a_change_of_line_end_far_below_the_sample_loses_no_row(tmp_path):
    content = "id,n\n" + "".join(f"{row},{row}\n" for row in range(50_000)) + "50000,7\r\n50001,8\r\n"
    rows = read(write(tmp_path, content))[1]
    assert (len(rows), rows[-2:]) == (50_002, [(50_000, 7), (50_001, 8)])


@pytest.mark.parametrize(
    "content",
    ["[" * 200_000 + "]" * 200_000, '{"a":' * 600 + "1" + "}" * 600, '{"x":1}\n{"x":' + "[" * 9000 + "]" * 9000 + "}"],
)
def test_json_nested_without_end_is_refused(tmp_path, content):
    with pytest.raises(ToolError) as refused:
        read(write(tmp_path, content, "deep.json"))
    assert str(refused.value) == "deep.json can't be loaded: its values are nested more than 500 levels deep."


def test_brackets_and_quotation_marks_inside_json_texts_are_no_levels(tmp_path):
    text = "[" * 600 + '"\\' + "{" * 600
    assert read(write(tmp_path, json.dumps([{"a": text, "b": "\\"}, {"a": text, "b": "c"}]), "flat.json"))[1] == [
        (text, "\\"),
        (text, "c"),
    ]


def test_a_column_name_loses_its_nul_characters(tmp_path):
    assert read(write(tmp_path, "a\0b,c\n1,2\n"))[0] == ["ab", "c"]
