"""Chapter: the mesh, its SQL and its promises."""

from __future__ import annotations

import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pyarrow.parquet as pq

from benchmarks.models.tables import LANDING, telco_mesh
from benchmarks.techniques.row import Shown, row
from meshlake.column import Severity
from meshlake.ml_assets.cross_validation import fit
from meshlake.ml_assets.persistence import dump_model
from meshlake.ml_assets.scoring import score_churn
from meshlake.query.guard import check_select
from meshlake.query.questions import Question, Timing

if TYPE_CHECKING:
    from benchmarks.techniques.data import Data

_RUNS = 20


@row("Data mesh, context with data", "contract.model")
def _context(data: Data) -> Shown:
    contracts = [data.mesh.product(name).contract for name in _published(data)]
    lacking = [
        str(each.name)
        for each in contracts
        if not (each.owner and each.columns and each.service_levels.query_p95_seconds)
    ]
    owners = sorted({each.owner for each in contracts})
    columns = sum(len(each.columns) for each in contracts)
    return Shown(
        f"{len(contracts)} published products of {len(owners)} owners, {columns} columns; without owner, "
        "schema or SLA: "
        f"{', '.join(lacking) or 'none'}",
        bool(contracts) and not lacking,
    )


@row("Warehouse to Hadoop to schema-on-read", "landing")
def _schema_on_read(data: Data) -> Shown:
    files = sorted((LANDING / "retail/transactions").glob("*.parquet"))
    schemas = [{field.name: str(field.type) for field in pq.read_schema(file)} for file in files]
    differ = sorted(set(schemas[0].items()) ^ set(schemas[1].items()))
    product = data.mesh.product("retail.transactions")
    checks = data.mesh.check("retail.transactions")["retail.transactions"]
    published = [name for name, *_ in product.snapshot.columns] if product.snapshot else []
    broken = [each for each in checks if not each.is_passed and each.rule.severity is Severity.ERROR]
    told = ", ".join(each.rule.name for each in checks if not each.is_passed)
    return Shown(
        f"{len(files)} files that differ in {len(differ)} columns are one product of {len(published)} columns; "
        f"{len(checks)} checks of its contract, {len(broken)} failed; not passed: {told or 'none'}",
        bool(differ) and published == [column.name for column in product.contract.columns] and not broken,
    )


@row("Federated SQL (Presto/Starburst)", "query.guard")
def _federated(data: Data) -> Shown:
    query = """
        SELECT demographics.gender, COUNT(*) AS customers, AVG(services.monthly_charge) AS monthly_charge
        FROM crm.demographics AS demographics
        JOIN billing.services AS services USING (customer_id)
        JOIN retention.status AS status USING (customer_id)
        GROUP BY demographics.gender
        ORDER BY demographics.gender
    """
    found = data.mesh.sql(query).df()
    told = ", ".join(
        f"{gender} {charge:.2f}"
        for gender, charge in zip(found["gender"], found["monthly_charge"], strict=True)
    )
    return Shown(
        f"three domains joined, {found['customers'].sum():,} customers; monthly charge {told}",
        int(found["customers"].sum()) == len(data.flat.rows),
    )


@row("Classic DS vs GenAI", "ml_assets.persistence")
def _deterministic(data: Data) -> Shown:
    flat, name = data.flat, "random_forest"
    models = [fit(name, flat.plan, flat.rows, flat.spec) for _ in range(2)]
    stored = [dump_model(model) for model in models]
    scores = [score_churn(model, flat.rows)["churn_probability"].to_numpy() for model in models]
    return Shown(
        f"a forest fitted twice with one seed: {len(stored[0]):,} bytes, the same "
        f"{stored[0] == stored[1]}; scores at most "
        f"{np.abs(scores[0] - scores[1]).max():.0e} apart",
        stored[0] == stored[1] and np.array_equal(scores[0], scores[1]),
    )


@row("Data discovery > model development > deployment", "orchestration.run")
def _one_command(_: Data) -> Shown:
    name = "retention.flat_churn_predictions"
    with tempfile.TemporaryDirectory(prefix="meshlake-one-command-") as home:
        mesh = telco_mesh(Path(home))
        mesh.build(name)
        discovered, versions, scored = (
            len(mesh.sql(f"SELECT * FROM {table}").df())
            for table in ("mesh.discovered_datasets", "mesh.model_versions", name)
        )
    return Shown(
        f"one `mesh build`, from landed files on: {discovered} datasets discovered, {versions} model "
        f"trained, {scored:,} "
        "predictions published",
        min(discovered, versions, scored) > 0,
    )


@row("Query response time", "query.questions")
def _query_time(data: Data) -> Shown:
    timings = []
    for name in _published(data):
        sql = f"SELECT COUNT(*), MIN(t), MAX(t) FROM {name} AS t"
        promised = data.mesh.product(name).contract.service_levels.query_p95_seconds
        if promised is None:
            continue
        seconds = []
        for _ in range(_RUNS):
            began = time.perf_counter()
            data.mesh.sql(sql).fetchall()
            seconds.append(time.perf_counter() - began)
        timings.append(Timing(Question(name, sql, promised, check_select(sql)), tuple(seconds), 1))
    slowest = max(timings, key=lambda each: each.p95_seconds / each.question.promised_seconds)
    late = [each.question.name for each in timings if not each.is_kept]
    return Shown(
        f"{len(timings)} products, {_RUNS} queries each: the slowest for its contract is "
        f"{slowest.question.name}, p95 "
        ""
        ""
        f"{slowest.p95_seconds:.3f} s of {slowest.question.promised_seconds:g} s promised; late: "
        f"{', '.join(late) or 'none'}",
        bool(timings) and not late,
    )


def _published(data: Data) -> list[str]:
    return [each.product for each in data.mesh.products if each.published_at]
