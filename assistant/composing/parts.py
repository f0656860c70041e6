"""The parts of a query, and the text they are read from: a phrase that is read is taken out of it."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from assistant.composing.marks import Mark, flag_values
from assistant.context import ColumnFact, Table
from assistant.words import split_words, stem
from tools.words import identifier, literal

C, V, N, T, Y = (rf"⟦{kind}(\d+)⟧" for kind in "cvnty")
"""Patterns of marks."""
SECONDS = {"minute": 60, "hour": 3600, "day": 86400, "week": 604800}
_START = frozenset("open start begin order ship shipp request creat purchas book hire join submit report admit admitt submitt receiv place issu depart sign enter born list log regist check arriv call".split())
_END = frozenset("clos end finish deliver complet resolv return discharg fix solv settl leav left paid sold cancel exit out done land drop".split())
_DUE = frozenset("due promis deadlin expect estimat schedul plan plann target".split())

_ADDED = frozenset("sal revenu profit cost expens quantity qty unit spend spent charg refund turnov incom payment loss visit click order 매출 매출액 수익 이익 비용 금액 수량 판매량 판매액 지출 결제금액 구매금액 매출금액".split())
"""Stems of names whose values are added up where nothing else is said."""


@dataclass(frozen=True)
class Condition:
    """A condition on rows, where in the request it stands, and the column that values are asked of."""

    sql: str
    at: int
    column: str = ""


@dataclass
class Parts:
    """What a query is made of, as SQL, and the rest of the request."""

    table: Table
    """The one whose rows are counted."""
    text: str
    marks: Sequence[Mark]
    keys: dict[str, str] = field(default_factory=dict)
    """What rows are grouped by, and what it is called."""
    conditions: list[Condition] = field(default_factory=list)
    measures: dict[str, str] = field(default_factory=dict)
    """What is measured, and what it is called."""
    span: str = ""
    """The time between two columns, as a number of `unit`."""
    unit: str = ""
    order: str = ""
    sorted_by: str = ""
    limit: int = 0
    having: str = ""
    share: int = -1
    """Where a share is asked for; -1: nowhere."""
    compares: bool = False
    in_order: str = ""
    """The key that groups are in the order of: a part of the calendar."""

    def __post_init__(self) -> None:
        self.said = self.text

    def column(self, number: str) -> str:
        """A marked column, or the label of a marked table, as SQL."""
        mark = self.marks[int(number)]
        return reference(mark.table, mark.column) if mark.column else ""

    def fact(self, number: str) -> ColumnFact:
        """What is known of a marked column. Raises ValueError for another mark."""
        column = self.marks[int(number)].column
        if column is None:
            raise ValueError(f"mark {number} is no column")
        return column

    def number(self, number: str) -> str:
        """A marked number as SQL."""
        return f"{self.marks[int(number)].number:.15g}"

    def take(self, pattern: str, act: Callable[[re.Match[str]], object]) -> bool:
        """Take out each place of a pattern whose action does not return False; whether there was one."""
        taken = False

        def replace(match: re.Match[str]) -> str:
            nonlocal taken
            if act(match) is False:
                return match[0]
            taken = True
            return " " * len(match[0])

        self.text = re.sub(pattern, replace, self.text)
        return taken

    # --- what phrases ask for ---

    def count(self) -> None:
        """Count the rows."""
        self.measures.setdefault("count(*)", "count")

    def distinct(self, number: str) -> bool:
        """Count the different values of a column; the rows where it is one of yes and no."""
        fact = self.fact(number)
        if flag_values(fact) is not None:
            self.count()
            self.conditions.append(Condition(among(self.column(number), [(flag_values(fact) or (1,))[0]]), 0))
            return True
        if fact.is_time or fact.type == "decimal":
            return False
        self.measures[f"count(DISTINCT {self.column(number)})"] = f"{_name(fact)}_count"
        return True

    def aggregate(self, call: str, number: str) -> bool:
        """Measure a column; False for one that has no numbers."""
        fact = self.fact(number)
        amounts = fact.type in ("int", "decimal") or (fact.type == "text" and _is_amount(fact))
        if not amounts or flag_values(fact):
            return False
        self.measures[f"{call}({self.column(number)})"] = f"{call}_{_name(fact)}"
        return True

    def rate(self, number: str) -> bool:
        """Measure the share of the rows where a column of yes and no says yes; False for any other column."""
        fact = self.fact(number)
        if (both := flag_values(fact)) is None:
            return False
        self.measures[f"avg(({among(self.column(number), both[:1])})::int)"] = f"{_name(fact)}_rate"
        return True

    def add_up(self, number: str) -> bool:
        """Sum a column that is naturally added up, such as sales; False for any other."""
        return any(stem(word) in _ADDED for word in split_words(self.fact(number).name)) and self.aggregate("sum", number)

    def group(self, number: str) -> bool:
        """Group by a column; False for a measure and for moments."""
        fact = self.fact(number)
        if fact.is_time or fact.type == "decimal":
            return False
        self.keys[spelt_alike(self.column(number), fact)] = _name(fact)
        return True

    def period(self, unit: str) -> bool:
        """Group by a part of the calendar; False where no column tells when."""
        moment = self.moment()
        if not moment:
            return False
        key = {"weekday": f"dayname({moment})", "hour": f"hour({moment})", "year": f"year({moment})"}.get(unit) or f"date_trunc('{unit}', {moment})"
        self.keys[key] = unit
        self.in_order = f"isodow(any_value({moment}))" if unit == "weekday" else identifier(unit)
        return True

    def where(self, sql: str, at: int, column: str = "") -> None:
        """Take only rows that meet a condition."""
        self.conditions.append(Condition(sql, at, column))

    # --- time ---

    @property
    def times(self) -> list[ColumnFact]:
        """The columns of dates and moments of the table that is counted."""
        return [column for column in self.table.columns if column.is_time]

    def moment(self) -> str:
        """The column that tells when a row happened: the only one, the one that is named, or the start."""
        own = [column for column in self.times if not _has(column, _DUE)]
        named = [c for c in own if any(m.column is c and f"⟦c{n}⟧" in self.text for n, m in enumerate(self.marks))]
        ends = self.ends()
        one = own[0] if len(own) == 1 else named[0] if len(named) == 1 else ends[0] if ends else None
        return reference(self.table.name, one) if one else ""

    def ends(self) -> tuple[ColumnFact, ColumnFact] | None:
        """The two columns that a row's time lies between, by their names; None where they are not clear."""
        own = [column for column in self.times if not _has(column, _DUE)]
        starts = [column for column in own if _has(column, _START) and not _has(column, _END)]
        ends = [column for column in own if _has(column, _END)]
        if len(own) == 2 and len(starts) + len(ends) == 1:
            [other] = [column for column in own if column not in (*starts, *ends)]
            starts, ends = (starts, [other]) if starts else ([other], ends)
        return (starts[0], ends[0]) if len(starts) == len(ends) == 1 else None

    def between(self, unit: str = "") -> tuple[str, str] | None:
        """The time from start to end as a number, and its unit: days of dates, hours of moments unless told."""
        if (ends := self.ends()) is None:
            return None
        start, end = (reference(self.table.name, column) for column in ends)
        dates = "date" in {column.type for column in ends}
        unit = unit or ("day" if dates else "hour")
        if dates and unit in ("day", "week"):
            return f"date_diff('day', {start}, {end})" + (" / 7" if unit == "week" else ""), unit
        return f"epoch({end} - {start}) / {SECONDS[unit]}", unit

    def late(self) -> tuple[str, str] | None:
        """How many days later than promised, and the condition that it is later, where a column tells when it was due."""
        ends = self.ends()
        due = [c for c in self.table.columns if _has(c, _DUE) and (c.is_time or c.type == "int")]
        if ends is None or len(due) != 1:
            return None
        start, end, by = (reference(self.table.name, column) for column in (*ends, due[0]))
        days = f"date_diff('day', {by}, {end})" if due[0].is_time else f"date_diff('day', {start}, {end}) - {by}"
        return days, f"{end} > {by}" if due[0].is_time else f"{days} > 0"


def reference(table: str, column: ColumnFact) -> str:
    """A column as SQL names it, with its table."""
    return f"{identifier(table)}.{identifier(column.name)}"


def among(column: str, values: Sequence[object], *, no: bool = False) -> str:
    """The condition that a column has one of some values, or none of them."""
    told = ", ".join(literal(value) for value in values)
    if len(values) == 1:
        return f"{column} {'<>' if no else '='} {told}"
    return f"{column} {'NOT ' if no else ''}IN ({told})"


def spelt_alike(column: str, fact: ColumnFact) -> str:
    """A column to group by: texts that differ by case and blanks alone are one group."""
    known = [str(value) for value in fact.values]
    alike = len({text.strip().casefold() for text in known}) < len(known)
    return f"lower(trim({column}))" if alike else column


def _name(fact: ColumnFact) -> str:
    return re.sub(r"\W+", "_", fact.name.casefold()).strip("_")


def _has(column: ColumnFact, words: frozenset[str]) -> bool:
    return any(stem(word) in words for word in split_words(column.name))


def _is_amount(fact: ColumnFact) -> bool:
    """Whether texts of a column are amounts, such as £12."""
    known = fact.samples or fact.values
    return bool(known) and all(re.search(r"\d", str(value)) for value in known)
