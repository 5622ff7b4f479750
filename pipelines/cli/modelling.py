"""`mesh model churn` and `mesh model segments`: draft a model's product."""

from __future__ import annotations

import typer


def register(app: typer.Typer) -> None:
    """Add the commands."""
