"""Files that are broken somewhere and are no lines: each is kept aside whole and told, and the others are read."""

from __future__ import annotations

import duckdb
import pytest
from tests.unit.landing.test_broken_files import parquets

from meshlake.discovery.profile import profile_dataset
from meshlake.landing.relation import relation_sql, unreadable


@pytest.mark.parametrize(("size", "before"), [(34_000_000, ""), (17_500_000, '{"id":\n0}\n')])
def test_a_file_with_an_object_that_is_too_large_is_kept_aside_whole(put, size, before):
    large = before + '{"id": 1, "name": "' + "x" * size + '"}'
    dataset = put({"a.json": large, "b.json": '[{"id": 2, "name": "b"}]'})
    with duckdb.connect() as connection:
        told = [line.told for line in unreadable(connection, dataset).lines()]
        rows = connection.execute(f"SELECT id FROM {relation_sql(dataset)}").fetchall()
    reason = "it holds an object of over 16 MB, up to which any can be read (the whole file is kept aside)"
    assert (told, rows) == ([f"crm/customers/a.json: {reason}"], [("2",)])


@pytest.mark.parametrize("broken", ["a", "c", "bg", "acdefg"])
def test_parquet_whose_pages_are_found_broken_while_it_is_read_is_kept_aside(put, settings, broken):
    dataset = put(parquets("abcdefgh", broken))
    profile, _ = profile_dataset(settings, dataset)
    assert (profile.row_count, profile.unreadable_count) == (5 * (8 - len(broken)), len(broken))
    with duckdb.connect() as connection:
        told = [line.told for line in unreadable(connection, dataset).lines()]
    assert told == [
        f"crm/customers/{name}.parquet: it is cut off, damaged, or no Parquet file (the whole file is kept aside)"
        for name in broken
    ]
