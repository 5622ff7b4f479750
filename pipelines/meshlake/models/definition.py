"""`model.yaml` read and checked, before anything is built and without scikit-learn."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from meshlake.contract.service_levels import check_cron
from meshlake.errors import UsageError
from meshlake.models.task import TASKS
from meshlake.names import ProductName
from meshlake.rules.facts import FactError
from meshlake.suggest import nearest
from meshlake.validation import mistakes
from meshlake.yaml_file import read_yaml

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from meshlake.ml_assets.document import ModelDocument
    from meshlake.models.task import Task
    from meshlake.yaml_file import YamlFile

_GUIDE = "See docs/how-to/adding-a-product.md, or `mesh schema model` for all it can say."


@dataclass(frozen=True)
class ModelDefinition:
    """What a `model.yaml` asks for: `document` in its task's own terms, `content` as it was written.

    `features_sql` is the SELECT that the model learns from.
    """

    path: Path
    document: ModelDocument
    content: Mapping[str, Any]
    features_sql: str

    @property
    def task(self) -> Task:
        """Its task, set up."""
        return self.task_in({})

    def task_in(self, units: Mapping[str, str]) -> Task:
        """As `task`, of features in these units, by the column in lower case."""
        return TASKS.get(self.document.task)(self.document.in_units(units))

    @property
    def retrain_cron(self) -> str | None:
        """When a new version is trained even if nothing changed."""
        return self.document.policy.retrain_cron


def read_definition(path: Path) -> ModelDefinition:
    """The model that the file at `path` defines.

    Raises:
        ContractError: it defines none, with every mistake and its line.
    """
    file = read_yaml(path, "a model", f"It must hold task, features and key. {_GUIDE}")
    task = file.data.get("task")
    if task not in TASKS.names:
        hint = nearest(str(task), TASKS.names)
        tasks = f"Tasks: {', '.join(TASKS.names)}."
        raise file.error(("task",), f"task is {task!r}", " ".join(filter(None, [hint, tasks])))
    model = TASKS.get(task).document
    if found := mistakes(model, file.data):
        raise file.error_of(found, _GUIDE)
    document = model.model_validate(file.data)
    _check_cron(file, document.policy.retrain_cron)
    return ModelDefinition(path, document, file.data, _features_sql(file, document.features))


def _check_cron(file: YamlFile, cron: str | None) -> None:
    try:
        if cron is not None:
            check_cron(cron)
    except FactError as error:
        raise file.error(("policy", "retrain_cron"), f"policy.retrain_cron: {error}", error.hint) from error


def features_select(features: str) -> str:
    """`features` of a `model.yaml` as a SELECT: it may be one, or name a product.

    Raises:
        UsageError: it is neither.
    """
    return (
        features if len(features.split()) > 1 else f"SELECT * FROM {ProductName.parse(features.strip()).sql}"
    )


def _features_sql(file: YamlFile, features: str) -> str:
    try:
        return features_select(features)
    except UsageError as error:
        raise file.error(("features",), f"features: {error.message}", error.hint) from error
