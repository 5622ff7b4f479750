"""What is to land as what: which dataset each file belongs to, of paths, folders and archives, and under what name."""

from __future__ import annotations

import logging
import re
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from meshlake.errors import DamagedFileError, LandingError, NotLandedError
from meshlake.formats import format_of, is_no_table, readable, table_of
from meshlake.formats.format import PACKINGS, Part
from meshlake.landing.archives import is_archive, unpacked_archive
from meshlake.landing.storage import list_files
from meshlake.names import DatasetName, ProductName, snake_case
from meshlake.stores.disk import Disk

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from contextlib import ExitStack

    from meshlake.formats.format import Format
    from meshlake.stores import StoredFile

_LOG = logging.getLogger(__name__)
# What tells of data, and is none.
_ABOUT_DATA = re.compile(
    r"(?:.*read[-_ ]?me.*|licen[sc]e|notice|copying|changelog|citation|authors)(?:\.(?:txt|cff))?"
    r"|thumbs\.db|desktop\.ini",
    re.IGNORECASE,
)
_SHOWN_LEFT_OUT = 20
# What engines call the files that together are one table: Spark, Hadoop, Flink and Dask; DuckDB and Snowflake;
# BigQuery; Trino and Athena.
_PART = re.compile(
    r"part[-.](?:[rm]-)?(?:[0-9]|[0-9a-f]{8})|data_[0-9]{1,2}(?:_[0-9]+)*\.|.*-[0-9]{12}\.|[0-9]{8}_[0-9]{6}_[0-9]{5}_"
)


@dataclass(frozen=True)
class Copy:
    """A file that is to land as `name`, below the zone's root; with `damage` where it is known to be broken.

    Errors call it `told`.
    """

    source: Path
    dataset: DatasetName
    name: str
    format: Format
    damage: DamagedFileError | None = None
    told: str = ""


def planned(
    path: Path, domain: str, dataset: str | None, until_landed: ExitStack
) -> Iterator[Copy | LandingError]:
    """What is to land of `path`, and in place of what cannot the reason: of a folder all are told at once.

    Archives are unpacked until the end of `until_landed`. All goes to `dataset` when it is given.

    Raises:
        NotLandedError: there is nothing at `path`.
        UsageError: `domain` is no name.
    """
    try:
        yield from _plan(path, domain, dataset, until_landed)
    except NotLandedError:
        raise  # wrong use, and no file
    except LandingError as error:
        yield error


def _plan(
    path: Path, domain: str, dataset: str | None, until_landed: ExitStack
) -> Iterator[Copy | LandingError]:
    path = path.absolute()
    if path.is_dir():
        yield from _folder(path, domain, dataset, until_landed)
        return
    if not path.is_file():
        raise NotLandedError(f"{path}: there is no such file or folder", "Name files or folders that exist.")
    damage = None
    if is_archive(path):
        try:
            yield from _archive(path, domain, dataset, until_landed)
            return
        except DamagedFileError as error:
            damage = error
    yield from _copies(path, domain, dataset, path.name.partition(".")[0], path.name, damage)


def _folder(
    path: Path, domain: str, dataset: str | None, until_landed: ExitStack
) -> Iterator[Copy | LandingError]:
    files = _data_of(path, path)
    if not files:
        raise LandingError(f"{path}: the folder holds no files", f"What can land: {readable()}.")
    tables = dict(filter(None, (table_of(file.name) for file in files)))
    for folder, format_ in tables.items():
        format_.parts(path / folder)
        yield from _table_copies(path, folder, format_, files, domain, dataset)
    names, broken = [], dict[str, DamagedFileError]()
    for file in files:
        source = Path(file.path)
        if _table_above(file.name, tables) is not None:
            continue
        try:
            if is_archive(source):
                yield from _archive_of_folder(path, file.name, domain, dataset, until_landed)
                continue
        except DamagedFileError as error:
            broken[file.name] = error
        except LandingError as error:
            yield error
            continue
        names.append(file.name)
    is_written = _is_written_by_an_engine(path, [name for name in names if "/" not in name])
    for name in names:
        try:
            yield from _of_folder(path, name, domain, dataset, broken.get(name), is_written=is_written)
        except LandingError as error:
            yield error


def _archive(
    path: Path, domain: str, dataset: str | None, until_landed: ExitStack
) -> Iterator[Copy | LandingError]:
    """What is in an archive; one of one file is that file, unless its folders say something."""
    folder = unpacked_archive(path, until_landed)
    files = _data_of(folder, path)
    is_file = len(files) == 1 and "=" not in files[0].name.rpartition("/")[0]
    if is_file:
        found = planned(Path(files[0].path), domain, dataset, until_landed)
    else:
        for file in set(list_files(Disk(), str(folder), str(folder))).difference(files):
            Path(file.path).unlink()
        found = planned(folder, domain, dataset, until_landed)
    return (_of_archive(each, folder, path) for each in found)


def _of_archive(each: Copy | LandingError, folder: Path, archive: Path) -> Copy | LandingError:
    """`each` of what is unpacked in `folder`, called as it is in `archive`."""
    if isinstance(each, LandingError):
        return type(each)(each.message.replace(str(folder), str(archive)), each.hint)
    damage = each.damage and DamagedFileError(
        each.damage.message.replace(str(folder), str(archive)), each.damage.hint
    )
    return replace(each, damage=damage, told=each.told.replace(str(folder), str(archive)))


def _data_of(folder: Path, told: Path) -> list[StoredFile]:
    """The files in `folder`, which people call `told`, without those that tell of the others or are no data at all."""
    files = list_files(Disk(), str(folder), str(folder))
    about = [
        file
        for file in files
        if _ABOUT_DATA.fullmatch(file.name.rpartition("/")[2]) or is_no_table(file.name)
    ]
    if len(about) == len(files):
        return files
    for file in about[:_SHOWN_LEFT_OUT]:
        _LOG.warning("%s/%s is no data: left out", told, file.name)
    if len(about) > _SHOWN_LEFT_OUT:
        _LOG.warning("%s: %d more files that are no data: left out", told, len(about) - _SHOWN_LEFT_OUT)
    return [file for file in files if file not in about]


def _archive_of_folder(
    folder: Path, name: str, domain: str, dataset: str | None, until_landed: ExitStack
) -> Iterator[Copy | LandingError]:
    """What is in the archive `name` of `folder`, below the folders in it: `day=1/a.zip` says a day, too."""
    named, place = _by_folders(folder, name, is_whole=dataset is not None)
    above = place.rpartition("/")[0]
    for copy in _archive(folder / name, domain, dataset or named or None, until_landed):
        if isinstance(copy, LandingError) or not above:
            yield copy
        else:
            *top, file = copy.name.split("/", 2)
            yield replace(copy, name="/".join([*top, above, file]))


def _of_folder(
    folder: Path,
    name: str,
    domain: str,
    dataset: str | None,
    damage: DamagedFileError | None,
    *,
    is_written: bool,
) -> Iterator[Copy]:
    named, place = _by_folders(folder, name, is_whole=dataset is not None or is_written)
    unnamed = name.partition(".")[0] if named is None else named
    return _copies(folder / name, domain, dataset, unnamed, place, damage)


def _by_folders(folder: Path, name: str, *, is_whole: bool) -> tuple[str | None, str]:
    """The dataset that folders give the file `name` of `folder`, if they do, and its name in that.

    All of `folder` is one dataset where it `is_whole`, or folders in it say a value of its rows.
    """
    top, slash, below = name.partition("/")
    if is_whole or (slash and "=" in top):
        return _plain(folder.name), name
    return (_plain(top), below) if slash else (None, name)


def _table_above(file_name: str, folders: Iterable[str]) -> str | None:
    """Which of `folders` the file lies in, at any depth; the root is ''."""
    return next((folder for folder in folders if not folder or file_name.startswith(f"{folder}/")), None)


def _table_copies(
    root: Path, folder: str, format_: Format, files: Sequence[StoredFile], domain: str, dataset: str | None
) -> Iterator[Copy]:
    """A table with a log, as it lies: its log last, so that nobody reads of files that are not there yet."""
    below = {
        file: file.name.removeprefix(f"{folder}/")
        for file in files
        if _table_above(file.name, [folder]) is not None
    }
    named = dataset or _plain((root / folder).name)
    for file in sorted(below, key=lambda file: (table_of(file.name) is not None, file.name)):
        yield _copy(Path(file.path), domain, named, below[file], format_)


def _is_written_by_an_engine(folder: Path, names: Sequence[str]) -> bool:
    """Whether the files `names` directly in `folder` are parts of one table: all of them, or as a mark there says."""
    parts = [bool(_PART.match(name)) for name in names]
    return bool(parts) and (all(parts) or (any(parts) and (folder / "_SUCCESS").exists()))


def _plain(folder: str) -> str:
    """The name of a folder without the ending of a file, as Spark writes `sales.parquet/`."""
    try:
        format_of(folder)
    except LandingError:
        return folder
    return folder.partition(".")[0]


def _copies(
    source: Path, domain: str, named: str | None, unnamed: str, name: str, damage: DamagedFileError | None
) -> Iterator[Copy]:
    """A copy of `source`, which is called `name` in the dataset, or one for each table in it.

    The dataset is `named`, or after the name `unnamed`, with that of the table behind it where there are several.
    """
    format_ = format_of(str(source))
    parts: tuple[Part, ...] = (Part("", source.name),)
    if not source.name.lower().endswith(PACKINGS):
        try:
            parts = format_.parts(source)
        except DamagedFileError as error:
            damage = error
    if named is not None and len(parts) > 1:
        raise LandingError(
            f"{source}: it holds several tables: {', '.join(part.title for part in parts)}",
            f"Land it without --dataset, as a dataset of each; or name it {parts[0].file_name} for that one.",
        )
    folder = name.rpartition("/")[0]
    taken: dict[str, Part] = {}
    for part in parts:
        title = snake_case(part.title)
        other = taken.setdefault(title, part)
        if "/" in part.file_name or (part.title and not title) or other != part:
            why = (
                f"names the same dataset as '{other.title}'"
                if other != part
                else "gives no name for a dataset"
            )
            raise LandingError(f"{source}: its table '{part.title}' {why}", "Rename it in the file.")
        dataset = named or (f"{unnamed}_{title}" if title else unnamed)
        below = f"{folder}/{part.file_name}" if folder else part.file_name
        yield replace(_copy(source, domain, dataset, below), damage=damage)


def _copy(source: Path, domain: str, dataset: str, name: str, format_: Format | None = None) -> Copy:
    snake = snake_case(dataset)
    if not snake:
        raise LandingError(f"{source}: '{dataset}' gives no name for a dataset", "Name it with --dataset.")
    checked = ProductName(domain, snake)
    place = f"{checked.domain}/{checked.product}/{name}"
    return Copy(source, DatasetName(domain, snake), place, format_ or format_of(place), told=str(source))
