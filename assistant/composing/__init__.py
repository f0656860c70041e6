"""Questions that are read word for word: a query made by rule where every word of a request is understood."""

from assistant.composing.continued import continued
from assistant.composing.query import composed
from assistant.composing.wording import goes_on

__all__ = ["composed", "continued", "goes_on"]
