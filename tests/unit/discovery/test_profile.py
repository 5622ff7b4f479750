"""Profiles of landed files against what is known to be in them."""

from __future__ import annotations

import bz2
from typing import TYPE_CHECKING

import duckdb
import pytest

from meshlake.errors import LandingError

if TYPE_CHECKING:
    from pathlib import Path

    from meshlake.discovery.dataset_profile import ColumnProfile, DatasetProfile


def column(profile: DatasetProfile, name: str) -> ColumnProfile:
    return next(c for c in profile.columns if c.name == name)


def one_column(*cells: str) -> str:
    return "n,x\n" + "".join(f'{n},"{cell}"\n' if cell else f"{n},\n" for n, cell in enumerate(cells))


@pytest.mark.parametrize(
    ("cells", "found", "nulls", "ends"),
    [
        (("3", "12", "7"), "integer", 0, ("3", "12")),
        (("3", "1.5", "7"), "number", 0, ("1.5", "7.0")),
        (("Yes", "No", "Yes"), "boolean", 0, ("false", "true")),
        (("1", "0", "1"), "integer", 0, ("0", "1")),
        (("2024-01-05", "2023-12-31"), "date", 0, ("2023-12-31", "2024-01-05")),
        (("2024-01-05", "2024-01-05 10:00"), "timestamp", 0, ("2024-01-05 00:00:00", "2024-01-05 10:00:00")),
        (("25/12/2024", "01/02/2024"), "date", 0, ("2024-02-01", "2024-12-25")),
        (("5", " ", "", "6"), "integer", 2, ("5", "6")),
        (("007", "123", "045"), "string", 0, ("007", "123")),
        (("a", "", "b"), "string", 1, ("a", "b")),
        (("", "", ""), "string", 3, (None, None)),
        (("5", "x", "y"), "string", 0, ("5", "y")),
        (("a\0b", "c'\0", "c"), "string", 0, ("a\0b", "c'\0")),
    ],
)
def test_what_text_really_is(profile, cells, found, nulls, ends) -> None:
    x = column(profile({"a.csv": one_column(*cells)}), "x")
    assert (x.found_type, x.null_count, (x.minimum, x.maximum)) == (found, nulls, ends)


@pytest.mark.parametrize(
    ("name", "cells", "type_"),
    [
        ("x", ("89490200001234567890", "89490200001234567891"), None),
        ("x", ("+4915112345678", "+12025550123"), None),
        ("x", ("12E4", "120E3", "5E2"), None),
        ("x", ("1.1", "1.10", "1.2"), None),
        ("x", ("T", "F", "T"), None),
        ("x", ("N", "N", "N"), None),
        ("x", ("Y", "N", "N"), "BOOLEAN"),
        ("x", ("Yes", "true"), None),
        ("x", ("1.10", "2.50", "13.75"), "DECIMAL(18,2)"),
        ("x", ("3", "3.0", "4"), "BIGINT"),
        ("x", ("3.0", "2.5", "1e-05"), "DOUBLE"),
        ("x", ("2024-01-05T10:00:00Z", "2024-01-05T10:00:00Z"), "TIMESTAMP WITH TIME ZONE"),
        ("x", ("2024-01-05T10:00:00Z", "2024-01-05T10:00:00"), None),
        ("customer_id", ("1", "2", "3"), "BIGINT"),
        ("version", ("1.1", "1.2", "2.0"), None),
        ("zip", ("80331", "60311"), None),
        ("PLZ", ("80331", "60311"), None),
        ("Telefonnummer", ("3012345", "3012346"), None),
        ("postal_code", ("80331", "60311"), None),
    ],
)
def test_a_number_is_believed_if_every_value_comes_back(profile, name, cells, type_) -> None:
    x = column(profile({"a.csv": f"n,{name}\n" + "".join(f"{n},{c}\n" for n, c in enumerate(cells))}), name)
    assert (x.reading and str(x.reading.type)) == type_


@pytest.mark.parametrize(
    ("text", "read"),
    [
        # nothing decides: told, and drafted as the likelier
        ("x\n01/02/2024\n03/04/2024\n", "%d/%m/%Y?"),
        ("x\n01-02-2024 10:00\n03-04-2024 11:00\n", "%d-%m-%Y %H:%M?"),
        ('x,y\n"1,250",a\n"12,375",b\n', "1,234.5?"),
        ("x|y\n1.250|a\n12.375|b\n", "None?"),
        # decided: by a value of its own, another column, a leading 0, the delimiter, what no comma decides
        ("x\n01/02/2024\n13/04/2024\n", "%d/%m/%Y"),
        ("x\n01/02/2024\n03/14/2024\n", "%m/%d/%Y"),
        ("x,y\n01/02/2024,12/31/2023\n03/04/2024,11/30/2023\n", "%m/%d/%Y"),
        ("x,y\n01/02/2024 10:00,12-31-2023\n03/04/2024 11:00,11-30-2023\n", "%m/%d/%Y %H:%M"),
        ("x\n01.02.2024\n03.04.2024\n", "%d.%m.%Y"),
        ("x;y\n0,500;1\n1,250;2\n12,375;3\n", "1.234,5"),
        ("x;y\n1,250;1\n12,375;2\n", "1.234,5"),
        ('x,y\n"1,250","0,5"\n"12,375","2,5"\n', "1.234,5"),
        ('x,y\n"1,250",0.5\n"12,375",2.25\n', "1,234.5"),
        ("x,y\n1.250,a\n12.375,b\n", "None"),
    ],
)
def test_two_readings_that_are_both_true_are_decided_or_asked(profile, text, read) -> None:
    x = column(profile({"a.csv": text}), "x")
    assert x.reading is not None
    assert f"{x.reading.format}{'?' if x.question else ''}" == read


@pytest.mark.parametrize(
    ("others", "found", "question"),
    [
        (["C489449", "C489459"], "string", "the others codes, for example 'C489449': kept as text"),
        (["C489449", "n/a"], "integer", ""),
    ],
)
def test_numbers_beside_codes_are_codes(profile, others: list[str], found: str, question: str) -> None:
    numbers = [str(489450 + n) for n in range(198)]
    made = profile({"a.csv": "invoice,x\n" + "".join(f"{text},y\n" for text in [*numbers, *others])})
    column = made.columns[0]
    assert (column.found_type, bool(column.misfits)) == (found, found == "integer")
    assert question in column.question


@pytest.mark.parametrize(
    ("values", "shown", "advice"),
    [
        (
            ["2024-01-05T10:00:00", "2024-01-05T10:00:00+02:00"],
            ["2024-01-05T10:00:00", "2024-01-05T10:00:00+02:00"],
            "; `timezone: true` with a `defaultTimezone` reads both",
        ),
        (["2024-01-05", "05.01.2024", "06.01.2024"], ["2024-01-05", "05.01.2024"], ""),
        (["2024-01-05 10:00", "5 Jan 2024"], ["2024-01-05 10:00", "5 Jan 2024"], ""),
        (["2024-01-05", "soon"], [], ""),
        (["2024-01-05", "2024-01-05 10:00"], [], ""),
    ],
)
def test_moments_written_in_several_ways_are_told(profile, values, shown, advice) -> None:
    made = profile({"a.csv": "x,y\n" + "".join(f"{value},1\n" for value in values)})
    told = f"dates and times written in more than one way, such as {' and '.join(map(repr, shown))}: kept as text"
    assert column(made, "x").question == (f"{told}{advice}" if shown else "")


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (
            "x,y\n01/02/2024,12/31/2023\n03/04/2024,11/30/2023\n",
            "read as %m/%d/%Y, not %d/%m/%Y, since column 'y' has the month first",
        ),
        ("x;y\n1,250;1\n12,375;2\n", "read as 1.234,5, since a semicolon stands between the cells"),
        ("x\n01/02/2024\n13/04/2024\n", ""),
        ("x\n01/02/2024\n03/04/2024\n", ""),
    ],
)
def test_what_decided_between_two_readings_is_told(profile, text, told) -> None:
    assert column(profile({"a.csv": text}), "x").evidence == told


def test_packed_files_are_profiled_as_what_is_in_them(profile) -> None:
    made = profile({"a.csv.bz2": bz2.compress(b"id;weight\n1;0,500\n2;1,250\n")})
    assert [(column.name, column.found_type) for column in made.columns] == [
        ("id", "integer"),
        ("weight", "number"),
    ]


def test_a_nearly_clean_column_is_told_with_its_exceptions(profile) -> None:
    cells = [f"{n % 28 + 1:02}.11.2024" for n in range(197)] + ["soon", "soon", "13/13/2024"]
    made = profile({"a.csv": one_column(*cells)})
    x = column(made, "x")
    assert x.found_type == "date"
    assert made.nearly(x) == "98.5% are dates %d.%m.%Y; 3 are not, for example 'soon', '13/13/2024'"


def test_numbers_that_stay_text_are_told(profile) -> None:
    assert "1.10" in column(profile({"a.csv": one_column("1.1", "1.10")}), "x").question
    assert "the name" in column(profile({"a.csv": "zip\n80331\n60311\n"}), "zip").question


def test_facts_of_a_column(profile) -> None:
    made = profile({"a.csv": one_column("a", "b", "a", "a")})
    x = column(made, "x")
    assert (made.row_count, made.file_count, made.format) == (4, 1, "csv")
    assert (x.values, x.distinct_count, x.is_constant) == ((("a", 3), ("b", 1)), 2, False)


def test_how_many_values_there_are_is_told_as_an_estimate_where_it_is_one(profile) -> None:
    rows = "".join(f"{n},{'ab'[n % 2]},{n % 1234}\n" for n in range(5000))
    made = profile({"a.csv": f"id,kind,visits\n{rows}"})
    told = [made.distinct_told(column(made, name), "~") for name in ("id", "kind", "visits")]
    assert told[:2] == ["5,000", "2"]
    assert told[2].startswith("~")
    assert told[2].endswith("00")


def test_constant_and_empty_columns(profile) -> None:
    made = profile({"a.csv": "a,b,c\n1,,x\n1,,\n"})
    assert [c.is_constant for c in made.columns] == [True, True, False]


def test_a_few_values_that_do_not_fit_are_named(profile) -> None:
    cells = [str(n) for n in range(300)] + ["soon", "soon", "7th"]
    x = column(profile({"a.csv": one_column(*cells)}), "x")
    assert (x.found_type, x.misfit_count, x.misfits) == ("integer", 3, ("soon", "7th"))


def test_a_column_that_is_rarely_filled_is_read_too(profile) -> None:
    cells = [""] * 500 + ["2024-01-05"]
    x = column(profile({"a.csv": one_column(*cells)}), "x")
    assert (x.found_type, x.null_count) == ("date", 500)


def test_keys_are_proven_on_all_rows(profile) -> None:
    rows = [f"{n},C{n % 50},{n % 7}" for n in range(350)]
    made = profile({"a.csv": "amount,customer_id,day\n" + "\n".join(rows) + "\n"})
    assert made.keys == (("amount",),)
    without = profile({"a.csv": "customer_id,day\n" + "\n".join(r.partition(",")[2] for r in rows) + "\n"})
    assert without.keys == (("customer_id", "day"),)
    double = profile({"a.csv": "customer_id,day\n" + "C1,1\nC1,2\nC2,1\nC1,1\n"})
    assert double.keys == ()


def test_an_identifier_comes_first_among_keys(profile) -> None:
    rows = "\n".join(f"text {n},{n}" for n in range(60))
    assert profile({"a.csv": f"remark,customer_id\n{rows}\n"}).keys == (("customer_id",), ("remark",))


def test_a_key_by_coincidence_is_not_likely_meant(profile) -> None:
    rows = "\n".join(f"{n % 3},{n * 7}" for n in range(30))
    made = profile({"a.csv": f"plan,amount\n{rows}\n"})
    assert (made.keys, made.likely_key) == ((("amount",),), ())
    made = profile({"a.csv": f"plan,amount_id\n{rows}\n"})
    assert made.likely_key == ("amount_id",)


def test_a_null_or_a_fraction_is_no_key(profile) -> None:
    assert profile({"a.csv": 'a,b\n"",1.5\n2,2.5\n3,3.5\n'}).keys == ()


def test_personal_data_by_values(profile) -> None:
    rows = "\n".join(f"u{n}@example.com,+49 30 {1000000 + n},192.168.0.{n},{n}-X" for n in range(30))
    made = profile({"a.csv": f"a,b,c,d\n{rows}\n"})
    assert [c.personal for c in made.columns] == ["email", "phone", "network address", None]


def test_likely_labels(profile) -> None:
    rows = "\n".join(f"{n},{'Yes' if n % 3 else 'No'},{n % 2},{n % 5}" for n in range(30))
    made = profile({"a.csv": f"id,Churn,partner,churn_score\n{rows}\n"})
    assert made.labels == ("Churn",)


def test_whole_floats_are_integers_where_they_identify(profile, tmp_path: Path) -> None:
    path = tmp_path / "a.parquet"
    duckdb.sql(
        "SELECT * FROM (VALUES (1.0::DOUBLE, 2.0::DOUBLE), (NULL, 3.0)) t(customer_id, amount)"
    ).write_parquet(str(path))
    made = profile({"a.parquet": path.read_bytes()})
    assert [(c.found_type, c.maximum) for c in made.columns] == [("integer", "1"), ("number", "3.0")]


def test_every_type_that_parquet_holds_is_profiled(profile, tmp_path: Path) -> None:
    path = tmp_path / "a.parquet"
    duckdb.sql(
        "SELECT 1::UBIGINT u, 1.5::DECIMAL(9,2) d, [1, 2] l, {'a': 1} s, MAP {'k': 1} m, 'x'::BLOB b, "
        "uuid() i, TIME '10:00' t, TIMESTAMPTZ '2024-01-05 10:00:00+00' z, true f FROM range(3)"
    ).write_parquet(str(path))
    made = profile({"a.parquet": path.read_bytes()})
    assert [c.found_type for c in made.columns] == [
        *("number", "number", "array", "object", "map", "string"),
        *("string", "time", "timestamp", "boolean"),
    ]


def test_bytes_are_shown_as_the_text_that_they_are_or_as_sql_writes_them(profile, tmp_path: Path) -> None:
    path = tmp_path / "a.parquet"
    raw = r"'\xFF\x00a\x27'::BLOB"
    duckdb.sql(f"SELECT encode('Mü, r') AS text, {raw} AS raw FROM range(2)").write_parquet(str(path))
    text, other = (dict(column.values) for column in profile({"a.parquet": path.read_bytes()}).columns)
    ((written,),) = duckdb.sql(f"SELECT CAST({raw} AS VARCHAR)").fetchall()
    assert (text, other) == ({"Mü, r": 2}, {written: 2})


def test_a_damaged_file_is_named(profile) -> None:
    with pytest.raises(LandingError, match=r"a\.parquet"):
        profile({"a.parquet": b"PAR1 not really"})


def test_a_dataset_without_rows(profile) -> None:
    made = profile({"a.csv": "a,b\n"})
    assert (made.row_count, made.keys, [c.null_share for c in made.columns]) == (0, (), [0.0, 0.0])


def test_a_column_of_files_that_a_folder_names_too_is_told_for_its_own_values_are_not_read(profile):
    found = profile({"dt=2024-01-01/a.csv": "id,DT\n1,2023-12-31\n", "dt=2024-01-02/b.csv": "id\n2\n"})
    assert found.notes == ("DT: a folder says it, and so does a column of a.csv: the folder's value is read",)


def test_numbers_of_json_are_numbers_however_they_are_spelled_and_versions_text(profile):
    lines = [
        '{"v": 1.10, "price": 10.50, "app_version": 1.10}',
        '{"v": 1.1, "price": 7.00, "app_version": 1.1}',
        '{"v": 1e3, "price": 7.25, "app_version": 2.0}',
    ]
    found = {each.name: each for each in profile({"a.jsonl": "\n".join(lines)}).columns}
    assert {name: each.found_type for name, each in found.items()} == {
        "v": "number",
        "price": "number",
        "app_version": "string",
    }
    assert "who wants them as they are written says logicalType: string" in found["v"].question
    assert [value for value, _ in found["app_version"].values] == ["1.1", "1.10", "2.0"]
    assert found["price"].question == ""
