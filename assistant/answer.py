"""A turn's answer, put together by rule from its outcomes: no language model ever writes a number."""

from collections.abc import Mapping, Sequence
from typing import Any

from assistant.events import Answer, StepDone
from assistant.linking import unsaid
from assistant.unmatched import akin
from tools.words import listed, nearest
from tools.workspace import Workspace


def compose(
    steps: Sequence[tuple[dict[str, Any], StepDone]],
    workspace: Workspace,
    *,
    words: str = "",
    missing: str = "",
    run: str = "",
    asked: str = "",
    taken: Mapping[str, str] | None = None,
) -> Answer:
    """The answer to a turn (its run) of these steps (card and outcome each), of words alone, or of something the data lacks.

    Where what was `asked` does not say in its words which rows a query counts, that is told; so are the words that were
    `taken` for columns.
    """
    said = [done.text + _rows_told(card, done, asked) for card, done in steps]
    if steps:
        said += [f"{word} is read as the column {name}." for word, name in (taken or {}).items()]
    if missing:
        said.append(not_held(missing, workspace))
    elif words:
        said.append(words)
    values: dict[str, Any] = {"missing": missing} if missing else {}
    for _, done in steps:
        values |= done.values | done.metrics
    tables = [done.table for _, done in steps if done.table is not None]
    last = steps[-1][0]["tool"] if steps else ""
    return Answer(
        text="\n".join(said) or "Nothing was to be done.",
        table=tables[-1] if tables else None,
        values=values,
        suggestions=[]
        if values.get("preview")
        else suggestions(last, workspace, run),  # it keeps no model to ask about
    )


def _rows_told(card: dict[str, Any], done: StepDone, asked: str) -> str:
    told = unsaid(done.sql or "", asked) if asked and card["tool"] == "query_data" else []
    return (
        f" Only rows with {listed(told)} count here, which the request says in other words, if at all." if told else ""
    )


def not_held(what: str, workspace: Workspace) -> str:
    """`The data does not hold loyalty points. churn has: …`, with the nearest names first."""
    heads = workspace.datasets()
    names = list(dict.fromkeys(name for head in heads for name in head.names))
    near = list(dict.fromkeys([*nearest(what, names, cutoff=0.6), *akin(what, names)[:3]]))
    hint = f" Nearest: {listed(near)}." if near else ""
    return f"The data does not hold {what}.{hint} It has these columns: {listed(names, 30)}."


UNDO = "Undo that"
NEXT = {
    "load_file": ["What is in this data?", "Fix the issues"],
    "describe_data": ["Check the quality", "Fix the issues"],
    "check_quality": ["Fix the issues"],
    "train_model": ["How good is it?", "What drives it?"],
    "train_forecast": ["How good is it?", "Which models are there?"],
    "train_text_model": ["How good is it?", "Write the model's report"],
    "train_image_model": ["How good is it?", "Write the model's report"],
    "forecast": ["How good is it?", "Write the model's report"],
    "evaluate_model": ["What drives it?", "Write the model's report"],
    "explain_model": ["How good is it?"],
    "undo": ["Which steps did you do?"],
    "list_steps": ["Give me the script"],
}


def suggestions(tool: str, workspace: Workspace, run: str) -> list[str]:
    """What people usually ask next after a tool; undo where it would take back what this run did."""
    if tool in NEXT:
        return NEXT[tool]
    changed = bool(run) and workspace.last_moved() == run
    steps = ["Which steps did you do?"] if any(head.number > 1 for head in workspace.datasets()) else []
    return [UNDO, *steps] if changed else []
