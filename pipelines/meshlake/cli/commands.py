"""The commands of `mesh`, and the options of all."""

from __future__ import annotations

import os

import typer

from meshlake.cli import (
    adopting,
    boosting,
    building,
    catalog,
    data,
    demo,
    drop,
    helping,
    init,
    lint,
    modelling,
    operations,
    query,
    report,
    schema,
    services,
)

app = typer.Typer(
    name="mesh",
    cls=helping.Commands,
    help="Meshlake: from a bucket of unknown files to data products you can trust, and models on top of them.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)
for module in (
    init,
    data,
    adopting,
    demo,
    modelling,
    boosting,
    building,
    lint,
    query,
    catalog,
    drop,
    operations,
    report,
    schema,
    services,
):
    module.register(app)
helping.use(app)


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
