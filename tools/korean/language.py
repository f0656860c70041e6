"""Which language a request is written in."""

import re

_QUOTED = re.compile(r"""'[^']*'|"[^"]*"|`[^`]*`""")
_HANGUL = re.compile(r"[가-힣]")
_ENGLISH = re.compile(
    r"\b(?:an?|the|of|by|per|for|from|in|on|to|with|and|or|is|are|was|were|does?|did|have|has|how|what|which|who|whose|when"
    r"|where|why|show|list|tell|give|find|make|build|plot|draw|compare|drop|remove|fill|sort|keep|me|my|our|please)\b",
    re.IGNORECASE,
)
"""Words that hold an English sentence together; names of columns and values may be of either language."""


def is_korean(request: str) -> bool:
    """Whether a request is a Korean sentence: more words of Hangul than words that hold English together, names in quotes aside."""
    bare = _QUOTED.sub(" ", request)
    hangul = sum(1 for word in bare.split() if _HANGUL.search(word))
    return hangul > len(_ENGLISH.findall(bare))
