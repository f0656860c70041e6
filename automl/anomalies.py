"""Rows unlike the others: an isolation forest (Liu, Ting and Zhou, Isolation Forest, ICDM 2008), scikit-learn's.

The forest grows on a sample, as the paper has it (256 rows a tree), and looks at every row that it is given. A score is
2^(-E(h(x)) / c(256)): near 1 for rows that few cuts set apart, below 0.5 for usual ones. A quarter of the trees looks
first; the whole forest scores the rows that these find anything but usual.
"""

import copy
import heapq
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np

    Array = np.ndarray[Any, Any]

TREES, ROWS_A_TREE = 100, 256
ODD = 0.65
"""From this score on a row counts as unlike the others."""
LOOKED_AT_FIRST = 25
DOUBT = 0.08
"""A row whose score by the first trees is this far below ODD is usual: that is five deviations of their mean or more."""
LEAST_ROWS = 50
LEAST_SPLIT = 2_000
"""A batch of fewer rows is scored by one thread."""


@dataclass(frozen=True)
class OddRow:
    """One row by its place in the order it came in, from 0, and its score."""

    place: int
    score: float


class Forest:
    """Grows on a sample, scores batches, remembers the oddest rows."""

    def __init__(self, sample: "Array", *, kept: int = 10, threads: int = 2, seed: int = 0) -> None:
        """`sample`: rows × columns, NaN for empty cells, which are read as the column's median."""
        import numpy as np
        from sklearn.ensemble import IsolationForest

        with np.errstate(all="ignore"):
            self._middle = np.nan_to_num(np.nanmedian(sample, axis=0)).astype(np.float32)
        self._forest = IsolationForest(n_estimators=TREES, max_samples=min(ROWS_A_TREE, len(sample)), random_state=seed)
        self._forest.fit(self._filled(sample))
        self._first = copy.copy(self._forest)
        self._first.estimators_ = self._forest.estimators_[:LOOKED_AT_FIRST]
        self._kept, self._threads, self._seen = kept, threads, 0
        self._heap: list[tuple[float, int]] = []
        self.odd = 0
        """Rows seen so far whose score reaches ODD."""

    def _filled(self, rows: "Array") -> "Array":
        import numpy as np

        with np.errstate(over="ignore"):  # too large for the forest's float32: as unknown as an empty cell
            cells = rows.astype(np.float32)
        return np.where(np.isfinite(cells), cells, self._middle)

    def add(self, rows: "Array") -> None:
        """Look at a batch."""
        import numpy as np

        cells = self._filled(rows)
        looked = self._scores(self._first, cells)
        kept = min(3 * self._kept, len(rows))
        least = min(ODD - DOUBT, float(np.partition(looked, -kept)[-kept])) if kept else ODD
        doubtful = np.flatnonzero(looked >= least)
        scores = np.zeros(len(rows))
        scores[doubtful] = self._scores(self._forest, cells[doubtful])
        self.odd += int((scores >= ODD).sum())
        order = scores.argsort()[-self._kept :]
        for place in order:
            entry = (float(scores[place]), -(self._seen + int(place)))
            if len(self._heap) < self._kept:
                heapq.heappush(self._heap, entry)
            else:
                heapq.heappushpop(self._heap, entry)
        self._seen += len(rows)

    def _scores(self, forest: Any, cells: "Array") -> "Array":
        import numpy as np

        # Threads of our own: scikit-learn's n_jobs hands work to joblib, whose workers may be processes.
        parts = np.array_split(cells, self._threads) if len(cells) > LEAST_SPLIT else [cells]
        with ThreadPoolExecutor(len(parts)) as threads:
            return -np.concatenate(list(threads.map(forest.score_samples, parts)))

    def oddest(self) -> list[OddRow]:
        """The rows with the highest scores, the oddest first."""
        return [OddRow(-place, score) for score, place in sorted(self._heap, reverse=True)]
