"""English phrases of how often: rates of each group, the most common values, the busiest hours."""

import re

from assistant.composing.columns import among, called
from assistant.composing.parts import Parts
from assistant.composing.phrases import AGG, AGGREGATES, MOST, PARTS, UNIT, meaning

_COMMON = "(?:common|popular|frequent|used|frequently used)"
_CHOSEN = "use|used|choose|chosen|pick|picked|prefer|preferred|common|popular"


def ordered(parts: Parts, words: str) -> bool:
    """Put groups in order, the largest or the smallest first."""
    parts.order = "DESC" if re.fullmatch(MOST, words) else "ASC"
    return True


def rankings(parts: Parts) -> None:
    """`hotels by review score`, `compare agents by average cost`: the average or the sum of each, the highest first."""

    def ranked(match: re.Match[str]) -> bool:
        column, call = parts.marks[int(match["of"])].column, meaning(match["agg"] or "", AGGREGATES)
        if column is None or column.type != "text" or parts.marks[int(match["of"])].table == _own(parts, match):
            return False
        by = match["by"]
        told = parts.aggregate(call, by) if call else parts.add_up(by) or parts.rated(by)
        return told and parts.group(match["of"]) and ordered(parts, "most")

    parts.take(
        rf"^\W*(?:(?:rank|compare|show|list)(?: me)? )?(?:(?:the|all|our) )*⟦(?P<kind>[ct])(?P<of>\d+)⟧ by (?:the |their )?(?:(?P<agg>{AGG}) )?⟦c(?P<by>\d+)⟧(?=\W*$)",
        ranked,
    )


def _own(parts: Parts, match: re.Match[str]) -> str:
    """The table of the rows where they are what is named: its rows are no groups."""
    return parts.table.name if match["kind"] == "t" else ""


def often(parts: Parts) -> None:
    """`which plan cancels most often`, `how often are jobs recalled`, `the most popular device`, `the busiest hour`."""
    for phrase in (_rates, _most_common, _busiest):
        if not parts.measures and parts.share < 0:
            phrase(parts)


def _rates(parts: Parts) -> None:
    """How often something is so in each group, with the numbers behind it."""

    def rate(match: re.Match[str]) -> bool:
        given = match.groupdict()
        if value := given.get("v"):
            mark = parts.marks[int(value)]
            test, name = among(parts.column(value), mark.values), str(mark.values[0]).strip()
            parts.measures = {f"avg(({test})::int)": f"{name}_rate", f"sum(({test})::int)": name}
        elif parts.rate(given["c"]):
            [(share, _)] = parts.measures.items()
            parts.measures |= {share.replace("avg(", "sum(", 1): called(parts.fact(given["c"]))}
        else:
            return False
        parts.count()
        if most := given.get("most"):
            parts.often = ordered(parts, most)
        return True

    how, what = r"(?:the )?(?P<most>most|least) (?:often|frequently)", r"⟦(?:c(?P<c>\d+)|v(?P<v>\d+))⟧"
    parts.take(rf"{what} {how}", rate)
    parts.take(rf"\b{how} {what}", rate)
    parts.take(rf"\bhow often (?:(?:is|are|was|were|do|does|did|the|an?|get|gets|⟦t\d+⟧) )*{what}", rate)


def _most_common(parts: Parts) -> None:
    """The values that most rows have: `most popular device`, `which device is used most`."""

    def popular(match: re.Match[str]) -> bool:
        parts.limit = parts.whole(match["n"]) if match["n"] else 1
        parts.count()
        return ordered(parts, match["most"]) and parts.ask_for(match["c"])

    def ranking(match: re.Match[str]) -> bool:
        parts.count()
        return ordered(parts, match["most"])

    parts.take(rf"(?:⟦n(?P<n>\d+)⟧ )?\b(?P<most>most|least) {_COMMON} ⟦c(?P<c>\d+)⟧", popular)
    if re.match(r"\W*(?:which|what) ⟦c", parts.said):
        most = "(?:the )?(?P<most>most|least)"
        parts.take(rf"\b(?:{_CHOSEN}) {most}(?: often| frequently)?\b", ranking)
        parts.take(rf"\b{most} (?:{_COMMON}|often|frequently) (?:used|chosen|picked)\b", ranking)
        parts.take(rf"\b{most} {_COMMON}\b(?= |\s*\??$)", ranking)


def _busiest(parts: Parts) -> None:
    """`the busiest hour of the day`: the part of the calendar with most rows."""

    def ranked(parts: Parts, word: str) -> None:
        parts.order = "DESC" if word in ("busiest", "most popular") else "ASC"
        parts.count()

    def busiest(match: re.Match[str]) -> bool:
        parts.limit, parts.order = 1, "DESC" if match[1] == "busiest" else "ASC"
        parts.count()
        return parts.period(PARTS.get(match[2], match[2]))

    parts.take(rf"\b(busiest|quietest) ({UNIT})\b", busiest)
    if parts.subject and parts.timed:
        parts.take(
            r"\b(?:is|are|was|were) (?:(?:the|our|it|usually|typically) )*(busiest|quietest|most popular|least popular)\b",
            lambda m: ranked(parts, m[1]),
        )
