"""Where Dagster keeps the history of runs, and how fast it writes it down.

It is kept where the catalog is: in SQLite below the mesh's home, or, when several machines share the mesh, in the
catalog's own PostgreSQL database. Two meshes then never see each other's runs, and a mesh needs no second database.

A build emits hundreds of events, and Dagster commits each by itself to SQLite: on a disk whose fsync takes 8 ms that
was 30 of 41 seconds of a build in which nothing had changed. The history is no data product: it is written without
waiting for the disk. A killed process loses none of it; a power cut may lose its last moments.
"""

from __future__ import annotations

import logging
import os
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import dagster as dg
import sqlalchemy
import yaml
from alembic.script import ScriptDirectory
from dagster._core.instance.ref import InstanceRef
from dagster._core.remote_origin import ManagedGrpcPythonEnvCodeLocationOrigin, RemoteRepositoryOrigin
from dagster._core.types.loadable_target_origin import LoadableTargetOrigin

from meshlake.orchestration import event_log

if TYPE_CHECKING:
    from collections.abc import Iterator

    from dagster._core.remote_origin import RemoteJobOrigin

    from meshlake.settings import Settings

INSTANCE_FILE = "dagster.yaml"
WORKSPACE_FILE = Path(__file__).with_name("workspace.yaml")
STORAGE_VARIABLE = "DAGSTER_STORAGE"
# By its variable alone: Dagster hands its settings to its processes as arguments, which every user can read.
_IN_POSTGRESQL = f"storage: {{postgres: {{postgres_url: {{env: {STORAGE_VARIABLE}}}}}}}\n"

_unwaited_homes: set[Path] = set()

_REPOSITORY = "__repository__"  # what Dagster calls the definitions of a module that names none

# Dagster would copy what a step writes by a `tail` that it ends with the step: of a quick one the last lines were lost.
# Whoever runs steps by this instance has a terminal, and is told there.
_OF_A_COMMAND: dict[str, Any] = {
    "compute_logs": {
        "module": "dagster._core.storage.noop_compute_log_manager",
        "class": "NoOpComputeLogManager",
    },
    "instance_class": {"module": __name__, "class": "CommandsInstance"},
}


class CommandsInstance(dg.DagsterInstance):
    """Dagster's instance for runs in this very process: they are runs of the mesh's code location, as all others are.

    Dagster knows of none for what runs in process, and leaves runs of no code location out of its timeline.
    """

    def create_run_for_job(self, job_def: dg.JobDefinition, *args: Any, **facts: Any) -> dg.DagsterRun:
        """A run of `job_def`, told to be of the code location that `workspace.yaml` names."""
        facts["remote_job_origin"] = facts.get("remote_job_origin") or _origin(job_def.name)
        return super().create_run_for_job(job_def, *args, **facts)

    # Dagster asks a class of one's own for both.
    @staticmethod
    def config_schema() -> dict[str, Any]:
        """It takes no settings of its own."""
        return {}

    config_defaults = staticmethod(InstanceRef.config_defaults)


def dagster_home(settings: Settings) -> Path:
    """The folder of Dagster's instance, with its settings as they are now; `DAGSTER_HOME` is another's to write."""
    if given := os.environ.get("DAGSTER_HOME"):
        return Path(given)
    home = settings.make_home() / "dagster"
    home.mkdir(parents=True, exist_ok=True)
    file, content = home / INSTANCE_FILE, instance_file(is_embedded=settings.is_embedded)
    if not file.exists() or file.read_text(encoding="utf-8") != content:
        # Whole at once: a daemon that read half of it would keep its history elsewhere.
        partial = file.with_name(f".{INSTANCE_FILE}.{os.getpid()}")
        partial.write_text(content, encoding="utf-8")
        partial.replace(file)
    return home


def instance_file(*, is_embedded: bool) -> str:
    """The project's `dagster.yaml`, and where the history is when it is not in SQLite beside it."""
    common = Path(__file__).with_name(INSTANCE_FILE).read_text(encoding="utf-8")
    return common if is_embedded else common + _IN_POSTGRESQL


def dagster_environment(settings: Settings) -> dict[str, str]:
    """The variables by which Dagster's processes find this mesh's instance."""
    found = {"DAGSTER_HOME": str(dagster_home(settings))}
    return found if settings.is_embedded else found | {STORAGE_VARIABLE: settings.catalog}


@contextmanager
def instance(settings: Settings) -> Iterator[dg.DagsterInstance]:
    """Dagster's instance of this mesh.

    Raises:
        dagster_postgres.utils.DagsterPostgresException: PostgreSQL, which keeps the history, does not answer.
    """
    environment = dagster_environment(settings)
    home = Path(environment["DAGSTER_HOME"])
    if STORAGE_VARIABLE in environment:
        os.environ[STORAGE_VARIABLE] = environment[STORAGE_VARIABLE]
        logging.getLogger().addFilter(_is_no_retry)
    write_without_waiting(home)
    _read_migrations_once()
    reference = InstanceRef.from_dir(
        str(home), config_filename=INSTANCE_FILE, overrides=_OF_A_COMMAND | _storage(settings, home)
    )
    with dg.DagsterInstance.from_ref(reference) as found:
        yield found


def _storage(settings: Settings, home: Path) -> dict[str, Any]:
    """Where events go, of a home whose settings are the mesh's own and name no server."""
    if not settings.is_embedded or "DAGSTER_HOME" in os.environ:
        return {}
    kept = {"module": event_log.__name__, "class": event_log.KeptOpenStorage.__name__}
    return {"storage": {"custom": kept | {"config": {"base_dir": str(home)}}}}


def _read_migrations_once() -> None:
    """Of each database that it opens, and each run has one, Dagster reads all its migrations: a fifth of the CPU of a
    build in which nothing had changed. They are files of its package, the same for all.
    """
    if not hasattr(ScriptDirectory.from_config, "cache_info"):
        ScriptDirectory.from_config = cache(ScriptDirectory.from_config)  # type: ignore[method-assign]


def _origin(job: str) -> RemoteJobOrigin:
    """Where `workspace.yaml` has Dagster load the job from."""
    (location,) = yaml.safe_load(WORKSPACE_FILE.read_text(encoding="utf-8"))["load_from"]
    module, name = location["python_module"]["module_name"], location["python_module"]["location_name"]
    target = LoadableTargetOrigin(module_name=module)
    origin = ManagedGrpcPythonEnvCodeLocationOrigin(target, name)
    return RemoteRepositoryOrigin(origin, _REPOSITORY).get_job_origin(job)


def _is_no_retry(record: logging.LogRecord) -> bool:
    """Dagster warns of each time it tries PostgreSQL again; the user is told once, when it gives up."""
    return not record.getMessage().startswith("Retrying failed database connection")


def write_without_waiting(home: Path) -> None:
    """Let this process write SQLite files below `home` without waiting for the disk."""
    _unwaited_homes.add(home)
    if not sqlalchemy.event.contains(sqlalchemy.engine.Engine, "connect", _write_without_waiting):
        sqlalchemy.event.listen(sqlalchemy.engine.Engine, "connect", _write_without_waiting)


def _write_without_waiting(connection: Any, _record: object) -> None:
    if type(connection).__module__ != "sqlite3":
        return
    files = [Path(row[2]) for row in connection.execute("PRAGMA database_list") if row[2]]
    if any(parent in _unwaited_homes for file in files for parent in file.parents):
        connection.execute("PRAGMA synchronous = OFF")
