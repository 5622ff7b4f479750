"""What is chosen for discovery, joins between datasets, and that a bad dataset does not hide the others."""

from __future__ import annotations

import shutil

import pytest

from meshlake.discovery import landed_view
from meshlake.discovery.discover import discover, profile_source
from meshlake.discovery.profile import profile_dataset
from meshlake.discovery.sketches import Sketch
from meshlake.discovery.sources import chosen_source, chosen_sources
from meshlake.errors import UsageError
from meshlake.names import DatasetName
from meshlake.sources.files import FoundFiles


@pytest.fixture
def landed(mesh) -> None:
    people = "\n".join(f"C{n},{n % 40 + 100},{n}" for n in range(400))
    mesh.land_files("crm.people", {"a.csv": f"Customer ID,zip,age\n{people}\n"})
    orders = "\n".join(f"{n},C{n % 300},{n * 7 % 90}" for n in range(900))
    mesh.land_files(
        "shop.orders",
        {
            "a.jsonl": "\n".join(
                f'{{"order_id": {r.split(",")[0]}, "customer": "{r.split(",")[1]}"}}'
                for r in orders.split("\n")
            )
        },
    )
    places = "\n".join(f"{n + 100},Town {n}" for n in range(60))
    mesh.land_files("geo.places", {"a.csv": f"zip,town\n{places}\n"})


def test_what_is_chosen(settings, zone, landed) -> None:
    people = DatasetName("crm", "people")
    assert len(chosen_sources(settings, None)) == 3
    assert (
        chosen_sources(settings, "crm")
        == chosen_sources(settings, "landing.crm.people")
        == [FoundFiles(people, zone)]
    )


@pytest.mark.parametrize(
    ("what", "hint"), [("crn", "crm"), ("crm.peple", "crm.people"), ("zzz", "There are: crm, geo")]
)
def test_what_has_not_landed(settings, zone, landed, what, hint) -> None:
    with pytest.raises(UsageError) as caught:
        chosen_sources(settings, what)
    assert what in caught.value.message
    assert hint in str(caught.value.hint)


@pytest.mark.parametrize(
    ("what", "message", "hint"),
    [
        ("crm.peple", "'crm.peple' has not landed", "Did you mean crm.people?"),
        ("crm", "'crm' is a domain", "Name one of it, for example crm.people."),
    ],
)
def test_what_cannot_be_adopted(settings, zone, landed, what, message, hint) -> None:
    with pytest.raises(UsageError, match=message) as caught:
        chosen_source(settings, what)
    assert caught.value.hint == hint


def test_nothing_landed(settings, zone) -> None:
    with pytest.raises(UsageError, match="nothing has landed") as caught:
        chosen_sources(settings, None)
    assert "mesh land" in str(caught.value.hint)


def test_joins_by_values_and_names(settings, zone, landed) -> None:
    found = discover(settings, chosen_sources(settings, None))
    assert {(j.dataset, j.column, j.other_dataset, j.other_column, j.is_one_to_one) for j in found.joins} == {
        ("landing.crm.people", "zip", "landing.geo.places", "zip", False),
        ("landing.shop.orders", "customer", "landing.crm.people", "Customer ID", False),
    }


def test_what_is_done_is_told(settings, zone, landed) -> None:
    told: list[str] = []
    discover(settings, chosen_sources(settings, None), told.append)
    assert told == [
        "reading landing.crm.people, 1 of 3",
        "reading landing.geo.places, 2 of 3",
        "reading landing.shop.orders, 3 of 3",
        "looking for joins",
    ]


def test_a_bad_dataset_does_not_hide_the_others(settings, zone, landed, mesh) -> None:
    mesh.land_files("shop.bad", {"a.parquet": b"nothing"})
    found = discover(settings, chosen_sources(settings, "shop"))
    assert [p.name for p in found.profiles] == ["landing.shop.orders"]
    assert list(found.failures) == [FoundFiles(DatasetName("shop", "bad"), zone)]


def test_links_to_folders_are_told_wherever_they_stand(settings, mesh, tmp_path) -> None:
    mesh.land_files("crm.people", {"a.csv": "id\n1\n"})
    (tmp_path / "far").mkdir()
    (tmp_path / "far/b.csv").write_text("id\n2\n")
    for place in ("other", "crm/linked", "crm/people/more"):
        (mesh.landing / place).symlink_to(tmp_path / "far")
    found = discover(settings, chosen_sources(settings, None))
    told = {str(source): error.message for source, error in found.failures.items()}
    assert list(told) == ["landing.crm.linked", "landing.crm.people/more", "landing.other.*"]
    assert told["landing.crm.linked"].startswith(
        f"crm/linked is a link to {tmp_path}/far: links to folders are not"
    )
    assert found.profiles[0].row_count == 1
    assert [str(each) for each in chosen_sources(settings, "crm.people")][1:] == ["landing.crm.people/more"]


def test_the_same_is_found_beside_each_other_or_one_by_one(settings, zone, landed, mesh, monkeypatch) -> None:
    mesh.land_files("geo.broken", {"a.parquet": b"PAR1 this is not parquet PAR1"})
    beside = discover(settings, chosen_sources(settings, None))
    shutil.rmtree(settings.home / "profiles")
    monkeypatch.setattr(landed_view, "_ONE_THREAD_BYTES", 0)
    one_by_one = discover(settings, chosen_sources(settings, None))
    assert [profile.name for profile in beside.profiles] == sorted(
        profile.name for profile in beside.profiles
    )
    assert beside.profiles == one_by_one.profiles
    assert beside.joins == one_by_one.joins
    assert list(map(str, beside.failures)) == list(map(str, one_by_one.failures)) == ["landing.geo.broken"]


def test_sketches_estimate_containment_below_the_smaller_limit() -> None:
    whole = Sketch(1.0, frozenset({1, 2**62, 2**62 + 1}))
    half = Sketch(0.5, frozenset({1, 2}))
    assert half.share_in(whole) == 0.5
    assert whole.share_in(half) == 1.0
    assert whole.share_in(whole) == 1.0
    assert Sketch(1.0, frozenset()).share_in(whole) == 0.0


OPEN = "id,day\n1,01/02/2024\n2,03/04/2024\n"


@pytest.mark.parametrize(
    ("others", "read"),
    [
        ({"crm.orders": "id,at\n1,12/31/2023\n"}, "%m/%d/%Y"),
        ({"crm.orders": "id,at\n1,31/12/2023 10:00\n"}, "%d/%m/%Y"),
        # of another domain, as open, at odds with each other
        ({"shop.orders": "id,at\n1,12/31/2023\n"}, "%d/%m/%Y?"),
        ({"crm.orders": OPEN}, "%d/%m/%Y?"),
        ({"crm.orders": "id,at\n1,12/31/2023\n", "crm.visits": "id,at\n1,31/12/2023\n"}, "%d/%m/%Y?"),
    ],
)
def test_what_a_dataset_leaves_open_others_of_its_domain_may_decide(
    settings, zone, mesh, others, read
) -> None:
    mesh.land_files("crm.people", {"a.csv": OPEN})
    for name, text in others.items():
        mesh.land_files(name, {"a.csv": text})
    profile = profile_source(settings, FoundFiles(DatasetName("crm", "people"), zone))
    day = next(column for column in profile.columns if column.name == "day")
    assert day.reading is not None
    assert f"{day.reading.format}{'?' if day.question else ''}" == read
    assert ("of landing.crm.orders" in day.evidence) is not bool(day.question)


@pytest.mark.parametrize("others", [0, 1])
def test_of_files_replaced_while_they_are_read_only_those_that_are_there_then_are_told(
    mesh, monkeypatch, others
) -> None:
    for dataset in ["crm.people", "crm.pets"][: 1 + others]:
        mesh.land_files(dataset, {"a.csv": "id\n1\n2\n", "b.csv": "id\n3\n"})
    read = []

    def read_and_replace(*arguments, **options):
        found = profile_dataset(*arguments, **options)
        if str(arguments[1].name) == "landing.crm.people" and not read:
            read.append(found)
            mesh.land_files("crm.people", {"b.csv": "id\n30\n40\n"})
        return found

    monkeypatch.setattr("meshlake.discovery.discover.profile_dataset", read_and_replace)
    people, *_ = mesh.open().discover().profiles
    assert (read[0][0].row_count, people.row_count) == (3, 4)
