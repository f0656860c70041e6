"""One generated form for every tool: its fields as HTML, and back from what was typed to arguments."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

from assistant.app.fields import Field, fields
from assistant.app.markup import Markup, choices, join, tag
from tools.tool import Tool

Posted = Mapping[str, Sequence[str]]
"""What a form sends: every name with its values, as an HTML form would."""
MOST_FIELDS, FEW_FIELDS = 8, 5
"""A form with more fields than these shows a few; the further ones are folded."""


@dataclass(frozen=True)
class Known:
    """What the pickers of a form offer."""

    datasets: tuple[str, ...] = ()
    models: tuple[str, ...] = ()
    files: tuple[str, ...] = ()
    columns: tuple[str, ...] = ()

    def of(self, reference: str) -> tuple[str, ...]:
        return {"dataset": self.datasets, "model": self.models, "file": self.files, "column": self.columns}[reference]


# --- as HTML -----------------------------------------------------------------------------------------------------


def form_html(
    tool: Tool,
    known: Known,
    posted: Posted,
    *,
    prefix: str,
    button: str = "Run this step",
    kind: Literal["act", "edit"] = "act",
    hidden: Mapping[str, str] | None = None,
) -> Markup:
    """The form of a tool, with what was typed so far; one that edits a step has no place for the dataset."""
    shown = [field for field in fields(tool) if kind == "act" or field.name != "dataset"]
    first = [field for field in shown if field.required]
    further = [field for field in shown if not field.required]
    if len(shown) > MOST_FIELDS:
        first += further[: max(FEW_FIELDS - len(first), 0)]
        further = [field for field in further if field not in first]
    else:
        first, further = shown, []
    rows, more = (
        [_row(field, known, posted, f"{prefix}-{tool.name}", field.name) for field in part] for part in (first, further)
    )
    if more:
        touched = any(_typed(field, posted, field.name) != _typed(field, {}, field.name) for field in further)
        rows.append(tag("details", tag("summary", "More settings"), *more, data_key="more", open=touched))
    return tag(
        "form",
        *(tag("input", type="hidden", name=name, value=value) for name, value in (hidden or {}).items()),
        *rows,
        tag("p", class_="error", role="alert", data_error=True),
        tag("div", tag("button", button, type="submit", class_="primary"), class_="buttons"),
        data_form=kind,
        data_tool=tool.name,
        data_prefix=prefix,
        data_testid=f"{'form' if kind == 'act' else 'edit'}-{tool.name}",
        autocomplete="off",
    )


def _row(field: Field, known: Known, posted: Posted, prefix: str, name: str) -> Markup:
    identity = f"{prefix}-{name}"
    if field.kind == "many":
        return _checks(field, known, posted, identity, name)
    if field.kind == "group":
        return _group(field, known, posted, prefix, name)
    hint = tag("span", field.help, class_="hint", id=f"{identity}-help") if field.help else None
    label = tag(
        "label", field.label, None if field.required else tag("span", " optional", class_="hint"), for_=identity
    )
    described = f"{identity}-help" if field.help else None
    return tag("div", label, _input(field, known, posted, identity, name, described), hint, class_="field")


def _input(field: Field, known: Known, posted: Posted, identity: str, name: str, described: str | None) -> Markup:
    value = _typed(field, posted, name)
    common = {"id": identity, "name": name, "aria_describedby": described, "required": field.required}
    if field.kind in ("choice", "yesno"):
        listed = _options(field, known)
        blank = [] if (field.required or field.default is not None) and listed else [("", "–")]
        if field.required and field.reference == "column" and field.default is None:
            blank = [("", "Choose a column")]  # the first one would be taken unseen
        elif field.required and listed:
            value = value or listed[0][0]  # told to the page, which else keeps what stood there before
        changes = field.reference in ("dataset", "model") or None
        shown = [choices(blank, value), choices(listed, value, ours=not field.reference)]
        return tag("select", join(shown), data_changes=changes, **common)
    if field.kind in ("long", "lines", "pairs"):
        ways = {"lines": "one value a line", "pairs": "name = value, one a line", "long": ""}
        return tag(
            "textarea",
            value,
            rows=4 if field.kind == "long" else 3,
            placeholder=ways[field.kind] or None,
            spellcheck="false",
            **common,
        )
    kind = "number" if field.kind == "number" else "text"
    return tag("input", type=kind, step="any" if kind == "number" else None, value=value, **common)


def _options(field: Field, known: Known) -> list[tuple[str, str]]:
    if field.kind == "yesno":
        return [("true", "Yes"), ("false", "No")]
    if field.reference:
        return [(name, name) for name in known.of(field.reference)]
    return [(option, option.replace("_", " ")) for option in field.options]


def _typed(field: Field, posted: Posted, name: str) -> str:
    """What stands in the input: what was typed, else the default."""
    if name in posted:
        return posted[name][0] if posted[name] else ""
    if field.default is None:
        return ""
    if isinstance(field.default, bool):
        return "true" if field.default else "false"
    if isinstance(field.default, list | tuple):
        return "\n".join(str(value) for value in field.default)
    return str(field.default)


def _checks(field: Field, known: Known, posted: Posted, identity: str, name: str) -> Markup:
    options = list(known.of(field.reference)) if field.reference else list(field.options)
    chosen = posted.get(name, field.default if isinstance(field.default, list | tuple) else ())
    boxes = [
        tag(
            "label",
            tag("input", type="checkbox", name=name, value=option, checked=option in chosen),
            tag("span", option, translate="no" if field.reference else None),
            class_="check",
        )
        for option in options
    ]
    legend = tag("legend", field.label, None if field.required else tag("span", " optional", class_="hint"))
    hint = tag("span", field.help, class_="hint") if field.help else None
    empty = tag("span", "Nothing to choose from yet.", class_="hint")
    return tag("fieldset", legend, tag("div", *(boxes or [empty]), class_="checks", id=identity), hint, class_="field")


def _group(field: Field, known: Known, posted: Posted, prefix: str, name: str) -> Markup:
    numbers = _numbers(name, posted) or [0]
    inside = [replace(part, required=part.required and field.required) for part in field.inside]
    rows = [
        tag(
            "div",
            *(_row(part, known, posted, prefix, f"{name}.{n}.{part.name}") for part in inside),
            class_="one",
            data_n=n,
        )
        for n in numbers
    ]
    more = tag("button", "Add another", type="button", data_do="again")
    legend = tag("legend", field.label, None if field.required else tag("span", " optional", class_="hint"))
    hint = tag("span", field.help, class_="hint") if field.help else None
    return tag("fieldset", legend, hint, *rows, more, class_="field group")


def _numbers(name: str, posted: Posted) -> list[int]:
    pattern = re.compile(re.escape(name) + r"\.(\d+)\.")
    return sorted({int(match[1]) for key in posted if (match := pattern.match(key))})


# --- and back ----------------------------------------------------------------------------------------------------


def arguments(tool: Tool, posted: Posted) -> dict[str, Any]:
    """What was typed as arguments of the tool; what was left empty is left out, so that defaults apply."""
    return _arguments(fields(tool), posted, "")


def _arguments(parts: Sequence[Field], posted: Posted, path: str) -> dict[str, Any]:
    out: dict[str, Any] = {}
    for field in parts:
        name = path + field.name
        if field.kind == "group":
            rows = [_arguments(field.inside, posted, f"{name}.{n}.") for n in _numbers(name, posted)]
            value: Any = [row for row in rows if _filled(field, row)]
        else:
            value = _value(field, [v for v in posted.get(name, ()) if v.strip()])
        if value not in (None, [], {}, ""):
            out[field.name] = value
    return out


def _filled(field: Field, row: Mapping[str, Any]) -> bool:
    """Whether anything was typed into a repeated row; what its pickers show was not typed."""
    typed = [part.name for part in field.inside if part.required and part.kind != "choice"]
    return any(name in row for name in typed) if typed else bool(row)


def _value(field: Field, typed: list[str]) -> Any:
    if not typed:
        return None
    if field.kind == "many":
        return typed
    if field.kind == "yesno":
        return typed[0] == "true"
    lines = [line.strip() for line in typed[0].splitlines() if line.strip()]
    if field.kind == "lines":
        return [scalar(line) if field.numeric else line for line in lines]
    if field.kind == "pairs":
        return {key.strip(): scalar(value.strip()) for key, _, value in (line.partition("=") for line in lines)}
    return scalar(typed[0].strip()) if field.numeric else typed[0].strip()


def posted(tool: Tool, arguments: Mapping[str, Any]) -> dict[str, list[str]]:
    """Arguments as a form would send them: what `arguments` reads back."""
    out: dict[str, list[str]] = {}
    for field in fields(tool):
        value = arguments.get(field.name)
        if value is None:
            continue
        if field.kind == "group":
            rows = [(f"{field.name}.{n}.", row) for n, row in enumerate(value)]
            out |= {at + name: [_written(cell)] for at, row in rows for name, cell in row.items() if cell is not None}
        elif field.kind == "many":
            out[field.name] = [_written(one) for one in value]
        elif field.kind == "lines":
            out[field.name] = ["\n".join(map(_written, value))]
        elif field.kind == "pairs":
            out[field.name] = ["\n".join(f"{name} = {_written(cell)}" for name, cell in value.items())]
        else:
            out[field.name] = [_written(value)]
    return out


def _written(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def scalar(value: str) -> str | int | float:
    """`12` and `-0.5` as numbers; `007`, `1e5x` and words as they are."""
    if re.fullmatch(r"-?(0|[1-9]\d*)", value):
        return int(value)
    if re.fullmatch(r"-?(0|[1-9]\d*)?\.\d+", value):
        return float(value)
    return value
