"""The folder of this process for what DuckDB reads instead of a landed file: copies in Parquet, unpacked files."""

from __future__ import annotations

import atexit
import shutil
import tempfile
import uuid
from functools import lru_cache
from pathlib import Path


@lru_cache(maxsize=1)
def scratch_folder() -> Path:
    """Where copies are kept until this process ends."""
    folder = tempfile.mkdtemp(prefix="meshlake-")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return Path(folder)


def scratch_file(ending: str) -> Path:
    """A new name in the folder."""
    return scratch_folder() / f"{uuid.uuid4().hex}{ending}"
