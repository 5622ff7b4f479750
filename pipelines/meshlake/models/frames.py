"""Rows of an engine as models take them."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa


def to_frame(table: pa.Table) -> pd.DataFrame:
    """Arrow rows as pandas has them: decimals become floats, since models compute in floats, and dates datetimes.

    Raises:
        ValueError: two columns are called the same, as those of `SELECT a.*, b.*` may be.
    """
    import pyarrow as pa

    if twice := [name for name, count in Counter(table.schema.names).items() if count > 1]:
        raise ValueError(f"several columns of the features are called {', '.join(map(repr, twice))}")

    fields = [pa.field(f.name, pa.float64() if pa.types.is_decimal(f.type) else f.type) for f in table.schema]
    frame: pd.DataFrame = table.cast(pa.schema(fields)).to_pandas(date_as_object=False)
    return frame
