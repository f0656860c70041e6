"""What a term means, what Easel can do, and a greeting: told at once, in words that no model makes up (terms.yaml)."""

import re
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path

from pydantic import BaseModel, ConfigDict

from assistant.context import Situation, Table
from tools.words import listed

_FIRST = (
    r"(?:(?:so|and|ok|okay|hey|hi|please|sorry|but|wait|well)[ ,]+)*(?:(?:can|could|would) you (?:please )?(?:tell me|say) |tell me "
    r"|do you know |i (?:don'?t|do not) (?:know|understand) |remind me )?"
)
_LAST = r"(?: (?:here|again|exactly|please|to me|in (?:ml|machine learning|statistics|simple (?:terms|words)|plain english)))*"
_TOLD = r" ?(?:좀 )?(?:알려 ?줘|알려 ?주세요|설명해 ?줘|설명해 ?주세요|궁금해|가르쳐 ?줘|말해 ?줘|모르겠어)?요?"
_MEANINGS = (
    rf"{_FIRST}what(?:'s| is| are| does| do)?(?: actually| exactly)? (?:(?:the )?(?:word|term) |an? )?(.+?)(?: (?:actually|exactly|really))?(?: (?:means?|stands? for|is|are|tells?(?: me| us)?|measures?))?{_LAST}",
    rf"{_FIRST}what(?: does| do)? the (.+?) (?:means?|stands? for){_LAST}",
    rf"{_FIRST}(?:what is meant by|(?:what(?:'s| is) )?(?:the )?(?:meaning|definition) of|define)(?: an?)? (.+?){_LAST}",
    r"(.+?)(?:이라는|라는|이란|란|이|가|은|는|의)? ?(?:게|건|것은|것이|말은|말이)? ?(?:정확히 |대체 |도대체 |여기서 )?"
    r"(?:무슨 (?:뜻|의미|말|소리)|뭔 (?:뜻|말|소리)|어떤 (?:뜻|의미)|뜻|의미|정의|뭐|뭔가|무엇|뭔데|뭔지|무엇인지|뭐지)"
    r"(?:이|가|은|는|을|를)? ?(?:뭐|무엇)?(?:이?야|인가|이?에요|예요|입니까|이죠|이지|죠|지|이니|니|인지|이?라는 거야|하는 거야|냐)?요?"
    rf"{_TOLD}",
    r"(.+?)(?:이란|란)",
)
_EXPLAINED = (
    rf"{_FIRST}(?:can you |could you )?explain (?:to me )?(?:what )?(?:an? )?(.+?)(?: is| are| means?)?{_LAST}",
    r"(.+?)(?:을|를|에 대해서?|에 관해)? (?:좀 |쉽게 |간단히 |자세히 )*설명해 ?(?:줘|주세요|줄래|봐)요?",
)
_DIFFERENCES = (
    rf"{_FIRST}(?:what(?:'s| is) |explain )?(?:the )?difference between (?:an? |the )?(.+?) and (?:an? |the )?(.+?){_LAST}",
    rf"{_FIRST}how (?:is|are|does|do) (?:an? )?(.+?) differ(?:ent)? from (?:an? )?(.+?){_LAST}",
    r"(.+?) (?:vs\.?|versus) (.+)",
    rf"{_FIRST}how do (.+?) and (.+?) differ{_LAST}",
    rf"{_FIRST}how (?:is|does) (?:it|that) differ(?:ent)? from (?:an? )?(.+?){_LAST}",
    r"(.+?)(?:와|과|이?랑|하고)의? ?(?:차이|차이점)(?:가|는|은|점이|점은)?(?: ?(?:뭐|무엇|뭔|어떻게|알려|설명)\S*(?: ?\S+)?)?",
    r"(.+?)(?:와|과|이?랑|하고) (.+?)(?:의|는|은|이|가)? ?(?:(?:차이|차이점)(?:가|이|는|은|를|을|점이|점은)?(?: ?(?:뭐|무엇|뭔|어떻게|알려|설명)\S*(?: ?\S+)?)?"
    r"|(?:어떻게|뭐가|무엇이) (?:달라|다른|다르|틀려)\S*(?: ?\S+)?)",
)
_CAN = (
    r"(?:hey |hi |so |ok |please )*(?:what (?:else )?(?:can|could|do) (?:you|easel) do(?: for me| here)?|what (?:else )?(?:can|could|should) (?:i|we) (?:do|ask)(?: you| here| with (?:you|it|this|easel))*"
    r"|help(?: me)?|how does (?:this|it|easel) work|how (?:do|can) i use (?:this|it|easel)|who are you|what are you(?: able to do)?|what(?:'s| is) easel)"
    r"|(?:넌|너는|너|당신은|이거|여기서|이걸로|easel은?)? ?(?:뭘|무엇을|무얼|뭐|뭐를|어떤 (?:걸|것을|일을)) (?:할 수 있|해 ?줄 수 있|물어볼 수 있|하는 거)\S*(?: \S+)?"
    r"|(?:그럼 |이제 )?(?:뭐|뭘|무엇을|무엇|어디서)(?:부터)? ?(?:시작)?(?:하면|해야|할까|하지) ?(?:좋을까|돼|되나|될까|하나|좋아|좋지|할까|좋은지 모르겠어)?요?|where (?:do|should) i (?:start|begin)|what should i do first"
    r"|도움말|도와줘요?|사용법(?: ?(?:좀 )?알려 ?줘)?|어떻게 (?:써|쓰는 거야|사용해|사용하는 거야)요?|(?:넌|너는|당신은|너) (?:누구|뭐)\S*"
)
_HELLO = r"(?:hi|hello|hey|good (?:morning|afternoon|evening))(?: there| easel)?|안녕(?:하세요|하십니까)?|반가워요?|반갑습니다|하이|헬로"
_THANKS = r"(?:ok |great |perfect |nice |many )*(?:thanks?|thank you|thx|cheers)(?: (?:so|very) much| a lot| easel)?|(?:정말 |너무 )?(?:고마워|고맙|감사|땡큐|수고)\S*"
ABLE = (
    "Easel looks at your data, answers questions about them, repairs them, builds models that predict and tells how good"
    " they are, forecasts series and predicts new rows. Every step shows its SQL and can be undone."
)


class Term(BaseModel):
    """One term: its other names, what it means, and whether the data or a model may have it."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    also: list[str]
    thing: bool = False
    means: str


def told_at_once(request: str, situation: Situation) -> str:
    """What is said of a request that only asks for a meaning, for help or greets; empty for any other."""
    bare = " ".join(request.split()).strip(" ?!.~").casefold()
    if re.fullmatch(_THANKS, bare):
        return "You're welcome."
    if re.fullmatch(_HELLO, bare):
        return f"Hello. Say what you want to know or do. {example(situation)}"
    if re.fullmatch(_CAN, bare):
        return f"{ABLE} {example(situation)}"
    held = {
        name.casefold() for table in situation.tables for name in (table.name, *(one.name for one in table.columns))
    }
    ways = [(pattern, True) for pattern in (*_DIFFERENCES, *_MEANINGS)] + [(pattern, False) for pattern in _EXPLAINED]
    matches = ((re.fullmatch(pattern, bare), things) for pattern, things in ways)
    return next(
        filter(None, (_meanings(found.groups(), held, things=things) for found, things in matches if found)), ""
    )


def _meanings(named: Sequence[str], held: set[str], *, things: bool) -> str:
    """What each of some terms means; empty where one is none, or a name in the data."""
    known = terms()
    found = [known.get(said) or known.get(said.removesuffix("s")) for said in named]
    if held & set(named) or not all(term and (things or not term.thing) for term in found):
        return ""
    return "\n".join(term.means for term in found if term)


@cache
def terms() -> Mapping[str, Term]:
    """The terms by each of their names."""
    import yaml

    told = yaml.safe_load(Path(__file__).with_name("terms.yaml").read_text(encoding="utf-8"))
    made = {name: Term.model_validate(entry) for name, entry in told.items()}
    return {spelt: term for name, term in made.items() for spelt in (name, *term.also)}


def example(situation: Situation) -> str:
    """What could be said of the data at hand."""
    table = next(iter(situation.tables), None)
    if table is None:
        return "Add a file first, such as a CSV or an Excel sheet."
    return f"For example: {listed(_examples(table))}."


def _examples(table: Table) -> list[str]:
    numbers = [one.name for one in table.columns if one.is_number and len(one.values) != 2]
    groups = [one.name for one in table.columns if one.type == "text" and one.values]
    asked = [f"average {numbers[-1]} by {groups[0]}"] if numbers and groups else []
    return [
        f"'{said}'"
        for said in ("what is in this data", *asked, "check the quality", f"predict {table.columns[-1].name}")
    ]
