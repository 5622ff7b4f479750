"""What a command asks before it takes something away."""

from __future__ import annotations

import sys

import typer

from meshlake.errors import UsageError

YES = typer.Option(False, "--yes", help="Do not ask.")


def confirm(question: str, *, is_yes: bool, is_json: bool) -> None:
    """Ask at a terminal, unless the answer is given.

    Raises:
        UsageError: there is nobody to ask.
        typer.Exit: the answer is no.
    """
    if is_yes:
        return
    if is_json or not sys.stdin.isatty():
        raise UsageError(f"{question} Nobody is there to say so", "Say it with --yes.")
    try:
        has_agreed = typer.confirm(question, err=True)
    except typer.Abort:
        raise KeyboardInterrupt from None
    if not has_agreed:
        print("Nothing was changed.")
        raise typer.Exit
