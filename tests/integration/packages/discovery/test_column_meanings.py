"""What columns mean: by their values, by what stands beside them, and by a name that the values bear out."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from meshlake.discovery.profile import profile_dataset
from meshlake.drafting.contract_draft import draft_contract
from meshlake.names import ProductName
from support.small_mesh import SmallMesh

if TYPE_CHECKING:
    from meshlake.discovery.dataset_profile import ColumnProfile

ROWS = 60
# Each column's cell of row n, its meaning and unit: empty where nothing tells.
COLUMNS = {
    "order_id": (lambda n: str(1000 + 3 * n), "identifier", ""),
    "x1": (lambda n: f"AB-{n:04}", "identifier", ""),
    "x2": (lambda n: f"u{n}@example.com", "email", ""),
    "x3": (lambda n: f"https://example.com/{n}", "url", ""),
    "x4": (lambda n: f"10.0.{n}.7", "ip", ""),
    "x5": (lambda n: f"00:1b:44:11:3a:{n:02x}", "mac", ""),
    "x6": (lambda n: '{"a": ' + str(n) + "}", "json", ""),
    "x7": (lambda n: ["EUR", "USD", "CHF"][n % 3], "currency", ""),
    "x8": (lambda n: "DEFRITESPTNLBEATCHDKSENOFIPLCZ"[n % 15 * 2 :][:2], "country", ""),
    "x9": (lambda n: f"${n}.50", "money", "$"),
    "x10": (lambda n: f"{n} %", "percentage", "%"),
    "x11": (lambda n: str(1_700_000_000 + 977 * n), "epoch seconds", "seconds"),
    "x12": (lambda n: str(1_700_000_000_000 + 977 * n), "epoch milliseconds", "milliseconds"),
    "x13": (lambda n: ["low", "medium", "high"][n % 3], "ordered category", ""),
    "x14": (lambda n: ["red", "blue"][n % 2], "category", ""),
    "x15": (lambda n: " ".join(["it came late"] * (1 + n % 4)), "free text", ""),
    "x16": (lambda n: f"{8 + n % 9:02}:30", "time of day", ""),
    "land": (lambda n: ["DE", "FR"][n % 2], "country", ""),
    "sprache": (lambda n: ["de", "fr"][n % 2], "language", ""),
    "plz": (lambda n: f"{1067 + n:05}", "postcode", ""),
    "lat": (lambda n: f"{40 + n / 7:.5f}", "latitude", "°"),
    "lon": (lambda n: f"{7 + n / 7:.5f}", "longitude", "°"),
    "weight_kg": (lambda n: str(n + 0.5), "weight", "kg"),
    "distance_km": (lambda n: str(n + 3), "length", "km"),
    "duration_s": (lambda n: str(n * 7), "duration", "s"),
    "fee_eur": (lambda n: f"{n}.25", "money", "EUR"),
    "share": (lambda n: f"0.{n:02}1", "share", ""),
    "umsatz": (lambda n: f"{n}.25", "money", ""),
    "yield_t_ha": (lambda n: f"{n}.25", "", ""),
    "price_ct_kwh": (lambda n: f"{n}.25", "money", ""),
    "year": (lambda n: str(1990 + n % 30), "year", ""),
    "number_of_visits": (lambda n: str(n % 9), "", ""),
    "flag": (lambda n: "TF"[n % 2], "", ""),
    "min_price": (lambda n: f"{n}.25", "money", ""),
    "sched_arr_time": (lambda n: str(100 + n), "", ""),
    # Kept as text, since 1.10 would not come back beside 1.1: a number for all that.
    "level": (lambda n: f"{n}.10" if n % 2 else f"{n}.1", "", ""),
    "cost_per_month": (lambda n: f"{n}.25", "money", ""),
}


@pytest.fixture(scope="module")
def found(tmp_path_factory):
    """The profile of one table of them all."""
    mesh = SmallMesh(tmp_path_factory.mktemp("meanings"))
    lines = [";".join(COLUMNS), *(";".join(cell(n) for cell, *_ in COLUMNS.values()) for n in range(ROWS))]
    text = "\n".join(lines).replace('"', '""').replace("{", '"{').replace("}", '}"')
    dataset = mesh.land_files("crm.things", {"a.csv": text + "\n"})
    return profile_dataset(mesh.open().settings, dataset)[0]


@pytest.mark.parametrize("name", COLUMNS)
def test_a_column_means_what_its_values_say(found, name) -> None:
    _, meaning, unit = COLUMNS[name]
    column: ColumnProfile = next(each for each in found.columns if each.name == name)
    assert (column.meaning, column.unit) == (meaning, unit), column.meaning_evidence
    assert bool(column.meaning_evidence) == bool(meaning)


def test_a_draft_says_meaning_and_unit_where_odcs_has_a_place(found) -> None:
    drafted = draft_contract(found, ProductName("crm", "things"), "ana")
    facts = {each["name"]: each for each in drafted["schema"][0]["properties"]}
    assert facts["x9"]["tags"] == ("money",)
    assert facts["x9"]["customProperties"] == [{"property": "unit", "value": "$"}]
    assert "Means money ($ stands beside every value). Unit: $." in facts["x9"]["description"]
    assert "tags" not in facts["number_of_visits"]
