"""The Quality panel: the last report of the dataset in view, with a button for every step that mends something."""

from assistant.app import forms
from assistant.app.chat import links
from assistant.app.markup import Markup, bars, figures, join, number, tag
from tools import catalogue
from tools.report import kept
from tools.reporting.facts import Finding, Report
from tools.tool import sentence
from tools.workspace import Version, Workspace

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
    return join([_about(found, head), *_shown(found), again])


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


def _shown(report: Report) -> list[Markup]:
    parts = [tag("ul", *(_finding(n, one) for n, one in enumerate(report.findings[:MOST])), class_="findings")]
    if not report.findings:
        parts = [tag("p", "Nothing to warn of.")]
    if report.quick is not None and report.target is not None:
        scores = [
            (number(value), name.replace("_", " ")) for name, value in list(report.quick.scores.metrics.items())[:4]
        ]
        parts += [tag("h2", f"Quick model of {report.target.name}"), figures(scores)]
    powers = {one.profile.name: one.power for one in report.columns if one.power}
    if powers:
        ordered = dict(sorted(powers.items(), key=lambda pair: -pair[1])[:POWERS])
        parts += [tag("h2", "Prediction power"), bars(ordered, caption="Prediction power by column", whole=1.0)]
    return parts


def _finding(n: int, one: Finding) -> Markup:
    where = tag("code", one.column) if one.column else ""
    words = one.what if one.column else sentence(one.what)
    return tag(
        "li",
        tag("p", tag("span", WORDS[one.severity], class_="badge"), " ", where, " ", tag("strong", words)),
        tag("p", one.why, class_="hint"),
        _mend(n, one),
        class_=f"finding {one.severity}",
        data_testid="finding",
    )


def _mend(n: int, one: Finding) -> Markup:
    """A form of one button: the step as it stands goes to the server like any other form."""
    if one.mend is None:
        return tag("p", one.unmended, class_="hint") if one.unmended else Markup("")
    posted = forms.posted(catalogue()[one.mend.tool], one.mend.arguments)
    hidden = [
        tag("input", type="hidden", name=name, value=value) for name, values in posted.items() for value in values
    ]
    return tag(
        "form",
        *hidden,
        tag("button", one.mend.sentence, type="submit"),
        tag("p", class_="error", role="alert", data_error=True),
        data_form="act",
        data_tool=one.mend.tool,
        data_prefix=f"mend-{n}",
        autocomplete="off",
    )
