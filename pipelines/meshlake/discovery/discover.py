"""Everything that discovery tells of several sources at once: profiles, and the joins between them."""

from __future__ import annotations

import shutil
import uuid
from dataclasses import dataclass
from typing import TYPE_CHECKING

from meshlake.discovery.joins import Join, likely_joins
from meshlake.discovery.profile import profile_dataset
from meshlake.discovery.sources import chosen_sources
from meshlake.discovery.tables import may_read_of, with_catalog
from meshlake.errors import MeshError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from meshlake.discovery.dataset_profile import DatasetProfile
    from meshlake.discovery.sketches import Sketch
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
    profile, sketches = _profiled(settings, source, is_sketched=is_sketched)
    if any(column.open_to for column in profile.columns) and (votes := _votes(settings, source)):
        return _profiled(settings, source, is_sketched=is_sketched, elsewhere=votes)
    return profile, sketches


def _votes(settings: Settings, source: Found) -> dict[str, str]:
    """The conventions that other datasets of the domain keep to, each with the first that does."""
    votes: dict[str, str] = {}
    others = [each for each in chosen_sources(settings, None) if str(each) != str(source)]
    for other in [each for each in others if _domain(each) == _domain(source)][:_ASKED]:
        try:
            profile, _ = _profiled(settings, other)
        except MeshError:
            continue  # it is told where it is discovered itself
        for column in profile.columns:
            if column.reading and column.reading.convention and not (column.open_to or column.evidence):
                votes.setdefault(column.reading.convention, f"column '{column.name}' of {other}")
    return votes


def _domain(source: Found) -> str:
    return str(source).rpartition(".")[0]


def _profiled(
    settings: Settings,
    source: Found,
    *,
    is_sketched: bool = False,
    elsewhere: Mapping[str, str] | None = None,
) -> tuple[DatasetProfile, dict[str, Sketch]]:
    folder = settings.scratch / f"sample-{uuid.uuid4().hex}"
    try:
        sample = source.sample(folder)
        table = sample.table
        if table is None:
            return profile_dataset(settings, sample.dataset, is_sketched=is_sketched, elsewhere=elsewhere)
        may_read = may_read_of(table)
        profile, sketches = profile_dataset(
            settings, sample.dataset, is_sketched=is_sketched, may_read=may_read, elsewhere=elsewhere
        )
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    return with_catalog(profile, table, sample), sketches


def discover(
    settings: Settings, sources: Sequence[Found], progress: Callable[[Found], None] = lambda _: None
) -> Discovery:
    """Profile `sources`, and look for joins between them when they are several; `progress` hears of each before it is
    read."""
    found: list[tuple[DatasetProfile, dict[str, Sketch]]] = []
    failures: dict[Found, MeshError] = {}
    for source in sources:
        progress(source)
        try:
            found.append(profile_source(settings, source, is_sketched=len(sources) > 1))
        except MeshError as error:
            failures[source] = error
    return Discovery(tuple(profile for profile, _ in found), tuple(likely_joins(found)), failures)
