"""Questions that are read word for word: a query made by rule where every word of a request is understood."""

from assistant.composing.query import composed

__all__ = ["composed"]
