"""Amounts and yes and no are read alike wherever a person writes them: in files, forms and requests."""

import unicodedata
from typing import Any

import duckdb
import pytest

from automl.amounts import amount, is_amount, written
from automl.card import Feature
from tools.forecasting.changes import _seen, number_change
from tools.modelling.row import _checked
from tools.profiling.written import NUMBER_TEXT
from tools.tool import ToolError
from tools.transforms import parse

AGE = Feature(name="amount", kind="number")
SENT = Feature(name="sent", kind="truth")


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("1,200", 1200.0),
        ("$1,234.50", 1234.5),
        ("1.234,50 €", 1234.5),
        ("12,34,567.5", 1234567.5),
        ("1’200.5", 1200.5),
        ("3,5", 3.5),
        ("12,000원", 12000.0),
        ("₩900", 900.0),
        ("₹ 40", 40.0),
        ("30 USD", 30.0),
        ("chf 7.5", 7.5),
        ("(5)", -5.0),
        ("−7", -7.0),
        ("7-", -7.0),
        ("1e3", 1000.0),
        ("\u00a01\u202f200\u00a0₽", 1200.0),
        (".5", 0.5),
        ("5.", 5.0),
        ("-,25", -0.25),
        ("1.5E-2", 0.015),
        ("E46", None),
        ("e5", None),
        ("-E2", None),
        (".e1", None),
        (",", None),
        ("12 %", None),
        ("2024.01.02", None),
        ("010-1234-5678", None),
        ("1.2.3", None),
        ("A12", None),
        ("", None),
        ("원", None),
        (".", None),
        ("12 kg", None),
        ("3/4", None),
        ("1_000", None),
        ("inf", None),
    ],
)
def test_an_amount_is_the_same_number_in_a_form_a_change_and_a_file(text: str, number: float | None) -> None:
    with duckdb.connect() as connection:
        sql = parse.amount("$1::VARCHAR", "DOUBLE")
        assert connection.execute(f"SELECT {sql}", [text]).fetchall() == [(number,)]
    assert amount(text) == number
    assert is_amount(text) == (number is not None or text == "12 %")
    if number is None:
        if text:
            with pytest.raises(ToolError, match=r"^amount is a number"):
                _checked(AGE, text, [])
        return
    assert _checked(AGE, text, []) == number
    assert number_change("amount", f"={text}").value == number


def test_every_sign_of_a_currency_that_sql_knows_is_one_for_python_too() -> None:
    signs = [chr(code) for code in range(0x10000) if unicodedata.category(chr(code)) == "Sc"]
    assert [sign for sign in signs if amount(f"{sign}5") != 5.0] == []
    assert [sign for sign in signs if not NUMBER_TEXT.fullmatch(f"5 {sign}")] == []
    letters = [chr(code) for code in range(0x10000) if unicodedata.category(chr(code))[0] == "L" and chr(code) != "원"]
    assert [letter for letter in letters if amount(f"5{letter}") is not None] == []


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ("yes", "true"),
        ("Y", "true"),
        ("예", "true"),
        ("on", "true"),
        (True, "true"),
        (1, "true"),
        ("no", "false"),
        ("N", "false"),
        ("아니요", "false"),
        ("off", "false"),
        (False, "false"),
        (0, "false"),
        ("perhaps", None),
    ],
)
def test_yes_and_no_are_the_same_words_in_a_form_and_in_a_change_of_a_forecast(value: Any, said: str | None) -> None:
    if said is None:
        with pytest.raises(ToolError, match=r"^sent is true or false, but got 'perhaps'\.$"):
            _checked(SENT, value, [])
        with pytest.raises(ToolError, match=r"^sent was never 'perhaps', so the forecast can't tell what it does\."):
            _seen(SENT, "sent", value)
        return
    assert str(_checked(SENT, value, [])).lower() == said
    assert _seen(SENT, "sent", value) == said


@pytest.mark.parametrize(
    ("value", "told"),
    [
        (1_200_300, "1200300"),
        (1_200_300.0, "1200300"),
        (-2_500_000.4, "-2500000"),
        (3_000_000_000_000.0, "3000000000000"),
        (1e20, "1e+20"),
        (1985, "1985"),
        (0.25, "0.25"),
        (60.685, "60.685"),
        (float("nan"), "nan"),
    ],
)
def test_large_amounts_are_written_out(value: float, told: str) -> None:
    assert written(value) == told
