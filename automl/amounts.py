"""Amounts as people write them: what stands around a number, its thousands and decimals. Python and DuckDB's SQL read both.

What is not covered: amounts in words or with k and M (`1.2M`).
"""

import re

CURRENCIES = "usd|eur|gbp|jpy|krw|cny|inr|chf|원"
SIGNS = "$¢-¥֏؋߾߿৲৳৻૱௹฿៛₠-⃏꠸﷼﹩＄￠￡￥￦"
"""The signs of currencies for a character class: what SQL writes as \\p{Sc} and Python can't."""
AROUND = rf"(?i)[\s\p{{Z}}\p{{Sc}}%'’]|{CURRENCIES}"
"""What people write around the numbers of a column, as SQL reads it."""
AROUND_ONE = AROUND.replace("%", "")
"""The same around one amount by itself: whether 12 % means 12 or 0.12 there, nobody knows."""
NEGATIVE = r"^\((.+)\)$|^(.+)-$"
_POWER = r"([eE][+-]?\d+)?$"
DOT = r"^[+-]?((\d{1,3}(,\d{2,3})*,\d{3}|\d+)(\.\d*)?|\.\d+)" + _POWER
COMMA = r"^[+-]?((\d{1,3}(\.\d{3})+|\d+)(,\d*)?|,\d+)" + _POWER
"""Bare numbers, their thousands and decimals by the one mark or the other."""

_PYTHON = re.compile(AROUND_ONE.replace(r"\p{Z}", "").replace(r"\p{Sc}", SIGNS))


def amount(text: str) -> float | None:
    """One amount by itself, as SQL reads those of new rows: `$1,234.50`, `(5)`, `3,5`, `50원`; None for another text."""
    number = re.sub(NEGATIVE, r"-\1\2", _PYTHON.sub("", text.replace("−", "-")))
    if not re.search(r"\d", number):
        return None
    if re.match(DOT, number):
        return float(number.replace(",", ""))
    return float(number.replace(".", "").replace(",", ".")) if re.match(COMMA, number) else None


def written(value: float) -> str:
    """A number as people write it, never with an exponent for what they write out: `1200300`, `0.25`, `1985`."""
    if value == value and abs(value) >= 1e5:
        return f"{value:.0f}" if abs(value) < 1e15 else f"{value:.3g}"
    return f"{value:g}"


def is_amount(text: str) -> bool:
    """Whether a text is an amount or a share, and no code, date or measure: `1,200`, `12 %`, `12,000원`, `1.234,5`."""
    return amount(text.replace("%", "")) is not None
