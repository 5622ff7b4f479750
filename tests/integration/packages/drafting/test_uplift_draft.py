"""Drafted models of uplift: who was treated, what is aimed at, and the refusal of what was no experiment."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from meshlake.drafting.adopt import adopt
from meshlake.drafting.uplift_draft import Experiment, draft_uplift
from meshlake.errors import UsageError
from meshlake.ml_assets.uplift.spec import UpliftSpec
from meshlake.names import DatasetName, ProductName
from meshlake.products.load import load_product
from meshlake.sources.files import FoundFiles

if TYPE_CHECKING:
    from pathlib import Path

SOURCE = ProductName("crm", "people")


def model_of(folder: Path) -> dict[str, Any]:
    return yaml.safe_load((folder / "model.yaml").read_text(encoding="utf-8"))


def experiment(arms: str = "yes no") -> str:
    """Who got which of `arms`, by chance, and who bought."""
    numbers = random.Random(3)  # noqa: S311 - the same rows each time
    rows = [
        f"C{n},{numbers.randint(0, 72)},{numbers.choice(arms.split())},{numbers.randint(5, 9)},{n % 3 == 0}"
        for n in range(120)
    ]
    return "\n".join(["customer_id,tenure,called,fee,bought", *rows]) + "\n"


def test_a_product_of_uplift_is_one_that_loads_and_says_who_is_to_be_treated(settings, zone, mesh) -> None:
    mesh.land_files("crm.people", {"a.csv": experiment()})
    adopt(settings, FoundFiles(DatasetName("crm", "people"), zone), SOURCE)
    asked = Experiment("Called", "bought", benefit="fee", cost="2")
    drafted = draft_uplift(settings, SOURCE, ProductName("crm", "people_uplift"), asked)
    model = model_of(drafted.folder)
    assert list(model)[:6] == ["task", "features", "key", "label", "treatment", "aim"]
    assert (model["features"], model["treatment"], model["aim"]) == ("crm.people", "called", "more")
    spec = UpliftSpec.from_mapping(model)
    assert (spec.profit.benefit, spec.profit.cost, spec.treat_share) == ("fee", 2.0, None)
    product = load_product(drafted.folder)
    assert [c.name for c in product.contract.columns] == [
        *("customer_id", "uplift", "expected_profit", "is_to_be_treated", "was_treated", "is_labelled"),
        *("reason_1", "reason_2", "reason_3", "model_version", "scored_at"),
    ]
    assert "tested when it is built" in drafted.notes[0]
    assert drafted.notes[2] == "aim: more bought; for the other way round: --aim less"


def test_an_uplift_of_one_of_several_treatments_leaves_the_others_out(settings, zone, mesh) -> None:
    mesh.land_files("crm.people", {"a.csv": experiment("phone mail none")})
    adopt(settings, FoundFiles(DatasetName("crm", "people"), zone), SOURCE)
    name = ProductName("crm", "people_uplift")
    with pytest.raises(UsageError, match="the treatment 'called' has 3 values") as caught:
        draft_uplift(settings, SOURCE, name, Experiment("called", "bought", treated="phone"))
    assert "--untreated VALUE" in str(caught.value.hint)
    asked = Experiment("called", "bought", treated="phone", untreated="none", aim="less")
    drafted = draft_uplift(settings, SOURCE, name, asked)
    model = model_of(drafted.folder)
    told = "CASE \"called\" WHEN 'phone' THEN TRUE WHEN 'none' THEN FALSE END AS \"called\""
    assert told in model["features"]
    assert model["policy"]["treat_share"] == 0.1
    assert "NOT -uplift > 0" in (drafted.folder / "contract.odcs.yaml").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("options", "message", "hint"),
    [
        ({"treatment": "caled"}, "has no column 'caled'", "called"),
        ({"treatment": "bought"}, "'bought' is the key or the label", "--treatment"),
        ({"treatment": "tenure"}, "the treatment 'tenure' has ", "--treated VALUE"),
        ({"treated": "perhaps"}, "the treatment 'called' is never 'perhaps'", "'true'"),
        (
            {"treated": "true", "untreated": "no"},
            "no row of another 'called' than 'true' is 'no'",
            "--untreated",
        ),
        ({"aim": "most"}, "--aim is 'most'", "more or less"),
        ({"benefit": "3"}, "--cost is missing", "both or none"),
        ({"benefit": "called", "cost": "3"}, "'called' is BOOLEAN, no number", "--benefit"),
        ({"benefit": "-3", "cost": "3"}, "--benefit is -3", "at least 0"),
    ],
)
def test_what_no_uplift_can_be_drafted_of(settings, zone, mesh, options, message, hint) -> None:
    mesh.land_files("crm.people", {"a.csv": experiment()})
    adopt(settings, FoundFiles(DatasetName("crm", "people"), zone), SOURCE)
    asked = Experiment(**{"treatment": "called", "label": "bought", **options})
    with pytest.raises(UsageError, match=message) as caught:
        draft_uplift(settings, SOURCE, ProductName("crm", "people_uplift"), asked)
    assert hint in str(caught.value.hint)
