"""`mesh demo`: the demo's data landed as files, or loaded into an operational database."""

from __future__ import annotations

from datetime import datetime  # noqa: TC003 - typer reads the annotations
from enum import StrEnum
from itertools import groupby
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import typer

from meshlake.cli.printing import size_text
from meshlake.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable

    from meshlake.settings import Settings


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
    from meshlake.demo import land_demo
    from meshlake.settings import load_settings

    def told(share: float, text: str) -> None:
        print(f"{share:4.0%} {text}", flush=True)

    settings = load_settings()
    last_day = usage_until.date() if usage_until else None
    if into is DemoPlace.POSTGRESQL:
        if last_day is not None:
            raise UsageError(
                "--usage-until is for files that land day by day", "Leave it out with --into postgresql."
            )
        _load_operator(settings.operational, customers, days, told)
        return
    if settings.store_of(settings.landing).is_local:
        land_demo(Path(settings.landing), customers, days, last_day, told)
        return
    with TemporaryDirectory(prefix="mesh-demo-") as folder:
        land_demo(Path(folder), customers, days, last_day, told)
        _land_folders(Path(folder), settings)


def _load_operator(uri: str | None, customers: int, days: int, told: Callable[[float, str], None]) -> None:
    from meshlake.demo.operational import load_telco
    from meshlake.landing.operational import database_address, open_database

    if uri is None:
        hint = "Set it to postgresql://USER:PASSWORD@HOST:PORT/DATABASE."
        raise UsageError("MESH_OPERATIONAL is not set, so there is no database to load", hint)
    address = database_address(uri)
    with open_database(address, "the demo", is_read_only=False) as database:
        load_telco(database, customers, days, progress=told)
    print(
        f"\nThe operator's tables are in {address}.\n"
        "Next: mesh discover operational; then mesh adopt operational.crm.customers --as DOMAIN.customers"
    )


def _land_folders(folder: Path, settings: Settings) -> None:
    """Land `<folder>/<domain>/<dataset>/`; unlike a folder, a bucket keeps what has landed under the same name."""
    from meshlake.landing.arrival import land as land_files
    from meshlake.landing.zone import files_zone

    zone = files_zone(settings)
    for domain in sorted(folder.iterdir()):
        landed = land_files([domain], zone, domain.name)
        for dataset, files in groupby(landed, key=lambda file: file.dataset):
            sizes = [(file.size_bytes, file.is_new) for file in files]
            size = size_text(sum(size for size, _ in sizes))
            print(f"+ {dataset}: {len(sizes)} files, {sum(new for _, new in sizes)} new, {size}", flush=True)
