from __future__ import annotations

import pytest
from trino.exceptions import TrinoQueryError, TrinoUserError

from meshlake.engines.trino.connection import connect, explain_trino, once_started
from meshlake.errors import UsageError


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
        ("https://ana:s3cret%E2%82%AC@host", "cannot send"),
    ],
)
def test_an_address_that_cannot_be_is_refused_without_its_password(address, words):
    with pytest.raises(UsageError, match=words) as refused:
        connect(address)
    assert "s3cret" not in str(refused.value)


def test_a_trino_that_is_still_starting_is_asked_again(monkeypatch):
    monkeypatch.setattr("time.sleep", lambda _: None)
    answers = iter([_failure("SERVER_STARTING_UP"), _failure("NO_NODES_AVAILABLE"), 5])

    def run():
        answer = next(answers)
        if isinstance(answer, Exception):
            raise answer
        return answer

    assert once_started(run) == 5


def test_any_other_failure_is_final():
    asked = []

    def run():
        asked.append(1)
        raise _failure("GENERIC_INTERNAL_ERROR")

    with pytest.raises(TrinoQueryError):
        once_started(run)
    assert len(asked) == 1


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("SYNTAX_ERROR", "Correct the SQL"),
        ("INVALID_CAST_ARGUMENT", "use TRY_CAST"),
        ("ICEBERG_TOO_MANY_OPEN_PARTITIONS", "iceberg.max-partitions-per-writer"),
    ],
)
def test_a_failure_of_the_users_says_what_to_do(name, hint):
    told = explain_trino(TrinoUserError({"errorName": name, "message": "no"}), "crm.people")
    assert told.message == "crm.people: no"
    assert hint in told.hint


def _failure(name: str) -> TrinoQueryError:
    return TrinoQueryError({"errorName": name, "message": "no"})
