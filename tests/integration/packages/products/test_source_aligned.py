"""Source-aligned products: landed cells cast by contract; bad ones fail or are quarantined, and named."""

from __future__ import annotations

from decimal import Decimal

from hypothesis import example, given, settings
from hypothesis import strategies as st
from tests.unit.products.test_source_aligned import contract, text

from meshlake.column import Column, Severity
from meshlake.landing.casts import cast_cell
from meshlake.products.source_aligned import source_select
from meshlake.types.duckdb import parse
from meshlake.types.tree import Scalar

CELLS = st.text(st.characters(codec="utf-8", exclude_characters="\0"))


@settings(max_examples=60, deadline=None)
@given(
    values=st.lists(st.integers(-(2**63), 2**63 - 1) | st.none(), min_size=1, max_size=20),
    blanks=st.text(" ", max_size=2),
)
def test_any_integers_come_back(values, blanks):
    landed = text(x=[None if value is None else f"{blanks}{value}{blanks}" for value in values])
    select = source_select(contract(Column("x", Scalar.BIGINT)), landed.columns)
    assert [row[0] for row in landed.rows(select.select_sql)] == values


@settings(max_examples=60, deadline=None)
@given(values=st.lists(CELLS, min_size=1, max_size=10))
def test_the_counts_are_those_of_the_cells_named(values):
    landed = text(x=values)
    for wanted in ("BIGINT", "DOUBLE", "DATE", "BOOLEAN", "TIMESTAMP"):
        select = source_select(
            contract(Column("x", parse(wanted), on_bad_value=Severity.WARNING)), landed.columns
        )
        landed_rows, left_out, quarantined, bad = landed.rows(select.counts_sql)[0]
        cells = landed.rows(select.bad_cells_sql(landed.lineage))
        assert (landed_rows, left_out) == (len(values), 0)
        assert quarantined == bad == len(cells) == len(values) - len(landed.rows(select.select_sql))
        assert [values[row - 1] for _, row, *_ in cells] == [value for *_, value, _ in cells]


@example(["9E9", "5401E5", "1E4", "9e9"])
@settings(max_examples=100, deadline=None)
@given(
    st.lists(
        st.from_regex(r"[-+]?[0-9]{1,20}([.][0-9]{0,20})?([eE][-+]?[0-9]{1,2})?", fullmatch=True),
        min_size=1,
        max_size=20,
    )
)
def test_a_number_is_published_as_it_is_written_or_it_is_bad(values):
    landed = text(x=values)
    wanted = ("BIGINT", "DOUBLE", "FLOAT", "DECIMAL(12,2)", "DECIMAL(38,10)", "DECIMAL(9,0)")
    casts = [cast_cell("x", Scalar.VARCHAR, parse(each)).lenient for each in wanted]
    as_text = ", ".join(f"CAST({cast} AS VARCHAR)" for cast in casts)
    for written, *made in landed.rows(f"SELECT x, {as_text} FROM landing.crm.raw"):
        assert [each for each in made if each is not None and Decimal(each) != Decimal(written)] == []
