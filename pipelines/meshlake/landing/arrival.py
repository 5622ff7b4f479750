"""Bringing files into the landing zone: which dataset each belongs to, and its copy, whole or not at all.

Everything is planned and refused before the first byte is copied. Contents are not looked into: schema is for
reading.
"""

from __future__ import annotations

import re
import unicodedata
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from meshlake.errors import LandingError, NotLandedError
from meshlake.formats import format_of, readable, table_of
from meshlake.formats.format import PACKINGS, Part
from meshlake.landing.archives import is_archive, may_be_archive, unpacked_archive
from meshlake.landing.replacing import FolderChange
from meshlake.landing.storage import add_file, has_same_bytes, list_files
from meshlake.names import DatasetName, ProductName
from meshlake.stores.disk import Disk

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from meshlake.formats.format import Format
    from meshlake.landing.zone import LandingZone
    from meshlake.stores import StoredFile

# What engines call the files that together are one table: Spark, Hadoop, Flink and Dask; DuckDB and Snowflake;
# BigQuery; Trino and Athena.
_PART = re.compile(
    r"part[-.](?:[rm]-)?(?:[0-9]|[0-9a-f]{8})|data_[0-9]{1,2}(?:_[0-9]+)*\.|.*-[0-9]{12}\.|[0-9]{8}_[0-9]{6}_[0-9]{5}_"
)
_SHOWN_REFUSALS = 20


@dataclass(frozen=True)
class LandedFile:
    """A file brought in as `name` (below the zone's root); not new when the same bytes were there already.

    It `is_replaced` when other bytes were, which it took the place of.
    """

    dataset: DatasetName
    name: str
    size_bytes: int
    is_new: bool
    is_replaced: bool = False


@dataclass(frozen=True)
class _Copy:
    source: Path
    dataset: DatasetName
    name: str
    format: Format


def land(
    paths: Sequence[Path],
    zone: LandingZone,
    domain: str,
    dataset: str | None = None,
    progress: Callable[[LandedFile], None] | None = None,
    *,
    is_replacing: bool = False,
) -> list[LandedFile]:
    """Copy files, and the files in folders, into `zone` under `domain`.

    All go to `dataset` when it is given. Otherwise a file's name is its dataset's, and in a folder each
    subfolder is a dataset, unless its name is `key=value`, or files in it are called like parts that an engine
    wrote: then the folder itself is one. A ZIP archive counts as a folder of what is in it, or as the one file
    that is. `progress` is told of each file. When it `is_replacing`, files take the place of those of the same name;
    all others stay. Of one dataset everybody sees the files as they were, or all of them as they are then.

    Raises:
        UsageError: `domain` or `dataset` is no name.
        LandingError: a path is missing or holds nothing, a format cannot be read or is not that of the
            dataset, or other content has landed under the same name. Files before that one have landed, and
            landing again skips them.
    """
    with ExitStack() as until_landed:
        planned = [copy for path in paths for copy in _told(_plan(path, domain, dataset, until_landed))]
        copies = [copy for copy in planned if isinstance(copy, _Copy)]
        refused = [error for error in planned if isinstance(error, LandingError)]
        _refuse([*refused, *_clashes(copies, zone)])
        landed = []
        for file in _replaced(copies, zone) if is_replacing else _added(copies, zone):
            landed.append(file)
            if progress is not None:
                progress(file)
    return landed


def _added(copies: Iterable[_Copy], zone: LandingZone) -> Iterator[LandedFile]:
    for copy in copies:
        is_new = add_file(copy.source, f"{zone.root}/{copy.name}", zone.store)
        yield LandedFile(copy.dataset, copy.name, copy.source.stat().st_size, is_new)


def _replaced(copies: Sequence[_Copy], zone: LandingZone) -> Iterator[LandedFile]:
    """Each dataset's files at once, whether they are new to it or take another's place."""
    for dataset in dict.fromkeys(copy.dataset for copy in copies):
        below = f"{dataset.domain}/{dataset.dataset}/"
        own = [copy for copy in copies if copy.dataset == dataset]
        there = {file.name for file in list_files(zone.store, f"{zone.root}/{below}".rstrip("/"), zone.root)}
        change = FolderChange(zone.store, f"{zone.root}/{below}".rstrip("/"))
        files = []
        try:
            for copy in own:
                is_there = copy.name in there
                is_same = is_there and has_same_bytes(copy.source, f"{zone.root}/{copy.name}", zone.store)
                if not is_same:
                    change.stage(copy.source, copy.name.removeprefix(below))
                size = copy.source.stat().st_size
                files.append(LandedFile(dataset, copy.name, size, not is_there, is_there and not is_same))
        except OSError as error:
            change.discard()
            raise LandingError(
                f"{copy.source}: cannot be copied to {zone.root}/{below}: {error.strerror}",
                "See that the file can be read and that the landing zone can be written to and has room.",
            ) from error
        change.commit()
        yield from files


def snake_case(text: str) -> str:
    """`text` as a lower snake_case name: 'Customer ID (new)' gives 'customer_id_new', '?' gives ''."""
    ascii_text = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    spaced = re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "_", ascii_text)
    name = "_".join(re.findall(r"[a-z0-9]+", spaced.lower()))
    return f"n_{name}" if name[:1].isdigit() else name


def _told(copies: Iterator[_Copy | LandingError]) -> Iterator[_Copy | LandingError]:
    """`copies`, what is refused in place of those that follow it: of a folder all that cannot land is told at once."""
    try:
        yield from copies
    except NotLandedError:
        raise  # wrong use, and no file
    except LandingError as error:
        yield error


def _refuse(refused: Sequence[LandingError]) -> None:
    if len(refused) == 1:
        raise refused[0]
    if refused:
        shown = [f"  {error.message}" for error in refused[:_SHOWN_REFUSALS]]
        if len(refused) > len(shown):
            shown.append(f"  and {len(refused) - len(shown):,} more")
        raise LandingError(
            "\n".join([f"{len(refused):,} files cannot land, so none has:", *shown]),
            "Take them out of the folder, or mend them; then land it again.",
        )


def _plan(
    path: Path, domain: str, dataset: str | None, until_landed: ExitStack
) -> Iterator[_Copy | LandingError]:
    path = path.absolute()
    if path.is_file() and is_archive(path):
        unpacked = unpacked_archive(path, until_landed)
        files = list_files(Disk(), str(unpacked), str(unpacked))
        if any(is_archive(Path(file.path)) for file in files):
            raise LandingError(f"{path}: it holds other archives", "Unpack it, and land the folder.")
        # An archive of one file is that file.
        yield from _plan(Path(files[0].path) if len(files) == 1 else unpacked, domain, dataset, until_landed)
        return
    if path.is_file():
        yield from _copies(path, domain, dataset, path.name.partition(".")[0], path.name)
        return
    if not path.is_dir():
        raise NotLandedError(f"{path}: there is no such file or folder", "Name files or folders that exist.")
    files = list_files(Disk(), str(path), str(path))
    if not files:
        raise LandingError(f"{path}: the folder holds no files", f"What can land: {readable()}.")
    tables = dict(filter(None, (table_of(file.name) for file in files)))
    for folder, format_ in tables.items():
        format_.parts(path / folder)
        yield from _table_copies(path, folder, format_, files, domain, dataset)
    files = [file for file in files if _table_above(file.name, tables) is None]
    archives = [file for file in files if may_be_archive(Path(file.path))]
    for file in archives:
        top = file.name.rpartition("/")[0].partition("/")[0]
        yield from _told(_plan(Path(file.path), domain, dataset or _plain(top) or None, until_landed))
    files = [file for file in files if not may_be_archive(Path(file.path))]
    is_written = _is_written_by_an_engine(path, [file.name for file in files if "/" not in file.name])
    for file in files:
        yield from _told(_of_folder(path, file.name, domain, dataset, is_written=is_written))


def _of_folder(
    folder: Path, name: str, domain: str, dataset: str | None, *, is_written: bool
) -> Iterator[_Copy]:
    top, slash, below = name.partition("/")
    if dataset is not None or is_written or (slash and "=" in top):
        return _copies(folder / name, domain, dataset, _plain(folder.name), name)
    if slash:
        return _copies(folder / name, domain, None, _plain(top), below)
    return _copies(folder / name, domain, None, top.partition(".")[0], top)


def _table_above(file_name: str, folders: Iterable[str]) -> str | None:
    """Which of `folders` the file lies in, at any depth; the root is ''."""
    return next((folder for folder in folders if not folder or file_name.startswith(f"{folder}/")), None)


def _table_copies(
    root: Path, folder: str, format_: Format, files: Sequence[StoredFile], domain: str, dataset: str | None
) -> Iterator[_Copy]:
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


def _copies(source: Path, domain: str, named: str | None, unnamed: str, name: str) -> Iterator[_Copy]:
    """A copy of `source`, which is called `name` in the dataset, or one for each table in it.

    The dataset is `named`, or after the name `unnamed`, with that of the table behind it where there are several.
    """
    format_ = format_of(str(source))
    is_unpacked = not source.name.lower().endswith(PACKINGS)
    parts = format_.parts(source) if is_unpacked else (Part("", source.name),)
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
        yield _copy(source, domain, dataset, f"{folder}/{part.file_name}" if folder else part.file_name)


def _copy(source: Path, domain: str, dataset: str, name: str, format_: Format | None = None) -> _Copy:
    snake = snake_case(dataset)
    if not snake:
        raise LandingError(f"{source}: '{dataset}' gives no name for a dataset", "Name it with --dataset.")
    checked = ProductName(domain, snake)
    place = f"{checked.domain}/{checked.product}/{name}"
    return _Copy(source, DatasetName(domain, snake), place, format_ or format_of(place))


def _clashes(copies: Iterable[_Copy], zone: LandingZone) -> Iterator[LandingError]:
    """Files of another format than their dataset's, and two files of one name."""
    existing = set(zone.datasets())
    formats = {copy.dataset: zone.dataset(copy.dataset).format for copy in copies if copy.dataset in existing}
    sources: dict[str, Path] = {}
    for copy in copies:
        expected = formats.setdefault(copy.dataset, copy.format)
        if copy.format is not expected:
            yield LandingError(
                f"{copy.source}: {copy.dataset} holds {expected} files, this one is {copy.format}",
                "Land it as another dataset, named with --dataset.",
            )
        other = sources.setdefault(copy.name, copy.source)
        if other != copy.source:
            yield LandingError(
                f"{copy.source} and {other} would both land as {copy.name}", "Rename one of them."
            )
