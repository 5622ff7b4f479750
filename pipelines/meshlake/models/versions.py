"""What became of a stored version of a model: whether it scores, and what it measured."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    from meshlake.models.store import ModelVersion
    from meshlake.names import ProductName

CHAMPION = "champion"
EARLIER = "earlier champion"
REFUSED = "not promoted"


@dataclass(frozen=True)
class VersionState:
    """One version: `state` is `champion` (it scores what is published), `earlier champion` or `not promoted`."""

    model: str
    version: str
    state: str
    trained_at: str
    algorithm: str
    measured_on: str
    metrics: Mapping[str, float]
    decision: str

    def as_dict(self) -> dict[str, Any]:
        """As JSON-able facts."""
        return asdict(self)


def version_state(name: ProductName, version: ModelVersion, champion: str | None) -> VersionState:
    """A version of the model of `name`, of which `champion` scores what is published."""
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
    )
