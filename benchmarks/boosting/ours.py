"""What `mesh boost` makes of a task: searched, accepted, built; and whether later rows change any of it."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from importlib import import_module
from typing import TYPE_CHECKING

import duckdb
import pandas as pd

from benchmarks.boosting.contenders import OURS, Features
from benchmarks.boosting.task import OWNER
from meshlake.names import ProductName, quote_identifier, snake_case

if TYPE_CHECKING:
    from pathlib import Path

    from benchmarks.boosting.task import Task, Told
    from meshlake.boosting.considered import Boosted
    from meshlake.mesh.mesh import Mesh

# What a search imports on its way: featuretools' seconds are without its imports, too.
_IMPORTED = (
    *("sklearn.ensemble", "sqlglot.dialects.duckdb", "pyiceberg.catalog.sql"),
    *(f"meshlake.{name}" for name in ("boosting.draft", "drafting.churn_draft", "transforms.model")),
    *(f"meshlake.ml_assets.blocks.{name}" for name in ("figures", "guards", "selection")),
)


@dataclass(frozen=True)
class Ours:
    """What was found, the features of the labelled rows in their order, and of how many cut-offs, and how many of
    these have any feature that is otherwise when later rows are taken away."""

    found: Boosted
    features: Features
    cutoffs: int = 0
    changed: int = 0


def boosted(task: Task, root: Path, minutes: float) -> Ours:
    """Discover, search, accept and build in a mesh of its own in `root`.

    Raises:
        RuntimeError: what was drafted is not built, or its own check fails.
    """
    mesh = task.landed(root)
    for module in _IMPORTED:
        import_module(module)
    began = time.process_time()
    mesh.discover()
    discovered = time.process_time()
    found = mesh.boost(
        task.dataset,
        task.label,
        key=task.key,
        cutoff=task.cutoff,
        is_undated=task.is_undated,
        minutes=minutes,
        owner=OWNER,
    )
    empty = pd.DataFrame(index=range(len(task.labelled)))
    taken, making = time.process_time() - discovered, sum(each.seconds for each in found.considered)
    features = Features(OURS, empty, taken, making_seconds=making, discovery_seconds=discovered - began)
    if not found.kept:
        return Ours(found, features)
    name = f"{task.dataset}_boosted"
    mesh.accept(name)
    outcome = mesh.build(f"+{name}")
    if not outcome.is_complete:
        raise RuntimeError(f"{task.name}: {name} was not built: {outcome}")
    rows = mesh.sql(f"SELECT * FROM {name}").df()
    if len(rows) != len(task.labelled):
        raise RuntimeError(f"{task.name}: {len(task.labelled)} rows became {len(rows)}")
    columns = [name for each in found.kept for name in each.features]
    features = replace(features, rows=in_order(task, rows)[columns])
    cutoffs, changed = _changed(task, mesh, root, rows, columns)
    return Ours(found, features, cutoffs, changed)


def in_order(task: Task, rows: pd.DataFrame) -> pd.DataFrame:
    """Rows of a product of the labelled rows, in the order of these."""
    return rows.set_index(_ids(task, rows)).loc[_ids(task, task.labelled)].reset_index(drop=True)


def _ids(task: Task, rows: pd.DataFrame) -> pd.Index:
    texts = rows[task.key].astype(str)
    if task.cutoff:
        texts = texts + " " + pd.to_datetime(rows[task.cutoff]).dt.strftime("%Y-%m-%d")
    return pd.Index(texts)


def _changed(task: Task, mesh: Mesh, root: Path, rows: pd.DataFrame, columns: list[str]) -> tuple[int, int]:
    """Of each cut-off the drafted SQL is run on the products it reads, without what the task says came later."""
    if task.cutoff is None:
        return 0, 0
    domain, _, product = f"{task.dataset}_boosted".partition(".")
    select = (root / "data_products" / domain / product / "transform.sql").read_text()
    days = sorted(set(task.labelled[task.cutoff]))
    changed = 0
    for day in days:
        with duckdb.connect() as connection:
            names = [str(state.product) for state in mesh.products]
            for name in names:
                if not name.endswith("_boosted"):
                    _copy(connection, name, mesh.sql(f"SELECT * FROM {name}").arrow())
            for name in set(names) & set(task.tables):
                _forget(connection, name, task.tables[name], str(day))
            again = connection.execute(select).df()
        of_day = pd.to_datetime(task.labelled[task.cutoff]) == pd.Timestamp(day)
        one, other = (in_order(task, each)[columns][of_day.to_numpy()] for each in (rows, again))
        changed += not _is_same(one, other)
    return len(days), changed


def _copy(connection: duckdb.DuckDBPyConnection, name: str, read: object) -> None:
    connection.execute(f"CREATE SCHEMA IF NOT EXISTS {quote_identifier(name.partition('.')[0])}")
    connection.register("read", read)
    connection.execute(f"CREATE TABLE {ProductName.parse(name).sql} AS SELECT * FROM read")
    connection.unregister("read")


def _forget(connection: duckdb.DuckDBPyConnection, name: str, told: Told, day: str) -> None:
    """Take away what was known later; rows first, then cells of what remains."""
    table = ProductName.parse(name).sql
    if told.year:
        connection.execute(f"DELETE FROM {table} WHERE make_date({_cell(told.year)}, 12, 31) >= DATE '{day}'")
    elif told.dated_by:
        column, other, key, date = told.dated_by
        later = f"SELECT {_cell(key)} FROM {ProductName.parse(other).sql} WHERE {_cell(date)} >= DATE '{day}'"
        connection.execute(f"DELETE FROM {table} WHERE {_cell(column)} IN ({later})")
    elif told.moment:
        connection.execute(f"DELETE FROM {table} WHERE {_cell(told.moment)} >= TIMESTAMP '{day}'")
    for date, filled in told.later.items():
        cells = ", ".join(f"{_cell(each)} = NULL" for each in (*filled, date))
        connection.execute(f"UPDATE {table} SET {cells} WHERE {_cell(date)} >= TIMESTAMP '{day}'")


def _cell(landed: str) -> str:
    return quote_identifier(snake_case(landed))


def _is_same(one: pd.DataFrame, other: pd.DataFrame) -> bool:
    try:
        pd.testing.assert_frame_equal(
            one.reset_index(drop=True), other.reset_index(drop=True), check_dtype=False, rtol=1e-9
        )
    except AssertionError:
        return False
    return True
