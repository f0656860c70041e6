"""How follow-ups are worded in English and in Korean: what leads in, what says nothing, what asks for more of the same."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from assistant.composing import english, korean
from assistant.composing.korean_words import AGG as AGG_KOREAN
from assistant.composing.korean_words import AGGREGATES as AGGREGATES_KOREAN
from assistant.composing.korean_words import COUNTER, LESS, MORE, sign_of
from assistant.composing.korean_words import OP as OP_KOREAN
from assistant.composing.parts import Parts
from assistant.composing.phrases import AGG, AGGREGATES, LEAST, MOST, OP, op_of
from assistant.followups import MOST_WORDS, ON, WHOLE, follows


@dataclass(frozen=True)
class Wording:
    """The patterns of one language; those of `measure`, `end` and `bound` are of a request with its marks."""

    read: Callable[[Parts], None]
    lead: re.Pattern[str]
    idle: re.Pattern[str]
    """Words that ask for nothing by themselves."""
    more: re.Pattern[str]
    """Words that keep the groups there are beside the new ones."""
    alone: re.Pattern[str]
    """What says nothing but how the answer before is to be cut or ordered."""
    anew: re.Pattern[str]
    """Words after `and` of a question that stands by itself."""
    measure: re.Pattern[str]
    """Another column, or another aggregate, and nothing else."""
    aggregates: Mapping[str, str]
    end: re.Pattern[str]
    """The other end, or an order: the `first` of it says that it is one."""
    bound: re.Pattern[str]
    """Another bound of the number that was compared."""
    sign: Callable[[str], str]


ENGLISH = Wording(
    read=english.read,
    lead=re.compile(
        r"^\W*(?:(?:and|but|so|ok|okay|now|then|please|what about|how about|the same(?: thing| one)?|same|show(?: me)?|give me|it|that|this|them|those|of those|of these|of them|can you|instead)\b\W*)+",
        re.IGNORECASE,
    ),
    idle=re.compile(
        r"\b(?:(?:broken|break|split|grouped|group)(?: (?:it|that|this|them|those))?(?: down| up)?|instead|too|also|as well|please|only|just|alone|now|though|then)\b"
    ),
    more=re.compile(r"\b(?:break|broken|split|too|also|as well|additionally|further)\b", re.IGNORECASE),
    alone=re.compile(
        r"^\W*(?:(?:and|but|now|then|ok|okay)\W+)*(?:(?:without|except|excluding|leaving out|not counting)\b(?: \w+){1,5}|(?:highest|largest|most|lowest|smallest|fewest) first|(?:the )?(?:top|bottom) \d+)\W*$",
        re.IGNORECASE,
    ),
    anew=re.compile(
        r"\b(?:which|who|whose|where|when|why|how|list|is|are|was|were|does|did|do|has|have)\b", re.IGNORECASE
    ),
    measure=re.compile(rf"\W*(?:the |in )*(?:⟦c(?P<c>\d+)⟧|(?P<agg>{AGG})(?: one)?)(?: of it)?\W*"),
    aggregates=AGGREGATES,
    end=re.compile(rf"\W*(?:the )?(?:(?P<most>{MOST})|(?P<least>{LEAST}))(?:(?P<first> first)| ones?)?(?P<c>)\W*"),
    bound=re.compile(rf"(?<!\S)(?P<op>{OP}) ⟦n(?P<n>\d+)⟧(?= |\W*$)"),
    sign=op_of,
)
_SHOW = r"(?:\s*(?:다시|좀|따로|각각|한번|나눠서?|나누어서?|쪼개서?|구분해서?|보여|알려|뽑아|정리해|정렬해|계산해|구해|봐|해|줘|주세요|줄래|주라|보면|나누면|쪼개면|나눠|쪼개|어때|어떤가|어떻게 돼|얼마|추이(?:를|도)?|추세(?:를)?|요|야))*"
"""How a Korean request ends that only wants to see something."""
_UP = r"(?:많|높|큰|크|긴|비싼)\S*"
KOREAN = Wording(
    read=korean.read,
    lead=re.compile(
        r"^\W*(?:(?:그럼|그러면|그리고|그렇다면|그중(?:에서?)?|그 중(?:에서?)?|이 ?중(?:에서?)?|거기(?:에서|서)|여기서|이번에는|이번엔|다시|그걸|이걸|그거|이거|그것을|이것을|같은 걸|똑같이|마찬가지로|아니|오케이|좋아|응)(?=[\s,])\W*)+"
    ),
    idle=re.compile(
        r"(?<!\S)(?:나눠서?|나누면|나누어서?|쪼개서?|쪼개면|구분해서?|세분화해서?|나눠\s?(?:줘|주세요|봐)|쪼개\s?(?:줘|주세요|봐)|따로|다시|좀|더|각각|한번|보면요?|봐\s?줘|봐|해\s?줘|해\s?주세요|(?:정리해|정렬해|보여|알려|뽑아|계산해|구해)\s?(?:줘|주세요|봐)|추가로|기준으로|어때요?|어떤가요?|어떻게 돼요?|얼마(?:야|예요|인가요)?|요|것만|거만|건만|경우만)(?=[\s?!.]|$)"
    ),
    more=re.compile(r"(?:별|마다)(?:로)?도(?!\S)|나눠|나누|쪼개|세분화|추가로"),
    alone=re.compile(
        rf"^\W*(?:\S+\s+){{1,4}}(?:빼고|제외하고|제외한|제외|말고|빼면|제외하면){_SHOW}\W*$"
        rf"|^\W*(?:(?:가장|제일)\s)?(?:{MORE}|{LESS})\s?순(?:서)?(?:으로|대로)?{_SHOW}\W*$|^\W*(?:내림|오름)차순(?:으로)?{_SHOW}\W*$"
        rf"|^\W*(?:가장|제일)\s(?:{MORE}|{LESS})\s(?:곳|것|데)(?:은|는)?{_SHOW}\W*$"
        rf"|^\W*(?:상위|하위|top)\s?\d+\s?(?:개|곳|명|건)?(?:만)?{_SHOW}\W*$"
        rf"|^\W*(?:{AGG_KOREAN})(?:으로|로){_SHOW}\W*$"
        rf"|^\W*\S+(?:\s\S+)?(?:은|는)\s(?:어때|어떤가|어떻게 돼)\S*\W*$",
        re.IGNORECASE,
    ),
    anew=re.compile(r"몇|누구|누가|어디|어느|무엇|뭐|언제|왜|어떤|전부|모두"),
    measure=re.compile(rf"\W*(?:⟦c(?P<c>\d+)⟧ ?|(?P<agg>{AGG_KOREAN}))(?:은|는|도|만|으로|로|이|가)?\W*"),
    aggregates=AGGREGATES_KOREAN,
    end=re.compile(
        rf"\W*(?:가장 |제일 )?(?:(?P<most>{MORE}|내림차)|(?P<least>{LESS}|오름차))(?:(?P<first> ?순(?:서)?(?:으로|대로)?)|(?: ⟦c(?P<c>\d+)⟧| 곳| 것| 데)(?: ?(?:은|는|이|도))?)\W*"
    ),
    bound=re.compile(rf"(?<!\S)⟦n(?P<n>\d+)⟧(?: ?(?:{COUNTER}))? (?P<op>{OP_KOREAN})"),
    sign=sign_of,
)
_HANGUL = re.compile("[가-힣]")
_AGG_OF = re.compile(rf"(?<=\s)(?:{AGG_KOREAN}|\S*(?:[율률]|비율|비중|건수))(?:은|는|도|만)?\W*$")
"""An aggregate of something that is named before it."""


def wording_of(request: str) -> Wording:
    """The wording of the language that a request is in."""
    return KOREAN if _HANGUL.search(request) else ENGLISH


def goes_on(request: str) -> bool:
    """Whether a request leaves something to the one before it; one with a measure of its own only after `and`, `what about`."""
    words, begun = wording_of(request), ON.search(request)
    if words is KOREAN and begun is None and _AGG_OF.search(request):
        return False  # 요금 중앙값은?
    shown = re.sub(rf"{_SHOW}\W*$", "", request) if words is KOREAN else request
    if follows(request) or follows(shown) or words.alone.search(request):
        return True
    short = len(request.split()) <= MOST_WORDS
    return begun is not None and short and not words.anew.search(request[begun.end() :]) and not WHOLE.search(request)
