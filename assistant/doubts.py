"""Doubts about a plan and its results: does the data hold what the request names? What is asked of the data and the model."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import tools
from assistant import context, linking, things, unmatched
from assistant.amending.builds import without_settings
from assistant.amending.foreseen import speaks_of_outcome
from assistant.composing.charts import CHART
from assistant.events import StepDone
from assistant.models import Planner
from assistant.plan_schema import needs_model
from assistant.said import QUESTION
from assistant.turn_state import State
from assistant.unnamed import unnamed
from tools.words import listed
from tools.workspace import Workspace

_LOOKS = ("query_data", "make_chart", "train_model", "aggregate", "compare_groups", "correlate", "preview_data")
"""Steps that answer from columns of the data."""


@dataclass(frozen=True)
class Doubts:
    """Whoever doubts the plans of a small model over one project."""

    workspace: Workspace
    planner: Callable[[], Planner]
    cancelled: Callable[[], bool]
    earlier: Sequence[context.Turn]
    attention: context.Attention

    def raised(self, state: State) -> list[str] | None:
        """The queries whose columns may stand in for what is not there (none for other steps); None without a doubt.

        Queries, charts and builds are doubted, and any step on the data where a question names little of what they hold.
        """
        if state.get("clicked") or state.get("understood") or not self.planner().small:
            return None
        situation = self._situation
        doubted = [step for step in state["steps"] if step["tool"] in ("query_data", "make_chart", "train_model")]
        if self._absent(state):
            return []
        doubted = [step for step in doubted if not self._is_outcome(step, state["request"])]
        if (
            not doubted
            and QUESTION.search(state["request"])
            and not _settled(state)
            and unmatched.speaks_of_else(situation, state["request"])
        ):
            doubted = state["steps"]
        sqls = [str(step["arguments"].get("sql", "")) for step in doubted]
        if not doubted or linking.uses_only_named(situation, state["request"], sqls, self._holds):
            return None
        return sqls

    def lacking(self, state: State, sqls: Sequence[str] = ()) -> str:
        """What the request names and neither a column, a value nor a query's own sum is; nothing in a plan that fits."""
        from tools.mend import is_value

        if not self.planner().small:
            return ""
        if absent := self._absent(state):
            return listed(absent)
        computed = linking.computed(sqls)
        steps = state.get("steps", [])
        targets = [step["arguments"].get("target") for step in steps]
        builds = "train_model" in {step["tool"] for step in steps} <= {"train_model", "filter_rows", "restore_version"}
        return linking.lacking(
            self.planner(),
            self._situation,
            without_settings(state["request"]) if builds else _without_charts(state),
            self.cancelled,
            str(next(filter(None, reversed(targets)), "")),
            lambda word: word in computed or is_value(self.workspace, word),
        )

    def not_there(self, done: StepDone, request: str) -> str:
        """Texts that a query looked for in vain, those of the request first, where it found nothing because of that."""
        cells = [cell for row in done.table.rows for cell in row] if done.table is not None else [0]
        if not done.sql or any(cell is not None for cell in cells):
            return ""
        compared = linking.compared(done.sql)
        said = [(column, text) for column, text in compared if text.casefold() in request.casefold()]
        return listed([f"'{text}'" for column, text in said or compared if not self._holds(column, text)])

    def _absent(self, state: State) -> list[str]:
        """The column that is named and is not there, or the things that no word of the data tells where these alone are looked at."""
        from tools.mend import is_value

        if named := unnamed(self._situation, state["request"], state.get("steps", [])):
            return [named]
        if not state.get("steps") or any(step["tool"] not in _LOOKS for step in state["steps"]):
            return []
        return things.absent(self._situation, state["request"], lambda word: is_value(self.workspace, word))

    def _is_outcome(self, step: Mapping[str, Any], request: str) -> bool:
        given = step["arguments"]
        dataset, target = str(given.get("dataset", "")), str(given.get("target", ""))
        return step["tool"] == "train_model" and speaks_of_outcome(self._situation, request, dataset, target)

    @cached_property
    def _situation(self) -> context.Situation:
        return context.look(self.workspace, self.earlier, self.attention)

    def _holds(self, column: str, text: str) -> bool:
        from tools.mend import holds

        return holds(self.workspace, column, text)


def _without_charts(state: State) -> str:
    """The request without the kind of chart that is drawn for it: a bar chart is nothing that data hold."""
    drawn = any(step["tool"] == "make_chart" for step in state.get("steps", []))
    return CHART.sub(" ", state["request"]) if drawn else state["request"]


def _settled(state: State) -> bool:
    """Whether steps are about models, or all are tools that the request calls for by its words."""
    steps = {step["tool"] for step in state["steps"]}
    called_for = {tool.name for tool in tools.tools_asked_for(state["request"]) if tool.asked_by}
    return any(needs_model(tools.catalogue()[step]) for step in steps) or steps <= called_for
