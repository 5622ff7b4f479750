"""Addresses and keys for tests that start nothing."""

import pytest

from meshlake.services.endpoints import Endpoints


@pytest.fixture
def endpoints() -> Endpoints:
    return Endpoints(
        s3_port=9000,
        s3_console_port=9001,
        postgres_port=5432,
        trino_port=8080,
        s3_access_key="the-access-key",
        s3_secret_key="the-secret-key",
        postgres_password="the-password",
    )
