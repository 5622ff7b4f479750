"""MinIO as a store: the suite for all stores."""

from __future__ import annotations

import uuid

import pytest

from meshlake.settings import load_settings
from support.store_suite import StoreSuite

pytestmark = pytest.mark.services


@pytest.fixture
def store(endpoints, tmp_path):
    return load_settings(endpoints.as_environment(), tmp_path).store_of("s3://landing")


@pytest.fixture
def place() -> str:
    return f"s3://landing/{uuid.uuid4().hex}"


class TestS3(StoreSuite):
    """Every store's behaviour, on S3."""
