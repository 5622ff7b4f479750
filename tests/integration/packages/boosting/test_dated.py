"""Since when rows without a date of their own are known: by the calendar that they refer to, or by their year."""

from __future__ import annotations

from datetime import date, timedelta
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, cast

import duckdb
import numpy as np
import pytest

from meshlake.boosting.dated import Dated, dated
from meshlake.boosting.paths import columns_of
from meshlake.boosting.tables import Table
from meshlake.discovery.joins import Join
from meshlake.names import ProductName
from meshlake.types.tree import Scalar
from support.small_mesh import SmallMesh

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

SALES = {
    "who": Scalar.INTEGER,
    "day_nr": Scalar.BIGINT,
    "shipped_nr": Scalar.BIGINT,
    "article": Scalar.BIGINT,
}
JOINS = [
    Join("shop.sales", "shipped_nr", "shop.days", "nr", 1.0, is_one_to_one=False),
    Join("shop.sales", "day_nr", "shop.days", "nr", 1.0, is_one_to_one=False),
    Join("shop.sales", "article", "shop.articles", "nr", 1.0, is_one_to_one=False),
]
# Each of whom they are about joined on another day, and each box was packed at another second: no calendars.
NO_CALENDARS = [
    Join("asked", "customer_id", "shop.people", "nr", 1.0, is_one_to_one=True),
    Join("shop.sales", "who", "shop.people", "nr", 1.0, is_one_to_one=False),
    Join("shop.sales", "day_nr", "shop.boxes", "nr", 1.0, is_one_to_one=False),
]


@pytest.fixture
def connection() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as opened:
        opened.execute(
            "CREATE SCHEMA shop; "
            "CREATE TABLE shop.days AS SELECT n AS nr, DATE '2024-01-01' + n::INTEGER AS day FROM range(30) r(n); "
            "CREATE TABLE shop.articles AS SELECT n AS nr, DATE '2020-01-01' AS sold_since FROM range(3) r(n); "
            "CREATE TABLE shop.people AS SELECT n AS nr, DATE '2020-01-01' + n::INTEGER AS joined_on "
            "FROM range(9) r(n); "
            "CREATE TABLE shop.boxes AS SELECT n AS nr, TIMESTAMP '2020-01-01' + to_seconds(n) AS packed_at "
            "FROM range(30) r(n); "
            "CREATE TABLE shop.sales AS SELECT 1 AS who, n AS day_nr, n + 2 AS shipped_nr, n % 3 AS article "
            "FROM range(20) r(n); "
            "CREATE TABLE shop.seasons AS SELECT 1 AS who, n AS year_id, 1990 AS built_year, 5 AS games "
            "FROM range(2001, 2005) r(n)"
        )
        yield opened


def found_of(
    connection: duckdb.DuckDBPyConnection, columns: dict[str, Scalar], joins: list[Join]
) -> Dated | None:
    def table(name: str, of: dict[str, Scalar]) -> Table:
        profile = cast("Any", SimpleNamespace(name=f"shop.{name}", columns=[], keys=()))
        return Table(ProductName("shop", name), profile, of, {each: each for each in of}, is_drafted=True)

    others = {
        "shop.days": table("days", {"nr": Scalar.BIGINT, "day": Scalar.DATE}),
        "shop.articles": table("articles", {"nr": Scalar.BIGINT, "sold_since": Scalar.DATE}),
        "shop.people": table("people", {"nr": Scalar.INTEGER, "joined_on": Scalar.DATE}),
        "shop.boxes": table("boxes", {"nr": Scalar.BIGINT, "packed_at": Scalar.TIMESTAMP}),
    }
    session = SimpleNamespace(rows=lambda sql: connection.execute(sql).fetchall())
    tables = SimpleNamespace(
        labelled=SimpleNamespace(table=SimpleNamespace(session=session)),
        of_labelled=columns_of({("asked", "customer_id"): "customer_id"}, joins),
        found=SimpleNamespace(joins=joins),
        profiles=others,
        open=others.__getitem__,
    )
    return dated(cast("Any", tables), table("sales" if "article" in columns else "seasons", columns))


def test_a_sale_is_known_on_the_last_day_of_the_calendar_that_it_refers_to_and_not_since_its_article_is_sold(
    connection: duckdb.DuckDBPyConnection,
) -> None:
    found = found_of(connection, SALES, JOINS)
    assert found is not None
    assert (found.column, found.calendar is not None and str(found.calendar.name)) == (
        "shipped_nr",
        "shop.days",
    )
    rows = connection.execute(f"SELECT CAST({found.moment} AS VARCHAR), day_nr FROM {found.sql}").fetchall()
    assert (len(rows), min(rows), max(rows)) == (20, ("2024-01-03", 0), ("2024-01-22", 19))
    assert found_of(connection, SALES, JOINS[2:]) is None
    assert found_of(connection, SALES, NO_CALENDARS) is None


def test_a_season_is_known_when_its_year_is_over(connection: duckdb.DuckDBPyConnection) -> None:
    columns = dict.fromkeys(("who", "built_year", "year_id", "games"), Scalar.BIGINT)
    found = found_of(connection, columns, [])
    assert found is not None
    rows = connection.execute(
        f"SELECT CAST({found.moment} AS VARCHAR) FROM {found.sql} ORDER BY 1"
    ).fetchall()
    assert (found.column, rows[0], rows[-1]) == ("year_id", ("2001-12-31",), ("2004-12-31",))
    assert found_of(connection, {name: columns[name] for name in ("who", "built_year", "games")}, []) is None


def test_sales_of_a_star_schema_are_kept_with_their_calendar_and_later_ones_change_nothing(
    tmp_path: Path,
) -> None:
    random = np.random.default_rng(3)
    sales, labels = ["shop_customer_id,sold_day_id,price"], ["customer_id,cutoff_date,is_gone"]
    for cutoff in range(4):
        bought = random.poisson(3, 300)
        for who, count in enumerate(bought):
            sales += [
                f"{who + 5000},{60 * cutoff + day},{random.integers(9)}"
                for day in random.integers(30, 60, count)
            ]
            is_gone = random.random() < 1 / (1 + np.exp(1.6 * count - 4))
            labels.append(
                f"{who + 5000},{date(2024, 1, 1) + timedelta(days=60 * cutoff + 60)},{str(is_gone).lower()}"
            )
    days = ["day_id,day", *(f"{day},{date(2024, 1, 1) + timedelta(days=day)}" for day in range(400))]
    mesh = SmallMesh(tmp_path)
    for name, lines in {"shop.sales": sales, "shop.days": days, "crm.labels": labels}.items():
        mesh.land_files(name, {"a.csv": "\n".join(lines) + "\n"})
    opened = mesh.open()
    opened.adopt("crm.labels", owner="ana@example.com")
    found = opened.boost("crm.labels", "is_gone", key="customer_id", cutoff="cutoff_date")
    assert found.kept
    assert all((each.known_at or "").startswith("known_on") for each in found.kept)
    assert {str(each.name) for each in found.drafted} == {"shop.sales", "shop.days", "crm.labels_boosted"}
    opened.accept("crm.labels_boosted")
    assert opened.build("+crm.labels_boosted").is_complete
