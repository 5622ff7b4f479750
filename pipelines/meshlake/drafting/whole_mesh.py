"""Drafting a whole mesh: a product of every dataset that has landed and is none yet, and what is left to people.

One dataset that cannot be read, or drafted, stops no other.
"""

from __future__ import annotations

from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from meshlake.discovery.discover import discover
from meshlake.discovery.masking import masked
from meshlake.discovery.sources import chosen_sources
from meshlake.drafting.adopt import default_name, draft_of, is_cast_from, sources_of
from meshlake.drafting.decisions import decisions
from meshlake.drafting.derived import draft_derived
from meshlake.drafting.domains import chosen_name
from meshlake.drafting.product_folder import default_owner, kept_drafts, product_folder, write_product
from meshlake.drafting.redraft import named_as_standing, parts_of, redraft, since_drafted
from meshlake.drafting.references import draft_references
from meshlake.drafting.sql_draft import SQL_FILE, draft_for_sql
from meshlake.errors import MeshError, UsageError
from meshlake.products.load import load_products
from meshlake.products.transform import CONTRACT_FILE

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence

    from meshlake.discovery.dataset_profile import DatasetProfile
    from meshlake.discovery.joins import Join
    from meshlake.drafting.adopt import Draft
    from meshlake.drafting.decisions import Decision
    from meshlake.drafting.product_folder import Drafted
    from meshlake.drafting.redraft import Redrafted
    from meshlake.names import ProductName
    from meshlake.settings import Settings


@dataclass(frozen=True)
class MeshDraft:
    """What came of drafting a mesh.

    `redrafted` are those that were cast already, compared with what would be drafted now. `derived` are those that were
    drafted of other products before - lookups, labels, features, models - with what people changed since. `present` are
    the datasets that a product reads already, with its name; `failures` those that no product could be drafted of, with
    why; `decisions` what only people know.
    """

    drafted: tuple[Drafted, ...]
    redrafted: tuple[Redrafted, ...]
    derived: tuple[Redrafted, ...]
    present: Mapping[str, ProductName]
    failures: Mapping[str, MeshError]
    decisions: tuple[Decision, ...]

    def as_dict(self) -> dict[str, object]:
        """For JSON."""
        return {
            "drafted": [each.as_dict() for each in self.drafted],
            "redrafted": [each.as_dict() for each in self.redrafted],
            "derived": [each.as_dict() for each in self.derived],
            "present": {dataset: str(name) for dataset, name in self.present.items()},
            "failed": [
                {"dataset": dataset, "error": error.message, "hint": error.hint}
                for dataset, error in self.failures.items()
            ],
            "decisions": [each.as_dict() for each in self.decisions],
        }


def draft_mesh(
    settings: Settings,
    what: str | None,
    owner: str | None,
    progress: Callable[[str], None],
    update: Collection[str] = (),
) -> MeshDraft:
    """Draft a product of each dataset of `what` (a domain, a dataset, or None for all) that no product reads yet.

    So is the contract of each folder that has SQL alone. Those that are cast already are compared with what would be
    drafted now, and brought to it in the parts of `update`.

    Raises:
        UsageError: nothing has landed, or nothing of that name, or there is no such part.
        LandingError: a source does not answer, or refuses.
    """
    parts_of(update)
    asked = {str(source) for source in chosen_sources(settings, what)}
    present = _known(settings, asked)
    # All are read, since references lead out of a domain.
    found = discover(settings, chosen_sources(settings, None), progress)
    failures = {str(source): error for source, error in found.failures.items() if str(source) in asked}
    profiles = [each for each in found.profiles if each.name in asked]
    drafts = _drafts(settings, profiles, present, found.joins, owner, progress, failures)
    progress("counting references")
    told = draft_references(settings, found.joins, drafts)
    standing = {name: draft for name, draft in drafts.items() if draft.profile.name in present}
    redrafted: list[Redrafted] = []
    for name, draft in standing.items():
        with _noted(failures, draft.profile.name):
            redrafted.append(redraft(settings, name, draft.contract, update))
    standing_derived = _derived_before(settings, {name.domain for name in drafts}, present.values(), failures)
    written = _written(settings, [draft for name, draft in drafts.items() if name not in standing], failures)
    for draft in (drafts[each.name] for each in written):
        told += decisions(masked(draft.profile), draft.name, draft.why_domain, found.joins)
    progress("drafting what follows")
    derived, more = draft_derived(
        settings, {each.name: drafts[each.name].profile for each in written}, found.joins, owner
    )
    of_sql = _written_for_sql(settings, what, owner, progress, failures)
    places = [*drafts, *(each.name for each in derived)]
    told = [each for each in (*told, *more) if each.product not in standing]
    told.sort(key=lambda decision: places.index(decision.product))
    return MeshDraft(
        (*written, *derived, *of_sql), tuple(redrafted), standing_derived, present, failures, tuple(told)
    )


def _derived_before(
    settings: Settings,
    domains: Collection[str],
    present: Collection[ProductName],
    failures: dict[str, MeshError],
) -> tuple[Redrafted, ...]:
    """What was drafted before in `domains` and stands, but for what is cast from a dataset."""
    found: list[Redrafted] = []
    for name in kept_drafts(settings):
        is_there = (settings.products / name.domain / name.product / CONTRACT_FILE).exists()
        if name.domain in domains and is_there and name not in present:
            with _noted(failures, str(name)):
                found += filter(None, [since_drafted(settings, name)])
    return tuple(found)


@contextmanager
def _noted(failures: dict[str, MeshError], what: str) -> Iterator[None]:
    """Whatever cannot be drafted of `what` within the block is noted, and ends nothing else."""
    try:
        yield
    except MeshError as error:
        failures[what] = error


def _drafts(
    settings: Settings,
    profiles: Sequence[DatasetProfile],
    present: Mapping[str, ProductName],
    joins: Sequence[Join],
    owner: str | None,
    progress: Callable[[str], None],
    failures: dict[str, MeshError],
) -> dict[ProductName, Draft]:
    """The drafts of datasets that no product reads, and of those that one is cast from."""
    drafts: dict[ProductName, Draft] = {}
    for profile in profiles:
        progress(f"drafting {profile.name}")
        name = present.get(profile.name)
        with _noted(failures, profile.name):
            if name is None:
                draft = _new(settings, profile, joins, owner, drafts)
            elif is_cast_from(settings, name, profile.name):
                draft = draft_of(settings, profile, name, owner or default_owner())
                draft = replace(draft, contract=named_as_standing(settings, name, draft.contract))
            else:
                continue
            drafts[draft.name] = draft
    return drafts


def _written(settings: Settings, drafts: Sequence[Draft], failures: dict[str, MeshError]) -> list[Drafted]:
    written: list[Drafted] = []
    for draft in drafts:
        with _noted(failures, draft.profile.name):
            written.append(write_product(settings, draft.name, draft.contract, None, draft.notes))
    return written


def _written_for_sql(
    settings: Settings,
    what: str | None,
    owner: str | None,
    progress: Callable[[str], None],
    failures: dict[str, MeshError],
) -> list[Drafted]:
    """The contracts of folders that have SQL alone."""
    written: list[Drafted] = []
    for folder in _sql_alone(settings, what):
        progress(f"drafting {folder}")
        with _noted(failures, folder):
            written += filter(None, [draft_for_sql(settings, folder, owner)])
    return written


def _sql_alone(settings: Settings, what: str | None) -> list[str]:
    """The products, of the domain if that is named, whose folders have SQL and no contract yet."""
    files = sorted(settings.products.glob(f"*/*/{SQL_FILE}"))
    names = [f"{file.parent.parent.name}.{file.parent.name}" for file in files]
    hidden = (".", "_")
    return [
        name
        for name, file in zip(names, files, strict=True)
        if what in {None, name, name.partition(".")[0]}
        and not (file.parent / CONTRACT_FILE).exists()
        and not file.parent.name.startswith(hidden)
        and not file.parent.parent.name.startswith(hidden)
    ]


def _new(
    settings: Settings,
    profile: DatasetProfile,
    joins: Sequence[Join],
    owner: str | None,
    drafts: Mapping[ProductName, Draft],
) -> Draft:
    """The draft of a dataset that no product reads.

    Raises:
        MeshError: there can be none.
    """
    name, why = chosen_name(profile.name, joins, default_name(profile.name))
    product_folder(settings.products, name)
    if name in drafts:
        message = f"{drafts[name].profile.name} is drafted as {name}, too"
        raise UsageError(message, f"Name its product: mesh adopt {profile.name.partition('.')[2]} --as D.P")
    return draft_of(settings, profile, name, owner or default_owner(), why)


def _known(settings: Settings, sources: Iterable[str]) -> dict[str, ProductName]:
    """Those of `sources` that a product reads, cast or by its own SQL, or whose product's folder is there, with it."""
    if not settings.products.is_dir():
        return {}
    loaded = load_products(settings.products)
    broken = {name: each.product for name, each in loaded.broken.items() if each.product is not None}
    readers = {
        source: name
        for name, product in sorted((loaded.products | broken).items(), reverse=True)
        for source in sources_of(product)
    }
    unread = {name for name, each in loaded.broken.items() if each.product is None}
    known = {}
    for source in sources:
        with suppress(UsageError):  # what no product can be called after is told where it is drafted
            named = default_name(source)
            if named in unread:  # whatever it reads, its folder is somebody's
                known[source] = named
        if source in readers:
            known[source] = readers[source]
    return known
