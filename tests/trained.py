"""Small made-up customers, and one project with trained models that the tests of reading and predicting share."""

import tempfile
from functools import cache
from pathlib import Path

import numpy as np
import pyarrow as pa

from tools.dataset import StepRecord, Version
from tools.derive import run_transform
from tools.tool import REGISTRY, Job
from tools.train import train
from tools.transforms import columns, missing, null_words, rows
from tools.workspace import Workspace

TRANSFORMS = (columns, missing, null_words, rows)
"""Imported for their entries in the catalogue."""


def customers(count: int = 400, seed: int = 5) -> pa.Table:
    """Customers who leave when they are old, inactive and spend little; a fifth of the spending is unknown."""
    random = np.random.default_rng(seed)
    age = random.integers(18, 80, count)
    spend = random.gamma(2.0, 50.0, count).round(2)
    active = random.random(count) < 0.5
    city = random.choice(["Oslo", "Bergen", "Narvik"], count)
    score = (age - 50) / 8 - 1.5 * active - (spend - 100) / 60 + (city == "Narvik") + random.normal(0, 0.4, count)
    unknown = random.random(count) < 0.2
    return pa.table(
        {
            "RowNumber": range(1, count + 1),
            "Age": age,
            "Spend": [None if gone else float(value) for gone, value in zip(unknown, spend, strict=True)],
            "Active": active,
            "City": city,
            "Left": ["yes" if value > 0 else "no" for value in score],
            "Plan": np.where(spend > 140, "gold", np.where(age > 50, "silver", "basic")),
            "Revenue": (3 * spend + 2 * age + random.normal(0, 5, count)).round(2),
        }
    )


def add(workspace: Workspace, name: str, table: pa.Table) -> Version:
    """A table as a dataset."""
    return workspace.add_dataset(name, table.to_reader(), StepRecord(tool="load_file", arguments={}))


def step(job: Job, tool: str, **arguments: object) -> Version:
    """One transform on the head of a dataset."""
    outcome = run_transform(job, REGISTRY[tool], arguments)
    assert outcome.dataset is not None
    return job.workspace.version(outcome.dataset)


@cache
def project() -> Job:
    """A project with a prepared dataset and three models: of classes, of two classes with steps, of a number."""
    workspace = Workspace(Path(tempfile.mkdtemp(prefix="easel-tests-")))
    job = Job(workspace)
    add(workspace, "customers", customers())
    first = step(job, "drop_columns", dataset="customers", columns=["Plan", "Revenue"])
    workspace.set_head("customers@1")
    train(job, workspace.version("customers@1"), "Revenue", "quick", ["Plan", "Left"])
    train(job, workspace.version("customers@1"), "Plan", "quick", ["Revenue", "Left"])
    workspace.set_head(first.ref)
    step(job, "fill_missing", dataset="customers", columns=["Spend"], method="median")
    prepared = step(job, "rename_column", dataset="customers", column="Age", name="Years")
    train(job, prepared, "Left", "quick", [])
    return job


def watched(workspace: Workspace, until: str) -> tuple[Job, list[str]]:
    """A job that is stopped when its progress says so, and what it says afterwards."""
    said: list[str] = []
    later: list[str] = []
    return Job(
        workspace,
        progress=lambda fraction, text: said.append(text),
        cancelled=lambda: any(text.startswith(until) for text in said),
        after_stop=lambda fraction, text: later.append(text),
    ), later
