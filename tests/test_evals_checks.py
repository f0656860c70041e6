"""What the checks of a case say about a record."""

import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from assistant.events import Answer, Event, Failed, PlannedStep, PlanShown, Question, StepDone
from assistant.settings import read_settings
from evals.case import (
    Answers,
    Asks,
    Case,
    CaseError,
    ChangesNothing,
    Check,
    Data,
    DatasetIs,
    Either,
    Fails,
    MetricIs,
    SaysMissing,
    TableIs,
    ToolsAre,
    Turn,
    ValueIs,
)
from evals.checks import score
from evals.record import Column, Record, TurnRecord, Verdict
from evals.trial import Clock, attempt
from tools.tool import Artefact, TableData

SHIPS = "name,tons,sunk\nAda,10,1\nBee,20,0\nCod,,0\n"
MODEL = Artefact(kind="model", name="ships_sunk")


def _case(*turns: Check | list[Check], data: Path | None = None) -> Case:
    made = [Turn(say="…", checks=turn if isinstance(turn, list) else [turn]) for turn in turns]
    return Case(id="ships", data=[Data(path=str(data))] if data else [], turns=made)


def _plan(*tools: str, **arguments: Any) -> PlanShown:
    cards = [PlannedStep(id=place, tool=tool, arguments=arguments) for place, tool in enumerate(tools, 1)]
    return PlanShown(steps=cards)


def _done(number: int = 1, **outcome: Any) -> StepDone:
    return StepDone(id=number, seconds=0.1, text="Done.", **outcome)


def _turn(*events: Event, **kept: Any) -> TurnRecord:
    return TurnRecord(events=[event.model_dump(mode="json") for event in events], **kept)


def _record(folder: Path, *turns: TurnRecord, **more: Any) -> Record:
    return Record(case="ships", repeat=2, model="m", prompt="p", key="k", turns=list(turns), folder=folder, **more)


def _write(folder: Path, name: str, /, **columns: list[Any]) -> str:
    pq.write_table(pa.table(columns), folder / name)
    return name


def _answered(text: str = "Done.", **more: Any) -> TurnRecord:
    return _turn(_plan("query_data"), _done(), Answer(text=text, **more))


def _queried(folder: Path, /, **columns: list[Any]) -> TurnRecord:
    """A turn of one query: the event shows the first row, the file holds all."""
    shown = TableData(
        columns=list(columns),
        rows=[[values[0] for values in columns.values()]],
        row_count=len(next(iter(columns.values()))),
    )
    file = _write(folder, "1-result.parquet", **columns)
    first = dict(zip(columns, shown.rows[0], strict=True)) if shown.row_count == 1 else {}
    values = {"row_count": shown.row_count, **first}
    events = (_plan("query_data"), _done(table=shown, values=values), Answer(text="So.", table=shown, values=values))
    return _turn(*events, result=file)


def _reason(check: Check, *turns: TurnRecord, folder: Path, data: Path | None = None) -> str:
    """Why the check of the last turn fails; empty where it holds."""
    before: list[Check | list[Check]] = [Answers()] * (len(turns) - 1)
    verdict = score(_case(*before, check, data=data), _record(folder, *turns))
    assert verdict.turns[-1] is (not verdict.reasons)
    return " / ".join(verdict.reasons)


# --- verdicts ------------------------------------------------------------------------------------------------------


def test_a_case_passes_where_every_check_of_every_turn_holds(tmp_path: Path) -> None:
    case = _case([Answers(), ChangesNothing()], Answers(contains=["done"]))
    got = score(case, _record(tmp_path, _answered(), _answered()))
    assert got == Verdict(case="ships", repeat=2, passed=True, turns=[True, True])


def test_each_check_that_fails_has_its_reason_and_its_turn(tmp_path: Path) -> None:
    case = _case([Asks(), SaysMissing()], Answers(), Answers())
    got = score(case, _record(tmp_path, _answered("12 ships."), _turn(Failed(text="No table 'x'."))))
    assert (got.passed, got.turns) == (False, [False, False, False])
    assert got.reasons == [
        "turn 1: a question expected; answered: 12 ships.",
        "turn 1: an answer that the data lacks this expected; answered: 12 ships.",
        "turn 2: an answer expected; failed: No table 'x'.",
        "turn 3: was not reached",
    ]


@pytest.mark.parametrize("broken", ["the server is gone", ""])
def test_a_broken_infrastructure_is_no_wrong_answer(tmp_path: Path, broken: str) -> None:
    """Neither is a record whose file was deleted."""
    turn = _queried(tmp_path, ships=[3])
    (tmp_path / "1-result.parquet").unlink()
    got = score(_case(TableIs(accepted=[[[3]]])), _record(tmp_path, turn, infrastructure=broken))
    assert (got.passed, got.infrastructure, got.turns) == (False, True, [])
    assert got.reasons == [broken or "The record's file 1-result.parquet is gone. Run the case again."]


def test_a_case_that_can_not_be_read_is_an_error_with_its_name(tmp_path: Path) -> None:
    with pytest.raises(CaseError, match="Case ships: a table has rows of 1 and of 2 cells"):
        score(_case(TableIs(accepted=[[[1], [1, 2]]])), _record(tmp_path, _queried(tmp_path, n=[1])))


# --- tables and values ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("check", "why"),
    [
        (TableIs(accepted=[[["Bee", 20], ["Ada", 10.0]]]), ""),
        (TableIs(accepted=[[[20, "Bee"], [10, "Ada"]]]), ""),
        (TableIs(accepted=[[["Nobody", 1]], [["Ada", 10], ["Bee", 20]]]), ""),
        (TableIs(accepted=[[["Ada"], ["Bee"]]], extra_columns=True), ""),
        (TableIs(accepted=[[["Ada"], ["Bee"]]]), "table: 1 column expected, 2 got: name, tons"),
        (TableIs(accepted=[[["Ada", 10]]]), "table: 1 row expected, 2 got: (Ada, 10) …"),
        (
            TableIs(accepted=[[["Bee", 20], ["Ada", 10]]], ordered=True),
            "table: the rows are right, their order is not: (Bee, 20) comes first",
        ),
        (
            TableIs(accepted=[[["Ada", 10], ["Bee", 21]], [["Cod", 1]]]),
            "table: row (Bee, 21) missing, row (Bee, 20) in its place (nor is it one of 1 other accepted tables)",
        ),
        (TableIs(accepted=[]), "no table is accepted: the case lists none"),
        (ValueIs(equals=2), ""),  # "2 rows" is what the answer says
        (ValueIs(equals=10), "10 expected; answered: So."),
    ],
)
def test_the_whole_result_counts_not_the_rows_that_the_event_shows(tmp_path: Path, check: Check, why: str) -> None:
    assert _reason(check, _queried(tmp_path, name=["Ada", "Bee"], tons=[10, 20]), folder=tmp_path) == why


@pytest.mark.parametrize(
    ("check", "why"),
    [
        (ValueIs(equals=3), ""),
        (ValueIs(equals="Ada"), ""),
        (ValueIs(equals=0.3333), ""),
        (ValueIs(equals=0.34), "0.34 expected; got (3, Ada, 0.333333, NULL)"),
        (ValueIs(equals=0.34, tolerance=0.05), ""),
        (ValueIs(equals=None), ""),
        (ValueIs(equals=1), "1 expected; got (3, Ada, 0.333333, NULL)"),  # that there is one row, nobody asked
    ],
)
def test_a_value_is_a_cell_of_the_only_row(tmp_path: Path, check: Check, why: str) -> None:
    turn = _queried(tmp_path, ships=[3], first=["Ada"], share=[1 / 3], empty=pa.nulls(1).to_pylist())
    assert _reason(check, turn, folder=tmp_path) == why


@pytest.mark.parametrize(
    ("check", "why"),
    [
        (ValueIs(equals=0.81), ""),
        (ValueIs(equals="quick"), ""),
        (TableIs(accepted=[[[0.81]]]), ""),
        (ValueIs(equals=0.9), "0.9 expected; answered: Built it."),
        (TableIs(accepted=[[[0.9]]]), "a table of 1 rows expected; answered: Built it."),
        (TableIs(accepted=[[[0.81, "quick"]]]), "a table of 1 rows expected; answered: Built it."),
    ],
)
def test_an_answer_without_a_table_has_its_values(tmp_path: Path, check: Check, why: str) -> None:
    turn = _answered("Built it.", values={"auc": 0.81, "build": "quick", "features": ["tons"]})
    assert _reason(check, turn, folder=tmp_path) == why


@pytest.mark.parametrize("check", [TableIs(accepted=[[[3]]]), ValueIs(equals=3)])
def test_a_result_without_an_answer_does_not_count(tmp_path: Path, check: Check) -> None:
    turn = _queried(tmp_path, ships=[3])
    failed = turn.model_copy(update={"events": [*turn.events[:-1], Failed(text="Stopped.").model_dump(mode="json")]})
    assert _reason(check, failed, folder=tmp_path).endswith("expected; failed: Stopped.")


def test_what_the_data_lacks_is_no_value(tmp_path: Path) -> None:
    turn = _answered("The data does not hold age.", values={"missing": "age"})
    assert (
        _reason(ValueIs(equals="age"), turn, folder=tmp_path) == "age expected; answered: The data does not hold age."
    )


def test_a_new_dataset_is_the_table_of_a_turn_that_showed_none(tmp_path: Path) -> None:
    made = _write(tmp_path, "1-ships@2.parquet", name=["Ada"], tons=[10])
    turn = _turn(
        _plan("check_quality", "filter_rows"),
        _done(1, table=TableData(columns=["issue"], rows=[["gap"]], row_count=1)),
        _done(2, dataset="ships@2"),
        Answer(text="Kept 1 row."),
        heads={"ships": "ships@2"},
        before={"ships": "ships@1"},
        tables={"ships@2": made},
        result=_write(tmp_path, "1-result.parquet", issue=["gap"]),
    )
    assert _reason(TableIs(accepted=[[["Ada", 10]]]), turn, folder=tmp_path) == ""
    assert _reason(TableIs(accepted=[[["gap"]]]), turn, folder=tmp_path) != ""


# --- datasets ------------------------------------------------------------------------------------------------------


def _changed(folder: Path) -> TurnRecord:
    """A turn that made a new version of ships and left ports as it was."""
    made = _write(folder, "1-ships@2.parquet", name=["Ada", "Bee", "Cod"], Tons=[10.0, 20.0, None], sunk=[1, 0, 0])
    return _turn(
        _plan("fill_missing"),
        _done(dataset="ships@2"),
        Answer(text="Filled."),
        heads={"ships": "ships@2", "ports": "ports@1"},
        before={"ports": "ports@1", "ships": "ships@1"},
        tables={"ships@2": made},
    )


@pytest.mark.parametrize(
    ("check", "why"),
    [
        (DatasetIs(), ""),
        (DatasetIs(name="Ships", row_count=3, has_columns=["tons"], lacks_columns=["age"], no_missing=["name"]), ""),
        (DatasetIs(columns=["name", "Tons", "sunk"], where={"Tons > 5 AND sunk = 0": 1, "Tons IS NULL": 1}), ""),
        (DatasetIs(rows=[["Cod", 0, None], ["Ada", 1, 10], ["Bee", 0, 20]]), ""),
        (DatasetIs(row_count=4), "ships@2: 4 rows expected, 3 got"),
        (DatasetIs(has_columns=["name", "age"]), "ships@2: column age expected; columns: name, Tons and sunk"),
        (DatasetIs(lacks_columns=["SUNK"]), "ships@2: column SUNK should be gone"),
        (
            DatasetIs(columns=["name", "tons", "sunk"]),
            "ships@2: the columns name, tons and sunk expected, name, Tons and sunk got",
        ),
        (DatasetIs(no_missing=["tons"]), "ships@2: 1 of 3 values of tons are missing"),
        (DatasetIs(no_missing=["age"]), "ships@2: column age expected"),
        (DatasetIs(where={"sunk = 1": 1, "Tons > 5": 3}), "ships@2: 3 rows with Tons > 5 expected, 2 got"),
        (
            DatasetIs(rows=[["Ada", 10, 1], ["Bee", 20, 0], ["Cod", 15, 0]]),
            "ships@2: row (Cod, 15, 0) missing, row (Cod, NULL, 0) in its place",
        ),
        (
            DatasetIs(rows=[["Cod", 0, None], ["Ada", 1, 10], ["Bee", 0, 20]], ordered=True),
            "ships@2: the rows are right, their order is not: (Cod, 0, NULL) comes first",
        ),
        (DatasetIs(name="crews"), "no dataset crews; there are: ships and ports"),
        (DatasetIs(name="ports"), "ports@1 is none that this talk made, and its rows are not kept; answered: Filled."),
    ],
)
def test_the_end_state_of_a_dataset(tmp_path: Path, check: DatasetIs, why: str) -> None:
    assert _reason(check, _changed(tmp_path), folder=tmp_path) == why


def test_a_condition_that_can_not_run_says_so_in_one_line(tmp_path: Path) -> None:
    why = _reason(DatasetIs(where={"age > 3": 1}), _changed(tmp_path), folder=tmp_path)
    assert why.startswith(
        'ships@2: the conditions can\'t be asked: The SQL did not run. Binder Error: Referenced column "age"'
    )
    assert "\n" not in why
    outside = DatasetIs(where={"sunk IN (SELECT 1 FROM read_csv('/etc/passwd'))": 1})
    assert "read_csv" in _reason(outside, _changed(tmp_path), folder=tmp_path)


def test_a_dataset_keeps_the_state_of_an_earlier_turn(tmp_path: Path) -> None:
    later = _answered().model_copy(update={"heads": {"ships": "ships@2"}, "before": {"ships": "ships@2"}})
    assert _reason(DatasetIs(row_count=3), _changed(tmp_path), later, folder=tmp_path) == ""
    assert (
        _reason(DatasetIs(row_count=9), _changed(tmp_path), later, folder=tmp_path)
        == "turn 2: ships@2: 9 rows expected, 3 got"
    )


def test_a_dataset_that_no_turn_touched_is_the_case_s_own_file(tmp_path: Path) -> None:
    file = tmp_path / "ships.csv"
    file.write_text(SHIPS, encoding="utf-8")
    turn = _answered().model_copy(update={"heads": {"ships": "ships@1"}, "before": {"ships": "ships@1"}})
    assert _reason(DatasetIs(row_count=3, where={"tons IS NULL": 1}), turn, folder=tmp_path, data=file) == ""
    assert (
        _reason(DatasetIs(no_missing=["tons"]), turn, folder=tmp_path, data=file)
        == "ships@1: 1 of 3 values of tons are missing"
    )
    file.unlink()
    got = score(_case(DatasetIs(row_count=3), data=file), _record(tmp_path, turn))
    assert got.infrastructure
    assert got.reasons[0].startswith("The case's data can't be read: ")


@pytest.mark.parametrize(
    ("before", "heads", "artefacts", "why"),
    [
        ({"a": "a@1", "b": "b@1"}, {"b": "b@1", "a": "a@1"}, [], ""),
        ({"a": "a@1"}, {"a": "a@1"}, [Artefact(kind="file", name="a.csv")], ""),
        ({"a": "a@1"}, {"a": "a@2"}, [], "nothing should change; a@1 -> a@2"),
        ({"a": "a@2"}, {"a": "a@1"}, [], "nothing should change; a@2 -> a@1"),
        ({"a": "a@1"}, {"b": "b@1"}, [], "nothing should change; a@1 -> nothing and nothing -> b@1"),
        ({"a": "a@1"}, {"a": "a@1"}, [MODEL], "no model should be built; ships_sunk was"),
    ],
)
def test_a_question_changes_nothing(
    tmp_path: Path, before: dict[str, str], heads: dict[str, str], artefacts: list[Artefact], why: str
) -> None:
    turn = _turn(_plan("x"), _done(artefacts=artefacts), Answer(text="So."), before=before, heads=heads)
    assert _reason(ChangesNothing(), turn, folder=tmp_path) == why


# --- models and tools ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("check", "why"),
    [
        (MetricIs(name="auc", at_least=0.7, at_most=0.9), ""),
        (MetricIs(name="auc", at_least=0.9), "auc of 0.9 or more expected, 0.8 got"),
        (MetricIs(name="auc", at_most=0.7), "auc of 0.7 or less expected, 0.8 got"),
        (MetricIs(name="rmse", at_most=5), "the model has no rmse; it has accuracy and auc"),
    ],
)
def test_the_metric_of_the_model_built_last(tmp_path: Path, check: MetricIs, why: str) -> None:
    turn = _turn(
        _plan("train_model", "train_model", "evaluate_model"),
        _done(1, metrics={"auc": 0.2}, artefacts=[MODEL]),
        _done(2, metrics={"accuracy": 0.6, "auc": 0.8, "baseline_auc": 0.5}, artefacts=[MODEL]),
        _done(3, metrics={"auc": 0.3}),
        Answer(text="Built it."),
    )
    assert _reason(check, turn, folder=tmp_path) == why


def test_a_model_that_was_only_looked_at_was_not_built(tmp_path: Path) -> None:
    turn = _turn(_plan("evaluate_model"), _done(metrics={"auc": 0.8}), Answer(text="It is good."))
    assert (
        _reason(MetricIs(name="auc", at_least=0.5), turn, folder=tmp_path) == "a model expected; answered: It is good."
    )


@pytest.mark.parametrize(
    ("check", "why"),
    [
        (ToolsAre(called=["fill_missing"], any_of=["undo", "sort_rows"], not_called=["drop_columns"]), ""),
        (ToolsAre(arguments={"fill_missing": {"columns": ["TONS", "sunk"], "method": "Median"}}), ""),
        (ToolsAre(called=["train_model"]), "train_model expected; ran: fill_missing and sort_rows"),
        (ToolsAre(any_of=["undo", "redo"]), "one of undo and redo expected; ran: fill_missing and sort_rows"),
        (ToolsAre(not_called=["sort_rows"]), "sort_rows should not run; ran: fill_missing and sort_rows"),
        (ToolsAre(called=["drop_columns"]), "drop_columns expected; ran: fill_missing and sort_rows"),
        (
            ToolsAre(arguments={"fill_missing": {"columns": ["tons"]}}),
            "fill_missing with columns=['tons'] expected; columns=['sunk', 'tons'], method='median', by=None",
        ),
        (
            ToolsAre(arguments={"fill_missing": {"value": 0}}),
            "fill_missing with value=0 expected; columns=['sunk', 'tons'], method='median', by=None",
        ),
        (ToolsAre(arguments={"undo": {}}), "undo with no arguments expected; ran: fill_missing and sort_rows"),
    ],
)
def test_the_tools_that_ran(tmp_path: Path, check: ToolsAre, why: str) -> None:
    """A second plan replaced what the first one had left, so drop_columns never ran."""
    turn = _turn(
        _plan("fill_missing", "drop_columns", columns=["sunk", "tons"], method="median", by=None),
        _done(1),
        PlanShown(steps=[PlannedStep(id=3, tool="sort_rows", arguments={})]),
        _done(3),
        Answer(text="Done."),
    )
    assert _reason(check, turn, folder=tmp_path) == why


# --- words ---------------------------------------------------------------------------------------------------------

LACKS = Answer(text="The data does not hold age.", values={"missing": "age"})
APPROVAL = Question(text="Run this plan?", options=["Run", "Cancel"])
STUCK = Question(text="No column 'x'.", options=["Retry", "Skip", "Stop"])
CHOICE = Question(text="Which weight?", options=["net", "gross"])
TIMED_OUT = Failed(text="timeout: stopped after 60 s.")
DEFECT = Failed(text="A defect of Easel's own stopped this: KeyError: 'x'")


@pytest.mark.parametrize(
    ("check", "events", "why"),
    [
        (SaysMissing(), [LACKS], ""),
        (SaysMissing(), [Failed(text="No age.")], "an answer that the data lacks this expected; failed: No age."),
        (Asks(), [CHOICE], ""),
        (Asks(), [CHOICE, Answer(text="12 tons.")], ""),
        (Asks(), [APPROVAL, Answer(text="Built it.")], "a question expected; answered: Built it."),
        (Asks(), [STUCK], "a question expected; asked: No column 'x'."),
        (Answers(), [Answer(text="")], ""),
        (Answers(), [LACKS], "an answer expected; it says that the data lacks age"),
        (Answers(), [CHOICE], "an answer expected; asked: Which weight?"),
        (Answers(), [], "an answer expected; the turn has no end"),
        (Answers(contains=["12 TONS"], any_of=["no", "ton"], lacks=["kg"]), [Answer(text="It  is 12\ntons.")], ""),
        (
            Answers(contains=["bee"]),
            [Answer(text="So.", table=TableData(columns=["ship"], rows=[["Bee"]]))],
            "",
        ),
        (Answers(contains=["a", "xx"]), [Answer(text="A.")], "xx expected in the answer; answered: A."),
        (Answers(any_of=["x", "y"]), [Answer(text="A.")], "one of x and y expected in the answer; answered: A."),
        (Answers(lacks=["a."]), [Answer(text="A.")], "a. should not be in the answer; answered: A."),
        (Fails(contains=["no TABLE"]), [Failed(text="No table 'x'.")], ""),
        (Fails(contains=["column"]), [Failed(text="No table.")], "column expected in the error; failed: No table."),
        (Fails(), [Answer(text="Done.")], "a refusal with an error expected; answered: Done."),
        (Fails(), [Failed(text="One.\nTwo.")], "an error in one line expected; failed: One. Two."),
        (Fails(), [TIMED_OUT], "a refusal with an error expected; failed: timeout: stopped after 60 s."),
        (Fails(), [DEFECT], f"a refusal with an error expected; failed: {DEFECT.text}"),
        (Fails(), [Failed(text="Killed.", interrupted=True)], "a refusal with an error expected; failed: Killed."),
        (Either(of=[[Asks()], [Answers(contains=["12"]), ChangesNothing()]]), [CHOICE], ""),
        (Either(of=[[Asks()], [Answers(contains=["12"]), ChangesNothing()]]), [Answer(text="12")], ""),
        (
            Either(of=[[Asks()], [ChangesNothing(), Answers(contains=["12"])]]),
            [Answer(text="13")],
            "none of these held: a question expected; answered: 13 | 12 expected in the answer; answered: 13",
        ),
        (Either(of=[]), [Answer(text="13")], "no outcome is accepted: the case lists none"),
    ],
)
def test_how_a_turn_ended(tmp_path: Path, check: Check, events: list[Event], why: str) -> None:
    assert _reason(check, _turn(*events), folder=tmp_path) == why


# --- the assistant itself ------------------------------------------------------------------------------------------

FILL = {"tool": "fill_missing", "columns": ["tons"], "method": "median"}
COUNT = {"tool": "query_data", "sql": "SELECT count(*) AS ships, sum(tons) AS tons FROM ships"}
Play = Callable[..., tuple[Case, Record]]


@pytest.fixture
def play(tmp_path: Path) -> Play:
    """A case over three ships, and the record of the assistant with these replies of the language model."""

    def played(checks: list[list[Check]], *replies: Any) -> tuple[Case, Record]:
        data, script, room = tmp_path / "ships.csv", tmp_path / "replies.jsonl", tmp_path / "room"
        data.write_text(SHIPS, encoding="utf-8")
        script.write_text("".join(json.dumps(reply) + "\n" for reply in replies), encoding="utf-8")
        room.mkdir()
        settings = read_settings({"EASEL_CACHE": str(tmp_path), "EASEL_HOME": str(tmp_path)})
        says = ("Fill the missing tons", "How many ships and tons are there?")
        turns = [Turn(say=say, checks=of_turn) for say, of_turn in zip(says, checks, strict=True)]
        case = Case(id="ships", data=[Data(path=str(data))], turns=turns)
        column = Column(model=f"script:{script}", prompt="p")
        record = attempt(case, column, 0, key="k", versions={}, settings=settings, clock=lambda: Clock(60), folder=room)
        return case, record.model_copy(update={"folder": room})

    return played


def test_a_talk_with_the_assistant_is_scored_turn_by_turn(play: Play) -> None:
    filled: list[Check] = [
        DatasetIs(row_count=3, no_missing=["tons"], rows=[["Ada", 10, 1], ["Bee", 20, 0], ["Cod", 15, 0]]),
        ToolsAre(called=["fill_missing"], arguments={"fill_missing": {"columns": ["Tons"]}}),
        Answers(),
    ]
    counted: list[Check] = [TableIs(accepted=[[[45, 3]]]), ValueIs(equals=45), ChangesNothing(), DatasetIs(row_count=3)]
    case, record = play([filled, counted], {"steps": [FILL]}, {"steps": [COUNT]})
    assert score(case, record) == Verdict(case="ships", repeat=0, passed=True, turns=[True, True])


def test_a_talk_that_went_wrong_says_where(play: Play) -> None:
    wrong = COUNT | {"sql": "SELECT count(*) AS ships, max(tons) AS tons FROM ships"}
    case, record = play(
        [[DatasetIs(no_missing=["tons"])], [TableIs(accepted=[[[3, 45]]])]], {"steps": [COUNT]}, {"steps": [wrong]}
    )
    assert score(case, record) == Verdict(
        case="ships",
        repeat=0,
        passed=False,
        reasons=[
            "turn 1: ships@1: 1 of 3 values of tons are missing",
            "turn 2: table: row (3, 45) missing, row (3, 20) in its place",
        ],
        turns=[False, False],
    )


def test_five_hundred_records_are_scored_in_a_few_seconds(tmp_path: Path) -> None:
    columns = {f"c{place}": [place * row for row in range(100)] for place in range(6)}
    expected = [list(row) for row in zip(*reversed(columns.values()), strict=True)]
    case, record = (
        _case([TableIs(accepted=[expected]), ChangesNothing()]),
        _record(tmp_path, _queried(tmp_path, **columns)),
    )
    started = time.process_time()
    assert all(score(case, record).passed for _ in range(500))
    assert time.process_time() - started < 10
