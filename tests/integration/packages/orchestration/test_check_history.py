"""What a product's page tells of its last audits, also of those that kept rows from readers."""

from __future__ import annotations

import pytest

from meshlake.building.quality import audits
from meshlake.errors import AuditError
from meshlake.names import ProductName
from meshlake.orchestration.check_history import CHECK_HISTORY, SHOWN_AUDITS, check_history
from meshlake.orchestration.contract_metadata import table
from support.small_mesh import SmallMesh

ITEMS = ProductName("shop", "items")
COLUMNS = {"id": {"logicalType": "integer", "logicalTypeOptions": {"maximum": 9}}}


def rows(told) -> list[dict[str, str]]:
    return [dict(record.data) for record in told.records]


@pytest.fixture(scope="module")
def built(tmp_path_factory) -> SmallMesh:
    """`shop.items`, published, and then kept back."""
    mesh = SmallMesh(tmp_path_factory.mktemp("history"))
    mesh.product("shop.items", COLUMNS)
    mesh.product("shop.others", COLUMNS)
    mesh.land("shop/items/a.csv", "id\n1\n")
    mesh.land("shop/others/a.csv", "id\n1\n")
    mesh.build_product("shop.others", "shop.items")
    mesh.land("shop/items/b.csv", "id\n10\n")
    with pytest.raises(AuditError):
        mesh.build_product("shop.items")
    return mesh


def test_every_audit_of_the_product_is_told_the_newest_first(built):
    found = audits(built.workspace, ITEMS)
    assert [(audit.passed, audit.failed) for audit in found] == [(3, ("id_range",)), (2, ())]
    assert audits(built.workspace, ITEMS, found[0].checked_at) == found[:1]
    assert audits(built.workspace, ProductName("shop", "none")) == []


def test_what_the_event_before_told_is_kept_and_told_once(built):
    first = rows(check_history(built.workspace, ITEMS, {}))
    assert [(row["passed"], row["failed"], row["which failed"]) for row in first] == [
        ("3", "1", "id_range"),
        ("2", "0", ""),
    ]
    earlier = [dict(first[1], **{"checked (UTC)": f"2026-01-{day:02} 00:00:00"}) for day in range(1, 20)]
    told = rows(check_history(built.workspace, ITEMS, {CHECK_HISTORY: table([*first, *earlier])}))
    assert len(told) == SHOWN_AUDITS
    assert told[:3] == [*first, earlier[-1]]
