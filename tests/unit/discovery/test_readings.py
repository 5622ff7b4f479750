"""Readings: what text can be read as, and that a build reads the same."""

from __future__ import annotations

from functools import cache

import duckdb
import pytest

from meshlake.discovery.readings import READINGS, Reading
from meshlake.names import quote_literal


@cache
def _prepared() -> duckdb.DuckDBPyConnection:
    """Asks a cell for the place of its first reading: planned once, as there are dozens of readings and of cells."""
    cases = " ".join(
        f"WHEN {reading.looks_right('cell')} AND {reading.value('cell')} IS NOT NULL THEN {place}"
        for place, reading in enumerate(READINGS)
    )
    connection = duckdb.connect()
    connection.execute(f"PREPARE first AS SELECT CASE {cases} END FROM (SELECT ?::VARCHAR AS cell)")
    return connection


def first_reading(cell: str) -> tuple[str, str | None] | None:
    """The first reading that is true of a single cell."""
    ((place,),) = _prepared().execute(f"EXECUTE first({quote_literal(cell)})").fetchall()
    return None if place is None else (READINGS[place].logical_type, READINGS[place].format)


def test_times_that_say_their_offset_keep_it_and_others_are_given_none():
    zoned = next(reading for reading in READINGS if reading.is_zoned)
    cells = ["2024-01-05T13:30:00+02:00", "2024-01-05T13:30:00Z", "2024-01-05 13:30:00"]
    query = f"SELECT epoch({zoned.value('cell')}) FROM (SELECT ? AS cell)"
    read = [duckdb.execute(query, [cell]).fetchone()[0] for cell in cells]
    assert read == [1704454200.0, 1704461400.0, None]
    assert first_reading(cells[0]) == ("timestamp", None)


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("12", ("integer", None)),
        (" -7 ", ("integer", None)),
        ("12.0", ("integer", None)),
        ("12.5", ("number", None)),
        ("1e-05", ("number", None)),
        ("1.25e+20", ("number", None)),
        ("0.30000000000000004", ("number", None)),
        ("1.10", ("number", None)),
        ("-0", ("number", None)),
        ("0,500", ("number", "1.234,5")),
        ("-0,5", ("number", "1.234,5")),
        # what does not come back as it is written
        (".5", None),
        ("5.", None),
        ("+5", None),
        ("007", None),
        ("01067", None),
        ("1e3", None),
        ("12E4", None),
        ("+4915112345678", None),
        ("89490200001234567890", None),
        ("1234567890123456.789", None),
        ("007,5", None),
        ("t", None),
        ("F", None),
        ("yes", ("boolean", None)),
        ("No", ("boolean", None)),
        ("TRUE", ("boolean", None)),
        ("2024-01-05", ("date", None)),
        ("2024-01-05 00:00:00", ("date", None)),
        ("2024-01-05 13:30:00", ("timestamp", None)),
        ("2024-01-05T13:30:00Z", ("timestamp", None)),
        ("1,234.50", ("number", "1,234.5")),
        ("12,5", ("number", "1.234,5")),
        ("1.234,5", ("number", "1.234,5")),
        ("25/12/2024", ("date", "%d/%m/%Y")),
        ("12/25/2024", ("date", "%m/%d/%Y")),
        ("25.12.2024", ("date", "%d.%m.%Y")),
        ("25 Dec 2024", ("date", "%d %b %Y")),
        ("25/12/2024 08:26", ("timestamp", "%d/%m/%Y %H:%M")),
        ("12/25/2024 08:26:11", ("timestamp", "%m/%d/%Y %H:%M:%S")),
        ("12/31/99", ("date", "%m/%d/%y")),
        ("January 5, 2024", ("date", "%B %d, %Y")),
        ("24:00", None),
        ("31.02.22", None),
        ("0x1f", None),
        ("1_000", None),
        ("nan", None),
        ("inf", None),
        ("2024-13-45", None),
        ("2024-01-05 oops", None),
        ("32/13/2024", None),
        ("abc", None),
        ("7590-VHVEG", None),
        ("12,34,5", None),
    ],
)
def test_a_cell_is_read_as_what_it_looks_like(cell: str, expected: tuple[str, str | None] | None) -> None:
    assert first_reading(cell) == expected


@pytest.mark.parametrize(
    ("cell", "value"),
    [("1,234.50", 1234.5), ("12,5", 12.5), ("1.234,5", 1234.5), ("1.234", 1234.0)],
)
def test_a_written_number_has_its_value_in_either_form(cell: str, value: float) -> None:
    written = "1,234.5" if "," in cell and "." in cell and cell.index(",") < cell.index(".") else "1.234,5"
    reading = next(r for r in READINGS if r.format == written)
    strict = reading.expression("cell")
    row = duckdb.execute(
        f"SELECT {reading.value('cell')}, CAST({strict} AS DOUBLE) FROM (SELECT ? AS cell)", [cell]
    ).fetchone()
    assert row == (value, value)


def test_a_blank_cell_is_null_to_every_conversion() -> None:
    for reading in READINGS:
        logic = reading.expression("cell")
        if logic is not None:
            assert duckdb.execute(f"SELECT {logic} FROM (SELECT ' ' AS cell)").fetchone() == (None,)


@pytest.mark.parametrize(
    "text",
    [
        "0",
        "17",
        "-17",
        "9223372036854775807",
        "0.1",
        "-2.5",
        "1.10",
        "2.50",
        "1e-05",
        "1e+16",
        "12345.678901",
    ],
)
def test_a_number_that_is_believed_comes_back_as_the_text_it_was(text: str) -> None:
    reading = next(r for r in READINGS if _reads(r, text))
    value = f"CAST(CAST({reading.value('x')} AS {reading.type}) AS VARCHAR)"
    assert duckdb.execute(f"SELECT {value} FROM (SELECT ? AS x)", [text]).fetchone() == (text,)


def _reads(reading: Reading, text: str) -> bool:
    query = f"SELECT {reading.looks_right('x')} AND {reading.value('x')} IS NOT NULL FROM (SELECT ? AS x)"
    return bool((duckdb.execute(query, [text]).fetchone() or (False,))[0])
