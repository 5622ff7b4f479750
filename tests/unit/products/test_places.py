"""Where a landed dataset that a query names lives: asked of the contracts that could say so, of no others."""

from __future__ import annotations

import pytest

from meshlake.engines.answer import ParsedQuery
from meshlake.errors import UsageError
from meshlake.mesh.asking import Question
from meshlake.names import DatasetName, ProductName
from meshlake.products import load
from meshlake.products.load import load_describing
from support.small_mesh import SmallMesh

TABLE = {"server": "landing", "type": "postgresql", "database": "shop", "schema": "sales"}
KEY = {"id": {"logicalType": "integer", "required": True}}
PEOPLE = DatasetName("crm", "people")


@pytest.fixture
def mesh(tmp_path) -> SmallMesh:
    """Twenty products of landed files; files of `crm.people` have landed too."""
    mesh = SmallMesh(tmp_path)
    for number in range(20):
        mesh.product(f"crm.others_{number}", KEY)
    mesh.land("crm/people/a.csv", "id\n1\n")
    return mesh


@pytest.fixture
def parsed(monkeypatch) -> list[str]:
    """The products whose contracts are parsed."""
    names: list[str] = []

    def read(path, expected, found):
        names.append(str(expected))
        return whole(path, expected, found)

    whole = load.gather_contract
    monkeypatch.setattr(load, "gather_contract", read)
    return names


def look(mesh: SmallMesh):
    query = ParsedQuery("", datasets=frozenset({PEOPLE}))
    return Question(mesh.settings, query).landed


def test_a_query_on_landed_files_parses_no_contract_of_others(mesh, parsed):
    (landed,) = look(mesh)
    assert (landed.name, parsed) == (PEOPLE, [])
    mesh.product("crm.people", KEY)
    (landed,) = look(mesh)
    assert (landed.files is not None, parsed) == (True, ["crm.people"])


@pytest.mark.parametrize(
    ("product", "custom"), [("crm.people", None), ("sales.customers", {"source": "landing.crm.people"})]
)
def test_a_contract_that_names_a_table_is_heard_whatever_has_landed(mesh, parsed, product, custom):
    mesh.product(product, KEY, servers=[TABLE], custom=custom)
    with pytest.raises(UsageError, match=r"landing.crm.people is the table sales.people"):
        look(mesh)
    assert parsed == [product]


def test_a_name_that_yaml_hides_is_found(mesh, parsed):
    folder = mesh.product("sales.customers", KEY, servers=[TABLE], custom={"source": "landing.crm.people"})
    contract = folder / "contract.odcs.yaml"
    contract.write_text(contract.read_text().replace("landing.crm.people", '"landing.crm.\\x70eople"'))
    with pytest.raises(UsageError, match=r"landing.crm.people is the table sales.people"):
        look(mesh)


def test_the_contract_that_contradicts_an_earlier_one_says_nothing(mesh):
    mesh.product("crm.a", KEY, custom={"source": "landing.crm.people"})
    mesh.product("crm.b", KEY, servers=[TABLE], custom={"source": "landing.crm.people"})
    assert list(load_describing(mesh.products, [PEOPLE])) == [ProductName("crm", "a")]
    (landed,) = look(mesh)
    assert landed.files is not None


def test_one_that_cannot_be_read_is_as_if_it_were_not_there(mesh):
    folder = mesh.product("crm.people", KEY)
    (folder / "contract.odcs.yaml").write_bytes(b"\xff")
    (landed,) = look(mesh)
    assert landed.files is not None
