"""How the rows are divided that teach a model and that judge it, as the request says it: folds, a share, by time, by group."""

import re
from collections.abc import Callable
from typing import Any

from assistant.context import Table
from assistant.named import columns_named
from assistant.words import alike, part_said, split_words
from tools.number_words import ENGLISH, either, number_said

Reader = Callable[[str, Table, str], Any]

_FOLDS = re.compile(
    rf"(\d+|{either(ENGLISH)})[- ]?(?:cross[- ]validation )?folds?\b|(\d+)\s?(?:겹|개? ?폴드)", re.IGNORECASE
)
_NO_FOLDS = re.compile(r"\b(?:no|without) (?:folds|cross[- ]?validation)|교차 ?검증 ?없이", re.IGNORECASE)
_SHARE = re.compile(
    r"\b(?:hold|held|set|put|keep|leave|us\w*|with|test\w*|reserv\w*|measur\w*|evaluat\w*)\b[^.;%]{0,40}?(\d{1,2})\s?(?:%|percent)[^.;]{0,40}?\b(?:out|aside|back|test\w*|held|unseen|measur\w*|evaluat\w*|check\w*|valid\w*)\b"
    r"|\b(?:hold[- ]?out|test (?:set|share|size|rows))\b[^.;%]{0,20}?(\d{1,2})\s?(?:%|percent)|(\d{1,2})\s?(?:%|percent) (?:hold[- ]?out|test)"
    r"|(\d{1,2})\s?(?:%|percent)[^.;%]{0,20}?\b(?:are|is|as|for|be)\b[^.;%]{0,10}?\b(?:test\w*|hold[- ]?out)\b"
    r"|(\d{1,2})\s?(?:%|퍼센트|프로)\S{0,3}\s?(?:는|은|를|을)?\s?(?:\S+\s)?(?:테스트|검증|평가|떼어|남겨)\S*",
    re.IGNORECASE,
)
_RATIO = re.compile(r"\b([5-9]\d)\s?[/:-]\s?([1-5]?\d)\b(?=[^.]{0,20}\b(?:split|train|test|분할|나눠))|split\w*[^.]{0,12}\b([5-9]\d)\s?[/:-]\s?([1-5]?\d)\b", re.IGNORECASE)  # fmt: skip
_BY_TIME = re.compile(
    r"\b(?:split|test|measure|evaluat|judg|hold|check|validat)\w*\b[^.;]{0,50}?\b(?:by (?:time|date)|over time|latest|most recent|newest|chronological\w*|in time order|later (?:rows|months|weeks|days))"
    r"|\b(?:latest|newest|most recent) \d{1,2} ?(?:%|percent)[^.;]{0,24}\b(?:test|hold)|\btrain\w* on (?:the )?(?:past|earlier|older)|시간 ?순|시간 ?기준|날짜 ?(?:순|기준)|(?:최근|최신|마지막)[^.]{0,16}(?:테스트|검증|평가)",
    re.IGNORECASE,
)
_BY_GROUP = re.compile(
    r"\b(?:keep|all|rows of)\b[^.;]{0,24}?\b(?:same|each|every|one|a) (?P<kept>[\w ]+?)(?:'s)?(?: rows)? (?:stay )?(?:together|on one side)|\b(?:same|each|every|one|no|a) (?P<same>[\w ]+?) (?:may |should |must |is |are |be |can )*(?:not )?(?:in|on) (?:both|either|only one|one)\b"
    r"|\bsplit\w* (?:the rows )?by (?:the )?(?:group of )?(?P<by>\w+)|\bgroup(?:ed)? split (?:by|on|over) (?:the )?(?P<over>\w+)"
    r"|같은 (?P<korean>\S+?)(?:은|는|의|이|가|끼리|끼린)?(?: 행\S*| 데이터\S*)? [^.]{0,12}(?:함께|같이|한쪽|섞이지)|(?P<each>\S+?)(?:별로|별|기준으로|단위로) (?:분할|나눠|나눈|split)",
    re.IGNORECASE,
)
_STRATIFIED = re.compile(r"stratif|층화|계층", re.IGNORECASE)
_AT_RANDOM = re.compile(r"\brandom(?:ly)?\b[^.]{0,12}\bsplit|\bsplit\w*\b[^.]{0,16}\brandom|무작위", re.IGNORECASE)
SAID = (_FOLDS, _NO_FOLDS, _SHARE, _RATIO, _STRATIFIED, _AT_RANDOM)
"""What is no name of a column."""


def _folds(request: str, table: Table, target: str) -> int | None:
    if _NO_FOLDS.search(request):
        return 0
    found = _FOLDS.search(request)
    return int(number_said(found[1] or found[2])) if found else None


def _holdout(request: str, table: Table, target: str) -> float | None:
    if found := _RATIO.search(request):
        train, test = (int(found[1] or found[3]), int(found[2] or found[4]))
        return test / 100 if train + test == 100 else None
    found = _SHARE.search(request)
    return int(next(filter(None, found.groups()))) / 100 if found else None


def _split(request: str, table: Table, target: str) -> str | None:
    if _BY_TIME.search(request):
        return "time"
    if _group_column(request, table):
        return "group"
    if _STRATIFIED.search(request):
        return "stratified"
    return "random" if _AT_RANDOM.search(request) else None


def _split_column(request: str, table: Table, target: str) -> str | None:
    if _BY_TIME.search(request):
        times = [column.name for column in columns_named(request, table) if column.is_time]
        return times[0] if len(times) == 1 else None
    return _group_column(request, table) or None


def _group_column(request: str, table: Table) -> str:
    """The column whose equal values stay together; `customer` means customer_id."""
    said = part_said(_BY_GROUP, request)
    if not said:
        return ""
    named = [column.name for column in columns_named(said, table)]
    if not named:
        words = split_words(said)
        named = [
            column.name
            for column in table.columns
            if any(alike(word, part) for word in words for part in split_words(column.name))
        ]
    return named[0] if len(named) == 1 else ""


READERS: dict[str, Reader] = {"folds": _folds, "split": _split, "split_column": _split_column, "holdout": _holdout}
