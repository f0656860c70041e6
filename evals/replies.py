"""Replies of the embedded model, kept: it reads greedily, so the same prompt under the same form gets the same reply.

An attempt is made anew whenever a rule, a tool or a check of plans changed. Most of its prompts did not, and the model
is the slow part: a kept reply comes at once, and counts with the seconds that it took when it was written.

What is not covered: what the engine itself may round otherwise in another run (its reply is then the first one's).
"""

import hashlib
import json
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any

from assistant.local_model import CONTEXT_TOKENS, LocalServer, server
from assistant.models import Opener, Planner, open_planner
from assistant.settings import Settings
from assistant.weights import weights_path
from evals.versions import file_hash

Talk = Sequence[dict[str, str]]


class Replies:
    """Replies in one SQLite file; safe to use from several threads and processes."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._lock = threading.Lock()
        self._database = sqlite3.connect(path, timeout=60, check_same_thread=False, isolation_level=None)
        self._database.execute("PRAGMA journal_mode=WAL")
        self._database.execute(
            "CREATE TABLE IF NOT EXISTS replies (key TEXT PRIMARY KEY, text TEXT, usage TEXT, seconds REAL)"
        )

    def find(self, key: str) -> tuple[str, dict[str, int], float] | None:
        """A reply, the tokens it took and its seconds, or nothing."""
        with self._lock:
            row = self._database.execute("SELECT text, usage, seconds FROM replies WHERE key = ?", [key]).fetchone()
        return None if row is None else (row[0], json.loads(row[1]), row[2])

    def keep(self, key: str, text: str, usage: dict[str, int], seconds: float) -> None:
        """A whole reply under its key; the first one stays."""
        with self._lock:
            values = [key, text, json.dumps(usage), seconds]
            self._database.execute("INSERT OR IGNORE INTO replies VALUES (?, ?, ?, ?)", values)


class Remembering(LocalServer):
    """The embedded model's server, which is asked only for what was never asked before.

    What is to be read ahead waits until a reply is missing: then it is read first, and its time does not count, as a
    person who thinks before she asks does not wait for it either.
    """

    def __init__(self, replies: Replies, settings: Settings, size: str) -> None:
        self._replies, self._settings, self._size = replies, settings, size
        weights = weights_path(settings, size)
        self._engine = ["xllamacpp", version("xllamacpp"), file_hash(weights), CONTEXT_TOKENS]
        self._unread: dict[str, Callable[[], None]] = {}

    def read_prefix(self, messages: Talk) -> None:
        """Have these first messages read before the next reply that is missing."""
        self._unread[f"prefix {messages[0]['content']}"] = lambda: self._server().read_prefix(messages)

    def read_ahead(self, messages: Talk) -> None:
        """Have a talk read before the next reply that is missing; only the newest one that begins alike."""
        self._unread[f"ahead {messages[0]['content']}"] = lambda: self._server().read_ahead(messages)

    def stream(
        self, messages: Talk, schema: dict[str, Any] | None, most: int, *, grammar: str = ""
    ) -> Iterator[tuple[str, dict[str, Any]]]:
        """As the server does it. With the last piece comes `unwaited`: the seconds to add to what was waited here."""
        key = _hash([*self._engine, list(messages), schema, most, grammar])
        if known := self._replies.find(key):
            text, usage, seconds = known
            yield text, {**usage, "unwaited": seconds}
            return
        begun = time.monotonic()
        for read in [self._unread.pop(name) for name in list(self._unread)]:
            read()
        reading = time.monotonic() - begun
        begun, text, used = time.monotonic(), "", dict[str, int]()
        for piece, usage in self._server().stream(messages, schema, most, grammar=grammar):
            text, used = text + piece, usage or used
            yield piece, {}
        self._replies.keep(key, text, used, round(time.monotonic() - begun, 3))
        yield "", {**used, "unwaited": -reading}

    def _server(self) -> LocalServer:
        return server(self._settings, self._size)


def remembering(replies: Replies) -> Opener:
    """`open_planner` for attempts whose embedded model need not say the same thing twice."""

    def opener(spec: str, settings: Settings) -> Planner:
        kind, _, size = spec.partition(":")
        return (
            Planner(Remembering(replies, settings, size or "1.5b")) if kind == "local" else open_planner(spec, settings)
        )

    return opener


def _hash(value: Any) -> str:
    return hashlib.sha256(json.dumps(value, ensure_ascii=False).encode()).hexdigest()
