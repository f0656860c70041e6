"""How good Easel's models of tables are, beside raw AutoGluon with the same settings and a published-style LightGBM.

    python -m benchmarks.automl_tasks TASKS.jsonl [--build quick|standard] [--task NAME …] [--patience N] [--no-raw] [--fifths K …]

A line of TASKS.jsonl names a CSV file (relative to it), its target, the columns that leak or only name rows, the
metric and the score of a LightGBM on the rows 0, 5, 10 … of the file, which train nothing. Easel goes its own way:
load the file, mark those rows, build on the rest, predict the marked ones; columns are left out by its own checks.
Raw AutoGluon gets the rest as pandas reads it, without the columns that TASKS.jsonl names, and the build's settings.
`--patience 3` gives both three times the build's seconds: for a machine that other work keeps busy.
`--fifths 0 1 2 3 4` takes each fifth of the rows in turn for the test (K: the rows whose number leaves K when divided
by five), fits the same LightGBM on the others (300 trees, steps of .05) and prints a row for each, then the mean.
Prints a row a task, at its end what the build was thought to cost and did cost, in seconds and MB; `ratio` is Easel against LightGBM, above 1 where Easel is better, `raw` the same of raw AutoGluon.
"""

import argparse
import json
import resource
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import tools
from automl.builds import FITTING, SECONDS, plan_build
from automl.card import read_card
from automl.tabular import METRICS
from automl.waiting import set_waiting
from tools.tool import Job
from tools.workspace import Workspace

LEARN, TEST = "learn", "test"


@dataclass(frozen=True)
class Tried:
    """One way to do a task: its score, and what it cost."""

    score: float
    seconds: float
    cpu: float
    said: str = ""


def main() -> None:
    """Run the tasks and print a row each."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("tasks", type=Path)
    parser.add_argument("--build", default="standard")
    parser.add_argument("--task", nargs="*", default=[])
    parser.add_argument("--patience", type=float, default=1.0)
    parser.add_argument("--no-raw", action="store_true")
    parser.add_argument("--fifths", type=int, nargs="*", default=[])
    asked = parser.parse_args()
    set_waiting()
    print(
        "task                metric    lightgbm     easel       raw  ratio    raw  seconds   cpu s  thought and real cost, left out"
    )
    for line in asked.tasks.read_text().splitlines():
        task = json.loads(line)
        if asked.task and task["task"] not in asked.task:
            continue
        _run(asked, task)


def _run(asked: argparse.Namespace, task: dict[str, Any]) -> None:
    """A row for each fifth asked for, and their mean where they are several."""
    folder = asked.tasks.parent
    rows: list[tuple[float, float]] = []
    for fifth in asked.fifths or [0]:
        own = _measured(partial(_easel, folder, task, asked, fifth))
        raw = None if asked.no_raw else _measured(partial(_raw, folder, task, asked, fifth))
        bar = _lightgbm(folder, task, fifth) if asked.fifths else task[_bar(task)]
        _print_row(task, bar, own, raw)
        rows.append((bar, own.score))
    if len(rows) > 1:
        means = [sum(column) / len(rows) for column in zip(*rows, strict=True)]
        print(f"{'':19} mean     {means[0]:9.4f} {means[1]:9.4f}", flush=True)


def _print_row(task: dict[str, Any], bar: float, own: Tried, raw: Tried | None) -> None:
    worse_is_higher = task["metric"] in ("rmse", "logloss")

    def ratio(score: float) -> float:
        return bar / score if worse_is_higher else score / bar

    other = (
        f"{raw.score:9.4f} {ratio(own.score):6.3f} {ratio(raw.score):6.3f}"
        if raw
        else f"{'':9} {ratio(own.score):6.3f} {'':6}"
    )
    print(
        f"{task['task']:19} {task['metric']:8} {bar:9.4f} {own.score:9.4f} {other} {own.seconds:8.1f} {own.cpu:7.1f}  {own.said}",
        flush=True,
    )


def _bar(task: dict[str, Any]) -> str:
    return "lightgbm" if task["metric"] == "rmse" else f"lightgbm_{task['metric']}"


def _measured(way: Callable[[], tuple[float, float, str]]) -> Tried:
    """A way's score, its seconds as it says, and the CPU of this process and its children meanwhile."""
    before = _cpu()
    score, seconds, said = way()
    return Tried(score, seconds, _cpu() - before, said)


def _cpu() -> float:
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in used)


def _easel(folder: Path, task: dict[str, Any], asked: argparse.Namespace, fifth: int) -> tuple[float, float, str]:
    import pandas as pd

    with tempfile.TemporaryDirectory() as project, Workspace(Path(project)) as workspace:
        job = Job(workspace)
        tools.call(job, "load_file", {"path": str(folder / task["path"])})
        whole = workspace.datasets()[0]
        for name, sign in ((LEARN, "<>"), (TEST, "=")):
            # The file's own order: an import keeps it, and rowid counts it.
            rows = f'SELECT * FROM "{whole.ref}" WHERE rowid % 5 {sign} {fifth} ORDER BY rowid'
            workspace.add_query(name, rows, whole.step)
        started = time.monotonic()
        limit = SECONDS[asked.build] * asked.patience / FITTING
        built = tools.call(
            job,
            "train_model",
            {"dataset": LEARN, "target": task["target"], "build": asked.build, "seconds": round(limit)},
        )
        seconds = time.monotonic() - started
        out = tools.call(job, "predict_dataset", {"dataset": TEST})
        predicted = pd.read_csv(out.artefacts[0].path, keep_default_na=False)
        facts = read_card(workspace.models / built.values["model"]).built
    cost = f"{facts.thought_seconds}/{facts.seconds:.0f} s {facts.thought_mb}/{facts.peak_mb:.0f} MB"
    said = f"{cost:26}  {', '.join(built.values['excluded'])}"
    return _score(task, predicted, predicted["prediction"], _chances(task, predicted, built.values)), seconds, said


def _chances(task: dict[str, Any], predicted: Any, values: dict[str, Any]) -> dict[str, Any]:
    """The probabilities as columns by class name."""
    if task["type"] == "binary":
        yes = predicted["probability"]
        return {task["positive"]: yes if values["positive"] == task["positive"] else 1 - yes}
    start = "probability_"
    return {name.removeprefix(start): predicted[name] for name in predicted.columns if name.startswith(start)}


def _raw(folder: Path, task: dict[str, Any], asked: argparse.Namespace, fifth: int) -> tuple[float, float, str]:
    from autogluon.tabular import TabularPredictor

    frame, test = _frame(folder, task, fifth)
    target = task["target"]
    classes = 0 if task["type"] == "regression" else frame[target].nunique()
    plan = plan_build(asked.build, int((~test).sum()), len(frame.columns), classes=classes)
    with tempfile.TemporaryDirectory() as path:
        started = time.monotonic()
        predictor = TabularPredictor(
            label=target,
            problem_type=task["type"],
            eval_metric=METRICS[task["type"]],
            path=path,
            verbosity=0,
            positive_class=task.get("positive"),
        )
        predictor.fit(frame[~test], time_limit=plan.seconds * asked.patience, num_gpus=0, **plan.settings)
        seconds = time.monotonic() - started
        if task["type"] == "regression":
            return _score(task, frame[test], predictor.predict(frame[test]), {}), seconds, ""
        table = predictor.predict_proba(frame[test])
        return _score(task, frame[test], table.idxmax(axis=1), dict(table.items())), seconds, ""


def _frame(folder: Path, task: dict[str, Any], fifth: int) -> tuple[Any, Any]:
    """The file as pandas reads it, without what names rows or leaks, and which of its rows are the test's."""
    import pandas as pd

    frame = pd.read_csv(folder / task["path"], encoding="utf-8-sig").drop(columns=task["drop_or_leak"])
    if task["type"] != "regression":
        frame[task["target"]] = frame[task["target"]].astype(str)
    return frame, frame.index % 5 == fifth


def _lightgbm(folder: Path, task: dict[str, Any], fifth: int) -> float:
    """The score of the file's own LightGBM on these rows."""
    import pandas as pd
    from lightgbm import LGBMClassifier, LGBMRegressor

    frame, test = _frame(folder, task, fifth)
    target = frame.pop(task["target"])
    frame.columns = [f"c{number}" for number in range(len(frame.columns))]
    texts = frame.select_dtypes("object").columns
    frame[texts] = frame[texts].apply(lambda column: column.astype("category"))
    settings = {"n_estimators": 300, "learning_rate": 0.05, "verbose": -1, "random_state": 0}
    if task["type"] == "regression":
        model = LGBMRegressor(**settings).fit(frame[~test], target[~test])
        return _score(task, pd.DataFrame({task["target"]: target[test]}), model.predict(frame[test]), {})
    model = LGBMClassifier(**settings).fit(frame[~test], target[~test])
    chances = dict(zip(model.classes_, model.predict_proba(frame[test]).T, strict=True))
    return _score(task, pd.DataFrame({task["target"]: target[test]}), model.predict(frame[test]), chances)


def _score(task: dict[str, Any], rows: Any, predicted: Any, chances: Any) -> float:
    import numpy as np
    import pandas as pd
    from sklearn.metrics import accuracy_score, log_loss, roc_auc_score, root_mean_squared_error

    actual = rows[task["target"]]
    match task["metric"]:
        case "rmse":
            return float(root_mean_squared_error(actual.astype(float), predicted.astype(float)))
        case "accuracy":
            return float(accuracy_score(actual.astype(str), predicted.astype(str)))
        case "auc":
            yes = actual.astype(str).str.strip() == task["positive"]
            return float(roc_auc_score(yes, chances[task["positive"]]))
    table = pd.DataFrame(chances).sort_index(axis=1)
    cells = np.clip(table.to_numpy(dtype=float), 1e-15, 1)
    return float(log_loss(actual, cells / cells.sum(axis=1, keepdims=True), labels=list(table.columns)))


if __name__ == "__main__":
    main()
