"""Fitted models as bytes and back, by skops: no pickle, and no type that is not named here.

The same model gives the same bytes, so that their hash identifies it. Where the bytes are kept does not
belong here.
"""

from __future__ import annotations

import io
import json
import zipfile
from typing import Any

import skops.io
from skops.io.exceptions import UntrustedTypesFoundException

from ml_assets.scoring import ChurnModel
from ml_assets.segments import SegmentModel

# Beyond what skops trusts by itself (scikit-learn's estimators, numpy's arrays and scalars). Each was looked
# at: none does more on loading than to take the attributes it is given.
TRUSTED_TYPES = (
    "ml_assets.preprocessing.FeatureFrame",
    "ml_assets.segments.signed_log1p",
)
_MODELS = {"churn": ChurnModel, "segments": SegmentModel}
# The earliest time a ZIP entry can carry, in place of the time of writing.
_NO_TIME = (1980, 1, 1, 0, 0, 0)


def dump_model(model: ChurnModel | SegmentModel) -> bytes:
    """The model as a skops archive; the same for two equal models."""
    task = next(task for task, kind in _MODELS.items() if isinstance(model, kind))
    fields = {name: list(v) if isinstance(v, tuple) else v for name, v in vars(model).items()}
    return _canonical(skops.io.dumps({"task": task, "fields": fields}))


def load_model(content: bytes) -> ChurnModel | SegmentModel:
    """The model whose `dump_model` gave `content`.

    Raises:
        ValueError: when `content` is no such archive, or holds a type not in `TRUSTED_TYPES`.
    """
    try:
        loaded = skops.io.loads(content, trusted=list(TRUSTED_TYPES))
        fields = {name: tuple(v) if isinstance(v, list) else v for name, v in loaded["fields"].items()}
        model: ChurnModel | SegmentModel = _MODELS[loaded["task"]](**fields)
        return model
    except UntrustedTypesFoundException as error:
        raise ValueError(f"the stored model holds types that are not trusted: {error}") from error
    except (zipfile.BadZipFile, KeyError, TypeError, AttributeError) as error:
        raise ValueError(f"the stored model cannot be read: {error}") from error


def _canonical(content: bytes) -> bytes:
    """The same archive with objects numbered in order of appearance; skops numbers them by memory address."""
    numbers: dict[int, int] = {}
    renamed: dict[str, str] = {}
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        schema = _renumber(json.loads(archive.read("schema.json")), numbers, renamed)
        buffer = io.BytesIO()
        with zipfile.ZipFile(buffer, "w") as target:
            _write(target, "schema.json", json.dumps(schema).encode())
            for name, new_name in renamed.items():
                _write(target, new_name, archive.read(name))
    return buffer.getvalue()


def _renumber(node: Any, numbers: dict[int, int], renamed: dict[str, str]) -> Any:
    if isinstance(node, list):
        return [_renumber(child, numbers, renamed) for child in node]
    if not isinstance(node, dict):
        return node
    changed = {key: _renumber(child, numbers, renamed) for key, child in node.items()}
    if isinstance(node.get("__id__"), int):
        changed["__id__"] = numbers.setdefault(node["__id__"], len(numbers))
    if isinstance(file := node.get("file"), str):
        changed["file"] = renamed.setdefault(file, f"{len(renamed)}.{file.rpartition('.')[2]}")
    return changed


def _write(target: zipfile.ZipFile, name: str, content: bytes) -> None:
    entry = zipfile.ZipInfo(name, _NO_TIME)
    entry.compress_type = zipfile.ZIP_DEFLATED
    target.writestr(entry, content)
