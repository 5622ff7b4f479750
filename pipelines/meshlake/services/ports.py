"""Ports of loopback: which are free, and which a new mesh takes. What a mesh has chosen before is `state`'s."""

from __future__ import annotations

import errno
import socket
from typing import TYPE_CHECKING

from meshlake.errors import UsageError
from meshlake.services.settings import DEFAULT_PORTS, HOST

if TYPE_CHECKING:
    from collections.abc import Collection

_LAST_PORT = 65_535


def choose_ports(taken: Collection[int] = ()) -> dict[str, int]:
    """A free port for each server, none of those `taken`: its usual one where that is free."""
    ports: dict[str, int] = {}
    for name, usual in DEFAULT_PORTS.items():
        port = usual if is_port_free(usual) else _any_free_port()
        while port in ports.values() or port in taken:
            port = _any_free_port()
        ports[name] = port
    return ports


def is_port_free(port: int) -> bool:
    """Whether a server could listen on `port` now."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            return False
    return True


def require_port(host: str, port: int) -> None:
    """Refuse a port on which no server of this machine could listen at `host` now.

    Raises:
        UsageError: it is no port, or taken, or not for everyone; or `host` is no address of this machine.
    """
    if not 0 < port <= _LAST_PORT:
        raise UsageError(f"{port} is no port", f"Ports are numbers from 1 to {_LAST_PORT}.")
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except PermissionError as error:
            raise UsageError(
                f"port {port} is not for everyone", f"Take one from 1024 on, such as {_any_free_port()}."
            ) from error
        except OSError as error:
            if error.errno == errno.EADDRINUSE:
                raise UsageError(
                    f"port {port} of {host} is taken", f"Take another: --port {_any_free_port()}"
                ) from error
            raise UsageError(f"'{host}' is no address of this machine", "127.0.0.1 is.") from error


def _any_free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])
