"""Everything that discovery tells of several sources at once: profiles, and the joins between them."""

from __future__ import annotations

import os
import shutil
import uuid
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from meshlake.discovery.bound import UNBOUND
from meshlake.discovery.compared import compared
from meshlake.discovery.joins import may_refer_to_itself
from meshlake.discovery.kept_profiles import KeptProfiles
from meshlake.discovery.landed_view import is_small
from meshlake.discovery.masking import without_people
from meshlake.discovery.profile import profile_dataset
from meshlake.discovery.sources import chosen_sources
from meshlake.discovery.tables import read_as_of, with_catalog
from meshlake.errors import LandingError, MeshError
from meshlake.html import write_page
from meshlake.landing.replacing import ReplacedError

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
    from pathlib import Path

    from meshlake.discovery.bound import Bound
    from meshlake.discovery.dataset_profile import DatasetProfile
    from meshlake.discovery.joins import Join
    from meshlake.discovery.sketches import Sketch
    from meshlake.landing.zone import Dataset
    from meshlake.settings import Settings
    from meshlake.sources import Found, Sample


@dataclass(frozen=True)
class Discovery:
    """What was found, the error of each that cannot be read, and which there was no time for, or not for all joins."""

    profiles: tuple[DatasetProfile, ...]
    joins: tuple[Join, ...]
    failures: dict[Found, MeshError]
    not_reached: tuple[str, ...] = ()

    def page(self) -> str:
        """It all as one HTML page that needs no network; personal values by their shape alone."""
        from meshlake.discovery.page import discovery_page

        failures = {str(source): error for source, error in self.failures.items()}
        return discovery_page(self.profiles, self.joins, failures)

    def write_page(self, file: str | Path) -> Path:
        """Write the page to `file`: whoever has it open sees the one before, or this one whole.

        Raises:
            UsageError: it cannot be written there.
        """
        return write_page(file, self.page())


# So often a dataset is read whose files are replaced meanwhile.
_ATTEMPTS = 5
# So many other datasets of the domain are asked what one leaves open.
_ASKED = 8
# Threads that read small datasets: half of what that takes is Python, which runs in one of them at a time.
_READERS = 4


def profile_source(settings: Settings, source: Found) -> DatasetProfile:
    """The profile of one dataset or table, as it was kept where nothing has changed since.

    Which of two readings is meant that nothing in it decides, others of its domain may.

    Raises:
        LandingError: it cannot be read.
    """
    return _Reader(settings).read(source).profile


def profile_files(settings: Settings, files: Dataset) -> DatasetProfile:
    """The profile of landed files, read by themselves or as it was kept.

    Raises:
        LandingError: they cannot be read.
    """
    return _Reader(settings).read_files(files).profile


def discover(
    settings: Settings,
    sources: Sequence[Found],
    progress: Callable[[str], None] = lambda _: None,
    bound: Bound = UNBOUND,
    copies: Collection[str] = (),
) -> Discovery:
    """Profile `sources`, and look for joins between them when they are several; `progress` hears in words of each when
    its turn comes. Small ones may have been read by then, each by one of several threads.

    What was seen before is not read again: of new files alone profiles are made, and of joins proven those that refer
    to them. What was begun in the time that is `bound` is done to its end. `copies` are sources of ids that are kept
    elsewhere, too: they are no column's one key.
    """
    reader = _Reader(settings, is_sketching=len(sources) > 1)
    found: list[_Read] = []
    failures: dict[Found, MeshError] = {}
    not_reached: list[str] = []
    with reader.reading_ahead(sources):
        for number, source in enumerate(sources, 1):
            if not bound.allows(str(source)):
                not_reached.append(str(source))
                continue
            progress(f"reading {source}" + (f", {number:,} of {len(sources):,}" if len(sources) > 1 else ""))
            try:
                found.append(reader.read(source))
            except MeshError as error:
                failures[source] = error
    keys = [each.key for each in found if each.key is not None]
    are_files = len(keys) == len(found) > 1
    keys += sorted(copies)
    if are_files and (kept := reader.kept.answer(keys)):
        return Discovery(*kept, failures, tuple(not_reached))
    progress("looking for joins")
    told = compared(
        settings,
        reader.kept,
        [each.profile for each in found],
        {each.profile.name: reader.sketches(each) for each in found},
        {each.profile.name: each.files for each in found if each.files is not None},
        {each.profile.name: each.key for each in found},
        bound,
        copies,
    )
    if are_files and not told.left:
        reader.kept.keep_answer(keys, told.profiles, told.joins)
    reader.kept.trim()
    return Discovery(told.profiles, told.joins, failures, (*not_reached, *told.left))


@dataclass(frozen=True)
class _Read:
    """`files` are those that stay where they were read, `key` is what their profile is kept under; both None for the
    sample of a table. `sketches` are None until somebody asks for those that are kept."""

    profile: DatasetProfile
    sketches: Mapping[str, Sketch] | None
    files: Dataset | None
    key: str | None = None
    elsewhere: Mapping[str, str] | None = None


class _Reader:
    """Reads what one discovery is about, each dataset once, and those not at all whose profiles are kept."""

    def __init__(self, settings: Settings, *, is_sketching: bool = False) -> None:
        self.kept = KeptProfiles(settings)
        self._settings = settings
        self._is_sketching = is_sketching
        self._alone: dict[str, _Read] = {}
        self._ahead: dict[str, Future[_Read | None]] = {}

    @contextmanager
    def reading_ahead(self, sources: Sequence[Found]) -> Iterator[None]:
        """Within the block several threads read small ones of `sources`, each by itself, until they are asked for."""
        with ThreadPoolExecutor(min(_READERS, os.cpu_count() or 1)) as pool:
            if len(sources) > 1:
                self._ahead = {str(each): pool.submit(self._read_small, each) for each in sources}
            try:
                yield
            finally:
                pool.shutdown(cancel_futures=True)

    def read(self, source: Found) -> _Read:
        """Read, and once more where other datasets of the domain decide what it leaves open."""
        read = self._read_alone(source)
        if any(column.open_to for column in read.profile.columns) and (votes := self._votes(source)):
            return self._read(source, votes)
        return read

    def read_files(self, files: Dataset, elsewhere: Mapping[str, str] | None = None) -> _Read:
        """Read landed files, unless their profile is kept."""
        key = self.kept.key(files, elsewhere)
        if not self._is_sketching or self.kept.has_sketches(files, key):
            profile = self.kept.profile(files, key)
            if profile is not None:
                return _Read(profile, None, files, key, elsewhere)
        profile, sketches = profile_dataset(
            self._settings, files, is_sketched=self._is_sketching, elsewhere=elsewhere
        )
        files.refuse_replaced()
        profile = without_people(profile)
        made = sketches if self._is_sketching else None
        is_kept = self.kept.keep(files, key, profile, made)
        return _Read(profile, made, files, key if is_kept else None, elsewhere)

    def sketches(self, read: _Read) -> Mapping[str, Sketch]:
        """The sketches of what was read, made anew where there are none: of one dataset alone only if it may refer to
        itself, and where those that were kept are gone."""
        is_wanted = self._is_sketching or may_refer_to_itself(read.profile)
        if not is_wanted or read.sketches is not None or read.files is None:
            return read.sketches or {}
        kept = self.kept.sketches(read.files, read.key) if read.key else None
        if kept is not None:
            return kept
        profile, sketches = profile_dataset(
            self._settings, read.files, is_sketched=True, elsewhere=read.elsewhere
        )
        if read.key:
            self.kept.keep(read.files, read.key, without_people(profile), sketches)
        return sketches

    @cached_property
    def _all(self) -> list[Found]:
        return chosen_sources(self._settings, None)

    def _votes(self, source: Found) -> dict[str, str]:
        """The conventions that other datasets of the domain keep to, each with the first that does."""
        votes: dict[str, str] = {}
        others = [each for each in self._all if str(each) != str(source)]
        for other in [each for each in others if _domain(each) == _domain(source)][:_ASKED]:
            try:
                read = self._read_alone(other)
            except MeshError:
                continue  # it is told where it is discovered itself
            for column in read.profile.columns:
                if column.reading and column.reading.convention and not (column.open_to or column.evidence):
                    votes.setdefault(column.reading.convention, f"column '{column.name}' of {other}")
        return votes

    def _read_alone(self, source: Found) -> _Read:
        name = str(source)
        if name not in self._alone:
            ahead = self._ahead.pop(name, None)
            self._alone[name] = (ahead.result() if ahead else None) or self._read(source)
        return self._alone[name]

    def _read_small(self, source: Found) -> _Read | None:
        """None for large files: they are read one after the other, each by all threads there are; and for those that
        were replaced meanwhile."""
        with self._sample(source) as sample, suppress(ReplacedError):
            is_beside = sample.table is not None or is_small(sample.dataset)
            return self._read_sample(sample) if is_beside else None
        return None

    def _read(self, source: Found, elsewhere: Mapping[str, str] | None = None) -> _Read:
        """Read it, again where its files were replaced meanwhile: what was read may be of those before and after."""
        for _ in range(_ATTEMPTS):
            with self._sample(source) as sample:
                try:
                    return self._read_sample(sample, elsewhere)
                except LandingError:
                    if sample.table is not None or sample.dataset.replaced_file is None:
                        raise
        raise LandingError(f"{source}: its files are being replaced all the time", "Try again.")

    @contextmanager
    def _sample(self, source: Found) -> Iterator[Sample]:
        folder = self._settings.scratch / f"sample-{uuid.uuid4().hex}"
        try:
            yield source.sample(folder)
        finally:
            shutil.rmtree(folder, ignore_errors=True)

    def _read_sample(self, sample: Sample, elsewhere: Mapping[str, str] | None = None) -> _Read:
        if sample.table is None:
            return self.read_files(sample.dataset, elsewhere)
        profile, sketches = profile_dataset(
            self._settings,
            sample.dataset,
            is_sketched=self._is_sketching,
            elsewhere=elsewhere,
            read_as=read_as_of(sample.table),
        )
        return _Read(with_catalog(without_people(profile), sample.table, sample), sketches, None)


def _domain(source: Found) -> str:
    return str(source).rpartition(".")[0]
