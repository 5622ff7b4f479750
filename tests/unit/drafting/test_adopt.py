"""Drafted source-aligned products: what their contracts say, and that they hold for the data they were drafted from."""

from __future__ import annotations

from datetime import UTC, date
from decimal import Decimal
from typing import TYPE_CHECKING

import duckdb
import pytest

from meshlake.column import Severity
from meshlake.drafting.adopt import adopt
from meshlake.errors import LandingError, UsageError
from meshlake.rules.range import Range
from meshlake.sources.files import FoundFiles
from meshlake.types.tree import Scalar
from support.adopted import NAME, SOURCE

if TYPE_CHECKING:
    from pathlib import Path


PEOPLE = "Customer ID,Sign-up Date,E-mail,Age,Plan,Left\n" + "".join(
    f"C{n:03},{n % 28 + 1:02}/11/2024,u{n}@example.com,{n % 60 + 18},"
    f"{'plus' if n % 3 else 'basic'},{'Yes' if n % 4 else 'No'}\n"
    for n in range(200)
)


def test_a_contract_says_what_was_found(adopted) -> None:
    contract, rows = adopted({"a.csv": PEOPLE})
    assert [(c.name, str(c.type)) for c in contract.columns] == [
        ("customer_id", "VARCHAR"),
        ("sign_up_date", "DATE"),
        ("e_mail", "VARCHAR"),
        ("age", "BIGINT"),
        ("plan", "VARCHAR"),
        ("left", "BOOLEAN"),
    ]
    assert (contract.primary_key, contract.owner, contract.source) == (
        ("customer_id",),
        "ana@example.com",
        "landing.crm.people",
    )
    assert contract.column("e_mail").classification == "personal"
    assert all(column.is_required for column in contract.columns)
    assert {r.name: r.arguments for r in contract.rules if isinstance(r, Range)} == {
        "sign_up_date_range": {"minimum": "2023-11-01"},
        "age_range": {"minimum": 0, "maximum": 200},
    }
    known = next(r for r in contract.rules if r.name == "plan_known")
    assert (known.arguments["validValues"], known.severity) == (["basic", "plus"], Severity.WARNING)
    assert rows[0] == ("C000", date(2024, 11, 1), "u0@example.com", 18, "basic", False)


def test_personal_values_are_not_repeated_in_the_contract(adopted, settings) -> None:
    adopted({"a.csv": PEOPLE})
    assert "u0@" not in (settings.products / "crm/customers/contract.odcs.yaml").read_text()


def test_placeholders_become_null(adopted) -> None:
    cells = "".join(f"{n},{n}\n" for n in range(300)) + "300,N/A\n301,?\n302,\n"
    contract, rows = adopted({"a.csv": "n,amount\n" + cells})
    assert contract.column("amount").type is Scalar.BIGINT
    assert not contract.column("amount").is_required
    assert sum(row[1] is None for row in rows) == 3
    assert len(rows) == 303


def test_leak_suspects_are_noted_beside_the_label(mesh):
    rows = "".join(f"{n},{'2026-01-02' if n % 4 == 0 else ''},{int(n % 4 == 0)}\n" for n in range(200))
    mesh.land_files("crm.contracts", {"a.csv": f"contract_id,ended_on,has_left\n{rows}"})
    notes = mesh.open().adopt("crm.contracts", owner="ana").notes
    label, leak = notes[-2:]
    assert label == "likely label: has_left"
    assert leak.startswith("leak suspect: ended_on: most likely known only after has_left: ")


def test_what_is_to_decide_stands_above_what_was_found(mesh) -> None:
    mesh.land_files("shop.orders", {"a.csv": "n,price_eur\n1,7\n", "b.csv": "n,price_usd\n2,8\n"})
    question, *found = mesh.open().adopt("shop.orders", owner="ana").notes
    assert question.startswith("question: are these one column? price_eur")
    assert not any(note.startswith("question: ") for note in found)


def test_what_is_kept_aside_and_what_becomes_null_is_told(mesh) -> None:
    mesh.land_files("crm.people", {"a.csv": "n,x\n1,7\n2, \n4,5,6\n"})
    notes = mesh.open().adopt("crm.people", owner="ana").notes
    assert "x: 1 of blank text, null in the product" in notes
    kept = [note for note in notes if note.startswith("kept aside: ")]
    assert kept == [
        "kept aside: crm/people/a.csv, line 4: it has 3 values where the header has 2 columns: 4,5,6"
    ]


def test_stray_values_are_quarantined_not_lost_in_the_type(adopted) -> None:
    cells = "".join(f"{n},{n}\n" for n in range(300)) + "300,twelve\n"
    contract, rows = adopted({"a.csv": "n,amount\n" + cells})
    assert (str(contract.column("amount").type), contract.column("amount").on_bad_value) == (
        "BIGINT",
        Severity.WARNING,
    )
    assert len(rows) == 300


def test_columns_whose_names_become_the_same_stay_apart(adopted) -> None:
    contract, rows = adopted({"a.csv": "a b,A-B,!\n1,2,3\n"})
    assert [c.name for c in contract.columns] == ["a_b", "a_b_2", "column_3"]
    assert rows == [(1, 2, 3)]


def test_renamed_columns_come_together(adopted) -> None:
    contract, rows = adopted({"1.csv": "Unit Price\n1.5\n", "2.csv": "UnitPrice\n2.5\n"})
    assert contract.column("unit_price").sources == ("UnitPrice", "Unit Price")
    assert rows == [(1.5,), (2.5,)]


def test_columns_that_are_only_alike_stay_apart_and_the_draft_asks(adopted) -> None:
    contract, rows = adopted({"1.csv": "id,net_amount\n1,10.00\n", "2.csv": "id,gross_amount\n2,11.90\n"})
    assert rows == [(1, 10, None), (2, None, Decimal("11.90"))]
    asked = [c.description for c in contract.columns if "No file has it beside" in c.description]
    assert [text.split("beside ")[1].split(",")[0] for text in asked] == ["'gross_amount'", "'net_amount'"]


def test_times_with_an_offset_are_moments(adopted) -> None:
    contract, rows = adopted({"a.csv": "at\n2024-01-05T10:00:00+02:00\n2024-07-05T10:00:00+03:00\n"})
    assert contract.column("at").type is Scalar.TIMESTAMPTZ
    assert {row[0].astimezone(UTC).hour for row in rows} == {8, 7}


def test_types_that_no_table_holds(adopted, tmp_path: Path) -> None:
    duckdb.sql(
        "SELECT 1::UBIGINT u, 7::UTINYINT t, 1.5::DECIMAL(9,2) d, [1, 2] l, {'a': 1} s, INTERVAL 1 DAY i, "
        "TIMESTAMP_NS '2024-01-05 10:00:00' n, TIMESTAMPTZ '2024-01-05 10:00:00+00' z"
    ).write_parquet(str(tmp_path / "a.parquet"))
    contract, rows = adopted({"a.parquet": (tmp_path / "a.parquet").read_bytes()})
    assert [str(c.type) for c in contract.columns] == [
        *("DECIMAL(20,0)", "BIGINT", "DECIMAL(9,2)", "INTEGER[]", 'STRUCT("a" INTEGER)', "VARCHAR"),
        *("TIMESTAMP", "TIMESTAMP WITH TIME ZONE"),
    ]
    assert len(rows) == 1


def test_what_a_date_could_be_too_is_said_in_the_draft(adopted) -> None:
    contract, rows = adopted({"a.csv": "n,day\n" + "".join(f"{n},{n:02}/05/2024\n" for n in range(1, 13))})
    assert "could be %m/%d/%Y" in contract.column("day").description
    assert rows[0] == (1, date(2024, 5, 1))


def test_bytes_that_are_all_text_become_text(adopted, tmp_path: Path) -> None:
    duckdb.sql(
        "SELECT * FROM (VALUES (1, encode('Anna'), 'a'::BLOB, 'a\\x00'::BLOB), "
        "(2, encode('Mü\nller'), '\\xFF'::BLOB, NULL)) t(id, name, photo, hash)"
    ).write_parquet(str(tmp_path / "a.parquet"))
    contract, rows = adopted({"a.parquet": (tmp_path / "a.parquet").read_bytes()})
    assert [str(c.type) for c in contract.columns] == ["BIGINT", "VARCHAR", "BLOB", "BLOB"]
    assert rows == [(1, "Anna", b"a", b"a\0"), (2, "Mü\nller", b"\xff", None)]


def test_a_nearly_clean_column_of_dates_is_cast_and_its_exceptions_set_aside(adopted) -> None:
    cells = "".join(f"{n},{n % 28 + 1:02}.11.2024\n" for n in range(198)) + "198,soon\n199,\n"
    contract, rows = adopted({"a.csv": "n,day\n" + cells})
    column = contract.column("day")
    assert (str(column.type), column.format, column.on_bad_value) == ("DATE", "d.M.yyyy", Severity.WARNING)
    assert len(rows) == 199
    assert (0, date(2024, 11, 1)) in rows


def test_money_is_published_as_it_is_written(adopted) -> None:
    contract, rows = adopted({"a.csv": "n,price,version\n1,1.10,1.1\n2,2.50,1.10\n"})
    assert [str(c.type) for c in contract.columns] == ["BIGINT", "DECIMAL(18,2)", "VARCHAR"]
    assert [tuple(map(str, row)) for row in rows] == [("1", "1.10", "1.1"), ("2", "2.50", "1.10")]


def test_an_existing_product_is_never_overwritten(adopted, settings, zone) -> None:
    adopted({"a.csv": PEOPLE})
    path = settings.products / "crm/customers/contract.odcs.yaml"
    path.write_text("mine")
    with pytest.raises(UsageError, match="is there already"):
        adopt(settings, FoundFiles(SOURCE, zone), NAME)
    assert path.read_text() == "mine"


def test_what_cannot_be_adopted(settings, zone, mesh) -> None:
    mesh.products.rmdir()
    mesh.land_files("crm.people", {"a.csv": "a,b\n"})
    with pytest.raises(LandingError, match="no rows"):
        adopt(settings, FoundFiles(SOURCE, zone), NAME)
    assert not settings.products.exists()


def test_what_stands_for_no_value_is_null_in_what_is_drafted(adopted) -> None:
    lines = [
        f"{n},{9999 if n % 5 == 0 else n % 7},{'1900-01-01' if n % 4 == 0 else f'2024-05-{n % 28 + 1:02}'},"
        f"{'?' if n % 6 == 0 else ('north', 'south', 'east')[n % 3]}\n"
        for n in range(60)
    ]
    contract, rows = adopted({"a.csv": "visit_id,score,seen_on,region\n" + "".join(lines)})
    assert [column.name for column in contract.columns if column.is_required] == ["visit_id"]
    nulls = [sum(row[i] is None for row in rows) for i in range(4)]
    assert nulls == [0, 12, 15, 10]
    assert {row[3] for row in rows} == {None, "north", "south", "east"}
