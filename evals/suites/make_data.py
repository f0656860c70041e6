"""Makes the data of our own suites: invented businesses from one seed, so that every file can be made again byte for byte.

`python -m evals.suites.make_data` writes them into `evals/suites/data`. Each table has random numbers of its own, so a
change of one leaves the others as they are. Whoever changes one recomputes the figures of its cases;
tests/test_evals_suites.py says which.
"""

import csv
import io
from collections.abc import Callable
from pathlib import Path
from random import Random

from evals.suites.made import korea, people, time, trade
from evals.suites.made.kit import Table

FOLDER = Path(__file__).parent / "data"
SEED = 2025

TABLES: dict[str, Callable[[Random], Table]] = {
    "telecom": people.telecom,
    "telecom_new": people.telecom_new,
    "items": trade.items,
    "buyers": trade.buyers,
    "shop_orders": trade.shop_orders,
    "machines": trade.machines,
    "employees": people.employees,
    "loans": people.loans,
    "clinic": people.clinic,
    "clinic_october": people.clinic_october,
    "campaigns": trade.campaigns,
    "homes": trade.homes,
    "homes_new": trade.homes_new,
    "leads": trade.leads,
    "comments": trade.comments,
    "tickets": trade.tickets,
    "ko_sales": korea.sales,
    "ko_members": korea.members,
    "ko_members_new": korea.members_new,
    "ko_survey": korea.survey,
    "ko_reviews": korea.reviews,
    "bakery": time.bakery,
    "ko_visits": time.visits,
    "ko_inquiries": korea.inquiries,
}


def text_of(name: str) -> str:
    """The CSV text of a table, the same in every run."""
    columns, rows = TABLES[name](Random(f"{SEED} {name}"))
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows(rows)
    return text.getvalue()


def main() -> None:
    FOLDER.mkdir(exist_ok=True)
    for name in TABLES:
        (FOLDER / f"{name}.csv").write_text(text_of(name), encoding="utf-8", newline="")


if __name__ == "__main__":
    main()
