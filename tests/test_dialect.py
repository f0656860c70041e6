"""The short form of plans: what is written is read back, and the grammar holds a model to what the schema allows.

The grammar is checked by a matcher of its own: llama.cpp's form (GBNF), as far as it does not refer to itself, as a
regular expression of Python.
"""

import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import prompts
from assistant.context import ColumnFact, ModelFact, Situation, Table
from assistant.dialect import grammar, read, written
from assistant.plan_schema import schema
from tools import catalogue
from tools.dataset import StepRecord, Version

TOKEN = re.compile(r'"(?:\\.|[^"\\])*"|\[(?:\\.|[^\]\\])*\]|[A-Za-z][\w-]*|[()|*+?]|\{\d+(?:,\d*)?\}')
EVERY_WORD = (
    "Show rows, describe data and models, ask, fill missing, drop, rename, join, append, filter, sort, bin, encode,"
    " scale, train, predict, what if, evaluate, explain, export, undo, history, recipe; remove a chart, and plot it"
)


def matcher(gbnf: str) -> re.Pattern[str]:
    rules = dict(line.split(" ::= ", 1) for line in gbnf.splitlines())

    def expanded(body: str) -> str:
        assert TOKEN.sub("", body).strip() == "", f"no GBNF: {body}"
        return "".join(part(token) for token in TOKEN.findall(body))

    def part(token: str) -> str:
        if token.startswith('"'):
            return f"(?:{re.escape(plain(token))})"
        if token[0].isalpha():
            return f"(?:{expanded(rules[token])})"
        return token.replace("(", "(?:")

    return re.compile(expanded(rules["root"]))


def plain(literal: str) -> str:
    return re.sub(r"\\(.)", lambda found: {"n": "\n"}.get(found[1], found[1]), literal[1:-1])


def table(name: str, columns: list[str]) -> Table:
    version = Version(
        dataset=name,
        number=1,
        parent=None,
        step=StepRecord(tool="load_file", arguments={}),
        row_count=9,
        schema_=[(column, "VARCHAR") for column in columns],
        created="2026-01-01T00:00:00+00:00",
    )
    return Table(version, tuple(ColumnFact(column, "text") for column in columns))


def situation(data: str) -> Situation:
    """The tables and models that a worked example tells."""
    found = re.findall(r'CREATE TABLE ("[^"]+"|\w+) \((.*?)\n\);', data, re.DOTALL)
    tables = [
        table(name.strip('"'), [c.strip('"') for c in re.findall(r'^  ("[^"]+"|\w+) ', body, re.MULTILINE)])
        for name, body in found
    ]
    models = [
        ModelFact(name, target, tuple(_feature(c, data) for c in tables[0].version.names if c != target))
        for name, target in re.findall(r"-- Model (\w+) predicts (\w+)", data)
    ]
    return Situation(tuple(tables), tuple(models))


def _feature(column: str, data: str) -> ColumnFact:
    is_text = re.search(rf"^  {re.escape(column)} TEXT", data, re.MULTILINE)
    return ColumnFact(column, "text" if is_text else "decimal")


EXAMPLES = [(e["data"], t["request"], t["steps"]) for e in prompts.examples() for t in e["turns"]]


@pytest.mark.parametrize(("data", "request_", "steps"), EXAMPLES)
def test_each_worked_example_is_read_as_it_was_written_and_the_grammar_allows_it(
    data: str, request_: str, steps: list[dict[str, Any]]
) -> None:
    assert read(written(steps)) == {
        "steps": [{**s, "sql": " ".join(s["sql"].split())} if "sql" in s else s for s in steps]
    }
    rules = grammar(schema(catalogue().values(), situation(data), request_))
    assert matcher(rules).fullmatch(written(steps)), written(steps)


SHOP = Situation((table("orders", ["price", "size [m²]", 'a "b"']), table("매출", ["금액"])))
ALLOWED = [
    ('drop_columns(dataset="orders", columns=["price", "size [m²]"])', True),
    ('drop_columns(dataset="orders", columns=["a \\"b\\""])', True),
    ('drop_columns(dataset="매출", columns=["금액"])', True),
    ('drop_columns(dataset="orders", columns=["prices"])', False),
    ('drop_columns(dataset="order", columns=["price"])', False),
    ('drop_columns(dataset="orders", columns=[])', False),
    ('drop_table(dataset="orders")', False),
    ('drop_columns(dataset="orders", columns=["price"]) and more', False),
    ('drop_columns(dataset="orders", columns=["price"]', False),
    ("DROP TABLE orders", False),
    ("", False),
]


@pytest.mark.parametrize(("text", "allowed"), ALLOWED)
def test_the_grammar_knows_columns_tools_and_the_number_of_steps(text: str, allowed: bool) -> None:
    found = matcher(grammar(schema(catalogue().values(), SHOP, "Drop the price")))
    assert (found.fullmatch(text) is not None) == allowed
    assert found.fullmatch("\n".join([text] * 9)) is None


@pytest.mark.parametrize("at_hand", [SHOP, Situation(()), situation(EXAMPLES[-1][0])])
def test_every_rule_of_the_grammar_is_there_and_has_a_name_that_llama_cpp_reads(at_hand: Situation) -> None:
    lines = grammar(schema(catalogue().values(), at_hand, EVERY_WORD)).splitlines()
    rules = dict(line.split(" ::= ", 1) for line in lines)
    assert len(rules) == len(lines)
    assert all(re.fullmatch(r"[a-zA-Z0-9-]+", name) for name in rules)
    for body in rules.values():
        assert "()" not in body
        assert {token for token in TOKEN.findall(body) if token[0].isalpha()} <= set(rules)


JSON = st.recursive(
    st.booleans() | st.integers(-(10**9), 10**9) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3),
    max_leaves=6,
)
STEP = st.dictionaries(st.from_regex(r"[a-z_]{1,8}", fullmatch=True).filter(lambda n: n != "tool"), JSON, max_size=4)


@given(st.lists(STEP, min_size=1, max_size=4))
def test_any_call_is_read_as_it_was_written(steps: list[dict[str, Any]]) -> None:
    calls = [{"tool": "make_chart", **step} for step in steps]
    assert read(written(calls)) == {"steps": calls}


def test_blanks_in_a_text_of_a_query_stay() -> None:
    assert written([{"tool": "query_data", "sql": "SELECT 'a  b'\n  FROM t"}]) == "SELECT 'a  b' FROM t"


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "no step"),
        ("Sure! Here it is", "neither a SELECT nor a call"),
        ("drop_columns(price)", "no argument of drop_columns"),
        ('drop_columns(columns=["price"]', "does not end"),
        ('drop_columns(columns=["price"]) now', "does not end"),
        ("drop_columns(columns=[price])", "Expecting value"),
    ],
)
def test_what_is_no_plan_says_why(text: str, says: str) -> None:
    with pytest.raises(ValueError, match=says):
        read(text)


@pytest.mark.parametrize(
    ("question", "allowed"), [("어느 열인가요?", True), ("Which one?", False), ("어느 列인가요?", False)]
)
def test_what_is_asked_in_korean_is_answered_in_korean(question: str, allowed: bool) -> None:
    form = schema([], Situation((table("sales", ["fee"]),)), "그거 해줘", missing=False)
    found = matcher(grammar(form)).fullmatch(f'ask_user(question="{question}")')
    assert (found is not None) is allowed
