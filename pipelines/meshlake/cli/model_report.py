"""`mesh model report`: a page of what a version is worth."""

from __future__ import annotations

from pathlib import Path  # noqa: TC003 - typer reads the annotations

import typer

from meshlake.cli.choosing import JSON, MODEL
from meshlake.cli.printing import print_json, print_text


def register(model: typer.Typer) -> None:
    """Add the command."""
    model.command()(report)


def report(
    product: str = MODEL,
    version: str = typer.Argument(None, metavar="[VERSION]", help="Else the champion."),
    html: Path | None = typer.Option(
        None, "--html", metavar="FILE", help="Where to write the page; else among the files of the mesh."
    ),
    as_json: bool = JSON,
) -> None:
    """Write a page of what a version is worth, on rows it did not learn from; it needs no network.

    Examples:

      mesh model report retention.churn_predictions

      mesh model report retention.churn_predictions --html churn.html
    """
    import meshlake

    found = meshlake.open().model_report(product, version)
    page = found.write_page(html)
    if as_json:
        print_json({**found.state.as_dict(), "verdict": found.verdict, "page": str(page)})
        return
    print_text(found.verdict)
    print_text(f"Version {found.state.version} of {product} is in {page}: open it in a browser.")
