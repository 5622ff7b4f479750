"""One data product as its folder describes it: contract, transform, inputs, checks.

`load.py` reads it; the kinds of transform are here because every later step chooses by them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from meshlake.names import DatasetName, InputName, ProductName

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from meshlake.contract.model import Contract
    from meshlake.errors import MeshError
    from meshlake.rules.rule import Rule


CONTRACT_FILE = "contract.odcs.yaml"
KINDS = ("source-aligned", "aggregate", "consumer-aligned")


@dataclass(frozen=True)
class SourceAligned:
    """The contract's columns, cast from one landed dataset."""

    dataset: DatasetName


@dataclass(frozen=True)
class SqlTransform:
    """One SELECT in DuckDB's dialect."""

    sql: str
    path: Path


@dataclass(frozen=True)
class PythonTransform:
    """`transform(**inputs) -> pyarrow.Table`; `queries` are the SELECTs that give the inputs, by argument name."""

    path: Path
    queries: Mapping[str, str]


@dataclass(frozen=True)
class ModelTransform:
    """A trained model's scores; `definition` is `model.yaml`, `features_sql` the SELECT it learns from."""

    path: Path
    task: str
    features_sql: str
    definition: Mapping[str, Any]

    @property
    def retrain_cron(self) -> str | None:
        """When a new version is trained even if nothing changed."""
        policy = self.definition.get("policy") or {}
        cron = policy.get("retrain_cron")
        return None if cron is None else str(cron)


Transform = SourceAligned | SqlTransform | PythonTransform | ModelTransform


@dataclass(frozen=True)
class Product:
    """A data product that can be built. `code_version` changes with any file that its rows or checks depend on."""

    name: ProductName
    folder: Path
    contract: Contract
    transform: Transform
    inputs: tuple[InputName, ...]
    check_inputs: tuple[InputName, ...]
    checks: tuple[Rule, ...]
    code_version: str

    @property
    def rows_file(self) -> Path:
        """The file that says how its rows come about: its transform, or else its contract."""
        if isinstance(self.transform, SourceAligned):
            return self.folder / CONTRACT_FILE
        return self.transform.path

    @property
    def rules(self) -> tuple[Rule, ...]:
        """Everything audited: the contract's rules, then `checks/*.sql`."""
        return self.contract.rules + self.checks

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
        return isinstance(self.transform, ModelTransform)

    @property
    def is_daily(self) -> bool:
        """Whether it is partitioned by date and built day by day; a model learns from all days at once."""
        return self.contract.day_column is not None and not self.is_model

    @property
    def kind(self) -> str:
        """Source-aligned, aggregate or consumer-aligned, as data mesh calls them; a tag of the contract decides."""
        tagged = next((tag for tag in self.contract.tags if tag in KINDS), None)
        if tagged is not None:
            return tagged
        if isinstance(self.transform, ModelTransform):
            return "consumer-aligned"
        return "source-aligned" if any(isinstance(name, DatasetName) for name in self.inputs) else "aggregate"


@dataclass(frozen=True)
class BrokenProduct:
    """A product folder that cannot be read, and why; the others are built all the same."""

    name: ProductName
    folder: Path
    error: MeshError
