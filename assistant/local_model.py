"""The embedded language model: a llama.cpp server in a child process on a loopback port.

`python -m assistant.local_model [1.5b|0.5b]` fetches the weights (assistant/weights.py).
The fixed first part of the prompt is read once per machine; its state is saved and restored in milliseconds.

What is not covered: GPUs (the published wheel of the engine runs on the CPU; other wheels of it do not).
"""

import atexit
import hashlib
import json
import os
import secrets
import subprocess
import sys
import threading
import urllib.error
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib.metadata import version
from itertools import takewhile
from pathlib import Path
from typing import Any

from assistant.settings import Settings, SettingsError, read_settings
from assistant.weights import FETCH, WEIGHTS, fetch, weights_path
from automl.waiting import WAITING

CONTEXT_TOKENS = 8192
SLOTS = 2
"""Talks the model remembers at once: the planner's, and that of the second look."""
CACHE_MIB = 512
"""Memory for talks that lost their place, a few of them: the engine's own default is 8 GB."""
KEPT_STATES = 4
PIECE = 1500
"""Characters read ahead at once, about ten seconds' worth: a request that comes waits no longer for them."""


class LocalServer:
    """The model in a child process, serving an OpenAI-compatible API on loopback behind a random key.

    Loading holds Python's global lock for seconds, so it happens beside the work and not within it. The child ends
    when its standard input does: with this process, however that ends.
    """

    def __init__(self, weights: Path, *, states: Path, threads: int) -> None:
        """Load the weights (about 2 s once they are in the page cache). Raises SettingsError where that fails."""
        self.key = secrets.token_urlsafe(24)
        self.weights = weights
        self._states = states
        self._prefixes = [""] * SLOTS
        self._read: list[list[dict[str, str]]] = [[] for _ in range(SLOTS)]
        self._talks: list[str] = []
        self._speaking = threading.Lock()
        self._waiting = list[str]()
        states.mkdir(parents=True, exist_ok=True)
        command = [sys.executable, "-m", "assistant.local_model", "serve", str(weights), str(states), str(threads)]
        environment = WAITING | os.environ
        environment["PYTHONPATH"] = os.pathsep.join(
            [str(Path(__file__).parent.parent), os.environ.get("PYTHONPATH", "")]
        )
        log = states / "server.log"
        with log.open("wb") as errors:
            self._process = subprocess.Popen(
                command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=errors, text=True, env=environment
            )
        told, heard = self._process.stdin, self._process.stdout
        if told is None or heard is None:
            raise RuntimeError("the child process has no pipes")
        told.write(self.key + "\n")
        told.flush()
        self.url = heard.readline().strip()
        if not self.url:
            self.close()
            said = log.read_text(encoding="utf-8", errors="replace").strip().splitlines() or ["it ended without a word"]
            raise SettingsError(
                f"The language model can't be loaded ({said[-1]:.200}). Run `{FETCH}` or `easel doctor`."
            )

    def close(self) -> None:
        """End the child process."""
        with self._process:  # closes its input, which ends it, and waits
            pass

    def _open(self, path: str, body: dict[str, Any]) -> Any:
        headers = {"Authorization": f"Bearer {self.key}", "Content-Type": "application/json"}
        request = urllib.request.Request(self.url + path, data=json.dumps(body).encode(), headers=headers)
        return urllib.request.urlopen(request, timeout=600)

    def post(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        """One call of the server's API."""
        with self._open(path, body) as response:
            reply: dict[str, Any] = json.load(response)
            return reply

    def stream(
        self, messages: Sequence[dict[str, str]], schema: dict[str, Any] | None, most: int, *, grammar: str = ""
    ) -> Iterator[tuple[str, dict[str, int]]]:
        """The reply to a talk, at most so many tokens, piece by piece as it is written, under a JSON schema or a grammar if given.

        With each piece comes what was used so far (`prompt_tokens`, `completion_tokens`): empty until the last one.
        """
        slot = self._slot(messages)
        body = {**_talk(messages, slot), "max_tokens": most, "stream": True, "stream_options": {"include_usage": True}}
        if schema is not None:
            body["response_format"] = {"type": "json_schema", "json_schema": {"name": "plan", "schema": schema}}
        elif grammar:
            body["grammar"] = grammar
        with self._first(), self._open("/v1/chat/completions", body) as response:
            self._read[slot] = list(messages)
            for line in response:
                if line.startswith(b"data: {"):
                    chunk = json.loads(line[6:])
                    text = "".join(choice.get("delta", {}).get("content") or "" for choice in chunk.get("choices", []))
                    yield text, chunk.get("usage") or {}

    @contextmanager
    def _first(self) -> Iterator[None]:
        """The model to oneself, before what is read ahead."""
        self._waiting.append("")
        with self._speaking:
            self._waiting.pop()
            yield

    def _slot(self, messages: Sequence[dict[str, str]]) -> int:
        """Where a talk is remembered: each first message has a slot of its own, those that come late share the last."""
        first = messages[0]["content"]
        if first not in self._talks:
            if len(self._talks) == SLOTS:
                self._talks.pop()
                self._prefixes[-1] = ""
            self._talks.append(first)
        return self._talks.index(first)

    def read_prefix(self, messages: Sequence[dict[str, str]]) -> None:
        """Have these first messages in the model's memory: as they are, restored from disk, or read once and saved."""
        name, slot = _state_name(self.weights, messages), self._slot(messages)
        with self._speaking:
            if name == self._prefixes[slot]:
                return
            if not self._restored(name, slot):
                self.post("/v1/chat/completions", {**_talk(messages, slot), "max_tokens": 1})
                self.post(f"/slots/{slot}?action=save", {"filename": name})
                self._sweep()
            self._prefixes[slot], self._read[slot] = name, list(messages)

    def _restored(self, name: str, slot: int) -> bool:
        """Whether a saved state is in memory again; one that the engine does not take is deleted."""
        if not (self._states / name).is_file():
            return False
        try:
            self.post(f"/slots/{slot}?action=restore", {"filename": name})
        except urllib.error.HTTPError:
            (self._states / name).unlink()
            return False
        return True

    def read_ahead(self, messages: Sequence[dict[str, str]]) -> None:
        """Have a talk read whose last message will go on: what is the same is not read again then.

        It is read piece by piece, and no further once somebody waits for a reply.
        """
        last, slot = messages[-1], self._slot(messages)
        known = self._known(slot, messages)
        ends = [*range(PIECE, len(last["content"]), PIECE), len(last["content"])]
        for end in [end for end in ends if end > known]:
            begun = [*messages[:-1], {**last, "content": last["content"][:end]}]
            with self._speaking:
                if self._waiting:
                    return
                self.post("/v1/chat/completions", {**_talk(begun, slot), "max_tokens": 1})
                self._read[slot] = begun

    def _known(self, slot: int, messages: Sequence[dict[str, str]]) -> int:
        """How many characters of the last message a slot has in memory: a shorter talk would make it forget the rest."""
        read, place = self._read[slot], len(messages) - 1
        if read[:place] != list(messages[:place]) or len(read) <= place:
            return 0
        pairs = zip(read[place]["content"], messages[place]["content"], strict=False)
        return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], pairs))

    def _sweep(self) -> None:
        """Keep the newest states only: each is tens of megabytes, and old prompts never come back."""
        states = sorted(self._states.glob("*.state"), key=lambda path: path.stat().st_mtime)
        for old in states[:-KEPT_STATES]:
            old.unlink(missing_ok=True)


def _talk(messages: Sequence[dict[str, str]], slot: int) -> dict[str, Any]:
    return {"messages": list(messages), "temperature": 0, "cache_prompt": True, "id_slot": slot}


def _state_name(weights: Path, messages: Sequence[dict[str, str]]) -> str:
    """The file of a prompt's saved state: another one for other weights, another engine or another word."""
    facts = [weights.name, weights.stat().st_size, version("xllamacpp"), CONTEXT_TOKENS, SLOTS, list(messages)]
    return hashlib.sha256(json.dumps(facts).encode()).hexdigest()[:32] + ".state"


def prepare(settings: Settings, size: str = "1.5b") -> bool:
    """Read the fixed prompts once for this machine, so that no request waits for it. Returns whether that was needed."""
    from assistant import context, linking
    from tools import core_tools

    path, states = weights_path(settings, size), settings.cache / "states"
    prompts = (linking.prefix(), context.prefix(core_tools(), calls=True))
    if all((states / _state_name(path, prompt)).is_file() for prompt in prompts):
        return False
    print("Reading the fixed prompts, once for this machine: a minute or two …", flush=True)
    running = server(settings, size)
    for prompt in prompts:
        running.read_prefix(prompt)
    return True


_server: LocalServer | None = None
_starting = threading.Lock()


def _close() -> None:
    if _server is not None:
        _server.close()


def server(settings: Settings, size: str = "1.5b") -> LocalServer:
    """The server of this process, started at the first call; later calls share it."""
    global _server
    with _starting:
        path = weights_path(settings, size)
        if _server is None or _server.weights != path:
            if _server is None:
                atexit.register(_close)
            else:
                _server.close()
            _server = LocalServer(path, states=settings.cache / "states", threads=settings.threads)
        return _server


def _serve(weights: str, states: str, threads: str) -> None:
    """The child process: serve until standard input ends. Its first line is the key, the address goes to standard output."""
    import xllamacpp

    parameters: Any = xllamacpp.CommonParams()
    parameters.model.path = weights
    parameters.n_ctx = CONTEXT_TOKENS * SLOTS
    parameters.n_parallel = SLOTS
    parameters.n_gpu_layers = 0
    parameters.cache_ram_mib = CACHE_MIB
    parameters.cpuparams.n_threads = int(threads)
    parameters.cpuparams_batch.n_threads = int(threads)
    parameters.warmup = False
    parameters.verbosity = -1
    parameters.endpoint_slots = True
    parameters.slot_save_path = f"{states}/"
    parameters.api_keys = [sys.stdin.readline().strip()]
    parameters.hostnames = ["127.0.0.1"]
    parameters.port = 0
    running = xllamacpp.Server(parameters)
    print(running.listening_address, flush=True)
    sys.stdin.read()
    os._exit(0)  # the engine's own threads would keep the process alive


def main(arguments: Sequence[str]) -> int:
    """Fetch the weights of the size named (1.5b unless told), with a progress bar, and have the prompts read once."""
    if arguments and arguments[0] == "serve":
        _serve(*arguments[1:])
    size = arguments[0] if arguments else "1.5b"
    if size not in WEIGHTS:
        print(f"No weights '{size}'. There are: {', '.join(WEIGHTS)}.", file=sys.stderr)
        return 2
    from tqdm import tqdm

    settings = read_settings()
    try:
        with tqdm(total=WEIGHTS[size].size, unit="B", unit_scale=True, desc=WEIGHTS[size].file) as bar:

            def show(fraction: float) -> None:
                bar.update(int(fraction * WEIGHTS[size].size) - bar.n)

            path = fetch(settings, size, show)
            show(1.0)
        print(path)
        prepare(settings, size)
    except SettingsError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
