"""`model.yaml` read and checked, before anything is built and without scikit-learn."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import yaml

from meshlake.contract.service_levels import check_cron
from meshlake.errors import ContractError, UsageError
from meshlake.models.task import TASKS
from meshlake.names import ProductName
from meshlake.rules.facts import FactError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from meshlake.models.task import Task

_GUIDE = "See docs/adding-a-product.md."


@dataclass(frozen=True)
class ModelDefinition:
    """What a `model.yaml` asks for; `content` is all of it, `features_sql` the SELECT that the model learns from."""

    path: Path
    task_name: str
    features_sql: str
    content: Mapping[str, Any]

    @property
    def task(self) -> Task:
        """Its task, set up."""
        return TASKS.get(self.task_name)(self.content)

    @property
    def retrain_cron(self) -> str | None:
        """When a new version is trained even if nothing changed."""
        policy = self.content.get("policy") or {}
        cron = policy.get("retrain_cron")
        return None if cron is None else str(cron)


def read_definition(path: Path, text: str) -> ModelDefinition:
    """The model that `text`, the content of `path`, defines.

    Raises:
        ContractError: it defines none.
    """
    content = _mapping(path, text)
    task = content.get("task")
    if task not in TASKS.names:
        raise ContractError(f"{path}: task is {task!r}", f"Tasks: {', '.join(TASKS.names)}.")
    model = ModelDefinition(path, task, _features_sql(path, content), content)
    try:
        _ = model.task
    except ValueError as error:
        raise ContractError(f"{path}: {error}", _GUIDE) from error
    if model.retrain_cron is not None:
        try:
            check_cron(model.retrain_cron)
        except FactError as error:
            raise ContractError(f"{path}: policy.retrain_cron: {error}", error.hint) from error
    return model


def _mapping(path: Path, text: str) -> dict[str, Any]:
    try:
        definition = yaml.safe_load(text)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        where = f"{path}:{mark.line + 1}" if mark else str(path)
        raise ContractError(
            f"{where}: not YAML: {error.problem}", "Mend the YAML at or above this line."
        ) from error
    except (yaml.YAMLError, ValueError) as error:
        raise ContractError(f"{path}: not YAML: {str(error).splitlines()[0]}", "Mend the YAML.") from error
    if not isinstance(definition, dict):
        raise ContractError(f"{path}: must hold task, features and key", _GUIDE)
    return definition


def _features_sql(path: Path, definition: dict[str, Any]) -> str:
    """`features` as a SELECT: it may be one, or name a product."""
    features = definition.get("features")
    if not isinstance(features, str) or not features.strip():
        raise ContractError(
            f"{path}: needs `features`, a product or a SELECT over products",
            "features: retention.churn_features",
        )
    if len(features.split()) > 1:
        return features
    try:
        return f"SELECT * FROM {ProductName.parse(features.strip()).sql}"
    except UsageError as error:
        raise ContractError(f"{path}: features: {error.message}", error.hint) from error
