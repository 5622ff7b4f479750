"""`mesh land`, `mesh discover`, `mesh adopt`, `mesh demo`: from files to drafted products."""

from __future__ import annotations

from pathlib import Path

import typer

from pipelines.cli.printing import print_json, print_table, size_text
from pipelines.names import DatasetName

JSON = typer.Option(False, "--json", help="Print the facts as JSON.")


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command()(discover)
    app.command()(demo)


def discover(
    what: str = typer.Argument(
        None, metavar="[D[.N]]", help="A domain or a dataset; everything when not given."
    ),
    as_json: bool = JSON,
) -> None:
    """Profile what has landed: schema, row counts, nulls, distinct values.

    Examples:

      mesh discover

      mesh discover crm.customers
    """
    from dataclasses import asdict

    from pipelines.discovery.profile import profile_dataset
    from pipelines.landing.zone import LandingZone
    from pipelines.settings import load_settings

    settings = load_settings()
    zone = LandingZone(settings.landing)
    names = zone.datasets() if what is None or "." not in what else [DatasetName.parse(what)]
    if what is not None and "." not in what:
        names = [name for name in names if name.domain == what]
    profiles = [profile_dataset(settings, zone.dataset(name)) for name in names]
    if as_json:
        print_json([asdict(profile) for profile in profiles])
        return
    for profile in profiles:
        size = size_text(profile.size_bytes)
        title = (
            f"{profile.name}: {profile.row_count:,} rows, {profile.file_count} {profile.format} files, {size}"
        )
        print_table(
            ("column", "type", "null %", "distinct", "lowest", "highest"),
            [
                (c.name, c.type, round(100 * c.null_share, 1), c.distinct_count, c.minimum, c.maximum)
                for c in profile.columns
            ],
            title,
        )
        print()


def demo(
    customers: int = typer.Option(20_000, "--customers", help="Customers of the simulated telco operator."),
    days: int = typer.Option(180, "--days", help="Days of daily usage."),
) -> None:
    """Land the demo data: a simulated telco operator, and a real retailer's purchases (CDNOW).

    Examples:

      mesh demo

      mesh demo --customers 1000000 --days 90
    """
    from pipelines.demo import land_demo
    from pipelines.settings import load_settings

    landing = Path(load_settings().landing)
    land_demo(landing, customers, days, lambda share, text: print(f"{share:4.0%} {text}", flush=True))
