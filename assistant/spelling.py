"""Texts that differ by case and blanks alone: one group, which is shown in its commonest spelling."""

import re

from assistant.context import ColumnFact

_COLUMN = r'((?:"[^"]+"|\w+)(?:\.(?:"[^"]+"|\w+))?)'
_KEY = re.compile(rf"\blower\(trim\({_COLUMN}\)\)(?= AS )", re.IGNORECASE)
_SHOWN = re.compile(rf"\bmode\(trim\({_COLUMN}\) ORDER BY trim\(\1\)\)", re.IGNORECASE)


def spelt_alike(column: str, fact: ColumnFact) -> str:
    """A column to group by: texts that differ by case and blanks alone are one group."""
    known = [str(value) for value in fact.values]
    alike = len({text.strip().casefold() for text in known}) < len(known)
    return f"lower(trim({column}))" if alike else column


def as_spelt(sql: str) -> str:
    """A query that shows each such group in its commonest spelling, the first by the alphabet of several."""
    return _KEY.sub(r"mode(trim(\1) ORDER BY trim(\1))", sql) if "GROUP BY" in sql else sql


def as_grouped(sql: str) -> str:
    """The same query as it was before `as_spelt`: what is grouped by is what is shown."""
    return _SHOWN.sub(r"lower(trim(\1))", sql)
