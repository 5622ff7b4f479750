"""`python -m benchmarks`: measure, print, write artifacts/benchmarks.json; exit status 1 when a limit is missed."""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.auditing import audit_figures
from benchmarks.bench_mesh import PARTS, make_bench_mesh
from benchmarks.commands import command_figures
from benchmarks.discovering import discovery_figures
from benchmarks.figure import Verdict
from benchmarks.incremental import incremental_figures
from benchmarks.memory import memory_figures
from benchmarks.odd_files import odd_file_figures
from benchmarks.publishing import casting_figures, publishing_figures
from benchmarks.querying import query_figures
from benchmarks.report import figure_line, write_json

if TYPE_CHECKING:
    from collections.abc import Iterator

    from benchmarks.figure import Figure

_OUTPUT = Path("artifacts/benchmarks.json")


def main() -> int:
    """Run the benchmarks chosen on the command line."""
    arguments = _parse()
    row_count = arguments.rows - arguments.rows % PARTS
    figures: list[Figure] = []
    measure = _measure_on_servers if arguments.servers else _measure
    with tempfile.TemporaryDirectory(prefix="meshlake-bench-", dir=arguments.folder) as name:
        for figure in measure(Path(name), row_count, arguments.rounds):
            figures.append(figure)
            print(figure_line(figure), flush=True)
    write_json(arguments.output, figures, row_count, arguments.rounds)
    print(f"\nMeasured in turn, {arguments.rounds} rounds; the medians, with the extremes in brackets.")
    print(f"Written to {arguments.output}.")
    return 1 if any(figure.verdict is Verdict.LIMIT_MISSED for figure in figures) else 0


def _measure(folder: Path, row_count: int, rounds: int) -> Iterator[Figure]:
    """Every figure as soon as it is measured. Publishing comes first: the queries and the audit read its rows."""
    bench = make_bench_mesh(folder / "bench", row_count)
    yield from publishing_figures(bench, rounds)
    yield from query_figures(bench, rounds)
    yield from audit_figures(bench, rounds)
    yield from casting_figures(bench, rounds)
    yield from incremental_figures(bench, rounds)
    yield from memory_figures(bench)
    yield from discovery_figures(folder / "wide", rounds)
    yield from odd_file_figures(folder / "odd")
    yield from command_figures(folder / "demo", rounds)


def _measure_on_servers(folder: Path, row_count: int, rounds: int) -> Iterator[Figure]:
    from benchmarks.on_servers import server_figures

    yield from server_figures(folder / "servers", row_count, rounds)


def _parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--rows", type=int, default=20_000_000, help="rows published, queried and checked")
    parser.add_argument("--rounds", type=int, default=5, help="how often each thing is measured")
    parser.add_argument(
        "--folder", type=Path, help="where to measure; a temporary folder there is used and removed"
    )
    parser.add_argument(
        "--servers",
        action="store_true",
        help="measure on MinIO, PostgreSQL and Trino, started for it, instead",
    )
    parser.add_argument("--output", type=Path, default=_OUTPUT, help="the JSON file")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
