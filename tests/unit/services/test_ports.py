"""Ports that a new mesh takes."""

import socket

from meshlake.services.ports import choose_ports, is_port_free
from meshlake.services.settings import DEFAULT_PORTS


def test_ports_are_distinct_and_avoid_those_in_use():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        assert not is_port_free(port)
    ports = choose_ports()
    assert set(ports) == set(DEFAULT_PORTS)
    assert len(set(ports.values())) == len(ports)
    assert all(is_port_free(port) for port in ports.values())


def test_ports_of_others_are_not_taken_though_free():
    first = choose_ports()
    assert not set(first.values()) & set(choose_ports(first.values()).values())
