from __future__ import annotations

import pytest

from pipelines.engine.trino.connection import connect
from pipelines.errors import UsageError


@pytest.mark.parametrize(
    ("address", "host", "port", "scheme", "user"),
    [
        ("http://127.0.0.1:8080", "127.0.0.1", 8080, "http", "mesh"),
        ("http://ana@trino.example.com", "trino.example.com", 8080, "http", "ana"),
        ("https://ana:p%40ss@trino.example.com", "trino.example.com", 443, "https", "ana"),
    ],
)
def test_addresses(address, host, port, scheme, user):
    connection = connect(address, "crm")
    assert (connection.host, connection.port, connection.http_scheme) == (host, port, scheme)
    assert (connection.user, connection.catalog, connection.schema) == (user, "mesh", "crm")


def test_a_password_is_read_as_it_was_meant():
    assert connect("https://ana:p%40ss@trino.example.com").auth._password == "p@ss"


@pytest.mark.parametrize(
    ("address", "words"),
    [
        ("127.0.0.1:8080", "not the address"),
        ("https://ana:s3cret@host:many", "not the address"),
        ("jdbc:trino://ana:s3cret@host", "not the address"),
        ("http://ana:s3cret@host", "unencrypted"),
    ],
)
def test_an_address_that_cannot_be_is_refused_without_its_password(address, words):
    with pytest.raises(UsageError, match=words) as refused:
        connect(address)
    assert "s3cret" not in str(refused.value)
