"""Everything that discovery tells of several sources at once: profiles, and the joins between them."""

from __future__ import annotations

import shutil
import uuid
from dataclasses import dataclass
from typing import TYPE_CHECKING

from meshlake.discovery.join_composites import suspected_composites
from meshlake.discovery.join_proof import prove
from meshlake.discovery.joins import Join, likely_joins, ranked
from meshlake.discovery.profile import profile_dataset
from meshlake.discovery.sources import chosen_sources
from meshlake.discovery.tables import may_read_of, with_catalog
from meshlake.errors import MeshError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from meshlake.discovery.dataset_profile import DatasetProfile
    from meshlake.discovery.sketches import Sketch
    from meshlake.landing.zone import Dataset
    from meshlake.settings import Settings
    from meshlake.sources import Found


@dataclass(frozen=True)
class Discovery:
    """What was found, and the error of each that cannot be read."""

    profiles: tuple[DatasetProfile, ...]
    joins: tuple[Join, ...]
    failures: dict[Found, MeshError]


# So many other datasets of the domain are asked what one leaves open.
_ASKED = 8


def profile_source(
    settings: Settings, source: Found, *, is_sketched: bool = False
) -> tuple[DatasetProfile, dict[str, Sketch]]:
    """The profile of one dataset or table, and sketches of its columns if asked for.

    Which of two readings is meant that nothing in it decides, others of its domain may.

    Raises:
        LandingError: it cannot be read.
    """
    read = _read_with_votes(settings, source, {}, is_sketched=is_sketched)
    return read.profile, read.sketches


def discover(
    settings: Settings, sources: Sequence[Found], progress: Callable[[Found], None] = lambda _: None
) -> Discovery:
    """Profile `sources`, and look for joins between them when they are several; `progress` hears of each before it is
    read."""
    read: dict[str, _Read] = {}
    failures: dict[Found, MeshError] = {}
    for source in sources:
        progress(source)
        try:
            read[str(source)] = _read_with_votes(settings, source, read, is_sketched=len(sources) > 1)
        except MeshError as error:
            failures[source] = error
    found = list(read.values())
    suspected = likely_joins([(each.profile, each.sketches) for each in found])
    profiles = [ranked(each.profile, suspected) for each in found]
    joins = prove(
        settings,
        [*suspected, *suspected_composites(profiles)],
        {each.profile.name: each.files for each in found if each.files is not None},
        {each.profile.name: each.sketches for each in found},
        {each.profile.name: each.profile.row_count for each in found},
    )
    return Discovery(tuple(ranked(profile, joins) for profile in profiles), tuple(joins), failures)


@dataclass(frozen=True)
class _Read:
    """`files` are those that stay where they were read; None for the sample of a table."""

    profile: DatasetProfile
    sketches: dict[str, Sketch]
    files: Dataset | None


def _read_with_votes(
    settings: Settings, source: Found, known: Mapping[str, _Read], *, is_sketched: bool
) -> _Read:
    """Read, and once more where other datasets of the domain decide what it leaves open; `known` were read before."""
    read = _read(settings, source, is_sketched=is_sketched)
    if any(column.open_to for column in read.profile.columns) and (votes := _votes(settings, source, known)):
        return _read(settings, source, is_sketched=is_sketched, elsewhere=votes)
    return read


def _votes(settings: Settings, source: Found, known: Mapping[str, _Read]) -> dict[str, str]:
    """The conventions that other datasets of the domain keep to, each with the first that does."""
    votes: dict[str, str] = {}
    others = [each for each in chosen_sources(settings, None) if str(each) != str(source)]
    for other in [each for each in others if _domain(each) == _domain(source)][:_ASKED]:
        try:
            read = known.get(str(other)) or _read(settings, other, is_sketched=False)
        except MeshError:
            continue  # it is told where it is discovered itself
        for column in read.profile.columns:
            if column.reading and column.reading.convention and not (column.open_to or column.evidence):
                votes.setdefault(column.reading.convention, f"column '{column.name}' of {other}")
    return votes


def _domain(source: Found) -> str:
    return str(source).rpartition(".")[0]


def _read(
    settings: Settings,
    source: Found,
    *,
    is_sketched: bool,
    elsewhere: Mapping[str, str] | None = None,
) -> _Read:
    folder = settings.scratch / f"sample-{uuid.uuid4().hex}"
    try:
        sample = source.sample(folder)
        table = sample.table
        may_read = {} if table is None else {"may_read": may_read_of(table)}
        profile, sketches = profile_dataset(
            settings, sample.dataset, is_sketched=is_sketched, elsewhere=elsewhere, **may_read
        )
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    if table is None:
        return _Read(profile, sketches, sample.dataset)
    return _Read(with_catalog(profile, table, sample), sketches, None)
