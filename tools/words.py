"""Names and values as they are written: quoted in SQL, plain in JSON, listed, or corrected, for a person."""

import math
import re
import unicodedata
from collections.abc import Sequence
from typing import Any

from tools.tool import ToolError

_READ_BY_TEMPLATES = str.maketrans({"{": "&#123;", "}": "&#125;", "$": "&#36;", "`": "&#96;"})
_TYPES = {
    "VARCHAR": "text",
    "BOOLEAN": "yes/no",
    "DATE": "date",
    "TIME": "time",
    "DOUBLE": "number",
    "FLOAT": "number",
}


def identifier(name: str) -> str:
    """A name quoted for SQL."""
    return '"' + name.replace('"', '""') + '"'


def literal(value: Any) -> str:
    """A value as a SQL literal."""
    if value is None:
        return "NULL"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and not math.isfinite(value):
        return f"CAST('{value!r}' AS DOUBLE)"  # bare, they are names of columns
    if isinstance(value, int | float):
        return repr(value)
    text = "'" + str(value).replace("'", "''") + "'"
    return "(" + text.replace("\0", "' || chr(0) || '") + ")" if "\0" in text else text


def plain(value: Any) -> Any:
    """A DuckDB cell as a JSON value: dates as ISO text, decimals as numbers, NaN and infinities as null."""
    import datetime
    import decimal

    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if value is None or isinstance(value, bool | int | str):
        return value
    if isinstance(value, decimal.Decimal):
        return int(value) if value == value.to_integral_value() and value.as_tuple().exponent == 0 else float(value)
    if isinstance(value, datetime.date | datetime.time | datetime.datetime):
        return value.isoformat(" ") if isinstance(value, datetime.datetime) else value.isoformat()
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    if isinstance(value, dict):
        return {str(key): plain(item) for key, item in value.items()}
    return str(value)


def type_words(type_: str) -> str:
    """A DuckDB type in plain words."""
    if type_.startswith("TIMESTAMP"):
        return "date and time"
    if type_.startswith("DECIMAL"):
        return "number"
    if type_.endswith("]"):
        return "list"
    if "INT" in type_ and not type_.startswith("INTERVAL"):
        return "whole number"
    return _TYPES.get(type_, "text" if type_.startswith("ENUM") else type_.partition("(")[0].lower())


def escaped(text: str) -> str:
    """A text as HTML; braces, dollars and back quotes too, which a template language may read."""
    import html

    return html.escape(text, quote=True).translate(_READ_BY_TEMPLATES)


def nearest(got: str, known: Sequence[str], *, cutoff: float) -> list[str]:
    """At most three of the known names that are spelt like what was given, the nearest first, whatever their case."""
    import difflib

    folded = {name.casefold(): name for name in known}
    return [folded[name] for name in difflib.get_close_matches(got.casefold(), list(folded), n=3, cutoff=cutoff)]


def sentence(words: str) -> str:
    """The words with a capital at their start."""
    return words[:1].upper() + words[1:]


def meant(kind: str, name: str, known: Sequence[str]) -> str:
    """The known name that is meant, whatever its case, else its spaces. Raises ToolError with the nearest where there is none."""
    wanted = name.strip()
    if wanted in known:
        return wanted
    for fold in (str.casefold, snake_case):
        if (found := [one for one in known if fold(one) == fold(wanted)]) and any(map(str.isalnum, wanted)):
            return found[0]
    raise ToolError(unknown(kind, name, known))


def unknown(kind: str, got: str, known: Sequence[str]) -> str:
    """`No column 'Exitd'. Nearest: Exited. Columns: …`: one line with the nearest names first."""
    near = nearest(got, known, cutoff=0.5)
    listed = ", ".join(known[:30]) + (f" and {len(known) - 30} more" if len(known) > 30 else "")
    hint = f" Nearest: {', '.join(near)}." if near else ""
    return f"No {kind} '{got}'.{hint} {kind.capitalize()}{'es' if kind.endswith('s') else 's'}: {listed or 'none yet'}."


def listed(names: Sequence[str], limit: int = 8) -> str:
    """`a, b and c`, cut short after `limit` names."""
    shown = list(names[:limit])
    if len(names) > limit:
        return ", ".join(shown) + f" and {len(names) - limit} more"
    return " and ".join([", ".join(shown[:-1]), shown[-1]]) if len(shown) > 1 else "".join(shown)


def counted(number: int, noun: str) -> str:
    """`1 row`, `2,000 rows`, `3 misses`."""
    many = noun[:-1] + "ies" if noun.endswith("y") and noun[-2] not in "aeiou" else noun + "s"
    many = noun + "es" if noun.endswith("s") else many
    return f"{number:,} {noun if number == 1 else many}"


def share(part: int, whole: int) -> str:
    """`0.2 %`, `12 %`, `under 0.1 %`."""
    percent = 100 * part / whole if whole else 0.0
    if 0 < percent < 0.1:
        return "under 0.1 %"
    return f"{percent:.1f} %" if percent < 10 and round(percent, 1) != round(percent) else f"{percent:.0f} %"


LONGEST = 180
"""Bytes of a name: a file's may have 255 and gets more behind it, and a letter of Hangul takes three."""


def snake_case(text: str) -> str:
    """A file's stem as a dataset name: `Churn Modelling-m` becomes `churn_modelling_m`. Letters of any script stay."""
    text = unicodedata.normalize("NFC", text)
    text = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", text)
    name = re.sub(r"[^\w]+", "_", text).strip("_").lower()
    name = re.sub(r"_+", "_", name).encode()[:LONGEST].decode(errors="ignore").strip("_") or "data"
    return name if not name[0].isdigit() else f"t_{name}"


def free_name(wanted: str, taken: set[str]) -> str:
    """The wanted name, with a number where it is taken; it counts as taken from then on."""
    name, number = wanted, 2
    while name.casefold() in taken:
        name, number = f"{wanted}_{number}", number + 1
    taken.add(name.casefold())
    return name


def is_number(value: Any) -> bool:
    """Whether a cell is a number: in Python, true and false are numbers too."""
    return isinstance(value, int | float) and not isinstance(value, bool)
