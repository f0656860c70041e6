"""Particles of Korean, which depend on the sound before them: `{name}을/를` becomes 나이를, 수익을, age을(를)."""

import re

_PAIRS = ("을/를", "이/가", "은/는", "과/와", "으로/로", "이라/라", "이나/나", "이며/며", "이고/고", "이라고/라고")
_PLACE = re.compile(rf"(\w)((?:\([^()]*\)|\W)*?)({'|'.join(_PAIRS)})(?![가-힣]*/)")
_PERCENT = re.compile(r"(?<=\d) %")
"""Korean writes 54%, without a space."""
_CLOSED_DIGITS, _LIEUL_DIGITS = "013678", "178"
"""Digits whose names end in a consonant (영 일 삼 육 칠 팔), and those of them that end in ㄹ."""
_SYLLABLES, _FINALS, _LIEUL = 0xAC00, 28, 8


def with_particles(text: str) -> str:
    """The text with one of each pair of particles chosen; after Latin letters, whose sound is not known, both are shown."""
    told = _PLACE.sub(lambda found: found[1] + found[2] + _chosen(found[1], found[2], found[3]), text)
    return _PERCENT.sub("%", told)


def _chosen(letter: str, marks: str, pair: str) -> str:
    closed, _, is_open = pair.partition("/")
    if "%" in marks:  # 퍼센트
        return is_open
    if "가" <= letter <= "힣":
        final = (ord(letter) - _SYLLABLES) % _FINALS
        return is_open if final == 0 or (final == _LIEUL and pair == "으로/로") else closed
    if letter.isdecimal():
        return closed if letter in _CLOSED_DIGITS and not (letter in _LIEUL_DIGITS and pair == "으로/로") else is_open
    return f"({closed[0]}){is_open}" if closed[1:] == is_open else f"{closed}({is_open})"
