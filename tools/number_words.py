"""Numbers as requests spell them: three, twelve, 세, 다섯. One table, and the one pattern that all readers build on.

What is not covered: compounds (twenty-five), and 열, which is ten and a column.
"""

from collections.abc import Iterable, Mapping

_TO_TWENTY = (
    "one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen"
    " nineteen twenty"
)
ENGLISH = {word: number for number, word in enumerate(_TO_TWENTY.split(), start=1)} | {"thirty": 30}
SEVERAL = {word: number for word, number in ENGLISH.items() if number > 1}
"""Without one, which is a pronoun as often as a number."""
KOREAN = {
    "한": 1, "하나": 1, "두": 2, "둘": 2, "세": 3, "셋": 3, "석": 3, "네": 4, "넷": 4, "다섯": 5, "여섯": 6, "일곱": 7,
    "여덟": 8, "아홉": 9, "열두": 12, "스무": 20,
}  # fmt: skip
NUMBERS = {"zero": 0, **ENGLISH, **KOREAN}
ORDINALS = (
    "first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth",
    "eleventh", "twelfth", "thirteenth", "fourteenth", "fifteenth", "sixteenth", "seventeenth", "eighteenth",
    "nineteenth", "twentieth",
)  # fmt: skip
TIMES = {"twice": 2, "thrice": 3}


def either(words: Iterable[str]) -> str:
    """A pattern of any of some words, the longest first: six is the start of sixteen."""
    return "|".join(sorted(words, key=len, reverse=True))


def number_said(said: str, more: Mapping[str, float] | None = None) -> float:
    """The number that digits or a word say; `more` has words that are a number in one place alone, such as an.

    Raises ValueError for other words.
    """
    words, word = {**NUMBERS, **(more or {})}, said.casefold()
    return float(words[word]) if word in words else float(word.replace(",", ""))
