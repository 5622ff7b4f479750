"""A label without a cut-off: what has dates says when it came, and nothing which of it came before the label."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

import numpy as np
import pytest

from support.small_mesh import SmallMesh

if TYPE_CHECKING:
    from pathlib import Path

VEHICLES = 400


@pytest.fixture(scope="module")
def fleet(tmp_path_factory: pytest.TempPathFactory) -> SmallMesh:
    """Vehicles that are given back, their damages with the lines of each bill, their parts and their depots."""
    random, mesh = np.random.default_rng(5), SmallMesh(tmp_path_factory.mktemp("a fleet"))
    damages, lines = random.poisson(2, VEHICLES), random.integers(1, 4, 2 * VEHICLES)
    is_back = random.random(VEHICLES) < 1 / (1 + np.exp(2.0 - damages))
    of = np.repeat(np.arange(VEHICLES), damages)
    days = [date(2024, 1, 1) + timedelta(days=int(each)) for each in random.integers(0, 300, len(of))]
    for name, header, rows in (
        (
            "fleet.vehicles",
            "vehicle_id,depot_id,bought_on,is_back",
            (
                f"V{91 * n:06},D{n % 9},{date(2020, 1, 1) + timedelta(days=n % 50)},{str(bool(is_back[n])).lower()}"
                for n in range(VEHICLES)
            ),
        ),
        (
            "fleet.damages",
            "damage_id,vehicle_id,happened_on,cost",
            (f"S{7 * n:06},V{91 * who:06},{days[n]},{random.integers(9)}" for n, who in enumerate(of)),
        ),
        (
            "fleet.lines",
            "damage_id,hours",
            (f"S{7 * n:06},{random.integers(9)}" for n in range(len(of)) for _ in range(lines[n])),
        ),
        (
            "fleet.parts",
            "vehicle_id,weight",
            (f"V{91 * n:06},{random.integers(99)}" for n in range(VEHICLES) for _ in range(2)),
        ),
        (
            "fleet.papers",
            "vehicle_id,registered_on,doors",
            (f"V{91 * n:06},2020-02-{1 + n % 28:02},{n % 5}" for n in range(VEHICLES)),
        ),
    ):
        mesh.land_files(name, {"a.csv": "\n".join([header, *rows]) + "\n"})
    mesh.open().adopt("fleet.vehicles", owner="ana@example.com")
    return mesh


def test_dated_events_are_off_without_a_cutoff_and_what_has_no_date_is_taken_as_it_stands(
    fleet: SmallMesh,
) -> None:
    found = fleet.open().boost("fleet.vehicles", "is_back", key="vehicle_id")
    told = {each.table: (each.verdict, each.why) for each in found.considered}
    off = "fleet.damages.happened_on says when, but no --cutoff what came before the label: --undated takes all of it"
    assert told.pop("fleet.damages") == ("undated", off)
    assert told.pop("fleet.lines") == ("undated", off)
    assert {table: verdict for table, (verdict, _) in told.items()} == {
        "fleet.parts": "adds nothing",
        "fleet.papers": "adds nothing",
    }


@pytest.mark.parametrize("asked", [{"is_undated": True}, {"cutoff": "bought_on"}])
def test_an_owner_takes_them_all_or_names_the_day(
    fleet: SmallMesh, tmp_path: Path, asked: dict[str, object]
) -> None:
    opened = fleet.copied_to(tmp_path / "a copy").open()
    found = opened.boost("fleet.vehicles", "is_back", key="vehicle_id", **asked)
    damages = next(each for each in found.considered if each.table == "fleet.damages")
    assert (damages.verdict == "kept") is ("is_undated" in asked)
    assert (damages.verdict == "nothing to count") is ("cutoff" in asked)  # none came before a purchase
