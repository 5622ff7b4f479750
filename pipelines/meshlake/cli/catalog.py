"""`mesh list`, `mesh show`, `mesh history`, `mesh rollback`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import typer

from meshlake.cli.printing import print_json, print_table, size_text
from meshlake.errors import UsageError
from meshlake.names import ProductName

if TYPE_CHECKING:
    from meshlake.lake.snapshot import Snapshot
    from meshlake.workspace import Workspace

JSON = typer.Option(False, "--json", help="Print the facts as JSON.")
PRODUCT = typer.Argument(metavar="D.P", help="A product, such as crm.customers.")


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command("list")(list_products)
    app.command()(show)
    app.command()(history)
    app.command()(rollback)


def list_products(as_json: bool = JSON) -> None:
    """List the products: what each is, who owns it, what is published of it.

    Examples:

      mesh list

      mesh list --json
    """
    from meshlake.workspace import open_workspace

    mesh = open_workspace()
    facts = [
        _listed(mesh, name)
        for name in sorted({*mesh.products.products, *mesh.products.broken, *mesh.lake.products()})
    ]
    if as_json:
        print_json(facts)
        return
    rows = [
        (
            f["product"],
            f["kind"],
            f["owner"],
            f["rows"],
            size_text(f["size_bytes"]) if f["size_bytes"] else None,
            f["published_at"],
            f["state"],
        )
        for f in facts
    ]
    print_table(("product", "kind", "owner", "rows", "size", "published (UTC)", "state"), rows)


def show(product: str = PRODUCT, as_json: bool = JSON) -> None:
    """Show one product: its contract, columns, checks, inputs and published snapshot.

    Examples:

      mesh show crm.customers
    """
    from meshlake.workspace import open_workspace

    mesh = open_workspace()
    name = ProductName.parse(product)
    found = mesh.products.get(name)
    contract = found.contract
    head = mesh.lake.head((name.domain, name.product))
    facts: dict[str, Any] = {
        **_listed(mesh, name),
        "title": contract.title,
        "description": contract.description,
        "grain": contract.grain,
        "version": contract.version,
        "inputs": [str(i) for i in found.inputs],
        "columns": [
            {"name": c.name, "type": c.type, "is_required": c.is_required, "description": c.description}
            for c in contract.columns
        ],
        "checks": [
            {"name": r.name, "severity": r.severity.value, "description": r.description} for r in found.rules
        ],
        "snapshot": _snapshot_facts(head) if head else None,
    }
    if as_json:
        print_json(facts)
        return
    print(f"{name}: {contract.description}\n{contract.grain}\n")
    for label in ("kind", "owner", "version", "state", "rows", "published_at"):
        print(f"  {label:<13} {facts[label]}")
    print(f"  {'reads':<13} {', '.join(facts['inputs'])}\n")
    print_table(
        ("column", "type", "required", "description"),
        [(c.name, c.type, c.is_required, c.description) for c in contract.columns],
    )
    print()
    print_table(
        ("check", "severity", "what it holds to"),
        [(r.name, r.severity.value, r.description) for r in found.rules],
    )


def history(product: str = PRODUCT, as_json: bool = JSON) -> None:
    """List the snapshots of a product, newest first.

    Examples:

      mesh history retention.churn_predictions
    """
    from meshlake.workspace import open_workspace

    mesh = open_workspace()
    name = ProductName.parse(product)
    snapshots = mesh.lake.history((name.domain, name.product))
    if not snapshots:
        mesh.products.get(name)
        raise UsageError(f"{name} was never published", f"Run `mesh build {name}`.")
    facts = [_snapshot_facts(s) for s in snapshots]
    if as_json:
        print_json(facts)
        return
    columns = ("snapshot", "published (UTC)", "current", "rows", "size", "model version", "run")
    print_table(
        columns,
        [
            (
                f["snapshot_id"],
                f["published_at"],
                f["is_current"],
                f["rows"],
                size_text(f["size_bytes"]),
                f["model_version"],
                f["run"],
            )
            for f in facts
        ],
    )


def rollback(
    product: str = PRODUCT,
    to: str = typer.Option(
        None, "--to", metavar="SNAPSHOT", help="The snapshot to go back to; the one before, if not given."
    ),
    as_json: bool = JSON,
) -> None:
    """Make an earlier snapshot current again; for a model's product, its model version as well.

    Examples:

      mesh rollback retention.churn_predictions

      mesh rollback crm.customers --to 150409553571058610
    """
    from meshlake.building.views import refresh_views
    from meshlake.lake.draft import rollback as roll_back
    from meshlake.workspace import open_workspace

    mesh = open_workspace()
    name = ProductName.parse(product)
    snapshots = mesh.lake.history((name.domain, name.product))
    if not snapshots:
        mesh.products.get(name)
        raise UsageError(f"{name} was never published", f"Run `mesh build {name}`.")
    current = next((s.rows_id for s in snapshots if s.is_current), None)
    # One step back is to other rows, not to the same ones in more files.
    steps = [s for s in snapshots if (s.rows_id != current if to is None else str(s.snapshot_id) == to)]
    target = next((s for s in steps if not s.is_current), None)
    if target is None:
        raise UsageError(
            f"{name} has no earlier snapshot{f' {to}' if to else ''}", f"See `mesh history {name}`."
        )
    restored = roll_back(mesh.lake, (name.domain, name.product), target.snapshot_id)
    refresh_views(mesh)
    if as_json:
        print_json(_snapshot_facts(restored))
    else:
        print(f"{name} is back at snapshot {restored.snapshot_id} ({restored.row_count:,} rows).")


def _listed(mesh: Workspace, name: ProductName) -> dict[str, Any]:
    head = mesh.lake.head((name.domain, name.product))
    product = mesh.products.products.get(name)
    broken = mesh.products.broken.get(name)
    if broken is not None:
        state = f"cannot be read: {broken.error.message}"
    elif product is None:
        state = "published, its folder is gone"
    else:
        state = "published" if head else "not built yet"
        if head and head.properties.get("code_version") != product.code_version:
            state = "published, its folder changed since"
    return {
        "product": str(name),
        "kind": product.kind if product else None,
        "owner": product.contract.owner if product else None,
        "rows": head.row_count if head else None,
        "size_bytes": head.size_bytes if head else None,
        "published_at": f"{head.published_at:%Y-%m-%d %H:%M:%S}" if head else None,
        "state": state,
    }


def _snapshot_facts(snapshot: Snapshot) -> dict[str, Any]:
    return {
        "snapshot_id": str(snapshot.snapshot_id),
        "published_at": f"{snapshot.published_at:%Y-%m-%d %H:%M:%S}",
        "is_current": snapshot.is_current,
        "rows": snapshot.row_count,
        "size_bytes": snapshot.size_bytes,
        "model_version": snapshot.properties.get("model_version"),
        "run": snapshot.properties.get("run"),
        "inputs": snapshot.property_json("inputs", {}),
    }
