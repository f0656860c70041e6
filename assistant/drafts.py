"""Drafts of a plan: what the model writes for a request, amended and mended by rule, and checked before it is shown."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import tools
from assistant import context, unmatched
from assistant.composing import composed, continued, goes_on
from assistant.composing.charts import ASKS, charted
from assistant.composing.sure import instead_of, named_counts, runnable
from assistant.events import Event, Status
from assistant.followups import Carried, carried
from assistant.models import Planner
from assistant.named import without_results
from assistant.plan import Plan, Step, read_plan
from assistant.plan_schema import lacks_text, lacks_time, needs_model, schema
from assistant.said import CHANGE, TERMS, most_steps
from assistant.turn_state import State
from assistant.words import is_calendar, is_common, split_words
from tools.tool import Tool, ToolError
from tools.words import listed
from tools.workspace import Workspace

MENDS = 2
"""How often an error goes back to the model in one turn."""
READ = "Every word is read by rule."
"""Why a plan is what it is that no model was asked for."""
UNKNOWN_COLUMN = re.compile(r'Referenced column "([^"]+)" not found')
"""DuckDB's word on a column that is not there."""


@dataclass(frozen=True)
class Drafts:
    """Whoever asks the model for plans over one project."""

    workspace: Workspace
    planner: Callable[[], Planner]
    emit: Callable[[Event], None]
    cancelled: Callable[[], bool]
    earlier: Sequence[context.Turn]
    attention: context.Attention
    at_once: bool = False
    """Whether what rules read word for word is planned without asking the model, which is a small one."""

    def draft(self, state: State) -> Plan:
        """One plan, the model's or what rules are sure of, checked. Raises ToolError with what is wrong.

        A small model is not asked where rules read a question or a chart word for word: nobody need wait for it then.
        """
        situation = context.look(self.workspace, self.earlier, self.attention)
        if plan := self._read_by_rule(state, situation):
            self._check_kept(plan, state)
            state["understood"] = True
            return plan
        try:
            plan = self._asked(state, situation)
        except ToolError:
            sure = "" if state.get("builds") else self._sure(situation, state["request"])
            if not sure:
                raise
            plan = Plan()
        else:
            asked = _answers(plan) or not CHANGE.search(state["request"])
            sure = self._sure(situation, state["request"]) if asked and not _builds(plan, state["request"]) else ""
        state["understood"] = bool(sure)
        plan = instead_of(self.workspace, plan, sure) if sure else plan
        return named_counts(plan, situation, state["request"]) if self.planner().small else plan

    def _read_by_rule(self, state: State, situation: context.Situation) -> Plan | None:
        """The chart or the query of a request that is read word for word and asks for nothing else; None for others."""
        request = state["request"]
        further = {tool.name for tool in tools.tools_asked_for(request)} - {"make_chart"}
        if not self.at_once or state.get("replies") or further:
            return None
        if chart := charted(situation, request):
            return Plan((Step(tool="make_chart", arguments=chart, why=READ),))
        if CHANGE.search(request) or ASKS.search(request):
            return None
        sure = self._sure(situation, request)
        return Plan((Step(tool="query_data", arguments={"sql": sure}, why=READ),)) if sure else None

    def _sure(self, situation: context.Situation, request: str) -> str:
        """The query that rules read in a request word for word, which is more certain than a small model's; else empty."""
        if not (self.at_once or self.planner().small):
            return ""
        sql = continued(situation, request) if self.earlier and goes_on(request) else composed(situation, request)
        return runnable(self.workspace, sql, request) if sql else ""

    def _asked(self, state: State, situation: context.Situation) -> Plan:
        """One plan of the model, checked against the schema and the data. Raises ToolError with what is wrong."""
        core = tools.core_tools()
        self.emit(Status(text="Waking the language model (its first start on a machine takes a minute)"))
        planner = self.planner()
        planner.read_prefix(context.prefix(core, calls=planner.small))
        extra = [
            tool
            for tool in tools.tools_asked_for(state["request"])
            if not lacks_time(tool, situation) and not lacks_text(tool, situation)
        ]
        talk = [
            *context.messages(situation, state["request"], core, calls=planner.small, extra=extra),
            *state.get("replies", []),
        ]
        self.emit(Status(text="Reading your request"))
        try:
            offered = (
                [tool for tool in core if tool.name == "query_data"]
                if state.get("queries")
                else _offered(core, extra, state["request"])
            )
            lacks = _may_lack(state) and not (situation.models and any(map(needs_model, extra)))
            asking = not (planner.small and state.get("mends"))  # a small model asks her about its own SQL then
            reads = state.get("asks", False)
            form = schema(offered, situation, state["request"], reads=reads, missing=lacks, asking=asking)
            reply, text = planner.plan(talk, form, self.cancelled, calls=planner.small)
        except ValueError as error:
            state.setdefault("replies", []).append({"role": "assistant", "content": "{}"})
            raise ToolError(f"The plan was not JSON: {error}.") from error
        if {"role": "assistant", "content": text} in state.setdefault("replies", []):
            state["mends"] = MENDS  # it has nothing else to say
        state["replies"].append({"role": "assistant", "content": text})
        plan = self._mended(read_plan(reply, tools.catalogue(), situation, state["request"]), state["request"])
        plan = _truly_missing(plan, situation, state["request"])
        self._check_kept(plan, state)
        try:
            self._check_sql(plan.steps)
        except ToolError as error:
            if found := UNKNOWN_COLUMN.search(str(error)):
                invented = " ".join(split_words(found[1]))
                if set(unmatched.doubtful(situation, invented)) & set(unmatched.doubtful(situation, state["request"])):
                    return Plan(missing=invented)  # it has the request's own words, and no column is like it
            raise
        return plan

    def _mended(self, plan: Plan, request: str) -> Plan:
        """The plan with its SQL mended by rule; what was changed is told as the step's reason.

        A condition or formula may speak of columns that an earlier step makes: then it is left as it is.
        """
        steps, first = list[Step](), True
        for step in plan.steps:
            steps.append(self._mended_step(step, request, names=("sql", "condition", "formula") if first else ("sql",)))
            first = first and tools.catalogue()[step.tool].effect == "read"
        return replace(plan, steps=tuple(steps))

    def _mended_step(self, step: Step, request: str, names: Sequence[str]) -> Step:
        from tools import mend

        name = next((name for name in names if name in step.arguments), "")
        if not name:
            return step
        given, dataset = step.arguments[name], step.arguments.get("dataset", "")
        match name:
            case "sql" if step.tool == "query_data":
                mended = mend.mend_question(self.workspace, given, request)
            case "sql":
                mended = mend.mend_sql(self.workspace, given, request)
            case "condition":
                mended = mend.mend_condition(self.workspace, dataset, given, request)
            case _:
                mended = mend.mend_formula(self.workspace, dataset, given, request)
        asked = step.tool == "query_data"
        more = carried(mended.sql, request, self.earlier) if asked else Carried(mended.sql)
        changes = [*mended.changes, *filter(None, [more.change])]
        why = " ".join([step.why or "Mended:", *changes]) if changes else step.why
        return step.model_copy(update={"arguments": step.arguments | {name: more.sql}, "why": why})

    def _check_kept(self, plan: Plan, state: State) -> None:
        """A mended plan stays what it was: a question never becomes a change of the data."""
        reads = [step.tool for step in plan.steps if tools.catalogue()[step.tool].effect == "read"]
        if state.get("asks") and len(reads) < len(plan.steps):
            raise ToolError("That request is a question: answer it with query_data, or with say_missing.")
        trains = any(tools.catalogue()[step.tool].effect == "train" for step in plan.steps)
        if plan.steps and state.get("builds") and not trains:
            raise ToolError(state.get("error") or "That request wants a model or a forecast: build it.")
        if plan.steps and "asks" not in state:
            state["builds"] = trains
            state["asks"] = len(reads) == len(plan.steps)
            state["queries"] = {step.tool for step in plan.steps} == {"query_data"}

    def _check_sql(self, steps: Sequence[Step]) -> None:
        """Guard and EXPLAIN every query that reads the data as it is now, before anything is shown."""
        from tools.guard import explain

        for step in steps:
            if tools.catalogue()[step.tool].effect != "read":
                return
            if "sql" in step.arguments:
                explain(self.workspace, step.arguments["sql"])


def _offered(core: Sequence[Tool], extra: Sequence[Tool], request: str) -> list[Tool]:
    """The tools that may be meant: where the words of one wish call for one further tool, it and SQL alone."""
    further = [tool for tool in extra if tool not in core]
    if len(further) != 1 or most_steps(request) > 1:
        return [*core, *further]
    return [*(tool for tool in core if tool.name in ("query_data", "transform_with_sql")), *further]


def _answers(plan: Plan) -> bool:
    """Whether a plan is one query, or words."""
    return [step.tool for step in plan.steps] == ["query_data"] or bool(plan.missing or plan.reply)


def _builds(plan: Plan, request: str) -> bool:
    """Whether a plan does more than look at the data and change it: builds, exports, and charts that are asked for."""
    effects = tools.catalogue()
    looks = {"query_data"} if ASKS.search(request) else {"query_data", "make_chart"}
    return any(step.tool not in looks and effects[step.tool].effect != "derive" for step in plan.steps)


def _may_lack(state: State) -> bool:
    """Whether a plan may say that the data lack something: at first, and after an error about a name."""
    said = [reply["content"] for reply in state.get("replies", []) if reply["role"] == "user"]
    return not said or "not found" in said[-1] or "No column" in said[-1] or "No dataset" in said[-1]


def _holding(words: list[str], situation: context.Situation) -> str:
    """The column with few values of which one is made of these words, whole; empty where none is."""
    for table in situation.tables:
        for column in table.columns:
            if column.type == "text" and any(words == split_words(str(value)) for value in column.values):
                return column.name
    return ""


def _truly_missing(plan: Plan, situation: context.Situation, request: str) -> Plan:
    """The plan, where what it says is missing may well be, told in the request's words.

    Words that speak of no data and need none are told as missing too. Raises ToolError where the data hold it.
    """
    unlike = " ".join(unmatched.doubtful(situation, request)) if plan.missing or plan.reply else ""
    if plan.missing:
        words = split_words(plan.missing)
        calendar = [
            column.name
            for table in situation.tables
            for column in table.columns
            if column.is_time or any(map(is_calendar, split_words(column.name)))
        ]
        if calendar and all(map(is_calendar, words)):
            raise ToolError(f"The data may tell {plan.missing} in the column {listed(calendar)}. Look there.")
        if holder := _holding(words, situation):
            raise ToolError(f"{plan.missing} is a value of the column {holder}: compare that column with it.")
        if like := unmatched.like(plan.missing, situation.column_names):
            raise ToolError(f"The data may well hold {plan.missing}: look at {listed(like[:3])}.")
        if all(map(is_common, words)):
            raise ToolError(
                f"{plan.missing} need be no column of its own: it is asked of the columns there are. Use them."
            )
        if (telling := {word for word in words if not is_common(word)}) <= set(
            split_words(" ".join(without_results(request)[1]))
        ) and not telling & set(unmatched.doubtful(situation, request)):
            raise ToolError(
                f"{plan.missing} is what the result is to be called: compute it from the columns there are."
            )
        if not unmatched.speaks_of(plan.missing, request):
            return Plan(missing=unlike or plan.missing)  # an error named what the person did not
    return Plan(missing=unlike) if plan.reply and unlike and not TERMS.search(request) else plan
