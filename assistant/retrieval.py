"""Which tables a request speaks of, where a project has more of them than can be told whole.

What is told whole is read before a request comes; what the request chooses is read after it, a second for forty words.
Tables are ranked by the words they share with the request (names of tables and columns, values of columns), and tables
that join two of them are kept.
"""

import math
import re
from collections import defaultdict
from collections.abc import Sequence

from assistant.context import Situation, Table, describe
from assistant.words import stems
from tools.relations import singular

MOST = 5
"""Tables told where not all of them are."""
WHOLE = 6000
"""Characters of tables that are told whole: about 1,700 tokens, of the 4,000 that the embedded model has left."""


def told_whole(situation: Situation, most: int = MOST, whole: int = WHOLE) -> bool:
    """Whether every table is told, whatever the request."""
    return len(situation.tables) <= most or len(describe(situation, "")) <= whole


def relevant(situation: Situation, request: str, most: int = MOST, whole: int = WHOLE) -> Sequence[Table]:
    """The tables to tell, in the project's order; all of them where they are few or short."""
    if told_whole(situation, most, whole):
        return situation.tables
    score = _scores(situation, request)
    ranked = sorted(score, key=lambda name: -score[name])
    kept = [name for name in ranked if score[name] > 0][: most - 2] or ranked[: most - 2]
    kept += [name for name in _between(situation, kept, score) if name not in kept]
    for name in ranked:
        if len(kept) < most and name not in kept and _neighbours(situation, name) & set(kept):
            kept.append(name)
    return tuple(table for table in situation.tables if table.name in kept[: most + 1])


def _scores(situation: Situation, request: str) -> dict[str, float]:
    said = set(stems(request))
    flat = re.sub(r"[\W_]+", "", request.casefold())
    spread: dict[str, set[str]] = defaultdict(set)
    for table in situation.tables:
        for column in table.columns:
            for word in stems(column.name):
                spread[word].add(table.name)
    return {table.name: _score(table, said, flat, request.casefold(), spread) for table in situation.tables}


def _score(table: Table, said: set[str], flat: str, request: str, spread: dict[str, set[str]]) -> float:
    """Words of the table's name weigh most, then words of columns that few tables have, then values."""
    name = set(stems(table.name))
    score = 4 * len(name & said) / max(1, len(name)) + (2 if singular(table.name) in flat else 0)
    words = {word for column in table.columns for word in stems(column.name)} - name
    score += sum((2 / math.sqrt(len(spread[word])) for word in words & said), 0.0)
    for column in table.columns:
        values = [str(value).casefold() for value in (*column.values, *column.samples) if isinstance(value, str)]
        score += 1.5 * any(len(v) > 2 and re.search(rf"(?<!\w){re.escape(v)}(?!\w)", request) for v in values)
    return score


def _neighbours(situation: Situation, name: str) -> set[str]:
    return {
        join.other if join.table == name else join.table for join in situation.joins if name in (join.table, join.other)
    }


def _between(situation: Situation, kept: Sequence[str], score: dict[str, float]) -> list[str]:
    """For each two kept tables that do not join, the best table that joins both."""
    found: list[str] = []
    for number, one in enumerate(kept):
        for other in kept[number + 1 :]:
            if other not in _neighbours(situation, one):
                both = _neighbours(situation, one) & _neighbours(situation, other)
                if both and not both & {*kept, *found}:
                    found.append(max(sorted(both), key=lambda name: score[name]))
    return found
