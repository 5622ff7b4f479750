"""What a search for unusual rows is asked to do: `model.yaml` with `task: anomalies`."""

from __future__ import annotations

from collections.abc import Mapping  # noqa: TC003 - pydantic reads it
from dataclasses import dataclass, field
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, ConfigDict, Field

from meshlake.ml_assets.document import empty_if_none
from meshlake.ml_assets.policy import Policy, Seed, Share
from meshlake.ml_assets.segmentation.spec import ComparedDocument, Scale
from meshlake.validation import read_as, told


@dataclass(frozen=True)
class AnomalySpec:
    """The columns that rows are compared by, and the share of them that is unusual by each of both ways.

    `units` are those of columns, each in lower case.
    """

    key: tuple[str, ...]
    columns: Mapping[str, Scale]
    share: float = 0.02
    seed: int = 42
    units: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def from_mapping(cls, mapping: Mapping[str, Any]) -> AnomalySpec:
        """Read a `model.yaml` mapping with `task: anomalies`.

        Raises:
            ValueError: naming every key that is missing, unknown or wrong, and what is allowed.
        """
        return read_as(AnomalyDocument, mapping).spec


class AnomalyPolicy(Policy):
    """How much is unusual."""

    share: Share = Field(
        default=0.02,
        description="The share of the rows learned from that is unusual, by density and by distance each.",
    )
    seed: Seed = Field(default=42, description="The same seed and rows give the same model.")


class AnomalyDocument(ComparedDocument):
    """Customers who are unlike the others."""

    model_config = ConfigDict(title="Anomalies")

    task: Annotated[Literal["anomalies"], told("'anomalies' here")] = Field(description="The kind of model.")
    policy: Annotated[AnomalyPolicy, BeforeValidator(empty_if_none)] = AnomalyPolicy()

    @property
    def spec(self) -> AnomalySpec:
        """What training acts upon."""
        policy = self.policy
        share = policy.share or AnomalySpec.share
        return AnomalySpec(tuple(self.key), dict(self.columns), share, policy.seed, self.units)
