"""Entry point of `mesh`: the commands, and how errors reach the user."""

from __future__ import annotations

import os
import sys

import typer

from pipelines.cli import building, catalog, data, operations, query, report, services
from pipelines.errors import EXIT_FAILED, MeshError

app = typer.Typer(
    name="mesh",
    help="Meshlake: from a bucket of unknown files to data products you can trust, and models on top of them.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    add_completion=False,
)
for module in (data, building, query, catalog, operations, report, services):
    module.register(app)


@app.callback()
def options(debug: bool = typer.Option(False, "--debug", help="Show the traceback of an error.")) -> None:
    """Options of every command."""
    if debug:
        os.environ["MESH_DEBUG"] = "1"


def main() -> None:
    """Run the command line; errors become one or two plain lines and an exit status."""
    try:
        app()
    except MeshError as error:
        if os.environ.get("MESH_DEBUG"):
            raise
        print(f"mesh: {error.message}", file=sys.stderr)
        if error.hint:
            print(f"      {error.hint}", file=sys.stderr)
        sys.exit(error.exit_status)
    except KeyboardInterrupt:
        print("mesh: stopped", file=sys.stderr)
        sys.exit(EXIT_FAILED)


if __name__ == "__main__":
    main()
