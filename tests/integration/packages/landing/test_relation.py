"""Reading landed files: every row, by name, as text from CSV and JSON, and errors that name file and line."""

from __future__ import annotations

import csv
import io
import tempfile
from pathlib import Path

import duckdb
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from meshlake.formats.format import ROW_COLUMN
from meshlake.landing.relation import (
    lineage_sql,
    relation_sql,
)
from meshlake.landing.zone import LandingZone
from meshlake.names import DatasetName


def test_latin_1_is_noticed_far_into_a_large_file(put, connection):
    lines = "".join(f"{number},plain text to fill the file with\n" for number in range(300_000))
    dataset = put({"a.csv": f"id,name\n{lines}".encode() + "1,Müller\n".encode("latin-1") * 50_000})
    query = f"SELECT count(*) FROM {relation_sql(dataset)} WHERE name = 'Müller'"
    assert connection.execute(query).fetchone() == (50_000,)


@pytest.mark.parametrize("ending", ["csv", "jsonl", "parquet"])
def test_row_numbers_are_right_in_large_files(connection, put, tmp_path, ending):
    path = tmp_path / f"large.{ending}"
    options = {"csv": "FORMAT csv, HEADER", "jsonl": "FORMAT json", "parquet": "FORMAT parquet"}[ending]
    duckdb.sql(
        f"COPY (SELECT range + 1 AS id, repeat('x', 40) AS s FROM range(500_000)) TO '{path}' ({options})"
    )
    dataset = put({f"a.{ending}": path.read_bytes()})
    query = (
        f"SELECT count(*), count(*) FILTER ({ROW_COLUMN} <> id::BIGINT) FROM {lineage_sql(dataset, dict)[0]}"
    )
    assert connection.execute(query).fetchone() == (500_000, 0)


VALUES = st.one_of(
    st.none(),
    st.integers(-(10**18), 10**18).map(str),
    st.text(st.characters(codec="utf-8", exclude_characters="\0"), min_size=1, max_size=12),
)


NAMES = st.lists(
    st.text("abcxyz é;,\"'|", min_size=1, max_size=6).map(lambda name: f"c{name}z"), min_size=2, max_size=4
)


@settings(max_examples=150, deadline=None)
@given(
    names=NAMES.filter(lambda names: len({name.lower() for name in names}) == len(names)),
    rows=st.lists(st.lists(VALUES, min_size=4, max_size=4), min_size=1, max_size=6),
    delimiter=st.sampled_from(",;\t|"),
    line_end=st.sampled_from(["\n", "\r\n"]),
)
@example(names=["cz", "c;z"], rows=[[None, "\\\r", None, None]], delimiter=",", line_end="\n")
def test_any_table_written_as_csv_comes_back(names, rows, delimiter, line_end):
    rows = [row[: len(names)] for row in rows]
    # Not csv.writer: it quotes nulls too, which would make them empty text.
    cells = [
        ["" if cell is None else '"' + cell.replace('"', '""') + '"' for cell in row]
        for row in [names, *rows]
    ]
    text = "".join(delimiter.join(row) + line_end for row in cells)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "crm", "customers", "a.csv")
        path.parent.mkdir(parents=True)
        path.write_bytes(text.encode())
        dataset = LandingZone(folder).dataset(DatasetName("crm", "customers"))
        answer = duckdb.sql(f"SELECT * FROM {relation_sql(dataset)}")
        assert answer.columns == names
        assert answer.fetchall() == [tuple(row) for row in rows]


@settings(max_examples=50, deadline=None)
@given(order=st.permutations(["id", "name", "city", "age"]), rows=st.lists(VALUES, min_size=1, max_size=5))
def test_the_order_of_columns_does_not_matter(order, rows):
    def content(names: list[str]) -> bytes:
        text = io.StringIO(newline="")
        writer = csv.DictWriter(text, names, quoting=csv.QUOTE_ALL)
        writer.writeheader()
        writer.writerows({name: f"{name}:{row}" for name in names} for row in rows)
        return text.getvalue().encode()

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "crm", "customers")
        path.mkdir(parents=True)
        (path / "a.csv").write_bytes(content(["id", "name", "city", "age"]))
        (path / "b.csv").write_bytes(content(list(order)))
        dataset = LandingZone(folder).dataset(DatasetName("crm", "customers"))
        answer = duckdb.sql(f"SELECT id, name, city, age FROM {relation_sql(dataset)}").fetchall()
    expected = [tuple(f"{name}:{row}" for name in ("id", "name", "city", "age")) for row in rows]
    assert sorted(answer) == sorted(expected * 2)
