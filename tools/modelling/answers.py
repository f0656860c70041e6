"""Classes that a file spells in several ways, `Yes`, `yes` and `YES `: one spelling each by a step before a build.

It is a step like any other: told, undone, and part of the model's recipe.
What is not covered: classes that differ in more than case and blanks; unify_spellings finds those when asked.
"""

import unicodedata

from tools.dataset import Version
from tools.tool import Job, ToolError
from tools.transform import column_of
from tools.words import identifier

MOST_VALUES = 500
"""A target of more different texts holds no classes that a model could tell apart."""


def one_spelling(job: Job, version: Version, target: str) -> tuple[Version, str]:
    """The dataset with one spelling of each class, and what is said about it; as it was where each has one already."""
    from tools import call

    if not column_of(version.columns, target).is_text or job.workspace.version(version.dataset).ref != version.ref:
        return version, ""  # an older version is built on as it is
    name = identifier(target)
    sql = f"SELECT DISTINCT {name} FROM {identifier(version.ref)} WHERE trim({name}) <> '' LIMIT {MOST_VALUES + 1}"
    values = [str(row[0]) for row in job.workspace.rows(sql)]
    if len(values) > MOST_VALUES or len({_heard(one) for one in values}) == len(values):
        return version, ""
    given = {"dataset": version.dataset, "columns": [target], "typos": False}
    try:
        made = call(job, "unify_spellings", given)
    except ToolError:
        return job.workspace.version(version.dataset), ""
    return job.workspace.version(version.dataset), made.text


def _heard(value: str) -> str:
    """A value without its case, and blanks around or in it."""
    return " ".join(unicodedata.normalize("NFKC", value).casefold().split())
