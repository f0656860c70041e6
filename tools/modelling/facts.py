"""The facts of a model's card that a person asks for before she relies on it: use, limits, settings, data, libraries."""

from automl.amounts import written
from automl.card import Card, Feature
from automl.names import title
from tools.modelling.words import kind_words
from tools.moment import told_at
from tools.words import listed

FEW_MEASURED = 100
MOST_VALUES = 5


def card_facts(card: Card) -> list[list[object]]:
    """Pairs of a fact's name and its words, in the order a reader wants them."""
    limits: list[list[object]] = [[f"limit {place}", one] for place, one in enumerate(_limits(card), 1)]
    seen: list[list[object]] = [[f"values of {one.name}", _seen(one)] for one in card.features if one.used]
    tried: list[list[object]] = [
        ["candidates", listed([title(card.called(one.model)) for one in card.leaderboard], 12)]
    ]
    return [
        ["version", f"{card.lineage.version} of {card.family}"],
        ["intended use", _use(card)],
        *limits,
        ["measured by", f"{card.metric}, on rows set aside before anything was learned"],
        *tried,
        *seen,
    ]


def _use(card: Card) -> str:
    return (
        f"Tell {kind_words(card)} for new rows of the kind that {card.dataset} holds, one by one or in batches. A decision"
        " about a person needs a person."
    )


def _limits(card: Card) -> list[str]:
    said = [
        f"It knows what was so when it was built ({told_at(card.created)[:10]}); where things have changed since, build it again.",
        "Values outside those below were not in the training rows: what it says of them is a guess.",
        "What drives a prediction is what goes with it in the data, not what causes it.",
    ]
    if card.holdout_rows < FEW_MEASURED:
        said.append(f"Only {card.holdout_rows} rows measured it: its scores are rough.")
    if card.sampled_out_rows:
        said.append(f"{card.sampled_out_rows:,} training rows were left out, to stay within memory.")
    if rare := card.problem.dropped_classes:
        said.append(f"It never answers {listed(list(rare))}: too few rows to learn from.")
    return said + card.problem.warnings


def _seen(feature: Feature) -> str:
    if feature.categories:
        return listed(feature.categories, MOST_VALUES)
    if feature.low is not None:
        return f"{_short(feature.low)} to {_short(feature.high)}, typically {_short(feature.typical)}"
    return "true or false" if feature.kind == "truth" else "text with many values"


def _short(value: object) -> str:
    return written(value) if isinstance(value, float) else str(value)
