"""A failed build is told by what the mesh lists, until one goes well."""

from __future__ import annotations

from time import monotonic

import pytest

from meshlake.building.failed import failed_builds, keeping_failure
from meshlake.errors import AuditError, BuildError, ServiceError
from meshlake.names import ProductName
from meshlake.settings import load_settings

ID = {"logicalType": "integer", "primaryKey": True, "required": True}
PEOPLE = ProductName("crm", "people")
DUPLICATE = "id,born\n2,1999\n"


@pytest.fixture
def people(mesh):
    mesh.land("crm/people/a.csv", "id,born\n1,1984\n2,1990\n")
    mesh.product("crm.people", {"id": ID, "born": "integer"})
    return mesh


def state(mesh):
    (found,) = mesh.open().products
    return found


@pytest.mark.slow
def test_a_failed_build_is_told_until_one_goes_well(people):
    assert state(people).last_build_error is None
    bad = people.land("crm/people/b.csv", DUPLICATE)
    with pytest.raises(AuditError):
        people.build_product("crm.people")
    first = state(people)
    assert first.state == f"not built yet; last build failed {first.last_build_failed_at}"
    assert first.last_build_error.startswith("check primary_key failed: 2 failing rows")
    bad.unlink()
    people.build_product("crm.people")
    assert state(people).state == "published"
    people.land("crm/people/b.csv", DUPLICATE)
    with pytest.raises(AuditError):
        people.build_product("crm.people")
    # Told in whole seconds: published and failed may be of the same one.
    assert state(people).state.startswith("published; last build failed ")
    bad.unlink()
    assert not people.build_product("crm.people").is_rebuilt
    assert (state(people).state, state(people).last_build_error) == ("published", None)


def test_what_is_no_mesh_error_is_kept_in_one_line(people):
    people.product("crm.people", {"id": ID}, {"transform.py": PYTHON})
    with pytest.raises(BuildError):
        people.build_product("crm.people")
    failed = failed_builds(people.settings)[PEOPLE]
    assert failed.reason.endswith("transform.py: line 3: ValueError: first")
    assert failed.hint == "Correct the transform."


PYTHON = """INPUTS = {}
def transform():
    raise ValueError("first\\nsecond")
"""


def test_where_nothing_can_be_kept_the_build_tells_its_own_error(people):
    people.land("crm/people/b.csv", DUPLICATE)
    people.home.mkdir(exist_ok=True)
    (people.home / "failures").write_text("in the way")
    with pytest.raises(AuditError):
        people.build_product("crm.people")
    assert failed_builds(people.settings) == {}


def test_a_server_that_is_away_is_told_at_once(tmp_path):
    keys = {"MESH_S3_ACCESS_KEY": "a", "MESH_S3_SECRET_KEY": "b", "MESH_CATALOG": "postgresql://db/x"}
    away = {"MESH_WAREHOUSE": "s3://lake", "MESH_S3_ENDPOINT": "http://127.0.0.1:9", **keys}
    settings, began = load_settings(away, tmp_path), monotonic()
    with pytest.raises(ServiceError), keeping_failure(settings, PEOPLE):
        raise ServiceError("S3 does not answer")
    assert monotonic() - began < 1


def test_a_machine_that_published_since_is_believed(people):
    people.build_product("crm.people")
    folder = people.home / "failures"
    folder.mkdir()
    (folder / "crm.people.json").write_text(
        '{"failed_at": "2020-01-01 00:00:00", "error": "old", "hint": null}', encoding="utf-8"
    )
    assert state(people).state == "published"
