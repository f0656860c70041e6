"""Steps of a kind that the request can't mean: a table made where one is asked for, columns dropped for rows.

A model is trained where an existing one should predict, or not used on the rows it was trained for.
"""

import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from assistant.amending.step import mended, table_of
from assistant.context import ColumnFact, ModelFact, Situation, Table
from assistant.named import columns_named, stands, texts
from tools.relations import identifier_if_needed
from tools.words import literal

if TYPE_CHECKING:
    from assistant.plan import Step

MAKES = re.compile(
    r"\b(?:mak|creat|turn|convert|transform|reshap|pivot|collaps|replac|keep|sav|stor|new|into|remov|delet|drop|fill|renam|clean"
    r"|merg|join|add|append|aggregate|dedup|distinct|instead|as a table|one row|each row|per row|a (?:\w+ )?(?:table|dataset) (?:of|with|by))"
    r"|만들|바꿔|바꾸|변환|변경|저장|남겨|남기|표로|테이블로|데이터셋|한 줄|한 행|제거|삭제|지워|없애|빼|채워|합쳐|합치|붙여|추가|집계해|새로",
    re.IGNORECASE,
)
"""Words of a table to be made: without one, totals are asked for and the rows stay."""
BUILDS = re.compile(
    r"\btrain|\bbuild|\bmake\b|\bfit\b|\bmodel (?:for|on|of)\b|\b(?:a|another|new) (?:\w+ )?model|\bquick|학습|만들|훈련|새 모델",
    re.IGNORECASE,
)
USES = re.compile(
    r"predict|\bscor|\bappl(?:y|ied)|\buse (?:it|that|this|the model)|\brun (?:it|that|the model)|forecast|classif|estimat|예측|적용|점수|돌려",
    re.IGNORECASE,
)
REST = re.compile(
    r"\brest\b|\bothers?\b|everything else|everyone else|anything else|anyone else|all else|\bonly (?:need|want|keep|the)|나머지|만 (?:필요|남기|남겨|있으면)|그 외|그외|이외|다른 건|다른 것",
    re.IGNORECASE,
)
COLUMN = re.compile(
    r"\bcolumns?\b|\bfields?\b|\bvariables?\b|\bfeatures?\b|컬럼|칼럼|(?<![가-힣])열(?![가-힣])|변수|항목",
    re.IGNORECASE,
)


BELOW = re.compile(
    r"\b(?:along|by|on) (?:the )?(?:rows?|axis 0)\b|\bvertical\w*|\brow-?wise\b|\bbelow (?:each|one an)other\b|\bone below\b|\bstack|세로로|아래로|위아래로",
    re.IGNORECASE,
)
"""Words of two tables one below the other."""


KEYED = re.compile(
    r"\b(?:on|by|along|using|where|equals?|keys?|match\w*|same|side by side|columns?)\b|=|기준|같은|키|컬럼|열",
    re.IGNORECASE,
)
"""Words of a key that two tables are joined by."""


def stacked(steps: Sequence["Step"], situation: Situation, request: str) -> list["Step"]:
    """Tables joined along their rows are put one below the other, and so are tables of the same columns without a key."""
    if len(steps) != 1 or steps[0].tool != "join_datasets":
        return list(steps)
    if not BELOW.search(request) and (KEYED.search(request) or not _same_columns(steps[0], situation)):
        return list(steps)
    given: dict[str, Any] = {name: steps[0].arguments.get(name) for name in ("dataset", "other")}
    return [
        mended(steps[0], "the rows are put one below the other, as the request says.", "concatenate_datasets", given)
    ]


def _same_columns(step: "Step", situation: Situation) -> bool:
    """Whether the two tables of a join have the same columns, three or more."""
    one, other = (situation.table(str(step.arguments.get(name, ""))) for name in ("dataset", "other"))
    if one is None or other is None or one is other or len(one.columns) < 3:
        return False
    return {column.name.casefold() for column in one.columns} == {column.name.casefold() for column in other.columns}


def asked(steps: Sequence["Step"], situation: Situation, request: str) -> list["Step"]:
    """Totals that are asked for, not made into the dataset: the last step becomes a query."""
    last = steps[-1] if steps else None
    if last is None or MAKES.search(request):
        return list(steps)
    sql = _totals(last.arguments) if last.tool == "aggregate" else ""
    if last.tool == "transform_with_sql" and _sums_up(last.arguments["sql"]):
        sql = last.arguments["sql"]
    why = "totals are asked for, so the data stay as they are."
    return [*steps[:-1], mended(last, why, "query_data", {"sql": sql})] if sql else list(steps)


def _totals(arguments: Mapping[str, Any]) -> str:
    """The SELECT that an aggregation is."""
    keys = [identifier_if_needed(name) for name in arguments["group_by"]]
    measures = [_measure(one["function"], one.get("column")) for one in arguments["measures"]]
    by = f" GROUP BY {', '.join(keys)} ORDER BY {', '.join(keys)}" if keys else ""
    return f"SELECT {', '.join([*keys, *measures])} FROM {identifier_if_needed(arguments['dataset'])}{by}"


def _measure(function: str, column: str | None) -> str:
    name = identifier_if_needed(column) if column else "*"
    return (
        f"count(DISTINCT {name})"
        if function == "count_distinct"
        else f"{'avg' if function == 'mean' else function}({name})"
    )


def _sums_up(sql: str) -> bool:
    """Whether the rows of a SELECT are groups or totals."""
    from sqlglot import exp, parse_one
    from sqlglot.errors import SqlglotError

    try:
        tree = parse_one(sql, read="duckdb")
    except (SqlglotError, RecursionError):
        return False
    if not isinstance(tree, exp.Select):
        return False
    found = (call for entry in tree.expressions for call in entry.find_all(exp.AggFunc))
    return tree.args.get("group") is not None or any(
        call.find_ancestor(exp.Window, exp.Subquery) is None for call in found
    )


def used(steps: Sequence["Step"], situation: Situation, request: str) -> list["Step"]:
    """A model used on the dataset that the request names: after its training, or in the place of another one."""
    if len(steps) == 1 and (meant := _of_target(steps[0], situation)) is not steps[0]:
        return [meant]
    trains = [step for step in steps if step.tool == "train_model"]
    if len(trains) != 1 or any(step.tool in ("predict_dataset", "predict_row") for step in steps):
        return list(steps)
    train, own = trains[0], table_of(trains[0], situation)
    if own is None:
        return list(steps)
    if not BUILDS.search(request) and (fit := _model_for(situation, request)):
        model, table = fit
        arguments = {"dataset": table.name, "model": model.name}
        why = f"{model.name} predicts {model.target} already, so {table.name} is predicted with it."
        return [mended(train, why, "predict_dataset", arguments) if step is train else step for step in steps]
    target = str(train.arguments.get("target", ""))
    new = [table for table in _others(own, situation, request) if target not in {c.name for c in table.columns}]
    if not USES.search(request) or len(new) != 1 or not _alike(own, new[0]) or steps[-1] is not train:
        return list(steps)
    why = f"the request names {new[0].name} to be predicted too."
    return [*steps, mended(train, why, "predict_dataset", {"dataset": new[0].name})]


def _of_target(step: "Step", situation: Situation) -> "Step":
    """A change of a column that a table lacks and one model alone predicts is a prediction of its rows."""
    table = table_of(step, situation)
    columns = {column.name for column in table.columns} if table else set()
    named = [*step.arguments.get("columns", []), step.arguments.get("column"), step.arguments.get("name")]
    fits = [
        m for m in situation.models if not m.ahead and m.target in named and {f.name for f in m.features} <= columns
    ]
    if table is None or len(fits) != 1 or fits[0].target in columns or step.tool == "train_model":
        return step
    why = f"{fits[0].name} predicts {fits[0].target}, which {table.name} lacks."
    return mended(step, why, "predict_dataset", {"dataset": table.name, "model": fits[0].name})


def _others(own: Table, situation: Situation, request: str) -> list[Table]:
    """The other tables that the request names."""
    return [table for table in situation.tables if table is not own and stands(table.name, request)]


def _alike(own: Table, other: Table) -> bool:
    """Whether most of a table's columns are those of the table that a model learns from."""
    known = {column.name for column in own.columns}
    return sum(column.name in known for column in other.columns) * 2 > len(other.columns)


def _model_for(situation: Situation, request: str) -> tuple[ModelFact, Table] | None:
    """The one model that fits a named table without its target; another target must not be named."""
    named = [table for table in situation.tables if stands(table.name, request)]
    found = [
        (model, table)
        for model in situation.models
        for table in named
        if not model.ahead
        and model.target not in {column.name for column in table.columns}
        and {feature.name for feature in model.features} <= {column.name for column in table.columns}
        and not any(stands(column.name, _without(table.name, request)) for column in table.columns)
    ]
    return found[0] if len(found) == 1 else None


def _without(name: str, request: str) -> str:
    return re.sub(re.escape(name), " ", request, flags=re.IGNORECASE)


def kept(steps: Sequence["Step"], situation: Situation, request: str) -> list["Step"]:
    """Rows with a named value kept, where columns were dropped that nobody named."""
    if not REST.search(request) or COLUMN.search(request):
        return list(steps)
    return [_kept(step, situation, request) for step in steps]


def _kept(step: "Step", situation: Situation, request: str) -> "Step":
    table = table_of(step, situation)
    if table is None or step.tool not in ("drop_columns", "keep_columns"):
        return step
    named = columns_named(request, table)
    held = [(column, values) for column in table.columns if (values := _values_named(column, request))]
    held = [pair for pair in held if pair[0] in named] or held
    if len(held) != 1:
        return step
    column, values = held[0]
    if any(stands(name, request) for name in step.arguments["columns"] if name != column.name):
        return step
    name, listed = identifier_if_needed(column.name), ", ".join(literal(value) for value in values)
    condition = f"{name} = {listed}" if len(values) == 1 else f"{name} IN ({listed})"
    arguments = {"dataset": table.name, "condition": condition, "action": "keep"}
    return mended(step, f"no column to drop is named, but rows to keep: {condition}.", "filter_rows", arguments)


def _values_named(column: ColumnFact, request: str) -> list[str]:
    """The texts of a column of few values that the request names."""
    values = [str(value) for value in texts(column) if column.values] if column.type == "text" else []
    return [value for value in values if len(value.strip()) > 1 and stands(value.strip(), request)]
