"""What the page asks the server: news of the runs, another view, a request, a click. Knows nothing of Gradio.

Every tab sends its own view (which dataset, which page, which form) with each call, so tabs share all but their view.
"""

import secrets
import sys
import threading
import time
import traceback
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel, Field, ValidationError

from assistant.app import chat, files, forms, panels
from assistant.app.markup import text
from assistant.app.state import State, reduce
from assistant.app.view import View
from assistant.events import Answer, Failed, StepDone, StepProgress
from tools.korean import in_korean, markup_in_korean
from tools.scheduling.store import last_run
from tools.title import title_of
from tools.tool import ToolError
from tools.words import unknown

if TYPE_CHECKING:
    from assistant.event_log import LoggedEvent
    from assistant.runs import Runs

PATIENCE = 20.0
"""Seconds a call for news is held open while nothing happens."""
YES = ("yes", "y", "ok", "okay", "go", "go ahead", "do it", "run it", "sure", "네", "예", "응", "그래", "좋아")
NO = ("no", "n", "cancel it", "don't", "아니", "아니요", "취소")


class Call(BaseModel):
    """One call of the page. Whatever else it sends is ignored."""

    do: str
    text: str = Field(default="", max_length=20_000)
    board: str = ""
    after: int = 0
    ran: str = ""
    """The last run of a schedule that the page knows of."""
    tool: str = ""
    names: list[str] = []
    language: str = ""
    """What the browser asks for, such as `ko-KR`."""
    form: dict[str, list[str]] = {}
    view: View = View()


class Board:
    """The page's server side for one project."""

    def __init__(self, runs: "Runs", closing: threading.Event, words: Callable[[], Mapping[str, str]] = dict) -> None:
        """`words` gives what the page says by itself, in Korean, when a page asks for that."""
        self._runs = runs
        self._words = words
        self._closing = closing
        self._id = secrets.token_hex(4)
        self._state = State()
        self._catching_up = threading.Lock()
        self._ways: Mapping[str, Callable[[Call], dict[str, Any]]] = {
            "news": self._news,
            "view": self._view,
            "ask": self._ask,
            "reply": self._reply,
            "act": self._act,
            "edit": self._edit,
            "load": self._load,
            "stop": self._stop,
            "resume": self._resume,
        }

    def call(self, request: Mapping[str, Any]) -> dict[str, Any]:
        """Answer one call: `{"error": …}` is for the person to read."""
        answer = self._answered(request)
        if "error" in answer and self._runs.tongue_of_page(str(request.get("language", ""))) == "ko":
            return answer | {"error": in_korean(answer["error"])}
        return answer

    def _answered(self, request: Mapping[str, Any]) -> dict[str, Any]:
        try:
            parsed = Call.model_validate(request)
            if parsed.do not in self._ways:
                return {"error": "This page is older than the server. Reload it."}
            return self._ways[parsed.do](parsed)
        except ValidationError:
            return {"error": "This page and the server don't understand each other. Reload it."}
        except ToolError as error:
            return {"error": str(error)}
        except Exception as error:  # noqa: BLE001 - a defect of ours must be read on the page, not as a server that is gone
            traceback.print_exc(file=sys.stderr)
            return {"error": f"A defect of Easel's own stopped this: {type(error).__name__}."}

    # --- looking -------------------------------------------------------------------------------------------------

    def _caught_up(self) -> State:
        """The state with every event there is so far."""
        with self._catching_up:
            for logged in self._runs.since(self._state.seq):
                self._state = reduce(self._state, logged)
            return self._state

    def _news(self, call: Call) -> dict[str, Any]:
        """What changed since the page last looked; waits for something to change."""
        known = call.board == self._id
        after = call.after if known else 0
        fresh = self._wait(after, call.ran) if known else self._runs.since(0)
        ran = last_run(self._runs.workspace)
        state = self._caught_up()
        turns = [{**turn, "html": self._without_paths(turn["html"])} for turn in chat.changed_turns(state, after)]
        out: dict[str, Any] = {"board": self._id, "seq": state.seq, "busy": _busy(state), "turns": turns, "ran": ran}
        if not known:
            out |= {"reset": True} | ({"words": self._words()} if self._tongue(call) == "ko" else {})
        if not known or ran != call.ran or any(not isinstance(logged.event, StepProgress) for logged in fresh):
            out |= {"regions": self._regions(call, state), "asks": self._runs.waiting is not None}
        if known:
            out |= worth_showing(fresh) | _failed(fresh)
        return out

    def _wait(self, after: int, ran: str) -> "list[LoggedEvent]":
        """The events after that number as soon as there are any; none when a schedule runs, or patience or the server ends."""
        until = time.monotonic() + PATIENCE
        while not (fresh := self._runs.wait(after, 0.5)) and time.monotonic() < until and not self._closing.is_set():
            if last_run(self._runs.workspace) != ran:
                break
        return fresh

    def _view(self, call: Call) -> dict[str, Any]:
        return {"regions": self._regions(call, self._caught_up())}

    def _regions(self, call: Call, state: State) -> dict[str, str]:
        parts = panels.regions(self._runs.workspace, call.view, state) | {"banner": panels.banner(self._runs.ready())}
        told = markup_in_korean if self._tongue(call) == "ko" else str
        return {name: self._without_paths(told(html)) for name, html in parts.items()}

    def _tongue(self, call: Call) -> str:
        return self._runs.tongue_of_page(call.language)

    def _without_paths(self, html: str) -> str:
        """No folder of this machine on the page: files of the project go by their names."""
        project = self._runs.workspace.path
        for folder in (project / "files", project / "models", project):
            html = html.replace(f"{text(folder)}/", "").replace(text(folder), "the project")
        return html

    # --- doing ---------------------------------------------------------------------------------------------------

    def _ask(self, call: Call) -> dict[str, Any]:
        """A request, or the answer to the question that is open."""
        if self._runs.waiting is not None:
            return self._reply(call)
        self._free()
        self._runs.ask(call.text)
        return {}

    def _reply(self, call: Call) -> dict[str, Any]:
        question = self._runs.waiting
        said = call.text.strip()
        if question is not None and question.options:
            folded = said.casefold().rstrip(".!")
            matching = [option for option in question.options if folded in (option.casefold(), in_korean(option))]
            approval = question.options == ["Run", "Cancel"]
            short = ["Run"] if approval and folded in YES else ["Cancel"] if approval and folded in NO else []
            said = (matching or short or [said])[0]
            if approval and said not in question.options:
                return {"error": "The plan waits for you: press Run or Cancel first."}
        self._runs.reply(said)
        return {}

    def _act(self, call: Call) -> dict[str, Any]:
        """Run one tool with what was typed into its form."""
        from assistant.plan import Step
        from tools import catalogue, check_arguments

        if call.tool not in catalogue():
            raise ToolError(unknown("step", call.tool, list(catalogue())))
        tool = catalogue()[call.tool]
        arguments = forms.arguments(tool, call.form)
        check_arguments(tool, arguments)
        self._free()
        self._runs.act(
            [Step(tool=tool.name, arguments=arguments)], title_of(tool, arguments), tongue=self._tongue(call)
        )
        return {}

    def _edit(self, call: Call) -> dict[str, Any]:
        """Change a step of the recipe to what was typed into its form."""
        from assistant.plan import Step
        from tools import catalogue, check_arguments

        tools = catalogue()
        if call.tool not in tools:
            raise ToolError(unknown("step", call.tool, list(tools)))
        typed = forms.arguments(tools[call.tool], call.form)
        check_arguments(tools[call.tool], {**typed, "dataset": ""})
        dataset, number = (call.form.get(name, [""])[0] for name in ("__dataset", "__step"))
        changed = {"dataset": dataset, "step": int(number or 0), "arguments": typed}
        check_arguments(tools["change_step"], changed)
        self._free()
        self._runs.act(
            [Step(tool="change_step", arguments=changed)],
            f"Change step {number} to: {title_of(tools[call.tool], typed)}",
            tongue=self._tongue(call),
        )
        return {}

    def _load(self, call: Call) -> dict[str, Any]:
        """Load files that were just uploaded: tables and ZIP files of pictures; one picture is for a model to look at."""
        from assistant.plan import Step

        steps = []
        for name in call.names:
            if (path := files.find(self._runs.workspace.files, name)) is None:
                raise ToolError(f"No file '{name}' in this project. Add it again.")
            steps.append(Step(tool=files.reader(path), arguments={"path": name}))
        if steps:
            self._free()
            self._runs.act(steps, "Add " + ", ".join(call.names), tongue=self._tongue(call))
        return {}

    def _stop(self, call: Call) -> dict[str, Any]:
        self._runs.stop()
        return {}

    def _resume(self, call: Call) -> dict[str, Any]:
        self._runs.resume()
        return {}

    def _free(self) -> None:
        """A run's last event is seen a moment before the next run may start: wait out that moment."""
        until = time.monotonic() + 2
        while self._runs.busy and not _busy(self._caught_up()) and time.monotonic() < until:
            time.sleep(0.02)


def _busy(state: State) -> bool:
    """Whether the last turn is still going; taken from the events, so that it changes when they say so."""
    return bool(state.turns) and not state.turns[-1].over


def _failed(fresh: "list[LoggedEvent]") -> dict[str, str]:
    """What went wrong, for the form that asked for it; an empty text where a turn ended well."""
    ends = [logged.event for logged in fresh if isinstance(logged.event, Answer | Failed)]
    return {"failed": ends[-1].text if isinstance(ends[-1], Failed) else ""} if ends else {}


def worth_showing(fresh: "list[LoggedEvent]") -> dict[str, str]:
    """The tab that shows what the newest finished step made, and the model it is of."""
    for outcome in reversed([logged.event for logged in fresh if isinstance(logged.event, StepDone)]):
        kinds = {artefact.kind: artefact.name for artefact in outcome.artefacts}
        model = str(outcome.values.get("model", ""))
        if model and "chart" in kinds and ("probabilities" in outcome.values or "history_end" in outcome.values):
            return {"tab": "predict", "model": model}
        if "model" in kinds:
            return {"tab": "model", "model": kinds["model"]}
        if shown := next((kind for kind in ("chart", "dataset") if kind in kinds), ""):
            return {"tab": {"chart": "chart", "dataset": "data"}[shown]}
    return {}
