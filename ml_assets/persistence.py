"""Fitted models as bytes and back, by skops: no pickle, and no type that is not named here.

The same model gives the same bytes, so that their hash identifies it. Where the bytes are kept does not
belong here.
"""

from __future__ import annotations

import hashlib
import io
import itertools
import json
import zipfile
from typing import TYPE_CHECKING, Any

import numpy as np
import skops.io
from skops.io.exceptions import UntrustedTypesFoundException

from meshlake.ml_assets.anomaly_detection.training import AnomalyModel
from meshlake.ml_assets.candidates.candidate import CANDIDATES
from meshlake.ml_assets.classification.scoring import ClassModel
from meshlake.ml_assets.clusterers.clusterer import CLUSTERERS
from meshlake.ml_assets.regression.model import RegressionModel
from meshlake.ml_assets.scoring import ChurnModel
from meshlake.ml_assets.segmentation.training import SegmentModel
from meshlake.ml_assets.survival.model import SurvivalModel

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from meshlake.ml_assets.candidates.algorithm import Algorithm
    from meshlake.plugins import Doorway

# Beyond what skops trusts by itself (scikit-learn's estimators, numpy's arrays and scalars). Each was looked
# at: none does more on loading than to take the attributes it is given. What one algorithm needs is its own to name.
TRUSTED_TYPES = (
    "meshlake.ml_assets.calibration.Calibrated",
    "meshlake.ml_assets.calibration.Curve",
    "meshlake.ml_assets.candidates.joint.Chains",
    "meshlake.ml_assets.candidates.joint.Independent",
    "meshlake.ml_assets.candidates.joint.NeighboursTogether",
    "meshlake.ml_assets.clusterers.nearest.NearestSample",
    "meshlake.ml_assets.preprocessing.FeatureFrame",
    "meshlake.ml_assets.regression.conformal.Margins",
    "meshlake.ml_assets.regressors.bounded.AsItIs",
    "meshlake.ml_assets.logarithm.signed_log1p",
    "meshlake.ml_assets.season.Seasonal",
    "meshlake.ml_assets.stacking.Stack",
    "meshlake.ml_assets.uplifters.estimators.Drawn",
    "meshlake.ml_assets.voting.HardVote",
    "meshlake.ml_assets.voting.WeightedVote",
    "numpy.dtype",
    "sklearn.model_selection._split.KFold",
    "sklearn.model_selection._split.StratifiedKFold",
    # As models of before name them.
    "meshlake.ml_assets.scaling.signed_log1p",
    "sklearn.utils._bunch.Bunch",
)
_MODELS = {
    "anomalies": AnomalyModel,
    "churn": ChurnModel,
    "classification": ClassModel,
    "regression": RegressionModel,
    "segments": SegmentModel,
    "survival": SurvivalModel,
}
Model = AnomalyModel | ChurnModel | ClassModel | RegressionModel | SegmentModel | SurvivalModel
# The earliest time a ZIP entry can carry, in place of the time of writing.
_NO_TIME = (1980, 1, 1, 0, 0, 0)


def dump_model(model: Model) -> bytes:
    """The model as a skops archive; the same for two equal models."""
    task = next(task for task, kind in _MODELS.items() if isinstance(model, kind))
    fields = {name: list(v) if isinstance(v, tuple) else v for name, v in vars(model).items()}
    return _canonical(skops.io.dumps({"task": task, "fields": fields}))


def load_model(content: bytes, *algorithms: str, among: Doorway[type[Any]] | None = None) -> Model:
    """The model whose `dump_model` gave `content`; `algorithms` are the candidates that it is made of.

    `among` is where these are found, if not among those of churn models and segmentations.

    Raises:
        ValueError: when `content` is no such archive, or holds a type that is neither in `TRUSTED_TYPES` nor trusted by
            any of `algorithms`.
        UsageError: no candidate is called so, or its package is not installed.
    """
    named = (_trusted_types(name, among) for name in algorithms)
    trusted = {*TRUSTED_TYPES, *itertools.chain.from_iterable(named)}
    try:
        loaded = skops.io.loads(content, trusted=sorted(trusted))
        fields = {name: tuple(v) if isinstance(v, list) else v for name, v in loaded["fields"].items()}
        model: Model = _MODELS[loaded["task"]](**fields)
        return model
    except UntrustedTypesFoundException as error:
        raise ValueError(f"the stored model holds types that are not trusted: {error}") from error
    except (zipfile.BadZipFile, KeyError, TypeError, AttributeError) as error:
        raise ValueError(f"the stored model cannot be read: {error}") from error


def _trusted_types(algorithm: str, among: Doorway[type[Any]] | None) -> tuple[str, ...]:
    if among is None and algorithm in CLUSTERERS.members:
        return CLUSTERERS.get(algorithm).trusted_types
    candidate: type[Algorithm] = (among or CANDIDATES).get(algorithm)
    candidate.check_installed(algorithm)
    return candidate.trusted_types


def _canonical(content: bytes) -> bytes:
    """The same archive, its objects numbered in order and its arrays named by their content.

    skops numbers both by memory address, which differs from run to run.
    """
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        files = [name for name in archive.namelist() if name != "schema.json"]
        arrays = {name: _without_padding(name, archive.read(name)) for name in files}
        names = {name: _content_name(name, array) for name, array in arrays.items()}
        schema = _renamed(json.loads(archive.read("schema.json")), itertools.count(), names)
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as target:
        _write(target, "schema.json", json.dumps(schema).encode())
        for new_name, array in sorted({names[name]: array for name, array in arrays.items()}.items()):
            _write(target, new_name, array)
    return buffer.getvalue()


def _without_padding(name: str, content: bytes) -> bytes:
    """The same array; what lies between the fields of a tree's nodes is whatever the memory held before."""
    if not name.endswith(".npy"):
        return content
    array = np.load(io.BytesIO(content), allow_pickle=False)
    if array.dtype.names is None:
        return content
    clean = np.zeros(array.shape, array.dtype)
    for field in array.dtype.names:
        clean[field] = array[field]
    buffer = io.BytesIO()
    np.save(buffer, clean, allow_pickle=False)
    return buffer.getvalue()


def _content_name(name: str, content: bytes) -> str:
    return f"{hashlib.sha256(content).hexdigest()}.{name.rpartition('.')[2]}"


def _renamed(node: Any, numbers: Iterator[int], names: Mapping[str, str]) -> Any:
    if isinstance(node, list):
        return [_renamed(child, numbers, names) for child in node]
    if not isinstance(node, dict):
        return node
    changed = {key: _renamed(child, numbers, names) for key, child in node.items()}
    if isinstance(node.get("__id__"), int):
        changed["__id__"] = next(numbers)
    if isinstance(file := node.get("file"), str):
        changed["file"] = names[file]
    return changed


def _write(target: zipfile.ZipFile, name: str, content: bytes) -> None:
    entry = zipfile.ZipInfo(name, _NO_TIME)
    entry.compress_type = zipfile.ZIP_DEFLATED
    target.writestr(entry, content)
