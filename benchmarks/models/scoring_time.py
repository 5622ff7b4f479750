"""Prints what scoring very many customers takes beside `predict_proba`: `python -m benchmarks.models.scoring_time`.

Of each candidate on the same rows, in one run and turn by turn: ours reads Parquet a batch at a time, looks for honest
predictions and rounds, as a build does; the bare side is one `predict_proba` of the same pipeline on features made
before its clock begins, all rows in memory. Then rows a second with reasons for every row, on all cores.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from itertools import islice
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from benchmarks.figure import Figure
from benchmarks.memory import own_peak_bytes
from benchmarks.models.training_time import SPEC, customers
from benchmarks.report import figure_line
from benchmarks.timing import Times, interleave, ratio_figure
from meshlake.ml_assets.candidates.candidate import DEFAULT_CANDIDATES
from meshlake.ml_assets.churn import train_churn
from meshlake.ml_assets.ensembles import fit_candidate
from meshlake.ml_assets.explaining.reasons import explain_churn
from meshlake.ml_assets.honest import honest_by_row, published_scores
from meshlake.ml_assets.preprocessing import plan_features
from meshlake.ml_assets.training_rows import labelled_rows
from meshlake.models.frames import to_frame
from meshlake.models.scoring import in_order

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import pandas as pd

    from meshlake.ml_assets.scoring import ChurnModel

_LEARNED_ROWS, _BATCH_ROWS, _MEASURED_BATCHES = 20_000, 100_000, 10


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.models.scoring_time", description=__doc__)
    parser.add_argument("--rows", type=int, default=5_000_000, help="rows to score")
    parser.add_argument("--explained", type=int, default=20_000, help="rows to give reasons of")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--candidates", nargs="+", default=["histogram_gradient_boosting", "stacking"])
    given = parser.parse_args()
    models, honest = _models(given.candidates)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "customers.parquet"
        _write(path, given.rows)
        for name, model in models.items():
            print(figure_line(_scoring(name, model, honest, path, given.rounds)), flush=True)
    explained = customers(given.explained, seed=2)
    for name, model in models.items():
        print(figure_line(_reasons(name, model, explained, given.rounds)), flush=True)
    return 0


def _models(names: list[str]) -> tuple[dict[str, ChurnModel], pd.DataFrame]:
    alone = [name for name in names if name not in DEFAULT_CANDIDATES]
    spec = type(SPEC)(**{**vars(SPEC), "candidates": (*DEFAULT_CANDIDATES, *alone)})
    table = customers(_LEARNED_ROWS)
    training = train_churn(table, spec)
    rows = labelled_rows(table, spec)
    plan = plan_features(rows, list(training.features))
    found = {each.algorithm: each for each in training.candidates}
    models = {name: fit_candidate(found[name], plan, rows, spec) for name in names}
    return models, honest_by_row(training.honest)


def _write(path: Path, rows: int) -> None:
    writer = None
    for number, first in enumerate(range(0, rows, _BATCH_ROWS)):
        frame = customers(min(_BATCH_ROWS, rows - first), seed=1 + number)
        table = pa.Table.from_pandas(
            frame.assign(customer_id=np.arange(len(frame)) + first), preserve_index=False
        )
        writer = writer or pq.ParquetWriter(path, table.schema)
        writer.write_table(table)
    if writer:
        writer.close()


def _scoring(name: str, model: ChurnModel, honest: pd.DataFrame, path: Path, rounds: int) -> Figure:
    def score(frame: pd.DataFrame) -> pd.DataFrame:
        return published_scores(model, honest, frame, SPEC.row_keys, None)

    # Before all rows are in memory for the bare side.
    before = own_peak_bytes()
    few = _on_all_cores(score, islice(pq.ParquetFile(path).iter_batches(_BATCH_ROWS), _MEASURED_BATCHES))
    note = f"{few:,} took {(own_peak_bytes() - before) / 1e6:.0f} MB more than {before / 1e6:.0f} MB"
    rows = pq.ParquetFile(path).metadata.num_rows
    frame = model.pipeline[:1].transform(to_frame(pq.read_table(path)))
    arms = {
        "ours": lambda: _on_all_cores(score, pq.ParquetFile(path).iter_batches(_BATCH_ROWS)),
        "bare": lambda: model.pipeline[1:].predict_proba(frame),
    }
    times = interleave(arms, rounds)
    told = f"scoring {rows:,} rows by {name} to bare predict_proba"
    return ratio_figure(told, times["ours"], times["bare"], aim=1.2, note=note)


def _reasons(name: str, model: ChurnModel, rows: pd.DataFrame, rounds: int) -> Figure:
    table = pa.Table.from_pandas(rows, preserve_index=False)
    batches, taken = table.to_batches(len(rows) // 4), Times()
    for _ in range(rounds):
        taken.measure(lambda: _on_all_cores(lambda frame: explain_churn(model, frame), iter(batches)))
    rates = sorted(len(rows) / each for each in taken.wall)
    told = f"reasons for each row by {name}, on all cores"
    note = f"{len(rows) / median(taken.cpu):,.0f} rows a CPU second"
    return Figure(told, median(rates), "rows/s", rates[0], rates[-1], detail=note)


def _on_all_cores(of_frame: Callable[[pd.DataFrame], pd.DataFrame], batches: Iterator[pa.RecordBatch]) -> int:
    def made(batch: pa.RecordBatch) -> pa.Table:
        return pa.Table.from_pandas(of_frame(to_frame(pa.Table.from_batches([batch]))), preserve_index=False)

    return sum(map(len, in_order(made, batches)))


if __name__ == "__main__":
    sys.exit(main())
