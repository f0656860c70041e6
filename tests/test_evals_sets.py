"""Adapters on small folders in the form of each set; counts and the golds themselves where the real sets lie here."""

import json
from pathlib import Path
from typing import Any

import pytest

from evals.case import Case, CaseError, ChangesNothing, Data, DatasetIs, Either, SaysMissing, TableIs, Turn, ValueIs
from evals.equality import difference
from evals.sets import HOME, adapters
from evals.sets.dseval import dseval, left_out, run_gold
from evals.sets.duckdb_nsql import duckdb_nsql
from evals.sets.files import made, read_lines
from evals.sets.forms import as_date
from evals.sets.jigsaw import jigsaw
from evals.sets.jigsaw import left_out as jigsaw_left_out
from evals.sets.order import opened
from evals.sets.spider import spider, spider_de
from evals.sets.sql_eval import sql_eval, unanswerable
from evals.sets.text2sql import text2sql
from evals.sets.wikitablequestions import normalised, wikitablequestions
from evals.table import table_of

here = pytest.mark.skipif(not HOME.is_dir(), reason="the published data sets are not beside the checkout")


def lines(path: Path, rows: list[dict[str, Any]]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")


def table(path: Path, text: str) -> Data:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return Data(path=str(path), name=path.stem)


def read_parquet(path: str) -> list[dict[str, Any]]:
    import pyarrow.parquet as pq

    rows: list[dict[str, Any]] = pq.ParquetFile(path).read().to_pylist()
    return rows


# --- gold queries over CSV -----------------------------------------------------------------------------------------


@pytest.fixture
def farm(tmp_path: Path) -> Path:
    """A folder in the form of Spider, with one database."""
    table(
        tmp_path / "csv" / "farm" / "cow.csv",
        'name,age,born\nAda,3,"May 1, 2020"\nBea,3,"June 2, 2020"\nCleo,5,"July 3, 2018"\n',
    )
    shared = {"db_id": "farm", "duckdb_same": "yes", "question_de": ""}
    rows = [
        {"id": "s-1", "question": "Oldest first?", "question_de": "Die ältesten zuerst?", "ordered": True}
        | {"gold_sql_sqlite": "SELECT name FROM cow ORDER BY age DESC", "gold_rows": [["Cleo"], ["Ada"], ["Bea"]]},
        {"id": "s-2", "question": "Names in order?", "ordered": True}
        | {"gold_sql_sqlite": "SELECT name FROM cow ORDER BY name", "gold_rows": [["Ada"], ["Bea"], ["Cleo"]]},
        {"id": "s-3", "question": "When was Ada born?", "ordered": False}
        | {"gold_sql_sqlite": "SELECT born FROM cow WHERE name = 'Ada'", "gold_rows": [["May 1, 2020"]]},
        {"id": "s-4", "question": "Differs.", "ordered": False, "duckdb_same": "differs"}
        | {"gold_sql_sqlite": "SELECT 1", "gold_rows": [[1]]},
    ]
    lines(tmp_path / "questions_with_gold.jsonl", [shared | row for row in rows])
    return tmp_path


def test_a_spider_question_becomes_a_case_on_all_tables_of_its_database(farm: Path) -> None:
    assert spider(farm)[1] == Case(
        id="s-2",
        data=[Data(path=str(farm / "csv" / "farm" / "cow.csv"), name="cow")],
        turns=[Turn(say="Names in order?", checks=[TableIs(accepted=[[["Ada"], ["Bea"], ["Cleo"]]], ordered=True)])],
        tags=["query", "ordered"],
        cluster="farm",
        gold="SELECT name FROM cow ORDER BY name",
    )


def test_rows_with_the_same_sort_key_may_come_in_any_order(farm: Path) -> None:
    assert spider(farm)[0].turns[0].checks == [TableIs(accepted=[[["Cleo"], ["Ada"], ["Bea"]]], ordered=False)]


def test_a_date_kept_as_text_is_accepted_as_a_date_too(farm: Path) -> None:
    assert spider(farm)[2].turns[0].checks == [TableIs(accepted=[[["May 1, 2020"]], [["2020-05-01"]]])]


def test_questions_whose_gold_differs_in_duckdb_are_left_out(farm: Path) -> None:
    assert [case.id for case in spider(farm)] == ["s-1", "s-2", "s-3"]


def test_only_translated_questions_are_asked_in_german(farm: Path) -> None:
    assert [(case.id, case.language, case.turns[0].say) for case in spider_de(farm)] == [
        ("s-1-de", "de", "Die ältesten zuerst?")
    ]


@pytest.mark.parametrize(
    ("sql", "one"),
    [
        ("SELECT name FROM cow", False),
        ("SELECT name FROM cow ORDER BY age", False),
        ("SELECT name FROM cow ORDER BY age, name", True),
        ("SELECT name, age AS years FROM cow ORDER BY 1", True),
        ("SELECT DISTINCT age FROM cow ORDER BY age", True),
        ("SELECT age, count(*) AS n FROM cow GROUP BY age ORDER BY n DESC", True),
        ("SELECT name FROM cow ORDER BY nonsense", False),
        ("SELECT name FROM cow ORDER", False),
    ],
)
def test_an_order_is_one_where_the_sort_keys_differ_from_row_to_row(farm: Path, sql: str, one: bool) -> None:
    with opened([Data(path=str(farm / "csv" / "farm" / "cow.csv"), name="cow")]) as tables:
        assert tables.one_order(sql) is one


def test_sql_eval_accepts_each_of_its_answers_and_reads_its_instructions(tmp_path: Path) -> None:
    data = table(tmp_path / "csv" / "shop" / "sale.csv", "item,price\npen,2\ncup,5\n")
    answers = [
        {"sql": "SELECT item FROM sale ORDER BY price DESC", "columns": ["item"], "rows": [["cup"], ["pen"]]},
        {"sql": "SELECT item, price FROM sale ORDER BY price DESC", "columns": ["item", "price"]}
        | {"rows": [["cup", 5], ["pen", 2]]},
    ]
    row = {"id": "g-1", "db": "shop", "category": "order_by", "question": "Dearest first?", "accepted": answers}
    late = row | {"id": "g-2", "time_relative": True, "instructions": ""}
    lines(tmp_path / "questions_with_gold.jsonl", [row | {"time_relative": False, "instructions": "Say\r\nall."}, late])
    assert sql_eval(tmp_path) == [
        Case(
            id="sql-eval-g-1",
            data=[data],
            turns=[
                Turn(
                    say="Dearest first? Say all.",
                    checks=[
                        TableIs(
                            accepted=[[["cup"], ["pen"]], [["cup", 5], ["pen", 2]]], ordered=True, extra_columns=True
                        )
                    ],
                )
            ],
            tags=["query", "answerable", "order_by", "ordered"],
            cluster="shop",
            gold="SELECT item FROM sale ORDER BY price DESC",
        )
    ]


def test_an_unanswerable_question_is_asked_without_the_query_that_would_answer_it(tmp_path: Path) -> None:
    data = table(tmp_path / "csv" / "shop" / "sale.csv", "item\npen\n")
    table(
        tmp_path / "idk.csv",
        "question,instructions,query,db_name,query_category\nWho rules Mars?,Return x,SELECT x,shop,cat_a\n",
    )
    assert unanswerable(tmp_path) == [
        Case(
            id="idk-000",
            data=[data],
            turns=[Turn(say="Who rules Mars?", checks=[SaysMissing(), ChangesNothing()])],
            tags=["unanswerable", "cat_a"],
            cluster="shop",
        )
    ]


def test_text2sql_leaves_out_gold_that_compared_numbers_as_text(tmp_path: Path) -> None:
    data = table(tmp_path / "csv" / "geo" / "peak.csv", "peak,height\nlow,979\nhigh,6194\nhigh,6194\n")
    row = {"db": "geo", "split": "test"}
    highest = "SELECT peak FROM PEAK WHERE height = (SELECT max(height) FROM PEAK);"
    right = row | {"id": "g-1", "question": "the highest peak", "gold_sql": highest, "gold_rows": [["high"], ["high"]]}
    wrong = row | {"id": "g-2", "question": "the top", "gold_sql": highest, "gold_rows": [["low"]]}
    lines(tmp_path / "questions_with_gold.jsonl", [right, wrong])
    assert text2sql(tmp_path) == [
        Case(
            id="g-1",
            data=[data],
            turns=[Turn(say="the highest peak", checks=[TableIs(accepted=[[["high"], ["high"]], [["high"]]])])],
            tags=["query", "test"],
            cluster="geo",
            gold=highest,
        )
    ]


# --- DuckDB files --------------------------------------------------------------------------------------------------


def test_a_duckdb_file_becomes_parquet_with_its_types_and_only_selects_over_it_are_asked(tmp_path: Path) -> None:
    from tools import engine
    from tools.words import literal

    database = tmp_path / "set" / "databases" / "crm" / "crm.duckdb"
    database.parent.mkdir(parents=True)
    with engine.trusted() as connection:
        connection.execute(f"ATTACH {literal(str(database))} AS crm")
        connection.execute("CREATE TABLE crm.person AS SELECT 'Ann' AS name, ['12', '34'] AS phones")
        connection.execute("DETACH crm")
    golds = {
        "n-1": "SELECT phones[1] FROM person;",
        "n-2": "SELECT * FROM read_csv('x.csv')",
        "n-3": "CREATE TABLE y (i INT)",
        "n-4": "SELECT * FROM person USING SAMPLE 10%",
        "n-5": "SUMMARIZE person",
        "n-6": "SELECT [1, 2]",
        "nsql-02": "SELECT name FROM person",
    }
    shared = {"db_id": "crm", "category": "easy", "question": "First phone?"}
    lines(
        tmp_path / "set" / "questions_with_gold.jsonl",
        [shared | {"id": name, "gold_sql": golds[name]} for name in golds],
    )

    [case] = duckdb_nsql(tmp_path / "set", tmp_path / "kept")

    assert case.turns == [Turn(say="First phone?", checks=[TableIs(accepted=[[["12"]]])])]
    assert (case.id, case.tags, case.cluster) == ("n-1", ["query", "easy"], "crm")
    assert [data.name for data in case.data] == ["person"]
    assert read_parquet(case.data[0].path) == [{"name": "Ann", "phones": ["12", "34"]}]


def test_what_is_made_once_is_kept_and_a_failure_leaves_nothing(tmp_path: Path) -> None:
    def fail(fresh: Path) -> None:
        (fresh / "half.txt").write_text("half")
        raise ValueError("broken")

    with pytest.raises(ValueError, match="broken"):
        made(tmp_path, "set", "1", fail)
    assert list(tmp_path.iterdir()) == []
    first = made(tmp_path, "set", "1", lambda fresh: (fresh / "a.txt").write_text("a") and None)
    assert made(tmp_path, "set", "1", fail) == first
    assert [path.name for path in first.iterdir()] == ["a.txt"]


# --- tables in JSON ------------------------------------------------------------------------------------------------


def frame(columns: list[str], rows: list[list[Any]], index: list[str] | None = None) -> dict[str, Any]:
    return {
        "kind": "table",
        "columns": columns,
        "rows": rows,
        "index": index or [str(place) for place in range(len(rows))],
        "default_index": index is None,
    }


def typed(utterance: str, inputs: dict[str, Any], output: dict[str, Any]) -> dict[str, Any]:
    """A row of Jigsaw's file."""
    return {
        "id": "j-1",
        "task": "1/0/A",
        "utterance": utterance,
        "cases": [{"inputs": inputs, "output": output}],
        "gold_code": [["out = df1"]],
    }


BOTH = frame(["id", "note"], [[1, "a"], [2, None], [3, 4]])


@pytest.mark.parametrize(
    ("row", "check"),
    [
        (
            typed("keep the first", {"df1": BOTH}, frame(["id", "note"], [[1, "a"]])),
            TableIs(accepted=[[[1, "a"]]]),
        ),
        (
            typed("sort by id in descending order", {"df1": BOTH}, frame(["id"], [[3], [2], [1]])),
            TableIs(accepted=[[[3], [2], [1]]], ordered=True),
        ),
        (
            typed("how many rows", {"df1": BOTH}, {"kind": "value", "value": 3}),
            ValueIs(equals=3),
        ),
        (
            typed("call id key", {"df1": BOTH}, frame(["key", "note"], BOTH["rows"])),
            DatasetIs(columns=["key", "note"], rows=BOTH["rows"]),
        ),
        (
            typed("join", {"df1": BOTH, "df2": frame(["k"], [[1]])}, frame(["id", "note", "k"], [[1, "a", 1]])),
            TableIs(accepted=[[[1, "a", 1]], [[1, "a"]]]),
        ),
    ],
    ids=["rows", "sorted", "value", "names", "join"],
)
def test_a_jigsaw_result_becomes_the_check_that_can_tell_it(tmp_path: Path, row: dict[str, Any], check: Any) -> None:
    lines(tmp_path / "set" / "cases.jsonl", [row])
    [case] = jigsaw(tmp_path / "set", tmp_path / "kept")
    folder = Path(case.data[0].path).parent
    assert case == Case(
        id="j-1",
        data=[Data(path=str(folder / f"{name}.parquet"), name=name) for name in row["cases"][0]["inputs"]],
        turns=[Turn(say=row["utterance"], checks=[check])],
        tags=["transform", check.kind],
        cluster="1/0",
        gold="out = df1",
    )
    assert read_parquet(case.data[0].path) == [
        {"id": 1, "note": "a"},
        {"id": 2, "note": None},
        {"id": 3, "note": "4"},
    ]


@pytest.mark.parametrize(
    ("row", "why"),
    [
        (typed("get row 1", {"df1": BOTH}, {"kind": "value", "value": 2}), "about the row index"),
        (typed("the first row", {"df1": BOTH}, {"kind": "value", "value": 2}), ""),
        (typed("append and reset index", {"df1": BOTH}, frame(["id"], [[1]])), ""),
        (typed("set the index", {"df1": BOTH}, frame(["id"], [[1]])), "about the row index"),
        (typed("unique ids", {"df1": BOTH}, {"kind": "value", "value": "['a' 'b']"}), "the result is printed text"),
        (typed("make df", {"s": {"kind": "series", "values": [1]}}, frame(["id"], [[1]])), "an input is no table"),
        (typed("make id a float", {"df1": BOTH}, BOTH), "the result equals the input"),
        (
            typed("transpose", {"df1": frame(["p"], [[1], [2]], ["a", "b"])}, frame(["a", "b"], [[1, 2]])),
            "labels of the row index become columns",
        ),
    ],
)
def test_jigsaw_cases_that_only_pandas_can_answer_are_left_out(row: dict[str, Any], why: str) -> None:
    assert jigsaw_left_out(row) == why


# --- questions on tables of Wikipedia ------------------------------------------------------------------------------


def test_a_wiki_answer_is_accepted_in_each_form_that_the_table_and_the_numbers_give_it(tmp_path: Path) -> None:
    table(
        tmp_path / "csv" / "200-csv" / "7.csv",
        '"Town","People","Day"\n"Ulm (D)","1,200","May 1, 2001"\n"Köln[1]","900","x"\n',
    )
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "training-before300.tsv").write_text(
        "id\tutterance\tcontext\ttargetValue\n"
        "nt-0\twhich town?\tcsv/200-csv/7.csv\tUlm\n"
        "nt-1\thow many?\tcsv/200-csv/7.csv\t1,200\n"
        "nt-2\twhat \\p when?\tcsv/200-csv/7.csv\tMay 1, 2001\n"
        "nt-3\twhich towns?\tcsv/200-csv/7.csv\tUlm|Koln\n"
        "nt-4\tsum?\tcsv/200-csv/7.csv\t2100\n",
        encoding="utf-8",
    )
    cases = wikitablequestions(tmp_path)
    assert [case.turns[0].checks[0] for case in cases] == [
        Either(of=[[ValueIs(equals="Ulm")], [ValueIs(equals="Ulm (D)")]]),
        Either(of=[[ValueIs(equals="1,200")], [ValueIs(equals=1200.0)]]),
        Either(of=[[ValueIs(equals="May 1, 2001")], [ValueIs(equals="2001-05-01")]]),
        TableIs(accepted=[[["Ulm"], ["Koln"]], [["Ulm (D)"], ["Köln[1]"]]]),
        ValueIs(equals="2100"),
    ]
    assert cases[2] == Case(
        id="nt-2",
        data=[Data(path=str(tmp_path / "csv" / "200-csv" / "7.csv"), name="table_200_7")],
        turns=[Turn(say="what | when?", checks=cases[2].turns[0].checks)],
        tags=["query", "one value"],
        cluster="table_200_7",
        gold="May 1, 2001",
    )


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("Málaga CF", "malaga cf"),
        ("“Hey”[3]", "hey"),
        ("Ulm (Germany) (D)†", "ulm"),
        ("(all)", "(all)"),
        ("U.S.", "u.s"),
        ("a –  b", "a - b"),
    ],
)
def test_texts_are_normalised_as_the_official_evaluator_does(text: str, plain: str) -> None:
    assert normalised(text) == plain


@pytest.mark.parametrize(
    ("value", "date"),
    [("August 8, 1986", "1986-08-08"), ("8 Aug 1986", "1986-08-08"), ("August", None), ("1986", None), (1986, None)],
)
def test_a_date_with_a_months_name_has_an_iso_form(value: Any, date: str | None) -> None:
    assert as_date(value) == date


# --- talk with gold code -------------------------------------------------------------------------------------------

SESSION = '''# %%
import pandas as pd

# %%
"""
question: Read `inputs/sale.csv`.
"""
sale = pd.read_csv('inputs/sale.csv')

# %%
"""
question: What is the sum for each town?
"""
sale.groupby('town')['price'].sum()

# %%
"""
question: Add the column double. Save it in-place.
"""
sale['double'] = sale.price * 2

# %%
"""
question: Rename price to cost.
"""
sale = sale.rename(columns={'price': 'cost'})

# %%
"""
question: Count the rows.
"""
len(sale)

# %%
"""
question: List the towns.
"""
sale.town.unique()

# %%
"""
question: Sort by cost.
"""
sale.sort_values('cost')

# %%
"""
question: What is wrong?
"""
sale.nothing

# %%
"""
question: Use double as key.
"""
sale = sale.set_index('double')
'''


def turn(number: int, question: str, **gold: Any) -> dict[str, Any]:
    return {
        "id": f"d-{number}",
        "session": "kaggle/shop",
        "turn": number,
        "question": question,
        "validator": {},
        "gold_code": "gold",
    } | gold


TURNS = [
    turn(0, "Read `inputs/sale.csv`.", gold_variables={"sale": {"kind": "table", "rows": 3}}),
    turn(1, "What is the sum for each town?", gold_result={"kind": "series", "rows": 2}),
    turn(2, "Add the column double. Save it in-place.", gold_variables={"sale": {"kind": "table", "rows": 3}}),
    turn(3, "Rename price to cost.", gold_variables={"sale": {"kind": "table", "rows": 3}}),
    turn(4, "Count the rows.", gold_result={"kind": "scalar", "value": 3}),
    turn(5, "List the towns.", gold_result={"kind": "collection", "value": ["A", "B"]}),
    turn(6, "Sort by cost.", gold_result={"kind": "table", "rows": 3}),
    turn(7, "What is wrong?", gold_result={"kind": "scalar", "value": 1}),
    turn(8, "Use double as key.", gold_variables={"sale": {"kind": "table", "rows": 3}}),
]


@pytest.fixture
def talk(tmp_path: Path) -> Path:
    folder = tmp_path / "set"
    lines(folder / "questions_with_gold.jsonl", TURNS)
    (folder / "kaggle").mkdir()
    (folder / "kaggle" / "shop.py").write_text(SESSION)
    table(folder / "kaggle" / "_inputs" / "shop" / "sale.csv", "town,price\nA,3\nB,5\nA,1\n")
    return folder


def test_each_turn_is_checked_against_its_gold_from_the_state_before_it(talk: Path, tmp_path: Path) -> None:
    cases = {case.id: case for case in dseval(talk, tmp_path / "kept")}
    assert {name: case.turns[0].checks[0] for name, case in cases.items()} == {
        "d-1": TableIs(accepted=[[[4], [5]], [["A", 4], ["B", 5]]]),
        "d-2": TableIs(accepted=[[["A", 3, 6], ["B", 5, 10], ["A", 1, 2]]]),
        "d-3": DatasetIs(columns=["town", "cost", "double"], rows=[["A", 3, 6], ["B", 5, 10], ["A", 1, 2]]),
        "d-4": ValueIs(equals=3),
        "d-5": TableIs(accepted=[[["A"], ["B"]], [["A", "B"]]]),
        "d-6": TableIs(
            accepted=[
                [["A", 1, 2], ["A", 3, 6], ["B", 5, 10]],
                [[2, "A", 1, 2], [0, "A", 3, 6], [1, "B", 5, 10]],
            ],
            ordered=True,
        ),
    }
    assert read_parquet(cases["d-2"].data[0].path) == [
        {"town": "A", "price": 3},
        {"town": "B", "price": 5},
        {"town": "A", "price": 1},
    ]
    assert [data.name for data in cases["d-2"].data] == ["sale"]
    assert (cases["d-2"].tags, cases["d-2"].cluster) == (["state", "table", "kaggle"], "kaggle/shop")


def test_turns_that_can_not_be_scored_are_left_out_with_a_reason(talk: Path, tmp_path: Path) -> None:
    ran, _ = run_gold(talk, "kaggle/shop", tmp_path / "kept")
    assert {row["id"]: why for row in TURNS if (why := left_out(row, ran.get(row["turn"])))} == {
        "d-0": "reads a file or makes a table",
        "d-7": "its gold does not run here",
        "d-8": "only the index or the places of columns change",
    }
    other = turn(4, "Count the rows.", gold_result={"kind": "scalar", "value": 4})
    assert left_out(other, ran[4]) == "its gold gives something else here"
    assert left_out(turn(9, "More?"), None) == "its gold does not run here"


# --- the real sets -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", list(adapters(Path("nowhere"))))
def test_a_set_that_is_not_there_says_where_it_was_looked_for(name: str, tmp_path: Path) -> None:
    with pytest.raises(CaseError, match=r"No file .*nowhere.*--sets FOLDER"):
        adapters(tmp_path / "nowhere", tmp_path)[name]()


@here
@pytest.mark.parametrize(
    ("name", "count"),
    [
        ("spider", 256),
        ("spider-de", 252),
        ("sql-eval", 195),
        ("unanswerable", 60),
        ("duckdb-nsql", 38),
        ("jigsaw", 405),
        ("wikitablequestions", 300),
        ("text2sql", 802),
    ],
)
def test_each_gold_of_a_set_passes_its_own_check(name: str, count: int, tmp_path: Path) -> None:
    cases = adapters(cache=tmp_path)[name]()
    assert (len(cases), len({case.id for case in cases})) == (count, count)
    assert all(Path(data.path).is_file() for case in cases for data in case.data)
    for case in cases:
        check = case.turns[0].checks[0]
        for rows in check.accepted if isinstance(check, TableIs) else []:
            assert difference(table_of(rows), table_of(rows), ordered=check.ordered) == "", case.id


@here
def test_a_session_of_the_real_set_runs_its_gold(tmp_path: Path) -> None:
    folder = HOME / "dseval"
    session = "exercise/02-filtering-sorting-euro12"
    ran, _ = run_gold(folder, session, tmp_path)
    rows = [row for row in read_lines(folder / "questions_with_gold.jsonl") if row["session"] == session]
    assert [left_out(row, ran.get(row["turn"])) for row in rows] == ["reads a file or makes a table"] + [""] * 10
