"""Prints what `mesh boost` takes in a mesh of 200 landed datasets of 20 columns, for 100,000 labelled rows.

`make bench-boost-many`, or `python -m benchmarks.many_tables FOLDER`: the mesh stays in FOLDER then. Who does little
before a cut-off leaves after it: three event tables and one lookup say so. Others have the same ids and say nothing, or
are about other things. What is measured is the whole process: clock, CPU, peak memory, how many of the four it kept.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb

import meshlake
from meshlake.names import quote_literal

if TYPE_CHECKING:
    from collections.abc import Iterator

DATASETS, COLUMNS, CUSTOMERS, CUTOFFS = 200, 20, 25_000, 4
EVENT_TABLES, LOOKUPS, KINDS = 60, 20, 10
_EVENTS, _OTHERS, _THINGS = 100_000, 3_000, 500
# The last of their kinds, which are come to last.
TELLING = ("shop.events_57", "shop.events_58", "shop.events_59", "crm.lookup_19")
_AIM_SECONDS, _AIM_BYTES, _KILOBYTE = 15 * 60, 4_000_000_000, 1024
_MAKE = "--make"


@dataclass(frozen=True)
class _Dataset:
    """A dataset of the mesh: `cells` of `source`, both SQL, and columns beside them that say nothing."""

    name: str
    cells: tuple[str, ...]
    source: str

    @property
    def select(self) -> str:
        """Its rows, of 20 columns."""
        listed = [*self.cells, *(_noise(self.name, number) for number in range(COLUMNS - len(self.cells)))]
        return f"SELECT {', '.join(listed)} FROM {self.source}"


def main() -> int:
    """Make the mesh, boost, print what it took."""
    if _MAKE in sys.argv:
        make_mesh(Path(sys.argv[-1]))
        return 0
    with tempfile.TemporaryDirectory(prefix="meshlake-many-") as name:
        folder = Path(sys.argv[1] if len(sys.argv) > 1 else name)
        if not (folder / "landing").is_dir():
            # In a process of its own: what it held would be told as this command's peak.
            subprocess.run([sys.executable, "-m", "benchmarks.many_tables", _MAKE, str(folder)], check=True)
        return _measure(folder)


def _measure(folder: Path) -> int:
    home = folder / "home"
    shutil.rmtree(home, ignore_errors=True)
    shutil.copytree(folder / "data_products", home / "data_products")
    arguments = ["crm.labels", "--label", "is_churned", "--cutoff", "cutoff_date", "--key", "customer_id"]
    command = [
        str(Path(sys.executable).with_name("mesh")),
        "boost",
        *arguments,
        "--as",
        "crm.found",
        "--json",
    ]
    places = {"MESH_HOME": home, "MESH_LANDING": folder / "landing", "MESH_PRODUCTS": home / "data_products"}
    variables = {**os.environ, **{name: str(place) for name, place in places.items()}}
    began, out = time.perf_counter(), home / "found.json"
    with out.open("w", encoding="utf-8") as file:
        process = subprocess.Popen(command, env=variables, stdout=file)
        _, status, used = os.wait4(process.pid, 0)
    seconds, peak = time.perf_counter() - began, used.ru_maxrss * _KILOBYTE
    if status:
        return 1
    found = json.loads(out.read_text(encoding="utf-8"))
    kept = [each["table"] for each in found["tables"] if each["features"]]
    verdicts = [each["verdict"] for each in found["tables"]]
    print(
        f"{DATASETS} datasets of {COLUMNS} columns, {CUSTOMERS * CUTOFFS:,} labelled rows: {seconds:.0f} s, "
        f"{used.ru_utime + used.ru_stime:.0f} CPU s, {peak / 1e6:,.0f} MB at most "
        f"(asked: {_AIM_SECONDS} s, {_AIM_BYTES / 1e6:,.0f} MB)\n"
        f"of the {len(TELLING)} tables that tell {len({*kept} & {*TELLING})} were kept, of others "
        f"{len({*kept} - {*TELLING})}; verdicts: "
        + ", ".join(f"{verdict} {verdicts.count(verdict)}" for verdict in dict.fromkeys(verdicts))
    )
    return int(seconds > _AIM_SECONDS or peak > _AIM_BYTES)


def make_mesh(folder: Path) -> None:
    """Land all datasets in `folder`, and adopt the labels."""
    with duckdb.connect() as connection:
        connection.execute(f"CREATE TABLE labels AS {_LABELS}")
        connection.execute("SELECT setseed(0.42)")
        for dataset in _datasets():
            place = folder / "landing" / dataset.name.replace(".", "/")
            place.mkdir(parents=True)
            connection.execute(f"COPY ({dataset.select}) TO {quote_literal(str(place / 'rows.parquet'))}")
    meshlake.open(folder, home=folder, products=folder / "data_products").adopt("crm.labels")


# `idle` is the share of a customer's usual events that a cut-off's month has not; it and the grade say who leaves.
_LABELS = f"""
    SELECT 100000 + who AS customer_id, DATE '2024-03-01' + 60 * step::INTEGER AS cutoff_date,
        (hash(who, step, 'idle') % 1000) / 1000.0 AS idle, hash(who, 'grade') % 3 AS grade,
        CASE WHEN step < {CUTOFFS} THEN (hash(who, step, 'label') % 1000) / 1000.0
            < 1 / (1 + exp(4.2 - 4.5 * idle - 0.6 * grade)) END AS is_churned
    FROM range({CUSTOMERS}) AS customers (who), range({CUTOFFS + 1}) AS cutoffs (step)
"""
_OWN = ("customer_id", "cutoff_date", "is_churned")


def _datasets() -> Iterator[_Dataset]:
    yield _Dataset("crm.labels", _OWN, "labels")
    for number in range(EVENT_TABLES):
        yield _events(f"shop.events_{number:02}", number)
    for number in range(LOOKUPS):
        name = f"crm.lookup_{number:02}"
        grade = "grade" if name in TELLING else f"hash(customer_id, '{name}') % 3 AS grade"
        signed = f"DATE '2021-01-01' + (hash(customer_id, '{name}', 'day') % 1000)::INTEGER AS signed_on"
        rows = "(SELECT customer_id, any_value(grade) AS grade FROM labels GROUP BY 1)"
        yield _Dataset(name, ("customer_id", signed, grade), rows)
    for number in range(KINDS):
        own = f"('K{number}-' || lpad(range::VARCHAR, 5, '0')) AS kind_{number}_id"
        yield _Dataset(f"shop.kind_{number}", (own,), f"range({_THINGS})")
    for number in range(DATASETS - 1 - EVENT_TABLES - LOOKUPS - KINDS):
        own = f"(hash(range, {number})::VARCHAR) AS part_{number}_id"
        yield _Dataset(f"plant.parts_{number:03}", (own,), f"range({_OTHERS})")


def _events(name: str, number: int) -> _Dataset:
    """Events of customers; of those that tell, fewer in the month before a cut-off the more idle they are."""
    busy = "idle" if name in TELLING else f"(hash(customer_id, cutoff_date, '{name}') % 1000) / 1000.0"
    rows = (
        f"(SELECT customer_id, cutoff_date, part, (row_number() OVER ())::BIGINT AS nr FROM labels, range(5) AS parts "
        f"(part) WHERE (hash(customer_id, cutoff_date, part, '{name}') % 1000) / 1000.0 > {busy} "
        f"ORDER BY hash(customer_id, part, cutoff_date, '{name}') LIMIT {_EVENTS})"
    )
    age = f"(1 + hash(customer_id, cutoff_date, part, '{name}', 'day') % 27)::INTEGER"
    which = number % KINDS
    kind = f"('K{which}-' || lpad((hash(nr, '{name}') % {_THINGS})::VARCHAR, 5, '0')) AS kind_{which}_id"
    event = f"('{number:02}E' || lpad(nr::VARCHAR, 8, '0')) AS event_{number}_id"
    return _Dataset(name, (event, "customer_id", f"cutoff_date - {age} AS happened_on", kind), rows)


def _noise(name: str, number: int) -> str:
    """A column that says nothing: amounts, counts, categories, dates in turn."""
    value = f"hash(random(), '{name}', {number})"
    kinds = (
        f"({value} % 100000) / 100.0",
        f"({value} % 40)::INTEGER",
        f"['basic', 'plus', 'max', 'none'][1 + ({value} % 4)::INTEGER]",
        f"({value} % 3 = 0)",
    )
    words = ("amount", "units", "state", "is_set")
    return f"{kinds[number % 4]} AS {words[number % 4]}_{number}"


if __name__ == "__main__":
    sys.exit(main())
