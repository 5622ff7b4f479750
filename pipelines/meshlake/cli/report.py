"""`mesh report`: what the mesh holds and what its models say, on one page."""

from __future__ import annotations

from typing import TYPE_CHECKING

import typer

from meshlake.cli.printing import print_json, print_table, size_text

if TYPE_CHECKING:
    from pathlib import Path

    from meshlake.mesh.report import Report


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(report)


def report(as_json: bool = typer.Option(False, "--json", help="Print the facts as JSON.")) -> None:
    """Show what is published, the checks passed, the models' metrics and who is most at risk.

    Examples:

      mesh report

      mesh report --json
    """
    import meshlake

    mesh = meshlake.open()
    found = mesh.report()
    if as_json:
        print_json(found.as_dict())
    else:
        _print(found, mesh.settings.mesh_file)


def _print(found: Report, mesh_file: Path) -> None:
    rows = [
        (
            p["product"],
            p["kind"],
            p["owner"],
            p["row_count"],
            size_text(p["size_bytes"]),
            f"{p['checks_passed']}/{p['checks']}",
        )
        for p in found.products
    ]
    print_table(
        ("product", "kind", "owner", "rows", "size", "checks passed"), rows, "Published data products"
    )
    if found.models:
        print()
        columns = ("model", "algorithm", "measured on", "metrics")
        models = [tuple(model[name.replace(" ", "_")] for name in columns) for model in found.models]
        print_table(columns, models, "Models")
    for name, customers in found.at_risk.items():
        if customers:
            print()
            print_table(tuple(customers[0]), [tuple(c.values()) for c in customers], f"Most at risk: {name}")
    print("\nNext:")
    first = next(iter(found.at_risk), "mesh.products")
    print(f'  mesh sql "SELECT * FROM {first} LIMIT 10"')
    print("  mesh questions        # what a manager would ask, timed")
    print("  mesh ui               # the graph, runs, checks and schedules in Dagster")
    print(f"  duckdb {mesh_file}   # any DuckDB client reads the same views")
