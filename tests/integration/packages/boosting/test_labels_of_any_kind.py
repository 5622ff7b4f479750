"""A search for what predicts an amount, or one of some classes, from the label to the draft and the model it starts
from."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

import numpy as np
import pytest

from meshlake.errors import UsageError
from support.small_mesh import SmallMesh

if TYPE_CHECKING:
    from meshlake.boosting.considered import Boosted

CUSTOMERS, CUTOFFS, FIRST = 300, 4, date(2024, 3, 1)
ASKED = {"key": "customer_id", "cutoff": "cutoff_date"}
WORDS = ("few", "some", "many")


@pytest.fixture(scope="module")
def mesh(tmp_path_factory: pytest.TempPathFactory) -> SmallMesh:
    """Who ordered more before a cut-off spends more after it; some spend nothing, and a few a hundred times more."""
    random = np.random.default_rng(5)
    orders, labels = [], []
    for cutoff in range(CUTOFFS + 1):
        day = FIRST + timedelta(days=60 * cutoff)
        for who in range(1000, 1000 + CUSTOMERS):
            count = int(random.poisson(2))
            level = count + random.normal()
            spent = 0.0 if level < 1 else float(np.round(np.exp(level), 2))
            word = "rare" if who == 1000 and cutoff == 0 else WORDS[int(np.digitize(level, [1, 3]))]
            known = f"{spent},{word}" if cutoff < CUTOFFS else ","
            labels.append(f"{who},{day},{20 + who % 50},{known}")
            orders += [f"{who},{day - timedelta(days=int(age))}" for age in random.integers(1, 28, count)]
    made = SmallMesh(tmp_path_factory.mktemp("a mesh"))
    made.land_files("crm.next", {"a.csv": "\n".join(["customer_id,cutoff_date,age,spent,basket", *labels])})
    made.land_files("shop.orders", {"a.csv": "\n".join(["customer_id,ordered_on", *orders])})
    made.open().adopt("crm.next", owner="ana@example.com")
    return made


@pytest.fixture(scope="module")
def spent(mesh: SmallMesh) -> Boosted:
    return mesh.open().boost("crm.next", "spent", as_product="crm.spent_boosted", **ASKED)


@pytest.fixture(scope="module")
def basket(mesh: SmallMesh) -> Boosted:
    return mesh.open().boost("crm.next", "basket", as_product="crm.basket_boosted", **ASKED)


def test_amounts_are_looked_for_by_their_order_and_told_in_their_unit(spent: Boosted) -> None:
    assert (spent.predicted.task, spent.predicted.told) == ("regression", "how much spent is")
    assert [(each.table, each.verdict) for each in spent.considered] == [("shop.orders", "kept")]
    final = spent.selection.final if spent.selection else None
    assert final is not None
    assert final.gains["rank_correlation"].is_better
    assert final.before["mean_absolute_error"].estimate > 5  # in money, and not as squares of ranks
    page = (spent.drafted[-1].folder / "boost.html").read_text("utf-8")
    assert "rank correlation" in page
    assert "squared error of ranks falls by" in (spent.drafted[-1].folder / "transform.sql").read_text(
        "utf-8"
    )


def test_of_classes_those_of_too_few_rows_are_told(basket: Boosted) -> None:
    assert basket.predicted.task == "classification"
    assert basket.predicted.told == ("which of 3 classes basket is; rows of others are put aside: 'rare' 1")
    assert [(each.table, each.verdict) for each in basket.considered] == [("shop.orders", "kept")]
    assert basket.row_count == CUSTOMERS * CUTOFFS - 1
    final = basket.selection.final if basket.selection else None
    assert final is not None
    assert final.gains["log_loss"].is_better


def test_a_model_of_amounts_is_a_start_and_learns_from_the_draft(mesh: SmallMesh, spent: Boosted) -> None:
    assert spent.drafted
    opened = mesh.open()
    opened.build("crm.next")
    opened.model_regression("crm.next", label="spent", key="customer_id", as_product="crm.spending")
    found = opened.boost_model("crm.spending", as_product="crm.richer")
    assert [(each.table, each.verdict) for each in found.considered] == [("shop.orders", "kept")]
    assert found.predicted.task == "regression"
    assert "+features: crm.richer" in found.change
    accepted = opened.accept("crm.richer")
    assert str(accepted.model) == "crm.spending"
    assert opened.build("+crm.spending").is_complete
    version = opened.model_versions("crm.spending")[0]
    assert version.metrics["r2"] > 0.1


def test_the_terminal_says_what_is_predicted_and_what_comes_next(mesh: SmallMesh, basket: Boosted) -> None:
    assert basket.drafted
    given = ["--label", "basket", "--key", "customer_id", "--cutoff", "cutoff_date", "--as", "crm.third"]
    words = " ".join(mesh.run("boost", "crm.next", *given).ended().out.split())
    assert "Predicted is which of 3 classes basket is" in words
    assert "mesh model classification crm.third --label basket" in words


def test_a_label_of_which_nothing_can_be_learned_is_told(mesh: SmallMesh) -> None:
    with pytest.raises(UsageError, match="no number"):
        mesh.open().boost("crm.next", "basket", task="regression", as_product="crm.x", **ASKED)
    with pytest.raises(UsageError, match="no task 'guess'"):
        mesh.open().boost("crm.next", "basket", task="guess", as_product="crm.x", **ASKED)
    mesh.open().adopt("shop.orders", owner="ana@example.com", key="row", as_product="shop.each_order")
    with pytest.raises(UsageError, match="the label 'ordered_on' is DATE"):
        mesh.open().boost("shop.each_order", "ordered_on")
