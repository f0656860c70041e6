"""Bars of text and image models: banking77 (77 intents) and steel defects (6 kinds), and what compiling brings here.

    python benchmarks/text_and_images.py --data ../shared/data [--only text|images|compile|tune] [--build standard] [--pictures auto]

Text: rows with row % 5 == 0 of the training file are for testing only; the rest is a dataset, the model is built through
the tool and predicts the test rows as a file. Images: five folds, each trained and predicted through the tools. Prints a
table with the figure, the bar and their ratio per row. Tune: what fine-tuning brings over words and meaning, with and
without the compiler; the bar is the first way.
"""

import argparse
import csv
import os
import shutil
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
        started, used = time.monotonic(), _processor()
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
        print(f"processor time, with the fit: {_processor() - used:.0f} s")
        return [("banking77 accuracy", right / len(test), 0.88), ("banking77 300 s / seconds", 300 / seconds, 1.0)]


def tuning(data: Path, rows: int) -> list[Row]:
    """Accuracy of each way of reading, learned from so many rows and measured on the same 1,000 others."""
    with (data / "banking77" / "train.csv").open(encoding="utf-8", newline="") as file:
        known = list(csv.DictReader(file))
    test, rest = known[::5][::2], [row for place, row in enumerate(known) if place % 5]
    ways: list[tuple[str, dict[str, str]]] = [
        ("words", {"method": "words"}),
        ("meaning", {"method": "meaning"}),
        ("words and meaning", {"method": "auto", "build": "quick"}),
        ("fine-tuned, eager", {"method": "fine_tune", "build": "thorough", "compile": "off"}),
        ("fine-tuned, compiled where faster", {"method": "fine_tune", "build": "thorough", "compile": "auto"}),
    ]
    found: list[Row] = []
    with tempfile.TemporaryDirectory() as folder, Workspace(Path(folder) / "project") as workspace:
        here, job = Path(folder), Job(workspace)
        _write(here / "some.csv", rest[:: max(1, len(rest) // rows)][:rows])
        _write(here / "test.csv", test)
        call(job, "load_file", {"path": str(here / "some.csv")})
        for place, (way, settings) in enumerate(ways):
            started, used = time.monotonic(), _processor()
            built = call(job, "train_text_model", {"dataset": "some", "text": "text", "target": "category", **settings})
            seconds, processor = time.monotonic() - started, _processor() - used
            predict_file(workspace, str(built.values["model"]), here / "test.csv", here / f"{place}.csv")
            with (here / f"{place}.csv").open(encoding="utf-8", newline="") as file_:
                right = sum(row["prediction"] == row["category"] for row in csv.DictReader(file_))
            print(f"{way}: {right} of {len(test)} right, {seconds:.0f} s, {processor:.0f} s of processor. {built.text}")
            found.append((way, right / len(test), found[0][1] if found else right / len(test)))
            print(f"{found[-1]}", flush=True)
    return found


def images(data: Path, method: str) -> list[Row]:
    """Accuracy over five folds: every fifth picture, in the order of their names, is for testing only in turn."""
    files = sorted((data / "neu-det-images").glob("*.jpg"), key=lambda file: (file.stem.rpartition("_")[0], file.name))
    right, started = 0, time.monotonic()
    for fold in range(5):
        with tempfile.TemporaryDirectory() as folder, Workspace(Path(folder) / "project") as workspace:
            here, job = Path(folder), Job(workspace)
            for place, file in enumerate(files):
                part = here / ("test" if place % 5 == fold else "train")
                part.mkdir(exist_ok=True)
                shutil.copy(file, part)
            call(job, "load_images", {"path": str(here / "train"), "name": "steel"})
            built = call(job, "train_image_model", {"dataset": "steel", "method": method})
            call(job, "load_images", {"path": str(here / "test"), "name": "new", "classes_from": "name"})
            told = call(job, "predict_dataset", {"dataset": "new"})
            with Path(told.artefacts[0].path).open(encoding="utf-8", newline="") as file_:
                rows = list(csv.DictReader(file_))
            hits = sum(row["prediction"] == row["class"] for row in rows)
            right += hits
            print(f"fold {fold + 1}: {hits} of {len(rows)} right. {built.text}", flush=True)
    return [
        ("steel defects accuracy", right / len(files), 0.90),
        ("steel seconds a fold", (time.monotonic() - started) / 5, 60),
    ]


def compiling(data: Path) -> list[Row]:
    """Milliseconds of a training step of the encoder that comes with Easel, as it is and compiled, on this machine."""
    import numpy as np

    from automl.compile import choose
    from automl.encoder import load_encoder
    from automl.fine_tune import measured_step
    from automl.heads import Head

    with (data / "banking77" / "train.csv").open(encoding="utf-8", newline="") as file:
        texts = [row["text"] for row in csv.DictReader(file)][:32]
    encoder, classes = load_encoder(), 77
    head = Head(np.zeros((encoder.width, classes), np.float32), np.zeros(classes, np.float32))
    classifier, step = measured_step(encoder, head, texts, np.arange(32))
    _, report = choose(classifier, step, wanted="auto", device=encoder.device, debug=True)
    print(report.words, *report.notes)
    eager, compiled = report.eager_ms or 0.0, report.compiled_ms or float("inf")
    return [
        ("speed-up by compiling", eager / compiled, 1.0),
        ("seconds to compile", report.compile_seconds or 0.0, 77.0),
    ]


def _processor() -> float:
    """Seconds of processor time of this process and of the children that have ended."""
    return sum(os.times()[:4])


def _write(path: Path, rows: list[dict[str, str]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    parser.add_argument("--only", choices=["text", "images", "compile", "tune"])
    parser.add_argument("--build", default="standard")
    parser.add_argument("--pictures", default="auto", help="the method of picture models")
    parser.add_argument("--rows", type=int, default=2000, help="rows that fine-tuning learns from")
    given = parser.parse_args()
    found: list[Row] = []
    if given.only in (None, "text"):
        found += text(given.data, given.build)
    if given.only in (None, "images"):
        found += images(given.data, given.pictures)
    if given.only in (None, "compile"):
        found += compiling(given.data)
    if given.only == "tune":  # up to forty minutes
        found += tuning(given.data, given.rows)
    print(f"{'what':34} {'figure':>9} {'bar':>9} {'ratio':>7}")
    for what, figure, bar in found:
        print(f"{what:34} {figure:9.4f} {bar:9.4f} {figure / bar:7.2f}")


if __name__ == "__main__":
    main()
