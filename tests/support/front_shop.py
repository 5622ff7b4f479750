"""A small shop of forty customers, built once: tests that change it take a folder of their own."""

from __future__ import annotations

import pytest

import meshlake
from support.small_mesh import SmallMesh

ID = {"logicalType": "integer", "primaryKey": True, "required": True, "description": "The customer's number."}
QUESTION = """-- question: Who pays most?
-- promised_seconds: 10
SELECT id, fee FROM shop.customers ORDER BY fee DESC LIMIT 3
"""
EXAMPLES = """- name: customers are counted by plan
  inputs:
    shop.customers: [{id: 1, plan: basic}, {id: 2, plan: basic}, {id: 3, plan: plus}]
  expected: [{plan: basic, customers: 2}, {plan: plus, customers: 1}]
"""


def write_shop(folder: SmallMesh) -> SmallMesh:
    """Customers landed and described, and a product that reads them; nothing is built."""
    rows = [
        f"{n},{'plus' if n % 5 in (3, 4) else 'basic'},{7.5 + 2.5 * n},{'yes' if n % 4 == 0 else 'no'}"
        for n in range(1, 41)
    ]
    folder.land("shop/customers/a.csv", "\n".join(["id,plan,fee,has_left", *rows]) + "\n")
    columns = {"id": ID, "plan": "string", "fee": "number", "has_left": "string"}
    folder.product("shop.customers", columns, tags=["source-aligned"])
    plans = {
        "transform.sql": "SELECT plan, count(*) AS customers FROM shop.customers GROUP BY plan\n",
        "examples.yaml": EXAMPLES,
    }
    folder.product(
        "shop.plans",
        {"plan": {"logicalType": "string", "primaryKey": True, "required": True}, "customers": "integer"},
        plans,
    )
    questions = folder.root / "sql" / "questions"
    questions.mkdir(parents=True)
    (questions / "who_pays_most.sql").write_text(QUESTION, encoding="utf-8")
    (folder.root / "mesh.toml").write_text('landing = "landing"\nhome = "home"\n', encoding="utf-8")
    return folder


@pytest.fixture(scope="session")
def built_shop(tmp_path_factory) -> SmallMesh:
    folder = write_shop(SmallMesh(tmp_path_factory.mktemp("front") / "a shop"))
    folder.build_product("shop.customers", "shop.plans")
    return folder


@pytest.fixture(scope="session")
def shop(built_shop) -> meshlake.Mesh:
    """Only to be read."""
    return meshlake.open(built_shop.root)


@pytest.fixture(scope="session")
def shop_built_once(tmp_path_factory) -> SmallMesh:
    """Built whole, as `Mesh.build` does; only to be copied."""
    folder = write_shop(SmallMesh(tmp_path_factory.mktemp("built") / "mesh"))
    folder.outcome = folder.build()
    return folder


@pytest.fixture
def rebuilt_shop(shop_built_once, tmp_path) -> SmallMesh:
    """The test's own, built."""
    return shop_built_once.copied_to(tmp_path / "built")


@pytest.fixture
def new_shop(mesh) -> meshlake.Mesh:
    """A shop of the test's own, not built yet."""
    return meshlake.open(write_shop(mesh).root)
