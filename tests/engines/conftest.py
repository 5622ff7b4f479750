"""The engines every test of this folder runs on: given SQL in DuckDB's dialect, each gives the rows it makes of it."""

from __future__ import annotations

from contextlib import closing

import duckdb
import pytest
from support.auditing import DuckDBAuditing, TrinoAuditing
from trino.dbapi import connect

from pipelines.engine.dialect import trino_sql


@pytest.fixture(params=["duckdb", pytest.param("trino", marks=pytest.mark.services)])
def query(request):
    """Run one SELECT in DuckDB's dialect, which reads no table, on one engine and give its rows."""
    if request.param == "duckdb":
        with duckdb.connect() as connection:
            connection.execute("SET TimeZone = 'UTC'")
            yield lambda sql: connection.execute(sql).fetchall()
        return
    endpoints = request.getfixturevalue("endpoints")
    with closing(
        connect(host="127.0.0.1", port=endpoints.trino_port, user="test", timezone="UTC")
    ) as connection:
        cursor = connection.cursor()
        yield lambda sql: [tuple(row) for row in cursor.execute(trino_sql(sql, {}, "test")).fetchall()]


@pytest.fixture(params=["duckdb", pytest.param("trino", marks=pytest.mark.services)])
def auditing(request):
    """Audits of rows given as SQL in DuckDB's dialect, on one engine."""
    if request.param == "duckdb":
        audits = DuckDBAuditing()
    else:
        audits = TrinoAuditing(request.getfixturevalue("endpoints").trino_url)
    with closing(audits):
        yield audits
