"""One turn as a LangGraph graph: plan -> review -> act, a step a visit -> mend or plan further -> answer.

State is checkpointed after every node, so a killed process goes on where it was. The model only ever fills plans;
every step runs through `tools.call`, and every number of an answer comes from an outcome.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from langgraph.checkpoint.base import BaseCheckpointSaver
from langgraph.graph import END, START, StateGraph
from langgraph.types import interrupt

import tools
from assistant import answer, context, unmatched, verbatim
from assistant.acting import Acting
from assistant.beyond import beyond
from assistant.costs import cost_of, with_cost
from assistant.doubts import Doubts
from assistant.drafts import MENDS, Drafts
from assistant.events import Answer, Event, Failed, PlanShown, Question, Status, StepDone
from assistant.glossary import spoken
from assistant.models import Planner
from assistant.plan import Plan, Step, expand, planned
from assistant.settings import Settings, SettingsError
from assistant.stand_ins import stood_in
from assistant.terms import told_at_once
from assistant.turn_state import State
from tools.tool import Tool, ToolError
from tools.workspace import Workspace

if TYPE_CHECKING:
    from langgraph.graph.state import CompiledStateGraph

NOT_MENDED = ("load_file", "train_model", "train_forecast")
"""Steps whose errors speak of the file or of the target: another one is not what was asked for."""
SAID_INSTEAD = "Say in words what you want changed: every change makes a new version, which you can undo."
_UNKNOWN_NAME = re.compile(
    r"""Referenced column "([^"]+)" not found|does not have a column named "([^"]+)"|No dataset '([^']+)'"""
)


@dataclass
class Turn:
    """One request being worked on: the project, the model, and where its events go."""

    workspace: Workspace
    settings: Settings
    planner: Callable[[], Planner]
    """Opens the language model when it is first needed. Raises SettingsError where there is none."""
    emit: Callable[[Event], None]
    embedded: bool = False  # whether that is the embedded model, not asked where rules read a request word for word
    cancelled: Callable[[], bool] = lambda: False
    run: str = ""
    earlier: Sequence[context.Turn] = ()
    attention: context.Attention = field(default_factory=context.Attention)
    tongue: str = "en"
    """The language that the person is answered in."""
    approved: bool = False
    """Whether the person approved whatever is planned beforehand (`--yes`)."""
    interactive: bool = True
    """Whether somebody is there to choose between Retry, Skip and Stop, and to be asked by a step."""
    dropped: Callable[[], bool] = lambda: False
    """Whether the person stopped a second time: then nothing is kept of what was being made."""

    def graph(self, checkpoints: "BaseCheckpointSaver[Any]") -> "CompiledStateGraph[State]":
        """The turn's graph over the given checkpoints."""
        graph = StateGraph(State)
        acting = Acting(
            self.workspace, self.emit, self.cancelled, self.dropped, self.run, self.interactive, self.tongue
        )
        for node in (
            self.plan,
            self.ask,
            self.show,
            self.review,
            self.doubt,
            acting.act,
            self.mend,
            acting.stuck,
            acting.choose,
            self.answer,
        ):
            graph.add_node(node.__name__, node)
        graph.add_conditional_edges(START, lambda state: "show" if state.get("clicked") else "plan", ["show", "plan"])
        graph.add_conditional_edges("plan", self._after_plan, ["ask", "show", "answer", END])
        graph.add_edge("ask", "plan")
        graph.add_edge("show", "review")
        graph.add_conditional_edges("review", lambda state: END if state.get("failed") else "doubt", ["doubt", END])
        graph.add_conditional_edges(
            "doubt", lambda state: "answer" if state.get("missing") else "act", ["answer", "act"]
        )
        graph.add_conditional_edges("act", self._after_act, ["act", "plan", "mend", "stuck", "choose", "answer"])
        graph.add_edge("choose", "act")
        graph.add_conditional_edges("mend", self._after_plan, ["ask", "show", "answer", END])
        graph.add_conditional_edges("stuck", self._after_stuck, ["act", "answer", END])
        graph.add_edge("answer", END)
        return graph.compile(checkpointer=checkpoints)

    # --- planning ------------------------------------------------------------------------------------------------

    def plan(self, state: State) -> State:
        """Have the request turned into steps; files that it names are loaded first."""
        request = state["request"]
        if files := verbatim.files_to_load(self.workspace, request):
            steps = [
                Step(tool="load_file", arguments={"path": path}, why="The request names this file.") for path in files
            ]
            return self._show(state, steps) | State(further=not verbatim.only_loads(request))
        situation = context.look(self.workspace, self.earlier, self.attention)
        if told := told_at_once(request, situation):
            return State(words=told)
        if not self.workspace.datasets():
            return State(words="There is no data in this project yet. Add a file, then ask again.")
        if verbatim.changes_tables(request):
            return State(words=f"SQL that changes or removes tables is not run. {SAID_INSTEAD}")
        if sql := verbatim.select(self.workspace, request):
            step = Step(tool="query_data", arguments={"sql": sql}, why="The request is this SQL.")
            return self._show(state, [step])
        meant, taken = stood_in(spoken(request, situation), situation)
        said = State(request=meant, taken=taken)
        if told := beyond(said["request"], situation):
            return State(words=told)
        return said | self._planned(state | said)

    def mend(self, state: State) -> State:
        """Send the failed step's error back to the model once, for the steps that are left."""
        failed = Step.model_validate(state["steps"][state["at"]])
        after = "" if state["at"] == 0 else f" The {state['at']} step(s) before it are done and stay."
        note = f"{failed.tool} failed: {state['error']}{after} Plan what is left again, mended."
        return self._planned(self._noted(state, note))

    def _planned(self, state: State) -> State:
        """A checked plan, or the end: words, a question, what is missing, or the failure."""
        while True:
            try:
                return self._accepted(state, self._drafts().draft(state))
            except SettingsError as error:
                return State(failed=str(error))
            except ToolError as error:
                if state.get("mends", 0) >= MENDS:
                    return self._given_up(str(error), state)
                state = self._noted(state, f"That plan can't run: {error} Mend it.")

    def _drafts(self) -> Drafts:
        return Drafts(
            self.workspace, self.planner, self.emit, self.cancelled, self.earlier, self.attention, self.embedded
        )

    def _noted(self, state: State, note: str) -> State:
        """The state with what was wrong with the last plan, which counts as one mend."""
        replies = [*state.get("replies", []), {"role": "user", "content": note}]
        return state | State(replies=replies, mends=state.get("mends", 0) + 1)

    def _accepted(self, state: State, plan: Plan) -> State:
        kept = State(
            replies=state.get("replies", []),
            mends=state.get("mends", 0),
            asks=state.get("asks", False),
            queries=state.get("queries", False),
            builds=state.get("builds", False),
            understood=state.get("understood", False),
            further=False,
        )
        if plan.question:
            return kept | State(question=plan.question, options=list(plan.options))
        if plan.reply:
            return kept | State(words=plan.reply)
        if plan.missing:
            return kept | State(missing=plan.missing)
        return kept | self._show(state, expand(plan.steps, self._fixes))

    def _fixes(self, dataset: str, target: str | None, for_training: bool) -> list[Step]:
        from tools.profiling.fixes import suggest_fixes

        version = self.workspace.version(dataset)
        fixes = suggest_fixes(self.workspace, version, target=target, for_training=for_training)
        return [Step(tool=fix.tool, arguments=fix.arguments, why=fix.why) for fix in fixes]

    def _given_up(self, error: str, state: State) -> State:
        """After the last mend: a column that is not there is an answer, anything else a failure."""
        said = [reply["content"] for reply in state.get("replies", []) if reply["role"] == "user"]
        names = [next(filter(None, found)) for found in _UNKNOWN_NAME.findall(" ".join([*said, error]))]
        held = [name for head in self.workspace.datasets() for name in (head.dataset, *head.names)]
        missing = next((name for name in names if not unmatched.like(name, held)), "")
        if missing := missing or (self._doubts().lacking(state) if state.get("asks") else ""):
            return State(missing=missing, replies=state.get("replies", []))
        return State(failed=f"No plan could be made for this: {error}")

    def _show(self, state: State, steps: Sequence[Step]) -> State:
        """The state with a new plan in it."""
        shown = state.get("shown", [])
        first = 1 + max([step["id"] for step in shown], default=0)
        cards = [with_cost(self.workspace, card).model_dump() for card in planned(steps, tools.catalogue(), first)]
        dumps = [step.model_dump() for step in steps]
        return State(steps=dumps, at=0, first=first, shown=[*shown, *cards], error="", question="")

    def _after_plan(self, state: State) -> str:
        if state.get("failed"):
            return END
        if state.get("question"):
            return "ask"
        return "answer" if state.get("words") or state.get("missing") else "show"

    # --- asking --------------------------------------------------------------------------------------------------

    def ask(self, state: State) -> State:
        """Put the model's one question to the person and add the reply to the request."""
        said = interrupt(Question(text=state["question"], options=state.get("options", [])).model_dump())
        return State(request=f"{state['request']} ({state['question']} {said})", question="", options=[], replies=[])

    def show(self, state: State) -> State:
        """Show the plan before its first step runs."""
        steps = [card for card in state["shown"] if card["id"] >= state["first"]]
        approval = "" if self.approved else self._needs_approval(state)
        if not state.get("clicked") or len(steps) > 1 or approval:
            self.emit(PlanShown.model_validate({"steps": steps, "needs_approval": bool(approval)}))
        return State(approval=approval)

    def review(self, state: State) -> State:
        """Wait for the person where the plan needs her approval, which covers exactly the steps shown."""
        question = Question(text=state.get("approval", ""), options=["Run", "Cancel"])
        if question.text and interrupt(question.model_dump()) != "Run":
            return State(failed="Cancelled: nothing was run.")
        return State(error="")

    def _needs_approval(self, state: State) -> str:
        """Why this plan asks first, or nothing."""
        if self.settings.ask_always and not state.get("clicked"):
            return "Run this plan?"
        for dump in state["steps"]:
            step, tool = Step.model_validate(dump), tools.catalogue()[dump["tool"]]
            if tool.effect == "external":
                return "This plan writes outside the project. Run it?"
            cost = cost_of(self.workspace, tool.name, step.arguments)
            if cost is not None and cost.seconds > self.settings.train_seconds:
                return f"Building this model takes {cost}. Run the plan?"
        return ""

    def doubt(self, state: State) -> State:
        """Before a small model's query or target is trusted: does the data hold what the request names?"""
        doubts = self._doubts()
        sqls = doubts.raised(state)
        if sqls is None:
            return State()
        self.emit(Status(text="Checking that the data holds what you ask for"))
        return State(missing=doubts.lacking(state, sqls))

    def _doubts(self) -> Doubts:
        return Doubts(self.workspace, self.planner, self.cancelled, self.earlier, self.attention)

    # --- after a step --------------------------------------------------------------------------------------------

    def _after_act(self, state: State) -> str:
        if state.get("choice"):
            return "choose"
        if self.cancelled() and not state.get("error"):
            return "answer"  # what was finished before the stop is kept and told, and no further step begins
        if state.get("error"):
            final = state["steps"][state["at"]]["tool"] in NOT_MENDED or state.get("mends", 0) >= MENDS
            return "stuck" if final or state.get("nothing_there") or state.get("clicked") else "mend"
        if state["at"] < len(state["steps"]):
            return "act"
        return "plan" if state.get("further") else "answer"

    def _after_stuck(self, state: State) -> str:
        if state.get("failed"):
            return END
        return "answer" if state.get("missing") or state["at"] >= len(state["steps"]) else "act"

    def answer(self, state: State) -> State:
        """Say what came out, by rule from the outcomes."""
        steps = {card["id"]: card for card in state.get("shown", [])}
        pairs = [(steps[done["id"]], StepDone.model_validate(done)) for done in state.get("done", [])]
        missing = state.get("missing", "") or (
            self._doubts().not_there(pairs[-1][1], state["request"]) if pairs else ""
        )
        talk = " ".join([*(turn.request for turn in self.earlier), state["request"]]) if state["request"] else ""
        told = {"words": state.get("words", ""), "missing": missing, "run": self.run, "asked": talk}
        said = answer.compose(pairs, self.workspace, **told, taken=state.get("taken"))
        return State(answer=said.model_dump())


def ending(state: Mapping[str, Any]) -> Answer | Failed:
    """How a turn ended: its answer, or why there is none."""
    return Failed(text=state["failed"]) if state.get("failed") else Answer.model_validate(state["answer"])


def clicked(steps: Sequence[Step], catalogue: Mapping[str, Tool]) -> State:
    """The first state of a turn that a click started: its steps are given, no model plans."""
    cards = [card.model_dump() for card in planned(steps, catalogue)]
    return State(request="", steps=[step.model_dump() for step in steps], at=0, first=1, shown=cards, clicked=True)
