"""Hudi tables, whose files alone give other rows than the table: known by their log, and refused by name."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from meshlake.errors import LandingError
from meshlake.formats.format import Format

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path
    from typing import NoReturn

    import duckdb

    from meshlake.formats.format import Keyed, Part
    from meshlake.stores import StoredFile


class _Hudi(Format):
    name = "hudi"
    title = "Hudi tables"
    endings = ()
    is_read = False
    log = re.compile(r"(?:(.*)/)?\.hoodie/")

    def table_folder(self, file_name: str) -> str | None:
        found = self.log.match(file_name)
        return (found[1] or "") if found else None

    def parts(self, source: Path) -> tuple[Part, ...]:
        self._refuse(str(source))

    def selects(self, files: Keyed, among: Sequence[StoredFile]) -> list[str]:
        self._refuse(among[0].name)

    def has_columns(self, file: StoredFile) -> bool:
        self._refuse(file.name)

    def explain(self, error: duckdb.Error, message: str, files: Sequence[StoredFile]) -> LandingError | None:
        return None

    def _refuse(self, where: str) -> NoReturn:
        raise LandingError(
            f"{where}: {self.title} keep files with rows that they have no more, so their files are not read alone",
            "Land its rows: spark.read.format('hudi').load(FOLDER).write.parquet(NEW_FOLDER).",
        )


HUDI = _Hudi()
