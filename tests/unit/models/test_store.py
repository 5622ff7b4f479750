"""Model versions on disk: whole or not at all, immutable, found again, and never another than was stored."""

from __future__ import annotations

import json

import pytest

from meshlake.errors import BuildError
from meshlake.models.store import ModelStore
from meshlake.names import ProductName

CHURN = ProductName("crm", "churn")


@pytest.fixture
def store(tmp_path) -> ModelStore:
    return ModelStore(str(tmp_path / "models"))


def record(day: int) -> dict[str, str]:
    return {"trained_at": f"2024-01-0{day}T00:00:00+00:00"}


def test_a_version_is_read_as_it_was_saved(store):
    saved = store.save(CHURN, {**record(1), "metrics": {"roc_auc": 0.5}}, {"model.skops": b"\0model"})
    version = store.load(CHURN, saved.version)
    assert version.record["metrics"] == {"roc_auc": 0.5}
    assert version.read("model.skops") == b"\0model"


def test_what_is_not_there_is_none(store):
    assert store.load(CHURN, "20240101T000000-0123456789ab") is None
    assert store.versions(CHURN) == []


def test_versions_come_oldest_first_each_product_s_own(store):
    days = [store.save(CHURN, record(day), {}).version for day in (2, 3, 1)]
    store.save(ProductName("crm", "other"), record(1), {})
    assert [v.version for v in store.versions(CHURN)] == sorted(days)
    assert [v.version for v in store.versions(CHURN, 2)] == sorted(days)[1:]


def test_a_name_tells_when_it_was_trained_and_what_is_in_it(store):
    first, same, other = (store.save(CHURN, record(1), {"model.skops": each}) for each in (b"a", b"a", b"b"))
    assert first.version.startswith("20240101T000000-")
    assert first.version == same.version != other.version


@pytest.mark.parametrize("file", ["model.skops", "honest.parquet"])
def test_a_file_that_was_tampered_with_is_not_read(store, tmp_path, file):
    saved = store.save(CHURN, record(1), {"model.skops": b"model", "honest.parquet": b"rows"})
    (tmp_path / "models/crm.churn" / saved.version / file).write_bytes(b"other")
    with pytest.raises(BuildError, match=f"{file}: is not the file that was stored"):
        store.load(CHURN, saved.version).read(file)


def test_a_record_that_was_tampered_with_is_no_record(store, tmp_path):
    saved = store.save(CHURN, record(1), {"model.skops": b"model"})
    file = tmp_path / "models/crm.churn" / saved.version / "record.json"
    content = json.loads(file.read_text())
    file.write_text(json.dumps({**content, "files": {}}))
    with pytest.raises(BuildError, match=r"record.json: is not the file that was stored"):
        store.load(CHURN, saved.version)


def test_a_picture_may_be_drawn_anew(store, tmp_path):
    saved = store.save(CHURN, record(1), {"roc.png": b"picture"})
    (tmp_path / "models/crm.churn" / saved.version / "roc.png").write_bytes(b"other")
    assert saved.read("roc.png") == b"other"


def test_a_version_stored_before_records_had_hashes_is_none(store, tmp_path):
    old = tmp_path / "models/crm.churn/20240101T000000-0a1b2c"
    old.mkdir(parents=True)
    (old / "record.json").write_text(json.dumps(record(1)))
    assert store.load(CHURN, old.name) is None
    assert store.versions(CHURN) == []


def test_a_version_left_unfinished_by_a_killed_process_is_no_version_and_can_be_removed(store, tmp_path):
    whole = store.save(CHURN, record(1), {"model.skops": b"whole"})
    half = tmp_path / "models/crm.churn/20240102T000000-0123456789ab"
    half.mkdir()
    (half / "model.skops").write_bytes(b"half")
    assert [v.version for v in store.versions(CHURN)] == [whole.version]
    assert store.load(CHURN, half.name) is None
    assert store.remove_unfinished(grace_seconds=60) == 0
    assert store.remove_unfinished(grace_seconds=0) == 1
    assert list((tmp_path / "models/crm.churn").iterdir()) == [tmp_path / "models/crm.churn" / whole.version]


def test_a_file_a_version_has_not_is_an_error(store):
    with pytest.raises(FileNotFoundError):
        store.save(CHURN, record(1), {}).read("model.skops")
