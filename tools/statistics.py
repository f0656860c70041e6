"""Statistics that one SELECT tells badly: correlations of many columns, and whether groups differ by more than chance.

The tests are scipy.stats's; pairs and rows with an empty cell are left out, as pandas leaves them out.

What is not covered: repeated measures, several factors at once, and corrections for many tests.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Literal

from tools.tool import ColumnName, DatasetName, Job, Outcome, TableData, ToolError, tool
from tools.transform import Column, column_of
from tools.words import identifier, listed

if TYPE_CHECKING:
    import pandas as pd

    from tools.dataset import Version

Method = Literal["pearson", "spearman", "kendall"]
Test = Literal["auto", "t_test", "mann_whitney", "anova", "kruskal", "chi_squared"]
MOST_COLUMNS = 60
MOST_GROUPS = 50
LEVEL = 0.05
"""A p value below it counts as more than chance."""
FEW = 5
"""Expected rows of a cell below which chi-squared is a rough guess."""
_NAMES: dict[str, str] = {
    "t_test": "Welch's t-test",
    "mann_whitney": "Mann-Whitney test",
    "anova": "one-way analysis of variance",
    "kruskal": "Kruskal-Wallis test",
    "chi_squared": "chi-squared test of independence",
}


@tool(
    effect="read",
    group="query",
    title="Correlate {columns}",
    asked_by=r"correlat|\bcorr\b|pearson|spearman|kendall|상관",
)
def correlate(
    job: Job,
    dataset: DatasetName,
    columns: list[ColumnName] | None = None,
    method: Method = "pearson",
    group_by: ColumnName | None = None,
) -> Outcome:
    """Correlations between number columns, -1 to 1: one number for two columns, a matrix for more. Use it for "correlation" and "related to".

    Args:
        columns: the number columns; all of them if left out.
        method: pearson for straight lines, spearman or kendall for ranks.
        group_by: two columns are correlated within each group of this one.
    """
    version = job.workspace.version(dataset)
    picked = _pick(version, columns) if columns else [column for column in version.columns if column.is_number]
    if odd := [column.name for column in picked if not column.is_number]:
        raise ToolError(
            f"{listed(odd)} of {version.dataset} holds no numbers. Name number columns, or change the type first."
        )
    if not 2 <= len(picked) <= MOST_COLUMNS:
        raise ToolError(
            f"{len(picked)} number columns of {version.dataset}; 2 to {MOST_COLUMNS} are needed. Name some."
        )
    names = [column.name for column in picked]
    if group_by is not None:
        return _within(job, version, names, column_of(version.columns, group_by).name, method)
    if len(names) == 2:
        return _pair(job, version, names, method)
    frame = _frame(job, version, names)
    matrix = frame.astype(float).corr(method=method)
    rows = [[name, *(_number(matrix.loc[name, other]) for other in names)] for name in names]
    pairs = [
        (one, other, matrix.loc[one, other])
        for place, one in enumerate(names)
        for other in names[place + 1 :]
        if matrix.loc[one, other] == matrix.loc[one, other]
    ]
    strongest = sorted(pairs, key=lambda pair: -abs(pair[2]))[:3]
    said = listed([f"{one} and {other} {value:.2f}" for one, other, value in strongest])
    return Outcome(
        text=f"Correlations ({method}) of {len(names)} columns over {len(frame):,} rows. Strongest: {said}.",
        dataset=version.ref,
        table=TableData(columns=["column", *names], rows=rows, row_count=len(rows)),
        values={f"{one} and {other}": _number(value) for one, other, value in pairs},
    )


def _pair(job: Job, version: "Version", names: list[str], method: Method) -> Outcome:
    from scipy import stats

    frame = _frame(job, version, names).dropna().astype(float)
    if len(frame) < 3 or frame.nunique().min() < 2:
        raise ToolError(f"{listed(names)} have {len(frame)} rows with both values; three that differ are needed.")
    measure = {"pearson": stats.pearsonr, "spearman": stats.spearmanr, "kendall": stats.kendalltau}[method]
    found = measure(frame[names[0]], frame[names[1]])
    value, chance = _number(found[0]), _number(found[1])
    return Outcome(
        text=f"The correlation of {names[0]} and {names[1]} is {value:.4g} ({method}, {len(frame):,} rows; {_p(chance)}).",
        dataset=version.ref,
        sql=_corr(names, version.dataset) if method == "pearson" else None,
        table=TableData(columns=["correlation"], rows=[[value]], row_count=1),
        values={"correlation": value, "p_value": chance, "rows": len(frame)},
    )


def _within(job: Job, version: "Version", names: list[str], group_by: str, method: Method) -> Outcome:
    """The correlation of two columns in each group; nothing for groups of fewer than three rows."""
    if len(names) != 2:
        raise ToolError(f"Within groups two columns are correlated; got {listed(names)}. Name two.")
    frame = _frame(job, version, [*names, group_by]).dropna(subset=[group_by])
    rows: list[list[Any]] = []
    for group, part in frame.groupby(group_by, sort=True):
        both = part[names].dropna().astype(float)
        value = both[names[0]].corr(both[names[1]], method=method) if len(both) > 2 else None
        rows.append([str(group), _number(value)])
    said = listed([f"{group} {value:.2f}" for group, value in rows if value is not None], 8)
    return Outcome(
        text=f"The correlation of {names[0]} and {names[1]} ({method}) by {group_by}: {said}.",
        dataset=version.ref,
        table=TableData(columns=[group_by, "correlation"], rows=rows, row_count=len(rows)),
    )


@tool(
    effect="read",
    group="query",
    title="Compare {column} by {by} ({test})",
    asked_by=r"\bt-?\s?tests?\b|anova|analysis of variance|chi-?\s?squared?|\bp-?\s?values?\b|\bsignifican\w*\b(?=.*\b(?:differ|between|group|effect|relat))|\b(?:differ|effect|relat)\w*\b.*\bsignifican|hypothes|statistical(?:ly)? (?:test|differ)|mann.?whitney|kruskal|유의|검정|가설|통계적",
)
def compare_groups(job: Job, dataset: DatasetName, column: ColumnName, by: ColumnName, test: Test = "auto") -> Outcome:
    """Whether groups differ by more than chance: t-test, ANOVA or chi-squared with its p value. Use it for "significant" and "p value".

    Args:
        column: what is compared: a number column, or a category for chi-squared.
        by: the column whose values are the groups.
        test: auto takes t_test for two groups of numbers, anova for more, chi_squared for categories.
    """
    version = job.workspace.version(dataset)
    what, group = column_of(version.columns, column), column_of(version.columns, by)
    if what.name == group.name:
        raise ToolError(f"{column} can't be compared by itself. Name the column of the groups in `by`.")
    if test in ("auto", "chi_squared") and not what.is_number:
        frame = _frame(job, version, [what.name, group.name]).dropna()
        if not group.is_number or test == "chi_squared" or frame[group.name].nunique() <= 2:
            return _independence(version, frame, what.name, group.name)
        what, group = group, what  # numbers are compared by categories, whichever is named first
    frame = _frame(job, version, [what.name, group.name]).dropna()
    if test == "chi_squared":
        return _independence(version, frame, what.name, group.name)
    if not what.is_number:
        raise ToolError(f"{what.name} holds no numbers. Use test=chi_squared, or name a number column.")
    return _difference(version, frame, what.name, group.name, test)


def _difference(version: "Version", frame: "pd.DataFrame", what: str, by: str, test: Test) -> Outcome:
    """A number column in groups: t-test or Mann-Whitney for two, analysis of variance or Kruskal-Wallis for any."""
    from scipy import stats

    groups = {str(name): part[what].astype(float) for name, part in frame.groupby(by, sort=True) if len(part) > 1}
    if not 2 <= len(groups) <= MOST_GROUPS:
        raise ToolError(
            f"{by} has {len(groups)} groups of two rows or more; 2 to {MOST_GROUPS} are needed. Name another column in `by`."
        )
    if test == "auto":
        test = "t_test" if len(groups) == 2 else "anova"
    if test in ("t_test", "mann_whitney") and len(groups) > 2:
        raise ToolError(
            f"{by} has {len(groups)} groups and {_NAMES[test]} compares two. Use test=anova or test=kruskal."
        )
    values = list(groups.values())
    match test:
        case "t_test":
            found = stats.ttest_ind(*values, equal_var=False)
        case "mann_whitney":
            found = stats.mannwhitneyu(*values)
        case "kruskal":
            found = stats.kruskal(*values)
        case _:
            found = stats.f_oneway(*values)
    more: dict[str, Any] = {}
    if test == "t_test":
        more["p_value_equal_variances"] = _number(stats.ttest_ind(*values).pvalue)
    ranked = test in ("mann_whitney", "kruskal")
    middle = {name: _number(part.median() if ranked else part.mean()) for name, part in groups.items()}
    said = listed([f"{name} {value:,.4g} ({len(groups[name]):,} rows)" for name, value in middle.items()], 8)
    left = len(frame[by].unique()) - len(groups)
    note = f" {left} group{'s' if left > 1 else ''} of one row left out." if left else ""
    told = f"The {'median' if ranked else 'mean'} {what} by {by}: {said}.{note}"
    return _tested(version, test, float(found.statistic), float(found.pvalue), told, more)


def _independence(version: "Version", frame: "pd.DataFrame", what: str, by: str) -> Outcome:
    import pandas as pd
    from scipy import stats

    sizes = frame[what].nunique(), frame[by].nunique()
    if min(sizes) < 2 or max(sizes) > MOST_GROUPS:
        said = f"{what} has {sizes[0]} values and {by} {sizes[1]}"
        raise ToolError(f"{said}; 2 to {MOST_GROUPS} of each are needed. Name other columns, or bin them first.")
    counts = pd.crosstab(frame[by], frame[what])
    found = stats.chi2_contingency(counts)
    few = int((found.expected_freq < FEW).sum())
    note = f" {few} of {counts.size} cells expect fewer than {FEW} rows, so this is a rough guess." if few else ""
    told = f"{what} ({counts.shape[1]} values) by {by} ({counts.shape[0]} groups) over {len(frame):,} rows.{note}"
    return _tested(
        version,
        "chi_squared",
        float(found.statistic),
        float(found.pvalue),
        told,
        {"degrees_of_freedom": int(found.dof)},
    )


def _tested(version: "Version", test: str, statistic: float, chance: float, told: str, more: dict[str, Any]) -> Outcome:
    if statistic != statistic:
        raise ToolError(f"{_NAMES[test]} gives no number here: the values do not vary within the groups.")
    judged = "differ by more than chance explains" if chance < LEVEL else "may well differ by chance alone"
    text = f"The groups {judged} ({_NAMES[test]}: statistic {statistic:.4g}, {_p(chance)}). {told}"
    return Outcome(
        text=text,
        dataset=version.ref,
        table=TableData(columns=["statistic", "p_value"], rows=[[statistic, chance]], row_count=1),
        values={"statistic": statistic, "p_value": chance, **more},
    )


# --- reading ---------------------------------------------------------------------------------------------------------


def _pick(version: "Version", names: Sequence[str]) -> list[Column]:
    """The columns of those names, each once, whatever their case."""
    return list(dict.fromkeys(column_of(version.columns, name) for name in names))


def _frame(job: Job, version: "Version", names: Sequence[str]) -> "pd.DataFrame":
    """All rows of some columns."""
    import pyarrow as pa

    shown = ", ".join(map(identifier, dict.fromkeys(names)))
    schema, batches = job.workspace.batches(f"SELECT {shown} FROM {identifier(version.ref)}")
    return pa.Table.from_batches(batches, schema).to_pandas()


def _corr(names: list[str], dataset: str) -> str:
    return f"SELECT corr({identifier(names[0])}, {identifier(names[1])}) AS correlation FROM {identifier(dataset)}"


def _number(value: Any) -> float | None:
    """A plain number, or nothing for one that is not known."""
    return None if value is None or value != value else float(value)


def _p(chance: float | None) -> str:
    return "p not known" if chance is None else "p below 0.0001" if chance < 0.0001 else f"p {chance:.4f}"
