"""Plans made to say what the request says, by rule: steps of another kind, wishes that a small model forgot.

A rule changes a step only where it can hardly be meant, and says so in the step's reason.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from assistant.amending.among import among
from assistant.amending.assigned import assigned
from assistant.amending.builds import built, rebuilt, split_for
from assistant.amending.calls import called
from assistant.amending.cases import singled_out
from assistant.amending.compared import compared, differing, resampled
from assistant.amending.drawn import drawn
from assistant.amending.drivers import driven, influenced, prevented, weighed
from assistant.amending.each_column import of_each
from assistant.amending.everything import changed_all, renamed_all, renamed_pairs, told_of_all
from assistant.amending.everywhere import everywhere
from assistant.amending.far_off import far_off
from assistant.amending.fill import filled, filled_by_group, left_out
from assistant.amending.forecasts import forecasted, made_anew
from assistant.amending.foreseen import foreseen, seasonal, valued
from assistant.amending.formula import computed, dated, from_elsewhere, in_decades, in_steps, parted, selected, worded
from assistant.amending.further import along, circled, clipped, half_joined, in_place, joined_text, measured, sampled
from assistant.amending.judged import judged
from assistant.amending.kinds import asked, kept, stacked, used
from assistant.amending.known_ahead import supposed_ahead
from assistant.amending.limits import limited
from assistant.amending.moved import moved
from assistant.amending.new_columns import added, called_anew, mapped, renamed, reordered, shortened
from assistant.amending.one_by_one import one_by_one
from assistant.amending.outliers import shown
from assistant.amending.positions import by_kind, by_place, placed, spanned
from assistant.amending.predicted import batched, exported, imagined, ranked
from assistant.amending.reading import read, sorting
from assistant.amending.recode import recoded
from assistant.amending.recurring import recurring, scored_again
from assistant.amending.repaired import repaired, untargeted
from assistant.amending.repeats import consecutive, copies_counted, one_each, repeated
from assistant.amending.respell import respelt
from assistant.amending.rounded import rounded
from assistant.amending.same_case import same_case
from assistant.amending.simpler import simpler
from assistant.amending.some_rows import built_as_before, joined_before, on_some_rows
from assistant.amending.some_series import of_some, of_those_supposed
from assistant.amending.spread import spread
from assistant.amending.summaries import summed_up
from assistant.amending.supposed import supposed, supposed_of_all
from assistant.amending.taken_away import taken_away
from assistant.amending.taken_back import started_over, taken_back
from assistant.amending.texts import cleaned
from assistant.amending.then import then
from assistant.amending.thresholds import thresholded
from assistant.amending.weekends import on_weekends
from assistant.amending.windows import windowed
from assistant.amending.with_build import with_build
from assistant.context import Situation

if TYPE_CHECKING:
    from assistant.plan import Step

RULES = (
    called, started_over, taken_away, repaired, untargeted, reordered, forecasted, made_anew, of_some, recurring, scored_again, supposed, supposed_ahead, of_those_supposed, supposed_of_all, sorting, read, thresholded, judged, taken_back, among, same_case, imagined, ranked, singled_out, moved, asked, used, exported, batched, far_off, prevented, foreseen, driven, weighed, influenced, valued, seasonal, rebuilt, split_for, built, simpler, with_build, then, kept, stacked, shown, placed, by_place, by_kind, spanned, of_each, changed_all, told_of_all, summed_up, renamed_all, renamed_pairs, spread,
    recoded, assigned, rounded, limited, filled, filled_by_group, left_out, everywhere, cleaned, respelt, repeated, copies_counted, consecutive, one_each, computed,
    dated, parted, in_decades, in_steps, selected, worded, from_elsewhere, half_joined, clipped, measured, windowed, along, sampled, joined_text, in_place, circled, renamed,
    shortened, compared, on_weekends, differing, resampled, mapped, drawn, added, called_anew, one_by_one, built_as_before, on_some_rows, joined_before,
)  # fmt: skip


def amended(steps: Sequence["Step"], situation: Situation, request: str) -> list["Step"]:
    """The steps with every rule applied in turn."""
    made = list(steps)
    for rule in RULES:
        made = rule(made, situation, request)
    return made
