"""Korean words for columns and values that are called in English: 온도를 is temperature를 where one column is that.

Every rule that looks for names of columns in a request then finds them. A word is put for another only where one column,
or one value of one column, is meant by it, and words that stand together (직원 만족도) only where each means something
here: 고객 만족도 is no job_satisfaction. What is not covered: words that prompts/glossary.yaml does not have, and verbs.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from itertools import product, takewhile
from pathlib import Path

import yaml

import prompts
from assistant.context import Situation
from assistant.named import QUOTED, UNITS
from assistant.words import split_words, stem

_PARTICLES = (
    "별로는|별로|별|마다|은|는|이|가|을|를|의|에|에는|에서|에서는|에선|도|만|과|와|랑|이랑|하고|하면|로|으로|로만|으로만|만으로|까지|부터|보다"
    "|인|이면|면|이고|이라면|라면|이나|나|대비|당|율|률|율이|률이|율은|률은|율을|률을|률의|율의|이야|야|들|들은|들이|들의|들을"
)
_TOGETHER = 4
"""So many known words of a compound are read at most."""
_ROWS = frozenset(
    [
        "고객",
        "손님",
        "회원",
        "직원",
        "사원",
        "임직원",
        "환자",
        "학생",
        "사용자",
        "이용자",
        "유저",
        "구독자",
        "승객",
        "구매자",
        "운전자",
    ]
)
"""Words for whoever a row is of, behind what she is: 프리미엄 회원."""
_JOINTS = frozenset(["of", "at", "in", "from", "to", "per", "on", "by"])
"""Words of names before which stands what they are: distance_from_home."""
_SMALL = _JOINTS | {"the", "a", "an", "is", "명", "이름"}
"""Words of names that tell nothing by themselves."""
_MAKES = re.compile(r"만들|추가|생성|붙여|라고|=")
_NEW = re.compile(
    r"\s?(?:이?라는|이란|이?라고|(?:새\s)?(?:열|컬럼|칼럼|변수|항목)(?!\s?(?:을|를)?\s?(?:지|삭|빼|제))|(?:으)?로\s)"
)
"""What follows the name of something that is to be made."""


def spoken(request: str, situation: Situation) -> str:
    """A request with the names of the columns and values that its Korean words mean; what it quotes is left as it is."""
    runs = list(_runs(request))
    names = _Names(situation if runs else Situation(()))
    meant = {(start + at, start + end): name for start, words in runs for at, end, name in names.read(words)}
    makes = _MAKES.search(request) is not None
    said = {(request[start:end], name) for (start, end), name in meant.items()}
    for (start, end), name in sorted(meant.items(), reverse=True):
        alone = sum(other == name for _, other in said) == 1
        if alone and not (makes and _NEW.match(request, end)):
            request = request[:start] + name + request[end:]
    return request


def unmeant(request: str, situation: Situation, held: Callable[[str], bool]) -> dict[str, str]:
    """The Korean words of a request whose English is no word of any name or value here, nor `held` in a longer text, with it."""
    runs = list(_runs(request))
    names = _Names(situation if runs else Situation(()))
    words = [word.strip() for _, run in runs for word in run]
    return {
        word: names.english(word)[0]
        for word in words
        if not names.know(word) and not any(map(held, names.english(word)))
    }


@cache
def korean_for(name: str) -> tuple[str, ...]:
    """The Korean words that mean an English name: 직원 for employees."""
    wanted = frozenset(stem(word) for word in split_words(name))
    return tuple(word for word, names in _vocabulary()[2].items() if wanted in map(_telling, names))


def _runs(request: str) -> Iterator[tuple[int, list[str]]]:
    """Known words that stand together, each with where they begin: 평균 [전력 소비량]을; blanks belong to the words before."""
    run, word, _ = _vocabulary()
    quoted = [found.span() for found in QUOTED.finditer(request)]
    for found in run.finditer(request):
        if any(low <= found.start() < high for low, high in quoted):
            continue
        yield found.start("run"), [part[0] for part in word.finditer(found["run"])]


@cache
def _vocabulary() -> tuple["re.Pattern[str]", "re.Pattern[str]", dict[str, tuple[str, ...]]]:
    """A pattern of known words that stand together, one of a known word, and the English names of each without blanks."""
    told = yaml.safe_load((Path(prompts.FOLDER) / "glossary.yaml").read_text(encoding="utf-8"))
    lines = [([word.strip() for word in korean.split(",")], str(names)) for korean, names in told.items()]
    english = {
        word.replace(" ", ""): tuple(name.strip() for name in names.split(","))
        for words, names in lines
        for word in words
    }
    known = sorted((word for words, _ in lines for word in words), key=lambda word: -len(word.replace(" ", "")))
    word = rf"(?!비율|비중|비교)(?:{'|'.join(known).replace(' ', ' ?')})"  # 비 is rain
    before = r"(?<![가-힣\d])(?<!모델 )(?<!모델의 )(?:(?:평균|총|최고|최대|최소|최저|월|연|일)(?=[가-힣]{2}))??"
    run = rf"{before}(?P<run>{word}(?: ?{word}){{0,{_TOGETHER - 1}}})(?: ?여부)?(?=(?:{_PARTICLES})?(?![가-힣]))"
    return re.compile(run), re.compile(rf"{word} ?"), english


class _Names:
    """The names of a project's tables, columns and values, as English words look for them."""

    def __init__(self, situation: Situation) -> None:
        columns = [column for table in situation.tables for column in table.columns]
        self._columns = list(dict.fromkeys(column.name for column in columns))
        values = [(column.name, value) for column in columns for value in column.values if isinstance(value, str)]
        self._values: dict[str, set[tuple[str, str]]] = {}
        for column, value in values:
            self._values.setdefault(value.strip().casefold(), set()).add((column, value))
        texts = [*self._columns, *(table.name for table in situation.tables), *(value for _, value in values)]
        self._korean = "\n".join(texts)
        self._words = {stem(word) for text in texts for word in split_words(text)}

    def read(self, words: Sequence[str]) -> list[tuple[int, int, str]]:
        """Where the words of a compound begin and end, and what each or several of them mean; none where one means nothing here."""
        bare = [word.strip() for word in words]
        if any(word in self._korean for word in bare):
            return []
        starts = [sum(map(len, words[:number])) for number in range(len(words))]
        found, at = list[tuple[int, int, str]](), 0
        while at < len(bare):
            meant = next(
                ((n, name) for n in range(len(bare) - at, 0, -1) if (name := self._one(bare[at : at + n]))), None
            )
            count, name = meant or (1, "")
            if not name and not self.know(bare[at]):
                return (
                    found if at == len(bare) - 1 and bare[at] in _ROWS else []
                )  # 여성 고객, where no column is customer
            if name:
                last = at + count - 1
                found.append((starts[at], starts[last] + len(bare[last]), name))
            at += count
        return found

    def _one(self, words: Sequence[str]) -> str:
        """The one column or value that these words mean together, or nothing."""
        english = [self.english(word) for word in words]
        asked = [" ".join(names) for names in product(*english)]
        wholes = [_telling(name) for name in asked]
        exact = [name for name in self._columns if _telling(name) in wholes or _joined(name) in map(_joined, asked)]
        if len(exact) > 1:  # the commonest English name goes before a rarer one
            exact = next(
                (one for one in ([n for n in exact if _telling(n) == whole] for whole in wholes) if one), exact
            )
        columns = exact or [name for name in self._columns if len(words) == 1 and _head(name) in wholes]
        if columns:
            return columns[0] if len(columns) == 1 else ""
        values = {value for name in asked for value in self._values.get(name, ())}
        return values.pop()[1] if len(values) == 1 else ""

    def know(self, word: str) -> bool:
        """Whether any name or value here has a word of what this one means, or that itself."""
        told = any(all(stem(part) in self._words for part in split_words(name)) for name in self.english(word))
        return told or word in self._korean

    def english(self, word: str) -> tuple[str, ...]:
        """The English names of a known word."""
        return _vocabulary()[2][word.replace(" ", "")]


@cache
def _telling(name: str) -> frozenset[str]:
    words = [word for word in split_words(name) if word not in _SMALL]
    return frozenset(stem(word) for word in (words[:-1] if len(words) > 1 and words[-1] in UNITS else words))


def _head(name: str) -> frozenset[str]:
    """What a name is a kind of: satisfaction of job_satisfaction, distance of distance_from_home."""
    words = list(takewhile(lambda word: word not in _JOINTS, split_words(name)))
    words = words[:-1] if len(words) > 1 and words[-1] in UNITS else words
    return frozenset(stem(word) for word in words[-1:])


def _joined(name: str) -> str:
    return "".join(split_words(name))
