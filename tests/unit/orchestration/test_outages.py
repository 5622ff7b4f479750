"""What the daemon tries again: what a server or the machine let fail, told by the class of the error."""

from __future__ import annotations

import dagster as dg
import duckdb
import pytest

from meshlake.engines.duckdb.connection import explain
from meshlake.errors import (
    BuildError,
    ContractError,
    DeniedError,
    LandingError,
    MeshError,
    ServiceError,
    StorageError,
    SystemFailure,
)
from meshlake.orchestration.outages import retry_after_outage

RETRY = "dagster/retry_on_asset_or_op_failure"


def is_retried(error: MeshError) -> bool:
    @dg.op
    def fail(context) -> None:
        retry_after_outage(context, error)

    @dg.job
    def run() -> None:
        fail()

    with dg.DagsterInstance.ephemeral() as instance:
        ended = run.execute_in_process(instance=instance)
        return instance.get_run_by_id(ended.run_id).tags.get(RETRY) == "true"


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (ServiceError("Trino does not answer"), True),
        (SystemFailure("the disk is full"), True),
        (StorageError("s3://landing: S3 says: no"), True),
        (DeniedError("the object store fails: 403"), False),
        (BuildError("crm.people: the disk is full"), False),
        (LandingError("HTTP GET"), False),
        (ContractError("AWS Error"), False),
    ],
    ids=repr,
)
def test_an_outage_is_retried_and_nothing_else(error, expected):
    assert is_retried(error) is expected


@pytest.mark.parametrize(
    "value",
    ["my inbox is full", "HTTP GET /x", "disk I/O error", "server closed the connection", "File too large"],
)
def test_a_value_that_sounds_like_an_outage_is_none(value):
    with duckdb.connect() as connection, pytest.raises(duckdb.ConversionException) as caught:
        connection.execute(f"SELECT CAST('{value}' AS BIGINT)")
    told = explain(caught.value, "crm.people")
    assert isinstance(told, BuildError)
    assert value in told.message
    assert "Correct the value where it comes from" in told.hint
    assert not is_retried(told)
