"""`mesh demo`: the demo's data landed as files, or loaded into an operational database."""

from __future__ import annotations

import os
from datetime import datetime  # noqa: TC003 - typer reads the annotations
from enum import StrEnum
from itertools import groupby
from typing import TYPE_CHECKING

import typer

from meshlake.cli.printing import size_text
from meshlake.counting import counted
from meshlake.errors import UsageError

if TYPE_CHECKING:
    from meshlake.mesh.demo import DemoLanded


class DemoPlace(StrEnum):
    """Where the demo data goes."""

    LANDING = "landing"
    POSTGRESQL = "postgresql"


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(demo)


def demo(
    customers: int = typer.Option(20_000, "--customers", help="Customers of the simulated telco operator."),
    days: int = typer.Option(180, "--days", help="Days of daily usage, the last of them 2026-06-30."),
    usage_until: datetime | None = typer.Option(
        None, "--usage-until", formats=["%Y-%m-%d"], help="Leave usage of later days for another call."
    ),
    into: DemoPlace = typer.Option(
        DemoPlace.LANDING,
        "--into",
        help="postgresql: the operator's tables, into the database of MESH_OPERATIONAL.",
    ),
) -> None:
    """Land the demo data: a simulated telco operator, and a real retailer's purchases (CDNOW).

    Examples:

      mesh demo

      mesh demo --customers 1000000 --days 90

      mesh demo --usage-until 2026-06-29    # and later `mesh demo`: one more day lands, and only that day is built

      mesh demo --into postgresql
    """
    import meshlake
    from meshlake.mesh.demo import load_operator

    def told(share: float, text: str) -> None:
        print(f"{share:4.0%} {text}", flush=True)

    mesh = meshlake.open()
    last_day = usage_until.date() if usage_until else None
    if into is DemoPlace.LANDING:
        _tell(mesh.land_demo(customers, days, last_day, progress=told))
        return
    if last_day is not None:
        raise UsageError(
            "--usage-until is for files that land day by day", "Leave it out with --into postgresql."
        )
    print(
        f"\nThe operator's tables are in {load_operator(mesh.settings, customers, days, told)}.\n"
        "Next: mesh discover operational; then mesh adopt operational.crm.customers --as DOMAIN.customers"
    )


def _tell(landed: DemoLanded) -> None:
    for dataset, files in groupby(landed.files, key=lambda file: file.dataset):
        sizes = [(file.size_bytes, file.is_new) for file in files]
        size = size_text(sum(size for size, _ in sizes))
        print(f"+ {dataset}: {counted(len(sizes), 'file')}, {sum(new for _, new in sizes)} new, {size}")
    for folder in landed.folders:
        print(f"Wrote the demo's {folder.name.replace('_', ' ')} into {os.path.relpath(folder)}/")
    if not landed.has_products:
        print("The folder of products holds others than the demo's: run it in an empty folder to see those.")
