"""Model versions: `<models>/<domain>.<product>/<version>/`, each immutable once it is there.

A version holds the fitted model, its record (what it was trained on, its metrics, how it was decided upon, the hashes
of its files), its honest predictions and its plots. Its name ends with the hash of its record, so that neither that nor
a file it names can be another than was stored. It is there once its record is, which is written last: what a killed
process left unfinished never counts. Which version scores is told by the published snapshot of its product, not here.
"""

from __future__ import annotations

import json
import time
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

from meshlake.errors import BuildError
from meshlake.models.identity import sha256
from meshlake.stores.disk import Disk

if TYPE_CHECKING:
    from collections.abc import Mapping

    from meshlake.names import ProductName
    from meshlake.settings import Settings
    from meshlake.stores import Store

MODEL_FILE = "model.skops"
RECORD_FILE = "record.json"
PICTURE_SUFFIX = ".png"
VERSION_PROPERTY = "model_version"
# When a build last trained, whatever came of it.
TRAINED_PROPERTY = "model_trained_at"
_HASH_DIGITS = 12
_DISK = Disk()


@dataclass(frozen=True)
class ModelVersion:
    """One stored version: `record` is JSON, `folder`, a place of `store`, holds its files."""

    version: str
    folder: str
    record: Mapping[str, Any]
    store: Store = field(default=_DISK, repr=False)

    def read(self, file: str) -> bytes:
        """The bytes of one of its files.

        Raises:
            FileNotFoundError: it has no such file.
            BuildError: the file is not the one that was stored.
        """
        path = f"{self.folder}/{file}"
        content = self.store.read(path)
        if content is None:
            raise FileNotFoundError(path)
        if sha256(content) != self.record["files"].get(file, sha256(content)):
            raise _tampered(path)
        return content

    @property
    def pictures(self) -> tuple[str, ...]:
        """Where its plots are: curves, importances and the like, as PNG."""
        files = self.store.files(self.folder)
        return tuple(file.path for file in files if file.name.endswith(PICTURE_SUFFIX))


class ModelStore:
    """All versions of the models of a mesh, in `root`, a place of `store`."""

    def __init__(self, root: str, store: Store = _DISK) -> None:
        self._root = root
        self._store = store

    def load(self, product: ProductName, version: str) -> ModelVersion | None:
        """A version, or `None` when it is not there, or was stored before records had hashes.

        Raises:
            BuildError: its record is not the one that was stored.
        """
        folder = f"{self._root}/{product}/{version}"
        digits = version.rpartition("-")[2]
        content = self._store.read(f"{folder}/{RECORD_FILE}")
        if content is None or len(digits) != _HASH_DIGITS:
            return None
        if not sha256(content).startswith(digits):
            raise _tampered(f"{folder}/{RECORD_FILE}")
        return ModelVersion(version, folder, json.loads(content), self._store)

    def versions(self, product: ProductName, most: int = 0) -> list[ModelVersion]:
        """Every version of `product`'s model, or the newest `most`, oldest first."""
        found = [self.load(product, name) for name in self.names(product)[-most:]]
        return sorted((v for v in found if v is not None), key=lambda v: str(v.record["trained_at"]))

    def names(self, product: ProductName) -> list[str]:
        """The names of every version, unfinished ones too, oldest first: each begins with when it was trained."""
        return sorted({file.name.partition("/")[0] for file in self._store.files(f"{self._root}/{product}")})

    def remove(self, product: ProductName, version: str) -> None:
        """Remove a version with all its files."""
        self._store.remove_folder(f"{self._root}/{product}/{version}")

    def save(
        self, product: ProductName, record: Mapping[str, Any], files: Mapping[str, bytes]
    ) -> ModelVersion:
        """Store a version whole or not at all, named by when it was `trained_at` and by its record's hash."""
        record = {**record, "files": file_hashes(files)}
        content = json.dumps(record, indent=2, default=str).encode()
        trained_at = datetime.fromisoformat(record["trained_at"])
        version = f"{trained_at:%Y%m%dT%H%M%S}-{sha256(content)[:_HASH_DIGITS]}"
        folder = f"{self._root}/{product}/{version}"
        for name, each in files.items():
            self._store.write(f"{folder}/{name}", each)
        self._store.write(f"{folder}/{RECORD_FILE}", content)
        return ModelVersion(version, folder, record, self._store)

    def remove_unfinished(self, grace_seconds: float) -> int:
        """Remove versions without a record, unless younger than `grace_seconds`; gives how many."""
        files = self._store.files(self._root)
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
            self._store.remove_folder(folder)
        return len(unfinished)


def model_store(settings: Settings) -> ModelStore:
    """The models of the mesh that `settings` describe."""
    return ModelStore(settings.models, settings.store_of(settings.models))


def file_hashes(files: Mapping[str, bytes]) -> dict[str, str]:
    """The SHA-256 of each of the files of a version that scores come of; its plots are for people alone."""
    return {name: sha256(each) for name, each in files.items() if not name.endswith(PICTURE_SUFFIX)}


def _tampered(path: str) -> BuildError:
    hint = "Restore it, or remove its folder: the next build then trains a model and publishes that."
    return BuildError(f"{path}: is not the file that was stored", hint)


def _folder(path: str) -> str:
    return path.rpartition("/")[0]
