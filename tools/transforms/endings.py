"""The transform that splits off the ending of a text that repeats over the rows: the state of `San Jose, CA` or `BostonMA`.

Which endings there are is learned and frozen into the recipe.
What is not covered: endings of two words, texts that begin with what repeats.
"""

from tools.tool import ColumnName, ToolError
from tools.transform import Derived, Input, transform
from tools.transforms.sql import new_names, text_of, with_columns
from tools.words import counted, listed, literal

_APART = r"^(.*\S)[\s,;/|(-]+([\p{L}\p{N}.]+)\)?\s*$"
_STUCK = r"^(.*\p{Ll})(\p{Lu}{2,3})\s*$"
MOST = 400
REPEATS = 2
"""An ending must stand after so many different texts to be one; two capitals are a code wherever they stand."""
COVERED = 0.6
"""So many of the texts must have such an ending for the column to be split."""


@transform(
    group="clean",
    title="Split the ending of {column} off: {names}",
    rows="same",
    asked_by=r"stuck together|run together|glued|\b(?:split|separate|pull|part)\w*\b[^.]*\b(?:state|country|suffix|ending)|붙어 ?있|붙은|(?:도시|시)\S* ?(?:와|과|하고) (?:주|국가)[^.]*(?:나눠|나누|분리)",
)
def split_ending(table: Input, column: ColumnName, names: list[str], keep: bool = True) -> Derived:
    """Split a column whose texts end in a word of a short list, such as city and state: San Jose CA, Boston, MA or PortlandOR.

    Args:
        column: the column to split.
        names: two names of new columns, for what stands before and for the ending, such as city and state.
        keep: false removes the column that was split.
    """
    source = table.column(column)
    if len(names) != 2:
        raise ToolError(
            f"This makes two columns: got {counted(len(names), 'name')}. Name what stands before and the ending."
        )
    called = new_names(table, names, source)
    cell = text_of(source)
    found = table.learn_rows("endings", _endings(table.name, cell))
    endings = sorted({str(ending) for ending, *_ in found})
    filled, covered = table.learn_rows(
        "covered",
        f"SELECT count(*), count(*) FILTER (WHERE {_known(cell, endings)} IS NOT NULL) FROM {table.name} WHERE trim({cell}) <> ''",
    )[0]
    if not table.frozen and (not endings or covered < COVERED * filled):
        raise ToolError(
            f"{source.name} has no endings that repeat: {covered:,} of {counted(filled, 'text')} end in one. split_column splits at a separator."
        )
    ending = _known(cell, endings)
    before = f"CASE WHEN {ending} IS NULL THEN trim({cell}) ELSE trim({_before(cell)}, ' ,;/|(-') END"
    text = f"Split {source.name} into {listed(called)} by its {counted(len(endings), 'ending')}: {listed(endings)}."
    if filled - covered:
        text += f" {counted(filled - covered, 'text')} ended in none of them and went to {called[0]} whole."
    return Derived(with_columns(table, source, dict(zip(called, (before, ending), strict=True)), keep=keep), text)


def _endings(name: str, cell: str) -> str:
    """The SELECT of words that end texts of which the rest differs; where they are stuck, capitals after a small letter."""
    rest, ending = _before(cell), _after(cell)
    pairs = f"SELECT DISTINCT {ending} AS ending, {rest} AS rest FROM {name} WHERE {ending} <> ''"
    return f"SELECT ending, count(DISTINCT rest) AS n FROM ({pairs}) GROUP BY ending HAVING (n >= {REPEATS} AND NOT regexp_matches(ending, '^[0-9]')) OR regexp_full_match(ending, '[A-Z]{{2}}') ORDER BY n DESC, ending LIMIT {MOST}"


def _after(cell: str) -> str:
    return f"CASE WHEN regexp_matches({cell}, {literal(_STUCK)}) THEN regexp_extract({cell}, {literal(_STUCK)}, 2) ELSE regexp_extract({cell}, {literal(_APART)}, 2) END"


def _before(cell: str) -> str:
    return f"CASE WHEN regexp_matches({cell}, {literal(_STUCK)}) THEN regexp_extract({cell}, {literal(_STUCK)}, 1) ELSE regexp_extract({cell}, {literal(_APART)}, 1) END"


def _known(cell: str, endings: list[str]) -> str:
    """The ending of a cell, where it is one of those; else NULL."""
    if not endings:
        return "CAST(NULL AS VARCHAR)"
    return f"CASE WHEN {_after(cell)} IN ({', '.join(map(literal, endings))}) THEN {_after(cell)} END"
