"""Peak memory of publishing, each time in a process of its own: `python -m benchmarks.memory FOLDER ROWS PARTS`."""

from __future__ import annotations

import re
import resource
import subprocess
import sys
from pathlib import Path

from benchmarks.bench_mesh import EVENTS, PARTS, BenchMesh, publish, select_of
from benchmarks.figure import Figure
from meshlake.engines.duckdb.session import DuckDBSession


def memory_figures(bench: BenchMesh) -> list[Figure]:
    """A process that publishes all rows against one that publishes a quarter of them."""
    few, many = _peak_megabytes(bench, 1), _peak_megabytes(bench, PARTS)
    name = f"peak memory of publishing {bench.row_count:,} / {bench.row_count // PARTS:,} rows"
    detail = f"{many:.0f} MB against {few:.0f} MB, the interpreter in it"
    return [Figure(name, many / few, "x", aim=1.10, limit=1.25, detail=detail)]


def _peak_megabytes(bench: BenchMesh, part_count: int) -> float:
    arguments = [str(bench.folder), str(bench.row_count), str(part_count)]
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.memory", *arguments], check=True, stdout=subprocess.PIPE, text=True
    )
    return float(done.stdout) / 1e6


def _publish_parts(bench: BenchMesh, part_count: int) -> None:
    mesh = bench.open()
    with DuckDBSession(mesh.settings, str(EVENTS)) as session:
        publish(session, mesh, select_of(bench.landed(part_count)))


def own_peak_bytes() -> int:
    """The most memory that this process has held."""
    # Linux hands the parent's peak on to a child in ru_maxrss; VmHWM is this program's own.
    status = Path("/proc/self/status")
    if status.exists() and (found := re.search(r"VmHWM:\s+(\d+) kB", status.read_text(encoding="ascii"))):
        return int(found[1]) * 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


if __name__ == "__main__":
    _publish_parts(BenchMesh(Path(sys.argv[1]), int(sys.argv[2])), int(sys.argv[3]))
    print(own_peak_bytes())
