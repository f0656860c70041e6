"""Numbers as requests spell them."""

import re

import pytest

from tools.number_words import ENGLISH, KOREAN, SEVERAL, TIMES, either, number_said


@pytest.mark.parametrize(
    ("said", "number"),
    [("3", 3), ("1,500", 1500), ("2.5", 2.5), ("Three", 3), ("twelve", 12), ("thirty", 30), ("세", 3), ("열두", 12), ("zero", 0)],
)  # fmt: skip
def test_digits_and_words_of_both_languages_are_numbers(said: str, number: float) -> None:
    assert number_said(said) == number


def test_words_that_are_a_number_in_one_place_alone_are_given_there() -> None:
    assert number_said("twice", TIMES) == 2
    assert number_said("half an", {"half an": 0.5}) == 0.5
    with pytest.raises(ValueError, match="could not convert"):
        number_said("twice")


def test_the_longest_word_is_found_first() -> None:
    pattern = re.compile(rf"{either(ENGLISH)}|{either(KOREAN)}")
    assert pattern.findall("sixteen six eighteen 열두 두") == ["sixteen", "six", "eighteen", "열두", "두"]


def test_one_is_no_number_where_it_may_be_a_pronoun() -> None:
    assert "one" not in SEVERAL
    assert SEVERAL["two"] == 2
