"""Korean phrases of what rows are grouped by: columns, parts of the calendar, steps of several days, decades of an age."""

import re

from assistant.composing.columns import called, can_group, is_age, is_gender
from assistant.composing.korean_tops import is_other
from assistant.composing.moments import reference
from assistant.composing.parts import C, Parts

_UNITS = {
    "월": "month",
    "달": "month",
    "연도": "year",
    "년도": "year",
    "연": "year",
    "년": "year",
    "분기": "quarter",
    "주": "week",
    "요일": "weekday",
    "일": "day",
    "일자": "day",
    "날짜": "day",
    "시간대": "hour",
    "시간": "hour",
}
_EVERY = {"매월": "month", "매달": "month", "매년": "year", "매주": "week", "매일": "day", "매분기": "quarter"}


def groups(parts: Parts) -> None:
    """`지역별`, `지역과 상품별로`, `월별`, `매달`, `지역마다`, and 성별, which is a name that ends like one."""

    def group(match: re.Match[str]) -> bool:
        numbers = re.findall(r"⟦c(\d+)⟧", match[0])
        return all(can_group(parts.fact(n)) for n in numbers) and all(map(parts.group, numbers))

    parts.take(rf"(?:{C} ?(?:와|과|랑|이랑|,|하고|별|및) ?)*{C} ?(?:별로는|별로|별|마다|당)(?: 의)?", group)
    parts.take(r"⟦t(\d+)⟧ ?(?:별로는|별로|별|마다)(?: 의)?", lambda m: is_other(parts, m[1]) and parts.group(m[1]))
    gender = [column for column in parts.table.columns if is_gender(column)]
    if len(gender) == 1 and parts.drop(r"(?<!\S)남녀(?:별로는|별로|별)(?= |$)"):
        parts.keys[reference(parts.table.name, gender[0])] = called(gender[0])
    parts.take(rf"{C} ?대(?:별로는|별로|별|마다)(?= |$)", lambda m: is_age(parts.fact(m[1])) and _decades(parts))
    parts.take(
        rf"(?<!\S){C} (?=(?:평균|중앙값|총|합계|인원|건수|비율|최고|최대)|⟦[ct])",
        lambda m: is_gender(parts.fact(m[1])) and parts.group(m[1]),
    )
    parts.take(r"(?<!\S)(?:연령대|나이대|연령)(?:별로는|별로|별|마다)(?= |$)", lambda m: _decades(parts))
    parts.take(
        rf"(?<!\S)({'|'.join(sorted(_UNITS, key=len, reverse=True))})(?: ?별로는| ?별로| ?별|마다)",
        lambda m: parts.period(_UNITS[m[1]]),
    )
    span = (
        r"⟦n(?P<n>\d+)⟧ (?P<unit>일|주일?|개월|달|월)(?:간)? ?(?:단위|간격)(?:로|으로|의)?|(?<!\S)격주(?:로|별로|별)?"
    )
    parts.take(rf"(?:{span})(?: 나눠서?| 묶어서?| 끊어서?)?(?= |$)", lambda m: _spanned(parts, m))
    parts.take(
        rf"(?<!\S)({'|'.join(sorted(_UNITS, key=len, reverse=True))}) ?단위(?:로|의)?(?= |$)",
        lambda m: parts.period(_UNITS[m[1]]),
    )
    parts.take(rf"(?<!\S)({'|'.join(_EVERY)})(?= |$)", lambda m: parts.period(_EVERY[m[1]]))


def _decades(parts: Parts) -> bool:
    """Group people by the decade of their age; False where no column tells it."""
    age = next(filter(is_age, parts.table.columns), None)
    if age is not None:
        parts.keys[f"({reference(parts.table.name, age)} // 10 * 10)::int"] = parts.in_order = "연령대"
    return age is not None


def _spanned(parts: Parts, match: "re.Match[str]") -> bool:
    """Group by so many days, weeks or months, each told by its first day; False where no column tells when."""
    moment = parts.moment()
    if not moment:
        return False
    number, unit = (parts.whole(match["n"]), match["unit"]) if match["n"] else (2, "주")
    length = f"{number} {'DAY' if unit == '일' else 'WEEK' if unit.startswith('주') else 'MONTH'}"
    parts.keys[f"time_bucket(INTERVAL {length}, {moment})::date"] = parts.in_order = "from_day"
    parts.timed = True
    return True
