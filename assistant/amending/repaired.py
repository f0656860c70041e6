"""A table repaired as a whole, where the request asks for that in other words than a small model knows.

Read as such is only what holds nothing else: any word of a column, of one kind of problem or of another task leaves the
plan as it is. Whoever asks whether there is anything to mend is told so, and nothing changes.
"""

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from assistant.amending.step import mended, table_of
from assistant.context import Situation, Table
from assistant.named import stands, whole
from assistant.said import is_option_said

if TYPE_CHECKING:
    from assistant.plan import Step

_MENDS = re.compile(
    r"\b(?:clean(?:up|ing|s|ed)?|tid(?:y|ying|ied)|fix(?:es|ing|ed)?|repair(?:ing|s)?|mend(?:ing)?|resolv\w+|solv\w+|correct|take care"
    r"|sort (?:\w+ ){1,3}?out|straighten|(?:get rid|deal with) [\w' ]*?(?:problem|issue|error|mistake|mess|wrong)\w*)\b"
    r"|(?:정리|정제|클리닝|클렌징|청소|수정|해결|처리|전처리|보정|교정|고쳐|고치|손봐|손질)|(?:깨끗|깔끔|말끔)\S* (?:만들어|해)",
    re.IGNORECASE,
)
_WHOLE = re.compile(
    r"\b(?:data\w*|table|file|sheet|spreadsheet|problems?|issues?|errors?|mistakes?|mess\w*|everything|anything|whatever|wrong|all)\b"
    r"|데이터|자료|테이블|표|파일|문제|오류|에러|이상한|잘못된|지저분|엉망|알아서|전처리|전부|모두",
    re.IGNORECASE,
)
_EN_WORDS = (
    "please pls can could would you will i d ll m we want need to my our the this that these those a an all any "
    "anything every everything whatever whole entire of in with for from about me us it its them they up out off "
    "and then just so is are was were s wrong broken dirty messy mess bad unclean data dataset set table file "
    "sheet spreadsheet problem problems issue issues error errors mistake mistakes find look check detect "
    "identify search spot fix fixes fixing fixed repair repairs repairing repaired mend mending clean cleaning "
    "cleans cleaned cleanup tidy tidying tidied sort resolve resolving solve solving correct take care get rid "
    "deal straighten yourself automatically best fit see seem seems necessary needed needs which what as go ahead "
    "do there here re ready use quality properly nice nicely overall now first some let have has been be make "
    "sure"
)
_EN = frozenset(_EN_WORDS.split())
_P = "(?:을|를|이|가|은|는|에|의|도|들|들을|들이|에서|에는|만|부터)?"
_KO = re.compile(
    r"이|그|저|이런|제|내|우리|여기|지금|좀|한번|먼저|전부|모두|다|싹|전체|전체적으로|알아서|자동으로|스스로|네가|니가|그냥|제대로|최대한|필요한"
    rf"|(?:데이터|데이터셋|데이터세트|자료|테이블|표|파일|문제|문제점|오류|에러|품질|부분|곳|것|점){_P}|거|걸|게"
    r"|이상한|잘못된|지저분한|지저분해|지저분하니까?|더러운|엉망인|엉망이니까?|엉망이야|틀린|있는|있을|있으면|있다면|되는|될|만한|보이는"
    r"|깨끗하게|깨끗이|깔끔하게|깔끔히|말끔하게|찾아|찾아서|찾고|찾아내서|확인해서|확인하고|점검해서|점검하고|검사해서|검사하고"
    r"|(?:정리|정제|클리닝|클렌징|청소|수정|해결|처리|전처리|보정|교정)\S{0,5}|(?:고쳐|고치|손봐|손질)\S{0,4}|만들어\S{0,3}|해|해줘\S?|해주세요|줘\S?|주세요|줄래\S?"
)
_ASKS = re.compile(
    r"^\W*(?:and |so )?(?:what|which|is|are|was|were|does|do|has|have|where|how)\b|(?:있어|있나|있나요|있니|있을까|뭐야|뭐지|인가요)\W*$",
    re.IGNORECASE,
)
_LOOSE_TOOLS = ("check_quality", "quality_report", "describe_data")
"""What tells of problems without mending them."""


def repaired(steps: Sequence["Step"], situation: Situation, request: str) -> list["Step"]:
    """One repair of all problems where the request asks for that alone; a look where it only asks whether there are any."""
    table = (table_of(steps[0], situation) if steps else None) or next(iter(situation.tables), None)
    if not steps or table is None or not _is_whole(request, situation.tables):
        return list(steps)
    table = next((one for one in situation.tables if stands(_spoken(one), request.replace("_", " "))), table)
    wanted = "check_quality" if _ASKS.search(request) else "fix_issues"
    if steps[0].tool == wanted or (wanted == "check_quality" and steps[0].tool in _LOOSE_TOOLS):
        return list(steps)
    asked = "problems are asked for, so the data stay as they are."
    why = asked if wanted == "check_quality" else "all that is wrong with the table is to be repaired."
    return [mended(steps[0], why, wanted, {"dataset": table.name})]


def _is_whole(request: str, tables: Sequence[Table]) -> bool:
    """Whether a request speaks of mending, of a table, and of nothing else."""
    said = request.replace("_", " ").casefold()
    for table in tables:
        said = re.sub(whole(_spoken(table)), " ", said)
    words = re.findall(r"[a-z]+|[가-힣]+|\d+", said)
    known = all(word in _EN if word.isascii() else _KO.fullmatch(word) for word in words)
    return known and _WHOLE.search(request) is not None and _MENDS.search(request) is not None


def _spoken(table: Table) -> str:
    """A table's name as it is said: new orders of new_orders."""
    return table.name.replace("_", " ").casefold()


def untargeted(steps: Sequence["Step"], situation: Situation, request: str) -> list["Step"]:
    """Looks for problems and repairs without a column to predict that nobody spoke of."""
    return [_untargeted(step, request) for step in steps]


def _untargeted(step: "Step", request: str) -> "Step":
    target = str(step.arguments.get("target", ""))
    if step.tool not in ("check_quality", "fix_issues") or not target:
        return step
    if is_option_said("target", request) or stands(target, request) or stands(target.replace("_", " "), request):
        return step
    return step.model_copy(update={"arguments": {n: v for n, v in step.arguments.items() if n != "target"}})
