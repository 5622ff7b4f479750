"""Drafts a mesh of the labelled tables, builds it untouched, breaks its rows, and lets honest days come.

The first 95 % of a table's rows are what a product is drafted of; all of them are its next honest day.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import duckdb

import meshlake
from benchmarks.discovery.breaks import breaks, failing_rules
from benchmarks.discovery.scores import Score
from meshlake.errors import MeshError
from meshlake.names import DatasetName, quote_literal

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from benchmarks.discovery.truth import Table
    from meshlake.mesh.mesh import Mesh
    from meshlake.names import InputName, ProductName

_SEEN = 0.95
_LEAKS = "known only after"


@dataclass(frozen=True)
class _Built:
    """The mesh drafted of the tables; `rows` are those published, by product."""

    mesh: Mesh
    landing: Path
    tables: Mapping[ProductName, Table]
    rows: Mapping[InputName, str]


def measure_drafting(home: Path, tables: Sequence[Table]) -> list[Score]:
    """Whether drafted products build, which breaks and honest days their rules tell, and which leaks models refuse."""
    of_builds = Score("drafted products that build")
    built = _draft_and_build(home, tables, of_builds)
    return [of_builds, _score_breaks(built), _score_honest_days(built), _score_leaks(built)]


def _draft_and_build(home: Path, tables: Sequence[Table], score: Score) -> _Built:
    for table in tables:
        _part(table, 0, int(len(table.columns[0].values) * _SEEN)).write(home / "landing")
    mesh = meshlake.open(home, home=home / "home", landing=home / "landing", products=home / "products")
    mesh.draft(owner="bench@example.com")
    outcome = mesh.build(has_to_be_complete=False)
    by_name = {table.name: table for table in tables}
    products = mesh.workspace.products.products
    named = {
        name: by_name[str(landed).removeprefix("landing.")]
        for name, product in products.items()
        for landed in product.inputs
        if isinstance(landed, DatasetName)
    }
    score.wanted = score.told = len(products)
    built = {result.name for result in outcome.results}
    score.right = score.found = len(built)
    score.faults += [f"{name}: {error.message}" for name, error in outcome.failures.items()]
    score.faults += [
        f"{table.name}: not drafted" for table in tables if table.name not in {t.name for t in named.values()}
    ]
    rows: dict[InputName, str] = {}
    for name in sorted(built & named.keys()):
        file = home / f"{name}.parquet"
        mesh.write(f"SELECT * FROM {name.sql}", file)
        rows[name] = f"read_parquet({quote_literal(str(file))})"
    return _Built(mesh, home / "landing", {name: named[name] for name in sorted(built & named.keys())}, rows)


def _score_breaks(built: _Built) -> Score:
    """Each break, told by whichever rule; precision is that of honest days."""
    score = Score("breaks told by drafted rules")
    with duckdb.connect() as connection:
        for name, table in built.tables.items():
            product, rows = built.mesh.workspace.products.get(name), built.rows[name]
            columns = zip(product.contract.columns, table.columns, strict=True)
            references = {column.name for column, c in columns if c.refers and "?" not in c.refers}
            for what, select in breaks(connection, rows, product.contract.columns, references):
                others = {other: each for other, each in built.rows.items() if other != name}
                told = failing_rules(built.mesh.settings, product, rows, select, others)
                score.wanted += 1
                score.found += bool(told)
                if not told:
                    score.faults.append(f"{name}: {what}")
    return score


def _score_honest_days(built: _Built) -> Score:
    """The rules that hold on the rest of the rows."""
    score = Score("rules that hold on an honest day")
    for table in built.tables.values():
        count = len(table.columns[0].values)
        _part(table, int(count * _SEEN), count).write(built.landing, part="_next")
    outcome = built.mesh.build(has_to_be_complete=False)
    results = {result.name: result.checks for result in outcome.results}
    for name in built.tables:
        broken = getattr(outcome.failures.get(name), "results", results.get(name, ()))
        score.told += len(broken)
        score.right += sum(result.is_passed for result in broken)
        score.faults += [
            f"{name}: {result.rule.name}: {result.message}" for result in broken if not result.is_passed
        ]
    return score


def _score_leaks(built: _Built) -> Score:
    """The columns that a drafted model leaves out since they tell the label."""
    score = Score("leaks")
    for name, table in built.tables.items():
        label = next((c.name for c in table.columns if c.is_label), None)
        if label is None:
            continue
        try:
            notes = built.mesh.model_churn(
                str(name), label, as_product=f"{name.domain}.{name.product}_scores"
            ).notes
        except MeshError as error:
            score.faults += [f"{name}.{label}: {error.message}"]
            notes = ()
        told = {note.split(": ")[1] for note in notes if note.startswith("left out: ") and _LEAKS in note}
        for column in table.columns:
            where = f"{name}.{column.name}"
            score.add(where, "leak" if column.name in told else "", ["leak"] if column.is_leak else [])
    return score


def _part(table: Table, first: int, end: int) -> Table:
    """Some of its rows."""
    return replace(table, columns=tuple(replace(c, values=list(c.values)[first:end]) for c in table.columns))
