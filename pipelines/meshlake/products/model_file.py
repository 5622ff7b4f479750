"""`model.yaml` read and checked, before anything is built and without scikit-learn."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import yaml

from meshlake.contract.service_levels import check_cron
from meshlake.errors import ContractError, UsageError
from meshlake.ml_assets.spec import ChurnSpec, SegmentSpec
from meshlake.names import ProductName
from meshlake.products.inputs import parse_select, select_inputs
from meshlake.products.product import ModelTransform
from meshlake.rules.facts import FactError

if TYPE_CHECKING:
    from pathlib import Path

    from meshlake.names import InputName

_SPECS: dict[str, type[ChurnSpec | SegmentSpec]] = {"churn": ChurnSpec, "segments": SegmentSpec}
_GUIDE = "See docs/adding-a-product.md."


def read_model(path: Path, text: str) -> tuple[ModelTransform, tuple[InputName, ...]]:
    """The model that `text`, the content of `path`, defines, and what its features are read from.

    Raises:
        ContractError: it defines none.
    """
    definition = _mapping(path, text)
    task, sql = definition.get("task"), _features_sql(path, definition)
    if task not in _SPECS:
        raise ContractError(f"{path}: task is {task!r}", f"Tasks: {', '.join(_SPECS)}.")
    inputs = select_inputs(parse_select(sql, path), path)
    try:
        _SPECS[task].from_mapping(definition)
    except ValueError as error:
        raise ContractError(f"{path}: {error}", _GUIDE) from error
    model = ModelTransform(path, task, sql, definition)
    if model.retrain_cron is not None:
        try:
            check_cron(model.retrain_cron)
        except FactError as error:
            raise ContractError(f"{path}: policy.retrain_cron: {error}", error.hint) from error
    return model, inputs


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
