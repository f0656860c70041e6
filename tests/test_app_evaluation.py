import re
from typing import Any

import pytest

from assistant.app import evaluation, model
from assistant.events import StepDone
from automl import names
from automl.decide import Curve, Decision
from automl.evaluation import read_evaluation
from tests.trained import project
from tools import call, catalogue
from tools.modelling.models import find_model
from tools.modelling.words import percent
from tools.reporting.scores import rounded
from tools.tool import Artefact


def done(tool: str, **arguments: object) -> StepDone:
    outcome = call(project(), tool, arguments)
    return StepDone(
        id=1, seconds=0.1, **outcome.model_dump(include={"text", "table", "values", "metrics", "artefacts"})
    )


@pytest.mark.parametrize(
    ("name", "titles", "drawings"),
    [
        ("customers_left", ["Report", "Leaderboard", "How it ranks and how sure it may be", "From which probability on it says yes", "Errors by group"], 3),
        ("customers_plan", ["Report", "Leaderboard", "How sure it may be", "Errors by group"], 1),
        ("customers_revenue", ["Report", "Leaderboard", "How far it is off", "Errors by group"], 2),
    ],
)  # fmt: skip
def test_the_panel_shows_how_a_model_was_judged(name: str, titles: list[str], drawings: int) -> None:
    workspace = project().workspace
    card = find_model(workspace, name)
    parts = evaluation.sections(card, read_evaluation(workspace.models / name, card.revision), [])
    assert [title for title, _ in parts] == titles
    html = model.panel([card], card, parts)
    assert html.count("<svg") == drawings
    assert html.count("Use this one") == len(card.leaderboard) - 1
    assert all(f'title="{one.model}"' in html for one in card.leaderboard)
    shown = re.findall(r'<td class="num">([\d.,]+)</td><td class="num" translate="yes">[^<]* s</td>', html)
    assert shown == [
        f"{abs(one.score):.3f}" if abs(one.score) < 10 else rounded(abs(one.score)) for one in card.leaderboard
    ]
    for one in card.leaderboard:
        other = f'<input type="hidden" name="candidate" value="{names.title(card.called(one.model))}">'
        assert (other in html) == (one.model != card.best)
    low, high = card.scores.intervals["mae" if name == "customers_revenue" else "accuracy"]
    assert (f"{low:.1%} to {high:.1%}" if high <= 1 else " to ") in html


def test_the_headline_tells_what_a_yes_is_worth_and_what_a_kept_threshold_is() -> None:
    card = find_model(project().workspace, "customers_left")
    (_, alarms), (misses, hits) = card.scores.confusion
    said = f"Of 100 rows it calls yes, {100 * hits / (hits + alarms):.0f} are; it finds {percent(hits / (hits + misses))} of those that are."
    right = f"Right on {percent(card.scores.metrics['accuracy'])} of 80 rows it had never seen; always guessing “{card.problem.classes[0]}” is right on"
    assert model.headline(card).startswith(f"{said} {right}")
    kept = card.model_copy(update={"decision": Decision(candidate=card.best, threshold=0.1, why="you set it to 0.1")})
    assert model.headline(kept).endswith(" Its threshold was chosen: you set it to 0.1.")


def test_large_reasons_are_written_out() -> None:
    html = evaluation.reasons({"reasons": {"area": 129_841.3, "garage": -15_616.2, "rooms": 0.25}})
    assert re.findall(r'class="num">([^<]*)<', html) == ["+129,841", "-15,616", "+0.25"]


def test_every_button_of_the_panel_calls_a_tool_that_there_is() -> None:
    workspace = project().workspace
    card = find_model(workspace, "customers_left")
    html = model.panel(
        [card], card, evaluation.sections(card, read_evaluation(workspace.models / card.name, card.revision), [])
    )
    html += model.row_form(card, {})
    tools = set(re.findall(r'data-tool="(\w+)"', html))
    assert {"set_default_candidate", "choose_threshold", "model_report", "explain_row", "find_change"} <= tools
    assert tools <= set(catalogue())


def test_results_stand_beside_the_forms_that_asked_for_them() -> None:
    workspace = project().workspace
    card = find_model(workspace, "customers_left")
    seen = [done("error_by_segment", model=card.name, column="City"), done("show_mistakes", model=card.name)]
    html = dict(evaluation.sections(card, None, seen))["Errors by group"]
    assert "Over 80 rows that" in html
    assert "Narvik" in html
    assert "actual Left" in html
    why = model.row_result(done("explain_row", model=card.name, values=[{"column": "Age", "value": 75}]))
    assert 'data-testid="reasons"' in why
    assert "fill down" in why or "fill" in why


@pytest.mark.parametrize(
    ("change", "stays"),
    [
        ({"values": {"model": "customers_left", "kept": True, "revision": 2}}, False),
        ({"values": {"model": "customers_left", "kept": False, "revision": 1}}, True),
        ({"values": {"model": "customers_plan", "revision": 2}}, True),
        ({"values": {"undone": ["x"]}, "artefacts": [Artefact(kind="model", name="customers_left")]}, False),
        ({"values": {"undone": ["x"]}}, True),
    ],
)  # fmt: skip
def test_errors_of_answers_that_a_model_gives_no_more_are_not_shown(change: dict[str, Any], stays: bool) -> None:
    card = find_model(project().workspace, "customers_left")
    seen = [done("error_by_segment", model=card.name, column="City"), StepDone(id=2, seconds=0.1, text="", **change)]
    assert ("Over 80 rows that" in dict(evaluation.sections(card, None, seen))["Errors by group"]) == stays


@pytest.mark.parametrize(
    ("curves", "at"), [({}, "0.1234"), ({"yes": Curve(method="isotonic", points=[(0, 0), (1, 0.5)])}, "0.0617")]
)
def test_the_slider_stands_at_the_kept_threshold_and_tells_what_was_measured(curves: dict[str, Curve], at: str) -> None:
    workspace = project().workspace
    card = find_model(workspace, "customers_left")
    found = read_evaluation(workspace.models / card.name, card.revision)
    decision = Decision(candidate=card.best, threshold=0.1234, why="you set it", curves=curves)
    html = dict(evaluation.sections(card.model_copy(update={"decision": decision}), found, []))[
        "From which probability on it says yes"
    ]
    (_, alarms), (misses, hits) = card.scores.confusion
    assert f'value="{float(at):.2f}" data-kept="{at}"' in html
    assert f"[{at}, {hits}, {alarms}, {misses}]" in html
