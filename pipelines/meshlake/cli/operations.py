"""`mesh ui`."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import typer


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command()(ui)


def ui(
    port: int = typer.Option(3000, "--port", help="Port on this machine."),
    host: str = typer.Option("127.0.0.1", "--host", help="Address to listen on; others can then run builds."),
) -> None:
    """Serve Dagster's UI and daemon: the graph, runs, checks, schedules.

    Examples:

      mesh ui

      mesh ui --port 3001
    """
    from meshlake.orchestration.history import WORKSPACE_FILE, dagster_environment
    from meshlake.settings import load_settings

    environment = os.environ | dagster_environment(load_settings())
    print(f"Dagster's UI: http://{host}:{port} (stop with Ctrl-C)", flush=True)
    dagster = str(Path(sys.executable).with_name("dagster"))
    command = [dagster, "dev", "--workspace", str(WORKSPACE_FILE), "--host", host, "--port", str(port)]
    os.execve(command[0], command, environment)  # noqa: S606 - a fixed command, without a shell
