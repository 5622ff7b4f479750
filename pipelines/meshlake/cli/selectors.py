"""The argument of every command that is about some of the products, or all."""

from __future__ import annotations

import typer

from meshlake.cli.completion import selectors

SELECTORS = typer.Argument(
    None,
    metavar="[SELECTOR ...]",
    help="Products: D.P, a domain, 'crm.*', tag:NAME, state:modified; +X with what X needs, X+ with what needs X, "
    "X,Y what both select. All when none is given.",
    autocompletion=selectors,
)
