"""The quality report as data: what stands in its JSON file, and what its page and the app's panel are drawn from."""

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict

from automl.power import QuickModel
from automl.seasons import Season
from tools.profiling.facts import ColumnProfile

Severity = Literal["high", "medium", "low"]


class Fact(BaseModel):
    """Base of all parts: they never change."""

    model_config = ConfigDict(frozen=True)


class Mend(Fact):
    """One step that mends a finding: by a click as it stands, or by its sentence in the chat."""

    tool: str
    arguments: dict[str, Any]
    sentence: str


class Finding(Fact):
    """One warning: what, why it matters, and which step mends it."""

    severity: Severity
    about: str
    """Which part of the report it comes from: cells, target, leak, outliers, relations, bias, time, shift …"""
    column: str | None
    what: str
    why: str
    count: int = 0
    mend: Mend | None = None
    unmended: str = ""
    """Where no step mends it, why."""


class Pattern(Fact):
    """A form of texts: `A` capitals, `a` small letters, `9` digits, `가` letters without case; `…` for a run of any length."""

    form: str
    share: float


class ColumnFacts(Fact):
    """One column: its profile over all rows, and what the report adds to it."""

    profile: ColumnProfile
    skew: float | None = None
    """Fisher and Pearson's g1, the third standardised moment, over all rows."""
    robust_sd: float | None = None
    """Standard deviation of the values clipped to the 5th and 95th percentile (Data Wrangler's RSTD)."""
    low_outliers: int = 0
    high_outliers: int = 0
    """Values below or above median ± 5 robust SD."""
    histogram: list[int] = []
    edges: tuple[float, float] | None = None
    """Where the histogram begins and ends: the range without outliers."""
    rare: list[tuple[Any, int]] = []
    """The least frequent values, the rarest first."""
    patterns: list[Pattern] = []
    """The commonest forms of texts, by their share in a sample."""
    power: float | None = None
    """Prediction power for the target, 0 to 1."""


class TargetFacts(Fact):
    """The column to predict: what kind of problem it is, how balanced, how skewed, and which rows can't be used."""

    name: str
    kind: str
    reason: str
    classes: list[tuple[str, int]] = []
    """Classes and rows of each in the sample, the largest first."""
    bad_rows: int = 0
    """Rows without a value to learn from."""
    problem: str = ""
    """Why no model can be built, where none can."""


class Pair(Fact):
    """Two columns and one measure of how they hang together."""

    one: str
    other: str
    value: float


class RelationFacts(Fact):
    """Matrices row by row, None where there is nothing to tell."""

    numbers: list[str]
    pearson: list[list[float | None]]
    spearman: list[list[float | None]]
    columns: list[str]
    information: list[list[float | None]]
    vif: dict[str, float]
    components: list[float]
    lasso: dict[str, float] = {}


class OddRows(Fact):
    """What the isolation forest found."""

    scored: int
    odd: int
    threshold: float
    columns: list[str]
    rows: list[list[Any]]
    """Row number, score, then the cells."""


class BiasFacts(Fact):
    """Pre-training bias of an outcome between a group and all others; see `tools.reporting.bias`."""

    facet: str
    group: str
    others: str
    outcome: str
    group_rows: int
    other_rows: int
    measures: dict[str, float | None]
    by: str | None = None


class SeriesFacts(Fact):
    """One number column along time."""

    column: str
    unit: str
    start: str
    end: str
    points: list[float]
    steps: int = 0
    missing_steps: int
    found: Season
    high_at: str = ""
    low_at: str = ""
    """When its season lies highest and lowest, such as December or Monday; empty without a season."""
    odd_at: list[str] = []


class ColumnShift(Fact):
    """How a column differs between two datasets."""

    column: str
    psi: float
    ks: float | None
    missing: tuple[float, float]
    """Shares of empty cells, here and there."""
    new_values: int = 0
    """Rows there whose value never occurs here."""


class ShiftFacts(Fact):
    """This dataset against another one, as training rows against test rows."""

    other: str
    other_rows: int
    told_apart: float | None
    columns: list[ColumnShift]
    only_here: list[str]
    only_there: list[str]
    side: str = ""
    """`after` or `before` where all rows there lie on that side of those here in time."""
    grows: list[str] = []
    """The time by which they do and what rises with it: that these differ is expected, and no shift."""


class Report(Fact):
    """The whole report."""

    dataset: str
    ref: str
    created: str
    rows: int
    duplicates: int
    sample_rows: int
    """Rows that prediction power, the quick model, patterns and the lasso were made from; all else is over all rows."""
    columns: list[ColumnFacts]
    findings: list[Finding]
    target: TargetFacts | None = None
    quick: QuickModel | None = None
    relations: RelationFacts | None = None
    odd: OddRows | None = None
    bias: BiasFacts | None = None
    series: list[SeriesFacts] = []
    time: str | None = None
    shift: ShiftFacts | None = None
    seconds: float = 0.0
    files: list[str] = []
    """Names of the files of the project that hold it."""

    def column(self, name: str) -> ColumnFacts:
        """The facts of a column by its name."""
        return next(one for one in self.columns if one.profile.name == name)

    def count(self, severity: Severity) -> int:
        """How many findings are of that severity."""
        return sum(finding.severity == severity for finding in self.findings)
