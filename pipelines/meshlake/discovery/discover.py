"""Everything that discovery tells of several sources at once: profiles, and the joins between them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from meshlake.discovery.joins import Join, likely_joins
from meshlake.discovery.profile import profile_dataset
from meshlake.discovery.tables import profile_table
from meshlake.errors import MeshError
from meshlake.names import DatasetName

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from meshlake.discovery.dataset_profile import DatasetProfile
    from meshlake.discovery.sketches import Sketch
    from meshlake.discovery.sources import Source
    from meshlake.landing.zone import LandingZone
    from meshlake.settings import Settings


@dataclass(frozen=True)
class Discovery:
    """What was found, and by source the error of each that cannot be read."""

    profiles: tuple[DatasetProfile, ...]
    joins: tuple[Join, ...]
    failures: dict[Source, MeshError]


def profile_source(
    settings: Settings, zone: LandingZone, source: Source, *, is_sketched: bool = False
) -> tuple[DatasetProfile, dict[str, Sketch]]:
    """The profile of one source, and sketches of its columns if asked for.

    Raises:
        LandingError: it cannot be read.
    """
    if isinstance(source, DatasetName):
        return profile_dataset(settings, zone.dataset(source), is_sketched=is_sketched)
    return profile_table(settings, source, is_sketched=is_sketched)


def discover(
    settings: Settings,
    zone: LandingZone,
    sources: Sequence[Source],
    progress: Callable[[Source], None] = lambda _: None,
) -> Discovery:
    """Profile `sources`, and look for joins between them when they are several; `progress` hears of each before it is
    read."""
    found: list[tuple[DatasetProfile, dict[str, Sketch]]] = []
    failures: dict[Source, MeshError] = {}
    for source in sources:
        progress(source)
        try:
            found.append(profile_source(settings, zone, source, is_sketched=len(sources) > 1))
        except MeshError as error:
            failures[source] = error
    return Discovery(tuple(profile for profile, _ in found), tuple(likely_joins(found)), failures)
