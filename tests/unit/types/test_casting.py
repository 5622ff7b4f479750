"""A cast keeps each value or fails, on DuckDB itself; both engines do so in `tests/engines/test_casts.py`."""

import duckdb
import pytest

from meshlake.types.casting import lenient_cast, strict_cast
from meshlake.types.tree import Scalar


@pytest.mark.parametrize(
    ("time", "is_kept"), [("00:00", True), ("23:59:59.999999", True), ("24:00:00", False)]
)
def test_a_time_after_the_end_of_a_day_is_none_of_it(time, is_kept):
    landed = f"(SELECT CAST('{time}' AS TIME) AS t)"
    lenient, strict = (cast("t", Scalar.TIME, Scalar.TIME) for cast in (lenient_cast, strict_cast))
    assert duckdb.sql(f"SELECT {lenient} IS NOT NULL FROM {landed}").fetchall() == [(is_kept,)]
    if is_kept:
        assert duckdb.sql(f"SELECT {strict} = t FROM {landed}").fetchall() == [(True,)]
    else:
        with pytest.raises(duckdb.ConversionException):
            duckdb.sql(f"SELECT {strict} FROM {landed}").fetchall()


@pytest.mark.parametrize("cast", [lenient_cast, strict_cast])
def test_no_time_is_kept_as_none(cast):
    sql = cast("t", Scalar.TIME, Scalar.TIME)
    assert duckdb.sql(f"SELECT {sql} FROM (SELECT CAST(NULL AS TIME) AS t)").fetchall() == [(None,)]
