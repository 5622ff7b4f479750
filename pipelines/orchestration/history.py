"""Where Dagster keeps the history of runs, and how fast it writes it down.

A build emits hundreds of events, and Dagster commits each by itself to SQLite: on a disk whose fsync takes 8 ms that
was 30 of 41 seconds of a build in which nothing had changed. The history is no data product: it is written without
waiting for the disk. A killed process loses none of it; a power cut may lose its last moments.
"""

from __future__ import annotations

import os
import shutil
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import dagster as dg
import sqlalchemy

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pipelines.settings import Settings

INSTANCE_FILE = "dagster.yaml"
WORKSPACE_FILE = Path(__file__).parents[2] / "workspace.yaml"


def dagster_home(settings: Settings) -> Path:
    """The folder of Dagster's instance, holding the project's `dagster.yaml` as it is now."""
    if given := os.environ.get("DAGSTER_HOME"):
        return Path(given)
    home = settings.home / "dagster"
    home.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(Path(__file__).parents[2] / INSTANCE_FILE, home / INSTANCE_FILE)
    return home


@contextmanager
def instance(settings: Settings) -> Iterator[dg.DagsterInstance]:
    """Dagster's instance of this mesh."""
    home = dagster_home(settings)
    write_without_waiting(home)
    with dg.DagsterInstance.from_config(str(home), INSTANCE_FILE) as found:
        yield found


def write_without_waiting(home: Path) -> None:
    """Let this process write SQLite files below `home`, and no others, without waiting for the disk."""

    def on_connect(connection: Any, _record: object) -> None:
        if type(connection).__module__ != "sqlite3":
            return
        files = [Path(row[2]) for row in connection.execute("PRAGMA database_list") if row[2]]
        if any(file.is_relative_to(home) for file in files):
            connection.execute("PRAGMA synchronous = OFF")

    sqlalchemy.event.listen(sqlalchemy.engine.Engine, "connect", on_connect)
