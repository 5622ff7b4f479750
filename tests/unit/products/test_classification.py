"""What columns are classified as: by their own contract, else by what they come from, through SQL."""

from __future__ import annotations

import pytest

from meshlake.mesh.linting import lint_folder
from meshlake.names import ProductName
from meshlake.products.classification import Classifications, is_personal, strictness
from meshlake.products.lineage import select_lineage
from meshlake.products.load import load_products
from support.small_mesh import SmallMesh

PEOPLE = {
    "id": "integer",
    "email": {"logicalType": "string", "classification": "personal"},
    "illness": {"logicalType": "string", "classification": "restricted"},
    "pay": {"logicalType": "integer", "classification": "confidential"},
    "city": "string",
}
PUBLIC = {"logicalType": "string", "classification": "public"}
# The SELECT of one column, called c, over crm.people; its word, what that comes from, and what it is derived from.
SELECTS = [
    ("email", "personal", ["email"], []),
    ("city", None, [], []),
    ("lower(trim(email))", "personal", ["email"], []),
    ("email || illness || city", "restricted", ["illness"], []),
    ("coalesce(email, city)", "personal", ["email"], []),
    ("max(pay)", "confidential", ["pay"], []),
    ("md5(email)", None, [], ["email"]),
    ("sha256(lower(email))", None, [], ["email"]),
    ("hash(email) % 10", None, [], ["email"]),
    ("count(DISTINCT email)", None, [], ["email"]),
    ("count(*)", None, [], []),
    ("md5(email) || illness", "restricted", ["illness"], ["email"]),
    ("md5(email) || email", "personal", ["email"], []),
]


def mesh_of(folder, *downstream) -> Classifications:
    """Of crm.people, landed, and of products of SQL over it: name, columns, SELECT."""
    mesh = SmallMesh(folder / "mesh")
    mesh.product("crm.people", PEOPLE)
    for name, columns, sql in downstream:
        mesh.product(name, columns, {"transform.sql": sql})
    loaded = load_products(mesh.root / "data_products")
    assert not loaded.broken
    return Classifications(loaded.products)


def told(found: Classifications, product: str):
    each = found.of(ProductName.parse(product))["c"]
    return each.word, [c.column for c in each.inherited_from], [c.column for c in each.derived_from]


@pytest.fixture(scope="module")
def flowed(tmp_path_factory) -> Classifications:
    many = [
        (f"out.p{i}", {"c": "string"}, f"SELECT {sql} AS c FROM crm.people")
        for i, (sql, *_) in enumerate(SELECTS)
    ]
    return mesh_of(tmp_path_factory.mktemp("flow"), *many)


@pytest.mark.parametrize("i", range(len(SELECTS)), ids=[sql for sql, *_ in SELECTS])
def test_a_column_is_what_the_strictest_of_its_inputs_is_and_of_a_hash_nothing_flows_on(flowed, i) -> None:
    assert told(flowed, f"out.p{i}") == SELECTS[i][1:]


def test_it_flows_through_several_products_ctes_joins_and_unions(tmp_path) -> None:
    found = mesh_of(
        tmp_path,
        (
            "a.first",
            {"id": "integer", "mail": "string"},
            "WITH x AS (SELECT * FROM crm.people) SELECT id, email AS mail FROM x",
        ),
        ("a.hashed", {"c": "string"}, "SELECT h AS c FROM (SELECT md5(mail) AS h FROM a.first)"),
        ("a.joined", {"c": "string"}, "SELECT f.mail AS c FROM crm.people JOIN a.first AS f USING (id)"),
        (
            "a.mixed",
            {"c": "string"},
            "SELECT md5(email) AS c FROM crm.people UNION ALL SELECT mail FROM a.first",
        ),
        ("a.last", {"c": "string"}, "SELECT upper(c) AS c FROM a.joined"),
        ("a.counted", {"c": "integer"}, "SELECT count(c) AS c FROM a.hashed"),
    )
    assert told(found, "a.hashed") == (None, [], ["mail"])
    assert told(found, "a.joined") == ("personal", ["mail"], [])
    assert told(found, "a.mixed")[0] == "personal"
    assert told(found, "a.last") == ("personal", ["c"], [])
    assert told(found, "a.counted") == (None, [], [])


def test_an_owners_own_word_wins_and_is_told_where_it_opens_what_was_closed(tmp_path) -> None:
    found = mesh_of(
        tmp_path,
        (
            "a.open",
            {"c": PUBLIC, "d": PUBLIC, "e": PUBLIC},
            "SELECT email AS c, city AS d, md5(illness) AS e FROM crm.people",
        ),
        ("a.later", {"c": "string"}, "SELECT c FROM a.open"),
        ("a.strict", {"c": PUBLIC | {"classification": "restricted"}}, "SELECT email AS c FROM crm.people"),
    )
    assert told(found, "a.open") == ("public", ["email"], [])
    assert told(found, "a.later") == ("public", ["c"], [])
    assert told(found, "a.strict")[0] == "restricted"
    loosened = list(found.loosened(ProductName("a", "open")))
    assert [(c, word, source, str(of)) for c, word, source, of in loosened] == [
        ("c", "public", "personal", "crm.people.email")
    ]
    assert not list(found.loosened(ProductName("a", "strict")))


def test_sql_that_cannot_be_read_takes_the_words_of_columns_of_its_names() -> None:
    people = ProductName("crm", "people")
    assert select_lineage("SELECT FROM WHERE (", [people], lambda _: ("email",)) is None


def test_lint_warns_and_contracts_are_told_with_what_they_inherit(tmp_path) -> None:
    mesh = SmallMesh(tmp_path / "mesh")
    mesh.product("crm.people", PEOPLE)
    sql = "SELECT email AS c, email AS d, md5(email) AS e FROM crm.people"
    mesh.product("a.open", {"c": PUBLIC, "d": "string", "e": "string"}, {"transform.sql": sql})
    (found,) = lint_folder(mesh.root, "a.open")
    assert (found.gravity, found.message) == (
        "warning",
        "'c' is public by its contract, and comes from crm.people.email, which is personal",
    )
    products = mesh.workspace.products
    product = products.get(ProductName("a", "open"))
    contract = products.classifications.contract_of(product)
    assert [column.classification for column in contract.columns] == ["public", "personal", None]


def test_words_of_the_house_are_stricter_than_public_and_less_than_personal() -> None:
    words = ["public", "internal", "ours alone", "confidential", "personal", "Restricted"]
    assert sorted(words, key=strictness) == words
    assert [is_personal(word) for word in words] == [False] * 4 + [True] * 2
    assert strictness(None) < strictness("public")
