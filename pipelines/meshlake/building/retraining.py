"""Whether a model should be trained again before its schedule says so: by what is known of its predictions."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from meshlake.building.performance import performance_rows
from meshlake.ml_assets.retraining import why_retrain
from meshlake.ml_assets.spec import ChurnDocument
from meshlake.models.store import VERSION_PROPERTY, model_store
from meshlake.transforms.model import model_of

if TYPE_CHECKING:
    from meshlake.models.store import ModelVersion
    from meshlake.products.product import Product
    from meshlake.workspace import Workspace

# What drifts goes on drifting, also where a challenger that has learned it is no better.
_BETWEEN = timedelta(days=7)


@dataclass(frozen=True)
class Retraining:
    """Why the champion `version` should be challenged, in words; `measured_at` is when that became known."""

    version: str
    measured_at: datetime
    why: tuple[str, ...]


def retraining_due(mesh: Workspace, product: Product) -> Retraining | None:
    """Why the model of `product` should be trained again now; `None` where nothing says so.

    The newest period whose labels are known counts, and how far the features have moved that were scored last. Nothing
    is due within a week of a training, nor before more is known than it was trained with.
    """
    model = model_of(product)
    if (
        model is None
        or not isinstance(model.document, ChurnDocument)
        or not model.document.policy.retrain_when_off
    ):
        return None
    head = mesh.lake.head((product.name.domain, product.name.product))
    champion = head.properties.get(VERSION_PROPERTY) if head else None
    rows = [row for row in performance_rows(mesh.lake, product.name) if row["model_version"] == champion]
    if champion is None or not rows:
        return None
    store = model_store(mesh.settings)
    version, newest = store.load(product.name, champion), store.versions(product.name, most=1)
    measured_at = max(row["measured_at"] for row in rows)
    if version is None or not newest or measured_at < _trained_at(newest[-1]) + _BETWEEN:
        return None
    last_scored, *_ = rows
    last_known = next((row for row in rows if row["matured_rows"]), None)
    why = why_retrain(last_scored, version.record)
    if last_known is not None and last_known is not last_scored:
        why += why_retrain({**last_known, "shifted_features": None}, version.record)
    return Retraining(champion, measured_at, tuple(why)) if why else None


def _trained_at(version: ModelVersion) -> datetime:
    return datetime.fromisoformat(version.record["trained_at"])
