"""What an error says to paste makes the build pass, with the right values: each way that values are miswritten."""

from __future__ import annotations

import datetime
import re
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import yaml

from meshlake.engines.engine import ENGINES
from meshlake.errors import LandingError, MeshError
from meshlake.landing.casts import cast_expression
from meshlake.names import ProductName
from meshlake.transforms.ways import ways_to_write
from meshlake.types.tree import Decimal as Decimal_
from meshlake.types.tree import Scalar
from support.small_mesh import SmallMesh

if TYPE_CHECKING:
    from meshlake.types.tree import Type

DAY = datetime.date(2024, 12, 31)
MOMENT = datetime.datetime(2024, 12, 31, 9, 30)  # noqa: DTZ001 - a TIMESTAMP has none
MONEY = {"logicalType": "number", "physicalType": "DECIMAL(12,2)"}
# What is promised, what is written (four or more of a kind), and what is published.
CASES = {
    "decimal commas": ("number", ["12,91", "0,5", "1.000,25", "-7,01"], [12.91, 0.5, 1000.25, -7.01]),
    "commas among points": (
        MONEY,
        ["12,91", "12.91", "0,50", "7,01", "1,25"],
        ["12.91", "12.91", ".5", "7.01", "1.25"],
    ),
    "commas beside points, of which some could be thousands": (
        "number",
        ["12,91", "0,50", "7,01", "1.234,25", "60000.50", "1.234"],
        [12.91, 0.5, 7.01, 1234.25, 60000.5, 1.234],
    ),
    "commas beside thousands": (
        "number",
        ["12,91", "0,50", "7,01", "2,5", "1.234", "7"],
        [12.91, 0.5, 7.01, 2.5, 1234.0, 7.0],
    ),
    "thousands": ("number", ["1,234.5", "1,000,000", "2,000", "12,345.67"], [1234.5, 1e6, 2000.0, 12345.67]),
    "thousands, whole": (
        "integer",
        ["1,234", "1,000,000", "2,000", "12,345", "7"],
        [1234, 1_000_000, 2000, 12345, 7],
    ),
    "apostrophes": (
        MONEY,
        ["1'234.50", "2'000", "12'345.67", "1 000,25", "3"],
        ["1234.5", "2000", "12345.67", "1000.25", "3"],
    ),
    "currency": (MONEY, ["€ 12.91", "$1,234.50", "USD 7", "-£0.50"], ["12.91", "1234.5", "7", "-.5"]),
    "currency behind": (
        MONEY,
        ["12,91 €", "1.234,50 €", "7,00 EUR", "-0,50 €"],
        ["12.91", "1234.5", "7", "-.5"],
    ),
    "percent": ("number", ["12.5%", "7 %", "100%", "-0.5%", "3"], [12.5, 7.0, 100.0, -0.5, 3.0]),
    "percent, commas": ("number", ["12,5%", "7,0 %", "99,9%", "-0,5%"], [12.5, 7.0, 99.9, -0.5]),
    "brackets": (
        MONEY,
        ["(12.91)", "(1,234.50)", "(7.00)", "(0.50)", "3"],
        ["-12.91", "-1234.5", "-7", "-.5", "3"],
    ),
    "minus behind": (
        MONEY,
        ["12.91-", "1,234.50-", "7.00-", "0.50-", "3"],
        ["-12.91", "-1234.5", "-7", "-.5", "3"],
    ),
    "padded": ("integer", ["007", "0012", "00", "-05", "+4", "5"], [7, 12, 0, -5, 4, 5]),
    "no values": ("integer", ["NA", "n/a", "-", "NULL", "#N/A", "5"], [None, None, None, None, None, 5]),
    "commas and no values": (
        "number",
        ["12,91", "0,5", "1,5", "2,5", "NA", "NA", "n/a", "-", "3"],
        [12.91, 0.5, 1.5, 2.5, *[None] * 4, 3.0],
    ),
    "German words": ("boolean", ["ja", "Nein", "JA", "nein", "true"], [True, False, True, False, True]),
    "French words": ("boolean", ["oui", "non", "OUI", "Non"], [True, False, True, False]),
    "on and off": ("boolean", ["on", "off", "ON", "off", ""], [True, False, True, False, None]),
    "days with points": (
        "date",
        ["31.12.2024", "1.2.2024", "03.04.2024", "5.6.2024"],
        [DAY, (2024, 2, 1), (2024, 4, 3), (2024, 6, 5)],
    ),
    "days among ISO days": (
        "date",
        ["31.12.2024", "2024-12-31", "31.12.2024", "31.12.2024", "31.12.2024"],
        [DAY] * 5,
    ),
    "days of one word": ("date", ["20241231", "20241231", "20241231", "20241231"], [DAY] * 4),
    "months in full": (
        "date",
        ["31 December 2024", "31 December 2024", "31 December 2024", "31 December 2024"],
        [DAY] * 4,
    ),
    "moments with an offset": (
        "timestamp",
        [
            "2024-12-31T10:30:00+01:00",
            "2024-12-31 11:30:00+0200",
            "2024-12-31T04:30:00-05:00",
            "2024-12-31T11:30:00+02",
        ],
        [MOMENT] * 4,
    ),
    "moments among ISO ones": (
        "timestamp",
        [
            "31.12.2024 09:30",
            "31.12.2024 09:30",
            "31.12.2024 09:30",
            "31.12.2024 09:30",
            "2024-12-31 09:30:00",
        ],
        [MOMENT] * 5,
    ),
    "too large": (
        "integer",
        ["10000000000000000000", "99999999999999999999", "20000000000000000001", "30000000000000000000", "5"],
        ["10000000000000000000", "99999999999999999999", "20000000000000000001", "30000000000000000000", "5"],
    ),
    "more decimals": (
        MONEY,
        ["10.999", "0.0055", "1.001", "2.2222", "3"],
        ["10.999", ".0055", "1.001", "2.2222", "3"],
    ),
    "decimals among whole": (
        "integer",
        ["1.5", "2.25", "3.5", "4.5", "5"],
        ["1.5", "2.25", "3.5", "4.5", "5"],
    ),
}


Pasted = dict[str, list[object]]


@pytest.fixture(scope="module")
def pasted(tmp_path_factory: pytest.TempPathFactory) -> Pasted:
    """The values of each case, a column each, after one build that fails and one after its remedies were pasted."""
    mesh = SmallMesh(tmp_path_factory.mktemp("misfits") / "mesh")
    names = {case: f"x{n}" for n, case in enumerate(CASES)}
    rows = max(len(written) for _, written, _ in CASES.values())
    lines = [
        ";".join([str(n), *(f'"{(written[n : n + 1] or [""])[0]}"' for _, written, _ in CASES.values())])
        for n in range(rows)
    ]
    mesh.land("crm/values/a.csv", "\n".join([";".join(["id", *names.values()]), *lines]))
    mesh.product("crm.values", {"id": "integer"} | {names[case]: CASES[case][0] for case in CASES})
    with pytest.raises(LandingError) as caught:
        mesh.build_product("crm.values")
    paste(mesh, caught.value.hint or "")
    mesh.build_product("crm.values")
    found = sorted(mesh.rows("crm.values"), key=lambda row: row["id"])
    return {case: [row[name] for row in found] for case, name in names.items()}


def paste(mesh: SmallMesh, hint: str) -> None:
    """What a user does: writes the lines that the error gives below the columns."""
    path = mesh.products / "crm/values/contract.odcs.yaml"
    contract = yaml.safe_load(path.read_text(encoding="utf-8"))
    columns = {column["name"]: column for column in contract["schema"][0]["properties"]}
    remedies = re.findall(
        r"give (x[0-9]*) ((?:transformLogic|physicalType): .*?)(?=\. Correct them|\.?$|; give x)", hint
    )
    for name, line in remedies:
        columns[name] |= yaml.safe_load(line)
    path.write_text(yaml.safe_dump(contract), encoding="utf-8")


@pytest.mark.parametrize("case", CASES)
def test_what_an_error_says_to_paste_reads_the_values(pasted: Pasted, case: str) -> None:
    wanted = [_value(each) for each in CASES[case][2]]
    assert pasted[case][: len(wanted)] == wanted
    assert not any(each is not None for each in pasted[case][len(wanted) :])


def _value(wanted: object) -> object:
    if isinstance(wanted, str):
        return Decimal(wanted)
    return datetime.date(*wanted) if isinstance(wanted, tuple) else wanted


def test_what_the_pasted_sql_does_not_know_is_still_named(mesh: SmallMesh) -> None:
    mesh.land("crm/values/a.csv", 'id;x\n1;"1,234"\n2;"1,235"\n3;"1,236"\n4;"1,237"\n5;7.5\n6;8\n')
    mesh.product("crm.values", {"id": "integer", "x": "integer"})
    for _ in range(2):  # 7.5 is never rounded to a whole number
        with pytest.raises(
            LandingError, match=r"crm/values/a\.csv, row 5, column x: '7\.5' is no BIGINT"
        ) as caught:
            mesh.build_product("crm.values")
        paste(mesh, caught.value.hint or "")


def test_fifty_thousand_of_a_kind_are_one_line(mesh: SmallMesh) -> None:
    rows = "".join(f'{n};"{n},91"\n{n};{n}.91\n' for n in range(25_000))
    mesh.land("crm/values/a.csv", f"id;x\n{rows}")
    mesh.product("crm.values", {"id": "integer", "x": MONEY})
    with pytest.raises(LandingError) as caught:
        mesh.build_product("crm.values")
    assert caught.value.message.splitlines()[1:] == [
        "  x: 25,000 values like '0,91' are no DECIMAL(12,2): decimal commas (first in crm/values/a.csv, row 1)"
    ]


@pytest.mark.parametrize(
    "wanted",
    [Scalar.DOUBLE, Scalar.BIGINT, Decimal_(12, 2), Scalar.BOOLEAN, Scalar.DATE, Scalar.TIMESTAMP],
    ids=str,
)
def test_what_is_pasted_can_be_said_on_every_engine(wanted: Type) -> None:
    table = {ProductName("a", "b"): {"x": Scalar.VARCHAR}}
    for way in ways_to_write(wanted):
        if way.text is not None:
            value = f"CASE WHEN {way.looks_right('x')} THEN {way.text.format(cell='TRIM(x)')} ELSE x END"
            sql = f"SELECT CAST({value} AS {wanted}) AS x FROM a.b"
            assert ENGINES.get("trino").refusal(sql, table, Path("x.sql")) is None, way.words


OVERFLOWING = {"logicalType": "integer", "transformLogic": "id * 9223372036854775807"}


def test_where_sql_on_columns_that_are_never_null_fails_is_named_and_kept_aside(mesh: SmallMesh) -> None:
    mesh.land_rows("crm/values/a.parquet", "SELECT unnest([1, 0, 2])::BIGINT AS id")
    mesh.product("crm.values", {"id": "integer", "x": OVERFLOWING})
    with pytest.raises(LandingError, match=r"crm/values/a\.parquet, row 3, column x: '2' is no BIGINT"):
        mesh.build_product("crm.values")
    warning = {"metric": "invalidValues", "mustBe": 0, "severity": "warning"}
    mesh.product("crm.values", {"id": "integer", "x": OVERFLOWING | {"quality": [warning]}})
    mesh.build_product("crm.values")
    assert {row["id"] for row in mesh.rows("crm.values")} == {0, 1}


def test_of_sql_that_raises_an_error_itself_the_words_are_told(mesh: SmallMesh) -> None:
    mesh.land("crm/values/a.csv", "id\n1\n2\n")
    told = {"logicalType": "string", "transformLogic": "CASE WHEN id = '2' THEN error('no ' || id) END"}
    mesh.product("crm.values", {"id": "integer", "x": told})
    with pytest.raises(MeshError, match=r"contract\.odcs\.yaml: no 2"):
        mesh.build_product("crm.values")


def test_whether_sql_fails_can_be_asked_on_trino() -> None:
    is_bad = cast_expression("id * 2", Scalar.INTEGER, ["id"]).is_bad
    table = {ProductName("a", "b"): {"id": Scalar.BIGINT}}
    assert ENGINES.get("trino").refusal(f"SELECT {is_bad} AS is_bad FROM a.b", table, Path("x.sql")) is None
