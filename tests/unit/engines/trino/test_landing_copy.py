"""Names of columns in the copies of landed datasets."""

from __future__ import annotations

from meshlake.engines.trino.landing_copy import stored_names


def test_names_that_hive_cannot_hold_are_numbered():
    assert stored_names(["id", "a,b", " c"]) == {"id": "id", "a,b": "column_2", " c": "column_3"}


def test_a_numbered_name_is_not_one_that_landed():
    assert stored_names(["Column_2", "a,b"]) == {"Column_2": "Column_2", "a,b": "column_2_"}
