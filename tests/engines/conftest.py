"""The engines every test of this folder runs on: given SQL in DuckDB's dialect, each gives the rows it makes of it."""

from __future__ import annotations

from contextlib import closing

import duckdb
import pytest

from meshlake.engines.trino.connection import connect
from meshlake.engines.trino.dialect import transpile
from support.auditing import DuckDBAuditing, TrinoAuditing


@pytest.fixture(scope="session")
def trino_rows(endpoints):
    """Run one statement of Trino's own and give its rows as dictionaries."""
    with closing(connect(endpoints.trino_url)) as connection:

        def rows(statement):
            cursor = connection.cursor().execute(statement)
            names = [column[0] for column in cursor.description]
            return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]

        yield rows


@pytest.fixture(params=["duckdb", pytest.param("trino", marks=pytest.mark.services)])
def query(request):
    """Run one SELECT in DuckDB's dialect, which reads no table, on one engine and give its rows."""
    if request.param == "duckdb":
        with duckdb.connect() as connection:
            connection.execute("SET TimeZone = 'UTC'")
            yield lambda sql: connection.execute(sql).fetchall()
    else:
        endpoints = request.getfixturevalue("endpoints")
        with closing(connect(endpoints.trino_url)) as connection:
            yield lambda sql: [tuple(row) for row in connection.cursor().execute(transpile(sql)).fetchall()]


@pytest.fixture(params=["duckdb", pytest.param("trino", marks=pytest.mark.services)])
def auditing(request):
    """Audits of rows given as SQL in DuckDB's dialect, on one engine."""
    if request.param == "duckdb":
        audits = DuckDBAuditing()
    else:
        audits = TrinoAuditing(request.getfixturevalue("endpoints").trino_url)
    with closing(audits):
        yield audits
