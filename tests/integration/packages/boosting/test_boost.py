"""What a search keeps of a mesh with a good table, one written with other keys, and traps; and what it drafts."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

import numpy as np
import pytest

from meshlake.errors import UsageError
from support.small_mesh import SmallMesh

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from meshlake.boosting.considered import Boosted

CUSTOMERS, CUTOFFS, FIRST = 900, 4, date(2024, 3, 1)


def days(cutoff: int) -> date:
    return FIRST + timedelta(days=60 * cutoff)


def csv(header: str, lines: Iterator[str]) -> dict[str, str]:
    return {"a.csv": "\n".join([header, *lines]) + "\n"}


def land(mesh: SmallMesh, *, is_few: bool = False) -> None:
    """Who orders, or calls, less before a cut-off leaves after it; of few tables accounts alone, which say who has."""
    random = np.random.default_rng(7)
    orders, calls, labels, exits = [], [], [], []
    has_left = np.zeros(CUSTOMERS, dtype=bool)
    for cutoff in range(CUTOFFS + 1):
        ordered, called = random.poisson(3, CUSTOMERS), random.poisson(2, CUSTOMERS)
        active = np.flatnonzero(~has_left)
        for who in active:
            ages = random.integers(1, 28, ordered[who] + called[who])
            on = [days(cutoff) - timedelta(days=int(age)) for age in ages]
            orders += [f"{1000 + who},{day},{random.integers(5, 90)}" for day in on[: ordered[who]]]
            calls += [f"C-{1000 + who:06},{day},{random.integers(1, 9)}" for day in on[ordered[who] :]]
        leaves = random.random(CUSTOMERS) < 1 / (1 + np.exp(1.1 * ordered + 1.4 * called - 3.8))
        for who in active:
            so = str(bool(leaves[who])).lower() if cutoff < CUTOFFS else ""
            labels.append(f"{1000 + who},{days(cutoff)},{so}")
            if leaves[who] and cutoff < CUTOFFS:
                exits.append(f"{1000 + who},{days(cutoff) + timedelta(days=9)},{random.integers(1, 9)}")
        has_left |= leaves & (cutoff < CUTOFFS)
    signed = [date(2023, 1, 1) + timedelta(days=int(each)) for each in random.integers(0, 300, CUSTOMERS)]
    whoever = random.normal(size=(CUSTOMERS, 4)).round(3)
    states = (f"{1000 + n},{'shut' if has_left[n] else 'open'}" for n in range(CUSTOMERS))
    mesh.land_files("crm.labels", csv("customer_id,cutoff_date,is_churned", iter(labels)))
    mesh.land_files("crm.accounts", csv("customer_id,state", states))
    if is_few:
        return
    mesh.land_files("shop.orders", csv("customer_id,ordered_on,amount", iter(orders)))
    mesh.land_files("care.calls", csv("customer_id,called_on,minutes", iter(calls)))
    mesh.land_files("crm.exits", csv("customer_id,exited_on,grade", iter(exits)))
    mesh.land_files(
        "crm.persons",
        csv(
            "customer_id,signed_on,a,b,c,d",
            (f"{1000 + n},{signed[n]},{','.join(map(str, whoever[n]))}" for n in range(CUSTOMERS)),
        ),
    )
    mesh.land_files("geo.areas", csv("nr,height", (f"{n},{n * 37 % 101}" for n in range(900, 1700))))


@pytest.fixture(scope="module")
def landed(tmp_path_factory: pytest.TempPathFactory) -> SmallMesh:
    mesh = SmallMesh(tmp_path_factory.mktemp("a mesh"))
    land(mesh)
    mesh.open().adopt("crm.labels", owner="ana@example.com")
    return mesh


@pytest.fixture(scope="module")
def found(landed: SmallMesh) -> Boosted:
    return landed.open().boost("crm.labels", "is_churned", key="customer_id", cutoff="cutoff_date")


def test_what_helps_is_kept_and_each_trap_is_told(found: Boosted) -> None:
    verdicts = {each.table: each.verdict for each in found.considered}
    assert verdicts == {
        "shop.orders": "kept",
        "care.calls": "kept",
        "crm.exits": "nothing to count",
        "crm.persons": "adds nothing",
        "crm.accounts": "undated",
    }
    calls = next(each for each in found.considered if each.table == "care.calls")
    assert (calls.found is not None and calls.found.path.steps[0].written) == (
        "written with another prefix or other leading zeros"
    )
    assert found.selection is not None
    assert found.selection.final is not None
    assert found.selection.final.gains["roc_auc"].is_better
    assert found.selection.final.after["roc_auc"].estimate > 0.75


def test_an_undated_leak_is_suspect_where_undated_tables_are_asked_for_and_what_had_no_time_is_told(
    tmp_path: Path,
) -> None:
    mesh = SmallMesh(tmp_path)
    land(mesh, is_few=True)
    opened = mesh.open()
    opened.adopt("crm.labels", owner="ana@example.com")
    asked = {"key": "customer_id", "cutoff": "cutoff_date", "is_undated": True}
    (accounts,) = opened.boost("crm.labels", "is_churned", **asked).considered
    assert (accounts.table, accounts.verdict, accounts.features) == ("crm.accounts", "suspect", ())
    assert "state" in "".join(accounts.withheld)
    (accounts,) = opened.boost("crm.labels", "is_churned", **asked, minutes=1e-6).considered
    assert (accounts.verdict, accounts.table) == ("not reached", "crm.accounts")
    assert accounts.why.startswith("no time was left to discover it: --minutes gives more")


def test_what_is_drafted_waits_and_is_built_with_the_proof_that_later_rows_change_nothing(
    landed: SmallMesh, found: Boosted
) -> None:
    drafted = {str(each.name): each for each in found.drafted}
    assert drafted.keys() == {"shop.orders", "care.calls", "crm.labels_boosted"}
    page = (drafted["crm.labels_boosted"].folder / "boost.html").read_text("utf-8")
    assert "care.calls: is this join real, and was this known then?" in page
    seen = {each.table: found.evidence[each.path] for each in found.kept}
    assert seen["care.calls"].ids[0][1] == f"C-{int(seen['care.calls'].ids[0][0]):06}"
    assert all(newest < cutoff <= later for _, cutoff, _, newest, later in seen["shop.orders"].known)
    opened = landed.open()
    assert not any("boosted" in str(state.product) for state in opened.products)
    with pytest.raises(UsageError, match="waits to be accepted already"):
        opened.boost("crm.labels", "is_churned", key="customer_id", cutoff="cutoff_date")
    assert opened.accept("crm.labels_boosted").folder.is_dir()
    outcome = opened.build("crm.labels_boosted")
    results = opened.check("crm.labels_boosted")["crm.labels_boosted"]
    proof = next(each for each in results if each.rule.name == "unchanged_by_later_rows")
    assert (outcome.is_complete, proof.is_passed) == (True, True)
    rows, ids = opened.sql(
        'SELECT count(*), count(DISTINCT (customer_id, cutoff_date)) FROM "crm"."labels_boosted"'
    ).fetchall()[0]
    assert rows == ids == opened.sql("SELECT count(*) FROM crm.labels").fetchall()[0][0]


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ({"label": "nowhere"}, "has no column 'nowhere'"),
        ({"label": "customer_id"}, "is the key, so it cannot be the label"),
        ({"label": "is_churned", "cutoff": "customer_id"}, "the cut-off 'customer_id' is no date"),
        ({"label": "is_churned", "key": "cutoff_date"}, "is the same in several"),
    ],
)
def test_what_cannot_be_looked_for_is_told_before_anything_is_read(
    landed: SmallMesh, asked: dict[str, str], told: str
) -> None:
    given = {"key": "customer_id", "as_product": "crm.other"} | asked
    with pytest.raises(UsageError, match=told) as raised:
        landed.open().boost("crm.labels", given.pop("label"), **given)
    if "no date" in told:  # which day of a number is meant nobody else can say
        assert "make_date(customer_id, 1, 1) AS cutoff_date" in (raised.value.hint or "")
