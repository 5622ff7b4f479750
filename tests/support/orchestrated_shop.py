"""A mesh of three products and a landed dataset, and what a whole build of it tells."""

from __future__ import annotations

import pytest

from support.small_mesh import SmallMesh

ID = {"logicalType": "integer", "primaryKey": True, "required": True}


class Heard:
    """A reporter that keeps what it hears."""

    def __init__(self) -> None:
        self.steps: list[tuple[str, str]] = []
        self.done_names: list[str] = []
        self.failed_names: list[str] = []

    def step(self, _context, name, step) -> None:
        self.steps.append((str(name), step))

    def done(self, result) -> None:
        self.done_names.append(str(result.name))

    def failed(self, name, _error) -> None:
        self.failed_names.append(str(name))


class OrchestratedMesh(SmallMesh):
    """Built by Dagster in this process, as `mesh build` does."""

    def build(self, *names: str, **options):
        """What came of it, whether or not it is complete; `heard` is what was told meanwhile."""
        self.heard = Heard()
        return super().build(*names, reporter=self.heard, has_to_be_complete=False, **options)


def write_shop(root) -> OrchestratedMesh:
    """`shop.orders` is landed, `shop.totals` reads it, `shop.pets` is alone."""
    folder = OrchestratedMesh(root)
    folder.land("shop/orders/a.csv", "id,price\n1,10\n2,20\n")
    folder.land("shop/pets/a.csv", "id\n1\n")
    rules = [
        {
            "name": "is_cheap",
            "type": "sql",
            "query": "SELECT count(*) FROM {object} WHERE price > 99",
            "mustBe": 0,
        }
    ]
    folder.product("shop.orders", {"id": ID, "price": "number"}, quality=rules)
    folder.product(
        "shop.totals", {"total": "number"}, {"transform.sql": "SELECT sum(price) AS total FROM shop.orders\n"}
    )
    folder.product("shop.pets", {"id": ID})
    return folder


@pytest.fixture
def shop(tmp_path) -> OrchestratedMesh:
    """Not built yet."""
    return write_shop(tmp_path / "mesh")


@pytest.fixture(scope="session")
def shop_built_once(tmp_path_factory) -> OrchestratedMesh:
    """Only to be copied, or looked at."""
    folder = write_shop(tmp_path_factory.mktemp("shop") / "mesh")
    folder.outcome = folder.build()
    return folder


@pytest.fixture
def built_shop(shop_built_once, tmp_path) -> OrchestratedMesh:
    """The test's own, built whole by Dagster."""
    return shop_built_once.copied_to(tmp_path / "built")
