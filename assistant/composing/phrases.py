"""English words of comparing, summing and ranking that several readers of phrases share, as patterns."""

import re
from collections.abc import Mapping

OPS = {
    ">": ">|more than|over|above|greater than|exceeding|exceeds|exceed|higher than|longer than|older than|larger than|bigger than|heavier than",
    ">=": "> =|≥|greater than or equal to|more than or equal to|at least|no less than|a minimum of",
    "<": "<|less than|under|below|fewer than|lower than|shorter than|younger than|smaller than|cheaper than|lighter than",
    "<=": "< =|≤|less than or equal to|at most|up to|no more than|a maximum of|within",
    "=": "exactly|equal to|equals|=",
}
OP = "|".join(OPS.values())
AGGREGATES = {
    "avg": "average|mean|avg",
    "median": "median",
    "sum": "total|sum of|sum",
    "max": "maximum|max",
    "min": "minimum|min",
}
AGG = "|".join(AGGREGATES.values())
MOST, LEAST = "most|highest|largest|biggest|greatest", "fewest|lowest|least|smallest"
ART = r"(?:(?:the|an|a|our|their|its|each|all|any|of|different|us|we|did|do|does) )*"
IS = r"(?:is|are|was|were|has|have|had|with|of|that|which|whose|who|a|an|the|being|costing|having|where)"
PARTS = {
    "half year": "half",
    "half - year": "half",
    "day of the week": "weekday",
    "day of week": "weekday",
    "hour of the day": "hour",
    "hour of day": "hour",
    "time of the day": "hour",
    "time of day": "hour",
}
UNIT = "half year|half - year|half|month|year|quarter|week|day of the week|day of week|weekday|hour of the day|hour of day|time of the day|time of day|day|hour"
"""Parts of the calendar as people say them."""
MONTHS = (
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
)
MONTH = "|".join(f"{name}|{name[:3]}" for name in MONTHS) + "|sept"
ROWS = r"(?:⟦t\d+⟧|rows|records|entries)"


def meaning(words: str, told: Mapping[str, str]) -> str:
    """What words stand for in a table of patterns; empty for others."""
    return next((meant for meant, said in told.items() if re.fullmatch(said, words)), "")


def op_of(words: str) -> str:
    """The sign of a comparison in words. Raises ValueError for others."""
    words = words.replace("in under", "under").replace("in less", "less").replace("after more", "more")
    if not (sign := meaning(words, OPS)):
        raise ValueError(f"{words!r} compares nothing")
    return sign
