"""The profile that is drafted beside segments, on literal rows."""

from __future__ import annotations

import duckdb
import pytest

from meshlake.drafting.profile_draft import profile_contract, profile_sql
from meshlake.names import ProductName

SEGMENTS = ProductName("crm", "groups")


@pytest.fixture
def tables():
    connection = duckdb.connect()
    connection.execute("CREATE SCHEMA crm")
    connection.execute(
        "CREATE TABLE crm.groups AS FROM (VALUES "
        "('a', 0, 'few'), ('b', 0, 'few'), ('c', 1, 'many'), ('d', 0, 'few')) "
        'AS t("Customer No", segment, segment_name)'
    )
    connection.execute(
        "CREATE TABLE crm.use AS FROM (VALUES "
        "('a', 1, 1.5), ('b', 3, NULL), ('c', 90, 7.5), ('d', 2, 2.5)) AS t(\"Customer No\", calls, fee)"
    )
    return connection


@pytest.mark.parametrize("features", ["crm.use", 'SELECT "Customer No", calls, fee FROM crm.use\n'])
def test_each_segment_has_its_size_share_and_medians(tables, features):
    sql = profile_sql(SEGMENTS, features, ["Customer No"], ["calls", "fee"])
    assert tables.sql(sql).order("segment").fetchall() == [
        (0, "few", 3, 0.75, 2.0, 2.0),
        (1, "many", 1, 0.25, 90.0, 7.5),
    ]
    promised = profile_contract(SEGMENTS, "ana@example.com", ["calls", "fee"])["schema"][0]["properties"]
    assert tables.sql(sql).columns == [column["name"] for column in promised]
