"""Bars of text and image models: banking77 (77 intents) and steel defects (6 kinds), and what compiling brings here.

    python benchmarks/text_and_images.py --data ../shared/data [--only text|images|compile] [--build standard]

Text: rows with row % 5 == 0 of the training file are for testing only; the rest is a dataset, the model is built through
the tool and predicts the test rows as a file. Images: five folds, each trained and predicted through the tools. Prints a
table with the figure, the bar and their ratio per row.
"""

import argparse
import csv
import tempfile
import time
from pathlib import Path

from tools import call
from tools.batch import predict_file
from tools.tool import Job
from tools.workspace import Workspace

Row = tuple[str, float, float]
"""What, the figure, the bar."""


def text(data: Path, build: str) -> list[Row]:
    """Accuracy on the test rows, and seconds of building and predicting."""
    with (data / "banking77" / "train.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    with tempfile.TemporaryDirectory() as folder, Workspace(Path(folder) / "project") as workspace:
        here = Path(folder)
        test = [row for place, row in enumerate(rows) if place % 5 == 0]
        _write(here / "intents.csv", [row for place, row in enumerate(rows) if place % 5])
        _write(here / "test.csv", test)
        started, used = time.monotonic(), time.process_time()
        job = Job(workspace, progress=lambda fraction, said: print(f"  {fraction:4.0%} {said}", flush=True))
        call(job, "load_file", {"path": str(here / "intents.csv")})
        outcome = call(
            job, "train_text_model", {"dataset": "intents", "text": "text", "target": "category", "build": build}
        )
        print(outcome.text)
        predict_file(workspace, None, here / "test.csv", here / "out.csv")
        seconds = time.monotonic() - started
        with (here / "out.csv").open(encoding="utf-8", newline="") as file:
            right = sum(row["prediction"] == row["category"] for row in csv.DictReader(file))
        print(f"processor time of this process {time.process_time() - used:.0f} s")
        return [("banking77 accuracy", right / len(test), 0.88), ("banking77 300 s / seconds", 300 / seconds, 1.0)]


def _write(path: Path, rows: list[dict[str, str]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    parser.add_argument("--only", choices=["text", "images", "compile"])
    parser.add_argument("--build", default="standard")
    given = parser.parse_args()
    found: list[Row] = []
    if given.only in (None, "text"):
        found += text(given.data, given.build)
    print(f"{'what':34} {'figure':>9} {'bar':>9} {'ratio':>7}")
    for what, figure, bar in found:
        print(f"{what:34} {figure:9.4f} {bar:9.4f} {figure / bar:7.2f}")


if __name__ == "__main__":
    main()
