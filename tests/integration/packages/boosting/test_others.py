"""That what became of others who share something is found where it tells, not kept where it does not, and never known
too early."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from meshlake.boosting.features_sql import features_sql
from meshlake.boosting.labelled import labelled
from meshlake.boosting.others import source_of_others
from meshlake.boosting.others_paths import paths_to_others
from meshlake.boosting.paths import paths_from
from meshlake.boosting.tables import open_tables
from meshlake.drafting.feature_table import open_features
from meshlake.names import ProductName
from meshlake.outcome_names import is_named_like
from support.small_mesh import SmallMesh

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    import numpy.typing as npt

    from meshlake.boosting.considered import Considered

FIRST = date(2020, 1, 1)
CUTOFFS = [date(2024, 3, 1), date(2024, 6, 1), date(2024, 9, 1), date(2024, 12, 1)]


def csv(header: str, rows: Iterable[tuple[object, ...]]) -> dict[str, str]:
    return {"a.csv": "\n".join([header, *(",".join(map(str, row)) for row in rows)]) + "\n"}


def day(number: int) -> date:
    return FIRST + timedelta(days=int(number))


def said(is_so: bool) -> str:
    return str(bool(is_so)).lower()


def drawn(score: npt.NDArray[np.float64], random: np.random.Generator) -> npt.NDArray[np.bool_]:
    return np.asarray(random.random(len(score)) < 1 / (1 + np.exp(-score)))


def land_trials(mesh: SmallMesh, *, tells: bool) -> None:
    """Trials of sponsors, one or two each, of which some succeed more often than others."""
    random, count, sponsors = np.random.default_rng(1), 3_000, 150
    skill = random.normal(0, 1.5 if tells else 0, sponsors)
    begun, of = random.integers(0, 365 * 6, count), random.integers(0, sponsors, (count, 2))
    has_two = random.random(count) < 0.3
    is_met = drawn(np.where(has_two, skill[of].mean(axis=1), skill[of[:, 0]]), random)
    years = [date(year, 1, 1) for year in range(2021, 2027)]
    asked = [next(each for each in years if each > day(begin)) for begin in begun]
    labels = (
        (f"T{n:05}", asked[n], random.integers(1, 5), "" if asked[n] == years[-1] else said(is_met[n]))
        for n in range(count)
    )
    mesh.land_files("lab.trials", csv("trial_id,cutoff_date,phase,is_met", labels))
    links = (
        (f"T{n:05}", f"S{of[n, k]:04}", day(begun[n])) for n in range(count) for k in range(1 + has_two[n])
    )
    mesh.land_files("lab.trial_sponsors", csv("trial_id,sponsor_id,begun_on", links))


def land_households(mesh: SmallMesh, *, tells: bool) -> None:
    """Customers who leave once another of their household has left."""
    random, count, homes = np.random.default_rng(2), 2_400, 900
    home, is_gone, was_left = random.integers(0, homes, count), np.zeros(count, dtype=bool), np.zeros(homes)
    labels = []
    for number in range(6):
        leaves = drawn(-2.2 + (2.4 if tells else 0) * was_left[home], random)
        labels += [
            (
                f"C{who:05}",
                day(900 + 91 * number),
                random.integers(1, 50),
                said(leaves[who]) if number < 5 else "",
            )
            for who in np.flatnonzero(~is_gone)
        ]
        leaves &= ~is_gone
        is_gone, was_left = is_gone | leaves, np.zeros(homes)
        was_left[home[leaves]] = 1
    mesh.land_files("lab.customers_asked", csv("customer_id,cutoff_date,age,is_churned", labels))
    people = ((f"C{who:05}", f"H{home[who]:05}", day(random.integers(0, 800))) for who in range(count))
    mesh.land_files("lab.customers", csv("customer_id,household_id,signed_on", people))


def land_products(mesh: SmallMesh, *, tells: bool) -> None:
    """Orders of products, some of which are sent back more often than others."""
    random, count, products = np.random.default_rng(3), 4_000, 300
    defects = random.normal(-0.5, 1.4 if tells else 0, products)
    of, ordered = random.integers(0, products, count), random.integers(0, 390, count)
    is_returned, asked = drawn(defects[of], random), ordered // 30 * 30 + 30
    labels = (
        (f"O{n:05}", day(asked[n]), random.integers(1, 99), "" if asked[n] == 390 else said(is_returned[n]))
        for n in range(count)
    )
    mesh.land_files("lab.returns", csv("order_id,cutoff_date,price,is_returned", labels))
    orders = ((f"O{n:05}", f"P{of[n]:04}", day(ordered[n])) for n in range(count))
    mesh.land_files("lab.orders", csv("order_id,product_id,ordered_on", orders))


SETS: dict[str, tuple[Any, str, str, str]] = {
    "trials": (land_trials, "lab.trials", "is_met", "trial_id"),
    "households": (land_households, "lab.customers_asked", "is_churned", "customer_id"),
    "products": (land_products, "lab.returns", "is_returned", "order_id"),
}


@pytest.mark.parametrize("name", SETS)
@pytest.mark.parametrize("tells", [True, False])
def test_labels_of_others_are_kept_where_they_tell_and_nothing_where_they_do_not(
    tmp_path: Path, name: str, tells: bool
) -> None:
    land, product, label, key = SETS[name]
    mesh = SmallMesh(tmp_path)
    land(mesh, tells=tells)
    opened = mesh.open()
    opened.adopt(product, owner="ana@example.com")
    found = opened.boost(product, label, key=key, cutoff="cutoff_date")
    kept: list[Considered] = found.kept
    assert any(each.table == product and "of others" in each.path for each in found.considered)
    if not tells:
        assert kept == []
        return
    assert f"{product} of others" in {each.called for each in kept}
    # Else the model that is drafted of it would leave them out.
    assert not [name for each in kept for name in each.features if is_named_like(label, name)]
    assert found.selection is not None
    assert found.selection.final is not None
    assert found.selection.final.gains["roc_auc"].is_better
    assert found.selection.final.after["roc_auc"].estimate < 0.9
    drafted = f"{product}_boosted"
    opened.accept(drafted)
    assert opened.build(f"+{drafted}").is_complete
    proof = next(r for r in opened.check(drafted)[drafted] if r.rule.name == "unchanged_by_later_rows")
    assert proof.is_passed


Labels = dict[tuple[str, date], str]
EVERYONE = [f"K{37 * number:05}" for number in range(200)]
ONE, PARTNER = EVERYONE[:2]


def labels_of(cutoffs: Sequence[date], known: int) -> Labels:
    """The last hundred leave, at the first `known` of the cut-offs; of the others nothing is known yet."""
    return {
        (who, each): said(who in EVERYONE[100:]) if place < known else ""
        for place, each in enumerate(cutoffs)
        for who in EVERYONE
    }


def told_of_others(root: Path, labels: Labels, horizon: int | None = None) -> Any:
    """What is told of the labels of others in the same household, two in each, by customer and cut-off, or why not."""
    mesh = SmallMesh(root)
    rows = ((who, each, EVERYONE.index(who) % 9, label) for (who, each), label in labels.items())
    mesh.land_files("crm.labels", csv("customer_id,cutoff_date,age,is_churned", rows))
    homes = ((who, f"H{n // 2:04}", date(2023, 1, 1 + n % 28)) for n, who in enumerate(EVERYONE))
    mesh.land_files("crm.customers", csv("customer_id,household_id,signed_on", homes))
    opened = mesh.open()
    opened.adopt("crm.labels", owner="ana@example.com")
    settings = opened.workspace.settings
    with open_features(settings, ProductName("crm", "labels")) as table:
        asked = labelled(table, "is_churned", "cutoff_date", "customer_id", "true")
        asked = replace(asked, horizon_days=horizon)
        asked.take_rows()
        with open_tables(settings, asked, lambda _: None) as tables:
            paths = paths_from(tables.entities, tables.own_dataset, tables.profiles, tables.found.joins)
            path = next(each for each in paths_to_others(tables, paths, 2) if each.table == "crm.labels")
            found = source_of_others(tables, path, set(table.columns), lambda _: {})
            if found.source is None:
                return found.refused
            # Where nobody says how far a label looks ahead, and all cut-offs have labels, a reviewer is asked.
            assert bool(found.asked) == (horizon is None and "" not in labels.values())
            source = found.source.reading(table.name.sql)
            select = features_sql(table.name.sql, "cutoff_date", ["customer_id", "cutoff_date"], [source])
            rows_made = table.session.table(select).to_pylist()
    return {(row.pop("customer_id"), row.pop("cutoff_date")): row for row in rows_made}


@pytest.mark.parametrize(
    ("known", "horizon", "changed"),
    [
        (3, None, CUTOFFS[2:]),  # from the next cut-off on
        (4, None, CUTOFFS[2:]),
        (2, None, CUTOFFS[3:]),  # of the last two no label is known: it takes as long
        (3, 92, CUTOFFS[2:]),
        (3, 93, CUTOFFS[3:]),
        (3, 200, []),
    ],
)
def test_a_label_is_told_to_others_once_it_is_over_and_to_nobody_else(
    tmp_path: Path, known: int, horizon: int | None, changed: list[date]
) -> None:
    labels = labels_of(CUTOFFS, known)
    before = told_of_others(tmp_path / "before", labels, horizon)
    after = told_of_others(tmp_path / "after", labels | {(ONE, CUTOFFS[1]): said(True)}, horizon)
    assert before.keys() == labels.keys()
    assert {key for key, row in before.items() if after[key] != row} == {(PARTNER, each) for each in changed}
    if changed:
        row = after[PARTNER, changed[0]]
        means = {name: cell for name, cell in row.items() if name.endswith("_mean")}
        assert list(means.values()) == [0.5]


def test_where_cutoffs_are_days_of_events_labels_of_others_are_left_out_by_name(tmp_path: Path) -> None:
    days = [date(2024, 3, 1) + timedelta(days=2 * number) for number in range(4)]
    why = told_of_others(tmp_path / "unsaid", labels_of(days, 3))
    assert "nothing says after how many days a label is known" in why
    assert "--horizon" in why
    assert isinstance(told_of_others(tmp_path / "said", labels_of(days, 3), 3), dict)
