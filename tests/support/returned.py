"""What a `transform.py` returned, as DuckDB reads it in a build."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb
import pytest

from meshlake.errors import BuildError
from meshlake.transforms.python_rows import arrow_table, taken

if TYPE_CHECKING:
    import pyarrow as pa

    from meshlake.types.tree import Type

FILE = Path("transform.py")


def arrow(returned: Any, **wanted: Type) -> pa.Table:
    """What was returned, as Arrow; `wanted` are the contract's types."""
    return arrow_table(taken(returned, FILE), wanted, FILE)


def read(returned: Any, **wanted: Type) -> tuple[str, list[str | None]]:
    """The type and the values of column x, as DuckDB reads them."""
    with duckdb.connect() as connection:
        connection.execute("SET TimeZone = 'UTC'")
        connection.register("rows", arrow(returned, **wanted))
        kind = connection.execute("DESCRIBE SELECT x FROM rows").fetchall()[0][1]
        values = connection.execute("SELECT CAST(x AS VARCHAR) FROM rows").fetchall()
    return kind, [value for (value,) in values]


def assert_refused(returned: Any, told: str) -> None:
    """It cannot be kept, and `told` says what of it."""
    with pytest.raises(BuildError) as error:
        arrow(returned)
    assert error.value.message.startswith("transform.py: ")
    assert told in error.value.message
    assert error.value.hint
