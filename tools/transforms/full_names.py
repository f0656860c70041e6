"""Full names as a column holds them: which part is the family name, and Korean names, which have no space."""

import re
from collections.abc import Sequence

from tools.transform import Column, Derived, Input
from tools.transforms.sql import text_of, with_columns
from tools.words import listed

_GIVEN = re.compile(r"first|given|fore|^이름|_이름", re.IGNORECASE)
_FAMILY = re.compile(r"last|family|sur|^성$|성씨|^성_|_성$", re.IGNORECASE)
HANGUL = "[가-힣]{2,5}"
HANGUL_NAME = r"[가-힣]{1,2}\s*[가-힣]{1,3}"


def given_first(names: Sequence[str]) -> bool:
    """Whether the names ask for the given name and then the family name."""
    return bool(_GIVEN.search(names[0]) and _FAMILY.search(names[1]))


def family_place(names: Sequence[str]) -> int | None:
    """Where the family name stands among two names; None where none is asked for."""
    places = [place for place, name in enumerate(names) if _FAMILY.search(name)]
    return places[0] if len(names) == 2 and len(places) == 1 else None


def korean_names(table: Input, source: Column, names: list[str], *, keep: bool) -> Derived:
    """Korean names, written without a space: the family name is the first syllable, or two of a long name."""
    cell = f"trim({text_of(source)})"
    two = f"length({cell}) >= 4 OR (length({cell}) = 3 AND regexp_matches({cell}, '^(남궁|제갈|독고|사공)'))"
    width = f"CASE WHEN regexp_full_match({cell}, '{HANGUL}') THEN CASE WHEN {two} THEN 2 ELSE 1 END ELSE 0 END"
    family, given = f"nullif(left({cell}, {width}), '')", f"nullif(substr({cell}, {width} + 1), '')"
    pieces = (family, given) if family_place(names) == 0 else (given, family)
    text = f"Split {source.name} into {listed(names)}: the first syllable is the family name, the first two of a long name."
    return Derived(with_columns(table, source, dict(zip(names, pieces, strict=True)), keep=keep), text)
