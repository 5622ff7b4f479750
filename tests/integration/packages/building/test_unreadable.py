"""Lines that cannot be read: a build keeps them in quarantine and publishes the rest, or fails where they are many."""

from __future__ import annotations

import io

import pyarrow as pa
import pytest
from pyarrow import parquet

from meshlake.errors import LandingError

PEOPLE = {"id": "integer", "name": "string"}
KEPT = "SELECT file, line, bytes, reason FROM crm.people__quarantine ORDER BY file, line"


@pytest.fixture
def people(mesh):
    """Two hundred people, and two lines that are none."""
    rows = [f"{n},p{n}" for n in range(200)]
    rows[9], rows[19] = "9", '19,"p'
    mesh.land("crm/people/a.csv", "\n".join(["id,name", *rows, ""]))
    mesh.product("crm.people", PEOPLE)
    return mesh


def test_they_are_kept_with_file_line_bytes_and_reason_and_let_go_when_mended(people):
    result = people.build_product("crm.people")
    assert result.snapshot.row_count == 198
    assert result.facts["unreadable_lines"] == 2
    assert people.open().sql(KEPT).fetchall() == [
        ("crm/people/a.csv", 11, b"9", "has 1 values where the header has 2 columns"),
        ("crm/people/a.csv", 21, b'19,"p', "has a quote that is never closed, or text after a closing quote"),
    ]
    assert people.open().product("crm.people").quarantined.lines == 2
    people.land("crm/people/a.csv", "id,name\n1,a\n")
    assert "unreadable_lines" not in people.build_product("crm.people").facts
    assert people.open().sql(KEPT).fetchall() == []


def test_json_lines_that_are_no_objects_are_kept_alike(mesh):
    rows = [f'{{"id": {n}, "name": "p{n}"}}' for n in range(200)]
    rows[9] = '{"id": 9, "name"'
    mesh.land("crm/people/a.jsonl", "\n".join(rows))
    mesh.product("crm.people", PEOPLE)
    assert mesh.build_product("crm.people").snapshot.row_count == 199
    reason = "is no JSON: Expecting ':' delimiter at character 17"
    assert mesh.open().sql(KEPT).fetchall() == [("crm/people/a.jsonl", 10, rows[9].encode(), reason)]
    mesh.land("crm/people/b.jsonl", "5\n6\n")
    with pytest.raises(LandingError, match=r"of 202 lines of landing\.crm\.people 3 lines cannot be read"):
        mesh.build_product("crm.people")


@pytest.mark.parametrize(("percent", "is_built"), [(1, True), (0.9, False), (0, False), (100, True)])
def test_the_contract_says_how_many_there_may_be(people, percent, is_built):
    people.product("crm.people", PEOPLE, custom={"maxUnreadablePercent": percent})
    if is_built:
        assert people.build_product("crm.people").snapshot.row_count == 198
        return
    with pytest.raises(LandingError) as caught:
        people.build_product("crm.people")
    assert caught.value.message == (
        f"crm.people: of 200 lines of landing.crm.people 2 lines cannot be read, more than {percent:g} %:\n"
        "  crm/people/a.csv, line 11: it has 1 values where the header has 2 columns: 9\n"
        '  crm/people/a.csv, line 21: it has a quote that is never closed, or text after a closing quote: 19,"p'
    )
    assert "maxUnreadablePercent" in caught.value.hint
    assert people.workspace.lake.head(("crm", "people")) is None


def test_values_and_lines_stand_side_by_side(people):
    bad = {"metric": "invalidValues", "mustBe": 0, "severity": "warning"}
    people.land("crm/people/b.csv", "id,name\nx,a\n")
    people.product("crm.people", PEOPLE | {"id": {"logicalType": "integer", "quality": [bad]}})
    people.build_product("crm.people")
    found = people.rows("crm.people__quarantine")
    assert sorted((r["file"][-5], r["row"] or 0, r["line"] or 0, r["value"]) for r in found) == [
        ("a", 0, 11, "9"),
        ("a", 0, 21, '19,"p'),
        ("b", 1, 0, "x"),
    ]


def test_a_product_of_sql_over_landing_keeps_them_too(people):
    people.product(
        "crm.names", {"name": "string"}, {"transform.sql": "SELECT name FROM landing.crm.people\n"}
    )
    assert people.build_product("crm.names").facts["unreadable_lines"] == 2
    assert {row["line"] for row in people.rows("crm.names__quarantine")} == {11, 21}


def test_days_that_are_not_read_keep_theirs(mesh):
    day = {"logicalType": "date", "required": True, "partitioned": True}
    mesh.product("usage.calls", {"dt": day, "n": "integer"}, custom={"maxUnreadablePercent": 60})
    for number in (1, 2):
        mesh.land(f"usage/calls/dt=2024-01-0{number}/a.csv", "n,m\n1,2\n2\n")
    mesh.build_product("usage.calls")
    mesh.land("usage/calls/dt=2024-01-02/a.csv", "n,m\n1,2\n2,3\n")
    mesh.build_product("usage.calls")
    (kept,) = mesh.rows("usage.calls__quarantine")
    assert (kept["file"], kept["line"]) == ("usage/calls/dt=2024-01-01/a.csv", 3)


def test_who_asks_for_landed_rows_is_told(people, caplog):
    query = "SELECT count(name) AS n FROM landing.crm.people"
    ran = people.run("sql", query, "--json")
    assert ran.facts == [{"n": 198}]
    assert "landing.crm.people: 2 lines cannot be read and left out" in caplog.text
    assert "198" in people.run("sql", query).out
    assert people.open().sql(query).fetchall() == [(198,)]
    told = people.run("discover", "crm.people")
    assert "Kept aside: crm/people/a.csv, line 11: it has 1 values" in told.out


@pytest.mark.parametrize(("percent", "is_built"), [(1, False), (60, True)])
def test_parquet_that_breaks_while_it_is_read_is_kept_aside_where_the_contract_lets_it(
    mesh, percent, is_built
):
    for n, name in enumerate("abc"):
        sink = io.BytesIO()
        parquet.write_table(pa.table({"id": range(n, n + 10), "name": ["p"] * 10}), sink)
        content = bytearray(sink.getvalue())
        if name == "b":
            content[4:60] = bytes(56)  # its pages; the footer stays
        mesh.land_files("crm.people", {f"{name}.parquet": bytes(content)})
    mesh.product("crm.people", PEOPLE, custom={"maxUnreadablePercent": percent})
    reason = "crm/people/b.parquet: it is cut off, damaged, or no Parquet file"
    if is_built:
        result = mesh.build_product("crm.people")
        assert (result.snapshot.row_count, result.facts["unreadable_files"]) == (20, 1)
        assert mesh.open().sql(KEPT).fetchall() == [("crm/people/b.parquet", None, b"", reason)]
        return
    with pytest.raises(LandingError, match="is in files that are broken, more than 1 %") as caught:
        mesh.build_product("crm.people")
    assert reason in caught.value.message


@pytest.mark.parametrize(("percent", "is_built"), [(1, False), (40, True)])
def test_a_broken_file_is_kept_aside_whole_where_the_contract_lets_it(mesh, percent, is_built):
    objects = [f'{{"id": {n}, "name": "p{n}"}}' for n in range(30)]
    for n, name in enumerate("abc"):
        mesh.land(f"crm/people/{name}.json", f"[{', '.join(objects[10 * n : 10 * n + 10])}]")
    mesh.land("crm/people/b.json", f"[{', '.join(objects[10:20])}]".replace('"p17"', '"p17'))
    mesh.product("crm.people", PEOPLE, custom={"maxUnreadablePercent": percent})
    if is_built:
        result = mesh.build_product("crm.people")
        assert (result.snapshot.row_count, result.facts["unreadable_files"]) == (20, 1)
        ((file, line, content, reason),) = mesh.open().sql(KEPT).fetchall()
        assert (file, line, content) == ("crm/people/b.json", None, b"")
        assert reason.startswith("crm/people/b.json, line 1, column ")
        return
    with pytest.raises(LandingError) as caught:
        mesh.build_product("crm.people")
    assert "% of what landed in landing.crm.people is in files that are broken, more than 1 %" in str(
        caught.value
    )
    assert "crm/people/b.json, line 1, column " in str(caught.value)
    assert "maxUnreadablePercent" in caught.value.hint
