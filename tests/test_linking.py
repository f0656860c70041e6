"""Does the data hold what is asked? What the second look is told, and what it makes of a model's answer."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from assistant import linking, unmatched
from assistant.context import Attention, Situation, look
from assistant.doubts import Doubts
from assistant.said import is_said
from assistant.turn_state import State
from assistant.words import alike, is_foreign
from tests.small_project import add
from tools.workspace import Workspace


class Linker:
    """A model that links things to columns as it is told, and remembers whether it was asked."""

    def __init__(self, things: Mapping[str, str]) -> None:
        self.things, self.asked = things, False

    def read_prefix(self, messages: object) -> None:
        """Nothing to remember."""

    def plan(self, *given: object) -> tuple[dict[str, Any], str]:
        self.asked = True
        return {"things": [{"thing": thing, "column": column} for thing, column in self.things.items()]}, ""


@pytest.fixture(scope="module")
def situation(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Situation]:
    with Workspace(Path(tmp_path_factory.mktemp("linking")) / "project") as workspace:
        add(workspace, "mountain", "SELECT 'Kibo' AS mountain_name, 5895 AS mountain_height, 'Tanzania' AS country")
        yield look(workspace)


def _lacking(situation: Situation, request: str, things: Mapping[str, str], *held: str) -> tuple[str, bool]:
    model = Linker(things)
    found = linking.lacking(model, situation, request, lambda: False, held=lambda word: word in held)  # type: ignore[arg-type]
    return found, model.asked


@pytest.mark.parametrize(
    ("request_", "things", "held", "missing"),
    [
        ("Which mountain is the hardest climb?", {"mountain": "row", "hardest climb": "none"}, (), "hardest climb"),
        ("How high is Uhuru?", {"Uhuru": "none"}, (), "Uhuru"),
        ("How high is Uhuru?", {"Uhuru": "none"}, ("uhuru",), ""),
        ("Which guides know Uhuru?", {"guides": "none", "Uhuru": "none"}, ("uhuru",), "guides"),
        ("What is the elevation of Kibo?", {"elevation": "mountain_height"}, (), ""),
        ("Which guides know Kibo?", {"climbing permits": "none", "Kibo": "row"}, (), ""),
    ],
)
def test_what_no_column_and_no_value_holds_is_missing(
    situation: Situation, request_: str, things: dict[str, str], held: tuple[str, ...], missing: str
) -> None:
    assert _lacking(situation, request_, things, *held) == (missing, True)


@pytest.mark.parametrize(
    "request_",
    [
        "How many mountains per country?",
        "Identify the size of each country",
        "What is the height of the highest mountain?",
        "Which mountain is the tallest?",
        "List the countries alphabetically",
        "How many mountains are there in this competition?",
        "Which nation has the highest mountain?",
        "Show the distribution of heights as a histogram",
    ],
)
def test_a_request_in_the_datas_own_words_is_not_doubted(situation: Situation, request_: str) -> None:
    assert _lacking(situation, request_, {"anything": "none"}) == ("", False)


@pytest.mark.parametrize(
    ("request_", "sql", "only"),
    [
        ("Which mountain has the greatest height?", "SELECT mountain_name FROM mountain ORDER BY mountain_height DESC", True),
        ("Which mountain is the hardest climb?", "SELECT mountain_name FROM mountain ORDER BY mountain_height DESC", False),
        ("Average difficulty by country?", "SELECT country, avg(1) AS difficulty FROM mountain GROUP BY country", False),
        ("How many mountains are in Tanzania?", "SELECT count(*) FROM mountain WHERE country = 'Tanzania'", True),
    ],
)  # fmt: skip
def test_columns_count_as_named_by_what_tells_them_from_their_table(
    situation: Situation, request_: str, sql: str, *, only: bool
) -> None:
    assert linking.uses_only_named(situation, request_, [sql], lambda column, text: text == "Tanzania") is only


@pytest.mark.parametrize(
    ("sql", "called"),
    [
        ("SELECT sum(price * quantity) AS total_revenue FROM orders", {"total", "revenue"}),
        ("SELECT avg(area) AS volume FROM lakes", set()),
        ("SELECT a - a AS nothing FROM t", set()),
        ("no sql", set()),
    ],
)
def test_what_is_computed_from_several_columns_has_a_name(sql: str, called: set[str]) -> None:
    assert linking.computed([sql]) == called


@pytest.mark.parametrize(
    ("request_", "else_"),
    [
        ("What steps should I take to update my business address?", True),
        ("Draw the height of each mountain", False),
        ("Draw the height of the mountains by glacier", False),
    ],
)
def test_requests_that_speak_of_something_else(situation: Situation, request_: str, *, else_: bool) -> None:
    assert unmatched.speaks_of_else(situation, request_) is else_


@pytest.mark.parametrize(
    ("tool", "doubted"),
    [
        ("join_datasets", True),
        ("list_steps", True),
        ("explain_model", False),
        ("query_data", True),
        ("make_chart", True),
    ],
)
def test_any_step_on_the_data_is_doubted_where_a_question_speaks_of_something_else(
    tmp_path: Path, tool: str, *, doubted: bool
) -> None:
    class Small(Linker):
        small = True

    with Workspace(tmp_path / "project") as workspace:
        add(workspace, "mountain", "SELECT 'Kibo' AS mountain_name")
        doubts = Doubts(workspace, lambda: Small({}), lambda: False, (), Attention())  # type: ignore[arg-type, return-value]
        state = State(request="What makes our customers leave the shop?", steps=[{"tool": tool, "arguments": {}}])
        assert (doubts.raised(state) is not None) is doubted
        state = State(request="heights by glacier", steps=[{"tool": tool, "arguments": {}}])
        assert (doubts.raised(state) is not None) is (tool in ("query_data", "make_chart"))


@pytest.mark.parametrize(
    ("request_", "foreign"),
    [
        ("Wie viele Sängerinnen und Sänger gibt es?", True),
        ("Welche Fluggesellschaften bieten mindestens 10 Flüge an?", True),
        ("Las Vegas sales", False),
        ("Quelle est la population de la ville ?", True),
        ("¿Cuántos clientes hay en la ciudad?", True),
        ("How many people live in Las Vegas and La Paz?", False),
        ("What is the capital of der Staat?", False),
        ("매출이 가장 높은 도시는?", False),
        ("total sales", False),
    ],
)
def test_a_request_in_another_language_is_told_by_its_function_words(request_: str, *, foreign: bool) -> None:
    assert is_foreign(request_) is foreign


def test_compounds_and_words_written_apart_are_the_same(tmp_path: Path) -> None:
    with Workspace(tmp_path / "project") as workspace:
        add(workspace, "Highschooler", "SELECT 1 AS id, 'Lima' AS Hometown, 9 AS grade")
        there = look(workspace)
        assert unmatched.doubtful(there, "Which towns have 4 or more high schoolers?") == []
        assert unmatched.doubtful(there, "Which owns a tavern?") == ["owns", "tavern"]


@pytest.mark.parametrize(
    ("word", "name", "same"),
    [
        ("losses", "Lost", True),
        ("winner", "wins", True),
        ("children", "child", True),
        ("sold", "sales", True),
        ("customers", "customer", True),
        ("lost", "lot", False),
        ("winner", "dinner", False),
        ("age", "average", False),
    ],
)
def test_words_are_alike_in_all_their_forms(word: str, name: str, *, same: bool) -> None:
    assert alike(word.casefold(), name.casefold()) is same


@pytest.mark.parametrize(
    ("request_", "offered"),
    [
        ("draw a chart of sales by year", True),
        ("how did sales develop?", True),
        ("what is the top place listed on the chart?", False),
        ("plot the values in this chart again", True),
    ],
)
def test_a_chart_that_is_spoken_of_is_not_drawn(request_: str, *, offered: bool) -> None:
    assert is_said("make_chart", request_) is offered


@pytest.mark.parametrize(
    ("said", "sql", "told"),
    [
        ("how many patients have diabetes?", "SELECT count(*) FROM visits WHERE insurance = 'private'", ["insurance = 'private'"]),
        ("how many women left?", "SELECT count(*) FROM t WHERE gender = 'female' AND left_us = 'yes'", ["gender = 'female'"]),
        ("how many private patients?", "SELECT count(*) FROM visits WHERE insurance = 'private'", []),
        ("what insurance pays most?", "SELECT max(paid) FROM visits WHERE insurance = 'other'", []),
        ("how many in May 2025?", "SELECT count(*) FROM visits WHERE day = '2025-05-01'", []),
        ("how many are there? and for private ones?", "SELECT count(*) FROM visits WHERE insurance LIKE '%private%'", []),
        ("보험이 있는 사람은 몇 명이야?", "SELECT count(*) FROM visits WHERE insurance = 'private'", []),
        ("how many?", "no SQL at all", []),
    ],
)  # fmt: skip
def test_a_condition_that_nobody_spoke_of_is_told(said: str, sql: str, told: list[str]) -> None:
    assert linking.unsaid(sql, said) == told
