"""`model.yaml`: the scores of a model that the platform trains."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Self

from meshlake.models.definition import read_definition
from meshlake.products.inputs import select_inputs
from meshlake.products.lineage import ColumnLineage, any_of, select_lineage
from meshlake.products.transform import Transform
from meshlake.suggest import did_you_mean
from meshlake.yaml_file import read_yaml

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from meshlake.contract.model import Contract
    from meshlake.errors import Fault
    from meshlake.models.definition import ModelDefinition
    from meshlake.products.lineage import ColumnsOf
    from meshlake.products.product import Product
    from meshlake.products.transform import Rows, RowsContext
    from meshlake.types.tree import Type


def model_of(product: Product) -> ModelDefinition | None:
    """What the `model.yaml` of a product asks for; `None` of others."""
    return product.transform.model if isinstance(product.transform, ModelTransform) else None


@dataclass(frozen=True)
class ModelTransform(Transform):
    """The rows are what a version of the model makes of its features; a model learns from all days at once."""

    model: ModelDefinition
    tools: ClassVar[frozenset[str]] = frozenset({"scikitlearn"})
    is_daily: ClassVar[bool] = False
    is_model: ClassVar[bool] = True

    @classmethod
    def read(cls, path: Path, contract: Contract) -> Self:  # noqa: ARG003
        """See `Transform.read`."""
        model = read_definition(path)
        return cls(path, select_inputs(model.features_sql, path), model)

    @property
    def kind(self) -> str:
        """Scores are for a use."""
        return "consumer-aligned"

    @property
    def queries(self) -> Mapping[str, str]:
        """The SELECT of the features."""
        return {"features": self.model.features_sql}

    def faults(self, contract: Contract, columns: Mapping[str, Mapping[str, Type]]) -> Iterator[Fault]:  # noqa: ARG002
        """That the model names columns which its features have not."""
        if "features" not in columns:
            return
        file, given = read_yaml(self.path, "a model", ""), columns["features"]
        for location, name in self.model.document.named_columns:
            if name not in given:
                hint = did_you_mean(name, given, f"They have {', '.join(given)}.")
                yield file.fault(location, f"the features have no column '{name}'", hint)

    @property
    def retrain_cron(self) -> str | None:
        """When a new version is trained even if nothing changed."""
        return self.model.retrain_cron

    @property
    def boost_minutes(self) -> float | None:
        """See `Transform.boost_minutes`."""
        return self.model.document.boost_minutes

    def lineage(self, contract: Contract, columns_of: ColumnsOf) -> Mapping[str, ColumnLineage]:
        """See `Transform.lineage`: what is no column of the features is what the model makes of them, the key aside."""
        features = select_lineage(self.model.features_sql, self.inputs, columns_of)
        if features is None:
            return super().lineage(contract, columns_of)
        key = {name.lower() for name in self.model.document.key}
        learned = any_of([{n: each for n, each in features.items() if n not in key}], self.inputs)
        made = ColumnLineage(learned, self.path.name, is_exact=False)
        return {c.name: features.get(c.name.lower(), made) for c in contract.columns}

    def make_rows(self, context: RowsContext) -> Rows:
        """See `Transform.make_rows`; trains first when that is due."""
        from meshlake.models.scoring import model_rows

        return model_rows(self.model, context)
