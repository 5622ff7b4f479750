"""Whether a model should be trained again before its schedule says so: by what is known of its predictions.

Evidence is acted on by the next build, however that is started: by hand, by a schedule, or by Dagster's sensor, which
starts one for no other reason.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from meshlake.building.performance import performance_rows
from meshlake.ml_assets.retraining import why_retrain
from meshlake.models.store import TRAINED_PROPERTY, VERSION_PROPERTY, model_store
from meshlake.transforms.model import model_of

if TYPE_CHECKING:
    from meshlake.lake.snapshot import Snapshot
    from meshlake.models.store import ModelVersion
    from meshlake.names import ProductName
    from meshlake.products.product import Product
    from meshlake.workspace import Workspace

# What drifts goes on drifting, also where a challenger that has learned it is no better.
_BETWEEN = timedelta(days=7)


@dataclass(frozen=True)
class Retraining:
    """Why the champion `version` of a product should be challenged, in words; `measured_at` is when that became known.

    `is_acted_on` says that the next build trains, as `policy.retrain_when_off` lets it.
    """

    name: ProductName
    version: str
    measured_at: datetime
    why: tuple[str, ...]
    is_acted_on: bool

    @property
    def in_words(self) -> str:
        """What is due, why, and what does it."""
        then = "its next build trains it" if self.is_acted_on else f"train it: mesh build {self.name} --force"
        return f"due for retraining: {'; '.join(self.why)}; {then}"


def retraining_due(mesh: Workspace, product: Product) -> Retraining | None:
    """Why the model of `product` should be trained again now; `None` where nothing says so.

    The newest period whose labels are known counts, and how far the features have moved that were scored last. Nothing
    is due within a week of a training, whatever came of it, nor before more is known than it was trained with, nor of
    what is held since it was rolled back.
    """
    model = model_of(product)
    if model is None or model.task.maturing() is None:
        return None
    head = mesh.lake.head((product.name.domain, product.name.product))
    champion = head.properties.get(VERSION_PROPERTY) if head else None
    if head is None or champion is None or head.hold is not None:
        return None
    rows = [row for row in performance_rows(mesh.lake, product.name) if row["model_version"] == champion]
    if not rows:
        return None
    store = model_store(mesh.settings)
    version, newest = store.load(product.name, champion), store.versions(product.name, most=1)
    measured_at = max(row["measured_at"] for row in rows)
    if version is None or not newest or measured_at < _trained_at(newest[-1], head) + _BETWEEN:
        return None
    last_scored, *_ = rows
    last_known = next((row for row in rows if row["matured_rows"]), None)
    why = why_retrain(last_scored, version.record)
    if last_known is not None and last_known is not last_scored:
        why += why_retrain({**last_known, "shifted_features": None}, version.record)
    is_acted_on = model.document.retrains_when_off
    return Retraining(product.name, champion, measured_at, tuple(why), is_acted_on) if why else None


def retraining_facts(mesh: Workspace, product: Product) -> dict[str, Any]:
    """What a build tells of it."""
    found = retraining_due(mesh, product)
    return {"retraining": found.in_words} if found else {}


def _trained_at(newest: ModelVersion, head: Snapshot) -> datetime:
    """When a training was tried last: one may fail, or make the same version again."""
    tried = head.properties.get(TRAINED_PROPERTY, newest.record["trained_at"])
    return max(datetime.fromisoformat(newest.record["trained_at"]), datetime.fromisoformat(tried))
