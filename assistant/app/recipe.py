"""The recipe in the Steps panel: each step with its switch, its place and its form; scripts, versions, another dataset."""

from collections.abc import Mapping, Sequence

from assistant.app import chat, forms
from assistant.app.fields import fields
from assistant.app.lists import step_words
from assistant.app.markup import Markup, choices, code, join, press, table, tag
from assistant.events import StepDone
from tools.dataset import Version
from tools.rerun import steps_of
from tools.script import at_a_glance
from tools.words import counted
from tools.workspace import Workspace

SCRIPTS = (("sql", "SQL"), ("python", "Python"), ("notebook", "Notebook"))


def panel(
    workspace: Workspace,
    head: Version,
    typed: Mapping[str, forms.Posted],
    outcomes: Sequence[StepDone],
    known: forms.Known,
) -> Markup:
    """The recipe of a version, and what can be done with it."""
    base, made = steps_of(workspace, head)
    called = head.dataset if head.ref in [one.ref for one in workspace.datasets()] else head.ref
    title = tag("h2", f"Steps of {head.dataset}")
    start = tag("p", f"From {base.step.source.get('path') or base.ref}: {_size(base)}.", class_="hint")
    if not made:
        return join([title, start, tag("p", "No step yet. Ask for one in the chat, or add it below.", class_="hint")])
    parents = [base, *made]
    rows = [
        _step(n, len(made), one, parents[n - 1], called, typed.get(f"edit-{one.ref}-{one.step.tool}"), known)
        for n, one in enumerate(made, 1)
    ]
    return join(
        [
            title,
            start,
            tag("ol", *rows, class_="recipe", data_testid="recipe"),
            tag("h2", "Save these steps as a script"),
            tag("div", *(_script(called, kind, name) for kind, name in SCRIPTS), class_="buttons"),
            _written(outcomes, head),
            _again(workspace, head.dataset, called),
        ]
    )


def _size(version: Version) -> str:
    return f"{counted(version.row_count, 'row')}, {counted(len(version.names), 'column')}"


def _step(
    n: int, last: int, one: Version, parent: Version, called: str, typed: forms.Posted | None, known: forms.Known
) -> Markup:
    what = one.step.tool.replace("_", " ").capitalize()
    moves = [
        _button("move_step", called, "↑", f"Move step {n} up", off=n == 1, step=n, before=n - 1),
        _button("move_step", called, "↓", f"Move step {n} down", off=n == last, step=n, after=n + 1),
        _button(
            "switch_step",
            called,
            "Turn on" if one.step.off else "Turn off",
            f"Turn on step {n}" if one.step.off else f"Turn off step {n}",
            step=n,
            state="on" if one.step.off else "off",
        ),
    ]
    line = tag(
        "div",
        tag("span", f"{n}. {step_words(one)}", class_="title"),
        tag("span", _counts(parent, one), class_="counts"),
        class_="line",
    )
    looked = tag(
        "details",
        tag("summary", "What it did"),
        tag("p", one.step.text),
        code(at_a_glance(one.step.sql), caption=f"SQL of step {n}"),
        data_key=f"sql-{one.ref}",
    )
    return tag(
        "li",
        line,
        tag(
            "div",
            tag("div", *moves, class_="buttons"),
            _edit(n, one, parent, called, typed, known),
            looked,
            class_="ways",
        ),
        class_="off" if one.step.off else None,
        data_key=one.ref,
        data_testid=f"recipe-{n}",
        aria_label=f"Step {n}: {what}",
    )


def _counts(parent: Version, one: Version) -> str:
    rows = counted(one.row_count, "row")
    return f"{parent.row_count:,} → {rows}" if parent.row_count != one.row_count else rows


def _button(tool: str, dataset: str, words: str, label: str, *, off: bool = False, **values: object) -> Markup:
    """A tool behind one press."""
    return press(tool, words, label, prefix="recipe", off=off, dataset=dataset, **values)


def _edit(
    n: int, one: Version, parent: Version, called: str, typed: forms.Posted | None, known: forms.Known
) -> Markup | None:
    """The form of a step with its arguments, folded; it and those after it run again."""
    from tools import catalogue

    tool = catalogue()[one.step.tool]
    if [field for field in fields(tool) if field.name != "dataset"] == []:
        return None
    offered = forms.Known(known.datasets, known.models, known.files, tuple(parent.names))
    form = forms.form_html(
        tool,
        offered,
        typed or forms.posted(tool, one.step.arguments),
        prefix=f"edit-{one.ref}",
        button="Run again from here",
        kind="edit",
        hidden={"__dataset": called, "__step": str(n)},
    )
    return tag("details", tag("summary", "Edit"), form, data_key=f"edit-{one.ref}")


# --- scripts, other datasets, versions ---------------------------------------------------------------------------


def _script(called: str, kind: str, name: str) -> Markup:
    return _button("write_script", called, name, f"Write the steps as {name}", format=kind)


def _written(outcomes: Sequence[StepDone], head: Version) -> Markup:
    """The files of the last script of this version."""
    made = next((o for o in reversed(outcomes) if "script" in o.values and o.dataset == head.ref), None)
    return chat.downloads(made.artefacts) if made else Markup("")


def _again(workspace: Workspace, dataset: str, called: str) -> Markup:
    """The same steps for another dataset; nothing where there is no other."""
    others = [one.dataset for one in workspace.datasets() if one.dataset != dataset]
    if not others:
        return Markup("")
    picker = tag(
        "div",
        tag("label", "Do the same to", for_="same-dataset"),
        tag("select", choices([(name, name) for name in others], ours=False), id="same-dataset", name="dataset"),
        class_="field",
    )
    return _form("apply_recipe", "Do these steps", {"source": called}, picker)


def _form(tool: str, button: str, hidden: Mapping[str, str], *fields: Markup) -> Markup:
    """A form of our own for a tool, where the generated one would show more than is asked here."""
    return tag(
        "form",
        *(tag("input", type="hidden", name=name, value=value) for name, value in hidden.items()),
        *fields,
        tag("p", class_="error", role="alert", data_error=True),
        tag("div", tag("button", button, type="submit"), class_="buttons"),
        data_form="act",
        data_tool=tool,
        data_prefix="recipe",
        data_testid=f"form-{tool}",
    )


def versions(workspace: Workspace, head: Version, outcomes: Sequence[StepDone]) -> Markup:
    """The branches of a dataset, and two of its versions beside each other; nothing where there is one version only."""
    every = workspace.versions(head.dataset)
    if len(every) < 2:
        return Markup("")
    parents = {one.parent for one in every}
    current = next((one.ref for one in workspace.datasets() if one.dataset == head.dataset), "")
    tips = [one for one in every if one.ref not in parents or one.ref == current]
    rows = [_tip(workspace, one, current) for one in reversed(tips)]
    return join(
        [tag("h2", "Versions"), tag("ul", *rows, class_="branches"), _compare(head, every), _compared(outcomes, head)]
    )


def _tip(workspace: Workspace, one: Version, current: str) -> Markup:
    made = steps_of(workspace, one)[1]
    off = len([step for step in made if step.step.off])
    steps = counted(len(made), "step") + (f", {off} off" if off else "")
    words = tag("span", f"{one.ref}{' (current)' if one.ref == current else ''}", class_="title")
    facts = tag("span", f"{steps} · {_size(one)}", class_="counts")
    button = _button(
        "restore_version", one.dataset, "Make current", f"Make {one.ref} the current version", version=one.ref
    )
    return tag("li", tag("div", words, facts, class_="line"), button if one.ref != current else None, data_key=one.ref)


def _compare(head: Version, every: Sequence[Version]) -> Markup:
    options = [(str(one.number), _label(one)) for one in every]

    def pick(name: str, label: str, chosen: int) -> Markup:
        select = tag("select", choices(options, str(chosen)), id=f"compare-{name}", name=name)
        return tag("div", tag("label", label, for_=f"compare-{name}"), select, class_="field")

    parent = int(head.parent.rpartition("@")[2]) if head.parent else every[0].number
    boxes = [
        tag(
            "label",
            tag("input", type="checkbox", name="keys", value=name),
            tag("span", name, translate="no"),
            class_="check",
        )
        for name in head.names
    ]
    keys = tag(
        "details",
        tag("summary", "Rows belong together by key columns"),
        tag("div", *boxes, class_="checks"),
        data_key="compare-keys",
    )
    pickers = tag("div", pick("first", "Compare", parent), pick("second", "with", head.number), class_="pickers")
    return _form("compare_versions", "Compare", {"dataset": head.dataset}, pickers, keys)


def _label(one: Version) -> str:
    return f"{one.ref}: {step_words(one)}"[:80]


def _compared(outcomes: Sequence[StepDone], head: Version) -> Markup:
    """What the last comparison found."""
    found = next((o for o in reversed(outcomes) if "rows_gone" in o.values), None)
    if found is None or (found.dataset or "").partition("@")[0] != head.dataset:
        return Markup("")
    shown = table(found.table, caption="Cells that changed") if found.table else None
    return tag("div", tag("p", found.text), shown, class_="result", data_testid="compared")
