"""What the stations of one build share."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from typing import TYPE_CHECKING

from meshlake.names import ProductName

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping

    from meshlake.building.days import DayPlan
    from meshlake.building.inputs import PinnedInputs
    from meshlake.contract.model import Contract
    from meshlake.engines.session import Session
    from meshlake.lake.snapshot import Snapshot
    from meshlake.names import InputName
    from meshlake.products.pin import Pin
    from meshlake.products.product import Product
    from meshlake.settings import Settings
    from meshlake.workspace import Workspace


class Step(StrEnum):
    """Where a build stands; told as it gets there."""

    READING = "reading inputs"
    STAGING = "writing rows"
    STAGED = "rows written"
    BRANCHED = "checking"
    AUDITED = "checked"
    PUBLISHED = "published"


@dataclass(frozen=True)
class BuildContext:
    """One attempt at one product: what its stations share. There is a `plan` where it is partitioned by date.

    To a transform it is a `meshlake.products.transform.RowsContext`.
    """

    mesh: Workspace
    product: Product
    inputs: PinnedInputs
    session: Session
    head: Snapshot | None
    is_forced: bool
    run: str
    plan: DayPlan | None
    report: Callable[[str], None]
    why_retrain: tuple[str, ...] = ()

    @property
    def name(self) -> ProductName:
        """The product under build."""
        return self.product.name

    @property
    def contract(self) -> Contract:
        """Its contract."""
        return self.product.contract

    @cached_property
    def classified_contract(self) -> Contract:
        """Its contract, by which values are shown: also those columns are classified that come from one that is."""
        return self.mesh.products.classifications.contract_of(self.product)

    @property
    def protected_in(self) -> Callable[[str, Collection[InputName]], Mapping[str, str]]:
        """Which columns of a SELECT over inputs are protected, each with the column that a contract marks."""
        return self.mesh.products.protected.in_select

    @property
    def code_version(self) -> str:
        """The state of its folder."""
        return self.product.code_version

    @property
    def settings(self) -> Settings:
        """Those of the mesh."""
        return self.mesh.settings

    @property
    def input_versions(self) -> Mapping[str, str]:
        """In which state each input is read."""
        return self.inputs.versions

    @property
    def input_contracts(self) -> Mapping[ProductName, Contract]:
        """The contract of each product that is read."""
        read = (name for name in self.product.inputs if isinstance(name, ProductName))
        return {name: self.mesh.products.get(name).contract for name in read}

    @property
    def published(self) -> Mapping[str, str]:
        """The properties of the snapshot that readers see now; none before the first."""
        return self.head.properties if self.head else {}

    @property
    def pin(self) -> Pin | None:
        """Which version of its model somebody chose to score, if anybody did."""
        return self.head.pin if self.head else None
