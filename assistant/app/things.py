"""Models as things and predictions that recur, in the tabs Model and Predict: versions, comparison, export, schedules."""

from collections.abc import Callable, Sequence

from assistant.app import chat
from assistant.app.markup import Markup, join, press, table, tag
from assistant.events import StepDone
from automl.card import Card
from tools.modelling.words import main_score
from tools.moment import told_at
from tools.reporting.scores import NAMES, scored, shown
from tools.schedule import run_rows
from tools.scheduling.store import Schedule, runs, schedules
from tools.scheduling.work import told
from tools.tool import TableData
from tools.versions import changed
from tools.workspace import Workspace

Form = Callable[[str, str, str], Markup]
"""The generated form of a tool: its name, a prefix, the words on its button."""
RUNS_SHOWN = 20


def care(cards: Sequence[Card], card: Card, outcomes: Sequence[StepDone], form: Form) -> Markup:
    """What can be done with a model besides predicting: its versions, another beside it, export, name, deletion."""
    exports = [
        press("export_model", words, f"{words}: {card.name} {label}", prefix="care", model=card.name, format=format)
        for words, label, format in (
            ("Export for a data scientist", "with scripts, notebook and rows", "folder"),
            ("Export for MLflow", "in MLflow's format", "mlflow"),
        )
    ]
    delete = press("delete_model", "Delete", f"Delete {card.name}; undo brings it back", prefix="care", model=card.name)
    made = next((o for o in reversed(outcomes) if o.values.get("format") in ("folder", "mlflow")), None)
    return join(
        [
            _versions(cards, card),
            _compared(outcomes, card),
            _folded("Compare models on the same rows", form("compare_models", "care", "Compare"))
            if len([one for one in cards if not one.forecast]) > 1 and not card.forecast
            else "",
            tag("h2", "Take it along"),
            tag("div", *exports, class_="buttons"),
            chat.downloads(made.artefacts) if made and made.values.get("model") == card.name else "",
            _folded(
                "Rename or delete", join([form("rename_model", "care", "Rename"), tag("div", delete, class_="buttons")])
            ),
        ]
    )


def _folded(title: str, body: Markup) -> Markup:
    return tag("details", tag("summary", title), body, data_key=title)


def _versions(cards: Sequence[Card], card: Card) -> Markup:
    """The versions of a model, the newest first, each with what changed; nothing where there is one only."""
    family = sorted((one for one in cards if one.family == card.family), key=lambda one: -one.lineage.version)
    if len(family) < 2:
        return Markup("")
    rows = []
    for one, before in zip(family, [*family[1:], None], strict=True):
        metric, score = main_score(one)
        words = tag("span", f"{one.lineage.version}. {one.name}{' (shown)' if one == card else ''}", class_="title")
        facts = tag(
            "span",
            f"{NAMES.get(metric, metric)} {shown(metric, score)} · {one.trained_rows:,} rows · {told_at(one.created)}",
            class_="counts",
        )
        told_ = tag("p", changed(before, one), class_="hint") if before else None
        rows.append(tag("li", tag("div", words, facts, class_="line"), told_))
    return join([tag("h2", "Versions"), tag("ul", *rows, class_="branches", data_testid="model-versions")])


def _compared(outcomes: Sequence[StepDone], card: Card) -> Markup:
    """The last comparison that this model took part in."""
    made = next(
        (
            o
            for o in reversed(outcomes)
            if "conclusive" in o.values and o.table and card.name in o.values.get("models", [])
        ),
        None,
    )
    if made is None or made.table is None:
        return Markup("")
    shown = table(scored(made.table), caption="Models on the same rows")
    return tag("div", tag("p", made.text), shown, class_="result", data_testid="compared")


def again(workspace: Workspace, form: Form) -> Markup:
    """Predictions that recur: the schedules with their switches, the form for another, and what has run."""
    found, past = schedules(workspace), runs(workspace)
    rows = [_schedule(workspace, one) for one in found]
    shown = (
        tag("ul", *rows, class_="branches", data_testid="schedules")
        if rows
        else tag("p", "No schedule yet.", class_="hint")
    )
    columns = ["schedule", "started", "state", "why", "rows", "seconds", "files", "error"]
    lines = [
        [*line[:6], ", ".join(map(str, files)), line[7]]
        for line in run_rows(past[:RUNS_SHOWN])
        if isinstance(files := line[6], list)
    ]
    history = TableData(columns=columns, rows=lines, row_count=len(past))
    return join(
        [
            tag("h2", "Again and again"),
            shown,
            _folded("Predict on a schedule", form("schedule_predictions", "again", "Schedule")),
            _folded("What has run", table(history, caption="Runs of schedules")) if past else "",
        ]
    )


def _schedule(workspace: Workspace, one: Schedule) -> Markup:
    last = next(iter(runs(workspace, one.name)), None)
    state = "resume" if one.paused else "pause"
    acts = (("run", "Run now"), (state, state.capitalize()), ("delete", "Delete"))
    buttons = [
        press("change_schedule", words, f"{words}: {one.name}", prefix="again", action=action, schedule=one.name)
        for action, words in acts
    ]
    words = f"{one.when.words()}{' (paused)' if one.paused else ''}"
    what = (tag("span", one.source, translate="no"), " ", words)
    return tag(
        "li",
        tag(
            "div",
            tag("span", one.name, class_="title", translate="no"),
            tag("span", *what, class_="counts"),
            class_="line",
        ),
        tag("p", f"Last: {told(last).removeprefix(f'{one.name}: ')}", class_="hint") if last else None,
        chat.links([name for name in last.files if (workspace.files / name).is_file()]) if last else None,
        tag("div", *buttons, class_="buttons"),
    )
