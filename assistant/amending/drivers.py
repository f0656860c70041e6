"""What drives a column, what one column adds, and whether one moves with another, as requests ask for it."""

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from assistant.amending.foreseen import DRAWN, asked, outcome_of, spoken_of
from assistant.amending.step import mended, table_behind, table_meant
from assistant.context import Situation
from assistant.named import others_named

if TYPE_CHECKING:
    from assistant.plan import Step

_DRIVES = re.compile(
    r"\bwhat (?:really |mainly |mostly )?(?:drives?|causes?|influences?|affects?|determines?|decides?|leads? to|explains?|predicts?)\b"
    r"|\b(?:which|what) (?:\w+ )?(?:factors?|drivers?|columns?|variables?|features?|things?)\b[^.?]*\b(?:drive|cause|influence|affect|determine|decide|lead|explain|predict|matter)\w*"
    r"|\b(?:main |biggest |key |top |most important )?(?:drivers?|causes?|reasons?) (?:of|for|behind)\b"
    r"|원인(?! ?별)|요인(?! ?별)|(?:무엇|뭐|뭣|어떤 \S+)(?:이|가|을|를)? ?(?:[^.?]{0,12})(?:영향|좌우|결정)|영향을 (?:주|미치|끼치)",
    re.IGNORECASE,
)
_WHY = re.compile(r"\bwhy (?:do|are)\b(?! (?:we|you|i)\b)|왜\b", re.IGNORECASE)
_CAUSES = re.compile(r"reason|cause|factor|driver|원인|사유|이유|요인", re.IGNORECASE)
_INFLUENCES = re.compile(
    r"\bwhat happens (?:to|with)\b|\b(?:influenc\w*|affect\w*|impact\w*|depends? on|has an effect|have an effect|effect of|makes? a difference|how much (?:more |less )?(?:do|does|is|are|will)\b[^?]*\b(?:add|raise|lower|contribute|change)(?: to\b)?)\b|영향|상관|관계가 있|따라 달라",
    re.IGNORECASE,
)
_MATTERS = re.compile(
    r"\b(?:is|are|was|how) (?:the )?[\w ]{0,40}?\b(?:important|relevant|decisive)\b|\b(?:does|do|did|how much does) (?:the )?[\w ]{0,40}?\b(?:matter|count|contribute|play a (?:part|role)|influence|affect|impact|have an? (?:effect|influence|impact))\b"
    r"|(?:얼마나 |많이 )?(?:중요(?:해|한가|하|할)|영향(?:이|은|을)? ?(?:있|없|커|큰|크|미|주|줘|얼마))",
    re.IGNORECASE,
)
"""Words of how much one column tells."""
_TELLS = ("query_data", "describe_data", "preview_data", "add_formula", "make_chart")
_DRAWN_CHART = re.compile(r"chart|plot|graph|draw|차트|그래프|그려", re.IGNORECASE)


def driven(steps: Sequence["Step"], situation: Situation, request: str) -> list["Step"]:
    """`what drives churn?` is told by a model of it, which is built where there is none yet."""
    found = asked(steps, situation)
    if found is None or not (_DRIVES.search(request) or _WHY.search(request)):
        return list(steps)
    step, table = found
    target = outcome_of(table, request)
    if target is None and _DRIVES.search(request):
        target = spoken_of(
            [column for column in table.columns if column.is_number and len(column.values) != 2], request
        )
    if target is None or any(_CAUSES.search(column.name) for column in table.columns):
        return list(steps)
    why = f"what drives {target.name} is told by a model of it."
    explain = mended(step, why, "explain_model", {})
    return [mended(step, why, "train_model", {"dataset": table.name, "target": target.name}), explain]


_PREVENTS = re.compile(
    r"\b(?:how (?:can|do|could|should) (?:we|i)|what (?:can|could|should|must) (?:we|i) do)\b[^?.]*\b(?:prevent|reduce|lower|avoid|stop|keep|retain|cut|raise|increase|improve)\b"
    r"|(?:지 ?(?:않게|않도록|못하게) ?하|안 ?[가-힣]+게 ?하|막|줄이|낮추|방지하|예방하|높이|늘리|올리)(?:으?려면|려고 하면|기 위해서?|려면 우리가)[^?.]*(?:뭘|무엇|뭐|무슨|어떻게|어떤|어디)"
    r"|(?:막|줄이|낮추|방지하|예방하|높이|늘리|[가-힣]지 ?않게 ?하)(?:는|을|ㄹ) ?(?:방법|수 있는 방법|방안|비결)|(?:방지|감소|예방) ?(?:대책|방안|방법)",
    re.IGNORECASE,
)
"""What is to be done about something, which no row tells: what drives it does."""


def prevented(steps: Sequence["Step"], situation: Situation, request: str) -> list["Step"]:
    """`회원이 해지하지 않게 하려면 뭘 해야 해?`: what drives it, from a model of it, which is built where there is none yet."""
    step = steps[0] if len(steps) == 1 else None
    if step is None or not _PREVENTS.search(request) or step.tool not in (*_TELLS, "check_quality"):
        return list(steps)
    table, model = table_meant(step, situation), next((one for one in situation.models if not one.ahead), None)
    if table is None:
        return list(steps)
    numbers = [column for column in table.columns if column.is_number and len(column.values) != 2]
    target = outcome_of(table, request) or spoken_of(numbers, request)
    if target is None or (model and model.target != target.name):
        return list(steps)
    why = f"what can be done about {target.name} is told by what drives it."
    explain = mended(step, why, "explain_model", {})
    train = mended(step, why, "train_model", {"dataset": table.name, "target": target.name})
    return [explain] if model else [train, explain]


def influenced(steps: Sequence["Step"], situation: Situation, request: str) -> list["Step"]:
    """`does the price influence how many loaves we sell?` is a correlation of the two columns that are named."""
    step = steps[0] if len(steps) == 1 and steps[0].tool in _TELLS else None
    told = _INFLUENCES.search(request) and not DRAWN.search(request)
    table = table_meant(step, situation) if step and told else None
    said = others_named(request, table, "") if table else []
    named = [column for column in table.columns if column.name in said] if table else []
    if step is None or table is None or len(named) != 2 or any(column.is_time for column in named):
        return list(steps)
    numbers = [column.name for column in named if column.is_number and len(column.values) != 2]
    groups = [
        column.name for column in named if (column.values or column.type == "boolean") and column.name not in numbers
    ]
    if len(numbers) == 2:
        arguments: dict[str, Any] = {"dataset": table.name, "columns": numbers}
        return [mended(step, "whether one moves with the other is asked.", "correlate", arguments)]
    if groups and len(numbers) + len(groups) == 2:
        what = (numbers or groups[1:])[0]
        arguments = {"dataset": table.name, "column": what, "by": groups[0]}
        return [mended(step, "whether the groups differ by more than chance is asked.", "compare_groups", arguments)]
    return list(steps)


def weighed(steps: Sequence["Step"], situation: Situation, request: str) -> list["Step"]:
    """`is the education important?` is told of that column, where a model reads it."""
    step, model = (steps[0] if len(steps) == 1 else None), next(iter(situation.models), None)
    if step is None or model is None or model.ahead or step.tool not in (*_TELLS, "explain_model", "correlate"):
        return list(steps)
    table = table_behind(model, situation)
    named = others_named(request, table, model.target) if table else []
    told = _MATTERS.search(request) and not _DRIVES.search(request) and not _DRAWN_CHART.search(request)
    explains = step.tool == "explain_model"
    kept = {name: value for name, value in step.arguments.items() if name == "model"} if explains else {}
    if told and len(named) == 1:
        kept["column"] = named[0]
    elif not explains:
        return list(steps)
    if explains and step.arguments == kept:
        return list(steps)
    why = f"what {kept['column']} adds to the model is asked." if "column" in kept else "no one column is asked about."
    return [mended(step, why, "explain_model", kept)]
