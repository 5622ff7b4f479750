"""Days and moments are UTC's, wherever the machine is: in what is asked, written and built."""

from __future__ import annotations

import pytest

from support.small_mesh import SmallMesh

ZONES = ["Asia/Kathmandu", "America/New_York"]
AT = "TIMESTAMPTZ '2024-03-01 22:00:00+00'"
# Each is another day, hour or moment in one of the zones.
EXPRESSIONS = {
    f"CAST({AT} AS DATE)": "2024-03-01",
    "CAST(TIMESTAMPTZ '2024-03-02 01:00:00+00' AS DATE)": "2024-03-02",
    f"strftime({AT}, '%d %H:%M')": "01 22:00",
    f"date_trunc('day', {AT})": "2024-03-01 00:00:00+00",
    "'2024-03-01 22:00:00'::TIMESTAMPTZ": "2024-03-01 22:00:00+00",
    f"{AT}::VARCHAR": "2024-03-01 22:00:00+00",
    "now()::DATE = (now() AT TIME ZONE 'UTC')::DATE AND current_date = now()::DATE": "true",
}
COLUMNS = [f"c{number}" for number in range(len(EXPRESSIONS))]
SELECT = ", ".join(f"{each} AS {name}" for name, each in zip(COLUMNS, EXPRESSIONS, strict=True))
EXPECTED = list(EXPRESSIONS.values())


@pytest.mark.parametrize("zone", ZONES)
def test_what_is_asked_and_built_is_the_same_in_every_zone(tmp_path, zone):
    mesh = SmallMesh(tmp_path / "mesh")
    texts = ", ".join(f"({name})::VARCHAR AS {name}" for name in COLUMNS)
    mesh.product(
        "t.built",
        dict.fromkeys(COLUMNS, "string"),
        {"transform.sql": f"SELECT {texts} FROM (SELECT {SELECT})"},
    )
    mesh.process("build", TZ=zone).ended()
    assert mesh.process("sql", f"SELECT {SELECT}", "--format", "csv", TZ=zone).ended().cells == [EXPECTED]
    assert mesh.process("sql", "FROM t.built", "--format", "csv", TZ=zone).ended().cells == [EXPECTED]
    (row,) = mesh.process("sql", f"SELECT {SELECT}", "--json", TZ=zone).ended().facts
    assert [str(value).lower() for value in row.values()] == [value.lower() for value in EXPECTED]
    asked = mesh.process("sql", f"SELECT {AT} AS at", "--format", "csv", "--timezone", zone, TZ="UTC").ended()
    assert asked.cells == [["2024-03-02 03:45:00+05:45" if zone == ZONES[0] else "2024-03-01 17:00:00-05"]]
