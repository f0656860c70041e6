"""The case that is meant, named by a key: found alike by every tool that reads one row, also in another dataset."""

from collections.abc import Iterator
from typing import Any

import pyarrow as pa
import pytest

from tests.trained import add, customers
from tools import call
from tools.tool import Job, Outcome, ToolError
from tools.workspace import Workspace

AGE = {"column": "Age", "value": 20}


def coded(count: int, seed: int, first: int) -> pa.Table:
    """Customers with a code, such as C0900, from a first number on."""
    codes = pa.array([f"C{number:04d}" for number in range(first, first + count)])
    return customers(count, seed).append_column("code", codes).drop_columns(["RowNumber", "Plan", "Revenue"])


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workspace]:
    """A model of customers C0001 to C0400; new ones from C0890 to C0909; phone numbers, and orders that repeat codes."""
    with Workspace(tmp_path_factory.mktemp("case") / "project") as opened:
        badges = pa.array([f"B{number:04d}" for number in range(400)])
        add(opened, "customers", coded(400, 5, 1).append_column("badge", badges))
        call(
            Job(opened),
            "train_model",
            {"dataset": "customers", "target": "Left", "build": "quick", "algorithms": ["linear"]},
        )
        add(opened, "new_customers", coded(20, 9, 890).drop_columns(["Left"]))
        add(opened, "phones", pa.table({"code": ["C0005", "C0900", "C0950"], "phone": ["1", "2", "3"]}))
        add(opened, "orders", pa.concat_tables([coded(20, 9, 940), coded(20, 9, 940)]))
        yield opened


def asked(workspace: Workspace, tool: str, code: str, *more: dict[str, Any], **where: Any) -> Outcome:
    changes = {"changes": [AGE]} if tool == "what_if" else {}
    return call(Job(workspace), tool, {"values": [{"column": "code", "value": code}, *more], **changes, **where})


@pytest.mark.parametrize("tool", ["predict_row", "explain_row", "what_if", "find_change"])
@pytest.mark.parametrize(
    ("told", "code", "dataset", "row", "words"),
    [
        (None, "C0005", "customers", 5, "It is row 5 of customers, code C0005."),
        (None, " c0900", "new_customers", 11, "It is row 11 of new_customers, code c0900. customers has no such row."),
        ("new_customers", "C0900", "new_customers", 11, "It is row 11 of new_customers, code C0900."),
        (
            "customers",
            "C0900",
            "new_customers",
            11,
            "It is row 11 of new_customers, code C0900. customers has no such row.",
        ),
        (
            "new_customers",
            "C0005",
            "customers",
            5,
            "It is row 5 of customers, code C0005. new_customers has no such row.",
        ),
        (
            "phones",
            "C0900",
            "new_customers",
            11,
            "It is row 11 of new_customers, code C0900. customers has no such row.",
        ),
    ],
)
def test_a_key_names_the_same_row_whichever_tool_reads_it(
    workspace: Workspace, tool: str, told: str | None, code: str, dataset: str, row: int, words: str
) -> None:
    where = {"dataset": told} if told else {}
    found = asked(workspace, tool, code, **where)
    changes = {"changes": [AGE]} if tool == "what_if" else {}
    by_row = call(Job(workspace), tool, {"values": [], "dataset": dataset, "row": row, **changes})
    assert (found.values, found.metrics) == (by_row.values, by_row.metrics)
    assert words in found.text


@pytest.mark.parametrize("tool", ["predict_row", "explain_row", "what_if", "find_change"])
@pytest.mark.parametrize(
    ("told", "message"),
    [
        (None, "No row of customers has code C0950, and none of new_customers, which holds that column too."),
        (
            "new_customers",
            "No row of new_customers has code C0950, and none of customers, which holds that column too.",
        ),
    ],
)
def test_a_key_that_no_row_has_is_said_with_where_it_was_looked_for(
    workspace: Workspace, tool: str, told: str | None, message: str
) -> None:
    with pytest.raises(ToolError) as error:
        asked(workspace, tool, "C0950", **({"dataset": told} if told else {}))
    assert str(error.value) == f"{message} Name one that is there."


def test_a_key_of_one_dataset_alone_is_looked_for_there(workspace: Workspace) -> None:
    values = {"values": [{"column": "badge", "value": "B0400"}]}
    with pytest.raises(ToolError, match=r"^No row of customers has badge B0400\. Name one that it has\.$"):
        call(Job(workspace), "predict_row", values | {"dataset": "new_customers"})


def test_what_was_made_of_a_dataset_is_not_taken_for_it(workspace: Workspace) -> None:
    call(Job(workspace), "predict_dataset", {"dataset": "new_customers", "save_as": "scored"})
    assert "It is row 11 of new_customers, code C0900." in asked(workspace, "predict_row", "C0900").text


def test_a_dataset_without_a_row_is_read_from_its_first_only_where_no_value_tells_the_case(
    workspace: Workspace,
) -> None:
    typical = call(Job(workspace), "predict_row", {"values": [AGE]})
    assert call(Job(workspace), "predict_row", {"values": [AGE], "dataset": "new_customers"}).values == typical.values
    assert (
        call(Job(workspace), "predict_row", {"values": [AGE], "dataset": "new_customers", "row": 2}).values["typical"]
        == {}
    )
    first = call(Job(workspace), "explain_row", {"dataset": "new_customers"})
    assert "It is row 1 of new_customers, since none was named." in first.text
    assert first.values == call(Job(workspace), "explain_row", {"dataset": "new_customers", "row": 1}).values


def test_other_values_stand_over_those_of_the_row_in_another_dataset(workspace: Workspace) -> None:
    changed = asked(workspace, "predict_row", "C0900", AGE)
    row = asked(workspace, "predict_row", "C0900")
    assert changed.values["given"] == row.values["given"] | {"Age": 20}


@pytest.fixture(scope="module")
def clients(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workspace]:
    """A model of clients C0001 to C0100."""
    with Workspace(tmp_path_factory.mktemp("clients") / "project") as opened:
        add(opened, "clients", coded(100, 5, 1))
        build = {"dataset": "clients", "target": "Left", "build": "quick", "algorithms": ["linear"]}
        call(Job(opened), "train_model", build)
        yield opened


SOME = {"condition": "right(code, 1) IN ('2', '4', '6')"}
FILL = {"columns": ["Spend"], "method": "median"}


@pytest.mark.parametrize("tool", ["predict_row", "explain_row", "what_if", "find_change"])
@pytest.mark.parametrize(
    ("steps", "code", "words"),
    [
        ({"filter_rows": SOME}, "C0003", "It is row 3 of clients@1, code C0003. clients has no such row."),
        ({"filter_rows": SOME}, "C0004", "It is row 2 of clients, code C0004."),
        (
            {"fill_missing": FILL, "filter_rows": SOME},
            "C0003",
            "row 3 of clients@1, code C0003. clients has no such row.",
        ),
        ({"fill_missing": FILL, "filter_rows": SOME}, "C0004", "It is row 4 of clients@1, code C0004."),
        ({"filter_rows": SOME, "drop_columns": {"columns": ["code"]}}, "C0003", "row 3 of clients@1, code C0003."),
    ],
)
def test_a_key_names_a_row_that_was_filtered_out_since(
    clients: Workspace, tool: str, steps: dict[str, dict[str, Any]], code: str, words: str
) -> None:
    job, changes = Job(clients), {"changes": [AGE]} if tool == "what_if" else {}
    call(job, "restore_version", {"version": "clients@1"})
    by_row = call(job, tool, {"values": [], "dataset": "clients", "row": int(code[1:])} | changes)
    for step, arguments in steps.items():
        call(job, step, {"dataset": "clients"} | arguments)
    found = asked(clients, tool, code)
    assert (found.values, found.metrics) == (by_row.values, by_row.metrics)
    assert words in found.text
    with pytest.raises(ToolError, match=r"^No row of clients has code C0950\. Name one that it has\.$"):
        asked(clients, tool, "C0950")
