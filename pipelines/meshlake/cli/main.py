"""Entry point of `mesh`: the commands, and how errors reach the user."""

from __future__ import annotations

import os
import sys

import typer

from meshlake.cli import (
    building,
    catalog,
    data,
    demo,
    init,
    modelling,
    operations,
    query,
    report,
    schema,
    services,
)
from meshlake.errors import DEFECT_HINT, EXIT_STOPPED, MeshError, is_interrupt, system_failure
from meshlake.health import server_failure
from meshlake.settings import load_settings

app = typer.Typer(
    name="mesh",
    help="Meshlake: from a bucket of unknown files to data products you can trust, and models on top of them.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    add_completion=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
for module in (init, data, demo, modelling, building, query, catalog, operations, report, schema, services):
    module.register(app)


def _print_version(is_asked: bool) -> None:
    if is_asked:
        import meshlake

        print(f"meshlake {meshlake.__version__}")
        raise typer.Exit


@app.callback()
def options(
    debug: bool = typer.Option(False, "--debug", help="Show the traceback of an error."),
    _version: bool = typer.Option(
        False, "--version", help="Show the version.", callback=_print_version, is_eager=True
    ),
) -> None:
    """Options of every command."""
    if debug:
        os.environ["MESH_DEBUG"] = "1"


def main() -> None:
    """Run the command line; errors become one or two plain lines and an exit status, or a traceback with --debug."""
    try:
        app()
    except SystemExit as end:
        if end.code == EXIT_STOPPED:
            print("mesh: stopped", file=sys.stderr)
        raise
    except Exception as error:
        if os.environ.get("MESH_DEBUG"):
            raise
        sys.exit(_tell(error))


def _tell(error: Exception) -> int:
    """Print `error` for people, and give the exit status it asks for."""
    if is_interrupt(error):
        print("mesh: stopped", file=sys.stderr)
        return EXIT_STOPPED
    told = _told(error)
    if told is None:
        first = str(error).strip().partition("\n")[0]
        told = MeshError(f"{type(error).__name__}: {first}", DEFECT_HINT)
    print(f"mesh: {told.message}", file=sys.stderr)
    if told.hint:
        print(f"      {told.hint}", file=sys.stderr)
    return told.exit_status


def _told(error: Exception) -> MeshError | None:
    try:
        settings = load_settings()
    except MeshError:
        return error if isinstance(error, MeshError) else system_failure(error)
    return server_failure(error, settings)


if __name__ == "__main__":
    main()
