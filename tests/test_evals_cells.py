"""The one form in which cells are compared."""

import datetime
import decimal
import math
import uuid
from typing import Any

import pytest

from evals.cells import cell, close, in_words, key, rank

UTC_PLUS_2 = datetime.timezone(datetime.timedelta(hours=2))


@pytest.mark.parametrize(
    ("value", "form"),
    [
        (None, None),
        (math.nan, None),
        (math.inf, None),
        (decimal.Decimal("NaN"), None),
        ("", ""),
        ("NULL", "NULL"),
        (True, 1),
        (False, 0),
        ("True", 1),
        ("false", 0),
        ("yes", "yes"),
        (3, 3),
        (3.0, 3),
        (-0.0, 0),
        (2.5, 2.5),
        (decimal.Decimal("12.50"), 12.5),
        (decimal.Decimal("12.00"), 12),
        (decimal.Decimal(2**70), 2**70),
        ("3", 3),
        (" 3.0 ", 3),
        ("-.5", -0.5),
        ("1e-3", 0.001),
        ("1,234", "1,234"),
        ("5 %", "5 %"),
        ("٣", "٣"),
        ("  Berlin ", "Berlin"),
        ("BERLIN", "BERLIN"),
        (12345678901234567890, 12345678901234567890),
        ("12345678901234567890", 12345678901234567890),
        (datetime.date(2024, 1, 5), "2024-01-05"),
        (datetime.datetime(2024, 1, 5), "2024-01-05"),
        (datetime.datetime(2024, 1, 5, 7, 30), "2024-01-05 07:30:00"),
        (datetime.datetime(2024, 1, 5, 1, 30, tzinfo=UTC_PLUS_2), "2024-01-04 23:30:00"),
        (datetime.time(7, 30), "07:30:00"),
        ("2024-01-05", "2024-01-05"),
        ("2024-01-05T00:00:00", "2024-01-05"),
        ("2024-01-05 07:30", "2024-01-05 07:30:00"),
        ("2024-01-05 07:30:00.500", "2024-01-05 07:30:00.500000"),
        ("2024-01-05T07:30:00Z", "2024-01-05 07:30:00"),
        ("2024-02-31", "2024-02-31"),
        (datetime.timedelta(days=3), "3 days, 0:00:00"),
        (uuid.UUID(int=7), "00000000-0000-0000-0000-000000000007"),
        (b"abc", "abc"),
        ([1, 2.0, None], "[1, 2, null]"),
        ("[1, 2.0, null]", "[1, 2, null]"),
        ({"b": [datetime.date(2024, 1, 5)], "a": "x"}, '{"a": "x", "b": ["2024-01-05"]}'),
        ([("a", 1), ("b", 2)], '{"a": 1, "b": 2}'),
        ("[draft] plan", "[draft] plan"),
    ],
)
def test_a_value_has_one_form_whatever_it_came_as(value: Any, form: Any) -> None:
    got = cell(value)
    assert (got, type(got)) == (form, type(form))


@pytest.mark.parametrize(
    ("one", "other", "tolerance", "same"),
    [
        (None, None, 1e-4, True),
        (None, 0, 1e-4, False),
        (None, "", 1e-4, False),
        ("a", "A", 1e-4, False),
        ("1", "one", 1e-4, False),
        (0.33333, 0.3333, 1e-4, True),
        (0.334, 0.3333, 1e-4, False),
        (33, 33.001, 1e-4, True),
        (33, 33.01, 1e-4, False),
        (100001, 100002, 1e-4, False),
        (100001, 100002, 1e-3, True),
        (12345678901234567890, 12345678901234567891, 1e-4, False),
        (1000, 1040, 0.05, True),
        (1000, 1060, 0.05, False),
    ],
)
def test_numbers_are_the_same_within_the_tolerance_and_whole_ones_exactly(
    one: Any, other: Any, tolerance: float, same: bool
) -> None:
    assert close(one, other, tolerance) is same
    assert close(other, one, tolerance) is same


def test_the_last_bits_of_a_fraction_do_not_tell_keys_apart() -> None:
    assert key(0.1 + 0.2) == key(0.3)
    assert key(0.3) != key(0.3001)
    assert key(2**60 + 1) != key(2**60)


def test_a_column_sorts_missing_first_then_numbers_then_texts() -> None:
    assert sorted(["b", 2, None, 0.5, "a"], key=rank) == [None, 0.5, 2, "a", "b"]


@pytest.mark.parametrize(
    ("cells", "words"),
    [
        (("Germany", 814, None, 0.12345678), "(Germany, 814, NULL, 0.123457)"),
        (("x" * 50,), f"({'x' * 39}…)"),
        (tuple(range(10)), "(0, 1, 2, 3, 4, 5, 6, 7, …)"),
    ],
)
def test_a_row_in_words_is_short(cells: Any, words: str) -> None:
    assert in_words(cells) == words
