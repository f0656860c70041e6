"""The Quality panel: the last report of the dataset in view, with a button for every step that mends something."""

from collections.abc import Sequence

from assistant.app import forms
from assistant.app.chat import links
from assistant.app.markup import Markup, bars, figures, join, tag
from assistant.app.model import measured
from tools import catalogue
from tools.dataset import StepRecord, Version
from tools.report import kept
from tools.reporting.facts import Finding, Mend, Report
from tools.words import listed, sentence
from tools.workspace import Workspace

WORDS = {"high": "Serious", "medium": "Worth mending", "low": "Good to know"}
MOST = 40
"""Findings shown; the page that can be downloaded has all of them."""
POWERS = 15


def panel(workspace: Workspace, head: Version | None, form: Markup) -> Markup:
    """The report of the version in view, else the last one of an earlier version, and the form for a new one."""
    if head is None:
        return tag("p", "Add data first.", class_="hint")
    found = next((one for version in reversed(workspace.history(head)) if (one := kept(workspace, version))), None)
    if found is None:
        return join([tag("h2", "Quality report"), form])
    again = tag("details", tag("summary", "Write the report anew"), form, data_key="again")
    since = [one.step for one in workspace.history(head) if one.number > int(found.ref.rpartition("@")[2])]
    return join([_about(found, head), *_shown(found, head, since), again])


def _about(report: Report, head: Version) -> Markup:
    old = f" It is of {report.ref}; the data has changed since." if report.ref != head.ref else ""
    pairs = [
        (f"{report.rows:,}", "Rows"),
        *((str(report.count(name)), WORDS[name]) for name in ("high", "medium", "low")),
    ]
    return join(
        [
            tag("h2", f"Quality of {report.dataset}"),
            tag("p", f"Over all rows.{old}", class_="hint"),
            figures(pairs),
            links(report.files),
        ]
    )


def _shown(report: Report, head: Version, since: Sequence[StepRecord]) -> list[Markup]:
    offered: list[Mend] = []
    rows = []
    for n, one in enumerate(report.findings[:MOST]):
        rows.append(_finding(n, one, _not_offered(one, offered, head, since)))
        offered += [one.mend] if one.mend else []
    parts = [tag("ul", *rows, class_="findings")]
    if not report.findings:
        parts = [tag("p", "Nothing to warn of.")]
    if report.quick is not None and report.target is not None:
        scores = [measured(name, value) for name, value in list(report.quick.scores.metrics.items())[:4]]
        parts += [tag("h2", f"Quick model of {report.target.name}"), figures(scores)]
    powers = {one.profile.name: one.power for one in report.columns if one.power}
    if powers:
        ordered = dict(sorted(powers.items(), key=lambda pair: -pair[1])[:POWERS])
        parts += [tag("h2", "Prediction power"), bars(ordered, caption="Prediction power by column", whole=1.0)]
    return parts


def _not_offered(one: Finding, offered: Sequence[Mend], head: Version, since: Sequence[StepRecord]) -> str:
    """Why there is no button for what would mend a finding; nothing where there is one."""
    if one.mend is None:
        return one.unmended
    wanted = {name: value for name, value in one.mend.arguments.items() if name != "dataset"}
    if any(step.tool == one.mend.tool and not step.off and wanted.items() <= step.arguments.items() for step in since):
        return f"Done: {one.mend.sentence}."
    named = [*wanted.get("columns", ()), *filter(None, [wanted.get("column")])]
    if gone := [name for name in named if name not in head.names]:
        return f"Not in the data any more: {listed(gone)}."
    return "The step offered above mends this, too." if one.mend in offered else ""


def _finding(n: int, one: Finding, instead: str) -> Markup:
    where = tag("code", one.column) if one.column else ""
    words = one.what if one.column else sentence(one.what)
    return tag(
        "li",
        tag("p", tag("span", WORDS[one.severity], class_="badge"), " ", where, " ", tag("strong", words)),
        tag("p", one.why, class_="hint"),
        tag("p", instead, class_="hint") if instead else _mend(n, one.mend),
        class_=f"finding {one.severity}",
        data_testid="finding",
    )


def _mend(n: int, mend: Mend | None) -> Markup:
    """A form of one button: the step as it stands goes to the server like any other form."""
    if mend is None:
        return Markup("")
    posted = forms.posted(catalogue()[mend.tool], mend.arguments)
    hidden = [
        tag("input", type="hidden", name=name, value=value) for name, values in posted.items() for value in values
    ]
    return tag(
        "form",
        *hidden,
        tag("button", mend.sentence, type="submit"),
        tag("p", class_="error", role="alert", data_error=True),
        data_form="act",
        data_tool=mend.tool,
        data_prefix=f"mend-{n}",
        autocomplete="off",
    )
