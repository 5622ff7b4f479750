"""Numbers, days, times and yes or no as people spell them: read only as what all of a column says."""

from __future__ import annotations

from typing import TYPE_CHECKING

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from meshlake.discovery.spelled import amounts

if TYPE_CHECKING:
    from collections.abc import Sequence

    from meshlake.discovery.dataset_profile import ColumnProfile

# Each column's cells, what they are read as, in which unit, and the ends of what they say.
SPELLED = {
    "dollars": (("$5", "-$7.25", "$1,234.50", "($3)"), "number", "$", ("-7.25", "1234.50")),
    "euros": (("€ 1.234,50", "€ 5", "€ 0,99"), "number", "€", ("0.99", "1234.50")),
    "iso": (("EUR 29.90", "EUR 324.94"), "number", "EUR", ("29.90", "324.94")),
    "percent": (("12 %", "7,5 %", "0 %"), "number", "%", ("0.0", "12.0")),
    "weights": (("3 kg", "2.5 kg"), "number", "kg", ("2.5", "3.0")),
    "bookings": (("5.20-", "1.10", "-2.00"), "number", None, ("-5.20", "1.10")),
    "brackets": (("(5)", "7", "12"), "integer", None, ("-5", "12")),
    "spaced": (("1 234", "12", "1 000 000"), "integer", None, ("12", "1000000")),
    "swiss": (("1'234.50", "12.00"), "number", None, ("12.00", "1234.50")),
    "cents": (("8033.00", "12.00"), "number", None, ("12.00", "8033.00")),
    "short_years": (("07.11.22", "31.12.98"), "date", None, ("1998-12-31", "2022-11-07")),
    "years_first": (("21-01-30", "22-12-16", "22-05-28"), "date", None, ("2021-01-30", "2022-12-16")),
    "letters": (("Jan 5, 2024", "Mar 31, 2023"), "date", None, ("2023-03-31", "2024-01-05")),
    "long": (("5 January 2024", "31 March 2023"), "date", None, ("2023-03-31", "2024-01-05")),
    "german": (
        ("5. Januar 2024", "31. März 2023", "1. Okt. 2023"),
        "date",
        None,
        ("2023-03-31", "2024-01-05"),
    ),
    "french": (("1er janvier 2024", "15 août 2023"), "date", None, ("2023-08-15", "2024-01-01")),
    "spanish": (("5 de enero de 2024", "2 de dic. de 2023"), "date", None, ("2023-12-02", "2024-01-05")),
    "weekdays": (("Mon 04 Dec 2023", "Tue 12 Dec 2023"), "date", None, ("2023-12-04", "2023-12-12")),
    "halves": (
        ("01/31/2023 12:05 AM", "02/01/2023 01:30 PM"),
        "timestamp",
        None,
        ("2023-01-31 00:05:00", "2023-02-01 13:30:00"),
    ),
    "opens": (("08:30", "17:05"), "time", None, ("08:30:00", "17:05:00")),
    "day": (("20240105", "20231231"), "date", None, ("2023-12-31", "2024-01-05")),
    "switch": (("on", "off"), "boolean", None, ("false", "true")),
    "ja": (("ja", "Nein"), "boolean", None, ("false", "true")),
    "oui": (("oui", "non"), "boolean", None, ("false", "true")),
}
# What is not read so, and the question that is asked.
UNREAD = {
    "two currencies": (("€ 5", "$ 7", "$ 8"), "string", "amounts in several currencies, such as $ and €"),
    "one word alone": (("on", "on"), "string", ""),
    "codes that look grouped": (("732 829 320", "542 065 479"), "string", ""),
    "half a bracket": (("(5", "(7"), "string", ""),
    "lap": (("03:45", "04:10"), "string", ""),
    "running_no": (("20240105", "20231231"), "integer", "every value would also be a day, as YYYYMMDD"),
    "x": (("20240105", "20231231"), "integer", "every value would also be a day, as YYYYMMDD"),
    "y": (("07.11.22", "31.12.98"), "date", "years have two digits: 00 to 39 are read as 2000 to 2039"),
}


@pytest.fixture(scope="module")
def spelled(module_mesh) -> dict[str, ColumnProfile]:
    """The columns of both tables, of one profile."""
    return module_mesh({name: cells for name, (cells, *_) in (SPELLED | UNREAD).items()})


@pytest.fixture(scope="module")
def module_mesh(tmp_path_factory):
    from meshlake.discovery.discover import profile_source
    from meshlake.discovery.sources import chosen_source
    from support.small_mesh import SmallMesh

    mesh = SmallMesh(tmp_path_factory.mktemp("spelled"))

    def profiled(columns: dict[str, Sequence[str]]) -> dict[str, ColumnProfile]:
        lines = [";".join(columns)]
        lines += [";".join(cells[i % len(cells)] for cells in columns.values()) for i in range(12)]
        mesh.land_files("crm.spelled", {"a.csv": "\n".join(lines) + "\n"})
        settings = mesh.open().settings
        found = profile_source(settings, chosen_source(settings, "crm.spelled"))
        return {column.name: column for column in found.columns}

    return profiled


@pytest.mark.slow
@pytest.mark.parametrize("name", SPELLED)
def test_what_is_spelled_is_read(spelled, name) -> None:
    _, kind, unit, ends = SPELLED[name]
    found = spelled[name]
    assert (found.found_type, found.reading.unit, (found.minimum, found.maximum)) == (kind, unit, ends)
    assert not found.misfits


@pytest.mark.parametrize("name", UNREAD)
def test_what_could_be_something_else_is_kept_or_asked(spelled, name) -> None:
    _, kind, question = UNREAD[name]
    assert (spelled[name].found_type, question in spelled[name].question) == (kind, True)


def test_whole_numbers_that_lie_as_days_do_are_days(module_mesh) -> None:
    found = module_mesh(
        {"x": [f"2024{n:02}{n + 9}" for n in range(1, 13)], "y": [f"2024{n:02}40" for n in range(1, 13)]}
    )
    assert (found["x"].found_type, found["y"].found_type) == ("date", "integer")


@settings(max_examples=20)
@given(
    st.decimals(-(10**9), 10**9, places=2),
    st.sampled_from(
        [("$", ",", "."), ("€", ".", ","), ("CHF", "'", "."), ("kr", "\u00a0", ","), ("", " ", ",")]
    ),
    st.sampled_from(
        ["{mark}{sign}{digits}", "{sign}{digits} {mark}", "({mark} {digits})", "{digits}-{mark}"]
    ),
)
def test_an_amount_has_the_value_that_was_spelled_or_none(amount, way, form) -> None:
    mark, group, point = way
    is_minus = "{sign}" in form and amount < 0
    digits = f"{abs(amount):,.2f}".replace(",", "G").replace(".", point).replace("G", group)
    cell = form.format(mark=mark, sign="-" if is_minus else "", digits=digits).strip().replace("( ", "(")
    means = amount if "{sign}" in form else -abs(amount)
    values = [
        duckdb.execute(f"SELECT {r.value('c')}, {r.expression('c')} FROM (SELECT ? AS c)", [cell]).fetchone()
        for r in amounts(mark)
        if r.scale
    ]
    assert [value for value, _ in values if value is not None] == [means]
    # What is drafted gives the same text to a build's cast, and of any other cell none that is a number.
    assert {text for value, text in values if value is not None} <= {str(means), f"-{abs(means)}"}
    assert all("?" in text for value, text in values if value is None)


@settings(max_examples=4)
@given(st.lists(st.text("0123456789.,-()€$ '", min_size=1, max_size=9), min_size=100, max_size=400))
def test_what_a_reading_does_not_read_its_draft_does_not_make_a_number(texts) -> None:
    for reading in amounts("€"):
        values, drafts = (
            f"{reading.value('c')} IS NULL",
            f"TRY_CAST({reading.expression('c')} AS DOUBLE) IS NULL",
        )
        query = f"SELECT c FROM (SELECT unnest(?) AS c) WHERE {values} <> ({drafts})"
        assert duckdb.execute(query, [texts]).fetchall() == []
