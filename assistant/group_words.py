"""Words of groups, in one place for all that read them: each region, per plan, 지점별, and every column."""

import re

GROUPS = r"\b(?:each|every|per|by)\b|별|마다|각"
EACH_GROUP = re.compile(rf"{GROUPS}|\b(?:within|for all|across)\b", re.IGNORECASE)
"""Whether groups are spoken of."""
PER = r"\b(?:per|by|for each|for every|in each|of each|within each|grouped by)"
"""What stands before the name of a group."""
_COLUMN_KO = r"(?:컬럼|칼럼|열|변수)"
EACH_COLUMN_KO = rf"(?:모든|각)\s?(?:숫자\s?|수치\s?)?{_COLUMN_KO}|{_COLUMN_KO}\s?(?:별|마다)"


def grouped_by(name: str, text: str) -> bool:
    """Whether groups of a column are asked for: 지점별, by branch."""
    spelt = re.escape(name).replace("_", "[ _]")
    pattern = rf"(?<!\w){spelt}\s?(?:별|마다)|\b(?:by|per|each|every|within)(?: the)? {spelt}(?!\w)"
    return re.search(pattern, text, re.IGNORECASE) is not None
