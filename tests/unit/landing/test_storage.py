"""Objects of a landing zone are listed as files of a folder are: the same names, nothing hidden."""

from __future__ import annotations

from dataclasses import replace

import pytest

from meshlake.landing import storage
from meshlake.landing.zone import LandingZone
from meshlake.names import DatasetName
from meshlake.object_store import StoredObject, is_s3
from meshlake.settings import S3Settings

KEYS = (
    "zone/crm/people/dt=2024-01-01/a b.csv",
    "zone/crm/people/_SUCCESS",
    "zone/crm/people/.tmp/c.csv",
    "zone/crm/_old/b.csv",
    "zone/stray.csv",
)
S3 = S3Settings(access_key="the key", secret_key="the secret")


@pytest.fixture
def zone(monkeypatch) -> LandingZone:
    """A zone whose bucket answers with `KEYS`; what a real store answers, the service suite holds."""

    def listed(address, s3):
        assert s3 is S3
        found = [StoredObject(f"s3://bucket/{key}", 3, "etag", 0.0) for key in KEYS]
        return [each for each in found if each.address.startswith(f"{address}/")]

    monkeypatch.setattr(storage, "list_objects", listed)
    return LandingZone("s3://bucket/zone/", S3)


def test_datasets_and_files_are_named_below_the_root(zone):
    name = DatasetName("crm", "people")
    assert zone.datasets() == [name]
    (file,) = zone.dataset(name).files
    assert (file.name, file.path) == (
        "crm/people/dt=2024-01-01/a b.csv",
        "s3://bucket/zone/crm/people/dt=2024-01-01/a b.csv",
    )
    assert zone.dataset(name).keyed_files == {file: ("dt",)}
    assert zone.misplaced_files() == ["stray.csv"]


def test_another_etag_is_another_fingerprint(zone):
    dataset = zone.dataset(DatasetName("crm", "people"))
    rewritten = replace(dataset, files=(replace(dataset.files[0], version="other"),))
    assert rewritten.fingerprint != dataset.fingerprint


def test_no_key_is_shown(zone):
    shown = repr(zone.dataset(DatasetName("crm", "people")))
    assert "the key" not in shown
    assert "the secret" not in shown


@pytest.mark.parametrize(
    ("place", "is_address"), [("s3://bucket", True), ("/s3/bucket", False), ("s3:/bucket", False)]
)
def test_an_address_is_told_from_a_folder(place, is_address):
    assert is_s3(place) is is_address
