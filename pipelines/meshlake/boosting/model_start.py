"""A model as the start of a search: its `model.yaml` says label, key, cut-off and what is no feature."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from meshlake.boosting.labelled import labelled
from meshlake.boosting.task import Task
from meshlake.drafting.feature_table import FeatureTable, bind_rows
from meshlake.engines.engine import open_local
from meshlake.errors import UsageError
from meshlake.ml_assets.document import LabelledSpec
from meshlake.names import ProductName
from meshlake.products.load import load_products
from meshlake.transforms.model import model_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from meshlake.boosting.labelled import Labelled
    from meshlake.settings import Settings

# What a drafted SELECT calls rows that a model's own SELECT gives.
LEARNED = "learned_rows"


@dataclass(frozen=True)
class ModelStart:
    """Model `name`, which stands in `path` and learns from `features`, as they are written there.

    `select` gives these, of the product `source` alone.
    """

    name: ProductName
    path: Path
    features: str
    select: str
    source: ProductName
    spec: LabelledSpec
    task: Task

    @property
    def is_plain(self) -> bool:
        """Whether the model learns from a product as it is."""
        return len(self.features.split()) == 1

    @property
    def relation(self) -> str:
        """What it learns from, as SQL to select from."""
        return self.source.sql if self.is_plain else f"(\n{self.select.strip().rstrip(';')}\n)"


def model_start(settings: Settings, name: ProductName) -> ModelStart:
    """What the model whose predictions are product `name` learns.

    Raises:
        UsageError: it is no model, of a task that nothing is looked for, or learns from several products.
    """
    definition = model_of(product := load_products(settings.products).get(name))
    if definition is None:
        raise UsageError(
            f"{name} is no model, and no label is named", "Say what is to be predicted: --label COL"
        )
    task, spec = definition.document.task, getattr(definition.document, "spec", None)
    if task not in {*Task} or not isinstance(spec, LabelledSpec):
        raise UsageError(
            f"{name}: its task is {task}, and a search is for {Task.listed()}",
            "Name a product and a column of it to predict: mesh boost D.P --label COL",
        )
    read = [each for each in product.inputs if isinstance(each, ProductName)]
    if len(read) != 1 or len(product.inputs) != 1:
        raise UsageError(
            f"{name} learns from {' and '.join(map(str, product.inputs))}, and a search starts from one product",
            "Make one product of its features, and let model.yaml name it.",
        )
    features = definition.document.features.strip()
    return ModelStart(name, definition.path, features, definition.features_sql, read[0], spec, Task(task))


@contextmanager
def open_start(settings: Settings, start: ModelStart) -> Iterator[FeatureTable]:
    """The rows that a model learns from and scores, readable under its own name.

    Raises:
        UsageError: they can be known only once what it reads is built.
        MeshError: they cannot be read.
    """
    loaded = load_products(settings.products)
    source = loaded.get(start.source)
    with open_local(settings, str(start.name)) as session:
        bind_rows(settings, source, session)
        session.bind(start.name, start.relation)
        columns = session.columns(f"SELECT * FROM {start.name.sql}")
        contract = loaded.classifications.contract_of(source)
        yield FeatureTable(session, start.name, contract, columns, start.spec.cutoff)


def labelled_start(table: FeatureTable, start: ModelStart) -> Labelled:
    """The rows as the model has them: what it leaves out is no feature, and what it says was known before is one.

    Raises:
        UsageError: its label is not what its task learns, or its key tells no rows apart.
    """
    spec = start.spec
    found = labelled(table, spec.label, spec.cutoff, ",".join(spec.key), None, start.task)
    excluded = {name: why for name, why in found.excluded.items() if name not in spec.known_before}
    groups = dict.fromkeys(spec.group, "says whose rows go together")
    return replace(
        found,
        excluded=excluded | groups | dict(spec.exclude),
        of=start.source,
        horizon_days=spec.horizon_days,
    )
