"""Adopting a landed dataset: a source-aligned product drafted from its profile."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipelines.discovery.contract_draft import column_names, draft_contract
from pipelines.discovery.discover import chosen_datasets
from pipelines.discovery.product_folder import Drafted, default_owner, product_folder, write_product
from pipelines.discovery.profile import profile_dataset
from pipelines.errors import LandingError

if TYPE_CHECKING:
    from pipelines.discovery.profile import DatasetProfile
    from pipelines.landing.zone import LandingZone
    from pipelines.names import DatasetName, ProductName
    from pipelines.settings import Settings


def adopt(
    settings: Settings, zone: LandingZone, source: DatasetName, name: ProductName, owner: str | None = None
) -> Drafted:
    """Draft product `name` from the landed dataset `source`.

    Raises:
        UsageError: nothing of that name has landed, or the product's folder is there already.
        LandingError: the files cannot be read, or hold no row.
    """
    product_folder(settings.products, name)
    chosen_datasets(zone, str(source))
    profile = profile_dataset(settings, zone.dataset(source))
    if not profile.row_count:
        raise LandingError(
            f"{source} has no rows, so nothing can be found out about it", "Land a file that has some."
        )
    contract = draft_contract(profile, name, owner or default_owner())
    return write_product(settings.products, name, contract, None, _notes(profile))


def _notes(profile: DatasetProfile) -> list[str]:
    names = column_names(profile)
    read = sum(column.reading is not None for column in profile.columns)
    notes = [f"{len(profile.columns)} columns, {read} of them text read as numbers, dates or yes/no"]
    if profile.likely_key:
        notes.append(f"key: {', '.join(names[column] for column in profile.likely_key)}")
    else:
        notes.append("no key found: add primaryKey to the contract if you know one")
    if personal := [names[c.name] for c in profile.columns if c.personal]:
        notes.append(f"personal data: {', '.join(personal)}")
    for column in (c for c in profile.columns if c.misfits):
        example = column.misfits[0]
        what = f"{column.misfit_count:,} values are no {column.found_type}, such as '{example}'"
        notes.append(f"{names[column.name]}: {what}")
    if profile.labels:
        notes.append(f"likely label: {', '.join(names[column] for column in profile.labels)}")
    return notes
