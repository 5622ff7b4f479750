"""`mesh ui`."""

from __future__ import annotations

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
    from meshlake.services.ports import require_port
    from meshlake.settings import load_settings

    settings = load_settings()
    require_port(host, port)
    # Dagster takes seconds to load: what is wrong is told before.
    from meshlake.orchestration.pages import serve_pages

    serve_pages(settings, host, port)
