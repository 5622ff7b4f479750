"""What the tests of this folder ask the real servers with; the servers themselves are every suite's."""

from contextlib import closing

import pytest
from pyarrow import fs
from pyiceberg.catalog.sql import SqlCatalog
from trino.dbapi import connect

from meshlake.services.settings import REGION


@pytest.fixture(scope="session")
def catalog(endpoints):
    """The catalog as pyiceberg, knowing nothing of Trino, opens it."""
    properties = {
        "uri": endpoints.postgres_uri("mesh"),
        "warehouse": "s3://warehouse",
        "s3.endpoint": endpoints.s3_url,
        "s3.access-key-id": endpoints.s3_access_key,
        "s3.secret-access-key": endpoints.s3_secret_key,
        "s3.region": REGION,
    }
    with closing(SqlCatalog("mesh", **properties)) as catalog:
        catalog.create_namespace_if_not_exists("crm")
        yield catalog


@pytest.fixture(scope="session")
def bucket(endpoints):
    """The object store as pyarrow sees it: paths are `<bucket>/<key>`."""
    return fs.S3FileSystem(
        access_key=endpoints.s3_access_key,
        secret_key=endpoints.s3_secret_key,
        endpoint_override=endpoints.s3_url,
        region=REGION,
    )


@pytest.fixture(scope="session")
def query(endpoints):
    """Run one statement on Trino and give its rows."""

    def run(statement):
        with closing(connect(host="127.0.0.1", port=endpoints.trino_port, user="test")) as connection:
            return [tuple(row) for row in connection.cursor().execute(statement).fetchall()]

    return run
