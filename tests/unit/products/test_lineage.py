"""Which columns of what it reads each column of a product comes from."""

from __future__ import annotations

import pytest

from meshlake.column import Column
from meshlake.names import DatasetName, ProductName
from meshlake.products.lineage import ColumnLineage, InputColumn, any_of, landed_lineage, select_lineage
from meshlake.products.transform import Transform
from meshlake.types.tree import Scalar

ORDERS, PEOPLE = ProductName("shop", "orders"), ProductName("crm", "people")
CALLS = DatasetName("crm", "Calls 2")
COLUMNS = {
    ORDERS: ("id", "person", "price", "ordered_on"),
    PEOPLE: ("id", "name", "born"),
    CALLS: ("Has Left", "minutes"),
}
# The SELECT; what each column is made of, and by what.
SELECTS = {
    "passed on, under another name": (
        "SELECT id, price AS paid FROM shop.orders",
        {"id": ("shop.orders.id", None), "paid": ("shop.orders.price", None)},
    ),
    "computed": (
        "SELECT 2024 - born AS age FROM mesh.crm.people",
        {"age": ("crm.people.born", "2024 - people.born")},
    ),
    "joined, without saying whose a column is": (
        "SELECT name, sum(price) AS spent FROM shop.orders AS o JOIN crm.people AS p ON o.person = p.id GROUP BY ALL",
        {"name": ("crm.people.name", None), "spent": ("shop.orders.price", "SUM(o.price)")},
    ),
    "a star": (
        "SELECT * EXCLUDE (person, ordered_on) FROM shop.orders",
        {"id": ("shop.orders.id", None), "price": ("shop.orders.price", None)},
    ),
    "through what comes between": (
        "WITH a AS (SELECT person, max(price) AS top FROM shop.orders GROUP BY person), "
        "b AS (SELECT person AS id, top FROM a) SELECT b.id, b.top AS most FROM b",
        {"id": ("shop.orders.person", None), "most": ("shop.orders.price", "MAX(orders.price)")},
    ),
    "of several tables, one under the other": (
        "SELECT id, name FROM crm.people UNION ALL SELECT id, upper(person) FROM shop.orders",
        {
            "id": ("crm.people.id shop.orders.id", None),
            "name": ("crm.people.name shop.orders.person", "UPPER(orders.person)"),
        },
    ),
    "counted, constant": (
        "SELECT count(*) AS n, 'x' AS kind FROM shop.orders",
        {"n": ("", "COUNT(*)"), "kind": ("", "'x'")},
    ),
    "within a window": (
        "SELECT id, row_number() OVER (PARTITION BY person ORDER BY ordered_on) AS nth FROM shop.orders "
        "QUALIFY nth = 1",
        {
            "id": ("shop.orders.id", None),
            "nth": (
                "shop.orders.ordered_on shop.orders.person",
                "ROW_NUMBER() OVER (PARTITION BY orders.person ORDER BY orders.ordered_on)",
            ),
        },
    ),
    "landed, with a name that has to be quoted": (
        'SELECT "Has Left" AS has_left FROM landing.crm."Calls 2"',
        {"has_left": ("landing.crm.Calls 2.Has Left", None)},
    ),
    "recursive": (
        "WITH RECURSIVE r AS (SELECT id, born FROM crm.people UNION ALL SELECT id, born + 1 FROM r WHERE born < 9) "
        "SELECT id FROM r",
        {"id": ("shop.orders.* crm.people.* landing.crm.Calls 2.*", None)},  # its step is not followed
    ),
}


def columns_of(name):
    return COLUMNS[name]


@pytest.mark.parametrize("what", SELECTS)
def test_columns_of_a_select(what):
    sql, expected = SELECTS[what]
    found = select_lineage(sql, COLUMNS, columns_of)
    assert found is not None
    told = {name: (" ".join(map(str, each.inputs)), each.made_by) for name, each in found.items()}
    assert told == expected


def test_a_star_over_what_is_not_known_is_not_guessed():
    sql = "SELECT * FROM shop.orders JOIN crm.people USING (id)"
    assert select_lineage(sql, COLUMNS, lambda _: ()) is None
    assert any_of([None], [ORDERS]) == (InputColumn("shop.orders", "*"),)


def test_without_the_columns_a_single_table_has_them():
    found = select_lineage("SELECT id, price * 2 AS twice FROM shop.orders", [ORDERS], lambda _: ())
    assert found is not None
    assert found["twice"] == ColumnLineage((InputColumn("shop.orders", "price"),), "orders.price * 2")


def test_landed_columns_are_those_of_the_contract():
    def landed(**facts):
        found = landed_lineage(Column("born", Scalar.BIGINT, **facts), CALLS)
        return [each.column for each in found.inputs], found.made_by

    assert landed() == (["born"], None)
    assert landed(sources=("Born in",)) == (["Born in"], None)
    assert landed(sources=("a", "b")) == (["a", "b"], "the first that has a value")
    assert landed(expression='year("Has Left") + born') == (["Has Left", "born"], 'year("Has Left") + born')


ID = {"logicalType": "integer", "primaryKey": True, "required": True}
PYTHON = (
    'INPUTS = {"people": "SELECT id, born FROM crm.people"}\n\n\ndef transform(people):\n    return people\n'
)
MODEL = """task: segments
features: SELECT id, born, 2024 - born AS age, name FROM crm.people
key: id
columns: {age: linear}
"""


@pytest.fixture
def people(mesh):
    """A product to read, which nothing was built of."""
    mesh.product("crm.people", {"id": ID, "name": "string", "born": "integer"})
    return mesh


def told(mesh, product):
    found = mesh.open().product(product).column_lineage()
    return {n: (" ".join(map(str, each.inputs)), each.made_by, each.is_exact) for n, each in found.items()}


def test_what_python_makes_may_be_of_all_that_it_reads(people):
    people.product("crm.ages", {"id": ID}, {"transform.py": PYTHON})
    assert told(people, "crm.ages") == {"id": ("crm.people.born crm.people.id", "transform.py", False)}


def test_what_a_model_makes_may_be_of_all_features_but_the_key(people):
    people.product("crm.groups", {"id": ID, "age": "integer", "segment": "integer"}, {"model.yaml": MODEL})
    assert told(people, "crm.groups") == {
        "id": ("crm.people.id", None, True),
        "age": ("crm.people.born", "2024 - people.born", True),
        "segment": ("crm.people.born crm.people.name", "model.yaml", False),
    }


def test_a_column_that_the_sql_does_not_give_may_be_any(people):
    people.product("crm.all", {"id": ID, "nick": "string"}, {"transform.sql": "SELECT id FROM crm.people\n"})
    assert told(people, "crm.all")["nick"] == ("crm.people.id", "transform.sql", False)


def test_a_transform_that_shows_no_sql_may_make_a_column_of_any_of_its_inputs(people, tmp_path):
    class Opaque(Transform):
        read = make_rows = None

    transform = Opaque(tmp_path / "transform.r", (PEOPLE,))
    contract = people.open().product("crm.people").contract
    assert transform.lineage(contract, columns_of)["id"] == ColumnLineage(
        (InputColumn("crm.people", "*"),), "transform.r", is_exact=False
    )
