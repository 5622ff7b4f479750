"""Over which joins tables are reached, and over which not."""

from __future__ import annotations

from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, cast

from meshlake.boosting.paths import paths_from
from meshlake.discovery.join_written import DIGITS, FOLDED
from meshlake.discovery.joins import Join

if TYPE_CHECKING:
    from meshlake.discovery.dataset_profile import DatasetProfile

ENTITY = {("asked", "customer_id"): "customer_id"}


def profiles(**keys: tuple[tuple[str, ...], ...]) -> dict[str, DatasetProfile]:
    return {
        name: cast("Any", SimpleNamespace(name=name, keys=each, columns=())) for name, each in keys.items()
    }


def join(one: str, other: str, held: float = 1.0, written: str = "") -> Join:
    (dataset, column), (other_dataset, other_column) = one.split("."), other.split(".")
    return Join(dataset, column, other_dataset, other_column, held, is_one_to_one=False, written=written)


def told(
    *found: Join, own: str | None = None, hops: int = 2, **keys: tuple[tuple[str, ...], ...]
) -> list[tuple[str, bool]]:
    paths = paths_from(ENTITY, own, profiles(**keys), found, most_steps=hops)
    return [(" > ".join(step.dataset for step in path.steps), path.is_lookup) for path in paths]


def test_tables_that_refer_to_the_same_key_are_reached_without_it() -> None:
    found = [
        join("asked.customer_id", "people.id"),
        join("orders.who", "people.id"),
        join("calls.who", "people.id"),
    ]
    assert told(*found, people=(("id",),), orders=(("order_id",),), calls=()) == [
        ("calls", False),
        ("orders", False),
        ("people", True),
    ]


def test_lookups_of_lookups_parts_of_what_is_had_and_what_refers_to_oneself() -> None:
    found = [
        join("asked.customer_id", "people.id"),
        join("people.plan_id", "plans.plan_id"),
        join("people.boss_id", "people.id"),
        join("orders.who", "people.id"),
        join("lines.order_id", "orders.order_id"),
        join("lines.item_id", "items.item_id"),
    ]
    reached = told(
        *found,
        people=(("id",),),
        plans=(("plan_id",),),
        orders=(("order_id",),),
        lines=(("order_id", "nr"),),
        items=(("item_id",),),
    )
    assert reached == [
        ("orders", False),
        ("people", True),
        ("people", False),
        ("orders > lines", False),
        ("people > people", True),
        ("people > plans", True),
    ]


def test_two_references_of_a_table_are_two_paths_and_one_of_each_is_enough() -> None:
    found = [
        join("asked.customer_id", "people.id"),
        join("sent.sender", "people.id"),
        join("sent.receiver", "people.id", 0.99),
        join("sent.shop", "shops.id"),
        join("people.shop", "shops.id"),
    ]
    paths = paths_from(ENTITY, None, profiles(people=(("id",),), sent=(), shops=(("id",),)), found)
    assert [[(step.dataset, *step.far) for step in path.steps] for path in paths] == [
        [("people", "id")],
        [("sent", "sender")],
        [("sent", "receiver")],
        [("people", "id"), ("shops", "id")],
    ]


def test_lookups_of_lookups_go_one_join_further_and_others_as_far_as_is_asked() -> None:
    found = [
        join("asked.customer_id", "people.id"),
        join("people.household", "households.id"),
        join("households.band", "bands.id"),
        join("bands.law", "laws.id"),
        join("orders.who", "people.id"),
        join("lines.order_id", "orders.order_id"),
        join("lines.item_id", "items.item_id"),
    ]
    keys = {
        **dict.fromkeys(("people", "households", "bands", "laws"), (("id",),)),
        "orders": (("order_id",),),
        "lines": (("order_id", "nr"),),
        "items": (("item_id",),),
    }
    near = [path for path, _ in told(*found, **keys)]  # type: ignore[arg-type]
    far = [path for path, _ in told(*found, hops=3, **keys)]  # type: ignore[arg-type]
    assert [path for path in near if path.count(">") > 1] == ["people > households > bands"]
    assert {*far} - {*near} == {"orders > lines > items", "people > households > bands > laws"}


def test_rows_of_an_id_and_a_season_are_found_by_both_where_both_are_had() -> None:
    found = [join("budgets.who", "asked.customer_id")]
    tables = profiles(budgets=(("who", "day"), ("who", "season")))
    (together, alone) = sorted(
        paths_from(ENTITY, None, tables, found, ["season"]), key=lambda p: -p.is_lookup
    )
    assert (together.entity, together.steps[0].far) == (("customer_id", "season"), ("who", "season"))
    assert (together.is_lookup, alone.is_lookup, alone.entity) == (True, False, ("customer_id",))


def test_many_rows_of_one_are_not_joined_to_many_of_another_by_the_same_ids() -> None:
    found = [join("orders.who", "asked.customer_id"), join("orders.shop", "visits.shop")]
    assert told(*found, orders=(), visits=()) == [("orders", False)]
    back = [join("orders.who", "asked.customer_id"), join("calls.who", "asked.customer_id")]
    assert told(*back, orders=(), calls=()) == [("calls", False), ("orders", False)]


def test_its_own_dataset_is_no_table_and_how_ids_are_written_is_kept() -> None:
    found = [
        join("asked.customer_id", "labels.customer_id"),
        join("calls.who", "labels.customer_id", 0.98, FOLDED.told),
    ]
    (path,) = paths_from(ENTITY, "labels", profiles(labels=(("customer_id",),), calls=()), found)
    assert (path.dataset, path.steps[0].written, path.steps[0].containment) == ("calls", FOLDED.told, 0.98)


def test_a_column_that_does_not_say_what_it_names_is_followed_to_keys_alone() -> None:
    entities = ENTITY | {("asked_too", "home"): "home"}
    found = [
        join("asked.customer_id", "people.id"),
        join("calls.who", "people.id"),
        join("asked_too.home", "towns.code"),
        join("storms.seen_in", "towns.code"),
        join("towns.county", "counties.county"),
        join("fairs.town", "towns.code"),
    ]
    keys = profiles(
        people=(("id",),), calls=(), towns=(("code",),), storms=(), counties=(("county",),), fairs=()
    )
    paths = paths_from(entities, None, keys, found, references=["home"])
    assert [" > ".join((*path.entity, *(step.dataset for step in path.steps))) for path in paths] == [
        "customer_id > calls",
        "customer_id > people",
        "home > towns",
        "home > towns > counties",
    ]


def test_ids_are_written_as_the_joins_between_two_columns_say_though_neither_joins_the_other() -> None:
    found = [
        join("asked.customer_id", "flyers.customer"),
        join("people.id", "flyers.customer", written=DIGITS.told),
        join("orders.who", "people.id"),
        join("calls.who", "people.id", written=FOLDED.told),
        join("calls.who", "flyers.customer"),
        join("visits.who", "people.id", written=FOLDED.told),
    ]
    tables = profiles(flyers=(("customer",),), people=(("id",),), orders=(), calls=(), visits=())
    written = {path.dataset: path.steps[0].written for path in paths_from(ENTITY, None, tables, found)}
    digits = dict.fromkeys(("people", "orders", "visits"), DIGITS.told)
    assert written == {"flyers": "", "calls": "", **digits}


def test_rows_of_an_id_and_a_year_are_found_once_though_both_are_asked_for() -> None:
    found = [join("budgets.who", "asked.customer_id"), join("budgets.year", "asked_year.year")]
    entities = ENTITY | {("asked_year", "year"): "year"}
    paths = paths_from(entities, None, profiles(budgets=(("who", "year"),)), found, ["customer_id", "year"])
    assert [path.entity for path in paths] == [("customer_id",), ("customer_id", "year"), ("year",)]


def test_of_several_ways_to_a_table_the_lookup_is_taken_though_more_ids_begin_the_other() -> None:
    """A customer's household, and not that of each sale."""
    found = [
        join("asked.customer_id", "people.id"),
        join("sales.who", "people.id"),
        join("people.house_id", "houses.house_id"),
        join("sales.house_id", "houses.house_id"),
    ]
    tables = profiles(people=(("id",),), sales=(), houses=(("house_id",),))
    kinds = cast("Any", SimpleNamespace(name="who", distinct_count=900))
    tables["sales"] = cast("Any", SimpleNamespace(name="sales", keys=(), columns=(kinds,)))
    ways = [
        [step.dataset for step in path.steps]
        for path in paths_from(ENTITY, None, tables, found)
        if path.dataset == "houses"
    ]
    assert ways == [["people", "houses"]]
