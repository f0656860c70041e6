"""Rows that are no part of the table that was read: kept in a file of their own, with line and reason."""

import csv
from collections import Counter
from pathlib import Path

UNREAD = "could not be read"
NOTE = "note below the table"


class Aside:
    """Writes rows aside as they are met; the file is made with the first one."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "aside.csv"
        self.counts: Counter[str] = Counter()

    def add(self, line: int, why: str, text: str, *, kind: str = UNREAD) -> None:
        """Keep a row: its line in the file (0 where it has none), why it is here, and its text as it stands."""
        first = not self.path.exists()
        with self.path.open("a", encoding="utf-8", newline="") as stream:
            writer = csv.writer(stream)
            if first:
                writer.writerow(["line", "why", "text"])
            writer.writerow([line or "", why, text.rstrip("\r\n")])
        self.counts[kind] += 1
