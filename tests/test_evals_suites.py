"""Our own suites: every expected figure holds for the data that lie beside them, and no check is empty."""

import tempfile
from collections import Counter
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path

import pytest
import yaml

import prompts
from assistant.events import Answer, Failed, PlannedStep, PlanShown, StepDone
from evals.case import Case, ChangesNothing, Check, DatasetIs, Either, Fails, TableIs, ValueIs, read_suite
from evals.checks import score
from evals.keep import keep_dataset, keep_result
from evals.record import Record, TurnRecord
from evals.run import own_suites
from evals.suites.make_data import FOLDER, TABLES, text_of
from tools import call
from tools.connect import load as load_data
from tools.tool import Job
from tools.workspace import Workspace

KINDS = {"question", "transform", "model", "look", "talk", "unanswerable", "ambiguous", "bad", "injection"}
DIFFICULTIES = {"easy", "medium", "hard"}
NOTHING = "Nothing was to be done."


@cache
def cases() -> list[Case]:
    return [case for path in own_suites() for case in read_suite(path)]


def kind(case: Case) -> str:
    return next(tag for tag in case.tags if tag in KINDS)


def flat(checks: Iterable[Check]) -> Iterator[Check]:
    for check in checks:
        yield check
        if isinstance(check, Either):
            for option in check.of:
                yield from flat(option)


def golds(case: Case) -> list[str]:
    """The right SELECT of each turn that has a table, a value or a dataset to check; empty for the other turns."""
    queue = iter(case.gold.split(";\n")) if case.gold else iter(())
    wanted = [
        any(isinstance(check, TableIs | ValueIs | DatasetIs) for check in flat(turn.checks)) for turn in case.turns
    ]
    found = [next(queue) if wants else "" for wants in wanted]
    assert next(queue, None) is None, f"{case.id} has more SELECTs than turns to check"
    return found


@pytest.fixture(scope="module")
def project() -> Iterator[Job]:
    """All data of the suites in one project."""
    with tempfile.TemporaryDirectory() as folder, Workspace(Path(folder)) as workspace:
        for name in TABLES:
            load_data(workspace, FOLDER / f"{name}.csv")
        yield Job(workspace)


def answered(step: PlannedStep, done: StepDone) -> list[dict[str, object]]:
    answer = Answer(text=done.text, table=done.table, values=done.values)
    return [event.model_dump(mode="json") for event in (PlanShown(steps=[step]), done, answer)]


def queried(job: Job, sql: str, heads: dict[str, str], folder: Path, name: str) -> TurnRecord:
    step = PlannedStep(id=1, tool="query_data", arguments={"sql": sql}, effect="read")
    done = StepDone(id=1, seconds=0, **call(job, "query_data", {"sql": sql}).model_dump())
    result = keep_result(job.workspace, [done], folder, name)
    return TurnRecord(events=answered(step, done), result=result, before=heads, heads=heads)


def changed(job: Job, sql: str, heads: dict[str, str], folder: Path, name: str) -> TurnRecord:
    """The turn that makes the SELECT's rows the newest version of the first dataset; the project is left as it was."""
    dataset = next(iter(heads))
    arguments = {"dataset": dataset, "sql": sql}
    step = PlannedStep(id=1, tool="transform_with_sql", arguments=arguments, effect="derive")
    done = StepDone(id=1, seconds=0, **call(job, "transform_with_sql", arguments).model_dump())
    assert done.dataset is not None
    tables = {done.dataset: keep_dataset(job.workspace, done.dataset, folder, name)}
    call(job, "restore_version", {"version": f"{dataset}@1"})
    return TurnRecord(events=answered(step, done), before=heads, heads=heads | {dataset: done.dataset}, tables=tables)


def record_of(case: Case, turns: list[TurnRecord], folder: Path) -> Record:
    return Record(case=case.id, repeat=0, model="gold", prompt="own", key="gold", turns=turns, folder=folder)


def heads_of(case: Case) -> dict[str, str]:
    return {Path(data.path).stem: f"{Path(data.path).stem}@1" for data in case.data}


def only(case: Case, place: int) -> Case:
    return case.model_copy(update={"turns": [case.turns[place]]})


# --- the figures -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("case", [case for case in cases() if case.gold], ids=lambda case: str(case.id))
def test_the_right_select_passes(case: Case, project: Job, tmp_path: Path) -> None:
    heads = heads_of(case)
    for place, sql in enumerate(golds(case)):
        if not sql:
            continue
        reads = any(isinstance(check, ChangesNothing) for check in case.turns[place].checks)
        turn = (queried if reads else changed)(project, sql, heads, tmp_path, str(place))
        verdict = score(only(case, place), record_of(case, [turn], tmp_path))
        assert (verdict.passed, verdict.reasons) == (True, [])


@pytest.mark.parametrize("case", cases(), ids=lambda case: str(case.id))
def test_who_does_nothing_or_fails_does_not_pass_unless_the_request_is_to_be_refused(case: Case) -> None:
    heads = heads_of(case)
    for end in (Answer(text=NOTHING), Failed(text="No plan could be made for this.")):
        turn = TurnRecord(events=[end.model_dump(mode="json")], before=heads, heads=heads)
        passed = score(case, record_of(case, [turn] * len(case.turns), Path())).passed
        assert passed == (kind(case) == "bad")


@pytest.mark.parametrize("dataset", TABLES)
def test_who_empties_the_data_does_not_pass(dataset: str, project: Job, tmp_path: Path) -> None:
    for case in cases():
        heads = heads_of(case)
        if next(iter(heads)) == dataset:
            turn = changed(project, f"SELECT * FROM {dataset} WHERE false", heads, tmp_path, case.id)
            whole = record_of(case, [turn] * len(case.turns), tmp_path)
            assert not any(score(case, whole).turns)


# --- the data --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", TABLES)
def test_a_file_is_what_the_script_makes_and_small(name: str) -> None:
    content = (FOLDER / f"{name}.csv").read_bytes()
    assert content.decode() == text_of(name)
    assert len(content) <= 60_000


def test_every_file_is_made_and_used() -> None:
    files = {path.stem for path in FOLDER.iterdir()}
    used = {Path(data.path).stem for case in cases() for data in case.data}
    assert files == set(TABLES) == used


# --- the suites as a whole ---------------------------------------------------------------------------------------------


def test_ids_are_unique_across_the_suites() -> None:
    assert [name for name, count in Counter(case.id for case in cases()).items() if count > 1] == []


def test_each_kind_has_as_many_korean_cases_as_english_ones() -> None:
    english = Counter(kind(case) for case in cases() if case.language == "en")
    korean = Counter(kind(case) for case in cases() if case.language == "ko")
    assert english == korean
    assert english.keys() == KINDS
    assert english.total() >= 80
    assert english["injection"] + korean["injection"] >= 6


def test_korean_cases_are_said_in_korean_and_english_ones_in_english() -> None:
    def hangul(text: str) -> bool:
        return any("가" <= letter <= "힣" for letter in text)

    wrong = [case.id for case in cases() for turn in case.turns if hangul(turn.say) != (case.language == "ko")]
    assert wrong == []


def test_every_case_says_its_difficulty_once() -> None:
    assert [case.id for case in cases() if len(DIFFICULTIES & set(case.tags)) != 1] == []


def test_the_smoke_cases_are_few_and_of_every_kind() -> None:
    smoke = [case for case in cases() if "smoke" in case.tags]
    assert Counter(case.language for case in smoke) == {"en": 10, "ko": 10}
    assert {kind(case) for case in smoke} == KINDS
    assert sum(kind(case) == "model" for case in smoke) == 1


def test_no_request_is_among_the_worked_examples_that_the_model_reads() -> None:
    linker = yaml.safe_load((Path(prompts.FOLDER) / "linker.yaml").read_text(encoding="utf-8"))
    turns = [turn for example in prompts.examples() for turn in example["turns"]]
    shown = {example["request"].strip(" .?!").casefold() for example in [*turns, *linker]}
    assert [turn.say for case in cases() for turn in case.turns if turn.say.strip(" .?!").casefold() in shown] == []


def test_only_a_request_to_be_refused_may_fail() -> None:
    may_fail = {
        kind(case) for case in cases() for turn in case.turns for check in flat(turn.checks) if isinstance(check, Fails)
    }
    assert may_fail == {"bad"}
