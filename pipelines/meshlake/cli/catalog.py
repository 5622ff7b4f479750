"""`mesh list`, `mesh show`, `mesh history`, `mesh rollback`, `mesh release`."""

from __future__ import annotations

import typer

from meshlake.cli.completion import product_names
from meshlake.cli.printing import print_json, print_table, print_text, size_text
from meshlake.cli.selectors import SELECTORS

JSON = typer.Option(False, "--json", help="Print the facts as JSON.")
PRODUCT = typer.Argument(
    metavar="D.P", help="A product, such as crm.customers.", autocompletion=product_names
)


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command("list")(list_products)
    app.command()(show)
    app.command()(history)
    app.command()(rollback)
    app.command()(release)


def list_products(selectors: list[str] = SELECTORS, as_json: bool = JSON) -> None:
    """List the products: what each is for, who owns it, what is published of it, and whether its last build failed.

    Examples:

      mesh list

      mesh list crm tag:predictions

      mesh list state:modified

      mesh list --json
    """
    import meshlake

    states = meshlake.open().states(*selectors or ())
    if as_json:
        print_json([state.as_dict() for state in states])
        return
    # Two tables, since one is too wide for most screens; and errors below them, whole.
    rows = [
        (
            s.product,
            "cannot be read" if s.folder_error else s.state,
            s.rows,
            size_text(s.size_bytes) if s.size_bytes else None,
            s.published_at,
        )
        for s in states
    ]
    print_table(("product", "state", "rows", "size", "published (UTC)"), rows)
    if described := [(s.product, s.kind, s.owner, s.description) for s in states if s.kind]:
        print()
        print_table(("product", "kind", "owner", "description"), described)
    for s in states:
        if s.last_build_error:
            print_text(f"\n{s.product}: last build failed {s.last_build_failed_at} UTC: {s.last_build_error}")
        if s.folder_error:
            print_text(f"\n{s.product}: cannot be read: {s.folder_error}")
        if s.held:
            print_text(
                f"\n{s.product}: builds leave it until its folder or {s.held['waits_for']} changes, "
                f"or: mesh release {s.product}"
            )
        if s.retraining:
            print_text(f"\n{s.product}: {s.retraining}")


def show(product: str = PRODUCT, as_json: bool = JSON) -> None:
    """Show one product: columns and where they come from, checks and what they said, promises, who reads it, its state.

    Examples:

      mesh show crm.customers

      mesh show crm.customers --json
    """
    import meshlake
    from meshlake.cli.product_page import print_product

    facts = meshlake.open().product(product).as_dict()
    if as_json:
        print_json(facts)
    else:
        print_product(facts)


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
    for f in facts:
        if held := f["held"]:
            print_text(
                f"\nHeld since {held['since']} UTC, rolled back from snapshot {held['rolled_back_from']}."
            )
            print_text(
                f"Builds leave it until its folder or {held['waits_for']} changes, or: mesh release {product}"
            )
        for name, held in f["held_inputs"].items():
            print_text(
                f"\nSnapshot {f['snapshot_id']} was built from {name} as it was held, at {held['snapshot_id']}."
            )


def rollback(
    product: str = PRODUCT,
    to: str = typer.Option(
        None, "--to", metavar="SNAPSHOT", help="The snapshot to go back to; the one before, if not given."
    ),
    as_json: bool = JSON,
) -> None:
    """Make an earlier snapshot current again; for a model's product, its model version as well.

    Builds leave the product there until its folder or what caused the other version changes, such as a file, or `mesh
    release` lets it go. What it was rolled back from stays in its history.

    Examples:

      mesh rollback retention.churn_predictions

      mesh rollback crm.customers --to 150409553571058610
    """
    import meshlake

    restored = meshlake.open().rollback(product, to)
    if as_json:
        print_json(restored.as_dict())
    else:
        print_text(f"{product} is back at snapshot {restored.snapshot_id} ({restored.row_count:,} rows).")
        if restored.hold is not None:
            print_text(f"Builds leave it there until its folder or {restored.hold.waits_for} changes.")
            print_text(f"Let them go on all the same: mesh release {product}")


def release(product: str = PRODUCT, as_json: bool = JSON) -> None:
    """Let builds make a product again that was rolled back; nothing is built now.

    Examples:

      mesh release crm.customers
    """
    import meshlake

    released = meshlake.open().release(product)
    if as_json:
        print_json(released.as_dict())
    else:
        print_text(
            f"{product} is no longer held at snapshot {released.snapshot_id}.\nNext: mesh build {product}"
        )
