"""What is kept of a discovery: nothing is read again that did not change, and all that did."""

from __future__ import annotations

import os
import shutil
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from typing import TYPE_CHECKING

import pytest

from meshlake.discovery import compared, kept_profiles
from meshlake.discovery import discover as discovery
from meshlake.discovery.bound import Bound
from meshlake.discovery.discover import discover, profile_source
from meshlake.discovery.facts import from_facts, to_facts
from meshlake.discovery.sources import chosen_source, chosen_sources
from meshlake.types.tree import Decimal, Scalar

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from meshlake.discovery.discover import Discovery

PEOPLE = "person_id,email,age\n" + "".join(f"P{n},anna{n}@example.org,{20 + n % 50}\n" for n in range(60))
ORDERS = "order_id,person_id\n" + "".join(f"{n},P{n % 40}\n" for n in range(80))
VISITS = "visit_id,person_id\n" + "".join(f"{n},P{n % 30}\n" for n in range(70))


@pytest.fixture
def seen(monkeypatch) -> dict[str, list[str]]:
    """Which datasets are really read, and which joins are really proven."""
    calls: dict[str, list[str]] = {"read": [], "proven": []}
    read, prove = discovery.profile_dataset, compared.prove

    def reading(settings, dataset, **others):
        calls["read"].append(str(dataset.name))
        return read(settings, dataset, **others)

    def proving(settings, joins, *others):
        calls["proven"] += [f"{j.dataset} to {j.other_dataset}" for j in joins]
        return prove(settings, joins, *others)

    monkeypatch.setattr(discovery, "profile_dataset", reading)
    monkeypatch.setattr(compared, "prove", proving)
    return calls


@pytest.fixture
def found(mesh, settings, seen) -> Callable[[], Discovery]:
    """Three datasets, discovered once; each call discovers anew, and `seen` says what that took."""
    for name, text in {"crm.people": PEOPLE, "shop.orders": ORDERS, "shop.visits": VISITS}.items():
        mesh.land_files(name, {"a.csv": text})

    def run() -> Discovery:
        for calls in seen.values():
            calls.clear()
        return discover(settings, chosen_sources(settings, None))

    run()
    seen["read"].clear()
    seen["proven"].clear()
    return run


def test_nothing_is_read_twice_and_told_the_same(found, seen, settings) -> None:
    again = found()
    assert seen == {"read": [], "proven": []}
    shutil.rmtree(settings.home / "profiles")
    assert found() == again
    assert len(seen["read"]) == 3
    assert {join.orphan_count for join in again.joins} == {0}
    assert len(again.joins) == 2


def _replaced_alike(file: Path) -> None:
    """Another file of the same name, size and time."""
    times = file.stat()
    other = file.with_suffix(".new")
    other.write_text(file.read_text().replace("P1,", "Q1,"))
    other.replace(file)
    os.utime(file, ns=(times.st_atime_ns, times.st_mtime_ns))


def _written_over(file: Path) -> None:
    """The same size and time, in the same file."""
    times = file.stat()
    file.write_text(file.read_text().replace(",P1\n", ",R1\n"))
    os.utime(file, ns=(times.st_atime_ns, times.st_mtime_ns))


CHANGES: dict[str, tuple[Callable[[Path], object], list[str]]] = {
    "replaced, equal size and time": (
        lambda zone: _replaced_alike(zone / "crm/people/a.csv"),
        ["landing.crm.people"],
    ),
    "written over, equal size and time": (
        lambda zone: _written_over(zone / "shop/orders/a.csv"),
        ["landing.shop.orders"],
    ),
    "one more file": (
        lambda zone: (zone / "shop/orders/b.csv").write_text("order_id,person_id\n900,P3\n"),
        ["landing.shop.orders"],
    ),
    "removed dataset": (lambda zone: shutil.rmtree(zone / "shop/visits"), []),
}


@pytest.mark.parametrize("what", CHANGES)
def test_what_changed_is_read_alone(mesh, found, seen, what) -> None:
    change, read = CHANGES[what]
    change(mesh.landing)
    found()
    assert seen["read"] == read


def test_a_removed_file_is_missed(mesh, found, seen) -> None:
    mesh.land_files("shop.orders", {"b.csv": "order_id,person_id\n900,P3\n"})
    assert found().profiles[1].row_count == 81
    (mesh.landing / "shop/orders/b.csv").unlink()
    assert found().profiles[1].row_count == 80


def test_joins_are_proven_where_a_side_changed(mesh, found, seen, settings) -> None:
    mesh.land_files("shop.orders", {"b.csv": "order_id,person_id\n900,X1\n"})
    (orders,) = (join for join in found().joins if join.dataset == "landing.shop.orders")
    assert orders.orphan_count == 1
    assert set(seen["proven"]) == {"landing.shop.orders to landing.crm.people"}
    changed = found()
    shutil.rmtree(settings.home / "profiles")
    assert changed == found()


def test_another_landing_zone_is_read(mesh, found, seen, settings) -> None:
    other = mesh.root / "elsewhere"
    shutil.copytree(mesh.landing, other)
    there = mesh.having(landing=other).settings
    discover(there, chosen_sources(there, None))
    assert len(seen["read"]) == 3


def test_other_code_reads_anew(found, seen, monkeypatch) -> None:
    monkeypatch.setattr(kept_profiles, "code_version", lambda: "another")
    found()
    assert len(seen["read"]) == 3


def test_what_others_decide_changes_with_them(mesh, settings, seen) -> None:
    """An open date is read as other datasets of the domain write theirs; their change is its change."""
    mesh.land_files("crm.visits", {"a.csv": "id,day\n1,01/02/2024\n2,03/04/2024\n"})
    mesh.land_files("crm.orders", {"a.csv": "id,at\n1,12/31/2023\n"})
    source = chosen_source(settings, "crm.visits")

    def reading() -> str | None:
        day = profile_source(settings, source).columns[1]
        return day.reading and day.reading.format

    assert [reading(), reading()] == ["%m/%d/%Y", "%m/%d/%Y"]
    mesh.land_files("crm.orders", {"a.csv": "id,at\n1,31/12/2023\n"})
    assert reading() == "%d/%m/%Y"


def test_adopting_reads_what_was_discovered(mesh, found, seen) -> None:
    mesh.open().adopt("crm.people", owner="me")
    assert seen["read"] == []


def test_what_cannot_be_read_counts_as_not_kept(found, seen, settings) -> None:
    whole = found()
    broken = [b"", b"{", b"[1]", b'{"!": "os:system", "=": 1}']
    for number, file in enumerate((settings.home / "profiles").rglob("*.json")):
        file.write_bytes(broken[number % len(broken)])
    assert found() == whole
    assert len(seen["read"]) == 3


def test_no_person_and_no_place_is_kept(mesh, found, settings) -> None:
    mesh.land_files(
        "crm.phones", {"a.csv": "phone\n" + "".join(f"+4930901{n:03}\n" for n in range(820, 860))}
    )
    found()
    kept = b"".join(file.read_bytes() for file in (settings.home / "profiles").rglob("*.json"))
    assert b"order_id" in kept
    assert b"xxxx9@xxxxxxx.xxx" in kept
    for word in ("anna1@", "4930901820", "4930901859", str(mesh.root)):
        assert word.encode() not in kept


def test_several_at_once(mesh, settings, found) -> None:
    whole = found()
    shutil.rmtree(settings.home / "profiles")
    with ThreadPoolExecutor(3) as pool:
        runs = [pool.submit(discover, settings, chosen_sources(settings, None)) for _ in range(3)]
    assert [run.result() for run in runs] == [whole] * 3
    assert not list((settings.home / "profiles").rglob(".*"))


def test_old_states_go(mesh, found, settings, monkeypatch) -> None:
    for number in range(3):
        mesh.land_files("crm.people", {"a.csv": f"{PEOPLE}X{number},x@example.org,1\n"})
        profile_source(settings, chosen_source(settings, "crm.people"))
    assert len(list((settings.home / "profiles").glob("of-*/*.profile.json"))) == 3 + 2
    monkeypatch.setattr(kept_profiles, "_BYTES", 100)
    mesh.land_files("crm.people", {"a.csv": PEOPLE})
    found()
    assert not list((settings.home / "profiles").glob("of-*/*.json"))


FACTS = (
    None,
    True,
    1,
    0.5,
    "a",
    (Scalar.DATE, Decimal(5, 2)),
    {"a": (1,)},
    frozenset({1}),
    date(2024, 1, 2),
    [1],
)


def test_facts_come_back_as_they_were() -> None:
    assert from_facts(to_facts(FACTS)) == FACTS
    with pytest.raises(TypeError, match="kept by no one"):
        to_facts(object())


def test_what_there_is_no_time_for_is_named_and_nothing_is_kept_of_it(mesh, settings, seen) -> None:
    for name, text in {"crm.people": PEOPLE, "shop.orders": ORDERS, "shop.visits": VISITS}.items():
        mesh.land_files(name, {"a.csv": text})
    sources, asked = chosen_sources(settings, None), []

    def stops_after(most: int) -> Bound:
        asked.clear()
        return Bound(lambda: asked.append(None) or len(asked) <= most, frozenset({"landing.shop.visits"}))

    early = discover(settings, sources, bound=stops_after(1))
    assert [profile.name for profile in early.profiles] == ["landing.crm.people", "landing.shop.visits"]
    assert early.not_reached == ("landing.shop.orders", "landing.crm.people", "landing.shop.visits")
    late = discover(settings, sources, bound=stops_after(3))
    assert (len(late.profiles), len(late.not_reached)) == (3, 3)
    assert (early.joins, late.joins) == ((), ())
    assert {join.dataset for join in discover(settings, sources).joins} == {
        "landing.shop.orders",
        "landing.shop.visits",
    }
