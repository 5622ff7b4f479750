"""Everything that discovery tells of the landing zone at once: profiles, and the joins between them."""

from __future__ import annotations

from dataclasses import dataclass
from difflib import get_close_matches
from typing import TYPE_CHECKING

from pipelines.discovery.joins import Join, likely_joins
from pipelines.discovery.profile import DatasetProfile, profile_dataset, profile_with_sketches
from pipelines.errors import MeshError, UsageError
from pipelines.names import DatasetName

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from pipelines.discovery.sketches import Sketch
    from pipelines.landing.zone import LandingZone
    from pipelines.settings import Settings


@dataclass(frozen=True)
class Discovery:
    """What was found, and by dataset the error of each that cannot be read."""

    profiles: tuple[DatasetProfile, ...]
    joins: tuple[Join, ...]
    failures: dict[DatasetName, MeshError]


def chosen_datasets(zone: LandingZone, what: str | None) -> list[DatasetName]:
    """The datasets that `what` names: a domain, a dataset, or None for all.

    Raises:
        UsageError: nothing has landed there, naming what has.
    """
    landed = zone.datasets()
    if not landed:
        hint = "Land files first: mesh land PATH --domain DOMAIN"
        raise UsageError(f"nothing has landed in {zone.root}", hint)
    if what is None:
        return landed
    if "." in what:
        wanted = DatasetName.parse(what)
        found = [name for name in landed if name == wanted]
        known = {str(name).partition(".")[2] for name in landed}
    else:
        found = [name for name in landed if name.domain == what]
        known = {name.domain for name in landed}
    if found:
        return found
    near = get_close_matches(what.removeprefix("landing."), sorted(known), n=1)
    hint = f"Did you mean {near[0]}?" if near else f"There are: {', '.join(sorted(known))}."
    raise UsageError(f"'{what}' has not landed in {zone.root}", hint)


def discover(
    settings: Settings,
    zone: LandingZone,
    names: Sequence[DatasetName],
    progress: Callable[[DatasetName], None] = lambda _: None,
) -> Discovery:
    """Profile the datasets `names`, and look for joins between them when they are several; `progress` hears each name
    before it is read."""
    found: list[tuple[DatasetProfile, dict[str, Sketch]]] = []
    failures: dict[DatasetName, MeshError] = {}
    for name in names:
        progress(name)
        try:
            dataset = zone.dataset(name)
            if len(names) == 1:
                found.append((profile_dataset(settings, dataset), {}))
            else:
                found.append(profile_with_sketches(settings, dataset))
        except MeshError as error:
            failures[name] = error
    return Discovery(tuple(profile for profile, _ in found), tuple(likely_joins(found)), failures)
