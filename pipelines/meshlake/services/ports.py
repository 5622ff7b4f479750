"""Ports of loopback: which are free, and which a new mesh takes. What a mesh has chosen before is `state`'s."""

from __future__ import annotations

import socket
from typing import TYPE_CHECKING

from meshlake.services.settings import DEFAULT_PORTS, HOST

if TYPE_CHECKING:
    from collections.abc import Collection


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


def _any_free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])
