"""Which columns are told to refer to which keys."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from meshlake.discovery.discover import discover
from meshlake.discovery.sources import chosen_sources

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from meshlake.discovery.joins import Join

Rows = "Iterable[Sequence[object]]"


@pytest.fixture
def joins(mesh, settings, zone) -> Callable[[dict[str, tuple[str, Rows]]], list[Join]]:
    """The joins between datasets, each given as its header and rows."""

    def found(tables, copies=()):
        for name, (header, rows) in tables.items():
            lines = [header, *(",".join(map(str, row)) for row in rows)]
            mesh.land_files(name, {"a.csv": "\n".join(lines) + "\n"})
        return list(discover(settings, chosen_sources(settings, None), copies=copies).joins)

    return found


def _told(joins: Iterable[Join]) -> set[str]:
    return {
        f"{j.dataset.partition('.')[2]}.{j.column} -> {j.other_dataset.partition('.')[2]}.{j.other_column}"
        for j in joins
    }


CUSTOMERS = ("customer_id,city", [(n + 1, f"City {n % 7}") for n in range(200)])


def test_roles_refer_to_the_same_key(joins) -> None:
    orders = [(n, n % 50 + 1, n % 60 + 3) for n in range(1, 300)]
    addresses = [(n, f"Street {n % 9}") for n in range(1, 100)]
    found = joins(
        {
            "shop.orders": ("order_id,billing_address_id,shipping_address_id", orders),
            "shop.addresses": ("address_id,street_type", addresses),
        }
    )
    assert _told(found) == {
        "shop.orders.billing_address_id -> shop.addresses.address_id",
        "shop.orders.shipping_address_id -> shop.addresses.address_id",
    }


def test_orphans_are_counted(joins) -> None:
    orders = [(n, n % 250 + 1) for n in range(500)]
    (join,) = joins({"shop.orders": ("order_id,customer_id", orders), "crm.customers": CUSTOMERS})
    assert (join.containment, join.orphan_count) == (0.8, 100)
    assert not join.is_one_to_one
    assert join.confidence < 0.8
    assert join.evidence == ("the same name",)


def test_a_table_may_refer_to_itself(joins) -> None:
    people = [(n, "" if n == 1 else n // 3 + 1, 1000 + n) for n in range(1, 80)]
    found = joins({"hr.employees": ("employee_id,reports_to,room", people), "crm.customers": CUSTOMERS})
    assert _told(found) == {"hr.employees.reports_to -> hr.employees.employee_id"}


def test_the_only_table_may_refer_to_itself(joins) -> None:
    people = [(n, "" if n == 1 else n // 3 + 1 if n < 75 else 900, 1000 + n) for n in range(1, 80)]
    (join,) = joins({"hr.employees": ("employee_id,manager_id,room", people)})
    assert _told([join]) == {"hr.employees.manager_id -> hr.employees.employee_id"}
    assert (join.orphan_count, join.orphan_example) == (5, "900")


@pytest.mark.parametrize("items", ["order_items", "order_payments", "items_of_order"])
def test_a_table_s_parts_refer_to_it_also_one_to_one(joins, items) -> None:
    orders = ("order_id,total", [(n, n % 37) for n in range(100, 300)])
    parts = [(n, f"sku {n % 9}") for n in range(150, 290)]
    found = joins({"shop.orders": orders, f"shop.{items}": ("order_id,sku", parts)})
    assert _told(found) == {f"shop.{items}.order_id -> shop.orders.order_id"}


def test_what_repeats_seldom_refers_to_a_table_named_alike(joins) -> None:
    orders = ("bestell_nr,summe", [(n, n % 37) for n in range(100, 300)])
    parts = [(f"P{n}", 100 + n * 7 % 150, f"sku {n % 9}") for n in range(220)]
    found = joins({"laden.bestellungen": orders, "laden.bestellpositionen": ("pos,bestell_nr,sku", parts)})
    assert _told(found) == {"laden.bestellpositionen.bestell_nr -> laden.bestellungen.bestell_nr"}


def test_an_orphan_is_told_by_the_value_most_have_and_a_person_s_by_its_shape(joins) -> None:
    users = ("email,plan", [(f"anna{n}@example.org", f"plan {n % 7}") for n in range(200)])
    visits = [(n, f"anna{n % 205}@example.org") for n in range(400)]
    (join,) = joins({"web.users": users, "web.visits": ("visit,email", visits)})
    assert (join.orphan_count, join.orphan_example) == (5, "xxxx999@xxxxxxx.xxx")


def test_columns_refer_together(joins) -> None:
    teams = [(year, f"T{n}", f"Name {n}") for year in range(1990, 2000) for n in range(12)]
    games = [(n, 1990 + n % 10, f"T{n % 12}", f"T{(n + 5) % 12}") for n in range(400)]
    found = joins(
        {
            "league.teams": ("year,team_id,name", teams),
            "league.games": ("game_id,year,winner_team_id,loser_team_id", games),
        }
    )
    assert _told(found) == {
        "league.games.year, winner_team_id -> league.teams.year, team_id",
        "league.games.year, loser_team_id -> league.teams.year, team_id",
    }
    assert {join.orphan_count for join in found} == {0}


def test_a_family_of_columns_is_told_once(joins) -> None:
    rows = [(n + 1, n % 5) for n in range(200)]
    tables = {f"crm.part_{name}": (f"customer_id,{name}", rows) for name in ("age", "plan", "usage")}
    found = joins({"crm.customers": CUSTOMERS, **tables})
    assert _told(found) == {
        f"crm.part_{name}.customer_id -> crm.customers.customer_id" for name in ("age", "plan", "usage")
    }
    assert all(join.is_one_to_one for join in found)


def test_row_numbers_and_addresses_refer_to_nothing(joins) -> None:
    def table(begin: int):
        return "RowNumber,code,email", [
            (n + 1, f"K{begin + n}", f"p{begin + n}@example.com") for n in range(100)
        ]

    only_counted = ("Lfd. Nr.,stars", [(n + 1, n % 5) for n in range(90)])
    twice_counted = ("RowNumber,stars", [(n or 1, n % 5) for n in range(120)])
    tables = {"a.one": table(0), "a.two": table(50), "b.three": table(500), "b.four": only_counted}
    assert joins(tables | {"b.five": only_counted, "b.six": twice_counted}) == []


def test_few_whole_numbers_need_a_like_name(joins) -> None:
    ratings = [(n, n % 5 + 1, n % 90 + 1) for n in range(300)]
    found = joins({"shop.reviews": ("review_no,stars,quantity", ratings), "crm.customers": CUSTOMERS})
    assert found == []


def test_text_is_found_whatever_the_names(joins) -> None:
    flights = [
        (n, ("JFK", "LHR", "BER", "MUC", "CDG", "AMS", "OSL", "FRA", "ZRH", "VIE")[n % 10]) for n in range(99)
    ]
    codes = [("JFK", 1), ("LHR", 2), ("BER", 3), ("MUC", 4), ("CDG", 5), ("AMS", 6), ("OSL", 7), ("FRA", 8)]
    airports = ("iata,gates", [*codes, ("ZRH", 9), ("VIE", 10), ("LIS", 11), ("MAD", 12)])
    found = joins({"air.flights": ("flight_no,destination", flights), "air.airports": airports})
    assert _told(found) == {"air.flights.destination -> air.airports.iata"}


# Numbers with uneven gaps, as a table's that lost some rows.
GAPS = [n + n // 3 + n * n // 90 for n in range(100, 300)]


def test_gaps_of_a_key_that_a_column_keeps_to_are_evidence(joins) -> None:
    clients = ("client_no,city", [(n, f"City {n % 7}") for n in GAPS])
    loans = [(n * 7 + 3, GAPS[n * 3 % 200]) for n in range(300)]
    found = joins({"bank.clients": clients, "bank.loans": ("loan_id,taken_out", loans)})
    assert _told(found) == {"bank.loans.taken_out -> bank.clients.client_no"}


@pytest.mark.parametrize("step", [1, 10])
def test_any_numbers_keep_to_a_key_without_gaps(joins, step) -> None:
    # And to one of each tenth those that are counted in tens.
    clients = ("client_no,city", [(n * step, f"City {n % 7}") for n in range(100, 300)])
    loans = ("loan,amount", [(f"L{n}", (100 + n * 3 % 200) * step) for n in range(300)])
    assert not joins({"bank.clients": clients, "bank.loans": loans})


def test_a_key_with_gaps_elsewhere_says_nothing_where_it_has_none(joins) -> None:
    clients = ("client_no,city", [(n if n < 200 else n * 31, f"City {n % 7}") for n in range(1, 300)])
    loans = ("loan,months", [(f"L{n}", n % 150 + 1) for n in range(300)])
    assert not joins({"bank.clients": clients, "bank.loans": loans})


def test_what_people_do_names_them_within_their_domain(joins) -> None:
    employees = ("emp_no,city", [(n, f"City {n % 7}") for n in range(1, 60)])
    leave = [(f"L{n}", n % 20 + 1, n % 9) for n in range(200)]
    found = joins({"hr.employees": employees, "hr.leave": ("request,approver,days", leave)})
    assert _told(found) == {"hr.leave.approver -> hr.employees.emp_no"}


def test_a_name_without_its_last_word_and_no_count_in_the_plural(joins) -> None:
    found = joins(
        {
            "hr.units": ("dept_id,city", [(n, f"City {n}") for n in range(1, 10)]),
            "hr.people": ("person,dept", [(f"p{n}", n % 9 + 1) for n in range(90)]),
            "farm.parcelles": ("parcelle_id,soil", [(n, f"soil {n % 4}") for n in range(1, 50)]),
            "post.shipments": ("shipment_no,parcels", [(f"S{n}", n % 8 + 1) for n in range(200)]),
        }
    )
    assert _told(found) == {"hr.people.dept -> hr.units.dept_id"}


def test_what_is_one_or_nought_is_no_reference_unless_the_key_has_no_more(joins) -> None:
    found = joins(
        {
            "race.qualifying": ("qualifying_id,place", [(n, n % 20) for n in range(400)]),
            "race.drivers": (
                "driver,qualifying,gender_id",
                [(f"D{n}", n % 2, n // 2 % 2) for n in range(300)],
            ),
            "race.genders": ("gender_id,gender", [(0, "f"), (1, "m")]),
        }
    )
    assert _told(found) == {"race.drivers.gender_id -> race.genders.gender_id"}


def test_few_values_are_looked_up_in_the_rows_of_a_large_key(joins) -> None:
    days = ("date_key,weekday", [(2_400_000 + n, n % 7) for n in range(30_000)])
    sites = [(f"site {n}", 2_400_000 + n * 997) for n in range(4)]
    (join,) = joins({"web.days": days, "web.sites": ("site,open_date_key", sites)})
    assert (join.column, join.containment, join.orphan_count) == ("open_date_key", 1.0, 0)
    wrong = [(f"site {n}", 9_400_000 + n * 997) for n in range(4)]
    assert not joins({"web.days": days, "web.sites": ("site,open_date_key", wrong)})


def test_a_near_key_is_referred_to(joins) -> None:
    holders = [(n, f"name {n % 40}") for n in GAPS]
    policies = [(f"P{n}", GAPS[n * 3 % 200]) for n in range(300)]
    found = joins(
        {
            "ins.holders": ("holder_no,first", [*holders, holders[3]]),
            "ins.policies": ("policy,holder", policies),
        }
    )
    assert _told(found) == {"ins.policies.holder -> ins.holders.holder_no"}


def test_what_repeats_in_its_own_table_may_be_another_tables(joins) -> None:
    stores = ("store_sk,city", [(n, f"City {n % 7}") for n in range(1, 40)])
    returns = [(n, n % 30 + 1) for n in range(1, 300)]
    found = joins({"shop.store": stores, "shop.store_returns": ("ticket_no,store_sk", returns)})
    assert _told(found) == {"shop.store_returns.store_sk -> shop.store.store_sk"}


@pytest.mark.parametrize(
    ("key", "reference", "written"),
    [
        (lambda n: f"C-{n:05}", str, "prefix"),
        (str, lambda n: f"C-{n:05}", "prefix"),
        (lambda n: f"{n:05}", str, "leading zeros"),
        (lambda n: f"AB-{n}x", lambda n: f"ab{n}X", "case"),
        (lambda n: f"W{n}h", lambda n: f"W{n}h ", "spaces"),
    ],
)
def test_a_reference_that_is_written_otherwise_is_told_so(joins, key, reference, written) -> None:
    stores = ("store_no,city", [(key(n), f"City {n % 7}") for n in range(1, 100)])
    sales = ("sale,store,days", [(f"S{n}", reference(n % 104 + 1), n % 9) for n in range(400)])
    (join,) = joins({"shop.stores": stores, "shop.sales": sales})
    assert (join.column, join.other_column, join.orphan_count) == ("store", "store_no", 15)
    assert written in join.written
    assert join.written in join.evidence


@pytest.mark.parametrize(
    ("step", "known", "seen", "is_told"),
    [
        (1, range(1, 160), range(1, 200), True),  # nearly all whom the key knows, and others
        (1, range(1, 200, 2), range(1, 90), False),  # a number among 200 is found among any others
        (7919, range(1, 200, 2), range(1, 90), True),
    ],
)
def test_ids_with_a_prefix_of_which_the_key_knows_a_part(joins, step, known, seen, is_told) -> None:
    status = ("customer_id,city", [(n * step, f"City {n % 7}") for n in known])
    lines = ("line,customer_id", [(f"L{n}{turn}", f"C-{n * step:08}") for n in seen for turn in (1, 2)])
    found = joins({"crm.status": status, "shop.lines": lines})
    assert _told(found) == ({"shop.lines.customer_id -> crm.status.customer_id"} if is_told else set())
    assert all(0.5 <= join.containment < 0.9 for join in found)


def test_two_prefixes_are_no_other_writing(joins) -> None:
    stores = ("store_no,city", [(f"{'AB'[n % 2]}-{n // 2}", f"City {n % 7}") for n in range(2, 100)])
    sales = ("sale,store,days", [(f"S{n}", n % 49 + 1, n % 9) for n in range(400)])
    assert not joins({"shop.stores": stores, "shop.sales": sales})


def test_what_numbers_the_rows_without_a_name_refers_to_nothing(joins) -> None:
    """Of 757 unrelated tables that R had written with the numbers of their rows, 776 were told to refer to another."""
    kept = [(n, n % 7, f"v{n % 9}") for n in range(1, 400) if n % 5]
    found = joins(
        {
            "lab.first": (",dose,kind", [(n, n % 9, "a") for n in range(1, 100)]),
            "lab.second": (",weight,kind", kept),
            "lab.third": ("weight,count", [(n * 7, n + 1) for n in range(1, 50)]),
        }
    )
    assert _told(found) == set()


def test_names_of_rows_are_referred_to_though_their_column_has_none(joins) -> None:
    towns = [f"Town {n * n}" for n in range(60)]
    found = joins(
        {
            "geo.towns": (",people", [(town, 1000 + n) for n, town in enumerate(towns)]),
            "geo.trips": ("trip,goal", [(n, towns[n % 60]) for n in range(300)]),
        }
    )
    assert _told(found) == {"geo.trips.goal -> geo.towns.column_1"}


def test_like_measures_of_small_tables_are_no_references(joins) -> None:
    """Years, heights and letters are different in a small table by chance."""
    found = joins(
        {
            "a.crises": ("year,banks", [(1800 + n, n % 5) for n in range(200)]),
            "b.films": ("title,year", [(f"Film {n}", 1900 + n % 90) for n in range(500)]),
            "c.women": ("height,weight", [(58 + n, 115 + 3 * n) for n in range(15)]),
            "d.people": ("person,height", [(f"P {n}", 60 + n % 12) for n in range(90)]),
            "e.birds": ("x,site", [(chr(65 + n), n * 3) for n in range(15)]),
            "f.plots": ("plot,block", [(f"Plot {n}", chr(65 + n % 6)) for n in range(90)]),
        }
    )
    assert _told(found) == set()


def test_a_copy_of_ids_is_nobodys_one_key_and_refers_to_all_that_hold_them(joins) -> None:
    """Of two lists of customers neither holds the other, and both hold those asked for."""

    def customers(*numbers):
        return [(f"K{37 * n:05}", n % 7) for n in range(*numbers)]

    tables = {
        "crm.clients": ("client_code,grade", customers(150)),
        "loyalty.cards": ("holder,tier", customers(50, 260)),
        "crm.asked": ("customer_id,n", customers(50, 150)),
        "shop.orders": ("buyer,amount", [row for row in customers(60, 140) for _ in range(3)]),
    }
    asked = "crm.asked.customer_id"
    of_asked = {f"{asked} -> crm.clients.client_code", f"{asked} -> loyalty.cards.holder"}
    found = _told(joins(tables, ["landing.crm.asked"]))
    assert found >= of_asked
    of_orders = {each for each in found if each.startswith("shop.orders")}
    assert len(of_orders) == 2
    assert f"shop.orders.buyer -> {asked}" in of_orders
    assert len(_told(joins(tables)) & of_asked) == 1
