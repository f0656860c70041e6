"""The short form in which the embedded model writes a plan: SQL as it is, or calls of tools, one a line.

    SELECT country, count(*) AS orders FROM orders GROUP BY country
    fill_missing(columns=["size"], method="median")
    CREATE OR REPLACE TABLE orders AS SELECT * FROM orders ORDER BY amount DESC LIMIT 50
    train_model(target="churned")

A small model trained on code writes this better and in fewer tokens than JSON with SQL inside a string. It says the same:
`read` gives the JSON plan back, `grammar` holds the model to the plan's JSON schema, `written` writes a plan down for the
worked examples. Argument values are JSON.
"""

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

from tools.relations import identifier_if_needed

KOREAN = "^[가-힣]"
"""The pattern of what is said to a person who is answered in Korean."""
QUERY, TRANSFORM = "query_data", "transform_with_sql"
_SELECT = re.compile(r"(?:SELECT|WITH|FROM)\b", re.IGNORECASE)
_CREATE = re.compile(r'CREATE OR REPLACE TABLE ("(?:[^"]|"")+"|\w+) AS (?=SELECT|WITH)', re.IGNORECASE)
_BARE_ALIAS = re.compile(r"\bAS ([가-힣]\w*(?: [가-힣]\w*)+)(?=\s*(?:,|FROM\b|$))", re.IGNORECASE)
_TEXTS = re.compile(r"'[^']*'?|[^']+")
_CALL = re.compile(r"\s*(\w+)\(\s*")
_NAME = re.compile(r"(\w+)\s*=\s*")


# --- writing and reading -----------------------------------------------------------------------------------------


def written(steps: Sequence[Mapping[str, Any]]) -> str:
    """Steps in the short form."""
    return "\n".join(_line(step) for step in steps)


def _line(step: Mapping[str, Any]) -> str:
    if step["tool"] == QUERY:
        return _one_line(step["sql"])
    if step["tool"] == TRANSFORM:
        return f"CREATE OR REPLACE TABLE {identifier_if_needed(step['dataset'])} AS {_one_line(step['sql'])}"
    given = (f"{name}={_json(value)}" for name, value in step.items() if name != "tool")
    return f"{step['tool']}({', '.join(given)})"


def _one_line(sql: str) -> str:
    """SQL on one line; blanks inside texts stay."""
    parts = _TEXTS.findall(sql.strip())
    return "".join(part if part[0] == "'" else re.sub(r"\s+", " ", part) for part in parts)


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, default=str)


def read(text: str) -> dict[str, Any]:
    """The plan that a text in the short form says. Raises ValueError where a line is neither a SELECT nor a call."""
    steps: list[dict[str, Any]] = []
    for line in filter(None, map(str.strip, text.split("\n"))):
        if made := _CREATE.match(line):
            dataset = made[1][1:-1].replace('""', '"') if made[1].startswith('"') else made[1]
            steps.append({"tool": TRANSFORM, "dataset": dataset, "sql": _quoted(line[made.end() :])})
        else:
            steps.append({"tool": QUERY, "sql": _quoted(line)} if _SELECT.match(line) else _call(line))
    if not steps:
        raise ValueError("the reply holds no step")
    return {"steps": steps}


def _quoted(sql: str) -> str:
    """A SELECT with names of several Korean words in quotes, which small models forget."""
    return _BARE_ALIAS.sub(r'AS "\1"', sql)


def _call(line: str) -> dict[str, Any]:
    head = _CALL.match(line)
    if head is None:
        raise ValueError(f"'{line[:60]}' is neither a SELECT nor a call")
    step: dict[str, Any] = {"tool": head[1]}
    at, decoder = head.end(), json.JSONDecoder()
    while at < len(line) and line[at] != ")":
        name = _NAME.match(line, at)
        if name is None:
            raise ValueError(f"'{line[at : at + 40]}' is no argument of {head[1]}")
        step[name[1]], at = decoder.raw_decode(line, name.end())
        while at < len(line) and line[at] in ", ":
            at += 1
    if line[at:].strip() != ")":
        raise ValueError(f"'{line[-60:]}' does not end as a call does")
    return step


# --- the grammar -------------------------------------------------------------------------------------------------

_TERMINALS = r"""
string ::= "\"" ([^"\\\n] | "\\" ["\\/n])* "\""
korean ::= "\"" [가-힣] ([^"\\\n一-鿿] | "\\" ["\\/n])* "\""
integer ::= "-"? [0-9]{1,15}
number ::= "-"? [0-9]{1,15} ("." [0-9]{1,15})?
boolean ::= "true" | "false"
select ::= ("SELECT" | "WITH") " " [^\n]+
"""


def grammar(schema: Mapping[str, Any]) -> str:
    """llama.cpp's grammar (GBNF) of the short form of the plans that a JSON schema of assistant/plan_schema.py allows."""
    definitions = schema.get("$defs", {})
    plan = schema["properties"]["steps"]
    rules = {f"ref-{name}": _value(entry) for name, entry in definitions.items()}
    lines = []
    for number, step in enumerate(plan["items"]["anyOf"]):
        tool = step["properties"]["tool"]["const"]
        if tool == QUERY:
            lines.append("select")
            continue
        if tool == TRANSFORM and _datasets(step, schema):
            rules["create"] = f'"CREATE OR REPLACE TABLE " ({_datasets(step, schema)}) " AS " select'
            lines.append("create")
            continue
        rules[f"call{number}"] = _seen(f"{tool}(") + " " + _arguments(step) + ' ")"'
        lines.append(f"call{number}")
    more = plan["maxItems"] - 1
    root = "line" if more <= 0 else f'line ("\\n" line){{0,{more}}}'
    head = [f"root ::= {root}", f"line ::= {' | '.join(lines)}"]
    return "\n".join([*head, *(f"{name} ::= {body}" for name, body in rules.items()), _TERMINALS.strip()])


def _datasets(step: Mapping[str, Any], schema: Mapping[str, Any]) -> str:
    """The names that a step's dataset may have, as SQL has them."""
    names = step["properties"].get("dataset", {}).get("enum") or schema["$defs"]["dataset"]["enum"]
    return " | ".join(_seen(identifier_if_needed(name)) for name in names)


def _arguments(step: Mapping[str, Any]) -> str:
    named = [(name, entry) for name, entry in step["properties"].items() if name != "tool"]
    return _sequence(named, set(step.get("required", [])), first=True)


def _sequence(named: Sequence[tuple[str, Any]], required: set[str], *, first: bool) -> str:
    """Arguments in their order; those not required may be left out, and commas stand between those that are there."""
    if not named:
        return '""'
    (name, entry), rest = named[0], named[1:]
    this = f"{_seen(('' if first else ', ') + name + '=')} {_value(entry)}"
    after = _sequence(rest, required, first=False)
    if name in required:
        return f"{this} {after}"
    if first:
        return f"({this} {after} | {_sequence(rest, required, first=True)})"
    return f"({this})? {after}"


def _value(entry: Mapping[str, Any]) -> str:
    """The rule of a JSON value under a schema."""
    if "$ref" in entry:
        return f"ref-{entry['$ref'].rsplit('/', 1)[1]}"
    if "const" in entry:
        return _seen(_json(entry["const"]))
    if entry.get("enum"):
        return "(" + " | ".join(_seen(_json(value)) for value in entry["enum"]) + ")"
    if "anyOf" in entry:
        return "(" + " | ".join(_value(kind) for kind in entry["anyOf"]) + ")"
    if entry.get("type") == "array":
        item = _value(entry["items"])
        return f'"[" {item} (", " {item}){{0,{max(entry.get("maxItems", 20) - 1, 0)}}} "]"'
    if entry.get("type") == "object":
        pairs = [f"{_seen(_json(name) + ': ')} {_value(value)}" for name, value in entry["properties"].items()]
        return '"{" ' + ' ", " '.join(pairs) + ' "}"'
    return "korean" if entry.get("pattern") == KOREAN else str(entry.get("type", "string"))


def _seen(text: str) -> str:
    """A text as the grammar quotes it."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{escaped}"'
