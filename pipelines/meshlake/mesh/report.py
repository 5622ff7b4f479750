"""A report of the mesh: what it holds, what failed, which promises are kept, what models say, who is most at risk."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from meshlake.errors import UsageError
from meshlake.mesh.asking import answered_locally
from meshlake.mesh.levels import service_levels
from meshlake.mesh.next_steps import next_steps
from meshlake.mesh.opened import selected
from meshlake.mesh.states import product_states
from meshlake.names import quote_identifier
from meshlake.products.places import first_step
from meshlake.query.questions import kept_timings, readable_questions

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from meshlake.lake.snapshot import Snapshot
    from meshlake.mesh.states import ProductState
    from meshlake.names import ProductName
    from meshlake.products.product import Product
    from meshlake.settings import Settings
    from meshlake.workspace import Workspace

AT_RISK_ROWS = 10
HEADLINE_METRICS = (
    *("roc_auc", "pr_auc", "log_loss", "brier", "lift_at_10_percent", "accuracy", "macro_f1"),
    *("mean_absolute_error", "root_mean_squared_error", "r2", "coverage"),
    *("qini", "auuc", "average_effect"),
    *("concordance", "integrated_brier"),
    *("silhouette", "stability"),
)
_RESULTS = """
SELECT product, check_name, severity, is_passed, observed, failing_rows, message
FROM mesh.quality_results WHERE snapshot_id IN ({snapshots})
QUALIFY row_number() OVER (PARTITION BY product, check_name ORDER BY checked_at DESC) = 1
ORDER BY product, check_name
"""


@dataclass(frozen=True)
class Report:
    """What `Mesh.report` found, each row as a dictionary.

    Args:
        products: every published product: its kind, owner, size, age and how many checks of it passed.
        failed_builds: every product whose last build failed or whose folder cannot be read, and why.
        failing_checks: every check that does not hold for what is published.
        service_levels: what contracts promise, and whether it is kept now.
        questions: the time each question promises, and what it took when it was asked last.
        models: every published model: its algorithm, what it was measured on, its metrics, the files of its pictures.
        at_risk: the likeliest to leave, by the product that predicts it.
        next_steps: commands that say more, each with what it does.
    """

    products: list[dict[str, Any]]
    failed_builds: list[dict[str, Any]]
    failing_checks: list[dict[str, Any]]
    service_levels: list[dict[str, Any]]
    questions: list[dict[str, Any]]
    models: list[dict[str, Any]]
    at_risk: dict[str, list[dict[str, Any]]]
    next_steps: list[dict[str, str]]

    def as_dict(self) -> dict[str, Any]:
        """As JSON-able facts."""
        return asdict(self)


def make_report(mesh: Workspace) -> Report:
    """What is published now, and what is wrong.

    Raises:
        UsageError: nothing is published, and no build failed.
    """
    states, described = product_states(mesh, selected(mesh, (), has_published=True)), mesh.products.products
    failed = list(_failed_builds(states))
    heads = {n: head for n in mesh.lake.products() if (head := mesh.lake.head((n.domain, n.product)))}
    if not heads and not failed:
        raise UsageError("nothing is published yet", first_step(mesh.settings))
    results = _results(mesh, heads)
    churn = [product for product in _churn_products(mesh) if product.name in heads]
    levels = service_levels(mesh, [described[name] for name in heads if name in described])
    return Report(
        products=[_product(state, results) for state in states if state.rows is not None],
        failed_builds=failed,
        failing_checks=[result for result in results if not result["is_passed"]],
        service_levels=[level.as_dict() for level in levels],
        questions=_questions(mesh.settings),
        models=_models(mesh, heads),
        at_risk={str(p.name): answered_locally(mesh.settings, _at_risk_sql(p)) for p in churn},
        next_steps=next_steps(mesh, set(heads), next((str(p.name) for p in churn), None)),
    )


def _failed_builds(states: Iterable[ProductState]) -> Iterable[dict[str, Any]]:
    for state in states:
        if state.last_build_error is not None:
            yield {
                "product": state.product,
                "failed_at": state.last_build_failed_at,
                "error": state.last_build_error,
            }
        elif state.folder_error is not None:
            yield {"product": state.product, "failed_at": None, "error": state.folder_error}


def _results(mesh: Workspace, heads: Mapping[ProductName, Snapshot]) -> list[dict[str, Any]]:
    """What each check said last of what is published."""
    snapshots = {number for head in heads.values() for number in (head.snapshot_id, head.rows_id)}
    if not snapshots:
        return []
    return answered_locally(mesh.settings, _RESULTS.format(snapshots=", ".join(map(str, snapshots))))


def _product(state: ProductState, results: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    passed = [result["is_passed"] for result in results if result["product"] == state.product]
    return {
        "product": state.product,
        "kind": state.kind,
        "owner": state.owner,
        "row_count": state.rows,
        "size_bytes": state.size_bytes,
        "published_at": state.published_at,
        "state": state.state,
        "held": state.held,
        "checks_passed": sum(passed),
        "checks": len(passed),
    }


def _questions(settings: Settings) -> list[dict[str, Any]]:
    kept = kept_timings(settings.home)
    return [
        {
            "question": question.name,
            "promised_seconds": question.promised_seconds,
            "p95_seconds": timing.p95_seconds if timing else None,
            "is_kept": timing.p95_seconds <= question.promised_seconds if timing else None,
            "asked_at": timing.asked_at if timing else None,
        }
        for question in readable_questions(settings.questions)
        for timing in (kept.get(question.name),)
    ]


def headline(metrics: Mapping[str, float]) -> str:
    """The figures of a model that are read first, in one line."""
    return ", ".join(f"{name} {metrics[name]:.3f}" for name in HEADLINE_METRICS if name in metrics)


def _models(mesh: Workspace, heads: Mapping[ProductName, Snapshot]) -> list[dict[str, Any]]:
    from meshlake.building.pictures import scoring_version

    found = []
    for name, head in heads.items():
        version = scoring_version(mesh, name, head)
        if version is not None:
            record = version.record
            found.append(
                {
                    "model": str(name),
                    "algorithm": record["algorithm"],
                    "measured_on": record["measured_on"],
                    "metrics": headline(record["metrics"]),
                    "decision": record["decision"]["reason"],
                    "pictures": list(version.pictures),
                }
            )
    return found


def _churn_products(mesh: Workspace) -> list[Product]:
    return [
        product
        for product in mesh.products.products.values()
        if any(c.name == "churn_probability" for c in product.contract.columns) and product.is_model
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
