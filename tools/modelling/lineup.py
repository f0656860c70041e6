"""Three or more models side by side: a row for each, the best first, and whether it is better by more than chance."""

from collections.abc import Sequence
from typing import Any

from automl.card import Card
from automl.paired import Ranked, rank
from tools.dataset import Version
from tools.modelling.duel import TooFewRows, line_up
from tools.modelling.words import main_score, number, score_name
from tools.tool import Job, Outcome, TableData
from tools.words import listed

LOWER_IS_BETTER = ("rmse", "mae", "mse", "mape", "log_loss", "mase", "wape", "wql")
SHOWN = ("accuracy", "balanced_accuracy", "precision", "recall", "f1", "macro_f1", "log_loss", "rmse", "mae", "r2")
"""The measures beside the main one, where the models have them."""
MOST_SHOWN = 4


def several(job: Job, cards: Sequence[Card], version: Version | None, others: str) -> Outcome:
    """The models on the same rows; each on its own where they share too few that none was built on."""
    try:
        found = line_up(job.workspace, cards, version)
    except TooFewRows as error:
        if version is not None:
            raise
        return _apart(cards, str(error).partition(".")[0], others)
    metric = main_score(cards[0])[0]
    if metric == "auc" and found.actual.nunique() < 2:  # all answers are of one class, so that nothing is ranked
        metric = "accuracy"
    ranked = rank(found.problem, found.actual, found.said, metric, lower=metric in LOWER_IS_BETTER, seed=job.seed)
    sure = all(ranked.sure(place) for place in range(len(cards)) if place != ranked.best)
    best = cards[ranked.best].name
    rows, columns = _table(cards, ranked)
    return Outcome(
        text=f"On {ranked.rows:,} rows {found.words}: {_told(cards, ranked)}{others}",
        table=TableData(columns=columns, rows=rows, row_count=len(rows)),
        metrics={f"{card.name}_{metric}": ranked.scores[place][metric] for place, card in enumerate(cards)},
        values={"models": [card.name for card in cards], "rows": ranked.rows, "metric": metric, "best": best}
        | {"conclusive": sure, "better": best if sure else None},
    )


def _order(ranked: Ranked) -> list[int]:
    sign = 1 if ranked.metric in LOWER_IS_BETTER else -1
    return sorted(range(len(ranked.scores)), key=lambda place: sign * ranked.scores[place][ranked.metric])


def _table(cards: Sequence[Card], ranked: Ranked) -> tuple[list[list[Any]], list[str]]:
    metric = ranked.metric
    more = [name for name in SHOWN if name != metric and all(name in one for one in ranked.scores)][:MOST_SHOWN]
    rows = []
    for place in _order(ranked):
        score, behind = ranked.scores[place], ranked.behind[place] or (None, None)
        sure = ranked.intervals[place].get(metric, (None, None))
        told = "best" if place == ranked.best else "worse" if ranked.sure(place) else "may be chance"
        line = [score[metric], *sure, *(score[name] for name in more), *behind]
        rows.append([cards[place].name, *(None if one is None else round(one, 4) for one in line), told])
    columns = ["model", metric, f"{metric} from", f"{metric} to", *more, "behind the best from", "to", "verdict"]
    return rows, columns


def _told(cards: Sequence[Card], ranked: Ranked) -> str:
    """Which is the best, and which of the others it is better than by more than chance."""
    place, metric = ranked.best, ranked.metric
    low, high = ranked.intervals[place].get(metric, (ranked.scores[place][metric],) * 2)
    rest = [one for one in _order(ranked) if one != place]
    worse = [f"'{cards[one].name}'" for one in rest if ranked.sure(one)]
    near = [f"'{cards[one].name}'" for one in rest if not ranked.sure(one)]
    said = f"'{cards[place].name}' is the best ({score_name(metric)} {number(ranked.scores[place][metric])}, {number(low)} to {number(high)} with 95 % certainty)."
    said += f" It is better than {listed(worse)} by more than chance." if worse else ""
    return said + (f" {listed(near)} may be as good: the difference may be chance." if near else "")


def _apart(cards: Sequence[Card], why: str, others: str) -> Outcome:
    """Each on the rows that measured it, where no rows are fair to all of them."""
    metric = main_score(cards[0])[0]
    found = [(card, *main_score(card)) for card in cards]
    found.sort(key=lambda one: one[2] if metric in LOWER_IS_BETTER else -one[2])
    rows = [
        [
            card.name,
            name,
            round(score, 4),
            *card.scores.intervals.get(name, (None, None)),
            card.holdout_rows,
            card.dataset,
        ]
        for card, name, score in found
    ]
    text = (
        f"{why}, too few for a fair comparison. So each is told on its own unseen rows, and a difference may be one of the"
        f" rows: '{rows[0][0]}' has the best {score_name(metric)}, {number(found[0][2])}. Name a dataset whose answers are"
        f" known to compare them fairly: compare_models(models, dataset).{others}"
    )
    columns = ["model", "measure", "score", "from", "to", "rows", "trained on"]
    return Outcome(
        text=text,
        table=TableData(columns=columns, rows=rows, row_count=len(rows)),
        values={"models": [card.name for card in cards], "metric": metric, "conclusive": False, "better": None},
    )
