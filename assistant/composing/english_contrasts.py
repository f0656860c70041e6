"""English phrases that set groups against each other without naming a measure or a group as such.

`Do casual riders get refunded more often?`, `does a reminder reduce no-shows?`, `is the one carrier cheaper than the
other?`, `which district is the cheapest?`: the average or the rate of each group. What is not covered: whether a
difference is more than chance, and effects of numbers.
"""

import re

from assistant.composing.columns import among, called, can_group, flag_values, is_key, sides
from assistant.composing.english_rows import NOT, number_of
from assistant.composing.moments import between, ends, reference
from assistant.composing.parts import C, Parts
from assistant.composing.phrases import IS
from assistant.words import split_words

_COSTS, _SIZES = "price cost rent fee fare", "size area surface"
_MEASURES = {
    "cheap": _COSTS, "expensive": _COSTS, "pricey": _COSTS, "heavy": "weight", "light": "weight", "old": "age", "young": "age",
    "tall": "height", "hot": "temperature", "cold": "temperature", "big": _SIZES, "large": _SIZES, "small": _SIZES,
    "fast": "", "quick": "", "slow": "", "long": "", "short": "",
}  # fmt: skip
"""Adjectives and the measures they may speak of; without one they speak of how long something took."""
_BE = "(?:is|are|was|were|do|does|did)"
_LOW = frozenset(["short", "cheap", "light", "young", "cold", "small", "fast", "quick"])
"""Those of little of it."""
_AFFECT = "reduces?|increases?|raises?|lowers?|affects?|influences?|impacts?|improves?|change|changes|matter for|help with|help against|prevents?|leads? to|makes? a difference for|have an? (?:effect|impact|influence) on"
_THAN = r"(?: than (?:the )?(?:others?|rest|(?:those|ones|people|⟦t\d+⟧) (?:without|who (?:do|did|are|were|have)(?: not|n't)?)(?: (?:one|it|any))?|other ⟦t\d+⟧))?"


def _forms(adjective: str) -> tuple[str, str]:
    """The comparative and the superlative of an adjective."""
    if adjective == "expensive":
        return "(?:more|less) expensive", "(?:most|least) expensive"
    stem = re.sub("y$", "i", adjective.rstrip("e")) + adjective[-1] * (adjective in ("hot", "big"))
    return f"{stem}er", f"{stem}est"


_WORDS = {word: adjective for adjective in _MEASURES for word in _forms(adjective)}
_COMPARATIVE = "|".join(_forms(adjective)[0] for adjective in _MEASURES)
_SUPERLATIVE = "|".join(_forms(adjective)[1] for adjective in _MEASURES)


def contrasts(parts: Parts) -> None:
    """Read a request that sets groups against each other."""
    if parts.measures or parts.share >= 0:
        return
    lead, of = r"^\W*(?:do|does|did|are|is|was|were|have|has)", r"(?:⟦t\d+⟧ )?"
    often = r"(?:more|less)(?: often| likely| frequently)?"
    parts.take(
        rf"{lead} (?:the |our )?{of}(?:{IS} )*{C} {of}(?:(?:get|gets|have|has|to|a|likely|{often}|{IS}) )*{C}(?: {often})?{_THAN}(?=\W*$)",
        lambda m: re.search(r"\b(?:more|less|higher|lower)\b", m[0]) is not None and _beside(parts, m[1], m[2]),
    )
    parts.take(
        rf"^\W*(?:(?:do|does|did|how (?:do|does|did)) )?(?:(?:the|an?|having|being|sending|our) )*{C} (?:{_AFFECT}) (?:(?:the|number of|average|share of) )*{C}(?: rates?)?(?=\W*$)",
        lambda m: _beside(parts, m[1], m[2]),
    )
    parts.take(
        rf"^\W*compare (?:the |average )*{C}(?: rates?)? (?:of|for|between|among) (?:the |those )*{of}(?:{IS} )*{C} {of}(?:with|to|and|vs|versus|against) (?:all |the )*(?:others?|rest|those without|without|{NOT} ⟦c\d+⟧|other ⟦t\d+⟧)(?: ones)?",
        lambda m: flag_values(parts.fact(m[2])) is not None and _beside(parts, m[2], m[1]),
    )
    parts.take(
        rf"{lead} (?:the )?⟦v(?P<one>\d+)⟧(?: ⟦[ct]\d+⟧)? (?:(?:get|gets|have|has|to|a|likely|{often}|{IS}) )*{C} (?:(?:{often}|likely|often) )*than (?:the )?⟦v(?P<other>\d+)⟧(?: ⟦[ct]\d+⟧)?",
        lambda m: re.search(r"\b(?:more|less)\b", m[0]) is not None and parts.rate(m[2]) and _apart(parts, m),
    )
    parts.take(
        rf"^\W*{_BE} (?:the )?⟦v(?P<one>\d+)⟧(?: ⟦[ct]\d+⟧)?(?P<deed>(?: (?:get|take|being|⟦[cv]\d+⟧))*) (?P<how>{_COMPARATIVE}) than (?:the )?⟦v(?P<other>\d+)⟧(?: ⟦[ct]\d+⟧| ones?)?(?=\W*$)",
        lambda m: _only_ended(parts, m) and _measured(parts, m["how"]) and _apart(parts, m),
    )
    parts.take(
        rf"^\W*{_BE} (?:the )?⟦(?:v(?P<v>\d+)|c(?P<c>\d+))⟧(?: ⟦[ct]\d+⟧)?(?P<deed>(?: (?:get|take|being|⟦[cv]\d+⟧))*) (?P<how>{_COMPARATIVE}){_THAN}(?: on average)?(?=\W*$)",
        lambda m: (
            _only_ended(parts, m)
            and (m["c"] is None or flag_values(parts.fact(m["c"])) is not None)
            and _measured(parts, m["how"])
            and parts.group(m["v"] or m["c"])
        ),
    )
    parts.take(
        r"^\W*(?:which|who|what)(?: ⟦[ct]\d+⟧)? (?:has|have|had|gets|get|got) (?:the |an? )?(?:more|fewer|less|higher|lower|better|most|fewest)(?: average)? (?:⟦c(?P<c>\d+)⟧(?: rates?)?|⟦t\d+⟧) ?[,:-]? ⟦v(?P<one>\d+)⟧ or ⟦v(?P<other>\d+)⟧(?=\W*$)",
        lambda m: _more_of(parts, m),
    )
    parts.take(
        rf"^\W*(?:how much )?(?P<how>{_COMPARATIVE}) {_BE} (?:the )?⟦v(?P<one>\d+)⟧(?: ⟦[ct]\d+⟧)?(?: (?:take|get|{C}))* than (?:the )?⟦v(?P<other>\d+)⟧(?: ⟦[ct]\d+⟧| ones?)?(?=\W*$)",
        lambda m: _measured(parts, m["how"]) and _apart(parts, m),
    )
    parts.take(
        rf"{C}(?: (?:of|for|among) (?:⟦t\d+⟧|those|the ones))?(?: (?:who|that|which))?(?: (?:{IS}))* {C} (?:vs|versus|compared (?:to|with)|and) (?:the ones|those|ones|the others?|⟦t\d+⟧)(?: (?:who|that|which|without) ?(?:(?:did|do|does|are|were|have|was|is)(?: not|n't))?)(?=\W*$)",
        lambda m: flag_values(parts.fact(m[2])) is not None and _beside(parts, m[2], m[1]),
    )
    parts.take(
        rf"^\W*(?:who|which|what) (?:is|are|was|were) (?:the |our )?(?P<how>{_SUPERLATIVE}) ⟦c(?P<c>\d+)⟧(?: on average)?(?=\W*$)",
        lambda m: _first_of(parts, m["c"], m["how"]),
    )
    parts.take(
        rf"^\W*(?:which|what) ⟦c(?P<c>\d+)⟧ (?:is|are|was|were) (?:the )?(?P<how>{_SUPERLATIVE})(?: on average)?(?=\W*$)",
        lambda m: _first_of(parts, m["c"], m["how"]),
    )


def _more_of(parts: Parts, match: "re.Match[str]") -> bool:
    """Measure what one of two values has more of: rows, a sum, a rate or an average."""
    number = match["c"]
    if number is None:
        parts.count()
    elif is_key(parts.fact(number)):
        _ = parts.distinct(number)
    elif not (parts.add_up(number) or parts.rate(number) or parts.aggregate("avg", number)):
        return False
    return _apart(parts, match)


def _beside(parts: Parts, by: str, number: str) -> bool:
    """Measure a column in each group of another one; False for groups of a measure or a key."""
    fact = parts.fact(by)
    few = sides(fact) is not None or (fact.type == "text" and len(fact.values) > 1)
    if not few or is_key(fact) or parts.fact(number) is fact:
        return False
    return (parts.rate(number) or parts.aggregate("avg", number)) and parts.group(by)


def _only_ended(parts: Parts, match: "re.Match[str]") -> bool:
    """Whether what is done faster is nothing but what ends a row: closed, settled."""
    both = ends(parts.table)
    deeds = [parts.marks[int(number)] for number in re.findall(r"⟦[cv](\d+)⟧", match["deed"])]
    names = split_words(both[1].name) if both else []
    return all(
        mark.column is (both and both[1]) or bool({str(v).casefold() for v in mark.values} & {*names}) for mark in deeds
    )


def _measured(parts: Parts, how: str) -> bool:
    """Average what an adjective speaks of; False where no column or several tell it."""
    words = _MEASURES[_adjective(how)]
    if words and (fact := number_of(parts, words)):
        parts.measures[f"avg({reference(parts.table.name, fact)})"] = f"average_{called(fact)}"
    elif not words and (found := between(parts.table)):
        parts.measures[f"avg({found[0]})"] = f"average_{found[1]}s"
    return bool(parts.measures)


def _adjective(how: str) -> str:
    return next(adjective for word, adjective in _WORDS.items() if re.fullmatch(word, how))


def _apart(parts: Parts, match: "re.Match[str]") -> bool:
    """Set two values of a column against each other; False where they are of two columns."""
    one, other = match["one"], match["other"]
    if parts.column(one) != parts.column(other):
        return False
    told = [value for number in (one, other) for value in parts.marks[int(number)].values]
    parts.where(among(parts.column(one), told), match.start(), parts.column(one))
    return parts.group(one)


def _first_of(parts: Parts, number: str, how: str) -> bool:
    """The first group by the average of it."""
    if not can_group(parts.fact(number)) or not _measured(parts, how):
        return False
    low = (_adjective(how) in _LOW) != how.startswith("least")
    parts.order, parts.limit = "ASC" if low else "DESC", 1
    return parts.ask_for(number)


def differs(parts: Parts) -> None:
    """`is satisfaction lower for reopened tickets`: the average of each side."""
    pattern = rf"^\W*(?:is|are|was|were) (?:the )?(?:average )?{C} (?:higher|lower|different|better|worse|longer|shorter)(?: for| in| with| among)* (?:the )?{C}"
    parts.take(
        pattern,
        lambda m: flag_values(parts.fact(m[2])) is not None and parts.aggregate("avg", m[1]) and parts.group(m[2]),
    )


def compared(parts: Parts) -> None:
    """`a compared to b`, `a vs b`; how something developed is told by its groups."""
    parts.drop(r"(?<=⟧ )(?:developed|develops?|evolved?|evolves)\b")
    parts.compares = parts.drop(r"\b(?:compared (?:to|with)|versus|vs)\b|^\W*compare\b|(?<=⟧ )compares?\b")
