"""Model versions on disk: `<models>/<domain>.<product>/<version>/`, each immutable once it is there.

A version holds the fitted model, its record (what it was trained on, its metrics), its honest predictions and its
plots. Which version scores is told by the published snapshot of its product, not here.
"""

from __future__ import annotations

import json
import shutil
import uuid
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from pipelines.names import ProductName

MODEL_FILE = "model.skops"
RECORD_FILE = "record.json"


@dataclass(frozen=True)
class ModelVersion:
    """One stored version: `record` is JSON, `folder` holds its files."""

    version: str
    folder: Path
    record: Mapping[str, Any]

    def read(self, file: str) -> bytes:
        """The bytes of one of its files."""
        return (self.folder / file).read_bytes()


class ModelStore:
    """All versions of the models of a mesh."""

    def __init__(self, root: Path) -> None:
        self._root = root

    def load(self, product: ProductName, version: str) -> ModelVersion | None:
        """A version, or `None` when it is not there."""
        folder = self._root / str(product) / version
        record = folder / RECORD_FILE
        if not record.exists():
            return None
        return ModelVersion(version, folder, json.loads(record.read_text(encoding="utf-8")))

    def versions(self, product: ProductName) -> list[ModelVersion]:
        """Every version of `product`'s model, oldest first."""
        folder = self._root / str(product)
        found = [self.load(product, each.name) for each in folder.iterdir()] if folder.is_dir() else []
        return sorted((v for v in found if v is not None), key=lambda v: str(v.record["trained_at"]))

    def save(
        self, product: ProductName, version: str, record: Mapping[str, Any], files: Mapping[str, bytes]
    ) -> ModelVersion:
        """Store a version whole or not at all; one that is there already stays as it is."""
        folder = self._root / str(product) / version
        temporary = folder.with_name(f".{version}.{uuid.uuid4().hex}")
        temporary.mkdir(parents=True)
        try:
            for name, content in files.items():
                (temporary / name).write_bytes(content)
            (temporary / RECORD_FILE).write_text(json.dumps(record, indent=2, default=str), encoding="utf-8")
            if not folder.exists():
                temporary.rename(folder)
        finally:
            shutil.rmtree(temporary, ignore_errors=True)
        return ModelVersion(version, folder, record)
