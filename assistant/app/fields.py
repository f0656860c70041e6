"""The fields of a tool's form, from the schema of its arguments."""

from dataclasses import dataclass, replace
from typing import Any, Literal

from tools.tool import Tool
from tools.words import sentence

Kind = Literal["choice", "many", "text", "long", "number", "yesno", "lines", "pairs", "group"]
REFERENCES = ("dataset", "model", "column", "file")


@dataclass(frozen=True)
class Field:
    """One argument as a form shows it."""

    name: str
    kind: Kind
    required: bool = False
    help: str = ""
    default: Any = None
    options: tuple[str, ...] = ()
    reference: str = ""
    numeric: bool = False
    """Whether what looks like a number is sent as one."""
    inside: tuple["Field", ...] = ()

    @property
    def label(self) -> str:
        return self.name.replace("_", " ").capitalize()


def fields(tool: Tool) -> list[Field]:
    """The fields of a tool, in the order of its arguments."""
    return _fields(tool.arguments.model_json_schema())


def _fields(schema: dict[str, Any]) -> list[Field]:
    definitions = schema.get("$defs", {})
    required = schema.get("required", [])
    return [_field(name, part, name in required, definitions) for name, part in schema.get("properties", {}).items()]


def _field(name: str, part: dict[str, Any], required: bool, definitions: dict[str, Any]) -> Field:
    variants = [_resolved(v, definitions) for v in part.get("anyOf", [part])]
    variants = [v for v in variants if v.get("type") != "null"]
    main = next((v for v in variants if v.get("type") in ("array", "object") or "ref" in v or "enum" in v), variants[0])
    main = main | {key: part[key] for key in ("ref", "default", "description") if key in part}
    item = _resolved(main.get("items", {}), definitions)
    base = Field(
        name=name,
        kind="text",
        required=required,
        help=sentence(main.get("description", "")),
        default=main.get("default"),
    )
    return _kinded(base, main, item, {str(v.get("type")) for v in variants}, definitions)


def _kinded(
    base: Field, main: dict[str, Any], item: dict[str, Any], types: set[str], definitions: dict[str, Any]
) -> Field:
    """The field with the input that fits its schema."""
    options = tuple(str(value) for value in main.get("enum", [main["const"]] if "const" in main else []))
    reference = main.get("ref", "")
    if options:
        return replace(base, kind="choice", options=options)
    if main.get("type") == "array":
        inner = tuple(str(value) for value in item.get("enum", []))
        if inner or item.get("ref") in REFERENCES:
            return replace(base, kind="many", options=inner, reference=item.get("ref", ""))
        if item.get("type") == "object" and "properties" in item:
            return replace(base, kind="group", inside=tuple(_fields(item | {"$defs": definitions})))
        return replace(base, kind="lines", numeric=item.get("type") in ("number", "integer") or "anyOf" in item)
    if main.get("type") == "object":
        return replace(base, kind="pairs")
    if reference in REFERENCES:
        return replace(base, kind="choice", reference=reference)
    if reference in ("sql", "formula"):
        return replace(base, kind="long", reference=reference)
    if types == {"boolean"}:
        return replace(base, kind="yesno")
    if types <= {"number", "integer"}:
        return replace(base, kind="number", numeric=True)
    return replace(base, numeric=bool(types & {"number", "integer"}))


def _resolved(part: dict[str, Any], definitions: dict[str, Any]) -> dict[str, Any]:
    if "$ref" in part:
        named: dict[str, Any] = definitions[part["$ref"].rsplit("/", 1)[-1]]
        return named | {k: v for k, v in part.items() if k != "$ref"}
    if len(part.get("allOf", [])) == 1:
        return _resolved(part["allOf"][0], definitions) | {k: v for k, v in part.items() if k != "allOf"}
    return part
