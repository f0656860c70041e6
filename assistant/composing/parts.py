"""The parts of a query, and the text they are read from: a phrase that is read is taken out of it."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from assistant.composing.columns import (
    adds_up,
    aggregate_name,
    among,
    called,
    can_group,
    flag_values,
    is_age,
    is_amount,
    is_rating,
    number_name,
    sides,
    things,
)
from assistant.composing.marks import Mark
from assistant.composing.moments import lately, moment_of, nearby, on_weekends, reference
from assistant.composing.nouns import repeated_key, row_name
from assistant.context import ColumnFact, Table
from assistant.spelling import spelt_alike
from tools.words import identifier

C, N = (rf"⟦{kind}(\d+)⟧" for kind in "cn")  # patterns of marks


@dataclass(frozen=True)
class Condition:
    """A condition on rows, where in the request it stands, and the column that values are asked of."""

    sql: str
    at: int
    column: str = ""
    until: int = 0
    """Where the last of several values stands."""
    time: bool = False
    """Whether it says when."""


@dataclass
class Parts:
    """What a query is made of, as SQL, and the rest of the request."""

    table: Table
    """The one whose rows are counted."""
    text: str
    marks: list[Mark]
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
    percent: bool = False
    """Whether what is measured is to be told in percent."""
    compares: bool = False
    subject: str = ""
    """The key that is asked for: the region of `which region`."""
    timed: bool = False
    """Whether a time was spoken of: then the name of its column only says which."""
    in_order: str = ""
    """The key that groups are in the order of: a part of the calendar."""
    told: dict[str, str] = field(default_factory=dict)
    """What is shown beside the measures: the month that `last month` was."""
    often: bool = False
    """Whether it is asked where something happens most often: then each group's rate and number are shown."""
    unclear: bool = False
    """Whether it can be read in more ways than one."""

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

    def whole(self, number: str) -> int:
        """A marked number as a count."""
        return int(self.marks[int(number)].number)

    def take(self, pattern: str, act: Callable[[re.Match[str]], object]) -> bool:
        """Take out each place of a pattern whose action does not return False; whether there was one."""
        before = self.text
        self.text = re.sub(pattern, lambda match: match[0] if act(match) is False else " " * len(match[0]), before)
        return self.text != before

    @property
    def rows(self) -> str:
        """The number of rows as SQL, each key once."""
        key = repeated_key(self.table)
        return f"count(DISTINCT {reference(self.table.name, key)})" if key else "count(*)"

    # --- what phrases ask for ---

    def count(self) -> None:
        """Count the rows."""
        self.measures.setdefault(self.rows, number_name(row_name(self.table)))

    def distinct(self, number: str) -> bool:
        """Count the different values of a column; the rows where it is one of yes and no."""
        fact = self.fact(number)
        if sides(fact) is not None:
            self.count()
            return self.flag(number, 0, no=False)
        if adds_up(fact):
            return self.aggregate("sum", number)
        if not can_group(fact):
            return False
        self.measures[f"count(DISTINCT {self.column(number)})"] = number_name(things(fact))
        return True

    def aggregate(self, call: str, number: str) -> bool:
        """Measure a column; False for one that has no numbers."""
        fact = self.fact(number)
        amounts = fact.is_number or (fact.type == "text" and is_amount(fact))
        if not amounts or flag_values(fact):
            return False
        self.measures[f"{call}({self.column(number)})"] = aggregate_name(call, called(fact))
        return True

    def aggregates(self, calls: Sequence[str], numbers: Sequence[str]) -> bool:
        """Measure columns in several ways; False where one has no numbers, or the average of a month's totals may be meant."""
        if self.timed and self.keys and "avg" in calls and any(adds_up(self.fact(number)) for number in numbers):
            return False
        return all(self.aggregate(call, number) for call in calls for number in numbers)

    def rate_of(self, number: str, called: str = "rate") -> None:
        """Measure the share of the rows that have a marked value."""
        test, name = among(self.column(number), self.marks[int(number)].values), self.marks[int(number)].values[0]
        self.measures[f"avg(({test})::int)"] = f"{str(name).strip()}_{called}"

    def rate(self, number: str, *, no: bool = False) -> bool:
        """Measure the share of the rows where a column of yes and no says yes, or `no`; False for any other column."""
        fact = self.fact(number)
        if (both := sides(fact)) is None:
            return False
        name = f"{'not_' * no}{called(fact)}_{'비율' if re.search('[가-힣]', fact.name) else 'rate'}"
        self.measures[f"avg(({among(self.column(number), both[no])})::int)"] = name
        return True

    def add_up(self, number: str) -> bool:
        """Sum a column that is naturally added up, such as sales; False for any other."""
        return adds_up(self.fact(number)) and self.aggregate("sum", number)

    def flag(self, number: str, at: int, *, no: bool) -> bool:
        """Take the rows where a column of yes and no says so; False for any other column."""
        if (both := sides(self.fact(number))) is None:
            return False
        column = self.column(number)
        other = among(column, both[not no])
        if any(one.sql == other for one in self.conditions):  # cancelled and not cancelled
            self.conditions = [one for one in self.conditions if one.sql != other]
            return self.group(number)
        self.where(among(column, both[no]), at)
        return True

    def aged(self, sign: str, number: str, at: int) -> bool:
        """Take the rows of an age; False where no column tells it."""
        age = next(filter(is_age, self.table.columns), None)
        if age is not None:
            self.where(f"{reference(self.table.name, age)} {sign} {self.number(number)}", at)
        return age is not None

    def rated(self, number: str) -> bool:
        """Average a column of ratings or scores; False for any other."""
        return is_rating(self.fact(number)) and self.aggregate("avg", number)

    def ask_for(self, number: str) -> bool:
        """Group by a column whose first groups are asked for; False as in `group`."""
        before = set(self.keys)
        grouped = self.group(number)
        self.subject = next((key for key in self.keys if key not in before), "")
        return grouped

    def group(self, number: str) -> bool:
        """Group by a column; False for a measure and for moments."""
        fact = self.fact(number)
        if not can_group(fact):
            return False
        self.keys[spelt_alike(self.column(number), fact)] = called(fact)
        return True

    def period(self, unit: str) -> bool:
        """Group by a part of the calendar; False where no column tells when."""
        moment = self.moment()
        if not moment:
            return False
        key = {
            "weekday": f"dayname({moment})",
            "hour": f"hour({moment})",
            "year": f"year({moment})",
            "half": f"concat(year({moment}), ' H', (month({moment}) + 5) // 6)",
        }.get(unit) or f"date_trunc('{unit}', {moment})::date"
        self.keys[key] = unit
        self.timed = True
        self.in_order = f"isodow(any_value({moment}))" if unit == "weekday" else identifier(unit)
        return True

    def rank(self, sql: str, order: str, number: str | None) -> bool:
        """Show the first rows in an order; False where groups or measures are asked for."""
        if self.keys or self.measures or self.sorted_by:
            return False
        self.sorted_by, self.order = sql, order
        self.limit = self.whole(number) if number else 1
        return True

    def weekends(self) -> bool:
        """Group by weekend and weekday; False where no column tells when."""
        if moment := self.moment():
            self.keys[f"CASE WHEN {on_weekends(moment)} THEN 'weekend' ELSE 'weekday' END"] = "part_of_week"
            self.timed = True
        return bool(moment)

    def when(self, sql: str, at: int) -> None:
        """Take only rows of some time."""
        self.timed = True
        self.conditions.append(Condition(sql, at, time=True))

    def where(self, sql: str, at: int, column: str = "") -> None:
        """Take only rows that meet a condition."""
        self.conditions.append(Condition(sql, at, column))

    def lacking(self, number: str, at: int, *, unsaid: bool) -> bool:
        """Take the rows where a column is empty; or zero, of an amount that may be `unsaid`; False for yes and no, and any other number."""
        fact = self.fact(number)
        amount, column = adds_up(fact), self.column(number)
        measured = unsaid and not amount and fact.is_number and not is_rating(fact) and not is_age(fact)
        if measured or flag_values(fact) is not None:
            return False
        self.where(f"coalesce({column}, 0) = 0" if unsaid and amount else f"{column} IS NULL", at)
        return True

    def moment(self) -> str:
        """The column that tells when a row happened."""
        named = [m.column for n, m in enumerate(self.marks) if m.column and f"⟦c{n}⟧" in self.text]
        one = moment_of(self.table, named)
        return reference(self.table.name, one) if one else ""

    def nearby(self, unit: str, at: int, *, before: bool) -> None:
        """Take the rows of this month or the one before, and show which it was."""
        moment = self.moment()
        self.when(nearby(self.table.name, moment, unit, before=before), at)
        self.told[f"min(year({moment}))" if unit == "year" else f"min(date_trunc('{unit}', {moment})::date)"] = unit

    def lately(self, number: int, unit: str, at: int) -> None:
        """Take the rows of the last few days, and show from when to when."""
        moment = self.moment()
        self.when(lately(self.table.name, moment, number, unit), at)
        self.told |= {f"min({moment})::date": "first_day", f"max({moment})::date": "last_day"}

    def drop(self, pattern: str) -> bool:
        """Take out each place of a pattern; whether there was one."""
        return self.take(pattern, lambda match: None)

    def take_values(self, *patterns: str, grouped: bool) -> None:
        """Take values, `v` in a pattern, with `no` for all but them; several of a column may be groups."""
        found: dict[tuple[str, bool], list[tuple[int, str]]] = {}

        def value(match: re.Match[str]) -> bool:
            mark = self.marks[int(match["v"])]
            if any(self.fact(number) is not mark.column for number in re.findall(r"⟦c(\d+)⟧", match[0])):
                return False  # the column beside it is another one
            key = (self.column(match["v"]), bool(match["no"]))
            found.setdefault(key, []).append((match.start("v"), match["v"]))
            return True

        for pattern in patterns:
            self.take(pattern, value)
        for (column, excluded), places in found.items():
            values = [spelling for _, number in places for spelling in self.marks[int(number)].values]
            whole = set(values) == set(self.fact(places[0][1]).values) and not re.search(r"\bor\b|[가-힣]", self.said)
            if len(places) > 1 and (grouped or whole) and not excluded:
                self.group(places[0][1])
            self.conditions.append(
                Condition(among(column, values, no=excluded), places[0][0], column, until=places[-1][0])
            )
