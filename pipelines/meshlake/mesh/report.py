"""A report of the mesh: what it holds, what its models say, and who is most at risk."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from meshlake.names import quote_identifier

if TYPE_CHECKING:
    from meshlake.products.product import Product
    from meshlake.workspace import Workspace

AT_RISK_ROWS = 10
HEADLINE_METRICS = ("roc_auc", "pr_auc", "log_loss", "brier", "lift_at_10_percent", "silhouette", "stability")
_PRODUCTS = """
SELECT p.product, p.kind, p.owner, p.row_count, p.size_bytes,
       count(*) FILTER (WHERE q.is_passed) AS checks_passed, count(q.check_name) AS checks
FROM mesh.products AS p
LEFT JOIN mesh.quality_results AS q ON q.product = p.product AND q.snapshot_id = p.snapshot_id
GROUP BY ALL ORDER BY p.product
"""


@dataclass(frozen=True)
class Report:
    """What `Mesh.report` found, each row as a dictionary.

    Args:
        products: every published product: its kind, owner, size and how many checks of it passed.
        models: every published model: its algorithm, what it was measured on, its metrics.
        at_risk: the likeliest to leave, by the product that predicts it.
    """

    products: list[dict[str, Any]]
    models: list[dict[str, Any]]
    at_risk: dict[str, list[dict[str, Any]]]

    def as_dict(self) -> dict[str, Any]:
        """As JSON-able facts."""
        return asdict(self)


def make_report(mesh: Workspace) -> Report:
    """What is published now.

    Raises:
        UsageError: nothing is.
    """
    return Report(
        products=_rows(mesh, _PRODUCTS),
        models=_models(mesh),
        at_risk={str(p.name): _rows(mesh, _at_risk_sql(p)) for p in _churn_products(mesh)},
    )


def _models(mesh: Workspace) -> list[dict[str, Any]]:
    from meshlake.models.scoring import VERSION_PROPERTY
    from meshlake.models.store import model_store

    store = model_store(mesh.settings)
    found = []
    for name in mesh.lake.products():
        head = mesh.lake.head((name.domain, name.product))
        version = store.load(name, head.properties.get(VERSION_PROPERTY, "")) if head else None
        if version is not None:
            record = version.record
            metrics = {m: record["metrics"][m] for m in HEADLINE_METRICS if m in record["metrics"]}
            found.append(
                {
                    "model": str(name),
                    "algorithm": record["algorithm"],
                    "measured_on": record["measured_on"],
                    "metrics": ", ".join(f"{metric} {value:.3f}" for metric, value in metrics.items()),
                }
            )
    return found


def _churn_products(mesh: Workspace) -> list[Product]:
    published = set(mesh.lake.products())
    return [
        product
        for name, product in mesh.products.products.items()
        if name in published
        and any(c.name == "churn_probability" for c in product.contract.columns)
        and product.is_model
    ]


def _at_risk_sql(product: Product) -> str:
    there = {column.name for column in product.contract.columns}
    shown = [
        *product.contract.primary_key,
        "churn_probability",
        *(r for r in ("reason_1", "reason_2") if r in there),
    ]
    listed = ", ".join(quote_identifier(name) for name in shown if name in there)
    return (
        f"SELECT {listed} FROM {product.name.sql} "
        f"ORDER BY churn_probability DESC, {quote_identifier(shown[0])} LIMIT {AT_RISK_ROWS}"
    )


def _rows(mesh: Workspace, sql: str) -> list[dict[str, Any]]:
    from meshlake.engines.engine import LOCAL
    from meshlake.mesh.asking import asked
    from meshlake.query.guard import check_select

    with asked(mesh.settings.on(LOCAL), check_select(sql)) as answer:
        names = [name for name, _ in answer.columns()]
        return [dict(zip(names, row, strict=True)) for row in answer.run().fetchall()]
