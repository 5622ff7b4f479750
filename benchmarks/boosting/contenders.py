"""Who makes features of a task: the table alone, keyed lookups, featuretools, `mesh boost`; and the learner of all."""

from __future__ import annotations

import json
import resource
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from sklearn.metrics import roc_auc_score

from meshlake.ml_assets.blocks.encoded import Encoded
from meshlake.ml_assets.blocks.held_out import HeldOut
from meshlake.ml_assets.blocks.target import YesNo
from meshlake.ml_assets.churn import train_churn
from meshlake.ml_assets.comparison import compare, groups_of, measure
from meshlake.ml_assets.scoring import churn_probability
from meshlake.ml_assets.spec import ChurnSpec

if TYPE_CHECKING:
    from collections.abc import Sequence

    from benchmarks.boosting.task import Task
    from meshlake.ml_assets.comparison import Comparison

MOST_SECONDS = 600
ALONE, LOOKUPS, FEATURETOOLS, OURS, BY_HAND = (
    "the table alone",
    "keyed lookups",
    "featuretools",
    "mesh boost",
    "by hand",
)


@dataclass(frozen=True)
class Features:
    """What one makes of a task: columns in the order of the labelled rows, or why not (`failed`), and CPU seconds.

    Imports are not counted. `making_seconds` are what making features took of these, where more was done;
    `discovery_seconds` those that finding keys and joins took before: others are told them.
    """

    name: str
    rows: pd.DataFrame | None
    cpu_seconds: float = 0.0
    failed: str = ""
    making_seconds: float = 0.0
    discovery_seconds: float = 0.0


@dataclass(frozen=True)
class Learned:
    """What a model of features says of the hidden rows, and how good that is."""

    features: Features
    said: np.ndarray[tuple[int], np.dtype[np.float64]] | None = None
    roc_auc: float = float("nan")
    log_loss: float = float("nan")


def looked_up(task: Task) -> Features:
    """The labelled rows with the tables that a key of theirs names, and the tables that those name."""
    began = time.process_time()
    columns: dict[str, pd.Series] = {}
    frontier = [("", task.labelled)]
    for _ in range(2):
        reached = []
        for child, rows in frontier:
            for table, key, other, column in task.relations:
                if other != child or table == "" or task.told_tables[table].key != key:
                    continue
                found = _found(task, table, key, rows[column])
                left = [name for name in found.columns if name != key]
                columns |= {f"{table} {name}": found[name] for name in left}
                reached.append((table, found))
        frontier = reached
    return Features(LOOKUPS, pd.DataFrame(columns), time.process_time() - began)


def _found(task: Task, table: str, key: str, ids: pd.Series) -> pd.DataFrame:
    told = task.told_tables[table]
    rows = told.rows.drop_duplicates(key).drop(
        columns=[*told.later, *(c for each in told.later.values() for c in each)]
    )
    texts = rows[key].astype("string")
    found = rows.set_index(texts).reindex(ids.astype("string")).reset_index(drop=True)
    if task.cutoff and told.moment:
        moments = pd.to_datetime(found[told.moment])
        is_known = (moments < pd.to_datetime(task.labelled[task.cutoff])).to_numpy()
        found = found.reindex(np.where(is_known, np.arange(len(found)), -1)).reset_index(drop=True)
    return found


def synthesised(task: Task, python: Path, base: Sequence[str]) -> Features:
    """By featuretools, in at most `MOST_SECONDS` of CPU; of the labelled rows it sees what ours learns from."""
    with TemporaryDirectory(prefix="meshlake-dfs-") as name:
        folder = Path(name)
        referring = {column for _, _, child, column in task.relations if child == ""}
        referring |= {key for parent, key, _, _ in task.relations if parent == ""}
        kept = list(dict.fromkeys([*referring, *([task.cutoff] if task.cutoff else []), *base]))
        task.labelled[kept].to_parquet(folder / "labelled.parquet", index=False)
        for table, told in task.told_tables.items():
            told.rows.to_parquet(folder / f"{table}.parquet", index=False)
        tables = {
            table: {
                "key": each.key,
                "moment": each.moment if task.cutoff else None,
                "later": dict(each.later),
            }
            for table, each in task.told_tables.items()
        }
        ignored = [column for column in base if column in referring]
        (folder / "task.json").write_text(
            json.dumps(
                {"cutoff": task.cutoff, "tables": tables, "relations": task.relations, "ignored": ignored}
            )
        )
        command = [str(python), "-W", "ignore", str(Path(__file__).with_name("dfs.py")), name]
        ran = subprocess.run(command, capture_output=True, text=True, check=False, preexec_fn=_bounded)
        if not (folder / "seconds.json").is_file():
            why = ran.stderr.strip().splitlines()[-1:] or [f"more than {MOST_SECONDS} CPU seconds"]
            return Features(FEATURETOOLS, None, failed=why[0])
        seconds = json.loads((folder / "seconds.json").read_text())["cpu"]
        rows = pd.read_parquet(folder / "features.parquet")
    return Features(FEATURETOOLS, rows.drop(columns=[c for c in rows.columns if c in referring]), seconds)


def _bounded() -> None:
    resource.setrlimit(resource.RLIMIT_CPU, (MOST_SECONDS, MOST_SECONDS))


def learned(task: Task, base: Sequence[str], features: Features) -> Learned:
    """The same learner for all: the search's own quick model, of the base and these features, on the hidden rows."""
    if features.rows is None:
        return Learned(features)
    own = task.labelled[list(base)].add_prefix("own ")
    rows = pd.concat([own, features.rows], axis=1)
    moments = {"_cutoff": task.labelled[task.cutoff]} if task.cutoff else {}
    is_so = is_so_of(task)
    encoded = Encoded.of(rows.assign(**moments), rows.columns, "_cutoff" if task.cutoff else None)
    held = HeldOut(encoded, YesNo(is_so), groups_of(task.labelled, [task.key]))
    said = held.predicted(list(rows.columns), ~task.is_hidden, task.is_hidden)
    figures = measure(is_so[task.is_hidden], said, _groups(task), 0)
    return Learned(features, said, figures["roc_auc"].estimate, figures["log_loss"].estimate)


def trained(task: Task, base: Sequence[str], features: Features) -> float:
    """The ROC AUC on the hidden rows of a churn model of the default candidates, trained as a mesh does."""
    if features.rows is None:
        raise ValueError(features.failed)
    is_so = is_so_of(task)
    keys = task.labelled[task.rows_key]
    known = pd.Series(is_so, dtype="boolean").mask(task.is_hidden)
    own = task.labelled[list(base)].add_prefix("own_")
    rows = pd.concat([keys, own, features.rows, known.rename("is_churned")], axis=1)
    spec = ChurnSpec((task.key,), "is_churned", cutoff=task.cutoff)
    training = train_churn(rows, spec)
    said = churn_probability(training.model.pipeline, rows[task.is_hidden])
    return float(roc_auc_score(is_so[task.is_hidden], said))


def against(task: Task, one: Learned, other: Learned) -> Comparison | None:
    """How much better `one` is than `other` on the hidden rows, with intervals of whole keys."""
    if one.said is None or other.said is None:
        return None
    return compare(is_so_of(task)[task.is_hidden], one.said, other.said, _groups(task), 0)


def is_so_of(task: Task) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    """The label of all rows, the hidden ones too."""
    return task.labelled[task.label].isin([True, "Yes", 1]).to_numpy(dtype=bool)


def _groups(task: Task) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    return groups_of(task.labelled[task.is_hidden], [task.key])
