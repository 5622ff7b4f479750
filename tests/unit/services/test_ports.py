"""Ports that a new mesh takes."""

import socket

import pytest

from meshlake.errors import UsageError
from meshlake.services.ports import choose_ports, is_port_free, require_port
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


@pytest.mark.parametrize(
    ("host", "port", "told"),
    [
        ("127.0.0.1", 0, "0 is no port"),
        ("127.0.0.1", 70_000, "70000 is no port"),
        ("192.0.2.1", 3000, "'192.0.2.1' is no address of this machine"),
        ("no such host", 3000, "'no such host' is no address of this machine"),
    ],
)
def test_a_port_that_cannot_be_served_is_refused(host, port, told):
    with pytest.raises(UsageError, match=told):
        require_port(host, port)


def test_a_port_that_another_serves_is_refused_and_a_free_one_named():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(UsageError, match=f"port {port} of 127.0.0.1 is taken") as refused:
            require_port("127.0.0.1", port)
    free = int(str(refused.value.hint).rsplit(" ", 1)[1])
    require_port("127.0.0.1", free)
