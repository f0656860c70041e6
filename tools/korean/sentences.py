"""English sentences of tools as Korean ones: found by their fixed words, with their names and numbers put over unchanged.

The sentences lie in the .yaml files beside this one, English to Korean. `{x}` is any text, `{x:n}` a number, `{x:w}`
words that are put into Korean themselves, `{x:l}` a list of such, `{x:k}` a choice that an argument has, `{x:c}` names
of columns and the like, `{x:r}` such names with reasons in brackets; `row(s)` is either, `[, of which {n}]` may be left
out. What no sentence fits stays English. words.yaml holds what stands within sentences: only there a single word is put
over inside of another one, for it may be a name, and what has `{x}` there is no sentence of its own.
"""

import re
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path

from tools.charting.axis import CYCLES
from tools.korean.particles import with_particles

FOLDER = Path(__file__).parent
_FIELD = re.compile(r"\{(\w+)(?::([nwlckr]))?\}")
_NUMBER = r"[-+]?\d[\d,]*(?:\.\d+)?(?:e[-+]?\d+)?"
_ANY = r"(?:(?![.?!] ).)+?"
"""A list, no more than a sentence."""
_NAME = r"(?:(?![.?!;] ).)+?"
"""A name, a value or words: no more than what stands before a semicolon."""
_PLACES = re.compile(r"[{\[]|\(s\)")
"""What makes an entry more than fixed words."""
_OPTION = re.compile(r"\[([^\]]*)\]")
_ENDS = re.compile(r"(?<=[.?!:;])\s+")
_INDENT = re.compile(r"^(\s*(?:[-*•]\s+|\d+\.\s+)?)(.*)$", re.DOTALL)
_COMMA = re.compile(r", (?![^()]*\))")
_AND = re.compile(r",? (?:and|or) (?![^()]*\))")
_STEP = re.compile(r"(?<= )\((?:hour|day|week|month|quarter|year|weekday|hour of day|month of year)\)")
_CYCLE = re.compile(r" \((?:weekday|month of year)\)")
_CALENDAR = re.compile(rf"\b(?:{'|'.join((*CYCLES['weekday'][1], *CYCLES['month_of_year'][1]))})\b")
_LONGEST = 6
"""Sentences that one entry may span, counted by their full stops: some are within names."""
_SAID = 4096


@dataclass(frozen=True)
class Sentence:
    """An English sentence with places, and what it is in Korean."""

    pattern: re.Pattern[str]
    anchor: str
    """Its longest fixed words: a text without them is none of it."""
    weight: int
    """Letters that are fixed: of two that fit, the one that says more of the text is meant."""
    kinds: dict[str, str]
    korean: str
    inner: bool
    """Whether it may stand within others."""
    alone: bool
    """Whether it may stand by itself."""

    def told(self, found: re.Match[str]) -> str:
        """The Korean sentence with what stands in the places of a match."""

        def place(field: re.Match[str]) -> str:
            value, kind = found[field[1]] or "", self.kinds[field[1]]
            return {"w": phrase_in_korean, "l": _list, "k": _choice, "c": names_in_korean, "r": _reasons}.get(
                kind, str
            )(value)

        options = iter(range(1, 9))

        def option(part: re.Match[str]) -> str:
            at, fields = next(options), [field[1] for field in _FIELD.finditer(part[1])]
            kept = all(found[one] is not None for one in fields) if fields else found[f"option{at}"] is not None
            return part[1] if kept else ""

        return with_particles(_FIELD.sub(place, _OPTION.sub(option, self.korean)))


@lru_cache(_SAID)
def in_korean(text: str) -> str:
    """A text of Easel's in Korean, line by line and sentence by sentence; what is not known of it stays as it is."""
    return "\n".join(_line(line) for line in text.split("\n"))


def sentence(english: str, korean: str, file: str = "") -> Sentence:
    """An entry of the files. Raises ValueError where the Korean has a place that the English has not."""
    kinds = {field[1]: field[2] or "" for field in _FIELD.finditer(english)}
    if unknown := {field[1] for field in _FIELD.finditer(korean)} - set(kinds):
        raise ValueError(f"{english!r}: the Korean has places that the English has not: {', '.join(sorted(unknown))}")
    pattern, at, fixed = "", 0, list[str]()
    options = iter(range(1, 9))
    for field in _FIELD.finditer(english):
        fixed.append(english[at : field.start()])
        seen = f"(?P<{field[1]}>" in pattern
        kind = _NUMBER if field[2] == "n" else _ANY if field[2] in ("l", "r") else _NAME
        pattern += _literal(fixed[-1]) + (f"(?P={field[1]})" if seen else f"(?P<{field[1]}>{kind})")
        at = field.end()
    fixed.append(english[at:])
    required = _FIELD.split(_OPTION.sub("{option}", english))[::3]
    pieces = [piece for part in required for piece in part.split("(s)")]
    pattern = re.sub(r"\\\[", lambda _: f"(?P<option{next(options)}>", pattern + _literal(fixed[-1])).replace(
        r"\]", ")?"
    ) + ("" if fixed[-1].rstrip("]") else r"(?<![.;:])")
    return Sentence(
        pattern=re.compile(pattern),
        anchor=max(pieces, key=len),
        weight=sum(map(len, pieces)),
        kinds=kinds,
        korean=korean,
        inner=_inner(file, english),
        alone=file != "words" or set(kinds.values()) <= {"n"},
    )


@cache
def sentences() -> tuple[Sentence, ...]:
    """The entries with places, those that say most first."""
    made = [sentence(english, korean, file) for file, english, korean in entries() if _PLACES.search(english)]
    return tuple(sorted(made, key=lambda one: -one.weight))


def _inner(file: str, english: str) -> bool:
    """Words of the page are whole labels; within a sentence the same words are rather names of columns."""
    return file == "words" or (" " in english and file != "page")


@cache
def _fixed(inner: bool) -> dict[str, str]:
    """The entries without places, which need no search; `inner`: those that may stand within others."""
    return {
        english: korean
        for file, english, korean in reversed(entries())
        if not _PLACES.search(english) and (not inner or _inner(file, english))
    }


@cache
def entries() -> tuple[tuple[str, str, str], ...]:
    """Every entry as it is written: the name of its file, English, Korean."""
    import yaml

    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    files = {
        path.stem: yaml.load(path.read_text(encoding="utf-8"), Loader=loader) or {}
        for path in sorted(FOLDER.glob("*.yaml"))
    }
    return tuple((file, english, korean) for file, written in files.items() for english, korean in written.items())


def _literal(text: str) -> str:
    return re.escape(text).replace(r"\(s\)", "s?").replace(r"\ ", " ")


def calendar_in_korean(text: str, title: str) -> str:
    """A text in which weekdays and months are told in Korean, where a title says that they are what is told of its dates."""
    return _CALENDAR.sub(lambda name: _fixed(False)[f"chart = {name[0]}"], text) if _CYCLE.search(title) else text


def _line(line: str) -> str:
    """One line: as few pieces as possible, each the longest run of sentences that an entry fits, or what a colon ends."""
    indent, bare = _INDENT.fullmatch(calendar_in_korean(line, line)).groups()  # type: ignore[union-attr]
    pieces = _ENDS.split(bare)
    told, at = list[str](), 0
    while at < len(pieces):
        head = pieces[at].endswith(":") and _one(pieces[at]) is not None
        for end in range(min(len(pieces), at + _LONGEST), at, -1):
            whole = " ".join(pieces[at:end])
            korean = _fixed(False).get(whole) if head and end > at + 1 else _closed(whole)
            if korean is not None or end == at + 1:
                told.append(whole if korean is None else korean)
                at = end
                break
    return indent + " ".join(told)


def _closed(text: str) -> str | None:
    """A sentence by its entry, or by that of its words without the mark at its end: a list joins some by semicolons."""
    told, mark = _one(text), text[-1:]
    if told is None and mark == ";":
        told = _one(f"{text[:-1]}.")
    if told is None and mark in (".", ";") and (bare := _one(text[:-1])) is not None:
        told = bare + mark
    return told


def _one(text: str, *, inner: bool = False) -> str | None:
    """A whole sentence, or words (`inner`: of a sentence), in Korean; None where no entry fits."""
    bare = text.strip()
    if korean := _fixed(inner).get(bare):
        return korean
    for one in sentences():
        if (one.inner if inner else one.alone) and one.anchor in bare and (found := one.pattern.fullmatch(bare)):
            return one.told(found)
    return None


def phrase_in_korean(text: str) -> str:
    """Words that stand within a sentence, or a list of them, in Korean; as they are where they are not known."""
    return known_phrase(text) or _list(text)


def known_phrase(text: str) -> str:
    """Words that stand within a sentence, in Korean; empty where no entry holds them all."""
    return _one(text, inner=True) or ""


def _list(text: str) -> str:
    """`a, b and c` as `a, b, c`, each in Korean where it is known; what is in brackets stays together."""
    *before, last = _AND.split(text)
    items = [*_COMMA.split(" and ".join(before)), last] if before else _COMMA.split(text)
    return ", ".join(_one(item, inner=True) or item for item in items)


def _choice(text: str) -> str:
    """`year and month`, `Keep` where it begins a title, or the name of a tool, each by its entry."""
    items = re.split(r", | and ", text)
    spelt = [(item, item[:1].lower() + item[1:], item.replace("_", " "), item.replace(" ", "_")) for item in items]
    return ", ".join(next(filter(None, map(_one, forms)), forms[0]) for forms in spelt)


def names_in_korean(text: str) -> str:
    """`a, b and 3 more` as `a, b 외 3개`: names are not words of ours, whatever they are called."""
    *names, last = re.split(r", (?:and )?| and ", stepped(text))
    if names and (more := re.fullmatch(r"([\d,]+) more", last)):
        return f"{', '.join(names)} 외 {more[1]}개"
    return ", ".join([*names, last])


def stepped(text: str) -> str:
    """`day (month)` as `day (월)`: how long the steps of a column of dates are is no part of its name."""
    return _STEP.sub(lambda step: _one(step[0], inner=True) or step[0], text)


def _reasons(text: str) -> str:
    """`a and b (holds no text); c (has no values)` as `a, b(…); c(…)`, the reasons in Korean."""
    told = [re.fullmatch(r"(.+?) \((.+)\)", part) for part in re.split(r"(?<=\)); ", text)]
    if not all(told):
        return text
    return "; ".join(f"{names_in_korean(one[1])}({_one(one[2], inner=True) or one[2]})" for one in told if one)
