"""What is told of a failure when the servers behind it are gone, and of those that no server is the cause of."""

import psycopg2
import pytest
import requests
import sqlalchemy.exc
from trino.exceptions import TrinoExternalError, TrinoUserError

from meshlake.errors import BuildError, DeniedError, ServiceError, StorageError, SystemFailure
from meshlake.health import naming_servers, server_failure
from meshlake.settings import load_settings

DEAD = {"MESH_CATALOG": "postgresql://mesh:the-password@127.0.0.1:1/mesh"}
REFUSED = sqlalchemy.exc.OperationalError(
    "SELECT 1", {}, psycopg2.OperationalError("server closed the connection")
)


def _caused(error, cause):
    error.__cause__ = cause
    return error


def _circle():
    """As a library leaves it that raises again, from another error, what it caught."""
    error = ValueError("raised again")
    error.__cause__ = _caused(RuntimeError("in between"), error)
    return error


@pytest.fixture
def settings(tmp_path):
    return load_settings(DEAD, tmp_path)


@pytest.mark.parametrize(
    "error",
    [
        REFUSED,
        OSError("AWS Error NETWORK_CONNECTION"),
        requests.ConnectionError("refused"),
        StorageError("s3://landing: S3 says: no"),
        SystemFailure("crm.people: Trino does not answer"),
        _caused(BuildError("crm.people: failed"), TrinoExternalError({"message": "JDBC"})),
        _caused(ValueError("in between"), _caused(RuntimeError("and again"), REFUSED)),
    ],
    ids=repr,
)
def test_the_server_is_named_whatever_failed(settings, error):
    with pytest.raises(ServiceError) as told, naming_servers(settings, "crm.people"):
        raise error
    assert told.value.message.startswith("crm.people: Catalog postgresql://127.0.0.1:1/mesh: connection to")
    assert "Check MESH_CATALOG" in told.value.hint
    assert "the-password" not in str(told.value)
    assert told.value.__cause__ is error


@pytest.mark.parametrize(
    "error",
    [
        ValueError("a defect"),
        BuildError("crm.people: a column is unknown"),
        _caused(BuildError("crm.people: a column is unknown"), TrinoUserError({"message": "unknown"})),
        ServiceError("PostgreSQL ended while it started"),
        _circle(),
    ],
    ids=repr,
)
def test_what_is_no_servers_failure_stays_as_it_is(settings, error):
    with pytest.raises(type(error)) as told, naming_servers(settings, "crm.people"):
        raise error
    assert told.value is error


def test_without_servers_none_is_to_blame(tmp_path):
    embedded = load_settings({}, tmp_path)
    assert server_failure(OSError("odd"), embedded) is None
    failure = server_failure(PermissionError(13, "Permission denied", "/lake"), embedded, "crm.people")
    assert failure.message == "crm.people: /lake: Permission denied"


def test_a_server_that_answers_again(tmp_path, monkeypatch):
    monkeypatch.setattr("meshlake.health.failure.require_servers", lambda _: None)
    told = server_failure(REFUSED, load_settings(DEAD, tmp_path), "crm.people")
    assert told.message == "crm.people: PostgreSQL does not answer: server closed the connection"
    other = server_failure(requests.ConnectionError("refused"), load_settings(DEAD, tmp_path), "crm.people")
    assert other.message == "crm.people: a server failed, and answers again: refused"
    storage = StorageError("s3://landing: S3 says: no")
    assert server_failure(storage, load_settings(DEAD, tmp_path)) is storage


def test_a_key_that_is_refused_stays_told_as_that(settings):
    """Whichever server the examination finds, asking again with the same key would change nothing."""
    told = server_failure(DeniedError("crm.people: the object store fails: 403"), settings, "crm.people")
    assert type(told) is DeniedError
    assert told.message.startswith("crm.people: Catalog postgresql://127.0.0.1:1/mesh: connection to")
