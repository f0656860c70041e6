"""What would have to change: the smallest changes of one or two columns after which a model answers as wanted.

Every single value that training saw is tried for each column, then pairs of the columns that help most; numbers are
then drawn back towards where they were, as far as the answer stays. Nothing outside the training rows is proposed.
Source of the idea: Wachter, Mittelstadt and Russell, Counterfactual Explanations without Opening the Black Box (2017).
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

STEPS = 24
PAIR_STEPS = 8
PAIRED = 6
"""So many columns, those that help most on their own, are changed in pairs."""
MOST = 5
ROUNDS = 6

Change = Mapping[str, Any]
Ask = Callable[[Sequence[Change]], "tuple[Sequence[bool], Sequence[float]]"]
"""For each change: whether the answer is as wanted then, and how near it is (more is nearer)."""


@dataclass(frozen=True)
class Lever:
    """A column that may change: where it stands, and the values that training saw."""

    name: str
    now: Any
    values: tuple[Any, ...]
    span: float = 0.0
    """How far a number usually spreads; 0 for anything that is no number."""
    whole: bool = False

    def effort(self, value: Any) -> float:
        """How large a change is: of a number in its usual spread, of anything else 1."""
        if self.span and isinstance(self.now, int | float) and isinstance(value, int | float):
            return abs(value - self.now) / self.span
        return 1.0


@dataclass(frozen=True)
class Way:
    """One set of changes after which the answer is as wanted."""

    change: dict[str, Any]
    effort: float


def smallest_changes(levers: Sequence[Lever], ask: Ask) -> list[Way]:
    """The ways with the least effort, one column first; none where no one or two columns suffice."""
    if not levers:
        return []
    known = {lever.name: lever for lever in levers}
    singles = [{lever.name: value} for lever in levers for value in _spread(lever.values, STEPS) if value != lever.now]
    if not singles:
        return []
    met, near = ask(singles)
    ways = _best(singles, met, known)
    helped: dict[str, float] = {}
    for change, score in zip(singles, near, strict=True):
        name = next(iter(change))
        helped[name] = max(helped.get(name, float("-inf")), float(score))
    alone = {next(iter(way.change)) for way in ways}
    best = sorted((name for name in helped if name not in alone), key=lambda name: -helped[name])[:PAIRED]
    pairs = [
        {first: one, second: other}
        for place, first in enumerate(best)
        for second in best[place + 1 :]
        for one in _spread(known[first].values, PAIR_STEPS)
        for other in _spread(known[second].values, PAIR_STEPS)
        if one != known[first].now and other != known[second].now
    ]
    if pairs and len(ways) < MOST:
        ways += _best(pairs, ask(pairs)[0], known)
    drawn = [_drawn_back(way, known, ask) for way in ways[: 2 * MOST]]
    return sorted(drawn, key=lambda way: (len(way.change), way.effort))[:MOST]


def _spread(values: Sequence[Any], count: int) -> list[Any]:
    """So many of the values, evenly chosen, the first and the last among them."""
    if len(values) <= count:
        return list(values)
    return list(dict.fromkeys(values[round(place * (len(values) - 1) / (count - 1))] for place in range(count)))


def _best(changes: Sequence[dict[str, Any]], met: Sequence[bool], known: Mapping[str, Lever]) -> list[Way]:
    """For each column, or pair of columns, the change with the least effort that suffices; the least effort first."""
    found: dict[tuple[str, ...], Way] = {}
    for change, suffices in zip(changes, met, strict=True):
        if suffices:
            way = Way(dict(change), _effort(change, known))
            old = found.get(tuple(change))
            if old is None or way.effort < old.effort:
                found[tuple(change)] = way
    return sorted(found.values(), key=lambda way: way.effort)


def _effort(change: Change, known: Mapping[str, Lever]) -> float:
    return round(sum(known[name].effort(value) for name, value in change.items()), 6)


def _drawn_back(way: Way, known: Mapping[str, Lever], ask: Ask) -> Way:
    """The same way with its numbers as near to where they were as the answer allows, in round figures."""
    change = dict(way.change)
    for name in change:
        lever = known[name]
        if not lever.span or not isinstance(lever.now, int | float) or isinstance(lever.now, bool):
            continue
        near, far = float(lever.now), float(change[name])
        for _ in range(ROUNDS):
            middle = (near + far) / 2
            if ask([{**change, name: _rounded(middle, lever)}])[0][0]:
                far = middle
            else:
                near = middle
        if ask([{**change, name: _rounded(far, lever)}])[0][0]:
            change[name] = _rounded(far, lever)
    return Way(change, _effort(change, known))


def _rounded(value: float, lever: Lever) -> Any:
    """A whole number, or one with as many digits as the column's spread gives sense to, within what training saw."""
    import math

    digits = 0 if lever.whole else max(0, 2 - math.floor(math.log10(lever.span)))
    figure = round(value) if lever.whole else round(value, digits)
    return min(max(figure, min(lever.values)), max(lever.values))
