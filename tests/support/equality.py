"""Whether two snapshots of a product hold the same rows, told by an engine rather than row by row."""

from __future__ import annotations

from typing import TYPE_CHECKING

from meshlake.engines.duckdb.session import DuckDBSession
from meshlake.names import ProductName, quote_identifier

if TYPE_CHECKING:
    from meshlake.lake.snapshot import Snapshot
    from meshlake.workspace import Workspace

RELATIVE_TOLERANCE = 1e-9
_FLOATS = ("DOUBLE", "FLOAT")
# They tell when and by which training, which two builds never share.
OF_THE_BUILD = frozenset({"model_version", "scored_at"})


def differing_rows(
    mesh: Workspace, name: ProductName, one: Snapshot, other: Snapshot
) -> list[tuple[object, ...]]:
    """The keys of up to 5 rows that are in one snapshot only, or differ; of tables without a key the rows themselves.

    Floats may differ by a billionth of the larger one; nothing else may differ at all.
    """
    contract = mesh.products.get(name).contract
    with DuckDBSession(mesh.settings, str(name)) as session:
        left, right = ProductName("one", name.product), ProductName("other", name.product)
        session.bind_snapshot(left, mesh.lake, one)
        session.bind_snapshot(right, mesh.lake, other)
        types = {c: kind for c, kind, _ in one.columns if c not in OF_THE_BUILD}
        assert types == {c: kind for c, kind, _ in other.columns if c not in OF_THE_BUILD}
        columns = ", ".join(map(quote_identifier, types))
        if not contract.primary_key:
            only = "(SELECT {0} FROM {1} EXCEPT ALL SELECT {0} FROM {2})"
            halves = (only.format(columns, a.sql, b.sql) for a, b in ((left, right), (right, left)))
            return session.rows(f"SELECT * FROM ({' UNION ALL '.join(halves)}) LIMIT 5")
        key = ", ".join(map(quote_identifier, contract.primary_key))
        differs = " OR ".join(_differs(c, kind) for c, kind in types.items() if c not in contract.primary_key)
        return session.rows(
            f"SELECT {key} FROM (SELECT *, true AS here FROM {left.sql}) AS a "
            f"FULL JOIN (SELECT *, true AS here FROM {right.sql}) AS b USING ({key}) "
            f"WHERE a.here IS NULL OR b.here IS NULL OR {differs or 'false'} LIMIT 5"
        )


def _differs(column: str, kind: str) -> str:
    a, b = (f"{side}.{quote_identifier(column)}" for side in "ab")
    if kind in _FLOATS:
        return (
            f"(({a} IS NULL) <> ({b} IS NULL) "
            f"OR abs({a} - {b}) > {RELATIVE_TOLERANCE} * greatest(abs({a}), abs({b})))"
        )
    return f"{a} IS DISTINCT FROM {b}"
