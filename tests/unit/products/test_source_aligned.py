"""Source-aligned products: landed cells cast by contract; bad ones fail or are quarantined, and named."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time
from decimal import Decimal

import duckdb
import pytest
import sqlglot

from meshlake.column import Column, Severity
from meshlake.contract.model import Contract
from meshlake.errors import ContractError, LandingError
from meshlake.formats.format import FILE_COLUMN, ROW_COLUMN
from meshlake.names import DatasetName, ProductName
from meshlake.products.bad_cells import BadCell, bad_cells_error
from meshlake.products.source_aligned import source_dataset, source_select
from meshlake.types.duckdb import parse
from meshlake.types.tree import Scalar, Type


def contract(*columns: Column, **facts) -> Contract:
    return Contract(
        name=ProductName("crm", "people"),
        version="1.0.0",
        status="active",
        title="People",
        description="",
        grain="One row per person.",
        owner="crm",
        columns=columns,
        rules=(),
        source="landing.crm.raw",
        **facts,
    )


class Landed:
    """`landing.crm.raw` as a DuckDB table made by `select`, rows numbered in the order given."""

    def __init__(self, select: str) -> None:
        self.connection = duckdb.connect(":memory:")
        self.connection.execute("SET TimeZone = 'UTC'; ATTACH ':memory:' AS landing")
        self.connection.execute("CREATE SCHEMA landing.crm")
        self.connection.execute(f"CREATE TABLE landing.crm.raw AS {select}")
        where = f"'crm/raw/a.csv' AS {FILE_COLUMN}, row_number() OVER () AS {ROW_COLUMN}"
        numbered = f"SELECT *, {where} FROM landing.crm.raw"
        self.lineage = f"({numbered})"

    @property
    def columns(self) -> dict[str, Type]:
        return {row[0]: parse(row[1]) for row in self.rows("DESCRIBE landing.crm.raw")}

    def rows(self, sql: str) -> list[tuple]:
        return self.connection.execute(sql).fetchall()


def text(**columns: list[str | None]) -> Landed:
    """A table of text columns."""
    cells = ", ".join(
        f"unnest([{', '.join('NULL' if v is None else sqlglot.exp.Literal.string(v).sql() for v in values)}]"
        f'::VARCHAR[]) AS "{name}"'
        for name, values in columns.items()
    )
    return Landed(f"SELECT {cells}")


def cast_one(given: str, wanted: str, value_sql: str) -> tuple[object, bool]:
    """What a cell of type `given` becomes, and whether it is bad."""
    landed = Landed(f"SELECT CAST({value_sql} AS {given}) AS x")
    quarantined = source_select(
        contract(Column("x", parse(wanted), on_bad_value=Severity.WARNING)), landed.columns
    )
    rows = landed.rows(quarantined.select_sql)
    strict = source_select(contract(Column("x", parse(wanted))), landed.columns)
    if not rows:
        with pytest.raises(duckdb.Error):
            landed.rows(strict.select_sql)
        return None, True
    assert landed.rows(strict.select_sql) == rows
    return rows[0][0], False


# --- one cell ---

UTC_TEN = datetime(2024, 1, 5, 10, tzinfo=UTC)


@pytest.mark.parametrize(
    ("wanted", "cell", "expected"),
    [
        ("VARCHAR", " a ", " a "),
        ("VARCHAR", "", ""),
        ("BIGINT", "42", 42),
        ("BIGINT", " 42 ", 42),
        ("BIGINT", "17850.0", 17850),
        ("BIGINT", " 17850.00 ", 17850),
        ("BIGINT", "9223372036854775807", 2**63 - 1),
        ("BIGINT", "", None),
        ("BIGINT", "  ", None),
        ("INTEGER", "7", 7),
        ("DOUBLE", "1.5", 1.5),
        ("DOUBLE", " -1e3 ", -1000.0),
        ("DOUBLE", "0.30000000000000004", 0.30000000000000004),
        ("DOUBLE", "9007199254740992", 9007199254740992.0),
        ("DOUBLE", "-Infinity", float("-inf")),
        ("DOUBLE", "0.000000000000000000", 0.0),
        ("DECIMAL(12,2)", "1.50", Decimal("1.50")),
        ("DECIMAL(12,2)", "1.5000", Decimal("1.50")),
        ("DECIMAL(12,2)", "-7", Decimal("-7.00")),
        ("DECIMAL(12,4)", "-7.1234", Decimal("-7.1234")),
        ("DECIMAL(12,2)", "15e-1", Decimal("1.50")),
        ("BOOLEAN", "true", True),
        ("BOOLEAN", " TRUE ", True),
        ("BOOLEAN", "Yes", True),
        ("BOOLEAN", " y ", True),
        ("BOOLEAN", "1", True),
        ("BOOLEAN", "No", False),
        ("BOOLEAN", "N", False),
        ("BOOLEAN", " 0", False),
        ("BOOLEAN", " ", None),
        ("DATE", "2024-01-05", date(2024, 1, 5)),
        ("DATE", " 2024-01-05 ", date(2024, 1, 5)),
        ("DATE", "2024/1/5", date(2024, 1, 5)),
        ("DATE", "2024-01-05 00:00:00", date(2024, 1, 5)),
        ("DATE", "2024-01-05T00:00:00Z", date(2024, 1, 5)),
        ("DATE", "", None),
        ("TIMESTAMP", "2024-01-05 10:00:00", datetime(2024, 1, 5, 10)),  # noqa: DTZ001
        ("TIMESTAMP", " 2024-01-05T10:00 ", datetime(2024, 1, 5, 10)),  # noqa: DTZ001
        ("TIMESTAMP", "2024-01-05", datetime(2024, 1, 5)),  # noqa: DTZ001
        ("TIMESTAMP WITH TIME ZONE", "2024-01-05T12:00:00+02:00", UTC_TEN),
        ("TIMESTAMP WITH TIME ZONE", "2024-01-05 10:00:00", UTC_TEN),
        ("TIMESTAMP", "2024-01-05T10:00:00Z", datetime(2024, 1, 5, 10)),  # noqa: DTZ001
        ("TIMESTAMP", "2024-01-05 10:00:00.1234560", datetime(2024, 1, 5, 10, 0, 0, 123456)),  # noqa: DTZ001
        ("TIME", " 12:30 ", time(12, 30)),
        ("DOUBLE[]", "[1, 1.50, null]", [1.0, 1.5, None]),
        ("MAP(VARCHAR, DECIMAL(12,2))", '{"a": 1.5}', {"a": Decimal("1.50")}),
        (
            'STRUCT("d" DATE, "t" TIMESTAMP[])',
            '{"d": "2024-01-05", "t": []}',
            {"d": date(2024, 1, 5), "t": []},
        ),
        ("BIGINT[]", "[1, 2]", [1, 2]),
        ("BIGINT[]", " ", None),
        ('STRUCT("k" BIGINT, "m" VARCHAR)', '{"k": 1, "m": null}', {"k": 1, "m": None}),
        ("VARCHAR[]", '["a\\u00e9", "b,c"]', ["aé", "b,c"]),
    ],
)
def test_text_becomes(wanted, cell, expected):
    assert cast_one("VARCHAR", wanted, sqlglot.exp.Literal.string(cell).sql()) == (expected, False)


@pytest.mark.parametrize(
    ("wanted", "cell"),
    [
        ("BIGINT", "abc"),
        ("BIGINT", "1.5"),
        ("BIGINT", ".5"),
        ("BIGINT", "."),
        ("BIGINT", "1.0.0"),
        ("BIGINT", "1,000"),
        ("BIGINT", "9223372036854775808"),
        ("INTEGER", "3000000000"),
        ("DOUBLE", "1,5"),
        ("DOUBLE", "$1"),
        ("DECIMAL(4,2)", "1000"),
        ("BOOLEAN", "maybe"),
        ("BOOLEAN", "2"),
        ("DATE", "05/01/2024"),
        ("DATE", "2024-02-30"),
        ("DATE", "2024-01-05 oops"),
        ("TIMESTAMP", "2024-01-05 25:00:00"),
        ("TIME", "12:30:00 x"),
        # what a cast of the engine's would change
        ("BIGINT", "15e-1"),
        ("BIGINT", "1e3"),
        ("BIGINT", "+42"),
        ("BIGINT", "-0"),
        ("BIGINT", "01067"),
        ("DOUBLE", "9007199254740993"),
        ("DOUBLE", "1e999"),
        ("DOUBLE", "1e-400"),
        ("DOUBLE", "1.23456e-320"),
        ("FLOAT", "16777217"),
        ("DECIMAL(12,2)", "1.239"),
        ("DECIMAL(12,2)", " 1.239 "),
        ("DECIMAL(12,2)", "1239e-3"),
        ("DECIMAL(12,4)", "1.e-9"),
        ("DATE", "2024-01-05 10:00:00"),
        ("DATE", "2024-01-05T00:00:00+02:00"),
        ("TIMESTAMP", "2024-01-05 10:00:00+02"),
        ("TIMESTAMP", "2024-1-5 1:02:03-02"),
        ("TIMESTAMP", "2024-01-05 10:00:00.1234567"),
        ("TIMESTAMP WITH TIME ZONE", "2024-01-05 10:00:00.1234567+02:00"),
        ("TIME", "12:30:00+02"),
        ("INTEGER[]", "[1.5]"),
        ("INTEGER[]", '["7"]'),
        ("INTEGER[][]", "[[1], [2.5]]"),
        ("DECIMAL(12,2)[]", "[1.239]"),
        ("DECIMAL(38,2)[]", "[1234567890123456789.12]"),
        ("DOUBLE[]", "[9007199254740993]"),
        ("DATE[]", '["2024-01-05 10:00:00"]'),
        ('STRUCT("a" INTEGER)', '{"a": 1.5}'),
        ('STRUCT("a" INTEGER, "b" VARCHAR)', '{"a": "7", "b": "x"}'),
        ("MAP(VARCHAR, INTEGER)", '{"a": 1.5}'),
        ("MAP(INTEGER, INTEGER)", '{"1.5": 1}'),
        ("BIGINT[]", '["x"]'),
        ("BIGINT[]", "[1"),
        ('STRUCT("k" BIGINT)', '{"k": "x"}'),
        ('STRUCT("k" BIGINT)', '{"k": 1, "unknown to the contract": 2}'),
        ('STRUCT("k" BIGINT, "m" BIGINT)', '{"k": 1}'),
    ],
)
def test_text_that_does_not_fit_is_bad(wanted, cell):
    assert cast_one("VARCHAR", wanted, f"'{cell}'") == (None, True)


@pytest.mark.parametrize(
    ("given_type", "wanted", "value", "expected"),
    [
        ("BIGINT", "BIGINT", "1", 1),
        ("INTEGER", "BIGINT", "1", 1),
        ("BIGINT", "DOUBLE", "1", 1.0),
        ("BIGINT", "VARCHAR", "1", "1"),
        ("BIGINT", "BOOLEAN", "1", True),
        ("DOUBLE", "BIGINT", "17850.0", 17850),
        ("DOUBLE", "BIGINT", "NULL", None),
        ("DECIMAL(6,2)", "INTEGER", "12.00", 12),
        ("DOUBLE", "DECIMAL(12,2)", "1.5", Decimal("1.50")),
        ("TIMESTAMP", "DATE", "'2024-01-05 00:00:00'", date(2024, 1, 5)),
        ("DATE", "TIMESTAMP", "'2024-01-05'", datetime(2024, 1, 5)),  # noqa: DTZ001
        ("INTEGER[]", "BIGINT[]", "[1]", [1]),
    ],
)
def test_typed_cells_become(given_type, wanted, value, expected):
    assert cast_one(given_type, wanted, value) == (expected, False)


@pytest.mark.parametrize(
    ("given_type", "wanted", "value"),
    [
        ("DOUBLE", "BIGINT", "1.5"),
        ("DOUBLE", "BIGINT", "1e300"),
        ("DECIMAL(6,2)", "INTEGER", "12.50"),
        ("BIGINT", "INTEGER", "3000000000"),
        ("DOUBLE", "DECIMAL(4,2)", "1000"),
        ("BIGINT", "DOUBLE", "9007199254740993"),
        ("INTEGER", "FLOAT", "16777217"),
        ("DECIMAL(21,2)", "DOUBLE", "1234567890123456789.12"),
        ("DOUBLE", "DECIMAL(12,2)", "1.239"),
        ("DECIMAL(12,3)", "DECIMAL(12,2)", "1.239"),
        ("DOUBLE[]", "INTEGER[]", "[1.5]"),
        ("VARCHAR[]", "INTEGER[]", "['7']"),
        ("STRUCT(a DOUBLE)", 'STRUCT("a" INTEGER)', "{'a': 1.5}"),
        ("TIMESTAMP_NS", "TIMESTAMP", "'2024-01-05 10:00:00.123456789'"),
        ("TIMESTAMP", "DATE", "'2024-01-05 10:00:00'"),
        ("BLOB", "VARCHAR", "'a'"),
        ("JSON", "BIGINT", """'"7"'"""),
    ],
)
def test_typed_cells_that_do_not_fit_are_bad(given_type, wanted, value):
    assert cast_one(given_type, wanted, value) == (None, True)


# --- columns ---


def test_columns_come_in_the_contracts_order_under_its_names():
    landed = text(**{"Customer ID": ["c1"], "Age": ["41"], "Extra": ["x"]})
    select = source_select(
        contract(
            Column("age", Scalar.BIGINT), Column("customer_id", Scalar.VARCHAR, sources=("Customer ID",))
        ),
        landed.columns,
    )
    answer = landed.connection.sql(select.select_sql)
    assert answer.columns == ["age", "customer_id"]
    assert answer.types == ["BIGINT", "VARCHAR"]
    assert answer.fetchall() == [(41, "c1")]
    assert select.unknown_columns == ("Extra",)


def test_the_first_source_with_a_value_wins():
    landed = Landed("SELECT * FROM (VALUES ('1', 10.0), (' ', 20.0), (NULL, NULL), ('x', 30.0)) v(a, b)")
    columns = Column("id", Scalar.BIGINT, sources=("a", "gone", "b"), on_bad_value=Severity.WARNING)
    select = source_select(contract(columns), landed.columns)
    assert landed.rows(select.select_sql) == [(1,), (20,), (None,)]
    assert landed.rows(select.bad_cells_sql(landed.lineage)) == [("crm/raw/a.csv", 4, "id", "x", "BIGINT")]


def test_sources_that_are_tables_of_another_house_do_not_null_a_column_that_landed():
    landed = text(id=["1"], x=["a"], old=["b"])
    columns = [
        Column("id", Scalar.BIGINT),
        Column("x", Scalar.VARCHAR, sources=("crm.customers",)),
        Column("y", Scalar.VARCHAR, sources=("old", "y")),
        Column("z", Scalar.VARCHAR, sources=("crm.customers",)),
    ]
    select = source_select(contract(*columns), landed.columns)
    assert landed.rows(select.select_sql) == [(1, "a", "b", None)]
    assert (select.unknown_columns, select.absent_columns) == ((), ("z",))


def test_an_expression_stands_in_for_sources():
    landed = text(first=["a"], last=["b"], rest=["c"])
    column = Column("name", Scalar.VARCHAR, expression="first || ' ' || \"last\"")
    select = source_select(contract(column), landed.columns)
    assert landed.rows(select.select_sql) == [("a b",)]
    assert select.unknown_columns == ("rest",)


DAY = "STRPTIME(NULLIF(TRIM(day), ''), '%d.%m.%Y')"


@pytest.mark.parametrize(
    ("expression", "wanted", "told"),
    [
        (DAY, Scalar.DATE, "x"),
        (f"{DAY} + INTERVAL 1 DAY", Scalar.DATE, "x"),
        ("CAST(day AS DATE)", Scalar.VARCHAR, "x"),
        ("CAST(day || id AS DATE)", Scalar.DATE, "3, x"),
        ("CASE day WHEN 'x' THEN 'none' ELSE '2024-01-05' END", Scalar.DATE, "x"),
    ],
)
def test_an_expression_that_fails_is_a_bad_cell(expression, wanted, told):
    days = ["05.01.2024", None, "x"] if "STRPTIME" in expression else ["2024-01-05", None, "x"]
    landed = text(id=["", "", "3"], day=days)
    failing = Column("on", wanted, expression=expression)
    select = source_select(contract(failing), landed.columns)
    with pytest.raises(duckdb.Error):
        landed.rows(select.select_sql)
    assert landed.rows(select.counts_sql) == [(3, 0, 0, 1)]
    assert landed.rows(select.bad_cells_sql(landed.lineage)) == [
        ("crm/raw/a.csv", 3, "on", told, str(wanted))
    ]
    kept = source_select(contract(replace(failing, on_bad_value=Severity.WARNING)), landed.columns)
    assert len(landed.rows(kept.select_sql)) == 2


@pytest.mark.parametrize("expression", ["random() * CAST(id AS INTEGER)", "(SELECT CAST(id AS INTEGER))"])
def test_an_expression_that_cannot_be_tried_is_taken_all_the_same(expression):
    landed = text(id=["1"])
    select = source_select(contract(Column("n", Scalar.DOUBLE, expression=expression)), landed.columns)
    assert len(landed.rows(select.select_sql)) == 1
    assert landed.rows(select.counts_sql) == [(1, 0, 0, 0)]


QUANTITY = Column("quantity", Scalar.BIGINT)


@pytest.mark.parametrize(
    ("row_filter", "kept"),
    [
        ("quantity > 0", [10, 5]),
        ("0 < Quantity AND id <> '1'", [5]),
        ('"quantity" BETWEEN -9 AND 5', [-3, 5]),
        ("quantity IN (10, -3)", [10, -3]),
        ("quantity * 2 = 10 OR quantity = ''", [5]),
        ("quantity = '10'", [10]),
        ("CAST(NULLIF(quantity, '') AS BIGINT) > 0", [10, 5]),
        ("id > 2 -- a comment", [-3, 5]),
        ("day >= DATE '2024-01-03'", [-3, 5]),
    ],
)
def test_a_filter_sees_text_as_what_the_contract_says_it_is(row_filter, kept):
    landed = text(
        id=["1", "2", "3", "4"],
        quantity=["10", "", "-3", "5"],
        day=["2024-01-01", "2024-01-02", "2024-01-03", "2024-01-04"],
    )
    columns = (QUANTITY, Column("id", Scalar.INTEGER), Column("day", Scalar.DATE))
    select = source_select(contract(*columns, row_filter=row_filter), landed.columns)
    assert [row[0] for row in landed.rows(select.select_sql) if row[0] is not None] == kept


def test_a_cell_that_a_filter_cannot_read_is_bad_and_not_left_out():
    landed = text(quantity=["1", "-1", "many"])
    select = source_select(contract(QUANTITY, row_filter="quantity > 0"), landed.columns)
    with pytest.raises(duckdb.Error):
        landed.rows(select.select_sql)
    assert landed.rows(select.counts_sql) == [(3, 1, 0, 1)]
    assert landed.rows(select.bad_cells_sql(landed.lineage))[0][3] == "many"
    warned = replace(QUANTITY, on_bad_value=Severity.WARNING)
    kept = source_select(contract(warned, row_filter="quantity > 0"), landed.columns)
    assert landed.rows(kept.select_sql) == [(1,)]
    assert landed.rows(kept.counts_sql) == [(3, 1, 1, 1)]


@pytest.mark.parametrize("columns", [(Column("id", Scalar.VARCHAR),), (Column("quantity", Scalar.VARCHAR),)])
def test_a_filter_on_text_of_which_the_contract_says_no_type(columns):
    with pytest.raises(ContractError, match="compares 'quantity' with what is no text") as caught:
        source_select(
            contract(*columns, row_filter="quantity > 0"), {"id": Scalar.VARCHAR, "quantity": Scalar.VARCHAR}
        )
    assert 'CAST("quantity" AS DOUBLE)' in (caught.value.hint or "")


def test_an_optional_column_that_has_not_landed_is_null():
    landed = text(id=["1"])
    select = source_select(
        contract(Column("id", Scalar.VARCHAR), Column("born_on", Scalar.DATE)), landed.columns
    )
    answer = landed.connection.sql(select.select_sql)
    assert (answer.fetchall(), str(answer.types[1])) == ([("1", None)], "DATE")
    assert select.absent_columns == ("born_on",)


def test_a_required_column_that_has_not_landed_names_near_ones():
    with pytest.raises(LandingError, match=r"landing\.crm\.raw has no column 'customer_id'") as caught:
        source_select(
            contract(Column("customer_id", Scalar.VARCHAR, is_required=True)),
            {"Customer ID": "VARCHAR", "Age": "VARCHAR"},
        )
    assert "Columns that have landed: Customer ID." in (caught.value.hint or "")


@pytest.mark.parametrize(
    "made",
    [contract(Column("x", Scalar.BIGINT, expression="quantty * 2")), contract(row_filter="quantty > 0")],
)
def test_sql_on_a_column_that_has_not_landed(made):
    with pytest.raises(LandingError, match="no column 'quantty'") as caught:
        source_select(made, {"quantity": "BIGINT"})
    assert "quantity" in (caught.value.hint or "")


def test_sql_that_cannot_be_parsed():
    with pytest.raises(ContractError, match=r"crm\.people: rowFilter is no SQL expression"):
        source_select(contract(row_filter="quantity > ("), {"quantity": "BIGINT"})


def test_columns_are_found_whatever_their_case():
    landed = text(ID=["1"])
    assert landed.rows(source_select(contract(Column("id", Scalar.BIGINT)), landed.columns).select_sql) == [
        (1,)
    ]


def test_the_dataset_defaults_to_the_products_own_name():
    assert source_dataset(contract()) == DatasetName("crm", "raw")
    assert source_dataset(replace(contract(), source=None)) == DatasetName("crm", "people")


# --- rows ---


def people(**facts) -> Contract:
    return contract(
        Column("id", Scalar.BIGINT),
        Column("age", Scalar.BIGINT, on_bad_value=Severity.WARNING),
        Column("born_on", Scalar.DATE, on_bad_value=Severity.WARNING),
        Column("name", Scalar.VARCHAR),
        **facts,
    )


def people_landed(**columns) -> Landed:
    given = {
        "id": ["1", "2", "3", "3", "x"],
        "age": ["10", "old", "30", "30", "50"],
        "born_on": ["2000-01-01", "never", None, None, "2000-01-01"],
        "name": ["a", "b", "c", "c", "e"],
    }
    return text(**given | columns)


def test_rows_with_bad_cells_are_quarantined_and_named():
    landed = people_landed(id=["1", "2", "3", "3", "5"])
    select = source_select(people(), landed.columns)
    assert [row[0] for row in landed.rows(select.select_sql)] == [1, 3, 3, 5]
    assert [column.name for column in select.checked_columns] == ["id", "age", "born_on"]
    assert landed.rows(select.counts_sql) == [(5, 0, 1, 0, 1, 1)]
    assert landed.rows(select.bad_cells_sql(landed.lineage)) == [
        ("crm/raw/a.csv", 2, "age", "old", "BIGINT"),
        ("crm/raw/a.csv", 2, "born_on", "never", "DATE"),
    ]


def test_a_bad_cell_that_is_an_error_fails_the_select_and_is_named():
    landed = people_landed()
    select = source_select(people(), landed.columns)
    with pytest.raises(duckdb.ConversionException):
        landed.rows(select.select_sql)
    assert landed.rows(select.counts_sql) == [(5, 0, 1, 1, 1, 1)]
    cells = [BadCell(*row) for row in landed.rows(select.bad_cells_sql(landed.lineage, ["id"], limit=20))]
    assert cells == [BadCell("crm/raw/a.csv", 5, "id", "x", "BIGINT")]
    error = bad_cells_error(people(), 1, cells)
    assert "crm.people: 1 value does not fit" in error.message
    assert "crm/raw/a.csv, row 5, column id: 'x' is no BIGINT" in error.message


def test_a_quarantined_row_does_not_fail_the_select():
    landed = people_landed(id=["1", "x", "3", "3", "5"])
    select = source_select(people(), landed.columns)
    assert [row[0] for row in landed.rows(select.select_sql)] == [1, 3, 3, 5]
    assert landed.rows(select.counts_sql) == [(5, 0, 1, 0, 1, 1)]
    assert landed.rows(select.bad_cells_sql(landed.lineage, ["id"])) == []


def test_bad_cells_of_rows_left_out_do_not_matter():
    landed = people_landed()
    select = source_select(people(row_filter="id <> 'x' AND age <> 'old'"), landed.columns)
    assert [row[0] for row in landed.rows(select.select_sql)] == [1, 3, 3]
    assert landed.rows(select.counts_sql) == [(5, 2, 0, 0, 0, 0)]
    assert landed.rows(select.bad_cells_sql(landed.lineage)) == []


def test_rows_for_which_the_filter_is_null_are_left_out_and_counted():
    landed = text(id=["1", None, "3"])
    select = source_select(contract(Column("id", Scalar.BIGINT), row_filter="id <> '3'"), landed.columns)
    assert landed.rows(select.select_sql) == [(1,)]
    assert landed.rows(select.counts_sql) == [(3, 2, 0, 0)]


def test_equal_rows_come_once():
    landed = people_landed(id=["1", "2", "3", "3", "5"])
    select = source_select(people(is_deduplicated=True), landed.columns)
    assert sorted(row[0] for row in landed.rows(select.select_sql)) == [1, 3, 5]


def test_nothing_is_checked_where_every_cell_fits():
    landed = Landed("SELECT 1::BIGINT AS id, 'a' AS name, DATE '2024-01-05' AS d")
    columns = (Column("id", Scalar.BIGINT), Column("name", Scalar.VARCHAR), Column("d", Scalar.DATE))
    select = source_select(contract(*columns), landed.columns)
    assert select.checked_columns == ()
    assert "CAST" not in select.select_sql


def test_names_with_quotes_and_blanks():
    landed = text(**{'a ""b""': ["1"], "it's": ["x"]})
    columns = (
        Column("one", Scalar.BIGINT, sources=('a "b"',)),
        Column("two", Scalar.BIGINT, sources=("it's",)),
    )
    made = contract(*(replace(column, on_bad_value=Severity.WARNING) for column in columns))
    select = source_select(made, landed.columns)
    assert landed.rows(select.select_sql) == []
    assert landed.rows(select.bad_cells_sql(landed.lineage)) == [("crm/raw/a.csv", 1, "two", "x", "BIGINT")]


def test_every_query_can_be_written_for_trino():
    wanted = ["VARCHAR", "BIGINT", "DOUBLE", "DECIMAL(12,2)", "BOOLEAN", "DATE", "TIMESTAMP", "TIME"]
    columns = [Column(f"c{n}", kind, on_bad_value=Severity.WARNING) for n, kind in enumerate(wanted)]
    made = contract(*columns, row_filter="c0 <> ''", is_deduplicated=True)
    select = source_select(made, {column.name: "VARCHAR" for column in columns})
    for sql in (select.select_sql, select.counts_sql, select.bad_cells_sql("landing.crm.raw")):
        raising = sqlglot.ErrorLevel.RAISE
        written = sqlglot.transpile(sql, read="duckdb", write="trino", unsupported_level=raising)
        assert sqlglot.parse_one(written[0], dialect="trino")


ROW_KEY = Column("row_key", Scalar.VARCHAR, sources=("a", "b"), is_row_key=True)


def keyed(landed: Landed, **facts) -> list[tuple]:
    columns = (ROW_KEY, Column("a", Scalar.BIGINT), Column("b", Scalar.VARCHAR), Column("c", Scalar.VARCHAR))
    select = source_select(contract(*columns, **facts), landed.columns)
    return landed.rows(f"SELECT * FROM ({select.select_sql}) ORDER BY ALL")


def test_a_row_is_its_own_key_and_one_that_says_the_same_has_a_number():
    landed = text(a=["1", "1", "11", "1", None], b=["12", "12", "2", None, "1"], c=["y", "x", "x", "x", "x"])
    rows = keyed(landed)
    keys = [row[0] for row in rows]
    assert len(set(keys)) == 5
    assert sorted(len(key) for key in keys) == [32, 32, 32, 32, 34]
    (second,) = (row for row in rows if row[0].endswith("-2"))
    assert second[1:] == (1, "12", "y")  # rows of one digest go by what it is not made of
    assert (second[0].removesuffix("-2"), 1, "12", "x") in rows


def test_the_key_of_a_row_stands_whatever_lands_beside_it_and_changes_with_its_values():
    before = {row[0]: row for row in keyed(text(a=["1", "2"], b=["x", "y"], c=["p", "q"]))}
    after = {
        row[0]: row for row in keyed(text(a=["3", "2", "1"], b=["x", "y", "z"], c=["p", "changed", "p"]))
    }
    assert [row[1:] for key, row in after.items() if key in before] == [(2, "y", "changed")]


def test_rows_that_are_taken_once_have_no_number():
    assert len(keyed(text(a=["1", "1"], b=["x", "x"], c=["p", "p"]), is_deduplicated=True)) == 1


def test_a_key_is_not_made_of_less_than_it_says():
    with pytest.raises(LandingError, match=r"no column 'b' \(crm.people.row_key\)"):
        keyed(text(a=["1"], c=["p"]))
