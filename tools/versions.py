"""Models as things: their versions and what changed between them, several on the same rows, other names, deletion."""

from itertools import pairwise

from automl.card import Card
from automl.names import metric_name
from automl.paired import Paired
from tools.dataset import Version
from tools.modelling.duel import duel
from tools.modelling.lineup import LOWER_IS_BETTER, several
from tools.modelling.models import find_model, model_cards
from tools.modelling.words import main_score, number, percent
from tools.moment import told_at
from tools.scheduling.store import schedules_of
from tools.tool import DatasetName, Job, ModelName, Outcome, TableData, ToolError, tool
from tools.words import listed, snake_case
from tools.workspace import TRASH, Workspace

_MODEL = r"(?:\bmodels?\b|모델)"


@tool(
    effect="read",
    group="model",
    title="Show the versions of {model}",
    asked_by=r"\bversions? of\b[^.]*\bmodel|\bmodel(?:'s|s)? (?:versions?|history|lineage)\b|모델\S* ?(?:의 )?(?:버전|이력|변천)",
)
def model_versions(job: Job, model: ModelName | None = None) -> Outcome:
    """Show the versions of a model, built again and again: rows, columns, settings and score of each, and what changed.

    Args:
        model: Any version of the model; the newest one when left out.
    """
    family = find_model(job.workspace, model).family
    cards = sorted(
        (card for card in model_cards(job.workspace) if card.family == family), key=lambda card: card.lineage.version
    )
    rows = [_line(card) for card in cards]
    columns = ["version", "model", "trained on", "rows", "columns", "build", "metric", "score", "from", "to", "made"]
    said = [f"{family} has {len(cards)} version{'s' if len(cards) > 1 else ''}."]
    said += [changed(one, other) for one, other in pairwise(cards)]
    return Outcome(
        text=" ".join(said),
        table=TableData(columns=columns, rows=rows, row_count=len(rows)),
        values={"family": family, "models": [card.name for card in cards]},
    )


def _line(card: Card) -> list[object]:
    name, score = main_score(card)
    low, high = card.scores.intervals.get(name, (None, None))
    facts = [card.lineage.version, card.name, card.dataset, card.trained_rows, len(card.model_columns), card.build]
    return [*facts, name, score, low, high, told_at(card.created)]


def changed(before: Card, after: Card) -> str:
    """`churn_left_2 against churn_left: 320 -> 400 rows, without City, AUC 0.91 -> 0.93.`"""
    words = []
    if before.dataset != after.dataset:
        words.append(f"{before.dataset} -> {after.dataset}")
    if before.trained_rows != after.trained_rows:
        words.append(f"{before.trained_rows:,} -> {after.trained_rows:,} rows")
    gone, new = (
        [n for n in a.model_columns if n not in b.model_columns] for a, b in ((before, after), (after, before))
    )
    words += [f"with {listed(new)}"] if new else []
    words += [f"without {listed(gone)}"] if gone else []
    if before.build != after.build:
        words.append(f"{before.build} -> {after.build} build")
    if before.best != after.best:
        words.append(f"{before.called()} -> {after.called()}")
    (name, was), (_, now) = main_score(before), main_score(after)
    words.append(
        f"{metric_name(name)} {number(was)} -> {number(now)}{_interval(after, name)}, each on its own test rows"
    )
    return f"{after.name} against {before.name}: {', '.join(words)}."


def _interval(card: Card, name: str) -> str:
    if name not in card.scores.intervals:
        return ""
    low, high = card.scores.intervals[name]
    return f" ({number(low)} to {number(high)})"


@tool(
    effect="read",
    group="model",
    title="Compare {models}",
    asked_by=rf"compar\w*[^.]*{_MODEL}|{_MODEL}[^.]*(?:compar|비교)|which (?:of the )?(?:two )?(?:model|version)s? is better|better model"
    r"|비교[^.]*모델|(?:어느|어떤|무슨) 모델",
    more={"dataset": r"\bon\b|\bdata\w*|\brows of\b|\bfile\b|데이터|파일|에서"},
)
def compare_models(job: Job, models: list[ModelName] | None = None, dataset: DatasetName | None = None) -> Outcome:
    """Compare two or more models on the same rows, which none was built on, and say whether a difference is more than chance.

    Args:
        models: The models; all that predict what the newest does when left out.
        dataset: A dataset with known answers to compare them on; left out, rows that none was built on are found.
    """
    cards, others = _contenders(job.workspace, models)
    version = job.workspace.version(dataset) if dataset else None
    if len(cards) > 2:
        return several(job, cards, version, others)
    return _two(job, cards[0], cards[1], version, others)


def _contenders(workspace: Workspace, names: list[str] | None) -> tuple[list[Card], str]:
    """The models that are compared, and what is said of those that predict something else. Raises ToolError for one."""
    known = model_cards(workspace)
    if names:
        cards = list({card.name: card for card in (find_model(workspace, name) for name in names)}.values())
        if len(cards) == 1:
            others = [card.name for card in known if card.name != cards[0].name]
            raise ToolError(
                f"'{cards[0].name}' is one model. Name another one beside it: {listed(others) or 'there is none yet'}."
            )
        return cards, ""
    alike: dict[tuple[str, str], list[Card]] = {}
    for card in known:
        if not card.forecast:
            alike.setdefault((card.target, card.problem.kind), []).append(card)
    cards = max(alike.values(), key=len, default=[])
    if len(cards) < 2:
        raise ToolError(
            f"No two models of rows predict the same thing, so none can be compared: {listed([card.name for card in known]) or 'there is no model yet'}."
            " Build another one of the same target; list_models shows the score of each."
        )
    left = [card.name for card in known if card not in cards]
    told = f" Left out, as they predict something else: {listed(left)}." if left else ""
    return list(reversed(cards)), told


def _two(job: Job, one: Card, other: Card, version: Version | None, others: str) -> Outcome:
    """Two models, every measure of both and how far they are apart."""
    paired, where = duel(job.workspace, one, other, version, job.seed)
    metric = main_score(one)[0]
    if metric not in paired.differences:  # all answers are of one class, so that there is nothing to rank
        metric = "accuracy"
    rows = [
        [*(name, *(round(value, 4) for value in _numbers(paired, name))), _verdict(paired, name)]
        for name in paired.differences
    ]
    columns = ["metric", one.name, other.name, "difference from", "to", "verdict"]
    return Outcome(
        text=_told(one, other, paired, metric, where) + others,
        table=TableData(columns=columns, rows=rows, row_count=len(rows)),
        metrics={f"{one.name}_{metric}": paired.first[metric], f"{other.name}_{metric}": paired.second[metric]},
        values={
            "models": [one.name, other.name],
            "rows": paired.rows,
            "metric": metric,
            "conclusive": paired.sure(metric),
        }
        | {"better": _better(one, other, paired, metric) if paired.sure(metric) else None},
    )


def _numbers(paired: Paired, name: str) -> tuple[float, ...]:
    return (paired.first[name], paired.second[name], *paired.differences[name])


def _verdict(paired: Paired, name: str) -> str:
    if not paired.sure(name):
        return "may be chance"
    return "second better" if (paired.differences[name][0] > 0) != (name in LOWER_IS_BETTER) else "first better"


def _better(one: Card, other: Card, paired: Paired, metric: str) -> str:
    return other.name if _verdict(paired, metric) == "second better" else one.name


def _told(one: Card, other: Card, paired: Paired, metric: str, where: str) -> str:
    low, high = paired.differences[metric]
    first, second = _words(one, paired.first), _words(other, paired.second)
    sure = (
        f"{_better(one, other, paired, metric)} is better by more than chance"
        if paired.sure(metric)
        else "Neither is better by more than chance: more rows would be needed to tell"
    )
    return (
        f"On {paired.rows:,} rows {where}: '{one.name}' {first}, '{other.name}' {second}. {sure} ({metric_name(metric)}"
        f" {number(paired.first[metric])} and {number(paired.second[metric])}; 95 % interval of the difference"
        f" {number(low)} to {number(high)})."
    )


def _words(card: Card, metrics: dict[str, float]) -> str:
    if card.problem.kind == "regression":
        return f"is off by {number(metrics['mae'])} on average"
    return f"is right for {percent(metrics['accuracy'])}"


@tool(
    effect="derive",
    group="model",
    title="Rename the model {model} to {name}",
    asked_by=rf"(?:\brenam\w*|\bcall\b|\bname\b)[^.]*{_MODEL}|{_MODEL}\S*[^.]*\brename|{_MODEL}\S* ?(?:의 )?이름",
)
def rename_model(job: Job, model: ModelName, name: str) -> Outcome:
    """Give a model another name. Undo gives the old one back.

    Args:
        model: The model.
        name: Its new name.
    """
    card, wanted = find_model(job.workspace, model), snake_case(name)
    if not any(letter.isalnum() for letter in name):
        raise ToolError(f"A model's name needs a letter or a digit, but got '{name}'.")
    if any(one.name == wanted for one in model_cards(job.workspace)):
        raise ToolError(f"There is a model '{wanted}' already. Choose another name for '{card.name}'.")
    used = schedules_of(job.workspace, card)
    job.workspace.move_model(card.name, wanted, run=job.run)
    return Outcome(
        text=f"The model '{card.name}' is called '{wanted}' now.{f' Its schedules go on with it: {listed(used)}.' if used else ''}",
        values={"model": wanted, "was": card.name, "schedules": used},
    )


@tool(
    effect="derive",
    group="model",
    title="Delete the model {model}",
    asked_by=rf"\b(?:delete|remove|drop|discard|throw away|get rid of)\b[^.]*{_MODEL}|{_MODEL}\S*[^.]*(?:삭제|지워|없애|제거)",
)
def delete_model(job: Job, model: ModelName) -> Outcome:
    """Delete a model. Undo brings it back.

    Args:
        model: The model.
    """
    card, place = find_model(job.workspace, model), 1
    used = schedules_of(job.workspace, card)
    while (job.workspace.models / TRASH / f"{card.name}~{place}").exists():
        place += 1
    job.workspace.move_model(card.name, f"{TRASH}/{card.name}~{place}", run=job.run)
    left = [one.name for one in model_cards(job.workspace)]
    waits = f" Schedules that predict with it fail until it is back or another model is given: {listed(used)}."
    return Outcome(
        text=f"Deleted the model '{card.name}'; undo brings it back. Models left: {listed(left) or 'none'}."
        + (waits if used else ""),
        values={"model": card.name, "left": left, "schedules": used},
    )
