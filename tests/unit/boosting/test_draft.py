"""That the check of a drafted product tells other features from the same ones, added up in another order."""

from __future__ import annotations

import duckdb
import pytest

from meshlake.boosting.draft import differs_sql
from meshlake.boosting.feature import Feature


@pytest.mark.parametrize(
    ("again", "published", "is_told"),
    [
        (1.4e-14, 3.7e-13, False),  # amounts that cancel each other, of a column that reaches 250
        (0.0, -1.8e-15, False),
        (100.0, 100.0 + 1e-13, False),
        (100.0, 100.1, True),
        (0.0, 0.001, True),
        (None, 0.0, True),
        (None, None, False),
    ],
)
def test_sums_are_the_same_but_for_the_order_that_they_were_added_up_in(
    again: float | None, published: float | None, is_told: bool
) -> None:
    feature = Feature("spent", "", "")
    with duckdb.connect() as connection:
        connection.execute(
            "CREATE TABLE product AS SELECT * FROM (VALUES (?::DOUBLE), (-250.0)) r(spent)", [published]
        )
        rows = connection.execute(
            "SELECT * FROM (SELECT ?::DOUBLE AS spent) AS again, (SELECT ?::DOUBLE AS spent) AS published "
            f"WHERE {differs_sql(feature, 'product')}",
            [again, published],
        ).fetchall()
    assert bool(rows) == is_told
