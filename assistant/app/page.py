"""The Gradio page: layout and transport. What it shows comes from `Board`; `page.js` puts it in place."""

import os
import threading
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from assistant.app.board import Board
from tools.korean import entries

if TYPE_CHECKING:
    import gradio as gr

    from assistant.runs import Runs

HERE = Path(__file__).parent
MOUNT = "(window.easelRegions ??= []).push({name: '%s', element, server}); window.easelPage?.take();"
TABS = ("Data", "Quality", "Chart", "Model", "Predict", "Steps")

SIDEBAR = """
<header><h1>Easel</h1></header>
<input type="file" id="pick" multiple hidden aria-hidden="true" tabindex="-1">
<button type="button" id="add" class="primary" data-do="pick">Add data</button>
<p id="upload" role="status"></p>
<nav id="lists" aria-label="Project"></nav>
"""
TALK = """
<div id="banner" role="status"></div>
<div id="log" role="log" aria-label="Conversation" tabindex="0"></div>
<form id="composer" autocomplete="off">
  <label for="ask" class="away">Your request</label>
  <button type="button" data-do="pick" class="icon" aria-label="Attach a data file">
    <svg viewBox="0 0 24 24" aria-hidden="true"><path d="M20 11.5 12 19.4a5 5 0 0 1-7-7l8.5-8.4a3.3 3.3 0 0 1 4.7 4.7L9.7 17a1.6 1.6 0 0 1-2.3-2.3l7.8-7.7"/></svg>
  </button>
  <textarea id="ask" rows="1" placeholder="Ask, or say what to do"></textarea>
  <button type="submit" id="send" class="icon primary" aria-label="Send">
    <svg viewBox="0 0 24 24" aria-hidden="true"><path d="M12 20V5m-6.5 6L12 4.5l6.5 6.5"/></svg>
  </button>
  <button type="button" id="stop" class="icon" data-do="stop" aria-label="Stop" hidden>
    <svg viewBox="0 0 24 24" aria-hidden="true"><rect x="6.5" y="6.5" width="11" height="11" rx="1.5"/></svg>
  </button>
</form>
<div id="drop" aria-hidden="true">Drop files to add them</div>
"""
SWITCH = """
<div id="switch" role="group" aria-label="View">
  <button type="button" data-do="show" data-text="talk" aria-pressed="true">Chat</button>
  <button type="button" data-do="show" data-text="work" aria-pressed="false">Workspace</button>
</div>
<p id="note" role="alert" hidden></p>
"""


def build_page(runs: "Runs", *, closing: threading.Event | None = None) -> "gr.Blocks":
    """The page over the runs of one project. Mount it with `look()`, which holds its theme, style and script.

    Calls that wait for news are let go when `closing` is set.
    """
    _quiet()
    import gradio as gr

    board = Board(runs, closing or threading.Event(), words)

    def call(request: dict[str, Any]) -> dict[str, Any]:
        """The page's one question to the server; named here because Gradio finds server functions by name."""
        return board.call(request)

    def region(name: str, template: str) -> None:
        gr.HTML(
            html_template=template.strip(),
            js_on_load=MOUNT % name,
            server_functions=[call],
            apply_default_css=False,
            elem_id=f"region-{name}",
        )

    page: gr.Blocks
    with gr.Blocks(title="Easel", analytics_enabled=False, fill_height=True, fill_width=True) as page:
        region("switch", SWITCH)
        with gr.Row(elem_id="easel", equal_height=False):
            with gr.Column(elem_id="side", min_width=0):
                region("sidebar", SIDEBAR)
            with gr.Column(elem_id="talk", min_width=0):
                region("talk", TALK)
            with gr.Column(elem_id="work", min_width=0), gr.Tabs(elem_id="tabs"):
                for name in TABS:
                    with gr.Tab(name, id=name.lower(), render_children=True):
                        region(name.lower(), f'<div id="{name.lower()}" class="panel"></div>')
    return page


def look() -> dict[str, Any]:
    """How the page looks and behaves, as `gr.mount_gradio_app` takes it."""
    _quiet()
    from gradio.themes import Base
    from gradio.themes.utils.fonts import LocalFont

    fallback = ["Noto Sans KR", "Noto Sans CJK KR", "Apple SD Gothic Neo", "Malgun Gothic", "system-ui", "sans-serif"]
    theme = Base(
        primary_hue="indigo",
        neutral_hue="slate",
        font=[LocalFont("IBM Plex Sans", weights=(400, 700)), *fallback],
        font_mono=["ui-monospace", "DejaVu Sans Mono", "Noto Sans Mono", "Noto Sans Mono CJK KR", "monospace"],
    )
    head = '<link rel="stylesheet" href="easel/style.css"><script defer src="easel/page.js"></script><meta name="color-scheme" content="light dark">'
    return {"theme": theme, "head": head}


@cache
def words() -> Mapping[str, str]:
    """What the page says by itself, English to Korean: the parts above, the names of the tabs and the script."""
    said = "".join([SIDEBAR, TALK, SWITCH, asset("page.js"), *(f">{name}<" for name in TABS)])
    return {
        english: korean
        for _, english, korean in entries()
        if any(before + english + after in said for before, after in ("><", '""', "''"))
    }


@cache
def asset(name: str) -> str:
    """The style or the script, which lie beside this file."""
    return (HERE / name).read_text(encoding="utf-8")


def _quiet() -> None:
    """No analytics, no run history, whatever the environment says."""
    os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"
    os.environ["GRADIO_RUN_HISTORY"] = "False"
