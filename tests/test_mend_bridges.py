"""Tables between two others: those nobody asked for repeat rows, and a key is read where it already is."""

from collections.abc import Iterator

import pytest

from tests.small_project import add
from tools.guard import run_select
from tools.mend import Mended, mend_sql
from tools.workspace import Workspace

DATA = {
    "author": "(1, 'Ann'), (2, 'Bo') AS t(aid, name)",
    "paper": "(10, 'P', 2021), (11, 'Q', 2021), (12, 'R', 2020) AS t(pid, title, year)",
    "domain": "(5, 'Law'), (6, 'Art') AS t(did, label)",
    "writes": "(1, 10), (1, 11), (2, 11), (2, 12) AS t(aid, pid)",
    "domain_author": "(1, 5), (2, 5), (2, 6) AS t(aid, did)",
    "domain_paper": "(10, 5), (11, 5), (11, 6), (12, 6) AS t(pid, did)",
}
MEANT = (
    "SELECT author.name, COUNT(*) FROM author JOIN writes ON writes.aid = author.aid"
    " JOIN paper ON writes.pid = paper.pid WHERE paper.year = 2021 GROUP BY author.name"
)
START = "SELECT author.name, COUNT(*) FROM author JOIN domain_author ON domain_author.aid = author.aid"
END = " WHERE paper.year = 2021 GROUP BY author.name"
WRITES = " JOIN writes ON writes.aid = author.aid JOIN paper ON writes.pid = paper.pid"


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workspace]:
    with Workspace(tmp_path_factory.mktemp("library") / "project") as workspace:
        for name, values in DATA.items():
            rows, columns = values.split(" AS t")
            add(workspace, name, f"SELECT * FROM (VALUES {rows}) AS t{columns}")
        yield workspace


@pytest.mark.parametrize(
    "sql",
    [
        f"{START}{WRITES} JOIN domain_paper ON domain_paper.pid = paper.pid{END}",
        f"{START} JOIN domain_paper ON domain_paper.did = domain_author.did"
        f" JOIN paper ON domain_paper.pid = paper.pid{END}",
        f"{START} JOIN paper ON domain_paper.pid = paper.pid{END}",
    ],
)
def test_tables_that_only_repeat_rows_are_not_joined(library: Workspace, sql: str) -> None:
    mended = mend_sql(library, sql, "Which authors had the most papers in 2021?").sql
    assert mended == MEANT
    assert sorted(run_select(library, mended)[0].rows) == [["Ann", 2], ["Bo", 1]]


def test_a_key_of_a_table_that_is_not_read_is_read_where_it_is(library: Workspace) -> None:
    assert mend_sql(library, "SELECT count(domain_paper.pid) FROM paper", "How many papers?") == Mended(
        "SELECT COUNT(paper.pid) FROM paper", ["domain_paper.pid is paper.pid here."]
    )


@pytest.mark.parametrize("request_", ["Papers of each author's domain in 2021", "Who published in 2021?"])
def test_what_the_request_speaks_of_stays(library: Workspace, request_: str) -> None:
    sql = f"{START} JOIN domain_paper ON domain_paper.did = domain_author.did JOIN paper ON domain_paper.pid = paper.pid{END}"
    assert mend_sql(library, sql, request_) == Mended(sql)
