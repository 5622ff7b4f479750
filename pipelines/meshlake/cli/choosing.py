"""`mesh model promote | pin | rollback | unpin`: which version of a model scores, chosen by hand."""

from __future__ import annotations

from typing import TYPE_CHECKING

import typer

from meshlake.cli.completion import product_names
from meshlake.cli.printing import print_json, print_text

if TYPE_CHECKING:
    from meshlake.products.pin import Pin

MODEL = typer.Argument(metavar="D.P", help="The product of its predictions.", autocompletion=product_names)
WHY = typer.Option("", "--why", metavar="TEXT", help="Why; kept with it, and told by list and show.")
JSON = typer.Option(False, "--json", help="Print the facts as JSON.")


def register(model: typer.Typer) -> None:
    """Add the commands."""
    for command in (promote, pin, rollback, unpin):
        model.command()(command)


def promote(
    product: str = MODEL,
    version: str = typer.Argument(metavar="VERSION", help="Of mesh model list."),
    why: str = WHY,
    as_json: bool = JSON,
) -> None:
    """Have a version score from the next build on, as if it had won; a later challenger may take its place.

    Examples:

      mesh model promote retention.churn_predictions 20260701T040000-0123456789ab --why "it knows the new plans"
    """
    import meshlake

    _print_said(product, meshlake.open().promote_model(product, version, why=why), as_json=as_json)


def pin(
    product: str = MODEL,
    version: str = typer.Argument(None, metavar="[VERSION]", help="Else the champion."),
    why: str = WHY,
    as_json: bool = JSON,
) -> None:
    """Have a version score from the next build on, until it is unpinned; challengers are trained and kept meanwhile.

    Examples:

      mesh model pin retention.churn_predictions --why "until the campaign ends"

      mesh model pin retention.churn_predictions 20260701T040000-0123456789ab
    """
    import meshlake

    _print_said(product, meshlake.open().pin_model(product, version, why=why), as_json=as_json)


def rollback(product: str = MODEL, why: str = WHY, as_json: bool = JSON) -> None:
    """Pin the champion before the one that scores now. `mesh rollback` brings its rows of then back instead.

    Examples:

      mesh model rollback retention.churn_predictions --why "it flags nobody of the north"
    """
    import meshlake

    _print_said(product, meshlake.open().rollback_model(product, why=why), as_json=as_json)


def unpin(product: str = MODEL, as_json: bool = JSON) -> None:
    """Let comparisons decide again which version scores.

    Examples:

      mesh model unpin retention.churn_predictions
    """
    import meshlake

    ended = meshlake.open().unpin_model(product)
    if as_json:
        print_json({"product": product, "version": ended.version, "was": ended.in_words})
        return
    print_text(f"Version {ended.version} of {product} is a champion like any other now: {ended.in_words}.")


def _print_said(product: str, said: Pin, *, as_json: bool) -> None:
    if as_json:
        print_json({"product": product, "version": said.version, "pinned": said.in_words})
        return
    print_text(f"Version {said.version} of {product} was {said.in_words}.")
    print_text(f"It scores from the next build on: mesh build {product}")
