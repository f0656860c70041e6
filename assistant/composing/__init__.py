"""Questions that are read word for word: a query made by rule where every word of a request is understood."""

from assistant.composing.continued import continued, goes_on
from assistant.composing.query import composed

__all__ = ["composed", "continued", "goes_on"]
