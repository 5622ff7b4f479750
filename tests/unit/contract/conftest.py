"""One good contract, and a way to read it with a fact changed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from meshlake.contract.read import read_contract
from meshlake.names import ProductName

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from meshlake.contract.model import Contract

GOOD = """\
apiVersion: v3.1.0
kind: DataContract
id: crm.customers
name: Customers
version: 1.0.0
status: active
domain: crm
dataProduct: customers
description: {purpose: Who buys}
team: {name: crm, members: [{username: ana@example.com, role: owner}]}
tags: [source-aligned]
schema:
  - name: customers
    physicalType: table
    description: Every customer
    dataGranularityDescription: One row per customer.
    customProperties:
      - {property: source, value: landing.crm.demographics}
      - {property: rowFilter, value: "quantity > 0"}
      - {property: deduplicate, value: true}
    properties:
      - name: customer_id
        logicalType: string
        primaryKey: true
        primaryKeyPosition: 1
        required: true
        transformSourceObjects: [Customer ID, CustomerID]
        logicalTypeOptions: {pattern: "^C[0-9]+$", minLength: 2}
      - name: age
        logicalType: integer
        unique: true
        logicalTypeOptions: {minimum: 0, maximum: 120}
        quality:
          - {metric: invalidValues, mustBe: 0, severity: warning}
      - name: plan
        logicalType: string
        quality:
          - {name: plan_known, metric: invalidValues, arguments: {validValues: [basic, plus]}, mustBe: 0}
          - {metric: nullValues, mustBeLessThan: 5, unit: percent, severity: warning}
      - {name: signed_up_on, required: true,
         logicalType: date,
         partitioned: true}
    quality:
      - {metric: rowCount, mustBeGreaterThan: 0}
      - {name: adults, type: sql, query: "SELECT count(*) FROM {object} WHERE age < 18", mustBe: 0}
      - name: mean_age
        type: custom
        engine: greatExpectations
        implementation: {type: expect_column_mean_to_be_between, kwargs: {column: age, max_value: 90}}
      - {type: text, description: Ages are self-reported}
slaProperties:
  - {property: latency, value: 30, unit: d, element: customers.signed_up_on}
  - {property: retention, value: 90, unit: d}
  - {property: frequency, value: "0 3 * * *", unit: cron}
  - {property: queryResponseTime, value: 0.5, unit: s}
"""


@pytest.fixture
def good() -> str:
    return GOOD


@pytest.fixture
def read(tmp_path: Path) -> Callable[..., Contract]:
    """Read the good contract with `old` replaced by `new`, or another text."""

    def _read(old: str = "", new: str = "", text: str = GOOD, version: str = "v3.1.0") -> Contract:
        assert old in text
        text = text.replace("v3.1.0", version)
        path = tmp_path / "contract.odcs.yaml"
        path.write_text(text.replace(old, new, 1) if old else text, encoding="utf-8")
        return read_contract(path, ProductName("crm", "customers"))

    return _read
