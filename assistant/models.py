"""From a model SPEC to a planner: a LangChain chat model that returns JSON under a schema.

local, local:0.5b      the embedded model
provider:name          LangChain's name: openai:…, anthropic:…, ollama:…, bedrock:… (install its langchain package)
http://host/v1#name    any OpenAI-compatible server
hf:org/name            transformers in this process (a hub name or a local folder)
script:FILE            replies read from a file, one JSON a line, for tests
"""

import json
import os
import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from assistant import dialect
from assistant.local_model import LocalServer, server
from assistant.reply import LOOKED_AT, read_json, unlooped
from assistant.settings import Settings, SettingsError
from assistant.weights import weights_path

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel

MAX_TOKENS = 700
SMALL_TOKENS = 400
"""A plan of the embedded model, about 25 seconds of writing: a longer one repeats itself."""
SPECS = "local, local:0.5b, openai:NAME, anthropic:NAME, ollama:NAME, bedrock:NAME, http://HOST/v1#NAME, hf:ORG/NAME, script:FILE"
REFUSED_PROMPT = (400, 413, 422)
"""HTTP answers that speak of the request (too long, a schema it can't read), not of the server."""
Messages = Sequence[dict[str, str]]
Reply = TypeVar("Reply")


Opener = Callable[[str, Settings], "Planner"]
"""What makes the planner of a model SPEC."""


def is_embedded(spec: str) -> bool:
    """Whether a model SPEC names the embedded model."""
    return spec == "local" or spec.startswith("local:")


def open_planner(spec: str, settings: Settings) -> "Planner":
    """The planner of a model SPEC. Raises SettingsError with what to install, set or fetch."""
    if not is_embedded(spec):
        return Planner(_open_model(spec))
    return Planner(server(settings, spec.partition(":")[2] or "1.5b"))


def wake(spec: str, settings: Settings) -> None:
    """Start loading the embedded model in the background, while other things are imported and data are read."""
    if is_embedded(spec):

        def load() -> None:
            try:
                server(settings, spec.partition(":")[2] or "1.5b")
            except SettingsError:
                return  # the first request that needs the model says so

        threading.Thread(target=load, daemon=True).start()


def mends(spec: str, settings: Settings) -> str:
    """What keeps a model SPEC from working, in one sentence with the command that mends it, or nothing."""
    try:
        if is_embedded(spec):
            weights_path(settings, spec.partition(":")[2] or "1.5b")
    except SettingsError as error:
        return str(error)
    return ""


def _open_model(spec: str) -> "BaseChatModel":
    if spec.startswith(("http://", "https://")):
        address, _, name = spec.partition("#")
        return _openai_compatible(address, name or "default", os.environ.get("OPENAI_API_KEY") or "none")
    kind, _, name = spec.partition(":")
    if not name:
        raise SettingsError(f"No model '{spec}'. A model is one of: {SPECS}.")
    if kind == "script":
        from assistant.script_model import ScriptedChat

        return ScriptedChat.read(Path(name))
    if kind == "hf":
        return _transformers(name)
    return _provider(kind, name)


def _openai_compatible(address: str, name: str, key: str) -> "BaseChatModel":
    from langchain_openai import ChatOpenAI
    from pydantic import SecretStr

    return ChatOpenAI(
        base_url=address,
        model=name,
        api_key=SecretStr(key),
        temperature=0,
        max_retries=1,
        timeout=600,
        max_completion_tokens=MAX_TOKENS,
        stream_usage=True,
        use_responses_api=False,
    )


def _transformers(name: str) -> "BaseChatModel":
    if find_spec("torch") is None or find_spec("langchain_huggingface") is None:
        raise SettingsError("hf: models need torch: run `pip install 'easel-assistant[hf]'`.")
    from langchain_huggingface import ChatHuggingFace, HuggingFacePipeline

    try:
        pipeline = HuggingFacePipeline.from_model_id(
            model_id=name,
            task="text-generation",
            pipeline_kwargs={"max_new_tokens": MAX_TOKENS, "do_sample": False, "return_full_text": False},
        )
    except OSError as error:
        raise SettingsError(f"No model '{name}' on this machine or the hub: {str(error).splitlines()[0]}") from error
    return ChatHuggingFace(llm=pipeline)


def _provider(kind: str, name: str) -> "BaseChatModel":
    from langchain.chat_models import init_chat_model

    try:
        model = init_chat_model(f"{kind}:{name}", temperature=0)
    except ImportError as error:
        raise SettingsError(f"{kind}: models need a package: {error}") from error
    except ValueError as error:
        raise SettingsError(f"No model '{kind}:{name}': {str(error).splitlines()[0]} Models: {SPECS}.") from error
    except Exception as error:  # each provider's client has its own error for a missing key
        raise SettingsError(f"The model {kind}:{name} can't be opened: {str(error).splitlines()[0]}") from error
    return model


@dataclass
class Spent:
    """What a planner has asked of its model: calls, tokens read and written (0 where a model does not count them)."""

    calls: int = 0
    read: int = 0
    written: int = 0
    unwaited: float = 0.0
    """Seconds that count although nobody waited for them, or that were waited and do not count (evals/replies.py)."""
    broken: str = ""
    """What last kept the model from answering at all: no server, no key, no quota. A refused prompt is not that."""

    def add(self, usage: Any) -> None:
        """Count what a server (`prompt_tokens`) or LangChain (`input_tokens`) says was used."""
        if usage:
            self.read += usage.get("prompt_tokens", 0) or usage.get("input_tokens", 0)
            self.written += usage.get("completion_tokens", 0) or usage.get("output_tokens", 0)
            self.unwaited += usage.get("unwaited", 0)


class Planner:
    """A chat model that fills plans: JSON under a schema, whatever the model can do."""

    def __init__(
        self,
        model: "BaseChatModel | LocalServer",
    ) -> None:
        """Plans of a LangChain chat model, or of the embedded one (spoken to directly: a client library costs a second)."""
        self._model = model
        self.small = isinstance(model, LocalServer)
        """Small models get a second look before a query is trusted."""
        self.spent = Spent()

    def read_prefix(self, messages: Messages) -> None:
        """Have fixed first messages read before a request comes, where the model can remember them.

        Raises SettingsError where the model does not answer.
        """
        if isinstance(self._model, LocalServer):
            local = self._model
            self._answered(lambda: local.read_prefix(messages))

    def read_ahead(self, messages: Messages) -> None:
        """Have a talk read whose last message goes on when the request comes. Raises as `read_prefix` does."""
        if isinstance(self._model, LocalServer):
            local = self._model
            self._answered(lambda: local.read_ahead(messages))

    def plan(
        self,
        messages: Messages,
        schema: dict[str, Any],
        cancelled: Callable[[], bool] = lambda: False,
        *,
        calls: bool = False,
    ) -> tuple[dict[str, Any], str]:
        """The model's reply as JSON, and as the text to remember it by.

        With `calls` the embedded model writes it in the short form of assistant/dialect.py, held to the same schema.

        A model that cannot be constrained is told to write JSON; the caller validates either way. Raises ValueError
        where the reply holds no JSON object, tools.tool.Stopped where `cancelled` turned true meanwhile, SettingsError
        where the model does not answer.
        """
        self.spent.calls += 1
        model = self._model
        if calls and isinstance(model, LocalServer):
            local, rules = model, dialect.grammar(schema)
            text = self._answered(
                lambda: self._joined(local.stream(messages, None, SMALL_TOKENS, grammar=rules), cancelled, loops=False)
            )
            return dialect.read(text), text
        reply = self._answered(lambda: self._reply(messages, schema, cancelled))
        return reply, json.dumps(reply, ensure_ascii=False)

    def complete(self, messages: Messages, most: int, cancelled: Callable[[], bool] = lambda: False) -> str:
        """The model's reply as it writes it, under no schema: at most so many tokens, or a provider's own limit.

        Raises as `plan` does.
        """
        self.spent.calls += 1
        model = self._model
        if isinstance(model, LocalServer):
            local = model
            return self._answered(lambda: self._joined(local.stream(messages, None, most), cancelled))
        from langchain_openai import ChatOpenAI

        chat: Any = model.bind(max_completion_tokens=most) if isinstance(model, ChatOpenAI) else model
        return self._answered(lambda: self._joined(_streamed(chat, messages), cancelled))

    def _answered(self, ask: Callable[[], Reply]) -> Reply:
        """What the model replies. Raises SettingsError where it does not, with the cause in one line."""
        from tools.tool import Stopped

        try:
            return ask()
        except (ValueError, Stopped):
            raise
        except SettingsError as error:
            self.spent.broken = str(error)
            raise
        except Exception as error:  # each provider's client has its own errors
            who = "embedded model" if self.small else "language model"
            cause = f"{str(error).splitlines()[0] if str(error) else type(error).__name__:.200}"
            text = f"The {who} does not answer: {cause}" + (". Start Easel again." if self.small else "")
            status = getattr(error, "status_code", None) or getattr(error, "code", None)
            self.spent.broken = "" if status in REFUSED_PROMPT else text
            raise SettingsError(text) from error

    def _reply(self, messages: Messages, schema: dict[str, Any], cancelled: Callable[[], bool]) -> dict[str, Any]:
        model = self._model
        if isinstance(model, LocalServer):
            return read_json(self._joined(model.stream(messages, schema, MAX_TOKENS), cancelled))
        from langchain_openai import ChatOpenAI

        if isinstance(model, ChatOpenAI):
            form = {"type": "json_schema", "json_schema": {"name": "plan", "schema": schema, "strict": False}}
            # As a plain field: LangChain's own way loses the count of tokens on servers that repeat the role in each
            # piece, and makes an error of a reply that was cut off, which can be mended.
            chat = model.bind(extra_body={"response_format": form})
            return read_json(self._joined(_streamed(chat, messages), cancelled))
        if type(model).__name__ in ("ScriptedChat", "ChatHuggingFace"):  # neither holds replies to a schema
            last = {**messages[-1], "content": messages[-1]["content"] + "\n\nAnswer with the JSON object only."}
            return read_json(self._joined(_streamed(model, [*messages[:-1], last]), cancelled))
        form = {"title": "plan", "description": "The plan.", **schema}
        reply: Any = model.with_structured_output(form, include_raw=True).invoke(list(messages))
        self.spent.add(getattr(reply["raw"], "usage_metadata", None))
        parsed = reply["parsed"]
        return parsed if isinstance(parsed, dict) else read_json(str(reply["raw"].text))

    def _joined(self, pieces: Iterator[tuple[str, Any]], cancelled: Callable[[], bool], *, loops: bool = True) -> str:
        from tools.tool import Stopped

        text, looked = "", 0
        for piece, usage in pieces:
            if cancelled():
                raise Stopped("Stopped while planning.")
            text += piece
            self.spent.add(usage)
            if not loops and len(text) - looked >= LOOKED_AT:
                if (kept := unlooped(text, looked)) is not None:
                    return kept
                looked = len(text)
        return text


def _streamed(model: Any, messages: Messages) -> Iterator[tuple[str, Any]]:
    for chunk in model.stream(list(messages)):
        yield str(chunk.text), chunk.usage_metadata
