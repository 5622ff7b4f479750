"""`mesh services up|down|status` and `mesh doctor`."""

from __future__ import annotations

import os
from pathlib import Path

import typer

from meshlake.cli.printing import print_json, print_table
from meshlake.errors import EXIT_FAILED, UsageError
from meshlake.services.settings import Service

JSON = typer.Option(False, "--json", help="Print the facts as JSON.")
WHICH = typer.Argument(None, metavar="[minio|postgres|trino ...]", help="All three when none is given.")
app = typer.Typer(help="MinIO, PostgreSQL and Trino on this machine, without Docker.", no_args_is_help=True)


def register(parent: typer.Typer) -> None:
    """Add the commands."""
    parent.add_typer(app, name="services")
    parent.command()(doctor)


@app.command()
def up(which: list[Service] = WHICH) -> None:
    """Install what is missing, start the servers on loopback, and wait until each answers.

    Examples:

      mesh services up

      mesh services up postgres
    """
    from meshlake import services

    cache = Path(os.environ.get("MESH_CACHE", services.DEFAULT_CACHE)).expanduser()
    services.up(_home(), cache, which or tuple(Service), lambda line: print(line, flush=True))
    print('\nUse them in this shell: eval "$(mesh services env)"; then MESH_ENGINE=trino or duckdb')


@app.command()
def down(which: list[Service] = WHICH) -> None:
    """Stop the servers; their data stays.

    Examples:

      mesh services down
    """
    from meshlake import services

    services.down(_home(), which or tuple(Service), lambda line: print(line, flush=True))


@app.command()
def status(as_json: bool = JSON) -> None:
    """Tell whether each server runs and answers, and where. Exit status 1 when one does not.

    Examples:

      mesh services status --json
    """
    from meshlake import services

    found = services.status(_home())
    rows = [(s.service.value, s.address, s.process_id, s.problem or "answers") for s in found]
    columns = ("service", "address", "process", "state")
    if as_json:
        print_json([dict(zip(columns, row, strict=True)) for row in rows])
    elif rows:
        print_table(columns, rows)
    else:
        print("No server of this mesh was ever started: mesh services up")
    if not all(s.is_answering for s in found):
        raise typer.Exit(EXIT_FAILED)


@app.command()
def env() -> None:
    """Print the settings that point a mesh at its servers that run, keys included, for the shell to take in.

    Examples:

      mesh services env

      eval "$(mesh services env)"
    """
    import shlex

    from meshlake import services

    endpoints = services.read_endpoints(_home())
    running = services.running(_home())
    if endpoints is None or not running:
        raise UsageError("no server of this mesh runs", "Start them: mesh services up")
    for name, value in endpoints.as_environment(running).items():
        print(f"export {name}={shlex.quote(value)}")


def doctor(as_json: bool = JSON) -> None:
    """Look at Python, packages, folders, contracts, disk and servers; say what is wrong and what to do.

    Each server that the settings name is tried, all within 15 seconds.

    Examples:

      mesh doctor
    """
    import meshlake

    findings = meshlake.open().doctor()
    if as_json:
        print_json([{"subject": f.subject, "problem": f.problem, "hint": f.hint} for f in findings])
    else:
        rows = [(f.subject, f.problem or "well", f.hint or "") for f in findings]
        print_table(("what", "state", "what to do"), rows)
    if any(f.problem for f in findings):
        raise typer.Exit(EXIT_FAILED)


def _home() -> Path:
    from meshlake.settings import load_settings

    return load_settings().home
