"""What a format of landed files is asked: the one protocol that `landing` and the engines know files by.

A member derives from `Format` and says what is different with it. Nothing here reads a file.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Protocol, TypeAlias

from meshlake.formats.scratch import scratch_folder
from meshlake.formats.unreadable import Unreadable
from meshlake.names import quote_literal

if TYPE_CHECKING:
    from collections.abc import Collection, Hashable, Mapping, Sequence
    from pathlib import Path

    import duckdb

    from meshlake.errors import DamagedFileError, LandingError
    from meshlake.stores import StoredFile
    from meshlake.types.tree import Type

# Endings behind which a file of any format may be packed.
PACKINGS = (".bz2", ".xz", ".zst", ".gz", ".zip")
# In SQL, the columns that say where a row stands. No landed column is called so: a control character begins them.
FILE_COLUMN = '"\x02file"'
ROW_COLUMN = '"\x02row"'

# Files to read, each with the keys of the `key=value` folders it lies in: columns of text, as Hive has them.
Keyed: TypeAlias = "Mapping[StoredFile, tuple[str, ...]]"


class UnfaithfulError(Exception):
    """Trino would read other rows than DuckDB from files where they lie; the text says why. It reads a copy then."""


@dataclass(frozen=True)
class HiveLayout:
    """How Trino's Hive connector reads files where they lie, and gives just the rows that DuckDB reads.

    `format` and `properties` are those of its table, the latter as SQL; `columns` in the order of the files, without
    those of folders. `line_condition` is Trino's SQL that is true for a `line` of which both readers make the same;
    `None` where no line needs a look.
    """

    format: str
    columns: tuple[str, ...]
    properties: Mapping[str, str] = field(default_factory=dict)
    line_condition: str | None = None


@dataclass(frozen=True)
class Part:
    """A table in a file that holds several: what it is called, and the name under which the file lands as that one."""

    title: str
    file_name: str


class Format(Protocol):
    """One format: a singleton, called `name` in the doorway and `title` by people.

    `endings` are those of file names, in small letters; behind one may stand one of `PACKINGS`, of which its SELECTs
    unpack `compressions` themselves. All its files begin with `magic`, if that is not empty. `is_read`,
    unless it is known only to be refused. `hive_value` is Trino's SQL for a value of a `HiveLayout`, `{}` the column.
    `is_empty_null` where empty text comes as null; `is_columnar` where its SELECTs read the columns that are asked
    for, and no others. Where it `is_kept_aside`, its files lie beside those of any other format, and are broken.
    """

    name: str
    title: str
    endings: tuple[str, ...]
    compressions: tuple[str, ...] = ()
    magic: bytes = b""
    is_read: bool = True
    is_kept_aside: bool = False
    hive_value: str = "{}"
    is_empty_null: bool = False
    is_columnar: bool = False

    @property
    def telling_empty(self) -> Format:
        """The format whose SELECTs give empty text where this one's give null, so that it can be counted."""
        return self

    def selects(self, files: Keyed, among: Sequence[StoredFile]) -> list[str]:
        """SELECTs that together give every row of `files`, columns by name; none when they have no columns.

        `among` are all files of the dataset, where these decide which columns there are. Text that says nothing of its
        type is VARCHAR.

        Raises:
            LandingError: a file is damaged or cannot be read as what its name says.
        """

    def explain(self, error: duckdb.Error, message: str, files: Sequence[StoredFile]) -> LandingError | None:
        """What an error of DuckDB says about one of `files`, in plain words; `None` when it is about something else.

        `message` is DuckDB's own, without its class. A value of the data may stand in it: told is only by the class, by
        fixed words that it begins with, and by asking the files.
        """

    def parts(self, source: Path) -> tuple[Part, ...]:
        """The tables in a file that is to land. One without a title is what the file as a whole is.

        Raises:
            LandingError: it has to be looked into for that, and is damaged.
        """
        return (Part("", source.name),)

    def has_columns(self, file: StoredFile) -> bool:
        """Whether there is a table in `file` at all, if perhaps without rows.

        Raises:
            LandingError: it is damaged.
        """
        return True

    def schema_keys(self, files: Sequence[StoredFile]) -> Mapping[StoredFile, Hashable]:
        """Of `files` with columns, something that is equal where these are: each of the others is asked by itself."""
        return {}

    def delimiter(self, files: Sequence[StoredFile]) -> str | None:
        """What stands between the cells of `files`, where something does: it tells of how their numbers are written."""
        return None

    def numbers(self, files: Sequence[StoredFile]) -> Collection[str]:
        """The columns of text whose values `files` tell to be numbers, some of them not written as an engine would."""
        return ()

    def numbered(self, file: StoredFile, keys: tuple[str, ...], among: Sequence[StoredFile]) -> list[str]:
        """As `selects` of one file, each row with `ROW_COLUMN`: its number from 1, in the file's order.

        It may be slower, and needs DuckDB's `preserve_insertion_order`.
        """
        selects = self.selects({file: keys}, among)
        return [f"SELECT *, row_number() OVER () AS {ROW_COLUMN} FROM ({select})" for select in selects]

    def unreadable(
        self,
        connection: duckdb.DuckDBPyConnection,
        files: Sequence[StoredFile],
    ) -> Unreadable:
        """The lines of `files` that statements on `connection` left out since the last `forget_unreadable`.

        To be asked, and gone through, before the next statement.

        Raises:
            ReadAgainError: they read too little, and will read all there is when they are made and run anew.
            LandingError: what is wrong with a file hides more of it than can be told.
        """
        return Unreadable.NONE

    def damaged(self, files: Sequence[StoredFile]) -> Mapping[StoredFile, DamagedFileError]:
        """Those of `files` that are broken, or none of the format at all, and have no lines to keep aside alone."""
        return {}

    def notes(self, files: Sequence[StoredFile]) -> list[str]:
        """What was guessed about how `files`, a dataset's, are written, and what of them is no row: for people.

        Raises:
            LandingError: a file is damaged.
        """
        return []

    def selects_of_one(
        self, file: StoredFile, keys: tuple[str, ...], among: Sequence[StoredFile]
    ) -> list[str]:
        """As `selects` of one file, with the columns that it has itself."""
        return self.selects({file: keys}, [file])

    def folders_read(self) -> tuple[str, ...]:
        """Folders of this machine that its SELECTs read instead of files that DuckDB cannot read itself."""
        return (str(scratch_folder()),)

    def hive_layout(
        self, connection: duckdb.DuckDBPyConnection, files: Keyed, columns: Mapping[str, Type]
    ) -> HiveLayout:
        """How Trino reads `files` where they lie; `columns` are those not of folders, with their types.

        Raises:
            UnfaithfulError: it cannot be. So it is for a format that does not say.
        """
        raise UnfaithfulError(f"Trino cannot read {self.title} where it lies")

    def table_folder(self, file_name: str) -> str | None:
        """The folder that is a table of this format, when the file is of its log, which alone tells its rows."""
        return None

    def has_ending(self, file_name: str) -> bool:
        """Whether the name of a file says that it is one of these."""
        path = PurePosixPath(file_name.lower())
        if path.suffix in {*self.compressions, *PACKINGS}:
            path = path.with_suffix("")
        return path.suffix in self.endings

    def __str__(self) -> str:
        return self.name


def lineage_select(select: str, file: StoredFile) -> str:
    """A SELECT of the rows of `select`, which are of `file`, each with `FILE_COLUMN`."""
    return f"SELECT *, {quote_literal(file.name)} AS {FILE_COLUMN} FROM ({select})"
