"""Drafted models of time to an event: what says how long, which times are asked for, and what no time is."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from meshlake.drafting.adopt import adopt
from meshlake.drafting.survival_draft import Event, draft_survival
from meshlake.errors import UsageError
from meshlake.ml_assets.survival.spec import SurvivalSpec
from meshlake.names import DatasetName, ProductName
from meshlake.products.load import load_product
from meshlake.sources.files import FoundFiles

if TYPE_CHECKING:
    from pathlib import Path

SOURCE, STAYS = ProductName("crm", "people"), ProductName("crm", "people_survival")


def model_of(folder: Path) -> dict[str, Any]:
    return yaml.safe_load((folder / "model.yaml").read_text(encoding="utf-8"))


def people() -> str:
    """How many months each was there, what that made of the fee, and whether it left."""
    numbers = random.Random(3)  # noqa: S311 - the same rows each time
    lines = ["customer_id,tenure,fee,paid,status,joined_on,seen_on"]
    for n in range(200):
        months, fee = numbers.randint(1, 30), numbers.randint(5, 90)
        status = "left" if numbers.random() < 0.5 else "there"
        dates = f"2023-01-{1 + n % 28:02},{2024 + months % 2}-{1 + months % 12:02}-11"
        lines.append(f"C{n},{months},{fee},{months * fee},{status},{dates}")
    return "\n".join(lines) + "\n"


@pytest.fixture
def adopted(settings, zone, mesh):
    mesh.land_files("crm.people", {"a.csv": people()})
    adopt(settings, FoundFiles(DatasetName("crm", "people"), zone), SOURCE)
    return settings


def test_a_product_of_months_is_one_that_loads_and_leaves_out_what_was_counted_until_then(adopted) -> None:
    asked = Event("status", "left", duration="Tenure", unit="months")
    drafted = draft_survival(adopted, SOURCE, STAYS, asked)
    model = model_of(drafted.folder)
    assert list(model)[:6] == ["task", "features", "key", "label", "duration", "unit"]
    assert model["policy"]["horizons"] == [1, 3, 6, 12]
    assert list(model["exclude"]) == ["paid"]
    assert "counted up until then" in model["exclude"]["paid"]
    spec = SurvivalSpec.from_mapping(model)
    assert (spec.duration, spec.unit, spec.label) == ("tenure", "months", "status")
    assert '"status" = \'left\' AS "status"' in model["features"]
    product = load_product(drafted.folder)
    assert [c.name for c in product.contract.columns] == [
        "customer_id",
        *(f"survival_{n}_months" for n in (1, 3, 6, 12)),
        *(f"stays_{n}_more_months" for n in (1, 3, 6, 12)),
        *(
            "mean_months",
            "median_months",
            "followed_months",
            "is_labelled",
            "reason_1",
            "reason_2",
            "reason_3",
        ),
        *("model_version", "scored_at"),
    ]
    assert drafted.notes[2] == "asked for: still there after 1, 3, 6, 12 months (policy.horizons)"


def test_two_dates_say_how_long_in_days(adopted) -> None:
    drafted = draft_survival(
        adopted, SOURCE, STAYS, Event("status", "left", start="joined_on", end="seen_on")
    )
    model = model_of(drafted.folder)
    assert (model["start"], model["end"]) == ("joined_on", "seen_on")
    assert "unit" not in model
    assert model["policy"]["horizons"] == [28, 91, 182, 364]


@pytest.mark.parametrize(
    ("options", "message", "hint"),
    [
        ({}, "How long rows were followed is not told", "--duration COL"),
        ({"start": "joined_on"}, "How long rows were followed is not told", "--end COL"),
        ({"duration": "tenur"}, "has no column 'tenur'", "tenure"),
        ({"duration": "status"}, "'status' is VARCHAR, no number", "--duration"),
        ({"start": "joined_on", "end": "fee"}, "'fee' is BIGINT, no date", "--end"),
        ({"duration": "tenure", "unit": "moons"}, "--unit is 'moons'", "days, weeks, months, years"),
        ({"start": "joined_on", "end": "seen_on", "unit": "weeks"}, "--unit is 'weeks'", "days from"),
        ({"start": "seen_on", "end": "joined_on"}, "'seen_on' lies after 'joined_on' in 200 of 200", "SQL"),
        ({"duration": "tenure", "event": "gone"}, "the label 'status' is never 'gone'", "'there'"),
    ],
)
def test_what_no_time_can_be_drafted_of(adopted, options, message, hint) -> None:
    with pytest.raises(UsageError, match=message) as caught:
        draft_survival(adopted, SOURCE, STAYS, Event(**{"label": "status", "event": "left", **options}))
    assert hint in str(caught.value.hint)
