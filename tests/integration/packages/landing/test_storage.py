"""Objects of a landing zone are listed as files of a folder are: the same names, nothing hidden."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from meshlake.landing.zone import LandingZone
from meshlake.names import DatasetName
from support.answering_s3 import answering_s3, list_body

if TYPE_CHECKING:
    from collections.abc import Iterator

KEYS = (
    "zone/crm/_old/b.csv",
    "zone/crm/people/.tmp/c.csv",
    "zone/crm/people/_SUCCESS",
    "zone/crm/people/dt=2024-01-01/a b.csv",
    "zone/stray.csv",
)


@pytest.fixture
def zone() -> Iterator[LandingZone]:
    """A zone whose bucket answers with `KEYS`; what a real store answers, the service suite holds."""
    with answering_s3(200, list_body(KEYS)) as store:
        yield LandingZone("s3://bucket/zone/", store)


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
