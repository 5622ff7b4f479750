"""Of very many rows an engine draws a sample by the key; of others all are learned from."""

from __future__ import annotations

from meshlake.models import learned_rows as module
from meshlake.models.store import ModelStore
from meshlake.names import ProductName


def test_a_version_says_that_it_learned_from_a_sample(churn, monkeypatch):
    monkeypatch.setattr(module, "MOST_ROWS", 120)
    churn.build_model()
    (version,) = ModelStore(churn.settings.models).versions(ProductName("crm", "predictions"))
    assert version.record["sample"].endswith(" of 180 rows are learned from, drawn by a hash of the key")
    assert version.record["rows"]["given"] < 180
    assert len(churn.predictions()) == 200
