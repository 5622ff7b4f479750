"""`mesh list`, `mesh show`, `mesh history`, `mesh rollback`."""

from __future__ import annotations

import typer

from meshlake.cli.printing import print_json, print_table, size_text

JSON = typer.Option(False, "--json", help="Print the facts as JSON.")
PRODUCT = typer.Argument(metavar="D.P", help="A product, such as crm.customers.")


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command("list")(list_products)
    app.command()(show)
    app.command()(history)
    app.command()(rollback)


def list_products(as_json: bool = JSON) -> None:
    """List the products: what each is for, who owns it, what is published of it, and whether its last build failed.

    Examples:

      mesh list

      mesh list --json
    """
    import meshlake

    states = meshlake.open().products
    if as_json:
        print_json([state.as_dict() for state in states])
        return
    columns = ("product", "state", "rows", "size", "published (UTC)", "kind", "owner", "description")
    rows = [
        (
            s.product,
            s.state,
            s.rows,
            size_text(s.size_bytes) if s.size_bytes else None,
            s.published_at,
            s.kind,
            s.owner,
            s.description,
        )
        for s in states
    ]
    print_table(columns, rows)
    for state in states:
        if state.last_build_error:
            print(
                f"\n{state.product}: last build failed {state.last_build_failed_at} UTC: {state.last_build_error}"
            )


def show(product: str = PRODUCT, as_json: bool = JSON) -> None:
    """Show one product: its contract, columns, checks, inputs and published snapshot.

    Examples:

      mesh show crm.customers
    """
    import meshlake

    found = meshlake.open().product(product)
    if as_json:
        print_json(found.as_dict())
        return
    contract, state = found.contract, found.state.as_dict() | {"version": found.contract.version}
    print(f"{found.name}: {contract.description}\n{contract.grain}\n")
    for label in ("kind", "owner", "version", "state", "rows", "published_at"):
        print(f"  {label:<13} {state[label]}")
    print(f"  {'reads':<13} {', '.join(map(str, found.definition.inputs))}\n")
    print_table(
        ("column", "type", "required", "description"),
        [(c.name, str(c.type), c.is_required, c.description) for c in contract.columns],
    )
    print()
    print_table(
        ("check", "severity", "what it holds to"),
        [(r.name, r.severity.value, r.description) for r in found.definition.rules],
    )


def history(product: str = PRODUCT, as_json: bool = JSON) -> None:
    """List the snapshots of a product, newest first.

    Examples:

      mesh history retention.churn_predictions
    """
    import meshlake

    facts = [snapshot.as_dict() for snapshot in meshlake.open().history(product)]
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
    import meshlake

    restored = meshlake.open().rollback(product, to)
    if as_json:
        print_json(restored.as_dict())
    else:
        print(f"{product} is back at snapshot {restored.snapshot_id} ({restored.row_count:,} rows).")
