"""Model versions on disk: whole or not at all, immutable, found again."""

from __future__ import annotations

import pytest

from meshlake.models.store import ModelStore
from meshlake.names import ProductName

CHURN = ProductName("crm", "churn")


@pytest.fixture
def store(tmp_path) -> ModelStore:
    return ModelStore(str(tmp_path / "models"))


def record(day: int) -> dict[str, str]:
    return {"trained_at": f"2024-01-0{day}T00:00:00+00:00"}


def test_a_version_is_read_as_it_was_saved(store):
    store.save(CHURN, "v1", {**record(1), "metrics": {"roc_auc": 0.5}}, {"model.skops": b"\0model"})
    version = store.load(CHURN, "v1")
    assert version.record["metrics"] == {"roc_auc": 0.5}
    assert version.read("model.skops") == b"\0model"


def test_what_is_not_there_is_none(store):
    assert store.load(CHURN, "v1") is None
    assert store.versions(CHURN) == []


def test_versions_come_oldest_first_each_product_s_own(store):
    for name, day in [("b", 2), ("a", 3), ("c", 1)]:
        store.save(CHURN, name, record(day), {})
    store.save(ProductName("crm", "other"), "z", record(1), {})
    assert [v.version for v in store.versions(CHURN)] == ["c", "b", "a"]


def test_a_version_never_changes(store):
    store.save(CHURN, "v1", record(1), {"model.skops": b"first"})
    store.save(CHURN, "v1", record(2), {"model.skops": b"second"})
    version = store.load(CHURN, "v1")
    assert (version.read("model.skops"), version.record) == (b"first", record(1))


def test_a_version_left_unfinished_by_a_killed_process_is_no_version_and_can_be_removed(store, tmp_path):
    store.save(CHURN, "v1", record(1), {"model.skops": b"whole"})
    with pytest.raises(TypeError):
        store.save(CHURN, "v2", record(2), {"model.skops": b"half", "plot.png": "no bytes"})
    assert [v.version for v in store.versions(CHURN)] == ["v1"]
    assert store.load(CHURN, "v2") is None
    assert store.remove_unfinished(grace_seconds=60) == 0
    assert store.remove_unfinished(grace_seconds=0) == 1
    assert list((tmp_path / "models/crm.churn").iterdir()) == [tmp_path / "models/crm.churn/v1"]


def test_a_file_a_version_has_not_is_an_error(store):
    with pytest.raises(FileNotFoundError):
        store.save(CHURN, "v1", record(1), {}).read("model.skops")
