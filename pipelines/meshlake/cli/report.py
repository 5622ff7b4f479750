"""`mesh report`: what the mesh holds and what its models say, on one page."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import typer

from meshlake.cli.printing import print_json, print_table, size_text
from meshlake.cli.progress import HEADLINE_METRICS
from meshlake.names import quote_identifier

if TYPE_CHECKING:
    import duckdb

    from meshlake.products.product import Product
    from meshlake.workspace import Workspace

AT_RISK_ROWS = 10
_PRODUCTS = """
SELECT p.product, p.kind, p.owner, p.row_count, p.size_bytes,
       count(*) FILTER (WHERE q.is_passed) AS checks_passed, count(q.check_name) AS checks
FROM mesh.products AS p
LEFT JOIN mesh.quality_results AS q ON q.product = p.product AND q.snapshot_id = p.snapshot_id
GROUP BY ALL ORDER BY p.product
"""


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(report)


def report(as_json: bool = typer.Option(False, "--json", help="Print the facts as JSON.")) -> None:
    """Show what is published, the checks passed, the models' metrics and who is most at risk.

    Examples:

      mesh report

      mesh report --json
    """
    from meshlake.building.views import refresh_views
    from meshlake.engines.duckdb.confined import open_mesh_file
    from meshlake.workspace import open_workspace

    mesh = open_workspace()
    refresh_views(mesh)
    with open_mesh_file(mesh.settings.mesh_file, [mesh.settings.warehouse]) as connection:
        facts = {
            "products": _rows(connection, _PRODUCTS),
            "models": _models(mesh),
            "at_risk": {str(p.name): _rows(connection, _at_risk_sql(p)) for p in _churn_products(mesh)},
        }
    if as_json:
        print_json(facts)
    else:
        _print(mesh, facts)


def _print(mesh: Workspace, facts: dict[str, Any]) -> None:
    rows = [
        (
            p["product"],
            p["kind"],
            p["owner"],
            p["row_count"],
            size_text(p["size_bytes"]),
            f"{p['checks_passed']}/{p['checks']}",
        )
        for p in facts["products"]
    ]
    print_table(
        ("product", "kind", "owner", "rows", "size", "checks passed"), rows, "Published data products"
    )
    if facts["models"]:
        print()
        columns = ("model", "algorithm", "measured on", "metrics")
        print_table(
            columns,
            [tuple(model[name.replace(" ", "_")] for name in columns) for model in facts["models"]],
            "Models",
        )
    for name, customers in facts["at_risk"].items():
        if customers:
            print()
            print_table(tuple(customers[0]), [tuple(c.values()) for c in customers], f"Most at risk: {name}")
    print("\nNext:")
    first = next(iter(facts["at_risk"]), "mesh.products")
    print(f'  mesh sql "SELECT * FROM {first} LIMIT 10"')
    print("  mesh questions        # what a manager would ask, timed")
    print("  mesh ui               # the graph, runs, checks and schedules in Dagster")
    print(f"  duckdb {mesh.settings.mesh_file}   # any DuckDB client reads the same views")


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


def _rows(connection: duckdb.DuckDBPyConnection, sql: str) -> list[dict[str, Any]]:
    answer = connection.execute(sql)
    names = [column[0] for column in answer.description]
    return [dict(zip(names, row, strict=True)) for row in answer.fetchall()]
