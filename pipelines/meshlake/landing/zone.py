"""Which datasets have landed as files, and which files each consists of.

A dataset of files is the folder `<root>/<domain>/<dataset>/` with files of one format at any depth; `key=value`
folders below it are partition columns, as Hive names them. Reading the rows is `relation`'s work.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING

from meshlake.errors import DamagedFileError, LandingError, NotLandedError
from meshlake.formats import format_of, table_of
from meshlake.formats.packed import is_packed, unpacked_or_damage
from meshlake.formats.unreadable import UnreadableLine
from meshlake.landing.replacing import ReplacedError, consistent_files
from meshlake.landing.storage import list_files
from meshlake.names import DatasetName
from meshlake.partitions import read_day
from meshlake.stores.disk import Disk
from meshlake.suggest import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence
    from datetime import date

    import duckdb

    from meshlake.formats.format import Format
    from meshlake.formats.unreadable import Unreadable
    from meshlake.partitions import Partitions
    from meshlake.settings import Settings
    from meshlake.stores import Store, StoredFile


@dataclass(frozen=True)
class Dataset:
    """A landed dataset as it stood when it was listed: a fixed list of files, whatever arrives later."""

    name: DatasetName
    format: Format
    root: str
    files: tuple[StoredFile, ...]

    @property
    def size_bytes(self) -> int:
        """Of all files together."""
        return sum(file.size_bytes for file in self.files)

    @property
    def fingerprint(self) -> str:
        """Changes whenever a file is added, removed or rewritten; the same wherever the zone is mounted."""
        facts = [f"{file.name}\0{file.size_bytes}\0{file.version}" for file in self.files]
        return hashlib.sha256("\n".join(facts).encode()).hexdigest()

    @property
    def keyed_files(self) -> dict[StoredFile, tuple[str, ...]]:
        """Each file with the keys of the `key=value` folders between the dataset's folder and it."""
        return {
            file: tuple(folder.partition("=")[0] for folder in _folders(file) if "=" in folder)
            for file in self.files
        }

    def files_by_day(self, key: str) -> dict[date, list[StoredFile]] | None:
        """The files of each day, when every file lies in a folder `<key>=2024-01-05`; else `None`."""
        days: dict[date, list[StoredFile]] = {}
        for file in self.files:
            day = _day_of(file, key)
            if day is None:
                return None
            days.setdefault(day, []).append(file)
        return days

    @property
    def opened(self) -> Dataset:
        """Its files as they are read: those that are packed, and that no reader unpacks, as unpacked copies; none of
        those that are broken, unless all are.

        Raises:
            LandingError: none can be unpacked, or one unpacks to too much.
        """
        files, damage = self._unpacked
        if files is self.files and not damage:
            return self
        if kept := tuple(file for file in files if file.name not in damage):
            return replace(self, files=kept)
        if not files:
            raise next(iter(damage.values()))
        return replace(self, files=files)

    @property
    def _unpacked(self) -> tuple[tuple[StoredFile, ...], Mapping[str, DamagedFileError]]:
        """Its files, unpacked as far as they can be; and what is wrong with those that are broken, by name."""
        files, damage = self.files, dict[str, DamagedFileError]()
        if any(is_packed(file, self.format) for file in files):
            found = {f.name: unpacked_or_damage(f) if is_packed(f, self.format) else f for f in files}
            damage = {name: each for name, each in found.items() if isinstance(each, DamagedFileError)}
            files = tuple(each for each in found.values() if not isinstance(each, DamagedFileError))
        damaged = self.format.damaged(files) if files else {}
        damage |= {file.name: error for file, error in damaged.items()}
        return files, damage

    def unreadable(self, connection: duckdb.DuckDBPyConnection) -> Unreadable:
        """What statements on `connection` left out of it since the last `forget_unreadable`, broken files among it.

        To be asked, and gone through, before the next statement.

        Raises:
            ReadAgainError: they read too little, and will read all there is when they are made and run anew.
            LandingError: what is wrong with a file hides more of it than can be told.
        """
        read = self.opened.files
        found = self.format.unreadable(connection, read)
        if len(read) == len(self.files):
            return found
        _, damage = self._unpacked
        told = [UnreadableLine(name, None, b"", error.message) for name, error in damage.items()]
        damaged_bytes = sum(file.size_bytes for file in self.files if file.name in damage)
        return found.with_files(told, damaged_bytes / self.size_bytes)

    @property
    def has_columns(self) -> bool:
        """Whether there is a table in any of its files, if perhaps without rows.

        Raises:
            LandingError: a file is damaged.
        """
        return any(self.format.has_columns(file) for file in self.opened.files)

    @property
    def replaced_file(self) -> StoredFile | None:
        """One of its files that was replaced or removed since they were listed; others may have come."""
        if not self.files:
            return None
        there = {file.path: file for file in consistent_files_of(self.name, self.root, self.files[0].store)}
        return next((file for file in self.files if there.get(file.path) != file), None)

    def refuse_replaced(self) -> None:
        """See that what was read of its files was all of one moment.

        Raises:
            ReplacedError: one of them was replaced or removed meanwhile.
        """
        if (file := self.replaced_file) is not None:
            raise ReplacedError(file.name)

    def of_days(self, partitions: Partitions) -> Dataset:
        """The dataset as if only the files of these days had landed."""
        kept = (file for file in self.files if _day_of(file, partitions.column) in partitions.days)
        return replace(self, files=tuple(kept))


_DISK = Disk()


@dataclass(frozen=True)
class Survey:
    """What is in a landing zone at one moment: which datasets, why some cannot be read, which files belong to none."""

    datasets: tuple[DatasetName, ...]
    broken: Mapping[DatasetName, LandingError]
    misplaced: tuple[str, ...]


class LandingZone:
    """The landing zone at `root`, a place of `store`.

    The datasets in `elsewhere` are those of other sources, whatever lies in the folder.
    """

    def __init__(
        self,
        root: str,
        store: Store = _DISK,
        elsewhere: Collection[DatasetName] = (),
    ) -> None:
        self.root = root.rstrip("/")
        self.store = store
        self.elsewhere = frozenset(elsewhere)

    def datasets(self) -> list[DatasetName]:
        """Every dataset that lives elsewhere or has at least one file, sorted by name."""
        return sorted(self._files_by_dataset(self._below()).keys() | self.elsewhere)

    def survey(self) -> Survey:
        """All that has landed, by one listing; what lives elsewhere is not looked at."""
        files = self._below()
        by_name = self._files_by_dataset(files)
        broken = {}
        for name in by_name.keys() - self.elsewhere:
            try:
                self._dataset(name, tuple(by_name[name]))
            except LandingError as error:
                broken[name] = error
        misplaced = tuple(file.name for file in files if file.name.count("/") < 2)
        return Survey(tuple(sorted(by_name.keys() | self.elsewhere)), broken, misplaced)

    def dataset(self, name: DatasetName) -> Dataset:
        """The files of `name` as they are now.

        Raises:
            NotLandedError: nothing has landed under this name.
            LandingError: its files are of several formats, or of none that can be read.
        """
        files = tuple(self._files_of(name)) if _is_confined(name) else ()
        if not files:
            landed = [str(each) for each in self.datasets()]
            hint = did_you_mean(str(name), landed, f"Landed datasets: {', '.join(landed) or 'none'}.")
            raise NotLandedError(f"{name} has not landed in {self.root}", hint)
        return self._dataset(name, files)

    def misplaced_files(self) -> list[str]:
        """Files that lie above the dataset folders, so belong to no dataset and are never read."""
        return [file.name for file in self._below() if file.name.count("/") < 2]

    def _dataset(self, name: DatasetName, files: tuple[StoredFile, ...]) -> Dataset:
        """The dataset of `files`, one at least.

        Raises:
            LandingError: they are of several formats, of none that can be read, or not named in UTF-8.
        """
        for file in files:
            if not _is_utf8(file.name):
                raise LandingError(
                    f"{file.name!a} is no name in UTF-8, so no engine can be told of it",
                    "Rename the file or its folder.",
                )
        formats = self._formats(name, files)
        read = {file: format_ for file, format_ in formats.items() if not format_.is_kept_aside} or formats
        start, first = next(iter(read.items()))
        for file, format_ in read.items():
            if format_ is not first:
                raise LandingError(
                    f"{name} mixes formats: {start.name} is {first}, {file.name} is {format_}",
                    "Keep each format in a dataset folder of its own.",
                )
        return Dataset(name, first, self.root, files)

    def _formats(self, name: DatasetName, files: tuple[StoredFile, ...]) -> dict[StoredFile, Format]:
        """Of each file by its ending, or all that of the table that the dataset's folder is, by the log in it."""
        tables = dict(filter(None, (table_of(file.name) for file in files)))
        if not tables:
            return {file: format_of(file.name) for file in files}
        own = f"{name.domain}/{name.dataset}"
        if other := next((folder for folder in tables if folder != own), None):
            raise LandingError(
                f"{other} is one of {tables[other].title} within the folders of {name}",
                f"Move it, whole, to a dataset folder of its own, or land it: mesh land FOLDER --domain {name.domain}",
            )
        return dict.fromkeys(files, tables[own])

    def _files_by_dataset(self, files: Iterable[StoredFile]) -> dict[DatasetName, list[StoredFile]]:
        by_name: dict[DatasetName, list[StoredFile]] = {}
        for file in files:
            if file.name.count("/") > 1:
                domain, dataset, _ = file.name.split("/", 2)
                by_name.setdefault(DatasetName(domain, dataset), []).append(file)
        return by_name

    def _files_of(self, name: DatasetName) -> Sequence[StoredFile]:
        return consistent_files_of(name, self.root, self.store)

    def _below(self, folder: str = "") -> list[StoredFile]:
        return list_files(self.store, self.root + folder, self.root)


def consistent_files_of(name: DatasetName, root: str, store: Store) -> Sequence[StoredFile]:
    """All files of a dataset as they were at one moment, whoever replaces some of them."""
    folder = f"{root}/{name.domain}/{name.dataset}"
    return consistent_files(store, folder, partial(list_files, store, folder, root, has_journals=True))


def files_zone(settings: Settings) -> LandingZone:
    """The landing zone of `settings`, with files alone."""
    return LandingZone(settings.landing, settings.store_of(settings.landing))


def _is_utf8(name: str) -> bool:
    """Python reads bytes of a name that are not UTF-8 as halves of surrogates."""
    return name.isascii() or not any("\ud800" <= character <= "\udfff" for character in name)


def _folders(file: StoredFile) -> list[str]:
    """The folders between the dataset's own and `file`."""
    return file.name.split("/")[2:-1]


def _day_of(file: StoredFile, key: str) -> date | None:
    folders = (folder.partition("=") for folder in _folders(file))
    return next((read_day(value) for name, _, value in folders if name.lower() == key.lower()), None)


def _is_confined(name: DatasetName) -> bool:
    """Whether the name's folders lie in the zone; `..` or a slash would lead out of it."""
    return not any(part in {".", ".."} or "/" in part for part in (name.domain, name.dataset))
