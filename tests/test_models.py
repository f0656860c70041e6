import http.server
import json
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from assistant.models import mends, open_planner
from assistant.reply import read_json, unlooped
from assistant.settings import Settings, SettingsError, read_settings

SCHEMA = {"type": "object", "properties": {"steps": {"type": "array"}}, "required": ["steps"]}
TALK = [{"role": "system", "content": "Plan."}, {"role": "user", "content": "What is in this data?"}]


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return read_settings({"EASEL_CACHE": str(tmp_path / "cache"), "EASEL_HOME": str(tmp_path / "home")})


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ('{"steps": []}', {"steps": []}),
        ('Sure!\n```json\n{"steps": [{"tool": "undo"}]}\n```\n', {"steps": [{"tool": "undo"}]}),
        ('{"a": "}{"} and more {"b": 1}', {"a": "}{"}),
    ],
)
def test_the_first_json_object_of_a_reply_is_read(text: str, value: dict[str, Any]) -> None:
    assert read_json(text) == value


@pytest.mark.parametrize("text", ["", "no plan", '{"steps": [', "[1, 2]"])
def test_a_reply_without_whole_json_is_an_error(text: str) -> None:
    with pytest.raises(ValueError, match="the reply"):
        read_json(text)


@pytest.mark.parametrize(
    ("spec", "message"),
    [
        ("gpt", "No model 'gpt'. A model is one of: local,"),
        ("nonsense:x", "No model 'nonsense:x':"),
        ("script:none.jsonl", "No script none.jsonl: No such file or directory."),
        ("local:9b", "No embedded model 'local:9b'. There are: local:1.5b, local:0.5b."),
        ("local", "The language model is not on this machine yet: run `python -m assistant.local_model` (once)."),
        ("openai:gpt-4o", "The model openai:gpt-4o can't be opened:"),
    ],
)
def test_a_model_that_cannot_be_opened_says_what_to_do(
    spec: str, message: str, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    with pytest.raises(SettingsError) as caught:
        open_planner(spec, settings)
    assert str(caught.value).startswith(message)
    assert "\n" not in str(caught.value)


def test_missing_weights_are_told_before_anything_is_asked(settings: Settings) -> None:
    assert mends("local", settings).endswith("run `python -m assistant.local_model` (once).")
    assert mends("script:replies.jsonl", settings) == ""


def test_a_script_replies_in_order_and_never_repeats_itself(tmp_path: Path, settings: Settings) -> None:
    script = tmp_path / "replies.jsonl"
    script.write_text('{"steps": [{"tool": "undo"}]}\n"not json"\n', encoding="utf-8")
    planner = open_planner(f"script:{script}", settings)
    assert planner.plan(TALK, SCHEMA) == ({"steps": [{"tool": "undo"}]}, '{"steps": [{"tool": "undo"}]}')
    with pytest.raises(ValueError, match="no JSON object"):
        planner.plan(TALK, SCHEMA)
    with pytest.raises(SettingsError, match="holds 2 replies; this is request 3"):
        planner.plan(TALK, SCHEMA)


class _Server(http.server.BaseHTTPRequestHandler):
    """An OpenAI-compatible server that answers one plan and keeps what it was asked."""

    asked: list[dict[str, Any]]

    def do_POST(self) -> None:
        self.asked.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.end_headers()
        for piece in ('{"steps": [{"tool"', ': "describe_data"}]}'):
            chunk = {"id": "1", "object": "chat.completion.chunk", "created": 1, "model": "m"}
            chunk["choices"] = [{"index": 0, "delta": {"role": "assistant", "content": piece}, "finish_reason": None}]
            self.wfile.write(f"data: {json.dumps(chunk)}\n\n".encode())
        self.wfile.write(b"data: [DONE]\n\n")

    def log_message(self, format: str, *args: Any) -> None:
        return


@pytest.fixture
def endpoint() -> Iterator[tuple[str, list[dict[str, Any]]]]:
    _Server.asked = []
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), _Server) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/v1", _Server.asked
        server.shutdown()


def test_any_openai_compatible_server_gets_the_schema_and_gives_the_plan(
    endpoint: tuple[str, list[dict[str, Any]]], settings: Settings
) -> None:
    address, asked = endpoint
    reply, _ = open_planner(f"{address}#qwen", settings).plan(TALK, SCHEMA)
    assert reply == {"steps": [{"tool": "describe_data"}]}
    assert (asked[0]["model"], asked[0]["messages"]) == ("qwen", TALK)
    assert asked[0]["response_format"]["json_schema"]["schema"] == SCHEMA


def test_a_server_that_does_not_answer_is_said_in_one_line(settings: Settings) -> None:
    planner = open_planner("http://127.0.0.1:9/v1#m", settings)
    with pytest.raises(SettingsError, match=r"^The language model does not answer: Connection error\."):
        planner.plan(TALK, SCHEMA)


def test_a_transformers_model_is_asked_in_this_process(tmp_path: Path, settings: Settings) -> None:
    pytest.importorskip("torch", reason="hf: models are an extra")
    from tokenizers import Tokenizer
    from tokenizers.models import WordLevel
    from tokenizers.pre_tokenizers import Whitespace
    from transformers import LlamaConfig, LlamaForCausalLM, PreTrainedTokenizerFast

    words = {word: number for number, word in enumerate(["<unk>", "<s>", "</s>", "plan", "steps", "data"])}
    raw = Tokenizer(WordLevel(words, unk_token="<unk>"))
    raw.pre_tokenizer = Whitespace()
    tokenizer = PreTrainedTokenizerFast(tokenizer_object=raw, bos_token="<s>", eos_token="</s>", pad_token="</s>")
    tokenizer.chat_template = "{% for message in messages %}{{ message['content'] }} {% endfor %}"
    size = {"hidden_size": 16, "intermediate_size": 16, "num_hidden_layers": 1, "num_attention_heads": 2}
    config = LlamaConfig(vocab_size=len(words), max_position_embeddings=2048, **size)
    folder = tmp_path / "tiny"
    LlamaForCausalLM(config).save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    planner = open_planner(f"hf:{folder}", settings)
    with pytest.raises(ValueError, match="the reply holds no JSON object"):  # random weights: only the way is tried
        planner.plan(TALK, SCHEMA)


def test_a_transformers_model_that_is_nowhere_is_said(
    tmp_path: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("torch", reason="hf: models are an extra")
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    with pytest.raises(SettingsError, match=r"^No model '.*nowhere'"):
        open_planner(f"hf:{tmp_path / 'nowhere'}", settings)


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        (
            "SELECT a FROM t WHERE year = 2015" + " AND name = 'Home' AND year = 2015" * 9,
            "SELECT a FROM t WHERE year = 2015 AND name = 'Home'",
        ),
        ("SELECT count(*) - " + "count(DISTINCT inputA) - " * 5, "SELECT count(*) - count(DISTINCT inputA)"),
        ("SELECT 1, 1, 1, 1, 1, 1, 1, 1 FROM t", None),
        ("SELECT a FROM t WHERE name = 'Home Visits' AND other = 'Home Visits'", None),
    ],
)
def test_a_reply_ends_where_it_says_the_same_a_third_time(text: str, kept: str | None) -> None:
    assert unlooped(text) == kept
