"""A product that was rolled back stays there until what caused it changes, or somebody says otherwise in words."""

from __future__ import annotations

import pytest

from meshlake.building.build import build_product
from meshlake.building.compact import compact_lake
from meshlake.building.outdated import is_outdated
from meshlake.building.upkeep import release_product, roll_back
from meshlake.errors import ConflictError, UsageError
from meshlake.lake.draft import Draft
from meshlake.names import ProductName

ID = {"logicalType": "integer", "primaryKey": True, "required": True}
ORDERS = ProductName("r", "orders")
GOOD, BAD = [1, 2], [1, 2, 3]


@pytest.fixture
def shop(mesh):
    """Two orders published, then a third that should not have been; what is read from them is built of all three."""
    mesh.land("r/orders/a.csv", "id,amt\n1,10\n2,20\n")
    mesh.product("r.orders", {"id": ID, "amt": "integer"})
    mesh.product(
        "r.sums", {"amt": "integer"}, {"transform.sql": "SELECT sum(amt)::BIGINT AS amt FROM r.orders"}
    )
    mesh.build_product("r.orders")
    mesh.land("r/orders/b.csv", "id,amt\n3,-999\n")
    mesh.build_product("r.orders", "r.sums")
    return mesh


def ids(mesh) -> list[int]:
    return [row["id"] for row in mesh.rows("r.orders")]


def test_a_plain_build_leaves_what_was_rolled_back(shop):
    left = shop.workspace.lake.head(("r", "orders"))
    restored = roll_back(shop.workspace, ORDERS)
    for _ in range(2):
        result = shop.build_product("r.orders")
        assert not result.is_rebuilt
        assert result.as_dict()["held"]["rolled_back_from"] == str(left.snapshot_id)
        assert result.snapshot.snapshot_id == restored.snapshot_id
    assert ids(shop) == GOOD
    assert not is_outdated(shop.workspace, ORDERS)


@pytest.mark.parametrize(
    ("change", "rows"),
    [
        (lambda mesh: mesh.land("r/orders/b.csv", "id,amt\n3,30\n"), BAD),
        (lambda mesh: (mesh.landing / "r/orders/b.csv").unlink(), GOOD),
        (lambda mesh: mesh.product("r.orders", {"id": ID, "amt": "integer"}, version="2.0.0"), BAD),
    ],
    ids=["a file corrected", "a file removed", "the contract changed"],
)
def test_a_change_of_what_it_was_built_from_ends_it(shop, change, rows):
    roll_back(shop.workspace, ORDERS)
    change(shop)
    result = shop.build_product("r.orders")
    assert ids(shop) == rows
    # With the file gone, what is published is what its inputs make: there is nothing to build.
    assert result.is_rebuilt == (rows == BAD)
    if result.is_rebuilt:
        assert result.facts["hold_ended"].startswith("rolled back from snapshot ")
        assert result.snapshot.hold is None


def test_what_had_landed_but_was_not_built_does_not_end_it(shop):
    shop.land("r/orders/c.csv", "id,amt\n4,-999\n")
    roll_back(shop.workspace, ORDERS)
    assert not shop.build_product("r.orders").is_rebuilt
    (shop.landing / "r/orders/c.csv").unlink()
    assert not shop.build_product("r.orders").is_rebuilt
    assert ids(shop) == GOOD


def test_a_release_lets_it_be_built_and_is_refused_where_nothing_is_held(shop):
    roll_back(shop.workspace, ORDERS)
    assert release_product(shop.workspace, ORDERS).hold is None
    assert ids(shop) == GOOD
    assert is_outdated(shop.workspace, ORDERS)
    shop.build_product("r.orders")
    assert ids(shop) == BAD
    with pytest.raises(UsageError, match=r"r\.orders is not held"):
        release_product(shop.workspace, ORDERS)


def test_force_builds_it_where_it_is_selected_itself(shop):
    roll_back(shop.workspace, ORDERS)
    assert not shop.build_product("r.orders", is_forced=True, keeps_hold=True).is_rebuilt
    assert shop.build_product("r.orders", is_forced=True).is_rebuilt
    assert ids(shop) == BAD


def test_several_steps_back_are_one_hold_and_the_way_forth_ends_it(shop):
    newest = shop.workspace.lake.head(("r", "orders"))
    shop.land("r/orders/c.csv", "id,amt\n4,-999\n")
    worst = shop.build_product("r.orders").snapshot
    roll_back(shop.workspace, ORDERS)
    oldest = next(s for s in shop.workspace.lake.history(("r", "orders")) if s.row_count == 2)
    second = roll_back(shop.workspace, ORDERS, str(oldest.snapshot_id))
    assert second.hold.left == worst.snapshot_id
    # The inputs of the version between are no reason to build that again.
    (shop.landing / "r/orders/c.csv").unlink()
    assert not shop.build_product("r.orders").is_rebuilt
    assert roll_back(shop.workspace, ORDERS, str(newest.snapshot_id)).hold.left == worst.snapshot_id
    assert roll_back(shop.workspace, ORDERS, str(worst.snapshot_id)).hold is None


def test_what_is_built_from_it_says_so(shop):
    restored = roll_back(shop.workspace, ORDERS)
    result = shop.build_product("r.sums")
    assert result.facts["held_inputs"]["r.orders"].startswith("rolled back from snapshot ")
    assert shop.rows("r.sums") == [{"amt": 30}]
    head = shop.workspace.lake.head(("r", "sums"))
    assert head.as_dict()["held_inputs"]["r.orders"]["snapshot_id"] == str(restored.snapshot_id)
    assert head.hold is None
    assert not shop.build_product("r.sums").is_rebuilt


def test_files_put_together_are_held_as_before(shop, monkeypatch):
    roll_back(shop.workspace, ORDERS)
    monkeypatch.setattr("meshlake.building.compact._MANY_FILES", 1)
    compact_lake(shop.workspace)
    result = shop.build_product("r.orders")
    assert result.snapshot.rows_id != result.snapshot.snapshot_id
    assert result.hold is not None
    assert ids(shop) == GOOD


def test_a_build_that_was_under_way_does_not_publish_over_it(shop, monkeypatch):
    shop.land("r/orders/c.csv", "id,amt\n4,-999\n")
    begin, rolled = Draft.__init__, []

    def roll_back_first(draft, *arguments, **options):
        if not rolled:
            rolled.append(roll_back(shop.workspace, ORDERS))
        begin(draft, *arguments, **options)

    monkeypatch.setattr(Draft, "__init__", roll_back_first)
    assert not build_product(shop.workspace, ORDERS).is_rebuilt
    assert ids(shop) == GOOD


def test_a_draft_begun_before_is_refused(shop):
    columns = shop.workspace.products.get(ORDERS).contract.columns
    draft = Draft(shop.workspace.lake, ("r", "orders"), columns, "run")
    draft.write_branch((), {})
    roll_back(shop.workspace, ORDERS)
    with pytest.raises(ConflictError):
        draft.publish()
    assert shop.workspace.lake.head(("r", "orders")).hold is not None


def test_what_comes_beside_the_cause_does_not_end_it(shop):
    restored = roll_back(shop.workspace, ORDERS)
    assert restored.hold.waits_for == "file r/orders/b.csv"
    shop.land("r/orders/c.csv", "id,amt\n4,40\n")
    assert shop.build_product("r.orders").hold is not None
    assert not is_outdated(shop.workspace, ORDERS)
    assert ids(shop) == GOOD
    (shop.landing / "r/orders/b.csv").unlink()
    assert shop.build_product("r.orders").facts["hold_ended"]
    assert ids(shop) == [1, 2, 4]


def test_another_input_than_the_cause_does_not_end_it(shop):
    shop.land("r/names/a.csv", "id,name\n1,Ana\n")
    sql = "SELECT o.id, n.name FROM r.orders o LEFT JOIN landing.r.names n ON n.id = o.id::VARCHAR"
    shop.product("r.named", {"id": ID, "name": "string"}, {"transform.sql": sql})
    roll_back(shop.workspace, ORDERS)
    shop.build_product("r.named")
    release_product(shop.workspace, ORDERS)
    shop.build_product("r.orders", "r.named")
    roll_back(shop.workspace, ProductName("r", "named"))
    shop.land("r/names/b.csv", "id,name\n2,Bo\n")
    assert not shop.build_product("r.named").is_rebuilt
    assert len(shop.rows("r.named")) == 2
    shop.land("r/orders/b.csv", "id,amt\n3,30\n")
    shop.build_product("r.orders", "r.named")
    assert len(shop.rows("r.named")) == 3


DAY = {"logicalType": "date", "partitioned": True, "partitionKeyPosition": 1, "required": True}


def test_a_day_that_comes_after_does_not_bring_back_the_day_that_was_wrong(mesh):
    mesh.product("r.orders", {"id": ID, "dt": DAY})
    for day, count in (("01", 1), ("02", 2)):
        mesh.land(f"r/orders/dt=2024-01-{day}/a.csv", f"id\n{count}\n")
    mesh.build_product("r.orders")
    wrong = mesh.land("r/orders/dt=2024-01-02/b.csv", "id\n-1\n")
    mesh.build_product("r.orders")
    assert roll_back(mesh.workspace, ORDERS).hold.waits_for == "day 2024-01-02"
    mesh.land("r/orders/dt=2024-01-03/a.csv", "id\n3\n")
    assert mesh.build_product("r.orders").hold is not None
    assert ids(mesh) == [1, 2]
    wrong.unlink()
    assert mesh.build_product("r.orders").facts["days_built"] == ["2024-01-03"]
    assert ids(mesh) == [1, 2, 3]
