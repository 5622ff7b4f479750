"""What makes a model version what it is, besides its rows: what was asked, features, code and libraries.

The wording of a contract is no part of it, nor when it is trained again and how long it is kept.
"""

from __future__ import annotations

import hashlib
import json
import platform
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

from meshlake import ml_assets
from meshlake.types.tree import Scalar, is_number, is_temporal

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from meshlake.types.tree import Type

_NOT_OF_THE_MODEL = ("retrain_cron", "retrain_when_off", "keep_versions", "boost_minutes")
_LIBRARIES = ("scikit-learn", "numpy", "scipy", "pandas", "skops")


def definition_sha256(content: Mapping[str, Any]) -> str:
    """Changes with anything that the `content` of a `model.yaml` asks of the model."""
    asked = dict(content)
    if isinstance(policy := asked.get("policy"), dict):
        asked["policy"] = {name: value for name, value in policy.items() if name not in _NOT_OF_THE_MODEL}
    return sha256(json.dumps(asked, sort_keys=True, default=str).encode())


@cache
def environment() -> dict[str, str]:
    """Versions of Python and of the libraries that models are made of, and the hash of our code of models."""
    package = Path(ml_assets.__file__).parent
    files = sorted(file.relative_to(package) for file in package.rglob("*.py"))
    code = b"\0".join(str(file).encode() + b"\0" + (package / file).read_bytes() for file in files)
    versions = {library: version(library) for library in _LIBRARIES}
    return {"python": platform.python_version(), **versions, "ml_assets": sha256(code)}


def feature_kinds(columns: Mapping[str, Type], names: Iterable[str]) -> dict[str, str]:
    """What each of the columns `names` is, as far as a model tells types apart."""
    return {name: _kind(columns[name]) for name in names if name in columns}


def misfits(learned: Mapping[str, str], columns: Mapping[str, Type]) -> Iterator[str]:
    """What keeps a model that learned from features of these kinds from scoring `columns`, in words."""
    for name, kind in learned.items():
        if name not in columns:
            yield f"{name} is gone"
        elif (now := _kind(columns[name])) not in (kind, _EMPTY):
            yield f"{name} is {now}, and was {kind}"


def sha256(content: bytes) -> str:
    """As hexadecimal digits."""
    return hashlib.sha256(content).hexdigest()


_EMPTY = "without any value"


def _kind(type_: Type) -> str:
    if type_ is Scalar.NULL:
        return _EMPTY
    if is_number(type_):
        return "a number"
    return "a date" if is_temporal(type_) else str(type_)
