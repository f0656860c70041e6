"""How long ago something was: `for more than a year` counts back from today, not from the start of this year."""

import re
from typing import TYPE_CHECKING

from tools.number_words import ENGLISH, KOREAN, either

if TYPE_CHECKING:
    from sqlglot import exp

_ELAPSED = re.compile(
    rf"(?<![\d.])(?:\d+|{either(KOREAN)}) ?(?:년|개월|달|주|일)(?:이|을|도|은)? ?(?:넘|지난|지나|된|됐|되지|이상|초과|안 ?된|안 ?됐|이내|미만|전(?:에|부터|까지|보다))"
    rf"|\b(?:more than|less than|longer than|over|under|at least|within) (?:the )?(?:\d+|an?|{either(ENGLISH)}) (?:year|month|week|day)s?\b"
    rf"|\b(?:\d+|an?|{either(ENGLISH)}) (?:year|month|week|day)s? ago\b",
    re.IGNORECASE,
)
_CALENDAR = re.compile(
    r"\b(?:last|this|previous|calendar|start of the) (?:year|month|quarter|week)\b|올해|작년|재작년|지난 ?(?:해|달|주|분기)|이번 ?(?:해|달|주|분기)|연초|월초",
    re.IGNORECASE,
)


def mend_elapsed(tree: "exp.Expr", request: str) -> list[str]:
    """Comparisons with some time before the start of a year or month, counted back from today in place. Returns what was changed."""
    from sqlglot import exp

    if not _ELAPSED.search(request) or _CALENDAR.search(request):
        return []
    cuts = [cut for cut in tree.find_all(exp.DateTrunc, exp.TimestampTrunc) if cut.find(exp.CurrentDate)]
    back = [cut for cut in cuts if isinstance(cut.parent, exp.Sub) and isinstance(cut.parent.expression, exp.Interval)]
    for cut in back:
        cut.replace(exp.CurrentDate())
    return ["The time is counted back from today."] if back else []
