"""The conversation as HTML: one block a turn, with its plan card, question, answer and charts."""

from collections.abc import Sequence

from assistant.answer import UNDO
from assistant.app.markup import Markup, code, file_address, join, press, prose, seconds, table, tag
from assistant.app.state import State, StepView, Turn
from assistant.events import Answer, StepDone
from automl.card import Card
from tools.dataset import Version
from tools.korean import in_korean, markup_in_korean
from tools.korean.results import table_in_korean
from tools.query import column_in_words, is_call
from tools.reporting.scores import NAMES, scored
from tools.script import at_a_glance
from tools.tool import Artefact, TableData
from tools.words import counted

MARKS = {"waiting": "not started", "running": "running", "done": "done", "failed": "failed", "skipped": "not run"}
SIGNS = {"done": "✓", "failed": "✕", "skipped": "–", "waiting": "", "running": ""}
TALK = ("reply", "say_missing", "ask_user")
"""Plans that only say something: their words are the answer, a card would say them twice."""

TELLING = (
    *("describe_data", "check_quality", "quality_report", "list_steps", "list_models", "list_schedules"),
    *("compare_versions", "model_card", "compare_groups"),
)
"""Tools whose tables are of Easel's own words; the columns of others may be those of the data."""


def turn_html(turn: Turn, *, last: bool) -> Markup:
    """One turn: what was asked, the plan, and how it ended."""
    card = plan_card(turn) if any(step.tool not in TALK for step in turn.steps) else None
    made = tag(
        "section",
        tag("div", tag("p", turn.asked), class_="said", translate="no") if turn.asked else None,
        tag(
            "div",
            card,
            _charts(turn),
            _status(turn),
            _question(turn) if last else None,
            _ending(turn, last=last),
            class_="reply",
        ),
        class_="turn",
        data_key=turn.run,
        data_testid="turn",
    )
    return Markup(markup_in_korean(made)) if turn.tongue == "ko" else made


def plan_card(turn: Turn) -> Markup:
    """The steps with their icons, counts and times; a failed one stands open."""
    head = tag("header", tag("strong", "Plan"), tag("span", f"{turn.done}/{len(turn.steps)}", class_="count"))
    rows = [_step(n, step) for n, step in enumerate(turn.steps, 1)]
    return tag("article", head, tag("ol", *rows), class_="plan", data_testid="plan", aria_label="Plan")


def _step(n: int, step: StepView) -> Markup:
    icon = tag("span", SIGNS[step.mark], class_=f"mark {step.mark}", role="img", aria_label=MARKS[step.mark])
    line = tag(
        "div",
        tag("span", f"{n}. {step.title}", class_="title"),
        tag("span", _counts(step), class_="counts"),
        class_="line",
    )
    bar = (
        tag(
            "div",
            tag("span", style=f"width:{step.fraction:.1%}"),
            class_="progress",
            role="progressbar",
            aria_label=f"Progress of step {n}",
            aria_valuenow=round(step.fraction * 100),
            aria_valuemin=0,
            aria_valuemax=100,
        )
        if step.mark == "running"
        else None
    )
    body = tag("div", line, bar, _details(step), class_="body")
    return tag("li", icon, body, class_=f"step {step.mark}", data_testid=f"step-{step.mark}")


def _counts(step: StepView) -> str:
    """`5,000 → 4,982 rows · 0.5 s`, or the words of its progress while it runs."""
    if step.mark == "running":
        return step.note
    if step.outcome is None:
        return ""
    parts = []
    if rows := step.outcome.rows:
        parts.append(f"{rows[0]:,} → {counted(rows[1], 'row')}" if 0 < rows[0] != rows[1] else counted(rows[1], "row"))
    return " · ".join([*parts, seconds(step.outcome.seconds)])


def _details(step: StepView) -> Markup | None:
    """Why, what happened and the SQL, folded; the error of a failed step unfolded."""
    inside = [tag("p", step.why, class_="why")] if step.why else []
    if step.outcome and step.outcome.text:
        inside.append(tag("div", prose(step.outcome.text), class_="what"))
    if step.outcome and step.outcome.sql:
        inside.append(code(at_a_glance(step.outcome.sql), caption="SQL"))
    error = tag("p", step.error, class_="error", role="alert") if step.error else None
    if not inside:
        return error
    has_sql = step.outcome is not None and bool(step.outcome.sql)
    folded = tag(
        "details",
        tag("summary", "Details and SQL" if has_sql else "Details"),
        *inside,
        open=step.mark == "failed",
        data_key=f"details-{step.id}",
    )
    return join([error or "", folded])


def _charts(turn: Turn) -> Markup:
    return join(figure(step.outcome) for step in turn.steps if step.outcome and shows_chart(step.outcome))


def shows_chart(outcome: StepDone) -> bool:
    """Whether a step drew a chart."""
    return any(artefact.kind == "chart" for artefact in outcome.artefacts)


def figure(outcome: StepDone) -> Markup:
    """A step's chart as a picture; SVG inside <img> can run no script."""
    pictures = [name for artefact in outcome.artefacts if (name := file_name(artefact)).endswith((".svg", ".png"))]
    if not pictures:
        return Markup("")
    picture = tag("img", src=file_address(pictures[0]), alt=f"Chart. {outcome.text}", loading="lazy")
    return tag("figure", picture, class_="chart scroll", tabindex=0, data_testid="chart")


def file_name(artefact: Artefact) -> str:
    """The last part of its path: no folder of this machine reaches the page."""
    return (artefact.path or artefact.name).replace("\\", "/").rsplit("/", 1)[-1]


def downloads(artefacts: list[Artefact]) -> Markup:
    """A link for every file that was made."""
    return links([file_name(one) for one in artefacts if one.kind == "file"])


def links(names: Sequence[str]) -> Markup:
    """A link for every file of the project; several of one name are told apart by their kinds."""
    stems = [name.rpartition(".")[0] for name in names]
    one = len(names) > 1 and len(set(stems)) == 1
    made = [
        tag(
            "a",
            f"Download {name.rpartition('.')[2].upper() if one else name}",
            href=file_address(name, download=True),
            class_="button",
            download=name,
        )
        for name in names
    ]
    return tag("p", *made, class_="downloads") if made else Markup("")


def _status(turn: Turn) -> Markup | None:
    if turn.over or turn.question or not (turn.status or not turn.steps):
        return None
    return tag(
        "p",
        tag("span", class_="mark running", aria_hidden="true"),
        turn.status or "Reading your request",
        class_="status",
    )


def _question(turn: Turn) -> Markup | None:
    if turn.question is None or turn.over:
        return None
    buttons = [
        tag("button", option, type="button", data_do="reply", data_text=option, class_="primary" if i == 0 else None)
        for i, option in enumerate(turn.question.options)
    ]
    failed = [n for n, step in enumerate(turn.steps, 1) if step.error and step.error == turn.question.text]
    failure = tag("p", f"Step {failed[-1]} failed. What now?") if failed else None  # its error stands above already
    return tag(
        "div",
        failure or prose(turn.question.text),
        tag("div", *buttons, class_="buttons") if buttons else tag("p", "Type your answer below.", class_="hint"),
        class_="question",
        data_testid="question",
        role="group",
        aria_label="The assistant asks",
    )


def _ending(turn: Turn, *, last: bool) -> Markup | None:
    if turn.answer:
        done = [step.outcome for step in turn.steps if step.outcome and not shows_chart(step.outcome)]
        files = [artefact for outcome in done for artefact in outcome.artefacts]
        ideas = [_idea(idea) for idea in (turn.answer.suggestions if last else [])]
        return tag(
            "div",
            prose(turn.answer.text),
            _result(turn),
            downloads(files),
            tag("div", *ideas, class_="buttons ideas") if ideas else None,
            class_="answer",
            data_testid="answer",
        )
    if turn.failed:
        again = (
            tag(
                "div",
                tag("button", "Go on where it stopped", type="button", data_do="resume", class_="primary"),
                class_="buttons",
            )
            if turn.failed.interrupted and last
            else None
        )
        told = any(step.error == turn.failed.text for step in turn.steps)
        words = "It ended there; nothing after it was done." if told else turn.failed.text
        return tag("div", tag("p", words), again, class_="answer failure", data_testid="failure")
    return None


def _result(turn: Turn) -> Markup | None:
    """The table of the answer."""
    if turn.answer is None or turn.answer.table is None:
        return None
    told = turn.answer.table
    if _of_models(turn.answer):
        names = [str(turn.answer.values[name]) for name in ("target", "column") if name in turn.answer.values]
        return table(scored(told), caption="Result", names=names)
    last = next((step.tool for step in reversed(turn.steps) if step.outcome), "")
    told = table_in_korean(told) if turn.tongue == "ko" else told
    return table(counted_in_words(told), caption="Result", ours=last in TELLING)


def _of_models(answer: Answer) -> bool:
    """Whether its figures are of a model: a result of the data may have a column of such a name."""
    return any(name in answer.values for name in ("conclusive", "learned_on", *NAMES))


def counted_in_words(data: TableData) -> TableData:
    """A result whose columns are named as people say them where a query gave no name: `count_star()` is `number of rows`."""
    columns = [column_in_words(one) if is_call(one) else one for one in data.columns]
    return data.model_copy(update={"columns": columns})


def _idea(words: str) -> Markup:
    """A request at one press; undo needs no language model."""
    if words in (UNDO, in_korean(UNDO)):
        return press("undo", words, words, prefix="idea")
    return tag("button", words, type="button", data_do="ask", data_text=words)


def changed_turns(state: State, after: int) -> list[dict[str, str]]:
    """The turns that a page which has seen `after` must be sent: those that changed, and the one that is no longer last."""
    out = []
    laters: list[Turn | None] = [*state.turns[1:], None]
    for turn, later in zip(state.turns, laters, strict=False):
        overtaken = later is not None and later.first > after
        if turn.seq > after or overtaken:
            out.append({"key": turn.run, "html": turn_html(turn, last=later is None)})
    return out


def prompts(head: Version | None, card: Card | None) -> list[str]:
    """Requests that fit the data at hand, for someone who does not know what to ask."""
    if head is None:
        return []
    texts = [c.name for c in head.columns if c.is_text or c.type == "BOOLEAN"]
    numbers = [c.name for c in head.columns if c.is_number and not c.name.casefold().endswith("id")]
    out = ["What is in this data?"]
    if numbers and texts:
        out.append(f"What is the average {numbers[-1]} for each {texts[-1]}?")
    out.append("Check the quality" if card else f"Clean it up and predict {head.names[-1]}")
    return out


def empty_html(prompts: list[str], has_data: bool) -> Markup:
    """The first screen: what to do now, with requests that fit the data at hand."""
    lead = (
        "Pick one, or write your own."
        if has_data
        else "Add a CSV, Excel, Parquet or JSON file or a ZIP of pictures, or drop it anywhere on this page."
    )
    ideas = [tag("button", prompt, type="button", data_do="ask", data_text=prompt) for prompt in prompts]
    return tag(
        "div",
        tag("h2", "What do you want to find out?"),
        tag("p", lead),
        tag("div", *ideas, class_="buttons ideas")
        if ideas
        else tag("button", "Add data", type="button", data_do="pick", class_="primary"),
        class_="empty",
        data_testid="empty",
    )
