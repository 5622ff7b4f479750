"""Breaks of a product's rows, made from its columns alone, as SQL over them, and which of its rules tell them.

Nothing is built for a break: the rules are run on what its SELECT, of the rows of `{rows}`, gives.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from meshlake.audit.audit import audit
from meshlake.discovery.names import is_identifier
from meshlake.engines.engine import open_local
from meshlake.names import quote_identifier
from meshlake.types.tree import INTEGERS, Scalar, is_number

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    import duckdb

    from meshlake.column import Column
    from meshlake.names import InputName
    from meshlake.products.product import Product
    from meshlake.settings import Settings

# One row in 20, and one at least.
FEW = "(hash(r) % 20 = 0 OR hash(r) = (SELECT min(hash(x)) FROM {rows} AS x))"
_FEWEST_DAYS, _FEWEST_PER_DAY, _MOST_CATEGORIES, _FEWEST_PER_CATEGORY = 20, 3, 12, 10


def failing_rules(
    settings: Settings,
    product: Product,
    rows: str,
    select: str,
    others: Mapping[InputName, str] | None = None,
) -> list[str]:
    """The names of the rules of `product` that the rows of `select` break, which reads `{rows}`.

    `others` are the rows of products that a rule may read besides.
    """
    with open_local(settings, str(product.name)) as session:
        for name, relation in (others or {}).items():
            session.bind(name, relation)
        columns = ", ".join(
            f'CAST("{each.name}" AS {each.type}) AS "{each.name}"' for each in product.contract.columns
        )
        session.bind(product.name, f"(SELECT {columns} FROM ({select.replace('{rows}', rows)}))")
        results = audit(session.relation(product.name), product.rules, contract=product.contract)
    return [result.rule.name for result in results if not result.is_passed]


def replaced(column: str, value: str, where: str = "TRUE") -> str:
    """All rows, with `value` in place of `column` where `where` holds of the row, which is called `r`."""
    return f'SELECT * REPLACE (CASE WHEN {where} THEN {value} ELSE "{column}" END AS "{column}") FROM {{rows}} AS r'


def swapped(one: str, other: str) -> str:
    """All rows, with two columns in each other's place."""
    return f'SELECT * REPLACE ("{one}" AS "{other}", "{other}" AS "{one}") FROM {{rows}}'


def breaks(
    connection: duckdb.DuckDBPyConnection, rows: str, columns: Iterable[Column], references: Iterable[str]
) -> Iterator[tuple[str, str]]:
    """Breaks that `rows`, a relation of `connection`, can have: what each is, and its SELECT.

    Args:
        columns: those of the product, keys among them.
        references: its columns that refer to another product's key.
    """
    columns, references = list(columns), set(references)
    told = {each.name: _told(connection, rows, each) for each in columns}
    values = [each for each in columns if each.primary_key_position is None and each.name not in references]
    yield "half of the rows gone", "FROM {rows} AS r WHERE hash(r) % 2 = 0"
    yield "duplicates", "FROM {rows} UNION ALL (FROM {rows} AS r WHERE " + FEW + ")"
    for each in values[:1]:
        yield f"{each.name} all empty", replaced(each.name, "NULL")
    for each in [each for each in columns if told[each.name]["nulls"] == 0][-1:]:
        yield f"nulls in {each.name}", replaced(each.name, "NULL", FEW)
    amounts = [each for each in values if is_number(each.type) and not is_identifier(each.name)]
    numbers = [each for each in amounts if told[each.name]["distinct"] > _MOST_CATEGORIES]
    for each in numbers[:1]:
        yield f"{each.name} times 100", replaced(each.name, f'"{each.name}" * 100')
    if len(numbers) > 1:
        yield f"{numbers[0].name} and {numbers[1].name} swapped", swapped(numbers[0].name, numbers[1].name)
    for each in [each for each in columns if each.name in references][:1]:
        unknown = f'"{each.name}" + 1000000007' if each.type in INTEGERS else f"'zz-' || \"{each.name}\""
        yield f"orphans in {each.name}", replaced(each.name, unknown, FEW)
    for each in [each for each in columns if told[each.name]["is_daily"]][:1]:
        day = f'CAST("{each.name}" AS DATE)'
        yield (
            f"a day of {each.name} missing",
            f"FROM {{rows}} WHERE {day} IS DISTINCT FROM (SELECT median({day})::DATE FROM {{rows}})",
        )
    for each in [each for each in values if told[each.name]["is_category"]][:1]:
        yield f"a category of {each.name} added", replaced(each.name, "'a new word'", FEW)


def _told(connection: duckdb.DuckDBPyConnection, rows: str, column: Column) -> dict[str, int]:
    """What decides which breaks a column can have."""
    cell = quote_identifier(column.name)
    is_moment = column.type in {Scalar.DATE, Scalar.TIMESTAMP, Scalar.TIMESTAMPTZ}
    days = f"CAST({cell} AS DATE)" if is_moment else "NULL::DATE"
    row = connection.execute(
        f"SELECT count(*) - count({cell}), count(DISTINCT {cell}), count(*), count(DISTINCT {days}), "
        f"date_diff('day', min({days}), max({days})) + 1 FROM {rows}"
    ).fetchone()
    assert row is not None
    nulls, distinct, count, day_count, span = row
    is_daily = day_count >= _FEWEST_DAYS and day_count == span and count >= day_count * _FEWEST_PER_DAY
    is_few = 1 < distinct <= _MOST_CATEGORIES and count >= distinct * _FEWEST_PER_CATEGORY
    is_category = column.type is Scalar.VARCHAR and is_few
    return {"nulls": nulls, "distinct": distinct, "is_daily": is_daily, "is_category": is_category}
