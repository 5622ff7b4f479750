"""Model versions on disk: whole or not at all, immutable, found again."""

from __future__ import annotations

import pytest

from pipelines.models.store import ModelStore
from pipelines.names import ProductName

CHURN = ProductName("crm", "churn")


@pytest.fixture
def store(tmp_path) -> ModelStore:
    return ModelStore(tmp_path / "models")


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


def test_a_version_that_cannot_be_written_leaves_nothing(store, tmp_path):
    with pytest.raises(TypeError):
        store.save(CHURN, "v1", record(1), {"a": b"x", "b": "no bytes"})
    assert store.versions(CHURN) == []
    assert list((tmp_path / "models").rglob("*.*")) == [tmp_path / "models/crm.churn"]


def test_a_version_left_unfinished_by_a_killed_process_is_no_version(store, tmp_path):
    store.save(CHURN, "v1", record(1), {})
    unfinished = tmp_path / "models/crm.churn/.v2.0123"
    unfinished.mkdir()
    (unfinished / "model.skops").write_bytes(b"half")
    assert [v.version for v in store.versions(CHURN)] == ["v1"]
