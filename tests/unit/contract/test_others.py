"""Contracts that other people wrote for other systems."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import yaml
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from meshlake.column import Severity
from meshlake.contract.read import read_contract
from meshlake.errors import ContractError
from meshlake.names import ProductName
from meshlake.types.source import source_type

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from meshlake.contract.model import Contract

    Read = Callable[[str], Contract]

# What is usual elsewhere: an id that is none of ours, no team, days without quotes, other tools' rules and units.
FOREIGN = """\
apiVersion: v3.0.2
kind: DataContract
id: urn:datacontract:checkout:orders
name: Orders
version: 1.0.0
status: active
dataProduct: Orders
description: Every order, as the shop has it
contractCreatedTs: 2022-11-15T02:59:43+00:00
team:
  - {username: daustin, role: Data Owner, comment: Keeper of the grail, dateIn: 2022-10-01}
servers:
  - {server: production, type: snowflake, account: acme, database: ANALYTICS, schema: ORDERS}
price: {priceAmount: 9.95, priceCurrency: USD, priceUnit: megabyte}
roles: [{role: reader, access: read}]
support: [{channel: "#help", tool: slack}]
customProperties: [{property: refRulesetName, value: gcsc}]
schema:
  - name: orders
    physicalName: ORDERS
    properties:
      - {name: order_id, primaryKey: true, required: true, logicalType: string, physicalType: VARCHAR(20)}
      - {name: total, logicalType: number, physicalType: "NUMBER(38,0)"}
      - {name: at, logicalType: timestamp, physicalType: TIMESTAMP_NTZ, partitioned: true}
      - {name: place, logicalType: object, physicalType: GEOGRAPHY}
      - name: plan
        logicalType: string
        quality:
          - {type: library, rule: nullValues, mustBe: 0, severity: Critical}
          - {type: custom, engine: soda, implementation: "checks: ..."}
          - {type: sql, query: SELECT count(*) FROM orders}
    quality:
      - {type: text, description: As good as it gets}
      - {metric: timeliness, mustBeLessThan: 5}
slaDefaultElement: orders.at
slaProperties:
  - {property: latency, value: PT36H}
  - {property: retention, value: "3", unit: Years}
  - {property: frequency, value: 1, unit: d}
  - {property: generalAvailability, value: 2022-05-12}
"""


@pytest.fixture
def read(tmp_path: Path) -> Read:
    def _read(text: str) -> Contract:
        path = tmp_path / "contract.odcs.yaml"
        path.write_text(text, encoding="utf-8")
        return read_contract(path, ProductName("checkout", "orders"))

    return _read


def test_a_contract_of_another_house_is_read(read: Read) -> None:
    contract = read(FOREIGN)
    types = {column.name: str(column.type) for column in contract.columns}
    assert types == {
        "order_id": "VARCHAR",
        "total": "DECIMAL(38,0)",
        "at": "TIMESTAMP",
        "place": "VARCHAR",
        "plan": "VARCHAR",
    }
    assert (contract.owner, contract.description) == ("daustin", "Every order, as the shop has it")
    assert contract.service_levels.freshness_seconds == 36 * 3600
    assert contract.service_levels.retention_seconds == 3 * 365 * 86_400
    assert contract.service_levels.schedule_cron is None
    assert {rule.name: rule.severity for rule in contract.rules}["plan_null_values"] is Severity.ERROR


def test_what_is_not_held_to_is_noted_with_its_line(read: Read) -> None:
    expected = [
        (11, "key 'comment' is unknown"),
        (24, "cannot partition the product"),
        (25, "without properties"),
        (25, "GEOGRAPHY"),
        (30, "engine 'soda' is not run"),
        (31, "no bound"),
        (34, "'timeliness' is unknown"),
        (39, "not cron"),
    ]
    notes = read(FOREIGN).notes
    assert [note.line for note in notes] == [line for line, _ in expected]
    for note, (_, words) in zip(notes, expected, strict=True):
        assert words in note.message


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("apiVersion: v3.0.2", "apiVersion: v3.0.0"),
        ("apiVersion: v3.0.2", "apiVersion: 3.1.0"),
        ("apiVersion: v3.0.2", "apiVersion: v3.2.0"),
        ("id: urn:datacontract:checkout:orders\n", ""),
        ("id: urn:datacontract:checkout:orders", "id: 53581432-6c55-4ba2-a65f-72344a91553a"),
        ("dataProduct: Orders\n", ""),
        ("name: orders\n    physicalName: ORDERS", "name: ORDERS_V1\n    physicalName: orders"),
        ("type: snowflake", "type: custom"),
    ],
)
def test_what_differs_from_house_to_house_is_read(read: Read, old: str, new: str) -> None:
    assert old in FOREIGN
    assert len(read(FOREIGN.replace(old, new, 1)).columns) == 5


def test_a_typing_error_stays_an_error(read: Read) -> None:
    for old, new in (("required: true", "requird: true"), ("rule: nullValues", "rule: nulValues")):
        with pytest.raises(ContractError, match="is unknown"):
            read(FOREIGN.replace(old, new, 1))


@pytest.mark.parametrize(
    ("dialect", "text", "found"),
    [
        ("oracle", "varchar2(20 char)", "VARCHAR"),
        ("oracle", "NUMBER(10,2)", "DECIMAL(10,2)"),
        ("oracle", "NUMBER", "None"),
        ("oracle", "DATE", "TIMESTAMP"),
        ("snowflake", "NUMBER", "DECIMAL(38,0)"),
        ("snowflake", "TIMESTAMP_LTZ", "TIMESTAMP WITH TIME ZONE"),
        ("snowflake", "VARIANT", "None"),
        ("mysql", "bigint unsigned", "DECIMAL(20,0)"),
        ("mysql", "datetime(6)", "TIMESTAMP"),
        ("tsql", "nvarchar(max)", "VARCHAR"),
        ("tsql", "float", "DOUBLE"),
        ("tsql", "datetimeoffset", "TIMESTAMP WITH TIME ZONE"),
        ("bigquery", "TIMESTAMP", "TIMESTAMP WITH TIME ZONE"),
        ("bigquery", "NUMERIC", "DECIMAL(38,9)"),
        ("bigquery", "ARRAY<STRUCT<a INT64>>", 'STRUCT("a" BIGINT)[]'),
        ("databricks", "map<string,int>", "MAP(VARCHAR, INTEGER)"),
        ("postgres", "character varying(50)", "VARCHAR"),
        ("postgres", "numeric", "None"),
        ("postgres", "not a type at all", "None"),
        ("postgres", "numeric(76,2)", "None"),
    ],
)
def test_types_of_other_systems(dialect: str, text: str, found: str) -> None:
    assert str(source_type(text, dialect)) == found


_SCALARS = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(), st.dates(), st.text(max_size=8),
    st.sampled_from(["array", "[]", "decimal()", "struct(a)", "map", "(", "v3.1.0", "DataContract"]),
)  # fmt: skip
_VALUES = st.recursive(
    _SCALARS,
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=5), inner, max_size=2),
    max_leaves=4,
)


def _places(data: object, path: tuple[str | int, ...] = ()) -> list[tuple[str | int, ...]]:
    items = data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ()
    return [place for key, value in items for place in [(*path, key), *_places(value, (*path, key))]]


@pytest.mark.slow
@hypothesis_settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(data=st.data())
def test_whatever_stands_in_a_contract_it_is_read_or_refused_by_its_place(
    read: Read, data: st.DataObject
) -> None:
    contract = yaml.safe_load(FOREIGN)
    for _ in range(data.draw(st.integers(1, 3))):
        *path, last = data.draw(st.sampled_from(_places(contract)))
        holder = contract
        for part in path:
            holder = holder[part]
        holder[last] = data.draw(_VALUES)
    try:
        read(yaml.safe_dump(contract, allow_unicode=True))
    except ContractError as refused:
        faults = refused.faults
    else:
        faults = ()
    assert all("mistake of Meshlake's" not in (fault.hint or "") for fault in faults)
