"""Tables that landed as folders with a log: which data files are rows of one, and how DuckDB reads them there."""

from __future__ import annotations

import shutil
from abc import abstractmethod
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import unquote

from meshlake.errors import LandingError
from meshlake.formats.format import ROW_COLUMN, Format
from meshlake.formats.parquet import PARQUET
from meshlake.formats.reader import grouped, paths_sql
from meshlake.formats.scratch import scratch_file
from meshlake.stores import open_file

if TYPE_CHECKING:
    import re
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    import duckdb

    from meshlake.formats.format import Keyed
    from meshlake.stores import StoredFile


@dataclass(frozen=True)
class Reading:
    """How rows of data files are read: what is selected, the options of DuckDB's reader, which rows are `kept`."""

    selected: str
    options: str
    kept: str = ""

    def select(self, files: Sequence[StoredFile], also: str = "") -> str:
        """The SELECT of the rows of `files`."""
        condition = f" WHERE {self.kept}" if self.kept else ""
        return (
            f"SELECT {self.selected}{also} FROM read_parquet({paths_sql(files)}, {self.options}){condition}"
        )


@dataclass(frozen=True)
class Table:
    """What the newest log says: its data files. `empty` is a SELECT without rows, with the table's columns."""

    empty: str
    files: Mapping[StoredFile, Reading]


class TableFolder(Format):
    """A format of folders. The name of a file of the log begins with a match of `log`, whose group is the folder."""

    endings = ()
    is_columnar = True
    log: re.Pattern[str]

    @abstractmethod
    def table(self, folder: str, files: tuple[StoredFile, ...]) -> Table:
        """The table in `folder`, of which `files` have landed.

        Raises:
            LandingError: it cannot be read, or not by its files alone.
        """

    def table_folder(self, file_name: str) -> str | None:
        found = self.log.match(file_name)
        return (found[1] or "") if found else None

    def selects(self, files: Keyed, among: Sequence[StoredFile]) -> list[str]:
        selects = []
        for table in self._tables(among):
            selects.append(table.empty)
            read = [file for file in table.files if file in files]
            selects += [reading.select(group) for reading, group in grouped(read, table.files.__getitem__)]
        return selects

    def numbered(self, file: StoredFile, keys: tuple[str, ...], among: Sequence[StoredFile]) -> list[str]:
        return [
            table.files[file].select([file], f", file_row_number + 1 AS {ROW_COLUMN}")
            for table in self._tables(among)
            if file in table.files
        ]

    def has_columns(self, file: StoredFile) -> bool:
        """None by itself: the columns are the log's."""
        return False

    def explain(self, error: duckdb.Error, message: str, files: Sequence[StoredFile]) -> LandingError | None:
        data = [f for f in files if f.name.endswith(".parquet") and not self.log.match(f.name)]
        return PARQUET.explain(error, message, data)

    def _tables(self, files: Sequence[StoredFile]) -> list[Table]:
        folders = sorted({folder for file in files if (folder := self.table_folder(file.name))})
        return [
            self.table(folder, tuple(file for file in files if file.name.startswith(f"{folder}/")))
            for folder in folders
        ]


def copied_log(folder: str, log: Sequence[StoredFile]) -> Path:
    """A copy of the log's files on this machine, so that its reader sees no other, and those as they were listed."""
    copy = scratch_file("")
    for file in log:
        target = copy / file.name.removeprefix(f"{folder}/")
        target.parent.mkdir(parents=True, exist_ok=True)
        with open_file(file) as source, target.open("wb") as sink:
            shutil.copyfileobj(source, sink)
    return copy


def data_file(folder: str, path: str, files: Sequence[StoredFile]) -> StoredFile:
    """The landed file that a log calls `path`, below `folder`.

    Raises:
        LandingError: there is none; so it is for any path that leads elsewhere.
    """
    wanted = {f"{folder}/{path}", f"{folder}/{unquote(path)}"}
    found = next((file for file in files if file.name in wanted), None)
    if found is None:
        raise LandingError(
            f"{folder}: its log names {path}, which has not landed",
            "Land the folder whole. Files that lie elsewhere are not read: land a copy of the rows as Parquet.",
        )
    return found
