"""What is said of what single columns add to a model: one that is asked about, and those that may add nothing."""

from automl.card import Card
from tools.modelling.words import LEAST_SHARE
from tools.recipe import Recipe, called_at_first
from tools.tool import ToolError
from tools.words import counted, listed


def spare(card: Card) -> str:
    """Which columns may add nothing, as far as the interval of their impact tells."""
    found = [name for name, (low, _) in card.impact_intervals.items() if low <= 0]
    if not found or len(found) == len(card.impact):
        return ""
    return f"What {listed(found)} {'adds' if len(found) == 1 else 'add'} may be chance: a model without {'it' if len(found) == 1 else 'them'} may do as well."


def weight(card: Card, recipe: Recipe, column: str) -> str:
    """`overtime has 91 % of the impact (85 % to 96 %), the most of 11 columns.` Raises ToolError for a column it never saw."""
    asked, used = column.casefold(), list(card.model_columns)
    unused = {name.casefold(): name for name in card.unused}
    name = next((one for one in used if asked in (one.casefold(), called_at_first(recipe, one).casefold())), "")
    if not name and asked in unused:
        return f"{unused[asked]} plays no part: it is not used ({card.unused[unused[asked]]})."
    if not name:
        raise ToolError(f"The model '{card.name}' has no column '{column}'. It looks at {listed(used)}.")
    share = card.impact.get(name, 0.0)
    if share < LEAST_SHARE:
        return f"{name} makes no measurable difference to the predictions, beside the other columns."
    low, high = (min(max(end, 0.0), 1.0) for end in card.impact_intervals.get(name, (share, share)))
    sure = f" ({100 * low:.0f} % to {100 * high:.0f} %)" if low < high else ""
    place = list(card.impact).index(name) + 1
    rank = "the most" if place == 1 else f"number {place}"
    return f"{name} has {100 * share:.0f} % of the impact{sure}, {rank} of {counted(len(used), 'column')}."
