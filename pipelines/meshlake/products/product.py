"""One data product as its folder describes it: contract, transform, inputs, checks.

`load.py` reads it; how its rows come about is the transform's to say.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from meshlake.column import Severity
from meshlake.names import InputName, ProductName
from meshlake.rules.alike import LandedAlike, SnapshotAlike

if TYPE_CHECKING:
    from pathlib import Path

    from meshlake.contract.model import Contract
    from meshlake.errors import MeshError
    from meshlake.products.transform import Transform
    from meshlake.rules.rule import Rule

KINDS = ("source-aligned", "aggregate", "consumer-aligned")


@dataclass(frozen=True)
class Product:
    """A data product that can be built. `code_version` changes with any file that its rows or checks depend on."""

    name: ProductName
    folder: Path
    contract: Contract
    transform: Transform
    check_inputs: tuple[InputName, ...]
    checks: tuple[Rule, ...]
    code_version: str

    @property
    def inputs(self) -> tuple[InputName, ...]:
        """What its rows read."""
        return self.transform.inputs

    @property
    def rows_file(self) -> Path:
        """The file that says how its rows come about: its transform's, or else its contract."""
        return self.transform.path

    @property
    def rules(self) -> tuple[Rule, ...]:
        """Everything audited: the contract's rules, then `checks/*.sql`."""
        return self.contract.rules + self.checks

    @property
    def landed_rule(self) -> LandedAlike | None:
        """That newly landed files are like those before, which is looked at before any rows are made."""
        severity = self.contract.landed_alike
        if self.transform.landed is None or severity == "off":
            return None
        return LandedAlike.beside([rule.name for rule in self.rules], Severity(severity))

    @property
    def snapshot_rule(self) -> SnapshotAlike | None:
        """That a new snapshot is like those before, which is looked at before it is published."""
        severity = self.contract.snapshot_alike
        if severity == "off":
            return None
        return SnapshotAlike.beside([rule.name for rule in self.rules], Severity(severity))

    @property
    def all_rules(self) -> tuple[Rule, ...]:
        """Everything audited, what is looked at before, and what after."""
        return tuple(filter(None, (self.landed_rule, *self.rules, self.snapshot_rule)))

    @property
    def upstream(self) -> tuple[ProductName, ...]:
        """The products to be built before this one: those its rows or its checks read."""
        return tuple(name for name in self.reads if isinstance(name, ProductName))

    @property
    def reads(self) -> tuple[InputName, ...]:
        """All that its rows or its checks read."""
        return tuple(dict.fromkeys((*self.inputs, *self.check_inputs)))

    @property
    def is_model(self) -> bool:
        """Whether a model makes its rows."""
        return self.transform.is_model

    @property
    def is_daily(self) -> bool:
        """Whether it is partitioned by date and built day by day."""
        return self.contract.day_column is not None and self.transform.is_daily

    @property
    def kind(self) -> str:
        """Source-aligned, aggregate or consumer-aligned, as data mesh calls them; a tag of the contract decides."""
        tagged = next((tag for tag in self.contract.tags if tag in KINDS), None)
        return tagged or self.transform.kind


@dataclass(frozen=True)
class BrokenProduct:
    """A product folder that cannot be read, and why; the others are built all the same.

    `product` is what it would be but for the others: of one that reads itself through them, or what is no product.
    """

    name: ProductName
    folder: Path
    error: MeshError
    product: Product | None = None
