"""`mesh report`: what the mesh holds and what its models say, on one page."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import typer

from meshlake.cli.printing import print_json, print_table, print_text, size_text
from meshlake.cli.product_page import kept_text, print_levels

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from meshlake.mesh.report import Report


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(report)


def report(as_json: bool = typer.Option(False, "--json", help="Print the facts as JSON.")) -> None:
    """Show what is published and what failed, promises kept and broken, models' metrics and who is most at risk.

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
    _print_products(found)
    failed = {"product": "", "failed_at": "last build failed (UTC)", "error": "reason"}
    _print_rows(found.failed_builds, "Products that could not be built, or not be read", failed)
    checks = {"product": "", "check_name": "check", "severity": "", "message": "what failed"}
    _print_rows(found.failing_checks, "Checks that what is published fails", checks)
    print_levels(found.service_levels)
    _print_questions(found.questions)
    _print_rows(found.models, "Models", {"model": "", "algorithm": "", "measured_on": "", "metrics": ""})
    for model in found.models:
        print_text(f"{model['model']}: {model['decision']}")
        if model["pictures"]:
            folder = model["pictures"][0].rpartition("/")[0]
            print_text(f"Pictures of {model['model']} are in {folder}")
    for name, customers in found.at_risk.items():
        _print_rows(customers, f"Most at risk: {name}", dict.fromkeys(customers[0], "") if customers else {})
    print_text("\nNext:")
    for step in found.next_steps:
        print_text(f"  {step['command']}   # {step['what_it_does']}")
    if mesh_file.exists():
        print_text(f"Any DuckDB client reads the same views in {mesh_file}")


def _print_products(found: Report) -> None:
    if not found.products:
        print_text("Nothing is published.")
        return
    rows = [
        (
            p["product"],
            p["row_count"],
            size_text(p["size_bytes"]),
            f"{p['checks_passed']}/{p['checks']}",
            p["published_at"],
        )
        for p in found.products
    ]
    print_table(("product", "rows", "size", "checks", "published (UTC)"), rows, "Published data products")
    told = {"product": "", "kind": "", "owner": "", "state": ""}
    _print_rows(found.products, "Whose they are, and how they stand", told)


def _print_questions(questions: Sequence[Mapping[str, Any]]) -> None:
    if not questions:
        return
    rows = [
        (q["question"], q["promised_seconds"], q["p95_seconds"], kept_text(q["is_kept"]), q["asked_at"])
        for q in questions
    ]
    print()
    print_table(
        ("question", "promised s", "p95 s", "kept", "asked (UTC)"), rows, "Questions, as they were asked last"
    )


def _print_rows(rows: Sequence[Mapping[str, Any]], title: str, columns: Mapping[str, str]) -> None:
    """The facts named by `columns`, each under its own name or another; nothing of no rows."""
    if rows:
        print()
        shown = [tuple(row[name] for name in columns) for row in rows]
        print_table([head or name.replace("_", " ") for name, head in columns.items()], shown, title)
