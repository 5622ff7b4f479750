"""How much memory a mesh may take."""

from __future__ import annotations

from typing import TYPE_CHECKING

import duckdb
import pytest

from meshlake.engines.duckdb.connection import connect, explain
from meshlake.errors import UsageError, system_failure
from meshlake.memory import limit_bytes, machine_bytes, memory_bytes
from meshlake.settings import load_settings
from meshlake.stores import duckdb_reader

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize(("text", "size"), [("4GB", 4 * 10**9), ("1.5 gb", 1_500_000_000), ("512MiB", 2**29)])
def test_a_size(text: str, size: int) -> None:
    assert memory_bytes(text) == size


@pytest.mark.parametrize("text", ["lots", "4", "50%", "-1GB", "1MB", ""])
def test_what_is_no_size_is_told(text: str) -> None:
    with pytest.raises(UsageError, match="memory_limit"):
        memory_bytes(text)


def test_half_of_the_machine_is_the_default(tmp_path: Path) -> None:
    assert load_settings({"MESH_HOME": str(tmp_path)}).memory_limit == machine_bytes() // 2


def test_a_file_says_it_and_a_connection_keeps_to_it_and_says_how_to_raise_it(tmp_path: Path) -> None:
    (tmp_path / "mesh.toml").write_text('memory_limit = "200MB"\n', encoding="utf-8")
    settings = load_settings({"MESH_HOME": str(tmp_path)}, tmp_path)
    with connect(settings) as connection:
        told = connection.execute("SELECT current_setting('memory_limit')").fetchone()
        assert told == ("190.7 MiB",)
        with pytest.raises(duckdb.OutOfMemoryException) as caught:
            connection.execute("SELECT list(repeat('x', 1000) || i) FROM range(2_000_000) t(i)").fetchone()
    error = explain(caught.value, "crm.customers")
    assert error.hint is not None
    assert "MESH_MEMORY_LIMIT" in error.hint


def test_readers_that_are_told_of_no_settings_keep_to_those_of_the_process(put, tmp_path) -> None:
    file = put({"a.csv": "id\n1\n"}).files[0]
    load_settings({"MESH_MEMORY_LIMIT": "200MB"}, tmp_path)
    assert limit_bytes() == 200_000_000
    with duckdb_reader(file) as connection:
        assert connection.execute("SELECT current_setting('memory_limit')").fetchone() == ("190.7 MiB",)


@pytest.mark.parametrize(
    "error", [MemoryError(), duckdb.OutOfMemoryException("Out of Memory Error: no\nmore")]
)
def test_too_little_memory_is_no_defect(error: Exception) -> None:
    told = system_failure(error, "crm.customers")
    assert told is not None
    assert told.message == "crm.customers: more memory is needed than the mesh may take"
    assert "MESH_MEMORY_LIMIT" in str(told.hint)
