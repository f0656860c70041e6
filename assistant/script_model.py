"""A chat model that replies from a file: for tests and demonstrations, where the words don't matter."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Self

from langchain_core.callbacks import CallbackManagerForLLMRun
from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessage, AIMessageChunk, BaseMessage
from langchain_core.outputs import ChatGeneration, ChatGenerationChunk, ChatResult
from pydantic import Field

from assistant.settings import SettingsError


class ScriptedChat(BaseChatModel):
    """Replies in order; a reply may be a string or a JSON value. Running out of them is an error, never a repetition."""

    replies: list[str]
    seen: list[list[BaseMessage]] = Field(default_factory=list)
    """Every prompt it was given, for tests that look at what the model was told."""

    @classmethod
    def read(cls, path: Path) -> Self:
        """The replies of a JSON-lines file. Raises SettingsError where it is missing or not JSON lines."""
        try:
            lines = [line for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]
            values = [json.loads(line) for line in lines]
        except OSError as error:
            raise SettingsError(f"No script {path}: {error.strerror}.") from error
        except json.JSONDecodeError as error:
            raise SettingsError(f"The script {path} is not one JSON value a line: {error}.") from error
        return cls(replies=[value if isinstance(value, str) else json.dumps(value) for value in values])

    @property
    def _llm_type(self) -> str:
        return "scripted"

    def _next(self, messages: list[BaseMessage]) -> str:
        self.seen.append(messages)
        if len(self.seen) > len(self.replies):
            raise SettingsError(f"The script holds {len(self.replies)} replies; this is request {len(self.seen)}.")
        return self.replies[len(self.seen) - 1]

    def _generate(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> ChatResult:
        return ChatResult(generations=[ChatGeneration(message=AIMessage(content=self._next(messages)))])

    def _stream(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> Iterator[ChatGenerationChunk]:
        yield ChatGenerationChunk(message=AIMessageChunk(content=self._next(messages)))
