"""Two products on disk and the real `mesh` command on them, for what happens when its input is wrong."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from support.small_mesh import SmallMesh

if TYPE_CHECKING:
    from pathlib import Path

    from support.ran import Ran

HEADER = "Customer ID,Age,City\n"
KEY = {"logicalType": "string", "primaryKey": True}
CUSTOMERS = {
    "customer_id": {**KEY, "transformSourceObjects": ["Customer ID"]},
    "age": {"logicalType": "integer", "transformSourceObjects": ["Age"]},
    "city": {"logicalType": "string", "transformSourceObjects": ["City"]},
}
_PUBLISHED = "SELECT customer_id, age, city FROM crm.customers ORDER BY ALL"


class CustomersAndOrders(SmallMesh):
    """`crm.customers` and `shop.orders`, landed and described; whatever else is wrong, they stay as published."""

    def __init__(self, root: Path) -> None:
        super().__init__(root)
        self.land("crm/customers/a.csv", f"{HEADER}c1,41,Oslo\nc2,29,Bergen\nc3,,Oslo\n")
        self.product("crm.customers", CUSTOMERS)
        self.land("shop/orders/a.csv", "order_id,amount\no1,10.5\no2,7\n")
        self.product("shop.orders", {"order_id": KEY, "amount": "number"})

    def built(self) -> CustomersAndOrders:
        """The same, built."""
        self.run("build").ended()
        return self

    def fails(self, name: str, *texts: str, line_count: int = 2) -> None:
        """`mesh build` fails at `name`, saying `texts` in so many lines; what else there is gets built.

        What was published of `crm.customers` before stays readable as it was.
        """
        self.failing_build().tells(name, *texts, line_count=line_count)

    def failing_build(self) -> Ran:
        """A `mesh build` that fails somewhere; all that can be built is, and what was published stays."""
        before = self.cells(_PUBLISHED)
        self.land("shop/orders/b.csv", "order_id,amount\no3,1\n")
        ran = self.run("build").ended(1)
        assert "defect" not in ran.err, ran.err
        assert "\n+ shop.orders " in f"\n{ran.err}"
        assert self.cells("SELECT count(*) FROM shop.orders") == [["3"]]
        assert self.cells(_PUBLISHED) == before
        return ran

    def refuses(self, *arguments: str, says: tuple[str, ...], status: int = 2, **variables: str) -> None:
        """`mesh ARGUMENTS` ends with `status` and one or two lines, which say `says`."""
        ran = self.run(*arguments, **variables).ended(status)
        assert ran.out == ""
        assert ran.err.startswith("mesh: ")
        assert len(ran.err.splitlines()) <= 2, ran.err
        assert [text for text in says if text not in ran.err] == [], ran.err


@pytest.fixture
def mesh(tmp_path: Path) -> CustomersAndOrders:
    """Two landed datasets and their products; nothing is built yet."""
    return CustomersAndOrders(tmp_path)


@pytest.fixture
def built_mesh(mesh: CustomersAndOrders) -> CustomersAndOrders:
    return mesh.built()


@pytest.fixture(scope="module")
def shared_mesh(tmp_path_factory: pytest.TempPathFactory) -> CustomersAndOrders:
    """Built, and the same for all tests of a module, so that one build can tell of many broken products."""
    return CustomersAndOrders(tmp_path_factory.mktemp("shared")).built()
