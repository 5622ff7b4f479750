"""A product dropped: out of sight at once, back again until a clean-up, and never others' files with it."""

from __future__ import annotations

import pytest

from meshlake.building.drop import drop_product, restore_product
from meshlake.building.upkeep import history
from meshlake.building.views import refresh_views
from meshlake.errors import BuildError, UsageError
from meshlake.lake.clean import clean_lake
from meshlake.lake.draft import Draft
from meshlake.lake.dropping import drop, dropped
from meshlake.names import ProductName
from support.people import publish_people

PEOPLE, AGES = ProductName("crm", "people"), ProductName("crm", "ages")


@pytest.fixture
def crm(mesh):
    publish_people(mesh)
    return mesh


def tables(mesh):
    return {".".join(each) for each in mesh.workspace.lake.identifiers() if "__dropped_" not in each[1]}


def test_who_reads_it_is_told_and_goes_on_by_words(crm):
    with pytest.raises(UsageError, match=r"crm\.ages reads crm\.people") as told:
        drop_product(crm.workspace, PEOPLE, is_breaking=False)
    assert "mesh drop crm.people --breaking" in told.value.hint
    assert drop_product(crm.workspace, AGES, is_breaking=False).readers == ()
    found = drop_product(crm.workspace, PEOPLE, is_breaking=True)
    assert (found.rows, found.snapshots, found.readers) == (2, 2, ("crm.ages",))
    assert found.folder == str(crm.products / "crm/people")


def test_it_goes_from_sight_with_its_quarantine_and_comes_back_with_its_history(crm):
    before = [snapshot.snapshot_id for snapshot in history(crm.workspace, PEOPLE)]
    drop_product(crm.workspace, PEOPLE, is_breaking=True)
    assert tables(crm) == {"crm.ages", "mesh.quality_results"}
    assert crm.workspace.lake.products() == [AGES]
    with pytest.raises(UsageError, match="was dropped"):
        history(crm.workspace, PEOPLE)
    assert restore_product(crm.workspace, PEOPLE).row_count == 2
    assert [snapshot.snapshot_id for snapshot in history(crm.workspace, PEOPLE)] == before
    assert "crm.people__quarantine" in tables(crm)
    with pytest.raises(UsageError, match=r"crm\.people is published"):
        restore_product(crm.workspace, PEOPLE)


def test_what_is_built_anew_keeps_its_files_when_the_dropped_one_is_cleaned(crm):
    drop_product(crm.workspace, PEOPLE, is_breaking=True)
    crm.build_product("crm.people")
    lake = crm.workspace.lake
    # Younger than the grace it stays, and its files with it.
    assert clean_lake(lake, {}).dropped == 0
    assert len(dropped(lake, PEOPLE)) == 1
    removed = clean_lake(lake, {}, grace_seconds=0)
    assert (removed.dropped, dropped(lake, PEOPLE)) == (2, [])
    assert removed.files > 0
    assert [row["id"] for row in crm.rows("crm.people")] == [1, 2]
    refresh_views(crm.workspace)
    with pytest.raises(UsageError, match="is published"):
        restore_product(crm.workspace, PEOPLE)


def test_a_clean_up_leaves_no_file_of_what_was_dropped(crm):
    drop_product(crm.workspace, PEOPLE, is_breaking=True)
    clean_lake(crm.workspace.lake, {}, grace_seconds=0)
    warehouse = crm.settings.home / "warehouse"
    assert {p.relative_to(warehouse).parts[1] for p in warehouse.rglob("*") if p.is_file()} == {
        "ages",
        "quality_results",
    }
    with pytest.raises(UsageError, match="`mesh clean` has taken it since"):
        restore_product(crm.workspace, PEOPLE)


def test_a_build_under_way_does_not_bring_it_back(crm):
    columns = crm.workspace.products.get(PEOPLE).contract.columns
    draft = Draft(crm.workspace.lake, ("crm", "people"), columns, "run")
    draft.write_branch((), {})
    drop(crm.workspace.lake, PEOPLE)
    with pytest.raises(BuildError, match=r"crm\.people was dropped while it was built"):
        draft.publish()
