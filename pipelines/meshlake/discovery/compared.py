"""Profiles held against each other: which joins there are; of those suspected what is not known yet is proven."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from meshlake.discovery.column_meanings import with_references
from meshlake.discovery.join_composites import suspected_composites
from meshlake.discovery.join_proof import prove
from meshlake.discovery.joins import likely_joins, ranked
from meshlake.discovery.kept_profiles import proof_key
from meshlake.discovery.masking import masked_join

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from meshlake.discovery.bound import Bound
    from meshlake.discovery.dataset_profile import DatasetProfile
    from meshlake.discovery.joins import Join
    from meshlake.discovery.kept_profiles import KeptProfiles
    from meshlake.discovery.sketches import Sketch
    from meshlake.landing.zone import Dataset
    from meshlake.settings import Settings


class Compared(NamedTuple):
    """Profiles with what refers to them, the joins, and the datasets of which there was no time to prove all."""

    profiles: tuple[DatasetProfile, ...]
    joins: tuple[Join, ...]
    left: tuple[str, ...]


def compared(
    settings: Settings,
    kept: KeptProfiles,
    alone: Sequence[DatasetProfile],
    sketches: Mapping[str, Mapping[str, Sketch]],
    files: Mapping[str, Dataset],
    states: Mapping[str, str | None],
    bound: Bound,
    copies: Collection[str] = (),
) -> Compared:
    """What refers to what among datasets.

    Args:
        settings: the mesh's.
        kept: where proofs of earlier times are.
        alone: each dataset's profile.
        sketches: of their columns, by dataset.
        files: the landed files, by dataset; of others no join is proven.
        states: what each profile is kept under, None where it is not.
        bound: how long it may take.
        copies: datasets of ids that are kept elsewhere, too, see `likely_joins`.

    Raises:
        LandingError: a file cannot be read.
    """
    suspected = likely_joins([(each, sketches[each.name]) for each in alone], copies)
    profiles = [ranked(each, suspected) for each in alone]
    suspected = [*suspected, *suspected_composites(profiles)]
    known = kept.proofs() if suspected else {}
    keys = {_sides(join): proof_key(join, states) for join in suspected}
    proven, left = prove(
        settings,
        [join for join in suspected if keys[_sides(join)] not in known],
        files,
        sketches,
        {each.name: each.row_count for each in alone},
        bound,
    )
    for join in left:
        del keys[_sides(join)]
    of = {each.name: each for each in profiles}
    holding = {_sides(join): masked_join(join, of[join.dataset]) for join in proven}
    results = {key: known[key] if key in known else holding.get(sides) for sides, key in keys.items() if key}
    if results.keys() - known.keys():
        kept.keep_proofs({key: join for key, join in known.items() if key not in results} | results)
    found = (results[key] if key else holding.get(sides) for sides, key in keys.items())
    joins = tuple(join for join in found if join is not None)
    return Compared(
        tuple(with_references(ranked(profile, joins), joins) for profile in profiles),
        joins,
        tuple(sorted({side for join in left for side in (join.dataset, join.other_dataset)})),
    )


def _sides(join: Join) -> tuple[str, str, str, str]:
    return join.dataset, join.column, join.other_dataset, join.other_column
