"""Drafting again what is there: edits of people and news of the data told apart, and parts taken."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import yaml

from meshlake.drafting.contract_facts import facts_of, with_facts
from meshlake.errors import UsageError

if TYPE_CHECKING:
    from support.small_mesh import SmallMesh

FIRST = "id,amount,city\n" + "".join(f"{n},{n % 40},{('Rome', 'Oslo', 'Kyiv')[n % 3]}\n" for n in range(120))
# A column more, an amount that is ten times as large, and cities without a value.
NEXT = "id,amount,city,since\n" + "".join(
    f"{n},{n % 40 * 10},{('Rome', '', 'Kyiv')[n % 3]},2024-01-{n % 28 + 1:02}\n" for n in range(120, 500)
)
EDITED = {
    # The type of amount by a person, a comment, and a rule of one's own.
    "        logicalType: integer\n        description: Landed as 'amount'": (
        "        # in euros\n        logicalType: number\n        physicalType: DECIMAL(12,2)\n"
        "        description: What it cost"
    ),
    "    quality:\n      - {name: has_rows": (
        "    quality:\n      # ours\n      - {name: few, metric: rowCount, mustBeLessThan: 9000}\n"
        "      - {name: has_rows"
    ),
}


@pytest.fixture
def shop(mesh) -> SmallMesh:
    """A dataset adopted, and its contract edited by a person."""
    mesh.land("shop/sales/a.csv", FIRST)
    mesh.open().adopt("shop.sales", owner="ana")
    path = mesh.products / "shop/sales/contract.odcs.yaml"
    text = path.read_text()
    for before, after in EDITED.items():
        assert before in text
        text = text.replace(before, after)
    path.write_text(text)
    return mesh


def _contract(mesh: SmallMesh) -> str:
    return (mesh.products / "shop/sales/contract.odcs.yaml").read_text()


def _told(again) -> dict[tuple[str, str], str]:
    return {(each.fact.column, each.fact.what): each.by for each in again.changes}


def test_edits_are_told_apart_from_news_of_the_data(shop) -> None:
    before = _contract(shop)
    again = shop.open().adopt("shop.sales")
    assert _told(again) == {
        ("amount", "logicalType"): "person",
        ("amount", "physicalType"): "person",
        ("amount", "description"): "person",
        ("", "check few"): "person",
    }
    assert before.splitlines()[again.changes[0].line - 1].strip() == "- name: amount"
    shop.land("shop/sales/b.csv", NEXT)
    told = _told(shop.open().adopt("shop.sales"))
    assert (told["since", "column"], told["city", "required"], told["amount", "check amount_mean"]) == (
        "data",
    ) * 3
    assert (told["amount", "description"], told["amount", "logicalType"]) == ("both", "person")
    assert _contract(shop) == before


@pytest.mark.parametrize("part", ["columns", "checks", "all"])
def test_a_part_is_taken_and_what_people_wrote_stays(shop, part) -> None:
    shop.land("shop/sales/b.csv", NEXT)
    again = shop.open().adopt("shop.sales", update=[part])
    assert {each.fact.what for each in again.changes if each.is_taken and each.by != "data"} == set()
    contract = _contract(shop)
    for line in (
        "# in euros",
        "physicalType: DECIMAL(12,2)",
        "description: What it cost",
        "# ours",
        "name: few",
    ):
        assert line in contract
    table = yaml.safe_load(contract)["schema"][0]
    columns = {each["name"]: each for each in table["properties"]}
    assert ("since" in columns, "required" in columns["city"]) == ((part != "checks"), (part == "checks"))
    means = [each["mustBeBetween"] for each in columns["amount"]["quality"] if each["name"] == "amount_mean"]
    assert (means[0][1] > 40) == (part != "columns")
    left = {each.by for each in shop.open().adopt("shop.sales").changes}
    assert left == ({"person", "both"} if part == "all" else {"person", "both", "data"})


def test_what_was_updated_builds(shop) -> None:
    shop.land("shop/sales/b.csv", NEXT)
    shop.open().draft(update=["all"])
    assert shop.build().is_complete


def test_without_the_draft_only_what_is_not_there_is_taken(shop) -> None:
    (shop.home / "drafts/shop/sales.yaml").unlink()
    shop.land("shop/sales/b.csv", NEXT)
    again = shop.open().adopt("shop.sales", update=["all"])
    assert {each.by for each in again.changes} == {"unknown"}
    assert all(each.standing is None for each in again.changes if each.is_taken)
    assert "since" in _contract(shop)
    assert "required" in yaml.safe_load(_contract(shop))["schema"][0]["properties"][2]


def test_a_column_that_a_person_renamed_is_the_same(shop) -> None:
    path = shop.products / "shop/sales/contract.odcs.yaml"
    path.write_text(
        path.read_text().replace("- name: city\n", "- name: town\n        transformSourceObjects: [city]\n")
    )
    again = shop.open().adopt("shop.sales")
    assert {each.fact.column for each in again.changes} == {"amount", ""}


def test_a_layout_that_lines_cannot_change_is_left_as_it_is(shop) -> None:
    path = shop.products / "shop/sales/contract.odcs.yaml"
    path.write_text(yaml.safe_dump(yaml.safe_load(path.read_text()), default_flow_style=True, width=100_000))
    before = path.read_text()
    shop.land("shop/sales/b.csv", NEXT)
    with pytest.raises(UsageError, match="laid out so that no part of it can be changed alone"):
        shop.open().adopt("shop.sales", update=["all"])
    assert path.read_text() == before


def test_a_part_that_is_none_is_refused_before_anything_is_read(shop) -> None:
    with pytest.raises(UsageError, match="'rules' is no part of a draft"):
        shop.open().adopt("shop.sales", update=["rules"])
    assert shop.run("draft", "--update", "rules").status == 2


def test_facts_make_the_contract_that_they_are_of(shop) -> None:
    contract = yaml.safe_load(_contract(shop))
    facts = facts_of(contract)
    assert with_facts(contract, facts) == contract
    emptied = with_facts(contract, dict.fromkeys(facts))
    assert emptied["schema"][0]["properties"] == []
    assert facts_of(with_facts(emptied, facts)) == facts


def test_keys_without_a_value_say_nothing() -> None:
    prop = {"name": "n", "logicalTypeOptions": None, "quality": None, "relationships": None}
    contract = {"schema": [{"properties": [prop], "quality": None}]}
    facts = facts_of(contract)
    assert [fact.what for fact in facts] == ["column"]
    bound = facts_of({"schema": [{"properties": [{"name": "n", "logicalTypeOptions": {"minimum": 0}}]}]})
    changed = with_facts(contract, bound)["schema"][0]["properties"][0]
    assert changed["logicalTypeOptions"] == {"minimum": 0}


def test_the_command_tells_lines_and_who_changed_them(shop) -> None:
    out = shop.run("adopt", "shop.sales").ended().out
    assert 'amount: physicalType: would be gone: "DECIMAL(12,2)" (changed by a person, and kept)' in out
    shop.land("shop/sales/b.csv", NEXT)
    out = shop.run("draft").ended().out
    assert "since: column: would be new (the data says so now)" in out
    assert "To take what the data says anew: --update columns, checks or all" in out
    assert "(taken)" in shop.run("draft", "--update", "checks").ended().out
