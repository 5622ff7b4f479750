"""Rows of an engine as models take them."""

from __future__ import annotations

import pyarrow as pa
import pytest

from meshlake.models.frames import to_frame


def test_columns_of_one_name_are_refused_by_it():
    table = pa.table([[1], [2], [3]], names=["count", "fee", "count"])
    with pytest.raises(ValueError, match="several columns of the features are called 'count'"):
        to_frame(table)
