"""How columns hang together, over every row in one pass: rows come in batches, sums stay.

Pearson's r of two number columns over the rows where both are filled (pairwise complete, as pandas' corr). Spearman's
rank correlation is Pearson's r of mid-ranks; a value's rank is looked up in the quantiles of the sample that the
`Scale` was learned from, to one part in 1,024, and is exact where a sample of all rows has at most so many different
values. Mutual information is I(X;Y) / min(H(X), H(Y)), 0 (independent) to 1 (one tells the other), of deciles and of
the most frequent values, each entropy H with Miller and Madow's correction, (cells that occur - 1) / 2n (Paninski, 2003).
Variance inflation is the diagonal of the inverse correlation matrix (Belsley, Kuh and Welsch, Regression Diagnostics,
1980), the shares of the principal components its eigenvalues (Jolliffe, Principal Component Analysis, 2002); both take
the matrix in which an empty cell stands at its column's mean, because that matrix is positive semi-definite.

What is not covered: relations that only three or more columns show, other than linear ones.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np

    Array = np.ndarray[Any, Any]

RANKS = 1024
BANDS = 10
LEVELS = 24
"""Most frequent values of a text column that are told apart; all others are one."""
MOST_VIF = 1e6


@dataclass(frozen=True)
class Scale:
    """How the cells of one column are read: a number's quantiles, or a text's known values by code."""

    name: str
    levels: tuple[str, ...] = ()
    """Set for texts: cells come as the place of their value, len(levels) for any other, -1 for an empty cell."""
    cuts: Any = None
    """Set for numbers: ascending values between ranks."""
    ranks: Any = None
    """The mid-rank, 0 to 1, of each interval between cuts."""
    bands: Any = None
    """The decile of each interval."""
    centre: float = 0.0
    width: float = 1.0


@dataclass(frozen=True)
class Relations:
    """Square matrices by name of column; NaN where there is nothing to tell. `vif` and `components` of numbers only."""

    numbers: tuple[str, ...]
    pearson: Any
    spearman: Any
    columns: tuple[str, ...]
    information: Any
    vif: dict[str, float]
    components: tuple[float, ...]
    """Shares of the variance of the principal components, the largest first."""


def number_scale(name: str, sample: "Array") -> Scale:
    """The scale of a number column from the cells of a sample, of which at least one is filled."""
    import numpy as np

    filled = np.sort(sample[np.isfinite(sample)])
    values = np.unique(filled)
    if len(values) > RANKS:
        cuts = np.unique(np.quantile(filled, np.linspace(0, 1, RANKS + 1)[1:-1], method="nearest"))
    else:
        cuts = values[1:]  # an interval for each value
    # searchsorted(side="right") puts a cut's own value above it
    starts = np.concatenate([[0], np.searchsorted(filled, cuts, side="left"), [len(filled)]])
    ranks = (starts[:-1] + starts[1:]) / 2 / len(filled)
    width = float(filled.std()) or 1.0
    bands = np.minimum((ranks * BANDS).astype(np.int64), BANDS - 1)
    return Scale(name, cuts=cuts, ranks=ranks, bands=bands, centre=float(filled.mean()), width=width)


class Tally:
    """Sums over batches of rows. Feed every batch to `add`, then take `result`."""

    def __init__(self, numbers: Sequence[Scale], texts: Sequence[Scale]) -> None:
        import numpy as np

        self._numbers, self._texts = list(numbers), list(texts)
        k = len(numbers)
        self._sums = [np.zeros((k, k)) for _ in range(8)]
        self._rows = 0
        sizes = [BANDS] * k + [len(one.levels) + 1 for one in texts]
        # Each table has one more row and column, the first, for empty cells: leaving them in is faster than out.
        self._sizes = [size + 1 for size in sizes]
        pairs = [(i, j) for i in range(len(sizes)) for j in range(i)]
        self._joint = {(i, j): np.zeros(self._sizes[i] * self._sizes[j], dtype=np.int64) for i, j in pairs}

    def add(self, numbers: "Array", codes: "Array") -> None:
        """Rows × number columns with NaN for empty cells, and rows × text columns as codes."""
        import numpy as np

        self._rows += len(codes)
        filled = np.isfinite(numbers)
        mask = filled.astype(np.float64)
        values, ranks = np.zeros_like(mask), np.zeros_like(mask)
        bands = np.zeros((len(self._sizes), len(codes)), dtype=np.int64)
        for place, scale in enumerate(self._numbers):
            known = filled[:, place]
            cells = np.where(known, numbers[:, place], scale.centre)
            at = np.searchsorted(scale.cuts, cells, side="right")
            values[:, place] = (cells - scale.centre) / scale.width
            ranks[:, place] = np.where(known, scale.ranks[at] - 0.5, 0)
            bands[place] = np.where(known, scale.bands[at] + 1, 0)
        bands[len(self._numbers) :] = codes.T + 1
        for offset, one in ((0, values), (4, ranks)):
            squares = one * one
            for place, part in enumerate((mask.T @ mask, one.T @ mask, squares.T @ mask, one.T @ one)):
                self._sums[offset + place] += part
        for (i, j), table in self._joint.items():
            table += np.bincount(bands[i] * self._sizes[j] + bands[j], minlength=len(table))

    def result(self) -> Relations:
        """The matrices of all rows so far."""
        import numpy as np

        names = tuple(one.name for one in self._numbers)
        everything = (*names, *(one.name for one in self._texts))
        shared = np.full((len(everything), len(everything)), np.nan)
        for (i, j), table in self._joint.items():
            counted = table.reshape(self._sizes[i], self._sizes[j])[1:, 1:]
            shared[i, j] = shared[j, i] = _information(counted.astype(float))
        vif, components = self._collinear(names)
        return Relations(
            numbers=names,
            pearson=_correlation(*self._sums[:4]),
            spearman=_correlation(*self._sums[4:]),
            columns=everything,
            information=shared,
            vif=vif,
            components=components,
        )

    def _collinear(self, names: Sequence[str]) -> tuple[dict[str, float], tuple[float, ...]]:
        """Variance inflation and the shares of the components, of columns that vary."""
        import numpy as np

        if not self._rows or len(names) < 2:
            return {}, ()
        both, left, _, products = self._sums[:4]
        means = np.diag(left) / np.maximum(np.diag(both), 1)
        # At the mean, an empty cell adds nothing to the sum of products about the means: Σ(x-a)(y-b) over filled pairs.
        about = products - left * means[None, :] - left.T * means[:, None] + both * np.outer(means, means)
        spread = np.sqrt(np.maximum(np.diag(about), 0))
        varies = np.flatnonzero(spread > 1e-9 * np.sqrt(max(self._rows, 1)))
        if len(varies) < 2:
            return {}, ()
        matrix = about[np.ix_(varies, varies)] / np.outer(spread[varies], spread[varies])
        shares = np.clip(np.linalg.eigvalsh(matrix)[::-1], 0, None)
        inflated = np.diag(np.linalg.inv(matrix + np.eye(len(varies)) / MOST_VIF))
        vif = {names[int(at)]: float(min(MOST_VIF, max(1.0, one))) for at, one in zip(varies, inflated, strict=True)}
        return vif, tuple(float(one) for one in shares / shares.sum())


def _correlation(count: "Array", left: "Array", squares: "Array", products: "Array") -> "Array":
    """Pairwise r from the sums over rows where both are filled; `left[i, j]` sums column i where j is filled."""
    import numpy as np

    with np.errstate(invalid="ignore", divide="ignore"):
        mean = left / count
        variance = squares / count - mean * mean
        r = (products / count - mean * mean.T) / np.sqrt(variance * variance.T)
        flat = (variance < 1e-12) | (count < 3)
    r[flat | flat.T] = np.nan
    return np.clip(r, -1, 1)


def _information(table: "Array") -> float:
    """Mutual information of a table of counts, as a share of the smaller entropy."""
    import numpy as np

    table = table[table.sum(axis=1) > 0][:, table.sum(axis=0) > 0]
    rows = table.sum()
    if rows < 3 or min(table.shape) < 2:
        return float("nan")
    share = table / rows
    down, across = share.sum(axis=1), share.sum(axis=0)
    expected = np.outer(down, across)
    told = share > 0
    found = float((share[told] * np.log(share[told] / expected[told])).sum())
    found += (len(down) + len(across) - told.sum() - 1) / (2 * rows)
    smaller = min(float(-(one * np.log(one)).sum() + (len(one) - 1) / (2 * rows)) for one in (down, across))
    return max(0.0, min(1.0, found / smaller)) if smaller > 0 else float("nan")
