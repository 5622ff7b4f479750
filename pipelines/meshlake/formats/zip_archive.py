"""ZIP archives that say nothing of the format in them: `mesh land` unpacks them, and only those that are broken land.

One whose name says the format, `sales.csv.zip`, is a packed file of that.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from meshlake.errors import LandingError
from meshlake.formats.format import Format

if TYPE_CHECKING:
    from collections.abc import Sequence

    import duckdb

    from meshlake.formats.format import Keyed
    from meshlake.stores import StoredFile


class _Zip(Format):
    name = "zip"
    title = "ZIP archives"
    endings = (".zip",)
    is_read = False
    is_kept_aside = True

    def has_ending(self, file_name: str) -> bool:
        return file_name.lower().endswith(self.endings)

    def selects(self, files: Keyed, among: Sequence[StoredFile]) -> list[str]:
        raise LandingError(f"{among[0].name} is a ZIP archive", "`mesh land` unpacks it.")

    def explain(self, error: duckdb.Error, message: str, files: Sequence[StoredFile]) -> LandingError | None:
        return None


ZIP = _Zip()
