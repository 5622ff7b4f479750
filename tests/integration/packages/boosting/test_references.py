"""That tables are reached over each kind of reference, from rows of which nothing but files is known; no model is made.

Ids are of 200 customers; what is counted of one of them is compared with what stands in the literal rows.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from meshlake.boosting import sources
from meshlake.boosting.features_sql import features_sql
from meshlake.boosting.labelled import ROWS, labelled
from meshlake.boosting.making import First
from meshlake.boosting.paths import paths_from
from meshlake.boosting.sources import Found, source_of
from meshlake.boosting.tables import open_tables
from meshlake.drafting.feature_table import open_features
from meshlake.names import ProductName
from support.small_mesh import SmallMesh

if TYPE_CHECKING:
    from collections.abc import Iterable

    from meshlake.boosting.paths import Path as TablePath
    from meshlake.settings import Settings

CUSTOMERS, CUTOFFS = 200, (date(2024, 3, 1), date(2024, 6, 1))
WHO = "K00370"  # the tenth
TOWNS = 400


def customer(number: int) -> str:
    return f"K{37 * number:05}"


def town(number: int) -> str:
    return "".join("BDFKLMRT"[number // 8**place % 8] for place in range(3))


def csv(header: str, rows: Iterable[tuple[object, ...]]) -> dict[str, str]:
    return {"a.csv": "\n".join([header, *(",".join(map(str, row)) for row in rows)]) + "\n"}


def day(number: int) -> date:
    return date(2024, 1, 1) + timedelta(days=number % 50)


def born(number: int) -> date:
    return date(1950 + number % 45, 3, 1)


def land(mesh: SmallMesh) -> None:
    everyone = range(CUSTOMERS)
    mesh.land_files(
        "crm.labels",
        csv(
            "customer_id,cutoff_date,season,home,is_churned",
            (
                (customer(n), each, each.year - n % 2, town(n % 40), n * 7 % 3 == 0)
                for each in CUTOFFS
                for n in everyone
            ),
        ),
    )
    # `home` does not say that it names a town: the town's row is found, and no rows of others that are in it, too.
    mesh.land_files(
        "crm.towns", csv("code,founded_on,height", ((town(n), day(n), 7 * (n % 90)) for n in range(TOWNS)))
    )
    mesh.land_files(
        "crm.storms", csv("seen_in,seen_on,force", ((town(n % 45), day(n), n % 6) for n in range(90)))
    )
    mesh.land_files(
        "crm.members",
        csv(
            "member_no,sponsored_by,joined_on,first_name,grade,born_on",
            ((customer(n), customer(n // 2), day(n), f"Ann{n}", n % 5, born(n)) for n in everyone),
        ),
    )
    # Another list of customers, under another name; neither holds all of the other.
    mesh.land_files(
        "loyalty.cards",
        csv("holder,issued_on,tier", ((customer(n), day(n), n % 3) for n in range(10, 2 * CUSTOMERS))),
    )
    mesh.land_files(
        "crm.budgets",
        csv(
            "customer_id,season,agreed_on,budget",
            (
                (customer(n), y, f"{y - 1}-12-{1 + n % 28:02}", n % 90 + y)
                for n in everyone
                for y in (2022, 2023, 2024)
            ),
        ),
    )
    mesh.land_files(
        "care.calls",
        csv(
            "customer,called_on,minutes",
            ((f" {customer(n // 3).lower()}", day(n), n % 9) for n in range(600)),
        ),
    )
    mesh.land_files(
        "care.complaints",
        csv("customer_id,filed_on,severity", ((customer(10 * (n % 8)), day(n), n % 4) for n in range(80))),
    )
    mesh.land_files(
        "bank.transfers",
        csv(
            "transfer_id,sender_id,receiver_id,sent_on,amount",
            ((f"T{n * 91:07}", customer(n % 200), customer(n * 3 % 200), day(n), n % 70) for n in range(900)),
        ),
    )
    # Who edited an article last is not known since it was written.
    edits = (("", "") if n % 3 else (customer(n * 7 % 300), day(n + 90)) for n in range(600))
    mesh.land_files(
        "desk.articles",
        csv(
            "article_id,written_on,last_editor_id,last_edit_on",
            ((f"A{n * 37:07}", day(n % 90), *edit) for n, edit in enumerate(edits)),
        ),
    )
    # Who votes is seldom who wrote; who is sent a reminder is who was billed.
    mesh.land_files(
        "desk.posts",
        csv(
            "post_id,author_id,posted_on,view_count,score,words",
            ((f"P{n * 53:07}", customer(n % 200), day(n % 90), n % 31, n % 7, n % 13) for n in range(800)),
        ),
    )
    mesh.land_files(
        "desk.votes",
        csv(
            "post_id,voter_id,voted_on",
            ((f"P{n // 2 * 53:07}", customer(n * 7 % 200), day(100 + n % 90)) for n in range(1600)),
        ),
    )
    mesh.land_files(
        "bank.bills",
        csv(
            "bill_id,payer_id,billed_on",
            ((f"B{n * 61:07}", customer(n % 200), day(n % 90)) for n in range(800)),
        ),
    )
    mesh.land_files(
        "bank.reminders",
        csv(
            "bill_id,sent_to_id,sent_on",
            ((f"B{n // 2 * 61:07}", customer(n // 2 % 200), day(100 + n % 90)) for n in range(1600)),
        ),
    )
    mesh.land_files("bank.fees", csv("transfer_id,fee", ((f"T{n // 2 * 91:07}", n % 4) for n in range(1800))))
    mesh.land_files(
        "crm.tariffs",
        csv(
            "customer_id,tariff,fee,valid_from,valid_to",
            (
                row
                for n in everyone
                for row in (
                    (customer(n), "ab"[n % 2], 10 + n % 7, "2023-01-01", day(n)),
                    (customer(n), "bc"[n % 2], 10 + n % 5, day(n), "2024-05-01" if n % 3 else ""),
                    *([(customer(n), "ac"[n % 2], 9 + n % 4, "2024-05-01", "")] if n % 3 else []),
                )
            ),
        ),
    )


@dataclass
class Reached:
    """The paths that were found, and what is made of them at each customer and cut-off."""

    paths: dict[str, TablePath]
    found: dict[str, Found]
    made: dict[str, dict[tuple[Any, ...], dict[str, Any]]]


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    mesh = SmallMesh(tmp_path_factory.mktemp("a mesh"))
    land(mesh)
    opened = mesh.open()
    opened.adopt("crm.labels", owner="ana@example.com")
    return opened.workspace.settings


@pytest.fixture(scope="module")
def reached(settings: Settings) -> Reached:
    return reached_in(settings)


def reached_in(settings: Settings) -> Reached:
    with open_features(settings, ProductName("crm", "labels")) as table:
        asked = labelled(table, "is_churned", "cutoff_date", "customer_id", None)
        says = First(asked, asked.take_rows()).says
        with open_tables(settings, asked, lambda _: None) as tables:
            taken: set[str] = set(table.columns)
            paths = paths_from(
                tables.entities,
                tables.own_dataset,
                tables.profiles,
                tables.found.joins,
                asked.features,
                references=asked.references,
            )
            found = {path.told: source_of(tables, path, taken, says) for path in paths}
            made = {}
            for told, each in found.items():
                if each.source is None or not each.source.features:
                    continue
                select = features_sql(ROWS, "cutoff_date", ["customer_id", "cutoff_date"], [each.source])
                rows = table.session.table(select).to_pylist()
                made[told] = {(row["customer_id"], row["cutoff_date"]): row for row in rows}
    return Reached({path.told: path for path in paths}, found, made)


def test_each_kind_of_reference_is_reached_once(reached: Reached) -> None:
    assert reached.paths.keys() == {
        "customer_id = bank.transfers.sender_id",
        "customer_id = bank.transfers.receiver_id",
        "customer_id = bank.transfers.sender_id, then transfer_id = bank.fees.transfer_id",
        "customer_id = care.calls.customer",
        "customer_id = care.complaints.customer_id",
        "customer_id = crm.budgets.customer_id",
        "customer_id and season = crm.budgets.customer_id and season",
        "customer_id = crm.members.member_no",
        "customer_id = crm.members.sponsored_by",
        "customer_id = crm.members.member_no, then sponsored_by = crm.members.member_no",
        "customer_id = crm.tariffs.customer_id",
        "customer_id = desk.articles.last_editor_id",
        "customer_id = desk.posts.author_id",
        "customer_id = desk.votes.voter_id",
        "customer_id = desk.posts.author_id, then post_id = desk.votes.post_id",
        "customer_id = bank.bills.payer_id",
        "customer_id = bank.reminders.sent_to_id",
        "customer_id = bank.bills.payer_id, then bill_id = bank.reminders.bill_id",
        "customer_id = loyalty.cards.holder",
        "home = crm.towns.code",
    }


@pytest.mark.parametrize(
    ("told", "features"),
    [
        ("customer_id = bank.transfers.sender_id", {"transfers_count": 5, "transfers_amount_sum": 160}),
        ("customer_id = bank.transfers.receiver_id", {"transfers_2_count": 5, "transfers_2_amount_sum": 180}),
        # Of five transfers two fees each.
        (
            "customer_id = bank.transfers.sender_id, then transfer_id = bank.fees.transfer_id",
            {"fees_count": 10, "fees_transfer_id_kinds": 5},
        ),
        # Written " k00370"; of the tenth customer are the calls 30 to 32.
        ("customer_id = care.calls.customer", {"calls_count": 3, "calls_minutes_sum": 12}),
        # Eight customers have any.
        ("customer_id = care.complaints.customer_id", {"complaints_count": 10}),
        ("customer_id and season = crm.budgets.customer_id and season", {"budgets_2_budget": 2034}),
        (
            "customer_id = crm.members.member_no",
            {"members_grade": 0, "members_days_since_born_on": 64 * 365.25},
        ),
        # The tenth is at home in FDB, the town of the number 10.
        ("home = crm.towns.code", {"towns_height": 70}),
        (
            "customer_id = crm.members.sponsored_by",
            # Born in 1970 and 1971.
            {
                "members_2_count": 2,
                "members_2_grade_sum": 1,
                "members_2_days_since_born_on_max": 54 * 365.25 + 0.5,
            },
        ),
        (
            "customer_id = crm.members.member_no, then sponsored_by = crm.members.member_no",
            {"members_4_grade": 0, "members_4_days_since_joined_on": 55},
        ),
        # The tariff of that day, of two that had begun.
        (
            "customer_id = crm.tariffs.customer_id",
            {"tariffs_tariff_last": "b", "tariffs_fee_last": 10, "tariffs_valid_to_open_count": 1},
        ),
    ],
)
def test_what_is_counted_is_what_the_rows_say(
    reached: Reached, told: str, features: dict[str, object]
) -> None:
    row = reached.made[told][WHO, CUTOFFS[0]]
    assert {name: row[name] for name in features} == features


def test_ids_and_names_are_no_features_whatever_they_are_called(reached: Reached) -> None:
    features = {
        feature.name
        for each in reached.found.values()
        if each.source
        for feature in each.source.features
        if not feature.name.endswith(("_kinds", "_kinds_91d", "_kinds_364d"))
    }
    words = ("sponsored_by", "first_name", "member_no", "transfer_id", "sender", "receiver", "customer")
    assert [name for name in sorted(features) if any(word in name for word in words)] == []


def test_no_table_is_joined_by_what_was_not_known_when_its_row_was(reached: Reached) -> None:
    found = reached.found["customer_id = desk.articles.last_editor_id"]
    assert found.source is None
    assert found.refused == (
        "it is joined by last_editor_id of desk.articles, which is filled in together with last_edit_on, "
        "which is withheld"
    )


def test_votes_on_ones_posts_are_others_than_ones_votes_and_reminders_of_ones_bills_are_ones_own(
    reached: Reached,
) -> None:
    told = "customer_id = desk.posts.author_id, then post_id = desk.votes.post_id"
    assert reached.made[told][WHO, CUTOFFS[0]]["votes_2_count"] == 8
    found = reached.found["customer_id = bank.bills.payer_id, then bill_id = bank.reminders.bill_id"]
    assert found.refused == "its rows are those that are joined by sent_to_id directly"


def test_what_goes_on_counting_in_rows_that_others_refer_to_is_withheld(reached: Reached) -> None:
    found = reached.found["customer_id = desk.posts.author_id"]
    assert found.withheld == dict.fromkeys(
        ["view_count", "score"], "goes on counting while its row stands there, as its name says"
    )
    assert "posts_words_sum" in reached.made["customer_id = desk.posts.author_id"][WHO, CUTOFFS[0]]


def test_past_a_budget_of_pairs_rows_are_counted_by_day_and_are_no_others(
    reached: Reached, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sources, "MOST_PAIRS", 1)
    of_days = reached_in(settings)
    counted = {told: each.source for told, each in of_days.found.items() if each.source}
    assert {told for told, source in counted.items() if not source.is_by_day} == {
        told for told, source in counted.items() if source.is_lookup
    }
    calls = "customer_id = care.calls.customer"
    assert of_days.made[calls][WHO, CUTOFFS[0]].items() <= reached.made[calls][WHO, CUTOFFS[0]].items()
    assert of_days.made[calls][WHO, CUTOFFS[0]]["calls_count"] == 3
    assert not reached.found[calls].source.is_by_day  # type: ignore[union-attr]
