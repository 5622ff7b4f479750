"""Demo rows that land in a folder a day (`used_on=2026-06-30/`), each of few files.

What the rows are is said by `telco_sql`; how a file is written by `files`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from meshlake.demo.files import part_path, write_part

if TYPE_CHECKING:
    from datetime import date
    from pathlib import Path

    import duckdb

# With 5,000 customers a block, a day of the default demo is one file.
_BLOCKS_A_PART = 4


class DayFolders:
    """Gathers the rows of several blocks in `connection` and writes them day by day; `written` are the files."""

    def __init__(
        self, connection: duckdb.DuckDBPyConnection, folder: Path, column: str, last_day: date | None
    ) -> None:
        self.written: set[Path] = set()
        self._connection = connection
        self._folder = folder
        self._column = column
        self._last_day = last_day
        self._block_count = 0

    def add(self, query: str) -> None:
        """Take the rows of one more block.

        Raises:
            LandingError: the folder cannot be written.
        """
        if self._block_count % _BLOCKS_A_PART == 0:
            self.write()
            self._connection.execute(f"CREATE OR REPLACE TEMP TABLE gathered AS {query}")
        else:
            self._connection.execute(f"INSERT INTO gathered {query}")
        self._block_count += 1

    def write(self) -> None:
        """Write what is gathered, up to `last_day`; call it after the last block.

        Raises:
            LandingError: the folder cannot be written.
        """
        if self._block_count == 0:
            return
        part = -(-self._block_count // _BLOCKS_A_PART)
        days = self._connection.execute(
            f"SELECT DISTINCT {self._column} FROM gathered ORDER BY ALL"
        ).fetchall()
        for (day,) in days:
            if self._last_day is None or day <= self._last_day:
                folder = self._folder / f"{self._column}={day}"
                path = part_path(folder, self._folder.name, part, "parquet")
                of_day = f"WHERE {self._column} = DATE '{day}' ORDER BY ALL"
                write_part(
                    self._connection, f"SELECT * EXCLUDE ({self._column}) FROM gathered {of_day}", path
                )
                self.written.add(path)
