"""Audits on a DuckDB connection."""

from __future__ import annotations

from contextlib import closing

import pytest

from support.auditing import DuckDBAuditing


@pytest.fixture
def auditing():
    with closing(DuckDBAuditing()) as auditing:
        yield auditing


@pytest.fixture
def connection(auditing):
    return auditing.connection


@pytest.fixture
def check(auditing):
    """Audit rules on the rows of a query; the results by name."""
    return auditing.check
