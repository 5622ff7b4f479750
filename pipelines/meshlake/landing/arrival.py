"""Bringing files into the landing zone: which dataset each belongs to, and its copy, whole or not at all.

Everything is planned and refused before the first byte is copied. Contents are not looked into: schema is for
reading.
"""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import dataclass
from typing import TYPE_CHECKING

from meshlake.errors import LandingError
from meshlake.landing.planned import Copy, planned
from meshlake.landing.replacing import FolderChange
from meshlake.landing.series import joined
from meshlake.landing.storage import add_file, has_same_bytes, list_files

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from pathlib import Path

    from meshlake.landing.zone import LandingZone
    from meshlake.names import DatasetName

_SHOWN_REFUSALS = 20


@dataclass(frozen=True)
class LandedFile:
    """A file brought in as `name` (below the zone's root); not new when the same bytes were there already.

    It `is_replaced` when other bytes were, which it took the place of. `damage` is how it is broken, where landing had
    to look into it: it is kept aside where it is read.
    """

    dataset: DatasetName
    name: str
    size_bytes: int
    is_new: bool
    is_replaced: bool = False
    damage: str | None = None


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
    wrote: then the folder itself is one. Files that are called alike but for a day, a month or a year are one dataset,
    which is called without it also while there is one. A ZIP archive counts as a folder of what is in it, or as the
    one file that is; what is broken in it, or as a whole, lands as it is beside other files, then or before.
    `progress` is told of each file.
    When it `is_replacing`, files take the place of those of the same name; all others stay. Of one dataset everybody
    sees the files as they were, or all of them as they are then.

    Raises:
        UsageError: `domain` or `dataset` is no name.
        LandingError: a path is missing or holds nothing, a format cannot be read or is not that of the
            dataset, or other content has landed under the same name. Files before that one have landed, and
            landing again skips them.
    """
    with ExitStack() as until_landed:
        found = [each for path in paths for each in planned(path, domain, dataset, until_landed)]
        copies = [copy for copy in found if isinstance(copy, Copy)]
        copies = copies if dataset else joined(copies, zone)
        refused = [error for error in found if isinstance(error, LandingError)]
        broken = [copy.damage for copy in copies if copy.damage]
        if len(broken) == len(copies) and not {copy.dataset for copy in copies} & set(zone.datasets()):
            refused += broken  # there would be nothing but what is kept aside
        _refuse([*refused, *_clashes(copies, zone)])
        landed = []
        for file in _replaced(copies, zone) if is_replacing else _added(copies, zone):
            landed.append(file)
            if progress is not None:
                progress(file)
    return landed


def _added(copies: Iterable[Copy], zone: LandingZone) -> Iterator[LandedFile]:
    for copy in copies:
        is_new = add_file(copy.source, f"{zone.root}/{copy.name}", zone.store)
        yield _landed(copy, is_new=is_new)


def _replaced(copies: Sequence[Copy], zone: LandingZone) -> Iterator[LandedFile]:
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
                files.append(_landed(copy, is_new=not is_there, is_replaced=is_there and not is_same))
        except OSError as error:
            change.discard()
            raise LandingError(
                f"{copy.told}: cannot be copied to {zone.root}/{below}: {error.strerror}",
                "See that the file can be read and that the landing zone can be written to and has room.",
            ) from error
        change.commit()
        yield from files


def _landed(copy: Copy, *, is_new: bool, is_replaced: bool = False) -> LandedFile:
    damage = copy.damage.message if copy.damage else None
    return LandedFile(copy.dataset, copy.name, copy.source.stat().st_size, is_new, is_replaced, damage)


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


def _clashes(copies: Iterable[Copy], zone: LandingZone) -> Iterator[LandingError]:
    """Files of another format than their dataset's, and two files of one name."""
    existing = set(zone.datasets())
    formats = {copy.dataset: zone.dataset(copy.dataset).format for copy in copies if copy.dataset in existing}
    formats = {name: format_ for name, format_ in formats.items() if not format_.is_kept_aside}
    told: dict[str, str] = {}
    for copy in copies:
        expected = copy.format if copy.format.is_kept_aside else formats.setdefault(copy.dataset, copy.format)
        if copy.format is not expected:
            yield LandingError(
                f"{copy.told}: {copy.dataset} holds {expected} files, this one is {copy.format}",
                "Land it as another dataset, named with --dataset.",
            )
        other = told.setdefault(copy.name, copy.told)
        if other != copy.told:
            yield LandingError(
                f"{copy.told} and {other} would both land as {copy.name}", "Rename one of them."
            )
