"""What became of a stored version of a model: whether it scores, and what it measured."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from meshlake.models.store import VERSION_PROPERTY

if TYPE_CHECKING:
    from collections.abc import Mapping

    from meshlake.lake.snapshot import Snapshot
    from meshlake.models.store import ModelVersion
    from meshlake.names import ProductName

CHAMPION = "champion"
EARLIER = "earlier champion"
REFUSED = "not promoted"


@dataclass(frozen=True)
class VersionState:
    """One version: `state` is `champion` (it scores what is published), `earlier champion` or `not promoted`.

    `pinned` says since when, and why, somebody chose it to score.
    """

    model: str
    version: str
    state: str
    trained_at: str
    algorithm: str
    measured_on: str
    metrics: Mapping[str, float]
    decision: str
    pinned: str = ""

    def as_dict(self) -> dict[str, Any]:
        """As JSON-able facts."""
        return asdict(self)


def version_state(name: ProductName, version: ModelVersion, head: Snapshot | None) -> VersionState:
    """A version of the model of `name`, of which `head` is published."""
    champion = head.properties.get(VERSION_PROPERTY) if head else None
    pin = head.pin if head else None
    record = version.record
    is_promoted = record["decision"]["is_promoted"]
    state = CHAMPION if version.version == champion else EARLIER if is_promoted else REFUSED
    return VersionState(
        model=str(name),
        version=version.version,
        state=state,
        trained_at=record["trained_at"],
        algorithm=record["algorithm"],
        measured_on=record["measured_on"],
        metrics=record["metrics"],
        decision=record["decision"]["reason"],
        pinned=pin.in_words if pin and pin.version == version.version else "",
    )
