"""The page: chat, plan cards and a workspace that can be worked by clicks alone. Gradio is imported here only."""

from assistant.app.page import build_page
from assistant.app.serve import serve, served

__all__ = ["build_page", "serve", "served"]
