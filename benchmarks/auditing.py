"""The audit of a product against one hand-written query that counts the same."""

from __future__ import annotations

from typing import TYPE_CHECKING

from benchmarks.bench_mesh import EVENTS
from benchmarks.timing import interleave, ratio_figure
from meshlake.audit.audit import audit
from meshlake.building.inputs import bind_published
from meshlake.engines.duckdb.relation import DuckDBRelation
from meshlake.engines.duckdb.session import DuckDBSession

if TYPE_CHECKING:
    from benchmarks.bench_mesh import BenchMesh
    from benchmarks.figure import Figure

_BY_HAND = """
    SELECT
        count(*),
        count(event_id) - count(DISTINCT event_id),
        count(*) FILTER (WHERE customer_id IS NULL),
        count(*) FILTER (WHERE length(customer_id) < 8 OR length(customer_id) > 8),
        count(*) FILTER (WHERE NOT regexp_matches(customer_id, '^C[0-9]+$')),
        count(*) FILTER (WHERE plan NOT IN ('basic', 'plus', 'max')),
        100.0 * count(*) FILTER (WHERE minutes IS NULL) / count(*),
        count(*) FILTER (WHERE data_mb < 0 OR data_mb > 100000),
        count(*) FILTER (WHERE plan = 'max' AND data_mb < 0),
        count(*) FILTER (WHERE happened_on > DATE '2024-12-31')
    FROM bench.events
"""


def audit_figures(bench: BenchMesh, rounds: int) -> list[Figure]:
    """The ten checks of `bench.events`, and its columns' types."""
    mesh = bench.open()
    product = mesh.products.get(EVENTS)
    with DuckDBSession(mesh.settings, str(EVENTS)) as session:
        bind_published(mesh, session, [EVENTS])
        relation = DuckDBRelation(session.connection, EVENTS.sql)

        def ours() -> None:
            results = audit(relation, product.rules, contract=product.contract)
            assert len(results) == 11
            assert all(result.is_passed for result in results), results

        times = interleave({"ours": ours, "bare": lambda: session.rows(_BY_HAND)}, rounds)
    return [ratio_figure("ten checks / one hand-written query", times["ours"], times["bare"], aim=3.0)]
