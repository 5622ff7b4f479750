"""`mesh init`: a mesh of one's own."""

from __future__ import annotations

import shlex
from pathlib import Path  # noqa: TC003 - typer reads the annotations

import typer


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(init)


def init(folder: Path = typer.Argument(metavar="FOLDER", help="A new folder, or an empty one.")) -> None:
    """Make a mesh of one's own: settings, an example product, a question, tests, CI; never over what is there.

    Examples:

      mesh init my-mesh
    """
    import meshlake

    for file in meshlake.init(folder):
        print(f"+ {file}")
    print(
        f"\nNext: cd {shlex.quote(str(folder))} && mesh build && mesh sql 'SELECT * FROM example.customers'"
    )
    print("Then read README.md there: mesh test, mesh questions, mesh ui, and data of your own.")
