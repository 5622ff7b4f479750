"""Drafted source-aligned products: what their contracts say, and that they hold for the data they were drafted from."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from meshlake.column import Severity
from meshlake.engines.duckdb.session import DuckDBSession
from meshlake.errors import MeshError
from meshlake.landing.relation import relation_sql
from meshlake.products.source_aligned import source_select
from support.adopted import SOURCE


@pytest.mark.parametrize(
    ("files", "null_count", "told"),
    [
        ({"a.csv": 'n,x\n1,7\n2,   \n3,\n4,""\n'}, 3, "null in 75.0% of rows, 2 of them with blank text."),
        ({"a.csv": 'n,x\n1,a\n2,   \n3,\n4,""\n'}, 2, "null in 50.0% of rows, 1 of them with blank text."),
        ({"a.csv": 'n;x\n1;7\n2;" "\n3;\n4;""\n'}, 3, "null in 75.0% of rows, 2 of them with blank text."),
        ({"a.csv": 'n,x\n1,\n2,""\n'}, 2, "no row has a value, 1 of them with blank text."),
        ({"a.json": '{"x": "7"}\n{"x": ""}\n{"x": " "}\n{}\n'}, 3, "of rows, 2 of them with blank text."),
        ({"a.json": '{"x": "a"}\n{"x": ""}\n{"x": " "}\n{}\n'}, 1, "null in 25.0% of rows."),
        ({"a.json": '{"x": "a"}\n{"x": "b"}\n{}\n{}\n'}, 2, "null in 50.0% of rows."),
    ],
)
def test_text_that_becomes_null_is_told(adopted, files, null_count, told) -> None:
    contract, rows = adopted(files)
    assert told in contract.column("x").description
    place = [each.name for each in contract.columns].index("x")
    assert sum(row[place] is None for row in rows) == null_count


def test_nearly_clean_decimal_commas_are_cast_and_their_exceptions_set_aside(adopted, settings, zone) -> None:
    cells = "".join(f'{n},"{n + 1}.234,5"\n' for n in range(197)) + "197,1.5\n198,soon\n199,\n"
    contract, rows = adopted({"a.csv": "n,fee\n" + cells})
    column = contract.column("fee")
    assert (str(column.type), column.on_bad_value) == ("DOUBLE", Severity.WARNING)
    # 1.5 is neither 15 nor taken for what the others do not write.
    assert len(rows) == 198
    assert [row for row in rows if row[0] in (0, 199)] == [(0, 1234.5), (199, None)]


@pytest.mark.parametrize(
    ("cells", "later"),
    [
        (["12,91", "0,5", "1.000,25"], "1.5"),
        (["12,91", "0,5", "1.000,25"], "0.500"),
        (["1,250.5", "12,000.25"], "1,5"),
        (["12,91", "0,5"], "12345678901234567890,12"),
        (["31.12.2024", "30.11.2024"], "05.01.24"),
        (["31.12.2024", "30.11.2024"], "05.01.2024 10:00"),
    ],
)
def test_what_lands_later_is_read_no_other_way(adopted, settings, zone, mesh, cells, later) -> None:
    lines = "".join(f'{n},"{cell}"\n' for n, cell in enumerate(cells))
    contract, rows = adopted({"a.csv": f"n,x\n{lines}"})
    assert all(value is not None for _, value in rows)
    mesh.land_files("crm.people", {"b.csv": f'n,x\n9,"{later}"\n'})
    with DuckDBSession(settings, "test") as session:
        session.bind(SOURCE, relation_sql(zone.dataset(SOURCE)))
        select = source_select(contract, session.columns(f"SELECT * FROM {SOURCE.sql}"))
        assert session.rows(select.counts_sql)[0][-1] == 1
        with pytest.raises(MeshError):
            session.rows(select.select_sql)


_CELLS = {
    "integer": st.integers(-(10**6), 10**6).map(str),
    "number": st.floats(-1e6, 1e6, allow_nan=False).map(repr),
    "date": st.dates().map(str),
    "european": st.dates(date(1900, 1, 1)).map(lambda d: d.strftime("%d/%m/%Y")),
    "comma": st.floats(-1e6, 1e6, allow_nan=False).map(lambda x: f"{x:.2f}".replace(".", ",")),
    "word": st.sampled_from(
        ["yes", "no", "N/A", "07", "1e5", "0x1f", "inf", "a", "2024-01-05 10:00", "12.0"]
    ),
}


@hypothesis_settings(
    max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.data())
def test_every_row_that_landed_is_a_row_of_the_product_or_quarantined(adopted, settings, data) -> None:
    kinds = data.draw(st.lists(st.sampled_from(sorted(_CELLS)), min_size=1, max_size=3))
    row = st.tuples(*(st.one_of(st.just(""), _CELLS[kind]) for kind in kinds))
    rows = data.draw(st.lists(row, min_size=1, max_size=30))
    text = "n," + ",".join(f"c{n}" for n in range(len(kinds))) + "\n"
    text += "".join(
        f"{n}," + ",".join(f'"{cell}"' if cell else "" for cell in cells) + "\n"
        for n, cells in enumerate(rows)
    )
    path = settings.products / "crm/customers"
    for file in path.glob("*"):
        file.unlink()
    if path.exists():
        path.rmdir()
    _, made = adopted({"a.csv": text})
    assert len(made) == len(rows)
