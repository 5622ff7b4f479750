"""Model versions: `<models>/<domain>.<product>/<version>/`, each immutable once it is there.

A version holds the fitted model, its record (what it was trained on, its metrics), its honest predictions and its
plots. It is there once its record is, which is written last: what a killed process left unfinished never counts.
Which version scores is told by the published snapshot of its product, not here.
"""

from __future__ import annotations

import json
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from meshlake.lake.files import list_files, remove_folder
from meshlake.object_store import is_s3, read_object, write_object
from meshlake.settings import DEFAULT_S3

if TYPE_CHECKING:
    from collections.abc import Mapping

    from meshlake.names import ProductName
    from meshlake.settings import S3Settings

MODEL_FILE = "model.skops"
RECORD_FILE = "record.json"


@dataclass(frozen=True)
class ModelVersion:
    """One stored version: `record` is JSON, `folder` (a path or `s3://` address) holds its files."""

    version: str
    folder: str
    record: Mapping[str, Any]
    s3: S3Settings = field(default=DEFAULT_S3, repr=False)

    def read(self, file: str) -> bytes:
        """The bytes of one of its files.

        Raises:
            FileNotFoundError: it has no such file.
        """
        content = _read(f"{self.folder}/{file}", self.s3)
        if content is None:
            raise FileNotFoundError(f"{self.folder}/{file}")
        return content


class ModelStore:
    """All versions of the models of a mesh, in `root`: a folder or an `s3://` address, to which `s3` is the way."""

    def __init__(self, root: str, s3: S3Settings = DEFAULT_S3) -> None:
        self._root = root
        self._s3 = s3

    def load(self, product: ProductName, version: str) -> ModelVersion | None:
        """A version, or `None` when it is not there."""
        folder = f"{self._root}/{product}/{version}"
        record = _read(f"{folder}/{RECORD_FILE}", self._s3)
        return None if record is None else ModelVersion(version, folder, json.loads(record), self._s3)

    def versions(self, product: ProductName) -> list[ModelVersion]:
        """Every version of `product`'s model, oldest first."""
        folder = f"{self._root}/{product}/"
        names = {
            file.path.removeprefix(folder).partition("/")[0] for file in list_files(folder[:-1], self._s3)
        }
        found = [self.load(product, name) for name in names]
        return sorted((v for v in found if v is not None), key=lambda v: str(v.record["trained_at"]))

    def save(
        self, product: ProductName, version: str, record: Mapping[str, Any], files: Mapping[str, bytes]
    ) -> ModelVersion:
        """Store a version whole or not at all; one that is there already stays as it is."""
        if there := self.load(product, version):
            return there
        folder = f"{self._root}/{product}/{version}"
        for name, content in files.items():
            _write(f"{folder}/{name}", content, self._s3)
        _write(f"{folder}/{RECORD_FILE}", json.dumps(record, indent=2, default=str).encode(), self._s3)
        return ModelVersion(version, folder, record, self._s3)

    def remove_unfinished(self, grace_seconds: float) -> int:
        """Remove versions without a record, unless younger than `grace_seconds`; gives how many."""
        files = list_files(self._root, self._s3)
        modified_seconds: dict[str, float] = {}
        for file in files:
            folder = _folder(file.path)
            modified_seconds[folder] = max(file.modified_seconds, modified_seconds.get(folder, 0.0))
        finished = {_folder(file.path) for file in files if file.path.endswith(f"/{RECORD_FILE}")}
        limit_seconds = time.time() - grace_seconds
        unfinished = [
            folder
            for folder, seconds in modified_seconds.items()
            if folder not in finished and seconds <= limit_seconds
        ]
        for folder in unfinished:
            remove_folder(folder, self._s3)
        return len(unfinished)


def _folder(path: str) -> str:
    return path.rpartition("/")[0]


def _read(path: str, s3: S3Settings) -> bytes | None:
    if is_s3(path):
        return read_object(path, s3)
    return Path(path).read_bytes() if Path(path).exists() else None


def _write(path: str, content: bytes, s3: S3Settings) -> None:
    """Write a file whole or not at all."""
    if is_s3(path):
        write_object(path, content, s3)
        return
    target = Path(path)
    target.parent.mkdir(parents=True, exist_ok=True)
    temporary = target.with_name(f".{target.name}")
    temporary.write_bytes(content)
    temporary.replace(target)
