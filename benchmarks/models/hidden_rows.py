"""Fits ours and the others on the same rows of a table, in the same time, and measures all on the hidden ones."""

from __future__ import annotations

import subprocess
import time
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import pandas as pd

from meshlake.ml_assets.churn import train_churn
from meshlake.ml_assets.comparison import compare, groups_of, measure
from meshlake.ml_assets.scoring import churn_probability

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import numpy as np
    import numpy.typing as npt

    from benchmarks.models.tables import ChurnTable
    from meshlake.ml_assets.comparison import Difference

OURS = "Meshlake"


@dataclass(frozen=True)
class Said:
    """What one says of the hidden rows, what it is called in full, and the seconds its fit took."""

    name: str
    probability: npt.NDArray[np.float64]
    seconds: float
    cpu_seconds: float


@dataclass(frozen=True)
class Result:
    """One on the hidden rows of a table; `behind` is how much less log loss it has than the least of all (negative)."""

    table: str
    said: Said
    figures: dict[str, float]
    behind: Difference | None

    def line(self) -> str:
        """As it is printed."""
        told = " ".join(
            f"{self.figures[name]:>9.4f}" for name in ("roc_auc", "log_loss", "calibration_error")
        )
        line = f"  {self.said.name:<44} {told} {self.said.seconds:>8.1f} {self.said.cpu_seconds:>8.1f}"
        if self.behind is None:
            return f"{line}   best"
        word = " (worse)" if self.behind.is_worse else ""
        return (
            f"{line}   {self.behind.estimate:+.4f} ({self.behind.low:+.4f} to {self.behind.high:+.4f}){word}"
        )


def held_against(table: ChurnTable, rivals: Sequence[str], python: Path) -> Iterator[Result]:
    """Ours first; `rivals` are fitted by `python`, in the seconds that ours took."""
    ours = _ours(table)
    said = [ours, *(_rival(table, name, python, ours.seconds) for name in rivals)]
    hidden = table.rows[table.is_hidden]
    is_churned, groups = hidden["is_churned"].to_numpy(bool), groups_of(hidden, table.spec.key)
    figures = [
        {name: each.estimate for name, each in measure(is_churned, one.probability, groups, 0).items()}
        for one in said
    ]
    best = min(range(len(said)), key=lambda position: figures[position]["log_loss"])
    for position, one in enumerate(said):
        behind = compare(is_churned, one.probability, said[best].probability, groups, 0).log_loss
        yield Result(table.name, one, figures[position], None if position == best else behind)


def _ours(table: ChurnTable) -> Said:
    # As where a mesh scores: the rows to score are there, and what becomes of them is not known.
    known = table.rows["is_churned"].astype("boolean").mask(table.is_hidden)
    learn = table.rows.assign(is_churned=known)
    wall, cpu = time.perf_counter(), time.process_time()
    training = train_churn(learn, table.spec)
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    probability = churn_probability(training.model.pipeline, table.rows[table.is_hidden])
    return Said(f"{OURS} ({training.algorithm})", probability, wall, cpu)


def _rival(table: ChurnTable, name: str, python: Path, seconds: float) -> Said:
    rows = table.rows[[*table.columns, "is_churned"]]
    with TemporaryDirectory(prefix="meshlake-rival-") as folder:
        for part, kept in (("learn", rows[~table.is_hidden]), ("hidden", rows[table.is_hidden])):
            kept.to_parquet(Path(folder) / f"{part}.parquet", index=False)
        script = Path(__file__).with_name("rivals.py")
        command = [str(python), "-W", "ignore", str(script), name, folder, f"{seconds:.1f}"]
        ran = subprocess.run(command, capture_output=True, text=True, check=False)
        if ran.returncode:
            raise RuntimeError(f"{name} failed on {table.name}:\n{ran.stderr}")
        said = pd.read_parquet(Path(folder) / "said.parquet")
    return Said(name, said["probability"].to_numpy(), said["seconds"].iloc[0], said["cpu_seconds"].iloc[0])
