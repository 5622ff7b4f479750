"""A product of how long customers stay over landed rows: 500 who are followed for a while, and 50 who are new."""

from __future__ import annotations

import json
import re
from datetime import date, timedelta
from random import Random

import pytest
import yaml

from meshlake.errors import BuildError
from meshlake.ml_assets.retraining import why_retrain
from meshlake.models.store import ModelStore
from meshlake.names import ProductName
from support.small_mesh import SmallMesh

KEY = {"customer_id": {"logicalType": "integer", "primaryKey": True, "required": True}}
DATES = {"joined_on": "date", "seen_on": {"logicalType": "date"}}
FEATURES = {**KEY, "plan": "string", "age": "integer", "has_left": {"logicalType": "boolean"}, **DATES}
SCORES = {
    **KEY,
    **dict.fromkeys(("survival_28_days", "survival_91_days", "mean_days"), "number"),
    **{f"{name}_days": {"logicalType": "number"} for name in ("stays_28_more", "stays_91_more", "median")},
    "followed_days": {"logicalType": "number"},
    "is_labelled": "boolean",
    **dict.fromkeys(("reason_1", "reason_2", "reason_3", "model_version"), "string"),
}
MODEL = {
    "task": "survival",
    "features": "shop.customers",
    "key": "customer_id",
    "label": "has_left",
    "start": "joined_on",
    "end": "seen_on",
    "policy": {"candidates": ["logistic_hazards"], "folds": 3, "horizons": [28, 91]},
}


def csv(*, has_law: bool = True, later_days: int = 0, stay_longer: float = 1) -> str:
    """Those on the monthly plan leave after 60 days on average, the others after 400; none is seen for long.

    So many days later more is known, and who was there then stays so many times as long from then on.
    """
    draw = Random(7)  # noqa: S311 - the same rows each time
    lines = ["customer_id,plan,age,has_left,joined_on,seen_on"]
    for n in range(550):
        plan, age = draw.choice(("monthly", "yearly")), draw.randrange(20, 70)
        joined = date(2025, 1, 1) + timedelta(days=draw.randrange(200))
        leaves = round(draw.expovariate(1 / (60 if plan == "monthly" and has_law else 400)))
        seen = draw.randrange(30, 400)
        if leaves > seen:
            leaves, seen = seen + 1 + round((leaves - seen) * stay_longer), seen + later_days
        days = min(leaves, seen)
        known = f"{leaves <= seen},{joined},{joined + timedelta(days=days)}" if n < 500 else f",{joined},"
        lines.append(f"{n},{plan},{age},{known}".lower())
    return "\n".join(lines) + "\n"


def make(root, text: str, **changes) -> SmallMesh:
    folder = SmallMesh(root)
    folder.land("shop/customers/a.csv", text)
    folder.product("shop.customers", FEATURES)
    folder.product("shop.stays", SCORES, {"model.yaml": yaml.safe_dump({**MODEL, **changes})})
    folder.build_product("shop.customers")
    return folder


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    folder = make(tmp_path_factory.mktemp("survival"), csv())
    return folder, folder.build_product("shop.stays")


def test_how_long_customers_stay_is_published_with_reasons(built):
    folder, result = built
    rows = folder.rows("shop.stays")
    known = {row["customer_id"]: row for row in folder.rows("shop.customers")}
    assert len(rows) == 550
    by_plan = {
        plan: [row["survival_91_days"] for row in rows if known[row["customer_id"]]["plan"] == plan]
        for plan in ("monthly", "yearly")
    }
    assert sum(by_plan["monthly"]) / len(by_plan["monthly"]) < 0.4
    assert sum(by_plan["yearly"]) / len(by_plan["yearly"]) > 0.65
    for row in rows:
        assert 0 <= row["survival_91_days"] <= row["survival_28_days"] <= 1
        is_there = known[row["customer_id"]]["has_left"] is False
        assert is_there or row["stays_28_more_days"] is None
    assert sum(row["stays_28_more_days"] is not None for row in rows) > 150
    assert sum(not row["is_labelled"] for row in rows) == 50
    told = [
        row["reason_1"]
        for row in rows
        if re.search(r"^plan = \w+ .*: [\d.]+ days (longer|shorter)$", row["reason_1"])
    ]
    assert len(told) > 200
    assert {row["model_version"] for row in rows} == {result.facts["model"]["version"]}
    assert result.facts["model"]["metrics"]["concordance"] > 0.6


def test_a_page_tells_how_good_it_is_beside_the_curve_of_all(built):
    folder, _ = built
    report = folder.open().model_report("shop.stays")
    assert re.findall("<h2>(.*?)</h2>", report.page()) == [
        "How good it is",
        "Whether its chances hold",
        "What it depends on",
        "Candidates",
        "What it did not learn from",
        "Versions",
    ]
    assert re.match(
        r"Of two rows it says in \d\d\.\d% which leaves first, .* After 91 days \d+% are", report.verdict
    )
    assert "against the curve of all" in report.page()
    assert re.search(r"there after \d+ days, and then", report.page())
    shown = folder.run("model", "show", "shop.stays").ended().out
    assert re.search(r"hazards +concordance 0\.\d+, integrated_brier 0\.\d+", shown)
    assert "is until when a row was followed" in report.page()


def test_who_stayed_since_is_held_against_the_chances_that_were_said(tmp_path):
    folder = make(tmp_path, csv())
    folder.build_product("shop.stays")
    said = {row["customer_id"]: row for row in folder.rows("shop.stays") if row["followed_days"] is not None}
    there = {row["customer_id"] for row in folder.rows("shop.customers") if row["has_left"] is False}
    assert said.keys() <= there

    def once(text: str) -> tuple[str | None, dict]:
        folder.land("shop/customers/a.csv", text)
        folder.build_product("shop.customers")
        told = folder.build_product("shop.stays").facts.get("matured")
        return told, folder.open().model_performance("shop.stays")[-1]

    _, row = once(csv(later_days=30))
    assert row["task"] == "survival"
    assert row["predicted_rows"] == len(said)
    # Of most the 91 days are not over: only who has left is known for good.
    left = sum(
        row["has_left"] is True and row["customer_id"] in said for row in folder.rows("shop.customers")
    )
    assert 0 < left <= row["matured_rows"] < len(said)
    assert row["concordance"] > 0.55
    (level,) = json.loads(row["levels"])
    assert level["came_told"].endswith("were gone within 28 days")
    told, row = once(csv(later_days=120))
    assert row["matured_rows"] > 0.9 * len(said)
    (level,) = json.loads(row["levels"])
    assert level["came_told"].endswith("were gone within 91 days")
    assert level["came"] == pytest.approx(level["expected"], abs=0.08)
    assert "concordance" not in told
    record = folder.open().model_version("shop.stays", row["model_version"])[1]
    assert why_retrain(row, record) == []


def test_a_forced_build_gives_the_same_version_bit_for_bit(built):
    folder, result = built
    again = folder.build_product("shop.stays", is_forced=True)
    assert again.facts["model"]["version"] == result.facts["model"]["version"]
    (version,) = ModelStore(folder.settings.models).versions(ProductName("shop", "stays"))
    # A date that is gone, or became another thing, keeps the version from scoring.
    assert (
        version.record["feature_kinds"]["joined_on"] == version.record["feature_kinds"]["seen_on"] == "a date"
    )
    against = folder.open().compare_versions("shop.stays", version.version, version.version)
    assert (against.rows, against.integrated_brier.estimate) == (500, 0.0)


def test_no_better_than_the_curve_of_all_publishes_nothing(tmp_path):
    folder = make(tmp_path, csv(has_law=False))
    with pytest.raises(BuildError, match=r"not promoted: no better than the curve of all \(Kaplan-Meier\)"):
        folder.build_product("shop.stays")
    (version,) = ModelStore(folder.settings.models).versions(ProductName("shop", "stays"))
    report = folder.open().model_report("shop.stays", version.version)
    assert report.verdict.startswith("Not to act on: beyond noise it says no more of when than the curve")


def test_a_start_after_the_end_is_told_in_two_lines(tmp_path):
    folder = make(tmp_path, csv(), start="seen_on", end="joined_on")
    with pytest.raises(
        BuildError, match=r"shop.stays: 'seen_on' lies after 'joined_on' in \d+ of 500 rows"
    ) as told:
        folder.build_product("shop.stays")
    assert told.value.hint == "Change model.yaml or the features it reads."
