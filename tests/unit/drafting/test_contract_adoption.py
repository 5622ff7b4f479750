"""Somebody's contract as products: what is changed is told, and nothing is lost."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from meshlake.drafting.contract_adoption import ORIGINAL_FILE, adopt_contract
from meshlake.errors import ContractError, UsageError
from meshlake.products.load import load_product

if TYPE_CHECKING:
    from pathlib import Path

    from meshlake.settings import Settings
    from support.small_mesh import SmallMesh

ORDERS = """\
apiVersion: v3.0.1
kind: DataContract
id: 53581432-6c55-4ba2-a65f-72344a91553a
version: 1.1.0
status: active
domain: Sales & Marketing
dataProduct: my quantum
servers: [{server: prod, type: oracle, host: db, port: 1521, serviceName: x}]
schema:
  - name: ORDERS
    properties:
      - {name: ORDER_ID, primaryKey: true, required: true, logicalType: string, physicalType: varchar2(20 char)}
      - {name: total, logicalType: number, physicalType: "NUMBER(10,2)", transformLogic: sel 1 from t}
      - {name: place, logicalType: string}
      - {name: day, logicalType: date, partitioned: true, partitionKeyPosition: 1}
"""


def write(folder: Path, text: str) -> Path:
    file = folder / "theirs.yaml"
    file.write_text(text, encoding="utf-8")
    return file


def test_a_contract_becomes_a_product_against_what_has_landed(
    settings: Settings, mesh: SmallMesh, tmp_path: Path
) -> None:
    mesh.land_files("sales_marketing.orders", {"a.csv": "Order ID,total,day,extra\no1,9.99,2024-01-05,x\n"})
    (drafted,) = adopt_contract(settings, write(tmp_path, ORDERS), None, "ana@example.com")
    contract = load_product(drafted.folder).contract
    assert str(contract.name) == "sales_marketing.orders"
    assert [(c.name, str(c.type), c.sources) for c in contract.columns] == [
        ("ORDER_ID", "VARCHAR", ("Order ID",)),
        ("total", "DECIMAL(10,2)", ()),
        ("place", "VARCHAR", ()),
        ("day", "DATE", ()),
    ]
    assert contract.owner == "ana@example.com"
    assert (drafted.folder / ORIGINAL_FILE).read_text(encoding="utf-8") == ORDERS
    told = "\n".join(drafted.notes)
    for words in (
        "domain 'Sales & Marketing': sales_marketing",
        "dataProduct 'my quantum': orders",
        "the table's name 'ORDERS': orders",
        "it names no team: ana@example.com is its owner",
        "transformLogic is the other system's, so left out of contract.odcs.yaml: total",
        "partitioned is the other system's, so left out of contract.odcs.yaml: day",
        "3 of 4 columns are there",
        "not in landing.sales_marketing.orders: place",
        "and not in the contract: extra",
    ):
        assert words in told


def test_a_contract_of_two_tables_becomes_two_products(settings: Settings, tmp_path: Path) -> None:
    two = ORDERS + "  - name: Line Items\n    properties: [{name: sku, logicalType: string}]\n"
    drafted = adopt_contract(settings, write(tmp_path, two), None, "ana@example.com")
    assert [str(each.name) for each in drafted] == ["sales_marketing.orders", "sales_marketing.line_items"]
    assert [len(load_product(each.folder).contract.columns) for each in drafted] == [4, 1]


@pytest.mark.parametrize(
    ("old", "new", "name", "words"),
    [
        ("domain: Sales & Marketing\n", "", None, "names no domain"),
        ("schema:\n", "schema:\n  - {name: b}\n", "a.b", "2 tables, and --as names one"),
        ("    properties:", "  - name: b\n    columns:", None, "none of its 2 tables has columns"),
        ("  - name: ORDERS", "  - {name: orders}\n  - name: ORDERS", None, "two tables would both be"),
    ],
)
def test_what_makes_no_name_is_said(
    settings: Settings, tmp_path: Path, old: str, new: str, name: str | None, words: str
) -> None:
    file = write(tmp_path, ORDERS.replace(old, new, 1))
    with pytest.raises(UsageError, match=words):
        adopt_contract(settings, file, name)
    assert not (settings.products / "sales_marketing").exists()


def test_all_that_is_wrong_is_told_at_once_and_nothing_written(settings: Settings, tmp_path: Path) -> None:
    wrong = ORDERS.replace("kind: DataContract", "kind: Table").replace("required: true", "requird: true")
    items = "  - name: items\n    properties: [{name: sku, logicalType: strng}, {logicalType: string}]\n"
    with pytest.raises(ContractError) as caught:
        adopt_contract(settings, write(tmp_path, wrong + items), None)
    assert [(fault.line, fault.message) for fault in caught.value.faults] == [
        (2, "kind is 'Table'"),
        (12, "key 'requird' is unknown"),
        (17, "column 'sku': logicalType 'strng' is unknown"),
        (17, "a property has no name"),
    ]
    assert not (settings.products / "sales_marketing").exists()


def test_a_contract_without_an_identifier_is_theirs_too(settings: Settings, tmp_path: Path) -> None:
    theirs = re.sub("(?m)^(id|servers):.*\n", "", ORDERS)
    query = "    quality: [{type: sql, query: SELECT count(*) FROM prod.ORDERS WHERE total < 0, mustBe: 0}]\n"
    (drafted,) = adopt_contract(settings, write(tmp_path, theirs + query), None, "ana@example.com")
    assert "id added: theirs" in drafted.notes
    rule = load_product(drafted.folder).contract.rules[-1]
    assert rule.arguments["query"] == "SELECT COUNT(*) FROM {object} AS ORDERS WHERE total < 0"


@pytest.mark.parametrize("name", ["nothing.yaml", "."])
def test_a_file_that_is_none_is_wrong_use(settings: Settings, tmp_path: Path, name: str) -> None:
    with pytest.raises(UsageError, match="there is no such file"):
        adopt_contract(settings, tmp_path / name)
