"""`make bench-csv`: the polluted CSV files of Pollock, each read as a landed dataset with nothing told, and scored.

The measure is that of "Pollock: A Data Loading Benchmark" (Vitagliano et al., PVLDB 16(8), 2023), written anew in
`benchmarks/loading_score.py`. A table counts with its names as first row, also where the file has none. A file in which
there is nothing at all counts as read when that is what is said of it.
"""

from __future__ import annotations

import csv
import json
import sys
import tarfile
import tempfile
import time
from collections import Counter
from pathlib import Path

import duckdb

from benchmarks.loading_score import MEASURES, FileScore, Rows, mean_scores, score_file
from meshlake.errors import MeshError
from meshlake.landing.relation import relation_sql
from meshlake.landing.zone import LandingZone
from meshlake.names import DatasetName

_ARCHIVE = Path("../shared/pollock/pollock.tar.xz")
_DOMAIN = "pollock"
_SHOWN_WORST = 20


def main() -> int:
    """Read and score every file, print the ten measures and both scores; 0 also when the files are not there."""
    archive = Path(sys.argv[1]) if len(sys.argv) > 1 else _ARCHIVE
    if not archive.exists():
        print(f"{archive} is not there, so nothing is measured: it holds the files of the benchmark.")
        return 0
    with tempfile.TemporaryDirectory(prefix="meshlake-pollock-") as name:
        folder = Path(name)
        with tarfile.open(archive) as packed:
            packed.extractall(folder, filter="data")
        weights = json.loads((folder / "pollock_weights.json").read_text())
        scores, seconds = _scores(folder / "polluted_files", folder / "landing")
    _print(scores, weights, seconds)
    return 0


def _scores(files: Path, landing: Path) -> tuple[dict[str, FileScore], float]:
    names = sorted(path.name for path in (files / "csv").iterdir())
    for name in names:
        place = landing / _DOMAIN / Path(name).stem / name
        place.parent.mkdir(parents=True)
        (files / "csv" / name).rename(place)
    zone, scores, seconds = LandingZone(str(landing)), {}, 0.0
    with duckdb.connect(":memory:") as connection:
        for name in names:
            started = time.perf_counter()
            loaded = _load(connection, zone, Path(name).stem)
            seconds += time.perf_counter() - started
            with (files / "clean" / name).open(encoding="utf-8-sig", newline="") as clean:
                scores[name] = score_file(list(csv.reader(clean)), loaded)
    return scores, seconds


def _load(connection: duckdb.DuckDBPyConnection, zone: LandingZone, name: str) -> Rows | None:
    """The names and rows of a dataset; `None` when it cannot be read."""
    dataset = zone.dataset(DatasetName(_DOMAIN, name))
    if not dataset.files[0].size_bytes:
        return []
    try:
        answer = connection.execute(f"SELECT * FROM {relation_sql(dataset)}")
        return [[each[0] for each in answer.description], *answer.fetchall()]
    except (MeshError, duckdb.Error):
        return None


def _print(scores: dict[str, FileScore], weights: dict[str, float], seconds: float) -> None:
    simple, weighted = mean_scores(scores), mean_scores(scores, weights)
    for measure, mean, weighted_mean in zip(MEASURES, simple, weighted, strict=True):
        print(f"{measure:<20}{mean:>8.4f}{weighted_mean:>10.4f}")
    print(f"{'score of 10':<20}{sum(simple):>8.3f}{sum(weighted):>10.3f}  (simple, weighted)")
    is_read = Counter(score[0] for score in scores.values())
    print(f"{is_read[1.0]:,} of {len(scores):,} files are read, in {seconds:.1f} s")
    lost = {name: (10 - sum(score)) * weights.get(name, 0) for name, score in scores.items()}
    total = sum(weights.get(name, 0) for name in scores)
    print("\nWhere the weighted score is lost:")
    for name in sorted(lost, key=lambda name: -lost[name])[:_SHOWN_WORST]:
        print(f"{lost[name] / total:>8.4f}  {name}: {sum(scores[name]):.3f}")


if __name__ == "__main__":
    sys.exit(main())
