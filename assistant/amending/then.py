"""A few words about what was just done: `why so low?` of the case that was predicted, `use the second best` of the candidates."""

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from assistant.amending.same_case import case_of, reads_text
from assistant.amending.step import mended
from assistant.context import Situation
from tools.modelling.seen import SECOND

if TYPE_CHECKING:
    from assistant.plan import Step

_WHY = re.compile(
    r"\W*(?:and |but |ok(?:ay)?,? )?(?:why|how come|how so)(?: (?:is|was|so|that|it|this|such|a|an|the|very|high|low|much|little|sure|certain|uncertain|yes|no|answer|prediction|probability|number|value|chance|risk))*\W*"
    r"|\W*(?:근데 |그런데 )?왜 ?(?:그래|그런|그렇|이래|이렇게|그렇게|이리|그리)?\S*(?: ?(?:낮|높|많|적|크|작)\S*)?\W*|\W*이유(?:가|는)? ?(?:뭐\S*)?\W*",
    re.IGNORECASE,
)
_TAKES = re.compile(
    rf"\b(?:use|take|switch to|try|go with|choose|make|pick)\b[^.?!]{{0,20}}?\b(?P<en>{SECOND})|(?P<ko>두 ?번째로? ?좋은(?: ?(?:모델|후보|거|것))?|2등(?: ?(?:모델|후보))?)\S* ?(?:써|사용|바꿔|쓰|해)",
    re.IGNORECASE,
)


def then(steps: Sequence["Step"], situation: Situation, request: str) -> list["Step"]:
    """Why the case of the turn before was predicted so; the second of the leaderboard as the default."""
    model = next(iter(situation.models), None)
    if not steps or model is None or model.ahead:
        return list(steps)
    if _TAKES.search(request):
        return [mended(steps[0], "the candidate that is named.", "set_default_candidate", {"candidate": "second best"})]
    last = situation.turns[-1].steps if situation.turns else ()
    cases = list(filter(None, map(case_of, last)))
    if not cases or not _WHY.fullmatch(request):
        return list(steps)
    if reads_text(model) and cases[-1].get("values"):
        text = str(cases[-1]["values"][0]["value"])
        return [mended(steps[0], "the words of that text tell why.", "highlight_words", {"text": text})]
    return [mended(steps[0], "it is asked of the case before.", "explain_row", cases[-1])]
