"""What an error promises: a line, a hint, an exit status."""

from __future__ import annotations

import pytest

from meshlake import errors


@pytest.mark.parametrize(
    ("kind", "status"),
    [
        (errors.UsageError, 2),
        (errors.ContractError, 1),
        (errors.LandingError, 1),
        (errors.BuildError, 1),
        (errors.ConflictError, 1),
    ],
)
def test_the_exit_status_tells_wrong_use_from_failure(kind, status):
    error = kind("what and where", "what to do")
    assert error.exit_status == status
    assert isinstance(error, errors.MeshError)
    assert (error.message, error.hint) == ("what and where", "what to do")
    assert str(error) == "what and where\nwhat to do"


def test_a_hint_may_be_left_out():
    assert str(errors.MeshError("what")) == "what"


def test_a_failed_audit_carries_its_results():
    error = errors.AuditError("crm.people: check x failed", "look", ["result"])
    assert error.results == ("result",)
    assert error.exit_status == 1


@pytest.mark.parametrize(
    ("raised", "told"),
    [
        (OSError(28, "No space left on device"), "crm.people: the disk is full"),
        (OSError(27, "File too large"), "crm.people: the disk is full"),
        (RuntimeError("database or disk is full"), "crm.people: the disk is full"),
        (PermissionError(13, "Permission denied", "/lake"), "crm.people: /lake: Permission denied"),
        (
            OSError("When reading 'a/b': AWS Error NETWORK_CONNECTION during HeadObject: refused"),
            "crm.people: the object store fails: When reading 'a/b': "
            "AWS Error NETWORK_CONNECTION during HeadObject: refused",
        ),
        (
            RuntimeError(
                "IO Error: Could not connect to server error for HTTP PUT to 'http://s3/lake/a'\n\nLINE 1"
            ),
            "crm.people: the object store fails: "
            "IO Error: Could not connect to server error for HTTP PUT to 'http://s3/lake/a'",
        ),
        (
            RuntimeError('connection to server at "db", port 1 failed: refused\n\tIs it running?'),
            'crm.people: PostgreSQL does not answer: connection to server at "db", port 1 failed: refused',
        ),
        (
            RuntimeError("too many retries for DB connection"),
            "crm.people: PostgreSQL does not answer: too many retries for DB connection",
        ),
        (RuntimeError("anything else"), None),
        (ValueError("5"), None),
    ],
)
def test_what_the_machine_refuses_is_told_apart_from_defects(raised, told):
    failure = errors.system_failure(raised, "crm.people")
    assert (failure.message if failure else None) == told
