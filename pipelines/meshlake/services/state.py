"""What one mesh remembers of its services: ports and secrets, made at the first start, the same ever after.

Ports stay fixed because users copy addresses into their own settings. Processes belong to `process`.
"""

from __future__ import annotations

import json
import os
import secrets
import tomllib
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from meshlake.errors import ServiceError
from meshlake.services.endpoints import Endpoints
from meshlake.services.ports import choose_ports
from meshlake.services.process import locked
from meshlake.services.settings import Service
from meshlake.settings import make_home

if TYPE_CHECKING:
    from collections.abc import Mapping

_SECRETS = "secrets.toml"
_PORTS = "ports.toml"
_SECRET_BYTES = {"s3_access_key": 10, "s3_secret_key": 30, "postgres_password": 30}


def services_folder(home: Path) -> Path:
    """Where the services of the mesh at `home` keep their data, logs, secrets and process files."""
    return home.absolute() / "services"


def read_endpoints(home: Path) -> Endpoints | None:
    """The addresses and keys made at the first start; `None` when there was none.

    Raises:
        ServiceError: a file of state is damaged, or others may read the secrets.
    """
    folder = services_folder(home)
    if not (folder / _SECRETS).exists() or not (folder / _PORTS).exists():
        return None
    _refuse_readable_by_others(folder / _SECRETS)
    keys, ports = _read_toml(folder / _SECRETS), _read_toml(folder / _PORTS)
    try:
        return Endpoints(
            s3_port=int(ports[Service.MINIO]),
            s3_console_port=int(ports["minio_console"]),
            postgres_port=int(ports[Service.POSTGRES]),
            trino_port=int(ports[Service.TRINO]),
            **{name: str(keys[name]) for name in _SECRET_BYTES},
        )
    except (KeyError, ValueError) as error:
        raise ServiceError(
            f"{folder}: ports.toml or secrets.toml lacks a value it must have: {error}",
            "Restore both files from a backup; with neither, the data they protect needs a new MESH_HOME.",
        ) from error


def open_endpoints(home: Path, cache: Path) -> Endpoints:
    """As `read_endpoints`, choosing ports and generating secrets when this is the first start.

    Meshes that share `cache` never choose the same port.
    """
    folder = services_folder(home)
    make_home(home)
    folder.mkdir(parents=True, exist_ok=True)
    if not (folder / _SECRETS).exists():
        # Hexadecimal, so that a key is the same text in a URI, a properties file and a shell.
        _write_toml(
            folder / _SECRETS, {name: secrets.token_hex(size) for name, size in _SECRET_BYTES.items()}
        )
    if not (folder / _PORTS).exists():
        _choose_ports(folder, cache)
    endpoints = read_endpoints(home)
    if endpoints is None:
        raise ServiceError(f"{folder} cannot be written", "Set MESH_HOME to a folder of your own.")
    return endpoints


def _choose_ports(folder: Path, cache: Path) -> None:
    """Write down ports that no other mesh of this user has, whether its servers run or not yet.

    The cache lists the folders of all of them; each tells its ports itself, and gives them back when it is gone.
    """
    with locked(cache / "meshes.lock"):
        listed = cache / "meshes.json"
        known = json.loads(listed.read_text(encoding="utf-8")) if listed.exists() else []
        others = [other for other in known if (Path(other) / _PORTS).exists()]
        taken: set[int] = set()
        for other in others:
            with suppress(ServiceError):  # which that mesh will be told
                taken.update(_read_toml(Path(other) / _PORTS).values())
        _write_toml(folder / _PORTS, choose_ports(taken))
        partial = listed.with_suffix(".partial")
        partial.write_text(json.dumps([*others, str(folder)]), encoding="utf-8")
        partial.replace(listed)


def _refuse_readable_by_others(path: Path) -> None:
    if path.stat().st_mode & 0o077:
        raise ServiceError(f"{path} can be read by other users of this machine", f"Run: chmod 600 {path}")


def _read_toml(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ServiceError(f"{path} is not valid TOML: {error}", "Restore it from a backup.") from error


def _write_toml(path: Path, values: Mapping[str, str | int]) -> None:
    """Write `values` so that the file is never seen half written nor readable by others."""
    lines = (
        f'{key} = "{value}"' if isinstance(value, str) else f"{key} = {value}"
        for key, value in values.items()
    )
    partial = path.with_suffix(".partial")
    partial.unlink(missing_ok=True)
    with os.fdopen(
        os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8"
    ) as file:
        file.write("\n".join(lines) + "\n")
    partial.replace(path)
