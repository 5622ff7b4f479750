"""`mesh drop`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import typer

from meshlake.cli.catalog import JSON, PRODUCT
from meshlake.cli.confirming import YES, confirm
from meshlake.cli.printing import print_json

if TYPE_CHECKING:
    from meshlake.building.drop import Dropped


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(drop)


def drop(
    product: str = PRODUCT,
    breaking: bool = typer.Option(False, "--breaking", help="Go on where other products read it."),
    undo: bool = typer.Option(False, "--undo", help="Bring back what was dropped, until `mesh clean`."),
    yes: bool = YES,
    as_json: bool = JSON,
) -> None:
    """Take what is published of a product out of sight; its history is kept until `mesh clean`.

    Its folder is left as it is: as long as it is there, the next build publishes the product anew.

    Examples:

      mesh drop retail.customer_rfm --breaking --yes

      mesh drop retail.customer_rfm --undo
    """
    import meshlake

    mesh = meshlake.open()
    if undo:
        restored = mesh.undrop(product)
        if as_json:
            print_json(restored.as_dict())
        else:
            print(f"{product} is back at snapshot {restored.snapshot_id} ({restored.row_count:,} rows).")
        return
    found = mesh.to_drop(product, is_breaking=breaking)
    question = f"Drop {product}, {found.rows:,} rows and {found.snapshots:,} versions?"
    confirm(question, is_yes=yes, is_json=as_json)
    found = mesh.drop(product, is_breaking=breaking)
    if as_json:
        print_json(found.as_dict())
    else:
        _tell(found)


def _tell(found: Dropped) -> None:
    print(
        f"{found.product} is dropped. `mesh clean` removes its {found.snapshots:,} versions once they are an hour old;"
    )
    print(f"till then: mesh drop {found.product} --undo")
    if found.readers:
        print(f"What reads it cannot be built any more: {', '.join(found.readers)}")
    if found.questions:
        print(f"Questions that read it cannot be answered any more: {', '.join(found.questions)}")
    if found.folder:
        print(f"Its folder is left: the next build publishes it anew, unless you remove {found.folder}")
