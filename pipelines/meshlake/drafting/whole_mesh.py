"""Drafting a whole mesh: a product of every dataset that has landed and is none yet, and what is left to people.

One dataset that cannot be read, or drafted, stops no other.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from meshlake.discovery.discover import discover
from meshlake.discovery.masking import masked
from meshlake.discovery.sources import chosen_sources
from meshlake.drafting.adopt import default_name, draft_of
from meshlake.drafting.decisions import decisions
from meshlake.drafting.domains import chosen_name
from meshlake.drafting.product_folder import default_owner, product_folder, write_product
from meshlake.drafting.references import draft_references
from meshlake.errors import MeshError, UsageError
from meshlake.names import DatasetName, ProductName
from meshlake.products.load import load_products
from meshlake.sources import SOURCES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from meshlake.discovery.dataset_profile import DatasetProfile
    from meshlake.discovery.discover import Discovery
    from meshlake.drafting.adopt import Draft
    from meshlake.drafting.decisions import Decision
    from meshlake.drafting.product_folder import Drafted
    from meshlake.products.product import Product
    from meshlake.settings import Settings
    from meshlake.sources import Found


@dataclass(frozen=True)
class MeshDraft:
    """What came of drafting a mesh.

    `present` are the datasets that a product reads already, with its name; `failures` those that no product could be
    drafted of, with why; `decisions` what only people know.
    """

    drafted: tuple[Drafted, ...]
    present: Mapping[str, ProductName]
    failures: Mapping[str, MeshError]
    decisions: tuple[Decision, ...]

    def as_dict(self) -> dict[str, object]:
        """For JSON."""
        return {
            "drafted": [each.as_dict() for each in self.drafted],
            "present": {dataset: str(name) for dataset, name in self.present.items()},
            "failed": [
                {"dataset": dataset, "error": error.message, "hint": error.hint}
                for dataset, error in self.failures.items()
            ],
            "decisions": [each.as_dict() for each in self.decisions],
        }


def draft_mesh(
    settings: Settings, what: str | None, owner: str | None, progress: Callable[[str], None]
) -> MeshDraft:
    """Draft a product of each dataset of `what` (a domain, a dataset, or None for all) that no product reads yet.

    Raises:
        UsageError: nothing has landed, or nothing of that name.
        LandingError: a source does not answer, or refuses.
    """
    asked = {str(source): source for source in chosen_sources(settings, what)}
    present = _known(settings, asked)
    if len(present) == len(asked):
        return MeshDraft((), present, {}, ())
    # All are read, since references lead out of a domain.
    found = discover(settings, chosen_sources(settings, None), lambda source: progress(f"reading {source}"))
    failures = {str(source): error for source, error in found.failures.items() if str(source) in asked}
    drafts: dict[ProductName, Draft] = {}
    for profile in _wanted(found, asked, present):
        progress(f"drafting {profile.name}")
        try:
            name, why = chosen_name(profile.name, found.joins, default_name(profile.name))
            product_folder(settings.products, name)
            if name in drafts:
                raise UsageError(
                    f"{drafts[name].profile.name} is drafted as {name}, too", "Adopt it with --as D.P."
                )
            drafts[name] = draft_of(settings, profile, name, owner or default_owner(), why)
        except MeshError as error:
            failures[profile.name] = error
    progress("counting references")
    told = draft_references(settings, found.joins, drafts)
    for each in drafts.values():
        told += decisions(masked(each.profile), each.name, each.why_domain, found.joins)
    written = []
    for each in drafts.values():
        try:
            written.append(write_product(settings, each.name, each.contract, None, each.notes))
        except MeshError as error:
            failures[each.profile.name] = error
    places = list(drafts)
    told.sort(key=lambda decision: places.index(decision.product))
    return MeshDraft(tuple(written), present, failures, tuple(told))


def _wanted(
    found: Discovery, asked: Mapping[str, Found], present: Mapping[str, ProductName]
) -> Iterable[DatasetProfile]:
    return (each for each in found.profiles if each.name in asked and each.name not in present)


def _known(settings: Settings, sources: Iterable[str]) -> dict[str, ProductName]:
    """Those of `sources` that a product reads, cast or by its own SQL, or whose product's folder is there, with it."""
    if not settings.products.is_dir():
        return {}
    loaded = load_products(settings.products)
    broken = {name: each.product for name, each in loaded.broken.items() if each.product is not None}
    readers = {
        source: name
        for name, product in sorted((loaded.products | broken).items(), reverse=True)
        for source in _read_by(product)
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


def _read_by(product: Product) -> Iterable[str]:
    """The landed data that `product` reads, as discovery calls it."""
    place = product.contract.landing_place
    for read in product.inputs:
        if read == product.transform.landed and place is not None:
            yield f"{SOURCES.get(place.source).catalog}.{place.schema or read.domain}.{read.dataset}"
        elif isinstance(read, DatasetName):
            yield str(read)
