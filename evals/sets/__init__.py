"""Published data sets as cases. Each is read where it lies; what must be made from it is kept in the cache folder.

The sets are not part of the project: their licences forbid it. They lie beside the checkout (`../shared/data`), or
wherever `--sets` says.
"""

from collections.abc import Callable
from functools import partial
from pathlib import Path

from evals.case import Case

HOME = Path(__file__).resolve().parents[2].parent / "shared" / "data"
"""Where the sets lie unless told."""


def adapters(folder: Path = HOME, cache: Path | None = None) -> dict[str, Callable[[], list[Case]]]:
    """Name of a data set -> what reads its cases from `folder`, in the set's own order.

    Tables that a set holds in another form are written under `cache` (the settings' cache folder unless given). What is
    called raises CaseError where the set is not there.
    """
    from assistant.settings import read_settings
    from evals.sets.dseval import dseval
    from evals.sets.duckdb_nsql import duckdb_nsql
    from evals.sets.jigsaw import jigsaw
    from evals.sets.spider import spider, spider_de
    from evals.sets.sql_eval import sql_eval, unanswerable
    from evals.sets.text2sql import text2sql
    from evals.sets.wikitablequestions import wikitablequestions

    home = (cache or read_settings().cache) / "evals" / "sets"
    return {
        "spider": partial(spider, folder / "spider"),
        "spider-de": partial(spider_de, folder / "spider"),
        "sql-eval": partial(sql_eval, folder / "sql-eval"),
        "unanswerable": partial(unanswerable, folder / "sql-eval"),
        "duckdb-nsql": partial(duckdb_nsql, folder / "duckdb-nsql", home),
        "jigsaw": partial(jigsaw, folder / "jigsaw", home),
        "dseval": partial(dseval, folder / "dseval", home),
        "wikitablequestions": partial(wikitablequestions, folder / "wikitablequestions"),
        "text2sql": partial(text2sql, folder / "text2sql"),
    }
