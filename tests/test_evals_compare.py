from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from evals.attempts import read
from evals.case import Case
from evals.compare import CompareError, Side, Varies, compare, lines, select
from evals.record import Column, Record
from tests.small_run import LOCAL, VERSIONS, answered, ask, counted, failed, record, write_run

BETTER = Column(model="local", prompt="better")
RAW = Column(model="local", prompt="raw", subject="raw")


def sides(folder: Path, before: Sequence[bool | None], after: Sequence[bool | None], **more: Any) -> tuple[Side, Side]:
    """Two columns of one run; None is an attempt whose infrastructure broke. Every case has its own data."""
    cases = [ask(f"case-{n:02}", data=f"table{n}.csv") for n in range(len(before))]
    records = [
        record(
            case.id,
            None if passed is None else answered() if passed else failed(),
            column,
            versions=VERSIONS | {"prompt": column.prompt},
        )
        for column, outcomes in ((LOCAL, before), (BETTER, after))
        for case, passed in zip(cases, outcomes, strict=True)
    ]
    run = read(write_run(folder, cases, records, **more))
    return Side(run, LOCAL), Side(run, BETTER)


@pytest.mark.parametrize(
    ("before", "after", "conclusion", "exit_code"),
    [
        ([False] * 12 + [True] * 4, [True] * 16, "better", 0),
        ([True] * 16, [False] * 12 + [True] * 4, "worse", 1),
        ([False, True, True, True], [True, True, True, True], "inconclusive", 0),
        ([True, False, True], [True, False, True], "same", 0),
    ],
)
def test_a_conclusion_needs_pairs_enough(
    tmp_path: Path, before: list[bool], after: list[bool], conclusion: str, exit_code: int
) -> None:
    found = compare(*sides(tmp_path / "run", before, after), varies=["prompt"])
    assert (found.conclusion, found.exit_code) == (conclusion, exit_code)
    assert (found.pairs, found.passed_before, found.passed_after) == (len(before), sum(before), sum(after))
    assert found.difference == pytest.approx((sum(after) - sum(before)) / len(before))


def test_cases_that_changed_are_named(tmp_path: Path) -> None:
    found = compare(*sides(tmp_path / "run", [True, False, True, False], [False, True, True, False]))
    assert (found.regressed, found.improved) == (["case-00"], ["case-01"])
    assert found.differs == ["prompt"]


def test_broken_attempts_are_left_out_and_counted(tmp_path: Path) -> None:
    found = compare(*sides(tmp_path / "run", [True, None, False, True], [True, True, None, False]))
    assert (found.pairs, found.infrastructure, found.regressed, found.improved) == (2, 2, ["case-03"], [])


def test_tokens_and_time_are_compared_on_pairs(tmp_path: Path) -> None:
    cases = [ask("a"), ask("b"), ask("only-before")]
    half = answered(tokens_read=400, tokens_written=100, seconds=1.5)
    records = [record(case.id, answered()) for case in cases] + [record(name, half, BETTER) for name in ("a", "b")]
    run = read(write_run(tmp_path / "run", cases, records))
    found = compare(Side(run, LOCAL), Side(run, BETTER))
    assert (found.tokens_ratio, found.seconds_ratio, found.unpaired) == (0.5, 0.5, 1)


def test_repeats_are_pairs_of_their_own(tmp_path: Path) -> None:
    outcomes = {LOCAL: [True, True, False], BETTER: [True, False, False]}
    records = [
        record("a", answered() if passed else failed(), column, repeat)
        for column, passes in outcomes.items()
        for repeat, passed in enumerate(passes)
    ]
    run = read(write_run(tmp_path / "run", [ask("a")], records, repeats=3))
    found = compare(Side(run, LOCAL), Side(run, BETTER))
    assert (found.pairs, found.passed_before, found.passed_after, found.regressed) == (3, 2, 1, ["a"])


def two_runs(folder: Path, old: Record, new: Record, old_case: Case, new_case: Case) -> tuple[Side, Side]:
    runs = [
        read(write_run(folder / name, [case], [one]))
        for name, case, one in (("old", old_case, old), ("new", new_case, new))
    ]
    return Side(runs[0], runs[0].columns[0]), Side(runs[1], runs[1].columns[0])


@pytest.mark.parametrize(
    ("changed", "column", "varies", "refused"),
    [
        ({"prompt": "p2"}, LOCAL, ["prompt"], ""),
        ({"prompt": "p2"}, LOCAL, ["prompt", "code"], ""),
        ({"code": "c2", "schema": "s2"}, LOCAL, ["code"], ""),
        ({"weights": "w2"}, Column(model="openai:m", prompt="current"), ["model"], ""),
        ({"prompt": "raw", "schema": "none", "code": "r", "case": "x"}, RAW, ["subject"], ""),
        ({"prompt": "p2", "code": "c2"}, LOCAL, ["prompt"], "code (c1 -> c2 in case a)"),
        ({"weights": "w2"}, LOCAL, ["prompt"], "weights (w1 -> w2 in case a)"),
        (
            {"weights": "m.gguf sha256:" + "0123abcd" * 8},
            LOCAL,
            ["code"],
            "weights (w1 -> m.gguf sha256:0123abcd0123… in case a)",
        ),
        ({"data": "d2"}, LOCAL, ["prompt", "model", "code", "subject"], "data (d1 -> d2 in case a)"),
        ({}, Column(model="openai:m", prompt="current"), ["prompt"], "model (local -> openai:m in case a)"),
        ({}, RAW, ["prompt"], "subject (assistant -> raw in case a)"),
    ],
)
def test_only_what_is_declared_may_differ(
    tmp_path: Path, changed: dict[str, str], column: Column, varies: list[Varies], refused: str
) -> None:
    new = record("a", answered(), column, versions=VERSIONS | changed)
    pair = two_runs(tmp_path, record("a", answered()), new, ask("a"), ask("a"))
    if not refused:
        assert compare(*pair, varies=varies).pairs == 1
        return
    with pytest.raises(CompareError) as error:
        compare(*pair, varies=varies)
    assert str(error.value) == (
        f"Declared to vary: {' and '.join(varies)}; but these differ too: {refused}. "
        "Declare it with --varies, or run one side again."
    )


def test_both_sides_are_scored_with_the_newer_checks(tmp_path: Path) -> None:
    table = {"columns": ["n"], "rows": [[12]]}
    old_case, new_case = ask("a", checks=[counted([13])]), ask("a", checks=[counted([12])])
    one = record("a", answered(table=table))
    found = compare(*two_runs(tmp_path, one, one, old_case, new_case))
    assert (found.passed_before, found.passed_after, found.conclusion) == (1, 1, "same")


def test_a_case_said_in_other_words_is_not_compared(tmp_path: Path) -> None:
    pair = two_runs(tmp_path, record("a", answered()), record("a", answered()), ask("a"), ask("a", "How much?"))
    with pytest.raises(CompareError, match=r"^The case a is not said in the same words in the two runs"):
        compare(*pair)


def test_nothing_in_common_is_an_error(tmp_path: Path) -> None:
    pair = two_runs(tmp_path, record("a", answered()), record("b", answered()), ask("a"), ask("b"))
    with pytest.raises(CompareError, match=r"^old: local/current and new: local/current have no attempt in common"):
        compare(*pair)


@pytest.fixture
def folders(tmp_path: Path) -> dict[str, str]:
    columns = {"two": [LOCAL, BETTER], "one": [LOCAL], "three": [LOCAL, BETTER, RAW]}
    for name, among in columns.items():
        write_run(
            tmp_path / name, [ask("a")], [record("a", answered(), c, key=f"{name}{i}") for i, c in enumerate(among)]
        )
    return {name: str(tmp_path / name) for name in columns}


@pytest.mark.parametrize(
    ("words", "names"),
    [
        (["two"], ("two: local/current", "two: local/better")),
        (["two", "better", "current"], ("two: local/better", "two: local/current")),
        (["one", "two", "local/current"], ("one: local/current", "two: local/current")),
        (["two", "one", "better", "current"], ("two: local/better", "one: local/current")),
        (["three", "raw", "better"], ("three: local/raw", "three: local/better")),
        (["three", "local/current", "local/raw"], ("three: local/current", "three: local/raw")),
    ],
)
def test_words_name_two_sides(folders: dict[str, str], words: list[str], names: tuple[str, str]) -> None:
    before, after = select([folders.get(word, word) for word in words])
    assert (before.name, after.name) == names


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ([], "Two runs, or one run and two of its columns, not: nothing."),
        (["nowhere"], "Two runs, or one run and two of its columns, not: nowhere."),
        (["one"], "Name two columns of one. Columns: local/current."),
        (
            ["two", "better", "best"],
            "'best' names 0 columns of two, one is needed. Columns: local/current, local/better.",
        ),
        (["one", "two"], "2 columns of two, one is needed. Columns: local/current, local/better."),
    ],
)
def test_words_that_name_no_two_sides_are_answered_in_one_line(
    folders: dict[str, str], words: list[str], message: str
) -> None:
    with pytest.raises(CompareError) as error:
        select([folders.get(word, word) for word in words])
    assert str(error.value) == message


def test_the_command_line_prints_what_was_found(tmp_path: Path) -> None:
    found = compare(*sides(tmp_path / "run", [True, False, None], [False, False, True]))
    shown = list(lines(found))
    assert shown[:2] == ["local/current  ->  local/better", "passed 1 -> 0 of 2 pairs: inconclusive"]
    assert shown[2].startswith("difference -50.0% (95 %: ")
    assert shown[3:] == [
        "seconds x 0.50",
        "left out: 1 pairs for broken infrastructure, 0 without a partner",
        "regressed (1): case-00",
    ]
